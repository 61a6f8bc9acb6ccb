# The objective along random segments, less its chord: four small panels.
#
# Set above: segments, a curve each; title; the ends of the axes. Blocks of the data, by index: collision, shannon, reverse,
# and collision with sigma and y moving together; columns: t, a departure for
# each curve, then the objective itself in nats.

array names[4]
names[1] = "collision"
names[2] = "Shannon"
names[3] = "reverse"
names[4] = "control: σ and {/:Italic y} move"
if (format eq "tikz") { names[4] = 'control: $\sigma$ and $y$ move' }

head = slide ? 0.45 * unit : has_title ? 0.4 : 0.2
if (has_title) {
  set label 1001 title at screen 0.1 * unit / width, 1 - 0.12 * unit / height left \
      font size_of(fit(title)) noenhanced
}
set xrange [x_low:x_high]
set yrange [y_low:y_high]
set xtics 0.5
set ytics 1
if (x_high - x_low < 1) { set xtics autofreq }
if (y_high - y_low < 2) { set ytics autofreq }
set xzeroaxis linetype -1 linewidth 0.6
left = 0.42 * unit / width
bottom = 0.38 * unit / height
set multiplot layout 2,2 columnsfirst downwards \
    margins left,0.97,bottom,1-head/height spacing 0.05,0.26*unit/height
do for [panel=1:4] {
  set title names[panel] offset 0, -0.7
  # Names on the outer axes alone.
  set format x (panel % 2 == 0 ? "%g" : "")
  set format y (panel <= 2 ? "%g" : "")
  unset xlabel
  unset ylabel
  if (panel % 2 == 0) { set xlabel "place on the segment" offset 0, name_lift }
  if (panel <= 2) { set ylabel "above chord" offset 1.2, 0 font size_of(slide ? 0.8 * small : letters) }
  if (panel > 1) { unset label 1001 }
  plot for [i=1:segments] data index panel-1 using 1:1+i with lines \
      linetype 1+(i-1)%8
}
unset multiplot
