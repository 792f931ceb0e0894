/* settings.c - one table of keys; file first, environment over it, then what must hold of the whole. */
#include "settings.h"

#include "fs.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FILE_BYTES_MAX   ((size_t)1 << 20)
#define SECRET_BYTES_MAX ((size_t)64 << 10)
#define HOSTS_MAX        64
#define KEYS_MAX         128

enum key_type { KEY_TEXT, KEY_URL, KEY_STORE, KEY_NUMBER, KEY_BYTES, KEY_LEVEL, KEY_FORMAT, KEY_LIST, KEY_TREE, KEY_SECRET };

struct key {
    const char *section; /* "" at the top */
    const char *name;
    enum key_type type;
    size_t offset;
    int64_t least, most; /* KEY_NUMBER, KEY_BYTES */
};

#define AT(field) offsetof(struct settings, field)
#define MB        ((int64_t)1 << 20)

static const struct key keys[] = {
    {"", "data", KEY_TEXT, AT(data), 0, 0},
    {"", "store", KEY_STORE, AT(store), 0, 0},
    {"", "store_password", KEY_SECRET, AT(store_password), 0, 0},
    {"", "listen", KEY_TEXT, AT(listen), 0, 0},
    {"", "prices", KEY_TEXT, AT(prices), 0, 0},
    {"", "templates", KEY_TEXT, AT(templates), 0, 0},
    {"", "catch_up_minutes", KEY_NUMBER, AT(catch_up_minutes), 0, 10080},
    {"", "repositories", KEY_TREE, AT(repositories), 0, 0},
    {"", "locked", KEY_TREE, AT(locked), 0, 0},
    {"log", "level", KEY_LEVEL, AT(log.level), 0, 0},
    {"log", "format", KEY_FORMAT, AT(log.json), 0, 0},
    {"limits", "body", KEY_BYTES, AT(limits.body), 1024, 64 * MB},
    {"limits", "memory", KEY_BYTES, AT(limits.memory), 64 * MB, 65536 * MB},
    {"limits", "job_memory", KEY_BYTES, AT(limits.job_memory), 128 * MB, 65536 * MB},
    {"limits", "job_seconds", KEY_NUMBER, AT(limits.job_seconds), 1, 86400},
    {"limits", "workers", KEY_NUMBER, AT(limits.workers), 1, 64},
    {"limits", "connections", KEY_NUMBER, AT(limits.connections), 8, 65536},
    {"limits", "per_address", KEY_NUMBER, AT(limits.per_address), 0, 65536},
    {"limits", "head_seconds", KEY_NUMBER, AT(limits.head_seconds), 1, 600},
    {"limits", "body_seconds", KEY_NUMBER, AT(limits.body_seconds), 1, 600},
    {"limits", "idle_seconds", KEY_NUMBER, AT(limits.idle_seconds), 1, 600},
    {"limits", "keep_days", KEY_NUMBER, AT(limits.keep_days), 3, 3650},
    {"github", "api", KEY_URL, AT(github.api), 0, 0},
    {"github", "git", KEY_URL, AT(github.git), 0, 0},
    {"github", "app_id", KEY_TEXT, AT(github.app_id), 0, 0},
    {"github", "private_key_file", KEY_TEXT, AT(github.private_key_file), 0, 0},
    {"github", "bot_login", KEY_TEXT, AT(github.bot_login), 0, 0},
    {"github", "private_key", KEY_SECRET, AT(github.private_key), 0, 0},
    {"github", "token", KEY_SECRET, AT(github.token), 0, 0},
    {"github", "webhook_secret", KEY_SECRET, AT(github.webhook.now), 0, 0},
    {"github", "webhook_secret_old", KEY_SECRET, AT(github.webhook.old), 0, 0},
    {"slack", "api", KEY_URL, AT(slack.api), 0, 0},
    {"slack", "channel", KEY_TEXT, AT(slack.channel), 0, 0},
    {"slack", "response_hosts", KEY_LIST, AT(slack.response_hosts), 0, 0},
    {"slack", "people", KEY_TREE, AT(slack.people), 0, 0},
    {"slack", "token", KEY_SECRET, AT(slack.token), 0, 0},
    {"slack", "signing_secret", KEY_SECRET, AT(slack.signing.now), 0, 0},
    {"slack", "signing_secret_old", KEY_SECRET, AT(slack.signing.old), 0, 0},
    {"slack", "webhook_url", KEY_SECRET, AT(slack.webhook_url), 0, 0},
    {"databricks", "host", KEY_URL, AT(databricks.host), 0, 0},
    {"databricks", "token", KEY_SECRET, AT(databricks.token), 0, 0},
    {"databricks", "secret", KEY_SECRET, AT(databricks.secret.now), 0, 0},
    {"databricks", "secret_old", KEY_SECRET, AT(databricks.secret.old), 0, 0},
    {"jobs", "secret", KEY_SECRET, AT(jobs.secret.now), 0, 0},
    {"jobs", "secret_old", KEY_SECRET, AT(jobs.secret.old), 0, 0},
    {"lineage", "secret", KEY_SECRET, AT(lineage.secret.now), 0, 0},
    {"lineage", "secret_old", KEY_SECRET, AT(lineage.secret.old), 0, 0},
    {"http", "proxy", KEY_TEXT, AT(http.proxy), 0, 0},
    {"http", "ca_bundle", KEY_TEXT, AT(http.ca_bundle), 0, 0},
    {"http", "timeout_seconds", KEY_NUMBER, AT(http.timeout_seconds), 1, 600},
};
#define KEY_COUNT (sizeof keys / sizeof *keys)
_Static_assert(KEY_COUNT < KEYS_MAX, "room for the names in key_nearest");

