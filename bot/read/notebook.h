/* notebook.h - notebooks as cells with their lines in the file.
 * Layer: read. May use: base. https://docs.databricks.com/aws/en/notebooks/notebook-export-import */
#ifndef NOTEBOOK_H
#define NOTEBOOK_H

#include "arena.h"
#include "err.h"
#include "text.h"

#define CELLS_MAX 20000 /* further ones are left out, and the reader says so */

enum cell_language { CELL_PYTHON, CELL_SQL, CELL_SCALA, CELL_R, CELL_TEXT, CELL_RUN, CELL_OTHER };

struct cell {
    int number; /* 1-based */
    enum cell_language language;
    struct str text;    /* magics and prefixes taken off */
    const int *lines;   /* file line of each line of text */
    const int *columns; /* file column where each begins */
    size_t line_count;
    const char *title;    /* NULL when none */
    const char *run_path; /* CELL_RUN: the notebook it names */
    int line;             /* where the cell starts */
};

struct cells {
    struct cell *at;
    size_t n, cap;
};

/* Databricks source: the header line and the path's ending give the language. Any bytes are fine. */
void cells_split(struct arena *arena, const char *path, struct str source, struct cells *out);
/* Jupyter. ERR_INPUT when it is no notebook JSON. https://nbformat.readthedocs.io */
const struct err *cells_jupyter(struct arena *arena, struct str json, struct cells *out) MUST_CHECK;

#endif
