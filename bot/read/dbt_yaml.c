/* dbt_yaml.c - schema.yml: sources, properties, tests as facts, exposures. https://docs.getdbt.com/reference/model-properties */
#include "classify.h"
#include "dbt.h"
#include "dbt_metrics.h"

static struct dbt_run run_of(struct dbt_project *p) {
    return (struct dbt_run){.project = p, .arena = p->reader->arena, .config = jv_dict_new(p->reader->arena)};
}

static const char *value_text(struct dbt_run *run, const struct yaml *map, const char *key) {
    const struct yaml *y = yaml_get(map, key);
    if (!y || y->kind != YAML_SCALAR) return NULL;
    struct jv v = dbt_yaml_value(run->arena, y, run);
    if (v.kind == JV_UNKNOWN || v.kind == JV_NONE || v.kind == JV_UNDEFINED) return NULL;
    struct str text = jv_str(run->arena, v);
    return text.n && !memmem(text.p, text.n, "jinja_", 6) ? str_dup(run->arena, text) : NULL;
}

/* Sources: [database.]schema.identifier. */
static const char *source_dataset(struct dbt_run *run, const struct yaml *source, const struct yaml *table) {
    const char *name = yaml_str(source, "name", ""), *schema = value_text(run, source, "schema"), *database = value_text(run, source, "database");
    const char *identifier = value_text(run, table, "identifier");
    if (!database) database = value_text(run, source, "catalog");
    if (!identifier) identifier = yaml_str(table, "name", "");
    return arena_printf(run->arena, "%s%s%s.%s", database ? database : "", database ? "." : "", schema ? schema : name, identifier);
}

static void sources_read(struct dbt_project *p, const struct yaml *sources) {
    struct dbt_run run = run_of(p);
    for (size_t i = 0; sources && i < sources->count; i++) {
        const struct yaml *tables = yaml_get(sources->items[i], "tables");
        for (size_t k = 0; tables && k < tables->count; k++) {
            char *key = arena_printf(run.arena, "%s.%s", yaml_str(sources->items[i], "name", ""), yaml_str(tables->items[k], "name", ""));
            map_put(p->sources, str_of(key), (void *)source_dataset(&run, sources->items[i], tables->items[k]));
        }
    }
}

/* The k-th model an entry speaks of: itself, or each of its versions; NULL when there are no more.
 * https://docs.getdbt.com/reference/resource-properties/versions */
static const char *entry_model(struct arena *arena, const struct yaml *entry, size_t k) {
    const struct yaml *versions = yaml_get(entry, "versions");
    const char *name = yaml_str(entry, "name", "");
    if (!versions || versions->kind != YAML_LIST || !versions->count) return k == 0 ? name : NULL;
    if (k >= versions->count) return NULL;
    const char *file = yaml_str(versions->items[k], "defined_in", NULL);
    return file ? file : arena_printf(arena, "%s_v%s", name, yaml_str(versions->items[k], "v", ""));
}

static bool entry_speaks_of(struct arena *arena, const struct yaml *entry, const char *model) {
    const char *name;
    for (size_t k = 0; (name = entry_model(arena, entry, k)); k++) {
        if (strcmp(name, model) == 0) return true;
    }
    return false;
}

/* The version that a reference without one means: latest_version, else the greatest number. */
static const char *entry_latest(struct arena *arena, const struct yaml *entry) {
    const struct yaml *versions = yaml_get(entry, "versions");
    const char *wanted = yaml_str(entry, "latest_version", NULL), *best = NULL;
    double most = -1, number;
    for (size_t k = 0; versions && versions->kind == YAML_LIST && k < versions->count; k++) {
        const struct yaml *v = yaml_get(versions->items[k], "v");
        if (!v || v->kind != YAML_SCALAR) continue;
        if (wanted && strcmp(v->text, wanted) == 0) return entry_model(arena, entry, k);
        if (yaml_number(v, &number) && number > most) most = number, best = entry_model(arena, entry, k);
    }
    return best;
}

