/* SPDX-License-Identifier: Apache-2.0 */
#include "app/clusterkey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static char path[64];

static void remove_file(void)
{
    (void)unlink(path);
}

/* Bytes that count up from `first`. */
static void make_file(size_t size, uint8_t first, mode_t mode)
{
    (void)snprintf(path, sizeof(path), "/tmp/visavis-key-XXXXXX");
    int file = mkstemp(path);
    unit_finally(remove_file);
    CHECK(file >= 0);
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(first + i);
        CHECK(write(file, &byte, 1) == 1);
    }
    CHECK(fchmod(file, mode) == 0 && close(file) == 0);
}

static void other_bytes_are_another_key(void)
{
    uint8_t one[NODETLS_KEY_SIZE] = {0};
    uint8_t again[NODETLS_KEY_SIZE] = {0};
    uint8_t other[NODETLS_KEY_SIZE] = {0};
    make_file(32, 1, 0600);
    CHECK(clusterkey_read(path, one) == OK && clusterkey_read(path, again) == OK);
    CHECK(memcmp(one, again, sizeof(one)) == 0);
    remove_file();
    make_file(32, 2, 0640);
    CHECK(clusterkey_read(path, other) == OK && memcmp(one, other, sizeof(one)) != 0);
    remove_file();
    make_file(33, 1, 0600);
    CHECK(clusterkey_read(path, again) == OK && memcmp(one, again, sizeof(one)) != 0);
    remove_file();
}

static void what_anybody_knows_is_no_key(void)
{
    uint8_t key[NODETLS_KEY_SIZE];
    CHECK(clusterkey_read("/nowhere/key", key) != OK);
    static const struct {
        size_t size;
        mode_t mode;
    } faults[] = {{31, 0600}, {0, 0600}, {CLUSTERKEY_FILE_MAX + 1, 0600}, {32, 0604}};
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        make_file(faults[i].size, 1, faults[i].mode);
        CHECK(clusterkey_read(path, key) != OK);
        remove_file();
    }
    make_file(0, 0, 0600);
    CHECK(truncate(path, 64) == 0);
    CHECK(clusterkey_read(path, key) != OK);
    remove_file();
}

UNIT(other_bytes_are_another_key, what_anybody_knows_is_no_key)
