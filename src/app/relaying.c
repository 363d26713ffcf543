/* SPDX-License-Identifier: Apache-2.0 */
#include "app/relaying.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "app/confining.h"
#include "app/wholefile.h"
#include "base/counter.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/random.h"
#include "net/ifaces.h"

#define SECRET_TEXT_SIZE (2 * TURNHOST_SECRET_SIZE)

enum {
    FRAME_MS = 10000, /* security.md: slow TCP */
    STRANGER_MS = 30000,
    CONN_QUEUE_BYTES = 131072,
    SERVER_ADDRESSES_MAX = 8,
    DETECT_MS = 3000,
    LOOK_MS = 2000, /* at the addresses of this machine */
};

/* ---- the secret ---- */

static enum err write_secret(const char *path, const uint8_t secret[TURNHOST_SECRET_SIZE])
{
    char text[SECRET_TEXT_SIZE + 1];
    text_hex(slice_from(secret, TURNHOST_SECRET_SIZE), text);
    bool written = wholefile_write(path, slice_from(text, SECRET_TEXT_SIZE), 0600);
    if (!written) {
        log_error("the TURN secret cannot be written", "file=%s error=\"%s\"", path,
                  strerror(errno));
    }
    mem_wipe(text, sizeof(text));
    return written ? OK : ERR_IO;
}

/* The file has the secret in its first line, and may have the one before it in the second. */
static enum err parse_secrets(struct slice text, struct relaying_secrets *out)
{
    const char *rest = (const char *)text.data + SECRET_TEXT_SIZE;
    if (text.size < SECRET_TEXT_SIZE) {
        return ERR_INVALID;
    }
    enum err err =
        text_from_hex(slice_from(text.data, SECRET_TEXT_SIZE), out->current, TURNHOST_SECRET_SIZE);
    size_t gap = strspn(rest, " \r\n");
    out->has_previous = rest[gap] != '\0';
    if (err != OK || !out->has_previous) {
        return err;
    }
    size_t size = strcspn(rest + gap, " \r\n");
    const char *end = rest + gap + size;
    if (gap == 0 || size != SECRET_TEXT_SIZE || end[strspn(end, " \r\n")] != '\0') {
        return ERR_INVALID;
    }
    return text_from_hex(slice_from(rest + gap, size), out->previous, TURNHOST_SECRET_SIZE);
}

static enum err read_secrets(const struct config *config, bool make, struct relaying_secrets *out)
{
    char path[CONFIG_TEXT_MAX + 32];
    char text[2 * SECRET_TEXT_SIZE + 64] = "";
    (void)snprintf(path, sizeof(path), "%s/%s", config->data, RELAYING_SECRET);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    *out = (struct relaying_secrets){0};
    if (file < 0 && errno == ENOENT) {
        if (!make) {
            return ERR_NOT_FOUND;
        }
        random_bytes(out->current, TURNHOST_SECRET_SIZE);
        return write_secret(path, out->current);
    }
    ssize_t size = file < 0 ? -1 : read(file, text, sizeof(text) - 1);
    if (file >= 0) {
        (void)close(file);
    }
    enum err err = size < 0 ? ERR_IO : parse_secrets(slice_from(text, (size_t)size), out);
    mem_wipe(text, sizeof(text));
    if (err != OK) {
        log_error("the TURN secret cannot be used", "file=%s err=%s", path, err_name(err));
    }
    return err;
}

enum err relaying_secret(const struct config *config, uint8_t out[TURNHOST_SECRET_SIZE])
{
    struct relaying_secrets secrets;
    enum err err = read_secrets(config, false, &secrets);
    memcpy(out, secrets.current, TURNHOST_SECRET_SIZE);
    mem_wipe(&secrets, sizeof(secrets));
    return err;
}

/* Gives them to the host; the one before lives no longer than a credential of it. */
static void use_secrets(struct relaying *relaying, const struct relaying_secrets *secrets,
                        uint64_t now_ms)
{
    relaying->secrets = *secrets;
    relaying->forget_ms = secrets->has_previous ? now_ms + RELAYING_ENDED_S * 1000ULL : UINT64_MAX;
    turnhost_set_secrets(relaying->host, secrets->current,
                         secrets->has_previous ? secrets->previous : NULL);
}

