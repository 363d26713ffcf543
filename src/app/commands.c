/* SPDX-License-Identifier: Apache-2.0 */
#include "app/commands.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/catalogue.h"
#include "app/database.h"
#include "app/explain.h"
#include "app/keeping.h"
#include "app/prompt.h"
#include "app/serve.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/password.h"
#include "crypto/random.h"

#define WORDS_MAX 2 /* behind the name of the command */

/* A command that was asked for, and what it found and wants to write. */
struct request {
    const struct config *config;
    const struct command *command;
    const char *words[WORDS_MAX];
    const char *full_name;
    const char *email;
    bool admin;
    bool password_stdin;
    bool link;
    struct store *store;
    struct catalogue catalogue;
    char hash[PASSWORD_TEXT_SIZE]; /* of the password from stdin; empty: none was asked for */
    uint8_t token[TOKEN_BYTES];    /* of a link to print after the commit */
    bool has_token;
    int64_t token_expires_s;
};

struct command {
    const char *noun;
    const char *verb; /* NULL: the noun alone */
    const char *usage;
    const char *sentence;
    int words;     /* behind it */
    bool takes_id; /* a word: it may begin with a dash */
    /* Which options it takes. */
    bool takes_profile;
    bool takes_admin;
    bool takes_password_stdin;
    bool takes_link;
    bool reads_password; /* unless --link */
    bool makes_database; /* when there is none; the others then say that the folder is wrong */
    /* Works on the files; gives the exit code. Instead of `run` and `report`. */
    int (*run_on_files)(const struct config *config, const char *word);
    /* Between store_begin and store_commit. What went wrong has been said. */
    enum err (*run)(struct request *request);
    /* After the commit. */
    void (*report)(const struct request *request);
};

