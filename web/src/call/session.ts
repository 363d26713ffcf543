// SPDX-License-Identifier: Apache-2.0
// The call window's side of one call: media first, then the server, then the other side. The server
// alone says what state the call is in; this only shows it and asks.
import { Signal } from '../base/signal.ts';
import { goesBack } from '../model/live.ts';
import type { DeviceProblem } from '../platform/devices.ts';
import type { IcePolicy } from '../platform/peer.ts';
import { Refused, type Connection } from '../protocol/connection.ts';
import type {
    CallEndReason,
    CallInfo,
    CallIs,
    CallMediaPressed,
    ServerEvent,
} from '../protocol/messages.ts';
import { Attention } from './attention.ts';
import { CallClock } from './call-clock.ts';
import { relaysOf, type Early } from './early.ts';
import { EarlyCaller } from './early-caller.ts';
import type { Intent } from './intent.ts';
import { LocalMedia, type LocalKind } from './local-media.ts';
import { withoutRelated } from './description.ts';
import { MediaLink } from './media-link.ts';
import type { Trouble } from './media-watch.ts';
import type { Signaller } from './negotiation.ts';
import type { Problem, Remembered, SessionDoors, SessionView } from './session-view.ts';

/** How long the other side waits for a person who has answered and looks at a problem. */
const DECIDE_MS = 20_000;
/** So long the window waits for the page that places its call. */
const PLACED_MS = 2000;
/** From the connection made while it rang to that of the call: when its picture has come, and when
 * the other side has changed as well. */
const SHOW_MS = 300;
const CLOSE_MS = 2000;

const serversOf = (told: CallIs['iceServers']): RTCIceServer[] =>
    told.map(({ urls, username, credential }) =>
        username === '' ? { urls: [...urls] } : { urls: [...urls], username, credential },
    );

type Decision = 'again' | 'without' | 'end';

export class CallSession {
    readonly view = new Signal<SessionView>({
        peer: undefined,
        incoming: false,
        meeting: false,
        phase: 'preparing',
        call: undefined,
        connectedAtMs: undefined,
        remoteStream: null,
        trouble: 'none',
        quality: undefined,
        hint: 'none',
        problem: undefined,
        over: undefined,
    });
    /** Of the own microphone. */
    readonly level = new Signal(0);
    readonly media: LocalMedia;
    private link: MediaLink | undefined;
    private earlyCaller: EarlyCaller | undefined;
    /** Carries the call until its own connection does. */
    private early: Early | undefined;
    /** What could not be opened here: the page that has answered lends none either. */
    private readonly lacking = new Set<'audio' | 'video'>();
    /** What the call's own connection brings meanwhile. */
    private nextRemote: MediaStream | null = null;
    private readonly attention = new Attention();
    private readonly clock = new CallClock((call) => this.onTime(call),
        () => this.doors.connection.status.value === 'online');
    private decide: ((decision: Decision) => void) | undefined;
    /** This window takes part; before that it only shows. */
    private taking = false;
    private rejoining = false;
    private connected = false;
    private talking = false;
    private held = false;
    /** Names of the connectors that are meetings. */
    private meetings = new Set<string>();
    private screenTold = false;

    constructor(
        private id: string,
        private readonly doors: SessionDoors,
        private readonly remembered: Remembered,
        chosen?: Record<LocalKind, string>,
    ) {
        this.media = new LocalMedia(
            doors,
            {
                onTrack: (kind, track) => {
                    this.link?.negotiation.setTrack(kind, track);
                    this.early?.setTrack(kind, track);
                },
                onChange: () => this.onMediaChange(),
                onNotice: (notice) => {
                    doors.onNotice(notice);
                    this.tellMedia('nothing');
                },
                onLevel: (level) => this.onLevel(level),
            },
            chosen,
        );
    }

