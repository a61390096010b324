/* A small four-node film and a recorder that remembers, for the tests of src/experiment. */
#pragma once
#include "hf_test.h"
#include <hopfilm/experiment.h>
#include <stdio.h>
#include <string.h>

#define FILM_WITH(initial, patterns)                                                                                                                 \
  "hopfilm: 1\n"                                                                                                                                     \
  "film:\n"                                                                                                                                          \
  "  size: [1.2 um, 1.2 um]\n"                                                                                                                       \
  "  cell: 60 nm\n"                                                                                                                                  \
  "  thickness: 30 nm\n"                                                                                                                             \
  "  shape: {disk: {diameter: 1.2 um}}\n"                                                                                                            \
  "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, Ku: -43.062 A/m, alpha: 0.3, conductivity: 5e6 S/m, amr_ratio: 0.04}\n"                                  \
  "  initial: " initial "\n"                                                                                                                         \
  "gold: {thickness: 100 nm, gap: 30 nm, conductivity: 4.1e7 S/m, oersted: sheet}\n"                                                                 \
  "potential: {tolerance: 1e-13}\n"                                                                                                                  \
  "electrodes:\n"                                                                                                                                    \
  "  - {name: '1', shape: {disk: {diameter: 240 nm}}, at: [-424 nm, 424 nm]}\n"                                                                      \
  "  - {name: '2', shape: {disk: {diameter: 240 nm}}, at: [424 nm, 424 nm]}\n"                                                                       \
  "  - {name: '3', shape: {disk: {diameter: 240 nm}}, at: [-424 nm, -424 nm]}\n"                                                                     \
  "  - {name: '4', shape: {disk: {diameter: 240 nm}}, at: [424 nm, -424 nm]}\n"                                                                      \
  "patterns: {" patterns "}\n"
#define FILM(initial) FILM_WITH(initial, "A: '++--', B: '+-+-', C: '+--+', D: '+---', E: '++-+', F: '+-++', G: '+++-'")

enum { MOST = 256 };
typedef struct {
  struct HfRecorder_ recorder;
  int n_probes, n_fields, n_rows, n_energies;
  double time[MOST], G[MOST][16], last_row, last_frame, done, total;
  char pattern[MOST][8];
  HfNode entries;
} Memory;

static inline PetscErrorCode memory_probe(void *context, const HfProbe *probe) {
  Memory *memory = (Memory *)context;
  PetscFunctionBeginUser;
  assert_true(memory->n_probes < MOST && probe->n == 4);
  memory->time[memory->n_probes] = probe->time;
  memcpy(memory->G[memory->n_probes], probe->G, 16 * sizeof(double));
  snprintf(memory->pattern[memory->n_probes++], 8, "%s", probe->pattern);
  PetscFunctionReturn(0);
}

static inline PetscErrorCode memory_row(void *context, const HfTableLine *row) {
  Memory *memory = (Memory *)context;
  PetscFunctionBeginUser;
  assert_true(row->time >= memory->last_row);
  memory->last_row = row->time;
  ++memory->n_rows;
  PetscFunctionReturn(0);
}

static inline PetscErrorCode memory_field(void *context, const char *name, PetscReal time, PetscInt dof, Vec v) {
  Memory *memory = (Memory *)context;
  PetscFunctionBeginUser;
  if (!strcmp(name, "m")) memory->last_frame = time;
  ++memory->n_fields;
  PetscFunctionReturn(0);
}

static inline PetscErrorCode memory_energies(void *context, const char *name, PetscInt n_states, const PetscReal energies[]) {
  PetscFunctionBeginUser;
  ++((Memory *)context)->n_energies;
  PetscFunctionReturn(0);
}

static inline PetscErrorCode memory_summary(void *context, HfNode entry) {
  PetscFunctionBeginUser;
  PetscCall(HfNodePutNode(((Memory *)context)->entries, NULL, entry));
  PetscFunctionReturn(0);
}

static inline PetscErrorCode memory_progress(void *context, const char *what, PetscReal done, PetscReal total) {
  Memory *memory = (Memory *)context;
  PetscFunctionBeginUser;
  assert_true(done >= memory->done);
  memory->done = done;
  memory->total = total;
  PetscFunctionReturn(0);
}

/* Runs a deck and returns the code of the run; *memory holds what the recorder saw. `more`: what else is to be recorded; may be NULL. */
static inline PetscErrorCode run_deck_with(MPI_Comm comm, const char *text, HfRecorder more, Memory *memory) {
  HfKeys keys;
  HfDeck deck;
  HfExperiment experiment;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  memset(memory, 0, sizeof(*memory));
  memory->recorder = (struct HfRecorder_){.context = memory,
                                          .probe = memory_probe,
                                          .table_line = memory_row,
                                          .field = memory_field,
                                          .energies = memory_energies,
                                          .summary = memory_summary,
                                          .progress = memory_progress,
                                          .wiring = more ? more->wiring : NULL,
                                          .text = more ? more->text : NULL};
  PetscCall(HfNodeCreate(HF_NODE_LIST, &memory->entries));
  PetscCall(HfKeysCreate(&keys));
  PetscCall(HfExperimentRegisterKeys(keys));
  PetscCall(HfDeckCreateFromText(comm, keys, text, &deck));
  PetscCall(HfExperimentCreate(deck, &memory->recorder, NULL, &experiment));
  code = HfExperimentRun(experiment);
  PetscCall(HfExperimentDestroy(&experiment));
  PetscCall(HfDeckDestroy(&deck));
  PetscCall(HfKeysDestroy(&keys));
  PetscFunctionReturn(code);
}

static inline PetscErrorCode run_deck(MPI_Comm comm, const char *text, Memory *memory) { return run_deck_with(comm, text, NULL, memory); }

/* The k-th entry of the summary from the end whose `step` is the given one. */
static inline HfNode entry_from_end(const Memory *memory, const char *step, int k) {
  for (PetscInt i = HfNodeLength(memory->entries) - 1; i >= 0; --i) {
    HfNode entry = HfNodeItem(memory->entries, i);
    if (!strcmp(HfNodeText(HfNodeFind(entry, "step")), step) && k-- == 0) return entry;
  }
  fail_msg("the summary has no such entry of the step %s", step);
  return NULL;
}
static inline double number(HfNode entry, const char *name) {
  HfNode node = HfNodeFind(entry, name);
  if (!node) fail_msg("the entry has no %s", name);
  return atof(HfNodeText(node));
}
