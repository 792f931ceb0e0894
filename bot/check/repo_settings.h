/* repo_settings.h - a repository's .parley.yml (or .github/parley.yml), always read from the target branch.
 * Layer: check. May use: base. Keys: README, "Settings of a repository". */
#ifndef REPO_SETTINGS_H
#define REPO_SETTINGS_H

#include "finding.h"
#include "yaml.h"

enum review_mode { MODE_ADVISE, MODE_GATE };
enum review_when { WHEN_OPENED = 1, WHEN_READY = 2, WHEN_PUSH = 4, WHEN_COMMAND = 8 };

struct owner_rule {
    const char *pattern; /* glob over dataset names, or over paths when it has a slash; the one with the most letters wins */
    const char *who;     /* "@acme/fin-data", "@dana", "dana@acme.com" */
};
struct layer_rule {
    const char *layer;   /* "gold" */
    const char *pattern; /* glob over dataset names */
};
struct ignore_rule {
    const char *path; /* glob; NULL: any */
    const char *rule; /* rule id; NULL: all */
};

/* How far the monthly cost may move: either is enough. 0: not set. */
struct cost_limit {
    double percent;       /* of what was spent before */
    double amount;        /* a month */
    const char *currency; /* of the amount: "USD" where it is not said */
};

/* A plain record, defaults filled in. Lives as long as its arena. */
struct repo_settings {
    const char *dialect; /* NULL: by file or server default */
    enum review_mode mode;
    unsigned when; /* bits of review_when */
    struct layer_rule *layers;
    size_t layer_count;
    bool quiet_clean;          /* no comment on a clean change */
    double min_cost_per_month; /* cost findings under it are not said */
    const char *min_cost_currency;
    int max_inline; /* 0..20, default 5 */
    enum severity levels[RULE_COUNT];
    bool level_said[RULE_COUNT];            /* the file (or the server's lock) says the level: use does not change it */
    double similar_min_score;               /* default 0.8 */
    struct cost_limit cost_warn, cost_gate; /* more is spent */
    struct cost_limit cost_save;            /* less is spent */
    struct owner_rule *owners;
    size_t owner_count;
    const char *owner_default; /* NULL: none */
    const char *rota;          /* data engineering; NULL: none */
    int max_open_per_person;   /* 0: no limit */
    const char **away;
    size_t away_count;
    int accept_max_days; /* default 90 */
    bool accept_need_reason;
    const char **accept_who; /* "author", "writer", "owner", "data-eng", "admin" */
    size_t accept_who_count;
    struct ignore_rule *ignores;
    size_t ignore_count;
    const struct yaml *metrics;   /* the `metrics:` list for read_settings_metrics; NULL: none */
    const char *slack_channel;    /* NULL: the server's */
    const char *slack_thread_per; /* "pull_request" */
    const char *slack_digest;
    const char *cloud, *region, *tier; /* for prices; NULL: the price list's defaults */
    const char *warehouse_size;        /* for dashboards and queries without one; NULL: Small */
    const char *warehouse_type;        /* "serverless", "pro", "classic" */
};

/* One thing wrong with the file. */
struct settings_problem {
    int line, column;
    const char *text; /* "unknown key 'ownrs'; did you mean 'owners'?" */
};
struct settings_problems {
    struct settings_problem *at;
    size_t n, cap;
};

/* The defaults alone. */
struct repo_settings *repo_settings_default(struct arena *arena);

/* Reads `n` bytes of the file called `name`. Never fails on what is in them: every problem goes to `problems` with its line, the keys
 * that are right are used, the others keep their defaults. `locked` (NULL: none) is the server's map of keys that win over the file. */
struct repo_settings *repo_settings_read(struct arena *arena, const char *name, struct str bytes, const struct yaml *locked,
                                         struct settings_problems *problems);

/* The names looked for at the root, in order; NULL-terminated. */
extern const char *const repo_settings_paths[];

/* Is this path (and rule, NULL: any) left out by `ignore`? */
bool repo_settings_ignores(const struct repo_settings *settings, const char *path, const char *rule_id);

#endif
