/* job_facts.c - schedule, compute, libraries, parameters and notices out of the settings of every API version. */
#include "job_facts.h"

#include <stdio.h>
#include <stdlib.h>

#define LIST_MAX 1000

const char *job_text(const json_t *j, const char *path) {
    const char *s = jsx_str(j, path, NULL);
    return s && s[0] ? s : NULL;
}

const char *job_kept(const struct job_source *from, const char *s) { return s ? arena_strdup(from->arena, s) : NULL; }

int job_whole(const json_t *j, const char *path, int otherwise) {
    const json_t *v = jsx_at(j, path);
    int n = otherwise;
    if (json_is_integer(v)) {
        json_int_t i = json_integer_value(v);
        return i > INT_MIN && i <= INT_MAX ? (int)i : otherwise;
    }
    if (json_is_string(v) && sscanf(json_string_value(v), "%9d", &n) != 1) n = otherwise;
    return n;
}

bool job_truth(const json_t *j, const char *path) { return job_said(j, path) == SAID_YES; }

enum said job_said(const json_t *j, const char *path) {
    const json_t *v = jsx_at(j, path);
    const char *s = json_string_value(v);
    if (json_is_true(v) || (s && strcmp(s, "true") == 0)) return SAID_YES;
    return json_is_false(v) || (s && strcmp(s, "false") == 0) ? SAID_NO : SAID_NOTHING;
}

const char *job_path(const struct job_source *from, const json_t *map) { return job_kept(from, jsx_str(map, JOB_PATH, from->path)); }

int job_line(const json_t *map, int otherwise) { return (int)jsx_int(map, JOB_LINE, otherwise); }

static bool is_place(const char *key) { return strncmp(key, "__", 2) == 0; }

/* ---- schedule ---- */

/* The first of the settings' ways to start; their maps are told apart by name. */
static const json_t *starter_of(const json_t *settings) {
    static const char *const keys[] = {"schedule", "trigger", "continuous"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const json_t *value = json_object_get(settings, keys[i]);
        if (json_is_object(value)) return value;
    }
    return NULL;
}

static void periodic_read(const json_t *trigger, struct schedule *out) {
    const json_t *periodic = json_object_get(trigger, "periodic");
    if (!periodic) return;
    const char *unit = jsx_str(periodic, "unit", "DAYS");
    double n = jsx_real(periodic, "interval", (double)job_whole(periodic, "interval", 1));
    out->every_seconds = n * (unit[0] == 'M' ? 60 : unit[0] == 'H' ? 3600 : unit[0] == 'W' ? 604800 : 86400);
}

void schedule_read(const struct job_source *from, const json_t *s, struct schedule *out) {
    const json_t *cron = json_object_get(s, "schedule"), *trigger = json_object_get(s, "trigger"), *continuous = json_object_get(s, "continuous");
    if (!cron) cron = json_object_get(trigger, "cron");
    const char *expression = json_is_string(cron) ? json_string_value(cron) : job_text(cron, "quartz_cron_expression");
    if (!expression) expression = job_text(cron, "quartz_cron_schedule");
    if (!expression) expression = job_text(cron, "cron");
    out->cron = job_kept(from, expression);
    const char *zone = job_text(cron, "timezone_id");
    out->timezone = job_kept(from, zone ? zone : job_text(cron, "timezone"));
    const char *pause = job_text(cron, "pause_status");
    if (!pause) pause = job_text(trigger, "pause_status");
    if (!pause) pause = job_text(continuous, "pause_status");
    out->paused = (pause && strcmp(pause, "PAUSED") == 0) || job_truth(cron, "paused");
    out->continuous = json_is_object(continuous) || json_is_true(continuous);
    periodic_read(trigger, out);
    if (json_object_get(trigger, "file_arrival")) out->trigger = "file arrival";
    if (json_object_get(trigger, "table_update") || json_object_get(trigger, "table")) out->trigger = "table update";
    const json_t *starter = starter_of(s);
    if (!starter && !out->cron && !out->continuous) return;
    out->path = job_path(from, starter ? starter : s);
    out->line = job_line(starter ? starter : s, 0);
}

/* ---- secrets ---- */

static bool has_word(const char *name, const char *word) {
    size_t n = strlen(word);
    for (const char *p = name; *p; p++) {
        size_t i = 0, k = 0;
        /* "api-key", "API_KEY" and "apiKey" are one word. */
        while (k < n && p[i]) {
            char c = (char)(p[i] >= 'A' && p[i] <= 'Z' ? p[i] + 32 : p[i]);
            if ((c == '_' || c == '-' || c == '.') && i > 0) {
                i++;
            } else if (c == word[k]) {
                i++, k++;
            } else {
                break;
            }
        }
        if (k == n) return true;
    }
    return false;
}

