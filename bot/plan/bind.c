/* bind.c - whole queries: WITH, set operations, VALUES, pipes; then the finishing pass that fixes columns and checks every reference. */
#include "bind_core.h"
#include "map.h"
#include "normal.h"
#include "sql_build.h"
#include "sql_parse.h"
#include "sql_walk.h"

#include <stdlib.h>

static struct bound bound_empty(struct binder *b, struct range range, const char *why) {
    bind_refuse(b, range, "%s", why);
    struct rel *rel = rel_new(b, REL_OPAQUE, range);
    rel->name = why;
    int *columns = arena_array(b->arena, 1, sizeof *columns);
    const char **names = arena_array(b->arena, 1, sizeof *names);
    names[0] = "*";
    columns[0] = column_new(b, "*", (struct type){TYPE_OTHER, 0, 0}, true, rel);
    rel->columns = columns;
    rel->n_columns = 1;
    return (struct bound){rel, 1, names, true};
}

static struct bound values_bind(struct binder *b, struct scope *scope, const struct sql_query *query) {
    struct rel *rel = rel_new(b, REL_VALUES, query->range);
    size_t n = query->row_count && query->rows[0]->kind == EX_TUPLE ? query->rows[0]->arg_count : 1;
    const struct scalar **rows = arena_array(b->arena, query->row_count * n + 1, sizeof *rows);
    for (uint32_t i = 0; i < query->row_count; i++) {
        const struct sql_expr *row = query->rows[i];
        bool tuple = row->kind == EX_TUPLE;
        if ((tuple ? row->arg_count : 1) != n) return bound_empty(b, query->range, "VALUES of rows of different lengths");
        for (size_t j = 0; j < n; j++) rows[i * n + j] = bind_expr(b, scope, tuple ? row->args[j] : row);
    }
    rel->rows = rows;
    rel->n_rows = query->row_count;
    int *columns = arena_array(b->arena, n + 1, sizeof *columns);
    const char **names = arena_array(b->arena, n + 1, sizeof *names);
    for (size_t j = 0; j < n; j++) {
        struct type type = query->row_count ? rows[j]->type : (struct type){0};
        bool nullable = false;
        for (uint32_t i = 0; i < query->row_count; i++) {
            if (type.kind == TYPE_NULL) type = rows[i * n + j]->type;
            if (rows[i * n + j]->type.kind != type.kind && rows[i * n + j]->type.kind != TYPE_NULL) type.kind = TYPE_UNKNOWN;
            nullable |= rows[i * n + j]->nullable;
        }
        bool postgres = b->dialect == DIALECT_POSTGRES || b->dialect == DIALECT_SQLITE;
        names[j] = b->dialect == DIALECT_MYSQL ? arena_printf(b->arena, "expr$%zu", j)
                                               : arena_printf(b->arena,
                                                              postgres                       ? "column%zu"
                                                              : b->dialect == DIALECT_DUCKDB ? "col%zu"
                                                                                             : "col%zu",
                                                              j + 1);
        columns[j] = column_new(b, names[j], type, nullable, rel);
        b->columns.at[columns[j]].ordinal = j;
    }
    rel->columns = columns;
    rel->n_columns = n;
    return (struct bound){rel, n, names, false};
}

/* Place of the one star among the outputs; SIZE_MAX: there is none, or several. */
size_t star_place(const struct bound *bound) {
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < bound->n; i++) {
        if (strcmp(bound->names[i], "*") != 0) continue;
        if (found != SIZE_MAX) return SIZE_MAX;
        found = i;
    }
    return found;
}