void relaying_reload(struct relaying *relaying, const struct config *config, uint64_t now_ms)
{
    struct relaying_secrets fresh;
    if (relaying->host == NULL || read_secrets(config, false, &fresh) != OK) {
        return;
    }
    if (memcmp(fresh.current, relaying->secrets.current, TURNHOST_SECRET_SIZE) != 0) {
        if (!fresh.has_previous) {
            memcpy(fresh.previous, relaying->secrets.current, TURNHOST_SECRET_SIZE);
            fresh.has_previous = true;
        }
        use_secrets(relaying, &fresh, now_ms);
        log_info("another TURN secret; the one before is taken for a while", "seconds=%d",
                 RELAYING_ENDED_S);
    }
    mem_wipe(&fresh, sizeof(fresh));
}

static void forget_secret(struct relaying *relaying, uint64_t now_ms)
{
    struct relaying_secrets secrets = relaying->secrets;
    secrets.has_previous = false;
    mem_wipe(secrets.previous, sizeof(secrets.previous));
    use_secrets(relaying, &secrets, now_ms);
    mem_wipe(&secrets, sizeof(secrets));
    log_info("the TURN secret before is taken no longer", "seconds=%d", RELAYING_ENDED_S);
}

/* ---- addresses ---- */

/* The address of the further ports and of the relay, as text. */
static const char *listen_text(const struct config *config)
{
    return config->turn.listen_address[0] == '\0' ? config->listen_address
                                                  : config->turn.listen_address;
}

static struct addr parse_listen(const char *text)
{
    struct addr addr;
    enum err err = addr_parse(slice_text(text), &addr);
    ASSERT(err == OK); /* config_check has looked */
    return addr;
}

static void read_options(const struct config *config, struct turnoptions *out)
{
    const char *option = NULL;
    const char *why = turnoptions_read(config, out, &option);
    ASSERT(why == NULL); /* config_check has looked */
}

/* The addresses from which is relayed and those that are told, where the options leave it open. */
static void choose_addresses(const struct config *config, const struct turnoptions *options,
                             const struct addr detected[2], struct turn_config *turn)
{
    struct addr listen = parse_listen(listen_text(config));
    for (int i = 0; i < 2; i++) {
        enum addr_family family = i == 0 ? ADDR_V4 : ADDR_V6;
        struct addr local = options->relay_address[i];
        bool all = addr_is_any(&listen) && (listen.family == ADDR_V6 || family == ADDR_V4);
        if (local.family == ADDR_NONE && listen.family == family && !addr_is_any(&listen)) {
            local = listen;
        } else if (local.family == ADDR_NONE && all && ifaces_main(family, &local) != OK) {
            local = (struct addr){0};
        }
        if (family == ADDR_V6 && addr_is_loopback(&local) &&
            turn->relay_local[0].family != ADDR_NONE && !addr_is_loopback(&turn->relay_local[0])) {
            continue; /* a machine without IPv6 has ::1 all the same */
        }
        turn->relay_local[i] = local;
        turn->relay_public[i] = local;
        if (options->public_address[i].family != ADDR_NONE) {
            turn->relay_public[i] = options->public_address[i];
        } else if (detected[i].family != ADDR_NONE) {
            turn->relay_public[i] = detected[i];
        }
    }
}

/* What the server at `host` says of this machine, over the family of `local`; `server` is the last
 * address of it that was asked. */
static enum err ask_family(const char *host, uint16_t port, const struct addr *local,
                           struct addr *server, struct addr *mapped)
{
    struct addr found[SERVER_ADDRESSES_MAX];
    uint32_t count = dial_resolve(host, port, found, SERVER_ADDRESSES_MAX);
    enum err err = ERR_NOT_FOUND;
    for (uint32_t i = 0; i < count && err != OK; i++) {
        if (found[i].family == local->family) {
            struct turnprobe_target target = {
                .kind = DIAL_UDP, .addr = found[i], .from = *local, .timeout_ms = DETECT_MS};
            err = turnprobe_binding(&target, mapped);
            *server = found[i];
        }
    }
    return err;
}

