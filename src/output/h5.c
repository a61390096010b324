/* Small tables and attributes in a parallel HDF5 file.

   HDF5's rule: what changes the structure of the file (create, extend, attributes) is called by all ranks with the same arguments; the
   numbers of a small table are then written by rank 0 in a collective write to which the others add nothing. Rows of a table that is spread
   over the ranks are written by their owners. Variable-length strings cannot be written in parallel: texts have a fixed width. */
#include "output_impl.h"
#include <string.h>

static herr_t keep_deepest(unsigned n, const H5E_error2_t *error, void *context) {
  if (error->desc && error->desc[0]) snprintf(context, HF_WHY_LENGTH, "%s", error->desc);
  return 0;
}

int64_t HfH5Check(HfOutput output, int64_t result, const char *call) {
  char reason[HF_WHY_LENGTH] = "", name[64];

  if (result >= 0) return result;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_deepest, reason);
  H5Eclear2(H5E_DEFAULT);
  snprintf(name, sizeof name, "%.*s", (int)strcspn(call, "("), call);
  HfOutputNote(output, "cannot write %.200s/run.h5: %s: %s", output->directory, name, reason);
  return result;
}

PetscBool HfH5Has(HfOutput output, const char path[]) {
  char part[256];

  /* every link on the way must be asked for: H5Lexists fails when a parent is missing */
  for (const char *c = path + 1; c; c = strchr(c + 1, '/')) {
    const char *end = strchr(c + (*c == '/'), '/');
    snprintf(part, sizeof part, "%.*s", end ? (int)(end - path) : (int)strlen(path), path);
    if (HF_H5(output, H5Lexists(output->file, part, H5P_DEFAULT)) <= 0) return PETSC_FALSE;
    if (!end) break;
  }
  return PETSC_TRUE;
}

hid_t HfH5TextType(size_t width) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, width);
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  return type;
}

/* ---- attributes ---- */
static void put_attribute(HfOutput output, hid_t object, const char name[], hid_t type, PetscInt n, const void *values) {
  const hsize_t count = (hsize_t)n;
  hid_t space, attribute;

  if (HF_H5(output, H5Aexists(object, name)) > 0) HF_H5(output, H5Adelete(object, name));
  space = n < 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, NULL);
  attribute = (hid_t)HF_H5(output, H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT));
  if (attribute >= 0) {
    HF_H5(output, H5Awrite(attribute, type, values));
    HF_H5(output, H5Aclose(attribute));
  }
  H5Sclose(space);
}

static void attribute_by_path(HfOutput output, const char path[], const char name[], hid_t type, PetscInt n, const void *values) {
  const hid_t object = (hid_t)HF_H5(output, H5Oopen(output->file, path, H5P_DEFAULT));

  if (object < 0) return;
  put_attribute(output, object, name, type, n, values);
  HF_H5(output, H5Oclose(object));
}

static void text_attribute(HfOutput output, hid_t object, const char name[], const char text[]) {
  const hid_t type = HfH5TextType(strlen(text) ? strlen(text) : 1);
  put_attribute(output, object, name, type, -1, text);
  H5Tclose(type);
}

void HfH5AttributeText(HfOutput output, const char path[], const char name[], const char text[]) {
  const hid_t type = HfH5TextType(strlen(text) ? strlen(text) : 1);
  attribute_by_path(output, path, name, type, -1, text);
  H5Tclose(type);
}

void HfH5AttributeReals(HfOutput output, const char path[], const char name[], PetscInt n, const PetscReal values[]) {
  attribute_by_path(output, path, name, H5T_NATIVE_DOUBLE, n, values);
}

void HfH5AttributeInts(HfOutput output, const char path[], const char name[], PetscInt n, const int values[]) {
  attribute_by_path(output, path, name, H5T_NATIVE_INT, n, values);
}

/* ---- groups and links ---- */
void HfH5Group(HfOutput output, const char path[]) {
  const hid_t links = H5Pcreate(H5P_LINK_CREATE);
  hid_t group;

  H5Pset_create_intermediate_group(links, 1);
  group = (hid_t)HF_H5(output, H5Gcreate2(output->file, path, links, H5P_DEFAULT, H5P_DEFAULT));
  if (group >= 0) HF_H5(output, H5Gclose(group));
  H5Pclose(links);
}

void HfH5Link(HfOutput output, const char from[], const char to[]) {
  HF_H5(output, H5Lcreate_hard(output->file, from, output->file, to, H5P_DEFAULT, H5P_DEFAULT));
}

/* ---- datasets ---- */
static hid_t create(HfOutput output, const char path[], const HfTable *table, hid_t space, hid_t properties) {
  const hid_t links = H5Pcreate(H5P_LINK_CREATE);
  hid_t dataset;

  H5Pset_create_intermediate_group(links, 1);
  dataset = (hid_t)HF_H5(output, H5Dcreate2(output->file, path, table->type, space, links, properties, H5P_DEFAULT));
  if (dataset >= 0) {
    text_attribute(output, dataset, "unit", table->unit);
    text_attribute(output, dataset, "doc", table->doc);
  }
  H5Pclose(links);
  return dataset;
}

