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
curves = curves + 1; labels[curves] = "md"; colours[curves] = "#CC79A7"; dashes[curves] = 1; marks[curves] = 15; blocks[curves] = 8
curves = curves + 1; labels[curves] = "gsl"; colours[curves] = "#8A8A8A"; dashes[curves] = 3; marks[curves] = 4; blocks[curves] = 9
curves = curves + 1; labels[curves] = "nlopt"; colours[curves] = "#9A8F00"; dashes[curves] = 5; marks[curves] = 8; blocks[curves] = 10
legend_columns = 2; legend_letters = 16
legend_title = "median and 10-90 % band of 3 runs"
title = "cifar10_lenet5_3000 3000 x 10, lambda 1"
bands = 1
x_low = 1; x_high = 5000; y_low = 2e-14; y_high = 2
x_name = "iterations"
y_name = "certified gap (nats)"

# Shared by every figure: its size, the terminal for `format`, and line types
# that differ in dash pattern and point shape as well as in colour.
#
# Before this file is read: format = "pdf" | "png" | "svg" | "tikz"; output.
# Optional: preset = "column", 84 mm wide, for a column of a paper, or "slide",
# 16 to 9, with larger letters, a title, and the legend beside the plot;
# plot_height, in inches in a column, without the legend; curves, and for each of
# them colours[], dashes[] and marks[]; legend_columns, legend_title: see frame.gp; legend_rows = 0, for a figure without a legend; width and height in inches, letters in points.
if (!exists("preset")) preset = "column"
slide = (preset eq "slide")
# Of all lengths: 1 in a column.
unit = slide ? 2.3 : 1.0
if (!exists("letters")) letters = 7.0 * unit
if (!exists("plot_height")) plot_height = 2.1
if (!exists("curves")) curves = 0
if (!exists("legend_title")) legend_title = ""
if (!exists("legend_rows")) legend_rows = !curves ? 0 : (strlen(legend_title) ? 1 : 0) + \
    ceil(real(curves) / (slide ? 1 : legend_columns))
row = 0.125 * unit
if (!exists("width"))  width  = slide ? 10 : 84 / 25.4
if (!exists("height")) height = slide ? 5.625 : plot_height + row * legend_rows

set encoding utf8
if (format eq "pdf") {
  set terminal pdfcairo enhanced size width,height font sprintf("Helvetica,%g", letters) fontscale 0.75 linewidth unit pointscale 0.75*unit dashlength 1.2
}
if (format eq "png") {
  # Of a column at 300 dots per inch, of a slide at 192: 1920 x 1080.
  dots = slide ? 192.0 : 300.0
  set terminal pngcairo enhanced size int(width*dots),int(height*dots) font sprintf("Helvetica,%g", letters) fontscale dots/96 linewidth unit*dots/150 pointscale unit*dots/100 dashlength 0.9
}
if (format eq "svg") {
  set terminal svg enhanced size int(width*96),int(height*96) font sprintf("Helvetica,%g", letters*96/72) linewidth 0.8*unit dashlength 1.2 background "white"
}
if (format eq "tikz") {
  # This terminal, written in Lua, takes no variables.
  eval sprintf("set terminal tikz size %gin,%gin font '\\fontsize{%g}{%g}\\selectfont'", width, height, letters, 1.2*letters)
}
set output output

do for [i=1:curves] {
  set linetype i linecolor rgb colours[i] dashtype dashes[i] \
      linewidth 1.4 pointtype marks[i] pointsize 0.5
}
set pointintervalbox 0
set border 3 linewidth 0.7
set tics nomirror scale 0.6
unset key
set grid linetype 1 linecolor rgb "#DDDDDD" linewidth 0.5 dashtype solid
# A name for each, every second or every third power of ten.
tic_step(low, high, most) = 10 ** ceil(log10(high / low) / most)
power_of_ten = (format eq "tikz" ? '$10^{%L}$' : '10^{%L}')
# Letters that let a text fit into the figure, and how a font is asked for.
fit(text) = letters < 110 * width / (1 + strlen(text)) ? letters : 110 * width / (1 + strlen(text))
size_of(points) = format eq "tikz" ? "" : sprintf(",%g", format eq "svg" ? points * 96 / 72 : points)
# The frame of a figure with a legend: in a column below the plot, on a slide
# beside it, below its title.
#
# Set above: curves; for each of them labels[] and what terminal.gp wants; legend_columns; legend_letters, the length of the longest label;
# legend_title; title. Optional: keys_are_boxes = 1, of a figure of areas.

