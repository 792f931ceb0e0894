/* parse_call.c - calls: arguments with words between them, aggregates' clauses, windows, CAST and its kin, stars. */
#include "sql_parser.h"

struct argument {
    struct sql_expr *value;
    struct str before;
};

/* ---------------------------------------------------------------- order and windows */

struct sql_order *parse_order_list(struct parser *p, uint32_t *count) {
    size_t mark = list_start(p);
    do {
        struct sql_order o = {0};
        o.expr = parse_expr(p);
        if (parse_take(p, KW_ASC)) o.direction = ORDER_ASC;
        else if (parse_take(p, KW_DESC)) o.direction = ORDER_DESC;
        else if (parse_at(p, KW_USING) && p->t[1].type == TOKEN_OP) {
            o.direction = ORDER_USING;
            o.using_op = parse_word(p, p->t + 1);
            p->t += 2;
        }
        if (parse_take2(p, KW_NULLS, KW_FIRST)) o.nulls = NULLS_FIRST;
        else if (parse_take2(p, KW_NULLS, KW_LAST)) o.nulls = NULLS_LAST;
        if (parse_at(p, KW_WITH) && parse_next_is(p, 1, KW_FILL)) {
            const struct token *fill = p->t;
            p->t += 2;
            while (parse_at(p, KW_FROM) || parse_at(p, KW_TO) || parse_word_is(p, 0, "step")) {
                p->t++;
                parse_expr(p);
            }
            o.fill = parse_verbatim(p, fill);
        }
        list_push(p, &o, sizeof o);
    } while (p->t[2].keyword != SY_ARROW && parse_take(p, SY_COMMA)); /* f(TABLE t ORDER BY a, b => 1): the order ends before b */
    return list_take(p, mark, sizeof(struct sql_order), count);
}

static enum sql_bound bound_read(struct parser *p, struct sql_expr **expr) {
    if (parse_take2(p, KW_CURRENT, KW_ROW)) return BOUND_CURRENT;
    bool unbounded = parse_at(p, KW_UNBOUNDED) && (parse_next_is(p, 1, KW_PRECEDING) || parse_next_is(p, 1, KW_FOLLOWING));
    if (unbounded) p->t++;
    else *expr = parse_expr_above(p, BIND_ABOVE_AND);
    if (parse_take(p, KW_PRECEDING)) return unbounded ? BOUND_UNBOUNDED_PRECEDING : BOUND_PRECEDING;
    if (!parse_take(p, KW_FOLLOWING)) parse_expected(p, "PRECEDING or FOLLOWING");
    return unbounded ? BOUND_UNBOUNDED_FOLLOWING : BOUND_FOLLOWING;
}

static void frame_read(struct parser *p, struct sql_window *w) {
    if (parse_take(p, KW_ROWS)) w->unit = FRAME_ROWS;
    else if (parse_take(p, KW_RANGE)) w->unit = FRAME_RANGE;
    else if (parse_take(p, KW_GROUPS)) w->unit = FRAME_GROUPS;
    else return;
    if (parse_take(p, KW_BETWEEN)) {
        w->start = bound_read(p, &w->start_expr);
        parse_must(p, KW_AND);
        w->end = bound_read(p, &w->end_expr);
    } else {
        w->start = bound_read(p, &w->start_expr);
    }
    if (!parse_take(p, KW_EXCLUDE)) return;
    if (parse_take2(p, KW_CURRENT, KW_ROW)) w->exclude = EXCLUDE_CURRENT;
    else if (parse_take(p, KW_GROUP)) w->exclude = EXCLUDE_GROUP;
    else if (parse_take(p, KW_TIES)) w->exclude = EXCLUDE_TIES;
    else if (parse_take2(p, KW_NO, KW_OTHERS)) w->exclude = EXCLUDE_NO_OTHERS;
    else parse_expected(p, "CURRENT ROW, GROUP, TIES or NO OTHERS");
}

