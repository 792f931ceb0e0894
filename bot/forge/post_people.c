/* post_people.c - reviewers: asked once per pull request, each name by itself where one of them is refused. */
#include "jsonx.h"
#include "log.h"
#include "map.h"
#include "posting.h"

#define PEOPLE_MAX 15

struct asking {
    struct posting *p;
    const char *users[PEOPLE_MAX], *teams[PEOPLE_MAX]; /* teams as "org/slug" */
    size_t user_count, team_count;
    struct map *known; /* lower-case names asked, refused, or here already */
};

static struct str known_key(struct asking *a, const char *name) { return str_of(str_lower(a->p->arena, str_of(name))); }
static void known_add(struct asking *a, const char *name) { map_put(a->known, known_key(a, name), a); }
static bool known_has(struct asking *a, const char *name) { return map_get(a->known, known_key(a, name)) != NULL; }

static void known_add_list(struct asking *a, const json_t *names) {
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (name) known_add(a, name);
    }
}

static void remember(struct asking *a, const char *list, const char *name) {
    json_array_append_new(json_object_get(a->p->state, list), json_string(name));
    known_add(a, name);
}

/* Those already asked now, and those who reviewed without being asked. */
static const struct err *known_read(struct asking *a) {
    struct posting *p = a->p;
    const char *owner = str_dup(p->arena, (struct str){p->repo.name, strcspn(p->repo.name, "/")});
    json_t *asked = NULL;
    struct github_reviews reviews;
    TRY(posting_call(p, "GET", arena_printf(p->arena, "/pulls/%d/requested_reviewers", p->number), NULL, &asked));
    const json_t *users = jsx_at(asked, "users"), *teams = jsx_at(asked, "teams");
    for (size_t i = 0; i < json_array_size(users); i++) known_add(a, jsx_str(json_array_get(users, i), "login", ""));
    for (size_t i = 0; i < json_array_size(teams); i++)
        known_add(a, arena_printf(p->arena, "%s/%s", owner, jsx_str(json_array_get(teams, i), "slug", "")));
    TRY(github_reviews(p->github, p->arena, &p->repo, p->number, &reviews));
    for (size_t i = 0; i < reviews.count; i++) known_add(a, reviews.at[i].author);
    return NULL;
}

/* Names of the payload without "@"; teams of another organisation cannot review here. */
static void wanted_read(struct asking *a) {
    struct posting *p = a->p;
    const json_t *users = jsx_at(p->payload, "reviewers.users"), *teams = jsx_at(p->payload, "reviewers.teams");
    size_t owner = strcspn(p->repo.name, "/");
    for (size_t i = 0; i < json_array_size(users) && a->user_count < PEOPLE_MAX; i++) {
        const char *name = json_string_value(json_array_get(users, i));
        if (name && *name == '@') name++;
        if (name && *name && !known_has(a, name)) a->users[a->user_count++] = name;
    }
    for (size_t i = 0; i < json_array_size(teams) && a->team_count < PEOPLE_MAX; i++) {
        const char *name = json_string_value(json_array_get(teams, i));
        if (name && *name == '@') name++;
        if (!name || !*name) continue;
        if (!strchr(name, '/')) name = arena_printf(p->arena, "%.*s/%s", (int)owner, p->repo.name, name);
        if (strncasecmp(name, p->repo.name, owner) != 0 || name[owner] != '/' || known_has(a, name)) continue;
        a->teams[a->team_count++] = name;
    }
}

static const struct err *ask(struct asking *a, const char *const *users, size_t user_count, const char *const *teams, size_t team_count) {
    json_t *logins = json_array(), *slugs = json_array();
    for (size_t i = 0; i < user_count; i++) json_array_append_new(logins, json_string(users[i]));
    for (size_t i = 0; i < team_count; i++) json_array_append_new(slugs, json_string(strchr(teams[i], '/') + 1));
    json_t *body = json_pack("{soso}", "reviewers", logins, "team_reviewers", slugs);
    const struct err *e = posting_call(a->p, "POST", arena_printf(a->p->arena, "/pulls/%d/requested_reviewers", a->p->number), body, NULL);
    if (e) return e;
    for (size_t i = 0; i < user_count; i++) remember(a, "asked", users[i]);
    for (size_t i = 0; i < team_count; i++) remember(a, "asked", teams[i]);
    return NULL;
}

static const struct err *ask_one(struct asking *a, const char *name, bool is_team) {
    const struct err *e = is_team ? ask(a, NULL, 0, &name, 1) : ask(a, &name, 1, NULL, 0);
    if (!e || !posting_is_no(e)) return e;
    log_warn("%s#%d: %s cannot be asked to review: %s", a->p->repo.name, a->p->number, name, e->text);
    remember(a, "refused", name);
    return NULL;
}

const struct err *post_people(struct posting *p) {
    struct asking a = {.p = p, .known = map_new(p->arena)};
    const json_t *before = jsx_at(p->old, "asked"), *refused = jsx_at(p->old, "refused");
    json_object_set_new(p->state, "asked", json_is_array(before) ? json_deep_copy(before) : json_array());
    json_object_set_new(p->state, "refused", json_is_array(refused) ? json_deep_copy(refused) : json_array());
    known_add_list(&a, before);
    known_add_list(&a, refused);
    known_add(&a, p->pull.author);
    known_add(&a, p->login);
    wanted_read(&a);
    if (strcmp(p->pull.state, "open") != 0 || a.user_count + a.team_count == 0) return NULL;
    a.user_count = a.team_count = 0;
    TRY(known_read(&a));
    wanted_read(&a);
    if (a.user_count + a.team_count == 0) return NULL;
    const struct err *e = ask(&a, a.users, a.user_count, a.teams, a.team_count);
    if (!e || !posting_is_no(e)) return e;
    for (size_t i = 0; i < a.user_count; i++) TRY(ask_one(&a, a.users[i], false));
    for (size_t i = 0; i < a.team_count; i++) TRY(ask_one(&a, a.teams[i], true));
    return NULL;
}
