/* code_read.c - notebooks and Python files: cells share one session, %run brings in the other notebook's names and views. */
#include "airflow.h"
#include "notebook.h"
#include "pyspark.h"
#include "reader.h"

#define RUN_DEPTH_MAX 5
#define STRINGS_MAX   100000 /* of SQL in one cell of Scala or R; further ones are told */
#define IMPORTS_MAX   200    /* modules that one file brings in */
#define IMPORT_DEPTH  10
#define IMPORT_BYTES  ((size_t)1 << 20)

struct notebook_run {
    struct reader *reader; /* NULL for a file by itself */
    struct session session;
    struct py_run python;
    const char *path; /* of the notebook being run */
    int depth;
    const char *stack[RUN_DEPTH_MAX + 1];
    struct map *modules; /* path to the struct py_env of a module brought in */
    int importing;
};

static void run_bytes(struct notebook_run *n, const char *path, struct str bytes);

/* %run "./x": the file x.py, x.sql or x.ipynb beside the notebook. What it defines is its own; its names and views are ours. */
static void run_other(struct notebook_run *n, const char *relative, int line) {
    static const char *const endings[] = {"", ".py", ".sql", ".ipynb", ".scala", ".r"};
    struct session *s = &n->session;
    if (!n->reader || !relative || n->depth >= RUN_DEPTH_MAX) return;
    const char *dir = path_dir(s->arena, n->path), *base = path_join(s->arena, dir, relative);
    for (size_t i = 0; base && i < sizeof endings / sizeof *endings; i++) {
        const char *path = arena_printf(s->arena, "%s%s", base, endings[i]);
        struct str bytes;
        bool running = false;
        for (int k = 0; k <= n->depth; k++) running |= strcmp(n->stack[k], path) == 0;
        if (running || !reader_has(n->reader, path) || !reader_bytes(n->reader, path, &bytes)) continue;
        struct reading *out = s->out, scratch = {0};
        const char *before = n->path;
        int cell = s->cell;
        size_t first = s->first;
        s->out = &scratch;
        s->first = 0;
        n->stack[++n->depth] = path;
        const char *home = n->python.path;
        if (!py_abroad(&n->python)) n->python.site = (struct range){.line = line, .column = 1, .end_line = line, .end_column = 1};
        n->python.path = path;
        run_bytes(n, path, bytes);
        n->python.path = home;
        n->depth--;
        s->out = out;
        s->first = first;
        s->cell = cell;
        n->path = before;
        return;
    }
}

/* Imports: "a.b" is a/b.py or a/b/__init__.py in the folder of the file, in one above it, or in a src folder there. */

static const char *module_file(struct notebook_run *n, const char *dir, const char *slashed) {
    static const char *const endings[] = {".py", "/__init__.py"};
    for (size_t i = 0; i < 2; i++) {
        const char *path = path_join(n->session.arena, dir, arena_printf(n->session.arena, "%s%s", slashed, endings[i]));
        if (reader_has(n->reader, path)) return path;
    }
    return NULL;
}

static const char *module_path(struct notebook_run *n, const char *from, struct str module) {
    enum { ABOVE_MAX = 12 };
    struct arena *arena = n->session.arena;
    const char *dir = path_dir(arena, from);
    size_t dots = 0;
    while (dots < module.n && module.p[dots] == '.') dots++;
    char *slashed = str_dup(arena, (struct str){module.p + dots, module.n - dots});
    for (char *p = slashed; *p; p++) {
        if (*p == '.') *p = '/';
    }
    for (size_t i = 1; i < dots; i++) dir = path_dir(arena, dir);
    if (dots) return *slashed ? module_file(n, dir, slashed) : module_file(n, dir, "__init__");
    if (!*slashed) return NULL;
    for (int i = 0; i < ABOVE_MAX; i++) {
        const char *found = module_file(n, dir, slashed);
        if (!found) found = module_file(n, arena_printf(arena, "%s/src", dir), slashed);
        if (found || !*dir) return found;
        dir = path_dir(arena, dir);
    }
    return NULL;
}

