/* Gilbert's equation in tangent space, for implicit steps (HfBdfCreate): residual, Newton matrix, preconditioner.

   With dm/dt = s m + d, s > 0, and tau the torques besides that of the field, alpha + m x  times Gilbert's equation, over gamma0, reads
     (alpha P d + m x d)/gamma0 = P H + m x tau/gamma0,    P = 1 - m m^T
   because P m = m x m = 0. Written so, it needs no more than the sum of torques T, of which m x T/gamma0 is the right side, and its derivative by m, for
   changes x across m,
     A x = (sigma/gamma0) (alpha x + m x x) + (m.H) x - P L x - m x tau'(x)/gamma0,    sigma = -m.d
   is elliptic: L is the linear local part of the field, exchange, anisotropy, Dzyaloshinskii-Moriya interaction with its boundary conditions, and the local
   part of the demagnetizing field; tau'(x) the linear part of the torques of a current. The rest of the demagnetizing field, and the change of the current
   with m, act in the residual alone, which is renewed for every correction.
   Dry friction adds (sigma/gamma0) (e - q q^T) x, with e and q of each cell (friction.c).
   The preconditioner is a V-cycle (HfTangentMultigrid) for all of A but the terms that take first differences. */
#include "magnet_impl.h"

struct HfMotion_ {
  HfMagnet magnet;
  HfTangentMultigrid multigrid;
  PetscReal *along, *sigma; /* m.H in A/m and sigma in 1/s of the owned cells */
  HfFrictionCells friction; /* the same and more, if there is friction */
  Vec state;                /* m, borrowed */
};

/* ---- the fixed part of the preconditioner ---- */
static PetscReal exchange_constant(HfMagnet magnet, PetscInt j, PetscInt i, PetscInt di, PetscInt dj) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const int8_t *regions = HfGridRegions(magnet->film.grid);
  const PetscInt own = HfRegionAt(g, regions, i, j), other = HfRegionAt(g, regions, i + di, j + dj);

  return own < 0 || other < 0 ? 0 : HfInterfaceExchange(&magnet->film, own, other);
}

typedef struct {
  HfMagnet magnet;
  PetscBool damping_only; /* as if alpha were 1, without precession */
} FixedPart;

