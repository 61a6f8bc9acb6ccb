#include "problems/formats/csv.h"

#include "problems/formats/input.h"
#include "problems/vector/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static ys_code malformed(const ys_csv *csv, const char *what, ys_error *error) {
  return ys_fail(error, YS_BAD_INPUT, "%s, line %zu, field %zu: %s", csv->path,
                 csv->lines + 1, csv->count, what);
}

static ys_code read_failed(const ys_csv *csv, ys_error *error) {
  return ys_fail(error, YS_IO, "%s: cannot read: %s", csv->path,
                 strerror(errno));
}

/* The next byte, with CRLF read as LF and line ends counted, and a tab as a
 * blank if blanks separate; a CR without LF comes back as itself. */
static int next_byte(ys_csv *csv) {
  int byte = getc_unlocked(csv->file);
  if (byte == '\r') {
    int next = getc_unlocked(csv->file);
    if (next == '\n')
      byte = next;
    else if (next != EOF)
      ungetc(next, csv->file);
  }
  csv->lines += byte == '\n';
  return byte == '\t' && csv->separator == ' ' ? ' ' : byte;
}

static const char row_text[] = "a row of a CSV file";

static ys_code append(ys_csv *csv, int byte, ys_error *error) {
  ys_code code =
      ys_grow(&csv->text, csv->used, &csv->text_room, 1, row_text, error);
  if (!code)
    csv->text[csv->used++] = (char)byte;
  return code;
}

static ys_code take(ys_csv *csv, int byte, ys_error *error) {
  return byte ? append(csv, byte, error)
              : malformed(csv, "a NUL byte: expected text", error);
}

static ys_code begin_field(ys_csv *csv, ys_error *error) {
  ys_code code = ys_grow(&csv->start, csv->count, &csv->start_room,
                         sizeof *csv->start, row_text, error);
  if (!code)
    csv->start[csv->count++] = csv->used;
  return code;
}

static bool ends_line(int byte) {
  return byte == '\n' || byte == EOF;
}

static bool ends_field(const ys_csv *csv, int byte) {
  return byte == csv->separator || ends_line(byte);
}

/* The rest of a field whose opening quote has been read, and what follows its
 * closing quote. */
static ys_code read_quoted(ys_csv *csv, int *ending, ys_error *error) {
  size_t opened = csv->lines + 1;
  for (;;) {
    int byte = getc_unlocked(csv->file);
    if (byte == EOF)
      return ys_fail(error, YS_BAD_INPUT,
                     "%s, line %zu, field %zu: the quote is never closed",
                     csv->path, opened, csv->count);
    if (byte == '"') {
      *ending = next_byte(csv);
      if (*ending != '"')
        break;
    }
    csv->lines += byte == '\n';
    ys_code code = take(csv, byte, error);
    if (code)
      return code;
  }
  return ends_field(csv, *ending)
             ? YS_OK
             : malformed(csv, "text behind a closing quote", error);
}

static ys_code read_plain(ys_csv *csv, int byte, int *ending, ys_error *error) {
  for (; !ends_field(csv, byte); byte = next_byte(csv)) {
    if (byte == '"')
      return malformed(csv, "a quote within an unquoted field", error);
    if (byte == '\r')
      return malformed(csv, "a carriage return without a line feed", error);
    ys_code code = take(csv, byte, error);
    if (code)
      return code;
  }
  *ending = byte;
  return YS_OK;
}

/* Read one field whose first byte is `byte`, and the byte that ends it. */
static ys_code read_field(ys_csv *csv, int byte, int *ending, ys_error *error) {
  ys_code code = begin_field(csv, error);
  if (!code)
    code = byte == '"' ? read_quoted(csv, ending, error)
                       : read_plain(csv, byte, ending, error);
  return code ? code : append(csv, '\0', error);
}

/* Skip empty and comment lines; the first byte of the next row, or EOF. */
static int first_byte(ys_csv *csv) {
  int byte = next_byte(csv);
  while (byte == '\n' || (csv->comment && byte == csv->comment)) {
    while (byte != '\n' && byte != EOF)
      byte = next_byte(csv);
    if (byte == '\n')
      byte = next_byte(csv);
  }
  return byte;
}

/* Step over the blanks in front of a field, if blanks separate. */
static int field_byte(ys_csv *csv, int byte) {
  while (byte == ' ' && csv->separator == ' ')
    byte = next_byte(csv);
  return byte;
}

ys_code ys_csv_next_row(ys_csv *csv, bool *more, ys_error *error) {
  csv->count = csv->used = 0;
  int byte = first_byte(csv), ending = csv->separator;
  csv->line = csv->lines + 1;
  byte = field_byte(csv, byte);
  *more = byte != EOF;
  while (*more && ending == csv->separator) {
    ys_code code = read_field(csv, byte, &ending, error);
    if (code)
      return ferror(csv->file) ? read_failed(csv, error) : code;
    if (ending == csv->separator)
      byte = field_byte(csv, next_byte(csv));
    if (ending == ' ' && ends_line(byte)) /* blanks at the end of a line */
      ending = byte;
  }
  return ferror(csv->file) ? read_failed(csv, error) : YS_OK;
}

