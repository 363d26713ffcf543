/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "app/database.h"
#include "app/turnoptions.h"
#include "base/mem.h"
#include "base/text.h"
#include "connectors/webrtc/webrtc.h"
#include "server/acmeanswer.h"
#include "wire/iceurl.h"

enum option_type { OPTION_INT, OPTION_TEXT, OPTION_PATH, OPTION_LEVEL, OPTION_ICE };
enum option_reload { OPTION_NO, OPTION_YES };

struct option {
    enum option_type type;
    enum option_reload reloadable;
    const char *name;
    size_t offset; /* of the field in struct config */
    size_t size_bytes;
    const char *preset;
    uint32_t smallest; /* INT: the number; TEXT, PATH: bytes */
    uint32_t largest;
    const char *unit;
};

static const struct option options[] = {
#define OPTION(type, name, field, preset, smallest, largest, unit, reloadable, sentence)           \
    {OPTION_##type,                                                                                \
     OPTION_##reloadable,                                                                          \
     name,                                                                                         \
     offsetof(struct config, field),                                                               \
     sizeof(((struct config *)NULL)->field),                                                       \
     preset,                                                                                       \
     smallest,                                                                                     \
     largest,                                                                                      \
     unit},
#include "app/options.def"
#undef OPTION
};

#define OPTION_COUNT (sizeof(options) / sizeof(options[0]))

static const char *const level_names[] = {"debug", "info", "warn", "error"};
#define LEVEL_COUNT (sizeof(level_names) / sizeof(level_names[0]))

static uint32_t *field_number(struct config *config, const struct option *option)
{
    return (uint32_t *)(void *)((char *)config + option->offset);
}

static char *field_text(struct config *config, const struct option *option)
{
    return (char *)config + option->offset;
}

/* ---- errors ---- */

/* Always ERR_INVALID. The value is not repeated: it may be a secret. */
__attribute__((format(printf, 4, 5))) static enum err refuse(struct config_error *error,
                                                             const struct config_source *source,
                                                             const char *name, const char *format,
                                                             ...)
{
    char rule[300];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(rule, sizeof(rule), format, arguments);
    va_end(arguments);
    char where[200] = "";
    if (source != NULL && source->line > 0) {
        (void)snprintf(where, sizeof(where), "%.150s:%u: ", source->name, (unsigned)source->line);
    } else if (source != NULL) {
        (void)snprintf(where, sizeof(where), "%.150s: ", source->name);
    }
    (void)snprintf(error->text, sizeof(error->text), "%s%s: %s", where, name, rule);
    return ERR_INVALID;
}

/* ---- one value ---- */

static enum err set_number(struct config *config, const struct option *option, struct slice value,
                           const struct config_source *source, struct config_error *error)
{
    uint64_t number = 0;
    if (text_parse_number(value, option->largest, &number) != OK || number < option->smallest) {
        return refuse(error, source, option->name, "a number from %u to %u%s%s is allowed",
                      (unsigned)option->smallest, (unsigned)option->largest,
                      option->unit[0] == '\0' ? "" : " ", option->unit);
    }
    *field_number(config, option) = (uint32_t)number;
    return OK;
}

static enum err set_text(struct config *config, const struct option *option, struct slice value,
                         const struct config_source *source, struct config_error *error)
{
    ASSERT(option->largest < option->size_bytes);
    if (value.size < option->smallest || value.size > option->largest) {
        return refuse(error, source, option->name, "text of %u to %u bytes is allowed",
                      (unsigned)option->smallest, (unsigned)option->largest);
    }
    char *field = field_text(config, option);
    memcpy(field, value.data, value.size);
    field[value.size] = '\0';
    return OK;
}

static enum err set_level(struct config *config, const struct option *option, struct slice value,
                          const struct config_source *source, struct config_error *error)
{
    for (size_t i = 0; i < LEVEL_COUNT; i++) {
        if (slice_equal(value, slice_text(level_names[i]))) {
            config->log_level = (enum log_level)i;
            return OK;
        }
    }
    return refuse(error, source, option->name, "debug, info, warn or error is allowed");
}

