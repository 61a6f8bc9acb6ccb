/* problems/formats/archive.c, npy_member.c: arrays in archives, as numpy.savez
 * writes them. */
#include "problems/formats/npy.h"
#include "tests/support/input_file.h"

enum { ROWS = 6, CLASSES = 4, NUMBERS = ROWS * CLASSES };

static double sigma(size_t i, size_t k) {
  static const double row[CLASSES] = {0.5, 0.25, 0.125, 0.125};
  return row[(i + k) % CLASSES];
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

int main(void) {
  Suite *s = suite_create("archives");
  TCase *tc = tcase_create("archives");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, the_only_array_of_an_archive_is_read);
  tcase_add_test(tc, one_of_several_arrays_is_named);
  tcase_add_test(tc, an_array_is_chosen_in_archives_alone);
  tcase_add_test(tc, many_names_are_cut);
  tcase_add_loop_test(tc, a_member_that_is_untrue_is_refused, 0, COUNT(untrue));
  tcase_add_test(tc, an_archive_of_little_that_claims_much_is_refused);
  tcase_add_loop_test(tc, damage_is_found, 0, 2);
  tcase_add_test(tc, damage_far_behind_is_found);
  tcase_add_test(tc, an_archive_of_something_else_is_told_what_it_is);
  suite_add_tcase(s, tc);
  return run_suite(s);
}
