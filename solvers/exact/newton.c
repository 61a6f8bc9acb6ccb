#include "solvers/exact/newton.h"

#include "problems/objective/fairness.h"
#include "problems/vector/array.h"

#include <math.h>
#include <string.h>

enum { FEW_CLASSES = 128 };

void ys_newton_init(ys_newton *w, ys_memory *memory, const ys_work *work,
                    ys_candidates *candidates) {
  const char *what = "the multipliers";
  const size_t n = work->classes;
  double **const vectors[] = {
      &w->nu,       &w->tilt,   &w->ybar,     &w->from,     &w->best,
      &w->gradient, &w->step,   &w->diagonal, &w->residual, &w->search,
      &w->image,    &w->scaled, &w->moved,    &w->glanced};
  w->work = work;
  w->candidates = candidates;
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
    *vectors[i] = ys_take_numbers(memory, n, what);
  const bool few = n <= FEW_CLASSES;
  ys_tally_init(&w->tally, memory, work->objective,
                few ? ys_pair_place(n, 0) : n);
  w->tally.sparse = few; /* few pairs of classes share rows in doubt */
  ys_candidates_init_answers(candidates, memory, work->objective);
  if (candidates->pairs)
    w->pairs = candidates->pairs;
  else if (few)
    w->pairs = ys_take_numbers(memory, n * n, what);
  else
    w->edge = ys_take(memory, ys_times(2, work->rows), sizeof *w->edge, what);
}

void ys_newton_tilt(ys_newton *w) {
  double most = -INFINITY;
  for (size_t k = 0; k < w->work->classes; k++)
    most = fmax(most, w->nu[k]);
  for (size_t k = 0; k < w->work->classes; k++)
    w->tilt[k] = exp(w->nu[k] - most);
}

static double dot(const double *a, const double *b, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += a[k] * b[k];
  return sum;
}

static double spread_of(const double *a, size_t n) {
  double low = INFINITY, high = -INFINITY;
  for (size_t k = 0; k < n; k++) {
    low = fmin(low, a[k]);
    high = fmax(high, a[k]);
  }
  return high - low;
}

/* ------------------------------------------------------------ the point ----
 */

/* The gradient by ybar, and the gap, which is the fairness term's: lambda sum_k
 * u_k e(nu_k ybar_k / (lambda u_k)). */
static double measure(ys_newton *w) {
  const ys_objective *o = w->work->objective;
  double gap = 0;
  for (size_t k = 0; k < w->work->classes; k++) {
    const double u = o->prior[k];
    w->gradient[k] = ys_strong_multiplier(o->lambda, u, w->nu[k]) - w->ybar[k];
    gap += ys_excess(u, w->nu[k] * w->ybar[k] / o->lambda);
  }
  return o->lambda * gap;
}

/* Answers at nu. */
static double ask(ys_newton *w) {
  ys_candidates_ask(w->candidates, w->work, w->nu, &w->window, w->ybar);
  return measure(w);
}

static double slope_of(const ys_newton *w) {
  return dot(w->gradient, w->step, w->work->classes);
}

static void move(ys_newton *w, double by) {
  for (size_t k = 0; k < w->work->classes; k++)
    w->nu[k] += by * w->step[k];
}

/* ------------------------------------------------------------- the step ----
 */

/* Of weights, of which a row has two, times numbers up to `largest`. */
static ys_unit unit_of(const ys_newton *w, double largest) {
  const ys_candidates *c = w->candidates;
  return ys_unit_of(2 * c->all, largest * w->heaviest);
}

static void sum_pairs(const ys_newton *w, size_t first, size_t end,
                      ys_unit unit, int64_t *pairs) {
  for (size_t j = first; j < end; j++) {
    const ys_answer *a = &w->candidates->answer[j];
    const ys_border *b = &w->candidates->border[j];
    pairs[ys_pair_place(a->low, a->high)] += ys_units(unit, (double)b->weight);
    pairs[ys_pair_place(b->given, b->third)] += ys_units(unit, (double)b->flip);
  }
}

