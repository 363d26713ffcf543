/* SPDX-License-Identifier: Apache-2.0 */
#include "store/roomwords.h"

#include <string.h>

#include "store/db_sqlite.h"

static const char inner_name[] = "unicode61";

struct Fts5Tokenizer {
    fts5_tokenizer calls; /* of unicode61 */
    Fts5Tokenizer *inner;
};

/* One text on its way through unicode61. */
struct pass {
    void *arg;
    int (*on_token)(void *arg, int flags, const char *token, int size, int start, int end);
    char word[ROOMWORDS_KEY + ROOMWORDS_WORD_MAX]; /* the key stays */
};

static void tokenizer_delete(Fts5Tokenizer *tokenizer)
{
    if (tokenizer->inner != NULL) {
        tokenizer->calls.xDelete(tokenizer->inner);
    }
    sqlite3_free(tokenizer);
}

static int tokenizer_create(void *api_arg, const char **args, int count, Fts5Tokenizer **out)
{
    fts5_api *api = api_arg;
    void *inner_arg = NULL;
    Fts5Tokenizer *tokenizer = sqlite3_malloc(sizeof(*tokenizer));
    *out = NULL;
    if (tokenizer == NULL) {
        return SQLITE_NOMEM;
    }
    *tokenizer = (Fts5Tokenizer){0};
    int result = api->xFindTokenizer(api, inner_name, &inner_arg, &tokenizer->calls);
    if (result == SQLITE_OK) {
        result = tokenizer->calls.xCreate(inner_arg, args, count, &tokenizer->inner);
    }
    if (result != SQLITE_OK) {
        tokenizer_delete(tokenizer);
        return result;
    }
    *out = tokenizer;
    return SQLITE_OK;
}

static int on_word(void *arg, int flags, const char *token, int size, int start, int end)
{
    struct pass *pass = arg;
    int kept = size < ROOMWORDS_WORD_MAX ? size : ROOMWORDS_WORD_MAX;
    memcpy(pass->word + ROOMWORDS_KEY, token, (size_t)kept);
    return pass->on_token(pass->arg, flags, pass->word, ROOMWORDS_KEY + kept, start, end);
}

static int tokenizer_run(Fts5Tokenizer *tokenizer, void *arg, int flags, const char *text, int size,
                         int (*on_token)(void *arg, int flags, const char *token, int size,
                                         int start, int end))
{
    struct pass pass = {.arg = arg, .on_token = on_token};
    if (size < ROOMWORDS_KEY) {
        return SQLITE_OK;
    }
    memcpy(pass.word, text, ROOMWORDS_KEY);
    return tokenizer->calls.xTokenize(tokenizer->inner, &pass, flags, text + ROOMWORDS_KEY,
                                      size - ROOMWORDS_KEY, on_word);
}

fts5_api *roomwords_api(sqlite3 *database)
{
    sqlite3_stmt *statement = NULL;
    fts5_api *api = NULL;
    if (sqlite3_prepare_v2(database, "SELECT fts5(?1)", -1, &statement, NULL) == SQLITE_OK) {
        (void)sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", NULL);
        (void)sqlite3_step(statement);
    }
    (void)sqlite3_finalize(statement);
    return api;
}

MUST_USE enum err roomwords_register(sqlite3 *database)
{
    fts5_tokenizer calls = {
        .xCreate = tokenizer_create, .xDelete = tokenizer_delete, .xTokenize = tokenizer_run};
    fts5_api *api = roomwords_api(database);
    if (api == NULL) {
        enum err err = db_sqlite_err(database, sqlite3_extended_errcode(database));
        return err == OK ? ERR_IO : err;
    }
    return db_sqlite_err(database, api->xCreateTokenizer(api, "roomwords", api, &calls, NULL));
}
