/* SPDX-License-Identifier: Apache-2.0 */
#include "model/id.h"

#include "base/text.h"

MUST_USE enum err id_parse(struct slice text, struct id *out)
{
    struct id id;
    enum err err = text_from_base64url(text, id.bytes, ID_BYTES);
    if (err != OK) {
        return err;
    }
    *out = id;
    return OK;
}

void id_format(const struct id *id, char out[ID_TEXT_SIZE])
{
    _Static_assert(TEXT_BASE64URL_SIZE(ID_BYTES) + 1 == ID_TEXT_SIZE, "22 characters and the NUL");
    text_base64url(id_slice(id), out);
}

bool id_equal(const struct id *a, const struct id *b)
{
    return memcmp(a->bytes, b->bytes, ID_BYTES) == 0;
}

bool id_is_zero(const struct id *id)
{
    static const struct id zero;
    return id_equal(id, &zero);
}
