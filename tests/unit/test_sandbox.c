/* test_sandbox.c - what a job's process can no longer do, tried for real; and how its end is told. */
#include "unit.h"

#include "process.h"
#include "sandbox.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char inside[64], outside[64];

enum verdict {
    V_FINE,
    V_NO_SANDBOX,
    V_NO_SECCOMP,
    V_NO_LANDLOCK,
    V_EXEC,
    V_FORK,
    V_PTRACE,
    V_MOUNT,
    V_KILL,
    V_SOCKET,
    V_WRITE_INSIDE,
    V_WRITE_OUTSIDE,
    V_READ_OUTSIDE,
    V_THREAD
};

static bool writes(const char *dir) {
    char path[128];
    snprintf(path, sizeof path, "%s/x", dir);
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

static void *nothing(void *ctx) { return ctx; }

static enum verdict files_try(void) {
    char path[128];
    if (!writes(inside)) return V_WRITE_INSIDE;
    if (writes(outside)) return V_WRITE_OUTSIDE;
    snprintf(path, sizeof path, "%s/secret", outside);
    if (open(path, O_RDONLY) >= 0) return V_READ_OUTSIDE;
    return V_FINE;
}

static enum verdict calls_try(void) {
    char *argv[] = {"/bin/true", NULL};
    execv(argv[0], argv);
    if (errno != EPERM) return V_EXEC;
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    if (pid > 0) return V_FORK;
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 || errno != EPERM) return V_PTRACE;
    if (mount("none", inside, "tmpfs", 0, NULL) == 0 || errno != EPERM) return V_MOUNT;
    if (kill(getppid(), 0) == 0 || errno != EPERM) return V_KILL;
    if (socket(AF_PACKET, SOCK_RAW, 0) >= 0 || errno != EPERM) return V_SOCKET;
    if (socket(AF_INET, SOCK_STREAM, 0) < 0) return V_SOCKET;
    pthread_t thread;
    if (pthread_create(&thread, NULL, nothing, NULL) != 0 || pthread_join(thread, NULL) != 0) return V_THREAD;
    return V_FINE;
}

static enum verdict child_try(void) {
    const char *const read[] = {"/usr", "/lib", "/lib64", "/proc/self", "/nowhere", NULL};
    const char *const write[] = {inside, NULL};
    struct sandbox s = {.read = read, .write = write, .memory = (int64_t)4 << 30};
    struct sandbox_got got;
    if (sandbox_enter(&s, &got)) return V_NO_SANDBOX;
    if (!got.syscalls) return V_NO_SECCOMP;
    enum verdict v = calls_try();
    if (v != V_FINE) return v;
    return got.files ? files_try() : V_NO_LANDLOCK;
}

static void what_is_given_up_is_gone(void **state) {
    snprintf(inside, sizeof inside, "/tmp/parley-in-XXXXXX");
    snprintf(outside, sizeof outside, "/tmp/parley-out-XXXXXX");
    assert_non_null(mkdtemp(inside));
    assert_non_null(mkdtemp(outside));
    char path[128];
    snprintf(path, sizeof path, "%s/secret", outside);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    close(fd);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) _exit((int)child_try());
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    remove(path);
    snprintf(path, sizeof path, "%s/x", inside);
    remove(path);
    rmdir(inside);
    rmdir(outside);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == V_NO_LANDLOCK) skip(); /* this kernel cannot close files off; system calls were */
    assert_int_equal(WEXITSTATUS(status), V_FINE);
}

static char lines[4][128];
static int line_count;

static void line_keep(void *ctx, const char *line) {
    if (line_count < 4) snprintf(lines[line_count++], sizeof lines[0], "%s", line);
}

static struct process_result shell(const char *script, const char *input, int seconds, int stop_fd) {
    char *argv[] = {"sh", "-c", (char *)(uintptr_t)script, NULL};
    char *envp[] = {"A=b", NULL};
    struct process_call call = {
        .path = "/bin/sh", .argv = argv, .envp = envp, .input = str_of(input), .seconds = seconds, .stop_fd = stop_fd, .line = line_keep};
    struct process_result result;
    line_count = 0;
    assert_null(process_run(&call, &result));
    return result;
}

static void a_child_says_how_it_ended(void **state) {
    struct process_result r = shell("read x; echo \"got $x $A\" >&2; echo gone; printf tail >&2; exit 3", "word\n", 30, -1);
    assert_int_equal(r.end, PROCESS_EXITED);
    assert_int_equal(r.code, 3);
    assert_int_equal(line_count, 2);
    assert_string_equal(lines[0], "got word b");
    assert_string_equal(lines[1], "tail");
    r = shell("kill -9 $$", "", 30, -1);
    assert_int_equal(r.end, PROCESS_SIGNALLED);
    assert_int_equal(r.code, 9);
}

static void a_child_that_hangs_is_killed_with_its_own(void **state) {
    struct process_result r = shell("sleep 600 & sleep 600", "", 1, -1);
    assert_int_equal(r.end, PROCESS_TIMED_OUT);
    assert_true(r.micros < 20000000);
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    r = shell("sleep 600", "", 600, fds[0]);
    assert_int_equal(r.end, PROCESS_STOPPED);
    close(fds[0]);
    close(fds[1]);
}

static void endless_output_is_dropped(void **state) {
    struct process_result r = shell(
        "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789012345678901234567890123456789 >&2; i=$((i+1)); done; exit 5",
        "", 60, -1);
    assert_int_equal(r.end, PROCESS_EXITED);
    assert_int_equal(r.code, 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_given_up_is_gone), cmocka_unit_test(a_child_says_how_it_ended),
                                       cmocka_unit_test(a_child_that_hangs_is_killed_with_its_own), cmocka_unit_test(endless_output_is_dropped)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
