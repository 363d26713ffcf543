/* SPDX-License-Identifier: Apache-2.0 */
/* Structured log: one line an event, `time level module message key=value`, to stderr. Values are
 * escaped, so that no byte from outside can forge a line. No secret is ever a value. Any thread. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_set_level(enum log_level level);

/* Tests: lines go to `sink` instead of stderr; NULL restores. */
void log_set_sink(void (*sink)(const char *line, void *arg), void *arg);

/* `format` gives key=value pairs separated by blanks; a %s value is written by LOG_VALUE when it
 * comes from outside. The module is the file's name without its ending. */
__attribute__((format(printf, 4, 5))) void log_write(enum log_level level, const char *file,
                                                     const char *message, const char *format, ...);

#define log_debug(message, ...) log_write(LOG_DEBUG, __FILE__, message, __VA_ARGS__)
#define log_info(message, ...) log_write(LOG_INFO, __FILE__, message, __VA_ARGS__)
#define log_warn(message, ...) log_write(LOG_WARN, __FILE__, message, __VA_ARGS__)
#define log_error(message, ...) log_write(LOG_ERROR, __FILE__, message, __VA_ARGS__)

#endif
