/* parse_name.c - names, aliases and data types. */
#include "sql_parser.h"

bool parse_can_be_name(const struct parser *p, const struct token *t) {
    switch (t->type) {
    case TOKEN_WORD:
        return !(sql_keyword_flags(t->keyword) & KW_RESERVED);
    case TOKEN_QUOTED:
    case TOKEN_PARAM:
        return true;
    case TOKEN_OP:
        if (t->keyword == SY_COLON || t->keyword == SY_AMP)
            return (t[1].type == TOKEN_WORD || t[1].type == TOKEN_STRING || (t[1].type == TOKEN_PARAM && t->keyword == SY_AMP)) &&
                   !(t[1].flags & TOKEN_SPACED);
        return false;
    default:
        return false;
    }
}

/* Any word, reserved ones too: after a dot or AS. */
struct sql_ident parse_any_ident(struct parser *p) {
    const struct token *t = p->t;
    struct sql_ident out = {.text = parse_word(p, t)};
    switch (t->type) {
    case TOKEN_WORD:
        out.templated = (t->flags & TOKEN_TEMPLATED) != 0;
        p->t++;
        return out;
    case TOKEN_PARAM:
        out.templated = true;
        p->t++;
        return out;
    case TOKEN_QUOTED:
    case TOKEN_STRING:
        out.text = sql_lex_value(p->arena, p->text, t, p->dialect);
        out.quoted = true;
        p->t++;
        return out;
    default:
        break;
    }
    if (!parse_can_be_name(p, t)) parse_expected(p, "a name");
    p->t += 2; /* :name, &name */
    out.text = parse_verbatim(p, t);
    out.templated = true;
    return out;
}

struct sql_ident parse_ident(struct parser *p) {
    if (!parse_can_be_name(p, p->t)) parse_expected(p, "a name");
    return parse_any_ident(p);
}

/* Grows `first` by what stands right after it without a blank: my-project, {a}_{b}, &db._x */
static void dashes_join(struct parser *p, struct sql_ident *ident, const struct token *first) {
    if (first->type != TOKEN_WORD && first->type != TOKEN_PARAM) return;
    while (parse_at(p, SY_MINUS) && !(p->t->flags & TOKEN_SPACED) && !(p->t[1].flags & TOKEN_SPACED) &&
           (p->t[1].type == TOKEN_WORD || p->t[1].type == TOKEN_NUMBER || p->t[1].type == TOKEN_PARAM)) {
        if (p->t[1].flags & TOKEN_TEMPLATED) ident->templated = true;
        p->t += 2;
        ident->text = parse_verbatim(p, first);
        if (p->t[-1].type == TOKEN_NUMBER && ident->text.n && ident->text.p[ident->text.n - 1] == '.') return;
    }
}

/* `a.b.c` in one pair of backticks is a path of three in bigquery. */
static void quoted_path_push(struct parser *p, struct sql_ident ident) {
    struct str rest = ident.text, part;
    while (str_split(&rest, '.', &part)) {
        struct sql_ident one = {.text = part, .quoted = true};
        list_push(p, &one, sizeof one);
    }
}

/* <catalog> where the reader is to put a name: in texts written to be shared. */
static bool at_blank(const struct parser *p, const struct token *t) {
    if (t->keyword != SY_LT || t[1].flags & TOKEN_SPACED || t[1].type != TOKEN_WORD) return false;
    const struct token *end = t + 2;
    while ((end->keyword == SY_MINUS || end->type == TOKEN_WORD) && !(end->flags & TOKEN_SPACED)) end++;
    return end->keyword == SY_GT && !(end->flags & TOKEN_SPACED);
}

static struct sql_ident blank_take(struct parser *p) {
    const struct token *first = p->t;
    while (!parse_at(p, SY_GT)) p->t++;
    p->t++;
    return (struct sql_ident){.text = parse_verbatim(p, first), .templated = true};
}

