/* stored.c - looks findings up in the reviews that the server keeps. */
#include "stored.h"

#include "record.h"

#define RECORDS_SEARCHED 500

json_t *stored_finding_in(const json_t *review, const char *what) {
    static const char *const lists[] = {"findings", "set_aside"};
    for (size_t l = 0; l < 2; l++) {
        size_t i;
        json_t *one;
        json_array_foreach(jsx_at(review, lists[l]), i, one) {
            if (strcmp(jsx_str(one, "key", ""), what) == 0 || str_iis(str_of(jsx_str(one, "label", "")), what)) return one;
        }
    }
    return NULL;
}

const struct err *stored_finding(struct arena *arena, struct store *store, const char *pull, const char *what, json_t **out, const char **repo) {
    struct review_records records;
    struct review_record *whole;
    json_t *review;
    *out = NULL;
    *repo = NULL;
    TRY(review_record_list(store, arena, NULL, RECORDS_SEARCHED, &records));
    for (size_t i = 0; i < records.n && !*out; i++) {
        const char *subject = records.at[i].subject;
        if (pull && strcmp(subject, pull) != 0) continue;
        TRY(review_record_last(store, arena, subject, &whole));
        if (whole && whole->body && !jsx_load(arena, whole->body, strlen(whole->body), &review)) *out = stored_finding_in(review, what);
        if (*out) *repo = whole->repo;
    }
    return NULL;
}
