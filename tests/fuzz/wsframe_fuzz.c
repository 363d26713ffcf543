/* SPDX-License-Identifier: Apache-2.0 */
/* The same bytes, in pieces, to our decoder and to wslay: both see the same messages. The first
 * byte of the input is the size of the pieces. */
#include <stdlib.h>
#include <wslay/wslay.h>

#include "fuzz.h"
#include "wire/wsframe.h"

#define MESSAGE_SIZE_MAX 4096

struct messages {
    struct buf log; /* opcode and payload of each */
    size_t count;
    size_t ends[1024];
};

struct oracle {
    struct slice rest;
    struct messages seen;
};

static void note(struct messages *messages, uint8_t opcode, struct slice payload)
{
    /* What a close frame may hold is read differently: wslay takes one of a single byte, which
     * RFC 6455 section 5.5.1 forbids, and is older than the codes 1012 to 1014. */
    if (opcode == WSFRAME_CLOSE ||
        messages->count == sizeof(messages->ends) / sizeof(messages->ends[0])) {
        return;
    }
    ASSERT(buf_append_byte(&messages->log, opcode) == OK);
    ASSERT(buf_append(&messages->log, payload) == OK);
    messages->ends[messages->count++] = messages->log.size;
}

static ssize_t oracle_recv(wslay_event_context_ptr context, uint8_t *out, size_t size, int flags,
                           void *arg)
{
    struct oracle *oracle = arg;
    (void)flags;
    if (oracle->rest.size == 0) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    size = size < oracle->rest.size ? size : oracle->rest.size;
    memcpy(out, oracle->rest.data, size);
    oracle->rest = slice_from(oracle->rest.data + size, oracle->rest.size - size);
    return (ssize_t)size;
}

static void oracle_message(wslay_event_context_ptr context,
                           const struct wslay_event_on_msg_recv_arg *message, void *arg)
{
    struct oracle *oracle = arg;
    (void)context;
    note(&oracle->seen, message->opcode, slice_from(message->msg, message->msg_length));
}

/* Returns false when wslay refused something. */
static bool run_oracle(struct oracle *oracle)
{
    struct wslay_event_callbacks callbacks = {.recv_callback = oracle_recv,
                                              .on_msg_recv_callback = oracle_message};
    wslay_event_context_ptr context = NULL;
    ASSERT(wslay_event_context_server_init(&context, &callbacks, oracle) == 0);
    wslay_event_config_set_max_recv_msg_length(context, MESSAGE_SIZE_MAX);
    int result = wslay_event_recv(context);
    bool fine = result == 0 && wslay_event_get_read_enabled(context) != 0;
    wslay_event_context_free(context);
    return fine;
}

/* Returns the last result of our decoder. */
static enum err run_ours(struct slice all, size_t step, struct messages *seen)
{
    struct wsframe_decoder decoder;
    struct buf input;
    enum err err = ERR_SHORT;
    bool closed = false;
    wsframe_decoder_init(&decoder, WSFRAME_FROM_CLIENT, MESSAGE_SIZE_MAX);
    buf_init(&input, SIZE_MAX / 2);
    for (size_t at = 0; at < all.size && err == ERR_SHORT && !closed; at += step) {
        size_t size = step < all.size - at ? step : all.size - at;
        ASSERT(buf_append(&input, slice_from(all.data + at, size)) == OK);
        do {
            struct wsframe frame;
            size_t used = 0;
            err = wsframe_decode(&decoder, input.data, input.size, &used, &frame);
            ASSERT(used <= input.size);
            if (err == OK) {
                note(seen, (uint8_t)frame.opcode, frame.payload);
                closed = frame.opcode == WSFRAME_CLOSE;
            }
            buf_consume(&input, used);
        } while (err == OK && !closed);
        ASSERT(err != ERR_SHORT || input.size < WSFRAME_HEAD_SIZE_MAX);
    }
    ASSERT((err == ERR_INVALID) == (decoder.error_code != 0));
    wsframe_decoder_fini(&decoder);
    buf_fini(&input);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    size_t step = data[0] == 0 ? 1000 : data[0];
    struct oracle *oracle = calloc(1, sizeof(*oracle));
    struct messages *ours = calloc(1, sizeof(*ours));
    ASSERT(oracle != NULL && ours != NULL);
    oracle->rest = slice_from(data + 1, size - 1);
    buf_init(&oracle->seen.log, SIZE_MAX / 2);
    buf_init(&ours->log, SIZE_MAX / 2);
    bool fine = run_oracle(oracle);
    (void)run_ours(slice_from(data + 1, size - 1), step, ours);
    /* wslay looks at text while it arrives and so may stop a message earlier; never later. */
    ASSERT(oracle->seen.count <= ours->count);
    ASSERT(!fine || oracle->seen.count == ours->count);
    size_t common = oracle->seen.count == 0 ? 0 : oracle->seen.ends[oracle->seen.count - 1];
    ASSERT(common == (oracle->seen.count == 0 ? 0 : ours->ends[oracle->seen.count - 1]));
    ASSERT(
        slice_equal(slice_from(oracle->seen.log.data, common), slice_from(ours->log.data, common)));
    buf_fini(&oracle->seen.log);
    buf_fini(&ours->log);
    free(oracle);
    free(ours);
    return 0;
}
