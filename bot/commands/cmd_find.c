/* cmd_find.c - parley find: is there something like this already? By name, or by SQL. */
#include "candidates.h"
#include "clock.h"
#include "commands.h"
#include "entry.h"
#include "jsonx.h"
#include "local.h"
#include "prove.h"
#include "sql_parse.h"
#include "views.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

static const char doc[] = "Find what exists by a part of its name, or by SQL that computes it.\n"
                          "\n"
                          "SQL is compared by meaning: identical, derivable, generalizes, shares, similar.\v"
                          "Examples:\n"
                          "  parley find churn\n"
                          "  parley find --catalog dw.db \"SELECT customer_id, count(*) FROM silver.orders GROUP BY 1\"\n"
                          "\n"
                          "Exit codes: 0 found, 1 nothing found, 2 wrong usage, 3 it could not be done.";

enum { KEY_JSON = 256, KEY_DIALECT };

static const struct argp_option options[] = {
    {"catalog", 'c', "FILE", 0, "The catalog: a file, or the address of a PostgreSQL [parley.db]", 0},
    {"dialect", KEY_DIALECT, "NAME", 0, "Dialect of the SQL [databricks]", 0},
    {"limit", 'n', "N", 0, "At most this many [20]", 0},
    {"json", KEY_JSON, NULL, 0, "One JSON object per line", 0},
    {0},
};

struct words {
    const char *text, *catalog;
    enum dialect dialect;
    size_t limit;
    bool json;
};

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct words *w = state->input;
    switch (key) {
    case 'c':
        w->catalog = arg;
        return 0;
    case 'n':
        w->limit = (size_t)strtoul(arg, NULL, 10);
        return w->limit > 0 && w->limit <= 1000 ? 0 : (argp_error(state, "the limit is from 1 to 1000"), 0);
    case KEY_JSON:
        w->json = true;
        return 0;
    case KEY_DIALECT:
        return dialect_parse(str_of(arg), &w->dialect) ? 0 : (argp_error(state, "unknown dialect '%s'", arg), 0);
    case ARGP_KEY_ARG:
        return w->text ? ARGP_ERR_UNKNOWN : (w->text = arg, 0);
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "say what to find");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void entry_print(const struct words *w, const struct entry *e, const struct relation *r) {
    if (w->json) {
        json_t *o = json_object();
        jsx_set_text(o, "relation", r ? relation_kind_name(r->kind) : NULL);
        jsx_set_text(o, "tier", r ? tier_name(r->tier) : NULL);
        jsx_set_text(o, "name", e->name);
        jsx_set_text(o, "dataset", e->dataset);
        jsx_set_text(o, "kind", definition_kind_name(e->kind));
        jsx_set_text(o, "repo", e->repo);
        jsx_set_text(o, "scope", e->scope);
        jsx_set_text(o, "path", e->path);
        json_object_set_new(o, "line", json_integer(e->line));
        jsx_set_text(o, "owner", e->owner);
        jsx_set_text(o, "rewrite", r ? r->rewrite : NULL);
        json_dumpf(o, stdout, 0);
        putchar('\n');
        json_decref(o);
        return;
    }
    if (r) printf("%-11s %-2s ", relation_kind_name(r->kind), tier_name(r->tier));
    printf("%s (%s) %s %s:%d%s%s\n", e->dataset ? e->dataset : e->name, definition_kind_name(e->kind), e->repo, e->path, e->line,
           e->owner ? ", owner " : "", e->owner ? e->owner : "");
    for (size_t i = 0; r && r->kind == RELATION_SIMILAR && i < r->n_differences && i < 3; i++) printf("               %s\n", r->differences[i]);
    if (r && r->rewrite) printf("               %s\n", r->rewrite);
}

struct found {
    struct entry entry;
    const struct relation *relation;
};

static int found_order(const void *left, const void *right) {
    const struct found *a = left, *b = right;
    if (a->relation->kind != b->relation->kind) return a->relation->kind < b->relation->kind ? -1 : 1;
    if (a->relation->score != b->relation->score) return a->relation->score > b->relation->score ? -1 : 1;
    return a->entry.id < b->entry.id ? -1 : 1;
}

