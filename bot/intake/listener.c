/* listener.c - the socket, the threads, and how they end. */
#include "listener.h"

#include "log.h"
#include "migrate.h"
#include "request.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BACKLOG           1024
#define CONNECTION_MEMORY ((size_t)64 << 10) /* bounds the head, and the piece of body read at once */
#define DEFAULT_THREADS   2
#define HOST_MAX          256

struct listener {
    struct request_shared shared;
    struct connections *connections;
    struct MHD_Daemon *daemon;
    int fd;
};

/* "127.0.0.1:8080", "[::1]:8080", ":8080" */
static const struct err *address_split(const char *listen, char host[HOST_MAX], const char **port) {
    const char *colon = strrchr(listen, ':');
    if (!colon || !colon[1] || (size_t)(colon - listen) >= HOST_MAX) return err_new(ERR_CONFIG, "listen: '%s' wants ADDRESS:PORT", listen);
    struct str name = {listen, (size_t)(colon - listen)};
    if (name.n >= 2 && name.p[0] == '[' && name.p[name.n - 1] == ']') name = (struct str){name.p + 1, name.n - 2};
    snprintf(host, HOST_MAX, "%.*s", STR_ARG(name));
    *port = colon + 1;
    return NULL;
}

static int socket_try(const struct addrinfo *a) {
    int one = 1;
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0) return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static int port_of(int fd) {
    struct sockaddr_storage at;
    socklen_t n = sizeof at;
    if (getsockname(fd, (struct sockaddr *)&at, &n) != 0) return 0;
    return ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port : ((struct sockaddr_in *)&at)->sin_port);
}

static const struct err *socket_open(const char *where, int *fd) {
    char host[HOST_MAX];
    const char *port = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *list = NULL;
    TRY(address_split(where, host, &port));
    int code = getaddrinfo(*host ? host : NULL, port, &hints, &list);
    if (code != 0) return err_new(ERR_CONFIG, "listen: %s: %s", where, gai_strerror(code));
    *fd = -1;
    for (const struct addrinfo *a = list; a && *fd < 0; a = a->ai_next) *fd = socket_try(a);
    int why = errno;
    freeaddrinfo(list);
    return *fd < 0 ? err_new(ERR_CONFIG, "listen: %s: %s", where, strerror(why)) : NULL;
}

static void connection_noted(void *cls, struct MHD_Connection *http, void **context, enum MHD_ConnectionNotificationCode code) {
    struct listener *l = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(http, MHD_CONNECTION_INFO_CONNECTION_FD);
        *context = info ? connection_begin(l->connections, info->connect_fd) : NULL;
        return;
    }
    connection_end(l->connections, *context);
    *context = NULL;
}

static void library_says(void *cls, const char *fmt, va_list args) {
    char text[512];
    vsnprintf(text, sizeof text, fmt, args);
    log_debug("http: %s", text);
}

static struct MHD_Daemon *daemon_start(struct listener *l, int threads) {
    const struct settings *s = l->shared.settings;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)library_says, NULL},
        {MHD_OPTION_LISTEN_SOCKET, l->fd, NULL},
        {MHD_OPTION_THREAD_POOL_SIZE, threads, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)s->limits.connections, NULL},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)s->limits.per_address, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)s->limits.idle_seconds, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)CONNECTION_MEMORY, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)request_end, &l->shared},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)connection_noted, l},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, NULL, NULL, request_handle,
                            &l->shared, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static const struct err *listener_open(struct listener *l, const struct listener_config *config) {
    const struct settings *s = config->settings;
    struct connection_limits limits = {.most = s->limits.connections,
                                       .head_seconds = s->limits.head_seconds,
                                       .body_seconds = s->limits.body_seconds,
                                       .idle_seconds = s->limits.idle_seconds};
    if (config->data) TRY(migrate_open(config->data, &l->shared.pages.store));
    TRY(socket_open(s->listen, &l->fd));
    l->connections = connections_start(&limits);
    if (!l->connections) return err_new(ERR_RETRY, "no thread to watch connections");
    l->daemon = daemon_start(l, config->threads ? config->threads : DEFAULT_THREADS);
    return l->daemon ? NULL : err_new(ERR_CONFIG, "listen: %s: the HTTP server does not start", s->listen);
}

const struct err *listener_start(const struct listener_config *config, struct listener **out, int *port) {
    struct listener *l = calloc(1, sizeof *l);
    *out = NULL;
    if (!l) return err_new(ERR_RETRY, "no memory");
    l->fd = -1;
    l->shared.settings = config->settings;
    l->shared.writer = l->shared.pages.writer = config->writer;
    pthread_mutex_init(&l->shared.pages.lock, NULL);
    const struct err *e = listener_open(l, config);
    if (e) {
        listener_stop(l);
        return e;
    }
    *port = port_of(l->fd);
    *out = l;
    return NULL;
}

void listener_drain(struct listener *l, int seconds) {
    struct timespec nap = {.tv_nsec = 20 * 1000000L};
    atomic_store(&l->shared.pages.draining, true);
    MHD_quiesce_daemon(l->daemon);
    for (int i = 0; i < seconds * 50 && connections_busy(l->connections); i++) nanosleep(&nap, NULL);
}

void listener_stop(struct listener *l) {
    if (!l) return;
    if (l->daemon) MHD_stop_daemon(l->daemon);
    connections_stop(l->connections);
    if (l->fd >= 0) close(l->fd);
    store_close(l->shared.pages.store);
    pthread_mutex_destroy(&l->shared.pages.lock);
    free(l);
}
