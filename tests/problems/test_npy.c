/* problems/formats/npy.c, npy_write.c and table.c: .npy files, good and bad,
 * there and back. */
#include "problems/formats/npy.h"
#include "problems/formats/table.h"
#include "tests/support/tempfile.h"
#include "tests/support/testing.h"

#include <stdint.h>
#include <sys/stat.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static char *path;
static ys_error error;

static void set_up(void) {
  path = temp_file(".npy");
  error = (ys_error){0};
}

static void tear_down(void) {
  drop_file(path);
}

/* Write a .npy file of the given version; the bytes it took. */
static size_t put_npy(int major, int minor, const char *dict, const void *data,
                      size_t size) {
  unsigned char bytes[2048] = "\x93NUMPY";
  size_t length = strlen(dict), at = major == 1 ? 10 : 12;
  ck_assert_uint_lt(at + length + size, sizeof bytes);
  bytes[6] = (unsigned char)major;
  bytes[7] = (unsigned char)minor;
  bytes[8] = (unsigned char)(length & 255);
  bytes[9] = (unsigned char)(length >> 8);
  memcpy(bytes + at, dict, length);
  memcpy(bytes + at + length, data, size);
  put_bytes(path, bytes, at + length + size);
  return at + length + size;
}

static const double six[] = {1, -2.5, 3e-300, INFINITY, 1.0 / 3, 6};

static void assert_six(size_t rows, size_t cols) {
  ys_matrix matrix;
  ck_assert_msg(ys_matrix_read(path, &matrix, &error) == YS_OK, "%s",
                error.text);
  ck_assert_uint_eq(matrix.rows, rows);
  ck_assert_uint_eq(matrix.cols, cols);
  ck_assert_mem_eq(matrix.data, six, sizeof six);
  ys_matrix_free(&matrix);
  ck_assert_ptr_null(matrix.data);
}

static const struct {
  int major;
  const char *dict;
} good_headers[] = {
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }\n"},
    {2, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }   \n"},
    {1, "{'shape':(2,3),'fortran_order':False,'descr':'<f8'}"},
    {1, "{ \"fortran_order\" : False , \"shape\" : ( 2 , 3 , ) ,\n\t"
        "\"descr\" : \"<f8\" , } \n"},
    {2, "  {'shape': (02, 3), 'descr': '<f8', 'fortran_order': False}"},
    {3, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }\n"},
    /* as Python 2 wrote them */
    {1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 3L), }     \n"},
    {1, "{u'descr': u'<f8', u'fortran_order': False, u'shape': (2L,3L,)}"},
};

START_TEST(header_is_read_however_it_is_laid_out) {
  put_npy(good_headers[_i].major, 0, good_headers[_i].dict, six, sizeof six);
  assert_six(2, 3);
}
END_TEST

START_TEST(single_precision_is_read_exactly) {
  const float data[] = {0.1f, 0.25f, -3e-38f, 1e-45f};
  ys_matrix matrix;
  put_npy(1, 0, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n",
          data, sizeof data);
  ck_assert_int_eq(ys_matrix_read(path, &matrix, &error), YS_OK);
  for (int i = 0; i < 4; i++)
    ck_assert(matrix.data[i] == (double)data[i]);
  ys_matrix_free(&matrix);
}
END_TEST

START_TEST(vector_is_one_row) {
  /* A vector is the same in either order, and NumPy may mark it as both. */
  static const char *const order[] = {"False", "True"};
  char dict[100];
  ys_npy npy;
  snprintf(dict, sizeof dict,
           "{'descr': '<f8', 'fortran_order': %s, 'shape': (6,)}", order[_i]);
  put_npy(1, 0, dict, six, sizeof six);
  assert_six(1, 6);
  ck_assert_int_eq(ys_npy_open(path, &npy, &error), YS_OK);
  ck_assert(npy.is_vector);
  ys_npy_close(&npy);
  ys_npy_close(&npy); /* twice is harmless */
  ys_npy_close(NULL);
}
END_TEST

