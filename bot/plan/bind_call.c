/* bind_call.c - function calls: aggregates, windows, synonyms of operators, and everything else as an uninterpreted function. */
#include "bind_core.h"
#include "hash.h"
#include "sql_print.h"

struct synonym {
    const char *from, *to;
};
static const struct synonym SYNONYMS[] = {
    {"character_length", "char_length"},
    {"ceiling", "ceil"},
    {"dayofmonth", "day"},
    {"lcase", "lower"},
    {"pow", "power"},
    {"substr", "substring"},
    {"ucase", "upper"},
    {"countif", "count_if"},
    {"mean", "avg"},
    {"every", "bool_and"},
    {"some", "bool_or"},
    {"std", "stddev"},
    {"signum", "sign"},
    {"len", "length"},
};

static const char *call_name(struct arena *arena, const struct sql_expr *expr) {
    if (expr->call && expr->call->path && expr->call->path->part_count > 1) {
        struct buf b = buf_new(arena);
        for (uint32_t i = 0; i < expr->call->path->part_count; i++) {
            if (i) buf_char(&b, '.');
            buf_text(&b, str_lower(arena, expr->call->path->parts[i].text));
        }
        return buf_str(&b);
    }
    const char *name = str_lower(arena, expr->name);
    for (size_t i = 0; i < sizeof SYNONYMS / sizeof *SYNONYMS; i++)
        if (strcmp(SYNONYMS[i].from, name) == 0) return SYNONYMS[i].to;
    return name;
}

static bool is_over_rows(int kind) { return kind == AGG_PLAIN || kind == AGG_ORDERED || kind == CALL_WINDOW || kind == CALL_RANK; }

static bool is_aggregate(const struct binder *b, const struct sql_expr *expr) {
    if (expr->kind != EX_CALL || (expr->call && expr->call->over)) return false;
    if (expr->call && expr->call->parameter_count) return true; /* quantile(0.9)(x) of clickhouse: only aggregates have two brackets */
    char name[64];
    size_t n = 0;
    const struct sql_name *path = expr->call ? expr->call->path : NULL; /* HLL_COUNT.INIT */
    for (uint32_t k = 0; k < (path ? path->part_count : 1); k++) {
        struct str part = path ? path->parts[k].text : expr->name;
        if (n + part.n + 2 > sizeof name) return false;
        if (k) name[n++] = '.';
        for (size_t i = 0; i < part.n; i++) name[n++] = (char)(part.p[i] >= 'A' && part.p[i] <= 'Z' ? part.p[i] | 32 : part.p[i]);
    }
    name[n] = 0;
    const struct call_word *word = call_word(b->dialect, name);
    if (strcmp(name, "grouping") == 0 || strcmp(name, "grouping_id") == 0) return true;
    bool greatest = expr->arg_count > 1 && (strcmp(name, "max") == 0 || strcmp(name, "min") == 0);
    if (greatest && b->dialect == DIALECT_SQLITE) return false;
    return word && is_over_rows(word->kind); /* first_value(x), rank(5) WITHIN GROUP (..) without OVER too */
}

bool bind_has_aggregate(const struct binder *b, const struct sql_expr *expr) {
    if (!expr) return false;
    if (is_aggregate(b, expr)) return true;
    for (uint32_t i = 0; i < expr->arg_count; i++)
        if (bind_has_aggregate(b, expr->args[i])) return true;
    if (expr->kind == EX_CALL && expr->call && expr->call->over) {
        const struct sql_window *w = expr->call->over;
        for (uint32_t i = 0; i < w->partition_count; i++)
            if (bind_has_aggregate(b, w->partition[i])) return true;
        for (uint32_t i = 0; i < w->order_count; i++)
            if (bind_has_aggregate(b, w->order[i].expr)) return true;
    }
    return false;
}

const char *bind_generator(const struct binder *b, const struct sql_expr *expr) {
    if (expr->kind != EX_CALL || (expr->call && (expr->call->over || expr->call->filter))) return NULL;
    const char *name = generator_word(b->dialect, expr->name);
    return name && strcmp(name, "flatten") != 0 ? name : NULL;
}

