/* cmd_serve.c - the service: puts listener, writer, crew and senders together, and takes them down in order. */
#include "commands.h"

#include "catch_up.h"
#include "chat.h"
#include "clock.h"
#include "crew.h"
#include "forge.h"
#include "fs.h"
#include "github_post.h"
#include "handlers.h"
#include "http.h"
#include "jsonx.h"
#include "lease.h"
#include "listener.h"
#include "log.h"
#include "render.h"
#include "route.h"
#include "slack_post.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#define DRAIN_REQUESTS_SECONDS 10
#define DRAIN_JOBS_SECONDS     20
#define SILENCE_MAX_SECONDS    60 /* a loop that is silent for longer hangs: the watchdog is left to bite */
#define SENDERS_MAX            16

struct serve_options {
    const char *settings;
    bool check;
};

static const struct argp_option options[] = {
    {"settings", 's', "FILE", 0, "the server's settings", 0},
    {"config", 0, NULL, OPTION_ALIAS, NULL, 0},
    {"check", 'c', NULL, 0, "only check settings and templates, and say what is connected", 0},
    {0},
};

static error_t option_take(int key, char *arg, struct argp_state *state) {
    struct serve_options *o = state->input;
    if (key == 's') o->settings = arg;
    else if (key == 'c') o->check = true;
    else if (key == ARGP_KEY_ARG) argp_usage(state);
    else return ARGP_ERR_UNKNOWN;
    return 0;
}

static const char doc[] = "Listens for webhooks, reviews what they are about, and posts the results.\v"
                          "Examples:\n"
                          "  PARLEY_GITHUB_WEBHOOK_SECRET_FILE=/run/secrets/hook parley serve --settings /etc/parley.yml\n"
                          "  parley serve --check --settings /etc/parley.yml\n\n"
                          "Routes: POST /webhooks/github, /webhooks/slack/command, /webhooks/slack/action, /webhooks/databricks,\n"
                          "/webhooks/jobs, /api/v1/lineage, /api/v1/lineage/batch; GET /healthz, /readyz, /metrics.\n"
                          "A route whose secret is not set answers 403. SIGTERM ends the service after the work at hand.\n\n"
                          "Exit codes: 0 ended as told, 2 wrong usage, 3 it could not be done.";

/* Everything that serves, in the order it is put up. */
struct service {
    struct serve_options options;
    struct arena *arena;
    struct settings *settings;
    struct http *http;
    struct github *github;
    struct slack *slack;
    struct catch_up_context catch_up;
    int lock;
    _Atomic(struct crew *) crew;
    struct writer *writer;
    struct listener *listener;
    struct crew_sender senders[SENDERS_MAX + 1];
    size_t sender_count;
};

/* ---- who sends ---- */

static void senders_add(struct service *s, const char *const *kinds, outbox_send send, void *ctx) {
    for (; *kinds && s->sender_count < SENDERS_MAX; kinds++) s->senders[s->sender_count++] = (struct crew_sender){*kinds, send, ctx};
}

static const struct err *github_make(struct service *s) {
    const struct settings *set = s->settings;
    if (!forge_has_github(set)) return NULL;
    if (set->github.token && set->github.app_id)
        return err_new(ERR_CONFIG, "github: both an App (github.app_id) and PARLEY_GITHUB_TOKEN are set: keep one");
    TRY(forge_github(set, s->http, &s->github));
    senders_add(s, github_post_kinds, github_post_send, s->github);
    static const char *const catch_up[] = {CATCH_UP_KIND, NULL};
    s->catch_up = (struct catch_up_context){s->github, set};
    senders_add(s, catch_up, catch_up_bring, &s->catch_up);
    return NULL;
}

/* With the signing secret alone there are still answers to commands, by their response_url. */
static const struct err *slack_make(struct service *s) {
    if (!chat_has_slack(s->settings) && !s->settings->slack.signing.now) return NULL;
    TRY(chat_slack(s->settings, s->http, &s->slack));
    senders_add(s, slack_post_kinds, slack_post_send, s->slack);
    return NULL;
}

