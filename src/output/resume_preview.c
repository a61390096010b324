/* What would become of a run directory if the same command were given again: for `hopfilm info`, without a deck or a device. */
#include "output_impl.h"
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static const char *const names[] = {"checkpoint.h5", "checkpoint-previous.h5"}; /* in the order in which they are tried */

/* One number of a checkpoint, 0 where it holds none of that name. On one rank. */
static double number(hid_t file, const char name[]) {
  const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT), space = dataset < 0 ? -1 : H5Dget_space(dataset);
  double value = 0;

  if (space < 0 || H5Sget_simple_extent_npoints(space) != 1 || H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value) < 0)
    value = 0;
  if (space >= 0) H5Sclose(space);
  if (dataset >= 0) H5Dclose(dataset);
  return value;
}

/* The step's name of an item of the schedule, from 1; "" where the deck has none. */
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

/* Where and when the checkpoint was written. *finished: at the end of its schedule. On one rank. */
static PetscErrorCode describe(const char path[], HfNode outlook, PetscBool *finished) {
  const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  char text[128], name[64];
  struct stat status;
  struct tm utc;
  PetscInt item;

  PetscFunctionBeginUser;
  *finished = PETSC_FALSE;
  PetscCall(HfNodePutText(outlook, "checkpoint", path));
  if (file < 0) PetscFunctionReturn(0);
  item = (PetscInt)number(file, "output/items_begun");
  *finished = number(file, "output/finished") != 0 ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(step_name(file, item, name));
  PetscCall(PetscSNPrintf(text, sizeof text, "%s item %d of %d%s", number(file, "tape/ends_item") != 0 ? "after" : "inside", (int)item,
                          (int)number(file, "output/items"), name));
  PetscCall(HfNodePutText(outlook, "position", text));
  PetscCall(HfNodePutReal(outlook, "simulated_seconds", number(file, "tape/time")));
  PetscCall(HfNodePutReal(outlook, "wall_seconds", number(file, "output/wall_seconds")));
  if (stat(path, &status) == 0 && gmtime_r(&status.st_mtime, &utc) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)) {
    PetscCall(HfNodePutText(outlook, "written", text));
    PetscCall(HfNodePutReal(outlook, "seconds_ago", difftime(time(NULL), status.st_mtime)));
  }
  H5Fclose(file);
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputOutlook(MPI_Comm comm, const char *directory, PetscBool done, HfNode *outlook) {
  char path[PETSC_MAX_PATH_LEN], told[PETSC_MAX_PATH_LEN + 64];
  PetscBool sound = PETSC_FALSE, finished = PETSC_FALSE, torn = PETSC_FALSE;
  const char *verdict, *why;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  PetscCall(HfNodeCreate(HF_NODE_MAP, outlook));
  for (int k = 0; k < 2 && !sound; ++k) {
    PetscCall(PetscSNPrintf(path, sizeof path, "%.*s/%s", PETSC_MAX_PATH_LEN - 64, directory, names[k]));
    PetscCall(HfSealCheck(comm, path, &why));
    sound = why ? PETSC_FALSE : PETSC_TRUE;
    if (sound && !rank) PetscCall(describe(path, *outlook, &finished));
    if (!why || !strcmp(why, "it is not there")) continue;
    torn = PETSC_TRUE;
    PetscCall(PetscSNPrintf(told, sizeof told, "%s: %s", path, why));
    PetscCall(HfNodePutText(*outlook, "not_used", told));
  }
  if (done && (finished || !sound))
    verdict = "no: it is finished";
  else if (sound)
    verdict = "yes: the same command goes on from the checkpoint";
  else
    verdict = torn ? "no: no checkpoint is sound, the same command starts afresh" : "no: there is no checkpoint, the same command starts afresh";
  PetscCall(HfNodePutText(*outlook, "resumable", verdict));
  PetscFunctionReturn(0);
}
