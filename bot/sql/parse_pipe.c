/* parse_pipe.c - |> steps. GoogleSQL pipe syntax; Spark 4 SqlBaseParser.g4 operatorPipeRightSide. */
#include "sql_parser.h"

static void deepen(struct sql_pipe *pipe, uint32_t depth) {
    if (depth + 1 > pipe->depth) pipe->depth = depth + 1;
}

static void items_read(struct parser *p, struct sql_pipe *pipe) {
    pipe->select = parse_new(p, struct sql_select);
    pipe->select->items = parse_items(p, &pipe->select->item_count);
    for (uint32_t i = 0; i < pipe->select->item_count; i++) deepen(pipe, pipe->select->items[i].expr->depth);
}

/* SET a = 1, b = 2: items of that name. */
static void set_read(struct parser *p, struct sql_pipe *pipe) {
    size_t mark = list_start(p);
    pipe->select = parse_new(p, struct sql_select);
    do {
        struct sql_item item = {0};
        const struct token *first = p->t;
        item.alias = parse_any_ident(p);
        parse_must(p, SY_EQ);
        item.expr = parse_expr(p);
        item.range = parse_range(p, first);
        deepen(pipe, item.expr->depth);
        list_push(p, &item, sizeof item);
    } while (parse_take(p, SY_COMMA));
    pipe->select->items = list_take(p, mark, sizeof *pipe->select->items, &pipe->select->item_count);
}

/* RENAME a AS b; DROP a, b */
static void names_read(struct parser *p, struct sql_pipe *pipe) {
    size_t mark = list_start(p);
    pipe->select = parse_new(p, struct sql_select);
    do {
        struct sql_item item = {0};
        const struct token *first = p->t;
        item.expr = parse_expr_above(p, BIND_ADD);
        if (pipe->kind == PIPE_RENAME && !parse_alias(p, &item.alias, KW_NO_ALIAS)) parse_expected(p, "AS");
        item.range = parse_range(p, first);
        deepen(pipe, item.expr->depth);
        list_push(p, &item, sizeof item);
    } while (parse_take(p, SY_COMMA));
    pipe->select->items = list_take(p, mark, sizeof *pipe->select->items, &pipe->select->item_count);
}

/* Group items may carry aliases and directions: GROUP [AND ORDER] BY a AS x DESC. */
static void group_read(struct parser *p, struct sql_pipe *pipe) {
    pipe->select->group = parse_new(p, struct sql_group);
    if (parse_at(p, KW_AND)) {
        p->t++;
        parse_must(p, KW_ORDER);
        pipe->and_order = true;
    }
    parse_must(p, KW_BY);
    struct sql_group *all = parse_at(p, KW_ROLLUP) || parse_at(p, KW_CUBE) || parse_at(p, KW_GROUPING) || parse_at(p, KW_ALL) ? parse_group(p) : NULL;
    if (all) {
        pipe->select->group = all;
        return;
    }
    size_t mark = list_start(p);
    do {
        struct sql_item item = {0};
        const struct token *first = p->t;
        if (p->t->type == TOKEN_END || parse_at(p, SY_PIPE_GT)) break;
        item.expr = parse_expr(p);
        parse_alias(p, &item.alias, KW_NO_ALIAS);
        if (parse_take(p, KW_ASC)) item.direction = ORDER_ASC;
        else if (parse_take(p, KW_DESC)) item.direction = ORDER_DESC;
        if (parse_take2(p, KW_NULLS, KW_FIRST)) item.nulls = NULLS_FIRST;
        else if (parse_take2(p, KW_NULLS, KW_LAST)) item.nulls = NULLS_LAST;
        item.range = parse_range(p, first);
        deepen(pipe, item.expr->depth);
        list_push(p, &item, sizeof item);
    } while (parse_take(p, SY_COMMA));
    pipe->group_items = list_take(p, mark, sizeof *pipe->group_items, &pipe->group_item_count);
}

static void aggregate_read(struct parser *p, struct sql_pipe *pipe) {
    pipe->select = parse_new(p, struct sql_select);
    size_t mark = list_start(p);
    while (!parse_at(p, KW_GROUP) && !parse_at(p, SY_PIPE_GT) && p->t->type != TOKEN_END && !parse_at(p, SY_SEMICOLON) && !parse_at(p, SY_RPAREN)) {
        struct sql_item item = {0};
        const struct token *first = p->t;
        item.expr = parse_expr(p);
        parse_alias(p, &item.alias, KW_NO_ALIAS);
        if (parse_take(p, KW_ASC)) item.direction = ORDER_ASC;
        else if (parse_take(p, KW_DESC)) item.direction = ORDER_DESC;
        item.range = parse_range(p, first);
        deepen(pipe, item.expr->depth);
        list_push(p, &item, sizeof item);
        if (!parse_take(p, SY_COMMA)) break;
    }
    pipe->select->items = list_take(p, mark, sizeof *pipe->select->items, &pipe->select->item_count);
    if (parse_take(p, KW_GROUP)) group_read(p, pipe);
}

/* JOIN, PIVOT, LATERAL VIEW, TABLESAMPLE: over an empty left side. */
static void from_read(struct parser *p, struct sql_pipe *pipe, enum sql_pipe_kind kind) {
    const struct token *first = p->t;
    struct sql_from *empty = parse_new(p, struct sql_from);
    empty->kind = FROM_BRACKETS;
    empty->depth = 1;
    pipe->kind = kind;
    pipe->from = kind == PIPE_JOIN || parse_at(p, KW_LATERAL) ? parse_joins(p, empty, first, true) : parse_from_suffix(p, empty, first);
    deepen(pipe, pipe->from->depth);
}

