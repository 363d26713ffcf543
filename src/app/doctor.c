/* SPDX-License-Identifier: Apache-2.0 */
#include "app/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/random.h"
#include "server/api.h"

static const char *const level_names[] = {"good", "warning", "fault"};

void doctor_say(struct doctor_report *report, enum doctor_level level, const char *check,
                const char *format, const char *todo, ...)
{
    if (report->count == DOCTOR_FINDINGS_MAX) {
        return;
    }
    struct doctor_finding *finding = &report->findings[report->count++];
    *finding = (struct doctor_finding){.level = level, .check = check};
    va_list arguments;
    va_start(arguments, todo);
    (void)vsnprintf(finding->what, sizeof(finding->what), format, arguments);
    va_end(arguments);
    (void)snprintf(finding->todo, sizeof(finding->todo), "%s", todo);
}

void doctor_examine(const struct doctor_params *params, struct doctor_report *out)
{
    *out = (struct doctor_report){0};
    doctor_machine(params, out);
    doctor_network(params, out);
}

uint32_t doctor_faults(const struct doctor_report *report)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < report->count; i++) {
        count += report->findings[i].level == DOCTOR_FAULT ? 1 : 0;
    }
    return count;
}

static enum err put_text(struct buf *json, const char *name, const char *text)
{
    enum err err = buf_printf(json, "\"%s\":", name);
    return err == OK ? api_json_text(json, text) : err;
}

static enum err put_finding(struct buf *json, const struct doctor_finding *finding, bool first)
{
    enum err err = buf_append_text(json, first ? "{" : ",{");
    err = err == OK ? put_text(json, "check", finding->check) : err;
    err = err == OK ? buf_append_byte(json, ',') : err;
    err = err == OK ? put_text(json, "level", level_names[finding->level]) : err;
    err = err == OK ? buf_append_byte(json, ',') : err;
    err = err == OK ? put_text(json, "what", finding->what) : err;
    err = err == OK ? buf_append_byte(json, ',') : err;
    err = err == OK ? put_text(json, "todo", finding->todo) : err;
    return err == OK ? buf_append_byte(json, '}') : err;
}

MUST_USE enum err doctor_json(const struct doctor_report *report, struct buf *json)
{
    enum err err = buf_printf(json, "{\"faults\":%u,\"findings\":[", doctor_faults(report));
    for (uint32_t i = 0; err == OK && i < report->count; i++) {
        err = put_finding(json, &report->findings[i], i == 0);
    }
    return err == OK ? buf_append_text(json, "]}") : err;
}

static void print_finding(const struct doctor_finding *finding)
{
    static const char *const marks[] = {"good   ", "warning", "FAULT  "};
    printf("%s  %-12s %s\n", marks[finding->level], finding->check, finding->what);
    if (finding->todo[0] != '\0') {
        printf("                       -> %s\n", finding->todo);
    }
}

int doctor_command(const struct config *config, int count, char *const *words)
{
    static struct doctor_report report;
    struct doctor_params params = {.config = config, .port = (uint16_t)config->listen_port};
    bool json = false;
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], "--json") == 0) {
            json = true;
        } else if (strcmp(words[i], "--ask") == 0 && i + 1 < count) {
            params.ask = words[++i];
        } else {
            (void)fprintf(stderr, "visavis: usage: visavis doctor [--json] [--ask HOST:PORT]\n");
            return 2;
        }
    }
    random_init();
    doctor_examine(&params, &report);
    if (json) {
        struct buf text;
        buf_init(&text, API_JSON_MAX);
        if (doctor_json(&report, &text) == OK) {
            printf("%.*s\n", (int)text.size, (const char *)text.data);
        }
        buf_fini(&text);
    }
    for (uint32_t i = 0; !json && i < report.count; i++) {
        print_finding(&report.findings[i]);
    }
    return doctor_faults(&report) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
