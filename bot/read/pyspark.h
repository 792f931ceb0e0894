/* pyspark.h - Python read as DataFrame calls: values are followed, nothing is run.
 * Layer: read. May use: base, sql, python. https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql */
#ifndef PYSPARK_H
#define PYSPARK_H

#include "pytree.h"
#include "session.h"
#include "sql_ast.h"

#define PY_STEPS_MAX      400000 /* and one for each PY_STEP_BYTES of the text: loops and calls are bounded, long files are not */
#define PY_STEP_BYTES     2
#define PY_CALL_DEPTH_MAX 12
#define PY_LOOP_MAX       500
#define FRAME_COST_MAX    3000 /* calls that built one frame */

enum pv_kind {
    PV_UNKNOWN, /* s: its source text, for people */
    PV_NONE,
    PV_BOOL,
    PV_NUMBER, /* s */
    PV_TEXT,
    PV_LIST, /* tuples and sets too */
    PV_DICT,
    PV_FRAME,
    PV_COLUMN,
    PV_GROUPED,
    PV_WINDOW,
    PV_FUNCTION,
    PV_NAME, /* s: a dotted name of a library: "functions.col", "spark", "dlt" */
    PV_IO,   /* a reader or writer being set up */
    PV_CLASS,
    PV_OBJECT,  /* of a class of the files read */
    PV_MODULE,  /* a file of the repository */
    PV_COLUMNS, /* df.columns where they are not known, less some */
};

enum py_jump { JUMP_NONE, JUMP_BREAK = 1, JUMP_CONTINUE = 2 };

struct pv;
struct frame;

struct pv_text {
    struct str s;
    const int *lines; /* file line of each line of s */
    size_t line_count;
};

struct pv_items {
    struct pv *at;
    size_t n, cap;
};

struct pv_dict {
    struct pv_items keys, values;
};

struct column {
    struct sql_expr *expr;
    struct str alias; /* empty when none */
    enum sql_direction direction;
    enum sql_nulls nulls;
    bool is_when;              /* a CASE that .when and .otherwise go on building */
    struct sql_ident *aliases; /* posexplode(x).alias("a", "b") */
    uint32_t alias_count;
};

struct grouped {
    struct frame *frame;
    struct column *keys;
    size_t key_count;
    enum { GROUP_PLAIN, GROUP_ROLLUP, GROUP_CUBE, GROUP_SETS } how;
    struct sql_expr **sets; /* of GROUP_SETS: tuples */
    size_t set_count;
    struct sql_expr *pivot;   /* the column whose values become columns; NULL: none */
    struct pv_items *pivoted; /* those values; NULL: only known when it runs */
};

struct io {
    struct frame *frame; /* of a writer; NULL for readers */
    struct str format, mode, target, path;
    struct str checkpoint;        /* checkpointLocation */
    bool infers;                  /* inferSchema */
    struct sql_property *options; /* of a reader: those that change what it reads */
    uint32_t option_count;
    const char *doubt; /* one of them is not known */
    bool batched;      /* foreachBatch has what it writes */
    struct str table_option;
    const char **partition_by;
    size_t partition_count;
    bool stream, is_v2;
    /* DeltaTable.merge */
    const char *merge_target;
    struct str merge_alias;
    struct sql_merge *merge; /* what .merge(..) and the calls after it build; NULL before */
    struct sql_expr *replace_where;
};

/* A class: what its body names; methods are functions among them. */
struct py_class {
    struct str name;
    struct py_env *body;
    struct py_class *base;  /* the first one that is known; NULL: none */
    struct py_object *self; /* one made for methods that nothing calls */
};

struct py_object {
    struct py_class *class;
    struct map *fields; /* to struct pv * */
};

/* functools.partial(of, *args, **named) */
struct py_partial {
    const struct pv *of; /* what is called */
    struct pv_items args;
    struct pv_dict named;
};

struct py_function {
    const struct py_node *node; /* PY_FUNCTION or PY_LAMBDA */
    struct py_env *home;
    const int *lines;
    size_t line_count;
    struct str text;        /* it stands in */
    const char *path;       /* the file it stands in */
    struct py_class *owner; /* it is a method */
    struct py_object *self; /* it is bound to an object */
    bool wrapped;           /* by a decorator that is not known: what it gives may be changed */
    bool plain, property;   /* a static method; one that is read like a field */
    const char *udf;        /* its name, when it computes columns; then node may be NULL */
    bool called;
    const struct py_partial *partial; /* functools.partial; then node may be NULL */
    const struct pv *defaults;        /* by parameter, as they were when it was defined; NULL: none */
};

