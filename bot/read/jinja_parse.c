/* jinja_parse.c - template text to tree; one pass, no backtracking. */
#include "jinja_ast.h"

#include <ctype.h>
#include <stdlib.h>

struct parser {
    struct arena *arena;
    struct str text;
    size_t at;
    size_t line_at; /* offset that `line` belongs to */
    int line;
    int nest;
    bool trim_next; /* the tag before ended with -%} */
    const char *error;
    int error_line;
};

static int line_here(struct parser *p) {
    while (p->line_at < p->at) p->line += p->text.p[p->line_at++] == '\n';
    return p->line;
}

static void fail(struct parser *p, const char *why) {
    if (p->error) return;
    p->error_line = line_here(p);
    p->error = why;
    p->at = p->text.n;
}

static bool here(const struct parser *p, const char *word) {
    size_t n = strlen(word);
    return p->text.n - p->at >= n && memcmp(p->text.p + p->at, word, n) == 0;
}

static void blanks(struct parser *p) {
    while (p->at < p->text.n && isspace((unsigned char)p->text.p[p->at])) p->at++;
}

static bool take(struct parser *p, const char *word) {
    blanks(p);
    if (!here(p, word)) return false;
    p->at += strlen(word);
    return true;
}

static bool name_char(char c) { return isalnum((unsigned char)c) || c == '_'; }

static struct str peek_name(struct parser *p) {
    blanks(p);
    size_t end = p->at;
    while (end < p->text.n && name_char(p->text.p[end])) end++;
    if (end > p->at && isdigit((unsigned char)p->text.p[p->at])) end = p->at;
    return (struct str){p->text.p + p->at, end - p->at};
}

static struct str take_name(struct parser *p) {
    struct str name = peek_name(p);
    p->at += name.n;
    return name;
}

static bool take_word(struct parser *p, const char *word) {
    struct str name = peek_name(p);
    if (!str_is(name, word)) return false;
    p->at += name.n;
    return true;
}

static struct jx *expr_new(struct parser *p, enum jx_kind kind) {
    struct jx *e = arena_new(p->arena, struct jx);
    e->kind = kind;
    e->line = line_here(p);
    return e;
}

static void arg_add(struct parser *p, struct jx *e, struct jx *arg, struct str name) {
    if ((e->count & (e->count - 1)) == 0) {
        size_t cap = e->count ? e->count * 2 : 1;
        struct jx **args = arena_array(p->arena, cap, sizeof *args);
        struct str *names = arena_array(p->arena, cap, sizeof *names);
        if (e->count) memcpy(args, e->args, e->count * sizeof *args), memcpy(names, e->names, e->count * sizeof *names);
        e->args = args;
        e->names = names;
    }
    e->args[e->count] = arg;
    e->names[e->count++] = name;
}

static const struct str no_name = {"", 0};
static struct jx *parse_expr(struct parser *p);
static struct jx *parse_unary(struct parser *p);

static struct jx *close_source(struct parser *p, struct jx *e, size_t start) {
    size_t end = p->at;
    while (end > start && isspace((unsigned char)p->text.p[end - 1])) end--;
    e->source = (struct str){p->text.p + start, end > start ? end - start : 0};
    return e;
}

static struct jx *parse_string(struct parser *p) {
    char quote = p->text.p[p->at++];
    struct jx *e = expr_new(p, JX_CONST);
    struct buf b = buf_new(p->arena);
    while (p->at < p->text.n && p->text.p[p->at] != quote) {
        char c = p->text.p[p->at++];
        if (c == '\\' && p->at < p->text.n) {
            char next = p->text.p[p->at++];
            c = next == 'n' ? '\n' : next == 't' ? '\t' : next == 'r' ? '\r' : next;
            if (!strchr("ntr\\'\"\n", next)) buf_char(&b, '\\');
            if (next == '\n') continue;
        }
        buf_char(&b, c);
    }
    if (p->at >= p->text.n) {
        fail(p, "a quoted text without its end");
    } else {
        p->at++;
    }
    e->value = jv_text((struct str){buf_str(&b), b.n});
    return e;
}

