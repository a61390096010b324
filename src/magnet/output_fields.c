/* The effective field and its energy, term by term and cell by cell, for output.

     H_effective = sum of H_TERM (A/m),   e_total = sum of e_TERM (J/m^3);   the sum of e_TERM times the volume of a cell is the term's energy
   They are those of the state as time steps see it, in the same precision: what a step has just prepared is not computed again. */
#include "magnet_impl.h"

typedef struct {
  const HfTerm *term; /* NULL: all */
  PetscScalar *out;
} Output;

/* ---- names ---- */

static const HfTerm *find_term(HfMagnet magnet, const char name[]) {
  for (PetscInt k = 0; k < magnet->n_terms; ++k)
    if (!strcmp(magnet->terms[k].type->name, name)) return &magnet->terms[k];
  return NULL;
}

/* The term of H_TERM or e_TERM; *all: it is the sum of them. */
static const HfTerm *term_of(HfMagnet magnet, const char name[], PetscBool *all) {
  *all = (PetscBool)(!strcmp(name, "H_effective") || !strcmp(name, "e_total"));
  return *all ? NULL : find_term(magnet, name + 2);
}

PetscInt HfMagnetOutputComponents(HfMagnet magnet, const char name[]) {
  const PetscBool field = (PetscBool)!strncmp(name, "H_", 2);
  PetscBool all;

  if (!field && strncmp(name, "e_", 2) != 0) return 0;
  return term_of(magnet, name, &all) || all ? (field ? 3 : 1) : 0;
}

/* Whether the term can give the output in this film; `stored`: so can a field from outside. */
static PetscBool can_give(const HfTerm *term, PetscBool energy, PetscBool stored) {
  const HfTermType *type = term->type;

  if (type->draw || (energy && !type->energy)) return PETSC_FALSE;
  return (PetscBool)(HfTermActive(term) || type->set_uniform_field || (type->set_stored_field && stored));
}

PetscErrorCode HfMagnetOutputSettingsCheck(HfMagnet magnet, HfNode node, PetscBool stored) {
  const char *name = HfNodeText(node);
  const PetscBool energy = (PetscBool)(name[0] == 'e');
  const HfTerm *term;
  char active[512] = "";
  PetscBool all;

  PetscFunctionBeginUser;
  if (strncmp(name, "H_", 2) != 0 && strncmp(name, "e_", 2) != 0) PetscFunctionReturn(0);
  term = term_of(magnet, name, &all);
  if (all || (term && can_give(term, energy, stored))) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < magnet->n_terms; ++k) {
    if (!can_give(&magnet->terms[k], energy, stored)) continue;
    PetscCall(PetscStrlcat(active, ", ", sizeof active));
    PetscCall(PetscStrlcat(active, energy ? "e_" : "H_", sizeof active));
    PetscCall(PetscStrlcat(active, magnet->terms[k].type->name, sizeof active));
  }
  if (term && term->type->draw)
    PetscCall(HfDeckError(magnet->film.deck, node, "%s: the thermal field is drawn anew for every time step; there are %s%s", name,
                          energy ? "e_total" : "H_effective", active));
  else
    PetscCall(HfDeckError(magnet->film.deck, node, term ? "%s: the film has no such term; there are %s%s" : "%s: unknown term; there are %s%s", name,
                          energy ? "e_total" : "H_effective", active));
  PetscFunctionReturn(0);
}

/* ---- values ---- */

static PetscScalar *place(HfMagnet magnet, const HfRow *row, PetscInt dof, PetscScalar *out) {
  const HfGridInfo *g = HfGridGetInfo(magnet->film.grid);
  return out + dof * g->xm * (row->j - g->ys);
}

static void add_field(const HfTerm *term, PetscInt region, const HfSpan *span) {
  if (term->active[region]) (*term->type->field)(term, term->p[region], span);
}

static void visit_field(HfMagnet magnet, const HfRow *row, void *context) {
  const HfRowCells *cells = row->cells;
  const Output *output = context;
  HfGhosts ghosts;
  HfSpan span;

  if (output->term) {
    for (int c = 0; c < 3; ++c) memset(row->H[c] + cells->first, 0, sizeof(PetscReal) * (size_t)(cells->last - cells->first + 1));
    for (PetscInt k = 0; k < cells->n_spans; ++k) {
      HfSpanOfRun(row, &cells->spans[k], &span);
      add_field(output->term, cells->spans[k].region, &span);
    }
    for (PetscInt k = 0; k < cells->n_edges; ++k) {
      HfSpanOfEdge(row, &cells->edges[k], &ghosts, &span);
      add_field(output->term, cells->edges[k].region, &span);
    }
  } else
    HfRowField(magnet, row, PETSC_FALSE);
  HfRowJoin(cells->first, cells->last - cells->first + 1, row->H, place(magnet, row, 3, output->out));
}

/* The energy density of each cell of a span, to those of the row: kernels add up that of a span, here of one cell at a time. */
static void add_density(const HfTerm *term, PetscInt region, const HfSpan *span, PetscScalar row[]) {
  if (!HfTermHasEnergy(term) || !term->active[region]) return;
  for (PetscInt k = 0; k < span->n; ++k) {
    HfSpan cell = {.i = span->i + k, .j = span->j, .n = 1};

    for (int c = 0; c < 3; ++c) {
      cell.m[c] = span->m[c] + k;
      cell.south[c] = span->south[c] + k;
      cell.north[c] = span->north[c] + k;
      cell.H[c] = span->H[c] + k;
    }
    row[cell.i] += (*term->type->energy)(term, term->p[region], &cell);
  }
}

static void visit_density(HfMagnet magnet, const HfRow *row, void *context) {
  const HfRowCells *cells = row->cells;
  const Output *output = context;
  PetscScalar *to = place(magnet, row, 1, output->out);
  HfGhosts ghosts;
  HfSpan span;

  for (PetscInt t = 0; t < magnet->n_terms; ++t) {
    if (output->term && output->term != &magnet->terms[t]) continue;
    for (PetscInt k = 0; k < cells->n_spans; ++k) {
      HfSpanOfRun(row, &cells->spans[k], &span);
      add_density(&magnet->terms[t], cells->spans[k].region, &span, to);
    }
    for (PetscInt k = 0; k < cells->n_edges; ++k) {
      HfSpanOfEdge(row, &cells->edges[k], &ghosts, &span);
      add_density(&magnet->terms[t], cells->edges[k].region, &span, to);
    }
  }
}

PetscErrorCode HfMagnetOutput(HfMagnet magnet, const char name[], PetscReal t, Vec m, Vec v) {
  Output output;
  PetscBool current, all;

  PetscFunctionBeginUser;
  output.term = term_of(magnet, name, &all);
  PetscCall(HfFieldCacheIsCurrent(magnet, t, m, &current));
  PetscCall(VecZeroEntries(v));
  PetscCall(VecGetArray(v, &output.out));
  PetscCall(
      HfSweepRows(magnet, current ? HF_FIELD_CACHED : HF_FIELD_ALL, t, m, HF_KEEP_LENGTH, name[0] == 'e' ? visit_density : visit_field, &output));
  PetscCall(VecRestoreArray(v, &output.out));
  PetscFunctionReturn(0);
}
