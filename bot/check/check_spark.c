/* check_spark.c - what Spark code does around the datasets it makes: rows brought to the driver, Python in the way of the engine, work done again
 * in rounds, files too many or too few. The reader tells the facts (definition.h); here they are weighed by what is known of sizes: what is known to
 * be large is a warning, what may be is a note. */
#include "look.h"

#include "map.h"
#include "spark_limits.h"

#include <stdio.h>

/* ---- a place in the code ---- */

static bool text_same(const char *a, const char *b) { return strcmp(a ? a : "", b ? b : "") == 0; }

static bool fact_same(const struct code_fact *a, const struct code_fact *b) {
    bool same = a->kind == b->kind && text_same(a->path, b->path) && text_same(a->subject, b->subject) && text_same(a->detail, b->detail) &&
                a->amount == b->amount && a->read_count == b->read_count;
    for (size_t i = 0; same && i < a->read_count; i++) same = strcmp(a->reads[i], b->reads[i]) == 0;
    return same;
}

/* Was it so before the change? */
static bool is_old(const struct check_input *in, const struct code_fact *fact) {
    for (size_t i = 0; in->base && i < in->base->code.n; i++) {
        if (fact_same(&in->base->code.at[i], fact)) return true;
    }
    return false;
}

/* The job that runs the file; NULL when none is known. */
static const char *job_of(const struct look *look, const char *path) {
    const struct reading *head = look->in->head;
    for (size_t i = 0; i < head->jobs.n; i++) {
        const struct job *job = &head->jobs.at[i];
        for (size_t t = 0; t < job->task_count; t++) {
            if (text_same(job->tasks[t].path, path)) return job->name ? job->name : job->key ? job->key : "a job";
        }
    }
    for (size_t i = 0; i < head->definitions.n; i++) {
        if (head->definitions.at[i].job && strcmp(head->definitions.at[i].path, path) == 0) return head->definitions.at[i].job;
    }
    return NULL;
}

static const char *kept_text(const char *text) { return text ? text : ""; }

static struct finding *fact_finding(struct look *look, enum rule rule, const struct code_fact *fact) {
    struct finding *f = arena_new(look->arena, struct finding);
    struct buf other = buf_new(look->arena);
    buf_printf(&other, "%s %s %s", code_fact_name(fact->kind), kept_text(fact->subject), kept_text(fact->detail));
    for (size_t i = 0; i < fact->read_count; i++) buf_printf(&other, " %s", fact->reads[i]);
    *f = (struct finding){.rule = rule,
                          .rule_id = rule_info(rule)->id,
                          .severity = look->in->settings->levels[rule],
                          .key = finding_key(look->arena, rule, fact->path, buf_str(&other)),
                          .path = fact->path,
                          .where = {.line = fact->line, .column = fact->column, .end_line = fact->line, .end_column = fact->column},
                          .cell = fact->cell,
                          .subject = fact->subject ? fact->subject : "a DataFrame",
                          .twin = {.readers = -1}};
    return f;
}

/* What may be large, but is not known to be, is worth a folded line at the most. */
static void unsure(struct finding *f) {
    if (f->severity > SEV_NOTE) f->severity = SEV_NOTE;
}

/* ---- sizes ---- */

struct size {
    int64_t bytes;    /* of all sources whose size is known; -1: of none */
    const char *name; /* the largest */
    char text[32];
};

static const struct err *size_of(struct look *look, const struct code_fact *fact, struct size *out) {
    int64_t most = -1;
    *out = (struct size){.bytes = -1};
    for (size_t i = 0; i < fact->read_count; i++) {
        int64_t bytes = -1;
        for (size_t c = 0; c < look->in->catalog_count && bytes < 0; c++) {
            struct dataset *d;
            TRY(catalog_dataset(look->arena, look->in->catalogs[c], fact->reads[i], &d));
            if (d) bytes = d->bytes;
        }
        if (bytes < 0) continue;
        out->bytes = (out->bytes < 0 ? 0 : out->bytes) + bytes;
        if (bytes > most) most = bytes, out->name = fact->reads[i];
    }
    if (most >= 0) text_bytes((double)most, out->text, sizeof out->text);
    return NULL;
}

