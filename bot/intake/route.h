/* route.h - the table of what may be posted where, by whom, and how it is answered.
 * Layer: intake. May use: base, store. */
#ifndef ROUTE_H
#define ROUTE_H

#include "settings.h"

enum route_auth { ROUTE_GITHUB, ROUTE_SLACK, ROUTE_BEARER };
enum route_body { ROUTE_JSON, ROUTE_FORM };

struct route {
    const char *path;
    const char *sender; /* SENDER_... */
    const char *event;  /* NULL: named by X-GitHub-Event */
    enum route_auth auth;
    enum route_body body;
    size_t secret;        /* offset of its struct secret in the settings */
    const char *variable; /* where the operator gives that secret */
    int status;           /* answer once it is on the disk */
    const char *answer;   /* its body, JSON; "" for none */
};

extern const struct route routes[]; /* ends with path NULL */

/* The route of a path, NULL when there is none. */
const struct route *route_find(const char *path);
const struct secret *route_secret(const struct route *route, const struct settings *settings);

#endif
