/* classify.h - what a schema file says of how private a dataset or column is.
 * Layer: read. May use: base. https://docs.getdbt.com/reference/resource-configs/meta · https://docs.getdbt.com/reference/resource-configs/tags */
#ifndef CLASSIFY_H
#define CLASSIFY_H

#include "arena.h"
#include "yaml.h"

/* The class that tags, meta, databricks_tags or policy_tags of the entry give it ("pii", "contains_pii", "confidential"); NULL when they give none,
 * or say that it is public. */
const char *classify_yaml(struct arena *arena, const struct yaml *entry);

/* The same of one tag with a value: pii = 'email', classification = 'confidential'; a tag without one has the value "true". */
const char *classify_pair(struct arena *arena, const char *key, const char *value);

/* Is this word, as a tag or as the name of a tag, one for personal or secret data? */
bool classify_is_private(const char *word);

/* Words behind a column of DDL that keep its values from some readers (MASK f, MASKING POLICY p). */
bool classify_is_masked(struct str tail);

#endif
