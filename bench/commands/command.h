/* The subcommands of ystep. argv[0] is the subcommand's name; each returns the
 * program's exit status. */
#ifndef COMMAND_H
#define COMMAND_H

int cmd_list(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_sweep(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_repair(int argc, char **argv);
int cmd_worker(void); /* one run of a sweep; not listed */
int cmd_check(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_table(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_labels(int argc, char **argv);
int cmd_scores(int argc, char **argv);
int cmd_gen(int argc, char **argv);

#endif
