/* Which pixel should each node show, and with which sign, for the film to recall these patterns best? Simulated annealing over wirings on a surrogate of the
   film (device.h), from several random starts that the ranks share. The answer is found ex situ, by computation with the patterns known; what the film makes of it
   the steps after this one tell, since the device keeps the best wiring.
   A search is a function of (seed, start) alone, and the best is chosen by the recall that is forecast, then by cost, then by start: any number of ranks
   finds the same. With a limit on time the number of candidates depends on the machine. A run that was cut goes on after the last start that was finished. */
#include "../experiment_impl.h"
#include <time.h>

enum {
  SLICES = 20,
  CALIBRATION = 200,
  ATTEND = 10
}; /* lines of the log per start; candidates that measure their time; and between looks at what is asked */

static const HfKey keys[] = {
    {"wire", HF_SECTION, NULL, "", "", 0,
     "Searches, by simulated annealing on a surrogate of the film, for a wiring with which it would recall the patterns; the device keeps the best, "
     "and it is written to wiring-ITEM-1.yaml, ITEM the step's place in the schedule"},
    {"wire.patterns", HF_TEXTS, NULL, NULL, "", 0, "Names or literal patterns, in the order of training"},
    HF_DRIVE_KEYS("wire"),
    {"wire.model", HF_CHOICE, NULL, "film", "film|outer-product-neighbours", 0,
     "What learns: the surrogate of the film, or the outer product of neighbours, a control given the same freedom"},
    {"wire.xi", HF_NUMBER, NULL, "1.0025", ">0", 0, "xi of the weights G - xi G0 that are to recall"},
    {"wire.decay", HF_NUMBER, NULL, "0.9", "(0,1]", 0,
     "Weight of the pulse before the last one, and so on, in the mean that the texture follows; exp(-pulse/10 ns)"},
    {"wire.tolerance", HF_NUMBER, NULL, "0.002", ">=0", 0,
     "What the surrogate's conductance of a link may be wrong by, as a part of the saturated film's: a good wiring does not depend on it"},
    {"wire.flips", HF_INTS, NULL, "[1, 2, 4]", ">=0", 0, "Numbers of flipped pixels that recall is to mend"},
    {"wire.starts", HF_INT, NULL, "4", ">=1", 0, "Searches from different random wirings, shared among the ranks"},
    {"wire.candidates", HF_INT, NULL, "100000", ">=1", 0, "Candidates of each search"},
    {"wire.time", HF_QUANTITY, "s", "", ">0", 0, "Instead of `candidates`: about so much wall time for the whole; not reproducible"},
    {"wire.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Of the searches"},
    {"wire.samples", HF_INT, NULL, "100", ">=1", 0, "Noisy images per pattern and number of flips that forecast the recall of each search's best"},
    {"wire.keep", HF_INT, NULL, "3", ">=1", 0, "How many of the best wirings are written: wiring-ITEM-1.yaml is the best"},
    HF_KEYS_END,
};

static PetscErrorCode check(HfExperiment e, HfNode node) {
  const PetscInt n_patterns = HfCount(node, "patterns");

  PetscFunctionBeginUser;
  if (!n_patterns) PetscCall(HfDeckError(e->deck, HfChild(node, "patterns"), "no pattern to find a wiring for"));
  for (PetscInt p = 0; p < n_patterns; ++p) PetscCall(HfPatternCheck(e, HfNodeItem(HfChild(node, "patterns"), p), HfTextAt(node, "patterns", p)));
  for (PetscInt k = 0; k < HfCount(node, "flips"); ++k)
    if (e->n && 2 * HfIntegerAt(node, "flips", k) >= e->n)
      PetscCall(HfDeckError(e->deck, HfNodeItem(HfChild(node, "flips"), k), "%d flips of %d pixels: half or more leave nothing to recall",
                            (int)HfIntegerAt(node, "flips", k), (int)e->n));
  if (!HfCount(node, "flips")) PetscCall(HfDeckError(e->deck, HfChild(node, "flips"), "give at least one number of flips"));
  PetscCall(HfDriveCheck(e, node));
  if (!HfDeviceHasGold(e->device))
    PetscCall(HfDeckError(e->deck, node, "`wire` needs a `gold` section: its surrogate is of a film that follows the gold's field"));
  if (e->device && e->n && !HfDeviceWiring(e->device))
    PetscCall(HfDeckError(e->deck, node, "`wire` needs to know how many pixels there are: give `pixels` (or a `wiring` to be replaced)"));
  if (HfGiven(node, "candidates") && HfHas(node, "time"))
    PetscCall(HfDeckError(e->deck, HfChild(node, "time"), "give `candidates` or `time`, not both"));
  PetscFunctionReturn(0);
}

