/* hopfilm/output.h: the run directory: run.h5 (collective HDF5), table.tsv, summary.yaml, deck.yaml, log.txt, references.bib. */
#pragma once
#include <hopfilm/experiment.h>

typedef struct HfOutput_ *HfOutput;
PetscErrorCode HfOutputRegisterKeys(HfKeys keys); /* section output */
/* Looks whether the directory can be written and touches nothing yet, so that a bad deck leaves no trace. A finished run (summary.yaml with
   status: done) is not overwritten unless `force`; HF_ERR_FILE with path and reason. Lines logged before HfOutputSetUp are kept for the log.
   Without a directory (NULL) nothing is recorded: its recorder holds the settings of the section `output` alone, as planning a run needs. Collective. */
PetscErrorCode HfOutputCreate(HfDeck deck, const char *directory, PetscBool force, HfOutput *output);
/* Whether the run goes on from a checkpoint: `restart` NULL or "auto" (from the directory's own, if it has one that is whole), "never", or the path of
   one. A deck that asks for something else than what was computed is HF_ERR_DECK with the keys. *finished: there is nothing left to do. After
   HfOutputCreate(); a forced run starts afresh. Collective. */
PetscErrorCode HfOutputLookBack(HfOutput output, const char *restart, PetscBool force, PetscBool *finished);
/* Whether the run in a directory can go on, for people to read: a map with `resumable`, "yes: ..." or "no: ..." and the reason, and of the newest checkpoint
   that is whole its path, position in the schedule, simulated and wall seconds, and age; what is wrong with a newer one. `done`: its summary says so.
   Complete on rank 0. Collective. */
PetscErrorCode HfOutputOutlook(MPI_Comm comm, const char *directory, PetscBool done, HfNode *outlook);
HfRecorder HfOutputRecorder(HfOutput output);
/* The run is a member of an ensemble: nothing goes to stdout (the log has it), wall time counts from `launched` (MPI_Wtime), and a file STOP in the
   ensemble's directory stops it too. */
PetscErrorCode HfOutputBelongs(HfOutput output, const char *ensemble, double launched);
/* Called once the device is built: makes the directory (HF_ERR_FILE when it cannot, or when another run is writing there) and the files; writes
   /provenance, /film (mask, cell size, electrode map) and the frame of /VTKHDF. The experiment is borrowed until HfOutputClose. Collective. */
PetscErrorCode HfOutputSetUp(HfOutput output, HfExperiment experiment);
/* Writes summary.yaml with status ("done", "diverged", "failed", "stopped") and closes all files. Collective. */
PetscErrorCode HfOutputClose(HfOutput output, const char *status, HfExperiment experiment);
PetscErrorCode HfOutputDestroy(HfOutput *output);
