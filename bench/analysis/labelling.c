#include "bench/analysis/labelling.h"

#include "bench/run/exec_spec.h"
#include "problems/formats/text.h"
#include "problems/options.h"

#include <string.h>

static const char *spec_of(const result_row *row, label_kind kind) {
  return kind == LABEL_PROBLEM ? row->problem : row->solver;
}

static const char **label_of(result_row *row, label_kind kind) {
  return kind == LABEL_PROBLEM ? &row->problem_label : &row->solver_label;
}

/* How much of the word is the spec, if it is SPEC=TEXT; else 0. */
static size_t match(const char *word, const char *spec) {
  size_t length = strlen(spec);
  return strncmp(word, spec, length) == 0 && word[length] == '=' ? length : 0;
}

/* A spec may hold a '=' itself, and so may another one and the text: the
 * longest spec of the directory is meant. */
static size_t longest_match(const result_set *results, const char *word) {
  size_t longest = 0;
  for (size_t i = 0; i < results->count; i++)
    for (int kind = 0; kind < LABEL_KINDS; kind++) {
      size_t length = match(word, spec_of(&results->rows[i], (label_kind)kind));
      longest = length > longest ? length : longest;
    }
  return longest;
}

static void apply_word(result_set *results, const char *word) {
  const size_t length = longest_match(results, word);
  for (size_t i = 0; length && i < results->count; i++)
    for (int kind = 0; kind < LABEL_KINDS; kind++) {
      result_row *row = &results->rows[i];
      if (match(word, spec_of(row, (label_kind)kind)) == length)
        *label_of(row, (label_kind)kind) = word + length + 1;
    }
}

/* What a solver is called that nobody gave a label; NULL: as it is written. */
static const char *own_name(result_set *results, const char *spec) {
  char label[EXEC_LABEL];
  const char *name = exec_spec_label(spec, label);
  return name ? ys_take_text(&results->names, "%s", name) : NULL;
}

ys_code labelling_apply(const arg *args, const provenance *made,
                        result_set *results, ys_error *error) {
  const arg *words = args_get(args, "label");
  for (size_t i = 0; i < results->count; i++) {
    result_row *row = &results->rows[i];
    for (int kind = 0; kind < LABEL_KINDS; kind++)
      *label_of(row, (label_kind)kind) = provenance_label(
          made, (label_kind)kind, spec_of(row, (label_kind)kind));
    if (!row->solver_label)
      row->solver_label = own_name(results, row->solver);
  }
  for (size_t i = 0; i < words->count; i++)
    apply_word(results, words->item[i]);
  return ys_memory_check(&results->names, error);
}

void labelling_specs(const result_set *results, const char **specs) {
  for (size_t i = 0; i < results->count; i++)
    for (int kind = 0; kind < LABEL_KINDS; kind++)
      specs[LABEL_KINDS * i + (size_t)kind] =
          spec_of(&results->rows[i], (label_kind)kind);
}

static ys_code check_word(const char *word, arg_texts specs, ys_error *error) {
  const ys_names names = {specs.item, sizeof *specs.item, specs.count};
  size_t length = 0;
  for (size_t k = 0; k < specs.count; k++) {
    const size_t own = match(word, specs.item[k]);
    length = own > length ? own : length;
  }
  if (!length) {
    const char *near = ys_names_nearest(names, word, strcspn(word, "="));
    return ys_fail(error, YS_BAD_INPUT,
                   "--label %s: expected SPEC=TEXT, with a problem or solver "
                   "of the directory as it is written there, such as '%s'",
                   word,
                   near          ? near
                   : specs.count ? specs.item[0]
                                 : "");
  }
  const char *text = word + length + 1;
  if (*text && strlen(text) <= LABEL_LONGEST && !ys_text_fault(text))
    return YS_OK;
  return ys_fail(error, YS_BAD_INPUT,
                 "--label %s: expected a text of 1 to %d bytes behind the '='",
                 word, LABEL_LONGEST);
}

ys_code labelling_check(arg_texts words, arg_texts specs, ys_error *error) {
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < words.count; i++)
    code = check_word(words.item[i], specs, error);
  return code;
}

const char *labelling_name(arg_texts words, const char *spec) {
  const char *name = spec;
  for (size_t i = 0; i < words.count; i++) {
    const size_t length = match(words.item[i], spec);
    if (length)
      name = words.item[i] + length + 1;
  }
  return name;
}
