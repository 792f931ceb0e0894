/* command_run.c - verbs to deeds: first the rights, then the decision, then one review that shows the result. */
#include "command_run.h"

#include "clock.h"
#include "escape.h"
#include "record.h"
#include "render.h"

#include <stdio.h>

#define FIND_MAX 8

/* ---- who ---- */

const struct err *speaker_of(const struct handler_context *context, const struct github_repo *repo, const char *login, const char *author,
                             struct speaker *out) {
    *out = (struct speaker){.login = login, .name = login ? arena_printf(context->arena, "@%s", login) : "you"};
    if (!login) return NULL;
    enum github_permission permission;
    TRY(github_permission(context->github, context->arena, repo, login, &permission));
    if (permission >= GITHUB_WRITE) out->roles |= ROLE_WRITER;
    if (permission >= GITHUB_ADMIN) out->roles |= ROLE_ADMIN;
    if (author && strcmp(author, login) == 0) out->roles |= ROLE_AUTHOR;
    return NULL;
}

/* Is `login` meant by "@login" or a member of "@org/team"? A team that cannot be read means no. */
static bool is_meant(const struct pull_review *p, const char *who, const char *login) {
    if (!who || !login || who[0] != '@') return false;
    if (!strchr(who, '/')) return str_ieq(str_of(who + 1), str_of(login));
    bool member = false;
    struct github_member asked = {p->repo.installation, who + 1, login};
    const struct err *unread = github_team_has(p->context->github, p->context->arena, &asked, &member);
    return !unread && member;
}

static unsigned roles_for(const struct pull_review *p, const struct speaker *who) {
    return who->roles | (is_meant(p, p->settings->rota, who->login) ? ROLE_ENGINEERING : ROLE_NONE);
}

/* Roles that may accept here: .parley.yml's accept.who when it says so. */
static unsigned roles_wanted(const struct pull_review *p, enum verb verb) {
    static const struct {
        const char *word;
        unsigned role;
    } words[] = {{"author", ROLE_AUTHOR}, {"writer", ROLE_WRITER}, {"owner", ROLE_OWNER}, {"data-eng", ROLE_ENGINEERING}, {"admin", ROLE_ADMIN}};
    bool decides = verb == VERB_ACCEPT || verb == VERB_UNACCEPT || verb == VERB_SNOOZE;
    if (!decides || p->settings->accept_who_count == 0) return verb_info(verb)->who;
    unsigned roles = ROLE_ADMIN;
    for (size_t i = 0; i < p->settings->accept_who_count; i++) {
        for (size_t j = 0; j < sizeof words / sizeof *words; j++) {
            if (strcmp(words[j].word, p->settings->accept_who[i]) == 0) roles |= words[j].role;
        }
    }
    return roles;
}

/* ---- answers ---- */

static void quote_add(struct buf *b, const char *text) { escape_markdown(b, str_of(text)); }

const char *help_answer(struct arena *arena, unsigned roles, bool plain) {
    struct buf b = buf_new(arena);
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb_info *v = verb_info((enum verb)i);
        const char *may = verb_allowed((enum verb)i, roles) ? "" : arena_printf(arena, " (for %s)", roles_describe(arena, v->who));
        buf_printf(&b, plain ? "/review-pipeline %s%s%s: %s%s\n" : "- `/review-pipeline %s%s%s`: %s%s\n", v->word, *v->arguments ? " " : "",
                   v->arguments, v->help, may);
    }
    return buf_str(&b);
}

const struct err *find_answer(const struct handler_context *context, const char *text, bool plain, const char **out) {
    struct entry *found;
    size_t count;
    TRY(catalog_find(context->arena, catalog_of(context->arena, context->store), text, FIND_MAX, &found, &count));
    struct buf b = buf_new(context->arena);
    if (count == 0) buf_text(&b, "Nothing in the catalog has that in its name.");
    for (size_t i = 0; i < count; i++) {
        struct buf line = buf_new(context->arena);
        buf_printf(&line, "%s (%s) in %s%s%s", found[i].dataset ? found[i].dataset : found[i].name, definition_kind_name(found[i].kind),
                   found[i].path ? found[i].path : "?", found[i].owner ? ", owner " : "", found[i].owner ? found[i].owner : "");
        buf_text(&b, plain ? "" : "- ");
        if (plain) buf_text(&b, buf_str(&line));
        else quote_add(&b, buf_str(&line));
        buf_char(&b, '\n');
    }
    *out = buf_str(&b);
    return NULL;
}

static const char *status_answer(const struct pull_review *p) {
    struct buf b = buf_new(p->context->arena);
    buf_printf(&b, "Reviewed %.7s against %.7s: %s.", p->change.head_sha, p->change.merge_base, render_summary_line(p->context->arena, p->review));
    if (p->is_paused) buf_text(&b, " Automatic reviews are paused.");
    if (p->change.by_api) buf_text(&b, " Git could not be used; the files came by the API.");
    return buf_str(&b);
}