/* The columns behind the star of `bound`, written out by their places, when the other side says how many there must be. */
struct bound bind_spread(struct binder *b, struct bound bound, size_t wanted, struct range range) {
    size_t star = star_place(&bound), width = wanted + 1 - bound.n;
    struct column_def *defs = arena_array(b->arena, wanted + 1, sizeof *defs);
    int *columns = arena_array(b->arena, wanted + 1, sizeof *columns);
    const char **names = arena_array(b->arena, wanted + 1, sizeof *names);
    for (size_t i = 0; i < wanted; i++) {
        bool behind = i >= star && i < star + width;
        size_t at = i < star ? i : behind ? star : i + 1 - width;
        const struct scalar *e = scalar_column(b, bound.rel->columns[at], range);
        names[i] = behind ? arena_printf(b->arena, "place %zu", i - star + 1) : bound.names[at];
        if (behind) {
            struct scalar *field = scalar_new(b, SC_FIELD, 1, range);
            ((const struct scalar **)field->args)[0] = e;
            field->name = names[i];
            field->nullable = true;
            e = field;
        }
        columns[i] = column_new(b, names[i], e->type, e->nullable, NULL);
        defs[i] = (struct column_def){columns[i], e};
    }
    struct rel *rel = rel_project(b, bound.rel, defs, wanted, range);
    rel->columns = columns;
    rel->n_columns = wanted;
    return (struct bound){rel, wanted, names, false};
}

/* Sides whose stars stand at the same place among as many columns pair up: the query would not run were the stars of different widths. */
static bool stars_pair(const struct bound *left, const struct bound *right) {
    return left->open && right->open && left->n == right->n && star_place(left) != SIZE_MAX && star_place(left) == star_place(right);
}

static struct bound setop_make(struct binder *b, struct bound left, struct bound right, enum setop_kind kind, bool all, struct range range) {
    if (right.open && !left.open && star_place(&right) != SIZE_MAX && left.n + 1 >= right.n && left.n <= BIND_SPREAD_MAX)
        right = bind_spread(b, right, left.n, range);
    if ((left.open || right.open) && !stars_pair(&left, &right)) return bound_empty(b, range, "a set operation over * of an unknown table");
    if (left.n != right.n) return bound_empty(b, range, "a set operation over different numbers of columns");
    struct rel *rel = rel_new(b, REL_SETOP, range);
    rel->left = left.rel;
    rel->right = right.rel;
    rel->setop = kind;
    rel->all = all;
    int *columns = arena_array(b->arena, left.n + 1, sizeof *columns);
    for (size_t i = 0; i < left.n; i++) {
        const struct plan_column *l = &b->columns.at[left.rel->columns[i]], *r = &b->columns.at[right.rel->columns[i]];
        struct type type = l->type.kind == TYPE_NULL ? r->type : l->type;
        if (r->type.kind != type.kind && r->type.kind != TYPE_NULL) type = type_wider(type, r->type);
        b->widens |= l->type.kind != r->type.kind && type.kind >= TYPE_INT && type.kind <= TYPE_FLOAT;
        if (types_convert(l->type, r->type)) bind_suppose(b, "values of two types that meet in one column stay as they are");
        bool nullable = l->nullable || r->nullable;
        columns[i] = column_new(b, left.names[i], type, nullable, rel);
        b->columns.at[columns[i]].ordinal = i;
    }
    rel->columns = columns;
    rel->n_columns = left.n;
    return (struct bound){rel, left.n, left.names, left.open};
}

static struct bound setop_pair(struct binder *b, const struct sql_query *query, struct bound left, struct bound right) {
    bool all = query->setop_flags & SQL_SETOP_ALL;
    if (b->dialect == DIALECT_CLICKHOUSE && !(query->setop_flags & (SQL_SETOP_ALL | SQL_SETOP_DISTINCT))) all = true;
    return setop_make(b, left, right, (enum setop_kind)query->setop, all, query->range);
}

struct bound bind_union_all(struct binder *b, struct bound left, struct bound right, struct range range) {
    return setop_make(b, left, right, RELSET_UNION, true, range);
}

/* UNION BY NAME over the same names in another order. */
static struct bound setop_reorder(struct binder *b, const struct sql_query *query, struct bound left, struct bound right) {
    if (left.open || right.open || left.n != right.n)
        return bound_empty(b, query->range, "a set operation BY NAME over unknown or different columns");
    struct column_def *defs = arena_array(b->arena, left.n + 1, sizeof *defs);
    int *columns = arena_array(b->arena, left.n + 1, sizeof *columns);
    for (size_t i = 0; i < left.n; i++) {
        size_t at = right.n;
        for (size_t j = 0; j < right.n; j++)
            if (strcmp(right.names[j], left.names[i]) == 0) at = at == right.n ? j : SIZE_MAX;
        if (at >= right.n) return bound_empty(b, query->range, "a set operation BY NAME over unknown or different columns");
        int from = right.rel->columns[at];
        columns[i] = column_new(b, left.names[i], b->columns.at[from].type, b->columns.at[from].nullable, NULL);
        defs[i] = (struct column_def){columns[i], scalar_column(b, from, query->range)};
    }
    struct rel *rel = rel_project(b, right.rel, defs, left.n, query->range);
    rel->columns = columns;
    rel->n_columns = left.n;
    return (struct bound){rel, left.n, left.names, false};
}