START_TEST(bytes_and_whole_numbers_are_read_exactly) {
  const unsigned char bytes[] = {0, 1, 127, 255};
  const int64_t whole[] = {0, -1, 65535, INT64_C(1) << 40};
  ys_matrix matrix;
  put_npy(1, 0, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }\n",
          bytes, sizeof bytes);
  ck_assert_int_eq(ys_matrix_read(path, &matrix, &error), YS_OK);
  for (int i = 0; i < 4; i++)
    ck_assert(matrix.data[i] == (double)bytes[i]);
  ys_matrix_free(&matrix);
  put_npy(1, 0, "{'descr': '<i8', 'fortran_order': False, 'shape': (4,), }\n",
          whole, sizeof whole);
  ck_assert_int_eq(ys_matrix_read(path, &matrix, &error), YS_OK);
  for (int i = 0; i < 4; i++)
    ck_assert(matrix.data[i] == (double)whole[i]);
  ys_matrix_free(&matrix);
}
END_TEST

/* 2 x 3 numbers of each type, column by column and big-endian, too. */
static const struct {
  const char *type;
  size_t item;
  unsigned char one[8]; /* the bytes of a 1, the lowest first */
} kinds[] = {{"f8", 8, {0, 0, 0, 0, 0, 0, 0xF0, 0x3F}},
             {"f4", 4, {0, 0, 0x80, 0x3F}},
             {"f2", 2, {0, 0x3C}},
             {"i8", 8, {1}},
             {"u1", 1, {1}}};

START_TEST(every_order_of_bytes_and_rows_is_read) {
  for (int k = 0; k < COUNT(kinds); k++)
    for (int order = 0; order < 4; order++) {
      const bool big = order & 1, columns = order & 2;
      unsigned char bytes[48] = {0};
      char dict[128];
      ys_matrix matrix;
      /* a 1 in row 1, column 0 alone */
      const size_t at = columns ? 1 : 3, item = kinds[k].item;
      for (size_t b = 0; b < item; b++)
        bytes[at * item + b] = kinds[k].one[big ? item - 1 - b : b];
      snprintf(dict, sizeof dict,
               "{'descr': '%c%s', 'fortran_order': %s, 'shape': (2, 3)}",
               big ? '>' : '<', kinds[k].type, columns ? "True" : "False");
      put_npy(1, 0, dict, bytes, 6 * item);
      ck_assert_msg(ys_matrix_read(path, &matrix, &error) == YS_OK, "%s",
                    error.text);
      ck_assert_uint_eq(matrix.rows, 2);
      ck_assert_uint_eq(matrix.cols, 3);
      for (int i = 0; i < 6; i++)
        ck_assert_msg(matrix.data[i] == (i == 3), "%s, place %d: %g", dict, i,
                      matrix.data[i]);
      ys_matrix_free(&matrix);
    }
}
END_TEST

/* Rows may be asked for a few at a time. */
START_TEST(columns_give_any_of_their_rows) {
  double columns[7 * 5], out[3 * 5];
  ys_npy npy;
  for (size_t i = 0; i < 7; i++)
    for (size_t k = 0; k < 5; k++)
      columns[k * 7 + i] = (double)(10 * i + k);
  put_npy(1, 0, "{'descr': '<f8', 'fortran_order': True, 'shape': (7, 5)}",
          columns, sizeof columns);
  ck_assert_int_eq(ys_npy_open(path, &npy, &error), YS_OK);
  ck_assert(!ys_npy_is_plain(&npy, YS_NPY_F8));
  for (size_t first = 0; first + 3 <= 7; first++) {
    ys_npy_rows(&npy, first, 3, out);
    for (size_t i = 0; i < 15; i++)
      ck_assert(out[i] == (double)(10 * (first + i / 5) + i % 5));
  }
  ys_npy_close(&npy);
}
END_TEST