void parse_window_body(struct parser *p, struct sql_window *w) {
    parse_nest(p);
    bool clause =
        parse_at(p, SY_RPAREN) ||
        ((parse_at(p, KW_PARTITION) || parse_at(p, KW_ORDER) || parse_at(p, KW_DISTRIBUTE) || parse_at(p, KW_SORT) || parse_at(p, KW_CLUSTER)) &&
         parse_next_is(p, 1, KW_BY)) ||
        ((parse_at(p, KW_ROWS) || parse_at(p, KW_RANGE) || parse_at(p, KW_GROUPS)) && !parse_next_is(p, 1, SY_RPAREN));
    if (!clause) w->base = parse_ident(p);
    if (parse_take2(p, KW_PARTITION, KW_BY) || parse_take2(p, KW_DISTRIBUTE, KW_BY) || parse_take2(p, KW_CLUSTER, KW_BY))
        w->partition = parse_expr_list(p, &w->partition_count);
    if (parse_take2(p, KW_ORDER, KW_BY) || parse_take2(p, KW_SORT, KW_BY)) w->order = parse_order_list(p, &w->order_count);
    frame_read(p, w);
    p->nest--;
    parse_must(p, SY_RPAREN);
}

static struct sql_window *over(struct parser *p) {
    const struct token *first = p->t;
    struct sql_window *w = parse_new(p, struct sql_window);
    if (parse_take(p, SY_LPAREN)) {
        parse_window_body(p, w);
    } else {
        w->base = parse_ident(p);
        w->is_reference = true;
    }
    w->range = parse_range(p, first);
    return w;
}

/* ---------------------------------------------------------------- stars */

static struct sql_rename *renames(struct parser *p, uint32_t *count) {
    size_t mark = list_start(p);
    bool many = parse_take(p, SY_LPAREN);
    do {
        struct sql_rename r;
        r.from = parse_any_ident(p);
        parse_must(p, KW_AS);
        r.to = parse_any_ident(p);
        list_push(p, &r, sizeof r);
    } while (many && parse_take(p, SY_COMMA));
    if (many) parse_must(p, SY_RPAREN);
    return list_take(p, mark, sizeof(struct sql_rename), count);
}

static void except_push(struct parser *p) {
    const struct token *first = p->t;
    struct sql_ident one = parse_any_ident(p);
    while (parse_take(p, SY_DOT)) {
        parse_any_ident(p);
        one.text = parse_verbatim(p, first);
        one.quoted = false;
    }
    list_push(p, &one, sizeof one);
}

static void star_except(struct parser *p, struct sql_star *star) {
    size_t mark = list_start(p);
    p->t++;
    if (parse_take(p, SY_LPAREN)) {
        while (!parse_at(p, SY_RPAREN)) {
            except_push(p);
            if (!parse_take(p, SY_COMMA)) break;
        }
        parse_must(p, SY_RPAREN);
    } else {
        except_push(p);
    }
    star->except = list_take(p, mark, sizeof *star->except, &star->except_count);
}

static void star_replace(struct parser *p, struct sql_star *star) {
    size_t mark = list_start(p);
    p->t++;
    star->adds = parse_at(p, KW_OR);
    if (star->adds) p->t += 2;
    bool many = parse_take(p, SY_LPAREN);
    do {
        const struct token *first = p->t;
        struct sql_item item = {0};
        if (many && parse_at(p, SY_RPAREN)) break;
        item.expr = parse_expr(p);
        if (!parse_alias(p, &item.alias, KW_NO_ALIAS)) parse_expected(p, "AS");
        item.range = parse_range(p, first);
        list_push(p, &item, sizeof item);
    } while (many && parse_take(p, SY_COMMA));
    if (many) parse_must(p, SY_RPAREN);
    star->replace = list_take(p, mark, sizeof *star->replace, &star->replace_count);
}

static bool replaces_or_adds(const struct parser *p) {
    return parse_next_is(p, 1, KW_OR) && parse_word_is(p, 2, "add") && parse_next_is(p, 3, SY_LPAREN);
}

/* ILIKE 'x%', and duckdb's NOT LIKE, SIMILAR TO. */
static bool star_like(struct parser *p, struct sql_star *star) {
    const struct token *t = p->t;
    bool is_not = t->keyword == KW_NOT && p->dialect == DIALECT_DUCKDB;
    t += is_not;
    bool similar = t->keyword == KW_SIMILAR && t[1].keyword == KW_TO && p->dialect == DIALECT_DUCKDB;
    if (!similar && t->keyword != KW_LIKE && t->keyword != KW_ILIKE) return false;
    if (t[similar ? 2 : 1].type != TOKEN_STRING) return false;
    star->like_not = is_not;
    star->like_similar = similar;
    star->like_case = t->keyword == KW_LIKE;
    p->t = (struct token *)t + (similar ? 2 : 1);
    star->like = parse_expr_above(p, BIND_ADD);
    return true;
}

