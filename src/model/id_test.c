/* SPDX-License-Identifier: Apache-2.0 */
#include "model/id.h"

#include "unit.h"

static void an_id_survives_its_text(void)
{
    struct id id;
    for (size_t i = 0; i < ID_BYTES; i++) {
        id.bytes[i] = (uint8_t)(i * 37 + 200);
    }
    char text[ID_TEXT_SIZE];
    id_format(&id, text);
    CHECK(strlen(text) == 22);
    struct id again = {{0}};
    CHECK(id_parse(slice_text(text), &again) == OK);
    CHECK(id_equal(&id, &again));
}

static void only_the_canonical_text_is_an_id(void)
{
    struct id id = {{7}};
    CHECK(id_parse(SLICE(""), &id) == ERR_INVALID);
    CHECK(id_parse(SLICE("AAAAAAAAAAAAAAAAAAAAA"), &id) == ERR_INVALID);
    CHECK(id_parse(SLICE("AAAAAAAAAAAAAAAAAAAAAAA"), &id) == ERR_INVALID);
    CHECK(id_parse(SLICE("AAAAAAAAAAAAAAAAAAAAAB"), &id) == ERR_INVALID);
    CHECK(id_parse(SLICE("AAAAAAAAAAAAAAAAAAAAA="), &id) == ERR_INVALID);
    CHECK(id_parse(SLICE("AAAAAAAAAAAAAAAAAAAA+A"), &id) == ERR_INVALID);
    CHECK(id_parse(SLICE("AAAAAAAAAAAAAAAAAAAA\0A"), &id) == ERR_INVALID);
    CHECK(id.bytes[0] == 7);
    CHECK(id_parse(SLICE("AAAAAAAAAAAAAAAAAAAAAA"), &id) == OK);
    CHECK(id_is_zero(&id));
}

static void ids_differ_by_one_bit(void)
{
    struct id a = {{0}};
    struct id b = {{0}};
    CHECK(id_equal(&a, &b));
    b.bytes[15] = 1;
    CHECK(!id_equal(&a, &b));
    CHECK(!id_is_zero(&b));
}

UNIT(an_id_survives_its_text, only_the_canonical_text_is_an_id, ids_differ_by_one_bit)
