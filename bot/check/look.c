/* look.c - one walk over a definition's plan, tree and hints, which offers each node to the rules that want it. */
#include "look.h"

#include "bind.h"
#include "map.h"
#include "sql_walk.h"

#define RULES_MAX 200

#define LOOKS(name) name##_looks,
static const struct look_rule *const tables[] = {
#include "looks.def"
};
#undef LOOKS

/* The rules in force, by what they want. */
struct wishes {
    const struct look_rule *at[RULES_MAX];
    size_t n;
};

struct walk {
    struct look look;
    struct wishes subject, rel, scalar, query, from, expr, fact, job, change;
    bool all; /* the plan changed, not only when or where it runs */
};

static void wish(struct wishes *w, const struct look_rule *rule, bool wanted) {
    if (wanted && w->n < RULES_MAX) w->at[w->n++] = rule;
}

static void wishes_collect(struct walk *w) {
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        for (const struct look_rule *r = tables[t]; r->rule < RULE_COUNT; r++) {
            if (w->look.in->settings->levels[r->rule] == SEV_OFF) continue;
            wish(&w->subject, r, r->subject);
            wish(&w->rel, r, r->rel);
            wish(&w->scalar, r, r->scalar);
            wish(&w->query, r, r->query);
            wish(&w->from, r, r->from);
            wish(&w->expr, r, r->expr);
            wish(&w->fact, r, r->fact);
            wish(&w->job, r, r->job);
            wish(&w->change, r, r->change);
        }
    }
}

#define OFFER(w, wish, node)                                                                                                                         \
    for (size_t offer_i = 0; offer_i < (w)->wish.n; offer_i++) {                                                                                     \
        if ((w)->all || (w)->wish.at[offer_i]->touched) (w)->wish.at[offer_i]->wish(&(w)->look, node);                                               \
    }

/* ---- the plan ---- */

static void rel_walk(struct walk *w, const struct rel *rel);

static void scalar_walk(struct walk *w, const struct scalar *e) {
    if (!e) return;
    OFFER(w, scalar, e);
    for (size_t i = 0; i < e->n; i++) scalar_walk(w, e->args[i]);
    scalar_walk(w, e->filter);
    for (size_t i = 0; i < e->n_order; i++) scalar_walk(w, e->order[i].expr);
    const struct window_spec *over = e->window;
    for (size_t i = 0; over && i < over->n_partition; i++) scalar_walk(w, over->partition[i]);
    for (size_t i = 0; over && i < over->n_order; i++) scalar_walk(w, over->order[i].expr);
    if (e->rel) rel_walk(w, e->rel);
}

static void scalars_walk(struct walk *w, const struct rel *rel) {
    scalar_walk(w, rel->condition);
    for (size_t i = 0; i < rel->n_keys && rel->keys; i++) scalar_walk(w, rel->keys[i].expr);
    for (size_t i = 0; i < rel->n_defs; i++) scalar_walk(w, rel->defs[i].expr);
    for (size_t i = 0; i < rel->n_order && rel->order; i++) scalar_walk(w, rel->order[i].expr);
    scalar_walk(w, rel->limit);
    scalar_walk(w, rel->offset);
    scalar_walk(w, rel->call);
}

static void rel_walk(struct walk *w, const struct rel *rel) {
    if (!rel || w->look.depth == LOOK_DEPTH_MAX) return;
    OFFER(w, rel, rel);
    w->look.above[w->look.depth++] = rel;
    scalars_walk(w, rel);
    rel_walk(w, rel->left);
    rel_walk(w, rel->right);
    for (size_t i = 0; i < rel->n_inputs; i++) rel_walk(w, rel->inputs[i]);
    w->look.depth--;
}

/* ---- the tree ---- */

static bool query_offer(void *ctx, struct sql_query *query) {
    struct walk *w = ctx;
    OFFER(w, query, query);
    return true;
}

static bool from_offer(void *ctx, struct sql_from *from) {
    struct walk *w = ctx;
    OFFER(w, from, from);
    return true;
}

static bool expr_offer(void *ctx, struct sql_expr *expr) {
    struct walk *w = ctx;
    OFFER(w, expr, expr);
    return true;
}

/* ---- definitions ---- */

