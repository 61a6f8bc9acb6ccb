/* problems/generators/file.c and what it reads by: foreign.c, table.c, npy.c.
 * What users have for files: what is read, and what is said of the rest. */
#include "problems/formats/npy.h"
#include "tests/support/input_file.h"

/* Only float32 as this machine has it, row by row, is left in its file. */
START_TEST(what_lies_otherwise_is_not_kept_as_float32) {
  static const struct {
    const char *dict;
    unsigned char bytes[16];
    bool stays;
  } files[] = {{"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)}",
                {0, 0, 0, 0x3f, 0, 0, 0, 0x3f, 0, 0, 0, 0, 0, 0, 0x80, 0x3f},
                true},
               {"{'descr': '>f4', 'fortran_order': False, 'shape': (2, 2)}",
                {0x3f, 0, 0, 0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x3f, 0x80, 0, 0},
                false},
               {"{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2)}",
                {0, 0, 0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x3f, 0, 0, 0x80, 0x3f},
                false}};
  const double numbers[] = {0.5, 0.5, 0, 1};
  for (int i = 0; i < COUNT(files); i++) {
    char dict[128];
    snprintf(dict, sizeof dict, "%-*s", 118, files[i].dict); /* aligned */
    array made = make_array(dict, files[i].bytes, 16);
    put_bytes(path, made.bytes, made.size);
    free(made.bytes);
    if (!files[i].stays)
      assert_refused(",storage=float32", "storage=float32|'<f4' in C order");
    ck_assert_int_eq(read_file(files[i].stays ? ",storage=float32" : ""),
                     YS_OK);
    ck_assert(files[i].stays == (batch.recorded != NULL));
    for (size_t e = 0; e < 4; e++)
      ck_assert(ys_batch_entry(&batch, e / 2, e % 2) == numbers[e]);
    ys_batch_free(&batch);
  }
}
END_TEST

/* ------------------------------------------------------ other kinds ---- */

#define BYTES(text) text, sizeof text - 1

