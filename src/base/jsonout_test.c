/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jsonout.h"

#include "base/text.h"
#include "unit.h"

static struct jsonout json;

static void tear_down(void)
{
    jsonout_fini(&json);
}

static bool is(const char *text)
{
    return json.err == OK && slice_equal(buf_slice(&json.buf), slice_text(text));
}

static void objects_and_lists_have_their_commas(void)
{
    unit_finally(tear_down);
    jsonout_init(&json, 1000);
    jsonout_object(&json, NULL);
    jsonout_list(&json, "empty");
    jsonout_end_list(&json);
    jsonout_list(&json, "list");
    jsonout_object(&json, NULL);
    jsonout_end_object(&json);
    jsonout_number(&json, NULL, INT64_MIN);
    jsonout_bool(&json, NULL, false);
    jsonout_end_list(&json);
    jsonout_object(&json, "object");
    jsonout_bool(&json, "yes", true);
    jsonout_tenths(&json, "tenths", 12.34);
    jsonout_end_object(&json);
    jsonout_number(&json, "number", 7);
    jsonout_end_object(&json);
    CHECK(is("{\"empty\":[],\"list\":[{},-9223372036854775808,false],"
             "\"object\":{\"yes\":true,\"tenths\":12.3},\"number\":7}"));
    tear_down();
}

static void texts_are_quoted_and_escaped(void)
{
    unit_finally(tear_down);
    jsonout_init(&json, 1000);
    jsonout_list(&json, NULL);
    jsonout_text(&json, NULL, "");
    jsonout_text(&json, NULL, "plain, \xc3\xa9 and </b>");
    jsonout_text(&json, NULL, "\"\\\n\x01");
    jsonout_end_list(&json);
    CHECK(is("[\"\",\"plain, \xc3\xa9 and </b>\",\"\\\"\\\\\\u000a\\u0001\"]"));
    tear_down();
}

static void bytes_are_digits(void)
{
    uint8_t bytes[150] = {0xa5, 0x0f};
    unit_finally(tear_down);
    jsonout_init(&json, 1000);
    jsonout_hex(&json, NULL, slice_from(bytes, 2));
    CHECK(is("\"a50f\""));
    jsonout_clear(&json);
    jsonout_hex(&json, NULL, slice_from(bytes, sizeof(bytes)));
    CHECK(json.err == OK && json.buf.size == 2 * sizeof(bytes) + 2);
    jsonout_clear(&json);
    jsonout_list(&json, NULL);
    jsonout_null(&json, NULL);
    jsonout_end_list(&json);
    CHECK(is("[null]"));
    tear_down();
}

static void the_first_error_stays(void)
{
    unit_finally(tear_down);
    jsonout_init(&json, 10);
    jsonout_list(&json, NULL);
    jsonout_fail(&json, OK);
    jsonout_number(&json, NULL, 1234);
    CHECK(json.err == OK);
    jsonout_text(&json, NULL, "too long");
    jsonout_number(&json, NULL, 5);
    jsonout_fail(&json, ERR_NOT_FOUND);
    jsonout_end_list(&json);
    CHECK(json.err == ERR_LIMIT || json.err == ERR_NOMEM);
    CHECK(json.buf.size <= 10);
    tear_down();
}

UNIT(objects_and_lists_have_their_commas, texts_are_quoted_and_escaped, bytes_are_digits,
     the_first_error_stays)
