/* An ensemble: a deck with a section `ensemble` stands for many decks, its members, which differ in the keys of its axes. Members are all combinations
   of the axes' values, the last axis running fastest; an axis `with_previous` varies in parallel with the one before it. A member's deck is the deck
   without the section, its values set as by --set, so that they are checked like any other and a member's own deck.yaml repeats it alone. */
#include "deck_impl.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define MOST_MEMBERS 1000000

static const HfKey ensemble_keys[] = {
    {"ensemble", HF_SECTION, NULL, "", "", 0, "Runs this deck many times with other values of some keys, each member on ranks of its own"},
    {"ensemble.ranks_per_member", HF_INT, NULL, "1", ">=1", 0,
     "Ranks of one member; if there are not enough ranks for all members, some wait for others to end"},
    {"ensemble.figures", HF_TEXTS, NULL, "\"*\"", "", 0,
     "Numbers of the members' results in the table, step-item.key as in infer-3.accuracy; * and ? stand for any letters"},
    {"ensemble.axes", HF_LIST, NULL, NULL, "", 0, "What varies; the members are all combinations, the last axis running fastest"},
    {"ensemble.axes[].key", HF_TEXTS, NULL, NULL, "", 0, "Path of a key as in --set; several keys take the same value"},
    {"ensemble.axes[].values", HF_TEXTS, "yaml", "", "", 0,
     "The values, as they would be written in the deck, lists and sections, too: [[1, 0, 0], [0, 1, 0]]; instead of from and to. Files are found "
     "from the "
     "working folder"},
    {"ensemble.axes[].from", HF_TEXT, NULL, "", "", 0, "First of equally spaced values"},
    {"ensemble.axes[].to", HF_TEXT, NULL, "", "", 0, "Last of equally spaced values, in the same unit"},
    {"ensemble.axes[].count", HF_INT, NULL, "", ">=2", 0, "Number of values; by default, as many as steps of 1 give"},
    {"ensemble.axes[].spacing", HF_CHOICE, NULL, "linear", "linear|logarithmic", 0, "Equal differences or equal ratios"},
    {"ensemble.axes[].with_previous", HF_BOOL, NULL, "false", "", 0, "Varies in parallel with the axis before it instead of being combined with it"},
    {"ensemble.axes[].average", HF_BOOL, NULL, "", "", 0, "Results are averaged over this axis, with error bars (by default over seeds only)"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

typedef struct {
  PetscInt n_keys, n, stride; /* keys; values; members from one value to the next */
  char **keys, **values;
  PetscBool average, with_previous;
} Axis;

/* The section as typed settings, and the number of members that follows from them. */
struct HfEnsemble_ {
  PetscInt ranks_per_member, n_figures, n_axes, n_members;
  char **figures;
  Axis *axes;
};

PetscErrorCode HfEnsembleRegisterKeys(HfKeys keys) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(keys, "", ensemble_keys));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_texts_settings(HfNode section, const char *key, PetscInt *n, char ***texts) {
  PetscFunctionBeginUser;
  *n = HfCount(section, key);
  PetscCall(PetscCalloc1(*n, texts));
  for (PetscInt k = 0; k < *n; ++k) PetscCall(PetscStrallocpy(HfTextAt(section, key, k), &(*texts)[k]));
  PetscFunctionReturn(0);
}

static PetscErrorCode free_texts(PetscInt n, char ***texts) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; *texts && k < n; ++k) PetscCall(PetscFree((*texts)[k]));
  PetscCall(PetscFree(*texts));
  PetscFunctionReturn(0);
}

