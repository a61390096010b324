/* How much memory a run will take, estimated from the deck before anything of the film is made, and held against what there is. A film that does not
   fit is an error: the kernel would hand out the memory and end the process when it is used, hours later perhaps.

   Bytes per cell, from the largest sizes of runs of 256^2 and 512^2 cells (PETSc 3.18); tests/unit/device_memory.c measures again. */
#include "device_impl.h"

enum {
  MAGNET = 480,    /* state, stages of the integrator or of the relaxation, rows of cells by kind */
  DEMAG = 450,     /* kernel and padded spectra, Oersted field by Biot and Savart alike */
  POTENTIAL = 210, /* tensors, hierarchy of operators, vectors of the solver */
  HALL = 230,      /* basis of FGMRES */
  COUPLING = 50,   /* past solutions */
  UNIT = 8,        /* a potential for 1 V on one electrode */
  MATRICES = 16    /* n x n, of all modules together */
};

#define MOST 1e18 /* bytes; beyond them the error is another one */

static PetscErrorCode bytes_by_settings(HfDeck deck, PetscReal *bytes) {
  HfNode root = HfDeckRoot(deck);
  const PetscReal n = HfElectrodesSettingsCount(deck), gauges = HfHas(root, "gauges") ? (PetscReal)HfCount(root, "gauges") : 0;
  PetscReal each = MAGNET + gauges * (POTENTIAL + UNIT);
  HfConductivitySettings conductor;
  HfFilmSettings film;

  PetscFunctionBeginUser;
  HfFilmSettingsRead(deck, &film);
  HfConductivitySettingsRead(deck, 0, &conductor);
  if (HfMagnetSettingsFullDemag(deck)) each += DEMAG;
  if (n > 0 && conductor.hall_conductivity != 0) each += HALL;
  if (n > 0) each += POTENTIAL + n * UNIT;
  if (n > 0 && HfHas(root, "gold"))
    each += POTENTIAL + PetscMin(n, HF_MAX_UNITS) * UNIT + DEMAG; /* both models of the Oersted field are compared, whichever acts */
  else if (n > 0)
    each += COUPLING;
  *bytes = film.size[0] / film.cell * (film.size[1] / film.cell) * each + n * n * MATRICES * sizeof(PetscReal);
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceSystemMemory(HfDeck deck, PetscReal *bytes) {
  PetscFunctionBeginUser;
  PetscCall(bytes_by_settings(deck, bytes));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCheckSystemMemory(HfDevice d) {
  HfNode root = HfDeckRoot(d->deck), cell = HfNodeFind(root, "film.cell");
  PetscReal needed, available;
  HfFilmSettings film;
  char need[32], have[32];

  PetscFunctionBeginUser;
  if (HfElectrodesSettingsCount(d->deck) > INT16_MAX) {
    PetscCall(
        HfDeckError(d->deck, HfChild(root, "electrodes"), "%.6g electrodes; at most %d", (double)HfElectrodesSettingsCount(d->deck), INT16_MAX));
    PetscFunctionReturn(0);
  }
  HfFilmSettingsRead(d->deck, &film);
  PetscCall(bytes_by_settings(d->deck, &needed));
  PetscCall(HfSystemMemoryAvailable(HfDeckComm(d->deck), &available));
  HfSystemMemoryText(needed, need);
  HfSystemMemoryText(available, have);
  if (!(needed < MOST)) PetscFunctionReturn(0); /* no film at all: the errors of its size and cell say so */
  if (needed > available)
    PetscCall(HfDeckError(d->deck, cell,
                          "the film of %.4g x %.4g cells with %.6g electrodes takes about %s of memory, but %s are available: use larger cells, or "
                          "more machines",
                          (double)(film.size[0] / film.cell), (double)(film.size[1] / film.cell), (double)HfElectrodesSettingsCount(d->deck), need,
                          have));
  else if (needed > 0.8 * available)
    PetscCall(HfDeckWarn(d->deck, cell, "the run takes about %s of memory of the %s that are available", need, have));
  PetscFunctionReturn(0);
}
