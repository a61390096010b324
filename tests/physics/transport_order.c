/* Order of convergence against a manufactured solution with a tensor that turns everywhere:

     phi = cos(pi x) (1 + cos(2 pi y)/2) on |x|, |y| < 1/2,   Sigma = 1 - (6/7) m m^T,   m = (cos t, sin t),   t = cos(pi y) (1 + sin(3 x))
   phi = 0 on the contacts x = +-1/2; no current through y = +-1/2, where t = 0 and d phi/dy = 0. The source f = -div(Sigma grad phi) is a difference of the exact
   flux, and enters as f times the area of a vertex.

   transport/transport_impl.h: a manufactured solution has a source term, which no device has. */
#include "hf_test.h"
#include "transport/transport_impl.h"

static void sigma(PetscReal x, PetscReal y, void *context, PetscReal S[4]) {
  const PetscReal t = cos(PETSC_PI * y) * (1 + sin(3 * x)), c = cos(t), s = sin(t), d = -6.0 / 7;

  S[0] = 1 + d * c * c;
  S[1] = S[2] = d * c * s;
  S[3] = 1 + d * s * s;
}
static PetscReal exact(PetscReal x, PetscReal y) { return cos(PETSC_PI * x) * (1 + 0.5 * cos(2 * PETSC_PI * y)); }
static PetscReal flux(PetscReal x, PetscReal y, int d) {
  const PetscReal gx = -PETSC_PI * sin(PETSC_PI * x) * (1 + 0.5 * cos(2 * PETSC_PI * y)), gy = -cos(PETSC_PI * x) * PETSC_PI * sin(2 * PETSC_PI * y);
  PetscReal S[4];

  sigma(x, y, NULL, S);
  return -(S[2 * d] * gx + S[2 * d + 1] * gy);
}
/* Fourth-order differences: error about 1e-10 */
static PetscReal source(PetscReal x, PetscReal y) {
  const PetscReal h = 1e-3;
  PetscReal sum = 0;

  for (int d = 0; d < 2; ++d) {
    const PetscReal X = d ? 0 : h, Y = d ? h : 0;
    sum += (8 * (flux(x + X, y + Y, d) - flux(x - X, y - Y, d)) - (flux(x + 2 * X, y + 2 * Y, d) - flux(x - 2 * X, y - 2 * Y, d))) / (12 * h);
  }
  return sum;
}
static PetscInt sides(PetscReal x, PetscReal y, void *context) { return x < -0.4999999 ? 0 : x > 0.4999999 ? 1 : -1; }

/* Errors in L2 of phi at the vertices and of j at the cell centres. */
static PetscErrorCode errors(PetscInt n, PetscReal error[2]) {
  HfGrid grid;
  HfElectrodes electrodes;
  HfPotential p;
  Vec phi, j;
  PetscScalar *a, *b;
  const PetscReal h = 1.0 / (PetscReal)n;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreate(PETSC_COMM_WORLD, n, n, h, h, 1, NULL, NULL, &grid));
  PetscCall(HfElectrodesCreateFromFunction(grid, 2, sides, NULL, &electrodes));
  PetscCall(HfPotentialCreateFromFunction(grid, electrodes, 1, sigma, NULL, &p));
  PetscCall(HfPotentialCreateVector(p, &phi));
  PetscCall(HfGridCreateCellVec(grid, 2, &j));
  const HfGridInfo *g = HfGridGetInfo(grid);
  PetscCall(VecGetArray(p->b, &b));
  for (PetscInt k = 0; k < p->n_owned; ++k) {
    const PetscInt row = g->ys + k / (n + 1), column = k % (n + 1);
    b[k] = sides(g->x0 + (PetscReal)column * h, 0, NULL) >= 0
               ? 0
               : h * h * (row == 0 || row == n ? 0.5 : 1) * source(g->x0 + (PetscReal)column * h, g->y0 + (PetscReal)row * h);
  }
  PetscCall(VecRestoreArray(p->b, &b));
  PetscCall(VecZeroEntries(p->x));
  PetscCall(HfSolverSolve(p));
  PetscCall(VecCopy(p->x, phi));
  PetscCall(HfPotentialCurrentDensity(p, phi, j));

  error[0] = error[1] = 0;
  PetscCall(VecGetArray(phi, &a));
  PetscCall(VecGetArray(j, &b));
  for (PetscInt k = 0; k < p->n_owned; ++k) {
    const PetscReal difference = a[k] - exact(g->x0 + (PetscReal)(k % (n + 1)) * h, g->y0 + (PetscReal)(g->ys + k / (n + 1)) * h);
    error[0] += h * h * difference * difference;
  }
  for (PetscInt k = 0; k < n * g->ym; ++k)
    for (int d = 0; d < 2; ++d) {
      const PetscReal difference = b[2 * k + d] - flux(g->x0 + ((PetscReal)(k % n) + 0.5) * h, g->y0 + ((PetscReal)(g->ys + k / n) + 0.5) * h, d);
      error[1] += h * h * difference * difference;
    }
  PetscCall(VecRestoreArray(phi, &a));
  PetscCall(VecRestoreArray(j, &b));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, error, 2, MPIU_REAL, MPI_SUM, PETSC_COMM_WORLD));
  for (int k = 0; k < 2; ++k) error[k] = sqrt(error[k]);
  PetscCall(VecDestroy(&phi));
  PetscCall(VecDestroy(&j));
  PetscCall(HfPotentialDestroy(&p));
  PetscCall(HfElectrodesDestroy(&electrodes));
  PetscCall(HfGridDestroy(&grid));
  PetscFunctionReturn(0);
}

static void test_second_order(void **state) {
  PetscReal previous[2] = {0, 0}, error[2];

  for (PetscInt n = 32; n <= 256; n *= 2) {
    CHECK(errors(n, error));
    PetscCallAbort(PETSC_COMM_SELF, PetscPrintf(PETSC_COMM_WORLD, "%4d cells: phi %.3e, j %.3e\n", (int)n, (double)error[0], (double)error[1]));
    if (n > 64)
      for (int k = 0; k < 2; ++k) ASSERT_NEAR(log2(previous[k] / error[k]), 2, 0.1);
    for (int k = 0; k < 2; ++k) previous[k] = error[k];
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_second_order)};
HF_TEST_MAIN(tests)
