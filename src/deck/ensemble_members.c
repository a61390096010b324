/* An ensemble: a deck with a section `ensemble` stands for many decks, its members, which differ in the keys of its axes. Members are all combinations
   of the axes' values, the last axis running fastest; an axis `with_previous` runs along with the one before it. A member's deck is the deck without
   the section, its values put in as by --set, so that they are checked like any other and a member's own deck.yaml repeats it alone. */
#include "deck_impl.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define MOST_MEMBERS 1000000

static const HfKey ensemble_keys[] = {
    {"ensemble", HF_SECTION, NULL, "", "", 0, "Runs this deck many times with other values of some keys, each member on ranks of its own"},
    {"ensemble.ranks_per_member", HF_INT, NULL, "1", ">=1", 0, "Ranks of one member; members beyond the ranks at hand wait for their turn"},
    {"ensemble.figures", HF_TEXTS, NULL, "\"*\"", "", 0,
     "Numbers of the members' results that go into the table, step-item.key as in infer-3.accuracy; * and ? stand for any letters"},
    {"ensemble.axes", HF_LIST, NULL, NULL, "", 0, "What varies; members are all combinations, the last axis running fastest"},
    {"ensemble.axes[].key", HF_TEXTS, NULL, NULL, "", 0, "Path of a key as in --set; several keys take the same value"},
    {"ensemble.axes[].values", HF_TEXTS, NULL, "", "", 0, "The values as they would stand in the deck; this or from and to"},
    {"ensemble.axes[].from", HF_TEXT, NULL, "", "", 0, "First of equally spaced values"},
    {"ensemble.axes[].to", HF_TEXT, NULL, "", "", 0, "Last of them, in the same unit"},
    {"ensemble.axes[].count", HF_INT, NULL, "", ">=2", 0, "Number of values; by default those in steps of 1"},
    {"ensemble.axes[].spacing", HF_CHOICE, NULL, "linear", "linear|logarithmic", 0, "Equal differences or equal ratios"},
    {"ensemble.axes[].with_previous", HF_BOOL, NULL, "false", "", 0, "Runs along with the axis before it instead of combining with it"},
    {"ensemble.axes[].average", HF_BOOL, NULL, "", "", 0, "Results are averaged over this axis, with error bars (by default over seeds only)"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

typedef struct {
  HfNode node;
  PetscInt n, stride; /* values; members between two of them */
  char **values;
  PetscBool average;
} Axis;

struct HfEnsemble_ {
  HfNode node;
  PetscInt n_axes, n_members;
  Axis *axes;
};

PetscErrorCode HfEnsembleRegisterKeys(HfKeys keys) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(keys, "", ensemble_keys));
  PetscFunctionReturn(0);
}

