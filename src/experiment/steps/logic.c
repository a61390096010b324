/* A trained four-node film as a logic gate (Niu et al. 2024, "Boolean logics operation"): inputs nodes 2 and 3, output node 4, and the control
   node 1 turns one gate into another. The paper: +--- gives AND and OR, +--+ gives NOR and NAND. Which of the two goes with which sign of the control
   follows from the sum itself and is printed; a gate counts when one of the two controls gives it. Control: the untrained film. */
#include "../experiment_impl.h"

static const HfKey keys[] = {
    {"logic", HF_SECTION, NULL, "", "", 0, "Trained four-node patterns as logic gates"},
    {"logic.learn", HF_NAMED, NULL, "", "", 0, "Two gates, as AND/OR, and the pattern that is to give them (default: the paper's two)"},
    {"logic.learn.*", HF_TEXT, NULL, NULL, "", 0, "Name or literal pattern"},
    HF_WEIGHTS_KEYS("logic"),
    HF_KEYS_END,
};

static const struct { const char *gates, *pattern; } PAPER[] = {{"AND/OR", "+---"}, {"NOR/NAND", "+--+"}};

static PetscInt count(HfNode node) {
  return HfHas(node, "learn") ? HfNodeLength(HfChild(node, "learn")) : (PetscInt)PETSC_STATIC_ARRAY_LENGTH(PAPER);
}

static void at(HfNode node, PetscInt k, const char **gates, const char **pattern) {
  if (HfHas(node, "learn")) {
    *gates = HfNodeName(HfNodeItem(HfChild(node, "learn"), k));
    *pattern = HfNodeText(HfNodeItem(HfChild(node, "learn"), k));
  } else {
    *gates = PAPER[k].gates;
    *pattern = PAPER[k].pattern;
  }
}

static PetscErrorCode check(HfExperiment e, HfNode node) {
  PetscReal x[4];
  char text[5];
  const char *gates, *pattern, *why;

  PetscFunctionBeginUser;
  PetscCall(HfWeightingsCheck(e, node));
  if (!e->n) PetscFunctionReturn(0);
  if (e->n != 4) {
    PetscCall(HfDeckError(e->deck, node, "gates are made of four electrodes, not of %d", (int)e->n));
    PetscFunctionReturn(0);
  }
  for (PetscInt k = 0; k < count(node); ++k) {
    at(node, k, &gates, &pattern);
    PetscCall(HfPatternRead(e, pattern, x, text, &why));
    if (!strchr(gates, '/')) PetscCall(HfDeckError(e->deck, node, "%s: name two gates, as AND/OR", gates));
    if (why)
      PetscCall(HfDeckError(e->deck, node, "%s: %s", pattern, why));
    else if (!HfCheckedHas(e, text))
      PetscCall(HfDeckError(e->deck, node, "%s needs the pattern %s, which no step before trains", gates, text));
  }
  PetscFunctionReturn(0);
}

/* How many of the two gates of "AND/OR" were found. */
static PetscInt is_right(const char *wanted, const char *plus, const char *minus) {
  const char *second = strchr(wanted, '/') + 1;
  const size_t length = (size_t)(second - wanted) - 1;
  PetscInt right = 0;
  right += (strlen(plus) == length && !strncmp(plus, wanted, length)) || (strlen(minus) == length && !strncmp(minus, wanted, length));
  right += !strcmp(plus, second) || !strcmp(minus, second);
  return right;
}

static void put_table(const HfGateResult *gate, char text[5]) {
  for (PetscInt k = 0; k < 4; ++k) text[k] = gate->output[k] > 0 ? '+' : gate->output[k] < 0 ? '-' : '?';
  text[4] = '\0';
}