static struct bound setop_bind(struct binder *b, struct scope *scope, const struct sql_query *query) {
    const uint32_t known = SQL_SETOP_ALL | SQL_SETOP_DISTINCT | SQL_SETOP_MINUS | SQL_SETOP_BY_NAME;
    if (query->setop_flags & ~known || query->corresponding_count) bind_refuse(b, query->range, "a set operation of this form");
    struct bound all = bind_query(b, scope->outer, scope->ctes, query->arms[0]);
    for (uint32_t i = 1; i < query->arm_count; i++) {
        struct bound arm = bind_query(b, scope->outer, scope->ctes, query->arms[i]);
        if (query->setop_flags & SQL_SETOP_BY_NAME) arm = setop_reorder(b, query, all, arm);
        all = setop_pair(b, query, all, arm);
    }
    return all;
}

/* TABLE t, and FROM t without SELECT: all of its columns. */
static struct bound table_bind(struct binder *b, struct scope *scope, const struct sql_query *query) {
    struct sql_expr star = {.kind = EX_STAR, .range = query->range};
    struct sql_item item = {.expr = &star, .range = query->range};
    struct sql_select *select = arena_new(b->arena, struct sql_select);
    struct sql_item *items = arena_new(b->arena, struct sql_item);
    struct sql_expr *expr = arena_new(b->arena, struct sql_expr);
    *expr = star;
    *items = item;
    items->expr = expr;
    *select = (struct sql_select){.items = items, .item_count = 1, .from = query->from, .range = query->range};
    struct sql_query *whole = arena_new(b->arena, struct sql_query);
    *whole = (struct sql_query){.body = BODY_SELECT, .select = select, .range = query->range};
    return bind_select(b, scope, whole);
}

/* ORDER BY and LIMIT over a set operation or a query in brackets. */
static struct bound sort_over(struct binder *b, struct scope *scope, struct bound body, const struct sql_query *query) {
    if (!query->limit && !query->offset) return body;
    struct rel *sort = rel_new(b, REL_SORT, query->range);
    struct scope_source source = {.rel = body.rel, .star = -1};
    for (size_t i = 0; i < body.n; i++) {
        if (strcmp(body.names[i], "*") == 0) source_star_add(b, &source, body.rel->columns[i]);
        else *vec_add(b->arena, &source.offers) = (struct offer){body.names[i], body.rel->columns[i]};
    }
    struct scope inner = {.outer = scope->outer, .ctes = scope->ctes, .clause = CLAUSE_INPUT, .level = scope->level};
    *vec_add(b->arena, &inner.sources) = source;
    bool low = dialect_traits(b->dialect)->nulls_low;
    struct sort_key *keys = arena_array(b->arena, query->order_count + 1, sizeof *keys);
    for (uint32_t i = 0; i < query->order_count; i++) {
        const struct sql_order *o = &query->order[i];
        bool descending = o->direction == ORDER_DESC;
        unsigned at = 0;
        bool ordinal = o->expr && o->expr->kind == EX_LITERAL && o->expr->op == LIT_NUMBER &&
                       sscanf(str_dup(b->arena, o->expr->name), "%u", &at) == 1 && at >= 1 && at <= body.n;
        if (!o->expr || o->direction == ORDER_USING || o->fill.n) bind_refuse(b, query->range, "an ORDER BY of an unknown form");
        const struct scalar *key = ordinal ? scalar_column(b, body.rel->columns[at - 1], query->range) : bind_expr(b, &inner, o->expr);
        keys[i] = (struct sort_key){key, descending, o->nulls == NULLS_UNSAID ? low != descending : o->nulls == NULLS_FIRST};
    }
    sort->left = body.rel;
    sort->order = keys;
    sort->n_order = query->order_count;
    sort->limit = query->limit ? bind_expr(b, scope, query->limit) : NULL;
    sort->offset = query->offset ? bind_expr(b, scope, query->offset) : NULL;
    sort->with_ties = query->limit_ties;
    sort->percent = query->limit_percent;
    sort->columns = body.rel->columns;
    sort->n_columns = body.n;
    body.rel = sort;
    return body;
}

