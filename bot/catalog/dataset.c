/* dataset.c - what is known of a dataset, put together from DDL, schema files, imports and the definitions that fill it. */
#include "binding.h"
#include "catalog_rows.h"

#include "map.h"
#include "schema.h"

#define ROWS_MAX            200
#define SCHEMA_DATASETS_MAX 200000

/* One row that may be about the dataset. */
struct clue {
    const char *name, *key;
    bool is_definition;
    struct stored_facts stored; /* of a definition: columns, partition, owner, description */
    const char *kind, *repo, *origin;
    int64_t taken;
};

struct clues {
    struct arena *arena;
    const char *key;
    struct clue *at;
    size_t n, cap;
};

static const struct err *fact_row(void *ctx, const struct val *c, size_t count) {
    struct clues *list = ctx;
    const char *key = val_as_text(list->arena, &c[1], "");
    if (!names_fit(key, list->key)) return NULL;
    struct clue clue = {
        .name = val_as_text(list->arena, &c[0], ""), .key = key, .origin = val_as_text(list->arena, &c[3], NULL), .taken = val_as_int(&c[4], 0)};
    if (facts_read(list->arena, val_as_text(list->arena, &c[2], NULL), &clue.stored)) *vec_add(list->arena, list) = clue;
    return NULL;
}

static const struct err *definition_row(void *ctx, const struct val *c, size_t count) {
    struct clues *list = ctx;
    const char *key = val_as_text(list->arena, &c[1], "");
    if (!names_fit(key, list->key)) return NULL;
    struct clue clue = {
        .name = val_as_text(list->arena, &c[0], ""), .key = key, .is_definition = true, .origin = val_as_text(list->arena, &c[8], NULL)};
    struct dataset_facts *f = &clue.stored.facts;
    clue.kind = definition_kind_name((enum definition_kind)val_as_int(&c[2], 0));
    clue.repo = val_as_text(list->arena, &c[3], NULL);
    f->owner = val_as_text(list->arena, &c[4], NULL);
    f->description = val_as_text(list->arena, &c[5], NULL);
    f->columns = columns_read(list->arena, val_as_text(list->arena, &c[6], NULL), &f->column_count);
    f->columns_complete = val_as_int(&c[7], 0) != 0;
    f->partition_by = lines_read(list->arena, val_as_text(list->arena, &c[9], NULL), &f->partition_count);
    f->bytes = f->rows = clue.stored.readers = -1;
    *vec_add(list->arena, list) = clue;
    return NULL;
}

/* Keeps the clues about one dataset: all names are suffixes of the longest. When they are not, those no longer than the name asked for. */
static void clues_settle(struct clues *list) {
    const char *longest = list->key;
    for (size_t i = 0; i < list->n; i++) {
        if (strlen(list->at[i].key) > strlen(longest)) longest = list->at[i].key;
    }
    bool one = true;
    for (size_t i = 0; i < list->n; i++) one = one && names_fit(list->at[i].key, longest);
    if (one) return;
    size_t kept = 0;
    for (size_t i = 0; i < list->n; i++) {
        if (strlen(list->at[i].key) <= strlen(list->key)) list->at[kept++] = list->at[i];
    }
    list->n = kept;
}

static const struct err *clues_load(struct arena *arena, struct catalog *catalog, const char *name, struct clues *out) {
    *out = (struct clues){.arena = arena, .key = name_key(arena, name)};
    struct val last = val_text(name_last(out->key));
    TRY(store_each(catalog->store,
                   "SELECT name, name_key, body, path, taken_at FROM dataset_fact WHERE name_last = $1 AND scope IN ('import', 'main') ORDER BY "
                   "scope, id LIMIT $2",
                   VALS(last, val_int(ROWS_MAX)), fact_row, out));
    TRY(store_each(catalog->store,
                   "SELECT dataset, dataset_key, kind, repo, owner, description, columns, columns_complete, path, partition_by FROM definition "
                   "WHERE dataset_last = $1 AND scope = 'main' ORDER BY id LIMIT $2",
                   VALS(last, val_int(ROWS_MAX)), definition_row, out));
    clues_settle(out);
    return NULL;
}

