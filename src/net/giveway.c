/* SPDX-License-Identifier: Apache-2.0 */
#include "net/giveway.h"

#include <stddef.h>

enum { LOOKS_MAX = 64 }; /* for one newcomer */

void giveway_init(struct giveway *all)
{
    *all = (struct giveway){.end = &all->first};
}

void giveway_add(struct giveway *all, struct giveway_item *item)
{
    item->next = NULL;
    item->link = all->end;
    *all->end = item;
    all->end = &item->next;
}

void giveway_remove(struct giveway *all, struct giveway_item *item)
{
    *item->link = item->next;
    if (item->next != NULL) {
        item->next->link = item->link;
    } else {
        all->end = item->link;
    }
}

struct giveway_item *giveway_find(struct giveway *all,
                                  bool (*gives_way)(const struct giveway_item *item))
{
    for (int i = 0; i < LOOKS_MAX && all->first != NULL; i++) {
        struct giveway_item *item = all->first;

        giveway_remove(all, item);
        giveway_add(all, item);
        if (gives_way(item)) {
            return item;
        }
    }
    return NULL;
}