static void query_closed_world(struct binder *b, const struct sql_query *q) {
    if (q->limit_by_count) bind_refuse(b, q->range, "LIMIT BY");
    for (uint32_t i = 0; i < q->lock_count; i++)
        if (q->locks[i].shapes) bind_refuse(b, q->range, "a clause that shapes the result");
        else if (strstr(bind_lower(b, q->locks[i].text), "skip locked")) bind_refuse(b, q->range, "SKIP LOCKED");
    for (uint32_t i = 0; i < q->order_count; i++)
        if (q->order[i].fill.n) bind_refuse(b, q->range, "WITH FILL, which makes rows");
    if ((q->limit || q->offset) && q->sort_count) bind_refuse(b, q->range, "SORT BY with LIMIT");
    if (q->order_all && q->limit) bind_refuse(b, q->range, "ORDER BY ALL with LIMIT");
    for (uint32_t i = 0; i < q->cte_count; i++)
        if (!q->ctes[i].query || q->ctes[i].scalar || q->ctes[i].key_count || q->ctes[i].cycle.n)
            bind_refuse(b, q->ctes[i].range, "a WITH clause of this form");
}

/* Tables of what is not bound still count as read. */
static void tables_note(struct binder *b, const struct sql_query *query) {
    uint32_t n;
    struct sql_ref *refs = sql_query_refs(b->arena, query, &n);
    for (uint32_t i = 0; i < n; i++) {
        struct buf text = buf_new(b->arena);
        for (uint32_t p = 0; p < refs[i].name->part_count; p++) buf_printf(&text, "%s%s", p ? "." : "", bind_lower(b, refs[i].name->parts[p].text));
        if (!refs[i].is_write) *vec_add(b->arena, &b->tables) = buf_str(&text);
    }
}

bool query_names(struct binder *b, const struct sql_query *query, struct str name) {
    uint32_t n;
    struct sql_ref *refs = sql_query_refs(b->arena, query, &n);
    for (uint32_t i = 0; i < n; i++)
        if (refs[i].name->part_count == 1 && str_ieq(refs[i].name->parts[0].text, name)) return true;
    return false;
}

struct bound bind_query(struct binder *b, struct scope *outer, const struct cte_frame *ctes, const struct sql_query *query) {
    if (b->depth >= BIND_DEPTH_MAX || b->nodes >= BIND_NODES_MAX) return bound_empty(b, query->range, "the query nests too deep");
    if (query->pipe_count) {
        const struct sql_query *nested = bind_pipes(b, query);
        if (nested) return bind_query(b, outer, ctes, nested);
        tables_note(b, query);
    }
    b->depth++;
    query_closed_world(b, query);
    for (uint32_t i = 0; i < query->cte_count; i++) {
        struct cte_frame *frame = arena_new(b->arena, struct cte_frame);
        *frame = (struct cte_frame){.outer = ctes, .cte = &query->ctes[i], .visible = ctes};
        if (query->recursive && query->ctes[i].query && query_names(b, query->ctes[i].query, query->ctes[i].name.text)) frame->visible = frame;
        ctes = frame;
    }
    struct scope *scope = arena_new(b->arena, struct scope);
    *scope = (struct scope){.outer = outer, .ctes = ctes, .clause = CLAUSE_INPUT, .level = b->next_level};
    struct bound out;
    switch (query->body) {
    case BODY_SELECT:
        out = query->select ? bind_select(b, scope, query) : bound_empty(b, query->range, "an empty query");
        break;
    case BODY_SETOP:
        out = sort_over(b, scope, setop_bind(b, scope, query), query);
        break;
    case BODY_VALUES:
        out = sort_over(b, scope, values_bind(b, scope, query), query);
        break;
    case BODY_TABLE:
    case BODY_FROM:
        out = sort_over(b, scope, query->from ? table_bind(b, scope, query) : bound_empty(b, query->range, "an empty query"), query);
        break;
    case BODY_QUERY:
        out = sort_over(b, scope, bind_query(b, outer, ctes, query->arms[0]), query);
        break;
    default:
        out = bound_empty(b, query->range, "a statement as a query");
        break;
    }
    if (query->sample) bind_refuse(b, query->range, "a sample of a whole query");
    b->depth--;
    return out;
}

