/* The film of the spin-transfer paper: a maze of 400 x 400 nm (Yu et al. 2021) moved by its own current. CPU time of an explicit step without current, with a
   frozen current, and with the potential solved again per step and per interval; that of 50 ns, relative to the same without current. Before it the
   right-hand side alone, on this film and on a larger one, relative to a STREAM triad in turns with it. CPU time of rank 0.
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
                          "  - {name: right, shape: {rectangle: {size: [0 nm, %g nm]}}, at: [%g nm, 0 nm]}\n"
                          "integrator: {method: 5dp}\n%s",
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

typedef struct {
  HfMagnet magnet;
  PetscInt repeat;
  Vec m, dmdt;
} Evaluation;

static PetscErrorCode evaluate(void *context, PetscReal *evaluations) {
  const Evaluation *e = context;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < e->repeat; ++k) PetscCall(HfMagnetRightHandSide(e->magnet, 0, e->m, e->dmdt));
  *evaluations = (PetscReal)e->repeat;
  PetscFunctionReturn(0);
}

/* Right-hand side with exchange, uniaxial anisotropy and DMI, without and with the torque of a current, which reads two numbers more. */
static PetscErrorCode bare(PetscInt cells, PetscReal cell, Triad *stream) {
  const PetscReal V[2] = {0.05, -0.05};
  Evaluation e = {.repeat = 1 + 4000000 / (cells * cells)};
  Maze maze;

  PetscFunctionBeginUser;
  PetscCall(maze_create((PetscReal)cells * cell, cell, "", &maze));
  e.magnet = HfDeviceMagnet(maze.device);
  e.m = HfDeviceMagnetization(maze.device);
  PetscCall(VecDuplicate(e.m, &e.dmdt));
  for (int current = 0; current < 2; ++current) {
    const PetscReal n_film = (PetscReal)HfGridGetInfo(HfDeviceGrid(maze.device))->n_film, bytes = current ? 64.0 : 48.0;
    Rates rates;

    if (current) PetscCall(HfDeviceDrive(maze.device, V));
    PetscCall(in_turns(evaluate, &e, triad_once, stream, 0.5, &rates));
    PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                          "right-hand side, %d x %d cells, %s: %.2f of the triad (required: >= %s) at %d B per cell; %.1f M cell evaluations/s\n",
                          (int)cells, (int)cells, current ? "with current" : "without current", (double)(bytes * n_film * rates.ratio),
                          current ? "0.36" : "0.45", (int)bytes, (double)(1e-6 * n_film * rates.a)));
  }
  PetscCall(VecDestroy(&e.dmdt));
  PetscCall(maze_destroy(&maze));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  enum { ROUNDS = 3 };
  PetscReal cell = 4, time = 0.1, settle = 1, voltage = 0.1, still, frozen, step, other, ratio[ROUNDS], median = 0;
  PetscInt cells = 512;
  Triad stream;
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
  PetscCall(triad_create(&stream));
  PetscCall(bare((PetscInt)(400 / cell + 0.5), cell, &stream));
  PetscCall(bare(cells, cell, &stream));
  PetscCall(triad_destroy(&stream));
  PetscCall(maze_create(400, cell, "", &maze));
  PetscCall(HfMagnetAdvance(HfDeviceMagnet(maze.device), HfDeviceMagnetization(maze.device), 0, 1e-9 * settle, NULL, NULL));
  start = HfDeviceMagnetization(maze.device);
  PetscCall(measure(start, cell, "frozen current", "coupling: {refresh: interval, every: 1 s}\n", voltage, time, &frozen));
  PetscCall(measure(start, cell, "refreshed every 5 ps", "coupling: {refresh: interval, every: 5 ps}\n", voltage, time, &other));
  PetscCall(measure(start, cell, "refreshed per stage", "coupling: {refresh: stage}\n", voltage, time, &other));
  for (int round = 0; round < ROUNDS; ++round) {
    PetscCall(measure(start, cell, "no current", "", 0, time, &still));
    PetscCall(measure(start, cell, "refreshed per step", "coupling: {refresh: step}\n", voltage, time, &step));
    ratio[round] = step / still;
  }
  PetscCall(median_of(ROUNDS, ratio, &median));
  PetscCall(PetscPrintf(
      PETSC_COMM_WORLD,
      "time with a current refreshed per step: %.2f of that without current (required: <= 3); 50 ns in %.0f s: magnetization %.0f %%, "
      "spin-transfer torque %.0f %%, potential and current %.0f %%\n",
      (double)median, (double)step, (double)(100 * still / step), (double)(100 * (frozen - still) / step), (double)(100 * (step - frozen) / step)));
  PetscCall(maze_destroy(&maze));
  PetscCall(PetscFinalize());
  return 0;
}
