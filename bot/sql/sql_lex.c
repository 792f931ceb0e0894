/* sql_lex.c - one pass over the bytes; a class table decides what starts at each. */
#include "sql_lex.h"

#include <assert.h>
#include <stdlib.h>

#define TEMPLATE_MAX 400 /* bytes of one {{ .. }} */
#define PARAM_MAX    120 /* bytes of one ${..}, {..}, %(..)s */
#define TAG_MAX      64  /* bytes of the tag of a $tag$ string */

enum class {
    C_OTHER,
    C_SPACE,
    C_WORD,
    C_DIGIT,
    C_SIGN,
    C_SINGLE,
    C_DOUBLE,
    C_BACKTICK,
    C_BRACKET,
    C_DOLLAR,
    C_BRACE,
    C_AT,
    C_HASH,
    C_PERCENT,
    C_DOT,
    C_HIGH
};

static const unsigned char classes[256] = {
    ['\t'] = C_SPACE,       ['\n'] = C_SPACE,       ['\v'] = C_SPACE, ['\f'] = C_SPACE,        ['\r'] = C_SPACE,  [' '] = C_SPACE,
    ['a' ... 'z'] = C_WORD, ['A' ... 'Z'] = C_WORD, ['_'] = C_WORD,   ['0' ... '9'] = C_DIGIT, ['!'] = C_SIGN,    ['&'] = C_SIGN,
    ['('] = C_SIGN,         [')'] = C_SIGN,         ['*'] = C_SIGN,   ['+'] = C_SIGN,          [','] = C_SIGN,    ['-'] = C_SIGN,
    ['/'] = C_SIGN,         [':'] = C_SIGN,         [';'] = C_SIGN,   ['<'] = C_SIGN,          ['='] = C_SIGN,    ['>'] = C_SIGN,
    ['?'] = C_SIGN,         ['\\'] = C_SIGN,        [']'] = C_SIGN,   ['^'] = C_SIGN,          ['|'] = C_SIGN,    ['}'] = C_SIGN,
    ['~'] = C_SIGN,         ['\''] = C_SINGLE,      ['"'] = C_DOUBLE, ['`'] = C_BACKTICK,      ['['] = C_BRACKET, ['$'] = C_DOLLAR,
    ['{'] = C_BRACE,        ['@'] = C_AT,           ['#'] = C_HASH,   ['%'] = C_PERCENT,       ['.'] = C_DOT,     [0x80 ... 0xFF] = C_HIGH,
};

/* What may make more of a word than its letters: templates, quotes after a prefix, other alphabets. */
static const bool word_may_go_on[256] = {
    ['$'] = true, ['{'] = true, ['#'] = true, ['@'] = true, ['\''] = true, ['"'] = true, ['&'] = true, [0x80 ... 0xFF] = true};

struct lexer {
    const char *s;
    uint32_t n, at;
    enum dialect dialect;
    const struct dialect_traits *traits;
    struct token_list *list;
    uint32_t cap;
    uint32_t line, next_line; /* of the last token; where the line after it starts */
    uint8_t flags;            /* of the next token */
    bool in_executable;       /* inside a comment of mysql that is run */
    bool open_quote[256];     /* no closing quote of this kind further on */
};

static bool is_word_byte(unsigned char c) { return classes[c] == C_WORD || classes[c] == C_DIGIT || c == '$' || c >= 0x80; }

static char peek(const struct lexer *x, uint32_t ahead) { return x->at + ahead < x->n ? x->s[x->at + ahead] : '\0'; }

/* Length of a white space character beyond ASCII at `i`: BOM, no-break and other blanks; 0 when it is none. */
static uint32_t wide_space(const struct lexer *x, uint32_t i) {
    const unsigned char *p = (const unsigned char *)x->s + i;
    uint32_t left = x->n - i;
    if (left >= 2 && p[0] == 0xC2 && (p[1] == 0xA0 || p[1] == 0x85)) return 2;
    if (left < 3) return 0;
    if (p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF) return 3;
    if (p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x80) return 3;
    if (p[0] == 0xE2 && p[1] == 0x80 && ((p[2] >= 0x80 && p[2] <= 0x8B) || p[2] == 0xA8 || p[2] == 0xA9 || p[2] == 0xAF)) return 3;
    return 0;
}

static void list_grow(struct lexer *x) {
    uint32_t cap = x->cap * 2;
    struct token *grown = realloc(x->list->at, (size_t)cap * sizeof *grown);
    if (!grown) abort();
    x->list->at = grown;
    x->cap = cap;
}

