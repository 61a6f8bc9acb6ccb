/* The settings of a sweep: for each key what may stand there, and what a file
 * or an entry of it says. One table, in sweep_settings.c, is the schema. */
#ifndef SWEEP_SETTINGS_H
#define SWEEP_SETTINGS_H

#include "bench/sweep/node.h"
#include "problems/memory.h"

typedef enum sweep_key {
  SWEEP_LAMBDAS, /* the axes: one value or a list */
  SWEEP_LOSSES,
  SWEEP_FAIRNESS,
  SWEEP_STARTS,
  SWEEP_PRIORS,
  SWEEP_SEEDS,
  SWEEP_RANKS,
  SWEEP_AXES,
  SWEEP_REPEATS = SWEEP_AXES, /* one value each */
  SWEEP_THREADS,
  SWEEP_TOL,
  SWEEP_MAX_ITER,
  SWEEP_TIME_LIMIT,
  SWEEP_TRACE_EVERY,
  SWEEP_WALL_LIMIT,
  SWEEP_MEMORY_LIMIT,
  SWEEP_KEYS
} sweep_key;

/* A loss or fairness has its number in ys_loss or ys_fairness; a start or prior
 * has a text; all others are numbers. */
typedef struct sweep_value {
  double number;
  const char *text;
  node at; /* nowhere for a default */
} sweep_value;

typedef struct sweep_values {
  const sweep_value *item;
  size_t count; /* 0: nothing is said */
} sweep_values;

typedef struct sweep_settings {
  sweep_values of[SWEEP_KEYS];
} sweep_settings;

/* What holds where nothing is said. A negative number stands for a default that
 * depends on the machine or on other settings. */
sweep_settings sweep_defaults(void);

/* Values of a key, ranges written out. */
enum { SWEEP_MOST_VALUES = 10000 };

/* Each key of the mapping must be a setting or one of the `count` others, at
 * most SWEEP_OTHER_KEYS; see node_check_keys. */
enum { SWEEP_OTHER_KEYS = 6 };
ys_code sweep_settings_check(node at, const char *owner,
                             const char *const *others, size_t count,
                             ys_error *error);

/* Read the settings among the keys of a mapping. Values come from `memory`. */
ys_code sweep_settings_read(node mapping, ys_memory *memory,
                            sweep_settings *settings, ys_error *error);

/* The numbers that a list of numbers and ranges gives: each item is a number or
 * a mapping {logspace: [first, last, count]} or {linspace: ...}. */
ys_code sweep_numbers_read(node at, const char *name, bool whole,
                           ys_memory *memory, sweep_values *values,
                           ys_error *error);

/* How many values an item of a list gives: one, or those of such a mapping. */
ys_code sweep_item_count(node at, const char *name, size_t *count,
                         ys_error *error);

#endif
