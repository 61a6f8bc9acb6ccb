# EM and mirror descent with step 1 / lambda: gap against iterations, a panel a batch.
# Set by scripts/figure-em-md: output, and the directory `dir` with panel-1.dat to
# panel-4.dat, each two blocks (EM; MD) of iteration and gap. EM is a broad pale
# line, MD a thin dark one, so that both are seen where they fall together; in the
# colours that they have in every figure.
array titles[4] = ["Dirichlet, K = 20, {/:Italic λ} = 1", \
  "Gaussian logits, K = 20, {/:Italic λ} = 1", \
  "recorded CIFAR-10, {/:Italic λ} = 1", \
  "unbalanced Gaussian, {/:Italic λ} = 0.1"]
if (output[strlen(output)-2:] eq "png") {
  set terminal pngcairo size 1000, 760 font "DejaVu Sans,15"
} else {
  set terminal pdfcairo size 5in, 3.8in font "DejaVu Sans,7.5"
}
set output output
set style line 1 linecolor rgb "#66009E73" linewidth 7
set style line 2 linecolor rgb "#8A3566" linewidth 2 dashtype (12, 5)
set border 3
set tics nomirror
set logscale xy
set format xy "10^{%T}"
set xrange [1:2000]
set ytics 100
set key at graph 0.98, 0.95 samplen 3 spacing 1.2
set multiplot layout 2, 2 margins 0.1, 0.98, 0.1, 0.94 spacing 0.1, 0.14
do for [i=1:4] {
  set title titles[i] offset 0, -0.6
  set xlabel (i > 2 ? "iterations" : "") offset 0, 0.4
  set ylabel (i % 2 ? "certified gap (nats)" : "") offset 1, 0
  if (i > 1) { unset key }
  set yrange [1e-6:(i < 4 ? 10 : 1000)]
  plot sprintf("%s/panel-%d.dat", dir, i) index 0 using 1:2 with lines \
         linestyle 1 title "EM", \
       "" index 1 using 1:2 with lines linestyle 2 \
         title "mirror descent, step 1/{/:Italic λ}"
}
unset multiplot
