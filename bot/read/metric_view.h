/* metric_view.h - measures of Databricks metric views: a registry of numbers in SQL files.
 * Layer: read. May use: base, sql. https://docs.databricks.com/aws/en/metric-views/ */
#ifndef METRIC_VIEW_H
#define METRIC_VIEW_H

#include "session.h"

/* CREATE VIEW name WITH METRICS LANGUAGE YAML AS $$ source, filter, dimensions, measures $$: each measure becomes a metric of the source, a gap where
 * the YAML cannot be read. A measure over joins, windows or other measures is known by name, without a formula to compare. */
void metric_view_read(struct session *s, const struct sql_statement *statement);

#endif
