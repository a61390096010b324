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

/* A piece of work; *units: how much was done. */
typedef PetscErrorCode (*Work)(void *context, PetscReal *units);

/* Units per CPU second of two pieces of work, and the ratio of a's to b's: medians. */
typedef struct {
  PetscReal a, b, ratio;
} Rates;

static inline PetscErrorCode median_of(PetscInt n, PetscReal x[], PetscReal *median) {
  PetscFunctionBeginUser;
  PetscCall(PetscSortReal(n, x));
  *median = 0.5 * (x[(n - 1) / 2] + x[n / 2]);
  PetscFunctionReturn(0);
}

/* Both in turns, so that the machine is the same to both, for so many seconds and five turns at least. Collective. */
static inline PetscErrorCode in_turns(Work a, void *a_context, Work b, void *b_context, PetscReal seconds, Rates *rates) {
  enum { FEWEST = 5, MOST = 1000 };
  const PetscReal start = now_s();
  PetscReal rate[3][MOST];
  PetscInt n = 0;

  PetscFunctionBeginUser;
  for (PetscBool more = PETSC_TRUE; n < MOST && (more || n < FEWEST); ++n) {
    PetscReal units = 0, begin = now_s();

    PetscCall((*a)(a_context, &units));
    rate[0][n] = units / (now_s() - begin);
    begin = now_s();
    PetscCall((*b)(b_context, &units));
    rate[1][n] = units / (now_s() - begin);
    rate[2][n] = rate[0][n] / rate[1][n];
    more = go_on(start, seconds);
  }
  PetscCall(median_of(n, rate[0], &rates->a));
  PetscCall(median_of(n, rate[1], &rates->b));
  PetscCall(median_of(n, rate[2], &rates->ratio));
  PetscFunctionReturn(0);
}

/* The STREAM triad a = b + 3 c as such a piece: bytes, 24 per entry. */
typedef struct {
  PetscInt n;
  PetscReal *a, *b, *c;
} Triad;

static inline PetscErrorCode triad_create(Triad *triad) {
  PetscFunctionBeginUser;
  triad->n = 1 << 23;
  PetscCall(PetscMalloc3(triad->n, &triad->a, triad->n, &triad->b, triad->n, &triad->c));
  for (PetscInt k = 0; k < triad->n; ++k) triad->a[k] = triad->b[k] = triad->c[k] = (PetscReal)k;
  PetscFunctionReturn(0);
}

static inline PetscErrorCode triad_once(void *context, PetscReal *bytes) {
  const Triad *triad = context;
  PetscReal *restrict a = triad->a;
  const PetscReal *restrict b = triad->b, *restrict c = triad->c;

  PetscFunctionBeginUser;
  *bytes = 0;
  for (int pass = 0; pass < 3; ++pass) {
    for (PetscInt k = 0; k < triad->n; ++k) a[k] = b[k] + 3 * c[k];
    triad->c[0] = a[triad->n - 1];
    *bytes += 24 * (PetscReal)triad->n;
  }
  PetscFunctionReturn(0);
}

static inline PetscErrorCode triad_destroy(Triad *triad) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(triad->a, triad->b, triad->c));
  PetscFunctionReturn(0);
}

/* The triad for so many seconds, GB/s of this rank. Collective. */
static inline PetscReal triad(PetscReal seconds) {
  PetscReal best = 0;
  Triad t;

  if (triad_create(&t)) return 0;
  for (const PetscReal start = now_s(); go_on(start, seconds);) {
    const PetscReal begin = now_s();
    PetscReal bytes;

    if (triad_once(&t, &bytes)) return 0;
    best = PetscMax(best, 1e-9 * bytes / (now_s() - begin));
  }
  return triad_destroy(&t) ? 0 : best;
}
