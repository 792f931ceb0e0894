/* parse_pivot.c - what may follow a table in FROM: samples, time travel, pivots. */
#include "sql_parser.h"

struct sql_sample *parse_sample(struct parser *p) {
    struct sql_sample *s = parse_new(p, struct sql_sample);
    if (p->t->type == TOKEN_WORD && parse_next_is(p, 1, SY_LPAREN)) s->method = parse_word(p, p->t++);
    bool brackets = parse_take(p, SY_LPAREN);
    if (parse_at(p, KW_BUCKET)) {
        p->t++;
        s->unit = STR("BUCKET");
        s->size = parse_primary(p);
        parse_must(p, KW_OUT);
        parse_must(p, KW_OF);
        s->of = parse_primary(p);
        if (parse_take(p, KW_ON)) s->on = parse_expr(p);
    } else {
        s->size = parse_expr_above(p, p->dialect == DIALECT_DUCKDB ? BIND_ADD + 15 : BIND_ADD);
        if (parse_take(p, KW_PERCENT) || parse_take(p, SY_PERCENT)) s->unit = STR("PERCENT");
        else if (parse_take(p, KW_ROWS) || parse_take(p, KW_ROW)) s->unit = STR("ROWS");
    }
    if (brackets) {
        if (parse_take(p, SY_COMMA)) { /* reservoir(10, 5) of duckdb */
            s->method = s->method.n ? s->method : STR("");
            s->seed = parse_expr(p);
        }
        parse_must(p, SY_RPAREN);
    }
    if (parse_at(p, SY_LPAREN) && p->t[1].type == TOKEN_WORD && p->dialect == DIALECT_DUCKDB) {
        p->t++;
        s->method = parse_word(p, p->t++);
        if (parse_take(p, SY_COMMA)) s->seed = parse_expr(p);
        parse_must(p, SY_RPAREN);
    }
    if ((parse_at(p, KW_REPEATABLE) || parse_at(p, KW_SEED)) && parse_next_is(p, 1, SY_LPAREN)) {
        p->t += 2;
        s->seed = parse_expr(p);
        parse_must(p, SY_RPAREN);
    }
    return s;
}

/* FOR SYSTEM_TIME AS OF x, VERSION AS OF 3 ...: the words, upper case, before the value. */
static struct sql_travel *travel_as_of(struct parser *p) {
    struct sql_travel *t = parse_new(p, struct sql_travel);
    bool is_for = parse_take(p, KW_FOR);
    if (parse_at(p, KW_SYSTEM)) p->t++; /* bigquery: FOR SYSTEM TIME AS OF */
    bool version = parse_at(p, KW_VERSION) || parse_word_is(p, 0, "system_version");
    bool system = parse_at(p, KW_SYSTEM_TIME) || parse_at(p, KW_TIME) || parse_word_is(p, 0, "system_version");
    t->kind = version ? TRAVEL_VERSION : TRAVEL_TIMESTAMP;
    struct str word = system ? STR("SYSTEM_TIME") : version ? STR("VERSION") : STR("TIMESTAMP");
    if (parse_word_is(p, 0, "system_version")) word = STR("SYSTEM_VERSION");
    p->t++;
    const char *tail = "AS OF";
    if (parse_take2(p, KW_AS, KW_OF)) {
        t->expr = parse_expr_above(p, BIND_ADD);
    } else if (parse_take(p, KW_ALL)) {
        t->kind = TRAVEL_ALL;
        tail = "ALL";
    } else {
        t->kind = TRAVEL_RANGE;
        tail = parse_at(p, KW_BETWEEN) ? "BETWEEN" : parse_at(p, KW_FROM) ? "FROM" : "CONTAINED IN";
        if (!parse_take(p, KW_BETWEEN) && !parse_take(p, KW_FROM)) {
            p->t++;
            parse_must(p, KW_IN);
            parse_must(p, SY_LPAREN);
        }
        t->expr = parse_expr_above(p, BIND_ADD);
        if (!parse_take(p, KW_AND) && !parse_take(p, KW_TO)) parse_must(p, SY_COMMA);
        t->upper = parse_expr_above(p, BIND_ADD);
        if (tail[0] == 'C') parse_must(p, SY_RPAREN);
    }
    const char *text = arena_printf(p->arena, "%s%.*s %s", is_for ? "FOR " : "", STR_ARG(word), tail);
    t->words = str_of(text);
    return t;
}

/* AT(TIMESTAMP => x), BEFORE(STATEMENT => x), CHANGES(..) AT(..) of snowflake. */
static struct sql_travel *travel_snowflake(struct parser *p) {
    struct sql_travel *t = parse_new(p, struct sql_travel);
    const struct token *first = p->t;
    t->kind = parse_at(p, KW_AT) ? TRAVEL_AT : parse_at(p, KW_BEFORE) ? TRAVEL_BEFORE : TRAVEL_CHANGES;
    t->words = t->kind == TRAVEL_AT ? STR("AT") : STR("BEFORE");
    if (t->kind == TRAVEL_CHANGES) {
        p->t++;
        parse_skip_brackets(p);
        while ((parse_at(p, KW_AT) || parse_at(p, KW_BEFORE) || parse_at(p, KW_END)) && parse_next_is(p, 1, SY_LPAREN)) {
            p->t++;
            parse_skip_brackets(p);
        }
        t->words = parse_verbatim(p, first);
        return t;
    }
    p->t++;
    struct sql_expr *call = parse_call_named(p, t->words, first);
    if (call->arg_count != 1) parse_fail(p, "one point in time expected");
    t->expr = call->args[0];
    return t;
}

