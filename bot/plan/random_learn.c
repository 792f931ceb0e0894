/* random_learn.c - classes of columns that are compared, the constants near which their values should lie, and their domains. */
#include "random_learn.h"

#define NO_ELEMENT    SIZE_MAX
#define CONSTANTS_MAX 16

struct learning {
    struct random_db *db;
    size_t *of_column; /* element of a plan column, NO_ELEMENT when it is computed */
};

size_t learn_element(const struct random_db *db, size_t table, size_t column) { return db->first[table] + column; }

size_t learn_param(const struct random_db *db, size_t param) { return db->first[db->world->tables.n] + param; }

size_t learn_root(const struct random_db *db, size_t element) {
    while (db->parent[element] != element) element = db->parent[element];
    return element;
}

size_t learn_table(const struct eval_world *world, const struct schema_table *table) {
    for (size_t i = 0; i < world->tables.n; i++) {
        const struct schema_table *known = world->tables.at[i]->schema;
        if (known == table || (known && strcasecmp(known->name, table->name) == 0)) return i;
    }
    return SIZE_MAX;
}

static void add_value(struct arena *arena, struct domain *domain, struct value v, size_t most) {
    if (domain->n >= most || v.kind == CELL_NULL) return;
    for (size_t i = 0; i < domain->n; i++)
        if (value_order(domain->at[i], v) == 0) return;
    domain->at = arena_grow(arena, domain->at, &domain->cap, domain->n + 1, sizeof *domain->at);
    domain->at[domain->n++] = v;
}

static void join_classes(struct random_db *db, size_t a, size_t b) {
    if (a == NO_ELEMENT || b == NO_ELEMENT) return;
    a = learn_root(db, a);
    b = learn_root(db, b);
    if (a == b) return;
    db->parent[b] = a;
    for (size_t i = 0; i < db->constants[b].n; i++) add_value(db->arena, &db->constants[a], db->constants[b].at[i], CONSTANTS_MAX);
}

/* The element whose values an expression moves among: through casts, + constants, MIN, MAX, scalar sub-queries. */
static size_t base_element(const struct learning *l, const struct eval_expr *e) {
    switch (e->op) {
    case SC_COLUMN:
        return l->of_column[e->column];
    case SC_PARAM:
        return learn_param(l->db, (size_t)e->param);
    case SC_CAST:
    case SC_NEG:
        return base_element(l, e->args[0]);
    case SC_COALESCE:
    case SC_ADD:
    case SC_SUB:
        for (size_t i = 0; i < e->n; i++) {
            size_t element = base_element(l, e->args[i]);
            if (element != NO_ELEMENT) return element;
        }
        return NO_ELEMENT;
    case SC_AGG:
        if (e->agg == AGG_MIN || e->agg == AGG_MAX || e->agg == AGG_ANY) return base_element(l, e->args[0]);
        return NO_ELEMENT;
    case SC_SUBQUERY:
        return e->rel->n_columns == 1 ? l->of_column[e->rel->columns[0]] : NO_ELEMENT;
    default:
        return NO_ELEMENT;
    }
}

/* A pattern as a text that fits it. */
static struct value pattern_text(struct arena *arena, struct value pattern) {
    struct buf text = buf_new(arena);
    for (size_t i = 0; i < pattern.text.n; i++) {
        char c = pattern.text.p[i];
        if (c == '_') buf_char(&text, 'a');
        if (c != '%' && c != '_') buf_char(&text, c);
    }
    return value_text(str_of(buf_str(&text)));
}

static void near(struct learning *l, size_t element, const struct eval_expr *e, bool pattern) {
    if (element == NO_ELEMENT) return;
    struct domain *constants = &l->db->constants[learn_root(l->db, element)];
    if (e->op == SC_LITERAL) {
        struct value v = pattern && e->constant.kind == CELL_TEXT ? pattern_text(l->db->arena, e->constant) : e->constant;
        add_value(l->db->arena, constants, v, CONSTANTS_MAX);
        return;
    }
    for (size_t i = 0; i < e->n; i++) near(l, element, e->args[i], pattern);
}