static struct token *token_add(struct lexer *x, enum token_type type, unsigned keyword, uint32_t end) {
    struct token_list *list = x->list;
    if (list->count + 1 >= x->cap) list_grow(x);
    uint8_t flags = x->flags;
    if (x->at >= x->next_line) {
        while (x->line + 1 < list->line_count && list->line_starts[x->line + 1] <= x->at) x->line++;
        x->next_line = x->line + 1 < list->line_count ? list->line_starts[x->line + 1] : UINT32_MAX;
        flags |= TOKEN_NEW_LINE;
    }
    struct token *t = &list->at[list->count++];
    *t = (struct token){.start = x->at, .end = end, .line = x->line, .type = (uint8_t)type, .flags = flags, .keyword = (uint16_t)keyword};
    x->at = end;
    x->flags = 0;
    return t;
}

/* From an opening quote that cannot be closed: an error up to the end of its line, so that what follows is still read. */
static void open_error(struct lexer *x, unsigned char quote) {
    x->open_quote[quote] = true;
    const char *newline = memchr(x->s + x->at, '\n', x->n - x->at);
    token_add(x, TOKEN_ERROR, KW_NONE, newline ? (uint32_t)(newline - x->s) : x->n);
}

/* A string or quoted name whose opening quote is at `from`; the token starts at x->at, which may be a prefix before it. */
static void lex_quoted(struct lexer *x, uint32_t from, enum token_type type, bool backslash, bool triple) {
    char quote = x->s[from] == '[' ? ']' : x->s[from];
    uint32_t i = from + (triple ? 3 : 1);
    uint8_t flags = from > x->at ? TOKEN_PREFIXED : 0;
    if (x->open_quote[(unsigned char)quote]) return open_error(x, (unsigned char)quote);
    for (; i < x->n; i++) {
        char c = x->s[i];
        if (c == '\\' && backslash) {
            flags |= TOKEN_ESCAPED;
            i++;
        } else if (c == quote) {
            if (triple) {
                if (i + 2 >= x->n || x->s[i + 1] != quote || x->s[i + 2] != quote) continue;
                i += 2;
                break;
            }
            if (i + 1 >= x->n || x->s[i + 1] != quote) break;
            flags |= TOKEN_ESCAPED;
            i++;
        } else if (c == '$' && i + 1 < x->n && x->s[i + 1] == '{') {
            flags |= TOKEN_TEMPLATED;
        } else if (c == '{' && i + 1 < x->n && x->s[i + 1] == '{') {
            flags |= TOKEN_TEMPLATED;
        }
    }
    if (i >= x->n) return open_error(x, (unsigned char)quote);
    token_add(x, type, KW_NONE, i + 1)->flags |= flags;
}

static bool lex_dollar_string(struct lexer *x) {
    uint32_t i = x->at + 1, limit = x->n - x->at > TAG_MAX ? x->at + TAG_MAX : x->n;
    bool tags = x->dialect == DIALECT_POSTGRES || x->dialect == DIALECT_REDSHIFT || x->dialect == DIALECT_DUCKDB || x->dialect == DIALECT_DATABRICKS;
    if (tags && i < limit && classes[(unsigned char)x->s[i]] != C_DIGIT) {
        while (i < limit && x->s[i] != '$' && is_word_byte((unsigned char)x->s[i])) i++;
    }
    if (i >= limit || x->s[i] != '$') return false;
    if (i > x->at + 1 && x->dialect == DIALECT_DATABRICKS) return false;
    uint32_t tag = i + 1 - x->at;
    if (x->open_quote['$']) return false;
    const char *close = memmem(x->s + i + 1, x->n - i - 1, x->s + x->at, tag);
    if (!close) return x->open_quote['$'] = tag == 2, false;
    bool templated = false;
    for (const char *c = x->s + i + 1; c + 1 < close && !templated; c++) templated = c[1] == '{' && (c[0] == '$' || c[0] == '{');
    token_add(x, TOKEN_STRING, KW_NONE, (uint32_t)(close - x->s) + tag)->flags |= templated ? TOKEN_TEMPLATED : 0;
    return true;
}

/* End of a template that starts at `i`: ${..}, {{..}}, #{..}, {word}; `i` itself when there is none. */
static uint32_t template_end(const struct lexer *x, uint32_t i) {
    const char *s = x->s;
    uint32_t left = x->n - i;
    if (left >= 4 && s[i] == '{' && s[i + 1] == '{') {
        uint32_t j = i + 2, limit = left > TEMPLATE_MAX ? i + TEMPLATE_MAX : x->n;
        while (j < limit && s[j] == ' ') j++;
        if (j >= limit || (classes[(unsigned char)s[j]] != C_WORD && s[j] != '-')) return i;
        for (; j + 1 < limit && s[j] != '\n'; j++) {
            if (s[j] == '}' && s[j + 1] == '}') return j + 2;
        }
        return i;
    }
    uint32_t open = s[i] == '{' ? i : i + 1;
    if (open >= x->n || s[open] != '{') return i;
    uint32_t limit = x->n - open > PARAM_MAX ? open + PARAM_MAX : x->n;
    bool plain = open == i;
    for (uint32_t j = open + 1; j < limit; j++) {
        char c = s[j];
        if (c == '}') return j > open + 1 ? j + 1 : i;
        if (c == '\n' || c == '{') return i;
        if (plain && !is_word_byte((unsigned char)c) && c != '.') return i;
        if (plain && j == open + 1 && classes[(unsigned char)c] == C_DIGIT && (j + 1 >= limit || s[j + 1] != '}')) return i;
    }
    return i;
}

