#include "problems/formats/archive.h"
#include "problems/formats/foreign.h"
#include "problems/formats/npy.h"
#include "problems/vector/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const char ending[] = ".npy";

/* The length of an array's name within that of its member; 0: it is none. */
static size_t array_length(const char *member) {
  const size_t length = strlen(member), tail = sizeof ending - 1;
  return length > tail && strcmp(member + length - tail, ending) == 0
             ? length - tail
             : 0;
}

/* ---------------------------------------------------- which of them ---- */

/* The members that are arrays: how many, the first of them, and all their
 * names. */
typedef struct contents {
  size_t count;
  const char *first;
  char names[200];
} contents;

static contents look_into(const ys_archive *archive) {
  contents found = {.count = 0};
  size_t used = 0;
  const zip_int64_t members = zip_get_num_entries(archive->zip, 0);
  for (zip_int64_t i = 0; i < members; i++) {
    const char *name = zip_get_name(archive->zip, (zip_uint64_t)i, 0);
    const size_t length = name ? array_length(name) : 0;
    if (!length)
      continue;
    if (used < sizeof found.names)
      used += (size_t)snprintf(found.names + used, sizeof found.names - used,
                               "%s%.*s", found.count ? ", " : "", (int)length,
                               name);
    found.first = found.first ? found.first : name;
    found.count++;
  }
  if (used >= sizeof found.names)
    memcpy(found.names + sizeof found.names - 4, "...", 4);
  return found;
}

/* An archive of something else. */
static ys_code refuse_archive(const ys_archive *archive, ys_error *error) {
  const zip_int64_t members = zip_get_num_entries(archive->zip, 0);
  bool torch = false;
  for (zip_int64_t i = 0; i < members; i++) {
    const char *name = zip_get_name(archive->zip, (zip_uint64_t)i, 0);
    torch = torch || (name && strstr(name, "/data.pkl"));
  }
  if (torch)
    return ys_foreign_refuse(
        archive->path, "tensors of PyTorch",
        "import numpy, torch; numpy.save('@.npy', torch.load('@', "
        "map_location='cpu').float().detach().numpy())",
        error);
  if (ys_archive_has(archive, "[Content_Types].xml"))
    return ys_foreign_refuse(archive->path, "a table of Excel",
                             "import numpy, pandas; numpy.save('@.npy', "
                             "pandas.read_excel('@', header=None).to_numpy())",
                             error);
  return ys_foreign_refuse(
      archive->path, "a zip archive without .npy arrays",
      "import zipfile; zipfile.ZipFile('@').extractall('@.files')", error);
}

static ys_code refuse_choice(const ys_archive *archive, const char *array,
                             const contents *found, ys_error *error) {
  if (array)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: holds no array '%s': expected array=%s", archive->path,
                   array, found->names);
  if (ys_archive_has(archive, "indptr.npy") &&
      ys_archive_has(archive, "indices.npy"))
    return ys_foreign_refuse(archive->path, "a sparse matrix of SciPy",
                             "import numpy, scipy.sparse; numpy.save('@.npy', "
                             "scipy.sparse.load_npz('@').toarray())",
                             error);
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: holds %zu arrays: %s: which one? expected array=NAME "
                 "(file:path=...,array=%.*s)",
                 archive->path, found->count, found->names,
                 (int)array_length(found->first), found->first);
}

/* The name of the member to be read, to be freed. */
static ys_code choose(const ys_archive *archive, const char *array,
                      char **member, ys_error *error) {
  const contents found = look_into(archive);
  const char *name = array ? array : found.first;
  if (!found.count)
    return refuse_archive(archive, error);
  if (!array && found.count > 1)
    return refuse_choice(archive, array, &found, error);
  *member = malloc(strlen(name) + sizeof ending);
  if (!*member)
    return ys_fail_memory(error, "an array's name");
  sprintf(*member, "%s%s", name, array_length(name) ? "" : ending);
  if (ys_archive_has(archive, *member))
    return YS_OK;
  free(*member);
  return refuse_choice(archive, array, &found, error);
}

/* ---------------------------------------------------------- reading ---- */

/* The size is held against the header before there is memory for it. */
static ys_code read_numbers(const char *path, const char *name, ys_member *m,
                            ys_npy *npy, ys_error *error) {
  size_t bytes;
  ys_code code = ys_npy_set_up(path, name, &m->header, npy, &bytes, error);
  if (code)
    return code;
  if (m->bytes != ys_plus(bytes, m->header.size))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: damaged: %zu bytes: expected %zu for a header and "
                   "%zu x %zu numbers of %zu bytes",
                   m->where, m->bytes, ys_plus(bytes, m->header.size),
                   npy->rows, npy->cols, npy->item);
  npy->owned = malloc(bytes);
  if (!npy->owned)
    return ys_fail(error, YS_NO_MEMORY, "%s: out of memory for %zu x %zu",
                   m->where, npy->rows, npy->cols);
  npy->data = npy->owned;
  return ys_member_take(m, npy->owned, bytes, error);
}

static ys_code read_member(const ys_archive *archive, const char *name,
                           ys_npy *npy, ys_error *error) {
  ys_member m;
  ys_code code = ys_member_open(archive, name, &m, error);
  if (code)
    return code;
  code = read_numbers(archive->path, name, &m, npy, error);
  return ys_member_close(&m, code, error);
}

ys_code ys_npy_open_member(const char *path, const char *array, ys_npy *npy,
                           ys_error *error) {
  ys_archive archive;
  char *name;
  *npy = (ys_npy){.map = MAP_FAILED};
  ys_code code = ys_archive_open(path, &archive, error);
  if (code)
    return code;
  code = choose(&archive, array, &name, error);
  if (!code) {
    code = read_member(&archive, name, npy, error);
    free(name);
  }
  ys_archive_close(&archive);
  if (code)
    ys_npy_close(npy);
  return code;
}
