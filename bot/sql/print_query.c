/* print_query.c - queries and FROM as text, one clause per line. */
#include "sql_printer.h"

/* Depth of the brackets that are being printed; a thread prints one text at a time. */
static _Thread_local int indent;
static _Thread_local bool same_line; /* the next line break is left out: after |> */

static void line(struct buf *out) {
    static const char blanks[] = "                                                                ";
    int n = indent * 4;
    if (same_line) {
        same_line = false;
        return;
    }
    buf_char(out, '\n');
    buf_add(out, blanks, (size_t)(n > 64 ? 64 : n));
}

static void clause(struct buf *out, const char *words) {
    line(out);
    buf_text(out, words);
}

static void text(struct buf *out, const char *before, struct str s) {
    if (s.n) print_text(out, before, s);
}

static void query_text(struct buf *out, const struct sql_query *q, enum dialect d);

void print_query_inline(struct buf *out, const struct sql_query *q, enum dialect d) {
    indent++;
    line(out);
    query_text(out, q, d);
    indent--;
    line(out);
}

static void brackets(struct buf *out, const struct sql_query *q, enum dialect d) {
    buf_char(out, '(');
    print_query_inline(out, q, d);
    buf_char(out, ')');
}

/* ---------------------------------------------------------------- FROM */

static void travel(struct buf *out, const struct sql_travel *t, enum dialect d) {
    bool tight = t->words.n && t->words.p[0] == '@';
    text(out, tight ? "" : " ", t->words);
    if (!t->expr) return;
    if (t->kind == TRAVEL_AT || t->kind == TRAVEL_BEFORE) {
        buf_char(out, '(');
        sql_print_expr(out, t->expr, d);
        buf_char(out, ')');
        return;
    }
    bool contained = str_ends(t->words, "IN");
    buf_text(out, contained ? " (" : " ");
    sql_print_expr(out, t->expr, d);
    if (!t->upper) return;
    buf_text(out, contained ? ", " : str_ends(t->words, "BETWEEN") ? " AND " : " TO ");
    sql_print_expr(out, t->upper, d);
    if (contained) buf_char(out, ')');
}

static void sample(struct buf *out, const struct sql_sample *s, enum dialect d) {
    text(out, " ", s->word);
    text(out, " ", s->method);
    buf_text(out, " (");
    if (str_iis(s->unit, "bucket")) {
        buf_text(out, "BUCKET ");
        sql_print_expr(out, s->size, d);
        buf_text(out, " OUT OF ");
        sql_print_expr(out, s->of, d);
        if (s->on) {
            buf_text(out, " ON ");
            sql_print_expr(out, s->on, d);
        }
    } else {
        sql_print_expr(out, s->size, d);
        text(out, " ", s->unit);
    }
    buf_char(out, ')');
    if (!s->seed) return;
    buf_text(out, " REPEATABLE (");
    sql_print_expr(out, s->seed, d);
    buf_char(out, ')');
}

static void pivot(struct buf *out, const struct sql_from *f, enum dialect d) {
    const struct sql_pivot *v = f->pivot;
    buf_text(out, f->kind == FROM_PIVOT ? " PIVOT" : " UNPIVOT");
    if (f->flags & SQL_FROM_INCLUDE_NULLS) buf_text(out, " INCLUDE NULLS");
    if (f->flags & SQL_FROM_EXCLUDE_NULLS) buf_text(out, " EXCLUDE NULLS");
    buf_text(out, " (");
    print_items(out, v->aggregates, v->aggregate_count, d, ", ");
    buf_text(out, v->column_count > 1 ? " FOR (" : " FOR ");
    print_exprs(out, v->columns, v->column_count, d);
    buf_text(out, v->column_count > 1 ? ") IN " : " IN ");
    if (v->query) {
        brackets(out, v->query, d);
    } else {
        buf_char(out, '(');
        if (v->any) buf_text(out, "ANY");
        if (v->any_order_count) buf_text(out, " ORDER BY ");
        print_orders(out, v->any_order, v->any_order_count, d);
        print_items(out, v->values, v->value_count, d, ", ");
        buf_char(out, ')');
    }
    if (v->otherwise) {
        buf_text(out, " DEFAULT ON NULL (");
        sql_print_expr(out, v->otherwise, d);
        buf_char(out, ')');
    }
    if (v->more.n) text(out, " ", v->more);
    if (v->group_count) buf_text(out, " GROUP BY ");
    print_exprs(out, v->group, v->group_count, d);
    buf_char(out, ')');
}

