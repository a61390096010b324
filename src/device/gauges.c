/* Gauges: conductances read between two contacts that exist for the reading alone,

     G = I/V,  div(Sigma[m] grad phi) = 0,  phi = V on `from`, 0 on `to`,  no current through the rest of the rim, other electrodes included.

   So a film that is driven from left to right can also be read from top to bottom, over full edges, which would short-circuit a film that had all
   four contacts at once (Yu et al. 2021, Fig. 1). Every gauge has a potential of its own, which keeps its solution as the start of the next
   reading; it takes as much memory as the film's. */
#include "device_impl.h"

typedef struct {
  char name[64];
  HfElectrodes contacts;
  HfPotential potential;
} Gauge;

struct HfGauges_ {
  PetscInt n;
  Gauge *item;
};

static const HfKey keys[] = {
    {"gauges", HF_LIST, NULL, "", "", 0,
     "Conductances read at every probe between two contacts that exist for the reading alone, while all other contacts insulate"},
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

PetscInt HfGaugesSettingsCount(HfDeck deck) {
  HfNode root = HfDeckRoot(deck);
  return HfHas(root, "gauges") ? HfCount(root, "gauges") : 0;
}

static PetscErrorCode check_name(HfGauges gauges, PetscInt k, HfDeck deck, HfNode node) {
  const char *name = gauges->item[k].name;

  PetscFunctionBeginUser;
  if (!name[0] || strchr(name, '/') || !strcmp(name, "."))
    PetscCall(HfDeckError(deck, HfNodeFind(node, "name"), "\"%s\" cannot be the name of a gauge, because it names a dataset", name));
  for (PetscInt l = 0; l < k; ++l)
    if (!strcmp(name, gauges->item[l].name)) PetscCall(HfDeckError(deck, HfNodeFind(node, "name"), "two gauges are called %s", name));
  PetscFunctionReturn(0);
}

static PetscErrorCode gauge_settings(HfGauges gauges, PetscInt k, HfGrid grid, HfDeck deck) {
  HfNode node = HfItem(HfDeckRoot(deck), "gauges", k);
  const HfNode contacts[2] = {HfChild(node, "from"), HfChild(node, "to")};

  PetscFunctionBeginUser;
  PetscCall(PetscStrncpy(gauges->item[k].name, HfText(node, "name"), sizeof(gauges->item[k].name)));
  PetscCall(check_name(gauges, k, deck, node));
  PetscCall(HfElectrodesCreateFromNodes(grid, deck, node, 2, contacts, &gauges->item[k].contacts));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGaugesCreate(HfGrid grid, HfDeck deck, HfGauges *gauges) {
  PetscFunctionBeginUser;
  PetscCall(PetscNew(gauges));
  (*gauges)->n = HfGaugesSettingsCount(deck);
  PetscCall(PetscCalloc1((*gauges)->n, &(*gauges)->item));
  for (PetscInt k = 0; k < (*gauges)->n; ++k) PetscCall(gauge_settings(*gauges, k, grid, deck));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGaugesSetUp(HfGauges gauges, HfGrid grid, HfDeck deck) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < gauges->n; ++k) PetscCall(HfPotentialCreateFilm(grid, gauges->item[k].contacts, deck, &gauges->item[k].potential));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGaugesDestroy(HfGauges *gauges) {
  PetscFunctionBeginUser;
  if (!*gauges) PetscFunctionReturn(0);
  for (PetscInt k = 0; k < (*gauges)->n; ++k) {
    PetscCall(HfPotentialDestroy(&(*gauges)->item[k].potential));
    PetscCall(HfElectrodesDestroy(&(*gauges)->item[k].contacts));
  }
  PetscCall(PetscFree((*gauges)->item));
  PetscCall(PetscFree(*gauges));
  PetscFunctionReturn(0);
}

PetscErrorCode HfGaugesListCheckpoint(HfGauges gauges, HfCheckpointList list) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < gauges->n; ++k) {
    PetscCall(HfCheckpointListGroup(list, "gauge%" PetscInt_FMT, k));
    PetscCall(HfPotentialListCheckpoint(gauges->item[k].potential, list));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfGaugesCheckpointLoaded(HfGauges gauges) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < gauges->n; ++k) PetscCall(HfPotentialCheckpointLoaded(gauges->item[k].potential));
  PetscFunctionReturn(0);
}

/* ---- those of a device ---- */

PetscInt HfDeviceGaugeCount(HfDevice d) { return d->gauges ? d->gauges->n : 0; }
const char *HfDeviceGaugeName(HfDevice d, PetscInt k) { return d->gauges->item[k].name; }

PetscErrorCode HfDeviceGauge(HfDevice d, PetscInt k, PetscReal *G) {
  PetscReal matrix[4];

  PetscFunctionBeginUser;
  PetscCall(HfPotentialSetMagnetization(d->gauges->item[k].potential, d->m));
  PetscCall(HfConductance(d->gauges->item[k].potential, matrix));
  *G = matrix[0];
  PetscFunctionReturn(0);
}
