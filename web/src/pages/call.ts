// SPDX-License-Identifier: Apache-2.0
// The call window's first script: who, why and with what, then the session is shown as it changes.
import { randomId } from '../base/id.ts';
import { prepareCall, takeIntent, takeNotified } from '../call/intent.ts';
import type { DeviceNotice } from '../call/local-media.ts';
import type { Placed } from '../call/placing.ts';
import { CallSession } from '../call/session.ts';
import { browserName } from '../platform/browser.ts';
import type { Early } from '../call/early.ts';
import { takeHandover } from '../platform/handover.ts';
import { holdCallWindow } from '../platform/call-windows.ts';
import { canShareScreen, devices, type DeviceInfo } from '../platform/devices.ts';
import { leadFor } from '../platform/leader.ts';
import { notes } from '../platform/notes.ts';
import { withServers } from '../platform/ice-servers.ts';
import { createPeer } from '../platform/peer.ts';
import { openSocket } from '../platform/socket.ts';
import { canChooseSpeaker, mixTracks, watchLevel } from '../platform/sound.ts';
import { storage, tabStorage } from '../platform/storage.ts';
import { canFloat, keepAwake, onNetworkChange, showMediaState, takeMediaKeys, toggleFullScreen }
    from '../platform/system.ts';
import { createTones, readSounds, type Tones } from '../platform/tones.ts';
import { openCallWindow } from '../platform/windows.ts';
import { Connection } from '../protocol/connection.ts';
import type { PersonInfo, ServerEvent } from '../protocol/messages.ts';
import { WINDOW_TEXTS } from '../text/more-texts.ts';
import { addTexts, chooseLanguage, setLanguage, t } from '../text/text.ts';
import english from '../text/window-en.ftl?raw';
import type { MessageAction } from '../ui/call-message.ts';
import { define } from '../ui/element.ts';
import type { DeviceKindView } from '../ui/types.ts';
import { FloatingCall } from './call-floating.ts';
import { VvCallPage, type CallActions } from './call-screen.ts';
import { readCallSettings, writeCallSettings } from './call-settings.ts';
import { viewOf } from './call-view.ts';
import { WaitingCalls } from './call-waiting.ts';
import { ClientLog, type LogLevel } from './client-log.ts';
import { createHttpApi, createHttpTalkApi } from './http-api.ts';
import { reportProblem } from './problem-report.ts';
import type { MeView } from './services.ts';
import { GUEST_LINK } from './guest-link.ts';
import { asProblem, problemText } from './shared.ts';
import { readTheme, showTheme } from './theme.ts';

const HERE_KEY = 'visavis.call-here';
const NOTICE_MS = 6000;
/** So long the sound of the end may be heard. */
const END_TONE_MS = 800;
/** From then on a hang-up that the server does not have yet is explained. */
const END_LATER_MS = 2000;
/** So long after its end a window still hears what the other side says, and rings. */
const OVER_MS = 15_000;
/** So long the first connection to the server may take. */
const CHANNEL_MS = 15_000;
/** How a call can end that is somebody's fault, or be refused: it gets a reference. */
const FAULTS = new Set(['internal', 'media-failed', 'media-lost', 'signalling-lost',
    'server-shutdown', 'connector-disabled', 'already-in-call', 'permission-denied', 'no-device',
    'too-many-calls', 'limit', 'too-many-held']);
/** The connector whose calls are made of sound and picture, in this window. */
const OWN_CONNECTOR = 'webrtc';
const ask: typeof fetch = (path, init) => fetch(path, init);
const api = createHttpApi(ask);
const talk = createHttpTalkApi(ask);

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const idInAddress = (): string => location.pathname.split('/')[2] ?? '';

/** A guest in the lobby hears no ringing: nothing rings. */
const silentWhileWaiting = (tones: Tones): Tones => ({
    ...tones,
    play: (name) => (name === 'ringBack' ? Promise.resolve() : tones.play(name)),
});

function closeWindow(): void {
    window.close();
    // A window that no script opened stays: it shows the portal instead.
    setTimeout(() => location.assign('/'), 200);
}

