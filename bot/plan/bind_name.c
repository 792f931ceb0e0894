/* bind_name.c - which column a name means: soundly so when schemas are not known.
 * The argument, for queries that run:
 * - A relation of unknown columns is open: it has a star column that stands for its whole row. A name qualified by an open table is that table's
 * column: the query runs, so the table has it. Two uses of table t have the same columns, and t.x is one symbol for each use.
 * - A name that one relation is known to have is its column even when others in scope are open: had another one it too, the query would not run.
 * - A name that several open relations may have is a free symbol, SC_AMBIGUOUS, of that name over all of their rows, and over what the name means
 *   further out. It equals the same symbol over the same rows alone; no key, type, NULL or join is concluded from it, since which row it comes from
 * is not known. So a proof holds whichever of them has the column.
 * - Behind a projection, filter or join the star of an open relation passes its columns on by name; behind * EXCEPT and RENAME all but those named;
 *   behind a set operation by the names of the first branch, which are places in the others, so such a field is a symbol of its own. Where a relation
 *   has several stars (SELECT * FROM a JOIN b) a name behind them is ambiguous among them.
 * - Behind anything else a name is a field of the whole row: a symbol, too. */
#include "bind_core.h"

#include <ctype.h>

#define CANDIDATES_MAX 64

static bool name_is(const char *lower, struct str name) { return lower && strlen(lower) == name.n && strncasecmp(lower, name.p, name.n) == 0; }

/* Does `parts` leading parts of `name` call this source? A source without alias is called by any suffix of its own name. */
static bool source_called(const struct scope_source *source, const struct sql_name *name, uint32_t parts) {
    if (source->alias) return parts == 1 && name_is(source->alias, name->parts[0].text);
    if (!source->name || source->name->part_count < parts) return false;
    for (uint32_t i = 0; i < parts; i++)
        if (!str_ieq(source->name->parts[source->name->part_count - parts + i].text, name->parts[i].text)) return false;
    return true;
}

struct scope_source *scope_source_find(struct scope *scope, const struct sql_name *name, uint32_t parts) {
    for (size_t i = 0; i < scope->sources.n; i++)
        if (source_called(&scope->sources.at[i], name, parts)) return &scope->sources.at[i];
    return NULL;
}

static int scan_column(struct binder *b, struct rel *rel, const char *name) {
    for (size_t i = 0; i < rel->n_columns; i++)
        if (strcmp(b->columns.at[rel->columns[i]].name, name) == 0) return rel->columns[i];
    int column = column_new(b, name, (struct type){TYPE_UNKNOWN, 0, 0}, true, rel);
    b->columns.at[column].ordinal = rel->n_columns;
    int *columns = arena_array(b->arena, rel->n_columns + 1, sizeof *columns),
        *ordinals = arena_array(b->arena, rel->n_columns + 1, sizeof *ordinals);
    memcpy(columns, rel->columns, rel->n_columns * sizeof *columns);
    memcpy(ordinals, rel->ordinals, rel->n_columns * sizeof *ordinals);
    columns[rel->n_columns] = column;
    ordinals[rel->n_columns] = rel->table ? schema_column_find(rel->table, name) : -1;
    if (ordinals[rel->n_columns] >= 0) b->columns.at[column].type = rel->table->columns.at[ordinals[rel->n_columns]].type;
    rel->columns = columns;
    rel->ordinals = ordinals;
    rel->n_columns++;
    return column;
}

/* The name that column `name` has in the relation under `* EXCEPT (a) RENAME (b AS c)`, which star_open spelled into the call's name
 * ("star -a b>c =d"); NULL when it is not that relation's. */
static const char *behind_changes(struct binder *b, const struct scalar *call, const char *name) {
    if (!text_starts(call->name, "star ")) return NULL;
    struct str rest = str_of(call->name + 5), word;
    const char *behind = name;
    while (str_split(&rest, ' ', &word)) {
        if (word.n < 2) continue;
        struct str tail = {word.p + 1, word.n - 1};
        if ((word.p[0] == '-' || word.p[0] == '=') && str_is(tail, name)) return NULL;
        const char *arrow = memchr(word.p, '>', word.n);
        if (word.p[0] == '-' || word.p[0] == '=' || !arrow) continue;
        struct str from = {word.p, (size_t)(arrow - word.p)}, to = {arrow + 1, (size_t)(word.p + word.n - arrow - 1)};
        if (str_is(from, name)) return NULL;
        if (str_is(to, name)) behind = str_dup(b->arena, from);
    }
    return behind;
}

