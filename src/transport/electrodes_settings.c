/* Sections `electrodes` and `misplacement` of the deck, and contacts of gauges: electrodes one by one or as a lattice, and every check that needs the grid.

   An imperfect device has its electrodes elsewhere than planned (section `misplacement`): each centre is shifted along x and y by Gaussian numbers that
   depend on the seed and on the electrode's number alone. Film and gold share the electrodes; contacts of gauges stay where they are.

   A vertex belongs to an electrode when it is a corner of a conducting cell and lies in the electrode's shape, up to a hundredth of a cell: elements with
   sides shorter than that would spoil the solver's convergence. Cells that the outline of an electrode cuts: cut_cells.c. */
#include "transport_impl.h"

static const PetscReal HELD = 0.01; /* of a cell: a vertex nearer than this to the shape of an electrode belongs to it */

static const HfKey electrode_keys[] = {
    {"electrodes", HF_LIST, NULL, "", "", 0, "Contacts: patches of the film held at one potential each"},
    {"electrodes[].name", HF_TEXT, NULL, "", "", 0, "Name; the running number when left out. A lattice adds its own running number"},
    {"electrodes[].shape", HF_TYPE, "shape", NULL, "", 0, "Outline of the patch, about `at`"},
    {"electrodes[].at", HF_QUANTITIES, "m", "[0 m, 0 m]", "", 2, "Where the centre of the shape, or of the lattice, lies"},
    {"electrodes[].lattice", HF_SECTION, NULL, "", "", 0,
     "Copies of the electrode row by row, the top row first, from left to right, centred on `at`"},
    {"electrodes[].lattice.columns", HF_INT, NULL, NULL, ">0", 0, "Electrodes in a row"},
    {"electrodes[].lattice.rows", HF_INT, NULL, NULL, ">0", 0, "Rows"},
    {"electrodes[].lattice.pitch", HF_QUANTITIES, "m", NULL, ">0", 2, "Distance between neighbours along x and y"},
    {"electrodes[].resistance", HF_QUANTITY, "ohm", "0 ohm", ">=0", 0, "Contact resistance, in series with the ideal contact"},
    {"electrodes[].floating", HF_BOOL, NULL, "false", "", 0, "Connected to nothing: one potential, no net current"},
    {"misplacement", HF_SECTION, NULL, "", "", 0, "Electrodes that are not quite where they should be, as in a real device"},
    {"misplacement.by", HF_QUANTITY, "m", NULL, ">=0", 0, "Standard deviation of the shift of every electrode along x and along y (Gaussian)"},
    {"misplacement.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the shifts"},
    {"contact:", HF_SECTION, NULL, "", "", 0, "An ideal contact: a patch of the film held at one potential"},
    {"contact:shape", HF_TYPE, "shape", NULL, "", 0, "Outline of the patch, about `at`"},
    {"contact:at", HF_QUANTITIES, "m", "[0 m, 0 m]", "", 2, "Where the centre of the shape lies"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfElectrodesRegisterKeys(HfKeys keys) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(keys, "", electrode_keys));
  PetscFunctionReturn(0);
}

/* One entry of the list, or one contact: an electrode, or a lattice of them. */
typedef struct {
  HfNode node; /* its place in the deck */
  HfShape shape;
  PetscReal at[2], pitch[2];
  PetscInt64 columns, rows; /* 1 x 1 without a lattice */
  PetscBool is_lattice, is_floating;
  PetscReal resistance;
  char name[HF_ELECTRODE_NAME]; /* "": the running number */
} Entry;

static void lattice_settings(HfNode item, Entry *entry) {
  HfNode lattice = HfHas(item, "lattice") ? HfChild(item, "lattice") : NULL;

  entry->is_lattice = (PetscBool)(lattice != NULL);
  entry->columns = lattice ? HfInteger(lattice, "columns") : 1; /* of 31 bits */
  entry->rows = lattice ? HfInteger(lattice, "rows") : 1;
  for (int d = 0; d < 2; ++d) entry->pitch[d] = lattice ? HfRealAt(lattice, "pitch", d) : 0;
}

