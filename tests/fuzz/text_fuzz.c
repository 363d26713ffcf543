/* SPDX-License-Identifier: Apache-2.0 */
/* Codes go both ways; whatever comes in, cleaned and folded text is UTF-8. */
#include <stdlib.h>

#include "base/text.h"
#include "fuzz.h"

static void check_codes(struct slice bytes, char *text, uint8_t *back)
{
    text_base64url(bytes, text);
    ASSERT(text_from_base64url(slice_text(text), back, bytes.size) == OK);
    ASSERT(slice_equal(slice_from(back, bytes.size), bytes));
    text_hex(bytes, text);
    ASSERT(text_from_hex(slice_text(text), back, bytes.size) == OK);
    ASSERT(slice_equal(slice_from(back, bytes.size), bytes));
    size_t size = bytes.size * 3 / 4;
    if (text_from_base64url(bytes, back, size) == OK) {
        text_base64url(slice_from(back, size), text);
        ASSERT(slice_equal(slice_text(text), bytes));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_from(data, size);
    char *text = malloc(size * 2 + 8);
    uint8_t *back = malloc(size + 1);
    if (text != NULL && back != NULL) {
        check_codes(bytes, text, back);
        text_copy_clean(bytes, text, size + 1);
        ASSERT(text_is_utf8(slice_text(text)));
        text_fold(bytes, text, size / 2 + 1);
        ASSERT(text_is_utf8(slice_text(text)) && strlen(text) <= size / 2);
        uint64_t number = 0;
        if (text_parse_number(bytes, UINT64_MAX, &number) == OK) {
            ASSERT(size <= 20);
        }
    }
    free(text);
    free(back);
    return 0;
}
