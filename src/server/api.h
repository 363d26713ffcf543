/* SPDX-License-Identifier: Apache-2.0 */
/* What the files api_*.c share: a request, its answers, typed bodies. Only for them and httpapi.c.
 */
#ifndef SERVER_API_H
#define SERVER_API_H

#include "base/bucket.h"
#include "base/jsonout.h"
#include "server/httpapi.h"
#include "server/views.h"

#define API_CLIENTS 1024
#define API_REFERENCES 256
#define API_REFERENCE_MAX 16
#define API_JSON_MAX (256 * 1024)
#define API_MESSAGE_MAX ((size_t)8 * 1024 * 1024)
#define API_COOKIE_PLAIN "visavis"
#define API_COOKIE_SECURE "__Host-visavis"

struct httpapi {
    struct httpapi_params params;
    struct http_server *server;
    struct turnhost *relay; /* borrowed; NULL: there is none */
    char origins[HTTPAPI_ORIGINS_MAX][280];
    uint32_t origin_count;
    /* What pages send into the log: some buckets, shared by those whose ids fall together. */
    struct bucket client_lines[API_CLIENTS];
    struct bucket client_problems[API_CLIENTS];
    /* Those logged last, so that one that is sent again has no second line; a ring. */
    char references[API_REFERENCES][API_REFERENCE_MAX + 1];
    uint32_t reference_next;
};

/* One request while it is handled; everything is borrowed. */
struct api_request {
    struct httpapi *api;
    http_exchange exchange;
    const struct http_request *http;
    const char *origin;        /* the own origin that the Host names */
    struct slice part;         /* what `*` stands for in the route */
    const struct login *login; /* NULL: not signed in */
    const struct user *user;
    uint64_t now_ms;
    int64_t now_s;
};

/* A request that waits for the portal's answer. */
struct api_pending {
    struct httpapi *api;
    http_exchange exchange;
    const char *origin;
    const char *route; /* for the log */
    struct id user;
    /* What an answer has to know besides: */
    char name[SPACE_NAME_MAX + 1];
    uint16_t status; /* of an answer that is OK; 200 at first */
};

/* ---- answers (api_answer.c); each ends the exchange ---- */

/* `cookie` is a Set-Cookie value or NULL. */
void api_answer_json(struct httpapi *api, http_exchange exchange, uint16_t status,
                     const struct buf *json, const char *cookie);
/* The same of what was written, or its error; frees it. `route` is for the log. */
void api_answer_out(struct httpapi *api, http_exchange exchange, uint16_t status, const char *route,
                    struct jsonout *json, const char *cookie);
void api_answer_empty(struct httpapi *api, http_exchange exchange, const char *cookie); /* 204 */
/* The body is a message of kind answer. */
void api_answer_message(struct httpapi *api, http_exchange exchange, uint16_t status,
                        const struct message *message);
/* For an answer to what waited: who sees it, with room for what it shows. */
struct viewer api_view_start(const struct api_pending *pending, struct arena *arena);
/* Answers with the message and the pending's status, or with `err`; frees pending and arena. */
void api_view_answer(struct api_pending *pending, struct arena *arena, enum err err,
                     const struct message *message);
#define API_NUMBER_SIZE 21
/* Where to go on, as text in `out`; empty for 0. */
struct slice api_number_text(uint64_t number, char out[API_NUMBER_SIZE]);
/* `field` may be NULL. */
void api_answer_error(struct httpapi *api, http_exchange exchange, uint16_t status, const char *id,
                      const char *message, const char *field);
/* The usual answer to `err`; `why` names the broken rule or is NULL. An internal fault gets a
 * reference and one log line. */
void api_answer_err(struct httpapi *api, http_exchange exchange, const char *route, enum err err,
                    const char *why);

/* NULL when out of memory; then it has answered. Freed by api_pending_end. */
struct api_pending *api_pending_begin(const struct api_request *request, const char *route);
/* After the portal's function has returned `err`: answers an error at once. */
void api_pending_started(struct api_pending *pending, enum err err);
/* In on_done, after the answer. */
void api_pending_end(struct api_pending *pending);
/* A portal_done for answers without a body: 204. */
void api_done_empty(void *arg, enum err err, const char *why);
/* A portal_done that answers with the user's profile. */
void api_done_profile(void *arg, enum err err, const char *why);

