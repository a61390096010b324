/* What the bench of Niu et al. 2024 shows while a film of four nodes learns (Fig. S13): the electrodes joined into a + and a - group in each of the seven ways,
   a current source between the two, and the voltage that four probes read,

     U(t) = 4 I0/(s.G(t) s)

   with G of the ideal contacts (network/readouts/current_source.c). Six of these voltages give G (transport/conductance.c). */
#include "step.h"

enum { NODES = 4, WIRINGS = 7, FIRST = 8 }; /* the states with node 1 at +, without the uniform one */

/* voltage[WIRINGS] of G. */
static PetscErrorCode voltages(HfDevice device, const PetscReal G[], PetscReal current, PetscReal voltage[]) {
  PetscReal contact[NODES * NODES], s[NODES], currents[NODES];

  PetscFunctionBeginUser;
  PetscCall(HfDeviceFourProbe(device, G, contact));
  for (PetscInt k = 0; k < WIRINGS; ++k) {
    HfPatternFromIndex(NODES, FIRST + k, s);
    PetscCall(HfCurrentSourceRead(NODES, contact, s, current, currents, &voltage[k]));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode report(HfStepContext context, PetscReal current, PetscInt n, const PetscReal times[], const PetscReal voltage[]) {
  const PetscReal *first = voltage, *last = voltage + (n - 1) * WIRINGS;
  PetscReal most = 0.0, low = PETSC_MAX_REAL, high = 0.0, change[WIRINGS], s[NODES];
  char text[NODES + 1], path[64];
  HfNode entry, names;

  PetscFunctionBeginUser;
  PetscCall(HfEntryCreate(context, "wirings", &entry));
  PetscCall(HfNodePutReal(entry, "current_A", current));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &names));
  for (PetscInt k = 0; k < WIRINGS; ++k) {
    HfPatternFromIndex(NODES, FIRST + k, s);
    HfPatternToText(NODES, s, text);
    PetscCall(HfNodePutText(names, NULL, text));
    change[k] = 100.0 * (last[k] / first[k] - 1.0);
    most = PetscMax(most, PetscAbsReal(change[k]));
    low = PetscMin(low, first[k]);
    high = PetscMax(high, first[k]);
  }
  PetscCall(HfNodePutNode(entry, "wirings", names));
  PetscCall(HfNodePutReals(entry, "start_V", WIRINGS, first));
  PetscCall(HfNodePutReals(entry, "end_V", WIRINGS, last));
  PetscCall(HfNodePutReals(entry, "change_percent", WIRINGS, change));
  PetscCall(PetscSNPrintf(path, sizeof(path), "/wirings/%d/voltage", (int)context->drive->item + 1));
  PetscCall(HfReportArray(context, path, 2, (const PetscInt[]){n, WIRINGS}, voltage, "V"));
  PetscCall(HfNodePutText(entry, "dataset", path));
  PetscCall(PetscSNPrintf(path, sizeof(path), "/wirings/%d/time", (int)context->drive->item + 1));
  PetscCall(HfReportArray(context, path, 1, &n, times, "s"));
  PetscCall(HfReportHeadline(context, entry, "seven wirings at %.6g uA: %.4g to %.4g mV at the start; the largest change is %.3g %%",
                             1e6 * (double)current, 1e3 * (double)low, 1e3 * (double)high, (double)most));
  PetscCall(HfReportSummary(context, entry));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReportSevenWirings(HfStepContext context, PetscReal current) {
  const HfTrainingRecord *record = context->record;
  PetscReal *times, *voltage;
  PetscInt n = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(record->n_snapshots, &times, record->n_snapshots * WIRINGS, &voltage));
  for (PetscInt k = 0; k < record->n_snapshots; ++k) {
    const HfSnapshot *snapshot = &record->snapshots[k];

    if (snapshot->item != context->drive->item) continue;
    PetscCall(voltages(context->device, snapshot->G, current, voltage + n * WIRINGS));
    times[n++] = snapshot->time;
  }
  if (n) PetscCall(report(context, current, n, times, voltage));
  PetscCall(PetscFree2(times, voltage));
  PetscFunctionReturn(0);
}
