/* SPDX-License-Identifier: Apache-2.0 */
/* The body of a request to the API: what is read is there, short enough and text. */
#include "base/text.h"
#include "fuzz.h"
#include "server/api.h"

#define NAME_MAX 32
#define TEXT_MAX 64
#define ITEM_MAX 8
#define ITEMS_MAX 3

static void check_text(const char *text, size_t size_max)
{
    ASSERT(strlen(text) <= size_max && text_is_utf8(slice_text(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_header type = {SLICE("Content-Type"), SLICE("application/json; charset=utf-8")};
    struct http_request http = {
        .method = HTTP_POST, .headers = &type, .header_count = 1, .body = slice_from(data, size)};
    struct httpapi api = {0}; /* without a server: answers go nowhere */
    struct api_request request = {.api = &api, .http = &http};
    struct api_field fields[] = {{.name = "name", .size_max = NAME_MAX, .required = true},
                                 {.name = "text", .size_max = TEXT_MAX}};
    struct api_list list = {.name = "list", .item_max = ITEM_MAX, .count_max = ITEMS_MAX};
    struct api_body *body = NULL;
    if (api_body_read_list(&request, fields, 2, &list, &body)) {
        ASSERT(fields[0].text != NULL && list.count <= ITEMS_MAX);
        check_text(fields[0].text, NAME_MAX);
        check_text(fields[1].text == NULL ? "" : fields[1].text, TEXT_MAX);
        for (uint32_t i = 0; i < list.count; i++) {
            ASSERT(list.items[i].size <= ITEM_MAX && text_is_utf8(list.items[i]));
        }
    } else {
        ASSERT(body == NULL);
    }
    api_body_end(body);
    return 0;
}
