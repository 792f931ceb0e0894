/* check_rescheduled.c - a job that changes changes the cost of what it runs, though not a line of that is touched. */
#include "check.h"

#include "entry.h"

#define RESCHEDULED_MAX 300

static bool same_text(const char *a, const char *b) { return a && b && strcmp(a, b) == 0; }

static bool is_changed_path(const struct check_input *in, const char *path) {
    for (size_t i = 0; in->skip && i < in->skip->path_count; i++) {
        if (strcmp(in->skip->paths[i], path) == 0) return true;
    }
    return false;
}

/* The same task as it was. */
static const struct task *task_before(const struct check_input *in, const struct job *job, const struct task *task, const struct job **out) {
    for (size_t i = 0; in->base && i < in->base->jobs.n; i++) {
        const struct job *old = &in->base->jobs.at[i];
        if (!same_text(old->id, job->id) && !same_text(old->name, job->name)) continue;
        for (size_t k = 0; k < old->task_count; k++) {
            if (same_text(old->tasks[k].key, task->key)) return *out = old, &old->tasks[k];
        }
    }
    return NULL;
}

static void runs_take(struct entry *entry, const struct job *job, const struct task *task) {
    entry->schedule = job->schedule;
    if (task->compute.kind != COMPUTE_UNKNOWN) entry->compute = task->compute;
    entry->job = job->name;
}

static const struct err *subject_make(struct arena *arena, const struct check_input *in, const struct entry *stored, struct subject *out) {
    struct schema *schema;
    struct definition *d = arena_new(arena, struct definition);
    struct views *views;
    size_t name_count;
    TRY(catalog_views(arena, in->catalogs, in->catalog_count, in->head, stored->reads, stored->read_count, &views));
    const char *const *names = views_names(views, &name_count);
    TRY(catalog_schema(arena, in->catalogs, in->catalog_count, in->head, names, name_count, &schema));
    *out = (struct subject){.definition = d, .entry = *stored};
    entry_bind(arena, &out->entry, schema, views);
    *d = (struct definition){.id = stored->uid,
                             .path = stored->path,
                             .kind = stored->kind,
                             .artefact = stored->artefact,
                             .name = stored->name,
                             .dataset = stored->dataset,
                             .dialect = stored->dialect};
    return NULL;
}

/* Stored definition, job and task to a subject now and before. */
static const struct err *rescheduled_add(struct arena *arena, const struct check_input *in, const struct entry *stored, const struct job *job,
                                         const struct task *task, struct subject *out) {
    struct subject *before = arena_new(arena, struct subject);
    const struct job *old_job = NULL;
    const struct task *old = task_before(in, job, task, &old_job);
    TRY(subject_make(arena, in, stored, out));
    *before = *out;
    runs_take(&out->entry, job, task);
    if (old) runs_take(&before->entry, old_job, old);
    struct definition *d = arena_new(arena, struct definition);
    *d = *out->definition;
    d->path = out->entry.path = job->path;
    d->range =
        (struct range){.line = task->line ? task->line : job->line, .column = 1, .end_line = task->line ? task->line : job->line, .end_column = 1};
    out->definition = d;
    out->entry.line = d->range.line;
    out->before = before;
    out->touched = !check_runs_same(&out->entry, &before->entry);
    TRY(check_price(arena, in, before));
    return check_price(arena, in, out);
}

static const struct err *task_add(struct arena *arena, const struct check_input *in, const struct job *job, const struct task *task,
                                  struct subject *list, size_t *count) {
    if (!task->path || !job->path || is_changed_path(in, task->path)) return NULL;
    for (size_t c = 0; c < in->catalog_count; c++) {
        struct entry *stored;
        size_t n;
        TRY(catalog_of_path(arena, in->catalogs[c], in->repo, task->path, &stored, &n));
        for (size_t i = 0; i < n && *count < RESCHEDULED_MAX; i++) {
            struct subject subject;
            TRY(rescheduled_add(arena, in, &stored[i], job, task, &subject));
            if (subject.touched) list[(*count)++] = subject;
        }
        if (n) return NULL;
    }
    return NULL;
}

const struct err *check_rescheduled(struct arena *arena, struct check_input *in) {
    struct subject *list = arena_array(arena, RESCHEDULED_MAX, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < in->head->jobs.n; i++) {
        const struct job *job = &in->head->jobs.at[i];
        for (size_t k = 0; k < job->task_count && count < RESCHEDULED_MAX; k++) TRY(task_add(arena, in, job, &job->tasks[k], list, &count));
    }
    if (!count) return NULL;
    struct subject *all = arena_array(arena, in->subject_count + count, sizeof *all);
    memcpy(all, in->subjects, in->subject_count * sizeof *all);
    memcpy(all + in->subject_count, list, count * sizeof *all);
    in->subjects = all;
    in->subject_count += count;
    return NULL;
}
