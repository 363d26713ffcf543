/* SPDX-License-Identifier: Apache-2.0 */
/* What `visavis doctor` says, for administrators. */
#include "server/api.h"

static void on_examined(void *arg, enum err err, struct slice json)
{
    struct api_pending *pending = arg;
    if (err == OK) {
        struct buf body;
        buf_init(&body, API_JSON_MAX);
        err = buf_append(&body, json);
        if (err == OK) {
            api_answer_json(pending->api, pending->exchange, 200, &body, NULL);
        }
        buf_fini(&body);
    }
    if (err != OK) {
        api_answer_err(pending->api, pending->exchange, pending->route, err, NULL);
    }
    api_pending_end(pending);
}

void api_admin_get_doctor(struct api_request *request)
{
    const struct httpapi_params *params = &request->api->params;
    struct api_pending *pending = api_pending_begin(request, "doctor");
    if (pending == NULL) {
        return;
    }
    enum err err = params->examine(params->examine_arg, on_examined, pending);
    if (err != OK) {
        on_examined(pending, err, (struct slice){0});
    }
}
