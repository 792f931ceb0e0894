/* classify.c - tags and meta keys that mark personal data. */
#include "classify.h"

#include "text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Words of a tag, told apart at anything but letters and digits: "contains_pii" has the word "pii". */
static bool has_word(const char *text, const char *word) {
    size_t n = strlen(word);
    for (const char *p = text; *p; p++) {
        bool left = p == text || !isalnum((unsigned char)p[-1]);
        if (left && strncasecmp(p, word, n) == 0 && !isalnum((unsigned char)p[n])) return true;
    }
    return false;
}

bool classify_is_private(const char *word) {
    static const char *const words[] = {"pii", "phi", "spi", "gdpr", "hipaa", "personal", "sensitive", "confidential", "restricted"};
    if (has_word(word, "no") || has_word(word, "non") || has_word(word, "not")) return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (has_word(word, words[i])) return true;
    }
    return false;
}

static bool is_no(const char *value) {
    static const char *const words[] = {"false", "no", "none", "public", "internal", "n", "0", "low", ""};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(value, words[i]) == 0) return true;
    }
    return false;
}

/* pii: true · contains_pii: yes · classification: confidential · sensitivity: high */
const char *classify_pair(struct arena *arena, const char *key, const char *value) {
    static const char *const scales[] = {"classification", "data_classification", "sensitivity", "privacy", "data_sensitivity"};
    bool scale = false;
    for (size_t k = 0; k < sizeof scales / sizeof *scales; k++) scale = scale || strcasecmp(key, scales[k]) == 0;
    if (scale) return classify_is_private(value) || strcasecmp(value, "high") == 0 ? arena_strdup(arena, value) : NULL;
    if (classify_is_private(key)) return is_no(value) ? NULL : arena_strdup(arena, key);
    return NULL;
}

static const char *map_class(struct arena *arena, const struct yaml *map) {
    const char *found = NULL;
    for (size_t i = 0; map && map->kind == YAML_MAP && i < map->count && !found; i++) {
        const struct yaml *value = map->items[i];
        if (value->kind == YAML_SCALAR) found = classify_pair(arena, map->keys[i], value->text);
    }
    return found;
}

static const char *list_class(struct arena *arena, const struct yaml *list) {
    if (list && list->kind == YAML_SCALAR && classify_is_private(list->text)) return arena_strdup(arena, list->text);
    for (size_t i = 0; list && list->kind == YAML_LIST && i < list->count; i++) {
        if (list->items[i]->kind == YAML_SCALAR && classify_is_private(list->items[i]->text)) return arena_strdup(arena, list->items[i]->text);
    }
    return NULL;
}

const char *classify_yaml(struct arena *arena, const struct yaml *entry) {
    static const char *const maps[] = {"meta", "config.meta", "databricks_tags", "config.databricks_tags"};
    static const char *const lists[] = {"tags", "config.tags"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const char *found = list_class(arena, yaml_at(entry, lists[i]));
        if (found) return found;
    }
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        const char *found = map_class(arena, yaml_at(entry, maps[i]));
        if (found) return found;
    }
    const struct yaml *policy = yaml_get(entry, "policy_tags");
    return policy && policy->kind == YAML_LIST && policy->count ? "policy tag" : NULL;
}

bool classify_is_masked(struct str tail) {
    for (size_t i = 0; i + 4 <= tail.n; i++) {
        bool left = i == 0 || !isalnum((unsigned char)tail.p[i - 1]), mask = strncasecmp(tail.p + i, "mask", 4) == 0;
        if (left && mask && (i + 4 == tail.n || tail.p[i + 4] == ' ' || (i + 7 <= tail.n && strncasecmp(tail.p + i, "masking", 7) == 0))) return true;
    }
    return false;
}
