/* parse_create.c - CREATE and ALTER: tables, views, the tables of pipelines, routines. */
#include "sql_parser.h"

static void tail_add(struct parser *p, struct str *tail, const struct token *first) {
    struct str text = parse_verbatim(p, first);
    *tail = tail->n ? str_of(arena_printf(p->arena, "%.*s %.*s", STR_ARG(*tail), STR_ARG(text))) : text;
}

/* ---------------------------------------------------------------- what is made */

struct header {
    bool streaming, live, materialized, dynamic, incremental, flow;
};

static bool modifier(struct parser *p, struct sql_create *c, struct header *h) {
    switch (p->t->keyword) {
    case KW_OR:
        if (parse_take2(p, KW_OR, KW_REPLACE)) return c->flags |= SQL_OR_REPLACE, true;
        if (parse_take2(p, KW_OR, KW_REFRESH)) return c->flags |= SQL_OR_REFRESH, true;
        if (parse_take2(p, KW_OR, KW_ALTER)) return c->flags |= SQL_OR_ALTER, true;
        return false;
    case KW_TEMP:
    case KW_TEMPORARY:
        c->flags |= SQL_TEMPORARY;
        break;
    case KW_GLOBAL:
        c->flags |= SQL_GLOBAL;
        break;
    case KW_LOCAL:
    case KW_VOLATILE:
        break;
    case KW_EXTERNAL:
        c->flags |= SQL_EXTERNAL;
        break;
    case KW_TRANSIENT:
        c->flags |= SQL_TRANSIENT;
        break;
    case KW_PRIVATE:
        c->flags |= SQL_PRIVATE;
        break;
    case KW_SECURE:
        c->flags |= SQL_SECURE;
        break;
    case KW_RECURSIVE:
        c->flags |= SQL_RECURSIVE;
        break;
    case KW_UNLOGGED:
        c->flags |= SQL_UNLOGGED;
        break;
    case KW_UNIQUE:
        c->flags |= SQL_UNIQUE_INDEX;
        break;
    case KW_AGGREGATE:
        c->flags |= SQL_AGGREGATE_FUNCTION;
        break;
    case KW_STREAMING:
        h->streaming = true;
        break;
    case KW_INCREMENTAL:
        h->incremental = true;
        break;
    case KW_LIVE:
        h->live = true;
        break;
    case KW_MATERIALIZED:
        h->materialized = true;
        break;
    case KW_DYNAMIC:
        h->dynamic = true;
        break;
    case KW_CLUSTERED:
    case KW_FOREIGN:
        break;
    default: {
        static const char *const words[] = {"hybrid",         "iceberg",   "multiset",     "force",       "noforce",    "editionable",
                                            "noneditionable", "managed",   "nonclustered", "columnstore", "trusted",    "constraint",
                                            "fulltext",       "spatial",   "sql",          "security",    "invoker",    "definer",
                                            "algorithm",      "undefined", "merge",        "temptable",   "refreshable"};
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (!parse_word_is(p, 0, words[i])) continue;
            p->t++;
            if (parse_take(p, SY_EQ)) {
                parse_skip(p);
                while (p->t->type == TOKEN_PARAM || parse_at(p, SY_AT)) p->t++;
            }
            return true;
        }
        return false;
    }
    }
    p->t++;
    return true;
}

static enum sql_object table_object(const struct header *h) {
    if (h->streaming || h->incremental) return OBJECT_STREAMING_TABLE;
    if (h->live) return OBJECT_LIVE_TABLE;
    return h->dynamic ? OBJECT_DYNAMIC_TABLE : OBJECT_TABLE;
}

static enum sql_object view_object(const struct header *h) {
    if (h->streaming) return OBJECT_STREAMING_VIEW;
    if (h->live) return OBJECT_LIVE_VIEW;
    return h->materialized ? OBJECT_MATERIALIZED_VIEW : OBJECT_VIEW;
}

