/* SPDX-License-Identifier: Apache-2.0 */
#include "model/model.h"

#include "base/text.h"

#define ERASED_NAME_BYTES 8

static enum err refuse(const char **why, const char *rule)
{
    if (why != NULL) {
        *why = rule;
    }
    return ERR_INVALID;
}

void model_erased_name(const struct id *id, char out[USER_NAME_MAX + 1])
{
    static const char digits[] = "0123456789abcdef";
    static const char start[] = "deleted-";
    memset(out, 0, USER_NAME_MAX + 1);
    memcpy(out, start, sizeof start - 1);
    char *at = out + sizeof start - 1;
    for (size_t i = 0; i < ERASED_NAME_BYTES; i++) {
        *at++ = digits[id->bytes[i] >> 4];
        *at++ = digits[id->bytes[i] & 15];
    }
}

bool model_is_erased(const struct user *user)
{
    char name[USER_NAME_MAX + 1];
    model_erased_name(&user->id, name);
    return strcmp(user->name, name) == 0;
}

static bool is_letter_or_digit(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_name_character(uint8_t c)
{
    return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
}

/* One character of valid UTF-8 at *at, which moves behind it. */
static uint32_t next_character(struct slice text, size_t *at)
{
    uint8_t first = text.data[*at];
    size_t more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    static const uint8_t masks[] = {0x7F, 0x1F, 0x0F, 0x07};
    uint32_t character = first & masks[more];
    for (size_t i = 1; i <= more; i++) {
        character = character << 6 | (text.data[*at + i] & 0x3Fu);
    }
    *at += more + 1;
    return character;
}

struct range {
    uint32_t first;
    uint32_t last;
};

static bool in_ranges(uint32_t character, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (character >= ranges[i].first && character <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* Characters that change how their neighbours are shown: with them one person can look like
 * another, or turn round the text of a page behind the name. */
static bool is_control(uint32_t character)
{
    static const struct range controls[] = {
        {0x00, 0x1F},       {0x7F, 0x9F},     /* C0, DEL, C1 */
        {0x061C, 0x061C},   {0x200E, 0x200F}, /* direction marks */
        {0x2028, 0x202E},                     /* line and paragraph separators, bidi embeddings */
        {0x2066, 0x206F},                     /* bidi isolates, deprecated shapers */
        {0xFFF9, 0xFFFB},                     /* interlinear annotation */
        {0xE0001, 0xE0001},
    };
    return in_ranges(character, controls, sizeof(controls) / sizeof(controls[0]));
}

static bool is_invisible(uint32_t character)
{
    static const struct range invisible[] = {
        {0x20, 0x20},     {0xA0, 0xA0},     {0xAD, 0xAD},       {0x034F, 0x034F}, {0x115F, 0x1160},
        {0x1680, 0x1680}, {0x17B4, 0x17B5}, {0x180B, 0x180F},   {0x2000, 0x200F}, {0x202F, 0x202F},
        {0x205F, 0x2065}, {0x2800, 0x2800}, {0x3000, 0x3000},   {0x3164, 0x3164}, {0xFE00, 0xFE0F},
        {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xE0000, 0xE0FFF},
    };
    return in_ranges(character, invisible, sizeof(invisible) / sizeof(invisible[0]));
}

MUST_USE enum err model_check_user_name(struct slice text, const char **why)
{
    if (text.size == 0) {
        return refuse(why, "the user name is missing");
    }
    if (text.size > USER_NAME_MAX) {
        return refuse(why, "the user name has at most 32 characters");
    }
    if (!is_letter_or_digit(text.data[0])) {
        return refuse(why, "the user name starts with a letter a-z or a digit");
    }
    for (size_t i = 0; i < text.size; i++) {
        if (!is_name_character(text.data[i])) {
            return refuse(why, "the user name has only the characters a-z, 0-9, dot, _ and -");
        }
    }
    return OK;
}

/* Of the above, what does no harm in a text that stands apart: on its own lines, isolated. */
static bool is_allowed_in_lines(uint32_t character)
{
    static const struct range allowed[] = {
        {'\t', '\n'}, {0x061C, 0x061C}, {0x200E, 0x200F}, {0x2066, 0x2069}};
    return in_ranges(character, allowed, sizeof(allowed) / sizeof(allowed[0]));
}

static enum err check_text(struct slice text, size_t size_min, size_t size_max, bool lines,
                           const char **why)
{
    if (text.size < size_min) {
        return refuse(why, text.size == 0 ? "the text is missing" : "the text is too short");
    }
    if (text.size > size_max) {
        return refuse(why, "the text is too long");
    }
    if (!text_is_utf8(text)) {
        return refuse(why, "the text is not valid UTF-8");
    }
    bool visible = false;
    for (size_t at = 0; at < text.size;) {
        uint32_t character = next_character(text, &at);
        bool control = is_control(character);
        if (control && !(lines && is_allowed_in_lines(character))) {
            return refuse(why, "the text has a control character");
        }
        visible = visible || !(control || is_invisible(character));
    }
    if (size_min > 0 && !visible) {
        return refuse(why, "the text has no visible character");
    }
    return OK;
}

MUST_USE enum err model_check_text(struct slice text, size_t size_min, size_t size_max,
                                   const char **why)
{
    return check_text(text, size_min, size_max, false, why);
}

MUST_USE enum err model_check_lines(struct slice text, size_t size_min, size_t size_max,
                                    const char **why)
{
    return check_text(text, size_min, size_max, true, why);
}

static bool is_domain(struct slice text)
{
    bool at_start = true;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        bool plain = is_letter_or_digit(c) || (c >= 'A' && c <= 'Z') || c >= 0x80;
        if (!plain && (at_start || (c != '.' && c != '-'))) {
            return false;
        }
        at_start = c == '.';
    }
    return text.size > 0 && !at_start && text.data[text.size - 1] != '-';
}

MUST_USE enum err model_check_email(struct slice text, const char **why)
{
    static const char rule[] = "the e-mail address is not of the form name@host";
    if (text.size == 0) {
        return OK;
    }
    if (text.size > USER_EMAIL_MAX) {
        return refuse(why, "the e-mail address has at most 254 bytes");
    }
    if (model_check_text(text, 1, USER_EMAIL_MAX, why) != OK) {
        return refuse(why, rule);
    }
    /* RFC 5321 section 4.5.3.1.1: a local part has at most 64 octets. Quoted ones are refused. */
    const uint8_t *at = memchr(text.data, '@', text.size);
    size_t local = at == NULL ? 0 : (size_t)(at - text.data);
    if (local == 0 || local > 64) {
        return refuse(why, rule);
    }
    for (size_t i = 0; i < local; i++) {
        if (text.data[i] == ' ' || strchr("\"(),:;<>[\\]", text.data[i]) != NULL) {
            return refuse(why, rule);
        }
    }
    if (!is_domain(slice_from(at + 1, text.size - local - 1))) {
        return refuse(why, rule);
    }
    return OK;
}

MUST_USE enum err model_check_password(struct slice text, const char **why)
{
    if (text.size < USER_PASSWORD_MIN) {
        return refuse(why, "the password has at least 10 characters");
    }
    if (text.size > USER_PASSWORD_MAX) {
        return refuse(why, "the password has at most 256 bytes");
    }
    if (!text_is_utf8(text)) {
        return refuse(why, "the password is not valid UTF-8");
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 0x20 || text.data[i] == 0x7F) {
            return refuse(why, "the password has a control character");
        }
    }
    return OK;
}

MUST_USE enum err model_check_group(struct slice text, const char **why)
{
    if (text.size == 0 || text.size > GROUP_NAME_MAX) {
        return refuse(why, "the group name has 1 to 64 characters");
    }
    bool at_start = true;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (at_start && !is_letter_or_digit(c)) {
            return refuse(why, "each part of the group name starts with a letter a-z or a digit");
        }
        if (c != '/' && !is_name_character(c)) {
            return refuse(why, "the group name has only the characters a-z, 0-9, dot, _, - and /");
        }
        at_start = c == '/';
    }
    if (at_start) {
        return refuse(why, "the group name does not end with /");
    }
    return OK;
}

struct slice *change_borrowed(struct change *change)
{
    switch (change->kind) {
    case CHANGE_AVATAR_PUT:
        return &change->avatar.bytes;
    case CHANGE_CHATMSG_ADD:
        return &change->chatmsg.text;
    case CHANGE_ACTIVITY_ADD:
        return &change->activity.text;
    case CHANGE_COMMENT_ADD:
        return &change->comment.text;
    default:
        return NULL;
    }
}

MUST_USE enum err model_check_key(struct slice text, size_t size_max, const char **why)
{
    if (text.size == 0 || text.size > size_max) {
        return refuse(why, "the name is empty or too long");
    }
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (!is_letter_or_digit(c) && !(c == '-' && i > 0)) {
            return refuse(why, "the name has only the characters a-z, 0-9 and -");
        }
    }
    return OK;
}
