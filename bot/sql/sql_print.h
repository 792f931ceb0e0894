/* sql_print.h - trees back into SQL text that parses to an equal tree.
 * Layer: sql. May use: base.
 * Key words in upper case, one clause per line, four blanks of indent, brackets only where precedence needs them, names quoted in the
 * dialect's manner where they were quoted or have to be. Stable: equal trees print the same bytes. */
#ifndef SQL_PRINT_H
#define SQL_PRINT_H

#include "sql_ast.h"

/* Each appends to `out`. */
void sql_print_expr(struct buf *out, const struct sql_expr *expr, enum dialect dialect);
void sql_print_name(struct buf *out, const struct sql_name *name, enum dialect dialect);
void sql_print_ident(struct buf *out, const struct sql_ident *ident, enum dialect dialect);
void sql_print_type(struct buf *out, const struct sql_type *type, enum dialect dialect);
void sql_print_from(struct buf *out, const struct sql_from *from, enum dialect dialect);
void sql_print_query(struct buf *out, const struct sql_query *query, enum dialect dialect);
/* Statements that are kept verbatim print their text. */
void sql_print_statement(struct buf *out, const struct sql_statement *statement, enum dialect dialect);
/* All statements, each ended by ";" and a newline. */
void sql_print_script(struct buf *out, const struct sql_script *script);

/* The same as one C string in the arena. */
const char *sql_expr_text(struct arena *arena, const struct sql_expr *expr, enum dialect dialect);
const char *sql_query_text(struct arena *arena, const struct sql_query *query, enum dialect dialect);
const char *sql_name_text(struct arena *arena, const struct sql_name *name); /* a.b.c, no quotes: for messages and look-ups */

/* A string as a literal of the dialect. */
void sql_print_string(struct buf *out, struct str value, enum dialect dialect);
#endif
