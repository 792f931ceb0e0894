/* cost_jobs.h - what the jobs of a file cost a month: task graph x compute x time of a run x schedule. A part of `parley cost`.
 * Layer: commands. May use: everything below. */
#ifndef COST_JOBS_H
#define COST_JOBS_H

#include "catalog.h"
#include "price.h"

struct jobs_ask {
    const char *file; /* job or pipeline JSON, a bundle, Terraform, an Airflow DAG */
    const char *repo; /* the folder whose files the tasks run; NULL: the file's own */
    enum dialect dialect;
    struct catalog *const *catalogs; /* sizes and past runs */
    size_t catalog_count;
    const struct price_list *prices;
    struct price_place place; /* wins over the repository's settings where it is said */
    const char *size, *type;  /* of warehouses that say neither; NULL: the settings' */
    bool json;
};

/* Prints every job, pipeline, cluster, warehouse and pool that the file holds; `*known`: the cost of each could be said. ERR_INPUT when it has none.
 */
const struct err *cost_jobs(struct arena *arena, const struct jobs_ask *ask, bool *known) MUST_CHECK;

/* Is it a file of jobs rather than of queries? */
bool cost_is_jobs(struct arena *arena, const char *file, struct str bytes);

#endif