/* The values of an axis with `from` and `to`, two numbers with the same unit. */
static PetscErrorCode read_range_settings(HfDeck deck, HfNode node, Axis *axis) {
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
    PetscCall(HfDeckError(deck, node, "steps of 1 do not lead from %s to %s: give `count`", HfText(node, "from"), HfText(node, "to")));
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

static PetscErrorCode check_keys(HfDeck deck, HfNode node, const Axis *axis) {
  PetscFunctionBeginUser;
  if (!axis->n_keys) PetscCall(HfDeckError(deck, HfChild(node, "key"), "no key"));
  for (PetscInt k = 0; k < axis->n_keys; ++k) {
    const char *key = axis->keys[k];
    const size_t first = strcspn(key, ".");
    for (size_t w = 0; w < 4; ++w) {
      static const char *const fixed[] = {"ensemble", "include", "petsc", "hopfilm"};
      if (strlen(fixed[w]) == first && !strncmp(key, fixed[w], first))
        PetscCall(HfDeckError(deck, HfChild(node, "key"), "%s cannot differ between members", fixed[w]));
    }
    if (!HfPathIsWhole(key, strlen(key)) || strchr(key, '='))
      PetscCall(HfDeckError(deck, HfChild(node, "key"), "\"%s\" is not the path of a key, such as film.cell", key));
  }
  PetscFunctionReturn(0);
}

/* Whether one of the two paths is that of the other or leads to it. */
static PetscBool overlap(const char *a, const char *b) {
  const size_t n = PetscMin(strlen(a), strlen(b));
  const char end = strlen(a) > n ? a[n] : b[n];

  return !strncmp(a, b, n) && (end == '\0' || end == '.') ? PETSC_TRUE : PETSC_FALSE;
}

/* A key has one value in a member. */
static PetscErrorCode check_keys_differ(HfDeck deck, HfNode section, HfEnsemble ensemble) {
  const Axis *axes = ensemble->axes;

  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < ensemble->n_axes; ++a)
    for (PetscInt k = 0; k < axes[a].n_keys; ++k)
      for (PetscInt b = 0; b <= a; ++b)
        for (PetscInt i = 0; i < (b < a ? axes[b].n_keys : k); ++i) {
          const char *key = axes[a].keys[k], *other = axes[b].keys[i];

          if (!overlap(key, other)) continue;
          PetscCall(HfDeckError(deck, HfChild(HfItem(section, "axes", a), "key"),
                                "%s has values already, those of %s on axis %d: a key belongs to one axis", key, other, (int)b + 1));
        }
  PetscFunctionReturn(0);
}

static PetscErrorCode read_axis_settings(HfDeck deck, HfNode node, Axis *axis) {
  const char *key, *dot;

  PetscFunctionBeginUser;
  PetscCall(read_texts_settings(node, "key", &axis->n_keys, &axis->keys));
  PetscCall(check_keys(deck, node, axis));
  key = axis->n_keys ? axis->keys[0] : "";
  dot = strrchr(key, '.');
  axis->average = HfHas(node, "average") ? HfFlag(node, "average") : (PetscBool)!strcmp(dot ? dot + 1 : key, "seed");
  axis->with_previous = HfFlag(node, "with_previous");
  if (HfHas(node, "values")) {
    if (HfHas(node, "from") || HfHas(node, "to") || HfHas(node, "count"))
      PetscCall(HfDeckError(deck, node, "give `values`, or `from` and `to`, not both"));
    PetscCall(read_texts_settings(node, "values", &axis->n, &axis->values));
    if (!axis->n) PetscCall(HfDeckError(deck, HfChild(node, "values"), "no value"));
  } else
    PetscCall(read_range_settings(deck, node, axis));
  PetscFunctionReturn(0);
}

PetscBool HfEnsembleSettingsGiven(HfDeck deck) { return HfHas(HfDeckRoot(deck), "ensemble"); }

static PetscErrorCode read_settings(HfDeck deck, HfNode section, HfEnsemble e) {
  PetscFunctionBeginUser;
  e->ranks_per_member = (PetscInt)HfInteger(section, "ranks_per_member");
  PetscCall(read_texts_settings(section, "figures", &e->n_figures, &e->figures));
  e->n_axes = HfCount(section, "axes");
  PetscCall(PetscCalloc1(e->n_axes, &e->axes));
  for (PetscInt a = 0; a < e->n_axes; ++a) PetscCall(read_axis_settings(deck, HfItem(section, "axes", a), &e->axes[a]));
  PetscFunctionReturn(0);
}

/* The combinations of the axes: their number, and the distance between members with neighbouring values of an axis. */
static PetscErrorCode check_combinations(HfDeck deck, HfNode section, HfEnsemble e) {
  PetscReal members = 1;

  PetscFunctionBeginUser;
  for (PetscInt a = e->n_axes - 1; a >= 0; a--) {
    Axis *axis = &e->axes[a];
    axis->stride = (PetscInt)members;
    if (axis->with_previous && a == 0)
      PetscCall(HfDeckError(deck, HfItem(section, "axes", a), "the first axis cannot be `with_previous`: no axis stands before it"));
    else if (axis->with_previous && axis->n != e->axes[a - 1].n)
      PetscCall(HfDeckError(deck, HfItem(section, "axes", a), "%d values cannot vary in parallel with the %d of the axis before", (int)axis->n,
                            (int)e->axes[a - 1].n));
    if (!axis->with_previous) members = PetscMin(members * (PetscReal)axis->n, 2.0 * MOST_MEMBERS);
  }
  if (members > MOST_MEMBERS) PetscCall(HfDeckError(deck, section, "more than %d members", MOST_MEMBERS));
  e->n_members = (PetscInt)members;
  PetscFunctionReturn(0);
}