__attribute__((format(printf, 2, 3))) static enum err say(enum err err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("visavis: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    return err;
}

static enum err put(struct request *request, const struct change *change)
{
    enum err err = store_write(request->store, change, 1);
    if (err == ERR_EXISTS) {
        return say(err, "this name is taken");
    }
    return err == OK ? OK : say(err, "the database refused: %s", err_name(err));
}

static enum err find_user(struct request *request, const char *name, struct user *out)
{
    const struct user *user = catalogue_user(&request->catalogue, name);
    if (user == NULL) {
        return say(ERR_NOT_FOUND, "nobody is called %s; `visavis user list` shows all", name);
    }
    *out = *user;
    return OK;
}

static enum err put_user(struct request *request, enum change_kind kind, const struct user *user)
{
    struct change change = {.kind = kind};
    change.user = *user;
    return put(request, &change);
}

static enum err put_membership(struct request *request, enum change_kind kind,
                               const struct id *user, const char *group)
{
    struct change change = {.kind = kind};
    change.membership.user = *user;
    (void)snprintf(change.membership.group, sizeof(change.membership.group), "%s", group);
    return put(request, &change);
}

/* The entry of the audit, of the same transaction as the act; nobody's name: the command line. */
static enum err note(struct request *request, const char *act, const char *target,
                     const char *detail)
{
    struct change change = {.kind = CHANGE_AUDIT_ADD};
    struct audit *audit = &change.audit;
    audit->at_s = (int64_t)time(NULL);
    (void)snprintf(audit->act, sizeof(audit->act), "%s", act);
    (void)snprintf(audit->target, sizeof(audit->target), "%s", target);
    (void)snprintf(audit->detail, sizeof(audit->detail), "%s", detail);
    return put(request, &change);
}

/* Makes a link that works once; it is printed when it is sure to work. */
static enum err put_link(struct request *request, enum invitation_kind kind, const struct id *user)
{
    if (catalogue_count(&request->catalogue, CHANGE_INVITATION_PUT) >=
        request->config->portal.invitations_max) {
        return say(ERR_LIMIT, "too many links wait for being used (portal.invitations_max)");
    }
    struct change change = {.kind = CHANGE_INVITATION_PUT};
    struct invitation *invitation = &change.invitation;
    random_bytes(invitation->id.bytes, ID_BYTES);
    random_bytes(request->token, sizeof(request->token));
    digest_sha256(slice_from(request->token, sizeof(request->token)), invitation->token_hash);
    invitation->kind = kind;
    if (user != NULL) {
        invitation->user = *user;
    }
    invitation->created_s = (int64_t)time(NULL);
    invitation->expires_s = invitation->created_s + request->config->portal.invitation_s;
    request->token_expires_s = invitation->expires_s;
    request->has_token = true;
    return put(request, &change);
}

/* Ends all sign-ins of a person and takes back the links to a new password. */
static enum err end_access(struct request *request, const struct id *user)
{
    for (size_t i = 0; i < request->catalogue.count; i++) {
        struct change change = request->catalogue.changes[i];
        if (change.kind == CHANGE_LOGIN_PUT && id_equal(&change.login.user, user)) {
            change.kind = CHANGE_LOGIN_REMOVE;
        } else if (change.kind == CHANGE_INVITATION_PUT &&
                   id_equal(&change.invitation.user, user)) {
            change.kind = CHANGE_INVITATION_REMOVE;
        } else {
            continue;
        }
        enum err err = put(request, &change);
        if (err != OK) {
            return err;
        }
    }
    return OK;
}

static void print_link(const struct request *request)
{
    if (!request->has_token) {
        return;
    }
    char text[TEXT_BASE64URL_SIZE(TOKEN_BYTES) + 1];
    text_base64url(slice_from(request->token, TOKEN_BYTES), text);
    const struct config *config = request->config;
    if (config->origin[0] != '\0') {
        printf("%s/join/%s\n", config->origin, text);
    } else {
        printf("http%s://localhost:%u/join/%s\n", config->tls_cert[0] == '\0' ? "" : "s",
               (unsigned)config->listen_port, text);
    }
    mem_wipe(text, sizeof(text));
    char date[32] = "";
    struct tm tm;
    time_t expires = (time_t)request->token_expires_s;
    if (gmtime_r(&expires, &tm) != NULL) {
        (void)strftime(date, sizeof(date), "%Y-%m-%d %H:%M UTC", &tm);
    }
    (void)fprintf(stderr, "The link works once, until %s%s.\n", date,
                  config->origin[0] != '\0'
                      ? ""
                      : ", and only on this machine: set the option origin to the public address");
}

/* ---- user ---- */

static enum err fill_user(struct request *request, struct user *user)
{
    const char *full_name = request->full_name == NULL ? request->words[0] : request->full_name;
    const char *email = request->email == NULL ? "" : request->email;
    const char *why = NULL;
    if (model_check_user_name(slice_text(request->words[0]), &why) != OK) {
        return say(ERR_INVALID, "%s", why);
    }
    if (model_check_text(slice_text(full_name), 1, USER_FULL_NAME_MAX, &why) != OK) {
        return say(ERR_INVALID, "--full-name: %s", why);
    }
    if (model_check_email(slice_text(email), &why) != OK) {
        return say(ERR_INVALID, "--email: %s", why);
    }
    random_bytes(user->id.bytes, ID_BYTES);
    (void)snprintf(user->name, sizeof(user->name), "%s", request->words[0]);
    (void)snprintf(user->full_name, sizeof(user->full_name), "%s", full_name);
    (void)snprintf(user->email, sizeof(user->email), "%s", email);
    memcpy(user->password_hash, request->hash, sizeof(request->hash));
    user->microphone_on = true;
    user->camera_on = true;
    user->created_s = (int64_t)time(NULL);
    return OK;
}

static enum err user_add(struct request *request)
{
    struct user user = {0};
    enum err err = fill_user(request, &user);
    if (err != OK) {
        return err;
    }
    if (catalogue_user(&request->catalogue, user.name) != NULL) {
        return say(ERR_EXISTS, "there is a user %s already", user.name);
    }
    if (catalogue_count(&request->catalogue, CHANGE_USER_PUT) >=
        request->config->portal.users_max) {
        return say(ERR_LIMIT, "there are as many users as portal.users_max allows");
    }
    err = put_user(request, CHANGE_USER_PUT, &user);
    err = err == OK ? note(request, "user-added", user.name, "") : err;
    if (err == OK && request->admin) {
        err = put_membership(request, CHANGE_MEMBERSHIP_PUT, &user.id, GROUP_ADMINISTRATORS);
        err = err == OK ? note(request, "group-joined", user.name, GROUP_ADMINISTRATORS) : err;
    }
    if (err == OK && !request->password_stdin) {
        err = put_link(request, INVITATION_PASSWORD, &user.id);
    }
    return err;
}

static void print_groups(const struct catalogue *catalogue, const struct id *user)
{
    const char *separator = "";
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct change *change = &catalogue->changes[i];
        if (change->kind == CHANGE_MEMBERSHIP_PUT && id_equal(&change->membership.user, user)) {
            printf("%s%s", separator, change->membership.group);
            separator = ",";
        }
    }
}

