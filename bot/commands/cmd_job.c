/* cmd_job.c - one delivery's work, in a process that gave up all it does not need. Started by `parley serve`, not by people. */
#include "commands.h"

#include "clock.h"
#include "forge.h"
#include "handlers.h"
#include "http.h"
#include "jsonx.h"
#include "log.h"
#include "migrate.h"
#include "sandbox.h"

#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#define INPUT_MAX      ((size_t)60 << 10)
#define READ_PATHS_MAX 32

struct job_options {
    int64_t delivery, lease;
    const char *settings;
};

static const struct argp_option options[] = {
    {"delivery", 'd', "ID", 0, "the delivery to work on", 0},
    {"lease", 'l', "TOKEN", 0, "the lease it is worked on under", 0},
    {"settings", 's', "FILE", 0, "the server's settings", 0},
    {0},
};

static error_t option_take(int key, char *arg, struct argp_state *state) {
    struct job_options *o = state->input;
    switch (key) {
    case 'd':
        o->delivery = strtoll(arg, NULL, 10);
        return 0;
    case 'l':
        o->lease = strtoll(arg, NULL, 10);
        return 0;
    case 's':
        o->settings = arg;
        return 0;
    case ARGP_KEY_END:
        if (o->delivery <= 0 || o->lease <= 0) argp_error(state, "--delivery and --lease are needed: 'parley serve' gives them");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Everything one job holds. */
struct job {
    struct job_options options;
    struct arena *arena;
    struct settings *settings;
    struct store *store;
    json_t *credentials;
    struct delivery *delivery;
};

/* Tokens, by pipe, so that neither the command line nor the environment shows them. */
static const struct err *credentials_read(struct job *job) {
    char *text = arena_alloc(job->arena, INPUT_MAX + 1);
    size_t n = 0;
    ssize_t got;
    while (n < INPUT_MAX && (got = read(STDIN_FILENO, text + n, INPUT_MAX - n)) > 0) n += (size_t)got;
    TRY(err_wrap(jsx_load(job->arena, text, n, &job->credentials), "standard input"));
    log_secret(jsx_str(job->credentials, "github.token", NULL));
    log_secret(jsx_str(job->credentials, "databricks_token", NULL));
    return NULL;
}

static const struct err *sandbox_take(struct job *job) {
    const struct settings *s = job->settings;
    /* Folders of the system's libraries and certificates, our own shipped files, and what the settings name. */
    const char *const candidates[] = {
        "/usr",
        "/lib",
        "/lib64",
        "/etc/ssl",
        "/etc/pki",
        "/etc/ca-certificates",
        "/etc/resolv.conf",
        "/etc/hosts",
        "/etc/host.conf",
        "/etc/nsswitch.conf",
        "/etc/gai.conf",
        "/etc/services",
        "/etc/localtime",
        "/run/systemd/resolve",
        "/proc/self",
        "/dev/null",
        "/dev/urandom",
        "/sys/devices/system/cpu",
        PARLEY_SHARE_DIR,
        PARLEY_SOURCE_DIR "/deploy",
        PARLEY_SOURCE_DIR "/templates",
        s->templates,
        s->prices,
        s->http.ca_bundle,
        *s->github.git == '/' ? s->github.git : NULL,
    };
    const char *read[READ_PATHS_MAX + 1] = {NULL}, *const write[] = {s->data, NULL};
    _Static_assert(sizeof candidates / sizeof *candidates <= READ_PATHS_MAX, "room for every path");
    size_t n = 0;
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        if (candidates[i]) read[n++] = candidates[i];
    }
    struct sandbox box = {.read = read, .write = write, .memory = s->limits.job_memory, .cpu_seconds = s->limits.job_seconds};
    struct sandbox_got got;
    TRY(sandbox_enter(&box, &got));
    if (!got.files) log_debug("this kernel has no Landlock: files stay open to the job as to its user");
    return NULL;
}

static const struct err *delivery_load(struct job *job) {
    TRY(queue_get(job->store, job->arena, job->options.delivery, &job->delivery));
    if (!job->delivery || job->delivery->lease != job->options.lease) return err_new(ERR_REFUSED, "this lease is over");
    return NULL;
}

static void http_drop(void *http) { http_destroy(http); }
static void github_drop(void *github) { github_destroy(github); }

static const struct err *clients_make(struct job *job, struct handler_context *context) {
    const struct settings *s = job->settings;
    context->http = forge_http(s);
    arena_defer(job->arena, http_drop, context->http);
    context->databricks_token = jsx_str(job->credentials, "databricks_token", NULL);
    context->bot_login = jsx_str(job->credentials, "github.bot_login", s->github.bot_login);
    const json_t *handed = jsx_at(job->credentials, "github");
    if (!handed) return NULL;
    TRY(forge_github(s, context->http, &context->github));
    arena_defer(job->arena, github_drop, context->github);
    return github_app_adopt(github_identity(context->github), handed);
}

static const struct err *job_work(struct job *job) {
    struct handler_context context = {
        .arena = job->arena, .store = job->store, .settings = job->settings, .delivery = job->delivery, .now = clock_now()};
    TRY(clients_make(job, &context));
    return handlers_run(&context);
}

static const struct err *job_prepare(struct job *job) {
    TRY(settings_load(job->arena, job->options.settings, SETTINGS_NO_SECRETS, &job->settings));
    log_setup(job->settings->log.level, 0); /* our lines are taken up by the server, which knows the format */
    TRY(credentials_read(job));
    const char *password = jsx_str(job->credentials, "store_password", NULL);
    if (password && setenv("PARLEY_STORE_PASSWORD", password, 1) != 0) return err_new(ERR_RETRY, "no memory");
    TRY(migrate_open(settings_place(job->settings), &job->store));
    TRY(sandbox_take(job));
    return delivery_load(job);
}

/* What went wrong is noted with the delivery by us, for we know its kind; the server only sees a status. */
static int job_finish(struct job *job, const struct err *e) {
    if (!e) return EXIT_FINE;
    struct err kept = *e;
    log_line(kept.kind == ERR_RETRY ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR, "%s: %s", err_kind_name(kept.kind), kept.text);
    if (!job->store || !job->delivery) return EXIT_BROKEN;
    store_rollback(job->store);
    struct queue_teller teller = {handlers_gave_up, NULL, job->arena};
    const struct err *failed = queue_fail_telling(job->store, job->delivery, &kept, &teller);
    if (failed) log_error("%s", failed->text);
    return EXIT_BROKEN;
}

int cmd_job(int argc, char **argv) {
    static const struct argp argp = {
        options, option_take, NULL, "Works on one delivery. Started by 'parley serve' with its tokens on standard input.", NULL, NULL, NULL};
    struct job job = {0};
    pid_t server = getppid();
    argp_parse(&argp, argc, argv, 0, NULL, &job.options);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody would hear of our result */
    if (getppid() != server) return EXIT_BROKEN;
    job.arena = arena_create(ARENA_JOB);
    const struct err *e = job_prepare(&job);
    if (!e) e = job_work(&job);
    int code = job_finish(&job, e);
    store_close(job.store);
    fflush(NULL);
    _exit(code); /* no exit handlers: some of them want what the sandbox refuses */
}
