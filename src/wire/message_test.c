/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/message.h"

#include <stdio.h>

#include "unit.h"
#include "wire/codec.h"

#define ID "AAECAwQFBgcICQoLDA0ODw"

struct sample {
    const char *text;
    enum message_type type;
};

/* One of each command, in the form that message_encode writes. */
static const struct sample commands[] = {
    {"{\"type\":\"hello\",\"id\":1,\"version\":1}", MESSAGE_HELLO},
    {"{\"type\":\"hello\",\"id\":1,\"version\":1,\"token\":\"abc\",\"last\":9007199254740991}",
     MESSAGE_HELLO},
    {"{\"type\":\"ping\",\"id\":9007199254740991}", MESSAGE_PING},
    {"{\"type\":\"call.start\",\"id\":2,\"call\":\"" ID "\",\"callee\":\"mary\","
     "\"microphone\":true,\"camera\":false}",
     MESSAGE_CALL_START},
    {"{\"type\":\"call.accept\",\"id\":3,\"call\":\"" ID "\",\"microphone\":false,"
     "\"camera\":true}",
     MESSAGE_CALL_ACCEPT},
    {"{\"type\":\"call.decline\",\"id\":4,\"call\":\"" ID "\"}", MESSAGE_CALL_DECLINE},
    {"{\"type\":\"call.end\",\"id\":5,\"call\":\"" ID "\",\"reason\":\"media-lost\"}",
     MESSAGE_CALL_END},
    {"{\"type\":\"call.connected\",\"id\":6,\"call\":\"" ID "\"}", MESSAGE_CALL_CONNECTED},
    {"{\"type\":\"call.join\",\"id\":7,\"call\":\"" ID "\"}", MESSAGE_CALL_JOIN},
    {"{\"type\":\"call.leave\",\"id\":8,\"call\":\"" ID "\"}", MESSAGE_CALL_LEAVE},
    {"{\"type\":\"call.media\",\"id\":9,\"call\":\"" ID "\",\"microphone\":true,"
     "\"camera\":true}",
     MESSAGE_CALL_MEDIA},
    {"{\"type\":\"call.describe\",\"id\":10,\"call\":\"" ID "\",\"kind\":\"answer\","
     "\"sdp\":\"v=0\\r\\na \\\"b\\\" \\\\ \\u0001 \xc3\xa9\"}",
     MESSAGE_CALL_DESCRIBE},
    {"{\"type\":\"call.trickle\",\"id\":11,\"call\":\"" ID "\",\"candidate\":\"\","
     "\"mid\":\"0\",\"line\":255,\"ufrag\":\"x\"}",
     MESSAGE_CALL_TRICKLE},
    {"{\"type\":\"chat.send\",\"id\":12,\"room\":\"" ID "\",\"message\":\"" ID "\","
     "\"text\":\"two\\nlines\"}",
     MESSAGE_CHAT_SEND},
    {"{\"type\":\"chat.read\",\"id\":13,\"room\":\"" ID "\",\"seq\":9007199254740991}",
     MESSAGE_CHAT_READ},
    {"{\"type\":\"chat.typing\",\"id\":14,\"room\":\"" ID "\"}", MESSAGE_CHAT_TYPING},
};

static enum err decode(const char *text, struct arena *arena, struct message *out)
{
    arena_init(arena, 1 << 20);
    return message_decode(slice_text(text), arena, out);
}

static void each_command_decodes_and_encodes_to_the_same_text(void)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct arena arena;
        struct message message;
        struct buf buf;
        buf_init(&buf, 1 << 16);
        enum err err = decode(commands[i].text, &arena, &message);
        bool right = err == OK && message.type == commands[i].type && message.has_id;
        enum err encoded = right ? message_encode(&message, &buf) : err;
        bool same = slice_equal(buf_slice(&buf), slice_text(commands[i].text));
        arena_fini(&arena);
        buf_fini(&buf);
        CHECK(err == OK);
        CHECK(right);
        CHECK(encoded == OK);
        CHECK(same);
    }
}