static bool name_is_secret(const char *name) {
    static const char *const words[] = {"password",   "passwd",      "passphrase",   "secret",     "apikey",    "accesskey",
                                        "accountkey", "privatekey",  "clientsecret", "credential", "authtoken", "accesstoken",
                                        "pwd",        "bearertoken", "sastoken",     "token"};
    /* Names of where a secret is kept, not of the secret. */
    static const char *const places[] = {"scope",     "secretname", "secretkeyname", "tokenurl",    "endpoint", "provider",
                                         "tokenizer", "tokens",     "path",          "tokenlength", "file",     "vault",
                                         "class",     "enabled",    "expir",         "lifetime",    "ttl",      "arn"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (has_word(name, places[i])) return false;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (has_word(name, words[i])) return true;
    }
    return false;
}

static size_t run_of(const char *s, const char *set) { return strspn(s, set); }

/* Tokens whose form alone tells them: as their makers document them for secret scanning. */
static bool form_is_secret(const char *value) {
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    static const struct {
        const char *start;
        size_t rest;
    } forms[] = {{"dapi", 32},   {"AKIA", 16},  {"ASIA", 16},  {"ghp_", 30},     {"gho_", 30}, {"ghs_", 30}, {"github_pat_", 30},
                 {"glpat-", 20}, {"xoxb-", 20}, {"xoxp-", 20}, {"sk_live_", 16}, {"AIza", 30}, {"dkea", 32}, {"dose", 32}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const char *at = strstr(value, forms[i].start);
        if (at && (at == value || !strchr(word, at[-1])) && run_of(at + strlen(forms[i].start), word) >= forms[i].rest) return true;
    }
    const char *jwt = strstr(value, "eyJ");
    if (jwt && run_of(jwt, word) > 15 && jwt[run_of(jwt, word)] == '.' && strncmp(jwt + run_of(jwt, word) + 1, "eyJ", 3) == 0) return true;
    return strstr(value, "-----BEGIN") && strstr(value, "PRIVATE KEY-----");
}

/* "//user:word@host" in an address. */
static bool address_has_password(const char *value) {
    const char *host = strstr(value, "://"), *at = host ? strchr(host + 3, '@') : NULL, *colon = host ? strchr(host + 3, ':') : NULL;
    const char *slash = host ? strchr(host + 3, '/') : NULL;
    return at && colon && colon < at && at - colon > 2 && (!slash || slash > at) && !memchr(colon, '$', (size_t)(at - colon)) &&
           !memchr(colon, '{', (size_t)(at - colon));
}

static bool is_reference(const char *v) {
    return strstr(v, "{{") || strstr(v, "${") || strstr(v, "secrets/") || v[0] == '$' || v[0] == '<' || strncmp(v, "arn:", 4) == 0 ||
           strncmp(v, "projects/", 9) == 0;
}

bool value_is_secret(const char *name, const char *value) {
    if (!value || is_reference(value)) return false;
    if (form_is_secret(value) || address_has_password(value)) return true;
    size_t n = strlen(value);
    bool word = strcmp(value, "true") != 0 && strcmp(value, "false") != 0 && strcmp(value, "None") != 0 && strcmp(value, "null") != 0;
    bool number = run_of(value, "0123456789.") == n;
    return n >= 6 && word && !number && !strchr(value, ' ') && !strchr(value, '/') && name_is_secret(name);
}

/* ---- parameters ---- */

struct parameters {
    const struct job_source *from;
    struct parameter *at;
    size_t n, cap;
};

static void parameter_add(struct parameters *p, const struct parameter *one) {
    if (p->n >= LIST_MAX) return;
    p->at = arena_grow(p->from->arena, p->at, &p->cap, p->n + 1, sizeof *p->at);
    p->at[p->n++] = *one;
}

static void map_add(struct parameters *p, const json_t *map, const char *where) {
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)map, key, value) {
        if (is_place(key)) continue;
        struct parameter one = {job_kept(p->from, key), where, value_is_secret(key, json_string_value(value)), job_line(map, 0)};
        parameter_add(p, &one);
    }
}

/* Words of a command line: "--token=abc" names itself, "--token" names the next. */
static void words_add(struct parameters *p, const json_t *list, const char *where, int line) {
    const char *before = "";
    for (size_t i = 0; i < json_array_size(list) && i < LIST_MAX; i++) {
        const char *word = json_string_value(json_array_get(list, i));
        const char *equals = word && word[0] == '-' ? strchr(word, '=') : NULL;
        bool flag = word && word[0] == '-' && !equals;
        if (!word) continue;
        if (!flag) {
            const char *name = equals ? arena_copy(p->from->arena, word, (size_t)(equals - word)) : before;
            struct parameter one = {name[0] ? name : arena_printf(p->from->arena, "%zu", i + 1), where,
                                    value_is_secret(name, equals ? equals + 1 : word), line};
            parameter_add(p, &one);
        }
        before = flag ? job_kept(p->from, word) : "";
    }
}

