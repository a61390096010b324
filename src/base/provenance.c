/* Where a result comes from: commit and build (by provenance.cmake), libraries at run time, host and time. */
#include "hf_commit.h"
#include <fftw3.h>
#include <hdf5.h>
#include <hopfilm/base.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <yaml.h>

PetscErrorCode HfProvenanceGet(HfProvenance *provenance) {
  char petsc[128], mpi[MPI_MAX_LIBRARY_VERSION_STRING];
  int length;
  unsigned hdf5[3];
  const time_t now = time(NULL);
  struct tm utc;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(provenance, sizeof(*provenance)));
  provenance->version = HF_VERSION;
  provenance->commit = HF_COMMIT;
  provenance->build = HF_BUILD;
  PetscCall(PetscGetVersion(petsc, sizeof(petsc)));
  petsc[strcspn(petsc, ",")] = '\0'; /* "Petsc Release Version 3.18.5, ..." */
  PetscCallMPI(MPI_Get_library_version(mpi, &length));
  mpi[strcspn(mpi, ",\n")] = '\0';
  PetscCheck(H5get_libversion(&hdf5[0], &hdf5[1], &hdf5[2]) >= 0, PETSC_COMM_SELF, PETSC_ERR_LIB, "HDF5 does not tell its version");
  PetscCall(PetscSNPrintf(provenance->libraries, sizeof(provenance->libraries), "%s; %s; HDF5 %u.%u.%u; %s; libyaml %s", petsc, mpi, hdf5[0], hdf5[1],
                          hdf5[2], fftw_version, yaml_get_version_string()));
  if (gethostname(provenance->host, sizeof(provenance->host) - 1)) PetscCall(PetscStrncpy(provenance->host, "unknown", sizeof(provenance->host)));
  PetscCheck(gmtime_r(&now, &utc) && strftime(provenance->started, sizeof(provenance->started), "%Y-%m-%dT%H:%M:%SZ", &utc), PETSC_COMM_SELF,
             PETSC_ERR_LIB, "the system has no time");
  PetscFunctionReturn(0);
}