/* The end of a word that goes on at `i`, templates in it included. */
static uint32_t word_end(const struct lexer *x, uint32_t i, uint8_t *flags) {
    for (;;) {
        while (i < x->n && (classes[(unsigned char)x->s[i]] == C_WORD || classes[(unsigned char)x->s[i]] == C_DIGIT)) i++;
        if (i >= x->n) return i;
        unsigned char c = (unsigned char)x->s[i];
        if (c >= 0x80) {
            if (wide_space(x, i)) return i;
            i++;
        } else if (c == '$' || c == '{' || (c == '#' && x->s[i + 1 < x->n ? i + 1 : i] == '{')) {
            uint32_t end = template_end(x, i);
            if (end > i) {
                *flags |= TOKEN_TEMPLATED;
                i = end;
            } else if (c == '$') {
                i++;
            } else {
                return i;
            }
        } else if ((c == '#' || c == '@') && (x->dialect == DIALECT_TSQL || x->dialect == DIALECT_ORACLE)) {
            i++;
        } else {
            return i;
        }
    }
}

/* Is the word before a quote a prefix of a string? */
static bool prefix_find(const struct lexer *x, const char *p, uint32_t n, bool *raw, bool *escapes) {
    char a = (char)(p[0] | 0x20), b = n == 2 ? (char)(p[1] | 0x20) : '\0';
    bool lake = x->dialect == DIALECT_DATABRICKS || x->dialect == DIALECT_SPARK, bigquery = x->dialect == DIALECT_BIGQUERY;
    *raw = false;
    *escapes = x->traits->backslash;
    if (n == 1) {
        if (a == 'x' || a == 'n') return *escapes = *escapes && a == 'n', true;
        if (a == 'b') return *escapes = bigquery, !lake;
        if (a == 'r') return *raw = true, lake || bigquery;
        if (a == 'e') return *escapes = true, x->dialect == DIALECT_POSTGRES || x->dialect == DIALECT_REDSHIFT || x->dialect == DIALECT_DUCKDB;
        return false;
    }
    if (n == 2 && bigquery && ((a == 'r' && b == 'b') || (a == 'b' && b == 'r'))) return *raw = true, true;
    return false;
}

static bool is_triple(const struct lexer *x, uint32_t i) {
    return x->dialect == DIALECT_BIGQUERY && i + 2 < x->n && x->s[i + 1] == x->s[i] && x->s[i + 2] == x->s[i];
}

static bool lex_prefixed(struct lexer *x, uint32_t quote) {
    bool raw, escapes;
    char q = x->s[quote];
    if (q != '\'' && !(q == '"' && x->traits->double_quote_string)) {
        if (q == '&' && quote == x->at + 1 && (x->s[x->at] | 0x20) == 'u' && quote + 1 < x->n &&
            (x->s[quote + 1] == '\'' || x->s[quote + 1] == '"')) {
            lex_quoted(x, quote + 1, x->s[quote + 1] == '\'' ? TOKEN_STRING : TOKEN_QUOTED, false, false);
            return true;
        }
        return false;
    }
    if (!prefix_find(x, x->s + x->at, quote - x->at, &raw, &escapes)) return false;
    /* A raw string keeps its backslashes, but in bigquery one still guards a quote. */
    lex_quoted(x, quote, TOKEN_STRING, raw ? x->dialect == DIALECT_BIGQUERY : escapes, is_triple(x, quote));
    return true;
}

static void lex_word(struct lexer *x) {
    uint8_t flags = 0;
    uint32_t end = word_end(x, x->at, &flags);
    uint32_t n = end - x->at;
    if (n <= 2 && end < x->n && lex_prefixed(x, end)) return;
    enum sql_keyword keyword = flags & TOKEN_TEMPLATED ? KW_NONE : sql_keyword_find(x->s + x->at, n);
    token_add(x, TOKEN_WORD, keyword, end)->flags |= flags;
}

static bool suffix_is(const char *p, uint32_t n) {
    char a = (char)(p[0] | 0x20);
    if (n == 1) return a == 'l' || a == 's' || a == 'y' || a == 'd' || a == 'f';
    return n == 2 && a == 'b' && (p[1] | 0x20) == 'd';
}

static uint32_t digits_end(const struct lexer *x, uint32_t i) {
    while (i < x->n &&
           (classes[(unsigned char)x->s[i]] == C_DIGIT || (x->s[i] == '_' && i + 1 < x->n && classes[(unsigned char)x->s[i + 1]] == C_DIGIT)))
        i++;
    return i;
}

