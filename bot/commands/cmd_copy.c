/* cmd_copy.c - parley copy: a store's rows into another one, to move a server to PostgreSQL or away from it. */
#include "commands.h"
#include "copy.h"
#include "fs.h"
#include "jsonx.h"
#include "local.h"
#include "migrate.h"

#include <argp.h>
#include <stdio.h>

static const char doc[] =
    "Copy a server's store, or a catalog, into an empty one. A place is a data folder, a file that ends in .db, or the address of\n"
    "a PostgreSQL. Stop the server first: what it stores meanwhile would be missing from the copy.\v"
    "Examples:\n"
    "  parley copy /var/lib/parley postgresql://parley@db.example/parley\n"
    "  parley copy postgresql://parley@db.example/parley /srv/parley\n"
    "\n"
    "The password comes from PARLEY_STORE_PASSWORD, from the file PARLEY_STORE_PASSWORD_FILE names, or from ~/.pgpass.\n"
    "Exit codes: 0 copied, 2 wrong usage, 3 it could not be done; then nothing was copied.";

enum { KEY_JSON = 256 };

static const struct argp_option options[] = {
    {"json", KEY_JSON, NULL, 0, "The number of rows as JSON", 0},
    {0},
};

struct words {
    const char *places[2];
    bool json;
};

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct words *w = state->input;
    switch (key) {
    case KEY_JSON:
        w->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 1) argp_usage(state);
        w->places[state->arg_num] = arg;
        return 0;
    case ARGP_KEY_END:
        if (state->arg_num < 2) argp_error(state, "wanted are two places: FROM and TO");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* An empty store would be made where there is none to copy from. */
static const struct err *source_look(struct arena *arena, const char *place) {
    const char *file = text_ends(place, ".db") ? place : arena_printf(arena, "%s/parley.db", place);
    if (store_is_shared(place) || fs_exists(file)) return NULL;
    return err_new(ERR_CONFIG, "there is no store at %s", file);
}

static const struct err *copy(struct arena *arena, const struct words *w, int64_t *rows) {
    struct store *from = NULL, *to = NULL;
    TRY(source_look(arena, w->places[0]));
    const struct err *e = migrate_open(w->places[0], &from);
    if (!e) e = migrate_open(w->places[1], &to);
    if (!e) e = store_copy(from, to, rows);
    e = err_wrap(e, "copy to %s", store_name(arena, w->places[1]));
    store_close(from);
    store_close(to);
    return e;
}

int cmd_copy(int argc, char **argv) {
    static const struct argp argp = {options, word_take, "FROM TO", doc, NULL, NULL, NULL};
    struct words words = {0};
    int64_t rows = 0;
    argp_parse(&argp, argc, argv, 0, NULL, &words);
    struct arena *arena = arena_create(ARENA_SMALL);
    const struct err *failed = copy(arena, &words, &rows);
    if (!failed) printf(words.json ? "{\"rows\": %lld}\n" : "%lld rows copied\n", (long long)rows);
    int code = failed ? local_fail(failed) : EXIT_FINE;
    arena_destroy(arena);
    return code;
}
