/* definition.h - what reading a repository gives: definitions, facts on datasets, jobs, metrics, and what was not understood.
 * Layer: read. May use: base, sql, plan. Plain records: read any field. All of them, and their strings, belong to the arena given to the reader. */
#ifndef DEFINITION_H
#define DEFINITION_H

#include "arena.h"
#include "dialect.h"
#include "fill.h"
#include "range.h"
#include "schema.h" /* enum fact_origin: how well a fact is known; a proof that rests on it says so */

#include <limits.h>

struct sql_query;
struct sql_expr;

/* The form an artefact has. */
enum artefact {
    ARTEFACT_SQL,       /* a .sql file, or pasted SQL */
    ARTEFACT_DBT_MODEL, /* models, snapshots and seeds of a dbt project */
    ARTEFACT_NOTEBOOK,  /* Databricks source or .ipynb */
    ARTEFACT_PYTHON,    /* a .py script or module */
    ARTEFACT_JOB,       /* job or pipeline JSON */
    ARTEFACT_BUNDLE,    /* databricks.yml and what it includes */
    ARTEFACT_DASHBOARD, /* .lvdash.json, saved queries */
    ARTEFACT_SETTINGS,  /* .parley.yml, dbt_project.yml, schema.yml */
};
const char *artefact_name(enum artefact artefact); /* "sql", "dbt_model", "notebook", ... */

enum definition_kind {
    DEF_TABLE,        /* CTAS, INSERT, MERGE, saveAsTable, dbt table */
    DEF_INCREMENTAL,  /* dbt incremental, MERGE or INSERT INTO that appends; the query is the full-refresh one */
    DEF_VIEW,         /* computed anew by each reader */
    DEF_MATERIALIZED, /* materialized view, DLT table over batch reads */
    DEF_STREAMING,    /* streaming table */
    DEF_EPHEMERAL,    /* stored nowhere: dbt ephemeral, DLT view */
    DEF_TEMP,         /* temp view or temp table of one session */
    DEF_QUERY,        /* fills nothing: bare SELECT, display(), dashboard dataset */
};
const char *definition_kind_name(enum definition_kind kind); /* "table", "view", ... */
/* Does a definition of this kind store its rows, so that others can read them without computing again? */
bool definition_kind_stored(enum definition_kind kind);

/* A number that was not said, where -1 has a meaning of its own (unlimited retries). */
#define NOT_SAID INT_MIN

/* A switch with a default that is not ours to guess. */
enum said { SAID_NOTHING, SAID_NO, SAID_YES };

/* When something runs. All empty: not known. */
struct schedule {
    const char *cron;     /* as written: Quartz of 6-7 fields from Databricks, 5 fields or @daily from Airflow; NULL when none */
    const char *timezone; /* "UTC", "Europe/Berlin"; NULL when not said */
    double every_seconds; /* a periodic trigger; 0 when none */
    bool continuous;      /* runs all the time */
    bool paused;
    const char *trigger; /* "file arrival", "table update", "dbt tag:daily"; NULL when none */
    const char *path;    /* where it is said; NULL when not in a file */
    int line;
};