/* The file of a model or of one of its versions, by the name a reference gives: "m", "m_v2". NULL: the entry is of another. */
static const char *entry_file(struct arena *arena, const struct yaml *entry, const char *wanted) {
    const struct yaml *versions = yaml_get(entry, "versions");
    const char *name = yaml_str(entry, "name", "");
    if (strcmp(name, wanted) == 0) return entry_latest(arena, entry);
    for (size_t k = 0; versions && versions->kind == YAML_LIST && k < versions->count; k++) {
        if (strcmp(arena_printf(arena, "%s_v%s", name, yaml_str(versions->items[k], "v", "")), wanted) == 0) return entry_model(arena, entry, k);
    }
    return NULL;
}

static void properties_read(struct dbt_project *p, const struct yaml *list, const char *path) {
    for (size_t i = 0; list && list->kind == YAML_LIST && i < list->count; i++) {
        const char *name;
        for (size_t k = 0; (name = entry_model(p->reader->arena, list->items[i], k)); k++) {
            struct dbt_model *model = map_get(p->models, str_of(name));
            if (!model || model->properties) continue;
            model->properties = list->items[i];
            model->properties_path = path;
        }
    }
}

/* Snapshots that are written in YAML alone. https://docs.getdbt.com/docs/build/snapshots */
static void snapshots_add(struct dbt_project *p, const struct yaml *list, const char *path) {
    for (size_t i = 0; list && list->kind == YAML_LIST && i < list->count; i++) {
        const char *name = yaml_str(list->items[i], "name", NULL), *relation = yaml_str(list->items[i], "relation", NULL);
        if (!name || !relation || map_get(p->models, str_of(name))) continue;
        struct arena *arena = p->reader->arena;
        struct dbt_model *model = arena_new(arena, struct dbt_model);
        const char *text = arena_printf(arena, "select * from {{ %s }}", relation);
        *model = (struct dbt_model){.name = name, .path = path, .bytes = str_of(text), .kind = DBT_SNAPSHOT, .properties = list->items[i]};
        model->properties_path = path;
        model->found = true;
        map_put(p->models, str_of(name), model);
        *vec_add(arena, &p->order) = model;
    }
}

/* Facts. */

struct room {
    struct dbt_project *p;
    struct dbt_run run;
    struct dataset_facts *facts;
    size_t key_cap, fk_cap;
};

static const char *const *one_name(struct arena *arena, const char *name) {
    const char **names = arena_array(arena, 1, sizeof *names);
    names[0] = name;
    return names;
}

static void key_add(struct room *r, const char *const *columns, size_t count, bool primary, enum fact_origin origin) {
    struct dataset_facts *f = r->facts;
    f->keys = arena_grow(r->run.arena, f->keys, &r->key_cap, f->key_count + 1, sizeof *f->keys);
    f->keys[f->key_count++] = (struct key_fact){columns, count, primary, origin};
}

static const char *referred_dataset(struct room *r, const char *to) {
    if (!to) return NULL;
    r->run.refs.n = 0;
    struct jinja_host host = dbt_host(&r->run);
    const char *text = strstr(to, "{{") ? to : arena_printf(r->run.arena, "{{ %s }}", to);
    jinja_value_of(r->run.arena, str_of(text), &host);
    return r->run.refs.n ? r->run.refs.at[0] : NULL;
}

static void foreign_key_add(struct room *r, const char *column, const struct yaml *arguments) {
    const char *dataset = referred_dataset(r, yaml_str(arguments, "to", NULL)), *field = yaml_str(arguments, "field", NULL);
    struct dataset_facts *f = r->facts;
    if (!dataset || !field) return;
    f->foreign_keys = arena_grow(r->run.arena, f->foreign_keys, &r->fk_cap, f->foreign_key_count + 1, sizeof *f->foreign_keys);
    f->foreign_keys[f->foreign_key_count++] =
        (struct foreign_key_fact){one_name(r->run.arena, column), 1, dataset, one_name(r->run.arena, field), ORIGIN_TEST};
}

