/* SPDX-License-Identifier: Apache-2.0 */
/* What people type: whatever goes into a search field is an expression that FTS5 takes, and a
 * mention is a user name that stands in the text. */
#include <sqlite3.h>
#include <stdlib.h>

#include "fuzz.h"
#include "model/model.h"
#include "store/match.h"
#include "store/roomwords.h"

static sqlite3_stmt *search(void)
{
    static sqlite3_stmt *statement;
    sqlite3 *database = NULL;
    if (statement == NULL) {
        ASSERT(sqlite3_open(":memory:", &database) == SQLITE_OK);
        ASSERT(roomwords_register(database) == OK);
        ASSERT(sqlite3_exec(database,
                            "CREATE VIRTUAL TABLE said USING fts5 (text, content='', columnsize=0,"
                            " prefix='34 35', tokenize='roomwords remove_diacritics 2');"
                            "INSERT INTO said (rowid, text)"
                            " VALUES (1, 'ab000000000000000000000000000000hello');",
                            NULL, NULL, NULL) == SQLITE_OK);
        ASSERT(sqlite3_prepare_v2(database, "SELECT rowid FROM said WHERE said MATCH ?1", -1,
                                  &statement, NULL) == SQLITE_OK);
    }
    return statement;
}

static void check_search(struct slice text, const struct id *room)
{
    char match[MATCH_SIZE];
    if (!match_build(text, room, match)) {
        return;
    }
    sqlite3_stmt *statement = search();
    ASSERT(sqlite3_bind_text(statement, 1, match, -1, SQLITE_STATIC) == SQLITE_OK);
    int result = sqlite3_step(statement);
    ASSERT(result == SQLITE_ROW || result == SQLITE_DONE);
    (void)sqlite3_reset(statement);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct id room = {{0xAB}};
    struct slice text = slice_from(data, size);
    struct slice name;
    size_t at = 0;
    while (activity_next_mention(text, &at, &name)) {
        ASSERT(model_check_user_name(name, NULL) == OK);
        ASSERT(name.data > data && name.data[-1] == '@' && name.data + name.size <= data + size);
        ASSERT(at <= size);
    }
    /* The query of a request is UTF-8 without NUL. */
    if (memchr(data, 0, size) == NULL && model_check_lines(text, 0, size, NULL) == OK) {
        check_search(text, &room);
    }
    return 0;
}
