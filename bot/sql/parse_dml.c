/* parse_dml.c - INSERT, MERGE, UPDATE, DELETE, COPY, and change feeds. */
#include "sql_parser.h"

struct sql_item *parse_returning(struct parser *p, uint32_t *count) {
    *count = 0;
    if (!parse_take(p, KW_RETURNING) && !(p->dialect == DIALECT_TSQL && parse_take_word(p, "output"))) return NULL;
    return parse_items(p, count);
}

/* RETURNING .., OUTPUT .. INTO @t */
static struct sql_item *output_read(struct parser *p, uint32_t *count) {
    struct sql_item *items = parse_returning(p, count);
    if (parse_take(p, KW_INTO)) parse_table_name(p);
    if (parse_at(p, SY_LPAREN) && p->dialect == DIALECT_TSQL && !parse_query_starts(p, p->t + 1)) parse_skip_brackets(p);
    return items;
}

struct sql_assignment *parse_assignments(struct parser *p, uint32_t *count) {
    size_t mark = list_start(p);
    do {
        struct sql_assignment a = {0};
        if (parse_at(p, KW_WHERE) || parse_at(p, KW_FROM) || p->t->type == TOKEN_END) break; /* a comma at the end */
        a.target = parse_expr_above(p, BIND_ADD + 1);
        const struct token *sign = p->t;
        if (a.target->kind == EX_CALL && p->dialect == DIALECT_TSQL && sign->keyword != SY_EQ) { /* a.WRITE(x, 1, 2) */
            a.value = a.target;
            list_push(p, &a, sizeof a);
            continue;
        }
        bool change = sign->keyword == SY_PLUS || sign->keyword == SY_MINUS; /* a += 1 */
        if (change) p->t++;
        if (!parse_take(p, SY_EQ) && (change || !parse_take(p, SY_ASSIGN))) parse_must(p, SY_EQ);
        a.value = parse_expr(p);
        if (change) {
            struct sql_expr *sides[] = {a.target, a.value}, *sum = expr_new(p, EX_BINARY, sign->keyword == SY_PLUS ? OP_ADD : OP_SUB, sign);
            expr_args(p, sum, sides, 2);
            a.value = sum;
        }
        list_push(p, &a, sizeof a);
    } while (parse_take(p, SY_COMMA));
    return list_take(p, mark, sizeof(struct sql_assignment), count);
}

/* ---------------------------------------------------------------- INSERT */

static void insert_words(struct parser *p, struct sql_statement *s, struct sql_insert *in) {
    for (int i = 0; i < 8; i++) {
        if (p->t->type == TOKEN_HINT) p->t++;
        else if (parse_at(p, KW_TOP) && parse_next_is(p, 1, SY_LPAREN)) p->t++, parse_skip_brackets(p); /* tsql */
        else if (parse_take(p, KW_OVERWRITE)) in->flags |= SQL_INSERT_OVERWRITE;
        else if (parse_take2(p, KW_OR, KW_REPLACE)) in->flags |= SQL_INSERT_REPLACE;
        else if (parse_take2(p, KW_OR, KW_IGNORE) || parse_take(p, KW_IGNORE)) in->flags |= SQL_INSERT_IGNORE;
        else if (parse_at(p, KW_OR) && p->t[1].type == TOKEN_WORD) p->t += 2;
        else if (parse_take3(p, KW_WITH, KW_SCHEMA, KW_EVOLUTION)) in->flags |= SQL_INSERT_EVOLVE;
        else if (parse_take(p, KW_LOW_PRIORITY) || parse_take(p, KW_DELAYED) || parse_take(p, KW_HIGH_PRIORITY)) continue;
        else if (parse_at(p, KW_INTO) || (parse_at(p, KW_TABLE) && !parse_next_is(p, 1, SY_DOT))) p->t++;
        else if (parse_take(p, KW_ONCE)) in->flags |= SQL_INSERT_ONCE;
        else break;
    }
    if (p->t[-1].keyword == KW_TABLE) in->flags |= SQL_INSERT_TABLE_WORD;
}

