#include "solvers/exact/few_lists.h"

#include "problems/vector/array.h"
#include "solvers/exact/lines.h"

#include <math.h>
#include <string.h>

static void *take(ys_memory *memory, size_t count, size_t size) {
  return ys_take(memory, count, size, "lists of few rows");
}

static void take_rows(ys_few_rows *rows, ys_memory *memory, size_t count,
                      size_t entries) {
  rows->from = take(memory, count + 1, sizeof *rows->from);
  rows->class = take(memory, entries, sizeof *rows->class);
  rows->y = take(memory, entries, sizeof *rows->y);
  rows->s = take(memory, entries, sizeof *rows->s);
}

/* What all slots hold, or fewer, for pages are dear: LONG classes a row, and a
 * row of all. */
static size_t most_entries(size_t slots, size_t rows, size_t classes) {
  enum { LONG = 128 };
  const size_t all = ys_times(slots, YS_LANES);
  const size_t some = ys_plus(ys_times(rows, LONG), classes);
  return all < some ? all : some;
}

void ys_few_lists_init(ys_few_lists *w, ys_memory *memory, const ys_work *work,
                       size_t slots) {
  const size_t rows = work->rows, n = work->classes;
  double **const by_row[] = {&w->t, &w->mu, &w->off, &w->best};
  double **const by_class[] = {&w->near, &w->second, &w->room, &w->mass};
  unsigned **const places[] = {&w->nearest, &w->next_nearest, &w->count,
                               &w->left};
  w->work = work;
  w->slots = slots;
  w->entries = most_entries(slots, rows, n);
  take_rows(&w->now, memory, rows, w->entries);
  take_rows(&w->next, memory, rows, w->entries);
  for (size_t i = 0; i < sizeof by_row / sizeof *by_row; i++)
    *by_row[i] = take(memory, rows, sizeof(double));
  for (size_t i = 0; i < sizeof by_class / sizeof *by_class; i++)
    *by_class[i] = take(memory, n, sizeof(double));
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    *places[i] = take(memory, n, sizeof(unsigned));
  w->start = take(memory, n + 2, sizeof *w->start);
  w->part.row = take(memory, rows, sizeof *w->part.row);
  w->part.held = take(memory, rows, sizeof *w->part.held);
  w->part.begin = take(memory, ys_ipm_tiles(rows) + 1, sizeof *w->part.begin);
  w->part.classes = take(memory, slots, sizeof *w->part.classes);
  w->part.rest = take(memory, n, sizeof *w->part.rest);
}

static const double *sigma_of(const ys_few_lists *w, size_t i) {
  return ys_batch_rows(w->work->objective->batch, i, 1, w->room);
}

/* ------------------------------------------------------------ pricing ---- */

YS_HOT static double best_gain(const double *sigma, const double *nu, double t,
                               size_t n) {
  return ys_lines_top(sigma, nu, t, 0, n);
}

/* The two rows that are nearest to each class. */
static void find_nearest(ys_few_lists *w, const double *nu) {
  const size_t n = w->work->classes;
  for (size_t k = 0; k < n; k++)
    w->near[k] = w->second[k] = INFINITY;
  for (size_t i = 0; i < w->work->rows; i++) {
    const double *sigma = sigma_of(w, i), t = w->t[i], best = w->best[i];
    for (size_t k = 0; k < n; k++) {
      const double slack = best - t * sigma[k] - nu[k];
      if (!(slack < w->second[k]))
        continue;
      if (slack < w->near[k]) {
        w->second[k] = w->near[k];
        w->next_nearest[k] = w->nearest[k];
        w->near[k] = slack;
        w->nearest[k] = (unsigned)i;
      } else {
        w->second[k] = slack;
        w->next_nearest[k] = (unsigned)i;
      }
    }
  }
}

/* ----------------------------------------------------------- layout ---- */

/* Rows that hold one class stand still: their share of ybar, and t. Returns how
 * many others there are. */
