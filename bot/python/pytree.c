/* pytree.c - walks the concrete tree of tree-sitter once and builds our own. */
#include "pytree.h"

#include <tree_sitter/api.h>

#include <ctype.h>
#include <stdlib.h>

#define PY_BYTES_MAX     ((size_t)10 << 20)
#define PARSE_MICROS_MAX (20u * 1000 * 1000)
#define CHILDREN_KEPT    16

const TSLanguage *tree_sitter_python(void);

struct reader {
    struct arena *arena;
    const char *bytes;
    size_t n;
};

/* One child of a concrete node: made into ours when named, bare text when not. */
struct child {
    const char *type, *field;
    struct str text;
    struct py_node *node; /* NULL for anonymous ones */
};

struct children {
    struct child *at;
    size_t n, cap;
};

typedef void (*shape_fn)(struct reader *r, struct py_node *node, const struct children *in);

static struct str node_text(const struct reader *r, TSNode node) {
    uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
    if (end > r->n) end = (uint32_t)r->n;
    if (start > end) start = end;
    return (struct str){r->bytes + start, end - start};
}

static struct range node_range(TSNode node) {
    TSPoint a = ts_node_start_point(node), b = ts_node_end_point(node);
    return (struct range){ts_node_start_byte(node), ts_node_end_byte(node), (int)a.row + 1, (int)a.column + 1, (int)b.row + 1, (int)b.column + 1};
}

static void kid_add(struct reader *r, struct py_node *node, struct py_node *kid) {
    /* Kids are counted in node->count; room grows by doubling at powers of two. */
    if ((node->count & (node->count - 1)) == 0) {
        struct py_node **bigger = arena_array(r->arena, node->count ? node->count * 2 : 1, sizeof *bigger);
        if (node->count) memcpy(bigger, node->kids, node->count * sizeof *bigger);
        node->kids = bigger;
    }
    node->kids[node->count++] = kid;
}

static struct py_node *node_new(struct reader *r, enum py_kind kind, struct range range) {
    struct py_node *node = arena_new(r->arena, struct py_node);
    node->kind = kind;
    node->range = range;
    return node;
}

static struct py_node *field_node(const struct children *in, const char *field) {
    for (size_t i = 0; i < in->n; i++) {
        if (in->at[i].node && in->at[i].field && strcmp(in->at[i].field, field) == 0) return in->at[i].node;
    }
    return NULL;
}

static struct str field_text(const struct children *in, const char *field) {
    for (size_t i = 0; i < in->n; i++) {
        if (in->at[i].field && strcmp(in->at[i].field, field) == 0) return in->at[i].text;
    }
    return (struct str){"", 0};
}

static struct py_node *typed_node(const struct children *in, const char *type) {
    for (size_t i = 0; i < in->n; i++) {
        if (in->at[i].node && strcmp(in->at[i].type, type) == 0) return in->at[i].node;
    }
    return NULL;
}

static struct py_node *nonnull(struct reader *r, struct py_node *node, struct range where) { return node ? node : node_new(r, PY_OTHER, where); }

/* Shapes: each turns the children of one kind of concrete node into kids. */

static void shape_all(struct reader *r, struct py_node *node, const struct children *in) {
    for (size_t i = 0; i < in->n; i++) {
        if (in->at[i].node) kid_add(r, node, in->at[i].node);
    }
}

static void shape_leaf(struct reader *r, struct py_node *node, const struct children *in) { (void)r, (void)node, (void)in; }

static void shape_inner(struct reader *r, struct py_node *node, const struct children *in) {
    /* Parentheses and the like stand for what is inside them. */
    for (size_t i = 0; i < in->n; i++) {
        if (!in->at[i].node) continue;
        struct range range = in->at[i].node->range;
        *node = *in->at[i].node;
        node->range = range;
        return;
    }
    node->kind = PY_TUPLE;
}