/* Equal pairs as one, where classes are few. */
static void merge_edges(ys_newton *w) {
  enum { ENTRIES_A_ROW = 8 };
  const ys_blocks blocks = ys_blocks_make(w->candidates->rows, ENTRIES_A_ROW);
  const int threads = ys_block_threads(&blocks, w->work->objective->threads);
  const ys_unit unit = unit_of(w, 1);
  const size_t n = w->work->classes;
  ys_tally_begin(&w->tally, ys_pair_place(n, 0), threads);
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t block = 0; block < blocks.count; block++)
    sum_pairs(w, ys_block_begin(&blocks, block), ys_block_end(&blocks, block),
              unit, ys_tally_own(&w->tally));
  const int64_t *pairs = ys_tally_total(&w->tally);
  for (size_t k = 0; k < n; k++) {
    w->pairs[k * n + k] = 0;
    for (size_t l = 0; l < k; l++)
      w->pairs[k * n + l] = w->pairs[l * n + k] =
          ys_from_units(unit, pairs[ys_pair_place(k, l)]);
  }
}

/* Pairs as they are, where classes are many. */
static void list_edges(ys_newton *w) {
  const ys_candidates *c = w->candidates;
  w->edges = 0;
  for (size_t j = 0; j < c->rows; j++) {
    const ys_answer *a = &c->answer[j];
    const ys_border *b = &c->border[j];
    if (b->weight > 0)
      w->edge[w->edges++] = (ys_edge){a->low, a->high, (double)b->weight};
    if (b->flip > 0)
      w->edge[w->edges++] = (ys_edge){b->given, b->third, (double)b->flip};
  }
}

/* To each class every edge's weight, times what its other class has in `vector`
 * (NULL: 1). */
static void sum_edges(const ys_newton *w, const double *vector, size_t first,
                      size_t end, ys_unit unit, int64_t *sum) {
  for (size_t e = first; e < end; e++) {
    const ys_edge edge = w->edge[e];
    const double at_low = vector ? vector[edge.low] : 1;
    const double at_high = vector ? vector[edge.high] : 1;
    sum[edge.low] += ys_units(unit, edge.weight * at_high);
    sum[edge.high] += ys_units(unit, edge.weight * at_low);
  }
}

/* These sums, times `by`, are added to numbers (K). */
static void add_edges(ys_newton *w, const double *vector, double by,
                      double *numbers) {
  enum { NUMBERS_AN_EDGE = 4 };
  const ys_blocks blocks = ys_blocks_make(w->edges, NUMBERS_AN_EDGE);
  const int threads = ys_block_threads(&blocks, w->work->objective->threads);
  const size_t n = w->work->classes;
  double largest = vector ? 0 : 1;
  for (size_t k = 0; vector && k < n; k++)
    largest = fmax(largest, fabs(vector[k]));
  const ys_unit unit = unit_of(w, largest);
  ys_tally_begin(&w->tally, n, threads);
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t block = 0; block < blocks.count; block++)
    sum_edges(w, vector, ys_block_begin(&blocks, block),
              ys_block_end(&blocks, block), unit, ys_tally_own(&w->tally));
  const int64_t *sum = ys_tally_total(&w->tally);
  for (size_t k = 0; k < n; k++)
    numbers[k] += by * ys_from_units(unit, sum[k]);
}

/* Minus the second derivative, times the rows: a diagonal of lambda u / nu^2,
 * and weight (1_low - 1_high) (1_low - 1_high)^T of every edge. */
