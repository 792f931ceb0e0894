/* migrate_catalog.c - the catalog's tables, step by step. */
#include "migrate.h"

const struct migration migrate_catalog[] = {
    {0, NULL},
};
