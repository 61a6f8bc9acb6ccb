#include "bench/sweep/sweep_hash.h"

#include "bench/store/meta.h"

#include "problems/formats/input.h"
#include "problems/vector/array.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static void write_digest(XXH128_hash_t hash, char digest[RUN_DIGEST]) {
  snprintf(digest, RUN_DIGEST, "%016llx%016llx",
           (unsigned long long)hash.high64, (unsigned long long)hash.low64);
}

/* A batch kept as float32 has the digest of its numbers in double. */
static ys_code hash_rows(const ys_batch *batch, size_t begin, size_t end,
                         XXH128_hash_t *hash, ys_error *error) {
  const size_t n = batch->classes;
  XXH3_state_t *state = XXH3_createState();
  double *room = ys_array(n, sizeof *room);
  if (state && room) {
    XXH3_128bits_reset(state);
    for (size_t i = begin; i < end; i++)
      XXH3_128bits_update(state, ys_batch_rows(batch, i, 1, room),
                          n * sizeof *room);
    *hash = XXH3_128bits_digest(state);
  }
  ys_code code = state && room ? YS_OK : ys_fail_memory(error, "a hash");
  XXH3_freeState(state);
  free(room);
  return code;
}

/* The first rank has the hashes of all blocks then. */
static void collect(const ys_share *share, XXH128_hash_t *blocks) {
  const ys_ranks *ranks = share->ranks;
  if (ranks->rank)
    ranks->send(ranks->context, 0, blocks + share->first,
                (share->end - share->first) * sizeof *blocks);
  for (size_t r = 1; ranks->rank == 0 && r < ranks->count; r++) {
    const size_t first = ys_share_begin(&share->whole, ranks->count, r);
    const size_t end = ys_share_begin(&share->whole, ranks->count, r + 1);
    ranks->receive(ranks->context, r, blocks + first,
                   (end - first) * sizeof *blocks);
  }
}

/* The hash of the blocks' hashes, whoever holds them. */
static ys_code hash_batch(const ys_batch *batch, XXH128_hash_t *hash,
                          ys_error *error) {
  const ys_ranks *ranks = batch->ranks;
  const ys_share share = ys_batch_share(batch);
  const ys_blocks own = ys_share_blocks(&share);
  XXH128_hash_t blocks[YS_MAX_BLOCKS];
  ys_code code = YS_OK;
  for (size_t b = 0; !code && b < own.count; b++)
    code = hash_rows(batch, ys_block_begin(&own, b), ys_block_end(&own, b),
                     &blocks[share.first + b], error);
  code = ys_ranks_agree(ranks, code, error);
  if (code)
    return code;
  if (ranks)
    collect(&share, blocks);
  if (!ranks || ranks->rank == 0)
    *hash = XXH3_128bits(blocks, share.whole.count * sizeof *blocks);
  ys_ranks_spread(ranks, hash, sizeof *hash);
  return ys_ranks_loss(ranks)
             ? ys_fail(error, YS_IO, "%s", ys_ranks_loss(ranks))
             : YS_OK;
}

ys_code sweep_batch_digest(const ys_batch *batch, char digest[RUN_DIGEST],
                           ys_error *error) {
  char text[256];
  XXH128_hash_t sigma;
  ys_code code = hash_batch(batch, &sigma, error);
  if (code)
    return code;
  int length = snprintf(text, sizeof text, "%zu %zu %016llx%016llx %a %a",
                        ys_batch_whole_rows(batch), batch->classes,
                        (unsigned long long)sigma.high64,
                        (unsigned long long)sigma.low64, batch->planted_lambda,
                        batch->planted_optimum);
  write_digest(XXH3_128bits(text, (size_t)length), digest);
  return YS_OK;
}

/* In pieces: labels to start from may be as large as memory. */
ys_code sweep_file_digest(const char *path, char digest[RUN_DIGEST],
                          ys_error *error) {
  char bytes[65536];
  size_t got;
  FILE *file;
  ys_code code = ys_input_open(path, &file, error);
  if (code)
    return code;
  XXH3_state_t *state = XXH3_createState();
  if (state) {
    XXH3_128bits_reset(state);
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
      XXH3_128bits_update(state, bytes, got);
    if (ferror(file))
      code =
          ys_fail(error, YS_IO, "%s: cannot read: %s", path, strerror(errno));
    write_digest(XXH3_128bits_digest(state), digest);
  } else {
    code = ys_fail_memory(error, "a hash");
  }
  XXH3_freeState(state);
  fclose(file);
  return code;
}

ys_code sweep_run_hash(run_spec *run, const char *cpu, const char *prior,
                       const char *start, const char *solver, ys_error *error) {
  const run_limits *limits = &run->limits;
  char *text, ranks[32] = "";
  if (run->ranks > 1)
    snprintf(ranks, sizeof ranks, "ranks %zu\n", run->ranks);
  int length = asprintf(
      &text,
      "ystep run 1\nversion %s\ncpu %s\nproblem %s\nbatch %s\nloss %s\n"
      "fairness %s\nlambda %a\nprior %s\nstart %s\nsolver %s\ntol %a\n"
      "max-iter %ld\ntime-limit %a\ntrace-every %ld\nseed %lu\nrepeat %zu\n"
      "threads %d\n%s",
      meta_version, cpu, run->problem, run->batch, ys_loss_name(run->loss),
      ys_fairness_name(run->fairness), run->lambda, prior, start, solver,
      limits->tolerance, limits->max_iterations, limits->seconds,
      limits->trace_every, run->seed, run->repeat, run->threads, ranks);
  if (length < 0)
    return ys_fail_memory(error, "a hash");
  write_digest(XXH3_128bits(text, (size_t)length), run->hash);
  free(text);
  return YS_OK;
}

uint64_t sweep_place_hash(const result_row *row) {
  char numbers[128];
  const char *const texts[] = {
      row->problem,         row->solver,          row->loss, row->fairness,
      row->settings->start, row->settings->prior, numbers};
  uint64_t hash = 0;
  int length = snprintf(numbers, sizeof numbers, "%a %ld %ld", row->lambda,
                        row->seed, row->repeat);
  if (row->settings->ranks > 1)
    snprintf(numbers + length, sizeof numbers - (size_t)length, " %g",
             row->settings->ranks);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    hash = XXH3_64bits_withSeed(texts[i], strlen(texts[i]) + 1, hash);
  return hash;
}
