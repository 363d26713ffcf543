// SPDX-License-Identifier: Apache-2.0
// What the pages need from below, as they need it: one place where model and pages meet, and what
// fakes implement.
import { createContextless } from './given.ts';
import type { PersonView, Theme } from '../ui/types.ts';

export interface ProfileView extends PersonView {
    email: string;
}

export interface MeView {
    user: ProfileView;
    administrator: boolean;
    settings: { microphone: boolean; camera: boolean; language: string };
}

export interface LoginView {
    id: string;
    agent: string;
    address: string;
    seen: number;
    current: boolean;
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
    logins(): Promise<LoginView[]>;
    endLogin(id: string): Promise<void>;
    people(query: string, offset: number, limit: number): Promise<PeoplePage>;
    profile(name: string): Promise<ProfileView>;
    invite(kind: string): Promise<{ url: string; expires: number }>;
    invitation(token: string): Promise<InvitationView>;
    join(token: string, form: JoinForm): Promise<MeView>;
    resetPassword(token: string, password: string): Promise<MeView>;
}

export interface PeoplePage {
    people: PersonView[];
    total: number;
}

/** A refusal of the server: `error` is its stable id, `network` when it cannot be reached. */
export interface ApiProblem {
    error: string;
    field?: string | undefined;
    reference?: string | undefined;
}

export interface Ringing {
    id: string;
    caller: PersonView;
}

/** What is live on a portal page: presence and calls. */
export interface Live {
    readonly connected: boolean;
    readonly callsPossible: boolean;
    readonly ringing: readonly Ringing[];
    readonly soundBlocked: boolean;
    /** The latest news of a person, or what was given. */
    latest<P extends PersonView>(person: P): P;
    inCallWith(name: string): boolean;
    /**
     * Opens the call window (in the click), or brings it to the front; false: the pop-up was
     * blocked.
     */
    call(name: string): boolean;
    callHere(name: string): void;
    answer(id: string, camera: boolean): boolean;
    decline(id: string): void;
    unlockSound(): void;
    start(): void;
    stop(): void;
    onChange(listener: () => void): () => void;
}

export interface Preferences {
    theme: Theme;
    copy(text: string): Promise<void>;
}

export interface Services {
    api: Api;
    live: Live;
    preferences: Preferences;
}

export const services = createContextless<Services>();
