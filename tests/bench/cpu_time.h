/* Clock and yardstick of the benchmarks that count CPU time. */
#pragma once
#include <petscsys.h>
#include <time.h>

/* CPU time of this process, s: other work on the machine counts less than in wall time. */
static inline PetscReal now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (PetscReal)t.tv_sec + 1e-9 * (PetscReal)t.tv_nsec;
}

/* Whether all ranks continue, as rank 0's clock decides. */
static inline PetscBool go_on(PetscReal start, PetscReal seconds) {
  int more = now_s() - start < seconds;
  MPI_Bcast(&more, 1, MPI_INT, 0, PETSC_COMM_WORLD);
  return more ? PETSC_TRUE : PETSC_FALSE;
}

/* STREAM triad a = b + 3 c for so many seconds, GB/s of this rank (24 bytes per entry). Collective. */
static inline PetscReal triad(PetscReal seconds) {
  const PetscInt n = 1 << 23;
  PetscReal *a, *b, *c, best = PETSC_MAX_REAL, start;

  if (PetscMalloc3(n, &a, n, &b, n, &c)) return 0;
  for (PetscInt k = 0; k < n; ++k) a[k] = b[k] = c[k] = k;
  for (start = now_s(); go_on(start, seconds);) {
    const PetscReal t = now_s();
    for (PetscInt k = 0; k < n; ++k) a[k] = b[k] + 3 * c[k];
    best = PetscMin(best, now_s() - t);
    c[0] = a[n - 1];
  }
  if (PetscFree3(a, b, c)) return 0;
  return 24e-9 * (PetscReal)n / best;
}
