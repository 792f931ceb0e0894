/* sql_walk.c - visiting, comparing and dumping trees, driven by the tables of sql_shape.h. */
#include "sql_walk.h"
#include "sql_shape.h"

/* ---------------------------------------------------------------- walking */

static void walk(const struct sql_visitor *v, enum shape shape, const void *record);

static void walk_field(const struct sql_visitor *v, const void *record, const struct field *f) {
    const void *at = field_at(record, f);
    switch ((enum field_kind)f->kind) {
    case FIELD_INLINE:
        walk(v, f->shape, at);
        return;
    case FIELD_ONE: {
        const void *one = *(void *const *)at;
        if (one) walk(v, f->shape, one);
        return;
    }
    case FIELD_LIST: {
        const char *list = *(char *const *)at;
        for (uint32_t i = 0, n = field_count(record, f); list && i < n; i++) walk(v, f->shape, list + i * shapes[f->shape].size);
        return;
    }
    case FIELD_MANY: {
        void *const *list = *(void *const *const *)at;
        for (uint32_t i = 0, n = field_count(record, f); list && i < n; i++) walk(v, f->shape, list[i]);
        return;
    }
    default:
        return;
    }
}

/* Visitors may change the nodes: the tree is the caller's, const here only for the tables. */
static bool visit(const struct sql_visitor *v, enum shape shape, void *record) {
    switch (shape) {
    case SHAPE_EXPR:
        return !v->expr || v->expr(v->ctx, record);
    case SHAPE_QUERY:
        return !v->query || v->query(v->ctx, record);
    case SHAPE_FROM:
        return !v->from || v->from(v->ctx, record);
    case SHAPE_STATEMENT:
        return !v->statement || v->statement(v->ctx, record);
    default:
        return true;
    }
}

static void walk(const struct sql_visitor *v, enum shape shape, const void *record) {
    if (shape == SHAPE_IDENT || !visit(v, shape, (void *)record)) return;
    const struct shape_info *info = &shapes[shape];
    for (size_t i = 0; i < info->field_count; i++) walk_field(v, record, &info->fields[i]);
    if (shape != SHAPE_EXPR) return;
    const void *more;
    enum shape more_shape = shape_of_union(record, &more);
    if (more_shape != SHAPE_NONE) walk(v, more_shape, more);
}

void sql_walk_expr(const struct sql_visitor *visitor, struct sql_expr *expr) { walk(visitor, SHAPE_EXPR, expr); }

void sql_walk_query(const struct sql_visitor *visitor, struct sql_query *query) { walk(visitor, SHAPE_QUERY, query); }

void sql_walk_from(const struct sql_visitor *visitor, struct sql_from *from) { walk(visitor, SHAPE_FROM, from); }

void sql_walk_statement(const struct sql_visitor *visitor, struct sql_statement *statement) { walk(visitor, SHAPE_STATEMENT, statement); }

struct sql_query *sql_expr_query(const struct sql_expr *expr) {
    const void *record;
    return shape_of_union(expr, &record) == SHAPE_QUERY ? expr->query : NULL;
}

/* ---------------------------------------------------------------- comparing */

static bool equal(enum shape shape, const void *a, const void *b);

static bool equal_list(const void *a, const void *b, const struct field *f) {
    uint32_t n = field_count(a, f);
    if (n != field_count(b, f)) return false;
    if (f->kind == FIELD_LIST) {
        const char *x = *(char *const *)field_at(a, f), *y = *(char *const *)field_at(b, f);
        size_t size = shapes[f->shape].size;
        for (uint32_t i = 0; i < n; i++) {
            if (!equal(f->shape, x + i * size, y + i * size)) return false;
        }
        return true;
    }
    void *const *x = *(void *const *const *)field_at(a, f), *const *y = *(void *const *const *)field_at(b, f);
    for (uint32_t i = 0; i < n; i++) {
        if (!equal(f->shape, x[i], y[i])) return false;
    }
    return true;
}

static bool equal_field(const void *a, const void *b, const struct field *f) {
    const void *x = field_at(a, f), *y = field_at(b, f);
    switch ((enum field_kind)f->kind) {
    case FIELD_BOOL:
        return *(const bool *)x == *(const bool *)y;
    case FIELD_NUMBER:
        return memcmp(x, y, sizeof(uint32_t)) == 0;
    case FIELD_TEXT:
        return str_eq(*(const struct str *)x, *(const struct str *)y);
    case FIELD_INLINE:
        return equal(f->shape, x, y);
    case FIELD_ONE: {
        const void *one = *(void *const *)x, *two = *(void *const *)y;
        if (!one || !two) return one == two;
        return equal(f->shape, one, two);
    }
    case FIELD_LIST:
    case FIELD_MANY:
        return equal_list(a, b, f);
    case FIELD_TEXTS:
        return (*(void *const *)x == NULL) == (*(void *const *)y == NULL);
    }
    return false;
}

static bool equal_words(const struct sql_expr *a, const struct sql_expr *b) {
    if (a->kind != EX_CALL || !a->call || !a->call->before) return true;
    for (uint32_t i = 0; i < a->arg_count; i++) {
        if (!str_eq(a->call->before[i], b->call->before[i])) return false;
    }
    return true;
}

static bool equal_expr(const struct sql_expr *a, const struct sql_expr *b) {
    const void *x, *y;
    if (a->kind != b->kind || a->op != b->op) return false;
    enum shape shape = shape_of_union(a, &x);
    if (shape_of_union(b, &y) != shape) return false;
    if (shape != SHAPE_NONE && !equal(shape, x, y)) return false;
    return equal_words(a, b);
}