/* Of commands that only report. */
static enum err nothing(struct request *request)
{
    (void)request;
    return OK;
}

static void print_users(const struct request *request)
{
    if (catalogue_count(&request->catalogue, CHANGE_USER_PUT) == 0) {
        (void)say(OK, "nobody has an account; `visavis user add NAME --admin` makes the first");
    }
    for (size_t i = 0; i < request->catalogue.count; i++) {
        const struct change *change = &request->catalogue.changes[i];
        if (change->kind == CHANGE_USER_PUT) {
            printf("%s\t%s\t%s\t%s\t", change->user.name,
                   change->user.disabled ? "disabled" : "enabled", change->user.full_name,
                   change->user.email);
            print_groups(&request->catalogue, &change->user.id);
            printf("\n");
        }
    }
}

static enum err refuse_last_administrator(const struct request *request, const struct user *user)
{
    bool last = !user->disabled &&
                catalogue_is_in(&request->catalogue, &user->id, GROUP_ADMINISTRATORS) &&
                catalogue_administrators(&request->catalogue, &user->id) == 0;
    return last ? say(ERR_FORBIDDEN, "%s is the only administrator; name another one first",
                      user->name)
                : OK;
}

static enum err user_disable(struct request *request)
{
    struct user user;
    enum err err = find_user(request, request->words[0], &user);
    if (err == OK && user.disabled) {
        (void)say(OK, "%s was disabled already", user.name);
    }
    err = err == OK ? refuse_last_administrator(request, &user) : err;
    if (err == OK) {
        user.disabled = true;
        err = put_user(request, CHANGE_USER_DISABLED, &user);
    }
    err = err == OK ? note(request, "user-disabled", user.name, "") : err;
    return err == OK ? end_access(request, &user.id) : err;
}

static enum err user_enable(struct request *request)
{
    struct user user;
    enum err err = find_user(request, request->words[0], &user);
    if (err == OK && !user.disabled) {
        return say(OK, "%s was not disabled", user.name);
    }
    if (err == OK) {
        user.disabled = false;
        err = put_user(request, CHANGE_USER_DISABLED, &user);
    }
    return err == OK ? note(request, "user-enabled", user.name, "") : err;
}

static enum err user_passwd(struct request *request)
{
    struct user user;
    enum err err = find_user(request, request->words[0], &user);
    if (err != OK) {
        return err;
    }
    if (request->link) {
        err = put_link(request, INVITATION_PASSWORD, &user.id);
        return err == OK ? note(request, "password-link", user.name, "") : err;
    }
    struct change change = {.kind = CHANGE_USER_PASSWORD};
    change.password.user = user.id;
    memcpy(change.password.hash, request->hash, sizeof(request->hash));
    err = put(request, &change);
    err = err == OK ? note(request, "password-set", user.name, "") : err;
    return err == OK ? end_access(request, &user.id) : err;
}

/* ---- group, invite ---- */

static void print_all_groups(const struct request *request)
{
    const struct catalogue *catalogue = &request->catalogue;
    for (size_t i = 0; i < catalogue->count; i++) {
        const char *group = catalogue->changes[i].membership.group;
        size_t people = 0;
        if (catalogue->changes[i].kind != CHANGE_GROUP_PUT) {
            continue;
        }
        for (size_t k = 0; k < catalogue->count; k++) {
            people += catalogue->changes[k].kind == CHANGE_MEMBERSHIP_PUT &&
                      strcmp(catalogue->changes[k].membership.group, group) == 0;
        }
        printf("%s\t%zu\n", group, people);
    }
    if (catalogue_count(catalogue, CHANGE_GROUP_PUT) == 0) {
        (void)say(OK, "there is no group; `visavis group add GROUP` makes one");
    }
}

static enum err check_group(const struct request *request, const char *group)
{
    if (!catalogue_has_group(&request->catalogue, group)) {
        return say(ERR_NOT_FOUND,
                   "there is no group %s; `visavis group list` shows all, `visavis group add` "
                   "makes one",
                   group);
    }
    return OK;
}

