/* SPDX-License-Identifier: Apache-2.0 */
#include "server/ring.h"

#include "base/mem.h"

struct ring_entry {
    struct ring_entry *next;
    uint32_t size;
    uint8_t text[];
};

static void drop_oldest(struct ring *ring)
{
    struct ring_entry *entry = ring->oldest;
    ring->oldest = entry->next;
    if (ring->oldest == NULL) {
        ring->newest = NULL;
    }
    ring->count--;
    ring->bytes -= entry->size;
    mem_free(entry);
}

void ring_init(struct ring *ring)
{
    *ring = (struct ring){0};
}

void ring_fini(struct ring *ring)
{
    while (ring->oldest != NULL) {
        drop_oldest(ring);
    }
}

MUST_USE enum err ring_add(struct ring *ring, const struct ring_limits *limits, struct slice text)
{
    ring->seq++;
    if (text.size > limits->bytes_max) {
        ring_fini(ring);
        return ERR_LIMIT;
    }
    while (ring->count == limits->events_max ||
           (ring->count > 0 && ring->bytes + text.size > limits->bytes_max)) {
        drop_oldest(ring);
    }
    struct ring_entry *entry = mem_alloc_raw(sizeof(*entry) + text.size);
    if (entry == NULL) {
        ring_fini(ring);
        return ERR_NOMEM;
    }
    entry->next = NULL;
    entry->size = (uint32_t)text.size;
    memcpy(entry->text, text.data, text.size);
    if (ring->newest == NULL) {
        ring->oldest = entry;
    } else {
        ring->newest->next = entry;
    }
    ring->newest = entry;
    ring->count++;
    ring->bytes += entry->size;
    return OK;
}

void ring_skip(struct ring *ring)
{
    ring_fini(ring);
    ring->seq++;
}

bool ring_has_after(const struct ring *ring, uint64_t last)
{
    return last <= ring->seq && ring->seq - last <= ring->count;
}

void ring_visit_after(const struct ring *ring, uint64_t last,
                      void (*visit)(void *arg, struct slice text), void *arg)
{
    uint64_t seq = ring->seq - ring->count;
    for (const struct ring_entry *entry = ring->oldest; entry != NULL; entry = entry->next) {
        seq++;
        if (seq > last) {
            visit(arg, slice_from(entry->text, entry->size));
        }
    }
}