/* The value of float16's bits, from the standard's words. */
static double half_by_definition(unsigned bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  double size = exponent == 31  ? (fraction ? NAN : INFINITY)
                : exponent == 0 ? ldexp(fraction / 1024.0, -14)
                                : ldexp(1 + fraction / 1024.0, exponent - 15);
  return bits >> 15 ? -size : size;
}

START_TEST(every_number_of_16_bits_is_exact) {
  enum { ALL = 1 << 16 };
  static const char head[] =
      "\x93NUMPY\1\0\x40\0{'descr': '%s', 'fortran_order': False, 'shape': "
      "(65536,)}";
  static unsigned char bytes[10 + 64 + 2 * ALL];
  static double number[ALL];
  const char *const types[] = {"<f2", ">f2", "<V2"};
  for (int t = 0; t < 3; t++) {
    char dict[80];
    ys_npy npy;
    memcpy(bytes, head, 10);
    memset(bytes + 10, ' ', 64);
    const int length = snprintf(dict, sizeof dict, head + 10, types[t]);
    memcpy(bytes + 10, dict, (size_t)length);
    for (unsigned i = 0; i < ALL; i++) {
      bytes[74 + 2 * i + (t == 1)] = (unsigned char)(i & 255);
      bytes[74 + 2 * i + (t != 1)] = (unsigned char)(i >> 8);
    }
    put_bytes(path, bytes, sizeof bytes);
    ck_assert_msg(ys_npy_open(path, &npy, &error) == YS_OK, "%s", error.text);
    ys_npy_rows(&npy, 0, 1, number);
    for (unsigned i = 0; i < ALL; i++) {
      float single;
      const uint32_t wide = (uint32_t)i << 16;
      memcpy(&single, &wide, sizeof single);
      const double wanted = t < 2 ? half_by_definition(i) : (double)single;
      ck_assert_msg(isnan(wanted) ? isnan(number[i])
                                  : number[i] == wanted &&
                                        signbit(number[i]) == signbit(wanted),
                    "%s, %04x: %g, not %g", types[t], i, number[i], wanted);
    }
    ys_npy_close(&npy);
  }
}
END_TEST

