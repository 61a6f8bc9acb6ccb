/* problems/formats/shares.c, labels_file.c and label_arrays.c: a rank's rows
 * out of one .npy or several, and the file that ranks write together. The ranks
 * are threads. */
#include "problems/formats/labels_file.h"
#include "problems/formats/table.h"
#include "tests/support/tempfile.h"
#include "tests/support/testing.h"
#include "tests/support/thread_ranks.h"

enum { ROWS = 1009, CLASSES = 31, PATH = 256 };

static char folder[64];
static double sigma[ROWS][CLASSES];

static void path_of(char path[PATH], const char *name) {
  snprintf(path, PATH, "%s/%s", folder, name);
}

/* Rows [first, first + count) of sigma, rounded to the item's type. */
static void write_rows(const char *name, size_t item, size_t first,
                       size_t count, size_t classes) {
  char path[PATH];
  ys_output output;
  ys_npy_writer writer;
  path_of(path, name);
  ck_assert_int_eq(ys_output_create(&output, path, NULL), YS_OK);
  ck_assert_int_eq(ys_npy_begin(&output, item, count, classes, &writer, NULL),
                   YS_OK);
  for (size_t i = first; i < first + count; i++)
    ck_assert_int_eq(ys_npy_append(&writer, sigma[i], 1, NULL), YS_OK);
  ck_assert_int_eq(ys_npy_finish(&writer, NULL), YS_OK);
}

/* The first rows of sigma as text, to the bit. */
static void write_text(const char *name, size_t rows, const char *head) {
  char path[PATH];
  path_of(path, name);
  FILE *file = fopen(path, "w");
  fputs(head, file);
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < CLASSES; k++)
      fprintf(file, "%.17g%c", sigma[i][k], k + 1 < CLASSES ? ',' : '\n');
  fclose(file);
}

static void set_up(void) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  strcpy(folder, "/tmp/ystep-shares-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  for (size_t i = 0; i < ROWS; i++) {
    double sum = 0;
    for (size_t k = 0; k < CLASSES; k++)
      sum += sigma[i][k] = gsl_rng_uniform_pos(rng);
    for (size_t k = 0; k < CLASSES; k++)
      sigma[i][k] /= sum;
  }
  gsl_rng_free(rng);
  write_rows("whole.npy", 8, 0, ROWS, CLASSES);
  write_rows("float.npy", 4, 0, ROWS, CLASSES);
  write_rows("part-a.npy", 8, 0, 400, CLASSES);
  write_rows("part-b.npy", 8, 400, 1, CLASSES);
  write_rows("part-c.npy", 8, 401, ROWS - 401, CLASSES);
  write_rows("mixed-1.npy", 8, 0, 400, CLASSES);
  write_rows("mixed-2.npy", 4, 400, 100, CLASSES);
  write_rows("narrow-1.npy", 8, 0, 400, CLASSES);
  write_rows("narrow-2.npy", 8, 400, 100, CLASSES - 1);
  write_text("whole.csv", ROWS, "");
  write_text("named.txt", ROWS, "# names\n");
  write_text("short.csv", ROWS - 8, "");
}

static void tear_down(void) {
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  ck_assert_int_eq(system(command), 0);
}

typedef struct reading {
  char path[PATH];
  ys_batch_source source;
  bool others; /* the last rank reads another file, */
  char other[PATH];
  double *rows; /* ROWS x CLASSES, from all */
  size_t first[MOST_RANKS], count[MOST_RANKS], whole[MOST_RANKS];
  bool kept[MOST_RANKS];
  ys_code code[MOST_RANKS];
  ys_error error[MOST_RANKS];
} reading;

static void read_mine(const ys_ranks *ranks, void *context) {
  reading *r = context;
  const size_t me = ranks ? ranks->rank : 0;
  const bool other = r->others && ranks && me == ranks->count - 1;
  const ys_batch_file file = {.path = other ? r->other : r->path,
                              .source = r->source};
  double room[CLASSES];
  ys_batch batch;
  r->code[me] = ys_batch_read_share(&file, ranks, 1, &batch, &r->error[me]);
  r->code[me] = ys_ranks_agree(ranks, r->code[me], &r->error[me]);
  if (r->code[me])
    return;
  const ys_share share = ys_batch_share(&batch);
  r->first[me] = ys_share_first_row(&share);
  r->count[me] = batch.rows;
  r->whole[me] = ys_batch_whole_rows(&batch);
  r->kept[me] = !batch.sigma;
  for (size_t i = 0; i < batch.rows; i++)
    memcpy(r->rows + (r->first[me] + i) * CLASSES,
           ys_batch_rows(&batch, i, 1, room), sizeof room);
  ys_batch_free(&batch);
}

static reading *reading_of(const char *name, ys_batch_source source) {
  reading *r = calloc(1, sizeof *r);
  path_of(r->path, name);
  r->source = source;
  r->rows = calloc(ROWS * CLASSES, sizeof *r->rows);
  return r;
}

