/* The film of the spin-transfer paper: a maze of 400 x 400 nm (Yu et al. 2021) moved by its own current. CPU time of a step without current, with a frozen
   current, and with the potential solved again per step and per interval; that of 50 ns. Before it the right-hand side alone, on this film and on a
   larger one, beside a STREAM triad of the same run. CPU time of rank 0.
   Options: -cell 4 (nm), -time 0.1 (ns, per measurement), -settle 1 (ns without current first), -voltage 0.1 (V), -cells 512 (of the larger film) */
#include "cpu_time.h"
#include <hopfilm/device.h>

#define MATERIAL                                                                                                                                     \
  "  material: {Ms: 490 kA/m, Aex: 3.25e-11 A m, Dbulk: 6.5e-3 A, Ku: 5.2e5 A/m, alpha: 0.3, polarization: 0.5, conductivity: 5e6 S/m, "             \
  "amr_ratio: 1.5}\n"

typedef struct {
  HfKeys keys;
  HfDeck deck;
  HfDevice device;
} Maze;

static PetscErrorCode maze_create(PetscReal size, PetscReal cell, const char *more, Maze *maze) {
  char text[2048];

  PetscFunctionBeginUser;
  PetscCall(HfKeysCreate(&maze->keys));
  PetscCall(HfDeviceRegisterKeys(maze->keys));
  PetscCall(PetscSNPrintf(text, sizeof(text),
                          "hopfilm: 1\nfilm:\n  size: [%g nm, %g nm]\n  cell: %g nm\n  thickness: 1 um\n" MATERIAL "  initial: {random: {seed: 1}}\n"
                          "electrodes:\n"
                          "  - {name: left, shape: {rectangle: {size: [0 nm, %g nm]}}, at: [%g nm, 0 nm]}\n"
                          "  - {name: right, shape: {rectangle: {size: [0 nm, %g nm]}}, at: [%g nm, 0 nm]}\n%s",
                          (double)size, (double)size, (double)cell, (double)size, (double)(-0.5 * size), (double)size, (double)(0.5 * size), more));
  PetscCall(HfDeckCreateFromText(PETSC_COMM_WORLD, maze->keys, text, &maze->deck));
  PetscCall(HfDeckVerdict(maze->deck));
  PetscCall(HfDeviceCreate(maze->deck, &maze->device));
  PetscFunctionReturn(0);
}

static PetscErrorCode maze_destroy(Maze *maze) {
  PetscFunctionBeginUser;
  PetscCall(HfDeviceDestroy(&maze->device));
  PetscCall(HfDeckDestroy(&maze->deck));
  PetscCall(HfKeysDestroy(&maze->keys));
  PetscFunctionReturn(0);
}

/* Advances by `time` at +-V/2 (0: no current) from the state `start` and prints the CPU time; seconds: extrapolated to 50 ns. */
static PetscErrorCode measure(Vec start, PetscReal cell, const char *what, const char *coupling, PetscReal voltage, PetscReal time,
                              PetscReal *seconds) {
  const PetscReal V[2] = {0.5 * voltage, -0.5 * voltage};
  PetscInt64 steps, rejected, evaluations, refreshes, most;
  PetscReal mean, spent;
  Maze maze;
  Vec m;

  PetscFunctionBeginUser;
  PetscCall(maze_create(400, cell, coupling, &maze));
  m = HfDeviceMagnetization(maze.device);
  PetscCall(VecCopy(start, m));
  if (voltage != 0) PetscCall(HfDeviceDrive(maze.device, V));
  spent = now_s();
  PetscCall(HfMagnetAdvance(HfDeviceMagnet(maze.device), m, 0, time, NULL, NULL));
  spent = now_s() - spent;
  HfMagnetStatistics(HfDeviceMagnet(maze.device), &steps, &rejected, &evaluations);
  HfDeviceCouplingStatistics(maze.device, &refreshes, &mean, &most);
  *seconds = 50e-9 * spent / time;
  PetscCall(
      PetscPrintf(PETSC_COMM_WORLD,
                  "%-22s %6d steps of %.3f ps, %4d rejected, %5.2f evaluations and %.3f ms each; %6d refreshes of %.2f iterations, %2d at most; "
                  "50 ns in %.0f s\n",
                  what, (int)steps, (double)(1e12 * time) / (double)steps, (int)rejected, (double)evaluations / (double)steps,
                  (double)(1e3 * spent) / (double)steps, (int)refreshes, (double)mean, (int)most, (double)*seconds));
  PetscCall(maze_destroy(&maze));
  PetscFunctionReturn(0);
}

