/* Which pixel should each node show, and with which sign, for the film to recall these patterns best? Simulated annealing over wirings (network.h) on
   a surrogate of the film (device.h), from several random starts that the ranks share. The answer is found ex situ, by a computation that knows the
   patterns; what the film makes of it is shown by the steps after this one, since the device keeps the best wiring.

   A search is a function of (seed, start) alone, and the best is chosen by predicted recall, then by cost, then by start: any number of ranks finds
   the same. With a limit on time the number of candidates depends on the machine. The result of every start goes through the tape: a run that was
   stopped goes on after the last start that was finished. */
#include "wire_model.h"
#include <time.h>

enum {
  SLICES = 20,         /* lines of the log per start */
  CANDIDATES = 100000, /* of each search, unless the deck says otherwise */
  CALIBRATION = 200,   /* candidates that measure how long one takes */
  PAUSE = 10           /* candidates between two looks at what is requested of the run */
};

static const HfKey keys[] = {
    {"wire", HF_SECTION, NULL, "", "", 0,
     "Searches, by simulated annealing on a surrogate of the film, for a wiring with which it would recall the patterns; the device keeps the best "
     "one, "
     "which is also written to wiring-ITEM-1.yaml, where ITEM is the place of the step in the schedule"},
    {"wire.patterns", HF_TEXTS, NULL, NULL, "", 0, "Names or literal patterns, in the order of training"},
    HF_DRIVE_KEYS("wire"),
    {"wire.model", HF_CHOICE, NULL, "film", "film|outer-product-neighbours", 0,
     "What is trained: the surrogate of the film, or the outer product of neighbours, a control with the same freedom"},
    {"wire.xi", HF_NUMBER, NULL, "1.0025", ">0", 0, "xi of the weights G - xi G0"},
    {"wire.decay", HF_NUMBER, NULL, "0.9", "(0,1]", 0,
     "Factor between the weights of one pulse and of the next in the mean that the texture follows: exp(-pulse/10 ns)"},
    {"wire.tolerance", HF_NUMBER, NULL, "0.002", ">=0", 0,
     "Assumed error of the surrogate's conductance of a link, relative to that of the saturated film; a good wiring is robust against it"},
    {"wire.flips", HF_INTS, NULL, "[1, 2, 4]", ">=0", 0, "Numbers of flipped pixels that recall is to correct"},
    {"wire.starts", HF_INT, NULL, "4", ">=1", 0, "Searches from different random wirings, shared among the ranks"},
    {"wire.candidates", HF_INT, NULL, "", ">=1", 0, "Candidates of each search (default: 100000)"},
    {"wire.time", HF_QUANTITY, "s", "", ">0", 0,
     "Instead of `candidates`: approximate wall time of the whole search; the result is then not reproducible"},
    {"wire.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the searches"},
    {"wire.samples", HF_INT, NULL, "100", ">=1", 0,
     "Noisy images per pattern and number of flips by which the recall of the best wiring of each search is predicted"},
    {"wire.keep", HF_INT, NULL, "3", ">=1", 0, "Number of the best wirings that are written; wiring-ITEM-1.yaml is the best"},
    {"wire.temperature", HF_QUANTITY, "K", "", "[0,0]", 0,
     "0 K: search also where the deck has a temperature (`thermal`), on a surrogate of the film at 0 K"},
    HF_KEYS_END,
};

typedef struct {
  PetscInt n_patterns, n_flips, n_starts, samples, keep;
  const char **names; /* [n_patterns] */
  PetscReal *x;       /* [n_patterns][n] */
  PetscInt *flips;    /* [n_flips] */
  PetscBool film;     /* the surrogate of the film is trained, otherwise the outer product of neighbours */
  HfDriveSettings drive;
  PetscReal xi, decay, tolerance, time; /* time: wall seconds, 0: by candidates */
  PetscInt64 candidates, seed;
} Settings;

static const char *model_name(const Settings *settings) { return settings->film ? "film" : "outer-product-neighbours"; }

/* ---- settings ---- */

