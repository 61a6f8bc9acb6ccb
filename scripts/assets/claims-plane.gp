# The classifier's decisions over the plane (areas) and the data (points, coloured
# by their true class, which training did not see).
set multiplot
set size ratio -1
unset grid
set xtics -2, 1
set ytics -2, 1
set tmargin at screen 0.88
set bmargin at screen 0.12
array names[2] = ["four blobs, one seed", "two moons, one seed"]
set palette maxcolors 4 defined (0 "#F5D9A8", 1 "#BFE3F7", 2 "#A8DCCB", 3 "#E9C6DA")
set cbrange [0:3]
unset colorbox
do for [i=1:2] {
  set lmargin at screen 0.08 + 0.5 * (i - 1)
  set rmargin at screen 0.48 + 0.5 * (i - 1)
  set title names[i] offset 0, -0.6
  stats data index 2*i-1 using 1 nooutput
  set xrange [STATS_min:STATS_max]
  set yrange [STATS_min:STATS_max]
  plot data index 2*i-1 using 1:2:3 with image notitle, \
       for [k=0:3] data index 2*i-2 using 1:($3 == k ? $2 : NaN) with points \
         linetype k+1 pointsize 0.25 notitle
}
unset multiplot
