/* The run directory from beginning to end. HfOutputCreate only looks, so that a bad deck touches nothing; HfOutputSetUp makes the files. */
#include "output_impl.h"
#include <errno.h>
#include <string.h>

PetscErrorCode HfOutputCreate(HfDeck deck, const char *directory, PetscBool force, HfOutput *new_output) {
  PetscErrorCode code = 0;
  HfOutput output;

  PetscFunctionBeginUser;
  *new_output = NULL;
  PetscCall(PetscNew(&output));
  output->deck = deck;
  output->comm = HfDeckComm(deck);
  output->file = output->resume = output->frames_before = -1;
  output->start = output->launched = output->checkpointed = output->attended = MPI_Wtime();
  output->attend_steps = 1;
  PetscCall(HfOutputSettingsRead(deck, &output->settings));
  PetscCallMPI(MPI_Comm_rank(output->comm, &output->rank));
  PetscCallMPI(MPI_Comm_size(output->comm, &output->size));
  if (directory) PetscCall(PetscStrncpy(output->directory, directory, sizeof output->directory));
  for (size_t n = strlen(output->directory); n > 1 && output->directory[n - 1] == '/'; n--) output->directory[n - 1] = '\0';
  output->recorder = (struct HfRecorder_){.context = output,
                                          .settings = &output->settings.recorder,
                                          .check_settings = HfOutputSettingsCheck,
                                          .saturated = HfOutputSaturated,
                                          .probe = HfOutputProbe,
                                          .table_line = HfOutputTableLine,
                                          .field = HfOutputField,
                                          .energies = HfOutputEnergies,
                                          .array = HfOutputArray,
                                          .wiring = HfOutputWiring,
                                          .text = HfOutputText,
                                          .summary = HfOutputSummary,
                                          .progress = HfOutputProgress,
                                          .log = HfOutputLog,
                                          .attend = HfOutputAttend,
                                          .checkpoint = HfOutputCheckpoint,
                                          .stored = HfOutputStored,
                                          .restore = HfOutputRestore};
  PetscCall(HfNodeCreate(HF_NODE_MAP, &output->results));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &output->entries));
  PetscCall(HfNodeCreate(HF_NODE_MAP, &output->files));
  PetscCall(HfNodePutNode(output->results, "results", output->entries));
  if (directory)
    code = HfOutputCheckDirectory(output, force);
  else
    output->recorder =
        (struct HfRecorder_){.context = output, .settings = output->recorder.settings, .check_settings = output->recorder.check_settings};
  if (code) {
    PetscCall(HfOutputDestroy(&output));
    PetscFunctionReturn(code);
  }
  *new_output = output;
  PetscFunctionReturn(0);
}

HfRecorder HfOutputRecorder(HfOutput output) { return &output->recorder; }

PetscErrorCode HfOutputBelongs(HfOutput output, const char *ensemble, double launched) {
  PetscFunctionBeginUser;
  output->quiet = PETSC_TRUE;
  output->launched = launched;
  PetscCall(PetscSNPrintf(output->ensemble_stop, sizeof output->ensemble_stop, "%s/STOP", ensemble));
  PetscFunctionReturn(0);
}

static PetscErrorCode open_h5(HfOutput output) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  char path[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* failures are told by HfFault, not by HDF5's own trace */
  HfOutputPath(output, "run.h5.part", path);
  H5Pset_fapl_mpio(access, output->comm, output->settings.hints);
  H5Pset_coll_metadata_write(access, 1);
  HF_H5(output->file, H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access));
  H5Pclose(access);
  PetscCall(HfOutputAgree(output));
  PetscFunctionReturn(0);
}