static void part_push(struct parser *p, bool is_table, bool is_first) {
    const struct token *t = p->t;
    bool shared = is_table && p->traits->number_suffix; /* databricks, spark */
    if (shared && is_first && parse_at(p, SY_DOT) && p->t[1].type == TOKEN_WORD && !(p->t[1].flags & TOKEN_SPACED)) {
        struct sql_ident gone = {.templated = true}; /* .t: the schema's name was taken out */
        list_push(p, &gone, sizeof gone);
        return;
    }
    if (shared && at_blank(p, p->t)) {
        struct sql_ident blank = blank_take(p);
        list_push(p, &blank, sizeof blank);
        return;
    }
    struct sql_ident ident = is_first ? parse_ident(p) : parse_any_ident(p);
    if (is_table && p->traits->dash_name) dashes_join(p, &ident, t);
    if (is_table && t->type == TOKEN_QUOTED && p->dialect == DIALECT_BIGQUERY && ident.text.n && memchr(ident.text.p, '.', ident.text.n)) {
        quoted_path_push(p, ident);
        return;
    }
    list_push(p, &ident, sizeof ident);
}

static bool dot_goes_on(const struct parser *p) {
    const struct token *next = p->t + 1;
    return next->type == TOKEN_WORD || next->type == TOKEN_QUOTED || next->type == TOKEN_PARAM || parse_can_be_name(p, next) ||
           (next->type == TOKEN_STRING && p->traits->double_quote_string && p->dialect != DIALECT_BIGQUERY && p->text.p[next->start] == '"');
}

static struct sql_name *name_read(struct parser *p, bool is_table) {
    const struct token *first = p->t;
    struct sql_name *name = parse_new(p, struct sql_name);
    size_t mark = list_start(p);
    if ((parse_at(p, KW_IDENTIFIER) || (is_table && parse_at(p, KW_TABLE))) && parse_next_is(p, 1, SY_LPAREN)) {
        p->t += 2;
        parse_nest(p);
        name->dynamic = parse_expr(p);
        p->nest--;
        parse_must(p, SY_RPAREN);
    } else {
        part_push(p, is_table, true);
    }
    while (parse_at(p, SY_DOT)) {
        if (parse_next_is(p, 1, SY_DOT)) { /* db..table */
            struct sql_ident empty = {0};
            list_push(p, &empty, sizeof empty);
            p->t++;
            continue;
        }
        if (!dot_goes_on(p) && !(is_table && p->traits->number_suffix && at_blank(p, p->t + 1))) break;
        p->t++;
        part_push(p, is_table, false);
    }
    name->parts = list_take(p, mark, sizeof *name->parts, &name->part_count);
    name->range = parse_range(p, first);
    return name;
}

struct sql_name *parse_name(struct parser *p) {
    return name_read(p, false);
}

struct sql_name *parse_table_name(struct parser *p) {
    if (p->t->type == TOKEN_STRING) { /* 'path' or "path" of spark, duckdb */
        struct sql_name *name = parse_new(p, struct sql_name);
        const struct token *first = p->t;
        name->parts = parse_new(p, struct sql_ident);
        name->parts[0] = parse_any_ident(p);
        name->part_count = 1;
        name->range = parse_range(p, first);
        return name;
    }
    return name_read(p, true);
}

struct sql_ident *parse_ident_list(struct parser *p, uint32_t *count) {
    size_t mark = list_start(p);
    parse_must(p, SY_LPAREN);
    while (!parse_at(p, SY_RPAREN)) {
        struct sql_ident ident = parse_any_ident(p);
        list_push(p, &ident, sizeof ident);
        if (parse_at(p, KW_ASC) || parse_at(p, KW_DESC)) p->t++;
        if (!parse_take(p, SY_COMMA)) break;
    }
    parse_must(p, SY_RPAREN);
    return list_take(p, mark, sizeof(struct sql_ident), count);
}

