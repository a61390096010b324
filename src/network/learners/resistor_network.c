/* Potentials in a network of resistors: sum_j C_ij (p_i - p_j) = I_i at every free node. The rows of fixed nodes are those of the identity, and their columns
   stand on the right-hand side, so that the matrix is symmetric and positive definite. */
#include "learners.h"
#include <petscmat.h>

struct HfResistorNetwork_ {
  PetscInt n_nodes, n_links, n_fixed;
  PetscInt *ends, *fixed;
  PetscBool *is_fixed; /* [n_nodes] */
  PetscReal *C;        /* [n_links] */
  Mat laplacian, factor;
  Vec current, potential;
};

PetscErrorCode HfResistorNetworkCreate(PetscInt n_nodes, PetscInt n_links, const PetscInt ends[], PetscInt n_fixed, const PetscInt fixed[],
                                       HfResistorNetwork *network) {
  HfResistorNetwork net;
  PetscInt *degree;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&net));
  *network = net;
  net->n_nodes = n_nodes;
  net->n_links = n_links;
  net->n_fixed = n_fixed;
  PetscCall(PetscMalloc4(2 * n_links, &net->ends, n_fixed, &net->fixed, n_nodes, &net->is_fixed, n_links, &net->C));
  PetscCall(PetscArraycpy(net->ends, ends, 2 * n_links));
  PetscCall(PetscArraycpy(net->fixed, fixed, n_fixed));
  PetscCall(PetscArrayzero(net->is_fixed, n_nodes));
  for (PetscInt k = 0; k < n_fixed; ++k) net->is_fixed[fixed[k]] = PETSC_TRUE;
  PetscCall(PetscMalloc1(n_nodes, &degree));
  for (PetscInt i = 0; i < n_nodes; ++i) degree[i] = 1;
  for (PetscInt e = 0; e < 2 * n_links; ++e) ++degree[ends[e]];
  PetscCall(MatCreateSeqAIJ(PETSC_COMM_SELF, n_nodes, n_nodes, 0, degree, &net->laplacian));
  PetscCall(PetscFree(degree));
  PetscCall(MatCreateVecs(net->laplacian, &net->potential, &net->current));
  PetscFunctionReturn(0);
}

PetscErrorCode HfResistorNetworkDestroy(HfResistorNetwork *network) {
  HfResistorNetwork net = *network;

  PetscFunctionBeginUser;
  if (!net) PetscFunctionReturn(0);
  PetscCall(MatDestroy(&net->laplacian));
  PetscCall(MatDestroy(&net->factor));
  PetscCall(VecDestroy(&net->current));
  PetscCall(VecDestroy(&net->potential));
  PetscCall(PetscFree4(net->ends, net->fixed, net->is_fixed, net->C));
  PetscCall(PetscFree(*network));
  PetscFunctionReturn(0);
}

static PetscErrorCode assemble(HfResistorNetwork net) {
  PetscFunctionBeginUser;
  PetscCall(MatZeroEntries(net->laplacian));
  for (PetscInt k = 0; k < net->n_fixed; ++k) PetscCall(MatSetValue(net->laplacian, net->fixed[k], net->fixed[k], 1.0, ADD_VALUES));
  for (PetscInt e = 0; e < net->n_links; ++e) {
    const PetscInt i = net->ends[2 * e], j = net->ends[2 * e + 1];

    if (!net->is_fixed[i]) PetscCall(MatSetValue(net->laplacian, i, i, net->C[e], ADD_VALUES));
    if (!net->is_fixed[j]) PetscCall(MatSetValue(net->laplacian, j, j, net->C[e], ADD_VALUES));
    if (net->is_fixed[i] || net->is_fixed[j]) continue;
    PetscCall(MatSetValue(net->laplacian, i, j, -net->C[e], ADD_VALUES));
    PetscCall(MatSetValue(net->laplacian, j, i, -net->C[e], ADD_VALUES));
  }
  PetscCall(MatAssemblyBegin(net->laplacian, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(net->laplacian, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(0);
}

PetscErrorCode HfResistorNetworkSet(HfResistorNetwork net, const PetscReal C[]) {
  MatFactorInfo info;

  PetscFunctionBeginUser;
  PetscCall(PetscArraycpy(net->C, C, net->n_links));
  PetscCall(assemble(net));
  PetscCall(MatFactorInfoInitialize(&info));
  if (!net->factor) {
    IS rows, columns;

    PetscCall(MatGetFactor(net->laplacian, MATSOLVERPETSC, MAT_FACTOR_CHOLESKY, &net->factor));
    PetscCall(MatGetOrdering(net->laplacian, MATORDERINGND, &rows, &columns));
    PetscCall(MatCholeskyFactorSymbolic(net->factor, net->laplacian, rows, &info));
    PetscCall(ISDestroy(&rows));
    PetscCall(ISDestroy(&columns));
  }
  PetscCall(MatCholeskyFactorNumeric(net->factor, net->laplacian, &info));
  PetscFunctionReturn(0);
}

/* The right-hand side: the currents into free nodes, those that fixed nodes send them included, and the potentials of fixed ones. */
static void fill_rhs(HfResistorNetwork net, const PetscReal fixed[], const PetscReal currents[], PetscReal rhs[]) {
  for (PetscInt i = 0; i < net->n_nodes; ++i) rhs[i] = net->is_fixed[i] || !currents ? 0.0 : currents[i];
  if (!fixed) return;
  for (PetscInt k = 0; k < net->n_fixed; ++k) rhs[net->fixed[k]] = fixed[k];
  for (PetscInt e = 0; e < net->n_links; ++e) {
    const PetscInt i = net->ends[2 * e], j = net->ends[2 * e + 1];

    if (net->is_fixed[i] && !net->is_fixed[j]) rhs[j] += net->C[e] * rhs[i];
    if (net->is_fixed[j] && !net->is_fixed[i]) rhs[i] += net->C[e] * rhs[j];
  }
}

PetscErrorCode HfResistorNetworkSolve(HfResistorNetwork net, PetscInt n, const PetscReal fixed[], const PetscReal currents[], PetscReal p[]) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < n; ++k) {
    PetscReal *rhs;

    PetscCall(VecPlaceArray(net->potential, p + k * net->n_nodes));
    PetscCall(VecGetArrayWrite(net->current, &rhs));
    fill_rhs(net, fixed ? fixed + k * net->n_fixed : NULL, currents ? currents + k * net->n_nodes : NULL, rhs);
    PetscCall(VecRestoreArrayWrite(net->current, &rhs));
    PetscCall(MatSolve(net->factor, net->current, net->potential));
    PetscCall(VecResetArray(net->potential));
  }
  PetscFunctionReturn(0);
}