/* What it runs on. All empty: not known. */
struct compute {
    const char *key; /* job_cluster_key, cluster id, warehouse id or name; NULL when none */
    enum { COMPUTE_UNKNOWN, COMPUTE_JOB, COMPUTE_ALL_PURPOSE, COMPUTE_SERVERLESS, COMPUTE_WAREHOUSE, COMPUTE_PIPELINE, COMPUTE_POOL } kind;
    const char *node_type, *driver_node_type; /* "i3.xlarge" */
    int workers_min, workers_max;             /* -1 when not said; equal when fixed. A warehouse: clusters. A pool: idle machines kept, most in all */
    bool photon, spot, serverless;
    const char *size;            /* warehouse: "Small" */
    const char *spark_version;   /* "15.4.x-scala2.12" */
    const char *edition;         /* pipeline: CORE, PRO, ADVANCED; warehouse: CLASSIC, PRO */
    enum said performance;       /* serverless: SAID_YES performance-optimized, SAID_NO standard */
    int first_on_demand;         /* machines, the driver first, that are never spot; 0 not said, -1 none */
    int autotermination_minutes; /* -1 when not said; 0 never ends by itself; a warehouse: its auto-stop */
    bool existing;               /* a running cluster is named by its id: it is not made for the task */
    bool autoscale;
    const char *availability;              /* "SPOT_WITH_FALLBACK", "ON_DEMAND": as written */
    const char *pool, *driver_pool;        /* instance pools, by id */
    const char *policy;                    /* cluster policy, by id */
    const char *security_mode;             /* "SINGLE_USER", "USER_ISOLATION": as written */
    const struct parameter *configuration; /* spark_conf, spark_env_vars, pipeline configuration: names */
    size_t configuration_count;
    const char *path; /* where it is said; NULL when not in a file */
    int line;
};

/* The name of something handed over. Its value is never kept. */
struct parameter {
    const char *name;  /* "--token" and "2" for words of a list */
    const char *where; /* "parameters", "base_parameters", "named_parameters", "spark_conf", "spark_env_vars", "configuration" */
    bool secret;       /* its value stands there in plain text and looks like a password or token */
    int line;
};

struct library {
    const char *kind; /* "pypi", "maven", "cran", "jar", "whl", "egg", "requirements" */
    const char *name; /* as written: "pandas==2.2.1", "com.acme:x:1.0", a path */
    bool pinned;      /* to one version; a file is */
    int line;
};

/* Whom a job tells, by kind of event; who they are is not kept. */
struct notice {
    size_t failure, success, start, slow; /* recipients */
};

/* What is measured of a column's values, as ANALYZE TABLE ... FOR COLUMNS gives it. A negative number, or NULL: not known. */
struct column_stats {
    double distinct;        /* how many different values */
    double nulls;           /* share of the rows that have none, 0..1 */
    double width;           /* bytes a value takes as stored */
    double top;             /* share of the rows that the most frequent value has */
    const char *low, *high; /* least and greatest value, as text */
};

struct column_fact {
    const char *name;
    const char *type;        /* as written, NULL when not known */
    const char *description; /* NULL when none */
    bool not_null;
    enum fact_origin not_null_origin;
    bool not_null_known;              /* false: nothing is known on NULLs */
    const struct column_stats *stats; /* NULL: nothing is measured */
    const char *classification;       /* "pii", "masked": as tags, meta or DDL have it; NULL when they say nothing */
};

struct key_fact {
    const char *const *columns;
    size_t count;
    bool primary;
    enum fact_origin origin;
};

struct foreign_key_fact {
    const char *const *columns;
    size_t count;
    const char *dataset;         /* the referred one */
    const char *const *referred; /* `count` columns there; NULL: its primary key */
    enum fact_origin origin;
};

/* What is known on a dataset besides how it is computed: from DDL, schema.yml, catalog.json, platforms. */
struct dataset_facts {
    const char *dataset; /* as full as known: "catalog.schema.table" */
    const char *path;    /* where it is said */
    int line;
    struct column_fact *columns;
    size_t column_count;
    bool columns_complete; /* all columns are listed, in order */
    struct key_fact *keys;
    size_t key_count;
    struct foreign_key_fact *foreign_keys;
    size_t foreign_key_count;
    const char *owner, *description; /* NULL when not said */
    const char *const *tags;
    size_t tag_count;
    const char *const *partition_by; /* partition or clustering columns */
    size_t partition_count;
    const char *const *cluster_by; /* columns the files are ordered by, as an import says */
    size_t cluster_count;
    int64_t bytes, rows;                /* -1 when not known */
    const char *loaded_at;              /* column that tells when a row came; NULL */
    double warn_seconds, error_seconds; /* how old its newest row may be; 0 when not said */
    int tests;                          /* tests and expectations on its rows that are known of; 0: none */
    const char *classification;         /* of the dataset as a whole; NULL when nothing says it */
};