struct sql_expr *parse_star(struct parser *p, struct sql_name *of, const struct token *first) {
    parse_must(p, SY_STAR);
    struct sql_star *star = parse_new(p, struct sql_star);
    star->path = of;
    for (;;) {
        const struct token *next = p->t + 1;
        bool names = next->keyword == SY_LPAREN ? !parse_query_starts(p, next + 1) && next[1].keyword != SY_LPAREN
                                                : next->type == TOKEN_WORD && !(sql_keyword_flags(next->keyword) & KW_RESERVED) &&
                                                      next->keyword != KW_ALL && next->keyword != KW_DISTINCT && !parse_query_starts(p, next);
        bool quoted = next->type == TOKEN_QUOTED;
        if ((parse_at(p, KW_EXCEPT) || parse_at(p, KW_EXCLUDE)) && (names || quoted)) star_except(p, star);
        else if (parse_at(p, KW_REPLACE) && (names || quoted || next->type == TOKEN_NUMBER || replaces_or_adds(p))) star_replace(p, star);
        else if (parse_at(p, KW_RENAME)) p->t++, star->rename = renames(p, &star->rename_count);
        else if (!star_like(p, star)) break;
    }
    struct sql_expr *e = expr_new(p, EX_STAR, OP_NONE, first);
    e->star = star;
    for (uint32_t i = 0; i < star->replace_count; i++) expr_deepen(p, e, star->replace[i].expr->depth);
    return e;
}

/* ---------------------------------------------------------------- arguments */

static void orders_deepen(struct parser *p, struct sql_expr *e, const struct sql_order *order, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) expr_deepen(p, e, order[i].expr->depth);
}

static void more_deepen(struct parser *p, struct sql_expr *e, const struct sql_call *more) {
    const struct sql_expr *const single[] = {more->filter,
                                             more->limit,
                                             more->having,
                                             more->separator,
                                             more->over ? more->over->start_expr : NULL,
                                             more->over ? more->over->end_expr : NULL,
                                             more->path ? more->path->dynamic : NULL};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        if (single[i]) expr_deepen(p, e, single[i]->depth);
    }
    orders_deepen(p, e, more->order, more->order_count);
    orders_deepen(p, e, more->within, more->within_count);
    for (uint32_t i = 0; i < more->parameter_count; i++) expr_deepen(p, e, more->parameters[i]->depth);
    for (uint32_t i = 0; i < more->partition_count; i++) expr_deepen(p, e, more->partition[i]->depth);
    if (!more->over) return;
    orders_deepen(p, e, more->over->order, more->over->order_count);
    for (uint32_t i = 0; i < more->over->partition_count; i++) expr_deepen(p, e, more->over->partition[i]->depth);
}

/* TABLE t, TABLE(t), TABLE(SELECT ..), with PARTITION BY and ORDER BY: databricks, snowflake, trino, bigquery. */
static void table_argument_rows(struct parser *p, struct sql_call *call) {
    const struct token *alias = p->t;
    if (parse_at(p, KW_AS) && p->dialect == DIALECT_TRINO) { /* AS x (a, b) */
        p->t += 2;
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        call->tail = parse_verbatim(p, alias);
    }
    if (parse_take2(p, KW_PARTITION, KW_BY)) {
        bool many = parse_take(p, SY_LPAREN);
        size_t mark = list_start(p);
        do {
            struct sql_expr *x = parse_expr(p);
            list_push(p, &x, sizeof(struct sql_expr *));
        } while (many && parse_take(p, SY_COMMA));
        call->partition = list_take(p, mark, sizeof *call->partition, &call->partition_count);
        if (many) parse_must(p, SY_RPAREN);
    }
    if (parse_at(p, KW_WITH) && parse_word_is(p, 1, "single")) { /* WITH SINGLE PARTITION */
        p->t += 3;
        call->after = parse_verbatim(p, p->t - 3);
    }
    if ((parse_at(p, KW_KEEP) || parse_word_is(p, 0, "prune")) && parse_next_is(p, 1, KW_WHEN)) { /* PRUNE WHEN EMPTY */
        p->t += 3;
        call->after = parse_verbatim(p, p->t - 3);
    }
    if (parse_take2(p, KW_ORDER, KW_BY)) call->order = parse_order_list(p, &call->order_count);
}