/* A projection that passes a star on passes the named column on, too. */
static int project_column(struct binder *b, struct rel *rel, int star, const char *name) {
    for (size_t i = 0; i < rel->n_defs; i++) {
        if (rel->defs[i].column != star) continue;
        const struct scalar *from = rel->defs[i].expr;
        const char *behind = name;
        if (from->op == SC_CALL) {
            behind = behind_changes(b, from, name);
            if (!behind) return -1;
            from = from->args[0];
        }
        if (from->op != SC_COLUMN) return -1;
        int inner = star_column(b, rel->left, from->column, behind);
        if (inner < 0) return -1;
        for (size_t j = 0; j < rel->n_defs; j++)
            if (rel->defs[j].expr->op == SC_COLUMN && rel->defs[j].expr->column == inner) return rel->defs[j].column;
        int column = column_new(b, name, b->columns.at[inner].type, b->columns.at[inner].nullable, rel);
        struct column_def *defs = arena_array(b->arena, rel->n_defs + 1, sizeof *defs);
        memcpy(defs, rel->defs, rel->n_defs * sizeof *defs);
        defs[rel->n_defs] = (struct column_def){column, scalar_column(b, inner, rel->range)};
        rel->defs = defs;
        rel->n_defs++;
        return column;
    }
    return star_column(b, (struct rel *)rel->left, star, name);
}

int star_column(struct binder *b, const struct rel *const_rel, int star, const char *name) {
    struct rel *rel = (struct rel *)const_rel;
    if (!rel) return -1;
    switch (rel->kind) {
    case REL_SCAN: {
        const struct rel *owner = b->columns.at[star].rel;
        return owner == rel && b->columns.at[star].star ? scan_column(b, rel, name) : -1;
    }
    case REL_PROJECT:
        return project_column(b, rel, star, name);
    case REL_FILTER:
    case REL_SORT:
    case REL_WINDOW:
    case REL_DISTINCT:
        return star_column(b, rel->left, star, name);
    case REL_JOIN: {
        int column = star_column(b, rel->left, star, name);
        return column >= 0 ? column : star_column(b, rel->right, star, name);
    }
    default:
        return -1;
    }
}

static int source_known(const struct scope_source *source, const char *name) {
    for (size_t i = 0; i < source->offers.n; i++)
        if (*source->offers.at[i].name == *name && strcmp(source->offers.at[i].name, name) == 0) return source->offers.at[i].column;
    return -1;
}

/* Two columns of one name, but for case in quotes: which of them is meant is not told apart. */
static bool known_twice(const struct scope_source *source, const char *name) {
    int first = -1;
    for (size_t i = 0; i < source->offers.n; i++) {
        int column = source->offers.at[i].column;
        if (column == first || *source->offers.at[i].name != *name || strcmp(source->offers.at[i].name, name) != 0) continue;
        if (first >= 0) return true;
        first = column;
    }
    return false;
}

int source_column(struct binder *b, struct scope_source *source, const char *name) {
    int column = source_known(source, name);
    if (column >= 0 || source->stars.n != 1) return column;
    column = star_column(b, source->rel, source->star, name);
    if (column >= 0) *vec_add(b->arena, &source->offers) = (struct offer){name, column};
    return column;
}

/* Do the rows behind the star come out of a set operation? Their columns go by the names of its first branch, by place in the others. */
static bool star_is_first(struct binder *b, const struct rel *rel, int star) {
    if (!rel) return false;
    switch (rel->kind) {
    case REL_SETOP:
        return true;
    case REL_PROJECT:
        for (size_t i = 0; i < rel->n_defs; i++)
            if (rel->defs[i].column == star)
                return rel->defs[i].expr->op == SC_COLUMN &&
                       star_is_first(b, b->columns.at[rel->defs[i].expr->column].rel, rel->defs[i].expr->column);
        return star_is_first(b, rel->left, star);
    case REL_FILTER:
    case REL_SORT:
    case REL_WINDOW:
    case REL_DISTINCT:
        return star_is_first(b, rel->left, star);
    default:
        return false;
    }
}

/* The column `name` of exactly one of the relations: which one only their schemas know. Two of the same name over the same relations in one scope are
 * the same column; nothing else is known of it. */
static const struct scalar *ambiguous(struct binder *b, const char *name, struct scope_source **open, size_t n, const struct scalar *last) {
    struct range range = {0};
    size_t count = 0, at = 0;
    for (size_t i = 0; i < n; i++) count += open[i]->stars.n;
    struct scalar *e = scalar_new(b, SC_AMBIGUOUS, count + (last != NULL), range);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < open[i]->stars.n; k++) ((const struct scalar **)e->args)[at++] = scalar_column(b, open[i]->stars.at[k], range);
    if (last) ((const struct scalar **)e->args)[at] = last;
    e->name = name;
    scalar_finish(b, e);
    e->nullable = true;
    return e;
}