static size_t leave_out(ys_few_lists *w, const ys_few_rows *rows) {
  const size_t n = w->work->classes, count = w->work->rows;
  size_t others = 0;
  memset(w->part.rest, 0, n * sizeof *w->part.rest);
  for (size_t i = 0; i < count; i++) {
    const unsigned class = rows->class[rows->from[i]];
    if (rows->from[i + 1] - rows->from[i] > 1) {
      others++;
      continue;
    }
    w->part.rest[class] += 1 / (double)count;
    w->t[i] = 1 / ys_batch_entry(w->work->objective->batch, i, class);
    w->off[i] = 0;
    rows->y[rows->from[i]] = 1;
  }
  return others;
}

/* The rows of the part, those of most classes first, so that a tile's are
 * alike. False if there is no room. */
static bool lay_out(ys_few_lists *w, const ys_few_rows *rows) {
  const size_t n = w->work->classes, all = w->work->rows;
  const size_t count = leave_out(w, rows);
  size_t slot = 0;
  memset(w->start, 0, (n + 2) * sizeof *w->start);
  for (size_t i = 0; i < all; i++)
    w->start[n - (rows->from[i + 1] - rows->from[i]) + 1]++;
  for (size_t k = 0; k <= n; k++)
    w->start[k + 1] += w->start[k];
  for (size_t i = 0; i < all; i++) {
    const size_t held = rows->from[i + 1] - rows->from[i];
    if (held == 1)
      continue; /* last of all */
    const size_t to = w->start[n - held]++;
    w->part.row[to] = i;
    w->part.held[to] = (unsigned)held;
  }
  w->part.rows = count;
  w->part.tiles = ys_ipm_tiles(count);
  for (size_t tile = 0; tile < w->part.tiles; tile++) {
    w->part.begin[tile] = slot;
    slot += w->part.held[tile * YS_LANES];
  }
  w->part.begin[w->part.tiles] = slot;
  if (slot > w->slots)
    return false;
  memset(w->part.classes, 0, slot * sizeof *w->part.classes);
  for (size_t at = 0; at < count; at++) {
    const size_t first = rows->from[w->part.row[at]];
    for (size_t k = 0; k < w->part.held[at]; k++)
      w->part.classes[w->part.begin[at / YS_LANES] + k].of[at % YS_LANES] =
          rows->class[first + k];
  }
  return true;
}

/* ------------------------------------------------------------ choice ---- */

/* The row's best two classes. */
static void find_two(const double *sigma, const double *nu, double t, size_t n,
                     size_t *best, size_t *next) {
  double most = -INFINITY, second = -INFINITY;
  *best = *next = 0;
  for (size_t k = 0; k < n; k++) {
    const double gain = t * sigma[k] + nu[k];
    if (gain > most) {
      second = most;
      *next = *best;
      most = gain;
      *best = k;
    } else if (gain > second) {
      second = gain;
      *next = k;
    }
  }
}

/* Rows of one class are given their second best, too, unless y is there and
 * they may `rest`. Sets how many rows hold more. */
static bool choose_rows(ys_few_lists *w, const double *y, const double *nu,
                        double width, double slight, bool rest,
                        size_t *several) {
  const size_t n = w->work->classes, count = w->work->rows;
  size_t at = 0, best, next;
  *several = 0;
  for (size_t i = 0; i < count; i++) {
    const double *sigma = sigma_of(w, i), *row = y + i * n;
    const double t = w->t[i], least = w->best[i] - width;
    find_two(sigma, nu, t, n, &best, &next);
    next = rest && row[best] >= 1 ? best : next;
    w->now.from[i] = at;
    if (at + n > w->entries)
      return false;
    for (size_t k = 0; k < n; k++)
      if (t * sigma[k] + nu[k] >= least || row[k] > slight || k == best ||
          k == next || w->nearest[k] == i || w->next_nearest[k] == i)
        w->now.class[at++] = (unsigned)k;
    *several += at - w->now.from[i] > 1;
  }
  w->now.from[count] = at;
  return true;
}