static void learn_pair(struct learning *l, const struct eval_expr *a, const struct eval_expr *b, bool pattern) {
    if (a->op == SC_TUPLE && b->op == SC_TUPLE) {
        for (size_t i = 0; i < a->n && i < b->n; i++) learn_pair(l, a->args[i], b->args[i], pattern);
        return;
    }
    size_t x = base_element(l, a), y = base_element(l, b);
    join_classes(l->db, x, y);
    near(l, x, b, pattern);
    near(l, y, a, pattern);
}

static bool is_arithmetic(const struct eval_expr *e) {
    bool number_cast = e->op == SC_CAST && e->from->type.kind >= TYPE_INT && e->from->type.kind <= TYPE_FLOAT;
    bool number_aggregate = e->op == SC_AGG && (e->agg == AGG_SUM || e->agg == AGG_AVG);
    return number_cast || number_aggregate || (e->op >= SC_ADD && e->op <= SC_NEG);
}

static void learn_numbers(struct learning *l, const struct eval_expr *e) {
    for (size_t i = 0; is_arithmetic(e) && i < e->n; i++) {
        size_t element = e->args[i]->op == SC_COLUMN ? l->of_column[e->args[i]->column] : NO_ELEMENT;
        if (element != NO_ELEMENT) l->db->numeric[element] = true;
    }
}

static void learn_rel(struct learning *l, const struct eval_rel *r);

static void learn_query_pair(struct learning *l, const struct eval_expr *e) {
    const struct eval_expr *const *args = (const struct eval_expr *const *)e->args;
    size_t n = e->n;
    if (n == 1 && args[0]->op == SC_TUPLE) {
        n = args[0]->n;
        args = (const struct eval_expr *const *)args[0]->args;
    }
    for (size_t i = 0; i < n && i < e->rel->n_columns; i++) join_classes(l->db, base_element(l, args[i]), l->of_column[e->rel->columns[i]]);
}

static void learn_expr(struct learning *l, const struct eval_expr *e) {
    if (!e) return;
    for (size_t i = 0; i < e->n; i++) learn_expr(l, e->args[i]);
    learn_expr(l, e->filter);
    if (e->rel) learn_rel(l, e->rel);
    if (e->op == SC_LITERAL) add_value(l->db->arena, &l->db->everywhere, e->constant, 4 * CONSTANTS_MAX);
    learn_numbers(l, e);
    bool comparison = (e->op >= SC_EQ && e->op <= SC_GE) || e->op == SC_SAME;
    if (comparison) learn_pair(l, e->args[0], e->args[1], false);
    if (e->op == SC_LIKE) learn_pair(l, e->args[0], e->args[1], true);
    for (size_t i = 1; e->op == SC_IN && i < e->n; i++) learn_pair(l, e->args[0], e->args[i], false);
    if (e->op == SC_IN_QUERY || e->op == SC_ANY || e->op == SC_ALL) learn_query_pair(l, e);
}

static void learn_parts(struct learning *l, const struct eval_rel *r) {
    if (r->left) learn_rel(l, r->left);
    if (r->right) learn_rel(l, r->right);
    for (size_t i = 0; i < r->n_inputs; i++) learn_rel(l, r->inputs[i]);
    for (size_t i = 0; i < r->n_conjuncts; i++) learn_expr(l, r->conjuncts[i].expr);
    for (size_t i = 0; i < r->n_exprs; i++) learn_expr(l, r->exprs[i]);
    for (size_t i = 0; i < r->n_keys; i++) learn_expr(l, r->keys[i]);
    for (size_t i = 0; i < r->n_order; i++) learn_expr(l, r->order[i].expr);
    for (size_t i = 0; r->windows && i < r->n_exprs; i++) {
        for (size_t k = 0; k < r->windows[i].n_partition; k++) learn_expr(l, r->windows[i].partition[k]);
        for (size_t k = 0; k < r->windows[i].n_order; k++) learn_expr(l, r->windows[i].order[k].expr);
    }
    learn_expr(l, r->condition);
}

