#include "bench/ranks/ranks.h"

#include "bench/cli/console.h"
#include "bench/ranks/world.h"

#include <stdint.h>
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

static size_t most(const ys_ranks *ranks, size_t number) {
  return SIZE_MAX - ys_ranks_least(ranks, SIZE_MAX - number);
}

ranks_traffic ranks_most_sent(const ys_ranks *ranks) {
  ranks_traffic own = {0, 0}; /* before anybody asks */
  if (ranks)
    world_sent(&own.bytes, &own.messages);
  return (ranks_traffic){most(ranks, own.bytes), most(ranks, own.messages)};
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
