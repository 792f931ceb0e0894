/* job_link.c - what jobs know flows to what they run: schedules, owners and compute; what stands for itself flows to who names it.
 * Everything is found by hash: a file of 10 MB holds as many jobs as tasks. */
#include "jobs.h"

/* Things by the names that a text may call them: "pool" and "KEY" for "${resources.instance_pools.KEY.id}". */
static struct str named(struct arena *arena, const char *kind, struct str part) {
    return str_of(arena_printf(arena, "%s\n%.*s", kind, STR_ARG(part)));
}

/* The thing of that kind that a text names: "${resources.clusters.KEY.id}", "${databricks_cluster.KEY.id}", or the key itself. */
static void *named_get(struct arena *arena, const struct map *things, const char *kind, const char *written) {
    struct str rest = str_of(written ? written : ""), part;
    void *found = written && map_count(things) ? map_get(things, named(arena, kind, rest)) : NULL;
    while (!found && map_count(things) && str_split(&rest, '.', &part)) {
        if (part.n) found = map_get(things, named(arena, kind, part));
    }
    return found;
}

static void named_put(struct arena *arena, struct map *things, const char *kind, struct str part, void *thing) {
    void **slot = map_slot(things, named(arena, kind, part));
    if (!*slot) *slot = thing;
}

/* Clusters, pools and warehouses that stand for themselves. */
static struct map *standing_of(struct arena *arena, struct reading *out) {
    static const char *const kinds[] = {"cluster", "pool", "warehouse"};
    struct map *things = map_new(arena);
    for (size_t i = 0; i < out->jobs.n; i++) {
        struct job *job = &out->jobs.at[i];
        for (size_t k = 0; job->key && job->key[0] && k < sizeof kinds / sizeof *kinds; k++) {
            if (strcmp(job->kind, kinds[k]) == 0) named_put(arena, things, job->kind, str_of(job->key), &job->clusters[0]);
        }
    }
    return things;
}

struct links {
    struct arena *arena; /* for as long as the links are set */
    struct map *standing;
    struct map *paths;    /* to struct placed: the definitions of a file */
    struct map *starters; /* jobs by the pipelines and dashboards that their tasks run */
};

/* A task on a cluster that stands for itself gets what is known of that. */
static void existing_set(const struct links *l, struct compute *c) {
    const struct compute *cluster = named_get(l->arena, l->standing, "cluster", c->key);
    const char *key = c->key;
    if (!cluster) return;
    *c = *cluster;
    c->key = key;
    c->existing = true;
}

/* Machines of a pool are of its type, bought its way. */
static void pool_set(const struct links *l, struct compute *c) {
    const struct compute *pool = named_get(l->arena, l->standing, "pool", c->pool);
    const struct compute *driver = c->driver_pool ? named_get(l->arena, l->standing, "pool", c->driver_pool) : pool;
    if (pool && !c->node_type) c->node_type = pool->node_type;
    if (driver && !c->driver_node_type) c->driver_node_type = driver->node_type;
    if (pool && !c->availability) c->availability = pool->availability, c->spot = pool->spot, c->first_on_demand = pool->spot ? -1 : 0;
}

static void warehouse_set(const struct links *l, struct compute *c) {
    const struct compute *warehouse = c->kind == COMPUTE_WAREHOUSE && !c->size ? named_get(l->arena, l->standing, "warehouse", c->key) : NULL;
    const char *key = c->key;
    if (!warehouse) return;
    *c = *warehouse;
    c->key = key;
}

static void compute_link(const struct links *l, struct compute *c) {
    if (c->existing) existing_set(l, c);
    if (c->pool) pool_set(l, c);
    warehouse_set(l, c);
}

static void standing_link(struct links *l, struct reading *out) {
    l->standing = standing_of(l->arena, out);
    if (!map_count(l->standing)) return;
    for (size_t i = 0; i < out->jobs.n; i++) {
        for (size_t k = 0; k < out->jobs.at[i].task_count; k++) compute_link(l, &out->jobs.at[i].tasks[k].compute);
    }
    for (size_t i = 0; i < out->definitions.n; i++) warehouse_set(l, &out->definitions.at[i].compute);
}

void jobs_compute_link(struct arena *arena, struct reading *out) { standing_link(&(struct links){.arena = arena}, out); }

/* What a task runs. */

static bool has_tag(const struct definition *d, struct str tag) {
    for (size_t i = 0; i < d->tag_count; i++) {
        if (str_is(tag, d->tags[i])) return true;
    }
    return false;
}

/* Is a folder of the path named so? dbt selects by the parts of a model's place too. */
static bool in_folder(const char *path, struct str name) {
    struct str rest = str_of(path), part;
    while (str_split(&rest, '/', &part)) {
        if (rest.n && str_eq(part, name)) return true;
    }
    return false;
}

