/* review_command.c - reads commands out of comments. */
#include "review_command.h"

#include "clock.h"

#include <ctype.h>
#include <stdlib.h>

#define COMMAND_WORD "/review-pipeline"
#define COMMENT_MAX  ((size_t)70000)

static const struct verb_info verbs[] = {
#define VERB(id, word, arguments, who, help) {word, arguments, help, who},
#include "verbs.def"
#undef VERB
};

const struct verb_info *verb_info(enum verb verb) { return verb < VERB_COUNT ? &verbs[verb] : NULL; }

bool verb_allowed(enum verb verb, unsigned roles) { return verb < VERB_COUNT && (verbs[verb].who & (roles | ROLE_ANYONE)) != 0; }

const char *roles_describe(struct arena *arena, unsigned roles) {
    static const struct {
        unsigned role;
        const char *text;
    } names[] = {{ROLE_AUTHOR, "the author"},
                 {ROLE_WRITER, "somebody with write access"},
                 {ROLE_OWNER, "the owner of the existing dataset"},
                 {ROLE_ENGINEERING, "data engineering"},
                 {ROLE_ADMIN, "an admin"}};
    struct buf b = buf_new(arena);
    unsigned left = roles;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(roles & names[i].role)) continue;
        left &= ~names[i].role;
        if (b.n) buf_text(&b, (left & ROLE_PEOPLE) ? ", " : " or ");
        buf_text(&b, names[i].text);
    }
    return buf_str(&b);
}

static struct str word_take(struct str *rest) {
    *rest = str_trim(*rest);
    size_t n = 0;
    while (n < rest->n && !isspace((unsigned char)rest->p[n])) n++;
    struct str word = {rest->p, n};
    rest->p += n;
    rest->n -= n;
    return word;
}

static enum verb verb_find(struct str word) {
    for (int i = 0; i < VERB_COUNT; i++) {
        if (str_iis(word, verbs[i].word)) return (enum verb)i;
    }
    return VERB_UNKNOWN;
}

static void unknown_fill(struct arena *arena, struct command *c, struct str word) {
    const char *words[VERB_COUNT];
    for (int i = 0; i < VERB_COUNT; i++) words[i] = verbs[i].word;
    c->verb = VERB_UNKNOWN;
    c->word = str_dup(arena, word.n > 40 ? (struct str){word.p, 40} : word);
    c->nearest = text_nearest(c->word, words, VERB_COUNT);
}

/* "F3", "f3" or "3". */
static int finding_number(struct str word) {
    if (word.n && (word.p[0] == 'F' || word.p[0] == 'f')) word.p++, word.n--;
    if (word.n == 0 || word.n > 4) return 0;
    int n = 0;
    for (size_t i = 0; i < word.n; i++) {
        if (!isdigit((unsigned char)word.p[i])) return 0;
        n = n * 10 + (word.p[i] - '0');
    }
    return n;
}

static bool verb_wants_finding(enum verb v) {
    return v == VERB_WHY || v == VERB_REUSE || v == VERB_DIFFERENT || v == VERB_TALK || v == VERB_SNOOZE || v == VERB_ACCEPT || v == VERB_UNACCEPT;
}

static bool verb_wants_text(enum verb v) { return v == VERB_DIFFERENT || v == VERB_SNOOZE || v == VERB_ACCEPT || v == VERB_FIND; }

static void until_take(struct arena *arena, struct command *c, struct str *rest, int64_t now) {
    struct str saved = *rest, word = word_take(rest);
    if (c->verb == VERB_ACCEPT && str_iis(word, "until")) word = word_take(rest);
    else if (c->verb == VERB_ACCEPT) word = (struct str){"", 0};
    int64_t n;
    const char *text = str_dup(arena, word);
    if (word.n && clock_parse_duration(text, &n)) c->until = now + n;
    else if (word.n && clock_parse_iso(text, &n)) c->until = n;
    else *rest = saved;
    if (c->verb == VERB_SNOOZE && c->until == 0) c->missing = "how long, such as 30d or 2027-01-31";
    else if (c->until && c->until <= now) c->missing = "a time that is still to come";
}

void command_parse_words(struct arena *arena, struct str words, int64_t now, struct command *out) {
    struct str rest = words, word = word_take(&rest);
    *out = (struct command){.verb = word.n ? verb_find(word) : VERB_REVIEW, .text = "", .line = 1};
    if (out->verb == VERB_UNKNOWN) {
        unknown_fill(arena, out, word);
        return;
    }
    if (verb_wants_finding(out->verb)) {
        out->finding = finding_number(word_take(&rest));
        if (!out->finding) out->missing = "a finding, such as F1";
    }
    if (!out->missing && (out->verb == VERB_SNOOZE || out->verb == VERB_ACCEPT)) until_take(arena, out, &rest, now);
    struct str text = str_trim(rest);
    if (out->verb == VERB_REVIEW && str_starts(text, "--full")) {
        out->is_full = true;
        text = str_trim((struct str){text.p + 6, text.n - 6});
    }
    out->text = utf8_clean(arena, text.p, text.n);
    if (!out->missing && verb_wants_text(out->verb) && text.n == 0) out->missing = out->verb == VERB_FIND ? "what to look for" : "a reason";
}

/* Blanks out HTML comments (even over several lines), keeping line breaks so that line numbers hold. */
static char *html_comments_blank(struct arena *arena, struct str comment) {
    char *text = str_dup(arena, comment);
    bool inside = false;
    for (size_t i = 0; i < comment.n; i++) {
        if (!inside && strncmp(text + i, "<!--", 4) == 0) inside = true;
        bool ends = inside && strncmp(text + i, "-->", 3) == 0;
        if (inside && text[i] != '\n') text[i] = ' ';
        if (!ends) continue;
        memset(text + i, ' ', 3);
        inside = false;
    }
    return text;
}

/* Is this line the start or the end of a fenced block? Remembers the fence in *fence (0 = none). CommonMark 4.5. */
static bool fence_toggle(struct str line, char *fence, size_t *length) {
    size_t i = 0, n = 0;
    while (i < line.n && i < 3 && line.p[i] == ' ') i++;
    char c = i < line.n ? line.p[i] : 0;
    while (i + n < line.n && line.p[i + n] == c) n++;
    if ((c != '`' && c != '~') || n < 3) return false;
    if (*fence == 0) {
        *fence = c;
        *length = n;
        return true;
    }
    if (*fence != c || n < *length) return false;
    *fence = 0;
    return true;
}

/* The words behind the command's name; false when the line is no command. */
static bool line_words(struct str line, const char *bot, struct str *words) {
    if (line.n && (line.p[0] == '\t' || str_starts(line, "    "))) return false;
    struct str rest = line, word = word_take(&rest);
    bool is_ours = str_is(word, COMMAND_WORD) || (bot && word.n > 1 && word.p[0] == '@' && str_iis((struct str){word.p + 1, word.n - 1}, bot));
    *words = rest;
    return is_ours;
}

size_t commands_parse(struct arena *arena, struct str comment, const char *bot, int64_t now, struct command out[COMMANDS_MAX]) {
    if (comment.n > COMMENT_MAX) comment.n = COMMENT_MAX;
    struct str rest = str_of(html_comments_blank(arena, comment)), line, words;
    char fence = 0;
    size_t fence_length = 0, count = 0;
    for (int number = 1; count < COMMANDS_MAX && str_split(&rest, '\n', &line); number++) {
        if (fence_toggle(line, &fence, &fence_length) || fence) continue;
        if (!line_words(line, bot, &words)) continue;
        command_parse_words(arena, words, now, &out[count]);
        out[count++].line = number;
    }
    return count;
}