bool bind_has_generator(const struct binder *b, const struct sql_expr *expr) {
    if (!expr) return false;
    if (bind_generator(b, expr)) return true;
    for (uint32_t i = 0; i < expr->arg_count; i++)
        if (bind_has_generator(b, expr->args[i])) return true;
    return false;
}

static void arg_set(struct scalar *e, size_t i, const struct scalar *arg) { ((const struct scalar **)e->args)[i] = arg; }

/* What else stands in the brackets and after them is part of what is computed, and so of the name: quantile(0.9)(x), STRING_AGG(x LIMIT 5). */
static const char *name_with_clauses(struct binder *b, const struct sql_expr *expr, const char *name) {
    const struct sql_call *call = expr->call;
    if (!call) return name;
    struct buf text = buf_new(b->arena);
    buf_text(&text, name);
    if (call->limit) buf_printf(&text, " limit %s", sql_expr_text(b->arena, call->limit, b->dialect));
    if (call->tail.n) buf_printf(&text, " %s", bind_words(b, call->tail));
    if (call->after.n) buf_printf(&text, " %s", bind_words(b, call->after));
    for (uint32_t i = 0; i < call->parameter_count; i++) buf_printf(&text, " (%s)", sql_expr_text(b->arena, call->parameters[i], b->dialect));
    for (uint32_t i = 0; i < call->column_count; i++) {
        buf_printf(&text, " %s ", bind_lower(b, call->columns[i].name.text));
        if (call->columns[i].type) sql_print_type(&text, call->columns[i].type, b->dialect);
    }
    return buf_str(&text);
}

static bool extras_known(const struct sql_expr *expr) {
    const struct sql_call *call = expr->call;
    return !call || (!call->having && !call->partition_count && (!call->path || !call->path->dynamic));
}

static const struct sort_key *orders_bind(struct binder *b, struct scope *scope, const struct sql_order *order, uint32_t n) {
    struct sort_key *keys = arena_array(b->arena, n ? n : 1, sizeof *keys);
    bool low = dialect_traits(b->dialect)->nulls_low;
    for (uint32_t i = 0; i < n; i++) {
        bool descending = order[i].direction == ORDER_DESC;
        if (order[i].direction == ORDER_USING || order[i].fill.n)
            bind_refuse(b, order[i].expr ? order[i].expr->range : (struct range){0}, "an ORDER BY of an unknown form");
        keys[i] = (struct sort_key){bind_expr(b, scope, order[i].expr), descending,
                                    order[i].nulls == NULLS_UNSAID ? low != descending : order[i].nulls == NULLS_FIRST};
    }
    return keys;
}

/* COUNT_IF(x) and FILTER are kept apart from COUNT(CASE ..) only in the text: both become a filter here. */
static const struct scalar *aggregate_make(struct binder *b, struct scope *scope, const struct sql_expr *expr, const char *name) {
    const struct sql_call *call = expr->call;
    const struct call_word *word = call_word(b->dialect, name);
    bool star = expr->arg_count == 1 && expr->args[0]->kind == EX_STAR, count_if = strcmp(name, "count_if") == 0;
    enum clause before = scope->clause;
    scope->clause = CLAUSE_INPUT;
    size_t n = star || count_if ? 0 : expr->arg_count, extra = call && call->separator;
    struct scalar *e = scalar_new(b, SC_AGG, n + extra, expr->range);
    if (star && expr->args[0]->star && (expr->args[0]->star->path || expr->args[0]->star->except_count))
        bind_refuse(b, expr->range, "an aggregate over t.*");
    if (star && strcmp(name, "count") != 0) bind_refuse(b, expr->range, "%s(*)", name);
    for (size_t i = 0; i < n; i++) arg_set(e, i, bind_expr(b, scope, expr->args[i]));
    if (extra) arg_set(e, n, bind_expr(b, scope, call->separator));
    e->name = count_if ? "count" : name_with_clauses(b, expr, name);
    e->distinct = expr->flags & SQL_DISTINCT;
    if (count_if) {
        e->filter = bind_expr(b, scope, expr->args[0]);
        if (e->distinct) bind_refuse(b, expr->range, "COUNT_IF(DISTINCT ..)");
    }
    if (call && call->filter) e->filter = scalar_and(b, e->filter, bind_expr(b, scope, call->filter));
    if (call && (call->order_count || call->within_count)) {
        e->n_order = call->order_count ? call->order_count : call->within_count;
        e->order = orders_bind(b, scope, call->order_count ? call->order : call->within, (uint32_t)e->n_order);
    }
    if (expr->flags & (SQL_IGNORE_NULLS | SQL_RESPECT_NULLS))
        e->name = arena_printf(b->arena, "%s:%s", e->name, expr->flags & SQL_IGNORE_NULLS ? "ignore_nulls" : "respect_nulls");
    scope->clause = before;
    scalar_finish(b, e);
    if (word && word->type) e->type = (struct type){word->type, word->type == TYPE_INT ? 64 : 0, 0};
    if ((strcmp(name, "min") == 0 || strcmp(name, "max") == 0 || strcmp(name, "any_value") == 0) && n) e->type = e->args[0]->type;
    if (strcmp(name, "sum") == 0 && n && e->args[0]->type.kind >= TYPE_INT && e->args[0]->type.kind <= TYPE_FLOAT)
        e->type = (struct type){e->args[0]->type.kind, 0, 0};
    if (strcmp(name, "count") == 0) e->nullable = false;
    bool several = n > 1 && (strcmp(name, "min") == 0 || strcmp(name, "max") == 0); /* MAX(x, 3): an array of the three greatest */
    if (several) e->name = arena_printf(b->arena, "%s:several", name), e->type = (struct type){TYPE_UNKNOWN, 0, 0};
    if (word && word->kind != AGG_PLAIN) e->is_volatile = b->plan->is_volatile = true;
    return e;
}

