/* parse_from.c - FROM: tables, joins, pivots, samples, time travel. */
#include "sql_parser.h"

static void depth_raise(uint32_t *depth, uint32_t below) {
    if (below + 1 > *depth) *depth = below + 1;
}

static void depth_raise_expr(uint32_t *depth, const struct sql_expr *e) {
    if (e) depth_raise(depth, e->depth);
}

static void depth_pivot(uint32_t *depth, const struct sql_pivot *pivot) {
    for (uint32_t i = 0; i < pivot->aggregate_count; i++) depth_raise_expr(depth, pivot->aggregates[i].expr);
    for (uint32_t i = 0; i < pivot->value_count; i++) depth_raise_expr(depth, pivot->values[i].expr);
    for (uint32_t i = 0; i < pivot->column_count; i++) depth_raise_expr(depth, pivot->columns[i]);
    for (uint32_t i = 0; i < pivot->group_count; i++) depth_raise_expr(depth, pivot->group[i]);
    for (uint32_t i = 0; i < pivot->any_order_count; i++) depth_raise_expr(depth, pivot->any_order[i].expr);
    depth_raise_expr(depth, pivot->otherwise);
    if (pivot->query) depth_raise(depth, pivot->query->depth);
}

void from_deepen(struct parser *p, struct sql_from *f) {
    uint32_t depth = 1;
    if (f->left) depth_raise(&depth, f->left->depth);
    if (f->right) depth_raise(&depth, f->right->depth);
    if (f->query) depth_raise(&depth, f->query->depth);
    depth_raise_expr(&depth, f->on);
    depth_raise_expr(&depth, f->match);
    depth_raise_expr(&depth, f->call);
    if (f->name) depth_raise_expr(&depth, f->name->dynamic);
    if (f->pivot) depth_pivot(&depth, f->pivot);
    if (f->travel) depth_raise_expr(&depth, f->travel->expr), depth_raise_expr(&depth, f->travel->upper);
    if (f->sample)
        depth_raise_expr(&depth, f->sample->size), depth_raise_expr(&depth, f->sample->on), depth_raise_expr(&depth, f->sample->seed),
            depth_raise_expr(&depth, f->sample->of);
    for (uint32_t i = 0; i < f->option_count; i++) depth_raise_expr(&depth, f->options[i].value);
    if (depth > SQL_DEPTH_MAX) parse_fail(p, "joins deeper than %d levels", SQL_DEPTH_MAX);
    f->depth = depth & 0xFFFF;
}

struct sql_from *from_new(struct parser *p, enum sql_from_kind kind) {
    struct sql_from *f = parse_new(p, struct sql_from);
    f->kind = kind;
    f->depth = 1;
    return f;
}

/* ---------------------------------------------------------------- what follows a table */

static void alias_columns(struct parser *p, struct sql_from *f) {
    if (!parse_at(p, SY_LPAREN)) return;
    p->t++;
    size_t mark = list_start(p);
    while (!parse_at(p, SY_RPAREN)) {
        struct sql_column c = {0};
        const struct token *first = p->t;
        c.name = parse_any_ident(p);
        if (!parse_at(p, SY_COMMA) && !parse_at(p, SY_RPAREN)) c.type = parse_type(p);
        if (parse_take(p, KW_COLLATE)) parse_name(p);
        c.range = parse_range(p, first);
        list_push(p, &c, sizeof c);
        if (!parse_take(p, SY_COMMA)) break;
    }
    parse_must(p, SY_RPAREN);
    f->columns = list_take(p, mark, sizeof *f->columns, &f->column_count);
}

static bool at_changes_clause(const struct parser *p) {
    return p->in_changes && (parse_at(p, KW_KEYS) || parse_at(p, KW_SEQUENCE) || parse_at(p, KW_IGNORE) || parse_at(p, KW_APPLY) ||
                             parse_at(p, KW_COLUMNS) || parse_at(p, KW_STORED) || parse_at(p, KW_TRACK));
}