static struct jx *parse_number(struct parser *p) {
    struct jx *e = expr_new(p, JX_CONST);
    size_t start = p->at;
    bool real = false;
    while (p->at < p->text.n) {
        char c = p->text.p[p->at];
        bool dot = c == '.' && p->at + 1 < p->text.n && isdigit((unsigned char)p->text.p[p->at + 1]);
        bool exponent =
            (c == 'e' || c == 'E') && p->at + 1 < p->text.n && (isdigit((unsigned char)p->text.p[p->at + 1]) || p->text.p[p->at + 1] == '-');
        if (!isdigit((unsigned char)c) && c != '_' && !dot && !exponent) break;
        real |= dot || exponent;
        p->at += exponent && p->text.p[p->at + 1] == '-' ? 2 : 1;
    }
    struct buf digits = buf_new(p->arena);
    for (size_t i = start; i < p->at; i++) {
        if (p->text.p[i] != '_') buf_char(&digits, p->text.p[i]);
    }
    if (real) {
        e->value.kind = JV_FLOAT;
        e->value.d = strtod(buf_str(&digits), NULL);
        return e;
    }
    e->value = jv_int(strtoll(buf_str(&digits), NULL, 10));
    return e;
}

/* Items up to `end`, into args of e. */
static void parse_items(struct parser *p, struct jx *e, const char *end) {
    while (!p->error && !take(p, end)) {
        arg_add(p, e, parse_expr(p), no_name);
        if (take(p, ",")) continue;
        if (!take(p, end)) fail(p, "a list without its end");
        return;
    }
}

static struct jx *parse_dict(struct parser *p) {
    struct jx *e = expr_new(p, JX_DICT);
    while (!p->error && !take(p, "}")) {
        arg_add(p, e, parse_expr(p), no_name);
        if (!take(p, ":")) fail(p, "a dictionary entry without ':'");
        arg_add(p, e, parse_expr(p), no_name);
        if (take(p, ",")) continue;
        if (!take(p, "}")) fail(p, "a dictionary without '}'");
        break;
    }
    return e;
}

static struct jx *parse_parens(struct parser *p) {
    struct jx *tuple = expr_new(p, JX_LIST);
    bool comma = false;
    while (!p->error && !take(p, ")")) {
        arg_add(p, tuple, parse_expr(p), no_name);
        if (take(p, ",")) {
            comma = true;
            continue;
        }
        if (!take(p, ")")) fail(p, "a '(' without its ')'");
        break;
    }
    return tuple->count == 1 && !comma ? tuple->args[0] : tuple;
}

static struct jx *parse_word(struct parser *p) {
    struct str name = take_name(p);
    struct jx *e = expr_new(p, JX_CONST);
    if (str_is(name, "true") || str_is(name, "True")) {
        e->value = jv_bool(true);
    } else if (str_is(name, "false") || str_is(name, "False")) {
        e->value = jv_bool(false);
    } else if (str_is(name, "none") || str_is(name, "None")) {
        e->value = jv_none();
    } else {
        e->kind = JX_NAME;
        e->text = name;
    }
    return e;
}

static struct jx *parse_primary(struct parser *p) {
    blanks(p);
    if (p->at >= p->text.n) {
        fail(p, "an expression is missing");
        return expr_new(p, JX_CONST);
    }
    char c = p->text.p[p->at];
    if (c == '\'' || c == '"') {
        struct jx *text = parse_string(p);
        /* 'a' 'b' is one text */
        for (blanks(p); !p->error && p->at < p->text.n && (p->text.p[p->at] == '\'' || p->text.p[p->at] == '"'); blanks(p)) {
            struct str more = parse_string(p)->value.s;
            char *joined = arena_printf(p->arena, "%.*s%.*s", STR_ARG(text->value.s), STR_ARG(more));
            text->value = jv_cstr(joined);
        }
        return text;
    }
    if (isdigit((unsigned char)c)) return parse_number(p);
    if (c == '(' || c == '[' || c == '{') {
        p->at++;
        if (c == '(') return parse_parens(p);
        if (c == '{') return parse_dict(p);
        struct jx *list = expr_new(p, JX_LIST);
        parse_items(p, list, "]");
        return list;
    }
    if (isalpha((unsigned char)c) || c == '_') return parse_word(p);
    fail(p, "a character that no expression starts with");
    return expr_new(p, JX_CONST);
}

