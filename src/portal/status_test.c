/* SPDX-License-Identifier: Apache-2.0 */
/* What others see of a person. */
#include "portal/testports.h"
#include "unit.h"

static struct testports ports;
static struct portal *portal;
static session_id ann;
static session_id bob;

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
}

static void set_up(void)
{
    testports_init(&ports, 3);
    struct portal_params params = {.ports = testports_ports(&ports), .limits = testports_limits()};
    portal = NULL;
    unit_finally(tear_down);
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(testports_add_user(portal, "bob", NULL) == OK);
    CHECK(testports_open(&ports, portal, "ann", 0, &ann) == OK);
    CHECK(testports_open(&ports, portal, "bob", 0, &bob) == OK);
    struct slice name = SLICE("ann");
    CHECK(portal_watch(portal, bob, &name, 1) == OK);
    portal_tick(portal, 5000);
    testports_clear_told(&ports);
}

static enum presence seen(void)
{
    struct id id = testports_user_id("ann");
    return portal_presence(portal, &id);
}

/* What the watching session was told last, after all has settled. */
static enum presence told(uint64_t now_ms)
{
    portal_tick(portal, now_ms);
    const struct told *last = testports_last(&ports, bob, EVENT_PERSON);
    CHECK(last != NULL);
    return last->event.person.presence;
}

static void what_is_chosen_is_seen_told_and_kept(void)
{
    set_up();
    CHECK(seen() == PRESENCE_AVAILABLE);
    CHECK(portal_set_status(portal, ann, STATUS_DO_NOT_DISTURB, 10000) == OK);
    CHECK(seen() == PRESENCE_DO_NOT_DISTURB && told(12000) == PRESENCE_DO_NOT_DISTURB);
    CHECK(portal_set_status(portal, ann, STATUS_AWAY, 20000) == OK);
    CHECK(seen() == PRESENCE_AWAY && told(22000) == PRESENCE_AWAY);
    const struct told *own = testports_last(&ports, ann, EVENT_SETTINGS);
    CHECK(own != NULL && own->user.status == STATUS_AWAY);
    CHECK(testports_count(&ports, ann, EVENT_SETTINGS) == 2);
    unsigned writes = ports.write_count;
    CHECK(portal_set_status(portal, ann, STATUS_AWAY, 23000) == OK);
    CHECK(writes == 2 && ports.write_count == 2);
    (void)testports_run(&ports);
    CHECK(seen() == PRESENCE_AWAY);
    CHECK(ports.kept != NULL && ports.kept->change.kind == CHANGE_USER_STATUS);
    CHECK(ports.kept->change.user.status == STATUS_DO_NOT_DISTURB);
    CHECK(portal_set_status(portal, ann + 99, STATUS_AWAY, 0) == ERR_NOT_FOUND);
    tear_down();
}

static void who_uses_no_page_is_away(void)
{
    set_up();
    session_id second = 0;
    CHECK(testports_open(&ports, portal, "ann", 0, &second) == OK);
    CHECK(portal_session_idle(portal, ann, true, 10000) == OK);
    CHECK(seen() == PRESENCE_AVAILABLE);
    CHECK(portal_session_idle(portal, second, true, 10000) == OK);
    CHECK(seen() == PRESENCE_AWAY && told(12000) == PRESENCE_AWAY);
    CHECK(portal_session_idle(portal, ann, false, 13000) == OK);
    CHECK(seen() == PRESENCE_AVAILABLE && told(15000) == PRESENCE_AVAILABLE);
    portal_session_close(portal, ann, 16000);
    CHECK(seen() == PRESENCE_AWAY && told(18000) == PRESENCE_AWAY);
    CHECK(portal_session_idle(portal, ann, false, 19000) == ERR_NOT_FOUND);
    tear_down();
}

static void a_page_without_connection_shows_nobody_at_it(void)
{
    set_up();
    portal_session_away(portal, ann, true, 10000);
    CHECK(seen() == PRESENCE_AWAY);
    portal_session_away(portal, ann, false, 11000);
    CHECK(seen() == PRESENCE_AVAILABLE);
    CHECK(testports_count(&ports, bob, EVENT_PERSON) == 0); /* too short to be told */
    tear_down();
}

static void invisible_is_offline_and_none_of_its_comings_is_told(void)
{
    set_up();
    CHECK(portal_set_status(portal, ann, STATUS_INVISIBLE, 10000) == OK);
    CHECK(seen() == PRESENCE_OFFLINE && told(12000) == PRESENCE_OFFLINE);
    unsigned before = testports_count(&ports, bob, EVENT_PERSON);
    session_id second = 0;
    CHECK(testports_open(&ports, portal, "ann", 20000, &second) == OK);
    CHECK(portal_session_idle(portal, second, true, 20000) == OK);
    struct slice name = SLICE("ann");
    CHECK(portal_watch(portal, bob, &name, 1) == OK);
    portal_session_close(portal, ann, 21000);
    portal_tick(portal, 30000);
    CHECK(testports_count(&ports, bob, EVENT_PERSON) == before);
    (void)testports_run(&ports);
    CHECK(portal_set_status(portal, second, STATUS_AVAILABLE, 31000) == OK);
    CHECK(seen() == PRESENCE_AWAY); /* its only page is idle */
    tear_down();
}

static void an_invisible_person_in_a_call_is_offline_too(void)
{
    set_up();
    struct call_view view;
    struct portal_call_start wanted = {.call = {{1}}, .callee = SLICE("bob")};
    CHECK(portal_set_status(portal, ann, STATUS_INVISIBLE, 10000) == OK);
    CHECK(portal_call_start(portal, ann, &wanted, 10000, &view) == OK);
    CHECK(view.state == CALL_RINGING && seen() == PRESENCE_OFFLINE);
    CHECK(portal_set_status(portal, ann, STATUS_DO_NOT_DISTURB, 11000) == OK);
    CHECK(seen() == PRESENCE_IN_CALL);
    tear_down();
}

UNIT(what_is_chosen_is_seen_told_and_kept, who_uses_no_page_is_away,
     a_page_without_connection_shows_nobody_at_it,
     invisible_is_offline_and_none_of_its_comings_is_told,
     an_invisible_person_in_a_call_is_offline_too)
