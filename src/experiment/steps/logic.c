/* A trained four-node film as a logic gate (Niu et al. 2024, "Boolean logics operation"): inputs are nodes 2 and 3, the output is node 4, and the
   control node 1 turns one gate into another. In the paper +--- gives AND and OR, and +--+ gives NOR and NAND. Which of the two belongs to which
   sign of the control follows from the sum itself and is printed; a gate counts as right when one of the two signs gives it. Control: the
   untrained film. */
#include "../step.h"

static const HfKey keys[] = {
    {"logic", HF_SECTION, NULL, "", "", 0, "Trained four-node patterns as logic gates"},
    {"logic.learn", HF_NAMED, NULL, "", "", 0, "Two gates, such as AND/OR, and the pattern that is to give them (default: the two of the paper)"},
    {"logic.learn.*", HF_TEXT, NULL, NULL, "", 0, "Name or literal pattern"},
    HF_WEIGHTS_KEYS("logic"),
    HF_KEYS_END,
};

static const struct { const char *gates, *pattern; } PAPER[] = {{"AND/OR", "+---"}, {"NOR/NAND", "+--+"}};

typedef struct {
  const char *names; /* "AND/OR" */
  PetscReal x[4];    /* the pattern that is to give them */
} Gates;
typedef struct {
  PetscInt n;
  Gates *gates; /* [n] */
  HfWeightingList weightings;
} Settings;

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  HfNode learn = HfHas(node, "learn") ? HfChild(node, "learn") : NULL;
  const PetscInt n_electrodes = check->schedule->n;
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  PetscCall(HfWeightingSettingsRead(check, node, &settings->weightings));
  if (!n_electrodes) PetscFunctionReturn(0);
  if (n_electrodes != 4) {
    PetscCall(HfDeckError(check->deck, node, "gates are made of four electrodes, not of %d", (int)n_electrodes));
    PetscFunctionReturn(0);
  }
  settings->n = learn ? HfNodeLength(learn) : (PetscInt)PETSC_STATIC_ARRAY_LENGTH(PAPER);
  PetscCall(PetscCalloc1(settings->n, &settings->gates));
  for (PetscInt k = 0; k < settings->n; ++k) {
    const char *pattern = learn ? HfNodeText(HfNodeItem(learn, k)) : PAPER[k].pattern, *why;
    Gates *gates = &settings->gates[k];
    char text[5];

    gates->names = learn ? HfNodeName(HfNodeItem(learn, k)) : PAPER[k].gates;
    PetscCall(HfPatternRead(&check->schedule->patterns, pattern, gates->x, text, &why));
    if (!strchr(gates->names, '/')) PetscCall(HfDeckError(check->deck, node, "%s: name two gates, as AND/OR", gates->names));
    if (why)
      PetscCall(HfDeckError(check->deck, node, "%s: %s", pattern, why));
    else if (!HfScheduleCheckTrained(check, text))
      PetscCall(HfDeckError(check->deck, node, "%s needs the pattern %s, of which no earlier step `train` keeps a memory", gates->names, text));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(void *of) {
  Settings *settings = of;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(settings->gates));
  PetscCall(PetscFree(settings));
  PetscFunctionReturn(0);
}

/* How many of the two gates of "AND/OR" were found. */
static PetscInt gates_right(const char *wanted, const char *plus, const char *minus) {
  const char *second = strchr(wanted, '/') + 1;
  const size_t length = (size_t)(second - wanted) - 1;
  PetscInt right = 0;
  right += (strlen(plus) == length && !strncmp(plus, wanted, length)) || (strlen(minus) == length && !strncmp(minus, wanted, length));
  right += !strcmp(plus, second) || !strcmp(minus, second);
  return right;
}

static void table_text(const HfGateResult *gate, char text[5]) {
  for (PetscInt k = 0; k < 4; ++k) text[k] = gate->output[k] > 0 ? '+' : gate->output[k] < 0 ? '-' : '?';
  text[4] = '\0';
}

typedef struct {
  PetscInt right, untrained_right;
  PetscReal smallest_margin;
} Count;

