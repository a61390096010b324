/* The problem of the tests of time steppers: unit vectors that turn about z and are damped towards it, each cell at its own rate,

     dy/dt = w z x y + a w (z - (y.z) y):   tan(theta/2) = tan(theta0/2) exp(-a w t),   phi = w t */
#pragma once
#include "hf_test.h"
#include <hopfilm/numerics.h>
#include <string.h>

#define NX      8
#define NY      8
#define DAMPING 1.0
#define END     1.0 /* s */

typedef struct {
  HfGrid grid;
  const HfGridInfo *g;
  Vec y, scratch;
  PetscInt calls, draws; /* of rate(), of draw() */
  PetscInt64 done;
  PetscReal inside; /* largest error inside of steps */
} Spins;

static inline PetscReal rate_of(const Spins *spins, PetscInt k) {
  return 1 + 0.02 * (PetscReal)(spins->g->ys * NX + k);
} /* w of the k-th cell here, 1/s */

static inline void exact(const Spins *spins, PetscInt k, PetscReal t, PetscReal y[3]) {
  const PetscReal w = rate_of(spins, k), theta = 2 * PetscAtanReal(PetscTanReal(0.6) * PetscExpReal(-DAMPING * w * t));

  y[0] = PetscSinReal(theta) * PetscCosReal(w * t);
  y[1] = PetscSinReal(theta) * PetscSinReal(w * t);
  y[2] = PetscCosReal(theta);
}

static inline void start(Spins *spins) {
  PetscScalar *a;

  *spins = (Spins){.calls = 0};
  CHECK(HfGridCreate(PETSC_COMM_WORLD, NX, NY, 1, 1, 1, NULL, NULL, &spins->grid));
  spins->g = HfGridGetInfo(spins->grid);
  CHECK(HfGridCreateCellVec(spins->grid, 3, &spins->y));
  CHECK(VecDuplicate(spins->y, &spins->scratch));
  CHECK(VecGetArrayWrite(spins->y, &a));
  for (PetscInt k = 0; k < NX * spins->g->ym; ++k) exact(spins, k, 0, a + 3 * k);
  CHECK(VecRestoreArrayWrite(spins->y, &a));
}

static inline void finish(Spins *spins) {
  CHECK(VecDestroy(&spins->y));
  CHECK(VecDestroy(&spins->scratch));
  CHECK(HfGridDestroy(&spins->grid));
}

static inline PetscReal error_at(const Spins *spins, PetscReal t) {
  PetscReal worst = 0, y[3];
  const PetscScalar *a;

  CHECK(VecGetArrayRead(spins->y, &a));
  for (PetscInt k = 0; k < NX * spins->g->ym; ++k) {
    exact(spins, k, t, y);
    for (int c = 0; c < 3; ++c) worst = PetscMax(worst, PetscAbsReal(a[3 * k + c] - y[c]));
  }
  CHECK(VecRestoreArrayRead(spins->y, &a));
  assert_int_equal(MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPIU_REAL, MPIU_MAX, PETSC_COMM_WORLD), MPI_SUCCESS);
  return worst;
}

static inline PetscErrorCode normalize(Vec y, void *context) {
  PetscScalar *a;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(y, &n));
  PetscCall(VecGetArray(y, &a));
  for (PetscInt k = 0; k < n; k += 3) {
    const PetscReal length = PetscSqrtReal(a[k] * a[k] + a[k + 1] * a[k + 1] + a[k + 2] * a[k + 2]);
    for (int c = 0; c < 3; ++c) a[k + c] /= length;
  }
  PetscCall(VecRestoreArray(y, &a));
  PetscFunctionReturn(0);
}

static inline PetscErrorCode rate(PetscReal t, Vec y, Vec dydt, void *context) {
  Spins *spins = context;
  const PetscScalar *u;
  PetscScalar *f;

  PetscFunctionBeginUser;
  ++spins->calls;
  PetscCall(VecCopy(y, spins->scratch));
  PetscCall(normalize(spins->scratch, NULL));
  PetscCall(VecGetArrayRead(spins->scratch, &u));
  PetscCall(VecGetArrayWrite(dydt, &f));
  for (PetscInt k = 0; k < NX * spins->g->ym; ++k, u += 3, f += 3) {
    const PetscReal w = rate_of(spins, k);
    f[0] = w * (-u[1] - DAMPING * u[2] * u[0]);
    f[1] = w * (u[0] - DAMPING * u[2] * u[1]);
    f[2] = w * DAMPING * (1 - u[2] * u[2]);
  }
  u -= 3 * NX * spins->g->ym;
  f -= 3 * NX * spins->g->ym;
  PetscCall(VecRestoreArrayWrite(dydt, &f));
  PetscCall(VecRestoreArrayRead(spins->scratch, &u));
  PetscFunctionReturn(0);
}
