/* problems/formats/npz*.c: sparse labels as SciPy keeps a matrix by rows. What
 * is written is read by Python's zipfile, what Python writes is read. */
#include "problems/formats/npz.h"

#include "problems/formats/labels_file.h"
#include "tests/support/testing.h"

#include "tests/support/tempfile.h"

#include <stdint.h>
#include <sys/stat.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char *npz;
static ys_error error;

static void make_file(void) {
  npz = temp_file(".npz");
}

static void remove_file(void) {
  char path[512];
  snprintf(path, sizeof path, "%s.txt", npz);
  unlink(path);
  drop_file(npz);
}

/* Whether there is a Python to ask. */
static bool has_python(void) {
  static int status = -1;
  if (status < 0)
    status = system("python3 -c 'import zipfile' 2>/dev/null");
  if (status)
    printf("npz: skipped: no python3 here\n");
  return status == 0;
}

static void python(const char *what, const char *more) {
  char command[2048];
  snprintf(command, sizeof command,
           "python3 tests/support/npz.py %s '%s' %s >'%s.txt'", what, npz, more,
           npz);
  ck_assert_msg(system(command) == 0, "%s", command);
}

static void assert_shown(const char *expected) {
  char path[512], text[4096];
  python("show", "");
  snprintf(path, sizeof path, "%s.txt", npz);
  FILE *file = fopen(path, "r");
  ck_assert_ptr_nonnull(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  ck_assert_str_eq(text, expected);
}

/* ------------------------------------------------------------ writing ---- */

/* Row 0 holds classes 0 and 2, row 1 class 1; row 2 has no entries. */
static ys_labels three_rows(void) {
  ys_labels labels;
  ck_assert_int_eq(ys_labels_make_sparse(&labels, 3, 4, &error), YS_OK);
  ck_assert_int_eq(ys_labels_reserve(&labels, 3, &error), YS_OK);
  memcpy(labels.begin, (size_t[]){0, 2, 3, 3}, 4 * sizeof(size_t));
  memcpy(labels.held, (uint32_t[]){0, 2, 1}, 3 * sizeof(uint32_t));
  memcpy(labels.weight, (double[]){0.75, 0.25, 1}, 3 * sizeof(double));
  return labels;
}

START_TEST(python_reads_what_is_written) {
  ys_labels labels = three_rows();
  ck_assert_int_eq(ys_labels_write(npz, &labels, &error), YS_OK);
  if (has_python())
    assert_shown("indices.npy stored 1980-1-1-0-0-0 <i4 (7,) 0 2 1 0 1 2 3\n"
                 "indptr.npy stored 1980-1-1-0-0-0 <i4 (4,) 0 2 3 7\n"
                 "format.npy stored 1980-1-1-0-0-0 |S3 () b'csr'\n"
                 "shape.npy stored 1980-1-1-0-0-0 <i8 (2,) 3 4\n"
                 "data.npy stored 1980-1-1-0-0-0 <f8 (7,) 0.75 0.25 1.0 0.25 "
                 "0.25 0.25 0.25\n");
  ys_labels_free(&labels);
}
END_TEST

/* K beyond 31 bits: SciPy's integers have 64. */
START_TEST(wide_integers_are_written_and_read) {
  ys_labels labels, read;
  ck_assert_int_eq(ys_labels_make_sparse(&labels, 2, UINT32_MAX, &error),
                   YS_OK);
  ck_assert_int_eq(ys_labels_reserve(&labels, 2, &error), YS_OK);
  memcpy(labels.begin, (size_t[]){0, 1, 2}, 3 * sizeof(size_t));
  memcpy(labels.held, (uint32_t[]){5, UINT32_MAX - 1}, 2 * sizeof(uint32_t));
  memcpy(labels.weight, (double[]){1, 1}, 2 * sizeof(double));
  ck_assert_int_eq(ys_labels_write(npz, &labels, &error), YS_OK);
  if (has_python())
    assert_shown("indices.npy stored 1980-1-1-0-0-0 <i8 (2,) 5 4294967294\n"
                 "indptr.npy stored 1980-1-1-0-0-0 <i8 (3,) 0 1 2\n"
                 "format.npy stored 1980-1-1-0-0-0 |S3 () b'csr'\n"
                 "shape.npy stored 1980-1-1-0-0-0 <i8 (2,) 2 4294967295\n"
                 "data.npy stored 1980-1-1-0-0-0 <f8 (2,) 1.0 1.0\n");
  ck_assert_int_eq(ys_npz_read(npz, NULL, &read, &error), YS_OK);
  ck_assert_uint_eq(read.classes, UINT32_MAX);
  ck_assert_mem_eq(read.held, labels.held, 2 * sizeof *read.held);
  ys_labels_free(&read);
  ys_labels_free(&labels);
}
END_TEST

/* Any labels come back with the same bits, and the same file has the same. */
START_TEST(what_is_written_is_read) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int turn = 0; turn < 200; turn++) {
    const size_t rows = 1 + gsl_rng_uniform_int(rng, 60);
    const size_t n = 2 + gsl_rng_uniform_int(rng, turn % 2 ? 6 : 300);
    ys_labels labels, read, dense, same;
    ck_assert_int_eq(ys_labels_make_dense(&dense, rows, n, &error), YS_OK);
    for (size_t i = 0; i < rows; i++) {
      const double share = gsl_rng_uniform(rng) * gsl_rng_uniform(rng);
      double *row = dense.dense + i * n;
      for (size_t k = 0; k < n; k++)
        row[k] = gsl_rng_uniform(rng) < share ? gsl_rng_uniform(rng) : 0;
      row[gsl_rng_uniform_int(rng, n)] = 1;
    }
    ys_labels_divide(&dense);
    ck_assert_int_eq(ys_labels_to_sparse(&dense, &labels, &error), YS_OK);
    ck_assert_int_eq(ys_labels_write(npz, &labels, &error), YS_OK);
    ck_assert_int_eq(ys_labels_read(npz, &read, &error), YS_OK);
    ck_assert_ptr_null(read.dense);
    ck_assert_int_eq(ys_labels_to_dense(&read, &same, &error), YS_OK);
    ck_assert_mem_eq(same.dense, dense.dense, rows * n * sizeof(double));
    ck_assert_mem_eq(read.begin, labels.begin, (rows + 1) * sizeof(size_t));
    ys_labels_free(&same);
    ys_labels_free(&read);
    ys_labels_free(&labels);
    ys_labels_free(&dense);
  }
  gsl_rng_free(rng);
}
END_TEST