    /** The caller's microphone is asked for before anybody's telephone rings. */
    async start(intent: Intent): Promise<void> {
        this.taking = true;
        const { peer, meeting: connector } = intent;
        const outside = connector !== undefined;
        const wanted = intent.camera && this.remembered.camera;
        this.patch({ peer, incoming: false, meeting: outside });
        if (!outside && (await this.joinPlaced(wanted))) {
            return;
        }
        if (!outside && !(await this.open(wanted))) {
            return;
        }
        this.patch({ phase: 'dialling' });
        const { microphone, camera } = this.media;
        await this.ask(() =>
            this.doors.connection.request({
                type: 'call.start',
                call: this.id,
                callee: peer.name,
                ...(outside ? { connector } : {}),
                microphone: !outside && microphone,
                camera: !outside && camera,
            }),
        );
        const { call: told, over } = this.view.value;
        if (told && !told.here && !over) { // The page had placed it, and has gone.
            const join = { type: 'call.join', call: told.id } as const;
            await this.ask(() => this.doors.connection.request(join));
        }
        await this.meetAsAnswered(outside, wanted);
    }

    /** The page that was clicked has placed the call: this window takes its place. */
    private async joinPlaced(camera: boolean): Promise<boolean> {
        const placed = this.doors.takePlaced?.(this.id);
        const late = new Promise<undefined>((done) => setTimeout(done, PLACED_MS));
        const call = placed && (await Promise.race([placed.call, late])); // Pages can go.
        if (!placed || call === undefined) {
            return false;
        }
        const opened = this.open(camera);
        this.patch({ phase: 'dialling' });
        await this.ask(() => this.doors.connection.request({ type: 'call.join', call }));
        placed.take((event) => this.onEvent(event));
        const { call: joined, over } = this.view.value;
        if (joined?.here && joined.state !== 'ringing' && !over) {
            this.link?.negotiation.begin(); // It was answered meanwhile.
        }
        if (await opened) {
            this.tellMedia('nothing');
        }
        await this.meetAsAnswered(false, camera);
        return true;
    }

    /**
     * The call is another one than this window took it for: both had pressed Call, the other by
     * another connector; or a notification, which knows no connectors, was answered.
     */
    private async meetAsAnswered(outside: boolean, camera: boolean): Promise<void> {
        const { meeting, over } = this.view.value;
        if (over || meeting === outside) {
            return;
        }
        if (meeting) {
            await Promise.all([this.media.setMicrophone(false), this.media.setCamera(false)]);
        } else if (await this.open(camera)) {
            this.tellMedia('nothing');
        }
    }

    /** Answers at once, so that the other devices stop, and then opens the devices. */
    async answer(intent: Intent): Promise<void> {
        this.taking = true;
        const meeting = intent.meeting !== undefined || this.view.value.meeting;
        this.patch({ peer: intent.peer, incoming: true, meeting, phase: 'connecting' });
        const camera = !meeting && intent.camera && this.remembered.camera;
        const microphone = !meeting && this.remembered.microphone;
        if (meeting || !intent.camera) {
            void this.media.setCamera(false); // It may be on from looking at oneself before.
        }
        const opened = meeting ? Promise.resolve(false) : this.open(camera);
        if (!intent.answered || !(await this.joinAnswered())) {
            await this.ask(() =>
                this.doors.connection.request({
                    type: 'call.accept',
                    call: this.id,
                    microphone,
                    camera,
                    hold: true, // What one may be in already.
                }),
            );
        }
        if (await opened) {
            this.tellMedia('nothing');
        }
        await this.meetAsAnswered(meeting, intent.camera && this.remembered.camera);
    }

    /**
     * The page that was clicked has answered: this window takes its place and its connection, and
     * begins one of its own, which lives on without that page. False: it could not answer.
     */
    private async joinAnswered(): Promise<boolean> {
        await this.ask(() => this.doors.connection.request({ type: 'call.join', call: this.id }));
        const { call, over } = this.view.value;
        if (!over && (!call?.here || call.state === 'ringing')) {
            return false;
        }
        if (!over) {
            this.adopt(this.doors.takeEarly?.(this.id));
            this.link?.negotiation.begin();
        }
        return true;
    }

    /** The window comes again, by reload or because the person wants the call here. */
    async join(): Promise<void> {
        this.taking = true;
        await this.ask(() => this.doors.connection.request({ type: 'call.join', call: this.id }));
        this.doors.takePlaced?.(this.id)?.take((event) => this.onEvent(event));
        const { call, meeting } = this.view.value;
        if (call && !call.here) {
            this.patch({ phase: 'preview' }); // It rings here, and a link has opened it.
        } else if (call && !meeting && (await this.open(this.remembered.camera))) {
            this.tellMedia('nothing');
            if (call.state !== 'ringing') {
                this.link?.negotiation.begin();
            }
        }
    }