static enum sql_object object_read(struct parser *p, struct sql_create *c, const struct header *h) {
    switch (p->t->keyword) {
    case KW_TABLE:
        p->t++;
        if (parse_take(p, KW_FUNCTION)) return c->flags |= SQL_TABLE_FUNCTION, OBJECT_FUNCTION;
        return table_object(h);
    case KW_VIEW:
        p->t++;
        return view_object(h);
    case KW_FUNCTION:
    case KW_MACRO:
        p->t++;
        return OBJECT_FUNCTION;
    case KW_PROCEDURE:
        p->t++;
        return OBJECT_PROCEDURE;
    case KW_SCHEMA:
        p->t++;
        return OBJECT_SCHEMA;
    case KW_DATABASE:
        p->t++;
        return OBJECT_DATABASE;
    case KW_CATALOG:
        p->t++;
        return OBJECT_CATALOG;
    case KW_INDEX:
        p->t++;
        return OBJECT_INDEX;
    default:
        break;
    }
    if (parse_word_is(p, 0, "proc")) return p->t++, OBJECT_PROCEDURE;
    for (int i = 0; i < 3 && p->t->type == TOKEN_WORD && p->t[1].type != TOKEN_OP && p->t[1].type != TOKEN_END && !parse_next_is(p, 1, KW_IF); i++) {
        p->t++;
        if (p->t[1].type != TOKEN_WORD) break;
    }
    return OBJECT_OTHER;
}

/* ---------------------------------------------------------------- clauses of tables and views */

static void partitioned(struct parser *p, struct sql_create *c) {
    parse_must(p, KW_BY);
    bool method = p->t[1].keyword == SY_LPAREN && (p->dialect == DIALECT_POSTGRES || p->dialect == DIALECT_MYSQL) &&
                  (parse_at(p, KW_RANGE) || parse_at(p, KW_LIST) || parse_at(p, KW_HASH));
    if (method) p->t++, tail_add(p, &c->tail, p->t - 2); /* BY RANGE (..) */
    if (!parse_at(p, SY_LPAREN)) {                       /* bigquery: PARTITION BY date(x); databricks sql: PARTITIONED BY (..) only */
        c->partition_by = parse_expr_list(p, &c->partition_count);
        return;
    }
    bool typed = !method && p->t[1].type != TOKEN_OP && (p->t[2].type == TOKEN_WORD && p->t[2].keyword != KW_ASC && p->t[2].keyword != KW_DESC);
    if (typed) {
        struct sql_constraint *none = NULL;
        uint32_t count = 0;
        c->partition_columns = parse_column_defs(p, &c->partition_column_count, &none, &count);
        return;
    }
    p->t++;
    size_t mark = list_start(p);
    while (!parse_at(p, SY_RPAREN)) {
        struct sql_expr *e = parse_expr(p);
        list_push(p, &e, sizeof e);
        while (p->t->type == TOKEN_WORD || (method && parse_at(p, SY_DOT))) { /* (year, month INT), (a text_ops) */
            if (method) p->t++;
            else parse_type(p);
        }
        if (!parse_take(p, SY_COMMA)) break;
    }
    parse_must(p, SY_RPAREN);
    c->partition_by = list_take(p, mark, sizeof *c->partition_by, &c->partition_count);
}

static void clustered(struct parser *p, struct sql_create *c) {
    const struct token *first = p->t - 1;
    parse_must(p, KW_BY);
    if (parse_take(p, KW_AUTO)) {
        c->cluster_auto = true;
        return;
    }
    if (parse_word_is(p, 0, "none")) {
        p->t++;
        return;
    }
    bool brackets = parse_take(p, SY_LPAREN);
    c->cluster_by = parse_expr_list(p, &c->cluster_count);
    if (brackets) parse_must(p, SY_RPAREN);
    const struct token *more = p->t;
    while (parse_word_is(p, 0, "sorted") || parse_at(p, KW_INTO)) {
        while (p->t->type == TOKEN_WORD || p->t->type == TOKEN_NUMBER) p->t++;
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        if (p->t == more) break;
        if (parse_at(p, KW_AS)) break;
    }
    if (p->t > more) tail_add(p, &c->tail, first);
}

static void properties_add(struct parser *p, struct sql_create *c) {
    uint32_t count;
    struct sql_property *more = parse_properties(p, &count);
    size_t mark = list_start(p);
    for (uint32_t i = 0; i < c->property_count; i++) list_push(p, &c->properties[i], sizeof *more);
    for (uint32_t i = 0; i < count; i++) list_push(p, &more[i], sizeof *more);
    c->properties = list_take(p, mark, sizeof *more, &c->property_count);
}

