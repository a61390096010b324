/* Coupled learning (Stern, Hexner, Rocks & Liu 2021; review of Yu et al. 2024, Eq. 12) and equilibrium propagation (Scellier & Bengio 2017; Eq. 11) of a
   network of resistors with the conductances k_e, whose potentials minimize E = sum_e k_e dV_e^2/2.

   In the free phase (F) the inputs are held at their potentials; in the clamped phase (C) the outputs, too, are nudged towards their targets V*:

     coupled      V_C = V_F + nudge (V* - V_F) at the outputs
     equilibrium  a conductance `nudge` from every output to V*, whose energy nudge (V - V*)^2/2 belongs to E

   Every link compares its own voltage in the two phases:

     dk_e = (rate/nudge) (dV_F^2 - dV_C^2)/2 = -(rate/nudge) d(E_C - E_F)/dk_e

   the derivative taken with the clamped outputs fixed, since the potentials of both phases are stationary. Sign: E_C >= E_F, with equality where the outputs
   are right, so that learning has to descend the contrast E_C - E_F. Eq. (12) is printed as dw ~ -d(E_F - E_C)/dw, which climbs it: one step by the printed
   sign raises the contrast and the error (tests/unit/network_coupled.c). With nudge = 1 the clamped phase is that of contrastive
   Hebbian learning, Eq. (9); for nudge -> 0 the slope of `equilibrium` is that of sum (V_F - V*)^2/2, and `coupled` descends it in the metric of the
   conductance between the outputs.

   Task, as in allostery: a few inputs hold potentials, 0 and 1 and random ones between, and outputs elsewhere are to take others: those that the same graph
   has with random conductances over two decades (targets: attainable), or random ones between 0.2 and 0.8 (any), which need not be within its reach.
   The nodes are those of a triangular lattice in a disk, all k_e = 1 at the start. The error is the rms of V_F - V* over the outputs, with the range of the
   inputs as unit.

   With `film`: the network is that of the film's own terminals, joined by the conductances |G_ij| that the last pulse left. Every second terminal is an
   output, the others hold the pattern of the pulse as 0 and 1, and the outputs are to show it as 0.2 and 0.8; once with every k above SMALLEST of its start,
   once with every k within the largest relative change that the pulse made, which is what the film could do by itself: four nodes learn to an error of 5e-4,
   and from 0.237 to 0.229 alone within the 3.1 % of a pulse. Beside it the correlation of the film's own relative changes with dV^2, over all pairs with their
   conductances as weights, +0.91 on four nodes: the clamped half of the rule lets conductances fall with dV_C^2, the film lets them rise.

   Assumptions: one task at a time, k_e >= SMALLEST. */
#include "learners.h"

#define SMALLEST 1e-4
#define BETWEEN  50   /* steps between two pauses */
#define RESOLVED 0.01 /* conductance of a pair relative to the largest, above which its change counts */
#define RECORDS  64   /* of the error along the steps, which are chosen evenly on a logarithmic scale */

