/* Run.h5 is readable at any instant, also when the run is killed. HDF5 has no way to write a file in parallel that is whole at every moment; so
   the run writes run.h5.part, and from time to time a copy of it takes the place of run.h5 by renaming. At the end the file itself does. */
#define _GNU_SOURCE
#include "output_impl.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Rank 0; the reason in errno. */
static PetscBool copy_bytes(int from, int to) {
  char bytes[1 << 16];
  ssize_t n;

  while ((n = copy_file_range(from, NULL, to, NULL, (size_t)1 << 30, 0)) > 0) {
  }
  if (n == 0) return PETSC_TRUE;
  if (lseek(to, 0, SEEK_CUR) != 0) return PETSC_FALSE; /* it broke off on the way; otherwise this system cannot do it */
  while ((n = read(from, bytes, sizeof bytes)) > 0)
    for (ssize_t done = 0, written; done < n; done += written)
      if ((written = write(to, bytes + done, (size_t)(n - done))) <= 0) return PETSC_FALSE;
  return n == 0 ? PETSC_TRUE : PETSC_FALSE;
}

PetscErrorCode HfOutputPublish(HfOutput output) {
  char part[PETSC_MAX_PATH_LEN], copy[PETSC_MAX_PATH_LEN];
  struct stat status;
  PetscReal bytes = 0;
  const double start = MPI_Wtime();

  PetscFunctionBeginUser;
  PetscCall(HfH5Flush(output));
  HfOutputPath(output, "run.h5.part", part);
  HfOutputPath(output, "run.h5.new", copy);
  if (!output->rank && stat(part, &status) == 0) bytes = (PetscReal)status.st_size;
  PetscCall(HfOutputNeedRoom(output, bytes));
  if (!output->rank) {
    const int from = open(part, O_RDONLY), to = open(copy, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    if (from < 0 || to < 0 || !copy_bytes(from, to)) HfOutputNote(output, "cannot write %s: %s", copy, strerror(errno));
    if (from >= 0) close(from);
    if (to >= 0 && close(to) != 0) HfOutputNote(output, "cannot write %s: %s", copy, strerror(errno));
    HfPublishFile(output, "run.h5.new", "run.h5", NULL);
    if (output->table && (fflush(output->table) != 0 || fsync(fileno(output->table)) != 0))
      HfOutputNote(output, "cannot write %s/table.tsv: %s", output->directory, strerror(errno));
  }
  PetscCall(HfOutputAgree(output));
  output->publish_cost = MPI_Wtime() - start;
  PetscFunctionReturn(0);
}