static const char *sized(struct look *look, const struct size *size) { return arena_printf(look->arena, "%s (%s)", size->name, size->text); }

static const char *what_of(const struct code_fact *fact) { return fact->subject ? fact->subject : fact->read_count ? fact->reads[0] : "a DataFrame"; }

/* ---- one rule for each kind of fact ---- */

typedef const struct err *(*fact_look)(struct look *look, const struct code_fact *fact);

static const struct err *facts_each(struct look *look, unsigned long kinds, fact_look fn) {
    const struct reading *head = look->in->head;
    for (size_t i = 0; head && i < head->code.n; i++) {
        const struct code_fact *fact = &head->code.at[i];
        if ((kinds >> fact->kind & 1) && !is_old(look->in, fact)) TRY(fn(look, fact));
    }
    return NULL;
}
#define KIND(kind) (1ul << (kind))

static const struct err *driver_fact(struct look *look, const struct code_fact *fact) {
    struct size size;
    if (fact->aggregated || fact->amount >= 0 || !fact->read_count) return NULL;
    TRY(size_of(look, fact, &size));
    if (size.bytes >= 0 && size.bytes < DRIVER_MAX) return NULL;
    if (size.bytes < 0 && fact->narrowed) return NULL; /* some rows of something: nothing is known to be large */
    const char *call = fact->detail ? fact->detail : "toPandas";
    struct finding *f = fact_finding(look, RULE_SPARK_DRIVER, fact);
    if (size.bytes < 0 || fact->narrowed) unsure(f);
    f->text = size.bytes < 0 ? arena_printf(look->arena, "%s brings every row of %s to the driver, whatever their number.", call, what_of(fact))
              : fact->narrowed
                  ? arena_printf(look->arena, "%s brings what is picked of %s to the driver, whatever its size.", call, sized(look, &size))
                  : arena_printf(look->arena, "%s brings rows of %s to the driver, whose memory they have to fit into.", call, sized(look, &size));
    f->dataset = size.name;
    f->next_step = "aggregate or limit it in Spark first, or write it to a table";
    look_say(look, f);
    return NULL;
}

static const struct err *driver_change(struct look *look) { return facts_each(look, KIND(FACT_COLLECT) | KIND(FACT_TO_PANDAS), driver_fact); }

static const struct err *udf_fact(struct look *look, const struct code_fact *fact) {
    if (!fact->twin || !fact->subject) return NULL;
    struct finding *f = fact_finding(look, RULE_SPARK_UDF, fact);
    bool named = strcmp(fact->subject, "lambda") != 0;
    const char *what = named ? arena_printf(look->arena, "The Python function %s", fact->subject) : "A lambda";
    f->text = arena_printf(look->arena, "%s runs row by row outside of the engine; %s %s the same inside it.", what, fact->twin,
                           strchr(fact->twin, ',') ? "do" : "does");
    f->next_step = arena_printf(look->arena, "use %s; mind what it gives for NULL", fact->twin);
    look_say(look, f);
    return NULL;
}

static const struct err *udf_change(struct look *look) { return facts_each(look, KIND(FACT_UDF), udf_fact); }

static const struct err *single_fact(struct look *look, const struct code_fact *fact) {
    struct size size;
    if (fact->amount != 1 || fact->aggregated || fact->detail) return NULL;
    TRY(size_of(look, fact, &size));
    if ((size.bytes >= 0 && size.bytes < SINGLE_MAX) || (size.bytes < 0 && fact->narrowed)) return NULL;
    struct finding *f = fact_finding(look, RULE_SPARK_SINGLE, fact);
    if (size.bytes < 0 || fact->narrowed) unsure(f);
    const char *call = fact->kind == FACT_COALESCE ? "coalesce(1)" : "repartition(1)";
    f->text = size.bytes < 0
                  ? arena_printf(look->arena, "%s puts all of %s through one task, however large it is.", call, what_of(fact))
                  : arena_printf(look->arena, "%s puts %s through one task, while the rest of the cluster waits.", call, sized(look, &size));
    f->dataset = size.name;
    f->next_step = "leave the number of files to the engine, or compact the table afterwards";
    look_say(look, f);
    return NULL;
}