static bool table_argument_more(const struct parser *p) {
    return (parse_at(p, KW_PARTITION) && parse_next_is(p, 1, KW_BY)) || (parse_at(p, KW_WITH) && parse_word_is(p, 1, "single")) ||
           (parse_at(p, KW_ORDER) && parse_next_is(p, 1, KW_BY)) ||
           (p->dialect == DIALECT_TRINO && (parse_at(p, KW_AS) || parse_at(p, KW_KEEP) || parse_word_is(p, 0, "prune")));
}

static struct sql_expr *table_argument_query(struct parser *p, const struct token *first) {
    struct sql_expr *sub = expr_new(p, EX_SUBQUERY, OP_NONE, first);
    sub->flags = SQL_TABLE_ARG;
    p->t++;
    parse_nest(p);
    sub->query = parse_query(p);
    p->nest--;
    expr_deepen(p, sub, sub->query->depth);
    parse_must(p, SY_RPAREN);
    expr_end(p, sub, first);
    if (!table_argument_more(p)) return sub;
    struct sql_expr *e = expr_new(p, EX_TABLE_ARG, OP_NONE, first);
    expr_args(p, e, &sub, 1);
    e->call = parse_new(p, struct sql_call);
    table_argument_rows(p, e->call);
    more_deepen(p, e, e->call);
    expr_end(p, e, first);
    return e;
}

static struct sql_expr *table_argument(struct parser *p) {
    const struct token *first = p->t++;
    bool brackets = parse_at(p, SY_LPAREN);
    if (brackets && (parse_query_starts(p, p->t + 1) || parse_next_is(p, 1, SY_LPAREN))) return table_argument_query(p, first);
    if (brackets && p->t[2].keyword == SY_LPAREN) {
        p->t++;
        struct sql_expr *call = parse_expr(p);
        parse_must(p, SY_RPAREN);
        return call;
    }
    struct sql_expr *e = expr_new(p, EX_TABLE_ARG, OP_NONE, first);
    if (brackets) p->t++, e->flags = SQL_WORD;
    struct sql_call *call = parse_new(p, struct sql_call);
    call->path = parse_table_name(p);
    if (brackets) parse_must(p, SY_RPAREN);
    table_argument_rows(p, call);
    e->call = call;
    more_deepen(p, e, call);
    if (call->path->part_count) e->name = call->path->parts[call->path->part_count - 1].text;
    expr_end(p, e, first);
    return e;
}

static struct sql_expr *named_argument(struct parser *p) {
    const struct token *first = p->t;
    struct sql_ident name = parse_any_ident(p);
    enum sql_op op = parse_at(p, SY_ARROW) ? OP_ARROW : OP_ASSIGN;
    p->t++;
    struct sql_expr *value = parse_at(p, KW_TABLE) && !parse_next_is(p, 1, SY_DOT) ? table_argument(p) : parse_expr(p);
    struct sql_expr *e = expr_new(p, EX_NAMED_ARG, op, first);
    e->name = name.text;
    e->flags = name.quoted ? SQL_QUOTED : 0;
    expr_args(p, e, &value, 1);
    return e;
}

static struct sql_expr *aliased(struct parser *p, struct sql_expr *value, const struct token *first) {
    p->t++;
    struct sql_name *name = parse_new(p, struct sql_name);
    name->parts = parse_new(p, struct sql_ident);
    const struct token *at = p->t;
    name->parts[0] = parse_any_ident(p);
    name->part_count = 1;
    if (parse_at(p, SY_LPAREN) && p->dialect == DIALECT_MYSQL) { /* WEIGHT_STRING(a AS CHAR(4)) */
        parse_skip_brackets(p);
        name->parts[0].text = parse_verbatim(p, at);
    }
    struct sql_expr *e = expr_new(p, EX_ALIASED, OP_NONE, first);
    e->path = name;
    e->name = name->parts[0].text;
    expr_args(p, e, &value, 1);
    return e;
}

static struct sql_expr *argument_read(struct parser *p) {
    const struct token *first = p->t, *next = p->t + 1;
    struct sql_expr *e;
    if (next->keyword == SY_ARROW || (next->keyword == SY_ASSIGN && p->dialect != DIALECT_MYSQL)) return named_argument(p);
    bool with_call = first->keyword == KW_WITH && next->keyword == SY_LPAREN; /* bigquery: an expression */
    switch (with_call ? KW_NONE : first->keyword) {
    case SY_STAR:
        if (next->keyword == KW_COLUMNS) break; /* *COLUMNS(..) */
        return parse_star(p, NULL, first);
    case KW_SELECT:
    case KW_WITH:
        e = expr_new(p, EX_QUERY_ARG, OP_NONE, first);
        e->query = parse_query(p);
        expr_deepen(p, e, e->query->depth);
        expr_end(p, e, first);
        return e;
    case KW_TABLE:
        if (next->type == TOKEN_WORD || next->type == TOKEN_QUOTED || next->keyword == SY_LPAREN) return table_argument(p);
        break;
    default:
        break;
    }
    e = parse_expr(p);
    return parse_at(p, KW_AS) ? aliased(p, e, first) : e;
}

