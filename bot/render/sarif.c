/* sarif.c - SARIF 2.1.0, what code scanning reads of it (reference: sarif, sections 1 and 2). */
#include "jsonx.h"
#include "render.h"

#include <ctype.h>
#include <stdio.h>

#define SCHEMA_ID "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

static json_t *message(const char *text) {
    json_t *o = json_object();
    jsx_set_text(o, "text", text);
    return o;
}

static const char *level_of(enum severity severity) { return severity == SEV_BLOCKER ? "error" : severity == SEV_WARNING ? "warning" : "note"; }

static json_t *rule_json(const struct rule_info *info) {
    json_t *o = json_object(), *defaults = json_object(), *properties = json_object();
    jsx_set_text(o, "id", info->id);
    jsx_set_text(o, "name", info->id);
    json_object_set_new(o, "shortDescription", message(info->sentence));
    json_object_set_new(o, "fullDescription", message(info->sentence));
    json_object_set_new(o, "help", message(info->sentence));
    if (text_starts(info->page, "https://")) jsx_set_text(o, "helpUri", info->page);
    jsx_set_text(defaults, "level", info->level == SEV_OFF ? "none" : level_of(info->level));
    json_object_set_new(o, "defaultConfiguration", defaults);
    json_object_set_new(properties, "tags", json_pack("[s,s]", "data", "sql"));
    jsx_set_text(properties, "precision", info->proof ? "very-high" : "medium");
    jsx_set_text(properties, "problem.severity", info->level >= SEV_WARNING ? "warning" : "recommendation");
    json_object_set_new(o, "properties", properties);
    return o;
}

/* A path as a relative URI reference (RFC 3986, section 2). */
static const char *uri_of(struct arena *arena, const char *path) {
    struct buf b = buf_new(arena);
    for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
        if (isalnum(*p) || strchr("-._~/", *p)) buf_char(&b, (char)*p);
        else buf_printf(&b, "%%%02X", *p);
    }
    return buf_str(&b);
}

static json_t *location_json(struct arena *arena, const struct finding *f) {
    json_t *location = json_object(), *physical = json_object(), *artifact = json_object(), *region = json_object();
    jsx_set_text(artifact, "uri", uri_of(arena, f->path));
    jsx_set_text(artifact, "uriBaseId", "%SRCROOT%");
    json_object_set_new(region, "startLine", json_integer(f->where.line > 0 ? f->where.line : 1));
    if (f->where.end_line > f->where.line) json_object_set_new(region, "endLine", json_integer(f->where.end_line));
    json_object_set_new(physical, "artifactLocation", artifact);
    json_object_set_new(physical, "region", region);
    json_object_set_new(location, "physicalLocation", physical);
    return location;
}

static json_t *result_json(struct arena *arena, const struct finding *f) {
    json_t *o = json_object(), *locations = json_array(), *prints = json_object();
    jsx_set_text(o, "ruleId", f->rule_id);
    json_object_set_new(o, "ruleIndex", json_integer(f->rule));
    jsx_set_text(o, "level", level_of(f->severity));
    json_object_set_new(o, "message", message(f->next_step ? arena_printf(arena, "%s Next: %s.", f->text, f->next_step) : f->text));
    json_array_append_new(locations, location_json(arena, f));
    json_object_set_new(o, "locations", locations);
    jsx_set_text(prints, "primaryLocationLineHash", arena_printf(arena, "%s:1", text_starts(f->key, "f-") ? f->key + 2 : f->key));
    json_object_set_new(o, "partialFingerprints", prints);
    if (f->state == FINDING_OPEN) return o;
    json_t *suppression = json_object(), *list = json_array();
    jsx_set_text(suppression, "kind", "external");
    if (f->state_reason) jsx_set_text(suppression, "justification", f->state_reason);
    json_array_append_new(list, suppression);
    json_object_set_new(o, "suppressions", list);
    return o;
}

json_t *render_sarif(struct arena *arena, const struct review *review) {
    json_t *log = jsx_own(arena, json_object()), *run = json_object(), *tool = json_object(), *driver = json_object();
    json_t *rules = json_array(), *results = json_array(), *runs = json_array();
    for (int i = 0; i < RULE_COUNT; i++) json_array_append_new(rules, rule_json(rule_info((enum rule)i)));
    for (size_t i = 0; i < review->findings.n; i++) json_array_append_new(results, result_json(arena, review->findings.at[i]));
    for (size_t i = 0; i < review->waived.n; i++) json_array_append_new(results, result_json(arena, review->waived.at[i]));
    jsx_set_text(driver, "name", "parley");
    jsx_set_text(driver, "semanticVersion", PARLEY_VERSION);
    json_object_set_new(driver, "rules", rules);
    json_object_set_new(tool, "driver", driver);
    json_object_set_new(run, "tool", tool);
    json_object_set_new(run, "automationDetails", json_pack("{s:s}", "id", "parley/"));
    jsx_set_text(run, "columnKind", "unicodeCodePoints");
    json_object_set_new(run, "invocations", json_pack("[{s:b}]", "executionSuccessful", 1));
    json_object_set_new(run, "results", results);
    json_array_append_new(runs, run);
    jsx_set_text(log, "$schema", SCHEMA_ID);
    jsx_set_text(log, "version", "2.1.0");
    json_object_set_new(log, "runs", runs);
    return log;
}
