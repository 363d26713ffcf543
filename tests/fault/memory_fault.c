/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that cannot be had, at each point of a scenario of more than 200 messages: two people
 * speak, call each other again and again, lose their connections and come back. Without sockets,
 * from the text of each message to the changes that are kept.
 *
 *   memory_fault [--stride N]
 *
 * The scenario runs once for each N-th allocation (1: for each), which fails; and once more with
 * all those after it failing too, until the scenario is over. Whatever failed, then: nothing has
 * crashed, what was acknowledged is kept once, the numbers of the room have no gap and no double,
 * nobody is left in a call, everything works again, and at the end no block of memory is left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "portal/chat.h"
#include "portal/testports.h"
#include "server/signalling.h"

#define PEOPLE 2
#define ROUNDS 12
#define MESSAGES_MAX 512
#define TEXT_MAX 512
#define CLOSE_ABNORMAL 1006

static const char *const names[PEOPLE] = {"ann", "bob"};
static const struct id room = {{7, 7}};
static const char room_text[] = "BwcAAAAAAAAAAAAAAAAAAA";

/* A tab of each of the two. */
struct tab {
    struct link *link;
    websock socket;
    bool cut;       /* the server has ended the connection */
    char token[65]; /* of the last welcome; empty: none */
};

static struct testports ports;
static struct portal *portal;
static struct fanout *fanout;
static struct signalling *signalling;
static struct icelist *ice;
static struct tab tabs[PEOPLE];
static websock last_socket;
static uint64_t now_ms;
static uint64_t last_id;
static unsigned said;         /* messages to the server */
static char answer[TEXT_MAX]; /* to the last command */
static uint8_t sent_count;    /* messages of the chat */
static bool acknowledged[MESSAGES_MAX];
static unsigned checked; /* runs of which it is known what was kept */
static const char *wrong;

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static void blame(bool right, const char *what)
{
    if (!right && wrong == NULL) {
        wrong = what;
    }
}

/* ---- the connections ---- */

static enum err on_text(void *ctx, websock socket, struct slice text)
{
    char own[TEXT_MAX];
    (void)ctx;
    (void)snprintf(own, sizeof(own), "%.*s", (int)text.size, (const char *)text.data);
    const char *id = strstr(own, "\"id\":");
    if (id != NULL && strtoull(id + strlen("\"id\":"), NULL, 10) == last_id) {
        memcpy(answer, own, sizeof(answer));
    }
    for (int i = 0; i < PEOPLE; i++) {
        const char *token = tabs[i].socket == socket ? strstr(own, "\"token\":\"") : NULL;
        if (token != NULL) {
            (void)sscanf(token, "\"token\":\"%64[^\"]", tabs[i].token);
        }
    }
    return OK;
}

static void on_cut(void *ctx, websock socket, uint16_t code, const char *reason)
{
    (void)ctx;
    (void)code;
    (void)reason;
    for (int i = 0; i < PEOPLE; i++) {
        tabs[i].cut = tabs[i].cut || tabs[i].socket == socket;
    }
}

static void lose(struct tab *tab)
{
    if (tab->link != NULL) {
        signalling_close(tab->link, CLOSE_ABNORMAL, now_ms);
    }
    tab->link = NULL;
    tab->cut = false;
}

static void settle(void)
{
    (void)testports_run(&ports);
    portal_tick(portal, now_ms);
    fanout_tick(fanout, now_ms);
    signalling_tick(signalling, now_ms);
    (void)testports_run(&ports);
}

/* One message; `answer` is what came for it. */
static void put(struct tab *tab, const char *text)
{
    answer[0] = '\0';
    said++;
    now_ms += 50;
    signalling_receive(tab->link, slice_text(text), now_ms);
    settle();
}

