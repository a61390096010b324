/* Does reading disturb the film? The bench of Niu et al. 2024 reads with a current source of 500 uA, which "will not change the magnetic texture". Here the
   film moves while it is read: the electrodes of sign + are joined at one end of the source, those of sign - at the other, U = 4 I0/(s.G s), and the current
   between them acts on m by its own Oersted field, in a film without gold also by spin transfer. The readings follow each other, and the conductance before
   and after each is reported, beside what training has changed.

   The film lies in its own current: at its mid-plane the field has no component in the plane, and H_z is largest at the edges, of the order of I/(2 pi w) times a
   logarithm: up to 270 A/m (3.4 Oe) for 500 uA in the disk of inputs/devices/four-node-disk.yaml. There (cells of 50 nm, friction of 2 Oe, 1 us after a pulse) all
   seven patterns, read for 1 us each, change a conductance by 9e-5 S, 8 % of what the pulses had changed; with 5 mA by all of it. The voltage is kept for the time of a reading; G, and with it the current, changes by parts in a thousand. */
#include "../step.h"

static const HfKey keys[] = {
    {"read", HF_SECTION, NULL, "", "", 0,
     "Lets the current of a reading flow in the film, with the electrodes of either sign joined at the ends of a current source, and reports whether "
     "that "
     "disturbs it: the conductance before and after, beside what training has changed"},
    {"read.patterns", HF_TEXTS, NULL, NULL, "", 0, "Names or literal patterns: the signs of the electrodes, one reading after the other"},
    {"read.current", HF_QUANTITY, "A", "500 uA", ">0", 0, "Current of the source"},
    {"read.time", HF_QUANTITY, "s", NULL, ">0", 0, "Length of each reading"},
    HF_KEYS_END,
};

typedef struct {
  PetscInt n;
  PetscReal *x; /* [n][terminals] */
  char *text;   /* [n][terminals + 1] */
  PetscReal current, time;
} Settings;

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  const PetscInt n = check->schedule->n;
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  settings->n = HfCount(node, "patterns");
  settings->current = HfReal(node, "current");
  settings->time = HfReal(node, "time");
  PetscCall(PetscCalloc2(settings->n * n, &settings->x, settings->n * (n + 1), &settings->text));
  for (PetscInt p = 0; p < settings->n; ++p) {
    HfNode place = HfNodeItem(HfChild(node, "patterns"), p);
    PetscReal sum = 0.0;

    PetscCall(HfPatternSettingsRead(check, place, HfTextAt(node, "patterns", p), settings->x + p * n, settings->text + p * (n + 1)));
    for (PetscInt i = 0; i < n; ++i) sum += settings->x[p * n + i];
    if (settings->text[p * (n + 1)] && PetscAbsReal(sum) > n - 0.5)
      PetscCall(HfDeckError(check->deck, place, "read: no current flows between electrodes that are all alike"));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(void *of) {
  Settings *settings = of;

  PetscFunctionBeginUser;
  PetscCall(PetscFree2(settings->x, settings->text));
  PetscCall(PetscFree(settings));
  PetscFunctionReturn(0);
}

static void plan(const void *of, HfPlan *plan) {
  const Settings *settings = of;

  plan->seconds += (PetscReal)settings->n * settings->time;
  plan->phases += (PetscReal)settings->n;
  plan->probes += 1.0 + (PetscReal)settings->n;
}

typedef struct {
  HfStepContext context;
  const PetscReal *V; /* [terminals] */
  PetscReal end;      /* s */
} Reading;

/* values[0]: the largest |H|, A/m. The film moves inside of the measurement, so that a run that was stopped begins a reading again. */
static PetscErrorCode measure(void *of, PetscInt n, PetscReal values[]) {
  const Reading *reading = of;

  PetscFunctionBeginUser;
  PetscCall(HfDeviceRead(reading->context->device, reading->V, reading->end, values));
  PetscFunctionReturn(0);
}

static PetscReal largest_difference(PetscInt n, const PetscReal a[], const PetscReal b[]) {
  PetscReal largest = 0.0;

  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = i + 1; j < n; ++j) largest = PetscMax(largest, PetscAbsReal(a[i * n + j] - b[i * n + j]));
  return largest;
}

typedef struct {
  PetscReal *G, *voltage, *field, *change; /* [n + 1][terminals][terminals] S; [n] V, A/m, S */
} Findings;

