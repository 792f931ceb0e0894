/* notebook.c - splits both forms of notebooks into cells. */
#include "notebook.h"

#include "jsonx.h"

#include <ctype.h>

static const struct {
    const char *magic;
    enum cell_language language;
} magics[] = {
    {"%python", CELL_PYTHON},  {"%py", CELL_PYTHON},
    {"%sql", CELL_SQL},        {"%%sql", CELL_SQL},
    {"%scala", CELL_SCALA},    {"%r", CELL_R},
    {"%md", CELL_TEXT},        {"%md-sandbox", CELL_TEXT},
    {"%run", CELL_RUN},        {"%%pyspark", CELL_PYTHON},
    {"%%markdown", CELL_TEXT}, {"%%spark", CELL_SCALA},
    {"%%bigquery", CELL_SQL},  {"%%python", CELL_PYTHON},
    {"%%py", CELL_PYTHON},     {"%%scala", CELL_SCALA},
    {"%%r", CELL_R},           {"%%md", CELL_TEXT},
};

/* Is it a magic of its line alone: %pip, %load_ext? Those of Databricks that take the whole cell have one sign as well. */
static bool is_line_magic(struct str magic, enum cell_language language) {
    static const char *const whole[] = {"%sh", "%fs", "%html", "%javascript", "%js", "%bash", "%script", "%skip"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        if (str_iis(magic, whole[i])) return false;
    }
    return language == CELL_OTHER && magic.n > 1 && magic.p[1] != '%';
}

/* The text being built, line by line. */
struct cell_text {
    struct arena *arena;
    struct buf text;
    VEC(int) lines;
    VEC(int) columns;
};

static void line_add(struct cell_text *t, struct str line, int file_line, int column) {
    *vec_add(t->arena, &t->lines) = file_line;
    *vec_add(t->arena, &t->columns) = column;
    buf_slice(&t->text, line);
    buf_char(&t->text, '\n');
}

static bool magic_of(struct str line, enum cell_language *language, size_t *length) {
    size_t n = 0;
    if (!line.n || line.p[0] != '%') return false;
    while (n < line.n && !isspace((unsigned char)line.p[n])) n++;
    *length = n;
    *language = CELL_OTHER;
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        if (str_iis((struct str){line.p, n}, magics[i].magic)) *language = magics[i].language;
    }
    return true;
}

/* "%run ./a/b $x=1" or "%run "./a b"": the path. */
static const char *run_path(struct arena *arena, struct str rest) {
    rest = str_trim(rest);
    char quote = rest.n && (rest.p[0] == '"' || rest.p[0] == '\'') ? rest.p[0] : 0;
    size_t end = quote ? 1 : 0;
    while (end < rest.n && (quote ? rest.p[end] != quote : !isspace((unsigned char)rest.p[end]))) end++;
    size_t start = quote ? 1 : 0;
    return end > start ? arena_copy(arena, rest.p + start, end - start) : NULL;
}

static void cell_close(struct arena *arena, struct cells *out, struct cell *cell, struct cell_text *t) {
    if (out->n >= CELLS_MAX) return;
    cell->text = (struct str){buf_str(&t->text), t->text.n};
    cell->lines = t->lines.at;
    cell->columns = t->columns.at;
    cell->line_count = t->lines.n;
    cell->number = (int)out->n + 1;
    *vec_add(arena, out) = *cell;
}

struct splitter {
    struct arena *arena;
    const char *comment; /* "#", "--", "//" */
    size_t comment_n;
    enum cell_language language;
    struct cells *out;
    struct cell cell;
    struct cell_text text;
    bool any;      /* a line that is not blank was seen in the cell */
    size_t indent; /* of a magic that stands without the MAGIC comment: its cell is indented as it is */
};

static void cell_begin(struct splitter *s, int line) {
    s->cell = (struct cell){.language = s->language, .line = line};
    s->text = (struct cell_text){.arena = s->arena, .text = buf_new(s->arena)};
    s->any = false;
    s->indent = 0;
}

static void cell_end(struct splitter *s) {
    if (s->any || s->cell.title) cell_close(s->arena, s->out, &s->cell, &s->text);
}

/* The rest of "# WORD rest", false when the line is not that. */
static bool after_word(const struct splitter *s, struct str line, const char *word, struct str *rest) {
    size_t n = strlen(word);
    if (line.n < s->comment_n || memcmp(line.p, s->comment, s->comment_n) != 0) return false;
    struct str tail = {line.p + s->comment_n, line.n - s->comment_n};
    while (tail.n && tail.p[0] == ' ') tail.p++, tail.n--;
    if (tail.n < n || memcmp(tail.p, word, n) != 0) return false;
    if (tail.n > n && tail.p[n] != ' ' && tail.p[n] != '-') return false;
    *rest = (struct str){tail.p + n, tail.n - n};
    if (rest->n && rest->p[0] == ' ') rest->p++, rest->n--;
    return true;
}