static void fields_arrive_typed(void)
{
    struct arena arena;
    struct message message;
    enum err err = decode(commands[3].text, &arena, &message);
    bool right = err == OK && message.id == 2 && message.call_start.call[15] == 15 &&
                 slice_equal(message.call_start.callee, SLICE("mary")) &&
                 message.call_start.microphone && !message.call_start.camera;
    arena_fini(&arena);
    CHECK(right);
    err = decode(commands[0].text, &arena, &message);
    right = err == OK && message.hello.version == 1 && !message.hello.has_token &&
            !message.hello.has_last;
    arena_fini(&arena);
    CHECK(right);
}

struct wrong {
    const char *text;
    enum err err;
    uint64_t id; /* 0: it cannot be read */
};

static const struct wrong wrongs[] = {
    {"", ERR_INVALID, 0},
    {"[]", ERR_INVALID, 0},
    {"\"ping\"", ERR_INVALID, 0},
    {"{}", ERR_INVALID, 0},
    {"{\"type\":\"ping\"}", ERR_INVALID, 0},
    {"{\"type\":\"ping\",\"id\":0}", ERR_INVALID, 0},
    {"{\"type\":\"ping\",\"id\":-1}", ERR_INVALID, 0},
    {"{\"type\":\"ping\",\"id\":1.5}", ERR_INVALID, 0},
    {"{\"type\":\"ping\",\"id\":9007199254740992}", ERR_INVALID, 0},
    {"{\"type\":\"ping\",\"id\":\"1\"}", ERR_INVALID, 0},
    {"{\"id\":5}", ERR_INVALID, 5},
    {"{\"type\":7,\"id\":5}", ERR_INVALID, 5},
    {"{\"type\":\"ping\",\"id\":5} x", ERR_INVALID, 0},
    {"{\"type\":\"ping\",\"id\":5,\"id\":6}", ERR_INVALID, 0},
    {"{\"type\":\"ping\",\"id\":5,\"seq\":1}", ERR_INVALID, 5},
    {"{\"type\":\"Ping\",\"id\":5}", ERR_UNSUPPORTED, 5},
    {"{\"type\":\"no.such\",\"id\":5}", ERR_UNSUPPORTED, 5},
    {"{\"type\":\"ok\",\"id\":5}", ERR_UNSUPPORTED, 5},
    {"{\"type\":\"call.changed\",\"id\":5}", ERR_UNSUPPORTED, 5},
    {"{\"type\":\"hello\",\"id\":5}", ERR_INVALID, 5},
    {"{\"type\":\"hello\",\"id\":5,\"version\":0}", ERR_INVALID, 5},
    {"{\"type\":\"hello\",\"id\":5,\"version\":1001}", ERR_INVALID, 5},
    {"{\"type\":\"hello\",\"id\":5,\"version\":true}", ERR_INVALID, 5},
    {"{\"type\":\"hello\",\"id\":5,\"version\":1,\"token\":null}", ERR_INVALID, 5},
    {"{\"type\":\"hello\",\"id\":5,\"version\":1,\"token\":\"a\\u0000b\"}", ERR_INVALID, 0},
    {"{\"type\":\"call.join\",\"id\":5,\"call\":\"AAECAwQFBgcICQoLDA0OD\"}", ERR_INVALID, 5},
    {"{\"type\":\"call.join\",\"id\":5,\"call\":\"AAECAwQFBgcICQoLDA0ODwA\"}", ERR_INVALID, 5},
    /* the spare bits of the last character are not 0 */
    {"{\"type\":\"call.join\",\"id\":5,\"call\":\"AAECAwQFBgcICQoLDA0ODx\"}", ERR_INVALID, 5},
    {"{\"type\":\"call.join\",\"id\":5,\"call\":\"AAECAwQFBgcICQoLDA0OD+\"}", ERR_INVALID, 5},
    {"{\"type\":\"call.end\",\"id\":5,\"call\":\"" ID "\",\"reason\":\"busy\"}", ERR_INVALID, 5},
    {"{\"type\":\"call.media\",\"id\":5,\"call\":\"" ID "\",\"microphone\":1,\"camera\":true}",
     ERR_INVALID, 5},
    {"{\"type\":\"call.trickle\",\"id\":5,\"call\":\"" ID
     "\",\"candidate\":\"\",\"mid\":\"\",\"line\":256,\"ufrag\":\"\"}",
     ERR_INVALID, 5},
    {"{\"type\":\"call.start\",\"id\":5,\"call\":\"" ID
     "\",\"callee\":\"abcdefghijklmnopqrstuvwxyz0123456\",\"microphone\":true,\"camera\":true}",
     ERR_INVALID, 5},
    {"{\"type\":\"call.describe\",\"id\":5,\"call\":\"" ID "\",\"kind\":\"offer\","
     "\"sdp\":\"\xff\"}",
     ERR_INVALID, 0},
    {"{\"type\":\"ping\",\"id\":5", ERR_INVALID, 0},
    {"{\"type\":\"ping\",5}", ERR_INVALID, 0},
    {"{\"type\":\"pin\x01\",\"id\":5}", ERR_INVALID, 0},
    {"{\"type\":\"pin\x01", ERR_INVALID, 0},
    {"{\"type\":\"ping\\n", ERR_INVALID, 0},
    {"{\"type\":\"ping\\n\x01\"}", ERR_INVALID, 0},
    {"{\"type\":\"ping\\", ERR_INVALID, 0},
    {"{\"type\":\"ping\\n\xff\"}", ERR_INVALID, 0},
    {"{\"type\":\"ping\",\"id\":05}", ERR_INVALID, 0},
    {"{\"type\":\"ping\",\"id\":99999999999999999999}", ERR_INVALID, 0},
    {"{\"type\":\"ping\",\"id\":1e200}", ERR_INVALID, 0},
    {"{\"type\":\"ping\",\"id\":5,\"version\":", ERR_INVALID, 0},
    {"{\"type\":\"hello\",\"id\":5,\"version\":1,\"version\":1}", ERR_INVALID, 0},
    {"{\"type\":\"call.media\",\"id\":5,\"call\":\"" ID "\",\"camera\":tr", ERR_INVALID, 0},
    {"{\"type\":\"call.end\",\"id\":5,\"call\":\"" ID "\",\"reason\":5}", ERR_INVALID, 5},
    {"{\"type\":\"people.watch\",\"id\":5,\"names\":5}", ERR_INVALID, 5},
    {"{\"type\":\"people.watch\",\"id\":5,\"names\":[\"a\"}", ERR_INVALID, 0},
    {"{\"type\":\"people.watch\",\"id\":5,\"names\":[5]}", ERR_INVALID, 5},
    {"{\"type\":\"ping\",\"id\":5,\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", ERR_INVALID, 0},
};

