/* ensemble.h5: all results of an ensemble behind one name: /table and /groups as arrays, and under /members a link to the run.h5 of every
   member, so that one program opens them all. Written by one rank under another name and renamed. */
#include "ensemble.h"
#include <errno.h>
#include <hdf5.h>
#include <string.h>
#include <unistd.h>

/* One-dimensional texts of equal width. */
static void write_texts(hid_t file, const char *path, PetscInt n, const char *const texts[]) {
  const hsize_t shape = (hsize_t)n;
  size_t width = 1;
  hid_t type, space, set;
  char *block;
  for (PetscInt k = 0; k < n; ++k) width = PetscMax(width, strlen(texts[k]));
  if (!n || PetscCalloc1((size_t)n * width, &block)) return;
  for (PetscInt k = 0; k < n; ++k) memcpy(block + (size_t)k * width, texts[k], strlen(texts[k]));
  type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, width);
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  space = H5Screate_simple(1, &shape, NULL);
  set = H5Dcreate2(file, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, block);
  H5Dclose(set);
  H5Sclose(space);
  H5Tclose(type);
  (void)PetscFree(block);
}

static void write_reals(hid_t file, const char *path, PetscInt rows, PetscInt columns, const PetscReal values[]) {
  const hsize_t shape[2] = {(hsize_t)rows, (hsize_t)columns};
  const hid_t space = H5Screate_simple(columns ? 2 : 1, shape, NULL);
  const hid_t set = H5Dcreate2(file, path, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  H5Dclose(set);
  H5Sclose(space);
}

/* /table: key_names, key_values [axis][member], figure_names, values [member][figure], status. */
static PetscErrorCode write_table(const HfEnsembleTable *table, hid_t file) {
  const PetscInt n = table->n_members, n_axes = HfEnsembleAxes(table->ensemble), n_figures = table->n_figures;
  const char **texts;
  PetscReal *values;
  char path[64];
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(PetscMax(n, n_axes), &texts, n * n_figures, &values));
  for (PetscInt a = 0; a < n_axes; ++a) texts[a] = HfEnsembleKey(table->ensemble, a);
  write_texts(file, "/table/key_names", n_axes, texts);
  for (PetscInt a = 0; a < n_axes; ++a) {
    for (PetscInt m = 0; m < n; ++m) texts[m] = HfEnsembleValue(table->ensemble, m, a);
    snprintf(path, sizeof path, "/table/key_%d", (int)a + 1);
    write_texts(file, path, n, texts);
  }
  write_texts(file, "/table/status", n, table->status);
  write_texts(file, "/table/figure_names", n_figures, (const char *const *)table->figures);
  for (PetscInt m = 0; m < n; ++m)
    for (PetscInt f = 0; f < n_figures; ++f) values[m * n_figures + f] = table->values[m * table->room + f];
  if (n_figures) write_reals(file, "/table/values", n, n_figures, values);
  PetscCall(PetscFree2(texts, values));
  PetscFunctionReturn(0);
}

/* /groups: mean and standard_error [group][figure], and the group of every member. */
static PetscErrorCode write_groups(const HfEnsembleTable *table, hid_t file) {
  PetscReal *mean, *error, *group, range[2];
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(table->n_groups * table->n_figures, &mean, table->n_groups * table->n_figures, &error, table->n_members, &group));
  for (PetscInt g = 0, k = 0; g < table->n_groups; ++g)
    for (PetscInt f = 0; f < table->n_figures; f++, ++k) HfEnsembleAverage(table, g, f, &mean[k], &error[k], range);
  for (PetscInt m = 0; m < table->n_members; ++m) group[m] = (PetscReal)table->group[m];
  if (table->n_figures) {
    write_reals(file, "/groups/mean", table->n_groups, table->n_figures, mean);
    write_reals(file, "/groups/standard_error", table->n_groups, table->n_figures, error);
  }
  write_reals(file, "/groups/of_member", table->n_members, 0, group);
  PetscCall(PetscFree3(mean, error, group));
  PetscFunctionReturn(0);
}

PetscErrorCode HfEnsembleH5Write(const HfEnsembleTable *table, const char **why) {
  char path[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN + 16], name[32], from[64], to[64];
  hid_t file;
  PetscBool whole;
  PetscFunctionBeginUser;
  snprintf(path, sizeof path, "%.*s/ensemble.h5", PETSC_MAX_PATH_LEN - 64, table->directory);
  snprintf(temporary, sizeof temporary, "%s.%d", path, (int)getpid());
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  file = H5Fcreate(temporary, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  if (file < 0) {
    *why = "ensemble.h5 could not be made";
    PetscFunctionReturn(0);
  }
  for (int k = 0; k < 3; ++k) {
    static const char *const groups[] = {"/table", "/groups", "/members"};
    H5Gclose(H5Gcreate2(file, groups[k], H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  }
  PetscCall(write_table(table, file));
  PetscCall(write_groups(table, file));
  for (PetscInt m = 0; m < table->n_members; ++m) {
    HfEnsembleMemberName(m, name);
    snprintf(from, sizeof from, "%s/run.h5", name);
    snprintf(to, sizeof to, "/members/%s", name);
    H5Lcreate_external(from, "/", file, to, H5P_DEFAULT, H5P_DEFAULT);
  }
  whole = H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0 ? PETSC_TRUE : PETSC_FALSE;
  if (H5Fclose(file) < 0) whole = PETSC_FALSE;
  if (!whole) {
    *why = "ensemble.h5 could not be written";
    (void)remove(temporary);
  } else if (rename(temporary, path))
    *why = strerror(errno);
  PetscFunctionReturn(0);
}
