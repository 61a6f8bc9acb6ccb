#include "bench/sweep/node.h"

#include "problems/formats/input.h"
#include "problems/formats/text.h"
#include "problems/options.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------ messages ---- */

/* "FILE:LINE:COLUMN: " and the message. */
static ys_code fail_at(const node_source *source, yaml_mark_t mark,
                       ys_error *error, const char *text) {
  return ys_fail(error, YS_BAD_INPUT, "%s:%zu:%zu: %s", source->path,
                 mark.line + 1, mark.column + 1, text);
}

ys_code node_fail(node at, ys_error *error, const char *format, ...) {
  char text[sizeof error->text];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return fail_at(at.source, at.found->start_mark, error, text);
}

/* What a node is, for a message; *room may hold it. */
static const char *describe(node at, char *room, size_t size) {
  if (node_is_list(at))
    return "a list";
  if (node_is_mapping(at))
    return "a mapping";
  const char *text = (const char *)at.found->data.scalar.value;
  bool plain = at.found->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  if (plain && (!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0))
    return "nothing";
  snprintf(room, size, plain ? "'%.60s'" : "the text '%.60s'", text);
  room[strcspn(room, "\r\n")] = '\0';
  return room;
}

/* ------------------------------------------------------------- reading ---- */

static ys_code parser_failed(const yaml_parser_t *parser, const char *path,
                             ys_error *error) {
  if (parser->error == YAML_MEMORY_ERROR)
    return ys_fail_memory(error, "a YAML file");
  if (parser->error == YAML_READER_ERROR)
    return ys_fail(error, YS_BAD_INPUT, "%s: byte %zu: %s", path,
                   parser->problem_offset, parser->problem);
  return ys_fail(error, YS_BAD_INPUT, "%s:%zu:%zu: not YAML: %s%s%s", path,
                 parser->problem_mark.line + 1, parser->problem_mark.column + 1,
                 parser->problem, parser->context ? " " : "",
                 parser->context ? parser->context : "");
}

/* Scalars go where the words of a command line go. */
static bool is_clean(const yaml_event_t *event) {
  if (event->type != YAML_SCALAR_EVENT)
    return true;
  const char *text = (const char *)event->data.scalar.value;
  return strlen(text) == event->data.scalar.length && !ys_text_fault(text);
}

/* Count the values, without building anything from them. */
static ys_code measure(yaml_parser_t *parser, node_source *source,
                       ys_error *error) {
  int depth = 0;
  for (bool more = true; more;) {
    yaml_event_t event;
    if (!yaml_parser_parse(parser, &event))
      return parser_failed(parser, source->path, error);
    yaml_event_type_t type = event.type;
    yaml_mark_t mark = event.start_mark;
    bool begins =
        type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT;
    depth += begins;
    depth -= type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT;
    source->values +=
        begins || type == YAML_SCALAR_EVENT || type == YAML_ALIAS_EVENT;
    more = type != YAML_STREAM_END_EVENT;
    bool clean = is_clean(&event);
    yaml_event_delete(&event);
    if (!clean)
      return fail_at(source, mark, error,
                     "a text with control characters: expected none");
    if (depth > NODE_MOST_DEPTH) {
      char text[80];
      snprintf(text, sizeof text,
               "lists and mappings %d deep: expected at most %d", depth,
               NODE_MOST_DEPTH);
      return fail_at(source, mark, error, text);
    }
  }
  return YS_OK;
}

/* The one document; there must be nothing behind it. */
static ys_code load(yaml_parser_t *parser, node_source *source, node *root,
                    ys_error *error) {
  yaml_document_t second;
  if (!yaml_parser_load(parser, &source->document))
    return parser_failed(parser, source->path, error);
  *root = (node){source, yaml_document_get_root_node(&source->document)};
  if (!root->found)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s:1:1: the file is empty: expected a mapping",
                   source->path);
  if (!yaml_parser_load(parser, &second))
    return parser_failed(parser, source->path, error);
  bool none = !yaml_document_get_root_node(&second);
  size_t line = second.start_mark.line;
  yaml_document_delete(&second);
  return none ? YS_OK
              : ys_fail(error, YS_BAD_INPUT,
                        "%s:%zu:1: a second document: expected one",
                        source->path, line + 1);
}

/* Parse the text: into *root, or, if that is NULL, to measure it. */
static ys_code parse(node_source *source, node *root, ys_error *error) {
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser))
    return ys_fail_memory(error, "a YAML file");
  yaml_parser_set_input_string(&parser, (const unsigned char *)source->text,
                               source->size);
  ys_code code = root ? load(&parser, source, root, error)
                      : measure(&parser, source, error);
  yaml_parser_delete(&parser);
  return code;
}

ys_code node_read(const char *path, node_source **sources, node *root,
                  ys_error *error) {
  size_t values = 0;
  node_source *source = calloc(1, sizeof *source);
  if (!source)
    return ys_fail_memory(error, "a YAML file");
  source->path = strdup(path);
  source->next = *sources;
  *sources = source;
  if (!source->path)
    return ys_fail_memory(error, "a YAML file");
  ys_code code = ys_input_read(path, NODE_MOST_BYTES, "a YAML file",
                               &source->text, &source->size, error);
  if (!code)
    code = parse(source, NULL, error);
  for (const node_source *s = source; s; s = s->next)
    values += s->values;
  if (!code && values > NODE_MOST_VALUES)
    code = ys_fail(error, YS_BAD_INPUT, "%s: %zu values%s: expected at most %d",
                   path, values, source->next ? " with the other files" : "",
                   NODE_MOST_VALUES);
  return code ? code : parse(source, root, error);
}

