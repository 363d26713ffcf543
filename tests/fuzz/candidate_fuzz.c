/* SPDX-License-Identifier: Apache-2.0 */
/* A candidate says the same alone and as a line of a description, and what is read of it means the
 * same when it is written again. */
#include <stdio.h>

#include "fuzz.h"
#include "wire/candidate.h"

#define LIST_MAX 4

static bool same(const struct candidate *a, const struct candidate *b)
{
    return a->type == b->type && a->host == b->host && addr_equal(&a->addr, &b->addr) &&
           a->tcp == b->tcp && a->active == b->active && a->related == b->related;
}

static void check_again(const struct candidate *candidate)
{
    static const char *const types[] = {"host", "srflx", "prflx", "relay"};
    struct candidate again;
    char ip[ADDR_TEXT_SIZE] = "a.local";
    char text[200];
    ASSERT((candidate->host == CANDIDATE_ADDRESS) == (candidate->addr.family != ADDR_NONE));
    ASSERT(candidate->tcp || !candidate->active);
    if (candidate->host == CANDIDATE_ADDRESS) {
        addr_format_ip(&candidate->addr, ip);
    } else if (candidate->host == CANDIDATE_NAME) {
        (void)snprintf(ip, sizeof(ip), "a.example");
    }
    (void)snprintf(text, sizeof(text), "candidate:1 1 %s 1 %s %u typ %s%s%s",
                   candidate->tcp ? "tcp" : "udp", ip, candidate->addr.port, types[candidate->type],
                   candidate->related ? " raddr 192.0.2.1 rport 1" : "",
                   candidate->active ? " tcptype active" : "");
    ASSERT(candidate_parse(slice_text(text), &again) == OK);
    ASSERT(same(candidate, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct candidate alone;
    struct candidate list[LIST_MAX];
    struct candidate_scan scan;
    struct slice text = slice_from(data, size);
    candidate_scan(text, list, LIST_MAX, &scan);
    ASSERT(scan.unread <= scan.count);
    for (uint32_t i = 0; i < scan.count - scan.unread && i < LIST_MAX; i++) {
        check_again(&list[i]);
    }
    if (candidate_parse(text, &alone) != OK) {
        return 0;
    }
    check_again(&alone);
    uint8_t line[1024] = "a=";
    if (size > 0 && size < sizeof(line) - 2 && memchr(data, '\r', size) == NULL &&
        memchr(data, '\n', size) == NULL) {
        memcpy(line + 2, data, size);
        candidate_scan(slice_from(line, size + 2), list, LIST_MAX, &scan);
        ASSERT(scan.count == 1 && scan.unread == 0);
        ASSERT(same(&list[0], &alone));
    }
    return 0;
}
