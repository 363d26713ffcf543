/* SPDX-License-Identifier: Apache-2.0 */
/* The store of the simulated server: writes wait for the next group commit, a group is committed as
 * a whole, and its answers come one after the other. A crash may come between any two of these. */
#include "sim.h"

#include "model/id.h"

static int user_of(const struct sim *sim, const struct id *id)
{
    int user = 0;
    while (user < sim->oracle.user_count && !id_equal(&sim->oracle.users[user], id)) {
        user++;
    }
    return user;
}

static struct sim_write *slot(struct sim_disk *disk, uint32_t number)
{
    return &disk->writes[number % SIM_WRITES_MAX];
}

static const struct room *room_of_pair(const struct sim_disk *disk, const struct room *like)
{
    for (int i = 0; i < disk->room_count; i++) {
        if (memcmp(disk->rooms[i].pair, like->pair, sizeof like->pair) == 0) {
            return &disk->rooms[i];
        }
    }
    return NULL;
}

static struct room *room_of_line(struct sim_disk *disk, const struct sim_write *write)
{
    for (int i = 0; i < disk->room_count; i++) {
        if (id_equal(&disk->rooms[i].id, &write->line_room)) {
            return &disk->rooms[i];
        }
    }
    return NULL;
}

/* Another call that was given the id of an old one is not kept, the old one stays. */
static void commit_call(struct sim *sim, const struct call_record *record)
{
    struct call_record *kept = &sim->disk.calls[oracle_number(&record->call)];
    if (kept->started_at_ms == 0 ||
        (kept->started_at_ms == record->started_at_ms && id_equal(&kept->caller, &record->caller) &&
         id_equal(&kept->callee, &record->callee))) {
        *kept = *record;
        oracle_kept(&sim->oracle, record);
    }
}

static void commit_one(struct sim *sim, struct sim_write *write)
{
    struct sim_disk *disk = &sim->disk;
    if (write->has_room && room_of_pair(disk, &write->room) != NULL) {
        write->err = ERR_EXISTS; /* of two that made it, the first one did */
        return;
    }
    if (write->has_room) {
        ASSERT(disk->room_count < SIM_ROOMS_MAX);
        disk->rooms[disk->room_count++] = write->room;
    }
    if (write->has_record) {
        commit_call(sim, &write->record);
    }
    if (write->has_status) {
        disk->statuses[write->status_user] = write->status;
    }
    if (write->has_block) {
        uint8_t *blocks = &disk->blocks[write->block_user];
        *blocks =
            (uint8_t)((*blocks & ~write->block_bit) | (write->block_on ? write->block_bit : 0));
    }
    if (write->has_wait) {
        int user = user_of(sim, &write->wait.user);
        int other = user_of(sim, &write->wait.other);
        disk->waits[user] =
            (uint8_t)((disk->waits[user] & ~(1 << other)) | (write->wait_on << other));
        disk->waits_since_s[user][other] = write->wait.since_s;
    }
    if (write->has_line) {
        struct room *room = room_of_line(disk, write);
        if (room == NULL) {
            oracle_fail(&sim->oracle, "the line of a call is for a room that is not there");
            return;
        }
        room->seq = write->line_seq > room->seq ? write->line_seq : room->seq;
        oracle_line(&sim->oracle, &write->line);
    }
}

static void commit(struct sim *sim)
{
    struct sim_disk *disk = &sim->disk;
    while (disk->committed != disk->next) {
        commit_one(sim, slot(disk, disk->committed++));
    }
    disk->commit_ms = SIM_NEVER;
}

static void note_change(struct sim *sim, struct sim_write *write, const struct change *change)
{
    switch (change->kind) {
    case CHANGE_CALL_PUT:
        write->has_record = true;
        write->record = change->call;
        oracle_written(&sim->oracle, &change->call);
        break;
    case CHANGE_USER_STATUS:
        write->has_status = true;
        write->status_user = user_of(sim, &change->user.id);
        write->status = change->user.status;
        break;
    case CHANGE_BLOCK_PUT:
    case CHANGE_BLOCK_REMOVE:
        write->has_block = true;
        write->block_user = user_of(sim, &change->tie.user);
        write->block_bit = (uint8_t)(1 << user_of(sim, &change->tie.other));
        write->block_on = change->kind == CHANGE_BLOCK_PUT;
        break;
    case CHANGE_NOTIFY_PUT:
    case CHANGE_NOTIFY_REMOVE:
        write->has_wait = true;
        write->wait = change->tie;
        write->wait_on = change->kind == CHANGE_NOTIFY_PUT;
        break;
    case CHANGE_ROOM_ADD:
        write->has_room = true;
        write->room = change->room;
        break;
    case CHANGE_CHATMSG_ADD:
        write->has_line = true;
        write->line = change->chatmsg.call;
        write->line_room = change->chatmsg.room;
        write->line_seq = change->chatmsg.seq;
        break;
    default:
        break; /* members come with the room; what else is kept is not about calls */
    }
}

