/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/credential.h"

#include <stdio.h>

#include "base/text.h"

void credential_secrets_init(struct credential_secrets *secrets, struct slice current,
                             struct slice previous)
{
    *secrets = (struct credential_secrets){.count = previous.size == 0 ? 1 : 2};
    hmac_sha1_prepare(current, &secrets->keys[0]);
    if (previous.size > 0) {
        hmac_sha1_prepare(previous, &secrets->keys[1]);
    }
}

/* Printable, and nothing that separates: the name is also shown to administrators. */
static bool is_part(struct slice text, size_t size_max)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] <= ' ' || text.data[i] >= 0x7f || text.data[i] == ':') {
            return false;
        }
    }
    return text.size > 0 && text.size <= size_max;
}

enum err credential_issue(const struct credential_secrets *secrets, uint64_t expiry_s,
                          struct slice user, struct slice call, struct credential *out)
{
    if (!is_part(user, CREDENTIAL_USER_SIZE_MAX) || !is_part(call, CREDENTIAL_CALL_SIZE_MAX)) {
        return ERR_INVALID;
    }
    (void)snprintf(out->name, sizeof(out->name), "%llu:%.*s:%.*s", (unsigned long long)expiry_s,
                   (int)user.size, (const char *)user.data, (int)call.size,
                   (const char *)call.data);
    credential_password(secrets, 0, slice_text(out->name), out->password);
    return OK;
}

/* Cuts what is before the first ':' off the front of *rest. */
static struct slice cut(struct slice *rest)
{
    const uint8_t *colon = rest->size == 0 ? NULL : memchr(rest->data, ':', rest->size);
    struct slice part = *rest;
    if (colon == NULL) {
        *rest = slice_from(NULL, 0);
        return part;
    }
    part.size = (size_t)(colon - rest->data);
    *rest = slice_from(colon + 1, rest->size - part.size - 1);
    return part;
}

enum err credential_parse(struct slice name, struct credential_name *out)
{
    if (name.size > CREDENTIAL_NAME_SIZE_MAX) {
        return ERR_INVALID;
    }
    struct slice rest = name;
    struct slice expiry = cut(&rest);
    out->user = cut(&rest);
    out->call = rest; /* a further ':' in it is refused */
    enum err err = text_parse_number(expiry, UINT32_MAX, &out->expiry_s);
    if (err != OK || !is_part(out->user, CREDENTIAL_USER_SIZE_MAX) ||
        !is_part(out->call, CREDENTIAL_CALL_SIZE_MAX)) {
        return ERR_INVALID;
    }
    return OK;
}

void credential_password(const struct credential_secrets *secrets, uint32_t index,
                         struct slice name, char out[CREDENTIAL_PASSWORD_SIZE + 1])
{
    uint8_t mac[HMAC_SHA1_SIZE];
    ASSERT(index < secrets->count);
    hmac_sha1(&secrets->keys[index], &name, 1, mac);
    text_base64(slice_from(mac, sizeof(mac)), out);
}