static void what_is_not_of_the_protocol_is_refused(void)
{
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        struct arena arena;
        struct message message;
        enum err err = decode(wrongs[i].text, &arena, &message);
        arena_fini(&arena);
        if (err != wrongs[i].err && !unit_replaying()) {
            fprintf(stderr, "%s: %s\n", wrongs[i].text, err_name(err));
        }
        CHECK(err == wrongs[i].err);
        CHECK(message.has_id == (wrongs[i].id != 0));
        CHECK(!message.has_id || message.id == wrongs[i].id);
    }
}

/* What has no end that is allowed is not looked at. */
static void a_text_beyond_the_limit_is_refused_unread(void)
{
    struct arena arena;
    struct message message;
    arena_init(&arena, 1024);
    CHECK(message_decode(slice_from((const uint8_t *)"{", CODEC_TEXT_MAX + 1), &arena, &message) ==
          ERR_INVALID);
    arena_fini(&arena);
}

static void a_full_arena_is_told_apart_from_a_bad_message(void)
{
    struct arena arena;
    struct message message;
    arena_init(&arena, 32);
    static const char escaped[] = "{\"type\":\"call.start\",\"id\":2,\"call\":\"" ID
                                  "\",\"callee\":\"m\\u0061ry\",\"microphone\":true,"
                                  "\"camera\":false}";
    enum err err = message_decode(slice_text(escaped), &arena, &message);
    arena_fini(&arena);
    CHECK(err == ERR_NOMEM);
    arena_init(&arena, 1024);
    err = message_decode(slice_text(escaped), &arena, &message);
    bool right = err == OK && slice_equal(message.call_start.callee, SLICE("mary"));
    arena_fini(&arena);
    CHECK(right);
    /* The same while it looks for the type, which does not come first. */
    arena_init(&arena, 8);
    static const char late[] = "{\"id\":2,\"\\u0078long name of a member\":1,\"type\":\"ping\"}";
    err = message_decode(slice_text(late), &arena, &message);
    arena_fini(&arena);
    CHECK(err == ERR_NOMEM);
}

