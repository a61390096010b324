/* The stiff part of the Landau-Lifshitz equation for implicit time steppers (HfRosenbrockCreate): the systems (s - J) x = b.

   J is the exact derivative of the Landau-Lifshitz torque by m, but for the magnetostatic field of the change itself and spin-transfer torques, neither of
   which is stiff:
     w = x - (u.x) u,   l = L w,   dT = -gamma0 (w x h + u x l),   (1+alpha^2) J x = dT + alpha (w x T + u x dT),   T = -gamma0 u x h
   u: the unit state, h: the field there, L: the local terms that are linear in m (exchange, DMI, anisotropy), applied row by row, never assembled.
   Preconditioner: in each cell the inverse of s - J, in closed form, with the diagonal of exchange for L: a rotation about m with damping. Because it
   contains the rotation, it also serves small damping, where m mostly precesses; it needs no regular mask and no uniform material. */
#include "magnet_impl.h"

#define SOLVED 0.02 /* error left by the linear solves, relative to the tolerance of a step */

struct HfImplicit_ {
  HfMagnet magnet;
  HfStiffProblem problem;
  Vec state, field, tangent; /* u, h, w */
  PetscReal shift;           /* s, 1/s */
  PetscReal *exchange;       /* per region: the diagonal of exchange, A/m */
};

static PetscErrorCode rate(PetscReal t, Vec m, Vec dmdt, void *context) {
  PetscFunctionBeginUser;
  PetscCall(HfUnitRightHandSide(((HfImplicit)context)->magnet, HF_FIELD_ALL, t, m, dmdt));
  PetscFunctionReturn(0);
}

static void visit_field(HfMagnet magnet, const HfRow *row, void *context) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const PetscInt first = row->cells->first;
  PetscScalar *out = context;

  HfRowField(magnet, row, PETSC_FALSE);
  HfRowJoin(first, row->cells->last - first + 1, row->H, out + 3 * g->nx * (row->j - g->ys));
}

/* u and h at m. The stepper has just evaluated dm/dt there, so that the fields of the whole film and of the time are there already. */
static PetscErrorCode linearize(PetscReal t, Vec m, PetscReal shift, void *context) {
  HfImplicit self = context;
  PetscBool current;
  PetscScalar *a;

  PetscFunctionBeginUser;
  self->shift = shift;
  PetscCall(HfFieldCacheIsCurrent(self->magnet, t, m, &current));
  PetscCall(VecCopy(m, self->state));
  PetscCall(HfMagnetNormalize(self->magnet, self->state));
  PetscCall(VecGetArray(self->field, &a));
  PetscCall(HfSweepRows(self->magnet, current ? HF_FIELD_CACHED : HF_FIELD_ALL, t, self->state, HF_KEEP_LENGTH, visit_field, a));
  PetscCall(VecRestoreArray(self->field, &a));
  PetscFunctionReturn(0);
}

HF_KERNEL static void project(PetscInt n, const PetscReal *restrict u, const PetscReal *restrict x, PetscReal *restrict w) {
  HF_CELLS
  for (PetscInt k = 0; k < 3 * n; k += 3) {
    const PetscReal along = u[k] * x[k] + u[k + 1] * x[k + 1] + u[k + 2] * x[k + 2];
    w[k] = x[k] - along * u[k];
    w[k + 1] = x[k + 1] - along * u[k + 1];
    w[k + 2] = x[k + 2] - along * u[k + 2];
  }
}

