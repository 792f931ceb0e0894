/* comment.c - markdown for code hosts: the sticky comment, inline notes, the evidence of one finding. */
#include "escape.h"
#include "view.h"

#include <stdio.h>

/* Renders with less and less evidence until the text fits. */
static const struct err *render_fitting(struct arena *arena, const struct review *review, const struct render_options *options, const char *name,
                                        char **out) {
    for (int detail = DETAIL_FULL; detail <= DETAIL_SHORT_TABLE; detail++) {
        json_t *view = view_review(arena, review, options, (enum detail)detail);
        TRY(view_render(arena, name, view, options->templates, escape_markdown, out));
        if (strlen(*out) <= RENDER_COMMENT_MAX) return NULL;
    }
    size_t n = utf8_cut(*out, strlen(*out), RENDER_COMMENT_MAX - 100);
    *out = arena_printf(arena, "%.*s\n\n(cut here: the check run has the rest)\n", (int)n, *out);
    return NULL;
}

const struct err *render_comment(struct arena *arena, const struct review *review, const struct render_options *options, char **out) {
    return render_fitting(arena, review, options, "comment.md", out);
}

const struct err *render_cleared(struct arena *arena, const struct review *review, const struct render_options *options, char **out) {
    return render_fitting(arena, review, options, "cleared.md", out);
}

const struct err *render_finding(struct arena *arena, const struct finding *finding, const struct render_options *options, char **out) {
    json_t *view = jsx_own(arena, view_finding(arena, finding, DETAIL_FULL));
    json_object_set_new(view, "alone", json_true());
    return view_render(arena, "finding.md", view, options->templates, escape_markdown, out);
}

/* A block that GitHub offers to commit: the lines [start, end] become the text. */
static const char *suggestion_fence(struct arena *arena, const struct suggestion *suggestion) {
    struct buf b = buf_new(arena);
    fence_add(&b, "suggestion", str_of(suggestion->text));
    return buf_str(&b);
}

static const struct err *inline_one(struct arena *arena, const struct finding *f, const struct render_options *options, json_t *into) {
    json_t *view = jsx_own(arena, view_finding(arena, f, DETAIL_FULL));
    bool suggests = f->suggestion.text && f->suggestion.start_line > 0;
    if (suggests) jsx_set_text(view, "suggestion_fence", suggestion_fence(arena, &f->suggestion));
    char *body;
    TRY(view_render(arena, "inline.md", view, options->templates, escape_markdown, &body));
    json_t *note = json_object();
    jsx_set_text(note, "key", f->key);
    jsx_set_text(note, "path", f->path);
    int line = suggests ? f->suggestion.end_line : f->where.line;
    json_object_set_new(note, "line", json_integer(line));
    bool many = suggests && f->suggestion.start_line < f->suggestion.end_line;
    json_object_set_new(note, "start_line", many ? json_integer(f->suggestion.start_line) : json_null());
    jsx_set_text(note, "body", body);
    json_array_append_new(into, note);
    return NULL;
}

const struct err *render_inline(struct arena *arena, const struct review *review, const struct render_options *options, json_t **out) {
    *out = jsx_own(arena, json_array());
    for (size_t i = 0; i < review->findings.n; i++) {
        const struct finding *f = review->findings.at[i];
        if (f->where.line <= 0 || f->severity < SEV_WARNING) continue;
        TRY(inline_one(arena, f, options, *out));
    }
    return NULL;
}
