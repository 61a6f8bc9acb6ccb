# Small multiples: the certified gap against time or iterations, a panel a problem.
#
# Set above: what frame.gp wants; panels, how many; panel_names[]; the ends of the
# axes and their names.
#
# Blocks of the data, by index: panel by panel the curves, as (median, gap, whether
# the point carries a marker).

panel_columns = slide ? 3 : 2
if (panels < panel_columns) { panel_columns = panels }
panel_rows = ceil(real(panels) / panel_columns)

# Lengths are in inches.
left = 0.56 * unit
bottom = foot + 0.38 * unit
between_x = 0.12 * unit
between_y = 0.2 * unit
head = head + 0.14 * unit
panel_width = (width - side - left - 0.08 * unit - between_x * (panel_columns - 1)) / panel_columns
panel_height = (height - head - bottom - between_y * (panel_rows - 1)) / panel_rows

set logscale xy
set xrange [x_low:x_high]
set yrange [y_low:y_high]
set xtics tic_step(x_low, x_high, 2.4 * panel_width / unit)
set ytics tic_step(y_low, y_high, 5)
set label 1002 y_name at screen 0.11 * unit / width, (bottom + (height - head - bottom) / 2) / height center rotate by 90 noenhanced
set label 1003 x_name at screen (left + (width - side - left) / 2) / width, (foot + 0.09 * unit) / height center noenhanced
# A name that is wider than its panel has smaller letters.
longest = 1
do for [p=1:panels] { longest = larger(longest, strlen(panel_names[p])) }
name_letters = small * longest * 0.55 < 72 * panel_width ? small : 72 * panel_width / (0.55 * longest)
set multiplot
do for [p=1:panels] {
  column = (p - 1) % panel_columns
  line = (p - 1) / panel_columns
  x = left + column * (panel_width + between_x)
  y = height - head - (line + 1) * panel_height - line * between_y
  set lmargin at screen x / width
  set rmargin at screen (x + panel_width) / width
  set bmargin at screen y / height
  set tmargin at screen (y + panel_height) / height
  # Numbers on the outer axes alone.
  set format x (p + panel_columns > panels ? power_of_ten : "")
  set format y (column == 0 ? power_of_ten : "")
  set label 1004 panel_names[p] at screen x / width, (y + panel_height + 0.07 * unit) / height left \
      font size_of(name_letters) noenhanced
  plot for [i=curves:1:-1] data index (p-1)*blocks_in_all+blocks[i] using 1:2 with lines linetype i, \
       for [i=curves:1:-1] data index (p-1)*blocks_in_all+blocks[i] using 1:($3 == 1 ? $2 : NaN) \
           with points linetype i
  # The legend and the names of the axes are drawn with the first panel.
  unset label
  unset arrow
}
unset multiplot
