/* signature.h - did the sender that shares our secret send these bytes?
 * Layer: intake. May use: base, libcrypto. Every comparison takes the same time whatever differs; both secrets of a rotation are good. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include "settings.h"
#include "text.h"

enum auth { AUTH_FINE, AUTH_MISSING, AUTH_WRONG, AUTH_STALE };

/* "fine", "no signature", "wrong signature", "signature too old or too new". */
const char *auth_name(enum auth auth);

/* GitHub: X-Hub-Signature-256 is "sha256=" and the hex HMAC-SHA256 of the raw body. `header` may be NULL.
 * https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries */
enum auth signature_github(const struct secret *secret, const char *header, struct str body);

/* Slack: X-Slack-Signature is "v0=" and the hex HMAC-SHA256 of "v0:TIMESTAMP:BODY"; the timestamp is within 300 s of `now`.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack */
#define SLACK_WINDOW 300
enum auth signature_slack(const struct secret *secret, const char *timestamp, const char *header, struct str body, int64_t now);

/* The others: `Authorization: Bearer SECRET`, `Authorization: Basic` with the secret as password (the only way Databricks can),
 * or `X-Api-Key: SECRET`. Either header may be NULL. */
enum auth signature_bearer(const struct secret *secret, const char *authorization, const char *api_key);

/* Lower-case hex SHA-256 of `a`, a zero byte, and `b`: what identifies a delivery whose sender gives it no id. */
#define SIGNATURE_HEX 65
void signature_digest(struct str a, struct str b, char out[SIGNATURE_HEX]);

#endif
