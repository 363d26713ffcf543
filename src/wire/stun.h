/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of STUN (RFC 8489) and TURN (RFC 8656), and ChannelData. Pure: what is decoded points
 * into the input, what is encoded is written into memory of the caller. */
#ifndef WIRE_STUN_H
#define WIRE_STUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/slice.h"

#define STUN_HEADER_SIZE 20
#define STUN_TRANSACTION_SIZE 12
#define STUN_COOKIE 0x2112a442U
#define STUN_CHANNEL_HEADER_SIZE 4
#define STUN_CHANNEL_MIN 0x4000 /* RFC 8656 section 12 */
#define STUN_CHANNEL_MAX 0x4fff
#define STUN_UNKNOWN_MAX 8 /* unknown attributes that a 420 names */

enum stun_class { STUN_REQUEST, STUN_INDICATION, STUN_SUCCESS, STUN_ERROR };

enum stun_method {
    STUN_BINDING = 0x001,
    STUN_ALLOCATE = 0x003,
    STUN_REFRESH = 0x004,
    STUN_SEND = 0x006,
    STUN_DATA = 0x007,
    STUN_CREATE_PERMISSION = 0x008,
    STUN_CHANNEL_BIND = 0x009,
};

/* The attributes that this server knows: ATTRIBUTE(id, type). Below 0x8000 a receiver must
 * understand them (RFC 8489 section 14). */
#define STUN_ATTRIBUTES(ATTRIBUTE)                                                                 \
    ATTRIBUTE(MAPPED_ADDRESS, 0x0001)                                                              \
    ATTRIBUTE(USERNAME, 0x0006)                                                                    \
    ATTRIBUTE(INTEGRITY, 0x0008)                                                                   \
    ATTRIBUTE(ERROR_CODE, 0x0009)                                                                  \
    ATTRIBUTE(UNKNOWN_ATTRIBUTES, 0x000a)                                                          \
    ATTRIBUTE(CHANNEL_NUMBER, 0x000c)                                                              \
    ATTRIBUTE(LIFETIME, 0x000d)                                                                    \
    ATTRIBUTE(XOR_PEER_ADDRESS, 0x0012)                                                            \
    ATTRIBUTE(DATA_VALUE, 0x0013)                                                                  \
    ATTRIBUTE(REALM, 0x0014)                                                                       \
    ATTRIBUTE(NONCE, 0x0015)                                                                       \
    ATTRIBUTE(XOR_RELAYED_ADDRESS, 0x0016)                                                         \
    ATTRIBUTE(REQUESTED_ADDRESS_FAMILY, 0x0017)                                                    \
    ATTRIBUTE(EVEN_PORT, 0x0018)                                                                   \
    ATTRIBUTE(REQUESTED_TRANSPORT, 0x0019)                                                         \
    ATTRIBUTE(DONT_FRAGMENT, 0x001a)                                                               \
    ATTRIBUTE(INTEGRITY_SHA256, 0x001c)                                                            \
    ATTRIBUTE(PASSWORD_ALGORITHM, 0x001d)                                                          \
    ATTRIBUTE(USERHASH, 0x001e)                                                                    \
    ATTRIBUTE(XOR_MAPPED_ADDRESS, 0x0020)                                                          \
    ATTRIBUTE(RESERVATION_TOKEN, 0x0022)                                                           \
    ATTRIBUTE(ADDITIONAL_ADDRESS_FAMILY, 0x8000)                                                   \
    ATTRIBUTE(ADDRESS_ERROR_CODE, 0x8001)                                                          \
    ATTRIBUTE(PASSWORD_ALGORITHMS, 0x8002)                                                         \
    ATTRIBUTE(ALTERNATE_DOMAIN, 0x8003)                                                            \
    ATTRIBUTE(ICMP, 0x8004)                                                                        \
    ATTRIBUTE(SOFTWARE, 0x8022)                                                                    \
    ATTRIBUTE(ALTERNATE_SERVER, 0x8023)                                                            \
    ATTRIBUTE(FINGERPRINT, 0x8028)

enum stun_attribute {
#define STUN_ENUM(id, type) STUN_##id,
    STUN_ATTRIBUTES(STUN_ENUM)
#undef STUN_ENUM
        STUN_ATTRIBUTE_COUNT
};

