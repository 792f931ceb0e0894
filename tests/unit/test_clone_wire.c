/* test_clone_wire.c - fetching over HTTP: from git's own server program behind a tiny listener, and from servers that misbehave. */
#include "unit.h"

#include "clone.h"
#include "clone_git.h"
#include "fs.h"
#include "git_maker.h"
#include "text.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define GIT_PROGRAM "/usr/bin/git"

static struct arena *arena;
static char folder[64];
static git_oid base, head;
static int listener, port;
static pthread_t thread;
static const char *canned;    /* this answer instead of git's; "" closes without one */
static char last_head[16384]; /* of the last request */
static int requests;

/* Reads one request; its body goes to a file that the server program reads as its input. */
static size_t request_read(int c, int body_fd) {
    size_t n = 0, length = 0;
    char *end = NULL;
    last_head[0] = 0;
    while (n < sizeof last_head - 1 && !(end = strstr(last_head, "\r\n\r\n"))) {
        ssize_t got = read(c, last_head + n, 1);
        if (got <= 0) return 0;
        n += (size_t)got;
        last_head[n] = 0;
    }
    const char *said = strcasestr(last_head, "content-length:");
    if (said) length = strtoul(said + 15, NULL, 10);
    char buffer[4096];
    for (size_t left = length; left;) {
        ssize_t got = read(c, buffer, left < sizeof buffer ? left : sizeof buffer);
        if (got <= 0 || write(body_fd, buffer, (size_t)got) != got) return 0;
        left -= (size_t)got;
    }
    lseek(body_fd, 0, SEEK_SET);
    return n;
}

static void program_run(int in, int out) {
    char method[8] = "", target[1024] = "", env[8][1200];
    sscanf(last_head, "%7s %1023s", method, target);
    char *query = strchr(target, '?');
    if (query) *query++ = 0;
    const char *type = strcasestr(last_head, "content-type:");
    struct stat st;
    fstat(in, &st);
    snprintf(env[0], sizeof env[0], "GIT_PROJECT_ROOT=%s/git", folder);
    snprintf(env[1], sizeof env[1], "GIT_HTTP_EXPORT_ALL=1");
    snprintf(env[2], sizeof env[2], "PATH_INFO=%s", target);
    snprintf(env[3], sizeof env[3], "QUERY_STRING=%s", query ? query : "");
    snprintf(env[4], sizeof env[4], "REQUEST_METHOD=%s", method);
    snprintf(env[5], sizeof env[5], "CONTENT_TYPE=%.*s", type ? (int)strcspn(type + 14, "\r") : 0, type ? type + 14 : "");
    snprintf(env[6], sizeof env[6], "CONTENT_LENGTH=%lld", (long long)st.st_size);
    snprintf(env[7], sizeof env[7], "PATH=/usr/bin:/bin");
    char *envp[9] = {env[0], env[1], env[2], env[3], env[4], env[5], env[6], env[7], NULL};
    char *argv[] = {GIT_PROGRAM, "-c", "safe.directory=*", "http-backend", NULL};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, 0);
    posix_spawn_file_actions_adddup2(&files, out, 1);
    pid_t pid;
    if (posix_spawn(&pid, GIT_PROGRAM, &files, NULL, argv, envp) == 0) waitpid(pid, NULL, 0);
    posix_spawn_file_actions_destroy(&files);
}

static void send_all(int c, const char *bytes, size_t n) {
    while (n) {
        ssize_t done = write(c, bytes, n);
        if (done <= 0) return;
        bytes += done;
        n -= (size_t)done;
    }
}

/* The program's CGI answer as an HTTP answer. */
static void answer_relay(int c, int out) {
    struct stat st;
    fstat(out, &st);
    char *bytes = malloc((size_t)st.st_size + 1);
    if (pread(out, bytes, (size_t)st.st_size, 0) != st.st_size) st.st_size = 0;
    const char *status = memmem(bytes, (size_t)st.st_size, "Status: ", 8);
    char line[64];
    snprintf(line, sizeof line, "HTTP/1.1 %.3s X\r\nConnection: close\r\n", status ? status + 8 : "200");
    send_all(c, line, strlen(line));
    send_all(c, bytes, (size_t)st.st_size);
    free(bytes);
}

static FILE *scratch(void) { return tmpfile(); }

