/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdio.h>
#include <string.h>

#include "base/counter.h"
#include "base/err.h"
#include "unit.h"

static char last_line[4096];
static unsigned lines;

static void keep_line(const char *line, void *arg)
{
    (void)arg;
    lines++;
    (void)snprintf(last_line, sizeof(last_line), "%s", line);
}

static void a_line_has_level_module_message_and_values(void)
{
    log_set_sink(keep_line, NULL);
    log_warn("door closed", "count=%d", 3);
    log_set_sink(NULL, NULL);
    CHECK(strstr(last_line, " warn log_test door closed count=3") != NULL);
}

static void no_value_forges_a_line(void)
{
    char many[5000];
    memset(many, '\n', sizeof(many) - 1);
    many[sizeof(many) - 1] = '\0';
    log_set_sink(keep_line, NULL);
    log_error("bad", "name=%s", "x\n2026 error \x1b[31m\xff");
    CHECK(strchr(last_line, '\n') == NULL && strchr(last_line, '\x1b') == NULL);
    CHECK(strstr(last_line, "x\\x0a2026 error \\x1b[31m\\xff") != NULL);
    log_error("bad", "name=%s", many);
    log_set_sink(NULL, NULL);
    CHECK(strchr(last_line, '\n') == NULL && strlen(last_line) < 2048);
}

static void lower_levels_are_left_out(void)
{
    log_set_sink(keep_line, NULL);
    unsigned before = lines;
    log_debug("quiet", "a=%d", 1);
    log_set_level(LOG_DEBUG);
    log_debug("loud", "a=%d", 1);
    log_set_level(LOG_INFO);
    log_set_sink(NULL, NULL);
    CHECK(lines == before + 1 && strstr(last_line, "loud") != NULL);
}

static void each_counter_counts_and_has_words(void)
{
    for (unsigned i = 0; i < COUNTER_COUNT; i++) {
        enum counter counter = (enum counter)i;
        int64_t before = counter_value(counter);
        counter_increment(counter);
        counter_add(counter, -3);
        CHECK(counter_value(counter) == before - 2);
        CHECK(counter_name(counter)[0] != '\0' && counter_sentence(counter)[0] != '\0');
    }
}

static void each_error_has_its_name(void)
{
    for (unsigned i = 1; i < ERR_COUNT; i++) {
        CHECK(strncmp(err_name((enum err)i), "ERR_", 4) == 0);
        CHECK(strcmp(err_name((enum err)i), "ERR_UNKNOWN") != 0);
    }
    CHECK(strcmp(err_name((enum err)1000), "ERR_UNKNOWN") == 0);
}

UNIT(a_line_has_level_module_message_and_values, no_value_forges_a_line, lower_levels_are_left_out,
     each_counter_counts_and_has_words, each_error_has_its_name)
