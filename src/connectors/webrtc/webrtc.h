/* SPDX-License-Identifier: Apache-2.0 */
/* Calls with sound and picture from browser to browser, and what administrators set for them: the
 * ordered ICE servers, the policy, the client log. */
#ifndef CONNECTORS_WEBRTC_H
#define CONNECTORS_WEBRTC_H

#include "portal/admin.h"

#define WEBRTC_SERVERS_MAX 16
#define WEBRTC_URLS_MAX 4
#define WEBRTC_URL_MAX 255
#define WEBRTC_USERNAME_MAX 128
#define WEBRTC_POOL_MAX 10

extern const struct connector webrtc_connector;

struct webrtc_server {
    char urls[WEBRTC_URLS_MAX][WEBRTC_URL_MAX + 1];
    uint32_t url_count;
    bool credentials; /* username and password are used */
    char username[WEBRTC_USERNAME_MAX + 1];
    struct secret password;
};

struct webrtc_settings {
    struct webrtc_server servers[WEBRTC_SERVERS_MAX]; /* in the order in which browsers get them */
    uint32_t server_count;
    bool relay_only;
    uint32_t pool_size; /* candidates gathered before the call begins */
    bool collect_log;
};

/* Which field of which server is wrong; `field` is "url", "username", "password" or "poolSize". */
struct webrtc_fault {
    uint32_t server;
    uint32_t url;
    const char *field;
    const char *why;
};

/* What is set now. */
void webrtc_read(const struct portal *portal, struct webrtc_settings *out);
/* Whether anything was ever set: then the configuration is not asked any more. */
bool webrtc_is_set(const struct portal *portal);

/* The rules. Servers of this machine or of the link only are refused unless `local` (Visavis itself
 * is reached by localhost): other people's browsers could not reach them. */
MUST_USE enum err webrtc_check(const struct webrtc_settings *settings, bool local,
                               struct webrtc_fault *fault);

/* As settings to keep; how many, at most ADMIN_SETTINGS_MAX. */
uint32_t webrtc_write(const struct webrtc_settings *settings,
                      struct setting out[ADMIN_SETTINGS_MAX]);

/* Whether the URL names a server that is known to belong to somebody else and to be open to all. */
bool webrtc_is_public(const char *url);
/* The first such URL in use, or NULL. */
const char *webrtc_find_public(const struct webrtc_settings *settings);

#endif