static void parse_arguments(struct parser *p, struct jx *call) {
    while (!p->error && !take(p, ")")) {
        size_t start = p->at;
        if (take(p, "**")) {
            arg_add(p, call, parse_expr(p), STR("**"));
        } else if (take(p, "*")) {
            arg_add(p, call, parse_expr(p), STR("*"));
        } else {
            struct str name = take_name(p);
            bool named = name.n && take(p, "=") && !here(p, "=");
            if (!named) p->at = start;
            arg_add(p, call, parse_expr(p), named ? name : no_name);
        }
        if (take(p, ",")) continue;
        if (!take(p, ")")) fail(p, "an argument list without ')'");
        return;
    }
}

static struct jx *parse_subscript(struct parser *p, struct jx *object) {
    struct jx *e = expr_new(p, JX_ITEM);
    arg_add(p, e, object, no_name);
    struct jx *first = NULL;
    blanks(p);
    if (!here(p, ":")) first = parse_expr(p);
    if (take(p, ":")) {
        e->kind = JX_SLICE;
        arg_add(p, e, first, no_name);
        blanks(p);
        arg_add(p, e, here(p, "]") ? NULL : parse_expr(p), no_name);
    } else {
        arg_add(p, e, first, no_name);
    }
    if (!take(p, "]")) fail(p, "a '[' without its ']'");
    return e;
}

/* Attributes, subscripts, calls, filters and tests after a primary. */
static struct jx *parse_postfix(struct parser *p, struct jx *e, size_t start) {
    for (;;) {
        if (p->error) return e;
        blanks(p);
        struct jx *outer = NULL;
        if (here(p, ".") && p->at + 1 < p->text.n && (isalnum((unsigned char)p->text.p[p->at + 1]) || p->text.p[p->at + 1] == '_')) {
            p->at++;
            outer = expr_new(p, isdigit((unsigned char)p->text.p[p->at]) ? JX_ITEM : JX_ATTR);
            arg_add(p, outer, e, no_name);
            if (outer->kind == JX_ITEM) {
                arg_add(p, outer, parse_number(p), no_name);
            } else {
                outer->text = take_name(p);
            }
        } else if (take(p, "[")) {
            outer = parse_subscript(p, e);
        } else if (take(p, "(")) {
            outer = expr_new(p, JX_CALL);
            arg_add(p, outer, e, no_name);
            parse_arguments(p, outer);
        } else {
            return e;
        }
        e = close_source(p, outer, start);
    }
}

static struct jx *parse_test(struct parser *p, struct jx *e) {
    bool negated = take_word(p, "not");
    struct jx *test = expr_new(p, JX_TEST);
    test->text = take_name(p);
    arg_add(p, test, e, no_name);
    if (here(p, "(")) {
        p->at++;
        parse_arguments(p, test);
    } else {
        blanks(p);
        char c = p->at < p->text.n ? p->text.p[p->at] : 0;
        struct str word = peek_name(p);
        bool operator_word = str_is(word, "and") || str_is(word, "or") || str_is(word, "else") || str_is(word, "if") || str_is(word, "is") ||
                             str_is(word, "not") || str_is(word, "in");
        if (c == '\'' || c == '"' || c == '[' || isdigit((unsigned char)c) || (word.n && !operator_word)) arg_add(p, test, parse_primary(p), no_name);
    }
    if (!negated) return test;
    struct jx *not = expr_new(p, JX_NOT);
    arg_add(p, not, test, no_name);
    return not ;
}

