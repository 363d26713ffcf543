/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/userhash.h"

#include "base/map.h"
#include "base/mem.h"
#include "crypto/digest.h"
#include "turn/credential.h"

#define REALM_SIZE_MAX 32

struct entry {
    uint8_t hash[USERHASH_SIZE];
    struct entry *next; /* in the order of adding, which is nearly that of expiry */
    uint64_t expiry_s;
    size_t size;
    char name[];
};

struct userhash {
    struct map *by_hash;
    struct entry *first;
    struct entry **last;
    struct slice realm; /* a literal of the engine */
};

enum err userhash_create(uint32_t count_max, struct slice realm, struct userhash **out)
{
    ASSERT(realm.size <= REALM_SIZE_MAX);
    struct userhash *names = mem_alloc(sizeof(*names));
    if (names == NULL) {
        return ERR_NOMEM;
    }
    names->realm = realm;
    names->last = &names->first;
    enum err err = map_create(count_max, &names->by_hash);
    if (err != OK) {
        mem_free(names);
        return err;
    }
    *out = names;
    return OK;
}

void userhash_destroy(struct userhash *names)
{
    if (names == NULL) {
        return;
    }
    while (names->first != NULL) {
        struct entry *entry = names->first;
        names->first = entry->next;
        mem_free(entry);
    }
    map_destroy(names->by_hash);
    mem_free(names);
}

enum err userhash_add(struct userhash *names, struct slice name, uint64_t expiry_s)
{
    uint8_t text[CREDENTIAL_NAME_SIZE_MAX + 1 + REALM_SIZE_MAX];
    if (name.size > CREDENTIAL_NAME_SIZE_MAX) {
        return ERR_INVALID;
    }
    struct entry *entry = mem_alloc(sizeof(*entry) + name.size);
    if (entry == NULL) {
        return ERR_NOMEM;
    }
    memcpy(text, name.data, name.size);
    text[name.size] = ':';
    memcpy(text + name.size + 1, names->realm.data, names->realm.size);
    digest_sha256(slice_from(text, name.size + 1 + names->realm.size), entry->hash);
    memcpy(entry->name, name.data, name.size);
    entry->size = name.size;
    entry->expiry_s = expiry_s;
    enum err err = map_add(names->by_hash, slice_from(entry->hash, USERHASH_SIZE), entry);
    if (err != OK) {
        mem_free(entry);
        return err == ERR_EXISTS ? OK : err;
    }
    *names->last = entry;
    names->last = &entry->next;
    return OK;
}

struct slice userhash_find(const struct userhash *names, struct slice hash)
{
    const struct entry *entry = map_find(names->by_hash, hash);
    return entry == NULL ? slice_from(NULL, 0) : slice_from(entry->name, entry->size);
}

void userhash_sweep(struct userhash *names, uint64_t wall_s)
{
    struct entry **link = &names->first;
    while (*link != NULL) {
        struct entry *entry = *link;
        if (entry->expiry_s >= wall_s) {
            link = &entry->next;
            continue;
        }
        *link = entry->next;
        (void)map_remove(names->by_hash, slice_from(entry->hash, USERHASH_SIZE));
        mem_free(entry);
    }
    names->last = link;
}
