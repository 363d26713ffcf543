/* SPDX-License-Identifier: Apache-2.0 */
#include "model/push.h"

#include <string.h>

#include "unit.h"

#define HOSTS "fcm.googleapis.com push.services.mozilla.com"

static bool allows(const char *endpoint, bool local)
{
    const char *why = NULL;
    enum err err = push_check_endpoint(slice_text(endpoint), HOSTS, local, &why);
    CHECK((err == OK) == (why == NULL));
    return err == OK;
}

static void services_of_the_list_and_hosts_below_them_are_allowed(void)
{
    CHECK(allows("https://fcm.googleapis.com/fcm/send/abc:def", false));
    CHECK(allows("https://fcm.googleapis.com:443/x", false));
    CHECK(allows("https://updates.push.services.mozilla.com/wpush/v2/gAAA", false));
}

static void everything_else_is_refused(void)
{
    static const char *const wrong[] = {
        "",
        "https://",
        "https:///x",
        "http://fcm.googleapis.com/x",
        "HTTPS://fcm.googleapis.com/x",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com:443",
        "https://evilfcm.googleapis.com/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com@evil.example/x",
        "https://evil.example#fcm.googleapis.com/",
        "https://evil.example\\fcm.googleapis.com/",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest",
        "https://fcm.googleapis.com/x\r\nX: y",
        "https://fcm.googleapis.com/\xc3\xa9",
        "http://127.0.0.1:80/x",
        "https://fcm.googleapis.com/\"",
        "https://fcm.googleapis.com/<x",
        "https://fcm.googleapis.com/x>",
        "https://fcm_googleapis.com/x",
        "https://fcm{googleapis.com/x",
        "https://fcm,googleapis.com/x",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(!allows(wrong[i], false));
    }
    char text[PUSH_ENDPOINT_MAX + 2];
    memset(text, 'a', sizeof(text));
    memcpy(text, "https://fcm.googleapis.com/", 27);
    CHECK(push_check_endpoint(slice_from(text, PUSH_ENDPOINT_MAX), HOSTS, false, NULL) == OK);
    CHECK(push_check_endpoint(slice_from(text, PUSH_ENDPOINT_MAX + 1), HOSTS, false, NULL) ==
          ERR_INVALID);
    CHECK(push_check_endpoint(SLICE("https://a/x"), "", false, NULL) == ERR_INVALID);
    CHECK(push_check_endpoint(SLICE("https://a/x"), " ", false, NULL) == ERR_INVALID);
}

static void tests_may_use_this_machine_and_nothing_else_on_http(void)
{
    CHECK(allows("http://127.0.0.1:8080/push/1", true));
    CHECK(!allows("http://127.0.0.1:/x", true));
    CHECK(!allows("http://127.0.0.1:123456/x", true));
    CHECK(!allows("http://127.0.0.1:80", true));
    CHECK(!allows("http://127.0.0.1:80@evil.example/", true));
    CHECK(!allows("http://127.0.0.2:80/x", true));
    CHECK(!allows("http://localhost:80/x", true));
}

static void the_origin_has_neither_path_nor_the_usual_port(void)
{
    CHECK(slice_equal(push_origin(SLICE("https://a.example/b/c")), SLICE("https://a.example")));
    CHECK(slice_equal(push_origin(SLICE("https://a.example:443/")), SLICE("https://a.example")));
    CHECK(slice_equal(push_origin(SLICE("http://127.0.0.1:81/x")), SLICE("http://127.0.0.1:81")));
    CHECK(push_origin((struct slice){0}).size == 0);
}

UNIT(services_of_the_list_and_hosts_below_them_are_allowed, everything_else_is_refused,
     tests_may_use_this_machine_and_nothing_else_on_http,
     the_origin_has_neither_path_nor_the_usual_port)