static PetscErrorCode check_wire_settings(HfScheduleCheck *check, HfNode node, const Settings *settings) {
  const PetscInt n = check->schedule->n;
  HfDeck deck = check->deck;

  PetscFunctionBeginUser;
  if (!settings->n_patterns) PetscCall(HfDeckError(deck, HfChild(node, "patterns"), "no pattern to find a wiring for"));
  for (PetscInt k = 0; k < settings->n_flips; ++k)
    if (n && 2 * (PetscInt64)settings->flips[k] >= n)
      PetscCall(HfDeckError(deck, HfNodeItem(HfChild(node, "flips"), k), "%d flips of %d pixels: half or more leave nothing to recall",
                            (int)settings->flips[k], (int)n));
  if (!settings->n_flips) PetscCall(HfDeckError(deck, HfChild(node, "flips"), "give at least one number of flips"));
  if (!HfDeviceHasGold(check->device))
    PetscCall(HfDeckError(deck, node, "`wire` needs a `gold` section: its surrogate is of a film that follows the gold's field"));
  if (settings->film) PetscCall(HfWiringLearnerCheckFilm(check, node));
  if (n && !HfDeviceWiring(check->device))
    PetscCall(HfDeckError(deck, node, "`wire` needs to know how many pixels there are: give `pixels` (or a `wiring` to be replaced)"));
  if (HfDeviceMagnet(check->device) && HfMagnetIsNoisy(HfDeviceMagnet(check->device)) && !HfHas(node, "temperature"))
    PetscCall(HfDeckError(deck, node,
                          "wire: the deck has a temperature (`thermal`), but the surrogate is of a film without fluctuations, at 0 K: say so by "
                          "`temperature: 0 K` in `wire`"));
  if (HfHas(node, "candidates") && HfHas(node, "time")) PetscCall(HfDeckError(deck, HfChild(node, "time"), "give `candidates` or `time`, not both"));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  const PetscInt n = check->schedule->n;
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  settings->n_patterns = HfCount(node, "patterns");
  settings->n_flips = HfCount(node, "flips");
  settings->n_starts = (PetscInt)HfInteger(node, "starts");
  settings->samples = (PetscInt)HfInteger(node, "samples");
  settings->keep = (PetscInt)HfInteger(node, "keep");
  settings->film = (PetscBool)!strcmp(HfText(node, "model"), "film");
  settings->xi = HfReal(node, "xi");
  settings->decay = HfReal(node, "decay");
  settings->tolerance = HfReal(node, "tolerance");
  settings->time = HfHas(node, "time") ? HfReal(node, "time") : 0.0;
  settings->candidates = HfHas(node, "candidates") ? HfInteger(node, "candidates") : CANDIDATES;
  settings->seed = HfInteger(node, "seed");
  PetscCall(PetscCalloc3(settings->n_patterns, &settings->names, settings->n_patterns * n, &settings->x, settings->n_flips, &settings->flips));
  for (PetscInt p = 0; p < settings->n_patterns; ++p) {
    settings->names[p] = HfTextAt(node, "patterns", p);
    PetscCall(HfPatternSettingsRead(check, HfNodeItem(HfChild(node, "patterns"), p), settings->names[p], settings->x + p * n, NULL));
  }
  for (PetscInt k = 0; k < settings->n_flips; ++k) settings->flips[k] = (PetscInt)HfIntegerAt(node, "flips", k);
  PetscCall(HfDriveSettingsRead(check, node, &settings->drive));
  if (HfHas(node, "voltage")) settings->drive.voltage = HfReal(node, "voltage");
  PetscCall(check_wire_settings(check, node, settings));
  PetscCall(HfScheduleCheckRewire(check)); /* what the film learned before was of another wiring */
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(void *of) {
  Settings *settings = of;

  PetscFunctionBeginUser;
  PetscCall(PetscFree3(settings->names, settings->x, settings->flips));
  PetscCall(HfDriveSettingsDestroy(&settings->drive));
  PetscCall(PetscFree(settings));
  PetscFunctionReturn(0);
}

static PetscErrorCode preview(HfPreview *preview, const void *of) {
  const Settings *settings = of;

  PetscFunctionBeginUser;
  if (settings->film) PetscCall(HfPreviewDrive(preview, settings->names[0], settings->x, &settings->drive, settings->drive.voltage, 0.0));
  preview->wiring_known = PETSC_FALSE;
  PetscFunctionReturn(0);
}

/* ---- the search ---- */

/* What the search from one start finds: cost, CPU seconds, images recovered [n_flips], wiring [n_nodes]. */
enum { COST, CPU, EXACT };

typedef struct {
  HfStepContext context;
  const Settings *settings;
  HfWiringLearner learner;
  HfAnnealOptions options;
  PetscInt length;                   /* numbers found per start */
  PetscReal *found;                  /* [n_starts][length] */
  PetscReal *round;                  /* [ranks][length]: the starts of the present round, one per rank, ... */
  PetscInt round_first, round_count; /* ... which are these */
} Search;

static PetscErrorCode create_learner(HfStepContext context, const Settings *settings, HfWiringLearner *learner) {
  PetscReal voltage;

  PetscFunctionBeginUser;
  PetscCall(HfWiringLearnerCreate(context->device, settings->n_patterns, settings->x, settings->decay, learner));
  if (settings->film) {
    PetscCall(HfDriveVoltage(context, &settings->drive, settings->x, &voltage));
    PetscCall(HfWiringLearnerSetFilm(context->device, voltage, learner));
  } else
    PetscCall(HfWiringLearnerSetRule(context->device, learner));
  PetscFunctionReturn(0);
}

static PetscErrorCode search_create(HfStepContext context, const Settings *settings, Search *search) {
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(context->comm, &size));
  *search = (Search){.context = context, .settings = settings};
  PetscCall(create_learner(context, settings, &search->learner));
  search->options = (HfAnnealOptions){.xi = settings->xi,
                                      .tolerance = settings->tolerance,
                                      .n_flips = settings->n_flips,
                                      .flips = settings->flips,
                                      .candidates = settings->candidates,
                                      .seed = settings->seed};
  search->length = EXACT + settings->n_flips + search->learner.n_nodes;
  PetscCall(PetscCalloc2(settings->n_starts * search->length, &search->found, size * search->length, &search->round));
  PetscFunctionReturn(0);
}