static PetscErrorCode fill_row(PetscInt j, const HfTangentRow *row, void *context) {
  const FixedPart *part = context;
  HfMagnet magnet = part->magnet;
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const int8_t *regions = HfGridRegions(magnet->film.grid);
  const PetscReal moment = magnet->film.materials[0].Ms, field = 2 / (HF_MU0 * moment);

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < g->xm; ++i) {
    const PetscInt region = HfRegionAt(g, regions, i, j);
    const HfMaterial *material = &magnet->film.materials[PetscMax(region, 0)];
    const PetscReal weight = region < 0 ? 0 : material->Ms / moment;
    PetscReal K[6] = {0};

    for (PetscInt k = 0; k < magnet->n_terms && region >= 0; ++k) {
      const HfTerm *term = &magnet->terms[k];
      if (term->active[region] && term->type->own_part) (*term->type->own_part)(term, term->p[region], (j - g->ys) * g->xm + i, K);
    }
    row->weight[i] = weight;
    row->turn[i] = weight / material->gamma0;
    row->damp[i] = weight * (part->damping_only ? 1 : material->alpha) / material->gamma0;
    row->east[i] = field * exchange_constant(magnet, j, i, 1, 0) / PetscSqr(g->dx);
    row->north[i] = field * exchange_constant(magnet, j, i, 0, 1) / PetscSqr(g->dy);
    for (int c = 0; c < 6; ++c) row->K[c][i] = weight * K[c];
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetMultigridCreate(HfMagnet magnet, PetscBool damping_only, HfTangentMultigrid *multigrid) {
  FixedPart part = {magnet, damping_only};

  PetscFunctionBeginUser;
  PetscCall(HfTangentMultigridCreate(magnet->film.grid, fill_row, &part, (PetscBool)(magnet->friction && !damping_only), multigrid));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMagnetMultigridApply(HfTangentMultigrid multigrid, Vec b, Vec x) {
  const PetscScalar *from;
  PetscScalar *to;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(b, &from));
  PetscCall(VecGetArrayWrite(x, &to));
  PetscCall(HfTangentMultigridApply(multigrid, from, to));
  PetscCall(VecRestoreArrayWrite(x, &to));
  PetscCall(VecRestoreArrayRead(b, &from));
  PetscFunctionReturn(0);
}

/* ---- residual ---- */
/* b = m x T/gamma0 - (alpha P d + m x d)/gamma0, m.H and -m.d of n cells; m, H, T: component rows, d and b interleaved. */
HF_KERNEL static void residual(PetscInt n, const HfMaterial *material, PetscReal *const m[3], PetscReal *const H[3], PetscReal *const T[3],
                               const PetscReal *restrict d, PetscReal *restrict along, PetscReal *restrict sigma, PetscReal *restrict b) {
  const PetscReal alpha = material->alpha, scale = 1 / material->gamma0;
  const PetscReal *restrict mx = m[0], *restrict my = m[1], *restrict mz = m[2], *restrict Hx = H[0], *restrict Hy = H[1], *restrict Hz = H[2];
  const PetscReal *restrict Tx = T[0], *restrict Ty = T[1], *restrict Tz = T[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal x = mx[k], y = my[k], z = mz[k], dx = d[3 * k], dy = d[3 * k + 1], dz = d[3 * k + 2];
    const PetscReal md = x * dx + y * dy + z * dz, tx = Tx[k] - dx, ty = Ty[k] - dy, tz = Tz[k] - dz;

    along[k] = x * Hx[k] + y * Hy[k] + z * Hz[k];
    sigma[k] = -md;
    b[3 * k] = scale * (y * tz - z * ty - alpha * (dx - md * x));
    b[3 * k + 1] = scale * (z * tx - x * tz - alpha * (dy - md * y));
    b[3 * k + 2] = scale * (x * ty - y * tx - alpha * (dz - md * z));
  }
}

typedef struct {
  PetscReal *along, *sigma, shift, stiffness;
  const HfFrictionCells *friction; /* NULL: none */
  const PetscScalar *rest;
  PetscScalar *b;
} Residual;

static HfFrictionCells cells_at(const HfFrictionCells *c, PetscInt at) {
  return (HfFrictionCells){c->along + at, c->sigma + at, c->firmness + at, c->q + 3 * at, c->held + at};
}

static void visit_residual(HfMagnet magnet, const HfRow *row, void *context) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const Residual *r = context;

  HfRowField(magnet, row, PETSC_TRUE);
  for (PetscInt k = 0; k < row->cells->n_runs; ++k) {
    const HfRun *run = &row->cells->runs[k];
    const PetscInt i = run->i, at = g->xm * (row->j - g->ys) + i;

    const HfMaterial *material = &magnet->film.materials[run->region];
    PetscReal *const m[3] = {row->m[0] + i, row->m[1] + i, row->m[2] + i}, *const H[3] = {row->H[0] + i, row->H[1] + i, row->H[2] + i},
                     *const T[3] = {row->T[0] + i, row->T[1] + i, row->T[2] + i};

    if (material->Hc > 0) {
      const HfFrictionCells cells = cells_at(r->friction, at);
      HfFrictionResidual(run->n, material, r->stiffness, r->shift, m, H, T, r->rest + 3 * at, &cells, r->b + 3 * at);
      continue;
    }
    residual(run->n, material, m, H, T, r->rest + 3 * at, r->along + at, r->sigma + at, r->b + 3 * at);
    if (r->friction) memcpy(r->friction->held + at, r->along + at, sizeof(PetscReal) * (size_t)run->n);
  }
}

PetscErrorCode HfMotionLinearize(HfMotion self, PetscReal t, Vec m, PetscReal shift, Vec rest, Vec b) {
  Residual r = {.along = self->along,
                .sigma = self->sigma,
                .shift = shift,
                .stiffness = HfMagnetStiffness(self->magnet),
                .friction = self->magnet->friction ? &self->friction : NULL};
  const PetscScalar *u;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(rest, &r.rest));
  PetscCall(VecGetArray(b, &r.b)); /* its void cells are 0 and stay so */
  PetscCall(HfProfileBegin(HF_PROFILE_RIGHT_HAND_SIDE));
  PetscCall(HfSweepRows(self->magnet, HF_FIELD_ALL, t, m, HF_KEEP_LENGTH, visit_residual, &r));
  PetscCall(HfProfileEnd(HF_PROFILE_RIGHT_HAND_SIDE));
  PetscCall(VecRestoreArray(b, &r.b));
  PetscCall(VecRestoreArrayRead(rest, &r.rest));
  ++self->magnet->evaluations;
  self->state = m;
  PetscCall(VecGetArrayRead(m, &u));
  PetscCall(HfTangentMultigridSetUp(self->multigrid, u, self->magnet->friction ? self->friction.held : self->along, self->friction.q, shift, shift));
  PetscCall(VecRestoreArrayRead(m, &u));
  PetscFunctionReturn(0);
}