/* ROW FORMAT .., STORED AS ..: up to the next clause. */
static void hive_format(struct parser *p, struct sql_create *c) {
    const struct token *first = p->t++;
    if (first->keyword == KW_STORED) {
        parse_skip(p); /* AS, BY */
        if (parse_take_word(p, "inputformat")) {
            parse_skip(p);
            if (parse_take_word(p, "outputformat")) parse_skip(p);
        } else {
            c->format = parse_word(p, p->t);
            parse_skip(p);
        }
        tail_add(p, &c->tail, first);
        return;
    }
    while (!parse_at_end(p) && !parse_at(p, KW_STORED) && !parse_at(p, KW_LOCATION) && !parse_at(p, KW_TBLPROPERTIES) && !parse_at(p, KW_AS) &&
           !parse_at(p, KW_PARTITIONED)) {
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else p->t++;
    }
    tail_add(p, &c->tail, first);
}

static void schedule_read(struct parser *p, struct sql_create *c) {
    const struct token *first = p->t++;
    while (!parse_at_end(p) && !parse_at(p, KW_AS) && !parse_at(p, KW_COMMENT) && !parse_at(p, KW_TBLPROPERTIES) && !parse_at(p, KW_PARTITIONED) &&
           !parse_at(p, KW_CLUSTER) && !(parse_at(p, KW_WITH) && parse_next_is(p, 1, KW_ROW))) {
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else p->t++;
    }
    c->schedule = parse_verbatim(p, first);
}

static bool with_clause(struct parser *p, struct sql_create *c) {
    const struct token *first = p->t, *next = p->t + 1;
    if (parse_take3(p, KW_WITH, KW_NO, KW_DATA)) return c->flags |= SQL_WITH_NO_DATA, true;
    if (parse_take2(p, KW_WITH, KW_DATA)) return c->flags |= SQL_WITH_DATA, true;
    if (next->keyword == KW_METRICS) return p->t += 2, c->flags |= SQL_METRIC_VIEW, true;
    if (next->keyword == SY_LPAREN) return p->t++, properties_add(p, c), true;
    bool cte = (next[1].keyword == KW_AS && next[2].keyword != KW_SELECT) || next->keyword == KW_RECURSIVE; /* not WITH SCHEMABINDING AS SELECT */
    if (next->type == TOKEN_WORD && cte && next->keyword != KW_SCHEMA) return false;
    p->t++;
    while (!parse_at_end(p) && !parse_at(p, KW_AS)) {
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else p->t++;
        if (parse_at(p, KW_WITH)) break;
    }
    return tail_add(p, &c->tail, first), true;
}

static bool like_clause(struct parser *p, struct sql_create *c) {
    const struct token *first = p->t;
    if (parse_take(p, KW_LIKE)) c->like_word = STR("LIKE");
    else if (parse_take2(p, KW_SHALLOW, KW_CLONE)) c->like_word = STR("SHALLOW CLONE");
    else if (parse_take2(p, KW_DEEP, KW_CLONE)) c->like_word = STR("DEEP CLONE");
    else if (parse_take(p, KW_CLONE)) c->like_word = STR("CLONE");
    else if (parse_at(p, KW_COPY) && p->t[1].type != TOKEN_OP && !parse_next_is(p, 1, KW_GRANTS)) p->t++, c->like_word = STR("COPY");
    else if (parse_take2(p, KW_PARTITION, KW_OF)) c->like_word = STR("PARTITION OF");
    else return false;
    c->like = parse_table_name(p);
    struct sql_from holder = {.kind = FROM_TABLE, .name = c->like, .alias = {.text = STR("-")}}; /* what follows is no alias */
    const struct token *more = p->t;
    struct sql_from *f = parse_from_suffix(p, &holder, first);
    if (f->travel) tail_add(p, &c->tail, more);
    return true;
}

static void as_body(struct parser *p, struct sql_statement *s) {
    struct sql_create *c = s->create;
    p->t++;
    if (parse_at(p, KW_EXECUTE)) { /* postgres: CREATE TABLE t AS EXECUTE p (1) */
        s->body = parse_new(p, struct sql_statement *);
        s->body[0] = parse_inner_statement(p);
        s->body_count = 1;
        return;
    }
    if (parse_word_is(p, 0, "replica") && parse_next_is(p, 1, KW_OF)) { /* bigquery */
        p->t += 2;
        c->like_word = STR("REPLICA OF");
        c->like = parse_table_name(p);
        return;
    }
    if (p->t->type == TOKEN_STRING) { /* metric views: YAML */
        c->body_text = parse_string(p);
        parse_words_refs(p, s, c->body_text);
        return;
    }
    s->query = parse_query(p);
}

