/* cmd_explain.c - parley explain: the whole evidence of one finding, what a rule means, or how a query is understood. */
#include "commands.h"
#include "jsonx.h"
#include "local.h"
#include "normal.h"
#include "query_file.h"
#include "render.h"
#include "stored.h"

#include <argp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char doc[] =
    "Explain a finding (F1, or its key f-...), a rule by its id, or the query of a file: its normal form, by what steps it came about, and "
    "what keeps it from proving anything.\n"
    "\n"
    "With --data or --settings the finding is looked up in the server's reviews; otherwise the change on this machine is reviewed anew and "
    "the finding explained with all its evidence.\v"
    "Examples:\n"
    "  parley explain F1 --base main\n"
    "  parley explain f-0123456789abcdef --data /var/lib/parley\n"
    "  parley explain derivable\n"
    "  parley explain models/orders_daily.sql --dialect snowflake --schema ddl.sql\n"
    "  parley explain 'etl/build.py#gold.orders'\n"
    "\n"
    "Exit codes: 0 explained, 1 there is no such finding or the query was not understood, 2 wrong usage, 3 it could not be done.";

enum { KEY_JSON = 256, KEY_PULL, KEY_DIALECT, KEY_SCHEMA };

static const struct argp_option options[] = {
    {"repo", 'r', "DIR", 0, "The repository or folder [.]", 0},
    {"base", 'b', "REV", 0, "As of 'parley review'", 0},
    {"head", 'H', "REV", 0, "As of 'parley review'", 0},
    {"catalog", 'c', "FILE", 0, "As of 'parley review'", 0},
    {"dialect", KEY_DIALECT, "NAME", 0, "As of 'parley review'; of the file", 0},
    {"schema", KEY_SCHEMA, "DDL.sql", 0, "Of the file: CREATE TABLE statements with columns, types, keys, foreign keys", 0},
    {"settings", 's', "FILE", 0, "The server's settings, for its data folder", 0},
    {"data", 'd', "DIR", 0, "The server's data folder, or the address of its PostgreSQL", 0},
    {"pull", KEY_PULL, "REPO#N", 0, "Of this pull request: F1 is a number within it", 0},
    {"json", KEY_JSON, NULL, 0, "JSON instead of text", 0},
    {0},
};

struct words {
    struct local_ask ask;
    const char *settings, *data, *pull, *what, *schema;
    bool json;
};

static error_t word_take(int key, char *arg, struct argp_state *state) {
    struct words *w = state->input;
    switch (key) {
    case 'r':
        w->ask.dir = arg;
        return 0;
    case 'b':
        w->ask.base = arg;
        return 0;
    case 'H':
        w->ask.head = arg;
        return 0;
    case 'c':
        w->ask.catalog = arg;
        return 0;
    case KEY_DIALECT:
        w->ask.dialect = arg;
        return 0;
    case KEY_SCHEMA:
        w->schema = arg;
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
    case KEY_JSON:
        w->json = true;
        return 0;
    case ARGP_KEY_ARG:
        return w->what ? ARGP_ERR_UNKNOWN : (w->what = arg, 0);
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name a finding, a rule or a file");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void json_print(const json_t *o) {
    json_dumpf(o, stdout, JSON_INDENT(2));
    putchar('\n');
}

static void rule_explain(const struct words *w, enum rule rule) {
    const struct rule_info *r = rule_info(rule);
    if (w->json) {
        json_t *o = json_pack("{s:s, s:s, s:b, s:s, s:s}", "rule", r->id, "level", severity_name(r->level), "proof", r->proof, "text", r->sentence,
                              "page", r->page);
        json_print(o);
        json_decref(o);
        return;
    }
    printf("%s (%s by default%s)\n%s\n%s\n", r->id, severity_name(r->level), r->proof ? ", a proof: may gate" : "", r->sentence, r->page);
}

static void texts_print(const char *title, const json_t *list) {
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one) {
        if (i == 0) printf("%s\n", title);
        printf("  - %s\n", json_is_string(one) ? json_string_value(one) : "");
    }
}

static void stored_print(const json_t *f) {
    printf("%s  %s (%s)\n%s\n", jsx_str(f, "key", ""), jsx_str(f, "rule", ""), jsx_str(f, "severity", ""), jsx_str(f, "text", ""));
    printf("%s:%lld\n", jsx_str(f, "path", ""), (long long)jsx_int(f, "line", 0));
    if (jsx_str(f, "owner", NULL)) printf("with %s\n", jsx_str(f, "owner", NULL));
    if (jsx_str(f, "next_step", NULL)) printf("next: %s\n", jsx_str(f, "next_step", NULL));
    texts_print("Proof:", jsx_at(f, "proof"));
    texts_print("It rests on:", jsx_at(f, "assumes"));
    texts_print("Differences:", jsx_at(f, "differences"));
    if (jsx_str(f, "rewrite", NULL)) printf("Rewrite:\n%s\n", jsx_str(f, "rewrite", NULL));
}

