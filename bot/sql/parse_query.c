/* parse_query.c - queries: SELECT and its clauses, VALUES, set operations, ORDER BY and LIMIT. */
#include "sql_parser.h"

bool parse_query_starts(const struct parser *p, const struct token *t) {
    const struct token *next = t + 1;
    switch (t->keyword) {
    case KW_SELECT:
        return true;
    case KW_WITH:
        return next->type == TOKEN_WORD || next->type == TOKEN_QUOTED || next->type == TOKEN_PARAM ||
               (p->dialect == DIALECT_CLICKHOUSE && next->type != TOKEN_END);
    case KW_VALUES:
        return next->keyword == SY_LPAREN || (next->type != TOKEN_OP && next->type != TOKEN_END &&
                                              (p->traits->number_suffix || p->dialect == DIALECT_TRINO || p->dialect == DIALECT_ANSI ||
                                               (p->dialect == DIALECT_MYSQL && next->keyword == KW_ROW)) &&
                                              next->keyword != KW_AS);
    case KW_FROM:
        return next->type == TOKEN_WORD || next->type == TOKEN_QUOTED || next->type == TOKEN_STRING || next->keyword == SY_LPAREN;
    case KW_TABLE:
        return (next->type == TOKEN_WORD && !(sql_keyword_flags(next->keyword) & KW_RESERVED)) || next->type == TOKEN_QUOTED;
    case KW_PIVOT:
    case KW_UNPIVOT:
    case KW_SUMMARIZE:
        return p->dialect == DIALECT_DUCKDB && next->type != TOKEN_OP;
    case KW_SHOW:
    case KW_DESCRIBE:
        return (p->dialect == DIALECT_DUCKDB || p->dialect == DIALECT_SNOWFLAKE) && next->type == TOKEN_WORD && t > p->tokens->at &&
               t[-1].keyword == SY_LPAREN;
    default:
        return false;
    }
}

static void query_deepen(struct parser *p, struct sql_query *q, uint32_t depth) {
    if (depth + 1 <= q->depth) return;
    if (depth + 1 > SQL_DEPTH_MAX) parse_fail(p, "a query deeper than %d levels", SQL_DEPTH_MAX);
    q->depth = depth + 1;
}

static void query_deepen_expr(struct parser *p, struct sql_query *q, const struct sql_expr *e) {
    if (e) query_deepen(p, q, e->depth);
}

static bool at_setop(const struct parser *p) {
    const struct token *next = p->t + 1;
    switch (p->t->keyword) {
    case KW_UNION:
    case KW_INTERSECT:
        return true;
    case KW_EXCEPT:
    case KW_MINUS:
    case KW_SETMINUS:
        return next->keyword == SY_LPAREN || next->keyword == KW_ALL || next->keyword == KW_DISTINCT || next->keyword == KW_CORRESPONDING ||
               next->keyword == KW_BY || parse_query_starts(p, next);
    case KW_LEFT:
    case KW_FULL:
    case KW_INNER: {
        const struct token *word = next->keyword == KW_OUTER ? next + 1 : next;
        return word->keyword == KW_UNION || word->keyword == KW_INTERSECT || word->keyword == KW_EXCEPT;
    }
    default:
        return false;
    }
}

static bool at_rest(const struct parser *p) {
    if (at_setop(p) || parse_at(p, SY_PIPE_GT)) return true;
    switch (p->t->keyword) {
    case KW_ORDER:
    case KW_SORT:
    case KW_CLUSTER:
    case KW_DISTRIBUTE:
        return parse_next_is(p, 1, KW_BY) || parse_next_is(p, 1, KW_SIBLINGS);
    case KW_LIMIT:
    case KW_OFFSET:
    case KW_FETCH:
        return true;
    default:
        return false;
    }
}

struct sql_query *parse_query_or_expr(struct parser *p, struct sql_expr **expr) {
    const struct token *first = p->t;
    if (parse_query_starts(p, first)) return parse_query(p);
    struct sql_expr *e = parse_expr(p);
    *expr = e;
    if (e->kind == EX_SUBQUERY && !e->flags && first->keyword == SY_LPAREN && at_rest(p)) return parse_query_rest(p, e->query, first);
    return NULL;
}

/* ---------------------------------------------------------------- SELECT */

static void alias_list(struct parser *p, struct sql_item *item) {
    p->t++;
    item->aliases = parse_ident_list(p, &item->alias_count);
}

/* tsql: name = value gives the column that name. */
static void tsql_alias(const struct parser *p, struct sql_item *item) {
    struct sql_expr *e = item->expr;
    if (p->dialect != DIALECT_TSQL || e->kind != EX_BINARY || e->op != OP_EQ || item->alias.text.n) return;
    if (e->args[0]->kind != EX_NAME || e->args[0]->path->part_count != 1) return;
    item->alias = e->args[0]->path->parts[0];
    item->expr = e->args[1];
}

static void transform_read(struct parser *p, struct sql_select *s, const struct token *first) {
    while (!parse_at(p, KW_FROM) && !parse_at(p, SY_SEMICOLON) && !parse_at(p, SY_RPAREN) && p->t->type != TOKEN_END) {
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else p->t++;
    }
    s->transform = parse_verbatim(p, first);
}

