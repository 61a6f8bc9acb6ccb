#include "problems/formats/archive.h"

#include "problems/formats/input.h"
#include "problems/vector/array.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* -------------------------------------------------------- the archive ---- */

static ys_code fail_zip(const char *path, zip_error_t *why, ys_error *error) {
  ys_code code = zip_error_code_zip(why) == ZIP_ER_MEMORY
                     ? ys_fail_memory(error, "a zip archive")
                     : ys_fail(error, YS_BAD_INPUT, "%s: not a .npz file: %s",
                               path, zip_error_strerror(why));
  zip_error_fini(why);
  return code;
}

ys_code ys_archive_open(const char *path, ys_archive *archive,
                        ys_error *error) {
  FILE *file;
  struct stat status;
  zip_error_t why;
  ys_code code = ys_input_open(path, &file, error);
  if (code)
    return code;
  *archive = (ys_archive){.path = path};
  if (fstat(fileno(file), &status) == 0)
    archive->size = (size_t)status.st_size;
  zip_error_init(&why);
  zip_source_t *source = zip_source_filep_create(file, 0, -1, &why);
  archive->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
  if (archive->zip) {
    zip_error_fini(&why);
    return YS_OK;
  }
  if (source)
    zip_source_free(source); /* closes the file */
  else
    fclose(file);
  return fail_zip(path, &why, error);
}

void ys_archive_close(ys_archive *archive) {
  zip_discard(archive->zip);
  archive->zip = NULL;
}

bool ys_archive_has(const ys_archive *archive, const char *name) {
  return zip_name_locate(archive->zip, name, 0) >= 0;
}

/* ------------------------------------------------------------ a member ---- */

static ys_code fail_read(const ys_member *m, ys_error *error) {
  return ys_fail(error, YS_BAD_INPUT, "%s: damaged: %s", m->where,
                 zip_error_strerror(zip_file_get_error(m->file)));
}

/* As much as there is of `count` bytes: *got. */
static ys_code read_bytes(ys_member *m, unsigned char *bytes, size_t count,
                          size_t *got, ys_error *error) {
  for (*got = 0; *got < count;) {
    const zip_int64_t part = zip_fread(m->file, bytes + *got, count - *got);
    if (part < 0)
      return fail_read(m, error);
    if (part == 0)
      break;
    *got += (size_t)part;
  }
  return YS_OK;
}

/* What is claimed to be longer than DEFLATE can have made so short (1032 to 1:
 * https://zlib.net/zlib_tech.html) is not worth the memory. */
static ys_code check_stored(const ys_member *m, const zip_stat_t *found,
                            size_t file_size, ys_error *error) {
  const size_t ratio = found->comp_method == ZIP_CM_STORE ? 1 : 1032;
  const size_t stored =
      found->comp_size < file_size ? (size_t)found->comp_size : file_size;
  if (found->encryption_method != ZIP_EM_NONE)
    return ys_fail(error, YS_BAD_INPUT, "%s: encrypted", m->where);
  if (found->comp_method != ZIP_CM_STORE &&
      found->comp_method != ZIP_CM_DEFLATE)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: compressed by method %d: expected stored or deflated "
                   "(numpy.savez, numpy.savez_compressed)",
                   m->where, found->comp_method);
  if (found->size > ys_times(stored, ratio))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: damaged: %zu bytes in a file of %zu", m->where,
                   (size_t)found->size, file_size);
  return YS_OK;
}

static ys_code read_header(ys_member *m, ys_error *error) {
  ys_code code = read_bytes(m, m->piece, YS_MEMBER_PIECE, &m->held, error);
  if (!code)
    code = ys_npy_header_read(m->where, m->piece, m->held, &m->header, error);
  m->at = m->header.size;
  return code;
}

ys_code ys_member_open(const ys_archive *from, const char *name, ys_member *m,
                       ys_error *error) {
  zip_stat_t found;
  *m = (ys_member){.file = NULL};
  snprintf(m->where, sizeof m->where, "%s: %s", from->path, name);
  if (zip_stat(from->zip, name, 0, &found) != 0)
    return ys_fail(error, YS_BAD_INPUT, "%s: no %s in it", from->path, name);
  ys_code code = check_stored(m, &found, from->size, error);
  if (code)
    return code;
  m->bytes = (size_t)found.size;
  m->file = zip_fopen(from->zip, name, 0);
  if (!m->file)
    return ys_fail(error, YS_BAD_INPUT, "%s: damaged: %s", m->where,
                   zip_strerror(from->zip));
  code = read_header(m, error);
  if (code)
    zip_fclose(m->file);
  return code;
}

ys_code ys_member_take(ys_member *m, void *bytes, size_t count,
                       ys_error *error) {
  unsigned char *out = bytes;
  ys_code code = YS_OK;
  while (count > 0) {
    size_t part = m->held - m->at < count ? m->held - m->at : count, got;
    memcpy(out, m->piece + m->at, part);
    m->at += part;
    out += part;
    count -= part;
    if (!count)
      break;
    /* Much goes where it is wanted at once. */
    const bool much = count >= YS_MEMBER_PIECE;
    code = read_bytes(m, much ? out : m->piece, much ? count : YS_MEMBER_PIECE,
                      &got, error);
    if (!code && (much ? got < count : got == 0))
      code = ys_fail(error, YS_BAD_INPUT, "%s: truncated", m->where);
    if (code || much)
      break;
    m->at = 0;
    m->held = got;
  }
  return code;
}

ys_code ys_member_close(ys_member *m, ys_code code, ys_error *error) {
  char more;
  if (!code && zip_fread(m->file, &more, 1) != 0)
    code = fail_read(m, error);
  zip_fclose(m->file);
  return code;
}
