/* job_money.h - what a job's habits cost, on findings about jobs.
 * Layer: check. May use: cost. */
#ifndef JOB_MONEY_H
#define JOB_MONEY_H

#include "job_cost.h"
#include "look.h"

/* Cost and saving of a finding about all-purpose compute; where the machines are not known, the two prices go to its notes. */
void job_money_own_cluster(struct look *look, const struct job *job, struct finding *f);

/* What the cost of a job is worked out from: the times of its tasks by the definitions that they run (in->subjects), past runs of it by name or id.
 */
const struct err *job_money_input(struct arena *arena, const struct check_input *in, const struct job *job, struct job_cost_input *out) MUST_CHECK;

#endif
