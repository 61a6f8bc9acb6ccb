# Draw this figure again with: gnuplot ./convergence-cifar10_lenet5_3000-lambda1-iteration.gp
format = "png"
data = "./convergence-cifar10_lenet5_3000-lambda1-iteration.dat"
if (!exists("output")) output = "./convergence-cifar10_lenet5_3000-lambda1-iteration.png"
preset = 'column'
# A line a curve: without it go the curve, its band and its name.
curves = 0; blocks_in_all = 11; array labels[11]; array colours[11]; array dashes[11]; array marks[11]; array blocks[11]
curves = curves + 1; labels[curves] = "exact"; colours[curves] = "#000000"; dashes[curves] = 1; marks[curves] = 7; blocks[curves] = 0
curves = curves + 1; labels[curves] = "em"; colours[curves] = "#009E73"; dashes[curves] = 2; marks[curves] = 13; blocks[curves] = 1
curves = curves + 1; labels[curves] = "em:accel=squarem"; colours[curves] = "#00674B"; dashes[curves] = 1; marks[curves] = 12; blocks[curves] = 2
curves = curves + 1; labels[curves] = "fw"; colours[curves] = "#0072B2"; dashes[curves] = 1; marks[curves] = 5; blocks[curves] = 3
curves = curves + 1; labels[curves] = "ipm"; colours[curves] = "#D55E00"; dashes[curves] = 1; marks[curves] = 9; blocks[curves] = 4
curves = curves + 1; labels[curves] = "pgd:step=1"; colours[curves] = "#8C6000"; dashes[curves] = 5; marks[curves] = 12; blocks[curves] = 5
curves = curves + 1; labels[curves] = "pgd"; colours[curves] = "#E69F00"; dashes[curves] = 1; marks[curves] = 11; blocks[curves] = 6
curves = curves + 1; labels[curves] = "pgd:step=bb"; colours[curves] = "#A87300"; dashes[curves] = 1; marks[curves] = 10; blocks[curves] = 7
curves = curves + 1; labels[curves] = "md"; colours[curves] = "#CC79A7"; dashes[curves] = 1; marks[curves] = 6; blocks[curves] = 8
curves = curves + 1; labels[curves] = "gsl"; colours[curves] = "#8A8A8A"; dashes[curves] = 3; marks[curves] = 4; blocks[curves] = 9
curves = curves + 1; labels[curves] = "nlopt"; colours[curves] = "#9A8F00"; dashes[curves] = 5; marks[curves] = 12; blocks[curves] = 10
legend_columns = 2; legend_letters = 16
legend_title = ""
title = "cifar10_lenet5_3000 3000 x 10, lambda 1"
bands = 1
x_low = 1; x_high = 5000; y_low = 1e-08; y_high = 2
x_name = "iterations"
y_name = "certified gap (nats)"

# Shared by every figure: its size, the terminal for `format`, and line types
# that differ in dash pattern and point shape as well as in colour.
#
# Before this file is read: format = "pdf" | "png" | "svg" | "tikz"; output.
# Optional: preset = "column", 84 mm wide, for a column of a paper, or "slide",
# 16 to 9, with larger letters, a title, and the legend beside the plot; width,
# in inches; font_name; has_title = 1, for a title in a column, too; legend = 0,
# for none; letters and small, in points: of axes, and of legends, exponents and
# fields, the least there are; plot_height, in inches in a column, without the
# legend; curves, and for each of them colours[], dashes[] and marks[];
# legend_columns, legend_title: see frame.gp; legend_rows = 0, for a figure that
# has none.
if (!exists("preset")) preset = "column"
slide = (preset eq "slide")
# Of all lengths: 1 in a column.
unit = slide ? 2.3 : 1.0
if (!exists("letters")) letters = 8.0 * unit
if (!exists("small")) small = 7.0 * unit
if (!exists("font_name")) font_name = "Helvetica"
if (!exists("plot_height")) plot_height = 2.1
if (!exists("curves")) curves = 0
if (!exists("has_title")) has_title = slide
if (!exists("legend")) legend = 1
if (!exists("legend_title") || !slide) legend_title = ""
if (!exists("legend_columns")) legend_columns = 1
if (!exists("legend_rows")) legend_rows = ceil(real(curves) / (slide ? 1 : legend_columns))
if (!legend) legend_rows = 0
row = 0.13 * unit
legend_height = legend_rows ? 0.06 + row * legend_rows : 0
if (!exists("width"))  width  = slide ? 10 : 84 / 25.4
# A legend takes a quarter of a column's figure at most, as long as that fits on
# a page.
larger(a, b) = a > b ? a : b
most_height = larger(7.2, plot_height + legend_height)
if (!exists("height")) height = slide ? width * 9.0 / 16 : larger(plot_height + legend_height, 4 * legend_height)
if (height > most_height) height = most_height
if (has_title && !slide) height = height + 0.2

set encoding utf8
if (format eq "pdf") {
  set terminal pdfcairo enhanced size width,height font sprintf("%s,%g", font_name, letters) fontscale 0.75 linewidth unit pointscale 0.75*unit dashlength 1.5
}
if (format eq "png") {
  # Of a column at 300 dots per inch, of a slide at 192: 1920 x 1080.
  dots = slide ? 192.0 : 300.0
  set terminal pngcairo enhanced size int(width*dots),int(height*dots) font sprintf("%s,%g", font_name, letters) fontscale dots/96 linewidth unit*dots/150 pointscale unit*dots/100 dashlength 1.1
}
if (format eq "svg") {
  set terminal svg enhanced size int(width*96),int(height*96) font sprintf("%s,%g", font_name, letters*96/72) linewidth 0.8*unit dashlength 1.5 background "white"
}
if (format eq "tikz") {
  # This terminal, written in Lua, takes no variables.
  eval sprintf("set terminal tikz size %gin,%gin font '\\fontsize{%g}{%g}\\selectfont'", width, height, letters, 1.2*letters)
}
set output output