static const struct err *single_change(struct look *look) { return facts_each(look, KIND(FACT_COALESCE) | KIND(FACT_REPARTITION), single_fact); }

static const struct err *small_fact(struct look *look, const struct code_fact *fact) {
    struct size size;
    char each[32];
    if (fact->amount < PARTS_MIN || fact->detail) return NULL;
    TRY(size_of(look, fact, &size));
    if (size.bytes < 0 || size.bytes / fact->amount >= FILE_MIN) return NULL;
    text_bytes((double)(size.bytes / fact->amount), each, sizeof each);
    struct finding *f = fact_finding(look, RULE_SPARK_SMALL, fact);
    f->dataset = size.name;
    f->text = arena_printf(look->arena, "repartition(%ld) of %s makes parts of %s at the most.", fact->amount, sized(look, &size), each);
    f->next_step = "leave the number of parts to the engine";
    look_say(look, f);
    return NULL;
}

static const struct err *small_change(struct look *look) { return facts_each(look, KIND(FACT_REPARTITION), small_fact); }

static const struct err *count_fact(struct look *look, const struct code_fact *fact) {
    struct size size;
    if (!fact->detail || strcmp(fact->detail, "check") != 0 || fact->aggregated || !fact->read_count) return NULL;
    TRY(size_of(look, fact, &size));
    if (size.bytes >= 0 && size.bytes < TWICE_MAX) return NULL;
    struct finding *f = fact_finding(look, RULE_SPARK_COUNT, fact);
    if (size.bytes < 0) unsure(f);
    f->dataset = size.name;
    f->text =
        arena_printf(look->arena, "count() reads all of %s only to see whether there is a row.", size.bytes < 0 ? what_of(fact) : sized(look, &size));
    f->next_step = "ask isEmpty(), which stops at the first row";
    look_say(look, f);
    return NULL;
}

static const struct err *count_change(struct look *look) { return facts_each(look, KIND(FACT_COUNT), count_fact); }

/* Is there a fact of one of these kinds at the same line? */
static bool has_fact(const struct look *look, const struct code_fact *fact, unsigned long kinds) {
    const struct reading *head = look->in->head;
    for (size_t i = 0; i < head->code.n; i++) {
        const struct code_fact *other = &head->code.at[i];
        if ((kinds >> other->kind & 1) && other->line == fact->line && text_same(other->path, fact->path)) return true;
    }
    return false;
}

/* Is it said to add rows? Another mode cannot run twice, or is done with after one round. A stream started in a loop is a query of its own. */
static bool adds_rows(const struct look *look, const struct code_fact *fact) {
    const struct reading *head = look->in->head;
    for (size_t i = 0; i < head->code.n; i++) {
        const struct code_fact *other = &head->code.at[i];
        bool here = other->kind == FACT_WRITE && other->line == fact->line && text_same(other->path, fact->path);
        if (here && other->detail && strcmp(other->detail, "append") == 0) return true;
    }
    return false;
}

static const struct err *write_fact(struct look *look, const struct code_fact *fact) {
    if (!fact->subject || fact->amount == 1 || !adds_rows(look, fact)) return NULL;
    struct finding *f = fact_finding(look, RULE_SPARK_WRITE_LOOP, fact);
    const char *rounds =
        fact->amount > 1 ? arena_printf(look->arena, "%ld times, once in each round of a loop", fact->amount) : "in each round of a loop";
    f->text = arena_printf(look->arena, "%s is written %s: each is a job and a commit of its own, with its own small files.", fact->subject, rounds);
    f->next_step = "gather the rows, by unionByName or one query over all of them, and write once";
    look_say(look, f);
    return NULL;
}

