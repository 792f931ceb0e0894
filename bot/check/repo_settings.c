/* repo_settings.c - .parley.yml to a record; every key that is off is named with its line, the rest still counts. */
#include "repo_settings.h"

#include "dialect.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define LIST_MAX     2000
#define PROBLEMS_MAX 100

const char *const repo_settings_paths[] = {".parley.yml", ".github/parley.yml", NULL};

/* One reading: where problems go, and what to fill. */
struct reader {
    struct arena *arena;
    struct settings_problems *problems;
    struct repo_settings *out;
    const char *prefix; /* "locked." for the server's own words */
};

static void problem_add(struct reader *r, int line, int column, const char *text) {
    if (!r->problems || r->problems->n >= PROBLEMS_MAX) return;
    *vec_add(r->arena, r->problems) = (struct settings_problem){line, column, text};
}

static void problem_at(struct reader *r, const struct yaml *at, const char *fmt, const char *a, const char *b) {
    char text[512];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(text, sizeof text, fmt, a, b);
#pragma GCC diagnostic pop
    problem_add(r, at->line, at->column, arena_strdup(r->arena, text));
}

static bool is_map(struct reader *r, const struct yaml *value, const char *key) {
    if (!value || value->kind == YAML_NULL) return false;
    if (value->kind == YAML_MAP) return true;
    problem_at(r, value, "'%s' must be a map of keys%s", key, "");
    return false;
}

/* Names every key of `map` that is not among `names`. */
static void keys_check(struct reader *r, const struct yaml *map, const char *where, const char *const *names, size_t count) {
    for (size_t i = 0; i < map->count; i++) {
        bool known = false;
        for (size_t k = 0; k < count && !known; k++) known = strcmp(map->keys[i], names[k]) == 0;
        if (known) continue;
        const char *near = text_nearest(map->keys[i], names, count);
        struct buf b = buf_new(r->arena);
        buf_printf(&b, "unknown key '%.80s%s%.80s'", where, *where ? "." : "", map->keys[i]);
        if (near) buf_printf(&b, "; did you mean '%s'?", near);
        else buf_printf(&b, "; known here: %s", names[0]);
        for (size_t k = 1; !near && k < count; k++) buf_printf(&b, ", %s", names[k]);
        problem_add(r, map->key_lines[i], 1, buf_str(&b));
    }
}
#define KEYS_CHECK(r, map, where, ...)                                                                                                               \
    do {                                                                                                                                             \
        static const char *const keys_known[] = {__VA_ARGS__};                                                                                       \
        keys_check(r, map, where, keys_known, sizeof keys_known / sizeof *keys_known);                                                               \
    } while (0)

static void text_read(struct reader *r, const struct yaml *map, const char *key, const char **out) {
    const struct yaml *value = yaml_get(map, key);
    if (!value || value->kind == YAML_NULL) return;
    if (value->kind != YAML_SCALAR) problem_at(r, value, "'%s' must be a text%s", key, "");
    else *out = value->text;
}

static void truth_read(struct reader *r, const struct yaml *map, const char *key, bool *out) {
    const struct yaml *value = yaml_get(map, key);
    if (!value || value->kind == YAML_NULL) return;
    bool yes = value->kind == YAML_SCALAR && str_iis(str_of(value->text), "true");
    bool no = value->kind == YAML_SCALAR && str_iis(str_of(value->text), "false");
    if (!yes && !no) problem_at(r, value, "'%s' must be true or false%s", key, "");
    else *out = yes;
}

/* A number within [low, high]. */
static void number_read(struct reader *r, const struct yaml *map, const char *key, double low, double high, double *out) {
    const struct yaml *value = yaml_get(map, key);
    double number;
    if (!value || value->kind == YAML_NULL) return;
    if (!yaml_number(value, &number) || number < low || number > high) {
        problem_at(r, value, "'%s' must be a number %s", key, arena_printf(r->arena, "from %g to %g", low, high));
        return;
    }
    *out = number;
}