/* Writes the selection of the file space; `mine`: this rank has something to write. */
static void write_selection(HfOutput output, hid_t dataset, hid_t type, hid_t file_space, hsize_t n, PetscBool mine, const void *values) {
  const hid_t memory = H5Screate_simple(1, &(hsize_t){PetscMax(n, 1)}, NULL), transfer = H5Pcreate(H5P_DATASET_XFER);
  static const double nothing = 0;

  H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE);
  if (!mine || !n) {
    H5Sselect_none(memory);
    H5Sselect_none(file_space);
  }
  HF_H5(output, H5Dwrite(dataset, type, memory, file_space, transfer, mine && n ? values : &nothing));
  H5Pclose(transfer);
  H5Sclose(memory);
}

static hsize_t count_values(const HfTable *table) {
  hsize_t n = 1;
  for (int d = 0; d < table->rank; d++) n *= table->shape[d];
  return n;
}

void HfH5Write(HfOutput output, const char path[], const HfTable *table, const void *values) {
  const hid_t space = table->rank ? H5Screate_simple(table->rank, table->shape, NULL) : H5Screate(H5S_SCALAR);
  hid_t dataset;

  if (HfH5Has(output, path)) HF_H5(output, H5Ldelete(output->file, path, H5P_DEFAULT));
  dataset = create(output, path, table, space, H5P_DEFAULT);
  if (dataset >= 0) {
    write_selection(output, dataset, table->type, space, count_values(table), output->rank == 0 ? PETSC_TRUE : PETSC_FALSE, values);
    HF_H5(output, H5Dclose(dataset));
  }
  H5Sclose(space);
}

void HfH5WriteRows(HfOutput output, const char path[], const HfTable *table, hsize_t first, hsize_t count, const void *values) {
  const hid_t space = H5Screate_simple(table->rank, table->shape, NULL);
  const hsize_t start[2] = {first, 0}, block[2] = {count, table->shape[1]};
  const hid_t dataset = create(output, path, table, space, H5P_DEFAULT);

  if (dataset >= 0) {
    if (count) H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, block, NULL);
    write_selection(output, dataset, table->type, space, count * table->shape[1], PETSC_TRUE, values);
    HF_H5(output, H5Dclose(dataset));
  }
  H5Sclose(space);
}

static hid_t create_growing(HfOutput output, const char path[], const HfTable *row) {
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t bytes = count_values(row) * H5Tget_size(row->type);
  hsize_t shape[5] = {0}, most[5] = {H5S_UNLIMITED}, chunk[5] = {PetscMax(1, PetscMin(1024, 16384 / PetscMax(bytes, 1)))};
  hid_t space, dataset;

  for (int d = 0; d < row->rank; d++) shape[d + 1] = most[d + 1] = chunk[d + 1] = row->shape[d];
  space = H5Screate_simple(row->rank + 1, shape, most);
  H5Pset_chunk(properties, row->rank + 1, chunk);
  dataset = create(output, path, row, space, properties);
  H5Sclose(space);
  H5Pclose(properties);
  return dataset;
}

static void put_row(HfOutput output, const char path[], const HfTable *row, PetscBool extend, const void *values) {
  const hid_t dataset = HfH5Has(output, path) ? (hid_t)HF_H5(output, H5Dopen2(output->file, path, H5P_DEFAULT)) : create_growing(output, path, row);
  hsize_t shape[5], start[5] = {0}, count[5] = {1};
  hid_t space;

  if (dataset < 0) return;
  space = H5Dget_space(dataset);
  H5Sget_simple_extent_dims(space, shape, NULL);
  H5Sclose(space);
  if (extend) {
    shape[0]++;
    HF_H5(output, H5Dset_extent(dataset, shape));
  }
  start[0] = shape[0] - 1;
  for (int d = 0; d < row->rank; d++) count[d + 1] = row->shape[d];
  space = H5Dget_space(dataset);
  HF_H5(output, H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL));
  write_selection(output, dataset, row->type, space, count_values(row), output->rank == 0 ? PETSC_TRUE : PETSC_FALSE, values);
  H5Sclose(space);
  HF_H5(output, H5Dclose(dataset));
}

void HfH5Append(HfOutput output, const char path[], const HfTable *row, const void *values) { put_row(output, path, row, PETSC_TRUE, values); }

void HfH5SetLast(HfOutput output, const char path[], const HfTable *row, const void *values) { put_row(output, path, row, PETSC_FALSE, values); }

void HfH5Text(HfOutput output, const char path[], const char text[], const char doc[]) {
  HfTable table = {HfH5TextType(strlen(text) ? strlen(text) : 1), 0, {0}, "", doc};

  HfH5Write(output, path, &table, text);
  H5Tclose(table.type);
}
