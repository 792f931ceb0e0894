/* queue_row.h - a delivery's row, for the files of the queue only.
 * Layer: store. May use: base, store. */
#ifndef QUEUE_ROW_H
#define QUEUE_ROW_H

#include "queue.h"

/* Held by what reads the queue to decide what to write: first looks that may supersede, claims, ends that look for newer ones. */
#define QUEUE_LOCK "queue"

/* Reads the 17 columns of every SELECT over deliveries (see COLUMNS in queue.c) into `d`, without the body. */
void delivery_read(struct arena *arena, const struct val *cols, struct delivery *d);
#endif
