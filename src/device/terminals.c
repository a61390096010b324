/* The terminals of a device: what its voltages and conductances refer to. With a wiring each pixel of a pattern drives several electrodes (nodes), each
   with a sign. With B the signed map from nodes to pixels, node k showing pixel p(k) times s_k,

     V_nodes = B V_pixels,   G_pixels = B^T G_nodes B

   and the pixels are the terminals. Without a wiring the electrodes are, and B = 1. */
#include "device_impl.h"

#define NEAR 1.1 /* electrodes closer than this multiple of the smallest distance are neighbours */

struct HfTerminals_ {
  HfElectrodes electrodes;
  HfWiring wiring; /* the identity when not wired */
  PetscBool wired;
  PetscReal *V, *G;  /* scratch: voltages [n_nodes] and conductances [n_nodes*n_nodes] of the electrodes */
  char (*names)[16]; /* of the pixels, when wired */
};

static const HfKey keys[] = {
    {"wiring", HF_INTS, NULL, "", "", 0,
     "Pixel, counted from 1, that each electrode shows, in the order of the electrodes; a minus sign inverts its drive and read-out. May be written "
     "in "
     "rows of the lattice. Patterns then have one sign per pixel. When left out, every electrode is a pixel"},
    {"pixels", HF_INT, NULL, "", ">=2", 0,
     "Number of pixels of a pattern where `wiring` is left out: the electrodes show them in turn until a step `wire` finds a better wiring"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfTerminalsRegisterKeys(HfKeys table) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(table, "", keys));
  PetscFunctionReturn(0);
}

static void set_identity(HfWiring *w) {
  w->n_pixels = w->n_nodes;
  for (PetscInt k = 0; k < w->n_nodes; ++k) {
    w->pixel[k] = k;
    w->sign[k] = 1;
  }
}

/* Key `pixels`: the electrodes show the pixels in turn. */
static PetscErrorCode pixels_settings(HfDeck deck, HfWiring *w) {
  HfNode root = HfDeckRoot(deck);
  const PetscInt64 pixels = HfInteger(root, "pixels");

  PetscFunctionBeginUser;
  if (pixels > w->n_nodes) {
    PetscCall(HfDeckError(deck, HfChild(root, "pixels"), "pixels: %" PetscInt64_FMT " pixels, but only %d electrodes to show them", pixels,
                          (int)w->n_nodes));
    PetscFunctionReturn(0);
  }
  w->n_pixels = (PetscInt)pixels;
  for (PetscInt k = 0; k < w->n_nodes; ++k) w->pixel[k] = k % w->n_pixels;
  PetscFunctionReturn(0);
}