/* What the rules on Spark code want to know of. Said of Python files and notebooks, by following values: never by words alone. */
enum code_fact_kind {
    FACT_COLLECT,   /* rows come to the driver: collect, take, head, first, tail, toLocalIterator; detail: the method; amount: at most so many rows */
    FACT_TO_PANDAS, /* toPandas, pandas_api().to_pandas(); amount as above */
    FACT_COUNT,     /* count() of a DataFrame, which runs it; detail: "check" where it is only compared with 0 or 1, else NULL */
    FACT_DISPLAY,   /* display(df), df.show(), df.display(); detail: the word */
    FACT_FOREACH,   /* foreach, foreachPartition: a Python call per row or partition */
    FACT_RDD,       /* df.rdd: rows leave the engine for Python */
    FACT_CACHE,     /* cache, persist; amount: how many actions run on it (-1: it is handed on, not known); detail: "released" when unpersist is
                       called on it, else NULL */
    FACT_UNPERSIST, /* unpersist */
    FACT_CHECKPOINT,  /* checkpoint, localCheckpoint */
    FACT_REPARTITION, /* repartition, repartitionByRange; amount: partitions, -1 when not said or not known; detail: columns, comma-separated, or NULL
                       */
    FACT_COALESCE,    /* coalesce; amount: partitions, -1 when not known */
    FACT_BROADCAST,   /* broadcast(df), df.hint("broadcast"); reads: the tables of that side */
    FACT_CROSS_JOIN,  /* crossJoin, or join without a condition */
    FACT_UDF,         /* a Python function is made a UDF; subject: its name; detail: what it returns as written, NULL when it is longer than one
                         expression; twin: the built-in that does the same, NULL when none is known */
    FACT_UDF_CALL,    /* a UDF computes a column; subject: its name; twin as above */
    FACT_APPLY_PANDAS,     /* applyInPandas, mapInPandas, pandas_udf, ...: opaque; detail: the word */
    FACT_INFER_SCHEMA,     /* a file is read with inferSchema; subject: the path when known */
    FACT_STREAM_WRITE,     /* a streaming query starts; subject: what it fills; detail: its checkpointLocation, NULL when none is set */
    FACT_WRITE,            /* every write; subject: the dataset, NULL when not known; detail: its mode as written, NULL when none */
    FACT_WRITE_IN_LOOP,    /* a write under for or while; subject and detail as above; amount: rounds, -1 when not known */
    FACT_READ_IN_LOOP,     /* the same table or path read in each round; subject: the dataset; amount: rounds, -1 when not known */
    FACT_FRAME_USED_TWICE, /* a join, aggregation or distinct that several actions compute again, never cached; subject: its variable; amount: actions
                            */
};
const char *code_fact_name(enum code_fact_kind kind); /* "collect", "to_pandas", ... */

/* One such place. Ordered by path, line, column, kind; a place that runs often (a helper called twice, a loop) is told once. */
struct code_fact {
    enum code_fact_kind kind;
    const char *path;
    int line, column, cell;   /* in the file; column 1-based; cell 0 when the file has none */
    const char *subject;      /* the DataFrame's variable, or what the kind says; NULL: none */
    const char *detail;       /* see the kind; NULL: none */
    const char *twin;         /* of UDFs */
    long amount;              /* see the kind; -1: not known, or no bound */
    const char *const *reads; /* base datasets the DataFrame is computed from, sorted, no repeats */
    size_t read_count;
    bool in_loop;     /* under a for, while or comprehension over DataFrames */
    bool in_function; /* in the body of a function: a helper, not the run of the file */
    bool aggregated;  /* the DataFrame is grouped or aggregated last: it may be small */
    bool narrowed;    /* rows were picked on the way: how many are left is not known */
};

