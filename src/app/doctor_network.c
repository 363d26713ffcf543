/* SPDX-License-Identifier: Apache-2.0 */
/* The paths to the server as its clients have them: each port by UDP, TCP and TLS, the addresses,
 * and a call between two ends of our own that is relayed. */
#include "app/doctor.h"

#include <stdio.h>
#include <time.h>

#include "app/relaying.h"
#include "app/turnoptions.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/random.h"
#include "model/id.h"
#include "server/turnprobe.h"
#include "wire/stun.h"

#define TIMEOUT_MS 3000
#define ADDRESSES_MAX 4
#define LOSS_WARNING 2 /* of TURNPROBE_PACKETS */

static const struct {
    enum dial_kind kind;
    const char *name;
    const char *way;
} kinds[] = {{DIAL_UDP, "UDP", "udp"},
             {DIAL_TCP, "TCP", "tcp"},
             {DIAL_TLS, "TLS", "tls"},
             {DIAL_DTLS, "DTLS", "dtls"}};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* What is known of the way to the server. */
struct path {
    const struct doctor_params *params;
    char host[CONFIG_TEXT_MAX + 3]; /* without brackets */
    struct addr addresses[ADDRESSES_MAX];
    uint32_t address_count;
    struct addr reached[KINDS]; /* where the main port answered; ADDR_NONE: nowhere */
    struct addr other;          /* the STUN server that was asked and answers; ADDR_NONE: none */
};

static const char *say_why(enum err err)
{
    switch (err) {
    case ERR_TIMEOUT:
        return "does not answer";
    case ERR_CLOSED:
        return "is closed";
    case ERR_INVALID:
        return "answers something that is not STUN";
    default:
        return "cannot be reached";
    }
}

static bool is_private(const struct addr *addr)
{
    const uint8_t *ip = addr->ip;
    if (addr->family == ADDR_V6) {
        return (ip[0] & 0xfe) == 0xfc || (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80);
    }
    return ip[0] == 10 || (ip[0] == 172 && ip[1] >> 4 == 1) || (ip[0] == 192 && ip[1] == 168) ||
           (ip[0] == 100 && ip[1] >> 6 == 1) || (ip[0] == 169 && ip[1] == 254);
}

/* ---- addresses ---- */

static void find_host(struct path *path)
{
    const struct doctor_params *params = path->params;
    relaying_url_host(params->config, path->host);
    size_t size = strlen(path->host);
    if (path->host[0] == '[' && size > 2) {
        memmove(path->host, path->host + 1, size - 2);
        path->host[size - 2] = '\0';
    }
    path->address_count = dial_resolve(path->host, params->port, path->addresses, ADDRESSES_MAX);
}

static void check_host(const struct path *path, struct doctor_report *report)
{
    char text[ADDR_TEXT_SIZE];
    if (path->address_count == 0) {
        doctor_say(report, DOCTOR_ADDRESS_NONE, "%s", path->host);
        return;
    }
    addr_format_ip(&path->addresses[0], text);
    if (addr_is_loopback(&path->addresses[0])) {
        doctor_say(report, DOCTOR_ADDRESS_LOCAL, "%s", path->host);
    } else {
        doctor_say(report, DOCTOR_ADDRESS_GOOD, "%s\n%s", path->host, text);
    }
}

static void check_relay_addresses(const struct path *path, struct doctor_report *report)
{
    struct addr local[2];
    struct addr shown[2];
    char text[ADDR_TEXT_SIZE];
    relaying_addresses(path->params->config, local, shown);
    for (int i = 0; i < 2; i++) {
        if (shown[i].family == ADDR_NONE || addr_is_loopback(&shown[i])) {
            continue;
        }
        addr_format_ip(&shown[i], text);
        doctor_say(report, is_private(&shown[i]) ? DOCTOR_ADDRESS_PRIVATE : DOCTOR_ADDRESS_RELAY,
                   "%s", text);
    }
}

