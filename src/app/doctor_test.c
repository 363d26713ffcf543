/* SPDX-License-Identifier: Apache-2.0 */
/* What the doctor says of a machine without a server. */
#include "app/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <unistd.h>

#include "app/database.h"
#include "app/relaying.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "store/db.h"
#include "store/store.h"
#include "unit.h"

static struct config config;
static struct doctor_report report;
static char folder[] = "/tmp/doctor_test.XXXXXX";

static void tear_down(void)
{
    config_fini(&config);
    (void)rmdir(folder);
}

static void set_up(void)
{
    unit_finally(tear_down);
    random_init();
    config_init(&config);
    memcpy(folder, "/tmp/doctor_test.XXXXXX", sizeof(folder));
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(config.data, sizeof(config.data), "%s", folder);
    config.turn.on = 1;
    config.turn.relay_port_min = 49152;
    config.turn.relay_port_max = 65535;
    memcpy(config.listen_address, "127.0.0.1", sizeof("127.0.0.1"));
}

static void examine(uint16_t port)
{
    const struct doctor_params params = {.config = &config, .port = port};
    doctor_examine(&params, &report);
}

static const struct doctor_finding *find(enum doctor_rule rule)
{
    for (uint32_t i = 0; i < report.count; i++) {
        if (report.findings[i].rule == rule) {
            return &report.findings[i];
        }
    }
    return NULL;
}

static void a_finding_names_its_rule_its_values_and_what_to_do(void)
{
    set_up();
    report = (struct doctor_report){0};
    doctor_say(&report, DOCTOR_PORT_CLOSED, "%s\n%u\n%s\n%s", "call.example", 3478U, "UDP",
               "is closed");
    doctor_say_way(&report, "udp");
    const struct doctor_finding *finding = &report.findings[0];
    CHECK(strcmp(finding->what, "call.example port 3478 is closed by UDP") == 0);
    CHECK(strcmp(finding->check, "port-udp") == 0 && finding->level == DOCTOR_FAULT);
    CHECK(strcmp(finding->values[1], "3478") == 0 && strcmp(finding->values[3], "is closed") == 0);
    CHECK(finding->todo[0] != '\0' && doctor_faults(&report) == 1);
    tear_down();
}

