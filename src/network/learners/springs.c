/* Springs between nodes in a space of dim dimensions (review of Yu et al. 2024, Eq. 2; Stern, Pinson & Murugan 2020):

     E(x) = sum_s k_s/2 u(|x_i - x_j| - l_s),     u(z) = (core^2 + z^2)^(xi/2) - core^xi

   The printed law, (r - l)^xi, is u for strains far beyond `core`, as |r - l|^xi; without a core it has no value for r < l unless xi is even, and for
   xi <= 1 no force at r = l. With xi = 2 the core is without effect. The response of a spring with xi < 1 weakens beyond a strain of core/sqrt(1 - xi).

   An equilibrium is looked for downhill from where the nodes are, by PETSc's TAO: Newton steps in a trust region (TAOBNTR, Steihaug's conjugate
   gradients), of no more than `reach` times the core at once, so that none leaps from one state into another. */
#include "learners.h"
#include <petscblaslapack.h>
#include <petsctao.h>

#define REACH 4.0 /* longest step, in cores: of all coordinates together */

struct HfSprings_ {
  PetscInt n_nodes, dim, n_springs, room;
  PetscReal xi, core;
  PetscInt *ends;   /* [n_springs][2] */
  PetscReal *k, *l; /* [n_springs] */
  Tao tao;
  Vec x, gradient;
  Mat hessian;
};

/* ---- energy and its derivatives ---- */

PetscReal HfSpringEnergy(PetscReal xi, PetscReal core, PetscReal strain) {
  return PetscPowReal(core * core + strain * strain, 0.5 * xi) - PetscPowReal(core, xi);
}

/* u'(strain), and u''. */
static PetscReal spring_force(PetscReal xi, PetscReal core, PetscReal strain, PetscReal *slope) {
  const PetscReal square = core * core + strain * strain, factor = xi * PetscPowReal(square, 0.5 * xi - 2.0);

  *slope = factor * (core * core + (xi - 1.0) * strain * strain);
  return factor * square * strain;
}

static PetscReal separation(PetscInt dim, const PetscReal a[], const PetscReal b[], PetscReal along[]) {
  PetscReal square = 0.0;

  for (PetscInt c = 0; c < dim; ++c) {
    along[c] = a[c] - b[c];
    square += along[c] * along[c];
  }
  for (PetscInt c = 0; c < dim && square > 0.0; ++c) along[c] /= PetscSqrtReal(square);
  return PetscSqrtReal(square);
}

/* Of one spring: adds its part of the second derivatives. */
static void add_stiffness(PetscInt dim, PetscInt size, PetscInt i, PetscInt j, const PetscReal along[], PetscReal tension, PetscReal stiffness,
                          PetscReal H[]) {
  for (PetscInt c = 0; c < dim; ++c)
    for (PetscInt d = 0; d < dim; ++d) {
      const PetscReal h = (stiffness - tension) * along[c] * along[d] + (c == d ? tension : 0.0);

      H[(i * dim + c) * size + i * dim + d] += h;
      H[(j * dim + c) * size + j * dim + d] += h;
      H[(i * dim + c) * size + j * dim + d] -= h;
      H[(j * dim + c) * size + i * dim + d] -= h;
    }
}

PetscReal HfSpringsEnergy(HfSprings springs, const PetscReal x[], PetscReal gradient[], PetscReal H[]) {
  const PetscInt dim = springs->dim, size = dim * springs->n_nodes;
  const PetscReal xi = springs->xi, core = springs->core;
  PetscReal energy = 0.0;

  for (PetscInt c = 0; c < size && gradient; ++c) gradient[c] = 0.0;
  for (PetscInt c = 0; c < size * size && H; ++c) H[c] = 0.0;
  for (PetscInt s = 0; s < springs->n_springs; ++s) {
    const PetscInt i = springs->ends[2 * s], j = springs->ends[2 * s + 1];
    PetscReal along[3], slope;
    const PetscReal r = separation(dim, x + i * dim, x + j * dim, along), half = 0.5 * springs->k[s];
    const PetscReal force = half * spring_force(xi, core, r - springs->l[s], &slope);

    energy += half * HfSpringEnergy(xi, core, r - springs->l[s]);
    for (PetscInt c = 0; c < dim && gradient; ++c) {
      gradient[i * dim + c] += force * along[c];
      gradient[j * dim + c] -= force * along[c];
    }
    if (H) add_stiffness(dim, size, i, j, along, r > 0.0 ? force / r : 0.0, half * slope, H);
  }
  return energy;
}

