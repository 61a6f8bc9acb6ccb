# Time or iterations to a gap against K or M, with fitted slopes, or lambda.
#
# Set above: what frame.gp wants; the ends of the axes and their names; sizes[],
# those at which there are points; has_fits (1: there are fits; else lines join the
# points).
#
# Blocks of the data, by index: for each solver its points, (size, median, low,
# high quantile); then for each the ends of its fit, (size, fit).

set logscale xy
set xrange [x_low:x_high]
set yrange [y_low:y_high]
set ytics tic_step(y_low, y_high, 8)
set format y power_of_ten
# Powers of ten as on the other axis where one of them is far from 1.
are_powers = 1; are_far = 0
do for [i=1:|sizes|] {
  are_powers = are_powers && abs(log10(sizes[i]) - floor(log10(sizes[i]) + 0.5)) < 1e-9
  are_far = are_far || sizes[i] < 0.01 || sizes[i] >= 1e5
}
size_name(i) = are_powers && are_far ? ten_to(floor(log10(sizes[i]) + 0.5)) : sizes[i] < 0.01 || sizes[i] >= 1e5 ? sprintf("%.0e", sizes[i]) : sprintf("%g", sizes[i])
# A name at each size, as long as they are few enough to be told apart.
if (|sizes| <= 9) {
  set xtics (size_name(1) sizes[1])
  do for [i=2:|sizes|] { set xtics add (size_name(i) sizes[i]) }
} else {
  set xtics tic_step(x_low, x_high, 8)
  set format x power_of_ten
}
if (x_name eq "lambda") { x_name = format eq "tikz" ? '$\lambda$' : "λ" }
set xlabel x_name offset 0, name_lift noenhanced
set bars 0 # caps would be marks beside the marks
finite(x) = x > 0 && x < 1e300
# A fit has a block of its own; else a line breaks where there is no point.
line(i) = has_fits ? blocks_in_all + blocks[i] : blocks[i]
plot for [i=curves:1:-1] data index line(i) using 1:(finite($2) ? $2 : NaN) with lines \
         linetype i, \
     for [i=curves:1:-1] data index blocks[i] using (finite($2) && finite($4) && $4 > $3 ? $1 : NaN):2:3:4 \
         with yerrorbars linetype i dashtype 1 linewidth 0.7 pointsize 0, \
     for [i=curves:1:-1] data index blocks[i] using (finite($2) ? $1 : NaN):2 \
         with points linetype i
