/* `hopfilm check DECK --ranks N`: the film is not built. A smaller one of the same cells is, from the same deck, whose film, shapes and electrodes are shrunk
   by overrides of the deck, like those of --set; it stands for the large one in the plan. */
#include "app.h"
#include <stdlib.h>
#include <string.h>

#define MOST 512 /* cells along a side: beyond the caches of a core, and built in seconds */

typedef struct {
  PetscReal shrink[2]; /* along x, y */
  PetscInt n, room;
  char **set; /* PATH=VALUE */
} Overrides;

static PetscErrorCode add(Overrides *o, const char *text) {
  PetscFunctionBeginUser;
  if (o->n == o->room) {
    o->room = o->room ? 2 * o->room : 64;
    PetscCall(PetscRealloc((size_t)o->room * sizeof *o->set, &o->set));
  }
  PetscCall(PetscStrallocpy(text, &o->set[o->n++]));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(Overrides *o) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < o->n; ++k) PetscCall(PetscFree(o->set[k]));
  PetscCall(PetscFree(o->set));
  PetscFunctionReturn(0);
}

/* Lengths that say where something lies in the film's plane, and how far it reaches. Alternating along x and y in lists. */
static PetscErrorCode shrink_settings(Overrides *o, HfNode section, const char *key, const char *path) {
  const HfNode node = HfChild(section, key);
  const PetscInt n = HfNodeGetKind(node) == HF_NODE_LIST ? HfNodeLength(node) : 0;
  char *text;
  size_t used;
  PetscReal most = 0;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < n; ++k) most = PetscMax(most, PetscAbsReal(HfRealAt(section, key, k)));
  if (!n) most = PetscAbsReal(HfReal(section, key));
  if (most == 0) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(strlen(path) + 64 + 32 * (size_t)n, &text));
  used = (size_t)sprintf(text, "%s=%s", path, n ? "[" : "");
  if (!n) sprintf(text + used, "%.15g m", (double)(PetscMin(o->shrink[0], o->shrink[1]) * HfReal(section, key)));
  for (PetscInt k = 0; k < n; ++k)
    used += (size_t)sprintf(text + used, "%.15g m%s", (double)(o->shrink[k % 2] * HfRealAt(section, key, k)), k + 1 < n ? ", " : "]");
  PetscCall(add(o, text));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

static PetscErrorCode shrink_below(Overrides *o, HfNode node, const char *path) {
  static const char *const plane[] = {"size", "at", "corners", "diameter", "pitch", "by", "centre"}, *const other[] = {"grains", "material", "file"};
  char child[1024];

  PetscFunctionBeginUser;
  for (PetscInt i = 0; node && HfNodeGetKind(node) != HF_NODE_SCALAR && i < HfNodeLength(node); ++i) {
    const HfNode item = HfNodeItem(node, i);
    const char *name = HfNodeName(item);
    PetscBool in_plane = PETSC_FALSE, skip = PETSC_FALSE;

    if (name[0])
      snprintf(child, sizeof child, "%s.%s", path, name);
    else
      snprintf(child, sizeof child, "%s.%d", path, (int)i);
    for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(plane); ++k) in_plane = (PetscBool)(in_plane || !strcmp(name, plane[k]));
    for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(other); ++k) skip = (PetscBool)(skip || !strcmp(name, other[k]));
    if (skip || (!strcmp(path, "film") && in_plane)) continue;
    if (in_plane)
      PetscCall(shrink_settings(o, node, name, child));
    else
      PetscCall(shrink_below(o, item, child));
  }
  PetscFunctionReturn(0);
}

