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
