/* log.txt, echoed on stdout: what happens, with the wall time in front; progress with the time still to go. */
#include "output_impl.h"
#include <string.h>

void HfOutputSay(HfOutput output, const char *line) {
  char text[1200];

  if (output->rank) return;
  snprintf(text, sizeof text, "[%8.1f s] %s\n", MPI_Wtime() - output->start, line);
  if (!output->quiet) {
    fputs(text, stdout);
    fflush(stdout);
  }
  if (output->log) {
    fputs(text, output->log);
    fflush(output->log);
  } else { /* the directory is not made yet */
    const size_t old = strlen(output->early_log);
    snprintf(output->early_log + old, sizeof output->early_log - old, "%s", text);
  }
}

PetscErrorCode HfOutputLog(void *context, const char *line) {
  PetscFunctionBeginUser;
  HfOutputSay(context, line);
  PetscFunctionReturn(0);
}

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
  const double now = MPI_Wtime(), every = 3.;
  double left;
  char line[256], eta[32];

  PetscFunctionBeginUser;
  if (output->rank) PetscFunctionReturn(0);
  if (total != output->progress_total || done < output->progress_done) { /* another count begins */
    output->progress_total = total;
    output->progress_from = done;
    output->progress_wall = now;
  }
  output->progress_done = done;
  if (now - output->progress_printed < every || total <= 0) PetscFunctionReturn(0);
  left = done > output->progress_from ? (now - output->progress_wall) * (double)((total - done) / (done - output->progress_from)) : -1;
  snprintf(line, sizeof line, "%-24s %3.0f %%  %.3f of %.3f ns  %s%s", what, (double)(100 * done / total), (double)(done * 1e9),
           (double)(total * 1e9), left < 0 ? "" : "to go: ", left < 0 ? "" : duration(left, eta));
  HfOutputSay(output, line);
  PetscCall(HfOutputStatus(output, "running", what, left));
  output->progress_printed = now;
  PetscFunctionReturn(0);
}