/* ---- what learns ---- */
typedef struct {
  HfWiringModel model;
  PetscInt n_patterns, n, n_nodes;
  PetscReal *x, *mean;   /* [n_patterns][n], [n]: mean drive of each pixel */
  HfSurrogate surrogate; /* of the film */
  PetscReal *V;          /* [n_nodes] */
  char *text;
  PetscInt *links; /* of the outer product: neighbours */
  PetscReal *G, *zeros;
} Learner;

static PetscErrorCode film_change(void *context, const HfWiring *wiring, PetscInt n, const PetscInt nodes[], const PetscReal **G) {
  Learner *learner = context;

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
  Learner *learner = context;

  PetscFunctionBeginUser;
  if (keep)
    HfSurrogateKeep(learner->surrogate);
  else
    HfSurrogateUndo(learner->surrogate);
  PetscFunctionReturn(0);
}

/* The outer product on a link, as if read between its two nodes. */
static PetscErrorCode rule_change(void *context, const HfWiring *wiring, PetscInt n, const PetscInt nodes[], const PetscReal **G) {
  Learner *learner = context;

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

static PetscErrorCode rule_create(HfExperiment e, Learner *learner) {
  const PetscInt n = learner->n_nodes;
  PetscReal *near;
  PetscInt count = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * n, &near));
  PetscCall(HfDeviceNodeLinks(e->device, near));
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

static PetscErrorCode learner_create(HfExperiment e, HfNode node, Learner *learner) {
  PetscReal voltage, share = 1.0, shares = 0.0;
  const char *why;

  PetscFunctionBeginUser;
  *learner = (Learner){.n_patterns = HfCount(node, "patterns"), .n = e->n, .n_nodes = HfDeviceWiring(e->device)->n_nodes};
  PetscCall(PetscCalloc4(learner->n_patterns * e->n, &learner->x, e->n, &learner->mean, learner->n_nodes, &learner->V, e->n + 1, &learner->text));
  for (PetscInt p = learner->n_patterns - 1; p >= 0; p--, share *= HfReal(node, "decay")) {
    PetscCall(HfPatternRead(e, HfTextAt(node, "patterns", p), learner->x + p * e->n, learner->text, &why));
    for (PetscInt i = 0; i < e->n; ++i) learner->mean[i] += share * learner->x[p * e->n + i];
    shares += share;
  }
  for (PetscInt i = 0; i < e->n; ++i) learner->mean[i] /= shares;
  if (!strcmp(HfText(node, "model"), "film")) {
    PetscCall(HfDriveVoltage(e, node, learner->x, &voltage));
    PetscCall(HfSurrogateCreate(e->device, voltage, &learner->surrogate));
    learner->model = (HfWiringModel){.context = learner, .change = film_change, .settle = film_settle};
    learner->model.n_links = HfSurrogateLinks(learner->surrogate, &learner->model.links, &learner->model.G0, NULL);
  } else
    PetscCall(rule_create(e, learner));
  PetscFunctionReturn(0);
}

static PetscErrorCode learner_destroy(Learner *learner) {
  PetscFunctionBeginUser;
  PetscCall(HfSurrogateDestroy(&learner->surrogate));
  PetscCall(PetscFree4(learner->x, learner->mean, learner->V, learner->text));
  PetscCall(PetscFree3(learner->links, learner->G, learner->zeros));
  PetscFunctionReturn(0);
}

/* ---- the search ---- */
typedef struct {
  HfAnnealOptions options;
  PetscInt *flips, n_starts;
  PetscReal *cost; /* [n_starts] of the best wiring of each, and what is forecast for it, [n_starts][n_flips] images recovered */
  PetscInt64 *exact;
  PetscInt *numbers;  /* [n_starts][n_nodes] */
  PetscLogDouble cpu; /* s, of all ranks */
} Search;

