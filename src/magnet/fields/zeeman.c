/* Zeeman energy in an applied field, uniform in space: a constant plus a table in time.

     E = -mu0 Ms m.H,   H = field.uniform + field.table(t), linear between the lines of the table, constant before and after it */
#include "../term.h"
#include "../time_table.h"

static const HfKey keys[] = {
    {"field", HF_SECTION, NULL, "", "", 0, "Applied field: the sum of what is given here"},
    {"field.uniform", HF_QUANTITIES, "A/m|T", "", "", 3, "Constant applied field (x, y, z); in T it is mu0 H"},
    {"field.table", HF_TEXT, "file", "", "", 0,
     "File with lines `t Hx Hy Hz` (s, A/m), interpolated linearly, constant before and after; # starts a comment. Time steps end at its times"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

typedef struct {
  PetscReal uniform[3], H[3]; /* H: now */
  HfTimeTable table;          /* NULL: none */
  PetscBool given;
} Zeeman;

void HfAppliedFieldSettings(HfNode node, const char *key, PetscReal H[3]) {
  for (PetscInt c = 0; c < 3; ++c) H[c] = HfRealAt(node, key, c) / (HfUnitIndex(node, key) ? HF_MU0 : 1);
}

static PetscErrorCode settings(HfTerm *term) {
  HfNode root = HfDeckRoot(term->film->deck), field = HfHas(root, "field") ? HfChild(root, "field") : NULL;
  Zeeman *zeeman;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&zeeman));
  term->state = zeeman;
  if (field && HfHas(field, "uniform")) {
    HfAppliedFieldSettings(field, "uniform", zeeman->uniform);
    for (PetscInt c = 0; c < 3; ++c)
      if (zeeman->uniform[c] != 0) zeeman->given = PETSC_TRUE;
  }
  if (field && HfHas(field, "table")) {
    PetscCall(HfTimeTableRead(term->film->deck, HfChild(field, "table"), 3, &zeeman->table));
    zeeman->given = PETSC_TRUE;
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(HfTerm *term) {
  PetscFunctionBeginUser;
  PetscCall(HfTimeTableDestroy(&((Zeeman *)term->state)->table));
  PetscCall(PetscFree(term->state));
  PetscFunctionReturn(0);
}

static PetscErrorCode region_settings(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active) {
  const Zeeman *zeeman = term->state;

  PetscFunctionBeginUser;
  p[0] = HF_MU0 * term->film->materials[region].Ms;
  *active = zeeman->given;
  PetscFunctionReturn(0);
}

static PetscErrorCode set_uniform_field(HfTerm *term, const PetscReal H[3]) {
  Zeeman *zeeman = term->state;

  PetscFunctionBeginUser;
  for (int c = 0; c < 3; ++c) zeeman->uniform[c] = H[c];
  zeeman->given = zeeman->table || H[0] != 0 || H[1] != 0 || H[2] != 0 ? PETSC_TRUE : PETSC_FALSE;
  for (PetscInt r = 0; r < term->film->n_regions; ++r) term->active[r] = zeeman->given;
  PetscFunctionReturn(0);
}

static void get_uniform_field(const HfTerm *term, PetscReal H[3]) {
  for (int c = 0; c < 3; ++c) H[c] = ((const Zeeman *)term->state)->uniform[c];
}

static PetscErrorCode prepare(HfTerm *term, PetscReal t, Vec m) {
  Zeeman *zeeman = term->state;
  PetscReal table[3] = {0, 0, 0};

  PetscFunctionBeginUser;
  if (zeeman->table) HfTimeTableAt(zeeman->table, t, table);
  for (int c = 0; c < 3; ++c) zeeman->H[c] = zeeman->uniform[c] + table[c];
  PetscFunctionReturn(0);
}

static PetscBool varies(const HfTerm *term) { return (PetscBool)(((const Zeeman *)term->state)->table != NULL); }

static PetscReal next_knot(const HfTerm *term, PetscReal t) {
  const Zeeman *zeeman = term->state;
  return zeeman->table ? HfTimeTableNextKnot(zeeman->table, t) : PETSC_INFINITY;
}

static PetscReal bend(const HfTerm *term, PetscReal t) {
  const Zeeman *zeeman = term->state;
  PetscReal change[3] = {0, 0, 0};

  if (zeeman->table) HfTimeTableBend(zeeman->table, t, change);
  return PetscSqrtReal(PetscSqr(change[0]) + PetscSqr(change[1]) + PetscSqr(change[2]));
}

HF_KERNEL static void field(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscInt n = span->n;
  const Zeeman *zeeman = term->state;
  const PetscReal x = zeeman->H[0], y = zeeman->H[1], z = zeeman->H[2];
  PetscReal *restrict Hx = span->H[0], *restrict Hy = span->H[1], *restrict Hz = span->H[2];

  HF_CELLS
  for (PetscInt k = 0; k < n; ++k) {
    Hx[k] += x;
    Hy[k] += y;
    Hz[k] += z;
  }
}

static PetscReal energy(const HfTerm *term, const PetscReal p[], const HfSpan *span) {
  const PetscReal *H = ((const Zeeman *)term->state)->H;
  PetscReal sum = 0;

  for (PetscInt k = 0; k < span->n; ++k) sum -= p[0] * (span->m[0][k] * H[0] + span->m[1][k] * H[1] + span->m[2][k] * H[2]);
  return sum;
}

static PetscReal largest_field(const HfTerm *term, PetscInt region, PetscReal from, PetscReal to) {
  const Zeeman *zeeman = term->state;
  const PetscReal *H = zeeman->uniform, uniform = PetscSqrtReal(H[0] * H[0] + H[1] * H[1] + H[2] * H[2]);

  return uniform + (zeeman->table ? HfTimeTableLargest(zeeman->table, from, to) : 0);
}

const HfTermType HfTermType_zeeman = {
    .name = "zeeman",
    .doc = "E = -mu0 Ms m.H with the applied field of the deck",
    .prefix = "",
    .keys = keys,
    .settings = settings,
    .destroy = destroy,
    .region_settings = region_settings,
    .prepare = prepare,
    .field = field,
    .energy = energy,
    .largest_field = largest_field,
    .varies = varies,
    .next_knot = next_knot,
    .bend = bend,
    .set_uniform_field = set_uniform_field,
    .get_uniform_field = get_uniform_field,
};
