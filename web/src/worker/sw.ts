// SPDX-License-Identifier: Apache-2.0
// The service worker, served as /sw.js: the real browser for what ringing.ts decides. It keeps no
// pages and answers no requests of theirs.
import { keysOf } from '../platform/background.ts';
import { showBadge } from '../platform/badge.ts';
import { notes } from '../platform/notes.ts';
import { resubscribe } from './resubscribe.ts';
import { Ringing } from './ringing.ts';
import type { Scope, Shown, WindowView } from './scope.ts';

// TypeScript's types of workers exclude those of pages in one project: what is used of them.
interface Waiting extends Event {
    waitUntil(done: Promise<unknown>): void;
}
interface Push extends Waiting {
    readonly data: { text(): string } | null;
}
interface Click extends Waiting {
    readonly action: string;
    readonly notification: Notification;
}
interface Window {
    readonly url: string;
    readonly visibilityState: DocumentVisibilityState;
    focus(): Promise<unknown>;
}
interface Worker {
    readonly registration: ServiceWorkerRegistration;
    readonly clients: {
        matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<Window[]>;
        openWindow(path: string): Promise<unknown>;
        claim(): Promise<void>;
    };
    skipWaiting(): Promise<void>;
    addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void;
    addEventListener(type: 'push', listener: (event: Push) => void): void;
    addEventListener(type: 'pushsubscriptionchange', listener: (event: Waiting) => void): void;
    addEventListener(type: 'notificationclick', listener: (event: Click) => void): void;
}

const worker = globalThis as unknown as Worker;
const { registration, clients } = worker;

const windowOf = (client: Window): WindowView => ({
    path: new URL(client.url).pathname,
    visible: client.visibilityState === 'visible',
    focus: async () => void (await client.focus()),
});

const scope: Scope = {
    languages: navigator.languages,
    notes,
    nowMs: () => Date.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    fetch: (path, init) => fetch(path, init),
    windows: async () => {
        const found = await clients.matchAll({ type: 'window', includeUncontrolled: true });
        return found.map(windowOf);
    },
    open: async (path) => void (await clients.openWindow(path)),
    show: ({ title, ...options }) =>
        registration.showNotification(title, options as NotificationOptions),
    badge: showBadge,
    shown: (tag) => registration.getNotifications({ tag }),
};
const ringing = new Ringing(scope);

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(clients.claim()));
worker.addEventListener('push', (event) =>
    event.waitUntil(ringing.onPush(event.data?.text() ?? '')));
worker.addEventListener('pushsubscriptionchange', (event) =>
    event.waitUntil(resubscribe({
        fetch: (path, init) => fetch(path, init),
        subscribe: async (key) => {
            const options = { userVisibleOnly: true, applicationServerKey: key };
            return keysOf(await registration.pushManager.subscribe(options));
        },
    })));
worker.addEventListener('notificationclick', (event) => {
    event.notification.close();
    event.waitUntil(ringing.onClick(event.action, event.notification.data as Shown));
});
