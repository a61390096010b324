/* Small datasets and attributes in a parallel HDF5 file.

   HDF5 requires that calls which change the structure of the file (create, extend, attributes) are made by all ranks with the same arguments. The
   values of a small table are then written by rank 0 in a collective write to which the others contribute nothing. Rows of a table that is
   distributed over the ranks are written by their owners. Variable-length strings cannot be written in parallel: texts have a fixed width.
   A call may fail on one rank alone while the others wait for it inside HDF5. A failure is therefore an error of its rank, which aborts the run,
   and not a fault, on which all ranks would have to agree. */
#include "output_impl.h"
#include <string.h>

static herr_t keep_deepest(unsigned n, const H5E_error2_t *error, void *context) {
  if (error->desc && error->desc[0]) snprintf(context, HF_FAILURE_LENGTH, "%s", error->desc);
  return 0;
}

void HfH5Reason(char reason[HF_FAILURE_LENGTH]) {
  snprintf(reason, HF_FAILURE_LENGTH, "HDF5 gives no reason");
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_deepest, reason);
  H5Eclear2(H5E_DEFAULT);
}

PetscErrorCode HfH5Failed(HfResultFile *results, const char *call) {
  char reason[HF_FAILURE_LENGTH];

  HfH5Reason(reason);
  return PetscError(PETSC_COMM_SELF, __LINE__, __func__, __FILE__, PETSC_ERR_FILE_WRITE, PETSC_ERROR_INITIAL, "cannot write %.200s/run.h5: %.*s: %s",
                    results->run->directory, (int)strcspn(call, "("), call, reason);
}

PetscErrorCode HfResultFileCreate(HfResultFile *results, const char name[], MPI_Info hints) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  char path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* failures are reported by HfFault(), not by HDF5's own trace */
  HfRunPath(results->run, name, path);
  H5Pset_fapl_mpio(access, results->run->comm, hints);
  H5Pset_coll_metadata_write(access, 1);
  HF_H5(results->file, H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access));
  H5Pclose(access);
  PetscCall(HfRunAgree(results->run));
  PetscFunctionReturn(0);
}

/* HDF5 requires every link on the way to be tested: a look-up below a missing group is an error. */
static PetscErrorCode exists(HfResultFile *results, const char path[], PetscBool *found) {
  char part[256];

  PetscFunctionBeginUser;
  *found = PETSC_FALSE;
  for (size_t k = 1, length = strlen(path); k <= length; ++k) {
    htri_t there;
    if (k < length && path[k] != '/') continue;
    snprintf(part, sizeof part, "%.*s", (int)k, path);
    HF_H5(there, H5Lexists(results->file, part, H5P_DEFAULT));
    if (!there) PetscFunctionReturn(0);
  }
  *found = PETSC_TRUE;
  PetscFunctionReturn(0);
}

hid_t HfH5TextType(size_t width) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, PetscMax(width, 1));
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  return type;
}

/* ---- attributes: n values, or a scalar for n < 0 ---- */
static PetscErrorCode put_attribute(HfResultFile *results, hid_t object, const char name[], hid_t type, PetscInt n, const void *values) {
  const hsize_t count = (hsize_t)n;
  const hid_t space = n < 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, NULL);
  hid_t attribute;
  htri_t there;

  PetscFunctionBeginUser;
  HF_H5(there, H5Aexists(object, name));
  if (there) HF_H5_CALL(H5Adelete(object, name));
  HF_H5(attribute, H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT));
  HF_H5_CALL(H5Awrite(attribute, type, values));
  HF_H5_CALL(H5Aclose(attribute));
  H5Sclose(space);
  PetscFunctionReturn(0);
}

static PetscErrorCode put_text(HfResultFile *results, hid_t object, const char name[], const char text[]) {
  const hid_t type = HfH5TextType(strlen(text));

  PetscFunctionBeginUser;
  PetscCall(put_attribute(results, object, name, type, -1, text));
  H5Tclose(type);
  PetscFunctionReturn(0);
}

