/* metrics.c - an array of counters and one page. */
#include "metrics.h"

static atomic_llong counters[METRIC_COUNT];

static const struct {
    const char *name, *label, *help;
} rows[] = {
#define X(id, name, label, help) {name, label, help},
    METRICS(X)
#undef X
};

void metrics_add(enum metric metric, int64_t n) { atomic_fetch_add_explicit(&counters[metric], n, memory_order_relaxed); }
int64_t metrics_get(enum metric metric) { return atomic_load_explicit(&counters[metric], memory_order_relaxed); }

struct depth {
    struct buf *out;
    const char *name;
};

static const struct err *depth_add(void *ctx, const struct val *cols, size_t count) {
    struct depth *depth = ctx;
    buf_printf(depth->out, "%s{state=\"%.*s\"} %lld\n", depth->name, (int)cols[0].n, (const char *)cols[0].p, (long long)cols[1].i);
    return NULL;
}

/* Each state by itself, so that each is read from its small index. */
static const struct err *depths_add(struct store *store, struct buf *out) {
    struct depth depth = {out, "parley_queue_depth"};
    buf_text(out, "# HELP parley_queue_depth Deliveries that are not settled, and buried ones.\n# TYPE parley_queue_depth gauge\n");
    TRY(store_each(store, "SELECT 'received', COUNT(*) FROM delivery WHERE state = 'received'", VALS_NONE, depth_add, &depth));
    TRY(store_each(store, "SELECT 'waiting', COUNT(*) FROM delivery WHERE state IN ('waiting', 'retry')", VALS_NONE, depth_add, &depth));
    TRY(store_each(store, "SELECT 'leased', COUNT(*) FROM delivery WHERE state = 'leased'", VALS_NONE, depth_add, &depth));
    TRY(store_each(store, "SELECT 'buried', COUNT(*) FROM delivery WHERE state = 'buried'", VALS_NONE, depth_add, &depth));
    depth.name = "parley_outbox_depth";
    buf_text(out, "# HELP parley_outbox_depth Outside states not brought about yet, and buried ones.\n# TYPE parley_outbox_depth gauge\n");
    TRY(store_each(store, "SELECT 'pending', COUNT(*) FROM outbox WHERE state = 'pending'", VALS_NONE, depth_add, &depth));
    TRY(store_each(store, "SELECT 'sending', COUNT(*) FROM outbox WHERE state = 'sending'", VALS_NONE, depth_add, &depth));
    return store_each(store, "SELECT 'buried', COUNT(*) FROM outbox WHERE state = 'buried'", VALS_NONE, depth_add, &depth);
}

const struct err *metrics_page(struct store *store, struct buf *out) {
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        if (rows[i].help) buf_printf(out, "# HELP %s %s\n# TYPE %s counter\n", rows[i].name, rows[i].help, rows[i].name);
        const char *label = rows[i].label;
        buf_printf(out, "%s%s%s%s %lld\n", rows[i].name, label ? "{" : "", label ? label : "", label ? "}" : "",
                   (long long)metrics_get((enum metric)i));
    }
    return store ? depths_add(store, out) : NULL;
}
