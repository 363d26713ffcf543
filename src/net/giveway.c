/* SPDX-License-Identifier: Apache-2.0 */
#include "net/giveway.h"

#include <stddef.h>

enum { LOOKS_MAX = 64 }; /* for one newcomer */

void giveway_init(struct giveway *all, const struct giveway_rules *rules)
{
    *all = (struct giveway){.end = &all->first, .rules = *rules};
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

bool giveway_make_room(struct giveway *all)
{
    for (int i = 0; i < LOOKS_MAX && all->first != NULL; i++) {
        struct giveway_item *item = all->first;

        giveway_remove(all, item);
        giveway_add(all, item);
        if (all->rules.gives_way(item)) {
            all->rules.displace(item);
            return true;
        }
    }
    return false;
}

/* Another loop may be faster to use the room: then the next gives way. */
enum err giveway_enter(struct giveway *all, struct sources *sources, const struct addr *remote,
                       uint32_t each_max, struct source **out)
{
    enum err err = OK;

    do {
        err = sources_enter(sources, remote, each_max, out);
    } while (err == ERR_BUSY && giveway_make_room(all));
    return err;
}
