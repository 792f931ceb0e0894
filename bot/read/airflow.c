/* airflow.c - DAG calls become jobs and operators their tasks, said in the words of the Jobs API; SQL in them becomes definitions. */
#include "airflow.h"

#include "job_facts.h"
#include "map.h"
#include "session.h"

#define TASKS_MAX 100000 /* of one file; further ones are told */
#define DAGS_MAX  2000
#define ORDER_MAX 100000

/* An operator, and what it came to. */
struct operator_call {
    const struct py_node *call;
    const char *name; /* last part of the class: "SnowflakeOperator" */
    json_t *task;
    bool on_databricks;
    struct dag *dag;
    struct map *bound;              /* the names of the loops around it, in its round */
    const struct py_node *function; /* the Python function that it runs; NULL: none, or not known */
    struct operator_call *twin;     /* the same call in the round before */
};

struct dag {
    const struct py_node *call; /* DAG(..), or the decorator's call; NULL: @dag alone */
    const struct py_node *body; /* tasks below it are its own; NULL: those that name it */
    struct str variable;        /* dag = DAG(..) */
    const char *id;
    const struct py_node *at;
    json_t *settings, *tasks;
    VEC(struct operator_call *) operators;
};

struct airflow {
    struct reader *reader;
    struct arena *arena;
    const char *path;
    struct py_names names;
    VEC(struct dag *) dags;
    size_t operators;
    struct map *functions, *tasks; /* by name; those marked @task */
    struct map *by_call;           /* place of a call -> struct operator_call */
    size_t orders, rounds;
};

bool airflow_is_dag(struct str bytes) {
    if (!bytes.n || !memmem(bytes.p, bytes.n, "airflow", 7)) return false;
    return memmem(bytes.p, bytes.n, "DAG(", 4) || memmem(bytes.p, bytes.n, "@dag", 4) || memmem(bytes.p, bytes.n, "DbtDag(", 7);
}

static struct str last_part(const char *dotted) {
    const char *dot = strrchr(dotted, '.');
    return str_of(dot ? dot + 1 : dotted);
}

static const char *called(const struct airflow *a, const struct py_node *node) {
    const char *dotted = node && node->kind == PY_CALL && node->count ? py_dotted(a->arena, node->kids[0]) : NULL;
    return dotted ? last_part(dotted).p : NULL;
}

static const struct py_node *kwarg(const struct py_node *call, const char *name) {
    return call && call->kind == PY_CALL ? py_kwarg(call, name) : NULL;
}

/* ---- DAGs ---- */

static const struct py_node *default_arg(const struct airflow *a, const struct dag *dag, const char *key) {
    const struct py_node *map = py_names_value(&a->names, kwarg(dag->call, "default_args"));
    for (size_t i = 0; map && map->kind == PY_DICT && i + 1 < map->count; i += 2) {
        if (map->kids[i] && map->kids[i]->kind == PY_STRING && str_is(map->kids[i]->text, key)) return map->kids[i + 1];
    }
    return NULL;
}

static void set_number(json_t *o, const char *key, double value) {
    if (value >= 0 && value < 1e9) json_object_set_new(o, key, json_integer((json_int_t)value));
}

static void schedule_set(const struct airflow *a, const struct dag *dag) {
    static const char *const keys[] = {"schedule", "schedule_interval", "timetable"};
    const struct py_node *said = NULL;
    for (size_t i = 0; i < 3 && !said; i++) said = py_names_value(&a->names, kwarg(dag->call, keys[i]));
    if (!said || py_is_constant(said, "None")) return;
    const char *text = py_names_text(&a->names, said);
    double every = py_names_seconds(&a->names, said);
    json_t *place = json_pack("{s:i, s:s}", JOB_LINE, said->range.line, JOB_PATH, a->path);
    if (text && strcmp(text, "@continuous") == 0) {
        json_object_set_new(dag->settings, "continuous", place);
    } else if (text && strcmp(text, "@once") != 0) {
        json_object_set_new(place, "cron", json_string(text));
        json_object_set_new(place, "timezone", json_string("UTC"));
        json_object_set_new(dag->settings, "schedule", place);
    } else if (every > 0) {
        json_object_set_new(place, "periodic", json_pack("{s:s, s:f}", "unit", "MINUTES", "interval", every / 60));
        json_object_set_new(dag->settings, "trigger", place);
    } else if (said->kind == PY_LIST || said->kind == PY_BINARY || said->kind == PY_CALL) {
        json_object_set_new(place, "table_update", json_true()); /* datasets and assets */
        json_object_set_new(dag->settings, "trigger", place);
    } else {
        json_decref(place);
    }
}