/* Filters bind tighter than operators, and apply to the whole unary. */
static struct jx *parse_filters(struct parser *p, struct jx *e, size_t start) {
    for (;;) {
        if (p->error) return e;
        blanks(p);
        if (here(p, "|") && !here(p, "||")) {
            p->at++;
            struct jx *filter = expr_new(p, JX_FILTER);
            filter->text = take_name(p);
            arg_add(p, filter, e, no_name);
            if (p->at < p->text.n && take(p, "(")) parse_arguments(p, filter);
            e = close_source(p, filter, start);
            e = parse_postfix(p, e, start);
        } else if (take_word(p, "is")) {
            e = close_source(p, parse_test(p, e), start);
        } else {
            return e;
        }
    }
}

static struct jx *unary_of(struct parser *p, enum jx_kind kind, size_t start) {
    struct jx *e = expr_new(p, kind);
    arg_add(p, e, parse_unary(p), no_name);
    return close_source(p, e, start);
}

static struct jx *parse_unary(struct parser *p) {
    blanks(p);
    size_t start = p->at;
    if (++p->nest > JINJA_NEST_MAX) fail(p, "nested too deeply");
    struct jx *e = NULL;
    if (p->error) {
        e = expr_new(p, JX_CONST);
    } else if (take(p, "-")) {
        e = unary_of(p, JX_NEG, start);
    } else if (take(p, "+")) {
        e = parse_unary(p);
    } else {
        e = close_source(p, parse_primary(p), start);
        e = parse_postfix(p, e, start);
        e = parse_filters(p, e, start);
    }
    p->nest--;
    return e;
}

struct level {
    const char *operators[4];
};
/* From loose to tight. https://jinja.palletsprojects.com/en/stable/templates/#expressions */
static const struct level levels[] = {{{"+", "-"}}, {{"~"}}, {{"*", "//", "/", "%"}}, {{"**"}}};

static const char *binary_here(struct parser *p, const struct level *level) {
    blanks(p);
    for (size_t i = 0; i < 4 && level->operators[i]; i++) {
        const char *op = level->operators[i];
        if (!here(p, op) || (strcmp(op, "*") == 0 && here(p, "**"))) continue;
        bool tag_end = (*op == '-' && (here(p, "-%}") || here(p, "-}}"))) || (*op == '%' && here(p, "%}")) || (*op == '+' && here(p, "+%}"));
        if (!tag_end) return op;
    }
    return NULL;
}

static struct jx *parse_binary(struct parser *p, size_t level) {
    if (level == sizeof levels / sizeof *levels) return parse_unary(p);
    blanks(p);
    size_t start = p->at;
    struct jx *left = parse_binary(p, level + 1);
    for (const char *op; !p->error && (op = binary_here(p, &levels[level]));) {
        p->at += strlen(op);
        struct jx *e = expr_new(p, JX_BINARY);
        e->text = str_of(op);
        arg_add(p, e, left, no_name);
        arg_add(p, e, parse_binary(p, level + 1), no_name);
        left = close_source(p, e, start);
    }
    return left;
}

static const char *compare_here(struct parser *p) {
    static const char *const symbols[] = {"==", "!=", "<=", ">=", "<", ">"};
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        if (take(p, symbols[i])) return symbols[i];
    }
    if (take_word(p, "in")) return "in";
    size_t start = p->at;
    if (take_word(p, "not") && take_word(p, "in")) return "not in";
    p->at = start;
    return NULL;
}

static struct jx *parse_compare(struct parser *p) {
    blanks(p);
    size_t start = p->at;
    struct jx *left = parse_binary(p, 0), *all = NULL;
    for (const char *op; !p->error && (op = compare_here(p));) {
        struct jx *e = expr_new(p, JX_COMPARE), *right = parse_binary(p, 0);
        e->text = str_of(op);
        arg_add(p, e, left, no_name);
        arg_add(p, e, right, no_name);
        close_source(p, e, start);
        left = right;
        if (!all) {
            all = e;
            continue;
        }
        struct jx *both = expr_new(p, JX_AND);
        arg_add(p, both, all, no_name);
        arg_add(p, both, e, no_name);
        all = close_source(p, both, start);
    }
    return all ? all : left;
}

