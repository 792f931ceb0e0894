/* people.c - owners of datasets, .parley.yml and CODEOWNERS to names and reviewers. */
#include "people.h"

#include <ctype.h>
#include <stdio.h>

#define CODEOWNERS_MAX ((size_t)3 << 20)
#define RULES_MAX      20000
#define OWNERS_MAX     50
#define PERSONS_MAX    10

const char *const codeowners_paths[] = {".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", NULL};

struct codeowners_rule {
    const char *pattern; /* without leading and trailing slash */
    bool anchored, folder, one_level;
    const char *const *who; /* NULL-terminated */
};

struct codeowners {
    VEC(struct codeowners_rule) rules;
};

/* The next word of a line; a backslash keeps the character after it. */
static const char *word_next(struct arena *arena, struct str *line) {
    *line = str_trim(*line);
    if (!line->n || line->p[0] == '#') return NULL;
    struct buf b = buf_new(arena);
    size_t i = 0;
    for (; i < line->n && !isspace((unsigned char)line->p[i]); i++) {
        if (line->p[i] == '\\' && i + 1 < line->n) i++;
        buf_char(&b, line->p[i]);
    }
    *line = (struct str){line->p + i, line->n - i};
    return buf_str(&b);
}

static void rule_add(struct arena *arena, struct codeowners *owners, struct str line) {
    const char *word = word_next(arena, &line);
    if (!word || *word == '!' || strchr(word, '[')) return; /* neither is supported in CODEOWNERS */
    struct codeowners_rule rule = {0};
    char *pattern = arena_strdup(arena, *word == '/' ? word + 1 : word);
    size_t n = strlen(pattern);
    if (n && pattern[n - 1] == '/') rule.folder = true, pattern[--n] = 0;
    rule.anchored = *word == '/' || strchr(pattern, '/');
    rule.one_level = strcmp(pattern, "*") == 0 || text_ends(pattern, "/*");
    rule.pattern = pattern;
    VEC(const char *) who = {0};
    const char *one;
    while (who.n < OWNERS_MAX && (one = word_next(arena, &line))) *vec_add(arena, &who) = one;
    *vec_add(arena, &who) = NULL;
    rule.who = who.at;
    if (n) *vec_add(arena, &owners->rules) = rule;
}

struct codeowners *codeowners_read(struct arena *arena, struct str bytes) {
    struct codeowners *owners = arena_new(arena, struct codeowners);
    if (bytes.n > CODEOWNERS_MAX) return owners;
    struct str line;
    while (owners->rules.n < RULES_MAX && str_split(&bytes, '\n', &line)) rule_add(arena, owners, line);
    return owners;
}

/* gitignore's meaning of a pattern, as far as CODEOWNERS has it. */
static bool rule_fits(const struct codeowners_rule *rule, const char *path) {
    char glob[2048];
    for (int deep = 0; deep <= !rule->anchored; deep++) {
        const char *lead = deep ? "**/" : "";
        snprintf(glob, sizeof glob, "%s%s", lead, rule->pattern);
        if (!rule->folder && text_glob(glob, path)) return true;
        snprintf(glob, sizeof glob, "%s%s/**", lead, rule->pattern);
        if ((rule->folder || !rule->one_level) && text_glob(glob, path)) return true;
    }
    return false;
}

const char *const *codeowners_match(const struct codeowners *owners, const char *path) {
    for (size_t i = owners->rules.n; i > 0; i--) {
        if (rule_fits(&owners->rules.at[i - 1], path)) return owners->rules.at[i - 1].who;
    }
    return NULL;
}

/* ---- who is concerned ---- */

static bool same_login(const char *a, const char *b) {
    if (!a || !b) return false;
    return str_ieq(str_of(a + (*a == '@')), str_of(b + (*b == '@')));
}

static bool is_away(const struct repo_settings *settings, const char *who) {
    for (size_t i = 0; i < settings->away_count; i++) {
        if (same_login(settings->away[i], who)) return true;
    }
    return false;
}

static void person_add(struct arena *arena, const struct people_input *in, struct persons *list, const char *who, const char *why) {
    if (!who || !*who || list->n >= PERSONS_MAX || same_login(who, in->author) || is_away(in->settings, who)) return;
    for (size_t i = 0; i < list->n; i++) {
        if (same_login(list->at[i].who, who)) return;
    }
    *vec_add(arena, list) = (struct person){who, why};
}

