// SPDX-License-Identifier: Apache-2.0
// Invented people, rooms, activities and spaces for the gallery.
import type {
    ActivityInfo,
    AnswerTimeline,
    ChatmsgInfo,
    CallStepInfo,
    CommentInfo,
    PastCallInfo,
    PersonInfo,
    RoomInfo,
    SpaceInfo,
} from '../protocol/messages.ts';

/** Wednesday, 1 January 2020, noon: pictures of the gallery do not change with the day. */
export const NOON = 1577880000;
/** An id for each thing, in the form of real ones. */
export const idOf = (kind: string, n: number): string =>
    `${kind}${String(n).padStart(21 - kind.length, '0')}A`;

const person = (
    name: string,
    fullName: string,
    position: string,
    status: PersonInfo['status'],
): PersonInfo => ({
    name, fullName, position, avatar: '', status, accounts: '', devices: 0, push: false,
});

export const mary = person('mary', 'Mary Stone', 'Head of Engineering', 'available');
export const john = person('john', 'John Doe', 'Sales', 'in-call');
export const luc = person('luc', 'Luc Moreau', 'Designer', 'away');
export const ines = person('ines', 'Inès Ferreira', 'People & Culture', 'do-not-disturb');
export const zoe: PersonInfo = {
    name: 'zoe',
    fullName: 'Zoë-Alexandra Featherstonehaugh-Wolfeschlegelsteinhausen',
    position: 'Senior Principal Administrator of Everything that Has no Other Name',
    avatar: 'missing',
    status: 'offline',
    accounts: '',
    devices: 0,
    push: false,
};
export const everybody: readonly PersonInfo[] = [mary, john, luc, ines, zoe];

export const direct = idOf('direct', 1);
export const team = idOf('team', 1);
export const calm = idOf('direct', 2);

function message(room: string, seq: number, author: PersonInfo, text: string): ChatmsgInfo {
    const at = NOON - (20 - seq) * 400;
    return { id: idOf('message', seq), room, seq, author, text, at, kind: 'text' };
}

export const talks: Readonly<Record<string, readonly ChatmsgInfo[]>> = {
    [direct]: [
        message(direct, 1, mary, 'Have you seen the new drawings? https://example.org/drawings'),
        message(direct, 2, luc, 'Yes! The second one is the best so far.'),
        message(direct, 3, luc, 'Shall we look at it together?\nI have time after lunch.'),
        {
            ...message(direct, 4, mary, ''),
            kind: 'call',
            call: { call: idOf('call', 1), answered: true, reason: 'hung-up', seconds: 754 },
        },
        message(direct, 5, mary, 'Perfect. I will tell @luc\'s team about it.'),
        {
            ...message(direct, 6, luc, ''),
            kind: 'call',
            call: { call: idOf('call', 2), answered: false, reason: 'no-answer', seconds: 0 },
        },
        message(direct, 7, luc, 'I tried to call you. Later is fine, too.'),
        {
            ...message(direct, 8, mary, ''),
            kind: 'call',
            call: { call: idOf('call', 3), answered: false, reason: 'cancelled', seconds: 0 },
        },
    ],
    [team]: [
        message(team, 1, ines, 'Welcome to the room for the summer party.'),
        message(team, 2, john, 'I bring the grill.'),
        message(team, 3, mary, 'And I the music.'),
        { ...message(team, 4, ines, 'https://meet.example.org/summer'), kind: 'meeting' },
        { ...message(team, 5, mary, 'https://meet.example.org/autumn'), kind: 'meeting' },
        message(team, 6, john, ''),
    ],
    [calm]: [],
};

function room(id: string, more: Partial<RoomInfo>): RoomInfo {
    const talk = talks[id] ?? [];
    const last = talk.at(-1);
    const seq = last?.seq ?? 0;
    return {
        id, kind: 'direct', title: '', space: '', owner: '', members: 2, unread: 0, read: seq, seq,
        ...(last && { last }), ...more,
    };
}

export const rooms: readonly RoomInfo[] = [
    room(direct, { peer: luc, unread: 2, read: 5 }),
    room(team, { kind: 'team', title: 'Summer party', owner: 'mary', members: 4 }),
    room(calm, { peer: zoe }),
];