static const struct err *write_change(struct look *look) { return facts_each(look, KIND(FACT_WRITE_IN_LOOP), write_fact); }

/* Rounds over a table that is cut into partitions may each read another part of it. */
static const struct err *is_partitioned(struct look *look, const char *name, bool *out) {
    *out = false;
    for (size_t c = 0; c < look->in->catalog_count && !*out; c++) {
        struct dataset *d;
        TRY(catalog_dataset(look->arena, look->in->catalogs[c], name, &d));
        *out = d && d->partition_count > 0;
    }
    return NULL;
}

static const struct err *read_fact(struct look *look, const struct code_fact *fact) {
    struct size size;
    bool parts;
    if (!fact->subject || fact->amount == 1 || has_fact(look, fact, KIND(FACT_WRITE_IN_LOOP))) return NULL;
    TRY(size_of(look, fact, &size));
    TRY(is_partitioned(look, fact->subject, &parts));
    if (size.bytes >= 0 && size.bytes < TWICE_MAX) return NULL;
    struct finding *f = fact_finding(look, RULE_SPARK_READ_LOOP, fact);
    if (size.bytes < 0 || parts) unsure(f);
    f->text = arena_printf(look->arena, "%s is read anew in each round of a loop.", size.bytes < 0 ? fact->subject : sized(look, &size));
    f->next_step = "read it before the loop and cache it, or join all rounds at once";
    look_say(look, f);
    return NULL;
}

static const struct err *read_change(struct look *look) { return facts_each(look, KIND(FACT_READ_IN_LOOP), read_fact); }

/* Does something run in a loop further down? One action there is many. */
static bool loops_after(const struct look *look, const struct code_fact *fact) {
    const struct reading *head = look->in->head;
    for (size_t i = 0; i < head->code.n; i++) {
        const struct code_fact *other = &head->code.at[i];
        if (other->in_loop && other->line > fact->line && text_same(other->path, fact->path)) return true;
    }
    return false;
}

static const struct err *cache_fact(struct look *look, const struct code_fact *fact) {
    bool once = fact->amount == 1 && !fact->in_loop && !fact->in_function && !loops_after(look, fact);
    bool idle = fact->amount == 0 || once;
    bool leaks = !idle && fact->in_loop && !fact->detail;
    bool handed_on = fact->amount == 0 && fact->in_function; /* a helper that gives it back */
    if ((!idle && !leaks) || handed_on) return NULL;
    struct finding *f = fact_finding(look, RULE_SPARK_CACHE, fact);
    if (leaks) {
        f->text = arena_printf(look->arena, "%s is cached in each round of a loop and never released.", what_of(fact));
        f->next_step = "unpersist it at the end of the round";
    } else {
        f->text = arena_printf(look->arena, "%s is cached, and %s.", what_of(fact),
                               fact->amount == 0 ? "nothing reads the cache" : "one action reads it: what is kept is never used again");
        f->next_step = "leave the cache out";
    }
    look_say(look, f);
    return NULL;
}

static const struct err *cache_change(struct look *look) { return facts_each(look, KIND(FACT_CACHE), cache_fact); }

static const struct err *schema_fact(struct look *look, const struct code_fact *fact) {
    struct size size;
    TRY(size_of(look, fact, &size));
    if (size.bytes >= 0 && size.bytes < TWICE_MAX) return NULL;
    struct finding *f = fact_finding(look, RULE_SPARK_SCHEMA, fact);
    if (size.bytes < 0) unsure(f);
    const char *what = size.bytes < 0 ? fact->subject ? fact->subject : "the file" : sized(look, &size);
    f->text = arena_printf(look->arena, "inferSchema reads %s once more to guess its types, which may come out otherwise tomorrow.", what);
    f->next_step = "write the schema down";
    look_say(look, f);
    return NULL;
}