/* A connection with a hello, if there is none; false: not now. */
static bool be_there(int who)
{
    struct tab *tab = &tabs[who];
    struct id login = {{0}};
    char hello[200];
    if (tab->link != NULL && !tab->cut) {
        return true;
    }
    lose(tab);
    memcpy(login.bytes, names[who], strlen(names[who]));
    if (signalling_open(signalling, &login, &tab->link) != OK) {
        tab->link = NULL;
        return false;
    }
    tab->socket = ++last_socket;
    signalling_start(tab->link, tab->socket, now_ms);
    int size = snprintf(hello, sizeof(hello), "{\"type\":\"hello\",\"id\":%llu,\"version\":1",
                        (unsigned long long)++last_id);
    (void)snprintf(hello + size, sizeof(hello) - (size_t)size,
                   tab->token[0] == '\0' ? "%s}" : ",\"token\":\"%s\",\"last\":0}", tab->token);
    tab->token[0] = '\0';
    put(tab, hello);
    return strstr(answer, "\"welcome\"") != NULL && !tab->cut;
}

/* A command; whether it was answered with `wanted`. */
static bool ask(int who, const char *type, const char *fields, const char *wanted)
{
    char text[TEXT_MAX];
    if (!be_there(who)) {
        return false;
    }
    (void)snprintf(text, sizeof(text), "{\"type\":\"%s\",\"id\":%llu%s%s}", type,
                   (unsigned long long)++last_id, fields[0] == '\0' ? "" : ",", fields);
    put(&tabs[who], text);
    return strstr(answer, wanted) != NULL;
}

/* ---- the scenario ---- */

static void id_text(uint8_t kind, uint8_t number, char out[23])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    memset(out, 'A', 22);
    out[0] = digits[kind >> 2];
    out[1] = digits[(kind & 3) << 4 | number >> 4];
    out[2] = digits[(number & 15) << 2];
    out[22] = '\0';
}

static bool say(int who)
{
    char id[23];
    char fields[200];
    uint8_t number = ++sent_count;
    id_text(50, number, id);
    (void)snprintf(fields, sizeof(fields),
                   "\"room\":\"%s\",\"message\":\"%s\",\"text\":\"number %u\"", room_text, id,
                   number);
    acknowledged[number] = ask(who, "chat.send", fields, "\"chat.sent\"");
    return acknowledged[number];
}

static bool call(uint8_t number, bool answered)
{
    char id[23];
    char fields[200];
    char own[64];
    id_text(90, number, id);
    (void)snprintf(own, sizeof(own), "\"call\":\"%s\"", id);
    (void)snprintf(fields, sizeof(fields),
                   "%s,\"callee\":\"%s\",\"microphone\":true,\"camera\":true", own, names[1]);
    bool all = ask(0, "call.start", fields, "\"call.is\"");
    (void)snprintf(fields, sizeof(fields), "%s,\"how\":\"audible\"", own);
    all = ask(1, "call.ringing", fields, "\"ok\"") && all;
    if (!answered) {
        return ask(1, "call.decline", own, "\"ok\"") && all;
    }
    (void)snprintf(fields, sizeof(fields), "%s,\"microphone\":true,\"camera\":false", own);
    all = ask(1, "call.accept", fields, "\"call.is\"") && all;
    (void)snprintf(fields, sizeof(fields), "%s,\"kind\":\"offer\",\"sdp\":\"v=0\"", own);
    all = ask(0, "call.describe", fields, "\"ok\"") && all;
    (void)snprintf(fields, sizeof(fields), "%s,\"kind\":\"answer\",\"sdp\":\"v=0\"", own);
    all = ask(1, "call.describe", fields, "\"ok\"") && all;
    all = ask(0, "call.connected", own, "\"ok\"") && all;
    all = ask(1, "call.connected", own, "\"ok\"") && all;
    (void)snprintf(fields, sizeof(fields), "%s,\"microphone\":false,\"camera\":true", own);
    all = ask(0, "call.media", fields, "\"ok\"") && all;
    if (number % 3 == 0) {
        lose(&tabs[number % 2]); /* in the middle of the call, and back by the token */
        all = ask(number % 2, "call.join", own, "\"call.is\"") && all;
    }
    (void)snprintf(fields, sizeof(fields), "%s,\"reason\":\"hung-up\"", own);
    return ask(1, "call.end", fields, "\"ok\"") && all;
}

