/* SPDX-License-Identifier: Apache-2.0 */
#include "faultdisk.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ENDING_COUNT 3
#define SECTOR 512
#define NAME_SIZE 600

/* The files of a database; its -shm is memory and is made anew. */
static const char *const endings[ENDING_COUNT] = {"", "-wal", "-journal"};

enum operation_kind { OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_CREATE, OP_REMOVE };

struct operation {
    enum operation_kind kind;
    int ending;
    int life; /* of the name: rises with each creation */
    int64_t offset;
    size_t size;
    uint8_t *bytes;
};

struct faultfile {
    sqlite3_file base;
    int ending; /* -1: of no interest */
    sqlite3_file *real;
};

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    sqlite3_io_methods methods;
    struct operation *list;
    uint32_t count;
    uint32_t room;
    int lives[ENDING_COUNT];
    enum faultdisk_fault fault;
    uint32_t fault_at;
    bool lasting;
    bool lies;
    bool silent;
} disk;

static uint32_t state;

static uint32_t draw(uint32_t below)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
}

/* ---- the record ---- */

static void keep(enum operation_kind kind, int ending, int64_t offset, const void *bytes,
                 size_t size)
{
    if (ending < 0 || disk.silent) {
        return;
    }
    if (disk.count == disk.room) {
        disk.room = disk.room == 0 ? 1024 : 2 * disk.room;
        disk.list = realloc(disk.list, disk.room * sizeof(disk.list[0]));
    }
    struct operation *operation = &disk.list[disk.count++];
    *operation = (struct operation){
        .kind = kind, .ending = ending, .life = disk.lives[ending], .offset = offset, .size = size};
    if (bytes != NULL) {
        operation->bytes = malloc(size);
        memcpy(operation->bytes, bytes, size);
    }
}

static bool fails(bool is_sync)
{
    bool struck = disk.lasting ? disk.count >= disk.fault_at : disk.count == disk.fault_at;
    return struck && (disk.fault == FAULTDISK_IO || (disk.fault == FAULTDISK_FULL && !is_sync));
}

/* A failing operation counts as well, so that the next one is another one. */
static int fail(int ending, int io_result)
{
    int result = disk.fault == FAULTDISK_FULL ? SQLITE_FULL : io_result;
    keep(OP_SYNC, ending, 0, NULL, 0);
    disk.list[disk.count - 1].life = -1; /* nothing was synced */
    return result;
}

/* ---- the layer ---- */

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct faultfile *)file)->real;
}

static int ending_of(sqlite3_file *file)
{
    return ((struct faultfile *)file)->ending;
}

static int on_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int on_read(sqlite3_file *file, void *to, int size, sqlite3_int64 offset)
{
    return real_of(file)->pMethods->xRead(real_of(file), to, size, offset);
}

static int on_write(sqlite3_file *file, const void *from, int size, sqlite3_int64 offset)
{
    if (ending_of(file) >= 0 && fails(false)) {
        return fail(ending_of(file), SQLITE_IOERR_WRITE);
    }
    keep(OP_WRITE, ending_of(file), offset, from, (size_t)size);
    return real_of(file)->pMethods->xWrite(real_of(file), from, size, offset);
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (ending_of(file) >= 0 && fails(false)) {
        return fail(ending_of(file), SQLITE_IOERR_TRUNCATE);
    }
    keep(OP_TRUNCATE, ending_of(file), size, NULL, 0);
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int on_sync(sqlite3_file *file, int flags)
{
    (void)flags; /* the real disk is not asked: only the record matters, and it is quick */
    if (ending_of(file) >= 0 && fails(true)) {
        return fail(ending_of(file), SQLITE_IOERR_FSYNC);
    }
    if (!disk.lies) {
        keep(OP_SYNC, ending_of(file), 0, NULL, 0);
    }
    return SQLITE_OK;
}

static int on_size(sqlite3_file *file, sqlite3_int64 *out)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), out);
}

