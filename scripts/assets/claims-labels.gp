# Accuracy against the level of corruption, a curve a loss with its deviation
# over seeds. Set above: x_name.
array losses[3] = ["collision", "Shannon", "reverse"]
set key bottom left reverse Left samplen 2.5 spacing 1.1
set xlabel x_name offset 0, name_lift
set ylabel "accuracy on rows held out" offset 1.2, 0
set xrange [-0.03:1]
set yrange [0:1]
set bars 0.5
plot for [i=1:3] data index i-1 using 1:2:3 with yerrorbars linetype i dashtype 1 pointtype -1 notitle, \
     for [i=1:3] data index i-1 using 1:2 with linespoints linetype i title losses[i]
