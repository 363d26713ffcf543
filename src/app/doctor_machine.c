/* SPDX-License-Identifier: Apache-2.0 */
/* What needs no network: certificate, clock, limits, disk, and options that do not go together. */
#include "app/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "app/relaying.h"
#include "net/dial.h"
#include "net/process.h"

#define DAY_S (24 * 3600)
#define DISK_FAULT_MIB 20
#define DISK_WARNING_MIB 500

/* Browsers give microphone and camera to pages of https and of the machine itself only. */
static void check_origin(const struct doctor_params *params, struct doctor_report *report)
{
    const char *origin = params->config->origin;
    if (strncmp(origin, "https://", 8) == 0 || params->config->tls_cert[0] != '\0') {
        doctor_say(report, DOCTOR_ORIGIN_GOOD, "-");
    } else if (origin[0] == '\0' || strncmp(origin, "http://localhost", 16) == 0 ||
               strncmp(origin, "http://127.", 11) == 0) {
        doctor_say(report, DOCTOR_ORIGIN_LOCAL, "-");
    } else {
        doctor_say(report, DOCTOR_ORIGIN_PLAIN, "%s", origin);
    }
}

void doctor_judge_certificate(struct doctor_report *report, int64_t left_s, bool names_host,
                              const char *host)
{
    if (left_s <= 0) {
        doctor_say(report, DOCTOR_CERTIFICATE_ENDED, "%lld", (long long)(-left_s / DAY_S));
    } else if (!names_host) {
        doctor_say(report, DOCTOR_CERTIFICATE_NAME, "%s", host);
    } else if (left_s < 14LL * DAY_S) {
        doctor_say(report, DOCTOR_CERTIFICATE_ENDS, "%lld", (long long)(left_s / DAY_S));
    } else {
        doctor_say(report, DOCTOR_CERTIFICATE_GOOD, "%s\n%lld", host, (long long)(left_s / DAY_S));
    }
}

static void check_certificate(const struct doctor_params *params, struct doctor_report *report)
{
    const struct config *config = params->config;
    char host[CONFIG_TEXT_MAX + 3];
    int64_t end_s = 0;
    bool names_host = false;
    if (config->tls_cert[0] == '\0') {
        return;
    }
    relaying_url_host(config, host);
    if (access(config->tls_key, R_OK) != 0) {
        doctor_say(report, DOCTOR_CERTIFICATE_KEY, "%s", config->tls_key);
    }
    enum err err = dial_certificate_file(config->tls_cert, host, &end_s, &names_host);
    if (err != OK) {
        doctor_say(report, err == ERR_IO ? DOCTOR_CERTIFICATE_UNREADABLE : DOCTOR_CERTIFICATE_NONE,
                   "%s", config->tls_cert);
    } else {
        doctor_judge_certificate(report, end_s - (int64_t)time(NULL), names_host, host);
    }
}

/* Credentials and certificates have a time in them. */
void doctor_judge_clock(struct doctor_report *report, int result, int status)
{
    if (result < 0) {
        return; /* not allowed to ask */
    }
    if (result == TIME_ERROR || (status & STA_UNSYNC) != 0) {
        doctor_say(report, DOCTOR_CLOCK_LOOSE, "-");
    } else {
        doctor_say(report, DOCTOR_CLOCK_GOOD, "-");
    }
}

static void check_clock(struct doctor_report *report)
{
    struct timex state = {0};
    int result = adjtimex(&state);
    doctor_judge_clock(report, result, state.status);
}

static uint64_t read_number(const char *path)
{
    char text[32] = "";
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return 0;
    }
    bool read = fgets(text, sizeof(text), file) != NULL;
    (void)fclose(file);
    return read ? strtoull(text, NULL, 10) : 0;
}

