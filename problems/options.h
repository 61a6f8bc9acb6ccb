/* Named options of a solver or a problem, and the text form
 * `name:key=value,key=value` that the command line uses for both. */
#ifndef YS_OPTIONS_H
#define YS_OPTIONS_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)

typedef enum ys_option_type {
  YS_REAL,         /* a finite number in [low, high] */
  YS_INTEGER,      /* a whole number in [low, high] */
  YS_WORD,         /* one of `words` */
  YS_REAL_OR_WORD, /* either of the two */
  YS_TEXT,         /* any text, of a problem or data the name of a file */
  YS_NAME,         /* any text that names no file */
} ys_option_type;

/* One option. A table of options ends with an entry whose name is NULL. */
typedef struct ys_option {
  const char *name;
  ys_option_type type;
  const char *fallback; /* default, as a user would write it; NULL: required */
  double low, high;     /* closed range of a number */
  const char *words;    /* "one|two|three"; NULL if there are none */
  const char *help;     /* one line */
} ys_option;

enum { YS_MAX_OPTIONS = 12 };

typedef struct ys_value {
  bool is_number;
  double number;
  char *text; /* as written; owned */
} ys_value;

/* The values of one table of options, in the table's order. */
typedef struct ys_options {
  const ys_option *table;
  ys_value value[YS_MAX_OPTIONS];
} ys_options;

/* Read `text` ("key=value,key=value", may be NULL or empty) against `table` (at
 * most YS_MAX_OPTIONS entries; it must outlive `options`); what it does not
 * name takes its default; ",," is a comma within a value, so that a path can
 * hold one. `owner` is the name used in messages. YS_BAD_INPUT: no "=", an
 * unknown key, which is answered with a near one or all, a key given twice,
 * a value out of range or of the wrong kind, a required option missing;
 * YS_NO_MEMORY. On failure `options` holds nothing to free. */
ys_code ys_options_parse(const char *owner, const ys_option *table,
                         const char *text, ys_options *options,
                         ys_error *error);
void ys_options_free(ys_options *options); /* accepts a zeroed one */

/* The same of a table of numbers alone: they go, in the table's order, where
 * `number`, as long as the table, points to; on failure nowhere. */
ys_code ys_options_numbers(const char *owner, const ys_option *table,
                           const char *text, double *const *number,
                           ys_error *error);

/* Look up by name: a number within its range; the text as written, valid as
 * long as `options`; whether a YS_REAL_OR_WORD is a number; whether the text is
 * `word`. Asking for a name that is not in the table, or for the number of a
 * word, is a programming error and fails an assertion. */
double ys_options_number(const ys_options *options, const char *name);
const char *ys_options_text(const ys_options *options, const char *name);
bool ys_options_is_number(const ys_options *options, const char *name);
bool ys_options_is_word(const ys_options *options, const char *name,
                        const char *word);

/* The length in bytes of the first "key=value" of `text`: up to a comma that is
 * not doubled, or to the end. */
size_t ys_option_length(const char *text);

/* The length in bytes of the name in front of the first ':' of "name:options",
 * all of it if there is none, and the options behind it, within `spec` (NULL if
 * there is no ':'). */
size_t ys_spec_name_length(const char *spec);
const char *ys_spec_options(const char *spec);

/* A table that names are looked up in: `count` entries, `stride` bytes from one
 * to the next, each beginning with its name, a const char *; or, with a stride
 * of 0, as many pointers to such entries. A name or pointer that is NULL ends
 * it early. */
typedef struct ys_names {
  const void *table;
  size_t stride, count;
} ys_names;

/* The names of an array of entries, of texts, or of pointers up to a NULL. */
#define YS_NAMES(array)                                                        \
  ((ys_names){(array), sizeof *(array), sizeof(array) / sizeof *(array)})
#define YS_NAMES_TO_NULL(pointers) ((ys_names){(pointers), 0, (size_t)-1})

/* Whether an entry has for name the first `length` bytes of `word`; *index is
 * its place then, from 0, and else what it was. */
bool ys_names_find(ys_names names, const char *word, size_t length,
                   size_t *index);

/* The name that whoever wrote the first `length` bytes of `word` may have
 * meant, the nearest by edit distance, the first of several; NULL if none is
 * near. */
const char *ys_names_nearest(ys_names names, const char *word, size_t length);

/* What to say behind a word that is none of the names: "; did you mean
 * 'NEAREST'?", or, if none is near, ": expected a, b, c" (ys_names_list), or
 * nothing if these are too many. */
enum { YS_SUGGESTION = 240 };
void ys_names_suggest(ys_names names, const char *word, size_t length,
                      char text[YS_SUGGESTION]);
void ys_names_list(ys_names names, char text[YS_SUGGESTION]);

/* ys_names_find, or YS_BAD_INPUT and "no WHAT 'WORD'" with what
 * ys_names_suggest says and `hint` (NULL: nothing) behind it. */
ys_code ys_look_up(const char *what, ys_names names, const char *word,
                   size_t length, const char *hint, size_t *index,
                   ys_error *error);

/* Read one finite double, as strtod does, that fills the whole
 * of `text`; false if there is none, and *number says nothing then. */
bool ys_read_number(const char *text, double *number);

#pragma GCC visibility pop

#endif
