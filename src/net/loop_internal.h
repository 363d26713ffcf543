/* SPDX-License-Identifier: Apache-2.0 */
/* What the other files of net/ need of a loop. */
#ifndef NET_LOOP_INTERNAL_H
#define NET_LOOP_INTERNAL_H

#include <uv.h>
#include "net/hello.h"
#include "net/loop.h"

#define LOOP_READ_SIZE 65536
#define LOOP_PLAIN_SIZE 16384 /* the plaintext of one TLS record, RFC 8446, 5.1 */
#define LOOP_RECORD_SIZE LOOP_PLAIN_SIZE

/* Called once a turn, after loop_on_turn and before the loop blocks. Embedded in its owner. */
struct loop_flush {
    struct loop_flush *next;
    void (*on_flush)(void *arg);
    void *arg;
};

void loop_add_flush(struct loop *loop, struct loop_flush *flush);
void loop_remove_flush(struct loop *loop, struct loop_flush *flush);

/* One buffer of each kind serves all connections of the loop: a read is handled before the next. */
uint8_t *loop_read_buffer(struct loop *loop);
uint8_t *loop_plain_buffer(struct loop *loop);
/* Where what is to be encrypted together is put together. */
uint8_t *loop_record_buffer(struct loop *loop);

/* The handshakes that wait for a turn. Those who wait are conns: net/conn.c. */
struct hello_line *loop_hellos(struct loop *loop);

#endif
