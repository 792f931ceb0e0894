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
    {2, "CREATE TABLE billed (\n"
        "  record_key TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, owner TEXT NOT NULL, name TEXT, run_key TEXT, sku TEXT NOT NULL,\n"
        "  cloud TEXT NOT NULL, day BIGINT NOT NULL, started_at BIGINT NOT NULL, ended_at BIGINT NOT NULL, quantity DOUBLE PRECISION NOT NULL,\n"
        "  imported_at BIGINT NOT NULL);\n"
        "CREATE INDEX billed_owner ON billed (kind, owner);\n"
        "CREATE INDEX billed_name ON billed (name) WHERE name IS NOT NULL;\n"
        "CREATE INDEX billed_run ON billed (run_key) WHERE run_key IS NOT NULL;\n"
        "ALTER TABLE run ADD COLUMN job_id TEXT;\n"
        "ALTER TABLE run ADD COLUMN family TEXT;\n"
        "ALTER TABLE run ADD COLUMN shape TEXT;\n"
        "CREATE INDEX run_job_id ON run (job_id) WHERE job_id IS NOT NULL;\n"
        "CREATE INDEX run_family ON run (family) WHERE family IS NOT NULL;\n"
        "CREATE INDEX run_shape ON run (shape) WHERE shape IS NOT NULL;\n"},
    {0, NULL},
};
