/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_parse.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "net/llhttp_names.h"

struct http_parse {
    llhttp_t parser;
    struct http_request request;
    struct http_facts facts;
    const struct http_limits *limits;
    struct http_header *headers;
    uint8_t *head;
    struct buf body;
    uint16_t status; /* the first fault found in a callback of llhttp */
    bool head_done;
};

enum err http_parse_find_head(struct slice bytes, size_t *scanned, size_t *head_size)
{
    const uint8_t *data = bytes.data;

    /* Each step looks back only, so a head that arrives byte by byte costs one pass. */
    for (size_t i = *scanned; i < bytes.size; i++) {
        uint8_t byte = data[i];
        bool after_cr = i > 0 && data[i - 1] == '\r';

        *scanned = i + 1;
        /* RFC 9112, 2.2: a recipient MAY take a bare LF for a line end. We do not, and neither a
         * bare CR: two readers that differ here see different requests. */
        if (after_cr != (byte == '\n')) {
            return ERR_INVALID;
        }
        if ((byte < ' ' && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7f) {
            return ERR_INVALID;
        }
        /* RFC 9112, 5.2: a server MUST reject obs-fold or replace it. */
        if ((byte == ' ' || byte == '\t') && i > 0 && data[i - 1] == '\n') {
            return ERR_INVALID;
        }
        if (byte == '\n' && i >= 3 && data[i - 2] == '\n') {
            *head_size = i + 1;
            return OK;
        }
    }
    return ERR_SHORT;
}

/* ---- the request line ---- */

static bool is_target_byte(uint8_t byte)
{
    return byte > ' ' && byte < 0x7f && byte != '#' && byte != '"' && byte != '<' && byte != '>' &&
           byte != '\\' && byte != '^' && byte != '`' && byte != '{' && byte != '|' && byte != '}';
}

static enum http_method method_of(struct slice text)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"};

    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (slice_equal(text, slice_text(names[i]))) {
            return (enum http_method)i;
        }
    }
    return HTTP_OTHER;
}

static uint16_t check_target(struct http_parse *parse)
{
    struct http_request *request = &parse->request;
    struct slice target = request->target;
    const uint8_t *mark = NULL;

    if (target.size > parse->limits->target_bytes_max) {
        return 414;
    }
    /* A tunnel or a proxy is never offered: neither CONNECT nor the absolute form. */
    if (slice_equal(request->method_text, SLICE("CONNECT")) ||
        slice_equal(request->method_text, SLICE("TRACE"))) {
        return 405;
    }
    if (target.size == 0 || target.data[0] != '/') {
        return 400;
    }
    for (size_t i = 0; i < target.size; i++) {
        if (!is_target_byte(target.data[i])) {
            return 400;
        }
    }
    mark = memchr(target.data, '?', target.size);
    request->path = target;
    if (mark != NULL) {
        request->path.size = (size_t)(mark - target.data);
        request->query = slice_from(mark + 1, target.size - request->path.size - 1);
    }
    return 0;
}

/* RFC 9112, 3: method SP request-target SP HTTP-version, single spaces. */
static uint16_t parse_request_line(struct http_parse *parse, struct slice head)
{
    const uint8_t *end = memchr(head.data, '\r', head.size);
    const uint8_t *first = memchr(head.data, ' ', (size_t)(end - head.data));
    const uint8_t *second = NULL;
    struct slice version;

    if (first == NULL || first == head.data) {
        return 400;
    }
    second = memchr(first + 1, ' ', (size_t)(end - first - 1));
    if (second == NULL) {
        return 400;
    }
    parse->request.method_text = slice_from(head.data, (size_t)(first - head.data));
    parse->request.method = method_of(parse->request.method_text);
    parse->request.target = slice_from(first + 1, (size_t)(second - first - 1));
    version = slice_from(second + 1, (size_t)(end - second - 1));
    if (!slice_equal(version, SLICE("HTTP/1.1")) && !slice_equal(version, SLICE("HTTP/1.0"))) {
        bool other = version.size == 8 && memcmp(version.data, "HTTP/", 5) == 0;

        return other ? 505 : 400;
    }
    return check_target(parse);
}