#define ENV_MAX 96
/* github.webhook_secret -> PARLEY_GITHUB_WEBHOOK_SECRET */
static void env_name(const struct key *key, char out[ENV_MAX]) {
    int n = snprintf(out, ENV_MAX, "PARLEY_%s%s%s", key->section, *key->section ? "_" : "", key->name);
    for (int i = 0; i < n; i++) out[i] = (char)toupper((unsigned char)out[i]);
}

bool settings_is_secret_env(const char *name, size_t n) {
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (keys[i].type != KEY_SECRET) continue;
        char env[ENV_MAX];
        env_name(&keys[i], env);
        size_t len = strlen(env);
        if (n >= len && memcmp(name, env, len) == 0 && (n == len || (n == len + 5 && memcmp(name + len, "_FILE", 5) == 0))) return true;
    }
    return false;
}

/* Where a value was written: "parley.yml:7" or the name of a variable. */
struct place {
    const char *name;
    int line;
};

static const struct err *place_err(const struct place *at, const char *text) {
    return at->line ? err_new(ERR_CONFIG, "%s:%d: %s", at->name, at->line, text) : err_new(ERR_CONFIG, "%s: %s", at->name, text);
}

/* "25MB" -> bytes; units are powers of 1024. */
static bool bytes_parse(const char *text, int64_t *out) {
    static const char *const units[] = {"", "KB", "MB", "GB"};
    char *end;
    errno = 0;
    double n = strtod(text, &end);
    if (end == text || n < 0 || n > 1e15) return false;
    while (*end == ' ') end++;
    for (int i = 0; i < 4; i++) {
        if (strcasecmp(end, units[i]) != 0 && !(i == 0 && strcasecmp(end, "B") == 0)) continue;
        n *= (double)((int64_t)1 << (10 * i));
        *out = (int64_t)n;
        return n < 9e15;
    }
    return false;
}

static const struct err *number_set(const struct key *key, const struct place *at, const char *text, int64_t *field) {
    char why[160];
    int64_t n = 0;
    char *end = NULL;
    bool fine = key->type == KEY_BYTES ? bytes_parse(text, &n) : (errno = 0, n = strtoll(text, &end, 10), end != text && *end == 0 && errno == 0);
    if (fine && n >= key->least && n <= key->most) {
        *field = n;
        return NULL;
    }
    const char *unit = key->type == KEY_BYTES ? " bytes; write it like 25MB" : "";
    snprintf(why, sizeof why, "'%s' wants a whole number from %lld to %lld%s", key->name, (long long)key->least, (long long)key->most, unit);
    return place_err(at, why);
}

static const struct err *url_check(const struct key *key, const struct place *at, const char *text) {
    char why[160];
    if (text_starts(text, "https://") || text_starts(text, "http://")) return NULL;
    if (*text == '/' && strcmp(key->name, "git") == 0) return NULL; /* a folder of repositories */
    snprintf(why, sizeof why, "'%s' wants an address that starts with https://", key->name);
    return place_err(at, why);
}

/* An address of PostgreSQL; in a file, where line is not 0, without a password. */
static const struct err *store_check(const struct place *at, const char *text) {
    const char *name = text_starts(text, "postgresql://") ? text + 13 : text_starts(text, "postgres://") ? text + 11 : NULL;
    if (!name) return place_err(at, "'store' wants an address like postgresql://parley@db.example/parley; leave it out to keep the data in 'data'");
    size_t user = strcspn(name, "@/?");
    bool password = (name[user] == '@' && memchr(name, ':', user)) || strstr(name, "password=");
    if (at->line && password)
        return place_err(at, "a password does not belong into a file of settings: give it by PARLEY_STORE_PASSWORD in the environment, or by "
                             "PARLEY_STORE_PASSWORD_FILE");
    return NULL;
}

