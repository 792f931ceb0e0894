/* dbt_config.c - what is configured for a model, and the name that follows from it.
 * https://docs.getdbt.com/reference/configs-and-properties */
#include "dbt.h"

#define LEVELS_MAX 40

static struct jv undefined(void) { return (struct jv){.kind = JV_UNDEFINED}; }

static struct jv scalar_value(struct arena *arena, const struct yaml *y, struct dbt_run *run) {
    struct str text = str_of(y->text);
    double number = 0;
    if (!y->quoted && (str_iis(text, "true") || str_iis(text, "false"))) return jv_bool(str_iis(text, "true"));
    if (!y->quoted && (str_iis(text, "null") || str_is(text, "~") || !text.n)) return jv_none();
    if (!y->quoted && yaml_number(y, &number)) {
        struct jv v = {.kind = JV_FLOAT};
        v.d = number;
        bool whole = !memchr(text.p, '.', text.n) && number > -9e15 && number < 9e15;
        return whole ? jv_int((int64_t)number) : v;
    }
    if (!run || !memmem(text.p, text.n, "{", 1)) return jv_text(text);
    struct jinja_host host = dbt_host(run);
    return jinja_value_of(arena, text, &host);
}

struct jv dbt_yaml_value(struct arena *arena, const struct yaml *y, struct dbt_run *run) {
    if (!y || y->kind == YAML_NULL) return jv_none();
    if (y->kind == YAML_SCALAR) return scalar_value(arena, y, run);
    if (y->kind == YAML_LIST) {
        struct jv list = jv_list_new(arena);
        for (size_t i = 0; i < y->count; i++) jv_list_add(arena, list, dbt_yaml_value(arena, y->items[i], run));
        return list;
    }
    struct jv dict = jv_dict_new(arena);
    for (size_t i = 0; i < y->count; i++) jv_dict_put(arena, dict, jv_cstr(y->keys[i]), dbt_yaml_value(arena, y->items[i], run));
    return dict;
}

/* "+key" or "key" of a level of dbt_project.yml; a map under the bare key is a folder of that name. */
static const struct yaml *level_value(const struct yaml *level, const char *key, const char *plus_key) {
    const struct yaml *found = yaml_get(level, plus_key);
    if (found) return found;
    found = yaml_get(level, key);
    return found && (found->kind != YAML_MAP || strcmp(key, "meta") == 0) ? found : NULL;
}

/* The deepest level of dbt_project.yml's tree that speaks of the model and has the key. */
static const struct yaml *project_value(struct dbt_run *run, const struct dbt_model *model, const char *key) {
    const struct dbt_project *p = run->project;
    static const char *const sections[] = {"models", "snapshots", "seeds", "analyses", "models"};
    const struct yaml *level = yaml_get(p->settings, sections[model->kind]), *found = NULL;
    const char *plus_key = arena_printf(run->arena, "+%s", key);
    if (!level) return NULL;
    found = level_value(level, key, plus_key);
    level = yaml_get(level, p->name);
    const char *relative = model->path + (p->root[0] ? strlen(p->root) + 1 : 0);
    struct str rest = str_of(relative), part;
    bool first = true;
    for (int depth = 0; level && depth < LEVELS_MAX; depth++) {
        const struct yaml *here = level_value(level, key, plus_key);
        if (here) found = here;
        if (first) str_split(&rest, '/', &part); /* models/ itself */
        first = false;
        if (!str_split(&rest, '/', &part)) break;
        const char *name = str_dup(run->arena, part);
        const struct yaml *next = yaml_get(level, name);
        if (!next && text_ends(name, ".sql")) next = yaml_get(level, str_dup(run->arena, (struct str){name, strlen(name) - 4}));
        level = next;
    }
    return found;
}

struct jv dbt_config(struct dbt_run *run, struct dbt_model *model, const char *key) {
    struct jv *said = model->config.kind == JV_DICT ? jv_dict_get(model->config, str_of(key)) : NULL;
    if (said) return *said;
    const struct yaml *y = yaml_get(yaml_get(model->properties, "config"), key);
    bool property = strcmp(key, "meta") == 0 || strcmp(key, "tags") == 0 || strcmp(key, "access") == 0 || strcmp(key, "group") == 0;
    if (!y && property) y = yaml_get(model->properties, key);
    if (!y) y = project_value(run, model, key);
    return y ? dbt_yaml_value(run->arena, y, run) : undefined();
}

/* The config(...) call in the text, evaluated by itself: names are needed before the models are rendered. */
static void config_early(struct dbt_run *run, struct dbt_model *model) {
    struct str text = model->bytes;
    const char *at = memmem(text.p, text.n, "config", 6);
    while (at) {
        size_t offset = (size_t)(at - text.p), start = offset;
        while (start > 1 && memcmp(text.p + start - 2, "{{", 2) != 0 && offset - start < 40) start--;
        bool opened = start > 1 && memcmp(text.p + start - 2, "{{", 2) == 0;
        const char *end = opened ? memmem(at, text.n - offset, "}}", 2) : NULL;
        if (end) {
            struct jinja_host host = dbt_host(run);
            jinja_value_of(run->arena, (struct str){text.p + start - 2, (size_t)(end + 2 - text.p) - start + 2}, &host);
        }
        at = memmem(at + 6, text.n - offset - 6, "config", 6);
    }
}

static const char *text_of(struct dbt_run *run, struct jv v) {
    if (v.kind != JV_TEXT || !v.s.n || memmem(v.s.p, v.s.n, "jinja_", 6)) return NULL;
    return str_dup(run->arena, v.s);
}

/* [database.][schema.]alias. dbt's own generate_schema_name puts the target's schema before a custom one; nearly all projects
 * replace it by the custom one alone, and the target's is not known here, so the custom schema stands alone. */
void dbt_model_name(struct dbt_project *p, struct dbt_model *model) {
    if (model->dataset) return;
    dbt_model_find(p, model);
    struct arena *arena = p->reader->arena;
    model->dataset = model->name; /* what a reference to itself finds meanwhile */
    struct dbt_run run = {.project = p, .model = model, .arena = arena, .config = jv_dict_new(arena)};
    if (!model->config_read) config_early(&run, model);
    struct jv before = model->config;
    if (!model->config_read) model->config = run.config;
    const char *alias = text_of(&run, dbt_config(&run, model, "alias"));
    const char *schema = text_of(&run, dbt_config(&run, model, model->kind == DBT_SNAPSHOT ? "target_schema" : "schema"));
    const char *database = text_of(&run, dbt_config(&run, model, "database"));
    if (!database) database = text_of(&run, dbt_config(&run, model, "catalog"));
    if (model->kind == DBT_SNAPSHOT && !schema) schema = text_of(&run, dbt_config(&run, model, "schema"));
    if (!model->config_read) model->config = before;
    const char *last = alias ? alias : model->name;
    if (schema && database) {
        model->dataset = arena_printf(arena, "%s.%s.%s", database, schema, last);
    } else {
        model->dataset = schema ? arena_printf(arena, "%s.%s", schema, last) : last;
    }
}