/* Words that begin a clause only in some company, and are fine as aliases otherwise. */
static bool soft_alias(const struct parser *p, const struct token *t) {
    const struct token *next = t + 1;
    bool call = next->keyword == SY_LPAREN;
    switch (t->keyword) {
    case KW_FILTER:
    case KW_OVER:
    case KW_WITHIN:
    case KW_OPTIONS:
    case KW_OPTION:
    case KW_CHANGES:
    case KW_BEFORE:
        return !call;
    case KW_AT:
        return !call && next->keyword != KW_TIME;
    case KW_MATCH:
        return p->dialect != DIALECT_SQLITE && !call;
    case KW_START:
        return next->keyword != KW_WITH;
    case KW_OFFSET:
        return next->type != TOKEN_NUMBER && next->type != TOKEN_PARAM && !call && next->keyword != SY_COLON && next->keyword != SY_QUESTION &&
               next->type != TOKEN_WORD;
    case KW_WINDOW:
        return !(parse_can_be_name(p, next) && next[1].keyword == KW_AS);
    case KW_PREWHERE:
    case KW_SETTINGS:
    case KW_FORMAT:
    case KW_GLOBAL:
    case KW_ANY:
    case KW_FINAL:
        return p->dialect != DIALECT_CLICKHOUSE;
    case KW_ARRAY:
        return p->dialect != DIALECT_CLICKHOUSE && !call;
    case KW_SAMPLE:
        return p->dialect != DIALECT_CLICKHOUSE && !call && next->type != TOKEN_WORD;
    case KW_TIMESTAMP:
    case KW_VERSION:
        return next->keyword != KW_AS;
    case KW_PARTITION:
        return !call && next->keyword != KW_BY;
    case KW_USE:
    case KW_FORCE:
    case KW_IGNORE:
        return next->keyword != KW_INDEX && next->keyword != KW_KEY && next->keyword != KW_NULLS;
    case KW_SEMI:
    case KW_ANTI:
        return !p->traits->semi_join;
    case KW_ASOF:
    case KW_POSITIONAL:
        return next->keyword != KW_JOIN && next->keyword != KW_LEFT;
    case KW_SORT:
    case KW_CLUSTER:
    case KW_DISTRIBUTE:
        return next->keyword != KW_BY;
    case KW_REPLACE:
    case KW_RENAME:
    case KW_EXCLUDE:
        return !call;
    case KW_MEMBER:
        return next->keyword != KW_OF;
    case KW_SOUNDS:
        return next->keyword != KW_LIKE;
    case KW_LOCK:
        return next->keyword != KW_IN;
    case KW_PRIOR:
    case KW_UNSET:
        return true;
    case KW_WATERMARK:
        return next->type != TOKEN_WORD;
    case KW_GLOB:
    case KW_ISNULL:
    case KW_NOTNULL:
        return !p->traits->caret_power && p->dialect != DIALECT_SQLITE;
    case KW_LEFT:
    case KW_RIGHT:
        return next->keyword == SY_COMMA || next->keyword == KW_FROM || next->keyword == SY_RPAREN;
    default:
        return false;
    }
}

static bool bare_alias(const struct parser *p, const struct token *t, unsigned unless_flag) {
    return !(sql_keyword_flags(t->keyword) & unless_flag) || (!(sql_keyword_flags(t->keyword) & KW_RESERVED) && soft_alias(p, t));
}

