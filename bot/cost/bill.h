/* bill.h - the work of one run in the units a platform charges: DBU, bytes, credits, slots, DPU-hours; and the money.
 * Layer: cost. May use: base, plan, read, catalog. Rules of billing: reference of deploy/prices.json's sources. */
#ifndef BILL_H
#define BILL_H

#include "price.h"
#include "work.h"

enum platform {
    PLATFORM_DATABRICKS, /* SQL warehouse: DBU by size and second */
    PLATFORM_BIGQUERY,   /* bytes of the columns read, 10 MiB a table at least */
    PLATFORM_BIGQUERY_SLOTS,
    PLATFORM_ATHENA,    /* bytes read, up to the next MB, 10 MB at least */
    PLATFORM_SNOWFLAKE, /* credits by size and second, 60 s at least, and until it suspends */
    PLATFORM_GLUE,      /* DPU by second, 60 s at least */
};
#define PLATFORM_COUNT (PLATFORM_GLUE + 1)

/* "databricks", "bigquery", "bigquery-slots", ... */
const char *platform_name(enum platform platform);
bool platform_parse(const char *name, enum platform *out);

/* What it runs on. All may be empty: a Small serverless warehouse, 10 G.1X workers, 100 slots, an Enterprise account. */
struct bill_target {
    enum platform platform;
    const char *size; /* warehouse; Glue worker type */
    const char *type; /* Databricks: "serverless" | "pro"; Snowflake: edition; Glue: "flex" */
    int units;        /* Glue workers, BigQuery slots */
    struct price_place place;
    double stop_minutes;        /* from its last query until a warehouse stops, when that is to be paid too; 0: not said, only its price is told */
    double gap_seconds;         /* from one run to the next: no more than that idles; 0: not known */
    double factor;              /* seconds measured over seconds estimated on this compute; 0: not known, 1 is taken */
    double spread;              /* of that factor's runs; 0: not known, the work's own is taken */
    double cores;               /* that the factor is of; 0: those of the size */
    double past_low, past_high; /* seconds of past runs of the same plan; 0: there are none */
    const char *basis;          /* what of past runs that rests on, in words; NULL nothing */
};

/* Seconds, units and money of one run, each from low to high. */
struct bill {
    bool known;
    double seconds_low, seconds_high; /* of the compute's time; 0 where bytes are billed */
    double units_low, units_high;
    const char *unit; /* "DBU", "bytes billed", "credits", "slot-hours", "DPU-hours" */
    struct cost cost; /* period "run" */
};

/* A work of unknown size gives an unknown bill that names the tables. */
struct bill bill_of(struct arena *arena, const struct price_list *prices, const struct work *work, const struct bill_target *target);

/* Seconds of `cores` cores together for a work of known size, before any factor: remote reading and exchanges included. */
double bill_seconds(const struct work *work, double cores);
/* How far that may be off either way, as a factor, on an engine nobody has measured. */
double bill_spread(const struct work *work);

#endif
