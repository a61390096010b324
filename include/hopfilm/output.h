/** @file
   hopfilm/output.h: the run directory: run.h5 (parallel HDF5), table.tsv, summary.yaml, status.yaml, deck.yaml, log.txt, references.bib, checkpoints. */
#pragma once
#include <hopfilm/experiment.h>

/** A run directory that is written. */
typedef struct HfOutput_ *HfOutput;
PetscErrorCode HfOutputRegisterKeys(HfKeys keys); /**< the section `output` of a deck */
/** Checks that the directory can be written and touches nothing yet, so that a bad deck leaves no trace. A finished run (summary.yaml with `status: done`) is
    not overwritten unless `force` is set: HF_ERR_FILE with path and reason. Lines logged before HfOutputSetUp() are kept for the log.
    Without a directory (NULL) nothing is recorded: the recorder then only holds the settings of the section `output`, as the planning of a run
    needs them. The deck is borrowed. Collective. */
PetscErrorCode HfOutputCreate(HfDeck deck, const char *directory, PetscBool force, HfOutput *output);
/** Decides, before HfOutputSetUp(), whether the run is resumed from a checkpoint: `restart` is NULL or "auto" (the directory's newest intact checkpoint, if
    there is one), "never", or the path of a checkpoint. If the deck or the files it names differ from those of the checkpoint: HF_ERR_DECK with
    the keys. *finished: nothing is left to do. With `force` the run starts afresh. Collective. */
PetscErrorCode HfOutputCheckRestart(HfOutput output, const char *restart, PetscBool force, PetscBool *finished);
/** What HfOutputCheckRestart() would find in a directory, for people to read and without a deck: a map with `resumable` ("yes: ..." or "no: ..." and the
    reason) and, of the newest intact checkpoint, its path, position in the schedule, simulated and wall seconds, and age; `not_used`: what is
    wrong with a newer one. `done`: the directory's summary says so. Complete on rank 0. Collective. */
PetscErrorCode HfOutputResumePreview(MPI_Comm comm, const char *directory, PetscBool done, HfNode *preview);
/** The recorder that HfExperimentCreate() is given; owned by the output. Not collective. */
HfRecorder HfOutputRecorder(HfOutput output);
/** Makes the run a member of an ensemble: nothing is printed on stdout (log.txt has it), output.max_walltime counts from `launched` (MPI_Wtime()), and a file
    STOP in the ensemble's directory stops it too. */
PetscErrorCode HfOutputJoinEnsemble(HfOutput output, const char *ensemble, double launched);
/** Makes the directory and the files once the device is built; writes /provenance, /film (mask, cell size, electrodes). HF_ERR_FILE
    when it cannot, or when another run is writing there. The experiment is borrowed until HfOutputClose(). Collective. */
PetscErrorCode HfOutputSetUp(HfOutput output, HfExperiment experiment);
/** Writes summary.yaml with the status ("done", "diverged", "failed" or "stopped") and closes all files. Collective. */
PetscErrorCode HfOutputClose(HfOutput output, const char *status, HfExperiment experiment);
PetscErrorCode HfOutputDestroy(HfOutput *output); /**< closes what is still open. Collective. */
