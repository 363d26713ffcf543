/* SPDX-License-Identifier: Apache-2.0 */
#include "model/activity.h"

#include "model/model.h"

static bool in_name(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c >= 0x80;
}

bool activity_next_mention(struct slice text, size_t *at, struct slice *name)
{
    for (size_t i = *at; i < text.size; i++) {
        if (text.data[i] != '@' || (i > 0 && in_name(text.data[i - 1]))) {
            continue;
        }
        size_t end = i + 1;
        while (end < text.size && in_name(text.data[end])) {
            end++;
        }
        *at = end;
        /* What ends the sentence is no part of the name. */
        while (end > i + 1 && (text.data[end - 1] == '.' || text.data[end - 1] == '-')) {
            end--;
        }
        *name = slice_from(text.data + i + 1, end - i - 1);
        if (model_check_user_name(*name, NULL) == OK) {
            return true;
        }
        i = *at - 1;
    }
    *at = text.size;
    return false;
}
