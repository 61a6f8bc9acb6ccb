#include "bench/store/rundir_clear.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct clearing {
  const char *path;
  int folder;
  const file_list *inputs;
  file_list found; /* what is to be removed, by its name in the directory */
} clearing;

/* ------------------------------------------------------- recognising ----- */

enum { HEAD = 4096 };

/* The first bytes of a regular file as text; false if it is none. */
static bool read_head(int folder, const char *name, char head[HEAD + 1],
                      size_t *length) {
  struct stat status;
  int file =
      openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  ssize_t got = -1;
  if (file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode))
    got = read(file, head, HEAD);
  if (file >= 0)
    close(file);
  *length = got > 0 ? (size_t)got : 0;
  head[*length] = '\0';
  return got >= 0;
}

/* A file that a killed command cut off begins like that, too. */
static bool begins(const char *head, size_t length, const char *text) {
  size_t whole = strlen(text);
  return memcmp(head, text, length < whole ? length : whole) == 0;
}

/* A file of ours by its name, how it begins, and what its first bytes hold. */
typedef struct own_file {
  const char *name, *begin, *holds[2];
} own_file;

static const own_file own_files[] = {
    {"meta.json", "{", {"\"schema\"", "\"ystep\""}},
    {"runs.csv", "run_id,problem,", {"", ""}},
    {"traces.csv", "run_id,iteration,", {"", ""}},
    {"settings.csv", "run_id,hash,", {"", ""}},
    {"checks.csv", "check,problem,", {"", ""}},
    {"segments.csv", "problem,seed,panel,", {"", ""}},
    {"training.csv", "train_id,data,", {"", ""}},
    {"epochs.csv", "train_id,epoch,", {"", ""}},
    {"checkpoint.bin", "ystep-", {"", ""}},
    {"report.html", "<!DOCTYPE html>", {"<title>ystep", ""}},
};
/* The last of them is read by nobody. */
enum { FILES = sizeof own_files / sizeof *own_files };

static bool is_ours(int folder, const own_file *own) {
  char head[HEAD + 1];
  size_t length;
  if (!read_head(folder, own->name, head, &length))
    return false;
  if (!head[0]) /* nothing, or the zeros that a loss of power leaves */
    return true;
  return begins(head, length, own->begin) && strstr(head, own->holds[0]) &&
         strstr(head, own->holds[1]);
}

/* ------------------------------------------------------------ finding ---- */

static bool is_there(const clearing *c, const char *name) {
  struct stat status;
  return fstatat(c->folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Add FOLDER/NAME and what a killed writer left of it, if they are there. */
static ys_code add(clearing *c, const char *within, const char *name,
                   ys_error *error) {
  static const char *const endings[] = {"", ".tmp"};
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < 2; i++) {
    char *whole;
    if (asprintf(&whole, "%s%s%s%s", within, *within ? "/" : "", name,
                 endings[i]) < 0)
      return ys_fail_memory(error, "a file name");
    if (is_there(c, whole))
      code = files_add(&c->found, whole, error);
    free(whole);
  }
  return code;
}

static ys_code fail_foreign(const clearing *c, const char *within,
                            const char *name, ys_error *error) {
  return ys_fail(error, YS_BAD_INPUT,
                 "%s/%s%s%s: is not what ystep writes under this name, and is "
                 "not replaced: choose another directory",
                 c->path, within, *within ? "/" : "", name);
}

static ys_code find_files(clearing *c, ys_error *error) {
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < FILES; i++) {
    const own_file *own = &own_files[i];
    code = is_there(c, own->name) && !is_ours(c->folder, own)
               ? fail_foreign(c, "", own->name, error)
               : add(c, "", own->name, error);
  }
  return code;
}

/* What to do with an entry of a folder. */
typedef ys_code visitor(clearing *c, int folder, const char *within,
                        const char *name, ys_error *error);

static ys_code visit(clearing *c, const char *within, visitor *take,
                     ys_error *error) {
  int folder = openat(c->folder, within,
                      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0 && errno == ENOENT)
    return YS_OK;
  DIR *entries = folder < 0 ? NULL : fdopendir(folder);
  if (!entries) {
    if (folder >= 0)
      close(folder);
    return ys_fail(error, YS_BAD_INPUT,
                   "%s/%s: is no folder of this directory: nothing is removed "
                   "in it",
                   c->path, within);
  }
  ys_code code = YS_OK;
  for (struct dirent *entry; !code && (entry = readdir(entries));)
    code = take(c, folder, within, entry->d_name, error);
  closedir(entries);
  return code;
}

/* NUMBER.npy, NUMBER.npz, NUMBER.csv. */
static ys_code take_numbered(clearing *c, int folder, const char *within,
                             const char *name, ys_error *error) {
  const char *ending = name + strspn(name, "0123456789");
  (void)folder;
  return ending > name &&
                 (strcmp(ending, ".npy") == 0 || strcmp(ending, ".npz") == 0 ||
                  strcmp(ending, ".csv") == 0)
             ? add(c, within, name, error)
             : YS_OK;
}