static void split_line(struct splitter *s, struct str line, int number) {
    struct str rest = line;
    if (after_word(s, line, "COMMAND", &rest) && str_starts(str_trim(rest), "-----")) {
        cell_end(s);
        cell_begin(s, number + 1);
        return;
    }
    if (after_word(s, line, "DBTITLE", &rest)) {
        const char *comma = memchr(rest.p, ',', rest.n);
        if (comma) s->cell.title = arena_copy(s->arena, comma + 1, rest.n - (size_t)(comma + 1 - rest.p));
        return;
    }
    bool is_magic_line = after_word(s, line, "MAGIC", &rest);
    struct str content = is_magic_line ? rest : line;
    int column = (int)(content.p - line.p) + 1;
    size_t length = 0;
    enum cell_language language = CELL_OTHER;
    struct str bare = content;
    while (!is_magic_line && bare.n && (bare.p[0] == ' ' || bare.p[0] == '\t')) bare.p++, bare.n--;
    bool magic = !s->any && magic_of(bare, &language, &length) && (is_magic_line || language != CELL_OTHER);
    if (magic && is_line_magic((struct str){bare.p, length}, language)) {
        line_add(&s->text, STR(""), number, 1);
        return;
    }
    if (magic) {
        s->indent = (size_t)(bare.p - content.p);
        column += (int)s->indent;
        content = bare;
        s->cell.language = language;
        content = (struct str){content.p + length, content.n - length};
        column += (int)length;
        if (language == CELL_RUN) s->cell.run_path = run_path(s->arena, content);
    }
    for (size_t i = 0; s->any && i < s->indent && content.n && content.p[0] == ' '; i++) content.p++, content.n--, column++;
    s->any |= str_trim(line).n > 0;
    line_add(&s->text, content, number, column);
}

void cells_split(struct arena *arena, const char *path, struct str source, struct cells *out) {
    bool is_r = text_ends(path, ".r") || text_ends(path, ".R");
    struct splitter s = {.arena = arena, .comment = "#", .language = CELL_PYTHON, .out = out};
    struct str rest = source, line;
    int number = 0;
    *out = (struct cells){0};
    cell_begin(&s, 1);
    while (str_split(&rest, '\n', &line)) {
        number++;
        if (line.n && line.p[line.n - 1] == '\r') line.n--;
        if (number == 1) {
            bool sql = str_starts(line, "--");
            s.comment = sql ? "--" : str_starts(line, "//") ? "//" : "#";
            s.language = sql ? CELL_SQL : str_starts(line, "//") ? CELL_SCALA : is_r ? CELL_R : CELL_PYTHON;
            s.comment_n = strlen(s.comment);
            cell_begin(&s, 2);
            continue;
        }
        split_line(&s, line, number);
    }
    cell_end(&s);
}

/* Jupyter: jansson keeps no lines, so a scan of the text gives the line of each string under "source". */

struct scan {
    struct str text;
    size_t at;
    int line;
    struct arena *arena;
    VEC(int) lines; /* of the strings of sources, in order */
};

static struct str scan_string(struct scan *s) {
    size_t start = ++s->at;
    while (s->at < s->text.n && s->text.p[s->at] != '"') s->at += s->text.p[s->at] == '\\' ? 2 : 1;
    if (s->at > s->text.n) s->at = s->text.n;
    struct str value = {s->text.p + start, s->at - start};
    s->at++;
    return value;
}

/* Strings that stand under the key "source" of an element of the top-level "cells". */
static void scan_sources(struct scan *s) {
    enum { DEPTH_MAX = 250 };
    struct str keys[DEPTH_MAX] = {{0}};
    int depth = 0;
    while (s->at < s->text.n) {
        char c = s->text.p[s->at];
        if (c == '"') {
            struct str value = scan_string(s);
            size_t after = s->at;
            while (after < s->text.n && isspace((unsigned char)s->text.p[after])) after++;
            bool is_key = after < s->text.n && s->text.p[after] == ':';
            bool source = !is_key && depth >= 3 && str_is(keys[1], "cells") && str_is(keys[3], "source") && depth <= 4;
            if (is_key && depth < DEPTH_MAX) keys[depth] = value;
            if (source) *vec_add(s->arena, &s->lines) = s->line;
            continue;
        }
        if (c == '{' || c == '[') {
            if (++depth >= DEPTH_MAX) return;
            keys[depth] = (struct str){"", 0};
        }
        if ((c == '}' || c == ']') && depth > 0) depth--;
        s->line += c == '\n';
        s->at++;
    }
}