static const HfKey keys[] = {
    {"coupled-learning", HF_SECTION, NULL, "", "", 0,
     "Coupled learning or equilibrium propagation: resistors on a disk that adapt until outputs follow inputs"},
    {"coupled-learning.rule", HF_CHOICE, NULL, "coupled", "coupled|equilibrium", 0, "How the clamped phase nudges the outputs"},
    {"coupled-learning.radius", HF_NUMBER, NULL, "4", "[1,40]", 0, "Radius of the disk in links"},
    {"coupled-learning.inputs", HF_INT, NULL, "3", "[2,100]", 0, "Nodes that are held at given potentials"},
    {"coupled-learning.outputs", HF_INT, NULL, "2", "[1,100]", 0, "Nodes that learn to follow"},
    {"coupled-learning.targets", HF_CHOICE, NULL, "attainable", "attainable|any", 0,
     "Potentials that outputs are to take: those of random conductances over two decades, or any between 0.2 and 0.8"},
    {"coupled-learning.nudge", HF_NUMBER, NULL, "0.1", "(0,1]", 0,
     "Part of the way to the target (coupled), or conductance towards it relative to a link at the start (equilibrium)"},
    {"coupled-learning.rate", HF_NUMBER, NULL, "1", ">0", 0, "Learning rate, with conductances and potentials in units of their start and range"},
    {"coupled-learning.steps", HF_INT, NULL, "20000", "[1,1e8]", 0, "Steps at most"},
    {"coupled-learning.error", HF_NUMBER, NULL, "5e-4", ">0", 0, "Error that ends the learning"},
    {"coupled-learning.trials", HF_INT, NULL, "10", "[0,10000]", 0, "Tasks, each with nodes and potentials of its own"},
    {"coupled-learning.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the tasks"},
    {"coupled-learning.film", HF_BOOL, NULL, "false", "", 0,
     "Learn on the conductances between the film's terminals after its last pulse (probe_every given) too"},
    HF_LEARNER_KEYS_END,
};

typedef struct {
  HfClamp clamp;
  const char *rule;
  PetscBool attainable, film;
  PetscInt n_inputs, n_outputs, steps, trials;
  PetscInt64 seed;
  PetscReal radius, nudge, rate, error;
} Settings;

static PetscErrorCode read_settings(HfDeck deck, HfNode node, void **of) {
  Settings *settings;
  HfGraph disk;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  settings->clamp = strcmp(HfText(node, "rule"), "equilibrium") ? HF_CLAMP_COUPLED : HF_CLAMP_EQUILIBRIUM;
  settings->rule = settings->clamp == HF_CLAMP_COUPLED ? "coupled" : "equilibrium";
  settings->attainable = (PetscBool)!strcmp(HfText(node, "targets"), "attainable");
  settings->film = HfFlag(node, "film");
  settings->radius = HfReal(node, "radius");
  settings->n_inputs = (PetscInt)HfInteger(node, "inputs");
  settings->n_outputs = (PetscInt)HfInteger(node, "outputs");
  settings->nudge = HfReal(node, "nudge");
  settings->rate = HfReal(node, "rate");
  settings->steps = (PetscInt)HfInteger(node, "steps");
  settings->error = HfReal(node, "error");
  settings->trials = (PetscInt)HfInteger(node, "trials");
  settings->seed = HfInteger(node, "seed");
  if (!settings->trials && !settings->film)
    PetscCall(HfDeckError(deck, HfChild(node, "trials"), "trials: 0 leaves nothing to learn without `film: true`"));
  PetscCall(HfGraphCreateDisk(settings->radius, &disk));
  if (disk.n_nodes < settings->n_inputs + settings->n_outputs)
    PetscCall(HfDeckError(deck, HfChild(node, "radius"), "radius: a disk of %d nodes is too small for %d inputs and %d outputs", (int)disk.n_nodes,
                          (int)settings->n_inputs, (int)settings->n_outputs));
  PetscCall(HfGraphDestroy(&disk));
  PetscFunctionReturn(0);
}

/* ---- a task ---- */

typedef struct {
  HfContrastGraph graph;
  PetscReal *V, *targets; /* [n_inputs], [n_outputs] */
  PetscReal *low, *high;  /* [n_links]: bounds of k; NULL: SMALLEST alone */
} Task;

/* Random numbers of a trial, one after the other. */
typedef struct {
  PetscInt64 seed, trial, next;
} Draws;

static PetscReal draw_uniform(Draws *draws) {
  PetscReal u;

  HfRandomUniform(draws->seed, HF_STREAM_LEARNER, draws->trial, draws->next++, 1, &u);
  return u;
}

