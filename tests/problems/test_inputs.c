/* problems/generators/file.c and what it reads by: archive.c, npy_member.c,
 * foreign.c, table.c. What users have for files: what is read, and what is said
 * of the rest. */
#include "problems/formats/npy.h"
#include "problems/problem.h"
#include "tests/support/tempfile.h"
#include "tests/support/testing.h"

#include <stdint.h>
#include <zip.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static char *path;
static ys_error error;
static ys_batch batch;

static void set_up(void) {
  path = temp_file(".data");
  error = (ys_error){0};
}

static void tear_down(void) {
  drop_file(path);
}

/* Read the file with such options, ",logits=1". */
static ys_code read_file(const char *options) {
  char spec[600];
  snprintf(spec, sizeof spec, "file:path=%s%s", path, options);
  return ys_problem_make(spec, 1, &batch, &error);
}

static void assert_refused(const char *options, const char *says) {
  ck_assert_int_eq(read_file(options), YS_BAD_INPUT);
  assert_says(error.text, path);
  assert_says(error.text, says);
}

/* ---------------------------------------------------------- archives ---- */

enum { ROWS = 6, CLASSES = 4, NUMBERS = ROWS * CLASSES };

static double sigma(size_t i, size_t k) {
  static const double row[CLASSES] = {0.5, 0.25, 0.125, 0.125};
  return row[(i + k) % CLASSES];
}

/* A .npy file of the six rows in memory, to be freed. */
typedef struct array {
  unsigned char *bytes;
  size_t size;
} array;

static array make_array(const char *dict, const void *data, size_t size) {
  const size_t length = strlen(dict);
  array made = {malloc(10 + length + size), 10 + length + size};
  const unsigned char lead[10] = {
      0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (unsigned char)length, 0};
  memcpy(made.bytes, lead, 10);
  memcpy(made.bytes + 10, dict, length);
  memcpy(made.bytes + 10 + length, data, size);
  return made;
}

static array make_sigma(bool columns) {
  double data[NUMBERS];
  char dict[128];
  for (size_t i = 0; i < ROWS; i++)
    for (size_t k = 0; k < CLASSES; k++)
      data[columns ? k * ROWS + i : i * CLASSES + k] = sigma(i, k);
  snprintf(dict, sizeof dict,
           "{'descr': '<f8', 'fortran_order': %s, 'shape': (6, 4), }\n",
           columns ? "True" : "False");
  return make_array(dict, data, sizeof data);
}

/* Add a member to the archive, which takes the array over. */
static void add(const char *name, array made, bool deflated) {
  zip_t *zip = zip_open(path, ZIP_CREATE, NULL);
  ck_assert_ptr_nonnull(zip);
  zip_int64_t at =
      zip_file_add(zip, name, zip_source_buffer(zip, made.bytes, made.size, 1),
                   ZIP_FL_OVERWRITE);
  ck_assert_int_ge(at, 0);
  zip_set_file_compression(zip, (zip_uint64_t)at,
                           deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
  ck_assert_int_eq(zip_close(zip), 0);
}

static void begin_archive(void) {
  unlink(path); /* libzip refuses an empty file */
}

static void assert_sigma(const char *options) {
  ck_assert_msg(read_file(options) == YS_OK, "%s", error.text);
  ck_assert_uint_eq(batch.rows, ROWS);
  ck_assert_uint_eq(batch.classes, CLASSES);
  for (size_t i = 0; i < ROWS; i++)
    for (size_t k = 0; k < CLASSES; k++)
      ck_assert(ys_batch_entry(&batch, i, k) == sigma(i, k));
  ys_batch_free(&batch);
}

START_TEST(the_only_array_of_an_archive_is_read) {
  for (int i = 0; i < 4; i++) {
    begin_archive();
    add("arr_0.npy", make_sigma(i & 1), i & 2);
    add("README.txt", make_array("x", "y", 1), false);
    assert_sigma("");
    assert_sigma(",array=arr_0");
    assert_sigma(",array=arr_0.npy,storage=float64");
  }
}
END_TEST

START_TEST(one_of_several_arrays_is_named) {
  begin_archive();
  add("sigma.npy", make_sigma(false), true);
  add("labels.npy",
      make_array("{'descr': '<i8', 'fortran_order': False, "
                 "'shape': (1,), }",
                 "\0\0\0\0\0\0\0\0", 8),
      false);
  add("objects.npy",
      make_array("{'descr': '|O', 'fortran_order': False, "
                 "'shape': (1,), }",
                 "\x80\4.", 3),
      false);
  assert_sigma(",array=sigma");
  assert_refused("", "3 arrays: sigma, labels, objects|array=NAME|array=sigma");
  assert_refused(",array=sigm", "no array 'sigm'|array=sigma, labels, objects");
  assert_refused(",array=labels", "1 dimension|expected 2");
  assert_refused(",array=objects",
                 "objects.npy|Python objects|allow_pickle=True)['objects']");
  assert_refused(",array=sigma,storage=float32", "storage=float32|'<f4'");
}
END_TEST

/* A name is asked for where there is none to choose. */
START_TEST(an_array_is_chosen_in_archives_alone) {
  const double two[] = {0.5, 0.5};
  ck_assert_int_eq(ys_npy_write(path, two, 1, 2, &error), YS_OK);
  assert_refused(",array=sigma", "one array|no array=sigma");
  ck_assert_int_eq(read_file(""), YS_OK); /* a .npy by another name */
  ys_batch_free(&batch);
}
END_TEST

START_TEST(many_names_are_cut) {
  begin_archive();
  for (int i = 0; i < 40; i++) {
    char name[64];
    snprintf(name, sizeof name, "a-rather-long-name-%d.npy", i);
    add(name, make_sigma(false), false);
  }
  assert_refused("", "40 arrays|a-rather-long-name-0, a-rather|...");
  assert_sigma(",array=a-rather-long-name-39");
}
END_TEST

/* What a member says of itself is held against the archive before there is
 * memory for it, and the archive against what is stored. */
static const struct {
  const char *dict;
  size_t bytes; /* zeros behind the header */
  const char *says;
} untrue[] = {
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (6, 5), }", 192,
     "damaged|expected"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (6, 3), }", 192,
     "damaged|expected"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776, 4), }",
     192, "damaged|expected 35184372088"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, "
     "4294967296), }",
     192, "larger than memory"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (2305843009213693952, "
     "2), }",
     192, "larger than memory"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3, 4), }", 192,
     "3 dimensions"},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (6, 4)", 192,
     "bad .npy header"},
    {"nothing", 0, "not a .npy file|sigma.npy"},
};

