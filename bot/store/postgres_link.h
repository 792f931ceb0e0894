/* postgres_link.h - the connection to PostgreSQL: where it goes, how it is set up, what its errors mean. No password is ever in an error.
 * Layer: store, for postgres.c only. May use: base, libpq. */
#ifndef POSTGRES_LINK_H
#define POSTGRES_LINK_H

#include "err.h"

#include <libpq-fe.h>
#include <stdbool.h>

/* Connects to `url` and sets the session up. ERR_CONFIG when the address, the login or the database is wrong; ERR_RETRY when nobody answers or there
 * is no room. End it by PQfinish, also after an error. */
const struct err *link_open(const char *url, PGconn **out) MUST_CHECK;

/* Connects again, after the connection was lost. */
const struct err *link_renew(PGconn *link) MUST_CHECK;

/* What a failed statement means; `result` NULL: sending failed. A broken constraint or a value that does not fit is ERR_REFUSED; tables or rights
 * that are missing are ERR_CONFIG; a lost connection, a deadlock, a timeout, a full disk are ERR_RETRY. */
const struct err *link_err(PGconn *link, const PGresult *result) MUST_CHECK;

/* Does the result say that the server ends the connection (it is stopping, or somebody ended it)? */
bool link_is_ended(const PGresult *result);

#endif