static void int_read(struct reader *r, const struct yaml *map, const char *key, int high, int *out) {
    double number = *out;
    number_read(r, map, key, 0, high, &number);
    *out = (int)number;
}

/* A list of texts; one text counts as a list of one. */
static void texts_read(struct reader *r, const struct yaml *map, const char *key, const char ***out, size_t *count) {
    const struct yaml *value = yaml_get(map, key);
    if (!value || value->kind == YAML_NULL) return;
    if (value->kind == YAML_SCALAR) {
        *out = arena_array(r->arena, 1, sizeof **out);
        (*out)[0] = value->text;
        *count = 1;
        return;
    }
    if (value->kind != YAML_LIST || value->count > LIST_MAX) {
        problem_at(r, value, "'%s' must be a list of texts%s", key, "");
        return;
    }
    *out = arena_array(r->arena, value->count, sizeof **out);
    *count = 0;
    for (size_t i = 0; i < value->count; i++) {
        if (value->items[i]->kind == YAML_SCALAR) (*out)[(*count)++] = value->items[i]->text;
        else problem_at(r, value->items[i], "an item of '%s' must be a text%s", key, "");
    }
}

/* "50 USD", "+10%", "2000": a number, and its unit in `unit`. */
static bool amount_parse(const char *text, double *number, const char **unit) {
    char *end;
    *number = strtod(text, &end);
    if (end == text || !(*number >= 0 && *number <= 1e12)) return false; /* nan is neither */
    while (*end == ' ') end++;
    *unit = end;
    return *end == 0 || strcmp(end, "%") == 0 || strlen(end) == 3;
}

static void when_read(struct reader *r, const struct yaml *root) {
    static const char *const names[] = {"opened", "ready", "push", "command"};
    const char **words = NULL;
    size_t count = 0;
    if (!yaml_get(root, "when")) return;
    texts_read(r, root, "when", &words, &count);
    unsigned when = 0;
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < 4 && strcmp(words[i], names[k]) != 0) k++;
        if (k < 4) when |= 1u << k;
        else problem_at(r, yaml_get(root, "when"), "'%s' is no moment; known: opened, ready, push, command%s", words[i], "");
    }
    if (when) r->out->when = when;
}

static void mode_read(struct reader *r, const struct yaml *root) {
    const char *mode = NULL;
    text_read(r, root, "mode", &mode);
    if (!mode) return;
    if (strcmp(mode, "advise") == 0) r->out->mode = MODE_ADVISE;
    else if (strcmp(mode, "gate") == 0) r->out->mode = MODE_GATE;
    else problem_at(r, yaml_get(root, "mode"), "mode '%s' is neither advise nor gate%s", mode, "");
}

static void layers_read(struct reader *r, const struct yaml *root) {
    const struct yaml *map = yaml_get(root, "layers");
    if (!is_map(r, map, "layers")) return;
    r->out->layers = arena_array(r->arena, map->count, sizeof *r->out->layers);
    for (size_t i = 0; i < map->count; i++) {
        if (map->items[i]->kind != YAML_SCALAR)
            problem_at(r, map->items[i], "layer '%s' must be a pattern such as \"%s.*\"", map->keys[i], map->keys[i]);
        else r->out->layers[r->out->layer_count++] = (struct layer_rule){map->keys[i], map->items[i]->text};
    }
}

static void quiet_read(struct reader *r, const struct yaml *root) {
    const struct yaml *map = yaml_get(root, "quiet");
    if (!is_map(r, map, "quiet")) return;
    KEYS_CHECK(r, map, "quiet", "clean", "min_cost_per_month", "max_inline");
    truth_read(r, map, "clean", &r->out->quiet_clean);
    int_read(r, map, "max_inline", 20, &r->out->max_inline);
    const char *amount = NULL, *unit = "";
    double number;
    text_read(r, map, "min_cost_per_month", &amount);
    if (!amount) return;
    if (!amount_parse(amount, &number, &unit) || *unit == '%') {
        problem_at(r, yaml_get(map, "min_cost_per_month"), "'%s' is no amount; write it as \"50 USD\"%s", amount, "");
        return;
    }
    r->out->min_cost_per_month = number;
    if (*unit) r->out->min_cost_currency = unit;
}

