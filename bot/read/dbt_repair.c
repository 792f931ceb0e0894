/* dbt_repair.c - climbs from one parse error to the next: the unknown piece nearest before the error takes the form with which most of the text
 * reads. */
#include "dbt_repair.h"

#include "sql_lex.h"
#include "sql_parse.h"

#include <ctype.h>

#define PIECES_MAX 200
#define TRIES_MAX  300
#define HASH_CHARS 8

struct piece {
    uint32_t start, end; /* of the text as it came */
    uint32_t word;       /* end of its name, before the parenthesis */
    uint32_t line;
    enum stand_in as;
    uint32_t placed; /* where it stands in the text last made */
};

struct climb {
    struct arena *scratch;
    struct str text;
    enum dialect dialect;
    struct piece at[PIECES_MAX];
    size_t n;
    int tries;
};

static struct str piece_word(const struct climb *c, const struct piece *p) { return (struct str){c->text.p + p->start, p->word - p->start}; }

/* jinja_NAME_1a2b3c4d, as print_unknown of jinja_value.c writes it. */
static bool is_unknown(struct str word) {
    if (!str_starts(word, "jinja_") || word.n < 6 + HASH_CHARS + 1 || word.p[word.n - HASH_CHARS - 1] != '_') return false;
    for (size_t i = word.n - HASH_CHARS; i < word.n; i++) {
        if (!isxdigit((unsigned char)word.p[i])) return false;
    }
    return true;
}

static void pieces_find(struct climb *c, struct arena *arena) {
    const struct token_list *tokens = sql_lex(arena, c->text, c->dialect);
    for (uint32_t i = 0; i + 1 < tokens->count && c->n < PIECES_MAX; i++) {
        const struct token *t = &tokens->at[i];
        struct str word = {c->text.p + t->start, t->end - t->start};
        /* It may be the end of a longer word: is_{{ x }}. */
        const char *mark = t->type == TOKEN_WORD ? memmem(word.p, word.n, "jinja_", 6) : NULL;
        if (mark) word = (struct str){mark, (size_t)(word.p + word.n - mark)};
        if (!mark || !is_unknown(word) || c->text.p[tokens->at[i + 1].start] != '(') continue;
        uint32_t k = i + 1, depth = 0;
        for (; k + 1 < tokens->count; k++) {
            char sign = c->text.p[tokens->at[k].start];
            if (tokens->at[k].type != TOKEN_OP) continue;
            depth += sign == '(';
            if (sign == ')' && --depth == 0) break;
        }
        c->at[c->n++] = (struct piece){(uint32_t)(mark - c->text.p), tokens->at[k].end, t->end, t->line, STAND_CALL, 0};
        i = k;
    }
}

static void piece_write(const struct climb *c, const struct piece *p, struct buf *b) {
    struct str name = piece_word(c, p);
    switch (p->as) {
    case STAND_CALL:
        buf_add(b, c->text.p + p->start, p->end - p->start);
        return;
    case STAND_NAME:
        buf_slice(b, name);
        return;
    case STAND_NOTHING:
        return;
    case STAND_QUERY:
        buf_printf(b, "SELECT * FROM %.*s()", STR_ARG(name));
        return;
    case STAND_WITH:
        buf_printf(b, "WITH %.*s AS (SELECT * FROM %.*s())", STR_ARG(name), STR_ARG(name));
    }
}

static struct str text_make(struct climb *c, struct arena *arena) {
    struct buf b = buf_new(arena);
    uint32_t from = 0;
    for (size_t i = 0; i < c->n; i++) {
        buf_add(&b, c->text.p + from, c->at[i].start - from);
        c->at[i].placed = (uint32_t)b.n;
        piece_write(c, &c->at[i], &b);
        from = c->at[i].end;
    }
    buf_add(&b, c->text.p + from, c->text.n - from);
    return (struct str){buf_str(&b), b.n};
}

