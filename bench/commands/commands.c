#include "bench/commands/commands.h"

#include <stddef.h>

const command_spec *const command_table[] = {
    &cmd_list,  &cmd_solve,  &cmd_run,  &cmd_sweep,   &cmd_merge,  &cmd_repair,
    &cmd_table, &cmd_labels, &cmd_plot, &cmd_compare, &cmd_report, &cmd_check,
    &cmd_train, &cmd_scores, &cmd_gen,  &cmd_help,    NULL};
