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
