/* SPDX-License-Identifier: Apache-2.0 */
/* Spaces: groups with a room and a stream of their own (portal/spaces.c). A space that the user is
 * neither in nor invited to is ERR_NOT_FOUND like one that does not exist. Answers come by on_done,
 * after the commit. */
#ifndef PORTAL_SPACES_H
#define PORTAL_SPACES_H

#include "portal/portal.h"

/* A space as one person sees it; borrowed until the next call into the portal. */
struct space_view {
    const struct space *space;
    const struct user *owner; /* NULL: nobody is in it */
    uint32_t members;
    struct id room;
    bool member;
    bool invited;
};

MUST_USE enum err portal_space_view(const struct portal *portal, const struct id *user,
                                    struct slice name, struct space_view *out);
/* The user's spaces and those that he may join, in no order, at most `count_max`; how many there
 * are. */
uint32_t portal_spaces(const struct portal *portal, const struct id *user, struct space_view *out,
                       uint32_t count_max);
/* Its members in the order of joining, for members and invited people; how many there are. */
uint32_t portal_space_people(const struct portal *portal, const struct id *user, struct slice name,
                             const struct user **out, uint32_t count_max);

struct portal_space {
    struct slice name, title, description;
};
/* Makes it with its room and the user as its owner. ERR_INVALID with the rule, as "field: rule";
 * ERR_EXISTS: the name is taken; ERR_LIMIT. */
MUST_USE enum err portal_space_make(struct portal *portal, const struct id *user,
                                    const struct portal_space *space, uint64_t now_ms,
                                    portal_done on_done, void *arg);
/* Its owner changes title and description; ERR_FORBIDDEN for other members. */
MUST_USE enum err portal_space_change(struct portal *portal, const struct id *user,
                                      const struct portal_space *space, uint64_t now_ms,
                                      portal_done on_done, void *arg);
/* A member invites a person; one who is there already stays as he is. */
MUST_USE enum err portal_space_invite(struct portal *portal, const struct id *user,
                                      struct slice name, struct slice who, uint64_t now_ms,
                                      portal_done on_done, void *arg);
/* Who is invited joins. */
MUST_USE enum err portal_space_join(struct portal *portal, const struct id *user, struct slice name,
                                    uint64_t now_ms, portal_done on_done, void *arg);
/* Oneself leaves, or refuses an invitation; the owner removes others, invited ones too. */
MUST_USE enum err portal_space_remove(struct portal *portal, const struct id *user,
                                      struct slice name, struct slice who, uint64_t now_ms,
                                      portal_done on_done, void *arg);

#endif
