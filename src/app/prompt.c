/* SPDX-License-Identifier: Apache-2.0 */
#include "app/prompt.h"

#include <errno.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

/* Byte by byte: what follows the line is not ours, and no buffer keeps the password. */
static enum err read_line(char *out, size_t size_max, size_t *size)
{
    *size = 0;
    while (*size < size_max) {
        char byte = 0;
        ssize_t count = read(STDIN_FILENO, &byte, 1);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return ERR_IO;
        }
        if (count == 0 || byte == '\n') {
            return count == 0 && *size == 0 ? ERR_CLOSED : OK;
        }
        out[(*size)++] = byte;
    }
    return OK;
}

MUST_USE enum err prompt_password(char *out, size_t size_max, size_t *size)
{
    struct termios before;
    if (isatty(STDIN_FILENO) == 0 || tcgetattr(STDIN_FILENO, &before) != 0) {
        return read_line(out, size_max, size);
    }
    struct termios silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    (void)fputs("New password: ", stderr);
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) != 0) {
        return ERR_IO;
    }
    enum err err = read_line(out, size_max, size);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    (void)fputc('\n', stderr);
    return err;
}
