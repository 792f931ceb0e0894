/* sql_keyword.h - the words and signs of the grammar, and a quick way from bytes to word.
 * Layer: sql. May use: base. */
#ifndef SQL_KEYWORD_H
#define SQL_KEYWORD_H

#include "text.h"

enum sql_keyword_flag {
    KW_RESERVED = 1,       /* never a name without quotes */
    KW_NO_ALIAS = 2,       /* an alias only after AS */
    KW_NO_TABLE_ALIAS = 4, /* the same, for tables */
};

/* Words first, then signs; one space, so that one comparison tells any token. */
enum sql_keyword {
    KW_NONE,
#define KEYWORD(word, flags) KW_##word,
#include "sql_keyword.def"
#undef KEYWORD
    KW_COUNT,
    SY_LPAREN,
    SY_RPAREN,
    SY_LBRACKET,
    SY_RBRACKET,
    SY_LBRACE,
    SY_RBRACE,
    SY_COMMA,
    SY_SEMICOLON,
    SY_DOT,
    SY_STAR,
    SY_PLUS,
    SY_MINUS,
    SY_SLASH,
    SY_PERCENT,
    SY_EQ,
    SY_NE,
    SY_LT,
    SY_LE,
    SY_GT,
    SY_GE,
    SY_NULL_EQ,
    SY_CONCAT,
    SY_PIPE,
    SY_PIPE_GT,
    SY_AMP,
    SY_CARET,
    SY_TILDE,
    SY_SHIFT_LEFT,
    SY_SHIFT_RIGHT,
    SY_SHIFT_RIGHT3,
    SY_COLON,
    SY_CAST,     /* :: */
    SY_TRY_CAST, /* ?:: */
    SY_ASSIGN,   /* := */
    SY_ARROW,    /* => */
    SY_LAMBDA,   /* -> */
    SY_GET_TEXT, /* ->> */
    SY_QUESTION,
    SY_AT,
    SY_HASH,
    SY_DOLLAR,
    SY_BANG,
    SY_BACKSLASH,
    SY_POWER,      /* ** */
    SY_INT_DIVIDE, /* double slash */
    SY_CUSTOM,     /* any other operator of the dialect */
    SY_OTHER,      /* a byte that means nothing */
};

/* The keyword that `word` is, any case; KW_NONE for other words. */
enum sql_keyword sql_keyword_find(const char *word, size_t length);

/* Its flags and spelling (upper case; signs: ""). */
unsigned sql_keyword_flags(enum sql_keyword keyword);
const char *sql_keyword_text(enum sql_keyword keyword);
#endif