struct sql_item *parse_items(struct parser *p, uint32_t *count) {
    size_t mark = list_start(p);
    for (;;) {
        struct sql_item item = {0};
        const struct token *first = p->t;
        bool before = p->dialect == DIALECT_DUCKDB && parse_next_is(p, 1, SY_COLON) && parse_can_be_name(p, first); /* name: value */
        if (before) item.alias = parse_any_ident(p), p->t++;
        item.expr = parse_at(p, SY_STAR) && !parse_next_is(p, 1, KW_COLUMNS) ? parse_star(p, NULL, first) : parse_expr(p);
        if (parse_at(p, KW_AS) && parse_next_is(p, 1, SY_LPAREN)) alias_list(p, &item);
        else if (!before) parse_alias(p, &item.alias, KW_NO_ALIAS);
        tsql_alias(p, &item);
        item.range = parse_range(p, first);
        list_push(p, &item, sizeof item);
        if (!parse_take(p, SY_COMMA)) break;
        if (parse_at(p, KW_FROM) || parse_at(p, SY_RPAREN) || parse_at(p, SY_SEMICOLON) || p->t->type == TOKEN_END || parse_at(p, SY_PIPE_GT))
            break; /* a comma at the end */
    }
    return list_take(p, mark, sizeof(struct sql_item), count);
}

static struct sql_expr *group_item(struct parser *p) {
    const struct token *first = p->t;
    enum sql_op op = OP_NONE;
    if (parse_at(p, KW_ROLLUP) && parse_next_is(p, 1, SY_LPAREN)) op = OP_ROLLUP;
    else if (parse_at(p, KW_CUBE) && parse_next_is(p, 1, SY_LPAREN)) op = OP_CUBE;
    else if (parse_at(p, KW_GROUPING) && parse_next_is(p, 1, KW_SETS)) op = OP_SETS;
    if (op == OP_NONE) return parse_expr(p);
    p->t += op == OP_SETS ? 2 : 1;
    parse_must(p, SY_LPAREN);
    parse_nest(p);
    size_t mark = list_start(p);
    while (!parse_at(p, SY_RPAREN)) {
        struct sql_expr *x = group_item(p);
        list_push(p, &x, sizeof x);
        if (!parse_take(p, SY_COMMA)) break;
    }
    p->nest--;
    parse_must(p, SY_RPAREN);
    uint32_t count;
    struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
    struct sql_expr *e = expr_new(p, EX_GROUPING, op, first);
    expr_args(p, e, args, count);
    return e;
}

static bool group_all_alone(const struct parser *p) {
    const struct token *next = p->t + 1;
    return next->type == TOKEN_END || next->type == TOKEN_HINT ||
           (next->type == TOKEN_WORD && (sql_keyword_flags(next->keyword) & KW_NO_ALIAS) && next->keyword != KW_CASE) || next->keyword == SY_RPAREN ||
           next->keyword == SY_SEMICOLON || next->keyword == SY_PIPE_GT || next->keyword == SY_RBRACE || next->keyword == KW_PIVOT ||
           next->keyword == KW_NONE;
}

struct sql_group *parse_group(struct parser *p) {
    struct sql_group *g = parse_new(p, struct sql_group);
    if (parse_at(p, KW_ALL) && group_all_alone(p)) {
        p->t++;
        g->all = true;
    } else {
        if (!parse_take(p, KW_ALL)) g->distinct = parse_take(p, KW_DISTINCT);
        size_t mark = list_start(p);
        do {
            if (parse_at(p, SY_RPAREN) || parse_at(p, KW_HAVING) || parse_at(p, KW_ORDER) || p->t->type == TOKEN_END) break; /* a comma at the end */
            struct sql_expr *x = group_item(p);
            list_push(p, &x, sizeof x);
        } while (parse_take(p, SY_COMMA));
        g->items = list_take(p, mark, sizeof *g->items, &g->item_count);
    }
    if (parse_at(p, KW_GROUPING) && parse_next_is(p, 1, KW_SETS)) g->sets = group_item(p);
    for (;;) {
        if (parse_take2(p, KW_WITH, KW_ROLLUP)) g->with_rollup = true;
        else if (parse_take2(p, KW_WITH, KW_CUBE)) g->with_cube = true;
        else if (parse_take2(p, KW_WITH, KW_TOTALS)) g->with_totals = true;
        else return g;
    }
}

struct sql_window *parse_windows(struct parser *p, uint32_t *count) {
    size_t mark = list_start(p);
    do {
        struct sql_window w = {0};
        const struct token *first = p->t;
        w.name = parse_any_ident(p);
        parse_must(p, KW_AS);
        if (parse_take(p, SY_LPAREN)) {
            parse_window_body(p, &w);
        } else {
            w.base = parse_ident(p);
            w.is_reference = true;
        }
        w.range = parse_range(p, first);
        list_push(p, &w, sizeof w);
    } while (parse_take(p, SY_COMMA));
    return list_take(p, mark, sizeof(struct sql_window), count);
}

