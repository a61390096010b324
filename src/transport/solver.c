/* A x = b on the vertices that no electrode holds: conjugate gradients, preconditioned by one multigrid V-cycle (multigrid.c). With Hall currents A has an
   antisymmetric part (hall.c): flexible GMRES then, preconditioned by the same V-cycle of the symmetric part, which is close to A while Hall angles are small.

   Convergence is judged by the true residual norm relative to that of b. The coarse levels are lagged: they stay those of an earlier operator (the
   finest level is always the present one) until they cost more iterations than they save. Hestenes and Stiefel, J. Res. NBS 49, 409 (1952);
   Saad, SIAM J. Sci. Comput. 14, 461 (1993). */
#include "transport_impl.h"

/* Renew the coarse levels when an iteration gains less than this part of the digits it gained right after the set-up. */
static const PetscReal WORN = 0.75;
enum { MAX_ITERATIONS = 200, PATIENCE = 40 /* iterations with lagged levels */ };

static PetscErrorCode mult(Mat A, Vec x, Vec y) {
  HfPotential p;
  PetscScalar *to;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(A, &p));
  PetscCall(HfPotentialLoad(p, x)); /* phi is free while equations are solved */
  PetscCall(VecGetArrayWrite(y, &to));
  HfMultigridMult(p->multigrid, p->phi, to);
  HfSeamUnground(p, to);
  if (p->sigma.hall) HfHallMult(p, to);
  PetscCall(HfSeamFold(p, to));
  PetscCall(VecRestoreArrayWrite(y, &to));
  PetscFunctionReturn(0);
}

static PetscErrorCode precondition(PC pc, Vec b, Vec x) {
  HfPotential p;
  const PetscScalar *from;
  PetscScalar *to;

  PetscFunctionBeginUser;
  PetscCall(PCShellGetContext(pc, &p));
  if (p->shared) {
    PetscCall(VecCopy(b, p->shared));
    PetscCall(VecGetArray(p->shared, &to));
    PetscCall(HfSeamShare(p, to));
    PetscCall(VecRestoreArray(p->shared, &to));
    b = p->shared;
  }
  PetscCall(VecGetArrayRead(b, &from));
  PetscCall(VecGetArrayWrite(x, &to));
  PetscCall(HfMultigridApply(p->multigrid, from, to));
  if (p->shared) PetscCall(HfSeamMean(p, to));
  PetscCall(VecRestoreArrayRead(b, &from));
  PetscCall(VecRestoreArrayWrite(x, &to));
  PetscFunctionReturn(0);
}

PetscErrorCode HfSolverCreate(HfPotential p, const char prefix[]) {
  MPI_Comm comm = HfGridComm(p->grid);
  Mat A;
  PC pc;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreateVertexVec(p->grid, &p->b));
  PetscCall(VecDuplicate(p->b, &p->x));
  PetscCall(VecDuplicate(p->b, &p->start));
  if (HfSeamExists(p->grid)) {
    PetscCall(VecDuplicate(p->b, &p->shared));
    PetscCall(PetscMalloc2(p->rows->n, &p->seam_row, p->n_owned, &p->seam_weights));
    PetscCall(HfIslandSeams(p->electrodes, &p->n_grounded, &p->grounded));
  }
  PetscCall(MatCreateShell(comm, p->n_owned, p->n_owned, PETSC_DECIDE, PETSC_DECIDE, p, &A));
  PetscCall(MatShellSetOperation(A, MATOP_MULT, (void (*)(void))mult));
  PetscCall(MatSetOption(A, MAT_SPD, p->sigma.hall ? PETSC_FALSE : PETSC_TRUE));
  PetscCall(KSPCreate(comm, &p->ksp));
  PetscCall(KSPSetOptionsPrefix(p->ksp, prefix));
  PetscCall(KSPSetOperators(p->ksp, A, A));
  PetscCall(KSPSetType(p->ksp, p->sigma.hall ? KSPFGMRES : KSPCG));
  PetscCall(KSPSetNormType(p->ksp, KSP_NORM_UNPRECONDITIONED));
  PetscCall(KSPSetInitialGuessNonzero(p->ksp, PETSC_TRUE));
  PetscCall(KSPGetPC(p->ksp, &pc));
  PetscCall(PCSetType(pc, PCSHELL));
  PetscCall(PCShellSetContext(pc, p));
  PetscCall(PCShellSetApply(pc, precondition));
  PetscCall(PCShellSetName(pc, "multigrid V-cycle, Galerkin, four-colour Gauss-Seidel"));
  PetscCall(KSPSetTolerances(p->ksp, p->tolerance, PETSC_DEFAULT, PETSC_DEFAULT, MAX_ITERATIONS));
  PetscCall(KSPSetFromOptions(p->ksp));
  PetscCall(KSPGetTolerances(p->ksp, &p->tolerance, NULL, NULL, &p->max_iterations));
  PetscCall(KSPSetResidualHistory(p->ksp, NULL, p->max_iterations + 1, PETSC_TRUE));
  PetscCall(MatDestroy(&A));
  PetscFunctionReturn(0);
}