static char *bytes_of(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  char *bytes = malloc(1 << 16);
  ck_assert(file && bytes);
  *size = fread(bytes, 1, 1 << 16, file);
  fclose(file);
  return bytes;
}

START_TEST(a_file_is_whole_or_not_there) {
  ys_labels labels = three_rows();
  char path[512];
  struct stat status;
  snprintf(path, sizeof path, "%s/no/labels.npz", npz);
  ck_assert_int_eq(ys_labels_write(path, &labels, &error), YS_IO);
  assert_says(error.text, "labels.npz|cannot write");
  snprintf(path, sizeof path, "%s.tmp", npz);
  ck_assert_int_eq(ys_labels_write(npz, &labels, &error), YS_OK);
  ck_assert_int_ne(stat(path, &status), 0);
  ys_output full = {.path = strdup("full"), .folder = -1};
  full.file = fopen("/dev/full", "wb");
  ck_assert_int_eq(ys_labels_write_to(&full, &labels, NULL, &error), YS_IO);
  assert_says(error.text, "full|cannot write");
  ys_labels_free(&labels);
}
END_TEST

/* What cannot be gone back in gets the bytes of a file. */
START_TEST(a_pipe_gets_the_same_bytes) {
  ys_labels labels = three_rows();
  char path[512], command[600], got[4096];
  size_t size;
  ck_assert_int_eq(ys_labels_write(npz, &labels, &error), YS_OK);
  char *bytes = bytes_of(npz, &size);
  snprintf(path, sizeof path, "%s.pipe", npz);
  snprintf(command, sizeof command, "cat '%s'", path);
  ck_assert_int_eq(mkfifo(path, 0600), 0);
  FILE *reader = popen(command, "r");
  ys_output pipe = {
      .file = fopen(path, "wb"), .path = strdup(path), .folder = -1};
  ck_assert_int_eq(ys_labels_write_to(&pipe, &labels, NULL, &error), YS_OK);
  ck_assert_uint_eq(fread(got, 1, sizeof got, reader), size);
  ck_assert_mem_eq(got, bytes, size);
  ck_assert_int_eq(pclose(reader), 0);
  unlink(path);
  free(bytes);
  ys_labels_free(&labels);
}
END_TEST

/* ------------------------------------------------------------ reading ---- */

#define GOOD "indptr=0,2,3 indices=0,2,1 data=0.75,0.25,1 shape=2,4 "