/* ---- callbacks of llhttp ---- */

static int fault(struct http_parse *parse, uint16_t status)
{
    parse->status = status; /* the first one, for llhttp stops here */
    return HPE_USER;
}

/* The head is one block, so each span is whole. */
static int on_field(llhttp_t *parser, const char *at, size_t size)
{
    struct http_parse *parse = parser->data;
    struct http_request *request = &parse->request;

    if (parse->head_done) {
        return fault(parse, 400); /* trailers are not offered */
    }
    if (request->header_count == parse->limits->headers_max) {
        return fault(parse, 431);
    }
    if (size == 0) {
        return fault(parse, 400);
    }
    parse->headers[request->header_count++] = (struct http_header){slice_from(at, size), {0}};
    return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t size)
{
    struct http_parse *parse = parser->data;

    while (size > 0 && (at[size - 1] == ' ' || at[size - 1] == '\t')) {
        size--;
    }
    ASSERT(parse->request.header_count > 0); /* llhttp has given the name */
    parse->headers[parse->request.header_count - 1].value = slice_from(at, size);
    return 0;
}

static int on_headers_complete(llhttp_t *parser)
{
    struct http_parse *parse = parser->data;

    parse->head_done = true;
    return 0;
}

static int on_body(llhttp_t *parser, const char *at, size_t size)
{
    struct http_parse *parse = parser->data;
    enum err err = buf_append(&parse->body, slice_from(at, size));

    if (err != OK) {
        return fault(parse, err == ERR_LIMIT ? 413 : 503);
    }
    return 0;
}

/* No use of ours has extensions, and a reader of them would have to bound them. */
static int on_extension(llhttp_t *parser, const char *at, size_t size)
{
    (void)at;
    (void)size;
    return fault(parser->data, 400);
}

static int on_complete(llhttp_t *parser)
{
    (void)parser;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_chunk_extension_name = on_extension,
    .on_chunk_extension_value = on_extension,
    .on_message_complete = on_complete,
};

/* ---- what the headers say together ---- */

static bool is_token(struct slice name)
{
    for (size_t i = 0; i < name.size; i++) {
        uint8_t byte = name.data[i];
        uint8_t lower = byte | 0x20;

        if (!(lower >= 'a' && lower <= 'z') && !(byte >= '0' && byte <= '9') &&
            memchr("!#$%&'*+-.^_`|~", byte, 15) == NULL) { /* second lock: llhttp */
            return false;
        }
    }
    return name.size > 0;
}

static uint32_t count_of(const struct http_request *request, const char *name)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < request->header_count; i++) {
        count += text_equal_nocase(request->headers[i].name, slice_text(name)) ? 1 : 0;
    }
    return count;
}

/* A member of a comma-separated list, in any header of that name. */
static bool has_member(const struct http_request *request, const char *name, const char *member)
{
    for (uint32_t i = 0; i < request->header_count; i++) {
        struct slice rest = request->headers[i].value;

        if (!text_equal_nocase(request->headers[i].name, slice_text(name))) {
            continue;
        }
        while (rest.size > 0) {
            const uint8_t *comma = memchr(rest.data, ',', rest.size);
            struct slice part = rest;

            if (comma != NULL) {
                part.size = (size_t)(comma - rest.data);
            }
            rest.data += part.size + (comma != NULL ? 1 : 0);
            rest.size -= part.size + (comma != NULL ? 1 : 0);
            while (part.size > 0 && (part.data[0] == ' ' || part.data[0] == '\t')) {
                part.data++;
                part.size--;
            }
            while (part.size > 0 &&
                   (part.data[part.size - 1] == ' ' || part.data[part.size - 1] == '\t')) {
                part.size--;
            }
            if (text_equal_nocase(part, slice_text(member))) {
                return true;
            }
        }
    }
    return false;
}

