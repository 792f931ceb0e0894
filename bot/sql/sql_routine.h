/* sql_routine.h - calls of functions that a script makes for itself, such as CREATE TEMP FUNCTION.
 * Layer: sql. May use: base. */
#ifndef SQL_ROUTINE_H
#define SQL_ROUTINE_H

#include "arena.h"
#include "sql_ast.h"

/* Gives every call of a function that an earlier statement of the script creates that statement's text (sql_call.routine). */
void sql_routines_mark(struct arena *arena, const struct sql_script *script);
#endif