PetscErrorCode HfSolverOperatorChanged(HfPotential p) {
  PetscFunctionBeginUser;
  PetscCall(HfCutSigmaTake(p));
  HfStiffnessAssemble(p);
  PetscCall(HfSeamWeigh(p));
  HfSeamGround(p);
  PetscCall(HfMultigridOperatorChanged(p->multigrid));
  p->lagged = PETSC_TRUE;
  ++p->operator_version;
  PetscFunctionReturn(0);
}

static PetscErrorCode try_solve(HfPotential p, PetscInt max_iterations, KSPConvergedReason *reason, PetscReal *digits) {
  const PetscReal *history;
  PetscInt n, iterations;

  PetscFunctionBeginUser;
  PetscCall(KSPSetTolerances(p->ksp, p->tolerance, PETSC_DEFAULT, PETSC_DEFAULT, max_iterations));
  PetscCall(KSPSolve(p->ksp, p->b, p->x));
  PetscCall(KSPGetConvergedReason(p->ksp, reason));
  PetscCall(KSPGetIterationNumber(p->ksp, &iterations));
  p->last_iterations += iterations;
  PetscCall(KSPGetResidualHistory(p->ksp, &history, &n));
  if (*reason == KSP_CONVERGED_ATOL && n && history[n - 1] > 0) *reason = KSP_DIVERGED_BREAKDOWN; /* PETSc's word for directions that vanish */
  *digits = n > 1 && history[n - 1] > 0 ? PetscLog10Real(history[0] / history[n - 1]) / (PetscReal)(n - 1) : 0;
  PetscFunctionReturn(0);
}

PetscErrorCode HfSolverRenew(HfPotential p) {
  PetscFunctionBeginUser;
  if (p->film) {
    p->for_saturated = p->m ? PETSC_FALSE : PETSC_TRUE;
    if (p->m && !p->made_for) PetscCall(VecDuplicate(p->m, &p->made_for));
    if (p->m) PetscCall(VecCopy(p->m, p->made_for));
  }
  PetscCall(HfMultigridSetUp(p->multigrid));
  p->set_up = PETSC_TRUE;
  p->lagged = p->worn = PETSC_FALSE;
  PetscFunctionReturn(0);
}

PetscErrorCode HfSolverSolve(HfPotential p) {
  KSPConvergedReason reason;
  PetscReal digits;

  PetscFunctionBeginUser;
  PetscCall(HfProfileBegin(HF_PROFILE_POTENTIAL));
  p->last_iterations = 0;
  if (!p->set_up || (p->lagged && p->worn)) PetscCall(HfSolverRenew(p));
  if (p->lagged) PetscCall(VecCopy(p->x, p->start));
  PetscCall(try_solve(p, p->lagged ? PetscMin(PATIENCE, p->max_iterations) : p->max_iterations, &reason, &digits));
  if (p->lagged && reason < 0) { /* too far from the operator they were made for */
    PetscCall(VecCopy(p->start, p->x));
    PetscCall(HfSolverRenew(p));
    PetscCall(try_solve(p, p->max_iterations, &reason, &digits));
  }
  if (p->lagged)
    p->worn = (PetscBool)(p->last_iterations >= 3 && digits < WORN * p->digits); /* renewed before the next solve */
  else if (p->last_iterations >= 3) /* the rate of a shorter solve is no measure: that of the set-up before stays */
    p->digits = digits;
  ++p->solves;
  p->iterations += p->last_iterations;
  PetscCall(HfProfileEnd(HF_PROFILE_POTENTIAL));
  if (reason < 0) {
    PetscReal residual, norm;

    PetscCall(KSPGetResidualNorm(p->ksp, &residual));
    PetscCall(VecNorm(p->b, NORM_2, &norm));
    return HfFault(HfGridComm(p->grid), HF_ERR_DIVERGED,
                   "the potential did not converge: relative residual %.3g after %" PetscInt_FMT " iterations, potential.tolerance is %.3g (%s)",
                   (double)(residual / norm), p->last_iterations, (double)p->tolerance, KSPConvergedReasons[reason]);
  }
  PetscFunctionReturn(0);
}