static int on_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int on_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int on_reserved(sqlite3_file *file, int *out)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}

static int on_control(sqlite3_file *file, int what, void *arg)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), what, arg);
}

static int on_sector(sqlite3_file *file)
{
    (void)file;
    return SECTOR;
}

static int on_characteristics(sqlite3_file *file)
{
    (void)file;
    return 0; /* a disk that promises nothing: torn sectors after a cut are possible */
}

static int on_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}

static int on_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void on_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int on_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static int find_ending(const char *name)
{
    static const char base[] = "visavis.db";
    const char *last = name == NULL ? NULL : strrchr(name, '/');
    for (int i = 0; last != NULL && i < ENDING_COUNT; i++) {
        if (strncmp(last + 1, base, sizeof(base) - 1) == 0 &&
            strcmp(last + sizeof(base), endings[i]) == 0) {
            return i;
        }
    }
    return -1;
}

static int on_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                   int *flags_out)
{
    struct faultfile *made = (struct faultfile *)file;
    int ending = find_ending(name);
    bool absent = ending >= 0 && access(name, F_OK) != 0;
    (void)vfs;
    made->base.pMethods = NULL;
    made->real = (sqlite3_file *)(made + 1);
    if (absent && fails(false)) {
        return fail(ending, SQLITE_CANTOPEN);
    }
    int result = disk.real->xOpen(disk.real, name, made->real, flags, flags_out);
    if (result != SQLITE_OK) {
        return result;
    }
    made->ending = ending;
    made->base.pMethods = &disk.methods;
    if (absent) {
        disk.lives[ending]++;
        keep(OP_CREATE, ending, 0, NULL, 0);
    }
    return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    int ending = find_ending(name);
    (void)vfs;
    if (ending >= 0 && access(name, F_OK) == 0) {
        if (fails(false)) {
            return fail(ending, SQLITE_IOERR_DELETE);
        }
        keep(OP_REMOVE, ending, sync_folder, NULL, 0);
    }
    return disk.real->xDelete(disk.real, name, 0);
}

void faultdisk_install(void)
{
    disk.real = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.real;
    disk.vfs.zName = "faultdisk";
    disk.vfs.szOsFile = (int)sizeof(struct faultfile) + disk.real->szOsFile;
    disk.vfs.xOpen = on_open;
    disk.vfs.xDelete = on_delete;
    disk.methods = (sqlite3_io_methods){.iVersion = 2, /* without mapping the database */
                                        .xClose = on_close,
                                        .xRead = on_read,
                                        .xWrite = on_write,
                                        .xTruncate = on_truncate,
                                        .xSync = on_sync,
                                        .xFileSize = on_size,
                                        .xLock = on_lock,
                                        .xUnlock = on_unlock,
                                        .xCheckReservedLock = on_reserved,
                                        .xFileControl = on_control,
                                        .xSectorSize = on_sector,
                                        .xDeviceCharacteristics = on_characteristics,
                                        .xShmMap = on_shm_map,
                                        .xShmLock = on_shm_lock,
                                        .xShmBarrier = on_shm_barrier,
                                        .xShmUnmap = on_shm_unmap};
    (void)sqlite3_vfs_register(&disk.vfs, 1);
}

void faultdisk_begin(enum faultdisk_fault fault, uint32_t at, bool lasting)
{
    for (uint32_t i = 0; i < disk.count; i++) {
        free(disk.list[i].bytes);
    }
    disk.count = 0;
    memset(disk.lives, 0, sizeof(disk.lives));
    disk.fault = fault;
    disk.fault_at = at;
    disk.lasting = lasting;
}

void faultdisk_record(bool records)
{
    disk.silent = !records;
}

void faultdisk_lie(bool lies)
{
    disk.lies = lies;
}

void faultdisk_heal(void)
{
    disk.fault = FAULTDISK_NONE;
}

uint32_t faultdisk_count(void)
{
    return disk.count;
}

