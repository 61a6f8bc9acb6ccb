/* The process between this program and a command that it runs: `ystep keeper`.
 * The command and all that it starts end when the command does, or when the
 * program does, however either ends. */
#ifndef KEEPER_H
#define KEEPER_H

/* Run `words` (argc of them, at least one, and a NULL), found as by a shell,
 * with that many threads in its libraries, in a process group of its own, on
 * the standard streams that are there. Ends as the command ended, by its status
 * or its signal; 127 if it cannot be run, and standard error says why. SIGTERM,
 * which the death of the parent is set to send, ends the command at once. Does
 * not return. */
_Noreturn void keeper_main(int threads, char *const *words);

#endif
