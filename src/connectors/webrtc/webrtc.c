/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/webrtc/webrtc.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/text.h"
#include "wire/iceurl.h"

static enum connector_needs needs(const char *const *values)
{
    (void)values;
    return CONNECTOR_NEEDS_NONE;
}

const struct connector webrtc_connector = {
    .interface = CONNECTOR_INTERFACE,
    .name = "webrtc",
    .title = "WebRTC",
    .description = "Sound and picture from browser to browser. No account is needed.",
    .kind = CONNECTOR_MEDIA,
    .needs = needs,
};

/* ---- kept ---- */

static const char *value_of(const struct portal *portal, const char *name)
{
    const struct secret *value = portal_setting(portal, webrtc_connector.name, name);
    return value == NULL ? NULL : secret_reveal(value);
}

static uint32_t number_of(const struct portal *portal, const char *name, uint32_t max)
{
    uint64_t number = 0;
    const char *value = value_of(portal, name);
    return value == NULL || text_parse_number(slice_text(value), max, &number) != OK
               ? 0
               : (uint32_t)number;
}

/* What does not fit is left out; the values were checked when they were set. */
static bool copy_value(const struct portal *portal, const char *name, char *out, size_t size)
{
    const char *value = value_of(portal, name);
    if (value == NULL || strlen(value) >= size) {
        return false;
    }
    memcpy(out, value, strlen(value) + 1);
    return true;
}

static void read_server(const struct portal *portal, uint32_t index, struct webrtc_server *out)
{
    char name[SETTING_NAME_MAX + 1];
    for (uint32_t i = 0; i < WEBRTC_URLS_MAX; i++) {
        (void)snprintf(name, sizeof(name), "ice-%u-url-%u", (unsigned)index, (unsigned)i);
        if (copy_value(portal, name, out->urls[out->url_count], sizeof(out->urls[0]))) {
            out->url_count++;
        }
    }
    (void)snprintf(name, sizeof(name), "ice-%u-username", (unsigned)index);
    out->credentials = copy_value(portal, name, out->username, sizeof(out->username));
    (void)snprintf(name, sizeof(name), "ice-%u-password", (unsigned)index);
    const struct secret *password = portal_setting(portal, webrtc_connector.name, name);
    if (out->credentials && password != NULL) {
        out->password = *password;
    }
}

void webrtc_read(const struct portal *portal, struct webrtc_settings *out)
{
    memset(out, 0, sizeof(*out));
    uint32_t count = number_of(portal, "ice-count", WEBRTC_SERVERS_MAX);
    for (uint32_t i = 0; i < count; i++) {
        read_server(portal, i, &out->servers[out->server_count]);
        if (out->servers[out->server_count].url_count > 0) {
            out->server_count++;
        }
    }
    out->relay_only = number_of(portal, "relay-only", 1) == 1;
    out->pool_size = number_of(portal, "pool-size", WEBRTC_POOL_MAX);
    out->collect_log = number_of(portal, "collect-log", 1) == 1;
}

bool webrtc_is_set(const struct portal *portal)
{
    return value_of(portal, "ice-count") != NULL;
}

static void add(struct setting *out, uint32_t *count, const char *name, struct slice value)
{
    ASSERT(*count < ADMIN_SETTINGS_MAX);
    struct setting *setting = &out[(*count)++];
    memset(setting, 0, sizeof(*setting));
    (void)snprintf(setting->name, sizeof(setting->name), "%s", name);
    enum err err = secret_set(&setting->value, value);
    ASSERT(err == OK);
}

static void add_number(struct setting *out, uint32_t *count, const char *name, uint32_t number)
{
    char text[16];
    (void)snprintf(text, sizeof(text), "%u", (unsigned)number);
    add(out, count, name, slice_text(text));
}

_Static_assert(WEBRTC_URL_MAX <= SECRET_SIZE_MAX && WEBRTC_USERNAME_MAX <= SECRET_SIZE_MAX &&
                   WEBRTC_SERVERS_MAX * (WEBRTC_URLS_MAX + 2) + 4 <= ADMIN_SETTINGS_MAX,
               "settings do not fit");

uint32_t webrtc_write(const struct webrtc_settings *settings,
                      struct setting out[ADMIN_SETTINGS_MAX])
{
    uint32_t count = 0;
    char name[SETTING_NAME_MAX + 1];
    add_number(out, &count, "ice-count", settings->server_count);
    for (uint32_t i = 0; i < settings->server_count; i++) {
        const struct webrtc_server *server = &settings->servers[i];
        for (uint32_t k = 0; k < server->url_count; k++) {
            (void)snprintf(name, sizeof(name), "ice-%u-url-%u", (unsigned)i, (unsigned)k);
            add(out, &count, name, slice_text(server->urls[k]));
        }
        if (server->credentials) {
            (void)snprintf(name, sizeof(name), "ice-%u-username", (unsigned)i);
            add(out, &count, name, slice_text(server->username));
            (void)snprintf(name, sizeof(name), "ice-%u-password", (unsigned)i);
            add(out, &count, name, slice_text(secret_reveal(&server->password)));
        }
    }
    add_number(out, &count, "relay-only", settings->relay_only ? 1 : 0);
    add_number(out, &count, "pool-size", settings->pool_size);
    add_number(out, &count, "collect-log", settings->collect_log ? 1 : 0);
    return count;
}