# The same in every terminal, whose own ones differ.
set dashtype 2 (8,4)
set dashtype 3 (2,3)
set dashtype 4 (9,3,2,3)
set dashtype 5 (9,3,2,3,2,3)
# Okabe and Ito's colours, which colour-blind readers can tell apart
# (https://jfly.uni-koeln.de/color/), where the curves are no solvers'.
array hues[8] = ["#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7", "#7F7F7F"]
array shapes[8] = [7, 5, 9, 13, 4, 8, 6, 12]
mark_size = format eq "tikz" ? 0.7 : 0.5
do for [i=1:curves ? curves : 8] {
  dash = curves ? dashes[i] : (i-1)%5+1
  set linetype i linecolor rgb (curves ? colours[i] : hues[i]) dashtype dash \
      linewidth 1.4 pointtype (curves ? marks[i] : shapes[i]) pointsize mark_size
}
# How much nearer to the axis its name is: in SVG a line is higher.
name_lift = format eq "svg" ? 0.8 : 0.4
set pointintervalbox 0
set border 3 linewidth 0.7
set tics nomirror scale 0.6
unset key
set grid linetype 1 linecolor rgb "#DDDDDD" linewidth 0.5 dashtype solid
# A name for each, every second or every third power of ten.
tic_step(low, high, most) = 10 ** ceil(log10(high / low) / most)
# Letters of that many points, as fonts and text ask for them.
points_of(points) = format eq "svg" ? points * 96 / 72 : points
size_of(points) = format eq "tikz" ? sprintf('\fontsize{%g}{%g}\selectfont', points, 1.2 * points) : sprintf(",%g", points_of(points))
power_of_ten = format eq "tikz" ? sprintf('10\raise.8ex\hbox{\fontsize{%g}{%g}\selectfont$%%L$}', small, small) : sprintf('10^{/=%g %%L}', points_of(small))
# The same as a text, of one number.
ten_to(n) = format eq "tikz" ? sprintf('10\raise.8ex\hbox{\fontsize{%g}{%g}\selectfont$%d$}', small, small, n) : sprintf('10^{/=%g %d}', points_of(small), n)
# Letters that let a text fit into the figure.
fit(text) = letters < 110 * width / (1 + strlen(text)) ? letters : 110 * width / (1 + strlen(text))
# The frame of a figure with a legend: in a column below the plot, on a slide
# beside it, below its title.
#
# Set above: curves; for each of them labels[] and what terminal.gp wants; legend_columns;
# legend_letters, the length of the longest label; legend_title, on slides; title.
# Optional: y_name; keys_are_boxes = 1, of a figure of areas.

# Lengths are in inches, but for what is said to be on the screen, which is 1
# wide and 1 high.
head = slide ? (strlen(legend_title) ? 0.4 : 0.3) * unit : has_title ? 0.3 : 0.1
sample = 0.25 * (slide ? 1.7 : 1)
side = slide && legend ? sample + 0.2 + small / 72 * 0.62 * legend_letters : 0
key_letters = small
if (slide && row * curves > height - head - 0.1) {
  key_letters = small * (height - head - 0.1) / (row * curves)
  row = (height - head - 0.1) / curves
}
foot = slide ? 0.05 : 0.02 + legend_height
set lmargin at screen 0.56 * unit / width
set rmargin at screen 1 - (0.13 * unit + side) / width
set tmargin at screen 1 - head / height
set bmargin at screen (foot + 0.38 * unit) / height

# The name of the y axis, where the widths of its numbers, which gnuplot does not
# know in LaTeX, do not move it.
if (exists("y_name")) {
  set label 1002 y_name at screen 0.11 * unit / width, graph 0.5 center rotate by 90 noenhanced
}

# The title, in letters small enough to fit, and on a slide what is beneath it.
if (has_title) {
  set label 1001 title at screen 0.1 * unit / width, 1 - 0.12 * unit / height left \
      font size_of(fit(title)) noenhanced
  set label 1000 legend_title at screen 0.1 * unit / width, 1 - 0.28 * unit / height left \
      font size_of(small) noenhanced
}

columns = slide ? 1 : legend_columns
legend_x = slide ? width - side : 0.1
legend_top = slide ? height - head : legend_height - 0.02
column_width = (width - 0.04) / columns
key_x(i) = legend_x + column_width * ((i - 1) % columns)
key_y(i) = (legend_top - row * ((i - 1) / columns + 0.5)) / height
if (!exists("keys_are_boxes")) keys_are_boxes = 0
keys = legend ? curves : 0
do for [i=1:keys] {
  if (keys_are_boxes) {
    set object i rectangle center screen (key_x(i) + sample / 2) / width, key_y(i) \
        size screen sample / width, 0.75 * row / height \
        fillcolor rgb colours[i] fillstyle solid 0.4 noborder
  } else {
    set arrow i from screen key_x(i) / width, screen key_y(i) \
        rto screen sample / width, 0 nohead linetype i
    set label i at screen (key_x(i) + sample / 2) / width, key_y(i) point linetype i
  }
  set label 100+i labels[i] at screen (key_x(i) + sample + 0.05) / width, key_y(i) left \
      font size_of(key_letters) noenhanced
}
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
