/* SPDX-License-Identifier: Apache-2.0 */
/* Connections without sockets: hello, commands and their replies, and what ends a connection. */
#include "server/signalling.h"

#include "base/mem.h"
#include "portal/testports.h"
#include "server/testrecord.h"
#include "unit.h"

#define CALL "AAECAwQFBgcICQoLDA0ODw"
#define LINKS_MAX 4
#define SAID_MS 1000

static struct testports ports;
static struct record record;
static struct portal *portal;
static struct fanout *fanout;
static struct signalling *signalling;
static struct icelist *ice;
static struct link *links[LINKS_MAX];

static void tear_down(void)
{
    for (size_t i = 0; i < LINKS_MAX; i++) {
        if (links[i] != NULL) {
            signalling_close(links[i], 1006, 0);
            links[i] = NULL;
        }
    }
    signalling_destroy(signalling);
    icelist_destroy(ice);
    portal_destroy(portal);
    fanout_destroy(fanout);
    testports_fini(&ports);
}

static struct id login_of(const char *name)
{
    struct id id = {{0}};
    memcpy(id.bytes, name, strlen(name));
    return id;
}

static void add_user(const char *name)
{
    struct change change = {.kind = CHANGE_LOGIN_PUT};
    CHECK(testports_add_user(portal, name, NULL) == OK);
    change.login.id = login_of(name);
    memcpy(change.login.token_hash, name, strlen(name));
    change.login.user = testports_user_id(name);
    change.login.expires_s = INT64_MAX;
    CHECK(portal_restore(portal, &change) == OK);
}

static void set_up(void)
{
    struct fanout_params fanout_params = {.sessions_max = 8,
                                          .resume_ms = 60000,
                                          .ring = {.events_max = 64, .bytes_max = 65536},
                                          .outlet = record_outlet(&record)};
    struct portal_params portal_params = {.limits = testports_limits()};
    portal = NULL;
    fanout = NULL;
    signalling = NULL;
    ice = NULL;
    memset(links, 0, sizeof links);
    testports_init(&ports, 1);
    unit_finally(tear_down);
    CHECK(fanout_create(&fanout_params, &fanout) == OK);
    portal_params.ports = testports_ports(&ports);
    portal_params.ports.tell = fanout_port(fanout);
    CHECK(portal_create(&portal_params, &portal) == OK);
    fanout_set_portal(fanout, portal);
    CHECK(icelist_create(portal, &ice) == OK);
    struct signalling_params params = {.portal = portal,
                                       .fanout = fanout,
                                       .rate_per_s = 20,
                                       .burst = 20,
                                       .greeting_max = 2,
                                       .ping_ms = 1000,
                                       .ice = ice};
    CHECK(signalling_create(&params, &signalling) == OK);
    add_user("ann");
    add_user("bob");
}

/* The connection number `i`, from 1 on. */
static struct link *connect(websock i, const char *name)
{
    struct id login = login_of(name);
    CHECK(signalling_open(signalling, &login, &links[i]) == OK);
    signalling_start(links[i], i, 0);
    return links[i];
}

static void say(websock i, const char *text)
{
    signalling_receive(links[i], slice_text(text), SAID_MS);
}

static void greet(websock i, const char *name)
{
    (void)connect(i, name);
    say(i, "{\"type\":\"hello\",\"id\":1,\"version\":1}");
    CHECK(record_find(&record, i, "\"type\":\"welcome\",\"id\":1,") != NULL);
}

static bool said(websock i, const char *part)
{
    return record_find(&record, i, part) != NULL;
}

static void hello_opens_a_session_of_who_is_signed_in(void)
{
    set_up();
    greet(1, "ann");
    CHECK(said(1, "\"user\":\"ann\""));
    CHECK(said(1, "\"resumed\":false"));
    struct id ann = testports_user_id("ann");
    CHECK(portal_presence(portal, &ann) == PRESENCE_AVAILABLE);
    say(1, "{\"type\":\"ping\",\"id\":2}");
    CHECK(said(1, "{\"type\":\"ok\",\"id\":2}"));
    say(1, "{\"type\":\"hello\",\"id\":3,\"version\":1}");
    CHECK(said(1, "\"id\":3,\"error\":\"state\""));
    tear_down();
}

static void hello_must_come_first_soon_and_of_a_known_version(void)
{
    set_up();
    (void)connect(1, "ann");
    say(1, "{\"type\":\"ping\",\"id\":2}");
    CHECK(said(1, "\"hello-first\"") && record.closed == 1 && record.code == 1008);
    signalling_close(links[1], 1008, 0);
    links[1] = NULL;
    (void)connect(2, "ann");
    say(2, "{\"type\":\"hello\",\"id\":1,\"version\":99}");
    CHECK(said(2, "\"bad-version\"") && record.closed == 2);
    (void)connect(3, "bob");
    CHECK(signalling_next_ms(signalling) <= 10016);
    signalling_tick(signalling, 10032);
    CHECK(record.closed == 3);
    tear_down();
}

static void only_so_many_may_wait_with_their_hello(void)
{
    set_up();
    struct id login = login_of("ann");
    struct link *third = NULL;
    (void)connect(1, "ann");
    (void)connect(2, "ann");
    CHECK(signalling_open(signalling, &login, &third) == ERR_LIMIT);
    signalling_close(links[1], 1006, 0);
    links[1] = NULL;
    (void)connect(1, "bob");
    tear_down();
}