void relaying_detect(struct config *config)
{
    char host[CONFIG_TEXT_MAX + 1];
    uint16_t port = 0;
    struct addr local[2];
    struct addr shown[2];
    if (config->turn.on == 0 || config->turn.detect[0] == '\0' ||
        !turnoptions_server(config->turn.detect, host, &port)) {
        return;
    }
    relaying_addresses(config, local, shown);
    for (int i = 0; i < 2; i++) {
        struct addr mapped = {0};
        char text[ADDR_TEXT_SIZE];
        if (local[i].family == ADDR_NONE || !addr_same_ip(&local[i], &shown[i])) {
            continue; /* not relayed, or turn.public_address says it */
        }
        enum err err = ask_family(host, port, &local[i], &config->turn.detect_server[i], &mapped);
        addr_format_ip(err == OK ? &mapped : &local[i], text);
        if (err == OK) {
            mapped.port = 0;
            config->turn.detected[i] = mapped;
            log_info("others see this machine so: relays are told as it", "address=%s server=%s",
                     text, config->turn.detect);
        } else {
            log_warn("the STUN server of turn.detect says nothing: relays are told as they are "
                     "here; see `visavis doctor`",
                     "address=%s server=%s err=%s", text, config->turn.detect, err_name(err));
        }
    }
}

void relaying_addresses(const struct config *config, struct addr local[2], struct addr shown[2])
{
    struct turn_config turn = {0};
    struct turnoptions options;
    read_options(config, &options);
    choose_addresses(config, &options, config->turn.detected, &turn);
    memcpy(local, turn.relay_local, sizeof(turn.relay_local));
    memcpy(shown, turn.relay_public, sizeof(turn.relay_public));
}

uint32_t relaying_own(const struct config *config, struct addr *out, uint32_t count_max)
{
    struct addr local[2];
    struct addr shown[2];
    relaying_addresses(config, local, shown);
    uint32_t count = ifaces_list(out, count_max);
    for (int i = 0; i < 2; i++) {
        if (shown[i].family != ADDR_NONE && count < count_max) {
            out[count++] = shown[i];
        }
    }
    return count;
}

/* Whom the relay may reach: everybody public, and its own relays. */
static void fill_filter(const struct config *config, const struct turnoptions *options,
                        struct peerfilter *filter)
{
    *filter = (struct peerfilter){.relay_port_min = (uint16_t)config->turn.relay_port_min,
                                  .relay_port_max = (uint16_t)config->turn.relay_port_max,
                                  .allowed_count = options->allowed_count,
                                  .denied_count = options->denied_count};
    memcpy(filter->allowed, options->allowed, sizeof(filter->allowed));
    memcpy(filter->denied, options->denied, sizeof(filter->denied));
}

/* Relays that were told before stay relays while this machine has their addresses. */
static void add_earlier(const struct peerfilter *before, const struct addr *interfaces,
                        uint32_t count, struct peerfilter *filter)
{
    for (uint32_t i = 0; i < before->relays_count; i++) {
        for (uint32_t j = 0; j < count; j++) {
            if (addr_same_ip(&before->relays[i], &interfaces[j]) &&
                peerfilter_add_relay(filter, &before->relays[i]) != OK) {
                return; /* the latest are first */
            }
        }
    }
}

/* ERR_LIMIT (logged): this machine has more addresses than the filter can know, and a peer could be
 * one of them. ERR_NOT_FOUND: the kernel does not say. */