static struct str word_before(struct parser *p) {
    switch (p->t->keyword) {
    case KW_FROM:
    case KW_FOR:
    case KW_IN:
    case KW_PLACING:
    case KW_USING:
    case KW_VALUE:
    case KW_TO:
    case KW_SIMILAR:
    case KW_ESCAPE:
    case SY_COLON:
        return parse_word(p, p->t++);
    default:
        return (struct str){NULL, 0};
    }
}

static bool leading_word(const struct parser *p, const struct token *name) {
    enum sql_keyword word = p->t->keyword, next = p->t[1].keyword;
    if (next == SY_COMMA || next == SY_RPAREN || next == SY_DOT || next == SY_LPAREN) return false;
    if (name->keyword == KW_TRIM) return word == KW_BOTH || word == KW_LEADING || word == KW_TRAILING || word == KW_FROM;
    if (parse_word_is(p, 0, "variadic")) return true;                                        /* postgres */
    if (parse_word_is(p, 0, "bulk") && p->t[1].type == TOKEN_STRING) return true;            /* tsql: OPENROWSET(BULK '..') */
    if (word == KW_MODEL) return p->t[1].type == TOKEN_QUOTED || p->t[1].type == TOKEN_WORD; /* bigquery: ML.PREDICT(MODEL m, ..) */
    return word == KW_KEY && p->t[1].type != TOKEN_OP;
}

/* Clauses inside the brackets after the arguments; false when what stands here is none. */
static bool inner_clause(struct parser *p, struct sql_expr *e, struct sql_call *more) {
    switch (p->t->keyword) {
    case KW_ORDER:
        if (!parse_take2(p, KW_ORDER, KW_BY)) return false;
        more->order = parse_order_list(p, &more->order_count);
        return true;
    case KW_LIMIT:
        p->t++;
        return more->limit = parse_expr(p), true;
    case KW_SEPARATOR:
        p->t++;
        return more->separator = parse_expr(p), true;
    case KW_WHERE: /* bigquery: SUM(x WHERE y) */
        if (p->dialect != DIALECT_BIGQUERY) return false;
        p->t++;
        return more->filter = parse_expr(p), true;
    case KW_HAVING:
        p->t++;
        more->having_word = parse_word(p, p->t);
        parse_skip(p);
        return more->having = parse_expr(p), true;
    case KW_IGNORE:
    case KW_RESPECT:
        if (!parse_next_is(p, 1, KW_NULLS)) return false;
        e->flags |= (parse_at(p, KW_IGNORE) ? SQL_IGNORE_NULLS : SQL_RESPECT_NULLS) | SQL_NULLS_INSIDE;
        p->t += 2;
        return true;
    default:
        return false;
    }
}

/* ON OVERFLOW .., NULL ON NULL, RETURNING .., COLUMNS (..): what a function of SQL/JSON may end with. */
static void tail_read(struct parser *p, struct sql_call *more) {
    const struct token *first = p->t;
    if (p->t->type != TOKEN_WORD && p->t->type != TOKEN_STRING) parse_expected(p, "',' or ')'");
    while (!parse_at(p, SY_RPAREN)) {
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else if (parse_at(p, SY_SEMICOLON)) parse_expected(p, "')'");
        else parse_skip(p);
    }
    more->tail = parse_verbatim(p, first);
}

static bool tail_allowed(const struct parser *p, const struct token *name) {
    char c = (char)(p->text.p[name->start] | 0x20);
    if (parse_at(p, KW_ON) || parse_at(p, KW_FORMAT) || parse_word_is(p, 0, "copartition")) return true;
    if (p->dialect == DIALECT_REDSHIFT && (parse_at(p, KW_KEEP) || parse_at(p, KW_SET))) return true; /* OBJECT_TRANSFORM(s KEEP ..) */
    if (c != 'j' && c != 'x' && c != 'o') return false;
    struct str w = {p->text.p + name->start, p->t->start - name->start};
    w.n = w.n > 4 ? 4 : w.n;
    return str_iis(w, "json") || str_iis((struct str){w.p, 3}, "xml") || str_iis(w, "open");
}