/* "+10%", "500 USD", or a list of both; a sign says nothing: the key does. */
static void cost_limit_read(struct reader *r, const struct yaml *rule, const char *key, struct cost_limit *out) {
    const char **texts = NULL;
    size_t count = 0;
    if (!yaml_get(rule, key)) return;
    texts_read(r, rule, key, &texts, &count);
    for (size_t i = 0; i < count; i++) {
        const char *unit = "", *text = *texts[i] == '-' ? texts[i] + 1 : texts[i];
        double number;
        if (amount_parse(text, &number, &unit)) {
            *(*unit == '%' ? &out->percent : &out->amount) = number;
            if (*unit != '%') out->currency = *unit ? unit : "USD";
        } else problem_at(r, yaml_get(rule, key), "'%s' is neither a percentage (\"+10%%\") nor an amount (\"500 USD\")%s", texts[i], "");
    }
}

static void rule_read(struct reader *r, enum rule rule, const struct yaml *value) {
    const char *where = arena_printf(r->arena, "rules.%s", rule_info(rule)->id);
    if (value->kind == YAML_SCALAR) { /* similar: off */
        if (severity_parse(value->text, &r->out->levels[rule])) r->out->level_said[rule] = true;
        else problem_at(r, value, "level '%s' of %s is none of off, note, warning, blocker", value->text, where);
        return;
    }
    if (!is_map(r, value, where)) return;
    const char *level = NULL;
    if (rule == RULE_SIMILAR) KEYS_CHECK(r, value, where, "level", "min_score");
    else if (rule == RULE_COST) KEYS_CHECK(r, value, where, "level", "warn", "gate", "save");
    else KEYS_CHECK(r, value, where, "level");
    text_read(r, value, "level", &level);
    if (level && severity_parse(level, &r->out->levels[rule])) r->out->level_said[rule] = true;
    else if (level) problem_at(r, yaml_get(value, "level"), "level '%s' of %s is none of off, note, warning, blocker", level, where);
    if (rule == RULE_SIMILAR) number_read(r, value, "min_score", 0, 1, &r->out->similar_min_score);
    if (rule != RULE_COST) return;
    cost_limit_read(r, value, "warn", &r->out->cost_warn);
    cost_limit_read(r, value, "gate", &r->out->cost_gate);
    cost_limit_read(r, value, "save", &r->out->cost_save);
}

static void rules_read(struct reader *r, const struct yaml *root) {
    const struct yaml *map = yaml_get(root, "rules");
    const char *names[RULE_COUNT];
    for (int i = 0; i < RULE_COUNT; i++) names[i] = rule_info((enum rule)i)->id;
    if (!is_map(r, map, "rules")) return;
    keys_check(r, map, "rules", names, RULE_COUNT);
    for (size_t i = 0; i < map->count; i++) {
        enum rule rule = rule_find(map->keys[i]);
        if (rule != RULE_COUNT) rule_read(r, rule, map->items[i]);
    }
}

static void owners_read(struct reader *r, const struct yaml *root) {
    const struct yaml *map = yaml_get(root, "owners");
    if (!is_map(r, map, "owners")) return;
    r->out->owners = arena_array(r->arena, map->count, sizeof *r->out->owners);
    for (size_t i = 0; i < map->count; i++) {
        const struct yaml *who = map->items[i];
        if (who->kind != YAML_SCALAR || !*who->text)
            problem_at(r, who, "the owner of '%s' must be a text such as \"@acme/team\"%s", map->keys[i], "");
        else if (strcmp(map->keys[i], "default") == 0) r->out->owner_default = who->text;
        else r->out->owners[r->out->owner_count++] = (struct owner_rule){map->keys[i], who->text};
    }
}

