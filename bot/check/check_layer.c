/* check_layer.c - bronze, silver, gold: who may read whom, and what belongs where. Silent where names do not tell the layer. */
#include "layer.h"
#include "look.h"
#include "upstream.h"

static enum layer subject_layer(const struct look *look) {
    const struct entry *e = &look->subject->entry;
    const struct definition *d = look->subject->definition;
    const char *dataset = d->kind == DEF_EPHEMERAL || d->kind == DEF_TEMP ? NULL : d->dataset;
    if (dataset) return layer_of(look->in->settings, dataset);
    return e->artefact == ARTEFACT_DASHBOARD ? LAYER_GOLD : LAYER_UNKNOWN; /* what people look at */
}

static bool read_before(const struct subject *s, const char *dataset) {
    for (size_t i = 0; s->before && i < s->before->entry.read_count; i++) {
        if (dataset_fits(s->before->entry.reads[i], dataset)) return true;
    }
    return false;
}

/* The first dataset of that layer that is read now and was not before. */
static const char *new_read(const struct look *look, enum layer layer) {
    const struct subject *s = look->subject;
    for (size_t i = 0; i < s->entry.read_count; i++) {
        const char *name = s->entry.reads[i];
        bool own = s->definition->dataset && dataset_fits(s->definition->dataset, name);
        if (!own && layer_of(look->in->settings, name) == layer && !read_before(s, name)) return name;
    }
    return NULL;
}

static bool reads_layer(const struct look *look, enum layer layer) {
    const struct subject *s = look->subject;
    for (size_t i = 0; i < s->entry.read_count; i++) {
        if (layer_of(look->in->settings, s->entry.reads[i]) == layer) return true;
    }
    return false;
}

static const struct err *skip_look(struct look *look) {
    const char *read = subject_layer(look) == LAYER_GOLD ? new_read(look, LAYER_BRONZE) : NULL;
    if (!read) return NULL;
    struct finding *f = look_finding(look, RULE_LAYER_SKIP, read, (struct range){0});
    f->dataset = read;
    f->text = arena_printf(look->arena, "%s reads %s as it was delivered, past the silver layer: nothing has cleaned or deduplicated it.", f->subject,
                           read);
    f->next_step =
        reads_layer(look, LAYER_SILVER) ? "read the silver table of it, as for its other sources" : "read a silver table of it, or make one";
    look_say(look, f);
    return NULL;
}

static const struct err *upward_look(struct look *look) {
    enum layer own = subject_layer(look);
    const char *read = NULL;
    if (own == LAYER_BRONZE) read = new_read(look, LAYER_SILVER);
    if (!read && (own == LAYER_BRONZE || own == LAYER_SILVER)) read = new_read(look, LAYER_GOLD);
    if (!read) return NULL;
    struct finding *f = look_finding(look, RULE_LAYER_UPWARD, read, (struct range){0});
    f->dataset = read;
    f->text = arena_printf(look->arena, "%s is %s and reads %s, which is %s: a lower layer now waits for a higher one.", f->subject, layer_name(own),
                           read, layer_name(layer_of(look->in->settings, read)));
    f->next_step = arena_printf(look->arena, "read what %s is made of, or move this to its layer", read);
    look_say(look, f);
    return NULL;
}

/* ---- bronze that computes ---- */

struct logic {
    size_t joins, groups;
};

static void logic_count(struct logic *l, const struct rel *rel, int depth) {
    if (!rel || depth > LOOK_DEPTH_MAX) return;
    bool stored_sides = rel->kind == REL_JOIN && !rel->lateral && rel->right && rel->right->kind != REL_OPAQUE && rel->right->kind != REL_VALUES;
    l->joins += stored_sides;
    l->groups += rel->kind == REL_AGG && rel->n_defs > 0;
    logic_count(l, rel->left, depth + 1);
    logic_count(l, rel->right, depth + 1);
}

static const struct err *logic_look(struct look *look) {
    const struct definition *d = look->subject->definition;
    struct logic now = {0, 0}, then = {0, 0};
    if (!d->dataset || d->kind == DEF_VIEW || subject_layer(look) != LAYER_BRONZE || !look->plan) return NULL;
    logic_count(&now, look->plan->root, 0);
    if (look->subject->before && look->subject->before->entry.plan) logic_count(&then, look->subject->before->entry.plan->root, 0);
    if (now.joins + now.groups <= then.joins + then.groups) return NULL;
    struct finding *f = look_finding(look, RULE_LAYER_LOGIC, NULL, (struct range){0});
    f->text = arena_printf(look->arena, "%s is bronze and %s: what was delivered can no longer be told from what was computed.", f->subject,
                           now.groups ? "aggregates" : "joins tables");
    f->next_step = "store the delivery as it is, and compute in silver or gold";
    look_say(look, f);
    return NULL;
}

/* ---- places ---- */

static const struct err *place_look(struct look *look) {
    const struct subject *s = look->subject;
    const char *dataset = s->definition->dataset;
    enum layer folder = layer_of_path(s->entry.path), own = dataset ? subject_layer(look) : LAYER_UNKNOWN;
    if (!folder || !own || folder == own || s->before) return NULL;
    struct finding *f = look_finding(look, RULE_LAYER_PLACE, NULL, (struct range){0});
    f->dataset = dataset;
    f->text = arena_printf(look->arena, "%s is written from %s: by its place it is %s, by its name %s.", f->subject, s->entry.path,
                           layer_name(folder), layer_name(own));
    f->next_step = arena_printf(look->arena, "move it among the %s ones, or give it their name", layer_name(own));
    look_say(look, f);
    return NULL;
}

static const struct err *domain_look(struct look *look) {
    const struct subject *s = look->subject;
    const char *own = domain_of(look->arena, s->definition->dataset);
    for (size_t i = 0; own && i < s->entry.read_count; i++) {
        const char *read = s->entry.reads[i], *other = domain_of(look->arena, read);
        enum layer layer = layer_of(look->in->settings, read);
        if (!other || strcmp(own, other) == 0 || (layer != LAYER_BRONZE && layer != LAYER_SILVER) || read_before(s, read)) continue;
        struct finding *f = look_finding(look, RULE_DOMAIN, read, (struct range){0});
        f->dataset = read;
        f->text = arena_printf(look->arena, "%s (%s) reads %s, a %s table inside %s: it changes without notice.", f->subject, own, read,
                               layer_name(layer), other);
        f->next_step = arena_printf(look->arena, "read a gold table of %s, or agree with its owner", other);
        look_say(look, f);
        return NULL;
    }
    return NULL;
}

const struct look_rule layer_looks[] = {
    {.rule = RULE_LAYER_SKIP, .subject = skip_look},   {.rule = RULE_LAYER_UPWARD, .subject = upward_look},
    {.rule = RULE_LAYER_LOGIC, .subject = logic_look}, {.rule = RULE_LAYER_PLACE, .subject = place_look},
    {.rule = RULE_DOMAIN, .subject = domain_look},     LOOKS_END,
};
