#include "bench/text/terminal_table.h"

#include "problems/memory.h"
#include "problems/vector/array.h"

#include <ctype.h>
#include <string.h>

/* A table: cells row by row, the head first; the line of dashes is none. */
typedef struct grid {
  char **cells;
  size_t rows, columns;
  bool *right; /* columns set to the right */
  size_t *width;
} grid;

static size_t characters(const char *text) {
  size_t count = 0;
  for (; *text; text++)
    count += ((unsigned char)*text & 0xc0) != 0x80;
  return count;
}

static void put_times(FILE *out, const char *text, size_t count) {
  while (count--)
    fputs(text, out);
}

/* Takes the backslashes away that Markdown needs, in place. */
static char *unescape(char *text) {
  char *to = text;
  for (const char *from = text; *from;) {
    if (*from == '\\' && ispunct((unsigned char)from[1]))
      from++;
    *to++ = *from++;
  }
  *to = '\0';
  return text;
}

/* ---------------------------------------------------------------- cells --- */

/* The bar that ends the cell at `text`; its end if there is none. */
static char *find_bar(char *text) {
  while (*text && *text != '|')
    text += text[0] == '\\' && text[1] ? 2 : 1;
  return text;
}

static size_t count_columns(char *line) {
  size_t count = 0;
  for (char *cell = line + 1; *(cell = find_bar(cell)); cell++)
    count++;
  return count;
}

static char *trim(char *text, char *end) {
  while (text < end && *text == ' ')
    text++;
  while (end > text && end[-1] == ' ')
    end--;
  *end = '\0';
  return text;
}

/* The cells of a line, up to as many as there are columns. */
static void split(char *line, char **cells, size_t columns) {
  char *cell = line + 1;
  for (size_t i = 0; i < columns; i++) {
    char *bar = find_bar(cell);
    const bool last = *bar == '\0';
    cells[i] = trim(cell, bar);
    cell = last ? bar : bar + 1;
  }
}

/* `lines` begin with bars, the second of them with dashes. */
static ys_code read_grid(char **lines, size_t count, ys_memory *memory,
                         grid *made, ys_error *error) {
  const size_t columns = count_columns(lines[0]);
  *made = (grid){.rows = count - 1, .columns = columns};
  made->cells =
      ys_take(memory, ys_times(count, columns), sizeof *made->cells, "a table");
  made->right = ys_take(memory, columns, sizeof *made->right, "a table");
  made->width = ys_take(memory, columns, sizeof *made->width, "a table");
  ys_code code = ys_memory_check(memory, error);
  if (code)
    return code;
  split(lines[1], made->cells, columns);
  for (size_t c = 0; c < columns; c++) {
    const size_t length = strlen(made->cells[c]);
    made->right[c] = length && made->cells[c][length - 1] == ':';
  }
  for (size_t row = 0; row < made->rows; row++) {
    char **cells = made->cells + row * columns;
    split(lines[row ? row + 1 : 0], cells, columns);
    for (size_t c = 0; c < columns; c++) {
      const size_t width = characters(unescape(cells[c]));
      made->width[c] = width > made->width[c] ? width : made->width[c];
    }
  }
  return YS_OK;
}

/* -------------------------------------------------------------- drawing --- */

enum { BETWEEN = 2 }; /* blanks */

static void put_cell(FILE *out, const grid *of, size_t row, size_t column,
                     bool last) {
  const char *text = of->cells[row * of->columns + column];
  const size_t blanks = of->width[column] - characters(text);
  if (of->right[column])
    put_times(out, " ", blanks);
  fputs(text, out);
  if (!of->right[column] && !last)
    put_times(out, " ", blanks);
  put_times(out, last ? "\n" : " ", last ? 1 : BETWEEN);
}

static void put_block(FILE *out, const grid *of, size_t from, size_t end,
                      size_t width, bool styled) {
  for (size_t row = 0; row < of->rows; row++) {
    fputs(row == 0 && styled ? "\033[1m" : "", out);
    put_cell(out, of, row, 0, from == end);
    for (size_t c = from; c < end; c++)
      put_cell(out, of, row, c, c + 1 == end);
    if (row)
      continue;
    fputs(styled ? "\033[0m" : "", out);
    put_times(out, "─", width);
    fputc('\n', out);
  }
}

static void put_grid(FILE *out, const grid *of, size_t most, bool styled) {
  size_t from = 1;
  do {
    size_t width = of->width[0], end = from;
    while (end < of->columns &&
           (end == from || width + BETWEEN + of->width[end] <= most))
      width += BETWEEN + of->width[end++];
    if (from > 1)
      fputc('\n', out);
    put_block(out, of, from, end, width, styled);
    from = end;
  } while (from < of->columns);
}

static void put_paragraph(FILE *out, char *line, size_t width) {
  size_t used = 0;
  for (char *rest = unescape(line), *word; (word = strsep(&rest, " "));) {
    const size_t length = characters(word);
    if (used && used + 1 + length > width) {
      fputc('\n', out);
      used = 0;
    }
    fputs(used ? " " : "", out);
    fputs(word, out);
    used += (used > 0) + length;
  }
  fputc('\n', out);
}

static void put_line(FILE *out, char *line, size_t width, bool styled) {
  const bool heading = strncmp(line, "### ", 4) == 0;
  fputs(heading && styled ? "\033[1m" : "", out);
  put_paragraph(out, heading ? line + 4 : line, width);
  fputs(heading && styled ? "\033[0m" : "", out);
}

/* ------------------------------------------------------------------ all --- */

static char **find_lines(char *text, size_t *count, ys_memory *memory) {
  size_t most = 1;
  for (const char *c = text; *c; c++)
    most += *c == '\n';
  char **lines = ys_take(memory, most, sizeof *lines, "a table");
  *count = 0;
  for (char *line; lines && (line = strsep(&text, "\n")) && (text || *line);)
    lines[(*count)++] = line;
  return lines;
}

ys_code terminal_table_draw(FILE *out, char *markdown, size_t width,
                            bool styled, ys_error *error) {
  ys_memory memory = {0};
  size_t count;
  char **lines = find_lines(markdown, &count, &memory);
  ys_code code = ys_memory_check(&memory, error);
  for (size_t i = 0; !code && i < count;) {
    size_t end = i;
    grid table;
    while (end < count && lines[end][0] == '|')
      end++;
    if (end < i + 2) {
      put_line(out, lines[i++], width, styled);
      continue;
    }
    code = read_grid(lines + i, end - i, &memory, &table, error);
    if (!code)
      put_grid(out, &table, width, styled);
    i = end;
  }
  ys_give_back(&memory);
  return code;
}
