/* The matrices of relaxation by implicit steps (HfDescendImplicitly): those of the flow dm/dt = (gamma0/2) P H, P = 1 - m m^T.

   D = 2/gamma0,   D (s - J) x = (2 s/gamma0) x + (m.H) x - P L x   for x across m
   L: the field's linear part, local or of the whole film. The local one, which costs no convolution, serves as long as a step of length h is short for the
   rest of the demagnetizing field. */
#include "magnet_impl.h"

struct HfDamping_ {
  HfMagnet magnet;
  HfTangentMultigrid multigrid;
  PetscReal *along[3]; /* m.H of the owned cells of three states, A/m */
  Vec states[3];       /* which they are, borrowed */
  int slot;            /* of the state of the matrix */
  PetscReal shift;     /* s, 1/s */
  PetscBool whole;     /* the matrix is that with the whole field */
};

PetscErrorCode HfDampingCreate(HfMagnet magnet, HfDamping *damping) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  HfDamping self;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&self));
  *damping = self;
  self->magnet = magnet;
  PetscCall(PetscCalloc3(g->xm * g->ym, &self->along[0], g->xm * g->ym, &self->along[1], g->xm * g->ym, &self->along[2]));
  PetscCall(HfMagnetMultigridCreate(magnet, PETSC_TRUE, &self->multigrid));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDampingDestroy(HfDamping *damping) {
  PetscFunctionBeginUser;
  if (!*damping) PetscFunctionReturn(0);
  PetscCall(HfTangentMultigridDestroy(&(*damping)->multigrid));
  PetscCall(PetscFree3((*damping)->along[0], (*damping)->along[1], (*damping)->along[2]));
  PetscCall(PetscFree(*damping));
  PetscFunctionReturn(0);
}

void HfDampingForget(HfDamping self) {
  for (int k = 0; k < 3; ++k) self->states[k] = NULL;
}

static int slot_of(HfDamping self, Vec m) {
  for (int k = 0; k < 3; ++k) {
    if (!self->states[k]) self->states[k] = m;
    if (self->states[k] == m) return k;
  }
  return 0;
}

PetscReal *HfDampingAlong(HfDamping self, Vec m) { return self->along[slot_of(self, m)]; }

PetscErrorCode HfDampingWeigh(HfDamping self, Vec x) {
  const HfGridInfo *g = HfGridGetInfo(self->magnet->film.grid);
  PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArray(x, &a));
  for (PetscInt j = 0; j < g->ym; ++j) {
    const HfRowCells *cells = HfRowsGet(self->magnet->rows, g->ys + j);
    for (PetscInt k = 0; k < cells->n_runs; ++k) {
      const HfRun *run = &cells->runs[k];
      const PetscReal factor = 2 / self->magnet->film.materials[run->region].gamma0;
      for (PetscInt i = 3 * (g->xm * j + run->i); i < 3 * (g->xm * j + run->i + run->n); ++i) a[i] *= factor;
    }
  }
  PetscCall(VecRestoreArray(x, &a));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDampingLinearize(HfDamping self, Vec m, PetscReal s, PetscBool whole) {
  const PetscScalar *u;

  PetscFunctionBeginUser;
  self->shift = s;
  self->slot = slot_of(self, m);
  self->whole = (PetscBool)(whole && HfTermsWhole(self->magnet));
  PetscCall(VecGetArrayRead(m, &u));
  PetscCall(HfTangentMultigridSetUp(self->multigrid, u, self->along[self->slot], NULL, 0, 2 * s));
  PetscCall(VecRestoreArrayRead(m, &u));
  PetscFunctionReturn(0);
}

/* out = (damp + along) x - P l of n cells; x and l: component rows, the others interleaved. */
HF_KERNEL static void derivative(PetscInt n, PetscReal damp, PetscReal *const x[3], PetscReal *const l[3], const PetscReal *restrict u,
                                 const PetscReal *restrict along, PetscReal *restrict out) {
  const PetscReal *restrict xx = x[0], *restrict xy = x[1], *restrict xz = x[2], *restrict lx = l[0], *restrict ly = l[1], *restrict lz = l[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal ux = u[3 * k], uy = u[3 * k + 1], uz = u[3 * k + 2], c = damp + along[k], ul = ux * lx[k] + uy * ly[k] + uz * lz[k];

    out[3 * k] = c * xx[k] - lx[k] + ul * ux;
    out[3 * k + 1] = c * xy[k] - ly[k] + ul * uy;
    out[3 * k + 2] = c * xz[k] - lz[k] + ul * uz;
  }
}

typedef struct {
  HfDamping self;
  const PetscScalar *u;
  PetscScalar *out;
} Product;

static void visit_product(HfMagnet magnet, const HfRow *row, void *context) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const Product *p = context;

  HfRowLinearField(magnet, row, p->u + 3 * g->xm * (row->j - g->ys));
  for (PetscInt k = 0; k < row->cells->n_runs; ++k) {
    const HfRun *run = &row->cells->runs[k];
    const PetscInt i = run->i, at = g->xm * (row->j - g->ys) + i;

    derivative(run->n, 2 * p->self->shift / magnet->film.materials[run->region].gamma0,
               (PetscReal *const[3]){row->m[0] + i, row->m[1] + i, row->m[2] + i}, (PetscReal *const[3]){row->H[0] + i, row->H[1] + i, row->H[2] + i},
               p->u + 3 * at, p->self->along[p->self->slot] + at, p->out + 3 * at);
  }
}

PetscErrorCode HfDampingMultiply(HfDamping self, Vec x, Vec product) {
  const Vec state = self->states[self->slot];
  Product p = {.self = self};

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(state, &p.u));
  PetscCall(VecGetArray(product, &p.out));
  PetscCall(HfSweepRows(self->magnet, self->whole ? HF_FIELD_LINEAR_WHOLE : HF_FIELD_LINEAR, 0, x, HF_KEEP_LENGTH, visit_product, &p));
  if (self->whole) ++self->magnet->evaluations;
  HfClearVoid(self->magnet, p.out);
  PetscCall(VecRestoreArray(product, &p.out));
  PetscCall(VecRestoreArrayRead(state, &p.u));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDampingPrecondition(HfDamping self, Vec b, Vec x) { return HfMagnetMultigridApply(self->multigrid, b, x); }
