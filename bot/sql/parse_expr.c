/* parse_expr.c - operators by precedence climbing; how tight each binds is a table per dialect.
 * Sources: SqlBaseParser.g4 of Spark 4 (valueExpression), PostgreSQL 17 table 4.2, MySQL 8.4 §14.4.1, GoogleSQL operator precedence,
 * SqlBase.g4 of Trino, SQLite lang_expr. */
#include "sql_parser.h"

#include <pthread.h>

enum how {
    HOW_NONE,
    HOW_BINARY,
    HOW_CHAIN,
    HOW_IS,
    HOW_IN,
    HOW_BETWEEN,
    HOW_LIKE,
    HOW_NOT,
    HOW_NULL_TEST,
    HOW_COLLATE,
    HOW_AT,
    HOW_MEMBER,
    HOW_OPERATOR,
    HOW_BANG,
    HOW_SOUNDS
};

enum bind {
    BIND_OR = 10,
    BIND_XOR = 15,
    BIND_AND = 20,
    BIND_NOT = 30,
    BIND_IS = 40,
    BIND_COMPARE = 50,
    BIND_LIKE = 60,
    BIND_OTHER = 70,
    BIND_BIT_OR = 72,
    BIND_BIT_XOR = 74,
    BIND_BIT_AND = 76,
    BIND_SHIFT = 78,
    BIND_JOIN = 79, /* || of trino, below + */
    BIND_MULTIPLY = 90,
    BIND_POWER = 100,
    BIND_UNARY = 105,
    BIND_COLLATE = 110,
};

struct infix {
    uint8_t bind;
    uint8_t how;
    uint8_t op;
};

static struct infix table[DIALECT_COUNT][SY_OTHER + 1];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

#define SET(word, bind_at, way, operation)                                                                                                           \
    row[word] = (struct infix) { (bind_at), (way), (operation) }