static void learn_outputs(struct learning *l, const struct eval_rel *r) {
    for (size_t i = 0; r->kind == REL_SCAN && i < r->n_columns; i++)
        l->of_column[r->columns[i]] = learn_element(l->db, (size_t)r->table, (size_t)r->table_column[i]);
    for (size_t i = 0; i < r->n_keys; i++) l->of_column[r->from->keys[i].column] = base_element(l, r->keys[i]);
    bool defines = r->kind == REL_PROJECT || r->kind == REL_AGG;
    for (size_t i = 0; defines && i < r->n_exprs; i++) l->of_column[r->from->defs[i].column] = base_element(l, r->exprs[i]);
    for (size_t i = 0; r->kind == REL_SETOP && i < r->n_columns; i++) {
        join_classes(l->db, l->of_column[r->left->columns[i]], l->of_column[r->right->columns[i]]);
        l->of_column[r->columns[i]] = l->of_column[r->left->columns[i]];
    }
}

/* Inputs first: an expression names columns that were made below it, or in an enclosing query, which a second round then knows. */
static void learn_rel(struct learning *l, const struct eval_rel *r) {
    learn_parts(l, r);
    learn_outputs(l, r);
}

static bool fits_type(struct value v, enum type_kind kind) {
    switch (kind) {
    case TYPE_INT:
        return v.kind == CELL_INT;
    case TYPE_DECIMAL:
    case TYPE_FLOAT:
        return v.kind == CELL_INT || v.kind == CELL_EXACT;
    case TYPE_STRING:
    case TYPE_CHAR:
        return v.kind == CELL_TEXT;
    case TYPE_DATE:
        return v.kind == CELL_DATE;
    case TYPE_TIMESTAMP:
        return v.kind == CELL_TIME;
    case TYPE_BOOL:
        return v.kind == CELL_BOOL;
    default:
        return false;
    }
}

/* A constant as a value of the column's type; NULL when it has none. */
static struct value as_type(struct arena *arena, struct value v, enum type_kind kind) {
    struct value out = value_null();
    if (fits_type(v, kind)) return v;
    bool text_type = kind == TYPE_STRING || kind == TYPE_CHAR;
    if (v.kind == CELL_TEXT && kind == TYPE_DATE && value_read_date(v.text, &out)) return out;
    if (v.kind == CELL_TEXT && kind == TYPE_TIMESTAMP && value_read_time(v.text, &out)) return out;
    if (v.kind == CELL_TEXT && (kind == TYPE_INT || kind == TYPE_DECIMAL || kind == TYPE_FLOAT) && value_read_number(v.text, &out))
        return kind == TYPE_INT && out.kind != CELL_INT ? value_null() : out;
    if (v.kind == CELL_EXACT && kind == TYPE_INT && value_floor(v, &out)) return out;
    if (v.kind == CELL_DATE && kind == TYPE_TIMESTAMP) return value_of_kind(CELL_TIME, v.i * 86400000000);
    if (v.kind == CELL_TIME && kind == TYPE_DATE && date_truncate(v, UNIT_DAY, &out)) return value_of_kind(CELL_DATE, out.i / 86400000000);
    if (v.kind == CELL_INT && text_type) return value_text(str_of(arena_printf(arena, "%lld", (long long)v.i)));
    if (v.kind == CELL_DATE && text_type) {
        struct buf text = buf_new(arena);
        value_print(&text, v);
        return value_text((struct str){buf_str(&text) + 6, 10});
    }
    return value_null();
}

struct value learn_as_type(const struct random_db *db, struct value v, size_t element) {
    return as_type(db->arena, v, db->types[element].kind);
}

bool learn_fits(const struct random_db *db, struct value v, size_t element) { return fits_type(v, db->types[element].kind); }

