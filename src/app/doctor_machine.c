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
        doctor_say(report, DOCTOR_GOOD, "origin", "pages are reached over https", "");
    } else if (origin[0] == '\0' || strncmp(origin, "http://localhost", 16) == 0 ||
               strncmp(origin, "http://127.", 11) == 0) {
        doctor_say(report, DOCTOR_WARNING, "origin",
                   "pages are reached by localhost only: other machines have no microphone without "
                   "https",
                   "for other people set tls.cert, tls.key and origin = https://NAME");
    } else {
        doctor_say(
            report, DOCTOR_FAULT, "origin",
            "browsers give no microphone to pages without https, and origin is %s",
            "set tls.cert and tls.key, or a proxy with https before the server; then origin = "
            "https://NAME",
            origin);
    }
}

static void judge_certificate(struct doctor_report *report, int64_t end_s, bool names_host,
                              const char *host)
{
    static const char *const renew = "renew it, then `systemctl reload visavis` (SIGHUP)";
    int64_t left_s = end_s - (int64_t)time(NULL);
    if (left_s <= 0) {
        doctor_say(report, DOCTOR_FAULT, "certificate", "it ended %lld days ago", renew,
                   (long long)(-left_s / DAY_S));
    } else if (!names_host) {
        doctor_say(
            report, DOCTOR_FAULT, "certificate", "it does not name %s, by which browsers come",
            "have one made for that name, or set origin and turn.host to a name it has", host);
    } else if (left_s < 14LL * DAY_S) {
        doctor_say(report, DOCTOR_WARNING, "certificate", "it ends in %lld days", renew,
                   (long long)(left_s / DAY_S));
    } else {
        doctor_say(report, DOCTOR_GOOD, "certificate", "it names %s and holds for %lld days", "",
                   host, (long long)(left_s / DAY_S));
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
        doctor_say(report, DOCTOR_FAULT, "certificate", "tls.key %.200s cannot be read",
                   "let the user of the server read it", config->tls_key);
    }
    enum err err = dial_certificate_file(config->tls_cert, host, &end_s, &names_host);
    if (err != OK) {
        doctor_say(
            report, DOCTOR_FAULT, "certificate", "tls.cert %.200s %s",
            "give the file of a certificate chain (PEM) that the user of the server may read",
            config->tls_cert, err == ERR_IO ? "cannot be read" : "is no certificate");
    } else {
        judge_certificate(report, end_s, names_host, host);
    }
}

/* Credentials and certificates have a time in them. */
static void check_clock(struct doctor_report *report)
{
    struct timex state = {0};
    int result = adjtimex(&state);
    if (result < 0) {
        return; /* not allowed to ask */
    }
    if (result == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
        doctor_say(report, DOCTOR_WARNING, "clock", "nothing keeps the clock of this machine right",
                   "install a time service, such as the package systemd-timesyncd");
    } else {
        doctor_say(report, DOCTOR_GOOD, "clock", "it is kept right", "");
    }
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
        doctor_say(report, DOCTOR_WARNING, "limits",
                   "%llu descriptors are allowed, the options want up to %llu",
                   "raise it (LimitNOFILE= of the unit, `ulimit -n`), or lower "
                   "http.connections_max and turn.connections_max",
                   (unsigned long long)usage.descriptors_max, (unsigned long long)needed);
    } else {
        doctor_say(report, DOCTOR_GOOD, "limits", "%llu descriptors are allowed", "",
                   (unsigned long long)usage.descriptors_max);
    }
    uint64_t buffer_bytes = read_number("/proc/sys/net/core/rmem_max");
    if (config->turn.on != 0 && buffer_bytes != 0 && buffer_bytes < config->turn.buffer_bytes) {
        doctor_say(report, DOCTOR_WARNING, "limits",
                   "the kernel keeps %llu bytes of packets that wait, turn.buffer_bytes wants %u",
                   "for many relayed calls: sysctl -w net.core.rmem_max=4194304 "
                   "net.core.wmem_max=4194304",
                   (unsigned long long)buffer_bytes, (unsigned)config->turn.buffer_bytes);
    }
}

static void check_disk(const struct doctor_params *params, struct doctor_report *report)
{
    const char *data = params->config->data;
    struct statvfs disk;
    if (statvfs(data, &disk) != 0 || access(data, W_OK | X_OK) != 0) {
        doctor_say(report, DOCTOR_FAULT, "disk", "the folder %.200s cannot be written",
                   "make it, or let the user of the server write it, or set data", data);
        return;
    }
    uint64_t free_mib = (uint64_t)disk.f_bavail * disk.f_frsize >> 20;
    if (free_mib < DISK_WARNING_MIB) {
        doctor_say(report, free_mib < DISK_FAULT_MIB ? DOCTOR_FAULT : DOCTOR_WARNING, "disk",
                   "%llu MiB are free at %.200s", "make room: a full disk refuses messages",
                   (unsigned long long)free_mib, data);
    } else {
        doctor_say(report, DOCTOR_GOOD, "disk", "%llu MiB are free at %.200s", "",
                   (unsigned long long)free_mib, data);
    }
}

void doctor_machine(const struct doctor_params *params, struct doctor_report *report)
{
    check_origin(params, report);
    check_certificate(params, report);
    check_clock(report);
    check_limits(params, report);
    check_disk(params, report);
}
