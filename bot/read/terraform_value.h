/* terraform_value.h - expressions of HCL over what is known of a module: variables with their defaults, locals, the round of a for_each.
 * Layer: read. May use: base. https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md */
#ifndef TERRAFORM_VALUE_H
#define TERRAFORM_VALUE_H

#include "jsonx.h"
#include "map.h"

/* Values of variables and locals of the folder, by "var.x" and "local.x"; each.key and each.value are NULL outside of a for_each. */
struct module {
    struct arena *arena;
    struct map *values;
    json_t *each_key, *each_value;
    size_t *steps; /* values put in so far */
};

/* The value of "${expression}", or the text with the expressions in it replaced as far as they are known: literals, var.x, local.x, each.key,
 * each.value, [index] and .attribute of them, a == b ? x : y, toset, tolist, lower, upper. NULL: nothing in it is known. Owned by the arena. */
json_t *terraform_text(const struct module *module, const char *text);
#endif
