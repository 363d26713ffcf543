/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/wsframe.h"

#include "base/text.h"

#define FRAGMENTS_KEPT 4096 /* a buffer above this is given back after its message */

void wsframe_decoder_init(struct wsframe_decoder *decoder, enum wsframe_from from,
                          size_t message_size_max)
{
    *decoder = (struct wsframe_decoder){.from = from, .message_size_max = message_size_max};
    buf_init(&decoder->fragments, message_size_max);
    buf_init(&decoder->control, WSFRAME_CONTROL_SIZE_MAX);
}

void wsframe_decoder_fini(struct wsframe_decoder *decoder)
{
    buf_fini(&decoder->fragments);
    buf_fini(&decoder->control);
}

void wsframe_mask(uint8_t *data, size_t size, const uint8_t mask[4], uint32_t offset)
{
    uint8_t turned[8];
    for (uint32_t i = 0; i < 8; i++) {
        turned[i] = mask[(offset + i) & 3];
    }
    uint64_t word_mask = 0;
    memcpy(&word_mask, turned, sizeof(word_mask));
    size_t i = 0;
    for (; i + sizeof(word_mask) <= size; i += sizeof(word_mask)) {
        uint64_t word = 0;
        memcpy(&word, data + i, sizeof(word));
        word ^= word_mask;
        memcpy(data + i, &word, sizeof(word));
    }
    for (; i < size; i++) {
        data[i] ^= turned[i & 7];
    }
}

static enum err fail(struct wsframe_decoder *decoder, enum wsframe_close code, const char *error)
{
    decoder->error_code = (uint16_t)code;
    decoder->error = error;
    return ERR_INVALID;
}

static bool is_control(uint8_t opcode)
{
    return (opcode & 0x8) != 0;
}

/* Section 5.2 and 5.4: what the first two bytes may say in the present state. */
static enum err check_head(struct wsframe_decoder *decoder, uint8_t first, uint8_t second)
{
    uint8_t opcode = first & 0x0f;
    bool masked = (second & 0x80) != 0;
    if ((first & 0x70) != 0) {
        return fail(decoder, WSFRAME_CLOSE_PROTOCOL, "a reserved bit is set");
    }
    if (opcode > WSFRAME_PONG || (opcode > WSFRAME_BINARY && opcode < WSFRAME_CLOSE)) {
        return fail(decoder, WSFRAME_CLOSE_PROTOCOL, "reserved opcode");
    }
    if (masked != (decoder->from == WSFRAME_FROM_CLIENT)) {
        return fail(decoder, WSFRAME_CLOSE_PROTOCOL,
                    masked ? "masked by a server" : "not masked by a client");
    }
    if (is_control(opcode)) {
        if ((first & 0x80) == 0) {
            return fail(decoder, WSFRAME_CLOSE_PROTOCOL, "fragmented control frame");
        }
        if ((second & 0x7f) > WSFRAME_CONTROL_SIZE_MAX) {
            return fail(decoder, WSFRAME_CLOSE_PROTOCOL, "control frame above 125 bytes");
        }
        return OK;
    }
    if (opcode == WSFRAME_CONTINUATION && decoder->message_opcode == 0) {
        return fail(decoder, WSFRAME_CLOSE_PROTOCOL, "continuation of nothing");
    }
    if (opcode != WSFRAME_CONTINUATION && decoder->message_opcode != 0) {
        return fail(decoder, WSFRAME_CLOSE_PROTOCOL, "message inside a fragmented message");
    }
    return OK;
}

/* Reads one head of *used bytes. ERR_SHORT takes nothing. */
static enum err decode_head(struct wsframe_decoder *decoder, const uint8_t *data, size_t size,
                            size_t *used)
{
    *used = 0;
    if (size < 2) {
        return ERR_SHORT;
    }
    enum err err = check_head(decoder, data[0], data[1]);
    if (err != OK) {
        return err;
    }
    uint8_t short_length = data[1] & 0x7f;
    size_t length_size = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
    size_t mask_size = decoder->from == WSFRAME_FROM_CLIENT ? 4 : 0;
    if (size < 2 + length_size + mask_size) {
        return ERR_SHORT;
    }
    uint64_t length = length_size == 0 ? short_length : 0;
    for (size_t i = 0; i < length_size; i++) {
        length = length << 8 | data[2 + i];
    }
    /* Section 5.2: "the minimal number of bytes MUST be used to encode the length", and "the most
     * significant bit MUST be 0". */
    if ((length_size == 2 && length < 126) || (length_size == 8 && length <= UINT16_MAX) ||
        length >> 63 != 0) {
        return fail(decoder, WSFRAME_CLOSE_PROTOCOL, "length not in its shortest form");
    }
    uint8_t opcode = data[0] & 0x0f;
    if (!is_control(opcode) && length > decoder->message_size_max - decoder->fragments.size) {
        return fail(decoder, WSFRAME_CLOSE_TOO_BIG, "message above the maximum");
    }
    memset(decoder->mask, 0, sizeof(decoder->mask));
    memcpy(decoder->mask, data + 2 + length_size, mask_size);
    decoder->final = (data[0] & 0x80) != 0;
    decoder->opcode = opcode;
    decoder->left = length;
    decoder->mask_offset = 0;
    decoder->in_frame = true;
    *used = 2 + length_size + mask_size;
    return OK;
}

