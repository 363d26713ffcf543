// SPDX-License-Identifier: Apache-2.0
// The activities that a page shows, the newest first, as pure functions of answers and events.
import type { ActivityInfo, CommentInfo, ServerEvent } from '../protocol/messages.ts';

const LATEST_MAX = 3;

export interface Feed {
    readonly activities: readonly ActivityInfo[];
    /** Where the next page begins; empty: that was all. */
    readonly next: string;
}

export const emptyFeed: Feed = { activities: [], next: '' };

export function putFirst(feed: Feed, activity: ActivityInfo): Feed {
    const others = feed.activities.filter(({ id }) => id !== activity.id);
    return { ...feed, activities: [activity, ...others] };
}

/** A further page; what came in between is not shown twice. */
export function putPage(feed: Feed, list: readonly ActivityInfo[], next: string): Feed {
    const known = new Set(feed.activities.map(({ id }) => id));
    const fresh = list.filter(({ id }) => !known.has(id));
    return { activities: [...feed.activities, ...fresh], next };
}

function change(feed: Feed, id: string, how: (activity: ActivityInfo) => ActivityInfo): Feed {
    const activities = feed.activities.map((known) => (known.id === id ? how(known) : known));
    return { ...feed, activities };
}

export function removeActivity(feed: Feed, id: string): Feed {
    return { ...feed, activities: feed.activities.filter((known) => known.id !== id) };
}

export function setLiked(feed: Feed, id: string, liked: boolean): Feed {
    return change(feed, id, (known) => {
        const likes = known.likes + Number(liked) - Number(known.liked);
        return { ...known, liked, likes };
    });
}

export function putComment(feed: Feed, comment: CommentInfo, comments: number): Feed {
    return change(feed, comment.activity, (known) => {
        const others = known.latest.filter(({ id }) => id !== comment.id);
        return { ...known, comments, latest: [...others, comment].slice(-LATEST_MAX) };
    });
}

function removeComment(feed: Feed, activity: string, id: string, comments: number): Feed {
    return change(feed, activity, (known) => {
        const latest = known.latest.filter((comment) => comment.id !== id);
        return { ...known, comments, latest };
    });
}

/** `space`: the feed of that space; empty: of everybody and of all one's spaces. */
export function applyFeedEvent(
    feed: Feed,
    event: ServerEvent,
    space: string,
    self: string,
): Feed {
    switch (event.type) {
        case 'activity.added': {
            const { activity } = event;
            const here = space === '' || activity.space?.name === space;
            const known = feed.activities.some(({ id }) => id === activity.id);
            return here && !known ? putFirst(feed, activity) : feed;
        }
        case 'activity.removed':
            return removeActivity(feed, event.activity);
        case 'activity.liked':
            return change(feed, event.activity, (known) => ({
                ...known,
                likes: event.likes,
                liked: event.name === self ? event.liked : known.liked,
            }));
        case 'activity.commented':
            return putComment(feed, event.comment, event.comments);
        case 'activity.uncommented':
            return removeComment(feed, event.activity, event.comment, event.comments);
        case 'space.removed':
            return {
                ...feed,
                activities: feed.activities.filter((known) => known.space?.name !== event.name),
            };
        default:
            return feed;
    }
}
