/* SPDX-License-Identifier: Apache-2.0 */
#include "net/forwarded.h"

#include "base/text.h"

/* Takes what is behind the last comma off *list. */
static struct slice take_last(struct slice *list)
{
    size_t from = list->size;
    while (from > 0 && list->data[from - 1] != ',') {
        from--;
    }
    struct slice last = slice_from(list->data + from, list->size - from);
    list->size = from == 0 ? 0 : from - 1;
    return last;
}

/* From the right. OK: somebody who is no proxy is found. ERR_SHORT: only proxies, the leftmost one
 * is in *out. */
static enum err look(const struct http_proxies *proxies, struct slice list, struct addr *out)
{
    do {
        struct addr addr;
        struct slice rest = take_last(&list);
        struct slice text = text_take_word(&rest);
        if (text.size == 0) {
            continue; /* RFC 9110, 5.6.1.2: empty elements count for nothing */
        }
        if (addr_parse(text, &addr) != OK || text_take_word(&rest).size > 0) {
            return ERR_NOT_FOUND;
        }
        addr.port = 0; /* some proxies tell it */
        *out = addr;
        if (!addr_is_in(proxies->list, proxies->count, &addr)) {
            return OK;
        }
    } while (list.size > 0);
    return ERR_SHORT;
}

MUST_USE enum err forwarded_client(const struct http_proxies *proxies,
                                   const struct http_request *request, struct addr *out)
{
    *out = (struct addr){0};
    for (uint32_t i = request->header_count; i > 0; i--) {
        const struct http_header *header = &request->headers[i - 1];
        if (!text_equal_nocase(header->name, SLICE("X-Forwarded-For"))) {
            continue;
        }
        enum err err = look(proxies, header->value, out);
        if (err != ERR_SHORT) {
            return err;
        }
    }
    return out->family == ADDR_NONE ? ERR_NOT_FOUND : OK;
}