static enum err group_add(struct request *request)
{
    const char *why = NULL;
    if (model_check_group(slice_text(request->words[0]), &why) != OK) {
        return say(ERR_INVALID, "%s", why);
    }
    if (catalogue_has_group(&request->catalogue, request->words[0])) {
        return say(ERR_EXISTS, "there is a group %s already", request->words[0]);
    }
    if (catalogue_count(&request->catalogue, CHANGE_GROUP_PUT) >=
        request->config->portal.groups_max) {
        return say(ERR_LIMIT, "there are as many groups as portal.groups_max allows");
    }
    struct change change = {.kind = CHANGE_GROUP_PUT};
    (void)snprintf(change.membership.group, sizeof(change.membership.group), "%s",
                   request->words[0]);
    enum err err = put(request, &change);
    return err == OK ? note(request, "group-added", request->words[0], "") : err;
}

static enum err group_join(struct request *request)
{
    struct user user;
    enum err err = strcmp(request->words[0], GROUP_ADMINISTRATORS) == 0
                       ? OK
                       : check_group(request, request->words[0]);
    err = err == OK ? find_user(request, request->words[1], &user) : err;
    if (err != OK) {
        return err;
    }
    if (catalogue_is_in(&request->catalogue, &user.id, request->words[0])) {
        return say(OK, "%s is in %s already", user.name, request->words[0]);
    }
    if (catalogue_groups_of(&request->catalogue, &user.id) >= GROUPS_PER_USER_MAX) {
        return say(ERR_LIMIT, "%s is in %d groups, and more are not allowed", user.name,
                   GROUPS_PER_USER_MAX);
    }
    err = put_membership(request, CHANGE_MEMBERSHIP_PUT, &user.id, request->words[0]);
    return err == OK ? note(request, "group-joined", user.name, request->words[0]) : err;
}

static enum err group_leave(struct request *request)
{
    struct user user;
    enum err err = check_group(request, request->words[0]);
    err = err == OK ? find_user(request, request->words[1], &user) : err;
    if (err != OK) {
        return err;
    }
    if (!catalogue_is_in(&request->catalogue, &user.id, request->words[0])) {
        return say(ERR_NOT_FOUND, "%s is not in %s", user.name, request->words[0]);
    }
    if (strcmp(request->words[0], GROUP_ADMINISTRATORS) == 0) {
        err = refuse_last_administrator(request, &user);
    }
    if (err == OK) {
        err = put_membership(request, CHANGE_MEMBERSHIP_REMOVE, &user.id, request->words[0]);
    }
    return err == OK ? note(request, "group-left", user.name, request->words[0]) : err;
}

static enum err invite(struct request *request)
{
    enum err err =
        put_link(request, request->admin ? INVITATION_ADMINISTRATOR : INVITATION_MEMBER, NULL);
    return err == OK ? note(request, "invited", request->admin ? "administrator" : "member", "")
                     : err;
}

static enum err call_list(struct request *request)
{
    char place[DATABASE_PLACE_SIZE];
    enum err err = explain_list(database_place(request->config, place), &request->catalogue);
    return err == OK ? OK : say(err, "the calls cannot be read: %s", err_name(err));
}

static enum err call_explain(struct request *request)
{
    char place[DATABASE_PLACE_SIZE];
    const char *id = request->words[0];
    enum err err = explain_call(database_place(request->config, place), &request->catalogue, id);
    if (err == ERR_INVALID || err == ERR_NOT_FOUND) {
        return say(err, "there is no call %s; visavis call list shows the latest ones", id);
    }
    return err == OK ? OK : say(err, "the call cannot be read: %s", err_name(err));
}

/* ---- which command, and its frame ---- */

