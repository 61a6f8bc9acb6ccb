#include "bench/store/labelfile.h"

#include "bench/store/rundir.h"

#include "problems/formats/input.h"
#include "problems/formats/labels_file.h"
#include "problems/formats/npy.h"
#include "problems/formats/npz.h"
#include "problems/formats/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const endings[] = {"npy", "npz"};

/* The file of the kind that the labels are, opened; those of the other kind go.
 */
static ys_code create(const char *dir, size_t id, const ys_labels *labels,
                      ys_output *output, ys_error *error) {
  const char *ending = ys_labels_ending(labels);
  ys_code code = YS_OK;
  for (size_t e = 0; !code && e < 2; e++) {
    char *path = rundir_numbered(dir, "labels", id, endings[e]);
    if (!path)
      code = ys_fail_memory(error, "a file name");
    else if (strcmp(ending, endings[e]) == 0)
      code = ys_output_create(output, path, error);
    else
      unlink(path);
    free(path);
  }
  return code;
}

ys_code labelfile_write(const char *dir, size_t id, const ys_labels *labels,
                        const ys_share *share, ys_error *error) {
  ys_output output = {.folder = -1};
  ys_code code = dir ? create(dir, id, labels, &output, error) : YS_OK;
  code = ys_ranks_agree(share ? share->ranks : NULL, code, error);
  if (!code)
    code = ys_labels_write_to(&output, labels, share, error);
  ys_output_abandon(&output);
  return code;
}

ys_code labelfile_find(const char *dir, size_t id, char **path,
                       ys_error *error) {
  for (size_t e = 0; e < 2; e++) {
    *path = rundir_numbered(dir, "labels", id, endings[e]);
    if (!*path)
      return ys_fail_memory(error, "a file name");
    if (access(*path, F_OK) == 0)
      return YS_OK;
    ys_code code = errno == ENOENT
                       ? YS_OK
                       : ys_fail(error, YS_IO, "%s: cannot open: %s", *path,
                                 strerror(errno));
    free(*path);
    *path = NULL;
    if (code)
      return code;
  }
  return YS_OK;
}

static ys_code check_npz(const char *path, size_t *rows, size_t *classes,
                         ys_error *error) {
  ys_labels labels;
  ys_code code = ys_npz_read(path, NULL, &labels, error);
  if (code)
    return code;
  *rows = labels.rows;
  *classes = labels.classes;
  ys_labels_free(&labels);
  return YS_OK;
}

ys_code labelfile_check(const char *path, size_t *rows, size_t *classes,
                        ys_error *error) {
  ys_npy npy;
  if (ys_npz_is_name(path))
    return check_npz(path, rows, classes, error);
  ys_code code = ys_npy_open(path, &npy, error);
  if (code)
    return code;
  *rows = npy.rows;
  *classes = npy.cols;
  ys_npy_close(&npy);
  return YS_OK;
}

static ys_code copy_bytes(const char *from, const char *to, ys_error *error) {
  char piece[1 << 14];
  ys_output output;
  FILE *file;
  ys_code code = ys_input_open(from, &file, error);
  if (code)
    return code;
  code = ys_output_create(&output, to, error);
  for (size_t got; !code && (got = fread(piece, 1, sizeof piece, file)) > 0;)
    fwrite(piece, 1, got, output.file); /* finishing says if it failed */
  if (!code && ferror(file)) {
    code = ys_fail(error, YS_IO, "%s: cannot read: %s", from, strerror(errno));
    ys_output_abandon(&output);
  }
  fclose(file);
  return code ? code : ys_output_finish(&output, error);
}

ys_code labelfile_copy(const char *from, size_t id, const char *to,
                       size_t new_id, bool *found, ys_error *error) {
  size_t rows, classes;
  char *path, *copy;
  ys_code code = labelfile_find(from, id, &path, error);
  *found = path != NULL;
  if (code || !path)
    return code;
  copy = rundir_numbered(to, "labels", new_id, path + strlen(path) - 3);
  code = copy ? labelfile_check(path, &rows, &classes, error)
              : ys_fail_memory(error, "a file name");
  if (!code)
    code = copy_bytes(path, copy, error);
  free(path);
  free(copy);
  return code;
}