/* OVERWRITE [LOCAL] DIRECTORY 'path' [USING f] [OPTIONS (..)] [ROW FORMAT ..] */
static bool directory_read(struct parser *p, struct sql_insert *in) {
    bool local = parse_at(p, KW_LOCAL) && parse_next_is(p, 1, KW_DIRECTORY);
    if (!local && !(parse_at(p, KW_DIRECTORY) && (p->t[1].type == TOKEN_STRING || parse_next_is(p, 1, KW_USING)))) return false;
    p->t += local ? 2 : 1;
    in->flags |= SQL_INSERT_DIRECTORY;
    if (p->t->type == TOKEN_STRING) in->location = parse_string(p);
    const struct token *first = p->t;
    while (!parse_query_starts(p, p->t) && !parse_at_end(p)) {
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else p->t++;
    }
    in->tail = parse_verbatim(p, first);
    return true;
}

static void partition_read(struct parser *p, struct sql_insert *in) {
    size_t mark = list_start(p);
    p->t++;
    parse_must(p, SY_LPAREN);
    while (!parse_at(p, SY_RPAREN)) {
        struct sql_assignment a = {0};
        a.target = parse_expr_above(p, 65);
        if (parse_take(p, SY_EQ)) a.value = parse_expr(p);
        list_push(p, &a, sizeof a);
        if (!parse_take(p, SY_COMMA)) break;
    }
    parse_must(p, SY_RPAREN);
    in->partition = list_take(p, mark, sizeof *in->partition, &in->partition_count);
    if (parse_take3(p, KW_IF, KW_NOT, KW_EXISTS)) in->flags |= SQL_INSERT_IF_NOT_EXISTS;
}

static bool replace_clause(struct parser *p, struct sql_insert *in) {
    if (!parse_at(p, KW_REPLACE)) return false;
    if (parse_take2(p, KW_REPLACE, KW_WHERE)) return in->replace_where = parse_expr(p), true;
    if (parse_take2(p, KW_REPLACE, KW_USING)) return in->replace_using = parse_ident_list(p, &in->replace_using_count), true;
    if (parse_take2(p, KW_REPLACE, KW_ON)) return in->replace_on = parse_expr(p), true;
    return false;
}

static void columns_push(struct parser *p, struct sql_insert *in) {
    size_t mark = list_start(p);
    parse_must(p, SY_LPAREN);
    while (!parse_at(p, SY_RPAREN)) {
        const struct token *first = p->t;
        struct sql_ident one = parse_any_ident(p);
        while (!parse_at(p, SY_COMMA) && !parse_at(p, SY_RPAREN)) { /* a.b, a[1] */
            parse_skip(p);
            one.text = parse_verbatim(p, first);
        }
        list_push(p, &one, sizeof one);
        if (!parse_take(p, SY_COMMA)) break;
    }
    parse_must(p, SY_RPAREN);
    in->columns = list_take(p, mark, sizeof *in->columns, &in->column_count);
}

static bool insert_clause(struct parser *p, struct sql_statement *s, struct sql_insert *in) {
    const struct token *next = p->t + 1;
    switch (p->t->keyword) {
    case SY_LPAREN:
        if (in->columns || parse_query_starts(p, next) || next->keyword == SY_LPAREN) return false;
        if (next->keyword == SY_RPAREN) return p->t += 2, true;
        return columns_push(p, in), true;
    case KW_PARTITION:
        if (next->keyword != SY_LPAREN) return false;
        return partition_read(p, in), true;
    case KW_BY:
        if (parse_take2(p, KW_BY, KW_NAME)) return in->flags |= SQL_INSERT_BY_NAME, true;
        if (parse_take2(p, KW_BY, KW_POSITION)) return in->flags |= SQL_INSERT_BY_POSITION, true;
        return false;
    case KW_REPLACE:
        return replace_clause(p, in);
    case KW_IF:
        if (!parse_take3(p, KW_IF, KW_NOT, KW_EXISTS)) return false;
        return in->flags |= SQL_INSERT_IF_NOT_EXISTS, true;
    case KW_OPTIONS:
    case KW_WITH:
        if (next->keyword != SY_LPAREN || parse_query_starts(p, p->t)) {
            if (parse_take3(p, KW_WITH, KW_SCHEMA, KW_EVOLUTION)) return in->flags |= SQL_INSERT_EVOLVE, true;
            return false;
        }
        p->t++;
        if (p->dialect == DIALECT_TSQL) return parse_skip_brackets(p), true;
        return in->options = parse_properties(p, &in->option_count), true;
    case KW_OVERRIDING:
        p->t += 3;
        return true;
    case KW_AS:
        if (in->alias.text.n || parse_query_starts(p, next)) return false;
        return parse_alias(p, &in->alias, 0);
    case KW_SETTINGS:
    case KW_FORMAT:
        if (p->dialect != DIALECT_CLICKHOUSE) return false;
        while (!parse_query_starts(p, p->t) && !parse_at_end(p)) p->t++;
        return true;
    default:
        if (p->dialect != DIALECT_TSQL || !parse_word_is(p, 0, "output")) return false;
        return in->returning = output_read(p, &in->returning_count), true;
    }
}