static void arguments_store(struct parser *p, struct sql_expr *e, struct sql_call *more, size_t mark, bool *has_more) {
    uint32_t count;
    struct argument *list = list_take(p, mark, sizeof *list, &count);
    bool words = false;
    e->args = parse_alloc(p, count * sizeof *e->args);
    e->arg_count = count;
    for (uint32_t i = 0; i < count; i++) {
        e->args[i] = list[i].value;
        expr_deepen(p, e, list[i].value->depth);
        words |= list[i].before.n > 0;
    }
    if (!words) return;
    more->before = parse_alloc(p, count * sizeof *more->before);
    for (uint32_t i = 0; i < count; i++) more->before[i] = list[i].before;
    *has_more = true;
}

/* The arguments after the opening bracket, which is taken; up to and with the closing one. `given` is one that was read already, or NULL. */
static void arguments_read(struct parser *p, struct sql_expr *e, struct sql_call *more, bool *has_more, struct sql_expr *given,
                           const struct token *name) {
    size_t mark = list_start(p);
    struct argument a = {0};
    parse_nest(p);
    if (given) {
        a.value = given;
        list_push(p, &a, sizeof a);
        if (!parse_at(p, SY_RPAREN)) parse_must(p, SY_COMMA);
    }
    if (parse_at(p, KW_DISTINCT) && !parse_next_is(p, 1, SY_RPAREN)) {
        p->t++;
        e->flags |= SQL_DISTINCT;
    } else if (parse_at(p, KW_ALL) && !parse_next_is(p, 1, SY_RPAREN) && !parse_next_is(p, 1, SY_COMMA)) {
        p->t++;
        e->flags |= SQL_ALL_ROWS;
    }
    while (!parse_at(p, SY_RPAREN)) {
        if (leading_word(p, name)) a.before = parse_word(p, p->t++);
        if (parse_at(p, KW_FROM) && name->keyword == KW_TRIM) a.before = parse_verbatim(p, p->t++ - (a.before.n ? 1 : 0));
        for (;;) {
            a.value = argument_read(p);
            list_push(p, &a, sizeof a);
            a.before = word_before(p);
            if (!a.before.n) break;
        }
        while (inner_clause(p, e, more)) *has_more = true;
        if (parse_take(p, SY_COMMA)) continue;
        if (!parse_at(p, SY_RPAREN) && tail_allowed(p, name)) {
            tail_read(p, more);
            *has_more = true;
        }
        break;
    }
    p->nest--;
    if (!parse_at(p, SY_RPAREN)) parse_expected(p, "',' or ')'");
    p->t++;
    arguments_store(p, e, more, mark, has_more);
}

/* ---------------------------------------------------------------- after the brackets */

static bool after_clause(struct parser *p, struct sql_expr *e, struct sql_call *more) {
    switch (p->t->keyword) {
    case KW_FILTER:
        if (!parse_take2(p, KW_FILTER, SY_LPAREN)) return false;
        parse_take(p, KW_WHERE);
        more->filter = parse_expr(p);
        parse_must(p, SY_RPAREN);
        return true;
    case KW_WITHIN:
        if (!parse_take3(p, KW_WITHIN, KW_GROUP, SY_LPAREN)) return false;
        parse_must(p, KW_ORDER);
        parse_must(p, KW_BY);
        more->within = parse_order_list(p, &more->within_count);
        parse_must(p, SY_RPAREN);
        return true;
    case KW_IGNORE:
    case KW_RESPECT:
        if (!parse_next_is(p, 1, KW_NULLS)) return false;
        e->flags |= parse_at(p, KW_IGNORE) ? SQL_IGNORE_NULLS : SQL_RESPECT_NULLS;
        p->t += 2;
        return true;
    case KW_FROM:
        if (!(parse_next_is(p, 1, KW_FIRST) || parse_next_is(p, 1, KW_LAST)) ||
            !(p->t[2].keyword == KW_OVER || ((p->t[2].keyword == KW_IGNORE || p->t[2].keyword == KW_RESPECT) && p->t[3].keyword == KW_NULLS)))
            return false;
        p->t += 2;
        more->after = parse_verbatim(p, p->t - 2);
        return true;
    case KW_KEEP:
        if (!parse_next_is(p, 1, SY_LPAREN)) return false;
        {
            const struct token *first = p->t++;
            parse_skip_brackets(p);
            more->after = parse_verbatim(p, first);
        }
        return true;
    case KW_OVER:
        if (!parse_next_is(p, 1, SY_LPAREN) && !parse_can_be_name(p, p->t + 1)) return false;
        p->t++;
        more->over = over(p);
        return true;
    default:
        if (!parse_word_is(p, 0, "against") || !parse_next_is(p, 1, SY_LPAREN)) return false;
        {
            const struct token *first = p->t++; /* mysql: MATCH (a) AGAINST ('x' IN BOOLEAN MODE) */
            parse_skip_brackets(p);
            more->after = parse_verbatim(p, first);
        }
        return true;
    }
}