static struct jx *parse_not(struct parser *p) {
    blanks(p);
    size_t start = p->at;
    if (!take_word(p, "not")) return parse_compare(p);
    if (++p->nest > JINJA_NEST_MAX) fail(p, "nested too deeply");
    struct jx *e = expr_new(p, JX_NOT);
    arg_add(p, e, p->error ? expr_new(p, JX_CONST) : parse_not(p), no_name);
    p->nest--;
    return close_source(p, e, start);
}

static struct jx *parse_logic(struct parser *p, bool is_or) {
    blanks(p);
    size_t start = p->at;
    struct jx *left = is_or ? parse_logic(p, false) : parse_not(p);
    while (!p->error && take_word(p, is_or ? "or" : "and")) {
        struct jx *e = expr_new(p, is_or ? JX_OR : JX_AND);
        arg_add(p, e, left, no_name);
        arg_add(p, e, is_or ? parse_logic(p, false) : parse_not(p), no_name);
        left = close_source(p, e, start);
    }
    return left;
}

/* A value without commas and without "if" after it is used in `for x in VALUE if CONDITION`. */
static struct jx *parse_value(struct parser *p, bool may_have_if) {
    blanks(p);
    size_t start = p->at;
    struct jx *e = parse_logic(p, true);
    while (may_have_if && !p->error && take_word(p, "if")) {
        struct jx *choice = expr_new(p, JX_TERNARY);
        arg_add(p, choice, e, no_name);
        arg_add(p, choice, parse_logic(p, true), no_name);
        arg_add(p, choice, take_word(p, "else") ? parse_expr(p) : NULL, no_name);
        e = close_source(p, choice, start);
    }
    return e;
}

static struct jx *parse_expr(struct parser *p) {
    if (++p->nest > JINJA_NEST_MAX) fail(p, "nested too deeply");
    struct jx *e = p->error ? expr_new(p, JX_CONST) : parse_value(p, true);
    p->nest--;
    return e;
}

/* a, b without parentheses is a tuple. */
static struct jx *parse_tuple(struct parser *p) {
    struct jx *e = parse_expr(p);
    blanks(p);
    if (!here(p, ",")) return e;
    struct jx *tuple = expr_new(p, JX_LIST);
    arg_add(p, tuple, e, no_name);
    while (!p->error && take(p, ",")) {
        blanks(p);
        if (here(p, "%}") || here(p, "-%}") || here(p, "}}")) break;
        arg_add(p, tuple, parse_expr(p), no_name);
    }
    return tuple;
}

/* Statements. */

static void tag_end(struct parser *p, const char *end) {
    blanks(p);
    bool trim = here(p, "-");
    if (trim || here(p, "+")) p->at++;
    if (!here(p, end)) fail(p, *end == '%' ? "a tag without '%}'" : "an expression without '}}'");
    p->at += 2;
    if (p->at > p->text.n) p->at = p->text.n;
    p->trim_next = trim;
}

static struct jn *node_new(struct parser *p, enum jn_kind kind) {
    struct jn *node = arena_new(p->arena, struct jn);
    node->kind = kind;
    node->line = line_here(p);
    return node;
}

static void name_add(struct parser *p, struct jn *node, struct str name, struct jx *otherwise) {
    if ((node->name_count & (node->name_count - 1)) == 0) {
        size_t cap = node->name_count ? node->name_count * 2 : 1;
        struct str *names = arena_array(p->arena, cap, sizeof *names);
        struct jx **defaults = arena_array(p->arena, cap, sizeof *defaults);
        if (node->name_count) {
            memcpy(names, node->names, node->name_count * sizeof *names);
            memcpy(defaults, node->defaults, node->name_count * sizeof *defaults);
        }
        node->names = names;
        node->defaults = defaults;
    }
    node->names[node->name_count] = name;
    node->defaults[node->name_count++] = otherwise;
}

