/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rows_admin.h"

#include "base/mem.h"

static enum err write_setting(struct queries *queries, const struct setting *setting)
{
    struct binder binder = bind_start(queries, QUERY_SETTING_PUT);
    bind_text(&binder, setting->owner);
    bind_text(&binder, setting->name);
    bind_text(&binder, secret_reveal(&setting->value));
    return bind_run(&binder, queries, QUERY_SETTING_PUT);
}

static enum err clear_settings(struct queries *queries, const struct setting *setting)
{
    struct binder binder = bind_start(queries, QUERY_SETTING_CLEAR);
    bind_text(&binder, setting->owner);
    return bind_run(&binder, queries, QUERY_SETTING_CLEAR);
}

static enum err write_im(struct queries *queries, enum query query, const struct im_account *im)
{
    struct binder binder = bind_start(queries, query);
    bind_blob(&binder, im->user.bytes, ID_BYTES);
    bind_text(&binder, im->type);
    if (query == QUERY_IM_PUT) {
        bind_number(&binder, im->place);
        bind_text(&binder, im->value);
    }
    return bind_run(&binder, queries, query);
}

static enum err write_choice(struct queries *queries, enum query query, const struct choice *choice)
{
    struct binder binder = bind_start(queries, query);
    bind_blob(&binder, choice->user.bytes, ID_BYTES);
    bind_blob(&binder, choice->target.bytes, ID_BYTES);
    if (query == QUERY_CHOICE_PUT) {
        bind_text(&binder, choice->connector);
        bind_number(&binder, choice->chosen_s);
    }
    return bind_run(&binder, queries, query);
}

static enum err write_audit(struct queries *queries, const struct audit *audit)
{
    struct binder binder = bind_start(queries, QUERY_AUDIT_ADD);
    bind_number(&binder, audit->at_s);
    bind_blob(&binder, audit->by.bytes, ID_BYTES);
    bind_text(&binder, audit->by_name);
    bind_text(&binder, audit->act);
    bind_text(&binder, audit->target);
    bind_text(&binder, audit->detail);
    enum err err = bind_run(&binder, queries, QUERY_AUDIT_ADD);
    if (err != OK) {
        return err;
    }
    binder = bind_start(queries, QUERY_AUDIT_TRIM);
    bind_number(&binder, AUDIT_ENTRIES_MAX);
    return bind_run(&binder, queries, QUERY_AUDIT_TRIM);
}

MUST_USE enum err rows_admin_write(struct queries *queries, const struct change *change)
{
    switch (change->kind) {
    case CHANGE_SETTING_PUT:
        return write_setting(queries, &change->setting);
    case CHANGE_SETTING_CLEAR:
        return clear_settings(queries, &change->setting);
    case CHANGE_IM_PUT:
        return write_im(queries, QUERY_IM_PUT, &change->im);
    case CHANGE_IM_CLEAR:
        return write_im(queries, QUERY_IM_CLEAR, &change->im);
    case CHANGE_CHOICE_PUT:
        return write_choice(queries, QUERY_CHOICE_PUT, &change->choice);
    case CHANGE_CHOICE_REMOVE:
        return write_choice(queries, QUERY_CHOICE_REMOVE, &change->choice);
    case CHANGE_AUDIT_ADD:
        return write_audit(queries, &change->audit);
    default:
        ASSERT(false);
    }
}

void rows_admin_read_setting(struct reader *reader, struct change *change)
{
    char value[SECRET_SIZE_MAX + 1] = "";
    change->kind = CHANGE_SETTING_PUT;
    read_text(reader, change->setting.owner, sizeof(change->setting.owner));
    read_text(reader, change->setting.name, sizeof(change->setting.name));
    read_text(reader, value, sizeof(value));
    reader->damaged =
        secret_set(&change->setting.value, slice_text(value)) != OK || reader->damaged;
    mem_wipe(value, sizeof(value));
}

void rows_admin_read_im(struct reader *reader, struct change *change)
{
    change->kind = CHANGE_IM_PUT;
    read_blob(reader, change->im.user.bytes, ID_BYTES);
    read_text(reader, change->im.type, sizeof(change->im.type));
    change->im.place = (uint8_t)read_number(reader);
    read_text(reader, change->im.value, sizeof(change->im.value));
}

void rows_admin_read_choice(struct reader *reader, struct change *change)
{
    change->kind = CHANGE_CHOICE_PUT;
    read_blob(reader, change->choice.user.bytes, ID_BYTES);
    read_blob(reader, change->choice.target.bytes, ID_BYTES);
    read_text(reader, change->choice.connector, sizeof(change->choice.connector));
    change->choice.chosen_s = read_number(reader);
}
