/* log.h - one line per event on stderr, for people and for collectors; secrets never reach it.
 * Layer: base. May use: clock, text. */
#ifndef LOG_H
#define LOG_H

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* Lines below `least` are dropped; `as_json` writes {"time","level","message"} lines. Call before threads start. */
void log_setup(enum log_level least, int as_json);

/* "debug", "info", "warn" or "error"; -1 when it is none of them. */
int log_level_parse(const char *name);

/* Writes one line, at most 4 KB; control characters become spaces; known token shapes (ghs_, ghp_, github_pat_, xoxb-, dapi, JWTs,
 * Bearer ...) and secrets registered by log_secret become "[redacted]". */
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Registers a secret value (8 bytes or more) to be redacted for as long as the process lives. Copies it. */
void log_secret(const char *value);

#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_info(...)  log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#endif
