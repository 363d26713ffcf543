/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LOG_LINE_SIZE 2048

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int level_min = LOG_INFO;
static void (*line_sink)(const char *line, void *arg);
static void *line_sink_arg;

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&level_min, (int)level, memory_order_relaxed);
}

void log_set_sink(void (*sink)(const char *line, void *arg), void *arg)
{
    (void)pthread_mutex_lock(&lock);
    line_sink = sink;
    line_sink_arg = arg;
    (void)pthread_mutex_unlock(&lock);
}

/* Appends `text` with everything but printable ASCII as \xNN, so that a value can neither begin a
 * line nor send an escape sequence to a terminal. Returns the new length. */
static size_t append_escaped(char *line, size_t length, size_t size, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        bool plain = byte >= 0x20 && byte < 0x7f && byte != '\\';
        if (length + (plain ? 1 : 4) >= size) {
            break;
        }
        if (plain) {
            line[length++] = (char)byte;
        } else {
            line[length++] = '\\';
            line[length++] = 'x';
            line[length++] = digits[byte >> 4];
            line[length++] = digits[byte & 15];
        }
    }
    line[length] = '\0';
    return length;
}

static size_t append_head(char *line, size_t size, enum log_level level, const char *file)
{
    static const char *const level_names[] = {"debug", "info", "warn", "error"};
    struct timespec now = {0};
    struct tm parts = {0};
    char date[32] = "";
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &parts);
    (void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &parts);
    const char *module = strrchr(file, '/');
    module = module == NULL ? file : module + 1;
    int name_size = (int)strcspn(module, ".");
    int length = snprintf(line, size, "%s.%03ldZ %s %.*s ", date, now.tv_nsec / 1000000,
                          level_names[(unsigned)level & 3], name_size, module);
    return length < 0 || (size_t)length >= size ? 0 : (size_t)length;
}

void log_write(enum log_level level, const char *file, const char *message, const char *format, ...)
{
    if ((int)level < atomic_load_explicit(&level_min, memory_order_relaxed)) {
        return;
    }
    char line[LOG_LINE_SIZE];
    char values[LOG_LINE_SIZE];
    va_list args;
    va_start(args, format);
    int written = vsnprintf(values, sizeof(values), format, args);
    va_end(args);
    size_t size = sizeof(line) - 1; /* room for the end of line */
    size_t length = append_head(line, size, level, file);
    length = append_escaped(line, length, size, message);
    if (written > 0) {
        length = append_escaped(line, length, size, " ");
        length = append_escaped(line, length, size, values);
    }
    (void)pthread_mutex_lock(&lock);
    if (line_sink != NULL) {
        line_sink(line, line_sink_arg);
    } else {
        line[length++] = '\n';
        (void)fwrite(line, 1, length, stderr); /* stderr has no buffer: one write a line */
    }
    (void)pthread_mutex_unlock(&lock);
}