static void select_top(struct parser *p, struct sql_select *s) {
    s->top = parse_new(p, struct sql_top);
    if (parse_take(p, SY_LPAREN)) {
        s->top->count = parse_expr(p);
        parse_must(p, SY_RPAREN);
    } else {
        s->top->count = parse_primary(p);
    }
    s->top->percent = parse_take(p, KW_PERCENT);
    s->top->ties = parse_take2(p, KW_WITH, KW_TIES);
}

static void select_distinct(struct parser *p, struct sql_select *s) {
    if (parse_at(p, KW_ALL) && !parse_next_is(p, 1, SY_COMMA)) {
        p->t++;
        s->distinct = DISTINCT_ALL;
    } else if (parse_at(p, KW_DISTINCT) || (parse_at(p, KW_UNIQUE) && p->dialect == DIALECT_ORACLE)) {
        p->t++;
        s->distinct = DISTINCT_ROWS;
        if (parse_at(p, KW_ON) && parse_next_is(p, 1, SY_LPAREN)) {
            p->t += 2;
            s->distinct = DISTINCT_ON;
            s->distinct_on = parse_expr_list(p, &s->distinct_count);
            parse_must(p, SY_RPAREN);
        }
    }
}

/* HIGH_PRIORITY, SQL_NO_CACHE .., which say nothing of the rows, and DISTINCTROW, which is DISTINCT. */
static void mysql_modifiers(struct parser *p, struct sql_select *s) {
    static const char *const words[] = {"sql_calc_found_rows", "sql_no_cache",      "sql_cache",     "sql_small_result",
                                        "sql_big_result",      "sql_buffer_result", "high_priority", "straight_join"};
    struct buf kept = buf_new(p->arena);
    for (;;) {
        size_t i = 0, n = sizeof words / sizeof *words;
        while (i < n && !parse_word_is(p, 0, words[i])) i++;
        if (i < n) {
            if (kept.n) buf_char(&kept, ' ');
            buf_slice(&kept, parse_word(p, p->t++));
        } else if (parse_take_word(p, "distinctrow")) {
            s->distinct = DISTINCT_ROWS;
        } else {
            break;
        }
    }
    if (kept.n) s->modifiers = (struct str){buf_str(&kept), kept.n};
}

static void select_modifiers(struct parser *p, struct sql_select *s) {
    while (p->t->type == TOKEN_HINT) {
        struct str h = parse_word(p, p->t++);
        s->hint = (struct str){h.p + 3, h.n - 5};
    }
    const struct token *first = p->t;
    if (p->dialect == DIALECT_MYSQL) mysql_modifiers(p, s);
    if (p->dialect == DIALECT_BIGQUERY && parse_at(p, KW_WITH) && p->t[1].type == TOKEN_WORD) { /* WITH DIFFERENTIAL_PRIVACY OPTIONS (..) */
        p->t += 2;
        if (parse_take(p, KW_OPTIONS)) parse_skip_brackets(p);
        s->modifiers = parse_verbatim(p, first);
    }
    const struct token *top = p->t + 1;
    select_distinct(p, s);
    if (parse_at(p, KW_TOP)) {
        top = p->t + 1;
        bool is_top =
            top->type == TOKEN_NUMBER ||
            (top->keyword == SY_LPAREN && (p->dialect == DIALECT_TSQL || p->dialect == DIALECT_REDSHIFT || p->dialect == DIALECT_SNOWFLAKE)) ||
            (top->type == TOKEN_PARAM && top[1].keyword != SY_COMMA);
        if (is_top) {
            p->t++;
            select_top(p, s);
        }
    }
    select_distinct(p, s);
    if (parse_at(p, KW_AS) && (parse_next_is(p, 1, KW_STRUCT) || parse_next_is(p, 1, KW_VALUE))) {
        s->as_struct = parse_next_is(p, 1, KW_STRUCT);
        s->as_value = !s->as_struct;
        p->t += 2;
    } else if (parse_at(p, KW_AS) && p->dialect == DIALECT_BIGQUERY) {
        const struct token *type = ++p->t;
        parse_name(p);
        s->as_type = parse_verbatim(p, type);
    }
}

static void select_into(struct parser *p, struct sql_select *s) {
    const struct token *first = ++p->t;
    bool file = p->dialect == DIALECT_MYSQL && (parse_word_is(p, 0, "outfile") || parse_word_is(p, 0, "dumpfile"));
    bool table = (!file && parse_take(p, KW_TEMP)) || parse_take(p, KW_TEMPORARY) || parse_take(p, KW_UNLOGGED);
    table |= parse_take(p, KW_TABLE);
    parse_take(p, KW_STRICT);
    if (!table && (file || p->t->type == TOKEN_PARAM || parse_at(p, SY_COLON) || p->block_depth)) {
        while (!parse_at(p, KW_FROM) && !parse_at(p, SY_SEMICOLON) && p->t->type != TOKEN_END && !parse_at(p, SY_RPAREN) && !parse_at(p, KW_WHERE))
            p->t++;
        s->into_text = parse_verbatim(p, first);
        return;
    }
    s->into = parse_table_name(p);
    if (parse_at(p, SY_COMMA)) {
        while (parse_take(p, SY_COMMA)) parse_table_name(p);
        s->into_text = parse_verbatim(p, first);
        s->into = NULL;
    }
}