bool parse_alias(struct parser *p, struct sql_ident *out, unsigned unless_flag) {
    const struct token *t = p->t;
    if (t->keyword == KW_ROW && t[1].keyword == KW_FORMAT && p->traits->number_suffix) return false; /* TRANSFORM (a) ROW FORMAT .. */
    if (parse_at(p, KW_AS)) {
        const struct token *next = t + 1;
        if (next->type != TOKEN_WORD && next->type != TOKEN_STRING && !parse_can_be_name(p, next)) return false;
        p->t++;
        *out = parse_any_ident(p);
        return true;
    }
    bool is_name = t->type == TOKEN_QUOTED || (t->type == TOKEN_WORD && bare_alias(p, t, unless_flag)) ||
                   (t->type == TOKEN_PARAM && (t->flags & TOKEN_TEMPLATED));
    if (!is_name && t->type == TOKEN_STRING)
        is_name = p->dialect == DIALECT_MYSQL || p->dialect == DIALECT_SQLITE || p->dialect == DIALECT_TSQL ||
                  (p->traits->double_quote_string && p->text.p[t->start] == '"' && p->dialect != DIALECT_BIGQUERY);
    if (!is_name) return false;
    *out = parse_any_ident(p);
    return true;
}

/* ---------------------------------------------------------------- types */

/* Types of several words, and what may follow each. */
static bool type_second_word(struct parser *p, const struct token *first) {
    struct str w = parse_word(p, first);
    if (str_iis(w, "double")) return parse_take(p, KW_PRECISION);
    if (str_iis(w, "character") || str_iis(w, "char") || str_iis(w, "bit") || str_iis(w, "nchar") || str_iis(w, "binary"))
        return parse_take(p, KW_VARYING) || parse_take_word(p, "large");
    if (str_iis(w, "national")) {
        if (!parse_take(p, KW_CHARACTER) && !parse_take(p, KW_CHAR) && !parse_take(p, KW_VARCHAR)) return false;
        return parse_take(p, KW_VARYING), true;
    }
    if (str_iis(w, "long")) return parse_take(p, KW_VARCHAR) || parse_take_word(p, "raw");
    if (str_iis(w, "unsigned") || str_iis(w, "signed")) return parse_take(p, KW_INTEGER) || parse_take_word(p, "int") || parse_take_word(p, "bigint");
    return false;
}

static void interval_fields(struct parser *p) {
    if (p->t->type != TOKEN_WORD) return;
    static const char *const units[] = {"year", "month", "day", "hour", "minute", "second"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!parse_word_is(p, 0, units[i])) continue;
        p->t++;
        if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        if (parse_take(p, KW_TO)) {
            parse_skip(p);
            if (parse_at(p, SY_LPAREN)) parse_skip_brackets(p);
        }
        return;
    }
}

static void type_tail(struct parser *p, struct sql_type *type) {
    const struct token *first = p->t;
    for (;;) {
        if ((parse_at(p, KW_WITH) || parse_at(p, KW_WITHOUT)) && parse_next_is(p, 1, KW_TIME) && parse_next_is(p, 2, KW_ZONE)) {
            p->t += 3;
        } else if (parse_at(p, KW_WITH) && parse_next_is(p, 1, KW_LOCAL) && parse_next_is(p, 2, KW_TIME)) {
            p->t += 4;
        } else if (parse_at(p, KW_UNSIGNED) || parse_at(p, KW_SIGNED)) {
            p->t++;
        } else if (parse_word_is(p, 0, "zerofill")) {
            p->t++;
        } else if (parse_at(p, KW_CHARACTER) && parse_next_is(p, 1, KW_SET)) {
            p->t += 2;
            parse_skip(p);
        } else if (parse_at(p, KW_CHARSET) && p->t[1].type == TOKEN_WORD) {
            p->t += 2;
        } else {
            break;
        }
    }
    type->tail = parse_verbatim(p, first);
}

static void close_angle(struct parser *p) {
    struct token *t = p->t;
    if (t->keyword == SY_GT) {
        p->t++;
    } else if (t->keyword == SY_SHIFT_RIGHT || t->keyword == SY_SHIFT_RIGHT3 || t->keyword == SY_GE) {
        t->keyword = t->keyword == SY_SHIFT_RIGHT3 ? SY_SHIFT_RIGHT : t->keyword == SY_GE ? SY_EQ : SY_GT;
        t->start++;
        t->flags &= (uint8_t)~TOKEN_SPACED;
    } else {
        parse_expected(p, "'>'");
    }
}