/* A test that looks at part of the rows, or may only warn, proves nothing of the whole. */
static bool test_is_whole(const struct yaml *arguments) {
    if (!arguments || arguments->kind != YAML_MAP) return true;
    const char *severity = yaml_str(arguments, "config.severity", yaml_str(arguments, "severity", "error"));
    return !yaml_at(arguments, "config.where") && !yaml_get(arguments, "where") && !yaml_at(arguments, "config.limit") &&
           strcmp(severity, "warn") != 0 && !yaml_at(arguments, "config.error_if") && !yaml_at(arguments, "config.enabled");
}

/* The name of a test and its arguments, in its three written forms. */
static const char *test_name(const struct yaml *test, const struct yaml **arguments) {
    *arguments = NULL;
    if (test->kind == YAML_SCALAR) return test->text;
    if (test->kind != YAML_MAP || !test->count) return "";
    *arguments = test;
    const char *name = yaml_str(test, "test_name", NULL);
    if (name) return name;
    *arguments = test->items[0];
    const struct yaml *inner = yaml_get(test->items[0], "arguments");
    bool plain = test_is_whole(test->items[0]) && test_is_whole(test);
    if (inner && plain) *arguments = inner;
    return plain ? test->keys[0] : "";
}

static const struct yaml *tests_of(const struct yaml *owner) {
    const struct yaml *tests = yaml_get(owner, "data_tests");
    if (!tests) tests = yaml_get(owner, "tests");
    return tests && tests->kind == YAML_LIST ? tests : NULL;
}

static void column_tests(struct room *r, const struct yaml *column, struct column_fact *fact) {
    const struct yaml *tests = tests_of(column), *arguments = NULL;
    for (size_t i = 0; tests && i < tests->count; i++) {
        const char *name = test_name(tests->items[i], &arguments);
        if (!test_is_whole(arguments)) continue;
        if (strcmp(name, "unique") == 0) key_add(r, one_name(r->run.arena, fact->name), 1, false, ORIGIN_TEST);
        if (strcmp(name, "relationships") == 0) foreign_key_add(r, fact->name, arguments);
        if (strcmp(name, "not_null") == 0) {
            fact->not_null = fact->not_null_known = true;
            fact->not_null_origin = ORIGIN_TEST;
        }
    }
}

static void constraints_read(struct room *r, const struct yaml *owner, struct column_fact *column) {
    const struct yaml *list = yaml_get(owner, "constraints");
    for (size_t i = 0; list && i < list->count; i++) {
        const char *type = yaml_str(list->items[i], "type", "");
        const struct yaml *columns = yaml_get(list->items[i], "columns");
        if (column && strcmp(type, "not_null") == 0) column->not_null = column->not_null_known = true, column->not_null_origin = ORIGIN_DECLARED;
        if (strcmp(type, "primary_key") != 0 && strcmp(type, "unique") != 0) continue;
        bool primary = type[0] == 'p';
        if (column) key_add(r, one_name(r->run.arena, column->name), 1, primary, ORIGIN_DECLARED);
        const char **names = arena_array(r->run.arena, columns ? columns->count + 1 : 1, sizeof *names);
        for (size_t k = 0; columns && k < columns->count; k++) names[k] = columns->items[k]->kind == YAML_SCALAR ? columns->items[k]->text : "";
        if (!column && columns && columns->count) key_add(r, names, columns->count, primary, ORIGIN_DECLARED);
    }
}

static void model_tests(struct room *r, const struct yaml *model) {
    const struct yaml *tests = tests_of(model), *arguments = NULL;
    for (size_t i = 0; tests && i < tests->count; i++) {
        const char *name = test_name(tests->items[i], &arguments);
        const struct yaml *columns = yaml_get(arguments, "combination_of_columns");
        if (!text_ends(name, "unique_combination_of_columns") || !columns || columns->kind != YAML_LIST || !test_is_whole(arguments)) continue;
        const char **names = arena_array(r->run.arena, columns->count + 1, sizeof *names);
        for (size_t k = 0; k < columns->count; k++) names[k] = columns->items[k]->kind == YAML_SCALAR ? columns->items[k]->text : "";
        if (columns->count) key_add(r, names, columns->count, false, ORIGIN_TEST);
    }
}