static bool select_clause(struct parser *p, struct sql_select *s) {
    switch (p->t->keyword) {
    case KW_INTO:
        if (s->into || s->into_text.n) return false;
        return select_into(p, s), true;
    case KW_FROM:
        if (s->from) return false;
        p->t++;
        return s->from = parse_from_list(p), true;
    case KW_PREWHERE:
        p->t++;
        return s->prewhere = parse_expr(p), true;
    case KW_WHERE:
        if (s->where) return false;
        p->t++;
        return s->where = parse_expr(p), true;
    case KW_START:
        if (!parse_take2(p, KW_START, KW_WITH)) return false;
        return s->start = parse_expr(p), true;
    case KW_CONNECT:
        if (!parse_take2(p, KW_CONNECT, KW_BY)) return false;
        s->nocycle = parse_take(p, KW_NOCYCLE);
        return s->connect = parse_expr(p), true;
    case KW_GROUP:
        if (s->group || !parse_take2(p, KW_GROUP, KW_BY)) return false;
        return s->group = parse_group(p), true;
    case KW_HAVING:
        if (s->having) return false;
        p->t++;
        return s->having = parse_expr(p), true;
    case KW_QUALIFY:
        if (s->qualify) return false;
        p->t++;
        return s->qualify = parse_expr(p), true;
    case KW_WINDOW:
        if (s->windows || !parse_can_be_name(p, p->t + 1) || p->t[2].keyword != KW_AS) return false;
        p->t++;
        return s->windows = parse_windows(p, &s->window_count), true;
    default:
        return false;
    }
}

static void orders_deepen(struct parser *p, struct sql_query *q, const struct sql_order *order, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) query_deepen_expr(p, q, order[i].expr);
}

static void windows_deepen(struct parser *p, struct sql_query *q, const struct sql_window *windows, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const struct sql_window *w = &windows[i];
        for (uint32_t k = 0; k < w->partition_count; k++) query_deepen_expr(p, q, w->partition[k]);
        orders_deepen(p, q, w->order, w->order_count);
        query_deepen_expr(p, q, w->start_expr);
        query_deepen_expr(p, q, w->end_expr);
    }
}

static void select_depth(struct parser *p, struct sql_query *q, const struct sql_select *s) {
    for (uint32_t i = 0; i < s->item_count; i++) query_deepen_expr(p, q, s->items[i].expr);
    if (s->from) query_deepen(p, q, s->from->depth);
    query_deepen_expr(p, q, s->where);
    query_deepen_expr(p, q, s->having);
    query_deepen_expr(p, q, s->qualify);
    query_deepen_expr(p, q, s->prewhere);
    query_deepen_expr(p, q, s->connect);
    query_deepen_expr(p, q, s->start);
    for (uint32_t i = 0; s->group && i < s->group->item_count; i++) query_deepen_expr(p, q, s->group->items[i]);
    if (s->group) query_deepen_expr(p, q, s->group->sets);
    if (s->top) query_deepen_expr(p, q, s->top->count);
    for (uint32_t i = 0; i < s->distinct_count; i++) query_deepen_expr(p, q, s->distinct_on[i]);
    windows_deepen(p, q, s->windows, s->window_count);
}

static struct sql_item *star_item(struct parser *p) {
    struct sql_item *item = parse_new(p, struct sql_item);
    item->expr = parse_new(p, struct sql_expr);
    item->expr->kind = EX_STAR;
    item->expr->depth = 1;
    item->expr->star = parse_new(p, struct sql_star);
    return item;
}

struct sql_query *parse_all_of(struct parser *p, struct sql_name *name) {
    struct sql_query *q = parse_new(p, struct sql_query);
    q->body = BODY_SELECT;
    q->select = parse_new(p, struct sql_select);
    q->select->items = star_item(p);
    q->select->item_count = 1;
    q->select->from = from_new(p, FROM_TABLE);
    q->select->from->name = name;
    q->select->from->range = q->select->range = q->range = name->range;
    query_deepen(p, q, 1);
    return q;
}

/* SELECT ..., or FROM t [SELECT ...]. */
static struct sql_query *select_read(struct parser *p) {
    const struct token *first = p->t;
    struct sql_query *q = parse_new(p, struct sql_query);
    struct sql_select *s = parse_new(p, struct sql_select);
    q->body = BODY_SELECT;
    q->select = s;
    if (parse_take(p, KW_FROM)) {
        s->from = parse_from_list(p);
        s->from_first = true;
        if (parse_at(p, SY_PIPE_GT)) {
            q->body = BODY_FROM;
            q->from = s->from;
            q->select = NULL;
            query_deepen(p, q, q->from->depth);
            q->range = parse_range(p, first);
            return q;
        }
    }
    if (parse_take(p, KW_SELECT)) {
        select_modifiers(p, s);
        const struct token *items = p->t;
        bool none = parse_at(p, KW_FROM) || parse_at(p, SY_SEMICOLON) || parse_at(p, SY_RPAREN) || p->t->type == TOKEN_END || parse_at(p, KW_UNION) ||
                    parse_at(p, KW_WHERE);
        if (none && !p->traits->caret_power) parse_expected(p, "an expression");
        if (!none) s->items = parse_items(p, &s->item_count);
        if (items->keyword == KW_TRANSFORM && (parse_at(p, KW_USING) || parse_at(p, KW_ROW))) transform_read(p, s, items);
    } else {
        s->items = star_item(p);
        s->item_count = 1;
    }
    while (select_clause(p, s)) continue;
    s->range = parse_range(p, first);
    q->range = s->range;
    select_depth(p, q, s);
    return q;
}

