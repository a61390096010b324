/* What run.h5 gets before it is shown, and run.xdmf2 beside it: how programs that know nothing of hopfilm find their way in it.

   The run writes its datasets by all ranks into run.h5.part. What is added here only describes them, depends on which frames there are by now, and takes
   milliseconds: rank 0 writes it by serial HDF5 into each copy that is published, and at the end into the file itself. run.h5.part never holds it, so
   that nothing has to be kept up to date while the run goes on, and the calls of the high-level library (dimension scales) need not be collective.

   HDF5's high-level library reads and writes small tables and attributes here. A failure is noted once, with HDF5's reason. */
#include "published_file.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

PetscBool HfPublishedGood(HfPublished *file, hid_t result) {
  char reason[HF_FAILURE_LENGTH];

  if (result >= 0) return PETSC_TRUE;
  HfH5Reason(reason);
  if (file->is_good) HfRunNote(file->run, "cannot write %s/run.h5: %s", file->run->directory, reason);
  file->is_good = PETSC_FALSE;
  return PETSC_FALSE;
}

void HfPublishedGroup(HfPublished *file, const char path[]) {
  const hid_t group = H5Gcreate2(file->file, path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

  if (HfPublishedGood(file, group)) H5Gclose(group);
}

void HfPublishedText(HfPublished *file, const char path[], const char name[], const char text[]) {
  HfPublishedGood(file, H5LTset_attribute_string(file->file, path, name, text));
}

void HfPublishedWrite(HfPublished *file, const char path[], const HfTable *table, const void *values) {
  if (!HfPublishedGood(file, H5LTmake_dataset(file->file, path, table->rank, table->shape, table->type, values))) return;
  if (table->unit[0]) HfPublishedText(file, path, "units", table->unit);
  HfPublishedText(file, path, "long_name", table->doc);
}

PetscBool HfPublishedUnits(HfPublished *file, const char path[], char units[64]) {
  H5T_class_t class;
  hsize_t length;
  size_t bytes;

  units[0] = '\0';
  if (H5LTget_attribute_info(file->file, path, "units", &length, &class, &bytes) < 0 || class != H5T_STRING || bytes > 63) return PETSC_FALSE;
  memset(units, 0, 64);
  return (PetscBool)(H5LTget_attribute_string(file->file, path, "units", units) >= 0);
}

int HfPublishedShape(HfPublished *file, const char path[], hsize_t shape[HF_MOST_DIMENSIONS]) {
  const hid_t dataset = H5Dopen2(file->file, path, H5P_DEFAULT), space = dataset < 0 ? -1 : H5Dget_space(dataset);
  int rank = space < 0 ? 0 : H5Sget_simple_extent_ndims(space);

  if (rank > HF_MOST_DIMENSIONS || (rank > 0 && H5Sget_simple_extent_dims(space, shape, NULL) < 0)) rank = 0;
  if (space >= 0) H5Sclose(space);
  if (dataset >= 0) H5Dclose(dataset);
  return rank;
}

/* Whether the file may grow by what is added. HDF5 must not find out: a file whose closing fails brings the program down when it ends. */
static PetscBool can_grow(HfRun *run, const char path[]) {
  const off_t spare = 1 << 20, most = 1 << 26; /* 93 kB are added at 1001 times of two fields */
  const int file = open(path, O_WRONLY);
  struct stat status = {.st_size = 0};
  int failure = file < 0 || fstat(file, &status) ? errno : posix_fallocate(file, status.st_size, PetscMin(status.st_size / 4, most) + spare);

  if (file >= 0 && ftruncate(file, status.st_size) && !failure) failure = errno;
  if (failure) HfRunNote(run, "cannot write %s: %s", path, strerror(failure));
  if (file >= 0) close(file);
  return (PetscBool)!failure;
}

/* Locks are left out: file systems of clusters often have none, and nobody else writes this file. */
static hid_t open_alone(const char path[]) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  hid_t file;

#if H5_VERSION_GE(1, 10, 7) && !(H5_VERS_MAJOR == 1 && H5_VERS_MINOR == 12 && H5_VERS_RELEASE == 0)
  H5Pset_file_locking(access, 0, 1);
#endif
  file = H5Fopen(path, H5F_ACC_RDWR, access);
  H5Pclose(access);
  return file;
}

PetscErrorCode HfOutputDescribe(HfOutput output, const char name[]) {
  HfPublished file = {.output = output, .run = &output->run, .is_good = PETSC_TRUE};
  char path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  if (output->run.rank || output->run.failure[0]) PetscFunctionReturn(0);
  HfRunPath(&output->run, name, path);
  if (!can_grow(&output->run, path)) PetscFunctionReturn(0);
  file.file = open_alone(path);
  if (!HfPublishedGood(&file, file.file)) PetscFunctionReturn(0);
  PetscCall(HfTimelineRead(&file));
  PetscCall(HfPublishedVtk(&file));
  PetscCall(HfPublishedDimensions(&file));
  HfPublishedGood(&file, H5Fclose(file.file));
  if (file.is_good && file.timeline.n_steps) HfPublishedXdmf(&file);
  PetscCall(HfTimelineFree(&file.timeline));
  PetscFunctionReturn(0);
}

void HfOutputPublishXdmf(HfOutput output) {
  char path[PETSC_MAX_PATH_LEN];

  if (output->run.rank) return;
  HfRunPath(&output->run, HF_NEW_XDMF, path);
  if (HfIsRegularFile(path)) HfPublishFile(&output->run, HF_NEW_XDMF, "run.xdmf2", NULL);
}
