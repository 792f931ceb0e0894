/* log.c - formats, redacts, writes with one write(2). */
#include "log.h"

#include "clock.h"

#include <ctype.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096
#define SECRETS_MAX    64
#define SECRET_MIN     8

static enum log_level log_least = LOG_LEVEL_INFO;
static bool log_json;
static char *secrets[SECRETS_MAX];
static size_t secret_count;
static pthread_mutex_t secret_lock = PTHREAD_MUTEX_INITIALIZER;

static const char *const level_names[] = {"debug", "info", "warn", "error"};

void log_setup(enum log_level least, int as_json) {
    log_least = least;
    log_json = as_json != 0;
}

int log_level_parse(const char *name) {
    for (int i = 0; i < 4; i++) {
        if (strcmp(level_names[i], name) == 0) return i;
    }
    return -1;
}

void log_secret(const char *value) {
    if (!value || strlen(value) < SECRET_MIN) return;
    pthread_mutex_lock(&secret_lock);
    bool known = false;
    for (size_t i = 0; i < secret_count; i++) known = known || strcmp(secrets[i], value) == 0;
    if (!known) {
        size_t slot = secret_count < SECRETS_MAX ? secret_count++ : SECRETS_MAX - 1;
        free(secrets[slot]);
        secrets[slot] = strdup(value);
    }
    pthread_mutex_unlock(&secret_lock);
}

/* Tokens are known by how they begin; the tail of word characters goes with them. */
static size_t token_length(const char *p) {
    static const char *const heads[] = {"ghs_", "ghp_", "gho_", "ghu_", "github_pat_", "xoxb-", "xoxp-", "xapp-", "dapi", "eyJ", "Bearer ", "glpat-"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        size_t head = strlen(heads[i]);
        if (strncmp(p, heads[i], head) != 0) continue;
        size_t n = head;
        while (isalnum((unsigned char)p[n]) || (p[n] && strchr("._-+/=", p[n]))) n++;
        if (n >= head + SECRET_MIN) return n;
    }
    return 0;
}

static size_t secret_length(const char *p) {
    for (size_t i = 0; i < secret_count; i++) {
        size_t n = strlen(secrets[i]);
        if (strncmp(p, secrets[i], n) == 0) return n;
    }
    return token_length(p);
}

static void redact(const char *in, char *out, size_t size) {
    static const char mark[] = "[redacted]";
    size_t n = 0;
    pthread_mutex_lock(&secret_lock);
    while (*in && n + sizeof mark < size) {
        size_t skip = secret_length(in);
        if (skip) {
            memcpy(out + n, mark, sizeof mark - 1);
            n += sizeof mark - 1;
            in += skip;
            continue;
        }
        out[n++] = iscntrl((unsigned char)*in) ? ' ' : *in;
        in++;
    }
    pthread_mutex_unlock(&secret_lock);
    out[n] = 0;
}

static size_t json_escape(const char *in, char *out, size_t size) {
    size_t n = 0;
    for (; *in && n + 3 < size; in++) {
        if (*in == '"' || *in == '\\') out[n++] = '\\';
        out[n++] = *in;
    }
    out[n] = 0;
    return n;
}

void log_line(enum log_level level, const char *fmt, ...) {
    if (level < log_least) return;
    char raw[LINE_MAX_BYTES], clean[LINE_MAX_BYTES], when[CLOCK_ISO], line[2 * LINE_MAX_BYTES + 128];
    va_list args;
    va_start(args, fmt);
    vsnprintf(raw, sizeof raw, fmt, args);
    va_end(args);
    redact(raw, clean, sizeof clean);
    clock_iso(clock_now(), when);
    int n;
    if (log_json) {
        char quoted[2 * LINE_MAX_BYTES];
        json_escape(clean, quoted, sizeof quoted);
        n = snprintf(line, sizeof line, "{\"time\":\"%s\",\"level\":\"%s\",\"message\":\"%s\"}\n", when, level_names[level], quoted);
    } else {
        n = snprintf(line, sizeof line, "%s %-5s %s\n", when, level_names[level], clean);
    }
    if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0) return;
}
