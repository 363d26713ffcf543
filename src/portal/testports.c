/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/testports.h"

#include <stdio.h>

#include "base/mem.h"

#define TESTPORTS_LIST_MAX 8

enum answer_kind { ANSWER_KEEP, ANSWER_HASH, ANSWER_VERIFY, ANSWER_AVATAR, ANSWER_FOUND };

struct test_answer {
    struct test_answer *next;
    enum answer_kind kind;
    enum err err;
    bool right;
    char hash[PASSWORD_HASH_MAX + 1];
    union {
        void (*keep)(void *arg, enum err err);
        void (*hashed)(void *arg, enum err err, const char *hash);
        void (*verified)(void *arg, enum err err, bool right);
        void (*avatar)(void *arg, enum err err, struct slice bytes);
        void (*found)(void *arg, enum err err, const struct found *found);
    };
    void *arg;
    struct question question;
    struct id rooms[TESTPORTS_LIST_MAX];
    char spaces[TESTPORTS_LIST_MAX][SPACE_NAME_MAX + 1];
    char text[TESTPORTS_TEXT_MAX];
};

static struct test_answer *add_answer(struct testports *ports, enum answer_kind kind, void *arg)
{
    struct test_answer *answer = mem_alloc(sizeof *answer);
    if (answer == NULL) {
        return NULL;
    }
    answer->kind = kind;
    answer->arg = arg;
    *ports->answers_end = answer;
    ports->answers_end = &answer->next;
    return answer;
}

static struct slice copy(struct slice from, char *out, size_t size)
{
    size_t length = from.size < size ? from.size : size;
    if (length > 0) {
        memcpy(out, from.data, length);
    }
    return slice_from(out, length);
}

static enum err keep_write(void *ctx, const struct change *changes, size_t count,
                           void (*on_done)(void *arg, enum err err), void *arg)
{
    struct testports *ports = ctx;
    struct test_answer *answer = add_answer(ports, ANSWER_KEEP, arg);
    if (answer == NULL) {
        return ERR_NOMEM;
    }
    answer->keep = on_done;
    answer->err = ports->keep_err;
    ports->write_count++;
    for (size_t i = 0; i < count && ports->keep_err == OK; i++) {
        struct test_change *kept = mem_alloc(sizeof *kept);
        if (kept == NULL) {
            ports->lost = true;
            continue;
        }
        kept->change = changes[i];
        struct slice *bytes = change_borrowed(&kept->change);
        if (bytes != NULL) {
            *bytes = copy(*bytes, kept->text, sizeof kept->text);
        }
        *ports->kept_end = kept;
        ports->kept_end = &kept->next;
    }
    return OK;
}

static enum err keep_erase(void *ctx, const char *name, const struct audit *audit,
                           void (*on_done)(void *arg, enum err err), void *arg)
{
    struct testports *ports = ctx;
    struct test_answer *answer = add_answer(ports, ANSWER_KEEP, arg);
    if (answer == NULL) {
        return ERR_NOMEM;
    }
    answer->keep = on_done;
    answer->err = ports->keep_err;
    (void)snprintf(ports->erased, sizeof ports->erased, "%s", name);
    ports->erase_audit = *audit;
    return OK;
}

static enum err keep_avatar(void *ctx, const uint8_t hash[32],
                            void (*on_done)(void *arg, enum err err, struct slice bytes), void *arg)
{
    (void)hash;
    struct test_answer *answer = add_answer(ctx, ANSWER_AVATAR, arg);
    if (answer == NULL) {
        return ERR_NOMEM;
    }
    answer->avatar = on_done;
    answer->err = ERR_NOT_FOUND;
    return OK;
}

static enum err read_ask(void *ctx, const struct question *question,
                         void (*on_done)(void *arg, enum err err, const struct found *found),
                         void *arg)
{
    struct test_answer *answer = add_answer(ctx, ANSWER_FOUND, arg);
    if (answer == NULL) {
        return ERR_NOMEM;
    }
    ASSERT(question->room_count <= TESTPORTS_LIST_MAX);
    ASSERT(question->space_count <= TESTPORTS_LIST_MAX);
    answer->found = on_done;
    answer->question = *question;
    answer->question.text = copy(question->text, answer->text, sizeof answer->text);
    for (size_t i = 0; i < question->room_count; i++) {
        answer->rooms[i] = question->rooms[i];
    }
    for (size_t i = 0; i < question->space_count; i++) {
        memcpy(answer->spaces[i], question->spaces[i], sizeof answer->spaces[i]);
    }
    answer->question.rooms = answer->rooms;
    answer->question.spaces = (const char(*)[SPACE_NAME_MAX + 1]) answer->spaces;
    return OK;
}

