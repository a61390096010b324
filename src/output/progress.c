/* log.txt, echoed on stdout: events with the wall time in front, and progress with the estimated time left. status.yaml: the same for whoever
   watches the run; small, complete at any time, written with the lines of progress and at the end. */
#include "output_impl.h"
#include <stdarg.h>
#include <string.h>

void HfLogLine(HfLog *log, const char *format, ...) {
  char text[1200], line[1100];
  va_list arguments;

  if (log->run->rank) return;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  snprintf(text, sizeof text, "[%8.1f s] %s\n", MPI_Wtime() - log->run->start, line);
  if (!log->quiet) {
    fputs(text, stdout);
    fflush(stdout);
  }
  if (log->file) {
    fputs(text, log->file);
    fflush(log->file);
  } else {
    const size_t used = strlen(log->early);
    snprintf(log->early + used, sizeof log->early - used, "%s", text);
  }
}

PetscErrorCode HfOutputLog(void *context, const char *line) {
  HfOutput output = context;

  PetscFunctionBeginUser;
  HfLogLine(&output->log, "%s", line);
  PetscFunctionReturn(0);
}

/* ---- status.yaml ---- */

/* The latest result with a headline, and the latest accuracy. */
static PetscErrorCode put_last_results(const HfSummary *summary, HfNode status) {
  HfNode headline = NULL, accuracy = NULL;

  PetscFunctionBeginUser;
  for (PetscInt k = HfNodeLength(summary->entries) - 1; k >= 0 && !(headline && accuracy); --k) {
    HfNode entry = HfNodeItem(summary->entries, k), here = HfNodeFind(entry, "headline");

    if (!headline) headline = here;
    if (!accuracy && here) accuracy = HfNodeFind(entry, "accuracy");
  }
  if (accuracy) PetscCall(HfNodePutText(status, "last_accuracy", HfNodeText(accuracy)));
  if (headline) PetscCall(HfNodePutText(status, "last_result", HfNodeText(headline)));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputStatus(HfOutput output, const char *text, const char *activity, double left) {
  const HfRun *run = &output->run;
  char path[PETSC_MAX_PATH_LEN], now[32];
  HfNode status;
  FILE *file;

  PetscFunctionBeginUser;
  if (run->rank) PetscFunctionReturn(0);
  HfRunNow(now);
  PetscCall(HfNodeCreate(HF_NODE_MAP, &status));
  PetscCall(HfNodePutText(status, "status", text));
  PetscCall(HfNodePutText(status, "updated", now));
  PetscCall(HfNodePutReal(status, "wall_seconds", MPI_Wtime() - run->start));
  PetscCall(HfNodePutText(status, "doing", activity));
  PetscCall(HfNodePutReal(status, "simulated_seconds", output->log.done));
  PetscCall(HfNodePutReal(status, "of", output->log.total));
  if (left >= 0) PetscCall(HfNodePutReal(status, "seconds_to_go", left));
  PetscCall(put_last_results(&output->summary, status));
  HfRunPath(run, "status.yaml.new", path);
  if ((file = HfFileCreateStream(path))) { /* a full disk is reported by the writers of the results */
    PetscCall(HfNodeWrite(status, file));
    if (!fclose(file)) {
      char final[PETSC_MAX_PATH_LEN];
      HfRunPath(run, "status.yaml", final);
      (void)rename(path, final);
    }
  }
  PetscCall(HfNodeDestroy(&status));
  PetscFunctionReturn(0);
}

/* ---- progress ---- */

/* "73 s", "12 min", "3.4 h" */
static const char *duration(double seconds, char text[32]) {
  if (seconds < 100)
    snprintf(text, 32, "%.0f s", seconds);
  else if (seconds < 6000)
    snprintf(text, 32, "%.0f min", seconds / 60);
  else
    snprintf(text, 32, "%.1f h", seconds / 3600);
  return text;
}

PetscErrorCode HfOutputProgress(void *context, const char *what, PetscReal done, PetscReal total) {
  HfOutput output = context;
  HfLog *log = &output->log;
  const double now = MPI_Wtime(), every = 3; /* s */
  double left;
  char eta[32];

  PetscFunctionBeginUser;
  if (output->run.rank) PetscFunctionReturn(0);
  if (total != log->total || done < log->done) { /* a new count begins */
    log->total = total;
    log->from = done;
    log->from_wall = now;
  }
  log->done = done;
  if (now - log->printed < every || total <= 0) PetscFunctionReturn(0);
  left = done > log->from ? (now - log->from_wall) * (double)((total - done) / (done - log->from)) : -1;
  HfLogLine(log, "%-24s %3.0f %%  %.3f of %.3f ns  %s%s", what, (double)(100 * done / total), (double)(done * 1e9), (double)(total * 1e9),
            left < 0 ? "" : "to go: ", left < 0 ? "" : duration(left, eta));
  PetscCall(HfOutputStatus(output, "running", what, left));
  log->printed = now;
  PetscFunctionReturn(0);
}