static bool at_close(const struct parser *p, enum sql_keyword close) {
    if (close != SY_GT) return parse_at(p, close);
    return parse_at(p, SY_GT) || parse_at(p, SY_SHIFT_RIGHT) || parse_at(p, SY_SHIFT_RIGHT3) || parse_at(p, SY_GE);
}

static void close_take(struct parser *p, enum sql_keyword close) {
    if (close == SY_GT) close_angle(p);
    else if (close != KW_NONE) parse_must(p, close);
}

/* "name: TYPE", "name TYPE" or, where a name is optional, "TYPE". */
static struct sql_column field_read(struct parser *p) {
    struct sql_column c = {0};
    const struct token *first = p->t, *next = p->t + 1;
    bool named = next->keyword == SY_COLON || next->type == TOKEN_WORD || next->type == TOKEN_QUOTED;
    if (next->keyword == KW_NOT || next->keyword == KW_WITH || next->keyword == KW_WITHOUT || next->keyword == KW_PRECISION ||
        next->keyword == KW_VARYING || next->keyword == KW_UNSIGNED)
        named = false;
    if (named) {
        c.name = parse_any_ident(p);
        parse_take(p, SY_COLON);
    }
    c.type = parse_type(p);
    for (;;) {
        if (parse_take2(p, KW_NOT, KW_NULL)) {
            c.flags |= SQL_COLUMN_NOT_NULL;
        } else if (parse_take(p, KW_NULL)) {
            c.flags |= SQL_COLUMN_NULL;
        } else if (parse_at(p, KW_COMMENT) && p->t[1].type == TOKEN_STRING) {
            p->t++;
            c.comment = parse_string(p);
        } else if (parse_take(p, KW_COLLATE)) {
            const struct token *tail = p->t - 1;
            parse_name(p);
            c.tail = parse_verbatim(p, tail);
        } else if (parse_at(p, KW_OPTIONS) && parse_next_is(p, 1, SY_LPAREN)) {
            const struct token *tail = p->t++;
            parse_skip_brackets(p);
            c.tail = parse_verbatim(p, tail);
        } else if (parse_take(p, KW_DEFAULT)) {
            c.default_value = parse_expr(p);
        } else {
            break;
        }
    }
    c.range = parse_range(p, first);
    return c;
}

struct sql_column *parse_fields(struct parser *p, enum sql_keyword close, uint32_t *count) {
    size_t mark = list_start(p);
    while (!at_close(p, close)) {
        struct sql_column c = field_read(p);
        list_push(p, &c, sizeof c);
        if (!parse_take(p, SY_COMMA)) break;
    }
    close_take(p, close);
    return list_take(p, mark, sizeof(struct sql_column), count);
}

static struct sql_type **type_args(struct parser *p, enum sql_keyword close, uint32_t *count) {
    size_t mark = list_start(p);
    while (!at_close(p, close)) {
        struct sql_type *type = parse_type(p);
        if (parse_take2(p, KW_NOT, KW_NULL)) type->not_null = true;
        list_push(p, &type, sizeof type);
        if (!parse_take(p, SY_COMMA)) break;
    }
    close_take(p, close);
    return list_take(p, mark, sizeof(struct sql_type *), count);
}

static bool name_is_one_of(struct str name, const char *const *words) {
    for (; *words; words++) {
        if (str_iis(name, *words)) return true;
    }
    return false;
}