/* The tree of a module is read once, however many import it. */
static const struct py_node *module_tree(struct notebook_run *n, const char *path, struct str bytes) {
    struct py_node *tree = map_get(n->reader->trees, str_of(path));
    if (tree || bytes.n > IMPORT_BYTES) return tree;
    const struct err *e = pytree_parse(n->reader->arena, bytes.p, bytes.n, &tree);
    if (e) return NULL; /* the file's own reading says so */
    map_put(n->reader->trees, str_of(path), tree);
    return tree;
}

static struct py_env *import_run(void *ctx, struct py_run *python, struct str module) {
    struct notebook_run *n = ctx;
    struct str bytes;
    if (!n->reader || n->importing >= IMPORT_DEPTH || map_count(n->modules) >= IMPORTS_MAX) return NULL;
    const char *path = module_path(n, python->path, module);
    if (!path || strcmp(path, n->session.path) == 0) return NULL;
    struct py_env *env = map_get(n->modules, str_of(path));
    if (env) return env;
    const struct py_node *tree = reader_bytes(n->reader, path, &bytes) ? module_tree(n, path, bytes) : NULL;
    if (!tree) return NULL;
    env = arena_new(n->session.arena, struct py_env);
    env->names = map_new(n->session.arena);
    map_put(n->modules, str_of(path), env);
    /* What the module defines by itself is told where it stands; its names are ours. */
    struct reading *out = n->session.out, scratch = {0};
    size_t first = n->session.first;
    n->session.out = &scratch;
    n->session.first = 0;
    n->importing++;
    py_run_import(python, tree, bytes, path, env);
    n->importing--;
    n->session.out = out;
    n->session.first = first;
    return env;
}

/* Scala and R: the SQL inside sql("...") and sql("""...""") is read, nothing else. */
static void strings_run(struct session *s, struct str text, const int *lines) {
    const char *end = text.p + text.n, *counted = text.p;
    size_t line = 0, found = 0;
    for (const char *at = text.p; found < STRINGS_MAX && (at = memmem(at, (size_t)(end - at), "sql(", 4));) {
        at += 4;
        while (at < end && (*at == ' ' || *at == '\n' || *at == '\t')) at++;
        bool format = at < end && (*at == 's' || *at == 'f');
        if (format) at++;
        if (at >= end || *at != '"') continue;
        bool triple = end - at >= 3 && memcmp(at, "\"\"\"", 3) == 0;
        const char *start = at + (triple ? 3 : 1);
        const char *close = memmem(start, (size_t)(end - start), triple ? "\"\"\"" : "\"", triple ? 3 : 1);
        if (!close) break;
        for (; counted < start; counted++) line += *counted == '\n';
        struct sql_origin origin = {.lines = lines + line, .line_count = 1};
        for (const char *p = start; p < close; p++) origin.line_count += *p == '\n';
        session_run(s, (struct str){start, (size_t)(close - start)}, &origin);
        found++;
        at = close;
    }
    if (found >= STRINGS_MAX) session_gap(s, lines[line], true, "only the first %d texts of SQL in a cell are read", STRINGS_MAX);
}

static bool holds(struct str text, const char *word) { return text.n && memmem(text.p, text.n, word, strlen(word)) != NULL; }

static void other_language(struct session *s, const struct cell *cell, const char *name) {
    static const char *const words[] = {"spark.", "DeltaTable", ".write", "sdf_", "spark_read", "sparklyr", "createOrReplaceTempView"};
    strings_run(s, cell->text, cell->lines);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!holds(cell->text, words[i])) continue;
        session_gap(s, cell->line, true, "%s code is not read, only the SQL text in it", name);
        return;
    }
}