static void insert_source(struct parser *p, struct sql_statement *s, struct sql_insert *in) {
    if (parse_take2(p, KW_DEFAULT, KW_VALUES)) {
        in->flags |= SQL_INSERT_DEFAULT_VALUES;
    } else if (parse_take(p, KW_SET)) {
        s->assignments = parse_assignments(p, &s->assignment_count);
    } else if (parse_take(p, KW_VALUE)) { /* mysql VALUE (..) */
        p->t[-1].keyword = KW_VALUES;
        p->t--;
        s->query = parse_query(p);
    } else if (parse_at(p, KW_EXEC) || parse_at(p, KW_EXECUTE)) {
        parse_tail(p, s);
    } else {
        parse_take(p, KW_AS);
        s->query = parse_query(p);
        if (s->ctes && !s->query->ctes) return;
    }
}

static void insert_read(struct parser *p, struct sql_statement *s) {
    struct sql_insert *in = parse_new(p, struct sql_insert);
    const struct token *first = p->t++;
    s->kind = STMT_INSERT;
    s->insert = in;
    s->verb = first->keyword == KW_REPLACE ? STR("REPLACE") : STR("INSERT");
    if (first->keyword == KW_UPSERT) s->verb = STR("UPSERT");
    if (first->keyword != KW_INSERT) in->flags |= SQL_INSERT_REPLACE;
    bool overwrite = parse_at(p, KW_OVERWRITE) && (parse_next_is(p, 1, KW_ALL) || parse_next_is(p, 1, KW_FIRST));
    if ((overwrite || parse_at(p, KW_ALL) || parse_at(p, KW_FIRST)) && (p->dialect == DIALECT_SNOWFLAKE || p->dialect == DIALECT_ORACLE)) {
        in->flags |= SQL_INSERT_ALL;
        parse_tail(p, s);
        return;
    }
    insert_words(p, s, in);
    if (!directory_read(p, in)) {
        if (parse_at(p, KW_FUNCTION)) { /* clickhouse INSERT INTO FUNCTION */
            p->t++;
            parse_primary(p);
        } else {
            s->name = parse_table_name(p);
        }
        struct sql_ident bare;
        bool alias = p->t->type == TOKEN_WORD && p->t->keyword == KW_NONE && !parse_word_is(p, 0, "output");
        if (alias && parse_alias(p, &bare, KW_NO_TABLE_ALIAS)) in->alias = bare;
    }
    while (insert_clause(p, s, in)) continue;
    insert_source(p, s, in);
    if (parse_at(p, KW_AS) && p->dialect == DIALECT_MYSQL) parse_alias(p, &in->alias, 0);
    const struct token *source = p->t;
    struct sql_ident ignored;
    if ((in->replace_on || in->replace_using_count) && parse_at(p, KW_AS) && parse_alias(p, &ignored, 0)) in->tail = parse_verbatim(p, source);
    if (parse_at(p, KW_ON) && (parse_next_is(p, 1, KW_CONFLICT) || parse_next_is(p, 1, KW_DUPLICATE))) {
        const struct token *conflict = p->t;
        while (!parse_at_end(p) && !parse_at(p, KW_RETURNING) && !(p->nest && parse_at(p, SY_RPAREN))) {
            if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
            else p->t++;
        }
        in->conflict = parse_verbatim(p, conflict);
    }
    if (parse_at(p, KW_RETURNING)) in->returning = parse_returning(p, &in->returning_count);
}

/* ---------------------------------------------------------------- UPDATE, DELETE */

