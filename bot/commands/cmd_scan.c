/* cmd_scan.c - parley scan: repositories into a catalog. */
#include "clock.h"
#include "commands.h"
#include "local.h"

#include <argp.h>
#include <jansson.h>
#include <stdio.h>

static const char doc[] = "Read repositories into a catalog file.\n"
                          "\n"
                          "Files that did not change since the last scan are passed over; what vanished is dropped.\n"
                          "Definitions are counted by how far they were understood: proofs are possible; a whole normal form that proves "
                          "nothing (rows may differ from run to run, or it holds under a condition only); a plan with parts in no normal form; "
                          "text alone.\v"
                          "Examples:\n"
                          "  parley scan --repo ../dw --repo ../finance --catalog dw.db\n"
                          "  parley scan --repo ../dbt --manifest run/manifest.json --manifest run/catalog.json\n"
                          "\n"
                          "Exit codes: 0 done, 2 wrong usage, 3 it could not be done.";

enum { KEY_JSON = 256, KEY_UNPROVED, KEY_MANIFEST };

static const struct argp_option options[] = {
    {"repo", 'r', "DIR", 0, "A repository or folder; may be given again [.]", 0},
    {"catalog", 'c', "FILE", 0, "The catalog: a file, made when absent, or the address of a PostgreSQL [parley.db]", 0},
    {"manifest", KEY_MANIFEST, "FILE", 0, "A manifest.json or catalog.json of dbt that is kept elsewhere; may be given again", 0},
    {"unproved", KEY_UNPROVED, NULL, 0, "List each definition of these repositories that proves nothing, and why", 0},
    {"json", KEY_JSON, NULL, 0, "Print the summary as JSON", 0},
    {0},
};

struct words {
    struct arena *arena;
    VEC(const char *) dirs, artifacts;
    const char *catalog;
    bool json, unproved;
};

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct words *w = state->input;
    switch (key) {
    case 'r':
    case ARGP_KEY_ARG:
        *vec_add(w->arena, &w->dirs) = arg;
        return 0;
    case KEY_MANIFEST:
        *vec_add(w->arena, &w->artifacts) = arg;
        return 0;
    case 'c':
        w->catalog = arg;
        return 0;
    case KEY_UNPROVED:
        w->unproved = true;
        return 0;
    case KEY_JSON:
        w->json = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- what could not be proved, and why ---- */

struct unproved {
    const char *repo;
    json_t *list; /* NULL: printed as it comes */
};

static const struct err *unproved_seen(void *ctx, const struct entry *e) {
    static const char *const states[] = {[ENTRY_BOUND] = "plan", [ENTRY_TEXT] = "text", [ENTRY_FORMED] = "form"};
    struct unproved *u = ctx;
    if (e->state == ENTRY_PLANNED || strcmp(e->scope, "main") != 0 || strcmp(e->repo, u->repo) != 0) return NULL;
    const char *why = e->why ? e->why : "not known";
    if (u->list)
        json_array_append_new(u->list, json_pack("{s:s, s:i, s:s, s:s, s:s}", "path", e->path, "line", e->line, "name", e->name, "understood",
                                                 states[e->state], "why", why));
    else printf("%s:%d: %s: %s\n", e->path, e->line, e->name, why);
    return NULL;
}

/* ---- figures ---- */

static void stats_text(const char *dir, const struct catalog_put_stats *s, int64_t micros) {
    printf("%s: %zu files read again, %zu definitions (%zu with a plan that proves, %zu with a normal form that proves nothing, %zu with a plan, "
           "%zu as text), %zu dataset facts, %zu jobs, %zu metrics, %zu dropped, %.1f s\n",
           dir, s->files, s->definitions, s->planned, s->formed, s->bound, s->text, s->datasets, s->jobs, s->metrics, s->deleted,
           (double)micros / 1e6);
}

static json_t *stats_json(const char *dir, const struct catalog_put_stats *s, int64_t micros) {
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "repo", dir, "files", (json_int_t)s->files, "definitions",
                     (json_int_t)s->definitions, "planned", (json_int_t)s->planned, "formed", (json_int_t)s->formed, "bound", (json_int_t)s->bound,
                     "text", (json_int_t)s->text, "facts", (json_int_t)s->datasets, "jobs", (json_int_t)s->jobs, "metrics", (json_int_t)s->metrics,
                     "dropped", (json_int_t)s->deleted, "micros", (json_int_t)micros);
}

static const struct err *report(struct arena *arena, const struct words *w, struct catalog *catalog, const char *dir,
                                const struct catalog_put_stats *stats, int64_t micros) {
    struct unproved u = {local_name(arena, dir), NULL};
    if (!w->json) {
        stats_text(dir, stats, micros);
        return w->unproved ? catalog_each(catalog, unproved_seen, &u) : NULL;
    }
    json_t *o = stats_json(dir, stats, micros);
    if (w->unproved) json_object_set_new(o, "unproved", u.list = json_array());
    const struct err *failed = w->unproved ? catalog_each(catalog, unproved_seen, &u) : NULL;
    if (!failed) {
        json_dumpf(o, stdout, 0);
        putchar('\n');
    }
    json_decref(o);
    return failed;
}

static const struct err *all_scan(const struct words *w) {
    struct catalog *catalog;
    TRY(catalog_open(w->arena, w->catalog, &catalog));
    for (size_t i = 0; i < w->dirs.n; i++) {
        struct arena *arena = arena_create(ARENA_JOB * 4);
        struct catalog_put_stats stats;
        int64_t start = clock_monotonic_us();
        size_t gaps;
        const struct err *failed = local_scan(arena, catalog, &(struct scan_ask){w->dirs.at[i], w->artifacts.at, w->artifacts.n}, &stats, &gaps);
        if (!failed) failed = report(arena, w, catalog, w->dirs.at[i], &stats, clock_monotonic_us() - start);
        arena_destroy(arena);
        if (failed) return err_wrap(failed, "%s", w->dirs.at[i]);
    }
    return NULL;
}

int cmd_scan(int argc, char **argv) {
    struct arena *arena = arena_create(ARENA_SMALL);
    struct words words = {.arena = arena, .catalog = "parley.db"};
    const struct argp argp = {options, word_take, "[DIR...]", doc, NULL, NULL, NULL};
    int code = EXIT_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, &words) == 0) {
        if (!words.dirs.n) *vec_add(arena, &words.dirs) = ".";
        const struct err *failed = all_scan(&words);
        code = failed ? local_fail(failed) : EXIT_FINE;
    }
    arena_destroy(arena);
    return code;
}
