/* The members' headline figures side by side, with error bars over the seeds. Read from the members' own summary.yaml, so that what
   an earlier job ran counts too. A figure is a number of an entry that has a headline: step-item.key, items counted per step from 1. */
#include "ensemble.h"
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static PetscBool is_wanted(const HfEnsembleTable *table, const char *name) {
  for (PetscInt k = 0; k < HfEnsembleFigures(table->ensemble); ++k)
    if (!fnmatch(HfEnsembleFigure(table->ensemble, k), name, 0)) return PETSC_TRUE;
  return PETSC_FALSE;
}

/* The column of a figure; a new one when it is the first of its name. */
static PetscErrorCode column(HfEnsembleTable *table, const char *name, PetscInt *at) {
  PetscFunctionBeginUser;
  for (*at = 0; *at < table->n_figures; (*at)++)
    if (!strcmp(table->figures[*at], name)) PetscFunctionReturn(0);
  if (table->n_figures == table->room) {
    const PetscInt room = table->room ? 2 * table->room : 64;
    PetscReal *values;
    PetscCall(PetscMalloc1(table->n_members * room, &values));
    for (PetscInt k = 0; k < table->n_members * room; ++k) values[k] = NAN;
    for (PetscInt m = 0; m < table->n_members; ++m)
      for (PetscInt f = 0; f < table->n_figures; ++f) values[m * room + f] = table->values[m * table->room + f];
    PetscCall(PetscFree(table->values));
    table->values = values;
    table->room = room;
    PetscCall(PetscRealloc((size_t)room * sizeof(char *), &table->figures));
  }
  PetscCall(PetscStrallocpy(name, &table->figures[table->n_figures++]));
  PetscFunctionReturn(0);
}

static PetscErrorCode put(HfEnsembleTable *table, PetscInt member, const char *name, HfNode item) {
  static const char *const places[] = {".item", ".initial"};
  const char *text = HfNodeText(item);
  char *end;
  const double value = strtod(text, &end);
  PetscInt at;
  PetscFunctionBeginUser;
  if (end == text || *end || !is_wanted(table, name)) PetscFunctionReturn(0);
  for (int k = 0; k < 2; ++k) {
    const char *dot = strchr(name, '.');
    if (dot && !strcmp(dot, places[k])) PetscFunctionReturn(0);
  }
  PetscCall(column(table, name, &at));
  table->values[member * table->room + at] = value;
  PetscFunctionReturn(0);
}

static PetscErrorCode read_entry(HfEnsembleTable *table, PetscInt member, const char *prefix, HfNode entry) {
  char name[HF_PATH_LENGTH];
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < HfNodeLength(entry); ++k) {
    HfNode item = HfNodeItem(entry, k);
    snprintf(name, sizeof name, "%s.%s", prefix, HfNodeName(item));
    if (HfNodeGetKind(item) == HF_NODE_SCALAR) PetscCall(put(table, member, name, item));
    for (PetscInt i = 0; HfNodeGetKind(item) == HF_NODE_MAP && i < HfNodeLength(item); ++i) {
      HfNode part = HfNodeItem(item, i);
      snprintf(name, sizeof name, "%s.%s.%s", prefix, HfNodeName(item), HfNodeName(part));
      if (HfNodeGetKind(part) == HF_NODE_SCALAR) PetscCall(put(table, member, name, part));
    }
  }
  PetscFunctionReturn(0);
}

/* How many entries before the k-th, with a headline, are of the same step. */
static int place_of(HfNode results, PetscInt k) {
  const char *step = HfNodeText(HfNodeFind(HfNodeItem(results, k), "step"));
  int place = 1;
  for (PetscInt i = 0; i < k; ++i) {
    HfNode other = HfNodeItem(results, i);
    place += HfNodeFind(other, "headline") && !strcmp(HfNodeText(HfNodeFind(other, "step")), step);
  }
  return place;
}

/* A member whose deck is bad now may have the summary of another run. */
static const char *status_of_exit(PetscMPIInt code) {
  switch (code) {
  case HF_EXIT_DONE:
    return "done";
  case HF_EXIT_DIVERGED:
    return "diverged";
  case HF_EXIT_STOPPED:
    return "stopped";
  default:
    return "failed";
  }
}

