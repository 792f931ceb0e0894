/* cmd_reviews.c - parley reviews: what was reviewed, newest first. */
#include "clock.h"
#include "commands.h"
#include "jsonx.h"
#include "local.h"
#include "record.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

static const char doc[] = "List finished reviews, newest first.\v"
                          "Examples:\n"
                          "  parley reviews --data /var/lib/parley\n"
                          "  parley reviews --repo acme/dw --json\n"
                          "\n"
                          "Exit codes: 0 done, 2 wrong usage, 3 it could not be done.";

enum { KEY_JSON = 256 };

static const struct argp_option options[] = {
    {"settings", 's', "FILE", 0, "The server's settings, for its data folder", 0},
    {"data", 'd', "DIR", 0, "The data folder itself, or the address of a PostgreSQL", 0},
    {"repo", 'r', "NAME", 0, "Only of this repository", 0},
    {"limit", 'n', "N", 0, "At most this many [50]", 0},
    {"json", KEY_JSON, NULL, 0, "One JSON object per line", 0},
    {0},
};

struct words {
    const char *settings, *data, *repo;
    int limit;
    bool json;
};

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct words *w = state->input;
    switch (key) {
    case 's':
        w->settings = arg;
        return 0;
    case 'd':
        w->data = arg;
        return 0;
    case 'r':
        w->repo = arg;
        return 0;
    case 'n':
        w->limit = (int)strtol(arg, NULL, 10);
        if (w->limit < 1 || w->limit > 10000) argp_error(state, "the limit is from 1 to 10000");
        return 0;
    case KEY_JSON:
        w->json = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void record_print(const struct words *w, const struct review_record *r) {
    char when[CLOCK_ISO];
    clock_iso(r->created_at, when);
    if (!w->json) {
        printf("%s  %-7s %3lld  %s%s%s\n", when, r->verdict, (long long)r->findings, r->subject, r->title ? "  " : "", r->title ? r->title : "");
        return;
    }
    json_t *o = json_object();
    json_object_set_new(o, "id", json_integer(r->id));
    jsx_set_text(o, "subject", r->subject);
    jsx_set_text(o, "repo", r->repo);
    json_object_set_new(o, "number", r->number ? json_integer(r->number) : json_null());
    jsx_set_text(o, "head", r->head_sha);
    jsx_set_text(o, "verdict", r->verdict);
    json_object_set_new(o, "findings", json_integer(r->findings));
    jsx_set_text(o, "title", r->title);
    jsx_set_text(o, "time", when);
    json_dumpf(o, stdout, 0);
    putchar('\n');
    json_decref(o);
}

static const struct err *all_print(struct arena *arena, const struct words *w) {
    struct store *store;
    struct review_records records;
    TRY(local_store(arena, w->settings, w->data, &store));
    TRY(review_record_list(store, arena, w->repo, w->limit, &records));
    for (size_t i = 0; i < records.n; i++) record_print(w, &records.at[i]);
    return NULL;
}

int cmd_reviews(int argc, char **argv) {
    struct arena *arena = arena_create(ARENA_JOB);
    struct words words = {.limit = 50};
    const struct argp argp = {options, word_take, "", doc, NULL, NULL, NULL};
    int code = EXIT_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, &words) == 0) {
        const struct err *failed = all_print(arena, &words);
        code = failed ? local_fail(failed) : EXIT_FINE;
    }
    arena_destroy(arena);
    return code;
}