static void ask_other(struct path *path, struct doctor_report *report)
{
    struct turnprobe_target target = {.kind = DIAL_UDP, .timeout_ms = TIMEOUT_MS};
    struct addr mapped;
    char host[CONFIG_TEXT_MAX + 1];
    char text[ADDR_TEXT_SIZE];
    const struct config *config = path->params->config;
    const char *ask = path->params->ask != NULL ? path->params->ask : config->turn.detect;
    uint16_t port = 0;
    if (ask[0] == '\0') {
        return;
    }
    if (!turnoptions_server(ask, host, &port) || dial_resolve(host, port, &target.addr, 1) == 0) {
        doctor_say(report, DOCTOR_ASK_NAME, "%s", ask);
        return;
    }
    enum err err = turnprobe_binding(&target, &mapped);
    if (err != OK) {
        doctor_say(report, DOCTOR_ASK_SILENT, "%s\n%s", ask, say_why(err));
        return;
    }
    path->other = target.addr;
    addr_format_ip(&mapped, text);
    struct addr local[2];
    struct addr shown[2];
    char told[ADDR_TEXT_SIZE];
    relaying_addresses(path->params->config, local, shown);
    const struct addr *own = &shown[mapped.family == ADDR_V4 ? 0 : 1];
    /* The server asks at its start; this may be the command, which does not. */
    bool asked = path->params->ask == NULL && config->turn.public_address[0] == '\0';
    if (asked || addr_same_ip(own, &mapped)) {
        doctor_say(report, DOCTOR_ASK_SAME, "%s", text);
    } else {
        addr_format_ip(own, told);
        doctor_say(report, DOCTOR_ASK_OTHER, "%s\n%s", text, told);
    }
}

/* ---- ports ---- */

static void check_port(struct path *path, uint16_t port, size_t kind, struct doctor_report *report)
{
    enum err err = ERR_NOT_FOUND;
    struct addr mapped = {0};
    for (uint32_t i = 0; i < path->address_count && err != OK; i++) {
        struct turnprobe_target target = {.kind = kinds[kind].kind,
                                          .addr = path->addresses[i],
                                          .host = path->host,
                                          .timeout_ms = TIMEOUT_MS};
        target.addr.port = port;
        err = turnprobe_binding(&target, &mapped);
        if (err == OK && port == path->params->port) {
            path->reached[kind] = target.addr;
        }
    }
    if (err == OK) {
        doctor_say(report, DOCTOR_PORT_GOOD, "%s\n%u\n%s", path->host, (unsigned)port,
                   kinds[kind].name);
    } else {
        doctor_say(report, DOCTOR_PORT_CLOSED, "%s\n%u\n%s\n%s", path->host, (unsigned)port,
                   kinds[kind].name, say_why(err));
    }
    doctor_say_way(report, kinds[kind].way);
}

static bool is_offered(const struct config *config, enum dial_kind kind)
{
    bool tls = config->tls_cert[0] != '\0';
    return kind == DIAL_TLS ? tls : kind != DIAL_DTLS || (tls && config->turn.dtls != 0);
}

static void check_ports(struct path *path, struct doctor_report *report)
{
    const struct config *config = path->params->config;
    struct turnoptions options;
    const char *option = NULL;
    const char *why = turnoptions_read(config, &options, &option);
    for (size_t kind = 0; kind < KINDS; kind++) {
        if (!is_offered(config, kinds[kind].kind)) {
            continue;
        }
        check_port(path, path->params->port, kind, report);
        for (uint32_t i = 0; why == NULL && i < options.port_count; i++) {
            check_port(path, options.ports[i], kind, report);
        }
    }
}

/* As a browser judges it that shakes hands for turns: */
static void check_trust(const struct path *path, struct doctor_report *report)
{
    const struct addr *reached = &path->reached[DIAL_TLS];
    struct dial *dial = NULL;
    struct dial_certificate certificate = {0};
    if (reached->family == ADDR_NONE ||
        dial_open(DIAL_TLS, reached, NULL, path->host, TIMEOUT_MS, &dial) != OK) {
        return;
    }
    dial_certificate(dial, path->host, &certificate);
    dial_close(dial);
    if (certificate.trusted) {
        doctor_say(report, DOCTOR_TRUST_GOOD, "-");
    } else {
        doctor_say(report, DOCTOR_TRUST_NONE, "%s", certificate.why);
    }
}

/* ---- a relayed call ---- */

static struct turnprobe_target target_of(const struct path *path, size_t kind)
{
    return (struct turnprobe_target){.kind = kinds[kind].kind,
                                     .addr = path->reached[kind],
                                     .host = path->host,
                                     .timeout_ms = TIMEOUT_MS};
}