static void suffix(struct buf *out, const struct sql_from *f, enum dialect d) {
    if (f->flags & SQL_FROM_DESCENDANTS) buf_text(out, " *");
    if (f->travel && d != DIALECT_DUCKDB) travel(out, f->travel, d);
    if (f->flags & SQL_FROM_ORDINALITY) buf_text(out, " WITH ORDINALITY");
    if (f->option_count) {
        buf_text(out, " WITH ");
        print_properties(out, f->options, f->option_count, d);
    }
    if (f->sample && d != DIALECT_POSTGRES) sample(out, f->sample, d);
    if (f->flags & SQL_FROM_FINAL) buf_text(out, " FINAL");
    if (f->kind != FROM_MATCH && f->kind != FROM_STAGE) text(out, " ", f->tail);
    if (f->alias.text.n || f->alias.quoted) {
        buf_text(out, f->kind == FROM_LATERAL_VIEW ? " " : " AS ");
        sql_print_ident(out, &f->alias, d);
    }
    if (f->travel && d == DIALECT_DUCKDB) travel(out, f->travel, d);
    if (f->sample && d == DIALECT_POSTGRES) sample(out, f->sample, d);
    if (f->column_count && f->kind == FROM_LATERAL_VIEW) {
        buf_text(out, " AS ");
        for (uint32_t i = 0; i < f->column_count; i++) {
            if (i) buf_text(out, ", ");
            sql_print_ident(out, &f->columns[i].name, d);
        }
    } else if (f->column_count) {
        if (!f->alias.text.n) buf_text(out, " AS ");
        print_columns(out, f->columns, f->column_count, d);
    }
    if (f->flags & SQL_FROM_OFFSET) {
        bool at = d == DIALECT_REDSHIFT && f->alias.text.n && f->offset.text.n; /* FROM t.items AS i AT n */
        buf_text(out, at ? " AT" : " WITH OFFSET");
        if (f->offset.text.n) {
            buf_text(out, at ? " " : " AS ");
            sql_print_ident(out, &f->offset, d);
        }
    }
    if (f->kind != FROM_JOIN) text(out, " ", f->hint);
}

static void join_words(struct buf *out, const struct sql_from *f, enum dialect d) {
    static const char *const words[JOIN_KIND_COUNT] = {
        [JOIN_CROSS] = "CROSS ",
        [JOIN_INNER] = "",
        [JOIN_LEFT] = "LEFT ",
        [JOIN_RIGHT] = "RIGHT ",
        [JOIN_FULL] = "FULL ",
        [JOIN_LEFT_SEMI] = "LEFT SEMI ",
        [JOIN_LEFT_ANTI] = "LEFT ANTI ",
        [JOIN_RIGHT_SEMI] = "RIGHT SEMI ",
        [JOIN_RIGHT_ANTI] = "RIGHT ANTI ",
        [JOIN_POSITIONAL] = "POSITIONAL ",
        [JOIN_ARRAY] = "ARRAY ",
        [JOIN_LEFT_ARRAY] = "LEFT ARRAY ",
        [JOIN_UNION] = "UNION ",
    };
    if (f->join == JOIN_CROSS_APPLY) return clause(out, "CROSS APPLY ");
    if (f->join == JOIN_OUTER_APPLY) return clause(out, "OUTER APPLY ");
    if (f->join == JOIN_STRAIGHT) return clause(out, "STRAIGHT_JOIN ");
    line(out);
    if (f->flags & SQL_FROM_GLOBAL) text(out, "", f->hint), buf_char(out, ' ');
    if (f->flags & SQL_FROM_NATURAL) buf_text(out, "NATURAL ");
    if (f->flags & SQL_FROM_ASOF) buf_text(out, "ASOF ");
    if (f->hint.n && f->join == JOIN_INNER && !(f->flags & SQL_FROM_GLOBAL)) buf_text(out, "INNER ");
    bool short_word = d == DIALECT_DUCKDB && (f->join == JOIN_LEFT_SEMI || f->join == JOIN_LEFT_ANTI);
    buf_text(out, words[f->join] + (short_word ? strlen("LEFT ") : 0));
    if (!(f->flags & SQL_FROM_GLOBAL) && f->hint.n) buf_slice(out, f->hint), buf_char(out, ' ');
    buf_text(out, "JOIN ");
}