static PetscErrorCode search_destroy(Search *search) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree2(search->found, search->round));
  PetscCall(HfWiringLearnerDestroy(&search->learner));
  PetscFunctionReturn(0);
}

static const PetscReal *found_of(const Search *search, PetscInt start) { return search->found + start * search->length; }

static PetscErrorCode anneal_create(Search *search, const HfAnnealOptions *options, HfAnneal *anneal) {
  HfWiringLearner *learner = &search->learner;

  PetscFunctionBeginUser;
  PetscCall(HfAnnealCreate(&learner->model, learner->n_nodes, learner->n, learner->n_patterns, learner->x, options, anneal));
  PetscFunctionReturn(0);
}

/* Exact recoveries by the weights of the best wiring; on ranks without a start, whose `anneal` is NULL, nothing but the pauses. *stop: the run is to end
   here. */
static PetscErrorCode predict_recall(const Search *search, HfAnneal anneal, PetscReal found[], PetscBool *stop) {
  const Settings *settings = search->settings;
  const HfWiringLearner *learner = &search->learner;
  const PetscInt n = learner->n, n_flips = settings->n_flips;
  HfInferOptions options = {.noise = HF_NOISE_FLIPS,
                            .n_amounts = n_flips,
                            .samples = settings->samples,
                            .seed = settings->seed,
                            .stream = HF_STREAM_LESSON, /* not the images on which the steps after this one test the wiring */
                            .recall = {.method = HF_RECALL_SWEEPS, .max_iterations = 20, .dead_zone = 1e-9, .seed = settings->seed}};
  const PetscInt64 tests = HfInferTests(&options, learner->n_patterns), batch = HfRecallBatch(n, &options.recall);
  const HfWiring *best;
  HfInferTally *tally;
  PetscReal *w, *amounts;
  HfNetwork network = NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc3(n * n, &w, n_flips, &amounts, n_flips, &tally));
  for (PetscInt a = 0; a < n_flips; ++a) amounts[a] = (PetscReal)settings->flips[a];
  options.amounts = amounts;
  if (anneal) {
    HfAnnealBest(anneal, &best);
    PetscCall(HfAnnealWeights(anneal, best, w, &found[COST]));
    PetscCall(HfNetworkCreate(n, w, &network));
    for (PetscInt k = 0; k < learner->n_nodes; ++k) found[EXACT + n_flips + k] = best->sign[k] * (PetscReal)(best->pixel[k] + 1);
  }
  for (PetscInt64 at = 0; at < tests && !*stop; at += batch) {
    PetscErrorCode code;

    if (anneal) PetscCall(HfInfer(n, network, learner->n_patterns, learner->x, &options, at, PetscMin(batch, tests - at), tally));
    code = HfTapeCompute(search->context->tape);
    if (code && code != HF_ERR_STOPPED) PetscCall(code);
    *stop = code ? PETSC_TRUE : PETSC_FALSE;
  }
  for (PetscInt a = 0; a < n_flips; ++a) found[EXACT + a] = (PetscReal)tally[a].counts.exact;
  PetscCall(HfNetworkDestroy(&network));
  PetscCall(PetscFree3(w, amounts, tally));
  PetscFunctionReturn(0);
}