static uint32_t based_end(const struct lexer *x, uint32_t i) {
    while (i < x->n && is_word_byte((unsigned char)x->s[i]) && x->s[i] != '$' && (unsigned char)x->s[i] < 0x80) i++;
    return i;
}

static void lex_number(struct lexer *x) {
    const char *s = x->s;
    uint32_t i = x->at;
    char second = (char)(peek(x, 1) | 0x20);
    if (s[i] == '0' && (second == 'x' || second == 'b' || second == 'o') && is_word_byte((unsigned char)peek(x, 2)) && !x->traits->number_suffix) {
        token_add(x, TOKEN_NUMBER, KW_NONE, based_end(x, i + 2));
        return;
    }
    i = digits_end(x, i);
    bool whole = true;
    if (i < x->n && s[i] == '.' && !(i + 1 < x->n && s[i + 1] == '.')) {
        uint32_t next = digits_end(x, i + 1);
        if (next > i + 1 || i + 1 >= x->n || !(classes[(unsigned char)s[i + 1]] == C_WORD) || (s[i + 1] | 0x20) == 'e') {
            i = next;
            whole = false;
        }
    }
    if (i < x->n && (s[i] | 0x20) == 'e') {
        uint32_t j = i + 1;
        if (j < x->n && (s[j] == '+' || s[j] == '-')) j++;
        if (j < x->n && classes[(unsigned char)s[j]] == C_DIGIT) {
            i = digits_end(x, j);
            whole = whole && j == i + 1;
        }
    }
    if (i < x->n && is_word_byte((unsigned char)s[i]) && !wide_space(x, i)) {
        uint8_t flags = 0;
        uint32_t end = word_end(x, i, &flags);
        if (x->traits->number_suffix && !flags && suffix_is(s + i, end - i)) {
            i = end;
        } else if (x->traits->digit_name && whole) {
            token_add(x, TOKEN_WORD, KW_NONE, end)->flags |= flags;
            return;
        }
    }
    token_add(x, TOKEN_NUMBER, KW_NONE, i);
}

/* After `a.` a number is a part of the name: t.1, db.2024_sales. */
static bool follows_name(const struct lexer *x) {
    if (x->list->count == 0 || (x->flags & TOKEN_SPACED)) return false;
    const struct token *t = &x->list->at[x->list->count - 1];
    return t->type == TOKEN_WORD || t->type == TOKEN_QUOTED || t->type == TOKEN_PARAM || t->keyword == SY_RPAREN || t->keyword == SY_RBRACKET;
}

static void lex_dot(struct lexer *x) {
    bool after_name = follows_name(x);
    if (!after_name && classes[(unsigned char)peek(x, 1)] == C_DIGIT) return lex_number(x);
    token_add(x, TOKEN_OP, SY_DOT, x->at + 1);
    if (!after_name || x->at >= x->n || classes[(unsigned char)x->s[x->at]] != C_DIGIT) return;
    uint8_t flags = 0;
    uint32_t end = word_end(x, x->at, &flags);
    token_add(x, TOKEN_WORD, KW_NONE, end)->flags |= flags;
}

static void lex_dollar(struct lexer *x) {
    if (x->traits->dollar_string && lex_dollar_string(x)) return;
    uint8_t flags = 0;
    uint32_t one = template_end(x, x->at);
    uint32_t end = word_end(x, x->at, &flags);
    if (end == x->at + 1) {
        token_add(x, TOKEN_OP, SY_DOLLAR, end);
        return;
    }
    bool whole = one == x->at || one == end;
    token_add(x, whole ? TOKEN_PARAM : TOKEN_WORD, KW_NONE, end)->flags |= TOKEN_TEMPLATED;
}

static void lex_brace(struct lexer *x) {
    uint32_t one = template_end(x, x->at);
    bool clickhouse_param = false;
    if (one == x->at && x->dialect == DIALECT_CLICKHOUSE) {
        uint32_t i = x->at + 1;
        while (i < x->n && i < x->at + PARAM_MAX && is_word_byte((unsigned char)x->s[i])) i++;
        if (i < x->n && i > x->at + 1 && x->s[i] == ':') {
            while (i < x->n && i < x->at + PARAM_MAX && x->s[i] != '}' && x->s[i] != '\n') i++;
            clickhouse_param = i < x->n && x->s[i] == '}';
            if (clickhouse_param) one = i + 1;
        }
    }
    if (one == x->at) {
        token_add(x, TOKEN_OP, SY_LBRACE, x->at + 1);
        return;
    }
    uint8_t flags = 0;
    uint32_t end = clickhouse_param ? one : word_end(x, one, &flags);
    token_add(x, end == one ? TOKEN_PARAM : TOKEN_WORD, KW_NONE, end)->flags |= TOKEN_TEMPLATED;
}