static void owners_answer(const struct pull_review *p, struct buf *b) {
    if (p->review->people.n == 0) buf_text(b, "Nobody is concerned by what was found.");
    for (size_t i = 0; i < p->review->people.n; i++) {
        buf_text(b, "- ");
        struct buf name = buf_new(p->context->arena); /* in code: named without being called */
        escape_code_span(&name, str_of(p->review->people.at[i].who));
        buf_printf(b, "`%s`: ", buf_str(&name));
        quote_add(b, p->review->people.at[i].why);
        buf_char(b, '\n');
    }
}

static void cost_answer(const struct pull_review *p, struct buf *b) {
    buf_printf(b, "This change: %s.", cost_text(p->context->arena, &p->review->delta));
    for (size_t i = 0; i < p->review->delta.assumptions.n; i++) {
        buf_text(b, "\n- ");
        quote_add(b, p->review->delta.assumptions.at[i]);
    }
}

/* ---- deeds ---- */

/* A command bound to its finding, with what to say about it. */
struct deed {
    const struct command *command;
    const struct past_finding *seen; /* the finding as the person saw it, NULL when the verb needs none or it is not known */
    const char *key;                 /* of that */
    unsigned roles;                  /* of the speaker, for this finding */
    const char *refused;             /* markdown, NULL when it may be done */
};

static struct waiver decision_of(const struct pull_review *p, const struct speaker *who, const struct deed *d) {
    int64_t now = p->context->now, longest = now + (int64_t)p->settings->accept_max_days * 86400, until = d->command->until;
    bool bounded = d->command->verb != VERB_DIFFERENT && p->settings->accept_max_days > 0;
    if (bounded && (until == 0 || until > longest)) until = longest;
    enum waiver_kind kind = d->command->verb == VERB_ACCEPT ? WAIVER_ACCEPT : d->command->verb == VERB_SNOOZE ? WAIVER_SNOOZE : WAIVER_DIFFERENT;
    return (struct waiver){.repo = p->repo.name,
                           .key = d->key,
                           .kind = kind,
                           .by = who->login ? who->login : who->name,
                           .reason = d->command->text,
                           .until = until,
                           .made = now,
                           .number = p->pull.number};
}

/* The review shows the decision; the store has it with the review. */
static void decide(struct pull_review *p, const struct speaker *who, const struct deed *d) {
    struct arena *arena = p->context->arena;
    enum verb verb = d->command->verb;
    if (verb == VERB_ACCEPT || verb == VERB_SNOOZE || verb == VERB_DIFFERENT) {
        struct waiver w = decision_of(p, who, d);
        *vec_add(arena, &p->waivers) = w;
        if (p->waivers.n > 1) { /* the newest decision comes first */
            memmove(p->waivers.at + 1, p->waivers.at, (p->waivers.n - 1) * sizeof w);
            p->waivers.at[0] = w;
        }
        *vec_add(arena, &p->decided) = w;
    }
    if (verb == VERB_UNACCEPT) {
        *vec_add(arena, &p->taken_back) = d->key;
        for (size_t i = 0; i < p->decided.n; i++) {
            if (strcmp(p->decided.at[i].key, d->key) == 0) p->decided.at[i].key = "";
        }
        for (size_t i = 0; i < p->waivers.n; i++) {
            if (strcmp(p->waivers.at[i].key, d->key) == 0) p->waivers.at[i].key = "";
        }
    }
    if (verb == VERB_PAUSE || verb == VERB_RESUME) {
        p->is_paused = verb == VERB_PAUSE;
        p->pause_decided = true;
    }
}

/* What is behind "F2" as the person saw it: labels of the last review, kept with it. */
static const struct past_finding *finding_seen(const struct pull_review *p, int number) {
    const char *label = arena_printf(p->context->arena, "F%d", number);
    for (size_t i = 0; i < p->past->n; i++) {
        if (p->past->at[i].label && strcmp(p->past->at[i].label, label) == 0) return &p->past->at[i];
    }
    return NULL;
}

static const char *malformed(struct arena *arena, const struct command *c) {
    struct buf b = buf_new(arena);
    if (c->verb == VERB_UNKNOWN) {
        buf_text(&b, "I do not know `");
        escape_code_span(&b, str_of(c->word));
        buf_printf(&b, "`%s%s%s.", c->nearest ? "; did you mean `" : "; try `help`", c->nearest ? c->nearest : "", c->nearest ? "`?" : "");
    } else {
        buf_printf(&b, "`%s` needs %s: `/review-pipeline %s %s`.", verb_info(c->verb)->word, c->missing, verb_info(c->verb)->word,
                   verb_info(c->verb)->arguments);
    }
    return buf_str(&b);
}