static void change_rest(struct parser *p, struct sql_change *c) {
    for (;;) {
        if (parse_at(p, KW_RETURNING) || (p->dialect == DIALECT_TSQL && parse_word_is(p, 0, "output"))) {
            c->returning = output_read(p, &c->returning_count);
        } else if (parse_at(p, KW_WHERE) && !c->where) {
            p->t++;
            if (parse_at(p, KW_CURRENT) && parse_next_is(p, 1, KW_OF)) {
                const struct token *first = p->t;
                p->t += 3;
                c->tail = parse_verbatim(p, first);
            } else {
                c->where = parse_expr(p);
            }
        } else if ((parse_at(p, KW_FROM) || parse_at(p, KW_USING)) && !c->from) {
            p->t++;
            c->from = parse_from_list(p);
        } else if (parse_take2(p, KW_ORDER, KW_BY)) {
            c->order = parse_order_list(p, &c->order_count);
        } else if (parse_take(p, KW_LIMIT)) {
            c->limit = parse_expr(p);
        } else if (parse_at(p, KW_OPTION) && parse_next_is(p, 1, SY_LPAREN)) {
            const struct token *first = p->t++;
            parse_skip_brackets(p);
            c->tail = parse_verbatim(p, first);
        } else {
            return;
        }
    }
}

static void modifiers_read(struct parser *p, struct sql_change *c) {
    const struct token *first = p->t;
    while (p->t->type == TOKEN_HINT) p->t++;
    if (parse_at(p, KW_OR) && p->t[1].type == TOKEN_WORD) p->t += 2;
    while (parse_at(p, KW_LOW_PRIORITY) || parse_at(p, KW_IGNORE) || parse_word_is(p, 0, "quick")) p->t++;
    if (parse_at(p, KW_TOP) && parse_next_is(p, 1, SY_LPAREN)) {
        p->t++;
        parse_skip_brackets(p);
    }
    c->modifiers = parse_verbatim(p, first);
}

static void update_read(struct parser *p, struct sql_statement *s) {
    struct sql_change *c = parse_new(p, struct sql_change);
    p->t++;
    s->kind = STMT_UPDATE;
    s->change = c;
    s->verb = STR("UPDATE");
    modifiers_read(p, c);
    if (parse_at(p, KW_TABLE)) p->t++;
    const struct token *first = p->t;
    c->target = parse_joins(p, parse_from_item(p), first, true);
    if (c->target->kind == FROM_TABLE) s->name = c->target->name;
    if (parse_at(p, KW_FROM)) { /* bigquery's and snowflake's other order */
        p->t++;
        c->from = parse_from_list(p);
    }
    parse_must(p, KW_SET);
    c->sets = parse_assignments(p, &c->set_count);
    change_rest(p, c);
}

static void delete_read(struct parser *p, struct sql_statement *s) {
    struct sql_change *c = parse_new(p, struct sql_change);
    p->t++;
    s->kind = STMT_DELETE;
    s->change = c;
    s->verb = STR("DELETE");
    modifiers_read(p, c);
    parse_take(p, KW_FROM);
    const struct token *first = p->t;
    c->target = parse_joins(p, parse_from_item(p), first, true);
    if (c->target->kind == FROM_TABLE) s->name = c->target->name;
    change_rest(p, c);
}

/* ---------------------------------------------------------------- MERGE */

static void merge_update(struct parser *p, struct sql_merge_clause *c) {
    p->t++;
    bool by_name = p->dialect == DIALECT_DUCKDB && !parse_at(p, KW_SET); /* UPDATE, UPDATE BY NAME */
    if (by_name) {
        if (!parse_take2(p, KW_BY, KW_NAME)) parse_take2(p, KW_BY, KW_POSITION);
        c->then = THEN_UPDATE_ALL;
        return;
    }
    if (parse_take(p, KW_ALL)) { /* snowflake: UPDATE ALL BY NAME */
        parse_take2(p, KW_BY, KW_NAME);
        c->then = THEN_UPDATE_ALL;
        return;
    }
    parse_must(p, KW_SET);
    c->then = THEN_UPDATE;
    if (parse_at(p, SY_STAR)) {
        p->t++;
        c->then = THEN_UPDATE_ALL;
        if (parse_take2(p, KW_EXCEPT, SY_LPAREN)) {
            c->except = parse_expr_list(p, &c->except_count);
            parse_must(p, SY_RPAREN);
        }
        return;
    }
    c->sets = parse_assignments(p, &c->set_count);
}