/* ---- product ---- */
/* A x of n cells: x, l = L x and the torques tau'(x): component rows; the state u and the product interleaved. */
HF_KERNEL static void derivative(PetscInt n, const HfMaterial *material, PetscReal *const x[3], PetscReal *const l[3], PetscReal *const T[3],
                                 const PetscReal *restrict u, const PetscReal *restrict along, const PetscReal *restrict sigma,
                                 PetscReal *restrict out) {
  const PetscReal alpha = material->alpha, scale = 1 / material->gamma0;
  const PetscReal *restrict xx = x[0], *restrict xy = x[1], *restrict xz = x[2], *restrict lx = l[0], *restrict ly = l[1], *restrict lz = l[2];
  const PetscReal *restrict Tx = T[0], *restrict Ty = T[1], *restrict Tz = T[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    const PetscReal ux = u[3 * k], uy = u[3 * k + 1], uz = u[3 * k + 2], s = scale * sigma[k], c = s * alpha + along[k];
    const PetscReal ul = ux * lx[k] + uy * ly[k] + uz * lz[k];
    const PetscReal tx = s * xx[k] - scale * Tx[k], ty = s * xy[k] - scale * Ty[k], tz = s * xz[k] - scale * Tz[k];

    out[3 * k] = c * xx[k] + uy * tz - uz * ty - lx[k] + ul * ux;
    out[3 * k + 1] = c * xy[k] + uz * tx - ux * tz - ly[k] + ul * uy;
    out[3 * k + 2] = c * xz[k] + ux * ty - uy * tx - lz[k] + ul * uz;
  }
}

typedef struct {
  const PetscReal *along, *sigma;
  const HfFrictionCells *friction;
  const PetscScalar *u;
  PetscScalar *out;
} Product;

static void visit_product(HfMagnet magnet, const HfRow *row, void *context) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  const Product *p = context;

  HfRowLinearField(magnet, row, p->u + 3 * g->xm * (row->j - g->ys));
  HfRowLinearTorques(magnet, row, p->u + 3 * g->xm * (row->j - g->ys));
  for (PetscInt k = 0; k < row->cells->n_runs; ++k) {
    const HfRun *run = &row->cells->runs[k];
    const PetscInt i = run->i, at = g->xm * (row->j - g->ys) + i;

    derivative(run->n, &magnet->film.materials[run->region], (PetscReal *const[3]){row->m[0] + i, row->m[1] + i, row->m[2] + i},
               (PetscReal *const[3]){row->H[0] + i, row->H[1] + i, row->H[2] + i}, (PetscReal *const[3]){row->T[0] + i, row->T[1] + i, row->T[2] + i},
               p->u + 3 * at, p->along + at, p->sigma + at, p->out + 3 * at);
    if (magnet->film.materials[run->region].Hc > 0) {
      const HfFrictionCells cells = cells_at(p->friction, at);
      HfFrictionDerivative(run->n, &magnet->film.materials[run->region], (PetscReal *const[3]){row->m[0] + i, row->m[1] + i, row->m[2] + i}, &cells,
                           p->out + 3 * at);
    }
  }
}

PetscErrorCode HfMotionMultiply(HfMotion self, Vec x, PetscBool whole, Vec product) {
  Product p = {.along = self->along, .sigma = self->sigma, .friction = &self->friction};

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(self->state, &p.u));
  PetscCall(VecGetArray(product, &p.out));
  PetscCall(HfSweepRows(self->magnet, whole ? HF_FIELD_LINEAR_WHOLE : HF_FIELD_LINEAR, 0, x, HF_KEEP_LENGTH, visit_product, &p));
  HfClearVoid(self->magnet, p.out);
  PetscCall(VecRestoreArray(product, &p.out));
  PetscCall(VecRestoreArrayRead(self->state, &p.u));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMotionPrecondition(HfMotion self, Vec b, Vec x) { return HfMagnetMultigridApply(self->multigrid, b, x); }

PetscErrorCode HfMotionCreate(HfMagnet magnet, HfMotion *motion) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  HfMotion self;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&self));
  *motion = self;
  self->magnet = magnet;
  PetscCall(PetscCalloc2(g->xm * g->ym, &self->along, g->xm * g->ym, &self->sigma));
  if (magnet->friction) {
    self->friction = (HfFrictionCells){.along = self->along, .sigma = self->sigma};
    PetscCall(PetscCalloc3(g->xm * g->ym, &self->friction.firmness, 3 * g->xm * g->ym, &self->friction.q, g->xm * g->ym, &self->friction.held));
  }
  PetscCall(HfMagnetMultigridCreate(magnet, PETSC_FALSE, &self->multigrid));
  PetscFunctionReturn(0);
}

PetscErrorCode HfMotionDestroy(HfMotion *motion) {
  PetscFunctionBeginUser;
  if (!*motion) PetscFunctionReturn(0);
  PetscCall(HfTangentMultigridDestroy(&(*motion)->multigrid));
  PetscCall(PetscFree2((*motion)->along, (*motion)->sigma));
  PetscCall(PetscFree3((*motion)->friction.firmness, (*motion)->friction.q, (*motion)->friction.held));
  PetscCall(PetscFree(*motion));
  PetscFunctionReturn(0);
}