/* [{"name": .., "default" or "value": ..}] */
static void named_add(struct parameters *p, const json_t *list, const char *where) {
    for (size_t i = 0; i < json_array_size(list) && i < LIST_MAX; i++) {
        const json_t *item = json_array_get(list, i);
        const char *name = job_text(item, "name"), *value = job_text(item, "default");
        if (!name) continue;
        struct parameter one = {job_kept(p->from, name), where, value_is_secret(name, value ? value : job_text(item, "value")), job_line(item, 0)};
        parameter_add(p, &one);
    }
}

void job_parameters(const struct job_source *from, const json_t *settings, struct job *job) {
    struct parameters p = {.from = from};
    named_add(&p, json_object_get(settings, "parameters"), "parameters");
    map_add(&p, json_object_get(settings, "configuration"), "configuration");
    job->parameters = p.at;
    job->parameter_count = p.n;
}

void task_parameters(const struct job_source *from, const json_t *task, struct task *t) {
    static const char *const maps[] = {"base_parameters", "named_parameters",    "job_parameters",
                                       "parameters",      "python_named_params", "pipeline_params"};
    static const char *const lists[] = {"parameters", "python_params", "jar_params"};
    struct parameters p = {.from = from};
    const char *key;
    json_t *body;
    json_object_foreach((json_t *)task, key, body) {
        if (!json_is_object(body) || !text_ends(key, "_task") || strcmp(key, "for_each_task") == 0) continue;
        for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) map_add(&p, json_object_get(body, maps[i]), maps[i]);
        for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) words_add(&p, json_object_get(body, lists[i]), lists[i], job_line(body, t->line));
    }
    t->parameters = p.at;
    t->parameter_count = p.n;
}

/* ---- compute ---- */

void compute_none(struct compute *c) {
    *c = (struct compute){0};
    c->workers_min = c->workers_max = c->autotermination_minutes = -1;
}

static void availability_read(const struct job_source *from, const json_t *spec, struct compute *c) {
    const char *const places[] = {"aws_attributes.availability", "azure_attributes.availability", "gcp_attributes.availability"};
    for (size_t i = 0; i < 3; i++) {
        const char *a = job_text(spec, places[i]);
        if (!a) continue;
        c->availability = job_kept(from, a);
        c->spot |= strncmp(a, "SPOT", 4) == 0 || strncmp(a, "PREEMPTIBLE", 11) == 0;
    }
    c->spot |= job_truth(spec, "gcp_attributes.use_preemptible_executors");
    const char *const firsts[] = {"aws_attributes.first_on_demand", "azure_attributes.first_on_demand", "gcp_attributes.first_on_demand"};
    for (size_t i = 0; i < 3; i++) {
        int first = job_whole(spec, firsts[i], -1);
        if (first >= 0) c->first_on_demand = first ? first : -1;
    }
}

void cluster_read(const struct job_source *from, const json_t *j, struct compute *c) {
    c->kind = c->kind ? c->kind : COMPUTE_JOB;
    c->node_type = job_kept(from, job_text(j, "node_type_id"));
    c->driver_node_type = job_kept(from, job_text(j, "driver_node_type_id"));
    c->workers_min = c->workers_max = job_whole(j, "num_workers", -1);
    c->autoscale = json_is_object(json_object_get(j, "autoscale"));
    if (c->autoscale) c->workers_min = job_whole(j, "autoscale.min_workers", -1), c->workers_max = job_whole(j, "autoscale.max_workers", -1);
    if (job_truth(j, "is_single_node")) c->workers_min = c->workers_max = 0;
    c->spark_version = job_kept(from, job_text(j, "spark_version"));
    const char *engine = job_text(j, "runtime_engine");
    c->photon = engine ? strcmp(engine, "PHOTON") == 0 : c->spark_version && strstr(c->spark_version, "photon");
    availability_read(from, j, c);
    c->autotermination_minutes = job_whole(j, "autotermination_minutes", -1);
    c->pool = job_kept(from, job_text(j, "instance_pool_id"));
    c->driver_pool = job_kept(from, job_text(j, "driver_instance_pool_id"));
    c->policy = job_kept(from, job_text(j, "policy_id"));
    c->security_mode = job_kept(from, job_text(j, "data_security_mode"));
    struct parameters p = {.from = from};
    map_add(&p, json_object_get(j, "spark_conf"), "spark_conf");
    map_add(&p, json_object_get(j, "spark_env_vars"), "spark_env_vars");
    c->configuration = p.at;
    c->configuration_count = p.n;
    c->path = job_path(from, j);
    c->line = job_line(j, 0);
}

/* ---- libraries ---- */

struct libraries {
    const struct job_source *from;
    struct library *at;
    size_t n, cap;
};

