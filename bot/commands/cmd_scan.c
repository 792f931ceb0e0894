/* cmd_scan.c - parley scan: repositories into a catalog. */
#include "clock.h"
#include "commands.h"
#include "local.h"

#include <argp.h>
#include <jansson.h>
#include <stdio.h>

static const char doc[] = "Read repositories into a catalog file.\n"
                          "\n"
                          "Files that did not change since the last scan are passed over; what vanished is dropped.\v"
                          "Examples:\n"
                          "  parley scan --repo ../dw --repo ../finance --catalog dw.db\n"
                          "\n"
                          "Exit codes: 0 done, 2 wrong usage, 3 it could not be done.";

enum { KEY_JSON = 256 };

static const struct argp_option options[] = {
    {"repo", 'r', "DIR", 0, "A repository or folder; may be given again [.]", 0},
    {"catalog", 'c', "FILE", 0, "The catalog, made when absent [parley.db]", 0},
    {"json", KEY_JSON, NULL, 0, "Print the summary as JSON", 0},
    {0},
};

struct words {
    struct arena *arena;
    VEC(const char *) dirs;
    const char *catalog;
    bool json;
};

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct words *w = state->input;
    switch (key) {
    case 'r':
    case ARGP_KEY_ARG:
        *vec_add(w->arena, &w->dirs) = arg;
        return 0;
    case 'c':
        w->catalog = arg;
        return 0;
    case KEY_JSON:
        w->json = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void stats_print(const struct words *w, const char *dir, const struct catalog_put_stats *s, int64_t micros) {
    if (!w->json) {
        printf("%s: %zu files read again, %zu definitions (%zu with a plan that proves, %zu with a plan, %zu as text), %zu dataset facts, %zu jobs, "
               "%zu metrics, %zu dropped, %.1f s\n",
               dir, s->files, s->definitions, s->planned, s->bound, s->text, s->datasets, s->jobs, s->metrics, s->deleted, (double)micros / 1e6);
        return;
    }
    json_t *o = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "repo", dir, "files", (json_int_t)s->files, "definitions",
                          (json_int_t)s->definitions, "planned", (json_int_t)s->planned, "bound", (json_int_t)s->bound, "text", (json_int_t)s->text,
                          "facts", (json_int_t)s->datasets, "jobs", (json_int_t)s->jobs, "metrics", (json_int_t)s->metrics, "dropped",
                          (json_int_t)s->deleted, "micros", (json_int_t)micros);
    json_dumpf(o, stdout, 0);
    putchar('\n');
    json_decref(o);
}

static const struct err *all_scan(const struct words *w) {
    struct catalog *catalog;
    TRY(catalog_open(w->arena, w->catalog, &catalog));
    for (size_t i = 0; i < w->dirs.n; i++) {
        struct arena *arena = arena_create(ARENA_JOB * 4);
        struct catalog_put_stats stats;
        int64_t start = clock_monotonic_us();
        size_t gaps;
        const struct err *failed = local_scan(arena, catalog, w->dirs.at[i], &stats, &gaps);
        arena_destroy(arena);
        if (failed) return err_wrap(failed, "%s", w->dirs.at[i]);
        stats_print(w, w->dirs.at[i], &stats, clock_monotonic_us() - start);
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