static enum err fill_own(const struct turn_config *turn, struct peerfilter *filter)
{
    struct addr interfaces[PEERFILTER_OWN_MAX + 1];
    uint32_t count = ifaces_list(interfaces, PEERFILTER_OWN_MAX + 1);
    const struct peerfilter before = *filter;
    bool known = !filter->own_unknown;
    enum err err =
        peerfilter_set_own(filter, turn->relay_local, turn->relay_public, interfaces, count);
    add_earlier(&before, interfaces, count, filter);
    if (err != OK && known) {
        log_error("this machine has too many addresses to keep the relay away from all of them: "
                  "it relays to nobody outside",
                  "most=%d", PEERFILTER_OWN_MAX);
    }
    return err == OK && count == 0 ? ERR_NOT_FOUND : err;
}

static bool same_list(const struct addr *a, const struct addr *b, uint32_t count)
{
    bool same = true;
    for (uint32_t i = 0; same && i < count; i++) {
        same = addr_same_ip(&a[i], &b[i]);
    }
    return same;
}

static bool same_own(const struct peerfilter *a, const struct peerfilter *b)
{
    return a->own_count == b->own_count && a->own_unknown == b->own_unknown &&
           a->relays_count == b->relays_count && same_list(a->own, b->own, a->own_count) &&
           same_list(a->relays, b->relays, a->relays_count);
}

/* The host of an origin such as https://intranet.example.org:8443, with its brackets. */
static struct slice origin_host(const char *origin)
{
    const char *host = strstr(origin, "://");
    host = host == NULL ? origin : host + 3;
    const char *end = host[0] == '[' ? strchr(host, ']') : NULL;
    return slice_from(host, end != NULL ? (size_t)(end - host) + 1 : strcspn(host, ":"));
}

/* The relay has `local` and is told as `shown`. */
static void write_url_host(const struct config *config, const struct addr *local,
                           const struct addr *shown, char out[CONFIG_TEXT_MAX + 3])
{
    struct slice host = slice_text(config->turn.host);
    struct addr addr = parse_listen(listen_text(config));
    char text[ADDR_TEXT_SIZE];
    if (host.size == 0 && config->origin[0] != '\0') {
        host = origin_host(config->origin);
    }
    if (host.size == 0 && addr_is_any(&addr) && shown->family != ADDR_NONE &&
        !addr_same_ip(local, shown)) {
        addr_format_ip(shown, text); /* behind a NAT: as others see it */
        host = slice_text(text);
    }
    if (host.size == 0) {
        enum addr_family family = addr.family == ADDR_V4 ? ADDR_V4 : ADDR_V6;
        if (addr_is_any(&addr) && ifaces_main(ADDR_V4, &addr) != OK &&
            ifaces_main(family, &addr) != OK) {
            addr = addr_v4(127, 0, 0, 1, 0);
        }
        if (addr_is_loopback(&addr) && shown->family != ADDR_NONE) {
            addr = *shown; /* while the machine has no other address */
        }
        addr_format_ip(&addr, text);
        host = slice_text(text);
    }
    bool bare = memchr(host.data, ':', host.size) != NULL && host.data[0] != '[';
    (void)snprintf(out, CONFIG_TEXT_MAX + 3, bare ? "[%.*s]" : "%.*s", (int)host.size,
                   (const char *)host.data);
}

void relaying_url_host(const struct config *config, char out[CONFIG_TEXT_MAX + 3])
{
    struct addr local[2];
    struct addr shown[2];
    relaying_addresses(config, local, shown);
    write_url_host(config, &local[0], &shown[0], out);
}

/* ---- life ---- */

static uint64_t to_bps(uint32_t kbps)
{
    return (uint64_t)kbps * 1000;
}