static void check_relay(const struct path *path, size_t kind, const struct credential *credential,
                        struct doctor_report *report)
{
    struct turnprobe_target target = target_of(path, kind);
    struct turnprobe_result result;
    enum err err = turnprobe_relay(&target, credential, &result);
    const char *name = kinds[kind].name;
    if (err == ERR_FORBIDDEN) {
        doctor_say(report, result.code == 401 ? DOCTOR_CALL_SECRET : DOCTOR_CALL_REFUSED,
                   "%s\n%s\n%u", name, result.step, (unsigned)result.code);
    } else if (err != OK) {
        doctor_say(report, DOCTOR_CALL_ENDED, "%s\n%s\n%s", name, result.step,
                   err == ERR_TIMEOUT ? "nothing came back" : say_why(err));
    } else {
        bool good = result.received + LOSS_WARNING >= result.sent;
        doctor_say(report, good ? DOCTOR_CALL_GOOD : DOCTOR_CALL_LOSS, "%s\n%u\n%u\n%u.%u", name,
                   (unsigned)result.received, (unsigned)result.sent,
                   (unsigned)(result.round_trip_us / 1000),
                   (unsigned)(result.round_trip_us / 100 % 10));
    }
    doctor_say_way(report, kinds[kind].way);
}

/* Two ends of this server's need no socket of a relay: this one has a peer outside. */
static void check_outside(const struct path *path, size_t kind, const struct credential *credential,
                          struct doctor_report *report)
{
    struct turnprobe_target target = target_of(path, kind);
    struct turnprobe_result result;
    struct addr mapped = {0};
    char peer[ADDR_TEXT_SIZE];
    char seen[ADDR_TEXT_SIZE];
    char told[ADDR_TEXT_SIZE];
    enum err err = turnprobe_outside(&target, credential, &path->other, &result, &mapped);
    const char *name = kinds[kind].name;
    addr_format(&path->other, peer);
    addr_format_ip(&mapped, seen);
    addr_format_ip(&result.relayed, told);
    if (err == ERR_UNSUPPORTED) {
        return;
    }
    if (err == OK && addr_same_ip(&mapped, &result.relayed)) {
        doctor_say(report, DOCTOR_OUTSIDE_GOOD, "%s\n%s\n%s", name, peer, seen);
    } else if (err == OK) {
        doctor_say(report, DOCTOR_OUTSIDE_OTHER, "%s\n%s\n%s\n%s", name, peer, seen, told);
    } else if (err == ERR_FORBIDDEN && result.code == STUN_FORBIDDEN) {
        doctor_say(report, DOCTOR_OUTSIDE_FORBIDDEN, "%s\n%s", name, peer);
    } else if (err == ERR_FORBIDDEN) {
        doctor_say(report, DOCTOR_OUTSIDE_REFUSED, "%s\n%s\n%s\n%u", name, peer, result.step,
                   (unsigned)result.code);
    } else {
        doctor_say(report, DOCTOR_OUTSIDE_SILENT, "%s\n%s\n%s", name, peer, say_why(err));
    }
    doctor_say_way(report, kinds[kind].way);
}

/* A credential as the server gives to browsers. */
static bool make_credential(const struct path *path, struct credential *out,
                            struct doctor_report *report)
{
    uint8_t secret[TURNHOST_SECRET_SIZE];
    struct credential_secrets secrets;
    struct id call;
    char text[ID_TEXT_SIZE];
    enum err err = relaying_secret(path->params->config, secret);
    if (err != OK) {
        doctor_say(report, DOCTOR_SECRET_NONE, "%s", path->params->config->data);
        return false;
    }
    credential_secrets_init(&secrets, slice_from(secret, sizeof(secret)), (struct slice){0});
    random_bytes(call.bytes, sizeof(call.bytes));
    id_format(&call, text);
    err = credential_issue(&secrets, (uint64_t)time(NULL) + 300, SLICE("doctor"), slice_text(text),
                           out);
    mem_wipe(secret, sizeof(secret));
    mem_wipe(&secrets, sizeof(secrets));
    return err == OK;
}

void doctor_network(const struct doctor_params *params, struct doctor_report *report)
{
    struct path path = {.params = params};
    struct credential credential;
    if (params->config->turn.on == 0) {
        doctor_say(report, DOCTOR_RELAY_OFF, "-");
        return;
    }
    if (params->port == 0) {
        doctor_say(report, DOCTOR_PORT_UNKNOWN, "-");
        return;
    }
    find_host(&path);
    check_host(&path, report);
    check_relay_addresses(&path, report);
    ask_other(&path, report);
    check_ports(&path, report);
    check_trust(&path, report);
    if (!make_credential(&path, &credential, report)) {
        return;
    }
    for (size_t kind = 0; kind < KINDS; kind++) {
        if (path.reached[kind].family != ADDR_NONE) {
            check_relay(&path, kind, &credential, report);
        }
        if (path.reached[kind].family != ADDR_NONE && path.other.family != ADDR_NONE) {
            check_outside(&path, kind, &credential, report);
        }
    }
    mem_wipe(&credential, sizeof(credential));
}