static void shape_attribute(struct reader *r, struct py_node *node, const struct children *in) {
    node->text = field_text(in, "attribute");
    kid_add(r, node, nonnull(r, field_node(in, "object"), node->range));
}

static void shape_subscript(struct reader *r, struct py_node *node, const struct children *in) {
    node->text = (struct str){"", 0};
    kid_add(r, node, nonnull(r, field_node(in, "value"), node->range));
    struct py_node *tuple = node_new(r, PY_TUPLE, node->range);
    for (size_t i = 0; i < in->n; i++) {
        if (in->at[i].node && in->at[i].field && strcmp(in->at[i].field, "subscript") == 0) kid_add(r, tuple, in->at[i].node);
    }
    kid_add(r, node, tuple->count == 1 ? tuple->kids[0] : tuple);
}

static void shape_call(struct reader *r, struct py_node *node, const struct children *in) {
    node->text = (struct str){"", 0};
    kid_add(r, node, nonnull(r, field_node(in, "function"), node->range));
    struct py_node *arguments = field_node(in, "arguments");
    if (!arguments) return;
    if (arguments->kind != PY_TUPLE) {
        kid_add(r, node, arguments); /* f(x for x in y) */
        return;
    }
    for (size_t i = 0; i < arguments->count; i++) kid_add(r, node, arguments->kids[i]);
}

static void shape_named(struct reader *r, struct py_node *node, const struct children *in) {
    node->text = field_text(in, "name");
    kid_add(r, node, nonnull(r, field_node(in, "value"), node->range));
}

static void shape_splat(struct reader *r, struct py_node *node, const struct children *in) {
    node->text = node->text.n > 1 && node->text.p[1] == '*' ? STR("**") : STR("*");
    shape_all(r, node, in);
}

static void shape_operator(struct reader *r, struct py_node *node, const struct children *in) {
    node->text = field_text(in, "operator");
    kid_add(r, node, nonnull(r, field_node(in, "left"), node->range));
    kid_add(r, node, nonnull(r, field_node(in, "right"), node->range));
}

static void shape_compare(struct reader *r, struct py_node *node, const struct children *in) {
    struct buf operators = buf_new(r->arena);
    for (size_t i = 0; i < in->n; i++) {
        if (in->at[i].node) kid_add(r, node, in->at[i].node);
        if (in->at[i].node) continue;
        if (operators.n) buf_char(&operators, ' ');
        buf_slice(&operators, in->at[i].text);
    }
    node->text = str_of(buf_str(&operators));
    if (node->count == 2) node->kind = PY_BINARY;
}

static void shape_unary(struct reader *r, struct py_node *node, const struct children *in) {
    struct str op = field_text(in, "operator");
    node->text = op.n ? op : STR("not");
    kid_add(r, node, nonnull(r, field_node(in, "argument"), node->range));
}

static void shape_lambda(struct reader *r, struct py_node *node, const struct children *in) {
    struct py_node *parameters = field_node(in, "parameters");
    kid_add(r, node, parameters ? parameters : node_new(r, PY_PARAMETERS, node->range));
    kid_add(r, node, nonnull(r, field_node(in, "body"), node->range));
}

static void shape_comprehension(struct reader *r, struct py_node *node, const struct children *in) {
    node->text.n = node->text.n ? 1 : 0;
    shape_all(r, node, in);
}

static void shape_left_right(struct reader *r, struct py_node *node, const struct children *in) {
    kid_add(r, node, nonnull(r, field_node(in, "left"), node->range));
    kid_add(r, node, nonnull(r, field_node(in, "right"), node->range));
    node->text = (struct str){"", 0};
}

static void shape_dict(struct reader *r, struct py_node *node, const struct children *in) {
    for (size_t i = 0; i < in->n; i++) {
        struct py_node *item = in->at[i].node;
        if (!item) continue;
        bool pair = item->kind == PY_PAIR && item->count == 2;
        kid_add(r, node, pair ? item->kids[0] : NULL);
        kid_add(r, node, pair ? item->kids[1] : item);
    }
}

