/* The yardstick of transport_potential: the same film (512 x 512 cells, AMR texture, two full-edge contacts) solved by PETSc alone: Q1 elements assembled
   into an AIJ matrix on a DMDA, conjugate gradients, PCMG with Galerkin coarse grids and symmetric SOR, to the same true residual of 1e-10. What the
   row-wise multigrid of src/transport gains over it is why it exists. -n CELLS changes the size, PETSC's -ksp_, -pc_mg_ and -mg_ options apply. */
#include <petscdmda.h>
#include <petscksp.h>

/* The conductivity tensor of the cell at (x,y) of a 10 x 10 film: transport_potential's texture; sigma_perp = 1. */
static void tensor(PetscReal x, PetscReal y, PetscReal ratio, PetscReal S[3]) {
  const PetscReal angle = 3 * sin(x) + 3 * cos(1.3 * y) + 2 * sin(0.7 * (x + y)), z = 0.8 * sin(1.9 * x) * cos(1.5 * y);
  const PetscReal delta = (2 - ratio) / (2 + ratio) - 1, mx = sqrt(1 - z * z) * cos(angle), my = sqrt(1 - z * z) * sin(angle);

  S[0] = 1 + delta * mx * mx;
  S[1] = delta * mx * my;
  S[2] = 1 + delta * my * my;
}

/* The Q1 element of a square cell for a constant tensor; vertices in the order (0,0), (1,0), (0,1), (1,1). */
static void element(const PetscReal S[3], PetscScalar K[16]) {
  static const PetscReal sx[4] = {-1, 1, -1, 1}, sy[4] = {-1, -1, 1, 1};

  for (int a = 0; a < 4; ++a)
    for (int b = 0; b < 4; ++b) {
      const PetscReal xx = sx[a] * sx[b] * (sy[a] == sy[b] ? 1.0 / 3 : 1.0 / 6), yy = sy[a] * sy[b] * (sx[a] == sx[b] ? 1.0 / 3 : 1.0 / 6);

      K[4 * a + b] = S[0] * xx + S[2] * yy + 0.25 * S[1] * (sx[a] * sy[b] + sy[a] * sx[b]);
    }
}