static const char *slash_trim(struct arena *arena, const char *text) {
    size_t n = strlen(text);
    while (n && text[n - 1] == '/') n--;
    return arena_copy(arena, text, n);
}

static const struct err *text_set(struct arena *arena, const struct key *key, const struct place *at, const char *text, struct settings *s) {
    void *field = (char *)s + key->offset;
    switch (key->type) {
    case KEY_URL:
        TRY(url_check(key, at, text));
        *(const char **)field = slash_trim(arena, text);
        return NULL;
    case KEY_STORE:
        TRY(store_check(at, text));
        *(const char **)field = arena_strdup(arena, text);
        return NULL;
    case KEY_NUMBER:
    case KEY_BYTES:
        return number_set(key, at, text, field);
    case KEY_LEVEL: {
        int level = log_level_parse(text);
        if (level < 0) return place_err(at, "'level' wants debug, info, warn or error");
        *(enum log_level *)field = (enum log_level)level;
        return NULL;
    }
    case KEY_FORMAT:
        if (strcmp(text, "text") != 0 && strcmp(text, "json") != 0) return place_err(at, "'format' wants text or json");
        *(bool *)field = strcmp(text, "json") == 0;
        return NULL;
    default:
        *(const char **)field = arena_strdup(arena, text);
        return NULL;
    }
}

static const struct err *list_set(struct arena *arena, const struct key *key, const struct place *at, const struct yaml *value, struct settings *s) {
    char why[160];
    snprintf(why, sizeof why, "'%s' wants a list of names", key->name);
    if (value->kind != YAML_LIST || value->count > HOSTS_MAX) return place_err(at, why);
    const char **out = arena_array(arena, value->count + 1, sizeof *out);
    for (size_t i = 0; i < value->count; i++) {
        if (value->items[i]->kind != YAML_SCALAR) return place_err(at, why);
        out[i] = value->items[i]->text;
    }
    *(const char ***)((char *)s + key->offset) = out;
    return NULL;
}

static const struct err *tree_set(const struct key *key, const struct place *at, const struct yaml *value, struct settings *s) {
    char why[160];
    snprintf(why, sizeof why, "'%s' wants a map", key->name);
    if (value->kind == YAML_NULL) return NULL;
    if (value->kind != YAML_MAP) return place_err(at, why);
    *(const struct yaml **)((char *)s + key->offset) = value;
    return NULL;
}

static const struct err *value_set(struct arena *arena, const struct key *key, const struct place *at, const struct yaml *value, struct settings *s) {
    char why[320], env[ENV_MAX];
    env_name(key, env);
    if (key->type == KEY_SECRET) {
        snprintf(why, sizeof why, "'%s' is a secret and does not belong into a file of settings: give it by %s in the environment, or by %s_FILE",
                 key->name, env, env);
        return place_err(at, why);
    }
    if (key->type == KEY_TREE) return tree_set(key, at, value, s);
    if (key->type == KEY_LIST) return list_set(arena, key, at, value, s);
    snprintf(why, sizeof why, "'%s' wants a single value", key->name);
    if (value->kind != YAML_SCALAR) return place_err(at, why);
    return text_set(arena, key, at, value->text, s);
}

static const struct key *key_find(const char *section, const char *name) {
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].name, name) == 0) return &keys[i];
    }
    return NULL;
}

static bool is_section(const char *name) {
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (*name && strcmp(keys[i].section, name) == 0) return true;
    }
    return false;
}

static const struct err *key_unknown(const struct place *at, const char *section, const char *name) {
    const char *names[2 * KEYS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(keys[i].section, section) == 0) names[count++] = keys[i].name;
        if (!*section && *keys[i].section) names[count++] = keys[i].section;
    }
    const char *near = text_nearest(name, names, count);
    char why[320];
    snprintf(why, sizeof why, "unknown key '%.80s'%s%s%s%s%s%s", name, *section ? " in '" : "", section, *section ? "'" : "",
             near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return place_err(at, why);
}

static const struct err *section_read(struct arena *arena, const char *file, const char *section, const struct yaml *map, struct settings *s) {
    for (size_t i = 0; i < map->count; i++) {
        struct place at = {file, map->key_lines[i]};
        const struct key *key = key_find(section, map->keys[i]);
        if (!key) return key_unknown(&at, section, map->keys[i]);
        TRY(value_set(arena, key, &at, map->items[i], s));
    }
    return NULL;
}