    /** A link was followed: what the call is, without taking part and without any device. */
    async peek(): Promise<void> {
        try {
            // What is live comes before the answer to the first question of a fresh session.
            await this.doors.connection.request({ type: 'ping' });
        } catch {
            return;
        }
        if (this.view.value.call === undefined) {
            // Not live: a join takes nothing, and says how it ended.
            await this.ask(() =>
                this.doors.connection.request({ type: 'call.join', call: this.id }),
            );
        } else if (!this.view.value.over) {
            this.patch({ phase: 'preview' });
        }
    }

    /** Kept once the server has it: while it is away, what was pressed waits for it. */
    async end(reason: CallEndReason = 'hung-up'): Promise<void> {
        const kept = this.doors.connection
            .request({ type: 'call.end', call: this.id, reason })
            .then(() => undefined, () => undefined);
        if (reason === 'hung-up') {
            this.over(this.view.value.call?.state === 'ringing' ? 'cancelled' : reason, true, '');
        }
        await kept;
    }

    decline(): void {
        const request = { type: 'call.decline', call: this.id } as const;
        void this.doors.connection.request(request).catch(() => undefined);
        this.over('declined', true, '');
    }

    leave(): void {
        if (this.taking && this.view.value.over === undefined && this.view.value.call) {
            const { connection } = this.doors;
            void connection.request({ type: 'call.leave', call: this.id }).catch(() => undefined);
        }
    }

    /** The answer to view.problem. */
    tryAgain(): void {
        this.decide?.('again');
    }

    goWithout(): void {
        this.decide?.('without');
    }

    async toggleMicrophone(): Promise<void> {
        await this.setMicrophone(!this.media.microphone, 'microphone');
    }

    /** Push to talk: heard while held; a microphone that is on stays as it is. */
    async talk(down: boolean): Promise<void> {
        if (down ? this.media.microphone : !this.talking) {
            return;
        }
        this.talking = down;
        await this.setMicrophone(down, 'nothing');
    }

    async toggleCamera(): Promise<void> {
        if (this.view.value.meeting && !this.media.camera && this.taking) {
            return;
        }
        this.tellProblem('camera', await this.media.setCamera(!this.media.camera));
        this.tellMedia('camera');
    }

    async choose(kind: LocalKind, id: string): Promise<void> {
        this.attention.reset();
        this.tellProblem(kind, await this.media.choose(kind, id));
        this.tellMedia('nothing');
    }

    /** To be called in a click. */
    async toggleScreen(): Promise<void> {
        if (this.view.value.meeting) {
            return;
        }
        if (this.media.screen) {
            this.media.unshare();
        } else {
            await this.media.share();
        }
    }

    /** Refusals are told in passing: two calls are held already. */
    async hold(held: boolean): Promise<void> {
        try {
            await this.doors.connection.request({ type: 'call.hold', call: this.id, held });
        } catch (thrown) {
            const problem = thrown instanceof Refused ? thrown.error : 'internal';
            this.doors.onRefused(problem);
        }
    }

    onEvent(event: ServerEvent): void {
        if (event.type === 'bye' && event.reason !== 'shutdown') {
            this.over(event.reason === 'limit' ? 'signalling-lost' : 'signed-out', false, '');
        } else if (event.type === 'connectors.changed') {
            const meetings = event.connectors.filter(({ kind }) => kind === 'meeting');
            this.meetings = new Set(meetings.map(({ name }) => name));
        } else if (event.type === 'call.renew') {
            this.link?.leaveRelay();
        } else if (event.type === 'call.changed' && event.call.id === this.id) {
            this.apply(event.call);
        } else if (event.type === 'call.description' && event.call === this.id && event.early) {
            this.earlyCaller?.onDescription(event);
        } else if (event.type === 'call.candidate' && event.call === this.id && event.early) {
            this.earlyCaller?.onCandidate(event);
        } else if (event.type === 'call.description' && event.call === this.id) {
            const { kind, offer, sdp } = event;
            const { negotiation } = this.link ?? {};
            void negotiation?.onDescription(kind, offer, sdp).catch(() => undefined);
        } else if (event.type === 'call.candidate' && event.call === this.id) {
            const { candidate, mid, line, ufrag } = event;
            void this.link?.negotiation.onCandidate({
                candidate,
                sdpMid: mid === '' ? null : mid,
                sdpMLineIndex: line,
                usernameFragment: ufrag === '' ? null : ufrag,
            });
        }
    }