/* Section 7.4: which codes may be on the wire. */
static bool close_code_is_valid(unsigned code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

static enum err finish(struct wsframe_decoder *decoder, uint8_t opcode, struct slice payload,
                       struct wsframe *out)
{
    uint16_t code = 0;
    if (opcode == WSFRAME_CLOSE) {
        if (payload.size == 1) {
            return fail(decoder, WSFRAME_CLOSE_PROTOCOL, "close frame of one byte");
        }
        code = WSFRAME_CLOSE_NO_CODE;
        if (payload.size >= 2) {
            code = (uint16_t)(payload.data[0] << 8 | payload.data[1]);
            payload = slice_from(payload.data + 2, payload.size - 2);
            if (!close_code_is_valid(code)) {
                return fail(decoder, WSFRAME_CLOSE_PROTOCOL, "close code not allowed");
            }
        }
    }
    /* Section 8.1. */
    if ((opcode == WSFRAME_TEXT || opcode == WSFRAME_CLOSE) && !text_is_utf8(payload)) {
        return fail(decoder, WSFRAME_CLOSE_NOT_UTF8, "text is not UTF-8");
    }
    *out = (struct wsframe){
        .opcode = (enum wsframe_opcode)opcode, .payload = payload, .close_code = code};
    return OK;
}

static void clear(struct buf *buf)
{
    if (buf->capacity > FRAGMENTS_KEPT) {
        buf_fini(buf);
    } else {
        buf_clear(buf);
    }
}

/* Forgets what the call before handed out. */
static void drop_handed_out(struct wsframe_decoder *decoder)
{
    if (!decoder->handed_out) {
        return;
    }
    decoder->handed_out = false;
    buf_clear(&decoder->control);
    if (decoder->message_opcode == 0) {
        clear(&decoder->fragments);
    }
}

enum err wsframe_decode(struct wsframe_decoder *decoder, uint8_t *data, size_t size, size_t *used,
                        struct wsframe *out)
{
    *used = 0;
    if (decoder->error_code != 0) {
        return ERR_INVALID;
    }
    drop_handed_out(decoder);
    for (;;) {
        if (!decoder->in_frame) {
            size_t head_size = 0;
            enum err err = decode_head(decoder, data + *used, size - *used, &head_size);
            *used += head_size;
            if (err != OK) {
                return err;
            }
        }
        uint8_t opcode = decoder->opcode;
        size_t here = size - *used;
        here = decoder->left < here ? (size_t)decoder->left : here;
        struct slice payload = {data + *used, here};
        wsframe_mask(data + *used, here, decoder->mask, decoder->mask_offset);
        *used += here;
        decoder->left -= here;
        decoder->mask_offset = (decoder->mask_offset + (uint32_t)(here & 3)) & 3;
        struct buf *store = is_control(opcode) ? &decoder->control : &decoder->fragments;
        bool whole = decoder->left == 0 && decoder->final;
        bool in_place = whole && store->size == 0 && opcode != WSFRAME_CONTINUATION;
        if (!in_place) {
            enum err err = buf_append(store, payload);
            if (err != OK) {
                return err;
            }
            payload = buf_slice(store);
        }
        if (decoder->left > 0) {
            return ERR_SHORT;
        }
        decoder->in_frame = false;
        if (whole) {
            if (opcode == WSFRAME_CONTINUATION) {
                opcode = decoder->message_opcode;
                decoder->message_opcode = 0;
            }
            decoder->handed_out = true;
            return finish(decoder, opcode, payload, out);
        }
        if (opcode != WSFRAME_CONTINUATION) {
            decoder->message_opcode = opcode;
        }
    }
}

size_t wsframe_encode_head(enum wsframe_opcode opcode, uint64_t payload_size,
                           uint8_t out[WSFRAME_HEAD_SIZE_MAX])
{
    out[0] = (uint8_t)(0x80 | (unsigned)opcode);
    if (payload_size < 126) {
        out[1] = (uint8_t)payload_size;
        return 2;
    }
    size_t length_size = payload_size <= UINT16_MAX ? 2 : 8;
    out[1] = length_size == 2 ? 126 : 127;
    for (size_t i = 0; i < length_size; i++) {
        out[2 + i] = (uint8_t)(payload_size >> 8 * (length_size - 1 - i));
    }
    return 2 + length_size;
}

size_t wsframe_encode_close(uint16_t code, const char *reason, uint8_t out[127])
{
    /* The reason keeps whole characters, because it must be UTF-8 (section 5.5.1). */
    char cut[WSFRAME_CONTROL_SIZE_MAX - 2 + 1];
    text_copy_clean(slice_text(reason), cut, sizeof(cut));
    size_t size = strlen(cut);
    size_t head_size = wsframe_encode_head(WSFRAME_CLOSE, size + 2, out);
    out[head_size] = (uint8_t)(code >> 8);
    out[head_size + 1] = (uint8_t)code;
    memcpy(out + head_size + 2, cut, size);
    return head_size + 2 + size;
}

enum err wsframe_encode_masked(struct buf *buf, enum wsframe_opcode opcode, bool final,
                               struct slice payload, const uint8_t mask[4])
{
    uint8_t head[WSFRAME_HEAD_SIZE_MAX];
    size_t head_size = wsframe_encode_head(opcode, payload.size, head);
    head[0] = (uint8_t)((unsigned)opcode | (final ? 0x80U : 0U));
    head[1] |= 0x80;
    memcpy(head + head_size, mask, 4);
    head_size += 4;
    uint8_t *room = NULL;
    if (payload.size > SIZE_MAX - head_size) {
        return ERR_LIMIT;
    }
    enum err err = buf_reserve(buf, head_size + payload.size, &room);
    if (err != OK) {
        return err;
    }
    memcpy(room, head, head_size);
    if (payload.size > 0) {
        memcpy(room + head_size, payload.data, payload.size);
        wsframe_mask(room + head_size, payload.size, mask, 0);
    }
    buf_commit(buf, head_size + payload.size);
    return OK;
}