/* The cookie's value for a fresh sign-in, or (token NULL) for none. */
void api_cookie(const struct httpapi *api, const uint8_t *token, char out[200]);

/* Whether `why` says which field is wrong: "fullName: too long" gives the field "fullName". */
void api_answer_invalid(struct httpapi *api, http_exchange exchange, const char *why);

/* ---- bodies (api_body.c) ---- */

struct api_field {
    const char *name;
    size_t size_max;
    bool required;
    char *text; /* set by api_body_read, NUL-ended; NULL: absent */
};

struct api_body;

/* Reads a JSON object of strings with exactly these fields. False: it has answered. Ended by
 * api_body_end (NULL is accepted), which wipes the strings. */
bool api_body_read(const struct api_request *request, struct api_field *fields, uint32_t count,
                   struct api_body **out);
void api_body_end(struct api_body *body);

/* A field that is a list of strings. */
struct api_list {
    const char *name;
    size_t item_max; /* bytes */
    uint32_t count_max;
    struct slice *items; /* set by api_body_read_list, gone with the body */
    uint32_t count;
};
/* As api_body_read, with one list, which may be absent. */
bool api_body_read_list(const struct api_request *request, struct api_field *fields, uint32_t count,
                        struct api_list *list, struct api_body **out);

/* ---- the query ---- */

/* A number of the query, at most `max`; `otherwise` when absent. False: it has answered 400. */
bool api_query_number(const struct api_request *request, const char *name, uint64_t max,
                      uint64_t otherwise, uint64_t *out);
/* A text of the query with a NUL, empty when absent. False: it has answered 400. */
bool api_query_text(const struct api_request *request, const char *name, char *out, size_t size);
/* The id at `index` of the path. False: it has answered 404. */
bool api_path_id(const struct api_request *request, uint32_t index, struct id *out);

/* One value of a body that is more than strings. Borrowed from the body; NULL: absent. */
struct api_node;

/* Reads a JSON object; its members are taken by the functions below. False: it has answered. */
bool api_tree_read(const struct api_request *request, struct api_body **out);
const struct api_node *api_tree_root(const struct api_body *body);
const struct api_node *api_node_member(const struct api_node *node, const char *name);
/* The first or next item of a list; NULL: none. */
const struct api_node *api_node_first(const struct api_node *list);
const struct api_node *api_node_next(const struct api_node *item);
bool api_node_is_list(const struct api_node *node);
/* False: it is not of this type (also: absent), *out is as it was. */
bool api_node_text(const struct api_node *node, const char **out);
bool api_node_bool(const struct api_node *node, bool *out);
bool api_node_number(const struct api_node *node, uint64_t max, uint64_t *out);

/* ---- JSON out (api_json.c) ---- */

void api_json_person(struct jsonout *json, const char *key, const struct portal *portal,
                     const struct user *user, bool with_email);
/* "avatar": the hash of the picture, or empty. */
void api_json_avatar(struct jsonout *json, const struct user *user);
void api_json_accounts(struct jsonout *json, const char *key, const struct portal *portal,
                       const struct id *user); /* api_accounts.c */
void api_json_names(struct jsonout *json, const char *key, const char *const *names,
                    uint32_t count);
/* As pages know it (api_invitations.c). */
const char *api_invitation_kind(enum invitation_kind kind);
/* Whether pages are to send their log (api_clientlog.c). */
bool api_collects_log(const struct httpapi *api);
void api_json_me(struct jsonout *json, const struct portal *portal, const struct user *user,
                 const struct id *login, bool collects_log);

/* ---- routes ---- */

typedef void (*api_handle)(struct api_request *request);

