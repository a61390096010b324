/* Wiring: a pixel may drive several nodes, each with a sign. With B the signed map from nodes to pixels, node k showing pixel p(k) times s_k,

     V_nodes = B V_pixels,   G_pixels = B^T G_nodes B

   and whoever drives or reads the device speaks of pixels, its terminals. Without a wiring terminals are electrodes and B = 1. */
#include "device_impl.h"

#define NEAR 1.1 /* electrodes nearer than this many times the smallest distance are neighbours */

static const HfKey keys[] = {
    {"wiring", HF_INTS, NULL, "", "", 0,
     "Pixel, from 1, that each electrode shows, in the order of the electrodes, with the sign of its drive and read-out; may be written in rows of "
     "the lattice. A pattern then has one sign per pixel. One pixel per electrode when left out"},
    {"pixels", HF_INT, NULL, "", ">=2", 0,
     "Pixels of a pattern where `wiring` is left out: the electrodes show them in turn, until a step `wire` finds something better"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfWiringRegisterKeys(HfKeys table) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(table, "", keys));
  PetscFunctionReturn(0);
}

static PetscErrorCode identity(HfDevice d) {
  HfWiring *w = &d->wiring;

  PetscFunctionBeginUser;
  w->n_pixels = w->n_nodes;
  for (PetscInt k = 0; k < w->n_nodes; ++k) {
    w->pixel[k] = k;
    w->sign[k] = 1;
  }
  PetscFunctionReturn(0);
}

/* The electrodes show the pixels in turn. */
static PetscErrorCode in_turn(HfDevice d, HfNode root) {
  HfWiring *w = &d->wiring;
  const PetscInt64 pixels = HfInteger(root, "pixels");

  PetscFunctionBeginUser;
  if (pixels > w->n_nodes) {
    PetscCall(HfDeckError(d->deck, HfChild(root, "pixels"), "pixels: %" PetscInt64_FMT " pixels, but only %d electrodes to show them", pixels,
                          (int)w->n_nodes));
    PetscFunctionReturn(0);
  }
  w->n_pixels = (PetscInt)pixels;
  for (PetscInt k = 0; k < w->n_nodes; ++k) w->pixel[k] = k % w->n_pixels;
  PetscFunctionReturn(0);
}

