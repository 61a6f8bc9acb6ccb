# Performance and data profiles: the share of y-steps solved, a curve a solver.
#
# Set above: what frame.gp wants, y_name among it; the ends of the axes, x_name.
#
# Blocks of the data, by index, a solver each: (x, share, how many, whether the
# point carries a marker); the share holds from x on.

set logscale x
set xrange [x_low:x_high]
set yrange [y_low:y_high]
set xtics tic_step(x_low, x_high, 8)
set ytics 0.2
set format x power_of_ten
set xlabel x_name offset 0, name_lift noenhanced
plot for [i=curves:1:-1] data index blocks[i] using 1:2 with steps \
         linetype i, \
     for [i=curves:1:-1] data index blocks[i] using 1:($4 == 1 ? $2 : NaN) \
         with points linetype i
