/* Sets the magnetization anew, so that one run can train a film from several starts; simulated time goes on. */
#include "../experiment_impl.h"

static const HfKey keys[] = {
    {"initial", HF_TYPE, "initial", "", "", 0, "Sets the magnetization anew, as film.initial does; what was learned before counts no more"},
    HF_KEYS_END,
};

static PetscErrorCode check(HfExperiment e, HfNode node) {
  PetscFunctionBeginUser;
  e->checked_pulses = 0;
  e->checked_trace = e->checked_unpaused = PETSC_FALSE;
  for (PetscInt k = 0; k < e->n_checked; ++k) PetscCall(PetscFree(e->checked[k]));
  e->n_checked = 0;
  PetscFunctionReturn(0);
}

static PetscErrorCode plan(HfExperiment e, HfNode node, HfPlan *plan) {
  PetscFunctionBeginUser;
  ++plan->frames;
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfExperiment e, HfNode node) {
  PetscBool taken;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfDriveOff(e));
  PetscCall(HfReplayTake(e, HF_OUTCOME_TEXTURE, 0, NULL, &taken));
  if (!taken) {
    PetscCall(HfMagnetSetInitial(HfDeviceMagnet(e->device), node, HfDeviceMagnetization(e->device)));
    PetscCall(HfDeckVerdict(e->deck)); /* a file with the state may be missing */
    PetscCall(HfReplayKeep(e, HF_OUTCOME_TEXTURE, 0, NULL));
  }
  PetscCall(HfTextureChanged(e));
  ++e->initials;
  e->have_untrained = e->have_x = PETSC_FALSE;
  e->first_memory = e->n_memories;
  e->trace.n_times = 0;
  e->pattern[0] = '\0';
  PetscCall(HfFramesNow(e, PETSC_FALSE));
  PetscCall(HfEntryCreate(e, "initial", &entry));
  PetscCall(HfRecordSummary(e, entry));
  PetscCall(HfRecordLog(e, "initial %d", (int)e->initials));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Initial = {.name = "initial", .keys = keys, .check = check, .plan = plan, .run = run, .magnetic = PETSC_TRUE};
