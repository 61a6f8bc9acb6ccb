# Bars, the shortest above: iterations or seconds to a gap, a bar a solver.
#
# Set above: curves, how many bars; for each labels[], what terminal.gp wants, and
# what stands behind it in ends[blocks[] + 1]; legend_letters, the length of
# the longest label; x_low, x_high, x_name; title.
#
# Data: (place, median, low quantile, high quantile).

# Lengths are in inches, but for what is said to be on the screen. There is no
# legend: the labels are on the axis.
head = slide ? 0.3 * unit : has_title ? 0.28 : 0.08
foot = 0.38 * unit
bar = (height - head - foot) / (curves + 0.2)
bar_letters = bar < 1.25 * small / 72 ? bar * 72 / 1.25 : small
set lmargin at screen (0.1 * unit + bar_letters / 72 * 0.6 * legend_letters) / width
set rmargin at screen 1 - 0.13 * unit / width
set tmargin at screen 1 - head / height
set bmargin at screen foot / height
if (has_title) {
  set label 1001 title at screen 0.1 * unit / width, 1 - 0.14 * unit / height left \
      font size_of(fit(title)) noenhanced
}

set logscale x
set xrange [x_low:x_high]
set yrange [curves + 0.7:0.5]
set xtics tic_step(x_low, x_high, 8)
set format x power_of_ten
set xlabel x_name offset 0, name_lift noenhanced
unset ytics
set border 1
set grid noytics xtics
do for [i=1:curves] {
  set label i labels[i] at x_low, i right offset -0.6, 0 font size_of(bar_letters) noenhanced
}
finite(x) = x > 0 && x < 1e300
set style fill solid 0.55 noborder
plot for [i=1:curves] data using ($1 == blocks[i]+1 && finite($2) ? $2 : NaN):(i):(x_low):2:(i-0.36):(i+0.36) \
         with boxxyerror fillcolor rgb colours[i], \
     for [i=1:curves] data using ($1 == blocks[i]+1 && finite($2) && finite($4) && $4 > $3 ? $2 : NaN):(i):3:4 \
         with xerrorbars linetype -1 linewidth 0.8 pointtype 0, \
     for [i=1:curves] data using ($1 != blocks[i]+1 ? NaN : finite($2) ? (finite($4) ? $4 : $2) : x_low):(i):(ends[int($1)]) \
         with labels left offset 0.4, 0 font size_of(bar_letters) noenhanced