static void dag_settings(const struct airflow *a, struct dag *dag) {
    dag->settings = jsx_own(a->arena, json_object());
    dag->tasks = json_array();
    jsx_set_text(dag->settings, "name", dag->id);
    jsx_set_text(dag->settings, JOB_PATH, a->path);
    json_object_set_new(dag->settings, JOB_LINE, json_integer(dag->at->range.line));
    json_object_set_new(dag->settings, "tasks", dag->tasks);
    const char *description = py_names_text(&a->names, kwarg(dag->call, "description"));
    if (description) jsx_set_text(dag->settings, "description", description);
    json_t *tags = py_names_json(&a->names, kwarg(dag->call, "tags")), *map = json_object();
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const char *tag = json_string_value(json_array_get(tags, i));
        if (tag) json_object_set_new(map, tag, json_string(""));
    }
    json_object_set_new(dag->settings, "tags", map);
    set_number(dag->settings, "max_concurrent_runs", py_names_seconds(&a->names, kwarg(dag->call, "max_active_runs")));
    set_number(dag->settings, "timeout_seconds", py_names_seconds(&a->names, kwarg(dag->call, "dagrun_timeout")));
    schedule_set(a, dag);
}

static struct dag *dag_new(struct airflow *a, const struct py_node *call, const struct py_node *at) {
    struct dag *dag = arena_new(a->arena, struct dag);
    *dag = (struct dag){.call = call, .at = at};
    const char *id = py_names_text(&a->names, kwarg(call, "dag_id"));
    if (!id && call && py_arg(call, 0)) id = py_names_text(&a->names, py_arg(call, 0));
    dag->id = id;
    *vec_add(a->arena, &a->dags) = dag;
    return dag;
}

static bool is_dag_call(const struct airflow *a, const struct py_node *node) {
    const char *name = called(a, node);
    return name && (strcmp(name, "DAG") == 0 || strcmp(name, "DbtDag") == 0);
}

static void with_read(struct airflow *a, const struct py_node *node) {
    for (size_t i = 0; i + 1 < node->count; i++) {
        const struct py_node *pair = node->kids[i];
        if (pair->kind != PY_PAIR || !pair->count || !is_dag_call(a, pair->kids[0])) continue;
        struct dag *dag = dag_new(a, pair->kids[0], pair->kids[0]);
        dag->body = node->kids[node->count - 1];
        if (pair->count > 1 && pair->kids[1] && pair->kids[1]->kind == PY_NAME) dag->variable = pair->kids[1]->text;
    }
}

/* @dag(..) def name(): */
static void function_read(struct airflow *a, const struct py_node *node) {
    for (size_t i = 2; i < node->count; i++) {
        const struct py_node *mark = node->kids[i];
        const char *name = mark->kind == PY_CALL ? called(a, mark) : py_dotted(a->arena, mark);
        if (!name || strcmp(last_part(name).p, "dag") != 0) continue;
        struct dag *dag = dag_new(a, mark->kind == PY_CALL ? mark : NULL, mark);
        if (!dag->id) dag->id = str_dup(a->arena, node->text);
        dag->body = node->kids[1];
    }
}

static void dags_find(struct airflow *a, const struct py_node *node, int depth) {
    if (!node || depth > PY_DEPTH_MAX) return;
    if (node->kind == PY_WITH) with_read(a, node);
    if (node->kind == PY_FUNCTION && node->count > 2) function_read(a, node);
    if (node->kind == PY_ASSIGN && node->count == 2 && node->kids[0]->kind == PY_NAME && is_dag_call(a, node->kids[1]))
        dag_new(a, node->kids[1], node->kids[1])->variable = node->kids[0]->text;
    if (node->kind == PY_EXPRESSION && node->count && is_dag_call(a, node->kids[0])) dag_new(a, node->kids[0], node->kids[0]);
    for (size_t i = 0; i < node->count; i++) dags_find(a, node->kids[i], depth + 1);
}