static void parse_parameters(struct parser *p, struct jn *node) {
    while (!p->error && !take(p, ")")) {
        if (!take(p, "**")) take(p, "*");
        struct str name = take_name(p);
        if (!name.n) fail(p, "a parameter without a name");
        name_add(p, node, name, take(p, "=") ? parse_expr(p) : NULL);
        if (take(p, ",")) continue;
        if (!take(p, ")")) fail(p, "parameters without ')'");
        return;
    }
}

static struct jn *parse_body(struct parser *p, const char *const *ends, struct str *ended);

static bool word_in(struct str word, const char *const *words) {
    for (; *words; words++) {
        if (str_is(word, *words)) return true;
    }
    return false;
}

static struct jn *parse_if(struct parser *p) {
    static const char *const ends[] = {"elif", "else", "endif", NULL};
    struct jn *node = node_new(p, JN_IF);
    node->expr = parse_tuple(p);
    tag_end(p, "%}");
    struct str ended = no_name;
    node->body = parse_body(p, ends, &ended);
    struct jn *last = node;
    while (!p->error && str_is(ended, "elif")) {
        struct jn *more = node_new(p, JN_IF);
        more->expr = parse_tuple(p);
        tag_end(p, "%}");
        more->body = parse_body(p, ends, &ended);
        last->otherwise = more;
        last = more;
    }
    if (!p->error && str_is(ended, "else")) {
        tag_end(p, "%}");
        last->otherwise = parse_body(p, ends + 2, &ended);
    }
    tag_end(p, "%}");
    return node;
}

static struct jn *parse_for(struct parser *p) {
    static const char *const ends[] = {"else", "endfor", NULL};
    struct jn *node = node_new(p, JN_FOR);
    bool parens = take(p, "(");
    do {
        struct str name = take_name(p);
        if (!name.n) fail(p, "a loop without a variable");
        name_add(p, node, name, NULL);
    } while (!p->error && take(p, ","));
    if (parens) take(p, ")");
    if (!take_word(p, "in")) fail(p, "a loop without 'in'");
    node->expr = parse_value(p, false);
    if (take_word(p, "if")) node->condition = parse_expr(p);
    take_word(p, "recursive");
    tag_end(p, "%}");
    struct str ended = no_name;
    node->body = parse_body(p, ends, &ended);
    if (!p->error && str_is(ended, "else")) {
        tag_end(p, "%}");
        node->otherwise = parse_body(p, ends + 1, &ended);
    }
    tag_end(p, "%}");
    return node;
}

static struct jn *parse_set(struct parser *p) {
    static const char *const ends[] = {"endset", NULL};
    struct jn *node = node_new(p, JN_SET);
    size_t start = p->at;
    struct str name = take_name(p);
    blanks(p);
    if (here(p, ".") || here(p, "[")) {
        p->at = start;
        node->target = parse_unary(p);
    } else {
        name_add(p, node, name, NULL);
        while (!p->error && take(p, ",")) name_add(p, node, take_name(p), NULL);
    }
    if (take(p, "=")) {
        node->expr = parse_tuple(p);
        tag_end(p, "%}");
        return node;
    }
    node->kind = JN_SET_BLOCK;
    if (take(p, "|")) {
        /* {% set x | upper %}: the filter is applied to the body */
        struct jx *filter = expr_new(p, JX_FILTER);
        filter->text = take_name(p);
        arg_add(p, filter, expr_new(p, JX_CONST), no_name);
        if (take(p, "(")) parse_arguments(p, filter);
        node->expr = filter;
    }
    tag_end(p, "%}");
    struct str ended = no_name;
    node->body = parse_body(p, ends, &ended);
    tag_end(p, "%}");
    return node;
}

static struct jn *parse_macro(struct parser *p) {
    static const char *const ends[] = {"endmacro", NULL};
    struct jn *node = node_new(p, JN_MACRO);
    node->text = take_name(p);
    if (take(p, "(")) parse_parameters(p, node);
    tag_end(p, "%}");
    struct str ended = no_name;
    node->body = parse_body(p, ends, &ended);
    take_name(p);
    tag_end(p, "%}");
    return node;
}