static const char *const *tags_of(struct arena *arena, const struct yaml *entry, size_t *count) {
    const struct yaml *tags = yaml_get(entry, "tags");
    if (!tags) tags = yaml_at(entry, "config.tags");
    bool list = tags && tags->kind == YAML_LIST;
    const char **names = arena_array(arena, list ? tags->count + 1 : 2, sizeof *names);
    for (size_t i = 0; list && i < tags->count; i++) {
        if (tags->items[i]->kind == YAML_SCALAR) names[(*count)++] = tags->items[i]->text;
    }
    if (tags && tags->kind == YAML_SCALAR) names[(*count)++] = tags->text;
    return names;
}

static void facts_add(struct dbt_project *p, const struct yaml *entry, const char *dataset, const char *path, const char *owner) {
    const struct yaml *columns = yaml_get(entry, "columns");
    struct dataset_facts *facts = vec_add(p->reader->arena, &p->reader->out->facts);
    *facts = (struct dataset_facts){.dataset = dataset, .path = path, .line = entry->line, .bytes = -1, .rows = -1, .owner = owner};
    const char *description = yaml_str(entry, "description", NULL);
    if (description && description[0]) facts->description = description;
    facts->tags = tags_of(p->reader->arena, entry, &facts->tag_count);
    struct room room = {.p = p, .run = run_of(p), .facts = facts};
    size_t count = columns && columns->kind == YAML_LIST ? columns->count : 0;
    facts->columns = arena_array(p->reader->arena, count + 1, sizeof *facts->columns);
    for (size_t i = 0; i < count; i++) {
        struct column_fact *c = &facts->columns[facts->column_count];
        c->name = yaml_str(columns->items[i], "name", NULL);
        if (!c->name) continue;
        facts->column_count++;
        c->type = yaml_str(columns->items[i], "data_type", NULL);
        c->description = yaml_str(columns->items[i], "description", NULL);
        c->classification = classify_yaml(p->reader->arena, columns->items[i]);
        facts->tests += tests_of(columns->items[i]) ? (int)tests_of(columns->items[i])->count : 0;
        column_tests(&room, columns->items[i], c);
        constraints_read(&room, columns->items[i], c);
    }
    facts->tests += tests_of(entry) ? (int)tests_of(entry)->count : 0;
    facts->classification = classify_yaml(p->reader->arena, entry);
    model_tests(&room, entry);
    constraints_read(&room, entry, NULL);
}

static void models_facts(struct dbt_project *p, const struct yaml *list, const char *path) {
    for (size_t i = 0; list && list->kind == YAML_LIST && i < list->count; i++) {
        const char *owner = yaml_str(list->items[i], "meta.owner", yaml_str(list->items[i], "config.meta.owner", NULL)), *name;
        for (size_t k = 0; (name = entry_model(p->reader->arena, list->items[i], k)); k++) {
            struct dbt_model *model = map_get(p->models, str_of(name));
            if (model) dbt_model_name(p, model);
            if (model) facts_add(p, list->items[i], model->dataset, path, owner);
        }
    }
}

static double period_seconds(const struct yaml *period) {
    double n = 0;
    const char *unit = yaml_str(period, "period", "");
    const struct yaml *count = yaml_get(period, "count");
    if (!count || count->kind != YAML_SCALAR || !yaml_number(count, &n)) return 0;
    return n * (strcmp(unit, "minute") == 0 ? 60 : strcmp(unit, "hour") == 0 ? 3600 : strcmp(unit, "day") == 0 ? 86400 : 0);
}

/* What a table does not say its source says; `freshness: null` of a table takes it off.
 * https://docs.getdbt.com/reference/resource-properties/freshness */
static void freshness_read(struct dataset_facts *f, const struct yaml *source, const struct yaml *table) {
    const struct yaml *of_table = yaml_get(table, "freshness"), *of_source = yaml_get(source, "freshness");
    if (!of_table) of_table = yaml_at(table, "config.freshness");
    if (!of_source) of_source = yaml_at(source, "config.freshness");
    const struct yaml *said = of_table ? of_table : of_source;
    f->loaded_at = yaml_str(table, "loaded_at_field", yaml_str(source, "loaded_at_field", NULL));
    f->warn_seconds = period_seconds(yaml_get(said, "warn_after"));
    f->error_seconds = period_seconds(yaml_get(said, "error_after"));
}

