// SPDX-License-Identifier: Apache-2.0
// What the system does for a call: the screen stays on, its own keys act, a small window floats.
// Each is a comfort: where a browser has it not, the call goes on without.

/** Keeps the screen on until the function given back is called, also after the page was hidden. */
export function keepAwake(): () => void {
    let sentinel: WakeLockSentinel | undefined;
    let ended = false;
    const ask = async (): Promise<void> => {
        if (ended || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) {
            return;
        }
        try {
            const got = await navigator.wakeLock.request('screen');
            if (ended) {
                void got.release();
            } else {
                sentinel = got;
            }
        } catch {
            // Refused while the battery is low.
        }
    };
    const again = (): void => void ask();
    document.addEventListener('visibilitychange', again);
    again();
    return () => {
        ended = true;
        document.removeEventListener('visibilitychange', again);
        void sentinel?.release().catch(() => undefined);
    };
}

export interface MediaKeys {
    microphone(): void;
    camera(): void;
    end(): void;
}

/** The keys of the system (MediaSession). */
export function takeMediaKeys(keys: MediaKeys): void {
    if (!('mediaSession' in navigator)) {
        return;
    }
    const actions: Record<string, () => void> = {
        togglemicrophone: () => keys.microphone(),
        togglecamera: () => keys.camera(),
        hangup: () => keys.end(),
    };
    for (const [action, act] of Object.entries(actions)) {
        try {
            navigator.mediaSession.setActionHandler(action as MediaSessionAction, act);
        } catch {
            // An action that this browser does not know.
        }
    }
}

/** On the card of the system: whose call it is, as this window is titled, and what is on. */
export function showMediaState(microphone: boolean, camera: boolean): void {
    const session = 'mediaSession' in navigator ? navigator.mediaSession : undefined;
    const { title } = document;
    if (session && session.metadata?.title !== title) {
        session.metadata = new MediaMetadata({ title });
    }
    void session?.setMicrophoneActive?.(microphone);
    void session?.setCameraActive?.(camera);
}

export function toggleFullScreen(): void {
    const done = document.fullscreenElement
        ? document.exitFullscreen()
        : document.documentElement.requestFullscreen();
    done.catch(() => undefined);
}

interface FloatingWindows {
    readonly window: Window | null;
    requestWindow(size: { width: number; height: number }): Promise<Window>;
}

function floatingWindows(): FloatingWindows | undefined {
    return (window as { documentPictureInPicture?: FloatingWindows }).documentPictureInPicture;
}

export function canFloat(): boolean {
    return floatingWindows() !== undefined;
}

/** A small window above all others, with this page's styles. To be called in a click. */
export async function openFloating(): Promise<Window | undefined> {
    try {
        const floating = await floatingWindows()?.requestWindow({ width: 360, height: 240 });
        for (const sheet of document.querySelectorAll('link[rel=stylesheet], style')) {
            floating?.document.head.append(sheet.cloneNode(true));
        }
        return floating;
    } catch {
        return undefined;
    }
}

/** Another network, or the network again. */
export function onNetworkChange(listener: () => void): void {
    window.addEventListener('online', listener);
    const { connection } = navigator as { connection?: EventTarget };
    connection?.addEventListener('change', listener);
}