struct bound bind_cte(struct binder *b, struct scope *scope, const struct cte_frame *frame) {
    const struct sql_cte *cte = frame->cte;
    if (!cte->query) return bound_empty(b, cte->range, "a WITH clause of this form");
    if (frame->self_names) return bind_recursion_self(b, frame, cte->range);
    if (frame->visible == frame) {
        struct bound recursion;
        tables_note(b, cte->query);
        if (bind_recursion(b, (struct cte_frame *)(uintptr_t)frame, &recursion)) return recursion;
        return bound_empty(b, cte->range, "a recursive query of this form");
    }
    if (b->depth >= BIND_DEPTH_MAX) return bound_empty(b, cte->range, "WITH nests too deep");
    struct bound bound = bind_query(b, NULL, frame->visible, cte->query);
    if (cte->column_count) {
        if (bound.open || cte->column_count > bound.n) bind_refuse(b, cte->range, "names over unknown columns");
        const char **names = arena_array(b->arena, bound.n + 1, sizeof *names);
        for (size_t i = 0; i < bound.n; i++) names[i] = i < cte->column_count ? bind_lower(b, cte->columns[i].text) : bound.names[i];
        bound.names = names;
    }
    (void)scope;
    return bound;
}

static int *columns_join(struct binder *b, const struct rel *l, const struct rel *r) {
    int *columns = arena_array(b->arena, l->n_columns + r->n_columns + 1, sizeof *columns);
    if (l->n_columns) memcpy(columns, l->columns, l->n_columns * sizeof *columns);
    if (r->n_columns) memcpy(columns + l->n_columns, r->columns, r->n_columns * sizeof *columns);
    return columns;
}

/* Fixes the column lists of relations that pass columns through: an input may have got further ones after they were made. */
static void rel_finish(struct binder *b, struct rel *rel) {
    int *columns;
    switch (rel->kind) {
    case REL_FILTER:
    case REL_SORT:
    case REL_DISTINCT:
        rel->columns = rel->left->columns;
        rel->n_columns = rel->left->n_columns;
        break;
    case REL_JOIN:
        rel->columns = columns_join(b, rel->left, rel->right);
        rel->n_columns = rel->left->n_columns + rel->right->n_columns;
        break;
    case REL_PROJECT:
        columns = arena_array(b->arena, rel->n_defs + 1, sizeof *columns);
        for (size_t i = 0; i < rel->n_defs; i++) columns[i] = rel->defs[i].column;
        rel->columns = columns;
        rel->n_columns = rel->n_defs;
        break;
    case REL_AGG:
    case REL_WINDOW: {
        size_t own = rel->kind == REL_AGG ? rel->n_keys : rel->left->n_columns;
        columns = arena_array(b->arena, own + rel->n_defs + 1, sizeof *columns);
        for (size_t i = 0; i < own; i++) columns[i] = rel->kind == REL_AGG ? rel->keys[i].column : rel->left->columns[i];
        for (size_t i = 0; i < rel->n_defs; i++) columns[own + i] = rel->defs[i].column;
        rel->columns = columns;
        rel->n_columns = own + rel->n_defs;
        break;
    }
    default:
        break;
    }
}