static void cell_run(struct notebook_run *n, const struct cell *cell) {
    struct session *s = &n->session;
    s->cell = cell->number;
    switch (cell->language) {
    case CELL_SQL: {
        struct sql_origin origin = {.lines = cell->lines, .columns = cell->columns, .line_count = cell->line_count};
        if (str_trim(cell->text).n) session_run(s, cell->text, &origin);
        return;
    }
    case CELL_PYTHON:
        py_run_text(&n->python, cell->text, cell->lines, cell->line_count);
        return;
    case CELL_RUN:
        run_other(n, cell->run_path, cell->line);
        return;
    case CELL_SCALA:
        other_language(s, cell, "Scala");
        return;
    case CELL_R:
        other_language(s, cell, "R");
        return;
    default:
        return;
    }
}

static void run_bytes(struct notebook_run *n, const char *path, struct str bytes) {
    struct cells cells = {0};
    n->path = path;
    if (text_ends(path, ".ipynb")) {
        const struct err *e = cells_jupyter(n->session.arena, bytes, &cells);
        if (e) session_gap(&n->session, 0, true, "this notebook was not understood: %s", e->text);
    } else if (str_starts(bytes, "# Databricks") || str_starts(bytes, "-- Databricks") || str_starts(bytes, "// Databricks")) {
        cells_split(n->session.arena, path, bytes, &cells);
    } else {
        /* A plain file that %run names. */
        if (text_ends(path, ".py")) py_run_text(&n->python, bytes, NULL, 0);
        if (text_ends(path, ".sql")) session_run(&n->session, bytes, NULL);
        return;
    }
    for (size_t i = 0; i < cells.n; i++) cell_run(n, &cells.at[i]);
    if (cells.n >= CELLS_MAX) session_gap(&n->session, cells.at[cells.n - 1].line, true, "only the first %d cells are read", CELLS_MAX);
}

/* A magic in a Python script that is no notebook is rare; the script is one cell without a number. */
static bool worth_following(struct str bytes) {
    static const char *const words[] = {"spark",    "pyspark",    "import dlt", "dlt.",     "DataFrame",
                                        "read_sql", "DeltaTable", "sql(",       "read_sql", "execute("};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (holds(bytes, words[i])) return true;
    }
    return false;
}

/* Bytes that no program is written with: a compiled or encrypted file under the wrong name. */
static bool is_binary(struct str bytes) {
    size_t odd = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char c = (unsigned char)bytes.p[i];
        if (c == 0) return true;
        odd += c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f';
    }
    return odd > bytes.n / 50;
}

void code_file_read(struct reader *r, const char *path, struct str bytes, bool is_notebook) {
    struct notebook_run *n = arena_new(r->arena, struct notebook_run);
    n->reader = r;
    n->stack[0] = path;
    bool operators = (holds(bytes, "from airflow") || holds(bytes, "import airflow")) && holds(bytes, "Operator(") && !airflow_is_dag(bytes);
    if (is_binary(bytes)) {
        reading_gap(r->arena, r->out, &(struct not_understood){path, 1, 0, "this file is no text: what it computes is not known", true});
        return;
    }
    if (!is_notebook && operators) {
        struct not_understood gap = {path, 1, 0, "operators of Airflow outside a DAG are not followed: what their SQL and jobs compute is not known",
                                     true};
        reading_gap(r->arena, r->out, &gap);
    }
    if (!is_notebook && !worth_following(bytes)) return;
    session_init(&n->session, r->arena, r->out, path, is_notebook ? ARTEFACT_NOTEBOOK : ARTEFACT_PYTHON, r->options->dialect);
    n->session.source = bytes;
    session_pipeline_set(&n->session);
    py_run_init(&n->python, &n->session);
    n->modules = map_new(r->arena);
    n->python.import = import_run;
    n->python.import_ctx = n;
    if (is_notebook) {
        run_bytes(n, path, bytes);
    } else {
        py_run_text(&n->python, bytes, NULL, 0);
    }
    n->session.cell = 0;
    py_run_end(&n->python);
    session_end(&n->session);
}
