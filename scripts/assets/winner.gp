# Who is first: a map of winners over lambda and the problems.
#
# Set above: what frame.gp wants; rows[], the problems, shapes_of[], their M x K,
# and row_letters, the length of the longest; columns_of[], the lambdas.
#
# Data: (column, row, lambda, K, winner's number in the legend or 0, its cost, the
# second's over it).

rows_count = |rows|
columns_count = |columns_of|
set lmargin at screen (0.1 * unit + small / 72 * 0.6 * row_letters) / width
cell_width = (width - 0.23 * unit - side - small / 72 * 0.6 * row_letters) / columns_count

set xrange [0.5:columns_count + 0.5]
set yrange [rows_count + 0.5:0.5]
unset ytics
set xtics (columns_of[1] 1) scale 0
do for [i=2:columns_count] { set xtics add (columns_of[i] i) }
do for [i=1:rows_count] {
  set label 200+i rows[i] at 0.5, i-0.19 right offset -0.6, 0 font size_of(small) noenhanced
  set label 1200+i shapes_of[i] at 0.5, i+0.22 right offset -0.6, 0 font size_of(small) noenhanced
}
set xlabel (format eq "tikz" ? '$\lambda$' : "λ") offset 0, name_lift
unset border
unset grid

# In a field: its winner, by name if all names fit, else by its number in the
# legend; and by how much. A field too narrow for either is coloured alone.
name_letters = cell_width * 72 / (0.6 * (legend_letters + 1))
by_name = name_letters >= small
name_letters = small
if (!by_name) { do for [i=1:keys] { set label 100+i sprintf("%d %s", blocks[i]+1, labels[i]) } }
wide = cell_width > 0.3 * unit
array names[blocks_in_all]
do for [i=1:blocks_in_all] { names[i] = "" }
do for [i=1:curves] { names[blocks[i]+1] = by_name ? labels[i] : sprintf("%d", blocks[i]+1) }
name(i) = !wide ? "" : i == 0 ? "nobody" : names[i]
times(i, r) = !wide || i == 0 ? "" : r < 1e300 ? sprintf(r < 9.95 ? "%.1fx" : "%.0fx", r) : "alone"
set style fill solid 0.4 noborder
plot for [i=1:curves] data using ($5 == blocks[i]+1 ? $1 : NaN):2:(0.485):(0.46) \
         with boxxyerror fillcolor rgb colours[i], \
     data using 1:($2-0.19):(name(int($5))) \
         with labels font size_of(name_letters) noenhanced, \
     data using 1:($2+0.22):(times(int($5), $7)) \
         with labels font size_of(small)