static void row_common(struct infix *row) {
    SET(KW_OR, BIND_OR, HOW_CHAIN, OP_OR);
    SET(KW_AND, BIND_AND, HOW_CHAIN, OP_AND);
    SET(KW_NOT, BIND_LIKE, HOW_NOT, OP_NONE);
    SET(KW_IS, BIND_IS, HOW_IS, OP_NONE);
    SET(KW_IN, BIND_LIKE, HOW_IN, OP_NONE);
    SET(KW_BETWEEN, BIND_LIKE, HOW_BETWEEN, OP_NONE);
    SET(KW_LIKE, BIND_LIKE, HOW_LIKE, OP_LIKE);
    SET(KW_ILIKE, BIND_LIKE, HOW_LIKE, OP_ILIKE);
    SET(KW_RLIKE, BIND_LIKE, HOW_LIKE, OP_RLIKE);
    SET(KW_REGEXP, BIND_LIKE, HOW_LIKE, OP_RLIKE);
    SET(KW_SIMILAR, BIND_LIKE, HOW_LIKE, OP_SIMILAR);
    SET(KW_GLOB, BIND_LIKE, HOW_LIKE, OP_GLOB);
    SET(KW_COLLATE, BIND_COLLATE, HOW_COLLATE, OP_NONE);
    SET(KW_AT, BIND_COLLATE, HOW_AT, OP_NONE);
    SET(KW_OVERLAPS, BIND_LIKE, HOW_BINARY, OP_OVERLAPS);
    SET(KW_OPERATOR, BIND_OTHER, HOW_OPERATOR, OP_CUSTOM);
    SET(SY_EQ, BIND_COMPARE, HOW_BINARY, OP_EQ);
    SET(SY_NE, BIND_COMPARE, HOW_BINARY, OP_NE);
    SET(SY_LT, BIND_COMPARE, HOW_BINARY, OP_LT);
    SET(SY_LE, BIND_COMPARE, HOW_BINARY, OP_LE);
    SET(SY_GT, BIND_COMPARE, HOW_BINARY, OP_GT);
    SET(SY_GE, BIND_COMPARE, HOW_BINARY, OP_GE);
    SET(SY_NULL_EQ, BIND_COMPARE, HOW_BINARY, OP_NULL_EQ);
    SET(SY_PLUS, BIND_ADD, HOW_BINARY, OP_ADD);
    SET(SY_MINUS, BIND_ADD, HOW_BINARY, OP_SUB);
    SET(SY_CONCAT, BIND_ADD, HOW_CHAIN, OP_CONCAT);
    SET(SY_STAR, BIND_MULTIPLY, HOW_BINARY, OP_MUL);
    SET(SY_SLASH, BIND_MULTIPLY, HOW_BINARY, OP_DIVIDE);
    SET(SY_PERCENT, BIND_MULTIPLY, HOW_BINARY, OP_MODULO);
    SET(KW_DIV, BIND_MULTIPLY, HOW_BINARY, OP_INT_DIVIDE);
    SET(SY_INT_DIVIDE, BIND_MULTIPLY, HOW_BINARY, OP_INT_DIVIDE);
    SET(SY_POWER, BIND_POWER, HOW_BINARY, OP_POWER);
    SET(SY_PIPE, BIND_BIT_OR, HOW_BINARY, OP_BIT_OR);
    SET(SY_CARET, BIND_BIT_XOR, HOW_BINARY, OP_BIT_XOR);
    SET(SY_AMP, BIND_BIT_AND, HOW_BINARY, OP_BIT_AND);
    SET(SY_SHIFT_LEFT, BIND_SHIFT, HOW_BINARY, OP_SHIFT_LEFT);
    SET(SY_SHIFT_RIGHT, BIND_SHIFT, HOW_BINARY, OP_SHIFT_RIGHT);
    SET(SY_SHIFT_RIGHT3, BIND_SHIFT, HOW_BINARY, OP_SHIFT_RIGHT_UNSIGNED);
    SET(SY_LAMBDA, BIND_OTHER, HOW_BINARY, OP_JSON_GET);
    SET(SY_GET_TEXT, BIND_OTHER, HOW_BINARY, OP_JSON_GET_TEXT);
    SET(SY_CUSTOM, BIND_OTHER, HOW_BINARY, OP_CUSTOM);
}

/* In Spark a predicate takes whole comparisons: a = b IN (..) is (a = b) IN (..). */
static void row_lake(struct infix *row) {
    static const uint16_t predicates[] = {KW_NOT, KW_IS, KW_IN, KW_BETWEEN, KW_LIKE, KW_ILIKE, KW_RLIKE, KW_REGEXP};
    for (size_t i = 0; i < sizeof predicates / sizeof *predicates; i++) row[predicates[i]].bind = BIND_IS;
    SET(SY_BANG, BIND_IS, HOW_NOT, OP_NONE);
}

/* In PostgreSQL all operators without a rule of their own bind alike. */
static void row_postgres(struct infix *row) {
    static const uint16_t others[] = {SY_CONCAT, SY_PIPE, SY_AMP, SY_SHIFT_LEFT, SY_SHIFT_RIGHT};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) row[others[i]].bind = BIND_OTHER;
    SET(SY_CARET, BIND_POWER, HOW_BINARY, OP_POWER);
    SET(SY_TILDE, BIND_OTHER, HOW_BINARY, OP_CUSTOM);
    SET(SY_QUESTION, BIND_OTHER, HOW_BINARY, OP_CUSTOM);
    SET(SY_AT, BIND_OTHER, HOW_BINARY, OP_CUSTOM);
    SET(SY_HASH, BIND_OTHER, HOW_BINARY, OP_CUSTOM);
    SET(SY_BANG, BIND_COLLATE, HOW_BANG, OP_FACTORIAL);
    SET(KW_ISNULL, BIND_IS, HOW_NULL_TEST, OP_IS_NULL);
    SET(KW_NOTNULL, BIND_IS, HOW_NULL_TEST, OP_IS_NULL);
}

