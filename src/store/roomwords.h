/* SPDX-License-Identifier: Apache-2.0 */
/* The tokenizer of the search index: each word carries the room in which it was said, so that a
 * word of every room has a list for each room, and a search never walks over what others have said.
 * What is indexed or searched begins with the key of a room; its words are those of `unicode61`. */
#ifndef STORE_ROOMWORDS_H
#define STORE_ROOMWORDS_H

#include <sqlite3.h>

#include "base/err.h"
#include "model/id.h"

#define ROOMWORDS_KEY (2 * ID_BYTES) /* characters: the id in lower hexadecimal */
#define ROOMWORDS_WORD_MAX 128       /* bytes of a word that count */

/* For one connection, before anything is asked of the index. ERR_NOMEM, ERR_IO. */
MUST_USE enum err roomwords_register(sqlite3 *database);

/* The functions of FTS5; NULL: SQLite has none, or no memory. */
fts5_api *roomwords_api(sqlite3 *database);

#endif