static void set_matrix(ys_newton *w) {
  const ys_candidates *c = w->candidates;
  const ys_objective *o = w->work->objective;
  const size_t n = w->work->classes;
  if (!c->pairs)
    w->heaviest = ys_ranks_most(w->tally.ranks, c->largest);
  for (size_t k = 0; k < n; k++)
    w->diagonal[k] =
        (double)c->all * o->lambda * o->prior[k] / (w->nu[k] * w->nu[k]);
  if (!w->pairs) {
    list_edges(w);
    add_edges(w, NULL, 1, w->diagonal);
    return;
  }
  if (!c->pairs)
    merge_edges(w);
  for (size_t k = 0; k < n; k++)
    for (size_t l = 0; l < n; l++)
      w->diagonal[k] += w->pairs[k * n + l];
}

static void apply(ys_newton *w, const double *vector, double *image) {
  const size_t n = w->work->classes;
  for (size_t k = 0; k < n; k++)
    image[k] = w->diagonal[k] * vector[k];
  for (size_t k = 0; w->pairs && k < n; k++) {
    const double *pairs = w->pairs + k * n, entry = vector[k];
    for (size_t l = 0; l < n; l++)
      image[l] -= pairs[l] * entry;
  }
  if (!w->pairs)
    add_edges(w, vector, -1, image);
}

/* By conjugate gradients with the diagonal as preconditioner. Numbers at the
 * ends of what doubles hold can make it none: nu stays where it is then. */
static void find_step(ys_newton *w) {
  const double accuracy = 1e-4;
  const size_t n = w->work->classes;
  double *r = w->residual, *z = w->scaled, *s = w->search;
  set_matrix(w);
  for (size_t k = 0; k < n; k++) {
    w->step[k] = 0;
    r[k] = (double)w->candidates->all * w->gradient[k];
    s[k] = z[k] = r[k] / w->diagonal[k];
  }
  double size = dot(r, z, n);
  const double enough = accuracy * accuracy * size;
  for (size_t i = 0; i < n + 20 && size > enough; i++) {
    apply(w, s, w->image);
    const double length = size / dot(s, w->image, n), before = size;
    for (size_t k = 0; k < n; k++) {
      w->step[k] += length * s[k];
      r[k] -= length * w->image[k];
      z[k] = r[k] / w->diagonal[k];
    }
    size = dot(r, z, n);
    for (size_t k = 0; k < n; k++)
      s[k] = z[k] + size / before * s[k];
  }
  if (!isfinite(dot(w->step, w->step, n)))
    memset(w->step, 0, n * sizeof *w->step);
}

/* How far nu is from where the candidates were chosen, `length` along. */
static double distance(ys_newton *w, double length) {
  for (size_t k = 0; k < w->work->classes; k++)
    w->scaled[k] = w->nu[k] - w->from[k] + length * w->step[k];
  return spread_of(w->scaled, w->work->classes);
}

/* The longest step, 1 at most, that leaves nu positive and near. */
static double longest_step(ys_newton *w, double width) {
  enum { MOST = 40 };
  const double keep = 0.7;
  double length = 1;
  for (size_t k = 0; k < w->work->classes; k++)
    if (-w->step[k] * length > keep * w->nu[k])
      length = keep * w->nu[k] / -w->step[k];
  w->limited = distance(w, length) > width;
  for (int i = 0; i < MOST && distance(w, length) > width; i++)
    length *= 0.8;
  return length;
}

/* Go along the step to where the dual function's slope, which falls, is small,
 * or as far as the width allows; in the end the slope may be downhill a little,
 * or as steep as it was uphill where the gap has halved all the same: the next
 * step, from there, gains more than another try. Returns how far. */
static double go(ys_newton *w, double width, double *gap) {
  enum { MOST_TRIALS = 8 };
  const double first = slope_of(w), small = 0.3, halved = 0.5;
  double length = longest_step(w, width), low = 0, at_low = first;
  move(w, length);
  *gap = ask(w);
  for (int trial = 0; trial < MOST_TRIALS; trial++) {
    const double slope = slope_of(w);
    const bool pays = slope >= -first && *gap <= halved * w->gap;
    if (slope >= -small * first || pays)
      break;
    const double share = at_low / (at_low - slope);
    const double next = low + (length - low) * fmax(0.1, fmin(0.7, share));
    move(w, next - length);
    length = next;
    *gap = ask(w);
  }
  return length;
}