/* Calls: how many of those that were kept are missed and not seen. */
static uint32_t count_missed(const struct testports *ports, const struct id *user)
{
    int64_t seen_at_ms = 0;
    uint32_t count = 0;
    for (const struct test_change *kept = ports->kept; kept != NULL; kept = kept->next) {
        const struct change *change = &kept->change;
        if (change->kind == CHANGE_USER_CALLS_SEEN && id_equal(&change->user.id, user)) {
            seen_at_ms = change->user.calls_seen_at_ms;
        }
    }
    for (const struct test_change *kept = ports->kept; kept != NULL; kept = kept->next) {
        const struct call_record *call = &kept->change.call;
        count += kept->change.kind == CHANGE_CALL_PUT && call->missed &&
                         id_equal(&call->callee, user) && call->ended_at_ms > seen_at_ms
                     ? 1
                     : 0;
    }
    return count;
}

static void give_found(const struct testports *ports, const struct test_answer *answer)
{
    struct found found = {0};
    if (ports->read_err != OK) {
        answer->found(answer->arg, ports->read_err, &found);
        return;
    }
    if (answer->question.kind == ASK_CALLS) {
        found.missed = count_missed(ports, &answer->question.who);
        answer->found(answer->arg, OK, &found);
        return;
    }
    enum err err = testread_answer(ports->kept, &answer->question, &found);
    if (err != OK) {
        testread_free(&found);
    }
    answer->found(answer->arg, err, &found);
    testread_free(&found);
}

static struct told *add_told(struct testports *ports, session_id session)
{
    struct told *told = mem_alloc(sizeof *told);
    if (told == NULL) {
        ports->lost = true;
        return NULL;
    }
    told->session = session;
    *ports->told_end = told;
    ports->told_end = &told->next;
    return told;
}

/* The events of rooms, spaces and the stream. */
static void copy_chat(struct told *told, const struct event *event)
{
    switch (event->kind) {
    case EVENT_CHATMSG:
        told->chatmsg = *event->chatmsg;
        told->chatmsg.text = copy(event->chatmsg->text, told->sdp, sizeof told->sdp);
        told->event.chatmsg = &told->chatmsg;
        break;
    case EVENT_TYPING:
    case EVENT_READ:
        told->user = *event->read.user;
        told->event.read.user = &told->user;
        break;
    case EVENT_LIKED:
        told->user = *event->liked.user;
        told->event.liked.user = &told->user;
        break;
    case EVENT_SPACE:
    case EVENT_SPACE_REMOVED:
        (void)snprintf(told->space, sizeof told->space, "%s", event->space);
        told->event.space = told->space;
        break;
    case EVENT_ACTIVITY:
        told->activity = *event->activity;
        told->event.activity = &told->activity;
        break;
    case EVENT_COMMENT:
    case EVENT_UNCOMMENT:
        told->comment = *event->commented.comment;
        told->event.commented.comment = &told->comment;
        break;
    default:
        break;
    }
}

static void tell_event(void *ctx, session_id session, const struct event *event)
{
    struct told *told = add_told(ctx, session);
    if (told == NULL) {
        return;
    }
    told->event = *event;
    struct call_candidate *candidate = &told->event.candidate;
    struct call_description *description = &told->event.description;
    switch (event->kind) {
    case EVENT_CALL:
        told->user = *event->call.peer;
        told->event.call.peer = &told->user;
        for (uint32_t i = 0; i < event->call.ring_count; i++) {
            told->rings[i] = event->call.rings[i];
        }
        told->event.call.rings = told->rings;
        (void)snprintf(told->elsewhere, sizeof told->elsewhere, "%s", event->call.elsewhere);
        told->event.call.elsewhere = told->elsewhere;
        break;
    case EVENT_DESCRIPTION:
        description->sdp = copy(description->sdp, told->sdp, sizeof told->sdp);
        break;
    case EVENT_CANDIDATE:
        candidate->candidate = copy(candidate->candidate, told->sdp, sizeof told->sdp);
        candidate->mid = copy(candidate->mid, told->mid, sizeof told->mid);
        candidate->ufrag = copy(candidate->ufrag, told->ufrag, sizeof told->ufrag);
        break;
    case EVENT_MISSED:
        break;
    case EVENT_PERSON:
    case EVENT_AVAILABLE:
    case EVENT_SETTINGS:
    case EVENT_CHOICES:
        told->user = *event->person.user;
        told->event.person.user = &told->user;
        break;
    case EVENT_GONE:
        (void)snprintf(told->space, sizeof told->space, "%s", event->gone.name);
        told->event.gone.name = told->space;
        break;
    case EVENT_CONNECTORS:
    case EVENT_RENEW:
        break;
    default:
        copy_chat(told, event);
        break;
    }
}