static void long_values_are_cut_and_too_many_findings_left_out(void)
{
    char value[1000];
    set_up();
    memset(value, 'x', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    report = (struct doctor_report){0};
    for (int i = 0; i < DOCTOR_FINDINGS_MAX + 5; i++) {
        doctor_say(&report, DOCTOR_ORIGIN_PLAIN, "%s", value);
    }
    CHECK(report.count == DOCTOR_FINDINGS_MAX);
    CHECK(strlen(report.findings[0].what) < DOCTOR_TEXT_SIZE);
    tear_down();
}

static void a_server_that_does_not_run_is_a_fault_on_each_way(void)
{
    set_up();
    examine(1); /* nobody listens there */
    const struct doctor_finding *closed = find(DOCTOR_PORT_CLOSED);
    CHECK(closed != NULL && strstr(closed->what, "port 1 ") != NULL);
    CHECK(find(DOCTOR_PORT_GOOD) == NULL);
    CHECK(find(DOCTOR_SECRET_NONE) != NULL); /* it has never run here */
    CHECK(find(DOCTOR_ORIGIN_LOCAL) != NULL && find(DOCTOR_ADDRESS_LOCAL) != NULL);
    examine(0);
    CHECK(find(DOCTOR_PORT_UNKNOWN) != NULL);
    config.turn.on = 0;
    examine(1);
    CHECK(find(DOCTOR_RELAY_OFF) != NULL && find(DOCTOR_RELAY_PORTS_SHARED) == NULL);
    tear_down();
}

static void relay_ports_that_the_kernel_gives_away_are_told(void)
{
    unsigned from = 0;
    unsigned to = 0;
    FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
    CHECK(file != NULL && fscanf(file, "%u %u", &from, &to) == 2);
    CHECK(fclose(file) == 0);
    set_up();
    config.turn.relay_port_min = from;
    config.turn.relay_port_max = from + 100;
    examine(0);
    const struct doctor_finding *shared = find(DOCTOR_RELAY_PORTS_SHARED);
    CHECK(shared != NULL && shared->level == DOCTOR_WARNING);
    config.turn.relay_port_min = 1024;
    config.turn.relay_port_max = from - 1;
    examine(0);
    CHECK(find(DOCTOR_RELAY_PORTS_SHARED) == NULL && find(DOCTOR_RELAY_PORTS_GOOD) != NULL);
    tear_down();
}

static void what_is_wrong_with_files_and_addresses_is_told(void)
{
    set_up();
    (void)snprintf(config.data, sizeof(config.data), "%s/none", folder);
    (void)snprintf(config.tls_cert, sizeof(config.tls_cert), "%s/none.pem", folder);
    (void)snprintf(config.tls_key, sizeof(config.tls_key), "%s/none.key", folder);
    memcpy(config.turn.host, "nowhere.invalid", sizeof("nowhere.invalid"));
    examine(1);
    CHECK(find(DOCTOR_DISK_READ_ONLY) != NULL && find(DOCTOR_CERTIFICATE_UNREADABLE) != NULL);
    CHECK(find(DOCTOR_CERTIFICATE_KEY) != NULL && find(DOCTOR_ADDRESS_NONE) != NULL);
    (void)snprintf(config.data, sizeof(config.data), "%s", folder);
    memcpy(config.origin, "http://call.example", sizeof("http://call.example"));
    config.tls_cert[0] = '\0';
    examine(0);
    CHECK(find(DOCTOR_ORIGIN_PLAIN) != NULL);
    tear_down();
}

/* The only finding of a fresh report. */
static bool says(enum doctor_rule rule, enum doctor_level level, const char *what)
{
    bool right = report.count == 1 && report.findings[0].rule == rule &&
                 report.findings[0].level == level && strcmp(report.findings[0].what, what) == 0 &&
                 (report.findings[0].todo[0] == '\0') == (level == DOCTOR_GOOD) &&
                 doctor_faults(&report) == (level == DOCTOR_FAULT ? 1 : 0);
    report = (struct doctor_report){0};
    return right;
}

static void clock_disk_and_certificate_are_judged(void)
{
    static const int64_t day_s = 24LL * 3600;
    report = (struct doctor_report){0};
    doctor_judge_clock(&report, TIME_OK, 0);
    CHECK(says(DOCTOR_CLOCK_GOOD, DOCTOR_GOOD, "it is kept right"));
    for (int i = 0; i < 2; i++) {
        doctor_judge_clock(&report, i == 0 ? TIME_OK : TIME_ERROR, i == 0 ? STA_UNSYNC : 0);
        CHECK(says(DOCTOR_CLOCK_LOOSE, DOCTOR_WARNING,
                   "nothing keeps the clock of this machine right"));
    }
    doctor_judge_clock(&report, -1, 0);
    CHECK(report.count == 0);
    doctor_judge_disk(&report, 19, "/data");
    CHECK(says(DOCTOR_DISK_FULL, DOCTOR_FAULT, "19 MiB are free at /data"));
    doctor_judge_disk(&report, 499, "/data");
    CHECK(says(DOCTOR_DISK_LITTLE, DOCTOR_WARNING, "499 MiB are free at /data"));
    doctor_judge_disk(&report, 500, "/data");
    CHECK(says(DOCTOR_DISK_GOOD, DOCTOR_GOOD, "500 MiB are free at /data"));
    doctor_judge_certificate(&report, -3 * day_s, true, "a.example");
    CHECK(says(DOCTOR_CERTIFICATE_ENDED, DOCTOR_FAULT, "it ended 3 days ago"));
    doctor_judge_certificate(&report, 13 * day_s, true, "a.example");
    CHECK(says(DOCTOR_CERTIFICATE_ENDS, DOCTOR_WARNING, "it ends in 13 days"));
    doctor_judge_certificate(&report, 90 * day_s, false, "a.example");
    CHECK(says(DOCTOR_CERTIFICATE_NAME, DOCTOR_FAULT,
               "it does not name a.example, by which browsers come"));
    doctor_judge_certificate(&report, 90 * day_s, true, "a.example");
    CHECK(report.findings[0].rule == DOCTOR_CERTIFICATE_GOOD && doctor_faults(&report) == 0);
}

static void what_others_see_is_told_to_browsers_and_to_peers(void)
{
    char host[CONFIG_TEXT_MAX + 3];
    struct addr local[2];
    struct addr shown[2];
    set_up();
    memcpy(config.listen_address, "0.0.0.0", sizeof("0.0.0.0"));
    memcpy(config.turn.relay_address, "10.9.8.7", sizeof("10.9.8.7"));
    config.turn.detected[0] = addr_v4(5, 5, 5, 31, 0);
    relaying_addresses(&config, local, shown);
    CHECK(addr_equal(&shown[0], &config.turn.detected[0]) && local[0].ip[0] == 10);
    relaying_url_host(&config, host);
    CHECK(strcmp(host, "5.5.5.31") == 0);
    memcpy(config.turn.public_address, "9.9.9.9", sizeof("9.9.9.9")); /* said is said */
    relaying_addresses(&config, local, shown);
    CHECK(shown[0].ip[0] == 9);
    memcpy(config.turn.host, "call.example", sizeof("call.example"));
    relaying_url_host(&config, host);
    CHECK(strcmp(host, "call.example") == 0);
    tear_down();
}

/* What browsers are told of the relay is of the Internet, or is not. */
static void private_addresses_are_told_from_public_ones(void)
{
    static const struct {
        const char *address;
        bool private;
    } some[] = {{"10.0.0.1", true},     {"11.0.0.1", false},    {"172.16.0.1", true},
                {"172.31.255.1", true}, {"172.32.0.1", false},  {"173.16.0.1", false},
                {"192.168.7.7", true},  {"192.169.0.1", false}, {"193.168.0.1", false},
                {"100.64.0.1", true},   {"100.127.0.1", true},  {"100.128.0.1", false},
                {"101.64.0.1", false},  {"169.254.1.1", true},  {"169.253.1.1", false},
                {"170.254.1.1", false}, {"fd00::1", true},      {"fc00::1", true},
                {"fe80::1", true},      {"febf::1", true},      {"fec0::1", false},
                {"2001:4860::1", false}};
    if (unit_replaying()) {
        return; /* it looks at much, each time */
    }
    set_up();
    for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
        bool six = strchr(some[i].address, ':') != NULL;
        (void)snprintf(config.listen_address, sizeof(config.listen_address), "%s",
                       six ? "::1" : "127.0.0.1");
        (void)snprintf(config.turn.public_address, sizeof(config.turn.public_address), "%s",
                       some[i].address);
        examine(1);
        CHECK((find(DOCTOR_ADDRESS_PRIVATE) != NULL) == some[i].private);
        CHECK((find(DOCTOR_ADDRESS_RELAY) != NULL) != some[i].private);
    }
    tear_down();
}