START_TEST(what_python_writes_is_read) {
  static const char *const ways[] = {
      "",
      "integer=i8",
      "real=f4",
      "text=U3",
      "method=deflated",
      "method=deflated zip64=1 integer=i8 real=f4",
      "zip64=1",
      "more=_is_array",
  };
  if (!has_python())
    return;
  for (size_t w = 0; w < COUNT(ways); w++) {
    char words[512];
    ys_labels labels;
    snprintf(words, sizeof words, GOOD "%s", ways[w]);
    python("make", words);
    ck_assert_msg(ys_npz_read(npz, NULL, &labels, &error) == YS_OK, "%s: %s",
                  ways[w], error.text);
    ck_assert(labels.rows == 2 && labels.classes == 4 && !labels.dense);
    ck_assert_mem_eq(labels.begin, ((size_t[]){0, 2, 3}), 3 * sizeof(size_t));
    ck_assert_mem_eq(labels.held, ((uint32_t[]){0, 2, 1}),
                     3 * sizeof(uint32_t));
    ck_assert_mem_eq(labels.weight, ((double[]){0.75, 0.25, 1}),
                     3 * sizeof(double));
    ys_labels_free(&labels);
  }
}
END_TEST

/* Entries that are zero are none; sums of a little off 1 are left to whoever
 * reads. */
START_TEST(zeros_are_dropped) {
  ys_labels labels;
  if (!has_python())
    return;
  python("make", "indptr=0,3,4 indices=0,2,3,1 data=0.75,0,0.25,1.00001 "
                 "shape=2,4");
  ck_assert_int_eq(ys_npz_read(npz, NULL, &labels, &error), YS_OK);
  ck_assert_mem_eq(labels.begin, ((size_t[]){0, 2, 3}), 3 * sizeof(size_t));
  ck_assert_mem_eq(labels.held, ((uint32_t[]){0, 3, 1}), 3 * sizeof(uint32_t));
  ck_assert(labels.weight[1] == 0.25 && labels.weight[2] == 1.00001);
  ys_labels_free(&labels);
}
END_TEST

START_TEST(other_files_are_refused) {
  static const struct {
    const char *words, *says;
  } bad[] = {
      {GOOD "format=csc", "format 'csc'|csr"},
      {GOOD "format=coo text=U3", "format 'coo'"},
      {GOOD "method=bzip2", "compressed by method 12|stored or deflated"},
      {GOOD "without=format", "no format.npy|save_npz"},
      {GOOD "without=data", "no data.npy"},
      {GOOD "without=indptr", "no indptr.npy"},
      {"indptr=0,2,3 indices=0,2,1 data=1,1,1 shape=2", "shape.npy|1 lengths"},
      {"indptr=0,2,3 indices=0,2,1 data=1,1,1 shape=0,4", "0 x 4"},
      {"indptr=0,2,3 indices=0,2,1 data=1,1,1 shape=2,-4", "2 x -4"},
      {"indptr=0,2,3 indices=0,2,1 data=1,1,1 shape=2,4294967296", "its shape"},
      {"indptr=0,2,3 indices=0,2,1 data=1,1,1 shape=3,4",
       "indptr.npy|3 numbers|expected 4"},
      {"indptr=1,2,3 indices=0,2,1 data=1,1,1 shape=2,4",
       "row 0 (from 0) begins at 1|expected 0"},
      {"indptr=0,2,1 indices=0 data=1 shape=2,4",
       "row 2 (from 0) begins at 1|no less than 2"},
      {"indptr=0,2,-1 indices=0 data=1 shape=2,4", "begins at -1"},
      {"indptr=0,2,4 indices=0,2,1 data=0.75,0.25,1 shape=2,4",
       "indices.npy|3 elements|expected 4"},
      {"indptr=0,2,3 indices=0,2,1 data=0.75,0.25 shape=2,4",
       "data.npy|2 elements|expected 3"},
      {"indptr=0,2,3 indices=0,4,1 data=0.75,0.25,1 shape=2,4",
       "row 0 (from 0) holds class 4|expected 0 to 3"},
      {"indptr=0,2,3 indices=0,2,-1 data=0.75,0.25,1 shape=2,4",
       "row 1 (from 0) holds class -1"},
      {"indptr=0,2,3 indices=2,2,1 data=0.75,0.25,1 shape=2,4",
       "row 0 (from 0) holds class 2 behind class 2|sum_duplicates"},
      {"indptr=0,1,3 indices=2,2,1 data=1,0.25,0.75 shape=2,4",
       "row 1 (from 0) holds class 1 behind class 2|rise"},
      {"indptr=0,2,3 indices=0,2,1 data=0.75,0.26,1 shape=2,4",
       "row 0 (from 0) sums to 1.01"},
      {"indptr=0,2,2 indices=0,2 data=0.75,0.25 shape=2,4",
       "row 1 (from 0) sums to 0"},
      {"indptr=0,2,3 indices=0,2,1 data=1.25,-0.25,1 shape=2,4",
       "row 0, class 2 (from 0)|-0.25"},
      {"indptr=0,2,3 indices=0,2,1 data=0.75,0.25,nan shape=2,4",
       "row 1, class 1 (from 0)|nan"},
      {"indptr=0,2,3 indices=0,2,1 data=inf,0.25,1 shape=2,4",
       "row 0, class 0 (from 0)|inf"},
  };
  if (!has_python())
    return;
  for (size_t b = 0; b < COUNT(bad); b++) {
    ys_labels labels;
    python("make", bad[b].words);
    ck_assert_msg(ys_npz_read(npz, NULL, &labels, &error) == YS_BAD_INPUT, "%s",
                  bad[b].words);
    assert_says(error.text, bad[b].says);
    ck_assert_msg(strstr(error.text, npz) == error.text, "%s", error.text);
    ck_assert_ptr_null(labels.begin);
  }
}
END_TEST

