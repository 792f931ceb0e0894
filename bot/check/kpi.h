/* kpi.h - numbers that queries give a name: one select item that aggregates over one table.
 * Layer: check. May use: base, sql, plan, read, catalog. */
#ifndef KPI_H
#define KPI_H

#include "check.h"
#include "sql_ast.h"

/* One select item that is an aggregate with a name, over one table. */
struct kpi {
    const char *name;
    const char *dataset;
    const char *expression, *from, *where; /* as SQL; where NULL: none */
    const char *period;                    /* "month": its groups are spans of time; NULL: they are not, or it is not known */
    const char *clock;                     /* the column that is cut into spans */
    int line;
};

struct kpis {
    struct kpi *at;
    size_t n, cap;
};

/* All of a query and its sub-queries, at most 300. */
struct kpis kpis_of(struct arena *arena, const struct sql_query *query, enum dialect dialect);

/* The number alone as a query; `filter` (may be NULL) is applied as well. */
const char *kpi_sql(struct arena *arena, const struct kpi *kpi, const char *filter);

/* The fingerprint of the normal form of a query over `dataset`: equal ones are equal formulas, however they are spelled. kpi_is_unknown when it
 * proves nothing. */
const struct err *kpi_identity(struct arena *arena, const struct check_input *in, const char *sql, const char *dataset, enum dialect dialect,
                               struct hash128 *out) MUST_CHECK;
bool kpi_is_unknown(struct hash128 hash);

/* No database is found on which two queries of one number each give another one over some rows: they are spelled differently, and no more can be
 * said. */
const struct err *kpi_gives_same(struct arena *arena, const struct check_input *in, const char *dataset, const char *left, enum dialect left_dialect,
                                 const char *right, enum dialect right_dialect, bool *out) MUST_CHECK;
#endif