    /**
     * After a long break, or another start of the server, which knows the call but not who was in
     * it: this window takes its place again and says how its side is.
     */
    async onFreshSession(): Promise<void> {
        if (!this.taking || !this.view.value.call || this.view.value.over) {
            return;
        }
        this.rejoining = true;
        await this.ask(() => this.doors.connection.request({ type: 'call.join', call: this.id }));
        this.rejoining = false;
        if (this.view.value.call.here) {
            this.tellMedia('nothing');
            if (this.connected) {
                this.send({ type: 'call.connected', call: this.id });
            }
        }
    }

    onNetworkChange(): void {
        this.link?.renew();
    }

    /** The server's channel does not come about: nothing was asked for yet. */
    onNoChannel(): void {
        this.over('signalling-lost', false, '');
    }

    onSignedOut(): void {
        this.over('signed-out', false, '');
    }

    private async setMicrophone(on: boolean, pressed: CallMediaPressed): Promise<void> {
        if (this.view.value.meeting) {
            return;
        }
        this.attention.reset();
        this.tellProblem('microphone', await this.media.setMicrophone(on));
        this.tellMedia(pressed);
        this.patch({ hint: 'none' });
    }

    private tellProblem(device: LocalKind, problem: DeviceProblem | undefined): void {
        if (problem !== undefined) {
            this.doors.onNotice({ what: 'problem', device, detail: problem });
        }
    }

    /** Both devices, with the person's word where one cannot be opened; false: it is over. */
    private async open(camera: boolean): Promise<boolean> {
        const { microphone } = this.remembered;
        const voice = () => this.media.setMicrophone(microphone);
        const picture = async (): Promise<DeviceProblem | undefined> => {
            const problem = await this.media.setCamera(true);
            return problem === 'absent' ? undefined : problem; // It is a call of voices then.
        };
        return (
            (await this.openOne('microphone', voice)) &&
            (!camera || (await this.openOne('camera', picture)))
        );
    }

    private async openOne(
        device: LocalKind,
        attempt: () => Promise<DeviceProblem | undefined>,
    ): Promise<boolean> {
        for (;;) {
            const problem = await attempt();
            if (this.view.value.over) {
                return false;
            }
            const kind = device === 'microphone' ? 'audio' : 'video';
            this.lacking[this.media.outgoing(kind) ? 'delete' : 'add'](kind);
            if (this.lacking.has(kind)) {
                this.early?.setTrack(kind, null);
            }
            const decision = problem && (await this.askPerson({ device, problem }));
            if (decision === undefined || decision === 'without') {
                return true;
            }
            if (decision === 'end') {
                return false;
            }
        }
    }

    private async askPerson(problem: Problem): Promise<Decision> {
        this.patch({ problem });
        let timer: ReturnType<typeof setTimeout> | undefined;
        const decision = await new Promise<Decision>((resolve) => {
            this.decide = resolve;
            if (this.view.value.incoming) {
                timer = setTimeout(() => this.giveUp(problem), DECIDE_MS);
            }
        });
        clearTimeout(timer);
        this.decide = undefined;
        this.patch({ problem: undefined });
        return decision;
    }

    /** The other side is told what was missing here. */
    giveUp({ problem }: Problem): void {
        const reason = problem === 'absent' ? 'no-device' : 'permission-denied';
        if (this.view.value.call || this.view.value.incoming) {
            void this.end(reason);
        }
        this.over(reason, true, '');
    }

    private async ask(request: () => Promise<CallIs>): Promise<void> {
        try {
            const { call, iceServers, relayOnly, poolSize } = await request();
            if (call.id !== this.id) {
                this.id = call.id;
                this.doors.onRenamed(call.id);
            }
            if (!this.isMeeting(call)) {
                const servers = serversOf(iceServers);
                this.link?.refresh(servers);
                this.link ??= this.connect(call, servers, { relayOnly, poolSize });
            }
            this.apply(call);
        } catch (thrown) {
            const refused = thrown instanceof Refused ? thrown : new Refused('internal', '');
            const texts: Record<string, string> = {
                'call-busy': 'already-in-call',
                'connector-disabled': 'connector-disabled',
                'too-many-calls': 'too-many-calls',
                // What is full for a caller is the server; who answers holds as many as he may.
                limit: this.view.value.incoming ? 'too-many-held' : 'limit',
                'not-found': 'gone',
                state: 'gone',
            };
            this.over(texts[refused.error] ?? 'internal', false, refused.reference);
        }
    }

