/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/candidate.h"

#include "base/text.h"

#define FOUNDATION_MAX 32
#define NAME_MAX_SIZE 253
#define PORT_DISCARD 9 /* stands for "none yet" */

/* ---- words ---- */

/* The word up to the next space, and moves `rest` behind that; empty: there is no more, or two
 * spaces follow each other, which the grammar does not know. */
static struct slice take_word(struct slice *rest)
{
    const uint8_t *space = rest->size == 0 ? NULL : memchr(rest->data, ' ', rest->size);
    struct slice word = *rest;
    if (space != NULL) {
        word.size = (size_t)(space - rest->data);
        *rest = slice_from(space + 1, rest->size - word.size - 1);
    } else {
        *rest = slice_from(rest->data + rest->size, 0);
    }
    return word;
}

static bool take_prefix(struct slice *text, struct slice prefix)
{
    if (text->size < prefix.size ||
        !text_equal_nocase(slice_from(text->data, prefix.size), prefix)) {
        return false;
    }
    *text = slice_from(text->data + prefix.size, text->size - prefix.size);
    return true;
}

/* Digits, leading zeros included: browsers read those too. */
static bool read_number(struct slice word, uint32_t max, uint32_t *out)
{
    uint64_t number = 0;
    if (word.size == 0 || word.size > 10) {
        return false;
    }
    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] < '0' || word.data[i] > '9') {
            return false;
        }
        number = number * 10 + (uint64_t)(word.data[i] - '0');
    }
    *out = (uint32_t)number;
    return number <= max;
}

static bool read_port(struct slice word, uint16_t *out)
{
    uint32_t port = 0;
    bool right = read_number(word, UINT16_MAX, &port);
    *out = (uint16_t)port;
    return right;
}

static bool is_ice_text(struct slice word, size_t size_max)
{
    if (word.size == 0 || word.size > size_max) {
        return false;
    }
    for (size_t i = 0; i < word.size; i++) {
        uint8_t byte = word.data[i];
        bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
        if (!letter && !(byte >= '0' && byte <= '9') && byte != '+' && byte != '/') {
            return false;
        }
    }
    return true;
}

/* Without brackets and port, which addr_parse knows as well. */
static bool read_ip(struct slice word, struct addr *out)
{
    return word.size > 0 && word.data[0] != '[' && addr_parse(word, out) == OK && out->port == 0;
}

static bool is_name(struct slice word)
{
    bool letter_seen = false;
    if (word.size == 0 || word.size > NAME_MAX_SIZE) {
        return false;
    }
    for (size_t i = 0; i < word.size; i++) {
        uint8_t byte = word.data[i];
        bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
        letter_seen = letter_seen || letter;
        if (!letter && !(byte >= '0' && byte <= '9') && byte != '-' && byte != '.') {
            return false;
        }
    }
    return letter_seen;
}

static bool read_host(struct slice word, struct candidate *out)
{
    struct slice local = SLICE(".local");
    if (read_ip(word, &out->addr)) {
        out->host = CANDIDATE_ADDRESS;
        return true;
    }
    out->addr = (struct addr){0};
    bool ends =
        word.size > local.size &&
        text_equal_nocase(slice_from(word.data + word.size - local.size, local.size), local);
    /* One label before .local, as browsers make it: RFC 6762 section 3. */
    bool label = ends && memchr(word.data, '.', word.size - local.size) == NULL;
    out->host = label ? CANDIDATE_LOCAL : CANDIDATE_NAME;
    return is_name(word);
}

static bool read_type(struct slice word, enum candidate_type *out)
{
    static const char *const names[] = {"host", "srflx", "prflx", "relay"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (text_equal_nocase(word, slice_text(names[i]))) {
            *out = (enum candidate_type)i;
            return true;
        }
    }
    return false;
}

/* 0.0.0.0 and :: stand for none. */
static bool names_address(struct slice word)
{
    struct addr addr;
    return !read_ip(word, &addr) || !addr_is_any(&addr);
}

static bool names_port(struct slice word)
{
    uint16_t port = 0;
    return !read_port(word, &port) || (port != 0 && port != PORT_DISCARD);
}

/* raddr, rport and the pairs of extensions. */
static bool read_pairs(struct slice rest, struct candidate *out)
{
    while (rest.size > 0) {
        struct slice name = take_word(&rest);
        struct slice value = take_word(&rest);
        if (name.size == 0 || value.size == 0) {
            return false;
        }
        if (text_equal_nocase(name, SLICE("raddr"))) {
            out->related = out->related || names_address(value);
        } else if (text_equal_nocase(name, SLICE("rport"))) {
            out->related = out->related || names_port(value);
        } else if (text_equal_nocase(name, SLICE("tcptype"))) {
            out->active = text_equal_nocase(value, SLICE("active"));
        }
    }
    return true;
}