static bool alias_read(struct parser *p, struct sql_from *f) {
    if (at_changes_clause(p) || (p->dialect == DIALECT_TSQL && parse_word_is(p, 0, "output"))) return false;
    if (parse_at(p, KW_AS) && parse_next_is(p, 1, SY_LPAREN)) { /* f(x) AS (a INT) */
        p->t++;
        alias_columns(p, f);
        return true;
    }
    if (f->alias.text.n || f->column_count || !parse_alias(p, &f->alias, KW_NO_TABLE_ALIAS)) return false;
    if (parse_at(p, SY_LPAREN) && !(parse_word_is(p, 1, "nolock") && p->t[2].keyword == SY_RPAREN)) alias_columns(p, f);
    return true;
}

static void hint_add(struct parser *p, struct sql_from *f, const struct token *first) {
    struct str text = parse_verbatim(p, first);
    f->hint = f->hint.n ? str_of(arena_printf(p->arena, "%.*s %.*s", STR_ARG(f->hint), STR_ARG(text))) : text;
}

static bool with_read(struct parser *p, struct sql_from *f) {
    const struct token *first = p->t;
    if (parse_take2(p, KW_WITH, KW_ORDINALITY)) return f->flags |= SQL_FROM_ORDINALITY, true;
    if (parse_take2(p, KW_WITH, KW_OFFSET)) {
        f->flags |= SQL_FROM_OFFSET;
        if (parse_at(p, KW_OFFSET)) f->offset = parse_any_ident(p);
        else parse_alias(p, &f->offset, KW_NO_TABLE_ALIAS);
        return true;
    }
    if (!parse_next_is(p, 1, SY_LPAREN) || p->dialect == DIALECT_CLICKHOUSE) return false;
    p->t++;
    if (p->t[1].type == TOKEN_STRING || (p->traits->number_suffix && p->t[1].type == TOKEN_WORD && f->kind == FROM_TABLE)) {
        f->options = parse_properties(p, &f->option_count);
        return true;
    }
    parse_skip_brackets(p);
    hint_add(p, f, first);
    return true;
}

static bool suffix_hint(struct parser *p, struct sql_from *f) {
    const struct token *first = p->t;
    switch (first->keyword) {
    case KW_USE:
    case KW_FORCE:
    case KW_IGNORE:
        if (first[1].keyword != KW_INDEX && first[1].keyword != KW_KEY) return false;
        p->t += 2;
        if (parse_take(p, KW_FOR))
            while (!parse_at(p, SY_LPAREN)) parse_skip(p);
        if (!parse_at(p, SY_LPAREN)) return false;
        parse_skip_brackets(p);
        return hint_add(p, f, first), true;
    case SY_LPAREN:
        if (!parse_word_is(p, 1, "nolock") || p->t[2].keyword != SY_RPAREN) return false;
        p->t += 3;
        return hint_add(p, f, first), true;
    case KW_PARTITION:
        if (first[1].keyword != SY_LPAREN || f->kind != FROM_TABLE) return false;
        p->t++;
        parse_skip_brackets(p);
        f->tail = parse_verbatim(p, first);
        return true;
    case KW_WATERMARK:
        if (p->t[1].type != TOKEN_WORD && p->t[1].type != TOKEN_QUOTED) return false;
        p->t++;
        parse_expr(p);
        if (parse_take_word(p, "delay")) {
            parse_must(p, KW_OF);
            parse_expr(p);
        }
        f->tail = parse_verbatim(p, first);
        return true;
    case KW_FINAL:
        if (p->dialect != DIALECT_CLICKHOUSE) return false;
        p->t++;
        return f->flags |= SQL_FROM_FINAL, true;
    case KW_MATCH_RECOGNIZE: {
        if (first[1].keyword != SY_LPAREN) return false;
        p->t++;
        parse_skip_brackets(p);
        struct sql_from *inner = from_new(p, f->kind);
        *inner = *f;
        *f = (struct sql_from){.kind = FROM_MATCH, .depth = 1, .left = inner, .tail = parse_verbatim(p, first)};
        return true;
    }
    default:
        return false;
    }
}

static bool suffix_sample(struct parser *p, struct sql_from *f) {
    bool word = parse_at(p, KW_TABLESAMPLE) || (parse_at(p, KW_SAMPLE) && (parse_next_is(p, 1, SY_LPAREN) || p->dialect == DIALECT_CLICKHOUSE ||
                                                                           (p->t[1].type == TOKEN_WORD && p->t[2].keyword == SY_LPAREN)));
    if (!word) return false;
    struct str text = parse_word(p, p->t++);
    f->sample = parse_sample(p);
    f->sample->word = text;
    return true;
}

