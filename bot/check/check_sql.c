#include "check.h"

const struct err *check_sql(struct arena *arena, const struct check_input *in, struct findings *out) { return NULL; }
