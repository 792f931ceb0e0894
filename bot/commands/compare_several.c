/* compare_several.c - each existing query alone, all of them together, and what any number of them share. */
#include "compare_several.h"

#include "commands.h"
#include "jsonx.h"
#include "prove.h"
#include "query_file.h"
#include "share.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

struct comparison {
    struct arena *arena;
    const struct several *of;
    struct plan **plans;
    const char **names;
    struct relation **each; /* by file; the first is NULL */
    struct relation *together;
    bool *used; /* by file: the rewrite reads it */
    struct shared_group *groups;
    size_t n_groups;
};

/* marts/daily_eu.sql -> daily_eu; etl.py#gold.daily -> gold.daily */
static const char *name_of(struct arena *arena, const char *path) {
    const char *hash = strrchr(path, '#'), *slash = strrchr(path, '/');
    if (hash) return hash + 1;
    char *name = arena_strdup(arena, slash ? slash + 1 : path);
    char *dot = strrchr(name, '.');
    if (dot && dot != name) *dot = 0;
    for (char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_') *p = '_';
    return isdigit((unsigned char)*name) ? arena_printf(arena, "t_%s", name) : name;
}

static void names_fill(struct comparison *c) {
    for (size_t i = 0; i < c->of->n; i++) {
        const char *base = name_of(c->arena, c->of->paths[i]), *name = base;
        for (int k = 2;; k++) {
            bool taken = false;
            for (size_t j = 0; j < i; j++) taken |= strcasecmp(c->names[j], name) == 0;
            for (size_t j = 0; j < c->plans[0]->n_tables; j++) taken |= strcasecmp(c->plans[0]->tables[j], name) == 0;
            if (!taken) break;
            name = arena_printf(c->arena, "%s_%d", base, k);
        }
        c->names[i] = name;
    }
}

static const struct err *plans_read(struct comparison *c) {
    struct schema *schema = NULL;
    TRY(query_file_schema(c->arena, c->of->schema, c->of->dialect, &schema));
    for (size_t i = 0; i < c->of->n; i++) TRY(query_file_plan(c->arena, c->of->paths[i], c->of->dialect, schema, &c->plans[i]));
    names_fill(c);
    return NULL;
}

static void relations_find(struct comparison *c) {
    struct prove_stored stored[PROVE_STORED_MAX];
    size_t n = 0;
    bool used[PROVE_STORED_MAX] = {false};
    struct prove_options together = {.refute = c->of->refute};
    for (size_t i = 1; i < c->of->n; i++) {
        struct prove_options options = {.refute = c->of->refute, .b_name = c->names[i]};
        c->each[i] = relation_find(c->arena, c->plans[0], c->plans[i], &options);
        if (n < PROVE_STORED_MAX) stored[n++] = (struct prove_stored){c->plans[i], c->names[i], NULL};
    }
    c->together = relation_to_several(c->arena, c->plans[0], stored, n, &together, used);
    for (size_t i = 0; i < n; i++) c->used[i + 1] = used[i];
}

static void shares_find(struct comparison *c) {
    const struct normal **forms = arena_array(c->arena, c->of->n + 1, sizeof *forms);
    for (size_t i = 0; i < c->of->n; i++) forms[i] = normal_make(c->arena, c->plans[i], NORMAL_PURE);
    c->groups = share_among(c->arena, forms, c->of->n, &c->n_groups);
}

/* ---- text ---- */

static void lines_print(const char *title, const char *const *texts, size_t n) {
    if (n) printf("%s:\n", title);
    for (size_t i = 0; i < n; i++) printf("  %s\n", texts[i]);
}

static void group_print(const struct comparison *c, const struct shared_group *g) {
    printf("shared by %zu: %s (", g->n_members, g->part->words);
    for (size_t i = 0; i < g->n_members; i++) printf("%s%s", i ? ", " : "", c->names[g->members[i]]);
    printf(")\n");
    if (g->part->sql) printf("%s\n", g->part->sql);
}

static void all_print(const struct comparison *c) {
    for (size_t i = 1; i < c->of->n; i++) {
        const struct relation *r = c->each[i];
        printf("%s: %s%s%s%s\n", c->names[i], relation_kind_name(r->kind), r->tier ? " (" : "", tier_name(r->tier), r->tier ? ")" : "");
    }
    const struct relation *r = c->together;
    if (r->kind == RELATION_DERIVABLE) {
        printf("derivable (%s) from ", tier_name(r->tier));
        for (size_t i = 1, said = 0; i < c->of->n; i++)
            if (c->used[i]) printf("%s%s", said++ ? ", " : "", c->names[i]);
        printf("\n");
        lines_print("assuming", r->assumes, r->n_assumes);
        lines_print("proof", r->proof, r->n_proof);
        printf("rewrite:\n%s\n", r->rewrite);
    } else printf("not derivable from them: %s\n", r->reason ? r->reason : "nothing in the query is what they store");
    for (size_t i = 0; i < c->n_groups; i++) group_print(c, &c->groups[i]);
}

/* ---- JSON ---- */

static json_t *texts_json(const char *const *texts, size_t n) {
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(list, json_string(texts[i]));
    return list;
}

static json_t *relation_json(const struct relation *r) {
    json_t *o = json_object();
    jsx_set_text(o, "relation", relation_kind_name(r->kind));
    jsx_set_text(o, "tier", tier_name(r->tier));
    if (r->reason) jsx_set_text(o, "reason", r->reason);
    return o;
}

static void all_json(const struct comparison *c) {
    json_t *o = jsx_own(c->arena, json_object()), *each = json_array(), *shared = json_array(), *from = json_array();
    for (size_t i = 1; i < c->of->n; i++) {
        json_t *one = relation_json(c->each[i]);
        jsx_set_text(one, "name", c->names[i]);
        json_array_append_new(each, one);
        if (c->used[i]) json_array_append_new(from, json_string(c->names[i]));
    }
    for (size_t i = 0; i < c->n_groups; i++) {
        const struct shared_group *g = &c->groups[i];
        json_t *one = json_object(), *members = json_array();
        for (size_t k = 0; k < g->n_members; k++) json_array_append_new(members, json_string(c->names[g->members[k]]));
        jsx_set_text(one, "part", g->part->words);
        json_object_set_new(one, "members", members);
        if (g->part->sql) jsx_set_text(one, "sql", g->part->sql);
        json_array_append_new(shared, one);
    }
    json_t *together = relation_json(c->together);
    json_object_set_new(together, "from", from);
    json_object_set_new(together, "assumes", texts_json(c->together->assumes, c->together->n_assumes));
    json_object_set_new(together, "proof", texts_json(c->together->proof, c->together->n_proof));
    if (c->together->rewrite) jsx_set_text(together, "rewrite", c->together->rewrite);
    json_object_set_new(o, "each", each);
    json_object_set_new(o, "together", together);
    json_object_set_new(o, "shared", shared);
    puts(jsx_dump(c->arena, o, false));
}

int compare_several(const struct several *of) {
    struct comparison c = {.arena = arena_create(ARENA_JOB), .of = of};
    c.plans = arena_array(c.arena, of->n + 1, sizeof *c.plans);
    c.names = arena_array(c.arena, of->n + 1, sizeof *c.names);
    c.each = arena_array(c.arena, of->n + 1, sizeof *c.each);
    c.used = arena_array(c.arena, of->n + 1, sizeof *c.used);
    const struct err *err = plans_read(&c);
    if (err) {
        fprintf(stderr, "parley compare: %s\n", err->text);
        arena_destroy(c.arena);
        return err->kind == ERR_INPUT ? EXIT_FOUND : EXIT_BROKEN;
    }
    relations_find(&c);
    shares_find(&c);
    if (of->json) all_json(&c);
    else all_print(&c);
    arena_destroy(c.arena);
    return EXIT_FINE;
}
