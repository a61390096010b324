/* probe.c: the conductance matrix of the film as it is, with what must hold of it: symmetry, zero row sums, and for four electrodes the paper's bench
   procedure of seven wirings (Niu et al. 2024, Methods), of which six give G and the seventh checks it. */
#include "../experiment_impl.h"

static const HfKey keys[] = {
    {"probe", HF_SECTION, NULL, "", "", 0, "The conductance matrix of the film as it is"},
    {"probe.wirings", HF_BOOL, NULL, "false", "", 0, "Also measure it as the paper's bench does, by seven wirings of four electrodes"},
    {"probe.print", HF_BOOL, NULL, "true", "", 0, "Print the matrix to the log"},
    HF_KEYS_END,
};

static PetscErrorCode Check(HfExperiment e, HfNode node) {
  PetscFunctionBeginUser;
  if (HfFlag(node, "wirings") && e->n && e->n != 4)
    PetscCall(HfDeckError(e->deck, HfChild(node, "wirings"), "the seven wirings are those of four electrodes, not of %d", (int)e->n));
  PetscFunctionReturn(0);
}

static PetscErrorCode Plan(HfExperiment e, HfNode node, HfPlan *plan) {
  PetscFunctionBeginUser;
  plan->probes++;
  plan->frames++;
  PetscFunctionReturn(0);
}

static PetscErrorCode Print(HfExperiment e) {
  char line[1024];
  const PetscInt n = PetscMin(e->n, 12); /* more does not fit a line */

  PetscFunctionBeginUser;
  PetscCall(HfRecordLog(e, "  G in siemens:"));
  for (PetscInt i = 0; i < e->n; i++) {
    size_t used = 0;
    line[0] = '\0';
    for (PetscInt j = 0; j < n; j++) used += (size_t)snprintf(line + used, sizeof(line) - used, " %+.8e", (double)e->G[i * e->n + j]);
    PetscCall(HfRecordLog(e, "  %s:%s%s", HfElectrodesName(HfDeviceElectrodes(e->device), i), line, n < e->n ? " ..." : ""));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode Run(HfExperiment e, HfNode node) {
  const PetscInt n = e->n;
  PetscReal *currents, column_sum = 0.0, row_sum = 0.0, asymmetry = 0.0, apart = 0.0, scale = 0.0;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfProbeNow(e));
  PetscCall(PetscMalloc1(n * n, &currents));
  PetscCall(HfDeviceConductanceByCurrents(e->device, currents));
  for (PetscInt i = 0; i < n; i++) scale = PetscMax(scale, PetscAbsReal(e->G[i * n + i]));
  if (!(scale > 0.0)) scale = 1.0;
  for (PetscInt i = 0; i < n; i++) {
    PetscReal row = 0.0, column = 0.0;
    for (PetscInt j = 0; j < n; j++) {
      row += currents[i * n + j];
      column += currents[j * n + i];
      asymmetry = PetscMax(asymmetry, PetscAbsReal(currents[i * n + j] - currents[j * n + i]) / scale);
      apart = PetscMax(apart, PetscAbsReal(currents[i * n + j] - e->G[i * n + j]) / scale);
    }
    row_sum = PetscMax(row_sum, PetscAbsReal(row) / scale);
    column_sum = PetscMax(column_sum, PetscAbsReal(column) / scale);
  }
  PetscCall(PetscFree(currents));
  PetscCall(HfEntryCreate(e, "probe", &entry));
  PetscCall(HfNodePutReal(entry, "time_s", *HfDeviceTime(e->device)));
  PetscCall(HfNodePutText(entry, "pattern", e->pattern));
  PetscCall(HfNodePutReals(entry, "G_S", n * n, e->G));
  PetscCall(HfNodePutReal(entry, "net_current_over_G11", column_sum));
  PetscCall(HfNodePutReal(entry, "row_sum_over_G11", row_sum));
  PetscCall(HfNodePutReal(entry, "asymmetry_over_G11", asymmetry));
  PetscCall(HfNodePutReal(entry, "currents_against_G", apart));
  PetscCall(
      HfRecordHeadline(e, entry,
                       "probe after %s: currents of %d solves, in parts of the diagonal: net current %.2g, row sums %.2g, asymmetry %.2g, apart "
                       "from G %.2g",
                       e->pattern[0] ? e->pattern : "no pattern", (int)n, (double)column_sum, (double)row_sum, (double)asymmetry, (double)apart));
  PetscCall(HfReadingsList(e, entry));
  if (HfFlag(node, "print")) PetscCall(Print(e));
  if (HfFlag(node, "wirings")) {
    PetscReal G[16], deviation;
    apart = 0.0;
    PetscCall(HfConductanceByWirings(HfDeviceFilmPotential(e->device), G, &deviation));
    for (PetscInt k = 0; k < 16; k++) apart = PetscMax(apart, PetscAbsReal(G[k] - e->G[k]) / scale);
    PetscCall(HfNodePutReal(entry, "six_wirings_against_G", apart));
    PetscCall(HfNodePutReal(entry, "seventh_wiring_deviation", deviation));
    PetscCall(HfRecordLog(e, "  six wirings give G to %.2g of the diagonal, the seventh agrees to %.2g (the paper's bench: 0.02)", (double)apart,
                          (double)deviation));
  }
  PetscCall(HfRecordSummary(e, entry));
  PetscCall(HfFramesNow(e, PETSC_TRUE));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Probe = {"probe", NULL, keys, Check, Plan, Run};
