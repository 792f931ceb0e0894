/* dbt.h - a dbt project: settings, macros, models, sources, and what its YAML says of them.
 * Layer: read. May use: base, sql. https://docs.getdbt.com/reference */
#ifndef DBT_H
#define DBT_H

#include "jinja.h"
#include "reader.h"
#include "session.h"

struct dbt_model {
    const char *name, *path;
    struct str bytes;
    const struct jinja_template *template;
    struct yaml *properties; /* its entry in a schema.yml, NULL when none */
    bool found;              /* its bytes and properties were looked for */
    const char *properties_path;
    struct jv config; /* what its config() calls said: a JV_DICT */
    bool config_read;
    const char *dataset; /* [database.][schema.]alias */
    enum { DBT_MODEL, DBT_SNAPSHOT, DBT_SEED, DBT_ANALYSIS, DBT_PYTHON } kind;
    struct str snapshot; /* name of the snapshot block */
};

/* A schema file of the project. */
struct dbt_yaml {
    const char *path;
    bool loaded, sources_taken;
    struct yaml *yaml; /* NULL: it was not understood, or not loaded yet */
};

struct dbt_project {
    struct reader *reader;
    const char *root;        /* folder, "" at the top */
    const char *name, *path; /* of dbt_project.yml */
    struct yaml *settings;
    enum dialect dialect;
    const char *adapter;  /* "databricks", "bigquery", ... */
    bool dialect_known;   /* a profiles.yml said it */
    struct map *macros;   /* "name" and "package.name" to struct jinja_macro */
    struct map *packages; /* names of packages whose macros are known */
    struct map *models;   /* name to struct dbt_model */
    struct map *missing;  /* name that no file has to the struct dbt_model it means: the latest of its versions; or NULL */
    struct map *groups;   /* name to const char * owner, of those asked for */
    struct map *sources;  /* "source.table" to const char * dataset */
    struct jv vars;
    VEC(struct dbt_model *) order; /* by path */
    VEC(struct dbt_yaml) yamls;    /* by path */
    bool lazy;                     /* few files are asked for: of the others only what those name is read */
};

/* What a rendering gathers besides its text. */
struct dbt_run {
    struct dbt_project *project; /* never NULL; empty for a model without a project */
    struct dbt_model *model;     /* NULL for YAML values */
    struct arena *arena;
    struct jv config;
    VEC(const char *) refs; /* datasets named by ref and source, in order */
    bool has_star;          /* dbt_utils.star was rendered as * */
    bool incremental_asked;
    bool flip;    /* variables that are off by default count as on */
    bool flipped; /* one did */
};

struct jinja_host dbt_host(struct dbt_run *run);
/* The functions of dbt itself, of dbt_utils and of packages known by heart; false when there is none of that name. */
bool dbt_builtin(struct dbt_run *run, struct jinja *j, struct str package, struct str name, struct jv *out);
/* Names as text of the dialect: parts that are no plain words are quoted. */
struct str dbt_relation_text(struct arena *arena, const char *dataset, enum dialect dialect);
struct jv dbt_relation(struct dbt_run *run, const char *dataset);
struct jv dbt_yaml_value(struct arena *arena, const struct yaml *y, struct dbt_run *run);

/* The value of a configuration key of a model: config() in the file, then schema.yml, then dbt_project.yml; JV_UNDEFINED when nowhere. */
struct jv dbt_config(struct dbt_run *run, struct dbt_model *model, const char *key);
void dbt_model_name(struct dbt_project *p, struct dbt_model *model); /* sets dataset, once */
void dbt_model_read(struct dbt_project *p, struct dbt_model *model);
/* A model written in Python: what it reads by dbt.ref and dbt.source, and that it is not followed. */
void dbt_python_read(struct dbt_project *p, struct dbt_model *model);
void dbt_yaml_read(struct dbt_project *p, struct dbt_yaml *file, bool facts); /* properties and sources first, facts and metrics after */
/* In a lazy project: the model's bytes and properties, and the file that tells of the source. */
void dbt_model_find(struct dbt_project *p, struct dbt_model *model);
void dbt_source_find(struct dbt_project *p, struct str source);
/* What an unchanged schema file tells of a model that is asked for: its tests and keys count as said. */
void dbt_model_facts(struct dbt_project *p, struct dbt_model *model);
/* What ref(name) means; NULL when the project has none. */
struct dbt_model *dbt_model_named(struct dbt_project *p, const char *name);
/* Who owns a group of models: an address or name; the group's own name when it is not said. */
const char *dbt_group_owner(struct dbt_project *p, const char *group);

#endif
