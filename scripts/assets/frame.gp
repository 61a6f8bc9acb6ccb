# The frame of a figure with a legend: in a column below the plot, on a slide
# beside it, below its title.
#
# Set above: curves; for each of them labels[] and what terminal.gp wants; legend_columns;
# legend_letters, the length of the longest label; legend_title, on slides; title.
# Optional: y_name; keys_are_boxes = 1, of a figure of areas.

# Lengths are in inches, but for what is said to be on the screen, which is 1
# wide and 1 high.
head = slide ? (strlen(legend_title) ? 0.4 : 0.3) * unit : has_title ? 0.3 : 0.1
sample = 0.25 * (slide ? 1.7 : 1)
side = slide && legend ? sample + 0.2 + small / 72 * 0.62 * legend_letters : 0
key_letters = small
if (slide && row * curves > height - head - 0.1) {
  key_letters = small * (height - head - 0.1) / (row * curves)
  row = (height - head - 0.1) / curves
}
foot = slide ? 0.05 : 0.02 + legend_height
set lmargin at screen 0.56 * unit / width
set rmargin at screen 1 - (0.13 * unit + side) / width
set tmargin at screen 1 - head / height
set bmargin at screen (foot + 0.38 * unit) / height

# The name of the y axis, where the widths of its numbers, which gnuplot does not
# know in LaTeX, do not move it.
if (exists("y_name")) {
  set label 1002 y_name at screen 0.11 * unit / width, graph 0.5 center rotate by 90 noenhanced
}

# The title, in letters small enough to fit, and on a slide what is beneath it.
if (has_title) {
  set label 1001 title at screen 0.1 * unit / width, 1 - 0.12 * unit / height left \
      font size_of(fit(title)) noenhanced
  set label 1000 legend_title at screen 0.1 * unit / width, 1 - 0.28 * unit / height left \
      font size_of(small) noenhanced
}

columns = slide ? 1 : legend_columns
legend_x = slide ? width - side : 0.1
legend_top = slide ? height - head : legend_height - 0.02
column_width = (width - 0.04) / columns
key_x(i) = legend_x + column_width * ((i - 1) % columns)
key_y(i) = (legend_top - row * ((i - 1) / columns + 0.5)) / height
if (!exists("keys_are_boxes")) keys_are_boxes = 0
keys = legend ? curves : 0
do for [i=1:keys] {
  if (keys_are_boxes) {
    set object i rectangle center screen (key_x(i) + sample / 2) / width, key_y(i) \
        size screen sample / width, 0.75 * row / height \
        fillcolor rgb colours[i] fillstyle solid 0.4 noborder
  } else {
    set arrow i from screen key_x(i) / width, screen key_y(i) \
        rto screen sample / width, 0 nohead linetype i
    set label i at screen (key_x(i) + sample / 2) / width, key_y(i) point linetype i
  }
  set label 100+i labels[i] at screen (key_x(i) + sample + 0.05) / width, key_y(i) left \
      font size_of(key_letters) noenhanced
}
