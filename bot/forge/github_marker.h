/* github_marker.h - the hidden last line of what we write, by which we find it again: <!-- parley:KIND key=K v=1 head=SHA at=N digest=HEX -->
 * Layer: forge. May use: base. A marker alone proves nothing: anybody can write one. Look at the author too. */
#ifndef GITHUB_MARKER_H
#define GITHUB_MARKER_H

#include "arena.h"
#include "hash.h"

#include <stdbool.h>
#include <stdint.h>

struct marker {
    const char *kind;      /* "summary", "note", "reply", "issue" */
    const char *key;       /* which of its kind, "" when there is but one */
    const char *head;      /* commit it speaks of, "" when of none */
    int64_t at;            /* UTC seconds of the knowledge behind it */
    char digest[HASH_HEX]; /* of the text without the marker */
    bool is_done;          /* what it speaks of is no more */
};

/* Text, a blank line, the marker; the digest is reckoned here. A marker of ours that is already the text's own is taken out first. */
const char *marker_put(struct arena *arena, const char *text, struct marker *marker);

/* Reads the last marker of a text; false when there is none or it is malformed. */
bool marker_get(struct arena *arena, const char *text, struct marker *out);

/* The text without its last marker. */
const char *marker_strip(struct arena *arena, const char *text);

/* "<!-- parley:reply 555 -->" -> kind "reply", key "555": what a payload names. `otherwise` is the kind when it names none. */
void marker_name(struct arena *arena, const char *named, const char *otherwise, struct marker *out);
#endif