/* Views of the query as tables: what is wrong inside a view is said where the view is made. */
static const struct plan *own_plan(struct arena *arena, const struct entry *e) {
    if (!e->unfolded || !e->query || !e->plan) return e->plan;
    return plan_bind(arena, e->query, e->plan->schema, e->dialect);
}

static const struct err *facts_walk(struct walk *w) {
    const struct definition *d = w->look.subject->definition;
    for (size_t i = 0; i < d->code_count; i++) OFFER(w, fact, &d->code[i]);
    w->look.subject = NULL;
    return NULL;
}

/* What its query says, without the code around it. */
static const struct err *query_walk(struct walk *w, struct subject *s) {
    struct look *look = &w->look;
    look->subject = s;
    look->query = s->entry.query;
    look->plan = own_plan(look->arena, &s->entry);
    look->depth = 0;
    w->all = s->changed;
    if (s->entry.kind == DEF_TEMP) return NULL; /* it stands in those that read it */
    for (size_t i = 0; i < w->subject.n; i++) {
        if (w->all || w->subject.at[i]->touched) TRY(w->subject.at[i]->subject(look));
    }
    if (look->plan && look->plan->root) rel_walk(w, look->plan->root);
    if (look->query) {
        struct sql_visitor visitor = {
            .ctx = w, .query = w->query.n ? query_offer : NULL, .from = w->from.n ? from_offer : NULL, .expr = w->expr.n ? expr_offer : NULL};
        sql_walk_query(&visitor, (struct sql_query *)(uintptr_t)look->query);
    }
    return look->failed;
}

/* Takes out what is said word for word of the definition as it was: the change has not brought it in. */
static void known_drop(struct findings *out, size_t from, const struct findings *was) {
    size_t kept = from;
    for (size_t i = from; i < out->n; i++) {
        bool known = false;
        for (size_t k = 0; k < was->n && !known; k++) known = was->at[k]->rule == out->at[i]->rule && strcmp(was->at[k]->text, out->at[i]->text) == 0;
        if (!known) out->at[kept++] = out->at[i];
    }
    out->n = kept;
}

static const struct err *subject_walk(struct walk *w, struct subject *s) {
    struct findings was = {0}, *out = w->look.out;
    size_t from = out->n;
    if (s->before) {
        struct subject *old = arena_new(w->look.arena, struct subject);
        *old = *s->before;
        old->changed = s->changed;
        w->look.out = &was;
        TRY(query_walk(w, old));
        w->look.out = out;
    }
    TRY(query_walk(w, s));
    known_drop(out, from, &was);
    return facts_walk(w);
}

/* ---- jobs ---- */

static bool text_same(const char *a, const char *b) { return strcmp(a ? a : "", b ? b : "") == 0; }

bool look_compute_same(const struct compute *a, const struct compute *b) {
    bool machines = a->kind == b->kind && text_same(a->node_type, b->node_type) && text_same(a->driver_node_type, b->driver_node_type) &&
                    a->workers_min == b->workers_min && a->workers_max == b->workers_max && text_same(a->pool, b->pool);
    bool bought =
        a->spot == b->spot && a->first_on_demand == b->first_on_demand && a->serverless == b->serverless && a->performance == b->performance;
    return machines && bought && text_same(a->key, b->key) && text_same(a->spark_version, b->spark_version) && text_same(a->size, b->size) &&
           a->autotermination_minutes == b->autotermination_minutes && a->photon == b->photon && text_same(a->edition, b->edition);
}

static bool job_same(const struct job *a, const struct job *b) {
    const struct schedule *s = &a->schedule, *t = &b->schedule;
    bool same = text_same(a->name, b->name) && text_same(a->owner, b->owner) && text_same(s->cron, t->cron) && text_same(s->timezone, t->timezone) &&
                s->every_seconds == t->every_seconds && s->continuous == t->continuous && s->paused == t->paused && a->task_count == b->task_count &&
                a->max_concurrent_runs == b->max_concurrent_runs && a->queue == b->queue;
    for (size_t i = 0; same && i < a->task_count; i++) {
        const struct task *x = &a->tasks[i], *y = &b->tasks[i];
        same = text_same(x->key, y->key) && text_same(x->what, y->what) && text_same(x->sql, y->sql) && look_compute_same(&x->compute, &y->compute);
    }
    return same;
}

