/* normal_used.c - which columns of wide tables a query speaks of: the normal form does not carry the others. All uses of one table keep the
 * same columns, keys of the table among them, so that they stay comparable. */
#include "normal_core.h"

#include "map.h"

struct used {
    const struct plan *plan;
    struct arena *arena;
    bool *columns;      /* by plan column: read by name, or by place where place counts */
    struct map *tables; /* by schema_table address: bool per ordinal */
    VEC(const struct rel *) scans;
};

static void rel_walk(struct used *u, const struct rel *rel);

static void scalar_walk(struct used *u, const struct scalar *e);

static void keys_walk(struct used *u, const struct sort_key *order, size_t count) {
    for (size_t i = 0; i < count; i++) scalar_walk(u, order[i].expr);
}

static void scalar_walk(struct used *u, const struct scalar *e) {
    if (!e) return;
    if (e->op == SC_COLUMN) u->columns[e->column] = true;
    for (size_t i = 0; i < e->n; i++) scalar_walk(u, e->args[i]);
    scalar_walk(u, e->filter);
    keys_walk(u, e->order, e->n_order);
    if (e->window) {
        for (size_t i = 0; i < e->window->n_partition; i++) scalar_walk(u, e->window->partition[i]);
        keys_walk(u, e->window->order, e->window->n_order);
        scalar_walk(u, e->window->start_by);
        scalar_walk(u, e->window->end_by);
    }
    if (!e->rel) return;
    for (size_t i = 0; e->op != SC_EXISTS && i < e->rel->n_columns; i++) u->columns[e->rel->columns[i]] = true;
    rel_walk(u, e->rel);
}

static void outputs_use(struct used *u, const struct rel *rel) {
    for (size_t i = 0; rel && i < rel->n_columns; i++) u->columns[rel->columns[i]] = true;
}

/* Relations whose inputs' columns count by their place, or each of them as a value. */
static bool takes_all(const struct rel *rel) { return rel->kind == REL_SETOP || rel->kind == REL_DISTINCT || rel->kind == REL_OPAQUE; }

static void rel_walk(struct used *u, const struct rel *rel) {
    if (!rel) return;
    if (rel->kind == REL_SCAN && rel->table) *vec_add(u->arena, &u->scans) = rel;
    if (takes_all(rel)) {
        outputs_use(u, rel->left);
        outputs_use(u, rel->right);
        for (size_t i = 0; i < rel->n_inputs; i++) outputs_use(u, rel->inputs[i]);
    }
    rel_walk(u, rel->left);
    rel_walk(u, rel->right);
    for (size_t i = 0; i < rel->n_inputs; i++) rel_walk(u, rel->inputs[i]);
    for (size_t i = 0; i < rel->n_rows * rel->n_columns; i++) scalar_walk(u, rel->rows[i]);
    for (size_t i = 0; i < rel->n_keys; i++) scalar_walk(u, rel->keys[i].expr);
    for (size_t i = 0; i < rel->n_defs; i++) scalar_walk(u, rel->defs[i].expr);
    scalar_walk(u, rel->condition);
    scalar_walk(u, rel->limit);
    scalar_walk(u, rel->offset);
    scalar_walk(u, rel->call);
    keys_walk(u, rel->order, rel->n_order);
}

static struct str address_key(const struct schema_table *const *table) { return (struct str){(const char *)table, sizeof *table}; }

/* The ordinals of a table that count; made, with its keys in, when it is asked for first. */
static bool *table_ordinals(struct used *u, const struct schema_table *const *table) {
    bool *ordinals = map_get(u->tables, address_key(table));
    if (ordinals) return ordinals;
    ordinals = arena_array(u->arena, (*table)->columns.n + 1, sizeof *ordinals);
    for (size_t k = 0; k < (*table)->keys.n; k++)
        for (size_t i = 0; i < (*table)->keys.at[k].n; i++) ordinals[(*table)->keys.at[k].columns[i]] = true;
    map_put(u->tables, address_key(table), ordinals);
    return ordinals;
}

bool *columns_wanted(struct norm *n) {
    struct used u = {.plan = n->plan, .arena = n->arena, .columns = arena_array(n->arena, n->plan->n_columns + 1, sizeof(bool))};
    u.tables = map_new(n->arena);
    outputs_use(&u, n->plan->root);
    rel_walk(&u, n->plan->root);
    for (size_t i = 0; i < u.scans.n; i++) {
        const struct rel *scan = u.scans.at[i];
        bool *ordinals = table_ordinals(&u, &scan->table);
        for (size_t c = 0; c < scan->n_columns; c++)
            if (u.columns[scan->columns[c]] && scan->ordinals[c] >= 0) ordinals[scan->ordinals[c]] = true;
    }
    for (size_t i = 0; i < u.scans.n; i++) {
        const struct rel *scan = u.scans.at[i];
        const bool *ordinals = table_ordinals(&u, &scan->table);
        for (size_t c = 0; c < scan->n_columns; c++) u.columns[scan->columns[c]] |= scan->ordinals[c] < 0 || ordinals[scan->ordinals[c]];
    }
    return u.columns;
}
