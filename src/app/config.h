/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration: one table of options (app/options.def), a file of `name = value` lines, the
 * environment, and the command line; later ones win. Secrets have a type of their own. */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/secret.h"
#include "base/log.h"
#include "base/slice.h"
#include "net/http.h"
#include "portal/portal.h"

#define CONFIG_TEXT_MAX 1000 /* bytes of a value; TEXT and PATH options say less */
#define CONFIG_ICE_MAX 8
#define CONFIG_FILE_BYTES_MAX 65536
#define CONFIG_ACME_FOLDER "acme" /* in the data folder */
#define CONFIG_ACME_FILE "certificate.pem"

struct config_ice {
    char url[CONFIG_TEXT_MAX + 1];
    char username[SECRET_SIZE_MAX + 1]; /* empty: none, as with stun: */
    struct secret credential;
};

struct config {
    char data[CONFIG_TEXT_MAX + 1];
    char listen_address[65];
    uint32_t listen_port;               /* 0: any free one */
    char origin[256];                   /* empty: localhost and 127.0.0.1 with the port */
    char tls_cert[CONFIG_TEXT_MAX + 1]; /* empty: plain http */
    char tls_key[CONFIG_TEXT_MAX + 1];
    char connectors_folder[CONFIG_TEXT_MAX + 1]; /* empty: the built-in ones only */
    struct {
        char url[CONFIG_TEXT_MAX + 1]; /* empty: the file in `data` */
        char password_file[CONFIG_TEXT_MAX + 1];
    } store;
    struct {
        char address[61]; /* empty: this server is alone */
        char key_file[CONFIG_TEXT_MAX + 1];
    } cluster;
    enum log_level log_level;
    char metrics_address[65]; /* empty: no listener for metrics */
    uint32_t metrics_port;
    char push_hosts[CONFIG_TEXT_MAX + 1]; /* blanks between */
    char push_contact[256];
    uint32_t push_local;
    struct http_limits http;
    char http_proxies[CONFIG_TEXT_MAX + 1]; /* addresses and networks, blanks between */
    struct portal_limits portal;
    struct {
        uint32_t rate_per_s;
        uint32_t burst;
        uint32_t resume_s;
        uint32_t ring_events;
        uint32_t ring_bytes;
        uint32_t idle_s;
    } signalling;
    struct {
        uint32_t threads;
        uint32_t queue;
    } password;
    struct {
        uint32_t on;
        char host[256];           /* empty: that of origin, or the address listened on */
        char ports[65];           /* further ones, blanks between */
        char listen_address[65];  /* of those; empty: that of everything */
        char public_address[121]; /* at most one of each family */
        char detect[CONFIG_TEXT_MAX + 1];
        struct addr detected[2];      /* no option: what that server said, IPv4 and IPv6 */
        struct addr detect_server[2]; /* its own addresses, which the start has asked */
        char relay_address[121];
        uint32_t relay_port_min;
        uint32_t relay_port_max;
        char allow[CONFIG_TEXT_MAX + 1]; /* prefixes of peers, blanks between */
        char deny[CONFIG_TEXT_MAX + 1];
        uint32_t workers; /* 0: one a core */
        uint32_t coalesce_us;
        uint32_t buffer_bytes;
        uint32_t allocations_max;
        uint32_t user_allocations_max;
        uint32_t call_allocations_max;
        uint32_t allocation_kbps;
        uint32_t user_kbps;
        uint32_t call_kbps;
        uint32_t total_kbps;
        uint32_t answers_per_s;
        uint32_t connections_max;
        uint32_t connections_per_address_max;
        uint32_t credential_s;
        uint32_t ended_calls_max;
        uint32_t drain_s;
        char alternate[CONFIG_TEXT_MAX + 1];
        uint32_t dtls;
    } turn;
    struct {
        char user[64 + 1];
        uint32_t confine;
    } security;
    struct {
        char directory[256]; /* empty: nobody is asked */
        char email[255];
        char ca[CONFIG_TEXT_MAX + 1];
        uint32_t retry_s;
    } acme;
    struct config_ice ice[CONFIG_ICE_MAX];
    uint32_t ice_count;
    uint32_t ice_source; /* which file or command line gave the list: another one replaces it */
    char file[CONFIG_TEXT_MAX + 1]; /* that was read; empty: none */
};

struct config_error {
    char text[600]; /* one line: where, which option, what is allowed */
};

/* Where a value comes from, for errors and for lists. */
struct config_source {
    const char *name; /* file name, or "command line" */
    uint32_t line;    /* 0: none */
    uint32_t number;  /* differs for each file and for the command line */
};

/* All defaults. */
void config_init(struct config *config);
/* Wipes the secrets. */
void config_fini(struct config *config);

/* Reads a file over what is there. ERR_IO, ERR_INVALID, ERR_NOMEM; *error says what. */
MUST_USE enum err config_load(struct config *config, const char *path, struct config_error *error);

/* Sets one option. ERR_INVALID: no such option, or the value is not allowed. */
MUST_USE enum err config_set(struct config *config, const struct config_source *source,
                             struct slice name, struct slice value, struct config_error *error);

/* Networks such as 10.0.0.0/8 with blanks between. NULL, or the rule that `value` breaks. */
const char *config_prefixes(const char *value, uint32_t max, struct addr_prefix *out,
                            uint32_t *count);

/* What follows from other options, after all are set: where the certificate of ACME is. */
void config_settle(struct config *config);

/* What concerns several options together, after config_settle. ERR_INVALID. */
MUST_USE enum err config_check(const struct config *config, struct config_error *error);

/* The host in an origin; "" when there is none, or it is an address in brackets. */
void config_host(const char *origin, char out[256]);

/* Whether only this machine can reach the address that is listened on. */
bool config_is_loopback(const struct config *config);

/* Calls `visit` for each option with its present value; secrets are shown as "(secret)". */
void config_visit(const struct config *config,
                  void (*visit)(void *arg, const char *name, const char *value), void *arg);

/* Takes over the options of `fresh` that can be reloaded. */
void config_take(struct config *config, const struct config *fresh);

/* Calls `visit` for each option that differs and cannot be reloaded. */
void config_compare(const struct config *old, const struct config *fresh,
                    void (*visit)(void *arg, const char *name), void *arg);

#endif
