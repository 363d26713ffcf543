/* SPDX-License-Identifier: Apache-2.0 */
/* A cable between two network namespaces that takes its time: a TUN device at each end, and what
 * goes in at one comes out at the other after the delay. For kernels without netem.
 *     wire DELAY_MS SPACE_A DEVICE_A SPACE_B DEVICE_B
 * On its input: `cut`, `mend`, `delay MS`. It ends with its input. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define PACKET_MAX 2048
#define QUEUE_MAX 4096 /* packets on the way; more are dropped, as at a full router */
#define END_COUNT 2

struct packet {
    uint64_t due_us;
    uint32_t size;
    uint8_t bytes[PACKET_MAX];
};

/* What travels away from one end, oldest first. */
struct way {
    struct packet packets[QUEUE_MAX];
    uint32_t first;
    uint32_t count;
};

static struct way ways[END_COUNT];
static int ends[END_COUNT];
static uint64_t delay_us;
static bool is_cut;

static void die(const char *what)
{
    fprintf(stderr, "wire: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* A device in that namespace; this process stays there. */
static int open_end(const char *space, const char *device)
{
    char path[256];
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    (void)snprintf(path, sizeof(path), "/var/run/netns/%s", space);
    int namespace = open(path, O_RDONLY | O_CLOEXEC);
    if (namespace < 0 || setns(namespace, CLONE_NEWNET) != 0) {
        die(space);
    }
    (void)close(namespace);
    int end = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    (void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device);
    if (end < 0 || ioctl(end, TUNSETIFF, &request) != 0) {
        die(device);
    }
    return end;
}

static void take_in(int from)
{
    struct way *way = &ways[from];
    for (;;) {
        struct packet *packet = &way->packets[(way->first + way->count) % QUEUE_MAX];
        static uint8_t dropped[PACKET_MAX];
        bool room = way->count < QUEUE_MAX && !is_cut;
        ssize_t size = read(ends[from], room ? packet->bytes : dropped, PACKET_MAX);
        if (size <= 0) {
            return;
        }
        if (room) {
            packet->size = (uint32_t)size;
            packet->due_us = now_us() + delay_us;
            way->count++;
        }
    }
}

static void give_out(int from)
{
    struct way *way = &ways[from];
    while (way->count > 0 && way->packets[way->first].due_us <= now_us()) {
        const struct packet *packet = &way->packets[way->first];
        if (!is_cut && write(ends[1 - from], packet->bytes, packet->size) < 0 && errno == EBADF) {
            die("write");
        }
        way->first = (way->first + 1) % QUEUE_MAX;
        way->count--;
    }
}

/* Until the next packet is due; -1 us: none is. */
static int64_t wait_us(void)
{
    int64_t least = -1;
    for (int i = 0; i < END_COUNT; i++) {
        if (ways[i].count > 0) {
            uint64_t now = now_us();
            uint64_t due = ways[i].packets[ways[i].first].due_us;
            int64_t left = due > now ? (int64_t)(due - now) : 0;
            least = least < 0 || left < least ? left : least;
        }
    }
    return least;
}

static void obey(void)
{
    char line[64];
    ssize_t size = read(STDIN_FILENO, line, sizeof(line) - 1);
    if (size <= 0) {
        exit(0);
    }
    line[size] = '\0';
    if (strncmp(line, "delay ", 6) == 0) {
        delay_us = strtoull(line + 6, NULL, 10) * 1000;
    } else {
        is_cut = strncmp(line, "cut", 3) == 0;
    }
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: wire DELAY_MS SPACE_A DEVICE_A SPACE_B DEVICE_B\n");
        return 2;
    }
    delay_us = strtoull(argv[1], NULL, 10) * 1000;
    ends[0] = open_end(argv[2], argv[3]);
    ends[1] = open_end(argv[4], argv[5]);
    printf("ready\n");
    (void)fflush(stdout);
    struct pollfd polled[] = {{.fd = ends[0], .events = POLLIN},
                              {.fd = ends[1], .events = POLLIN},
                              {.fd = STDIN_FILENO, .events = POLLIN}};
    for (;;) {
        int64_t left_us = wait_us();
        struct timespec left = {.tv_sec = left_us / 1000000, .tv_nsec = left_us % 1000000 * 1000};
        if (ppoll(polled, 3, left_us < 0 ? NULL : &left, NULL) < 0 && errno != EINTR) {
            die("poll");
        }
        if (polled[2].revents != 0) {
            obey();
        }
        for (int i = 0; i < END_COUNT; i++) {
            take_in(i);
            give_out(i);
        }
    }
}