/* What y has elsewhere goes to the rest of its row. */
static void drop_others(const ys_few_lists *w, double *y) {
  const size_t n = w->work->classes;
  for (size_t i = 0; i < w->work->rows; i++) {
    double *row = y + i * n, mass = 0;
    size_t at = w->now.from[i];
    const size_t end = w->now.from[i + 1], first = at;
    for (size_t k = 0; k < n; k++)
      if (at < end && w->now.class[at] == k) {
        mass += row[k];
        at++;
      } else
        row[k] = 0;
    for (at = first; at < end; at++) {
      double *entry = row + w->now.class[at];
      *entry = mass > 0 ? *entry / mass : 1 / (double)(end - first);
    }
  }
}

bool ys_few_lists_choose(ys_few_lists *w, double *y, const double *nu,
                         double width, double slight) {
  const size_t n = w->work->classes;
  for (size_t i = 0; i < w->work->rows; i++) {
    const double *sigma = sigma_of(w, i);
    double x = 0;
    for (size_t k = 0; k < n; k++)
      x += sigma[k] * y[i * n + k];
    w->t[i] = 1 / x;
    w->best[i] = best_gain(sigma, nu, w->t[i], n);
  }
  find_nearest(w, nu);
  size_t several;
  if (!choose_rows(w, y, nu, width, slight, true, &several))
    return false;
  if (several == 0 && !choose_rows(w, y, nu, width, slight, false, &several))
    return false;
  if (!lay_out(w, &w->now))
    return false;
  drop_others(w, y);
  return true;
}

/* ------------------------------------------------------------ change ---- */

/* The interior point's rows into ours. */
static void take_state(ys_few_lists *w, const ys_ipm_state *p) {
  for (size_t at = 0; at < w->part.rows; at++) {
    const size_t i = w->part.row[at], tile = at / YS_LANES, l = at % YS_LANES;
    const size_t slot = w->part.begin[tile], first = w->now.from[i];
    w->t[i] = p->tile[tile].t[l];
    w->mu[i] = p->tile[tile].mu[l];
    w->off[i] = p->tile[tile].off[l];
    for (size_t k = 0; k < w->part.held[at]; k++) {
      w->now.y[first + k] = p->y[slot + k][l];
      w->now.s[first + k] = p->s[slot + k][l];
    }
  }
}

static void give_state(const ys_few_lists *w, ys_ipm_state *p) {
  for (size_t at = 0; at < w->part.rows; at++) {
    const size_t i = w->part.row[at], tile = at / YS_LANES, l = at % YS_LANES;
    const size_t slot = w->part.begin[tile], first = w->now.from[i];
    p->tile[tile].t[l] = w->t[i];
    p->tile[tile].mu[l] = w->mu[i];
    p->tile[tile].off[l] = w->off[i];
    for (size_t k = 0; k < w->part.held[at]; k++) {
      p->y[slot + k][l] = w->now.y[first + k];
      p->s[slot + k][l] = w->now.s[first + k];
    }
  }
}

double ys_few_lists_price(ys_few_lists *w, const ys_ipm_state *p) {
  const size_t n = w->work->classes;
  const double *nu = p->hint;
  double lacking = 0;
  take_state(w, p);
  for (size_t i = 0; i < w->work->rows; i++) {
    const double *sigma = sigma_of(w, i), t = w->t[i];
    double held = -INFINITY;
    for (size_t at = w->now.from[i]; at < w->now.from[i + 1]; at++)
      held = fmax(held, t * sigma[w->now.class[at]] + nu[w->now.class[at]]);
    w->best[i] = best_gain(sigma, nu, t, n);
    lacking += w->best[i] - held;
  }
  return lacking / (double)w->work->rows;
}

/* A row that stood still, as it is if it is taken in: s y = target. */
static void rouse_row(ys_few_lists *w, size_t i, const double *nu, double level,
                      double target) {
  const size_t at = w->now.from[i], class = w->now.class[at];
  w->mu[i] = 1 + nu[class] + target - level; /* t sigma is 1 */
  w->now.y[at] = 1;
  w->now.s[at] = target;
}

/* Row i into `next`: what it keeps, and what it takes in. New entries are
 * marked by y = 0, their s that of mu. */
