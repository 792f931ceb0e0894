/* parse_core.c - the parser's floor: errors, memory, ranges, tokens, lists. */
#include "sql_parser.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#define BLOCK_MIN ((size_t)256) /* a text of a word or two takes no more: programs are full of them */
#define BLOCK     ((size_t)32 << 10)
#define SHOWN_MAX 40

_Noreturn void parse_fail(struct parser *p, const char *fmt, ...) {
    va_list list;
    char text[256];
    va_start(list, fmt);
    vsnprintf(text, sizeof text, fmt, list);
    va_end(list);
    p->message = arena_strdup(p->arena, text);
    p->where = p->t;
    longjmp(*p->fail, 1);
}

_Noreturn void parse_expected(struct parser *p, const char *what) {
    const struct token *t = p->t;
    if (t->type == TOKEN_END) parse_fail(p, "expected %s, found the end", what);
    if (t->type == TOKEN_ERROR) parse_fail(p, "expected %s, found a quote or comment that is not closed", what);
    size_t n = utf8_cut(p->text.p + t->start, t->end - t->start, SHOWN_MAX);
    const char *shown = utf8_clean(p->arena, p->text.p + t->start, n);
    parse_fail(p, "expected %s, found '%s%s'", what, shown, n < t->end - t->start ? "..." : "");
}

void *parse_alloc(struct parser *p, size_t size) {
    size = (size + 7) & ~(size_t)7;
    if (size > p->block_left) {
        if (size > BLOCK / 4) return arena_alloc(p->arena, size);
        p->block_size = p->block_size ? p->block_size * 2 : BLOCK_MIN;
        while (p->block_size < size) p->block_size *= 2;
        if (p->block_size > BLOCK) p->block_size = BLOCK;
        p->block = arena_alloc(p->arena, p->block_size);
        p->block_left = p->block_size;
    }
    void *out = p->block;
    p->block += size;
    p->block_left -= size;
    return out;
}

void parse_nest(struct parser *p) {
    if (++p->nest > SQL_NEST_MAX) parse_fail(p, "nested deeper than %d levels", SQL_NEST_MAX);
}

static inline uint32_t line_of_end(const struct parser *p, const struct token *last) {
    uint32_t line = last->line;
    const struct token_list *list = p->tokens;
    if (last->type == TOKEN_WORD || last->type == TOKEN_OP) return line;
    while (line + 1 < list->line_count && list->line_starts[line + 1] < last->end) line++;
    return line;
}

static void place_in_file(const struct sql_origin *o, uint32_t line, int *out_line, int *out_column) {
    if (o->lines && line < o->line_count) {
        *out_line = o->lines[line];
        if (o->columns) *out_column += o->columns[line] - 1;
        return;
    }
    if (line == 0 && o->column > 1) *out_column += o->column - 1;
    if (o->line > 1) *out_line += o->line - 1;
}

static inline void place(const struct parser *p, uint32_t line, uint32_t offset, int *out_line, int *out_column) {
    *out_line = (int)line + 1;
    *out_column = (int)(offset - p->tokens->line_starts[line]) + 1;
    if (p->origin) place_in_file(p->origin, line, out_line, out_column);
}

struct range parse_token_range(const struct parser *p, const struct token *first, const struct token *last) {
    struct range r;
    uint32_t base = p->origin ? p->origin->offset : 0;
    if (last < first) last = first;
    r.start = first->start + base;
    r.end = last->end + base;
    place(p, first->line, first->start, &r.line, &r.column);
    place(p, line_of_end(p, last), last->end, &r.end_line, &r.end_column);
    return r;
}

struct range parse_range(const struct parser *p, const struct token *first) {
    return parse_token_range(p, first, p->t - 1);
}

struct str parse_verbatim(const struct parser *p, const struct token *first) {
    if (p->t <= first) return (struct str){NULL, 0};
    return (struct str){p->text.p + first->start, p->t[-1].end - first->start};
}

struct str parse_word(const struct parser *p, const struct token *t) {
    return (struct str){p->text.p + t->start, t->end - t->start};
}

struct str parse_string(struct parser *p) {
    if (p->t->type != TOKEN_STRING) parse_expected(p, "a string");
    const struct token *t = p->t++;
    return sql_lex_value(p->arena, p->text, t, p->dialect);
}

bool parse_take2(struct parser *p, enum sql_keyword first, enum sql_keyword second) {
    if (!parse_at(p, first) || !parse_next_is(p, 1, second)) return false;
    p->t += 2;
    return true;
}

bool parse_take3(struct parser *p, enum sql_keyword first, enum sql_keyword second, enum sql_keyword third) {
    if (!parse_at(p, first) || !parse_next_is(p, 1, second) || !parse_next_is(p, 2, third)) return false;
    p->t += 3;
    return true;
}

static const char *sign_text(enum sql_keyword keyword) {
    switch (keyword) {
    case SY_LPAREN:
        return "'('";
    case SY_RPAREN:
        return "')'";
    case SY_RBRACKET:
        return "']'";
    case SY_RBRACE:
        return "'}'";
    case SY_GT:
        return "'>'";
    case SY_EQ:
        return "'='";
    case SY_COMMA:
        return "','";
    case SY_COLON:
        return "':'";
    default:
        return "a sign";
    }
}

void parse_must(struct parser *p, enum sql_keyword keyword) {
    if (!parse_take(p, keyword)) parse_expected(p, keyword < KW_COUNT ? sql_keyword_text(keyword) : sign_text(keyword));
}

bool parse_word_is(const struct parser *p, uint32_t ahead, const char *word) {
    const struct token *t = p->t + ahead;
    return t->type == TOKEN_WORD && str_iis(parse_word(p, t), word);
}

bool parse_take_word(struct parser *p, const char *word) {
    if (!parse_word_is(p, 0, word)) return false;
    p->t++;
    return true;
}

void parse_skip(struct parser *p) {
    if (p->t->type == TOKEN_END) parse_expected(p, "more");
    p->t++;
}

void parse_skip_brackets(struct parser *p) {
    uint32_t depth = 0;
    do {
        if (parse_at(p, SY_LPAREN)) depth++;
        if (parse_at(p, SY_RPAREN)) depth--;
        parse_skip(p);
    } while (depth > 0);
}

void list_push(struct parser *p, const void *item, size_t size) {
    if (p->scratch_n + size > p->scratch_cap) p->scratch = arena_grow(p->arena, p->scratch, &p->scratch_cap, p->scratch_n + size, 1);
    memcpy(p->scratch + p->scratch_n, item, size);
    p->scratch_n += size;
}

void *list_take(struct parser *p, size_t mark, size_t size, uint32_t *count) {
    size_t bytes = p->scratch_n - mark;
    assert(bytes % size == 0);
    *count = (uint32_t)(bytes / size);
    if (bytes == 0) return NULL;
    void *out = parse_alloc(p, bytes);
    memcpy(out, p->scratch + mark, bytes);
    p->scratch_n = mark;
    return out;
}
