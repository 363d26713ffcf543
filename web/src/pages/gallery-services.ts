// SPDX-License-Identifier: Apache-2.0
// The services of the pages without a server, for the gallery: everything answers at once, what is
// changed is forgotten with the page.
import type { RingPermission } from '../platform/background.ts';
import type { Storage } from '../platform/storage.ts';
import type { Command, ReplyOf, ServerEvent } from '../protocol/messages.ts';
import type { CallOffer, OwnStatus, PersonView } from '../ui/types.ts';
import { giveAdminApi } from './admin-api.ts';
import { createCallsApi } from './calls-api.ts';
import { CallsKeeper } from './calls-keeper.ts';
import { ChatKeeper } from './chat-keeper.ts';
import { fullAdmin } from './gallery-admin.ts';
import { everything } from './gallery-ends.ts';
import {
    activities,
    comments,
    everybody,
    idOf,
    invitedTo,
    mary,
    NOON,
    pastCalls,
    rooms,
    spaces,
    talks,
    timeline,
} from './gallery-people.ts';
import { FakeBackground } from './fake-background.ts';
import { fakeChecks } from './gallery-fakes.ts';
import { MiniWindows } from './mini-windows.ts';
import type { Api, ApiProblem, Live, MeView, Services } from './services.ts';
import { createTalkApi, type Request } from './talk-api.ts';

const me: MeView = {
    user: { ...mary, email: 'mary@example.org' },
    administrator: true,
    collectLog: false,
    settings: { microphone: true, camera: true, language: '' },
};

/** Asked at once: the address becomes that of a page. */
const asked = new URLSearchParams(location.search);
const isStranger = asked.has('stranger');
/** A portal in which nobody has done anything yet. */
const isNew = asked.has('new');

function refuse(): never {
    throw { error: 'not-found' } satisfies ApiProblem;
}

/** The answers of docs/api.md, as a server with this little world would give them. */
const request: Request = async (method, path, body) => {
    const url = new URL(path, 'http://gallery.invalid');
    const [, , what, id = '', more] = url.pathname.split('/');
    const given = (body ?? {}) as Record<string, string>;
    switch (`${method} ${what}`) {
        case 'GET rooms': {
            if (more === 'messages') {
                return { messages: url.searchParams.has('before') ? [] : talks[id], more: false };
            }
            const room = rooms.find((one) => one.id === id);
            return id ? { room: room ?? refuse(), people: everybody }
                : { rooms: isNew ? [] : rooms };
        }
        case 'POST rooms':
            return { room: rooms.find((one) => one.peer?.name === given['name']) ?? rooms[1],
                people: everybody };
        case 'GET calls': {
            if (more === 'timeline') {
                return id.startsWith('gone') ? refuse()
                    : id.startsWith('slow') ? new Promise(() => undefined)
                        : id.startsWith('every') ? everything : timeline;
            }
            const missed = url.searchParams.get('missed') ? pastCalls.filter((one) => one.missed)
                : pastCalls;
            const calls = url.searchParams.get('limit') === '0' || isNew ? [] : missed;
            return { calls, next: '', missed: 2 };
        }
        case 'GET chat':
            return { hits: Object.values(talks).flat().slice(0, 3).map((message) => (
                { room: message.room, title: 'Luc Moreau', message })), next: '' };
        case 'GET activities':
            return more ? { comments, next: '' }
                : { activities: isNew ? [] : activities, next: '' };
        case 'POST activities': {
            const fresh = { id: given['id'], author: mary, text: given['text'], mentions: [],
                at: NOON };
            return more
                ? { comment: { ...fresh, activity: id } }
                : { activity: { ...fresh, likes: 0, liked: false, comments: 0, latest: [] },
                    comments: [], next: '' };
        }
        case 'GET spaces': {
            const space = [...spaces, invitedTo].find((one) => one.name === id);
            return id ? { space: space ?? refuse(), people: everybody }
                : isNew ? { spaces: [], invitations: [] } : { spaces, invitations: [invitedTo] };
        }
        case 'POST spaces':
            return { space: spaces[0], people: everybody };
        default:
            return undefined;
    }
};

