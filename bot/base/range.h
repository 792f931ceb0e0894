/* range.h - a place in a text.
 * Layer: base. May use: nothing. */
#ifndef RANGE_H
#define RANGE_H

#include <stdint.h>

/* Lines and columns are 1-based, columns count bytes; `end` is exclusive. All zero: the place is not known. */
struct range {
    uint32_t start, end; /* byte offsets */
    int line, column, end_line, end_column;
};
#endif
