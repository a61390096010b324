/* Available memory: that of the machine, or what a batch system or a container allows of it. Checked before anything large is allocated, because
   the kernel grants memory that it does not have and kills the process when it is used. */
#include <hopfilm/base.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The number in a file of the kernel; a very large one for "max" and for missing files. */
static PetscReal number_in(const char *path) {
  double bytes = PETSC_MAX_REAL;
  FILE *file = fopen(path, "r");
  if (!file) return PETSC_MAX_REAL;
  if (fscanf(file, "%lf", &bytes) != 1) bytes = PETSC_MAX_REAL;
  fclose(file);
  return bytes;
}

/* The smallest limit of this process's control groups, from its own up to the root; versions 1 and 2 of their file system. */
static PetscReal limit_of_groups(void) {
  PetscReal least = PETSC_MAX_REAL;
  char line[1024], path[1200];
  FILE *file = fopen("/proc/self/cgroup", "r");

  while (file && fgets(line, sizeof(line), file)) {
    const PetscBool unified = (PetscBool)!strncmp(line, "0::", 3);
    char *group = strstr(line, unified ? "::" : ":memory:"), *slash;
    if (!group) continue;
    group = strchr(group, '/');
    if (!group) continue;
    group[strcspn(group, "\n")] = '\0';
    do {
      snprintf(path, sizeof(path), unified ? "/sys/fs/cgroup%s/memory.max" : "/sys/fs/cgroup/memory%s/memory.limit_in_bytes", group);
      least = PetscMin(least, number_in(path));
      slash = strrchr(group, '/');
      if (slash) *slash = '\0';
    } while (slash);
  }
  if (file) fclose(file);
  return least;
}

static PetscMPIInt beside = 0; /* ranks of the program on this node; 0: not counted */

static PetscErrorCode count_beside(MPI_Comm comm, PetscMPIInt *n) {
  MPI_Comm node;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node));
  PetscCallMPI(MPI_Comm_size(node, n));
  PetscCallMPI(MPI_Comm_free(&node));
  PetscFunctionReturn(0);
}

PetscErrorCode HfSystemMemoryShare(MPI_Comm all) {
  PetscFunctionBeginUser;
  PetscCall(count_beside(all, &beside));
  PetscFunctionReturn(0);
}

PetscErrorCode HfSystemMemoryAvailable(MPI_Comm comm, PetscReal *bytes) {
  static const int resources[] = {RLIMIT_AS, RLIMIT_DATA};
  const PetscReal machine = (PetscReal)sysconf(_SC_PHYS_PAGES) * (PetscReal)sysconf(_SC_PAGE_SIZE);
  PetscReal share, limit = PETSC_MAX_REAL;
  PetscMPIInt size, sharing = beside;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  if (!sharing) PetscCall(count_beside(comm, &sharing));
  share = PetscMin(machine, limit_of_groups()) / sharing;
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(resources); ++k) {
    struct rlimit most;
    if (!getrlimit(resources[k], &most) && most.rlim_cur != RLIM_INFINITY) share = PetscMin(share, (PetscReal)most.rlim_cur);
  }
  PetscCall(PetscOptionsGetReal(NULL, NULL, "-memory_limit", &limit, NULL));
  share = PetscMin(share, limit);
  PetscCallMPI(MPI_Allreduce(&share, bytes, 1, MPIU_REAL, MPI_MIN, comm));
  *bytes *= size;
  PetscFunctionReturn(0);
}

void HfSystemMemoryText(PetscReal bytes, char text[32]) {
  static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  size_t k = 0;
  for (; bytes >= 999.5 && k + 1 < PETSC_STATIC_ARRAY_LENGTH(units); ++k) bytes /= 1000;
  snprintf(text, 32, "%.3g %s", (double)bytes, units[k]);
}