static enum err set_ice(struct config *config, const struct option *option, struct slice value,
                        const struct config_source *source, struct config_error *error)
{
    struct slice url = text_take_word(&value);
    struct slice user = text_take_word(&value);
    struct slice credential = text_take_word(&value);
    struct iceurl parsed;
    const char *why = iceurl_parse(url, &parsed);
    if (why != NULL) {
        return refuse(error, source, option->name, "the URI %s", why);
    }
    bool turn = parsed.scheme == ICEURL_TURN || parsed.scheme == ICEURL_TURNS;
    if (turn != (credential.size > 0) || turn != (user.size > 0) ||
        text_take_word(&value).size > 0) {
        return refuse(error, source, option->name,
                      turn ? "turn: and turns: need a user name and a secret behind the URI"
                           : "stun: and stuns: stand alone, without user name and secret");
    }
    if (url.size > WEBRTC_URL_MAX || user.size > WEBRTC_USERNAME_MAX) {
        return refuse(error, source, option->name, "the line is too long");
    }
    /* The list of a later source takes the place of an earlier one's. */
    if (config->ice_source != source->number) {
        config->ice_source = source->number;
        config->ice_count = 0;
    }
    if (config->ice_count == CONFIG_ICE_MAX) {
        return refuse(error, source, option->name, "at most %d servers are allowed",
                      CONFIG_ICE_MAX);
    }
    struct config_ice *ice = &config->ice[config->ice_count];
    if (secret_set(&ice->credential, credential) != OK) {
        return refuse(error, source, option->name, "the secret has at most %d bytes",
                      SECRET_SIZE_MAX);
    }
    memcpy(ice->url, url.data, url.size);
    ice->url[url.size] = '\0';
    memcpy(ice->username, user.data, user.size);
    ice->username[user.size] = '\0';
    config->ice_count++;
    return OK;
}

static enum err set_option(struct config *config, const struct option *option, struct slice value,
                           const struct config_source *source, struct config_error *error)
{
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] < 0x20 || value.data[i] == 0x7F) {
            return refuse(error, source, option->name, "the value has a control character");
        }
    }
    if (!text_is_utf8(value)) {
        return refuse(error, source, option->name, "the value is not valid UTF-8");
    }
    switch (option->type) {
    case OPTION_INT:
        return set_number(config, option, value, source, error);
    case OPTION_TEXT:
    case OPTION_PATH:
        return set_text(config, option, value, source, error);
    case OPTION_LEVEL:
        return set_level(config, option, value, source, error);
    case OPTION_ICE:
        return set_ice(config, option, value, source, error);
    }
    ASSERT(false);
}

/* ---- all ---- */

void config_init(struct config *config)
{
    static const struct config_source source = {.name = "preset"};
    *config = (struct config){0};
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (options[i].type == OPTION_ICE) {
            continue;
        }
        struct config_error error;
        enum err err =
            set_option(config, &options[i], slice_text(options[i].preset), &source, &error);
        ASSERT(err == OK); /* a default of the table that the table forbids */
    }
}

void config_fini(struct config *config)
{
    for (size_t i = 0; i < CONFIG_ICE_MAX; i++) {
        secret_wipe(&config->ice[i].credential);
    }
    config->ice_count = 0;
}

MUST_USE enum err config_set(struct config *config, const struct config_source *source,
                             struct slice name, struct slice value, struct config_error *error)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (slice_equal(name, slice_text(options[i].name))) {
            return set_option(config, &options[i], value, source, error);
        }
    }
    char shown[64];
    text_copy_clean(name, shown, sizeof(shown));
    return refuse(error, source, shown, "there is no such option; visavis.conf(5) lists them");
}

static struct slice trim(struct slice text)
{
    while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t' ||
                             text.data[text.size - 1] == '\r')) {
        text.size--;
    }
    return text;
}

static enum err read_line(struct config *config, struct slice line,
                          const struct config_source *source, struct config_error *error)
{
    line = trim(line);
    if (line.size == 0 || line.data[0] == '#') {
        return OK;
    }
    const uint8_t *sign = memchr(line.data, '=', line.size);
    if (sign == NULL) {
        return refuse(error, source, "this line", "it is not of the form name = value");
    }
    size_t name_size = (size_t)(sign - line.data);
    struct slice name = trim(slice_from(line.data, name_size));
    struct slice value = trim(slice_from(sign + 1, line.size - name_size - 1));
    return config_set(config, source, name, value, error);
}