static void setop_read(struct parser *p, struct sql_pipe *pipe) {
    const struct token *first = p->t;
    struct sql_query *left = parse_new(p, struct sql_query);
    left->body = BODY_VALUES;
    pipe->kind = PIPE_SETOP;
    pipe->query = parse_setop_only(p, left, first);
    while (parse_take(p, SY_COMMA)) { /* bigquery: UNION ALL (q1), (q2) */
        struct sql_query *q = pipe->query;
        struct sql_query **arms = parse_alloc(p, (q->arm_count + 1) * sizeof *arms);
        memcpy(arms, q->arms, q->arm_count * sizeof *arms);
        parse_must(p, SY_LPAREN);
        arms[q->arm_count] = parse_query(p);
        parse_must(p, SY_RPAREN);
        q->arms = arms;
        if (arms[q->arm_count]->depth + 1 > q->depth) q->depth = arms[q->arm_count]->depth + 1;
        q->arm_count++;
    }
    deepen(pipe, pipe->query->depth);
}

static void order_read(struct parser *p, struct sql_pipe *pipe) {
    pipe->kind = PIPE_ORDER;
    pipe->query = parse_new(p, struct sql_query);
    pipe->query->body = BODY_VALUES;
    parse_order_limit(p, pipe->query);
    deepen(pipe, pipe->query->depth);
}

static void select_read(struct parser *p, struct sql_pipe *pipe) {
    pipe->kind = PIPE_SELECT;
    enum sql_distinct distinct = DISTINCT_UNSAID;
    if (parse_take(p, KW_DISTINCT)) distinct = DISTINCT_ROWS;
    else if (parse_at(p, KW_ALL)) p->t++, distinct = DISTINCT_ALL;
    bool as_struct = parse_take2(p, KW_AS, KW_STRUCT);
    items_read(p, pipe);
    pipe->select->distinct = distinct;
    pipe->select->as_struct = as_struct;
    if (parse_take(p, KW_WINDOW)) pipe->select->windows = parse_windows(p, &pipe->select->window_count);
}

static void with_read(struct parser *p, struct sql_pipe *pipe) {
    pipe->kind = PIPE_WITH;
    pipe->query = parse_new(p, struct sql_query);
    pipe->query->body = BODY_VALUES;
    pipe->query->ctes = parse_with(p, &pipe->query->cte_count, &pipe->query->recursive);
    for (uint32_t i = 0; i < pipe->query->cte_count; i++) {
        if (pipe->query->ctes[i].query) deepen(pipe, pipe->query->ctes[i].query->depth);
    }
}

static void step(struct parser *p, struct sql_pipe *pipe) {
    const struct token *t = p->t++;
    switch (t->keyword) {
    case KW_WHERE:
        pipe->kind = PIPE_WHERE;
        pipe->expr = parse_expr(p);
        return deepen(pipe, pipe->expr->depth);
    case KW_SELECT:
        return select_read(p, pipe);
    case KW_EXTEND:
        pipe->kind = PIPE_EXTEND;
        return items_read(p, pipe);
    case KW_SET:
        pipe->kind = PIPE_SET;
        return set_read(p, pipe);
    case KW_DROP:
        pipe->kind = PIPE_DROP;
        return names_read(p, pipe);
    case KW_RENAME:
        pipe->kind = PIPE_RENAME;
        return names_read(p, pipe);
    case KW_AS:
        pipe->kind = PIPE_AS;
        pipe->alias = parse_any_ident(p);
        return;
    case KW_AGGREGATE:
        pipe->kind = PIPE_AGGREGATE;
        return aggregate_read(p, pipe);
    case KW_DISTINCT:
        pipe->kind = PIPE_DISTINCT;
        return;
    case KW_CALL:
        pipe->kind = PIPE_CALL;
        pipe->expr = parse_primary(p);
        parse_alias(p, &pipe->alias, KW_NO_TABLE_ALIAS);
        return deepen(pipe, pipe->expr->depth);
    case KW_WINDOW:
        pipe->kind = PIPE_WINDOW;
        return items_read(p, pipe);
    case KW_ASSERT:
        pipe->kind = PIPE_ASSERT;
        return items_read(p, pipe);
    default:
        break;
    }
    p->t--;
    switch (t->keyword) {
    case KW_WITH:
        return with_read(p, pipe);
    case KW_ORDER:
    case KW_LIMIT:
    case KW_OFFSET:
    case KW_SORT:
    case KW_CLUSTER:
    case KW_DISTRIBUTE:
        return order_read(p, pipe);
    case KW_UNION:
    case KW_INTERSECT:
    case KW_EXCEPT:
    case KW_MINUS:
        return setop_read(p, pipe);
    case KW_PIVOT:
    case KW_UNPIVOT:
    case KW_TABLESAMPLE:
    case KW_LATERAL:
        return from_read(p, pipe, PIPE_FROM);
    default:
        break;
    }
    if (t->keyword == KW_LEFT || t->keyword == KW_FULL || t->keyword == KW_INNER) {
        const struct token *next = t[1].keyword == KW_OUTER ? t + 2 : t + 1;
        if (next->keyword == KW_UNION || next->keyword == KW_INTERSECT || next->keyword == KW_EXCEPT) return setop_read(p, pipe);
    }
    if (!parse_join_starts(p)) parse_expected(p, "a pipe operator");
    from_read(p, pipe, PIPE_JOIN);
}

struct sql_pipe *parse_pipes(struct parser *p, uint32_t *count) {
    size_t mark = list_start(p);
    while (parse_take(p, SY_PIPE_GT)) {
        struct sql_pipe pipe = {0};
        const struct token *first = p->t;
        step(p, &pipe);
        pipe.range = parse_range(p, first);
        list_push(p, &pipe, sizeof pipe);
    }
    return list_take(p, mark, sizeof(struct sql_pipe), count);
}