/* ---- rules ---- */

/* Whether only this machine, only this link or nobody can reach the host. */
static bool is_local(const struct iceurl *url)
{
    struct in_addr four;
    struct in6_addr six;
    if (url->host_kind == ICEURL_IPV4 && inet_pton(AF_INET, url->host, &four) == 1) {
        uint32_t address = ntohl(four.s_addr);
        return address >> 24 == 127 || address >> 24 == 0 || address >> 16 == 0xa9fe ||
               address >> 28 >= 0xe;
    }
    if (url->host_kind == ICEURL_IPV6 && inet_pton(AF_INET6, url->host, &six) == 1) {
        /* ::1, ::, and what stands for an IPv4 address; fe80::/10; ff00::/8. */
        static const uint8_t none[10] = {0};
        const uint8_t *bytes = six.s6_addr;
        return memcmp(bytes, none, sizeof(none)) == 0 ||
               (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) || bytes[0] == 0xff;
    }
    struct slice host = slice_text(url->host);
    struct slice end = SLICE(".localhost");
    return text_equal_nocase(host, SLICE("localhost")) ||
           text_equal_nocase(host, SLICE("localhost.")) ||
           (host.size > end.size &&
            text_equal_nocase(slice_from(host.data + host.size - end.size, end.size), end));
}

static const char *check_url(const char *text, bool local, bool *turn)
{
    struct iceurl url;
    if (text[0] == '\0') {
        return "the address is missing";
    }
    const char *why = iceurl_parse(slice_text(text), &url);
    if (why != NULL) {
        return why;
    }
    *turn = url.scheme == ICEURL_TURN || url.scheme == ICEURL_TURNS;
    return !local && is_local(&url) ? "names a host that other machines cannot reach" : NULL;
}

static enum err check_server(const struct webrtc_server *server, bool local,
                             struct webrtc_fault *fault)
{
    bool turn = false;
    fault->field = "url";
    fault->why = server->url_count == 0 ? "the address is missing" : NULL;
    for (uint32_t i = 0; i < server->url_count && fault->why == NULL; i++) {
        fault->url = i;
        fault->why = check_url(server->urls[i], local, &turn);
    }
    if (fault->why != NULL) {
        return ERR_INVALID;
    }
    fault->url = 0;
    if (!server->credentials && !turn) {
        return OK;
    }
    fault->field = "username";
    if (!server->credentials || server->username[0] == '\0') {
        fault->why = turn ? "turn: and turns: need a user name" : "the user name is missing";
        return ERR_INVALID;
    }
    fault->field = "password";
    if (secret_reveal(&server->password)[0] == '\0') {
        fault->why = "the password is missing";
        return ERR_INVALID;
    }
    return OK;
}

MUST_USE enum err webrtc_check(const struct webrtc_settings *settings, bool local,
                               struct webrtc_fault *fault)
{
    *fault = (struct webrtc_fault){0};
    for (uint32_t i = 0; i < settings->server_count; i++) {
        fault->server = i;
        enum err err = check_server(&settings->servers[i], local, fault);
        if (err != OK) {
            return err;
        }
    }
    if (settings->pool_size > WEBRTC_POOL_MAX) {
        fault->field = "poolSize";
        fault->why = "0 to 10 is allowed";
        return ERR_INVALID;
    }
    return OK;
}

bool webrtc_is_public(const char *text)
{
    static const char *const known[] = {
        "l.google.com",
        "stun.cloudflare.com",
        "stun.services.mozilla.com",
        "stunprotocol.org",
        "global.stun.twilio.com",
        "openrelay.metered.ca",
        "stun.nextcloud.com",
        "meet-jit-si-turnrelay.jitsi.net",
    };
    struct iceurl url;
    if (iceurl_parse(slice_text(text), &url) != NULL) {
        return false;
    }
    struct slice host = slice_text(url.host);
    if (host.size > 0 && host.data[host.size - 1] == '.') {
        host.size--;
    }
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct slice name = slice_text(known[i]);
        bool fits =
            host.size >= name.size &&
            text_equal_nocase(slice_from(host.data + host.size - name.size, name.size), name);
        if (fits && (host.size == name.size || host.data[host.size - name.size - 1] == '.')) {
            return true;
        }
    }
    return false;
}

const char *webrtc_find_public(const struct webrtc_settings *settings)
{
    for (uint32_t i = 0; i < settings->server_count; i++) {
        for (uint32_t k = 0; k < settings->servers[i].url_count; k++) {
            if (webrtc_is_public(settings->servers[i].urls[k])) {
                return settings->servers[i].urls[k];
            }
        }
    }
    return NULL;
}