static void row_mysql(struct infix *row) {
    SET(KW_XOR, BIND_XOR, HOW_BINARY, OP_XOR);
    SET(KW_MOD, BIND_MULTIPLY, HOW_BINARY, OP_MODULO);
    SET(KW_MEMBER, BIND_COMPARE, HOW_MEMBER, OP_MEMBER_OF);
    SET(KW_SOUNDS, BIND_COMPARE, HOW_SOUNDS, OP_MATCH);
    SET(SY_CARET, BIND_POWER, HOW_BINARY, OP_BIT_XOR);
    SET(SY_CUSTOM, BIND_AND, HOW_BINARY, OP_CUSTOM); /* && */
    SET(SY_ASSIGN, BIND_COMPARE, HOW_BINARY, OP_CUSTOM);
    SET(SY_CONCAT, BIND_OR, HOW_BINARY, OP_CUSTOM); /* OR, or concatenation, by a server's setting: nobody knows */
}

static void row_flat_predicates(struct infix *row) {
    static const uint16_t all[] = {KW_NOT, KW_IS, KW_IN, KW_LIKE, KW_ILIKE, KW_RLIKE, KW_REGEXP, KW_GLOB, KW_BETWEEN};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) row[all[i]].bind = BIND_COMPARE;
}

static void table_fill(void) {
    for (int d = 0; d < DIALECT_COUNT; d++) {
        struct infix *row = table[d];
        row_common(row);
        if (d == DIALECT_DATABRICKS || d == DIALECT_SPARK) row_lake(row);
        else if (d == DIALECT_POSTGRES || d == DIALECT_REDSHIFT || d == DIALECT_DUCKDB) row_postgres(row);
        else row_flat_predicates(row);
        if (d == DIALECT_MYSQL) row_mysql(row);
        if (d == DIALECT_BIGQUERY) row[SY_CONCAT].bind = BIND_MULTIPLY;
        if (d == DIALECT_TRINO) row[SY_CONCAT].bind = BIND_JOIN;
        if (d == DIALECT_SQLITE) {
            row[SY_CONCAT].bind = row[SY_LAMBDA].bind = row[SY_GET_TEXT].bind = BIND_POWER;
            SET(KW_MATCH, BIND_COMPARE, HOW_LIKE, OP_MATCH);
            row[SY_PIPE].bind = row[SY_AMP].bind = row[SY_SHIFT_LEFT].bind = row[SY_SHIFT_RIGHT].bind = BIND_SHIFT;
        }
        if (d == DIALECT_SQLITE || d == DIALECT_DUCKDB || d == DIALECT_REDSHIFT) {
            SET(KW_ISNULL, BIND_IS, HOW_NULL_TEST, OP_IS_NULL);
            SET(KW_NOTNULL, BIND_IS, HOW_NULL_TEST, OP_IS_NULL);
        }
        if (d == DIALECT_TSQL) row[SY_PIPE].bind = row[SY_AMP].bind = row[SY_CARET].bind = BIND_ADD;
        if (d == DIALECT_SNOWFLAKE) row[SY_GET_TEXT].how = HOW_NONE; /* ->> stands between statements */
        if (d == DIALECT_CLICKHOUSE) SET(KW_MOD, BIND_MULTIPLY, HOW_BINARY, OP_MODULO);
    }
}

/* ---------------------------------------------------------------- nodes */

struct sql_expr *expr_new(struct parser *p, enum sql_expr_kind kind, enum sql_op op, const struct token *first) {
    struct sql_expr *e = parse_new(p, struct sql_expr);
    e->kind = kind;
    e->op = op;
    e->depth = 1;
    if (p->t > first) e->range = parse_range(p, first);
    return e;
}