/* ---- after a cut ---- */

struct image {
    uint8_t *bytes;
    size_t size;
    size_t room;
};

static void resize(struct image *image, size_t size)
{
    if (size > image->room) {
        image->bytes = realloc(image->bytes, size);
        image->room = size;
    }
    if (size > image->size) {
        memset(image->bytes + image->size, 0, size - image->size);
    }
    image->size = size;
}

static void write_part(struct image *image, const struct operation *operation, size_t from,
                       size_t size)
{
    size_t end = (size_t)operation->offset + from + size;
    if (end > image->size) {
        resize(image, end);
    }
    memcpy(image->bytes + operation->offset + from, operation->bytes + from, size);
}

/* `how` 0: what was not synced is lost; 1: it is there; 2: each write as the draw says, by sectors.
 */
static void apply(struct image *image, const struct operation *operation, bool synced, uint32_t how)
{
    if (!synced && (how == 0 || (how == 2 && draw(3) == 0))) {
        return;
    }
    if (operation->kind == OP_TRUNCATE) {
        resize(image, (size_t)operation->offset);
        return;
    }
    for (size_t from = 0; from < operation->size; from += SECTOR) {
        size_t left = operation->size - from;
        if (synced || how != 2 || draw(4) != 0) {
            write_part(image, operation, from, left < SECTOR ? left : SECTOR);
        }
    }
}

/* Which life of the name a look into the folder finds; -1: none. The first sync of a new file syncs
 * its folder, all names of it. */
static int find_life(int ending, uint32_t count, enum faultdisk_directory directory)
{
    int happened = ending == 0 ? 0 : -1; /* the database was made before the record began */
    int kept = happened;
    bool is_new[ENDING_COUNT] = {false};
    for (uint32_t i = 0; i < count; i++) {
        const struct operation *operation = &disk.list[i];
        bool own = operation->ending == ending;
        if (operation->kind == OP_CREATE) {
            is_new[operation->ending] = true;
            happened = own ? operation->life : happened;
        } else if (operation->kind == OP_REMOVE) {
            happened = own ? -1 : happened;
            kept = operation->offset != 0 ? happened : kept; /* removed with a sync of the folder */
        } else if (operation->kind == OP_SYNC && operation->life >= 0 &&
                   is_new[operation->ending]) {
            is_new[operation->ending] = false;
            kept = happened;
        }
    }
    return directory == FAULTDISK_ORDERED || draw(2) == 0 ? happened : kept;
}

static bool write_file(const char *folder, int ending, const struct image *image)
{
    char name[NAME_SIZE];
    (void)snprintf(name, sizeof(name), "%s/visavis.db%s", folder, endings[ending]);
    int file = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    bool done = file >= 0 && (image->size == 0 ||
                              write(file, image->bytes, image->size) == (ssize_t)image->size);
    if (file >= 0) {
        (void)close(file);
    }
    return done;
}

bool faultdisk_cut(const char *folder, uint32_t count, enum faultdisk_directory directory,
                   uint32_t seed)
{
    bool done = true;
    uint32_t how = seed % 3;
    state = seed * 2654435761u + count;
    for (int ending = 0; done && ending < ENDING_COUNT; ending++) {
        struct image image = {0};
        int life = find_life(ending, count, directory);
        uint32_t synced = 0;
        for (uint32_t i = 0; i < count; i++) {
            const struct operation *operation = &disk.list[i];
            if (operation->ending == ending && operation->life == life &&
                operation->kind == OP_SYNC) {
                synced = i;
            }
        }
        for (uint32_t i = 0; i < count; i++) {
            const struct operation *operation = &disk.list[i];
            if (operation->ending == ending && operation->life == life &&
                (operation->kind == OP_WRITE || operation->kind == OP_TRUNCATE)) {
                apply(&image, operation, i < synced, how);
            }
        }
        done = life < 0 || write_file(folder, ending, &image);
        free(image.bytes);
    }
    return done;
}
