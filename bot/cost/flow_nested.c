/* flow_nested.c - which fields of a struct column are read, and what share of its bytes they are: columnar files hold each field for itself. */
#include "flow.h"

#include <math.h>

#define NESTED_MAX 30
#define ITEMS      4.0 /* of an array or map, taken */

void need_whole(struct walk *w, int column) {
    if (column < 0 || (size_t)column >= w->plan->n_columns) return;
    w->needed[column] = true;
    w->whole[column] = true;
}

static void path_add(struct walk *w, int column, const char *path) {
    for (size_t i = 0; i < w->fields.n; i++) {
        if (w->fields.at[i].column == column && strcmp(w->fields.at[i].path, path) == 0) return;
    }
    w->needed[column] = true;
    if (w->fields.n == NEED_FIELDS_MAX) w->whole[column] = true;
    else *vec_add(w->arena, &w->fields) = (struct need_field){column, path};
}

bool need_field(struct walk *w, const struct scalar *e) {
    const char *path = NULL;
    for (int depth = 0; e->op == SC_FIELD && e->n == 1 && e->name && depth < NESTED_MAX; depth++) {
        path = path ? arena_printf(w->arena, "%s.%s", e->name, path) : e->name;
        e = e->args[0];
    }
    if (!path || e->op != SC_COLUMN || e->column < 0 || (size_t)e->column >= w->plan->n_columns) return false;
    path_add(w, e->column, path);
    return true;
}

bool need_passed(struct walk *w, int from, const struct scalar *expr) {
    size_t n = w->fields.n;
    if (w->whole[from] || expr->op != SC_COLUMN || expr->column < 0 || (size_t)expr->column >= w->plan->n_columns) return false;
    for (size_t i = 0; i < n; i++) {
        if (w->fields.at[i].column == from) path_add(w, expr->column, w->fields.at[i].path);
    }
    return true;
}

/* ---- widths ---- */

/* "struct<a:int,b:string>", "STRUCT<a INT64>", "row(a int)": what stands between its brackets; empty when it is none. */
static struct str inside_of(struct str type) {
    static const char *const heads[] = {"struct<", "struct(", "row("};
    char closing = 0;
    size_t head = 0;
    for (size_t i = 0; !head && i < sizeof heads / sizeof *heads; i++) {
        size_t n = strlen(heads[i]);
        if (type.n <= n || !str_iis((struct str){type.p, n}, heads[i])) continue;
        head = n, closing = heads[i][n - 1] == '<' ? '>' : ')';
    }
    if (!head || type.p[type.n - 1] != closing) return (struct str){0};
    return (struct str){type.p + head, type.n - head - 1};
}

/* The next "name:type" of `*rest` in two; false at its end. */
static bool field_next(struct str *rest, struct str *name, struct str *type) {
    size_t end = 0, cut = 0;
    int depth = 0;
    *rest = str_trim(*rest);
    if (!rest->n) return false;
    for (; end < rest->n && (depth > 0 || rest->p[end] != ','); end++) {
        char c = rest->p[end];
        depth += (c == '<' || c == '(') - (c == '>' || c == ')');
        if (!cut && depth == 0 && (c == ':' || c == ' ')) cut = end;
    }
    *name = str_trim((struct str){rest->p, cut});
    *type = str_trim((struct str){rest->p + cut + (cut < end), end - cut - (cut < end)});
    size_t next = end + (end < rest->n);
    *rest = (struct str){rest->p + next, rest->n - next};
    return cut > 0;
}

/* Of the fields that `paths` name: the whole type when there is no path for it. */
static double type_width(struct walk *w, struct str type, const char *const *paths, size_t n, int depth) {
    struct str inside = inside_of(type), name, of;
    double width = 0;
    if (!inside.n || depth > NESTED_MAX) {
        bool many = type.n > 5 && (str_iis((struct str){type.p, 5}, "array") || str_iis((struct str){type.p, 3}, "map"));
        return many ? ITEMS * 20 : flow_type_width(type_parse(type, w->plan->dialect));
    }
    while (field_next(&inside, &name, &of)) {
        const char **below = arena_array(w->arena, n + 1, sizeof *below);
        size_t k = 0;
        bool read = n == 0;
        for (size_t i = 0; i < n; i++) {
            struct str rest = str_of(paths[i]), first;
            str_split(&rest, '.', &first);
            if (!str_ieq(first, name)) continue;
            read = true;
            if (!rest.n) {
                k = 0;
                break;
            }
            below[k++] = rest.p;
        }
        if (read) width += type_width(w, of, below, k, depth + 1);
    }
    return width;
}

double nested_width(struct walk *w, const char *type) {
    struct str text = str_trim(str_of(type));
    return inside_of(text).n ? type_width(w, text, NULL, 0, 0) : -1;
}

double nested_share(struct walk *w, int column, const char *type) {
    struct str text = str_trim(str_of(type));
    const char *paths[NEED_FIELDS_MAX];
    size_t n = 0;
    if (w->whole[column] || !w->needed[column] || !inside_of(text).n) return 1;
    for (size_t i = 0; i < w->fields.n; i++) {
        if (w->fields.at[i].column == column) paths[n++] = w->fields.at[i].path;
    }
    double whole = type_width(w, text, NULL, 0, 0);
    return n && whole > 0 ? fmin(1, fmax(type_width(w, text, paths, n, 0), 1) / whole) : 1;
}
