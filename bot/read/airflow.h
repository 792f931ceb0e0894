/* airflow.h - Airflow DAG files: schedules, tasks, their order, and the SQL they hold.
 * Layer: read. May use: base, sql, python. https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html */
#ifndef AIRFLOW_H
#define AIRFLOW_H

#include "jobs.h"
#include "pytree.h"

/* Names that were given a value, by name: const struct py_node *. The last value counts. */
struct py_names {
    struct arena *arena;
    struct map *values; /* name -> struct py_assigned: where it is given what */
    struct map *bound;  /* name -> its value in the round of a loop that is being read; NULL: no loop */
};

/* All assignments of a module to plain names. */
struct py_names py_names_of(struct arena *arena, const struct py_node *module);
/* What a name stands for; the node itself when it is no name, or one that is not known. */
const struct py_node *py_names_value(const struct py_names *names, const struct py_node *node);
/* A text that is known but for parts of it: those come as ${..}, which SQL reads as a parameter. NULL: it is no text. */
const char *py_names_text(const struct py_names *names, const struct py_node *node);
/* Dicts, lists, texts, numbers and truths as JSON, with the line of each dict (JOB_LINE); what is not known is left out. */
json_t *py_names_json(const struct py_names *names, const struct py_node *node);
/* timedelta(hours=1, ..) in seconds, also a number of them; -1 when it is none. */
double py_names_seconds(const struct py_names *names, const struct py_node *node);

/* Is this Python a DAG file? */
bool airflow_is_dag(struct str bytes);
/* Adds jobs of kind "airflow", and definitions of the SQL in their tasks. */
void airflow_file_read(struct reader *r, const char *path, struct str bytes);

#endif