/* RFC 9112, 3.2: 400 to any request that lacks a Host or has more than one or a bad one. */
static uint16_t check_host(const struct http_parse *parse)
{
    uint32_t count = count_of(&parse->request, "Host");
    struct slice host = http_header_find(&parse->request, "Host");

    if (count > 1 || (count == 0 && parse->parser.http_minor == 1)) {
        return 400;
    }
    for (size_t i = 0; i < host.size; i++) {
        uint8_t byte = host.data[i];

        if (byte <= ' ' || byte >= 0x7f || strchr("/?#@\\,\"<>^`{|}", byte) != NULL) {
            return 400;
        }
    }
    return count == 1 && host.size == 0 ? 400 : 0;
}

/* RFC 9112, 6.1 and 6.3: lengths that two readers could understand differently. */
static uint16_t check_framing(struct http_parse *parse)
{
    const struct http_request *request = &parse->request;
    uint32_t lengths = count_of(request, "Content-Length");
    uint32_t codings = count_of(request, "Transfer-Encoding");
    uint64_t length = 0;

    if (lengths + codings > 1) { /* second lock: llhttp */
        return 400;
    }
    if (codings == 1) {
        if (parse->parser.http_minor == 0) {
            return 400;
        }
        if (!text_equal_nocase(http_header_find(request, "Transfer-Encoding"), SLICE("chunked"))) {
            return 501;
        }
        parse->facts.has_body = true;
    }
    if (lengths == 1) {
        struct slice text = http_header_find(request, "Content-Length");

        for (size_t i = 0; i < text.size; i++) {
            if (text.data[i] < '0' || text.data[i] > '9') { /* second lock: llhttp */
                return 400;
            }
        }
        if (text.size == 0) { /* second lock: llhttp */
            return 400;
        }
        if (text.size > 1 && text.data[0] == '0') {
            return 400;
        }
        if (text_parse_number(text, parse->limits->body_bytes_max, &length) != OK) {
            return 413;
        }
        parse->facts.has_body = length > 0;
    }
    return 0;
}

/* RFC 6455, 4.1: base64 of 16 bytes. The last character has four bits that say nothing. */
static bool is_key(struct slice key)
{
    for (size_t i = 0; i < 22; i++) {
        uint8_t lower = key.data[i] | 0x20;

        if (!(lower >= 'a' && lower <= 'z') && !(key.data[i] >= '0' && key.data[i] <= '9') &&
            key.data[i] != '+' && key.data[i] != '/') {
            return false;
        }
    }
    return key.data[22] == '=' && key.data[23] == '=';
}

/* RFC 6455, 4.2.1. Any other use of Upgrade is refused. */
static uint16_t check_upgrade(struct http_parse *parse)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    struct http_request *request = &parse->request;
    struct slice key = http_header_find(request, "Sec-WebSocket-Key");
    uint8_t joined[24 + sizeof guid - 1];
    uint8_t digest[20];

    if (count_of(request, "Upgrade") == 0) {
        return 0;
    }
    if (count_of(request, "Upgrade") != 1 || request->method != HTTP_GET ||
        parse->parser.http_minor != 1 || parse->facts.has_body ||
        !text_equal_nocase(http_header_find(request, "Upgrade"), SLICE("websocket")) ||
        !has_member(request, "Connection", "upgrade") ||
        count_of(request, "Sec-WebSocket-Key") != 1 || key.size != 24 || !is_key(key)) {
        return 400;
    }
    if (count_of(request, "Sec-WebSocket-Version") != 1 ||
        !slice_equal(http_header_find(request, "Sec-WebSocket-Version"), SLICE("13"))) {
        return 426;
    }
    memcpy(joined, key.data, 24);
    memcpy(joined + 24, guid, sizeof guid - 1);
    digest_sha1(slice_from(joined, sizeof joined), digest);
    text_base64(slice_from(digest, sizeof digest), parse->facts.accept);
    request->upgrade_websocket = true;
    return 0;
}