/* A job gets a token for its installation that can only read; the App's key stays here. */
static const struct err *job_credentials(void *ctx, struct arena *arena, const struct delivery *delivery, json_t **out) {
    struct service *s = ctx;
    json_t *handed = NULL;
    *out = jsx_own(arena, json_object());
    if (s->settings->databricks.token) jsx_set_text(*out, "databricks_token", s->settings->databricks.token);
    if (s->settings->store_password) jsx_set_text(*out, "store_password", s->settings->store_password);
    TRY(forge_hand_over(s->github, arena, delivery, &handed));
    if (handed) json_object_set(*out, "github", handed);
    return NULL;
}

/* ---- what is said at the start ---- */

static void say_route(const struct settings *settings, const struct route *r) {
    const struct secret *secret = route_secret(r, settings);
    printf("  POST %-26s %s%s\n", r->path, secret->now || secret->old ? "open" : "closed: set ", secret->now || secret->old ? "" : r->variable);
}

static void say_connections(const struct settings *s) {
    for (const struct route *r = routes; r->path; r++) say_route(s, r);
    puts("  GET  /healthz /readyz /metrics  open");
    if (s->github.token) printf("  GitHub: by token, at %s\n", s->github.api);
    else if (forge_has_github(s)) printf("  GitHub: App %s, at %s\n", s->github.app_id, s->github.api);
    else puts("  GitHub: not connected: set github.app_id and PARLEY_GITHUB_PRIVATE_KEY_FILE, or PARLEY_GITHUB_TOKEN");
    if (s->slack.token) printf("  Slack: bot token, channel %s\n", s->slack.channel ? s->slack.channel : "by repository");
    else if (s->slack.webhook_url) puts("  Slack: incoming webhook (messages cannot be updated)");
    else puts("  Slack: not connected: set PARLEY_SLACK_TOKEN or PARLEY_SLACK_WEBHOOK_URL");
    struct arena *arena = arena_create(ARENA_SMALL);
    printf("  data in %s, %lld jobs at once, each up to %lld s\n", store_name(arena, settings_place(s)), (long long)s->limits.workers,
           (long long)s->limits.job_seconds);
    arena_destroy(arena);
    fflush(stdout);
}

/* ---- up and down ---- */

/* A folder is one server's: a second one would take over the first one's leases. Servers that share a PostgreSQL have a folder each. */
static const struct err *lock_take(struct service *s) {
    char *path = arena_printf(s->arena, "%s/serve.lock", s->settings->data);
    TRY(fs_make_dirs(s->settings->data));
    s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock < 0) return err_new(ERR_CONFIG, "%s: %s", path, strerror(errno));
    if (flock(s->lock, LOCK_EX | LOCK_NB) != 0) return err_new(ERR_CONFIG, "%s: another 'parley serve' works on this folder", s->settings->data);
    return NULL;
}