static void join_side(struct buf *out, const struct sql_from *f, bool brackets_needed, enum dialect d) {
    if (brackets_needed) buf_char(out, '(');
    print_from(out, f, d);
    if (brackets_needed) buf_char(out, ')');
}

static void join(struct buf *out, const struct sql_from *f, enum dialect d) {
    bool apart = f->join != JOIN_COMMA && f->left->kind == FROM_JOIN && f->left->join == JOIN_COMMA;
    join_side(out, f->left, apart, d);
    if (f->join == JOIN_COMMA) buf_text(out, ", ");
    else join_words(out, f, d);
    if (f->join == JOIN_ARRAY || f->join == JOIN_LEFT_ARRAY) {
        print_items(out, f->query->select->items, f->query->select->item_count, d, ", ");
        return;
    }
    join_side(out, f->right, f->right->kind == FROM_JOIN && f->join != JOIN_COMMA && !(f->on || f->using_count), d);
    if (f->match) {
        buf_text(out, " MATCH_CONDITION (");
        sql_print_expr(out, f->match, d);
        buf_char(out, ')');
    }
    if (f->on) {
        buf_text(out, " ON ");
        sql_print_expr(out, f->on, d);
    }
    if (f->using_count) {
        buf_text(out, " USING ");
        print_idents(out, f->using_columns, f->using_count, d);
        if (f->alias.text.n) {
            buf_text(out, " AS ");
            sql_print_ident(out, &f->alias, d);
        }
    }
}

static void call_from(struct buf *out, const struct sql_from *f, enum dialect d) {
    if (f->flags & SQL_FROM_ROWS_FROM) {
        buf_text(out, "ROWS FROM (");
        print_exprs(out, f->call->args, f->call->arg_count, d);
        buf_char(out, ')');
        return;
    }
    if (f->flags & SQL_FROM_TABLE_WORD) buf_text(out, "TABLE(");
    sql_print_expr(out, f->call, d);
    if (f->flags & SQL_FROM_TABLE_WORD) buf_char(out, ')');
}

static void from_head(struct buf *out, const struct sql_from *f, enum dialect d) {
    switch (f->kind) {
    case FROM_TABLE:
        if (f->flags & SQL_FROM_TABLE_WORD) {
            buf_text(out, "TABLE(");
            sql_print_expr(out, f->name->dynamic, d);
            buf_char(out, ')');
        } else {
            sql_print_name(out, f->name, d);
        }
        return;
    case FROM_QUERY:
        if (f->flags & SQL_FROM_TABLE_WORD) buf_text(out, "TABLE");
        brackets(out, f->query, d);
        return;
    case FROM_CALL:
        call_from(out, f, d);
        return;
    case FROM_BRACKETS:
        buf_char(out, '(');
        if (f->left) print_from(out, f->left, d);
        buf_char(out, ')');
        return;
    case FROM_PIVOT:
    case FROM_UNPIVOT:
        if (f->left) print_from(out, f->left, d);
        pivot(out, f, d);
        return;
    case FROM_LATERAL_VIEW:
        if (f->left) print_from(out, f->left, d);
        clause(out, f->flags & SQL_FROM_OUTER ? "LATERAL VIEW OUTER " : "LATERAL VIEW ");
        sql_print_expr(out, f->call, d);
        return;
    case FROM_MATCH:
        print_from(out, f->left, d);
        text(out, " ", f->tail);
        return;
    case FROM_PARAM:
        sql_print_expr(out, f->call, d);
        return;
    case FROM_DUAL_VALUES:
        query_text(out, f->query, d);
        return;
    case FROM_STAGE:
        text(out, "", f->tail);
        if (f->call) {
            buf_text(out, " (");
            print_exprs(out, f->call->args, f->call->arg_count, d);
            buf_char(out, ')');
        }
        return;
    default:
        return;
    }
}