/* ANY_VALUE(x HAVING MAX y) is max_by(x, y). */
static const struct scalar *value_by(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    struct sql_expr *by = arena_new(b->arena, struct sql_expr);
    struct sql_call *call = arena_new(b->arena, struct sql_call);
    *by = *expr;
    *call = *expr->call;
    by->args = arena_array(b->arena, 2, sizeof *by->args);
    by->args[0] = expr->arg_count ? expr->args[0] : expr->call->having;
    by->args[1] = expr->call->having;
    by->arg_count = 2;
    call->having = NULL;
    by->call = call;
    return aggregate_make(b, scope, by, str_iis(expr->call->having_word, "max") ? "max_by" : "min_by");
}

static const struct sql_window *window_named(struct scope *scope, struct sql_ident name) {
    for (uint32_t i = 0; scope->select && i < scope->select->window_count; i++)
        if (str_ieq(scope->select->windows[i].name.text, name.text)) return &scope->select->windows[i];
    return NULL;
}

static enum edge_kind edge_of(enum sql_bound bound) {
    static const enum edge_kind map[] = {[BOUND_UNBOUNDED_PRECEDING] = EDGE_UNBOUNDED_PRECEDING,
                                         [BOUND_PRECEDING] = EDGE_PRECEDING,
                                         [BOUND_CURRENT] = EDGE_CURRENT,
                                         [BOUND_FOLLOWING] = EDGE_FOLLOWING,
                                         [BOUND_UNBOUNDED_FOLLOWING] = EDGE_UNBOUNDED_FOLLOWING};
    return bound == BOUND_NONE ? EDGE_CURRENT : map[bound];
}

/* OVER (w ORDER BY x): what it does not say itself comes from w. */
static void window_extend(struct sql_window *window, const struct sql_window *base) {
    window->base = base->base;
    if (!window->partition_count) window->partition = base->partition, window->partition_count = base->partition_count;
    if (!window->order_count) window->order = base->order, window->order_count = base->order_count;
    if (window->unit != FRAME_NONE) return;
    window->unit = base->unit;
    window->start = base->start;
    window->end = base->end;
    window->start_expr = base->start_expr;
    window->end_expr = base->end_expr;
    window->exclude = base->exclude;
}

/* Of these, Snowflake's default frame is the whole partition, also under ORDER BY
 * (docs.snowflake.com/en/sql-reference/functions-window-syntax, "rank-related functions"). */
static bool takes_whole_partition(const struct sql_expr *expr) {
    return str_iis(expr->name, "first_value") || str_iis(expr->name, "last_value") || str_iis(expr->name, "nth_value");
}