/* One pattern with one kind of weights; adds to the two counts. */
static PetscErrorCode measure_gates(HfExperiment e, const HfWeighting *weighting, const char *wanted, const HfMemory *memory, PetscInt *right,
                                    PetscInt *untrained_right, PetscReal *smallest) {
  PetscReal w[16];
  HfGateResult film[2], untrained[2];
  char table[2][5];
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfWeightingApply(e, weighting, e->G_untrained, PETSC_FALSE, w));
  for (PetscInt c = 0; c < 2; ++c) PetscCall(HfGate(w, c ? -1.0 : 1.0, &untrained[c]));
  PetscCall(HfWeightingApply(e, weighting, HfMemoryConductance(weighting, memory), PETSC_FALSE, w));
  for (PetscInt c = 0; c < 2; ++c) {
    PetscCall(HfGate(w, c ? -1.0 : 1.0, &film[c]));
    put_table(&film[c], table[c]);
    *smallest = PetscMin(*smallest, film[c].margin);
  }
  *right += is_right(wanted, film[0].gate, film[1].gate);
  *untrained_right += is_right(wanted, untrained[0].gate, untrained[1].gate);

  PetscCall(HfEntryCreate(e, "logic", &entry));
  PetscCall(HfNodePutText(entry, "weights", weighting->label));
  PetscCall(HfNodePutText(entry, "wanted", wanted));
  PetscCall(HfNodePutText(entry, "trained", memory->pattern));
  PetscCall(HfNodePutText(entry, "inputs", "--, -+, +-, ++"));
  PetscCall(HfNodePutText(entry, "gate_control_plus", film[0].gate));
  PetscCall(HfNodePutText(entry, "output_control_plus", table[0]));
  PetscCall(HfNodePutReal(entry, "margin_control_plus", film[0].margin));
  PetscCall(HfNodePutText(entry, "gate_control_minus", film[1].gate));
  PetscCall(HfNodePutText(entry, "output_control_minus", table[1]));
  PetscCall(HfNodePutReal(entry, "margin_control_minus", film[1].margin));
  PetscCall(HfNodePutText(entry, "control_untrained_plus", untrained[0].gate));
  PetscCall(HfNodePutText(entry, "control_untrained_minus", untrained[1].gate));
  PetscCall(HfRecordSummary(e, entry));
  PetscCall(HfRecordLog(e, "  %s on %s: control + %s (%s, margin %.3f), control - %s (%s, margin %.3f); untrained film: %s, %s", wanted,
                        memory->pattern, film[0].gate, table[0], (double)film[0].margin, film[1].gate, table[1], (double)film[1].margin,
                        untrained[0].gate, untrained[1].gate));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfExperiment e, HfNode node) {
  HfWeighting list[HF_MAX_WEIGHTINGS];
  PetscInt n_weightings;
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfWeightingsRead(e, node, &n_weightings, list));
  for (PetscInt l = 0; l < n_weightings; ++l) {
    PetscInt right = 0, untrained_right = 0;
    PetscReal smallest = PETSC_MAX_REAL, x[4];
    char text[5];
    const char *gates, *pattern, *why;
    PetscCall(HfRecordLog(e, "logic, %s; outputs for inputs --, -+, +-, ++:", list[l].label));
    for (PetscInt k = 0; k < count(node); ++k) {
      at(node, k, &gates, &pattern);
      PetscCall(HfPatternRead(e, pattern, x, text, &why));
      PetscCall(measure_gates(e, &list[l], gates, HfMemoryFind(e, x), &right, &untrained_right, &smallest));
    }
    PetscCall(HfEntryCreate(e, "logic", &entry));
    PetscCall(HfNodePutText(entry, "weights", list[l].label));
    PetscCall(HfNodePutInt(entry, "correct", right));
    PetscCall(HfNodePutInt(entry, "of", 2 * count(node)));
    PetscCall(HfNodePutReal(entry, "smallest_margin", smallest));
    PetscCall(HfNodePutInt(entry, "control_untrained", untrained_right));
    PetscCall(HfRecordHeadline(e, entry, "logic, %s: %d of %d gates right, smallest margin %.3f; untrained film: %d", list[l].label, (int)right,
                               (int)(2 * count(node)), (double)smallest, (int)untrained_right));
    PetscCall(HfRecordSummary(e, entry));
  }
  PetscFunctionReturn(0);
}

const HfStep HfStep_Logic = {.name = "logic", .citation = "niu-2024", .keys = keys, .check = check, .run = run};