/* What a search from one start found: cost, processor seconds, images recovered [n_flips], wiring [n_nodes]. */
enum { COST, CPU, EXACT };
static PetscInt wire_length(const Learner *learner, const Search *search) { return EXACT + search->options.n_flips + learner->n_nodes; }

static void keep(const Learner *learner, Search *search, PetscInt start, const PetscReal found[]) {
  const PetscInt n_flips = search->options.n_flips;

  search->cost[start] = found[COST];
  search->cpu += (PetscLogDouble)found[CPU];
  for (PetscInt a = 0; a < n_flips; ++a) search->exact[start * n_flips + a] = (PetscInt64)found[EXACT + a];
  for (PetscInt k = 0; k < learner->n_nodes; ++k) search->numbers[start * learner->n_nodes + k] = (PetscInt)found[EXACT + n_flips + k];
}

/* How many exact recoveries of how many the weights of the best wiring give. */
static PetscErrorCode forecast(HfExperiment e, HfNode node, const Learner *learner, HfAnneal anneal, const Search *search, PetscReal found[]) {
  const PetscInt n_flips = search->options.n_flips;
  HfInferOptions options = {.noise = HF_NOISE_FLIPS,
                            .n_amounts = n_flips,
                            .samples = (PetscInt)HfInteger(node, "samples"),
                            .seed = HfInteger(node, "seed"),
                            .recall = {.method = HF_RECALL_SWEEPS, .max_iterations = 20, .dead_zone = 1e-9, .seed = HfInteger(node, "seed")}};
  const HfWiring *best;
  HfInferTally *tally;
  PetscReal *w, *amounts;
  HfNetwork network;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc3(e->n * e->n, &w, n_flips, &amounts, n_flips, &tally));
  for (PetscInt a = 0; a < n_flips; ++a) amounts[a] = (PetscReal)search->flips[a];
  options.amounts = amounts;
  HfAnnealBest(anneal, &best);
  PetscCall(HfAnnealWeights(anneal, best, w, &found[COST]));
  PetscCall(HfNetworkCreate(e->n, w, &network));
  PetscCall(HfInfer(e->n, network, learner->n_patterns, learner->x, &options, 0, HfInferTests(&options, learner->n_patterns), tally));
  PetscCall(HfNetworkDestroy(&network));
  for (PetscInt a = 0; a < n_flips; ++a) found[EXACT + a] = (PetscReal)tally[a].counts.exact;
  for (PetscInt k = 0; k < learner->n_nodes; ++k) found[EXACT + n_flips + k] = best->sign[k] * (PetscReal)(best->pixel[k] + 1);
  PetscCall(PetscFree3(w, amounts, tally));
  PetscFunctionReturn(0);
}

/* Candidates per start that fit into the time; those of the run before, if this one goes on with it. */
static PetscErrorCode calibrate(HfExperiment e, const Learner *learner, Search *search, PetscReal time) {
  HfAnnealOptions options = search->options;
  HfAnneal anneal;
  PetscReal least;
  PetscMPIInt size;
  PetscBool taken;

  PetscFunctionBeginUser;
  PetscCall(HfReplayTake(e, HF_OUTCOME_WIRING, 1, &least, &taken));
  if (!taken) {
    PetscCallMPI(MPI_Comm_size(e->comm, &size));
    options.candidates = CALIBRATION;
    PetscCall(HfAnnealCreate(&learner->model, learner->n_nodes, learner->n, learner->n_patterns, learner->x, &options, &anneal));
    least = MPI_Wtime();
    PetscCall(HfAnnealAdvance(anneal, CALIBRATION));
    least = CALIBRATION * time / ((PetscReal)((search->n_starts + size - 1) / size) * (MPI_Wtime() - least));
    PetscCall(HfAnnealDestroy(&anneal));
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPIU_REAL, MPI_MIN, e->comm));
    PetscCall(HfReplayKeep(e, HF_OUTCOME_WIRING, 1, &least));
  }
  search->options.candidates = PetscMax(1, (PetscInt64)least);
  PetscFunctionReturn(0);
}