static void shape_pair(struct reader *r, struct py_node *node, const struct children *in) {
    kid_add(r, node, nonnull(r, field_node(in, "key"), node->range));
    kid_add(r, node, nonnull(r, field_node(in, "value"), node->range));
}

static void shape_parameter(struct reader *r, struct py_node *node, const struct children *in) {
    /* name: type = default, in the grammar's two forms */
    node->text = field_text(in, "name");
    struct py_node *value = field_node(in, "value");
    if (value) kid_add(r, node, value);
}

static void shape_typed_parameter(struct reader *r, struct py_node *node, const struct children *in) {
    for (size_t i = 0; i < in->n; i++) {
        if (!in->at[i].node) continue;
        struct py_node *first = in->at[i].node;
        node->kind = first->kind;
        node->text = first->text;
        node->kids = first->kids;
        node->count = first->count;
        return;
    }
}

static void shape_function(struct reader *r, struct py_node *node, const struct children *in) {
    node->text = field_text(in, "name");
    struct py_node *parameters = field_node(in, "parameters");
    kid_add(r, node, parameters ? parameters : node_new(r, PY_PARAMETERS, node->range));
    struct py_node *body = field_node(in, "body");
    kid_add(r, node, body ? body : node_new(r, PY_BLOCK, node->range));
}

static void shape_class(struct reader *r, struct py_node *node, const struct children *in) {
    node->text = field_text(in, "name");
    struct py_node *body = field_node(in, "body"), *bases = field_node(in, "superclasses");
    kid_add(r, node, body ? body : node_new(r, PY_BLOCK, node->range));
    for (size_t i = 0; bases && i < bases->count; i++) kid_add(r, node, bases->kids[i]);
}

static void shape_decorated(struct reader *r, struct py_node *node, const struct children *in) {
    struct py_node *inner = field_node(in, "definition");
    if (!inner) {
        shape_all(r, node, in);
        return;
    }
    struct range range = node->range;
    *node = *inner;
    node->range = range;
    struct py_node **kids = node->kids;
    size_t count = node->count;
    node->kids = NULL;
    node->count = 0;
    for (size_t i = 0; i < count; i++) kid_add(r, node, kids[i]);
    for (size_t i = 0; i < in->n; i++) {
        struct py_node *d = in->at[i].node;
        if (d && d != inner && strcmp(in->at[i].type, "decorator") == 0 && d->count) kid_add(r, node, d->kids[0]);
    }
}

static void shape_if(struct reader *r, struct py_node *node, const struct children *in) {
    node->text = (struct str){"", 0};
    for (size_t i = 0; i < in->n; i++) {
        struct py_node *kid = in->at[i].node;
        if (!kid) continue;
        bool clause = strcmp(in->at[i].type, "elif_clause") == 0 || strcmp(in->at[i].type, "else_clause") == 0;
        if (!clause) kid_add(r, node, kid);
        if (!clause) continue;
        for (size_t k = 0; k < kid->count; k++) kid_add(r, node, kid->kids[k]);
    }
}

static void shape_for(struct reader *r, struct py_node *node, const struct children *in) {
    shape_left_right(r, node, in);
    kid_add(r, node, nonnull(r, field_node(in, "body"), node->range));
    const struct py_node *otherwise = typed_node(in, "else_clause");
    if (otherwise && otherwise->count) kid_add(r, node, otherwise->kids[0]);
}

static void shape_while(struct reader *r, struct py_node *node, const struct children *in) {
    kid_add(r, node, nonnull(r, field_node(in, "condition"), node->range));
    kid_add(r, node, nonnull(r, field_node(in, "body"), node->range));
    const struct py_node *otherwise = typed_node(in, "else_clause");
    if (otherwise && otherwise->count) kid_add(r, node, otherwise->kids[0]);
}

