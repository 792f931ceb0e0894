/* cmd_catalog.c - parley catalog: what is in it, one dataset, all of it as JSON lines, figures from a file. */
#include "catalog.h"
#include "catalog_lineage.h"
#include "commands.h"
#include "fs.h"
#include "jsonx.h"
#include "local.h"

#include <argp.h>
#include <stdio.h>

static const char doc[] = "Look into a catalog, or import sizes, owners and metrics.\n"
                          "\n"
                          "  stats          how much is in it\n"
                          "  show NAME      a dataset: what fills it, who reads it, where each column comes from, lineage up and down\n"
                          "  export         every definition as one JSON object per line\n"
                          "  import FILE    sizes, readers, refresh, owners, keys and metrics from YAML or JSON\v"
                          "Examples:\n"
                          "  parley catalog show gold.customer_features\n"
                          "  parley catalog --catalog dw.db import sizes.yml\n"
                          "\n"
                          "An import file:\n"
                          "  taken: 2026-11-20\n"
                          "  datasets:\n"
                          "    - {name: silver.events, bytes: 2.1 TB, rows: 9000000000, partition_by: [event_date], owner: \"@dana\"}\n"
                          "    - {name: gold.features, bytes: 12 GB, readers: 11, refresh: daily at 05:00}\n"
                          "  metrics:\n"
                          "    - {name: active_users, dataset: gold.users, expression: count(distinct user_id), filter: not is_bot}\n"
                          "\n"
                          "Exit codes: 0 done, 1 no such dataset, 2 wrong usage, 3 it could not be done.";

enum { KEY_JSON = 256 };

static const struct argp_option options[] = {
    {"catalog", 'c', "FILE", 0, "The catalog: a file, or the address of a PostgreSQL [parley.db]", 0},
    {"json", KEY_JSON, NULL, 0, "JSON instead of text", 0},
    {0},
};

struct words {
    const char *catalog, *verb, *what;
    bool json;
};

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct words *w = state->input;
    switch (key) {
    case 'c':
        w->catalog = arg;
        return 0;
    case KEY_JSON:
        w->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 1) return ARGP_ERR_UNKNOWN;
        *(state->arg_num ? &w->what : &w->verb) = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void json_line(json_t *o) {
    json_dumpf(o, stdout, 0);
    putchar('\n');
    json_decref(o);
}

static const struct err *stats_show(struct arena *arena, struct catalog *catalog, const struct words *w, int *code) {
    struct catalog_stats s;
    TRY(catalog_stats(catalog, &s));
    const struct {
        const char *name, *words;
        int64_t value;
    } rows[] = {{"repositories", "repositories", s.repositories},
                {"files", "files", s.files},
                {"definitions", "definitions", s.definitions},
                {"planned", "  with a normal form that proves", s.planned},
                {"bound", "  with a plan", s.bound},
                {"text", "  as text only", s.text},
                {"datasets", "datasets", s.datasets},
                {"sized", "  with a known size", s.sized},
                {"metrics", "metrics", s.metrics},
                {"jobs", "jobs", s.jobs},
                {"edges", "lineage edges", s.edges},
                {"features", "postings", s.features}};
    json_t *o = json_object();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_object_set_new(o, rows[i].name, json_integer(rows[i].value));
        if (!w->json) printf("%-34s %lld\n", rows[i].words, (long long)rows[i].value);
    }
    if (w->json) json_line(json_incref(o));
    json_decref(o);
    return NULL;
}

static json_t *entry_json(const struct entry *e) {
    json_t *o = json_object(), *reads = json_array();
    char hex[HASH_HEX];
    hash128_hex(e->identity, hex);
    jsx_set_text(o, "name", e->name);
    jsx_set_text(o, "dataset", e->dataset);
    jsx_set_text(o, "kind", definition_kind_name(e->kind));
    if (e->partial) jsx_set_text(o, "fills_in_part", e->fill.words ? e->fill.words : "whether it is written is only known when it runs");
    jsx_set_text(o, "repo", e->repo);
    jsx_set_text(o, "scope", e->scope);
    jsx_set_text(o, "path", e->path);
    json_object_set_new(o, "line", json_integer(e->line));
    jsx_set_text(o, "dialect", dialect_name(e->dialect));
    jsx_set_text(o, "owner", e->owner);
    jsx_set_text(o, "job", e->job);
    for (size_t i = 0; i < e->read_count; i++) json_array_append_new(reads, json_string(e->reads[i]));
    json_object_set_new(o, "reads", reads);
    jsx_set_text(o, "identity", e->state == ENTRY_PLANNED ? hex : NULL);
    jsx_set_text(o, "not_provable", e->why);
    jsx_set_text(o, "sql", e->sql);
    return o;
}