static void library_add(struct libraries *l, const struct library *one) {
    if (l->n >= LIST_MAX) return;
    l->at = arena_grow(l->from->arena, l->at, &l->cap, l->n + 1, sizeof *l->at);
    l->at[l->n++] = *one;
    l->at[l->n - 1].name = job_kept(l->from, one->name);
}

/* "name==1.2", "name @ https://..", a wheel by its path. Ranges and bare names move with the index. */
static bool python_pinned(const char *name) {
    const char *equals = strstr(name, "==");
    if (strstr(name, " @ ") || text_ends(name, ".whl")) return true;
    return equals && equals[2] && !strchr(equals, '*');
}

/* "group:artifact:version"; a version of "LATEST", "RELEASE" or a range moves. */
static bool maven_pinned(const char *coordinates) {
    const char *last = strrchr(coordinates, ':');
    if (!last || last == coordinates || !memchr(coordinates, ':', (size_t)(last - coordinates))) return false;
    return last[1] && !strchr("[(", last[1]) && strcmp(last + 1, "LATEST") != 0 && strcmp(last + 1, "RELEASE") != 0 && !text_ends(last, "SNAPSHOT");
}

static void one_library(struct libraries *l, const json_t *item, int line) {
    static const char *const files[] = {"jar", "whl", "egg"};
    const char *pypi = job_text(item, "pypi.package"), *maven = job_text(item, "maven.coordinates"), *cran = job_text(item, "cran.package");
    if (pypi) library_add(l, &(struct library){"pypi", pypi, python_pinned(pypi), line});
    if (maven) library_add(l, &(struct library){"maven", maven, maven_pinned(maven), line});
    if (cran) library_add(l, &(struct library){"cran", cran, false, line});
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *file = job_text(item, files[i]);
        if (file) library_add(l, &(struct library){files[i], file, true, line});
    }
    const char *requirements = job_text(item, "requirements");
    if (requirements) library_add(l, &(struct library){"requirements", requirements, false, line});
}

static void dependencies_add(struct libraries *l, const json_t *list, int line) {
    for (size_t i = 0; i < json_array_size(list) && i < LIST_MAX; i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (!name || !name[0]) continue;
        bool file = strchr(name, '/') != NULL && !strstr(name, " @ ");
        bool list_file = strncmp(name, "-r", 2) == 0;
        const char *kind = list_file ? "requirements" : file ? "whl" : "pypi";
        library_add(l, &(struct library){kind, name, !list_file && (file || python_pinned(name)), line});
    }
}

void libraries_read(const struct job_source *from, const json_t *settings, struct library **out, size_t *count) {
    struct libraries l = {.from = from};
    const json_t *list = json_object_get(settings, "libraries"), *environments = json_object_get(settings, "environments");
    for (size_t i = 0; i < json_array_size(list) && i < LIST_MAX; i++) {
        const json_t *item = json_array_get(list, i);
        one_library(&l, item, job_line(item, job_line(settings, 0)));
    }
    for (size_t i = 0; i < json_array_size(environments) && i < LIST_MAX; i++) {
        const json_t *item = json_array_get(environments, i), *spec = json_object_get(item, "spec");
        dependencies_add(&l, json_object_get(spec, "dependencies"), job_line(spec, job_line(item, 0)));
    }
    const json_t *environment = json_object_get(settings, "environment");
    dependencies_add(&l, json_object_get(environment, "dependencies"), job_line(environment, 0));
    *out = l.at;
    *count = l.n;
}

/* ---- notices ---- */

void notice_read(const json_t *settings, struct notice *out) {
    static const char *const channels[] = {"email_notifications", "webhook_notifications"};
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++) {
        const json_t *c = json_object_get(settings, channels[i]);
        out->failure += json_array_size(json_object_get(c, "on_failure"));
        out->success += json_array_size(json_object_get(c, "on_success"));
        out->start += json_array_size(json_object_get(c, "on_start"));
        out->slow += json_array_size(json_object_get(c, "on_duration_warning_threshold_exceeded"));
    }
    /* A pipeline's: [{"email_recipients": [..], "alerts": ["on-update-failure", ..]}]. */
    const json_t *list = json_object_get(settings, "notifications");
    for (size_t i = 0; i < json_array_size(list) && i < LIST_MAX; i++) {
        const json_t *one = json_array_get(list, i), *alerts = json_object_get(one, "alerts");
        size_t people = json_array_size(json_object_get(one, "email_recipients"));
        for (size_t k = 0; k < json_array_size(alerts) && k < LIST_MAX; k++) {
            const char *alert = json_string_value(json_array_get(alerts, k));
            if (alert && strstr(alert, "failure")) out->failure += people;
            if (alert && strstr(alert, "success")) out->success += people;
        }
    }
}