#define SLICE_INIT(literal)                                                                        \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof(literal) - 1                                            \
    }

struct unusual {
    const char *text;
    struct slice sdp;
};

/* All of it is JSON of the same meaning as what pages send. */
static const struct unusual unusuals[] = {
    {" { \"type\" : \"call.describe\" , \"id\" : 5 , \"call\" : \"" ID
     "\" , \"kind\":\"offer\" ,\n\"sdp\":\"a\"}\t",
     SLICE_INIT("a")},
    {"{\t\"type\"\r:\"call.describe\",\"id\":5.0e0,\n\"call\":\"" ID
     "\",\"kind\":\"offer\",\"sdp\":\"a\"}",
     SLICE_INIT("a")},
    {"{\"id\":5.000000000000000000000000000000,\"type\":\"call.describe\",\"call\":\"" ID
     "\",\"kind\":\"offer\",\"sdp\":\"a\"}",
     SLICE_INIT("a")},
    {"{\"sdp\":\"a\\r\\n\",\"call\":\"" ID
     "\",\"kind\":\"offer\",\"id\":5,\"type\":\"call.describe\"}",
     SLICE_INIT("a\r\n")},
    {"{\"\\u0074ype\":\"call.\\u0064escribe\",\"id\":0.5e1,\"c\\u0061ll\":\"" ID
     "\",\"kind\":\"\\u006fffer\",\"sdp\":\"\\u00e9\\ud83d\\ude00\\/\\b\\f\\t\\\"\\\\\"}",
     SLICE_INIT("\xc3\xa9\xf0\x9f\x98\x80/\b\f\t\"\\")},
    {"{\"type\":\"call.describe\",\"id\":5,\"call\":\"" ID
     "\",\"kind\":\"offer\",\"sdp\":\"0123456789\xc3\xa9\\n0123456789\xe2\x82\xac"
     "0123\\r0123456789012345\"}",
     SLICE_INIT("0123456789\xc3\xa9\n0123456789\xe2\x82\xac"
                "0123\r0123456789012345")},
};

static void what_is_only_written_otherwise_is_understood(void)
{
    for (size_t i = 0; i < sizeof unusuals / sizeof unusuals[0]; i++) {
        struct arena arena;
        struct message message;
        enum err err = decode(unusuals[i].text, &arena, &message);
        bool right = err == OK && message.type == MESSAGE_CALL_DESCRIBE && message.id == 5 &&
                     message.call_describe.kind == MESSAGE_CALL_DESCRIBE_KIND_OFFER &&
                     slice_equal(message.call_describe.sdp, unusuals[i].sdp);
        arena_fini(&arena);
        CHECK(err == OK);
        CHECK(right);
    }
}

