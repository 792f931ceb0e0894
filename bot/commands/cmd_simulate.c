/* cmd_simulate.c - a delivery without its sender: puts a payload from a file into the queue, for trying things out and for tests. */
#include "commands.h"

#include "clock.h"
#include "dry_run.h"
#include "fs.h"
#include "handlers.h"
#include "killpoint.h"
#include "migrate.h"
#include "signature.h"

#include <argp.h>
#include <stdio.h>

struct simulate_options {
    const char *settings, *data, *sender, *event, *guid, *file;
    bool json, kill_points, dry_run;
};

enum { OPTION_KILL_POINTS = 256, OPTION_CONFIG, OPTION_GUID, OPTION_DRY_RUN };

static const struct argp_option options[] = {
    {"settings", 's', "FILE", 0, "the server's settings (for its data folder)", 0},
    {"config", OPTION_CONFIG, NULL, OPTION_ALIAS, NULL, 0},
    {"data", 'd', "DIR", 0, "the data folder itself, or the address of a PostgreSQL", 0},
    {"sender", 'S', "NAME", 0, "github (the default), slack.command, slack.action, databricks, jobs, lineage", 0},
    {"event", 'e', "NAME", 0, "pull_request, issue_comment, push ... for github; command, action; event for the others (the default)", 0},
    {"guid", OPTION_GUID, "ID", 0, "the delivery's id; without it the payload's digest, so that the same file counts once", 0},
    {"json", 'j', NULL, 0, "say the outcome as JSON", 0},
    {"dry-run", OPTION_DRY_RUN, NULL, 0, "run it at once on a copy of the data, and print what would be posted instead of posting it", 0},
    {"kill-points", OPTION_KILL_POINTS, NULL, 0, "list the places where PARLEY_KILL_AT can end a process", 0},
    {0},
};

static error_t option_take(int key, char *arg, struct argp_state *state) {
    struct simulate_options *o = state->input;
    switch (key) {
    case 's':
        o->settings = arg;
        return 0;
    case 'd':
        o->data = arg;
        return 0;
    case 'S':
        o->sender = arg;
        return 0;
    case 'e':
        o->event = arg;
        return 0;
    case OPTION_GUID:
        o->guid = arg;
        return 0;
    case 'j':
        o->json = true;
        return 0;
    case OPTION_DRY_RUN:
        o->dry_run = true;
        return 0;
    case OPTION_KILL_POINTS:
        o->kill_points = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0) argp_usage(state);
        o->file = arg;
        return 0;
    case ARGP_KEY_END:
        if (!o->file && !o->kill_points) argp_error(state, "a FILE with the payload is needed");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char doc[] =
    "Puts the payload in FILE into the queue as if its sender had delivered it; a running 'parley serve' works on it. No signature is asked for:\n"
    "who can write the data folder needs none.\v"
    "Examples:\n"
    "  parley simulate --settings /etc/parley.yml --event pull_request opened.json\n"
    "  parley simulate --settings /etc/parley.yml --sender jobs job.json\n"
    "  parley simulate --settings /etc/parley.yml --event pull_request --dry-run opened.json\n"
    "  parley simulate --kill-points\n\n"
    "Exit codes: 0 it waits, 1 nobody would act on it or it was there before, 2 wrong usage, 3 it could not be done.";

/* What the first look at it would say, so that a mistake shows here and not in a log. */
static const struct err *payload_look(struct arena *arena, const struct delivery *d, const char **ignored) {
    struct triage triage;
    TRY(handlers_triage(arena, d, &triage));
    *ignored = triage.ignored;
    return NULL;
}

static const struct err *data_open(struct arena *arena, const struct simulate_options *o, struct store **out) {
    struct settings *settings;
    if (o->data) return migrate_open(o->data, out);
    TRY(settings_load(arena, o->settings, SETTINGS_NO_SECRETS, &settings));
    return migrate_open(settings_place(settings), out);
}

static const struct err *payload_put(struct arena *arena, const struct simulate_options *o, const char **outcome) {
    char digest[SIGNATURE_HEX];
    struct store *store;
    struct delivery d = {
        .sender = o->sender ? o->sender : SENDER_GITHUB, .event = o->event ? o->event : "event", .guid = o->guid, .received_at = clock_now()};
    const char *ignored = NULL;
    bool fresh = false;
    TRY(fs_read(arena, o->file, QUEUE_BODY_MAX, &d.body));
    signature_digest(str_of(d.event), d.body, digest);
    if (!d.guid) d.guid = digest;
    TRY(err_wrap(payload_look(arena, &d, &ignored), "%s", o->file));
    TRY(data_open(arena, o, &store));
    const struct err *e = queue_add(store, &d, &fresh);
    store_close(store);
    *outcome = ignored ? ignored : fresh ? "queued" : "it was delivered before";
    return e;
}

int cmd_simulate(int argc, char **argv) {
    static const struct argp argp = {options, option_take, "FILE", doc, NULL, NULL, NULL};
    struct simulate_options o = {0};
    argp_parse(&argp, argc, argv, 0, NULL, &o);
    if (o.kill_points) {
        for (const char *const *p = kill_points; *p; p++) puts(*p);
        return EXIT_FINE;
    }
    if (o.dry_run)
        return dry_run(&(struct dry_run_ask){o.settings, o.event ? o.event : "event", o.sender ? o.sender : SENDER_GITHUB, o.file, o.json});
    struct arena *arena = arena_create(ARENA_JOB);
    const char *outcome = NULL;
    const struct err *e = payload_put(arena, &o, &outcome);
    if (e) fprintf(stderr, "parley simulate: %s\n", e->text);
    else printf(o.json ? "{\"outcome\":\"%s\"}\n" : "%s\n", outcome);
    int code = e ? EXIT_BROKEN : strcmp(outcome, "queued") == 0 ? EXIT_FINE : EXIT_FOUND;
    arena_destroy(arena);
    return code;
}