/* ---------------------------------------------------------------- VALUES, TABLE, brackets */

struct sql_expr *parse_values_row(struct parser *p) {
    const struct token *first = p->t;
    if (!parse_at(p, SY_LPAREN)) return parse_expr(p);
    p->t++;
    parse_nest(p);
    size_t mark = list_start(p);
    while (!parse_at(p, SY_RPAREN)) {
        const struct token *at = p->t;
        struct sql_expr *x = NULL;
        struct sql_query *q = parse_query_or_expr(p, &x);
        if (q) {
            x = expr_new(p, EX_SUBQUERY, OP_NONE, at);
            x->query = q;
            expr_deepen(p, x, q->depth);
        }
        list_push(p, &x, sizeof x);
        if (!parse_take(p, SY_COMMA)) break;
    }
    p->nest--;
    parse_must(p, SY_RPAREN);
    uint32_t count;
    struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
    struct sql_expr *e = expr_new(p, EX_TUPLE, OP_NONE, first);
    expr_args(p, e, args, count);
    return e;
}

static struct sql_query *values_read(struct parser *p) {
    const struct token *first = p->t++;
    struct sql_query *q = parse_new(p, struct sql_query);
    q->body = BODY_VALUES;
    size_t mark = list_start(p);
    do {
        if (parse_at(p, SY_RPAREN) || parse_at(p, SY_SEMICOLON) || p->t->type == TOKEN_END) break; /* a comma at the end */
        struct sql_expr *row = parse_values_row(p);
        query_deepen(p, q, row->depth);
        list_push(p, &row, sizeof row);
    } while (parse_take(p, SY_COMMA) || (parse_at(p, SY_LPAREN) && p->dialect == DIALECT_CLICKHOUSE));
    q->rows = list_take(p, mark, sizeof *q->rows, &q->row_count);
    q->range = parse_range(p, first);
    return q;
}

/* spark: VALUES (1), (2) AS t(a) is SELECT * FROM it. */
static struct sql_query *values_named(struct parser *p) {
    const struct token *first = p->t;
    struct sql_query *rows = values_read(p);
    bool alias = parse_at(p, KW_AS) || p->t->type == TOKEN_QUOTED || (p->t->type == TOKEN_WORD && p->t->keyword == KW_NONE);
    if (!alias) return rows;
    struct sql_query *q = parse_new(p, struct sql_query);
    struct sql_from *f = from_new(p, FROM_DUAL_VALUES);
    q->body = BODY_SELECT;
    q->select = parse_new(p, struct sql_select);
    q->select->items = star_item(p);
    q->select->item_count = 1;
    f->query = rows;
    q->select->from = parse_from_suffix(p, f, first);
    query_deepen(p, q, q->select->from->depth);
    q->select->range = q->range = parse_range(p, first);
    return q;
}

/* SHOW .., DESCRIBE .., PIVOT .. in the place of a query. */
static struct sql_query *statement_read(struct parser *p) {
    const struct token *first = p->t;
    struct sql_query *q = parse_new(p, struct sql_query);
    q->body = BODY_STATEMENT;
    q->statement = parse_inner_statement(p);
    q->range = parse_range(p, first);
    return q;
}

static struct sql_query *term(struct parser *p, bool *brackets) {
    const struct token *first = p->t;
    *brackets = false;
    switch (first->keyword) {
    case KW_SELECT:
    case KW_FROM:
        return select_read(p);
    case KW_VALUES:
        return p->traits->number_suffix ? values_named(p) : values_read(p);
    case KW_TABLE: {
        struct sql_query *q = parse_new(p, struct sql_query);
        p->t++;
        q->body = BODY_TABLE;
        q->from = parse_from_item(p);
        q->range = parse_range(p, first);
        return q;
    }
    case SY_LPAREN: {
        p->t++;
        *brackets = true;
        struct sql_query *q = parse_query(p);
        parse_must(p, SY_RPAREN);
        return q;
    }
    case KW_PIVOT:
    case KW_UNPIVOT:
    case KW_SHOW:
    case KW_DESCRIBE:
    case KW_SUMMARIZE:
        return statement_read(p);
    case KW_WITH:
        return parse_query(p);
    default:
        parse_expected(p, "SELECT");
    }
}

/* ---------------------------------------------------------------- set operations */

static bool intersect_binds_more(const struct parser *p) { return p->dialect != DIALECT_SQLITE && p->dialect != DIALECT_ORACLE; }

