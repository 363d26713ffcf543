/* SPDX-License-Identifier: Apache-2.0 */
/* The clients of the benchmark: many WebSockets in one thread, led by lines of standard input that
 * run.mjs writes. It knows frames but no protocol, and is so much faster than either server that
 * the server is what has the work to do. Each line is answered by one line; a fault ends it. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINES_MAX 20000
#define STEPS_MAX 64
#define READ_SIZE 65536
#define WAIT_MS 20000
#define CALL_MARK "@call@"     /* in the text of a step: a fresh call id in each round */
#define CALLEE_MARK "@callee@" /* the name given with the pair */

struct text {
    uint8_t *data;
    size_t size;
    size_t capacity;
};

/* One WebSocket. */
struct line {
    int fd;
    SSL *ssl;
    struct text in;
    struct text out;
    size_t sent;
    bool wants_write;
    struct text pump[2]; /* frames: the usual and each hundredth */
    uint32_t pumped;
    unsigned long owed;   /* frames to send when it runs again */
    const char *expected; /* what a text must have; NULL: nothing is waited for */
    struct pair *pair;
};

/* Two lines that go through the steps again and again. */
struct pair {
    struct line *sides[2];
    uint32_t step;
    bool held; /* the step is to be made when it runs again */
    char call[23];
    char callee[64];
};

/* A text by one side, and what both sides wait for before the next. */
struct step {
    uint32_t from;
    char *expected[2]; /* NULL: nothing */
    char *text;
};

static struct line *lines[LINES_MAX];
static uint32_t line_count;
static struct step steps[STEPS_MAX];
static uint32_t step_count;
static SSL_CTX *tls;
static uint16_t port;
static int epoll_fd;
static uint64_t count;
static bool running; /* else what would be sent is owed, and only pings are answered */
static uint8_t scratch[READ_SIZE];

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("fault ", stdout);
    (void)vprintf(format, arguments);
    va_end(arguments);
    (void)fputs("\n", stdout);
    (void)fflush(stdout);
    exit(1);
}

static uint64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void append(struct text *text, const void *data, size_t size)
{
    if (text->size + size > text->capacity) {
        text->capacity = (text->size + size) * 2;
        text->data = realloc(text->data, text->capacity);
        if (text->data == NULL) {
            fail("memory");
        }
    }
    memcpy(text->data + text->size, data, size);
    text->size += size;
}

/* A frame with the mask 0: the server must unmask all the same. */
static void append_frame(struct text *out, uint8_t opcode, const void *data, size_t size)
{
    uint8_t head[8] = {(uint8_t)(0x80 | opcode), (uint8_t)(0x80 | (size < 126 ? size : 126))};
    size_t head_size = 6;
    if (size >= 126) {
        head[2] = (uint8_t)(size >> 8);
        head[3] = (uint8_t)size;
        head_size = 8;
    }
    append(out, head, head_size);
    append(out, data, size);
}

/* ---- sockets ---- */

static long receive(struct line *line, void *data, size_t size)
{
    if (line->ssl == NULL) {
        ssize_t got = read(line->fd, data, size);
        return got >= 0 ? got : errno == EAGAIN ? -1 : -2;
    }
    int got = SSL_read(line->ssl, data, (int)size);
    int error = got > 0 ? 0 : SSL_get_error(line->ssl, got);
    return got > 0                          ? got
           : error == SSL_ERROR_WANT_READ   ? -1
           : error == SSL_ERROR_ZERO_RETURN ? 0
                                            : -2;
}

static long transmit(struct line *line, const void *data, size_t size)
{
    if (line->ssl == NULL) {
        ssize_t done = write(line->fd, data, size);
        return done >= 0 ? done : errno == EAGAIN ? -1 : -2;
    }
    int done = SSL_write(line->ssl, data, (int)size);
    return done > 0 ? done : SSL_get_error(line->ssl, done) == SSL_ERROR_WANT_WRITE ? -1 : -2;
}

static void watch(struct line *line, bool wants_write)
{
    if (line->wants_write != wants_write) {
        struct epoll_event event = {.events = EPOLLIN | (wants_write ? EPOLLOUT : 0U),
                                    .data.ptr = line};
        line->wants_write = wants_write;
        (void)epoll_ctl(epoll_fd, EPOLL_CTL_MOD, line->fd, &event);
    }
}