/* What a dataset is to those who read it. */
static const char *kind_words(const struct entry *e) {
    static const char *const words[] = {[DEF_TABLE] = "table",
                                        [DEF_INCREMENTAL] = "incremental table",
                                        [DEF_VIEW] = "view",
                                        [DEF_MATERIALIZED] = "materialized view",
                                        [DEF_STREAMING] = "streaming table",
                                        [DEF_EPHEMERAL] = "known to its own pipeline alone",
                                        [DEF_TEMP] = "temporary view",
                                        [DEF_QUERY] = "query"};
    if (e->artefact == ARTEFACT_DBT_MODEL) return definition_kind_name(e->kind);
    if (e->kind == DEF_INCREMENTAL && e->fill.words) return text_starts(e->fill.words, "merges") ? "merge target" : "table written in parts";
    return words[e->kind];
}

static void list_print(const char *title, const struct entry *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        bool main = strcmp(list[i].scope, "main") == 0;
        printf("%-10s %s %s:%d (%s)%s%s", i ? "" : title, list[i].repo, list[i].path, list[i].line, kind_words(&list[i]), main ? "" : " of ",
               main ? "" : list[i].scope);
        printf("%s%s\n", list[i].fill.words ? ": " : "", list[i].fill.words ? list[i].fill.words : "");
    }
}

/* ---- lineage ---- */

static const struct column_origins *origins_named(const struct lineage *l, const char *column) {
    for (size_t i = 0; i < l->column_count; i++) {
        if (strcasecmp(l->columns[i].name, column) == 0) return &l->columns[i];
    }
    return NULL;
}

/* Schema files list some columns, queries give all. */
static bool column_listed(const struct dataset *d, const char *name) {
    for (size_t i = 0; i < d->column_count; i++) {
        if (strcasecmp(d->columns[i].name, name) == 0) return true;
    }
    return false;
}

#define ORIGINS_SHOWN 6

static void origins_print(const struct column_origins *o) {
    for (size_t i = 0; i < o->n && i < ORIGINS_SHOWN; i++) {
        printf("%s%s.%s", i ? ", " : "  from ", o->at[i].table, o->at[i].column);
        if (o->at[i].computed) printf(" (computed)");
    }
    if (o->n > ORIGINS_SHOWN) printf(" and %zu more", o->n - ORIGINS_SHOWN);
    if (o->partial) printf(o->n ? ", and more that is not known" : "  from what is not known");
}

static void nodes_print(const char *title, const struct lineage_node *list, size_t count, bool more) {
    for (size_t i = 0; i < count; i++) {
        const struct entry *e = list[i].entry;
        printf("%-10s %*s%s", i ? "" : title, 2 * (list[i].depth - 1), "", list[i].name);
        if (!e) printf(": nothing here fills it");
        if (e) printf(" (%s, %s:%d)%s%s", definition_kind_name(e->kind), e->path, e->line, e->owner ? ", owner " : "", e->owner ? e->owner : "");
        if (e && list[i].entries > 1) printf(", and %zu more fill it", list[i].entries - 1);
        putchar('\n');
    }
    if (more) printf("           and more: the list ends here\n");
}

static json_t *origins_json(const struct column_origins *o) {
    json_t *list = json_array();
    for (size_t i = 0; i < o->n; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:b}", "dataset", o->at[i].table, "column", o->at[i].column, "computed", o->at[i].computed));
    return list;
}

