/* SPDX-License-Identifier: Apache-2.0 */
#include "server/acmeanswer.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "wire/jsoncheck.h"

#define PREFIX "urn:ietf:params:acme:error:"

static const struct jsoncheck_limits limits = {
    .size_max = ACME_BODY_MAX, .depth_max = 8, .keys_max = 32};

static enum err parse(struct slice body, cJSON **out)
{
    *out = NULL;
    if (jsoncheck(body, &limits) != OK) {
        return ERR_INVALID;
    }
    cJSON *root = cJSON_ParseWithLength((const char *)body.data, body.size);
    if (root == NULL) {
        return ERR_NOMEM; /* it is JSON */
    }
    if (!cJSON_IsObject(root)) {
        cJSON_Delete(root);
        return ERR_INVALID;
    }
    *out = root;
    return OK;
}

static const char *text_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(item) ? item->valuestring : NULL;
}

bool acmeanswer_is_url(const char *url, const char *base)
{
    const char *host = strstr(base, "://");
    size_t front = host == NULL ? 0 : (size_t)(host + 3 - base) + strcspn(host + 3, "/?#");
    if (front == 0 || strncmp(url, base, front) != 0 || url[front] != '/' ||
        strlen(url) >= ACME_URL_SIZE) {
        return false;
    }
    for (const char *at = url; *at != '\0'; at++) {
        if (*at <= ' ' || *at > '~' || strchr("\"\\<>^`{|}", *at) != NULL) {
            return false;
        }
    }
    return true;
}

bool acmeanswer_is_token(const char *text)
{
    size_t size = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    return size > 0 && size < ACME_TOKEN_SIZE && text[size] == '\0';
}

static bool take_url(const char *url, const char *base, char out[ACME_URL_SIZE])
{
    if (url == NULL || !acmeanswer_is_url(url, base)) {
        return false;
    }
    (void)snprintf(out, ACME_URL_SIZE, "%s", url);
    return true;
}

static bool take_status(const cJSON *object, enum acme_status *out)
{
    static const struct {
        const char *name;
        enum acme_status status;
    } names[] = {{"pending", ACME_PENDING},       {"ready", ACME_READY},
                 {"processing", ACME_PROCESSING}, {"valid", ACME_VALID},
                 {"invalid", ACME_INVALID},       {"revoked", ACME_INVALID},
                 {"expired", ACME_INVALID},       {"deactivated", ACME_INVALID}};
    const char *text = text_of(object, "status");
    for (size_t i = 0; text != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(text, names[i].name) == 0) {
            *out = names[i].status;
            return true;
        }
    }
    return false;
}

static void take_problem(const cJSON *object, struct acme_problem *out)
{
    const char *type = text_of(object, "type");
    const char *detail = text_of(object, "detail");
    memset(out, 0, sizeof(*out));
    if (type != NULL) {
        size_t skip = strncmp(type, PREFIX, strlen(PREFIX)) == 0 ? strlen(PREFIX) : 0;
        text_copy_clean(slice_text(type + skip), out->type, sizeof(out->type));
    }
    if (detail != NULL) {
        text_copy_clean(slice_text(detail), out->detail, sizeof(out->detail));
    }
}

void acmeanswer_problem(struct slice body, struct acme_problem *out)
{
    cJSON *root = NULL;
    memset(out, 0, sizeof(*out));
    if (parse(body, &root) == OK) {
        take_problem(root, out);
        cJSON_Delete(root);
    }
}

MUST_USE enum err acmeanswer_directory(struct slice body, const char *base,
                                       struct acme_directory *out)
{
    cJSON *root = NULL;
    enum err err = parse(body, &root);
    memset(out, 0, sizeof(*out));
    if (err == OK && (!take_url(text_of(root, "newNonce"), base, out->new_nonce) ||
                      !take_url(text_of(root, "newAccount"), base, out->new_account) ||
                      !take_url(text_of(root, "newOrder"), base, out->new_order))) {
        err = ERR_INVALID;
    }
    cJSON_Delete(root);
    return err;
}

MUST_USE enum err acmeanswer_order(struct slice body, const char *base, struct acme_order *out)
{
    cJSON *root = NULL;
    enum err err = parse(body, &root);
    memset(out, 0, sizeof(*out));
    if (err == OK) {
        const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "authorizations");
        const cJSON *only = cJSON_IsArray(list) ? list->child : NULL;
        const char *certificate = text_of(root, "certificate");
        bool right = take_status(root, &out->status) && only != NULL && only->next == NULL &&
                     cJSON_IsString(only) &&
                     take_url(only->valuestring, base, out->authorization) &&
                     take_url(text_of(root, "finalize"), base, out->finalize) &&
                     (certificate == NULL || take_url(certificate, base, out->certificate)) &&
                     (out->status != ACME_VALID || certificate != NULL);
        take_problem(cJSON_GetObjectItemCaseSensitive(root, "error"), &out->problem);
        err = right ? OK : ERR_INVALID;
    }
    cJSON_Delete(root);
    return err;
}

/* The challenge of RFC 8737 among those that are offered. */
static bool take_challenge(const cJSON *list, const char *base, struct acme_authorization *out)
{
    if (!cJSON_IsArray(list)) {
        return false;
    }
    for (const cJSON *item = list->child; item != NULL; item = item->next) {
        const char *type = text_of(item, "type");
        const char *token = text_of(item, "token");
        if (type == NULL || strcmp(type, "tls-alpn-01") != 0) {
            continue;
        }
        take_problem(cJSON_GetObjectItemCaseSensitive(item, "error"), &out->problem);
        if (token == NULL || !acmeanswer_is_token(token)) {
            return false;
        }
        (void)snprintf(out->token, sizeof(out->token), "%s", token);
        return take_url(text_of(item, "url"), base, out->url);
    }
    return true;
}

MUST_USE enum err acmeanswer_authorization(struct slice body, const char *base,
                                           struct acme_authorization *out)
{
    cJSON *root = NULL;
    enum err err = parse(body, &root);
    memset(out, 0, sizeof(*out));
    if (err == OK &&
        (!take_status(root, &out->status) ||
         !take_challenge(cJSON_GetObjectItemCaseSensitive(root, "challenges"), base, out))) {
        err = ERR_INVALID;
    }
    cJSON_Delete(root);
    return err;
}