/* redshift: FROM t, t.items AS x AT i */
static bool place_read(struct parser *p, struct sql_from *f) {
    if (p->dialect != DIALECT_REDSHIFT || !parse_at(p, KW_AT) || !f->alias.text.n || (f->flags & SQL_FROM_OFFSET)) return false;
    if (!parse_can_be_name(p, p->t + 1)) return false;
    p->t++;
    f->flags |= SQL_FROM_OFFSET;
    return f->offset = parse_ident(p), true;
}

struct sql_from *parse_from_suffix(struct parser *p, struct sql_from *f, const struct token *first) {
    for (;;) {
        struct sql_travel *travel = f->travel ? NULL : parse_travel(p, f);
        if (travel) {
            f->travel = travel;
            continue;
        }
        if ((parse_at(p, KW_PIVOT) || parse_at(p, KW_UNPIVOT)) &&
            (parse_next_is(p, 1, SY_LPAREN) || parse_next_is(p, 1, KW_INCLUDE) || parse_next_is(p, 1, KW_EXCLUDE))) {
            f->range = parse_range(p, first);
            from_deepen(p, f);
            f = parse_pivot(p, f, first);
            continue;
        }
        if (!f->sample && suffix_sample(p, f)) continue;
        if (parse_at(p, KW_WITH) && with_read(p, f)) continue;
        if (suffix_hint(p, f)) continue;
        if (place_read(p, f) || alias_read(p, f)) continue;
        if (parse_at(p, SY_STAR) && f->kind == FROM_TABLE && p->dialect == DIALECT_POSTGRES && !f->alias.text.n) {
            p->t++;
            f->flags |= SQL_FROM_DESCENDANTS;
            continue;
        }
        break;
    }
    f->range = parse_range(p, first);
    from_deepen(p, f);
    return f;
}

/* ---------------------------------------------------------------- one table */

static struct sql_from *query_from(struct parser *p, struct sql_query *q) {
    struct sql_from *f = from_new(p, FROM_QUERY);
    f->query = q;
    return f;
}

static bool at_query_rest(const struct parser *p) {
    switch (p->t->keyword) {
    case KW_UNION:
    case KW_INTERSECT:
    case KW_EXCEPT:
    case KW_MINUS:
    case KW_ORDER:
    case KW_LIMIT:
    case KW_OFFSET:
    case KW_FETCH:
    case SY_PIPE_GT:
        return true;
    default:
        return false;
    }
}

/* After "(": a query, or tables and joins. */
static struct sql_from *brackets_read(struct parser *p) {
    const struct token *first = p->t++;
    struct sql_from *f;
    parse_nest(p);
    if (parse_query_starts(p, p->t)) {
        f = query_from(p, parse_query(p));
    } else {
        const struct token *inner = p->t;
        f = parse_from_item(p);
        bool plain = f->kind == FROM_QUERY && !f->alias.text.n && !f->column_count && !f->sample && !f->flags && inner->keyword == SY_LPAREN;
        if (plain && at_query_rest(p)) {
            f = query_from(p, parse_query_rest(p, f->query, inner));
        } else if (!plain || !parse_at(p, SY_RPAREN)) {
            struct sql_from *brackets = from_new(p, FROM_BRACKETS);
            brackets->left = parse_joins(p, f, inner, true);
            f = brackets;
        }
    }
    p->nest--;
    parse_must(p, SY_RPAREN);
    f->range = parse_range(p, first);
    from_deepen(p, f);
    return f;
}

static struct sql_from *stage(struct parser *p) {
    struct sql_from *f = from_new(p, FROM_STAGE);
    const struct token *first = p->t++;
    while (p->t->type != TOKEN_END && !(p->t->flags & TOKEN_SPACED) && !parse_at(p, SY_LPAREN) && !parse_at(p, SY_RPAREN) &&
           !parse_at(p, SY_SEMICOLON) && !parse_at(p, SY_COMMA))
        p->t++;
    f->tail = parse_verbatim(p, first);
    if (parse_at(p, SY_LPAREN)) f->call = parse_call_named(p, STR("@"), first);
    return f;
}

