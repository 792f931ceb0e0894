/* slack_command.c - /review-pipeline in Slack: about a pull request, a table, or SQL pasted as it is. */
#include "command_run.h"
#include "events.h"
#include "payload.h"
#include "quick_review.h"
#include "slack_ask.h"

#include <ctype.h>

#define TEXT_MAX ((size_t)40000)

/* Slack wraps addresses as <https://...|label>. */
static const char *unwrapped(struct arena *arena, const char *text) {
    while (isspace((unsigned char)*text)) text++;
    if (*text != '<') return text;
    const char *end = strpbrk(text, "|>"), *close = strchr(text, '>');
    if (!end || !close) return text;
    return arena_printf(arena, "%.*s%s", (int)(end - text - 1), text + 1, close + 1);
}

static bool looks_like_sql(const char *text) {
    static const char *const heads[] = {"select ", "select\n", "with ", "create ", "insert ", "merge ", "from "};
    char head[16];
    size_t n = 0;
    while (text[n] && n < sizeof head - 1) {
        head[n] = (char)tolower((unsigned char)text[n]);
        n++;
    }
    head[n] = 0;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        if (text_starts(head, heads[i])) return true;
    }
    return text_starts(head, "```");
}

/* Pasted code comes with fences and entities. */
static const char *sql_of(struct arena *arena, const char *text) {
    struct buf b = buf_new(arena);
    for (const char *p = text; *p; p++) {
        if (text_starts(p, "&lt;") || text_starts(p, "&gt;")) {
            buf_char(&b, p[1] == 'l' ? '<' : '>');
            p += 3;
        } else if (text_starts(p, "&amp;")) {
            buf_char(&b, '&');
            p += 4;
        } else if (*p != '`' || p[1] != '`') {
            buf_char(&b, *p == '`' && p > text && p[-1] == '`' ? ' ' : *p);
        }
    }
    return buf_str(&b);
}

static const struct err *words_answer(const struct handler_context *context, const json_t *payload, const char *text) {
    struct command c;
    struct arena *arena = context->arena;
    command_parse_words(arena, str_of(text), context->now, &c);
    if (c.verb == VERB_HELP || *text == 0) {
        const char *more = "Also: a pull request's address, a table's name, or SQL.\n";
        return slack_answer(context, payload, slack_text_message(arena, arena_printf(arena, "%s%s", help_answer(arena, ROLE_PEOPLE, true), more)));
    }
    const char *found;
    if (c.verb == VERB_FIND && !c.missing) {
        TRY(find_answer(context, c.text, true, &found));
        return slack_answer(context, payload, slack_text_message(arena, found));
    }
    if (c.verb != VERB_UNKNOWN)
        return slack_answer(context, payload,
                            slack_text_message(arena, arena_printf(arena, "'%s' is about a pull request: put it first, as in acme/dw#42 %s.",
                                                                   verb_info(c.verb)->word, verb_info(c.verb)->word)));
    TRY(quick_table(context, text, &found));
    return slack_answer(context, payload, slack_text_message(arena, found));
}

const struct err *on_slack_command(const struct handler_context *context, const json_t *payload) {
    const char *text = unwrapped(context->arena, jsx_str(payload, "text", ""));
    if (strlen(text) > TEXT_MAX) return slack_answer(context, payload, slack_text_message(context->arena, "That is longer than I read in Slack."));
    struct pull_ask ask = {0};
    if (payload_pull_parse(context->arena, text, &ask.repo, &ask.number)) {
        const char *rest = text + strcspn(text, " \t\n");
        while (isspace((unsigned char)*rest)) rest++;
        ask.words = *rest ? rest : "review";
        return slack_hand_over(context, payload, &ask);
    }
    if (looks_like_sql(text)) {
        json_t *message;
        TRY(quick_sql(context, sql_of(context->arena, text), &message));
        return slack_answer(context, payload, message);
    }
    return words_answer(context, payload, text);
}