static const struct window_spec *window_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    const struct sql_window *w = expr->call->over;
    struct window_spec *spec = arena_new(b->arena, struct window_spec);
    struct sql_window whole = *w;
    for (int depth = 0; whole.base.text.n; depth++) {
        const struct sql_window *base = window_named(scope, whole.base);
        if (!base || depth > 20) {
            bind_refuse(b, expr->range, "a window built on one that is not there");
            return spec;
        }
        window_extend(&whole, base);
    }
    w = &whole;
    const struct scalar **partition = arena_array(b->arena, w->partition_count + 1, sizeof *partition);
    for (uint32_t i = 0; i < w->partition_count; i++) partition[i] = bind_expr(b, scope, w->partition[i]);
    *spec = (struct window_spec){.n_partition = w->partition_count,
                                 .partition = partition,
                                 .n_order = w->order_count,
                                 .order = orders_bind(b, scope, w->order, w->order_count)};
    spec->unit = (enum frame_unit)((int)w->unit - (int)FRAME_NONE);
    if (w->unit == FRAME_NONE && b->dialect == DIALECT_SNOWFLAKE && w->order_count && takes_whole_partition(expr)) {
        spec->unit = WINDOW_ROWS;
        spec->end = EDGE_UNBOUNDED_FOLLOWING;
    }
    if (w->unit != FRAME_NONE) {
        spec->start = edge_of(w->start);
        spec->end = edge_of(w->end);
        if (w->start_expr) spec->start_by = bind_expr(b, scope, w->start_expr);
        if (w->end_expr) spec->end_by = bind_expr(b, scope, w->end_expr);
    }
    static const char *const excludes[] = {[EXCLUDE_CURRENT] = "current row", [EXCLUDE_GROUP] = "group", [EXCLUDE_TIES] = "ties"};
    spec->exclude = excludes[w->exclude];
    spec->ignore_nulls = expr->flags & SQL_IGNORE_NULLS;
    return spec;
}

static const struct scalar *windowed_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr, const char *name) {
    if (scope->clause != CLAUSE_SELECT) bind_refuse(b, expr->range, "a window function outside the select list");
    const struct call_word *word = call_word(b->dialect, name);
    bool star = expr->arg_count == 1 && expr->args[0]->kind == EX_STAR;
    struct scalar *fn = scalar_new(b, word && word->kind <= AGG_ORDERED ? SC_AGG : SC_CALL, star ? 0 : expr->arg_count, expr->range);
    for (size_t i = 0; i < fn->n; i++) arg_set(fn, i, bind_expr(b, scope, expr->args[i]));
    fn->name = name_with_clauses(b, expr, name);
    fn->distinct = expr->flags & SQL_DISTINCT;
    bool shifts = strcmp(name, "lag") == 0 || strcmp(name, "lead") == 0;
    bool by_one = shifts && fn->n == 2 && fn->args[1]->op == SC_LITERAL && fn->args[1]->lit.kind == VALUE_INT && fn->args[1]->lit.i == 1;
    if (by_one) fn->n = 1; /* as when nothing is said */
    if (strcmp(name, "count_if") == 0) {
        const struct scalar *one = scalar_literal(b, (struct literal){.kind = VALUE_INT, .i = 1}, (struct type){TYPE_INT, 32, 0});
        arg_set(fn, 0, scalar_if(b, fn->args[0], one, scalar_null(b)));
        fn->name = "count";
    }
    if (expr->call->filter) fn->filter = bind_expr(b, scope, expr->call->filter);
    if (expr->call->order_count || expr->call->within_count) {
        fn->n_order = expr->call->order_count ? expr->call->order_count : expr->call->within_count;
        fn->order = orders_bind(b, scope, expr->call->order_count ? expr->call->order : expr->call->within, (uint32_t)fn->n_order);
    }
    scalar_finish(b, fn);
    if (word && word->kind == AGG_ORDERED) fn->is_volatile = true;
    if (word && word->type) fn->type = (struct type){word->type, word->type == TYPE_INT ? 64 : 0, 0};
    bool keeps = fn->n && (strcmp(name, "min") == 0 || strcmp(name, "max") == 0 || strcmp(name, "lag") == 0 || strcmp(name, "lead") == 0 ||
                           strcmp(name, "first_value") == 0 || strcmp(name, "last_value") == 0);
    if (keeps) fn->type = fn->args[0]->type;
    struct scalar *e = scalar_new(b, SC_WINDOW, 1, expr->range);
    arg_set(e, 0, fn);
    e->window = window_bind(b, scope, expr);
    scalar_finish(b, e);
    e->type = fn->type;
    e->nullable =
        !(strcmp(fn->name, "count") == 0 || strcmp(name, "row_number") == 0 || strcmp(name, "rank") == 0 || strcmp(name, "dense_rank") == 0);
    if (e->is_volatile || (word && word->kind == AGG_ORDERED)) b->plan->is_volatile = true;
    int column = column_new(b, name, e->type, e->nullable, NULL);
    *vec_add(b->arena, &scope->windows) = (struct column_def){column, e};
    return scalar_column(b, column, expr->range);
}