/* TABLE(f(x)), TABLE($name), TABLE('name') */
static struct sql_from *table_word(struct parser *p) {
    p->t += 2;
    parse_nest(p);
    struct sql_from *f = NULL;
    if (parse_query_starts(p, p->t)) {
        f = query_from(p, parse_query(p));
    } else {
        struct sql_expr *e = parse_expr(p);
        if (e->kind == EX_CALL) {
            f = from_new(p, FROM_CALL);
            f->call = e;
        } else {
            f = from_new(p, FROM_TABLE);
            f->name = parse_new(p, struct sql_name);
            f->name->dynamic = e;
            f->name->range = e->range;
        }
    }
    f->flags |= SQL_FROM_TABLE_WORD;
    p->nest--;
    parse_must(p, SY_RPAREN);
    return f;
}

static struct sql_from *rows_from(struct parser *p) {
    const struct token *first = p->t;
    p->t += 3;
    struct sql_from *f = from_new(p, FROM_CALL);
    f->call = expr_new(p, EX_TUPLE, OP_NONE, first);
    size_t mark = list_start(p);
    do {
        struct sql_expr *call = parse_expr(p);
        const struct token *types = p->t;
        if (call->kind == EX_CALL && parse_at(p, KW_AS) && parse_next_is(p, 1, SY_LPAREN)) { /* f(x) AS (a int, b text) */
            p->t++;
            parse_skip_brackets(p);
            if (!call->call) call->call = parse_new(p, struct sql_call);
            call->call->after = parse_verbatim(p, types);
        }
        list_push(p, &call, sizeof call);
    } while (parse_take(p, SY_COMMA));
    uint32_t count;
    struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
    expr_args(p, f->call, args, count);
    parse_must(p, SY_RPAREN);
    f->flags |= SQL_FROM_ROWS_FROM;
    return f;
}

/* SEMANTIC_VIEW(v METRICS ..), GRAPH_TABLE(g MATCH ..): a table, and words of its own over it. */
static struct sql_from *worded(struct parser *p) {
    const struct token *first = p->t;
    struct sql_from *f = from_new(p, FROM_CALL);
    struct sql_expr *call = expr_new(p, EX_CALL, OP_NONE, first), *table;
    call->name = parse_word(p, first);
    p->t += 2;
    const struct token *at = p->t;
    table = expr_new(p, EX_TABLE_ARG, OP_NONE, at);
    table->flags = SQL_NO_PARENS;
    table->call = parse_new(p, struct sql_call);
    table->call->path = parse_table_name(p);
    expr_end(p, table, at);
    const struct token *words = p->t;
    while (!parse_at(p, SY_RPAREN)) {
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else if (parse_at(p, SY_SEMICOLON)) parse_expected(p, "')'");
        else parse_skip(p);
    }
    call->call = parse_new(p, struct sql_call);
    call->call->tail = parse_verbatim(p, words);
    p->t++;
    expr_args(p, call, &table, 1);
    expr_end(p, call, first);
    f->call = call;
    return f;
}

/* redshift: FROM t, UNPIVOT t.object AS v AT key */
static struct sql_from *unpivoted(struct parser *p) {
    const struct token *first = p->t++;
    struct sql_from *f = from_new(p, FROM_CALL);
    struct sql_expr *of = parse_primary(p);
    f->call = expr_new(p, EX_CALL, OP_NONE, first);
    f->call->name = parse_word(p, first);
    f->call->flags = SQL_NO_PARENS;
    expr_args(p, f->call, &of, 1);
    expr_end(p, f->call, first);
    return f;
}

/* { OJ a LEFT JOIN b ON .. } of ODBC */
static struct sql_from *escaped_join(struct parser *p) {
    p->t += 2;
    parse_nest(p);
    struct sql_from *f = from_new(p, FROM_BRACKETS);
    f->left = parse_from_list(p);
    p->nest--;
    parse_must(p, SY_RBRACE);
    return f;
}