/* Whether what stands in the member's directory was run with today's values. One that failed before it ran has no deck. */
static PetscErrorCode has_values(const HfEnsembleTable *table, PetscInt member, PetscBool *same) {
  char path[PETSC_MAX_PATH_LEN];
  HfDeck deck;
  HfNode stored;
  PetscFunctionBeginUser;
  *same = PETSC_TRUE;
  HfEnsembleMemberPath(table->directory, member, "deck.yaml", path);
  if (table->code[member] == HF_EXIT_DONE || !HfIsRegularFile(path)) PetscFunctionReturn(0);
  *same = PETSC_FALSE;
  if (HfNodeParse(PETSC_COMM_SELF, path, &stored)) PetscFunctionReturn(0);
  PetscCall(HfEnsembleDeck(table->ensemble, member, PETSC_COMM_SELF, table->keys, table->deck, table->options->n_set, table->options->set, &deck));
  PetscCall(HfEnsembleCompare(table->ensemble, deck, stored, same));
  PetscCall(HfDeckDestroy(&deck));
  PetscCall(HfNodeDestroy(&stored));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_member(HfEnsembleTable *table, PetscInt member) {
  static const char *const known[] = {"done", "diverged", "failed", "stopped", "running"};
  char path[PETSC_MAX_PATH_LEN], prefix[128];
  HfNode summary, results, status, reason;
  PetscBool same;
  PetscFunctionBeginUser;
  table->status[member] = table->code[member] < 0 ? "waiting" : status_of_exit(table->code[member]);
  HfEnsembleMemberPath(table->directory, member, "summary.yaml", path);
  if (!HfIsRegularFile(path)) PetscFunctionReturn(0);
  PetscCall(has_values(table, member, &same));
  if (!same || HfNodeParse(PETSC_COMM_SELF, path, &summary)) PetscFunctionReturn(0);
  status = HfNodeFind(summary, "status");
  for (size_t k = 0; table->code[member] < 0 && status && k < sizeof known / sizeof known[0]; ++k)
    if (!strcmp(HfNodeText(status), known[k])) table->status[member] = known[k];
  reason = HfNodeFind(summary, "reason");
  if (reason && strcmp(table->status[member], "done")) PetscCall(PetscStrallocpy(HfNodeText(reason), &table->reason[member]));
  results = HfNodeFind(summary, "results");
  for (PetscInt k = 0; results && k < HfNodeLength(results); ++k) {
    HfNode entry = HfNodeItem(results, k);
    if (!HfNodeFind(entry, "headline") || !HfNodeFind(entry, "step")) continue;
    snprintf(prefix, sizeof prefix, "%.100s-%d", HfNodeText(HfNodeFind(entry, "step")), place_of(results, k));
    PetscCall(read_entry(table, member, prefix, entry));
  }
  PetscCall(HfNodeDestroy(&summary));
  PetscFunctionReturn(0);
}

/* Members alike in all axes but the averaged ones. */
static PetscBool alike(HfEnsemble ensemble, PetscInt a, PetscInt b) {
  for (PetscInt k = 0; k < HfEnsembleAxes(ensemble); ++k)
    if (!HfEnsembleAverages(ensemble, k) && strcmp(HfEnsembleValue(ensemble, a, k), HfEnsembleValue(ensemble, b, k))) return PETSC_FALSE;
  return PETSC_TRUE;
}

static void group_members(HfEnsembleTable *table) {
  for (PetscInt m = 0; m < table->n_members; ++m) {
    PetscInt g = 0;
    while (g < table->n_groups && !alike(table->ensemble, m, table->first[g])) g++;
    if (g == table->n_groups) {
      table->first[g] = m;
      ++table->n_groups;
    }
    table->group[m] = g;
    table->size[g] += !strcmp(table->status[m], "done");
  }
}

PetscInt HfEnsembleAverage(const HfEnsembleTable *table, PetscInt group, PetscInt figure, PetscReal *mean, PetscReal *error, PetscReal range[2]) {
  PetscReal sum = 0, squares = 0;
  PetscInt n = 0;
  range[0] = PETSC_MAX_REAL;
  range[1] = PETSC_MIN_REAL;
  for (int pass = 0; pass < 2; ++pass) {
    for (PetscInt m = 0; m < table->n_members; ++m) {
      const PetscReal value = table->values[m * table->room + figure];
      if (table->group[m] != group || strcmp(table->status[m], "done") || PetscIsNanReal(value)) continue;
      if (pass) {
        squares += PetscSqr(value - *mean);
        continue;
      }
      ++n;
      sum += value;
      range[0] = PetscMin(range[0], value);
      range[1] = PetscMax(range[1], value);
    }
    if (!pass) *mean = n ? sum / (PetscReal)n : NAN;
  }
  *error = n > 1 ? PetscSqrtReal(squares / (PetscReal)(n - 1) / (PetscReal)n) : NAN;
  return n;
}

static PetscErrorCode write_lines(const HfEnsembleTable *table, FILE *file) {
  const PetscInt n_axes = HfEnsembleAxes(table->ensemble);
  char name[32];
  PetscFunctionBeginUser;
  fprintf(file, "# member\tstatus\tseconds");
  for (PetscInt a = 0; a < n_axes; ++a) fprintf(file, "\t%s", HfEnsembleKey(table->ensemble, a));
  for (PetscInt f = 0; f < table->n_figures; ++f) fprintf(file, "\t%s", table->figures[f]);
  fprintf(file, "\n");
  for (PetscInt m = 0; m < table->n_members; ++m) {
    HfEnsembleMemberName(m, name);
    fprintf(file, "%s\t%s\t%.3f", name, table->status[m], (double)table->seconds[m]);
    for (PetscInt a = 0; a < n_axes; ++a) fprintf(file, "\t%s", HfEnsembleValue(table->ensemble, m, a));
    for (PetscInt f = 0; f < table->n_figures; ++f) fprintf(file, "\t%.17g", (double)table->values[m * table->room + f]);
    fprintf(file, "\n");
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode put_groups(const HfEnsembleTable *table, HfNode summary) {
  HfNode groups, group, figures, figure;
  PetscFunctionBeginUser;
  PetscCall(HfNodeCreate(HF_NODE_LIST, &groups));
  for (PetscInt g = 0; g < table->n_groups; ++g) {
    PetscCall(HfNodeCreate(HF_NODE_MAP, &group));
    for (PetscInt a = 0; a < HfEnsembleAxes(table->ensemble); ++a)
      if (!HfEnsembleAverages(table->ensemble, a))
        PetscCall(HfNodePutText(group, HfEnsembleKey(table->ensemble, a), HfEnsembleValue(table->ensemble, table->first[g], a)));
    PetscCall(HfNodePutInt(group, "members_done", table->size[g]));
    PetscCall(HfNodeCreate(HF_NODE_MAP, &figures));
    for (PetscInt f = 0; f < table->n_figures; ++f) {
      PetscReal mean, error, range[2];
      const PetscInt n = HfEnsembleAverage(table, g, f, &mean, &error, range);
      if (!n) continue;
      PetscCall(HfNodeCreate(HF_NODE_MAP, &figure));
      PetscCall(HfNodePutReal(figure, "mean", mean));
      if (n > 1) PetscCall(HfNodePutReal(figure, "standard_error", error));
      if (n > 1) PetscCall(HfNodePutReals(figure, "range", 2, range));
      PetscCall(HfNodePutInt(figure, "of", n));
      PetscCall(HfNodePutNode(figures, table->figures[f], figure));
    }
    PetscCall(HfNodePutNode(group, "figures", figures));
    PetscCall(HfNodePutNode(groups, NULL, group));
  }
  PetscCall(HfNodePutNode(summary, "groups", groups));
  PetscFunctionReturn(0);
}

static PetscErrorCode write_summary(const HfEnsembleTable *table, FILE *file) {
  PetscInt done = 0, waiting = 0;
  HfNode summary, members, one;
  char name[32];
  PetscFunctionBeginUser;
  for (PetscInt m = 0; m < table->n_members; ++m) {
    done += !strcmp(table->status[m], "done");
    waiting += !strcmp(table->status[m], "waiting") || !strcmp(table->status[m], "stopped") || !strcmp(table->status[m], "running");
  }
  PetscCall(HfNodeCreate(HF_NODE_MAP, &summary));
  PetscCall(HfNodePutText(summary, "status", waiting ? "stopped" : done == table->n_members ? "done" : "failed"));
  PetscCall(HfNodePutInt(summary, "members", table->n_members));
  PetscCall(HfNodePutInt(summary, "members_done", done));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &members));
  for (PetscInt m = 0; m < table->n_members; ++m) {
    HfEnsembleMemberName(m, name);
    PetscCall(HfNodeCreate(HF_NODE_MAP, &one));
    PetscCall(HfNodePutText(one, "directory", name));
    PetscCall(HfNodePutText(one, "status", table->status[m]));
    if (table->reason[m]) PetscCall(HfNodePutText(one, "reason", table->reason[m]));
    for (PetscInt a = 0; a < HfEnsembleAxes(table->ensemble); ++a)
      PetscCall(HfNodePutText(one, HfEnsembleKey(table->ensemble, a), HfEnsembleValue(table->ensemble, m, a)));
    PetscCall(HfNodePutNode(members, NULL, one));
  }
  PetscCall(HfNodePutNode(summary, "results_of", members));
  PetscCall(put_groups(table, summary));
  PetscCall(HfNodeWrite(summary, file));
  PetscCall(HfNodeDestroy(&summary));
  PetscFunctionReturn(0);
}

/* Written under another name and renamed, so that nobody reads half a file. */
static PetscErrorCode write_file(const HfEnsembleTable *table, const char *name, PetscErrorCode (*write)(const HfEnsembleTable *, FILE *),
                                 const char **why) {
  char path[PETSC_MAX_PATH_LEN], temporary[PETSC_MAX_PATH_LEN + 16];
  FILE *file;
  PetscFunctionBeginUser;
  snprintf(path, sizeof path, "%.*s/%s", PETSC_MAX_PATH_LEN - 64, table->directory, name);
  snprintf(temporary, sizeof temporary, "%s.%d", path, (int)getpid()); /* tasks of an array may end at once */
  file = HfFileCreateStream(temporary);
  if (file) {
    PetscCall(write(table, file));
    PetscBool whole = !fflush(file) && !ferror(file) && !fsync(fileno(file)) ? PETSC_TRUE : PETSC_FALSE;
    if (!whole) *why = strerror(errno);
    if (fclose(file) && whole) {
      whole = PETSC_FALSE;
      *why = strerror(errno);
    }
    if (!whole)
      (void)remove(temporary);
    else if (rename(temporary, path))
      *why = strerror(errno);
  } else
    *why = strerror(errno);
  PetscFunctionReturn(0);
}

/* One at a time reads and writes: then the last of several tasks to end sees the results of all. Without file locks it proceeds all the same. */
static int lock_directory(const HfEnsembleTable *table) {
  char path[PETSC_MAX_PATH_LEN];
  int file;
  snprintf(path, sizeof path, "%.*s/ensemble.lock", PETSC_MAX_PATH_LEN - 64, table->directory);
  file = HfFileOpen(path, O_RDWR | O_CREAT);
  if (file < 0) file = HfFileCreate(path); /* a link or a FIFO is in its place */
  if (file >= 0) (void)flock(file, LOCK_EX);
  return file;
}

static PetscErrorCode make(HfEnsembleTable *table, const char **why) {
  const int lock = lock_directory(table);
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc4(table->n_members, &table->status, table->n_members, &table->group, table->n_members, &table->first, table->n_members,
                         &table->size));
  PetscCall(PetscCalloc1(table->n_members, &table->reason));
  for (PetscInt m = 0; m < table->n_members; ++m) PetscCall(read_member(table, m));
  group_members(table);
  PetscCall(write_file(table, "ensemble.tsv", write_lines, why));
  PetscCall(HfEnsembleH5Write(table, why));
  PetscCall(write_file(table, "summary.yaml", write_summary, why)); /* last: it says that the others are there */
  if (lock >= 0) close(lock);
  for (PetscInt m = 0; m < table->n_members; ++m) PetscCall(PetscFree(table->reason[m]));
  PetscCall(PetscFree(table->reason));
  for (PetscInt f = 0; f < table->n_figures; ++f) PetscCall(PetscFree(table->figures[f]));
  PetscCall(PetscFree(table->figures));
  PetscCall(PetscFree(table->values));
  PetscCall(PetscFree4(table->status, table->group, table->first, table->size));
  PetscFunctionReturn(0);
}

PetscErrorCode HfEnsembleTables(HfEnsembleTable *table) {
  const MPI_Comm comm = HfDeckComm(table->deck);
  const char *why = NULL;
  char text[128] = "";
  PetscMPIInt rank;
  PetscFunctionBeginUser;
  table->n_members = HfEnsembleMembers(table->ensemble);
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank) PetscCall(make(table, &why));
  if (why) snprintf(text, sizeof text, "%s", why);
  PetscCallMPI(MPI_Bcast(text, sizeof text, MPI_CHAR, 0, comm));
  PetscCheckFault(!text[0], comm, HF_ERR_FILE, "cannot write the tables of the ensemble in %s: %s", table->directory, text);
  PetscFunctionReturn(0);
}