static void flush(struct line *line)
{
    while (line->sent < line->out.size) {
        long done = transmit(line, line->out.data + line->sent, line->out.size - line->sent);
        if (done == -1) {
            watch(line, true);
            return;
        }
        if (done < 0) {
            fail("a write failed: %s", strerror(errno));
        }
        line->sent += (size_t)done;
    }
    line->out.size = 0;
    line->sent = 0;
    watch(line, false);
}

/* Connects, shakes hands and upgrades; waits for each. */
static struct line *open_line(const char *path, const char *origin, const char *cookie)
{
    char request[2048];
    char answer[2048] = "";
    size_t got = 0;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct line *line = calloc(1, sizeof(*line));
    int one = 1;
    if (line == NULL || line_count == LINES_MAX) {
        fail("too many lines");
    }
    line->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (line->fd < 0 || connect(line->fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        fail("connect: %s", strerror(errno));
    }
    (void)setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (tls != NULL) {
        line->ssl = SSL_new(tls);
        if (line->ssl == NULL || SSL_set_fd(line->ssl, line->fd) != 1 ||
            SSL_connect(line->ssl) != 1) {
            fail("no TLS");
        }
    }
    int size = snprintf(
        request, sizeof(request),
        "GET %s HTTP/1.1\r\nHost: localhost:%u\r\nOrigin: %s\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n%s%s\r\n\r\n",
        path, port, origin,
        strcmp(cookie, "-") == 0 ? "X: 1" : "Cookie: ", strcmp(cookie, "-") == 0 ? "" : cookie);
    if (transmit(line, request, (size_t)size) != size) {
        fail("the handshake was not taken");
    }
    while (strstr(answer, "\r\n\r\n") == NULL && got < sizeof(answer) - 1) {
        long more = receive(line, answer + got, 1); /* no byte of what follows */
        if (more != 1) {
            fail("no answer to the handshake");
        }
        got++;
    }
    if (strncmp(answer, "HTTP/1.1 101", 12) != 0) {
        fail("upgrade answered %.20s", answer);
    }
    (void)fcntl(line->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = line};
    (void)epoll_ctl(epoll_fd, EPOLL_CTL_ADD, line->fd, &event);
    lines[line_count++] = line;
    return line;
}

static void close_lines(uint32_t from)
{
    while (line_count > from) {
        struct line *line = lines[--line_count];
        SSL_free(line->ssl);
        (void)close(line->fd);
        free(line->in.data);
        free(line->out.data);
        free(line->pump[0].data);
        free(line->pump[1].data);
        if (line->pair != NULL && line->pair->sides[0] == line) {
            free(line->pair);
        }
        free(line);
    }
}

/* ---- what is measured ---- */

static void send_owed(struct line *line)
{
    for (; line->owed > 0; line->owed--) {
        const struct text *frame = &line->pump[line->pumped++ % 100 == 0 ? 1 : 0];
        append(&line->out, frame->data, frame->size);
    }
}

static void fresh_call(char call[23])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t bytes[22];
    (void)RAND_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < 21; i++) {
        call[i] = digits[bytes[i] & 63];
    }
    call[21] = "AQgw"[bytes[21] & 3]; /* the spare bits of 128 are 0 */
    call[22] = '\0';
}

/* Puts `value` into the place of `mark`, if it is there. */
static void fill(char *text, size_t room, const char *mark, const char *value)
{
    char *place = strstr(text, mark);
    char rest[16384];
    if (place == NULL) {
        return;
    }
    (void)snprintf(rest, sizeof(rest), "%s", place + strlen(mark));
    (void)snprintf(place, room - (size_t)(place - text), "%s%s", value, rest);
}

static void start_step(struct pair *pair)
{
    for (;;) {
        const struct step *step = &steps[pair->step];
        char text[16384];
        if (pair->step == 0) {
            fresh_call(pair->call);
        }
        (void)snprintf(text, sizeof(text), "%s", step->text);
        fill(text, sizeof(text), CALL_MARK, pair->call);
        fill(text, sizeof(text), CALLEE_MARK, pair->callee);
        pair->sides[0]->expected = step->expected[0];
        pair->sides[1]->expected = step->expected[1];
        struct line *from = pair->sides[step->from];
        append_frame(&from->out, 1, text, strlen(text));
        flush(from);
        if (step->expected[0] != NULL || step->expected[1] != NULL) {
            return;
        }
        pair->step++;
    }
}