static enum sql_setop setop_word(struct parser *p, uint32_t *flags) {
    enum sql_setop op;
    *flags = 0;
    if (parse_take(p, KW_LEFT)) *flags |= SQL_SETOP_LEFT;
    else if (parse_take(p, KW_FULL)) *flags |= SQL_SETOP_FULL;
    else if (parse_take(p, KW_INNER)) *flags |= SQL_SETOP_INNER;
    if (parse_take(p, KW_OUTER)) *flags |= SQL_SETOP_OUTER_WORD;
    if (parse_at(p, KW_UNION)) op = SETOP_UNION;
    else if (parse_at(p, KW_INTERSECT)) op = SETOP_INTERSECT;
    else op = SETOP_EXCEPT;
    if (parse_at(p, KW_MINUS) || parse_at(p, KW_SETMINUS)) *flags |= SQL_SETOP_MINUS;
    p->t++;
    if (parse_take(p, KW_ALL)) *flags |= SQL_SETOP_ALL;
    else if (parse_take(p, KW_DISTINCT)) *flags |= SQL_SETOP_DISTINCT;
    if (parse_take2(p, KW_BY, KW_NAME)) *flags |= SQL_SETOP_BY_NAME;
    if (parse_take2(p, KW_STRICT, KW_CORRESPONDING)) *flags |= SQL_SETOP_STRICT | SQL_SETOP_CORRESPONDING;
    if (parse_take(p, KW_CORRESPONDING)) *flags |= SQL_SETOP_CORRESPONDING;
    return op;
}

static struct sql_ident *setop_columns(struct parser *p, uint32_t flags, uint32_t *count) {
    *count = 0;
    if ((flags & SQL_SETOP_CORRESPONDING) && parse_take(p, KW_BY)) return parse_ident_list(p, count);
    if ((flags & SQL_SETOP_BY_NAME) && parse_at(p, KW_ON) && parse_next_is(p, 1, SY_LPAREN)) return p->t++, parse_ident_list(p, count);
    return NULL;
}

static int setop_bind(const struct parser *p) {
    const struct token *t = p->t;
    if (!at_setop(p)) return 0;
    while (t->keyword == KW_LEFT || t->keyword == KW_FULL || t->keyword == KW_INNER || t->keyword == KW_OUTER) t++;
    return t->keyword == KW_INTERSECT && intersect_binds_more(p) ? 2 : 1;
}

static struct sql_query *setop_from(struct parser *p, struct sql_query *left, const struct token *first, int least, bool *brackets);

static struct sql_query *setop_read(struct parser *p, int least, bool *brackets) {
    const struct token *first = p->t;
    struct sql_query *left = term(p, brackets);
    return setop_from(p, left, first, least, brackets);
}

/* SQLite has no brackets there: such a query never ran. */
static void setop_brackets(struct parser *p, bool brackets) {
    if (brackets && p->dialect == DIALECT_SQLITE) parse_fail(p, "SQLite takes no query in brackets as part of a set operation");
}

/* a UNION ALL b UNION ALL c is one node of three arms. */
static struct sql_query *setop_from(struct parser *p, struct sql_query *left, const struct token *first, int least, bool *brackets) {
    int bind;
    while ((bind = setop_bind(p)) >= least && bind > 0) {
        setop_brackets(p, *brackets);
        struct sql_query *q = parse_new(p, struct sql_query);
        size_t mark = list_start(p);
        bool inner;
        q->body = BODY_SETOP;
        q->setop = setop_word(p, &q->setop_flags);
        q->corresponding = setop_columns(p, q->setop_flags, &q->corresponding_count);
        list_push(p, &left, sizeof left);
        query_deepen(p, q, left->depth);
        for (;;) {
            struct sql_query *right = setop_read(p, bind + 1, &inner);
            setop_brackets(p, inner);
            query_deepen(p, q, right->depth);
            list_push(p, &right, sizeof right);
            if (setop_bind(p) != bind || q->corresponding_count) break;
            struct token *back = p->t;
            uint32_t flags;
            enum sql_setop op = setop_word(p, &flags);
            if (op != q->setop || flags != q->setop_flags || parse_at(p, KW_ON) || (parse_at(p, KW_BY) && flags & SQL_SETOP_CORRESPONDING)) {
                p->t = back;
                break;
            }
        }
        q->arms = list_take(p, mark, sizeof *q->arms, &q->arm_count);
        q->range = parse_range(p, first);
        left = q;
        *brackets = false;
    }
    return left;
}

/* ---------------------------------------------------------------- ORDER BY, LIMIT and their kin */

