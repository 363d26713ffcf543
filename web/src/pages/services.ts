// SPDX-License-Identifier: Apache-2.0
// What the pages need from below, as they need it: one place where model and pages meet, and what
// fakes implement.
import type { SetUp } from '../model/setup.ts';
import type { Background, PushKeys } from '../platform/background.ts';
import type { SoundSettings, ToneName } from '../platform/tones.ts';
import type { CallRingingHow, Command, ReplyOf, ServerEvent } from '../protocol/messages.ts';
import type { CallOffer, OwnStatus, PersonView, Theme } from '../ui/types.ts';
import type { Checks } from './call-checks.ts';
import { createContextless } from './given.ts';
import type { Calls } from './history.ts';
import type { MiniWindows } from './mini-windows.ts';
import type { Chat, TalkApi } from './talk.ts';

export interface ProfileView extends PersonView {
    email: string;
    /** Of connectors that are switched on; not where only the own form was saved. */
    imAccounts?: readonly ImAccount[];
}

export interface MeView {
    user: ProfileView;
    administrator: boolean;
    /** The log of call windows is wanted (POST /api/clientlog). */
    collectLog: boolean;
    settings: {
        microphone: boolean;
        camera: boolean;
        language: string;
        callWaiting?: boolean;
        relayOnly?: boolean;
    };
}

export interface LoginView {
    id: string;
    /** Such as "Firefox on Linux". */
    device: string;
    agent: string;
    address: string;
    seen: number;
    current: boolean;
}

/** A kind of IM account that a connector which is switched on knows. */
export interface AccountType {
    type: string;
    title: string;
}

export interface ImAccount {
    type: string;
    value: string;
}

export interface InvitationView {
    kind: 'member' | 'administrator' | 'password';
    name: string;
}

export interface ProfileForm {
    fullName: string;
    email: string;
    position: string;
    language: string;
}

export interface JoinForm {
    name: string;
    fullName: string;
    email: string;
    password: string;
}

/** docs/api.md. Each refuses with an ApiProblem. */
export interface Api {
    login(name: string, password: string): Promise<MeView>;
    logout(): Promise<void>;
    /** Undefined when nobody is signed in. */
    me(): Promise<MeView | undefined>;
    saveProfile(form: ProfileForm): Promise<ProfileView>;
    savePassword(old: string, fresh: string): Promise<void>;
    saveAvatar(picture: Blob): Promise<ProfileView>;
    removeAvatar(): Promise<ProfileView>;
    accounts(): Promise<{ types: AccountType[]; accounts: ImAccount[] }>;
    saveAccounts(accounts: readonly ImAccount[]): Promise<void>;
    logins(): Promise<LoginView[]>;
    endLogin(id: string): Promise<void>;
    people(query: string, offset: number, limit: number): Promise<PeoplePage>;
    profile(name: string): Promise<ProfileView>;
    invite(kind: string): Promise<{ url: string; expires: number }>;
    invitation(token: string): Promise<InvitationView>;
    join(token: string, form: JoinForm): Promise<MeView>;
    resetPassword(token: string, password: string): Promise<MeView>;
    /** The server's key, and whether this browser rings without a page. */
    push(): Promise<{ key: string; on: boolean }>;
    savePush(keys: PushKeys): Promise<void>;
    removePush(): Promise<void>;
}

export interface PeoplePage {
    people: PersonView[];
    total: number;
}

/** A refusal of the server: `error` is its stable id, `network` when it cannot be reached. */
export interface ApiProblem {
    error: string;
    /** In English, for values that a connector checks. */
    message?: string | undefined;
    field?: string | undefined;
    reference?: string | undefined;
}

export interface Ringing {
    id: string;
    caller: PersonView;
    /** This browser may answer. */
    here: boolean;
    /** This person is in another call. */
    waiting: boolean;
}

/** The connection to the server, for what follows its events. */
export interface Link {
    request<C extends Command>(command: C): Promise<ReplyOf[C['type']]>;
    onEvent(listener: (event: ServerEvent) => void): () => void;
    /** A session without the events of before: what is shown must be read again. */
    onFresh(listener: () => void): () => void;
}

/** What became of a press on Call: `elsewhere`: the window belongs to another tab. */
export type CallResult = 'done' | 'blocked' | 'elsewhere';

/** What is live on a portal page: presence and calls. */
export interface Live extends Link {
    readonly connected: boolean;
    /** User name of who is signed in here. */
    readonly self: string;
    readonly ringing: readonly Ringing[];
    readonly soundBlocked: boolean;
    /** The latest news of a person, or what was given. */
    latest<P extends PersonView>(person: P): P;
    /** What the Call button offers for this person, the same in all places. */
    callOffer(name: string): CallOffer;
    /** The same for everybody in a team room or a space. */
    roomOffer(room: string): CallOffer;
    /** What it offers for who was never called; `chosen`: the usual connector. */
    usualOffer(): CallOffer;
    /** What this person has chosen to be. */
    readonly status: OwnStatus;
    /** Refuses with an ApiProblem. */
    setStatus(status: OwnStatus): Promise<void>;
    /** Opens the call window (in the click), or brings it to the front. */
    call(name: string, connector?: string, picked?: boolean): CallResult;
    callHere(name: string): void;
    answer(id: string, camera: boolean): boolean;
    /** With words for the caller; refuses when those could not be kept. */
    decline(id: string, text: string): Promise<void>;
    /** Silence on this device. */
    ignore(id: string): void;
    /** Whether a window of this browser has the call. */
    hasWindow(id: string): Promise<boolean>;
    unlockSound(): void;
    /**
     * A card and a ring as of a call of somebody else, for some seconds or until it is answered or
     * refused; gives how it sounded.
     */
    testRing(caller: PersonView): Promise<CallRingingHow | undefined>;
    start(self: string): void;
    stop(): void;
    onChange(listener: () => void): () => void;
}

export interface Speaker {
    readonly id: string;
    /** Empty until the browser has given this page a microphone. */
    readonly label: string;
}

export interface Preferences {
    theme: Theme;
    sounds: SoundSettings;
    /** Lets a sound be heard; refuses when the browser does not. */
    hear(name: ToneName): Promise<void>;
    /** Where sounds can be heard; empty when the browser does not let pages choose. */
    speakers(): Promise<Speaker[]>;
    copy(text: string): Promise<void>;
    /** Whether calls were set up in this browser. */
    setUp: SetUp;
}

export interface Services {
    api: Api;
    talkApi: TalkApi;
    live: Live;
    chat: Chat;
    calls: Calls;
    minis: MiniWindows;
    preferences: Preferences;
    background: Background;
    checks: Checks;
}

export const services = createContextless<Services>();