static void lex_at(struct lexer *x) {
    uint32_t i = x->at + 1;
    uint8_t flags = 0;
    if (i < x->n && x->s[i] == '@') i++;
    bool stage = x->dialect == DIALECT_SNOWFLAKE && i < x->n && (x->s[i] == '~' || x->s[i] == '%');
    if (stage) i++;
    uint32_t end = word_end(x, i, &flags);
    if ((end > i || stage) && x->dialect != DIALECT_POSTGRES && x->dialect != DIALECT_REDSHIFT) {
        token_add(x, TOKEN_PARAM, KW_NONE, end)->flags |= flags;
        return;
    }
    bool custom = x->traits->hash_operator || x->dialect == DIALECT_DUCKDB || x->dialect == DIALECT_REDSHIFT;
    i = x->at + 1;
    if (custom && i < x->n && (x->s[i] == '>' || x->s[i] == '@' || x->s[i] == '?' || x->s[i] == '-')) {
        while (i < x->n && strchr("<>=@?-#&|~!", x->s[i]) && x->s[i]) i++;
        token_add(x, TOKEN_OP, SY_CUSTOM, i);
        return;
    }
    token_add(x, TOKEN_OP, SY_AT, x->at + 1);
}

static void lex_hash(struct lexer *x) {
    uint8_t flags = 0;
    uint32_t end = template_end(x, x->at);
    if (end > x->at) {
        token_add(x, TOKEN_PARAM, KW_NONE, end)->flags |= TOKEN_TEMPLATED;
        return;
    }
    if (x->dialect == DIALECT_TSQL || x->dialect == DIALECT_REDSHIFT) { /* #temporary */
        end = word_end(x, x->at + 1, &flags);
        if (end > x->at + 1) {
            token_add(x, TOKEN_WORD, KW_NONE, end)->flags |= flags;
            return;
        }
    }
    uint32_t i = x->at + 1;
    if (x->traits->hash_operator) {
        while (i < x->n && x->s[i] && strchr("<>=-#", x->s[i])) i++;
        token_add(x, TOKEN_OP, SY_CUSTOM, i);
        return;
    }
    token_add(x, TOKEN_OP, SY_HASH, i);
}

static void lex_percent(struct lexer *x) {
    uint32_t i = x->at + 1;
    if (i < x->n && x->s[i] == '(') {
        uint32_t limit = x->n - i > PARAM_MAX ? i + PARAM_MAX : x->n;
        uint32_t j = i + 1;
        while (j < limit && is_word_byte((unsigned char)x->s[j])) j++;
        if (j > i + 1 && j + 1 < limit && x->s[j] == ')' && x->s[j + 1] == 's' && !(j + 2 < x->n && is_word_byte((unsigned char)x->s[j + 2]))) {
            token_add(x, TOKEN_PARAM, KW_NONE, j + 2)->flags |= TOKEN_TEMPLATED;
            return;
        }
    }
    token_add(x, TOKEN_OP, SY_PERCENT, i);
}

