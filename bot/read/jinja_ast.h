/* jinja_ast.h - the tree between the reader and the evaluator of templates.
 * Layer: read. May use: jinja. */
#ifndef JINJA_AST_H
#define JINJA_AST_H

#include "jinja.h"

enum jx_kind {
    JX_CONST,
    JX_NAME,
    JX_ATTR,   /* args[0].text */
    JX_ITEM,   /* args[0][args[1]] */
    JX_SLICE,  /* args[0][args[1]:args[2]], each may be NULL */
    JX_CALL,   /* args[0](args[1..]) */
    JX_FILTER, /* args[0] | text(args[1..]) */
    JX_TEST,   /* args[0] is text(args[1..]) */
    JX_NOT,
    JX_NEG,
    JX_BINARY, /* text: + - * / // % ** ~ */
    JX_AND,
    JX_OR,
    JX_COMPARE, /* text: == != < > <= >= in "not in" */
    JX_TERNARY, /* args: value, condition, otherwise or NULL */
    JX_LIST,
    JX_DICT, /* key, value, ... */
};

struct jx {
    enum jx_kind kind;
    int line;
    struct str text;
    struct str source; /* as written, for people and labels */
    struct jv value;
    struct jx **args;
    struct str *names; /* of args[i]: keyword, or empty; NULL when there are none */
    size_t count;
};

enum jn_kind {
    JN_TEXT,
    JN_PRINT,
    JN_IF,
    JN_FOR,
    JN_SET,
    JN_SET_BLOCK,
    JN_MACRO,
    JN_CALL, /* {% call(args) macro() %} */
    JN_DO,
    JN_FILTER, /* {% filter upper %}: expr is a filter over an empty text */
    JN_BREAK,
    JN_CONTINUE,
    JN_BLOCK, /* snapshot, materialization, test, docs, ...: text: kind, names[0]: name */
};

struct jn {
    enum jn_kind kind;
    int line;
    struct str text;
    struct jx *expr;
    struct jx *condition; /* for ... if */
    struct str *names;    /* targets of for and set, parameters of macros and calls */
    struct jx **defaults; /* of parameters, NULL where none */
    size_t name_count;
    struct jx *target; /* set ns.x = ... : the attribute */
    struct jn *body, *otherwise, *next;
};

struct jinja_template {
    const char *path;
    struct jn *body;
    const char *error;
    int error_line;
};

#endif
