#include "bench/tables/latex_table.h"

#include "bench/text/latex.h"
#include "problems/formats/text.h"
#include "problems/vector/array.h"

#include <ctype.h>
#include <string.h>

/* --------------------------------------------------------------- widths --- */

/* Thousandths of an em of lower case, in cmr10; 9.25 pt is what makes them
 * those of cmr9. */
static const short lower[] = {500, 556, 444, 556, 444, 306, 500, 556, 278,
                              306, 528, 278, 833, 556, 500, 556, 528, 392,
                              394, 389, 556, 528, 722, 528, 528, 444};
#define EM 9.25

static double character_width(const char *text) {
  const char c = *text;
  if (islower((unsigned char)c))
    return lower[c - 'a'];
  if (isdigit((unsigned char)c))
    return 500;
  if (strchr(".,:; ", c))
    return c == ' ' ? 333 : 278;
  if (strchr("()[]-", c))
    return 389;
  return 1000; /* no other is wider, but in scripts of other alphabets */
}

static double text_width(const char *text) {
  double width = 0;
  for (; *text; text++)
    if (((unsigned char)*text & 0xc0) != 0x80) /* one a character of UTF-8 */
      width += character_width(text);
  return width * EM / 1000;
}

/* m, or m x 10^e with the exponent at 6 pt, and the text behind it. */
static double number_width(const char *text) {
  char number[64];
  const size_t length = strcspn(text, " ");
  snprintf(number, sizeof number, "%.*s", (int)length, text);
  const char *exponent = strchr(number, 'e');
  double width = text_width(text + length);
  if (!exponent)
    return width + text_width(number);
  width += text_width("10") + 4 * (double)strlen(exponent + 1) + 2;
  if (exponent == number + 1 && *number == '1')
    return width;
  return width + text_width("0") * (double)(exponent - number) + 1.25 * EM;
}

static double cell_width(latex_kind kind, const char *text) {
  size_t characters = 0;
  if (kind == LATEX_TEXT)
    return text_width(text);
  if (kind == LATEX_NUMBER)
    return number_width(text);
  for (; *text; text++)
    characters += ((unsigned char)*text & 0xc0) != 0x80;
  return 4.73 * (double)characters;
}

/* ---------------------------------------------------------------- cells --- */

void latex_table_make(latex_table *table, size_t columns, size_t rows) {
  const size_t floats = table->floats;
  *table = (latex_table){.columns = columns, .floats = floats};
  table->room = ys_times(rows, columns);
  table->cells =
      ys_take(&table->memory, table->room, sizeof *table->cells, "the table");
}

void latex_table_free(latex_table *table) {
  ys_give_back(&table->memory);
  *table = (latex_table){.floats = table->floats};
}

void latex_table_add(latex_table *table, latex_kind kind, const char *text) {
  const char *copy = ys_take_text(&table->memory, "%s", text);
  if (copy && table->cells && table->count < table->room)
    table->cells[table->count++] =
        (latex_cell){kind, copy, cell_width(kind, text)};
}

static void put_cell(FILE *out, const latex_cell *cell) {
  char number[64];
  size_t length = 0;
  if (cell->kind == LATEX_NAME)
    fputs("\\texttt{", out);
  if (cell->kind == LATEX_NUMBER) {
    length = strcspn(cell->text, " ");
    snprintf(number, sizeof number, "%.*s", (int)length, cell->text);
    latex_put_number(out, number);
  }
  latex_put(out, cell->text + length);
  if (cell->kind == LATEX_NAME)
    fputc('}', out);
}

void latex_put_long_name(FILE *out, const char *name) {
  enum { UNBROKEN = 12 };
  char latex[LATEX_STEP];
  size_t run = 0;
  fputs("\\texttt{", out);
  while (*name) {
    const bool word = isalnum((unsigned char)*name);
    name += latex_step(name, latex);
    fputs(latex, out);
    run = word ? run + 1 : 0;
    if ((!word || run >= UNBROKEN) && *name)
      fputs("\\allowbreak{}", out);
  }
  fputc('}', out);
}

/* -------------------------------------------------------------- solvers --- */

static bool is_words(const solver_styles *solvers, size_t number) {
  return solvers->given[number] != NULL;
}

void latex_table_add_solver(latex_table *table, const solver_styles *solvers,
                            size_t number) {
  latex_table_add(table, is_words(solvers, number) ? LATEX_TEXT : LATEX_NAME,
                  solvers->labels[number].text);
}

void latex_put_solver(FILE *out, const solver_styles *solvers, size_t number) {
  if (is_words(solvers, number))
    latex_put(out, solvers->labels[number].text);
  else
    latex_put_long_name(out, solvers->labels[number].text);
}

