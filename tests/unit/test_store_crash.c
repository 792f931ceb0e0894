/* test_store_crash.c - kill -9 in the middle of group commits: what was acknowledged is there, and nothing is there twice. */
#include "unit.h"

#include "store_place.h"

#include "queue.h"
#include "writer.h"

#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS           6
#define CLIENTS          8
#define ACKS_BEFORE_KILL 40
#define ACKS_MAX         20000

extern char **environ;

/* ---- the process that is killed ---- */

struct client {
    struct writer_item item; /* first */
    struct writer *writer;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool is_done, is_kept;
};

static void client_told(struct writer_item *item, const struct err *failed, bool fresh) {
    struct client *c = (struct client *)item;
    pthread_mutex_lock(&c->lock);
    c->is_done = true;
    c->is_kept = !failed;
    pthread_cond_signal(&c->answered);
    pthread_mutex_unlock(&c->lock);
}

static void client_deliver(struct client *c, const char *guid) {
    void *packed;
    size_t size;
    char body[2000];
    memset(body, guid[2], sizeof body);
    if (queue_pack(body, sizeof body, &packed, &size)) abort();
    c->item.delivery = (struct delivery_new){
        .sender = SENDER_JOBS, .event = "event", .guid = guid, .packed = packed, .packed_size = size, .body_size = sizeof body, .received_at = 1};
    c->item.done = client_told;
    c->is_done = false;
    if (!writer_submit(c->writer, &c->item)) abort();
    pthread_mutex_lock(&c->lock);
    while (!c->is_done) pthread_cond_wait(&c->answered, &c->lock);
    pthread_mutex_unlock(&c->lock);
    free(packed);
}

static struct writer *victim_writer;
static const char *victim_round;
static atomic_int victim_number;

/* Delivers for ever; says each acknowledged name on standard output in one write. */
static void *client_run(void *unused) {
    struct client c = {.writer = victim_writer, .lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};
    for (;;) {
        char line[32];
        int n = snprintf(line, sizeof line, "%s-%06d\n", victim_round, atomic_fetch_add(&victim_number, 1));
        line[n - 1] = 0;
        client_deliver(&c, line);
        line[n - 1] = '\n';
        if (c.is_kept && write(STDOUT_FILENO, line, (size_t)n) != n) _exit(1);
    }
    return unused;
}

static int victim_run(const char *dir, const char *round) {
    struct writer_config config = {.data = dir};
    pthread_t threads[CLIENTS];
    victim_round = round;
    if (writer_start(&config, &victim_writer)) return 1;
    for (int i = 0; i < CLIENTS; i++) pthread_create(&threads[i], NULL, client_run, NULL);
    for (int i = 0; i < CLIENTS; i++) pthread_join(threads[i], NULL);
    return 0;
}

/* ---- the one who kills and looks ---- */

static char acks[ACKS_MAX][32];
static int ack_count;

static pid_t victim_start(char *dir, char *round, int *out) {
    int fds[2];
    pid_t pid;
    char self[] = "test_store_crash", *argv[] = {self, dir, round, NULL};
    posix_spawn_file_actions_t actions;
    if (pipe(fds) != 0) abort();
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, fds[0]);
    posix_spawn_file_actions_addclose(&actions, fds[1]);
    if (posix_spawn(&pid, "/proc/self/exe", &actions, NULL, argv, environ) != 0) abort();
    posix_spawn_file_actions_destroy(&actions);
    close(fds[1]);
    *out = fds[0];
    return pid;
}

/* Reads acknowledgements; at the forty-first kills, then reads what was still said. */
static void round_run(char *dir, int number, bool by_kill_point) {
    char round[8];
    int fd, at_start = ack_count, status = 0;
    snprintf(round, sizeof round, "r%d", number);
    pid_t pid = victim_start(dir, round, &fd);
    FILE *in = fdopen(fd, "r");
    char line[32];
    while (ack_count < ACKS_MAX && fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = 0;
        snprintf(acks[ack_count++], sizeof acks[0], "%s", line);
        if (!by_kill_point && ack_count - at_start == ACKS_BEFORE_KILL * number) kill(pid, SIGKILL);
    }
    fclose(in);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (by_kill_point) assert_int_equal(WEXITSTATUS(status), 137);
    else assert_true(WIFSIGNALED(status));
}

static const struct err *number_take(void *ctx, const struct val *cols, size_t count) {
    *(int64_t *)ctx = val_as_int(&cols[0], -1);
    return NULL;
}

static void store_hold(char *dir) {
    struct store *store;
    int64_t rows = 0, names = 0;
    struct arena *arena = arena_create(ARENA_SMALL);
    assert_fine(migrate_open(dir, &store));
    for (int i = 0; i < ack_count; i++) {
        struct row row;
        assert_fine(store_one(store, arena, "SELECT id FROM delivery WHERE guid = $1", VALS(val_text(acks[i])), &row));
        if (row.count != 1) fail_msg("%s was acknowledged and is lost", acks[i]);
        struct delivery *d;
        assert_fine(queue_get(store, arena, row.at[0].i, &d));
        assert_int_equal(d->body.n, 2000);
        arena_reset(arena);
    }
    assert_fine(store_each(store, "SELECT COUNT(*) FROM delivery", VALS_NONE, number_take, &rows));
    assert_fine(store_each(store, "SELECT COUNT(DISTINCT guid) FROM delivery", VALS_NONE, number_take, &names));
    assert_int_equal(rows, names);
    assert_true(rows >= ack_count);
    struct row row;
    assert_fine(store_one(store, arena, "PRAGMA integrity_check", VALS_NONE, &row));
    assert_string_equal(row.at[0].p, "ok");
    arena_destroy(arena);
    store_close(store);
}

static void killed_at_any_moment(void **state) {
    char dir[PLACE_NAME];
    store_close(place_open(dir));
    ack_count = 0;
    for (int i = 1; i <= ROUNDS; i++) {
        round_run(dir, i, false);
        store_hold(dir);
    }
    place_close(NULL, dir);
}

static void killed_at_each_commit_point(void **state) {
    static const char *const points[] = {"delivery.before_commit:7", "delivery.after_commit:7"};
    char dir[PLACE_NAME];
    store_close(place_open(dir));
    ack_count = 0;
    for (int i = 0; i < 2; i++) {
        setenv("PARLEY_KILL_AT", points[i], 1);
        round_run(dir, i + 1, true);
        unsetenv("PARLEY_KILL_AT");
        store_hold(dir);
    }
    assert_true(ack_count > 0);
    place_close(NULL, dir);
}

int main(int argc, char **argv) {
    if (argc == 3) return victim_run(argv[1], argv[2]);
    const struct CMUnitTest tests[] = {cmocka_unit_test(killed_at_any_moment), cmocka_unit_test(killed_at_each_commit_point)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