/* The axis from `from` and `to`: numbers with the same unit. */
static PetscErrorCode space(HfDeck deck, Axis *axis) {
  HfNode node = axis->node;
  const PetscBool logarithmic = (PetscBool)!strcmp(HfText(node, "spacing"), "logarithmic");
  PetscReal from, to, count;
  const char *unit, *unit_to;

  PetscFunctionBeginUser;
  if (!HfHas(node, "from") || !HfHas(node, "to")) {
    PetscCall(HfDeckError(deck, node, "an axis needs `values`, or `from` and `to`"));
    PetscFunctionReturn(0);
  }
  if (!HfNumberRead(HfText(node, "from"), &from, &unit) || !HfNumberRead(HfText(node, "to"), &to, &unit_to) || strcmp(unit, unit_to)) {
    PetscCall(
        HfDeckError(deck, HfChild(node, "to"), "from %s to %s: write two numbers with the same unit", HfText(node, "from"), HfText(node, "to")));
    PetscFunctionReturn(0);
  }
  if (logarithmic && !(from > 0 && to > 0)) {
    PetscCall(HfDeckError(deck, HfChild(node, "spacing"), "logarithmic spacing needs positive numbers"));
    PetscFunctionReturn(0);
  }
  count = HfHas(node, "count") ? (PetscReal)HfInteger(node, "count") : 1 + PetscAbsReal(to - from);
  if (!HfHas(node, "count") && (logarithmic || count != PetscFloorReal(count))) {
    PetscCall(HfDeckError(deck, node, "from %s to %s is not so many steps of 1: say `count`", HfText(node, "from"), HfText(node, "to")));
    PetscFunctionReturn(0);
  }
  if (!(count <= MOST_MEMBERS)) {
    PetscCall(HfDeckError(deck, node, "%g values are more than the %d members an ensemble may have", (double)count, MOST_MEMBERS));
    PetscFunctionReturn(0);
  }
  axis->n = (PetscInt)count;
  PetscCall(PetscCalloc1(axis->n, &axis->values));
  for (PetscInt k = 0; k < axis->n; ++k) {
    const PetscReal part = (PetscReal)k / (count - 1);
    const PetscReal value = k == axis->n - 1 ? to : logarithmic ? from * PetscPowReal(to / from, part) : from + (to - from) * part;
    char text[128];
    snprintf(text, sizeof text, "%.12g%s%.64s", (double)value, *unit ? " " : "", unit);
    PetscCall(PetscStrallocpy(text, &axis->values[k]));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode check_keys(HfDeck deck, const Axis *axis) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HfCount(axis->node, "key"); ++k) {
    const char *key = HfTextAt(axis->node, "key", k);
    const size_t first = strcspn(key, ".");
    for (size_t w = 0; w < 4; ++w) {
      static const char *const fixed[] = {"ensemble", "include", "petsc", "hopfilm"};
      if (strlen(fixed[w]) == first && !strncmp(key, fixed[w], first))
        PetscCall(HfDeckError(deck, HfChild(axis->node, "key"), "%s cannot differ between members", fixed[w]));
    }
    if (!*key || strchr(key, '=')) PetscCall(HfDeckError(deck, HfChild(axis->node, "key"), "\"%s\" is no path of a key", key));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode read_axis(HfDeck deck, Axis *axis) {
  const char *key = HfTextAt(axis->node, "key", 0), *dot = strrchr(key, '.');

  PetscFunctionBeginUser;
  axis->average = HfHas(axis->node, "average") ? HfFlag(axis->node, "average") : (PetscBool)!strcmp(dot ? dot + 1 : key, "seed");
  PetscCall(check_keys(deck, axis));
  if (HfHas(axis->node, "values")) {
    if (HfHas(axis->node, "from") || HfHas(axis->node, "to") || HfHas(axis->node, "count"))
      PetscCall(HfDeckError(deck, axis->node, "give `values`, or `from` and `to`, not both"));
    axis->n = HfCount(axis->node, "values");
    PetscCall(PetscCalloc1(axis->n, &axis->values));
    for (PetscInt k = 0; k < axis->n; ++k) PetscCall(PetscStrallocpy(HfTextAt(axis->node, "values", k), &axis->values[k]));
    if (!axis->n) PetscCall(HfDeckError(deck, HfChild(axis->node, "values"), "no value"));
  } else
    PetscCall(space(deck, axis));
  PetscFunctionReturn(0);
}

PetscBool HfEnsembleSettingsGiven(HfDeck deck) { return HfHas(HfDeckRoot(deck), "ensemble"); }

PetscErrorCode HfEnsembleCreate(HfDeck deck, HfEnsemble *ensemble) {
  HfNode node = HfChild(HfDeckRoot(deck), "ensemble");
  const PetscInt errors = HfDeckErrorCount(deck);
  PetscReal members = 1;
  HfEnsemble e;

  PetscFunctionBeginUser;
  *ensemble = NULL;
  if (!node || errors) PetscFunctionReturn(0);
  PetscCall(PetscNew(&e));
  e->node = node;
  e->n_axes = HfCount(node, "axes");
  PetscCall(PetscCalloc1(e->n_axes, &e->axes));
  for (PetscInt a = 0; a < e->n_axes; ++a) {
    e->axes[a].node = HfItem(node, "axes", a);
    PetscCall(read_axis(deck, &e->axes[a]));
  }
  for (PetscInt a = e->n_axes - 1; a >= 0; a--) {
    const Axis *axis = &e->axes[a];
    const PetscBool along = HfFlag(axis->node, "with_previous");
    e->axes[a].stride = (PetscInt)members;
    if (along && a == 0)
      PetscCall(HfDeckError(deck, axis->node, "the first axis has none before it to run along with"));
    else if (along && axis->n != e->axes[a - 1].n)
      PetscCall(HfDeckError(deck, axis->node, "%d values cannot run along with the %d of the axis before", (int)axis->n, (int)e->axes[a - 1].n));
    if (!along) members = PetscMin(members * (PetscReal)axis->n, 2.0 * MOST_MEMBERS);
  }
  if (members > MOST_MEMBERS) PetscCall(HfDeckError(deck, node, "more than %d members", MOST_MEMBERS));
  e->n_members = (PetscInt)members;
  *ensemble = e;
  PetscFunctionReturn(0);
}

PetscErrorCode HfEnsembleDestroy(HfEnsemble *ensemble) {
  PetscFunctionBeginUser;
  if (!*ensemble) PetscFunctionReturn(0);
  for (PetscInt a = 0; a < (*ensemble)->n_axes; ++a) {
    for (PetscInt k = 0; k < (*ensemble)->axes[a].n; ++k) PetscCall(PetscFree((*ensemble)->axes[a].values[k]));
    PetscCall(PetscFree((*ensemble)->axes[a].values));
  }
  PetscCall(PetscFree((*ensemble)->axes));
  PetscCall(PetscFree(*ensemble));
  PetscFunctionReturn(0);
}

PetscInt HfEnsembleMembers(HfEnsemble ensemble) { return ensemble->n_members; }
PetscInt HfEnsembleAxes(HfEnsemble ensemble) { return ensemble->n_axes; }
PetscInt HfEnsembleRanks(HfEnsemble ensemble) { return (PetscInt)HfInteger(ensemble->node, "ranks_per_member"); }
const char *HfEnsembleKey(HfEnsemble ensemble, PetscInt axis) { return HfTextAt(ensemble->axes[axis].node, "key", 0); }
PetscBool HfEnsembleAverages(HfEnsemble ensemble, PetscInt axis) { return ensemble->axes[axis].average; }
PetscInt HfEnsembleFigures(HfEnsemble ensemble) { return HfCount(ensemble->node, "figures"); }
const char *HfEnsembleFigure(HfEnsemble ensemble, PetscInt k) { return HfTextAt(ensemble->node, "figures", k); }

const char *HfEnsembleValue(HfEnsemble ensemble, PetscInt member, PetscInt axis) {
  const Axis *a = &ensemble->axes[axis];
  return a->values[(member / a->stride) % a->n];
}

PetscErrorCode HfEnsembleDeck(HfEnsemble ensemble, PetscInt member, MPI_Comm comm, HfKeys keys, const char *path, PetscInt n_set,
                              const char *const set[], HfDeck *deck) {
  PetscInt n = n_set;
  const char **all;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < ensemble->n_axes; ++a) n += HfCount(ensemble->axes[a].node, "key");
  PetscCall(PetscMalloc1(n, &all));
  for (PetscInt k = 0; k < n_set; ++k) all[k] = set[k];
  for (PetscInt a = 0, k = n_set; a < ensemble->n_axes; ++a)
    for (PetscInt i = 0; i < HfCount(ensemble->axes[a].node, "key"); i++, ++k) {
      const char *key = HfTextAt(ensemble->axes[a].node, "key", i), *value = HfEnsembleValue(ensemble, member, a);
      const size_t room = strlen(key) + strlen(value) + 2;
      char *text;
      PetscCall(PetscMalloc1(room, &text));
      snprintf(text, room, "%s=%s", key, value);
      all[k] = text;
    }
  code = HfDeckCreate(comm, keys, path, n, all, deck);
  for (PetscInt k = n_set; k < n; ++k) PetscCall(PetscFree(all[k]));
  PetscCall(PetscFree(all));
  if (!code && *deck) PetscCall(HfNodeRemove(HfDeckRoot(*deck), HfNodeIndex(HfDeckRoot(*deck), "ensemble")));
  PetscFunctionReturn(code);
}
