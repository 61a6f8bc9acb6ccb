# The certified gap against time or iterations, a curve a solver.
#
# Set above: curves; bands (1: there are some); for each curve labels[] and
# styles[]; the ends of the axes and their names; legend_columns, legend_title.
#
# Blocks of the data, by index: the curves, as (median, gap, low, high, whether
# the point carries a marker); then their bands, as outlines (x, gap).

# Lengths are in inches, but for what is said to be on the screen, which is 1
# wide and 1 high.
row = 0.125
title_rows = strlen(legend_title) ? 1 : 0
foot = 0.06 + row * (title_rows + ceil(real(curves) / legend_columns))
set lmargin at screen 0.165
set rmargin at screen 0.96
set tmargin at screen 1 - 0.1 / height
set bmargin at screen (foot + 0.37) / height

set logscale xy
set xrange [x_low:x_high]
set yrange [y_low:y_high]
# A name for each, every second or every third power of ten.
tic_step(low, high, most) = 10 ** ceil(log10(high / low) / most)
set xtics tic_step(x_low, x_high, 8)
set ytics tic_step(y_low, y_high, 8)
set format xy (format eq "tikz" ? '$10^{%L}$' : '10^{%L}')
set xlabel x_name offset 0, 0.4
set ylabel y_name offset 0.8, 0

# The legend, row by row below the plot.
unset key
sample_x(i) = 0.03 + 0.96 * ((i - 1) % legend_columns) / legend_columns
sample_y(i) = (foot - row * (title_rows + (i - 1) / legend_columns + 0.5)) / height
set label 1000 legend_title at screen 0.03, (foot - row / 2) / height left
do for [i=1:curves] {
  set arrow i from screen sample_x(i), screen sample_y(i) rto screen 0.09, 0 \
      nohead linetype styles[i]
  set label i at screen sample_x(i) + 0.045, sample_y(i) point linetype styles[i]
  set label 100+i labels[i] at screen sample_x(i) + 0.105, sample_y(i) left noenhanced
}

# The bands first, beneath all the lines.
set style fill transparent solid 0.15 noborder
if (bands) {
  plot for [i=1:curves] data index curves+i-1 using 1:2 with filledcurves \
           closed fillcolor rgb palette[(styles[i]-1)%8+1], \
       for [i=1:curves] data index i-1 using 1:2 with lines \
           linetype styles[i], \
       for [i=1:curves] data index i-1 using 1:($5 == 1 ? $2 : NaN) \
           with points linetype styles[i]
} else {
  plot for [i=1:curves] data index i-1 using 1:2 with lines \
           linetype styles[i], \
       for [i=1:curves] data index i-1 using 1:($5 == 1 ? $2 : NaN) \
           with points linetype styles[i]
}