static const struct err *schema_change(struct look *look) { return facts_each(look, KIND(FACT_INFER_SCHEMA), schema_fact); }

static const struct err *broadcast_fact(struct look *look, const struct code_fact *fact) {
    struct size size;
    if (fact->aggregated) return NULL;
    TRY(size_of(look, fact, &size));
    if (size.bytes < JOIN_MAX) return NULL;
    struct finding *f = fact_finding(look, RULE_SPARK_BROADCAST, fact);
    f->dataset = size.name;
    f->text = arena_printf(look->arena, "The side that is broadcast reads %s: every machine gets a whole copy, and Spark ends the job above 8 GB.",
                           sized(look, &size));
    f->next_step = "broadcast the small side, or leave the join to the engine";
    look_say(look, f);
    return NULL;
}

static const struct err *broadcast_change(struct look *look) { return facts_each(look, KIND(FACT_BROADCAST), broadcast_fact); }

static const struct err *checkpoint_fact(struct look *look, const struct code_fact *fact) {
    if (fact->detail) return NULL;
    struct finding *f = fact_finding(look, RULE_SPARK_CHECKPOINT, fact);
    const char *what = fact->subject ? arena_printf(look->arena, "The stream into %s", fact->subject) : "A stream";
    f->text = arena_printf(look->arena, "%s has no checkpointLocation: started again, it does not know where it was.", what);
    f->next_step = "give each stream a checkpointLocation of its own";
    look_say(look, f);
    return NULL;
}

static const struct err *checkpoint_change(struct look *look) { return facts_each(look, KIND(FACT_STREAM_WRITE), checkpoint_fact); }

/* Once for each file: the lines are counted. */
static const struct err *display_change(struct look *look) {
    const struct reading *head = look->in->head;
    struct map *said = map_new(look->arena);
    for (size_t i = 0; head && i < head->code.n; i++) {
        const struct code_fact *fact = &head->code.at[i];
        if (fact->kind != FACT_DISPLAY || !fact->read_count || is_old(look->in, fact) || map_get(said, str_of(fact->path))) continue;
        const char *job = job_of(look, fact->path);
        map_put(said, str_of(fact->path), said);
        if (!job) continue;
        size_t count = 0;
        for (size_t k = i; k < head->code.n; k++) count += head->code.at[k].kind == FACT_DISPLAY && text_same(head->code.at[k].path, fact->path);
        struct finding *f = fact_finding(look, RULE_SPARK_DISPLAY, fact);
        const char *more = count > 1 ? arena_printf(look->arena, ", and %zu more in the file", count - 1) : "";
        f->text = arena_printf(look->arena, "The job %s computes what %s() shows to nobody%s.", job, fact->detail ? fact->detail : "display", more);
        f->next_step = "take it out, or keep it to interactive runs";
        look_say(look, f);
    }
    return NULL;
}

const struct look_rule spark_looks[] = {
    {.rule = RULE_SPARK_DRIVER, .change = driver_change},
    {.rule = RULE_SPARK_UDF, .change = udf_change},
    {.rule = RULE_SPARK_SINGLE, .change = single_change},
    {.rule = RULE_SPARK_SMALL, .change = small_change},
    {.rule = RULE_SPARK_COUNT, .change = count_change},
    {.rule = RULE_SPARK_WRITE_LOOP, .change = write_change},
    {.rule = RULE_SPARK_READ_LOOP, .change = read_change},
    {.rule = RULE_SPARK_CACHE, .change = cache_change},
    {.rule = RULE_SPARK_SCHEMA, .change = schema_change},
    {.rule = RULE_SPARK_BROADCAST, .change = broadcast_change},
    {.rule = RULE_SPARK_CHECKPOINT, .change = checkpoint_change},
    {.rule = RULE_SPARK_DISPLAY, .change = display_change},
    LOOKS_END,
};