static enum err read_file(const char *path, char *bytes, size_t size_max, size_t *size,
                          struct config_error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        (void)snprintf(error->text, sizeof(error->text), "%.300s: cannot be opened: %s", path,
                       strerror(errno));
        return ERR_IO;
    }
    ssize_t count = 1;
    *size = 0;
    while (*size < size_max && (count = read(file, bytes + *size, size_max - *size)) > 0) {
        *size += (size_t)count;
    }
    int reason = errno;
    (void)close(file);
    if (count < 0) {
        (void)snprintf(error->text, sizeof(error->text), "%.300s: cannot be read: %s", path,
                       strerror(reason));
        return ERR_IO;
    }
    if (*size == size_max) {
        (void)snprintf(error->text, sizeof(error->text), "%.300s: has more than %d bytes", path,
                       CONFIG_FILE_BYTES_MAX);
        return ERR_INVALID;
    }
    return OK;
}

static enum err read_lines(struct config *config, const char *path, struct slice text,
                           struct config_error *error)
{
    struct config_source source = {.name = path, .number = 1};
    while (text.size > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.size);
        size_t size = end == NULL ? text.size : (size_t)(end - text.data);
        source.line++;
        enum err err = read_line(config, slice_from(text.data, size), &source, error);
        if (err != OK) {
            return err;
        }
        size_t used = end == NULL ? size : size + 1;
        text = slice_from(text.data + used, text.size - used);
    }
    return OK;
}

MUST_USE enum err config_load(struct config *config, const char *path, struct config_error *error)
{
    char *bytes = mem_alloc(CONFIG_FILE_BYTES_MAX + 1);
    if (bytes == NULL) {
        (void)snprintf(error->text, sizeof(error->text), "out of memory");
        return ERR_NOMEM;
    }
    size_t size = 0;
    enum err err = read_file(path, bytes, CONFIG_FILE_BYTES_MAX + 1, &size, error);
    if (err == OK && strlen(path) > CONFIG_TEXT_MAX) {
        (void)snprintf(error->text, sizeof(error->text), "the name of the file is too long");
        err = ERR_INVALID;
    }
    if (err == OK) {
        memcpy(config->file, path, strlen(path) + 1);
        err = read_lines(config, path, slice_from(bytes, size), error);
    }
    mem_wipe(bytes, CONFIG_FILE_BYTES_MAX + 1);
    mem_free(bytes);
    return err;
}

/* ---- what options have to do with each other ---- */

/* As a browser writes it: scheme and host in lower case, no port that goes without saying. */
static const char *check_origin(const char *origin)
{
    bool tls = strncmp(origin, "https://", 8) == 0;
    if (!tls && strncmp(origin, "http://", 7) != 0) {
        return "http:// or https:// and a host is allowed";
    }
    const char *host = origin + (tls ? 8 : 7);
    size_t size = strlen(host);
    if (size == 0 || strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") != size) {
        return "behind the scheme only a host in lower case and a port are allowed, no path";
    }
    const char *preset = tls ? ":443" : ":80";
    if (size > strlen(preset) && strcmp(host + size - strlen(preset), preset) == 0) {
        return "the port that goes without saying is left out, as browsers do";
    }
    return NULL;
}

static bool is_address(const char *text, struct in_addr *four, struct in6_addr *six, bool *is_four)
{
    *is_four = inet_pton(AF_INET, text, four) == 1;
    return *is_four || inet_pton(AF_INET6, text, six) == 1;
}

/* `out` has room for CONFIG_TEXT_MAX + 1; "" when the path does not fit. */
static void acme_path(const struct config *config, char *out)
{
    int size = snprintf(out, CONFIG_TEXT_MAX + 1, "%s/" CONFIG_ACME_FOLDER "/" CONFIG_ACME_FILE,
                        config->data);
    if (size > CONFIG_TEXT_MAX) {
        out[0] = '\0';
    }
}

void config_settle(struct config *config)
{
    if (config->acme.directory[0] != '\0' && config->tls_cert[0] == '\0') {
        acme_path(config, config->tls_cert);
        acme_path(config, config->tls_key);
    }
}

