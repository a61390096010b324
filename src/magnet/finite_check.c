/* Checks that keep a state that is not finite, or whose m is not of length 1, from being taken for a result or saved as the last good state; and the faults
   that say where it went wrong. */
#include "magnet_impl.h"

#define LENGTH 1e-9 /* by which |m| may differ from 1; integration leaves only round-off */

/* The term whose energy is not a finite number; "no term" when all are. Collective. */
static PetscErrorCode find_term(HfMagnet magnet, PetscReal t, Vec m, const char **name) {
  PetscReal *energies;

  PetscFunctionBeginUser;
  *name = "no term";
  PetscCall(PetscCalloc1(magnet->n_terms + 1, &energies));
  PetscCall(HfMagnetEnergies(magnet, t, m, energies));
  for (PetscInt k = HfMagnetTermCount(magnet) - 1; k >= 0; --k)
    if (PetscIsInfOrNanReal(energies[k])) *name = HfMagnetTermName(magnet, k);
  PetscCall(PetscFree(energies));
  PetscFunctionReturn(0);
}

/* Raises the fault. Collective; HF_ERR_DIVERGED. */
static PetscErrorCode report(HfMagnet magnet, PetscReal t, PetscInt cell, const char *what, const char *term, const char *trouble) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const PetscInt i = cell % g->nx, j = cell / g->nx;

  PetscFunctionBeginUser;
  PetscFunctionReturn(HfFault(HfGridComm(magnet->film.grid), HF_ERR_DIVERGED,
                              "%s at t = %.9g s in cell (%" PetscInt_FMT ", %" PetscInt_FMT ") at x = %g m, y = %g m; %s %s", what, (double)t, i, j,
                              (double)(g->x0 + ((PetscReal)i + 0.5) * g->dx), (double)(g->y0 + ((PetscReal)j + 0.5) * g->dy), term, trouble));
}

PetscErrorCode HfMagnetReportCell(HfMagnet magnet, PetscReal t, Vec m, PetscInt cell, const char *what) {
  const char *term;

  PetscFunctionBeginUser;
  PetscCall(find_term(magnet, t, m, &term));
  PetscFunctionReturn(report(magnet, t, cell, what, term, "has an energy that is not finite"));
}

/* The cell whose m turns fastest. Collective. */
static PetscErrorCode find_fastest(HfMagnet magnet, Vec rate, PetscInt *cell) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  PetscReal most[2] = {-1, 0}; /* largest |dm/dt|^2: mine, of all */
  PetscInt mine = 0;
  const PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(rate, &a));
  for (PetscInt k = 0; k < g->xm * g->ym; ++k) {
    const PetscReal square = PetscSqr(a[3 * k]) + PetscSqr(a[3 * k + 1]) + PetscSqr(a[3 * k + 2]);
    if (square > most[0]) most[0] = square, mine = (PetscInt)HfCellNumber(g, k % g->xm, g->ys + k / g->xm);
  }
  PetscCall(VecRestoreArrayRead(rate, &a));
  PetscCallMPI(MPI_Allreduce(&most[0], &most[1], 1, MPIU_REAL, MPIU_MAX, HfGridComm(magnet->film.grid)));
  if (most[0] < most[1]) mine = PETSC_MAX_INT;
  PetscCallMPI(MPI_Allreduce(&mine, cell, 1, MPIU_INT, MPI_MIN, HfGridComm(magnet->film.grid)));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetReportRise(HfMagnet magnet, PetscReal t, Vec before, Vec after, Vec rate) {
  const PetscInt n = HfMagnetTermCount(magnet);
  PetscReal *energies;
  PetscInt cell, worst = 0;
  const char *name;

  PetscFunctionBeginUser;
  PetscCall(find_fastest(magnet, rate, &cell));
  PetscCall(PetscCalloc1(2 * n + 1, &energies));
  PetscCall(HfMagnetEnergies(magnet, t, before, energies));
  PetscCall(HfMagnetEnergies(magnet, t, after, energies + n));
  for (PetscInt k = 1; k < n; ++k)
    if (energies[n + k] - energies[k] > energies[n + worst] - energies[worst]) worst = k;
  name = n ? HfMagnetTermName(magnet, worst) : "no term";
  PetscCall(PetscFree(energies));
  PetscFunctionReturn(report(magnet, t, cell, "the energy rises in a relaxation, with the largest torque", name,
                             "rises most: a field and its energy do not belong together"));
}

PetscErrorCode HfMagnetGuard(HfMagnet magnet, PetscReal t, Vec m) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  PetscInt first[2] = {PETSC_MAX_INT, PETSC_MAX_INT}; /* cells, global numbers: not finite; not of length 1 */
  const PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(m, &a));
  for (PetscInt j = 0; j < g->ym; ++j) {
    const HfRowCells *cells = HfRowsGet(magnet->rows, g->ys + j);

    for (PetscInt k = 0; k < cells->n_runs; ++k)
      for (PetscInt i = cells->runs[k].i; i < cells->runs[k].i + cells->runs[k].n; ++i) {
        const PetscScalar *v = a + 3 * (j * g->xm + i);
        const PetscReal length = PetscSqrtReal(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        const PetscInt cell = (PetscInt)HfCellNumber(g, i, g->ys + j);

        if (PetscIsInfOrNanReal(length))
          first[0] = PetscMin(first[0], cell);
        else if (PetscAbsReal(length - 1) > LENGTH)
          first[1] = PetscMin(first[1], cell);
      }
  }
  PetscCall(VecRestoreArrayRead(m, &a));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, first, 2, MPIU_INT, MPI_MIN, HfGridComm(magnet->film.grid)));
  if (first[0] < PETSC_MAX_INT) PetscFunctionReturn(HfMagnetReportCell(magnet, t, m, first[0], "the magnetization is not finite"));
  if (first[1] < PETSC_MAX_INT) PetscFunctionReturn(HfMagnetReportCell(magnet, t, m, first[1], "|m| is not 1"));
  PetscFunctionReturn(0);
}
