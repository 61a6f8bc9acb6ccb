#include "bench/train/train_save.h"

#include "bench/store/schema.h"
#include "bench/store/wholerows.h"
#include "problems/formats/npy.h"
#include "problems/vector/array.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* DIR/folder/ID.ending with its folder made; to be freed. */
static ys_code file_of(const rundir *dir, const char *folder, size_t id,
                       const char *ending, char **path, ys_error *error) {
  ys_code code = rundir_folder(dir->path, folder, error);
  *path = code ? NULL : rundir_numbered(dir->path, folder, id, ending);
  return code || *path ? code : ys_fail_memory(error, "a file name");
}

static ys_code save(const rundir *dir, const char *folder, const training *t,
                    const double *numbers, size_t rows, size_t cols,
                    ys_error *error) {
  char *path;
  ys_code code = file_of(dir, folder, t->job->id, "npy", &path, error);
  if (!code)
    code = ys_npy_write(path, numbers, rows, cols, error);
  free(path);
  return code;
}

ys_code train_save_end(const rundir *dir, const training *t, ys_error *error) {
  size_t rows = t->data->rows, classes = t->data->classes;
  size_t parameters = t->trainer.network.parameters;
  double *numbers =
      ys_array(ys_plus(parameters, ys_times(rows, classes)), sizeof *numbers);
  if (!numbers)
    return ys_fail_memory(error, "what is saved");
  for (size_t i = 0; i < parameters; i++)
    numbers[i] = (double)t->trainer.parameters[i];
  ys_code code = save(dir, "parameters", t, numbers, 1, parameters, error);
  for (size_t i = 0; i < rows; i++)
    memcpy(numbers + t->rows[i] * classes, t->sigma + i * classes,
           classes * sizeof *numbers);
  if (!code)
    code = save(dir, "sigma", t, numbers, rows, classes, error);
  free(numbers);
  return code;
}

/* --------------------------------------------------------------- map ---- */

enum { SIDE = 120 };

typedef struct grid {
  ys_real *point; /* SIDE^2 x 2 */
  double *sigma;  /* SIDE^2 x K */
} grid;

/* A square grid a little larger than the data. */
static void lay_grid(const ys_dataset *data, ys_real *point) {
  double most = 0;
  for (size_t i = 0; i < 2 * data->rows; i++) {
    /* not fmax(), of which GCC 12 for arm64 stops with an internal error */
    const double size = fabs((double)data->input[i]);
    most = size > most ? size : most;
  }
  most *= 1.1;
  for (size_t i = 0; i < SIDE; i++)
    for (size_t j = 0; j < SIDE; j++) {
      double step = 2 * most / (SIDE - 1);
      *point++ = (ys_real)(-most + step * (double)j);
      *point++ = (ys_real)(-most + step * (double)i);
    }
}

static void put_point(csvout *csv, const char *kind, const ys_real *point,
                      const double *sigma, size_t classes, long label) {
  size_t class;
  ys_largest_columns(sigma, 1, classes, &class);
  csvout_text(csv, kind);
  csvout_number(csv, (double)point[0]);
  csvout_number(csv, (double)point[1]);
  csvout_integer(csv, label);
  csvout_integer(csv, (long long)class);
  csvout_number(csv, sigma[class]);
  csvout_end_row(csv);
}

static ys_code write_map(const char *path, const training *t, const grid *g,
                         ys_error *error) {
  const ys_dataset *data = t->data;
  csvout csv;
  ys_code code = csvout_create(&csv, path, "kind,x,y,label,class,sure", error);
  if (code)
    return code;
  for (size_t i = 0; i < data->rows; i++) {
    size_t row = t->rows[i];
    put_point(&csv, "point", data->input + 2 * row,
              t->sigma + i * data->classes, data->classes,
              data->label ? (long)data->label[row] : -1);
  }
  for (size_t i = 0; i < SIDE * SIDE; i++)
    put_point(&csv, "grid", g->point + 2 * i, g->sigma + i * data->classes,
              data->classes, -1);
  return csvout_finish(&csv, error);
}

ys_code train_save_map(const rundir *dir, training *t, ys_error *error) {
  char *path;
  grid g = {ys_array(ys_times(ys_times(2, SIDE), SIDE), sizeof(ys_real)),
            ys_array(ys_times(ys_times(SIDE, SIDE), t->data->classes),
                     sizeof(double))};
  ys_code code = g.point && g.sigma ? YS_OK : ys_fail_memory(error, "a map");
  if (!code)
    code = file_of(dir, "map", t->job->id, "csv", &path, error);
  if (!code) {
    lay_grid(t->data, g.point);
    ys_trainer_predict(&t->trainer, g.point, NULL, SIDE * SIDE, g.sigma);
    code = write_map(path, t, &g, error);
    free(path);
  }
  free(g.point);
  free(g.sigma);
  return code;
}

/* --------------------------------------------------------- recording ---- */

static ys_code keep_epoch(const ys_csv *row, void *context, long *epoch,
                          ys_error *error) {
  (void)row;
  (void)error;
  *epoch = *epoch <= *(const long *)context ? *epoch : 0;
  return YS_OK;
}

/* Keep the rows of the index up to `epoch`; the rest will come again. */
static ys_code begin_index(const char *dir, long epoch, ys_error *error) {
  csvout csv;
  if (epoch)
    return wholerows_rewrite(dir, &schema_index, keep_epoch, &epoch, error);
  ys_code code =
      record_open_table(csvout_create, &csv, dir, &schema_index, error);
  return code ? code : csvout_finish(&csv, error);
}

ys_code recording_open(recording *made, const training *t, ys_error *error) {
  const train_request *r = t->request;
  bool several = train_job_count(r) > 1;
  *made = (recording){0};
  if (!r->record || t->job->targets)
    return YS_OK;
  char id[32];
  snprintf(id, sizeof id, "%zu", t->job->id);
  ys_code code = rundir_subdirectory(r->record, error);
  if (!code && several)
    code = rundir_folder(r->record, id, error);
  if (code)
    return code;
  made->dir = several ? rundir_file(r->record, id) : strdup(r->record);
  if (!made->dir)
    return ys_fail_memory(error, "a file name");
  code = begin_index(made->dir, t->totals.epoch, error);
  if (code)
    recording_close(made);
  return code;
}

void recording_close(recording *made) {
  free(made->dir);
  made->dir = NULL;
}

static ys_code add_to_index(const char *dir, const index_row *row,
                            ys_error *error) {
  csvout csv;
  ys_code code =
      record_open_table(csvout_append, &csv, dir, &schema_index, error);
  if (code)
    return code;
  record_write(&csv, &schema_index, row);
  code = csvout_flush(&csv, error);
  csvout_close(&csv);
  return code;
}

ys_code recording_write(const recording *made, const training *t,
                        ys_error *error) {
  long epoch = t->totals.epoch + 1; /* the one that this y-step begins */
  char name[32];
  if (!made->dir || (epoch - 1) % t->request->record_every != 0)
    return YS_OK;
  snprintf(name, sizeof name, "epoch-%04ld.npy", epoch);
  char *path = rundir_file(made->dir, name);
  ys_code code = path ? ys_npy_write(path, t->sigma, t->train_rows,
                                     t->data->classes, error)
                      : ys_fail_memory(error, "a file name");
  free(path);
  return code ? code
              : add_to_index(made->dir, &(index_row){epoch, name}, error);
}
