/* The V-cycle of src/numerics/multigrid against preconditioners of PETSc on an assembled matrix, in a film driven by its own current: 20 updates, each turning
   m by up to 0.003 rad, a new operator, and a solve from the previous solution to the same true residual of 1e-10. Conjugate gradients all of them.

     pcmg       geometric multigrid of the DMDA, Galerkin coarse operators, one symmetric SOR sweep before and after, LU on the coarsest level
     gamg       PETSc's smoothed aggregation; "aggregates kept": with -pc_gamg_reuse_interpolation
     boomeramg  hypre's classical algebraic multigrid, where PETSc has it
   "set up anew": for every operator; "kept": that of the first operator for all 20. Ours renews its coarse levels when it pays (src/transport/solver.c).
   An assembled matrix starts from the same couplings, which transport fills row by row (their CPU time is in all columns); they are put into the matrix by
   MatSetValuesCOO, the fastest way PETSc has. CPU time per update on one rank; "first": the first solution from zero, creation included.
   -n CELLS changes the size. transport/transport_impl.h: the couplings of the operator, which the matrices of PETSc are assembled from. */
#include "cpu_time.h"
#include "transport/transport_impl.h"
#include "transport_film.h"
#include <hopfilm/petsc_versions.h>

enum { UPDATES = 20 };
static const PetscReal V[2] = {1, 0};

typedef struct {
  const char *name, *pc;
  PetscBool kept, reuse_aggregates;
} Way;
static const Way WAYS[] = {{"pcmg, set up anew", PCMG, PETSC_FALSE, PETSC_FALSE},   {"pcmg, kept", PCMG, PETSC_TRUE, PETSC_FALSE},
                           {"gamg, set up anew", PCGAMG, PETSC_FALSE, PETSC_FALSE}, {"gamg, aggregates kept", PCGAMG, PETSC_FALSE, PETSC_TRUE},
                           {"gamg, kept", PCGAMG, PETSC_TRUE, PETSC_FALSE},         {"boomeramg, set up anew", PCHYPRE, PETSC_FALSE, PETSC_FALSE},
                           {"boomeramg, kept", PCHYPRE, PETSC_TRUE, PETSC_FALSE}};
enum { N_WAYS = PETSC_STATIC_ARRAY_LENGTH(WAYS) };

typedef struct {
  const Way *way;
  Mat A;
  PetscScalar *values; /* 9 per vertex */
  Vec x;
  KSP ksp;
  PetscReal first, total; /* s */
  PetscInt iterations, last;
} Solver;

/* The couplings of a vertex in both directions, in the order of `couple`. */
static const PetscInt TO[4][2] = {{1, 0}, {0, 1}, {1, 1}, {-1, 1}};

static PetscErrorCode create_matrix(HfPotential p, Solver *s) {
  const PetscInt n = p->rows->n, n_rows = p->rows->n_rows, size = n * n_rows;
  PetscInt *row, *column;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(9 * size, &s->values));
  PetscCall(PetscMalloc2(9 * size, &row, 9 * size, &column));
  for (PetscInt k = 0; k < size; ++k) {
    row[9 * k] = column[9 * k] = k;
    for (int c = 0; c < 4; ++c) {
      const PetscInt i = k % n + TO[c][0], j = k / n + TO[c][1], other = i >= 0 && i < n && j < n_rows ? j * n + i : -1; /* -1: ignored */

      row[9 * k + 1 + 2 * c] = column[9 * k + 2 + 2 * c] = other < 0 ? -1 : k;
      row[9 * k + 2 + 2 * c] = column[9 * k + 1 + 2 * c] = other;
    }
  }
  PetscCall(MatCreate(PETSC_COMM_WORLD, &s->A));
  PetscCall(MatSetSizes(s->A, size, size, size, size));
  PetscCall(MatSetType(s->A, MATAIJ));
  PetscCall(MatSetPreallocationCOO(s->A, 9 * size, row, column));
  PetscCall(MatSetOption(s->A, MAT_SPD, PETSC_TRUE));
  PetscCall(PetscFree2(row, column));
  PetscFunctionReturn(0);
}