static void limit_read(struct parser *p, struct sql_query *q) {
    p->t++;
    if (parse_at(p, KW_ALL) || (parse_at(p, KW_NULL) && p->traits->caret_power)) {
        p->t++;
        q->limit_all = true;
        return;
    }
    bool percent = p->dialect == DIALECT_DUCKDB && p->t->type == TOKEN_NUMBER && parse_next_is(p, 1, SY_PERCENT);
    struct sql_expr *first = percent ? parse_primary(p) : parse_expr(p), *second = NULL;
    if (parse_take(p, SY_COMMA)) second = parse_expr(p);
    if (parse_take(p, KW_PERCENT) || (parse_at(p, SY_PERCENT) && p->dialect == DIALECT_DUCKDB && p->t++)) q->limit_percent = true;
    struct sql_expr *offset = second ? first : NULL, *limit = second ? second : first;
    if (parse_at(p, KW_OFFSET) && p->dialect == DIALECT_CLICKHOUSE) {
        p->t++;
        offset = parse_expr(p);
    }
    if (parse_take(p, KW_BY)) {
        q->limit_by = parse_expr_list(p, &q->limit_by_count);
        q->limit_by_limit = limit;
        q->limit_by_offset = offset;
        return;
    }
    q->limit = limit;
    if (offset) q->offset = offset;
    if (parse_take2(p, KW_WITH, KW_TIES)) q->limit_ties = true;
}

static void fetch_read(struct parser *p, struct sql_query *q) {
    p->t += 2;
    q->fetch = true;
    if (parse_at(p, KW_ROW) || parse_at(p, KW_ROWS)) {
        q->limit = parse_new(p, struct sql_expr);
        *q->limit = (struct sql_expr){.kind = EX_LITERAL, .op = LIT_NUMBER, .depth = 1, .name = STR("1")};
    } else {
        q->limit = parse_expr_above(p, BIND_ADD);
        q->limit_percent = parse_take(p, KW_PERCENT);
    }
    if (!parse_take(p, KW_ROWS)) parse_must(p, KW_ROW);
    if (parse_take2(p, KW_WITH, KW_TIES)) q->limit_ties = true;
    else parse_take(p, KW_ONLY);
}

static void order_read(struct parser *p, struct sql_query *q) {
    bool all = parse_at(p, KW_ALL) && (p->t[1].type != TOKEN_OP || parse_next_is(p, 1, SY_RPAREN) || parse_next_is(p, 1, SY_SEMICOLON));
    if (!all) {
        q->order = parse_order_list(p, &q->order_count);
        return;
    }
    p->t++;
    q->order_all = true;
    q->order = parse_new(p, struct sql_order);
    q->order_count = 1;
    if (parse_take(p, KW_DESC)) q->order->direction = ORDER_DESC;
    else if (parse_take(p, KW_ASC)) q->order->direction = ORDER_ASC;
    if (parse_take2(p, KW_NULLS, KW_FIRST)) q->order->nulls = NULLS_FIRST;
    else if (parse_take2(p, KW_NULLS, KW_LAST)) q->order->nulls = NULLS_LAST;
}

static bool lock_starts(const struct parser *p) {
    const struct token *next = p->t + 1;
    switch (p->t->keyword) {
    case KW_FOR:
        return next->keyword == KW_UPDATE || next->keyword == KW_SHARE || next->keyword == KW_NO || next->keyword == KW_KEY ||
               next->keyword == KW_XML || next->keyword == KW_JSON || parse_word_is(p, 1, "browse") || parse_word_is(p, 1, "read");
    case KW_LOCK:
        return next->keyword == KW_IN;
    case KW_OPTION:
        return next->keyword == SY_LPAREN;
    case KW_SETTINGS:
    case KW_FORMAT:
        return p->dialect == DIALECT_CLICKHOUSE && next->type == TOKEN_WORD;
    case KW_WITH:
        return parse_word_is(p, 1, "ur") || parse_word_is(p, 1, "cs");
    default:
        return false;
    }
}

static void lock_read(struct parser *p, struct sql_query *q) {
    size_t mark = list_start(p);
    for (uint32_t i = 0; i < q->lock_count; i++) list_push(p, &q->locks[i], sizeof *q->locks);
    const struct token *first = p->t++;
    while (p->t->type != TOKEN_END && !parse_at(p, SY_SEMICOLON) && !parse_at(p, SY_RPAREN) && !lock_starts(p) && !parse_at(p, KW_LIMIT) &&
           !parse_at(p, KW_UNION)) {
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else p->t++;
    }
    struct sql_lock lock = {.text = parse_verbatim(p, first)};
    lock.shapes = first->keyword == KW_FORMAT || first[1].keyword == KW_XML || first[1].keyword == KW_JSON;
    list_push(p, &lock, sizeof lock);
    q->locks = list_take(p, mark, sizeof *q->locks, &q->lock_count);
}

