/* SPDX-License-Identifier: Apache-2.0 */
/* Calls between people over bad connections: the real portal on a virtual clock. This file has the
 * options, spreads the seeds over processes and says what was found. See README.md. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim.h"
#include "base/log.h"
#include "portal/call.h"

#define JOBS_MAX 64
#define LOOK_EVERY 256 /* schedules between two looks at whether another process has failed */

enum call_fault call_fault = CALL_FAULT_NONE;

/* Those of the engine, then those of the pages. */
#define FAULT_COUNT (CALL_FAULT_COUNT + SIM_FAULT_COUNT - 1)
static const char *const fault_names[FAULT_COUNT] = {
#define FAULT_NAME(symbol, name) name,
    "none", CALL_FAULT_LIST(FAULT_NAME) SIM_FAULT_LIST(FAULT_NAME)};

static int fault_now;

static void set_fault(int fault)
{
    bool of_page = fault >= CALL_FAULT_COUNT;
    fault_now = fault;
    call_fault = of_page ? CALL_FAULT_NONE : (enum call_fault)fault;
    sim_fault = of_page ? (enum sim_fault)(fault - CALL_FAULT_COUNT + 1) : SIM_FAULT_NONE;
}

struct options {
    uint64_t seed;
    uint64_t schedules;
    int jobs;
    bool faults;
    bool trace;
    int fault;
    double within_s; /* 0: as long as it takes */
};

/* What the processes share. */
struct shared {
    volatile bool failed;
    struct sim_tally tallies[JOBS_MAX];
};

/* ---- many schedules ---- */

static void report(uint64_t seed, const char *why)
{
    char again[ORACLE_TEXT_MAX];
    struct sim_tally tally = {0};
    (void)sim_play(seed, true, &tally, again);
    printf("seed %" PRIu64 ": %s\nplay it again: calls_sim --trace --seed %" PRIu64 "%s%s\n", seed,
           why, seed, fault_now == 0 ? "" : " --fault ",
           fault_now == 0 ? "" : fault_names[fault_now]);
    fflush(stdout);
}

/* Every `jobs`th seed from the `job`th on. */
static bool play_share(const struct options *options, struct shared *shared, int job)
{
    char why[ORACLE_TEXT_MAX];
    for (uint64_t i = (uint64_t)job; i < options->schedules; i += (uint64_t)options->jobs) {
        if (i / (uint64_t)options->jobs % LOOK_EVERY == 0 && shared->failed) {
            return true; /* that one tells why */
        }
        if (!sim_play(options->seed + i, false, &shared->tallies[job], why)) {
            shared->failed = true;
            report(options->seed + i, why);
            return false;
        }
    }
    return true;
}

static bool play_all(const struct options *options, struct shared *shared)
{
    pid_t children[JOBS_MAX];
    bool good = true;
    for (int job = 1; job < options->jobs; job++) {
        children[job] = fork();
        if (children[job] == 0) {
            _exit(play_share(options, shared, job) ? 0 : 1);
        }
        ASSERT(children[job] > 0);
    }
    good = play_share(options, shared, 0);
    for (int job = 1; job < options->jobs; job++) {
        int status = 0;
        good = waitpid(children[job], &status, 0) == children[job] && status == 0 && good;
    }
    return good;
}

/* All members are counts. */
static struct sim_tally sum(const struct shared *shared)
{
    struct sim_tally total = {0};
    uint64_t *out = (uint64_t *)&total;
    for (int job = 0; job < JOBS_MAX; job++) {
        const uint64_t *in = (const uint64_t *)&shared->tallies[job];
        for (size_t i = 0; i < sizeof total / sizeof *out; i++) {
            out[i] += in[i];
        }
    }
    return total;
}

/* The reasons that a call of two browsers can end with. */
static const enum end_reason reachable[] = {
    END_HUNG_UP,  END_DECLINED,          END_CANCELLED, END_NO_ANSWER,    END_UNREACHABLE,
    END_BUSY,     END_PERMISSION_DENIED, END_NO_DEVICE, END_MEDIA_FAILED, END_MEDIA_LOST,
    END_TOO_LONG, END_SIGNALLING_LOST,   END_REPLACED};

/* A run of some length must have come to everything, or it shows less than it says. */
static bool is_complete(const struct sim_tally *tally)
{
    bool all = tally->were_active > 0 && tally->restarts > 0 && tally->half_answered > 0 &&
               tally->calls_restored > 0 && tally->cut_off > 0 && tally->resumed > 0 &&
               tally->glares > 0 && tally->pushed > 0 && tally->moved > 0 && tally->held > 0 &&
               tally->silenced > 0 && tally->blocked > 0 && tally->pestered > 0 &&
               (tally->after_three > 0 || tally->schedules < 100000) && tally->expected > 0 &&
               tally->waited > 0 && tally->awaited > 0 && tally->early > 0 &&
               tally->answered_early > 0 && tally->hid > 0 && tally->slept > 0 &&
               tally->by_clock > 0 && tally->shuffled > 0 && tally->passed > 0 &&
               tally->strayed > 0;
    for (size_t i = 0; i < sizeof reachable / sizeof reachable[0]; i++) {
        all = all && tally->ended_as[reachable[i]] > 0;
    }
    return all;
}

