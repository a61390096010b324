/* Whether the run directory holds a checkpoint to resume from, and whether it belongs to this deck: for `hopfilm run`, with the deck; and for
   `hopfilm info`, from the directory alone. */
#include "output_impl.h"
#include <hopfilm/petsc_versions.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static const char *const checkpoint_names[] = {"checkpoint.h5", HF_PREVIOUS_CHECKPOINT}; /* in the order in which they are tried */
static const char ABSENT[] = "it is not there";                                          /* HfSealCheck()'s reason */

/* ---- differences between two decks ---- */

PetscBool HfSectionIsHarmless(const char name[]) {
  static const char *const harmless[] = {"title", "output", "petsc", "hopfilm"};

  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(harmless); ++k)
    if (!strcmp(name, harmless[k])) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* Items of the schedule that have begun must be the same; others may follow. */
static PetscInt schedule_differences(HfNode before, HfNode now, PetscInt begun, char list[], size_t size) {
  const PetscInt most = PetscMax(before ? HfNodeLength(before) : 0, now ? HfNodeLength(now) : 0); /* `begun` may come from a damaged file */
  PetscInt count = 0;
  char path[32];

  for (PetscInt k = 0; k < PetscMin(begun, most); ++k) {
    snprintf(path, sizeof path, "schedule.%d", (int)k);
    count += HfNodeDifferences(before && k < HfNodeLength(before) ? HfNodeItem(before, k) : NULL,
                               now && k < HfNodeLength(now) ? HfNodeItem(now, k) : NULL, path, list, size);
  }
  return count;
}

/* Patterns may be added; one of an old name may not change. */
static PetscInt pattern_differences(HfNode before, HfNode now, char list[], size_t size) {
  PetscInt count = 0;
  char path[256];

  for (PetscInt k = 0; before && k < HfNodeLength(before); ++k) {
    HfNode old = HfNodeItem(before, k), same = NULL;

    for (PetscInt i = 0; now && i < HfNodeLength(now); ++i)
      if (!strcmp(HfNodeName(HfNodeItem(now, i)), HfNodeName(old))) same = HfNodeItem(now, i);
    snprintf(path, sizeof path, "patterns.%.200s", HfNodeName(old));
    count += HfNodeDifferences(old, same, path, list, size);
  }
  return count;
}

static PetscInt deck_differences(HfNode before, HfNode now, PetscInt begun, char list[], size_t size) {
  PetscInt count = schedule_differences(HfNodeFind(before, "schedule"), HfNodeFind(now, "schedule"), begun, list, size) +
                   pattern_differences(HfNodeFind(before, "patterns"), HfNodeFind(now, "patterns"), list, size);

  for (int side = 0; side < 2; ++side) {
    HfNode tree = side ? now : before, other = side ? before : now;

    for (PetscInt k = 0; k < HfNodeLength(tree); ++k) {
      HfNode item = HfNodeItem(tree, k), same = HfNodeFind(other, HfNodeName(item));

      if (HfSectionIsHarmless(HfNodeName(item)) || !strcmp(HfNodeName(item), "schedule") || !strcmp(HfNodeName(item), "patterns")) continue;
      if (!side || !same) count += HfNodeDifferences(side ? same : item, side ? item : same, HfNodeName(item), list, size);
    }
  }
  return count;
}

/* The present deck against the text of an earlier one. *longer: its schedule has more items than had begun. */
static PetscErrorCode compare_decks(HfDeck deck, const char before_text[], PetscInt begun, PetscBool *longer, PetscInt *count, char list[],
                                    size_t size) {
  HfNode before, now;
  char *text;

  PetscFunctionBeginUser;
  PetscCall(HfNodeFormat(HfDeckRoot(deck), &text));
  PetscCall(HfNodeParseText(text, &now));
  PetscCall(HfNodeParseText(before_text, &before));
  list[0] = '\0';
  *count = before ? deck_differences(before, now, begun, list, size) : 1;
  *longer = before && HfNodeFind(before, "schedule") && HfNodeLength(HfNodeFind(now, "schedule")) > begun ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(HfNodeDestroy(&before));
  PetscCall(HfNodeDestroy(&now));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

/* How to go on where a step that has begun differs, such as a `hold` that is now longer. */
static const char *lengthening(const char list[]) {
  return strstr(list, "schedule.")
             ? "Steps that have begun cannot change, but steps may be added behind them, and the same command then goes on from the "
               "end: to hold longer, add a `hold` for the time that is missing. "
             : "";
}

/* HF_ERR_DECK when files that the deck names have changed since an earlier run stored their digests as text `name` of an HDF5 file. */
static PetscErrorCode check_inputs(HfOutput output, hid_t file, const char name[], PetscInt begun) {
  char list[1024], *before;
  PetscInt count;

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointText(file, name, &before));
  PetscCall(HfInputsCompare(output, before, begun, &count, list, sizeof list));
  PetscCall(PetscFree(before));
  PetscCheckFault(!count, output->run.comm, HF_ERR_DECK,
                  "%s holds a run that read other contents of %s. Restore the files, or use --restart never to start afresh, or --out for another "
                  "directory",
                  output->run.directory, list);
  PetscFunctionReturn(0);
}

