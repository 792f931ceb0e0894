/* process.h - one child process: its input, its limits, its last words.
 * Layer: base. May use: err, text. */
#ifndef PROCESS_H
#define PROCESS_H

#include "err.h"
#include "text.h"

#define PROCESS_INPUT_MAX ((size_t)60 << 10) /* fits a pipe, so that writing never waits */

struct process_call {
    const char *path; /* of the program */
    char *const *argv, *const *envp;
    struct str input;                          /* its standard input, at most PROCESS_INPUT_MAX */
    int seconds;                               /* wall clock; then it and its group are killed */
    int stop_fd;                               /* when this becomes readable it is killed too; -1: none */
    void (*line)(void *ctx, const char *line); /* each line it writes on standard error, at most 64 KB in all; standard output is thrown away */
    void *ctx;
};

enum process_end { PROCESS_EXITED, PROCESS_SIGNALLED, PROCESS_TIMED_OUT, PROCESS_STOPPED };
struct process_result {
    enum process_end end;
    int code;       /* exit status, or the signal's number */
    int64_t micros; /* wall clock */
};

/* Runs it to its end, with no file descriptors but the three, a process group of its own and no blocked signals. ERR_RETRY when it
 * cannot be started. */
const struct err *process_run(const struct process_call *call, struct process_result *out) MUST_CHECK;

#endif