/* out = shift x - J x of n cells; w and l: component rows, all others interleaved. */
HF_KERNEL static void derivative(PetscInt n, const HfMaterial *material, PetscReal shift, PetscReal *const w[3], PetscReal *const l[3],
                                 const PetscReal *restrict u, const PetscReal *restrict h, const PetscReal *restrict x, PetscReal *restrict out) {
  const PetscReal alpha = material->alpha, gamma0 = material->gamma0, a = gamma0 / (1 + alpha * alpha), b = alpha * a;
  const PetscReal *restrict wx = w[0], *restrict wy = w[1], *restrict wz = w[2], *restrict lx = l[0], *restrict ly = l[1], *restrict lz = l[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal ux = u[3 * k], uy = u[3 * k + 1], uz = u[3 * k + 2], hx = h[3 * k], hy = h[3 * k + 1], hz = h[3 * k + 2];
    const PetscReal tx = uy * hz - uz * hy, ty = uz * hx - ux * hz, tz = ux * hy - uy * hx; /* u x h and its change */
    const PetscReal dx = wy[k] * hz - wz[k] * hy + uy * lz[k] - uz * ly[k], dy = wz[k] * hx - wx[k] * hz + uz * lx[k] - ux * lz[k],
                    dz = wx[k] * hy - wy[k] * hx + ux * ly[k] - uy * lx[k];

    out[3 * k] = shift * x[3 * k] + a * dx + b * (wy[k] * tz - wz[k] * ty + uy * dz - uz * dy);
    out[3 * k + 1] = shift * x[3 * k + 1] + a * dy + b * (wz[k] * tx - wx[k] * tz + uz * dx - ux * dz);
    out[3 * k + 2] = shift * x[3 * k + 2] + a * dz + b * (wx[k] * ty - wy[k] * tx + ux * dy - uy * dx);
  }
}

typedef struct {
  PetscReal shift;
  const PetscScalar *u, *h, *x;
  PetscScalar *out;
} Product;

static void visit_product(HfMagnet magnet, const HfRow *row, void *context) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const Product *p = context;

  HfRowField(magnet, row, PETSC_FALSE);
  for (PetscInt k = 0; k < row->cells->n_runs; ++k) {
    const HfRun *run = &row->cells->runs[k];
    const PetscInt at = 3 * (g->nx * (row->j - g->ys) + run->i);
    PetscReal *const w[3] = {row->m[0] + run->i, row->m[1] + run->i, row->m[2] + run->i};
    PetscReal *const l[3] = {row->H[0] + run->i, row->H[1] + run->i, row->H[2] + run->i};

    derivative(run->n, &magnet->film.materials[run->region], p->shift, w, l, p->u + at, p->h + at, p->x + at, p->out + at);
  }
}

/* out = (s - J) x. */
static PetscErrorCode multiply(Vec x, Vec out, void *context) {
  HfImplicit self = context;
  PetscScalar *w;
  PetscInt n;
  Product p;

  PetscFunctionBeginUser;
  p.shift = self->shift;
  PetscCall(VecGetLocalSize(x, &n));
  PetscCall(VecGetArrayRead(x, &p.x));
  PetscCall(VecGetArrayRead(self->state, &p.u));
  PetscCall(VecGetArrayWrite(self->tangent, &w));
  project(n / 3, p.u, p.x, w);
  PetscCall(VecRestoreArrayWrite(self->tangent, &w));
  PetscCall(VecGetArrayRead(self->field, &p.h));
  PetscCall(VecGetArray(out, &p.out));
  PetscCall(HfSweepRows(self->magnet, HF_FIELD_LINEAR, 0, self->tangent, HF_KEEP_LENGTH, visit_product, &p));
  HfClearVoid(self->magnet, p.out);
  PetscCall(VecRestoreArray(out, &p.out));
  PetscCall(VecRestoreArrayRead(self->field, &p.h));
  PetscCall(VecRestoreArrayRead(self->state, &p.u));
  PetscCall(VecRestoreArrayRead(x, &p.x));
  PetscFunctionReturn(0);
}