static struct value moved(struct value v, int by) {
    struct value out = value_null();
    if (v.kind == CELL_DATE) return date_shift(v, UNIT_DAY, by, &out) ? out : v;
    if (v.kind == CELL_TIME) return date_shift(v, UNIT_HOUR, by, &out) ? out : v;
    if (value_is_number(v)) return value_add(v, value_int(by), &out) ? out : v;
    return v;
}

#define DOMAIN_MAX 24

static void add_basics(struct arena *arena, struct domain *d, enum type_kind kind, bool numeric) {
    static const char *const words[] = {"a", "b", "ab"}, *const digits[] = {"1", "2", "0"};
    const char *const *texts = numeric ? digits : words;
    static const int days[] = {18292, 18321, 18687, 18659}; /* 2020-01-31, 2020-02-29, 2021-03-01, 2021-02-01 */
    switch (kind) {
    case TYPE_STRING:
    case TYPE_CHAR:
        for (size_t i = 0; i < 3; i++) add_value(arena, d, value_text(str_of(texts[i])), DOMAIN_MAX);
        return;
    case TYPE_BOOL:
        add_value(arena, d, value_bool(true), DOMAIN_MAX);
        add_value(arena, d, value_bool(false), DOMAIN_MAX);
        return;
    case TYPE_DATE:
        for (size_t i = 0; i < 4; i++) add_value(arena, d, value_of_kind(CELL_DATE, days[i]), DOMAIN_MAX);
        return;
    case TYPE_TIMESTAMP:
        for (size_t i = 0; i < 4; i++) add_value(arena, d, value_of_kind(CELL_TIME, days[i] * 86400000000 + (int64_t)i * 3723000000), DOMAIN_MAX);
        return;
    case TYPE_DECIMAL:
    case TYPE_FLOAT:
        add_value(arena, d, value_fraction(1, 2), DOMAIN_MAX);
        add_value(arena, d, value_fraction(-9, 4), DOMAIN_MAX);
        break;
    default:
        break;
    }
    for (int i = 1; i < 4; i++) add_value(arena, d, value_int(i), DOMAIN_MAX);
    add_value(arena, d, value_int(0), DOMAIN_MAX);
    add_value(arena, d, value_int(-1), DOMAIN_MAX);
}

/* x + 5 = 13 wants an 8: sums and differences of a class's few numbers. */
static void add_sums(struct random_db *db, struct domain *d, const struct domain *constants, enum type_kind kind) {
    if (constants->n < 2 || constants->n > 4) return;
    for (size_t i = 0; i < constants->n; i++)
        for (size_t k = 0; k < constants->n; k++) {
            struct value v, a = constants->at[i], b = constants->at[k];
            if (i == k || !value_is_number(a) || !value_is_number(b)) continue;
            if (value_subtract(a, b, &v) && fits_type(v, kind)) add_value(db->arena, d, v, DOMAIN_MAX);
            if (i < k && value_add(a, b, &v) && fits_type(v, kind)) add_value(db->arena, d, v, DOMAIN_MAX);
        }
}

static void fill_domain(struct random_db *db, size_t element) {
    struct domain *d = &db->domains[element], *constants = &db->constants[learn_root(db, element)];
    enum type_kind kind = db->types[element].kind;
    add_sums(db, d, constants, kind);
    for (size_t i = 0; i < constants->n; i++) {
        if (db->numeric[element] && constants->at[i].kind == CELL_TEXT && !value_read_number(constants->at[i].text, &(struct value){0})) continue;
        struct value v = as_type(db->arena, constants->at[i], kind);
        add_value(db->arena, d, v, DOMAIN_MAX);
        add_value(db->arena, d, moved(v, 1), DOMAIN_MAX);
        add_value(db->arena, d, moved(v, -1), DOMAIN_MAX);
    }
    add_basics(db->arena, d, kind, db->numeric[element]);
    for (size_t i = 0; i < db->everywhere.n && constants->n == 0; i++)
        if (fits_type(db->everywhere.at[i], kind)) add_value(db->arena, d, db->everywhere.at[i], DOMAIN_MAX);
}