/* One output computed by an artefact. */
struct definition {
    const char *id; /* 32 hex digits: path, dataset or name, place among equals; no line numbers, so a rebase keeps it */
    enum artefact artefact;
    enum definition_kind kind;
    const char *path;
    struct range range;       /* the whole statement, model or call, in the FILE, notebooks too */
    struct range query_range; /* the query as SQL text in the file, which a suggestion may replace; all zero when the text was rendered or built */
    int cell;                 /* 1-based; 0 when the file has none */
    const char *name;         /* for people: the dataset, else "query at line 12", "cell 4", "Sales / dataset by_day" */
    const char *dataset;      /* what it fills, quotes taken off, as full as known; NULL when nothing */
    enum dialect dialect;

    /* The query over base datasets: temp views of the file are inlined as common table expressions, Jinja is evaluated, DataFrame calls
     * are translated. Every range in it is a place in the FILE (byte offsets only where the text is the file's own, else 0).
     * NULL when it was not understood: then `reads` still says what it reads, and a not_understood says why. */
    const struct sql_query *query;
    const char *doubt;        /* why no proof may rest on the query, which is good for lineage and likeness alone; NULL: proofs may */
    const char *sql;          /* the query as text: rendered, or printed from the tree; NULL when there is none */
    const char *const *reads; /* base datasets, sorted, no repeats, without temp views and itself */
    size_t read_count;
    bool reads_complete; /* false: it reads something whose name is not known */

    const char *owner, *description; /* NULL when not said */
    const char *const *tags;
    size_t tag_count;
    struct schedule schedule; /* of the job that runs it */
    struct compute compute;
    const char *job; /* name of that job, NULL when none is known */

    bool partial; /* its dataset may hold other rows than the query gives: appended to, merged into, several writers, changed afterwards, made under a
                     condition */
    struct fill fill;     /* how, where its dataset is not the query's result; all empty: it is, or whether it is written is all that is not known */
    int tests;            /* expectations written with it, EXPECT and CHECK */
    bool incremental;     /* the query is the full-refresh branch of an incremental one */
    const char *strategy; /* "merge", "append", "insert_overwrite", ...; NULL */
    const char *const *unique_key;
    size_t unique_key_count;
    const struct sql_expr *merge_on; /* the condition of a MERGE, as written; NULL when there is none, or it was not understood */
    const char *const *partition_by;
    size_t partition_count;
    const char *watermark;        /* text of the incremental filter, NULL when none was found */
    const struct code_fact *code; /* of the whole Python file or notebook that makes it: the same for all its definitions */
    size_t code_count;
};

struct task {
    const char *path_said; /* the file this task is written in; NULL when it came from a platform */
    const char *key;
    const char *type;          /* "notebook", "sql", "dbt", "pipeline", "spark_python", "wheel", "jar", "run_job", "dashboard", ... */
    const char *path;          /* the repository file it runs, resolved; NULL when none or outside */
    int first_line, last_line; /* of that file, where it runs a function of it alone; 0: all of it */
    const char *what;          /* path as written, pipeline or query id, dbt commands: for people */
    const char *sql;           /* inline SQL, NULL when none */
    int line;
    struct compute compute;
    const char *const *after; /* keys of the tasks it depends on */
    size_t after_count;
    struct library *libraries;
    size_t library_count;
    struct parameter *parameters;
    size_t parameter_count;
    int timeout_seconds;      /* 0: none; NOT_SAID */
    int max_retries;          /* -1: without end; NOT_SAID */
    double min_retry_seconds; /* -1: not said */
    enum said retry_on_timeout;
    const char *run_if; /* "ALL_DONE": as written */
    struct notice notice;
    const char *owner; /* Airflow: of the operator; NULL */
};