# Lengths are in inches, but for what is said to be on the screen, which is 1
# wide and 1 high.
head = slide ? (strlen(legend_title) ? 0.4 : 0.3) * unit : 0.1
sample = 0.25 * (slide ? 1.7 : 1)
side = slide ? sample + 0.2 + letters / 72 * 0.6 * legend_letters : 0
key_letters = letters
if (slide && row * curves > height - head - 0.1) {
  key_letters = letters * (height - head - 0.1) / (row * curves)
  row = (height - head - 0.1) / curves
}
foot = slide ? 0.05 : 0.06 + row * legend_rows
set lmargin at screen 0.545 * unit / width
set rmargin at screen 1 - (0.13 * unit + side) / width
set tmargin at screen 1 - head / height
set bmargin at screen (foot + 0.37 * unit) / height

# On a slide: the title, in letters small enough to fit, and what a column has
# above its legend.
if (slide) {
  set label 1001 title at screen 0.1 * unit / width, 1 - 0.12 * unit / height left \
      font size_of(fit(title)) noenhanced
  set label 1000 legend_title at screen 0.1 * unit / width, 1 - 0.28 * unit / height left \
      font size_of(0.8 * letters) noenhanced
} else {
  set label 1000 legend_title at screen 0.1 / width, (foot - row / 2) / height left noenhanced
}

columns = slide ? 1 : legend_columns
legend_x = slide ? width - side : 0.1
legend_top = slide ? height - head : foot - row * (strlen(legend_title) ? 1 : 0)
column_width = (width - 0.04) / columns
key_x(i) = legend_x + column_width * ((i - 1) % columns)
key_y(i) = (legend_top - row * ((i - 1) / columns + 0.5)) / height
if (!exists("keys_are_boxes")) keys_are_boxes = 0
do for [i=1:curves] {
  if (keys_are_boxes) {
    set object i rectangle center screen (key_x(i) + sample / 2) / width, key_y(i) \
        size screen sample / width, 0.75 * row / height \
        fillcolor rgb colours[i] fillstyle solid 0.5 noborder
  } else {
    set arrow i from screen key_x(i) / width, screen key_y(i) \
        rto screen sample / width, 0 nohead linetype i
    set label i at screen (key_x(i) + sample / 2) / width, key_y(i) point linetype i
  }
  set label 100+i labels[i] at screen (key_x(i) + sample + 0.05) / width, key_y(i) left \
      font size_of(key_letters) noenhanced
}
# The certified gap against time or iterations, a curve a solver.
#
# Set above: what frame.gp wants; bands (1: there are some); the ends of the axes
# and their names.
#
# Blocks of the data, by index: the curves, as (median, gap, low, high, whether
# the point carries a marker); behind them all their bands, as outlines (x, gap).

set logscale xy
set xrange [x_low:x_high]
set yrange [y_low:y_high]
set xtics tic_step(x_low, x_high, 8)
set ytics tic_step(y_low, y_high, 8)
set format xy power_of_ten
set xlabel x_name offset 0, 0.4 noenhanced
set ylabel y_name offset 0.8, 0 noenhanced

# The bands first, beneath all the lines.
set style fill transparent solid 0.15 noborder
if (bands) {
  plot for [i=1:curves] data index blocks_in_all+blocks[i] using 1:2 with filledcurves \
           closed fillcolor rgb colours[i], \
       for [i=1:curves] data index blocks[i] using 1:2 with lines \
           linetype i, \
       for [i=1:curves] data index blocks[i] using 1:($5 == 1 ? $2 : NaN) \
           with points linetype i
} else {
  plot for [i=1:curves] data index blocks[i] using 1:2 with lines \
           linetype i, \
       for [i=1:curves] data index blocks[i] using 1:($5 == 1 ? $2 : NaN) \
           with points linetype i
}
