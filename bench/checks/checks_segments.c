/* The objective along random segments, for a figure. Few rows, so that the
 * segments differ: the mean of many rows looks the same along each. */
#include "bench/checks/checker.h"

#include <stdint.h>

enum { FIGURE_ROWS = 4 };

/* F along segments between peaked points: those bend the most. Or, jointly, the
 * loss of one row, sigma and y moving together, y = sigma. */
static ys_code fill_panel(const checker *c, const ys_batch *rows, int pair,
                          bool jointly, check_panel *panel, ys_error *error) {
  check_stage stage;
  ys_code code =
      checker_stage(c, rows, pair, jointly ? 0 : 1, false, &stage, error);
  for (int curve = 0; !code && curve < CHECK_CURVES; curve++) {
    checker_point(c, &stage, 0.3, stage.from);
    checker_point(c, &stage, 0.3, stage.to);
    for (int point = 0; point < CHECK_POINTS; point++) {
      check_between(&stage, (double)point / (CHECK_POINTS - 1), stage.y);
      panel->value[curve][point] =
          jointly ? checker_loss(c, &stage, YS_COLLISION, stage.y, stage.y)
                  : checker_value(c, &stage, stage.y);
    }
  }
  check_stage_free(&stage);
  return code;
}

static ys_code fill_panels(const checker *c, const ys_batch *sample,
                           check_panel panels[CHECK_PANELS], ys_error *error) {
  ys_batch row;
  ys_code code = YS_OK;
  for (int loss = 0; !code && loss < YS_LOSSES; loss++) {
    panels[loss].name = ys_loss_name((ys_loss)loss);
    code = fill_panel(c, sample, loss * YS_FAIRNESSES + YS_STRONG, false,
                      &panels[loss], error);
  }
  if (!code)
    code = ys_batch_alloc(&row, c->task->problem, 1, sample->classes, error);
  if (code)
    return code;
  panels[YS_LOSSES].name = "joint";
  code = fill_panel(c, &row, CHECK_MAIN, true, &panels[YS_LOSSES], error);
  ys_batch_free(&row);
  return code;
}

ys_code checks_segments(const check_task *task,
                        check_panel panels[CHECK_PANELS], ys_error *error) {
  checker c;
  ys_batch sample;
  ys_code code = checker_open(&c, task, NULL, NULL, error);
  if (code)
    return code;
  code = checker_sample(&c, FIGURE_ROWS, SIZE_MAX, &sample, error);
  if (!code) {
    code = fill_panels(&c, &sample, panels, error);
    ys_batch_free(&sample);
  }
  checker_close(&c);
  return code;
}