/* values[0]: candidates per start that fit into settings->time. */
static PetscErrorCode calibrate(void *of, PetscInt n, PetscReal values[]) {
  Search *search = of;
  MPI_Comm comm = search->context->comm;
  HfAnnealOptions options = search->options;
  HfAnneal anneal;
  PetscMPIInt size;
  double begin;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  options.candidates = CALIBRATION;
  PetscCall(anneal_create(search, &options, &anneal));
  begin = MPI_Wtime();
  PetscCall(HfAnnealAdvance(anneal, CALIBRATION));
  values[0] = CALIBRATION * search->settings->time / ((PetscReal)((search->settings->n_starts + size - 1) / size) * (MPI_Wtime() - begin));
  PetscCall(HfAnnealDestroy(&anneal));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, values, 1, MPIU_REAL, MPI_MIN, comm));
  PetscFunctionReturn(0);
}

/* From `from` to `to` candidates; `anneal` is NULL on ranks without a start, which take part in the pauses. *stop: the run is to end here. */
static PetscErrorCode advance(HfTape tape, HfAnneal anneal, PetscInt64 from, PetscInt64 to, double *cpu, PetscBool *stop) {
  PetscFunctionBeginUser;
  *stop = PETSC_FALSE;
  for (PetscInt64 at = from; at < to && !*stop; at += PAUSE) {
    const clock_t begin = clock();

    if (anneal) PetscCall(HfAnnealAdvance(anneal, PetscMin(PAUSE, to - at)));
    *cpu += (double)(clock() - begin) / CLOCKS_PER_SEC;
    PetscCall(HfTapePause(tape, stop));
  }
  PetscFunctionReturn(0);
}

/* One start per rank, search->round_count of them from `first` on, into search->round. */
static PetscErrorCode run_round(Search *search, PetscInt first) {
  HfStepContext context = search->context;
  const PetscInt n_starts = search->settings->n_starts;
  const double begin = MPI_Wtime();
  HfAnneal anneal = NULL;
  PetscBool stop = PETSC_FALSE;
  PetscMPIInt rank, size;
  PetscInt count;
  double cpu = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(context->comm, &rank));
  PetscCallMPI(MPI_Comm_size(context->comm, &size));
  count = PetscMin(size, n_starts - first);
  PetscCall(PetscArrayzero(search->round, count * search->length));
  search->options.start = first + rank;
  if (rank < count) PetscCall(anneal_create(search, &search->options, &anneal));
  for (PetscInt slice = 1; slice <= SLICES; ++slice) {
    const PetscInt64 candidates = search->options.candidates;
    const PetscReal part = (PetscReal)slice / SLICES, starts = (PetscReal)n_starts, done = (PetscReal)first + part * (PetscReal)count;
    PetscReal least = PETSC_MAX_REAL;

    PetscCall(advance(context->tape, anneal, candidates * (slice - 1) / SLICES, candidates * slice / SLICES, &cpu, &stop));
    if (stop) break;
    if (anneal) least = HfAnnealBest(anneal, NULL);
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPIU_REAL, MPI_MIN, context->comm));
    PetscCall(HfReportLog(context, "wire %3.0f %%  best cost of this round %.4f, to go: %.0f s", (double)(100.0 * done / starts), (double)least,
                          (MPI_Wtime() - begin) * (double)((starts - done) / (part * (PetscReal)count))));
  }
  if (!stop) PetscCall(predict_recall(search, anneal, search->round + rank * search->length, &stop));
  if (anneal) search->round[rank * search->length + CPU] = (PetscReal)cpu;
  PetscCall(HfAnnealDestroy(&anneal));
  if (stop) PetscFunctionReturn(HF_ERR_STOPPED);
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, search->round, (PetscMPIInt)(count * search->length), MPIU_REAL, MPI_SUM, context->comm));
  search->round_first = first;
  search->round_count = count;
  PetscFunctionReturn(0);
}

typedef struct {
  Search *search;
  PetscInt start;
} Start;