START_TEST(a_member_that_is_untrue_is_refused) {
  static const unsigned char zeros[192];
  for (int deflated = 0; deflated < 2; deflated++) {
    begin_archive();
    array made = make_array(untrue[_i].dict, zeros, untrue[_i].bytes);
    if (!untrue[_i].bytes)
      memset(made.bytes, 'x', made.size);
    add("sigma.npy", made, deflated);
    assert_refused("", untrue[_i].says);
  }
}
END_TEST

static size_t read_bytes(unsigned char *bytes, size_t room) {
  FILE *file = fopen(path, "rb");
  ck_assert_ptr_nonnull(file);
  const size_t size = fread(bytes, 1, room, file);
  fclose(file);
  ck_assert_uint_lt(size, room);
  return size;
}

/* Writes a little-endian size where another one stands, wherever it does. */
static void replace_size(unsigned char *bytes, size_t size, uint32_t old,
                         uint32_t by) {
  for (size_t i = 0; i + 4 <= size; i++) {
    const uint32_t here = bytes[i] | (uint32_t)bytes[i + 1] << 8 |
                          (uint32_t)bytes[i + 2] << 16 |
                          (uint32_t)bytes[i + 3] << 24;
    for (int b = 0; here == old && b < 4; b++)
      bytes[i + (size_t)b] = (unsigned char)(by >> 8 * b & 255);
  }
}

/* The header asks for 2 GiB, the archive says that it holds them, and so little
 * is stored that it cannot. */
START_TEST(an_archive_of_little_that_claims_much_is_refused) {
  static const unsigned char zeros[4096];
  unsigned char bytes[1 << 13];
  const char *dict =
      "{'descr': '<f8', 'fortran_order': False, 'shape': (67108864, 4), }";
  for (int deflated = 0; deflated < 2; deflated++) {
    begin_archive();
    array made = make_array(dict, zeros, sizeof zeros);
    const uint32_t held = (uint32_t)made.size;
    add("sigma.npy", made, deflated);
    const size_t size = read_bytes(bytes, sizeof bytes);
    replace_size(bytes, size, held,
                 (uint32_t)(held - sizeof zeros) + (1u << 31));
    put_bytes(path, bytes, size);
    assert_refused("", deflated ? "damaged: 21474837|bytes in a file of" : "");
  }
}
END_TEST

/* Every cut and every broken byte is refused, or leaves the numbers alone. */
START_TEST(damage_is_found) {
  unsigned char bytes[1 << 12], damaged[1 << 12];
  begin_archive();
  add("sigma.npy", make_sigma(false), _i);
  const size_t size = read_bytes(bytes, sizeof bytes);
  size_t refused = 0;
  for (size_t kept = 0; kept < size; kept++) {
    put_bytes(path, bytes, kept);
    ck_assert_msg(read_file("") != YS_OK, "%zu bytes of %zu", kept, size);
  }
  for (size_t at = 0; at < size; at++) {
    memcpy(damaged, bytes, size);
    damaged[at] ^= 0x10;
    put_bytes(path, damaged, size);
    if (read_file("") != YS_OK) {
      refused++;
      continue;
    }
    for (size_t i = 0; i < batch.rows; i++)
      for (size_t k = 0; k < batch.classes; k++)
        ck_assert_msg(ys_batch_entry(&batch, i, k) == sigma(i, k),
                      "byte %zu of %zu", at, size);
    ys_batch_free(&batch);
  }
  ck_assert_uint_gt(refused, size / 2);
}
END_TEST