struct sql_travel *parse_travel(struct parser *p, const struct sql_from *f) {
    const struct token *t = p->t;
    switch (t->keyword) {
    case KW_FOR:
        return t[1].keyword == KW_SYSTEM_TIME || (t[1].keyword == KW_SYSTEM && t[2].keyword == KW_TIME) || t[1].keyword == KW_VERSION ||
                       t[1].keyword == KW_TIMESTAMP || parse_word_is(p, 1, "system_version")
                   ? travel_as_of(p)
                   : NULL;
    case KW_VERSION:
    case KW_TIMESTAMP:
        return t[1].keyword == KW_AS && t[2].keyword == KW_OF ? travel_as_of(p) : NULL;
    case KW_SYSTEM_TIME:
        return t[1].keyword == KW_AS && t[2].keyword == KW_OF ? travel_as_of(p) : NULL;
    case KW_AT:
    case KW_BEFORE:
    case KW_CHANGES:
        return t[1].keyword == SY_LPAREN && t[2].type == TOKEN_WORD && t[3].keyword == SY_ARROW ? travel_snowflake(p) : NULL;
    default:
        break;
    }
    if (t->type != TOKEN_PARAM || f->kind != FROM_TABLE || (t->flags & TOKEN_SPACED) || p->text.p[t->start] != '@') return NULL;
    struct sql_travel *v = parse_new(p, struct sql_travel); /* t@v3, t@20240101000000000 of delta */
    v->kind = (p->text.p[t->start + 1] | 0x20) == 'v' ? TRAVEL_VERSION : TRAVEL_TIMESTAMP;
    v->words = parse_word(p, p->t++);
    return v;
}

static struct sql_item *pivot_items(struct parser *p, uint32_t *count, enum sql_keyword stop) {
    size_t mark = list_start(p);
    do {
        struct sql_item item = {0};
        const struct token *first = p->t;
        if (parse_at(p, stop)) break;
        item.expr = stop == KW_FOR ? parse_expr_above(p, 65) : parse_expr(p);
        if (parse_at(p, KW_AS) && p->t[1].type == TOKEN_NUMBER) p->t += 2, item.alias.text = parse_word(p, p->t - 1); /* bigquery: UNPIVOT .. AS 3 */
        else parse_alias(p, &item.alias, KW_NO_ALIAS);
        item.range = parse_range(p, first);
        list_push(p, &item, sizeof item);
    } while (parse_take(p, SY_COMMA));
    return list_take(p, mark, sizeof(struct sql_item), count);
}

static void pivot_values(struct parser *p, struct sql_pivot *pivot) {
    parse_must(p, KW_IN);
    if (!parse_take(p, SY_LPAREN)) { /* duckdb: IN an_enum */
        pivot->values = parse_items(p, &pivot->value_count);
        return;
    }
    if (parse_query_starts(p, p->t)) {
        pivot->query = parse_query(p);
    } else if (parse_at(p, KW_ANY)) {
        p->t++;
        pivot->any = true;
        if (parse_take2(p, KW_ORDER, KW_BY)) pivot->any_order = parse_order_list(p, &pivot->any_order_count);
    } else {
        pivot->values = pivot_items(p, &pivot->value_count, SY_RPAREN);
    }
    parse_must(p, SY_RPAREN);
}

static void pivot_columns(struct parser *p, struct sql_pivot *pivot) {
    size_t mark = list_start(p);
    struct sql_expr *e;
    if (parse_take(p, SY_LPAREN)) {
        do {
            e = parse_expr(p);
            list_push(p, &e, sizeof e);
        } while (parse_take(p, SY_COMMA));
        parse_must(p, SY_RPAREN);
    } else {
        e = parse_expr_above(p, 65);
        list_push(p, &e, sizeof e);
    }
    pivot->columns = list_take(p, mark, sizeof *pivot->columns, &pivot->column_count);
}

struct sql_from *parse_pivot(struct parser *p, struct sql_from *left, const struct token *first) {
    struct sql_from *f = from_new(p, parse_at(p, KW_PIVOT) ? FROM_PIVOT : FROM_UNPIVOT);
    p->t++;
    f->left = left;
    f->pivot = parse_new(p, struct sql_pivot);
    if (parse_take2(p, KW_INCLUDE, KW_NULLS)) f->flags |= SQL_FROM_INCLUDE_NULLS;
    else if (parse_take2(p, KW_EXCLUDE, KW_NULLS)) f->flags |= SQL_FROM_EXCLUDE_NULLS;
    parse_must(p, SY_LPAREN);
    f->pivot->aggregates = pivot_items(p, &f->pivot->aggregate_count, KW_FOR);
    parse_must(p, KW_FOR);
    pivot_columns(p, f->pivot);
    pivot_values(p, f->pivot);
    if (parse_take3(p, KW_DEFAULT, KW_ON, KW_NULL)) {
        parse_must(p, SY_LPAREN);
        f->pivot->otherwise = parse_expr(p);
        parse_must(p, SY_RPAREN);
    }
    const struct token *more = p->t;
    while (p->dialect == DIALECT_DUCKDB && p->t->type != TOKEN_END && !parse_at(p, SY_RPAREN) && !parse_at(p, KW_GROUP)) {
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else p->t++;
    }
    f->pivot->more = parse_verbatim(p, more);
    if (parse_take2(p, KW_GROUP, KW_BY)) f->pivot->group = parse_expr_list(p, &f->pivot->group_count);
    parse_must(p, SY_RPAREN);
    from_deepen(p, f);
    f->range = parse_range(p, first);
    return f;
}
