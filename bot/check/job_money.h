/* job_money.h - what a job's habits cost, on findings about jobs.
 * Layer: check. May use: cost. */
#ifndef JOB_MONEY_H
#define JOB_MONEY_H

#include "look.h"

/* Cost and saving of a finding about all-purpose compute; where the machines are not known, the two prices go to its notes. */
void job_money_own_cluster(struct look *look, const struct job *job, struct finding *f);

#endif