static struct jn *parse_call_block(struct parser *p) {
    static const char *const ends[] = {"endcall", NULL};
    struct jn *node = node_new(p, JN_CALL);
    if (take(p, "(")) parse_parameters(p, node);
    node->expr = parse_expr(p);
    tag_end(p, "%}");
    struct str ended = no_name;
    node->body = parse_body(p, ends, &ended);
    tag_end(p, "%}");
    return node;
}

static struct jn *parse_filter_block(struct parser *p) {
    static const char *const ends[] = {"endfilter", NULL};
    struct jn *node = node_new(p, JN_FILTER);
    struct jx *filter = expr_new(p, JX_FILTER);
    filter->text = take_name(p);
    arg_add(p, filter, expr_new(p, JX_CONST), no_name);
    if (take(p, "(")) parse_arguments(p, filter);
    node->expr = filter;
    tag_end(p, "%}");
    struct str ended = no_name;
    node->body = parse_body(p, ends, &ended);
    tag_end(p, "%}");
    return node;
}

/* snapshot, materialization, test, docs, data_test, block: {% KIND name ... %} ... {% endKIND %} */
static struct jn *parse_block(struct parser *p, struct str kind) {
    struct jn *node = node_new(p, JN_BLOCK);
    node->text = kind;
    name_add(p, node, take_name(p), NULL);
    while (p->at < p->text.n && !here(p, "%}") && !here(p, "-%}")) p->at++;
    tag_end(p, "%}");
    const char *ends[] = {arena_printf(p->arena, "end%.*s", STR_ARG(kind)), NULL};
    struct str ended = no_name;
    node->body = parse_body(p, ends, &ended);
    take_name(p);
    tag_end(p, "%}");
    return node;
}

static struct jn *parse_tag(struct parser *p, struct str word) {
    static const char *const blocks[] = {"snapshot", "materialization", "test", "data_test", "docs", "block", "autoescape", "with", NULL};
    if (str_is(word, "if")) return parse_if(p);
    if (str_is(word, "for")) return parse_for(p);
    if (str_is(word, "set")) return parse_set(p);
    if (str_is(word, "macro")) return parse_macro(p);
    if (str_is(word, "call")) return parse_call_block(p);
    if (str_is(word, "filter")) return parse_filter_block(p);
    if (word_in(word, blocks)) return parse_block(p, word);
    if (str_is(word, "break") || str_is(word, "continue")) {
        struct jn *node = node_new(p, str_is(word, "break") ? JN_BREAK : JN_CONTINUE);
        tag_end(p, "%}");
        return node;
    }
    if (str_is(word, "do")) {
        struct jn *node = node_new(p, JN_DO);
        node->expr = parse_tuple(p);
        tag_end(p, "%}");
        return node;
    }
    if (str_is(word, "import") || str_is(word, "from") || str_is(word, "include") || str_is(word, "extends")) {
        while (p->at < p->text.n && !here(p, "%}") && !here(p, "-%}")) p->at++;
        tag_end(p, "%}");
        return node_new(p, JN_TEXT);
    }
    fail(p, arena_printf(p->arena, "the tag '%.*s' is not known here", STR_ARG(word)));
    return NULL;
}

static struct str trim_right(struct str s) {
    while (s.n && isspace((unsigned char)s.p[s.n - 1])) s.n--;
    return s;
}

/* Text up to the next tag; the node is NULL when it is empty. */
static struct jn *parse_text(struct parser *p) {
    if (p->trim_next) blanks(p);
    p->trim_next = false;
    struct jn *node = node_new(p, JN_TEXT);
    size_t start = p->at;
    while (p->at < p->text.n && !here(p, "{{") && !here(p, "{%") && !here(p, "{#")) {
        const char *brace = memchr(p->text.p + p->at + 1, '{', p->text.n - p->at - 1);
        p->at = brace ? (size_t)(brace - p->text.p) : p->text.n;
    }
    node->text = (struct str){p->text.p + start, p->at - start};
    if (p->at + 2 < p->text.n && p->text.p[p->at + 2] == '-') node->text = trim_right(node->text);
    return node->text.n ? node : NULL;
}