static void tell_end(void *ctx, session_id session, enum session_end why)
{
    struct told *told = add_told(ctx, session);
    if (told != NULL) {
        told->ended = true;
        told->why = why;
    }
}

/* The hash of a password is the password behind a mark: fast, and easy to read in a test. */
static enum err password_hash(void *ctx, struct slice password,
                              void (*on_done)(void *arg, enum err err, const char *hash), void *arg)
{
    struct testports *ports = ctx;
    ports->hash_count++;
    if (ports->password_err != OK) {
        return ports->password_err;
    }
    struct test_answer *answer = add_answer(ports, ANSWER_HASH, arg);
    if (answer == NULL) {
        return ERR_NOMEM;
    }
    answer->hashed = on_done;
    (void)snprintf(answer->hash, sizeof answer->hash, "$%.*s", (int)password.size,
                   (const char *)password.data);
    return OK;
}

static enum err password_verify(void *ctx, struct slice password, const char *hash,
                                void (*on_done)(void *arg, enum err err, bool right), void *arg)
{
    struct testports *ports = ctx;
    ports->verify_count++;
    if (ports->password_err != OK) {
        return ports->password_err;
    }
    struct test_answer *answer = add_answer(ports, ANSWER_VERIFY, arg);
    if (answer == NULL) {
        return ERR_NOMEM;
    }
    answer->verified = on_done;
    answer->right = hash[0] == '$' && slice_equal(slice_text(hash + 1), password);
    return OK;
}

static uint64_t next_random(uint64_t *state)
{
    /* splitmix64 of Steele, Lea and Flood, 2014 */
    uint64_t word = *state += 0x9e3779b97f4a7c15U;
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9U;
    word = (word ^ word >> 27) * 0x94d049bb133111ebU;
    return word ^ word >> 31;
}

static void random_bytes(void *ctx, uint8_t *out, size_t size)
{
    struct testports *ports = ctx;
    for (size_t i = 0; i < size; i++) {
        out[i] = (uint8_t)next_random(&ports->random_state);
    }
}

/* No cipher, but different bytes give different results as surely as a test needs. */
static void test_sha256(void *ctx, struct slice bytes, uint8_t out[32])
{
    (void)ctx;
    uint64_t state = 0xcbf29ce484222325U;
    for (size_t i = 0; i < bytes.size; i++) {
        state = (state ^ bytes.data[i]) * 0x100000001b3U;
    }
    for (size_t i = 0; i < 32; i++) {
        out[i] = (uint8_t)next_random(&state);
    }
}

void testports_init(struct testports *ports, uint64_t seed)
{
    *ports = (struct testports){.random_state = seed};
    ports->told_end = &ports->told;
    ports->kept_end = &ports->kept;
    ports->answers_end = &ports->answers;
}

void testports_clear_told(struct testports *ports)
{
    while (ports->told != NULL) {
        struct told *told = ports->told;
        ports->told = told->next;
        mem_free(told);
    }
    ports->told_end = &ports->told;
}

void testports_fini(struct testports *ports)
{
    testports_clear_told(ports);
    while (ports->kept != NULL) {
        struct test_change *kept = ports->kept;
        ports->kept = kept->next;
        mem_free(kept);
    }
    while (ports->answers != NULL) {
        struct test_answer *answer = ports->answers;
        ports->answers = answer->next;
        mem_free(answer);
    }
    testports_init(ports, 0);
}

static void push_send(void *ctx, const struct push_note *note)
{
    struct testports *ports = ctx;
    ports->push_count++;
    ports->push = *note;
    ports->pushed_to = *note->to;
}

struct ports testports_ports(struct testports *ports)
{
    return (struct ports){
        .keep = {.ctx = ports, .write = keep_write, .erase = keep_erase, .avatar = keep_avatar},
        .read = {.ctx = ports, .ask = read_ask},
        .tell = {.ctx = ports, .event = tell_event, .end = tell_end},
        .password = {.ctx = ports, .hash = password_hash, .verify = password_verify},
        .random = {.ctx = ports, .bytes = random_bytes, .sha256 = test_sha256},
        .push = {.ctx = ports, .send = push_send},
    };
}

