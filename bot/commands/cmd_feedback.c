/* cmd_feedback.c - parley feedback: a person's word on one finding, from which the rule's level follows. */
#include "clock.h"
#include "commands.h"
#include "jsonx.h"
#include "local.h"
#include "record.h"
#include "stored.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

static const char doc[] =
    "Say whether a finding (F1, or its key f-...) was useful.\n"
    "\n"
    "The answer counts for the finding's rule: 'parley rules' shows the counts and what follows from them. The last answer on a finding counts. "
    "With --data or --settings the finding is looked up in the server's reviews; with --catalog the change on this machine is reviewed anew and "
    "the answer kept in that catalog.\v"
    "Examples:\n"
    "  parley feedback F2 not-useful --pull acme/dw#42 --data /var/lib/parley --why \"the copy is for an audit\"\n"
    "  parley feedback f-0123456789abcdef useful --data /var/lib/parley\n"
    "  parley feedback F1 useful --catalog dw.db --base main\n"
    "\n"
    "Exit codes: 0 kept, 1 there is no such finding, 2 wrong usage, 3 it could not be done.";

enum { KEY_JSON = 256, KEY_PULL, KEY_WHY, KEY_BY };
#define WHY_MAX 2000

static const struct argp_option options[] = {
    {"why", KEY_WHY, "TEXT", 0, "The reason, for those who keep the rules", 0},
    {"by", KEY_BY, "NAME", 0, "Who says so [the login]", 0},
    {"settings", 's', "FILE", 0, "The server's settings, for its data folder", 0},
    {"data", 'd', "DIR", 0, "The server's data folder, or the address of its PostgreSQL", 0},
    {"pull", KEY_PULL, "REPO#N", 0, "Of this pull request: F1 is a number within it", 0},
    {"catalog", 'c', "FILE", 0, "Instead of the server's data: a catalog made by 'parley scan'", 0},
    {"repo", 'r', "DIR", 0, "With --catalog: the repository or folder [.]", 0},
    {"base", 'b', "REV", 0, "With --catalog: as of 'parley review'", 0},
    {"head", 'H', "REV", 0, "With --catalog: as of 'parley review'", 0},
    {"json", KEY_JSON, NULL, 0, "JSON instead of text", 0},
    {0},
};

struct words {
    struct local_ask ask;
    const char *settings, *data, *pull, *what, *answer, *why, *by;
    bool json;
};

static error_t argument_take(struct words *w, char *arg, struct argp_state *state) {
    if (!w->what) return w->what = arg, 0;
    if (w->answer) return ARGP_ERR_UNKNOWN;
    if (strcmp(arg, "useful") != 0 && strcmp(arg, "not-useful") != 0) argp_error(state, "say useful or not-useful, not '%s'", arg);
    return w->answer = arg, 0;
}

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct words *w = state->input;
    switch (key) {
    case KEY_WHY:
        w->why = arg;
        if (strlen(arg) > WHY_MAX) argp_error(state, "--why takes at most %d bytes", WHY_MAX);
        return 0;
    case KEY_BY:
        w->by = arg;
        return 0;
    case 's':
        w->settings = arg;
        return 0;
    case 'd':
        w->data = arg;
        return 0;
    case KEY_PULL:
        w->pull = arg;
        return 0;
    case 'c':
        w->ask.catalog = arg;
        return 0;
    case 'r':
        w->ask.dir = arg;
        return 0;
    case 'b':
        w->ask.base = arg;
        return 0;
    case 'H':
        w->ask.head = arg;
        return 0;
    case KEY_JSON:
        w->json = true;
        return 0;
    case ARGP_KEY_ARG:
        return argument_take(w, arg, state);
    case ARGP_KEY_END:
        if (!w->answer) argp_error(state, "name a finding, and say useful or not-useful");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The finding's repository, key and rule, and the store its answer goes to. `out->key` NULL: there is none. */
static const struct err *finding_find(struct arena *arena, const struct words *w, struct store **store, struct feedback *out) {
    if (w->ask.catalog) {
        struct catalog *catalog;
        struct review *review;
        TRY(local_review(arena, &w->ask, &review));
        TRY(catalog_open(arena, w->ask.catalog, &catalog));
        const struct finding *f = review_find(review, w->what);
        *store = catalog_store(catalog);
        if (f) out->repo = review->repo, out->key = f->key, out->rule = f->rule_id;
        return NULL;
    }
    json_t *f;
    TRY(local_store(arena, w->settings, w->data, store));
    TRY(stored_finding(arena, *store, w->pull, w->what, &f, &out->repo));
    if (f) out->key = jsx_str(f, "key", ""), out->rule = jsx_str(f, "rule", "");
    if (!out->repo) out->repo = "";
    return NULL;
}

static void answer_print(const struct words *w, const struct feedback *f, const struct rules_use *use) {
    enum rule rule = rule_find(f->rule);
    const struct rule_use none = {0}, *u = rule == RULE_COUNT ? &none : &use->at[rule];
    if (!w->json) {
        printf("%s (%s): %s. So far %lld of %lld found the rule useful.\n", f->key, f->rule, w->answer, (long long)u->useful,
               (long long)(u->useful + u->not_useful));
        return;
    }
    json_t *o = json_object();
    jsx_set_text(o, "repo", f->repo);
    jsx_set_text(o, "key", f->key);
    jsx_set_text(o, "rule", f->rule);
    json_object_set_new(o, "useful", json_boolean(f->useful));
    jsx_set_text(o, "why", f->why);
    jsx_set_text(o, "by", f->by);
    json_object_set_new(o, "rule_useful", json_integer(u->useful));
    json_object_set_new(o, "rule_not_useful", json_integer(u->not_useful));
    json_dumpf(o, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(o);
}

static const struct err *answer_keep(struct arena *arena, const struct words *w, bool *found) {
    struct store *store;
    struct rules_use use;
    const char *login = getenv("USER");
    struct feedback f = {.useful = strcmp(w->answer, "useful") == 0,
                         .source = "word",
                         .by = w->by   ? w->by
                               : login ? login
                                       : "terminal",
                         .why = w->why,
                         .made = clock_now()};
    TRY(finding_find(arena, w, &store, &f));
    *found = f.key != NULL;
    if (!*found) return NULL;
    TRY(feedback_put(store, &f));
    TRY(ledger_add(
        store, &(struct ledger_line){.subject = w->pull ? w->pull : f.repo, .actor = f.by, .action = w->answer, .finding = f.key, .detail = f.why}));
    TRY(feedback_count(store, &use));
    answer_print(w, &f, &use);
    return NULL;
}

int cmd_feedback(int argc, char **argv) {
    struct arena *arena = arena_create(ARENA_JOB * 2);
    struct words words = {.ask = {.dir = "."}};
    const struct argp argp = {options, word_take, "FINDING useful|not-useful", doc, NULL, NULL, NULL};
    int code = EXIT_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, &words) == 0) {
        bool found = false;
        const struct err *failed = answer_keep(arena, &words, &found);
        code = failed ? local_fail(failed) : found ? EXIT_FINE : EXIT_FOUND;
        if (!failed && !found) fprintf(stderr, "parley feedback: there is no finding '%s' here\n", words.what);
    }
    arena_destroy(arena);
    return code;
}