static void step_done(struct pair *pair)
{
    if (pair->sides[0]->expected != NULL || pair->sides[1]->expected != NULL) {
        return;
    }
    pair->step++;
    if (pair->step == step_count) {
        pair->step = 0;
        count++;
    }
    pair->held = !running;
    if (running) {
        start_step(pair);
    }
}

static void on_text(struct line *line, const char *text, size_t size)
{
    if (size > 14 && memcmp(text, "{\"type\":\"error", 14) == 0) {
        fail("refused: %.*s", (int)size, text);
    }
    if (line->pump[0].size > 0) {
        /* An event of the other side; replies and changes of state do not count. */
        if (size > 16 && memcmp(text, "{\"type\":\"call.", 14) == 0 &&
            memcmp(text + 14, "ch", 2) != 0) {
            count++;
            line->owed++;
            if (running) {
                send_owed(line);
            }
        }
        return;
    }
    if (line->expected != NULL &&
        memmem(text, size, line->expected, strlen(line->expected)) != NULL) {
        line->expected = NULL;
        if (line->pair != NULL) {
            step_done(line->pair);
        }
    }
}

static void on_frame(struct line *line, uint8_t opcode, const uint8_t *data, size_t size)
{
    if (opcode == 1) {
        on_text(line, (const char *)data, size);
    } else if (opcode == 8) {
        fail("closed with %d %.*s", size >= 2 ? data[0] << 8 | data[1] : 1005,
             size > 2 ? (int)size - 2 : 0, (const char *)data + 2);
    } else if (opcode == 9) {
        append_frame(&line->out, 10, data, size);
    }
}

/* Takes the whole frames; returns how many bytes they were. */
static size_t take_frames(struct line *line, const uint8_t *data, size_t size)
{
    size_t used = 0;
    while (size - used >= 2) {
        const uint8_t *at = data + used;
        size_t length = at[1] & 127;
        size_t head = 2;
        if (length == 126 && size - used >= 4) {
            length = (size_t)at[2] << 8 | at[3];
            head = 4;
        } else if (length >= 126) {
            break; /* 127 does not come: messages are below 64 KiB */
        }
        if (size - used < head + length) {
            break;
        }
        on_frame(line, at[0] & 15, at + head, length);
        used += head + length;
    }
    return used;
}

static void on_readable(struct line *line)
{
    long got = 0;
    while ((got = receive(line, scratch, sizeof(scratch))) > 0) {
        if (line->in.size == 0) {
            size_t used = take_frames(line, scratch, (size_t)got);
            append(&line->in, scratch + used, (size_t)got - used);
        } else {
            append(&line->in, scratch, (size_t)got);
            size_t used = take_frames(line, line->in.data, line->in.size);
            line->in.size -= used;
            memmove(line->in.data, line->in.data + used, line->in.size);
        }
        if (line->ssl == NULL && (size_t)got < sizeof(scratch)) {
            break;
        }
    }
    if (got == 0 || got == -2) {
        fail("a connection ended");
    }
    flush(line);
}

/* Serves all lines once, for at most `wait_ms`; true: a command has come. */
static bool serve_once(int wait_ms)
{
    struct epoll_event events[256];
    int ready = epoll_wait(epoll_fd, events, 256, wait_ms);
    bool command = false;
    for (int i = 0; i < ready; i++) {
        struct line *line = events[i].data.ptr;
        if (line == NULL) {
            command = true;
            continue;
        }
        if ((events[i].events & EPOLLOUT) != 0) {
            flush(line);
        }
        on_readable(line);
    }
    return command;
}

/* Serves until the time is over, or `line` (may be NULL) has what it waits for. */
static void serve(uint64_t time_ms, const struct line *line)
{
    uint64_t end_ms = now_ms() + time_ms;
    for (uint64_t now = now_ms(); now < end_ms; now = now_ms()) {
        (void)serve_once((int)(end_ms - now));
        if (line != NULL && line->expected == NULL) {
            return;
        }
    }
}

static void run(uint64_t time_ms)
{
    running = true;
    for (uint32_t i = 0; i < line_count; i++) {
        struct line *line = lines[i];
        send_owed(line);
        flush(line);
        if (line->pair != NULL && line->pair->held && line->pair->sides[0] == line) {
            line->pair->held = false;
            start_step(line->pair);
        }
    }
    serve(time_ms, NULL);
    running = false;
}

