# The frame of a figure with a legend: in a column below the plot, on a slide
# beside it, below its title.
#
# Set above: curves; for each of them labels[] and what terminal.gp wants; legend_columns; legend_letters, the length of the longest label;
# legend_title; title. Optional: keys_are_boxes = 1, of a figure of areas.

# Lengths are in inches, but for what is said to be on the screen, which is 1
# wide and 1 high.
head = slide ? (strlen(legend_title) ? 0.4 : 0.3) * unit : 0.1
sample = 0.25 * (slide ? 1.7 : 1)
side = slide ? sample + 0.2 + letters / 72 * 0.6 * legend_letters : 0
key_letters = letters
if (slide && row * curves > height - head - 0.1) {
  key_letters = letters * (height - head - 0.1) / (row * curves)
  row = (height - head - 0.1) / curves
}
foot = slide ? 0.05 : 0.06 + row * legend_rows
set lmargin at screen 0.545 * unit / width
set rmargin at screen 1 - (0.13 * unit + side) / width
set tmargin at screen 1 - head / height
set bmargin at screen (foot + 0.37 * unit) / height

# On a slide: the title, in letters small enough to fit, and what a column has
# above its legend.
if (slide) {
  set label 1001 title at screen 0.1 * unit / width, 1 - 0.12 * unit / height left \
      font size_of(fit(title)) noenhanced
  set label 1000 legend_title at screen 0.1 * unit / width, 1 - 0.28 * unit / height left \
      font size_of(0.8 * letters) noenhanced
} else {
  set label 1000 legend_title at screen 0.1 / width, (foot - row / 2) / height left noenhanced
}

columns = slide ? 1 : legend_columns
legend_x = slide ? width - side : 0.1
legend_top = slide ? height - head : foot - row * (strlen(legend_title) ? 1 : 0)
column_width = (width - 0.04) / columns
key_x(i) = legend_x + column_width * ((i - 1) % columns)
key_y(i) = (legend_top - row * ((i - 1) / columns + 0.5)) / height
if (!exists("keys_are_boxes")) keys_are_boxes = 0
do for [i=1:curves] {
  if (keys_are_boxes) {
    set object i rectangle center screen (key_x(i) + sample / 2) / width, key_y(i) \
        size screen sample / width, 0.75 * row / height \
        fillcolor rgb colours[i] fillstyle solid 0.5 noborder
  } else {
    set arrow i from screen key_x(i) / width, screen key_y(i) \
        rto screen sample / width, 0 nohead linetype i
    set label i at screen (key_x(i) + sample / 2) / width, key_y(i) point linetype i
  }
  set label 100+i labels[i] at screen (key_x(i) + sample + 0.05) / width, key_y(i) left \
      font size_of(key_letters) noenhanced
}
