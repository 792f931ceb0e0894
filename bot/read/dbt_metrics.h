/* dbt_metrics.h - semantic models and metrics of a dbt project.
 * Layer: read. May use: base, sql. https://docs.getdbt.com/docs/build/metrics-overview */
#ifndef DBT_METRICS_H
#define DBT_METRICS_H

#include "dbt.h"

void dbt_metrics_read(struct dbt_project *p, const struct yaml *file, const char *path);
/* Parses SELECT expression AS name FROM dataset WHERE filter; NULL when it is no SQL. */
const struct sql_query *metric_query(struct arena *arena, const struct metric *m, enum dialect dialect);

#endif
