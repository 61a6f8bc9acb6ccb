#include "bench/cli/manual.h"

#include <ctype.h>
#include <string.h>

/* Text as roff prints it: a backslash and a dash that is one are escaped, and
 * so is what would be a request at the beginning of a line. */
static void put_text(FILE *out, const char *text) {
  bool begins = true;
  for (; *text; text++) {
    if (begins && (*text == '.' || *text == '\''))
      fputs("\\&", out);
    if (*text == '\\')
      fputs("\\e", out);
    else if (*text == '-')
      fputs("\\-", out);
    else
      fputc(*text, out);
    begins = *text == '\n';
  }
}

void manual_put_head(FILE *out, const char *name, const char *summary,
                     const char *usage, const char *about) {
  fputs(".TH ", out);
  for (const char *c = name; *c; c++)
    fputc(toupper((unsigned char)*c), out);
  fprintf(out, " 1 \"\" ystep \"User Commands\"\n.SH NAME\n");
  put_text(out, name);
  fputs(" \\- ", out);
  put_text(out, summary);
  fputs("\n.SH SYNOPSIS\n.nf\n", out);
  put_text(out, usage);
  fputs("\n.fi\n.SH DESCRIPTION\n", out);
  put_text(out, about);
  fputc('\n', out);
}

void manual_put_entry(FILE *out, const char *term, const char *text) {
  fputs(".TP\n.B ", out);
  put_text(out, term);
  fputc('\n', out);
  put_text(out, text);
  fputc('\n', out);
}

void manual_put_end(FILE *out, const char *examples) {
  fputs(".SH EXAMPLES\n.nf\n", out);
  put_text(out, examples);
  fputs(".fi\n.SH EXIT STATUS\n"
        "0 done; 1 a run failed, or a check did not come out as expected;\n"
        "2 bad usage or input.\n.SH SEE ALSO\n.BR ystep (1)\n",
        out);
}

static void put_option(FILE *out, const arg *of) {
  const arg_option *option = &of->option;
  char help[ARGS_HELP_ROOM], term[128];
  const char *gap = strstr(args_help(of, help), "  ");
  const int value = gap ? (int)(gap - help) : 0;
  char letter[8] = "";
  if (option->letter)
    snprintf(letter, sizeof letter, "-%c, ", option->letter);
  snprintf(term, sizeof term, "%s--%s%s%.*s", letter, option->name,
           value ? " " : "", value, help);
  manual_put_entry(out, term, gap ? gap + 2 : help);
}

ys_code manual_put_command(FILE *out, const command_spec *of, ys_error *error) {
  char name[64];
  arg *args = args_make(of->options);
  if (!args)
    return ys_fail_memory(error, "the options");
  snprintf(name, sizeof name, "ystep-%s", of->name);
  manual_put_head(out, name, of->summary, of->usage, of->about);
  if (of->put_list)
    fprintf(out,
            ".PP\nThe list that belongs here is printed by\n.B ystep %s "
            "\\-\\-help\n",
            of->name);
  fputs(".SH OPTIONS\n", out);
  for (const arg *option = args; option->option.name; option++)
    put_option(out, option);
  manual_put_end(out, of->examples);
  args_free(args);
  return YS_OK;
}