/* ---- commands ---- */

static struct line *line_of(const char *number)
{
    unsigned long i = number == NULL ? LINES_MAX : strtoul(number, NULL, 10);
    if (i >= line_count) {
        fail("no line %s", number == NULL ? "" : number);
    }
    return lines[i];
}

/* "pump LINE WINDOW USUAL<tab>HUNDREDTH" */
static void start_pump(char *rest)
{
    struct line *line = line_of(strtok_r(rest, " ", &rest));
    line->owed = strtoul(strtok_r(rest, " ", &rest), NULL, 10);
    char *usual = strtok_r(rest, "\t", &rest);
    append_frame(&line->pump[0], 1, usual, strlen(usual));
    append_frame(&line->pump[1], 1, rest, strlen(rest));
}

static char *copy_or_null(const char *text)
{
    return strcmp(text, "-") == 0 ? NULL : strdup(text);
}

/* "step SIDE EXPECTED-BY-0<tab>EXPECTED-BY-1<tab>TEXT" */
static void add_step(char *rest)
{
    struct step *step = &steps[step_count++];
    if (step_count > STEPS_MAX) {
        fail("too many steps");
    }
    step->from = (uint32_t)strtoul(strtok_r(rest, " ", &rest), NULL, 10);
    step->expected[0] = copy_or_null(strtok_r(rest, "\t", &rest));
    step->expected[1] = copy_or_null(strtok_r(rest, "\t", &rest));
    step->text = strdup(rest);
}

/* "pair LINE LINE CALLEE" */
static void start_pair(char *rest)
{
    struct pair *pair = calloc(1, sizeof(*pair));
    if (pair == NULL) {
        fail("memory");
    }
    for (int i = 0; i < 2; i++) {
        pair->sides[i] = line_of(strtok_r(rest, " ", &rest));
        pair->sides[i]->pair = pair;
    }
    (void)snprintf(pair->callee, sizeof(pair->callee), "%s", rest);
    pair->held = true;
}

/* "say LINE EXPECTED<tab>TEXT" */
static void say(char *rest)
{
    struct line *line = line_of(strtok_r(rest, " ", &rest));
    char *expected = copy_or_null(strtok_r(rest, "\t", &rest));
    line->expected = expected;
    append_frame(&line->out, 1, rest, strlen(rest));
    flush(line);
    if (expected != NULL) {
        serve(WAIT_MS, line);
        if (line->expected != NULL) {
            fail("no %s", expected);
        }
        free(expected);
    }
}

static void obey(char *command)
{
    char *rest = command;
    const char *verb = strtok_r(rest, " ", &rest);
    if (strcmp(verb, "open") == 0) {
        const char *path = strtok_r(rest, " ", &rest);
        const char *origin = strtok_r(rest, " ", &rest);
        (void)open_line(path, origin, rest);
    } else if (strcmp(verb, "say") == 0) {
        say(rest);
    } else if (strcmp(verb, "pump") == 0) {
        start_pump(rest);
    } else if (strcmp(verb, "step") == 0) {
        add_step(rest);
    } else if (strcmp(verb, "forget") == 0) {
        step_count = 0;
    } else if (strcmp(verb, "pair") == 0) {
        start_pair(rest);
    } else if (strcmp(verb, "run") == 0) {
        run(strtoul(rest, NULL, 10));
    } else if (strcmp(verb, "settle") == 0) {
        serve(strtoul(rest, NULL, 10), NULL);
    } else if (strcmp(verb, "cut") == 0) {
        close_lines((uint32_t)strtoul(rest, NULL, 10));
    } else {
        fail("no command %s", verb);
    }
    printf("%llu %u\n", (unsigned long long)count, line_count);
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    static char command[65536];
    if (argc < 2) {
        return 2;
    }
    port = (uint16_t)strtoul(argv[1], NULL, 10);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (argc > 2) {
        tls = SSL_CTX_new(TLS_client_method());
        (void)SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    (void)epoll_ctl(epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    for (;;) {
        while (!serve_once(-1)) {
        }
        /* One at a time: the next comes after the answer. */
        if (fgets(command, sizeof(command), stdin) == NULL) {
            break;
        }
        command[strcspn(command, "\n")] = '\0';
        obey(command);
    }
    return 0;
}
