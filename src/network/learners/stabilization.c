/* Simultaneous stabilization (Stern, Pinson & Murugan 2020): linear springs that hold several states at once, found with all of them known. With t = k l the
   forces and second derivatives of a state m are linear in k and t of all P = N(N-1)/2 pairs, n the unit vector along a pair,

     sum_j (k_ij r^m_ij - t_ij) n^m_ij = 0 at every node i,     H_m = sum_pairs k - t/r^m (1 - n n^T)

   so that the springs with all states in equilibrium are a linear space, of 2 P - M (2 N - 3) dimensions or more in the plane: there are none but in special
   states for M > N(N-1)/(2 N-3), which is N/2 for many nodes. In it

     g = min(eigenvalues of all H_m without rigid motions; k, t if they are to be positive)   over   |k|^2 + |t|^2 = 1

   is concave, and the states can be stable together if its maximum is positive. A spring with k < 0 pushes away from its rest length, as one that is held
   beyond its buckling does. A smooth minimum, -1/b log sum exp(-b g_q), is made largest for rising b, by
   PETSc's TAO (limited-memory quasi-Newton steps), to within 2 % of what ten times the steps give. */
#include "learners.h"
#include <petscblaslapack.h>
#include <petsctao.h>

#define DIM    2
#define RANK   1e-10 /* singular values below this part of the largest are zero */
#define SHIFT  1e3   /* eigenvalue of rigid motions, above all others */
#define STAGES 3

typedef struct {
  PetscInt n_nodes, n_pairs, n_states, size, n_free;
  const PetscReal *states;
  PetscReal *along;              /* [n_states][n_pairs][DIM] */
  PetscReal *r;                  /* [n_states][n_pairs] */
  PetscReal *rigid;              /* [n_states][3][size] */
  PetscReal *space;              /* [n_free][2 n_pairs]: orthonormal */
  PetscReal *kt, *slope;         /* [2 n_pairs]: k and t, and the gradient in them */
  PetscReal *eigenvalues, *work; /* [n_states][size], [8 size] */
  PetscReal *vectors;            /* [n_states][size]^2 */
  PetscReal sharpness, margin;   /* b, and the last g */
  PetscBool positive;            /* k and t */
} Design;

/* ---- equilibria ---- */

static void measure_pairs(Design *design) {
  for (PetscInt m = 0; m < design->n_states; ++m) {
    const PetscReal *x = design->states + m * design->size;

    for (PetscInt i = 0, e = m * design->n_pairs; i < design->n_nodes; ++i)
      for (PetscInt j = i + 1; j < design->n_nodes; ++j, ++e) {
        const PetscReal a = x[i * DIM] - x[j * DIM], b = x[i * DIM + 1] - x[j * DIM + 1];

        design->r[e] = PetscSqrtReal(a * a + b * b);
        design->along[e * DIM] = a / design->r[e];
        design->along[e * DIM + 1] = b / design->r[e];
      }
    (void)HfRigidMotions(design->n_nodes, DIM, x, design->rigid + m * 3 * design->size);
  }
}

