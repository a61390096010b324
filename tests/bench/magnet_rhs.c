/* Speed of the magnetization on one core per rank, in CPU time: right-hand side bare and through TS, without and with DMI or demagnetization,
   beside a STREAM triad of the same run.
   Options: -n 512 (cells along each side), -seconds 1, -disk */
#include "cpu_time.h"
#include <hopfilm/magnet.h>

/* One film: exchange, uniaxial anisotropy, Zeeman, what `more` adds to the material and the demagnetizing field of the kind `demag`. */
static PetscErrorCode measure(const char *name, const char *more, const char *demag, const char *required[2], PetscInt n, PetscReal seconds,
                              PetscBool disk, PetscReal stream) {
  PetscReal best = PETSC_MAX_REAL, start, million, bare, t_end = 0;
  PetscInt64 steps, rejected, evaluations, before;
  PetscMPIInt size;
  char text[2048];
  HfKeys keys;
  HfDeck deck;
  HfGrid grid;
  HfMagnet magnet;
  Vec m, dmdt;

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
                          "  grains: {size: 20 nm}\n"
                          "  %sshape: {disk: {diameter: %d nm}}\n"
                          "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, Ku: 1e4 J/m^3, axis: [1, 0, 1], alpha: 0.3%s}\n"
                          "  initial: {vortex: {core: 50 nm}}\n"
                          "field: {uniform: [1e3 A/m, 0 A/m, 2e3 A/m]}\n"
                          "demag: %s\n",
                          (int)(5 * n), (int)(5 * n), disk ? "" : "#", (int)(5 * n), more, demag));
  PetscCall(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck));
  PetscCall(HfDeckVerdict(deck));
  PetscCall(HfGridCreateFromDeck(deck, &grid));
  PetscCall(HfMagnetCreate(grid, deck, NULL, &magnet));
  PetscCall(HfDeckVerdict(deck));
  PetscCall(HfMagnetCreateState(magnet, &m));
  PetscCall(VecDuplicate(m, &dmdt));
  PetscCall(HfMagnetSetInitial(magnet, NULL, m));
  million = 1e-6 * (PetscReal)HfGridGetInfo(grid)->n_film / size;

  for (start = now_s(); go_on(start, seconds);) {
    const PetscReal t = now_s();
    for (int k = 0; k < 10; ++k) PetscCall(HfMagnetRightHandSide(magnet, 0, m, dmdt));
    best = PetscMin(best, now_s() - t);
  }
  bare = 10 * million / best;
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "%s, %d cells\n  right-hand side: %.1f M cell evaluations/s per core (required: %s), 48 B each is %.2f of the triad\n", name,
                        (int)HfGridGetInfo(grid)->n_film, (double)bare, required[0], (double)(48e-3 * bare / stream)));
  HfMagnetStatistics(magnet, NULL, NULL, &before);
  best = PETSC_MAX_REAL;
  for (start = now_s(); go_on(start, seconds);) {
    const PetscReal t = now_s();
    PetscInt64 then, now;

    HfMagnetStatistics(magnet, NULL, NULL, &then);
    PetscCall(HfMagnetAdvance(magnet, m, t_end, t_end + 5e-12, NULL, NULL));
    HfMagnetStatistics(magnet, NULL, NULL, &now);
    t_end += 5e-12;
    best = PetscMin(best, (now_s() - t) / (PetscReal)(now - then));
  }
  HfMagnetStatistics(magnet, &steps, &rejected, &evaluations);
  PetscCall(PetscPrintf(
      PETSC_COMM_WORLD, "  through TS: %.1f M cell evaluations/s per core (required: %s); %d steps, %d rejected, %.2f evaluations per step\n",
      (double)(million / best), required[1], (int)steps, (int)rejected, (double)(evaluations - before) / (double)(steps + rejected)));
  PetscCall(VecDestroy(&m));
  PetscCall(VecDestroy(&dmdt));
  PetscCall(HfMagnetDestroy(&magnet));
  PetscCall(HfGridDestroy(&grid));
  PetscCall(HfDeckDestroy(&deck));
  PetscCall(HfKeysDestroy(&keys));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  const char *local[2] = {"150", "60"}, *whole[2] = {"12", "-"};
  PetscInt n = 512;
  PetscReal seconds = 1, stream;
  PetscBool disk = PETSC_FALSE;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-n", &n, NULL));
  PetscCall(PetscOptionsGetReal(NULL, NULL, "-seconds", &seconds, NULL));
  PetscCall(PetscOptionsGetBool(NULL, NULL, "-disk", &disk, NULL));
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  stream = triad(0.3 * seconds);
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "ranks %d, triad %.1f GB/s per rank\n", size, (double)stream));
  PetscCall(measure("exchange + uniaxial + Zeeman", "", "none", local, n, seconds, disk, stream));
  PetscCall(measure("exchange + uniaxial + bulk DMI + Zeeman", ", Dbulk: 1 mJ/m^2", "none", local, n, seconds, disk, stream));
  PetscCall(measure("exchange + uniaxial + interfacial DMI + Zeeman", ", Dinterfacial: 1 mJ/m^2", "none", local, n, seconds, disk, stream));
  PetscCall(
      measure("exchange + uniaxial of grains + bulk DMI + Zeeman", ", Dbulk: 1 mJ/m^2, Ku_variation: 10 %", "none", local, n, seconds, disk, stream));
  PetscCall(measure("exchange + uniaxial + Zeeman + full demagnetization", "", "full", whole, n, seconds, disk, stream));
  PetscCall(PetscFinalize());
  return 0;
}
