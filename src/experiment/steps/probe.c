/* The conductance matrix of the film as it is, with what must hold of it: symmetry, zero row sums, and for four electrodes the paper's bench
   procedure of seven wirings (Niu et al. 2024, Methods), of which six give G and the seventh checks it. */
#include "../experiment_impl.h"

#define MAX_PRINTED 12   /* rows and columns; more does not fit a line */
#define IMBALANCE   1e-3 /* net current, in parts of the diagonal, with which nothing read is worth anything */
#define MAX_LISTED  64   /* terminals whose matrix the summary repeats; run.h5 has it in any case */

static const HfKey keys[] = {
    {"probe", HF_SECTION, NULL, "", "", 0, "The conductance matrix of the film as it is"},
    {"probe.wirings", HF_BOOL, NULL, "false", "", 0, "Also measure it as the paper's bench does, by seven wirings of four electrodes"},
    {"probe.print", HF_BOOL, NULL, "true", "", 0, "Print the matrix to the log"},
    HF_KEYS_END,
};

static PetscErrorCode check(HfExperiment e, HfNode node) {
  PetscFunctionBeginUser;
  if (HfFlag(node, "wirings") && e->n && (e->n != 4 || HfDeviceWiring(e->device)))
    PetscCall(
        HfDeckError(e->deck, HfChild(node, "wirings"), "the seven wirings are those of four electrodes without `wiring`, not of %d", (int)e->n));
  PetscFunctionReturn(0);
}

static PetscErrorCode plan(HfExperiment e, HfNode node, HfPlan *plan) {
  PetscFunctionBeginUser;
  ++plan->probes;
  ++plan->frames;
  PetscFunctionReturn(0);
}

static PetscErrorCode print(HfExperiment e) {
  char line[1024];
  const PetscInt n = PetscMin(e->n, MAX_PRINTED);

  PetscFunctionBeginUser;
  PetscCall(HfRecordLog(e, "  G in siemens:"));
  for (PetscInt i = 0; i < n; ++i) {
    size_t used = 0;
    line[0] = '\0';
    for (PetscInt j = 0; j < n; ++j) used += (size_t)snprintf(line + used, sizeof(line) - used, " %+.8e", (double)e->G[i * e->n + j]);
    PetscCall(HfRecordLog(e, "  %s:%s%s", HfDeviceTerminalName(e->device, i), line, n < e->n ? " ..." : ""));
  }
  if (n < e->n) PetscCall(HfRecordLog(e, "  ... %d rows in all", (int)e->n));
  PetscFunctionReturn(0);
}

/* What must hold of the currents between the electrodes, in parts of the largest diagonal element of G. */
typedef struct {
  PetscReal scale, row_sum, column_sum, asymmetry, apart;
} Currents;

static PetscErrorCode check_currents(HfExperiment e, PetscInt n, Currents *found) {
  PetscReal *currents, *G, scale = 0.0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n * n, &currents, n * n, &G));
  PetscCall(HfDeviceNodeConductance(e->device, G));
  PetscCall(HfDeviceConductanceByCurrents(e->device, currents));
  for (PetscInt i = 0; i < n; ++i) scale = PetscMax(scale, PetscAbsReal(G[i * n + i]));
  if (!(scale > 0.0)) scale = 1.0;
  *found = (Currents){.scale = scale};
  for (PetscInt i = 0; i < n; ++i) {
    PetscReal row = 0.0, column = 0.0;
    for (PetscInt j = 0; j < n; ++j) {
      row += currents[i * n + j];
      column += currents[j * n + i];
      found->asymmetry = PetscMax(found->asymmetry, PetscAbsReal(currents[i * n + j] - currents[j * n + i]) / scale);
      found->apart = PetscMax(found->apart, PetscAbsReal(currents[i * n + j] - G[i * n + j]) / scale);
    }
    found->row_sum = PetscMax(found->row_sum, PetscAbsReal(row) / scale);
    found->column_sum = PetscMax(found->column_sum, PetscAbsReal(column) / scale);
  }
  PetscCall(PetscFree2(currents, G));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfExperiment e, HfNode node) {
  const PetscInt n_nodes = HfElectrodesCount(HfDeviceElectrodes(e->device));
  Currents found = {0};
  PetscBool taken;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfProbeNow(e));
  PetscCall(HfReplayTake(e, HF_OUTCOME_CURRENTS, sizeof(found) / sizeof(PetscReal), (PetscReal *)&found, &taken));
  if (!taken) {
    PetscCall(check_currents(e, n_nodes, &found));
    PetscCheckFault(found.column_sum < IMBALANCE, e->comm, HF_ERR_DIVERGED,
                    "the currents do not balance at t = %.9g s: they add up to %.3g of the largest; potential.tolerance may be too large",
                    (double)HfDeviceTime(e->device), (double)found.column_sum);
    PetscCall(HfReplayKeep(e, HF_OUTCOME_CURRENTS, sizeof(found) / sizeof(PetscReal), (PetscReal *)&found));
  }
  PetscCall(HfEntryCreate(e, "probe", &entry));
  PetscCall(HfNodePutReal(entry, "time_s", HfDeviceTime(e->device)));
  PetscCall(HfNodePutText(entry, "pattern", e->pattern));
  if (e->n <= MAX_LISTED) PetscCall(HfNodePutReals(entry, "G_S", e->n * e->n, e->G));
  PetscCall(HfNodePutReal(entry, "net_current_over_G11", found.column_sum));
  PetscCall(HfNodePutReal(entry, "row_sum_over_G11", found.row_sum));
  PetscCall(HfNodePutReal(entry, "asymmetry_over_G11", found.asymmetry));
  PetscCall(HfNodePutReal(entry, "currents_against_G", found.apart));
  PetscCall(
      HfRecordHeadline(e, entry,
                       "probe after %s: currents of %d solves, in parts of the diagonal: net current %.2g, row sums %.2g, asymmetry %.2g, apart "
                       "from G %.2g",
                       e->pattern[0] ? e->pattern : "no pattern", (int)n_nodes, (double)found.column_sum, (double)found.row_sum,
                       (double)found.asymmetry, (double)found.apart));
  PetscCall(HfReadingsList(e, entry));
  if (HfFlag(node, "print")) PetscCall(print(e));
  if (HfFlag(node, "wirings")) {
    PetscReal G[17], deviation, apart = 0.0;
    PetscCall(HfReplayTake(e, HF_OUTCOME_NODES, 17, G, &taken));
    if (!taken) {
      PetscCall(HfConductanceByWirings(HfDeviceFilmPotential(e->device), G, &G[16]));
      PetscCall(HfReplayKeep(e, HF_OUTCOME_NODES, 17, G));
    }
    deviation = G[16];
    for (PetscInt k = 0; k < 16; ++k) apart = PetscMax(apart, PetscAbsReal(G[k] - e->G[k]) / found.scale);
    PetscCall(HfNodePutReal(entry, "six_wirings_against_G", apart));
    PetscCall(HfNodePutReal(entry, "seventh_wiring_deviation", deviation));
    PetscCall(HfRecordLog(e, "  six wirings give G to %.2g of the diagonal, the seventh agrees to %.2g (the paper's bench: 0.02)", (double)apart,
                          (double)deviation));
  }
  PetscCall(HfRecordSummary(e, entry));
  PetscCall(HfFramesNow(e, PETSC_TRUE));
  PetscFunctionReturn(0);
}

const HfStep HfStep_Probe = {.name = "probe", .keys = keys, .check = check, .plan = plan, .run = run};