static PetscErrorCode evaluate(Tao tao, Vec at, PetscReal *energy, Vec gradient, void *of) {
  const PetscReal *x;
  PetscReal *g;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(at, &x));
  PetscCall(VecGetArrayWrite(gradient, &g));
  *energy = HfSpringsEnergy(of, x, g, NULL);
  PetscCall(VecRestoreArrayWrite(gradient, &g));
  PetscCall(VecRestoreArrayRead(at, &x));
  PetscFunctionReturn(0);
}

static PetscErrorCode evaluate_hessian(Tao tao, Vec at, Mat hessian, Mat preconditioner, void *of) {
  const PetscReal *x;
  PetscReal *H;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(at, &x));
  PetscCall(MatDenseGetArrayWrite(hessian, &H));
  (void)HfSpringsEnergy(of, x, NULL, H);
  PetscCall(MatDenseRestoreArrayWrite(hessian, &H));
  PetscCall(MatAssemblyBegin(hessian, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(hessian, MAT_FINAL_ASSEMBLY));
  PetscCall(VecRestoreArrayRead(at, &x));
  PetscFunctionReturn(0);
}

/* ---- the network ---- */

/* TAO's settings of a trust region that are options alone, set apart from the options of the program. */
static PetscErrorCode set_trust_region(Tao tao, PetscReal reach) {
  PetscOptions options;
  char text[32];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(text, sizeof text, "%.17g", (double)reach));
  PetscCall(PetscOptionsCreate(&options));
  PetscCall(PetscOptionsSetValue(options, "-tao_bnk_init_type", "constant"));
  PetscCall(PetscOptionsSetValue(options, "-tao_bnk_max_radius", text));
  PetscCall(PetscObjectSetOptions((PetscObject)tao, options));
  PetscCall(TaoSetFromOptions(tao));
  PetscCall(PetscObjectSetOptions((PetscObject)tao, NULL));
  PetscCall(PetscOptionsDestroy(&options));
  PetscFunctionReturn(0);
}

static PetscErrorCode create_solver(HfSprings springs) {
  const PetscInt size = springs->dim * springs->n_nodes;
  KSP ksp;
  PC pc;

  PetscFunctionBeginUser;
  PetscCall(VecCreateSeq(PETSC_COMM_SELF, size, &springs->x));
  PetscCall(VecDuplicate(springs->x, &springs->gradient));
  PetscCall(MatCreateSeqDense(PETSC_COMM_SELF, size, size, NULL, &springs->hessian));
  PetscCall(MatSetOption(springs->hessian, MAT_SYMMETRIC, PETSC_TRUE));
  PetscCall(TaoCreate(PETSC_COMM_SELF, &springs->tao));
  PetscCall(TaoSetType(springs->tao, TAOBNTR));
  PetscCall(TaoSetSolution(springs->tao, springs->x));
  PetscCall(TaoSetObjectiveAndGradient(springs->tao, springs->gradient, evaluate, springs));
  PetscCall(TaoSetHessian(springs->tao, springs->hessian, springs->hessian, evaluate_hessian, springs));
  PetscCall(set_trust_region(springs->tao, REACH * springs->core));
  PetscCall(TaoSetMaximumIterations(springs->tao, 2000));
  PetscCall(TaoGetKSP(springs->tao, &ksp));
  PetscCall(KSPGetPC(ksp, &pc));
  PetscCall(PCSetType(pc, PCNONE));
  PetscFunctionReturn(0);
}