/* How far the text reads, in bytes of the text as it came: UINT32_MAX when it is one query. */
static uint32_t reach(struct climb *c) {
    struct sql_error error = {0};
    arena_reset(c->scratch);
    c->tries++;
    struct str text = text_make(c, c->scratch);
    if (sql_parse_query(c->scratch, text, c->dialect, &error)) return UINT32_MAX;
    /* Back to the text as it came: the last piece before the error tells how far things moved. */
    uint32_t at = error.range.start, base = 0, origin = 0;
    for (size_t i = 0; i < c->n && c->at[i].placed <= at; i++) {
        size_t next = i + 1 < c->n ? c->at[i + 1].start : c->text.n;
        uint32_t after = c->at[i].placed + (uint32_t)((i + 1 < c->n ? c->at[i + 1].placed : text.n) - c->at[i].placed - (next - c->at[i].end));
        base = at < after ? c->at[i].placed : after;
        origin = at < after ? c->at[i].start : c->at[i].end;
        if (at < after) return origin;
    }
    return origin + (at - base);
}

/* The best form of one piece, when it reads further than `now`. */
static uint32_t piece_improve(struct climb *c, struct piece *p, uint32_t now, enum stand_in *form) {
    enum stand_in before = p->as;
    uint32_t best = now;
    for (enum stand_in as = STAND_CALL; as <= STAND_WITH && best != UINT32_MAX && c->tries < TRIES_MAX; as++) {
        if (as == before) continue;
        p->as = as;
        uint32_t far = reach(c);
        if (far > best) best = far, *form = as;
    }
    p->as = before;
    return best;
}

static bool climb_up(struct climb *c) {
    uint32_t now = reach(c);
    while (now != UINT32_MAX && c->tries < TRIES_MAX) {
        struct piece *better = NULL;
        enum stand_in form = STAND_CALL;
        uint32_t best = now;
        /* The piece at the error or up to three before it. */
        size_t until = 0;
        while (until < c->n && c->at[until].start <= now) until++;
        for (size_t back = 0; back < 4 && back < until && best != UINT32_MAX; back++) {
            enum stand_in as = STAND_CALL;
            uint32_t far = piece_improve(c, &c->at[until - 1 - back], best, &as);
            if (far > best) best = far, better = &c->at[until - 1 - back], form = as;
        }
        if (!better) return false;
        better->as = form;
        now = best;
    }
    return now == UINT32_MAX;
}

static bool dialect_climb(struct climb *c, struct arena *arena, struct str text, enum dialect dialect) {
    c->text = text;
    c->dialect = dialect;
    c->n = 0;
    c->tries = 0;
    arena_reset(c->scratch);
    pieces_find(c, c->scratch);
    return c->n > 0 && climb_up(c);
}

bool dbt_repair(struct arena *arena, struct str text, enum dialect dialect, bool others, struct repair *out) {
    static const enum dialect more[] = {DIALECT_SNOWFLAKE, DIALECT_BIGQUERY, DIALECT_POSTGRES, DIALECT_CLICKHOUSE, DIALECT_DUCKDB, DIALECT_TRINO};
    if (text.n > REPAIR_TEXT_MAX || !memmem(text.p, text.n, "jinja_", 6)) return false;
    struct climb *c = arena_new(arena, struct climb);
    c->scratch = arena_create(ARENA_JOB);
    bool found = dialect_climb(c, arena, text, dialect);
    for (size_t i = 0; others && !found && i < sizeof more / sizeof *more; i++) found = more[i] != dialect && dialect_climb(c, arena, text, more[i]);
    if (found) {
        *out = (struct repair){.text = text_make(c, arena), .dialect = c->dialect, .pieces = arena_array(arena, c->n, sizeof *out->pieces)};
        for (size_t i = 0; i < c->n; i++) {
            struct str name = piece_word(c, &c->at[i]);
            name = (struct str){name.p + 6, name.n - 6 - HASH_CHARS - 1};
            out->pieces[out->count++] = (struct repair_piece){name, c->at[i].line, c->at[i].as};
        }
    }
    arena_destroy(c->scratch);
    return found;
}