static struct type type_of_value(struct value v) {
    static const enum type_kind kinds[] = {[CELL_BOOL] = TYPE_BOOL,   [CELL_INT] = TYPE_INT,   [CELL_EXACT] = TYPE_DECIMAL, [CELL_REAL] = TYPE_FLOAT,
                                           [CELL_TEXT] = TYPE_STRING, [CELL_DATE] = TYPE_DATE, [CELL_TIME] = TYPE_TIMESTAMP};
    bool known = v.kind >= CELL_BOOL && v.kind <= CELL_TIME;
    return (struct type){.kind = known ? kinds[v.kind] : TYPE_UNKNOWN};
}

/* Columns of unknown type take that of their class: of a column whose type is known, else of a constant, else whole numbers. */
static void guess_types(struct random_db *db) {
    struct type *of_root = arena_array(db->arena, db->n_elements + 1, sizeof *of_root);
    for (size_t i = 0; i < db->n_elements; i++)
        if (db->types[i].kind != TYPE_UNKNOWN) of_root[learn_root(db, i)] = db->types[i];
    for (size_t i = 0; i < db->n_elements; i++) {
        size_t root = learn_root(db, i);
        if (db->types[i].kind != TYPE_UNKNOWN && db->types[i].kind != TYPE_NULL) continue;
        db->types[i] = of_root[root];
        if (db->types[i].kind == TYPE_UNKNOWN && db->constants[root].n) db->types[i] = type_of_value(db->constants[root].at[0]);
        if (db->types[i].kind == TYPE_UNKNOWN) db->types[i].kind = TYPE_INT;
    }
}

/* Text that is compared with numbers holds numbers. */
static void find_numbers(struct random_db *db) {
    bool *root_numeric = arena_array(db->arena, db->n_elements + 1, sizeof *root_numeric);
    for (size_t i = 0; i < db->n_elements; i++) {
        bool number = db->types[i].kind >= TYPE_INT && db->types[i].kind <= TYPE_FLOAT;
        if (number || db->numeric[i]) root_numeric[learn_root(db, i)] = true;
    }
    for (size_t i = 0; i < db->n_elements; i++) {
        const struct domain *constants = &db->constants[learn_root(db, i)];
        db->numeric[i] = root_numeric[learn_root(db, i)];
        for (size_t k = 0; k < constants->n; k++) db->numeric[i] |= value_is_number(constants->at[k]);
    }
}

/* The columns that foreign keys between the world's tables name must exist, read or not. */
static void add_fk_columns(struct eval_world *world, struct eval_table *table, const size_t *ordinals, size_t n) {
    for (size_t i = 0; i < n; i++) {
        bool there = false;
        for (size_t c = 0; c < table->ordinals.n; c++) there |= table->ordinals.at[c] == (int)ordinals[i];
        if (there) continue;
        const struct schema_column *column = &table->schema->columns.at[ordinals[i]];
        *vec_add(world->arena, &table->columns) = str_lower(world->arena, str_of(column->name));
        *vec_add(world->arena, &table->types) = column->type;
        *vec_add(world->arena, &table->nullable) = !column->not_null;
        *vec_add(world->arena, &table->ordinals) = (int)ordinals[i];
    }
}

static void add_fks(struct eval_world *world) {
    for (size_t t = 0; t < world->tables.n; t++) {
        struct eval_table *table = world->tables.at[t];
        for (size_t i = 0; table->schema && i < table->schema->fks.n; i++) {
            const struct schema_fk *fk = &table->schema->fks.at[i];
            size_t target = learn_table(world, fk->target);
            if (target == SIZE_MAX) continue;
            add_fk_columns(world, table, fk->columns, fk->n);
            add_fk_columns(world, world->tables.at[target], fk->target_columns, fk->n);
        }
    }
}