/* `pattern` over a dataset name: dots are its slashes, so "gold.*" is one level and "gold.**" all below. A single `*` at the end takes all: people
 * mean that. */
static bool dataset_fits(const char *pattern, const char *dataset) {
    if (!dataset) return false;
    if (text_glob(pattern, dataset)) return true;
    const char *dot = strchr(dataset, '.'); /* a leading catalog name may be left out */
    return dot && strchr(dot + 1, '.') && text_glob(pattern, dot + 1);
}

/* The most telling pattern wins, the one with the most letters; of equals the last. */
static const char *settings_owner(const struct repo_settings *settings, const char *dataset, const char *path) {
    const char *who = NULL;
    size_t most = 0;
    for (size_t i = 0; i < settings->owner_count; i++) {
        const struct owner_rule *rule = &settings->owners[i];
        size_t letters = 1;
        for (const char *p = rule->pattern; *p; p++) letters += *p != '*' && *p != '?';
        bool fits = strchr(rule->pattern, '/') ? path && text_glob(rule->pattern, path) : dataset_fits(rule->pattern, dataset);
        if (fits && letters >= most) who = rule->who, most = letters;
    }
    return who;
}

static void codeowners_add(struct arena *arena, const struct people_input *in, struct persons *list, const char *path) {
    if (!in->codeowners || !path) return;
    const char *const *who = codeowners_match(in->codeowners, path);
    for (size_t i = 0; who && who[i]; i++) person_add(arena, in, list, who[i], arena_printf(arena, "CODEOWNERS of %s", path));
}

struct persons people_find(struct arena *arena, const struct people_input *in, struct finding *finding) {
    struct persons list = {0};
    const struct twin *twin = &finding->twin;
    const char *what = finding->dataset ? finding->dataset : twin->name;
    bool is_here = !twin->repo || !in->repo || str_ieq(str_of(twin->repo), str_of(in->repo));
    if (twin->owner) person_add(arena, in, &list, twin->owner, arena_printf(arena, "owner of %s", twin->name ? twin->name : what ? what : "it"));
    const char *named = settings_owner(in->settings, finding->dataset ? finding->dataset : finding->subject, is_here ? twin->path : NULL);
    if (named) person_add(arena, in, &list, named, arena_printf(arena, "owner of %s by the settings", what ? what : finding->subject));
    if (is_here && twin->path) codeowners_add(arena, in, &list, twin->path);
    if (finding->rule == RULE_COST || finding->rule == RULE_LARGE_SCAN || finding->rule == RULE_MATERIALIZE) {
        person_add(arena, in, &list, in->settings->rota, "data engineering");
    }
    if (!list.n) codeowners_add(arena, in, &list, finding->path);
    if (!list.n) person_add(arena, in, &list, in->settings->owner_default, "default owner by the settings");
    if (!list.n) person_add(arena, in, &list, in->settings->rota, "data engineering");
    if (list.n) finding->owner = list.at[0].who, finding->owner_why = list.at[0].why;
    return list;
}

static bool login_valid(const char *text) {
    size_t n = 0;
    for (; text[n]; n++) {
        if (!isalnum((unsigned char)text[n]) && text[n] != '-' && text[n] != '_') return false;
    }
    return n > 0 && n <= 100;
}

void people_reviewers(struct arena *arena, const struct people_input *in, const struct persons *persons, struct text_list *users,
                      struct text_list *teams) {
    const char *slash = in->repo ? strchr(in->repo, '/') : NULL;
    size_t org = slash ? (size_t)(slash - in->repo) : 0;
    for (size_t i = 0; i < persons->n; i++) {
        const char *who = persons->at[i].who;
        if (*who != '@') continue;
        who++;
        const char *team = strchr(who, '/');
        if (!team) {
            if (login_valid(who) && !same_login(who, in->author) && !text_list_has(users, who)) text_list_add(arena, users, who);
            continue;
        }
        bool ours = org && (size_t)(team - who) == org && str_ieq((struct str){who, org}, (struct str){in->repo, org});
        if (ours && login_valid(team + 1) && !text_list_has(teams, team + 1)) text_list_add(arena, teams, team + 1);
    }
}