/* From `from` to `to` candidates; `anneal` is NULL on ranks without a start, which come along. *stop: the run is to end here. */
static PetscErrorCode advance(HfExperiment e, HfAnneal anneal, PetscInt64 from, PetscInt64 to, double *cpu, PetscBool *stop) {
  PetscFunctionBeginUser;
  *stop = PETSC_FALSE;
  for (PetscInt64 at = from; at < to && !*stop; at += ATTEND) {
    const clock_t begin = clock();

    if (anneal) PetscCall(HfAnnealAdvance(anneal, PetscMin(ATTEND, to - at)));
    *cpu += (double)(clock() - begin) / CLOCKS_PER_SEC;
    PetscCall(HfPause(e, HF_BETWEEN_PHASES, HfDeviceTime(e->device), stop));
  }
  PetscFunctionReturn(0);
}

/* One start per rank, `count` of them from `first` on; found[count][Length()]. HF_ERR_STOPPED when the run is to end before that. */
static PetscErrorCode run_round(HfExperiment e, HfNode node, const Learner *learner, Search *search, PetscInt first, PetscInt count,
                                PetscReal found[]) {
  const PetscInt length = wire_length(learner, search);
  const double begin = MPI_Wtime();
  HfAnneal anneal = NULL;
  PetscBool stop = PETSC_FALSE;
  PetscMPIInt rank;
  double cpu = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(e->comm, &rank));
  PetscCall(PetscArrayzero(found, count * length));
  search->options.start = first + rank;
  if (rank < count)
    PetscCall(HfAnnealCreate(&learner->model, learner->n_nodes, learner->n, learner->n_patterns, learner->x, &search->options, &anneal));
  for (PetscInt slice = 1; slice <= SLICES; ++slice) {
    const PetscInt64 candidates = search->options.candidates;
    const PetscReal part = (PetscReal)slice / SLICES, starts = (PetscReal)search->n_starts, done = (PetscReal)first + part * (PetscReal)count;
    PetscReal least = PETSC_MAX_REAL;

    PetscCall(advance(e, anneal, candidates * (slice - 1) / SLICES, candidates * slice / SLICES, &cpu, &stop));
    if (stop) break;
    if (anneal) least = HfAnnealBest(anneal, NULL);
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPIU_REAL, MPI_MIN, e->comm));
    PetscCall(HfRecordLog(e, "wire %3.0f %%  best cost of this round %.4f, to go: %.0f s", (double)(100.0 * done / starts), (double)least,
                          (MPI_Wtime() - begin) * (double)((starts - done) / (part * (PetscReal)count))));
  }
  if (anneal && !stop) {
    PetscCall(forecast(e, node, learner, anneal, search, found + rank * length));
    found[rank * length + CPU] = (PetscReal)cpu;
  }
  PetscCall(HfAnnealDestroy(&anneal));
  if (stop) PetscFunctionReturn(HF_ERR_STOPPED);
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, found, (PetscMPIInt)(count * length), MPIU_REAL, MPI_SUM, e->comm));
  PetscFunctionReturn(0);
}

/* The starts one by one that were searched before the run was cut, then the others, as many at once as there are ranks. */
static PetscErrorCode run_starts(HfExperiment e, HfNode node, const Learner *learner, Search *search) {
  const PetscInt length = wire_length(learner, search);
  PetscErrorCode code = 0;
  PetscReal *found;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(e->comm, &size));
  if (HfHas(node, "time")) PetscCall(calibrate(e, learner, search, HfReal(node, "time")));
  PetscCall(PetscMalloc1(size * length, &found));
  for (PetscInt first = 0, count; first < search->n_starts && !code; first += count) {
    PetscBool taken;

    count = 1;
    PetscCall(HfReplayTake(e, HF_OUTCOME_WIRING, length, found, &taken));
    if (!taken) {
      count = PetscMin(size, search->n_starts - first);
      code = run_round(e, node, learner, search, first, count, found);
    }
    for (PetscInt k = 0; k < count && !code; ++k) {
      keep(learner, search, first + k, found + k * length);
      if (!taken) PetscCall(HfReplayKeep(e, HF_OUTCOME_WIRING, length, found + k * length));
    }
  }
  PetscCall(PetscFree(found));
  PetscFunctionReturn(code);
}

/* ---- what came out ---- */