static const struct err *names_bind(struct arena *arena, struct catalog *catalog, const struct text_list *names, struct schema **schema,
                                    struct views **views) {
    size_t count;
    TRY(catalog_views(arena, &catalog, 1, NULL, names->at, names->n, views));
    const char *const *all = views_names(*views, &count);
    return catalog_schema(arena, &catalog, 1, NULL, all, count, schema);
}

static const struct err *sql_find(struct arena *arena, struct catalog *catalog, const struct words *w, const struct definition *d, size_t *count) {
    struct schema *schema;
    struct views *views;
    struct entry entry;
    struct candidate *candidates;
    size_t n;
    struct text_list names = {0};
    for (size_t i = 0; i < d->read_count; i++) text_list_add(arena, &names, d->reads[i]);
    TRY(names_bind(arena, catalog, &names, &schema, &views));
    entry_of_definition(arena, d, schema, views, &entry);
    TRY(candidates_find(arena, catalog, &entry, NULL, &candidates, &n));
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < candidates[i].entry.read_count; k++) {
            if (!text_list_has(&names, candidates[i].entry.reads[k])) text_list_add(arena, &names, candidates[i].entry.reads[k]);
        }
    }
    TRY(names_bind(arena, catalog, &names, &schema, &views));
    entry_bind(arena, &entry, schema, views);
    VEC(struct found) list = {0};
    for (size_t i = 0; i < n && entry.plan; i++) {
        struct found f = {.entry = candidates[i].entry};
        entry_bind(arena, &f.entry, schema, views);
        if (!f.entry.plan) continue;
        f.relation = relation_find(arena, entry.plan, f.entry.plan, &(struct prove_options){.b_name = f.entry.dataset, .refute = true});
        if (f.relation->kind != RELATION_UNRELATED) *vec_add(arena, &list) = f;
    }
    if (list.n) qsort(list.at, list.n, sizeof *list.at, found_order);
    for (size_t i = 0; i < list.n && i < w->limit; i++) entry_print(w, &list.at[i].entry, list.at[i].relation);
    *count = list.n;
    return NULL;
}

static const struct err *name_find(struct arena *arena, struct catalog *catalog, const struct words *w, size_t *count) {
    struct entry *found;
    TRY(catalog_find(arena, catalog, w->text, w->limit, &found, count));
    for (size_t i = 0; i < *count; i++) entry_print(w, &found[i], NULL);
    return NULL;
}

/* SQL when it parses as a query that reads something; a bare name parses as none. */
static const struct definition *query_of(struct arena *arena, const struct words *w) {
    if (!strchr(w->text, ' ')) return NULL;
    const struct reading *reading = read_sql_text(arena, "sql", str_of(w->text), w->dialect);
    for (size_t i = 0; i < reading->definitions.n; i++) {
        if (reading->definitions.at[i].query) return &reading->definitions.at[i];
    }
    return NULL;
}

static const struct err *find(struct arena *arena, const struct words *w, size_t *count) {
    struct catalog *catalog;
    TRY(catalog_open(arena, w->catalog, &catalog));
    const struct definition *d = query_of(arena, w);
    return d ? sql_find(arena, catalog, w, d, count) : name_find(arena, catalog, w, count);
}

int cmd_find(int argc, char **argv) {
    struct arena *arena = arena_create(ARENA_JOB);
    struct words words = {.catalog = "parley.db", .limit = 20};
    const struct argp argp = {options, word_take, "TEXT-OR-SQL", doc, NULL, NULL, NULL};
    int code = EXIT_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, &words) == 0) {
        size_t count = 0;
        const struct err *failed = find(arena, &words, &count);
        if (!failed && !count && !words.json) puts("Nothing in the catalog is like that.");
        code = failed ? local_fail(failed) : count ? EXIT_FINE : EXIT_FOUND;
    }
    arena_destroy(arena);
    return code;
}
