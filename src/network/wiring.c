/* Wirings: the signed map B from nodes to pixels, and a search for a good one by simulated annealing (Kirkpatrick, Gelatt & Vecchi 1983).

   A candidate swaps what two nodes show, inverts the sign of one, or lets one show another pixel. It is accepted when the cost falls, or else with
   probability exp(-rise/T). T falls from the mean change of the cost by a candidate at the start to a small fraction of it. */
#include <hopfilm/network.h>

#define TRIALS 100   /* candidates whose mean change of the cost sets the temperatures */
#define HOT    0.3   /* first temperature relative to that mean */
#define COLD   3e-4  /* last temperature relative to it */
#define Z_STEP 64    /* entries per unit of the table of -ln Phi(z), which is */
#define Z_LOW  (-12) /* quadratic below this z */
#define Z_HIGH 8     /* and 0 above this one */

/* ---- the map ---- */

void HfWiringExpand(const HfWiring *wiring, const PetscReal x[], PetscReal V[]) {
  for (PetscInt k = 0; k < wiring->n_nodes; ++k) V[k] = wiring->sign[k] * x[wiring->pixel[k]];
}

void HfWiringReduce(const HfWiring *wiring, const PetscReal G_nodes[], PetscReal G[]) {
  const PetscInt n = wiring->n_nodes, m = wiring->n_pixels, *pixel = wiring->pixel;
  for (PetscInt e = 0; e < m * m; ++e) G[e] = 0.0;
  for (PetscInt k = 0; k < n; ++k)
    for (PetscInt l = 0; l < n; ++l) G[pixel[k] * m + pixel[l]] += wiring->sign[k] * wiring->sign[l] * G_nodes[k * n + l];
}

void HfWiringLinks(const HfWiring *wiring, const PetscReal node_links[], PetscReal links[]) {
  const PetscInt n = wiring->n_nodes, m = wiring->n_pixels, *pixel = wiring->pixel;
  for (PetscInt e = 0; e < m * m; ++e) links[e] = 0.0;
  for (PetscInt k = 0; k < n; ++k)
    for (PetscInt l = 0; l < n; ++l)
      if (pixel[k] != pixel[l]) links[pixel[k] * m + pixel[l]] += node_links[k * n + l];
}

/* ---- the cost of a wiring ---- */

struct HfAnneal_ {
  const HfWiringModel *model;
  HfAnnealOptions options;
  PetscInt n_patterns;
  const PetscReal *x;
  HfWiring now, best;
  PetscInt *shown;         /* [n_pixels] nodes that show each pixel */
  PetscReal *w, *variance; /* [n_pixels^2]; [n_pixels] s_i^2 */
  PetscReal *losses;       /* table of -ln Phi */
  PetscReal cost, best_cost, scale;
  PetscInt64 done;
};

static PetscErrorCode wiring_allocate(PetscInt n_nodes, PetscInt n_pixels, HfWiring *wiring) {
  PetscFunctionBeginUser;
  wiring->n_nodes = n_nodes;
  wiring->n_pixels = n_pixels;
  PetscCall(PetscMalloc2(n_nodes, &wiring->pixel, n_nodes, &wiring->sign));
  PetscFunctionReturn(0);
}

static void wiring_copy(const HfWiring *from, HfWiring *to) {
  memcpy(to->pixel, from->pixel, sizeof(*to->pixel) * (size_t)from->n_nodes);
  memcpy(to->sign, from->sign, sizeof(*to->sign) * (size_t)from->n_nodes);
}

static void weights(HfAnneal a, const HfWiring *wiring, const PetscReal G[]) {
  const HfWiringModel *model = a->model;
  const PetscInt n = wiring->n_pixels;

  memset(a->w, 0, sizeof(PetscReal) * (size_t)(n * n));
  memset(a->variance, 0, sizeof(PetscReal) * (size_t)n);
  for (PetscInt link = 0; link < model->n_links; ++link) {
    const PetscInt k = model->links[2 * link], l = model->links[2 * link + 1], i = wiring->pixel[k], j = wiring->pixel[l];
    const PetscReal w = wiring->sign[k] * wiring->sign[l] * (G[link] - a->options.xi * model->G0[link]);
    const PetscReal variance = PetscSqr(a->options.tolerance * model->G0[link]);

    if (i == j) continue;
    a->w[i * n + j] += w;
    a->w[j * n + i] += w;
    a->variance[i] += variance;
    a->variance[j] += variance;
  }
}

