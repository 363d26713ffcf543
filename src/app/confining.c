/* SPDX-License-Identifier: Apache-2.0 */
#include "app/confining.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

/* Libraries and what they read: names, certificates, time zones, what the kernel says. */
#define SYSTEM "/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/run", "/dev/urandom"
#define SYSTEM_COUNT 8
#define OWN_COUNT 5

struct folder {
    char path[CONFIG_TEXT_MAX + 1];
};

/* The folder of a file: what is put in its place later (a renewed certificate) is read, too. */
static void folder_of(const char *file, struct folder *out)
{
    const char *end = strrchr(file, '/');
    out->path[0] = '\0';
    if (file[0] != '\0') {
        (void)snprintf(out->path, sizeof(out->path), "%.*s",
                       end == NULL ? 1 : (int)(end - file) + 1, end == NULL ? "." : file);
    }
}

enum err confining_start(const struct config *config)
{
    struct folder own[OWN_COUNT];
    const char *read[SYSTEM_COUNT + OWN_COUNT] = {SYSTEM};

    if (config->security.user[0] != '\0') {
        enum err err = confine_user(config->security.user, config->data);
        if (err != OK) {
            return err;
        }
    }
    if (config->security.confine == 0) {
        log_warn("this process is not confined", "option=security.confine");
        return OK;
    }
    folder_of(config->file, &own[0]);
    folder_of(config->tls_cert, &own[1]);
    folder_of(config->tls_key, &own[2]);
    folder_of(config->acme.ca, &own[4]);
    (void)snprintf(own[3].path, sizeof(own[3].path), "%s", config->connectors_folder);
    for (uint32_t i = 0; i < OWN_COUNT; i++) {
        read[SYSTEM_COUNT + i] = own[i].path;
    }
    confine_process();
    if (!confine_files(read, SYSTEM_COUNT + OWN_COUNT, config->data)) {
        log_info("this kernel cannot confine files", "needs=Landlock");
    }
    return OK;
}

enum confine_kind confining_kind(const struct config *config, enum confine_kind kind)
{
    return config->security.confine != 0 ? kind : CONFINE_NOTHING;
}