/* What a plain contact has no key for is that of an ideal one; a contact that stands under a name in the deck is called by it. */
static PetscErrorCode entry_settings(HfDeck deck, HfNode item, Entry *entry) {
  PetscFunctionBeginUser;
  *entry = (Entry){.node = item};
  PetscCall(HfShapeCreate(deck, HfChild(item, "shape"), &entry->shape));
  lattice_settings(item, entry);
  for (int d = 0; d < 2; ++d) entry->at[d] = HfRealAt(item, "at", d);
  if (HfHas(item, "resistance")) entry->resistance = HfReal(item, "resistance");
  if (HfHas(item, "floating")) entry->is_floating = HfFlag(item, "floating");
  if (HfNodeName(item)[0])
    PetscCall(PetscStrncpy(entry->name, HfNodeName(item), sizeof(entry->name)));
  else if (HfHas(item, "name"))
    PetscCall(PetscStrncpy(entry->name, HfText(item, "name"), sizeof(entry->name)));
  PetscFunctionReturn(0);
}

PetscReal HfElectrodesSettingsCount(HfDeck deck) {
  HfNode root = HfDeckRoot(deck);
  PetscReal n = 0;

  for (PetscInt i = 0; HfHas(root, "electrodes") && i < HfCount(root, "electrodes"); ++i) {
    Entry entry;

    lattice_settings(HfItem(root, "electrodes", i), &entry);
    n += (PetscReal)entry.columns * (PetscReal)entry.rows;
  }
  return n;
}

/* Electrode k is copy c of an entry. */
static PetscErrorCode place(HfElectrodes e, PetscInt k, const Entry *entry, PetscInt c) {
  const PetscInt column = c % (PetscInt)entry->columns, row = c / (PetscInt)entry->columns;

  PetscFunctionBeginUser;
  e->resistance[k] = entry->resistance;
  e->floating[k] = entry->is_floating;
  for (int d = 0; d < 2; ++d) e->positions[k][d] = entry->at[d];
  if (entry->is_lattice) {
    e->positions[k][0] += ((PetscReal)column - 0.5 * (PetscReal)(entry->columns - 1)) * entry->pitch[0];
    e->positions[k][1] -= ((PetscReal)row - 0.5 * (PetscReal)(entry->rows - 1)) * entry->pitch[1];
  }
  if (!entry->name[0])
    PetscCall(PetscSNPrintf(e->names[k], HF_ELECTRODE_NAME, "%" PetscInt_FMT, k + 1));
  else if (entry->is_lattice)
    PetscCall(PetscSNPrintf(e->names[k], HF_ELECTRODE_NAME, "%s%" PetscInt_FMT, entry->name, c + 1));
  else
    PetscCall(PetscStrncpy(e->names[k], entry->name, HF_ELECTRODE_NAME));
  PetscFunctionReturn(0);
}

/* The vertices among first .. last, `step` apart, that may lie between low and high, a step of safety included. */
static void near(PetscReal low, PetscReal high, PetscReal step, PetscInt first, PetscInt last, PetscInt *from, PetscInt *to) {
  const PetscReal a = floor(low / step) - 1, b = ceil(high / step) + 1;

  *from = a > (PetscReal)first ? (PetscInt)PetscMin(a, (PetscReal)last + 1) : first; /* not-a-number: all of them */
  *to = b < (PetscReal)last ? (PetscInt)PetscMax(b, (PetscReal)first - 1) : last;
}

/* Vertices in each electrode (all ranks), and for each the first other electrode that holds one of its vertices (n: none). */
static PetscErrorCode mark_vertices(HfElectrodes e, const Entry *const of[], PetscInt counts[], PetscInt overlaps[]) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  const PetscReal tolerance = HELD * PetscMin(g->dx, g->dy);
  PetscMPIInt n;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < e->n; ++k) {
    PetscReal low[2], high[2];
    PetscInt from[2], to[2];

    overlaps[k] = e->n;
    HfShapeBox(of[k]->shape, low, high);
    near(low[0] + e->positions[k][0] - g->x0, high[0] + e->positions[k][0] - g->x0, g->dx, 0, g->nx, &from[0], &to[0]);
    near(low[1] + e->positions[k][1] - g->y0, high[1] + e->positions[k][1] - g->y0, g->dy, g->ys, g->ys + e->n_rows - 1, &from[1], &to[1]);
    for (PetscInt j = from[1]; j <= to[1]; ++j) {
      for (PetscInt i = from[0]; i <= to[0]; ++i) {
        int16_t *owner = &e->vertices[(j - g->ys) * (g->nx + 1) + i];
        const PetscReal x = g->x0 + (PetscReal)i * g->dx - e->positions[k][0], y = g->y0 + (PetscReal)j * g->dy - e->positions[k][1];

        if (!HfVertexConducts(e, i, j) || !HfShapeContains(of[k]->shape, x, y, tolerance)) continue;
        ++counts[k];
        if (*owner >= 0)
          overlaps[k] = PetscMin(overlaps[k], *owner);
        else
          *owner = (int16_t)k;
      }
    }
  }
  PetscCall(PetscMPIIntCast(e->n, &n));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, counts, n, MPIU_INT, MPI_SUM, HfGridComm(e->grid)));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, overlaps, n, MPIU_INT, MPI_MIN, HfGridComm(e->grid)));
  PetscFunctionReturn(0);
}