struct pv {
    enum pv_kind kind;
    bool parameter; /* PV_UNKNOWN: given from outside under that name, as a widget's value is */
    union {
        bool b;
        struct str s;
        struct pv_text *text;
        struct pv_items *list;
        struct pv_dict *dict;
        struct frame *frame;
        struct column *column;
        struct grouped *grouped;
        struct sql_window *window;
        struct py_function *function;
        struct io *io;
        struct py_class *class;
        struct py_object *object;
        struct py_env *module;
        struct frame_columns *columns;
    };
};

/* All columns of a frame but some, in their order. */
struct frame_columns {
    const struct frame *frame;
    struct pv_items except; /* texts */
};

/* Which frames' columns an open SELECT sees, and under which alias. */
struct frame_source {
    uint32_t id;
    struct str alias;
};

/* A column that a step made anew under a name that may have been there. */
struct redefined {
    struct str name;
    uint32_t at; /* id of the frame that has it */
    struct redefined *next;
};

struct frame {
    uint32_t id;
    struct sql_query *query; /* NULL: not understood, then reads and why say what is known */
    bool open;               /* SELECT * FROM ... [WHERE ...] and nothing else: more can be merged into it */
    struct frame_source *sources;
    size_t source_count;
    bool joined; /* more than one source */
    struct view_set deps;
    struct str alias;   /* df.alias("a") */
    const char **reads; /* when not understood */
    size_t read_count;
    const char *why; /* not understood: a sentence without its full stop */
    const char *doubt;
    struct redefined *redefined;
    int cost, line, column; /* column 0: not known */
    bool stream;
    bool batch;           /* the rows of one batch of a stream: what is computed row by row is computed of all */
    const char **columns; /* names, in order; NULL when not known */
    size_t column_count;
    /* For the facts on code: */
    struct frame *parents[2];
    struct str variable; /* the first name it was given */
    int cell;
    uint32_t visit;           /* mark of the last walk */
    long actions;             /* how often it was computed */
    bool escaped, heavy;      /* handed to code that is not followed; a join, aggregation or distinct */
    bool cached, unpersisted; /* by a call on this very frame */
    bool grouped;
    bool pandas;  /* pandas-on-Spark: its methods have the names of pandas */
    bool guessed; /* what a function that is not followed made of DataFrames: it may be none */
    bool picked;  /* some of the rows: a sample, or a condition that is not understood */
    long most;    /* so many rows at most, where the query does not say so; 0: not known */
};

struct py_env {
    struct py_env *outer;
    struct map *names;   /* to struct pv * */
    struct map *outside; /* names that `global` and `nonlocal` send to an outer one; NULL: none */
};

/* A fact in the making; what hangs on the rest of the file is filled in at its end. */
struct code_note {
    struct code_fact fact; /* first: a fact is found again as its note */
    struct frame *frame;
    const struct reading *home;
    const char *dataset; /* of the last round of a loop */
    bool varies;         /* it differed between rounds */
};

struct py_run {
    struct session *session;
    struct arena *arena;
    struct py_env *env, *global;
    const int *lines; /* file lines of the text being run */
    size_t line_count;
    struct str text;
    const char *path;  /* the file it stands in: another than the session's for imports and %run */
    struct range site; /* then: the place in the session's file that led there */
    size_t steps, steps_max;
    const struct py_node *stopped; /* the first statement that was not run any more; NULL: all were */
    int depth;
    uint32_t next_id;
    bool star_functions; /* from pyspark.sql.functions import * */
    bool returned;
    struct pv value;     /* what was returned */
    int unsure;          /* inside code that may run or not, or any number of times */
    unsigned jump;       /* enum py_jump: what is left just now, down to the loop */
    unsigned maybe_jump; /* the same, by code that may run or not: what follows in the loop may run or not too */
    bool has_maybe;      /* such code returned something: */
    struct pv maybe;
    VEC(struct py_function *) functions;
    VEC(struct code_note *) notes;
    struct map *noted;         /* by kind and place */
    VEC(struct frame *) named; /* frames that have a variable and are worth keeping */
    size_t walked;             /* frames visited for the facts */
    uint32_t walks;
    int loop;                      /* loops around the place that runs */
    long rounds;                   /* of the innermost loop, -1 when not known */
    bool entry;                    /* a function runs that nothing calls: its defaults are not all it may get */
    const struct py_node *checked; /* a call that is only compared with 0 */
    const struct pv *given;        /* positional argument put before those of a call: df.transform(f) */
    struct map *mentioned;         /* names that the text uses: a function that is none of them is where the run starts */
    struct str checkpoint;         /* spark.sql.streaming.checkpointLocation: where streams without one of their own have it */
    bool importing;                /* the text is a module that another imports */
    /* The names of a module of the repository: "a.b", ".c" from the file being run; NULL: it is none of its files. */
    struct py_env *(*import)(void *ctx, struct py_run *r, struct str module);
    void *import_ctx;
};