PetscErrorCode HfSpringsCreate(PetscInt n_nodes, PetscInt dim, PetscReal xi, PetscReal core, HfSprings *springs) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(springs));
  (*springs)->n_nodes = n_nodes;
  (*springs)->dim = dim;
  (*springs)->xi = xi;
  (*springs)->core = core;
  PetscCall(create_solver(*springs));
  PetscFunctionReturn(0);
}

PetscErrorCode HfSpringsDestroy(HfSprings *springs) {
  HfSprings net = *springs;

  PetscFunctionBeginUser;
  if (!net) PetscFunctionReturn(0);
  PetscCall(TaoDestroy(&net->tao));
  PetscCall(MatDestroy(&net->hessian));
  PetscCall(VecDestroy(&net->gradient));
  PetscCall(VecDestroy(&net->x));
  PetscCall(PetscFree3(net->ends, net->k, net->l));
  PetscCall(PetscFree(*springs));
  PetscFunctionReturn(0);
}

void HfSpringsClear(HfSprings springs) { springs->n_springs = 0; }

static PetscErrorCode make_room(HfSprings springs, PetscInt most) {
  const PetscInt n = springs->n_springs;
  PetscInt *ends;
  PetscReal *k, *l;

  PetscFunctionBeginUser;
  if (most <= springs->room) PetscFunctionReturn(0);
  most = PetscMax(most, 2 * springs->room);
  PetscCall(PetscMalloc3(2 * most, &ends, most, &k, most, &l));
  if (n) {
    PetscCall(PetscArraycpy(ends, springs->ends, 2 * n));
    PetscCall(PetscArraycpy(k, springs->k, n));
    PetscCall(PetscArraycpy(l, springs->l, n));
  }
  PetscCall(PetscFree3(springs->ends, springs->k, springs->l));
  springs->ends = ends;
  springs->k = k;
  springs->l = l;
  springs->room = most;
  PetscFunctionReturn(0);
}

PetscErrorCode HfSpringsAdd(HfSprings springs, PetscInt i, PetscInt j, PetscReal k, PetscReal l) {
  const PetscInt s = springs->n_springs;

  PetscFunctionBeginUser;
  PetscCall(make_room(springs, s + 1));
  springs->ends[2 * s] = i;
  springs->ends[2 * s + 1] = j;
  springs->k[s] = k;
  springs->l[s] = l;
  ++springs->n_springs;
  PetscFunctionReturn(0);
}

PetscErrorCode HfSpringsRelax(HfSprings springs, PetscReal x[], PetscReal *force) {
  PetscReal scale = 0.0;

  PetscFunctionBeginUser;
  for (PetscInt s = 0; s < springs->n_springs; ++s) {
    PetscReal stiffness;

    (void)spring_force(springs->xi, springs->core, 0.0, &stiffness);
    scale += springs->k[s] * stiffness * springs->core / (2.0 * springs->n_springs);
  }
  PetscCall(TaoSetTolerances(springs->tao, 1e-9 * scale, 0.0, 0.0));
  PetscCall(TaoSetInitialTrustRegionRadius(springs->tao, springs->core));
  PetscCall(VecPlaceArray(springs->x, x));
  PetscCall(TaoSolve(springs->tao));
  PetscCall(VecResetArray(springs->x));
  PetscCall(TaoGetSolutionStatus(springs->tao, NULL, NULL, force, NULL, NULL, NULL));
  *force /= scale;
  PetscFunctionReturn(0);
}

/* ---- stability ---- */

/* v <- v - (q.v) q */
static void remove_part(PetscInt size, const PetscReal q[], PetscReal v[]) {
  PetscReal part = 0.0;

  for (PetscInt c = 0; c < size; ++c) part += q[c] * v[c];
  for (PetscInt c = 0; c < size; ++c) v[c] -= part * q[c];
}

