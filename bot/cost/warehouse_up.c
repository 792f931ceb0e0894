/* warehouse_up.c - starts of scheduled queries, merged to the time a warehouse is up. */
#include "warehouse_up.h"

#include <math.h>
#include <stdlib.h>

#define DAYS           30
#define DAY            86400
#define MONTH_HOURS    730.0
#define STOP_DEFAULT   45.0
#define STOP_NO_SERVER 10.0 /* serverless ones start in seconds, and stop early */

struct start {
    int64_t at;
    double seconds;
};

static int start_order(const void *left, const void *right) {
    const struct start *a = left, *b = right;
    return a->at < b->at ? -1 : a->at > b->at;
}

struct starts {
    struct start *at;
    size_t n;
};

/* Of one query, up to `most`; the time until which they reach. */
static int64_t starts_add(struct arena *arena, struct starts *list, const struct warehouse_use *use, int64_t now, size_t most) {
    const char *why;
    const struct schedule *s = use->schedule;
    struct cron *cron = s->cron && !s->paused ? cron_parse(arena, s->cron, &why) : NULL;
    int64_t until = now + (int64_t)DAYS * DAY, *at = arena_array(arena, most + 1, sizeof *at);
    size_t n = cron ? cron_list(cron, s->timezone, now, until, at, most) : 0;
    double every = s->cron || s->paused ? 0 : s->every_seconds;
    for (double t = (double)now + every; every >= 1 && t < (double)until && n < most; t += every) at[n++] = (int64_t)t;
    for (size_t i = 0; i < n; i++) list->at[list->n++] = (struct start){at[i], use->seconds};
    return n < most ? until : n ? at[n - 1] : now;
}

double warehouse_hours(struct arena *arena, const struct warehouse_use *uses, size_t count, double stop_seconds, int64_t now, double *busy) {
    struct starts list = {arena_array(arena, WAREHOUSE_STARTS + 1, sizeof *list.at), 0};
    int64_t until = now + (int64_t)DAYS * DAY;
    double up = 0, work = 0, end = 0;
    size_t each = count ? WAREHOUSE_STARTS / count : 0;
    for (size_t i = 0; i < count; i++) {
        int64_t reached = starts_add(arena, &list, &uses[i], now, each);
        if (reached < until) until = reached;
    }
    qsort(list.at, list.n, sizeof *list.at, start_order);
    for (size_t i = 0; i < list.n && list.at[i].at < until; i++) {
        double from = fmax(end, (double)list.at[i].at), to = (double)list.at[i].at + list.at[i].seconds + stop_seconds;
        if (to > from) up += to - from;
        end = fmax(end, to);
        work += list.at[i].seconds;
    }
    double scale = until > now ? MONTH_HOURS / (double)(until - now) : 0;
    if (busy) *busy = fmin(MONTH_HOURS, work * scale);
    return fmin(MONTH_HOURS, up * scale);
}

double warehouse_stop_minutes(const struct compute *warehouse) {
    if (warehouse->autotermination_minutes >= 0) return warehouse->autotermination_minutes;
    return warehouse->serverless ? STOP_NO_SERVER : STOP_DEFAULT;
}
