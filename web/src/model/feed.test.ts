// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { ActivityInfo, CommentInfo, PersonInfo } from '../protocol/messages.ts';
import { applyFeedEvent, emptyFeed, putPage } from './feed.ts';

const mary =
    { name: 'mary', fullName: 'Mary', position: '', avatar: '', status: 'away' } as PersonInfo;
const activity = (id: string, space?: string): ActivityInfo => ({
    id, author: mary, text: id, at: 1, mentions: [], likes: 0, liked: false, comments: 0,
    latest: [], ...(space && { space: { name: space, title: space } }),
});
const comment = (id: string): CommentInfo =>
    ({ id, activity: 'a', author: mary, text: id, at: 1, mentions: [] });
const ids = (feed: typeof emptyFeed) => feed.activities.map(({ id }) => id);
const feed = putPage(emptyFeed, [activity('b'), activity('a', 'team')], 'next');
const apply = (event: Parameters<typeof applyFeedEvent>[1], space = '') =>
    applyFeedEvent(feed, event, space, 'john');

test('a new activity comes first, once, and only where it belongs', () => {
    const fresh = { type: 'activity.added', activity: activity('c') } as const;
    expect(ids(apply(fresh))).toEqual(['c', 'b', 'a']);
    expect(ids(apply({ type: 'activity.added', activity: activity('b') }))).toEqual(['b', 'a']);
    const other = { type: 'activity.added', activity: activity('c') } as const;
    expect(ids(apply(other, 'team'))).toEqual(['b', 'a']);
    const own = { type: 'activity.added', activity: activity('c', 'team') } as const;
    expect(ids(apply(own, 'team'))).toEqual(['c', 'b', 'a']);
});

test('a further page repeats nothing', () => {
    expect(ids(putPage(feed, [activity('a'), activity('z')], ''))).toEqual(['b', 'a', 'z']);
});

test('likes are counted as told, and one knows of one\'s own', () => {
    const like = { type: 'activity.liked', activity: 'a', likes: 4, liked: true } as const;
    expect(apply({ ...like, name: 'john' }).activities[1]).toMatchObject({ likes: 4, liked: true });
    expect(apply({ ...like, name: 'luc' }).activities[1]).toMatchObject({ likes: 4, liked: false });
});

test('the three latest comments are kept, and a removed one goes', () => {
    let now = feed;
    for (const [i, id] of ['c1', 'c2', 'c3', 'c4'].entries()) {
        const said = { comment: comment(id), comments: i + 1 };
        now = applyFeedEvent(now, { type: 'activity.commented', ...said }, '', 'john');
    }
    expect(now.activities[1]?.latest.map(({ id }) => id)).toEqual(['c2', 'c3', 'c4']);
    const gone = { activity: 'a', comment: 'c3', comments: 3 };
    now = applyFeedEvent(now, { type: 'activity.uncommented', ...gone }, '', 'john');
    expect(now.activities[1]).toMatchObject({ comments: 3 });
    expect(now.activities[1]?.latest.map(({ id }) => id)).toEqual(['c2', 'c4']);
});

test('removed activities go, also those of a space that one has left', () => {
    expect(ids(apply({ type: 'activity.removed', activity: 'b' }))).toEqual(['a']);
    expect(ids(apply({ type: 'space.removed', name: 'team' }))).toEqual(['b']);
});
