/* Another learner beside the film: an entry of src/network/learners/. What it finds stands in the summary under its name, and in /learn/ITEM of run.h5. */
#include "../step.h"

static const HfKey keys[] = {
    {"learn", HF_VARIANT, NULL, "", "", 0, "Lets another system learn, beside the film"},
    HF_KEYS_END,
};

typedef struct {
  const HfLearner *learner;
  void *of; /* the learner's settings */
} Settings;

static PetscErrorCode register_keys(HfKeys table) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HfLearnerCount(); ++k) PetscCall(HfKeysAdd(table, "schedule[].learn", HfLearnerGet(k)->keys));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  Settings *settings;
  const char *name;
  HfNode section = HfVariant(node, &name);

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  settings->learner = HfLearnerFind(name);
  PetscCheck(settings->learner, PETSC_COMM_SELF, PETSC_ERR_PLIB, "the learner '%s' has keys, but it is not in the list of learners", name);
  PetscCall(settings->learner->settings(check->deck, section, &settings->of));
  if (settings->learner->wants_film && settings->learner->wants_film(settings->of) && check->no_fit)
    PetscCall(HfDeckError(check->deck, section, "%s looks at the film's last pulse: %s", name, check->no_fit));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(void *of) {
  Settings *settings = of;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(settings->of));
  PetscCall(PetscFree(settings));
  PetscFunctionReturn(0);
}

typedef struct {
  HfStepContext context;
  const HfLearner *learner;
  HfNode entry;
} Reports;

static PetscErrorCode pause_learning(void *of) { return HfTapeCompute(((const Reports *)of)->context->tape); }

static PetscErrorCode report_array(void *of, const char *name, PetscInt rank, const PetscInt shape[], const PetscReal values[], const char *unit) {
  const Reports *reports = of;
  char path[128];

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(path, sizeof path, "/learn/%d/%s", (int)reports->context->drive->item + 1, name));
  PetscCall(HfReportArray(reports->context, path, rank, shape, values, unit));
  PetscFunctionReturn(0);
}

/* The entry of the finding to come. */
static PetscErrorCode open_entry(Reports *reports) {
  PetscFunctionBeginUser;
  if (reports->entry) PetscFunctionReturn(0);
  PetscCall(HfEntryCreate(reports->context, "learn", &reports->entry));
  PetscCall(HfNodePutText(reports->entry, "learner", reports->learner->name));
  PetscFunctionReturn(0);
}

static PetscErrorCode report_figure(void *of, const char *name, PetscReal value) {
  Reports *reports = of;

  PetscFunctionBeginUser;
  PetscCall(open_entry(reports));
  PetscCall(HfNodePutReal(reports->entry, name, value));
  PetscFunctionReturn(0);
}

static PetscErrorCode report_headline(void *of, const char *text) {
  Reports *reports = of;

  PetscFunctionBeginUser;
  PetscCall(open_entry(reports));
  PetscCall(HfReportHeadline(reports->context, reports->entry, "%s: %s", reports->learner->name, text));
  PetscCall(HfReportSummary(reports->context, reports->entry));
  reports->entry = NULL;
  PetscFunctionReturn(0);
}

static PetscErrorCode report_fault(void *of, const char *text) {
  const Reports *reports = of;

  PetscCheckFault(PETSC_FALSE, reports->context->comm, HF_ERR_DECK, "schedule, item %d: learn.%s: %s", (int)reports->context->drive->item + 1,
                  reports->learner->name, text);
  return 0;
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const Settings *settings = of;
  const HfTrace *trace = &context->record->trace;
  Reports reports = {.context = context, .learner = settings->learner};
  HfLearning learning = {.n = context->record->n,
                         .n_times = trace->n_times,
                         .times = trace->times,
                         .G = trace->G,
                         .pause = pause_learning,
                         .array = report_array,
                         .figure = report_figure,
                         .headline = report_headline,
                         .fault = report_fault,
                         .of = &reports};
  PetscErrorCode code;
  PetscReal *V;

  PetscFunctionBeginUser;
  HfCite(settings->learner->citation);
  PetscCall(PetscMalloc1(learning.n, &V));
  for (PetscInt k = 0; k < learning.n && trace->x; ++k) V[k] = trace->voltage * trace->x[k];
  learning.V = V;
  code = settings->learner->run(settings->of, &learning);
  PetscCall(PetscFree(V));
  PetscCall(HfNodeDestroy(&reports.entry)); /* of figures without a finding */
  PetscFunctionReturn(code);
}

const HfStep HfStep_Learn = {
    .name = "learn", .keys = keys, .register_keys = register_keys, .magnetic = PETSC_TRUE, .settings = read_settings, .destroy = destroy, .run = run};