void node_free(node_source *sources) {
  while (sources) {
    node_source *next = sources->next;
    yaml_document_delete(&sources->document);
    free(sources->path);
    free(sources->text);
    free(sources);
    sources = next;
  }
}

/* ----------------------------------------------------------- structure ---- */

bool node_is_list(node at) {
  return at.found->type == YAML_SEQUENCE_NODE;
}

bool node_is_mapping(node at) {
  return at.found->type == YAML_MAPPING_NODE;
}

static bool is_scalar(node at) {
  return at.found->type == YAML_SCALAR_NODE;
}

static node get(node at, int index) {
  return (node){at.source, yaml_document_get_node(&at.source->document, index)};
}

size_t node_count(node at) {
  return node_is_list(at) ? (size_t)(at.found->data.sequence.items.top -
                                     at.found->data.sequence.items.start)
                          : 1;
}

size_t node_pairs(node at) {
  return at.found && node_is_mapping(at)
             ? (size_t)(at.found->data.mapping.pairs.top -
                        at.found->data.mapping.pairs.start)
             : 0;
}

node node_item(node at, size_t i) {
  return node_is_list(at) ? get(at, at.found->data.sequence.items.start[i])
                          : at;
}

node node_key(node mapping, size_t i) {
  return get(mapping, mapping.found->data.mapping.pairs.start[i].key);
}

node node_value(node mapping, size_t i) {
  return get(mapping, mapping.found->data.mapping.pairs.start[i].value);
}

const char *node_word(node mapping, size_t i) {
  return (const char *)node_key(mapping, i).found->data.scalar.value;
}

/* The place of the key among the first `count`; `count` if it is none of them.
 */
static size_t find_key(node mapping, const char *name, size_t count) {
  size_t i = 0;
  while (i < count && (!is_scalar(node_key(mapping, i)) ||
                       strcmp(node_word(mapping, i), name) != 0))
    i++;
  return i;
}

node node_find(node at, const char *name) {
  size_t count = node_pairs(at), i = find_key(at, name, count);
  return i < count ? node_value(at, i) : (node){at.source, NULL};
}

static ys_code check_key(node mapping, size_t i, const char *owner,
                         ys_names names, ys_error *error) {
  size_t index;
  node key = node_key(mapping, i);
  if (!is_scalar(key))
    return node_fail(key, error, "%s: a key must be a word", owner);
  const char *word = node_word(mapping, i);
  if (!ys_names_find(names, word, strlen(word), &index)) {
    char suggestion[YS_SUGGESTION];
    ys_names_suggest(names, word, strlen(word), suggestion);
    return node_fail(key, error, "%s: no key '%s'%s", owner, word, suggestion);
  }
  size_t first = find_key(mapping, word, i);
  return first == i
             ? YS_OK
             : node_fail(key, error,
                         "%s: '%s' is there twice (also on line %zu)", owner,
                         word,
                         node_key(mapping, first).found->start_mark.line + 1);
}

ys_code node_check_keys(node mapping, const char *owner, ys_names names,
                        ys_error *error) {
  char room[80];
  ys_code code = YS_OK;
  if (!node_is_mapping(mapping))
    return node_fail(mapping, error, "%s: expected a mapping, found %s", owner,
                     describe(mapping, room, sizeof room));
  for (size_t i = 0; !code && i < node_pairs(mapping); i++)
    code = check_key(mapping, i, owner, names, error);
  return code;
}

/* ------------------------------------------------------------- scalars ---- */

ys_code node_text(node at, const char *name, const char *expected,
                  const char **text, ys_error *error) {
  char room[80];
  const char *found = describe(at, room, sizeof room);
  if (!is_scalar(at) || strcmp(found, "nothing") == 0)
    return node_fail(at, error, "%s: expected %s, found %s", name, expected,
                     found);
  *text = (const char *)at.found->data.scalar.value;
  if (strlen(*text) != at.found->data.scalar.length || !**text)
    return node_fail(at, error, "%s: expected %s, found an empty text or a NUL",
                     name, expected);
  return YS_OK;
}

static void describe_range(double low, double high, bool whole, char *text,
                           size_t size) {
  const char *what = whole ? "a whole number" : "a number";
  if (isfinite(high) && high < 1e15)
    snprintf(text, size, "%s in [%.10g, %.10g]", what, low, high);
  else
    snprintf(text, size, "%s >= %.10g", what, low);
}

ys_code node_number(node at, const char *name, double low, double high,
                    bool whole, double *number, ys_error *error) {
  char room[80], expected[80];
  double found;
  describe_range(low, high, whole, expected, sizeof expected);
  if (is_scalar(at) && at.found->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
      ys_read_number((const char *)at.found->data.scalar.value, &found) &&
      found >= low && found <= high && (!whole || found == floor(found))) {
    *number = found;
    return YS_OK;
  }
  return node_fail(at, error, "%s: expected %s, found %s", name, expected,
                   describe(at, room, sizeof room));
}