void api_login_post(struct api_request *request);
void api_logout_post(struct api_request *request);
void api_me_get(struct api_request *request);
void api_me_put_profile(struct api_request *request);
void api_me_put_password(struct api_request *request);
void api_me_put_avatar(struct api_request *request);
void api_me_delete_avatar(struct api_request *request);
void api_me_get_logins(struct api_request *request);
void api_me_delete_login(struct api_request *request);
void api_people_search(struct api_request *request);
void api_people_get(struct api_request *request);
void api_people_avatar(struct api_request *request);
void api_calls_get(struct api_request *request);
void api_calls_timeline(struct api_request *request);
void api_invitations_post(struct api_request *request);
void api_invitations_get(struct api_request *request);
void api_join_post(struct api_request *request);
void api_guests_get(struct api_request *request);
void api_guests_post(struct api_request *request);
void api_guests_delete(struct api_request *request);
void api_guest_get(struct api_request *request);
void api_guest_post(struct api_request *request);
void api_admin_guests_get(struct api_request *request);
void api_rooms_get_all(struct api_request *request);
void api_rooms_post(struct api_request *request);
void api_rooms_get(struct api_request *request);
void api_rooms_put(struct api_request *request);
void api_rooms_post_member(struct api_request *request);
void api_rooms_delete_member(struct api_request *request);
void api_rooms_history(struct api_request *request);
void api_rooms_search(struct api_request *request);
void api_stream_get_all(struct api_request *request);
void api_stream_post(struct api_request *request);
void api_stream_get(struct api_request *request);
void api_stream_delete(struct api_request *request);
void api_stream_comments(struct api_request *request);
void api_stream_post_comment(struct api_request *request);
void api_stream_delete_comment(struct api_request *request);
void api_stream_like(struct api_request *request);
void api_stream_unlike(struct api_request *request);
void api_spaces_get_all(struct api_request *request);
void api_spaces_post(struct api_request *request);
void api_spaces_get(struct api_request *request);
void api_spaces_put(struct api_request *request);
void api_spaces_invite(struct api_request *request);
void api_spaces_join(struct api_request *request);
void api_spaces_leave(struct api_request *request);
void api_spaces_remove(struct api_request *request);
void api_accounts_get(struct api_request *request);
void api_accounts_put(struct api_request *request);
void api_connectors_link(struct api_request *request);
void api_clientlog_post(struct api_request *request);
void api_problems_post(struct api_request *request);
void api_admin_connectors(struct api_request *request);
void api_admin_connector_put(struct api_request *request);
void api_admin_phones_put(struct api_request *request);
void api_admin_relay_get(struct api_request *request);
void api_admin_now(struct api_request *request);
void api_admin_relay_test(struct api_request *request);
void api_admin_webrtc_get(struct api_request *request);
void api_admin_webrtc_put(struct api_request *request);
void api_admin_webrtc_test(struct api_request *request);
void api_admin_people(struct api_request *request);
void api_admin_person_put(struct api_request *request);
void api_admin_person_delete(struct api_request *request);
void api_admin_person_reset(struct api_request *request);
void api_admin_invitations_get(struct api_request *request);
void api_admin_invitation_delete(struct api_request *request);
void api_admin_calls(struct api_request *request);
void api_admin_call_delete(struct api_request *request);
void api_admin_audit(struct api_request *request);
void api_page_index(struct api_request *request);
void api_page_call(struct api_request *request);
void api_page_guest(struct api_request *request);
void api_page_gallery(struct api_request *request);
void api_page_file(struct api_request *request); /* any other file of the front end, or 404 */
void api_admin_get_doctor(struct api_request *request);
void api_push_get(struct api_request *request);
void api_push_put(struct api_request *request);
void api_push_delete(struct api_request *request);
void api_push_decline(struct api_request *request);
void api_push_call(struct api_request *request);
void api_healthz(struct api_request *request);
void api_readyz(struct api_request *request);
void api_websocket(struct api_request *request);

/* A link with the token, under `path` ("join", "guest"). */
void api_answer_link(struct api_pending *pending, const char *path, const uint8_t *token,
                     int64_t expires_s);
/* A portal_invite_done that answers with the link. */
void api_done_invited(void *arg, enum err err, const uint8_t token[TOKEN_BYTES], int64_t expires_s);

/* A sign-in answer of portal_login and portal_join. */
void api_answer_login(struct api_pending *pending, uint16_t status,
                      const struct portal_login *login);

#endif