void expr_deepen(struct parser *p, struct sql_expr *e, uint32_t depth) {
    if (depth + 1 <= e->depth) return;
    if (depth + 1 > SQL_DEPTH_MAX) parse_fail(p, "an expression deeper than %d levels", SQL_DEPTH_MAX);
    e->depth = (depth + 1) & 0xFFFF;
}

void expr_args(struct parser *p, struct sql_expr *e, struct sql_expr *const *args, uint32_t count) {
    e->args = parse_alloc(p, count * sizeof *e->args);
    e->arg_count = count;
    for (uint32_t i = 0; i < count; i++) {
        e->args[i] = args[i];
        expr_deepen(p, e, args[i]->depth);
    }
}

void expr_end(struct parser *p, struct sql_expr *e, const struct token *first) { e->range = parse_range(p, first); }

struct sql_expr **parse_expr_list(struct parser *p, uint32_t *count) {
    size_t mark = list_start(p);
    do {
        struct sql_expr *e = parse_expr(p);
        list_push(p, &e, sizeof(struct sql_expr *));
    } while (parse_take(p, SY_COMMA));
    return list_take(p, mark, sizeof(struct sql_expr *), count);
}

/* ---------------------------------------------------------------- operators after a value */

static struct sql_expr *node2(struct parser *p, enum sql_expr_kind kind, enum sql_op op, struct sql_expr *a, struct sql_expr *b,
                              const struct token *first) {
    struct sql_expr *e = expr_new(p, kind, op, first);
    expr_args(p, e, (struct sql_expr *[]){a, b}, b ? 2 : 1);
    return e;
}

/* What stands in the brackets that open here: a query, or a list of values pushed on the list under construction. Takes both brackets. */
static struct sql_query *brackets_read(struct parser *p) {
    parse_must(p, SY_LPAREN);
    parse_nest(p);
    struct sql_query *q = NULL;
    uint32_t count = 0;
    while (!parse_at(p, SY_RPAREN)) {
        struct sql_expr *x = NULL;
        q = parse_query_or_expr(p, &x);
        if (q) break;
        bool alone = ++count == 1 && parse_at(p, SY_RPAREN);
        if (alone && x->kind == EX_SUBQUERY && !x->flags) { /* ((SELECT ..)) */
            q = x->query;
            break;
        }
        list_push(p, &x, sizeof x);
        if (!parse_take(p, SY_COMMA)) break;
    }
    p->nest--;
    parse_must(p, SY_RPAREN);
    return q;
}

/* a OR b OR c is one node of three. */
static struct sql_expr *chain(struct parser *p, struct sql_expr *left, const struct infix *in, const struct token *first) {
    size_t mark = list_start(p);
    enum sql_keyword word = p->t->keyword;
    list_push(p, &left, sizeof left);
    while (parse_at(p, word)) {
        p->t++;
        struct sql_expr *right = parse_expr_above(p, in->bind + 1);
        list_push(p, &right, sizeof right);
    }
    uint32_t count;
    struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
    struct sql_expr *e = expr_new(p, EX_BINARY, in->op, first);
    e->args = args;
    e->arg_count = count;
    for (uint32_t i = 0; i < count; i++) expr_deepen(p, e, args[i]->depth);
    return e;
}

/* x = ANY (..), x > ALL (SELECT ..) */
static struct sql_expr *quantified(struct parser *p, struct sql_expr *left, const struct infix *in, const struct token *first) {
    bool all = parse_at(p, KW_ALL);
    p->t++;
    struct sql_expr *e = expr_new(p, EX_QUANTIFIED, in->op, first);
    e->flags = all ? SQL_ALL : SQL_ANY;
    size_t mark = list_start(p);
    list_push(p, &left, sizeof left);
    e->query = brackets_read(p);
    if (e->query) expr_deepen(p, e, e->query->depth);
    uint32_t count;
    struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
    expr_args(p, e, args, count);
    expr_end(p, e, first);
    return e;
}