static void drop(reading *r) {
  free(r->rows);
  free(r);
}

static const struct {
  const char *name, *like;
  ys_batch_source source;
} files[] = {{"whole.npy", "whole.npy", YS_PROBABILITIES},
             {"whole.npy", "whole.npy", YS_LOGITS},
             {"float.npy", "float.npy", YS_AS_STORED},
             {"float.npy", "float.npy", YS_KEPT},
             {"whole.csv", "whole.npy", YS_PROBABILITIES},
             {"named.txt", "whole.npy", YS_LOGITS},
             {"part-*.npy", "whole.npy", YS_PROBABILITIES},
             {"part-?.npy", "whole.npy", YS_LOGITS}};

START_TEST(shares_are_the_rows_of_the_whole) {
  reading *whole = reading_of(files[_i].like, files[_i].source);
  read_mine(NULL, whole);
  ck_assert_int_eq(whole->code[0], YS_OK);
  for (size_t count = 1; count <= 5; count++) {
    reading *r = reading_of(files[_i].name, files[_i].source);
    size_t rows = 0;
    run_ranks(count, read_mine, r);
    for (size_t k = 0; k < count; k++) {
      ck_assert_msg(r->code[k] == YS_OK, "%s", r->error[k].text);
      ck_assert_uint_eq(r->first[k], rows);
      ck_assert_uint_eq(r->whole[k], ROWS);
      ck_assert(r->kept[k] == (files[_i].source == YS_KEPT));
      rows += r->count[k];
    }
    ck_assert_uint_eq(rows, ROWS);
    ck_assert_mem_eq(r->rows, whole->rows, sizeof sigma);
    drop(r);
  }
  drop(whole);
}
END_TEST

START_TEST(parts_are_read_by_a_process_alone) {
  reading *whole = reading_of("whole.npy", YS_PROBABILITIES);
  reading *parts = reading_of("part-*.npy", YS_PROBABILITIES);
  read_mine(NULL, whole);
  read_mine(NULL, parts);
  ck_assert_int_eq(parts->code[0], YS_OK);
  ck_assert_mem_eq(parts->rows, whole->rows, sizeof sigma);
  drop(whole);
  drop(parts);
}
END_TEST

/* A name with a star in it that is a file's is that file's. */
START_TEST(a_file_goes_before_a_pattern) {
  char from[PATH], to[PATH];
  path_of(from, "part-a.npy");
  path_of(to, "part-*.npy");
  ck_assert_int_eq(rename(from, to), 0);
  reading *r = reading_of("part-*.npy", YS_PROBABILITIES);
  read_mine(NULL, r);
  ck_assert_int_eq(r->code[0], YS_OK);
  ck_assert_uint_eq(r->whole[0], 400);
  drop(r);
}
END_TEST

static const struct {
  const char *name, *other, *says;
} wrong[] = {{"none-*.npy", NULL, "none-*.npy|no file matches"},
             {"none.npy", NULL, "none.npy"},
             {"mixed-*.npy", NULL, "mixed-2.npy|another type"},
             {"narrow-*.npy", NULL, "narrow-2.npy|30 columns|31"},
             {"whole.npy", "part-c.npy", "rank 2|608 x 31|1009 x 31"},
             {"whole.npy", "none.npy", "rank 2|none.npy"},
             {"whole.csv", "short.csv", "rank 2|1001 x 31|1009 x 31"},
             {"whole.csv", "none.csv", "rank 2|none.csv"}};

START_TEST(what_is_wrong_is_said_by_all) {
  reading *r = reading_of(wrong[_i].name, YS_PROBABILITIES);
  r->others = wrong[_i].other != NULL;
  path_of(r->other, r->others ? wrong[_i].other : "");
  run_ranks(3, read_mine, r);
  for (size_t k = 0; k < 3; k++) {
    ck_assert_int_ne(r->code[k], YS_OK);
    ck_assert_str_eq(r->error[k].text, r->error[0].text);
    assert_says(r->error[k].text, wrong[_i].says);
  }
  drop(r);
}
END_TEST

/* ------------------------------------------------------------- labels ---- */

/* What of a row there is if labels are sparse: most have an entry or two, one
 * in seven none, which is 1/K each. */
static size_t entries_of(size_t i) {
  return i % 7 == 3 ? 0 : 1 + i % 3 % 2;
}

/* The rows of sigma from `first` on, or sparse ones. */
static ys_labels make_labels(size_t first, size_t rows, bool is_sparse) {
  ys_labels labels = {.rows = rows, .classes = CLASSES, .dense = sigma[first]};
  size_t at = 0;
  if (!is_sparse || ys_labels_make_sparse(&labels, rows, CLASSES, NULL) ||
      ys_labels_reserve(&labels, 2 * rows, NULL))
    return labels;
  for (size_t i = 0; i < rows; i++) {
    const size_t count = entries_of(first + i);
    for (size_t e = 0; e < count; e++, at++) {
      labels.held[at] = (uint32_t)((first + i) % (CLASSES - 1) + e);
      labels.weight[at] = count == 1 ? 1 : e ? 0.75 : 0.25;
    }
    labels.begin[i + 1] = at;
  }
  return labels;
}

