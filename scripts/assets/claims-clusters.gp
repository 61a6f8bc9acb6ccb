# Clustering accuracy, a group of bars for each data and classifier: a bar a loss
# with its deviation over seeds; K-means on the same pixels as a line across.
# Set above: names, of the data.
array losses[3] = ["collision", "Shannon", "reverse"]
array kinds[3] = ["lin.", "MLP", "CNN"]
set key at screen 0.99, 0.985 right top vertical maxrows 1 reverse Left samplen 1 spacing 1 width -1
set tmargin at screen 0.88
set yrange [0:1]
set xrange [0.3:4 * words(names) - 0.3]
set ylabel "clustering accuracy" offset 1.2, 0
unset xtics
set grid noxtics
letters_below = words(names) > 1 ? small : letters
do for [n=1:words(names)] {
  set label 10*n word(names, n) at 4*n-2, screen 0.045 center
  do for [c=1:3] { set label 10*n+c kinds[c] at 4*(n-1)+c, screen 0.105 center font size_of(letters_below) }
}
set bmargin at screen 0.15
place(x, i) = x + 0.25 * (i - 2)
plot for [i=1:3] data index i-1 using (place($1, i)):2:(0.22) with boxes \
       fillstyle solid 0.5 noborder linetype i dashtype 1 title losses[i], \
     data index 3 using ($1-0.42):2:(0.84):(0) with vectors nohead \
       linecolor rgb "#D55E00" linewidth 2 dashtype 1 title "K-means", \
     for [i=1:3] data index i-1 using (place($1, i)):($2-$3):(0):(2*$3) with vectors nohead \
       linecolor rgb "#000000" linewidth 1 dashtype 1 notitle
