/* Demagnetizing field of the whole film, `demag: full`: the magnetostatic field of uniformly magnetized cells, averaged over each cell.

     E = -mu0 Ms m.H/2,   H(r) = -sum over cells r' of N(r - r') Ms(r') m(r')
   N: Newell's tensor (newell.c); the sum is a convolution by FFT over all cells; void cells have no moment.
   Source: Newell, Williams and Dunlop, J. Geophys. Res. 98, 9551 (1993). */
#include "../newell.h"
#include "../term.h"

typedef struct {
  HfConvolution convolution;
  Vec field;               /* H relative to `unit` */
  Vec moment;              /* Ms m, where regions differ in Ms; NULL: m itself is convolved */
  const PetscScalar *rows; /* of `field` on this rank */
  PetscReal unit;          /* A/m */
  PetscReal across;        /* N_zz of the film magnetized along z, its average */
} Demag;

PetscBool HfMagnetSettingsFullDemag(HfDeck deck) { return (PetscBool)!strcmp(HfText(HfDeckRoot(deck), "demag"), "full"); }

static PetscErrorCode kernel(PetscReal x, PetscReal y, void *context, PetscReal K[]) {
  const HfGridInfo *g = (const HfGridInfo *)context;
  PetscReal N[4];

  PetscFunctionBeginUser;
  HfNewell(x, y, g->dx, g->dy, g->thickness, N);
  PetscCall(PetscArrayzero(K, 9));
  K[0] = -N[0];
  K[1] = K[3] = -N[1];
  K[4] = -N[2];
  K[8] = -N[3];
  PetscFunctionReturn(0);
}

/* demag->across: minus the mean of M.H/M^2 of a film magnetized along z. */
static PetscErrorCode measure_across(const HfFilm *film, Demag *demag) {
  const HfGridInfo *g = HfGridGetInfo(film->grid);
  const int8_t *regions = HfGridRegions(film->grid);
  PetscReal sums[2] = {0, 0}; /* of -M.H and of M^2 */
  const PetscScalar *H;
  PetscScalar *a;
  Vec z;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreateCellVec(film->grid, 3, &z));
  PetscCall(VecGetArrayWrite(z, &a));
  for (PetscInt k = 0; k < g->nx * g->ym; ++k) {
    const PetscInt region = HfRegionAt(g, regions, k % g->nx, g->ys + k / g->nx);
    a[3 * k] = a[3 * k + 1] = 0;
    a[3 * k + 2] = region < 0 ? 0 : film->materials[region].Ms / demag->unit;
  }
  PetscCall(VecRestoreArrayWrite(z, &a));
  PetscCall(HfConvolutionApply(demag->convolution, z, demag->field));
  PetscCall(VecGetArrayRead(z, (const PetscScalar **)&a));
  PetscCall(VecGetArrayRead(demag->field, &H));
  for (PetscInt k = 2; k < 3 * g->nx * g->ym; k += 3) {
    sums[0] -= a[k] * H[k];
    sums[1] += a[k] * a[k];
  }
  PetscCall(VecRestoreArrayRead(demag->field, &H));
  PetscCall(VecRestoreArrayRead(z, (const PetscScalar **)&a));
  PetscCall(VecDestroy(&z));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPIU_REAL, MPIU_SUM, HfGridComm(film->grid)));
  demag->across = sums[0] / sums[1];
  PetscFunctionReturn(0);
}

static PetscErrorCode settings(HfTerm *term) {
  const HfFilm *film = term->film;
  PetscBool full, same = PETSC_TRUE;
  Demag *demag;

  PetscFunctionBeginUser;
  PetscCall(PetscStrcmp(HfText(HfDeckRoot(film->deck), "demag"), "full", &full));
  if (!full) PetscFunctionReturn(0);
  PetscCall(PetscNew(&demag));
  term->state = demag;
  demag->unit = film->materials[0].Ms;
  for (PetscInt r = 1; r < film->n_regions; ++r) same = same && film->materials[r].Ms == demag->unit ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(HfGridCreateCellVec(film->grid, 3, &demag->field));
  if (!same) {
    demag->unit = 1.0;
    PetscCall(HfGridCreateCellVec(film->grid, 3, &demag->moment));
  }
  PetscCall(HfConvolutionCreate(film->grid, 3, 3, kernel, (void *)(uintptr_t)HfGridGetInfo(film->grid), &demag->convolution));
  PetscCall(measure_across(film, demag));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(HfTerm *term) {
  Demag *demag = term->state;

  PetscFunctionBeginUser;
  if (!demag) PetscFunctionReturn(0);
  PetscCall(HfConvolutionDestroy(&demag->convolution));
  PetscCall(VecDestroy(&demag->field));
  PetscCall(VecDestroy(&demag->moment));
  PetscCall(PetscFree(term->state));
  PetscFunctionReturn(0);
}

static PetscErrorCode region_settings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  PetscFunctionBeginUser;
  p[0] = term->film->materials[region].Ms;
  *active = (PetscBool)(term->state != NULL);
  PetscFunctionReturn(0);
}