static bool is_placeholder(const struct sql_from *f) { return f->kind == FROM_BRACKETS && !f->left; }

void print_from(struct buf *out, const struct sql_from *f, enum dialect d) {
    if (f->kind == FROM_JOIN) {
        join(out, f, d);
        return;
    }
    if (f->flags & SQL_FROM_LATERAL) buf_text(out, "LATERAL ");
    if (f->flags & SQL_FROM_ONLY) buf_text(out, "ONLY ");
    if (f->flags & SQL_FROM_STREAM) buf_text(out, f->kind == FROM_QUERY ? "STREAM" : "STREAM(");
    if (!is_placeholder(f)) from_head(out, f, d);
    if (f->flags & SQL_FROM_STREAM && f->kind != FROM_QUERY) buf_char(out, ')');
    suffix(out, f, d);
}

/* ---------------------------------------------------------------- SELECT */

void print_items(struct buf *out, const struct sql_item *items, uint32_t count, enum dialect d, const char *between) {
    for (uint32_t i = 0; i < count; i++) {
        const struct sql_item *it = &items[i];
        if (i) buf_text(out, between);
        sql_print_expr(out, it->expr, d);
        if (it->alias.text.n || it->alias.quoted) {
            buf_text(out, " AS ");
            sql_print_ident(out, &it->alias, d);
        }
        if (it->alias_count) {
            buf_text(out, " AS ");
            print_idents(out, it->aliases, it->alias_count, d);
        }
        if (it->direction == ORDER_ASC) buf_text(out, " ASC");
        if (it->direction == ORDER_DESC) buf_text(out, " DESC");
        if (it->nulls == NULLS_FIRST) buf_text(out, " NULLS FIRST");
        if (it->nulls == NULLS_LAST) buf_text(out, " NULLS LAST");
    }
}

static void item_lines(struct buf *out, const struct sql_item *items, uint32_t count, enum dialect d) {
    indent++;
    for (uint32_t i = 0; i < count; i++) {
        if (i) buf_char(out, ',');
        line(out);
        print_items(out, &items[i], 1, d, ", ");
    }
    indent--;
}

static void group(struct buf *out, const struct sql_group *g, enum dialect d) {
    if (g->distinct) buf_text(out, "DISTINCT ");
    if (g->all) buf_text(out, "ALL");
    print_exprs(out, g->items, g->item_count, d);
    if (g->sets) {
        buf_char(out, ' ');
        sql_print_expr(out, g->sets, d);
    }
    if (g->with_rollup) buf_text(out, " WITH ROLLUP");
    if (g->with_cube) buf_text(out, " WITH CUBE");
    if (g->with_totals) buf_text(out, " WITH TOTALS");
}

static void windows(struct buf *out, const struct sql_window *list, uint32_t count, enum dialect d) {
    for (uint32_t i = 0; i < count; i++) {
        if (i) buf_text(out, ", ");
        sql_print_ident(out, &list[i].name, d);
        buf_text(out, " AS ");
        print_window(out, &list[i], d);
    }
}

static void select_head(struct buf *out, const struct sql_select *s, enum dialect d) {
    buf_text(out, "SELECT");
    if (s->hint.n) print_text(out, " /*+", s->hint), buf_text(out, "*/");
    text(out, " ", s->modifiers);
    if (s->distinct == DISTINCT_ALL) buf_text(out, " ALL");
    if (s->distinct == DISTINCT_ROWS) buf_text(out, " DISTINCT");
    if (s->distinct == DISTINCT_ON) {
        buf_text(out, " DISTINCT ON (");
        print_exprs(out, s->distinct_on, s->distinct_count, d);
        buf_char(out, ')');
    }
    if (s->top) {
        bool number = s->top->count->kind == EX_LITERAL;
        buf_text(out, number ? " TOP " : " TOP (");
        sql_print_expr(out, s->top->count, d);
        if (!number) buf_char(out, ')');
        if (s->top->percent) buf_text(out, " PERCENT");
        if (s->top->ties) buf_text(out, " WITH TIES");
    }
    if (s->as_struct) buf_text(out, " AS STRUCT");
    if (s->as_value) buf_text(out, " AS VALUE");
    text(out, " AS ", s->as_type);
}