static enum err disk_write(void *ctx, const struct change *changes, size_t count,
                           void (*on_done)(void *arg, enum err err), void *arg)
{
    struct sim *sim = ctx;
    struct sim_disk *disk = &sim->disk;
    ASSERT(disk->next - disk->first < SIM_WRITES_MAX);
    struct sim_write *write = slot(disk, disk->next++);
    write->on_done = on_done;
    write->arg = arg;
    write->err = OK;
    write->has_record = write->has_line = write->has_room = false;
    write->has_status = write->has_block = write->has_wait = false;
    for (size_t i = 0; i < count; i++) {
        note_change(sim, write, &changes[i]);
    }
    if (disk->commit_ms == SIM_NEVER) {
        disk->commit_ms = sim->now_ms + sim_below(sim, 30);
    }
    return OK;
}

static enum err disk_avatar(void *ctx, const uint8_t hash[32],
                            void (*on_done)(void *arg, enum err err, struct slice bytes), void *arg)
{
    (void)ctx;
    (void)hash;
    (void)on_done;
    (void)arg;
    return ERR_UNSUPPORTED;
}

static enum err disk_ask(void *ctx, const struct question *question,
                         void (*on_done)(void *arg, enum err err, const struct found *found),
                         void *arg)
{
    struct sim_disk *disk = &((struct sim *)ctx)->disk;
    (void)question;
    if (disk->ask_count == SIM_WRITES_MAX) {
        return ERR_BUSY;
    }
    disk->asks[disk->ask_count++] = (struct sim_ask){on_done, arg};
    return OK;
}

static void random_bytes(void *ctx, uint8_t *out, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        out[i] = (uint8_t)sim_below(ctx, 256);
    }
}

struct ports disk_ports(struct sim *sim)
{
    return (struct ports){
        .keep = {.ctx = sim, .write = disk_write, .avatar = disk_avatar},
        .read = {.ctx = sim, .ask = disk_ask},
        .tell = {.ctx = sim, .event = net_event, .end = net_session_end},
        .random = {.ctx = sim, .bytes = random_bytes},
        .push = {.ctx = sim, .send = page_push},
    };
}

static void answer_one(struct sim_disk *disk)
{
    struct sim_write *write = slot(disk, disk->first++);
    write->on_done(write->arg, write->err);
}

void disk_tick(struct sim *sim)
{
    struct sim_disk *disk = &sim->disk;
    if (disk->commit_ms <= sim->now_ms) {
        commit(sim);
    }
    while (disk->first != disk->committed && (sim->quiet || sim_chance(sim, 70))) {
        answer_one(disk);
    }
    for (int i = 0; i < disk->ask_count; i++) {
        const struct found found = {0};
        struct sim_ask ask = disk->asks[i];
        ask.on_done(ask.arg, OK, &found);
    }
    disk->ask_count = 0;
}

uint64_t disk_next_ms(const struct sim *sim)
{
    const struct sim_disk *disk = &sim->disk;
    return disk->first != disk->committed || disk->ask_count > 0 ? sim->now_ms : disk->commit_ms;
}

void disk_crash(struct sim *sim)
{
    struct sim_disk *disk = &sim->disk;
    bool half = disk->first != disk->committed;
    sim->tally->half_answered += half ? 1 : 0;
    SIM_TRACE(sim, "the server dies; %u writes were not committed, %u commits not answered",
              disk->next - disk->committed, disk->committed - disk->first);
    disk->first = disk->committed = disk->next = 0;
    disk->ask_count = 0;
    disk->commit_ms = SIM_NEVER;
}

static void give(struct sim *sim, const struct change *change)
{
    if (portal_restore(sim->portal, change) != OK) {
        oracle_fail(&sim->oracle, "what was kept cannot be loaded");
    }
}

static void load_ties(struct sim *sim)
{
    const struct oracle *oracle = &sim->oracle;
    for (int user = 0; user < oracle->user_count; user++) {
        for (int other = 0; other < oracle->user_count; other++) {
            struct change change = {.kind = CHANGE_BLOCK_PUT};
            change.tie.user = oracle->users[user];
            change.tie.other = oracle->users[other];
            if ((sim->disk.blocks[user] >> other & 1) != 0) {
                give(sim, &change);
            }
            change.kind = CHANGE_NOTIFY_PUT;
            change.tie.since_s = sim->disk.waits_since_s[user][other];
            if ((sim->disk.waits[user] >> other & 1) != 0) {
                give(sim, &change);
            }
        }
    }
}

void disk_load(struct sim *sim)
{
    struct sim_disk *disk = &sim->disk;
    load_ties(sim);
    for (int i = 0; i < disk->room_count; i++) {
        struct change change = {.kind = CHANGE_ROOM_ADD, .room = disk->rooms[i]};
        give(sim, &change);
        for (int k = 0; k < 2; k++) {
            struct change member = {.kind = CHANGE_ROOM_MEMBER_PUT};
            member.room_member.room = disk->rooms[i].id;
            memcpy(&member.room_member.user, disk->rooms[i].pair + k * ID_BYTES, ID_BYTES);
            give(sim, &member);
        }
    }
    for (int i = 1; i <= sim->oracle.highest; i++) {
        if (disk->calls[i].started_at_ms != 0 && disk->calls[i].ended_at_ms == 0) {
            struct change change = {.kind = CHANGE_CALL_PUT, .call = disk->calls[i]};
            sim->tally->calls_restored++;
            give(sim, &change);
        }
    }
}
