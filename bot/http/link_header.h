/* link_header.h - the Link header (RFC 8288), of which only rel="next" matters here.
 * Layer: http. May use: base. */
#ifndef LINK_HEADER_H
#define LINK_HEADER_H

#include "arena.h"

/* The address with rel="next", in the arena; NULL when there is none, or when the header is malformed before it. Takes NULL. */
char *link_header_next(struct arena *arena, const char *link);
#endif
