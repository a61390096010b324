/* CPU time of a step of our Runge-Kutta type (src/numerics/time/runge_kutta.c) beside PETSc's TSRK with the same pair, at equal fixed steps.
   Options: -n 128,512,2048 (cells along each side), -rounds 5 (of both, in turn; the fastest counts), -steps 0 (of a round; 0: some 3e6 cells) */
#include "cpu_time.h"
#include <hopfilm/magnet.h>

#define STEP 5e-15 /* s, stable with every method */

typedef struct {
  HfKeys keys;
  HfDeck deck;
  HfGrid grid;
  HfMagnet magnet;
  Vec m;
  PetscReal best, end; /* CPU s per step; simulated s */
} Film;

static PetscErrorCode create(Film *film, PetscInt n, const char *demag, PetscBool petsc) {
  static const char *const options[][2] = {{"-ts_adapt_type", "none"}, {"-ts_type", "rk"}, {"-ts_rk_type", "5dp"}};
  char text[1024];

  PetscFunctionBeginUser;
  *film = (Film){.best = PETSC_MAX_REAL};
  PetscCall(PetscSNPrintf(text, sizeof(text),
                          "hopfilm: 1\n"
                          "film:\n"
                          "  size: [%d nm, %d nm]\n"
                          "  cell: 5 nm\n"
                          "  thickness: 20 nm\n"
                          "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, Ku: 1e4 J/m^3, axis: [1, 0, 1], alpha: 0.3}\n"
                          "  initial: {vortex: {core: 50 nm}}\n"
                          "field: {uniform: [1e3 A/m, 0 A/m, 2e3 A/m]}\n"
                          "demag: %s\n"
                          "integrator: {method: 5dp, first_step: %g s}\n",
                          (int)(5 * n), (int)(5 * n), demag, STEP));
  PetscCall(HfKeysCreate(&film->keys));
  PetscCall(HfGridRegisterKeys(film->keys));
  PetscCall(HfMagnetRegisterKeys(film->keys, NULL));
  PetscCall(HfDeckCreateFromText(PETSC_COMM_WORLD, film->keys, text, &film->deck));
  PetscCall(HfDeckVerdict(film->deck));
  PetscCall(HfGridCreateFromDeck(film->deck, &film->grid));
  for (int k = 0; k < (petsc ? 3 : 1); ++k) PetscCall(PetscOptionsSetValue(NULL, options[k][0], options[k][1]));
  PetscCall(HfMagnetCreate(film->grid, film->deck, NULL, &film->magnet));
  for (int k = 0; k < (petsc ? 3 : 1); ++k) PetscCall(PetscOptionsClearValue(NULL, options[k][0]));
  PetscCall(HfDeckVerdict(film->deck));
  PetscCall(HfMagnetCreateState(film->magnet, &film->m));
  PetscCall(HfMagnetSetInitial(film->magnet, NULL, film->m));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(Film *film) {
  PetscFunctionBeginUser;
  PetscCall(VecDestroy(&film->m));
  PetscCall(HfMagnetDestroy(&film->magnet));
  PetscCall(HfGridDestroy(&film->grid));
  PetscCall(HfDeckDestroy(&film->deck));
  PetscCall(HfKeysDestroy(&film->keys));
  PetscFunctionReturn(0);
}

static PetscErrorCode advance(Film *film, PetscInt steps) {
  const PetscReal end = film->end + (PetscReal)steps * STEP, start = now_s();

  PetscFunctionBeginUser;
  PetscCall(HfMagnetAdvance(film->magnet, film->m, film->end, end, NULL, NULL));
  film->best = PetscMin(film->best, (now_s() - start) / (PetscReal)steps);
  film->end = end;
  PetscFunctionReturn(0);
}

static PetscErrorCode compare(PetscInt n, const char *demag, PetscInt rounds, PetscInt steps) {
  PetscInt64 done[2], evaluations[2];
  PetscReal difference;
  Film film[2]; /* ours, PETSc's */

  PetscFunctionBeginUser;
  if (!steps) steps = PetscMax(10, 3000000 / (n * n));
  for (int k = 0; k < 2; ++k) PetscCall(create(&film[k], n, demag, (PetscBool)k));
  for (PetscInt r = 0; r < rounds; ++r)
    for (int k = 0; k < 2; ++k) PetscCall(advance(&film[k], steps));
  PetscCall(VecAXPY(film[1].m, -1, film[0].m));
  PetscCall(VecNorm(film[1].m, NORM_INFINITY, &difference));
  for (int k = 0; k < 2; ++k) HfMagnetStatistics(film[k].magnet, &done[k], NULL, &evaluations[k]);
  PetscCall(
      PetscPrintf(PETSC_COMM_WORLD,
                  "%5d^2 cells, demag %-4s: %10.3f us a step of ours, %10.3f us of TSRK, ratio %.2f; %.2f and %.2f evaluations a step; %.1e apart\n",
                  (int)n, demag, (double)(1e6 * film[0].best), (double)(1e6 * film[1].best), (double)(film[1].best / film[0].best),
                  (double)evaluations[0] / (double)done[0], (double)evaluations[1] / (double)done[1], (double)difference));
  for (int k = 0; k < 2; ++k) PetscCall(destroy(&film[k]));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscInt n[8] = {128, 512, 2048}, n_sizes = 8, rounds = 5, steps = 0;
  PetscBool given;

  PetscFunctionBeginUser;
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(PetscOptionsGetIntArray(NULL, NULL, "-n", n, &n_sizes, &given));
  if (!given) n_sizes = 3;
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-rounds", &rounds, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-steps", &steps, NULL));
  for (PetscInt k = 0; k < n_sizes; ++k) PetscCall(compare(n[k], "none", rounds, steps));
  for (PetscInt k = 0; k < PetscMin(2, n_sizes); ++k) PetscCall(compare(n[k], "full", rounds, steps));
  PetscCall(PetscFinalize());
  return 0;
}
