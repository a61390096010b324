/* Whether somebody reads along. Open MPI gives every rank a pseudo-terminal, also where mpiexec itself writes into a file: of a launched rank the output of
   the process that started it counts, which /proc tells; where it does not, there is no terminal. */
#include <hopfilm/base.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

PetscBool HfTerminal(int descriptor) {
  const char *kind = getenv("TERM");
  char path[64], target[64];
  ssize_t length;

  if (!kind || !strcmp(kind, "dumb")) return PETSC_FALSE;
  if (!getenv("OMPI_COMM_WORLD_RANK") && !getenv("PMI_RANK")) return isatty(descriptor) ? PETSC_TRUE : PETSC_FALSE;
  snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getppid(), descriptor);
  length = readlink(path, target, sizeof target - 1);
  if (length <= 0) return PETSC_FALSE;
  target[length] = '\0';
  return !strncmp(target, "/dev/pts/", 9) || !strncmp(target, "/dev/tty", 8) ? PETSC_TRUE : PETSC_FALSE;
}

PetscBool HfTerminalColours(int descriptor) {
  const char *none = getenv("NO_COLOR");
  return HfTerminal(descriptor) && !(none && *none) ? PETSC_TRUE : PETSC_FALSE;
}
