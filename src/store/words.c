/* SPDX-License-Identifier: Apache-2.0 */
#include "store/words.h"

#include <sqlite3.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/db_sqlite.h"
#include "store/match.h"
#include "store/roomwords.h"

/* PostgreSQL counts no further; what is behind has this place. */
#define POSITION_MAX 16383

struct words {
    sqlite3 *database; /* in memory and empty: it lends its tokenizer */
    fts5_tokenizer calls;
    Fts5Tokenizer *tokenizer;
};

/* One text on its way into a vector or a query. */
struct pass {
    struct buf *out;
    struct slice key;
    bool vector;
    uint32_t count;
    enum err err;
};

/* What counts of a word, to the end of a character. */
static size_t kept_size(const char *word, size_t size)
{
    if (size <= ROOMWORDS_WORD_MAX) {
        return size;
    }
    size = ROOMWORDS_WORD_MAX;
    while (size > 0 && ((uint8_t)word[size] & 0xC0) == 0x80) {
        size--;
    }
    return size;
}

/* A word has letters and digits only, but what is not ours is quoted all the same. */
static enum err put_quoted(struct buf *out, struct slice key, const char *word, size_t size)
{
    enum err err = buf_append_byte(out, '\'');
    err = err == OK ? buf_append(out, key) : err;
    for (size_t i = 0; i < size && err == OK; i++) {
        err = word[i] == '\'' || word[i] == '\\' ? buf_append_byte(out, (uint8_t)word[i]) : OK;
        err = err == OK ? buf_append_byte(out, (uint8_t)word[i]) : err;
    }
    return err == OK ? buf_append_byte(out, '\'') : err;
}

static int on_word(void *arg, int flags, const char *token, int size, int start, int end)
{
    struct pass *pass = arg;
    (void)flags;
    (void)start;
    (void)end;
    size_t kept = kept_size(token, (size_t)size);
    uint32_t position = pass->count < POSITION_MAX ? pass->count + 1 : POSITION_MAX;
    if (pass->count > 0) {
        pass->err = buf_append_text(pass->out, pass->vector ? " " : " <-> ");
    }
    pass->err = pass->err == OK ? put_quoted(pass->out, pass->key, token, kept) : pass->err;
    if (pass->err == OK && pass->vector) {
        pass->err = buf_printf(pass->out, ":%u", position);
    }
    pass->count++;
    return pass->err == OK ? SQLITE_OK : SQLITE_NOMEM;
}

static enum err cut(struct words *words, struct pass *pass, struct slice text, int flags)
{
    int result = words->calls.xTokenize(words->tokenizer, pass, flags, (const char *)text.data,
                                        (int)text.size, on_word);
    return pass->err != OK ? pass->err : db_sqlite_err(words->database, result);
}

MUST_USE enum err words_vector(struct words *words, struct slice keyed, struct buf *out)
{
    if (keyed.size < ROOMWORDS_KEY) {
        return OK;
    }
    struct pass pass = {.out = out, .key = slice_from(keyed.data, ROOMWORDS_KEY), .vector = true};
    struct slice text = slice_from(keyed.data + ROOMWORDS_KEY, keyed.size - ROOMWORDS_KEY);
    return cut(words, &pass, text, FTS5_TOKENIZE_DOCUMENT);
}

MUST_USE enum err words_query(struct words *words, struct slice text, const struct id *room,
                              struct buf *out, bool *any)
{
    char key[ROOMWORDS_KEY + 1];
    struct match_words typed = {.text = text};
    struct slice word;
    bool prefix = false;
    enum err err = OK;
    text_hex(id_slice(room), key);
    *any = false;
    while (err == OK && match_next(&typed, &word, &prefix)) {
        struct pass pass = {.out = out, .key = slice_from(key, ROOMWORDS_KEY)};
        err = buf_append_text(out, *any ? " & (" : "(");
        err = err == OK ? cut(words, &pass, word, FTS5_TOKENIZE_QUERY) : err;
        if (err == OK && pass.count == 0) {
            *any = false; /* a sign, which is in no index */
            return OK;
        }
        err = err == OK ? buf_append_text(out, prefix ? ":*)" : ")") : err;
        *any = true;
    }
    return err;
}

MUST_USE enum err words_open(struct words **out)
{
    const char *arguments[] = {"remove_diacritics", "2"};
    struct words *words = mem_alloc(sizeof(*words));
    void *inner = NULL;
    *out = NULL;
    if (words == NULL) {
        return ERR_NOMEM;
    }
    int result = sqlite3_open_v2(":memory:", &words->database,
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL);
    fts5_api *api = result == SQLITE_OK ? roomwords_api(words->database) : NULL;
    result = result == SQLITE_OK && api == NULL ? SQLITE_ERROR : result;
    if (result == SQLITE_OK) {
        result = api->xFindTokenizer(api, "unicode61", &inner, &words->calls);
    }
    if (result == SQLITE_OK) {
        result = words->calls.xCreate(inner, arguments, 2, &words->tokenizer);
    }
    if (result != SQLITE_OK) {
        enum err err = db_sqlite_err(words->database, result);
        words_close(words);
        return err;
    }
    *out = words;
    return OK;
}

void words_close(struct words *words)
{
    if (words == NULL) {
        return;
    }
    if (words->tokenizer != NULL) {
        words->calls.xDelete(words->tokenizer);
    }
    (void)sqlite3_close_v2(words->database);
    mem_free(words);
}
