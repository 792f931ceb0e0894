/* definition.c - the words for kinds. */
#include "definition.h"

const char *artefact_name(enum artefact artefact) {
    static const char *const names[] = {"sql", "dbt_model", "notebook", "python", "job", "bundle", "dashboard", "settings"};
    return names[artefact];
}

const char *definition_kind_name(enum definition_kind kind) {
    static const char *const names[] = {"table", "incremental", "view", "materialized_view", "streaming_table", "ephemeral", "temp", "query"};
    return names[kind];
}

bool definition_kind_stored(enum definition_kind kind) {
    return kind == DEF_TABLE || kind == DEF_INCREMENTAL || kind == DEF_MATERIALIZED || kind == DEF_STREAMING;
}

const char *code_fact_name(enum code_fact_kind kind) {
    static const char *const names[] = {"collect",    "to_pandas",     "count",        "display",         "foreach",      "rdd",
                                        "cache",      "unpersist",     "checkpoint",   "repartition",     "coalesce",     "broadcast",
                                        "cross_join", "udf",           "udf_call",     "apply_pandas",    "infer_schema", "stream_write",
                                        "write",      "write_in_loop", "read_in_loop", "frame_used_twice"};
    return names[kind];
}
