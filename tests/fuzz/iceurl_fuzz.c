/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted means the same when it is written in full and parsed again. */
#include <stdio.h>

#include "fuzz.h"
#include "wire/iceurl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const schemes[] = {"stun", "stuns", "turn", "turns"};
    struct iceurl url = {0};
    struct iceurl again = {0};
    if (iceurl_parse(slice_from(data, size), &url) != NULL) {
        return 0;
    }
    char text[400];
    bool brackets = url.host_kind == ICEURL_IPV6;
    const char *query = url.scheme < ICEURL_TURN      ? ""
                        : url.transport == ICEURL_TCP ? "?transport=tcp"
                                                      : "?transport=udp";
    (void)snprintf(text, sizeof(text), "%s:%s%s%s:%u%s", schemes[url.scheme], brackets ? "[" : "",
                   url.host, brackets ? "]" : "", url.port, query);
    ASSERT(iceurl_parse(slice_text(text), &again) == NULL);
    ASSERT(again.scheme == url.scheme && again.host_kind == url.host_kind);
    ASSERT(again.port == url.port && again.transport == url.transport && url.port != 0);
    ASSERT(strcmp(again.host, url.host) == 0 && url.host[0] != '\0');
    return 0;
}