/* Right-hand side with exchange, uniaxial anisotropy and DMI, without and with the torque of a current: cell evaluations per second. stream: GB/s. */
static PetscErrorCode bare(PetscInt cells, PetscReal cell, PetscReal stream) {
  const PetscReal V[2] = {0.05, -0.05};
  Maze maze;
  Vec m, dmdt;

  PetscFunctionBeginUser;
  PetscCall(maze_create((PetscReal)cells * cell, cell, "", &maze));
  m = HfDeviceMagnetization(maze.device);
  PetscCall(VecDuplicate(m, &dmdt));
  for (int current = 0; current < 2; ++current) {
    const PetscInt repeat = 1 + 4000000 / (cells * cells);
    PetscReal best = PETSC_MAX_REAL;

    if (current) PetscCall(HfDeviceDrive(maze.device, V));
    for (int pass = 0; pass < 10; ++pass) {
      const PetscReal t = now_s();
      for (PetscInt k = 0; k < repeat; ++k) PetscCall(HfMagnetRightHandSide(HfDeviceMagnet(maze.device), 0, m, dmdt));
      best = PetscMin(best, (now_s() - t) / (PetscReal)repeat);
    }
    const PetscReal million = 1e-6 * (PetscReal)HfGridGetInfo(HfDeviceGrid(maze.device))->n_film / best;
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "right-hand side, %d x %d cells, %s: %.1f M cell evaluations/s%s, 48 B each is %.2f of the triad\n",
                          (int)cells, (int)cells, current ? "with current" : "without current", (double)million, current ? " (required: 90)" : "",
                          (double)(48e-3 * million / stream)));
  }
  PetscCall(VecDestroy(&dmdt));
  PetscCall(maze_destroy(&maze));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscReal cell = 4, time = 0.1, settle = 1, voltage = 0.1, still, frozen, step, other, stream;
  PetscInt cells = 512;
  Maze maze;
  Vec start;

  PetscFunctionBeginUser;
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(PetscOptionsGetReal(NULL, NULL, "-cell", &cell, NULL));
  PetscCall(PetscOptionsGetReal(NULL, NULL, "-time", &time, NULL));
  PetscCall(PetscOptionsGetReal(NULL, NULL, "-settle", &settle, NULL));
  PetscCall(PetscOptionsGetReal(NULL, NULL, "-voltage", &voltage, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-cells", &cells, NULL));
  time *= 1e-9;
  stream = triad(0.3);
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "triad %.1f GB/s\n", (double)stream));
  PetscCall(bare((PetscInt)(400 / cell + 0.5), cell, stream));
  PetscCall(bare(cells, cell, stream));
  PetscCall(maze_create(400, cell, "", &maze));
  PetscCall(HfMagnetAdvance(HfDeviceMagnet(maze.device), HfDeviceMagnetization(maze.device), 0, 1e-9 * settle, NULL, NULL));
  start = HfDeviceMagnetization(maze.device);
  PetscCall(measure(start, cell, "no current", "", 0, time, &still));
  PetscCall(measure(start, cell, "frozen current", "coupling: {refresh: interval, every: 1 s}\n", voltage, time, &frozen));
  PetscCall(measure(start, cell, "refreshed per step", "coupling: {refresh: step}\n", voltage, time, &step));
  PetscCall(measure(start, cell, "refreshed every 5 ps", "coupling: {refresh: interval, every: 5 ps}\n", voltage, time, &other));
  PetscCall(measure(start, cell, "refreshed per stage", "coupling: {refresh: stage}\n", voltage, time, &other));
  PetscCall(PetscPrintf(
      PETSC_COMM_WORLD,
      "50 ns refreshed per step: %.0f s (required: 180); magnetization %.0f %%, spin-transfer torque %.0f %%, potential and current %.0f %%\n",
      (double)step, (double)(100 * still / step), (double)(100 * (frozen - still) / step), (double)(100 * (step - frozen) / step)));
  PetscCall(maze_destroy(&maze));
  PetscCall(PetscFinalize());
  return 0;
}