static bool below(const struct py_node *outer, const struct py_node *inner) {
    return outer && outer->range.start <= inner->range.start && inner->range.end <= outer->range.end;
}

static struct dag *dag_of(const struct airflow *a, const struct py_node *call) {
    const struct py_node *said = kwarg(call, "dag");
    for (size_t i = 0; said && said->kind == PY_NAME && i < a->dags.n; i++) {
        if (str_eq(a->dags.at[i]->variable, said->text)) return a->dags.at[i];
    }
    for (size_t i = a->dags.n; i-- > 0;) {
        if (below(a->dags.at[i]->body, call)) return a->dags.at[i];
    }
    return a->dags.n == 1 ? a->dags.at[0] : NULL;
}

/* ---- operators ---- */

static enum dialect dialect_of(const struct airflow *a, const char *name) {
    static const struct {
        const char *word;
        enum dialect dialect;
    } words[] = {{"Snowflake", DIALECT_SNOWFLAKE},
                 {"BigQuery", DIALECT_BIGQUERY},
                 {"Databricks", DIALECT_DATABRICKS},
                 {"Postgres", DIALECT_POSTGRES},
                 {"Redshift", DIALECT_REDSHIFT},
                 {"Trino", DIALECT_TRINO},
                 {"Presto", DIALECT_TRINO},
                 {"Athena", DIALECT_TRINO},
                 {"MySql", DIALECT_MYSQL},
                 {"MsSql", DIALECT_TSQL},
                 {"Hive", DIALECT_SPARK},
                 {"Spark", DIALECT_SPARK},
                 {"ClickHouse", DIALECT_CLICKHOUSE},
                 {"DuckDB", DIALECT_DUCKDB},
                 {"Sqlite", DIALECT_SQLITE}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strstr(name, words[i].word)) return words[i].dialect;
    }
    return a->reader->options->dialect;
}

/* What stands at `key` of a dict as it is written; NULL when nothing does. */
static const struct py_node *dict_at(const struct py_node *dict, const char *key) {
    const struct py_node *found = NULL;
    for (size_t i = 0; i + 1 < dict->count; i += 2) {
        if (dict->kids[i] && dict->kids[i]->kind == PY_STRING && str_is(dict->kids[i]->text, key)) found = dict->kids[i + 1];
    }
    return found;
}

/* The inner dict of BigQueryInsertJobOperator(configuration={"query": {"query": .., "destinationTable": ..}}); NULL when it has none. */
static const struct py_node *configured(const struct airflow *a, const struct py_node *call) {
    const struct py_node *outer = py_names_value(&a->names, kwarg(call, "configuration"));
    const struct py_node *inner = outer && outer->kind == PY_DICT ? py_names_value(&a->names, dict_at(outer, "query")) : NULL;
    return inner && inner->kind == PY_DICT ? inner : NULL;
}

/* What the rows of its query are stored in; NULL when they are stored nowhere. */
static const struct py_node *destination_of(const struct airflow *a, const struct py_node *call) {
    const struct py_node *body = configured(a, call), *node = kwarg(call, "destination_dataset_table");
    if (!node && body) node = dict_at(body, "destinationTable");
    return node && py_is_constant(node, "None") ? NULL : node;
}

/* "p.d.t", or {"projectId": "p", "datasetId": "d", "tableId": "t"}; NULL: only known when it runs. */
static const char *destination_text(const struct airflow *a, const struct py_node *stored) {
    static const char *const keys[] = {"projectId", "datasetId", "tableId"};
    const struct py_node *v = py_names_value(&a->names, stored);
    struct buf b = buf_new(a->arena);
    for (size_t i = 0; v && v->kind == PY_DICT && i < 3; i++) {
        const struct py_node *part = dict_at(v, keys[i]);
        const char *text = part ? py_names_text(&a->names, part) : NULL;
        if (part && !text) return NULL;
        if (text && b.n) buf_char(&b, '.');
        if (text) buf_text(&b, text);
    }
    return v && v->kind == PY_DICT ? (b.n ? buf_str(&b) : NULL) : py_names_text(&a->names, v);
}