static bool run_all(void)
{
    char read[64];
    bool all = true;
    for (uint8_t i = 0; i < ROUNDS; i++) {
        all = ask(1, "people.watch", "\"names\":[\"ann\"]", "\"people.are\"") && all;
        for (int k = 0; k < 4; k++) {
            all = say(k % PEOPLE) && all;
        }
        (void)snprintf(read, sizeof(read), "\"room\":\"%s\",\"seq\":%u", room_text, sent_count);
        all = ask(0, "chat.read", read, "\"ok\"") && all;
        read[strlen("\"room\":\"") + 22 + 1] = '\0';
        all = ask(1, "chat.typing", read, "\"ok\"") && all;
        all = ask(0, "status.set", i % 2 == 0 ? "\"status\":\"away\"" : "\"status\":\"available\"",
                  "\"ok\"") &&
              all;
        all = call(i, i % 4 != 3) && all;
        all = ask(1, "ping", "", "\"ok\"") && all;
    }
    return all;
}

/* ---- what must hold ---- */

static unsigned kept_times(uint8_t number)
{
    unsigned times = 0;
    for (const struct test_change *kept = ports.kept; kept != NULL; kept = kept->next) {
        times += kept->change.kind == CHANGE_CHATMSG_ADD &&
                         kept->change.chatmsg.id.bytes[0] == 50 &&
                         kept->change.chatmsg.id.bytes[1] == number
                     ? 1
                     : 0;
    }
    return times;
}

static void check_kept(void)
{
    uint64_t seq = 0;
    for (const struct test_change *kept = ports.kept; kept != NULL; kept = kept->next) {
        if (kept->change.kind == CHANGE_CHATMSG_ADD &&
            id_equal(&kept->change.chatmsg.room, &room)) {
            seq++;
            blame(kept->change.chatmsg.seq == seq, "the numbers of the room are not 1, 2, 3 ...");
        }
    }
    for (unsigned number = 1; number <= sent_count; number++) {
        unsigned times = kept_times((uint8_t)number);
        blame(times <= 1, "a message was kept twice");
        blame(!acknowledged[number] || times == 1, "an acknowledged message was not kept");
    }
}

/* Memory can be had again: whatever is left over ends by its deadline, and all of it works. */
static void check_afterwards(void)
{
    for (int i = 0; i < PEOPLE; i++) {
        lose(&tabs[i]);
        tabs[i].token[0] = '\0';
    }
    for (int i = 0; i < 4; i++) {
        now_ms += (uint64_t)13 * 3600 * 1000; /* longer than any call */
        settle();
    }
    for (int i = 0; i < PEOPLE; i++) {
        blame(be_there(i), "a person cannot come back");
    }
    blame(ask(0, "status.set", "\"status\":\"available\"", "\"ok\""), "a status cannot be set");
    blame(ask(1, "status.set", "\"status\":\"available\"", "\"ok\""), "a status cannot be set");
    blame(say(0) && say(1), "nothing can be said afterwards");
    blame(call(200, true), "no call is possible afterwards");
    for (int i = 0; i < PEOPLE; i++) {
        struct id user = testports_user_id(names[i]);
        blame(portal_presence(portal, &user) == PRESENCE_AVAILABLE, "somebody is still in a call");
    }
}

/* ---- one run ---- */

static void must(enum err err)
{
    if (err != OK) {
        (void)fprintf(stderr, "memory_fault: no set-up: %s\n", err_name(err));
        exit(EXIT_FAILURE);
    }
}

static void add_user(const char *name)
{
    struct change login = {.kind = CHANGE_LOGIN_PUT};
    struct change member = {.kind = CHANGE_ROOM_MEMBER_PUT};
    must(testports_add_user(portal, name, NULL));
    memcpy(login.login.id.bytes, name, strlen(name));
    memcpy(login.login.token_hash, name, strlen(name));
    login.login.user = testports_user_id(name);
    login.login.expires_s = INT64_MAX;
    must(portal_restore(portal, &login));
    member.room_member = (struct room_member){.room = room, .user = testports_user_id(name)};
    must(portal_restore(portal, &member));
}

