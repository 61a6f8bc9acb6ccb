# The certified gap against time or iterations, a curve a solver; or, with linear
# axes, what a training reached against the epoch.
#
# Set above: what frame.gp wants; bands (1: there are some); the ends of the axes
# and their names. Optional: linear = 1, with log_y (1: but for y).
#
# Blocks of the data, by index: the curves, as (median, gap, low, high, whether
# the point carries a marker); behind them all their bands, as outlines (x, gap).

set xrange [x_low:x_high]
set yrange [y_low:y_high]
if (!exists("linear")) linear = 0
if (linear) { set format xy "%g" }
if (linear && log_y && y_low > 0) {
  set logscale y
  set ytics tic_step(y_low, y_high, 8)
  set format y power_of_ten
}
if (!linear) {
  set logscale xy
  set xtics tic_step(x_low, x_high, 8)
  set ytics tic_step(y_low, y_high, 8)
  set format xy power_of_ten
}
set xlabel x_name offset 0, name_lift noenhanced

# The bands first, beneath all the lines.
set style fill transparent solid 0.15 noborder
if (bands) {
  plot for [i=curves:1:-1] data index blocks_in_all+blocks[i] using 1:2 with filledcurves \
           closed fillcolor rgb colours[i], \
       for [i=curves:1:-1] data index blocks[i] using 1:2 with lines \
           linetype i, \
       for [i=curves:1:-1] data index blocks[i] using 1:($5 == 1 ? $2 : NaN) \
           with points linetype i
} else {
  plot for [i=curves:1:-1] data index blocks[i] using 1:2 with lines \
           linetype i, \
       for [i=curves:1:-1] data index blocks[i] using 1:($5 == 1 ? $2 : NaN) \
           with points linetype i
}