static PetscBool better(const Search *search, PetscInt a, PetscInt b) { /* of two starts, a < b */
  PetscInt64 exact[2] = {0, 0};

  for (PetscInt k = 0; k < search->options.n_flips; ++k) {
    exact[0] += search->exact[a * search->options.n_flips + k];
    exact[1] += search->exact[b * search->options.n_flips + k];
  }
  if (exact[0] != exact[1]) return exact[0] > exact[1] ? PETSC_TRUE : PETSC_FALSE;
  return search->cost[a] <= search->cost[b] ? PETSC_TRUE : PETSC_FALSE;
}

/* A deck to include: the wiring in rows of the lattice, where the electrodes are one. */
static PetscErrorCode write_wiring(HfExperiment e, HfNode node, const Search *search, PetscInt start, PetscInt place, PetscInt n_nodes) {
  HfNode electrodes = HfChild(HfDeckRoot(e->deck), "electrodes"),
         lattice = HfNodeLength(electrodes) == 1 ? HfChild(HfNodeItem(electrodes, 0), "lattice") : NULL;
  const PetscInt columns = lattice ? (PetscInt)HfInteger(lattice, "columns") : n_nodes;
  char *text, name[64];
  size_t size = 1024 + 12 * (size_t)n_nodes, used;

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < HfCount(node, "patterns"); ++p) size += 2 + strlen(HfTextAt(node, "patterns", p));
  PetscCall(PetscMalloc1(size, &text));
  used = (size_t)snprintf(text, size, "# Found ex situ by step `wire` for these patterns: ");
  for (PetscInt p = 0; p < HfCount(node, "patterns"); ++p)
    used += (size_t)snprintf(text + used, size - used, "%s%s", p ? ", " : "", HfTextAt(node, "patterns", p));
  used += (size_t)snprintf(text + used, size - used, "\n# model %s, start %d of %d, seed %d, %lld candidates, xi %g\nwiring:\n",
                           HfText(node, "model"), (int)start + 1, (int)search->n_starts, (int)search->options.seed,
                           (long long)search->options.candidates, (double)search->options.xi);
  for (PetscInt k = 0; k < n_nodes; ++k)
    used += (size_t)snprintf(text + used, size - used, "%s%3d%s", k % columns ? ", " : "  - [", (int)search->numbers[start * n_nodes + k],
                             (k + 1) % columns && k + 1 < n_nodes ? "" : "]\n");
  PetscCall(PetscSNPrintf(name, sizeof(name), "wiring-%d-%d.yaml", (int)e->step + 1, (int)place + 1));
  if (e->recorder->text) PetscCall(e->recorder->text(e->recorder->context, name, text));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

/* The step's own, whatever later steps find. */
static PetscErrorCode record_wiring(HfExperiment e, const PetscInt numbers[]) {
  const PetscInt n_nodes = HfDeviceWiring(e->device)->n_nodes;
  PetscReal *values;
  char name[64];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n_nodes, &values));
  for (PetscInt k = 0; k < n_nodes; ++k) values[k] = (PetscReal)numbers[k];
  PetscCall(PetscSNPrintf(name, sizeof(name), "/wire/%d/wiring", (int)e->step + 1));
  PetscCall(HfRecordArray(e, name, 1, &n_nodes, values, "1"));
  PetscCall(PetscFree(values));
  PetscFunctionReturn(0);
}

/* The device has another wiring: what the film learned and showed before was of the old one. */
static PetscErrorCode use(HfExperiment e, const PetscInt numbers[]) {
  PetscFunctionBeginUser;
  PetscCall(HfDeviceSetWiring(e->device, numbers));
  PetscCall(HfDeviceSaturatedConductance(e->device, e->G0));
  if (e->recorder->saturated) PetscCall(e->recorder->saturated(e->recorder->context, e->n, e->G0));
  if (e->recorder->wiring) PetscCall(e->recorder->wiring(e->recorder->context, HfDeviceWiring(e->device)));
  PetscCall(record_wiring(e, numbers));
  PetscCall(HfTextureChanged(e));
  e->have_untrained = e->have_x = PETSC_FALSE;
  e->first_memory = e->n_memories;
  e->trace.n_times = 0;
  e->pattern[0] = '\0';
  PetscFunctionReturn(0);
}

