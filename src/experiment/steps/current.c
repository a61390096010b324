/* A uniform current through a film without electrodes from here on, as in the standard problems of spin-transfer torque. */
#include "../step.h"

static const HfKey keys[] = {
    {"current", HF_SECTION, NULL, "", "", 0,
     "A uniform current in a film without electrodes, from here on; it acts on a film whose material has a `polarization` or a `spin_hall_angle`"},
    {"current.uniform", HF_QUANTITIES, "A/m^2", NULL, "", 2, "Conventional current density (x, y); textures drift against it"},
    HF_KEYS_END,
};

typedef struct {
  PetscReal j[2]; /* A/m^2 */
} Settings;

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  HfMagnet magnet = HfDeviceMagnet(check->device);
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  for (PetscInt c = 0; c < 2; ++c) settings->j[c] = HfRealAt(node, "uniform", c);
  check->has_current = PETSC_TRUE;
  check->current_on = (PetscBool)(settings->j[0] != 0 || settings->j[1] != 0);
  if (check->has_electrodes)
    PetscCall(HfDeckError(check->deck, node, "the film has `electrodes`: their voltages drive its current; `current` is for a film without them"));
  if (magnet && !HfMagnetFeelsCurrent(magnet))
    PetscCall(HfDeckWarn(check->deck, node, "the film has no `polarization` and no `spin_hall_angle`: the current moves nothing"));
  PetscFunctionReturn(0);
}

static PetscErrorCode preview(HfPreview *preview, const void *of) {
  PetscFunctionBeginUser;
  PetscCall(HfPreviewUniformCurrent(preview, ((const Settings *)of)->j));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const PetscReal *j = ((const Settings *)of)->j;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfMagnetSetUniformCurrent(HfDeviceMagnet(context->device), j));
  PetscCall(HfEntryCreate(context, "current", &entry));
  PetscCall(HfNodePutReals(entry, "uniform_A_per_m2", 2, j));
  PetscCall(HfReportSummary(context, entry));
  PetscCall(HfReportLog(context, "current density (%.6g, %.6g) A/m^2", (double)j[0], (double)j[1]));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Current = {.name = "current", .keys = keys, .magnetic = PETSC_TRUE, .settings = read_settings, .preview = preview, .run = run};
