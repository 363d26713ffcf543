/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/candidate.h"

#include "unit.h"

static struct candidate found;
static struct candidate list[3];
static struct candidate_scan scan;

static bool reads(const char *text)
{
    return candidate_parse(slice_text(text), &found) == OK;
}

static bool scans(const char *sdp)
{
    candidate_scan(slice_text(sdp), list, 3, &scan);
    return scan.has_addresses;
}

static bool is_ip(const char *text, uint16_t port)
{
    struct addr addr;
    return found.host == CANDIDATE_ADDRESS && addr_parse(slice_text(text), &addr) == OK &&
           addr_same_ip(&addr, &found.addr) && found.addr.port == port;
}

static void what_browsers_write_is_read(void)
{
    CHECK(reads("candidate:3885250869 1 udp 2122260223 192.0.2.7 51022 typ host generation 0 "
                "ufrag Ab+/ network-id 1 network-cost 10"));
    CHECK(found.type == CANDIDATE_HOST && is_ip("192.0.2.7", 51022) && !found.tcp &&
          !found.related);
    CHECK(reads("candidate:1 1 tcp 1518280447 2001:db8::7 9 typ host tcptype active generation 0"));
    CHECK(found.tcp && found.active && is_ip("2001:db8::7", 9));
    CHECK(reads("candidate:1 1 TCP 1518280447 192.0.2.7 4000 typ host tcptype passive"));
    CHECK(found.tcp && !found.active);
    CHECK(reads("candidate:0 1 UDP 2122252543 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 43533 "
                "typ host"));
    CHECK(found.host == CANDIDATE_LOCAL && found.addr.port == 43533 &&
          found.addr.family == ADDR_NONE);
    CHECK(reads("candidate:2 1 udp 1686052607 198.51.100.3 6000 typ srflx raddr 10.0.0.5 rport "
                "6001 generation 0"));
    CHECK(found.type == CANDIDATE_SRFLX && found.related);
    CHECK(reads("candidate:3 1 udp 41885439 198.51.100.9 50000 typ relay raddr 0.0.0.0 rport 0 "
                "generation 0"));
    CHECK(found.type == CANDIDATE_RELAY && !found.related);
    CHECK(reads("candidate:3 1 udp 1 2001:db8::9 50000 typ relay raddr :: rport 9"));
    CHECK(!found.related);
    CHECK(reads("candidate:3 1 udp 1 198.51.100.9 50000 typ prflx"));
    CHECK(found.type == CANDIDATE_PRFLX && !found.related);
    CHECK(reads("candidate:3 1 udp 1 turn.example.org 50000 typ relay "));
    CHECK(found.host == CANDIDATE_NAME);
    CHECK(reads("candidate:3 1 udp 1 a.b.local 50000 typ host") && found.host == CANDIDATE_NAME);
    CHECK(reads("candidate:3 1 udp 1 ::ffff:192.0.2.1 50000 typ host"));
    CHECK(is_ip("192.0.2.1", 50000));
    CHECK(reads("candidate:aZ09+/ 1 udp 1 192.0.2.1 50000 typ host tcptype active"));
    CHECK(!found.active); /* it is said of TCP only */
}

static void the_related_address_is_seen_wherever_it_stands(void)
{
    CHECK(reads("candidate:3 1 udp 1 198.51.100.9 50000 typ relay generation 0 raddr 10.0.0.5"));
    CHECK(found.related);
    CHECK(reads("candidate:3 1 udp 1 198.51.100.9 50000 typ relay raddr 0.0.0.0 raddr 10.0.0.5"));
    CHECK(found.related);
    CHECK(reads("candidate:3 1 udp 1 198.51.100.9 50000 typ relay raddr 10.0.0.5 raddr 0.0.0.0"));
    CHECK(found.related);
    CHECK(reads("candidate:3 1 udp 1 198.51.100.9 50000 typ relay raddr 0.0.0.0 rport 4711"));
    CHECK(found.related);
    CHECK(reads("candidate:3 1 udp 1 198.51.100.9 50000 typ relay RADDR host.local rport 0"));
    CHECK(found.related);
}

