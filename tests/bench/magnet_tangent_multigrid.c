/* CPU time of a V-cycle of HfTangentMultigrid and of its set-up relative to a right-hand side of exchange and uniaxial anisotropy, paired in one run, on one
   core per rank; and the cells that a rank handles in a second.
   Options: -n 512 (cells along each side; without it 128, 512 and 2048), -seconds 1, -disk, -coupling 100 (of a cell, relative to its shift) */
#include "cpu_time.h"
#include <hopfilm/magnet.h>
#include <hopfilm/numerics.h>

typedef struct {
  const HfGridInfo *g;
  const int8_t *regions;
  PetscReal coupling, K;
} Couplings;

static PetscErrorCode fill_row(PetscInt j, const HfTangentRow *row, void *context) {
  const Couplings *c = context;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < c->g->nx; ++i) {
    if (HfRegionAt(c->g, c->regions, i, j) < 0) continue;
    row->weight[i] = row->turn[i] = 1;
    row->damp[i] = 0.3;
    row->east[i] = HfRegionAt(c->g, c->regions, i + 1, j) < 0 ? 0 : c->coupling / 4;
    row->north[i] = HfRegionAt(c->g, c->regions, i, j + 1) < 0 ? 0 : c->coupling / 4;
    row->K[0][i] = row->K[2][i] = row->K[5][i] = 0.5 * c->K;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode measure(PetscInt n, PetscReal seconds, PetscBool disk, PetscReal coupling) {
  PetscReal best[4] = {PETSC_MAX_REAL, PETSC_MAX_REAL, PETSC_MAX_REAL, PETSC_MAX_REAL}, *uh, start;
  const PetscInt times = PetscMax(2, 1000000 / (n * n));
  Couplings couplings = {.coupling = coupling};
  HfTangentMultigrid plain, tensor;
  const PetscScalar *u, *b;
  char text[2048];
  PetscMPIInt size;
  PetscScalar *x;
  HfKeys keys;
  HfDeck deck;
  HfGrid grid;
  HfMagnet magnet;
  Vec m, dmdt, out;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  PetscCall(HfKeysCreate(&keys));
  PetscCall(HfGridRegisterKeys(keys));
  PetscCall(HfMagnetRegisterKeys(keys, NULL));
  PetscCall(PetscSNPrintf(text, sizeof(text),
                          "hopfilm: 1\nfilm:\n"
                          "  size: [%d nm, %d nm]\n"
                          "  cell: 5 nm\n"
                          "  thickness: 20 nm\n"
                          "  %sshape: {disk: {diameter: %d nm}}\n"
                          "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, Ku: 1e4 J/m^3, axis: [1, 0, 1], alpha: 0.3}\n"
                          "  initial: {vortex: {core: 50 nm}}\n"
                          "demag: none\n",
                          (int)(5 * n), (int)(5 * n), disk ? "" : "#", (int)(5 * n)));
  PetscCall(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck));
  PetscCall(HfDeckVerdict(deck));
  PetscCall(HfGridCreateFromDeck(deck, &grid));
  PetscCall(HfMagnetCreate(grid, deck, NULL, &magnet));
  PetscCall(HfDeckVerdict(deck));
  PetscCall(HfMagnetCreateState(magnet, &m));
  PetscCall(VecDuplicate(m, &dmdt));
  PetscCall(VecDuplicate(m, &out));
  PetscCall(HfMagnetSetInitial(magnet, NULL, m));
  couplings.g = HfGridGetInfo(grid);
  couplings.regions = HfGridRegions(grid);
  PetscCall(HfTangentMultigridCreate(grid, fill_row, &couplings, PETSC_FALSE, &plain));
  couplings.K = 0.1;
  PetscCall(HfTangentMultigridCreate(grid, fill_row, &couplings, PETSC_FALSE, &tensor));
  PetscCall(PetscCalloc1(couplings.g->nx * couplings.g->ym, &uh));
  PetscCall(VecGetArrayRead(m, &u));
  PetscCall(HfTangentMultigridSetUp(tensor, u, uh, NULL, 1, 1));
  for (start = now_s(); go_on(start, seconds);) {
    PetscReal t = now_s();
    for (int k = 0; k < times; ++k) PetscCall(HfMagnetRightHandSide(magnet, 0, m, dmdt));
    best[0] = PetscMin(best[0], now_s() - t);
    PetscCall(VecGetArrayRead(dmdt, &b));
    PetscCall(VecGetArray(out, &x));
    t = now_s();
    for (int k = 0; k < times; ++k) PetscCall(HfTangentMultigridSetUp(plain, u, uh, NULL, 1, 1));
    best[1] = PetscMin(best[1], now_s() - t);
    t = now_s();
    for (int k = 0; k < times; ++k) PetscCall(HfTangentMultigridApply(plain, b, x));
    best[2] = PetscMin(best[2], now_s() - t);
    t = now_s();
    for (int k = 0; k < times; ++k) PetscCall(HfTangentMultigridApply(tensor, b, x));
    best[3] = PetscMin(best[3], now_s() - t);
    PetscCall(VecRestoreArray(out, &x));
    PetscCall(VecRestoreArrayRead(dmdt, &b));
  }
  PetscCall(VecRestoreArrayRead(m, &u));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "%d x %d: ns per cell and rank: right-hand side %.2f, V-cycle %.2f; relative to a right-hand side: V-cycle %.2f, with "
                        "anisotropy %.2f, set-up %.2f\n",
                        (int)n, (int)n, (double)(1e9 * best[0] * size / (PetscReal)(times * couplings.g->n_film)),
                        (double)(1e9 * best[2] * size / (PetscReal)(times * couplings.g->n_film)), (double)(best[2] / best[0]),
                        (double)(best[3] / best[0]), (double)(best[1] / best[0])));
  PetscCall(PetscFree(uh));
  PetscCall(HfTangentMultigridDestroy(&plain));
  PetscCall(HfTangentMultigridDestroy(&tensor));
  PetscCall(VecDestroy(&out));
  PetscCall(VecDestroy(&m));
  PetscCall(VecDestroy(&dmdt));
  PetscCall(HfMagnetDestroy(&magnet));
  PetscCall(HfGridDestroy(&grid));
  PetscCall(HfDeckDestroy(&deck));
  PetscCall(HfKeysDestroy(&keys));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  const PetscInt all[] = {128, 512, 2048};
  PetscInt n = 0;
  PetscReal seconds = 1, coupling = 100;
  PetscBool disk = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-n", &n, NULL));
  PetscCall(PetscOptionsGetReal(NULL, NULL, "-seconds", &seconds, NULL));
  PetscCall(PetscOptionsGetReal(NULL, NULL, "-coupling", &coupling, NULL));
  PetscCall(PetscOptionsGetBool(NULL, NULL, "-disk", &disk, NULL));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(all); ++k)
    if (n == 0 || n == all[k]) PetscCall(measure(all[k], seconds, disk, coupling));
  if (n && n != 128 && n != 512 && n != 2048) PetscCall(measure(n, seconds, disk, coupling));
  PetscCall(PetscFinalize());
  return 0;
}
