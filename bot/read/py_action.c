/* py_action.c - DataFrame methods that compute the frame, or keep and spread its rows: they change no rows, but rules want to know. */
#include "pyspark.h"

#include <stdlib.h>

/* Methods that compute a frame and give no frame. */
static const struct ending {
    const char *method;
    enum code_fact_kind kind;
    bool told;
} endings[] = {
    {"collect", FACT_COLLECT, true},      {"toLocalIterator", FACT_COLLECT, true},
    {"first", FACT_COLLECT, true},        {"head", FACT_COLLECT, true},
    {"take", FACT_COLLECT, true},         {"tail", FACT_COLLECT, true},
    {"toPandas", FACT_TO_PANDAS, true},   {"to_pandas", FACT_TO_PANDAS, true},
    {"count", FACT_COUNT, true},          {"isEmpty", FACT_COUNT, false},
    {"foreach", FACT_FOREACH, true},      {"foreachPartition", FACT_FOREACH, true},
    {"describe", FACT_COUNT, false},      {"summary", FACT_COUNT, false},
    {"toJSON", FACT_RDD, false},          {"approxQuantile", FACT_COUNT, false},
    {"printSchema", FACT_DISPLAY, false}, {"explain", FACT_DISPLAY, false},
};

static const struct ending *ending_of(struct str method) {
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (str_is(method, endings[i].method)) return &endings[i];
    }
    return NULL;
}

static bool keeps_rows(struct str method) {
    static const char *const names[] = {"cache",
                                        "persist",
                                        "unpersist",
                                        "checkpoint",
                                        "localCheckpoint",
                                        "repartition",
                                        "repartitionByRange",
                                        "coalesce",
                                        "hint",
                                        "sortWithinPartitions",
                                        "withWatermark"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(method, names[i])) return true;
    }
    return false;
}

static long amount_of(struct pv v, long otherwise) { return v.kind == PV_NUMBER ? strtol(v.s.p, NULL, 10) : otherwise; }

static struct pv end_of_chain(struct py_run *r, struct frame *f, const struct ending *end, const struct py_node *call) {
    bool shows_plan = end->kind == FACT_DISPLAY;
    struct pv a = py_arg_value(r, call, 0, "num");
    if (!shows_plan) frame_action(r, f);
    if (!end->told || f->guessed) return (struct pv){.kind = PV_UNKNOWN, .s = STR("")};
    struct code_fact *fact = fact_add(r, end->kind, f, call);
    fact->detail = end->method;
    if (end->kind == FACT_COUNT) fact->detail = r->checked == call ? "check" : NULL;
    if (end->kind == FACT_COLLECT || end->kind == FACT_TO_PANDAS) fact->amount = frame_bound(r, f);
    bool few = strcmp(end->method, "collect") != 0 && end->kind == FACT_COLLECT && strcmp(end->method, "toLocalIterator") != 0;
    if (few && fact->amount < 0) fact->amount = amount_of(a, 1);
    if (end->kind == FACT_TO_PANDAS) {
        /* What is made of it, and comes back by createDataFrame, still stems from here. */
        struct frame *local = frame_unknown(r, f, NULL, call, "what pandas makes of this DataFrame is not followed");
        local->guessed = true;
        return pv_frame(local);
    }
    return (struct pv){.kind = PV_UNKNOWN, .s = STR("")};
}

static const char *column_names(struct py_run *r, const struct py_node *call, size_t from) {
    struct buf b = buf_new(r->arena);
    for (size_t i = from; py_arg(call, i); i++) {
        struct column c;
        if (!column_of(r, py_eval(r, py_arg(call, i)), &c)) continue;
        if (c.expr->kind == EX_NAME) buf_printf(&b, "%s%.*s", b.n ? "," : "", STR_ARG(c.expr->name));
    }
    return b.n ? buf_str(&b) : NULL;
}

/* Same rows, kept or spread otherwise. */
static struct pv kept_rows(struct py_run *r, struct frame *f, struct str m, const struct py_node *call) {
    struct pv a = py_arg_value(r, call, 0, NULL);
    if (str_is(m, "cache") || str_is(m, "persist")) {
        fact_add(r, FACT_CACHE, f, call);
        f->cached = true;
    } else if (str_is(m, "unpersist")) {
        fact_add(r, FACT_UNPERSIST, f, call);
        for (struct frame *k = f; k; k = k->cached ? NULL : k->parents[0]) k->unpersisted = true;
    } else if (str_ends(m, "heckpoint")) {
        fact_add(r, FACT_CHECKPOINT, f, call);
        f->cached = true;
    } else if (str_starts(m, "repartition") || str_is(m, "coalesce")) {
        struct code_fact *fact = fact_add(r, m.p[0] == 'c' ? FACT_COALESCE : FACT_REPARTITION, f, call);
        fact->amount = amount_of(a, -1);
        fact->aggregated |= frame_bound(r, f) >= 0;
        if (m.p[0] == 'r') fact->detail = column_names(r, call, a.kind == PV_NUMBER);
    } else if (str_is(m, "hint") && str_iis(pv_str(a), "broadcast")) {
        fact_add(r, FACT_BROADCAST, f, call);
    }
    return pv_frame(f);
}

bool action_call(struct py_run *r, struct frame *f, struct str m, const struct py_node *call, struct pv *out) {
    const struct ending *end = ending_of(m);
    bool keeps = keeps_rows(m);
    if (end) *out = end_of_chain(r, f, end, call);
    if (keeps) *out = kept_rows(r, f, m, call);
    return end || keeps;
}