static const struct command commands[] = {
    {.noun = "user",
     .verb = "add",
     .words = 1,
     .makes_database = true,
     .takes_profile = true,
     .takes_admin = true,
     .takes_password_stdin = true,
     .run = user_add,
     .report = print_link,
     .usage = "user add NAME [--full-name TEXT] [--email ADDRESS] [--admin] [--password-stdin]",
     .sentence = "make an account; prints a link to choose the password, or reads it from stdin"},
    {.noun = "user",
     .verb = "list",
     .run = nothing,
     .report = print_users,
     .usage = "user list",
     .sentence = "name, state, full name, e-mail, groups; tabs between"},
    {.noun = "user",
     .verb = "disable",
     .words = 1,
     .run = user_disable,
     .usage = "user disable NAME",
     .sentence = "end all sign-ins and refuse new ones"},
    {.noun = "user",
     .verb = "enable",
     .words = 1,
     .run = user_enable,
     .usage = "user enable NAME",
     .sentence = "let a disabled user sign in again"},
    {.noun = "user",
     .verb = "passwd",
     .words = 1,
     .takes_link = true,
     .reads_password = true,
     .run = user_passwd,
     .report = print_link,
     .usage = "user passwd NAME [--link]",
     .sentence = "read a new password from stdin and end all sign-ins, or print a link"},
    {.noun = "group",
     .verb = "add",
     .words = 1,
     .makes_database = true,
     .run = group_add,
     .usage = "group add GROUP",
     .sentence = "make an empty group"},
    {.noun = "group",
     .verb = "list",
     .run = nothing,
     .report = print_all_groups,
     .usage = "group list",
     .sentence = "name and number of people; a tab between"},
    {.noun = "group",
     .verb = "join",
     .words = 2,
     .run = group_join,
     .usage = "group join GROUP NAME",
     .sentence = "put a user into a group"},
    {.noun = "group",
     .verb = "leave",
     .words = 2,
     .run = group_leave,
     .usage = "group leave GROUP NAME",
     .sentence = "take a user out of a group"},
    {.noun = "invite",
     .takes_admin = true,
     .makes_database = true,
     .run = invite,
     .report = print_link,
     .usage = "invite [--admin]",
     .sentence = "print a link with which one person joins"},
    {.noun = "call",
     .verb = "list",
     .run = call_list,
     .usage = "call list",
     .sentence = "the latest 100 calls: id, begin, caller, callee, end; tabs between"},
    {.noun = "call",
     .verb = "explain",
     .words = 1,
     .takes_id = true,
     .run = call_explain,
     .usage = "call explain ID",
     .sentence = "what happened in a call, step by step, and how its media fared"},
    {.noun = "backup",
     .words = 1,
     .run_on_files = keeping_backup,
     .usage = "backup FILE",
     .sentence = "copy the database to a new file, also while the server runs"},
    {.noun = "restore",
     .words = 1,
     .run_on_files = keeping_restore,
     .usage = "restore FILE",
     .sentence = "put such a copy in the place of the database; the server must not run"},
    {.noun = "migrate-store",
     .run_on_files = keeping_migrate,
     .usage = "migrate-store",
     .sentence = "copy the database of the data folder into the empty one of store.url"},
    {.noun = "export",
     .words = 1,
     .run_on_files = keeping_export,
     .usage = "export NAME",
     .sentence = "print all that is kept of a person, as JSON"},
    {.noun = "erase",
     .words = 1,
     .run_on_files = keeping_erase,
     .usage = "erase NAME",
     .sentence = "take a person out for good; asks for the name once more on stdin"},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

void commands_help(void)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        printf("  visavis %s\n      %s\n", commands[i].usage, commands[i].sentence);
    }
}

/* What was perhaps meant; always COMMANDS_USAGE. */
static int say_commands(int count, char *const *words)
{
    bool known = false;
    for (size_t i = 0; count > 0 && i < COMMAND_COUNT; i++) {
        if (strcmp(words[0], commands[i].noun) == 0) {
            (void)fprintf(stderr, "%s visavis %s\n",
                          known ? "      " : "usage:", commands[i].usage);
            known = true;
        }
    }
    if (!known) {
        (void)say(ERR_INVALID, "there is no command %s; `visavis --help` lists all", words[0]);
    }
    return COMMANDS_USAGE;
}

static const struct command *find_command(int count, char *const *words)
{
    for (size_t i = 0; count > 0 && i < COMMAND_COUNT; i++) {
        const struct command *command = &commands[i];
        bool verb_fits =
            command->verb == NULL || (count > 1 && strcmp(words[1], command->verb) == 0);
        if (strcmp(words[0], command->noun) == 0 && verb_fits) {
            return command;
        }
    }
    return NULL;
}

