# Seconds an iteration over ranks: above measured batches of 4 million numbers and
# the model, a panel a K; whole solves of exact, likewise; below the model of em on
# 1.3 million and a billion rows, a line a network. Hollow points are of more ranks than cores. Set by
# scripts/ranks-model: output, data, cores, networks[], rows[] of exact's batches.
array classes[3] = [10, 100, 1000]
array solvers[3] = ["em", "md", "pgd"]
array colours[4] = ["#000000", "#0072B2", "#D55E00", "#009E73"]
array marks[3] = [7, 5, 9]
array dashes[4] = [1, 1, 1, 1]
set terminal pngcairo size 1200, 1150 font "DejaVu Sans,14"
set output output
do for [s=1:4] {
  set linetype s linecolor rgb colours[s] dashtype dashes[s] linewidth 2 \
      pointtype marks[s > 3 ? 1 : s] pointsize 1.5
}
set border 3
set tics nomirror
set grid linetype 1 linecolor rgb "#DDDDDD" linewidth 0.7 dashtype solid
set logscale x 2
set logscale y
set format y "10^{%T}"
set xrange [0.9:1150]
set xtics (1, 4, 16, 64, 256, 1024)
set key at graph 0.99, 0.98 right top samplen 2.5 spacing 1.1
set multiplot layout 3, 3 margins 0.075, 0.975, 0.06, 0.965 spacing 0.05, 0.08
do for [k=1:3] {
  set title sprintf("%s x %d, measured", k == 1 ? "400007" : k == 2 ? "40007" : "4007", classes[k]) offset 0, -0.6
  set xlabel ""
  set ylabel (k == 1 ? "seconds an iteration" : "") offset 1, 0
  set yrange [3e-5:0.3]
  if (k > 1) { unset key }
  set arrow 1 from 128, graph 0 to 128, graph 1 nohead linecolor rgb "#888888" dashtype 2
  set label 1 (k == 2 ? "128 blocks" : "") at 128, graph 0.95 left offset 0.5, 0 textcolor rgb "#666666" font ",12"
  plot for [s=1:3] data index sprintf("model %s %d", solvers[s], classes[k]) using 1:2 \
           with lines linetype s notitle, \
       for [s=1:3] data index sprintf("measured %s %d", solvers[s], classes[k]) using ($1 <= cores ? $1 : NaN):2 \
           with points linetype s title solvers[s], \
       for [s=1:3] data index sprintf("measured %s %d", solvers[s], classes[k]) using ($1 > cores ? $1 : NaN):2 \
           with points linetype s pointtype marks[s] - 1 title s == 3 ? sprintf("on %d cores", cores) : ""
}
unset label 1
set key at graph 0.99, 0.98 right top
do for [k=1:3] {
  set title sprintf("exact, K = %d, measured", classes[k]) offset 0, -0.6
  set ylabel (k == 1 ? "seconds a solve" : "") offset 1, 0
  set yrange [5e-4:10]
  plot for [i=1:2] data index sprintf("solved %d %d", classes[k], i - 1) using 1:2 \
           with lines linetype i notitle, \
       for [i=1:2] data index sprintf("solve %d %d", classes[k], i - 1) using ($1 <= cores ? $1 : NaN):2 \
           with points linetype i title sprintf("%d rows", rows[2 * k + i - 2]), \
       for [i=1:2] data index sprintf("solve %d %d", classes[k], i - 1) using ($1 > cores ? $1 : NaN):2 \
           with points linetype i pointtype marks[i] - 1 notitle
}
set key at graph 0.99, 0.98 right top
do for [k=1:3] {
  set title sprintf("em, K = %d, projected", classes[k]) offset 0, -0.6
  set xlabel "ranks, a core each" offset 0, 0.4
  set ylabel (k == 1 ? "seconds an iteration" : "") offset 1, 0
  set yrange [1e-5:3e5]
  if (k == 1) { set key } else { unset key }
  set label 2 (k == 2 ? "10^{9} rows" : "") at 20, 60 left textcolor rgb "#444444" font ",13"
  set label 3 (k == 2 ? "1.28·10^{6} rows" : "") at 1.2, 6e-3 left textcolor rgb "#444444" font ",13"
  plot for [n=1:|networks|] for [m=1:2] data index sprintf("em %d %s %d", n - 1, m == 1 ? "1000000000" : "1281167", classes[k]) using 1:2 \
           with lines linetype n title (m == 1 ? networks[n] : "")
}
unset multiplot
