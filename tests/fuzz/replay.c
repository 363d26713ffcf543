/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over each file of the folders given as arguments. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

#define FILE_SIZE_MAX (1024 * 1024)

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(FILE_SIZE_MAX);
    uint8_t *exact = NULL;
    int ran = 0;
    if (file == NULL || data == NULL) {
        goto out;
    }
    size_t size = fread(data, 1, FILE_SIZE_MAX, file);
    /* A block of exactly this size, so that a byte too much is noticed. */
    exact = realloc(data, size == 0 ? 1 : size);
    if (exact != NULL) {
        data = exact;
        (void)LLVMFuzzerTestOneInput(data, size);
        ran = 1;
    }
out:
    if (file != NULL) {
        (void)fclose(file);
    }
    free(data);
    return ran;
}

int main(int argc, char **argv)
{
    int ran = 0;
    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        if (dir == NULL) {
            perror(argv[i]);
            return 1;
        }
        for (const struct dirent *entry = NULL; (entry = readdir(dir)) != NULL;) {
            char path[1024];
            if (entry->d_name[0] == '.') {
                continue;
            }
            (void)snprintf(path, sizeof(path), "%s/%s", argv[i], entry->d_name);
            ran += run_file(path);
        }
        (void)closedir(dir);
    }
    (void)printf("%d files\n", ran);
    return ran > 0 ? 0 : 1;
}
