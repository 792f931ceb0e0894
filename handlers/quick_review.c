/* quick_review.c - the same engine without a repository around the question. */
#include "quick_review.h"

#include "command_run.h"
#include "price.h"
#include "read.h"
#include "render.h"
#include "slack_ask.h"

static const struct repo_settings *settings_plain(const struct handler_context *context) {
    struct settings_problems ignored = {0};
    return repo_settings_read(context->arena, "locked", (struct str){"", 0}, context->settings->locked, &ignored);
}

const struct err *quick_run(const struct handler_context *context, const struct quick *what, const struct reading *reading, struct review **out) {
    struct price_list *prices;
    TRY(price_list_load(context->arena, context->settings->prices, &prices));
    struct catalog *catalog = catalog_of(context->arena, context->store);
    struct rules_use use;
    TRY(feedback_count(context->store, &use));
    const char *changed[] = {what->title};
    struct review_input in = {.repo = what->repo,
                              .source = what->source,
                              .title = what->title,
                              .author = what->author,
                              .head = reading,
                              .changed = changed,
                              .changed_count = what->title ? 1 : 0,
                              .catalogs = &catalog,
                              .catalog_count = 1,
                              .settings = settings_plain(context),
                              .prices = prices,
                              .use = &use,
                              .past = what->past,
                              .now = context->now};
    return review_run(context->arena, &in, out);
}

const struct err *quick_sql(const struct handler_context *context, const char *sql, json_t **message) {
    struct arena *arena = context->arena;
    struct reading *reading = read_sql_text(arena, "pasted SQL", str_of(sql), DIALECT_DATABRICKS);
    struct quick what = {.repo = "slack", .source = "slack", .title = "pasted SQL"};
    struct review *review;
    TRY(quick_run(context, &what, reading, &review));
    struct render_options options = {.templates = context->settings->templates};
    return render_slack(arena, review, &options, NULL, false, message);
}

static void table_describe(const struct dataset *d, struct buf *b) {
    char size[32];
    buf_printf(b, "%s (%s)", d->name, d->kind ? d->kind : "dataset");
    if (d->description) buf_printf(b, "\n%s", d->description);
    buf_printf(b, "\nOwner: %s", d->owner ? d->owner : "not known");
    if (d->bytes >= 0) {
        text_bytes((double)d->bytes, size, sizeof size);
        buf_printf(b, "\nSize: %s", size);
    }
    if (d->readers >= 0) buf_printf(b, "\nReaders: %lld", (long long)d->readers);
    if (d->refresh) buf_printf(b, "\nRefreshed: %s", d->refresh);
}

const struct err *quick_table(const struct handler_context *context, const char *name, const char **out) {
    struct catalog *catalog = catalog_of(context->arena, context->store);
    struct dataset *dataset;
    TRY(catalog_dataset(context->arena, catalog, name, &dataset));
    if (!dataset) return find_answer(context, name, true, out);
    struct buf b = buf_new(context->arena);
    table_describe(dataset, &b);
    struct entry *fillers;
    size_t count;
    TRY(catalog_fillers(context->arena, catalog, dataset->name, &fillers, &count));
    for (size_t i = 0; i < count && i < 3; i++) buf_printf(&b, "\nDefined in %s %s:%d", fillers[i].repo, fillers[i].path, fillers[i].line);
    *out = buf_str(&b);
    return NULL;
}