static PetscErrorCode assemble(DM vertices, PetscInt n, PetscReal ratio, Mat A, Vec b) {
  PetscInt ys, ym, my, n_held = 0, *held;
  ISLocalToGlobalMapping local;
  Vec x;

  PetscFunctionBeginUser;
  PetscCall(DMDAGetCorners(vertices, NULL, &ys, NULL, NULL, &ym, NULL));
  PetscCall(DMDAGetInfo(vertices, NULL, NULL, &my, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL));
  for (PetscInt j = ys; j < PetscMin(ys + ym, my - 1); ++j)
    for (PetscInt i = 0; i < n; ++i) {
      const MatStencil at[4] = {{.i = i, .j = j}, {.i = i + 1, .j = j}, {.i = i, .j = j + 1}, {.i = i + 1, .j = j + 1}};
      PetscReal S[3];
      PetscScalar K[16];

      tensor(10 * ((PetscReal)i + 0.5) / (PetscReal)n, 10 * ((PetscReal)j + 0.5) / (PetscReal)n, ratio, S);
      element(S, K);
      PetscCall(MatSetValuesStencil(A, 4, at, 4, at, K, ADD_VALUES));
    }
  PetscCall(MatAssemblyBegin(A, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(A, MAT_FINAL_ASSEMBLY));
  /* 1 V on the left edge, the right one grounded */
  PetscCall(VecDuplicate(b, &x));
  PetscCall(PetscMalloc1(2 * ym, &held));
  PetscCall(DMGetLocalToGlobalMapping(vertices, &local));
  for (PetscInt j = ys; j < ys + ym; ++j)
    for (PetscInt side = 0; side < 2; ++side) {
      PetscInt gys, gxs, gxm;

      PetscCall(DMDAGetGhostCorners(vertices, &gxs, &gys, NULL, &gxm, NULL, NULL));
      held[n_held] = (j - gys) * gxm + side * n - gxs;
      PetscCall(ISLocalToGlobalMappingApply(local, 1, &held[n_held], &held[n_held]));
      PetscCall(VecSetValue(x, held[n_held++], side ? 0.0 : 1.0, INSERT_VALUES));
    }
  PetscCall(VecAssemblyBegin(x));
  PetscCall(VecAssemblyEnd(x));
  PetscCall(MatZeroRowsColumns(A, n_held, held, 1.0, x, b));
  PetscCall(PetscFree(held));
  PetscCall(VecDestroy(&x));
  PetscFunctionReturn(0);
}

static PetscErrorCode solve(PetscInt n, PetscReal ratio) {
  PetscReal start, assembled;
  PetscInt iterations, levels = 1;
  DM vertices;
  Mat A;
  Vec b, x;
  KSP ksp;
  PC pc;

  PetscFunctionBeginUser;
  while (n % (1 << levels) == 0 && n >> levels >= 4) ++levels;
  PetscCall(DMDACreate2d(PETSC_COMM_WORLD, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE, DMDA_STENCIL_BOX, n + 1, n + 1, 1, PETSC_DECIDE, 1, 1, NULL, NULL,
                         &vertices));
  PetscCall(DMSetUp(vertices));
  PetscCall(DMSetMatType(vertices, MATAIJ));
  start = MPI_Wtime();
  PetscCall(DMCreateMatrix(vertices, &A));
  PetscCall(DMCreateGlobalVector(vertices, &b));
  PetscCall(VecDuplicate(b, &x));
  PetscCall(assemble(vertices, n, ratio, A, b));
  assembled = MPI_Wtime();
  PetscCall(KSPCreate(PETSC_COMM_WORLD, &ksp));
  PetscCall(KSPSetDM(ksp, vertices));
  PetscCall(KSPSetDMActive(ksp, PETSC_FALSE));
  PetscCall(KSPSetOperators(ksp, A, A));
  PetscCall(KSPSetType(ksp, KSPCG));
  PetscCall(KSPSetNormType(ksp, KSP_NORM_UNPRECONDITIONED));
  PetscCall(KSPSetTolerances(ksp, 1e-10, PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT));
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(PCSetType(pc, PCMG));
  PetscCall(PCMGSetLevels(pc, levels, NULL));
  PetscCall(PCMGSetGalerkin(pc, PC_MG_GALERKIN_BOTH));
  for (PetscInt level = 1; level < levels; ++level) {
    KSP smoother;
    PC sor;

    PetscCall(PCMGGetSmoother(pc, level, &smoother));
    PetscCall(KSPSetType(smoother, KSPRICHARDSON));
    PetscCall(KSPGetPC(smoother, &sor));
    PetscCall(PCSetType(sor, PCSOR));
    PetscCall(PCSORSetSymmetric(sor, SOR_LOCAL_SYMMETRIC_SWEEP));
    PetscCall(KSPSetTolerances(smoother, PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT, 1));
  }
  PetscCall(KSPSetFromOptions(ksp));
  PetscCall(KSPSolve(ksp, b, x));
  PetscCall(KSPGetIterationNumber(ksp, &iterations));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "PETSc's own multigrid, %d x %d, edges, a %.2f: %.4f s (assembly %.4f s of it), %d iterations\n", (int)n,
                        (int)n, (double)ratio, (double)(MPI_Wtime() - start), (double)(assembled - start), (int)iterations));
  PetscCall(KSPDestroy(&ksp));
  PetscCall(MatDestroy(&A));
  PetscCall(VecDestroy(&b));
  PetscCall(VecDestroy(&x));
  PetscCall(DMDestroy(&vertices));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscInt n = 512;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-n", &n, NULL));
  PetscCall(solve(n, 0.04));
  PetscCall(solve(n, 1.5));
  return PetscFinalize();
}