static const struct scalar *aggregate_collect(struct binder *b, struct scope *scope, const struct sql_expr *expr, const char *name) {
    if (scope->clause != CLAUSE_SELECT) bind_refuse(b, expr->range, "an aggregate outside the select list");
    bool by = expr->call && expr->call->having && strcmp(name, "any_value") == 0;
    if (!extras_known(expr) && !by) bind_refuse(b, expr->range, "a clause of %s(..)", name);
    const struct scalar *e = by ? value_by(b, scope, expr) : aggregate_make(b, scope, expr, name);
    for (size_t i = 0; i < scope->aggs.n; i++)
        if (scalar_equal(scope->aggs.at[i].expr, e)) return scalar_column(b, scope->aggs.at[i].column, expr->range);
    int column = column_new(b, name, e->type, e->nullable, NULL);
    *vec_add(b->arena, &scope->aggs) = (struct column_def){column, e};
    return scalar_column(b, column, expr->range);
}

static const struct scalar *grouping_collect(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    enum clause before = scope->clause;
    scope->clause = CLAUSE_INPUT;
    struct scalar *e = scalar_new(b, SC_GROUPING, expr->arg_count, expr->range);
    for (uint32_t i = 0; i < e->n; i++) arg_set(e, i, bind_expr(b, scope, expr->args[i]));
    e->name = "grouping";
    e->type = (struct type){TYPE_INT, 64, 0};
    scope->clause = before;
    int column = column_new(b, "grouping", e->type, false, NULL);
    *vec_add(b->arena, &scope->aggs) = (struct column_def){column, e};
    return scalar_column(b, column, expr->range);
}

/* What typeof says of a value of that type; NULL where that is not known to the letter. */
static const char *type_word(struct binder *b, struct type type) {
    static const char *const words[] = {[TYPE_BOOL] = "boolean", [TYPE_STRING] = "string", [TYPE_BYTES] = "binary", [TYPE_DATE] = "date"};
    bool spark = b->dialect == DIALECT_DATABRICKS || b->dialect == DIALECT_SPARK;
    if (!spark) return NULL;
    if (type.kind == TYPE_INT) return type.precision == 64 ? "bigint" : type.precision == 32 ? "int" : NULL;
    if (type.kind == TYPE_DECIMAL) return type.precision ? arena_printf(b->arena, "decimal(%d,%d)", type.precision, type.scale) : NULL;
    return type.kind < sizeof words / sizeof *words ? words[type.kind] : NULL;
}

/* type_family(x), Parley's own: what fillna goes by. NULL: not known. */
static const char *family_word(struct type type) {
    switch (type.kind) {
    case TYPE_STRING:
        return "text";
    case TYPE_INT:
    case TYPE_DECIMAL:
    case TYPE_FLOAT:
        return "number";
    case TYPE_BOOL:
        return "truth";
    case TYPE_DATE:
    case TYPE_TIMESTAMP:
    case TYPE_BYTES:
        return "other";
    default:
        return NULL;
    }
}

/* DECODE(x, a, r, b, s, t): CASE, where a NULL finds a NULL. */
static const struct scalar *decode_bind(struct binder *b, const struct scalar *e, struct range range) {
    const struct scalar *out = e->n % 2 == 0 ? e->args[e->n - 1] : scalar_null(b);
    for (size_t i = e->n % 2 == 0 ? (size_t)e->n - 3 : (size_t)e->n - 2; i >= 1; i -= 2) {
        out = scalar_if(b, scalar_of(b, SC_SAME, e->args[0], e->args[i], range), e->args[i + 1], out);
        if (i == 1) break;
    }
    return out;
}