/* RFC 8489 section 14.8 and RFC 8656 section 19. */
enum stun_code {
    STUN_TRY_ALTERNATE = 300,
    STUN_BAD_REQUEST = 400,
    STUN_UNAUTHENTICATED = 401,
    STUN_FORBIDDEN = 403,
    STUN_UNKNOWN_ATTRIBUTE = 420,
    STUN_ALLOCATION_MISMATCH = 437,
    STUN_STALE_NONCE = 438,
    STUN_FAMILY_UNSUPPORTED = 440,
    STUN_WRONG_CREDENTIALS = 441,
    STUN_TRANSPORT_UNSUPPORTED = 442,
    STUN_PEER_FAMILY_MISMATCH = 443,
    STUN_QUOTA_REACHED = 486,
    STUN_SERVER_ERROR = 500,
    STUN_CAPACITY = 508,
};

/* A decoded message. An attribute that is absent, or behind MESSAGE-INTEGRITY, has no data: it
 * does not exist for who asks (RFC 8489 section 14.5). */
struct stun_message {
    struct slice bytes; /* all of it */
    uint16_t method;
    uint8_t class; /* enum stun_class */
    uint8_t unknown_count;
    uint16_t unknown[STUN_UNKNOWN_MAX]; /* types below 0x8000 that are not in the table */
    const uint8_t *transaction;
    uint32_t attributes_end;                       /* offset behind those that exist */
    struct slice attributes[STUN_ATTRIBUTE_COUNT]; /* the first of each type */
};

/* ERR_INVALID: not a whole message, an attribute leaves it, or its FINGERPRINT is wrong or not the
 * last. */
MUST_USE enum err stun_decode(struct slice bytes, struct stun_message *out);

static inline bool stun_has(const struct stun_message *message, enum stun_attribute attribute)
{
    return message->attributes[attribute].data != NULL;
}

/* Walks all that exist of one type: *offset begins as 0; false at the end. */
bool stun_next(const struct stun_message *message, enum stun_attribute attribute, uint32_t *offset,
               struct slice *value);

/* The two pieces over which the integrity attribute `attribute` (INTEGRITY or INTEGRITY_SHA256,
 * which exists) was computed; `head` is memory for the first. */
void stun_integrity_input(const struct stun_message *message, enum stun_attribute attribute,
                          uint8_t head[4], struct slice pieces[2]);

/* The value of an XOR-...-ADDRESS. ERR_INVALID; ERR_UNSUPPORTED: another family. */
MUST_USE enum err stun_read_xor_addr(struct slice value, const uint8_t *transaction,
                                     struct addr *out);
/* Exactly four bytes. ERR_INVALID. */
MUST_USE enum err stun_read_u32(struct slice value, uint32_t *out);

/* A message that is being written. When the room is too small `full` is set and the rest of the
 * calls do nothing: stun_finish then gives the empty slice. All padding is zero. */
struct stun_writer {
    uint8_t *data;
    size_t size;
    size_t capacity;
    bool full;
};

void stun_begin(struct stun_writer *writer, uint8_t *room, size_t capacity, enum stun_class class,
                enum stun_method method, const uint8_t transaction[STUN_TRANSACTION_SIZE]);
void stun_put(struct stun_writer *writer, enum stun_attribute attribute, struct slice value);
void stun_put_u32(struct stun_writer *writer, enum stun_attribute attribute, uint32_t value);
void stun_put_xor_addr(struct stun_writer *writer, enum stun_attribute attribute,
                       const struct addr *addr);
/* MAPPED-ADDRESS and ALTERNATE-SERVER are not XORed. */
void stun_put_addr(struct stun_writer *writer, enum stun_attribute attribute,
                   const struct addr *addr);
void stun_put_error(struct stun_writer *writer, enum stun_code code, struct slice reason);
void stun_put_unknown(struct stun_writer *writer, const struct stun_message *message);

/* The two pieces for the integrity attribute of `size` bytes that is put next; `head` as above. */
void stun_writer_integrity_input(const struct stun_writer *writer, size_t size, uint8_t head[4],
                                 struct slice pieces[2]);
void stun_put_fingerprint(struct stun_writer *writer);
struct slice stun_finish(struct stun_writer *writer);

/* Bytes that an attribute of `size` takes, with its header and padding. */
static inline size_t stun_attribute_size(size_t size)
{
    return 4 + ((size + 3) & ~(size_t)3);
}

/* Splits ChannelData. Bytes behind its length are padding (section 12.5: "MAY" by UDP).
 * ERR_INVALID: shorter than it says, or no channel number. */
MUST_USE enum err stun_channel_decode(struct slice bytes, uint16_t *number, struct slice *data);
void stun_channel_head(uint16_t number, size_t size, uint8_t out[STUN_CHANNEL_HEADER_SIZE]);

#endif
