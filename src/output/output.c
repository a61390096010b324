/* The run directory from beginning to end. HfOutputCreate() only looks, so that a bad deck touches nothing; HfOutputSetUp() makes the files. */
#include "output_impl.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* ---- creation ---- */

static PetscErrorCode create_run(HfRun *run, MPI_Comm comm, const char *directory) {
  PetscMPIInt on_node;
  MPI_Comm node;

  PetscFunctionBeginUser;
  run->comm = comm;
  run->start = MPI_Wtime();
  PetscCallMPI(MPI_Comm_rank(comm, &run->rank));
  PetscCallMPI(MPI_Comm_size(comm, &run->size));
  PetscCallMPI(MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node));
  PetscCallMPI(MPI_Comm_size(node, &on_node));
  PetscCallMPI(MPI_Comm_free(&node));
  run->one_node = (PetscBool)(on_node == run->size);
  if (directory) PetscCall(PetscStrncpy(run->directory, directory, sizeof run->directory));
  for (size_t n = strlen(run->directory); n > 1 && run->directory[n - 1] == '/'; --n) run->directory[n - 1] = '\0';
  PetscFunctionReturn(0);
}

static PetscErrorCode create_summary(HfSummary *summary) {
  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_MAP, &summary->root));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &summary->entries));
  PetscCall(HfNodePutNode(summary->root, "results", summary->entries));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputCreate(HfDeck deck, const char *directory, PetscBool force, HfOutput *new_output) {
  PetscErrorCode code = 0;
  HfOutput output;

  PetscFunctionBeginUser;
  *new_output = NULL;
  PetscCall(PetscNew(&output));
  output->deck = deck;
  PetscCall(create_run(&output->run, HfDeckComm(deck), directory));
  PetscCall(HfOutputSettingsRead(deck, &output->settings));
  output->results = (HfResultFile){.run = &output->run, .file = -1, .instant = -1};
  output->log.run = &output->run;
  output->log.lock = -1;
  output->log.printed = output->log.shown = output->log.noted = MPI_Wtime();
  output->log.terminal = HfTerminal(STDOUT_FILENO);
  output->log.coloured = HfTerminalColours(STDOUT_FILENO);
  output->resume.checkpoint = output->resume.frames_before = -1;
  output->control.launched = output->control.checkpointed = output->control.attended = output->run.start;
  output->control.checkpoint_call = HF_CHECKPOINT_CALL;
  PetscCall(create_summary(&output->summary));
  PetscCall(HfNodeCreate(HF_NODE_MAP, &output->inputs));
  output->recorder = (struct HfRecorder_){.context = output, .settings = &output->settings.recorder, .check_settings = HfOutputSettingsCheck};
  if (directory) {
    output->recorder.saturated = HfOutputSaturated;
    output->recorder.probe = HfOutputProbe;
    output->recorder.table_line = HfOutputTableLine;
    output->recorder.field = HfOutputField;
    output->recorder.energies = HfOutputEnergies;
    output->recorder.array = HfOutputArray;
    output->recorder.wiring = HfOutputWiring;
    output->recorder.text = HfOutputText;
    output->recorder.summary = HfOutputSummary;
    output->recorder.progress = HfOutputProgress;
    output->recorder.log = HfOutputLog;
    output->recorder.attend = HfOutputAttend;
    output->recorder.checkpoint = HfOutputCheckpoint;
    output->recorder.stored = HfOutputStored;
    output->recorder.restore = HfOutputRestore;
    code = HfOutputCheckDirectory(output, force);
  }
  if (code)
    PetscCall(HfOutputDestroy(&output));
  else
    *new_output = output;
  PetscFunctionReturn(code);
}

HfRecorder HfOutputRecorder(HfOutput output) { return &output->recorder; }

PetscErrorCode HfOutputJoinEnsemble(HfOutput output, const char *ensemble, double launched) {
  PetscFunctionBeginUser;
  output->log.quiet = PETSC_TRUE;
  output->control.launched = launched;
  PetscCall(PetscSNPrintf(output->control.ensemble_stop, sizeof output->control.ensemble_stop, "%s/STOP", ensemble));
  PetscFunctionReturn(0);
}

/* ---- set-up ---- */