/* The keyword whose value is the SQL of an operator; NULL when it has none. */
static const struct py_node *sql_of(const struct airflow *a, const struct py_node *call) {
    static const char *const keys[] = {"sql", "hql", "bql", "query", "sql_query"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct py_node *v = py_names_value(&a->names, kwarg(call, keys[i]));
        if (v) return v;
    }
    const struct py_node *body = configured(a, call);
    return body ? py_names_value(&a->names, dict_at(body, "query")) : NULL;
}

static bool is_sql_file(const char *text) { return text && text_ends(text, ".sql") && !strchr(text, '\n') && !strchr(text, ' '); }

static const char *database_words(const char *text) { return strstr(text, "dbt ") ? strstr(text, "dbt ") : NULL; }

/* What the operator runs, in the words of the Jobs API. */
static void runs_set(const struct airflow *a, struct operator_call *op) {
    static const char *const bodies[] = {"notebook_task", "spark_python_task", "spark_jar_task", "python_wheel_task",   "dbt_task",
                                         "pipeline_task", "sql_task",          "new_cluster",    "existing_cluster_id", "job_cluster_key",
                                         "libraries",     "spark_submit_task"};
    json_t *whole = py_names_json(&a->names, kwarg(op->call, strcmp(op->name, "DatabricksTaskOperator") == 0 ? "task_config" : "json"));
    if (json_is_object(whole)) json_object_update_missing(op->task, whole);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        json_t *body = py_names_json(&a->names, kwarg(op->call, bodies[i]));
        if (body) json_object_set(op->task, bodies[i], body);
    }
    op->on_databricks = strncmp(op->name, "Databricks", 10) == 0 && !strstr(op->name, "Sql");
    const char *notebook = py_names_text(&a->names, kwarg(op->call, "notebook_path")), *job = py_names_text(&a->names, kwarg(op->call, "job_name"));
    if (notebook && op->on_databricks) json_object_set_new(op->task, "notebook_task", json_pack("{s:s}", "notebook_path", notebook));
    json_t *job_id = py_names_json(&a->names, kwarg(op->call, "job_id"));
    if (op->on_databricks && (job_id || job)) {
        json_t *body = json_object();
        if (job_id) json_object_set(body, "job_id", job_id);
        if (!job_id) jsx_set_text(body, "job_id", job);
        json_object_set_new(op->task, "run_job_task", body);
    }
    const char *application = py_names_text(&a->names, kwarg(op->call, "application")),
               *bash = py_names_text(&a->names, kwarg(op->call, "bash_command"));
    if (application) json_object_set_new(op->task, "spark_python_task", json_pack("{s:s}", "python_file", application));
    const char *dbt = bash ? database_words(bash) : NULL;
    if (dbt) json_object_set_new(op->task, "dbt_task", json_pack("{s:[s]}", "commands", dbt));
    const char *sql = py_names_text(&a->names, sql_of(a, op->call));
    if (is_sql_file(sql)) json_object_set_new(op->task, "sql_task", json_pack("{s:{s:s}}", "file", "path", sql));
}

static const struct py_node *own_or_default(const struct airflow *a, const struct operator_call *op, const char *key) {
    const struct py_node *own = kwarg(op->call, key);
    return own || !op->dag ? own : default_arg(a, op->dag, key);
}

static void limits_set(const struct airflow *a, struct operator_call *op) {
    set_number(op->task, "max_retries", py_names_seconds(&a->names, own_or_default(a, op, "retries")));
    set_number(op->task, "timeout_seconds", py_names_seconds(&a->names, own_or_default(a, op, "execution_timeout")));
    double delay = py_names_seconds(&a->names, own_or_default(a, op, "retry_delay"));
    if (delay >= 0 && delay < 1e6) json_object_set_new(op->task, "min_retry_interval_millis", json_integer((json_int_t)(delay * 1000)));
    const struct py_node *mail = py_names_value(&a->names, own_or_default(a, op, "email"));
    const struct py_node *on = py_names_value(&a->names, own_or_default(a, op, "email_on_failure"));
    const struct py_node *callback = py_names_value(&a->names, own_or_default(a, op, "on_failure_callback"));
    bool tells = (mail && !py_is_constant(mail, "None") && !(on && py_is_constant(on, "False"))) || (callback && !py_is_constant(callback, "None"));
    if (tells) json_object_set_new(op->task, "email_notifications", json_pack("{s:[s]}", "on_failure", "told"));
}