static bool table_more(struct parser *p, struct sql_statement *s) {
    struct sql_create *c = s->create;
    const struct token *first = p->t;
    switch (first->keyword) {
    case KW_LIKE:
    case KW_CLONE:
    case KW_SHALLOW:
    case KW_DEEP:
    case KW_COPY:
        return like_clause(p, c);
    case KW_ROW:
    case KW_STORED:
        return hive_format(p, c), true;
    case KW_SCHEDULE:
    case KW_TRIGGER:
        return schedule_read(p, c), true;
    case KW_WITH:
        if (with_clause(p, c)) return true;
        if (s->query) return false;
        return s->query = parse_query(p), true;
    case KW_LANGUAGE:
        p->t++;
        c->language = parse_word(p, p->t);
        parse_skip(p);
        return true;
    case KW_FOR: /* partitions of postgres: FOR VALUES IN (1) */
        if (first[1].keyword != KW_VALUES) return false;
        while (!parse_at_end(p) && !parse_at(p, KW_PARTITION)) {
            if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
            else p->t++;
        }
        return tail_add(p, &c->tail, first), true;
    case KW_VALUES:
    case KW_FROM:
    case KW_TABLE:
        if (s->query || !parse_query_starts(p, first)) return false;
        return s->query = parse_query(p), true;
    default:
        return false;
    }
}

static bool table_clause(struct parser *p, struct sql_statement *s) {
    struct sql_create *c = s->create;
    const struct token *first = p->t;
    switch (first->keyword) {
    case SY_LPAREN:
        if (parse_query_starts(p, first + 1) || (first[1].keyword == SY_LPAREN && !s->query)) return s->query = parse_query(p), true;
        if (c->column_count || c->constraint_count) return false;
        c->columns = parse_column_defs(p, &c->column_count, &c->constraints, &c->constraint_count);
        return true;
    case KW_AS:
        if (s->query || first[1].type == TOKEN_END) return false;
        return as_body(p, s), true;
    case KW_SELECT:
        if (s->query) return false;
        return s->query = parse_query(p), true;
    case KW_USING:
        p->t++;
        c->format = parse_name(p)->parts[0].text;
        return true;
    case KW_OPTIONS:
    case KW_TBLPROPERTIES:
        if (first[1].keyword != SY_LPAREN) return false;
        p->t++;
        return properties_add(p, c), true;
    case KW_PARTITIONED:
    case KW_PARTITION:
        if (first->keyword == KW_PARTITION && first[1].keyword == KW_OF) return like_clause(p, c);
        if (first[1].keyword != KW_BY) return false;
        p->t++;
        return partitioned(p, c), true;
    case KW_CLUSTER:
    case KW_CLUSTERED:
        if (first[1].keyword != KW_BY) return false;
        p->t++;
        return clustered(p, c), true;
    case KW_LOCATION:
        if (first[1].type != TOKEN_STRING && first[1].keyword != SY_EQ) return false;
        p->t++;
        parse_take(p, SY_EQ);
        if (p->t->type == TOKEN_STRING) c->location = parse_string(p);
        return true;
    case KW_COMMENT:
        p->t++;
        parse_take(p, SY_EQ);
        if (p->t->type == TOKEN_STRING) c->comment = parse_string(p);
        return true;
    default:
        return table_more(p, s);
    }
}

/* Further words: KEY = VALUE becomes a property, the rest goes to the tail. */
static void table_words(struct parser *p, struct sql_create *c) {
    const struct token *first = p->t;
    if (p->t->type == TOKEN_WORD && parse_next_is(p, 1, SY_EQ)) {
        struct sql_property property = {.key = parse_word(p, p->t)};
        p->t += 2;
        const struct token *value = p->t;
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p), property.text = parse_verbatim(p, value);
        else property.value = parse_expr_above(p, p->dialect == DIALECT_MYSQL ? BIND_ABOVE_COLLATE : 65); /* CHARSET = a COLLATE = b */
        size_t mark = list_start(p);
        for (uint32_t i = 0; i < c->property_count; i++) list_push(p, &c->properties[i], sizeof property);
        list_push(p, &property, sizeof property);
        c->properties = list_take(p, mark, sizeof property, &c->property_count);
        if (str_iis(property.key, "target_lag") || str_iis(property.key, "schedule")) c->schedule = parse_verbatim(p, first);
        return;
    }
    if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
    else parse_skip(p);
    tail_add(p, &c->tail, first);
}

