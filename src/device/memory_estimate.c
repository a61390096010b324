/* The memory that a run takes at its peak, estimated from the deck before the film is created: for plans, and compared with what is available. A film that
   does not fit is an error: the kernel would grant the memory and end the process when it is used, perhaps hours later.

   Bytes per cell of a rank, within 15 % of the largest resident sizes (VmHWM) of runs of 512^2 and 1024^2 cells on one and two ranks with checkpoints
   (PETSc 3.18), which `bash jobs/reproduce.sh program --only memory` measures again and prints beside the plan:

                      1024^2 cells, MB    one rank  planned   a rank of two  planned
     local, 5dp                               266      269             165      164
     local, auto                              669      672             366      365
     local, bdf                               714      718             386      388
     demag, 5dp                               629      627             376      374
     potential, 5dp                           667      667
*/
#include "device_impl.h"
#include <string.h>

enum {
  RUN_EXPLICIT = 201,     /* state, stages of 5dp, checkpoints on their way to the file */
  RUN_BDF = 629,          /* the same of backward differentiation and its linear solver */
  RUN_AUTO = 586,         /* of both: less, as the short runs above do not go through all orders */
  RUN_RELAX = 468,        /* of a relaxation, where the method is not an explicit one */
  RUN_DEMAG = 288,        /* kernel and padded spectra, while steps are taken */
  SET_UP_DEMAG = 543,     /* the most that is held while they are set up, before there are stages */
  CONVOLUTION_APART = 60, /* what goes to other ranks and comes from them */
  RUN_GOLD = 228,         /* its potential and Oersted field, beside the film */
  RUN_POTENTIAL = 380,    /* of one conductor, without the Hall effect */
  HALL = 230,             /* basis of FGMRES */
  UNIT = 8,               /* a potential for 1 V on one electrode */
  MATRICES = 16,          /* n x n, of all modules together */
  GHOSTS = 72,            /* of each of the two rows of other ranks */
  LIBRARIES_MB = 58       /* and the program, on every rank */
};

#define MOST 1e18 /* bytes; with more, the size or the cell of the film is wrong, and their own errors say so */

/* Of the vectors that the time steps and the relaxations of the schedule need. */
static PetscReal stages_settings(HfDeck deck) {
  const HfNode root = HfDeckRoot(deck);
  const char *method = HfText(HfChild(root, "integrator"), "method");
  const PetscReal steps = !strcmp(method, "auto") ? RUN_AUTO : !strcmp(method, "bdf") ? RUN_BDF : RUN_EXPLICIT;
  PetscBool advances = PETSC_FALSE, relaxes = PETSC_FALSE;

  if (!HfHas(root, "schedule")) return steps; /* a device by itself, of programs that have no schedule */
  for (PetscInt k = 0; k < HfCount(root, "schedule"); ++k) {
    const char *name;

    (void)HfVariant(HfItem(root, "schedule", k), &name);
    if (!strcmp(name, "relax") || !strcmp(name, "hysteresis"))
      relaxes = PETSC_TRUE;
    else
      advances = PETSC_TRUE;
  }
  return PetscMax(advances ? steps : 0, relaxes ? PetscMin(steps, RUN_RELAX) : 0);
}

PetscErrorCode HfDeviceRankMemory(HfDeck deck, PetscInt ranks, PetscReal *bytes) {
  const PetscReal n = HfElectrodesSettingsCount(deck), gauges = (PetscReal)HfGaugesSettingsCount(deck);
  const PetscBool demag = HfMagnetSettingsFullDemag(deck);
  PetscReal each = stages_settings(deck) + gauges * RUN_POTENTIAL, width, rows;
  HfConductivitySettings conductor;
  HfFilmSettings film;
  HfGoldSettings gold;

  PetscFunctionBeginUser;
  HfFilmSettingsRead(deck, &film);
  HfConductivitySettingsRead(deck, 0, &conductor);
  PetscCall(HfGoldSettingsRead(deck, &gold));
  width = round(film.size[0] / film.cell);
  rows = ceil(round(film.size[1] / film.cell) / (PetscReal)ranks);
  if (demag) each = PetscMax(SET_UP_DEMAG, each + RUN_DEMAG);
  if (demag && ranks > 1) each += CONVOLUTION_APART;
  if (n > 0) each += RUN_POTENTIAL + PetscMax(n - 2, 0) * UNIT;
  if (n > 0 && conductor.hall_conductivity != 0) each += HALL;
  if (n > 0 && gold.present) each += RUN_GOLD + (ranks > 1 ? CONVOLUTION_APART : 0);
  *bytes = 1e6 * LIBRARIES_MB + width * rows * each + (ranks > 1 ? 2 * width * GHOSTS : 0) + n * n * MATRICES * sizeof(PetscReal);
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceSystemMemory(HfDeck deck, PetscReal *bytes) {
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(HfDeckComm(deck), &size));
  PetscCall(HfDeviceRankMemory(deck, size, bytes));
  *bytes *= size;
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCheckSystemMemory(HfDeck deck) {
  HfNode root = HfDeckRoot(deck), cell = HfNodeFind(root, "film.cell");
  const PetscInt errors = HfDeckErrorCount(deck);
  PetscReal needed, available;
  HfFilmSettings film;
  char need[32], have[32];

  PetscFunctionBeginUser;
  if (HfElectrodesSettingsCount(deck) > INT16_MAX) {
    PetscCall(HfDeckError(deck, HfChild(root, "electrodes"), "%.6g electrodes; at most %d", (double)HfElectrodesSettingsCount(deck), INT16_MAX));
    PetscFunctionReturn(0);
  }
  PetscCall(HfFilmCheckIndices(deck)); /* more memory would not help */
  if (HfDeckErrorCount(deck) > errors) PetscFunctionReturn(0);
  HfFilmSettingsRead(deck, &film);
  PetscCall(HfDeviceSystemMemory(deck, &needed));
  PetscCall(HfSystemMemoryAvailable(HfDeckComm(deck), &available));
  HfSystemMemoryText(needed, need);
  HfSystemMemoryText(available, have);
  if (!(needed < MOST)) PetscFunctionReturn(0);
  if (needed > available)
    PetscCall(HfDeckError(deck, cell,
                          "the film of %.4g x %.4g cells with %.6g electrodes takes about %s of memory, but %s are available: use larger cells, or "
                          "more machines",
                          (double)(film.size[0] / film.cell), (double)(film.size[1] / film.cell), (double)HfElectrodesSettingsCount(deck), need,
                          have));
  else if (needed > 0.8 * available)
    PetscCall(HfDeckWarn(deck, cell, "the run takes about %s of memory of the %s that are available", need, have));
  PetscFunctionReturn(0);
}
