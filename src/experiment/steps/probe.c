/* The conductance matrix of the film as it is, with checks of what must hold of it: symmetry, zero row sums, and for four electrodes the bench
   procedure of seven wirings (Niu et al. 2024, Methods), of which six give G and the seventh checks it. */
#include "../step.h"

#define MAX_PRINTED 12   /* rows and columns; more do not fit a line */
#define IMBALANCE   1e-3 /* net current relative to the diagonal above which a reading is worthless */
#define MAX_LISTED  64   /* terminals up to which the summary repeats the matrix; run.h5 has it in any case */

static const HfKey keys[] = {
    {"probe", HF_SECTION, NULL, "", "", 0, "Measures the conductance matrix of the film as it is"},
    {"probe.wirings", HF_BOOL, NULL, "false", "", 0, "Also measure it by the seven wirings of four electrodes, as the paper's bench does"},
    {"probe.after", HF_QUANTITIES, "s", "", ">=0", 0,
     "Times without voltage, in rising order, after which the film is measured: it rests meanwhile, and goes on from there (default: at once)"},
    {"probe.print", HF_BOOL, NULL, "true", "", 0, "Print the matrix to the log"},
    HF_KEYS_END,
};

typedef struct {
  PetscBool wirings, print;
  HfRestTimes after; /* none: at once */
} Settings;

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  const PetscInt n = check->schedule->n;
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  *settings = (Settings){.wirings = HfFlag(node, "wirings"), .print = HfFlag(node, "print")};
  PetscCall(HfRestTimesSettingsRead(check, node, "after", &settings->after));
  if (settings->wirings && n && (n != 4 || HfDeviceWiring(check->device)))
    PetscCall(
        HfDeckError(check->deck, HfChild(node, "wirings"), "the seven wirings are those of four electrodes without `wiring`, not of %d", (int)n));
  PetscFunctionReturn(0);
}

static void plan(const void *of, HfPlan *plan) {
  const Settings *settings = of;

  plan->seconds += HfRestTimesLast(&settings->after);
  plan->phases += settings->after.n;
  plan->probes += PetscMax(1, settings->after.n);
  plan->frames += PetscMax(1, settings->after.n);
}

static PetscErrorCode print_matrix(HfStepContext context) {
  const HfTrainingRecord *record = context->record;
  const PetscInt n = PetscMin(record->n, MAX_PRINTED);
  char line[1024];

  PetscFunctionBeginUser;
  PetscCall(HfReportLog(context, "  G in siemens:"));
  for (PetscInt i = 0; i < n; ++i) {
    size_t used = 0;
    line[0] = '\0';
    for (PetscInt j = 0; j < n; ++j) used += (size_t)snprintf(line + used, sizeof(line) - used, " %+.8e", (double)record->G[i * record->n + j]);
    PetscCall(HfReportLog(context, "  %s:%s%s", HfDeviceTerminalName(context->device, i), line, n < record->n ? " ..." : ""));
  }
  if (n < record->n) PetscCall(HfReportLog(context, "  ... %d rows in all", (int)record->n));
  PetscFunctionReturn(0);
}

/* How well the currents between the electrodes keep the laws they must obey, relative to the largest diagonal element of G (`scale`, S). */
typedef struct {
  PetscReal scale, row_sum, column_sum, asymmetry, against_G;
} Currents;
enum { N_CURRENTS = sizeof(Currents) / sizeof(PetscReal) };

static PetscErrorCode measure_currents(void *of, PetscInt n_values, PetscReal values[]) {
  HfStepContext context = of;
  const PetscInt n = HfElectrodesCount(HfDeviceElectrodes(context->device));
  PetscReal *currents, *G, scale = 0.0;
  Currents found;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n * n, &currents, n * n, &G));
  PetscCall(HfDeviceNodeConductance(context->device, G));
  PetscCall(HfDeviceConductanceByCurrents(context->device, currents));
  for (PetscInt i = 0; i < n; ++i) scale = PetscMax(scale, PetscAbsReal(G[i * n + i]));
  if (!(scale > 0.0)) scale = HfDeviceSheetConductance(context->device); /* no current can flow */
  found = (Currents){.scale = scale};
  for (PetscInt i = 0; i < n; ++i) {
    PetscReal row = 0.0, column = 0.0;
    for (PetscInt j = 0; j < n; ++j) {
      row += currents[i * n + j];
      column += currents[j * n + i];
      found.asymmetry = PetscMax(found.asymmetry, PetscAbsReal(currents[i * n + j] - currents[j * n + i]) / scale);
      found.against_G = PetscMax(found.against_G, PetscAbsReal(currents[i * n + j] - G[i * n + j]) / scale);
    }
    found.row_sum = PetscMax(found.row_sum, PetscAbsReal(row) / scale);
    found.column_sum = PetscMax(found.column_sum, PetscAbsReal(column) / scale);
  }
  PetscCall(PetscFree2(currents, G));
  PetscCheckFault(found.column_sum < IMBALANCE, context->comm, HF_ERR_DIVERGED,
                  "the currents do not balance at t = %.9g s: they add up to %.3g of the largest; potential.tolerance may be too large",
                  (double)HfDeviceTime(context->device), (double)found.column_sum);
  PetscCall(PetscMemcpy(values, &found, sizeof(found)));
  PetscFunctionReturn(0);
}

