/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests: each runs once by cmocka, and then again and again while the first, the second, ...
 * allocation fails, and then the same with calls of libraries and of the system (failing.def). In
 * such a replay a failed CHECK only ends the test: what is looked for are crashes, sanitizer
 * reports, hangs and blocks that nobody frees. The replays run in an own process. */
#ifndef UNIT_H
#define UNIT_H

#include <stdbool.h>
#include <stddef.h>

/* Ends the test when `condition` is false. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            unit_check_failed(#condition, __FILE__, __LINE__);                                     \
        }                                                                                          \
    } while (0)

/* Defines main: UNIT(test_a, test_b, ...). */
#define UNIT(...)                                                                                  \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        static void (*const functions[])(void) = {__VA_ARGS__};                                    \
        (void)argc;                                                                                \
        return unit_main(argv[0], functions, sizeof(functions) / sizeof(functions[0]),             \
                         #__VA_ARGS__);                                                            \
    }

__attribute__((noreturn)) void unit_check_failed(const char *condition, const char *file, int line);

/* Told by a test at its beginning: frees all it makes, wherever it ends. So leaks are looked for in
 * replays that end early, too. */
void unit_finally(void (*tear_down)(void));

/* Whether something fails in this run: a test may then leave out what takes long. */
bool unit_replaying(void);

/* What `work` does to its process stays there: it runs in a child, quietly, and ends it with what
 * it returns. The wait status. */
int unit_in_child(int (*work)(void));

int unit_main(const char *program, void (*const *functions)(void), size_t count, const char *names);

#endif