static bool is_operator(const char *name) {
    return name &&
           (text_ends(name, "Operator") || text_ends(name, "OperatorAsync") || text_ends(name, "Sensor") || strcmp(name, "DbtTaskGroup") == 0);
}

static void more_tell(struct airflow *a, const struct py_node *at, int max, const char *what) {
    struct not_understood gap = {a->path, at->range.line, 0, arena_printf(a->arena, "only the first %d %s of a file are read", max, what), true};
    if (reader_wants(a->reader, a->path)) reading_gap(a->arena, a->reader->out, &gap);
}

static bool task_fits(struct airflow *a, const struct py_node *call) {
    if (++a->operators == TASKS_MAX + 1) more_tell(a, call, TASKS_MAX, "tasks");
    return a->operators <= TASKS_MAX;
}

static void operator_read(struct airflow *a, const struct py_node *call, const char *name) {
    struct dag *dag = dag_of(a, call);
    const char *id = py_names_text(&a->names, kwarg(call, "task_id"));
    if (!id) id = py_names_text(&a->names, kwarg(call, "group_id"));
    if (!dag || !id || !task_fits(a, call)) return;
    struct operator_call *op = arena_new(a->arena, struct operator_call);
    *op = (struct operator_call){.call = call, .name = name, .dag = dag, .task = json_object()};
    jsx_set_text(op->task, "task_key", id);
    json_object_set_new(op->task, JOB_LINE, json_integer(call->range.line));
    jsx_set_text(op->task, JOB_PATH, a->path);
    runs_set(a, op);
    /* A submitted run has tasks of its own; they stand for the operator. */
    jsx_set_text(op->task, "task_key", id);
    limits_set(a, op);
    json_array_append_new(dag->tasks, op->task);
    *vec_add(a->arena, &dag->operators) = op;
    op->bound = a->names.bound;
    const struct py_node *function = py_names_value(&a->names, kwarg(call, "python_callable"));
    if (function && function->kind == PY_NAME) op->function = map_get(a->functions, function->text);
    void **slot = map_slot(a->by_call, (struct str){(const char *)&call->range.start, sizeof call->range.start});
    op->twin = *slot;
    *slot = op;
}

static void after_add(struct airflow *a, struct operator_call *first, struct operator_call *then) {
    json_t *list = json_object_get(then->task, "depends_on");
    if (first == then || a->orders++ > ORDER_MAX) return;
    if (!list) json_object_set_new(then->task, "depends_on", list = json_array());
    json_array_append_new(list, json_pack("{s:O}", "task_key", json_object_get(first->task, "task_key")));
}

/* @task def name(): its call in a DAG is a task that runs Python, or the SQL that it returns. */
static void task_read(struct airflow *a, const struct py_node *call, const struct py_node *function) {
    struct dag *dag = dag_of(a, call);
    if (!dag || !task_fits(a, call)) return;
    struct operator_call *op = arena_new(a->arena, struct operator_call);
    *op = (struct operator_call){.call = call, .name = "python", .dag = dag, .task = json_object(), .bound = a->names.bound, .function = function};
    jsx_set_text(op->task, "task_key", str_dup(a->arena, function->text));
    json_object_set_new(op->task, JOB_LINE, json_integer(call->range.line));
    jsx_set_text(op->task, JOB_PATH, a->path);
    json_array_append_new(dag->tasks, op->task);
    *vec_add(a->arena, &dag->operators) = op;
    void **slot = map_slot(a->by_call, (struct str){(const char *)&call->range.start, sizeof call->range.start});
    op->twin = *slot;
    *slot = op;
    for (size_t i = 1; i < call->count; i++) { /* load(extract()) runs after extract */
        const struct py_node *given = call->kids[i]->kind == PY_KWARG && call->kids[i]->count ? call->kids[i]->kids[0] : call->kids[i];
        given = py_names_value(&a->names, given);
        struct operator_call *first = map_get(a->by_call, (struct str){(const char *)&given->range.start, sizeof given->range.start});
        if (first && given->kind == PY_CALL) after_add(a, first, op);
    }
}