static PetscErrorCode assemble(HfPotential p, Solver *s) {
  const PetscInt n = p->rows->n;
  PetscScalar *value = s->values;

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < p->rows->n_rows; ++j) {
    const HfStencilRow A = HfMultigridRow(p->multigrid, j);

    for (PetscInt i = 0; i < n; ++i, value += 9) {
      value[0] = A.D[i] > 0 ? A.D[i] : 1; /* held */
      value[1] = value[2] = A.E[i];
      value[3] = value[4] = A.N[i];
      value[5] = value[6] = A.NE[i];
      value[7] = value[8] = A.NW[i];
    }
  }
  PetscCall(MatSetValuesCOO(s->A, s->values, INSERT_VALUES));
  PetscFunctionReturn(0);
}

static PetscErrorCode create_pcmg(PC pc, PetscInt cells) {
  PetscInt levels = 1;

  PetscFunctionBeginUser;
  while (cells % (1 << levels) == 0 && cells >> levels >= 4) ++levels;
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
  PetscFunctionReturn(0);
}

static PetscErrorCode create_solver(HfPotential p, PetscInt cells, Solver *s) {
  DM vertices;
  PC pc;

  PetscFunctionBeginUser;
  PetscCall(create_matrix(p, s));
  PetscCall(VecDuplicate(p->b, &s->x));
  PetscCall(VecZeroEntries(s->x));
  PetscCall(KSPCreate(PETSC_COMM_WORLD, &s->ksp));
  PetscCall(HfGridGetVertices(p->grid, &vertices));
  PetscCall(KSPSetDM(s->ksp, vertices));
  PetscCall(HfKSPIgnoreDM(s->ksp));
  PetscCall(KSPSetOperators(s->ksp, s->A, s->A));
  PetscCall(KSPSetType(s->ksp, KSPCG));
  PetscCall(KSPSetNormType(s->ksp, KSP_NORM_UNPRECONDITIONED));
  PetscCall(KSPSetInitialGuessNonzero(s->ksp, PETSC_TRUE));
  PetscCall(KSPSetTolerances(s->ksp, 1e-10, PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT));
  PetscCall(KSPGetPC(s->ksp, &pc));
  PetscCall(PCSetType(pc, s->way->pc));
  if (!strcmp(s->way->pc, PCMG)) PetscCall(create_pcmg(pc, cells));
  if (!strcmp(s->way->pc, PCGAMG)) PetscCall(PCGAMGSetReuseInterpolation(pc, s->way->reuse_aggregates));
  PetscCall(KSPSetFromOptions(s->ksp));
  PetscFunctionReturn(0);
}

/* Its part of an update: the matrix of the present operator, set-up and solve. b and x of our own solve are in the potential. */
static PetscErrorCode update(HfPotential p, PetscInt cells, PetscInt step, PetscReal filled, Solver *s) {
  KSPConvergedReason reason;
  PetscReal t = now_s(), norm, largest;
  Vec difference;

  PetscFunctionBeginUser;
  if (step == 0) PetscCall(create_solver(p, cells, s));
  PetscCall(assemble(p, s));
  PetscCall(KSPSetOperators(s->ksp, s->A, s->A));
  PetscCall(KSPSetReusePreconditioner(s->ksp, (PetscBool)(step > 0 && s->way->kept)));
  PetscCall(KSPSolve(s->ksp, p->b, s->x));
  t = now_s() - t + filled;
  PetscCall(KSPGetConvergedReason(s->ksp, &reason));
  PetscCall(KSPGetIterationNumber(s->ksp, &s->last));
  PetscCheck(reason > 0, PETSC_COMM_WORLD, PETSC_ERR_NOT_CONVERGED, "%s does not converge", s->way->name);
  PetscCall(VecDuplicate(s->x, &difference)); /* the same equations */
  PetscCall(VecWAXPY(difference, -1, p->x, s->x));
  PetscCall(VecNorm(difference, NORM_INFINITY, &norm));
  PetscCall(VecNorm(p->x, NORM_INFINITY, &largest));
  PetscCheck(norm < 1e-7 * largest, PETSC_COMM_WORLD, PETSC_ERR_PLIB, "%s: another solution, by %g", s->way->name, (double)(norm / largest));
  PetscCall(VecDestroy(&difference));
  if (step == 0)
    s->first = t;
  else {
    s->total += t;
    s->iterations += s->last;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode print(const char name[], PetscReal first, PetscReal total, PetscInt iterations, PetscReal our_first, PetscReal our_total) {
  PetscFunctionBeginUser;
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %-24s first %8.1f ms, ratio %5.2f;  update %8.1f ms, %5.1f iterations, ratio %5.2f\n", name,
                        1e3 * (double)first, (double)(first / our_first), 1e3 * (double)total / UPDATES, (double)iterations / UPDATES,
                        (double)(total / our_total)));
  PetscFunctionReturn(0);
}