/* ISNULL of T-SQL gives the type of its first argument, and cuts or rounds the second to it: COALESCE only where nothing is lost. */
static bool isnull_keeps(const struct binder *b, const struct scalar *e) {
    struct type to = e->args[0]->type, from = e->args[1]->type;
    const struct literal *lit = e->args[1]->op == SC_LITERAL ? &e->args[1]->lit : NULL;
    if (b->dialect != DIALECT_TSQL) return false;
    switch (to.kind) {
    case TYPE_INT:
        return from.kind == TYPE_INT && (from.precision <= to.precision || (lit && lit->i >= 0 && lit->i < 128));
    case TYPE_DECIMAL:
        return lit && lit->kind == VALUE_INT && lit->i > -10 && lit->i < 10 && to.precision > to.scale;
    case TYPE_FLOAT:
        return to.precision == 64 && (from.kind == TYPE_INT || from.kind == TYPE_FLOAT);
    case TYPE_STRING:
        return lit ? lit->kind == VALUE_TEXT && lit->s.n <= to.precision
                   : from.kind == TYPE_STRING && from.precision && from.precision <= to.precision;
    case TYPE_DATE:
    case TYPE_BOOL:
        return from.kind == to.kind;
    default:
        return false;
    }
}

/* IF, NULLIF, NVL and their kin in terms of CASE and COALESCE; NULL when `name` is none of them. */
static const struct scalar *conditional_bind(struct binder *b, const struct scalar *e, struct range range) {
    const char *name = e->name;
    if (e->n == 3 && (strcmp(name, "if") == 0 || strcmp(name, "iif") == 0 || strcmp(name, "iff") == 0))
        return scalar_if(b, e->args[0], e->args[1], e->args[2]);
    if (e->n == 2 && strcmp(name, "if") == 0) return scalar_if(b, e->args[0], e->args[1], scalar_null(b));
    if (e->n == 2 && strcmp(name, "nullif") == 0 && !e->args[0]->is_volatile)
        return scalar_if(b, scalar_of(b, SC_EQ, e->args[0], e->args[1], range), scalar_null(b), e->args[0]);
    if (e->n >= 3 && strcmp(name, "decode") == 0) return decode_bind(b, e, range);
    bool zero = e->n == 1 && strcmp(name, "zeroifnull") == 0, to_zero = e->n == 1 && strcmp(name, "nullifzero") == 0;
    if ((zero || to_zero) && !e->args[0]->is_volatile) {
        const struct scalar *nought = scalar_literal(b, (struct literal){.kind = VALUE_INT, .i = 0}, (struct type){TYPE_INT, 32, 0});
        return zero ? scalar_if(b, scalar_of(b, SC_IS_NULL, e->args[0], NULL, range), nought, e->args[0])
                    : scalar_if(b, scalar_of(b, SC_EQ, e->args[0], nought, range), scalar_null(b), e->args[0]);
    }
    if (e->n == 3 && strcmp(name, "nvl2") == 0) return scalar_if(b, scalar_of(b, SC_IS_NULL, e->args[0], NULL, range), e->args[2], e->args[1]);
    bool coalesce = strcmp(name, "coalesce") == 0 ||
                    (e->n == 2 && (strcmp(name, "ifnull") == 0 || strcmp(name, "nvl") == 0 || (strcmp(name, "isnull") == 0 && isnull_keeps(b, e))));
    if (coalesce && e->n) {
        struct scalar *c = scalar_new(b, SC_COALESCE, e->n, range);
        for (size_t i = 0; i < e->n; i++) arg_set(c, i, e->args[i]);
        scalar_finish(b, c);
        return c;
    }
    if (e->n == 1 && strcmp(name, "positive") == 0) return e->args[0];
    /* Only floating columns hold NaN. */
    if (e->n == 2 && strcmp(name, "nanvl") == 0 && (e->args[0]->type.kind == TYPE_INT || e->args[0]->type.kind == TYPE_DECIMAL)) return e->args[0];
    if (e->n == 1 && strcmp(name, "isnull") == 0) return scalar_of(b, SC_IS_NULL, e->args[0], NULL, range);
    if (e->n == 1 && strcmp(name, "isnotnull") == 0) return scalar_not(b, scalar_of(b, SC_IS_NULL, e->args[0], NULL, range));
    const char *typed = e->n == 1 && strcmp(name, "typeof") == 0 ? type_word(b, e->args[0]->type) : NULL;
    if (!typed && e->n == 1 && strcmp(name, "type_family") == 0) typed = family_word(e->args[0]->type);
    if (typed) return scalar_literal(b, (struct literal){.kind = VALUE_TEXT, .s = str_of(typed)}, (struct type){TYPE_STRING, 0, 0});
    if (e->n == 2 && strcmp(name, "mod") == 0) return scalar_of(b, SC_MOD, e->args[0], e->args[1], range);
    int64_t days;
    bool text =
        e->n == 1 && strcmp(name, "date") == 0 && b->dialect == DIALECT_MYSQL && e->args[0]->op == SC_LITERAL && e->args[0]->lit.kind == VALUE_TEXT;
    if (text && e->args[0]->lit.s.n >= 10 && literal_date((struct str){e->args[0]->lit.s.p, 10}, &days))
        return scalar_literal(b, (struct literal){.kind = VALUE_DATE, .i = days}, (struct type){TYPE_DATE, 0, 0});
    return NULL;
}