static void type_brackets(struct parser *p, struct sql_type *type) {
    static const char *const with_fields[] = {"struct", "row", "object", "tuple", "nested", "union", "table", NULL};
    static const char *const with_types[] = {
        "array", "map", "nullable", "lowcardinality", "list", "vector", "aggregatefunction", "simpleaggregatefunction", "multiset", "variant", NULL};
    parse_nest(p);
    if (parse_at(p, SY_LT)) {
        p->t++;
        if (name_is_one_of(type->name, with_fields)) type->fields = parse_fields(p, SY_GT, &type->field_count);
        else type->args = type_args(p, SY_GT, &type->arg_count);
    } else {
        p->t++;
        type->brackets = true;
        if (name_is_one_of(type->name, with_fields)) {
            type->fields = parse_fields(p, SY_RPAREN, &type->field_count);
        } else if (name_is_one_of(type->name, with_types)) {
            size_t mark = list_start(p);
            while (p->t->type == TOKEN_WORD || p->t->type == TOKEN_QUOTED) {
                struct sql_type *arg = parse_type(p);
                if (parse_take2(p, KW_NOT, KW_NULL)) arg->not_null = true;
                list_push(p, &arg, sizeof arg);
                if (!parse_take(p, SY_COMMA)) break;
            }
            type->args = list_take(p, mark, sizeof *type->args, &type->arg_count);
            if (!parse_at(p, SY_RPAREN)) type->params = parse_expr_list(p, &type->param_count);
            parse_must(p, SY_RPAREN);
        } else {
            if (!parse_at(p, SY_RPAREN)) type->params = parse_expr_list(p, &type->param_count);
            if (p->t->type == TOKEN_WORD) p->t++; /* VARCHAR2(10 CHAR) */
            parse_must(p, SY_RPAREN);
        }
    }
    p->nest--;
}

/* Types whose name may be followed by <..>; after others it is "less than". */
static bool is_generic(const struct sql_type *type) {
    static const char *const words[] = {"array", "map", "struct", "row", "table", "range", "multiset", "list", "object", "tuple", NULL};
    return !type->path && name_is_one_of(type->name, words);
}

static struct sql_type *array_suffixes(struct parser *p, struct sql_type *type, const struct token *first) {
    uint32_t level = 0;
    for (;;) {
        struct str size = {NULL, 0};
        if (parse_at(p, SY_LBRACKET) && (parse_next_is(p, 1, SY_RBRACKET) || (p->t[1].type == TOKEN_NUMBER && parse_next_is(p, 2, SY_RBRACKET)))) {
            p->t++;
            if (p->t->type == TOKEN_NUMBER) size = parse_word(p, p->t++);
            p->t++;
        } else if (parse_at(p, KW_ARRAY) && p->traits->caret_power) {
            p->t++;
        } else {
            return type;
        }
        if (++level > 6) parse_fail(p, "more than 6 dimensions of an array");
        struct sql_type *outer = parse_new(p, struct sql_type);
        outer->element = type;
        outer->size = size;
        outer->range = parse_range(p, first);
        type = outer;
    }
}

struct sql_type *parse_type(struct parser *p) {
    const struct token *first = p->t;
    struct sql_type *type = parse_new(p, struct sql_type);
    if (parse_word_is(p, 0, "setof")) p->t++;
    const struct token *name_first = p->t;
    if (p->t->type == TOKEN_WORD && p->t[1].keyword != SY_DOT) {
        p->t++;
        if (str_iis(parse_word(p, name_first), "interval")) interval_fields(p);
        else type_second_word(p, name_first);
        type->name = parse_verbatim(p, first);
    } else {
        type->path = parse_name(p);
        if (type->path->part_count == 0) parse_expected(p, "a type");
        type->name = type->path->parts[type->path->part_count - 1].text;
        if (type->path->part_count == 1 && !type->path->parts[0].quoted) type->path = NULL;
    }
    if (parse_at(p, SY_PERCENT) && p->t[1].type == TOKEN_WORD && !(p->t->flags & TOKEN_SPACED)) {
        p->t += 2;
        type->name = parse_verbatim(p, first);
        type->percent = true;
    }
    if (parse_at(p, SY_LPAREN) || (parse_at(p, SY_LT) && is_generic(type))) type_brackets(p, type);
    type_tail(p, type);
    type->range = parse_range(p, first);
    return p->dialect == DIALECT_BIGQUERY ? type : array_suffixes(p, type, first);
}
