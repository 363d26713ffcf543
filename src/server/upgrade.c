/* SPDX-License-Identifier: Apache-2.0 */
#include "server/upgrade.h"

#include "base/mem.h"

#define CLOSE_ABNORMAL 1006 /* RFC 6455 section 7.4.1 */

/* What a connection of net knows of its other half. */
struct joint {
    struct upgrade *upgrade;
    struct link *link;
};

static void on_message(void *arg, websock socket, struct slice text)
{
    const struct joint *joint = arg;
    (void)socket;
    signalling_receive(joint->link, text, loop_now_ms(joint->upgrade->loop));
}

static void on_close(void *arg, websock socket, uint16_t code)
{
    struct joint *joint = arg;
    (void)socket;
    signalling_close(joint->link, code, loop_now_ms(joint->upgrade->loop));
    mem_free(joint);
}

void upgrade_on_websocket(void *arg, http_exchange exchange, const struct login *login)
{
    static const struct websock_handler handler = {.on_message = on_message, .on_close = on_close};
    struct upgrade *upgrade = arg;
    uint64_t now_ms = loop_now_ms(upgrade->loop);
    websock socket = 0;
    if (upgrade->server == NULL) {
        return;
    }
    struct joint *joint = mem_alloc(sizeof(*joint));
    enum err err =
        joint == NULL ? ERR_NOMEM : signalling_open(upgrade->signalling, &login->id, &joint->link);
    if (err != OK) {
        mem_free(joint);
        http_respond(upgrade->server, exchange, &(struct http_response){.status = 503});
        return;
    }
    joint->upgrade = upgrade;
    err = http_upgrade(upgrade->server, exchange, &handler, joint, &socket);
    if (err != OK) {
        signalling_close(joint->link, CLOSE_ABNORMAL, now_ms);
        mem_free(joint);
        http_respond(upgrade->server, exchange,
                     &(struct http_response){.status = err == ERR_LIMIT ? 429 : 503});
        return;
    }
    signalling_start(joint->link, socket, now_ms);
}

static enum err send(void *ctx, websock socket, struct slice text)
{
    const struct upgrade *upgrade = ctx;
    return upgrade->server == NULL ? ERR_CLOSED : websock_send(upgrade->server, socket, text);
}

static void hang_up(void *ctx, websock socket, uint16_t code, const char *reason)
{
    const struct upgrade *upgrade = ctx;
    if (upgrade->server != NULL) {
        websock_close(upgrade->server, socket, code, reason);
    }
}

struct outlet upgrade_outlet(struct upgrade *upgrade)
{
    return (struct outlet){.ctx = upgrade, .send = send, .close = hang_up};
}