static void shape_with(struct reader *r, struct py_node *node, const struct children *in) {
    struct py_node *clause = typed_node(in, "with_clause");
    for (size_t i = 0; clause && i < clause->count; i++) {
        struct py_node *item = clause->kids[i], *pair = node_new(r, PY_PAIR, item->range);
        bool as = item->kind == PY_PAIR && item->count == 2;
        kid_add(r, pair, as ? item->kids[0] : item);
        kid_add(r, pair, as ? item->kids[1] : NULL);
        kid_add(r, node, pair);
    }
    kid_add(r, node, nonnull(r, field_node(in, "body"), node->range));
}

static void shape_as_pattern(struct reader *r, struct py_node *node, const struct children *in) {
    shape_all(r, node, in);
    if (node->count != 2) node->kind = PY_OTHER;
}

static void shape_try(struct reader *r, struct py_node *node, const struct children *in) {
    for (size_t i = 0; i < in->n; i++) {
        struct py_node *kid = in->at[i].node;
        if (!kid) continue;
        if (kid->kind == PY_BLOCK) kid_add(r, node, kid);
        for (size_t k = 0; kid->kind != PY_BLOCK && k < kid->count; k++) {
            if (kid->kids[k]->kind == PY_BLOCK) kid_add(r, node, kid->kids[k]);
        }
    }
}

static void shape_import(struct reader *r, struct py_node *node, const struct children *in) {
    struct str module = field_text(in, "module_name");
    node->text = module.n ? module : (struct str){"", 0};
    for (size_t i = 0; i < in->n; i++) {
        struct py_node *kid = in->at[i].node;
        if (!kid) continue;
        if (strcmp(in->at[i].type, "wildcard_import") == 0) {
            struct py_node *star = node_new(r, PY_KWARG, kid->range);
            star->text = STR("*");
            kid_add(r, star, kid);
            kid_add(r, node, star);
        }
        if (!in->at[i].field || strcmp(in->at[i].field, "name") != 0) continue;
        if (kid->kind == PY_KWARG) {
            kid_add(r, node, kid);
            continue;
        }
        struct py_node *named = node_new(r, PY_KWARG, kid->range);
        named->text = kid->text;
        kid_add(r, named, kid);
        kid_add(r, node, named);
    }
}

static void shape_alias(struct reader *r, struct py_node *node, const struct children *in) {
    node->text = field_text(in, "alias");
    kid_add(r, node, nonnull(r, field_node(in, "name"), node->range));
}

/* Strings. https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals */

static void utf8_add(struct buf *b, unsigned code) {
    if (code < 0x80) {
        buf_char(b, (char)code);
    } else if (code < 0x800) {
        buf_char(b, (char)(0xC0 | code >> 6));
        buf_char(b, (char)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        buf_char(b, (char)(0xE0 | code >> 12));
        buf_char(b, (char)(0x80 | (code >> 6 & 0x3F)));
        buf_char(b, (char)(0x80 | (code & 0x3F)));
    } else {
        buf_char(b, (char)(0xF0 | (code >> 18 & 7)));
        buf_char(b, (char)(0x80 | (code >> 12 & 0x3F)));
        buf_char(b, (char)(0x80 | (code >> 6 & 0x3F)));
        buf_char(b, (char)(0x80 | (code & 0x3F)));
    }
}

/* The escape at s.p[i] == '\\'; gives how many bytes it took. */
static size_t escape_add(struct buf *b, struct str s, size_t i) {
    if (i + 1 >= s.n) {
        buf_char(b, '\\');
        return 1;
    }
    static const char simple[] = "n\nt\tr\ra\ab\bf\fv\v\\\\''\"\"";
    char c = s.p[i + 1];
    for (size_t k = 0; k + 1 < sizeof simple; k += 2) {
        if (simple[k] != c) continue;
        buf_char(b, simple[k + 1]);
        return 2;
    }
    if (c == '\n') return 2;
    size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits && i + 2 + digits <= s.n) {
        unsigned code = 0;
        for (size_t k = 0; k < digits; k++) {
            char h = s.p[i + 2 + k];
            if (!isxdigit((unsigned char)h)) break;
            code = code * 16 + (unsigned)(isdigit((unsigned char)h) ? h - '0' : tolower(h) - 'a' + 10);
        }
        if (code && code < 0x110000) utf8_add(b, code);
        return 2 + digits;
    }
    buf_char(b, '\\');
    buf_char(b, c);
    return 2;
}