static void a_list_of_names_is_read_up_to_its_limit(void)
{
    for (int count = 0; count <= 101; count++) {
        char text[2048];
        int size = snprintf(text, sizeof text, "{\"type\":\"people.watch\",\"id\":1,\"names\":[");
        for (int i = 0; i < count; i++) {
            size += snprintf(text + size, sizeof text - (size_t)size, "%s\"u%d\"",
                             i == 0 ? "" : ", ", i);
        }
        (void)snprintf(text + size, sizeof text - (size_t)size, "]}");
        struct arena arena;
        struct message message;
        enum err err = decode(text, &arena, &message);
        bool right = err == OK && message.people_watch.names_count == (size_t)count &&
                     (count < 10 || slice_equal(message.people_watch.names[9], SLICE("u9")));
        arena_fini(&arena);
        CHECK(count == 101 ? err == ERR_INVALID : err == OK);
        CHECK(count == 101 || right);
    }
}

/* In any order: each field is looked for behind the one before it, and then from the start on. */
static void fields_may_come_in_any_order(void)
{
    struct arena arena;
    struct message message;
    enum err err = decode("{\"type\":\"hello\",\"token\":\"t\",\"version\":2,\"id\":9,\"last\":7}",
                          &arena, &message);
    bool right = err == OK && message.hello.version == 2 && message.hello.last == 7 &&
                 slice_equal(message.hello.token, SLICE("t"));
    arena_fini(&arena);
    CHECK(right);
}

