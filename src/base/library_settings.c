/* What MPI and PETSc are told whatever the deck says. */
#include <hopfilm/base.h>
#include <hopfilm/petsc_versions.h>
#include <stdlib.h>

/* Open MPI guards the shared pointer of a file, which nobody here uses, by a semaphore that lives in the machine's memory and is named after the file. A
   process that is killed while it holds one leaves it locked: every later run on that machine would wait for ever to open its run.h5. Without this
   component Open MPI opens files on one machine as it does on several, with a lock file beside each while it is open. (4.1 and 5.0; open-mpi/ompi, issues
   7394 and 9656.) */
void HfMPISettings(void) { setenv("OMPI_MCA_sharedfp", "^sm", 0); }

PetscErrorCode HfPetscSettings(void) {
  static const char *const options[][2] = {HF_PETSC_OPTIONS};

  PetscFunctionBeginUser;
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(options) && options[k][0]; ++k) {
    PetscBool given;

    PetscCall(PetscOptionsHasName(NULL, NULL, options[k][0], &given));
    if (!given) PetscCall(PetscOptionsSetValue(NULL, options[k][0], options[k][1]));
  }
  PetscFunctionReturn(0);
}