static PetscErrorCode search_from(void *of, PetscInt n, PetscReal values[]) {
  Search *search = ((Start *)of)->search;
  const PetscInt start = ((Start *)of)->start;

  PetscFunctionBeginUser;
  if (start >= search->round_first + search->round_count) {
    const PetscErrorCode code = run_round(search, start);

    if (code) PetscFunctionReturn(code);
  }
  PetscCall(PetscArraycpy(values, search->round + (start - search->round_first) * n, n));
  PetscFunctionReturn(0);
}

static PetscErrorCode run_starts(Search *search) {
  HfTape tape = search->context->tape;
  PetscReal candidates;

  PetscFunctionBeginUser;
  if (search->settings->time > 0.0) {
    PetscCall(HfTapeMeasure(tape, "candidates", 1, &candidates, calibrate, search));
    search->options.candidates = PetscMax(1, (PetscInt64)candidates);
  }
  for (PetscInt start = 0; start < search->settings->n_starts; ++start) {
    Start of = {search, start};
    const PetscErrorCode code = HfTapeMeasure(tape, "wiring", search->length, search->found + start * search->length, search_from, &of);

    if (code) PetscFunctionReturn(code);
  }
  PetscFunctionReturn(0);
}

/* ---- the result ---- */

static PetscBool is_better(const Search *search, PetscInt a, PetscInt b) { /* start a than start b, where a < b */
  const PetscReal *one = found_of(search, a), *other = found_of(search, b);
  PetscReal exact[2] = {0.0, 0.0};

  for (PetscInt k = 0; k < search->settings->n_flips; ++k) {
    exact[0] += one[EXACT + k];
    exact[1] += other[EXACT + k];
  }
  if (exact[0] != exact[1]) return exact[0] > exact[1] ? PETSC_TRUE : PETSC_FALSE;
  return one[COST] <= other[COST] ? PETSC_TRUE : PETSC_FALSE;
}

static PetscInt number_of(const Search *search, PetscInt start, PetscInt node) {
  return (PetscInt)found_of(search, start)[EXACT + search->settings->n_flips + node];
}

/* A deck to include: the wiring, in rows of the lattice where the electrodes are one. */
static PetscErrorCode write_wiring(const Search *search, PetscInt start, PetscInt place) {
  HfStepContext context = search->context;
  HfRecorder recorder = context->recorder;
  const Settings *settings = search->settings;
  const PetscInt n_nodes = search->learner.n_nodes, lattice = HfElectrodesColumns(HfDeviceElectrodes(context->device)),
                 columns = lattice ? lattice : n_nodes;
  char *text, name[64];
  size_t size = 1024 + 12 * (size_t)n_nodes, used;

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < settings->n_patterns; ++p) size += 2 + strlen(settings->names[p]);
  PetscCall(PetscMalloc1(size, &text));
  used = (size_t)snprintf(text, size, "# Found ex situ by step `wire` for these patterns: ");
  for (PetscInt p = 0; p < settings->n_patterns; ++p) used += (size_t)snprintf(text + used, size - used, "%s%s", p ? ", " : "", settings->names[p]);
  used += (size_t)snprintf(text + used, size - used, "\n# model %s, start %d of %d, seed %d, %lld candidates, xi %g\nwiring:\n", model_name(settings),
                           (int)start + 1, (int)settings->n_starts, (int)settings->seed, (long long)search->options.candidates, (double)settings->xi);
  for (PetscInt k = 0; k < n_nodes; ++k)
    used += (size_t)snprintf(text + used, size - used, "%s%3d%s", k % columns ? ", " : "  - [", (int)number_of(search, start, k),
                             (k + 1) % columns && k + 1 < n_nodes ? "" : "]\n");
  PetscCall(PetscSNPrintf(name, sizeof(name), "wiring-%d-%d.yaml", (int)context->drive->item + 1, (int)place + 1));
  if (recorder->text) PetscCall(recorder->text(recorder->context, name, text));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(0);
}