/* n distinct nodes of n_nodes. */
static void draw_nodes(Draws *draws, PetscInt n_nodes, PetscInt n, PetscInt nodes[]) {
  for (PetscInt k = 0; k < n; ++k) {
    PetscBool taken = PETSC_TRUE;

    while (taken) {
      nodes[k] = HfRandomInteger(draws->seed, HF_STREAM_LEARNER, draws->trial, draws->next++, n_nodes);
      taken = PETSC_FALSE;
      for (PetscInt j = 0; j < k; ++j) taken = (PetscBool)(taken || nodes[j] == nodes[k]);
    }
  }
}

/* The task of a trial; k[n_links] is work space. */
static PetscErrorCode choose_task(const Settings *settings, PetscInt trial, const HfGraph *graph, PetscInt nodes[], PetscReal k[], PetscReal V[],
                                  PetscReal targets[]) {
  Draws draws = {.seed = settings->seed, .trial = trial};
  HfResistorNetwork teacher;
  PetscReal *p;

  PetscFunctionBeginUser;
  draw_nodes(&draws, graph->n_nodes, settings->n_inputs + settings->n_outputs, nodes);
  for (PetscInt i = 0; i < settings->n_inputs; ++i) V[i] = i < 2 ? (PetscReal)i : draw_uniform(&draws);
  for (PetscInt o = 0; o < settings->n_outputs; ++o) targets[o] = 0.2 + 0.6 * draw_uniform(&draws);
  if (!settings->attainable) PetscFunctionReturn(0);
  for (PetscInt e = 0; e < graph->n_links; ++e) k[e] = PetscPowReal(10.0, -2.0 * draw_uniform(&draws));
  PetscCall(PetscMalloc1(graph->n_nodes, &p));
  PetscCall(HfResistorNetworkCreate(graph->n_nodes, graph->n_links, graph->ends, settings->n_inputs, nodes, &teacher));
  PetscCall(HfResistorNetworkSet(teacher, k));
  PetscCall(HfResistorNetworkSolve(teacher, 1, V, NULL, p));
  for (PetscInt o = 0; o < settings->n_outputs; ++o) targets[o] = p[nodes[settings->n_inputs + o]];
  PetscCall(HfResistorNetworkDestroy(&teacher));
  PetscCall(PetscFree(p));
  PetscFunctionReturn(0);
}

/* ---- learning ---- */

typedef struct {
  PetscInt steps;        /* until the error was small enough, or all */
  PetscReal first, last; /* error at the start and at the end */
} Course;

/* The step whose error is record k. */
static PetscInt step_of_record(const Settings *settings, PetscInt k) {
  return (PetscInt)(0.5 + PetscPowReal((PetscReal)settings->steps, k / (PetscReal)(RECORDS - 1))) - (k == 0);
}

/* One step of all k; whether any of them moved. */
static PetscBool descend(const Settings *settings, const Task *task, const PetscReal slope[], PetscReal k[]) {
  PetscBool any = PETSC_FALSE;

  for (PetscInt e = 0; e < task->graph.n_links; ++e) {
    const PetscReal moved = k[e] - settings->rate / settings->nudge * slope[e];
    const PetscReal next = task->low ? PetscMin(task->high[e], PetscMax(task->low[e], moved)) : PetscMax(SMALLEST, moved);

    any = (PetscBool)(any || next != k[e]);
    k[e] = next;
  }
  return any;
}

