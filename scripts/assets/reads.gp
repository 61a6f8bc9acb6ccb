# Time to a certified gap of 1e-6 in reads of sigma, over M: a row of panels a
# lambda, a panel a K. Set by scripts/figure-reads: output, and data, a CSV file with
# the columns rows,classes,lambda,solver,seconds,read_seconds,reads.
array classes[3] = [10, 100, 1000]
array lambdas[2] = [1, 10]
array solvers[3] = ["exact", "fw", "ipm"]
array colours[3] = ["#000000", "#0072B2", "#D55E00"]
array dashes[3] = [1, 1, 1]
array marks[3] = [7, 5, 9]
set terminal pngcairo size 1200, 760 font "DejaVu Sans,15"
set output output
set datafile separator ","
set datafile missing ""
do for [s=1:3] {
  set linetype s linecolor rgb colours[s] dashtype dashes[s] linewidth 2.2 \
      pointtype marks[s] pointsize 1.4
}
set border 3
set tics nomirror
set grid linetype 1 linecolor rgb "#DDDDDD" linewidth 0.7 dashtype solid
set logscale xy
set format xy "10^{%T}"
set xrange [600:1.7e6]
set yrange [3:3e5]
set ytics 10
set key at graph 0.97, 0.96 right top samplen 3 spacing 1.2
set multiplot layout 2, 3 margins 0.075, 0.99, 0.09, 0.95 spacing 0.045, 0.12
chosen(k, l, s) = sprintf("< awk -F, '$2 == %d && $3 == %g && $4 == \"%s\" && $7 != \"\"' %s", k, l, s, data)
do for [l=1:2] {
  do for [k=1:3] {
    set title sprintf("K = %d, {/:Italic λ} = %g", classes[k], lambdas[l]) offset 0, -0.6
    set xlabel (l == 2 ? "rows M" : "") offset 0, 0.4
    set ylabel (k == 1 ? "reads of sigma to 1e-6" : "") offset 1, 0
    if (l + k > 2) { unset key }
    plot for [s=1:3] chosen(classes[k], lambdas[l], solvers[s]) using 1:7 \
           with linespoints linetype s title solvers[s]
  }
}
unset multiplot
