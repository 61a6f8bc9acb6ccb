#include "bench/commands/commands.h"

#include "bench/cli/manual.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------- the first page --- */

static const char synopsis[] = "ystep COMMAND [options]";
static const char about[] =
    "Benchmark solvers of the pseudo-label step of self-labelled\n"
    "classification, every figure with a certified distance to the optimum.";
static const char examples[] =
    "  ystep run -p dirichlet:M=5000,K=20 -s exact em md -o out\n"
    "  ystep table out\n"
    "  ystep plot out\n"
    "  ystep solve logits.npy -o labels.npz\n";

static void print_commands(void) {
  printf("usage: %s\n\n%s\n\ncommands:\n", synopsis, about);
  for (size_t i = 0; command_table[i]; i++)
    printf("  %-9s%s\n", command_table[i]->name, command_table[i]->summary);
  printf("\n`ystep help COMMAND` shows a command's options and examples,\n"
         "`ystep --version` what this program is.\n\nexamples:\n%s",
         examples);
}

static void print_manual(void) {
  manual_put_head(stdout, "ystep", "solvers of the pseudo-label step", synopsis,
                  about);
  printf(".SH COMMANDS\n");
  for (size_t i = 0; command_table[i]; i++) {
    char name[64];
    snprintf(name, sizeof name, "ystep-%s(1)", command_table[i]->name);
    manual_put_entry(stdout, name, command_table[i]->summary);
  }
  manual_put_end(stdout, examples);
}

/* ---------------------------------------------------------- the command --- */

static ys_code help(command_line *line, ys_error *error) {
  const bool manual = args_given(line->args, "man");
  const char *name = line->words[0];
  size_t which;
  if (line->word_count == 0) {
    (manual ? print_manual : print_commands)();
    return YS_OK;
  }
  ys_code code = ys_look_up("command", YS_NAMES_TO_NULL(command_table), name,
                            strlen(name), NULL, &which, error);
  if (code)
    return code;
  if (manual)
    return manual_put_command(stdout, command_table[which], error);
  return command_print_help(command_table[which], error);
}

static void offer_commands(int count, char **words, command_offer *offer) {
  for (size_t i = 0; command_table[i] && count == 0; i++)
    offer(words[0], command_table[i]->name, command_table[i]->summary);
}

static const arg_option options[] = {
    {"man", 0, ARG_FLAG, NULL, "  print the manual page's source, for man"},
    {0}};

const command_spec cmd_help = {
    .name = "help",
    .summary = "the commands, or the options and examples of one",
    .usage = "ystep help [COMMAND] [--man]",
    .about = "List the commands, or show the options and examples of one.",
    .examples = "  ystep help\n"
                "  ystep help run\n"
                "  ystep help run --man | man -l -\n",
    .options = options,
    .most_words = 1,
    .run = help,
    .complete_word = offer_commands,
};
