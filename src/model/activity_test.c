/* SPDX-License-Identifier: Apache-2.0 */
#include "model/activity.h"

#include "unit.h"

/* The mentions of a text, each followed by a bar. */
static void mentions(const char *text, char *out, size_t size)
{
    size_t at = 0;
    size_t used = 0;
    struct slice name;
    while (activity_next_mention(slice_text(text), &at, &name)) {
        CHECK(used + name.size + 2 < size);
        memcpy(out + used, name.data, name.size);
        used += name.size;
        out[used++] = '|';
    }
    out[used] = '\0';
}

static void a_mention_is_a_user_name_behind_a_sign(void)
{
    static const char *const cases[][2] = {
        {"@mary", "mary|"},
        {"hello @mary, hello @john!", "mary|john|"},
        {"(@mary) \"@john\"\n@anna", "mary|john|anna|"},
        {"ask @j.r-smith_2.", "j.r-smith_2|"},
        {"@mary...", "mary|"},
        {"mail mary@example.org", ""},
        {"@ mary @", ""},
        {"@-mary @.x @_", ""},
        {"@Mary @mar\xC3\xAF"
         "e",
         ""},
        {"@@mary", "mary|"},
        {"", ""},
        {"@abcdefghijabcdefghijabcdefghij123 @ok", "ok|"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char out[128];
        mentions(cases[i][0], out, sizeof(out));
        CHECK(strcmp(out, cases[i][1]) == 0);
    }
}

static void a_pair_has_one_key_in_both_orders(void)
{
    struct id a = {{1, 2}};
    struct id b = {{1, 3}};
    uint8_t one[2 * ID_BYTES];
    uint8_t two[2 * ID_BYTES];
    room_pair(&a, &b, one);
    room_pair(&b, &a, two);
    CHECK(memcmp(one, two, sizeof(one)) == 0);
    CHECK(memcmp(one, a.bytes, ID_BYTES) == 0);
    CHECK(memcmp(one + ID_BYTES, b.bytes, ID_BYTES) == 0);
}

UNIT(a_mention_is_a_user_name_behind_a_sign, a_pair_has_one_key_in_both_orders)