/* The space of springs with all states in equilibrium: what the rows of forces leave of that of all springs. */
static PetscErrorCode find_space(Design *design) {
  const PetscInt n_rows = design->n_states * design->size, n_columns = 2 * design->n_pairs;
  PetscReal *rows, *all, *singular, *work, none = 0.0;
  PetscBLASInt columns, n, length, info, one = 1;
  PetscInt rank = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(n_columns, &columns));
  PetscCall(PetscBLASIntCast(n_rows, &n));
  PetscCall(PetscBLASIntCast(5 * (n_columns + n_rows), &length));
  PetscCall(PetscCalloc1(n_rows * n_columns, &rows));
  PetscCall(PetscMalloc3(n_columns * n_columns, &all, n_columns, &singular, length, &work));
  for (PetscInt m = 0; m < design->n_states; ++m)
    for (PetscInt i = 0, e = 0; i < design->n_nodes; ++i)
      for (PetscInt j = i + 1; j < design->n_nodes; ++j, ++e)
        for (PetscInt c = 0; c < DIM; ++c) {
          const PetscInt at = m * design->n_pairs + e;
          PetscReal *of_i = rows + (m * design->size + i * DIM + c) * n_columns, *of_j = rows + (m * design->size + j * DIM + c) * n_columns;

          of_i[e] = design->r[at] * design->along[at * DIM + c];
          of_i[design->n_pairs + e] = -design->along[at * DIM + c];
          of_j[e] = -of_i[e];
          of_j[design->n_pairs + e] = -of_i[design->n_pairs + e];
        }
  PetscCallBLAS("LAPACKgesvd", LAPACKgesvd_("A", "N", &columns, &n, rows, &columns, singular, all, &columns, &none, &one, work, &length, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK gesvd failed with info %d on the forces of springs", (int)info);
  while (rank < PetscMin(n_rows, n_columns) && singular[rank] > RANK * singular[0]) ++rank;
  design->n_free = n_columns - rank;
  PetscCall(PetscMalloc1(PetscMax(1, design->n_free) * n_columns, &design->space));
  PetscCall(PetscArraycpy(design->space, all + rank * n_columns, design->n_free * n_columns));
  PetscCall(PetscFree3(all, singular, work));
  PetscCall(PetscFree(rows));
  PetscFunctionReturn(0);
}

/* ---- stability ---- */

static PetscErrorCode find_eigenvalues(Design *design, PetscInt m) {
  const PetscInt size = design->size, n_pairs = design->n_pairs;
  const PetscReal *rigid = design->rigid + m * 3 * size;
  PetscReal *H = design->vectors + m * size * size;
  PetscBLASInt order, length, info;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(size, &order));
  length = 8 * order;
  for (PetscInt c = 0; c < size; ++c)
    for (PetscInt d = 0; d < size; ++d) {
      H[c * size + d] = 0.0;
      for (PetscInt q = 0; q < 3; ++q) H[c * size + d] += SHIFT * rigid[q * size + c] * rigid[q * size + d];
    }
  for (PetscInt i = 0, e = 0; i < design->n_nodes; ++i)
    for (PetscInt j = i + 1; j < design->n_nodes; ++j, ++e) {
      const PetscReal *n = design->along + (m * n_pairs + e) * DIM;
      const PetscReal k = design->kt[e], across = design->kt[n_pairs + e] / design->r[m * n_pairs + e];

      for (PetscInt c = 0; c < DIM; ++c)
        for (PetscInt d = 0; d < DIM; ++d) {
          const PetscReal h = (c == d ? k - across : 0.0) + across * n[c] * n[d];

          H[(i * DIM + c) * size + i * DIM + d] += h;
          H[(j * DIM + c) * size + j * DIM + d] += h;
          H[(i * DIM + c) * size + j * DIM + d] -= h;
          H[(j * DIM + c) * size + i * DIM + d] -= h;
        }
    }
  PetscCallBLAS("LAPACKsyev", LAPACKsyev_("V", "U", &order, H, &order, design->eigenvalues + m * size, design->work, &length, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK syev failed with info %d on the stiffness of springs", (int)info);
  PetscFunctionReturn(0);
}

/* slope += weight times the derivative of an eigenvalue with this eigenvector. */
static void add_slope(Design *design, PetscInt m, const PetscReal v[], PetscReal weight) {
  for (PetscInt i = 0, e = 0; i < design->n_nodes; ++i)
    for (PetscInt j = i + 1; j < design->n_nodes; ++j, ++e) {
      const PetscReal *n = design->along + (m * design->n_pairs + e) * DIM;
      const PetscReal a = v[i * DIM] - v[j * DIM], b = v[i * DIM + 1] - v[j * DIM + 1];

      design->slope[e] += weight * (a * a + b * b);
      design->slope[design->n_pairs + e] -= weight * PetscSqr(n[0] * b - n[1] * a) / design->r[m * design->n_pairs + e];
    }
}

/* The smooth minimum of g of k and t, and its derivatives in them. */
static PetscErrorCode find_minimum(Design *design, PetscReal *smooth) {
  const PetscInt n_eigenvalues = design->n_states * design->size, n_springs = 2 * design->n_pairs, size = design->size;
  PetscReal sum = 0.0;

  PetscFunctionBeginUser;
  for (PetscInt m = 0; m < design->n_states; ++m) PetscCall(find_eigenvalues(design, m));
  design->margin = design->eigenvalues[0];
  for (PetscInt e = 0; e < n_springs && design->positive; ++e) design->margin = PetscMin(design->margin, design->kt[e]);
  for (PetscInt q = 0; q < n_eigenvalues; ++q) design->margin = PetscMin(design->margin, design->eigenvalues[q]);
  for (PetscInt e = 0; e < n_springs; ++e) {
    design->slope[e] = design->positive ? PetscExpReal(-design->sharpness * (design->kt[e] - design->margin)) : 0.0;
    sum += design->slope[e];
  }
  for (PetscInt q = 0; q < n_eigenvalues; ++q) {
    const PetscReal weight = PetscExpReal(-design->sharpness * (design->eigenvalues[q] - design->margin));

    sum += weight;
    if (weight > PETSC_MACHINE_EPSILON) add_slope(design, q / size, design->vectors + q * size, weight);
  }
  for (PetscInt e = 0; e < n_springs; ++e) design->slope[e] /= sum;
  *smooth = design->margin - PetscLogReal(sum) / design->sharpness;
  PetscFunctionReturn(0);
}

/* k and t of coordinates y in the space of equilibria, scaled to length 1; returns the length of y. */
static PetscReal set_springs(Design *design, const PetscReal y[]) {
  PetscReal length = 0.0;

  for (PetscInt f = 0; f < design->n_free; ++f) length += y[f] * y[f];
  length = PetscSqrtReal(length);
  for (PetscInt e = 0; e < 2 * design->n_pairs; ++e) {
    design->kt[e] = 0.0;
    for (PetscInt f = 0; f < design->n_free; ++f) design->kt[e] += y[f] / length * design->space[f * 2 * design->n_pairs + e];
  }
  return length;
}

static PetscErrorCode evaluate(Tao tao, Vec at, PetscReal *value, Vec gradient, void *of) {
  Design *design = of;
  const PetscReal *y;
  PetscReal *g, length, radial = 0.0;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(at, &y));
  PetscCall(VecGetArrayWrite(gradient, &g));
  length = set_springs(design, y);
  PetscCall(find_minimum(design, value));
  *value = -*value;
  for (PetscInt f = 0; f < design->n_free; ++f) {
    g[f] = 0.0;
    for (PetscInt e = 0; e < 2 * design->n_pairs; ++e) g[f] -= design->slope[e] * design->space[f * 2 * design->n_pairs + e];
    radial += g[f] * y[f] / length;
  }
  for (PetscInt f = 0; f < design->n_free; ++f) g[f] = (g[f] - radial * y[f] / length) / length;
  PetscCall(VecRestoreArrayWrite(gradient, &g));
  PetscCall(VecRestoreArrayRead(at, &y));
  PetscFunctionReturn(0);
}

static PetscErrorCode maximize(Design *design) {
  PetscReal *y, largest;
  Tao tao;
  Vec at;

  PetscFunctionBeginUser;
  PetscCall(VecCreateSeq(PETSC_COMM_SELF, design->n_free, &at));
  PetscCall(VecGetArrayWrite(at, &y));
  for (PetscInt f = 0; f < design->n_free; ++f) { /* from the springs nearest to k = 1, l = 1/2 */
    y[f] = 0.0;
    for (PetscInt e = 0; e < 2 * design->n_pairs; ++e) y[f] += (e < design->n_pairs ? 1.0 : 0.5) * design->space[f * 2 * design->n_pairs + e];
  }
  PetscCall(VecRestoreArrayWrite(at, &y));
  PetscCall(VecNormalize(at, &largest));
  PetscCall(TaoCreate(PETSC_COMM_SELF, &tao));
  PetscCall(TaoSetType(tao, TAOLMVM));
  PetscCall(TaoSetSolution(tao, at));
  PetscCall(TaoSetObjectiveAndGradient(tao, NULL, evaluate, design));
  PetscCall(TaoSetTolerances(tao, 1e-6, 0.0, 0.0));
  PetscCall(TaoSetMaximumIterations(tao, 300));
  design->sharpness = 100.0;
  for (PetscInt stage = 0; stage < STAGES; ++stage, design->sharpness *= 10.0) PetscCall(TaoSolve(tao));
  design->sharpness = 1e4;
  PetscCall(VecGetArray(at, &y));
  (void)set_springs(design, y);
  PetscCall(VecRestoreArray(at, &y));
  PetscCall(find_minimum(design, &largest));
  PetscCall(TaoDestroy(&tao));
  PetscCall(VecDestroy(&at));
  PetscFunctionReturn(0);
}

PetscErrorCode HfSpringsStabilize(HfSprings springs, PetscInt n_nodes, PetscBool positive, PetscInt n_states, const PetscReal states[],
                                  PetscReal *margin) {
  const PetscInt n_pairs = n_nodes * (n_nodes - 1) / 2, size = DIM * n_nodes;
  Design design = {.n_nodes = n_nodes, .n_pairs = n_pairs, .n_states = n_states, .size = size, .states = states, .positive = positive};

  PetscFunctionBeginUser;
  HfSpringsClear(springs);
  PetscCall(PetscMalloc7(n_states * n_pairs * DIM, &design.along, n_states * n_pairs, &design.r, n_states * 3 * size, &design.rigid, 2 * n_pairs,
                         &design.kt, 2 * n_pairs, &design.slope, n_states * size, &design.eigenvalues, 8 * size, &design.work));
  PetscCall(PetscMalloc1(n_states * size * size, &design.vectors));
  measure_pairs(&design);
  PetscCall(find_space(&design));
  if (design.n_free) PetscCall(maximize(&design));
  *margin = design.n_free ? design.margin : 0.0;
  for (PetscInt i = 0, e = 0; i<n_nodes && * margin> 0.0; ++i)
    for (PetscInt j = i + 1; j < n_nodes; ++j, ++e) PetscCall(HfSpringsAdd(springs, i, j, design.kt[e], design.kt[n_pairs + e] / design.kt[e]));
  PetscCall(PetscFree(design.space));
  PetscCall(PetscFree(design.vectors));
  PetscCall(PetscFree7(design.along, design.r, design.rigid, design.kt, design.slope, design.eigenvalues, design.work));
  PetscFunctionReturn(0);
}