static struct sql_from *named(struct parser *p) {
    const struct token *first = p->t;
    if (first->type == TOKEN_WORD && first[1].keyword == SY_LPAREN && first[2].type != TOKEN_OP && first[3].keyword != SY_RPAREN &&
        (parse_word_is(p, 0, "semantic_view") || parse_word_is(p, 0, "graph_table")))
        return worded(p);
    if (first->type == TOKEN_WORD && first[1].keyword == SY_LPAREN && first->keyword != KW_IDENTIFIER &&
        !(parse_word_is(p, 2, "nolock") && first[3].keyword == SY_RPAREN)) {
        struct sql_from *f = from_new(p, FROM_CALL);
        p->t++;
        f->call = parse_call_named(p, parse_word(p, first), first);
        return f;
    }
    struct sql_name *name = parse_table_name(p);
    if (parse_at(p, SY_LPAREN) && !(parse_word_is(p, 1, "nolock") && p->t[2].keyword == SY_RPAREN)) {
        struct sql_from *f = from_new(p, FROM_CALL);
        f->call = parse_call(p, name, first);
        return f;
    }
    struct sql_from *f = from_new(p, FROM_TABLE);
    f->name = name;
    if (p->dialect == DIALECT_MYSQL && parse_at(p, SY_DOT) && parse_next_is(p, 1, SY_STAR)) p->t += 2; /* DELETE FROM a.* USING .. */
    return f;
}

static bool stream_word(const struct parser *p) {
    const struct token *next = p->t + 1;
    if (!p->traits->number_suffix) return false;
    if (next->keyword == SY_LPAREN || next->type == TOKEN_QUOTED || next->type == TOKEN_PARAM) return true;
    if (next->type == TOKEN_OP) return next->keyword == SY_COLON;
    return next->type == TOKEN_WORD && !(sql_keyword_flags(next->keyword) & KW_NO_TABLE_ALIAS);
}

/* VALUES (1), (2) AS t(a), without brackets. */
static struct sql_from *values_from(struct parser *p) {
    const struct token *first = p->t++;
    struct sql_query *q = parse_new(p, struct sql_query);
    q->body = BODY_VALUES;
    size_t mark = list_start(p);
    do {
        struct sql_expr *row = parse_values_row(p);
        if ((uint32_t)row->depth + 1 > q->depth) q->depth = (uint32_t)row->depth + 1;
        list_push(p, &row, sizeof row);
    } while (parse_take(p, SY_COMMA));
    q->rows = list_take(p, mark, sizeof *q->rows, &q->row_count);
    q->range = parse_range(p, first);
    struct sql_from *f = from_new(p, FROM_DUAL_VALUES);
    f->query = q;
    return f;
}

static struct sql_from *only(struct parser *p) {
    p->t++;
    bool brackets = parse_take(p, SY_LPAREN);
    struct sql_from *f = named(p);
    f->flags |= SQL_FROM_ONLY;
    if (brackets) parse_must(p, SY_RPAREN);
    return f;
}

static struct sql_from *stream(struct parser *p) {
    struct sql_from *f;
    p->t++;
    if (parse_take(p, SY_LPAREN)) {
        f = parse_query_starts(p, p->t) ? query_from(p, parse_query(p)) : named(p);
        parse_must(p, SY_RPAREN);
    } else {
        f = named(p);
    }
    f->flags |= SQL_FROM_STREAM;
    return f;
}

static struct sql_from *primary(struct parser *p) {
    const struct token *t = p->t, *next = p->t + 1;
    struct sql_from *f;
    switch (t->keyword) {
    case SY_LPAREN:
        return brackets_read(p);
    case KW_VALUES:
        if (!parse_query_starts(p, t)) break;
        return values_from(p);
    case KW_LATERAL:
        if (next->type == TOKEN_OP && next->keyword != SY_LPAREN) break;
        p->t++;
        f = primary(p);
        f->flags |= SQL_FROM_LATERAL;
        return f;
    case KW_TABLE:
        if (next->keyword != SY_LPAREN) break;
        return table_word(p);
    case KW_ROWS:
        if (next->keyword != KW_FROM || t[2].keyword != SY_LPAREN) break;
        return rows_from(p);
    case KW_ONLY:
        if (next->type != TOKEN_WORD && next->type != TOKEN_QUOTED && next->keyword != SY_LPAREN) break;
        return only(p);
    case KW_STREAM:
        if (!stream_word(p)) break;
        return stream(p);
    case KW_UNPIVOT:
        if (p->dialect != DIALECT_REDSHIFT || (next->type != TOKEN_WORD && next->type != TOKEN_QUOTED)) break;
        return unpivoted(p);
    case SY_LBRACE:
        if (!parse_word_is(p, 1, "oj")) break;
        return escaped_join(p);
    default:
        break;
    }
    if (t->type == TOKEN_PARAM && p->text.p[t->start] == '@' && p->dialect == DIALECT_SNOWFLAKE) return stage(p);
    if (t->keyword == SY_QUESTION || (t->type == TOKEN_PARAM && p->text.p[t->start] == '@' && next->keyword != SY_DOT)) {
        f = from_new(p, FROM_PARAM);
        f->call = parse_primary(p);
        return f;
    }
    return named(p);
}