void py_run_init(struct py_run *r, struct session *session);
/* Runs a text as one cell. Gaps name what did not read. */
void py_run_text(struct py_run *r, struct str text, const int *lines, size_t line_count);
/* Runs a module of another file; `env` gets its names. */
void py_run_import(struct py_run *r, const struct py_node *module, struct str text, const char *path, struct py_env *env);
bool py_abroad(const struct py_run *r); /* what runs stands in another file */
/* Functions that nothing called are run once with unknown arguments; hints go to the definitions. Once, at the end. */
void py_run_end(struct py_run *r);

/* Why a frame of createDataFrame has no query: nothing is read, so nothing is lost. Compared by address. */
extern const char rows_of_program[];

/* Between the files of the evaluator. */
struct pv py_eval(struct py_run *r, const struct py_node *node);
int py_line(const struct py_run *r, const struct py_node *node);
int py_column(const struct py_run *r, const struct py_node *node);        /* 0: not known */
void py_gap(struct py_run *r, const struct py_node *at, const char *why); /* loses lineage */
struct range py_range(const struct py_run *r, const struct py_node *node);
struct pv pv_unknown(struct py_run *r, const struct py_node *node);
struct pv pv_text_new(struct py_run *r, struct str s, int line);
struct pv pv_frame(struct frame *f);
struct pv pv_column(struct py_run *r, struct sql_expr *expr);
bool pv_is_text(struct pv v);
struct str pv_str(struct pv v); /* of a text; empty for others */
void pv_add(struct arena *arena, struct pv_items *items, struct pv v);
const struct pv *pv_dict_get(const struct pv_dict *d, const char *key);
struct pv py_call_function(struct py_run *r, struct py_function *f, const struct pv *args, size_t n, const struct py_node *call);
/* Argument by place or name; PV_UNKNOWN with an empty s when absent: see pv_absent. */
struct pv py_arg_value(struct py_run *r, const struct py_node *call, size_t i, const char *name);
bool pv_absent(struct pv v);
struct pv py_assign(struct py_run *r, struct str name, struct pv v);

/* Texts: each result knows the file lines of its lines. What is not known becomes ${name}, which SQL is read with. */
int py_line_at(const struct py_run *r, int line);
struct pv py_text_lines(struct py_run *r, struct str s, const int *lines, size_t count);
struct pv py_text_join(struct py_run *r, struct pv a, struct pv b);
struct pv py_text_piece(struct py_run *r, const struct py_node *node);
struct pv py_text_of(struct py_run *r, struct pv v, const struct py_node *node);
struct pv py_text_fstring(struct py_run *r, const struct py_node *node);
struct pv py_text_format(struct py_run *r, struct pv text, const struct py_node *call);
struct pv py_text_percent(struct py_run *r, struct pv text, struct pv b, const struct py_node *node);
struct pv py_text_call(struct py_run *r, struct pv text, struct str method, const struct py_node *call);

/* What Python has built in: list, dict, range, zip ..; and operator.and_ and its kin. */
struct pv py_builtin(struct py_run *r, struct str name, const struct py_node *call);
/* functools.partial(f, ..), and a call of what it gives: f with all the arguments, in an environment that knows them (r->env is set to it). */
struct pv py_partial_make(struct py_run *r, const struct py_node *call);
const struct py_node *py_partial_call(struct py_run *r, const struct py_partial *p, const struct pv *args, size_t n, const struct py_node *call);
/* a == b, a < b, a is b, a in b and their opposites, where both are known. */
struct pv py_compare(struct py_run *r, struct str op, struct pv a, struct pv b);
struct pv py_operator(struct py_run *r, struct str name, const struct py_node *call);
/* f(*list, **dict) with what they hold as arguments, in an environment that knows them (r->env is set to it); the call itself when there is none, or
 * what is not known. */
const struct py_node *py_laid_out(struct py_run *r, const struct py_node *call);
bool py_splats(const struct py_node *call); /* it has * or ** whose contents are not known */
/* What *args and **kwargs get of a call. Unknown when the call hands on what is not known. */
struct pv py_rest_placed(struct py_run *r, const struct pv *args, size_t n, size_t from, const struct py_node *call);
struct pv py_rest_named(struct py_run *r, const struct py_node *parameters, const struct py_node *call);