static void table_read(struct parser *p, struct sql_statement *s) {
    if (s->create->object == OBJECT_MATERIALIZED_VIEW && parse_take(p, KW_TO)) { /* clickhouse */
        s->names = parse_new(p, struct sql_name *);
        s->names[0] = parse_table_name(p);
        s->name_count = 1;
    }
    while (!parse_at_end(p) && !(p->block_depth && parse_ends_body(p))) {
        if (!table_clause(p, s)) {
            if (p->dialect == DIALECT_TSQL && s->query && p->t->type == TOKEN_WORD) return;
            table_words(p, s->create);
        }
    }
}

/* ---------------------------------------------------------------- routines */

static void returns_read(struct parser *p, struct sql_create *c) {
    if (parse_at(p, KW_TABLE)) {
        const struct token *first = p->t++;
        c->flags |= SQL_TABLE_FUNCTION;
        c->returns = parse_new(p, struct sql_type);
        c->returns->name = STR("TABLE");
        struct sql_constraint *none = NULL;
        uint32_t count = 0;
        if (parse_at(p, SY_LPAREN)) c->returns->fields = parse_column_defs(p, &c->returns->field_count, &none, &count);
        else if (parse_at(p, SY_LT)) {
            p->t++;
            c->returns->fields = parse_fields(p, SY_GT, &c->returns->field_count);
        }
        c->returns->range = parse_range(p, first);
        return;
    }
    if (p->t->type == TOKEN_PARAM) { /* tsql: RETURNS @t TABLE (..) */
        p->t++;
        returns_read(p, c);
        return;
    }
    c->returns = parse_type(p);
}

/* A body in a string is SQL or another language: only what it reads and writes is taken. */
static void routine_text(struct parser *p, struct sql_statement *s) {
    s->create->body_text = parse_string(p);
    struct str language = s->create->language;
    bool foreign = language.n && !str_iis(language, "sql") && !str_iis(language, "plpgsql");
    if (!foreign) parse_words_refs(p, s, s->create->body_text);
    while (parse_take(p, SY_COMMA)) parse_skip(p);
}

static bool routine_body(struct parser *p, struct sql_statement *s) {
    if (p->t->type == TOKEN_STRING) return routine_text(p, s), true;
    if (parse_query_starts(p, p->t)) return s->query = parse_query(p), true;
    if (parse_at(p, KW_BEGIN) || parse_at(p, KW_DECLARE)) {
        s->body = parse_new(p, struct sql_statement *);
        s->body[0] = parse_inner_statement(p);
        s->body_count = 1;
        return true;
    }
    if (parse_at(p, KW_RETURN)) {
        p->t++;
        return routine_body(p, s);
    }
    if (p->dialect == DIALECT_TSQL || p->dialect == DIALECT_ORACLE) {
        s->body = parse_body(p, &s->body_count);
        return true;
    }
    struct sql_expr *e = NULL;
    if (parse_at(p, SY_LPAREN) && (parse_query_starts(p, p->t + 1))) return s->query = parse_query(p), true;
    e = parse_expr(p);
    s->exprs = parse_new(p, struct sql_expr *);
    s->exprs[0] = e;
    s->expr_count = 1;
    return true;
}

static bool routine_clause(struct parser *p, struct sql_statement *s) {
    struct sql_create *c = s->create;
    switch (p->t->keyword) {
    case KW_RETURNS:
        p->t++;
        return returns_read(p, c), true;
    case KW_LANGUAGE:
        p->t++;
        c->language = parse_word(p, p->t);
        return parse_skip(p), true;
    case KW_COMMENT:
        if (p->t[1].type != TOKEN_STRING && !parse_next_is(p, 1, SY_EQ)) return false;
        p->t++;
        parse_take(p, SY_EQ);
        return c->comment = parse_string(p), true;
    case KW_OPTIONS:
        if (!parse_next_is(p, 1, SY_LPAREN)) return false;
        p->t++;
        return properties_add(p, c), true;
    case KW_RETURN:
    case KW_AS:
        p->t++;
        if (parse_at(p, KW_TABLE) && p->dialect == DIALECT_DUCKDB) p->t++;
        return routine_body(p, s);
    case KW_IS:
        if (p->dialect != DIALECT_ORACLE && p->dialect != DIALECT_POSTGRES) return false;
        p->t++;
        return routine_body(p, s);
    case KW_BEGIN:
        return parse_next_is(p, 1, SY_EQ) ? false : routine_body(p, s);
    case KW_SELECT:
    case KW_INSERT:
    case KW_UPDATE:
    case KW_DELETE:
        s->body = parse_new(p, struct sql_statement *);
        s->body[0] = parse_inner_statement(p);
        s->body_count = 1;
        return true;
    default:
        return false;
    }
}

