/* SPDX-License-Identifier: Apache-2.0 */
/* What an ACME server answers, read as each of the things that it may be: what is taken from it is
 * of that server, ended, and can stand in a request. */
#include "fuzz.h"
#include "server/acmeanswer.h"

#define BASE "https://acme.example/dir"

static void check_url(const char *url, bool needed)
{
    ASSERT(memchr(url, '\0', ACME_URL_SIZE) != NULL);
    ASSERT(needed ? url[0] != '\0' : true);
    ASSERT(url[0] == '\0' || strncmp(url, "https://acme.example/", 21) == 0);
    ASSERT(strpbrk(url, "\"\\\r\n ") == NULL);
}

static void check_problem(const struct acme_problem *problem)
{
    ASSERT(memchr(problem->type, '\0', sizeof(problem->type)) != NULL);
    ASSERT(memchr(problem->detail, '\0', sizeof(problem->detail)) != NULL);
    ASSERT(strpbrk(problem->type, "\r\n") == NULL && strpbrk(problem->detail, "\r\n") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice body = slice_from(data, size);
    struct acme_directory directory;
    struct acme_order order;
    struct acme_authorization authorization;
    struct acme_problem problem;
    if (acmeanswer_directory(body, BASE, &directory) == OK) {
        check_url(directory.new_nonce, true);
        check_url(directory.new_account, true);
        check_url(directory.new_order, true);
    }
    if (acmeanswer_order(body, BASE, &order) == OK) {
        check_url(order.authorization, true);
        check_url(order.finalize, true);
        check_url(order.certificate, order.status == ACME_VALID);
        check_problem(&order.problem);
    }
    if (acmeanswer_authorization(body, BASE, &authorization) == OK) {
        check_url(authorization.url, false);
        ASSERT(authorization.url[0] == '\0' || acmeanswer_is_token(authorization.token));
        check_problem(&authorization.problem);
    }
    acmeanswer_problem(body, &problem);
    check_problem(&problem);
    return 0;
}
