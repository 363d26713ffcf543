/* SPDX-License-Identifier: Apache-2.0 */
#include "net/hello.h"

#include <string.h>
#include "unit.h"

enum { COUNT = 3 * HELLO_TURN_MAX };

static struct hello hellos[COUNT];
static struct hello *placed[COUNT];
static int placed_count;

static void on_place(struct hello *hello)
{
    placed[placed_count++] = hello;
}

/* Gives how many may begin at once; the others wait. */
static int come(struct hello_line *line)
{
    int begun = 0;

    memset(hellos, 0, sizeof hellos);
    placed_count = 0;
    hello_line_init(line, on_place);
    for (int i = 0; i < COUNT; i++) {
        if (hello_may_begin(line, &hellos[i])) {
            begun++;
        } else {
            hello_wait(line, &hellos[i]);
        }
    }
    return begun;
}

static void a_turn_has_so_many_and_then_the_next_in_their_order(void)
{
    struct hello_line line;
    struct hello late = {0};

    CHECK(come(&line) == HELLO_TURN_MAX);
    hello_turn(&line);
    CHECK(placed_count == HELLO_TURN_MAX);
    CHECK(!hello_may_begin(&line, &late)); /* nobody goes before those who wait */
    hello_wait(&line, &late);
    hello_wait(&line, &late);
    hello_turn(&line);
    CHECK(placed_count == COUNT - HELLO_TURN_MAX);
    for (int i = 0; i < placed_count; i++) {
        CHECK(placed[i] == &hellos[HELLO_TURN_MAX + i]);
        CHECK(hello_may_begin(&line, placed[i]));
    }
    hello_turn(&line);
    CHECK(placed[placed_count - 1] == &late && line.begun == 1);
    hello_turn(&line);
    CHECK(hello_may_begin(&line, &(struct hello){0}));
}

static void who_leaves_is_not_given_a_place(void)
{
    struct hello_line line;

    (void)come(&line);
    hello_leave(&line, &hellos[0]); /* does not wait */
    hello_leave(&line, &hellos[HELLO_TURN_MAX]);
    hello_leave(&line, &hellos[HELLO_TURN_MAX + 2]);
    for (int i = 2 * HELLO_TURN_MAX; i < COUNT; i++) {
        hello_leave(&line, &hellos[i]);
    }
    hello_wait(&line, &hellos[0]);
    hello_turn(&line);
    CHECK(placed_count == HELLO_TURN_MAX - 1);
    CHECK(placed[0] == &hellos[HELLO_TURN_MAX + 1] && placed[1] == &hellos[HELLO_TURN_MAX + 3]);
    CHECK(placed[placed_count - 1] == &hellos[0]);
}

UNIT(a_turn_has_so_many_and_then_the_next_in_their_order, who_leaves_is_not_given_a_place)
