/* layer.h - which layer of a lakehouse a dataset belongs to, and which domain, by settings and names. Unknown where they do not say.
 * Layer: check. May use: base. */
#ifndef LAYER_H
#define LAYER_H

#include "repo_settings.h"

enum layer { LAYER_UNKNOWN, LAYER_BRONZE, LAYER_SILVER, LAYER_GOLD };

/* `layers` of the settings first; then words of the catalog and schema (bronze_sales, raw, marts), then the first or last word of the table. */
enum layer layer_of(const struct repo_settings *settings, const char *dataset);
/* By the folders and file name of a path; unknown when they name two. */
enum layer layer_of_path(const char *path);
const char *layer_name(enum layer layer); /* "bronze" */

/* "finance" of finance_silver.x, silver_finance.x, finance.silver.x; NULL when the name does not say. */
const char *domain_of(struct arena *arena, const char *dataset);
#endif
