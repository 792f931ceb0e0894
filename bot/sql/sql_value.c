/* sql_value.c - what a string or a quoted name says: quotes and prefix off, escapes undone. */
#include "sql_lex.h"

/* Appends a code point as UTF-8; one that is none becomes U+FFFD. */
static void code_add(struct buf *out, uint32_t c) {
    if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = 0xFFFD;
    if (c < 0x80) {
        buf_char(out, (char)c);
    } else if (c < 0x800) {
        buf_char(out, (char)(0xC0 | c >> 6));
        buf_char(out, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        buf_char(out, (char)(0xE0 | c >> 12));
        buf_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_char(out, (char)(0x80 | (c & 0x3F)));
    } else {
        buf_char(out, (char)(0xF0 | c >> 18));
        buf_char(out, (char)(0x80 | (c >> 12 & 0x3F)));
        buf_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_char(out, (char)(0x80 | (c & 0x3F)));
    }
}

static int digit_of(char c, int base) {
    int v = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : 99;
    return v < base ? v : -1;
}

/* Reads exactly `digits` digits at s[i]; false when they are not there. */
static bool number_read(struct str s, size_t i, size_t digits, int base, uint32_t *out) {
    uint32_t value = 0;
    if (i + digits > s.n) return false;
    for (size_t k = 0; k < digits; k++) {
        int d = digit_of(s.p[i + k], base);
        if (d < 0) return false;
        value = value * (uint32_t)base + (uint32_t)d;
    }
    return *out = value, true;
}

static const char *simple_escape(char c, enum dialect dialect) {
    bool lake = dialect == DIALECT_DATABRICKS || dialect == DIALECT_SPARK || dialect == DIALECT_MYSQL;
    switch (c) {
    case 'n':
        return "\n";
    case 't':
        return "\t";
    case 'r':
        return "\r";
    case 'b':
        return "\b";
    case 'Z':
        return lake ? "\x1A" : NULL;
    case 'f':
        return lake ? NULL : "\f";
    case 'a':
        return dialect == DIALECT_BIGQUERY || dialect == DIALECT_CLICKHOUSE ? "\a" : NULL;
    case 'v':
        return dialect == DIALECT_BIGQUERY || dialect == DIALECT_CLICKHOUSE ? "\v" : NULL;
    default:
        return NULL;
    }
}

/* The escape after the backslash at s[i - 1]; returns where to go on. */
static size_t escape_add(struct buf *out, struct str s, size_t i, enum dialect dialect) {
    char c = s.p[i];
    uint32_t value;
    bool bytes = dialect != DIALECT_DATABRICKS && dialect != DIALECT_SPARK && dialect != DIALECT_MYSQL;
    const char *simple = simple_escape(c, dialect);
    if (simple) return buf_char(out, simple[0]), i + 1;
    if (c == 'u' && number_read(s, i + 1, 4, 16, &value)) return code_add(out, value), i + 5;
    if (c == 'U' && number_read(s, i + 1, 8, 16, &value)) return code_add(out, value), i + 9;
    if ((c == 'x' || c == 'X') && bytes && number_read(s, i + 1, 2, 16, &value)) return buf_char(out, (char)value), i + 3;
    if (c >= '0' && c <= '3' && dialect != DIALECT_MYSQL && number_read(s, i, 3, 8, &value)) {
        if (value < 0x80 || bytes) return buf_char(out, (char)value), i + 3;
        return code_add(out, value), i + 3;
    }
    if (c == '0') return buf_char(out, '\0'), i + 1;
    /* LIKE patterns need these two kept. */
    if ((c == '%' || c == '_') && !bytes) buf_char(out, '\\');
    buf_char(out, c);
    return i + 1;
}

static struct str unescape(struct arena *arena, struct str s, char quote, bool backslash, enum dialect dialect) {
    struct buf out = buf_new(arena);
    size_t i = 0;
    while (i < s.n) {
        char c = s.p[i];
        if (c == '\\' && backslash && i + 1 < s.n) {
            i = escape_add(&out, s, i + 1, dialect);
        } else {
            buf_char(&out, c);
            i += c == quote && i + 1 < s.n && s.p[i + 1] == quote ? 2 : 1;
        }
    }
    const char *text = buf_str(&out);
    return (struct str){text, out.n};
}

/* U&'d\0061t\+000061': four digits, or six after a plus. */
static struct str unicode_value(struct arena *arena, struct str s, char quote, char mark) {
    struct buf out = buf_new(arena);
    size_t i = 0;
    uint32_t code;
    while (i < s.n) {
        char c = s.p[i], next = i + 1 < s.n ? s.p[i + 1] : '\0';
        if (c == mark && number_read(s, i + 1, 4, 16, &code)) {
            code_add(&out, code);
            i += 5;
        } else if (c == mark && next == '+' && number_read(s, i + 2, 6, 16, &code)) {
            code_add(&out, code);
            i += 8;
        } else {
            buf_char(&out, c);
            i += (c == quote || c == mark) && next == c ? 2 : 1;
        }
    }
    const char *text = buf_str(&out);
    return (struct str){text, out.n};
}

static struct str dollar_value(struct str s) {
    const char *second = memchr(s.p + 1, '$', s.n - 1);
    size_t tag = (size_t)(second - s.p) + 1;
    return (struct str){s.p + tag, s.n - 2 * tag};
}

struct str sql_lex_value(struct arena *arena, struct str text, const struct token *token, enum dialect dialect) {
    struct str s = {text.p + token->start, token->end - token->start};
    if (s.n >= 4 && s.p[0] == '$' && token->type == TOKEN_STRING) return dollar_value(s);
    bool backslash = dialect_traits(dialect)->backslash && token->type == TOKEN_STRING, raw = false, unicode = false;
    if (token->type == TOKEN_QUOTED) backslash = dialect == DIALECT_BIGQUERY;
    size_t prefix = 0;
    if (token->flags & TOKEN_PREFIXED) {
        while (prefix < s.n && s.p[prefix] != '\'' && s.p[prefix] != '"') prefix++;
        char first = (char)(s.p[0] | 0x20), second = prefix > 1 ? (char)(s.p[1] | 0x20) : ' ';
        raw = first == 'r' || second == 'r' || first == 'x';
        if (first == 'e') backslash = true;
        unicode = first == 'u';
    }
    char quote = s.p[prefix] == '[' ? ']' : s.p[prefix];
    bool triple = dialect == DIALECT_BIGQUERY && s.n >= prefix + 6 && s.p[prefix + 1] == quote && s.p[prefix + 2] == quote;
    size_t marks = triple ? 3 : 1;
    s = (struct str){s.p + prefix + marks, s.n - prefix - 2 * marks};
    if (unicode) return unicode_value(arena, s, quote, '\\');
    if (!(token->flags & TOKEN_ESCAPED) || raw) return s;
    return unescape(arena, s, triple ? '\0' : quote, backslash, dialect);
}

struct str sql_lex_unicode(struct arena *arena, struct str text, const struct token *token, struct str mark) {
    struct str s = {text.p + token->start, token->end - token->start};
    size_t prefix = 0;
    while (prefix < s.n && s.p[prefix] != '\'') prefix++;
    if (s.n < prefix + 2 || mark.n != 1) return s;
    return unicode_value(arena, (struct str){s.p + prefix + 1, s.n - prefix - 2}, '\'', mark.p[0]);
}
