/* SPDX-License-Identifier: Apache-2.0 */
#include "app/consulting.h"

#include "app/confining.h"
#include "app/doctor.h"
#include "base/mem.h"
#include "server/api.h"

struct consulting {
    const struct config *config;
    struct offload *offload;
    uint16_t port;
    bool busy;
    struct doctor_report report; /* of the pool's thread while busy */
    void (*on_done)(void *arg, enum err err, struct slice json);
    void *done_arg;
};

MUST_USE enum err consulting_create(struct loop *loop, const struct config *config,
                                    struct consulting **out)
{
    struct consulting *consulting = mem_alloc(sizeof(*consulting));
    *out = NULL;
    if (consulting == NULL) {
        return ERR_NOMEM;
    }
    consulting->config = config;
    enum err err =
        offload_create(loop, confining_kind(config, CONFINE_LOOP), 1, 1, &consulting->offload);
    if (err != OK) {
        mem_free(consulting);
        return err;
    }
    *out = consulting;
    return OK;
}

void consulting_destroy(struct consulting *consulting)
{
    if (consulting != NULL) {
        offload_destroy(consulting->offload);
        mem_free(consulting);
    }
}

void consulting_set_port(struct consulting *consulting, uint16_t port)
{
    consulting->port = port;
}

static void work(void *arg)
{
    struct consulting *consulting = arg;
    struct doctor_params params = {.config = consulting->config, .port = consulting->port};
    doctor_examine(&params, &consulting->report);
}

static void on_worked(void *arg, enum err err)
{
    struct consulting *consulting = arg;
    struct jsonout json;
    consulting->busy = false;
    jsonout_init(&json, API_JSON_MAX);
    jsonout_fail(&json, err);
    doctor_json(&consulting->report, &json);
    consulting->on_done(consulting->done_arg, json.err, buf_slice(&json.buf));
    jsonout_fini(&json);
}

MUST_USE enum err consulting_examine(void *arg,
                                     void (*on_done)(void *arg, enum err err, struct slice json),
                                     void *done_arg)
{
    struct consulting *consulting = arg;
    if (consulting->busy) {
        return ERR_BUSY;
    }
    consulting->on_done = on_done;
    consulting->done_arg = done_arg;
    enum err err = offload_run(consulting->offload, work, on_worked, consulting);
    consulting->busy = err == OK;
    return err;
}
