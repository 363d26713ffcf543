/* SPDX-License-Identifier: Apache-2.0 */
#include "net/hello.h"

#include <stddef.h>

void hello_line_init(struct hello_line *line, void (*on_place)(struct hello *hello))
{
    *line = (struct hello_line){.on_place = on_place};
    line->end = &line->first;
}

bool hello_may_begin(struct hello_line *line, struct hello *hello)
{
    if (hello->may_begin) {
        return true;
    }
    if (line->first != NULL || line->begun >= HELLO_TURN_MAX) {
        return false;
    }
    line->begun++;
    hello->may_begin = true;
    return true;
}

void hello_wait(struct hello_line *line, struct hello *hello)
{
    if (hello->link != NULL) {
        return;
    }
    hello->next = NULL;
    hello->link = line->end;
    *line->end = hello;
    line->end = &hello->next;
}

void hello_leave(struct hello_line *line, struct hello *hello)
{
    if (hello->link == NULL) {
        return;
    }
    *hello->link = hello->next;
    if (hello->next != NULL) {
        hello->next->link = hello->link;
    } else {
        line->end = hello->link;
    }
    hello->link = NULL;
}

void hello_turn(struct hello_line *line)
{
    for (line->begun = 0; line->first != NULL && line->begun < HELLO_TURN_MAX; line->begun++) {
        struct hello *hello = line->first;

        hello_leave(line, hello);
        hello->may_begin = true;
        line->on_place(hello);
    }
}
