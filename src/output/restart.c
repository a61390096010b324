/* Whether the run directory holds a run to go on with, and whether it is this one. */
#include "output_impl.h"
#include <string.h>
#include <unistd.h>

/* Sections that may change without changing what the film does. */
static const char *const harmless[] = {"title", "output", "petsc", "hopfilm"};

PetscBool HfSectionIsHarmless(const char name[]) {
  for (size_t k = 0; k < sizeof harmless / sizeof harmless[0]; ++k)
    if (!strcmp(name, harmless[k])) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* Items of the schedule that have begun must be the same; others may follow. */
static PetscInt schedule_differences(HfNode before, HfNode now, PetscInt begun, char list[], size_t size) {
  const PetscInt most = PetscMax(before ? HfNodeLength(before) : 0, now ? HfNodeLength(now) : 0); /* whatever a damaged file says has begun */
  PetscInt count = 0;
  char path[32];

  for (PetscInt k = 0; k < PetscMin(begun, most); ++k) {
    snprintf(path, sizeof path, "schedule.%d", (int)k);
    count += HfNodeDifferences(before && k < HfNodeLength(before) ? HfNodeItem(before, k) : NULL,
                               now && k < HfNodeLength(now) ? HfNodeItem(now, k) : NULL, path, list, size);
  }
  return count;
}

/* New patterns are harmless, other patterns of an old name are not. */
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

/* The deck in use against the text of another one. */
static PetscErrorCode compare(HfOutput output, const char before_text[], PetscInt begun, PetscBool *longer, PetscInt *count, char list[],
                              size_t size) {
  HfNode before, now;
  char *text;

  PetscFunctionBeginUser;
  PetscCall(HfNodeFormat(HfDeckRoot(output->deck), &text));
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

/* Opens the first of the checkpoints that is whole; output->resume stays -1 when none is. */
static PetscErrorCode open_checkpoint(HfOutput output, const char given[]) {
  const char *const names[] = {"checkpoint.h5", "checkpoint-previous.h5"};
  const char *why;
  char line[PETSC_MAX_PATH_LEN + 128];

  PetscFunctionBeginUser;
  for (int k = 0; k < (given ? 1 : 2) && output->resume < 0; ++k) {
    if (given)
      PetscCall(PetscStrncpy(output->resume_path, given, sizeof output->resume_path));
    else
      HfOutputPath(output, names[k], output->resume_path);
    PetscCall(HfSealCheck(output->comm, output->resume_path, &why));
    if (!why) PetscCall(HfCheckpointOpen(output, output->resume_path, &output->resume));
    if (!why && output->resume < 0) why = "it is no HDF5 file";
    PetscCheckFault(!given || !why, output->comm, HF_ERR_FILE, "cannot resume from %s: %s", given, why);
    if (!why && k) HfOutputSay(output, "going on from the checkpoint before it");
    if (why && strcmp(why, "it is not there")) {
      PetscCall(PetscSNPrintf(line, sizeof line, "%s is not used: %s", output->resume_path, why));
      HfOutputSay(output, line);
    }
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode read_kept(HfOutput output) {
  HfCheckpointList state;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointListCreate(&state));
  PetscCall(HfOutputListCheckpoint(output, state));
  code = HfCheckpointRead(output, state);
  PetscCall(HfCheckpointListDestroy(&state));
  PetscFunctionReturn(code);
}

/* HF_ERR_DECK when files that the deck names are others than those of the run before, which kept {key: digest} as text `name` of an HDF5 file. */
static PetscErrorCode are_same_files(HfOutput output, hid_t file, const char name[], PetscInt begun) {
  char list[1024], *before;
  PetscInt count;

  PetscFunctionBeginUser;
  PetscCall(HfCheckpointText(file, name, &before));
  PetscCall(HfOutputCompareFiles(output, before, begun, &count, list, sizeof list));
  PetscCall(PetscFree(before));
  PetscCheckFault(
      !count, output->comm, HF_ERR_DECK,
      "%s holds a run that read other contents of %s. Put back what it read, or take --restart never to start afresh, --out for another directory",
      output->directory, list);
  PetscFunctionReturn(0);
}

/* The same of a finished run without a checkpoint. */
static PetscErrorCode are_same_files_as_finished(HfOutput output) {
  char path[PETSC_MAX_PATH_LEN];
  PetscErrorCode code;
  hid_t file;

  PetscFunctionBeginUser;
  HfOutputPath(output, "run.h5", path);
  PetscCall(HfCheckpointOpen(output, path, &file));
  if (file < 0) PetscFunctionReturn(0);
  code = are_same_files(output, file, "/provenance/files", output->settings.n_items);
  H5Fclose(file);
  PetscFunctionReturn(code);
}

/* A finished run that left no checkpoint is this one when its deck is. */
static PetscErrorCode is_this_deck(HfOutput output, PetscBool *same) {
  char path[PETSC_MAX_PATH_LEN], list[512], *text;
  PetscInt count, n;
  const char *why;
  PetscBool longer;
  size_t length;

  PetscFunctionBeginUser;
  *same = PETSC_FALSE;
  HfOutputPath(output, "deck.yaml", path);
  PetscCall(HfReadFile(output->comm, path, &text, &length, &why));
  if (!text) PetscFunctionReturn(0);
  n = output->settings.n_items;
  PetscCall(compare(output, text, n, &longer, &count, list, sizeof list));
  *same = count || longer ? PETSC_FALSE : PETSC_TRUE;
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputLookBack(HfOutput output, const char *restart, PetscBool force, PetscBool *finished) {
  const PetscBool is_auto = !restart || !strcmp(restart, "auto") ? PETSC_TRUE : PETSC_FALSE;
  char list[512], line[PETSC_MAX_PATH_LEN + 128], *before;
  PetscBool longer, same;
  PetscInt count;

  PetscFunctionBeginUser;
  *finished = PETSC_FALSE;
  if (force || (restart && !strcmp(restart, "never"))) PetscFunctionReturn(0);
  HfOutputPath(output, "log.txt", line);
  HfFaultsGoTo(line); /* of the run before, if there was one: why it does not go on */
  PetscCall(open_checkpoint(output, is_auto ? NULL : restart));
  if (output->resume < 0) {
    if (!output->was_finished) PetscFunctionReturn(0);
    PetscCall(is_this_deck(output, &same));
    PetscCheckFault(same, output->comm, HF_ERR_FILE, "%s holds a finished run of another deck; --force writes over it, --out names another directory",
                    output->directory);
    PetscCall(are_same_files_as_finished(output));
    *finished = PETSC_TRUE;
  } else {
    PetscCall(read_kept(output));
    PetscCall(HfOutputStored(output, "tape/values", &count));
    PetscCheckFault(count, output->comm, HF_ERR_FILE, "cannot resume from %s: it does not say what the run had found", output->resume_path);
    PetscCall(HfCheckpointText(output->resume, "deck", &before));
    PetscCheckFault(before, output->comm, HF_ERR_FILE, "cannot resume from %s: it holds no deck", output->resume_path);
    PetscCall(compare(output, before, output->kept.items_begun, &longer, &count, list, sizeof list));
    PetscCall(PetscFree(before));
    PetscCheckFault(!count, output->comm, HF_ERR_DECK,
                    "%s holds another run; its deck differs in %s. --restart never starts afresh, --out names another directory", output->directory,
                    list[0] ? list : "everything");
    PetscCall(are_same_files(output, output->resume, "files", output->kept.items_begun));
    /* one that was killed after its last checkpoint has its end still to write */
    *finished = output->kept.finished && output->was_finished && !longer ? PETSC_TRUE : PETSC_FALSE;
  }
  if (*finished) {
    PetscCall(PetscSNPrintf(line, sizeof line, "finished already; results in %s; --force runs it again", output->directory));
    HfOutputSay(output, line);
  } else {
    PetscCall(PetscSNPrintf(line, sizeof line, "resuming from %s: item %d of the schedule, after %.1f s", output->resume_path,
                            (int)output->kept.items_begun, (double)output->kept.wall_seconds));
    HfOutputSay(output, line);
    output->replaying = PETSC_TRUE;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputEndOfReplay(HfOutput output) {
  PetscFunctionBeginUser;
  output->replaying = PETSC_FALSE;
  if (output->frames_before >= 0) H5Fclose(output->frames_before);
  output->frames_before = -1;
  output->checkpointed = MPI_Wtime();
  PetscCall(HfOutputSummaryWrite(output, "running"));
  PetscFunctionReturn(0);
}