class CallWindow implements CallActions {
    private readonly id = idInAddress();
    private readonly intent = takeIntent(storage, this.id, Date.now());
    private readonly tones = createTones();
    private readonly connection: Connection;
    private readonly session: CallSession;
    private readonly settings;
    private readonly floating = new FloatingCall(this);
    private found: readonly DeviceInfo[] = [];
    private noticeTimer = 0;
    private reference = '';
    /** The references of problems of the own devices. */
    private readonly problems = new Map<string, string>();
    private readonly log: ClientLog;
    private logged = '';
    private sleep: (() => void) | undefined;
    private letGo = holdCallWindow(this.id);
    readonly waiting: WaitingCalls;
    private since = '';
    private asked = false;
    private readonly guest: boolean;
    private restTimer = 0;

    constructor(
        private readonly page: VvCallPage,
        private readonly me: MeView,
    ) {
        this.guest = me.user.guest === true;
        this.log = new ClientLog(me.collectLog, browserName());
        this.settings = readCallSettings(storage, me.user.name);
        this.tones.soundAt(this.settings.devices.speaker);
        this.connection = new Connection(
            openSocket,
            () => {
                this.waiting.onFresh();
                void this.session.onFreshSession();
            },
            (event) => this.onEvent(event),
            () => api.me().then((now) => now !== undefined),
        );
        const here = (id: string): void => tabStorage.write(HERE_KEY, id);
        this.session = new CallSession(
            this.id,
            {
                connection: this.connection,
                devices,
                watchLevel,
                mixTracks,
                createPeer: (servers, policy) =>
                    withServers(servers, (accepted) => createPeer(accepted, policy)),
                tones: this.guest ? silentWhileWaiting(this.tones) : this.tones,
                onRenamed: (id) => this.rename(id),
                onHere: here,
                onNotice: (notice) => this.tell(notice),
                takeEarly: (id) => takeHandover<Early>(id),
                takePlaced: (id) => takeHandover<Placed>(id),
                onRefused: (error) => this.say(problemText({ error },
                    error === 'limit' ? 'ended-too-many-held' : undefined)),
            },
            me.settings,
            this.settings.devices,
        );
        this.waiting = this.waitFor();
        page.actions = this;
        page.browser = browserName();
        this.listen();
    }

    private waitFor(): WaitingCalls {
        return new WaitingCalls({
            storage,
            // A window whose call is over is left lying about: pages of the portal ring first.
            lead: (onLead) => leadFor('incoming', onLead, !!this.session.view.value.over),
            tones: createTones(),
            isOff: (sound) => readSounds(storage).off.includes(sound),
            own: idInAddress,
            request: (command) => this.connection.request(command),
            open: (call) => openCallWindow(call) !== null,
            onChange: () => {
                this.page.waiting = this.waiting.cards;
                this.page.waitingBlocked = this.waiting.blocked;
            },
            onProblem: (what) => this.say(t(`waiting-${what}`)),
        });
    }

    private onEvent(event: ServerEvent): void {
        this.session.onEvent(event);
        this.waiting.onEvent(event);
        const { over, peer } = this.session.view.value;
        if (event.type === 'chat.message' && over?.what === 'declined' && !over.byMe) {
            const { author, text, kind } = event.message;
            if (kind === 'text' && author.name === peer?.name) {
                this.since = t('chat-said', { name: author.fullName, text });
                this.show();
            }
        }
    }

    async begin(): Promise<void> {
        this.connection.start();
        this.awaitChannel();
        const intent = this.intent
            ?? await takeNotified(notes, location.pathname, Date.now());
        if (intent?.kind === 'start') {
            // The page may have placed the call: a window that is loaded again now joins it.
            tabStorage.write(HERE_KEY, this.id);
            void this.session.start(intent);
        } else if (intent?.kind === 'answer') {
            void this.session.answer(intent);
        } else if (tabStorage.read(HERE_KEY) === this.id) {
            void this.session.join(); // A reload, or a crash that the browser has mended.
        } else {
            void this.session.peek();
        }
    }

    private awaitChannel(): void {
        const timer = setTimeout(() => {
            this.session.onNoChannel();
            this.connection.stop(); // What waits to be asked would start the call later.
        }, CHANNEL_MS);
        this.connection.status.subscribe((status) => {
            if (status === 'online') {
                clearTimeout(timer);
            }
        });
    }

    /** The server's reference, or one of this window's. */
    private referenceOf(what: string, given: string): string {
        if (given === '' && this.reference === '' && FAULTS.has(what)) {
            this.reference = reportProblem(what);
        }
        return given || this.reference;
    }

    /** One for each problem of the own devices, however often it is shown. */
    private referenceOfDevice(what: string): string {
        const reference = this.problems.get(what) ?? reportProblem(what);
        this.problems.set(what, reference);
        return reference;
    }

