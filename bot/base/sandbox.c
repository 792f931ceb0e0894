/* sandbox.c - rlimits, then Landlock for files, then seccomp for system calls.
 * https://docs.kernel.org/userspace-api/landlock.html https://man7.org/linux/man-pages/man3/seccomp_rule_add.3.html */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPEN_FILES_MAX 512
#define FILE_BYTES_MAX ((int64_t)8 << 30)
#define RIGHT_TRUNCATE (1ULL << 14) /* since Landlock 3; older headers have no name for it */
#define FAMILIES       48

static const struct err *limit_set(int what, int64_t most) {
    struct rlimit limit = {.rlim_cur = (rlim_t)most, .rlim_max = (rlim_t)most};
    return setrlimit(what, &limit) == 0 ? NULL : err_new(ERR_CONFIG, "sandbox: a limit cannot be set: %s", strerror(errno));
}

static const struct err *limits_set(const struct sandbox *s) {
    TRY(limit_set(RLIMIT_CORE, 0));
    TRY(limit_set(RLIMIT_NOFILE, OPEN_FILES_MAX));
    TRY(limit_set(RLIMIT_FSIZE, FILE_BYTES_MAX));
    if (s->cpu_seconds) TRY(limit_set(RLIMIT_CPU, s->cpu_seconds));
#if defined(__SANITIZE_ADDRESS__)
    return NULL; /* its shadow takes terabytes of address space */
#else
    return s->memory ? limit_set(RLIMIT_AS, s->memory) : NULL;
#endif
}

/* ---- files ---- */

#define RIGHTS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define RIGHTS_CHANGE                                                                                                                                \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |                  \
     LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM)
#define RIGHTS_REST                                                                                                                                  \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |                       \
     LANDLOCK_ACCESS_FS_MAKE_BLOCK)
#define RIGHTS_OF_A_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE)

static const struct err *path_allow(int ruleset, const char *path, uint64_t rights) {
    struct stat st;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return NULL;
    if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode)) rights &= RIGHTS_OF_A_FILE;
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
    long code = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int why = errno;
    close(fd);
    return code == 0 ? NULL : err_new(ERR_CONFIG, "sandbox: %s: %s", path, strerror(why));
}

static const struct err *paths_allow(int ruleset, const char *const *paths, uint64_t rights) {
    for (; paths && *paths; paths++) TRY(path_allow(ruleset, *paths, rights));
    return NULL;
}

static const struct err *files_close(const struct sandbox *s, bool *closed) {
    *closed = false;
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return NULL; /* this kernel has none: the caller says so */
    uint64_t truncate = version >= 3 ? RIGHT_TRUNCATE : 0;
    struct landlock_ruleset_attr attr = {.handled_access_fs = RIGHTS_READ | RIGHTS_CHANGE | RIGHTS_REST | truncate};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (ruleset < 0) return err_new(ERR_CONFIG, "sandbox: %s", strerror(errno));
    const struct err *e = paths_allow(ruleset, s->read, RIGHTS_READ);
    if (!e) e = paths_allow(ruleset, s->write, RIGHTS_READ | RIGHTS_CHANGE | truncate);
    if (!e && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) e = err_new(ERR_CONFIG, "sandbox: %s", strerror(errno));
    close(ruleset);
    *closed = e == NULL;
    return e;
}

/* ---- system calls ---- */

static const char *const forbidden[] = {
    "execve",
    "execveat",
    "fork",
    "vfork",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "kcmp",
    "pidfd_getfd",
    "pidfd_send_signal",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "tkill",
    "mount",
    "umount",
    "umount2",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "pivot_root",
    "chroot",
    "unshare",
    "setns",
    "kexec_load",
    "kexec_file_load",
    "bpf",
    "init_module",
    "finit_module",
    "delete_module",
    "create_module",
    "query_module",
    "keyctl",
    "add_key",
    "request_key",
    "perf_event_open",
    "userfaultfd",
    "reboot",
    "swapon",
    "swapoff",
    "acct",
    "settimeofday",
    "clock_settime",
    "clock_adjtime",
    "adjtimex",
    "stime",
    "quotactl",
    "quotactl_fd",
    "iopl",
    "ioperm",
    "modify_ldt",
    "vhangup",
    "syslog",
    "sethostname",
    "setdomainname",
    "open_by_handle_at",
    "name_to_handle_at",
    "fanotify_init",
    "lookup_dcookie",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "nfsservctl",
    "personality",
    "setuid",
    "setgid",
    "setreuid",
    "setregid",
    "setresuid",
    "setresgid",
    "setgroups",
    "setfsuid",
    "setfsgid",
    "capset",
    "migrate_pages",
    "move_pages",
    "mknod",
    "mknodat",
    "memfd_secret",
};

static int calls_forbid(scmp_filter_ctx filter) {
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        int number = seccomp_syscall_resolve_name(forbidden[i]);
        if (number == __NR_SCMP_ERROR) continue; /* a name this machine does not have */
        int code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0);
        if (code != 0) return code;
    }
    return 0;
}

/* A rule on the first argument: libseccomp's own macros leave a field out, which clang does not like. */
static int call_forbid_if(scmp_filter_ctx filter, int number, enum scmp_compare how, uint64_t a, uint64_t b) {
    struct scmp_arg_cmp first = {.arg = 0, .op = how, .datum_a = a, .datum_b = b};
    return seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), number, 1, &first);
}

/* Threads yes, processes no; signals to itself only. glibc falls back to clone where clone3, whose flags are out of sight, is missing. */
static int processes_forbid(scmp_filter_ctx filter) {
    uint64_t self = (uint64_t)getpid();
    int code = call_forbid_if(filter, SCMP_SYS(clone), SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);
    if (code == 0) code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (code == 0) code = call_forbid_if(filter, SCMP_SYS(kill), SCMP_CMP_NE, self, 0);
    if (code == 0) code = call_forbid_if(filter, SCMP_SYS(tgkill), SCMP_CMP_NE, self, 0);
    if (code == 0) code = call_forbid_if(filter, SCMP_SYS(prlimit64), SCMP_CMP_NE, 0, 0);
    return code;
}

/* The kernel reads the family as 32 bits, so the rest of the register must not make a difference. */
static int sockets_forbid(scmp_filter_ctx filter) {
    int code = call_forbid_if(filter, SCMP_SYS(socket), SCMP_CMP_GT, FAMILIES, 0);
    for (uint64_t family = 0; family <= FAMILIES && code == 0; family++) {
        if (family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK) continue;
        code = call_forbid_if(filter, SCMP_SYS(socket), SCMP_CMP_MASKED_EQ, UINT32_MAX, family);
    }
    return code;
}

static const struct err *calls_close(bool *closed) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int code = filter ? calls_forbid(filter) : -ENOMEM;
    if (code == 0) code = processes_forbid(filter);
    if (code == 0) code = sockets_forbid(filter);
    if (code == 0) code = seccomp_load(filter);
    if (filter) seccomp_release(filter);
    *closed = code == 0;
    return code == 0 ? NULL : err_new(ERR_CONFIG, "sandbox: seccomp: %s", strerror(-code));
}

const struct err *sandbox_enter(const struct sandbox *sandbox, struct sandbox_got *got) {
    *got = (struct sandbox_got){false, false};
    TRY(limits_set(sandbox));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return err_new(ERR_CONFIG, "sandbox: %s", strerror(errno));
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return err_new(ERR_CONFIG, "sandbox: %s", strerror(errno));
    TRY(files_close(sandbox, &got->files));
    return calls_close(&got->syscalls);
}
