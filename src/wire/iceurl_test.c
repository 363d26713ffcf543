/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/iceurl.h"

#include "unit.h"

static struct iceurl url;

static bool accepts(const char *text)
{
    return iceurl_parse(slice_text(text), &url) == NULL;
}

static bool refuses(const char *text, const char *word)
{
    const char *error = iceurl_parse(slice_text(text), &url);
    return error != NULL && strstr(error, word) != NULL;
}

static void the_examples_of_the_rfcs_are_accepted(void)
{
    CHECK(accepts("stun:example.org") && url.scheme == ICEURL_STUN && url.port == 3478);
    CHECK(!url.port_given && url.transport == ICEURL_UDP && !url.transport_given);
    CHECK(accepts("stuns:example.org") && url.port == 5349 && url.transport == ICEURL_TCP);
    CHECK(accepts("stun:example.org:8000") && url.port == 8000 && url.port_given);
    CHECK(accepts("turn:example.org?transport=udp") && url.transport_given);
    CHECK(accepts("turn:example.org:8000?transport=tcp") && url.transport == ICEURL_TCP);
    CHECK(accepts("turns:example.org?transport=tcp") && url.scheme == ICEURL_TURNS);
    CHECK(strcmp(url.host, "example.org") == 0 && url.host_kind == ICEURL_NAME);
    CHECK(accepts("TURN:192.0.2.7:1") && url.host_kind == ICEURL_IPV4);
    CHECK(accepts("turn:[2001:db8::1]:65535?transport=udp") && url.host_kind == ICEURL_IPV6);
    CHECK(strcmp(url.host, "2001:db8::1") == 0 && url.port == 65535);
}

static void what_is_wrong_is_said(void)
{
    CHECK(refuses("", "begin") && refuses("http:example.org", "begin") && refuses("stun", "begin"));
    CHECK(refuses("stun:", "no host") && refuses("turn::3478", "no host"));
    CHECK(refuses("turn://example.org", "slashes"));
    CHECK(refuses("turn:user@example.org", "character") && refuses("turn:a b", "character"));
    CHECK(refuses("turn:a{b", "character") && refuses("turn:a@b", "character"));
    CHECK(refuses("turn:a.-b", "character") && accepts("turn:a-b.c"));
    CHECK(refuses("turn:/a", "character"));
    CHECK(refuses("turn:a..b", "label") && refuses("turn:a-", "label"));
    CHECK(refuses("turn:a-.b", "label"));
    CHECK(refuses("turn:a:0", "port") && refuses("turn:a:65536", "port"));
    CHECK(refuses("turn:a:", "port") && refuses("turn:a:1x", "port"));
    CHECK(refuses("turn:[::1", "bracket") && refuses("turn:[]", "IPv6"));
    CHECK(refuses("turn:[1.2.3.4]", "IPv6") && refuses("turn:[::1]x", "port"));
    CHECK(refuses("turn:[0000000000000000000000000000000000000000000001]", "IPv6"));
    CHECK(iceurl_parse(SLICE("turn:[::1\0]"), &url) != NULL);
    CHECK(accepts("turn:a.1-2") && url.host_kind == ICEURL_NAME);
    CHECK(refuses("stuns:a?transport=tcp", "query") && refuses("turn:a?transfers=udp", "query"));
    CHECK(refuses("turn:1.2.3.256", "IPv4") && refuses("turn:1.2.3", "IPv4"));
    CHECK(refuses("stun:a?transport=udp", "query") && refuses("turn:a?", "query"));
    CHECK(refuses("turn:a?transport=sctp", "udp or tcp"));
    CHECK(refuses("turn:a?transport=udp&x=1", "udp or tcp"));
}

static void a_host_has_its_maximum(void)
{
    char text[400] = "stun:";
    for (size_t i = 5; i < 5 + 253; i++) {
        text[i] = (i - 4) % 64 == 0 ? '.' : 'a';
    }
    CHECK(accepts(text) && strlen(url.host) == 253);
    text[5 + 253] = 'a';
    CHECK(refuses(text, "too long"));
    memset(text + 5, 'a', 64);
    text[69] = '\0';
    CHECK(refuses(text, "label"));
    CHECK(iceurl_parse(SLICE("stun:a\0b"), &url) != NULL);
}

UNIT(the_examples_of_the_rfcs_are_accepted, what_is_wrong_is_said, a_host_has_its_maximum)