struct sql_from *parse_from_item(struct parser *p) {
    const struct token *first = p->t;
    parse_nest(p);
    struct sql_from *f = primary(p);
    f = parse_from_suffix(p, f, first);
    p->nest--;
    return f;
}

/* ---------------------------------------------------------------- joins */

bool parse_join_starts(const struct parser *p) {
    const struct token *t = p->t;
    switch (t->keyword) {
    case KW_JOIN:
    case KW_NATURAL:
    case KW_STRAIGHT_JOIN:
        return true;
    case KW_CROSS:
    case KW_INNER:
        return t[1].keyword != KW_UNION;
    case KW_LEFT:
    case KW_RIGHT:
    case KW_FULL: {
        const struct token *next = t[1].keyword == KW_OUTER ? t + 2 : t + 1;
        return next->type == TOKEN_WORD && next->keyword != KW_UNION && next->keyword != KW_INTERSECT && next->keyword != KW_EXCEPT;
    }
    case KW_OUTER:
        return parse_next_is(p, 1, KW_APPLY);
    case KW_SEMI:
    case KW_ANTI:
    case KW_ASOF:
    case KW_POSITIONAL:
    case KW_ARRAY:
        return t[1].keyword == KW_JOIN || t[1].keyword == KW_LEFT || t[1].keyword == KW_INNER;
    case KW_GLOBAL:
    case KW_ANY:
    case KW_ALL:
        return p->dialect == DIALECT_CLICKHOUSE && t[1].type == TOKEN_WORD;
    default:
        return false;
    }
}

struct join_words {
    enum sql_join join;
    uint32_t flags;
    bool left, right, full, cross, outer, semi, anti, array;
};

static enum sql_join join_kind(const struct join_words *w) {
    if (w->semi) return w->right ? JOIN_RIGHT_SEMI : JOIN_LEFT_SEMI;
    if (w->anti) return w->right ? JOIN_RIGHT_ANTI : JOIN_LEFT_ANTI;
    if (w->array) return w->left ? JOIN_LEFT_ARRAY : JOIN_ARRAY;
    if (w->left) return JOIN_LEFT;
    if (w->right) return JOIN_RIGHT;
    if (w->full) return JOIN_FULL;
    return w->cross ? JOIN_CROSS : JOIN_INNER;
}

/* The words up to and with JOIN or APPLY. */
static void join_words(struct parser *p, struct sql_from *f) {
    struct join_words w = {0};
    const struct token *hint = NULL;
    f->join = JOIN_INNER;
    for (int i = 0; i < 8; i++) {
        const struct token *t = p->t++;
        switch (t->keyword) {
        case KW_JOIN:
            if (f->join != JOIN_POSITIONAL) f->join = join_kind(&w);
            if (hint) f->hint = parse_word(p, hint);
            return;
        case KW_STRAIGHT_JOIN:
            f->join = JOIN_STRAIGHT;
            return;
        case KW_APPLY:
            f->join = w.outer ? JOIN_OUTER_APPLY : JOIN_CROSS_APPLY;
            return;
        case KW_NATURAL:
            f->flags |= SQL_FROM_NATURAL;
            break;
        case KW_ASOF:
            f->flags |= SQL_FROM_ASOF;
            break;
        case KW_LEFT:
            w.left = true;
            break;
        case KW_RIGHT:
            w.right = true;
            break;
        case KW_FULL:
            w.full = true;
            break;
        case KW_CROSS:
            w.cross = true;
            break;
        case KW_OUTER:
            w.outer = true;
            break;
        case KW_INNER:
            break;
        case KW_SEMI:
            w.semi = true;
            break;
        case KW_ANTI:
            w.anti = true;
            break;
        case KW_ARRAY:
            w.array = true;
            break;
        case KW_POSITIONAL:
            f->join = JOIN_POSITIONAL;
            break;
        case KW_GLOBAL:
        case KW_ANY:
        case KW_ALL:
            f->flags |= SQL_FROM_GLOBAL;
            hint = t;
            break;
        case KW_HASH:
        case KW_LOOP:
        case KW_MERGE:
            hint = t;
            break;
        default:
            if (t->type != TOKEN_WORD || t->keyword != KW_NONE) {
                p->t--;
                parse_expected(p, "JOIN");
            }
            hint = t;
        }
    }
    parse_expected(p, "JOIN");
}