/* Signs of more than one byte, longest first within a first byte. `only` is a set of dialects as bits, 0 for all. */
#define ON(d) (1u << DIALECT_##d)
#define PG    (ON(POSTGRES) | ON(REDSHIFT) | ON(DUCKDB))
static const struct sign {
    char text[5];
    uint8_t n;
    uint16_t keyword;
    uint32_t only;
} signs[] = {
    {"!~~*", 4, SY_CUSTOM, PG},
    {"!~*", 3, SY_CUSTOM, PG},
    {"!~~", 3, SY_CUSTOM, PG},
    {"!=", 2, SY_NE, 0},
    {"!~", 2, SY_CUSTOM, PG},
    {"!<", 2, SY_GE, ON(TSQL)},
    {"!>", 2, SY_LE, ON(TSQL)},
    {"!!", 2, SY_CUSTOM, PG},
    {"&&", 2, SY_CUSTOM, 0},
    {"&<", 2, SY_CUSTOM, PG},
    {"&>", 2, SY_CUSTOM, PG},
    {"**", 2, SY_POWER, ON(DUCKDB) | ON(ANSI) | ON(ORACLE)},
    {"->>", 3, SY_GET_TEXT, 0},
    {"->", 2, SY_LAMBDA, 0},
    {"-|-", 3, SY_CUSTOM, PG},
    {"//", 2, SY_INT_DIVIDE, ON(DUCKDB)},
    {"::", 2, SY_CAST, 0},
    {":=", 2, SY_ASSIGN, 0},
    {"<=>", 3, SY_NULL_EQ, 0},
    {"<->", 3, SY_CUSTOM, PG},
    {"<#>", 3, SY_CUSTOM, PG},
    {"<<|", 3, SY_CUSTOM, PG},
    {"<<=", 3, SY_CUSTOM, PG},
    {"<=", 2, SY_LE, 0},
    {"<>", 2, SY_NE, 0},
    {"<<", 2, SY_SHIFT_LEFT, 0},
    {"<@", 2, SY_CUSTOM, PG},
    {"<^", 2, SY_CUSTOM, PG},
    {"=>", 2, SY_ARROW, 0},
    {"==", 2, SY_EQ, 0},
    {">>>", 3, SY_SHIFT_RIGHT3, ON(DATABRICKS) | ON(SPARK)},
    {">>=", 3, SY_CUSTOM, PG},
    {">=", 2, SY_GE, 0},
    {">>", 2, SY_SHIFT_RIGHT, 0},
    {">^", 2, SY_CUSTOM, PG},
    {"?::", 3, SY_TRY_CAST, ON(DATABRICKS)},
    {"?|", 2, SY_CUSTOM, PG},
    {"?&", 2, SY_CUSTOM, PG},
    {"?#", 2, SY_CUSTOM, PG},
    {"?-", 2, SY_CUSTOM, ON(POSTGRES)},
    {"^@", 2, SY_CUSTOM, PG},
    {"^=", 2, SY_NE, ON(ORACLE)},
    {"||/", 3, SY_CUSTOM, PG},
    {"|>", 2, SY_PIPE_GT, 0},
    {"|/", 2, SY_CUSTOM, PG},
    {"||", 2, SY_CONCAT, 0},
    {"|&>", 3, SY_CUSTOM, PG},
    {"|>>", 3, SY_CUSTOM, PG},
    {"~~*", 3, SY_CUSTOM, PG},
    {"~~", 2, SY_CUSTOM, PG},
    {"~*", 2, SY_CUSTOM, PG},
    {"~=", 2, SY_CUSTOM, PG},
    {"~<~", 3, SY_CUSTOM, PG},
    {"*=", 2, SY_CUSTOM, ON(TSQL)},
};
static const uint16_t single_signs[128] = {
    ['!'] = SY_BANG,     ['&'] = SY_AMP,        ['('] = SY_LPAREN,   [')'] = SY_RPAREN,    ['*'] = SY_STAR, ['+'] = SY_PLUS,   [','] = SY_COMMA,
    ['-'] = SY_MINUS,    ['/'] = SY_SLASH,      [':'] = SY_COLON,    [';'] = SY_SEMICOLON, ['<'] = SY_LT,   ['='] = SY_EQ,     ['>'] = SY_GT,
    ['?'] = SY_QUESTION, ['\\'] = SY_BACKSLASH, [']'] = SY_RBRACKET, ['^'] = SY_CARET,     ['|'] = SY_PIPE, ['}'] = SY_RBRACE, ['~'] = SY_TILDE,
};

/* PostgreSQL: any run of these is one operator; it may end in + or - only when it holds one of the second set.
 * https://www.postgresql.org/docs/17/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS */
static uint32_t postgres_operator(const struct lexer *x) {
    uint32_t i = x->at;
    bool wild = false;
    while (i < x->n && x->s[i] && strchr("+-*/<>=~!@#%^&|`?", x->s[i])) {
        if (i + 1 < x->n && ((x->s[i] == '-' && x->s[i + 1] == '-') || (x->s[i] == '/' && x->s[i + 1] == '*'))) break;
        wild |= strchr("~!@#%^&|`?", x->s[i]) != NULL;
        i++;
    }
    while (!wild && i > x->at + 1 && (x->s[i - 1] == '+' || x->s[i - 1] == '-')) i--;
    return i - x->at;
}

static void lex_sign(struct lexer *x) {
    char c = x->s[x->at];
    uint32_t run = x->dialect == DIALECT_POSTGRES ? postgres_operator(x) : 0;
    /* Signs of several bytes go on with another sign. */
    if (c != '(' && c != ')' && c != ',' && c != ';' && memchr("<>=|&!~*-:/@#?^", peek(x, 1), 15)) {
        uint32_t left = x->n - x->at;
        for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
            const struct sign *g = &signs[i];
            if (g->text[0] != c || g->n > left || memcmp(g->text, x->s + x->at, g->n) != 0) continue;
            if (g->only && !(g->only & (1u << x->dialect))) continue;
            if (run > g->n && g->text[0] != ':') continue;
            token_add(x, TOKEN_OP, g->keyword, x->at + g->n);
            return;
        }
    }
    if (run > 1) {
        token_add(x, TOKEN_OP, SY_CUSTOM, x->at + run);
        return;
    }
    token_add(x, TOKEN_OP, single_signs[(unsigned char)c], x->at + 1);
}

