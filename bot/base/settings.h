/* settings.h - what the operator decides: one YAML file, overridden by PARLEY_* in the environment, where secrets live.
 * Layer: base. May use: arena, err, log, yaml. An unknown key is an error that names file, line and the nearest key. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "arena.h"
#include "err.h"
#include "log.h"
#include "yaml.h"

#include <stdbool.h>
#include <stdint.h>

/* A secret and the one before it, both good during rotation; NULL when not set. */
struct secret {
    const char *now, *old;
};

/* A plain record: read any field. Texts are NULL when not set, unless a default is named here. Secrets come from the environment only,
 * as NAME or from the file named by NAME_FILE. */
struct settings {
    const char *path;           /* the file read, NULL when there was none */
    const char *data;           /* "/var/lib/parley" */
    const char *store;          /* "postgresql://parley@db/parley"; NULL: SQLite in the folder `data` */
    const char *store_password; /* PARLEY_STORE_PASSWORD; NULL: none, or libpq's own ways (~/.pgpass) */
    const char *listen;         /* "127.0.0.1:8080"; port 0 takes any */
    struct {
        enum log_level level; /* info */
        bool json;
    } log;
    struct {
        int64_t body;                                     /* bytes of one request: 25 MB */
        int64_t memory;                                   /* bytes of all request bodies at once: 512 MB */
        int64_t job_memory;                               /* bytes of one job's process: 2 GB */
        int64_t job_seconds;                              /* 300 */
        int64_t workers;                                  /* jobs at once: 2 */
        int64_t connections;                              /* 1024 */
        int64_t per_address;                              /* connections of one peer address: 0, no limit, for a proxy in front is one address */
        int64_t head_seconds, body_seconds, idle_seconds; /* 10, 60, 30 */
        int64_t keep_days;                                /* settled deliveries are forgotten after: 14 */
    } limits;
    struct {
        const char *api; /* "https://api.github.com" */
        const char *git; /* "https://github.com" */
        const char *app_id;
        const char *private_key_file;
        const char *private_key; /* PEM: PARLEY_GITHUB_PRIVATE_KEY, or read from private_key_file */
        const char *token;       /* PARLEY_GITHUB_TOKEN: token mode, without an App */
        struct secret webhook;   /* PARLEY_GITHUB_WEBHOOK_SECRET and _SECRET_OLD */
        const char *bot_login;
    } github;
    struct {
        const char *api;             /* "https://slack.com/api" */
        const char *token;           /* PARLEY_SLACK_TOKEN */
        struct secret signing;       /* PARLEY_SLACK_SIGNING_SECRET and _OLD */
        const char *webhook_url;     /* PARLEY_SLACK_WEBHOOK_URL */
        const char *channel;         /* "#data-reviews" */
        const char **response_hosts; /* {"hooks.slack.com", NULL} */
        const struct yaml *people;   /* map Slack user id -> login on the code host: "U0123: dana"; NULL when absent */
    } slack;
    struct {
        const char *host, *token; /* PARLEY_DATABRICKS_TOKEN */
        struct secret secret;     /* PARLEY_DATABRICKS_SECRET and _OLD */
    } databricks;
    struct {
        struct secret secret; /* PARLEY_JOBS_SECRET and _OLD */
    } jobs;
    struct {
        struct secret secret; /* PARLEY_LINEAGE_SECRET and _OLD */
    } lineage;
    struct {
        const char *proxy, *ca_bundle;
        int64_t timeout_seconds; /* 30 */
    } http;
    const char *prices;              /* file; NULL: the shipped one */
    const char *templates;           /* folder; NULL: the shipped one */
    int64_t catch_up_minutes;        /* 15; 0: never */
    const struct yaml *repositories; /* map "owner/name" -> keys of .parley.yml; NULL when absent */
    const struct yaml *locked;       /* keys of .parley.yml that repositories cannot change; NULL when absent */
};

/* How to read them. */
enum settings_mode {
    SETTINGS_WHOLE,      /* the server: secrets too; registers each by log_secret */
    SETTINGS_NO_SECRETS, /* a job's process: every secret stays NULL */
};

/* Reads `path` (NULL: defaults and environment only). ERR_CONFIG is "FILE:LINE: why". Lives as long as the arena. */
const struct err *settings_load(struct arena *arena, const char *path, enum settings_mode mode, struct settings **out) MUST_CHECK;

/* The same from bytes, named `name` in errors; the environment is not read. For tests. */
const struct err *settings_parse(struct arena *arena, const char *name, struct str bytes, struct settings **out) MUST_CHECK;

/* Where the store is: an address of PostgreSQL, or the folder of data. */
static inline const char *settings_place(const struct settings *s) { return s->store ? s->store : s->data; }

/* The secret in the environment variable `env`, or in the file that `env`_FILE names; `*out` stays as it is when neither is set. ERR_CONFIG when both
 * are, or the file cannot be read. */
const struct err *settings_secret(struct arena *arena, const char *env, const char **out) MUST_CHECK;

/* Does the environment variable `name` (n bytes) hold a secret, or name the file of one? Those are kept from child processes. */
bool settings_is_secret_env(const char *name, size_t n);

#endif
