/* A field of a file: a result file of hopfilm, or a file of OOMMF, mumax3 or Ubermag (OVF 1.0 or 2.0). Its rules stand in src/grid/resample.c and
   src/grid/ovf_read.c. */
#include "../start.h"

static const HfKey keys[] = {
    {"path", HF_TEXT, "file", NULL, "", 0, "The file: another run's run.h5, or x.ovf (OVF 1.0 or 2.0, text or binary) of OOMMF, mumax3 or Ubermag"},
    {"dataset", HF_TEXT, NULL, "/fields/m", "", 0, "run.h5: name of the dataset in it"},
    {"frame", HF_INT, NULL, "-1", ">=-1", 0, "run.h5: frame, counted from 0; -1 is the last"},
    {"stretch", HF_BOOL, NULL, "false", "", 0, "Maps a frame of a film of another size or aspect onto this one; without it such a frame is refused"},
    {"offset", HF_QUANTITIES, "m", "", "", 2,
     "Puts a frame of a film of another size on this one with its own size, its centre so far from that of the film; it has to cover the film, and "
     "what "
     "reaches beyond is left out"},
    HF_START_KEYS_END,
};

static PetscErrorCode settings(HfDeck deck, HfNode values, HfInitialSettings *initial) {
  PetscFunctionBeginUser;
  initial->file = HfChild(values, "path");
  PetscCall(HfFieldSourceSettingsRead(deck, values, "/fields/m", &initial->source));
  PetscFunctionReturn(0);
}

const HfStart HfStart_file = {
    HF_START_ROW("file",
                 "A field of vectors in a file, normalized to unit length. The same cells: cell by cell. Other cells of a film of the same size: "
                 "bilinear between their centres, zero vectors being void. Shape in run.h5 [frame][y][x][component], row 0 the lowest"),
    keys, NULL, settings, NULL};
