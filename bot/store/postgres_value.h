/* postgres_value.h - values as PostgreSQL's wire has them, both ways in binary.
 * Layer: store, for postgres.c only. May use: base, libpq.
 * Source: https://www.postgresql.org/docs/15/protocol-overview.html#PROTOCOL-FORMAT-CODES and the types' *_send functions. */
#ifndef POSTGRES_VALUE_H
#define POSTGRES_VALUE_H

#include "store.h"

#include <libpq-fe.h>

#define PG_PARAMETERS_MAX 64

/* Parameters of one statement, in the shape libpq takes; points into the values bound and into the arena given. */
struct pg_parameters {
    int count;
    Oid types[PG_PARAMETERS_MAX];
    const char *values[PG_PARAMETERS_MAX];
    int lengths[PG_PARAMETERS_MAX];
    int formats[PG_PARAMETERS_MAX];
    char numbers[PG_PARAMETERS_MAX][8];
};

/* Integers go as bigint, reals as double precision, text as text, bytes as bytea; a NULL's type is left to the server. Text that is not UTF-8, which
 * PostgreSQL refuses, has the bytes in question replaced. ERR_INPUT when a value is larger than the wire carries. */
const struct err *pg_parameters_fill(struct arena *arena, struct vals vals, struct pg_parameters *out) MUST_CHECK;

/* One field of a binary result; lives as long as the result. A boolean comes out as 0 or 1, numeric as an integer where it is one. */
struct val pg_field(const PGresult *result, int row, int column);

#endif
