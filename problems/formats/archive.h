/* A zip archive of .npy arrays, as numpy.savez and scipy.sparse.save_npz write
 * it, and its members, read from the beginning to the end. */
#ifndef YS_ARCHIVE_H
#define YS_ARCHIVE_H

#include "problems/formats/npy_header.h"

#include <stdbool.h>
#include <zip.h>

typedef struct ys_archive {
  const char *path; /* borrowed, for messages */
  zip_t *zip;
  size_t size; /* of the file */
} ys_archive;

/* On failure nothing is left open. */
ys_code ys_archive_open(const char *path, ys_archive *archive, ys_error *error);
void ys_archive_close(ys_archive *archive);

bool ys_archive_has(const ys_archive *archive, const char *name);

/* An array that is being read. */
enum { YS_MEMBER_PIECE = 4096 };
typedef struct ys_member {
  char where[512]; /* file and name, for messages */
  zip_file_t *file;
  ys_npy_header header;
  size_t bytes; /* of the whole member, as the archive has it */
  unsigned char piece[YS_MEMBER_PIECE];
  size_t at, held; /* bytes of the piece that are used, and that are there */
} ys_member;

/* Open a member, "sigma.npy", and read its header. Refuses one that is
 * encrypted, neither stored nor deflated, or said to be larger than what is
 * stored of it can be. On failure nothing is left open. */
ys_code ys_member_open(const ys_archive *from, const char *name, ys_member *m,
                       ys_error *error);

/* The next `count` bytes. */
ys_code ys_member_take(ys_member *m, void *bytes, size_t count,
                       ys_error *error);

/* Close it, and hand on `code` or, where that is YS_OK, what the checksum says,
 * which is known at the end alone. */
ys_code ys_member_close(ys_member *m, ys_code code, ys_error *error);

#endif
