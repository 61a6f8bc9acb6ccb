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