static void join_condition(struct parser *p, struct sql_from *f) {
    if (parse_at(p, KW_MATCH_CONDITION) && parse_next_is(p, 1, SY_LPAREN)) {
        p->t += 2;
        f->match = parse_expr(p);
        parse_must(p, SY_RPAREN);
    }
    if (parse_take(p, KW_ON)) {
        f->on = parse_expr(p);
    } else if (parse_at(p, KW_USING) && (parse_next_is(p, 1, SY_LPAREN) || p->dialect == DIALECT_CLICKHOUSE)) {
        p->t++;
        if (parse_at(p, SY_LPAREN)) {
            f->using_columns = parse_ident_list(p, &f->using_count);
        } else {
            f->using_columns = parse_new(p, struct sql_ident);
            f->using_columns[0] = parse_any_ident(p);
            f->using_count = 1;
        }
        if (parse_at(p, KW_AS)) parse_alias(p, &f->alias, 0);
    }
}

static bool takes_condition(const struct sql_from *f) {
    return f->join != JOIN_CROSS && f->join != JOIN_CROSS_APPLY && f->join != JOIN_OUTER_APPLY && !(f->flags & SQL_FROM_NATURAL) &&
           f->join != JOIN_POSITIONAL && f->join != JOIN_ARRAY && f->join != JOIN_LEFT_ARRAY;
}

static void chain_deepen(struct parser *p, struct sql_from *top, const struct sql_from *stop) {
    if (top == stop) return;
    chain_deepen(p, top->left, stop);
    from_deepen(p, top);
}

/* a JOIN b JOIN c ON .. without a second ON: the first join has no condition, and joins go from the left after all. */
static struct sql_from *join_rotate(struct parser *p, struct sql_from *f, struct sql_from *inner, const struct token *first) {
    struct sql_from *top = f->right, *lowest = top;
    while (lowest->left != inner) lowest = lowest->left;
    f->right = inner;
    from_deepen(p, f);
    lowest->left = f;
    chain_deepen(p, top, f);
    top->range = parse_range(p, first);
    return top;
}

static struct sql_from *join_read(struct parser *p, struct sql_from *left, const struct token *first) {
    struct sql_from *f = from_new(p, FROM_JOIN);
    f->left = left;
    join_words(p, f);
    const struct token *right_first = p->t;
    if (f->join == JOIN_ARRAY || f->join == JOIN_LEFT_ARRAY) {
        uint32_t count;
        struct sql_item *items = parse_items(p, &count);
        struct sql_query *q = parse_new(p, struct sql_query);
        q->select = parse_new(p, struct sql_select);
        q->select->items = items;
        q->select->item_count = count;
        q->depth = 1;
        f->query = q;
    } else {
        f->right = parse_from_item(p);
        bool nested =
            takes_condition(f) && parse_join_starts(p) && !p->traits->semi_join && p->dialect != DIALECT_MYSQL && p->dialect != DIALECT_SQLITE;
        if (nested) { /* a JOIN b JOIN c ON .. ON .. */
            struct sql_from *inner = f->right;
            parse_nest(p);
            while (parse_join_starts(p)) f->right = join_read(p, f->right, right_first);
            p->nest--;
            if (!parse_at(p, KW_ON) && !parse_at(p, KW_USING)) return join_rotate(p, f, inner, first);
        }
        join_condition(p, f);
    }
    from_deepen(p, f);
    f->range = parse_range(p, first);
    return f;
}