static void who_says_nothing_of_this_machine_is_named(void)
{
    static const struct {
        const char *ask;
        enum doctor_rule rule;
    } some[] = {{"nowhere.invalid", DOCTOR_ASK_NAME},
                {"127.0.0.1:port", DOCTOR_ASK_NAME},
                {"127.0.0.1:1", DOCTOR_ASK_SILENT}};
    set_up();
    for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
        const struct doctor_params params = {.config = &config, .port = 1, .ask = some[i].ask};
        doctor_examine(&params, &report);
        const struct doctor_finding *finding = find(some[i].rule);
        CHECK(finding != NULL && strstr(finding->what, some[i].ask) != NULL);
    }
    tear_down();
}

static void browsers_are_told_a_host_that_they_reach(void)
{
    static const struct {
        const char *host;
        const char *origin;
        const char *listen;
        const char *public_address;
        const char *told;
    } some[] = {{"", "https://call.example:8443", "0.0.0.0", "", "call.example"},
                {"", "https://[2001:db8::1]:8443", "::", "", "[2001:db8::1]"},
                {"", "call.example", "0.0.0.0", "", "call.example"},
                {"relay.example", "https://call.example", "0.0.0.0", "", "relay.example"},
                {"2001:db8::7", "", "0.0.0.0", "", "[2001:db8::7]"},
                {"[2001:db8::7]", "", "0.0.0.0", "", "[2001:db8::7]"},
                {"", "", "192.0.2.5", "", "192.0.2.5"},
                {"", "", "2001:db8::5", "", "[2001:db8::5]"},
                {"", "", "0.0.0.0", "192.0.2.77", "192.0.2.77"},
                {"", "", "127.0.0.1", "", "127.0.0.1"},
                {"", "", "127.0.0.1", "192.0.2.77", "192.0.2.77"}};
    char host[CONFIG_TEXT_MAX + 3];
    set_up();
    for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
        (void)snprintf(config.turn.host, sizeof(config.turn.host), "%s", some[i].host);
        (void)snprintf(config.origin, sizeof(config.origin), "%s", some[i].origin);
        (void)snprintf(config.listen_address, sizeof(config.listen_address), "%s", some[i].listen);
        (void)snprintf(config.turn.public_address, sizeof(config.turn.public_address), "%s",
                       some[i].public_address);
        relaying_url_host(&config, host);
        CHECK(strcmp(host, some[i].told) == 0);
    }
    tear_down();
}