/* Errors go to the deck; the wiring is of no use then. */
static PetscErrorCode read_wiring(HfDevice d, HfNode root) {
  HfWiring *w = &d->wiring;
  HfNode node = HfChild(root, "wiring");
  const PetscInt count = HfCount(root, "wiring"), errors = HfDeckErrorCount(d->deck);
  PetscInt most = 0, *shown;

  PetscFunctionBeginUser;
  if (count != w->n_nodes) {
    PetscCall(HfDeckError(d->deck, node, "wiring: %d pixel numbers for %d electrodes", (int)count, (int)w->n_nodes));
    w->n_pixels = 0;
    PetscFunctionReturn(0);
  }
  PetscCall(PetscCalloc1(count, &shown));
  for (PetscInt k = 0; k < count; ++k) {
    const PetscInt64 signed_number = HfIntegerAt(root, "wiring", k), number = signed_number < 0 ? -signed_number : signed_number;

    if (number < 1 || number > count) {
      PetscCall(HfDeckError(d->deck, HfNodeItem(node, k),
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
    if (!shown[i]) PetscCall(HfDeckError(d->deck, node, "wiring: no electrode shows pixel %d of %d", (int)i + 1, (int)most));
  if (most == 1) PetscCall(HfDeckError(d->deck, node, "wiring: a network needs two pixels"));
  w->n_pixels = HfDeckErrorCount(d->deck) > errors ? 0 : most; /* patterns are not held against a wrong wiring */
  PetscCall(PetscFree(shown));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceWiringCreate(HfDevice d) {
  HfNode root = HfDeckRoot(d->deck);
  const PetscInt n = HfElectrodesCount(d->electrodes);

  PetscFunctionBeginUser;
  d->wiring.n_nodes = n;
  PetscCall(PetscMalloc4(n, &d->wiring.pixel, n, &d->wiring.sign, n, &d->node_V, n * n, &d->node_G));
  PetscCall(identity(d));
  if (HfHas(root, "wiring") || HfHas(root, "pixels")) {
    d->wired = PETSC_TRUE;
    if (HfHas(root, "wiring"))
      PetscCall(read_wiring(d, root));
    else
      PetscCall(in_turn(d, root));
    PetscCall(PetscCalloc1(d->wiring.n_pixels, &d->pixel_names));
    for (PetscInt i = 0; i < d->wiring.n_pixels; ++i) PetscCall(PetscSNPrintf(d->pixel_names[i], sizeof(d->pixel_names[i]), "%" PetscInt_FMT, i + 1));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceWiringDestroy(HfDevice d) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree4(d->wiring.pixel, d->wiring.sign, d->node_V, d->node_G));
  PetscCall(PetscFree(d->pixel_names));
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceSetWiring(HfDevice d, const PetscInt numbers[]) {
  HfWiring *w = &d->wiring;

  PetscFunctionBeginUser;
  PetscCheck(d->wired, HfGridComm(d->grid), PETSC_ERR_ARG_WRONGSTATE, "the device has no wiring, which sets its number of pixels");
  for (PetscInt k = 0; k < w->n_nodes; ++k) {
    const PetscInt number = numbers[k] < 0 ? -numbers[k] : numbers[k];

    PetscCheck(number >= 1 && number <= w->n_pixels, HfGridComm(d->grid), PETSC_ERR_ARG_OUTOFRANGE,
               "electrode %" PetscInt_FMT " shows pixel %" PetscInt_FMT " of %" PetscInt_FMT, k + 1, numbers[k], w->n_pixels);
    w->pixel[k] = number - 1;
    w->sign[k] = numbers[k] < 0 ? -1 : 1;
  }
  PetscFunctionReturn(0);
}

const PetscReal *HfNodeVoltages(HfDevice d, const PetscReal V[]) {
  if (!V || !d->wired) return V;
  HfWiringExpand(&d->wiring, V, d->node_V);
  return d->node_V;
}

void HfPixelConductance(HfDevice d, const PetscReal G_nodes[], PetscReal G[]) {
  const PetscInt n = d->wiring.n_nodes;

  if (d->wired)
    HfWiringReduce(&d->wiring, G_nodes, G);
  else
    memcpy(G, G_nodes, sizeof(PetscReal) * (size_t)(n * n));
}

/* Nearest neighbours among the electrodes: by place on a lattice, by distance in a free list. */
PetscErrorCode HfDeviceNodeLinks(HfDevice d, PetscReal links[]) {
  const PetscInt n = d->wiring.n_nodes, columns = HfElectrodesColumns(d->electrodes);
  PetscReal smallest = PETSC_MAX_REAL;

  PetscFunctionBeginUser;
  for (int pass = 0; pass < 2; ++pass) {
    for (PetscInt k = 0; k < n; ++k) {
      for (PetscInt l = 0; l < n; ++l) {
        PetscReal a[2], b[2], distance;

        HfElectrodesPosition(d->electrodes, k, a);
        HfElectrodesPosition(d->electrodes, l, b);
        distance = columns ? (PetscReal)(PetscAbsInt(k % columns - l % columns) + PetscAbsInt(k / columns - l / columns))
                           : PetscSqrtReal(PetscSqr(a[0] - b[0]) + PetscSqr(a[1] - b[1]));
        if (k != l) smallest = PetscMin(smallest, distance);
        links[k * n + l] = k != l && distance <= NEAR * smallest ? 1 : 0;
      }
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfDeviceLinks(HfDevice d, PetscReal links[]) {
  const PetscInt n = d->wiring.n_nodes;
  PetscReal *of_nodes;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * n, &of_nodes));
  PetscCall(HfDeviceNodeLinks(d, of_nodes));
  if (d->wired)
    HfWiringLinks(&d->wiring, of_nodes, links);
  else
    PetscCall(PetscArraycpy(links, of_nodes, n * n));
  PetscCall(PetscFree(of_nodes));
  PetscFunctionReturn(0);
}

PetscInt HfDeviceTerminals(HfDevice d) { return d->wiring.n_pixels; }
const char *HfDeviceTerminalName(HfDevice d, PetscInt k) { return d->wired ? d->pixel_names[k] : HfElectrodesName(d->electrodes, k); }
const HfWiring *HfDeviceWiring(HfDevice d) { return d->wired ? &d->wiring : NULL; }