/* -ln Phi(z) */
static PetscReal loss(HfAnneal a, PetscReal z) {
  const PetscReal at = (z - Z_LOW) * Z_STEP;
  PetscInt k;

  if (z >= Z_HIGH) return 0.0;
  if (z <= Z_LOW) return a->losses[0] + 0.5 * (z * z - Z_LOW * Z_LOW);
  k = (PetscInt)at;
  return a->losses[k] + (at - (PetscReal)k) * (a->losses[k + 1] - a->losses[k]);
}

static PetscReal wiring_cost(HfAnneal a) {
  const PetscInt n = a->now.n_pixels;
  PetscReal cost = 0.0;

  for (PetscInt i = 0; i < n; ++i) {
    const PetscReal *w = a->w + i * n;
    PetscReal squares = 0.0;

    for (PetscInt j = 0; j < n; ++j) squares += w[j] * w[j];
    for (PetscInt p = 0; p < a->n_patterns; ++p) {
      const PetscReal *x = a->x + p * n;
      PetscReal right = 0.0;

      for (PetscInt j = 0; j < n; ++j) right += w[j] * x[j];
      right *= x[i];
      for (PetscInt k = 0; k < a->options.n_flips; ++k) {
        const PetscReal flipped = (PetscReal)a->options.flips[k] / (PetscReal)n;
        const PetscReal spread = 4.0 * flipped * (1.0 - flipped) * squares + a->variance[i];
        cost += loss(a, spread > 0.0 ? (1.0 - 2.0 * flipped) * right / PetscSqrtReal(spread) : (right > 0.0 ? Z_HIGH : Z_LOW));
      }
    }
  }
  return cost / (PetscReal)(a->n_patterns * a->options.n_flips);
}

/* ---- candidates ---- */
typedef struct {
  PetscInt n, nodes[2], pixel[2];
  PetscReal sign[2]; /* what the nodes showed before */
} Move;

static PetscInt below(PetscReal u, PetscInt bound) { return PetscMin((PetscInt)(u * (PetscReal)bound), bound - 1); }

static void show(HfAnneal a, PetscInt node, PetscInt pixel, PetscReal sign) {
  a->shown[a->now.pixel[node]]--;
  ++a->shown[pixel];
  a->now.pixel[node] = pixel;
  a->now.sign[node] = sign;
}

/* Half of the candidates swap two nodes, a quarter invert a sign, a quarter show another pixel. n = 0: nothing would change. */
static Move propose(HfAnneal a, const PetscReal u[4]) {
  const HfWiring *now = &a->now;
  const PetscInt k = below(u[1], now->n_nodes);
  Move move = {.n = 1, .nodes = {k, k}, .pixel = {now->pixel[k], 0}, .sign = {now->sign[k], 0.0}};

  if (u[0] < 0.5) {
    const PetscInt l = below(u[2], now->n_nodes);

    if (now->pixel[l] == now->pixel[k] && now->sign[l] == now->sign[k]) return (Move){.n = 0};
    move.n = 2;
    move.nodes[1] = l;
    move.pixel[1] = now->pixel[l];
    move.sign[1] = now->sign[l];
    show(a, k, move.pixel[1], move.sign[1]);
    show(a, l, move.pixel[0], move.sign[0]);
  } else if (u[0] < 0.75) {
    show(a, k, now->pixel[k], -now->sign[k]);
  } else {
    const PetscInt pixel = below(u[2], now->n_pixels);

    if (pixel == now->pixel[k] || a->shown[now->pixel[k]] == 1) return (Move){.n = 0};
    show(a, k, pixel, u[0] < 0.875 ? 1.0 : -1.0);
  }
  return move;
}

/* Tries a candidate and keeps it when the cost rises by at most `rise`. *change: the change of the cost by it, 0 for no candidate. */
static PetscErrorCode try(HfAnneal a, const PetscReal u[4], PetscReal rise, PetscReal *change) {
  const Move move = propose(a, u);
  const PetscReal *G;
  PetscReal cost;
  PetscBool keep;

  PetscFunctionBeginUser;
  *change = 0.0;
  if (!move.n) PetscFunctionReturn(0);
  PetscCall(a->model->change(a->model->context, &a->now, move.n, move.nodes, &G));
  weights(a, &a->now, G);
  cost = wiring_cost(a);
  *change = cost - a->cost;
  keep = *change <= rise ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(a->model->settle(a->model->context, keep));
  if (!keep) {
    for (PetscInt m = 0; m < move.n; ++m) show(a, move.nodes[m], move.pixel[m], move.sign[m]);
    PetscFunctionReturn(0);
  }
  a->cost = cost;
  if (cost < a->best_cost) {
    a->best_cost = cost;
    wiring_copy(&a->now, &a->best);
  }
  PetscFunctionReturn(0);
}

static void random_numbers(HfAnneal a, PetscInt64 index, PetscReal u[4]) {
  HfRandomUniform(a->options.seed, HF_STREAM_ANNEAL, a->options.start, index, 4, u);
}