static void skip_line(struct lexer *x) {
    static const char cell[] = "-- COMMAND ----------";
    const char *newline = memchr(x->s + x->at, '\n', x->n - x->at);
    /* The cells of a notebook end their statements. https://docs.databricks.com/aws/en/notebooks/notebook-export-import */
    if (x->n - x->at >= sizeof cell - 1 && memcmp(x->s + x->at, cell, sizeof cell - 1) == 0 && x->traits->number_suffix) {
        token_add(x, TOKEN_OP, SY_SEMICOLON, x->at + (uint32_t)sizeof cell - 1);
        return;
    }
    x->at = newline ? (uint32_t)(newline - x->s) : x->n;
    x->flags |= TOKEN_SPACED;
}

/* The end of the block comment at x->at, 0 when it is open. */
static uint32_t block_end(const struct lexer *x) {
    uint32_t i = x->at + 2;
    int depth = 1;
    while (i + 1 < x->n) {
        const char *star = memchr(x->s + i, '*', x->n - i);
        if (!star) return 0;
        uint32_t at = (uint32_t)(star - x->s);
        if (at > i && x->s[at - 1] == '/' && x->traits->nested_comments) {
            depth++;
            i = at + 1;
        } else if (at + 1 < x->n && x->s[at + 1] == '/') {
            i = at + 2;
            if (--depth == 0) return i;
        } else {
            i = at + 1;
        }
    }
    return 0;
}

/* A hint says something only right after the verb. */
static bool hint_can_stand(const struct lexer *x) {
    if (x->list->count == 0) return false;
    switch (x->list->at[x->list->count - 1].keyword) {
    case KW_SELECT:
    case KW_INSERT:
    case KW_UPDATE:
    case KW_DELETE:
    case KW_MERGE:
        return true;
    default:
        return x->list->at[x->list->count - 1].type == TOKEN_HINT;
    }
}

static void lex_block(struct lexer *x) {
    if (x->dialect == DIALECT_MYSQL && peek(x, 2) == '!') {
        x->at = digits_end(x, x->at + 3);
        x->in_executable = true;
        x->flags |= TOKEN_SPACED;
        return;
    }
    uint32_t end = block_end(x);
    /* A nested comment that is never closed: read it as one that does not nest. */
    if (!end) {
        const char *close = memmem(x->s + x->at + 2, x->n - x->at - 2, "*/", 2);
        if (close && !x->open_quote['*']) {
            x->open_quote['*'] = true;
            end = (uint32_t)(close - x->s) + 2;
        }
    }
    if (!end) {
        token_add(x, TOKEN_ERROR, KW_NONE, x->n);
    } else if (peek(x, 2) == '+' && hint_can_stand(x)) {
        token_add(x, TOKEN_HINT, KW_NONE, end);
    } else {
        x->at = end;
    }
    x->flags |= TOKEN_SPACED;
}

/* White space and comments; true when it took something, or made a token of what is there. */
static bool lex_blank(struct lexer *x) {
    char c = x->s[x->at], next = peek(x, 1);
    if (c == '-' && next == '-') {
        char third = peek(x, 2);
        if (x->dialect == DIALECT_MYSQL && third != '\0' && classes[(unsigned char)third] != C_SPACE && third != '-') return false;
        return skip_line(x), true;
    }
    if (c == '/' && next == '*') return lex_block(x), true;
    if (c == '/' && next == '/' && x->traits->slash_comment) return skip_line(x), true;
    if (c == '#' && x->traits->hash_comment && template_end(x, x->at) == x->at) return skip_line(x), true;
    if (c == '*' && next == '/' && x->in_executable) {
        x->in_executable = false;
        x->at += 2;
        x->flags |= TOKEN_SPACED;
        return true;
    }
    return false;
}

static bool at_line_start(const struct lexer *x) {
    uint32_t i = x->at;
    while (i > 0 && (x->s[i - 1] == ' ' || x->s[i - 1] == '\t') && x->at - i < PARAM_MAX) i--;
    return i == 0 || x->s[i - 1] == '\n';
}

/* <% name %>: templates of snowflake's command line. */
static bool lex_angle(struct lexer *x) {
    uint32_t limit = x->n - x->at > PARAM_MAX ? x->at + PARAM_MAX : x->n;
    for (uint32_t i = x->at + 2; i + 1 < limit && x->s[i] != '\n'; i++) {
        if (x->s[i] != '%' || x->s[i + 1] != '>') continue;
        uint8_t flags = 0;
        uint32_t end = word_end(x, i + 2, &flags);
        token_add(x, end == i + 2 ? TOKEN_PARAM : TOKEN_WORD, KW_NONE, end)->flags |= TOKEN_TEMPLATED;
        return true;
    }
    return false;
}

static void lex_high(struct lexer *x) {
    uint32_t space = wide_space(x, x->at);
    if (!space) return lex_word(x);
    x->at += space;
    x->flags |= TOKEN_SPACED;
}