static PetscErrorCode greet(HfOutput output) {
  HfDevice device = HfExperimentDevice(output->experiment);
  const HfGridInfo *g = HfGridGetInfo(HfDeviceGrid(device));
  HfProvenance provenance;
  char line[1024];

  PetscFunctionBeginUser;
  PetscCall(HfProvenanceGet(&provenance));
  if (output->log) fputs(output->early_log, output->log);
  snprintf(line, sizeof line, "hopfilm %.32s (%.12s) on %.128s, %d rank%s, started %.32s", provenance.version, provenance.commit, provenance.host,
           (int)output->size, output->size == 1 ? "" : "s", provenance.started);
  HfOutputSay(output, line);
  HfOutputSay(output, provenance.libraries);
  snprintf(line, sizeof line, "%d x %d cells of %g x %g nm, %d of them film; %d electrodes; results in %.512s", (int)g->nx, (int)g->ny,
           (double)(g->dx * 1e9), (double)(g->dy * 1e9), (int)g->n_film, (int)HfElectrodesCount(HfDeviceElectrodes(device)), output->directory);
  HfOutputSay(output, line);
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputSetUp(HfOutput output, HfExperiment experiment) {
  PetscFunctionBeginUser;
  output->experiment = experiment;
  PetscCall(HfOutputLookAtFiles(output, 0));
  PetscCall(HfOutputOpenDirectory(output));
  if (output->replaying)
    output->start = output->launched - (double)output->kept.wall_seconds;
  else
    PetscCall(HfOutputSummaryWrite(output, "running")); /* from here on the directory holds an unfinished run */
  PetscCall(open_h5(output));
  output->is_open = PETSC_TRUE;
  PetscCall(greet(output));
  PetscCall(HfOutputTableOpen(output));
  PetscCall(HfOutputWriteProvenance(output));
  PetscCall(HfOutputWriteFilm(output));
  PetscCall(HfOutputVtkSetUp(output));
  if (output->replaying)
    PetscCall(HfOutputOpenFramesBefore(output));
  else
    PetscCall(HfOutputPublish(output));
  PetscCall(HfOutputAgree(output));
  PetscFunctionReturn(0);
}

static void close_file(HfOutput output, FILE **file, const char name[]) {
  int bad;

  if (!*file) return;
  bad = ferror(*file);
  if (fclose(*file) != 0 || bad) HfOutputNote(output, "cannot write %s/%s: %s", output->directory, name, strerror(errno));
  *file = NULL;
}

static PetscErrorCode write_references(HfOutput output) {
  char path[PETSC_MAX_PATH_LEN];
  FILE *file;

  PetscFunctionBeginUser;
  HfOutputPath(output, "references.bib", path);
  file = fopen(path, "w");
  if (file) {
    PetscCall(HfCitationsWrite(file));
    close_file(output, &file, "references.bib");
  } else
    HfOutputNote(output, "cannot write %s: %s", path, strerror(errno));
  PetscFunctionReturn(0);
}

/* What was read from outside, for good. */
static PetscErrorCode write_digests(HfOutput output) {
  char *text;

  PetscFunctionBeginUser;
  PetscCall(HfOutputLookAtFiles(output, output->settings.n_items));
  PetscCall(HfNodeFormat(output->files, &text));
  PetscCall(HfH5Text(output, "/provenance/files", text, "Length and checksum of the files that the deck names, by key"));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputClose(HfOutput output, const char *status, HfExperiment experiment) {
  char ended[32], line[128];

  PetscFunctionBeginUser;
  if (!output->is_open) PetscFunctionReturn(0);
  if (experiment) output->experiment = experiment;
  PetscCall(write_digests(output));
  HfOutputNow(ended);
  PetscCallMPI(MPI_Bcast(ended, sizeof ended, MPI_CHAR, 0, output->comm));
  PetscCall(HfH5AttributeText(output, "/provenance", "ended", ended));
  PetscCall(HfH5AttributeText(output, "/provenance", "status", status));
  HF_H5_CALL(H5Fclose(output->file));
  output->file = -1;
  output->is_open = PETSC_FALSE;
  HfPublishFile(output, "run.h5.part", "run.h5", NULL);
  if (!output->rank) {
    PetscCall(write_references(output));
    close_file(output, &output->table, "table.tsv");
  }
  PetscCall(HfOutputAgree(output)); /* a run whose files are not whole is not done */
  PetscCall(HfOutputSummaryWrite(output, status));
  PetscCall(HfOutputStatus(output, status, "", 0));
  snprintf(line, sizeof line, "%s; results in %.80s%s", status, output->directory, strcmp(status, "stopped") ? "" : "; the same command goes on");
  HfOutputSay(output, line);
  close_file(output, &output->log, "log.txt");
  PetscCall(HfOutputAgree(output));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputDestroy(HfOutput *output) {
  PetscFunctionBeginUser;
  if (!*output) PetscFunctionReturn(0);
  HfFaultsGoTo(NULL);
  if ((*output)->file >= 0) H5Fclose((*output)->file);
  if ((*output)->resume >= 0) H5Fclose((*output)->resume);
  if ((*output)->frames_before >= 0) H5Fclose((*output)->frames_before);
  for (PetscInt k = 0; k < (*output)->n_fields; ++k) PetscCall(PetscFree((*output)->fields[k].times_before));
  if ((*output)->table) fclose((*output)->table);
  if ((*output)->log) fclose((*output)->log);
  PetscCall(HfOutputSettingsDestroy(&(*output)->settings));
  PetscCall(HfNodeDestroy(&(*output)->results));
  PetscCall(HfNodeDestroy(&(*output)->files));
  PetscCall(PetscFree(*output));
  PetscFunctionReturn(0);
}