static void fill_turn(const struct config *config, const struct turnoptions *options,
                      struct turn_config *turn)
{
    turn_limits_default(&turn->limits);
    turn->limits.allocations_max = config->turn.allocations_max;
    turn->limits.user_allocations_max = config->turn.user_allocations_max;
    turn->limits.call_allocations_max = config->turn.call_allocations_max;
    turn->limits.revoked_max = config->turn.ended_calls_max;
    turn->limits.allocation_bps = to_bps(config->turn.allocation_kbps);
    turn->limits.user_bps = to_bps(config->turn.user_kbps);
    turn->limits.call_bps = to_bps(config->turn.call_kbps);
    turn->limits.total_bps = to_bps(config->turn.total_kbps);
    turn->limits.answers_per_s = config->turn.answers_per_s;
    turn->limits.answers_burst = 5 * config->turn.answers_per_s;
    if (turn->limits.answers_total_per_s < turn->limits.answers_burst) {
        turn->limits.answers_total_per_s = turn->limits.answers_burst;
    }
    turn->relay_port_min = (uint16_t)config->turn.relay_port_min;
    turn->relay_port_max = (uint16_t)config->turn.relay_port_max;
    choose_addresses(config, options, config->turn.detected, turn);
}

MUST_USE enum err relaying_create(struct relaying *relaying, const struct config *config,
                                  struct loop *loop, struct tls_context *tls)
{
    struct turnoptions *options = &relaying->options;
    struct turnhost_params params = {
        .loop = loop,
        .workers = config->turn.workers,
        .conns = {.count_max = config->turn.connections_max,
                  .per_address_max = config->turn.connections_per_address_max,
                  .queue_bytes_max = CONN_QUEUE_BYTES,
                  .frame_ms = FRAME_MS,
                  .stranger_ms = STRANGER_MS},
        .kind = confining_kind(config, CONFINE_RELAY),
        .tls = config->turn.dtls == 0 ? NULL : tls,
        .dtls = {.count_max = config->turn.connections_max,
                 .per_address_max = config->turn.connections_per_address_max,
                 .handshake_ms = FRAME_MS,
                 .stranger_ms = STRANGER_MS},
        .coalesce_us = config->turn.coalesce_us,
        .buffer_bytes = config->turn.buffer_bytes,
        .credential_s = config->turn.credential_s,
    };
    relaying->host = NULL;
    if (config->turn.on == 0) {
        return OK;
    }
    read_options(config, options);
    params.alternate = options->alternate;
    fill_turn(config, options, &params.turn);
    fill_filter(config, options, &params.peers);
    enum err err = fill_own(&params.turn, &params.peers);
    if (err == ERR_LIMIT) {
        return err;
    }
    memcpy(relaying->turn.relay_local, params.turn.relay_local, sizeof(params.turn.relay_local));
    memcpy(relaying->turn.relay_public, params.turn.relay_public, sizeof(params.turn.relay_public));
    memcpy(relaying->detected, config->turn.detected, sizeof(relaying->detected));
    relaying->config = config;
    relaying->peers = params.peers;
    relaying->look_ms = loop_now_ms(loop) + LOOK_MS;
    detecting_init(&relaying->detecting, config, loop_now_ms(loop));
    struct relaying_secrets secrets;
    err = read_secrets(config, true, &secrets);
    memcpy(params.secret, secrets.current, sizeof(params.secret));
    err = err == OK ? turnhost_create(&params, &relaying->host) : err;
    if (err == OK) {
        use_secrets(relaying, &secrets, loop_now_ms(loop));
    }
    mem_wipe(&secrets, sizeof(secrets));
    mem_wipe(params.secret, sizeof(params.secret));
    return err;
}

static enum err add_url(struct relaying *relaying, const char *scheme, const char *host,
                        uint16_t port, const char *transport)
{
    char url[CONFIG_TEXT_MAX + 64];
    if (port == 0) {
        return OK;
    }
    (void)snprintf(url, sizeof(url), "%s:%s:%u%s", scheme, host, (unsigned)port, transport);
    return turnhost_add_url(relaying->host, url);
}

static enum err add_urls(struct relaying *relaying)
{
    const struct config *config = relaying->config;
    struct turnoptions_told told =
        turnoptions_tell(&relaying->options, relaying->port, config->tls_cert[0] != '\0');
    char host[CONFIG_TEXT_MAX + 3];
    write_url_host(config, &relaying->turn.relay_local[0], &relaying->turn.relay_public[0], host);
    turnhost_forget_urls(relaying->host);
    enum err err = add_url(relaying, "stun", host, told.udp[0], "");
    for (int i = 0; err == OK && i < 2; i++) {
        err = add_url(relaying, "turn", host, told.udp[i], "?transport=udp");
    }
    for (int i = 0; err == OK && i < 2; i++) {
        err = add_url(relaying, "turn", host, told.tcp[i], "?transport=tcp");
    }
    return err == OK ? add_url(relaying, "turns", host, told.tls, "?transport=tcp") : err;
}