static bool rest_clause(struct parser *p, struct sql_query *q) {
    switch (p->t->keyword) {
    case KW_ORDER:
        if (q->order_count) return false;
        if (parse_take3(p, KW_ORDER, KW_SIBLINGS, KW_BY)) q->order_siblings = true;
        else if (!parse_take2(p, KW_ORDER, KW_BY)) return false;
        return order_read(p, q), true;
    case KW_SORT:
        if (!parse_take2(p, KW_SORT, KW_BY)) return false;
        return q->sort_by = parse_order_list(p, &q->sort_count), true;
    case KW_CLUSTER:
        if (!parse_take2(p, KW_CLUSTER, KW_BY)) return false;
        return q->cluster_by = parse_expr_list(p, &q->cluster_count), true;
    case KW_DISTRIBUTE:
        if (!parse_take2(p, KW_DISTRIBUTE, KW_BY)) return false;
        return q->distribute_by = parse_expr_list(p, &q->distribute_count), true;
    case KW_LIMIT:
        return limit_read(p, q), true;
    case KW_OFFSET:
        p->t++;
        q->offset = parse_expr(p);
        if (!parse_take(p, KW_ROWS)) parse_take(p, KW_ROW);
        return true;
    case KW_FETCH:
        if (!parse_next_is(p, 1, KW_FIRST) && !parse_next_is(p, 1, KW_NEXT)) return false;
        return fetch_read(p, q), true;
    case KW_WINDOW:
        if (q->windows || !parse_can_be_name(p, p->t + 1) || p->t[2].keyword != KW_AS) return false;
        p->t++;
        return q->windows = parse_windows(p, &q->window_count), true;
    case KW_USING:
        if (!parse_next_is(p, 1, KW_SAMPLE)) return false;
        p->t += 2;
        q->sample = parse_sample(p);
        return q->sample->word = STR("USING SAMPLE"), true;
    case KW_INTO:
        if (q->body != BODY_SELECT || q->select->into || q->select->into_text.n || (!p->block_depth && p->dialect != DIALECT_MYSQL)) return false;
        return select_into(p, q->select), true;
    default:
        if (!lock_starts(p)) return false;
        return lock_read(p, q), true;
    }
}

void parse_order_limit(struct parser *p, struct sql_query *q) {
    while (rest_clause(p, q)) continue;
    query_deepen_expr(p, q, q->limit);
    query_deepen_expr(p, q, q->offset);
    query_deepen_expr(p, q, q->limit_by_limit);
    query_deepen_expr(p, q, q->limit_by_offset);
    orders_deepen(p, q, q->order, q->order_count);
    orders_deepen(p, q, q->sort_by, q->sort_count);
    windows_deepen(p, q, q->windows, q->window_count);
    for (uint32_t i = 0; i < q->cluster_count; i++) query_deepen_expr(p, q, q->cluster_by[i]);
    for (uint32_t i = 0; i < q->distribute_count; i++) query_deepen_expr(p, q, q->distribute_by[i]);
    for (uint32_t i = 0; i < q->limit_by_count; i++) query_deepen_expr(p, q, q->limit_by[i]);
}

static struct sql_query *wrap(struct parser *p, struct sql_query *inner, const struct token *first) {
    struct sql_query *q = parse_new(p, struct sql_query);
    q->body = BODY_QUERY;
    q->arms = parse_new(p, struct sql_query *);
    q->arms[0] = inner;
    q->arm_count = 1;
    query_deepen(p, q, inner->depth);
    q->range = parse_range(p, first);
    return q;
}

static bool has_pipes(const struct parser *p) {
    return p->dialect == DIALECT_DATABRICKS || p->dialect == DIALECT_SPARK || p->dialect == DIALECT_BIGQUERY || p->dialect == DIALECT_ANSI;
}

static struct sql_query *rest(struct parser *p, struct sql_query *q, bool brackets, const struct token *first) {
    if (brackets && (at_rest(p) || lock_starts(p))) q = wrap(p, q, first);
    parse_order_limit(p, q);
    if (parse_at(p, SY_PIPE_GT) && has_pipes(p)) q->pipes = parse_pipes(p, &q->pipe_count);
    for (uint32_t i = 0; i < q->pipe_count; i++) query_deepen(p, q, q->pipes[i].depth);
    q->range = parse_range(p, first);
    return q;
}

struct sql_query *parse_setop_only(struct parser *p, struct sql_query *left, const struct token *first) {
    bool brackets = false;
    return setop_from(p, left, first, 1, &brackets);
}

struct sql_query *parse_query_rest(struct parser *p, struct sql_query *first_arm, const struct token *first) {
    bool brackets = true;
    struct sql_query *q = setop_from(p, first_arm, first, 1, &brackets);
    return rest(p, q, brackets, first);
}

struct sql_query *parse_query_with(struct parser *p, struct sql_cte *ctes, uint32_t cte_count, bool recursive, const struct token *first) {
    bool brackets;
    const struct token *body = p->t;
    parse_nest(p);
    struct sql_query *q = setop_read(p, 1, &brackets);
    if (ctes && brackets) q = wrap(p, q, body), brackets = false;
    q = rest(p, q, brackets, first);
    q->ctes = ctes ? ctes : q->ctes;
    q->cte_count = ctes ? cte_count : q->cte_count;
    q->recursive |= recursive;
    for (uint32_t i = 0; i < cte_count; i++) {
        if (ctes[i].query) query_deepen(p, q, ctes[i].query->depth);
        query_deepen_expr(p, q, ctes[i].scalar);
    }
    p->nest--;
    return q;
}

struct sql_query *parse_query(struct parser *p) {
    const struct token *first = p->t;
    struct sql_cte *ctes = NULL;
    uint32_t cte_count = 0;
    bool recursive = false;
    parse_nest(p);
    if (parse_at(p, KW_WITH)) ctes = parse_with(p, &cte_count, &recursive);
    struct sql_query *q = parse_query_with(p, ctes, cte_count, recursive, first);
    p->nest--;
    return q;
}