static void merge_insert(struct parser *p, struct sql_merge_clause *c) {
    p->t++;
    c->then = THEN_INSERT;
    bool by_name = p->dialect == DIALECT_DUCKDB && !parse_at(p, SY_LPAREN) && !parse_at(p, KW_VALUES) && !parse_at(p, KW_DEFAULT);
    if (by_name) {
        if (!parse_take2(p, KW_BY, KW_NAME) && !parse_take2(p, KW_BY, KW_POSITION)) parse_take(p, SY_STAR);
        c->then = THEN_INSERT_ALL;
        return;
    }
    if (parse_take(p, KW_ROW)) {
        c->then = THEN_INSERT_ROW;
        return;
    }
    if (parse_take(p, SY_STAR) || parse_take(p, KW_ALL)) {
        parse_take2(p, KW_BY, KW_NAME);
        c->then = THEN_INSERT_ALL;
        if (parse_take2(p, KW_EXCEPT, SY_LPAREN)) {
            c->except = parse_expr_list(p, &c->except_count);
            parse_must(p, SY_RPAREN);
        }
        return;
    }
    if (parse_at(p, SY_LPAREN)) {
        size_t mark = list_start(p);
        p->t++;
        while (!parse_at(p, SY_RPAREN)) {
            struct sql_name *name = parse_name(p);
            list_push(p, name, sizeof *name);
            if (!parse_take(p, SY_COMMA)) break;
        }
        parse_must(p, SY_RPAREN);
        c->columns = list_take(p, mark, sizeof *c->columns, &c->column_count);
    }
    if (parse_take(p, KW_OVERRIDING)) p->t += 2;
    if (parse_take(p, KW_ROW)) {
        c->then = THEN_INSERT_ROW;
        return;
    }
    if (parse_take2(p, KW_DEFAULT, KW_VALUES)) return;
    parse_must(p, KW_VALUES);
    bool brackets = parse_take(p, SY_LPAREN);
    if (!parse_at(p, SY_RPAREN)) c->values = parse_expr_list(p, &c->value_count);
    if (brackets) parse_must(p, SY_RPAREN);
}

static void merge_clause(struct parser *p, struct sql_merge_clause *c) {
    parse_must(p, KW_WHEN);
    bool is_not = parse_take(p, KW_NOT);
    parse_must(p, KW_MATCHED);
    c->when = is_not ? WHEN_NOT_MATCHED : WHEN_MATCHED;
    if (parse_take(p, KW_BY)) {
        if (parse_take(p, KW_SOURCE)) c->when = WHEN_NOT_MATCHED_BY_SOURCE;
        else parse_must(p, KW_TARGET), c->by_target = true;
    }
    if (parse_take(p, KW_AND)) c->condition = parse_expr(p);
    parse_must(p, KW_THEN);
    if (parse_at(p, KW_UPDATE)) {
        merge_update(p, c);
    } else if (parse_at(p, KW_INSERT)) {
        merge_insert(p, c);
    } else if (parse_take(p, KW_DELETE)) {
        c->then = THEN_DELETE;
    } else if (p->dialect == DIALECT_DUCKDB && parse_take(p, KW_ERROR)) {
        if (p->t->type == TOKEN_STRING) p->t++;
        c->then = THEN_NOTHING;
    } else {
        if (!parse_take(p, KW_DO)) parse_expected(p, "UPDATE, INSERT, DELETE or DO NOTHING");
        parse_must(p, KW_NOTHING);
        c->then = THEN_NOTHING;
    }
    if (parse_take(p, KW_WHERE)) c->where = parse_expr(p);
    if (parse_take2(p, KW_DELETE, KW_WHERE)) parse_expr(p);
}

/* a column as one side of a MERGE calls it. */
static struct sql_expr *side_column(struct parser *p, const struct sql_from *side, struct sql_ident column, const struct token *at) {
    struct sql_name *name = parse_new(p, struct sql_name);
    const struct sql_name *table = side->kind == FROM_TABLE ? side->name : NULL;
    struct sql_ident of = side->alias.text.n || !table || !table->part_count ? side->alias : table->parts[table->part_count - 1];
    name->part_count = of.text.n ? 2 : 1;
    name->parts = parse_alloc(p, 2 * sizeof *name->parts);
    name->parts[0] = of.text.n ? of : column;
    name->parts[name->part_count - 1] = column;
    struct sql_expr *e = expr_new(p, EX_NAME, OP_NONE, at);
    e->path = name;
    e->name = column.text;
    return e;
}

