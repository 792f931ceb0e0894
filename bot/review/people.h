/* people.h - whom to bring in: the dataset's owner first, then .parley.yml, then CODEOWNERS of the target branch.
 * Layer: review. May use: base, check.
 * https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */
#ifndef PEOPLE_H
#define PEOPLE_H

#include "finding.h"
#include "repo_settings.h"

struct codeowners; /* opaque; lives as long as its arena */

/* Where CODEOWNERS is looked for, in order; NULL-terminated. */
extern const char *const codeowners_paths[];

/* Reads the file; lines that are no rule are passed over. Bounded: 3 MB, as on GitHub; more is read as no rules. */
struct codeowners *codeowners_read(struct arena *arena, struct str bytes);

/* Owners of `path` by the last matching rule ("@dana", "@acme/team", "x@y.z"), NULL-terminated; NULL when no rule matches;
 * an empty list when the last rule names nobody. */
const char *const *codeowners_match(const struct codeowners *owners, const char *path);

struct person {
    const char *who; /* "@dana", "@acme/data-eng", "dana@acme.com"; never empty */
    const char *why; /* "owner of gold.customer_features" */
};
struct persons {
    struct person *at;
    size_t n, cap;
};

struct people_input {
    const char *repo;   /* "acme/dw" */
    const char *author; /* login, never asked to review; NULL: not known */
    const struct repo_settings *settings;
    const struct codeowners *codeowners; /* NULL: none */
};

/* Everyone concerned by the finding, first the one to talk to; sets finding->owner and owner_why. At most 10, nobody twice, nobody away. */
struct persons people_find(struct arena *arena, const struct people_input *in, struct finding *finding);

/* The form GitHub wants for review requests: logins into `users`, team slugs into `teams` (of the repository's organization only);
 * e-mails and others are left out. */
void people_reviewers(struct arena *arena, const struct people_input *in, const struct persons *persons, struct text_list *users,
                      struct text_list *teams);

#endif