const comment = (n: number, author: PersonInfo, text: string): CommentInfo => ({
    id: idOf('comment', n), activity: idOf('activity', 1), author, text,
    at: NOON - 3000 + n * 600, mentions: everybody,
});

export const comments: readonly CommentInfo[] = [
    comment(1, luc, 'Beautiful work, @mary!'),
    comment(2, ines, 'When can the others see it?'),
    comment(3, zoe, 'Congratulations to everybody who took part in it.'),
];

const activity = (n: number, author: PersonInfo, text: string): ActivityInfo => ({
    id: idOf('activity', n), author, text, at: NOON - n * 5000, mentions: everybody, likes: 0,
    liked: false, comments: 0, latest: [],
});

export const activities: readonly ActivityInfo[] = [
    {
        ...activity(1, mary, 'The new version is out. Thanks to @luc and @ines for the last '
            + 'mile!\n\nWhat is new: https://example.org/news/2020'),
        likes: 12, liked: true, comments: 5, latest: comments,
    },
    {
        ...activity(2, john, 'Lunch at noon, who joins?'),
        space: { name: 'sales', title: 'Sales' },
    },
    activity(3, zoe, 'A note that nobody has liked yet.'),
];

export const space: SpaceInfo = {
    name: 'design', title: 'Design', description: 'How our things look and feel, and why.',
    owner: 'mary', members: 4, room: team, member: true, invited: false,
};
export const spaces: readonly SpaceInfo[] = [
    space,
    { ...space, name: 'sales', title: 'Sales', description: '', owner: 'john', members: 12 },
];
export const invitedTo: SpaceInfo = {
    ...space, name: 'climbing', title: 'Climbing', description: 'Every Thursday evening.',
    owner: 'ines', member: false, invited: true,
};

const past = (n: number, peer: PersonInfo, part: Partial<PastCallInfo>): PastCallInfo => ({
    id: idOf('call', n), role: 'caller', peer, startedAtMs: (NOON - n * 9000) * 1000,
    endedAtMs: (NOON - n * 9000 + 60) * 1000, seconds: 0, answered: false, missed: false,
    silent: false, reason: 'no-answer', byMe: false, connector: '', ...part,
});

export const pastCalls: readonly PastCallInfo[] = [
    past(1, luc, { role: 'callee', missed: true, reason: 'cancelled' }),
    past(2, john, { answered: true, seconds: 754, reason: 'hung-up' }),
    past(3, ines, { role: 'callee', answered: true, seconds: 65, reason: 'media-lost' }),
    past(4, zoe, { reason: 'unreachable' }),
    past(5, john, { role: 'callee', missed: true, silent: true }),
    past(6, ines, { reason: 'declined' }),
    past(7, luc, { role: 'callee', reason: 'declined', byMe: true }),
    past(8, zoe, { reason: 'cancelled', byMe: true }),
];

const step = (afterMs: number, what: CallStepInfo['what'], part: Partial<CallStepInfo> = {})
    : CallStepInfo => ({ afterMs, what, mine: true, device: '', how: 'none', path: 'unknown',
    transport: 'unknown', ...part });
const quality = { reports: 12, transport: 'udp', lossWorstPermille: 24, rttWorstMs: 180,
    jitterMs: 3, jitterWorstMs: 30 } as const;

export const timeline: AnswerTimeline = {
    call: past(2, john, { answered: true, seconds: 754, reason: 'hung-up' }),
    steps: [
        step(0, 'started'),
        step(120, 'rings', { mine: false, device: 'Firefox on Windows', how: 'audible' }),
        step(180, 'rings', { mine: false, device: 'Safari on iPhone', how: 'by-autoplay' }),
        step(4200, 'answered', { mine: false, device: 'Firefox on Windows' }),
        step(4900, 'active'),
        step(5100, 'path', { path: 'direct', transport: 'udp' }),
        step(5200, 'path', { mine: false, path: 'relayed', transport: 'tls' }),
        step(61_000, 'held', { mine: false }),
        step(90_000, 'resumed', { mine: false }),
        step(754_000, 'ended'),
    ],
    sides: [
        { ...quality, mine: true, path: 'direct', lossPermille: 2, rttMs: 38 },
        {
            ...quality, mine: false, path: 'relayed', lossPermille: 41, lossWorstPermille: 87,
            rttMs: 95,
        },
    ],
};
