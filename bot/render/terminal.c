/* terminal.c - the review for a person at a terminal. */
#include "escape.h"
#include "view.h"

#include <ctype.h>

/* Bold labels and dim evidence, by line shape, after the text is safe: no template needs to know of colours. */
static char *colour_add(struct arena *arena, const char *text) {
    struct buf b = buf_new(arena);
    struct str rest = str_of(text), line;
    while (str_split(&rest, '\n', &line)) {
        bool is_label = line.n > 2 && line.p[0] == 'F' && isdigit((unsigned char)line.p[1]);
        bool is_head = str_starts(line, "Parley:");
        bool is_dim = str_starts(line, "    -") || str_starts(line, "    ~") || str_starts(line, "    !");
        const char *on = is_head ? "\x1b[1m" : is_label ? "\x1b[1;36m" : is_dim ? "\x1b[2m" : "";
        buf_printf(&b, "%s%.*s%s%s", on, STR_ARG(line), *on ? "\x1b[0m" : "", rest.p ? "\n" : "");
    }
    buf_str(&b);
    return b.p;
}

const struct err *render_text(struct arena *arena, const struct review *review, const struct render_options *options, char **out) {
    json_t *view = view_review(arena, review, options, DETAIL_FULL);
    TRY(view_render(arena, "review.txt", view, options->templates, escape_terminal, out));
    if (options->colour) *out = colour_add(arena, *out);
    return NULL;
}

const struct err *render_finding_text(struct arena *arena, const struct finding *finding, const struct render_options *options, char **out) {
    json_t *view = jsx_own(arena, json_object()), *list = json_array();
    json_array_append_new(list, view_finding(arena, finding, DETAIL_FULL));
    json_object_set_new(view, "findings", list);
    TRY(view_render(arena, "finding.txt", view, options->templates, escape_terminal, out));
    if (options->colour) *out = colour_add(arena, *out);
    return NULL;
}