static bool equal(enum shape shape, const void *a, const void *b) {
    const struct shape_info *info = &shapes[shape];
    if (a == b) return true;
    if (shape == SHAPE_FROM) {
        const struct sql_from *x = a, *y = b;
        if (x->kind != y->kind || x->join != y->join) return false;
    }
    if (shape == SHAPE_EXPR && ((const struct sql_expr *)a)->kind != ((const struct sql_expr *)b)->kind) return false;
    for (size_t i = 0; i < info->field_count; i++) {
        if (!equal_field(a, b, &info->fields[i])) return false;
    }
    return shape != SHAPE_EXPR || equal_expr(a, b);
}

static bool equal_or_none(enum shape shape, const void *a, const void *b) {
    if (!a || !b) return a == b;
    return equal(shape, a, b);
}

bool sql_equal_expr(const struct sql_expr *a, const struct sql_expr *b) { return equal_or_none(SHAPE_EXPR, a, b); }

bool sql_equal_query(const struct sql_query *a, const struct sql_query *b) { return equal_or_none(SHAPE_QUERY, a, b); }

bool sql_equal_from(const struct sql_from *a, const struct sql_from *b) { return equal_or_none(SHAPE_FROM, a, b); }

bool sql_equal_type(const struct sql_type *a, const struct sql_type *b) { return equal_or_none(SHAPE_TYPE, a, b); }

bool sql_equal_statement(const struct sql_statement *a, const struct sql_statement *b) { return equal_or_none(SHAPE_STATEMENT, a, b); }

/* ---------------------------------------------------------------- dumping */

static void dump(struct buf *out, enum shape shape, const void *record, int depth);

static void dump_text(struct buf *out, struct str s) {
    buf_char(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\') buf_printf(out, "\\%c", c);
        else if (c == '\n') buf_text(out, "\\n");
        else if (c < 0x20) buf_printf(out, "\\x%02x", c);
        else buf_char(out, (char)c);
    }
    buf_char(out, '"');
}

static void dump_line(struct buf *out, int depth, const char *name) { buf_printf(out, "\n%*s%s", depth * 2, "", name); }

static void dump_field(struct buf *out, const void *record, const struct field *f, int depth) {
    const void *at = field_at(record, f);
    switch ((enum field_kind)f->kind) {
    case FIELD_BOOL:
        if (*(const bool *)at) buf_printf(out, " %s", f->name);
        return;
    case FIELD_NUMBER: {
        uint32_t n;
        memcpy(&n, at, sizeof n);
        if (n) buf_printf(out, " %s=%u", f->name, n);
        return;
    }
    case FIELD_TEXT: {
        struct str s = *(const struct str *)at;
        if (!s.n) return;
        buf_printf(out, " %s=", f->name);
        dump_text(out, s);
        return;
    }
    case FIELD_INLINE:
        if (f->shape == SHAPE_IDENT && !((const struct sql_ident *)at)->text.n) return;
        dump_line(out, depth, f->name);
        dump(out, f->shape, at, depth + 1);
        return;
    case FIELD_ONE: {
        const void *one = *(void *const *)at;
        if (!one) return;
        dump_line(out, depth, f->name);
        dump(out, f->shape, one, depth + 1);
        return;
    }
    case FIELD_LIST:
    case FIELD_MANY:
        for (uint32_t i = 0, n = field_count(record, f); i < n; i++) {
            dump_line(out, depth, f->name);
            if (f->kind == FIELD_LIST) dump(out, f->shape, *(char *const *)at + i * shapes[f->shape].size, depth + 1);
            else dump(out, f->shape, (*(void *const *const *)at)[i], depth + 1);
        }
        return;
    case FIELD_TEXTS:
        return;
    }
}

static void dump(struct buf *out, enum shape shape, const void *record, int depth) {
    const struct shape_info *info = &shapes[shape];
    if (shape == SHAPE_EXPR) {
        const struct sql_expr *e = record;
        buf_printf(out, " %s", sql_kind_name(e->kind));
        if (e->op) buf_printf(out, " op=%u", e->op);
    } else if (shape == SHAPE_FROM) {
        const struct sql_from *f = record;
        buf_printf(out, " kind=%u", f->kind);
        if (f->kind == FROM_JOIN) buf_printf(out, " join=%u", f->join);
    }
    for (size_t i = 0; i < info->field_count; i++) dump_field(out, record, &info->fields[i], depth);
    if (shape != SHAPE_EXPR) return;
    const void *more;
    enum shape more_shape = shape_of_union(record, &more);
    if (more_shape == SHAPE_NONE) return;
    dump_line(out, depth, shapes[more_shape].name);
    dump(out, more_shape, more, depth + 1);
}

const char *sql_kind_name(enum sql_expr_kind kind) {
    static const char *const names[EX_KIND_COUNT] = {
        "literal",   "interval", "name",    "keyword",    "star",    "param",     "unary",     "binary", "is",        "between",
        "in",        "in_query", "like",    "quantified", "exists",  "subquery",  "case",      "cast",   "call",      "lambda",
        "named_arg", "aliased",  "array",   "struct",     "map",     "tuple",     "paren",     "field",  "subscript", "slice",
        "path",      "at_zone",  "collate", "grouping",   "default", "query_arg", "table_arg",
    };
    return kind < EX_KIND_COUNT && names[kind] ? names[kind] : "?";
}

void sql_dump(struct buf *out, const struct sql_statement *statement) {
    buf_text(out, "statement");
    dump(out, SHAPE_STATEMENT, statement, 1);
    buf_char(out, '\n');
}
