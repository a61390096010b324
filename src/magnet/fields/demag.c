/* Demagnetizing field of the whole film, `demag: full`: the magnetostatic field of uniformly magnetized cells, averaged over each cell.

     E = -mu0 Ms m.H/2,   H(r) = -sum over cells r' of N(r - r') Ms(r') m(r')
   N: Newell's tensor (newell.c), of a periodic film with all images of the cells (image_sum.c); the sum over the other cells is a convolution by FFT; void
   cells have no moment. The FFT is padded with zeros along periodic directions too: the kernel is periodic, and the same code serves both.
   In single precision the error of H is at most 4e-7 Ms and 8e-8 Ms in the mean: films of 64^2 to 1024^2 cells with a thickness of a quarter to fifteen times
   their width, uniform, in a vortex, in stripes and at random (tests/physics/magnet_demag.c).
   Relaxation takes double precision: near an instability a film is at rest within 1e-7 Ms long before it switches.
   Source: Newell, Williams and Dunlop, J. Geophys. Res. 98, 9551 (1993). */
#include "../newell.h"
#include "../term.h"

enum { IMAGES = 8 }; /* on each side of a periodic film, unless the deck says how many */

typedef struct {
  HfConvolution convolution; /* in the precision of the deck */
  HfConvolution exact;       /* in double precision; NULL: not needed so far */
  HfConvolution last;        /* the one of them that belongs to the state prepared last */
  Vec moment;                /* Ms m, where regions differ in Ms; NULL: m itself is convolved */
  HfImageSum images;         /* NULL: the film is not periodic */
  PetscReal own[3];          /* N of a cell with itself: xx, yy, zz */
  PetscReal unit;            /* A/m */
  PetscReal across;          /* N_zz of the film magnetized along z, its average */
  PetscInt j;                /* H relative to `unit` in this row is in H; -1: none */
  PetscReal *H[3];           /* [xm] each */
} Demag;

static const HfKey keys[] = {
    {"demag_precision", HF_CHOICE, NULL, "single", "single|double", 0,
     "Precision of the Fourier transforms of `demag: full` in time steps: single halves their time and memory, with an error of the field below 1e-6 "
     "Ms. "
     "Relaxation always takes double"},
    {"demag_images", HF_INT, NULL, "", "[1,1000]", 0,
     "Images of a film with film.periodic that `demag: full` sums cell by cell, n on each side; what lies beyond is taken as spread evenly. N_zz is "
     "then off by "
     "less than 0.04 (thickness/length) (n + 1/2)^-3, with one periodic direction much less; 8 when left out"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscBool HfMagnetSettingsFullDemag(HfDeck deck) { return (PetscBool)!strcmp(HfText(HfDeckRoot(deck), "demag"), "full"); }
PetscBool HfMagnetSettingsSingleDemag(HfDeck deck) { return (PetscBool)!strcmp(HfText(HfDeckRoot(deck), "demag_precision"), "single"); }

/* -N between two cells; that of a cell with itself is applied without the convolution. */
typedef struct {
  const HfGridInfo *g;
  HfImageSum images;
} Kernel;

static PetscErrorCode kernel(PetscReal x, PetscReal y, void *context, PetscReal K[]) {
  const Kernel *of = context;
  const HfGridInfo *g = of->g;
  PetscReal N[4];

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(K, 9));
  if (x == 0 && y == 0 && !of->images) PetscFunctionReturn(0);
  if (of->images)
    HfImageSumAt(of->images, x, y, N);
  else
    HfNewell(x, y, g->dx, g->dy, g->thickness, N);
  K[0] = -N[0];
  K[1] = K[3] = -N[1];
  K[4] = -N[2];
  K[8] = -N[3];
  PetscFunctionReturn(0);
}

static PetscErrorCode create_convolution(const HfFilm *film, HfImageSum images, HfConvolutionPrecision precision, HfConvolution *convolution) {
  Kernel of = {HfGridGetInfo(film->grid), images};

  PetscFunctionBeginUser;
  PetscCall(HfConvolutionCreate(film->grid, precision, 3, 3, kernel, &of, convolution));
  PetscFunctionReturn(0);
}

/* demag->across: minus the mean of M.H/M^2 of a film magnetized along z. */
static PetscErrorCode measure_across(const HfFilm *film, Demag *demag) {
  const HfGridInfo *g = HfGridGetInfo(film->grid);
  const int8_t *regions = HfGridRegions(film->grid);
  PetscReal sums[2] = {0, 0}; /* of -M.H and of M^2 */
  PetscScalar *a;
  Vec z;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreateCellVec(film->grid, 3, &z));
  PetscCall(VecGetArrayWrite(z, &a));
  for (PetscInt k = 0; k < g->xm * g->ym; ++k) {
    const PetscInt region = HfRegionAt(g, regions, k % g->xm, g->ys + k / g->xm);
    a[3 * k] = a[3 * k + 1] = 0;
    a[3 * k + 2] = region < 0 ? 0 : film->materials[region].Ms / demag->unit;
  }
  PetscCall(VecRestoreArrayWrite(z, &a));
  PetscCall(HfConvolutionConvolve(demag->convolution, z));
  PetscCall(VecGetArrayRead(z, (const PetscScalar **)&a));
  for (PetscInt j = 0; j < g->ym; ++j) {
    HfConvolutionRow(demag->convolution, g->ys + j, demag->H);
    for (PetscInt i = 0; i < g->xm; ++i) {
      const PetscReal moment = a[3 * (j * g->xm + i) + 2];
      sums[0] += moment * (demag->own[2] * moment - demag->H[2][i]);
      sums[1] += moment * moment;
    }
  }
  PetscCall(VecRestoreArrayRead(z, (const PetscScalar **)&a));
  PetscCall(VecDestroy(&z));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPIU_REAL, MPIU_SUM, HfGridComm(film->grid)));
  demag->across = sums[0] / sums[1];
  PetscFunctionReturn(0);
}

