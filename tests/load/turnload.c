/* SPDX-License-Identifier: Apache-2.0 */
/* turnload MODE --name value ...
 *   relay      packets to a peer that sends them back
 *   pair       packets between two clients, both by a relay
 *   allocate   allocations with their 401, so many at a time as flows, each given back at once
 *   hold       makes allocations, prints, and keeps them until its input ends
 *   binding    Binding requests
 *   forward    is the bare forwarder
 *   bare       packets through that
 * One line of JSON is the result. */
#include <errno.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "turnload.h"

void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    exit(1);
}

uint64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t cpu_ns(int pid)
{
    char path[300];
    uint64_t total = 0;
    (void)snprintf(path, sizeof(path), "/proc/%d/task", pid);
    DIR *dir = opendir(path);
    if (dir == NULL) {
        die("%s: %m", path);
    }
    for (const struct dirent *entry = NULL; (entry = readdir(dir)) != NULL;) {
        unsigned long long ran = 0;
        (void)snprintf(path, sizeof(path), "/proc/%d/task/%.20s/schedstat", pid, entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (file != NULL) {
            total += fscanf(file, "%llu", &ran) == 1 ? ran : 0;
            (void)fclose(file);
        }
    }
    (void)closedir(dir);
    return total;
}

uint64_t memory_bytes(int pid)
{
    char line[200];
    unsigned long long kib = 0;
    (void)snprintf(line, sizeof(line), "/proc/%d/status", pid);
    FILE *file = fopen(line, "r");
    if (file == NULL) {
        die("%s: %m", line);
    }
    while (fgets(line, sizeof(line), file) != NULL && sscanf(line, "VmRSS: %llu", &kib) != 1) {
    }
    (void)fclose(file);
    return kib * 1024;
}

socklen_t to_sockaddr(const struct addr *addr, struct sockaddr_storage *out)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(addr->port)};
    memset(out, 0, sizeof(*out));
    memcpy(&four.sin_addr, addr->ip, 4);
    memcpy(out, &four, sizeof(four));
    return sizeof(four);
}

struct addr from_sockaddr(const struct sockaddr_storage *in)
{
    struct sockaddr_in four;
    struct addr addr = {.family = ADDR_V4};
    memcpy(&four, in, sizeof(four));
    memcpy(addr.ip, &four.sin_addr, 4);
    addr.port = ntohs(four.sin_port);
    return addr;
}

int open_udp(const struct addr *local, const struct addr *remote)
{
    struct sockaddr_storage name;
    int buffer = 4 * 1024 * 1024;
    struct timeval timeout = {.tv_sec = 1};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        die("socket: %m");
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof(buffer));
    if (local != NULL && bind(fd, (struct sockaddr *)&name, to_sockaddr(local, &name)) != 0) {
        die("bind: %m");
    }
    if (remote != NULL) {
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
        if (connect(fd, (struct sockaddr *)&name, to_sockaddr(remote, &name)) != 0) {
            die("connect: %m");
        }
    }
    return fd;
}

static void print_rate(const struct options *options, uint64_t count, uint64_t start, uint64_t cpu)
{
    double seconds = (double)(now_ns() - start) / 1e9;
    cpu = cpu_ns(options->pid) - cpu;
    (void)printf("{\"count\": %llu, \"seconds\": %.3f, \"us\": %.3f}\n", (unsigned long long)count,
                 seconds, (double)cpu / 1000 / (double)count);
}