/* Lists and dictionaries, which are changed in place. */
struct pv py_list_call(struct py_run *r, struct pv object, struct str method, const struct py_node *call);
void py_spoil(struct py_run *r, struct pv v); /* what a list or dictionary holds is not known any more */
void py_item_set(struct py_run *r, struct pv object, struct pv key, struct pv v);
void py_item_delete(struct py_run *r, struct pv object, struct pv key);
void py_list_extend(struct py_run *r, struct pv list, struct pv more);
void pv_dict_put(struct py_run *r, struct pv_dict *d, struct pv key, struct pv v);

/* Statements and what they share with expressions. */
void py_block_run(struct py_run *r, const struct py_node *block);
int py_truth(struct pv v); /* 1 true, 0 false, -1 not known */
bool pv_same(struct pv a, struct pv b);
struct pv pv_either(struct py_run *r, const struct pv *a, const struct pv *b, struct str name, int line);
void py_target_assign(struct py_run *r, const struct py_node *target, struct pv v);
struct pv py_function_value(struct py_run *r, const struct py_node *node);
void py_env_push(struct py_run *r, struct py_env *outer);

/* Classes. */
struct pv class_make(struct py_run *r, const struct py_node *node);
struct pv class_call(struct py_run *r, struct py_class *class, const struct py_node *call); /* a new object; call NULL: unknown arguments */
struct pv class_get(struct py_run *r, struct py_class *class, struct str name);             /* pv_absent when it has none */
struct pv object_get(struct py_run *r, struct py_object *object, struct str name);          /* fields, then what its class has */
void object_set(struct py_run *r, struct py_object *object, struct str name, struct pv v);

/* Columns. */
struct sql_expr *column_expr(struct py_run *r, struct pv v);    /* as an expression where a str is a literal; NULL when unknown */
struct sql_expr *column_or_name(struct py_run *r, struct pv v); /* where a str is a column's name */
struct pv column_call(struct py_run *r, struct pv column, struct str method, const struct py_node *call, bool *known);
struct pv functions_call(struct py_run *r, struct str name, const struct py_node *call, bool *known);
struct pv column_binary(struct py_run *r, struct str op, struct pv a, struct pv b);
bool column_of(struct py_run *r, struct pv v, struct column *out); /* a select item; str is a name */
struct pv window_call(struct py_run *r, struct pv base, struct str method, const struct py_node *call, bool *known);
bool functions_known(struct str name);
bool functions_plain(struct str name); /* called in SQL under the same name, every str being a column's */
struct sql_expr *py_lambda_expr(struct py_run *r, struct py_function *f, const struct py_node *call); /* x -> x + 1; NULL: it is none */

/* df.columns, [c for c in df.columns if c != "x"] (absent where it is none of that), and what select makes of it. */
struct pv columns_of_frame(struct py_run *r, const struct frame *f);
struct pv columns_chosen(struct py_run *r, struct frame_columns *over, const struct py_node *comprehension);
struct pv columns_star(struct py_run *r, const struct frame *selected, const struct frame_columns *columns);
struct frame *frame_unpivot(struct py_run *r, struct frame *f, const struct py_node *call); /* NULL: not understood */
bool frames_widen(struct py_run *r, struct frame **a, struct frame **b, int line); /* each gets the columns of the other, as NULL; false: not known */