    private isMeeting({ link, connector }: CallInfo): boolean {
        return link !== '' || this.meetings.has(connector);
    }

    private connect(
        call: CallInfo,
        iceServers: RTCIceServer[],
        policy: IcePolicy,
    ): MediaLink {
        const link = new MediaLink(
            {
                createPeer: (servers) => this.doors.createPeer(servers, policy),
                iceServers,
                polite: call.role === 'callee',
                signaller: this.signaller(),
            },
            {
                onRemote: (remoteStream) => {
                    this.nextRemote = remoteStream;
                    if (!this.early) {
                        this.patch({ remoteStream });
                    }
                },
                onConnected: () => {
                    this.tellConnected();
                    this.leaveEarly();
                },
                onTrouble: (trouble) => this.onTrouble(trouble),
                onQuality: (quality) => this.patch({ quality }),
                onReport: (report) =>
                    this.send({ type: 'call.report', call: this.id, ...report }),
                onLost: () => {
                    void this.end('media-lost');
                    this.over('media-lost', false, ''); // Also when no server can be reached.
                },
            },
        );
        for (const kind of ['audio', 'video'] as const) {
            link.negotiation.setTrack(kind, this.media.outgoing(kind));
        }
        if (call.role === 'caller' && call.state === 'ringing') {
            this.earlyCaller = new EarlyCaller(
                this.doors.createPeer,
                relaysOf(iceServers),
                (message) => this.send(message),
                () => this.id,
            );
        }
        return link;
    }

    private tellConnected(): void {
        this.connected = true;
        this.send({ type: 'call.connected', call: this.id });
    }

    /** It is answered: now, and not before, the tracks may go. */
    private adopt(early: Early | undefined): void {
        if (!early?.connected) {
            early?.close();
            return;
        }
        this.early = early;
        early.onGone(() => this.dropEarly());
        for (const kind of ['audio', 'video'] as const) {
            const track = this.media.outgoing(kind);
            if (track || this.lacking.has(kind)) { // Until then the page lends its own.
                early.setTrack(kind, track);
            }
        }
        this.patch({ remoteStream: early.stream });
        this.tellConnected();
    }

    /** The call's own connection is there; the other side changes at about the same time. */
    private leaveEarly(): void {
        if (this.early) {
            setTimeout(() => {
                if (this.early && this.nextRemote) {
                    this.patch({ remoteStream: this.nextRemote });
                }
            }, SHOW_MS);
            setTimeout(() => this.dropEarly(), CLOSE_MS);
        }
    }

    private dropEarly(): void {
        const { call, over } = this.view.value;
        if (!this.early) {
            return;
        }
        this.early.close();
        this.early = undefined;
        if (call && !over) {
            this.patch({ remoteStream: this.nextRemote });
            this.apply(call);
        }
    }

    private signaller(): Signaller {
        return {
            describe: (kind, offer, sdp, refused) =>
                void this.doors.connection
                    .request({ type: 'call.describe', call: this.id, kind, offer, sdp })
                    .catch(refused),
            trickle: (candidate) =>
                this.send({
                    type: 'call.trickle',
                    call: this.id,
                    candidate: withoutRelated(candidate?.candidate ?? ''),
                    mid: candidate?.sdpMid ?? '',
                    line: candidate?.sdpMLineIndex ?? 0,
                    ufrag: candidate?.usernameFragment ?? '',
                }),
        };
    }

    private send(command: Parameters<Connection['request']>[0]): void {
        void this.doors.connection.request(command).catch(() => undefined);
    }

    /** By the own clock: what the server still has of it ends when that is back. */
    private onTime(call: CallInfo): void {
        if (this.taking && call.role === 'caller') {
            this.send({ type: 'call.end', call: this.id, reason: 'hung-up' });
        }
        this.apply(call);
    }