/* duckdb: USING (a, b) is ON t.a = s.a AND t.b = s.b. */
static struct sql_expr *merge_using(struct parser *p, const struct sql_merge *m) {
    const struct token *at = p->t++;
    uint32_t count;
    struct sql_ident *columns = parse_ident_list(p, &count);
    size_t mark = list_start(p);
    for (uint32_t i = 0; i < count; i++) {
        struct sql_expr *sides[] = {side_column(p, m->target, columns[i], at), side_column(p, m->source, columns[i], at)};
        struct sql_expr *same = expr_new(p, EX_BINARY, OP_EQ, at);
        expr_args(p, same, sides, 2);
        list_push(p, &same, sizeof same);
    }
    struct sql_expr **all = list_take(p, mark, sizeof *all, &count);
    if (!count) parse_expected(p, "a column");
    if (count == 1) return all[0];
    struct sql_expr *e = expr_new(p, EX_BINARY, OP_AND, at);
    expr_args(p, e, all, count);
    return e;
}

static void merge_read(struct parser *p, struct sql_statement *s) {
    struct sql_merge *m = parse_new(p, struct sql_merge);
    p->t++;
    s->kind = STMT_MERGE;
    s->merge = m;
    s->verb = STR("MERGE");
    while (p->t->type == TOKEN_HINT) p->t++;
    m->evolve = parse_take3(p, KW_WITH, KW_SCHEMA, KW_EVOLUTION);
    if (parse_at(p, KW_TOP) && parse_next_is(p, 1, SY_LPAREN)) p->t++, parse_skip_brackets(p); /* tsql */
    parse_take(p, KW_INTO);
    m->target = parse_from_item(p);
    if (m->target->kind == FROM_TABLE) s->name = m->target->name;
    parse_must(p, KW_USING);
    const struct token *first = p->t;
    m->source = parse_joins(p, parse_from_item(p), first, false);
    if (p->dialect == DIALECT_DUCKDB && parse_at(p, KW_USING)) {
        m->on = merge_using(p, m);
    } else {
        parse_must(p, KW_ON);
        m->on = parse_expr(p);
    }
    size_t mark = list_start(p);
    while (parse_at(p, KW_WHEN)) {
        struct sql_merge_clause c = {0};
        merge_clause(p, &c);
        list_push(p, &c, sizeof c);
    }
    m->clauses = list_take(p, mark, sizeof *m->clauses, &m->clause_count);
    if (!m->clause_count && !(p->dialect == DIALECT_REDSHIFT && parse_take_word(p, "remove") && parse_take_word(p, "duplicates")))
        parse_expected(p, "WHEN");
    if (parse_at(p, KW_RETURNING) || (p->dialect == DIALECT_TSQL && parse_word_is(p, 0, "output")))
        m->returning = output_read(p, &m->returning_count);
    const struct token *tail = p->t;
    if (parse_at(p, KW_OPTION) && parse_next_is(p, 1, SY_LPAREN)) {
        p->t++;
        parse_skip_brackets(p);
        m->tail = parse_verbatim(p, tail);
    }
}

/* ---------------------------------------------------------------- COPY, change feeds */

static void copy_read(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t++;
    s->kind = STMT_COPY;
    bool into = parse_take(p, KW_INTO);
    parse_verb(p, s, first);
    s->change = parse_new(p, struct sql_change);
    if (parse_at(p, SY_LPAREN)) { /* COPY (query) TO */
        s->query = parse_query(p);
    } else if (p->t->type == TOKEN_PARAM && p->text.p[p->t->start] == '@') {
        s->change->target = parse_from_item(p);
    } else {
        s->name = parse_table_name(p);
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
    }
    if (parse_at(p, KW_FROM) && into) {
        p->t++;
        if (parse_at(p, SY_LPAREN) && (parse_query_starts(p, p->t + 1))) s->query = parse_query(p);
        else if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else s->change->from = parse_from_item(p);
    }
    if (!s->query && s->name) {
        struct sql_ref ref = {.name = s->name, .is_write = true};
        s->refs = parse_new(p, struct sql_ref);
        s->refs[0] = ref;
        s->ref_count = 1;
    }
    const struct token *tail = p->t;
    while (!parse_at_end(p)) {
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else parse_skip(p);
    }
    s->tail = parse_verbatim(p, tail);
}

