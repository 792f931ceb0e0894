/* spark_limits.h - from which size on something is large, for the rules on Spark.
 * Layer: check. May use: nothing. */
#ifndef SPARK_LIMITS_H
#define SPARK_LIMITS_H

#include <stdint.h>

#define GB         ((int64_t)1 << 30)
#define MB         ((int64_t)1 << 20)
#define DRIVER_MAX (10 * GB) /* of a source: a tenth of it is over spark.driver.maxResultSize (1 GB by default) */
#define SINGLE_MAX (1 * GB)  /* through one task, in one file */
#define JOIN_MAX   (8 * GB)  /* Spark refuses to broadcast more */
#define TWICE_MAX  (1 * GB)  /* read once more for a check, a round or a schema */
#define FILE_MIN   (8 * MB)  /* smaller files cost more to list and open than to read */
#define PARTS_MIN  32        /* fewer files than this are never too many */

#endif
