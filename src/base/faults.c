/* A fault is an error that every rank of a communicator sees alike: a bad deck, an unreadable file, a field that is no longer finite. Rank 0 tells it in
   one line, and the ranks unwind together through the usual PetscCall() chain. The codes lie above PETSc's own, which is how the error handler
   of the program knows a fault that was told from an error that still needs words. */
#include <hopfilm/base.h>
#include <stdarg.h>
#include <stdio.h>

PetscErrorCode HfFault(MPI_Comm comm, PetscErrorCode code, const char *format, ...) {
  PetscMPIInt rank;
  MPI_Comm_rank(comm, &rank);
  if (!rank) {
    va_list arguments;
    fflush(stdout);
    fputs("hopfilm: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    fflush(stderr);
  }
  return code;
}
