/* sql_parser.h - inside the parser: its state, and what its files share. Not for others: see sql_parse.h.
 * Layer: sql. May use: base.
 * A syntax error leaves by longjmp to the statement that is being read (parse_fail), so the grammar's functions never return failure. */
#ifndef SQL_PARSER_H
#define SQL_PARSER_H

#include "err.h"
#include "sql_ast.h"
#include "sql_lex.h"
#include "sql_parse.h"

#include <setjmp.h>

struct parser {
    struct arena *arena;
    struct str text;
    enum dialect dialect;
    const struct dialect_traits *traits;
    struct token_list *tokens;
    struct token *t; /* the token to be read next */
    const struct sql_origin *origin;
    char *block; /* zeroed bytes for nodes */
    size_t block_left, block_size;
    char *scratch; /* a stack of list items under construction */
    size_t scratch_n, scratch_cap;
    uint32_t nest;
    uint32_t in_call;     /* arguments are being read: x -> y is a lambda there */
    bool is_lambda_call;  /* duckdb: the innermost call takes lambdas */
    bool in_changes;      /* the source of APPLY CHANGES is being read: KEYS and its other clauses are no alias */
    struct map *routines; /* functions that earlier statements of the script make: lower-case name -> text of CREATE FUNCTION; NULL: none yet */
    uint32_t block_depth; /* inside BEGIN .. END: END ends */
    jmp_buf *fail;
    const char *message;
    const struct token *where;
    VEC(struct sql_error) errors;
};

#define MANY_MAX 200000u /* items of one list */

