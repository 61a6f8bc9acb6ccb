/* The objective along random segments, for a figure. Few rows, so that the
 * segments differ: the mean of many rows looks the same along each. */
#include "bench/checks/checker.h"

#include <stdint.h>

enum { FIGURE_ROWS = 4 };

static double time_at(int point) {
  return (double)point / (CHECK_POINTS - 1);
}

/* F along segments between peaked points: those bend the most. */
static void follow_segments(const checker *c, check_stage *stage,
                            check_panel *panel) {
  const ys_batch *batch = stage->objective.batch;
  for (int curve = 0; curve < CHECK_CURVES; curve++) {
    checker_point(c, stage, 0.3, stage->from);
    checker_point(c, stage, 0.3, stage->to);
    for (int point = 0; point < CHECK_POINTS; point++) {
      check_between(stage->from, stage->to, time_at(point), stage->y,
                    batch->rows * batch->classes);
      panel->value[curve][point] =
          c->subject->value(&stage->objective, stage->y, &stage->scratch);
    }
  }
}

static ys_code fill_panel(const checker *c, const ys_batch *sample,
                          ys_loss loss, check_panel *panel, ys_error *error) {
  check_stage stage;
  ys_code code = checker_stage(c, sample, (int)loss * YS_FAIRNESSES + YS_STRONG,
                               1, false, &stage, error);
  if (code)
    return code;
  panel->name = ys_loss_name(loss);
  follow_segments(c, &stage, panel);
  check_stage_free(&stage);
  return YS_OK;
}

/* Collision of one row, sigma and y moving together, y = sigma. */
static ys_code fill_joint(const checker *c, size_t classes, check_panel *panel,
                          ys_error *error) {
  check_row row;
  ys_code code = checker_row_open(c, classes, &row, error);
  if (code)
    return code;
  double *from = row.stage.from, *to = row.stage.to, *both = row.stage.y;
  panel->name = "joint";
  for (int curve = 0; curve < CHECK_CURVES; curve++) {
    checker_row(c, 0.3, from, classes);
    checker_row(c, 0.3, to, classes);
    for (int point = 0; point < CHECK_POINTS; point++) {
      check_between(from, to, time_at(point), both, classes);
      panel->value[curve][point] =
          check_row_loss(c, &row, YS_COLLISION, both, both);
    }
  }
  check_row_close(&row);
  return YS_OK;
}

ys_code checks_segments(const check_setting *setting,
                        check_panel panels[CHECK_PANELS], ys_error *error) {
  checker c;
  ys_batch sample;
  ys_code code = checker_open(&c, setting, NULL, NULL, error);
  if (code)
    return code;
  code = checker_sample(&c, FIGURE_ROWS, SIZE_MAX, &sample, error);
  if (!code) {
    for (int loss = 0; !code && loss < YS_LOSSES; loss++)
      code = fill_panel(&c, &sample, (ys_loss)loss, &panels[loss], error);
    if (!code)
      code = fill_joint(&c, sample.classes, &panels[YS_LOSSES], error);
    ys_batch_free(&sample);
  }
  checker_close(&c);
  return code;
}