static const char *longest_name(const struct clues *list, const char *asked) {
    const char *longest = asked;
    for (size_t i = 0; i < list->n; i++) {
        if (strlen(list->at[i].name) > strlen(longest)) longest = list->at[i].name;
    }
    return longest;
}

/* The clue whose columns count: complete ones first, facts before definitions, else the most columns. */
static const struct clue *columns_best(const struct clues *list) {
    const struct clue *best = NULL;
    for (size_t i = 0; i < list->n; i++) {
        const struct clue *c = &list->at[i];
        if (!c->stored.facts.column_count) continue;
        bool complete = c->stored.facts.columns_complete, had = best && best->stored.facts.columns_complete;
        if (!best || (complete && !had) || (complete == had && c->stored.facts.column_count > best->stored.facts.column_count)) best = c;
    }
    return best;
}

static const struct column_stats *stats_of(const struct clues *list, const char *column) {
    for (size_t i = 0; i < list->n; i++) {
        const struct dataset_facts *f = &list->at[i].stored.facts;
        for (size_t k = 0; k < f->column_count; k++) {
            if (f->columns[k].stats && str_ieq(str_of(f->columns[k].name), str_of(column))) return f->columns[k].stats;
        }
    }
    return NULL;
}

static void columns_take(struct arena *arena, struct dataset *d, const struct clues *list, const struct clue *best) {
    d->column_count = best->stored.facts.column_count;
    d->columns_complete = best->stored.facts.columns_complete;
    d->columns = arena_array(arena, d->column_count, sizeof *d->columns);
    for (size_t i = 0; i < d->column_count; i++) {
        d->columns[i] = best->stored.facts.columns[i];
        if (!d->columns[i].stats) d->columns[i].stats = stats_of(list, d->columns[i].name);
    }
}

static void clue_fold(struct dataset *d, const struct clue *c) {
    const struct dataset_facts *f = &c->stored.facts;
    if (c->is_definition && !d->repo) d->repo = c->repo, d->kind = c->kind;
    if (!d->owner) d->owner = f->owner;
    if (!d->description) d->description = f->description;
    if (!d->classification) d->classification = f->classification;
    if (f->tests > d->tests) d->tests = f->tests;
    if (!d->refresh) d->refresh = c->stored.refresh;
    if (d->readers < 0) d->readers = c->stored.readers;
    if (!d->partition_count) d->partition_by = f->partition_by, d->partition_count = f->partition_count;
    if (!d->cluster_count) d->cluster_by = f->cluster_by, d->cluster_count = f->cluster_count;
    if (d->bytes < 0 && f->bytes >= 0) d->bytes = f->bytes, d->origin = c->origin, d->age = c->taken;
    if (d->rows < 0) d->rows = f->rows;
}

/* What any of them says of a column's class holds, whichever of them knows the columns best. */
static void classes_fold(struct arena *arena, const struct clues *list, struct dataset *d) {
    struct column_fact *own = arena_array(arena, d->column_count + 1, sizeof *own);
    memcpy(own, d->columns, d->column_count * sizeof *own);
    for (size_t i = 0; i < list->n; i++) {
        const struct dataset_facts *f = &list->at[i].stored.facts;
        for (size_t k = 0; k < f->column_count; k++) {
            for (size_t c = 0; f->columns[k].classification && c < d->column_count; c++) {
                bool same = str_ieq(str_of(own[c].name), str_of(f->columns[k].name));
                if (same && !own[c].classification) own[c].classification = f->columns[k].classification;
            }
        }
    }
    d->columns = own;
}

