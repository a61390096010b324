/* hopfilm/output.h: the run directory: run.h5 (collective HDF5), table.tsv, summary.yaml, deck.yaml, log.txt, references.bib. */
#pragma once
#include <hopfilm/experiment.h>

typedef struct HfOutput_ *HfOutput;
PetscErrorCode HfOutputRegisterKeys(HfKeys keys); /* section output: fields, every, compression */
/* Makes the directory and opens the files. A finished run (summary.yaml with status: done) is not overwritten unless `force`; HF_ERR_FILE
   with path and reason when it cannot be written. Collective. */
PetscErrorCode HfOutputCreate(HfDeck deck, const char *directory, PetscBool force, HfOutput *output);
HfRecorder HfOutputRecorder(HfOutput output);
/* Called once the grid is known: /film (mask, cell size, electrode map), /provenance, VTKHDF. Collective. */
PetscErrorCode HfOutputSetUp(HfOutput output, HfExperiment experiment);
/* Writes summary.yaml with status ("done", "diverged", "failed", "stopped") and closes all files. Collective. */
PetscErrorCode HfOutputClose(HfOutput output, const char *status, HfExperiment experiment);
PetscErrorCode HfOutputDestroy(HfOutput *output);
