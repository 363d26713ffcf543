/* SPDX-License-Identifier: Apache-2.0 */
/* Connections in the order in which they were looked at last, so that strangers give way to
 * newcomers where there is no room: who holds connections without being known keeps nobody out. */
#ifndef NET_GIVEWAY_H
#define NET_GIVEWAY_H

#include <stdbool.h>

/* Embedded in its owner. */
struct giveway_item {
    struct giveway_item *next;
    struct giveway_item **link;
};

struct giveway {
    struct giveway_item *first; /* that has not been looked at for longest */
    struct giveway_item **end;
};

void giveway_init(struct giveway *all);
void giveway_add(struct giveway *all, struct giveway_item *item);
void giveway_remove(struct giveway *all, struct giveway_item *item);

/* Of the next few the first who `gives_way`; NULL: none of them. Who is looked at goes to the end,
 * so that the next look begins behind him. */
struct giveway_item *giveway_find(struct giveway *all,
                                  bool (*gives_way)(const struct giveway_item *item));

#endif
