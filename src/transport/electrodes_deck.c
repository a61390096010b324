/* Electrodes from a deck: list `electrodes`, one by one or as a lattice, or any other set of contacts; every check that needs the grid.

   An imperfect device has its electrodes elsewhere than planned (section `misplacement`): each centre is moved along x and y by Gaussian numbers that
   depend on the seed and on the electrode's number alone. Film and gold share the electrodes; contacts of gauges stay where they are.

   A vertex belongs to an electrode when it is a corner of a film cell and lies in the electrode's shape, up to a millionth of a cell. */
#include "transport_impl.h"

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
    {"misplacement.by", HF_QUANTITY, "m", NULL, ">=0", 0,
     "Standard deviation of the shift of every electrode along x and along y (Gaussian); it is felt in steps of cells"},
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

static PetscInt64 copies(HfNode item) {
  HfNode lattice = HfChild(item, "lattice");
  return lattice ? HfInteger(lattice, "columns") * HfInteger(lattice, "rows") : 1; /* of 31 bits each */
}

PetscReal HfElectrodesOfDeck(HfDeck deck) {
  HfNode root = HfDeckRoot(deck);
  PetscReal n = 0;

  for (PetscInt i = 0; HfHas(root, "electrodes") && i < HfCount(root, "electrodes"); ++i) n += (PetscReal)copies(HfItem(root, "electrodes", i));
  return n;
}

/* Electrode k is copy c of an entry; what a plain contact has no key for is that of an ideal one. */
static PetscErrorCode place(HfElectrodes e, PetscInt k, HfNode item, HfShape shape, PetscInt c) {
  HfNode lattice = HfChild(item, "lattice");

  PetscFunctionBeginUser;
  e->nodes[k] = item;
  e->shapes[k] = shape;
  if (HfHas(item, "resistance")) e->resistance[k] = HfReal(item, "resistance");
  if (HfHas(item, "floating")) e->floating[k] = HfFlag(item, "floating");
  for (int d = 0; d < 2; ++d) e->positions[k][d] = HfRealAt(item, "at", d);
  if (lattice) {
    const PetscInt columns = (PetscInt)HfInteger(lattice, "columns"), rows = (PetscInt)HfInteger(lattice, "rows");
    e->positions[k][0] += ((PetscReal)(c % columns) - 0.5 * (PetscReal)(columns - 1)) * HfRealAt(lattice, "pitch", 0);
    e->positions[k][1] -= ((PetscReal)(c / columns) - 0.5 * (PetscReal)(rows - 1)) * HfRealAt(lattice, "pitch", 1);
  }
  if (HfNodeName(item)[0])
    PetscCall(PetscStrncpy(e->names[k], HfNodeName(item), HF_ELECTRODE_NAME));
  else if (!HfHas(item, "name"))
    PetscCall(PetscSNPrintf(e->names[k], HF_ELECTRODE_NAME, "%" PetscInt_FMT, k + 1));
  else if (lattice)
    PetscCall(PetscSNPrintf(e->names[k], HF_ELECTRODE_NAME, "%s%" PetscInt_FMT, HfText(item, "name"), c + 1));
  else
    PetscCall(PetscStrncpy(e->names[k], HfText(item, "name"), HF_ELECTRODE_NAME));
  PetscFunctionReturn(0);
}

/* The vertices among first .. last, `step` apart, that may lie between low and high, a step of safety included. */
static void near(PetscReal low, PetscReal high, PetscReal step, PetscInt first, PetscInt last, PetscInt *from, PetscInt *to) {
  const PetscReal a = floor(low / step) - 1, b = ceil(high / step) + 1;

  *from = a > (PetscReal)first ? (PetscInt)PetscMin(a, (PetscReal)last + 1) : first; /* not-a-number: all of them */
  *to = b < (PetscReal)last ? (PetscInt)PetscMax(b, (PetscReal)first - 1) : last;
}

