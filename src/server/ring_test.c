/* SPDX-License-Identifier: Apache-2.0 */
#include "server/ring.h"

#include "base/buf.h"
#include "base/mem.h"
#include "unit.h"

#define EVENTS_MAX 256
#define BYTES_MAX 4096

static const struct ring_limits limits = {.events_max = EVENTS_MAX, .bytes_max = BYTES_MAX};

static void collect(void *arg, struct slice text)
{
    (void)!buf_append(arg, text);
}

static void gives_what_came_after_a_number(void)
{
    struct ring ring;
    struct buf out;
    ring_init(&ring);
    buf_init(&out, 100);
    CHECK(ring_has_after(&ring, 0));
    CHECK(!ring_has_after(&ring, 1));
    if (ring_add(&ring, &limits, SLICE("a")) == OK && ring_add(&ring, &limits, SLICE("b")) == OK &&
        ring_add(&ring, &limits, SLICE("c")) == OK) {
        ring_visit_after(&ring, 1, collect, &out);
        CHECK(out.size == 0 || slice_equal(buf_slice(&out), SLICE("bc")));
        CHECK(ring_has_after(&ring, 0));
        CHECK(ring_has_after(&ring, 3));
        CHECK(!ring_has_after(&ring, 4));
    }
    buf_fini(&out);
    ring_fini(&ring);
}

static void forgets_the_oldest_beyond_the_count(void)
{
    struct ring ring;
    bool whole = true;
    ring_init(&ring);
    for (int i = 0; i < EVENTS_MAX + 5; i++) {
        whole = ring_add(&ring, &limits, SLICE("event")) == OK && whole;
    }
    CHECK(ring.seq == EVENTS_MAX + 5);
    CHECK(!ring_has_after(&ring, 4));
    if (whole) {
        CHECK(ring_has_after(&ring, 5));
    }
    ring_fini(&ring);
}

static void forgets_the_oldest_beyond_the_bytes(void)
{
    static const uint8_t large[BYTES_MAX / 2 + 1];
    struct ring ring;
    ring_init(&ring);
    bool whole = ring_add(&ring, &limits, slice_from(large, sizeof(large))) == OK &&
                 ring_add(&ring, &limits, slice_from(large, sizeof(large))) == OK;
    CHECK(ring.bytes <= BYTES_MAX);
    CHECK(!ring_has_after(&ring, 0));
    if (whole) {
        CHECK(ring_has_after(&ring, 1));
    }
    ring_fini(&ring);
}

static void an_event_that_could_not_be_kept_is_a_gap(void)
{
    static const uint8_t huge[BYTES_MAX + 1];
    struct ring ring;
    ring_init(&ring);
    (void)!ring_add(&ring, &limits, SLICE("small"));
    CHECK(ring_add(&ring, &limits, slice_from(huge, sizeof(huge))) == ERR_LIMIT);
    CHECK(ring.seq == 2);
    CHECK(!ring_has_after(&ring, 1));
    CHECK(ring_has_after(&ring, 2));
    ring_fini(&ring);
}

UNIT(gives_what_came_after_a_number, forgets_the_oldest_beyond_the_count,
     forgets_the_oldest_beyond_the_bytes, an_event_that_could_not_be_kept_is_a_gap)
