/* postgres_link.c - connecting, and SQLSTATE into our kinds of errors.
 * https://www.postgresql.org/docs/15/libpq-connect.html https://www.postgresql.org/docs/15/errcodes-appendix.html */
#include "postgres_link.h"

#include "arena.h"
#include "log.h"
#include "settings.h"
#include "store_backend.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

#define PASSWORD_ENV "PARLEY_STORE_PASSWORD"
#define NAME_SIZE    512

/* A lock is waited for as long as SQLite waits for other writers; a statement that takes minutes is taken for lost. */
static const char session[] = "SET lock_timeout = '10s'; SET statement_timeout = '120s'; SET idle_in_transaction_session_timeout = '10min'; "
                              "SET client_min_messages = warning; SET standard_conforming_strings = on; SET bytea_output = 'hex'; SET jit = off";

/* The first line of libpq's words, which often come in several. */
static int line_length(const char *text) { return (int)strcspn(text, "\n"); }

static const struct err *refused_err(const char *state, const char *why) {
    static const struct {
        const char *state; /* a class, or a whole state */
        enum err_kind kind;
    } kinds[] = {
        {"23", ERR_REFUSED}, {"22", ERR_REFUSED},   {"54", ERR_REFUSED},   {"28", ERR_CONFIG},    {"3D", ERR_CONFIG},
        {"42", ERR_CONFIG},  {"55000", ERR_CONFIG}, {"XX001", ERR_CONFIG}, {"XX002", ERR_CONFIG},
    };
    enum err_kind kind = ERR_RETRY;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strncmp(state, kinds[i].state, strlen(kinds[i].state)) == 0) kind = kinds[i].kind;
    }
    return err_new(kind, "store: PostgreSQL: %.*s (%s)", line_length(why), why, state);
}

const struct err *link_err(PGconn *link, const PGresult *result) {
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *why = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (state && why) return refused_err(state, why);
    why = result ? PQresultErrorMessage(result) : PQerrorMessage(link);
    return err_new(ERR_RETRY, "store: PostgreSQL: %.*s", line_length(why), *why ? why : "the connection was lost");
}

bool link_is_ended(const PGresult *result) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state && strncmp(state, "57P", 3) == 0;
}

static void notice_ignore(void *ctx, const char *text) {}

static const struct err *session_set(PGconn *link) {
    PQsetNoticeProcessor(link, notice_ignore, NULL);
    PGresult *result = PQexec(link, session);
    const struct err *e = PQresultStatus(result) == PGRES_COMMAND_OK ? NULL : link_err(link, result);
    PQclear(result);
    return e;
}

/* ---- where ---- */

static const char *option_of(const PQconninfoOption *options, const char *name) {
    for (const PQconninfoOption *o = options; o && o->keyword; o++) {
        if (strcmp(o->keyword, name) == 0) return o->val && *o->val ? o->val : NULL;
    }
    return NULL;
}

void postgres_name(const char *url, char *out, size_t n) {
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &why);
    const char *user = option_of(options, "user"), *host = option_of(options, "host"), *port = option_of(options, "port");
    const char *base = option_of(options, "dbname");
    snprintf(out, n, "postgresql://%s%s%s%s%s%s%s", user ? user : "", user ? "@" : "", host ? host : "", port ? ":" : "", port ? port : "",
             base ? "/" : "", base ? base : "");
    if (!options) snprintf(out, n, "postgresql://...");
    PQconninfoFree(options);
    PQfreemem(why);
}

/* libpq quotes the whole address in its complaint, so that is not passed on. */
static const struct err *url_check(const char *url, bool *has_password) {
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &why);
    PQfreemem(why);
    if (!options)
        return err_new(ERR_CONFIG, "store: this is no address of a PostgreSQL: it looks like postgresql://USER@HOST:PORT/DATABASE, with "
                                   "%%-escapes for characters other than letters and digits");
    const char *password = option_of(options, "password");
    *has_password = password != NULL;
    log_secret(password);
    PQconninfoFree(options);
    return NULL;
}

/* ---- connecting ---- */

struct link_words {
    const char *names[16], *values[16];
};

/* Ours first, so that the address has the last word; but for the password, which it need not name. */
static struct link_words words_make(const char *url, const char *password) {
    return (struct link_words){
        {"connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "application_name", "dbname",
         "client_encoding", password ? "password" : NULL, NULL},
        {"10", "30", "10", "3", "30000", "parley", url, "UTF8", password, NULL},
    };
}

/* libpq has no code for why it could not connect; a ping says whether somebody is there who turned us away. */
static const struct err *connect_err(PGconn *link, const struct link_words *words, const char *url) {
    char name[NAME_SIZE], why[ERR_TEXT_MAX];
    const char *text = PQerrorMessage(link);
    snprintf(why, sizeof why, "%.*s", line_length(text), text);
    postgres_name(url, name, sizeof name);
    PGPing ping = PQpingParams(words->names, words->values, 1);
    bool full = strstr(why, "too many") || strstr(why, "remaining connection slots");
    bool turned_away = ping == PQPING_NO_ATTEMPT || text_starts(why, "invalid ") || (ping == PQPING_OK && !full);
    return err_new(turned_away ? ERR_CONFIG : ERR_RETRY, "store: %s: %s", name, why);
}

const struct err *link_open(const char *url, PGconn **out) {
    struct arena *arena = arena_create(ARENA_SMALL);
    const char *password = NULL;
    bool has_password = false;
    const struct err *e = url_check(url, &has_password);
    if (!e && !has_password) e = settings_secret(arena, PASSWORD_ENV, &password);
    if (!e) {
        struct link_words words = words_make(url, password);
        *out = PQconnectdbParams(words.names, words.values, 1);
        e = PQstatus(*out) == CONNECTION_OK ? session_set(*out) : connect_err(*out, &words, url);
    }
    arena_destroy(arena);
    return e;
}

const struct err *link_renew(PGconn *link) {
    PQreset(link);
    if (PQstatus(link) != CONNECTION_OK) return link_err(link, NULL);
    return session_set(link);
}