static uint16_t check_head(struct http_parse *parse)
{
    struct http_request *request = &parse->request;
    uint16_t status = 0;

    for (uint32_t i = 0; i < request->header_count; i++) {
        if (!is_token(request->headers[i].name)) { /* second lock: llhttp */
            return 400;
        }
    }
    status = check_host(parse);
    if (status == 0) {
        status = check_framing(parse);
    }
    if (status == 0) {
        status = check_upgrade(parse);
    }
    if (status == 0 && count_of(request, "Expect") > 0) {
        parse->facts.expects_continue =
            text_equal_nocase(http_header_find(request, "Expect"), SLICE("100-continue"));
        status = parse->facts.expects_continue ? 0 : 417;
    }
    parse->facts.keep_alive =
        parse->parser.http_minor == 1 && !has_member(request, "Connection", "close");
    return status;
}

static uint16_t parse_head(struct http_parse *parse, size_t size)
{
    llhttp_errno_t result = HPE_OK;
    uint16_t status = parse_request_line(parse, slice_from(parse->head, size));

    if (status != 0) {
        return status;
    }
    llhttp_init(&parse->parser, HTTP_REQUEST, &settings);
    parse->parser.data = parse;
    result = llhttp_execute(&parse->parser, (const char *)parse->head, size);
    if (parse->status != 0) {
        return parse->status;
    }
    if (result == HPE_INVALID_METHOD) {
        return 501;
    }
    if (!parse->head_done) {
        return 400;
    }
    if (result != HPE_OK && result != HPE_PAUSED &&
        result != HPE_PAUSED_UPGRADE) { /* second lock: it is done, and nothing is behind it */
        return 400;
    }
    return check_head(parse);
}

enum err http_parse_create(struct slice head, const struct http_limits *limits,
                           struct http_parse **out, uint16_t *status)
{
    struct http_parse *parse = mem_alloc(sizeof *parse);

    *out = NULL;
    *status = 0;
    if (parse == NULL) {
        return ERR_NOMEM;
    }
    parse->limits = limits;
    buf_init(&parse->body, limits->body_bytes_max);
    parse->headers = mem_alloc_array(limits->headers_max + 1U, sizeof *parse->headers);
    parse->head = mem_alloc(head.size);
    if (parse->headers == NULL || parse->head == NULL) {
        http_parse_destroy(parse);
        return ERR_NOMEM;
    }
    memcpy(parse->head, head.data, head.size);
    parse->request.headers = parse->headers;
    *status = parse_head(parse, head.size);
    if (*status != 0) {
        http_parse_destroy(parse);
        return ERR_INVALID;
    }
    *out = parse;
    return OK;
}

void http_parse_destroy(struct http_parse *parse)
{
    if (parse == NULL) {
        return;
    }
    buf_fini(&parse->body);
    mem_free(parse->headers);
    mem_free(parse->head);
    mem_free(parse);
}

enum err http_parse_body(struct http_parse *parse, struct slice bytes, size_t *used,
                         uint16_t *status)
{
    const char *data = (const char *)bytes.data;
    llhttp_errno_t result = HPE_OK;

    *status = 0;
    *used = bytes.size;
    if (bytes.size == 0) {
        return ERR_SHORT;
    }
    result = llhttp_execute(&parse->parser, data, bytes.size);
    if (result == HPE_OK) {
        return ERR_SHORT;
    }
    if (result != HPE_PAUSED) {
        *status = parse->status != 0 ? parse->status : 400;
        return ERR_INVALID;
    }
    *used = (size_t)(llhttp_get_error_pos(&parse->parser) - data);
    parse->request.body = buf_slice(&parse->body);
    return OK;
}

const struct http_facts *http_parse_facts(const struct http_parse *parse)
{
    return &parse->facts;
}

const struct http_request *http_parse_request(struct http_parse *parse)
{
    return &parse->request;
}

struct slice http_header_find(const struct http_request *request, const char *name)
{
    for (uint32_t i = 0; i < request->header_count; i++) {
        if (text_equal_nocase(request->headers[i].name, slice_text(name))) {
            return request->headers[i].value;
        }
    }
    return slice_from(NULL, 0);
}
