/* process.c - posix_spawn, poll, and a clock. */
#include "process.h"

#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX     ((size_t)64 << 10)
#define LINE_BYTES_MAX 2048
#define SLICE_MS       50 /* how often to look where the kernel has no pidfd */

struct child {
    const struct process_call *call;
    pid_t pid;
    int pidfd, input, output;
    size_t taken; /* bytes of output */
    size_t n;
    char line[LINE_BYTES_MAX];
    bool timed_out, stopped;
};

static void fd_close(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static void actions_fill(posix_spawn_file_actions_t *actions, int in, int out) {
    posix_spawn_file_actions_init(actions);
    posix_spawn_file_actions_adddup2(actions, in, STDIN_FILENO);
    posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(actions, out, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
}

static void attributes_fill(posix_spawnattr_t *attr) {
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGTERM);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGHUP);
    posix_spawnattr_init(attr);
    posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(attr, 0);
    posix_spawnattr_setsigmask(attr, &none);
    posix_spawnattr_setsigdefault(attr, &usual);
}

static int child_spawn(struct child *c, int in, int out) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    actions_fill(&actions, in, out);
    attributes_fill(&attr);
    int code = posix_spawn(&c->pid, c->call->path, &actions, &attr, c->call->argv, c->call->envp);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    return code;
}

static const struct err *child_start(struct child *c) {
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    int code = pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 ? errno : child_spawn(c, in[0], out[1]);
    fd_close(&in[0]);
    fd_close(&out[1]);
    c->input = in[1];
    c->output = out[0];
    if (code != 0) {
        fd_close(&c->input);
        fd_close(&c->output);
        return err_new(ERR_RETRY, "%s does not start: %s", c->call->path, strerror(code));
    }
    ssize_t n = write(c->input, c->call->input.p ? c->call->input.p : "", c->call->input.n);
    (void)n; /* a child that reads nothing fails by itself */
    fd_close(&c->input);
    fcntl(c->output, F_SETFL, O_NONBLOCK);
    c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
    return NULL;
}

static void line_end(struct child *c) {
    c->line[c->n] = 0;
    if (c->n && c->call->line) c->call->line(c->call->ctx, c->line);
    c->n = 0;
}

/* Reads what is there; past the bound it is read and dropped, so that the child never waits for us. */
static void output_take(struct child *c) {
    char block[4096];
    ssize_t n;
    while ((n = read(c->output, block, sizeof block)) > 0) {
        for (ssize_t i = 0; i < n && c->taken < OUTPUT_MAX; i++, c->taken++) {
            if (block[i] == '\n' || c->n == sizeof c->line - 1) line_end(c);
            if (block[i] != '\n') c->line[c->n++] = block[i];
        }
    }
    if (n == 0) fd_close(&c->output);
}

static void child_kill(struct child *c) {
    kill(-c->pid, SIGKILL);
    kill(c->pid, SIGKILL);
}

/* True when it ended; its status is in `status`. */
static bool child_ended(struct child *c, int *status) { return waitpid(c->pid, status, WNOHANG) == c->pid; }

static void child_wait(struct child *c, int *status) {
    int64_t until = clock_monotonic_us() + (int64_t)c->call->seconds * 1000000;
    while (!child_ended(c, status)) {
        int64_t left = (until - clock_monotonic_us()) / 1000;
        if (left <= 0 && !c->stopped) c->timed_out = true;
        if (c->timed_out || c->stopped) {
            child_kill(c);
            waitpid(c->pid, status, 0);
            return;
        }
        struct pollfd fds[] = {{.fd = c->output, .events = POLLIN}, {.fd = c->pidfd, .events = POLLIN}, {.fd = c->call->stop_fd, .events = POLLIN}};
        int wait = c->pidfd < 0 && left > SLICE_MS ? SLICE_MS : (int)(left > 60000 ? 60000 : left) + 1;
        if (poll(fds, 3, wait) < 0 && errno != EINTR) c->stopped = true;
        if (c->output >= 0 && fds[0].revents) output_take(c);
        if (fds[2].revents & POLLIN) c->stopped = true;
    }
}

const struct err *process_run(const struct process_call *call, struct process_result *out) {
    struct child c = {.call = call, .pidfd = -1, .input = -1, .output = -1};
    int status = 0;
    if (call->input.n > PROCESS_INPUT_MAX) return err_new(ERR_CONFIG, "%zu bytes are too many for a child's input", call->input.n);
    int64_t start = clock_monotonic_us();
    TRY(child_start(&c));
    child_wait(&c, &status);
    kill(-c.pid, SIGKILL); /* whatever it left behind */
    if (c.output >= 0) output_take(&c);
    line_end(&c);
    fd_close(&c.output);
    fd_close(&c.pidfd);
    out->micros = clock_monotonic_us() - start;
    out->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    out->end = c.timed_out ? PROCESS_TIMED_OUT : c.stopped ? PROCESS_STOPPED : WIFSIGNALED(status) ? PROCESS_SIGNALLED : PROCESS_EXITED;
    return NULL;
}