/* The column of an open source, or the field `name` of its row when the column is out of reach. */
static const struct scalar *open_column(struct binder *b, struct scope_source *source, const char *name, struct range range) {
    int column = source_column(b, source, name);
    if (column >= 0) return scalar_column(b, column, range);
    if (source->stars.n > 1) return ambiguous(b, name, &source, 1, NULL);
    struct scalar *field = scalar_new(b, SC_FIELD, 1, range);
    ((const struct scalar **)field->args)[0] = scalar_column(b, source->star, range);
    const struct rel *owner = b->columns.at[source->star].rel;
    field->name = star_is_first(b, owner, source->star) ? arena_printf(b->arena, "first:%s", name) : name;
    field->nullable = true;
    return field;
}

struct found {
    const struct scalar *known; /* the only source that is known to have it */
    struct scope_source *open[CANDIDATES_MAX];
    size_t n_open, n_known;
};

/* What one level of scope has under an unqualified name. */
static void level_find(struct binder *b, struct scope *scope, const char *name, struct found *out, struct range range) {
    for (size_t i = 0; i < scope->merged.n; i++)
        if (strcmp(scope->merged.at[i].name, name) == 0) {
            out->known = scope->merged.at[i].expr;
            out->n_known = 1;
            return;
        }
    for (size_t i = 0; i < scope->sources.n; i++) {
        struct scope_source *source = &scope->sources.at[i];
        int column = source_known(source, name);
        if (column >= 0) {
            out->known = scalar_column(b, column, range);
            out->n_known += known_twice(source, name) ? 2 : 1;
        } else if (source->star >= 0 && out->n_open < CANDIDATES_MAX) out->open[out->n_open++] = source;
    }
}

static const struct scalar *alias_find(struct binder *b, struct scope *scope, const char *name) {
    if (!scope->aliases_visible) return NULL;
    for (size_t i = 0; i < scope->aliases.n; i++)
        if (strcmp(scope->aliases.at[i].name, name) == 0) return scope->aliases.at[i].expr;
    return scope->aliases_ahead ? alias_ahead(b, scope, name) : NULL;
}

static const struct scalar *unqualified_find(struct binder *b, struct scope *scope, const char *name, struct range range) {
    for (struct scope *level = scope; level; level = level->outer) {
        struct found found = {0};
        level_find(b, level, name, &found, range);
        if (found.n_known == 1) return found.known;
        if (found.n_known > 1) {
            bind_refuse(b, range, "column \"%s\" is ambiguous", name);
            return found.known;
        }
        const struct scalar *alias = alias_find(b, level, name);
        if (found.n_open == 0) {
            if (alias) return alias;
            continue;
        }
        if (alias && level->has_group) return alias;
        const struct scalar *beyond = alias ? alias : level->outer ? unqualified_find(b, level->outer, name, range) : NULL;
        if (!beyond && found.n_open == 1) return open_column(b, found.open[0], name, range);
        return ambiguous(b, name, found.open, found.n_open, beyond);
    }
    return NULL;
}

const struct scalar *side_ambiguous(struct binder *b, struct scope *scope, const char *name, size_t from, size_t to) {
    struct scope_source *open[CANDIDATES_MAX];
    size_t n = 0, stars = 0;
    for (size_t i = from; i < to; i++) {
        if (scope->sources.at[i].star < 0 || n >= CANDIDATES_MAX) continue;
        open[n++] = &scope->sources.at[i];
        stars += scope->sources.at[i].stars.n;
    }
    return stars > 1 ? ambiguous(b, name, open, n, NULL) : NULL;
}

static const struct scalar *fields(struct binder *b, const struct scalar *base, const struct sql_name *name, uint32_t from) {
    for (uint32_t i = from; base && i < name->part_count; i++) {
        struct scalar *field = scalar_new(b, SC_FIELD, 1, name->range);
        ((const struct scalar **)field->args)[0] = base;
        field->name = bind_lower(b, name->parts[i].text);
        field->nullable = true;
        field->is_volatile = base->is_volatile;
        base = field;
    }
    return base;
}

/* A value source (UNNEST(x) AS v): v is the element, v.f its field, and f alone may be one. */
static const struct scalar *qualified_find(struct binder *b, struct scope *scope, const struct sql_name *name, uint32_t parts) {
    for (struct scope *level = scope; level; level = level->outer) {
        struct scope_source *source = scope_source_find(level, name, parts);
        if (!source) continue;
        const char *column = bind_lower(b, name->parts[parts].text);
        int known = source_known(source, column);
        if (known_twice(source, column)) bind_refuse(b, name->range, "column \"%s\" is ambiguous", column);
        if (known >= 0) return fields(b, scalar_column(b, known, name->range), name, parts + 1);
        if (source->value && source->offers.n) return fields(b, scalar_column(b, source->offers.at[0].column, name->range), name, parts);
        if (source->star >= 0) return fields(b, open_column(b, source, column, name->range), name, parts + 1);
        return NULL;
    }
    return NULL;
}