static const struct {
  const char *dict, *says;
} bad_headers[] = {
    /* not served */
    {"{'descr': '>f8 ', 'fortran_order': False, 'shape': (2, 3)}",
     "'>f8 '|expected '<f4', '<f8'"},
    {"{'descr': '|f8', 'fortran_order': False, 'shape': (2, 3)}", "'|expected"},
    {"{'descr': '', 'fortran_order': False, 'shape': (2, 3)}", "''|expected"},
    {"{'descr': '<', 'fortran_order': False, 'shape': (2, 3)}", "'<'|expected"},
    {"{'descr': '<c8', 'fortran_order': False, 'shape': (2, 3)}",
     "'<c8'|expected"},
    {"{'descr': '<i4', 'fortran_order': False, 'shape': (3, 4)}",
     "'<i4'|expected"},
    {"{'descr': '|b1', 'fortran_order': False, 'shape': (48,)}",
     "'|expected '<f4'"},
    {"{'descr': '<f2', 'fortran_order': False, 'shape': (2, 3)}",
     "trailing bytes|48 bytes|expected 12"},
    {"{'descr': '|V2', 'fortran_order': False, 'shape': (4, 6)}",
     "V2|convert it: import numpy; a = numpy.load(|ml_dtypes"},
    {"{'descr': '|O', 'fortran_order': False, 'shape': (2, 3)}",
     "Python objects (a pickle)|allow_pickle=True"},
    {"{'descr': '<f16', 'fortran_order': False, 'shape': (1, 3)}", "'<f16'"},
    {"{'descr': '<f8', 'fortran_order': True, 'shape': (2, 4)}",
     "truncated|48 bytes|expected 64"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2, 3)}",
     "3 dimensions|expected 2|reshape(-1, a.shape[-1])"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': ()}",
     "0 dimensions|expected 2"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (0, 6)}",
     "0 x 6|holds no numbers"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (6, 0)}",
     "6 x 0|holds no numbers"},
    {"{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (6,)}",
     "bad .npy header|simple type|structured_to_unstructured|byte 10"},
    /* sizes */
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 4)}",
     "truncated|48 bytes|expected 64"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2)}",
     "trailing bytes|48 bytes|expected 32"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
     "trailing bytes|48 bytes|expected 24"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, "
     "4294967296)}",
     "4294967296 x 4294967296|larger than memory"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, "
     "2305843009213693952)}",
     "larger than memory"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': "
     "(18446744073709551616, 1)}",
     "bad .npy header|fits a size_t"},
    /* grammar */
    {"", "bad .npy header|expected '{'|byte 0"},
    {"[]", "bad .npy header|expected '{'"},
    {"{}", "bad .npy header|all of 'descr'"},
    {"{'descr': '<f8', 'fortran_order': False}", "all of 'descr'"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)", "',' or '}'"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3", "',' or ')'"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2,", "fits a size_t"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2 3)}", "',' or ')'"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (-2, 3)}",
     "fits a size_t"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (L, 3)}",
     "fits a size_t"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2LL, 3)}",
     "',' or ')'"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3L", "',' or ')'"},
    {"{'descr': uu'<f8', 'fortran_order': False, 'shape': (2, 3)}",
     "simple type"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (,)}", "fits a size_t"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2.0, 3)}",
     "',' or ')'"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (6)}", "a tuple"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': [2, 3]}", "'('"},
    {"{'descr': '<f8', 'fortran_order': 0, 'shape': (2, 3)}", "True or False"},
    {"{'descr': '<f8', 'fortran_order': Fals", "True or False"},
    {"{'descr': '<f8' 'fortran_order': False, 'shape': (2, 3)}", "',' or '}'"},
    {"{'descr' '<f8', 'fortran_order': False, 'shape': (2, 3)}", "':'"},
    {"{'descr: '<f8', 'fortran_order': False, 'shape': (2, 3)}", "one each of"},
    {"{'descr': '<f8, 'fortran_order': False, 'shape': (2, 3)}", "',' or '}'"},
    {"{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, "
     "'shape': (2, 3)}",
     "one each of|byte 17"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), 'x': 1}",
     "one each of"},
    {"{'descr': '<f\\x38', 'fortran_order': False, 'shape': (2, 3)}",
     "simple type"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)} x",
     "only blanks"},
};

START_TEST(bad_header_is_refused_with_its_reason) {
  ys_matrix matrix;
  put_npy(1, 0, bad_headers[_i].dict, six, sizeof six);
  ck_assert_int_eq(ys_matrix_read(path, &matrix, &error), YS_BAD_INPUT);
  assert_says(error.text, path);
  assert_says(error.text, bad_headers[_i].says);
  ck_assert_ptr_null(matrix.data);
}
END_TEST

static const struct {
  int major, minor;
  const char *says;
} bad_versions[] = {
    {4, 0, "version 4.0|expected 1.0, 2.0 or 3.0"},
    {0, 0, "version 0.0|expected 1.0, 2.0 or 3.0"},
    {1, 1, "version 1.1|expected 1.0, 2.0 or 3.0"},
    {3, 1, "version 3.1|expected 1.0, 2.0 or 3.0"},
};

START_TEST(other_format_version_is_refused) {
  ys_npy npy;
  put_npy(bad_versions[_i].major, bad_versions[_i].minor, good_headers[0].dict,
          six, sizeof six);
  ck_assert_int_eq(ys_npy_open(path, &npy, &error), YS_BAD_INPUT);
  assert_says(error.text, bad_versions[_i].says);
}
END_TEST

START_TEST(every_truncation_is_refused) {
  unsigned char bytes[256];
  size_t size = put_npy(_i, 0, good_headers[0].dict, six, sizeof six);
  FILE *file = fopen(path, "rb");
  ck_assert_uint_eq(fread(bytes, 1, sizeof bytes, file), size);
  fclose(file);
  for (size_t kept = 0; kept < size; kept++) {
    ys_npy npy;
    put_bytes(path, bytes, kept);
    ck_assert_msg(ys_npy_open(path, &npy, &error) == YS_BAD_INPUT,
                  "%zu bytes of %zu were accepted", kept, size);
    assert_says(error.text, path);
  }
}
END_TEST