static void expr_clause(struct buf *out, const char *words, const struct sql_expr *e, enum dialect d) {
    if (!e) return;
    clause(out, words);
    sql_print_expr(out, e, d);
}

static void select_clauses(struct buf *out, const struct sql_select *s, enum dialect d) {
    expr_clause(out, "PREWHERE ", s->prewhere, d);
    expr_clause(out, "WHERE ", s->where, d);
    expr_clause(out, "START WITH ", s->start, d);
    expr_clause(out, s->nocycle ? "CONNECT BY NOCYCLE " : "CONNECT BY ", s->connect, d);
    if (s->group) {
        clause(out, "GROUP BY ");
        group(out, s->group, d);
    }
    expr_clause(out, "HAVING ", s->having, d);
    if (s->window_count) {
        clause(out, "WINDOW ");
        windows(out, s->windows, s->window_count, d);
    }
    expr_clause(out, "QUALIFY ", s->qualify, d);
}

static void select_text(struct buf *out, const struct sql_select *s, enum dialect d) {
    bool bare_from = s->from_first && s->item_count == 1 && s->items[0].expr->kind == EX_STAR && !s->items[0].expr->range.end;
    if (s->from_first) {
        buf_text(out, "FROM ");
        print_from(out, s->from, d);
    }
    if (!bare_from) {
        if (s->from_first) line(out);
        select_head(out, s, d);
        if (s->transform.n) text(out, " ", s->transform);
        else item_lines(out, s->items, s->item_count, d);
    }
    if (s->into) {
        clause(out, "INTO ");
        sql_print_name(out, s->into, d);
    }
    if (s->into_text.n) clause(out, "INTO "), buf_slice(out, s->into_text);
    if (s->from && !s->from_first) {
        clause(out, "FROM ");
        print_from(out, s->from, d);
    }
    select_clauses(out, s, d);
}

/* ---------------------------------------------------------------- queries */

static void cte(struct buf *out, const struct sql_cte *c, enum dialect d) {
    if (c->scalar) {
        sql_print_expr(out, c->scalar, d);
        buf_text(out, " AS ");
        sql_print_ident(out, &c->name, d);
        return;
    }
    sql_print_ident(out, &c->name, d);
    if (c->column_count) {
        buf_char(out, ' ');
        print_idents(out, c->columns, c->column_count, d);
    }
    if (c->key_count) {
        buf_text(out, " USING KEY (");
        print_exprs(out, c->key, c->key_count, d);
        buf_char(out, ')');
    }
    if (c->recursion_limit) {
        buf_text(out, " MAX RECURSION LEVEL ");
        sql_print_expr(out, c->recursion_limit, d);
    }
    buf_text(out, c->materialized == CTE_MATERIALIZED       ? " AS MATERIALIZED "
                  : c->materialized == CTE_NOT_MATERIALIZED ? " AS NOT MATERIALIZED "
                                                            : " AS ");
    if (c->query) {
        brackets(out, c->query, d);
    } else {
        buf_char(out, '(');
        print_statement(out, c->statement, d);
        buf_char(out, ')');
    }
    text(out, " ", c->cycle);
}

void print_ctes(struct buf *out, const struct sql_cte *ctes, uint32_t count, bool recursive, enum dialect d) {
    buf_text(out, recursive ? "WITH RECURSIVE " : "WITH ");
    for (uint32_t i = 0; i < count; i++) {
        if (i) buf_text(out, ", ");
        cte(out, &ctes[i], d);
    }
    line(out);
}

static bool is_plain(const struct sql_query *q) {
    return !q->cte_count && !q->order_count && !q->sort_count && !q->cluster_count && !q->distribute_count && !q->limit && !q->limit_all &&
           !q->offset && !q->limit_by_count && !q->window_count && !q->sample && !q->lock_count && !q->pipe_count;
}