/* $f1: a name with a dollar, as generated SQL has them; only names that the query itself gives are found under it. */
static bool plain_dollar(struct str text) {
    for (size_t i = 1; i < text.n; i++)
        if (!(text.p[i] == '_' || (text.p[i] >= '0' && text.p[i] <= '9') || ((text.p[i] | 32) >= 'a' && (text.p[i] | 32) <= 'z'))) return false;
    return text.n > 1 && text.p[0] == '$';
}

/* A name that only the run knows, where no relation of unknown columns could supply it: a value of that name. */
static const struct scalar *param_of(struct binder *b, const struct sql_name *name) {
    struct scalar *param = scalar_new(b, SC_PARAM, 0, name->range);
    struct buf text = buf_new(b->arena);
    for (uint32_t i = 0; i < name->part_count; i++) buf_printf(&text, "%s%s", i ? "." : "", bind_lower(b, name->parts[i].text));
    b->plan->takes = param->name = buf_str(&text);
    param->nullable = true;
    return param;
}

/* "Id" in quotes is another column than id where quotes keep a name's case. */
bool ident_keeps_case(const struct binder *b, const struct sql_ident *ident) {
    bool upper = b->dialect == DIALECT_SNOWFLAKE || b->dialect == DIALECT_ORACLE;
    if (!ident->quoted || !(upper || b->dialect == DIALECT_POSTGRES)) return false;
    for (size_t i = 0; i < ident->text.n; i++)
        if (upper ? islower((unsigned char)ident->text.p[i]) : isupper((unsigned char)ident->text.p[i])) return true;
    return false;
}

/* A name of a table that no schema tells of: two that differ in case alone may be two columns. */
static void case_check(struct binder *b, const struct sql_name *name, const struct scalar *found) {
    const struct sql_ident *ident = &name->parts[name->part_count - 1];
    if (!ident_keeps_case(b, ident)) return;
    const struct rel *rel = found->op == SC_COLUMN ? b->columns.at[found->column].rel : NULL;
    if (found->op == SC_FIELD || (rel && rel->kind == REL_SCAN && !rel->table))
        bind_suppose(b, "no other name differs from \"%.*s\" in its case alone", STR_ARG(ident->text));
}

static const struct scalar *name_find(struct binder *b, struct scope *scope, const struct sql_name *name) {
    bool templated = false;
    for (uint32_t i = 0; i < name->part_count; i++) {
        if (!name->parts[i].templated || plain_dollar(name->parts[i].text)) continue;
        bind_suppose(b, "a name holds a parameter: %.*s", STR_ARG(name->parts[i].text));
        templated = true;
    }
    if (name->dynamic || name->part_count == 0) {
        bind_refuse(b, name->range, "a name is computed");
        return scalar_null(b);
    }
    uint32_t longest = name->part_count > 3 ? 3 : name->part_count - 1;
    for (uint32_t parts = longest; parts >= 1; parts--) {
        const struct scalar *found = qualified_find(b, scope, name, parts);
        if (found) return found;
    }
    const char *first = bind_lower(b, name->parts[0].text);
    const struct scalar *base = unqualified_find(b, scope, first, name->range);
    if (base) return fields(b, base, name, 1);
    if (templated || text_starts(first, "jinja_")) {
        bind_suppose(b, "%s is only known when it runs", first);
        return param_of(b, name);
    }
    bind_refuse(b, name->range, "column \"%s\" is not known", first);
    struct scalar *opaque = scalar_new(b, SC_OPAQUE, 0, name->range);
    opaque->name = first;
    return opaque;
}

/* s.NEXTVAL, ROWNUM: written as columns, and another value each time. */
static void changing_check(struct binder *b, const struct sql_name *name) {
    const struct sql_ident *last = &name->parts[name->part_count - 1];
    if (last->quoted || (b->dialect != DIALECT_ORACLE && b->dialect != DIALECT_SNOWFLAKE)) return;
    bool sequence = name->part_count > 1 && (str_iis(last->text, "nextval") || str_iis(last->text, "currval"));
    bool number = b->dialect == DIALECT_ORACLE && name->part_count == 1 && str_iis(last->text, "rownum");
    if (sequence || number) bind_refuse(b, name->range, "%s, which gives another value for each row", str_lower(b->arena, last->text));
}

const struct scalar *bind_name(struct binder *b, struct scope *scope, const struct sql_name *name) {
    if (name->part_count) changing_check(b, name);
    const struct scalar *found = name_find(b, scope, name);
    if (name->part_count) case_check(b, name, found);
    return found;
}