static struct sql_expr *call_read(struct parser *p, struct sql_name *path, struct str name, const struct token *first, struct sql_expr *given) {
    struct sql_call more = {0};
    bool has_more = false, was_lambda = p->is_lambda_call;
    struct sql_expr *e = expr_new(p, EX_CALL, OP_NONE, first);
    const struct token *name_token = first;
    e->name = name;
    if (path && (path->part_count > 1 || path->dynamic)) {
        more.path = path;
        has_more = true;
    }
    p->in_call++;
    if (p->dialect == DIALECT_DUCKDB)
        p->is_lambda_call = (name.n > 5 && str_iis((struct str){name.p, 5}, "list_")) || (name.n > 6 && str_iis((struct str){name.p, 6}, "array_")) ||
                            str_iis(name, "filter") || str_iis(name, "apply") || str_iis(name, "reduce");
    if (!given) p->t++;
    arguments_read(p, e, &more, &has_more, given, name_token);
    p->is_lambda_call = was_lambda;
    p->in_call--;
    if (parse_at(p, SY_LPAREN) && p->dialect == DIALECT_CLICKHOUSE && !(p->t->flags & TOKEN_SPACED)) {
        more.parameters = e->args;
        more.parameter_count = e->arg_count;
        has_more = true;
        p->in_call++;
        p->t++;
        arguments_read(p, e, &more, &has_more, NULL, name_token);
        p->in_call--;
    }
    while (after_clause(p, e, &more)) has_more = true;
    if (has_more) {
        e->call = parse_new(p, struct sql_call);
        *e->call = more;
        more_deepen(p, e, &more);
    }
    if (p->routines) parse_routine_call(p, e);
    expr_end(p, e, first);
    return e;
}

struct sql_expr *parse_call(struct parser *p, struct sql_name *name, const struct token *first) {
    struct str last = name->part_count ? name->parts[name->part_count - 1].text : (struct str){NULL, 0};
    struct sql_expr *e = call_read(p, name, last, first, NULL);
    if (name->part_count && name->parts[name->part_count - 1].quoted) e->flags |= SQL_QUOTED;
    if (name->part_count && name->parts[name->part_count - 1].templated) e->flags |= SQL_TEMPLATED;
    return e;
}

struct sql_expr *parse_call_named(struct parser *p, struct str name, const struct token *first) {
    return call_read(p, NULL, name, first, NULL);
}

struct sql_expr *parse_call_after(struct parser *p, struct str name, const struct token *first, struct sql_expr *given) {
    return call_read(p, NULL, name, first, given);
}

/* ---------------------------------------------------------------- forms with a grammar of their own */

static struct sql_expr *cast(struct parser *p, enum sql_op op) {
    const struct token *first = p->t;
    p->t += 2;
    parse_nest(p);
    struct sql_expr *args[3];
    uint32_t count = 0;
    args[count++] = parse_expr(p);
    struct sql_expr *e = expr_new(p, EX_CAST, op, first);
    if (!parse_take(p, KW_AS)) parse_must(p, SY_COMMA);
    e->type = parse_type(p);
    if (parse_at(p, KW_ARRAY) && p->dialect == DIALECT_MYSQL) e->type->tail = parse_word(p, p->t++);
    if (parse_at(p, KW_COLLATE)) {
        const struct token *tail = p->t++;
        parse_name(p);
        e->type->tail = parse_verbatim(p, tail);
    }
    if (parse_take(p, KW_FORMAT)) {
        e->flags |= SQL_FORMAT;
        args[count++] = parse_expr_above(p, 115);
        if (parse_take3(p, KW_AT, KW_TIME, KW_ZONE)) {
            e->flags |= SQL_AT_ZONE;
            args[count++] = parse_expr(p);
        }
    }
    p->nest--;
    parse_must(p, SY_RPAREN);
    expr_args(p, e, args, count);
    if (op == CAST_TRY) e->name = parse_word(p, first);
    expr_end(p, e, first);
    return e;
}

