/* look.h - how a rule looks at a definition: it registers for the nodes it wants, and one walk offers every node once to all of them.
 * Layer: check. May use: base, sql, plan, read, catalog, cost.
 *
 * A family is one file, check_NAME.c, that ends with a table `const struct look_rule name_looks[]`, closed by LOOKS_END, and a line in looks.def.
 * PySpark and dbt arrive here as the same queries and plans as SQL does: a rule is written once. A rule that is not sure says nothing. */
#ifndef LOOK_H
#define LOOK_H

#include "check.h"
#include "plan.h"
#include "sql_ast.h"

#define LOOK_DEPTH_MAX 400 /* relations above a node; deeper ones are not walked */

/* One definition (or job) being looked at, and where the walk stands. Plain: read any field. */
struct look {
    struct arena *arena;
    const struct check_input *in;
    struct findings *out;
    struct subject *subject;       /* NULL while jobs are offered */
    const struct sql_query *query; /* its own; NULL: not understood */
    const struct plan *plan;       /* of `query`, views left as they are (subject->entry.plan has them unfolded); NULL: not bound. With plan->reason
                                      set, parts of it are not understood: look out for REL_OPAQUE, SC_OPAQUE, SC_AMBIGUOUS, star columns */
    const struct rel *above[LOOK_DEPTH_MAX]; /* rel, scalar: the relations around it, outermost first; a scalar's own relation is the last */
    size_t depth;
    struct map *upstreams;    /* upstream.h's */
    const struct err *failed; /* set by a callback that returns nothing: a catalog could not be read */
};

/* One rule's wishes; NULL: not wanted. Those that return an error may ask the catalogs; the others only look. */
struct look_rule {
    enum rule rule; /* not run when the settings have it off */
    bool touched;   /* definitions too whose plan stays, but whose schedule or compute changes */
    const struct err *(*subject)(struct look *look);
    void (*rel)(struct look *look, const struct rel *rel);           /* every relation of the plan, sub-queries too, inputs after their parent */
    void (*scalar)(struct look *look, const struct scalar *scalar);  /* every scalar of the plan, arguments after their parent */
    void (*query)(struct look *look, const struct sql_query *query); /* every query of the tree, WITH and sub-queries too */
    void (*from)(struct look *look, const struct sql_from *from);
    void (*expr)(struct look *look, const struct sql_expr *expr);
    void (*fact)(struct look *look, const struct code_fact *fact);      /* what the Python around the definition does */
    const struct err *(*job)(struct look *look, const struct job *job); /* every job that is new or not as it was */
    const struct err *(*change)(struct look *look);                     /* once, after all else: look->subject is NULL */
};
#define LOOKS_END                                                                                                                                    \
    { .rule = RULE_COUNT }

#define LOOKS(name) extern const struct look_rule name##_looks[];
#include "looks.def"
#undef LOOKS

/* A finding of `rule` at the place `where` of the subject's file (no line: the whole definition). `other` tells two findings of one rule at one
 * subject apart: a name or text, no line numbers; may be NULL. */
struct finding *look_finding(struct look *look, enum rule rule, const char *other, struct range where);

/* Says it, unless the rule spoke of this very place already: a temp view read by five tables is wrong once. */
void look_say(struct look *look, struct finding *finding);

/* Has the rule spoken of this definition already? For rules that would say less about the same. */
bool look_has_said(const struct look *look, enum rule rule);

/* Is the relation that is being offered the top of its tangle of joins and filters (tangle_of's, with the same `outer`)? */
bool look_is_top(const struct look *look, const struct rel *rel, bool outer);

/* The same machines, as far as is said of them? */
bool look_compute_same(const struct compute *a, const struct compute *b);
/* A job of the platform itself, of which all settings are known, and that starts without anybody starting it. */
bool job_is_live(const struct job *job);
/* A finding about a job, at its line. */
struct finding *look_job_finding(struct look *look, enum rule rule, const struct job *job, const char *other);

/* Offers the change to every rule of looks.def. */
const struct err *check_looks(struct arena *arena, const struct check_input *in, struct findings *out) MUST_CHECK;

#endif