const struct err *catalog_dataset(struct arena *arena, struct catalog *catalog, const char *name, struct dataset **out) {
    struct clues list;
    *out = NULL;
    TRY(clues_load(arena, catalog, name, &list));
    int64_t readers;
    TRY(readers_count(catalog, list.key, &readers));
    if (!list.n && !readers) return NULL;
    struct dataset *d = arena_new(arena, struct dataset);
    *d = (struct dataset){.name = longest_name(&list, name), .bytes = -1, .rows = -1, .readers = -1};
    for (size_t i = 0; i < list.n; i++) clue_fold(d, &list.at[i]);
    const struct clue *columns = columns_best(&list);
    if (columns) columns_take(arena, d, &list, columns);
    if (d->column_count) classes_fold(arena, &list, d);
    if (!d->kind) d->kind = "source";
    if (readers > d->readers) d->readers = readers;
    *out = d;
    return NULL;
}

/* ---- schema ---- */

/* What several sources together know of the schema of each dataset, kept so that a definition bound later can add its columns. */
struct known {
    struct arena *arena;
    struct schema *schema;
    enum dialect dialect;
    struct map *datasets; /* lower-case name of the table -> struct dataset_clues */
    struct map *wanted;   /* last part of a referred name -> struct referrers */
};

struct dataset_clues {
    struct clues clues;
    struct schema_table *table;
};

/* Foreign keys that name a dataset: they are set again when its columns change. */
struct referrers {
    VEC(struct referrer) list;
};
struct referrer {
    struct schema_table *table;
    const struct foreign_key_fact *fact;
};

static void columns_into(struct known *b, struct schema_table *table, const struct dataset_facts *f, bool add) {
    for (size_t i = 0; i < f->column_count; i++) {
        const struct column_fact *c = &f->columns[i];
        int at = schema_column_find(table, c->name);
        if (at < 0 && !add) continue;
        struct type type = c->type ? type_parse(str_of(c->type), b->dialect) : (struct type){.kind = TYPE_UNKNOWN};
        struct schema_column *column = at < 0 ? schema_column_add(b->schema, table, c->name, type) : &table->columns.at[at];
        if (column->type.kind == TYPE_UNKNOWN) column->type = type;
        if (c->not_null_known && c->not_null && (!column->not_null || column->not_null_origin < c->not_null_origin)) {
            column->not_null = true;
            column->not_null_origin = c->not_null_origin;
        }
    }
}

static void foreign_key_into(struct known *b, struct schema_table *table, const struct foreign_key_fact *fk) {
    const struct schema_table *target = schema_find(b->schema, fk->dataset);
    if (!target) return;
    const char *const *referred = fk->referred;
    const struct schema_key *primary = !referred && target->keys.n == 1 && target->keys.at[0].n == fk->count ? &target->keys.at[0] : NULL;
    const char **names = arena_array(b->arena, fk->count + 1, sizeof *names);
    for (size_t i = 0; primary && i < fk->count; i++) names[i] = target->columns.at[primary->columns[i]].name;
    if (primary) referred = names;
    if (referred) schema_fk_add(b->schema, table, fk->columns, (struct schema_table *)(uintptr_t)target, referred, fk->count, fk->origin);
}

static void keys_into(struct known *b, struct schema_table *table, const struct dataset_facts *f) {
    for (size_t i = 0; i < f->key_count; i++) schema_key_add(b->schema, table, f->keys[i].columns, f->keys[i].count, f->keys[i].origin);
    for (size_t i = 0; i < f->foreign_key_count; i++) foreign_key_into(b, table, &f->foreign_keys[i]);
}

static bool same_columns(const struct dataset_facts *a, const struct dataset_facts *b) {
    if (a->column_count != b->column_count) return false;
    for (size_t i = 0; i < a->column_count; i++) {
        if (!str_ieq(str_of(a->columns[i].name), str_of(b->columns[i].name))) return false;
    }
    return true;
}

/* Two that both claim to list all columns and do not list the same: one of them is out of date, and which is not known. */
static bool columns_disputed(const struct clues *list, const struct clue *best) {
    for (size_t i = 0; i < list->n; i++) {
        const struct dataset_facts *f = &list->at[i].stored.facts;
        if (f->columns_complete && f->column_count && !same_columns(f, &best->stored.facts)) return true;
    }
    return false;
}

