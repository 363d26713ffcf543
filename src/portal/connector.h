/* SPDX-License-Identifier: Apache-2.0 */
/* What a connector is: a name and a handful of functions (docs/connectors.md). Built-in ones are in
 * connectors/; others are shared objects that define the one symbol
 *
 *     const struct connector visavis_connector = {.interface = CONNECTOR_INTERFACE, ...};
 *
 * All functions run on the portal's thread and return at once: no network, no file, no memory that
 * outlives the call. All text is UTF-8 without control characters, NUL-ended, and borrowed. */
#ifndef PORTAL_CONNECTOR_H
#define PORTAL_CONNECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Grows by one when the layout or the meaning of anything in this file changes. */
#define CONNECTOR_INTERFACE 1
#define CONNECTOR_SYMBOL "visavis_connector"
#define CONNECTOR_FIELDS_MAX 8
#define CONNECTOR_URL_MAX 512

enum connector_kind {
    CONNECTOR_MEDIA,   /* sound and picture in the call window itself; only the built-in WebRTC */
    CONNECTOR_MEETING, /* rings; after the answer both open one https link */
    CONNECTOR_PROGRAM, /* a sip:, sips:, callto: or tel: link for a program of the caller's */
};

/* Whose IM account of `account_type` a call needs. */
enum connector_needs { CONNECTOR_NEEDS_NONE, CONNECTOR_NEEDS_EITHER, CONNECTOR_NEEDS_BOTH };

/* A value that the administrator sets. The name is a key for ever: a-z, 0-9, -. */
struct connector_field {
    const char *name;
    const char *title;
    const char *hint; /* may be "" */
};

struct connector_call {
    const char *const *values;  /* the settings in the order of `fields`; "": not set */
    const char *caller_account; /* "": has none */
    const char *callee_account;
    const char
        *room; /* 22 characters A-Z a-z 0-9 _ -, the same for both sides, not to be guessed */
};

struct connector {
    uint32_t interface; /* CONNECTOR_INTERFACE; stays the first member for ever */
    const char *name;   /* a-z, 0-9, -, at most 32: its key for ever */
    const char *title;  /* as the pulldown shows it */
    const char *description;
    enum connector_kind kind;
    bool groups;               /* can call a space or a team room as well (MEETING) */
    const char *account_type;  /* NULL: knows no IM accounts; a-z, 0-9, -, at most 16 */
    const char *account_title; /* as the IM field of a profile shows it */
    const struct connector_field *fields;
    uint32_t field_count; /* at most CONNECTOR_FIELDS_MAX */

    /* NULL, or what is wrong with a value, as a constant text that finishes "the value ...".
     * Empty values are not asked about. */
    const char *(*check_field)(uint32_t field, const char *value);
    const char *(*check_account)(const char *account);
    enum connector_needs (*needs)(const char *const *values);
    /* Writes the link of a call, NUL-ended. The portal refuses any but https for MEETING and those
     * named above for PROGRAM. ERR_NOT_FOUND: no call is possible; ERR_LIMIT: no room. */
    enum err (*link)(const struct connector_call *call, char *out, size_t size);
};

#endif