static struct sql_expr *binary(struct parser *p, struct sql_expr *left, const struct infix *in, const struct token *first) {
    const struct token *sign = p->t++;
    bool quantifier = (parse_at(p, KW_ANY) || parse_at(p, KW_ALL) || parse_at(p, KW_SOME)) && parse_next_is(p, 1, SY_LPAREN);
    if (quantifier && in->bind <= BIND_OTHER) {
        struct sql_expr *q = quantified(p, left, in, first);
        if (in->op == OP_CUSTOM) q->name = parse_word(p, sign);
        return q;
    }
    struct sql_expr *right = parse_expr_above(p, in->bind + 1);
    struct sql_expr *e = node2(p, EX_BINARY, in->op, left, right, first);
    if (in->op == OP_CUSTOM) e->name = parse_word(p, sign);
    return e;
}

static enum sql_op is_word(struct parser *p) {
    if (parse_take(p, KW_NULL)) return OP_IS_NULL;
    if (parse_take(p, KW_TRUE)) return OP_IS_TRUE;
    if (parse_take(p, KW_FALSE)) return OP_IS_FALSE;
    if (parse_take(p, KW_UNKNOWN)) return OP_IS_UNKNOWN;
    if (parse_take(p, KW_JSON)) return OP_IS_JSON;
    return OP_NONE;
}

static struct sql_expr *is_test(struct parser *p, struct sql_expr *left, const struct token *first) {
    p->t++;
    uint32_t flags = parse_take(p, KW_NOT) ? SQL_NOT : 0;
    if (parse_take2(p, KW_DISTINCT, KW_FROM)) {
        struct sql_expr *right = parse_expr_above(p, BIND_IS + 1);
        struct sql_expr *e = node2(p, EX_IS, OP_IS_DISTINCT, left, right, first);
        e->flags = flags;
        return e;
    }
    const struct token *word = p->t;
    enum sql_op op = is_word(p);
    struct sql_expr *right = NULL;
    struct str name = {NULL, 0};
    if (op == OP_IS_JSON) {
        const struct token *more = p->t;
        while (parse_at(p, KW_OBJECT) || parse_at(p, KW_ARRAY) || parse_at(p, KW_VALUE) || parse_word_is(p, 0, "scalar") || parse_at(p, KW_WITH) ||
               parse_at(p, KW_WITHOUT) || parse_at(p, KW_UNIQUE) || parse_at(p, KW_KEYS))
            p->t++;
        name = parse_verbatim(p, more);
    } else if (op == OP_NONE && (parse_at(p, KW_NORMALIZED) || parse_next_is(p, 1, KW_NORMALIZED))) {
        if (!parse_take(p, KW_NORMALIZED)) p->t += 2;
        op = OP_IS_NORMALIZED;
        name = parse_verbatim(p, word);
    } else if (op == OP_NONE) {
        op = OP_IS_VALUE;
        right = parse_expr_above(p, BIND_IS + 1);
    }
    struct sql_expr *e = node2(p, EX_IS, op, left, right, first);
    e->flags = flags;
    e->name = name;
    return e;
}

static struct sql_expr *in_test(struct parser *p, struct sql_expr *left, uint32_t flags, const struct token *first) {
    p->t++;
    struct sql_expr *e = expr_new(p, EX_IN, OP_NONE, first);
    size_t mark = list_start(p);
    list_push(p, &left, sizeof left);
    if (parse_at(p, KW_UNNEST) && parse_next_is(p, 1, SY_LPAREN)) {
        flags |= SQL_UNNEST;
        p->t++;
    }
    if (parse_at(p, SY_LPAREN)) {
        struct sql_query *q = brackets_read(p);
        if (q) {
            e->kind = EX_IN_QUERY;
            e->query = q;
            expr_deepen(p, e, q->depth);
        }
    } else {
        flags |= SQL_NO_PARENS;
        struct sql_expr *x = parse_primary(p);                    /* a list without brackets is one thing */
        if (x->kind == EX_NAME && p->dialect == DIALECT_SQLITE) { /* a table's rows */
            flags &= ~(uint32_t)SQL_NO_PARENS;
            e->kind = EX_IN_QUERY;
            e->query = parse_all_of(p, x->path);
            expr_deepen(p, e, e->query->depth);
        } else {
            list_push(p, &x, sizeof x);
        }
    }
    uint32_t count;
    struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
    expr_args(p, e, args, count);
    e->flags = flags;
    expr_end(p, e, first);
    return e;
}