/* Images of a periodic film. */
static PetscErrorCode images_settings(const HfFilm *film, HfImageSum *images) {
  const HfGridInfo *g = HfGridGetInfo(film->grid);
  HfNode root = HfDeckRoot(film->deck);
  const PetscBool given = HfHas(root, "demag_images"), periodic = (PetscBool)(g->periodic[0] || g->periodic[1]),
                  full = HfMagnetSettingsFullDemag(film->deck);

  PetscFunctionBeginUser;
  if (given && (!periodic || !full))
    PetscCall(
        HfDeckError(film->deck, HfChild(root, "demag_images"), "demag_images is of a film with %s", periodic ? "`demag: full`" : "film.periodic"));
  if (periodic && full) PetscCall(HfImageSumCreate(film->grid, given ? (PetscInt)HfInteger(root, "demag_images") : IMAGES, images));
  PetscFunctionReturn(0);
}

static PetscErrorCode settings(HfTerm *term) {
  const HfFilm *film = term->film;
  const HfGridInfo *g = HfGridGetInfo(film->grid);
  PetscBool same = PETSC_TRUE;
  PetscReal N[4];
  HfImageSum images = NULL;
  Demag *demag;

  PetscFunctionBeginUser;
  PetscCall(images_settings(film, &images));
  if (!HfMagnetSettingsFullDemag(film->deck)) PetscFunctionReturn(0);
  PetscCall(PetscNew(&demag));
  term->state = demag;
  demag->images = images;
  demag->unit = film->materials[0].Ms;
  for (PetscInt r = 1; r < film->n_regions; ++r) same = same && film->materials[r].Ms == demag->unit ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(PetscMalloc3(film->xm, &demag->H[0], film->xm, &demag->H[1], film->xm, &demag->H[2]));
  if (!same) {
    demag->unit = 1.0;
    PetscCall(HfGridCreateCellVec(film->grid, 3, &demag->moment));
  }
  HfNewell(0, 0, g->dx, g->dy, g->thickness, N);
  demag->own[0] = N[0];
  demag->own[1] = N[2];
  demag->own[2] = N[3];
  PetscCall(create_convolution(film, demag->images, HfMagnetSettingsSingleDemag(film->deck) ? HF_CONVOLUTION_SINGLE : HF_CONVOLUTION_DOUBLE,
                               &demag->convolution));
  if (!HfMagnetSettingsSingleDemag(film->deck)) demag->exact = demag->convolution;
  PetscCall(measure_across(film, demag));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(HfTerm *term) {
  Demag *demag = term->state;

  PetscFunctionBeginUser;
  if (!demag) PetscFunctionReturn(0);
  if (demag->exact != demag->convolution) PetscCall(HfConvolutionDestroy(&demag->exact));
  PetscCall(HfConvolutionDestroy(&demag->convolution));
  PetscCall(PetscFree3(demag->H[0], demag->H[1], demag->H[2]));
  PetscCall(VecDestroy(&demag->moment));
  PetscCall(HfImageSumDestroy(&demag->images));
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
    for (PetscInt i = 0; i < g->xm; ++i) {
      const PetscInt cell = 3 * (j * g->xm + i), region = HfRegionAt(g, regions, i, g->ys + j);
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
  if (term->exact && !demag->exact) PetscCall(create_convolution(term->film, demag->images, HF_CONVOLUTION_DOUBLE, &demag->exact));
  demag->last = term->exact ? demag->exact : demag->convolution;
  PetscCall(HfConvolutionConvolve(demag->last, demag->moment ? demag->moment : m));
  demag->j = -1;
  PetscFunctionReturn(0);
}

/* H of the row of a span, which the last transform makes when its first span is visited. */
static const Demag *with_row(const HfTerm *term, const HfSpan *span) {
  Demag *demag = term->state;

  if (demag->j != span->j) HfConvolutionRow(demag->last, span->j, demag->H);
  demag->j = span->j;
  return demag;
}

HF_KERNEL static void add(PetscInt n, PetscReal unit, const PetscReal *restrict h, PetscReal own, const PetscReal *restrict m,
                          PetscReal *restrict H) {
  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) H[k] += unit * h[k] - own * m[k];
}

static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const Demag *demag = with_row(term, span);

  for (int c = 0; c < 3; ++c) add(span->n, demag->unit, demag->H[c] + span->i, demag->own[c] * p[0], span->m[c], span->H[c]);
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
  const Demag *demag = with_row(term, span);
  PetscReal sum = 0;

  for (int c = 0; c < 3; ++c) {
    const PetscReal *m = span->m[c], *h = demag->H[c] + span->i, own = demag->own[c] * p[0];
    for (PetscInt k = 0; k < span->n; ++k) sum -= m[k] * (demag->unit * h[k] - own * m[k]);
  }
  return 0.5 * HF_MU0 * p[0] * sum;
}

/* The eigenvalues of N over the whole film lie between 0 and 1. */
static PetscReal stiffness(const PetscReal p[]) { return p[0]; }

static PetscReal largest_field(const HfTerm *term, PetscInt region, PetscReal from, PetscReal to) { return stiffness(term->p[region]); }

const HfTermType HfTermType_demag = {
    .name = "demag",
    .doc = "E = -mu0 Ms m.H/2 with the magnetostatic field of the whole film, Newell's tensor summed by FFT",
    .citation = "newell-1993",
    .prefix = "",
    .keys = keys,
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