static void setop_words(struct buf *out, const struct sql_query *q, enum dialect d) {
    uint32_t f = q->setop_flags;
    line(out);
    if (f & SQL_SETOP_LEFT) buf_text(out, "LEFT ");
    if (f & SQL_SETOP_FULL) buf_text(out, "FULL ");
    if (f & SQL_SETOP_INNER) buf_text(out, "INNER ");
    if (f & SQL_SETOP_OUTER_WORD) buf_text(out, "OUTER ");
    buf_text(out, q->setop == SETOP_UNION ? "UNION" : q->setop == SETOP_INTERSECT ? "INTERSECT" : f & SQL_SETOP_MINUS ? "MINUS" : "EXCEPT");
    if (f & SQL_SETOP_ALL) buf_text(out, " ALL");
    if (f & SQL_SETOP_DISTINCT) buf_text(out, " DISTINCT");
    if (f & SQL_SETOP_BY_NAME) buf_text(out, " BY NAME");
    if (f & SQL_SETOP_STRICT) buf_text(out, " STRICT");
    if (f & SQL_SETOP_CORRESPONDING) buf_text(out, " CORRESPONDING");
    if (q->corresponding_count) {
        buf_text(out, f & SQL_SETOP_BY_NAME ? " ON " : " BY ");
        print_idents(out, q->corresponding, q->corresponding_count, d);
    }
    line(out);
}

static bool is_left_chain(const struct sql_query *q, const struct sql_query *arm, enum dialect d) {
    if (arm->body != BODY_SETOP || !is_plain(arm)) return false;
    bool flat = d == DIALECT_SQLITE || d == DIALECT_ORACLE;
    if (q->setop == SETOP_INTERSECT && arm->setop != SETOP_INTERSECT && !flat) return false;
    return arm->setop != q->setop || arm->setop_flags != q->setop_flags || arm->corresponding_count;
}

static void arm_text(struct buf *out, const struct sql_query *q, uint32_t i, enum dialect d) {
    const struct sql_query *arm = q->arms[i];
    bool bare = is_plain(arm) && arm->body != BODY_SETOP && arm->body != BODY_STATEMENT && !(arm->body == BODY_SELECT && arm->select->from_first);
    if (i == 0 && is_left_chain(q, arm, d)) bare = true;
    if (bare) query_text(out, arm, d);
    else brackets(out, arm, d);
}

static void rows(struct buf *out, const struct sql_query *q, enum dialect d) {
    buf_text(out, "VALUES");
    indent++;
    for (uint32_t i = 0; i < q->row_count; i++) {
        const struct sql_expr *row = q->rows[i];
        if (i) buf_char(out, ',');
        line(out);
        if (row->kind == EX_TUPLE) {
            buf_char(out, '(');
            print_exprs(out, row->args, row->arg_count, d);
            buf_char(out, ')');
        } else {
            sql_print_expr(out, row, d);
        }
    }
    indent--;
}

static void body(struct buf *out, const struct sql_query *q, enum dialect d) {
    switch (q->body) {
    case BODY_SELECT:
        select_text(out, q->select, d);
        return;
    case BODY_SETOP:
        for (uint32_t i = 0; i < q->arm_count; i++) {
            if (i) setop_words(out, q, d);
            arm_text(out, q, i, d);
        }
        return;
    case BODY_QUERY:
        brackets(out, q->arms[0], d);
        return;
    case BODY_VALUES:
        rows(out, q, d);
        return;
    case BODY_TABLE:
        buf_text(out, "TABLE ");
        print_from(out, q->from, d);
        return;
    case BODY_FROM:
        buf_text(out, "FROM ");
        print_from(out, q->from, d);
        return;
    case BODY_STATEMENT:
        print_statement(out, q->statement, d);
        return;
    case BODY_KIND_COUNT:
        return;
    }
}