static bool is_raw_tag(struct parser *p) {
    size_t start = p->at;
    bool raw = take_word(p, "raw");
    if (!raw) p->at = start;
    return raw;
}

static struct jn *parse_raw(struct parser *p) {
    tag_end(p, "%}");
    p->trim_next = false;
    struct jn *node = node_new(p, JN_TEXT);
    size_t start = p->at;
    for (; p->at < p->text.n; p->at++) {
        if (!here(p, "{%")) continue;
        size_t tag = p->at;
        p->at += 2;
        if (here(p, "-")) p->at++;
        bool end = take_word(p, "endraw");
        if (end) {
            node->text = (struct str){p->text.p + start, tag - start};
            tag_end(p, "%}");
            return node;
        }
        p->at = tag;
    }
    fail(p, "'raw' without 'endraw'");
    return node;
}

static void skip_comment(struct parser *p) {
    p->at += 2;
    while (p->at < p->text.n && !here(p, "#}")) p->at++;
    if (p->at >= p->text.n) {
        fail(p, "a comment without '#}'");
        return;
    }
    p->trim_next = p->text.p[p->at - 1] == '-';
    p->at += 2;
}

/* One piece after the text: NULL at an end tag (its word in *ended), at the end of the text, or for a comment (*ended empty, going on). */
static struct jn *parse_piece(struct parser *p, const char *const *ends, struct str *ended, bool *stop) {
    if (here(p, "{#")) {
        skip_comment(p);
        return NULL;
    }
    bool print = here(p, "{{");
    p->at += 2;
    if (here(p, "-") || here(p, "+")) p->at++;
    if (print) {
        blanks(p);
        struct jn *node = node_new(p, JN_PRINT);
        if (here(p, "}}") || here(p, "-}}")) {
            node = NULL;
        } else {
            node->expr = parse_tuple(p);
        }
        tag_end(p, "}}");
        return node;
    }
    if (is_raw_tag(p)) return parse_raw(p);
    struct str word = take_name(p);
    if (ends && word_in(word, ends)) {
        *ended = word;
        *stop = true;
        return NULL;
    }
    return parse_tag(p, word);
}

static struct jn *parse_body(struct parser *p, const char *const *ends, struct str *ended) {
    struct jn *first = NULL, **tail = &first;
    if (++p->nest > JINJA_NEST_MAX) fail(p, "nested too deeply");
    for (bool stop = false; !stop && !p->error;) {
        struct jn *text = parse_text(p);
        if (text) *tail = text, tail = &text->next;
        if (p->at >= p->text.n) {
            if (ends) fail(p, arena_printf(p->arena, "a block without its '%s'", ends[0]));
            break;
        }
        struct jn *piece = parse_piece(p, ends, ended, &stop);
        if (piece) *tail = piece, tail = &piece->next;
    }
    p->nest--;
    return first;
}

const struct jinja_template *jinja_parse(struct arena *arena, const char *path, struct str text) {
    struct jinja_template *t = arena_new(arena, struct jinja_template);
    struct parser p = {.arena = arena, .text = text, .line = 1};
    struct str ended = no_name;
    t->path = arena_strdup(arena, path);
    t->body = parse_body(&p, NULL, &ended);
    t->error = p.error;
    t->error_line = p.error_line;
    return t;
}

const char *jinja_parse_error(const struct jinja_template *t, int *line) {
    *line = t->error_line;
    return t->error;
}

bool jinja_macro_next(const struct jinja_template *t, const struct jn **at, struct jinja_macro *out) {
    const struct jn *node = *at ? (*at)->next : t->body;
    while (node && node->kind != JN_MACRO) node = node->next;
    if (!node) return false;
    *at = node;
    *out = (struct jinja_macro){node->text, t->path, node->line, t, node};
    return true;
}