/* a, b ON .. means (a CROSS JOIN b) ..: commas on the left of a join with a condition become that. */
static void commas_cross(struct parser *p, struct sql_from *left) {
    for (; left->kind == FROM_JOIN && left->join == JOIN_COMMA; left = left->left) {
        left->join = JOIN_CROSS;
        if (left->right->kind != FROM_JOIN) continue;
        struct sql_from *brackets = from_new(p, FROM_BRACKETS);
        brackets->left = left->right;
        brackets->range = left->right->range;
        from_deepen(p, brackets);
        left->right = brackets;
        from_deepen(p, left);
    }
}

static struct sql_from *comma_read(struct parser *p, struct sql_from *left, const struct token *first) {
    struct sql_from *f = from_new(p, FROM_JOIN);
    p->t++;
    const struct token *right_first = p->t;
    f->join = JOIN_COMMA;
    f->left = left;
    f->right = parse_joins(p, parse_from_item(p), right_first, false);
    if (parse_take(p, KW_ON)) { /* FROM a, b ON ..: some let it pass */
        f->on = parse_expr(p);
        f->join = JOIN_INNER;
        commas_cross(p, f->left);
    }
    from_deepen(p, f);
    f->range = parse_range(p, first);
    return f;
}

/* LATERAL VIEW [OUTER] f(x) [alias] [AS a, b] */
static struct sql_from *lateral_view(struct parser *p, struct sql_from *left, const struct token *first) {
    struct sql_from *f = from_new(p, FROM_LATERAL_VIEW);
    p->t += 2;
    if (parse_take(p, KW_OUTER)) f->flags |= SQL_FROM_OUTER;
    f->left = left;
    f->call = parse_primary(p);
    if (f->call->kind != EX_CALL) parse_fail(p, "LATERAL VIEW wants a function");
    if (!parse_at(p, KW_AS) && p->t->type == TOKEN_WORD && !(sql_keyword_flags(p->t->keyword) & KW_NO_TABLE_ALIAS)) f->alias = parse_any_ident(p);
    else if (p->t->type == TOKEN_QUOTED) f->alias = parse_any_ident(p);
    bool named_columns =
        parse_take(p, KW_AS) || p->t->type == TOKEN_QUOTED || (p->t->type == TOKEN_WORD && !(sql_keyword_flags(p->t->keyword) & KW_NO_TABLE_ALIAS));
    if (named_columns) {
        size_t mark = list_start(p);
        bool brackets = parse_take(p, SY_LPAREN);
        do {
            struct sql_column c = {0};
            c.name = parse_any_ident(p);
            list_push(p, &c, sizeof c);
        } while (parse_take(p, SY_COMMA));
        if (brackets) parse_must(p, SY_RPAREN);
        f->columns = list_take(p, mark, sizeof *f->columns, &f->column_count);
    }
    from_deepen(p, f);
    f->range = parse_range(p, first);
    return f;
}

/* duckdb: a comma behind the last table. */
static bool comma_ends(const struct parser *p) {
    const struct token *next = p->t + 1;
    if (p->dialect != DIALECT_DUCKDB) return false;
    return next->type == TOKEN_END || next->keyword == SY_RPAREN || next->keyword == SY_SEMICOLON || next->keyword == KW_WHERE ||
           next->keyword == KW_GROUP || next->keyword == KW_ORDER || next->keyword == KW_LIMIT;
}

struct sql_from *parse_joins(struct parser *p, struct sql_from *left, const struct token *first, bool many) {
    for (;;) {
        if (parse_join_starts(p)) left = join_read(p, left, first);
        else if (many && parse_at(p, SY_COMMA) && comma_ends(p)) p->t++;
        else if (many && parse_at(p, SY_COMMA)) left = comma_read(p, left, first);
        else if (many && parse_at(p, KW_LATERAL) && parse_word_is(p, 1, "view")) left = lateral_view(p, left, first);
        else if (many && left->kind == FROM_LATERAL_VIEW && (parse_at(p, KW_PIVOT) || parse_at(p, KW_UNPIVOT)))
            left = parse_from_suffix(p, left, first);
        else return left;
    }
}

struct sql_from *parse_from_list(struct parser *p) {
    const struct token *first = p->t;
    return parse_joins(p, parse_from_item(p), first, true);
}