static void lex_one(struct lexer *x) {
    unsigned char c = (unsigned char)x->s[x->at];
    switch (classes[c]) {
    case C_WORD:
        return lex_word(x);
    case C_SPACE:
        do x->at++;
        while (x->at < x->n && classes[(unsigned char)x->s[x->at]] == C_SPACE);
        x->flags |= TOKEN_SPACED;
        return;
    case C_SIGN:
        if (c == '\\' && x->dialect == DIALECT_POSTGRES && at_line_start(x)) return skip_line(x); /* psql's own commands */
        if (c == '<' && peek(x, 1) == '%' && lex_angle(x)) return;
        if ((c == '-' || c == '/' || c == '*') && lex_blank(x)) return;
        return lex_sign(x);
    case C_DOT:
        return lex_dot(x);
    case C_DIGIT:
        return lex_number(x);
    case C_SINGLE:
        return lex_quoted(x, x->at, TOKEN_STRING, x->traits->backslash, is_triple(x, x->at));
    case C_DOUBLE:
        if (x->traits->double_quote_string) return lex_quoted(x, x->at, TOKEN_STRING, x->traits->backslash, is_triple(x, x->at));
        return lex_quoted(x, x->at, TOKEN_QUOTED, false, false);
    case C_BACKTICK:
        return lex_quoted(x, x->at, TOKEN_QUOTED, x->dialect == DIALECT_BIGQUERY, false);
    case C_BRACKET:
        if (x->dialect == DIALECT_TSQL || x->dialect == DIALECT_SQLITE) return lex_quoted(x, x->at, TOKEN_QUOTED, false, false);
        token_add(x, TOKEN_OP, SY_LBRACKET, x->at + 1);
        return;
    case C_DOLLAR:
        return lex_dollar(x);
    case C_BRACE:
        return lex_brace(x);
    case C_AT:
        return lex_at(x);
    case C_HASH:
        if (lex_blank(x)) return;
        return lex_hash(x);
    case C_PERCENT:
        return lex_percent(x);
    case C_HIGH:
        return lex_high(x);
    default:
        token_add(x, TOKEN_OP, SY_OTHER, x->at + 1);
    }
}

/* White space and plain words, most of any text, without leaving the loop. */
static void lex_all(struct lexer *x) {
    const unsigned char *s = (const unsigned char *)x->s;
    const uint32_t n = x->n;
    while (x->at < n) {
        uint32_t i = x->at;
        unsigned char class = classes[s[i]];
        if (class == C_SPACE) {
            while (++i < n && classes[s[i]] == C_SPACE) continue;
            x->at = i;
            x->flags |= TOKEN_SPACED;
            continue;
        }
        if (class == C_WORD) {
            while (++i < n && (classes[s[i]] == C_WORD || classes[s[i]] == C_DIGIT)) continue;
            if (i == n || !word_may_go_on[s[i]]) {
                token_add(x, TOKEN_WORD, sql_keyword_find(x->s + x->at, i - x->at), i);
                continue;
            }
        }
        lex_one(x);
    }
}

static void lines_find(struct arena *arena, struct token_list *list, struct str text) {
    const char *end = text.p + text.n;
    size_t cap = 0, count = 1;
    list->line_starts = arena_grow(arena, NULL, &cap, text.n / 32 + 8, sizeof *list->line_starts);
    list->line_starts[0] = 0;
    for (const char *p = text.p; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++) {
        if (count == cap) list->line_starts = arena_grow(arena, list->line_starts, &cap, count + 1, sizeof *list->line_starts);
        list->line_starts[count++] = (uint32_t)(p - text.p) + 1;
    }
    list->line_count = (uint32_t)count;
}

static void list_release(void *list) { sql_lex_free(list); }

void sql_lex_free(struct token_list *tokens) {
    free(tokens->at);
    tokens->at = NULL;
    tokens->count = 0;
}

struct token_list *sql_lex(struct arena *arena, struct str text, enum dialect dialect) {
    struct token_list *list = arena_new(arena, struct token_list);
    if (text.n > SQL_LEX_MAX) text.n = SQL_LEX_MAX;
    lines_find(arena, list, text);
    struct lexer *x = arena_new(arena, struct lexer);
    *x = (struct lexer){.s = text.p ? text.p : "", .n = (uint32_t)text.n, .dialect = dialect, .traits = dialect_traits(dialect), .list = list};
    x->cap = x->n / 5 + 64;
    arena_defer(arena, list_release, list);
    list->at = malloc((size_t)x->cap * sizeof *list->at);
    if (!list->at) abort();
    x->next_line = list->line_count > 1 ? list->line_starts[1] : UINT32_MAX;
    lex_all(x);
    token_add(x, TOKEN_END, KW_NONE, x->n);
    while (x->cap < list->count + SQL_LEX_PAD) list_grow(x);
    for (int i = 0; i < SQL_LEX_PAD; i++) list->at[list->count + (uint32_t)i] = list->at[list->count - 1];
    return list;
}