static void print_tally(const struct sim_tally *tally, double seconds)
{
    printf("%" PRIu64 " calls ended as", tally->calls);
    for (int reason = END_NONE + 1; reason < END_REASON_COUNT; reason++) {
        if (tally->ended_as[reason] > 0) {
            printf(" %s=%" PRIu64, end_reason_name((enum end_reason)reason),
                   tally->ended_as[reason]);
        }
    }
    printf("\nactive=%" PRIu64 " held=%" PRIu64 " silenced=%" PRIu64 " moved=%" PRIu64
           " glares=%" PRIu64 " pushes=%" PRIu64 " cut-off=%" PRIu64 " resumed=%" PRIu64
           " snapshots=%" PRIu64 "\n",
           tally->were_active, tally->held, tally->silenced, tally->moved, tally->glares,
           tally->pushed, tally->cut_off, tally->resumed, tally->snapshots);
    printf("blocked=%" PRIu64 " pestered=%" PRIu64 " after three=%" PRIu64 " expected=%" PRIu64
           " waited=%" PRIu64 " told=%" PRIu64 " sent early=%" PRIu64 " answered early=%" PRIu64
           " candidates of who hides=%" PRIu64 "\nslept=%" PRIu64
           " ended by a page's own clock=%" PRIu64 "\nin any order=%" PRIu64
           " events passed over=%" PRIu64 " commands over a lost connection=%" PRIu64 "\n",
           tally->blocked, tally->pestered, tally->after_three, tally->expected, tally->waited,
           tally->awaited, tally->early, tally->answered_early, tally->hid, tally->slept,
           tally->by_clock, tally->shuffled, tally->passed, tally->strayed);
    printf("restarts=%" PRIu64 " of them between the answers of a commit=%" PRIu64
           " calls taken up=%" PRIu64 "\n",
           tally->restarts, tally->half_answered, tally->calls_restored);
    printf("%.1f s, %.0f schedules/s, %.1f steps each\n", seconds,
           (double)tally->schedules / seconds, (double)tally->steps / (double)tally->schedules);
}

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct shared *share(void)
{
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT(shared != MAP_FAILED);
    return shared;
}

static bool run(const struct options *options)
{
    struct shared *shared = share();
    double began_s = now_s();
    bool good = play_all(options, shared);
    double took_s = now_s() - began_s;
    struct sim_tally tally = sum(shared);
    print_tally(&tally, took_s);
    if (good && options->schedules >= 10000 && !is_complete(&tally)) {
        printf("something was never reached\n");
        good = false;
    }
    if (options->within_s > 0 && took_s > options->within_s) {
        printf("too slow: %" PRIu64 " schedules took %.1f s, and %g s is the limit\n",
               tally.schedules, took_s, options->within_s);
        good = false;
    }
    printf("calls_sim: %" PRIu64 " passed, %d failed\n", tally.schedules - (good ? 0 : 1),
           good ? 0 : 1);
    return good;
}

/* ---- seeded faults ---- */

/* The engine passes, and each fault is found within so many schedules. */
static bool run_faults(const struct options *options)
{
    int found = 0;
    struct sim_tally tally = {0};
    for (int fault = 0; fault < FAULT_COUNT; fault++) {
        char why[ORACLE_TEXT_MAX] = "";
        uint64_t i = 0;
        set_fault(fault);
        while (i < options->schedules && sim_play(options->seed + i, false, &tally, why)) {
            i++;
        }
        bool right = (why[0] != '\0') == (fault != 0);
        found += right ? 1 : 0;
        printf("%s %s: %s (after %" PRIu64 " schedules)\n", right ? "ok" : "NOT OK",
               fault_names[fault], why[0] != '\0' ? why : "nothing found", i);
    }
    printf("calls_sim_faults: %d passed, %d failed\n", found, FAULT_COUNT - found);
    return found == FAULT_COUNT;
}

/* ---- options ---- */

static bool take_fault(const char *name, struct options *options)
{
    for (int i = 0; i < FAULT_COUNT; i++) {
        if (strcmp(fault_names[i], name) == 0) {
            options->fault = i;
            return true;
        }
    }
    return false;
}

static bool take_options(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--faults") == 0) {
            options->faults = true;
            continue;
        }
        if (strcmp(argv[i], "--trace") == 0) {
            options->trace = true;
            continue;
        }
        i++;
        if (value != NULL && strcmp(argv[i - 1], "--seed") == 0) {
            options->seed = strtoull(value, NULL, 10);
        } else if (value != NULL && strcmp(argv[i - 1], "--schedules") == 0) {
            options->schedules = strtoull(value, NULL, 10);
        } else if (value != NULL && strcmp(argv[i - 1], "--within") == 0) {
            options->within_s = strtod(value, NULL);
        } else if (value != NULL && strcmp(argv[i - 1], "--jobs") == 0) {
            options->jobs = (int)strtol(value, NULL, 10);
        } else if (value == NULL || strcmp(argv[i - 1], "--fault") != 0 ||
                   !take_fault(value, options)) {
            return false;
        }
    }
    return options->jobs >= 1 && options->jobs <= JOBS_MAX;
}

static bool run_trace(const struct options *options)
{
    char why[ORACLE_TEXT_MAX];
    struct sim_tally tally = {0};
    bool good = sim_play(options->seed, true, &tally, why);
    printf("seed %" PRIu64 ": %s\n", options->seed, good ? "nothing wrong" : why);
    return good;
}

int main(int argc, char **argv)
{
    struct options options = {.seed = 1, .schedules = 1000, .jobs = 1};
    if (!take_options(argc, argv, &options)) {
        fprintf(stderr, "usage: calls_sim [--seed S] [--schedules N] [--jobs N] [--fault NAME]"
                        " [--within SECONDS] [--trace | --faults]\n");
        return 2;
    }
    log_set_level(LOG_ERROR);
    set_fault(options.fault);
    bool good = options.trace    ? run_trace(&options)
                : options.faults ? run_faults(&options)
                                 : run(&options);
    return good ? 0 : 1;
}