/* A line end of which only a half is there is still what it is. */
static void a_return_without_a_line_feed_is_escaped_alone(void)
{
    static const struct {
        struct slice text;
        const char *written;
    } samples[] = {{SLICE_INIT("a\rb"), "a\\rb"},
                   {SLICE_INIT("a\r"), "a\\r"},
                   {SLICE_INIT("a\r\n"), "a\\r\\n"},
                   {SLICE_INIT("a\r\r\n"), "a\\r\\r\\n"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct message message = {.type = MESSAGE_ERROR, .has_id = true, .id = 1};
        char expected[100];
        struct buf buf;
        message.error.message = samples[i].text;
        (void)snprintf(expected, sizeof expected,
                       "{\"type\":\"error\",\"id\":1,\"error\":\"\",\"message\":\"%s\","
                       "\"reference\":\"\"}",
                       samples[i].written);
        buf_init(&buf, 1 << 10);
        enum err err = message_encode(&message, &buf);
        bool same = slice_equal(buf_slice(&buf), slice_text(expected));
        buf_fini(&buf);
        CHECK(err == OK);
        CHECK(same);
    }
}

static struct codec_message answers[MESSAGE_TYPE_COUNT];

/* Reads a reply as if it were a command: no command has structs yet, and the decoder knows them.
 * `again`: what is written of it. */
static enum err decode_reply(enum message_type type, const char *text, struct buf *again)
{
    struct arena arena;
    struct message message;
    for (unsigned i = 0; i < MESSAGE_TYPE_COUNT; i++) {
        answers[i] = codec_messages[i];
    }
    answers[type].kind = CODEC_COMMAND;
    arena_init(&arena, 1 << 20);
    enum err err = codec_decode(answers, MESSAGE_TYPE_COUNT, slice_text(text), &arena, &message);
    if (err == OK && again != NULL) {
        err = codec_encode(&answers[type], &message, again);
    }
    arena_fini(&arena);
    return err;
}

#define RINGS(rings)                                                                               \
    "{\"type\":\"call.is\",\"id\":8,\"call\":{\"id\":\"" ID "\",\"state\":\"ended\",\"role\":"     \
    "\"callee\",\"peer\":{\"name\":\"ann\",\"fullName\":\"\",\"position\":\"\",\"avatar\":\"\","   \
    "\"status\":\"in-call\",\"accounts\":\"\",\"devices\":2,\"push\":true},\"ringLeftMs\":0,"      \
    "\"ageMs\":1,\"here\":true,\"peerMicrophone\":false,\"peerCamera\":true,\"peerAway\":false,"   \
    "\"peerScreen\":false,\"peerTrouble\":false,\"silent\":false,\"waiting\":true,"                \
    "\"ignored\":false,\"rings\":" rings ",\"elsewhere\":\"\",\"heldByMe\":false,"                 \
    "\"heldByPeer\":true,\"early\":2,\"reason\":\"too-long\",\"byMe\":false,\"connector\":\"\","   \
    "\"link\":\"\"},\"iceServers\":[],\"relayOnly\":true,\"poolSize\":2}"
#define RING "{\"device\":\"Phone\",\"how\":\"push\"}"

static void structs_are_read_as_they_were_written(void)
{
    static const char *const good[] = {RINGS("[]"), RINGS("[" RING "]"),
                                       RINGS("[" RING "," RING "]")};
    static const char *const bad[] = {
        RINGS("[5]"),
        RINGS("[{}]"),
        RINGS("[{\"device\":\"Phone\"}]"),
        RINGS("[{\"device\":\"Phone\",\"how\":\"loud\"}]"),
        RINGS("[{\"device\":\"Phone\",5}]"),
        RINGS("[{\"device\":\"Phone\",\"how\":\"push\"]]"),
        RINGS("[{\"device\":\"Phone\",\"device\":\"Phone\"}]"),
        RINGS("[" RING "," RING "," RING "," RING "," RING "," RING "," RING "," RING "," RING "]"),
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct buf buf;
        buf_init(&buf, 1 << 16);
        enum err err = decode_reply(MESSAGE_CALL_IS, good[i], &buf);
        bool same = slice_equal(buf_slice(&buf), slice_text(good[i]));
        buf_fini(&buf);
        CHECK(err == OK);
        CHECK(same);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK(decode_reply(MESSAGE_CALL_IS, bad[i], NULL) == ERR_INVALID);
    }
}

static void a_reply_with_structs_and_lists_is_written(void)
{
    static const char expected[] =
        "{\"type\":\"call.is\",\"id\":8,\"call\":{\"id\":\"" ID "\",\"state\":\"ended\","
        "\"role\":\"callee\",\"peer\":{\"name\":\"ann\",\"fullName\":\"Ann\",\"position\":\"\","
        "\"avatar\":\"\",\"status\":\"in-call\",\"accounts\":\"sip\",\"devices\":2,"
        "\"push\":true},\"ringLeftMs\":0,\"ageMs\":"
        "4294967295,"
        "\"here\":true,\"peerMicrophone\":false,\"peerCamera\":true,\"peerAway\":false,"
        "\"peerScreen\":false,\"peerTrouble\":false,\"silent\":false,"
        "\"waiting\":true,\"ignored\":false,\"rings\":[{\"device\":\"Phone\",\"how\":\"push\"}],"
        "\"elsewhere\":\"Laptop\",\"heldByMe\":false,\"heldByPeer\":true,"
        "\"early\":2,"
        "\"reason\":\"too-long\",\"byMe\":false,\"connector\":\"webrtc\",\"link\":\"\"},"
        "\"iceServers\":[{\"urls\":[\"stun:a\","
        "\"turn:b\"],\"username\":\"u\",\"credential\":\"c\"},{\"urls\":[],\"username\":\"\","
        "\"credential\":\"\"}],\"relayOnly\":true,\"poolSize\":2}";
    struct slice urls[] = {SLICE("stun:a"), SLICE("turn:b")};
    struct message_ice_server servers[] = {
        {.urls = urls, .urls_count = 2, .username = SLICE("u"), .credential = SLICE("c")}, {0}};
    struct message message = {.type = MESSAGE_CALL_IS, .has_id = true, .id = 8};
    struct message_call *call = &message.call_is.call;
    for (uint8_t i = 0; i < MESSAGE_ID_BYTES; i++) {
        call->id[i] = i;
    }
    call->state = MESSAGE_CALL_STATE_ENDED;
    call->role = MESSAGE_CALL_ROLE_CALLEE;
    call->peer.name = SLICE("ann");
    call->peer.full_name = SLICE("Ann");
    call->peer.status = MESSAGE_PERSON_STATUS_IN_CALL;
    call->age_ms = UINT32_MAX;
    call->here = true;
    call->peer_camera = true;
    call->reason = MESSAGE_CALL_REASON_TOO_LONG;
    call->peer.accounts = SLICE("sip");
    call->peer.devices = 2;
    call->peer.push = true;
    call->waiting = true;
    struct message_ring ring = {.device = SLICE("Phone"), .how = MESSAGE_RING_HOW_PUSH};
    call->rings = &ring;
    call->rings_count = 1;
    call->elsewhere = SLICE("Laptop");
    call->held_by_peer = true;
    call->early = 2;
    call->connector = SLICE("webrtc");
    message.call_is.relay_only = true;
    message.call_is.pool_size = 2;
    message.call_is.ice_servers = servers;
    message.call_is.ice_servers_count = 2;
    struct buf buf;
    buf_init(&buf, 1 << 16);
    enum err err = message_encode(&message, &buf);
    bool same = slice_equal(buf_slice(&buf), slice_text(expected));
    buf_fini(&buf);
    CHECK(err == OK);
    CHECK(same);
}

static void a_full_buffer_is_left_as_it_was(void)
{
    struct message message = {.type = MESSAGE_BYE, .seq = 77};
    struct buf buf;
    buf_init(&buf, 30);
    enum err first = buf_append_text(&buf, "abc");
    enum err err = message_encode(&message, &buf);
    bool same = slice_equal(buf_slice(&buf), SLICE("abc"));
    buf_fini(&buf);
    CHECK(first == OK);
    CHECK(err == ERR_LIMIT);
    CHECK(same);
}

static void an_error_that_answers_nothing_readable_has_no_id(void)
{
    struct message message = {.type = MESSAGE_ERROR};
    message.error.error = slice_text(message_error_name(MESSAGE_ERROR_BAD_MESSAGE));
    struct buf buf;
    buf_init(&buf, 1 << 10);
    enum err err = message_encode(&message, &buf);
    bool same = slice_equal(buf_slice(&buf),
                            SLICE("{\"type\":\"error\",\"error\":\"bad-message\",\"message\":\"\","
                                  "\"reference\":\"\"}"));
    buf_fini(&buf);
    CHECK(err == OK);
    CHECK(same);
    CHECK(strcmp(message_type_name(MESSAGE_CALL_START), "call.start") == 0);
}

static void an_answer_has_no_envelope(void)
{
    struct message message = {.type = MESSAGE_ANSWER_HISTORY, .has_id = true, .id = 9, .seq = 4};
    message.answer_history.more = true;
    struct buf buf;
    buf_init(&buf, 1 << 10);
    enum err err = message_encode(&message, &buf);
    bool same = slice_equal(buf_slice(&buf), SLICE("{\"messages\":[],\"more\":true}"));
    buf_fini(&buf);
    CHECK(err == OK);
    CHECK(same);
}

UNIT(each_command_decodes_and_encodes_to_the_same_text, fields_arrive_typed,
     what_is_not_of_the_protocol_is_refused, a_full_arena_is_told_apart_from_a_bad_message,
     what_is_only_written_otherwise_is_understood, a_list_of_names_is_read_up_to_its_limit,
     a_reply_with_structs_and_lists_is_written, a_full_buffer_is_left_as_it_was,
     an_error_that_answers_nothing_readable_has_no_id, an_answer_has_no_envelope,
     a_text_beyond_the_limit_is_refused_unread, fields_may_come_in_any_order,
     a_return_without_a_line_feed_is_escaped_alone, structs_are_read_as_they_were_written)