/* record[RECORDS]: the error along the steps; once it is small enough it stays. */
static PetscErrorCode train(const Settings *settings, const HfLearning *learning, const Task *task, PetscReal k[], PetscReal record[],
                            Course *course) {
  const PetscInt n_links = task->graph.n_links;
  PetscReal *slope, value, error = 0.0;
  PetscErrorCode code = 0;
  HfContrast contrast;
  PetscInt next = 0;

  PetscFunctionBeginUser;
  PetscCall(HfContrastCreate(&task->graph, settings->clamp, settings->nudge, &contrast));
  PetscCall(PetscMalloc1(n_links, &slope));
  *course = (Course){0};
  for (PetscInt step = 0; !code; ++step) {
    PetscCall(PetscArrayzero(slope, n_links));
    PetscCall(HfContrastSet(contrast, k));
    PetscCall(HfContrastAdd(contrast, task->V, task->targets, slope, &value, &error));
    error = PetscSqrtReal(error / task->graph.n_outputs);
    if (!step) course->first = error;
    course->last = error;
    course->steps = step;
    while (next < RECORDS && step_of_record(settings, next) <= step) record[next++] = error;
    if (error < settings->error || step == settings->steps) break;
    if (!descend(settings, task, slope, k)) break; /* all at their bounds */
    if (step % BETWEEN == BETWEEN - 1) code = learning->pause(learning->of);
  }
  while (next < RECORDS) record[next++] = error;
  PetscCall(PetscFree(slope));
  PetscCall(HfContrastDestroy(&contrast));
  PetscFunctionReturn(code);
}

static PetscErrorCode report(const Settings *settings, const HfLearning *learning, const Course courses[], const PetscReal record[]) {
  PetscReal worst = 0.0, first = 0.0, mean, error, step[RECORDS], *steps;
  PetscInt solved = 0;
  char text[256];

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < RECORDS; ++k) step[k] = (PetscReal)step_of_record(settings, k);
  PetscCall(PetscMalloc1(settings->trials, &steps));
  for (PetscInt t = 0; t < settings->trials; ++t) {
    solved += courses[t].last < 1e-3;
    worst = PetscMax(worst, courses[t].last);
    first += courses[t].first / settings->trials;
    steps[t] = (PetscReal)courses[t].steps;
  }
  HfMeanAndError(settings->trials, steps, &mean, &error);
  PetscCall(PetscFree(steps));
  PetscCall(PetscSNPrintf(text, sizeof text, "%s: %d of %d %s tasks to an error < 1e-3 (worst %.2g; %.2g at the start), after %.0f +- %.0f steps",
                          settings->rule, (int)solved, (int)settings->trials, settings->attainable ? "attainable" : "random", (double)worst,
                          (double)first, (double)mean, (double)error));
  PetscCall(learning->figure(learning->of, "solved", (PetscReal)solved));
  PetscCall(learning->figure(learning->of, "of", (PetscReal)settings->trials));
  PetscCall(learning->figure(learning->of, "worst_error", worst));
  PetscCall(learning->figure(learning->of, "first_error", first));
  PetscCall(learning->figure(learning->of, "steps", mean));
  PetscCall(learning->figure(learning->of, "steps_error", error));
  PetscCall(learning->figure(learning->of, "equilibrium", settings->clamp == HF_CLAMP_EQUILIBRIUM));
  PetscCall(learning->figure(learning->of, "attainable", settings->attainable));
  PetscCall(learning->headline(learning->of, text));
  PetscCall(learning->array(learning->of, "step", 1, (const PetscInt[]){RECORDS}, step, "1"));
  PetscCall(learning->array(learning->of, "error", 2, (const PetscInt[]){settings->trials, RECORDS}, record, "1"));
  PetscFunctionReturn(0);
}