static struct str string_decode(struct reader *r, struct str raw, bool is_raw, bool is_format) {
    bool plain = is_raw || !memchr(raw.p, '\\', raw.n);
    if (plain && (!is_format || (!memchr(raw.p, '{', raw.n) && !memchr(raw.p, '}', raw.n)))) return raw;
    struct buf out = buf_new(r->arena);
    for (size_t i = 0; i < raw.n;) {
        char c = raw.p[i];
        if (is_format && (c == '{' || c == '}') && i + 1 < raw.n && raw.p[i + 1] == c) {
            buf_char(&out, c);
            i += 2;
        } else if (c == '\\' && !is_raw) {
            i += escape_add(&out, raw, i);
        } else {
            buf_char(&out, c);
            i++;
        }
    }
    return (struct str){buf_str(&out), out.n};
}

static void piece_add(struct reader *r, struct py_node *node, struct py_node *source, struct str text) {
    struct py_node *piece = node_new(r, PY_STRING, source->range);
    piece->text = text;
    kid_add(r, node, piece);
}

static void shape_string(struct reader *r, struct py_node *node, const struct children *in) {
    bool is_raw = false, is_format = false;
    node->text = (struct str){"", 0};
    node->kind = PY_FSTRING;
    for (size_t i = 0; i < in->n; i++) {
        const struct child *c = &in->at[i];
        if (!c->node) continue;
        if (strcmp(c->type, "string_start") == 0) {
            for (size_t k = 0; k < c->text.n; k++) {
                is_raw |= c->text.p[k] == 'r' || c->text.p[k] == 'R';
                is_format |= c->text.p[k] == 'f' || c->text.p[k] == 'F';
            }
        } else if (strcmp(c->type, "string_content") == 0) {
            piece_add(r, node, c->node, string_decode(r, c->text, is_raw, is_format));
        } else if (strcmp(c->type, "interpolation") == 0) {
            kid_add(r, node, c->node->count == 1 ? c->node->kids[0] : c->node);
        }
    }
    if (node->count == 0 || (node->count == 1 && node->kids[0]->kind == PY_STRING)) {
        node->kind = PY_STRING;
        if (node->count) node->text = node->kids[0]->text;
        node->kids = NULL;
        node->count = 0;
    }
}

static void shape_interpolation(struct reader *r, struct py_node *node, const struct children *in) {
    /* {x!r} and {x:>5} change the text: what they give is not the value alone, so they keep their parts and are no plain expression. */
    shape_all(r, node, in);
}

static void shape_strings(struct reader *r, struct py_node *node, const struct children *in) {
    node->text = (struct str){"", 0};
    for (size_t i = 0; i < in->n; i++) {
        struct py_node *kid = in->at[i].node;
        if (!kid) continue;
        if (kid->kind != PY_FSTRING) kid_add(r, node, kid);
        for (size_t k = 0; kid->kind == PY_FSTRING && k < kid->count; k++) kid_add(r, node, kid->kids[k]);
    }
}

