/* SPDX-License-Identifier: Apache-2.0 */
/* visavis doctor: looks at the machine and at the network paths to the server as its clients have
 * them, and says of each finding which rule is broken and what to do. Blocks for some seconds. */
#ifndef APP_DOCTOR_H
#define APP_DOCTOR_H

#include "app/config.h"
#include "base/jsonout.h"

#define DOCTOR_FINDINGS_MAX 48
#define DOCTOR_TEXT_SIZE 600
#define DOCTOR_VALUE_SIZE 220

enum doctor_level { DOCTOR_GOOD, DOCTOR_WARNING, DOCTOR_FAULT };

enum doctor_rule {
#define FINDING(id, rule, check, level, what, todo) DOCTOR_##id,
#include "app/findings.def"
#undef FINDING
    DOCTOR_RULES
};

#define DOCTOR_VALUES 4

struct doctor_finding {
    enum doctor_rule rule;
    enum doctor_level level;
    char check[16]; /* "certificate", "relay-udp" ... */
    char values[DOCTOR_VALUES][DOCTOR_VALUE_SIZE];
    char what[DOCTOR_TEXT_SIZE]; /* how it is; for a fault the broken rule */
    const char *todo;            /* what to do; empty when it is good */
};

struct doctor_report {
    uint32_t count;
    struct doctor_finding findings[DOCTOR_FINDINGS_MAX];
};

struct doctor_params {
    const struct config *config;
    uint16_t port;   /* that the server listens on */
    const char *ask; /* another STUN server, host:port, that is asked for our address; NULL: none */
};

void doctor_examine(const struct doctor_params *params, struct doctor_report *out);

uint32_t doctor_faults(const struct doctor_report *report);

/* {"faults":n,"findings":[{"check","level","rule","values":[],"what","todo"}]} */
void doctor_json(const struct doctor_report *report, struct jsonout *json);

/* The command. `words`: behind its name. The exit code: 0 no fault, 1 faults, 2 not understood. */
int doctor_command(const struct config *config, int count, char *const *words);

/* For the files doctor_*.c. */
/* A finding with its values, as one format with a line feed between them. */
__attribute__((format(printf, 3, 4))) void
doctor_say(struct doctor_report *report, enum doctor_rule rule, const char *format, ...);
/* The last finding is about one way: its check becomes "relay-udp", say. */
void doctor_say_way(struct doctor_report *report, const char *way);
/* What the machine says, judged; apart from asking it, for tests. `result` and `status` are those
 * of adjtimex. */
void doctor_judge_clock(struct doctor_report *report, int result, int status);
void doctor_judge_disk(struct doctor_report *report, uint64_t free_mib, const char *data);
void doctor_judge_certificate(struct doctor_report *report, int64_t left_s, bool names_host,
                              const char *host);
void doctor_machine(const struct doctor_params *params, struct doctor_report *report);
void doctor_database(const struct doctor_params *params, struct doctor_report *report);
void doctor_network(const struct doctor_params *params, struct doctor_report *report);

#endif