static void raise_limit(void)
{
    struct rlimit limit = {FLOWS_MAX + 100, FLOWS_MAX + 100};
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* Allocations, each from an address of its own that is not used again. */
static void run_allocate(const struct options *options)
{
    struct flow flows[BURST_MAX] = {0};
    uint64_t count = 0;
    raise_limit();
    uint64_t cpu = cpu_ns(options->pid);
    uint64_t start = now_ns();
    while (now_ns() - start < (uint64_t)(options->seconds * 1e9) && count < FLOWS_MAX) {
        for (uint32_t i = 0; i < options->flows; i++) {
            flows[i] = (struct flow){.fd = open_udp(NULL, &options->server)};
        }
        count += client_allocate_together(options, flows, options->flows);
    }
    print_rate(options, count, start, cpu);
}

static void run_binding(const struct options *options)
{
    struct flow flow = {.fd = open_udp(NULL, &options->server)};
    uint64_t count = 0;
    uint64_t cpu = cpu_ns(options->pid);
    uint64_t start = now_ns();
    while (now_ns() - start < (uint64_t)(options->seconds * 1e9)) {
        count += client_bindings(&flow, 64);
    }
    print_rate(options, count, start, cpu);
}

static void run_hold(const struct options *options)
{
    raise_limit();
    uint64_t before = memory_bytes(options->pid);
    uint64_t cpu = cpu_ns(options->pid);
    struct flow *flows = calloc(options->flows, sizeof(*flows));
    for (uint32_t i = 0; flows != NULL && i < options->flows; i++) {
        client_open_allocated(options, &flows[i]);
        client_permit(options, &flows[i], options->peer);
    }
    cpu = cpu_ns(options->pid) - cpu;
    uint64_t grown = memory_bytes(options->pid) - before;
    (void)printf("{\"count\": %u, \"us\": %.3f, \"bytes\": %.1f}\n", options->flows,
                 (double)cpu / 1000 / options->flows, (double)grown / options->flows);
    (void)fflush(stdout);
    (void)getchar();
    for (uint32_t i = 0; flows != NULL && i < options->flows; i++) {
        client_release(options, &flows[i]);
    }
    free(flows);
}

static struct addr read_addr(const char *text)
{
    struct addr addr;
    if (addr_parse(slice_text(text), &addr) != OK || addr.family != ADDR_V4) {
        die("%s is no IPv4 address with a port", text);
    }
    return addr;
}

static void read_option(struct options *options, const char *name, const char *value)
{
    uint32_t number = (uint32_t)strtoul(value, NULL, 10);
    const struct {
        const char *name;
        uint32_t *number;
    } numbers[] = {{"--flows", &options->flows},
                   {"--size", &options->size},
                   {"--window", &options->window},
                   {"--burst", &options->burst},
                   {"--rate", &options->rate}};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (strcmp(name, numbers[i].name) == 0) {
            *numbers[i].number = number;
            return;
        }
    }
    if (strcmp(name, "--server") == 0) {
        options->server = read_addr(value);
    } else if (strcmp(name, "--peer") == 0) {
        options->peer = read_addr(value);
    } else if (strcmp(name, "--user") == 0) {
        options->name = value;
    } else if (strcmp(name, "--transport") == 0) {
        options->transport = value;
    } else if (strcmp(name, "--password") == 0) {
        options->password = value;
    } else if (strcmp(name, "--seconds") == 0) {
        options->seconds = strtod(value, NULL);
    } else if (strcmp(name, "--pid") == 0) {
        options->pid = (int)number;
    } else if (strcmp(name, "--send") == 0) {
        options->send = number != 0;
    } else {
        die("unknown option %s", name);
    }
}

int main(int argc, char **argv)
{
    struct options options = {.flows = 1,
                              .size = 172,
                              .window = 8,
                              .burst = 1,
                              .seconds = 2,
                              .name = "",
                              .password = "",
                              .transport = "udp"};
    if (argc < 2 || argc % 2 != 0) {
        die("turnload MODE --name value ...");
    }
    options.mode = argv[1];
    options.pid = getpid();
    for (int i = 2; i < argc; i += 2) {
        read_option(&options, argv[i], argv[i + 1]);
    }
    if (options.flows == 0 || options.flows > FLOWS_MAX || options.burst == 0 ||
        (strcmp(options.mode, "allocate") == 0 && options.flows > BURST_MAX) ||
        options.size < PAYLOAD_HEAD + 2 || options.size > 1400 || options.burst > 40) {
        die("flows, size or burst out of range");
    }
    options.bare = strcmp(options.mode, "bare") == 0;
    if (options.bare || strcmp(options.mode, "relay") == 0) {
        relay_run(&options, false);
    } else if (strcmp(options.mode, "pair") == 0) {
        relay_run(&options, true);
    } else if (strcmp(options.mode, "allocate") == 0) {
        run_allocate(&options);
    } else if (strcmp(options.mode, "hold") == 0) {
        run_hold(&options);
    } else if (strcmp(options.mode, "binding") == 0) {
        run_binding(&options);
    } else if (strcmp(options.mode, "forward") == 0) {
        forward_run(&options);
    } else {
        die("unknown mode %s", options.mode);
    }
    return 0;
}