/* dbt's node selection, the common part: names, folders, tag:, path:, with + on either side. */
static bool selected(const char *commands, const struct definition *d) {
    static const char *const flags[] = {"--select ", "-s ", "--models ", "-m "};
    const char *at = NULL;
    size_t flag = 0;
    for (; flag < 4 && !at; flag++) at = strstr(commands, flags[flag]);
    if (!at) return strstr(commands, "dbt build") || strstr(commands, "dbt run");
    struct str rest = str_of(at + strlen(flags[flag - 1])), word;
    const char *name = strrchr(d->dataset ? d->dataset : d->name, '.');
    name = name ? name + 1 : d->dataset ? d->dataset : d->name;
    while (str_split(&rest, ' ', &word)) {
        if (word.n && (word.p[0] == '-' || word.p[0] == ';')) break;
        while (word.n && (word.p[0] == '+' || word.p[0] == '@')) word.p++, word.n--;
        while (word.n && strchr("+;,", word.p[word.n - 1])) word.n--;
        if (word.n && in_folder(d->path, word)) return true;
        if (str_starts(word, "tag:") ? has_tag(d, (struct str){word.p + 4, word.n - 4}) : str_is(word, name)) return true;
        if (str_starts(word, "path:") && memmem(d->path, strlen(d->path), word.p + 5, word.n - 5)) return true;
    }
    return false;
}

static bool runs_model(const struct task *t, const struct definition *d) {
    return d->artefact == ARTEFACT_DBT_MODEL && t->what && t->path && path_below(d->path, t->path) && selected(t->what, d);
}

static bool has_schedule(const struct schedule *s) { return s->cron || s->every_seconds > 0 || s->continuous || s->trigger; }

static bool is_person(const char *owner) { return owner && (strchr(owner, '@') || !strchr(owner, '-')); }

static void link_set(struct definition *d, const struct job *job, const struct task *t, const struct schedule *schedule) {
    if (!d->job) d->job = job->name;
    if (!has_schedule(&d->schedule) && has_schedule(schedule)) {
        d->schedule = *schedule;
        d->job = job->name;
    }
    if (d->compute.kind == COMPUTE_UNKNOWN) d->compute = t->compute;
    if (!d->owner && is_person(job->owner)) d->owner = job->owner;
}

/* Jobs by the pipelines and dashboards that they start: "${resources.pipelines.KEY.id}", or the id. */
static struct map *starters_of(struct arena *arena, struct reading *out) {
    struct map *starters = map_new(arena);
    for (size_t i = 0; i < out->jobs.n; i++) {
        struct job *job = &out->jobs.at[i];
        for (size_t k = 0; strcmp(job->kind, "job") == 0 && k < job->task_count; k++) {
            const struct task *t = &job->tasks[k];
            struct str rest = str_of(t->what ? t->what : ""), part;
            bool starts = strcmp(t->type, "pipeline") == 0 || strcmp(t->type, "dashboard") == 0;
            if (starts && rest.n) named_put(arena, starters, t->type, rest, job);
            while (starts && str_split(&rest, '.', &part)) named_put(arena, starters, t->type, part, job);
        }
    }
    return starters;
}

/* The definitions of one file, by their places in the reading. */
struct placed {
    VEC(size_t) list;
};

static struct map *placed_of(struct arena *arena, const struct reading *out) {
    struct map *paths = map_new(arena);
    for (size_t i = 0; i < out->definitions.n; i++) {
        struct placed **placed = (struct placed **)map_slot(paths, str_of(out->definitions.at[i].path));
        if (!*placed) *placed = arena_new(arena, struct placed);
        *vec_add(arena, &(*placed)->list) = i;
    }
    return paths;
}

static void placed_link(struct reading *out, const struct placed *placed, const struct task *t, const struct job *job) {
    for (size_t i = 0; placed && i < placed->list.n; i++) {
        struct definition *d = &out->definitions.at[placed->list.at[i]];
        bool outside = t->first_line && (d->range.line < t->first_line || d->range.line > t->last_line);
        if (!outside) link_set(d, job, t, &job->schedule);
    }
}

/* `job`, or what starts it. */
static void task_link(struct links *l, struct reading *out, const struct task *t, const struct job *job) {
    bool is_dbt = strcmp(t->type, "dbt") == 0;
    for (size_t i = 0; is_dbt && i < out->definitions.n; i++) {
        if (runs_model(t, &out->definitions.at[i])) link_set(&out->definitions.at[i], job, t, &job->schedule);
    }
    if (is_dbt || !t->path || !t->path[0]) return;
    placed_link(out, map_get(l->paths, str_of(t->path)), t, job);
    for (size_t i = 0; strchr(t->path, '*') && i < map_count(l->paths); i++) {
        struct map_entry e = map_at(l->paths, i);
        if (!str_is(e.key, t->path) && text_glob(t->path, str_dup(l->arena, e.key))) placed_link(out, e.value, t, job);
    }
}

void jobs_link(struct arena *arena, struct reading *out) {
    struct links l = {.arena = arena};
    standing_link(&l, out);
    if (!out->jobs.n) return;
    l.paths = placed_of(arena, out);
    l.starters = starters_of(arena, out);
    for (size_t i = 0; i < out->jobs.n; i++) {
        const struct job *job = &out->jobs.at[i], *starter = NULL;
        if (strcmp(job->kind, "job") != 0 && !has_schedule(&job->schedule) && job->key)
            starter = map_get(l.starters, named(arena, job->kind, str_of(job->key)));
        for (size_t k = 0; k < job->task_count; k++) task_link(&l, out, &job->tasks[k], starter ? starter : job);
    }
}
