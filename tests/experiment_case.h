/* A recorder that remembers, for the tests of src/experiment; their small four-node film is in shared.yaml. */
#pragma once
#include "test_decks.h"
#include <hopfilm/experiment.h>
#include <stdio.h>
#include <string.h>

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
  assert_true(memory->n_probes < MOST && probe->n <= 4);
  memory->time[memory->n_probes] = probe->time;
  if (probe->n) memcpy(memory->G[memory->n_probes], probe->G, (size_t)(probe->n * probe->n) * sizeof(double));
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

static inline PetscErrorCode memory_progress(void *context, const HfProgress *progress) {
  Memory *memory = (Memory *)context;
  PetscFunctionBeginUser;
  assert_true(progress->done >= memory->done);
  assert_true(progress->item_done > -1e-15 && progress->item_done < progress->item_total + 1e-15 && progress->item < progress->n_items);
  memory->done = progress->done;
  memory->total = progress->total;
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
                                          .field = more && more->field ? more->field : memory_field,
                                          .energies = memory_energies,
                                          .summary = memory_summary,
                                          .progress = memory_progress,
                                          .wiring = more ? more->wiring : NULL,
                                          .text = more ? more->text : NULL,
                                          .array = more ? more->array : NULL};
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