/* The table as its clues have it; anew when there is one more of them. */
static void table_fill(struct known *b, const struct dataset_clues *d) {
    const struct clue *best = columns_best(&d->clues);
    struct schema_table *table = d->table;
    table->columns.n = table->keys.n = table->fks.n = 0;
    columns_into(b, table, &best->stored.facts, true);
    table->complete = best->stored.facts.columns_complete && !columns_disputed(&d->clues, best);
    for (size_t i = 0; i < d->clues.n; i++) columns_into(b, table, &d->clues.at[i].stored.facts, !table->complete && !d->clues.at[i].is_definition);
    for (size_t i = 0; i < d->clues.n; i++) keys_into(b, table, &d->clues.at[i].stored.facts);
}

static void referrers_add(struct known *b, struct schema_table *table, const struct dataset_facts *f) {
    for (size_t i = 0; i < f->foreign_key_count; i++) {
        void **slot = map_slot(b->wanted, str_of(name_last(name_key(b->arena, f->foreign_keys[i].dataset))));
        if (!*slot) *slot = arena_new(b->arena, struct referrers);
        struct referrers *wanted = *slot;
        *vec_add(b->arena, &wanted->list) = (struct referrer){table, &f->foreign_keys[i]};
    }
}

/* Foreign keys of other tables to this one, whose columns or presence are new. */
static void referrers_set(struct known *b, const struct schema_table *target) {
    struct referrers *wanted = map_get(b->wanted, str_of(name_last(name_key(b->arena, target->name))));
    for (size_t i = 0; wanted && i < wanted->list.n; i++) {
        struct schema_table *table = wanted->list.at[i].table;
        size_t kept = 0;
        for (size_t k = 0; k < table->fks.n; k++) {
            if (table->fks.at[k].target != target) table->fks.at[kept++] = table->fks.at[k];
        }
        table->fks.n = kept;
    }
    for (size_t i = 0; wanted && i < wanted->list.n; i++) {
        const struct referrer *r = &wanted->list.at[i];
        if (schema_find(b->schema, r->fact->dataset) == target) foreign_key_into(b, r->table, r->fact);
    }
}

static struct dataset_clues *dataset_enter(struct known *b, const struct clues *list, const char *name) {
    struct schema_table *table = schema_table_add(b->schema, name);
    void **slot = map_slot(b->datasets, str_of(str_lower(b->arena, str_of(table->name))));
    if (*slot) return NULL; /* another name of it came first */
    struct dataset_clues *d = arena_new(b->arena, struct dataset_clues);
    *d = (struct dataset_clues){*list, table};
    *slot = d;
    return d;
}

static void table_build(struct known *b, const struct clues *list, const char *asked) {
    if (!columns_best(list)) return;
    struct dataset_clues *d = dataset_enter(b, list, longest_name(list, asked));
    if (!d) return;
    table_fill(b, d);
    for (size_t i = 0; i < list->n; i++) referrers_add(b, d->table, &list->at[i].stored.facts);
}

void known_learn(struct known *b, const char *dataset, const struct column_fact *columns, size_t count) {
    if (!dataset || !count) return;
    const struct schema_table *table = schema_find(b->schema, dataset);
    struct clues none = {.arena = b->arena, .key = name_key(b->arena, dataset)};
    struct dataset_clues *d = table ? map_get(b->datasets, str_of(str_lower(b->arena, str_of(table->name)))) : dataset_enter(b, &none, dataset);
    if (!d) return;
    struct clue clue = {.name = dataset, .key = none.key, .is_definition = true};
    struct column_fact *kept = arena_array(b->arena, count, sizeof *kept);
    for (size_t i = 0; i < count; i++) {
        kept[i] = columns[i];
        kept[i].name = arena_strdup(b->arena, columns[i].name);
        kept[i].type = columns[i].type ? arena_strdup(b->arena, columns[i].type) : NULL;
    }
    clue.stored.facts = (struct dataset_facts){.dataset = dataset, .columns = kept, .column_count = count, .columns_complete = true};
    *vec_add(b->arena, &d->clues) = clue;
    table_fill(b, d);
    referrers_set(b, d->table);
}

struct schema *known_schema(const struct known *known) {
    return known->schema;
}

