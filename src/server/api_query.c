/* SPDX-License-Identifier: Apache-2.0 */
/* What a request says in its path and query. */
#include "base/text.h"
#include "server/api.h"
#include "server/router.h"

#define NUMBER_SIZE 21

static bool refuse(const struct api_request *request, const char *name)
{
    api_answer_error(request->api, request->exchange, 400, "invalid", "not allowed in the query",
                     name);
    return false;
}

bool api_query_number(const struct api_request *request, const char *name, uint64_t max,
                      uint64_t otherwise, uint64_t *out)
{
    char text[NUMBER_SIZE];
    size_t size = 0;
    enum err err = router_query(request->http->query, name, text, sizeof(text), &size);
    *out = otherwise;
    if (err == ERR_NOT_FOUND || (err == OK && size == 0)) {
        return true;
    }
    err = err == OK ? text_parse_number(slice_from(text, size), max, out) : err;
    return err == OK || refuse(request, name);
}

bool api_query_text(const struct api_request *request, const char *name, char *out, size_t size)
{
    size_t length = 0;
    enum err err = router_query(request->http->query, name, out, size, &length);
    if (err == ERR_NOT_FOUND) {
        out[0] = '\0';
        return true;
    }
    return err == OK || refuse(request, name);
}

bool api_path_id(const struct api_request *request, uint32_t index, struct id *out)
{
    if (id_parse(router_segment(request->http->path, index), out) == OK) {
        return true;
    }
    api_answer_err(request->api, request->exchange, "path", ERR_NOT_FOUND, NULL);
    return false;
}