static void routine_read(struct parser *p, struct sql_statement *s) {
    struct sql_create *c = s->create;
    if (parse_at(p, SY_LPAREN)) c->columns = parse_column_defs(p, &c->column_count, &c->constraints, &c->constraint_count);
    else if (p->dialect == DIALECT_TSQL && p->t->type == TOKEN_PARAM) { /* @a INT, @b INT OUTPUT AS */ const struct token *first = p->t;
        while (!parse_at(p, KW_AS) && !parse_at_end(p)) p->t++;
        tail_add(p, &c->tail, first);
    }
    while (!parse_at_end(p) && !(p->block_depth && parse_ends_body(p))) {
        const struct token *first = p->t;
        if (routine_clause(p, s)) continue;
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else parse_skip(p);
        tail_add(p, &c->tail, first);
    }
}

/* ---------------------------------------------------------------- CREATE, ALTER */

static void flow_read(struct parser *p, struct sql_statement *s) {
    s->kind = STMT_FLOW;
    s->name = parse_table_name(p);
    while (!parse_at(p, KW_AS) && !parse_at_end(p)) p->t++;
    parse_must(p, KW_AS);
    s->body = parse_new(p, struct sql_statement *);
    s->body[0] = parse_inner_statement(p);
    s->body_count = 1;
}

/* A task's or trigger's words, up to its body of statements: AS BEGIN .. END, FOR EACH ROW BEGIN .. END. */
static void other_tail(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t;
    while (!parse_at_end(p)) {
        bool body = (parse_at(p, KW_BEGIN) || (parse_at(p, KW_DECLARE) && p->t[-1].keyword == KW_AS)) && p->t[1].type == TOKEN_WORD &&
                    (p->t[-1].keyword == KW_AS || p->t[-1].keyword == KW_ROW || p->t[-1].keyword == KW_STATEMENT || p->t[-1].keyword == KW_DO ||
                     p->t[-1].keyword == KW_THEN || p->t[-1].type != TOKEN_WORD);
        if (body) {
            struct token *begin = p->t;
            s->tail = parse_verbatim(p, first);
            parse_guess_refs(p, s, first, begin);
            s->body = parse_new(p, struct sql_statement *);
            s->body[0] = parse_inner_statement(p);
            s->body_count = 1;
            return;
        }
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        else if (p->t->type == TOKEN_ERROR) parse_expected(p, "more of the statement");
        else p->t++;
    }
    s->tail = parse_verbatim(p, first);
    parse_guess_refs(p, s, first, p->t);
}

/* The functions of WITH FUNCTION f(..) .., FUNCTION g(..) .. in front of a query (trino), and the query. */
void parse_with_functions(struct parser *p, struct sql_statement *s) {
    VEC(struct sql_statement *) body = {0};
    s->kind = STMT_BLOCK;
    s->verb = STR("WITH FUNCTION");
    p->t++;
    do {
        const struct token *first = p->t;
        struct sql_statement *one = statement_new(p, STMT_CREATE);
        one->create = parse_new(p, struct sql_create);
        one->create->object = OBJECT_FUNCTION;
        parse_must(p, KW_FUNCTION);
        parse_verb(p, one, first);
        one->name = parse_table_name(p);
        if (parse_at(p, SY_LPAREN))
            one->create->columns = parse_column_defs(p, &one->create->column_count, &one->create->constraints, &one->create->constraint_count);
        bool done = false;
        while (!done) {
            bool last = parse_at(p, KW_RETURN) || parse_at(p, KW_BEGIN) || parse_at(p, KW_AS);
            if (routine_clause(p, one)) done = last;
            else parse_skip(p);
        }
        one->understood = true;
        one->text = parse_verbatim(p, first);
        one->range = parse_range(p, first);
        *vec_add(p->arena, &body) = one;
    } while (parse_take(p, SY_COMMA));
    *vec_add(p->arena, &body) = parse_inner_statement(p);
    s->body = body.at;
    s->body_count = (uint32_t)body.n;
}