/* values: G of four electrodes [16] from six wirings, and the deviation of the seventh. */
static PetscErrorCode measure_by_wirings(void *of, PetscInt n, PetscReal values[]) {
  HfStepContext context = of;

  PetscFunctionBeginUser;
  PetscCall(HfConductanceByWirings(HfDeviceFilmPotential(context->device), values, &values[16]));
  PetscFunctionReturn(0);
}

static PetscErrorCode report_wirings(HfStepContext context, PetscReal scale, HfNode entry) {
  PetscReal G[17], against_G = 0.0;

  PetscFunctionBeginUser;
  PetscCall(HfTapeMeasure(context->tape, "seven wirings", 17, G, measure_by_wirings, (void *)context));
  for (PetscInt k = 0; k < 16; ++k) against_G = PetscMax(against_G, PetscAbsReal(G[k] - context->record->G[k]) / scale);
  PetscCall(HfNodePutReal(entry, "six_wirings_against_G", against_G));
  PetscCall(HfNodePutReal(entry, "seventh_wiring_deviation", G[16]));
  PetscCall(HfReportLog(context, "  six wirings give G to %.2g of the diagonal, the seventh agrees to %.2g (the paper's bench: 0.02)",
                        (double)against_G, (double)G[16]));
  PetscFunctionReturn(0);
}

/* The film as it is; after: NULL, or for how long it has rested, s. */
static PetscErrorCode probe(HfStepContext context, const Settings *settings, const PetscReal *after) {
  const HfTrainingRecord *record = context->record;
  const char *pattern = context->drive->pattern;
  Currents found;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfProbeFilm(context));
  PetscCall(HfTapeMeasure(context->tape, "currents", N_CURRENTS, (PetscReal *)&found, measure_currents, (void *)context));
  PetscCall(HfEntryCreate(context, "probe", &entry));
  PetscCall(HfNodePutReal(entry, "time_s", HfDeviceTime(context->device)));
  if (after) PetscCall(HfNodePutReal(entry, "after_s", *after));
  PetscCall(HfNodePutText(entry, "pattern", pattern));
  if (record->n <= MAX_LISTED) PetscCall(HfNodePutReals(entry, "G_S", record->n * record->n, record->G));
  PetscCall(HfNodePutReal(entry, "net_current_over_G11", found.column_sum));
  PetscCall(HfNodePutReal(entry, "row_sum_over_G11", found.row_sum));
  PetscCall(HfNodePutReal(entry, "asymmetry_over_G11", found.asymmetry));
  PetscCall(HfNodePutReal(entry, "currents_against_G", found.against_G));
  PetscCall(HfReportHeadline(context, entry,
                             "probe after %s: currents of %d solves relative to the diagonal: net current %.2g, row sums %.2g, asymmetry %.2g, "
                             "difference from G %.2g",
                             pattern[0] ? pattern : "no pattern", (int)HfElectrodesCount(HfDeviceElectrodes(context->device)),
                             (double)found.column_sum, (double)found.row_sum, (double)found.asymmetry, (double)found.against_G));
  PetscCall(HfReportGaugesNow(context, entry));
  if (settings->print) PetscCall(print_matrix(context));
  if (settings->wirings) PetscCall(report_wirings(context, found.scale, entry));
  PetscCall(HfReportSummary(context, entry));
  PetscCall(HfReportFrames(context, PETSC_TRUE));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const Settings *settings = of;
  const HfRestTimes *after = &settings->after;

  PetscFunctionBeginUser;
  if (!after->n) PetscCall(probe(context, settings, NULL));
  for (PetscInt k = 0; k < after->n; ++k) {
    const PetscReal rest = after->time[k] - (k ? after->time[k - 1] : 0.0);

    if (rest > 0.0) PetscCall(HfRestUnread(context, rest, PETSC_TRUE));
    PetscCall(probe(context, settings, &after->time[k]));
  }
  PetscFunctionReturn(0);
}

const HfStep HfStep_Probe = {.name = "probe", .keys = keys, .settings = read_settings, .plan = plan, .run = run};