/* ------------------------------------------------------------------------- */

static void keep(ys_newton *w, double gap) {
  w->gap = gap;
  memcpy(w->best, w->nu, w->work->classes * sizeof *w->best);
}

void ys_newton_expect(ys_newton *w, const double *from, double share) {
  w->window.moved = from ? w->moved : NULL;
  for (size_t k = 0; from && k < w->work->classes; k++)
    w->moved[k] = share * (w->nu[k] - from[k]);
}

double ys_newton_solve(ys_newton *w, double width, double still, double enough,
                       double share) {
  enum { MOST = 30, MOST_IDLE = 2 };
  const double narrowest = 1e-9, blocked = 0.5, cut = 0.25;
  const double rounding = 1e-15 * (1 + w->work->objective->lambda);
  const size_t n = w->work->classes;
  int idle = 0;
  double least = INFINITY; /* of what is left to gain, twice */
  w->settled = false;
  memcpy(w->from, w->nu, n * sizeof *w->from);
  w->window.widest = fmax(narrowest, fmin(width / 2, YS_NEWTON_WIDEST));
  keep(w, ask(w));
  w->first = w->gap;
  enough = fmax(fmax(enough, share * w->first), rounding);
  for (int i = 0; i < MOST && idle < MOST_IDLE; i++) {
    w->settled = w->settled || w->gap <= enough;
    if (w->settled || ys_ranks_loss(w->tally.ranks))
      break;
    find_step(w);
    const double left = slope_of(w), whole = spread_of(w->step, n);
    double gap;
    const double length = go(w, width, &gap);
    w->ahead = (1 - length) * whole;
    idle = gap < 0.5 * w->gap || left < 0.5 * least ? 0 : idle + 1;
    least = fmin(least, left);
    if (gap <= w->gap)
      keep(w, gap);
    for (size_t k = 0; k < n; k++)
      w->moved[k] = length * w->step[k];
    w->window.moved = w->moved;
    w->settled = whole * length < still && length > cut && !w->limited;
    if (w->settled || (w->limited && length < blocked))
      break;
    w->window.widest =
        fmax(narrowest, fmin(w->window.widest, whole * length / 2));
  }
  if (memcmp(w->nu, w->best, n * sizeof *w->nu) != 0) {
    memcpy(w->nu, w->best, n * sizeof *w->nu);
    ask(w);
  }
  memset(w->step, 0, n * sizeof *w->step);
  return distance(w, 0);
}

double ys_newton_glance(ys_newton *w, ys_look_sample sample,
                        const ys_look *look, double width, bool first) {
  const double shorter = 0.3, pays = 0.5;
  const size_t n = w->work->classes, bytes = n * sizeof *w->nu;
  const ys_window window = {fmin(width / 2, YS_NEWTON_WIDEST),
                            !first && w->telling ? w->glanced : NULL};
  ys_candidates_glance(w->candidates, w->work, sample, look, w->nu, &window,
                       w->ybar);
  const double gap = measure(w);
  if (!first && !(gap < w->gap)) {
    memcpy(w->nu, w->best, bytes);
    w->length *= shorter;
    w->telling = false;
  } else {
    const bool fell = !first && gap < pays * w->gap;
    keep(w, gap);
    memcpy(w->from, w->nu, bytes);
    find_step(w);
    w->length = longest_step(w, width);
    w->telling = (first || fell) && w->length == 1 && !w->limited;
  }
  move(w, w->length);
  for (size_t k = 0; k < n; k++)
    w->glanced[k] = w->length * w->step[k];
  return spread_of(w->glanced, n);
}