static PetscErrorCode compare(PetscInt n, PetscReal ratio) {
  Solver solvers[N_WAYS] = {{0}};
  PetscReal first = 0, total = 0;
  PetscInt iterations = 0;
  char electrodes[512];
  HfPotential p = NULL;
  BenchFilm film;
  Vec m, phi = NULL;

  PetscFunctionBeginUser;
  PetscCall(bench_film_edges(n, n, sizeof(electrodes), electrodes));
  PetscCall(bench_film_create(n, n, ratio, electrodes, &film));
  PetscCall(HfGridCreateCellVec(film.grid, 3, &m));
  for (PetscInt step = 0; step <= UPDATES; ++step) {
    PetscReal start, filled, solved;
    PetscInt last;

    PetscCall(bench_film_texture(film.grid, 1e-3 * (PetscReal)step, m));
    start = now_s();
    if (step == 0) {
      PetscCall(HfPotentialCreateFilm(film.grid, film.electrodes, film.deck, &p));
      PetscCall(HfPotentialCreateVector(p, &phi));
    }
    PetscCall(HfPotentialSetMagnetization(p, m));
    filled = now_s() - start;
    PetscCall(HfPotentialSolve(p, V, phi, NULL));
    solved = now_s() - start;
    HfPotentialStatistics(p, NULL, NULL, &last);
    if (step == 0)
      first = solved;
    else {
      total += solved;
      iterations += last;
    }
    for (PetscInt k = 0; k < (PetscInt)N_WAYS; ++k) {
#if !defined(PETSC_HAVE_HYPRE)
      if (!strcmp(WAYS[k].pc, PCHYPRE)) continue;
#endif
      solvers[k].way = &WAYS[k];
      PetscCall(update(p, n, step, filled, &solvers[k]));
    }
  }
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%d x %d cells, AMR ratio %.2f\n", (int)n, (int)n, (double)ratio));
  PetscCall(print("V-cycle of hopfilm", first, total, iterations, first, total));
  for (PetscInt k = 0; k < (PetscInt)N_WAYS; ++k) {
    if (!solvers[k].ksp) continue;
    PetscCall(print(WAYS[k].name, solvers[k].first, solvers[k].total, solvers[k].iterations, first, total));
    PetscCall(KSPDestroy(&solvers[k].ksp));
    PetscCall(MatDestroy(&solvers[k].A));
    PetscCall(VecDestroy(&solvers[k].x));
    PetscCall(PetscFree(solvers[k].values));
  }
  PetscCall(VecDestroy(&m));
  PetscCall(VecDestroy(&phi));
  PetscCall(HfPotentialDestroy(&p));
  PetscCall(bench_film_destroy(&film));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscInt n = 0;
  PetscMPIInt size;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  PetscCheck(size == 1, PETSC_COMM_WORLD, PETSC_ERR_SUP, "on one rank");
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-n", &n, NULL));
  for (PetscInt cells = n ? n : 256; cells <= (n ? n : 512); cells *= 2) {
    PetscCall(compare(cells, 0.04));
    PetscCall(compare(cells, 1.5));
  }
  return PetscFinalize();
}