static struct sql_expr *between(struct parser *p, struct sql_expr *left, uint32_t flags, const struct token *first) {
    p->t++;
    if (parse_take(p, KW_SYMMETRIC)) flags |= SQL_SYMMETRIC;
    else parse_take_word(p, "asymmetric");
    struct sql_expr *low = parse_expr_above(p, BIND_LIKE + 1);
    parse_must(p, KW_AND);
    struct sql_expr *high = parse_expr_above(p, BIND_LIKE + 1);
    struct sql_expr *e = expr_new(p, EX_BETWEEN, OP_NONE, first);
    expr_args(p, e, (struct sql_expr *[]){left, low, high}, 3);
    e->flags = flags;
    return e;
}

static struct sql_expr *like(struct parser *p, struct sql_expr *left, const struct infix *in, uint32_t flags, const struct token *first) {
    p->t++;
    if (in->op == OP_SIMILAR) parse_must(p, KW_TO);
    struct sql_expr *e = expr_new(p, EX_LIKE, in->op, first);
    size_t mark = list_start(p);
    list_push(p, &left, sizeof left);
    if ((parse_at(p, KW_ANY) || parse_at(p, KW_ALL) || parse_at(p, KW_SOME)) && (parse_next_is(p, 1, SY_LPAREN) || parse_next_is(p, 1, KW_UNNEST))) {
        flags |= parse_at(p, KW_ALL) ? SQL_ALL : SQL_ANY;
        p->t++;
        if (parse_take(p, KW_UNNEST)) flags |= SQL_UNNEST;
        e->query = brackets_read(p);
        if (e->query) expr_deepen(p, e, e->query->depth);
    } else {
        struct sql_expr *x = parse_expr_above(p, in->bind + 1);
        list_push(p, &x, sizeof x);
    }
    if (parse_take(p, KW_ESCAPE)) {
        struct sql_expr *x = parse_expr_above(p, BIND_LIKE + 1);
        list_push(p, &x, sizeof x);
        flags |= SQL_ESCAPE;
    }
    uint32_t count;
    struct sql_expr **args = list_take(p, mark, sizeof *args, &count);
    expr_args(p, e, args, count);
    e->flags = flags;
    expr_end(p, e, first);
    return e;
}

static struct sql_expr *at_zone(struct parser *p, struct sql_expr *left, const struct token *first) {
    if (parse_next_is(p, 1, KW_LOCAL)) {
        p->t += 2;
        return node2(p, EX_AT_ZONE, OP_NONE, left, NULL, first);
    }
    p->t += 3;
    struct sql_expr *zone = parse_expr_above(p, BIND_COLLATE + 1);
    return node2(p, EX_AT_ZONE, OP_NONE, left, zone, first);
}

static struct sql_expr *operator_call(struct parser *p, struct sql_expr *left, const struct infix *in, const struct token *first) {
    const struct token *sign = p->t++;
    parse_skip_brackets(p);
    struct str name = parse_verbatim(p, sign);
    struct sql_expr *right = parse_expr_above(p, in->bind + 1);
    struct sql_expr *e = node2(p, EX_BINARY, OP_CUSTOM, left, right, first);
    e->name = name;
    return e;
}

