/* SPDX-License-Identifier: Apache-2.0 */
/* Connections in the order in which they were looked at last, so that strangers give way to
 * newcomers where there is no room: who holds connections without being known keeps nobody out. */
#ifndef NET_GIVEWAY_H
#define NET_GIVEWAY_H

#include <stdbool.h>

#include "net/sources.h"

/* Embedded in its owner. */
struct giveway_item {
    struct giveway_item *next;
    struct giveway_item **link;
};

struct giveway_rules {
    bool (*gives_way)(const struct giveway_item *item);
    /* Ends one that gives way: it leaves its source. */
    void (*displace)(struct giveway_item *item);
};

struct giveway {
    struct giveway_item *first; /* that has not been looked at for longest */
    struct giveway_item **end;
    struct giveway_rules rules;
};

void giveway_init(struct giveway *all, const struct giveway_rules *rules);
void giveway_add(struct giveway *all, struct giveway_item *item);
void giveway_remove(struct giveway *all, struct giveway_item *item);

/* Of the next few the first that gives way is displaced; false: none of them does. Who is looked at
 * goes to the end, so that the next look begins behind him. */
bool giveway_make_room(struct giveway *all);

/* sources_enter; while all together have enough, ours give way. ERR_BUSY: none of them does. */
MUST_USE enum err giveway_enter(struct giveway *all, struct sources *sources,
                                const struct addr *remote, uint32_t each_max, struct source **out);

#endif