/* Functions by name; those that @task marks are tasks. */
static void functions_find(struct airflow *a, const struct py_node *node, int depth) {
    if (!node || depth > PY_DEPTH_MAX) return;
    if (node->kind == PY_FUNCTION) map_put(a->functions, node->text, (void *)(uintptr_t)node);
    for (size_t i = 2; node->kind == PY_FUNCTION && i < node->count; i++) {
        const char *mark = py_dotted(a->arena, node->kids[i]->kind == PY_CALL ? node->kids[i]->kids[0] : node->kids[i]);
        bool task = mark && (strcmp(mark, "task") == 0 || strncmp(mark, "task.", 5) == 0);
        if (task) map_put(a->tasks, node->text, (void *)(uintptr_t)node);
    }
    for (size_t i = 0; i < node->count; i++) functions_find(a, node->kids[i], depth + 1);
}

static void operators_find(struct airflow *a, const struct py_node *node, int depth);

#define ROUNDS_MAX 500

static void name_bind(struct airflow *a, struct map *bound, const struct py_node *target, const struct py_node *value) {
    const struct py_node *v = py_names_value(&a->names, value);
    if (target->kind == PY_NAME) map_put(bound, target->text, (void *)(uintptr_t)v);
    bool both = (target->kind == PY_TUPLE || target->kind == PY_LIST) && (v->kind == PY_TUPLE || v->kind == PY_LIST) && target->count == v->count;
    for (size_t i = 0; both && i < target->count; i++) name_bind(a, bound, target->kids[i], v->kids[i]);
}

static void round_read(struct airflow *a, const struct py_node *loop, const struct py_node *key, const struct py_node *value, int depth) {
    struct map *before = a->names.bound, *bound = map_new(a->arena);
    for (size_t i = 0; before && i < map_count(before); i++) map_put(bound, map_at(before, i).key, map_at(before, i).value);
    const struct py_node *target = loop->kids[0];
    if (value && target->count == 2) {
        name_bind(a, bound, target->kids[0], key);
        name_bind(a, bound, target->kids[1], value);
    } else name_bind(a, bound, target, key);
    a->names.bound = bound;
    operators_find(a, loop->kids[2], depth + 1);
    a->names.bound = before;
}

/* for x in [literals], in a dictionary, or in its items(): each round makes operators of its own. */
static bool loop_read(struct airflow *a, const struct py_node *node, int depth) {
    const struct py_node *over = node->count >= 3 ? py_names_value(&a->names, node->kids[1]) : NULL;
    const struct py_node *method = over && over->kind == PY_CALL && over->kids[0]->kind == PY_ATTRIBUTE ? over->kids[0] : NULL;
    bool items = method && str_is(method->text, "items"), keys = method && str_is(method->text, "keys");
    if (items || keys) over = py_names_value(&a->names, method->kids[0]);
    if (!over || (method && !items && !keys)) return false;
    bool dict = over->kind == PY_DICT;
    if (!dict && (items || (over->kind != PY_LIST && over->kind != PY_TUPLE && over->kind != PY_SET))) return false;
    for (size_t i = 0; i < over->count; i += dict ? 2 : 1) {
        if (!over->kids[i] || a->rounds++ >= ROUNDS_MAX) return true;
        round_read(a, node, over->kids[i], items ? over->kids[i + 1] : NULL, depth);
    }
    return true;
}

static void operators_find(struct airflow *a, const struct py_node *node, int depth) {
    if (!node || depth > PY_DEPTH_MAX) return;
    if (node->kind == PY_FOR && loop_read(a, node, depth)) return;
    for (size_t i = 0; i < node->count; i++) operators_find(a, node->kids[i], depth + 1);
    const char *name = called(a, node);
    if (is_operator(name)) operator_read(a, node, name);
    const struct py_node *function = name && node->kids[0]->kind == PY_NAME ? map_get(a->tasks, node->kids[0]->text) : NULL;
    if (function) task_read(a, node, function);
}

/* ---- order ---- */

typedef void (*pair_fn)(struct airflow *a, struct operator_call *first, struct operator_call *then);