static const struct {
  const char *bytes;
  size_t size;
  const char *says;
} foreign[] = {
    {BYTES("\x80\4\x95\x10\0\0\0\0\0\0\0\x8c\5numpy"),
     "a pickle|convert it: import numpy, pickle; numpy.save("},
    {BYTES("\x80\2cnumpy.core.multiarray\n_reconstruct\n"), "a pickle"},
    {BYTES("cnumpy.core.multiarray\n_reconstruct\np0\n"), "a pickle"},
    {BYTES("(lp0\n(lp1\nF0.5\n"), "a pickle|pickle.load("},
    {BYTES("]q\0]q\1(G?\xe0"), "a pickle"},
    {BYTES("\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\2"),
     "PyTorch|torch.load("},
    {BYTES("\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0"), "HDF5|h5py.File("},
    {BYTES("MATLAB 5.0 MAT-file, Platform: GLNXA64"), "MATLAB|loadmat("},
    {BYTES("PAR1\x15\x04\x15\x10"), "Parquet|pandas.read_parquet("},
    {BYTES("ARROW1\0\0\xff\xff"), "Arrow|pandas.read_feather("},
    {BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "an image (PNG)|Image.open("},
    {BYTES("\xff\xd8\xff\xe0\0\x10JFIF"), "an image (JPEG)|Image.open("},
    {BYTES("II*\0\x08\0\0\0"), "an image (TIFF)"},
    {BYTES("MM\0*\0\0\0\x08"), "an image (TIFF)"},
    {BYTES("GIF89a\x10\0"), "an image (GIF)"},
    {BYTES("RIFF\x10\0\0\0WEBPVP8 "), "an image (WebP)"},
    {BYTES("\x1f\x8b\x08\0\0\0\0\0"), "compressed by gzip|gzip.open("},
    {BYTES("BZh91AY&SY"), "compressed by bzip2|bz2.open("},
    {BYTES("\xfd"
           "7zXZ\0\0"),
     "compressed by xz|lzma.open("},
    {BYTES("\x28\xb5\x2f\xfd\x24\0"), "compressed by zstd|zstd -d"},
    {BYTES("\x40\0\0\0\0\0\0\0{\"sigma\":"), "safetensors|load_file("},
    {BYTES("\xff\xfe"
           "0\0,\0"),
     "UTF-16|encoding='utf-16'"},
    {BYTES("\xfe\xff\0"
           "0\0,"),
     "UTF-16|encoding='utf-16'"},
    {BYTES("[[0.5, 0.5]]\n"), "JSON|json.load("},
    {BYTES("{\"a\": [[0.5]]}"), "JSON|['NAME']"},
    {BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0"), "Excel|read_excel("},
};

START_TEST(a_file_of_another_kind_is_told_what_it_is) {
  static const char *const endings[] = {".npy", ".npz", ".csv", ".bin"};
  drop_file(path);
  for (int e = 0; e < COUNT(endings); e++) {
    char conversion[700];
    path = temp_file(endings[e]);
    put_bytes(path, foreign[_i].bytes, foreign[_i].size);
    assert_refused("", foreign[_i].says);
    snprintf(conversion, sizeof conversion, "'%s'", path);
    assert_says(error.text, conversion); /* to be copied as it stands */
    if (e + 1 < COUNT(endings))
      drop_file(path);
  }
}
END_TEST

/* What goes into a line of Python is quoted by nobody. */
/* MATLAB 7.3 writes HDF5 behind a block of 512 bytes of its own. */
START_TEST(hdf5_may_begin_later) {
  unsigned char bytes[600] = "MATLAB 7.3 MAT-file";
  memcpy(bytes + 512, "\x89HDF\r\n\x1a\n", 8);
  drop_file(path);
  path = temp_file(".mat");
  put_bytes(path, bytes, sizeof bytes);
  assert_refused("", "HDF5|MATLAB 7.3|h5py.File(|.T)");
}
END_TEST

START_TEST(a_name_that_needs_quoting_is_left_to_the_user) {
  drop_file(path);
  path = temp_file("-it's;import os.pkl");
  put_bytes(path, foreign[0].bytes, foreign[0].size);
  assert_refused("", "pickle.load(open('FILE', 'rb'))");
  ck_assert_ptr_null(strstr(strstr(error.text, "convert"), "import os"));
}
END_TEST

/* -------------------------------------------- rows that do not sum up ---- */

static const struct {
  const char *text, *options, *says; /* NULL: they are read */
  double off;                        /* by how much at most */
} sums[] = {
    {"1,2\n0.5,0.5\n", "", "sums to 3|logits=1|renormalise=1", 0},
    {"0.5,0.6\n", "", "sums to 1.1|file:path=...,logits=1", 0},
    {"-0.5,1.5\n", "", "-0.5 is not a probability|file:path=...,logits=1", 0},
    {"0,0\n", "", "sums to 0|logits=1", 0},
    {"1,2\n0.5,0.5\n", ",renormalise=1", NULL, 2},
    {"3e-310,1e-310\n0.5,0.5\n", ",renormalise=1", NULL, 1},
    {"0.5,0.5\n", ",renormalise=1", NULL, 0},
    {"0.5,0.5\n0,0\n", ",renormalise=1", "sums to 0|finite sum above 0", 0},
    {"1e308,1e308\n", ",renormalise=1", "sums to inf|finite sum above 0", 0},
    {"1,-2\n", ",renormalise=1", "-2 is not a probability|logits=1", 0},
    {"1,inf\n", ",renormalise=1", "inf is not a probability", 0},
    {"1,2\n", ",renormalise=1,logits=1", "renormalise=1|no logits=1", 0},
};

static void assert_rows_are_distributions(void) {
  for (size_t i = 0; i < batch.rows; i++) {
    double sum = 0;
    for (size_t k = 0; k < batch.classes; k++)
      sum += ys_batch_entry(&batch, i, k);
    assert_close(sum, 1, 1e-15);
  }
}

/* As text, and as arrays of both sizes; the same words for all. */
START_TEST(sums_are_refused_or_divided_by) {
  for (int form = 0; form < 4; form++) {
    put_text(path, sums[_i].text);
    if (form) {
      double data[8];
      size_t count = 0;
      ys_npy_writer writer;
      ys_output output;
      for (const char *at = sums[_i].text; *at; at++)
        data[count++] = strtod(at, (char **)&at);
      /* float32 has neither 1e-310 nor 1e308 */
      const bool wide = form == 1 || strstr(sums[_i].text, "e");
      ck_assert_int_eq(ys_output_create(&output, path, &error), YS_OK);
      ck_assert_int_eq(
          ys_npy_begin(&output, wide ? 8 : 4, count / 2, 2, &writer, &error),
          YS_OK);
      ck_assert_int_eq(ys_npy_append(&writer, data, count / 2, &error), YS_OK);
      ck_assert_int_eq(ys_npy_finish(&writer, &error), YS_OK);
    }
    char options[64];
    snprintf(options, sizeof options, "%s%s", sums[_i].options,
             form == 3 && !strstr(sums[_i].options, "logits") &&
                     !strstr(sums[_i].text, "e")
                 ? ",storage=float32"
                 : "");
    ys_code code = read_file(options);
    if (sums[_i].says) {
      ck_assert_int_eq(code, YS_BAD_INPUT);
      assert_says(error.text, sums[_i].says);
      continue;
    }
    ck_assert_msg(code == YS_OK, "%s", error.text);
    assert_rows_are_distributions();
    ck_assert_uint_eq(batch.renormalised_rows, sums[_i].off > 0);
    assert_close(batch.largest_deviation, sums[_i].off, 1e-15);
    ys_batch_free(&batch);
  }
}
END_TEST

START_TEST(what_is_no_number_is_no_logit_either) {
  put_text(path, "nan,1\n");
  assert_refused("", "nan is not a probability");
  ck_assert_ptr_null(strstr(error.text, "logits"));
}
END_TEST

/* The softmax of numbers of 16 bits, and probabilities rounded to them, whose
 * sums are further off than those of any other type may be. */
START_TEST(numbers_of_16_bits_are_a_batch) {
  static const struct {
    const char *type;
    uint16_t row[3];
    double deviation;
  } kinds[] = {/* 1/3 rounded to 11 and to 8 bits, down and up */
               {"<f2", {0x3555, 0x3555, 0x3556}, 0},
               {"<V2", {0x3eab, 0x3eab, 0x3eab}, 0.002},
               {"<f2", {0x3556, 0x3556, 0x3556}, 0.0005}};
  for (int i = 0; i < COUNT(kinds); i++) {
    char dict[100];
    snprintf(dict, sizeof dict,
             "{'descr': '%s', 'fortran_order': False, 'shape': (1, 3)}",
             kinds[i].type);
    array made = make_array(dict, kinds[i].row, sizeof kinds[i].row);
    put_bytes(path, made.bytes, made.size);
    free(made.bytes);
    ck_assert_msg(read_file("") == YS_OK, "%s", error.text);
    assert_rows_are_distributions();
    ck_assert_double_le(fabs(batch.largest_deviation - kinds[i].deviation),
                        1e-4);
    ys_batch_free(&batch);
    ck_assert_int_eq(read_file(",logits=1"), YS_OK);
    for (size_t k = 0; k < 3; k++)
      assert_close(ys_batch_entry(&batch, 0, k), 1.0 / 3, 1e-3);
    ys_batch_free(&batch);
  }
  /* 0.25, 0.25, 0.4985: no rounding makes that of a distribution */
  const uint16_t short_row[3] = {0x3400, 0x3400, 0x37fa};
  array made =
      make_array("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 3)}",
                 short_row, sizeof short_row);
  put_bytes(path, made.bytes, made.size);
  free(made.bytes);
  assert_refused("", "sums to 0.9985|renormalise=1");
}
END_TEST

/* ------------------------------------------------ a first row of text ---- */

static const struct {
  const char *text, *options;
  size_t rows;
  const char *note, *refusal;
} heads[] = {
    {"0,1,2\n.5,.25,.25\n", "", 1, "line 1, 0,1,2, is taken for a header",
     NULL},
    /* no distribution, so no row, though the next one is whole */
    {"0,1,2\n1,0,0\n", "", 1, "line 1, 0,1,2, is taken for a header", NULL},
    {"#x\n0\t1\t2\t3\n1\t0\t0\t0\n", "", 1,
     "line 2, 0,1,...,3, is taken for a header", NULL},
    {"0,1,2\n", "", 0, NULL, "sums to 3"},
    /* a distribution, or a name */
    {"0,1\n.5,.5\n", "", 2, "0,1, is taken for data; if it is a header", NULL},
    {"0,1\n1,0\n", "", 2, "", NULL},
    {"0,1\n.5,-.5\n", ",logits=1", 1, "line 1, 0,1, is taken for a header",
     NULL},
    {"0,1,2\n.5,1,2\n", ",logits=1", 1, "line 1, 0,1,2, is taken for a header",
     NULL},
    {"0,1,2\n3,4,5\n", ",logits=1", 2, "0,1,..., is taken for data", NULL},
    {"cat,dog\n.5,.5\n", "", 1, "line 1 is taken for a header ('cat', ...)",
     NULL},
    {"1,2\n3,4\n", ",logits=1", 2, "", NULL},
};

START_TEST(a_header_of_numbers_is_not_taken_without_a_word) {
  put_text(path, heads[_i].text);
  if (heads[_i].refusal) {
    assert_refused(heads[_i].options, heads[_i].refusal);
    return;
  }
  ck_assert_msg(read_file(heads[_i].options) == YS_OK, "%s", error.text);
  ck_assert_uint_eq(batch.rows, heads[_i].rows);
  if (*heads[_i].note)
    assert_says(batch.note, heads[_i].note);
  else
    ck_assert_str_eq(batch.note, "");
  ys_batch_free(&batch);
}
END_TEST

int main(void) {
  Suite *s = suite_create("inputs");
  TCase *tc = tcase_create("inputs");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, what_lies_otherwise_is_not_kept_as_float32);
  tcase_add_loop_test(tc, a_file_of_another_kind_is_told_what_it_is, 0,
                      COUNT(foreign));
  tcase_add_test(tc, hdf5_may_begin_later);
  tcase_add_test(tc, a_name_that_needs_quoting_is_left_to_the_user);
  tcase_add_loop_test(tc, sums_are_refused_or_divided_by, 0, COUNT(sums));
  tcase_add_test(tc, what_is_no_number_is_no_logit_either);
  tcase_add_test(tc, numbers_of_16_bits_are_a_batch);
  tcase_add_loop_test(tc, a_header_of_numbers_is_not_taken_without_a_word, 0,
                      COUNT(heads));
  suite_add_tcase(s, tc);
  return run_suite(s);
}
