/* A fault is an error that every rank of a communicator sees alike: a bad deck, an unreadable file, a field that is no longer finite. Rank 0 reports it in
   one line, and the ranks unwind together through the usual PetscCall() chain. The codes lie above PETSc's own, which is how the error handler
   of the program knows a fault that was reported from an error that still needs a message. */
#include <fcntl.h>
#include <hopfilm/base.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char log_path[PETSC_MAX_PATH_LEN]; /* "": none */
static char last[1024];                   /* fault; "": none */

void HfFaultLog(const char path[]) { snprintf(log_path, sizeof log_path, "%s", path ? path : ""); }

const char *HfFaultText(void) { return last; }
void HfFaultForget(void) { last[0] = '\0'; }

void HfFaultReport(const char line[]) {
  static const char name[] = "hopfilm:";
  const int file = log_path[0] ? HfFileOpen(log_path, O_WRONLY | O_APPEND) : -1;

  fflush(stdout);
  if (HfTerminal(STDERR_FILENO)) fputs("\r\033[K", stderr); /* over a line of progress */
  if (HfTerminalColours(STDERR_FILENO) && !strncmp(line, name, sizeof name - 1))
    fprintf(stderr, "\033[1;31m%s\033[0m%s", name, line + sizeof name - 1);
  else
    fputs(line, stderr);
  fflush(stderr);
  if (file < 0) return;
  (void)!write(file, line, strlen(line)); /* a log that cannot be written is no reason to say less */
  close(file);
}

PetscErrorCode HfFault(MPI_Comm comm, PetscErrorCode code, const char *format, ...) {
  PetscMPIInt rank;
  MPI_Comm_rank(comm, &rank);
  if (!rank) {
    char line[2 * PETSC_MAX_PATH_LEN] = "hopfilm: ";
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + strlen(line), sizeof line - 16, format, arguments);
    va_end(arguments);
    snprintf(last, sizeof last, "%.1000s", line + strlen("hopfilm: "));
    memcpy(line + strlen(line), "\n", 2);
    HfFaultReport(line);
  }
  return code;
}