/* Which of the servers over one store we are, kept in our own folder. */
static const struct err *holder_know(struct service *s, int64_t *out) {
    char *path = arena_printf(s->arena, "%s/replica", s->settings->data);
    struct str text = {0};
    uint32_t number = 0;
    *out = 0;
    if (!s->settings->store) return NULL;
    if (fs_exists(path)) TRY(fs_read(s->arena, path, 64, &text));
    if (text.n) *out = strtoll(str_dup(s->arena, text), NULL, 10);
    if (*out > 0 && *out <= LEASE_HOLDER_MAX) return NULL;
    while (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {}
    *out = (number & LEASE_HOLDER_MAX) | 1;
    char *line = arena_printf(s->arena, "%lld\n", (long long)*out);
    return fs_write(path, line, strlen(line));
}

static const struct err *clients_make(struct service *s) {
    s->http = forge_http(s->settings);
    TRY(github_make(s));
    return slack_make(s);
}

static void delivery_committed(void *ctx) {
    struct service *s = ctx;
    struct crew *crew = atomic_load(&s->crew);
    if (crew) crew_wake(crew);
}

/* The crew commits by the writer, and the writer wakes the crew. */
static const struct err *crew_up(struct service *s) {
    struct writer_config writer = {.data = settings_place(s->settings), .committed = delivery_committed, .ctx = s};
    struct crew *crew;
    int64_t holder;
    TRY(holder_know(s, &holder));
    TRY(writer_start(&writer, &s->writer));
    struct crew_config config = {.settings = s->settings,
                                 .data = settings_place(s->settings),
                                 .holder = holder,
                                 .writer = s->writer,
                                 .triage = handlers_triage,
                                 .credentials = job_credentials,
                                 .credentials_ctx = s,
                                 .gave_up = handlers_gave_up,
                                 .senders = s->senders,
                                 .program = "/proc/self/exe"};
    TRY(crew_start(&config, &crew));
    atomic_store(&s->crew, crew);
    return NULL;
}

static const struct err *service_up(struct service *s) {
    const struct settings *set = s->settings;
    int port = 0;
    TRY(lock_take(s));
    TRY(crew_up(s));
    struct listener_config listener = {.settings = set, .writer = s->writer, .data = settings_place(set)};
    TRY(listener_start(&listener, &s->listener, &port));
    const char *colon = strrchr(set->listen, ':');
    printf("parley " PARLEY_VERSION " listens on http://%.*s:%d\n", (int)(colon - set->listen), set->listen, port);
    say_connections(set);
    return NULL;
}

static void service_down(struct service *s) {
    sd_notify(0, "STOPPING=1");
    if (s->listener) listener_drain(s->listener, DRAIN_REQUESTS_SECONDS);
    writer_stop(s->writer);
    listener_stop(s->listener);
    crew_stop(s->crew, DRAIN_JOBS_SECONDS);
    writer_destroy(s->writer);
    slack_destroy(s->slack);
    github_destroy(s->github);
    if (s->http) http_destroy(s->http);
    if (s->lock >= 0) close(s->lock);
    arena_destroy(s->arena);
}

static const struct err *service_prepare(struct service *s) {
    TRY(settings_load(s->arena, s->options.settings, SETTINGS_WHOLE, &s->settings));
    log_setup(s->settings->log.level, s->settings->log.json);
    TRY(render_check_templates(s->settings->templates));
    return clients_make(s);
}

/* Until SIGTERM or SIGINT; the watchdog is fed as long as every loop comes round. */
static void service_serve(struct service *s, const sigset_t *signals) {
    struct timespec second = {.tv_sec = 1};
    sd_notify(0, "READY=1");
    for (;;) {
        int got = sigtimedwait(signals, NULL, &second);
        if (got == SIGTERM || got == SIGINT) break;
        bool lives =
            crew_silence(s->crew) < SILENCE_MAX_SECONDS && clock_monotonic_us() - writer_beat(s->writer) < (int64_t)SILENCE_MAX_SECONDS * 1000000;
        if (lives) sd_notify(0, "WATCHDOG=1");
    }
    log_info("ending: the work at hand is finished first");
}

int cmd_serve(int argc, char **argv) {
    static const struct argp argp = {options, option_take, NULL, doc, NULL, NULL, NULL};
    struct service s = {.lock = -1, .arena = arena_create(ARENA_SMALL)};
    sigset_t signals;
    argp_parse(&argp, argc, argv, 0, NULL, &s.options);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    prctl(PR_SET_DUMPABLE, 0); /* our memory holds keys: no core files, and no looking in from our own jobs */
    const struct err *e = service_prepare(&s);
    if (!e && s.options.check) say_connections(s.settings);
    if (!e && !s.options.check) e = service_up(&s);
    if (!e && !s.options.check) service_serve(&s, &signals);
    if (e) fprintf(stderr, "parley serve: %s\n", e->text);
    int code = e ? EXIT_BROKEN : EXIT_FINE;
    service_down(&s);
    return code;
}