/* UDP for all addresses: the two families have sockets of their own. */
static void add_listen(struct addr listen, uint16_t port, struct addr *out, uint32_t *count)
{
    listen.port = port;
    out[(*count)++] = listen;
    if (listen.family == ADDR_V6 && addr_is_any(&listen)) {
        out[(*count)++] = addr_v4(0, 0, 0, 0, port);
    }
}

void relaying_init(struct relaying *relaying, const struct config *config)
{
    *relaying = (struct relaying){0};
    buf_init(&relaying->ended, (size_t)config->turn.ended_calls_max * ID_BYTES);
}

void relaying_note_ended(void *arg, const struct id *call)
{
    struct relaying *relaying = arg;
    if (buf_append(&relaying->ended, slice_from(call->bytes, ID_BYTES)) != OK) {
        counter_increment(COUNTER_TURN_REVOKE_FAILED);
    }
}

/* The host runs: what it revokes goes to its workers, before the first page is answered. */
static void revoke_ended(struct relaying *relaying)
{
    struct slice ids = buf_slice(&relaying->ended);
    for (size_t at = 0; at < ids.size; at += ID_BYTES) {
        struct id call;
        memcpy(call.bytes, ids.data + at, ID_BYTES);
        turnhost_revoke(relaying->host, &call);
    }
    buf_fini(&relaying->ended);
}

MUST_USE enum err relaying_start(struct relaying *relaying, const struct config *config,
                                 struct http_server *http)
{
    struct addr listen[2 * (TURNOPTIONS_PORTS_MAX + 1)];
    const struct turnoptions *options = &relaying->options;
    uint16_t port = http_server_port(http);
    uint32_t count = 0;
    enum err err = OK;
    if (relaying->host == NULL) {
        return OK;
    }
    add_listen(parse_listen(config->listen_address), port, listen, &count);
    for (uint32_t i = 0; err == OK && i < options->port_count; i++) {
        uint16_t taken = 0;
        if (options->apart || options->ports[i] != port) {
            add_listen(parse_listen(listen_text(config)), options->ports[i], listen, &count);
            err = http_server_listen(http, listen_text(config), options->ports[i], true, &taken);
        }
    }
    err = err == OK ? turnhost_start(relaying->host, listen, count) : err;
    if (err == OK) {
        revoke_ended(relaying);
    }
    relaying->port = port;
    return err == OK ? add_urls(relaying) : err;
}

/* ---- other addresses than at the start ---- */

/* A family without any address but loopback: a cable is out or a lease is being renewed. What was
 * is kept until there is something better. */
static void keep_lost(const struct turn_config *now, struct turn_config *fresh)
{
    for (int i = 0; i < 2; i++) {
        const struct addr *old = &now->relay_local[i];
        const struct addr *other = &fresh->relay_local[i];
        bool had = old->family != ADDR_NONE && !addr_is_loopback(old);
        if (had && (other->family == ADDR_NONE || addr_is_loopback(other))) {
            fresh->relay_local[i] = now->relay_local[i];
            fresh->relay_public[i] = now->relay_public[i];
        }
    }
}

/* From where is relayed, and as what it is told; ADDR_NONE as "-". */
static void format_two(const struct addr addr[2], char out[2 * ADDR_TEXT_SIZE])
{
    char one[ADDR_TEXT_SIZE] = "-";
    char two[ADDR_TEXT_SIZE] = "-";
    if (addr[0].family != ADDR_NONE) {
        addr_format_ip(&addr[0], one);
    }
    if (addr[1].family != ADDR_NONE) {
        addr_format_ip(&addr[1], two);
    }
    (void)snprintf(out, 2 * ADDR_TEXT_SIZE, "%s,%s", one, two);
}