static void three_bad_messages_end_the_connection(void)
{
    set_up();
    greet(1, "ann");
    say(1, "{\"type\":\"no.such\",\"id\":2}");
    CHECK(said(1, "\"id\":2,\"error\":\"unknown-type\""));
    say(1, "what");
    CHECK(said(1, "\"bad-message\"") && record.closed == 0);
    say(1, "{\"type\":\"call.join\",\"id\":4}");
    CHECK(record.closed == 1 && record.code == 1008);
    unsigned count = record.count;
    say(1, "{\"type\":\"ping\",\"id\":5}");
    CHECK(record.count == count);
    tear_down();
}

static void a_flood_ends_the_connection(void)
{
    set_up();
    greet(1, "ann");
    for (int i = 0; i < 19; i++) {
        say(1, "{\"type\":\"ping\",\"id\":2}");
        CHECK(record.closed == 0);
    }
    say(1, "{\"type\":\"ping\",\"id\":2}");
    CHECK(record.closed == 1);
    tear_down();
}

/* Reads the token out of the last welcome and says hello with it. */
static void resume_at(websock from, websock to, const char *name, const char *last, uint64_t now_ms)
{
    const char *welcome = record_find(&record, from, "\"token\":\"");
    char text[256];
    CHECK(welcome != NULL);
    const char *token = strstr(welcome, "\"token\":\"") + 9;
    (void)snprintf(text, sizeof text,
                   "{\"type\":\"hello\",\"id\":1,\"version\":1,\"token\":\"%.*s\",\"last\":%s}",
                   (int)strcspn(token, "\""), token, last);
    (void)connect(to, name);
    signalling_receive(links[to], slice_text(text), now_ms);
}

static void resume(websock from, websock to, const char *name, const char *last)
{
    resume_at(from, to, name, last, SAID_MS);
}

/* ann's connection is gone when bob calls. */
static void ring_while_away(void)
{
    set_up();
    greet(1, "ann");
    greet(2, "bob");
    signalling_close(links[1], 1006, 2000);
    links[1] = NULL;
    say(2, "{\"type\":\"call.start\",\"id\":2,\"call\":\"" CALL "\",\"callee\":\"ann\","
           "\"microphone\":true,\"camera\":true}");
}

static void who_comes_back_gets_what_was_missed(void)
{
    ring_while_away();
    CHECK(said(2, "\"type\":\"call.is\",\"id\":2,"));
    say(2, "{\"type\":\"call.end\",\"id\":3,\"call\":\"" CALL "\",\"reason\":\"hung-up\"}");
    resume(1, 3, "ann", "0");
    CHECK(said(3, "\"resumed\":true"));
    CHECK(!said(3, "\"seq\":1,")); /* that it rang */
    CHECK(said(3, "\"seq\":2,\"call\":{\"id\":\"" CALL "\",\"state\":\"ended\""));
    tear_down();
}

/* A page that was told late, and loses its connection again, has only its own clock. */
static void who_comes_back_is_told_how_long_it_still_rings(void)
{
    char left[32];
    ring_while_away();
    resume_at(1, 3, "ann", "0", SAID_MS + 7000);
    CHECK(said(3, "\"resumed\":true"));
    (void)snprintf(left, sizeof left, "\"ringLeftMs\":%u,", testports_limits().ring_ms - 7000);
    CHECK(!said(3, "\"seq\":1,"));
    const char *told = record_find(&record, 3, "\"state\":\"ringing\"");
    CHECK(told != NULL);
    CHECK(strstr(told, left) != NULL);
    tear_down();
}

static void a_token_of_another_sign_in_opens_a_fresh_session(void)
{
    set_up();
    greet(1, "ann");
    signalling_close(links[1], 1006, 2000);
    links[1] = NULL;
    resume(1, 2, "bob", "0");
    CHECK(said(2, "\"resumed\":false") && said(2, "\"user\":\"bob\""));
    tear_down();
}

static void a_page_that_was_closed_or_has_done_does_not_come_back(void)
{
    static const uint16_t codes[] = {1000, 1001};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        set_up();
        greet(1, "ann");
        signalling_close(links[1], codes[i], 2000);
        links[1] = NULL;
        struct id ann = testports_user_id("ann");
        CHECK(portal_presence(portal, &ann) == PRESENCE_OFFLINE);
        resume(1, 2, "ann", "0");
        CHECK(said(2, "\"resumed\":false"));
        tear_down();
    }
}

static void those_who_are_watched_are_in_the_reply(void)
{
    set_up();
    greet(1, "ann");
    greet(2, "bob");
    say(1, "{\"type\":\"people.watch\",\"id\":2,\"names\":[\"bob\",\"nobody\"]}");
    CHECK(said(1, "{\"type\":\"people.are\",\"id\":2,\"people\":[{\"name\":\"bob\","));
    CHECK(said(1, "\"available\""));
    tear_down();
}

static void a_command_that_is_refused_says_why(void)
{
    set_up();
    greet(1, "ann");
    say(1, "{\"type\":\"call.join\",\"id\":2,\"call\":\"" CALL "\"}");
    CHECK(said(1, "\"id\":2,\"error\":\"not-found\""));
    say(1, "{\"type\":\"call.start\",\"id\":3,\"call\":\"" CALL "\",\"callee\":\"ann\","
           "\"microphone\":true,\"camera\":true}");
    CHECK(said(1, "\"id\":3,\"error\":\"not-found\""));
    tear_down();
}

UNIT(hello_opens_a_session_of_who_is_signed_in, hello_must_come_first_soon_and_of_a_known_version,
     only_so_many_may_wait_with_their_hello, three_bad_messages_end_the_connection,
     a_flood_ends_the_connection, who_comes_back_gets_what_was_missed,
     who_comes_back_is_told_how_long_it_still_rings,
     a_token_of_another_sign_in_opens_a_fresh_session,
     a_page_that_was_closed_or_has_done_does_not_come_back, those_who_are_watched_are_in_the_reply,
     a_command_that_is_refused_says_why)