typedef ys_code labels_writer(ys_output *output, const ys_labels *labels,
                              const ys_share *share, ys_error *error);

typedef struct writing {
  char path[PATH];
  labels_writer *write;
  bool is_sparse;
  bool fails;    /* on the last rank, whose labels take all memory there is */
  size_t leaves; /* the rank that is lost before it writes; 0: none */
  ys_code code[MOST_RANKS];
  ys_error error[MOST_RANKS];
} writing;

static void write_mine(const ys_ranks *ranks, void *context) {
  writing *w = context;
  const size_t me = ranks ? ranks->rank : 0;
  const ys_share share = ys_share_make(ranks, ROWS, CLASSES);
  const size_t rows = ys_share_blocks(&share).rows;
  ys_labels labels =
      make_labels(ys_share_first_row(&share), rows, w->is_sparse);
  ys_output output = {.folder = -1};
  if (me == 0)
    ys_output_create(&output, w->path, NULL);
  if (w->leaves && w->leaves == me)
    post_lose(ranks);
  else {
    const size_t rows_then = labels.rows;
    if (w->fails && me == ranks->count - 1)
      labels.rows = SIZE_MAX / 64;
    w->code[me] = w->write(&output, &labels, &share, &w->error[me]);
    labels.rows = rows_then;
  }
  ys_output_abandon(&output);
  if (w->is_sparse)
    ys_labels_free(&labels);
}

static size_t files_in_folder(void) {
  char command[128];
  size_t count = 0;
  snprintf(command, sizeof command, "ls %s | wc -l", folder);
  FILE *list = popen(command, "r");
  ck_assert_int_eq(fscanf(list, "%zu", &count), 1);
  pclose(list);
  return count;
}

static const struct {
  labels_writer *write;
  bool is_sparse;
} kinds[] = {{ys_labels_write_dense_to, false},
             {ys_labels_write_dense_to, true},
             {ys_labels_write_sparse_to, false},
             {ys_labels_write_sparse_to, true},
             {ys_labels_write_to, true}};

START_TEST(ranks_write_the_file_of_one_process) {
  char command[600];
  writing alone = {.write = kinds[_i].write, .is_sparse = kinds[_i].is_sparse};
  path_of(alone.path, "alone");
  write_mine(NULL, &alone);
  ck_assert_int_eq(alone.code[0], YS_OK);
  for (size_t count = 1; count <= 7; count++) {
    writing w = alone;
    path_of(w.path, "labels");
    run_ranks(count, write_mine, &w);
    for (size_t k = 0; k < count; k++)
      ck_assert_msg(w.code[k] == YS_OK, "%s", w.error[k].text);
    snprintf(command, sizeof command, "cmp %s %s", alone.path, w.path);
    ck_assert_int_eq(system(command), 0);
  }
}
END_TEST

START_TEST(one_that_fails_leaves_no_file) {
  const size_t before = files_in_folder();
  writing w = {.write = ys_labels_write_sparse_to, .fails = true};
  path_of(w.path, "labels");
  run_ranks(3, write_mine, &w);
  for (size_t k = 0; k < 3; k++) {
    ck_assert_int_eq(w.code[k], YS_NO_MEMORY);
    assert_says(w.error[k].text, "rank 2|memory");
  }
  ck_assert_uint_eq(files_in_folder(), before);
}
END_TEST

START_TEST(one_that_is_lost_leaves_no_file) {
  const size_t before = files_in_folder();
  writing w = {
      .write = kinds[_i].write, .is_sparse = kinds[_i].is_sparse, .leaves = 1};
  path_of(w.path, "labels");
  run_ranks(3, write_mine, &w);
  ck_assert_int_eq(w.code[0], YS_IO);
  ck_assert_int_eq(w.code[2], YS_IO);
  assert_says(w.error[0].text, "a rank is lost");
  ck_assert_uint_eq(files_in_folder(), before);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("shares");
  TCase *tests = tcase_create("shares");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_loop_test(tests, shares_are_the_rows_of_the_whole, 0,
                      sizeof files / sizeof *files);
  tcase_add_test(tests, parts_are_read_by_a_process_alone);
  tcase_add_test(tests, a_file_goes_before_a_pattern);
  tcase_add_loop_test(tests, what_is_wrong_is_said_by_all, 0,
                      sizeof wrong / sizeof *wrong);
  tcase_add_loop_test(tests, ranks_write_the_file_of_one_process, 0,
                      sizeof kinds / sizeof *kinds);
  tcase_add_test(tests, one_that_fails_leaves_no_file);
  tcase_add_loop_test(tests, one_that_is_lost_leaves_no_file, 0,
                      sizeof kinds / sizeof *kinds);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