static void everything_else_is_refused(void)
{
    static const char *const wrong[] = {
        "",
        "x",
        "candidate:",
        "candidate:1",
        "a=candidate:1 1 udp 1 192.0.2.1 5000 typ host",
        " candidate:1 1 udp 1 192.0.2.1 5000 typ host",
        "candidate: 1 udp 1 192.0.2.1 5000 typ host",
        "candidate:1 0 udp 1 192.0.2.1 5000 typ host",
        "candidate:1 257 udp 1 192.0.2.1 5000 typ host",
        "candidate:1 1 sctp 1 192.0.2.1 5000 typ host",
        "candidate:1 1 udp 4294967296 192.0.2.1 5000 typ host",
        "candidate:1 1 udp -1 192.0.2.1 5000 typ host",
        "candidate:1 1 udp 1 192.0.2.1:80 5000 typ host",
        "candidate:1 1 udp 1 [2001:db8::1] 5000 typ host",
        "candidate:1 1 udp 1 fe80::1%eth0 5000 typ host",
        "candidate:1 1 udp 1 192.0.2 5000 typ host",
        "candidate:1 1 udp 1 0x7f000001 5000 typ ghost",
        "candidate:1 1 udp 1 2130706433 5000 typ host",
        "candidate:1 1 udp 1 .local/ 5000 typ host",
        "candidate:1 1 udp 1 192.0.2.1 65536 typ host",
        "candidate:1 1 udp 1 192.0.2.1 5000 host",
        "candidate:1 1 udp 1 192.0.2.1 5000 typ",
        "candidate:1 1 udp 1 192.0.2.1 5000 typ hosts",
        "candidate:1 1 udp 1 192.0.2.1 5000 typ host raddr",
        "candidate:1 1 udp 1 192.0.2.1 5000 typ host  raddr 1",
        "candidate:1  1 udp 1 192.0.2.1 5000 typ host",
        "candidate:123456789012345678901234567890123 1 udp 1 192.0.2.1 5000 typ host",
        "candidate:a-b 1 udp 1 192.0.2.1 5000 typ host",
        "candidate:a! 1 udp 1 192.0.2.1 5000 typ host",
        "candidate:a: 1 udp 1 192.0.2.1 5000 typ host",
        "candidate:a{ 1 udp 1 192.0.2.1 5000 typ host",
        "candidate:1 1 udp 12345678901 192.0.2.1 5000 typ host",
        "candidate:1 1 udp 1 192.0.2.1 50a0 typ host",
        "candidate:1 1 udp 1  5000 typ host",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(!reads(wrong[i]));
    }
    char text[400] = "candidate:1 1 udp 1 "; /* a name of 253 bytes, and one of 254 */
    memset(text + 20, 'a', 254);
    memcpy(text + 20 + 253, " 5000 typ host", 15);
    CHECK(reads(text) && found.host == CANDIDATE_NAME);
    memcpy(text + 20 + 253, "a 5000 typ host", 16);
    CHECK(!reads(text));
    CHECK(candidate_parse(SLICE("candidate:1 1 udp 1 a\0b 5000 typ host"), &found) != OK);
}

static void a_description_without_addresses_is_seen_as_such(void)
{
    CHECK(!scans("") && scan.count == 0);
    CHECK(!scans("v=0\r\no=- 46117 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
                 "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n"
                 "a=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=rtcp-mux\r\n"));
    CHECK(!scans("o=mozilla 1 0 IN IP4 0.0.0.0\nm=video 0 UDP/TLS/RTP/SAVPF 0\nc=IN IP6 ::\n"
                 "a=rtcp:9\na=rtcp-fb:96 nack\n"));
}

static void each_line_that_can_name_an_address_is_looked_at(void)
{
    CHECK(scans("c=IN IP4 192.0.2.1\r\n"));
    CHECK(scans("c=IN IP4 0.0.0.0/127\r\n"));
    CHECK(scans("c=IN IP4 host.example.org"));
    CHECK(scans("v=0\rc=IN IP4 192.0.2.1"));
    CHECK(scans("v=0\rc=IN IP4 192.0.2.1\rt=0 0\n"));
    CHECK(scans("C=IN IP6 2001:db8::1\n"));
    CHECK(scans("o=- 1 2 IN IP4 10.0.0.5\n"));
    CHECK(scans("m=audio 51000 UDP/TLS/RTP/SAVPF 111\n"));
    CHECK(scans("a=rtcp:51001\n"));
    CHECK(scans("a=rtcp:9 IN IP4 10.0.0.5\n"));
    CHECK(scans("a=remote-candidates:1 10.0.0.5 5000\n"));
}

static void the_candidates_of_a_description_are_found(void)
{
    CHECK(!scans("a=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\nv=0\r\n"
                 "a=candidate:junk\r\n"
                 "A=Candidate:2 1 udp 1 198.51.100.1 6000 typ relay raddr 0.0.0.0 rport 0\r\n"
                 "a=end-of-candidates\r\n"));
    CHECK(scan.count == 3 && scan.unread == 1);
    CHECK(list[0].type == CANDIDATE_HOST && list[0].addr.port == 5000);
    CHECK(list[1].type == CANDIDATE_RELAY && list[1].addr.port == 6000);
#define ONE "a=candidate:1 1 udp 1 192.0.2.1 5000 typ host\n"
    CHECK(!scans(ONE ONE ONE ONE ONE) && scan.count == 5 && scan.unread == 0);
}

UNIT(what_browsers_write_is_read, the_related_address_is_seen_wherever_it_stands,
     everything_else_is_refused, a_description_without_addresses_is_seen_as_such,
     each_line_that_can_name_an_address_is_looked_at, the_candidates_of_a_description_are_found)