static const char *refusal(const struct pull_review *p, const struct deed *d) {
    struct arena *arena = p->context->arena;
    enum verb verb = d->command->verb;
    if (verb == VERB_UNKNOWN || d->command->missing) return malformed(arena, d->command);
    if (d->command->finding && !d->key) return arena_printf(arena, "There is no F%d in the last review.", d->command->finding);
    unsigned wanted = roles_wanted(p, verb);
    if ((wanted & (d->roles | ROLE_ANYONE)) != 0) return NULL;
    return arena_printf(arena, "Sorry, `%s` is for %s.", verb_info(verb)->word, roles_describe(arena, wanted & ROLE_PEOPLE));
}

/* What to say once the review shows the result. */
static const struct err *answer_add(struct pull_review *p, const struct speaker *who, const struct deed *d, struct buf *b) {
    struct arena *arena = p->context->arena;
    struct finding *f = d->key ? review_find(p->review, d->key) : NULL;
    struct render_options options = {.templates = p->context->settings->templates};
    char *text = NULL;
    switch (d->command->verb) {
    case VERB_HELP:
        buf_text(b, help_answer(arena, d->roles, false));
        break;
    case VERB_STATUS:
        buf_text(b, status_answer(p));
        break;
    case VERB_COST:
        cost_answer(p, b);
        break;
    case VERB_OWNERS:
        owners_answer(p, b);
        break;
    case VERB_FIND: {
        const char *found;
        TRY(find_answer(p->context, d->command->text, false, &found));
        buf_text(b, found);
        break;
    }
    case VERB_WHY:
        if (f) TRY(render_finding(arena, f, &options, &text));
        buf_text(b, text ? text : "That finding is settled.");
        break;
    case VERB_REUSE:
        if (f && f->rewrite) fence_add(b, "sql", str_of(f->rewrite));
        else buf_text(b, f ? "There is no proved rewrite for it; `why` shows what differs." : "That finding is settled.");
        break;
    case VERB_TALK:
        if (f && f->owner) buf_printf(b, "%s, %s would like to talk about %s with you.", f->owner, who->name, f->label);
        else buf_text(b, "Nobody is known as the owner; data engineering can help.");
        break;
    case VERB_PAUSE:
        buf_text(b, "Automatic reviews of this pull request are paused; `resume` ends that.");
        break;
    case VERB_RESUME:
        buf_text(b, "Automatic reviews are on again.");
        break;
    default:
        break;
    }
    if (b->n) buf_text(b, "\n");
    return NULL;
}

/* What anybody may hear: what was said before. */
static void past_answer_add(const struct pull_review *p, const struct deed *d, struct buf *b) {
    enum verb verb = d->command->verb;
    if (d->refused) buf_text(b, d->refused);
    else if (verb == VERB_HELP) buf_text(b, help_answer(p->context->arena, d->roles, false));
    else if (verb == VERB_WHY && d->seen) quote_add(b, d->seen->text);
    else if (*p->past->head_sha)
        buf_printf(b, "Reviewed %.7s: %zu findings; the comment on it shows them and their price.", p->past->head_sha, p->past->n);
    else buf_text(b, "It was not reviewed yet.");
    buf_char(b, '\n');
}

/* The commands with their findings and the speaker's rights; false when nothing is to be done: the speaker has no part in this
 * pull request, or may do none of it. */
static bool deeds_make(struct pull_review *p, const struct speaker *who, const struct command *commands, size_t count, struct deed *deeds) {
    unsigned roles = roles_for(p, who), any = roles;
    size_t refused = 0;
    for (size_t i = 0; i < count; i++) {
        struct deed *d = &deeds[i];
        *d = (struct deed){.command = &commands[i], .seen = commands[i].finding ? finding_seen(p, commands[i].finding) : NULL, .roles = roles};
        if (d->seen) d->key = d->seen->key;
        if (d->seen && is_meant(p, d->seen->owner, who->login)) d->roles |= ROLE_OWNER; /* whose dataset it is may decide too */
        d->refused = refusal(p, d);
        any |= d->roles;
        refused += d->refused != NULL;
    }
    return any != ROLE_NONE && refused < count;
}

const struct err *commands_run(struct pull_review *p, const struct speaker *who, const struct command *commands, size_t count, bool *acted) {
    struct arena *arena = p->context->arena;
    struct deed deeds[COMMANDS_MAX] = {0};
    struct buf b = buf_new(arena);
    *acted = false;
    if (!deeds_make(p, who, commands, count, deeds)) {
        for (size_t i = 0; i < count; i++) past_answer_add(p, &deeds[i], &b);
        p->answer = buf_str(&b);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (deeds[i].refused) continue;
        *acted = true;
        if (commands[i].verb == VERB_REVIEW) {
            p->is_full = p->is_full || commands[i].is_full;
            p->paths = commands[i].text;
        }
        decide(p, who, &deeds[i]);
    }
    TRY(pull_review_run(p));
    for (size_t i = 0; i < count; i++) {
        if (deeds[i].refused) buf_printf(&b, "%s\n", deeds[i].refused);
        else TRY(answer_add(p, who, &deeds[i], &b));
    }
    p->answer = b.n ? buf_str(&b) : NULL;
    return NULL;
}