void latex_explain_solver(FILE *out, const solver_styles *solvers,
                          size_t number) {
  if (is_words(solvers, number) ||
      strcmp(solvers->labels[number].text, solvers->names[number]) == 0)
    return;
  fputs("\n", out);
  latex_put_solver(out, solvers, number);
  fputs(" is ", out);
  latex_put_long_name(out, solvers->names[number]);
  fputs(".\n", out);
}

void latex_put_beginning(FILE *out, const provenance *made) {
  char text[512];
  provenance_line(made, text, sizeof text);
  fputs("% ", out);
  latex_put(out, text);
  fputs("\n% Needs \\usepackage{booktabs}.\n", out);
}

/* ---------------------------------------------------------------- parts --- */

enum { MOST_ROWS = 36 }; /* of a page, with caption and notes */
/* LaTeX keeps 52 floats that it has found no place for. */
enum { FLOATS_KEPT = 12 };
#define COLUMN_GAP 6.0 /* 2 \tabcolsep */

static double column_width(const latex_table *table, size_t column) {
  double widest = 0;
  for (size_t i = column; i < table->count; i += table->columns)
    if (table->cells[i].width > widest)
      widest = table->cells[i].width;
  return widest;
}

/* The column behind the last that has room beside the first column when column
 * `from` is the next. */
static size_t find_end(const latex_table *table, size_t from) {
  double width = column_width(table, 0);
  size_t end = from;
  do
    width += COLUMN_GAP + column_width(table, end++);
  while (end < table->columns &&
         width + COLUMN_GAP + column_width(table, end) <= LATEX_TEXT_WIDTH);
  return end;
}

static void put_row(FILE *out, const latex_table *table, size_t row,
                    size_t from, size_t end) {
  const latex_cell *cells = table->cells + row * table->columns;
  put_cell(out, cells);
  for (size_t i = from; i < end; i++) {
    fputs(" & ", out);
    put_cell(out, &cells[i]);
  }
  fputs(" \\\\\n", out);
}

typedef struct part {
  size_t from, end;           /* columns */
  size_t first_row, last_row; /* without the head; the last is behind them */
  size_t number, parts;
} part;

static char alignment(const latex_table *table, size_t column) {
  for (size_t i = table->columns + column; i < table->count;
       i += table->columns)
    if (table->cells[i].kind != LATEX_NUMBER ||
        strchr(table->cells[i].text, ' '))
      return 'l';
  return 'r';
}

static void put_part(FILE *out, latex_table *table, const latex_frame *frame,
                     const part *of) {
  if (table->floats++ && table->floats % FLOATS_KEPT == 1)
    fputs("\\clearpage\n", out);
  fputs("\\begin{table}\n\\setlength{\\emergencystretch}{\\textwidth}\n"
        "\\caption{",
        out);
  frame->put_caption(out, frame->of);
  if (of->parts > 1)
    fprintf(out, " Part %zu of %zu.", of->number, of->parts);
  fputs("}\n\\smallskip\\centering\\footnotesize"
        "\\setlength{\\tabcolsep}{3pt}\n"
        "\\begin{tabular}{@{}l",
        out);
  for (size_t i = of->from; i < of->end; i++)
    fputc(alignment(table, i), out);
  fputs("@{}}\n\\toprule\n", out);
  put_row(out, table, 0, of->from, of->end);
  fputs("\\midrule\n", out);
  for (size_t row = of->first_row; row < of->last_row; row++)
    put_row(out, table, row, of->from, of->end);
  fputs("\\bottomrule\n\\end{tabular}\n", out);
  if (of->number == of->parts)
    frame->put_notes(out, frame->of);
  fputs("\\end{table}\n", out);
}

ys_code latex_table_write(FILE *out, latex_table *table,
                          const latex_frame *frame, ys_error *error) {
  ys_code code = ys_memory_check(&table->memory, error);
  if (code)
    return code;
  const size_t rows = table->count / table->columns;
  size_t breadths = 0, pages = (rows - 1 + MOST_ROWS - 1) / MOST_ROWS;
  for (size_t from = 1; from < table->columns; from = find_end(table, from))
    breadths++;
  part now = {.number = 1, .parts = breadths * pages};
  for (size_t page = 0; page < pages; page++)
    for (now.from = 1; now.from < table->columns; now.from = now.end) {
      now.end = find_end(table, now.from);
      now.first_row = 1 + page * MOST_ROWS;
      now.last_row = page + 1 < pages ? now.first_row + MOST_ROWS : rows;
      put_part(out, table, frame, &now);
      now.number++;
    }
  return YS_OK;
}