const api: Api = {
    login: async () => me,
    logout: async () => undefined,
    me: async () => (isStranger ? undefined : me),
    saveProfile: async () => me.user,
    savePassword: async () => undefined,
    saveAvatar: async () => me.user,
    removeAvatar: async () => me.user,
    accounts: async () => ({
        types: [{ type: 'sip', title: 'SIP address' }, { type: 'board', title: 'White board' }],
        accounts: [{ type: 'sip', value: 'mary@sip.example.org' }],
    }),
    saveAccounts: async () => {
        throw { error: 'invalid', field: 'accounts.0', message: 'is not of the form name@host' };
    },
    logins: async () => ['Firefox on Windows', 'Safari on iPhone'].map((device, i) => ({
        id: idOf('login', i), device, agent: 'Mozilla/5.0', address: `192.0.2.${i + 7}`,
        seen: NOON - i * 90_000, current: i === 0,
    })),
    endLogin: async () => undefined,
    people: async () => ({ people: [...everybody], total: everybody.length }),
    profile: async (name) => {
        const found = everybody.find((one) => one.name === name) ?? refuse();
        const imAccounts = [{ type: 'sip', value: `${name}@sip.example.org` }];
        return { ...found, email: `${name}@example.org`, imAccounts };
    },
    invite: async () => ({ url: 'https://visavis.example.org/join/abc', expires: NOON }),
    invitation: async (token) => token === 'gone' ? refuse()
        : { kind: token === 'reset' ? 'password' : token === 'first' ? 'administrator' : 'member',
            name: token === 'reset' ? mary.name : '' },
    join: async () => me,
    resetPassword: async () => me,
    push: async () => ({ key: 'gallery', on: asked.has('push') }),
    savePush: async () => undefined,
    removePush: async () => undefined,
};

class GalleryLive implements Live {
    readonly connected = true;
    readonly ringing = [];
    readonly soundBlocked = false;
    readonly self = mary.name;
    status: OwnStatus = 'available';
    private readonly listeners = new Set<() => void>();
    private readonly fresh = new Set<() => void>();

    latest<P extends PersonView>(person: P): P {
        return person;
    }

    callOffer(name: string): CallOffer {
        return { state: name === this.self ? 'absent' : name === 'john' ? 'in-progress' : 'idle' };
    }

    roomOffer(): CallOffer {
        return { state: 'idle', connectors: [{ name: 'link', title: 'Meeting link' }] };
    }

    usualOffer(): CallOffer {
        const names = ['webrtc', 'link'];
        const connectors = names.map((name) => ({ name, title: name }));
        return { state: 'idle', connectors, chosen: 'webrtc' };
    }

    call(): 'done' {
        return 'done';
    }

    callHere(): void {}

    answer(): boolean {
        return true;
    }

    async decline(): Promise<void> {}

    ignore(): void {}

    async hasWindow(): Promise<boolean> {
        return false;
    }

    unlockSound(): void {}

    async testRing(): Promise<'audible'> {
        return 'audible';
    }

    async setStatus(status: OwnStatus): Promise<void> {
        this.status = status;
        this.listeners.forEach((listener) => listener());
    }

    start(): void {
        this.fresh.forEach((listener) => listener());
    }

    stop(): void {}

    onChange(listener: () => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    onFresh(listener: () => void): () => void {
        this.fresh.add(listener);
        return () => this.fresh.delete(listener);
    }

    onEvent(_listener: (event: ServerEvent) => void): () => void {
        return () => undefined;
    }

    async request<C extends Command>(command: C): Promise<ReplyOf[C['type']]> {
        if (command.type === 'chat.send') {
            throw { error: 'limit' } satisfies ApiProblem; // So that a refused message is shown.
        }
        if (command.type === 'chat.meet') {
            throw { error: 'connector-disabled' } satisfies ApiProblem;
        }
        if (command.type === 'people.blocked' || command.type === 'people.notified') {
            const people = command.type === 'people.blocked' ? everybody.slice(-1) : [];
            return { type: 'people.are', people } as unknown as ReplyOf[C['type']];
        }
        return { type: 'ok' } as ReplyOf[C['type']];
    }
}

/** `?permission=denied`: as a browser that has refused notifications. */
function permissionAsked(): RingPermission {
    const wanted = asked.get('permission');
    return wanted === 'granted' || wanted === 'denied' || wanted === 'none' ? wanted : 'default';
}

/** Each load begins anew, whatever was done in the one before. */
const forgetful: Storage = {
    read: () => null,
    write: () => undefined,
    remove: () => undefined,
};

export function galleryServices(): Services {
    const live = new GalleryLive();
    const talkApi = createTalkApi(request);
    giveAdminApi(fullAdmin);
    return {
        api,
        talkApi,
        live,
        chat: new ChatKeeper(talkApi, live),
        calls: new CallsKeeper(createCallsApi(request), live, () => undefined),
        minis: new MiniWindows(forgetful),
        preferences: {
            theme: 'auto',
            sounds: { off: ['busy'], second: '' },
            hear: async () => undefined,
            speakers: async () => [{ id: 'desk', label: 'Desk speaker' }],
            copy: async () => undefined,
            setUp: 'open',
        },
        background: new FakeBackground(permissionAsked()),
        checks: fakeChecks,
    };
}