/* The operators an expression stands for: a name, a call, a list, or the last of a chain. */
static void ends_of(struct airflow *a, const struct py_node *node, struct operator_call **out, size_t *n, int depth) {
    const struct py_node *v = py_names_value(&a->names, node);
    if (!v || depth > 20 || *n >= 100) return;
    if (v->kind == PY_LIST || v->kind == PY_TUPLE) {
        for (size_t i = 0; i < v->count; i++) ends_of(a, v->kids[i], out, n, depth + 1);
        return;
    }
    if (v->kind == PY_BINARY && (str_is(v->text, ">>") || str_is(v->text, "<<")) && v->count == 2) {
        ends_of(a, v->kids[1], out, n, depth + 1);
        return;
    }
    struct operator_call *op = map_get(a->by_call, (struct str){(const char *)&v->range.start, sizeof v->range.start});
    for (; op && v->kind == PY_CALL && *n < 100; op = op->twin) out[(*n)++] = op;
}

static void order_between(struct airflow *a, const struct py_node *first, const struct py_node *then) {
    struct operator_call *left[101], *right[101];
    size_t n = 0, m = 0;
    ends_of(a, first, left, &n, 0);
    ends_of(a, then, right, &m, 0);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < m; k++) after_add(a, left[i], right[k]);
    }
}

static void call_order(struct airflow *a, const struct py_node *node) {
    const char *name = called(a, node);
    const struct py_node *function = node->kids[0];
    if (name && strcmp(name, "chain") == 0) {
        for (size_t i = 1; i + 1 < node->count; i++) order_between(a, node->kids[i], node->kids[i + 1]);
        return;
    }
    bool down = function->kind == PY_ATTRIBUTE && str_is(function->text, "set_downstream");
    bool up = function->kind == PY_ATTRIBUTE && str_is(function->text, "set_upstream");
    if ((!down && !up) || !function->count || node->count < 2) return;
    order_between(a, down ? function->kids[0] : node->kids[1], down ? node->kids[1] : function->kids[0]);
}

static void order_find(struct airflow *a, const struct py_node *node, int depth) {
    if (!node || depth > PY_DEPTH_MAX) return;
    if (node->kind == PY_BINARY && node->count == 2 && str_is(node->text, ">>")) order_between(a, node->kids[0], node->kids[1]);
    if (node->kind == PY_BINARY && node->count == 2 && str_is(node->text, "<<")) order_between(a, node->kids[1], node->kids[0]);
    if (node->kind == PY_CALL && node->count) call_order(a, node);
    for (size_t i = 0; i < node->count; i++) order_find(a, node->kids[i], depth + 1);
}

/* ---- SQL ---- */

static void text_run(struct airflow *a, struct session *s, const struct py_node *node) {
    const struct py_node *v = py_names_value(&a->names, node);
    const char *text = py_names_text(&a->names, v);
    if (!text || is_sql_file(text)) return;
    if (strstr(text, "{%")) session_gap(s, v->range.line, true, "the template in this SQL is not followed");
    else session_run(s, str_of(text), &(struct sql_origin){.line = v->range.line, .column = 1});
}

/* The statements of a task, given as one text or as a list, are run one after the other over one connection. */
static void sql_define(struct airflow *a, const struct operator_call *op, const struct job *job, const struct task *task) {
    const struct py_node *sql = sql_of(a, op->call);
    bool list = sql && (sql->kind == PY_LIST || sql->kind == PY_TUPLE);
    if (!sql) return;
    struct session s;
    session_init(&s, a->arena, a->reader->out, a->path, ARTEFACT_JOB, dialect_of(a, op->name));
    s.label = arena_printf(a->arena, "%s / %s", job->name, task->key);
    s.guess_dialect = true;
    (void)reader_bytes(a->reader, a->path, &s.source);
    if (!list) text_run(a, &s, sql);
    for (size_t i = 0; list && i < sql->count; i++) text_run(a, &s, sql->kids[i]);
    if (!list && !py_names_text(&a->names, sql)) session_gap(&s, sql->range.line, true, "the SQL of this task is only known when it runs");
    const struct py_node *stored = destination_of(a, op->call); /* its name may be known only when it runs: a table of no name then */
    const char *writes = stored ? destination_text(a, stored) : NULL;
    session_end(&s);
    for (size_t k = s.first; k < a->reader->out->definitions.n; k++) {
        struct definition *d = &a->reader->out->definitions.at[k];
        d->job = job->name;
        d->schedule = job->schedule;
        d->owner = task->owner ? task->owner : job->owner;
        if (!stored || d->dataset || !d->query || d->kind == DEF_TEMP) continue;
        d->kind = DEF_TABLE;
        d->dataset = writes ? session_dataset_text(&s, str_of(writes)) : NULL;
    }
}