static int text_compare(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static void tables_finish(struct binder *b) {
    if (b->tables.n) qsort(b->tables.at, b->tables.n, sizeof *b->tables.at, text_compare);
    size_t n = 0;
    for (size_t i = 0; i < b->tables.n; i++)
        if (n == 0 || strcmp(b->tables.at[n - 1], b->tables.at[i]) != 0) b->tables.at[n++] = b->tables.at[i];
    b->plan->tables = b->tables.at;
    b->plan->n_tables = n;
}

/* Keeps only the columns that the query names: a star may have brought further ones along. */
static const struct rel *root_finish(struct binder *b, struct bound *bound) {
    struct rel *rel = bound->rel;
    if (rel->n_columns == bound->n) return rel;
    struct column_def *defs = arena_array(b->arena, bound->n + 1, sizeof *defs);
    int *columns = arena_array(b->arena, bound->n + 1, sizeof *columns);
    for (size_t i = 0; i < bound->n; i++) {
        columns[i] = column_new(b, bound->names[i], b->columns.at[rel->columns[i]].type, b->columns.at[rel->columns[i]].nullable, NULL);
        defs[i] = (struct column_def){columns[i], scalar_column(b, rel->columns[i], rel->range)};
    }
    struct rel *project = rel_project(b, rel, defs, bound->n, rel->range);
    project->columns = columns;
    project->n_columns = bound->n;
    return project;
}

static struct plan *bind_under(struct arena *arena, const struct sql_query *query, const struct schema *schema, enum dialect dialect) {
    struct plan *plan = arena_new(arena, struct plan);
    plan->forms = arena_new(arena, struct plan_forms);
    struct binder b = {.arena = arena, .plan = plan, .schema = schema, .dialect = dialect};
    plan->arena = arena;
    plan->dialect = dialect;
    plan->schema = schema;
    struct bound bound = bind_query(&b, NULL, NULL, query);
    for (size_t i = 0; i < b.rels.n; i++) rel_finish(&b, b.rels.at[i]);
    plan->root = root_finish(&b, &bound);
    plan->columns = b.columns.at;
    plan->n_columns = b.columns.n;
    plan->names = bound.names;
    plan->n_outputs = bound.n;
    plan->ordered = query->order_count && !query->limit && !query->offset;
    if (b.widens && b.spells) bind_suppose(&b, "a number has the same text in whatever type it comes");
    if (plan->reason) tables_note(&b, query);
    tables_finish(&b);
    return plan;
}

/* A query may read a column that the schema's table does not have: what is known of it is old, or of another table of that name. Then its tables are
 * bound as unknown, under the condition that it does run. */
struct plan *plan_bind(struct arena *arena, const struct sql_query *query, const struct schema *schema, enum dialect dialect) {
    struct plan *plan = bind_under(arena, query, schema, dialect);
    bool missing = schema && plan->reason && text_starts(plan->reason, "column \"") && text_ends(plan->reason, "is not known");
    if (!missing) return plan;
    struct plan *free_plan = bind_under(arena, query, NULL, dialect);
    if (free_plan->reason) return plan;
    free_plan->condition = arena_printf(arena, "%s in what is known of the tables", plan->reason);
    return free_plan;
}

/* USE and SET change what the same words mean. */
static const char *setting_before(struct arena *arena, const struct sql_script *script) {
    for (uint32_t i = 0; i < script->statement_count; i++) {
        const struct sql_statement *st = script->statements[i];
        if (st->kind == STMT_USE || st->kind == STMT_SET) return arena_printf(arena, "what was set before: %.*s", STR_ARG(st->text));
    }
    return NULL;
}

const struct err *plan_from_sql(struct arena *arena, struct str text, const struct schema *schema, enum dialect dialect, struct plan **out) {
    struct sql_script *script;
    sql_parse_script(arena, text, dialect, &script);
    if (script->error_count)
        return err_new(ERR_INPUT, "%d:%d: %s", script->errors[0].range.line, script->errors[0].range.column, script->errors[0].message);
    struct sql_query *query = NULL;
    for (uint32_t i = 0; i < script->statement_count; i++) {
        struct sql_query *found = sql_query_of(arena, script->statements[i], script->statements[i]->query);
        if (!found) continue;
        if (query) return err_new(ERR_INPUT, "%d:%d: a second query; one is wanted", found->range.line, found->range.column);
        query = found;
    }
    if (!query) return err_new(ERR_INPUT, "1:1: no query found");
    *out = plan_bind(arena, query, schema, dialect);
    if (!(*out)->condition) (*out)->condition = setting_before(arena, script);
    return NULL;
}
