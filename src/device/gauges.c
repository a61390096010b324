/* Gauges: conductances read between two contacts that are on the film for the reading alone,

     G = I/V,  div(Sigma[m] grad phi) = 0,  phi = V on `from`, 0 on `to`, no current through the rest of the rim, other electrodes included.
   So a film that is driven from left to right can also be read from top to bottom, over full edges, which would short-circuit a film that had all
   four contacts at once (Yu et al. 2021, Fig. 1). Every gauge has a potential of its own, which keeps its solution as the start of the next
   reading: it takes as much memory as the film's. */
#include "device_impl.h"
#include <string.h>

static const HfKey keys[] = {
    {"gauges", HF_LIST, NULL, "", "", 0,
     "Conductances read at every probe between two contacts that are there for the reading alone, all else insulating"},
    {"gauges[].name", HF_TEXT, NULL, NULL, "", 0, "Name, also of the dataset /gauges/<name>"},
    {"gauges[].from", HF_TYPE, "contact", NULL, "", 0, "The contact at which the current enters"},
    {"gauges[].to", HF_TYPE, "contact", NULL, "", 0, "The contact at which it leaves"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

PetscErrorCode HfGaugesRegisterKeys(HfKeys table) {
  PetscFunctionBeginUser;
  PetscCall(HfKeysAdd(table, "", keys));
  PetscFunctionReturn(0);
}

static PetscErrorCode check_name(HfDevice d, PetscInt k, HfNode node) {
  const char *name = d->gauges[k].name;

  PetscFunctionBeginUser;
  if (!name[0] || strchr(name, '/') || !strcmp(name, "."))
    PetscCall(HfDeckError(d->deck, HfNodeFind(node, "name"), "\"%s\" cannot be the name of a gauge, for it names a dataset", name));
  for (PetscInt l = 0; l < k; ++l)
    if (!strcmp(name, d->gauges[l].name)) PetscCall(HfDeckError(d->deck, HfNodeFind(node, "name"), "two gauges are called %s", name));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGaugesCreate(HfDevice d) {
  HfNode root = HfDeckRoot(d->deck);

  PetscFunctionBeginUser;
  if (!HfHas(root, "gauges")) PetscFunctionReturn(0);
  d->n_gauges = HfCount(root, "gauges");
  PetscCall(PetscCalloc1(d->n_gauges, &d->gauges));
  for (PetscInt k = 0; k < d->n_gauges; ++k) {
    HfNode node = HfItem(root, "gauges", k);
    const HfNode contacts[2] = {HfChild(node, "from"), HfChild(node, "to")};

    PetscCall(PetscStrncpy(d->gauges[k].name, HfText(node, "name"), sizeof(d->gauges[k].name)));
    PetscCall(check_name(d, k, node));
    PetscCall(HfElectrodesCreateFromNodes(d->grid, d->deck, node, 2, contacts, &d->gauges[k].contacts));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfGaugesSetUp(HfDevice d) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < d->n_gauges; ++k) PetscCall(HfPotentialCreateFilm(d->grid, d->gauges[k].contacts, d->deck, &d->gauges[k].potential));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGaugesDestroy(HfDevice d) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < d->n_gauges; ++k) {
    PetscCall(HfPotentialDestroy(&d->gauges[k].potential));
    PetscCall(HfElectrodesDestroy(&d->gauges[k].contacts));
  }
  PetscCall(PetscFree(d->gauges));
  PetscFunctionReturn(0);
}

PetscInt HfDeviceGaugeCount(HfDevice d) { return d->n_gauges; }
const char *HfDeviceGaugeName(HfDevice d, PetscInt k) { return d->gauges[k].name; }

PetscErrorCode HfDeviceGauge(HfDevice d, PetscInt k, PetscReal *G) {
  PetscReal matrix[4];

  PetscFunctionBeginUser;
  PetscCall(HfPotentialSetMagnetization(d->gauges[k].potential, d->m));
  PetscCall(HfConductance(d->gauges[k].potential, matrix));
  *G = matrix[0];
  PetscFunctionReturn(0);
}