static json_t *nodes_json(const struct lineage_node *list, size_t count) {
    json_t *out = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct entry *e = list[i].entry;
        json_t *o = json_object();
        jsx_set_text(o, "name", list[i].name);
        json_object_set_new(o, "depth", json_integer(list[i].depth));
        json_object_set_new(o, "known", json_boolean(e != NULL));
        jsx_set_text(o, "kind", e ? definition_kind_name(e->kind) : NULL);
        jsx_set_text(o, "artefact", e ? artefact_name(e->artefact) : NULL);
        jsx_set_text(o, "repo", e ? e->repo : NULL);
        jsx_set_text(o, "path", e ? e->path : NULL);
        json_object_set_new(o, "line", e ? json_integer(e->line) : json_null());
        jsx_set_text(o, "owner", e ? e->owner : NULL);
        json_array_append_new(out, o);
    }
    return out;
}

static void dataset_print(const struct dataset *d, const struct lineage *l, const char *kind) {
    char size[32] = "not known";
    if (d->bytes >= 0) text_bytes((double)d->bytes, size, sizeof size);
    printf("%s (%s)\n", d->name, kind);
    if (d->description) printf("%s\n", d->description);
    printf("owner      %s\nsize       %s%s%s\n", d->owner ? d->owner : "not known", size, d->origin && d->bytes >= 0 ? ", from " : "",
           d->origin && d->bytes >= 0 ? d->origin : "");
    if (d->refresh) printf("refreshed  %s\n", d->refresh);
    for (size_t i = 0; i < d->partition_count; i++) printf("%-10s %s\n", i ? "" : "partition", d->partition_by[i]);
    for (size_t i = 0; i < d->column_count; i++) {
        const struct column_origins *from = origins_named(l, d->columns[i].name);
        printf("%-10s %s%s%s%s", i ? "" : "columns", d->columns[i].name, d->columns[i].type ? " " : "", d->columns[i].type ? d->columns[i].type : "",
               d->columns[i].not_null ? " not null" : "");
        if (from) origins_print(from);
        putchar('\n');
    }
    for (size_t i = 0; i < l->column_count; i++) {
        if (column_listed(d, l->columns[i].name)) continue;
        printf("%-10s %s", i || d->column_count ? "" : "columns", l->columns[i].name);
        origins_print(&l->columns[i]);
        putchar('\n');
    }
    if (d->column_count && !d->columns_complete && !l->column_count) printf("           (there may be more)\n");
}

static json_t *dataset_json(const struct dataset *d, const struct lineage *l) {
    json_t *o = json_object(), *columns = json_array();
    jsx_set_text(o, "name", d->name);
    jsx_set_text(o, "kind", d->kind);
    jsx_set_text(o, "owner", d->owner);
    jsx_set_text(o, "description", d->description);
    jsx_set_text(o, "refresh", d->refresh);
    json_object_set_new(o, "bytes", d->bytes >= 0 ? json_integer(d->bytes) : json_null());
    json_object_set_new(o, "rows", d->rows >= 0 ? json_integer(d->rows) : json_null());
    json_object_set_new(o, "readers", d->readers >= 0 ? json_integer(d->readers) : json_null());
    for (size_t i = 0; i < d->column_count; i++) {
        json_t *c = json_object();
        jsx_set_text(c, "name", d->columns[i].name);
        jsx_set_text(c, "type", d->columns[i].type);
        const struct column_origins *from = origins_named(l, d->columns[i].name);
        if (from) json_object_set_new(c, "from", origins_json(from));
        if (from) json_object_set_new(c, "from_partial", json_boolean(from->partial));
        json_array_append_new(columns, c);
    }
    for (size_t i = 0; i < l->column_count; i++) {
        if (column_listed(d, l->columns[i].name)) continue;
        json_t *c = json_pack("{s:s, s:n, s:o}", "name", l->columns[i].name, "type", "from", origins_json(&l->columns[i]));
        json_object_set_new(c, "from_partial", json_boolean(l->columns[i].partial));
        json_array_append_new(columns, c);
    }
    json_object_set_new(o, "columns", columns);
    return o;
}

#define READERS_SHOWN 20