/* What a reading says of datasets, by the last part of their names. */
struct own_facts {
    const struct reading *reading;
    struct map *facts; /* last part -> struct numbers of facts */
    struct map *fills; /* last part -> struct numbers of definitions */
};

struct numbers {
    size_t *at, n, cap;
};

static void number_add(struct arena *arena, struct map *map, const char *name, size_t i) {
    void **slot = map_slot(map, str_of(name_last(name_key(arena, name))));
    if (!*slot) *slot = arena_new(arena, struct numbers);
    struct numbers *list = *slot;
    *vec_add(arena, list) = i;
}

static struct own_facts own_facts_of(struct arena *arena, const struct reading *reading) {
    struct own_facts own = {reading, map_new(arena), map_new(arena)};
    for (size_t i = 0; reading && i < reading->facts.n; i++) number_add(arena, own.facts, reading->facts.at[i].dataset, i);
    for (size_t i = 0; reading && i < reading->definitions.n; i++) {
        if (reading->definitions.at[i].dataset) number_add(arena, own.fills, reading->definitions.at[i].dataset, i);
    }
    return own;
}

/* Facts of the change itself about the dataset come before what is stored. */
static void own_clues(struct clues *list, const struct own_facts *own) {
    const struct numbers *numbers = map_get(own->facts, str_of(name_last(list->key)));
    for (size_t i = 0; numbers && i < numbers->n; i++) {
        const struct dataset_facts *f = &own->reading->facts.at[numbers->at[i]];
        const char *key = name_key(list->arena, f->dataset);
        if (names_fit(key, list->key))
            *vec_add(list->arena, list) = (struct clue){.name = f->dataset, .key = key, .stored = {*f, NULL, -1}, .origin = f->path};
    }
}

/* Does the change itself say what fills the dataset? Then the stored definition's columns are out of date. */
static bool is_filled_by(struct clues *list, const struct own_facts *own) {
    const struct numbers *numbers = map_get(own->fills, str_of(name_last(list->key)));
    for (size_t i = 0; numbers && i < numbers->n; i++) {
        if (names_fit(name_key(list->arena, own->reading->definitions.at[numbers->at[i]].dataset), list->key)) return true;
    }
    return false;
}

static const struct err *schema_add(struct known *b, struct catalog *const *catalogs, size_t catalog_count, const struct own_facts *extra,
                                    const char *name) {
    struct clues list = {.arena = b->arena, .key = name_key(b->arena, name)};
    bool own = is_filled_by(&list, extra);
    own_clues(&list, extra);
    clues_settle(&list);
    for (size_t i = 0; i < catalog_count; i++) {
        struct clues stored;
        TRY(clues_load(b->arena, catalogs[i], name, &stored));
        for (size_t k = 0; k < stored.n; k++) {
            if (!stored.at[k].is_definition || !own) *vec_add(b->arena, &list) = stored.at[k];
        }
    }
    clues_settle(&list);
    if (list.n) table_build(b, &list, name);
    return NULL;
}

const struct err *catalog_known(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct reading *extra,
                                const char *const *names, size_t name_count, struct known **out) {
    struct known *b = arena_new(arena, struct known);
    *b = (struct known){arena, schema_new(arena), DIALECT_DATABRICKS, map_new(arena), map_new(arena)};
    struct own_facts own = own_facts_of(arena, extra);
    for (size_t i = 0; i < name_count && i < SCHEMA_DATASETS_MAX; i++) TRY(schema_add(b, catalogs, catalog_count, &own, names[i]));
    for (size_t i = 0; i < schema_count(b->schema); i++) referrers_set(b, schema_at(b->schema, i));
    *out = b;
    return NULL;
}

const struct err *catalog_schema(struct arena *arena, struct catalog *const *catalogs, size_t catalog_count, const struct reading *extra,
                                 const char *const *names, size_t name_count, struct schema **out) {
    struct known *known;
    TRY(catalog_known(arena, catalogs, catalog_count, extra, names, name_count, &known));
    *out = known->schema;
    return NULL;
}
