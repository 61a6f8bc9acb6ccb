/* YAML documents whose nodes know where they are, over libyaml
 * (https://pyyaml.org/wiki/LibYAML): what is wrong in a file is said as
 * "FILE:LINE:COLUMN: message", both counted from 1. */
#ifndef NODE_H
#define NODE_H

#include "problems/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

/* A file that was read. */
typedef struct node_source {
  char *path;
  char *text; /* the file's bytes */
  size_t size;
  size_t values; /* scalars, lists and mappings in it */
  yaml_document_t document;
  struct node_source *next;
} node_source;

/* A node, passed by value; borrowed from its source. `found` is NULL if there
 * is none. */
typedef struct node {
  node_source *source;
  yaml_node_t *found;
} node;

/* Read a file of one document and put it in front of *sources. Refuses what is
 * not YAML, an empty file and a second document; and, because what is done with
 * a file grows faster than it does, one that is larger than NODE_MOST_BYTES,
 * nested deeper than NODE_MOST_DEPTH, or has with the other sources more values
 * than NODE_MOST_VALUES. */
enum {
  NODE_MOST_BYTES = 1 << 23,
  NODE_MOST_DEPTH = 32,
  NODE_MOST_VALUES = 20000
};
ys_code node_read(const char *path, node_source **sources, node *root,
                  ys_error *error);
void node_free(node_source *sources); /* all of them; accepts NULL */

/* YS_BAD_INPUT, "FILE:LINE:COLUMN: " in front of the message. */
ys_code node_fail(node at, ys_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

bool node_is_list(node at);
bool node_is_mapping(node at);

/* The items of a list; anything else counts as a list of one. */
size_t node_count(node at);
node node_item(node at, size_t i);

/* The entries of a mapping; anything else, and what is not there, has none. */
size_t node_pairs(node at);
node node_key(node mapping, size_t i);
const char *node_word(node mapping, size_t i); /* the key, which is a scalar */
node node_value(node mapping, size_t i);
/* The value of an entry; `found` is NULL if there is none. */
node node_find(node at, const char *name);

/* Each key of the mapping must be one of `names` and occur once; an unknown one
 * is answered with the nearest. `owner` is what the mapping is. */
ys_code node_check_keys(node mapping, const char *owner, ys_names names,
                        ys_error *error);

/* Read a scalar. `name` is what it is, for messages, and `expected` what it
 * should be. A number must be written plainly, without quotes. */
ys_code node_text(node at, const char *name, const char *expected,
                  const char **text, ys_error *error);
ys_code node_number(node at, const char *name, double low, double high,
                    bool whole, double *number, ys_error *error);

#endif
