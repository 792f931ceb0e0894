/* pytree.h - Python source as a small tree of our own, read by tree-sitter: error-tolerant, bounded, nothing is executed.
 * Layer: python. May use: base, libtree-sitter. https://tree-sitter.github.io/tree-sitter/ */
#ifndef PYTREE_H
#define PYTREE_H

#include "arena.h"
#include "err.h"
#include "range.h"
#include "text.h"

#define PY_DEPTH_MAX 600 /* nesting beyond it becomes PY_OTHER without kids */

/* What a node is, its text, and what its kids are in order. A kid that is absent is NULL only where said. */
enum py_kind {
    PY_OTHER,    /* anything else; text: the source; kids: whatever named nodes are inside */
    PY_ERROR,    /* text that is no Python */
    PY_NAME,     /* text */
    PY_STRING,   /* text: the value, escapes taken away; adjacent strings are joined */
    PY_FSTRING,  /* kids: PY_STRING pieces and expressions, in order */
    PY_NUMBER,   /* text as written */
    PY_CONSTANT, /* text: True, False, None or ... */
    PY_LIST,
    PY_TUPLE,
    PY_SET,           /* kids: items */
    PY_DICT,          /* kids: key, value, key, value...; a ** item has a NULL key */
    PY_ATTRIBUTE,     /* text: name; kids: object */
    PY_SUBSCRIPT,     /* kids: object, index (a PY_TUPLE when several) */
    PY_SLICE,         /* kids: what is written, no telling apart */
    PY_CALL,          /* kids: function, arguments (PY_KWARG, PY_SPLAT among them) */
    PY_KWARG,         /* text: name, kids: value; in PY_FUNCTION: a parameter with its default */
    PY_SPLAT,         /* text: "*" or "**"; kids: value */
    PY_BINARY,        /* text: operator; kids: left, right. Arithmetic, bit, and/or, and comparisons of two */
    PY_COMPARE,       /* a < b < c: kids: operands; text: operators with blanks between */
    PY_UNARY,         /* text: "-", "+", "~", "not"; kids: operand */
    PY_TERNARY,       /* kids: value, condition, otherwise */
    PY_LAMBDA,        /* kids: PY_PARAMETERS, body */
    PY_COMPREHENSION, /* text: "[", "{", "("; kids: body (PY_PAIR for a dict), then PY_FOR_IN and PY_IF_IN */
    PY_PAIR,          /* kids: key, value */
    PY_FOR_IN,        /* kids: target, iterable */
    PY_IF_IN,         /* kids: condition */
    PY_PARAMETERS,    /* kids: PY_NAME, PY_KWARG, PY_SPLAT */
    PY_MODULE,
    PY_BLOCK,      /* kids: statements */
    PY_EXPRESSION, /* a statement; kids: value */
    PY_ASSIGN,     /* kids: target, value; a = b = 1 is target a, value PY_ASSIGN */
    PY_AUGMENT,    /* text: "+=" ...; kids: target, value */
    PY_RETURN,     /* kids: value, may be none */
    PY_FUNCTION,   /* text: name; kids: PY_PARAMETERS, PY_BLOCK, then decorators' expressions */
    PY_CLASS,      /* text: name; kids: PY_BLOCK, then bases, then decorators' expressions */
    PY_IF,         /* kids: condition, block, condition, block, ..., else block */
    PY_FOR,        /* kids: target, iterable, block, else block if any */
    PY_WHILE,      /* kids: condition, block, else block if any */
    PY_WITH,       /* kids: PY_PAIR (value, target or NULL)..., block last */
    PY_TRY,        /* kids: blocks: body, handlers, else, finally */
    PY_IMPORT, /* text: module ("" for `import a`, with the names in kids); kids: PY_PAIR-like PY_KWARG: text: alias, kids: PY_NAME of the dotted name
                */
};

/* A plain record: read any field. */
struct py_node {
    enum py_kind kind;
    bool broken; /* it, or something inside it, did not read as Python */
    struct str text;
    struct range range; /* in the bytes given to pytree_parse */
    struct py_node **kids;
    size_t count;
};

/* Reads `n` bytes of Python; `*out` is a PY_MODULE that borrows `bytes` and lives as long as `arena`. Text that is no Python becomes
 * PY_ERROR nodes. ERR_INPUT only when it took too long or is too big (10 MB). */
const struct err *pytree_parse(struct arena *arena, const char *bytes, size_t n, struct py_node **out) MUST_CHECK;

/* The first PY_ERROR below `node` in order of place, NULL when all of it is Python. */
const struct py_node *pytree_first_error(const struct py_node *node);

/* The keyword argument `name` of a PY_CALL, NULL when it has none. */
const struct py_node *py_kwarg(const struct py_node *call, const char *name);
/* The positional argument `i` (0-based) of a PY_CALL, NULL when it has none; stops at a splat. */
const struct py_node *py_arg(const struct py_node *call, size_t i);
/* How many positional arguments a PY_CALL has. */
size_t py_arg_count(const struct py_node *call);
/* "a.b.c" for names and attributes of names, NULL for other shapes. */
const char *py_dotted(struct arena *arena, const struct py_node *node);
/* Is it the constant `text` ("True", "None")? */
bool py_is_constant(const struct py_node *node, const char *text);

#endif