/* ---- a finished run without a checkpoint ---- */

static PetscErrorCode has_same_deck(HfOutput output, PetscBool *same) {
  char path[PETSC_MAX_PATH_LEN], list[512], *text;
  PetscInt count;
  const char *why;
  PetscBool longer;
  size_t length;

  PetscFunctionBeginUser;
  *same = PETSC_FALSE;
  HfRunPath(&output->run, "deck.yaml", path);
  PetscCall(HfReadFile(output->run.comm, path, &text, &length, &why));
  if (!text) PetscFunctionReturn(0);
  PetscCall(compare_decks(output->deck, text, output->settings.n_items, &longer, &count, list, sizeof list));
  *same = count || longer ? PETSC_FALSE : PETSC_TRUE;
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

static PetscErrorCode check_finished(HfOutput output) {
  const char *directory = output->run.directory;
  char path[PETSC_MAX_PATH_LEN];
  PetscErrorCode code;
  PetscBool same;
  hid_t file;

  PetscFunctionBeginUser;
  PetscCall(has_same_deck(output, &same));
  PetscCheckFault(same, output->run.comm, HF_ERR_FILE,
                  "%s holds a finished run of another deck; --force overwrites it, --out names another directory", directory);
  HfRunPath(&output->run, "run.h5", path);
  PetscCall(HfCheckpointOpen(output, path, &file));
  if (file < 0) PetscFunctionReturn(0);
  code = check_inputs(output, file, "/provenance/files", output->settings.n_items);
  H5Fclose(file);
  PetscFunctionReturn(code);
}

/* ---- a run with a checkpoint ---- */

/* A link or a FIFO in the place of a checkpoint: not followed, not waited for. Collective. */
static PetscErrorCode is_strange(MPI_Comm comm, const char path[], PetscBool *strange) {
  struct stat status;

  PetscFunctionBeginUser;
  *strange = lstat(path, &status) == 0 && !S_ISREG(status.st_mode) ? PETSC_TRUE : PETSC_FALSE;
  PetscCallMPI(MPI_Bcast(strange, 1, HF_MPI_BOOL, 0, comm));
  PetscFunctionReturn(0);
}

/* HfSealCheck() of a checkpoint of the run directory. */
static PetscErrorCode check_own(MPI_Comm comm, const char path[], const char **why) {
  PetscBool strange;

  PetscFunctionBeginUser;
  PetscCall(is_strange(comm, path, &strange));
  if (strange)
    *why = "it is no regular file";
  else
    PetscCall(HfSealCheck(comm, path, why));
  PetscFunctionReturn(0);
}

/* Opens the given checkpoint, or else the newest one of the directory that is complete; resume.checkpoint stays -1 when there is none. */
static PetscErrorCode open_checkpoint(HfOutput output, const char given[]) {
  HfResume *resume = &output->resume;
  const char *why;

  PetscFunctionBeginUser;
  for (int k = 0; k < (given ? 1 : 2) && resume->checkpoint < 0; ++k) {
    if (given)
      PetscCall(PetscStrncpy(resume->path, given, sizeof resume->path));
    else
      HfRunPath(&output->run, checkpoint_names[k], resume->path);
    PetscCall(given ? HfSealCheck(output->run.comm, given, &why) : check_own(output->run.comm, resume->path, &why));
    if (!why) PetscCall(HfCheckpointOpen(output, resume->path, &resume->checkpoint));
    if (!why && resume->checkpoint < 0) why = "it is not an HDF5 file";
    PetscCheckFault(!given || !why, output->run.comm, HF_ERR_FILE, "cannot resume from %s: %s", given, why);
    if (!why && k) HfLogLine(&output->log, "using the previous checkpoint");
    if (why && strcmp(why, ABSENT)) HfLogLine(&output->log, "%s is not used: %s", resume->path, why);
    if (why && strcmp(why, ABSENT)) resume->damaged = PETSC_TRUE;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode read_position(HfOutput output) {
  HfCheckpointList list;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointListCreate(&list));
  PetscCall(HfOutputListCheckpoint(output, list));
  code = HfCheckpointRead(output, list);
  PetscCall(HfCheckpointListDestroy(&list));
  PetscFunctionReturn(code);
}

/* The open checkpoint must be complete and belong to this deck. *finished: nothing is left to do. */
static PetscErrorCode check_checkpoint(HfOutput output, PetscBool *finished) {
  const HfResume *resume = &output->resume;
  const HfRunPosition *position = &resume->position;
  MPI_Comm comm = output->run.comm;
  char list[512], *before;
  PetscInt count;
  PetscBool longer;

  PetscFunctionBeginUser;
  PetscCall(read_position(output));
  PetscCall(HfOutputStored(output, "tape/values", &count));
  PetscCheckFault(count, comm, HF_ERR_FILE, "cannot resume from %s: it does not hold the results so far", resume->path);
  PetscCall(HfCheckpointText(resume->checkpoint, "deck", &before));
  PetscCheckFault(before, comm, HF_ERR_FILE, "cannot resume from %s: it holds no deck", resume->path);
  PetscCall(compare_decks(output->deck, before, position->items_begun, &longer, &count, list, sizeof list));
  PetscCall(PetscFree(before));
  PetscCheckFault(!count, comm, HF_ERR_DECK,
                  "%s holds another run; its deck differs in %s. %s--restart never starts afresh, --out names another directory",
                  output->run.directory, list[0] ? list : "everything", lengthening(list));
  PetscCall(check_inputs(output, resume->checkpoint, "files", position->items_begun));
  /* a run that was killed after its last checkpoint still has to write its summary */
  *finished = position->finished && resume->was_finished && !longer ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputCheckRestart(HfOutput output, const char *restart, PetscBool force, PetscBool *finished) {
  const PetscBool is_auto = !restart || !strcmp(restart, "auto") ? PETSC_TRUE : PETSC_FALSE;
  HfResume *resume = &output->resume;
  char log[PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  *finished = PETSC_FALSE;
  resume->afresh = force || (restart && !strcmp(restart, "never")) ? PETSC_TRUE : PETSC_FALSE;
  if (resume->afresh) PetscFunctionReturn(0);
  HfRunPath(&output->run, "log.txt", log);
  HfFaultLog(log); /* the log of the earlier run, if there was one, says why it is not resumed */
  PetscCall(open_checkpoint(output, is_auto ? NULL : restart));
  if (resume->checkpoint >= 0)
    PetscCall(check_checkpoint(output, finished));
  else if (resume->was_finished) {
    PetscCall(check_finished(output));
    *finished = PETSC_TRUE;
  } else
    PetscFunctionReturn(0);
  if (*finished)
    HfLogLine(&output->log, "finished already; results in %s; --force runs it again", output->run.directory);
  else {
    HfLogLine(&output->log, "resuming from %s: item %d of the schedule, after %.1f s", resume->path, (int)resume->position.items_begun,
              (double)resume->position.wall_seconds);
    resume->replaying = PETSC_TRUE;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputEndReplay(HfOutput output) {
  HfResume *resume = &output->resume;

  PetscFunctionBeginUser;
  resume->replaying = PETSC_FALSE;
  if (resume->frames_before >= 0) H5Fclose(resume->frames_before);
  resume->frames_before = -1;
  output->control.checkpointed = MPI_Wtime();
  PetscCall(HfOutputSummaryWrite(output, "running"));
  PetscFunctionReturn(0);
}

/* ---- for `hopfilm info`, without a deck ---- */

/* One number of a checkpoint, 0 when absent. On one rank. */
static double number(hid_t file, const char name[]) {
  const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT), space = dataset < 0 ? -1 : H5Dget_space(dataset);
  double value = 0;

  if (space < 0 || H5Sget_simple_extent_npoints(space) != 1 || H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value) < 0)
    value = 0;
  if (space >= 0) H5Sclose(space);
  if (dataset >= 0) H5Dclose(dataset);
  return value;
}

/* ", train": the step of a schedule item, numbered from 1; "" when the stored deck has no such item. */
static PetscErrorCode step_name(hid_t file, PetscInt item, char name[64]) {
  HfNode deck = NULL, schedule;
  char *text;

  PetscFunctionBeginUser;
  name[0] = '\0';
  PetscCall(HfCheckpointText(file, "deck", &text));
  if (text) PetscCall(HfNodeParseText(text, &deck));
  schedule = deck ? HfNodeFind(deck, "schedule") : NULL;
  if (schedule && item >= 1 && item <= HfNodeLength(schedule) && HfNodeLength(HfNodeItem(schedule, item - 1)))
    PetscCall(PetscSNPrintf(name, 64, ", %.60s", HfNodeName(HfNodeItem(HfNodeItem(schedule, item - 1), 0))));
  PetscCall(HfNodeDestroy(&deck));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

/* Position and age of a checkpoint. *finished: it is at the end of its schedule. On one rank. */
static PetscErrorCode describe(const char path[], HfNode preview, PetscBool *finished) {
  const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  char text[128], name[64];
  struct stat status;
  struct tm utc;
  PetscInt item;

  PetscFunctionBeginUser;
  *finished = PETSC_FALSE;
  PetscCall(HfNodePutText(preview, "checkpoint", path));
  if (file < 0) PetscFunctionReturn(0);
  item = (PetscInt)number(file, "output/items_begun");
  *finished = number(file, "output/finished") != 0 ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(step_name(file, item, name));
  PetscCall(PetscSNPrintf(text, sizeof text, "%s item %d of %d%s", number(file, "tape/ends_item") != 0 ? "after" : "inside", (int)item,
                          (int)number(file, "output/items"), name));
  PetscCall(HfNodePutText(preview, "position", text));
  PetscCall(HfNodePutReal(preview, "simulated_seconds", number(file, "tape/time")));
  PetscCall(HfNodePutReal(preview, "wall_seconds", number(file, "output/wall_seconds")));
  if (stat(path, &status) == 0 && gmtime_r(&status.st_mtime, &utc) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)) {
    PetscCall(HfNodePutText(preview, "written", text));
    PetscCall(HfNodePutReal(preview, "seconds_ago", difftime(time(NULL), status.st_mtime)));
  }
  H5Fclose(file);
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputResumePreview(MPI_Comm comm, const char *directory, PetscBool done, HfNode *preview) {
  char path[PETSC_MAX_PATH_LEN], text[PETSC_MAX_PATH_LEN + 64];
  PetscBool intact = PETSC_FALSE, finished = PETSC_FALSE, damaged = PETSC_FALSE;
  const char *verdict, *why;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  PetscCall(HfNodeCreate(HF_NODE_MAP, preview));
  for (int k = 0; k < 2 && !intact; ++k) {
    PetscCall(PetscSNPrintf(path, sizeof path, "%.*s/%s", PETSC_MAX_PATH_LEN - 64, directory, checkpoint_names[k]));
    PetscCall(check_own(comm, path, &why));
    intact = why ? PETSC_FALSE : PETSC_TRUE;
    if (intact && !rank) PetscCall(describe(path, *preview, &finished));
    if (!why || !strcmp(why, ABSENT)) continue;
    damaged = PETSC_TRUE;
    PetscCall(PetscSNPrintf(text, sizeof text, "%s: %s", path, why));
    PetscCall(HfNodePutText(*preview, "not_used", text));
  }
  if (done && (finished || !intact))
    verdict = "no: it is finished";
  else if (intact)
    verdict = "yes: the same command continues from the checkpoint";
  else
    verdict = damaged ? "no: no checkpoint is intact; the same command starts afresh" : "no: there is no checkpoint; the same command starts afresh";
  PetscCall(HfNodePutText(*preview, "resumable", verdict));
  PetscFunctionReturn(0);
}