static enum cell_language language_named(const char *name, enum cell_language otherwise) {
    if (!name) return otherwise;
    if (strcasecmp(name, "python") == 0) return CELL_PYTHON;
    if (strcasecmp(name, "sql") == 0) return CELL_SQL;
    if (strcasecmp(name, "scala") == 0) return CELL_SCALA;
    if (strcasecmp(name, "r") == 0) return CELL_R;
    return strcasecmp(name, "markdown") == 0 ? CELL_TEXT : otherwise;
}

static enum cell_language notebook_language(const json_t *root) {
    const json_t *databricks = json_object_get(json_object_get(root, "metadata"), "application/vnd.databricks.v1+notebook");
    const char *name = databricks ? jsx_str(databricks, "language", NULL) : NULL;
    if (!name) name = jsx_str(root, "metadata.kernelspec.language", jsx_str(root, "metadata.language_info.name", NULL));
    return language_named(name, CELL_PYTHON);
}

static void jupyter_line(struct cell_text *t, struct cell *cell, struct str line, int number, bool first) {
    size_t length = 0;
    enum cell_language language = CELL_OTHER;
    bool magic = line.n && line.p[0] == '%' && magic_of(line, &language, &length);
    if (magic && first) {
        struct str rest = {line.p + length, line.n - length}, said = str_trim(rest), word = {line.p, length};
        if (is_line_magic(word, language)) {
            line_add(t, STR(""), number, 1);
            return;
        }
        cell->language = language;
        if (language == CELL_RUN) cell->run_path = run_path(t->arena, rest);
        /* "%%sql -o out", "%%sql out <<", "%%bigquery df": where the rows go is no SQL. */
        bool options =
            language == CELL_SQL && length > 1 && line.p[1] == '%' && (str_starts(said, "-") || str_ends(said, "<<") || str_iis(word, "%%bigquery"));
        line_add(t, options ? STR("") : rest, number, 1);
        return;
    }
    /* Magics and shell lines among Python are no Python. */
    bool skipped = cell->language == CELL_PYTHON && line.n && (line.p[0] == '%' || line.p[0] == '!');
    line_add(t, skipped ? STR("") : line, number, 1);
}

static void jupyter_cell(struct arena *arena, const json_t *source, struct cell *cell, const int *lines, size_t line_count, struct cell_text *t) {
    bool first = true;
    size_t n = json_is_array(source) ? json_array_size(source) : 1;
    for (size_t i = 0; i < n; i++) {
        const json_t *piece = json_is_array(source) ? json_array_get(source, i) : source;
        struct str rest = {json_string_value(piece), json_string_length(piece)}, line;
        int number = i < line_count ? lines[i] : cell->line;
        while (rest.p && str_split(&rest, '\n', &line)) {
            if (json_is_array(source) && rest.n == 0 && line.n == 0 && i + 1 < n) break;
            jupyter_line(t, cell, line, number, first);
            first &= str_trim(line).n == 0;
        }
    }
}

const struct err *cells_jupyter(struct arena *arena, struct str json, struct cells *out) {
    json_t *root = NULL;
    *out = (struct cells){0};
    TRY(jsx_load(arena, json.p, json.n, &root));
    const json_t *cells = json_object_get(root, "cells");
    if (!json_is_array(cells)) return err_new(ERR_INPUT, "it has no list of cells");
    struct scan scan = {.text = json, .line = 1, .arena = arena};
    scan_sources(&scan);
    enum cell_language language = notebook_language(root);
    size_t next = 0;
    for (size_t i = 0; i < json_array_size(cells) && i < CELLS_MAX; i++) {
        const json_t *c = json_array_get(cells, i), *source = json_object_get(c, "source");
        struct cell cell = {.language = language};
        const char *type = jsx_str(c, "cell_type", "code");
        size_t strings = json_is_array(source) ? json_array_size(source) : source ? 1 : 0, known = scan.lines.n > next ? scan.lines.n - next : 0;
        cell.line = known ? scan.lines.at[next] : 1;
        cell.title = jsx_str(c, "metadata.name", NULL);
        if (strcmp(type, "code") != 0) cell.language = CELL_TEXT;
        if (strcmp(type, "code") == 0)
            cell.language =
                language_named(jsx_str(c, "metadata.language", NULL), language_named(jsx_str(c, "metadata.vscode.languageId", NULL), language));
        struct cell_text text = {.arena = arena, .text = buf_new(arena)};
        if (source) jupyter_cell(arena, source, &cell, scan.lines.at ? scan.lines.at + next : NULL, known < strings ? known : strings, &text);
        next += strings < known ? strings : known;
        cell_close(arena, out, &cell, &text);
    }
    return NULL;
}