static struct sql_expr *collate(struct parser *p, struct sql_expr *left, const struct token *first) {
    p->t++;
    struct sql_name *name = p->t->type == TOKEN_STRING ? parse_table_name(p) : parse_name(p);
    struct sql_expr *e = node2(p, EX_COLLATE, OP_NONE, left, NULL, first);
    e->path = name;
    return e;
}

static struct sql_expr *negated(struct parser *p, struct sql_expr *left, const struct infix *row, const struct token *first) {
    p->t++;
    const struct infix *in = &row[p->t->keyword];
    switch (in->how) {
    case HOW_IN:
        return in_test(p, left, SQL_NOT, first);
    case HOW_BETWEEN:
        return between(p, left, SQL_NOT, first);
    case HOW_LIKE:
        return like(p, left, in, SQL_NOT, first);
    default:
        break;
    }
    if (!parse_take(p, KW_NULL)) parse_expected(p, "IN, LIKE or BETWEEN after NOT");
    struct sql_expr *e = node2(p, EX_IS, OP_IS_NULL, left, NULL, first);
    e->flags = SQL_NOT;
    return e;
}

/* Words that are operators only when the right word follows. */
static bool infix_applies(const struct parser *p, const struct infix *row, const struct infix *in) {
    const struct token *next = p->t + 1;
    switch (in->how) {
    case HOW_NONE:
        return false;
    case HOW_AT:
        return (next->keyword == KW_TIME && p->t[2].keyword == KW_ZONE) || next->keyword == KW_LOCAL;
    case HOW_NOT:
        return row[next->keyword].how == HOW_IN || row[next->keyword].how == HOW_BETWEEN || row[next->keyword].how == HOW_LIKE ||
               (next->keyword == KW_NULL && p->traits->caret_power && p->t[2].keyword != SY_COMMA);
    case HOW_MEMBER:
        return next->keyword == KW_OF;
    case HOW_SOUNDS:
        return next->keyword == KW_LIKE;
    case HOW_OPERATOR:
        return next->keyword == SY_LPAREN;
    case HOW_LIKE: /* SUBSTRING(a SIMILAR b ESCAPE c) is no test */
        return in->op != OP_SIMILAR || next->keyword == KW_TO;
    case HOW_BANG:
        return next->keyword != SY_EQ;
    default:
        return true;
    }
}

static struct sql_expr *infix_read(struct parser *p, struct sql_expr *left, const struct infix *row, const struct infix *in,
                                   const struct token *first) {
    switch (in->how) {
    case HOW_CHAIN:
        return chain(p, left, in, first);
    case HOW_IS:
        return is_test(p, left, first);
    case HOW_IN:
        return in_test(p, left, 0, first);
    case HOW_BETWEEN:
        return between(p, left, 0, first);
    case HOW_LIKE:
        return like(p, left, in, 0, first);
    case HOW_NOT:
        return negated(p, left, row, first);
    case HOW_COLLATE:
        return collate(p, left, first);
    case HOW_AT:
        return at_zone(p, left, first);
    case HOW_OPERATOR:
        return operator_call(p, left, in, first);
    case HOW_NULL_TEST: {
        uint32_t flags = parse_at(p, KW_NOTNULL) ? SQL_NOT : 0;
        p->t++;
        struct sql_expr *e = node2(p, EX_IS, OP_IS_NULL, left, NULL, first);
        e->flags = flags;
        return e;
    }
    case HOW_BANG: {
        p->t++;
        return node2(p, EX_UNARY, OP_FACTORIAL, left, NULL, first);
    }
    case HOW_SOUNDS: {
        p->t += 2;
        struct sql_expr *right = parse_expr_above(p, in->bind + 1);
        struct sql_expr *e = node2(p, EX_LIKE, OP_MATCH, left, right, first);
        e->name = STR("SOUNDS LIKE");
        return e;
    }
    case HOW_MEMBER:
        p->t++;
        return binary(p, left, in, first);
    default:
        return binary(p, left, in, first);
    }
}

