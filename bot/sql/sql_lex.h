/* sql_lex.h - SQL text into tokens, by dialect, in one pass.
 * Layer: sql. May use: base. */
#ifndef SQL_LEX_H
#define SQL_LEX_H

#include "arena.h"
#include "dialect.h"
#include "range.h"
#include "sql_keyword.h"

#define SQL_LEX_MAX (64u << 20) /* bytes of a text */
#define SQL_LEX_PAD 8           /* further TOKEN_END after the last, for look-ahead without checks */

enum token_type {
    TOKEN_END,
    TOKEN_WORD,   /* a bare name or keyword; `keyword` says which */
    TOKEN_QUOTED, /* a quoted name */
    TOKEN_STRING, /* any string literal */
    TOKEN_NUMBER,
    TOKEN_PARAM, /* ${x} $1 $x @p @@p {{p}} %(p)s #{x}; `:p`, `?` and `&p` come as operators and are joined by the parser */
    TOKEN_OP,    /* a sign; `keyword` says which */
    TOKEN_HINT,  /* a hint comment */
    TOKEN_ERROR, /* an open string, comment or quote: runs to the end */
};

enum token_flag {
    TOKEN_SPACED = 1 << 0,    /* white space or a comment stands before it */
    TOKEN_ESCAPED = 1 << 1,   /* the text needs unescaping */
    TOKEN_TEMPLATED = 1 << 2, /* holds ${..} or {{..}} */
    TOKEN_NEW_LINE = 1 << 3,  /* first on its line */
    TOKEN_PREFIXED = 1 << 4,  /* a string with letters before its quote */
};

struct token {
    uint32_t start, end; /* byte offsets, end exclusive */
    uint32_t line;       /* 0-based index into the text's lines */
    uint8_t type;        /* enum token_type */
    uint8_t flags;       /* enum token_flag */
    uint16_t keyword;    /* enum sql_keyword: a KW_ for words, a SY_ for signs, KW_NONE for all else */
};

/* Tokens of one text, in order, ended by a TOKEN_END. */
struct token_list {
    struct token *at;
    uint32_t count; /* TOKEN_END included */
    uint32_t *line_starts;
    uint32_t line_count;
};

/* Never fails; what cannot be read becomes a TOKEN_ERROR. `text` is at most SQL_LEX_MAX bytes (longer: cut). Linear in its length.
 * The list lives until sql_lex_free or the end of the arena. */
struct token_list *sql_lex(struct arena *arena, struct str text, enum dialect dialect);
void sql_lex_free(struct token_list *tokens);

/* The value of a TOKEN_STRING or TOKEN_QUOTED: without its quotes and prefix, unescaped; a slice of the text when nothing changed. */
struct str sql_lex_value(struct arena *arena, struct str text, const struct token *token, enum dialect dialect);
/* The value of U&'..' UESCAPE mark: as it stands when `mark` is not one character. */
struct str sql_lex_unicode(struct arena *arena, struct str text, const struct token *token, struct str mark);
#endif