/* Whatever the bytes, reading either succeeds with numbers from within the file
 * or fails with a message; sanitizers watch over the rest. */
START_TEST(random_damage_is_survived) {
  unsigned char bytes[256];
  size_t size = put_npy(1, 0, good_headers[0].dict, six, sizeof six);
  size_t refused = 0;
  FILE *file = fopen(path, "rb");
  ck_assert_uint_eq(fread(bytes, 1, sizeof bytes, file), size);
  fclose(file);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int trial = 0; trial < 500; trial++) {
    unsigned char damaged[256];
    memcpy(damaged, bytes, size);
    for (int hit = 0; hit <= trial % 3; hit++)
      damaged[gsl_rng_uniform_int(rng, size)] =
          (unsigned char)gsl_rng_uniform_int(rng, 256);
    put_bytes(path, damaged, size);
    ys_matrix matrix;
    if (ys_matrix_read(path, &matrix, &error) == YS_OK) {
      ck_assert_uint_eq(matrix.rows * matrix.cols, 6);
      ys_matrix_free(&matrix);
    } else {
      refused++;
      assert_says(error.text, path);
    }
  }
  gsl_rng_free(rng);
  ck_assert_uint_gt(refused, 100);
}
END_TEST

START_TEST(written_file_reads_back_to_the_bit) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t rows = 1; rows < 9; rows++) {
    double data[72];
    size_t cols = 1 + gsl_rng_uniform_int(rng, 9);
    ys_matrix matrix;
    for (size_t i = 0; i < rows * cols; i++)
      data[i] = ldexp(gsl_rng_uniform(rng) - 0.5, (int)(i * 17 % 400) - 200);
    ck_assert_int_eq(ys_npy_write(path, data, rows, cols, &error), YS_OK);
    ck_assert_int_eq(ys_matrix_read(path, &matrix, &error), YS_OK);
    ck_assert_uint_eq(matrix.rows, rows);
    ck_assert_uint_eq(matrix.cols, cols);
    ck_assert_mem_eq(matrix.data, data, rows * cols * sizeof *data);
    ys_matrix_free(&matrix);
  }
  gsl_rng_free(rng);
}
END_TEST

/* The layout that numpy.save has: magic, version 1.0, a header that ends in a
 * line end and fills the first 64-byte multiple, then the data. */
START_TEST(written_bytes_follow_the_format) {
  unsigned char bytes[256];
  const char *dict =
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";
  ck_assert_int_eq(ys_npy_write(path, six, 2, 3, &error), YS_OK);
  FILE *file = fopen(path, "rb");
  size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  ck_assert_mem_eq(bytes, "\x93NUMPY\x01\x00", 8);
  size_t begin = 10 + (size_t)bytes[8] + 256 * (size_t)bytes[9];
  ck_assert_uint_eq(begin % 64, 0);
  ck_assert_uint_eq(size, begin + sizeof six);
  ck_assert_mem_eq(bytes + 10, dict, strlen(dict));
  for (size_t i = 10 + strlen(dict); i + 1 < begin; i++)
    ck_assert_int_eq(bytes[i], ' ');
  ck_assert_int_eq(bytes[begin - 1], '\n');
  ck_assert_mem_eq(bytes + begin, six, sizeof six);
}
END_TEST

START_TEST(writing_replaces_and_leaves_nothing_beside) {
  char beside[600];
  snprintf(beside, sizeof beside, "%s.tmp", path);
  put_text(path, "an old file");
  put_text(beside, "what a killed writer left, longer than the new file will "
                   "be: six numbers of eight bytes and a header of 128 bytes, "
                   "which this text has to pass in length, and so it goes on "
                   "for some words more");
  ck_assert_int_eq(ys_npy_write(path, six, 3, 2, &error), YS_OK);
  assert_six(3, 2);
  ck_assert_int_ne(access(beside, F_OK), 0);
}
END_TEST