/* The concrete kinds we know; all others become PY_OTHER with their named children. */
static const struct shape {
    const char *type;
    enum py_kind kind;
    shape_fn fill;
} shapes[] = {
    {"identifier", PY_NAME, shape_leaf},
    {"string", PY_STRING, shape_string},
    {"string_content", PY_OTHER, shape_leaf},
    {"concatenated_string", PY_FSTRING, shape_strings},
    {"interpolation", PY_OTHER, shape_interpolation},
    {"integer", PY_NUMBER, shape_leaf},
    {"float", PY_NUMBER, shape_leaf},
    {"true", PY_CONSTANT, shape_leaf},
    {"false", PY_CONSTANT, shape_leaf},
    {"none", PY_CONSTANT, shape_leaf},
    {"ellipsis", PY_CONSTANT, shape_leaf},
    {"list", PY_LIST, shape_all},
    {"list_pattern", PY_TUPLE, shape_all},
    {"tuple", PY_TUPLE, shape_all},
    {"tuple_pattern", PY_TUPLE, shape_all},
    {"expression_list", PY_TUPLE, shape_all},
    {"pattern_list", PY_TUPLE, shape_all},
    {"argument_list", PY_TUPLE, shape_all},
    {"set", PY_SET, shape_all},
    {"dictionary", PY_DICT, shape_dict},
    {"pair", PY_PAIR, shape_pair},
    {"attribute", PY_ATTRIBUTE, shape_attribute},
    {"subscript", PY_SUBSCRIPT, shape_subscript},
    {"slice", PY_SLICE, shape_all},
    {"call", PY_CALL, shape_call},
    {"keyword_argument", PY_KWARG, shape_named},
    {"list_splat", PY_SPLAT, shape_splat},
    {"dictionary_splat", PY_SPLAT, shape_splat},
    {"list_splat_pattern", PY_SPLAT, shape_splat},
    {"dictionary_splat_pattern", PY_SPLAT, shape_splat},
    {"binary_operator", PY_BINARY, shape_operator},
    {"boolean_operator", PY_BINARY, shape_operator},
    {"comparison_operator", PY_COMPARE, shape_compare},
    {"unary_operator", PY_UNARY, shape_unary},
    {"not_operator", PY_UNARY, shape_unary},
    {"conditional_expression", PY_TERNARY, shape_all},
    {"lambda", PY_LAMBDA, shape_lambda},
    {"lambda_parameters", PY_PARAMETERS, shape_all},
    {"parameters", PY_PARAMETERS, shape_all},
    {"default_parameter", PY_KWARG, shape_parameter},
    {"typed_default_parameter", PY_KWARG, shape_parameter},
    {"typed_parameter", PY_NAME, shape_typed_parameter},
    {"list_comprehension", PY_COMPREHENSION, shape_comprehension},
    {"dictionary_comprehension", PY_COMPREHENSION, shape_comprehension},
    {"set_comprehension", PY_COMPREHENSION, shape_comprehension},
    {"generator_expression", PY_COMPREHENSION, shape_comprehension},
    {"for_in_clause", PY_FOR_IN, shape_left_right},
    {"if_clause", PY_IF_IN, shape_all},
    {"parenthesized_expression", PY_OTHER, shape_inner},
    {"parenthesized_list_splat", PY_OTHER, shape_inner},
    {"await", PY_OTHER, shape_inner},
    {"module", PY_MODULE, shape_all},
    {"block", PY_BLOCK, shape_all},
    {"expression_statement", PY_EXPRESSION, shape_all},
    {"assignment", PY_ASSIGN, shape_left_right},
    {"named_expression", PY_ASSIGN, shape_pair},
    {"augmented_assignment", PY_AUGMENT, shape_operator},
    {"return_statement", PY_RETURN, shape_all},
    {"function_definition", PY_FUNCTION, shape_function},
    {"class_definition", PY_CLASS, shape_class},
    {"decorated_definition", PY_OTHER, shape_decorated},
    {"if_statement", PY_IF, shape_if},
    {"elif_clause", PY_OTHER, shape_all},
    {"else_clause", PY_OTHER, shape_all},
    {"for_statement", PY_FOR, shape_for},
    {"while_statement", PY_WHILE, shape_while},
    {"with_statement", PY_WITH, shape_with},
    {"as_pattern", PY_PAIR, shape_as_pattern},
    {"as_pattern_target", PY_OTHER, shape_inner},
    {"with_item", PY_OTHER, shape_inner},
    {"try_statement", PY_TRY, shape_try},
    {"import_statement", PY_IMPORT, shape_import},
    {"import_from_statement", PY_IMPORT, shape_import},
    {"future_import_statement", PY_IMPORT, shape_import},
    {"aliased_import", PY_KWARG, shape_alias},
    {"dotted_name", PY_NAME, shape_leaf},
    {"relative_import", PY_NAME, shape_leaf},
    {"ERROR", PY_ERROR, shape_all},
};