static void join_fks(struct random_db *db) {
    struct eval_world *world = db->world;
    for (size_t t = 0; t < world->tables.n; t++) {
        const struct eval_table *table = world->tables.at[t];
        for (size_t i = 0; table->schema && i < table->schema->fks.n; i++) {
            const struct schema_fk *fk = &table->schema->fks.at[i];
            size_t target = learn_table(world, fk->target);
            for (size_t k = 0; target != SIZE_MAX && k < fk->n; k++)
                for (size_t a = 0; a < table->columns.n; a++)
                    for (size_t b = 0; b < world->tables.at[target]->columns.n; b++)
                        if (table->ordinals.at[a] == (int)fk->columns[k] && world->tables.at[target]->ordinals.at[b] == (int)fk->target_columns[k])
                            join_classes(db, learn_element(db, t, a), learn_element(db, target, b));
        }
    }
}

static void order_tables(struct random_db *db) {
    size_t n = db->world->tables.n, done = 0;
    bool *filled = arena_array(db->arena, n + 1, sizeof *filled);
    db->fill_order = arena_array(db->arena, n + 1, sizeof *db->fill_order);
    for (size_t round = 0; done < n; round++) {
        for (size_t t = 0; t < n; t++) {
            const struct schema_table *schema = db->world->tables.at[t]->schema;
            bool ready = !filled[t];
            for (size_t i = 0; ready && round < n && schema && i < schema->fks.n; i++) {
                size_t target = learn_table(db->world, schema->fks.at[i].target);
                ready = target == SIZE_MAX || target == t || filled[target];
            }
            if (!ready) continue;
            filled[t] = true;
            db->fill_order[done++] = t;
        }
    }
}

static void lay_elements(struct random_db *db) {
    struct eval_world *world = db->world;
    db->first = arena_array(db->arena, world->tables.n + 1, sizeof *db->first);
    for (size_t t = 0; t < world->tables.n; t++) {
        db->first[t] = db->n_elements;
        db->n_elements += world->tables.at[t]->columns.n;
    }
    db->first[world->tables.n] = db->n_elements;
    db->n_elements += world->params.n;
    db->parent = arena_array(db->arena, db->n_elements + 1, sizeof *db->parent);
    db->types = arena_array(db->arena, db->n_elements + 1, sizeof *db->types);
    db->constants = arena_array(db->arena, db->n_elements + 1, sizeof *db->constants);
    db->domains = arena_array(db->arena, db->n_elements + 1, sizeof *db->domains);
    db->numeric = arena_array(db->arena, db->n_elements + 1, sizeof *db->numeric);
    for (size_t i = 0; i < db->n_elements; i++) db->parent[i] = i;
    for (size_t t = 0; t < world->tables.n; t++)
        for (size_t c = 0; c < world->tables.at[t]->columns.n; c++) db->types[learn_element(db, t, c)] = world->tables.at[t]->types.at[c];
    for (size_t i = 0; i < world->params.n; i++) db->types[learn_param(db, i)] = world->param_types.at[i];
}

struct random_db *random_db_new(struct arena *arena, struct eval_world *world, struct eval_plan *const *plans, size_t n) {
    struct random_db *db = arena_new(arena, struct random_db);
    db->arena = arena;
    db->world = world;
    add_fks(world);
    lay_elements(db);
    for (size_t i = 0; i < n; i++) {
        struct learning l = {.db = db, .of_column = arena_array(arena, plans[i]->n_columns + 1, sizeof *l.of_column)};
        for (size_t c = 0; c < plans[i]->n_columns; c++) l.of_column[c] = NO_ELEMENT;
        for (int round = 0; round < 2 && plans[i]->root; round++) learn_rel(&l, plans[i]->root);
    }
    join_fks(db);
    guess_types(db);
    find_numbers(db);
    for (size_t i = 0; i < db->n_elements; i++) fill_domain(db, i);
    order_tables(db);
    db->witnesses = arena_array(arena, n + 1, sizeof(struct witness *));
    for (size_t i = 0; i < n; i++) db->witnesses[db->n_witnesses++] = witness_new(db, plans[i]);
    return db;
}
