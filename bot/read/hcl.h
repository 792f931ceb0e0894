/* hcl.h - the blocks and literal values of HCL files, as JSON; expressions stay text.
 * Layer: read. May use: base. https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
 *
 * A small reader of the subset that declares resources: there is no maintained C library of HCL. */
#ifndef HCL_H
#define HCL_H

#include "jsonx.h"

#define HCL_DEPTH_MAX 60
#define HCL_NODES_MAX ((size_t)10 << 20) /* no file of 10 MB has more */

/* Each block is `{"TYPE": [{"__labels": [..], "__line": n, "__path": path, ATTRIBUTE: value, BLOCK: [..]}]}`, as .tf.json writes them too. What is no
 * literal (references, calls, conditions) becomes the text "${..}". ERR_INPUT is "PATH:LINE: why". Linear in the length; lives as long as the arena.
 */
const struct err *hcl_load(struct arena *arena, const char *path, struct str text, json_t **out) MUST_CHECK;

#endif