struct portal_limits testports_limits(void)
{
    return (struct portal_limits){
        .users_max = 64,
        .pushes_per_user_max = 2,
        .groups_max = 8,
        .logins_per_user_max = 50,
        .sessions_max = 256,
        .sessions_per_user_max = 16,
        .invitations_max = 4,
        .calls_max = 32,
        .login_idle_s = 30 * 86400,
        .login_absolute_s = 365 * 86400,
        .invitation_s = 7 * 86400,
        .ring_ms = 45000,
        .connect_ms = 30000,
        .leave_grace_ms = 5000,
        .rejoin_ms = 60000,
        .call_max_ms = 12 * 3600 * 1000,
        .candidates_max = 64,
        .guests_relay_only = 1,
        .guests = 1,
        .guest_links_max = 8,
        .guest_links_per_user_max = 3,
        .guest_link_s = 7 * 86400,
        .guest_wait_ms = 600000,
        .guests_max = 4,
        .guests_waiting_per_user_max = 2,
        .guests_kept_max = 2,
        .login_attempts_per_account = 10,
        .login_attempts_per_prefix = 30,
        .rooms_max = 16,
        .rooms_per_user_max = 8,
        .room_members_max = 4,
        .spaces_max = 4,
        .sends_per_s = 20,
        .sends_burst = 60,
        .messages_per_day = 100,
        .posts_per_day = 50,
        .calls_kept_days = 365,
        .per_minute = {[QUOTA_PROFILES] = 60,
                       [QUOTA_SEARCHES] = 30,
                       [QUOTA_CHAT_SEARCHES] = 30,
                       [QUOTA_ROOMS] = 10,
                       [QUOTA_LIKES] = 30,
                       [QUOTA_CALLS] = 1000000},
        .timelines_kept_days = 30,
        .unanswered_max = 1000,
        .stranger_calls_per_hour = 1000000,
    };
}

bool testports_step(struct testports *ports)
{
    struct test_answer *answer = ports->answers;
    if (answer == NULL) {
        return false;
    }
    ports->answers = answer->next;
    if (ports->answers == NULL) {
        ports->answers_end = &ports->answers;
    }
    switch (answer->kind) {
    case ANSWER_KEEP:
        answer->keep(answer->arg, answer->err);
        break;
    case ANSWER_HASH:
        answer->hashed(answer->arg, answer->err, answer->hash);
        break;
    case ANSWER_VERIFY:
        answer->verified(answer->arg, answer->err, answer->right);
        break;
    case ANSWER_AVATAR:
        answer->avatar(answer->arg, answer->err, (struct slice){0});
        break;
    case ANSWER_FOUND:
        give_found(ports, answer);
        break;
    }
    mem_free(answer);
    return true;
}

unsigned testports_run(struct testports *ports)
{
    unsigned count = 0;
    while (testports_step(ports)) {
        count++;
    }
    return count;
}

static bool matches(const struct told *told, session_id session, enum event_kind kind)
{
    return !told->ended && (session == 0 || told->session == session) && told->event.kind == kind;
}

const struct told *testports_last(const struct testports *ports, session_id session,
                                  enum event_kind kind)
{
    const struct told *found = NULL;
    for (const struct told *told = ports->told; told != NULL; told = told->next) {
        if (matches(told, session, kind)) {
            found = told;
        }
    }
    return found;
}

unsigned testports_count(const struct testports *ports, session_id session, enum event_kind kind)
{
    unsigned count = 0;
    for (const struct told *told = ports->told; told != NULL; told = told->next) {
        count += matches(told, session, kind) ? 1 : 0;
    }
    return count;
}

bool testports_ended(const struct testports *ports, session_id session, enum session_end *why)
{
    for (const struct told *told = ports->told; told != NULL; told = told->next) {
        if (told->ended && told->session == session) {
            if (why != NULL) {
                *why = told->why;
            }
            return true;
        }
    }
    return false;
}

struct id testports_user_id(const char *name)
{
    struct id id = {{0}};
    size_t length = strlen(name);
    memcpy(id.bytes, name, length < ID_BYTES ? length : ID_BYTES);
    return id;
}

MUST_USE enum err testports_add_user(struct portal *portal, const char *name, const char *password)
{
    struct change change = {.kind = CHANGE_USER_PUT};
    change.user.id = testports_user_id(name);
    (void)snprintf(change.user.name, sizeof change.user.name, "%s", name);
    (void)snprintf(change.user.full_name, sizeof change.user.full_name, "%s", name);
    if (password != NULL) {
        (void)snprintf(change.user.password_hash, sizeof change.user.password_hash, "$%s",
                       password);
    }
    change.user.microphone_on = true;
    change.user.camera_on = true;
    return portal_restore(portal, &change);
}

MUST_USE enum err testports_open(struct testports *ports, struct portal *portal, const char *name,
                                 uint64_t now_ms, session_id *out)
{
    struct change change = {.kind = CHANGE_LOGIN_PUT};
    random_bytes(ports, change.login.id.bytes, sizeof change.login.id.bytes);
    random_bytes(ports, change.login.token_hash, sizeof change.login.token_hash);
    change.login.user = testports_user_id(name);
    change.login.expires_s = INT64_MAX;
    enum err err = portal_restore(portal, &change);
    return err != OK ? err : portal_session_open(portal, &change.login.id, now_ms, out);
}