/* Behind what is read for the header, and in the last number. */
START_TEST(damage_far_behind_is_found) {
  enum { MANY = 2000 };
  static double data[MANY][2];
  static unsigned char bytes[sizeof data + 1024];
  for (size_t i = 0; i < MANY; i++)
    data[i][0] = data[i][1] = 0.5;
  begin_archive();
  add("sigma.npy",
      make_array("{'descr': '<f8', 'fortran_order': False, 'shape': (2000, 2)}",
                 data, sizeof data),
      false);
  ck_assert_int_eq(read_file(""), YS_OK);
  ys_batch_free(&batch);
  const size_t size = read_bytes(bytes, sizeof bytes);
  for (size_t back = 200; back < sizeof data; back += 1000) {
    bytes[size - back] ^= 1;
    put_bytes(path, bytes, size);
    assert_refused(",renormalise=1", "sigma.npy: damaged");
    bytes[size - back] ^= 1;
  }
}
END_TEST

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
    {BYTES("\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\2"),
     "PyTorch|torch.load("},
    {BYTES("\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0"), "HDF5|h5py.File("},
    {BYTES("MATLAB 5.0 MAT-file, Platform: GLNXA64"), "MATLAB|loadmat("},
    {BYTES("PAR1\x15\x04\x15\x10"), "Parquet|pandas.read_parquet("},
    {BYTES("ARROW1\0\0\xff\xff"), "Arrow|pandas.read_feather("},
    {BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "an image (PNG)|Image.open("},
    {BYTES("\xff\xd8\xff\xe0\0\x10JFIF"), "an image (JPEG)|Image.open("},
    {BYTES("II*\0\x08\0\0\0"), "an image (TIFF)"},
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
    {BYTES("[[0.5, 0.5]]\n"), "JSON|json.load("},
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
START_TEST(a_name_that_needs_quoting_is_left_to_the_user) {
  drop_file(path);
  path = temp_file("-it's;import os.pkl");
  put_bytes(path, foreign[0].bytes, foreign[0].size);
  assert_refused("", "pickle.load(open('FILE', 'rb'))");
  ck_assert_ptr_null(strstr(strstr(error.text, "convert"), "import os"));
}
END_TEST

START_TEST(an_archive_of_something_else_is_told_what_it_is) {
  begin_archive();
  add("archive/data.pkl", make_array("x", "y", 1), false);
  assert_refused("", "PyTorch|torch.load(");
  begin_archive();
  add("[Content_Types].xml", make_array("x", "y", 1), false);
  assert_refused("", "Excel|read_excel(");
  begin_archive();
  add("notes.txt", make_array("x", "y", 1), true);
  assert_refused("", "a zip archive without .npy arrays|zipfile.ZipFile(");
  assert_refused(",array=sigma", "a zip archive without .npy arrays");
  add("indices.npy", make_sigma(false), true);
  add("indptr.npy", make_sigma(false), true);
  assert_refused("", "a sparse matrix of SciPy|load_npz(");
  put_bytes(path, "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
  assert_refused("", "a zip archive without .npy arrays");
  put_bytes(path, "PK\3\4 and nothing", 15);
  assert_refused("", "not a .npz file");
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

static Suite *suite(void) {
  Suite *s = suite_create("batch_files");
  TCase *tc = tcase_create("batch_files");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, the_only_array_of_an_archive_is_read);
  tcase_add_test(tc, one_of_several_arrays_is_named);
  tcase_add_test(tc, an_array_is_chosen_in_archives_alone);
  tcase_add_test(tc, many_names_are_cut);
  tcase_add_loop_test(tc, a_member_that_is_untrue_is_refused, 0, COUNT(untrue));
  tcase_add_test(tc, an_archive_of_little_that_claims_much_is_refused);
  tcase_add_loop_test(tc, damage_is_found, 0, 2);
  tcase_add_test(tc, damage_far_behind_is_found);
  tcase_add_test(tc, what_lies_otherwise_is_not_kept_as_float32);
  tcase_add_loop_test(tc, a_file_of_another_kind_is_told_what_it_is, 0,
                      COUNT(foreign));
  tcase_add_test(tc, a_name_that_needs_quoting_is_left_to_the_user);
  tcase_add_test(tc, an_archive_of_something_else_is_told_what_it_is);
  tcase_add_loop_test(tc, sums_are_refused_or_divided_by, 0, COUNT(sums));
  tcase_add_test(tc, what_is_no_number_is_no_logit_either);
  tcase_add_test(tc, numbers_of_16_bits_are_a_batch);
  tcase_add_loop_test(tc, a_header_of_numbers_is_not_taken_without_a_word, 0,
                      COUNT(heads));
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