/* Whether the rest of the file holds no line end. */
static bool is_last_line(ys_csv *csv) {
  int byte;
  do
    byte = getc_unlocked(csv->file);
  while (byte != '\n' && byte != EOF);
  return byte == EOF;
}

ys_code ys_csv_next_whole_row(ys_csv *csv, bool *more, bool *torn,
                              ys_error *error) {
  ys_code code = ys_csv_next_row(csv, more, error);
  *torn = false;
  bool ended = !code && *more && feof(csv->file);
  if (!ended && code != YS_BAD_INPUT)
    return code;
  if (csv->lines + 1 == csv->line && is_last_line(csv)) {
    *torn = !ferror(csv->file);
    *more = false;
    return *torn ? YS_OK : read_failed(csv, error);
  }
  return code ? code
              : ys_fail(error, YS_BAD_INPUT,
                        "%s, line %zu: the row goes on to the end of the file, "
                        "without a line end",
                        csv->path, csv->line);
}

const char *ys_csv_field(const ys_csv *csv, size_t i) {
  return csv->text + csv->start[i];
}

/* Step over a UTF-8 byte order mark, EF BB BF. */
static ys_code skip_mark(ys_csv *csv, ys_error *error) {
  int byte = getc_unlocked(csv->file);
  if (byte == EOF)
    return ferror(csv->file) ? read_failed(csv, error) : YS_OK;
  if (byte != 0xEF) {
    ungetc(byte, csv->file);
    return YS_OK;
  }
  if (getc_unlocked(csv->file) == 0xBB && getc_unlocked(csv->file) == 0xBF)
    return YS_OK;
  return fseek(csv->file, 0, SEEK_SET) ? read_failed(csv, error) : YS_OK;
}

/* ------------------------------------------------- what separates ---- */

/* What stands between the fields of a line. */
typedef struct line_look {
  bool is_there, is_number; /* the line; whether it begins as a number does */
  bool commas, semicolons, tabs, blanks;
} line_look;

static void look_at_byte(line_look *line, int byte) {
  line->commas = line->commas || byte == ',';
  line->semicolons = line->semicolons || byte == ';';
  line->tabs = line->tabs || byte == '\t';
}

/* Blanks separate what is in front of them from what is behind. */
static line_look look_at_line(ys_csv *csv) {
  int byte = first_byte(csv);
  line_look line = {.is_there = byte != EOF};
  bool quoted = false, begun = false, blank = false;
  for (; byte != EOF && (quoted || byte != '\n'); byte = next_byte(csv)) {
    quoted = quoted != (byte == '"');
    if (quoted || byte == '"' || (byte != ' ' && byte != '\t')) {
      line.is_number =
          begun ? line.is_number : byte != 0 && strchr("+-.0123456789", byte);
      line.blanks = line.blanks || (begun && blank);
      begun = true;
      blank = false;
    }
    blank = blank || (begun && !quoted && byte == ' ');
    if (!quoted)
      look_at_byte(&line, byte);
  }
  return line;
}

static bool separates(const line_look *line) {
  return line->commas || line->semicolons || line->tabs || line->blanks;
}

/* No row of numbers between commas holds a semicolon. */
static char separator_of(const line_look *line) {
  return line->semicolons ? ';'
         : line->commas   ? ','
         : line->blanks   ? ' '
         : line->tabs     ? '\t'
                          : ',';
}

ys_code ys_csv_find_separator(ys_csv *csv, ys_error *error) {
  const line_look first = look_at_line(csv), second = look_at_line(csv);
  if (ferror(csv->file))
    return read_failed(csv, error);
  /* Names in a first line may hold anything. */
  const bool first_counts =
      !second.is_there || (first.is_number && !separates(&second));
  csv->separator = separator_of(first_counts ? &first : &second);
  return ys_csv_rewind(csv, error);
}

ys_code ys_csv_open(const char *path, char comment, ys_csv *csv,
                    ys_error *error) {
  *csv = (ys_csv){.path = path, .comment = comment, .separator = ','};
  ys_code code = ys_input_open(path, &csv->file, error);
  if (!code)
    code = skip_mark(csv, error);
  if (code)
    ys_csv_close(csv);
  return code;
}

void ys_csv_close(ys_csv *csv) {
  if (!csv)
    return;
  if (csv->file)
    fclose(csv->file);
  free(csv->text);
  free(csv->start);
  *csv = (ys_csv){0};
}

ys_code ys_csv_rewind(ys_csv *csv, ys_error *error) {
  if (fseek(csv->file, 0, SEEK_SET))
    return ys_fail(error, YS_IO, "%s: cannot go back to its start: %s",
                   csv->path, strerror(errno));
  csv->lines = csv->line = csv->count = csv->used = 0;
  return skip_mark(csv, error);
}