/* Frames. */
struct frame *frame_table(struct py_run *r, struct str name, bool stream, int line);
struct frame *frame_read(struct py_run *r, struct str name, bool stream, const struct py_node *call); /* a call reads it */
struct frame *frame_sql(struct py_run *r, struct pv text, const struct py_node *call);
struct frame *frame_sql_call(struct py_run *r, const struct py_node *call); /* spark.sql(..) with all its arguments */
struct frame *frame_unknown(struct py_run *r, const struct frame *from, const struct frame *other, const struct py_node *at, const char *why);
struct frame *frame_unknown_at(struct py_run *r, const struct frame *from, const struct frame *other, int line, const char *why);
struct pv frame_call(struct py_run *r, struct frame *f, struct str method, const struct py_node *call);
struct frame *frame_with_column(struct py_run *r, struct frame *f, const char *name, struct sql_expr *e, int line);
void placeholder_computed(struct py_run *r, const char *name); /* the value of ${name} is no parameter: nothing is proved of it */
struct frame *frame_subscript(struct py_run *r, struct frame *f, struct pv key, const struct py_node *node); /* NULL: not understood */
struct sql_expr *sql_column_plain(struct py_run *r, const char *name);
struct frame *frame_over(struct py_run *r, struct frame *f, int line); /* a SELECT of its own, or on an open one */
void frame_sources_keep(struct py_run *r, struct frame *next, const struct frame *f);
struct frame *frame_doubted(struct py_run *r, struct frame *f, const struct py_node *call, const char *why);
struct frame *rows_step(struct py_run *r, struct frame *f, struct str m, const struct py_node *call); /* NULL: none of its methods */
void frame_view(struct py_run *r, struct frame *f, struct str name, struct range range);              /* a temp view of that name */
bool frame_lost(const struct frame *f); /* no query, or one that grew too big: only what it reads is known */
struct frame *frame_select(struct py_run *r, struct frame *f, const struct column *columns, size_t n, int line);
struct pv_items py_arguments(struct py_run *r, const struct py_node *call, bool *known); /* positional ones, lists laid out */
struct pv frame_group(struct py_run *r, struct frame *f, const struct py_node *call, int how);
struct pv frame_grouping_sets(struct py_run *r, struct frame *f, const struct py_node *call);
/* Actions and hints: false when the method is neither. */
bool action_call(struct py_run *r, struct frame *f, struct str m, const struct py_node *call, struct pv *out);
struct pv frame_item(struct py_run *r, struct frame *f, struct str name);
struct pv grouped_call(struct py_run *r, struct grouped *g, struct str method, const struct py_node *call);
struct frame *frame_where(struct py_run *r, struct frame *f, struct sql_expr *condition);

/* pandas-on-Spark. */
struct pv pandas_named(struct py_run *r, struct str m, const struct py_node *call); /* ps.m(..) */
struct pv pandas_call(struct py_run *r, struct frame *f, struct str m, const struct py_node *call, bool *known);
struct frame *pandas_checked(struct frame *next, struct sql_expr *e); /* with a doubt where e means something else in pandas */
bool pandas_set(struct py_run *r, const struct py_node *target, struct pv object, struct pv key, struct pv v); /* df["x"] = v */
struct frame *frame_rename(struct py_run *r, struct frame *f, struct str from, struct str to, int line);
struct frame *frame_without(struct py_run *r, struct frame *f, struct pv columns, int line); /* NULL: not understood */

/* Reading and writing. */
struct pv io_call(struct py_run *r, struct io *io, struct str method, const struct py_node *call);
struct definition *frame_define(struct py_run *r, struct frame *f, enum definition_kind kind, const char *dataset, struct range range);
struct pv write_unknown(struct py_run *r, struct io *io, const struct py_node *call, const char *why);
const char *path_dataset(struct py_run *r, struct str format, struct str path); /* a path as a dataset: delta./mnt/x */
struct pv merge_call(struct py_run *r, struct io *io, struct str m, const struct py_node *call);
struct sql_expr *py_sql_expr(struct py_run *r, struct pv v);
bool dlt_is(struct str name);
bool dlt_decorated(struct py_run *r, const struct py_node *function);
struct pv dlt_call(struct py_run *r, struct str name, const struct py_node *call);
struct pv delta_call(struct py_run *r, struct str name, const struct py_node *call);

/* Facts on code. */
struct code_fact *fact_add(struct py_run *r, enum code_fact_kind kind, struct frame *f, const struct py_node *at); /* never NULL; set the rest */
void frame_action(struct py_run *r, struct frame *f);                                                              /* it is computed here */
void frame_escape(struct py_run *r, struct frame *f); /* somebody else may compute it, any number of times */
void frame_named(struct py_run *r, struct frame *f, struct str variable);
long frame_bound(struct py_run *r, const struct frame *f); /* at most so many rows; -1: no bound is known */
void fact_round(struct py_run *r, enum code_fact_kind kind, struct frame *f, const char *dataset, const struct py_node *at);
void fact_udf(struct py_run *r, enum code_fact_kind kind, const struct py_function *f, const char *name, const struct py_node *at);
/* What a Python function returns, as written and as a built-in would: NULL where that is not known. */
bool udf_is(struct str name); /* udf, pandas_udf */
struct pv udf_make(struct py_run *r, struct pv function, struct str name, const struct py_node *at);
struct pv udf_call(struct py_run *r, struct py_function *f, const struct py_node *call);
void udf_describe(struct py_run *r, const struct py_function *f, const char **body, const char **twin);
void facts_end(struct py_run *r);

#endif