/* The first lines of the log. */
static PetscErrorCode greet(HfOutput output) {
  HfDevice device = HfExperimentDevice(output->experiment);
  const HfGridInfo *g = HfGridGetInfo(HfDeviceGrid(device));
  const HfRun *run = &output->run;
  HfLog *log = &output->log;
  HfProvenance provenance;

  PetscFunctionBeginUser;
  PetscCall(HfProvenanceGet(&provenance));
  if (log->file) fputs(log->early, log->file);
  HfLogLine(log, "hopfilm %.32s (%.12s) on %.128s, %d rank%s, started %.32s", provenance.version, provenance.commit, provenance.host, (int)run->size,
            run->size == 1 ? "" : "s", provenance.started);
  HfLogLine(log, "%s", provenance.libraries);
  HfLogLine(log, "%d x %d cells of %g x %g nm, %d of them film; %d electrodes; results in %.512s", (int)g->nx, (int)g->ny, (double)(g->dx * 1e9),
            (double)(g->dy * 1e9), (int)g->n_film, (int)HfElectrodesCount(HfDeviceElectrodes(device)), run->directory);
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputSetUp(HfOutput output, HfExperiment experiment) {
  const PetscBool resuming = output->resume.replaying;
  HfDevice device = HfExperimentDevice(experiment);

  PetscFunctionBeginUser;
  output->experiment = experiment;
  if (output->settings.max_stall > 0) HfSignalsWatch(output->settings.max_stall); /* the ranks can wait for each other from here on */
  PetscCall(HfInputsRead(output, 0));
  PetscCall(HfOutputOpenDirectory(output));
  if (resuming) output->run.start = output->control.launched - (double)output->resume.position.wall_seconds;
  PetscCall(HfResultFileCreate(&output->results, "run.h5.part", output->settings.hints));
  output->is_open = PETSC_TRUE;
  PetscCall(greet(output));
  PetscCall(HfHintsReport(output));
  PetscCall(HfTimeTableHead(&output->table, device, !resuming));
  PetscCall(HfOutputWriteProvenance(output));
  PetscCall(HfOutputWriteFilm(output));
  if (resuming)
    PetscCall(HfFramesOpenBefore(output));
  else
    PetscCall(HfOutputPublish(output));
  PetscCall(HfRunAgree(&output->run));
  PetscFunctionReturn(0);
}

/* ---- end ---- */

static void close_file(HfRun *run, FILE **file, const char name[]) {
  int bad;

  if (!*file) return;
  bad = ferror(*file);
  if (fclose(*file) != 0 || bad) HfRunNote(run, "cannot write %s/%s: %s", run->directory, name, strerror(errno));
  *file = NULL;
}

static PetscErrorCode write_references(HfRun *run) {
  char path[PETSC_MAX_PATH_LEN];
  FILE *file;

  PetscFunctionBeginUser;
  HfRunPath(run, "references.bib", path);
  file = HfFileCreateStream(path);
  if (file) {
    PetscCall(HfCitationsWrite(file));
    close_file(run, &file, "references.bib");
  } else
    HfRunNote(run, "cannot write %s: %s", path, strerror(errno));
  PetscFunctionReturn(0);
}

/* Digests of the files that the deck names, of all schedule items. */
static PetscErrorCode write_digests(HfOutput output) {
  char *text;

  PetscFunctionBeginUser;
  PetscCall(HfInputsRead(output, output->settings.n_items));
  PetscCall(HfNodeFormat(output->inputs, &text));
  PetscCall(HfH5Text(&output->results, "/provenance/files", text, "Length and checksum of the files that the deck names, by key"));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

static PetscErrorCode close_result_file(HfOutput output, const char *status) {
  HfResultFile *results = &output->results;
  char ended[32];

  PetscFunctionBeginUser;
  HfRunNow(ended);
  PetscCallMPI(MPI_Bcast(ended, sizeof ended, MPI_CHAR, 0, results->run->comm));
  PetscCall(HfH5AttributeText(results, "/provenance", "ended", ended));
  PetscCall(HfH5AttributeText(results, "/provenance", "status", status));
  HF_H5_CALL(H5Fclose(results->file));
  results->file = -1;
  PetscCall(HfOutputDescribe(output, "run.h5.part"));
  HfPublishFile(results->run, "run.h5.part", "run.h5", NULL);
  HfOutputPublishXdmf(output);
  PetscFunctionReturn(0);
}

/* A run that ended before it was where its checkpoint is: what the run before left stays, and the checkpoint holds. */
static PetscErrorCode discard(HfOutput output) {
  HfRun *run = &output->run;
  char part[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  if (H5Fclose(output->results.file) < 0) HfRunNote(run, "cannot write %s/run.h5.part", run->directory);
  output->results.file = -1;
  if (!run->rank) {
    HfRunPath(run, "run.h5.part", part);
    if (unlink(part) != 0 && errno != ENOENT) HfRunNote(run, "cannot remove %s: %s", part, strerror(errno));
    close_file(run, &output->table.file, "table.tsv");
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode finish(HfOutput output, const char *status) {
  HfRun *run = &output->run;

  PetscFunctionBeginUser;
  PetscCall(write_digests(output));
  PetscCall(close_result_file(output, status));
  if (!run->rank) {
    PetscCall(write_references(run));
    close_file(run, &output->table.file, "table.tsv");
  }
  PetscCall(HfRunAgree(run)); /* a run with incomplete files is not `done` */
  PetscCall(HfOutputSummaryWrite(output, status));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputClose(HfOutput output, const char *status, HfExperiment experiment) {
  HfRun *run = &output->run;

  PetscFunctionBeginUser;
  if (!output->is_open) PetscFunctionReturn(0);
  if (experiment) output->experiment = experiment;
  output->is_open = PETSC_FALSE;
  PetscCall(output->resume.replaying ? discard(output) : finish(output, status));
  PetscCall(HfOutputStatus(output, status, "", 0));
  HfLogLine(&output->log, "%s; results in %.80s%s", status, run->directory, strcmp(status, "stopped") ? "" : "; the same command continues the run");
  close_file(run, &output->log.file, "log.txt");
  PetscCall(HfRunAgree(run));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputDestroy(HfOutput *output) {
  HfOutput o = *output;

  PetscFunctionBeginUser;
  if (!o) PetscFunctionReturn(0);
  HfFaultLog(NULL);
  if (o->settings.max_stall > 0) HfSignalsWatch(0);
  if (o->results.file >= 0) H5Fclose(o->results.file);
  if (o->resume.checkpoint >= 0) H5Fclose(o->resume.checkpoint);
  if (o->resume.frames_before >= 0) H5Fclose(o->resume.frames_before);
  for (PetscInt k = 0; k < o->results.n_fields; ++k) PetscCall(PetscFree(o->results.fields[k].times_before));
  if (o->table.file) fclose(o->table.file);
  if (o->log.file) fclose(o->log.file);
  if (o->log.lock >= 0) close(o->log.lock);
  PetscCall(HfOutputSettingsDestroy(&o->settings));
  PetscCall(HfNodeDestroy(&o->summary.root));
  PetscCall(HfNodeDestroy(&o->inputs));
  PetscCall(PetscFree(*output));
  PetscFunctionReturn(0);
}
