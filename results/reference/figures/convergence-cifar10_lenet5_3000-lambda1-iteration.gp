# Draw this figure again with: gnuplot convergence-cifar10_lenet5_3000-lambda1-iteration.gp
format = "png"
stem = "convergence-cifar10_lenet5_3000-lambda1-iteration"
data = "convergence-cifar10_lenet5_3000-lambda1-iteration.dat"
output = "convergence-cifar10_lenet5_3000-lambda1-iteration.png"
height = 2.725
curves = 7
bands = 1
array labels[7] = ['em', 'pgd:step=0.1', 'pgd:step=1', 'pgd', 'pgd:step=bb', 'md', 'gsl']
array styles[7] = [1, 2, 3, 4, 5, 6, 7]
x_low = 1; x_high = 5000; y_low = 5e-07; y_high = 2
legend_columns = 2
legend_title = 'median and 10-90 % band of 5 runs'
x_name = 'iterations'
y_name = 'certified gap (nats)'

# Shared by every figure: the terminal for `format`, at a paper's column width
# (84 mm), and line styles that differ in dash pattern and point shape as well as
# in colour. Colours: Okabe and Ito's palette, which colour-blind readers can
# tell apart (https://jfly.uni-koeln.de/color/).
#
# Before this file is read: format = "pdf" | "png" | "svg" | "tikz", output.
# Optional: width and height in inches.
if (!exists("width"))  width  = 3.31
if (!exists("height")) height = 2.6
if (format eq "pdf") {
  set terminal pdfcairo enhanced size width,height font "Helvetica,7" fontscale 0.8 linewidth 1.0 dashlength 1.2
}
if (format eq "png") {
  set terminal pngcairo enhanced size int(width*300),int(height*300) font "Helvetica,7" fontscale 3.3 linewidth 2.0 pointscale 3.0 dashlength 0.9
}
if (format eq "svg") {
  set terminal svg enhanced size int(width*96),int(height*96) font "Helvetica,9" linewidth 0.8 dashlength 1.2 background "white"
}
if (format eq "tikz") {
  # This terminal, written in Lua, takes no variables.
  eval sprintf("set terminal tikz size %gin,%gin font '\\scriptsize'", width, height)
}
set output output

array palette[8] = ["#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7", "#7F7F7F"]
# Seven, so that a colour that comes again has another shape.
array shapes[7]  = [7, 5, 9, 13, 4, 8, 6]
# A number in parentheses would be read as a dash pattern.
do for [i=1:24] {
  dash = (i-1)%5+1
  set linetype i linecolor rgb palette[(i-1)%8+1] dashtype dash \
      linewidth 1.4 pointtype shapes[(i-1)%7+1] pointsize 0.5
}
set border 3 linewidth 0.7
set tics nomirror scale 0.6
set grid linecolor rgb "#DDDDDD" linewidth 0.5 dashtype 1
set key opaque spacing 1.0 samplen 3 width -1
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
