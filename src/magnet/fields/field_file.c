/* Zeeman energy in an applied field that differs from place to place, read from a file: an OVF file of OOMMF, mumax3 or Ubermag, or a run.h5.

     E = -mu0 Ms m.H,   H = factor times the field of the file, constant in time; it adds to field.uniform and field.table */
#include "cell_field.h"

static const HfKey keys[] = {
    {"field.file", HF_SECTION, NULL, "", "", 0,
     "Applied field that differs from place to place, from a file: cell by cell, or bilinear where the file has other cells. It adds to the others"},
    {"field.file.path", HF_TEXT, "file", NULL, "", 0,
     "The file: x.ovf (OVF 1.0 or 2.0, text or binary) with values in A/m, kA/m, Oe or, as mu0 H, T or mT; or another run's run.h5"},
    {"field.file.factor", HF_NUMBER, NULL, "1", "", 0, "The field of the file is multiplied by it"},
    {"field.file.dataset", HF_TEXT, NULL, "/fields/H", "", 0, "run.h5: name of the dataset in it, A/m"},
    {"field.file.frame", HF_INT, NULL, "-1", ">=-1", 0, "run.h5: frame, counted from 0; -1 is the last"},
    {"field.file.stretch", HF_BOOL, NULL, "false", "", 0,
     "Maps the field of a film of another size onto this one; without it such a field is refused"},
    {"field.file.offset", HF_QUANTITIES, "m", "", "", 2,
     "Puts the field of a film of another size on this one with its own size, its centre so far from that of the film; there is none where it does "
     "not reach"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

typedef struct {
  HfCellField cells;
  char how[HF_WHY_LENGTH]; /* it was read */
} FieldFile;

static PetscErrorCode settings(HfTerm *term) {
  HfDeck deck = term->film->deck;
  HfNode section = HfNodeFind(HfDeckRoot(deck), "field.file");
  char path[PETSC_MAX_PATH_LEN], why[HF_WHY_LENGTH];
  HfFieldSource source;
  FieldFile *state;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&state));
  term->state = state;
  if (!section) PetscFunctionReturn(0);
  PetscCall(HfFieldSourceSettingsRead(deck, section, "/fields/H", &source));
  source.values = PETSC_TRUE;
  PetscCall(HfDeckFilePath(deck, HfChild(section, "path"), path, sizeof(path)));
  source.path = path;
  PetscCall(HfGridCreateCellVec(term->film->grid, 3, &state->cells.field));
  PetscCall(HfFieldReadSource(term->film->grid, &source, state->cells.field, state->how, why));
  if (why[0])
    PetscCall(HfDeckError(deck, HfChild(section, "path"), "%s", why));
  else
    PetscCall(VecScale(state->cells.field, HfReal(section, "factor")));
  if (why[0]) PetscCall(VecSet(state->cells.field, 0));
  PetscCall(HfVecRows(state->cells.field, &state->cells.rows));
  PetscFunctionReturn(0);
}

static const char *note(const HfTerm *term) { return ((const FieldFile *)term->state)->how; }

const HfTermType HfTermType_field_file = {
    .name = "field_file",
    .doc = "E = -mu0 Ms m.H with the applied field of a file",
    .prefix = "",
    .keys = keys,
    .settings = settings,
    .destroy = HfCellFieldDestroy,
    .region_settings = HfCellFieldSettings,
    .note = note,
    .field = HfCellFieldAdd,
    .energy = HfCellFieldEnergy,
    .largest_field = HfCellFieldLargest,
};