/* One pattern with one kind of weights; adds to the counts. */
static PetscErrorCode examine(HfStepContext context, const HfWeighting *weighting, const char *wanted, const HfMemory *memory, Count *count) {
  const HfTrainingRecord *record = context->record;
  HfGateResult film[2], untrained[2];
  PetscReal w[16];
  char table[2][5];
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfWeightingApply(record, weighting, record->G0, HfUntrainedConductance(record, weighting), PETSC_FALSE, w));
  for (PetscInt c = 0; c < 2; ++c) PetscCall(HfGate(w, c ? -1.0 : 1.0, &untrained[c]));
  PetscCall(HfWeightingApply(record, weighting, record->G0, HfMemoryConductance(weighting, memory), PETSC_FALSE, w));
  for (PetscInt c = 0; c < 2; ++c) {
    PetscCall(HfGate(w, c ? -1.0 : 1.0, &film[c]));
    table_text(&film[c], table[c]);
    count->smallest_margin = PetscMin(count->smallest_margin, film[c].margin);
  }
  count->right += gates_right(wanted, film[0].gate, film[1].gate);
  count->untrained_right += gates_right(wanted, untrained[0].gate, untrained[1].gate);

  PetscCall(HfEntryCreate(context, "logic", &entry));
  PetscCall(HfNodePutText(entry, "weights", weighting->name));
  PetscCall(HfWeightingPutReading(entry, weighting));
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
  PetscCall(HfReportSummary(context, entry));
  PetscCall(HfReportLog(context, "  %s on %s: control + %s (%s, margin %.3f), control - %s (%s, margin %.3f); untrained film: %s, %s", wanted,
                        memory->pattern, film[0].gate, table[0], (double)film[0].margin, film[1].gate, table[1], (double)film[1].margin,
                        untrained[0].gate, untrained[1].gate));
  PetscFunctionReturn(0);
}

/* All gates with one kind of weights. */
static PetscErrorCode examine_gates(HfStepContext context, const Settings *settings, const HfWeighting *weighting, HfRetention retention) {
  Count count = {.smallest_margin = PETSC_MAX_REAL};
  HfNode entry;

  PetscFunctionBeginUser;
  PetscCall(HfReportLog(context, "logic, %s; outputs for inputs --, -+, +-, ++:", weighting->label));
  for (PetscInt k = 0; k < settings->n; ++k) {
    PetscCall(examine(context, weighting, settings->gates[k].names, HfMemoryFind(context->record, settings->gates[k].x), &count));
    PetscCall(HfTapeCompute(context->tape));
  }
  PetscCall(HfEntryCreate(context, "logic", &entry));
  PetscCall(HfNodePutText(entry, "weights", weighting->name));
  PetscCall(HfWeightingPutReading(entry, weighting));
  PetscCall(HfNodePutInt(entry, "correct", count.right));
  PetscCall(HfNodePutInt(entry, "of", 2 * settings->n));
  PetscCall(HfNodePutReal(entry, "smallest_margin", count.smallest_margin));
  PetscCall(HfNodePutInt(entry, "control_untrained", count.untrained_right));
  PetscCall(HfReportHeadline(context, entry, "logic, %s: %d of %d gates right, smallest margin %.3f; untrained film: %d", weighting->label,
                             (int)count.right, (int)(2 * settings->n), (double)count.smallest_margin, (int)count.untrained_right));
  PetscCall(HfReportSummary(context, entry));
  PetscCall(HfRetentionAdd(retention, weighting, "gates", 1, (const PetscReal[]){count.right}));
  PetscCall(HfRetentionAdd(retention, weighting, "untrained_gates", 1, (const PetscReal[]){count.untrained_right}));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const Settings *settings = of;
  PetscErrorCode code = 0;
  HfRetention retention;
  HfWeightingList list;

  PetscFunctionBeginUser;
  PetscCall(HfReportWeakSignal(context));
  PetscCall(HfRetentionCreate(&settings->weightings, &retention));
  for (PetscInt k = 0; k < settings->weightings.n_after && !code; ++k) {
    PetscCall(HfWeightingResolve(context->record, &settings->weightings, k, &list));
    for (PetscInt l = 0; l < list.n && !code; ++l) code = examine_gates(context, settings, &list.list[l], retention);
  }
  if (!code) PetscCall(HfRetentionReport(context, retention, 2 * settings->n));
  PetscCall(HfRetentionDestroy(&retention));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Logic = {.name = "logic", .citation = "niu-2024", .keys = keys, .settings = read_settings, .destroy = destroy, .run = run};