static PetscErrorCode put_by_path(HfResultFile *results, const char path[], const char name[], hid_t type, PetscInt n, const void *values) {
  hid_t object;

  PetscFunctionBeginUser;
  HF_H5(object, H5Oopen(results->file, path, H5P_DEFAULT));
  if (type < 0)
    PetscCall(put_text(results, object, name, values));
  else
    PetscCall(put_attribute(results, object, name, type, n, values));
  HF_H5_CALL(H5Oclose(object));
  PetscFunctionReturn(0);
}

PetscErrorCode HfH5AttributeText(HfResultFile *results, const char path[], const char name[], const char text[]) {
  return put_by_path(results, path, name, -1, -1, text);
}

PetscErrorCode HfH5AttributeReals(HfResultFile *results, const char path[], const char name[], PetscInt n, const PetscReal values[]) {
  return put_by_path(results, path, name, H5T_NATIVE_DOUBLE, n, values);
}

PetscErrorCode HfH5AttributeInts(HfResultFile *results, const char path[], const char name[], PetscInt n, const int values[]) {
  return put_by_path(results, path, name, H5T_NATIVE_INT, n, values);
}

/* ---- groups and links ---- */
PetscErrorCode HfH5Group(HfResultFile *results, const char path[]) {
  const hid_t links = H5Pcreate(H5P_LINK_CREATE);
  hid_t group;

  PetscFunctionBeginUser;
  H5Pset_create_intermediate_group(links, 1);
  HF_H5(group, H5Gcreate2(results->file, path, links, H5P_DEFAULT, H5P_DEFAULT));
  HF_H5_CALL(H5Gclose(group));
  H5Pclose(links);
  PetscFunctionReturn(0);
}

PetscErrorCode HfH5Link(HfResultFile *results, const char from[], const char to[]) {
  PetscFunctionBeginUser;
  HF_H5_CALL(H5Lcreate_hard(results->file, from, results->file, to, H5P_DEFAULT, H5P_DEFAULT));
  PetscFunctionReturn(0);
}

PetscErrorCode HfH5Flush(HfResultFile *results) {
  PetscFunctionBeginUser;
  HF_H5_CALL(H5Fflush(results->file, H5F_SCOPE_GLOBAL));
  results->last_flush = MPI_Wtime();
  PetscFunctionReturn(0);
}

/* ---- datasets ---- */
/* `chunk` NULL: contiguous. No fill values, because all of a table is written. */
static PetscErrorCode create(HfResultFile *results, const char path[], const HfTable *table, hid_t space, int rank, const hsize_t chunk[],
                             hid_t *dataset) {
  const hid_t links = H5Pcreate(H5P_LINK_CREATE), properties = H5Pcreate(H5P_DATASET_CREATE);

  PetscFunctionBeginUser;
  H5Pset_create_intermediate_group(links, 1);
  H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER);
  if (chunk) H5Pset_chunk(properties, rank, chunk);
  HF_H5(*dataset, H5Dcreate2(results->file, path, table->type, space, links, properties, H5P_DEFAULT));
  if (table->unit[0]) PetscCall(put_text(results, *dataset, "units", table->unit));
  PetscCall(put_text(results, *dataset, "long_name", table->doc));
  H5Pclose(properties);
  H5Pclose(links);
  PetscFunctionReturn(0);
}

/* Writes n values to the selection of the file space; ranks with n = 0 take part and write nothing. */
static PetscErrorCode write_selection(HfResultFile *results, hid_t dataset, hid_t type, hid_t place, hsize_t n, const void *values) {
  const hid_t memory = H5Screate_simple(1, &(hsize_t){PetscMax(n, 1)}, NULL), transfer = H5Pcreate(H5P_DATASET_XFER);
  static const double nothing = 0;

  PetscFunctionBeginUser;
  H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE);
  if (!n) {
    H5Sselect_none(memory);
    H5Sselect_none(place);
  }
  HF_H5_CALL(H5Dwrite(dataset, type, memory, place, transfer, n ? values : &nothing));
  H5Pclose(transfer);
  H5Sclose(memory);
  PetscFunctionReturn(0);
}

static hsize_t count_values(const HfTable *table) {
  hsize_t n = 1;
  for (int d = 0; d < table->rank; ++d) n *= table->shape[d];
  return n;
}