static void limit_text(struct buf *out, const struct sql_query *q, enum dialect d) {
    if (q->limit_by_count) {
        expr_clause(out, "LIMIT ", q->limit_by_limit, d);
        if (q->limit_by_offset) {
            buf_text(out, " OFFSET ");
            sql_print_expr(out, q->limit_by_offset, d);
        }
        buf_text(out, " BY ");
        print_exprs(out, q->limit_by, q->limit_by_count, d);
    }
    if (q->limit_all) clause(out, "LIMIT ALL");
    if (q->fetch) {
        expr_clause(out, "OFFSET ", q->offset, d);
        if (q->offset) buf_text(out, " ROWS");
        clause(out, "FETCH FIRST ");
        bool atom = q->limit->kind == EX_LITERAL || q->limit->kind == EX_PARAM;
        if (!atom) buf_char(out, '(');
        sql_print_expr(out, q->limit, d);
        if (!atom) buf_char(out, ')');
        buf_text(out, q->limit_percent ? " PERCENT ROWS" : " ROWS");
        buf_text(out, q->limit_ties ? " WITH TIES" : " ONLY");
        return;
    }
    expr_clause(out, "LIMIT ", q->limit, d);
    if (q->limit && q->limit_percent) buf_text(out, d == DIALECT_DUCKDB ? " %" : " PERCENT");
    if (q->limit && q->limit_ties) buf_text(out, " WITH TIES");
    expr_clause(out, "OFFSET ", q->offset, d);
}

static void list_clause(struct buf *out, const char *words, struct sql_expr *const *list, uint32_t count, enum dialect d) {
    if (!count) return;
    clause(out, words);
    print_exprs(out, list, count, d);
}

static void rest(struct buf *out, const struct sql_query *q, enum dialect d) {
    if (q->sample) {
        struct sql_sample s = *q->sample;
        s.word = STR("USING SAMPLE");
        sample(out, &s, d);
    }
    if (q->order_count) {
        clause(out, q->order_siblings ? "ORDER SIBLINGS BY " : "ORDER BY ");
        print_orders(out, q->order, q->order_count, d);
    }
    list_clause(out, "CLUSTER BY ", q->cluster_by, q->cluster_count, d);
    list_clause(out, "DISTRIBUTE BY ", q->distribute_by, q->distribute_count, d);
    if (q->sort_count) {
        clause(out, "SORT BY ");
        print_orders(out, q->sort_by, q->sort_count, d);
    }
    if (q->window_count) {
        clause(out, "WINDOW ");
        windows(out, q->windows, q->window_count, d);
    }
    limit_text(out, q, d);
    for (uint32_t i = 0; i < q->lock_count; i++) {
        line(out);
        buf_slice(out, q->locks[i].text);
    }
}

/* ---------------------------------------------------------------- |> */

static void pipe_items(struct buf *out, const char *words, const struct sql_pipe *p, enum dialect d) {
    buf_text(out, words);
    print_items(out, p->select->items, p->select->item_count, d, ", ");
}

static void pipe_aggregate(struct buf *out, const struct sql_pipe *p, enum dialect d) {
    pipe_items(out, "AGGREGATE ", p, d);
    if (!p->select->group) return;
    buf_text(out, p->and_order ? " GROUP AND ORDER BY " : " GROUP BY ");
    if (p->group_item_count) print_items(out, p->group_items, p->group_item_count, d, ", ");
    else group(out, p->select->group, d);
}

static void pipe_set(struct buf *out, const struct sql_pipe *p, enum dialect d) {
    buf_text(out, "SET ");
    for (uint32_t i = 0; i < p->select->item_count; i++) {
        if (i) buf_text(out, ", ");
        sql_print_ident(out, &p->select->items[i].alias, d);
        buf_text(out, " = ");
        sql_print_expr(out, p->select->items[i].expr, d);
    }
}

static void pipe_select(struct buf *out, const struct sql_pipe *p, enum dialect d) {
    buf_text(out, "SELECT ");
    if (p->select->distinct == DISTINCT_ROWS) buf_text(out, "DISTINCT ");
    if (p->select->distinct == DISTINCT_ALL) buf_text(out, "ALL ");
    if (p->select->as_struct) buf_text(out, "AS STRUCT ");
    pipe_items(out, "", p, d);
    if (!p->select->window_count) return;
    buf_text(out, " WINDOW ");
    windows(out, p->select->windows, p->select->window_count, d);
}