static void people_read(struct reader *r, const struct yaml *root) {
    const struct yaml *map = yaml_get(root, "people");
    if (!is_map(r, map, "people")) return;
    KEYS_CHECK(r, map, "people", "rota", "max_open_per_person", "away");
    text_read(r, map, "rota", &r->out->rota);
    int_read(r, map, "max_open_per_person", 1000, &r->out->max_open_per_person);
    texts_read(r, map, "away", &r->out->away, &r->out->away_count);
}

static void accept_read(struct reader *r, const struct yaml *root) {
    static const char *const roles[] = {"author", "writer", "owner", "data-eng", "admin"};
    const struct yaml *map = yaml_get(root, "accept");
    if (!is_map(r, map, "accept")) return;
    KEYS_CHECK(r, map, "accept", "max_days", "need_reason", "who");
    int_read(r, map, "max_days", 3650, &r->out->accept_max_days);
    truth_read(r, map, "need_reason", &r->out->accept_need_reason);
    texts_read(r, map, "who", &r->out->accept_who, &r->out->accept_who_count);
    for (size_t i = 0; yaml_get(map, "who") && i < r->out->accept_who_count; i++) {
        size_t k = 0;
        while (k < 5 && strcmp(roles[k], r->out->accept_who[i]) != 0) k++;
        if (k == 5)
            problem_at(r, yaml_get(map, "who"), "'%s' is no role; known: author, writer, owner, data-eng, admin%s", r->out->accept_who[i], "");
    }
}

static void ignore_read(struct reader *r, const struct yaml *root) {
    const struct yaml *list = yaml_get(root, "ignore");
    if (!list || list->kind == YAML_NULL) return;
    if (list->kind != YAML_LIST || list->count > LIST_MAX) {
        problem_at(r, list, "'ignore' must be a list of {path: GLOB, rule: ID}%s%s", "", "");
        return;
    }
    r->out->ignores = arena_array(r->arena, list->count, sizeof *r->out->ignores);
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml *item = list->items[i];
        struct ignore_rule rule = {0};
        if (item->kind == YAML_SCALAR) rule.path = item->text;
        if (item->kind == YAML_MAP) {
            KEYS_CHECK(r, item, "ignore", "path", "rule");
            text_read(r, item, "path", &rule.path);
            text_read(r, item, "rule", &rule.rule);
        }
        if (rule.rule && rule_find(rule.rule) == RULE_COUNT) problem_at(r, item, "'%s' is no rule%s", rule.rule, "");
        else if (!rule.path && !rule.rule) problem_at(r, item, "an item of 'ignore' needs a path or a rule%s%s", "", "");
        else r->out->ignores[r->out->ignore_count++] = rule;
    }
}

static void slack_read(struct reader *r, const struct yaml *root) {
    const struct yaml *map = yaml_get(root, "slack");
    if (!is_map(r, map, "slack")) return;
    KEYS_CHECK(r, map, "slack", "channel", "thread_per", "digest");
    text_read(r, map, "channel", &r->out->slack_channel);
    text_read(r, map, "thread_per", &r->out->slack_thread_per);
    text_read(r, map, "digest", &r->out->slack_digest);
}

static void cost_read(struct reader *r, const struct yaml *root) {
    const struct yaml *map = yaml_get(root, "cost");
    if (!is_map(r, map, "cost")) return;
    KEYS_CHECK(r, map, "cost", "cloud", "region", "tier", "warehouse", "warehouse_type");
    text_read(r, map, "cloud", &r->out->cloud);
    text_read(r, map, "region", &r->out->region);
    text_read(r, map, "tier", &r->out->tier);
    text_read(r, map, "warehouse", &r->out->warehouse_size);
    text_read(r, map, "warehouse_type", &r->out->warehouse_type);
}

static void version_check(struct reader *r, const struct yaml *root) {
    const struct yaml *version = yaml_get(root, "version");
    double number;
    if (version && (!yaml_number(version, &number) || number != 1)) problem_at(r, version, "version must be 1%s%s", "", "");
}