PetscErrorCode HfH5Write(HfResultFile *results, const char path[], const HfTable *table, const void *values) {
  const hid_t space = table->rank ? H5Screate_simple(table->rank, table->shape, NULL) : H5Screate(H5S_SCALAR);
  PetscBool found;
  hid_t dataset;

  PetscFunctionBeginUser;
  PetscCall(exists(results, path, &found));
  if (found) HF_H5_CALL(H5Ldelete(results->file, path, H5P_DEFAULT));
  PetscCall(create(results, path, table, space, 0, NULL, &dataset));
  PetscCall(write_selection(results, dataset, table->type, space, results->run->rank ? 0 : count_values(table), values));
  HF_H5_CALL(H5Dclose(dataset));
  H5Sclose(space);
  PetscFunctionReturn(0);
}

PetscErrorCode HfH5WriteBlock(HfResultFile *results, const char path[], const HfTable *table, const hsize_t start[2], const hsize_t count[2],
                              const void *values) {
  const hid_t space = H5Screate_simple(table->rank, table->shape, NULL);
  hid_t dataset;

  PetscFunctionBeginUser;
  PetscCall(create(results, path, table, space, 0, NULL, &dataset));
  if (count[0] && count[1]) H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
  PetscCall(write_selection(results, dataset, table->type, space, count[0] * count[1], values));
  HF_H5_CALL(H5Dclose(dataset));
  H5Sclose(space);
  PetscFunctionReturn(0);
}

static PetscErrorCode create_growing(HfResultFile *results, const char path[], const HfTable *row, hid_t *dataset) {
  const hsize_t bytes = PetscMax(1, count_values(row) * H5Tget_size(row->type));
  hsize_t shape[5] = {0}, most[5] = {H5S_UNLIMITED}, chunk[5] = {PetscMax(1, PetscMin(1024, 16384 / bytes))};
  hid_t space;

  PetscFunctionBeginUser;
  for (int d = 0; d < row->rank; ++d) shape[d + 1] = most[d + 1] = chunk[d + 1] = row->shape[d];
  space = H5Screate_simple(row->rank + 1, shape, most);
  PetscCall(create(results, path, row, space, row->rank + 1, chunk, dataset));
  H5Sclose(space);
  PetscFunctionReturn(0);
}

static PetscErrorCode put_row(HfResultFile *results, const char path[], const HfTable *row, PetscBool extend, const void *values) {
  hsize_t shape[5], start[5] = {0}, count[5] = {1};
  PetscBool found;
  hid_t dataset, space;

  PetscFunctionBeginUser;
  PetscCall(exists(results, path, &found));
  if (found)
    HF_H5(dataset, H5Dopen2(results->file, path, H5P_DEFAULT));
  else
    PetscCall(create_growing(results, path, row, &dataset));
  space = H5Dget_space(dataset);
  HF_H5_CALL(H5Sget_simple_extent_dims(space, shape, NULL));
  H5Sclose(space);
  if (extend) {
    ++shape[0];
    HF_H5_CALL(H5Dset_extent(dataset, shape));
  }
  start[0] = shape[0] - 1;
  for (int d = 0; d < row->rank; ++d) count[d + 1] = row->shape[d];
  space = H5Dget_space(dataset);
  HF_H5_CALL(H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL));
  PetscCall(write_selection(results, dataset, row->type, space, results->run->rank ? 0 : count_values(row), values));
  H5Sclose(space);
  HF_H5_CALL(H5Dclose(dataset));
  PetscFunctionReturn(0);
}

PetscErrorCode HfH5Append(HfResultFile *results, const char path[], const HfTable *row, const void *values) {
  return put_row(results, path, row, PETSC_TRUE, values);
}

PetscErrorCode HfH5SetLast(HfResultFile *results, const char path[], const HfTable *row, const void *values) {
  return put_row(results, path, row, PETSC_FALSE, values);
}

PetscErrorCode HfH5Text(HfResultFile *results, const char path[], const char text[], const char doc[]) {
  const HfTable table = {HfH5TextType(strlen(text)), 0, {0}, "", doc};

  PetscFunctionBeginUser;
  PetscCall(HfH5Write(results, path, &table, text));
  H5Tclose(table.type);
  PetscFunctionReturn(0);
}