START_TEST(failed_write_says_why_and_leaves_nothing) {
  char beside[600], within[600];
  snprintf(within, sizeof within, "%s/x.npy", path);
  ck_assert_int_eq(ys_npy_write(within, six, 2, 3, &error), YS_IO);
  assert_says(error.text, within);
  assert_says(error.text, "cannot write|Not a directory");
  unlink(path);
  ck_assert_int_eq(mkdir(path, 0700), 0);
  ck_assert_int_eq(ys_npy_write(path, six, 2, 3, &error), YS_IO);
  assert_says(error.text, "cannot write|directory");
  snprintf(beside, sizeof beside, "%s.tmp", path);
  ck_assert_int_ne(access(beside, F_OK), 0);
  ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

START_TEST(missing_file_and_folder_say_so) {
  ys_npy npy;
  unlink(path);
  ck_assert_int_eq(ys_npy_open(path, &npy, &error), YS_IO);
  assert_says(error.text, path);
  assert_says(error.text, "No such file");
  ck_assert_int_eq(mkdir(path, 0700), 0);
  ck_assert_int_eq(ys_npy_open(path, &npy, &error), YS_IO);
  assert_says(error.text, "Is a directory");
  ck_assert_int_eq(rmdir(path), 0);
  put_text(path, "");
  ck_assert_int_eq(ys_npy_open(path, &npy, &error), YS_BAD_INPUT);
  assert_says(error.text, "empty|expected a .npy file");
}
END_TEST

START_TEST(format_is_told_by_magic_or_ending) {
  char *other = temp_file(".data");
  ys_matrix matrix;
  ck_assert_int_eq(ys_npy_write(other, six, 2, 3, &error), YS_OK);
  ck_assert_int_eq(ys_matrix_read(other, &matrix, &error), YS_OK);
  ck_assert_mem_eq(matrix.data, six, sizeof six);
  ys_matrix_free(&matrix);
  put_text(other, "1,2\n3,4\n");
  ck_assert_int_eq(ys_matrix_read(other, &matrix, &error), YS_OK);
  ck_assert_uint_eq(matrix.rows, 2);
  ck_assert(matrix.data[2] == 3);
  ys_matrix_free(&matrix);
  put_text(path, "1,2\n3,4\n5,6\n7,8\n");
  ck_assert_int_eq(ys_matrix_read(path, &matrix, &error), YS_BAD_INPUT);
  assert_says(error.text, "not a .npy file|NUMPY");
  drop_file(other);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("npy");
  TCase *tc = tcase_create("npy");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_loop_test(tc, header_is_read_however_it_is_laid_out, 0,
                      COUNT(good_headers));
  tcase_add_test(tc, single_precision_is_read_exactly);
  tcase_add_test(tc, bytes_and_whole_numbers_are_read_exactly);
  tcase_add_loop_test(tc, vector_is_one_row, 0, 2);
  tcase_add_test(tc, every_order_of_bytes_and_rows_is_read);
  tcase_add_test(tc, columns_give_any_of_their_rows);
  tcase_add_test(tc, every_number_of_16_bits_is_exact);
  tcase_add_loop_test(tc, bad_header_is_refused_with_its_reason, 0,
                      COUNT(bad_headers));
  tcase_add_loop_test(tc, other_format_version_is_refused, 0,
                      COUNT(bad_versions));
  tcase_add_loop_test(tc, every_truncation_is_refused, 1, 4);
  tcase_add_test(tc, random_damage_is_survived);
  tcase_add_test(tc, written_file_reads_back_to_the_bit);
  tcase_add_test(tc, written_bytes_follow_the_format);
  tcase_add_test(tc, writing_replaces_and_leaves_nothing_beside);
  tcase_add_test(tc, failed_write_says_why_and_leaves_nothing);
  tcase_add_test(tc, missing_file_and_folder_say_so);
  tcase_add_test(tc, format_is_told_by_magic_or_ending);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
