/* SPDX-License-Identifier: Apache-2.0 */
/* TLS handshakes begin a few in each turn of a loop, in the order in which they came: a crowd of
 * them takes its time from those who wait behind, not from everybody else on the loop. What waits
 * has not been read, so nothing is kept for it. Pure; the loop's thread only. */
#ifndef NET_HELLO_H
#define NET_HELLO_H

#include <stdbool.h>
#include <stdint.h>

/* At about 0.25 ms each, 4 ms of a turn. */
#define HELLO_TURN_MAX 16

/* Embedded in what waits; zeroed at first. */
struct hello {
    struct hello *next;
    struct hello **link; /* NULL: it does not wait */
    bool may_begin;      /* its place in a turn has been given to it */
};

struct hello_line {
    struct hello *first;
    struct hello **end;
    uint32_t begun; /* in this turn */
    void (*on_place)(struct hello *hello);
};

/* `on_place` is told in hello_turn whose place has come. */
void hello_line_init(struct hello_line *line, void (*on_place)(struct hello *hello));

/* Whether it may begin now. Otherwise it is to wait, at the end of the line, where it stays when
 * it waits already. */
bool hello_may_begin(struct hello_line *line, struct hello *hello);
void hello_wait(struct hello_line *line, struct hello *hello);
/* It is gone; also where it does not wait. */
void hello_leave(struct hello_line *line, struct hello *hello);

/* A new turn: the first ones of the line have their places. */
void hello_turn(struct hello_line *line);

#endif
