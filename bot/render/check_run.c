/* check_run.c - the check run: green when there is nothing to say, neutral with findings, failure only when a proof gates. */
#include "escape.h"
#include "view.h"

#define SUMMARY_MAX     65000 /* GitHub: 65,535 characters */
#define TITLE_MAX       250   /* GitHub: 255 */
#define ANNOTATIONS_MAX 500

static const char *conclusion_of(const struct review *review) {
    if (review->verdict == VERDICT_GATE) return "failure";
    return review->spoken || review->gap_count ? "neutral" : "success";
}

static const char *level_of(enum severity severity) { return severity == SEV_BLOCKER ? "failure" : severity == SEV_WARNING ? "warning" : "notice"; }

static const char *cut_text(struct arena *arena, const char *text, size_t max) { return arena_copy(arena, text, utf8_cut(text, strlen(text), max)); }

static void annotation_add(struct arena *arena, json_t *into, const char *path, int line, int end, const char *level, const char *title,
                           const char *message) {
    if (!path || !*path || json_array_size(into) >= ANNOTATIONS_MAX) return; /* what is about no file stands in the summary */
    json_t *a = json_object();
    jsx_set_text(a, "path", path);
    json_object_set_new(a, "start_line", json_integer(line > 0 ? line : 1));
    json_object_set_new(a, "end_line", json_integer(end >= line && end > 0 ? end : line > 0 ? line : 1));
    jsx_set_text(a, "level", level);
    jsx_set_text(a, "title", cut_text(arena, title, TITLE_MAX));
    jsx_set_text(a, "message", cut_text(arena, message, 4000));
    json_array_append_new(into, a);
}

static json_t *annotations_of(struct arena *arena, const struct review *review) {
    json_t *out = json_array();
    for (size_t i = 0; i < review->findings.n; i++) {
        const struct finding *f = review->findings.at[i];
        const char *title = arena_printf(arena, "%s %s", f->label, view_word(f));
        const char *message = f->next_step ? arena_printf(arena, "%s\nNext: %s", f->text, f->next_step) : f->text;
        annotation_add(arena, out, f->path, f->where.line, f->where.end_line, level_of(f->severity), title, message);
    }
    for (size_t i = 0; i < review->gap_count; i++)
        annotation_add(arena, out, review->gaps[i].path, review->gaps[i].line, 0, "notice", "Not understood", review->gaps[i].reason);
    return out;
}

const struct err *render_check_run(struct arena *arena, const struct review *review, const struct render_options *options, json_t **out) {
    char *summary;
    json_t *view = view_review(arena, review, options, DETAIL_TABLE);
    TRY(view_render(arena, "check.md", view, options->templates, escape_markdown, &summary));
    json_t *check = *out = jsx_own(arena, json_object());
    jsx_set_text(check, "name", "parley");
    jsx_set_text(check, "conclusion", conclusion_of(review));
    jsx_set_text(check, "title", cut_text(arena, review->spoken ? view_headline(arena, review) : render_summary_line(arena, review), TITLE_MAX));
    jsx_set_text(check, "summary", cut_text(arena, summary, SUMMARY_MAX));
    jsx_set_text(check, "text", "");
    json_object_set_new(check, "annotations", annotations_of(arena, review));
    return NULL;
}