static void *serve(void *ctx) {
    for (int c; (c = accept(listener, NULL, NULL)) >= 0; close(c)) {
        FILE *in = scratch(), *out = scratch();
        if (request_read(c, fileno(in)) > 0) {
            requests++;
            if (canned) {
                send_all(c, canned, strlen(canned));
            } else {
                program_run(fileno(in), fileno(out));
                answer_relay(c, fileno(out));
            }
        }
        fclose(in);
        fclose(out);
    }
    return NULL;
}

static int begin(void **state) {
    arena = arena_create((size_t)256 << 20);
    clone_git_begin();
    snprintf(folder, sizeof folder, "/tmp/parley-wire-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_null(fs_make_dirs(arena_printf(arena, "%s/git/acme", folder)));
    git_repository *origin;
    MAKE(git_repository_init(&origin, arena_printf(arena, "%s/git/acme/dw.git", folder), 1));
    make_commit(origin, "refs/heads/main", NULL, (struct made_file[]){{"a.sql", "select 1\n", 0}, {NULL, NULL, 0}}, &base);
    make_commit(origin, "refs/pull/7/head", &base, (struct made_file[]){{"a.sql", "select 2\n", 0}, {NULL, NULL, 0}}, &head);
    git_repository_free(origin);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, size), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &size), 0);
    port = ntohs(at.sin_port);
    return pthread_create(&thread, NULL, serve, NULL);
}

static int unlink_one(const char *path, const struct stat *st, int kind, struct FTW *ftw) { return remove(path); }
static int end(void **state) {
    shutdown(listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(listener);
    arena_destroy(arena);
    return nftw(folder, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const struct err *open_pull(struct clone_change *out, const char *mirrors, int64_t max_bytes) {
    struct clone_config config = {.token = "ghs_abc", .max_bytes = max_bytes, .max_seconds = 20};
    config.mirrors = arena_printf(arena, "%s/%s", folder, mirrors);
    config.git_base = arena_printf(arena, "http://127.0.0.1:%d", port);
    return clone_pull_open(arena, &config, &(struct clone_pull){.repo = "acme/dw", .number = 7, .base_ref = "main"}, out);
}

static void fetched_over_http(void **state) {
    if (access(GIT_PROGRAM, X_OK) != 0) skip();
    struct clone_change change;
    const struct err *e = open_pull(&change, "mirrors", 0);
    if (e) fail_msg("%s", e->text);
    assert_string_equal(change.head_sha, clone_git_hex(arena, &head));
    assert_int_equal(change.count, 1);
    assert_string_equal(change.files[0].after.bytes.p, "select 2\n");
    assert_non_null(strstr(last_head, "POST /acme/dw.git/git-upload-pack"));
    assert_non_null(strstr(last_head, "Authorization: Basic eC1hY2Nlc3MtdG9rZW46Z2hzX2FiYw=="));
    int before = requests;
    assert_null(open_pull(&change, "mirrors", 0)); /* nothing new: only the list of refs is asked for */
    assert_int_equal(requests, before + 1);
    e = open_pull(&change, "tiny", 100);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_REFUSED);
}

static void misbehaving_servers(void **state) {
    static const struct {
        const char *answer;
        enum err_kind kind;
    } cases[] = {
        {"HTTP/1.1 401 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", ERR_REFUSED},
        {"HTTP/1.1 404 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", ERR_REFUSED},
        {"HTTP/1.1 503 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", ERR_RETRY},
        {"HTTP/1.1 429 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", ERR_RETRY},
        {"HTTP/1.1 200 X\r\nContent-Length: 9\r\nConnection: close\r\n\r\nnonsense!", ERR_RETRY},
        {"HTTP/1.1 200 X\r\nContent-Length: 900\r\nConnection: close\r\n\r\n001e# service=git-upload-pack\n", ERR_RETRY},
        {"HTTP/1.1 302 X\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", ERR_CONFIG},
        {"", ERR_RETRY},
    };
    struct clone_change change;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        canned = cases[i].answer;
        const struct err *e = open_pull(&change, "bad", 0);
        assert_non_null(e);
        if (e->kind != cases[i].kind) fail_msg("case %zu: %s", i, e->text);
    }
    canned = NULL;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(fetched_over_http), cmocka_unit_test(misbehaving_servers)};
    return cmocka_run_group_tests(tests, begin, end);
}