/* The option at words[*i], which moves onto its value. False: none that this command takes. */
static bool take_option(struct request *request, int count, char *const *words, int *i)
{
    const struct command *command = request->command;
    const char *option = words[*i];
    bool full_name = strcmp(option, "--full-name") == 0;
    if (command->takes_profile && (full_name || strcmp(option, "--email") == 0)) {
        if (*i + 1 >= count) {
            return false;
        }
        *(full_name ? &request->full_name : &request->email) = words[++*i];
        return true;
    }
    if (command->takes_admin && strcmp(option, "--admin") == 0) {
        request->admin = true;
        return true;
    }
    if (command->takes_password_stdin && strcmp(option, "--password-stdin") == 0) {
        request->password_stdin = true;
        return true;
    }
    if (command->takes_link && strcmp(option, "--link") == 0) {
        request->link = true;
        return true;
    }
    return false;
}

static bool take_words(struct request *request, int count, char *const *words)
{
    int found = 0;
    for (int i = request->command->verb == NULL ? 1 : 2; i < count; i++) {
        if (words[i][0] == '-' && !request->command->takes_id) {
            if (!take_option(request, count, words, &i)) {
                return false;
            }
        } else if (found == request->command->words) {
            return false;
        } else {
            request->words[found++] = words[i];
        }
    }
    return found == request->command->words;
}

/* Reads and hashes before the database is locked: both are slow. */
static enum err read_password(struct request *request)
{
    if (!request->password_stdin && (!request->command->reads_password || request->link)) {
        return OK;
    }
    char password[USER_PASSWORD_MAX + 2];
    const char *why = NULL;
    size_t size = 0;
    enum err err = prompt_password(password, sizeof(password), &size);
    if (err != OK) {
        err = say(err, "no password came from the standard input");
    } else if (model_check_password(slice_from(password, size), &why) != OK) {
        err = say(ERR_INVALID, "%s", why);
    } else if (password_hash(slice_from(password, size), request->hash) != OK) {
        err = say(ERR_NOMEM, "out of memory");
    }
    mem_wipe(password, sizeof(password));
    return err;
}

static enum err open_database(struct request *request)
{
    char place[DATABASE_PLACE_SIZE];
    const char *data = request->config->data;
    (void)database_place(request->config, place);
    bool remote = database_is_remote(request->config);
    if (!remote && access(place, F_OK) != 0 && !request->command->makes_database) {
        return say(ERR_NOT_FOUND,
                   "there is no database in %s: is it the server's folder (--data, --config)?",
                   data);
    }
    if (!remote && mkdir(data, 0700) != 0 && errno != EEXIST) {
        return say(ERR_IO, "the folder %s cannot be made: %s", data, strerror(errno));
    }
    enum err err = store_open(place, &request->store);
    if (err == ERR_UNSUPPORTED) {
        return say(err, "%s was written by a newer visavis", place);
    }
    return err == OK ? OK : say(err, "%s cannot be opened: %s", place, err_name(err));
}

static enum err run_in_group(struct request *request)
{
    enum err err = store_begin(request->store);
    if (err == OK) {
        err = catalogue_read(&request->catalogue, request->store);
    }
    if (err != OK) {
        return say(err, "the database cannot be read: %s", err_name(err));
    }
    err = request->command->run(request);
    if (err != OK) {
        return err;
    }
    err = store_commit(request->store);
    return err == OK ? OK : say(err, "the database cannot be written: %s", err_name(err));
}

int commands_run(const struct config *config, int count, char *const *words)
{
    struct request request = {.config = config, .command = find_command(count, words)};
    if (request.command == NULL) {
        return say_commands(count, words);
    }
    if (!take_words(&request, count, words)) {
        (void)say(ERR_INVALID, "usage: visavis %s", request.command->usage);
        return COMMANDS_USAGE;
    }
    if (request.command->run_on_files != NULL) {
        return request.command->run_on_files(config, request.words[0]);
    }
    random_init();
    enum err err = read_password(&request);
    err = err == OK ? open_database(&request) : err;
    err = err == OK ? run_in_group(&request) : err;
    if (err == OK && request.command->report != NULL) {
        request.command->report(&request);
    }
    catalogue_fini(&request.catalogue);
    store_close(request.store); /* undoes what was not committed */
    mem_wipe(&request, sizeof(request));
    return err == OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