PetscErrorCode HfEnsembleCreate(HfDeck deck, HfEnsemble *ensemble) {
  HfNode section = HfChild(HfDeckRoot(deck), "ensemble");

  PetscFunctionBeginUser;
  *ensemble = NULL;
  if (!section || HfDeckErrorCount(deck)) PetscFunctionReturn(0);
  PetscCall(PetscNew(ensemble));
  PetscCall(read_settings(deck, section, *ensemble));
  PetscCall(check_keys_differ(deck, section, *ensemble));
  PetscCall(check_combinations(deck, section, *ensemble));
  PetscFunctionReturn(0);
}

PetscErrorCode HfEnsembleDestroy(HfEnsemble *ensemble) {
  PetscFunctionBeginUser;
  if (!*ensemble) PetscFunctionReturn(0);
  for (PetscInt a = 0; a < (*ensemble)->n_axes; ++a) {
    PetscCall(free_texts((*ensemble)->axes[a].n_keys, &(*ensemble)->axes[a].keys));
    PetscCall(free_texts((*ensemble)->axes[a].n, &(*ensemble)->axes[a].values));
  }
  PetscCall(PetscFree((*ensemble)->axes));
  PetscCall(free_texts((*ensemble)->n_figures, &(*ensemble)->figures));
  PetscCall(PetscFree(*ensemble));
  PetscFunctionReturn(0);
}

PetscInt HfEnsembleMembers(HfEnsemble ensemble) { return ensemble->n_members; }
PetscInt HfEnsembleAxes(HfEnsemble ensemble) { return ensemble->n_axes; }
PetscInt HfEnsembleRanks(HfEnsemble ensemble) { return ensemble->ranks_per_member; }
const char *HfEnsembleKey(HfEnsemble ensemble, PetscInt axis) { return ensemble->axes[axis].keys[0]; }
PetscBool HfEnsembleAverages(HfEnsemble ensemble, PetscInt axis) { return ensemble->axes[axis].average; }
PetscInt HfEnsembleFigures(HfEnsemble ensemble) { return ensemble->n_figures; }
const char *HfEnsembleFigure(HfEnsemble ensemble, PetscInt k) { return ensemble->figures[k]; }

const char *HfEnsembleValue(HfEnsemble ensemble, PetscInt member, PetscInt axis) {
  const Axis *a = &ensemble->axes[axis];
  return a->values[(member / a->stride) % a->n];
}

PetscErrorCode HfEnsembleDeck(HfEnsemble ensemble, PetscInt member, MPI_Comm comm, HfKeys keys, HfDeck of, PetscInt n_set, const char *const set[],
                              HfDeck *deck) {
  PetscInt n = n_set, section;
  const char **all;

  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < ensemble->n_axes; ++a) n += ensemble->axes[a].n_keys;
  PetscCall(PetscMalloc1(n, &all));
  for (PetscInt k = 0; k < n_set; ++k) all[k] = set[k];
  for (PetscInt a = 0, k = n_set; a < ensemble->n_axes; ++a)
    for (PetscInt i = 0; i < ensemble->axes[a].n_keys; i++, ++k) {
      const char *key = ensemble->axes[a].keys[i], *value = HfEnsembleValue(ensemble, member, a);
      const size_t room = strlen(key) + strlen(value) + 2;
      char *text;
      PetscCall(PetscMalloc1(room, &text));
      snprintf(text, room, "%s=%s", key, value);
      all[k] = text;
    }
  PetscCall(HfDeckVary(of, comm, keys, n, all, deck));
  for (PetscInt k = n_set; k < n; ++k) PetscCall(PetscFree(all[k]));
  PetscCall(PetscFree(all));
  section = HfNodeIndex(HfDeckRoot(*deck), "ensemble");
  if (section >= 0) PetscCall(HfNodeRemove(HfDeckRoot(*deck), section));
  PetscFunctionReturn(0);
}

PetscErrorCode HfEnsembleCompare(HfEnsemble ensemble, HfDeck member, HfNode stored, PetscBool *same) {
  char *text, list[HF_PATH_LENGTH] = "";
  PetscInt count = 0;
  HfNode now;

  PetscFunctionBeginUser;
  PetscCall(HfNodeFormat(HfDeckRoot(member), &text)); /* as it would be stored */
  PetscCall(HfNodeParseText(text, &now));
  for (PetscInt a = 0; a < ensemble->n_axes; ++a)
    for (PetscInt k = 0; k < ensemble->axes[a].n_keys; ++k) {
      const char *key = ensemble->axes[a].keys[k];
      count += HfNodeDifferences(HfNodeFind(stored, key), HfNodeFind(now, key), key, list, sizeof(list));
    }
  *same = count ? PETSC_FALSE : PETSC_TRUE;
  PetscCall(HfNodeDestroy(&now));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}