void config_host(const char *origin, char out[256])
{
    const char *begin = strstr(origin, "://");
    begin = begin == NULL ? origin : begin + 3;
    (void)snprintf(out, 256, "%.*s", (int)strcspn(begin, "[:/"), begin);
}

static const char *check_acme(const struct config *config)
{
    char path[CONFIG_TEXT_MAX + 1];
    char host[256];
    struct in_addr four;
    acme_path(config, path);
    config_host(config->origin, host);
    if (!acmeanswer_is_url(config->acme.directory, config->acme.directory) ||
        strncmp(config->acme.directory, "https://", 8) != 0) {
        return "it is an address that starts with https://";
    }
    if (strpbrk(config->acme.email, "\"\\<>, ?") != NULL) {
        return "acme.email is one plain address";
    }
    if (strcmp(config->tls_cert, path) != 0 || strcmp(config->tls_key, path) != 0) {
        return "it is instead of tls.cert and tls.key";
    }
    if (strncmp(config->origin, "https://", 8) != 0 || host[0] == '\0' ||
        host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-")] != '\0' ||
        inet_pton(AF_INET, host, &four) == 1) {
        return "origin must be https:// and a name: the certificate is for it";
    }
    return NULL;
}

static const char *check_cluster(const struct config *config, const char **option)
{
    struct addr addr;
    *option = "cluster.address";
    if ((config->cluster.address[0] == '\0') != (config->cluster.key_file[0] == '\0')) {
        return "cluster.address and cluster.key_file are given together";
    }
    if (config->cluster.address[0] == '\0') {
        return NULL;
    }
    if (addr_parse(slice_text(config->cluster.address), &addr) != OK || addr.port == 0 ||
        addr_is_any(&addr)) {
        return "a numeric address and a port are allowed, as the other nodes reach them";
    }
    if (config->store.url[0] == '\0') {
        return "nodes share a database of PostgreSQL: store.url names it, a file is of one server";
    }
    if (config->origin[0] == '\0') {
        return "origin must be set, the same on each node";
    }
    if (config->acme.directory[0] != '\0') {
        return "the authority asks one machine only: give each node tls.cert and tls.key instead "
               "of acme.directory";
    }
    return NULL;
}

const char *config_prefixes(const char *value, uint32_t max, struct addr_prefix *out,
                            uint32_t *count)
{
    struct slice text = slice_text(value);
    struct slice word;
    *count = 0;
    while ((word = text_take_word(&text)).size > 0) {
        if (*count == max) {
            return "at most 32 networks are allowed";
        }
        if (addr_parse_prefix(word, &out[*count]) != OK) {
            return "networks such as 10.0.0.0/8 with blanks between are allowed";
        }
        (*count)++;
    }
    return NULL;
}

MUST_USE enum err config_check(const struct config *config, struct config_error *error)
{
    struct in_addr four;
    struct in6_addr six;
    bool is_four = false;
    if (!is_address(config->listen_address, &four, &six, &is_four)) {
        return refuse(error, NULL, "listen.address", "a numeric IPv4 or IPv6 address is allowed");
    }
    if ((config->tls_cert[0] == '\0') != (config->tls_key[0] == '\0')) {
        return refuse(error, NULL, "tls.cert", "tls.cert and tls.key are given together");
    }
    const char *why = config->origin[0] == '\0' ? NULL : check_origin(config->origin);
    if (why != NULL) {
        return refuse(error, NULL, "origin", "%s", why);
    }
    if (config->tls_cert[0] != '\0' && strncmp(config->origin, "http://", 7) == 0) {
        return refuse(error, NULL, "origin", "with tls.cert it starts with https://");
    }
    struct http_proxies proxies;
    why = config_prefixes(config->http_proxies, HTTP_PROXIES_MAX, proxies.list, &proxies.count);
    if (why != NULL) {
        return refuse(error, NULL, "http.trusted_proxies", "%s", why);
    }
    why = config->acme.directory[0] == '\0' ? NULL : check_acme(config);
    if (why != NULL) {
        return refuse(error, NULL, "acme.directory", "%s", why);
    }
    struct turnoptions turn;
    const char *option = NULL;
    why = turnoptions_read(config, &turn, &option);
    if (why != NULL) {
        return refuse(error, NULL, option, "%s", why);
    }
    why = config->store.url[0] == '\0' ? NULL : database_check_url(config->store.url);
    if (why != NULL) {
        return refuse(error, NULL, "store.url", "%s", why);
    }
    why = check_cluster(config, &option);
    if (why != NULL) {
        return refuse(error, NULL, option, "%s", why);
    }
    if (config->portal.login_idle_s > config->portal.login_absolute_s) {
        return refuse(error, NULL, "portal.login_idle_s", "it is at most portal.login_absolute_s");
    }
    if (config->http.frame_bytes_max > config->http.queue_bytes_max) {
        return refuse(error, NULL, "http.frame_bytes_max", "it is at most http.queue_bytes_max");
    }
    return OK;
}

