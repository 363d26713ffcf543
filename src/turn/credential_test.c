/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/credential.h"

#include "unit.h"

static void issues_what_an_external_server_with_the_secret_computes(void)
{
    struct credential_secrets secrets;
    struct credential credential;
    credential_secrets_init(&secrets, SLICE("north"), slice_from(NULL, 0));
    CHECK(credential_issue(&secrets, 1433895918, SLICE("anna"), SLICE("call-1"), &credential) ==
          OK);
    CHECK(strcmp(credential.name, "1433895918:anna:call-1") == 0);
    /* base64(HMAC-SHA1("north", name)), by OpenSSL's command line. */
    CHECK(strcmp(credential.password, "XCcPV7SyIgfNekwikm20cizSAeE=") == 0);
}

static void two_secrets_give_two_passwords_of_which_the_first_is_issued(void)
{
    struct credential_secrets secrets;
    struct credential_secrets old;
    struct credential credential;
    char password[CREDENTIAL_PASSWORD_SIZE + 1];
    credential_secrets_init(&old, SLICE("old"), slice_from(NULL, 0));
    credential_secrets_init(&secrets, SLICE("new"), SLICE("old"));
    CHECK(old.count == 1 && secrets.count == 2);
    CHECK(credential_issue(&old, 1, SLICE("a"), SLICE("b"), &credential) == OK);
    credential_password(&secrets, 1, SLICE("1:a:b"), password);
    CHECK(strcmp(password, credential.password) == 0);
    credential_password(&secrets, 0, SLICE("1:a:b"), password);
    CHECK(strcmp(password, credential.password) != 0);
}

static void a_name_has_its_three_parts(void)
{
    struct credential_name name;
    CHECK(credential_parse(SLICE("1433895918:anna:call-1"), &name) == OK);
    CHECK(name.expiry_s == 1433895918 && slice_equal(name.user, SLICE("anna")) &&
          slice_equal(name.call, SLICE("call-1")));
}

static void refuses_every_other_form_of_a_name(void)
{
    static const char *const bad[] = {"",        "1",        "1:",           "1:a",
                                      "1:a:",    "1::b",     ":a:b",         "x:a:b",
                                      "-1:a:b",  "01:a:b",   "1:a:b:",       "1:a:b:c",
                                      "1:a b:c", "1:a:\x01", "1:a:\xc3\xa4", "4294967296:a:b",
                                      "1.0:a:b"};
    struct credential_name name;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(credential_parse(slice_text(bad[i]), &name) == ERR_INVALID);
    }
    CHECK(credential_parse(SLICE("1:a\0:b"), &name) == ERR_INVALID);
    uint8_t text[600];
    memset(text, 'a', sizeof(text));
    memcpy(text, "1:b:", 4);
    CHECK(credential_parse(slice_from(text, 4 + CREDENTIAL_CALL_SIZE_MAX), &name) == OK);
    CHECK(credential_parse(slice_from(text, 5 + CREDENTIAL_CALL_SIZE_MAX), &name) == ERR_INVALID);
    CHECK(credential_parse(slice_from(text, sizeof(text)), &name) == ERR_INVALID);
}

static void issues_nothing_that_it_would_not_take_back(void)
{
    struct credential_secrets secrets;
    struct credential credential;
    struct credential_name name;
    credential_secrets_init(&secrets, SLICE("north"), slice_from(NULL, 0));
    CHECK(credential_issue(&secrets, 1, SLICE("a:b"), SLICE("c"), &credential) == ERR_INVALID);
    CHECK(credential_issue(&secrets, 1, SLICE(""), SLICE("c"), &credential) == ERR_INVALID);
    CHECK(credential_issue(&secrets, 1, SLICE("a"), SLICE(""), &credential) == ERR_INVALID);
    uint8_t longest[CREDENTIAL_USER_SIZE_MAX];
    memset(longest, 'u', sizeof(longest));
    struct slice text = slice_from(longest, sizeof(longest));
    CHECK(credential_issue(&secrets, UINT32_MAX, text, text, &credential) == OK);
    CHECK(credential_parse(slice_text(credential.name), &name) == OK);
}

UNIT(issues_what_an_external_server_with_the_secret_computes,
     two_secrets_give_two_passwords_of_which_the_first_is_issued, a_name_has_its_three_parts,
     refuses_every_other_form_of_a_name, issues_nothing_that_it_would_not_take_back)
