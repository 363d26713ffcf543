/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/arena.h"
#include "unit.h"

static void appends_and_consumes(void)
{
    struct buf buf;
    buf_init(&buf, 1000);
    CHECK(buf_append_text(&buf, "hello ") == OK && buf_append_byte(&buf, '!') == OK);
    CHECK(buf_append(&buf, slice_text(NULL)) == OK);
    buf_consume(&buf, 6);
    CHECK(slice_equal(buf_slice(&buf), SLICE("!")));
    buf_consume(&buf, 1);
    buf_consume(&buf, 0);
    CHECK(buf.size == 0);
    buf_fini(&buf);
    CHECK(buf_append_text(&buf, "again") == OK);
    buf_fini(&buf);
}

static void takes_all_or_nothing_at_the_maximum(void)
{
    struct buf buf;
    uint8_t *room = NULL;
    buf_init(&buf, 5);
    CHECK(buf_append_text(&buf, "123") == OK);
    CHECK(buf_append_text(&buf, "456") == ERR_LIMIT && buf.size == 3);
    CHECK(buf_printf(&buf, "%d", 456) == ERR_LIMIT && buf.size == 3);
    CHECK(buf_reserve(&buf, SIZE_MAX, &room) == ERR_LIMIT);
    CHECK(buf_append_text(&buf, "45") == OK && slice_equal(buf_slice(&buf), SLICE("12345")));
    CHECK(buf.capacity <= 64);
    buf_fini(&buf);
}

static void prints_long_texts_whole(void)
{
    struct buf buf;
    buf_init(&buf, 700);
    CHECK(buf_printf(&buf, "%0255d", 1) == OK && buf.size == 255);
    CHECK(buf_printf(&buf, "%0256d", 1) == OK && buf.size == 511);
    CHECK(buf_printf(&buf, "%0300d", 1) == ERR_LIMIT && buf.size == 511);
    CHECK(buf.data[510] == '1');
    buf_fini(&buf);
}

static void forgets_and_can_be_used_again(void)
{
    struct buf buf;
    buf_init(&buf, 100);
    buf_forget(&buf);
    CHECK(buf_append_text(&buf, "secret") == OK);
    buf_forget(&buf);
    CHECK(buf.data == NULL && buf.size == 0);
    CHECK(buf_append_text(&buf, "again") == OK);
    buf_fini(&buf);
}

static void an_arena_hands_out_zeroed_pieces_up_to_its_maximum(void)
{
    struct arena arena;
    arena_init(&arena, 10000);
    for (size_t size = 0; size < 100; size++) {
        uint8_t *piece = arena_alloc(&arena, size);
        CHECK(piece != NULL && (uintptr_t)piece % 16 == 0);
        for (size_t i = 0; i < size; i++) {
            CHECK(piece[i] == 0);
            piece[i] = 0xff;
        }
    }
    CHECK(arena_alloc(&arena, 9000) == NULL && arena_alloc(&arena, SIZE_MAX) == NULL);
    CHECK(arena_alloc(&arena, 4200) != NULL);
    arena_fini(&arena);
    char *text = arena_copy_text(&arena, SLICE("abc"));
    CHECK(text != NULL && strcmp(text, "abc") == 0);
    CHECK(arena_alloc(&arena, 9984) != NULL && arena_alloc(&arena, 1) == NULL);
    arena_fini(&arena);
}

static void a_cleared_arena_hands_out_the_same_memory_zeroed(void)
{
    struct arena arena;
    arena_init(&arena, 100000);
    CHECK(arena_alloc(&arena, 9000) != NULL);
    uint8_t *text = arena_alloc(&arena, 6000);
    CHECK(text != NULL);
    memset(text, 0xff, 100);
    arena_trim(&arena, 6000, 100);
    uint8_t *next = arena_alloc(&arena, 16);
    CHECK(next == text + 112 && next[0] == 0);
    arena_clear(&arena);
    uint8_t *again = arena_alloc(&arena, 6000);
    CHECK(again == text && again[0] == 0 && again[99] == 0);
    CHECK(arena.used_bytes == 6000);
    CHECK(arena_alloc(&arena, 20000) != NULL);
    arena_clear(&arena);
    CHECK(arena.blocks == NULL);
    arena_fini(&arena);
}

UNIT(a_cleared_arena_hands_out_the_same_memory_zeroed, appends_and_consumes,
     forgets_and_can_be_used_again, takes_all_or_nothing_at_the_maximum, prints_long_texts_whole,
     an_arena_hands_out_zeroed_pieces_up_to_its_maximum)