static void the_report_is_json(void)
{
    struct jsonout json;
    set_up();
    examine(0);
    jsonout_init(&json, 100000);
    doctor_json(&report, &json);
    struct slice text = buf_slice(&json.buf);
    bool right = json.err == OK && text.size > 2 && memcmp(text.data, "{\"faults\":", 10) == 0 &&
                 text.data[text.size - 1] == '}';
    jsonout_fini(&json);
    CHECK(right);
    tear_down();
}

static void write_into_the_middle(const char *path)
{
    static const char rubbish[4096] = "no page of a database";
    FILE *file = fopen(path, "r+e");
    CHECK(file != NULL);
    for (long at = 4096; at < 20 * 4096L; at += 4096) {
        CHECK(fseek(file, at, SEEK_SET) == 0);
        CHECK(fwrite(rubbish, sizeof(rubbish), 1, file) == 1);
    }
    CHECK(fclose(file) == 0);
}

static bool database_is(enum doctor_rule rule)
{
    const struct doctor_params params = {.config = &config};
    report = (struct doctor_report){0};
    doctor_database(&params, &report);
    return report.count == 1 && find(rule) != NULL;
}

static void the_database_is_looked_at(void)
{
    char place[DATABASE_PLACE_SIZE];
    struct store *store = NULL;
    struct db *db = NULL;
    int version = 0;
    set_up();
    CHECK(database_is(DOCTOR_DATABASE_NONE));
    const char *path = database_place(&config, place);
    enum err err = store_open(path, &store);
    store_close(store);
    bool good = err == OK && database_is(DOCTOR_DATABASE_GOOD);
    err = err == OK ? db_open(path, DB_STORES, &db) : err;
    err = err == OK ? db_schema_version(db, &version) : err;
    err = err == OK ? db_set_schema_version(db, version + 1) : err;
    bool newer = err == OK && database_is(DOCTOR_DATABASE_NEWER);
    err = err == OK ? db_set_schema_version(db, version) : err;
    db_close(db);
    if (err == OK) {
        write_into_the_middle(path);
    }
    bool damaged = database_is(DOCTOR_DATABASE_DAMAGED);
    (void)unlink(path);
    tear_down();
    CHECK(err == OK);
    CHECK(good && newer && damaged);
}

UNIT(private_addresses_are_told_from_public_ones, who_says_nothing_of_this_machine_is_named,
     browsers_are_told_a_host_that_they_reach, the_database_is_looked_at,
     a_finding_names_its_rule_its_values_and_what_to_do,
     long_values_are_cut_and_too_many_findings_left_out,
     a_server_that_does_not_run_is_a_fault_on_each_way,
     relay_ports_that_the_kernel_gives_away_are_told,
     what_is_wrong_with_files_and_addresses_is_told, clock_disk_and_certificate_are_judged,
     what_others_see_is_told_to_browsers_and_to_peers, the_report_is_json)
