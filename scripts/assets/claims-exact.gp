# Clustering accuracy against how exact each y-step is: to a gap, and after so
# many iterations of EM. The same vertical axis on both sides; each curve has its
# solver's colour, dash and mark (fw, em), as in bench/analysis/solver_styles.c.
stats data using ($2-$3) nooutput
low = floor(10 * STATS_min) / 10.0
stats data using ($2+$3) nooutput
high = ceil(10 * STATS_max) / 10.0
set yrange [low:high]
step = (high - low) / 5
set ytics step
set multiplot
set bars 0.5
set logscale x
set tmargin at screen 0.95
set bmargin at screen 0.17
set lmargin at screen 0.16
set rmargin at screen 0.62
set ylabel "clustering accuracy" offset 1.2, 0
set xlabel "gap of each y-step (nats)" offset 0, name_lift
set xrange [3e-1:3e-9] reverse
set format x power_of_ten
set xtics (1e-2, 1e-4, 1e-6, 1e-8)
plot data index 0 using 1:2:3 with yerrorbars linetype 1 dashtype 1 pointtype -1 linecolor rgb "#0072B2" notitle, \
     data index 0 using 1:2 with linespoints linetype 1 dashtype 1 pointtype 5 linecolor rgb "#0072B2" notitle
set lmargin at screen 0.68
set rmargin at screen 0.97
set xlabel "EM iterations"
set xrange [0.5:200] noreverse
set format x "%g"
set xtics (1, 10, 100)
unset ylabel
set format y ""
plot data index 1 using 1:2:3 with yerrorbars linetype 2 dashtype 1 pointtype -1 linecolor rgb "#009E73" notitle, \
     data index 1 using 1:2 with linespoints linetype 2 dashtype 2 pointtype 13 linecolor rgb "#009E73" notitle
unset multiplot