/* A job, pipeline or workflow; or a cluster that stands for itself. */
struct job {
    const char *key; /* of the resource in its bundle, or the platform's id; NULL when it has none */
    const char *id;  /* 32 hex digits, or the platform's own id */
    const char *name;
    const char *kind; /* "job", "pipeline", "dashboard", "airflow", "cluster", "warehouse" and "pool" (no tasks: `clusters[0]`), "external" (a
                         scheduler of which only what it says is known: nothing may be concluded from what it does not say) */
    const char *path; /* NULL when it came from a platform */
    int line;
    const char *owner, *description;
    const char *const *tags;
    size_t tag_count;
    struct schedule schedule;
    struct task *tasks;
    size_t task_count;
    const char *catalog, *schema; /* pipeline: where its datasets go */
    const char *run_as;           /* who it runs as; NULL when not said */
    enum { RUN_AS_UNKNOWN, RUN_AS_USER, RUN_AS_PRINCIPAL, RUN_AS_GROUP } run_as_kind;
    struct compute *clusters; /* job clusters, a pipeline's clusters, by key; used by a task or not */
    size_t cluster_count;
    struct library *libraries; /* of a pipeline, and of the serverless environments of a job */
    size_t library_count;
    struct parameter *parameters;
    size_t parameter_count;
    int timeout_seconds;     /* 0: none; NOT_SAID */
    int max_concurrent_runs; /* NOT_SAID */
    enum said queue;
    enum said development; /* a pipeline in development mode; a bundle's target of that mode */
    const char *channel;   /* pipeline: "CURRENT", "PREVIEW"; NULL */
    const char *target;    /* the bundle's target that was read; NULL */
    double warn_seconds;   /* health rule on the duration of a run; 0 none */
    struct notice notice;
    const char *git_branch; /* it runs what this branch holds; NULL */
};

/* A registered number: what it is computed from, and how. */
struct metric {
    const char *name;
    const char *label, *description, *owner; /* NULL when not said */
    const char *path;
    int line;
    const char *dataset;    /* NULL for a metric made of other metrics */
    const char *expression; /* "count(distinct user_id)", in terms of the dataset's columns */
    const char *filter;     /* NULL when none */
    const char *const *dimensions;
    size_t dimension_count;
    const struct sql_query *query; /* SELECT expression AS name FROM dataset WHERE filter; NULL when it could not be read */
    const char *origin;            /* "dbt", "settings" or "metric view" */
};

/* Somebody downstream: a dashboard, notebook or application that a dbt exposure or a dashboard file names. */
struct exposure {
    const char *name, *type, *owner, *url; /* NULL when not said */
    const char *path;
    int line;
    const char *const *reads;
    size_t read_count;
    bool from_dbt; /* it is known by what it says it reads alone; a dashboard's own file has queries, which are definitions */
};

/* A place the reader could not make sense of. Shown to people: never silently dropped. */
struct not_understood {
    const char *path;
    int line, cell;     /* line 0: the whole file; cell 0: none */
    const char *reason; /* a sentence without markup */
    bool loses_lineage; /* something computed or read here is missing from the catalog */
};

#define READING_VEC(type)                                                                                                                            \
    struct {                                                                                                                                         \
        type *at;                                                                                                                                    \
        size_t n, cap;                                                                                                                               \
    }

/* All that was read, in the order of paths, then lines. */
struct reading {
    READING_VEC(struct definition) definitions;
    READING_VEC(struct dataset_facts) facts;
    READING_VEC(struct job) jobs;
    READING_VEC(struct metric) metrics;
    READING_VEC(struct exposure) exposures;
    READING_VEC(struct not_understood) gaps;
    READING_VEC(int) gap_columns;       /* by place in `gaps`, as far as it goes: the column, 1-based; 0: not known */
    READING_VEC(struct code_fact) code; /* what Spark code does besides defining datasets */
    size_t files;                       /* looked at and of a kind that is read */
    size_t statements;                  /* SQL statements, models, DataFrame writes seen */
};

#endif