PetscErrorCode HfAnnealAdvance(HfAnneal a, PetscInt64 candidates) {
  const PetscInt64 end = PetscMin(a->done + candidates, a->options.candidates);
  PetscReal u[4], change;

  PetscFunctionBeginUser;
  for (; a->done < end; ++a->done) {
    const PetscReal progress = (PetscReal)a->done / (PetscReal)a->options.candidates;
    const PetscReal temperature = a->scale * HOT * PetscPowReal(COLD / HOT, progress);

    random_numbers(a, TRIALS + a->now.n_nodes + a->done, u);
    PetscCall(try(a, u, -temperature * PetscLogReal(u[3]), &change));
  }
  PetscFunctionReturn(0);
}

/* ---- start and end ---- */

/* The nodes in random order show the pixels in turn, with random signs. */
static PetscErrorCode shuffle(HfAnneal a) {
  HfWiring *now = &a->now;
  PetscReal u[4];

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < now->n_nodes; ++k) {
    PetscInt other;

    random_numbers(a, TRIALS + k, u);
    other = below(u[0], k + 1);
    now->pixel[k] = now->pixel[other];
    now->pixel[other] = k % now->n_pixels;
    now->sign[k] = u[1] < 0.5 ? 1.0 : -1.0;
    a->shown[k % now->n_pixels]++;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfAnnealWeights(HfAnneal a, const HfWiring *wiring, PetscReal w[], PetscReal *cost) {
  const PetscReal *G;

  PetscFunctionBeginUser;
  PetscCall(a->model->change(a->model->context, wiring, -1, NULL, &G));
  weights(a, wiring, G);
  *cost = wiring_cost(a);
  if (w) PetscCall(PetscArraycpy(w, a->w, wiring->n_pixels * wiring->n_pixels));
  PetscFunctionReturn(0);
}

PetscErrorCode HfAnnealCreate(const HfWiringModel *model, PetscInt n_nodes, PetscInt n_pixels, PetscInt n_patterns, const PetscReal x[],
                              const HfAnnealOptions *options, HfAnneal *anneal) {
  PetscReal u[4], change, sum = 0.0;
  HfAnneal a;

  PetscFunctionBeginUser;
  PetscCheck(n_nodes >= n_pixels && options->n_flips > 0, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ, "%d nodes for %d pixels, %d numbers of flips",
             (int)n_nodes, (int)n_pixels, (int)options->n_flips);
  HfCite("kirkpatrick-1983");
  PetscCall(PetscNew(&a));
  *anneal = a;
  a->model = model;
  a->options = *options;
  a->n_patterns = n_patterns;
  a->x = x;
  PetscCall(wiring_allocate(n_nodes, n_pixels, &a->now));
  PetscCall(wiring_allocate(n_nodes, n_pixels, &a->best));
  PetscCall(PetscCalloc4(n_pixels, &a->shown, n_pixels * n_pixels, &a->w, n_pixels, &a->variance, (Z_HIGH - Z_LOW) * Z_STEP + 1, &a->losses));
  for (PetscInt k = 0; k < (Z_HIGH - Z_LOW) * Z_STEP + 1; ++k)
    a->losses[k] = -PetscLogReal(0.5 * erfc(-((PetscReal)Z_LOW + (PetscReal)k / Z_STEP) / PetscSqrtReal(2.0)));
  PetscCall(shuffle(a));
  PetscCall(HfAnnealWeights(a, &a->now, NULL, &a->cost));
  a->best_cost = a->cost;
  wiring_copy(&a->now, &a->best);
  for (PetscInt k = 0; k < TRIALS; ++k) {
    random_numbers(a, k, u);
    PetscCall(try(a, u, PETSC_MIN_REAL, &change));
    sum += PetscAbsReal(change);
  }
  a->scale = sum / TRIALS;
  PetscFunctionReturn(0);
}

PetscErrorCode HfAnnealDestroy(HfAnneal *anneal) {
  HfAnneal a = *anneal;

  PetscFunctionBeginUser;
  if (!a) PetscFunctionReturn(0);
  PetscCall(PetscFree2(a->now.pixel, a->now.sign));
  PetscCall(PetscFree2(a->best.pixel, a->best.sign));
  PetscCall(PetscFree4(a->shown, a->w, a->variance, a->losses));
  PetscCall(PetscFree(*anneal));
  PetscFunctionReturn(0);
}

PetscInt64 HfAnnealDone(HfAnneal a) { return a->done; }

PetscReal HfAnnealBest(HfAnneal a, const HfWiring **wiring) {
  if (wiring) *wiring = &a->best;
  return a->best_cost;
}
