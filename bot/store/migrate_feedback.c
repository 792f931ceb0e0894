/* migrate_feedback.c - what people said of findings: one answer for each finding, so that one voice cannot be counted twice. */
#include "migrate.h"

const struct migration migrate_feedback[] = {
    {1, "CREATE TABLE feedback (\n"
        "  repo TEXT NOT NULL, finding_key TEXT NOT NULL, rule TEXT NOT NULL, useful BIGINT NOT NULL, source TEXT NOT NULL, made_by TEXT NOT NULL,\n"
        "  why TEXT, made_at BIGINT NOT NULL, PRIMARY KEY (repo, finding_key));\n"
        "CREATE INDEX feedback_rule ON feedback (rule);\n"},
    {0, NULL},
};