static size_t merge_row(ys_few_lists *w, size_t i, const double *nu,
                        double level, double width, double share, size_t to,
                        size_t *fresh) {
  const size_t n = w->work->classes, end = w->now.from[i + 1];
  const double *sigma = sigma_of(w, i), t = w->t[i];
  const double least = w->best[i] - width;
  const double mu = w->mu[i] + level;
  size_t at = w->now.from[i], kept = end - at;
  for (size_t k = 0; k < n; k++) {
    if (at < end && w->now.class[at] == k) {
      const bool drop =
          w->now.y[at] * (double)(end - w->now.from[i]) < share &&
          w->now.y[at] * (double)w->count[k] < share * w->mass[k] &&
          w->now.y[at] < w->now.s[at] && kept > 2 &&
          w->count[k] > 2 + w->left[k] && !(t * sigma[k] + nu[k] >= least);
      if (drop) {
        kept--;
        w->left[k]++;
      } else {
        w->next.class[to] = (unsigned)k;
        w->next.y[to] = w->now.y[at];
        w->next.s[to++] = w->now.s[at];
      }
      at++;
    } else if (t * sigma[k] + nu[k] >= least) {
      w->next.class[to] = (unsigned)k;
      w->next.y[to] = 0;
      w->next.s[to++] = mu - t * sigma[k] - nu[k];
      ++*fresh;
    }
  }
  return to;
}

/* New entries at `target`, and the row's sum 1. Those that would gain have no
 * slack: they are given one, which is out of line with nu until the next steps
 * have taken it in. Together they take little of the row: where many come at
 * once, less than `target` says, or their columns would go far from nu. */
static void settle_row(ys_few_lists *w, size_t i, double target) {
  const double little = 0.1;
  const size_t first = w->next.from[i], end = w->next.from[i + 1];
  double sum = 0, fresh = 0;
  for (size_t at = first; at < end; at++) {
    if (w->next.y[at] > 0)
      continue;
    const double slack = w->next.s[at], given = fmax(fabs(slack), 30 * target);
    if (given > slack)
      w->off[i] = 1;
    w->next.s[at] = given;
    fresh += target / given;
  }
  const double part = fresh > little ? little / fresh : 1;
  for (size_t at = first; at < end; at++) {
    if (w->next.y[at] == 0)
      w->next.y[at] = part * target / w->next.s[at];
    sum += w->next.y[at];
  }
  for (size_t at = first; at < end; at++)
    w->next.y[at] /= sum;
}

static void count_holders(ys_few_lists *w) {
  const size_t n = w->work->classes;
  memset(w->count, 0, n * sizeof *w->count);
  memset(w->left, 0, n * sizeof *w->left);
  memset(w->mass, 0, n * sizeof *w->mass);
  for (size_t at = 0; at < w->now.from[w->work->rows]; at++) {
    w->count[w->now.class[at]]++;
    w->mass[w->now.class[at]] += w->now.y[at];
  }
}

bool ys_few_lists_change(ys_few_lists *w, ys_ipm_state *p, double *y,
                         double width, double share, double target) {
  const size_t n = w->work->classes, rows = w->work->rows;
  size_t to = 0, fresh = 0;
  count_holders(w);
  for (size_t i = 0; i < rows; i++) {
    w->next.from[i] = to;
    if (to + n > w->entries)
      return false;
    if (w->now.from[i + 1] - w->now.from[i] == 1)
      rouse_row(w, i, p->hint, p->level, target);
    to = merge_row(w, i, p->hint, p->level, width, share, to, &fresh);
  }
  w->next.from[rows] = to;
  if (fresh == 0 && (double)to > 0.6 * (double)w->now.from[rows])
    return false;
  for (size_t i = 0; i < rows; i++)
    settle_row(w, i, target);
  if (!lay_out(w, &w->next)) {
    lay_out(w, &w->now);
    return false;
  }
  for (size_t i = 0; i < rows; i++) {
    for (size_t at = w->now.from[i]; at < w->now.from[i + 1]; at++)
      y[i * n + w->now.class[at]] = 0;
    for (size_t at = w->next.from[i]; at < w->next.from[i + 1]; at++)
      y[i * n + w->next.class[at]] = w->next.y[at];
  }
  ys_few_rows old = w->now;
  w->now = w->next;
  w->next = old;
  ys_ipm_reshape(p, &w->part);
  give_state(w, p);
  return true;
}
