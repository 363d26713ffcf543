/* SPDX-License-Identifier: Apache-2.0 */
#include "store/queries.h"

#include <stddef.h>

static const char *const texts[QUERY_COUNT] = {
    [QUERY_GROUP_PUT] = "INSERT INTO groups (name) VALUES (?1) ON CONFLICT DO NOTHING",
    [QUERY_GROUP_ALL] = "SELECT name FROM groups ORDER BY name",
    [QUERY_USER_PUT] =
        "INSERT INTO users (id, name, full_name, email, position, language, password_hash,"
        " avatar_hash, disabled, microphone_on, camera_on, created_s, status, no_call_waiting,"
        " relay_only)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    [QUERY_USER_PROFILE] = "UPDATE users SET full_name = ?2, email = ?3, position = ?4,"
                           " language = ?5 WHERE id = ?1",
    [QUERY_USER_PASSWORD] = "UPDATE users SET password_hash = ?2"
                            " WHERE id = ?1 AND (?3 = '' OR password_hash = ?3)",
    [QUERY_USER_AVATAR] = "UPDATE users SET avatar_hash = ?2 WHERE id = ?1",
    [QUERY_USER_MEDIA] = "UPDATE users SET microphone_on = ?2, camera_on = ?3 WHERE id = ?1",
    [QUERY_USER_STATUS] = "UPDATE users SET status = ?2 WHERE id = ?1",
    [QUERY_USER_CALLS] = "UPDATE users SET no_call_waiting = ?2, relay_only = ?3 WHERE id = ?1",
    [QUERY_USER_DISABLED] = "UPDATE users SET disabled = ?2 WHERE id = ?1",
    [QUERY_USER_ALL] = "SELECT id, name, full_name, email, position, language, password_hash,"
                       " avatar_hash, disabled, microphone_on, camera_on, created_s, status,"
                       " no_call_waiting, relay_only FROM users ORDER BY name",
    [QUERY_MEMBERSHIP_PUT] =
        "INSERT INTO memberships (user_id, group_name) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    [QUERY_MEMBERSHIP_REMOVE] = "DELETE FROM memberships WHERE user_id = ?1 AND group_name = ?2",
    [QUERY_MEMBERSHIP_ALL] =
        "SELECT user_id, group_name FROM memberships ORDER BY user_id, group_name",
    [QUERY_LOGIN_PUT] =
        "INSERT INTO logins (id, user_id, token_hash, agent, address, created_s, seen_s, expires_s)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
        " ON CONFLICT (id) DO UPDATE SET agent = excluded.agent, address = excluded.address,"
        " seen_s = excluded.seen_s, expires_s = excluded.expires_s",
    [QUERY_LOGIN_REMOVE] = "DELETE FROM logins WHERE id = ?1",
    [QUERY_LOGIN_ALL] = "SELECT id, user_id, token_hash, agent, address, created_s, seen_s,"
                        " expires_s FROM logins ORDER BY created_s, id",
    [QUERY_PUSH_PUT] =
        "INSERT INTO pushes (login_id, endpoint, point, auth, created_s) VALUES (?1, ?2, ?3, ?4, "
        "?5)"
        " ON CONFLICT (login_id) DO UPDATE SET endpoint = excluded.endpoint,"
        " point = excluded.point, auth = excluded.auth, created_s = excluded.created_s",
    [QUERY_PUSH_REMOVE] = "DELETE FROM pushes WHERE login_id = ?1",
    [QUERY_PUSH_ALL] = "SELECT login_id, endpoint, point, auth, created_s FROM pushes"
                       " ORDER BY created_s, login_id",
    [QUERY_INVITATION_PUT] =
        "INSERT INTO invitations (id, token_hash, kind, user_id, invited_by, created_s, expires_s)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        " ON CONFLICT (id) DO UPDATE SET expires_s = excluded.expires_s",
    [QUERY_INVITATION_REMOVE] = "DELETE FROM invitations WHERE id = ?1",
    [QUERY_INVITATION_ALL] = "SELECT id, token_hash, kind, user_id, invited_by, created_s,"
                             " expires_s FROM invitations ORDER BY created_s, id",
    [QUERY_GUEST_LINK_PUT] =
        "INSERT INTO guest_links (id, token_hash, host, guest, label, created_s, expires_s, used_s)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
        " ON CONFLICT (id) DO UPDATE SET guest = excluded.guest,"
        " used_s = CASE WHEN guest_links.used_s = 0 THEN excluded.used_s"
        " ELSE guest_links.used_s END",
    [QUERY_GUEST_LINK_REMOVE] = "DELETE FROM guest_links WHERE id = ?1",
    [QUERY_GUEST_LINK_ALL] = "SELECT id, token_hash, host, guest, label, created_s, expires_s,"
                             " used_s FROM guest_links ORDER BY created_s, id",
    [QUERY_GUEST_STEPS_REMOVE] = "DELETE FROM call_steps WHERE call_id IN"
                                 " (SELECT id FROM calls WHERE caller = ?1 OR callee = ?1)",
    [QUERY_GUEST_MEDIA_REMOVE] = "DELETE FROM call_media WHERE call_id IN"
                                 " (SELECT id FROM calls WHERE caller = ?1 OR callee = ?1)",
    [QUERY_GUEST_CALLS_REMOVE] = "DELETE FROM calls WHERE caller = ?1 OR callee = ?1",
    [QUERY_GUEST_REMOVE] = "DELETE FROM users WHERE id = ?1",
    [QUERY_AVATAR_PUT] =
        "INSERT INTO avatars (hash, type, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    [QUERY_AVATAR_REMOVE] = "DELETE FROM avatars WHERE hash = ?1",
    [QUERY_AVATAR_GET] = "SELECT bytes FROM avatars WHERE hash = ?1",
    [QUERY_CALL_PUT] =
        "INSERT INTO calls (id, caller, callee, connector, external, silent, started_at_ms,"
        " answered_at_ms, active_at_ms, ended_at_ms, reason, ended_by, missed, held)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
        " ON CONFLICT (id) DO UPDATE SET answered_at_ms = excluded.answered_at_ms,"
        " active_at_ms = excluded.active_at_ms, ended_at_ms = excluded.ended_at_ms,"
        " reason = excluded.reason, ended_by = excluded.ended_by, missed = excluded.missed,"
        " held = excluded.held"
        /* Another call that was given the id of an old one is not kept, the old one stays. */
        " WHERE calls.started_at_ms = excluded.started_at_ms AND calls.caller = excluded.caller"
        " AND calls.callee = excluded.callee",
    [QUERY_CALL_LIVE] =
        "SELECT id, caller, callee, connector, external, silent, started_at_ms, answered_at_ms,"
        " active_at_ms, ended_at_ms, reason, ended_by, missed, held FROM calls"
        " WHERE ended_at_ms = 0"
        " ORDER BY number",
    [QUERY_CALL_ENDED] = "SELECT id FROM calls WHERE ended_at_ms > ?1 ORDER BY ended_at_ms DESC",
    [QUERY_CALL_SEEN] =
        "UPDATE users SET calls_seen_at_ms = max(calls_seen_at_ms, ?2) WHERE id = ?1",
    [QUERY_CALL_FORGET] = "DELETE FROM calls WHERE ended_at_ms > 0 AND ended_at_ms < ?1",
    [QUERY_CALL_STEP_ADD] =
        "INSERT INTO call_steps (call_id, at_ms, what, side, detail, private, device)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [QUERY_CALL_MEDIA_PUT] =
        "INSERT INTO call_media (call_id, side, at_ms, reports, path, transport, loss, loss_worst,"
        " rtt_ms, rtt_worst_ms, jitter_ms, jitter_worst_ms)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        " ON CONFLICT (call_id, side) DO UPDATE SET at_ms = excluded.at_ms,"
        " reports = excluded.reports, path = excluded.path, transport = excluded.transport,"
        " loss = excluded.loss, loss_worst = excluded.loss_worst, rtt_ms = excluded.rtt_ms,"
        " rtt_worst_ms = excluded.rtt_worst_ms, jitter_ms = excluded.jitter_ms,"
        " jitter_worst_ms = excluded.jitter_worst_ms",
    [QUERY_CALL_STEPS_FORGET] = "DELETE FROM call_steps WHERE at_ms < ?1",
    [QUERY_CALL_MEDIA_FORGET] = "DELETE FROM call_media WHERE at_ms < ?1",
    [QUERY_BLOCK_PUT] = "INSERT INTO blocks (user_id, other, since_s) VALUES (?1, ?2, ?3)"
                        " ON CONFLICT (user_id, other) DO UPDATE SET since_s = excluded.since_s",
    [QUERY_BLOCK_REMOVE] = "DELETE FROM blocks WHERE user_id = ?1 AND other = ?2",
    [QUERY_BLOCK_ALL] = "SELECT user_id, other, since_s FROM blocks ORDER BY since_s, other",
    [QUERY_NOTIFY_PUT] = "INSERT INTO notifies (user_id, other, since_s) VALUES (?1, ?2, ?3)"
                         " ON CONFLICT (user_id, other) DO UPDATE SET since_s = excluded.since_s",
    [QUERY_NOTIFY_REMOVE] = "DELETE FROM notifies WHERE user_id = ?1 AND other = ?2",
    [QUERY_NOTIFY_ALL] = "SELECT user_id, other, since_s FROM notifies ORDER BY since_s, other",
    [QUERY_ATTEMPTS_PUT] = "INSERT INTO attempts (scope, slot, key, \"window\", now, before)"
                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                           " ON CONFLICT (scope, slot) DO UPDATE SET key = excluded.key, "
                           "\"window\" = excluded.\"window\","
                           " now = excluded.now, before = excluded.before",
    [QUERY_ATTEMPTS_ALL] = "SELECT scope, slot, key, \"window\", now, before FROM attempts"
                           " ORDER BY \"window\", scope, slot",
    [QUERY_SPACE_ADD] = "INSERT INTO spaces (name, title, description, owner, created_s)"
                        " VALUES (?1, ?2, ?3, ?4, ?5)",
    [QUERY_SPACE_PUT] =
        "UPDATE spaces SET title = ?2, description = ?3, owner = ?4 WHERE name = ?1",
    /* A space or team room that everybody has left is kept, but nobody can see it. */
    [QUERY_SPACE_ALL] = "SELECT name, title, description, owner, created_s FROM spaces"
                        " WHERE EXISTS (SELECT 1 FROM space_people WHERE space = name)"
                        " ORDER BY name",
    [QUERY_SPACE_PERSON_PUT] =
        "INSERT INTO space_people (space, user_id, invited, since_s) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (space, user_id) DO UPDATE SET invited = min(invited, excluded.invited)",
    [QUERY_SPACE_JOIN] = "UPDATE space_people SET invited = 0 WHERE space = ?1 AND user_id = ?2",
    [QUERY_SPACE_PERSON_REMOVE] = "DELETE FROM space_people WHERE space = ?1 AND user_id = ?2",
    [QUERY_SPACE_PERSON_ALL] = "SELECT space, user_id, invited, since_s FROM space_people"
                               " ORDER BY space, since_s, user_id",
    [QUERY_ROOM_ADD] = "INSERT INTO rooms (id, title, owner, kind, pair, space, created_s)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [QUERY_ROOM_PUT] = "UPDATE rooms SET title = ?2, owner = ?3 WHERE id = ?1",
    [QUERY_ROOM_ALL] =
        "SELECT id, kind, title, owner, pair, space, created_s, max(forgotten_seq,"
        " coalesce((SELECT max(seq) FROM messages WHERE room_id = rooms.id), 0)), forgotten_seq"
        " FROM rooms WHERE EXISTS (SELECT 1 FROM room_members WHERE room_id = rooms.id)"
        " ORDER BY created_s, id",
    [QUERY_ROOM_MEMBER_PUT] =
        "INSERT INTO room_members (room_id, user_id, read_seq, looked, joined_s)"
        " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
    [QUERY_ROOM_MEMBER_REMOVE] = "DELETE FROM room_members WHERE room_id = ?1 AND user_id = ?2",
    [QUERY_ROOM_READ] = "UPDATE room_members SET read_seq = max(read_seq, ?3),"
                        " looked = max(looked, ?4) WHERE room_id = ?1 AND user_id = ?2",
    [QUERY_ROOM_MEMBER_ALL] = "SELECT room_id, user_id, read_seq, looked, joined_s"
                              " FROM room_members"
                              " ORDER BY room_id, joined_s, user_id",
    /* Whether the author may write is decided here, in the order of the commits. */
    [QUERY_CHATMSG_ADD] =
        "INSERT INTO messages (id, room_id, author, seq, at_s, kind, text, call_id, reason,"
        " answered, seconds) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11"
        " WHERE EXISTS (SELECT 1 FROM room_members WHERE room_id = ?2 AND user_id = ?3)"
        " ON CONFLICT (id) DO NOTHING",
    [QUERY_CHATMSG_OWN] = "SELECT 1 FROM messages WHERE id = ?1 AND author = ?2",
    /* The index has no text of its own: it is told again what it was given. */
    [QUERY_CHATMSG_UNINDEX] =
        "INSERT INTO messages_text (messages_text, rowid, text) SELECT 'delete', number,"
        " lower(hex(room_id)) || text FROM messages WHERE id = ?1 AND kind = 0"
        " AND number <= (SELECT number FROM searchable)",
    [QUERY_CHATMSG_FORGET] = "DELETE FROM messages WHERE id = ?1",
    [QUERY_ROOM_FORGOTTEN] =
        "UPDATE rooms SET forgotten_seq = max(forgotten_seq, ?2) WHERE id = ?1",
    [QUERY_ACTIVITY_ADD] =
        "INSERT INTO activities (id, author, space, at_s, text) SELECT ?1, ?2, ?3, ?4, ?5"
        " WHERE EXISTS (SELECT 1 FROM space_people WHERE space = ?3 AND user_id = ?2"
        " AND invited = 0) OR ?3 IS NULL" /* in this order PostgreSQL learns the type of ?3 */
        " ON CONFLICT (id) DO NOTHING",
    [QUERY_ACTIVITY_OWN] = "SELECT 1 FROM activities WHERE id = ?1 AND author = ?2",
    [QUERY_ACTIVITY_REMOVE] = "DELETE FROM activities WHERE id = ?1",
    [QUERY_COMMENT_ADD] =
        "INSERT INTO comments (id, activity, author, at_s, text) SELECT ?1, ?2, ?3, ?4, ?5"
        " WHERE EXISTS (SELECT 1 FROM activities WHERE id = ?2 AND (space IS NULL OR EXISTS"
        " (SELECT 1 FROM space_people WHERE space_people.space = activities.space"
        " AND user_id = ?3 AND invited = 0))) ON CONFLICT (id) DO NOTHING",
    [QUERY_COMMENT_OWN] = "SELECT 1 FROM comments WHERE id = ?1 AND author = ?2",
    [QUERY_COMMENT_REMOVE] = "DELETE FROM comments WHERE id = ?1",
    [QUERY_LIKE_PUT] =
        "INSERT INTO likes (activity, user_id) SELECT ?1, ?2"
        " WHERE EXISTS (SELECT 1 FROM activities WHERE id = ?1 AND (space IS NULL OR EXISTS"
        " (SELECT 1 FROM space_people WHERE space_people.space = activities.space"
        " AND user_id = ?2 AND invited = 0))) ON CONFLICT DO NOTHING",
    [QUERY_LIKE_OWN] = "SELECT 1 FROM likes WHERE activity = ?1 AND user_id = ?2",
    [QUERY_LIKE_REMOVE] = "DELETE FROM likes WHERE activity = ?1 AND user_id = ?2",
    [QUERY_SEARCH_WAITING] =
        "SELECT number, lower(hex(room_id)) || text FROM messages"
        " WHERE number > (SELECT number FROM searchable) AND kind = 0 ORDER BY number LIMIT ?1",
    [QUERY_SEARCH_ADD] = "INSERT INTO messages_text (rowid, text) VALUES (?1, ?2)",
    [QUERY_SEARCH_DONE] = "UPDATE searchable SET number = ?1",
    /* SQLite gives the numbers of the last rows again when those are gone. */
    [QUERY_SEARCH_BACK] = "UPDATE searchable SET number = (SELECT coalesce(max(number), 0)"
                          " FROM messages) WHERE number > (SELECT coalesce(max(number), 0)"
                          " FROM messages)",
    [QUERY_SETTING_PUT] = "INSERT INTO settings (owner, name, value) VALUES (?1, ?2, ?3)"
                          " ON CONFLICT (owner, name) DO UPDATE SET value = excluded.value",
    [QUERY_SETTING_CLEAR] = "DELETE FROM settings WHERE owner = ?1",
    [QUERY_SETTING_ALL] = "SELECT owner, name, value FROM settings ORDER BY owner, name",
    [QUERY_IM_PUT] = "INSERT INTO im_accounts (user_id, type, place, value) VALUES (?1, ?2, ?3, ?4)"
                     " ON CONFLICT (user_id, type, place) DO UPDATE SET value = excluded.value",
    [QUERY_IM_CLEAR] = "DELETE FROM im_accounts WHERE user_id = ?1 AND type = ?2",
    [QUERY_IM_ALL] =
        "SELECT user_id, type, place, value FROM im_accounts ORDER BY user_id, type, place",
    [QUERY_CHOICE_PUT] =
        "INSERT INTO choices (user_id, target, connector, chosen_s) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (user_id, target) DO UPDATE SET connector = excluded.connector,"
        " chosen_s = excluded.chosen_s",
    [QUERY_CHOICE_REMOVE] = "DELETE FROM choices WHERE user_id = ?1 AND target = ?2",
    [QUERY_CHOICE_ALL] =
        "SELECT user_id, target, connector, chosen_s FROM choices ORDER BY chosen_s, target",
    [QUERY_AUDIT_ADD] = "INSERT INTO audit (at_s, by_id, by_name, act, target, detail)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [QUERY_AUDIT_TRIM] = "DELETE FROM audit WHERE seq <= (SELECT max(seq) FROM audit) - ?1",
};

