/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/plugin.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

/* What a shared object of an earlier build gives must mean the same. */
_Static_assert(ERR_LIMIT == 3 && ERR_NOT_FOUND == 4 && ERR_UNSUPPORTED == 14,
               "another enum err wants another CONNECTOR_INTERFACE");

#define PATH_SIZE 1300

static void refuse(const char *path, const char *why)
{
    log_error("a connector is refused", "file=%s why=\"%s\"", path, why);
}

/* Code that runs in the server: nobody else may have been able to write it. */
static bool is_safe(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) {
        refuse(path, "it is no file that can be read");
        return false;
    }
    if ((status.st_uid != 0 && status.st_uid != geteuid()) || (status.st_mode & 022) != 0) {
        refuse(path, "others than root and the server's user may write it");
        return false;
    }
    return true;
}

static void load(struct portal *portal, const char *path)
{
    if (!is_safe(path)) {
        return;
    }
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        refuse(path, dlerror());
        return;
    }
    const struct connector *connector = dlsym(library, CONNECTOR_SYMBOL);
    char text[160];
    const char *why = text;
    if (connector == NULL) {
        why = "it has no symbol " CONNECTOR_SYMBOL;
    } else if (connector->interface != CONNECTOR_INTERFACE) {
        (void)snprintf(text, sizeof(text),
                       "it was made for version %u of the interface, this program has version %u",
                       (unsigned)connector->interface, (unsigned)CONNECTOR_INTERFACE);
    } else if (connector->kind == CONNECTOR_MEDIA) {
        why = "only the built-in WebRTC carries media itself";
    } else if (portal_connector_add(portal, connector, false, &why) == OK) {
        log_info("connector loaded", "file=%s name=%s", path, connector->name);
        return; /* stays open: the portal has its functions */
    }
    refuse(path, why);
    (void)dlclose(library);
}

static int is_library(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return entry->d_name[0] != '.' && size > 3 && strcmp(entry->d_name + size - 3, ".so") == 0;
}

MUST_USE enum err plugin_load_all(struct portal *portal, const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_library, alphasort);
    if (count < 0) {
        log_error("the folder of connectors cannot be read", "folder=%s errno=%d", folder, errno);
        return ERR_IO;
    }
    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE];
        int size = snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        if (size > 0 && (size_t)size < sizeof(path)) {
            load(portal, path);
        }
        free(entries[i]);
    }
    free(entries);
    return OK;
}