static int nothing_found(const struct words *w) {
    fprintf(stderr, "parley explain: there is no finding '%s' here\n", w->what);
    return EXIT_FOUND;
}

static int stored_explain(struct arena *arena, const struct words *w) {
    struct store *store;
    json_t *finding = NULL;
    const char *repo;
    const struct err *failed = local_store(arena, w->settings, w->data, &store);
    if (!failed) failed = stored_finding(arena, store, w->pull, w->what, &finding, &repo);
    if (failed) return local_fail(failed);
    if (!finding) return nothing_found(w);
    if (w->json) json_print(finding);
    else stored_print(finding);
    return EXIT_FINE;
}

static int local_explain(struct arena *arena, const struct words *w) {
    struct review *review;
    char *text;
    const struct err *failed = local_review(arena, &w->ask, &review);
    if (failed) return local_fail(failed);
    const struct finding *f = review_find(review, w->what);
    if (!f) return nothing_found(w);
    if (w->json) {
        json_t *one = stored_finding_in(render_json(arena, review), f->key);
        json_print(one);
        return EXIT_FINE;
    }
    failed = render_finding_text(arena, f, &(struct render_options){.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR")}, &text);
    if (failed) return local_fail(failed);
    fputs(text, stdout);
    return EXIT_FINE;
}

/* ---------------------------------------------------------------- a query */

static bool is_file(const char *what) {
    const char *hash = strrchr(what, '#');
    char path[PATH_MAX];
    size_t n = hash ? (size_t)(hash - what) : strlen(what);
    if (n >= sizeof path) return false;
    memcpy(path, what, n);
    path[n] = 0;
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static json_t *query_json(struct arena *arena, const struct normal *normal) {
    char exact[HASH_HEX], any_order[HASH_HEX], parameters[HASH_HEX];
    hash128_hex(normal->exact, exact);
    hash128_hex(normal->any_order, any_order);
    hash128_hex(normal_parameters(arena, normal), parameters);
    json_t *steps = json_array(), *assumes = json_array(), *tables = json_array();
    for (size_t i = 0; i < normal->n_steps; i++) json_array_append_new(steps, json_string(normal->steps[i]));
    for (size_t i = 0; i < normal->n_assumes; i++) json_array_append_new(assumes, json_string(normal->assumes[i]));
    for (size_t i = 0; i < normal->plan->n_tables; i++) json_array_append_new(tables, json_string(normal->plan->tables[i]));
    return json_pack("{s:s, s:s?, s:o, s:o, s:o, s:{s:s, s:s, s:s}}", "form", normal_text(arena, normal), "not_proving", normal->reason, "tables",
                     tables, "steps", steps, "assumes", assumes, "fingerprints", "ordered", exact, "any_order", any_order, "parameters", parameters);
}

static int query_explain(struct arena *arena, const struct words *w) {
    enum dialect dialect = DIALECT_DATABRICKS;
    struct schema *schema;
    struct plan *plan = NULL;
    if (w->ask.dialect && !dialect_parse(str_of(w->ask.dialect), &dialect)) {
        fprintf(stderr, "parley explain: unknown dialect '%s'\n", w->ask.dialect);
        return EXIT_USAGE;
    }
    const struct err *failed = query_file_schema(arena, w->schema, dialect, &schema);
    if (!failed) failed = query_file_plan(arena, w->what, dialect, schema, &plan);
    if (failed) {
        fprintf(stderr, "parley explain: %s\n", failed->text);
        return failed->kind == ERR_INPUT ? EXIT_FOUND : EXIT_BROKEN;
    }
    json_t *o = query_json(arena, normal_make(arena, plan, NORMAL_DECLARED));
    if (w->json) json_print(o);
    else {
        fputs(jsx_str(o, "form", ""), stdout);
        texts_print("By these steps:", jsx_at(o, "steps"));
        texts_print("It rests on:", jsx_at(o, "assumes"));
        printf("Fingerprint: %s\n", jsx_str(jsx_at(o, "fingerprints"), "any_order", ""));
    }
    json_decref(o);
    return EXIT_FINE;
}

int cmd_explain(int argc, char **argv) {
    struct arena *arena = arena_create(ARENA_JOB * 2);
    struct words words = {.ask = {.dir = "."}};
    const struct argp argp = {options, word_take, "FINDING|RULE|FILE", doc, NULL, NULL, NULL};
    int code = EXIT_USAGE;
    if (argp_parse(&argp, argc, argv, 0, NULL, &words) == 0) {
        enum rule rule = rule_find(words.what);
        code = EXIT_FINE;
        if (rule != RULE_COUNT) rule_explain(&words, rule);
        else if (is_file(words.what)) code = query_explain(arena, &words);
        else code = words.data || words.settings ? stored_explain(arena, &words) : local_explain(arena, &words);
    }
    arena_destroy(arena);
    return code;
}
