/* embedded.h - the files built into the binary: templates/ and deploy/prices.json, so that one binary is all there is to install.
 * Layer: base. May use: text. */
#ifndef EMBEDDED_H
#define EMBEDDED_H

#include "text.h"

/* The bytes of a file by its path in the source tree ("templates/comment.md"), NUL-terminated beyond n; {NULL, 0} when it is not built in. */
struct str embedded_file(const char *path);
/* Path number i, NULL past the end. */
const char *embedded_path(size_t i);
#endif