static int shape_order(const void *a, const void *b) { return strcmp(((const struct shape *)a)->type, ((const struct shape *)b)->type); }

/* Shapes sorted by type, made once per parse. */
struct walk {
    struct reader *reader;
    struct shape *sorted;
    const struct shape **by_symbol; /* one per symbol of the grammar, NULL: look it up by name */
    uint32_t symbols;
};

static const struct shape *shape_of(struct walk *w, TSNode node) {
    static const struct shape other = {"", PY_OTHER, shape_all};
    TSSymbol symbol = ts_node_symbol(node);
    if (symbol < w->symbols && w->by_symbol[symbol]) return w->by_symbol[symbol];
    struct shape wanted = {ts_node_type(node), PY_OTHER, NULL};
    const struct shape *found = bsearch(&wanted, w->sorted, sizeof shapes / sizeof *shapes, sizeof *shapes, shape_order);
    if (!found) found = &other;
    if (symbol < w->symbols) w->by_symbol[symbol] = found;
    return found;
}

static struct py_node *node_read(struct walk *w, TSTreeCursor *cursor, int depth) {
    TSNode source = ts_tree_cursor_current_node(cursor);
    const struct shape *shape = shape_of(w, source);
    struct py_node *node = node_new(w->reader, shape->kind, node_range(source));
    node->broken = ts_node_has_error(source);
    node->text = node_text(w->reader, source);
    struct child kept[CHILDREN_KEPT];
    struct children in = {kept, 0, CHILDREN_KEPT};
    struct child *heap = NULL;
    if (depth < PY_DEPTH_MAX && ts_tree_cursor_goto_first_child(cursor)) {
        do {
            TSNode at = ts_tree_cursor_current_node(cursor);
            const char *type = ts_node_type(at);
            if (strcmp(type, "comment") == 0 || strcmp(type, "line_continuation") == 0) continue;
            struct child c = {type, ts_tree_cursor_current_field_name(cursor), node_text(w->reader, at), NULL};
            if (ts_node_is_named(at)) c.node = node_read(w, cursor, depth + 1);
            if (in.n == in.cap) {
                struct child *bigger = arena_array(w->reader->arena, in.cap * 2, sizeof *bigger);
                memcpy(bigger, in.at, in.n * sizeof *bigger);
                heap = bigger;
                in.at = heap;
                in.cap *= 2;
            }
            in.at[in.n++] = c;
        } while (ts_tree_cursor_goto_next_sibling(cursor));
        ts_tree_cursor_goto_parent(cursor);
        shape->fill(w->reader, node, &in);
    } else if (shape->fill != shape_leaf) {
        if (depth >= PY_DEPTH_MAX) node->kind = PY_OTHER;
        if (depth < PY_DEPTH_MAX) shape->fill(w->reader, node, &in);
    }
    return node;
}

/* The concrete tree takes twice the memory of ours: it goes as soon as ours is made, and with the arena where that ran out of memory. */
struct concrete {
    TSParser *parser;
    TSTree *tree;
};

