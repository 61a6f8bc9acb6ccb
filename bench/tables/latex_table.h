/* A table for LaTeX that stays within the text of an 11 pt article: columns for
 * which there is no room, and rows beyond a page, go to tables of their own,
 * each with the first column and the head. Widths are those of Computer Modern
 * (AMS fonts, cmr9.afm and cmtt9.afm), a little on the wide side. */
#ifndef LATEX_TABLE_H
#define LATEX_TABLE_H

#include "bench/analysis/solver_styles.h"
#include "bench/store/meta.h"
#include "problems/memory.h"

#include <stdbool.h>
#include <stdio.h>

#define LATEX_TEXT_WIDTH 360.0 /* pt: \textwidth of \documentclass[11pt] */

typedef enum latex_kind {
  LATEX_TEXT,
  LATEX_NAME,   /* in typewriter */
  LATEX_NUMBER, /* as bench/text/numbers.h writes it, and what follows it */
} latex_kind;

typedef struct latex_cell {
  latex_kind kind;
  const char *text;
  double width; /* pt, at \footnotesize */
} latex_cell;

typedef struct latex_table {
  size_t columns;    /* of plain numbers they are set to the right */
  latex_cell *cells; /* row by row, the head first */
  size_t count, room;
  ys_memory memory;
  size_t floats; /* written so far, of this table and those before it */
} latex_table;

/* What stands above and below the cells. */
typedef struct latex_frame {
  void (*put_caption)(FILE *out, const void *of);
  void (*put_notes)(FILE *out, const void *of); /* once, below the last part */
  const void *of;
} latex_frame;

/* An empty table for up to `rows` rows with the head. latex_table_free is for
 * failures, too. */
void latex_table_make(latex_table *table, size_t columns, size_t rows);
void latex_table_free(latex_table *table);

/* The next cell. Of a number, what stands from its first blank on is text:
 * "0.12 (14)". Want of memory is said by latex_table_write. */
void latex_table_add(latex_table *table, latex_kind kind, const char *text);

ys_code latex_table_write(FILE *out, latex_table *table,
                          const latex_frame *frame, ys_error *error);

/* A comment about where the numbers come from, and what the file needs. */
void latex_put_beginning(FILE *out, const provenance *made);

/* Write a name, in typewriter, so that a line of a paragraph may end within
 * it. */
void latex_put_long_name(FILE *out, const char *name);

/* A solver by its label, as in figures: in a cell, and in a paragraph; one that
 * the user gave is words, one made of the spec is code, and explained by a
 * paragraph if it is not all of it. */
void latex_table_add_solver(latex_table *table, const solver_styles *solvers,
                            size_t number);
void latex_put_solver(FILE *out, const solver_styles *solvers, size_t number);
void latex_explain_solver(FILE *out, const solver_styles *solvers,
                          size_t number);

#endif
