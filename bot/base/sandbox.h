/* sandbox.h - what a process gives up before it looks at what strangers wrote.
 * Layer: base. May use: err, libseccomp. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sandbox {
    const char *const *read;  /* files and folders it may read; those that do not exist are passed over. Ends with NULL */
    const char *const *write; /* folders it may also change */
    int64_t memory;           /* bytes of address space, 0: no limit */
    int64_t cpu_seconds;      /* 0: no limit */
};

/* What the kernel agreed to. */
struct sandbox_got {
    bool syscalls; /* seccomp */
    bool files;    /* Landlock; older kernels have none */
};

/* From here on this process starts no program and no process, watches and signals no other, mounts and loads nothing, opens only internet and local
 * sockets, and reaches only the files named. There is no way back. Call it before other threads are made. ERR_CONFIG when a limit cannot be set. */
const struct err *sandbox_enter(const struct sandbox *sandbox, struct sandbox_got *got) MUST_CHECK;

#endif