/* *whole: a film of a whole number of cells, which alone can be shrunk; others are refused when they are built. */
static PetscErrorCode size_settings(HfDeck deck, Overrides *o, HfLargeFilm *large, PetscBool *whole) {
  static const char *const sections[] = {"film", "electrodes", "misplacement", "gauges", "output"};
  HfFilmSettings film;
  PetscReal scale = 1;
  PetscInt64 small[2];
  char text[128];

  PetscFunctionBeginUser;
  HfFilmSettingsRead(deck, &film);
  *whole = PETSC_TRUE;
  for (int d = 0; d < 2; ++d) {
    const PetscReal ratio = film.size[d] / film.cell;

    *whole = (PetscBool)(*whole && ratio > 0.5 && ratio < 1e6 && PetscAbsReal(ratio - round(ratio)) <= 1e-6 * ratio);
    large->n[d] = *whole ? (PetscInt64)round(ratio) : 0;
  }
  if (!*whole) PetscFunctionReturn(0);
  scale = PetscMin(1, (PetscReal)MOST / (PetscReal)PetscMax(large->n[0], large->n[1]));
  for (int d = 0; d < 2; ++d) {
    small[d] = PetscMin(large->n[d], PetscMax((PetscInt64)round(scale * (PetscReal)large->n[d]), 16));
    o->shrink[d] = (PetscReal)small[d] / (PetscReal)large->n[d];
  }
  if (scale == 1) PetscFunctionReturn(0);
  snprintf(text, sizeof text, "film.size=[%.15g m, %.15g m]", (double)small[0] * (double)film.cell, (double)small[1] * (double)film.cell);
  PetscCall(add(o, text));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(sections); ++k) PetscCall(shrink_below(o, HfChild(HfDeckRoot(deck), sections[k]), sections[k]));
  PetscFunctionReturn(0);
}

/* Errors of the small film may be none of the large one: an electrode of a few cells vanishes. */
static PetscErrorCode explain(MPI_Comm comm) {
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank)
    fprintf(
        stderr,
        "hopfilm: these errors are of the film as it stands for the large one, shrunk to %d cells along a side with its shapes and electrodes; an "
        "error of places or sizes may be none of the large film: plan one of fewer cells, or with larger parts\n",
        MOST);
  PetscFunctionReturn(0);
}

/* Whether so many ranks can share the film. */
static PetscErrorCode ranks_settings(HfDeck deck, const HfLargeFilm *large) {
  PetscInt64 boxes[2];

  PetscFunctionBeginUser;
  if (!HfGridBoxes(large->n, large->ranks, boxes))
    return HfFault(HfDeckComm(deck), HF_ERR_DECK, "--ranks: %d ranks cannot share %lld x %lld cells in boxes of at least one cell; use %lld ranks",
                   (int)large->ranks, (long long)large->n[0], (long long)large->n[1], (long long)HfGridMostRanks(large->n, large->ranks));
  PetscFunctionReturn(0);
}

static PetscErrorCode plan_of_deck(HfDeck deck, const HfLargeFilm *large, HfNode *plan) {
  HfExperiment experiment = NULL;
  HfOutput output;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(HfOutputCreate(deck, NULL, PETSC_FALSE, &output));
  code = HfExperimentCreate(deck, HfOutputRecorder(output), NULL, &experiment);
  if (!code) code = HfExperimentPlanLarge(experiment, large, plan);
  PetscCall(HfExperimentDestroy(&experiment));
  PetscCall(HfOutputDestroy(&output));
  PetscFunctionReturn(code);
}

PetscErrorCode HfAppPlanLarge(HfDeck deck, HfKeys keys, const HfOptions *options, HfNode *plan) {
  Overrides o = {0};
  HfLargeFilm large = {.ranks = options->ranks, .latency = options->latency, .bandwidth = options->bandwidth};
  HfDeck small = NULL;
  PetscErrorCode code;
  PetscBool whole;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < options->n_set; ++k) PetscCall(add(&o, options->set[k]));
  PetscCall(size_settings(deck, &o, &large, &whole));
  PetscCall(HfDeviceRankMemory(deck, large.ranks, &large.rank_memory));
  large.full_demag = HfMagnetSettingsFullDemag(deck);
  large.single_demag = HfMagnetSettingsSingleDemag(deck);
  if (whole) {
    code = ranks_settings(deck, &large);
    if (code) PetscCall(destroy(&o));
    if (code) PetscFunctionReturn(code);
  }
  PetscCall(HfDeckVary(deck, HfDeckComm(deck), keys, o.n, (const char *const *)o.set, &small));
  code = HfDeckVerdict(small);
  if (!code) code = plan_of_deck(small, &large, plan);
  if (code == HF_ERR_DECK && o.n > options->n_set) PetscCall(explain(HfDeckComm(deck)));
  PetscCall(HfDeckDestroy(&small));
  PetscCall(destroy(&o));
  PetscFunctionReturn(code);
}