static PetscErrorCode learn_tasks(const Settings *settings, const HfLearning *learning) {
  const PetscInt n = settings->n_inputs + settings->n_outputs;
  PetscReal *record, *k, *V;
  PetscErrorCode code = 0;
  Course *courses;
  PetscInt *nodes;
  HfGraph graph;

  PetscFunctionBeginUser;
  PetscCall(HfGraphCreateDisk(settings->radius, &graph));
  PetscCall(PetscMalloc5(settings->trials, &courses, settings->trials * RECORDS, &record, graph.n_links, &k, n, &V, n, &nodes));
  for (PetscInt trial = 0; trial < settings->trials && !code; ++trial) {
    const Task task = {.graph = {.n_nodes = graph.n_nodes,
                                 .n_links = graph.n_links,
                                 .n_inputs = settings->n_inputs,
                                 .n_outputs = settings->n_outputs,
                                 .ends = graph.ends,
                                 .inputs = nodes,
                                 .outputs = nodes + settings->n_inputs},
                       .V = V,
                       .targets = V + settings->n_inputs};

    PetscCall(choose_task(settings, trial, &graph, nodes, k, V, V + settings->n_inputs));
    for (PetscInt e = 0; e < graph.n_links; ++e) k[e] = 1.0;
    code = train(settings, learning, &task, k, record + trial * RECORDS, &courses[trial]);
  }
  if (!code) PetscCall(report(settings, learning, courses, record));
  PetscCall(PetscFree5(courses, record, k, V, nodes));
  PetscCall(HfGraphDestroy(&graph));
  PetscFunctionReturn(code);
}

/* ---- on the film's own conductances ---- */

/* The film's network and its task; arrays for n terminals and n(n-1)/2 links. */
typedef struct {
  PetscInt *ends, *nodes;                        /* nodes: inputs, then outputs */
  PetscReal *k, *start, *low, *high, *potential; /* potential: of the inputs, then targets */
  PetscReal reach, correlation;                  /* largest relative change by the pulse, and that of changes with dV^2 */
} FilmTask;

/* Of y with x, both weighted by weight[]. */
static PetscReal correlate(PetscInt n, const PetscReal weight[], const PetscReal x[], const PetscReal y[]) {
  PetscReal mean_x = 0.0, mean_y = 0.0, all = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;

  for (PetscInt e = 0; e < n; ++e) {
    mean_x += weight[e] * x[e];
    mean_y += weight[e] * y[e];
    all += weight[e];
  }
  for (PetscInt e = 0; e < n; ++e) {
    const PetscReal off_x = x[e] - mean_x / all, off_y = y[e] - mean_y / all;

    xx += weight[e] * off_x * off_x;
    yy += weight[e] * off_y * off_y;
    xy += weight[e] * off_x * off_y;
  }
  return xx > 0.0 && yy > 0.0 ? xy / PetscSqrtReal(xx * yy) : 0.0;
}

static void read_film(const HfLearning *learning, FilmTask *film) {
  const PetscInt n = learning->n, n_links = n * (n - 1) / 2, n_inputs = (n + 1) / 2;
  const PetscReal *before = learning->G, *after = learning->G + (learning->n_times - 1) * n * n;
  PetscReal *change = film->low, *square = film->high; /* of G and of dV: bounds are set when these have been compared */
  PetscReal mean = 0.0, largest = 0.0, low = learning->V[0], high = learning->V[0];

  for (PetscInt i = 0, e = 0; i < n; ++i)
    for (PetscInt j = i + 1; j < n; ++j, ++e) {
      film->ends[2 * e] = i;
      film->ends[2 * e + 1] = j;
      film->start[e] = PetscAbsReal(after[i * n + j]);
      mean += film->start[e] / n_links;
      change[e] = film->start[e] / PetscAbsReal(before[i * n + j]) - 1.0;
      square[e] = PetscSqr(learning->V[i] - learning->V[j]);
      largest = PetscMax(largest, film->start[e]);
    }
  film->correlation = correlate(n_links, film->start, square, change);
  for (PetscInt e = 0; e < n_links; ++e) {
    if (film->start[e] > RESOLVED * largest) film->reach = PetscMax(film->reach, PetscAbsReal(change[e]));
    film->start[e] /= mean;
  }
  for (PetscInt i = 0; i < n; ++i) {
    low = PetscMin(low, learning->V[i]);
    high = PetscMax(high, learning->V[i]);
  }
  for (PetscInt i = 0; i < n; ++i) {
    const PetscInt at = i % 2 ? n_inputs + i / 2 : i / 2;
    const PetscReal part = high > low ? (learning->V[i] - low) / (high - low) : 0.0;

    film->nodes[at] = i;
    film->potential[at] = i % 2 ? 0.2 + 0.6 * part : part;
  }
}

