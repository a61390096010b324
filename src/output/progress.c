/* log.txt, echoed on stdout: events with the wall time in front, and progress with the estimated time left. A terminal shows progress in one line that
   changes; a file gets lines ever further apart, some thirty in an hour. status.yaml: the same for whoever watches the run; small, complete at any time,
   written every few seconds and at the end. */
#include "output_impl.h"
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The line as a terminal shows it: the time in grey, and only where a paragraph begins; how the run ends in colour. */
static void print_on_terminal(HfLog *log, double seconds, const char line[]) {
  const PetscBool continued = !strncmp(line, "  ", 2) ? PETSC_TRUE : PETSC_FALSE;
  const char *colour = !strncmp(line, "done;", 5)      ? "\033[32m"
                       : !strncmp(line, "stop", 4)     ? "\033[33m"
                       : !strncmp(line, "diverged", 8) ? "\033[31m"
                                                       : "";
  if (log->showing) fputs("\r\033[K", stdout);
  log->showing = PETSC_FALSE;
  if (continued)
    fprintf(stdout, "%12s%s\n", "", line);
  else if (log->coloured)
    fprintf(stdout, "\033[2m%8.1f s\033[0m  %s%s%s\n", seconds, colour, line, *colour ? "\033[0m" : "");
  else
    fprintf(stdout, "%8.1f s  %s\n", seconds, line);
}

void HfLogLine(HfLog *log, const char *format, ...) {
  char text[1200], line[1100];
  va_list arguments;
  double seconds;

  if (log->run->rank) return;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  seconds = MPI_Wtime() - log->run->start;
  snprintf(text, sizeof text, "[%8.1f s] %s\n", seconds, line);
  if (!log->quiet) {
    if (log->terminal)
      print_on_terminal(log, seconds, line);
    else
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

/* Wall time left, s; negative where nothing tells. */
static double time_left(const HfPace *count, PetscReal done, PetscReal total, double now) {
  return done > count->from ? (now - count->from_wall) * (double)((total - done) / (done - count->from)) : -1;
}

/* "step 2 of 5, train +-+-: 45 %, 12 s left; run: 20 %, 73 s left, 19.8 of 100 ns" */
static void describe(const HfProgress *p, double step_left, double run_left, size_t size, char text[]) {
  char times[2][32] = {"", ""};
  int used = snprintf(text, size, "step %d of %d, %.40s", (int)p->item + 1, (int)p->n_items, p->what);
  if (step_left >= 0) duration(step_left, times[0]);
  if (run_left >= 0) duration(run_left, times[1]);
  if (p->item_total > 0 && p->item_total < p->total)
    used += snprintf(text + used, size - (size_t)used, ": %.0f %%%s%s%s; run", (double)(100 * p->item_done / p->item_total), *times[0] ? ", " : "",
                     times[0], *times[0] ? " left" : "");
  snprintf(text + used, size - (size_t)used, ": %.0f %%%s%s%s, %.4g of %.4g ns", (double)(100 * p->done / p->total), *times[1] ? ", " : "", times[1],
           *times[1] ? " left" : "", (double)(p->done * 1e9), (double)(p->total * 1e9));
}

/* In place of the last one; cut where the terminal ends, for what wraps cannot be replaced. */
static void show(HfLog *log, double part, const char line[]) {
  static const char full[] = "==========", none[] = "          ";
  const int filled = (int)PetscMax(0.0, PetscMin(10.0, 10.0 * part));
  char text[320];
  struct winsize window = {0};

  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) || window.ws_col < 20) window.ws_col = 80; /* that of mpiexec's is not known */
  snprintf(text, PetscMin(sizeof text, (size_t)window.ws_col), "%8.1f s  [%.*s%.*s] %s", MPI_Wtime() - log->run->start, filled, full, 10 - filled,
           none, line);
  fprintf(stdout, "\r\033[K%s", text);
  fflush(stdout);
  log->showing = PETSC_TRUE;
}

PetscErrorCode HfOutputProgress(void *context, const HfProgress *p) {
  HfOutput output = context;
  HfLog *log = &output->log;
  const double now = MPI_Wtime(), show_every = 0.2, note_every = 3;                         /* s */
  const double print_every = PetscMax(3.0, PetscMin(300.0, (now - output->run.start) / 4)); /* s */
  double step_left, run_left;
  char line[256];

  PetscFunctionBeginUser;
  if (output->run.rank) PetscFunctionReturn(0);
  if (p->total != log->total || p->done < log->done) log->run_count = (HfPace){p->done, now}; /* a new count begins */
  if (p->item != log->item || p->total != log->total || p->done < log->done) log->item_count = (HfPace){p->item_done, now};
  log->item = p->item;
  log->total = p->total;
  log->done = p->done;
  if (p->total <= 0) PetscFunctionReturn(0);
  if (now - log->noted < note_every && now - log->printed < print_every && (!log->terminal || now - log->shown < show_every)) PetscFunctionReturn(0);
  step_left = time_left(&log->item_count, p->item_done, p->item_total, now);
  run_left = time_left(&log->run_count, p->done, p->total, now);
  describe(p, step_left, run_left, sizeof line, line);
  if (now - log->printed >= print_every) {
    const PetscBool quiet = log->quiet;
    log->quiet = quiet || log->terminal ? PETSC_TRUE : PETSC_FALSE; /* for the file alone */
    HfLogLine(log, "%s", line);
    log->quiet = quiet;
    log->printed = now;
  }
  if (log->terminal && !log->quiet && now - log->shown >= show_every) {
    show(log, (double)(p->done / p->total), line);
    log->shown = now;
  }
  if (now - log->noted >= note_every) {
    PetscCall(HfOutputStatus(output, "running", p->what, run_left));
    log->noted = now;
  }
  PetscFunctionReturn(0);
}
