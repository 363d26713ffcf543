/* SPDX-License-Identifier: Apache-2.0 */
#include "app/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/random.h"
#include "server/api.h"

static const char *const level_names[] = {"good", "warning", "fault"};

static const struct {
    const char *rule;
    const char *check;
    enum doctor_level level;
    const char *what;
    const char *todo;
} rules[] = {
#define FINDING(id, rule, check, level, what, todo) {rule, check, DOCTOR_##level, what, todo},
#include "app/findings.def"
#undef FINDING
};

/* Cuts the values out of `text`, which has line feeds between them. */
static void take_values(struct doctor_finding *finding, const char *text)
{
    for (size_t i = 0; i < DOCTOR_VALUES && *text != '\0'; i++) {
        size_t size = strcspn(text, "\n");
        (void)snprintf(finding->values[i], DOCTOR_VALUE_SIZE, "%.*s", (int)size, text);
        text += size + (text[size] == '\n' ? 1 : 0);
    }
}

/* The sentence of the rule with the values in their places. */
static void write_what(struct doctor_finding *finding)
{
    size_t size = 0;
    for (const char *at = rules[finding->rule].what; *at != '\0';) {
        const char *piece = at;
        size_t length = strcspn(at, "{");
        if (length == 0) {
            piece = finding->values[at[1] - '1'];
            length = strlen(piece);
            at += 3;
        } else {
            at += length;
        }
        if (length >= sizeof(finding->what) - size) {
            break;
        }
        memcpy(finding->what + size, piece, length);
        size += length;
    }
    finding->what[size] = '\0';
}

void doctor_say(struct doctor_report *report, enum doctor_rule rule, const char *format, ...)
{
    char text[DOCTOR_VALUES * DOCTOR_VALUE_SIZE];
    if (report->count == DOCTOR_FINDINGS_MAX) {
        return;
    }
    struct doctor_finding *finding = &report->findings[report->count++];
    *finding =
        (struct doctor_finding){.rule = rule, .level = rules[rule].level, .todo = rules[rule].todo};
    (void)snprintf(finding->check, sizeof(finding->check), "%s", rules[rule].check);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    take_values(finding, text);
    write_what(finding);
}

void doctor_say_way(struct doctor_report *report, const char *way)
{
    struct doctor_finding *finding = &report->findings[report->count - 1];
    (void)snprintf(finding->check, sizeof(finding->check), "%s-%s", rules[finding->rule].check,
                   way);
}

void doctor_examine(const struct doctor_params *params, struct doctor_report *out)
{
    *out = (struct doctor_report){0};
    doctor_machine(params, out);
    doctor_database(params, out);
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

static void put_finding(struct jsonout *json, const struct doctor_finding *finding)
{
    jsonout_object(json, NULL);
    jsonout_text(json, "check", finding->check);
    jsonout_text(json, "level", level_names[finding->level]);
    jsonout_text(json, "rule", rules[finding->rule].rule);
    jsonout_list(json, "values");
    for (size_t i = 0; i < DOCTOR_VALUES; i++) {
        jsonout_text(json, NULL, finding->values[i]);
    }
    jsonout_end_list(json);
    jsonout_text(json, "what", finding->what);
    jsonout_text(json, "todo", finding->todo);
    jsonout_end_object(json);
}

void doctor_json(const struct doctor_report *report, struct jsonout *json)
{
    jsonout_object(json, NULL);
    jsonout_number(json, "faults", doctor_faults(report));
    jsonout_list(json, "findings");
    for (uint32_t i = 0; i < report->count; i++) {
        put_finding(json, &report->findings[i]);
    }
    jsonout_end_list(json);
    jsonout_end_object(json);
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
        struct jsonout out;
        jsonout_init(&out, API_JSON_MAX);
        doctor_json(&report, &out);
        if (out.err == OK) {
            printf("%.*s\n", (int)out.buf.size, (const char *)out.buf.data);
        }
        jsonout_fini(&out);
    }
    for (uint32_t i = 0; !json && i < report.count; i++) {
        print_finding(&report.findings[i]);
    }
    return doctor_faults(&report) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
