/* migrate_runs.c - what ran, how long it took, and what was estimated of it, step by step. */
#include "migrate.h"

const struct migration migrate_runs[] = {
    {1, "CREATE TABLE run (\n"
        "  id {id}, source TEXT NOT NULL, run_key TEXT NOT NULL, compute TEXT NOT NULL, fingerprint TEXT, job TEXT, task TEXT, dataset TEXT,\n"
        "  started_at BIGINT NOT NULL, seconds DOUBLE PRECISION NOT NULL, read_bytes DOUBLE PRECISION, read_rows DOUBLE PRECISION, produced_rows "
        "DOUBLE PRECISION, units DOUBLE PRECISION,\n"
        "  estimated DOUBLE PRECISION, matched TEXT, imported_at BIGINT NOT NULL, UNIQUE (source, run_key));\n"
        "CREATE INDEX run_fingerprint ON run (fingerprint) WHERE fingerprint IS NOT NULL;\n"
        "CREATE INDEX run_compute ON run (compute) WHERE estimated IS NOT NULL;\n"
        "CREATE INDEX run_job ON run (job) WHERE job IS NOT NULL;\n"
        "CREATE TABLE estimate (\n"
        "  fingerprint TEXT NOT NULL PRIMARY KEY, seconds DOUBLE PRECISION NOT NULL, spread DOUBLE PRECISION NOT NULL, read_bytes DOUBLE PRECISION "
        "NOT NULL, name TEXT,\n"
        "  made_at BIGINT NOT NULL);\n"},
    {0, NULL},
};
