/* SPDX-License-Identifier: Apache-2.0 */
/* A file layer for SQLite that keeps a record of every write, truncation, sync, creation and
 * removal beside the real files, can fail at any of them, and builds the files as a power cut at
 * any point may leave them. One thread, one database at a time. */
#ifndef FAULTDISK_H
#define FAULTDISK_H

#include <stdbool.h>
#include <stdint.h>

enum faultdisk_fault {
    FAULTDISK_NONE,
    FAULTDISK_FULL, /* no room: writes and truncations fail, syncs do not */
    FAULTDISK_IO,   /* writes, truncations and syncs fail */
};

/* What a name in the folder is after a cut. */
enum faultdisk_directory {
    FAULTDISK_ORDERED, /* each creation and removal that has happened */
    FAULTDISK_LAZY,    /* only those behind which a file was synced; the others may be, or not */
};

/* Makes the layer the default one of this process. Once. */
void faultdisk_install(void);

/* Forgets the record; the fault strikes at the `at`-th operation from now on (from 0): that one, or
 * with `lasting` each from it on. */
void faultdisk_begin(enum faultdisk_fault fault, uint32_t at, bool lasting);
/* Whether what happens is recorded (it is, at first). */
void faultdisk_record(bool records);
/* With `lies` a sync says that it was done and is not: what a test that finds nothing must find. */
void faultdisk_lie(bool lies);
/* Nothing fails any more. */
void faultdisk_heal(void);

/* How many operations there have been since the beginning. */
uint32_t faultdisk_count(void);

/* Writes the files of the recorded database into `folder` as a power cut after the first `count`
 * operations may leave them; what was not synced is there or not, whole or torn at a sector, as
 * `seed` decides. False: it could not be written. */
bool faultdisk_cut(const char *folder, uint32_t count, enum faultdisk_directory directory,
                   uint32_t seed);

#endif