/* The device has another wiring: what the film learned before, and what it showed, was of the old one. */
static PetscErrorCode use_wiring(const Search *search, PetscInt start) {
  HfStepContext context = search->context;
  HfRecorder recorder = context->recorder;
  HfTrainingRecord *record = context->record;
  const PetscInt n_nodes = search->learner.n_nodes;
  PetscReal *values;
  PetscInt *numbers;
  char name[64];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n_nodes, &numbers, n_nodes, &values));
  for (PetscInt k = 0; k < n_nodes; ++k) values[k] = (PetscReal)(numbers[k] = number_of(search, start, k));
  PetscCall(HfDeviceSetWiring(context->device, numbers));
  PetscCall(HfDeviceSaturatedConductance(context->device, record->G0));
  if (recorder->saturated) PetscCall(recorder->saturated(recorder->context, record->n, record->G0));
  if (recorder->wiring) PetscCall(recorder->wiring(recorder->context, HfDeviceWiring(context->device)));
  PetscCall(PetscSNPrintf(name, sizeof(name), "/wire/%d/wiring", (int)context->drive->item + 1));
  PetscCall(HfReportArray(context, name, 1, &n_nodes, values, "1"));
  PetscCall(HfTrainingRewire(record, context->drive));
  PetscCall(PetscFree2(numbers, values));
  PetscFunctionReturn(0);
}

static PetscErrorCode report(const Search *search, PetscInt best) {
  HfStepContext context = search->context;
  const Settings *settings = search->settings;
  const PetscReal tests = (PetscReal)settings->n_patterns * (PetscReal)settings->samples, *found = found_of(search, best);
  HfNode entry, names, prediction;
  char text[256] = "", number[32];
  PetscReal *costs, cpu = 0.0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(settings->n_starts, &costs));
  for (PetscInt start = 0; start < settings->n_starts; ++start) {
    costs[start] = found_of(search, start)[COST];
    cpu += found_of(search, start)[CPU];
  }
  PetscCall(HfEntryCreate(context, "wire", &entry));
  PetscCall(HfNodeCreate(HF_NODE_LIST, &names));
  for (PetscInt p = 0; p < settings->n_patterns; ++p) PetscCall(HfNodePutText(names, NULL, settings->names[p]));
  PetscCall(HfNodePutNode(entry, "patterns", names));
  PetscCall(HfNodePutText(entry, "found", "ex situ"));
  PetscCall(HfNodePutText(entry, "model", model_name(settings)));
  PetscCall(HfNodePutReal(entry, "xi", settings->xi));
  PetscCall(HfNodePutInt(entry, "starts", settings->n_starts));
  PetscCall(HfNodePutInt(entry, "candidates", search->options.candidates));
  PetscCall(HfNodePutInt(entry, "start", best + 1));
  PetscCall(HfNodePutReal(entry, "cost", found[COST]));
  PetscCall(HfNodePutReals(entry, "costs", settings->n_starts, costs));
  PetscCall(HfNodeCreate(HF_NODE_MAP, &prediction));
  for (PetscInt k = 0; k < settings->n_flips; ++k) {
    const PetscReal part = found[EXACT + k] / tests;

    PetscCall(PetscSNPrintf(number, sizeof(number), "%d", (int)settings->flips[k]));
    PetscCall(HfNodePutReal(prediction, number, part));
    PetscCall(PetscSNPrintf(number, sizeof(number), " %.3f", (double)part));
    PetscCall(PetscStrlcat(text, number, sizeof(text)));
  }
  PetscCall(HfNodePutNode(entry, "predicted_exact_recovery", prediction));
  PetscCall(HfReportHeadline(
      context, entry, "wire: best of %d starts of %lld candidates (%.0f core-seconds), start %d, cost %.4f; the surrogate predicts exact recovery%s",
      (int)settings->n_starts, (long long)search->options.candidates, (double)cpu, (int)best + 1, (double)found[COST], text));
  PetscCall(HfReportSummary(context, entry));
  PetscCall(PetscFree(costs));
  PetscFunctionReturn(0);
}

static PetscErrorCode choose(const Search *search) {
  const PetscInt n_starts = search->settings->n_starts;
  PetscInt *order;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n_starts, &order));
  for (PetscInt start = 0; start < n_starts; ++start) {
    PetscInt place = start;
    for (; place > 0 && !is_better(search, order[place - 1], start); --place) order[place] = order[place - 1];
    order[place] = start;
  }
  for (PetscInt place = 0; place < PetscMin(n_starts, search->settings->keep); ++place) PetscCall(write_wiring(search, order[place], place));
  PetscCall(use_wiring(search, order[0]));
  PetscCall(report(search, order[0]));
  PetscCall(PetscFree(order));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  Search search;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(search_create(context, of, &search));
  code = run_starts(&search);
  if (!code) code = choose(&search);
  PetscCall(search_destroy(&search));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Wire = {.name = "wire", .keys = keys, .settings = read_settings, .destroy = destroy, .preview = preview, .run = run};
