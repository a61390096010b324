/* Changes the uniform applied field between two steps of the schedule, as the field that reverses a film of the standard problems. */
#include "../step.h"

static const HfKey keys[] = {
    {"field", HF_SECTION, NULL, "", "", 0, "The applied field from here on; a table in time of the section `field` is added to it"},
    {"field.uniform", HF_QUANTITIES, "A/m|T", NULL, "", 3, "Applied field (x, y, z); in T it is mu0 H"},
    HF_KEYS_END,
};

typedef struct {
  PetscReal H[3]; /* A/m */
} Settings;

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  HfAppliedFieldSettings(node, "uniform", settings->H);
  if (HfDeviceMagnet(check->device))
    PetscCall(HfMagnetCheckAppliedField(HfDeviceMagnet(check->device), "in the field of the step `field`", settings->H));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const PetscReal *H = ((const Settings *)of)->H;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfMagnetSetUniformField(HfDeviceMagnet(context->device), H));
  PetscCall(HfEntryCreate(context, "field", &entry));
  PetscCall(HfNodePutReals(entry, "uniform_A_per_m", 3, H));
  PetscCall(HfReportSummary(context, entry));
  PetscCall(HfReportLog(context, "applied field (%.6g, %.6g, %.6g) A/m", (double)H[0], (double)H[1], (double)H[2]));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Field = {.name = "field", .keys = keys, .magnetic = PETSC_TRUE, .settings = read_settings, .run = run};
