/* trace.h - where a column of a plan comes from.
 * Layer: check. May use: plan. */
#ifndef TRACE_H
#define TRACE_H

#include "plan.h"

/* The column of a table that `column` is as it is, or only trimmed, cast, or in another case; NULL when it is computed or not known. Of a set
 * operation the first side is followed. It lives as long as the plan. */
const struct plan_column *trace_source(const struct plan *plan, int column);

#endif
