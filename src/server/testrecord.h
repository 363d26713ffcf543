/* SPDX-License-Identifier: Apache-2.0 */
/* An outlet for tests that remembers what was sent and closed, without allocating. */
#ifndef SERVER_TESTRECORD_H
#define SERVER_TESTRECORD_H

#include <stdio.h>

#include "server/fanout.h"

#define RECORD_MAX 64
#define RECORD_TEXT_SIZE 2048

struct record {
    struct {
        websock socket;
        char text[RECORD_TEXT_SIZE];
    } sent[RECORD_MAX];
    unsigned count;
    websock closed; /* the last that was closed */
    uint16_t code;
    websock refused; /* whose queue is full */
};

static inline enum err record_send(void *ctx, websock socket, struct slice text)
{
    struct record *record = ctx;
    if (socket == record->refused) {
        return ERR_LIMIT;
    }
    if (record->count < RECORD_MAX) {
        record->sent[record->count].socket = socket;
        (void)snprintf(record->sent[record->count].text, RECORD_TEXT_SIZE, "%.*s", (int)text.size,
                       (const char *)text.data);
        record->count++;
    }
    return OK;
}

static inline void record_close(void *ctx, websock socket, uint16_t code, const char *reason)
{
    struct record *record = ctx;
    (void)reason;
    record->closed = socket;
    record->code = code;
}

static inline struct outlet record_outlet(struct record *record)
{
    *record = (struct record){0};
    return (struct outlet){.ctx = record, .send = record_send, .close = record_close};
}

/* The newest text for the socket that has `part`, or NULL. */
static inline const char *record_find(const struct record *record, websock socket, const char *part)
{
    for (unsigned i = record->count; i > 0; i--) {
        if (record->sent[i - 1].socket == socket &&
            strstr(record->sent[i - 1].text, part) != NULL) {
            return record->sent[i - 1].text;
        }
    }
    return NULL;
}

#endif