static PetscErrorCode check(const HfTerm *term, PetscInt region) {
  PetscFunctionBeginUser;
  PetscCall(HfCheckExchangeLength(term->film, region));
  PetscFunctionReturn(0);
}

/* Ms m of the owned cells. */
static PetscErrorCode weigh(const HfFilm *film, const Demag *demag, Vec m) {
  const HfGridInfo *g = HfGridGetInfo(film->grid);
  const int8_t *regions = HfGridRegions(film->grid);
  const PetscScalar *from;
  PetscScalar *to;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(m, &from));
  PetscCall(VecGetArrayWrite(demag->moment, &to));
  for (PetscInt j = 0; j < g->ym; ++j)
    for (PetscInt i = 0; i < g->nx; ++i) {
      const PetscInt cell = 3 * (j * g->nx + i), region = HfRegionAt(g, regions, i, g->ys + j);
      for (PetscInt c = 0; c < 3; ++c) to[cell + c] = region < 0 ? 0.0 : film->materials[region].Ms * from[cell + c];
    }
  PetscCall(VecRestoreArrayWrite(demag->moment, &to));
  PetscCall(VecRestoreArrayRead(m, &from));
  PetscFunctionReturn(0);
}

static PetscErrorCode prepare(HfTerm *term, PetscReal t, Vec m) {
  Demag *demag = term->state;

  PetscFunctionBeginUser;
  if (demag->moment) PetscCall(weigh(term->film, demag, m));
  PetscCall(HfConvolutionApply(demag->convolution, demag->moment ? demag->moment : m, demag->field));
  PetscCall(HfVecRows(demag->field, &demag->rows));
  PetscFunctionReturn(0);
}

HF_KERNEL static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const Demag *demag = term->state;
  const PetscInt n = span->n;
  const PetscReal unit = demag->unit;
  const PetscReal *restrict h = demag->rows + 3 * HfSpanFirstCell(term->film, span);
  PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1], *restrict Hz = span->H[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    Hx[k] += unit * h[3 * k];
    Hy[k] += unit * h[3 * k + 1];
    Hz[k] += unit * h[3 * k + 2];
  }
}

/* -N_zz Ms m_z z: what resists tilting out of the plane, by far the largest local part. */
static void own_part(const HfTerm *term, const PetscReal p[], PetscInt cell, PetscReal K[6]) { K[5] -= ((const Demag *)term->state)->across * p[0]; }

HF_KERNEL static void local_field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscInt n = span->n;
  const PetscReal factor = ((const Demag *)term->state)->across * p[0];
  const PetscReal *restrict mz = span->m[2];
  PetscReal *restrict Hz = span->H[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) Hz[k] -= factor * mz[k];
}

static PetscReal energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const Demag *demag = term->state;
  const PetscReal *h = demag->rows + 3 * HfSpanFirstCell(term->film, span), factor = 0.5 * HF_MU0 * p[0] * demag->unit;
  PetscReal sum = 0;

  for (PetscInt k = 0; k < span->n; ++k) sum -= factor * (span->m[0][k] * h[3 * k] + span->m[1][k] * h[3 * k + 1] + span->m[2][k] * h[3 * k + 2]);
  return sum;
}

/* The eigenvalues of N over the whole film lie between 0 and 1. */
static PetscReal stiffness(const PetscReal p[]) { return p[0]; }

static PetscReal largest_field(const HfTerm *term, PetscInt region, PetscReal from, PetscReal to) { return stiffness(term->p[region]); }

const HfTermType HfTermType_demag = {
    .name = "demag",
    .doc = "E = -mu0 Ms m.H/2 with the magnetostatic field of the whole film, Newell's tensor summed by FFT",
    .citation = "newell-1993",
    .prefix = "",
    .settings = settings,
    .destroy = destroy,
    .region_settings = region_settings,
    .check = check,
    .prepare = prepare,
    .whole = PETSC_TRUE,
    .field = field,
    .energy = energy,
    .own_part = own_part,
    .local_field = local_field,
    .stiffness = stiffness,
    .largest_field = largest_field,
};