/* EXTRACT(YEAR FROM x) and date_part('year', x) are year(x). */
static const char *part_name(const struct sql_expr *expr, const char *name) {
    static const char *const parts[] = {"year", "month", "day", "hour", "minute", "quarter"};
    if (expr->arg_count != 2 || strcmp(name, "extract") != 0) return NULL;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_iis(expr->args[0]->name, parts[i]) && (expr->args[0]->kind == EX_KEYWORD || expr->args[0]->kind == EX_NAME)) return parts[i];
    return NULL;
}

static const struct scalar *cast_of(struct binder *b, const struct scalar *call, const char *name) {
    struct scalar *e = scalar_new(b, SC_CAST, 1, call->range);
    struct type type = type_parse(str_of(name), b->dialect);
    arg_set(e, 0, call->args[0]);
    e->name = "cast";
    scalar_finish(b, e);
    e->type = type;
    return e;
}

/* "day", "week(monday)" */
static const char *unit_text(struct binder *b, const struct sql_expr *arg) {
    if (arg->kind == EX_NAME && arg->path && arg->path->part_count > 1) return str_lower(b->arena, str_of(sql_expr_text(b->arena, arg, b->dialect)));
    const char *word = bind_lower(b, arg->name);
    return arg->kind == EX_CALL ? arena_printf(b->arena, "%s(%s)", word, bind_lower(b, arg->args[0]->name)) : word;
}