static void cdc_clause(struct parser *p, struct sql_cdc *c) {
    if (parse_take(p, KW_KEYS)) {
        parse_must(p, SY_LPAREN);
        c->keys = parse_expr_list(p, &c->key_count);
        parse_must(p, SY_RPAREN);
    } else if (parse_take(p, KW_IGNORE)) {
        parse_must(p, KW_NULL);
        parse_skip(p); /* UPDATES */
        c->ignore_null_updates = true;
        if (parse_take(p, KW_ON)) c->ignore_null_on = parse_expr(p);
    } else if (parse_take(p, KW_APPLY)) {
        parse_must(p, KW_AS);
        bool truncate = parse_take(p, KW_TRUNCATE);
        if (!truncate) parse_must(p, KW_DELETE);
        parse_must(p, KW_WHEN);
        *(truncate ? &c->truncate_when : &c->delete_when) = parse_expr(p);
    } else if (parse_take2(p, KW_SEQUENCE, KW_BY)) {
        c->sequence_by = parse_expr(p);
    } else if (parse_take(p, KW_COLUMNS)) {
        if (parse_take(p, SY_STAR)) {
            parse_must(p, KW_EXCEPT);
            c->except = parse_ident_list(p, &c->except_count);
        } else {
            bool brackets = parse_take(p, SY_LPAREN);
            c->columns = parse_expr_list(p, &c->column_count);
            if (brackets) parse_must(p, SY_RPAREN);
        }
    } else if (parse_take(p, KW_STORED)) {
        parse_must(p, KW_AS);
        parse_must(p, KW_SCD);
        parse_must(p, KW_TYPE);
        c->scd_type = parse_word(p, p->t);
        parse_skip(p);
    } else if (parse_at(p, KW_TRACK)) {
        const struct token *first = p->t;
        while (!parse_at_end(p)) {
            if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
            else p->t++;
        }
        c->history = parse_verbatim(p, first);
    } else if (parse_take(p, KW_WHERE)) {
        c->where = parse_expr(p);
    } else {
        parse_expected(p, "a clause of APPLY CHANGES");
    }
}

void parse_cdc(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t;
    struct sql_cdc *c = parse_new(p, struct sql_cdc);
    s->kind = STMT_CDC;
    s->cdc = c;
    p->t += 2; /* APPLY CHANGES, AUTO CDC */
    c->once = parse_take(p, KW_ONCE);
    parse_must(p, KW_INTO);
    parse_verb(p, s, first);
    s->name = parse_table_name(p);
    parse_must(p, KW_FROM);
    c->snapshot = parse_at(p, KW_SNAPSHOT) && p->t[1].type != TOKEN_OP;
    if (c->snapshot) p->t++;
    p->in_changes = true;
    c->source = parse_from_item(p);
    p->in_changes = false;
    while (!parse_at_end(p)) cdc_clause(p, c);
}

/* A statement that goes by its words. */
static void words_read(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t;
    s->kind = STMT_OTHER;
    p->t += 2;
    parse_verb(p, s, first);
    parse_tail(p, s);
}

bool parse_dml(struct parser *p, struct sql_statement *s) {
    switch (p->t->keyword) {
    case KW_INSERT:
    case KW_UPSERT:
        return insert_read(p, s), true;
    case KW_REPLACE:
        if (!parse_next_is(p, 1, KW_INTO) && p->dialect != DIALECT_MYSQL && p->dialect != DIALECT_SQLITE) return false;
        return insert_read(p, s), true;
    case KW_UPDATE:
        if (p->t[1].type == TOKEN_WORD && (parse_next_is(p, 1, KW_STATISTICS) || parse_word_is(p, 1, "extensions")) && !parse_next_is(p, 2, KW_SET) &&
            !parse_next_is(p, 2, KW_AS) && !parse_next_is(p, 2, SY_DOT))
            return words_read(p, s), true; /* tsql: UPDATE STATISTICS t; duckdb: UPDATE EXTENSIONS */
        return update_read(p, s), true;
    case KW_DELETE:
        return delete_read(p, s), true;
    case KW_MERGE:
        return merge_read(p, s), true;
    case KW_COPY:
        if (parse_next_is(p, 1, KW_FROM) && parse_next_is(p, 2, KW_DATABASE)) return words_read(p, s), true; /* duckdb */
        return copy_read(p, s), true;
    default:
        return false;
    }
}