    private rename(id: string): void {
        history.replaceState(null, '', `/call/${id}`);
        this.letGo();
        this.letGo = holdCallWindow(id);
    }

    /**
     * A window left lying about after its call is no device that rings: once the server has heard
     * all, it leaves it.
     */
    private restWhenOver(): void {
        const { over } = this.session.view.value;
        const idle = over && this.connection.status.value === 'online'
            && this.waiting.cards.length === 0;
        if (!idle) {
            window.clearTimeout(this.restTimer);
            this.restTimer = 0;
        } else if (this.restTimer === 0) {
            this.restTimer = window.setTimeout(() => this.connection.stop(), OVER_MS);
        }
    }

    private listen(): void {
        this.session.view.subscribe(() => this.show());
        setInterval(() => this.show(), 1000);
        this.connection.status.subscribe((status) => {
            if (status === 'signed-out') {
                this.session.onSignedOut();
            }
        });
        window.addEventListener('pagehide', () => this.session.leave());
        window.addEventListener('beforeunload', (event) => {
            const { phase, over } = this.session.view.value;
            if (phase === 'active' && !over) {
                event.preventDefault();
            }
        });
        const hurry = (): void => this.connection.hurry();
        window.addEventListener('online', hurry);
        document.addEventListener('visibilitychange', hurry);
        onNetworkChange(() => {
            hurry(); // ICE begins again by the server
            this.session.onNetworkChange();
        });
        devices.onChange(() => this.refreshDevices());
        const { microphone, camera, end } = {
            microphone: () => this.toggleMicrophone(),
            camera: () => this.toggleCamera(),
            end: () => this.end(),
        };
        takeMediaKeys({ microphone, camera, end });
    }

    private note(level: LogLevel, text: string): void {
        const { call } = this.session.view.value;
        const connector = call?.connector ?? this.intent?.meeting ?? OWN_CONNECTOR;
        this.log.add(level, connector, `call=${this.id} ${text}`);
    }

    /** Each step of the call once. */
    private noteStep(): void {
        const { phase, trouble, over } = this.session.view.value;
        const step = over ? `over ${over.what}` : `${phase} trouble=${trouble}`;
        if (step !== this.logged) {
            this.logged = step;
            this.note(over && FAULTS.has(over.what) ? 'error' : 'info', step);
        }
    }

    /** Loaded again after the call, a guest's page is that of the link: no sign-in. */
    private showLinkWhenOver(): void {
        const { over } = this.session.view.value;
        const link = this.guest ? tabStorage.read(GUEST_LINK) : null;
        if (over && over.what !== 'in-another-window' && link !== null
            && link !== location.pathname) {
            history.replaceState(null, '', link);
        }
    }

    private show(): void {
        this.noteStep();
        this.restWhenOver();
        this.showLinkWhenOver();
        const view = viewOf(this.session, {
            devices: this.found,
            speaker: this.settings.devices.speaker,
            singleKeys: this.settings.singleKeys,
            note: this.since,
            asked: this.asked,
            canShare: canShareScreen(),
            canFloat: canFloat(),
            canChat: !this.guest && !this.session.view.value.peer?.guest,
            guest: this.guest,
            canChooseSpeaker: canChooseSpeaker(),
        });
        const runs = view.state === 'active' && view.message === undefined;
        if (runs && this.sleep === undefined) {
            this.sleep = keepAwake();
            this.refreshDevices();
            void this.page.updateComplete.then(() => this.soundAtChosen());
        } else if (!runs) {
            this.sleep?.();
            this.sleep = undefined;
        }
        if (view.message) {
            const { what, device, reference } = view.message;
            view.message.reference = this.session.view.value.over
                ? this.referenceOf(what, reference)
                : this.referenceOfDevice(`${device}-${what}`);
        }
        this.page.view = view;
        this.floating.show(view);
        showMediaState(view.controls.microphone, view.controls.camera);
    }

    private tell({ what, device, detail }: DeviceNotice): void {
        this.note('warn', `${what} ${device} ${detail}`);
        const key = what === 'problem' ? `notice-${detail}` : `notice-${what}`;
        this.say(t(key, { device, detail }));
    }

    private say(text: string): void {
        this.page.notice = text;
        window.clearTimeout(this.noticeTimer);
        this.noticeTimer = window.setTimeout(() => (this.page.notice = ''), NOTICE_MS);
    }

