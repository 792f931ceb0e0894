/* random_db.c - making the databases: domains, rows, and the constraints kept. */
#include "random_db.h"

#include "random_learn.h"

#define ROWS_MOST        6
#define CLASS_START_MOST 24

uint64_t random_next(uint64_t *state) {
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

size_t random_below(uint64_t *state, size_t n) { return n ? (size_t)(random_next(state) % n) : 0; }

/* How one database is drawn: few values make joins meet and groups form. */
struct drawing {
    const struct random_db *db;
    struct arena *arena;
    uint64_t state;
    size_t spread;      /* values taken from each domain */
    unsigned null_rate; /* of 100 */
    size_t rows_most;
    bool declared;
    size_t *offsets; /* where each class starts in its domain */
    struct bag *tables;
};

static struct value draw_from(struct drawing *d, const struct domain *domain, size_t class_at) {
    if (domain->n == 0) return value_null();
    size_t at = random_below(&d->state, 10) == 0 ? random_below(&d->state, domain->n) : d->offsets[class_at] + random_below(&d->state, d->spread);
    return domain->at[at % domain->n];
}

static bool column_not_null(const struct drawing *d, const struct eval_table *table, size_t column) {
    int ordinal = table->ordinals.at[column];
    if (!table->schema || ordinal < 0) return false;
    const struct schema_column *known = &table->schema->columns.at[ordinal];
    return known->not_null && (d->declared || known->not_null_origin == ORIGIN_VERIFIED);
}

static void draw_row(struct drawing *d, size_t t, struct value *row) {
    const struct eval_table *table = d->db->world->tables.at[t];
    for (size_t c = 0; c < table->columns.n; c++) {
        size_t element = learn_element(d->db, t, c), root = learn_root(d->db, element);
        bool null = random_below(&d->state, 100) < d->null_rate && !column_not_null(d, table, c);
        row[c] = null ? value_null() : draw_from(d, &d->db->domains[element], root);
    }
}

/* Column of the world's table for an ordinal of its schema; SIZE_MAX when the plans do not read it. */
static size_t column_of_ordinal(const struct eval_table *table, size_t ordinal) {
    for (size_t c = 0; c < table->columns.n; c++)
        if (table->ordinals.at[c] == (int)ordinal) return c;
    return SIZE_MAX;
}

static bool columns_of(const struct eval_table *table, const size_t *ordinals, size_t n, size_t *out) {
    if (n > FK_COLUMNS_MAX) return false;
    for (size_t i = 0; i < n; i++)
        if ((out[i] = column_of_ordinal(table, ordinals[i])) == SIZE_MAX) return false;
    return true;
}

/* Copies a row of the target into the foreign key's columns, so that the row has a parent. */
static void draw_parents(struct drawing *d, size_t t, struct value *row) {
    const struct eval_table *table = d->db->world->tables.at[t];
    size_t here[FK_COLUMNS_MAX], there[FK_COLUMNS_MAX];
    for (size_t i = 0; table->schema && i < table->schema->fks.n; i++) {
        const struct schema_fk *fk = &table->schema->fks.at[i];
        size_t target = learn_table(d->db->world, fk->target);
        if (target == SIZE_MAX || d->tables[target].count == 0) continue;
        if (!columns_of(table, fk->columns, fk->n, here) || !columns_of(d->db->world->tables.at[target], fk->target_columns, fk->n, there)) continue;
        const struct bag *parents = &d->tables[target];
        const struct value *parent = &parents->at[random_below(&d->state, parents->count) * parents->width];
        for (size_t k = 0; k < fk->n; k++)
            if (row[here[k]].kind != CELL_NULL) row[here[k]] = parent[there[k]];
    }
}

static bool rows_equal_at(const struct value *a, const size_t *at_a, const struct value *b, const size_t *at_b, size_t n, bool *has_null) {
    bool equal = true;
    for (size_t i = 0; i < n; i++) {
        *has_null |= a[at_a[i]].kind == CELL_NULL;
        equal &= value_order(a[at_a[i]], b[at_b[i]]) == 0;
    }
    return equal;
}

/* Does row `r` repeat the key of an earlier row? */
static bool breaks_key(const struct drawing *d, size_t t, size_t r) {
    const struct eval_table *table = d->db->world->tables.at[t];
    const struct bag *bag = &d->tables[t];
    size_t at[FK_COLUMNS_MAX];
    for (size_t i = 0; table->schema && i < table->schema->keys.n; i++) {
        const struct schema_key *key = &table->schema->keys.at[i];
        if (!d->declared && key->origin != ORIGIN_VERIFIED) continue;
        if (!columns_of(table, key->columns, key->n, at)) continue;
        for (size_t k = 0; k < r; k++) {
            bool has_null = false;
            if (rows_equal_at(&bag->at[r * bag->width], at, &bag->at[k * bag->width], at, key->n, &has_null) && !has_null) return true;
        }
    }
    return false;
}

/* Has the row no parent that a foreign key wants? */
static bool breaks_fk(const struct drawing *d, size_t t, size_t r) {
    const struct eval_table *table = d->db->world->tables.at[t];
    const struct value *row = &d->tables[t].at[r * d->tables[t].width];
    size_t here[FK_COLUMNS_MAX], there[FK_COLUMNS_MAX];
    for (size_t i = 0; table->schema && i < table->schema->fks.n; i++) {
        const struct schema_fk *fk = &table->schema->fks.at[i];
        size_t target = learn_table(d->db->world, fk->target);
        if ((!d->declared && fk->origin != ORIGIN_VERIFIED) || target == SIZE_MAX) continue;
        if (!columns_of(table, fk->columns, fk->n, here) || !columns_of(d->db->world->tables.at[target], fk->target_columns, fk->n, there)) continue;
        const struct bag *parents = &d->tables[target];
        bool has_null = false, found = false;
        for (size_t k = 0; k < fk->n; k++) has_null |= row[here[k]].kind == CELL_NULL;
        for (size_t k = 0; k < parents->count && !found; k++)
            found = rows_equal_at(row, here, &parents->at[k * parents->width], there, fk->n, &has_null);
        if (!found && !has_null) return true;
    }
    return false;
}

static void drop_row(struct bag *bag, size_t r) {
    memmove(&bag->at[r * bag->width], &bag->at[(r + 1) * bag->width], (bag->count - r - 1) * bag->width * sizeof *bag->at);
    bag->count--;
}

/* Drops rows until every constraint holds; a dropped parent may take children with it, so it goes round until nothing changes. */
static void keep_constraints(struct drawing *d) {
    bool again = true;
    while (again) {
        again = false;
        for (size_t t = 0; t < d->db->world->tables.n; t++)
            for (size_t r = d->tables[t].count; r-- > 0;) {
                if (!breaks_key(d, t, r) && !breaks_fk(d, t, r)) continue;
                drop_row(&d->tables[t], r);
                again = true;
            }
    }
}

static void draw_table(struct drawing *d, size_t t) {
    struct bag *bag = &d->tables[t];
    bag->width = d->db->world->tables.at[t]->columns.n;
    if (bag->width == 0) bag->width = 1;
    size_t rows = random_below(&d->state, 20) == 0 ? 0 : 1 + random_below(&d->state, d->rows_most);
    for (size_t i = 0; i < rows; i++) {
        struct value *row = bag_add(d->arena, bag);
        if (i > 0 && random_below(&d->state, 8) == 0) {
            memcpy(row, &bag->at[random_below(&d->state, i) * bag->width], bag->width * sizeof *row);
            continue;
        }
        if (d->db->world->tables.at[t]->columns.n == 0) continue;
        draw_row(d, t, row);
        if (d->declared || random_below(&d->state, 2)) draw_parents(d, t, row);
    }
}

/* Parents first, as far as foreign keys have no circles. */
static void draw_tables(struct drawing *d) {
    for (size_t i = 0; i < d->db->world->tables.n; i++) draw_table(d, d->db->fill_order[i]);
}

#define WITNESS_EVERY  4 /* of so many databases one holds witnesses */
#define WITNESSES_MOST 3
#define WITNESS_SCANS  64
#define WITNESS_TABLES 4 /* of more tables a database holds one witness and nothing else */

/* The rows of a query whose conditions hold, or nearly: now and then one is left out. */
static void draw_witness(struct drawing *d) {
    struct witness *w = d->db->witnesses[random_below(&d->state, d->db->n_witnesses)];
    if (witness_rows(w) > WITNESS_SCANS) return;
    const struct value *values = witness_draw(d->db, d->arena, w, &d->state);
    for (size_t i = 0; i < witness_rows(w); i++) {
        size_t t = witness_table(w, i);
        struct value *row = bag_add(d->arena, &d->tables[t]);
        if (d->db->world->tables.at[t]->columns.n == 0) continue;
        draw_row(d, t, row);
        if (d->declared) draw_parents(d, t, row);
        witness_put(d->db, w, i, values, row);
        if (random_below(&d->state, 30) == 0) d->tables[t].count--;
    }
}

/* Random rows, witnesses, or both; joins of many tables would take long over many rows. */
static void fill_tables(struct drawing *d, uint64_t seed) {
    const struct random_db *db = d->db;
    bool witnesses = db->n_witnesses && seed % WITNESS_EVERY == WITNESS_EVERY - 1, many = db->world->tables.n > WITNESS_TABLES;
    if (!witnesses || (!many && random_below(&d->state, 2))) draw_tables(d);
    for (size_t t = 0; t < db->world->tables.n; t++) d->tables[t].width = db->world->tables.at[t]->columns.n ? db->world->tables.at[t]->columns.n : 1;
    size_t n = !witnesses ? 0 : many ? 1 : 1 + random_below(&d->state, WITNESSES_MOST);
    for (size_t i = 0; i < n; i++) draw_witness(d);
}

void random_db_fill(const struct random_db *db, struct arena *arena, uint64_t seed, bool declared, struct bag **tables, struct value **params) {
    static const unsigned null_rates[] = {0, 12, 18, 40};
    struct drawing d = {.db = db, .arena = arena, .state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1, .declared = declared};
    d.spread = 1 + random_below(&d.state, seed % 3 == 0 ? 6 : 3);
    d.null_rate = null_rates[random_below(&d.state, 4)];
    d.rows_most = db->world->tables.n > 6 ? 3 : ROWS_MOST;
    d.offsets = arena_array(arena, db->n_elements + 1, sizeof *d.offsets);
    for (size_t i = 0; i < db->n_elements; i++) d.offsets[i] = random_below(&d.state, CLASS_START_MOST);
    d.tables = arena_array(arena, db->world->tables.n + 1, sizeof *d.tables);
    fill_tables(&d, seed);
    keep_constraints(&d);
    *tables = d.tables;
    *params = arena_array(arena, db->world->params.n + 1, sizeof **params);
    for (size_t i = 0; i < db->world->params.n; i++) {
        size_t element = learn_param(db, i);
        (*params)[i] = draw_from(&d, &db->domains[element], learn_root(db, element));
    }
}

void random_db_print(struct buf *out, const struct eval_world *world, const struct bag *tables) {
    for (size_t t = 0; t < world->tables.n; t++) {
        const struct eval_table *table = world->tables.at[t];
        buf_printf(out, "%s(", table->name);
        for (size_t c = 0; c < table->columns.n; c++) buf_printf(out, "%s%s", c ? ", " : "", table->columns.at[c]);
        buf_text(out, ")\n");
        bag_print(out, &tables[t], 20);
    }
}
