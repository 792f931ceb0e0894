/* inflate_bounded.c - zlib, growing by doubling up to the ceiling. */
#include "inflate_bounded.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#define FIRST_ROOM ((size_t)64 << 10)
#define GZIP_ONLY  (15 + 16)

static const struct err *bad(int status, const char *why) { return err_with_status(err_new(ERR_INPUT, "gzip: %s", why), status); }

static const struct err *inflate_all(z_stream *z, size_t max, char **out) {
    size_t room = max < FIRST_ROOM ? max + 1 : FIRST_ROOM;
    *out = malloc(room);
    for (int code = Z_OK; code != Z_STREAM_END;) {
        if (!*out) return err_new(ERR_RETRY, "no memory");
        z->next_out = (unsigned char *)*out + z->total_out;
        z->avail_out = (unsigned int)(room - z->total_out);
        code = inflate(z, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END) return bad(400, code == Z_BUF_ERROR ? "it ends too early" : z->msg ? z->msg : "damaged");
        if (z->total_out > max) return bad(413, "it inflates to more than is accepted");
        if (code == Z_STREAM_END || z->avail_out) continue;
        room = room * 2 > max + 1 ? max + 1 : room * 2;
        char *more = realloc(*out, room);
        if (!more) return err_new(ERR_RETRY, "no memory");
        *out = more;
    }
    return z->avail_in ? bad(400, "bytes after its end") : NULL;
}

const struct err *inflate_bounded(struct str gzip, size_t max, struct str *out) {
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)gzip.p, .avail_in = (unsigned int)gzip.n};
    char *bytes = NULL;
    *out = (struct str){NULL, 0};
    if (gzip.n > UINT_MAX || max > UINT_MAX / 2) return bad(413, "too large");
    if (inflateInit2(&z, GZIP_ONLY) != Z_OK) return err_new(ERR_RETRY, "no memory");
    const struct err *e = inflate_all(&z, max, &bytes);
    size_t n = z.total_out;
    inflateEnd(&z);
    if (e) {
        free(bytes);
        return e;
    }
    *out = (struct str){bytes, n};
    return NULL;
}