static const struct err *dataset_show(struct arena *arena, struct catalog *catalog, const struct words *w, int *code) {
    struct dataset *d;
    struct entry *fillers, *readers;
    size_t filler_count, reader_count;
    int64_t all;
    TRY(catalog_dataset(arena, catalog, w->what, &d));
    TRY(catalog_fillers(arena, catalog, w->what, &fillers, &filler_count));
    TRY(catalog_readers(arena, catalog, w->what, READERS_SHOWN, &readers, &reader_count, &all));
    if (!d) {
        fprintf(stderr, "parley catalog: there is no dataset '%s' here, or its name is ambiguous; 'parley find' looks for parts of names\n", w->what);
        *code = EXIT_FOUND;
        return NULL;
    }
    struct lineage *l;
    TRY(catalog_lineage(arena, catalog, w->what, &l));
    if (w->json) {
        json_t *o = dataset_json(d, l), *f = json_array(), *r = json_array();
        for (size_t i = 0; i < filler_count; i++) json_array_append_new(f, entry_json(&fillers[i]));
        for (size_t i = 0; i < reader_count; i++) json_array_append_new(r, entry_json(&readers[i]));
        json_object_set_new(o, "filled_by", f);
        json_object_set_new(o, "read_by", r);
        json_object_set_new(o, "upstream", nodes_json(l->up, l->up_count));
        json_object_set_new(o, "downstream", nodes_json(l->down, l->down_count));
        json_object_set_new(o, "cycle", json_boolean(l->cycle));
        json_object_set_new(o, "lineage_cut", json_boolean(l->up_more || l->down_more));
        json_line(o);
        return NULL;
    }
    dataset_print(d, l, filler_count ? kind_words(&fillers[0]) : d->kind);
    list_print("filled by", fillers, filler_count);
    list_print("read by", readers, reader_count);
    if (all > (int64_t)reader_count) printf("           and %lld more\n", (long long)all - (int64_t)reader_count);
    nodes_print("upstream", l->up, l->up_count, l->up_more);
    nodes_print("downstream", l->down, l->down_count, l->down_more);
    if (l->cycle) printf("           it is made of itself: the lineage above goes round in a circle\n");
    return NULL;
}

static const struct err *entry_export(void *ctx, const struct entry *entry) {
    json_line(entry_json(entry));
    return NULL;
}

static const struct err *all_export(struct arena *arena, struct catalog *catalog, const struct words *w, int *code) {
    return catalog_each(catalog, entry_export, NULL);
}

static const struct err *file_import(struct arena *arena, struct catalog *catalog, const struct words *w, int *code) {
    struct str bytes;
    size_t count;
    TRY(fs_read(arena, w->what, (size_t)10 << 20, &bytes));
    TRY(catalog_import(catalog, w->what, bytes, &count));
    if (w->json) json_line(json_pack("{s:I}", "imported", (json_int_t)count));
    else printf("%zu datasets and metrics imported\n", count);
    return NULL;
}

static const struct {
    const char *name;
    bool wants;
    const struct err *(*run)(struct arena *, struct catalog *, const struct words *, int *code);
} verbs[] = {{"stats", false, stats_show}, {"show", true, dataset_show}, {"export", false, all_export}, {"import", true, file_import}};

static int verb_run(struct arena *arena, const struct words *w) {
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].name, w->verb) != 0) continue;
        if (verbs[i].wants != (w->what != NULL)) break;
        struct catalog *catalog;
        int code = EXIT_FINE;
        const struct err *failed = catalog_open(arena, w->catalog, &catalog);
        if (!failed) failed = verbs[i].run(arena, catalog, w, &code);
        return failed ? local_fail(failed) : code;
    }
    fprintf(stderr, "parley catalog: wanted is stats, show NAME, export, or import FILE\nTry 'parley catalog --help'.\n");
    return EXIT_USAGE;
}

int cmd_catalog(int argc, char **argv) {
    struct arena *arena = arena_create(ARENA_JOB);
    struct words words = {.catalog = "parley.db", .verb = "stats"};
    const struct argp argp = {options, word_take, "[stats | show NAME | export | import FILE]", doc, NULL, NULL, NULL};
    int code = EXIT_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, &words) == 0) code = verb_run(arena, &words);
    arena_destroy(arena);
    return code;
}
