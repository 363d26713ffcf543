// SPDX-License-Identifier: Apache-2.0
// The call window's first script: who, why and with what, then the session is shown as it changes.
import { prepareCall, takeIntent } from '../call/intent.ts';
import { CallSession } from '../call/session.ts';
import { holdCallWindow } from '../platform/call-windows.ts';
import { devices } from '../platform/devices.ts';
import { createPeer } from '../platform/peer.ts';
import { openSocket } from '../platform/socket.ts';
import { storage } from '../platform/storage.ts';
import { createTones } from '../platform/tones.ts';
import { Connection } from '../protocol/connection.ts';
import { chooseLanguage, setLanguage } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { VvCallPage, type CallView } from './call-screen.ts';
import { createHttpApi } from './http-api.ts';
import type { MeView } from './services.ts';
import { readTheme, showTheme } from './theme.ts';

const AGAIN = new Set([
    'no-answer', 'unreachable', 'busy', 'declined', 'media-failed', 'media-lost',
]);

function viewOf(session: CallSession): CallView {
    const { peer, incoming, phase, call, connectedAtMs, remoteStream, over } = session.view.value;
    const { microphone, camera, hasCamera, stream } = session.media;
    return {
        peer,
        incoming,
        state: phase,
        localStream: stream,
        remoteStream,
        microphone,
        camera,
        hasMicrophone: true,
        hasCamera,
        peerMicrophone: call?.peerMicrophone ?? true,
        peerCamera: call?.peerCamera ?? false,
        peerAway: call?.peerAway ?? false,
        seconds: connectedAtMs ? Math.round((Date.now() - connectedAtMs) / 1000) : 0,
        message: over && {
            ...over,
            again: AGAIN.has(over.what) && peer !== undefined,
            withoutCamera: false,
        },
    };
}

function callAgain(session: CallSession): void {
    const { peer } = session.view.value;
    if (peer) {
        location.assign(`/call/${prepareCall(storage, peer, Date.now())}`);
    }
}

function closeWindow(): void {
    window.close();
    // A window that no script opened stays: it shows the portal instead.
    setTimeout(() => location.assign('/'), 200);
}

function begin(page: VvCallPage, me: MeView): void {
    const id = location.pathname.split('/')[2] ?? '';
    let session: CallSession | undefined;
    let letGo = holdCallWindow(id);
    const connection = new Connection(
        openSocket,
        () => void session?.onFreshSession(),
        (event) => session?.onEvent(event),
    );
    session = new CallSession(
        id,
        {
            connection,
            devices,
            createPeer,
            tones: createTones(),
            onRenamed: (renamed) => {
                history.replaceState(null, '', `/call/${renamed}`);
                letGo();
                letGo = holdCallWindow(renamed);
            },
        },
        me.settings,
    );
    const current = session;
    const show = (): void => {
        page.view = viewOf(current);
    };
    current.view.subscribe(show);
    setInterval(show, 1000);
    page.actions = {
        toggleMicrophone: () => current.toggleMicrophone(),
        toggleCamera: () => void current.toggleCamera(),
        end: () => {
            current.end();
            setTimeout(closeWindow, 800);
        },
        again: () => callAgain(current),
        withoutCamera: () => callAgain(current),
        close: closeWindow,
    };
    window.addEventListener('pagehide', () => current.leave());
    const hurry = (): void => connection.hurry();
    window.addEventListener('online', hurry);
    document.addEventListener('visibilitychange', hurry);
    connection.start();
    const intent = takeIntent(storage, id, Date.now());
    if (intent?.kind === 'start') {
        void current.start(intent);
    } else if (intent?.kind === 'answer') {
        void current.answer(intent);
    } else {
        void current.join();
    }
}

showTheme(readTheme());
const me = await createHttpApi((path, init) => fetch(path, init)).me();
if (me === undefined) {
    location.assign(`/login?return=${encodeURIComponent(location.pathname)}`);
} else {
    await setLanguage(chooseLanguage(me.settings.language, navigator.languages));
    define('vv-call-page', VvCallPage);
    const page = document.querySelector<VvCallPage>('vv-call-page');
    if (page) {
        begin(page, me);
    }
}