/* (s + g (alpha - u x)) y = x  across u, s y = x along it, with g = gamma0 d/(1+alpha^2), d the diagonal of exchange. */
HF_KERNEL static void turn_back(PetscInt n, PetscReal shift, PetscReal g, PetscReal alpha, const PetscReal *restrict u, const PetscReal *restrict x,
                                PetscReal *restrict y) {
  const PetscReal c = shift + g * alpha, square = c * c + g * g, across = c / square, turned = g / square, along = 1 / shift - across;

  HF_CELLS
  for (PetscInt k = 0; k < 3 * n; k += 3) {
    const PetscReal ux = u[k], uy = u[k + 1], uz = u[k + 2], f = along * (ux * x[k] + uy * x[k + 1] + uz * x[k + 2]);
    y[k] = across * x[k] + turned * (uy * x[k + 2] - uz * x[k + 1]) + f * ux;
    y[k + 1] = across * x[k + 1] + turned * (uz * x[k] - ux * x[k + 2]) + f * uy;
    y[k + 2] = across * x[k + 2] + turned * (ux * x[k + 1] - uy * x[k]) + f * uz;
  }
}

static PetscErrorCode precondition(Vec x, Vec y, void *context) {
  HfImplicit self = context;
  const HfGridInfo *g = HfGridGetInfo(self->magnet->film.grid);
  const PetscScalar *from, *u;
  PetscScalar *to;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(x, &from));
  PetscCall(VecGetArrayRead(self->state, &u));
  PetscCall(VecGetArray(y, &to));
  HfClearVoid(self->magnet, to);
  for (PetscInt j = 0; j < g->ym; ++j) {
    const HfRowCells *cells = HfRowsGet(self->magnet->rows, g->ys + j);
    for (PetscInt k = 0; k < cells->n_runs; ++k) {
      const HfRun *run = &cells->runs[k];
      const HfMaterial *material = &self->magnet->film.materials[run->region];
      const PetscInt at = 3 * (g->nx * j + run->i);
      const PetscReal rate = material->gamma0 * self->exchange[run->region] / (1 + PetscSqr(material->alpha));

      turn_back(run->n, self->shift, rate, material->alpha, u + at, from + at, to + at);
    }
  }
  PetscCall(VecRestoreArray(y, &to));
  PetscCall(VecRestoreArrayRead(self->state, &u));
  PetscCall(VecRestoreArrayRead(x, &from));
  PetscFunctionReturn(0);
}

PetscErrorCode HfImplicitCreate(HfMagnet magnet, TS ts, HfImplicit *implicit) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  /* The preconditioned residual is an error of m, here in the root mean square. */
  const PetscReal error = SOLVED * magnet->integrator_settings.tolerance * PetscSqrtReal((PetscReal)g->n_film);
  HfImplicit self;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&self));
  *implicit = self;
  self->magnet = magnet;
  self->problem = (HfStiffProblem){rate, linearize, multiply, precondition, self, HfMagnetSmallMotion(magnet)};
  PetscCall(HfMagnetCreateState(magnet, &self->state));
  PetscCall(VecDuplicate(self->state, &self->field));
  PetscCall(VecDuplicate(self->state, &self->tangent));
  PetscCall(PetscMalloc1(magnet->film.n_regions, &self->exchange));
  for (PetscInt r = 0; r < magnet->film.n_regions; ++r)
    self->exchange[r] = 4 * magnet->film.materials[r].Aex * (1 / PetscSqr(g->dx) + 1 / PetscSqr(g->dy)) / (HF_MU0 * magnet->film.materials[r].Ms);
  PetscCall(HfRosenbrockCreate(ts, &self->problem, self->state, error));
  PetscFunctionReturn(0);
}

PetscErrorCode HfImplicitDestroy(HfImplicit *implicit) {
  PetscFunctionBeginUser;
  if (!*implicit) PetscFunctionReturn(0);
  PetscCall(VecDestroy(&(*implicit)->state));
  PetscCall(VecDestroy(&(*implicit)->field));
  PetscCall(VecDestroy(&(*implicit)->tangent));
  PetscCall(PetscFree((*implicit)->exchange));
  PetscCall(PetscFree(*implicit));
  PetscFunctionReturn(0);
}