/* ---------------------------------------------------------------- operators before a value */

static struct sql_expr *prefix(struct parser *p, enum sql_op op, int bind, struct str name) {
    const struct token *first = p->t++;
    parse_nest(p);
    struct sql_expr *x = parse_expr_above(p, bind);
    p->nest--;
    struct sql_expr *e = node2(p, EX_UNARY, op, x, NULL, first);
    e->name = name;
    return e;
}

/* OPERATOR(pg_catalog.-) x */
static struct sql_expr *prefix_operator(struct parser *p) {
    const struct token *first = p->t++;
    parse_skip_brackets(p);
    struct str name = parse_verbatim(p, first);
    p->t--;
    struct sql_expr *e = prefix(p, OP_PREFIX, BIND_OTHER + 1, name);
    expr_end(p, e, first);
    return e;
}

static struct sql_expr *prefix_read(struct parser *p) {
    const struct token *t = p->t;
    switch (t->keyword) {
    case KW_NOT:
        return prefix(p, OP_NOT, BIND_NOT, (struct str){NULL, 0});
    case SY_MINUS:
        return prefix(p, OP_NEGATE, BIND_UNARY, (struct str){NULL, 0});
    case SY_PLUS:
        return prefix(p, OP_PLUS, BIND_UNARY, (struct str){NULL, 0});
    case SY_TILDE:
        return prefix(p, OP_BIT_NOT, p->traits->caret_power ? BIND_OTHER + 1 : BIND_UNARY, (struct str){NULL, 0});
    case SY_BANG:
        return prefix(p, OP_NOT, p->traits->null_safe_equal && !p->traits->pipe_or ? BIND_NOT : BIND_UNARY, (struct str){NULL, 0});
    case SY_AT:
    case SY_CUSTOM:
        if (p->traits->caret_power) return prefix(p, OP_PREFIX, BIND_OTHER + 1, parse_word(p, t));
        break;
    case SY_STAR:
        if (p->dialect == DIALECT_DUCKDB && parse_word_is(p, 0, "*") == false && t[1].keyword == KW_COLUMNS && t[2].keyword == SY_LPAREN)
            return prefix(p, OP_SPLAT, BIND_UNARY, (struct str){NULL, 0});
        break;
    case KW_PRIOR:
        if (t[1].type == TOKEN_WORD && !(sql_keyword_flags(t[1].keyword) & KW_RESERVED))
            return prefix(p, OP_PRIOR, BIND_UNARY, (struct str){NULL, 0});
        break;
    case KW_OPERATOR:
        if (p->traits->caret_power && t[1].keyword == SY_LPAREN && (t[2].type == TOKEN_OP || t[3].keyword == SY_DOT)) return prefix_operator(p);
        break;
    case KW_CONNECT_BY_ROOT:
        return prefix(p, OP_ROOT, BIND_UNARY, (struct str){NULL, 0});
    case KW_BINARY: /* mysql's BINARY x */
        if (p->dialect == DIALECT_MYSQL && (t[1].type == TOKEN_STRING || t[1].type == TOKEN_WORD) && parse_can_be_name(p, t + 1))
            return prefix(p, OP_PREFIX, BIND_UNARY, STR("BINARY"));
        break;
    default:
        break;
    }
    return parse_primary(p);
}

struct sql_expr *parse_expr_above(struct parser *p, int least) {
    const struct token *first = p->t;
    const struct infix *row = table[p->dialect];
    struct sql_expr *left = prefix_read(p);
    for (;;) {
        const struct infix *in = &row[p->t->keyword];
        if (in->how == HOW_NONE || in->bind < least || !infix_applies(p, row, in)) return left;
        left = infix_read(p, left, row, in, first);
    }
}

struct sql_expr *parse_expr(struct parser *p) {
    pthread_once(&table_once, table_fill);
    return parse_expr_above(p, 0);
}