static void check_limits(const struct doctor_params *params, struct doctor_report *report)
{
    const struct config *config = params->config;
    struct process_usage usage;
    uint64_t needed = (uint64_t)config->http.connections_max +
                      (config->turn.on == 0 ? 0 : config->turn.connections_max);
    process_read(&usage);
    if (usage.descriptors_max < needed) {
        doctor_say(report, DOCTOR_LIMITS_DESCRIPTORS, "%llu\n%llu",
                   (unsigned long long)usage.descriptors_max, (unsigned long long)needed);
    } else {
        doctor_say(report, DOCTOR_LIMITS_GOOD, "%llu", (unsigned long long)usage.descriptors_max);
    }
    uint64_t buffer_bytes = read_number("/proc/sys/net/core/rmem_max");
    if (config->turn.on != 0 && buffer_bytes != 0 && buffer_bytes < config->turn.buffer_bytes) {
        doctor_say(report, DOCTOR_LIMITS_BUFFERS, "%llu\n%u", (unsigned long long)buffer_bytes,
                   (unsigned)config->turn.buffer_bytes);
    }
}

void doctor_judge_disk(struct doctor_report *report, uint64_t free_mib, const char *data)
{
    enum doctor_rule rule = free_mib < DISK_FAULT_MIB     ? DOCTOR_DISK_FULL
                            : free_mib < DISK_WARNING_MIB ? DOCTOR_DISK_LITTLE
                                                          : DOCTOR_DISK_GOOD;
    doctor_say(report, rule, "%llu\n%s", (unsigned long long)free_mib, data);
}

static void check_disk(const struct doctor_params *params, struct doctor_report *report)
{
    const char *data = params->config->data;
    struct statvfs disk;
    if (statvfs(data, &disk) != 0 || access(data, W_OK | X_OK) != 0) {
        doctor_say(report, DOCTOR_DISK_READ_ONLY, "%s", data);
        return;
    }
    doctor_judge_disk(report, (uint64_t)disk.f_bavail * disk.f_frsize >> 20, data);
}

static bool read_line(const char *path, char *out, int size)
{
    FILE *file = fopen(path, "re");
    bool read = file != NULL && fgets(out, size, file) != NULL;
    if (file != NULL) {
        (void)fclose(file);
    }
    return read;
}

/* Whether "49152-65535,8080" has all ports from `min` to `max` in one of its parts. */
static bool are_reserved(const char *list, unsigned min, unsigned max)
{
    while (*list != '\0') {
        char *end = NULL;
        unsigned long from = strtoul(list, &end, 10);
        unsigned long to = *end == '-' ? strtoul(end + 1, &end, 10) : from;
        if (end == list) {
            return false;
        }
        if (from <= min && max <= to) {
            return true;
        }
        list = *end == ',' ? end + 1 : "";
    }
    return false;
}

/* The kernel gives ports of its range to whoever asks for any; a relay then finds its own taken. */
static void check_relay_ports(const struct doctor_params *params, struct doctor_report *report)
{
    const struct config *config = params->config;
    unsigned min = config->turn.relay_port_min;
    unsigned max = config->turn.relay_port_max;
    char range[64] = "";
    static char reserved[8192];
    reserved[0] = '\0';
    if (config->turn.on == 0 ||
        !read_line("/proc/sys/net/ipv4/ip_local_port_range", range, sizeof(range))) {
        return;
    }
    char *end = NULL;
    unsigned long from = strtoul(range, &end, 10);
    unsigned long to = strtoul(end, NULL, 10);
    (void)read_line("/proc/sys/net/ipv4/ip_local_reserved_ports", reserved, sizeof(reserved));
    unsigned shared_min = from > min ? (unsigned)from : min;
    unsigned shared_max = to < max ? (unsigned)to : max;
    if (shared_min <= shared_max && !are_reserved(reserved, shared_min, shared_max)) {
        doctor_say(report, DOCTOR_RELAY_PORTS_SHARED, "%u\n%u\n%lu\n%lu", min, max, from, to);
    } else {
        doctor_say(report, DOCTOR_RELAY_PORTS_GOOD, "%u\n%u", min, max);
    }
}

void doctor_machine(const struct doctor_params *params, struct doctor_report *report)
{
    check_origin(params, report);
    check_certificate(params, report);
    check_clock(report);
    check_limits(params, report);
    check_relay_ports(params, report);
    check_disk(params, report);
}