static PetscErrorCode read_pattern(HfStepContext context, const Settings *settings, PetscInt p, PetscReal V[], Findings *found) {
  const PetscInt n = context->record->n;
  const PetscReal *x = settings->x + p * n, *before = found->G + p * n * n;
  Reading reading = {context, V, HfDeviceTime(context->device) + settings->time};

  PetscFunctionBeginUser;
  PetscCall(HfCurrentSourceRead(n, before, x, settings->current, V, &found->voltage[p]));
  for (PetscInt i = 0; i < n; ++i) V[i] = 0.5 * found->voltage[p] * x[i];
  PetscCall(HfTapeMeasure(context->tape, "reading", 1, &found->field[p], measure, &reading));
  if (HfDeviceTime(context->device) < reading.end) HfDeviceSkip(context->device, reading.end); /* it was replayed */
  context->drive->seconds += settings->time;
  HfProbeOutdate(context->record);
  PetscCall(HfProbeFilm(context));
  PetscCall(PetscArraycpy(found->G + (p + 1) * n * n, context->record->G, n * n));
  found->change[p] = largest_difference(n, context->record->G, before);
  PetscCall(HfReportTableLine(context));
  PetscFunctionReturn(0);
}

static PetscErrorCode report(HfStepContext context, const Settings *settings, const Findings *found) {
  const HfTrainingRecord *record = context->record;
  const PetscInt n = record->n, shape[3] = {settings->n + 1, n, n};
  const PetscBool trained = (PetscBool)(record->has_untrained && record->driven);
  PetscReal most = 0.0, field = 0.0, total = largest_difference(n, found->G, found->G + settings->n * n * n), learned = 0.0;
  HfNode entry, names;
  char path[64], text[128] = "";

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < settings->n; ++p) {
    most = PetscMax(most, found->change[p]);
    field = PetscMax(field, found->field[p]);
  }
  if (trained) learned = largest_difference(n, found->G, record->G_untrained);
  PetscCall(HfEntryCreate(context, "read", &entry));
  PetscCall(HfNodePutReal(entry, "current_A", settings->current));
  PetscCall(HfNodePutReal(entry, "time_s", settings->time));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &names));
  for (PetscInt p = 0; p < settings->n; ++p) PetscCall(HfNodePutText(names, NULL, settings->text + p * (n + 1)));
  PetscCall(HfNodePutNode(entry, "patterns", names));
  PetscCall(HfNodePutReals(entry, "voltage_V", settings->n, found->voltage));
  PetscCall(HfNodePutReals(entry, "largest_field_A_per_m", settings->n, found->field));
  PetscCall(HfNodePutReals(entry, "largest_change_S", settings->n, found->change));
  PetscCall(HfNodePutReal(entry, "largest_change_in_all_S", total));
  if (trained) PetscCall(HfNodePutReal(entry, "training_changed_S", learned));
  if (trained) PetscCall(PetscSNPrintf(text, sizeof(text), "; training had changed one by %.3g S", (double)learned));
  PetscCall(PetscSNPrintf(path, sizeof(path), "/read/%d/G", (int)context->drive->item + 1));
  PetscCall(HfReportArray(context, path, 3, shape, found->G, "S"));
  PetscCall(HfReportHeadline(
      context, entry,
      "read, %d readings of %.6g uA for %.6g ns: field of up to %.3g A/m, conductances change by up to %.3g S in one, %.3g S in all%s",
      (int)settings->n, 1e6 * (double)settings->current, 1e9 * (double)settings->time, (double)field, (double)most, (double)total, text));
  PetscCall(HfReportSummary(context, entry));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const Settings *settings = of;
  const PetscInt n = context->record->n, nn = n * n;
  PetscErrorCode code = 0;
  Findings found;
  PetscReal *V;

  PetscFunctionBeginUser;
  PetscCall(HfDriveOff(context));
  PetscCall(HfProbeFilm(context));
  PetscCall(
      PetscMalloc5((settings->n + 1) * nn, &found.G, settings->n, &found.voltage, settings->n, &found.field, settings->n, &found.change, n, &V));
  PetscCall(PetscArraycpy(found.G, context->record->G, nn));
  for (PetscInt p = 0; p < settings->n && !code; ++p) code = read_pattern(context, settings, p, V, &found);
  if (!code) PetscCall(report(context, settings, &found));
  PetscCall(PetscFree5(found.G, found.voltage, found.field, found.change, V));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Read = {
    .name = "read", .citation = "niu-2024", .keys = keys, .settings = read_settings, .destroy = destroy, .plan = plan, .run = run};