static void root_read(struct reader *r, const struct yaml *root) {
    if (!root || root->kind == YAML_NULL) return;
    if (root->kind != YAML_MAP) {
        problem_at(r, root, "the file must be a map of keys%s%s", "", "");
        return;
    }
    KEYS_CHECK(r, root, "", "version", "dialect", "mode", "when", "layers", "quiet", "rules", "owners", "people", "accept", "ignore", "slack", "cost",
               "metrics");
    version_check(r, root);
    const char *dialect = NULL;
    text_read(r, root, "dialect", &dialect);
    enum dialect known;
    if (dialect && !dialect_parse(str_of(dialect), &known)) problem_at(r, yaml_get(root, "dialect"), "unknown dialect '%s'%s", dialect, "");
    else if (dialect) r->out->dialect = dialect;
    mode_read(r, root);
    when_read(r, root);
    layers_read(r, root);
    quiet_read(r, root);
    rules_read(r, root);
    owners_read(r, root);
    people_read(r, root);
    accept_read(r, root);
    ignore_read(r, root);
    slack_read(r, root);
    cost_read(r, root);
    const struct yaml *metrics = yaml_get(root, "metrics");
    if (metrics && metrics->kind == YAML_LIST) r->out->metrics = metrics;
    else if (metrics && metrics->kind != YAML_NULL) problem_at(r, metrics, "'metrics' must be a list%s%s", "", "");
}

/* Keys that the file sets and the server has locked: said, for they have no effect. */
static void locked_tell(struct reader *r, const struct yaml *root, const struct yaml *locked) {
    for (size_t i = 0; i < locked->count; i++) {
        const struct yaml *own = yaml_get(root, locked->keys[i]);
        if (own) problem_at(r, own, "'%s' is locked by the server's settings and has no effect here%s", locked->keys[i], "");
    }
}

struct repo_settings *repo_settings_default(struct arena *arena) {
    static const char *who[] = {"owner", "data-eng", "writer"};
    struct repo_settings *s = arena_new(arena, struct repo_settings);
    *s = (struct repo_settings){
        .mode = MODE_ADVISE,
        .when = WHEN_OPENED | WHEN_READY | WHEN_PUSH | WHEN_COMMAND,
        .quiet_clean = true,
        .min_cost_currency = "USD",
        .max_inline = 5,
        .similar_min_score = 0.8,
        .accept_max_days = 90,
        .accept_need_reason = true,
        .accept_who = who,
        .accept_who_count = 3,
        .slack_thread_per = "pull_request",
    };
    for (int i = 0; i < RULE_COUNT; i++) s->levels[i] = rule_info((enum rule)i)->level;
    return s;
}

struct repo_settings *repo_settings_read(struct arena *arena, const char *name, struct str bytes, const struct yaml *locked,
                                         struct settings_problems *problems) {
    struct reader r = {arena, problems, repo_settings_default(arena), ""};
    struct yaml *root = NULL;
    const struct err *failed = yaml_load(arena, name, bytes.p, bytes.n, &root);
    if (failed) {
        int line = 1, column = 1;
        const char *at = strncmp(failed->text, name, strlen(name)) == 0 ? failed->text + strlen(name) : "";
        if (sscanf(at, ":%d:%d:", &line, &column) != 2) line = column = 1;
        problem_add(&r, line, column, arena_strdup(arena, failed->text));
    } else {
        root_read(&r, root);
    }
    if (locked && locked->kind == YAML_MAP) {
        if (root && root->kind == YAML_MAP) locked_tell(&r, root, locked);
        r.problems = NULL; /* the server's own words were checked at its start */
        root_read(&r, locked);
    }
    return r.out;
}

bool repo_settings_ignores(const struct repo_settings *settings, const char *path, const char *rule_id) {
    for (size_t i = 0; i < settings->ignore_count; i++) {
        const struct ignore_rule *ignore = &settings->ignores[i];
        if (ignore->rule && (!rule_id || strcmp(ignore->rule, rule_id) != 0)) continue;
        if (!ignore->path || text_glob(ignore->path, path)) return true;
    }
    return false;
}