/* ---- parse_core.c */
_Noreturn void parse_fail(struct parser *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
_Noreturn void parse_expected(struct parser *p, const char *what); /* "expected WHAT, found 'x'" */
void *parse_alloc(struct parser *p, size_t size);
#define parse_new(p, type) ((type *)parse_alloc((p), sizeof(type)))
void parse_nest(struct parser *p);                                           /* one level deeper, or fails; the caller does p->nest-- when done */
struct range parse_range(const struct parser *p, const struct token *first); /* from `first` to the last token read */
struct range parse_token_range(const struct parser *p, const struct token *first, const struct token *last);
struct str parse_verbatim(const struct parser *p, const struct token *first); /* the text from `first` to the last token read; empty when none */
struct str parse_word(const struct parser *p, const struct token *t);         /* a token's own bytes */
struct str parse_string(struct parser *p);                                    /* the value of the TOKEN_STRING read here */

static inline bool parse_at(const struct parser *p, enum sql_keyword keyword) { return p->t->keyword == keyword; }
static inline bool parse_next_is(const struct parser *p, uint32_t ahead, enum sql_keyword keyword) { return p->t[ahead].keyword == keyword; }
static inline bool parse_take(struct parser *p, enum sql_keyword keyword) {
    if (p->t->keyword != keyword) return false;
    p->t++;
    return true;
}
bool parse_take2(struct parser *p, enum sql_keyword first, enum sql_keyword second);
bool parse_take3(struct parser *p, enum sql_keyword first, enum sql_keyword second, enum sql_keyword third);
void parse_must(struct parser *p, enum sql_keyword keyword);
bool parse_word_is(const struct parser *p, uint32_t ahead, const char *word); /* a word that is no keyword of ours */
bool parse_take_word(struct parser *p, const char *word);
void parse_skip(struct parser *p);          /* any token but the end */
void parse_skip_brackets(struct parser *p); /* at "(": to after its ")" */

/* Lists: mark = list_start(p); list_push(p, &item, sizeof item) ...; array = list_take(p, mark, sizeof item, &count). */
static inline size_t list_start(const struct parser *p) { return p->scratch_n; }
void list_push(struct parser *p, const void *item, size_t size);
void *list_take(struct parser *p, size_t mark, size_t size, uint32_t *count);

/* ---- parse_name.c */
bool parse_can_be_name(const struct parser *p, const struct token *t);           /* may stand where a name stands */
struct sql_ident parse_ident(struct parser *p);                                  /* a name of one part, any word that is not reserved */
struct sql_ident parse_any_ident(struct parser *p);                              /* the same, after AS or a dot: reserved words too */
struct sql_name *parse_name(struct parser *p);                                   /* a.b.c */
struct sql_name *parse_table_name(struct parser *p);                             /* a.b.c, my-project.x, `a.b`, fmt.`path`, IDENTIFIER(..) */
struct sql_ident *parse_ident_list(struct parser *p, uint32_t *count);           /* ( a, b ) with its brackets */
bool parse_alias(struct parser *p, struct sql_ident *out, unsigned unless_flag); /* [AS] name; bare words with that keyword flag are none */
struct sql_type *parse_type(struct parser *p);
struct sql_column *parse_fields(struct parser *p, enum sql_keyword close,
                                uint32_t *count); /* a: INT, b STRING up to the closing sign, which is taken */

/* ---- parse_expr.c */
struct sql_expr *parse_expr(struct parser *p);
struct sql_expr *parse_expr_above(struct parser *p, int least); /* operators that bind at least so */
#define BIND_ABOVE_AND     25                                   /* stops at AND and OR */
#define BIND_ADD           80
#define BIND_ABOVE_COLLATE 111
struct sql_expr **parse_expr_list(struct parser *p, uint32_t *count); /* one or more, by commas */
struct sql_expr *expr_new(struct parser *p, enum sql_expr_kind kind, enum sql_op op, const struct token *first);
void expr_args(struct parser *p, struct sql_expr *e, struct sql_expr *const *args, uint32_t count); /* copies, and sets the depth */
void expr_deepen(struct parser *p, struct sql_expr *e, uint32_t depth);                             /* at least depth + 1 */
void expr_end(struct parser *p, struct sql_expr *e, const struct token *first);

/* ---- parse_literal.c */
struct sql_expr *parse_leaf(struct parser *p, enum sql_expr_kind kind, enum sql_op op); /* one token, its bytes as the name */
struct sql_expr *parse_string_literal(struct parser *p);
bool parse_interval_starts(const struct parser *p); /* at INTERVAL, which may be a name */
struct sql_expr *parse_interval(struct parser *p);
bool parse_is_typed_literal(const struct parser *p); /* DATE '..', JSON '..' */
struct sql_expr *parse_typed_literal(struct parser *p);

/* ---- parse_primary.c, parse_call.c */
struct sql_expr *parse_primary(struct parser *p); /* with what follows it: .a [1] ::t */
struct sql_expr *parse_postfix(struct parser *p, struct sql_expr *e, const struct token *first);
struct sql_expr *parse_star(struct parser *p, struct sql_name *of, const struct token *first);   /* at "*" */
struct sql_expr *parse_call(struct parser *p, struct sql_name *name, const struct token *first); /* at "(" */
struct sql_expr *parse_call_named(struct parser *p, struct str name, const struct token *first);
struct sql_expr *parse_call_after(struct parser *p, struct str name, const struct token *first,
                                  struct sql_expr *given);        /* after "(" and its first argument */
bool parse_special_call(struct parser *p, struct sql_expr **out); /* CAST, EXTRACT ...: forms with words inside */
void parse_window_body(struct parser *p, struct sql_window *w);   /* after "(" up to and with ")" */
struct sql_order *parse_order_list(struct parser *p, uint32_t *count);

/* ---- parse_routine.c */
void parse_routine_note(struct parser *p, const struct sql_statement *s); /* `s` may make a function */
void parse_routine_call(struct parser *p, struct sql_expr *call);         /* gives a call of one its text (sql_call.routine) */

/* ---- parse_query.c, parse_from.c, parse_pipe.c */
bool parse_query_starts(const struct parser *p, const struct token *t); /* SELECT, WITH, VALUES (..), FROM ..; not "(" */
struct sql_query *parse_query(struct parser *p);                        /* a whole query with its WITH, ORDER BY .. */
/* A query, or NULL and an expression in *expr: what stands after an opening bracket. */
struct sql_query *parse_query_or_expr(struct parser *p, struct sql_expr **expr);
struct sql_query *parse_query_rest(struct parser *p, struct sql_query *first_arm,
                                   const struct token *first); /* set operations, ORDER BY .. after it */
struct sql_query *parse_query_with(struct parser *p, struct sql_cte *ctes, uint32_t cte_count, bool recursive,
                                   const struct token *first);                                           /* after its WITH */
struct sql_query *parse_setop_only(struct parser *p, struct sql_query *left, const struct token *first); /* at a set operation: no clauses after it */
struct sql_cte *parse_with(struct parser *p, uint32_t *count, bool *recursive);                          /* at WITH */
struct sql_query *parse_all_of(struct parser *p, struct sql_name *name);                                 /* SELECT * FROM name */
struct sql_item *parse_items(struct parser *p, uint32_t *count);
struct sql_expr *parse_values_row(struct parser *p);
struct sql_group *parse_group(struct parser *p);
struct sql_window *parse_windows(struct parser *p, uint32_t *count); /* after WINDOW */
void parse_order_limit(struct parser *p, struct sql_query *q);       /* ORDER BY .. LIMIT .. and their kin */
struct sql_from *parse_from_list(struct parser *p);                  /* after FROM: joins and commas */
struct sql_from *parse_from_item(struct parser *p);                  /* one table with alias, sample, pivots */
struct sql_from *parse_joins(struct parser *p, struct sql_from *left, const struct token *first, bool many);
struct sql_from *parse_from_suffix(struct parser *p, struct sql_from *f, const struct token *first);
bool parse_join_starts(const struct parser *p);
/* ---- parse_pivot.c */
struct sql_from *from_new(struct parser *p, enum sql_from_kind kind);
struct sql_sample *parse_sample(struct parser *p);                                                /* after TABLESAMPLE */
struct sql_travel *parse_travel(struct parser *p, const struct sql_from *f);                      /* NULL: none stands here */
struct sql_from *parse_pivot(struct parser *p, struct sql_from *left, const struct token *first); /* at PIVOT, UNPIVOT */
void from_deepen(struct parser *p, struct sql_from *f);
struct sql_pipe *parse_pipes(struct parser *p, uint32_t *count); /* at |> */

/* ---- parse_statement.c and its kin */
struct sql_statement *parse_statement(struct parser *p);              /* never fails: what is not understood comes back as such */
struct sql_statement *parse_inner_statement(struct parser *p);        /* fails as expressions do */
void parse_create(struct parser *p, struct sql_statement *s);         /* at CREATE or REPLACE */
void parse_with_functions(struct parser *p, struct sql_statement *s); /* at WITH FUNCTION */
void parse_alter(struct parser *p, struct sql_statement *s);
bool parse_dml(struct parser *p, struct sql_statement *s);   /* false: it begins with no word of these */
bool parse_block(struct parser *p, struct sql_statement *s); /* the same */
struct sql_constraint parse_constraint(struct parser *p);
bool parse_constraint_starts(const struct parser *p);
void parse_statement_into(struct parser *p, struct sql_statement *s); /* fails as expressions do */
void parse_cdc(struct parser *p, struct sql_statement *s);            /* APPLY CHANGES INTO, AUTO CDC INTO */
struct sql_statement **parse_body(struct parser *p, uint32_t *count); /* statements up to END, ELSE, WHEN .. */
struct sql_statement *statement_new(struct parser *p, enum sql_statement_kind kind);
void parse_verb(struct parser *p, struct sql_statement *s, const struct token *first); /* the words from `first` to here, upper case */
void parse_words_refs(struct parser *p, struct sql_statement *s, struct str text);     /* refs in a text that is not read as SQL */
bool parse_ends_body(const struct parser *p);
struct sql_column *parse_column_defs(struct parser *p, uint32_t *count, struct sql_constraint **constraints, uint32_t *constraint_count); /* ( .. ) */
struct sql_property *parse_properties(struct parser *p, uint32_t *count); /* ( k = v, ... ) */
void parse_tail(struct parser *p, struct sql_statement *s);               /* the rest of the statement, verbatim, with its refs */
bool parse_at_end(const struct parser *p);                                /* at ";" or the end of the text, or GO on its line */
void parse_guess_refs(struct parser *p, struct sql_statement *s, const struct token *first, const struct token *end);
struct sql_item *parse_returning(struct parser *p, uint32_t *count);
struct sql_assignment *parse_assignments(struct parser *p, uint32_t *count);
#endif
