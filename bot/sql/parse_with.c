/* parse_with.c - WITH: common table expressions. */
#include "sql_parser.h"

static void cte_scalar(struct parser *p, struct sql_cte *cte) {
    cte->scalar = parse_expr(p);
    parse_must(p, KW_AS);
    cte->name = parse_any_ident(p);
}

static void cte_body(struct parser *p, struct sql_cte *cte) {
    parse_must(p, SY_LPAREN);
    parse_nest(p);
    switch (p->t->keyword) {
    case KW_INSERT:
    case KW_UPDATE:
    case KW_DELETE:
    case KW_MERGE:
        cte->statement = parse_inner_statement(p);
        break;
    default:
        cte->query = parse_query(p);
    }
    p->nest--;
    parse_must(p, SY_RPAREN);
}

static void cte_read(struct parser *p, struct sql_cte *cte) {
    const struct token *first = p->t;
    bool scalar = p->dialect == DIALECT_CLICKHOUSE && !(parse_can_be_name(p, first) && first[1].keyword == KW_AS && first[2].keyword == SY_LPAREN);
    if (scalar) {
        cte_scalar(p, cte);
        cte->range = parse_range(p, first);
        return;
    }
    cte->name = parse_any_ident(p);
    if (parse_at(p, SY_LPAREN) && !parse_query_starts(p, p->t + 1)) cte->columns = parse_ident_list(p, &cte->column_count);
    if (parse_at(p, KW_USING) && parse_next_is(p, 1, KW_KEY)) {
        p->t += 2;
        parse_must(p, SY_LPAREN);
        cte->key = parse_expr_list(p, &cte->key_count);
        parse_must(p, SY_RPAREN);
    }
    if (parse_word_is(p, 0, "max") && parse_next_is(p, 1, KW_RECURSIVE) == false && parse_word_is(p, 1, "recursion")) {
        p->t += 2;
        parse_take(p, KW_LEVEL);
        cte->recursion_limit = parse_expr_above(p, BIND_ADD);
    }
    parse_take(p, KW_AS);
    if (parse_take(p, KW_MATERIALIZED)) cte->materialized = CTE_MATERIALIZED;
    else if (parse_take2(p, KW_NOT, KW_MATERIALIZED)) cte->materialized = CTE_NOT_MATERIALIZED;
    cte_body(p, cte);
    const struct token *cycle = p->t;
    if (parse_at(p, KW_SEARCH) || parse_at(p, KW_CYCLE)) {
        while (!parse_at(p, SY_COMMA) || (p->t[2].keyword != KW_AS && p->t[2].keyword != SY_LPAREN)) {
            if (parse_query_starts(p, p->t) || p->t->type == TOKEN_END || parse_at(p, SY_SEMICOLON)) break;
            p->t++;
        }
        cte->cycle = parse_verbatim(p, cycle);
    }
    cte->range = parse_range(p, first);
}

struct sql_cte *parse_with(struct parser *p, uint32_t *count, bool *recursive) {
    size_t mark = list_start(p);
    parse_must(p, KW_WITH);
    if (parse_at(p, KW_RECURSIVE) && !parse_next_is(p, 1, KW_AS)) {
        p->t++;
        *recursive = true;
    }
    do {
        struct sql_cte cte = {0};
        if (parse_at(p, KW_SELECT)) break;
        cte_read(p, &cte);
        list_push(p, &cte, sizeof cte);
    } while (parse_take(p, SY_COMMA));
    return list_take(p, mark, sizeof(struct sql_cte), count);
}
