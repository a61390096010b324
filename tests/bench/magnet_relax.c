/* Relaxation by explicit and by implicit steps on finer and finer cells: steps, evaluations, CPU time, and what `auto` chooses. Strips of 320 x 80 nm with their full
   demagnetizing field, which a field reverses, and a maze of local terms, 100 x 100 nm, from a random start to 0.5 ns of the flow.
   Options: -finest 2 (nm) */
#include "cpu_time.h"
#include <hopfilm/magnet.h>

static const char *const strip = "  size: [320 nm, 80 nm]\n  thickness: %g nm\n"
                                 "  material: {Ms: 8e5 A/m, Aex: 13 pJ/m, alpha: 0.3}\n"
                                 "  initial: {uniform: {direction: [1, 0.3, 0.1]}}\n"
                                 "demag: full\nfield: {uniform: [-60 mT, 8 mT, 0 mT]}\n";
static const char *const maze = "  size: [96 nm, 96 nm]\n  thickness: %g nm\n"
                                "  material: {Ms: 490 kA/m, Aex: 3.25e-11 A m, Dbulk: 6.5e-3 A, Ku: 5.2e5 A/m, alpha: 0.3}\n"
                                "  initial: {random: {seed: 1}}\n"
                                "demag: none\n";

typedef struct {
  PetscInt64 steps, evaluations;
  PetscReal seconds, energy;
} Outcome;

static PetscErrorCode relax(const char *film, PetscReal thickness, PetscReal cell, PetscReal max_time, HfRelaxation steps, Outcome *outcome) {
  char text[2048], body[1024];
  PetscBool converged;
  PetscReal energies[32], start;
  HfKeys keys;
  HfDeck deck;
  HfGrid grid;
  HfMagnet magnet;
  Vec m;

  PetscFunctionBeginUser;
  PetscCall(HfKeysCreate(&keys));
  PetscCall(HfGridRegisterKeys(keys));
  PetscCall(HfMagnetRegisterKeys(keys, NULL));
  PetscCall(PetscSNPrintf(body, sizeof(body), film, (double)thickness));
  PetscCall(PetscSNPrintf(text, sizeof(text), "hopfilm: 1\nfilm:\n  cell: %g nm\n%s", (double)cell, body));
  PetscCall(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck));
  PetscCall(HfDeckVerdict(deck));
  PetscCall(HfGridCreateFromDeck(deck, &grid));
  PetscCall(HfMagnetCreate(grid, deck, NULL, &magnet));
  PetscCall(HfDeckVerdict(deck));
  PetscCall(HfMagnetCreateState(magnet, &m));
  PetscCall(HfMagnetSetInitial(magnet, NULL, m));
  HfMagnetSetRelaxation(magnet, steps);
  start = now_s();
  PetscCall(HfMagnetRelax(magnet, 0, m, 1e-5, max_time, NULL, NULL, &converged));
  outcome->seconds = now_s() - start;
  HfMagnetStatistics(magnet, &outcome->steps, NULL, &outcome->evaluations);
  PetscCall(HfMagnetEnergies(magnet, 0, m, energies));
  outcome->energy = 0;
  for (PetscInt k = 0; k < HfMagnetTermCount(magnet); ++k) outcome->energy += energies[k];
  PetscCall(VecDestroy(&m));
  PetscCall(HfMagnetDestroy(&magnet));
  PetscCall(HfGridDestroy(&grid));
  PetscCall(HfDeckDestroy(&deck));
  PetscCall(HfKeysDestroy(&keys));
  PetscFunctionReturn(0);
}

/* The faster of two runs each, in turns. */
static PetscErrorCode compare(const char *name, const char *film, PetscReal thickness, PetscReal cell, PetscReal max_time) {
  Outcome best[3], outcome;

  PetscFunctionBeginUser;
  for (int again = 0; again < 2; ++again)
    for (int k = 0; k < 3; ++k) {
      PetscCall(relax(film, thickness, cell, max_time, (const HfRelaxation[]){HF_RELAX_EXPLICIT, HF_RELAX_IMPLICIT, HF_RELAX_AUTO}[k], &outcome));
      if (!again || outcome.seconds < best[k].seconds) best[k] = outcome;
    }
  PetscCall(
      PetscPrintf(PETSC_COMM_WORLD,
                  "%s, %g nm thick, cells of %g nm: steps %d / %d, evaluations %d / %d, CPU time %.3g / %.3g s, auto %s; energies apart by %.1e\n",
                  name, (double)thickness, (double)cell, (int)best[0].steps, (int)best[1].steps, (int)best[0].evaluations, (int)best[1].evaluations,
                  (double)best[0].seconds, (double)best[1].seconds, best[2].evaluations == best[0].evaluations ? "explicit" : "implicit",
                  (double)PetscAbsReal(best[1].energy / best[0].energy - 1)));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscReal finest = 2;

  PetscFunctionBeginUser;
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(PetscOptionsGetReal(NULL, NULL, "-finest", &finest, NULL));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "explicit / implicit\n"));
  for (PetscReal cell = 8; cell >= finest; cell /= 2) PetscCall(compare("strip", strip, 3, cell, 1e-6));
  for (PetscReal cell = 4; cell >= finest; cell /= 2) PetscCall(compare("strip", strip, 20, cell, 1e-6));
  for (PetscReal cell = 4; cell >= finest; cell /= 2) PetscCall(compare("maze", maze, 1000, cell, 5e-10));
  PetscCall(PetscFinalize());
  return 0;
}