static bool is_new_job(const struct check_input *in, const struct job *job) {
    for (size_t i = 0; in->base && i < in->base->jobs.n; i++) {
        if (job_same(&in->base->jobs.at[i], job)) return false;
    }
    return true;
}

static const struct err *jobs_walk(struct walk *w) {
    const struct reading *head = w->look.in->head;
    for (size_t i = 0; w->job.n && head && i < head->jobs.n; i++) {
        if (!is_new_job(w->look.in, &head->jobs.at[i])) continue;
        for (size_t k = 0; k < w->job.n; k++) TRY(w->job.at[k]->job(&w->look, &head->jobs.at[i]));
    }
    return NULL;
}

/* ---- what is said ---- */

struct finding *look_finding(struct look *look, enum rule rule, const char *other, struct range where) {
    struct finding *f = check_finding(look->arena, look->in, rule, look->subject, other);
    bool own = look->subject->definition->query == look->query; /* else the tree was read from the catalog, and its lines are not the file's */
    if (where.line > 0 && own) f->where = where;
    return f;
}

static bool is_whole(const struct look *look, const struct finding *f) {
    return !look->subject || memcmp(&f->where, &look->subject->definition->range, sizeof f->where) == 0;
}

void look_say(struct look *look, struct finding *f) {
    for (size_t i = 0; i < look->out->n && !is_whole(look, f); i++) {
        const struct finding *g = look->out->at[i];
        bool same_place = g->rule == f->rule && g->path && f->path && strcmp(g->path, f->path) == 0 && g->where.line == f->where.line &&
                          g->where.column == f->where.column && g->cell == f->cell;
        if (same_place) return;
    }
    check_say(look->arena, look->in, look->out, f);
}

bool look_has_said(const struct look *look, enum rule rule) {
    const struct definition *d = look->subject->definition;
    for (size_t i = 0; i < look->out->n; i++) {
        const struct finding *f = look->out->at[i];
        bool inside = f->where.line >= d->range.line && f->where.line <= d->range.end_line;
        if (f->rule == rule && f->path && strcmp(f->path, d->path) == 0 && inside) return true;
    }
    return false;
}

static bool is_tangled(const struct rel *rel, bool outer) {
    return rel->kind == REL_FILTER || (rel->kind == REL_JOIN && (rel->join == RELJOIN_INNER || (outer && rel->join == RELJOIN_LEFT)));
}

bool look_is_top(const struct look *look, const struct rel *rel, bool outer) {
    return is_tangled(rel, outer) && !(look->depth > 0 && is_tangled(look->above[look->depth - 1], outer));
}

bool job_is_live(const struct job *job) {
    const struct schedule *s = &job->schedule;
    bool starts = s->cron || s->every_seconds > 0 || s->continuous || s->trigger;
    return strcmp(job->kind, "job") == 0 && job->development != SAID_YES && starts && !s->paused;
}

struct finding *look_job_finding(struct look *look, enum rule rule, const struct job *job, const char *other) {
    struct finding *f = arena_new(look->arena, struct finding);
    const char *name = job->name ? job->name : job->key ? job->key : job->path;
    *f = (struct finding){
        .rule = rule,
        .rule_id = rule_info(rule)->id,
        .severity = look->in->settings->levels[rule],
        .key = finding_key(look->arena, rule, arena_printf(look->arena, "job %s %s", job->path ? job->path : "", name), other ? other : ""),
        .path = job->path,
        .where = {.line = job->line, .column = 1, .end_line = job->line, .end_column = 1},
        .subject = arena_printf(look->arena, "the job %s", name),
        .twin = {.readers = -1}};
    return f;
}

const struct err *check_looks(struct arena *arena, const struct check_input *in, struct findings *out) {
    struct walk *w = arena_new(arena, struct walk);
    w->look = (struct look){.arena = arena, .in = in, .out = out, .upstreams = map_new(arena)};
    wishes_collect(w);
    for (size_t i = 0; i < in->subject_count; i++) {
        struct subject *s = &in->subjects[i];
        if (s->touched) TRY(subject_walk(w, s));
    }
    TRY(jobs_walk(w));
    for (size_t i = 0; i < w->change.n; i++) TRY(w->change.at[i]->change(&w->look));
    return NULL;
}