static const struct scalar *plain_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr, const char *name) {
    const struct call_word *word = call_word(b->dialect, name);
    const char *part = part_name(expr, name);
    uint32_t skip = part != NULL;
    struct scalar *e = scalar_new(b, SC_CALL, expr->arg_count - skip, expr->range);
    for (size_t i = 0; i < e->n; i++) {
        const struct sql_expr *arg = expr->args[i + skip];
        bool unit_after = expr->call && expr->call->before && str_iis(expr->call->before[i + skip], "to"); /* FLOOR(x TO MONTH) */
        bool named = expr->call && expr->call->before &&
                     (str_iis(expr->call->before[i + skip], "model") || str_iis(expr->call->before[i + skip], "connection"));
        bool bare = named || (unit_after && arg->kind == EX_NAME && arg->path && arg->path->part_count == 1) ||
                    unit_argument(b->dialect, name, (const struct sql_expr *const *)expr->args + skip, i, e->n);
        struct literal unit = {.kind = VALUE_TEXT, .s = str_of(bare ? unit_text(b, arg) : "")};
        arg_set(e, i, bare ? scalar_literal(b, unit, (struct type){TYPE_STRING, 0, 0}) : bind_expr(b, scope, arg));
    }
    e->name = part ? part : name_with_clauses(b, expr, name);
    if (expr->call && expr->call->before && !part) {
        struct buf words = buf_new(b->arena);
        buf_text(&words, name);
        for (uint32_t i = 0; i < expr->arg_count; i++) buf_printf(&words, ":%s", str_lower(b->arena, expr->call->before[i]));
        e->name = buf_str(&words);
        /* SUBSTRING(x FROM a FOR b) is substring(x, a, b) */
        if (strcmp(e->name, "substring::from:for") == 0 || strcmp(e->name, "substring::from") == 0) e->name = "substring";
    }
    if (expr->flags & SQL_DISTINCT ||
        (expr->call && (expr->call->filter || expr->call->order_count || expr->call->within_count || expr->call->separator)))
        bind_refuse(b, expr->range, "an aggregate that is not known: %s", name);
    scalar_finish(b, e);
    e->nullable = true;
    if (part) e->type = b->dialect == DIALECT_POSTGRES ? (struct type){TYPE_DECIMAL, 0, 0} : (struct type){TYPE_INT, 32, 0};
    if (word && word->kind == CALL_VOLATILE) e->is_volatile = b->plan->is_volatile = true;
    if (word && word->kind == CALL_CLOCK && (e->n == 0 || strcmp(name, "unix_timestamp") != 0)) {
        b->plan->reads_clock = true;
        e->nullable = !word->type || word->type == TYPE_STRING; /* there may be no current schema */
        for (size_t i = 0; i < e->n; i++) e->nullable |= e->args[i]->nullable;
    }
    if (word && word->type) e->type = (struct type){word->type, 0, 0};
    if (e->n == 1 && !part && cast_word(b->dialect, str_of(name))) return cast_of(b, e, name);
    const struct scalar *known = conditional_bind(b, e, expr->range);
    return known ? known : e;
}

/* DESCRIPTOR(x, y): names, not columns. */
static const struct scalar *names_bind(struct binder *b, const struct sql_expr *expr) {
    struct literal words = {.kind = VALUE_TEXT, .s = str_of(str_lower(b->arena, str_of(sql_expr_text(b->arena, expr, b->dialect))))};
    return scalar_literal(b, words, (struct type){TYPE_OTHER, 0, 0});
}

const struct scalar *bind_plain_call(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    return plain_bind(b, scope, expr, call_name(b->arena, expr));
}

/* A function that the script makes is told from others by how it is made. */
static const struct scalar *routine_bind(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    struct scalar *e = scalar_new(b, SC_CALL, expr->arg_count, expr->range);
    for (size_t i = 0; i < e->n; i++) arg_set(e, i, bind_expr(b, scope, expr->args[i]));
    uint64_t made = hash64(expr->call->routine.p, expr->call->routine.n);
    e->name = arena_printf(b->arena, "%s@%08x", bind_lower(b, expr->name), (unsigned)made);
    scalar_finish(b, e);
    e->nullable = true;
    return e;
}

const struct scalar *bind_call(struct binder *b, struct scope *scope, const struct sql_expr *expr) {
    const char *name = call_name(b->arena, expr);
    if (expr->call && expr->call->routine.n) {
        bool aggregate = expr->call->over || strstr(bind_lower(b, expr->call->routine), "aggregate");
        if (aggregate) bind_refuse(b, expr->range, "an aggregate of the script's own: %s", name);
        return routine_bind(b, scope, expr);
    }
    if (expr->call && expr->call->over) {
        if (!extras_known(expr) || expr->call->separator) bind_refuse(b, expr->range, "a clause of %s(..) OVER", name);
        return windowed_bind(b, scope, expr, name);
    }
    if (strcmp(name, "grouping") == 0 || strcmp(name, "grouping_id") == 0) return grouping_collect(b, scope, expr);
    if (strcmp(name, "descriptor") == 0) return names_bind(b, expr);
    if (is_aggregate(b, expr)) return aggregate_collect(b, scope, expr, name);
    if (!extras_known(expr)) bind_refuse(b, expr->range, "a clause of %s(..)", name);
    if (strcmp(name, "array") == 0 && expr->arg_count == 1 && expr->args[0]->kind == EX_QUERY_ARG) return bind_array_query(b, scope, expr->args[0]);
    if (scope->clause == CLAUSE_SELECT && bind_generator(b, expr)) {
        const char *column = "col";
        return scalar_column(b, *generator_add(b, scope, expr, &column, 1), expr->range);
    }
    return plain_bind(b, scope, expr, name);
}