    private apply(call: CallInfo): void {
        const before = this.view.value.call;
        if (this.view.value.over || (!this.rejoining && goesBack(before, call))) {
            return;
        }
        this.clock.see(call);
        const meeting = call.state === 'ended' ? this.view.value.meeting : this.isMeeting(call);
        this.patch({ call, peer: call.peer, incoming: call.role === 'callee', meeting });
        if (call.state === 'ended') {
            // Only for this window: the call goes on.
            const what = call.moved ? 'in-another-window' : call.reason;
            this.over(what, call.byMe, '');
        } else if (this.taking) {
            this.takePart(call, before);
        }
    }

    private takePart(call: CallInfo, before: CallInfo | undefined): void {
        if (!call.here) {
            if (before?.here && !this.rejoining) {
                this.over('in-another-window', false, '');
            }
            return;
        }
        if (!before?.here) {
            this.doors.onHere(call.id);
        }
        if (call.state === 'ringing') {
            this.patch({ phase: 'ringing' });
            if (!(before?.here && before.state === 'ringing') && call.role === 'caller') {
                void this.doors.tones.play('ringBack').catch(() => undefined);
            }
            return;
        }
        this.doors.tones.stop();
        this.holdAs(call.heldByMe);
        if (call.link !== '' && !this.connected) {
            this.connected = true; // What could be waited for is outside.
            this.send({ type: 'call.connected', call: this.id });
        }
        if (call.state === 'connecting') {
            this.patch({ phase: 'connecting' });
            if (before?.state === 'ringing' && call.role === 'caller') {
                this.onAnswered(call.early);
            }
            return;
        }
        if (!this.early) {
            const sends = call.peerMicrophone || call.peerCamera || call.peerScreen;
            this.link?.watchOver(sends && !call.heldByMe && !call.heldByPeer);
        }
        this.patch({ phase: 'active', connectedAtMs: Date.now() - call.ageMs });
    }

    /** By which connection made while it rang: then the window of the callee offers, not this. */
    private onAnswered(early: number): void {
        const chosen = this.earlyCaller?.choose(early);
        if (early > 0) {
            this.adopt(chosen);
        } else {
            this.link?.negotiation.begin();
        }
    }

    /** The server says which of one's calls are held: taking up one holds the other. */
    private holdAs(held: boolean): void {
        if (held === this.held) {
            return;
        }
        this.held = held;
        this.link?.negotiation.hold(held);
        void this.media.hold(held).then(() => {
            if (!this.held) {
                this.tellMedia('nothing');
            }
        });
    }

    private onTrouble(trouble: Trouble): void {
        const told = this.view.value.trouble === 'banner';
        this.patch({ trouble });
        if (trouble !== 'none') {
            this.doors.connection.hurry(); // ICE begins again by it
        }
        if (told !== (trouble === 'banner')) {
            this.tellMedia('nothing');
        }
    }

    private onLevel(level: number): void {
        this.level.set(level);
        this.attention.onLevel(level, this.media.microphone, Date.now());
        if (this.attention.hint !== this.view.value.hint) {
            this.patch({ hint: this.attention.hint });
        }
    }

    /** Also when the browser's own button has ended the screen. */
    private onMediaChange(): void {
        this.patch({});
        if (this.screenTold !== this.media.screen) {
            this.tellMedia('nothing');
        }
    }

    /** `pressed`: what the person has chosen, also for the next call. */
    private tellMedia(pressed: CallMediaPressed): void {
        const { microphone, camera, screen } = this.media;
        const trouble = this.view.value.trouble === 'banner';
        this.screenTold = screen;
        if (this.view.value.call && !this.view.value.over) {
            const call = this.id;
            this.send({ type: 'call.media', call, microphone, camera, screen, trouble, pressed });
        }
    }

    private over(what: string, byMe: boolean, reference: string): void {
        if (this.view.value.over) {
            return;
        }
        this.clock.clear();
        this.link?.close();
        this.earlyCaller?.close();
        this.early?.close();
        this.early = undefined;
        this.media.close();
        if (this.taking) {
            const tone = what === 'busy' ? 'busy' : what === 'cancelled' ? 'cancel' : 'end';
            void this.doors.tones.play(tone).catch(() => undefined);
        }
        this.patch({ over: { what, byMe, reference }, remoteStream: null, problem: undefined });
        this.decide?.('end');
    }

    private patch(part: Partial<SessionView>): void {
        this.view.set({ ...this.view.value, ...part });
    }
}