static void sources_facts(struct dbt_project *p, const struct yaml *sources, const char *path) {
    struct dbt_run run = run_of(p);
    for (size_t i = 0; sources && i < sources->count; i++) {
        const struct yaml *tables = yaml_get(sources->items[i], "tables");
        const char *owner = yaml_str(sources->items[i], "meta.owner", yaml_str(sources->items[i], "config.meta.owner", NULL));
        for (size_t k = 0; tables && k < tables->count; k++) {
            const char *mine = yaml_str(tables->items[k], "meta.owner", yaml_str(tables->items[k], "config.meta.owner", owner));
            facts_add(p, tables->items[k], source_dataset(&run, sources->items[i], tables->items[k]), path, mine);
            freshness_read(&p->reader->out->facts.at[p->reader->out->facts.n - 1], sources->items[i], tables->items[k]);
        }
    }
}

static void exposures_read(struct dbt_project *p, const struct yaml *list, const char *path) {
    for (size_t i = 0; list && list->kind == YAML_LIST && i < list->count; i++) {
        const struct yaml *e = list->items[i], *depends = yaml_get(e, "depends_on");
        struct exposure *out = vec_add(p->reader->arena, &p->reader->out->exposures);
        *out = (struct exposure){.name = yaml_str(e, "label", yaml_str(e, "name", "")),
                                 .type = yaml_str(e, "type", NULL),
                                 .url = yaml_str(e, "url", NULL),
                                 .path = path,
                                 .line = e->line,
                                 .from_dbt = true};
        out->owner = yaml_str(e, "owner.email", yaml_str(e, "owner.name", NULL));
        struct room room = {.p = p, .run = run_of(p)};
        const char **reads = arena_array(p->reader->arena, depends ? depends->count + 1 : 1, sizeof *reads);
        for (size_t k = 0; depends && depends->kind == YAML_LIST && k < depends->count; k++) {
            const char *dataset = depends->items[k]->kind == YAML_SCALAR ? referred_dataset(&room, depends->items[k]->text) : NULL;
            if (dataset) reads[out->read_count++] = dataset;
        }
        out->reads = names_sorted(p->reader->arena, reads, &out->read_count, NULL);
    }
}

/* Facts of one model from a schema file that was read for it alone. */
void dbt_model_facts(struct dbt_project *p, struct dbt_model *model) {
    const struct yaml *entry = model->properties;
    if (!p->lazy || !entry || reader_wants(p->reader, model->properties_path)) return;
    dbt_model_name(p, model);
    facts_add(p, entry, model->dataset, model->properties_path, yaml_str(entry, "meta.owner", yaml_str(entry, "config.meta.owner", NULL)));
}

static const char *const model_lists[] = {"models", "snapshots", "seeds", "analyses"};

static struct yaml *file_load(struct dbt_project *p, struct dbt_yaml *file) {
    struct str bytes;
    if (file->loaded) return file->yaml;
    file->loaded = true;
    if (!reader_bytes(p->reader, file->path, &bytes)) return NULL;
    const struct err *e = yaml_load(p->reader->arena, file->path, bytes.p, bytes.n, &file->yaml);
    if (!e) return file->yaml;
    reader_gap(p->reader, file->path, "YAML", e);
    file->yaml = NULL;
    return NULL;
}

/* Does the file say this word at all? Most need not be parsed. */
static bool file_says(struct dbt_project *p, const struct dbt_yaml *file, struct str word) {
    struct str bytes;
    return reader_bytes(p->reader, file->path, &bytes) && memmem(bytes.p, bytes.n, word.p, word.n);
}

