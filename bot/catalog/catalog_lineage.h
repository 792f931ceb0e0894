/* catalog_lineage.h - where a dataset comes from and what hangs on it, over files, repositories and languages.
 * Layer: catalog. May use: base, store, plan, read. */
#ifndef CATALOG_LINEAGE_H
#define CATALOG_LINEAGE_H

#include "catalog.h"
#include "column_origin.h"

#define LINEAGE_NODES_MAX 1000 /* in one direction */
#define LINEAGE_DEPTH_MAX 50

/* One dataset, or one query, dashboard or exposure that fills none, on the way up or down. */
struct lineage_node {
    const char *name;
    int depth; /* 1: read by, or reads, the dataset itself */
    const struct entry
        *entry;     /* that fills it, or reads; the first when there are several. NULL: nothing here fills it, where it comes from is not known */
    size_t entries; /* how many do */
};

struct lineage {
    struct lineage_node *up, *down; /* by depth, then name */
    size_t up_count, down_count;
    bool up_more, down_more; /* a limit was met */
    bool cycle;              /* it is made, by whatever detours, of itself */
    /* By output of the definition that fills it; none when no plan of it is known. */
    struct column_origins *columns;
    size_t column_count;
};

/* Lineage of the dataset with that full or suffix name. Never fails for a name that is not there: then all is empty. */
const struct err *catalog_lineage(struct arena *arena, struct catalog *catalog, const char *name, struct lineage **out) MUST_CHECK;

#endif