/* From the film's conductances, each of which may change by the part `reach`; 0: down to SMALLEST, and up without end. */
static PetscErrorCode train_film(const Settings *settings, const HfLearning *learning, PetscReal reach, FilmTask *film, Course *course) {
  const PetscInt n = learning->n, n_links = n * (n - 1) / 2, n_inputs = (n + 1) / 2;
  const Task task = {.graph = {.n_nodes = n,
                               .n_links = n_links,
                               .n_inputs = n_inputs,
                               .n_outputs = n - n_inputs,
                               .ends = film->ends,
                               .inputs = film->nodes,
                               .outputs = film->nodes + n_inputs},
                     .V = film->potential,
                     .targets = film->potential + n_inputs,
                     .low = film->low,
                     .high = film->high};
  PetscReal record[RECORDS];
  PetscErrorCode code;

  PetscFunctionBeginUser;
  for (PetscInt e = 0; e < n_links; ++e) {
    film->k[e] = film->start[e];
    film->low[e] = film->start[e] * (reach > 0.0 ? 1.0 - reach : SMALLEST);
    film->high[e] = reach > 0.0 ? film->start[e] * (1.0 + reach) : PETSC_MAX_REAL;
  }
  code = train(settings, learning, &task, film->k, record, course);
  PetscFunctionReturn(code);
}

static PetscErrorCode learn_film(const Settings *settings, const HfLearning *learning) {
  const PetscInt n = learning->n, n_links = n * (n - 1) / 2;
  Course course, bounded;
  PetscErrorCode code;
  FilmTask film = {0};
  char text[320];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc7(2 * n_links, &film.ends, n, &film.nodes, n_links, &film.k, n_links, &film.start, n_links, &film.low, n_links, &film.high, n,
                         &film.potential));
  read_film(learning, &film);
  code = train_film(settings, learning, 0.0, &film, &course);
  if (!code) code = train_film(settings, learning, film.reach, &film, &bounded);
  PetscCall(PetscFree7(film.ends, film.nodes, film.k, film.start, film.low, film.high, film.potential));
  if (code) PetscFunctionReturn(code);
  PetscCall(PetscSNPrintf(text, sizeof text,
                          "%s: on the film's conductances, %d outputs: error %.3g to %.2g in %d steps; to %.3g within the %.3g %% by which its last "
                          "pulse changed them, whose correlation with dV^2 is %+.2f",
                          settings->rule, (int)(n / 2), (double)course.first, (double)course.last, (int)course.steps, (double)bounded.last,
                          100 * (double)film.reach, (double)film.correlation));
  PetscCall(learning->figure(learning->of, "equilibrium", settings->clamp == HF_CLAMP_EQUILIBRIUM));
  PetscCall(learning->figure(learning->of, "film_first_error", course.first));
  PetscCall(learning->figure(learning->of, "film_error", course.last));
  PetscCall(learning->figure(learning->of, "film_steps", (PetscReal)course.steps));
  PetscCall(learning->figure(learning->of, "film_bounded_error", bounded.last));
  PetscCall(learning->figure(learning->of, "film_change", film.reach));
  PetscCall(learning->figure(learning->of, "film_correlation", film.correlation));
  PetscCall(learning->headline(learning->of, text));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(const void *of, const HfLearning *learning) {
  const Settings *settings = of;
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  if (settings->trials) code = learn_tasks(settings, learning);
  if (!code && settings->film) code = learn_film(settings, learning);
  PetscFunctionReturn(code);
}

static PetscBool wants_film(const void *of) { return ((const Settings *)of)->film; }

const HfLearner HfLearner_CoupledLearning = {
    .name = "coupled-learning", .citation = "stern-2021", .keys = keys, .settings = read_settings, .wants_film = wants_film, .run = run};
