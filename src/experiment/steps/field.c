/* Changes the uniform applied field between two steps of the schedule, as the field that reverses a film of the standard problems. */
#include "../experiment_impl.h"

static const HfKey keys[] = {
    {"field", HF_SECTION, NULL, "", "", 0, "The applied field from here on; a table in time of the section `field` stays on top of it"},
    {"field.uniform", HF_QUANTITIES, "A/m|T", NULL, "", 3, "Applied field (x, y, z); in T it is mu0 H"},
    HF_KEYS_END,
};

static PetscErrorCode run(HfExperiment e, HfNode node) {
  PetscReal H[3];
  HfNode entry;

  PetscFunctionBeginUser;
  HfAppliedFieldSettings(node, "uniform", H);
  PetscCall(HfMagnetSetUniformField(HfDeviceMagnet(e->device), H));
  PetscCall(HfEntryCreate(e, "field", &entry));
  PetscCall(HfNodePutReals(entry, "uniform_A_per_m", 3, H));
  PetscCall(HfRecordSummary(e, entry));
  PetscCall(HfRecordLog(e, "applied field (%.6g, %.6g, %.6g) A/m", (double)H[0], (double)H[1], (double)H[2]));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Field = {.name = "field", .keys = keys, .run = run, .magnetic = PETSC_TRUE};
