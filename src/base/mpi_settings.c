/* Open MPI guards the shared pointer of a file, which nobody here uses, by a semaphore that lives in the machine's memory and is named after the file. A
   process that is killed while it holds one leaves it locked: every later run on that machine would wait for ever to open its run.h5. Without this
   component Open MPI opens files on one machine as it does on several, with a lock file beside each while it is open. (4.1 and 5.0; open-mpi/ompi, issues
   7394 and 9656.) */
#include <hopfilm/base.h>
#include <stdlib.h>

void HfMPISettings(void) { setenv("OMPI_MCA_sharedfp", "^sm", 0); }