static void pipe_setop(struct buf *out, const struct sql_query *q, enum dialect d) {
    for (uint32_t i = 1; i < q->arm_count; i++) {
        if (i == 1) setop_words(out, q, d);
        else buf_text(out, ", ");
        brackets(out, q->arms[i], d);
    }
}

static void pipe(struct buf *out, const struct sql_pipe *p, enum dialect d) {
    clause(out, "|> ");
    switch (p->kind) {
    case PIPE_WHERE:
        buf_text(out, "WHERE ");
        sql_print_expr(out, p->expr, d);
        return;
    case PIPE_SELECT:
        pipe_select(out, p, d);
        return;
    case PIPE_EXTEND:
        pipe_items(out, "EXTEND ", p, d);
        return;
    case PIPE_SET:
        pipe_set(out, p, d);
        return;
    case PIPE_DROP:
        pipe_items(out, "DROP ", p, d);
        return;
    case PIPE_RENAME:
        pipe_items(out, "RENAME ", p, d);
        return;
    case PIPE_AS:
        buf_text(out, "AS ");
        sql_print_ident(out, &p->alias, d);
        return;
    case PIPE_AGGREGATE:
        pipe_aggregate(out, p, d);
        return;
    case PIPE_JOIN:
        same_line = true;
        print_from(out, p->from, d);
        return;
    case PIPE_FROM:
        same_line = p->from->kind == FROM_LATERAL_VIEW;
        print_from(out, p->from, d);
        return;
    case PIPE_SETOP:
        same_line = true;
        pipe_setop(out, p->query, d);
        return;
    case PIPE_ORDER:
        same_line = !p->query->sample;
        rest(out, p->query, d);
        same_line = false;
        return;
    case PIPE_CALL:
        buf_text(out, "CALL ");
        sql_print_expr(out, p->expr, d);
        if (p->alias.text.n) {
            buf_text(out, " AS ");
            sql_print_ident(out, &p->alias, d);
        }
        return;
    case PIPE_WINDOW:
        pipe_items(out, "WINDOW ", p, d);
        return;
    case PIPE_ASSERT:
        pipe_items(out, "ASSERT ", p, d);
        return;
    case PIPE_WITH:
        print_ctes(out, p->query->ctes, p->query->cte_count, p->query->recursive, d);
        return;
    case PIPE_DISTINCT:
        buf_text(out, "DISTINCT");
        return;
    case PIPE_KIND_COUNT:
        return;
    }
}

static void query_text(struct buf *out, const struct sql_query *q, enum dialect d) {
    if (q->cte_count) print_ctes(out, q->ctes, q->cte_count, q->recursive, d);
    body(out, q, d);
    rest(out, q, d);
    for (uint32_t i = 0; i < q->pipe_count; i++) pipe(out, &q->pipes[i], d);
}

void sql_print_query(struct buf *out, const struct sql_query *query, enum dialect dialect) {
    int was = indent;
    indent = 0;
    query_text(out, query, dialect);
    indent = was;
}

void sql_print_from(struct buf *out, const struct sql_from *from, enum dialect dialect) { print_from(out, from, dialect); }

void print_statement(struct buf *out, const struct sql_statement *s, enum dialect d) {
    if (s->kind == STMT_QUERY && s->query) query_text(out, s->query, d);
    else buf_slice(out, s->text);
}

void sql_print_statement(struct buf *out, const struct sql_statement *statement, enum dialect dialect) {
    int was = indent;
    indent = 0;
    print_statement(out, statement, dialect);
    indent = was;
}

void sql_print_script(struct buf *out, const struct sql_script *script) {
    for (uint32_t i = 0; i < script->statement_count; i++) {
        sql_print_statement(out, script->statements[i], script->dialect);
        buf_text(out, ";\n");
    }
}

const char *sql_query_text(struct arena *arena, const struct sql_query *query, enum dialect dialect) {
    struct buf b = buf_new(arena);
    sql_print_query(&b, query, dialect);
    return buf_str(&b);
}