/* Vertices in each electrode (all ranks), and for each the first other electrode that holds one of its vertices (n: none). */
static PetscErrorCode mark_vertices(HfElectrodes e, PetscInt counts[], PetscInt overlaps[]) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  const PetscReal tolerance = 1e-6 * PetscMin(g->dx, g->dy);
  PetscMPIInt n;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < e->n; ++k) {
    PetscReal low[2], high[2];
    PetscInt from[2], to[2];

    overlaps[k] = e->n;
    HfShapeBox(e->shapes[k], low, high);
    near(low[0] + e->positions[k][0] - g->x0, high[0] + e->positions[k][0] - g->x0, g->dx, 0, g->nx, &from[0], &to[0]);
    near(low[1] + e->positions[k][1] - g->y0, high[1] + e->positions[k][1] - g->y0, g->dy, g->ys, g->ys + e->n_rows - 1, &from[1], &to[1]);
    for (PetscInt j = from[1]; j <= to[1]; ++j) {
      for (PetscInt i = from[0]; i <= to[0]; ++i) {
        int16_t *owner = &e->vertices[(j - g->ys) * (g->nx + 1) + i];
        const PetscReal x = g->x0 + (PetscReal)i * g->dx - e->positions[k][0], y = g->y0 + (PetscReal)j * g->dy - e->positions[k][1];

        if (!HfVertexOfFilm(e->grid, i, j) || !HfShapeContains(e->shapes[k], x, y, tolerance)) continue;
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

static PetscErrorCode check(HfElectrodes e, HfDeck deck, HfNode where) {
  const HfGridInfo *g = HfGridGetInfo(e->grid);
  PetscInt *counts, *overlaps, n_driven = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(e->n, &counts, e->n, &overlaps));
  PetscCall(mark_vertices(e, counts, overlaps));
  for (PetscInt k = 0; k < e->n; ++k) {
    const PetscReal x = e->positions[k][0], y = e->positions[k][1];
    const PetscBool outside = (PetscBool)(PetscAbsReal(x) > -g->x0 * (1 + 1e-9) || PetscAbsReal(y) > -g->y0 * (1 + 1e-9));

    n_driven += !e->floating[k];
    if (!counts[k] && outside)
      PetscCall(HfDeckError(deck, e->nodes[k], "electrode %s at (%g, %g) m is off the film, which ends at x = %g, y = %g m", e->names[k], (double)x,
                            (double)y, (double)-g->x0, (double)-g->y0));
    else if (!counts[k])
      PetscCall(HfDeckError(deck, e->nodes[k],
                            "electrode %s at (%g, %g) m covers no vertex of the film: it lies in the void or is smaller than a cell", e->names[k],
                            (double)x, (double)y));
    if (overlaps[k] < e->n) PetscCall(HfDeckError(deck, e->nodes[k], "electrodes %s and %s overlap", e->names[overlaps[k]], e->names[k]));
    for (PetscInt l = 0; l < k; ++l) {
      PetscBool same;
      PetscCall(PetscStrcmp(e->names[k], e->names[l], &same));
      if (!same) continue;
      PetscCall(HfDeckError(deck, e->nodes[k], "two electrodes are called %s", e->names[k]));
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
  HfNode shape = HfNodeFind(HfDeckRoot(deck), "film.shape");
  PetscReal xy[2];
  PetscBool found;

  PetscFunctionBeginUser;
  PetscCall(HfIslandFind(e, &found, xy));
  if (found)
    PetscCall(HfDeckError(deck, shape ? shape : HfNodeFind(HfDeckRoot(deck), "film"),
                          "island of film without contact: no driven electrode reaches the film at (%g, %g) m", (double)xy[0], (double)xy[1]));
  PetscFunctionReturn(0);
}

static void misplace(HfElectrodes e, HfNode section) {
  for (PetscInt k = 0; k < e->n; ++k) {
    PetscReal g[2];

    HfRandomNormal(HfInteger(section, "seed"), HF_STREAM_ELECTRODES, 0, k, 2, g);
    for (int d = 0; d < 2; ++d) e->positions[k][d] += HfReal(section, "by") * g[d];
  }
}

static PetscErrorCode create(HfGrid grid, HfDeck deck, HfNode where, PetscInt n_items, const HfNode items[], HfNode misplacement,
                             HfElectrodes *electrodes) {
  const PetscInt errors = HfDeckErrorCount(deck);
  HfShape *shapes;
  PetscInt n = 0;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n_items; ++i) n += copies(items[i]);
  PetscCall(HfElectrodesAllocate(grid, n, electrodes));
  HfElectrodes e = *electrodes;
  PetscCall(PetscCalloc1(n_items, &shapes));
  for (PetscInt i = 0, k = 0; i < n_items; ++i) {
    PetscCall(HfShapeCreate(deck, HfChild(items[i], "shape"), &shapes[i]));
    for (PetscInt c = 0; c < copies(items[i]); ++c) PetscCall(place(e, k++, items[i], shapes[i], c));
  }
  if (misplacement) misplace(e, misplacement);
  if (n_items && HfDeckErrorCount(deck) == errors) PetscCall(check(e, deck, where));
  if (n_items && HfDeckErrorCount(deck) == errors) PetscCall(check_islands(e, deck));
  for (PetscInt i = 0; i < n_items; ++i) PetscCall(HfShapeDestroy(&shapes[i]));
  PetscCall(PetscFree(shapes));
  PetscCall(PetscFree2(e->shapes, e->nodes));
  PetscFunctionReturn(0);
}

PetscErrorCode HfElectrodesCreateFromNodes(HfGrid grid, HfDeck deck, HfNode where, PetscInt n, const HfNode nodes[], HfElectrodes *electrodes) {
  PetscFunctionBeginUser;
  PetscCall(create(grid, deck, where, n, nodes, NULL, electrodes));
  PetscFunctionReturn(0);
}

static PetscInt columns_settings(HfNode item) {
  HfNode lattice = HfChild(item, "lattice");
  return lattice ? (PetscInt)HfInteger(lattice, "columns") : 0;
}

PetscErrorCode HfElectrodesCreate(HfGrid grid, HfDeck deck, HfElectrodes *electrodes) {
  HfNode root = HfDeckRoot(deck), *items;
  const PetscInt n = HfHas(root, "electrodes") ? HfCount(root, "electrodes") : 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &items));
  for (PetscInt i = 0; i < n; ++i) items[i] = HfItem(root, "electrodes", i);
  PetscCall(
      create(grid, deck, HfNodeFind(root, "electrodes"), n, items, HfHas(root, "misplacement") ? HfChild(root, "misplacement") : NULL, electrodes));
  if (n == 1) (*electrodes)->columns = columns_settings(items[0]);
  PetscCall(PetscFree(items));
  PetscFunctionReturn(0);
}