    private soundAtChosen(): void {
        const { speaker } = this.settings.devices;
        this.tones.soundAt(speaker);
        if (speaker !== '') {
            this.page.stage?.soundAt(speaker).catch(() => undefined); // It is gone.
        }
    }

    toggleMicrophone(): void {
        void this.session.toggleMicrophone();
    }

    toggleCamera(): void {
        void this.session.toggleCamera();
    }

    toggleScreen(): void {
        void this.session.toggleScreen();
    }

    talk(down: boolean): void {
        void this.session.talk(down);
    }

    choose(kind: DeviceKindView, id: string): void {
        this.settings.devices[kind] = id;
        writeCallSettings(storage, this.me.user.name, this.settings);
        if (kind === 'speaker') {
            this.soundAtChosen();
            this.show();
        } else {
            void this.session.choose(kind, id);
        }
    }

    testSpeaker(): void {
        void this.tones.play('chime').catch(() => undefined);
    }

    refreshDevices(): void {
        void devices.list().then((found) => {
            this.found = found;
            this.show();
        });
    }

    setSingleKeys(on: boolean): void {
        this.settings.singleKeys = on;
        writeCallSettings(storage, this.me.user.name, this.settings);
        this.show();
    }

    chat(): void {
        const { peer } = this.session.view.value;
        if (peer) {
            void this.openChat(peer.name);
        }
    }

    /** In the portal, in one tab for all calls; the window of the call stays as it is. */
    private async openChat(name: string): Promise<void> {
        try {
            const { room } = await talk.directRoom(randomId(), name);
            window.open(`/chat/${room.id}`, 'visavis-chat')?.focus();
        } catch {
            this.page.notice = t('error-network');
        }
    }

    fullScreen(): void {
        toggleFullScreen();
    }

    float(): void {
        if (this.page.view) {
            void this.floating.open(this.page.view);
        }
    }

    hold(held: boolean): void {
        void this.session.hold(held);
    }

    end(): void {
        const kept = this.session.end();
        const told = setTimeout(() => {
            this.since = t('call-end-later');
            this.show();
        }, END_LATER_MS);
        // The window stays until the server has it: closed before, the other side would wait.
        void Promise.all([kept, wait(END_TONE_MS)]).then(() => {
            clearTimeout(told);
            if (!this.guest) {
                closeWindow();
            }
        });
    }

    answer(camera: boolean): void {
        const { peer } = this.session.view.value;
        if (peer) {
            void this.session.answer({ kind: 'answer', peer, camera });
        }
    }

    decline(): void {
        this.session.decline();
    }

    join(): void {
        void this.session.join();
    }

    act(action: MessageAction): void {
        const { peer, problem, meeting: outside, call } = this.session.view.value;
        if (action === 'again' && peer) {
            const meeting = outside ? call?.connector : undefined;
            location.assign(`/call/${prepareCall(storage, peer, Date.now(), { meeting })}`);
        } else if (action === 'message') {
            this.chat();
        } else if (action === 'notify' && peer) {
            void this.askForNotice(peer);
        } else if (action === 'retry') {
            this.session.tryAgain();
        } else if (action === 'listen-only' || action === 'without-camera') {
            this.session.goWithout();
        } else if (action === 'use-here') {
            tabStorage.write(HERE_KEY, idInAddress());
            location.reload();
        } else if (action === 'sign-in') {
            location.assign(`/login?return=${encodeURIComponent(location.pathname)}`);
        } else if (action === 'end-call' && problem) {
            this.session.giveUp(problem);
        } else {
            closeWindow();
        }
    }

    private async askForNotice({ name, fullName }: PersonInfo): Promise<void> {
        try {
            this.connection.start(); // It rests a while after the end.
            await this.connection.request({ type: 'person.notify', name, on: true });
            this.asked = true;
            this.since = t('call-notify-asked', { name: fullName });
        } catch (thrown) {
            this.since = problemText(asProblem(thrown));
        }
        this.show();
    }

    close(): void {
        closeWindow();
    }
}

showTheme(readTheme());
await addTexts({ ...WINDOW_TEXTS, en: () => Promise.resolve({ default: english }) });
const me = await api.me();
if (me === undefined) {
    location.assign(`/login?return=${encodeURIComponent(location.pathname)}`);
} else {
    const { languages } = navigator;
    await setLanguage(chooseLanguage(me.settings.language, languages), languages);
    define('vv-call-page', VvCallPage);
    const page = document.querySelector<VvCallPage>('vv-call-page');
    if (page) {
        await new CallWindow(page, me).begin();
    }
}