bool config_is_loopback(const struct config *config)
{
    struct in_addr four;
    struct in6_addr six;
    bool is_four = false;
    if (!is_address(config->listen_address, &four, &six, &is_four)) {
        return false;
    }
    return is_four ? ntohl(four.s_addr) >> 24 == 127 : IN6_IS_ADDR_LOOPBACK(&six);
}

/* ---- looking ---- */

static void show_ice(const struct config *config, const char *name,
                     void (*visit)(void *arg, const char *name, const char *value), void *arg)
{
    for (uint32_t i = 0; i < config->ice_count; i++) {
        const struct config_ice *ice = &config->ice[i];
        char value[CONFIG_TEXT_MAX + SECRET_SIZE_MAX + 16];
        (void)snprintf(value, sizeof(value), "%s%s%s%s", ice->url,
                       ice->username[0] == '\0' ? "" : " ", ice->username,
                       ice->username[0] == '\0' ? "" : " (secret)");
        visit(arg, name, value);
    }
}

void config_visit(const struct config *config,
                  void (*visit)(void *arg, const char *name, const char *value), void *arg)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const char *field = (const char *)config + options[i].offset;
        char number[16];
        switch (options[i].type) {
        case OPTION_INT:
            (void)snprintf(number, sizeof(number), "%u",
                           (unsigned)*(const uint32_t *)(const void *)field);
            visit(arg, options[i].name, number);
            break;
        case OPTION_TEXT:
        case OPTION_PATH:
            visit(arg, options[i].name, field);
            break;
        case OPTION_LEVEL:
            visit(arg, options[i].name, level_names[config->log_level]);
            break;
        case OPTION_ICE:
            show_ice(config, options[i].name, visit, arg);
            break;
        }
    }
}

static bool same_ice(const struct config *old, const struct config *fresh)
{
    bool same = old->ice_count == fresh->ice_count;
    for (uint32_t i = 0; same && i < old->ice_count; i++) {
        same = strcmp(old->ice[i].url, fresh->ice[i].url) == 0 &&
               strcmp(old->ice[i].username, fresh->ice[i].username) == 0 &&
               strcmp(secret_reveal(&old->ice[i].credential),
                      secret_reveal(&fresh->ice[i].credential)) == 0;
    }
    return same;
}

static bool same_value(const struct option *option, const struct config *old,
                       const struct config *fresh)
{
    const char *a = (const char *)old + option->offset;
    const char *b = (const char *)fresh + option->offset;
    switch (option->type) {
    case OPTION_INT:
        return memcmp(a, b, sizeof(uint32_t)) == 0;
    case OPTION_TEXT:
    case OPTION_PATH:
        return strcmp(a, b) == 0;
    case OPTION_LEVEL:
        return old->log_level == fresh->log_level;
    case OPTION_ICE:
        return same_ice(old, fresh);
    }
    ASSERT(false);
}

void config_compare(const struct config *old, const struct config *fresh,
                    void (*visit)(void *arg, const char *name), void *arg)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (options[i].reloadable == OPTION_NO && !same_value(&options[i], old, fresh)) {
            visit(arg, options[i].name);
        }
    }
}

void config_take(struct config *config, const struct config *fresh)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &options[i];
        if (option->reloadable == OPTION_YES) {
            ASSERT(option->type != OPTION_ICE); /* a list, which has no single field */
            memcpy((char *)config + option->offset, (const char *)fresh + option->offset,
                   option->size_bytes);
        }
    }
}
