/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/nonce.h"

#include "unit.h"

static struct hmac_sha256_key key;
static const struct addr client = {.ip = {192, 0, 2, 1}, .port = 5000, .family = ADDR_V4};

static bool fresh(const char *nonce, size_t size, const struct addr *from, uint32_t now_s)
{
    uint32_t features = 99;
    return nonce_check(&key, from, now_s, slice_from(nonce, size), &features) == OK;
}

static void is_good_for_ten_minutes_from_its_address_and_port(void)
{
    char nonce[NONCE_SIZE_MAX];
    struct addr other = client;
    other.port++;
    hmac_sha256_prepare(SLICE("key"), &key);
    size_t size = nonce_make(&key, &client, 1000, 0, nonce);
    CHECK(size == NONCE_PLAIN_SIZE);
    CHECK(fresh(nonce, size, &client, 1000) && fresh(nonce, size, &client, 1600));
    CHECK(!fresh(nonce, size, &client, 1601) && !fresh(nonce, size, &client, 999));
    CHECK(!fresh(nonce, size, &other, 1000));
    hmac_sha256_prepare(SLICE("other"), &key);
    CHECK(!fresh(nonce, size, &client, 1000));
}

static void tells_what_was_offered_and_nobody_can_change_it(void)
{
    char nonce[NONCE_SIZE_MAX];
    uint32_t features = 0;
    hmac_sha256_prepare(SLICE("key"), &key);
    size_t size = nonce_make(&key, &client, 1000, NONCE_PASSWORD_ALGORITHMS, nonce);
    CHECK(size == NONCE_SIZE_MAX && memcmp(nonce, "obMatJos2AAAB", 13) == 0);
    CHECK(nonce_check(&key, &client, 1000, slice_from(nonce, size), &features) == OK);
    CHECK(features == NONCE_PASSWORD_ALGORITHMS);
    CHECK(!fresh(nonce + 13, NONCE_PLAIN_SIZE, &client, 1000)); /* bidding down */
    nonce[12] = 'D';
    CHECK(!fresh(nonce, size, &client, 1000));
}

static void every_changed_bit_and_every_cut_is_noticed(void)
{
    char nonce[NONCE_SIZE_MAX];
    hmac_sha256_prepare(SLICE("key"), &key);
    size_t size = nonce_make(&key, &client, 1000, 3, nonce);
    for (size_t bit = 0; bit < size * 8; bit++) {
        nonce[bit / 8] = (char)(nonce[bit / 8] ^ 1 << bit % 8);
        CHECK(!fresh(nonce, size, &client, 1000));
        nonce[bit / 8] = (char)(nonce[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t cut = 0; cut < size; cut++) {
        CHECK(!fresh(nonce, cut, &client, 1000));
    }
    CHECK(fresh(nonce, size, &client, 1000));
}

UNIT(is_good_for_ten_minutes_from_its_address_and_port,
     tells_what_was_offered_and_nobody_can_change_it, every_changed_bit_and_every_cut_is_noticed)
