/* SPDX-License-Identifier: Apache-2.0 */
/* The activity stream (portal/stream.c). What the user may not see is ERR_NOT_FOUND like what does
 * not exist. Answers come by on_done, after the commit; `found` is borrowed for the call. */
#ifndef PORTAL_STREAM_H
#define PORTAL_STREAM_H

#include "portal/chat.h"

/* ASK_FEED: one page. `space` empty: what is for everybody, and all of the user's spaces. */
MUST_USE enum err portal_feed(struct portal *portal, const struct id *user, struct slice space,
                              uint64_t before, uint32_t limit, portal_found_done on_done,
                              void *arg);
/* ASK_ACTIVITY: one, with its comments after `after` (0: the first ones). */
MUST_USE enum err portal_activity(struct portal *portal, const struct id *user,
                                  const struct id *activity, uint64_t after, uint32_t limit,
                                  portal_found_done on_done, void *arg);

/* Posts with an id that the page made; the same again gives what is there. `space` empty: for
 * everybody. The found activity is the new one. ERR_INVALID; ERR_LIMIT: too many in a day. */
MUST_USE enum err portal_activity_post(struct portal *portal, const struct id *user,
                                       const struct id *activity, struct slice space,
                                       struct slice text, uint64_t now_ms,
                                       portal_found_done on_done, void *arg);
/* Its author, and administrators; ERR_FORBIDDEN for others who may see it. */
MUST_USE enum err portal_activity_remove(struct portal *portal, const struct id *user,
                                         const struct id *activity, uint64_t now_ms,
                                         portal_done on_done, void *arg);
MUST_USE enum err portal_activity_like(struct portal *portal, const struct id *user,
                                       const struct id *activity, bool liked, uint64_t now_ms,
                                       portal_done on_done, void *arg);
/* As portal_activity_post; the found comment is the new one. */
MUST_USE enum err portal_comment_post(struct portal *portal, const struct id *user,
                                      const struct id *activity, const struct id *comment,
                                      struct slice text, uint64_t now_ms, portal_found_done on_done,
                                      void *arg);
MUST_USE enum err portal_comment_remove(struct portal *portal, const struct id *user,
                                        const struct id *activity, const struct id *comment,
                                        uint64_t now_ms, portal_done on_done, void *arg);

#endif