static const struct err *top_read(struct arena *arena, const char *file, const struct yaml *map, struct settings *s) {
    if (map->kind == YAML_NULL) return NULL;
    if (map->kind != YAML_MAP) return err_new(ERR_CONFIG, "%s:1: settings are a map of keys", file);
    for (size_t i = 0; i < map->count; i++) {
        struct place at = {file, map->key_lines[i]};
        const char *name = map->keys[i];
        const struct yaml *value = map->items[i];
        const struct key *key = key_find("", name);
        if (key) {
            TRY(value_set(arena, key, &at, value, s));
            continue;
        }
        if (!is_section(name)) return key_unknown(&at, "", name);
        if (value->kind == YAML_NULL) continue;
        if (value->kind != YAML_MAP) return err_new(ERR_CONFIG, "%s:%d: '%s' wants keys below it", file, at.line, name);
        TRY(section_read(arena, file, name, value, s));
    }
    return NULL;
}

static void defaults_set(struct arena *arena, struct settings *s) {
    static const char *const hosts[] = {"hooks.slack.com", NULL};
    s->data = "/var/lib/parley";
    s->listen = "127.0.0.1:8080";
    s->log.level = LOG_LEVEL_INFO;
    s->limits.body = 25 * MB;
    s->limits.memory = 512 * MB;
    s->limits.job_memory = 2048 * MB;
    s->limits.job_seconds = 300;
    s->limits.workers = 2;
    s->limits.connections = 1024;
    s->limits.head_seconds = 10;
    s->limits.body_seconds = 60;
    s->limits.idle_seconds = 30;
    s->limits.keep_days = 14;
    s->github.api = "https://api.github.com";
    s->github.git = "https://github.com";
    s->slack.api = "https://slack.com/api";
    s->slack.response_hosts = memcpy(arena_alloc(arena, sizeof hosts), hosts, sizeof hosts);
    s->http.timeout_seconds = 30;
    s->catch_up_minutes = 15;
}

const struct err *settings_parse(struct arena *arena, const char *name, struct str bytes, struct settings **out) {
    struct settings *s = *out = arena_new(arena, struct settings);
    struct yaml *root;
    defaults_set(arena, s);
    const struct err *e = yaml_load(arena, name, bytes.p, bytes.n, &root);
    if (e) return err_new(ERR_CONFIG, "%s", e->text);
    s->path = arena_strdup(arena, name);
    return top_read(arena, name, root, s);
}

/* The text of a secret's file, without the newline that editors put at the end. */
static const struct err *secret_file(struct arena *arena, const char *origin, const char *path, const char **out) {
    struct str text;
    const struct err *e = fs_read(arena, path, SECRET_BYTES_MAX, &text);
    if (e) return err_new(ERR_CONFIG, "%s: %s", origin, e->text);
    while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r')) text.n--;
    if (!text.n) return err_new(ERR_CONFIG, "%s: %s is empty", origin, path);
    *out = str_dup(arena, text);
    return NULL;
}

const struct err *settings_secret(struct arena *arena, const char *env, const char **out) {
    char file_env[ENV_MAX + 8];
    snprintf(file_env, sizeof file_env, "%s_FILE", env);
    const char *value = getenv(env), *file = getenv(file_env);
    if (value && *value && file && *file) return err_new(ERR_CONFIG, "%s and %s are both set: keep one", env, file_env);
    if (value && *value) *out = arena_strdup(arena, value);
    if (file && *file) TRY(secret_file(arena, file_env, file, out));
    log_secret(*out);
    return NULL;
}

static const struct err *env_read(struct arena *arena, enum settings_mode mode, struct settings *s) {
    for (size_t i = 0; i < KEY_COUNT; i++) {
        char env[ENV_MAX];
        env_name(&keys[i], env);
        if (keys[i].type == KEY_SECRET) {
            if (mode == SETTINGS_WHOLE) TRY(settings_secret(arena, env, (const char **)((char *)s + keys[i].offset)));
            continue;
        }
        const char *value = getenv(env);
        if (!value || !*value || keys[i].type == KEY_LIST || keys[i].type == KEY_TREE) continue;
        struct place at = {arena_strdup(arena, env), 0};
        TRY(text_set(arena, &keys[i], &at, value, s));
    }
    return NULL;
}

const struct err *settings_load(struct arena *arena, const char *path, enum settings_mode mode, struct settings **out) {
    struct str bytes = {"", 0};
    if (path) {
        const struct err *e = fs_read(arena, path, FILE_BYTES_MAX, &bytes);
        if (e) return err_new(ERR_CONFIG, "%s", e->text);
    }
    TRY(settings_parse(arena, path ? path : "settings", bytes, out));
    struct settings *s = *out;
    if (!path) s->path = NULL;
    TRY(env_read(arena, mode, s));
    if (mode == SETTINGS_NO_SECRETS || !s->github.private_key_file || s->github.private_key) return NULL;
    return secret_file(arena, "github.private_key_file", s->github.private_key_file, &s->github.private_key);
}