void dbt_model_find(struct dbt_project *p, struct dbt_model *model) {
    if (!p->lazy || model->found) return;
    model->found = true;
    model->properties = NULL;
    if (!model->bytes.p) reader_bytes(p->reader, model->path, &model->bytes);
    for (size_t i = 0; i < p->yamls.n && !model->properties; i++) {
        struct dbt_yaml *file = &p->yamls.at[i];
        const struct yaml *y = file_says(p, file, str_of(model->name)) ? file_load(p, file) : NULL;
        for (size_t k = 0; y && k < 4; k++) {
            const struct yaml *list = yaml_get(y, model_lists[k]);
            for (size_t n = 0; list && list->kind == YAML_LIST && n < list->count && !model->properties; n++) {
                if (entry_speaks_of(p->reader->arena, list->items[n], model->name)) model->properties = list->items[n];
            }
        }
        model->properties_path = file->path;
    }
}

struct dbt_model *dbt_model_named(struct dbt_project *p, const char *name) {
    struct dbt_model *model = p->models ? map_get(p->models, str_of(name)) : NULL;
    if (model || !p->models) return model;
    if (map_has(p->missing, str_of(name))) return map_get(p->missing, str_of(name));
    const char *latest = NULL, *version = NULL;
    for (const char *at = name; (at = strstr(at, "_v")); at++) version = at;
    struct str base = {name, version && version > name ? (size_t)(version - name) : strlen(name)};
    for (size_t i = 0; i < p->yamls.n && !latest; i++) {
        struct dbt_yaml *file = &p->yamls.at[i];
        const struct yaml *y = file_says(p, file, base) ? file_load(p, file) : NULL;
        const struct yaml *list = yaml_get(y, "models");
        if (p->lazy) snapshots_add(p, yaml_get(y, "snapshots"), file->path);
        for (size_t n = 0; list && list->kind == YAML_LIST && n < list->count && !latest; n++)
            latest = entry_file(p->reader->arena, list->items[n], name);
    }
    model = map_get(p->models, str_of(latest ? latest : name));
    map_put(p->missing, str_of(name), model);
    return model;
}

static const char *group_owner(struct dbt_project *p, const char *group) {
    for (size_t i = 0; i < p->yamls.n; i++) {
        struct dbt_yaml *file = &p->yamls.at[i];
        const struct yaml *y = file_says(p, file, STR("groups:")) ? file_load(p, file) : NULL, *list = yaml_get(y, "groups");
        for (size_t n = 0; list && list->kind == YAML_LIST && n < list->count; n++) {
            const struct yaml *one = list->items[n];
            if (strcmp(yaml_str(one, "name", ""), group) == 0) return yaml_str(one, "owner.email", yaml_str(one, "owner.name", group));
        }
    }
    return group;
}

const char *dbt_group_owner(struct dbt_project *p, const char *group) {
    const char *known = map_get(p->groups, str_of(group));
    if (!known) {
        known = group_owner(p, group);
        map_put(p->groups, str_of(group), (void *)(uintptr_t)known);
    }
    return known;
}

void dbt_source_find(struct dbt_project *p, struct str source) {
    for (size_t i = 0; p->lazy && i < p->yamls.n; i++) {
        struct dbt_yaml *file = &p->yamls.at[i];
        if (file->sources_taken || !file_says(p, file, STR("sources:")) || !file_says(p, file, source)) continue;
        file->sources_taken = true;
        sources_read(p, yaml_get(file_load(p, file), "sources"));
    }
}

void dbt_yaml_read(struct dbt_project *p, struct dbt_yaml *file, bool facts) {
    const char *path = file->path;
    const struct yaml *y = file_load(p, file);
    if (!y) return;
    if (!facts) {
        sources_read(p, yaml_get(y, "sources"));
        snapshots_add(p, yaml_get(y, "snapshots"), path);
        for (size_t i = 0; i < 4; i++) properties_read(p, yaml_get(y, model_lists[i]), path);
        return;
    }
    models_facts(p, yaml_get(y, "models"), path);
    models_facts(p, yaml_get(y, "snapshots"), path);
    models_facts(p, yaml_get(y, "seeds"), path);
    sources_facts(p, yaml_get(y, "sources"), path);
    exposures_read(p, yaml_get(y, "exposures"), path);
    dbt_metrics_read(p, y, path);
}