/* The files of the repository by the last part of their paths. */
struct same_name {
    VEC(const char *) list;
};

static const struct same_name *files_named(struct reader *r, const char *name) {
    if (!r->names) r->names = map_new(r->arena);
    if (map_count(r->names)) return map_get(r->names, str_of(name));
    for (size_t i = 0; i < r->count; i++) {
        const char *slash = strrchr(r->paths[i], '/');
        struct same_name **same = (struct same_name **)map_slot(r->names, str_of(slash ? slash + 1 : r->paths[i]));
        if (!*same) *same = arena_new(r->arena, struct same_name);
        *vec_add(r->arena, &(*same)->list) = r->paths[i];
    }
    return map_get(r->names, str_of(name));
}

/* SQL files are named from the DAG's folder, or from a folder of templates above or below it. */
static const char *file_find(const struct airflow *a, const char *written) {
    const char *found = NULL;
    const char *tail = written[0] == '/' ? written + 1 : written;
    while (strncmp(tail, "./", 2) == 0 || strncmp(tail, "../", 3) == 0) tail = strchr(tail, '/') + 1;
    const char *slash = strrchr(tail, '/');
    const struct same_name *same = files_named(a->reader, slash ? slash + 1 : tail);
    for (size_t i = 0; same && i < same->list.n; i++) {
        const char *path = same->list.at[i];
        size_t n = strlen(path), m = strlen(tail);
        bool fits = n >= m && strcmp(path + n - m, tail) == 0 && (n == m || path[n - m - 1] == '/');
        if (fits && found) return NULL; /* several: which is not known */
        if (fits) found = path;
    }
    return found;
}

static void dag_give(struct airflow *a, struct dag *dag) {
    struct job_source from = {.arena = a->arena, .out = a->reader->out, .reader = a->reader, .path = a->path, .dialect = a->reader->options->dialect};
    if (!dag->id) dag->id = str_dup(a->arena, path_stem(a->path));
    jsx_set_text(dag->settings, "name", dag->id);
    struct job *job = job_settings_read(&from, "airflow", dag->settings);
    const char *owner = py_names_text(&a->names, default_arg(a, dag, "owner"));
    if (owner && strcmp(owner, "airflow") != 0) job->owner = owner;
    size_t at = a->reader->out->jobs.n - 1, next = 0;
    for (size_t i = 0; i < dag->operators.n && next < job->task_count; i++) {
        const struct operator_call *op = dag->operators.at[i];
        a->names.bound = op->bound;
        struct task *task = &a->reader->out->jobs.at[at].tasks[next++];
        const char *own = py_names_text(&a->names, kwarg(op->call, "owner"));
        task->owner = own ? own : job->owner;
        if (!op->on_databricks) compute_none(&task->compute);
        if (strcmp(task->type, "other") == 0) task->type = op->name;
        if (!task->path && strcmp(task->type, "sql") == 0 && task->what) task->path = file_find(a, task->what);
        if (strcmp(task->type, "other") == 0 || !task->what) sql_define(a, op, job, task);
        if (op->function) task->path = a->path, task->first_line = op->function->range.line, task->last_line = op->function->range.end_line;
    }
    a->names.bound = NULL;
}

void airflow_file_read(struct reader *r, const char *path, struct str bytes) {
    struct airflow a = {.reader = r, .arena = r->arena, .path = path, .by_call = map_new(r->arena)};
    a.functions = map_new(r->arena);
    a.tasks = map_new(r->arena);
    struct py_node *module;
    const struct err *e = pytree_parse(r->arena, bytes.p, bytes.n, &module);
    if (e) return; /* told where the Python is read */
    a.names = py_names_of(r->arena, module);
    dags_find(&a, module, 0);
    if (a.dags.n > DAGS_MAX) more_tell(&a, a.dags.at[DAGS_MAX]->at, DAGS_MAX, "DAGs");
    if (a.dags.n > DAGS_MAX) a.dags.n = DAGS_MAX;
    for (size_t i = 0; i < a.dags.n; i++) dag_settings(&a, a.dags.at[i]);
    functions_find(&a, module, 0);
    operators_find(&a, module, 0);
    order_find(&a, module, 0);
    for (size_t i = 0; i < a.dags.n; i++) dag_give(&a, a.dags.at[i]);
}
