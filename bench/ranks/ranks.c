#include "bench/ranks/ranks.h"

#include "bench/cli/console.h"
#include "bench/ranks/world.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool ranks_speaks(const ys_ranks *ranks) {
  return !ranks || ranks->rank == 0;
}

void ranks_describe(const ys_ranks *ranks, char *cpu, size_t room) {
  const size_t said = strlen(cpu), hosts = world_hosts();
  if (ranks)
    snprintf(cpu + said, room - said, "; %zu ranks on %zu host%s", ranks->count,
             hosts, hosts == 1 ? "" : "s");
}

ranks_traffic ranks_sent(const ys_ranks *ranks) {
  size_t bytes, messages;
  world_sent(&bytes, &messages);
  return ranks ? (ranks_traffic){(double)bytes, (double)messages}
               : (ranks_traffic){NAN, NAN};
}

static double most(const ys_ranks *ranks, double number) {
  const size_t far = (size_t)1 << 53;
  return (double)(far - ys_ranks_least(ranks, far - (size_t)number));
}

ranks_traffic ranks_most_sent(const ys_ranks *ranks, ranks_traffic since) {
  const ranks_traffic now = ranks_sent(ranks); /* before anybody asks */
  return ranks ? (ranks_traffic){most(ranks, now.bytes - since.bytes),
                                 most(ranks, now.messages - since.messages)}
               : now;
}

ys_code ranks_begin(const char *program, const ys_ranks **ranks,
                    ys_error *error) {
  ys_code code = world_join(program, ranks, error);
  if (!ranks_speaks(*ranks)) {
    console_be_silent();
    if (!freopen("/dev/null", "w", stdout) && !code)
      code = ys_fail(error, YS_IO, "/dev/null: cannot open");
  }
  return ys_ranks_agree(*ranks, code, error);
}

void ranks_end(int status) {
  world_leave(status);
}
