/* Potentials in a network of resistors: sum_j C_ij (p_i - p_j) = I_i at every node but the grounded one, whose row of the matrix is that of the identity. */
#include "learners.h"
#include <petscmat.h>

struct HfResistorNetwork_ {
  PetscInt n_nodes, n_links, ground;
  PetscInt *ends;
  Mat laplacian, factor;
  Vec current, potential;
};

PetscErrorCode HfResistorNetworkCreate(PetscInt n_nodes, PetscInt n_links, const PetscInt ends[], PetscInt ground, HfResistorNetwork *network) {
  HfResistorNetwork net;
  PetscInt *degree;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&net));
  *network = net;
  net->n_nodes = n_nodes;
  net->n_links = n_links;
  net->ground = ground;
  PetscCall(PetscMalloc1(2 * n_links, &net->ends));
  PetscCall(PetscArraycpy(net->ends, ends, 2 * n_links));
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
  PetscCall(PetscFree(net->ends));
  PetscCall(PetscFree(*network));
  PetscFunctionReturn(0);
}

static PetscErrorCode assemble(HfResistorNetwork net, const PetscReal C[]) {
  const PetscInt ground = net->ground;

  PetscFunctionBeginUser;
  PetscCall(MatZeroEntries(net->laplacian));
  PetscCall(MatSetValue(net->laplacian, ground, ground, 1.0, ADD_VALUES));
  for (PetscInt e = 0; e < net->n_links; ++e) {
    const PetscInt i = net->ends[2 * e], j = net->ends[2 * e + 1];

    if (i != ground) PetscCall(MatSetValue(net->laplacian, i, i, C[e], ADD_VALUES));
    if (j != ground) PetscCall(MatSetValue(net->laplacian, j, j, C[e], ADD_VALUES));
    if (i == ground || j == ground) continue;
    PetscCall(MatSetValue(net->laplacian, i, j, -C[e], ADD_VALUES));
    PetscCall(MatSetValue(net->laplacian, j, i, -C[e], ADD_VALUES));
  }
  PetscCall(MatAssemblyBegin(net->laplacian, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(net->laplacian, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(0);
}

PetscErrorCode HfResistorNetworkSet(HfResistorNetwork net, const PetscReal C[]) {
  MatFactorInfo info;

  PetscFunctionBeginUser;
  PetscCall(assemble(net, C));
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

PetscErrorCode HfResistorNetworkSolve(HfResistorNetwork net, PetscInt n, const PetscReal currents[], PetscReal p[]) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < n; ++k) {
    PetscReal *current;

    PetscCall(VecPlaceArray(net->potential, p + k * net->n_nodes));
    PetscCall(VecGetArrayWrite(net->current, &current));
    PetscCall(PetscArraycpy(current, currents + k * net->n_nodes, net->n_nodes));
    current[net->ground] = 0.0;
    PetscCall(VecRestoreArrayWrite(net->current, &current));
    PetscCall(MatSolve(net->factor, net->current, net->potential));
    PetscCall(VecResetArray(net->potential));
  }
  PetscFunctionReturn(0);
}
