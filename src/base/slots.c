/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slots.h"

#include "base/mem.h"

#define SLOTS_CAPACITY_MIN 16
#define SLOTS_NONE UINT32_MAX

struct slot {
    void *object; /* NULL: free */
    uint32_t generation;
    uint32_t next_free;
};

struct slots {
    struct slot *all;
    uint32_t used; /* slots that were ever given out */
    uint32_t capacity;
    uint32_t count;
    uint32_t count_max;
    uint32_t first_free;
};

enum err slots_create(uint32_t count_max, struct slots **out)
{
    struct slots *slots = mem_alloc(sizeof(*slots));
    if (slots == NULL) {
        return ERR_NOMEM;
    }
    slots->count_max = count_max;
    slots->first_free = SLOTS_NONE;
    *out = slots;
    return OK;
}

void slots_destroy(struct slots *slots)
{
    if (slots != NULL) {
        mem_free(slots->all);
        mem_free(slots);
    }
}

static enum err grow(struct slots *slots)
{
    uint64_t capacity = slots->capacity == 0 ? SLOTS_CAPACITY_MIN : (uint64_t)slots->capacity * 2;
    if (capacity > slots->count_max) {
        capacity = slots->count_max;
    }
    size_t size = 0;
    if (__builtin_mul_overflow((size_t)capacity, sizeof(struct slot), &size)) {
        return ERR_NOMEM;
    }
    struct slot *all = mem_realloc(slots->all, size);
    if (all == NULL) {
        return ERR_NOMEM;
    }
    slots->all = all;
    slots->capacity = (uint32_t)capacity;
    return OK;
}

enum err slots_add(struct slots *slots, void *object, slot_id *out)
{
    ASSERT(object != NULL);
    if (slots->count >= slots->count_max) {
        return ERR_LIMIT;
    }
    uint32_t index = slots->first_free;
    if (index != SLOTS_NONE) {
        slots->first_free = slots->all[index].next_free;
    } else {
        if (slots->used == slots->capacity) {
            enum err err = grow(slots);
            if (err != OK) {
                return err;
            }
        }
        index = slots->used++;
        slots->all[index] = (struct slot){.generation = 0};
    }
    struct slot *slot = &slots->all[index];
    slot->object = object;
    /* The generation 0 is left out, so that no id is 0. */
    slot->generation = slot->generation == UINT32_MAX ? 1 : slot->generation + 1;
    slots->count++;
    *out = (uint64_t)slot->generation << 32 | index;
    return OK;
}

static struct slot *find_slot(const struct slots *slots, slot_id id)
{
    uint32_t index = (uint32_t)id;
    if (index >= slots->used || slots->all[index].generation != (uint32_t)(id >> 32) ||
        slots->all[index].object == NULL) {
        return NULL;
    }
    return &slots->all[index];
}

void *slots_find(const struct slots *slots, slot_id id)
{
    struct slot *slot = find_slot(slots, id);
    return slot == NULL ? NULL : slot->object;
}

void *slots_remove(struct slots *slots, slot_id id)
{
    struct slot *slot = find_slot(slots, id);
    if (slot == NULL) {
        return NULL;
    }
    void *object = slot->object;
    slot->object = NULL;
    slot->next_free = slots->first_free;
    slots->first_free = (uint32_t)id;
    slots->count--;
    return object;
}

uint32_t slots_count(const struct slots *slots)
{
    return slots->count;
}

void *slots_next(const struct slots *slots, uint32_t *cursor)
{
    while (*cursor < slots->used) {
        void *object = slots->all[(*cursor)++].object;
        if (object != NULL) {
            return object;
        }
    }
    return NULL;
}