static void concrete_free(void *ptr) {
    struct concrete *c = ptr;
    if (c->tree) ts_tree_delete(c->tree);
    if (c->parser) ts_parser_delete(c->parser);
    *c = (struct concrete){NULL, NULL};
}

static void tree_take(struct reader *reader, const TSLanguage *language, const TSTree *tree, struct py_node **out) {
    struct walk walk = {.reader = reader, .symbols = ts_language_symbol_count(language)};
    walk.sorted = arena_array(reader->arena, sizeof shapes / sizeof *shapes, sizeof *shapes);
    memcpy(walk.sorted, shapes, sizeof shapes);
    qsort(walk.sorted, sizeof shapes / sizeof *shapes, sizeof *shapes, shape_order);
    walk.by_symbol = arena_array(reader->arena, walk.symbols, sizeof *walk.by_symbol);
    TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
    *out = node_read(&walk, &cursor, 0);
    ts_tree_cursor_delete(&cursor);
    if ((*out)->kind == PY_ERROR) (*out)->kind = PY_MODULE;
}

const struct err *pytree_parse(struct arena *arena, const char *bytes, size_t n, struct py_node **out) {
    if (n > PY_BYTES_MAX) return err_new(ERR_INPUT, "the Python text is over 10 MB");
    struct concrete *concrete = arena_new(arena, struct concrete);
    arena_defer(arena, concrete_free, concrete);
    concrete->parser = ts_parser_new();
    const TSLanguage *language = tree_sitter_python();
    bool fits = ts_parser_set_language(concrete->parser, language);
    if (!fits) return err_new(ERR_CONFIG, "the Python grammar compiled in does not fit the tree-sitter library of this system");
    ts_parser_set_timeout_micros(concrete->parser, PARSE_MICROS_MAX);
    concrete->tree = ts_parser_parse_string(concrete->parser, NULL, bytes, (uint32_t)n);
    if (concrete->tree) tree_take(&(struct reader){arena, bytes, n}, language, concrete->tree, out);
    bool read = concrete->tree != NULL;
    concrete_free(concrete);
    if (!read) return err_new(ERR_INPUT, "the Python text took too long to read");
    return NULL;
}

const struct py_node *pytree_first_error(const struct py_node *node) {
    if (!node || !node->broken) return NULL;
    if (node->kind == PY_ERROR) return node;
    for (size_t i = 0; i < node->count; i++) {
        const struct py_node *found = node->kids[i] ? pytree_first_error(node->kids[i]) : NULL;
        if (found) return found;
    }
    return node;
}

const struct py_node *py_kwarg(const struct py_node *call, const char *name) {
    for (size_t i = 1; call->kind == PY_CALL && i < call->count; i++) {
        const struct py_node *kid = call->kids[i];
        if (kid->kind == PY_KWARG && kid->count && str_is(kid->text, name)) return kid->kids[0];
    }
    return NULL;
}

const struct py_node *py_arg(const struct py_node *call, size_t i) {
    if (call->kind != PY_CALL || i + 1 >= call->count) return NULL;
    for (size_t k = 1; k <= i + 1; k++) {
        if (call->kids[k]->kind == PY_KWARG || call->kids[k]->kind == PY_SPLAT) return NULL;
    }
    return call->kids[i + 1];
}

size_t py_arg_count(const struct py_node *call) {
    size_t count = 0;
    while (py_arg(call, count)) count++;
    return count;
}

const char *py_dotted(struct arena *arena, const struct py_node *node) {
    if (!node) return NULL;
    if (node->kind == PY_NAME) return str_dup(arena, node->text);
    if (node->kind != PY_ATTRIBUTE) return NULL;
    const char *head = py_dotted(arena, node->kids[0]);
    return head ? arena_printf(arena, "%s.%.*s", head, STR_ARG(node->text)) : NULL;
}

bool py_is_constant(const struct py_node *node, const char *text) { return node && node->kind == PY_CONSTANT && str_is(node->text, text); }