/* A figure by its script, with all that is drawn from it. */
static ys_code take_figure(clearing *c, int folder, const char *within,
                           const char *name, ys_error *error) {
  static const char *const endings[] = {"gp",  "dat", "txt", "pdf",
                                        "png", "svg", "tex"};
  char head[HEAD + 1];
  size_t length, stem = strlen(name) - (strlen(name) > 3 ? 3 : 0);
  ys_code code = YS_OK;
  if (strcmp(name + stem, ".gp") != 0 ||
      !read_head(folder, name, head, &length) ||
      !begins(head, length, RUNDIR_FIGURE_HEAD))
    return YS_OK;
  for (size_t i = 0; !code && i < sizeof endings / sizeof *endings; i++) {
    char *file;
    if (asprintf(&file, "%.*s.%s", (int)stem, name, endings[i]) < 0)
      return ys_fail_memory(error, "a file name");
    code = add(c, within, file, error);
    free(file);
  }
  return code;
}

static const struct {
  const char *name;
  visitor *take;
} own_folders[] = {{"labels", take_numbered},
                   {"parameters", take_numbered},
                   {"sigma", take_numbered},
                   {"map", take_numbered},
                   {"figures", take_figure}};
enum { FOLDERS = sizeof own_folders / sizeof *own_folders };

/* ----------------------------------------------------------- removing ---- */

/* Nothing goes if one of the inputs would. */
static ys_code clear(const clearing *c, ys_error *error) {
  for (size_t i = 0; c->inputs && i < c->found.count; i++) {
    char *path;
    if (asprintf(&path, "%s/%s", c->path, c->found.path[i]) < 0)
      return ys_fail_memory(error, "a file name");
    const char *input = files_find(c->inputs, path);
    free(path);
    if (input)
      return ys_fail(error, YS_BAD_INPUT,
                     "%s: is read, and --force would remove it from %s: choose "
                     "another directory",
                     input, c->path);
  }
  for (size_t i = 0; i < c->found.count; i++)
    if (unlinkat(c->folder, c->found.path[i], 0) != 0 && errno != ENOENT)
      return ys_fail(error, YS_IO, "%s/%s: cannot remove: %s", c->path,
                     c->found.path[i], strerror(errno));
  for (size_t i = 0; i < FOLDERS; i++) /* if they are empty now */
    unlinkat(c->folder, own_folders[i].name, AT_REMOVEDIR);
  return YS_OK;
}

ys_code rundir_clear(const char *path, int folder, const file_list *inputs,
                     ys_error *error) {
  clearing c = {path, folder, inputs, {0}};
  ys_code code = find_files(&c, error);
  for (size_t i = 0; !code && i < FOLDERS; i++)
    code = visit(&c, own_folders[i].name, own_folders[i].take, error);
  if (!code)
    code = clear(&c, error);
  files_free(&c.found);
  return code;
}

ys_code rundir_check_own(const char *path, int folder, ys_error *error) {
  const clearing c = {path, folder, NULL, {0}};
  const own_file *meta = own_files;
  return is_there(&c, meta->name) && !is_ours(folder, meta)
             ? fail_foreign(&c, "", meta->name, error)
             : YS_OK;
}

/* A page or a figure may be replaced: nothing is read from it. */
ys_code rundir_check_output(const char *dir, const char *output,
                            ys_error *error) {
  ys_code code = YS_OK;
  for (size_t i = 0; !code && output && i < FILES - 1 + FOLDERS - 1; i++) {
    char *path;
    if (asprintf(&path, "%s/%s", dir,
                 i < FILES - 1 ? own_files[i].name
                               : own_folders[i - (FILES - 1)].name) < 0)
      return ys_fail_memory(error, "a file name");
    const file_list one = {.path = &path, .count = 1};
    code = files_check_apart(&one, output, error);
    free(path);
  }
  return code;
}

/* --------------------------------------------------------- recordings ---- */

/* index.csv and epoch-NUMBER.npy. */
static ys_code take_recorded(clearing *c, int folder, const char *within,
                             const char *name, ys_error *error) {
  static const own_file index = {"index.csv", "epoch,file", {"", ""}};
  if (strcmp(name, index.name) == 0)
    return is_ours(folder, &index) ? add(c, within, name, error)
                                   : fail_foreign(c, within, name, error);
  if (strncmp(name, "epoch-", 6) != 0)
    return YS_OK;
  const char *ending = name + 6 + strspn(name + 6, "0123456789");
  return ending > name + 6 && strcmp(ending, ".npy") == 0
             ? add(c, within, name, error)
             : YS_OK;
}

/* The folder of one of several trainings. */
static ys_code take_training(clearing *c, int folder, const char *within,
                             const char *name, ys_error *error) {
  struct stat status;
  (void)within;
  return name[strspn(name, "0123456789")] == '\0' &&
                 fstatat(folder, name, &status, 0) == 0 &&
                 S_ISDIR(status.st_mode)
             ? visit(c, name, take_recorded, error)
             : YS_OK;
}

ys_code rundir_clear_recording(const char *path, int folder,
                               const file_list *inputs, ys_error *error) {
  clearing c = {path, folder, inputs, {0}};
  ys_code code = visit(&c, ".", take_recorded, error);
  if (!code)
    code = visit(&c, ".", take_training, error);
  if (!code)
    code = clear(&c, error);
  files_free(&c.found);
  return code;
}