MUST_USE enum err candidate_parse(struct slice text, struct candidate *out)
{
    uint32_t number = 0;
    uint16_t port = 0;
    *out = (struct candidate){0};
    while (text.size > 0 && text.data[text.size - 1] == ' ') {
        text.size--;
    }
    if (!take_prefix(&text, SLICE("candidate:")) ||
        !is_ice_text(take_word(&text), FOUNDATION_MAX) ||
        !read_number(take_word(&text), 256, &number) || number == 0) {
        return ERR_INVALID;
    }
    struct slice transport = take_word(&text);
    out->tcp = text_equal_nocase(transport, SLICE("tcp"));
    if ((!out->tcp && !text_equal_nocase(transport, SLICE("udp"))) ||
        !read_number(take_word(&text), UINT32_MAX, &number) || !read_host(take_word(&text), out) ||
        !read_port(take_word(&text), &port) || !text_equal_nocase(take_word(&text), SLICE("typ")) ||
        !read_type(take_word(&text), &out->type) || !read_pairs(text, out)) {
        return ERR_INVALID;
    }
    out->active = out->active && out->tcp;
    out->addr.port = port;
    return OK;
}

/* ---- descriptions ---- */

/* "IN IP4 192.0.2.1", with a time to live perhaps. */
static bool line_names_address(struct slice text)
{
    (void)take_word(&text);
    (void)take_word(&text);
    return text.size > 0 && names_address(text);
}

/* "mozilla 1 2 IN IP4 0.0.0.0". Chromium always writes the loopback there. */
static bool origin_names_address(struct slice text)
{
    struct addr addr;
    for (int i = 0; i < 5; i++) {
        (void)take_word(&text);
    }
    bool loopback = read_ip(text, &addr) && addr_is_loopback(&addr);
    return text.size > 0 && !loopback && names_address(text);
}

/* "audio 9 UDP/TLS/RTP/SAVPF 111" */
static bool media_names_port(struct slice text)
{
    (void)take_word(&text);
    return names_port(take_word(&text));
}

/* "9 IN IP4 0.0.0.0": RFC 3605. */
static bool rtcp_names_address(struct slice text)
{
    return names_port(take_word(&text)) || (text.size > 0 && line_names_address(text));
}

static bool attribute_names_address(struct slice text)
{
    if (take_prefix(&text, SLICE("rtcp:"))) {
        return rtcp_names_address(text);
    }
    return take_prefix(&text, SLICE("remote-candidates:"));
}

static void scan_attribute(struct slice text, struct candidate *out, uint32_t count_max,
                           struct candidate_scan *scan)
{
    struct slice word = text;
    if (!take_prefix(&word, SLICE("candidate:"))) {
        scan->has_addresses = scan->has_addresses || attribute_names_address(text);
        return;
    }
    struct candidate found;
    if (candidate_parse(text, &found) != OK) {
        scan->unread++;
    } else if (scan->count - scan->unread < count_max) {
        out[scan->count - scan->unread] = found;
    }
    scan->count++;
}

static void scan_line(struct slice line, struct candidate *out, uint32_t count_max,
                      struct candidate_scan *scan)
{
    if (line.size < 2 || line.data[1] != '=') {
        return;
    }
    struct slice value = slice_from(line.data + 2, line.size - 2);
    bool names = false;
    switch (line.data[0] | 0x20) {
    case 'a':
        scan_attribute(value, out, count_max, scan);
        return;
    case 'c':
        names = line_names_address(value);
        break;
    case 'm':
        names = media_names_port(value);
        break;
    case 'o':
        names = origin_names_address(value);
        break;
    default:
        break;
    }
    scan->has_addresses = scan->has_addresses || names;
}

/* Up to the first `end`, without it; moves `rest` behind it. */
static struct slice take_until(struct slice *rest, uint8_t end)
{
    const uint8_t *at = memchr(rest->data, end, rest->size);
    struct slice part = *rest;
    if (at != NULL) {
        part.size = (size_t)(at - rest->data);
    }
    size_t skip = part.size + (at != NULL ? 1 : 0);
    *rest = slice_from(rest->data + skip, rest->size - skip);
    return part;
}

void candidate_scan(struct slice sdp, struct candidate *out, uint32_t count_max,
                    struct candidate_scan *scan)
{
    *scan = (struct candidate_scan){0};
    while (sdp.size > 0) {
        struct slice line = take_until(&sdp, '\n');
        while (line.size > 0) { /* either ends a line: a reader may take one or the other */
            scan_line(take_until(&line, '\r'), out, count_max, scan);
        }
    }
}
