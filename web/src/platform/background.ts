// SPDX-License-Identifier: Apache-2.0
// What a browser needs to ring while no page is open: its permission, the service worker and a
// subscription at its push service.
const WORKER = '/sw.js';

/** `none`: this browser cannot, or the page did not come by https. */
export type RingPermission = 'default' | 'granted' | 'denied' | 'none';

export interface PushKeys {
    readonly endpoint: string;
    readonly p256dh: string;
    readonly auth: string;
}

export interface Background {
    permission(): RingPermission;
    /** Shows the browser's question where it was not answered yet; in a click. */
    ask(): Promise<RingPermission>;
    /** `key` is that of the server, base64url. Refuses when the push service cannot be reached. */
    subscribe(key: string): Promise<PushKeys>;
    unsubscribe(): Promise<void>;
    /** A notification that leads to a person; nothing where they are not allowed. */
    notify(title: string, person: string): void;
}

const possible = (): boolean =>
    'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

interface ScriptPolicy {
    createScriptURL(url: string): string;
}
interface PolicyFactory {
    createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
}

/** The pages' policy asks for proof that an address of a script is meant. */
let workerAddress = (): string => {
    const factory = (window as { trustedTypes?: PolicyFactory }).trustedTypes;
    const rules = { createScriptURL: () => WORKER };
    const address = factory ? factory.createPolicy('vv', rules).createScriptURL(WORKER) : WORKER;
    workerAddress = () => address;
    return address;
};

/** Also for the worker, which has a subscription and no page. */
export const keysOf = (made: PushSubscription): PushKeys => ({
    endpoint: made.endpoint,
    p256dh: text(made.getKey('p256dh')),
    auth: text(made.getKey('auth')),
});

const text = (bytes: ArrayBuffer | null): string =>
    btoa(String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0))))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '');

export const background: Background = {
    permission: () => (possible() ? Notification.permission : 'none'),
    ask: async () => (possible() ? Notification.requestPermission() : 'none'),
    subscribe: async (key) => {
        await navigator.serviceWorker.register(workerAddress(), { updateViaCache: 'none' });
        const { pushManager } = await navigator.serviceWorker.ready;
        const options = { userVisibleOnly: true, applicationServerKey: key };
        // A subscription for a former key of the server is of no use.
        await (await pushManager.getSubscription())?.unsubscribe();
        return keysOf(await pushManager.subscribe(options));
    },
    unsubscribe: async () => {
        const worker = possible() ? await navigator.serviceWorker.getRegistration() : undefined;
        await (await worker?.pushManager.getSubscription())?.unsubscribe();
    },
    notify: (title, person) => {
        if (!possible() || Notification.permission !== 'granted') {
            return;
        }
        void navigator.serviceWorker.getRegistration().then((worker) =>
            worker?.showNotification(title, {
                tag: `person-${person}`, // One of several tabs shows it.
                icon: '/icon-192.png',
                data: { call: '', kind: 'available', peer: { name: person } },
            }),
        );
    },
};
