/* Models for the step `wire`: the surrogate of the film (device.h), and the outer product of neighbours,

     G_kl = 1/n sum_p s_k s_l x[p][i(k)] x[p][i(l)]   on each link (k, l) of neighbouring nodes that show the pixels i(k), i(l) with the signs s. */
#include "wire_model.h"

static PetscErrorCode film_change(void *context, const HfWiring *wiring, PetscInt n, const PetscInt nodes[], const PetscReal **G) {
  HfWiringLearner *learner = context;

  PetscFunctionBeginUser;
  if (n < 0) {
    HfWiringExpand(wiring, learner->mean, learner->V);
    HfSurrogateSet(learner->surrogate, learner->V);
  }
  for (PetscInt k = 0; k < n; ++k)
    PetscCall(HfSurrogateChange(learner->surrogate, nodes[k], wiring->sign[nodes[k]] * learner->mean[wiring->pixel[nodes[k]]]));
  HfSurrogateLinks(learner->surrogate, NULL, NULL, G);
  PetscFunctionReturn(0);
}

static PetscErrorCode film_settle(void *context, PetscBool keep) {
  HfWiringLearner *learner = context;

  PetscFunctionBeginUser;
  if (keep)
    HfSurrogateKeep(learner->surrogate);
  else
    HfSurrogateUndo(learner->surrogate);
  PetscFunctionReturn(0);
}

/* The outer product on each link, as if it were read between its two nodes. */
static PetscErrorCode rule_change(void *context, const HfWiring *wiring, PetscInt n, const PetscInt nodes[], const PetscReal **G) {
  HfWiringLearner *learner = context;

  PetscFunctionBeginUser;
  for (PetscInt link = 0; link < learner->model.n_links; ++link) {
    const PetscInt k = learner->links[2 * link], l = learner->links[2 * link + 1];

    learner->G[link] = 0.0;
    for (PetscInt p = 0; p < learner->n_patterns; ++p)
      learner->G[link] += learner->x[p * learner->n + wiring->pixel[k]] * learner->x[p * learner->n + wiring->pixel[l]];
    learner->G[link] *= wiring->sign[k] * wiring->sign[l] / (PetscReal)learner->n;
  }
  *G = learner->G;
  PetscFunctionReturn(0);
}

static PetscErrorCode rule_settle(void *context, PetscBool keep) { return 0; }

PetscErrorCode HfWiringLearnerCreate(HfDevice device, PetscInt n_patterns, const PetscReal x[], PetscReal decay, HfWiringLearner *learner) {
  const PetscInt n = HfDeviceTerminals(device), n_nodes = HfDeviceWiring(device)->n_nodes;
  PetscReal share = 1.0, shares = 0.0;

  PetscFunctionBeginUser;
  *learner = (HfWiringLearner){.n_patterns = n_patterns, .n = n, .n_nodes = n_nodes, .x = x};
  PetscCall(PetscCalloc2(n, &learner->mean, n_nodes, &learner->V));
  for (PetscInt p = n_patterns - 1; p >= 0; --p, share *= decay) {
    for (PetscInt i = 0; i < n; ++i) learner->mean[i] += share * x[p * n + i];
    shares += share;
  }
  for (PetscInt i = 0; i < n; ++i) learner->mean[i] /= shares;
  PetscFunctionReturn(0);
}

PetscErrorCode HfWiringLearnerCheckFilm(HfScheduleCheck *check, HfNode node) {
  HfGrid grid = HfDeviceGrid(check->device);
  HfElectrodes electrodes = HfDeviceElectrodes(check->device);
  PetscBool odd = PETSC_FALSE;

  PetscFunctionBeginUser;
  for (PetscInt r = 0; grid && r < HfGridGetInfo(grid)->n_regions; ++r) {
    HfConductivitySettings conductor;

    HfConductivitySettingsRead(check->deck, r, &conductor);
    odd = (PetscBool)(odd || conductor.odd_in_m);
  }
  if (odd)
    PetscCall(
        HfDeckError(check->deck, node,
                    "wire: the conductivity depends on the sign of m (`gmr_ratio`), but the surrogate knows magnetoresistance that is even in m "
                    "alone; use `model: outer-product-neighbours`"));
  for (PetscInt k = 0; electrodes && k < HfElectrodesCount(electrodes); ++k) {
    if (HfElectrodesResistance(electrodes, k) > 0.0) {
      PetscCall(HfDeckError(check->deck, node,
                            "wire: electrode %s has a contact resistance, but the surrogate takes all contacts as ideal; leave out `resistance`, or "
                            "use `model: outer-product-neighbours`",
                            HfElectrodesName(electrodes, k)));
      break;
    }
    if (HfElectrodesFloating(electrodes, k)) {
      PetscCall(HfDeckError(check->deck, node, "wire: electrode %s floats, so that no voltage on it trains the film; leave it out of the film",
                            HfElectrodesName(electrodes, k)));
      break;
    }
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfWiringLearnerSetFilm(HfDevice device, PetscReal voltage, HfWiringLearner *learner) {
  PetscFunctionBeginUser;
  PetscCall(HfSurrogateCreate(device, voltage, &learner->surrogate));
  learner->model = (HfWiringModel){.context = learner, .change = film_change, .settle = film_settle};
  learner->model.n_links = HfSurrogateLinks(learner->surrogate, &learner->model.links, &learner->model.G0, NULL);
  PetscFunctionReturn(0);
}

PetscErrorCode HfWiringLearnerSetRule(HfDevice device, HfWiringLearner *learner) {
  const PetscInt n = learner->n_nodes;
  PetscInt count = 0;
  PetscReal *near;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * n, &near));
  PetscCall(HfDeviceNodeLinks(device, near));
  for (PetscInt k = 0; k < n * n; ++k) count += k / n < k % n && near[k] > 0.0;
  PetscCall(PetscCalloc3(2 * count, &learner->links, count, &learner->G, count, &learner->zeros));
  learner->model = (HfWiringModel){learner, count, learner->links, learner->zeros, rule_change, rule_settle};
  for (PetscInt k = 0, link = 0; k < n * n; ++k)
    if (k / n < k % n && near[k] > 0.0) {
      learner->links[2 * link] = k / n;
      learner->links[2 * link + 1] = k % n;
      ++link;
    }
  PetscCall(PetscFree(near));
  PetscFunctionReturn(0);
}

PetscErrorCode HfWiringLearnerDestroy(HfWiringLearner *learner) {
  PetscFunctionBeginUser;
  PetscCall(HfSurrogateDestroy(&learner->surrogate));
  PetscCall(PetscFree2(learner->mean, learner->V));
  PetscCall(PetscFree3(learner->links, learner->G, learner->zeros));
  PetscFunctionReturn(0);
}