void parse_create(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t++;
    struct sql_create *c = parse_new(p, struct sql_create);
    struct header h = {0};
    s->kind = STMT_CREATE;
    s->create = c;
    if (first->keyword == KW_REPLACE) c->flags |= SQL_REPLACE;
    while (modifier(p, c, &h)) continue;
    if (parse_at(p, KW_FLOW)) {
        p->t++;
        parse_verb(p, s, first);
        return flow_read(p, s);
    }
    c->object = object_read(p, c, &h);
    parse_verb(p, s, first);
    if (parse_take3(p, KW_IF, KW_NOT, KW_EXISTS)) c->flags |= SQL_IF_NOT_EXISTS;
    if (c->object == OBJECT_OTHER || c->object == OBJECT_INDEX || c->object == OBJECT_SCHEMA || c->object == OBJECT_DATABASE ||
        c->object == OBJECT_CATALOG) {
        bool named = !parse_at(p, KW_ON) && !parse_at_end(p) && (parse_can_be_name(p, p->t) || p->t->type == TOKEN_STRING);
        if (named) s->name = parse_table_name(p);
        if (parse_at(p, KW_AS) && p->t[1].type != TOKEN_WORD) p->t++;
        other_tail(p, s);
        return;
    }
    s->name = parse_table_name(p);
    if (c->object == OBJECT_FUNCTION || c->object == OBJECT_PROCEDURE) return routine_read(p, s);
    table_read(p, s);
}

static void alter_add(struct parser *p, struct sql_statement *s) {
    struct sql_create *c = s->create;
    bool columns = parse_take(p, KW_COLUMN) || parse_take(p, KW_COLUMNS);
    parse_take3(p, KW_IF, KW_NOT, KW_EXISTS);
    if (parse_constraint_starts(p)) {
        size_t mark = list_start(p);
        for (uint32_t i = 0; i < c->constraint_count; i++) list_push(p, &c->constraints[i], sizeof *c->constraints);
        struct sql_constraint one = parse_constraint(p);
        list_push(p, &one, sizeof one);
        c->constraints = list_take(p, mark, sizeof one, &c->constraint_count);
    } else if (parse_at(p, SY_LPAREN) || columns) {
        uint32_t count;
        struct sql_column *more = parse_column_defs(p, &count, &c->constraints, &c->constraint_count);
        size_t mark = list_start(p);
        for (uint32_t i = 0; i < c->column_count; i++) list_push(p, &c->columns[i], sizeof *more);
        for (uint32_t i = 0; i < count; i++) list_push(p, &more[i], sizeof *more);
        c->columns = list_take(p, mark, sizeof *more, &c->column_count);
    }
}

void parse_alter(struct parser *p, struct sql_statement *s) {
    const struct token *first = p->t++;
    s->kind = STMT_ALTER;
    s->create = parse_new(p, struct sql_create);
    bool table = false;
    for (int i = 0; i < 4 && p->t->type == TOKEN_WORD && p->t[1].type != TOKEN_END && !parse_next_is(p, 1, SY_DOT); i++) {
        table = parse_at(p, KW_TABLE);
        bool stop = table || parse_at(p, KW_VIEW) || parse_at(p, KW_SCHEMA) || parse_at(p, KW_DATABASE) || parse_at(p, KW_FUNCTION) ||
                    parse_at(p, KW_CATALOG) || parse_at(p, KW_PROCEDURE) || parse_at(p, KW_INDEX);
        if (parse_at(p, KW_IF)) break;
        p->t++;
        if (stop) break;
    }
    parse_verb(p, s, first);
    if (parse_take2(p, KW_IF, KW_EXISTS)) s->flags |= SQL_IF_EXISTS;
    if (parse_at(p, KW_ONLY) && p->t[1].type != TOKEN_OP) p->t++;
    if (!parse_at_end(p) && (parse_can_be_name(p, p->t) || p->t->type == TOKEN_STRING)) s->name = parse_table_name(p);
    while (table && parse_at(p, KW_ADD)) {
        p->t++;
        alter_add(p, s);
        if (!parse_take(p, SY_COMMA)) break;
    }
    if (!table && parse_at(p, KW_AS) && parse_query_starts(p, p->t + 1)) {
        p->t++;
        s->query = parse_query(p);
    }
    parse_tail(p, s);
}
