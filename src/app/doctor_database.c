/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the database is there, answers, and is undamaged. */
#include <unistd.h>

#include "app/database.h"
#include "app/doctor.h"
#include "store/examine.h"

void doctor_database(const struct doctor_params *params, struct doctor_report *report)
{
    char place[DATABASE_PLACE_SIZE];
    const char *where = database_place(params->config, place);
    bool remote = database_is_remote(params->config);
    enum database_health health = DATABASE_WRONG;
    if (!remote && access(where, F_OK) != 0) {
        doctor_say(report, DOCTOR_DATABASE_NONE, "%s", params->config->data);
        return;
    }
    enum err err = examine_database(where, &health);
    if (err != OK) {
        doctor_say(report, remote ? DOCTOR_DATABASE_AWAY : DOCTOR_DATABASE_DAMAGED, "%s",
                   remote ? "store.url" : where);
    } else if (health == DATABASE_OF_NEWER) {
        doctor_say(report, DOCTOR_DATABASE_NEWER, "-");
    } else {
        doctor_say(report,
                   health == DATABASE_UNDAMAGED ? DOCTOR_DATABASE_GOOD : DOCTOR_DATABASE_DAMAGED,
                   "%s", remote ? "store.url" : where);
    }
}
