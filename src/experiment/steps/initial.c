/* Sets the magnetization anew, so that one run can train a film from several initial states; simulated time goes on. */
#include "../step.h"

static const HfKey keys[] = {
    {"initial", HF_TYPE, "initial", "", "", 0, "Sets the magnetization anew, as film.initial does; nothing is considered trained any more"},
    HF_KEYS_END,
};

typedef struct {
  HfInitialSettings initial;
} Settings;

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  PetscCall(HfInitialSettingsRead(check->deck, node, &settings->initial));
  PetscCall(HfScheduleCheckReset(check));
  PetscFunctionReturn(0);
}

static void plan(const void *of, HfPlan *plan) { ++plan->frames; }

/* A file that does not fit, or a state without direction somewhere, is refused before anything runs. */
static PetscErrorCode preview(HfPreview *preview, const void *of) {
  const Settings *settings = of;
  Vec m;

  PetscFunctionBeginUser;
  PetscCall(VecDuplicate(HfDeviceMagnetization(preview->device), &m));
  PetscCall(HfMagnetSetInitial(HfDeviceMagnet(preview->device), &settings->initial, m));
  PetscCall(VecDestroy(&m));
  PetscFunctionReturn(0);
}

typedef struct {
  HfStepContext context;
  const Settings *settings;
} Deed;

static PetscErrorCode set_magnetization(void *of, PetscInt n, PetscReal values[]) {
  const Deed *deed = of;
  HfDevice device = deed->context->device;

  PetscFunctionBeginUser;
  PetscCall(HfMagnetSetInitial(HfDeviceMagnet(device), &deed->settings->initial, HfDeviceMagnetization(device)));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const char *note = HfMagnetInitialNote(HfDeviceMagnet(context->device), PETSC_FALSE);
  Deed deed = {context, of};
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfDriveOff(context));
  PetscCall(HfTapeMeasure(context->tape, "initial", 0, NULL, set_magnetization, &deed));
  PetscCall(HfTrainingReset(context->record, context->drive));
  ++context->drive->n_initials;
  PetscCall(HfReportFrames(context, PETSC_FALSE));
  PetscCall(HfEntryCreate(context, "initial", &entry));
  PetscCall(HfReportSummary(context, entry));
  PetscCall(HfReportLog(context, "initial %d%s%s", (int)context->drive->n_initials, *note ? ", from " : "", note));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Initial = {
    .name = "initial", .keys = keys, .magnetic = PETSC_TRUE, .settings = read_settings, .plan = plan, .preview = preview, .run = run};