/* CONVERT(type, x [, style]) */
static struct sql_expr *convert(struct parser *p) {
    const struct token *first = p->t;
    p->t += 2;
    struct sql_type *type = parse_type(p);
    struct sql_expr *args[2];
    uint32_t count = 0;
    parse_must(p, SY_COMMA);
    args[count++] = parse_expr(p);
    if (parse_take(p, SY_COMMA)) args[count++] = parse_expr(p);
    parse_must(p, SY_RPAREN);
    struct sql_expr *e = expr_new(p, EX_CAST, CAST_CONVERT, first);
    e->type = type;
    e->flags = count > 1 ? SQL_FORMAT : 0;
    e->name = parse_word(p, first);
    expr_args(p, e, args, count);
    return e;
}

/* EXTRACT(unit FROM x), POSITION(a IN b): the first argument is a word, or ends before IN. */
static struct sql_expr *two_part(struct parser *p, bool unit) {
    const struct token *first = p->t;
    p->t += 2;
    parse_nest(p);
    struct sql_expr *args[2];
    if (unit && p->t->type == TOKEN_WORD && parse_next_is(p, 1, KW_FROM)) {
        const struct token *word = p->t++;
        args[0] = expr_new(p, EX_KEYWORD, OP_NONE, word);
        args[0]->name = parse_word(p, word);
    } else {
        args[0] = parse_expr_above(p, unit ? BIND_ABOVE_AND : BIND_ADD - 10);
    }
    if (!parse_at(p, unit ? KW_FROM : KW_IN)) { /* POSITION(a, b) */
        p->nest--;
        return parse_call_after(p, parse_word(p, first), first, args[0]);
    }
    struct sql_call *more = parse_new(p, struct sql_call);
    more->before = parse_alloc(p, 2 * sizeof *more->before);
    more->before[1] = parse_word(p, p->t++);
    args[1] = parse_expr(p);
    p->nest--;
    if (parse_at(p, KW_USING) && p->t[1].type == TOKEN_WORD) { /* USING CHARACTERS */
        p->t += 2;
        more->tail = parse_verbatim(p, p->t - 2);
    }
    parse_must(p, SY_RPAREN);
    struct sql_expr *e = expr_new(p, EX_CALL, OP_NONE, first);
    e->name = parse_word(p, first);
    e->call = more;
    expr_args(p, e, args, 2);
    return e;
}

/* WITH(a AS 1, b AS a + 1, a * b) of bigquery. */
static struct sql_expr *with_call(struct parser *p) {
    const struct token *first = p->t;
    size_t mark = list_start(p);
    p->t += 2;
    parse_nest(p);
    for (;;) {
        const struct token *at = p->t;
        bool named = parse_can_be_name(p, at) && parse_next_is(p, 1, KW_AS);
        struct sql_name *name = named ? parse_name(p) : NULL;
        if (named) p->t++;
        struct sql_expr *value = parse_expr(p), *e = value;
        if (named) {
            e = expr_new(p, EX_ALIASED, OP_NONE, at);
            e->flags = SQL_WORD;
            e->path = name;
            e->name = name->parts[0].text;
            expr_args(p, e, &value, 1);
        }
        list_push(p, &e, sizeof e);
        if (!parse_take(p, SY_COMMA)) break;
    }
    p->nest--;
    parse_must(p, SY_RPAREN);
    uint32_t count;
    struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
    struct sql_expr *call = expr_new(p, EX_CALL, OP_NONE, first);
    call->name = STR("WITH");
    expr_args(p, call, args, count);
    return call;
}

bool parse_special_call(struct parser *p, struct sql_expr **out) {
    switch (p->t->keyword) {
    case KW_WITH:
        if (p->dialect != DIALECT_BIGQUERY) return false;
        return *out = with_call(p), true;
    case KW_CAST:
        return *out = cast(p, CAST_PLAIN), true;
    case KW_TRY_CAST:
    case KW_SAFE_CAST:
        return *out = cast(p, CAST_TRY), true;
    case KW_CONVERT:
    case KW_TRY_CONVERT:
        if (p->dialect != DIALECT_TSQL) return false;
        return *out = convert(p), true;
    case KW_EXTRACT:
        return *out = two_part(p, true), true;
    case KW_POSITION:
        return *out = two_part(p, false), true;
    default:
        return false;
    }
}
