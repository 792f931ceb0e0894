/* jinja.h - our own Jinja subset: templates are evaluated with bounded steps, depth and output; what cannot be known before a run is a value of its
 * own. Layer: read. May use: base. https://jinja.palletsprojects.com/en/stable/templates/ */
#ifndef JINJA_H
#define JINJA_H

#include "arena.h"
#include "text.h"

#define JINJA_STEPS_MAX  300000 /* expressions and nodes evaluated per template */
#define JINJA_OUTPUT_MAX ((size_t)8 << 20)
#define JINJA_DEPTH_MAX  60  /* nested macros */
#define JINJA_NEST_MAX   100 /* nested blocks or parentheses */
#define JINJA_DOUBTS_MAX 50

struct jinja;
struct jv;

enum jv_kind {
    JV_UNDEFINED,
    JV_NONE,
    JV_BOOL,
    JV_INT,
    JV_FLOAT,
    JV_TEXT,
    JV_LIST,
    JV_DICT,
    JV_MACRO,
    JV_NATIVE,
    JV_OBJECT,  /* a record that renders as a text: a relation */
    JV_UNKNOWN, /* only known when the template runs for real; s says where it comes from */
};

struct jv_list;
struct jv_dict;
struct jv_object;
struct jinja_macro;

struct jv_args {
    struct jv *at; /* positional */
    size_t n;
    struct str *names; /* of keywords */
    struct jv *values;
    size_t named;
    int line;
};

/* Functions given by the host. `self` is what was registered. */
typedef struct jv (*jv_native)(struct jinja *j, void *self, const struct jv_args *args);

struct jv_function {
    const char *name;
    jv_native call;
    void *self;
    /* Members of it (config.get); NULL when it has none. */
    struct jv (*member)(struct jinja *j, void *self, struct str name);
};

struct jv {
    enum jv_kind kind;
    union {
        bool b;
        int64_t i;
        double d;
        struct str s; /* JV_TEXT, JV_UNKNOWN */
        struct jv_list *list;
        struct jv_dict *dict;
        const struct jinja_macro *macro;
        const struct jv_function *function;
        struct jv_object *object;
    };
};

struct jv_list {
    struct jv *at;
    size_t n, cap;
};

struct jv_dict {
    struct jv *keys, *values;
    size_t n, cap, values_cap;
};

struct jv_object {
    struct str text;
    struct jv_dict *fields;
};

struct jinja_doubt {
    int line;           /* in the template */
    const char *reason; /* a sentence without its full stop */
    bool loses_lineage; /* the text given may leave out, or be wrong on, what is read */
};

/* What the templates may name besides their own variables. */
struct jinja_host {
    void *ctx;
    /* The value of a name that no template set; false: it is undefined. */
    bool (*lookup)(void *ctx, struct jinja *j, struct str name, struct jv *out);
    /* `{% materialization %}`, `{% snapshot %}`: is the body of this block rendered? */
    bool (*block)(void *ctx, struct str kind, struct str name);
};

/* One anchor per piece of the output, in order: from offset on, the text comes from `line`; when `verbatim`, each newline moves one line on. */
struct jinja_anchor {
    size_t offset;
    int line;
    bool verbatim;
};

struct jinja_result {
    struct str text;
    struct jinja_anchor *anchors;
    size_t anchor_count;
    struct jinja_doubt *doubts;
    size_t doubt_count;
    const char *error; /* it could not be read or evaluated; NULL when fine */
    int error_line;
    const char *incremental; /* text of the first `{% if is_incremental() %}` branch, NULL when there is none */
};

struct jinja_template; /* opaque; parsed, immutable */
struct jinja_macro {
    struct str name;
    const char *path;
    int line;
    const struct jinja_template *home;
    const void *node;
};

/* Reads a template. Never NULL; a mistake is kept and told by jinja_render. `path` is for people. */
const struct jinja_template *jinja_parse(struct arena *arena, const char *path, struct str text);
/* The mistake in it, NULL when it read well; `*line` its line. */
const char *jinja_parse_error(const struct jinja_template *t, int *line);
struct jn; /* a piece of a template */

/* The next macro of its top level (tests and materializations count as none); false when there are no more. `*at` is NULL before the first. */
bool jinja_macro_next(const struct jinja_template *t, const struct jn **at, struct jinja_macro *out);

/* Evaluates the template. Pieces of other macros and expressions are anchored at the line that called them. */
void jinja_render(struct arena *arena, const struct jinja_template *t, const struct jinja_host *host, struct jinja_result *out);
/* Evaluates one expression text, as in a YAML value "{{ ... }}": the value of a lone expression, else the rendered text. */
struct jv jinja_value_of(struct arena *arena, struct str text, const struct jinja_host *host);
/* The line in the template of offset `at` of the output. */
int jinja_line(const struct jinja_result *r, size_t at);

/* For hosts. */
struct arena *jinja_arena(struct jinja *j);
int jinja_here(const struct jinja *j); /* line of the top template being evaluated */
void jinja_doubt(struct jinja *j, bool loses_lineage, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
struct jv jinja_call(struct jinja *j, struct jv callee, const struct jv_args *args);
const struct jv *jv_arg(const struct jv_args *args, size_t i, const char *name); /* positional i, or keyword; NULL when absent */

struct jv jv_none(void);
struct jv jv_bool(bool b);
struct jv jv_int(int64_t i);
struct jv jv_text(struct str s);
struct jv jv_cstr(const char *s);
struct jv jv_list_new(struct arena *arena);
void jv_list_add(struct arena *arena, struct jv list, struct jv item);
struct jv jv_dict_new(struct arena *arena);
void jv_dict_put(struct arena *arena, struct jv dict, struct jv key, struct jv value);
struct jv *jv_dict_get(struct jv dict, struct str key);
struct jv jv_object_new(struct arena *arena, struct str text);
struct jv jv_function_new(struct arena *arena, const struct jv_function *f);
/* A value only known when it runs for real; `label` tells it from others. */
struct jv jv_unknown(struct arena *arena, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool jv_true(struct jv v); /* unknown counts as true: ask for its kind first */
bool jv_eq(struct jv a, struct jv b);
int jv_cmp(struct jv a, struct jv b);
/* What `{{ v }}` prints. An unknown value prints as a call of a function named after its origin. */
struct str jv_str(struct arena *arena, struct jv v);
void jv_print(struct buf *b, struct jv v, bool repr);

/* Between the files of the evaluator: filters, tests and methods by name; false when there is none of that name. */
bool jv_filter(struct jinja *j, struct str name, struct jv in, const struct jv_args *args, struct jv *out);
bool jv_test(struct jinja *j, struct str name, struct jv in, const struct jv_args *args, struct jv *out);
bool jv_method(struct jinja *j, struct str name, struct jv in, const struct jv_args *args, struct jv *out);

#endif