/* Makes v orthogonal to the n vectors q, and of length 1. */
static void orthonormalize(PetscInt size, PetscInt n, const PetscReal q[], PetscReal v[]) {
  PetscReal square = 0.0;

  for (PetscInt k = 0; k < 2 * n; ++k) remove_part(size, q + (k % n) * size, v);
  for (PetscInt c = 0; c < size; ++c) square += v[c] * v[c];
  for (PetscInt c = 0; c < size && square > 0.0; ++c) v[c] /= PetscSqrtReal(square);
}

PetscInt HfRigidMotions(PetscInt n_nodes, PetscInt dim, const PetscReal x[], PetscReal q[]) {
  const PetscInt size = n_nodes * dim;
  PetscInt n = 0;

  for (PetscInt a = 0; a < dim; ++a)
    for (PetscInt b = a; b < dim; ++b, ++n) { /* a = b: a translation */
      PetscReal *v = q + n * size;

      for (PetscInt c = 0; c < size; ++c) v[c] = 0.0;
      for (PetscInt i = 0; i < n_nodes; ++i) {
        v[i * dim + a] = a == b ? 1.0 : -x[i * dim + b];
        if (a != b) v[i * dim + b] = x[i * dim + a];
      }
      orthonormalize(size, n, q, v);
    }
  return n;
}

/* H <- (1 - q q^T) H (1 - q q^T) + shift q q^T for a unit vector q. */
static void replace_mode(PetscInt size, const PetscReal q[], PetscReal shift, PetscReal Hq[], PetscReal H[]) {
  PetscReal qHq = 0.0;

  for (PetscInt c = 0; c < size; ++c) {
    Hq[c] = 0.0;
    for (PetscInt d = 0; d < size; ++d) Hq[c] += H[c * size + d] * q[d];
    qHq += q[c] * Hq[c];
  }
  for (PetscInt c = 0; c < size; ++c)
    for (PetscInt d = 0; d < size; ++d) H[c * size + d] += (qHq + shift) * q[c] * q[d] - Hq[c] * q[d] - q[c] * Hq[d];
}

PetscErrorCode HfSpringsStiffness(HfSprings springs, const PetscReal x[], PetscReal *smallest) {
  const PetscInt size = springs->dim * springs->n_nodes, n_rigid = springs->dim * (springs->dim + 1) / 2;
  PetscReal *H, *eigenvalues, *work, *q, shift = 0.0;
  PetscBLASInt order, length, info;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(size, &order));
  length = 8 * order;
  PetscCall(PetscMalloc4(size * size, &H, size, &eigenvalues, length, &work, n_rigid * size, &q));
  (void)HfSpringsEnergy(springs, x, NULL, H);
  for (PetscInt c = 0; c < size * size; ++c) shift += PetscAbsReal(H[c]);
  (void)HfRigidMotions(springs->n_nodes, springs->dim, x, q);
  for (PetscInt k = 0; k < n_rigid; ++k) replace_mode(size, q + k * size, shift, work, H);
  PetscCallBLAS("LAPACKsyev", LAPACKsyev_("N", "U", &order, H, &order, eigenvalues, work, &length, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK syev failed with info %d on the stiffness of springs", (int)info);
  *smallest = eigenvalues[0];
  PetscCall(PetscFree4(H, eigenvalues, work, q));
  PetscFunctionReturn(0);
}

PetscReal HfSpringsApart(PetscInt n_nodes, PetscInt dim, const PetscReal x[], const PetscReal y[]) {
  PetscReal sum = 0.0, along[3];

  for (PetscInt i = 0; i < n_nodes; ++i)
    for (PetscInt j = i + 1; j < n_nodes; ++j)
      sum += PetscSqr(separation(dim, x + i * dim, x + j * dim, along) - separation(dim, y + i * dim, y + j * dim, along));
  return PetscSqrtReal(2.0 * sum / (n_nodes * (n_nodes - 1)));
}