/* of[k]: the entry of electrode k */
static PetscErrorCode check(HfElectrodes e, const Entry *const of[], HfDeck deck, HfNode where) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  PetscInt *counts, *overlaps, n_driven = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(e->n, &counts, e->n, &overlaps));
  PetscCall(mark_vertices(e, of, counts, overlaps));
  for (PetscInt k = 0; k < e->n; ++k) {
    const PetscReal x = e->positions[k][0], y = e->positions[k][1];
    const PetscBool outside = (PetscBool)(PetscAbsReal(x) > -g->x0 * (1 + 1e-9) || PetscAbsReal(y) > -g->y0 * (1 + 1e-9));

    n_driven += !e->floating[k];
    if (!counts[k] && outside)
      PetscCall(HfDeckError(deck, of[k]->node, "electrode %s at (%g, %g) m is off the film, which ends at x = %g, y = %g m", e->names[k], (double)x,
                            (double)y, (double)-g->x0, (double)-g->y0));
    else if (!counts[k])
      PetscCall(HfDeckError(deck, of[k]->node,
                            "electrode %s at (%g, %g) m covers no vertex of the film: it lies in the void or is smaller than a cell", e->names[k],
                            (double)x, (double)y));
    if (overlaps[k] < e->n) PetscCall(HfDeckError(deck, of[k]->node, "electrodes %s and %s overlap", e->names[overlaps[k]], e->names[k]));
    for (PetscInt l = 0; l < k; ++l) {
      PetscBool same;
      PetscCall(PetscStrcmp(e->names[k], e->names[l], &same));
      if (!same) continue;
      PetscCall(HfDeckError(deck, of[k]->node, "two electrodes are called %s", e->names[k]));
      break;
    }
  }
  if (n_driven < 2)
    PetscCall(HfDeckError(deck, where, "%s: a current needs two electrodes that are not floating",
                          n_driven ? "only one driven electrode" : "no driven electrode"));
  PetscCall(PetscFree2(counts, overlaps));
  PetscFunctionReturn(0);
}

static PetscErrorCode check_islands(HfElectrodes e, HfDeck deck) {
  HfNode film = HfChild(HfDeckRoot(deck), "film"), shape = HfChild(film, "shape");
  PetscReal xy[2];
  PetscBool found;

  PetscFunctionBeginUser;
  PetscCall(HfIslandFind(e, &found, xy));
  if (found)
    PetscCall(HfDeckError(deck, shape ? shape : film, "island of film without contact: no driven electrode reaches the film at (%g, %g) m",
                          (double)xy[0], (double)xy[1]));
  PetscFunctionReturn(0);
}

/* What the film conducts, or does not, against expectation. */
static PetscErrorCode check_shape(HfElectrodes e, HfDeck deck) {
  HfNode film = HfChild(HfDeckRoot(deck), "film"), shape = HfChild(film, "shape");
  PetscInt n, other = 0;
  PetscReal xy[2];

  PetscFunctionBeginUser;
  PetscCall(HfPiecesFind(e));
  while (other < e->n && e->piece[other] == e->piece[0]) ++other;
  if (other < e->n)
    PetscCall(HfDeckWarn(deck, shape ? shape : film, "the film is in pieces: no current can flow between electrodes %s and %s, and G is 0 there",
                         e->names[0], e->names[other]));
  PetscCall(HfCornersCount(e, &n, xy));
  if (n)
    PetscCall(HfDeckWarn(deck, shape ? shape : film,
                         "cells touch at a corner alone, in %" PetscInt_FMT
                         " place(s), the first at (%g, %g) m: current flows through such a corner, exchange does not; widen the film there or cut it",
                         n, (double)xy[0], (double)xy[1]));
  PetscFunctionReturn(0);
}

