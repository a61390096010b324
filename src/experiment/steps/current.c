/* A uniform current through a film without electrodes from here on, as in the standard problems of spin-transfer torque. */
#include "../experiment_impl.h"

static const HfKey keys[] = {
    {"current", HF_SECTION, NULL, "", "", 0,
     "A uniform current in a film without electrodes, from here on; a `polarization` lets the texture feel it"},
    {"current.uniform", HF_QUANTITIES, "A/m^2", NULL, "", 2, "Conventional current density (x, y); textures drift against it"},
    HF_KEYS_END,
};

static PetscErrorCode check(HfExperiment e, HfNode node) {
  PetscFunctionBeginUser;
  if (HfHas(HfDeckRoot(e->deck), "electrodes"))
    PetscCall(HfDeckError(e->deck, node, "the film has `electrodes`: their voltages drive its current; `current` is for a film without them"));
  if (e->device && HfDeviceMagnet(e->device) && !HfMagnetFeelsCurrent(HfDeviceMagnet(e->device)))
    PetscCall(HfDeckWarn(e->deck, node, "the film has no `polarization`: the current moves nothing"));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfExperiment e, HfNode node) {
  const PetscReal j[2] = {HfRealAt(node, "uniform", 0), HfRealAt(node, "uniform", 1)};
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfMagnetSetUniformCurrent(HfDeviceMagnet(e->device), j));
  PetscCall(HfEntryCreate(e, "current", &entry));
  PetscCall(HfNodePutReals(entry, "uniform_A_per_m2", 2, j));
  PetscCall(HfRecordSummary(e, entry));
  PetscCall(HfRecordLog(e, "current density (%.6g, %.6g) A/m^2", (double)j[0], (double)j[1]));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Current = {.name = "current", .keys = keys, .check = check, .run = run, .magnetic = PETSC_TRUE};
