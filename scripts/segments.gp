# The objective along random segments, less its chord: four small panels.
#
# Set above: curves. Blocks of the data, by index: collision, shannon, reverse,
# and collision with sigma and y moving together; columns: t, a departure for
# each curve, then the objective itself in nats.

array names[4]
names[1] = "collision"
names[2] = "Shannon"
names[3] = "reverse"
names[4] = "control: {/Symbol s} and {/Times-Italic y} move"
if (format eq "tikz") { names[4] = 'control: $\sigma$ and $y$ move' }

set xrange [0:1]
set yrange [-1.1:1.1]
set xtics 0.5
set ytics 1
set xzeroaxis linetype -1 linewidth 0.6
set multiplot layout 2,2 columnsfirst downwards \
    margins 0.13,0.97,0.15,0.92 spacing 0.05,0.11
do for [panel=1:4] {
  set title names[panel] offset 0, -0.7
  # Names on the outer axes alone.
  set format x (panel % 2 == 0 ? "%g" : "")
  set format y (panel <= 2 ? "%g" : "")
  unset xlabel
  unset ylabel
  if (panel % 2 == 0) { set xlabel "place on the segment" offset 0, 0.4 }
  if (panel <= 2) { set ylabel "above chord" offset 1.2, 0 }
  plot for [i=1:curves] data index panel-1 using 1:1+i with lines linetype i
}
unset multiplot