/* Cut anywhere, or with any byte changed, a file is refused or has the labels
 * that it had. */
START_TEST(damage_is_seen) {
  ys_labels labels = three_rows(), read;
  size_t size, seen = 0;
  ck_assert_int_eq(ys_labels_write(npz, &labels, &error), YS_OK);
  char *bytes = bytes_of(npz, &size);
  for (size_t cut = 0; cut < size; cut++) {
    put_bytes(npz, bytes, cut);
    ck_assert_int_eq(ys_npz_read(npz, NULL, &read, &error), YS_BAD_INPUT);
  }
  for (size_t at = 0; at < size; at++) {
    bytes[at] ^= 0x10;
    put_bytes(npz, bytes, size);
    bytes[at] ^= 0x10;
    if (ys_npz_read(npz, NULL, &read, &error) != YS_OK) {
      assert_says(error.text, npz);
      seen++;
      continue;
    }
    ck_assert_uint_eq(ys_labels_entries(&read), 7);
    ck_assert_mem_eq(read.weight, labels.weight, 3 * sizeof(double));
    ys_labels_free(&read);
  }
  ck_assert_uint_gt(seen, 5 * 128);
  free(bytes);
  ys_labels_free(&labels);
}
END_TEST

/* A last digit of a last weight, in an array that ends where a piece of it does
 * that is read at once. */
START_TEST(checksums_are_compared) {
  enum { ROWS = 504, PIECES = 2 * 4096 };
  ys_labels labels, dense;
  size_t size, end = 0;
  ck_assert_int_eq(128 + 2 * ROWS * sizeof(double), PIECES);
  ck_assert_int_eq(ys_labels_make_dense(&dense, ROWS, 2, &error), YS_OK);
  for (size_t e = 0; e < 2 * ROWS; e++)
    dense.dense[e] = 0.5;
  ck_assert_int_eq(ys_labels_to_sparse(&dense, &labels, &error), YS_OK);
  ck_assert_int_eq(ys_labels_write(npz, &labels, &error), YS_OK);
  char *bytes = bytes_of(npz, &size);
  while (memcmp(bytes + end, "PK\1\2", 4) != 0) /* what the archive holds */
    end++;
  ck_assert_mem_eq(bytes + end - 8, (double[]){0.5}, 8);
  bytes[end - 8] ^= 1;
  put_bytes(npz, bytes, size);
  ys_labels_free(&labels);
  ck_assert_int_eq(ys_npz_read(npz, NULL, &labels, &error), YS_BAD_INPUT);
  assert_says(error.text, "data.npy: damaged|CRC");
  free(bytes);
  ys_labels_free(&dense);
}
END_TEST

START_TEST(what_is_no_archive_is_refused) {
  ys_labels labels;
  put_text(npz, "0.5,0.5\n");
  ck_assert_int_eq(ys_npz_read(npz, NULL, &labels, &error), YS_BAD_INPUT);
  assert_says(error.text, "not a .npz file");
  put_text(npz, "");
  ck_assert_int_eq(ys_npz_read(npz, NULL, &labels, &error), YS_BAD_INPUT);
  ck_assert_int_eq(ys_npz_read("/tmp", NULL, &labels, &error), YS_IO);
  ck_assert_int_eq(ys_npz_read("/nowhere.npz", NULL, &labels, &error), YS_IO);
  ck_assert_int_eq(ys_npz_read("/dev/zero", NULL, &labels, &error), YS_IO);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("npz");
  TCase *tc = tcase_create("npz");
  tcase_set_timeout(tc, 60);
  tcase_add_checked_fixture(tc, make_file, remove_file);
  tcase_add_test(tc, python_reads_what_is_written);
  tcase_add_test(tc, wide_integers_are_written_and_read);
  tcase_add_test(tc, what_is_written_is_read);
  tcase_add_test(tc, a_file_is_whole_or_not_there);
  tcase_add_test(tc, a_pipe_gets_the_same_bytes);
  tcase_add_test(tc, what_python_writes_is_read);
  tcase_add_test(tc, zeros_are_dropped);
  tcase_add_test(tc, other_files_are_refused);
  tcase_add_test(tc, damage_is_seen);
  tcase_add_test(tc, checksums_are_compared);
  tcase_add_test(tc, what_is_no_archive_is_refused);
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