static PetscErrorCode report(HfExperiment e, HfNode node, const Learner *learner, const Search *search, const PetscInt order[]) {
  const PetscInt n_flips = search->options.n_flips;
  const PetscReal tests = (PetscReal)(learner->n_patterns * HfInteger(node, "samples"));
  HfNode entry, names, forecast;
  char text[256] = "", number[32];

  PetscFunctionBeginUser;
  PetscCall(HfEntryCreate(e, "wire", &entry));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &names));
  for (PetscInt p = 0; p < learner->n_patterns; ++p) PetscCall(HfNodePutText(names, NULL, HfTextAt(node, "patterns", p)));
  PetscCall(HfNodePutNode(entry, "patterns", names));
  PetscCall(HfNodePutText(entry, "found", "ex situ"));
  PetscCall(HfNodePutText(entry, "model", HfText(node, "model")));
  PetscCall(HfNodePutReal(entry, "xi", search->options.xi));
  PetscCall(HfNodePutInt(entry, "starts", search->n_starts));
  PetscCall(HfNodePutInt(entry, "candidates", search->options.candidates));
  PetscCall(HfNodePutInt(entry, "start", order[0] + 1));
  PetscCall(HfNodePutReal(entry, "cost", search->cost[order[0]]));
  PetscCall(HfNodePutReals(entry, "costs", search->n_starts, search->cost));
  PetscCall(HfNodeCreate(HF_NODE_MAP, &forecast));
  for (PetscInt k = 0; k < n_flips; ++k) {
    const PetscReal part = (PetscReal)search->exact[order[0] * n_flips + k] / tests;

    PetscCall(PetscSNPrintf(number, sizeof(number), "%d", (int)search->flips[k]));
    PetscCall(HfNodePutReal(forecast, number, part));
    PetscCall(PetscSNPrintf(number, sizeof(number), " %.3f", (double)part));
    PetscCall(PetscStrlcat(text, number, sizeof(text)));
  }
  PetscCall(HfNodePutNode(entry, "predicted_exact_recovery", forecast));
  PetscCall(HfRecordHeadline(
      e, entry, "wire: best of %d starts of %lld candidates (%.0f core-seconds), start %d, cost %.4f; the surrogate predicts exact recovery%s",
      (int)search->n_starts, (long long)search->options.candidates, (double)search->cpu, (int)order[0] + 1, (double)search->cost[order[0]], text));
  PetscCall(HfRecordSummary(e, entry));
  PetscFunctionReturn(0);
}

static PetscErrorCode choose(HfExperiment e, HfNode node, const Learner *learner, const Search *search) {
  PetscInt *order;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(search->n_starts, &order));
  for (PetscInt start = 0; start < search->n_starts; ++start) {
    PetscInt place = start;
    for (; place > 0 && !better(search, order[place - 1], start); place--) order[place] = order[place - 1];
    order[place] = start;
  }
  for (PetscInt place = 0; place < PetscMin(search->n_starts, HfInteger(node, "keep")); ++place)
    PetscCall(write_wiring(e, node, search, order[place], place, learner->n_nodes));
  PetscCall(use(e, search->numbers + order[0] * learner->n_nodes));
  PetscCall(report(e, node, learner, search, order));
  PetscCall(PetscFree(order));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfExperiment e, HfNode node) {
  const PetscInt n_flips = HfCount(node, "flips");
  Search search = {.n_starts = (PetscInt)HfInteger(node, "starts")};
  Learner learner;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(learner_create(e, node, &learner));
  learner.model.context = &learner;
  PetscCall(PetscCalloc4(n_flips, &search.flips, search.n_starts, &search.cost, search.n_starts * n_flips, &search.exact,
                         search.n_starts * learner.n_nodes, &search.numbers));
  for (PetscInt k = 0; k < n_flips; ++k) search.flips[k] = (PetscInt)HfIntegerAt(node, "flips", k);
  search.options = (HfAnnealOptions){.xi = HfReal(node, "xi"),
                                     .tolerance = HfReal(node, "tolerance"),
                                     .n_flips = n_flips,
                                     .flips = search.flips,
                                     .candidates = HfInteger(node, "candidates"),
                                     .seed = HfInteger(node, "seed")};
  code = run_starts(e, node, &learner, &search);
  if (!code) code = choose(e, node, &learner, &search);
  PetscCall(PetscFree4(search.flips, search.cost, search.exact, search.numbers));
  PetscCall(learner_destroy(&learner));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Wire = {.name = "wire", .keys = keys, .check = check, .run = run};
