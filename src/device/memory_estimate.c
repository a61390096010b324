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

PetscErrorCode HfDeviceSystemMemory(HfDeck deck, PetscReal *bytes) {
  HfNode root = HfDeckRoot(deck), film = HfChild(root, "film");
  const PetscReal cell = HfReal(film, "cell"), cells = HfRealAt(film, "size", 0) / cell * (HfRealAt(film, "size", 1) / cell);
  const PetscReal n = HfElectrodesOfDeck(deck), gauges = HfHas(root, "gauges") ? (PetscReal)HfCount(root, "gauges") : 0;
  PetscReal each = MAGNET + gauges * (POTENTIAL + UNIT);
  PetscBool demag;

  PetscFunctionBeginUser;
  PetscCall(PetscStrcmp(HfText(root, "demag"), "full", &demag));
  if (demag) each += DEMAG;
  if (n > 0 && HfReal(HfChild(film, "material"), "hall_conductivity") != 0) each += HALL;
  if (n > 0) each += POTENTIAL + n * UNIT;
  if (n > 0 && HfHas(root, "gold"))
    each += POTENTIAL + PetscMin(n, HF_MAX_UNITS) * UNIT + DEMAG; /* both models of the Oersted field are compared, whichever acts */
  else if (n > 0)
    each += COUPLING;
  *bytes = cells * each + n * n * MATRICES * sizeof(PetscReal);
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceCheckSystemMemory(HfDevice d) {
  HfNode root = HfDeckRoot(d->deck), film = HfChild(root, "film");
  PetscReal needed, available;
  char need[32], have[32];

  PetscFunctionBeginUser;
  if (HfElectrodesOfDeck(d->deck) > INT16_MAX) {
    PetscCall(HfDeckError(d->deck, HfChild(root, "electrodes"), "%.6g electrodes; at most %d", (double)HfElectrodesOfDeck(d->deck), INT16_MAX));
    PetscFunctionReturn(0);
  }
  PetscCall(HfDeviceSystemMemory(d->deck, &needed));
  PetscCall(HfSystemMemoryAvailable(HfDeckComm(d->deck), &available));
  HfSystemMemoryText(needed, need);
  HfSystemMemoryText(available, have);
  if (!(needed < MOST)) /* no film at all: its size and cell will be told so */
    PetscFunctionReturn(0);
  if (needed > available)
    PetscCall(HfDeckError(
        d->deck, HfChild(film, "cell"),
        "the film of %.4g x %.4g cells with %.6g electrodes takes about %s of memory, but there are %s: use larger cells, or more machines",
        (double)(HfRealAt(film, "size", 0) / HfReal(film, "cell")), (double)(HfRealAt(film, "size", 1) / HfReal(film, "cell")),
        (double)HfElectrodesOfDeck(d->deck), need, have));
  else if (needed > 0.8 * available)
    PetscCall(HfDeckWarn(d->deck, HfChild(film, "cell"), "the run takes about %s of memory of the %s that there are", need, have));
  PetscFunctionReturn(0);
}
