/* Zeeman energy in an applied field that differs from place to place, read from a file: an OVF file of OOMMF, mumax3 or Ubermag, or a run.h5.

     E = -mu0 Ms m.H,   H = factor times the field of the file, constant in time; it adds to field.uniform and field.table */
#include "../term.h"

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
  Vec field;               /* NULL: none */
  const PetscScalar *rows; /* its rows of this rank, three numbers per cell, A/m */
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
  PetscCall(HfGridCreateCellVec(term->film->grid, 3, &state->field));
  PetscCall(HfFieldReadSource(term->film->grid, &source, state->field, state->how, why));
  if (why[0])
    PetscCall(HfDeckError(deck, HfChild(section, "path"), "%s", why));
  else
    PetscCall(VecScale(state->field, HfReal(section, "factor")));
  if (why[0]) PetscCall(VecSet(state->field, 0));
  PetscCall(HfVecRows(state->field, &state->rows));
  PetscFunctionReturn(0);
}

static const char *note(const HfTerm *term) { return ((const FieldFile *)term->state)->how; }

static PetscErrorCode destroy(HfTerm *term) {
  PetscFunctionBeginUser;
  PetscCall(VecDestroy(&((FieldFile *)term->state)->field));
  PetscCall(PetscFree(term->state));
  PetscFunctionReturn(0);
}

static PetscErrorCode region_settings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  PetscFunctionBeginUser;
  p[0] = HF_MU0 * term->film->materials[region].Ms;
  *active = (PetscBool)(((const FieldFile *)term->state)->field != NULL);
  PetscFunctionReturn(0);
}

static inline const PetscReal *first_cell(const HfTerm *term, const HfSpan *span) {
  return ((const FieldFile *)term->state)->rows + 3 * HfSpanFirstCell(term->film, span);
}

HF_KERNEL static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscInt n = span->n;
  const PetscReal *restrict H = first_cell(term, span);
  PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1], *restrict Hz = span->H[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    Hx[k] += H[3 * k];
    Hy[k] += H[3 * k + 1];
    Hz[k] += H[3 * k + 2];
  }
}

static PetscReal energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscReal *H = first_cell(term, span);
  PetscReal sum = 0;

  for (PetscInt k = 0; k < span->n; ++k) sum -= p[0] * (span->m[0][k] * H[3 * k] + span->m[1][k] * H[3 * k + 1] + span->m[2][k] * H[3 * k + 2]);
  return sum;
}

static PetscReal largest_field(const HfTerm *term, PetscInt region, PetscReal from, PetscReal to) {
  const HfGridInfo *g = HfGridGetInfo(term->film->grid);
  const int8_t *regions = HfGridRegions(term->film->grid);
  const PetscReal *H = ((const FieldFile *)term->state)->rows;
  PetscReal most = 0;

  for (PetscInt k = 0; H && k < g->nx * g->ym; ++k, H += 3)
    if (HfRegionAt(g, regions, k % g->nx, g->ys + k / g->nx) == region) most = PetscMax(most, H[0] * H[0] + H[1] * H[1] + H[2] * H[2]);
  return PetscSqrtReal(most);
}

const HfTermType HfTermType_field_file = {
    .name = "field_file",
    .doc = "E = -mu0 Ms m.H with the applied field of a file",
    .prefix = "",
    .keys = keys,
    .settings = settings,
    .destroy = destroy,
    .region_settings = region_settings,
    .note = note,
    .field = field,
    .energy = energy,
    .largest_field = largest_field,
};
