/* A field from the file of whichever program: what it is tells its first line. */
#include "field_file.h"
#include "ovf.h"
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Whether the file begins as those of OOMMF do. What cannot be read is left to the reader of result files, which says why. */
static PetscBool is_ovf(const char *path) {
  char start[16] = "";
  struct stat status;
  FILE *file;

  if (stat(path, &status) || !S_ISREG(status.st_mode)) return PETSC_FALSE; /* a FIFO would have to be waited for */
  file = fopen(path, "rb");
  if (!file) return PETSC_FALSE;
  start[fread(start, 1, sizeof start - 1, file)] = '\0';
  fclose(file);
  return (PetscBool)!strncasecmp(start + strspn(start, "# "), "OOMMF", 5);
}

PetscErrorCode HfFieldSourceSettingsRead(HfDeck deck, HfNode section, const char *default_dataset, HfFieldSource *source) {
  PetscFunctionBeginUser;
  *source = (HfFieldSource){.dataset = HfText(section, "dataset"),
                            .frame = (PetscInt)HfInteger(section, "frame"),
                            .stretch = HfFlag(section, "stretch"),
                            .placed = HfHas(section, "offset")};
  source->of_run = (PetscBool)(source->frame > 0 || strcmp(source->dataset, default_dataset) != 0);
  for (int d = 0; source->placed && d < 2; ++d) source->offset[d] = HfRealAt(section, "offset", d);
  if (source->placed && source->stretch)
    PetscCall(HfDeckError(deck, HfChild(section, "offset"), "give `offset`, which keeps the size of the frame, or `stretch: true`, not both"));
  PetscFunctionReturn(0);
}

/* Only numbers can be used. The sum has a NaN of any rank; MPI's maximum may lose one. */
static PetscErrorCode check_finite(HfGrid grid, const HfFieldSource *source, Vec v, char why[]) {
  PetscReal norm;

  PetscFunctionBeginUser;
  PetscCall(VecNorm(v, NORM_1, &norm));
  if (PetscIsInfOrNanReal(norm))
    snprintf(why, HF_WHY_LENGTH, "%.400s: dataset %.200s has numbers that are not finite", source->path, source->dataset);
  PetscFunctionReturn(0);
}

PetscErrorCode HfFieldReadSource(HfGrid grid, const HfFieldSource *source, Vec v, char how[], char why[]) {
  const char *reason;
  int ovf = 0;

  PetscFunctionBeginUser;
  how[0] = why[0] = '\0';
  if (!HfGridGetInfo(grid)->rank) ovf = is_ovf(source->path);
  PetscCallMPI(MPI_Bcast(&ovf, 1, MPI_INT, 0, HfGridComm(grid)));
  if (ovf) {
    PetscCall(HfOvfRead(grid, source, v, how, why));
    PetscFunctionReturn(0);
  }
  PetscCall(HfFieldReadHdf5(grid, source, 3, v, &reason));
  if (reason)
    snprintf(why, HF_WHY_LENGTH, "%.400s: %s", source->path, reason);
  else if (source->values)
    PetscCall(check_finite(grid, source, v, why));
  PetscFunctionReturn(0);
}