/* Key `wiring`. With errors there are no pixels, so that patterns are not checked against a wrong number of them. */
static PetscErrorCode wiring_settings(HfDeck deck, HfWiring *w) {
  HfNode root = HfDeckRoot(deck), node = HfChild(root, "wiring");
  const PetscInt count = HfCount(root, "wiring"), errors = HfDeckErrorCount(deck);
  PetscInt most = 0, *shown;

  PetscFunctionBeginUser;
  if (count != w->n_nodes) {
    PetscCall(HfDeckError(deck, node, "wiring: %d pixel numbers for %d electrodes", (int)count, (int)w->n_nodes));
    w->n_pixels = 0;
    PetscFunctionReturn(0);
  }
  PetscCall(PetscCalloc1(count, &shown));
  for (PetscInt k = 0; k < count; ++k) {
    const PetscInt64 signed_number = HfIntegerAt(root, "wiring", k), number = signed_number < 0 ? -signed_number : signed_number;

    if (number < 1 || number > count) {
      PetscCall(HfDeckError(deck, HfNodeItem(node, k),
                            "wiring: pixels are numbered from 1 to at most the number of electrodes, %d, with a sign; found %" PetscInt64_FMT,
                            (int)count, signed_number));
      continue;
    }
    w->pixel[k] = (PetscInt)number - 1;
    w->sign[k] = signed_number < 0 ? -1 : 1;
    most = PetscMax(most, (PetscInt)number);
    ++shown[number - 1];
  }
  for (PetscInt i = 0; i < most; ++i)
    if (!shown[i]) PetscCall(HfDeckError(deck, node, "wiring: no electrode shows pixel %d of %d", (int)i + 1, (int)most));
  if (most == 1) PetscCall(HfDeckError(deck, node, "wiring: a network needs at least two pixels"));
  w->n_pixels = HfDeckErrorCount(deck) > errors ? 0 : most;
  PetscCall(PetscFree(shown));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_settings(HfDeck deck, HfWiring *w, PetscBool *wired) {
  HfNode root = HfDeckRoot(deck);

  PetscFunctionBeginUser;
  *wired = (PetscBool)(HfHas(root, "wiring") || HfHas(root, "pixels"));
  set_identity(w);
  if (HfHas(root, "wiring") && HfHas(root, "pixels"))
    PetscCall(HfDeckError(deck, HfChild(root, "pixels"), "pixels has no effect beside `wiring`, which names the pixels; leave it out"));
  if (HfHas(root, "wiring"))
    PetscCall(wiring_settings(deck, w));
  else if (HfHas(root, "pixels"))
    PetscCall(pixels_settings(deck, w));
  PetscFunctionReturn(0);
}

PetscErrorCode HfTerminalsCreate(HfDeck deck, HfElectrodes electrodes, HfTerminals *terminals) {
  const PetscInt n = HfElectrodesCount(electrodes);
  HfTerminals t;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&t));
  *terminals = t;
  t->electrodes = electrodes;
  t->wiring.n_nodes = n;
  PetscCall(PetscMalloc4(n, &t->wiring.pixel, n, &t->wiring.sign, n, &t->V, n * n, &t->G));
  PetscCall(read_settings(deck, &t->wiring, &t->wired));
  if (t->wired) {
    PetscCall(PetscCalloc1(t->wiring.n_pixels, &t->names));
    for (PetscInt i = 0; i < t->wiring.n_pixels; ++i) PetscCall(PetscSNPrintf(t->names[i], sizeof(t->names[i]), "%" PetscInt_FMT, i + 1));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfTerminalsDestroy(HfTerminals *terminals) {
  HfTerminals t = *terminals;

  PetscFunctionBeginUser;
  if (!t) PetscFunctionReturn(0);
  PetscCall(PetscFree4(t->wiring.pixel, t->wiring.sign, t->V, t->G));
  PetscCall(PetscFree(t->names));
  PetscCall(PetscFree(*terminals));
  PetscFunctionReturn(0);
}

const PetscReal *HfTerminalsNodeVoltages(HfTerminals t, const PetscReal V[]) {
  if (!V || !t->wired) return V;
  HfWiringExpand(&t->wiring, V, t->V);
  return t->V;
}

void HfTerminalsConductance(HfTerminals t, const PetscReal G_nodes[], PetscReal G[]) {
  const PetscInt n = t->wiring.n_nodes;

  if (t->wired)
    HfWiringReduce(&t->wiring, G_nodes, G);
  else
    memcpy(G, G_nodes, sizeof(PetscReal) * (size_t)(n * n));
}

PetscReal *HfTerminalsWork(HfTerminals t) { return t->G; }

/* ---- those of a device ---- */

PetscInt HfDeviceTerminals(HfDevice d) { return d->terminals ? d->terminals->wiring.n_pixels : 0; }

const char *HfDeviceTerminalName(HfDevice d, PetscInt k) { return d->terminals->wired ? d->terminals->names[k] : HfElectrodesName(d->electrodes, k); }

const HfWiring *HfDeviceWiring(HfDevice d) { return d->terminals && d->terminals->wired ? &d->terminals->wiring : NULL; }

PetscErrorCode HfDeviceSetWiring(HfDevice d, const PetscInt numbers[]) {
  HfWiring *w = &d->terminals->wiring;

  PetscFunctionBeginUser;
  PetscCheck(d->terminals->wired, HfGridComm(d->grid), PETSC_ERR_ARG_WRONGSTATE, "the device has no wiring, which sets its number of pixels");
  for (PetscInt k = 0; k < w->n_nodes; ++k) {
    const PetscInt number = numbers[k] < 0 ? -numbers[k] : numbers[k];

    PetscCheck(number >= 1 && number <= w->n_pixels, HfGridComm(d->grid), PETSC_ERR_ARG_OUTOFRANGE,
               "electrode %" PetscInt_FMT " shows pixel %" PetscInt_FMT " of %" PetscInt_FMT, k + 1, numbers[k], w->n_pixels);
    w->pixel[k] = number - 1;
    w->sign[k] = numbers[k] < 0 ? -1 : 1;
  }
  PetscFunctionReturn(0);
}

/* Distance in steps along the lattice, or in m in a free list. */
static PetscReal node_distance(HfElectrodes electrodes, PetscInt columns, PetscInt k, PetscInt l) {
  PetscReal a[2], b[2];

  if (columns) return (PetscReal)(PetscAbsInt(k % columns - l % columns) + PetscAbsInt(k / columns - l / columns));
  HfElectrodesPosition(electrodes, k, a);
  HfElectrodesPosition(electrodes, l, b);
  return PetscSqrtReal(PetscSqr(a[0] - b[0]) + PetscSqr(a[1] - b[1]));
}

PetscErrorCode HfDeviceNodeLinks(HfDevice d, PetscReal links[]) {
  const PetscInt n = HfElectrodesCount(d->electrodes), columns = HfElectrodesColumns(d->electrodes);
  PetscReal smallest = PETSC_MAX_REAL;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < n; ++k)
    for (PetscInt l = 0; l < k; ++l) smallest = PetscMin(smallest, node_distance(d->electrodes, columns, k, l));
  for (PetscInt k = 0; k < n; ++k)
    for (PetscInt l = 0; l < n; ++l) links[k * n + l] = k != l && node_distance(d->electrodes, columns, k, l) <= NEAR * smallest ? 1 : 0;
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceLinks(HfDevice d, PetscReal links[]) {
  const PetscInt n = HfElectrodesCount(d->electrodes);
  PetscReal *of_nodes;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * n, &of_nodes));
  PetscCall(HfDeviceNodeLinks(d, of_nodes));
  if (d->terminals->wired)
    HfWiringLinks(&d->terminals->wiring, of_nodes, links);
  else
    PetscCall(PetscArraycpy(links, of_nodes, n * n));
  PetscCall(PetscFree(of_nodes));
  PetscFunctionReturn(0);
}