/* Both sides of the seam of a periodic film are one place. */
static PetscErrorCode check_seam(HfElectrodes e, HfDeck deck, HfNode where) {
  PetscInt misfit;

  PetscFunctionBeginUser;
  PetscCall(HfSeamFindMisfit(e, &misfit));
  if (misfit >= 0)
    PetscCall(HfDeckError(
        deck, where,
        "electrode %s touches an edge of the film that is periodic, but not the same place at the opposite edge: there is one place on both "
        "sides; continue its shape there by a `union`",
        e->names[misfit]));
  PetscFunctionReturn(0);
}

static void shift_by_settings(HfElectrodes e, HfNode misplacement) {
  const PetscReal by = HfReal(misplacement, "by");
  const PetscInt64 seed = HfInteger(misplacement, "seed");

  for (PetscInt k = 0; k < e->n; ++k) {
    PetscReal g[2];

    HfRandomNormal(seed, HF_STREAM_ELECTRODES, 0, k, 2, g);
    for (int d = 0; d < 2; ++d) e->positions[k][d] += by * g[d];
  }
}

static PetscErrorCode cut_cells(HfElectrodes e, const Entry *const of[]) {
  HfShape *shapes;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(e->n, &shapes));
  for (PetscInt k = 0; k < e->n; ++k) shapes[k] = of[k]->shape;
  PetscCall(HfCutCellsCreate(e, shapes));
  PetscCall(PetscFree(shapes));
  PetscFunctionReturn(0);
}

static PetscErrorCode create(HfGrid grid, HfDeck deck, HfNode where, PetscInt n_items, const HfNode items[], HfNode misplacement,
                             HfElectrodes *electrodes) {
  const PetscInt errors = HfDeckErrorCount(deck);
  Entry *entries;
  const Entry **of;
  PetscInt n = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(n_items, &entries));
  for (PetscInt i = 0; i < n_items; ++i) {
    PetscCall(entry_settings(deck, items[i], &entries[i]));
    n += (PetscInt)(entries[i].columns * entries[i].rows);
  }
  PetscCall(HfElectrodesAllocate(grid, n, electrodes));
  HfElectrodes e = *electrodes;
  if (n_items == 1 && entries[0].is_lattice) e->columns = (PetscInt)entries[0].columns;
  PetscCall(PetscMalloc1(n, &of));
  for (PetscInt i = 0, k = 0; i < n_items; ++i)
    for (PetscInt c = 0; c < entries[i].columns * entries[i].rows; ++c, ++k) {
      of[k] = &entries[i];
      PetscCall(place(e, k, of[k], c));
    }
  if (misplacement) shift_by_settings(e, misplacement);
  if (n_items && HfDeckErrorCount(deck) == errors) PetscCall(check(e, of, deck, where));
  if (n_items && HfDeckErrorCount(deck) == errors) PetscCall(check_seam(e, deck, where));
  if (n_items && HfDeckErrorCount(deck) == errors) PetscCall(check_islands(e, deck));
  if (n_items && HfDeckErrorCount(deck) == errors) PetscCall(check_shape(e, deck));
  if (HfDeckErrorCount(deck) == errors) PetscCall(cut_cells(e, of));
  for (PetscInt i = 0; i < n_items; ++i) PetscCall(HfShapeDestroy(&entries[i].shape));
  PetscCall(PetscFree(entries));
  PetscCall(PetscFree(of));
  PetscFunctionReturn(0);
}

PetscErrorCode HfElectrodesCreateFromNodes(HfGrid grid, HfDeck deck, HfNode where, PetscInt n, const HfNode nodes[], HfElectrodes *electrodes) {
  PetscFunctionBeginUser;
  PetscCall(create(grid, deck, where, n, nodes, NULL, electrodes));
  PetscFunctionReturn(0);
}

static PetscErrorCode create_by_settings(HfGrid grid, HfDeck deck, HfElectrodes *electrodes) {
  HfNode root = HfDeckRoot(deck), *items;
  const PetscInt n = HfHas(root, "electrodes") ? HfCount(root, "electrodes") : 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &items));
  for (PetscInt i = 0; i < n; ++i) items[i] = HfItem(root, "electrodes", i);
  PetscCall(
      create(grid, deck, HfChild(root, "electrodes"), n, items, HfHas(root, "misplacement") ? HfChild(root, "misplacement") : NULL, electrodes));
  PetscCall(PetscFree(items));
  PetscFunctionReturn(0);
}

PetscErrorCode HfElectrodesCreate(HfGrid grid, HfDeck deck, HfElectrodes *electrodes) {
  PetscFunctionBeginUser;
  PetscCall(create_by_settings(grid, deck, electrodes));
  PetscFunctionReturn(0);
}