/* New allocations get the new addresses, and so do browsers where the URL has one. */
static void move(struct relaying *relaying, const struct turn_config *fresh)
{
    char local[2 * ADDR_TEXT_SIZE];
    char shown[2 * ADDR_TEXT_SIZE];
    memcpy(relaying->turn.relay_local, fresh->relay_local, sizeof(fresh->relay_local));
    memcpy(relaying->turn.relay_public, fresh->relay_public, sizeof(fresh->relay_public));
    counter_increment(COUNTER_RELAYING_MOVED);
    format_two(fresh->relay_local, local);
    format_two(fresh->relay_public, shown);
    log_info("the relay has other addresses", "bound=%s told=%s", local, shown);
    if (add_urls(relaying) != OK) {
        log_error("not all addresses of the relay can be told", "told=%s", shown);
    }
}

/* What the machine has got or lost: its own addresses are no peers, and relays are where they can
 * be. Asks at once how others see a new address. */
static void look_at_addresses(struct relaying *relaying, uint64_t now_ms)
{
    struct peerfilter fresh = relaying->peers;
    struct turn_config turn = {0};
    choose_addresses(relaying->config, &relaying->options, relaying->detected, &turn);
    keep_lost(&relaying->turn, &turn);
    bool bound = same_list(turn.relay_local, relaying->turn.relay_local, 2);
    bool told = same_list(turn.relay_public, relaying->turn.relay_public, 2);
    if (!bound || !told) {
        move(relaying, &turn);
        if (!bound) {
            detecting_hurry(&relaying->detecting, now_ms);
        }
    }
    if (fill_own(&relaying->turn, &fresh) == ERR_NOT_FOUND ||
        (bound && told && same_own(&fresh, &relaying->peers))) {
        return;
    }
    if (bound && told) {
        log_info("the addresses of this machine have changed", "count=%u", fresh.own_count);
    }
    relaying->peers = fresh;
    turnhost_set_peers(relaying->host, relaying->turn.relay_local, relaying->turn.relay_public,
                       &fresh);
}

/* Over which families turn.detect is asked: an option may say the address of one. */
static void detect(struct relaying *relaying, uint64_t now_ms)
{
    struct addr from[2];
    for (int i = 0; i < 2; i++) {
        bool said = relaying->options.public_address[i].family != ADDR_NONE;
        from[i] = said ? (struct addr){0} : relaying->turn.relay_local[i];
    }
    if (detecting_tick(&relaying->detecting, from, now_ms, relaying->detected)) {
        relaying->look_ms = now_ms;
    }
}

/* ---- time ---- */

void relaying_tick(struct relaying *relaying, uint64_t now_ms)
{
    if (relaying->host == NULL) {
        return;
    }
    detect(relaying, now_ms);
    if (relaying->look_ms <= now_ms) {
        relaying->look_ms = now_ms + LOOK_MS;
        look_at_addresses(relaying, now_ms);
    }
    if (relaying->forget_ms <= now_ms) {
        forget_secret(relaying, now_ms);
    }
    turnhost_tick(relaying->host, now_ms);
}

uint64_t relaying_next_ms(const struct relaying *relaying)
{
    uint64_t next_ms = turnhost_next_ms(relaying->host);
    const uint64_t times[] = {relaying->look_ms, relaying->forget_ms,
                              detecting_next_ms(&relaying->detecting)};
    for (size_t i = 0; relaying->host != NULL && i < sizeof(times) / sizeof(times[0]); i++) {
        next_ms = times[i] < next_ms ? times[i] : next_ms;
    }
    return next_ms;
}

void relaying_destroy(struct relaying *relaying)
{
    buf_fini(&relaying->ended);
    detecting_destroy(&relaying->detecting);
    turnhost_destroy(relaying->host);
    mem_wipe(&relaying->secrets, sizeof(relaying->secrets));
    relaying->host = NULL;
}
