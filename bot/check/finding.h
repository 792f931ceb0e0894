/* finding.h - what one rule says about one place in one file of a change.
 * Layer: check. May use: base, cost. Knows nothing of forges or templates. */
#ifndef FINDING_H
#define FINDING_H

#include "arena.h"
#include "cost.h"
#include "err.h"
#include "range.h"
#include "text_list.h"

enum severity { SEV_OFF, SEV_NOTE, SEV_WARNING, SEV_BLOCKER };

/* Ids of rules.def: RULE_IDENTICAL, ... */
enum rule {
#define RULE(name, id, level, proof, forms, sentence, page) RULE_##name,
#include "rules.def"
#undef RULE
    RULE_COUNT
};

/* What an artefact is written in, as a rule declares it: SQL, Python, settings of jobs and dashboards. */
enum rule_form { IN_SQL = 1, IN_PYTHON = 2, IN_SETTINGS = 4 };

/* What rules.def says of a rule. */
struct rule_info {
    const char *id;       /* "identical": stable, used in settings and SARIF */
    enum severity level;  /* default */
    bool proof;           /* its findings are proofs, so they may gate */
    unsigned forms;       /* rule_form */
    const char *sentence; /* what it says, in general */
    const char *page;     /* the page it rests on */
};
const struct rule_info *rule_info(enum rule rule);
/* The rule with that id; RULE_COUNT when there is none. */
enum rule rule_find(const char *id);

/* Is it about two things, of which one exists already and could be used instead? Such notes are worth a row of the table. A part that two share is
 * not: half of those are a plain join (tests/bench/precision). */
bool rule_compares(enum rule rule);
/* Do its findings of that level stand in the table of the comment? The others are folded. */
bool rule_speaks(enum rule rule, enum severity level);

/* A definition or dataset that exists already, as people name it. Any member may be NULL. */
struct twin {
    const char *dataset; /* "gold.customer_features"; NULL for a query that fills nothing */
    const char *name;    /* how to call it in a sentence: dataset, else "query in dash/sales.lvdash.json" */
    const char *repo;    /* "acme/dw"; equals the review's own when in this repository */
    const char *path;
    int line;            /* 0 when not known */
    const char *kind;    /* "table", "view", "query", ... */
    const char *owner;   /* as the catalog has it */
    int64_t readers;     /* -1 when not known */
    const char *refresh; /* "daily at 05:00", NULL when not known */
    const char *scope;   /* "main", or "pr:42": an open pull request */
    const char *sql;     /* its SQL, rendered */
};

/* A replacement of whole lines that can be committed as it stands. text NULL: there is none. */
struct suggestion {
    int start_line, end_line; /* 1-based, inclusive, on the new side */
    const char *text;
};

/* What the reviewer has decided about it before. */
enum finding_state { FINDING_OPEN, FINDING_ACCEPTED, FINDING_SNOOZED, FINDING_DIFFERENT };

/* A plain record: read any field. Its strings belong to the arena of the review. */
struct finding {
    const char *key;   /* "f-" and 16 hex digits made of rule and plans, not of line numbers: survives rebases */
    const char *label; /* "F1" ...: its number in this review, by order of presentation */
    enum rule rule;
    const char *rule_id;    /* rule_info(rule)->id */
    enum severity severity; /* after settings */
    bool folded;            /* a note without a second party, or of a rule that fell below its floor: in the folded part, after all others */
    bool proved;            /* a proof: may gate */
    const char *relation;   /* "identical", "derivable", "generalizes", "shares", "similar"; NULL for rules without a second party */
    const char *tier;       /* "P0".."P2", "L1".."L4"; NULL when there is no relation */
    double score;           /* 0..1, of the relation */

    const char *path;    /* relative to the repository root */
    struct range where;  /* on the new side of the change; line 0: the file as a whole */
    int cell;            /* notebook cell, 1-based, 0 when none */
    const char *subject; /* the new definition: dataset name, or "query in path:line" */
    const char *dataset; /* the existing dataset to use or to talk about; NULL when none */
    struct twin twin;    /* the existing second party; all NULL when none */

    const char *owner;     /* whom to talk with first: "@dana", "@acme/data-eng", an e-mail; NULL when nobody is known */
    const char *owner_why; /* "owner of gold.customer_features", "CODEOWNERS", ... */

    struct cost cost;   /* what this place costs as it is; known false with unknown NULL: cost has no part in it */
    struct cost saving; /* what is avoided by the next step */

    const char *text;             /* one sentence, no markup */
    const char *next_step;        /* "read gold.customer_features instead", no markup */
    struct text_list proof;       /* steps in words */
    struct text_list assumes;     /* "orders.id is unique (declared; Delta does not enforce it)" */
    struct text_list differences; /* what is not equal, one per line */
    struct text_list notes;       /* other things worth reading in the folded part */
    const char *rewrite;          /* SQL onto what exists; NULL when none */
    const char *draft;            /* draft DDL of a table worth making; NULL when none */
    const char *this_sql;         /* the new definition's SQL as read */
    struct suggestion suggestion;

    enum finding_state state;
    const char *state_by, *state_reason; /* who decided, and why */
    int64_t state_until;                 /* UTC seconds; 0: for good */
    bool is_new;                         /* not in the review before this one */
};

#define FINDINGS_MAX 500

/* An open list; findings_add keeps it bounded and free of repeated keys. */
struct findings {
    struct finding **at;
    size_t n, cap;
    size_t dropped; /* beyond FINDINGS_MAX */
};

/* Keeps `f` (in the arena) unless its key is there already or the list is full; says whether it was kept. */
bool findings_add(struct arena *arena, struct findings *list, struct finding *f);

/* Blockers first, then by severity, what is folded last, proved before not, saved or spent money, rule, path and line. Numbers them F1, F2, ... */
void findings_sort(struct arena *arena, struct findings *list);

/* The key of `rule` about the plan `subject` and the plan or name `other` (may be empty). */
const char *finding_key(struct arena *arena, enum rule rule, const char *subject, const char *other);

/* "note", "warning", "blocker", "off". */
const char *severity_name(enum severity severity);
/* Reads it; false when it is none of them. */
bool severity_parse(const char *text, enum severity *out);

#endif