/* Where PostgreSQL says it in another way. */
static const char *const on_postgres[QUERY_COUNT] = {
    [QUERY_USER_ALL] =
        "SELECT id, name, full_name, email, position, language, password_hash, avatar_hash,"
        " disabled, microphone_on, camera_on, created_s, status, no_call_waiting, relay_only"
        " FROM users ORDER BY lower(name)",
    [QUERY_CALL_SEEN] =
        "UPDATE users SET calls_seen_at_ms = greatest(calls_seen_at_ms, ?2) WHERE id = ?1",
    [QUERY_SPACE_PERSON_PUT] =
        "INSERT INTO space_people (space, user_id, invited, since_s) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (space, user_id)"
        " DO UPDATE SET invited = least(space_people.invited, excluded.invited)",
    [QUERY_ROOM_READ] = "UPDATE room_members SET read_seq = greatest(read_seq, ?3),"
                        " looked = greatest(looked, ?4) WHERE room_id = ?1 AND user_id = ?2",
    [QUERY_ROOM_ALL] =
        "SELECT id, kind, title, owner, pair, space, created_s, greatest(forgotten_seq,"
        " coalesce((SELECT max(seq) FROM messages WHERE room_id = rooms.id), 0)), forgotten_seq"
        " FROM rooms WHERE EXISTS (SELECT 1 FROM room_members WHERE room_id = rooms.id)"
        " ORDER BY created_s, id",
    [QUERY_CHATMSG_UNINDEX] = "DELETE FROM messages_text"
                              " WHERE number = (SELECT number FROM messages WHERE id = ?1)",
    [QUERY_ROOM_FORGOTTEN] =
        "UPDATE rooms SET forgotten_seq = greatest(forgotten_seq, ?2) WHERE id = ?1",
    [QUERY_SEARCH_WAITING] =
        "SELECT number, encode(room_id, 'hex') || text FROM messages"
        " WHERE number > (SELECT number FROM searchable) AND kind = 0 ORDER BY number LIMIT ?1",
    [QUERY_SEARCH_ADD] = "INSERT INTO messages_text (number, words)"
                         " VALUES (?1, ?2::text::tsvector) ON CONFLICT DO NOTHING",
};

MUST_USE enum err queries_prepare(struct db *db, struct queries *out)
{
    *out = (struct queries){.db = db};
    for (int i = 0; i < QUERY_COUNT; i++) {
        enum err err = db_prepare(db, texts[i], on_postgres[i], &out->statements[i]);
        if (err != OK) {
            queries_close(out);
            return err;
        }
    }
    return OK;
}

void queries_close(struct queries *queries)
{
    for (int i = 0; i < QUERY_COUNT; i++) {
        statement_close(queries->statements[i]);
        queries->statements[i] = NULL;
    }
}

void queries_reset(struct queries *queries, enum query query)
{
    statement_reset(queries->statements[query]);
}