static void set_up(void)
{
    struct fanout_params fanout_params = {
        .sessions_max = 8,
        .resume_ms = 60000,
        .ring = {.events_max = 64, .bytes_max = 65536},
        .outlet = {.send = on_text, .close = on_cut},
    };
    struct portal_params portal_params = {.limits = testports_limits(), .at_ms = 1700000000000};
    portal_params.limits.messages_per_day = 10000;
    testports_init(&ports, 1);
    must(fanout_create(&fanout_params, &fanout));
    portal_params.ports = testports_ports(&ports);
    portal_params.ports.tell = fanout_port(fanout);
    must(portal_create(&portal_params, &portal));
    fanout_set_portal(fanout, portal);
    must(icelist_create(portal, &ice));
    struct signalling_params params = {.portal = portal,
                                       .fanout = fanout,
                                       .rate_per_s = 100,
                                       .burst = 100,
                                       .greeting_max = 8,
                                       .ping_ms = 1000,
                                       .ice = ice};
    must(signalling_create(&params, &signalling));
    struct change team = {.kind = CHANGE_ROOM_PUT};
    team.room.id = room;
    team.room.kind = ROOM_TEAM;
    must(portal_restore(portal, &team));
    for (int i = 0; i < PEOPLE; i++) {
        add_user(names[i]);
    }
    memset(tabs, 0, sizeof(tabs));
    memset(acknowledged, 0, sizeof(acknowledged));
    now_ms = 1000;
    last_id = 0;
    last_socket = 0;
    sent_count = 0;
    said = 0;
}

static void tear_down(void)
{
    for (int i = 0; i < PEOPLE; i++) {
        lose(&tabs[i]);
    }
    signalling_destroy(signalling);
    icelist_destroy(ice);
    portal_destroy(portal);
    fanout_destroy(fanout);
    testports_fini(&ports);
}

/* Whether the allocation `n` was reached; 0: none fails, and all must go well. */
static bool run_once(uint64_t n, bool once)
{
    int64_t live = mem_live();
    set_up();
    uint64_t before = mem_count();
    if (once) {
        mem_fail_once(n);
    } else {
        mem_fail_from(n);
    }
    bool all = run_all();
    uint64_t used = mem_count() - before;
    mem_fail_from(0);
    if (n == 0) {
        blame(all && said >= 200, "the scenario does not run without a fault");
        printf("memory_fault: %u messages, %llu allocations\n", said, (unsigned long long)used);
    }
    settle();
    bool known = !ports.lost; /* else the memory of the store of tests has failed */
    check_afterwards();
    if (known && !ports.lost) {
        check_kept();
        checked++;
    }
    tear_down();
    blame(mem_live() == live, "memory is left over");
    if (wrong != NULL) {
        printf("memory_fault: allocation %llu %s fails: %s\n", (unsigned long long)n,
               once ? "alone" : "and all after it", wrong);
    }
    return used >= n;
}

int main(int argc, char **argv)
{
    uint64_t stride = 1;
    unsigned runs = 0;
    if (argc == 3 && strcmp(argv[1], "--stride") == 0) {
        stride = strtoull(argv[2], NULL, 10);
    }
    if (stride == 0 || argc == 2 || argc > 3) {
        (void)fprintf(stderr, "memory_fault [--stride N]\n");
        return EXIT_FAILURE;
    }
    log_set_sink(quiet, NULL);
    mem_start_counting();
    (void)run_once(0, true);
    bool more = true;
    for (uint64_t n = 1; more && wrong == NULL; n += stride) {
        more = run_once(n, true) && run_once(n, false);
        runs += 2;
    }
    printf("memory_fault: %u runs, the kept messages compared in %u, %s\n", runs, checked,
           wrong == NULL ? "0 wrong" : "FAILED");
    return wrong == NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}
