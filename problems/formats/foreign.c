#include "problems/formats/foreign.h"

#include "problems/formats/input.h"
#include "problems/formats/text.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* A kind of file: what it has at a place, and in a few cases elsewhere. */
typedef struct kind {
  const char *bytes;
  size_t length, at;
  const char *what, *line;
} kind;

#define BYTES(text) text, sizeof text - 1

static const char image_line[] =
    "import numpy; from PIL import Image; "
    "numpy.save('@.npy', numpy.asarray(Image.open('@').convert('L')))";
static const char hdf5_line[] =
    "import h5py, numpy; numpy.save('@.npy', h5py.File('@')['NAME'][:])";

/* The first that fits. */
static const kind kinds[] = {
    /* torch.save before version 1.6: a pickle of torch's magic number */
    {BYTES("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"), 0,
     "tensors of PyTorch",
     "import numpy, torch; numpy.save('@.npy', torch.load('@', "
     "map_location='cpu').float().detach().numpy())"},
    {BYTES("\x80\x02"), 0, "a pickle of Python", NULL},
    {BYTES("\x80\x03"), 0, "a pickle of Python", NULL},
    {BYTES("\x80\x04\x95"), 0, "a pickle of Python", NULL},
    {BYTES("\x80\x05\x95"), 0, "a pickle of Python", NULL},
    /* protocols 0 and 1, which have no mark of their own: an array, a list */
    {BYTES("cnumpy."), 0, "a pickle of Python", NULL},
    {BYTES("(lp0\n"), 0, "a pickle of Python", NULL},
    {BYTES("]q\0"), 0, "a pickle of Python", NULL},
    {BYTES("\x89HDF\r\n\x1a\n"), 0, "an HDF5 file", hdf5_line},
    {BYTES("\x89HDF\r\n\x1a\n"), 512, "an HDF5 file (MATLAB 7.3)",
     "import h5py, numpy; numpy.save('@.npy', h5py.File('@')['NAME'][:].T)"},
    {BYTES("MATLAB 5.0 MAT"), 0, "a file of MATLAB",
     "import numpy, scipy.io; numpy.save('@.npy', "
     "scipy.io.loadmat('@')['NAME'])"},
    {BYTES("PAR1\x15"), 0, "a Parquet file",
     "import numpy, pandas; numpy.save('@.npy', "
     "pandas.read_parquet('@').to_numpy())"},
    {BYTES("ARROW1\0\0"), 0, "an Arrow (Feather) file",
     "import numpy, pandas; numpy.save('@.npy', "
     "pandas.read_feather('@').to_numpy())"},
    {BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), 0, "a table of Excel",
     "import numpy, pandas; numpy.save('@.npy', "
     "pandas.read_excel('@', header=None).to_numpy())"},
    {BYTES("\x89PNG\r\n\x1a\n"), 0, "an image (PNG)", image_line},
    {BYTES("\xFF\xD8\xFF"), 0, "an image (JPEG)", image_line},
    {BYTES("GIF89a"), 0, "an image (GIF)", image_line},
    {BYTES("II*\0"), 0, "an image (TIFF)", image_line},
    {BYTES("MM\0*"), 0, "an image (TIFF)", image_line},
    {BYTES("WEBPVP8"), 8, "an image (WebP)", image_line},
    {BYTES("\x1F\x8B\x08"), 0, "compressed by gzip",
     "import gzip; open('@.out', 'wb').write(gzip.open('@').read())"},
    {BYTES("1AY&SY"), 4, "compressed by bzip2",
     "import bz2; open('@.out', 'wb').write(bz2.open('@').read())"},
    {BYTES("\xFD"
           "7zXZ\0"),
     0, "compressed by xz",
     "import lzma; open('@.out', 'wb').write(lzma.open('@').read())"},
    {BYTES("\x28\xB5\x2F\xFD"), 0, "compressed by zstd", "zstd -d '@'"},
    {BYTES("\0\0\0\0\0{\""), 3, "tensors of safetensors",
     "import numpy; from safetensors.numpy import load_file; "
     "numpy.save('@.npy', load_file('@')['NAME'])"},
    {BYTES("\xFF\xFE"), 0, "text in UTF-16",
     "open('@.csv', 'w').write(open('@', encoding='utf-16').read())"},
    {BYTES("\xFE\xFF"), 0, "text in UTF-16",
     "open('@.csv', 'w').write(open('@', encoding='utf-16').read())"},
    {BYTES("[["), 0, "JSON",
     "import json, numpy; numpy.save('@.npy', "
     "numpy.array(json.load(open('@'))))"},
    {BYTES("{\""), 0, "JSON",
     "import json, numpy; numpy.save('@.npy', "
     "numpy.array(json.load(open('@'))['NAME']))"},
};

static const char pickle_line[] =
    "import numpy, pickle; numpy.save('@.npy', "
    "numpy.asarray(pickle.load(open('@', 'rb'))))";

enum { LOOKED_AT = 1024 };

/* How many bytes of the beginning there are; 0 for what cannot be read. */
static size_t read_beginning(const char *path, unsigned char *bytes) {
  FILE *file;
  if (ys_input_open(path, &file, NULL))
    return 0;
  const size_t count = fread(bytes, 1, LOOKED_AT, file);
  fclose(file);
  return count;
}

ys_code ys_foreign_check(const char *path, ys_error *error) {
  unsigned char bytes[LOOKED_AT];
  const size_t count = read_beginning(path, bytes);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (count >= kinds[i].at + kinds[i].length &&
        memcmp(bytes + kinds[i].at, kinds[i].bytes, kinds[i].length) == 0)
      return ys_foreign_refuse(path, kinds[i].what,
                               kinds[i].line ? kinds[i].line : pickle_line,
                               error);
  return YS_OK;
}

bool ys_foreign_is_zip(const char *path) {
  unsigned char bytes[LOOKED_AT];
  return read_beginning(path, bytes) >= 4 &&
         (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0);
}

void ys_foreign_line(const char *line, const char *path,
                     char text[YS_FOREIGN_LINE]) {
  enum { LONGEST = 80 };
  const bool plain =
      strlen(path) <= LONGEST && !strpbrk(path, "'\\%") && !ys_text_fault(path);
  const char *name = plain ? path : "FILE";
  size_t used = 0;
  for (; *line && used + 1 < YS_FOREIGN_LINE; line++)
    if (*line != '@')
      text[used++] = *line;
    else
      used += (size_t)snprintf(text + used, YS_FOREIGN_LINE - used, "%s", name);
  text[used < YS_FOREIGN_LINE ? used : YS_FOREIGN_LINE - 1] = '\0';
}

ys_code ys_foreign_refuse(const char *path, const char *what, const char *line,
                          ys_error *error) {
  char text[YS_FOREIGN_LINE];
  ys_foreign_line(line, path, text);
  return ys_fail(error, YS_BAD_INPUT, "%s: %s; convert it: %s", path, what,
                 text);
}
