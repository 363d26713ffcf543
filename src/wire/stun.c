/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/stun.h"

#define FINGERPRINT_XOR 0x5354554eU
#define FINGERPRINT_SIZE 8 /* with its header */
#define REQUIRED_BELOW 0x8000
#define FAMILY_V4 1
#define FAMILY_V6 2

static const uint16_t types[STUN_ATTRIBUTE_COUNT] = {
#define STUN_TYPE(id, type) [STUN_##id] = (type),
    STUN_ATTRIBUTES(STUN_TYPE)
#undef STUN_TYPE
};

static uint16_t load16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static uint32_t load32(const uint8_t *bytes)
{
    return (uint32_t)load16(bytes) << 16 | load16(bytes + 2);
}

static void store16(uint8_t *bytes, size_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

static void store32(uint8_t *bytes, uint32_t value)
{
    store16(bytes, value >> 16);
    store16(bytes + 2, value & 0xffff);
}

/* The index in the table, or STUN_ATTRIBUTE_COUNT. The compiler makes a search of it. */
static enum stun_attribute attribute_of(uint16_t type)
{
    switch (type) {
#define STUN_CASE(id, type)                                                                        \
    case (type):                                                                                   \
        return STUN_##id;
        STUN_ATTRIBUTES(STUN_CASE)
#undef STUN_CASE
    default:
        return STUN_ATTRIBUTE_COUNT;
    }
}

/* CRC-32 of ITU V.42, four bits at a time: FINGERPRINT is in few and short messages. */
static uint32_t crc32(struct slice bytes, uint32_t crc)
{
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                       0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                       0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    for (size_t i = 0; i < bytes.size; i++) {
        crc ^= bytes.data[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc;
}

/* Of a message whose length field counts the FINGERPRINT that follows `bytes`. */
static uint32_t fingerprint(struct slice bytes)
{
    return (crc32(bytes, UINT32_MAX) ^ UINT32_MAX) ^ FINGERPRINT_XOR;
}

/* Methods from 0x100 on are not assigned, and what begins with a byte above 3 belongs to other
 * protocols (RFC 7983). */
static enum err decode_header(struct slice bytes, struct stun_message *out)
{
    if (bytes.size < STUN_HEADER_SIZE || bytes.data[0] > 3) {
        return ERR_INVALID;
    }
    size_t length = load16(bytes.data + 2);
    if ((length & 3) != 0 || length + STUN_HEADER_SIZE != bytes.size ||
        load32(bytes.data + 4) != STUN_COOKIE) {
        return ERR_INVALID;
    }
    /* RFC 8489 section 5: M11..M7 C1 M6..M4 C0 M3..M0. */
    unsigned type = load16(bytes.data);
    *out = (struct stun_message){
        .bytes = bytes,
        .method = (uint16_t)((type & 0x000f) | (type & 0x00e0) >> 1 | (type & 0x3e00) >> 2),
        .class = (uint8_t)((type & 0x0010) >> 4 | (type & 0x0100) >> 7),
        .transaction = bytes.data + 8,
        .attributes_end = (uint32_t)bytes.size,
    };
    return OK;
}

/* Takes one attribute into the table. Behind an integrity attribute only what RFC 8489 sections
 * 14.5 to 14.7 name is there. */
static void take(struct stun_message *out, uint16_t type, struct slice value, uint32_t offset)
{
    enum stun_attribute attribute = attribute_of(type);
    bool behind = stun_has(out, STUN_INTEGRITY) || stun_has(out, STUN_INTEGRITY_SHA256);
    if (behind && attribute != STUN_FINGERPRINT &&
        (attribute != STUN_INTEGRITY_SHA256 || stun_has(out, STUN_INTEGRITY_SHA256))) {
        return;
    }
    if (attribute == STUN_ATTRIBUTE_COUNT) {
        if (type < REQUIRED_BELOW && out->unknown_count < STUN_UNKNOWN_MAX) {
            out->unknown[out->unknown_count++] = type;
        }
        return;
    }
    if (!stun_has(out, attribute)) {
        out->attributes[attribute] = value;
    }
    bool ends = attribute == STUN_INTEGRITY || attribute == STUN_INTEGRITY_SHA256 ||
                attribute == STUN_FINGERPRINT;
    if (ends && out->attributes_end > offset) {
        out->attributes_end = offset;
    }
}

enum err stun_decode(struct slice bytes, struct stun_message *out)
{
    enum err err = decode_header(bytes, out);
    if (err != OK) {
        return err;
    }
    size_t offset = STUN_HEADER_SIZE;
    while (offset < bytes.size) {
        /* The rest is a multiple of four, so the header of an attribute is there. */
        uint16_t type = load16(bytes.data + offset);
        size_t size = load16(bytes.data + offset + 2);
        size_t next = offset + stun_attribute_size(size);
        if (next > bytes.size) {
            return ERR_INVALID;
        }
        struct slice value = {bytes.data + offset + 4, size};
        if (type == types[STUN_FINGERPRINT] &&
            (next != bytes.size || size != 4 ||
             load32(value.data) != fingerprint(slice_from(bytes.data, offset)))) {
            return ERR_INVALID;
        }
        take(out, type, value, (uint32_t)offset);
        offset = next;
    }
    return OK;
}

bool stun_next(const struct stun_message *message, enum stun_attribute attribute, uint32_t *offset,
               struct slice *value)
{
    size_t at = *offset == 0 ? STUN_HEADER_SIZE : *offset;
    while (at < message->attributes_end) {
        const uint8_t *head = message->bytes.data + at;
        size_t size = load16(head + 2);
        at += stun_attribute_size(size);
        if (load16(head) == types[attribute]) {
            *value = slice_from(head + 4, size);
            *offset = (uint32_t)at;
            return true;
        }
    }
    return false;
}

/* Section 14.5: the length field counts up to the end of the integrity attribute itself. */
static void integrity_pieces(const uint8_t *bytes, size_t before, size_t size, uint8_t head[4],
                             struct slice pieces[2])
{
    memcpy(head, bytes, 2);
    store16(head + 2, before - STUN_HEADER_SIZE + stun_attribute_size(size));
    pieces[0] = slice_from(head, 4);
    pieces[1] = slice_from(bytes + 4, before - 4);
}

void stun_integrity_input(const struct stun_message *message, enum stun_attribute attribute,
                          uint8_t head[4], struct slice pieces[2])
{
    ASSERT(stun_has(message, attribute));
    struct slice value = message->attributes[attribute];
    size_t before = (size_t)(value.data - message->bytes.data) - 4;
    integrity_pieces(message->bytes.data, before, value.size, head, pieces);
}

enum err stun_read_xor_addr(struct slice value, const uint8_t *transaction, struct addr *out)
{
    *out = (struct addr){0};
    if (value.size < 4) {
        return ERR_INVALID;
    }
    uint8_t family = value.data[1];
    size_t size = family == FAMILY_V4 ? 4 : 16;
    if (family != FAMILY_V4 && family != FAMILY_V6) {
        return ERR_UNSUPPORTED;
    }
    if (value.size != 4 + size) {
        return ERR_INVALID;
    }
    uint8_t mask[4 + STUN_TRANSACTION_SIZE];
    store32(mask, STUN_COOKIE);
    memcpy(mask + 4, transaction, STUN_TRANSACTION_SIZE);
    out->family = family == FAMILY_V4 ? ADDR_V4 : ADDR_V6;
    out->port = (uint16_t)(load16(value.data + 2) ^ STUN_COOKIE >> 16);
    for (size_t i = 0; i < size; i++) {
        out->ip[i] = value.data[4 + i] ^ mask[i];
    }
    return OK;
}

enum err stun_read_u32(struct slice value, uint32_t *out)
{
    if (value.size != 4) {
        return ERR_INVALID;
    }
    *out = load32(value.data);
    return OK;
}

void stun_begin(struct stun_writer *writer, uint8_t *room, size_t capacity, enum stun_class class,
                enum stun_method method, const uint8_t transaction[STUN_TRANSACTION_SIZE])
{
    *writer = (struct stun_writer){.data = room, .capacity = capacity};
    if (capacity < STUN_HEADER_SIZE) {
        writer->full = true;
        return;
    }
    unsigned m = (unsigned)method;
    unsigned c = (unsigned)class;
    store16(room, (m & 0x00f) | (m & 0x070) << 1 | (m & 0xf80) << 2 | (c & 1) << 4 | (c & 2) << 7);
    store16(room + 2, 0);
    store32(room + 4, STUN_COOKIE);
    memcpy(room + 8, transaction, STUN_TRANSACTION_SIZE);
    writer->size = STUN_HEADER_SIZE;
}

/* Writes the header and zeroed room of an attribute; NULL when there is none. */
static uint8_t *put_room(struct stun_writer *writer, enum stun_attribute attribute, size_t size)
{
    size_t whole = stun_attribute_size(size);
    if (writer->full || size > UINT16_MAX || whole > writer->capacity - writer->size ||
        writer->size - STUN_HEADER_SIZE + whole > UINT16_MAX) {
        writer->full = true;
        return NULL;
    }
    uint8_t *at = writer->data + writer->size;
    store16(at, types[attribute]);
    store16(at + 2, size);
    memset(at + whole - 4, 0, whole > 4 ? 4 : 0);
    writer->size += whole;
    store16(writer->data + 2, writer->size - STUN_HEADER_SIZE);
    return at + 4;
}

void stun_put(struct stun_writer *writer, enum stun_attribute attribute, struct slice value)
{
    uint8_t *room = put_room(writer, attribute, value.size);
    if (room != NULL && value.size > 0) {
        memcpy(room, value.data, value.size);
    }
}

void stun_put_u32(struct stun_writer *writer, enum stun_attribute attribute, uint32_t value)
{
    uint8_t bytes[4];
    store32(bytes, value);
    stun_put(writer, attribute, slice_from(bytes, sizeof(bytes)));
}

/* Writes the value of an address attribute; returns its size. */
static size_t addr_value(const struct addr *addr, uint8_t out[20])
{
    size_t size = addr_ip_size(addr);
    out[0] = 0;
    out[1] = size == 4 ? FAMILY_V4 : FAMILY_V6;
    store16(out + 2, addr->port);
    memcpy(out + 4, addr->ip, size);
    return 4 + size;
}

void stun_put_addr(struct stun_writer *writer, enum stun_attribute attribute,
                   const struct addr *addr)
{
    uint8_t value[20];
    size_t size = addr_value(addr, value);
    stun_put(writer, attribute, slice_from(value, size));
}

void stun_put_xor_addr(struct stun_writer *writer, enum stun_attribute attribute,
                       const struct addr *addr)
{
    uint8_t value[20];
    size_t size = addr_value(addr, value);
    if (writer->full) {
        return;
    }
    /* The mask is the cookie and the transaction, as they stand in the header. */
    const uint8_t *mask = writer->data + 4;
    value[2] ^= mask[0];
    value[3] ^= mask[1];
    size_t end = size == sizeof(value) ? sizeof(value) : 8; /* a bound that gcc -O3 sees */
    for (size_t i = 4; i < end; i++) {
        value[i] ^= mask[i - 4];
    }
    stun_put(writer, attribute, slice_from(value, size));
}

void stun_put_error(struct stun_writer *writer, enum stun_code code, struct slice reason)
{
    uint8_t *room = put_room(writer, STUN_ERROR_CODE, 4 + reason.size);
    if (room == NULL) {
        return;
    }
    store16(room, 0);
    room[2] = (uint8_t)((unsigned)code / 100);
    room[3] = (uint8_t)((unsigned)code % 100);
    if (reason.size > 0) {
        memcpy(room + 4, reason.data, reason.size);
    }
}

void stun_put_unknown(struct stun_writer *writer, const struct stun_message *message)
{
    uint8_t *room = put_room(writer, STUN_UNKNOWN_ATTRIBUTES, (size_t)2 * message->unknown_count);
    for (size_t i = 0; room != NULL && i < message->unknown_count; i++) {
        store16(room + 2 * i, message->unknown[i]);
    }
}

void stun_writer_integrity_input(const struct stun_writer *writer, size_t size, uint8_t head[4],
                                 struct slice pieces[2])
{
    if (writer->full) {
        pieces[0] = slice_from(NULL, 0);
        pieces[1] = slice_from(NULL, 0);
        return;
    }
    integrity_pieces(writer->data, writer->size, size, head, pieces);
}

void stun_put_fingerprint(struct stun_writer *writer)
{
    size_t before = writer->size;
    uint8_t *room = put_room(writer, STUN_FINGERPRINT, FINGERPRINT_SIZE - 4);
    if (room != NULL) {
        store32(room, fingerprint(slice_from(writer->data, before)));
    }
}

struct slice stun_finish(struct stun_writer *writer)
{
    return slice_from(writer->data, writer->full ? 0 : writer->size);
}

enum err stun_channel_decode(struct slice bytes, uint16_t *number, struct slice *data)
{
    if (bytes.size < STUN_CHANNEL_HEADER_SIZE) {
        return ERR_INVALID;
    }
    size_t size = load16(bytes.data + 2);
    *number = load16(bytes.data);
    if (*number < STUN_CHANNEL_MIN || *number > STUN_CHANNEL_MAX ||
        size > bytes.size - STUN_CHANNEL_HEADER_SIZE) {
        return ERR_INVALID;
    }
    *data = slice_from(bytes.data + STUN_CHANNEL_HEADER_SIZE, size);
    return OK;
}

void stun_channel_head(uint16_t number, size_t size, uint8_t out[STUN_CHANNEL_HEADER_SIZE])
{
    store16(out, number);
    store16(out + 2, size);
}
