/* Directed aging (Pashine, Hexner, Liu & Nagel 2019; review of Yu et al. 2024, IV.B): a disordered network of springs that is held under a strain ages, and
   becomes soft against what it was held in. The network is a triangular lattice with periodic boundaries, its nodes displaced and some springs left out. In
   linear response to a strain eps, nodes relaxed by u, a spring with the unit vector n and the length d is stretched by

     e = n.eps.n d + n.(u_j - u_i),     U(eps) = min_u sum k e^2/2

   Its stiffness falls with the energy in it,   dk/dt = -k (k e^2/2)/U0,   U0 the mean energy of a spring at the start: stressed springs age faster. As
   dU/dk = e^2/2 with u relaxed, U of the strain that is held falls by sum (k e^2/2)^2/U0 in unit time, the faster the more of it is in few springs. Moduli
   of the area A:  B = U(1)/(2 A), G = U(diag(1,-1))/(2 A) and the same of the other shear, nu = (B - G)/(B + G) with the mean of both.

   A perfect lattice has B = sqrt(3)/2 k, G = sqrt(3)/4 k, nu = 1/3; held under compression all its springs age alike, and nu stays.

   Measured (inputs/learners/directed-aging.yaml): nu 0.30 before, -0.38 after a time of 3 under compression, 0.50 under shear.

   Assumptions: small strains, so that rest lengths and prestress have no part; aging of stiffness alone; stiffness 1 for all springs at the start. */
#include "learners.h"
#include <petscblaslapack.h>

#define ROW_HEIGHT  0.86602540378443864676 /* of a triangular lattice */
#define LEAST_LINKS 4                      /* of a node: as many as it has constraints to be rigid */

static const HfKey keys[] = {
    {"directed-aging", HF_SECTION, NULL, "", "", 0, "Directed aging: springs that soften under a strain, and the moduli of their network"},
    {"directed-aging.side", HF_INT, NULL, "8", "[4,24]", 0, "Nodes along a side of the lattice, an even number"},
    {"directed-aging.displaced", HF_NUMBER, NULL, "0.2", "[0,0.4]", 0, "Largest displacement of a node along x and y, in lattice constants"},
    {"directed-aging.removed", HF_NUMBER, NULL, "0.2", "[0,0.3]", 0, "Part of the springs that is left out, where the ends keep four"},
    {"directed-aging.time", HF_NUMBER, NULL, "3", ">=0", 0, "Time of aging: a spring of mean energy softens to a half in 1, where its strain stays"},
    {"directed-aging.steps", HF_INT, NULL, "40", "[1,1e6]", 0, "Steps of that time"},
    {"directed-aging.trials", HF_INT, NULL, "5", "[2,10000]", 0, "Networks"},
    {"directed-aging.seed", HF_INT, NULL, "1", "[0,9e18]", 0, "Seed of the networks"},
    HF_LEARNER_KEYS_END,
};

typedef struct {
  PetscInt side, steps, trials;
  PetscInt64 seed;
  PetscReal displaced, removed, time;
} Settings;

static PetscErrorCode read_settings(HfDeck deck, HfNode node, void **of) {
  Settings *settings;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  settings->side = (PetscInt)HfInteger(node, "side");
  if (settings->side % 2) PetscCall(HfDeckError(deck, HfChild(node, "side"), "side: rows of the lattice repeat in pairs, an even number is needed"));
  settings->displaced = HfReal(node, "displaced");
  settings->removed = HfReal(node, "removed");
  settings->time = HfReal(node, "time");
  settings->steps = (PetscInt)HfInteger(node, "steps");
  settings->trials = (PetscInt)HfInteger(node, "trials");
  settings->seed = HfInteger(node, "seed");
  PetscFunctionReturn(0);
}

/* ---- the network ---- */

PetscErrorCode HfLatticeCreate(PetscInt side, PetscReal displaced, PetscReal removed, PetscInt64 seed, PetscInt trial, HfLattice *lattice) {
  const PetscInt n = side * side;
  PetscInt *degree;

  PetscFunctionBeginUser;
  *lattice = (HfLattice){.n_nodes = n, .area = n * ROW_HEIGHT};
  PetscCall(PetscMalloc4(6 * n, &lattice->ends, 6 * n, &lattice->d, 3 * n, &lattice->k, 3 * n, &lattice->e));
  PetscCall(PetscMalloc1(n, &degree));
  for (PetscInt i = 0; i < n; ++i) degree[i] = 6;
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt s = 0; s < 3; ++s) { /* to the right, and to both above */
      const PetscInt column = i % side, row = i / side, shift = s == 0 ? 1 : s == 1 ? row % 2 : row % 2 - 1;
      const PetscInt j = (column + shift + side) % side + (row + (s > 0)) % side * side, at = lattice->n_links;
      PetscReal a[2], b[2], u;

      HfRandomUniform(seed, HF_STREAM_LEARNER, trial, 2 * (PetscInt64)i, 2, a);
      HfRandomUniform(seed, HF_STREAM_LEARNER, trial, 2 * (PetscInt64)j, 2, b);
      HfRandomUniform(seed, HF_STREAM_LEARNER, trial, 2 * (3 * (PetscInt64)i + s) + 1, 1, &u);
      if (u < removed && degree[i] > LEAST_LINKS && degree[j] > LEAST_LINKS) {
        --degree[i];
        --degree[j];
        continue;
      }
      lattice->ends[2 * at] = i;
      lattice->ends[2 * at + 1] = j;
      lattice->d[2 * at] = (s == 0 ? 1.0 : s == 1 ? 0.5 : -0.5) + 2.0 * displaced * (b[0] - a[0]);
      lattice->d[2 * at + 1] = (s > 0 ? ROW_HEIGHT : 0.0) + 2.0 * displaced * (b[1] - a[1]);
      lattice->k[at] = 1.0;
      ++lattice->n_links;
    }
  PetscCall(PetscFree(degree));
  PetscFunctionReturn(0);
}

PetscErrorCode HfLatticeDestroy(HfLattice *lattice) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree4(lattice->ends, lattice->d, lattice->k, lattice->e));
  PetscFunctionReturn(0);
}

/* Forces of springs stretched by the strain alone, and the stiffness matrix, without node 0, which stays. */
static void assemble(HfLattice *lattice, const PetscReal strain[3], PetscReal K[], PetscReal u[]) {
  const PetscInt size = 2 * (lattice->n_nodes - 1);

  for (PetscInt c = 0; c < size; ++c) u[c] = 0.0;
  for (PetscInt c = 0; c < size * size; ++c) K[c] = 0.0;
  for (PetscInt e = 0; e < lattice->n_links; ++e) {
    const PetscReal *d = lattice->d + 2 * e, length = PetscSqrtReal(d[0] * d[0] + d[1] * d[1]), n[2] = {d[0] / length, d[1] / length};
    const PetscInt at[2] = {2 * (lattice->ends[2 * e] - 1), 2 * (lattice->ends[2 * e + 1] - 1)};

    lattice->e[e] = n[0] * (strain[0] * d[0] + strain[2] * d[1]) + n[1] * (strain[2] * d[0] + strain[1] * d[1]);
    for (PetscInt p = 0; p < 4; ++p) { /* component p%2 of the end p/2 */
      if (at[p / 2] < 0) continue;
      u[at[p / 2] + p % 2] += (p < 2 ? 1.0 : -1.0) * lattice->k[e] * lattice->e[e] * n[p % 2];
      for (PetscInt q = 0; q < 4; ++q)
        if (at[q / 2] >= 0) K[(at[p / 2] + p % 2) * size + at[q / 2] + q % 2] += (p / 2 == q / 2 ? 1.0 : -1.0) * lattice->k[e] * n[p % 2] * n[q % 2];
    }
  }
}

PetscErrorCode HfLatticeStrain(HfLattice *lattice, const PetscReal strain[3], PetscReal *energy) {
  const PetscInt size = 2 * (lattice->n_nodes - 1);
  PetscBLASInt order, one = 1, info;
  PetscReal *K, *u;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(size, &order));
  PetscCall(PetscMalloc2(size * size, &K, size, &u));
  assemble(lattice, strain, K, u);
  PetscCallBLAS("LAPACKpotrf", LAPACKpotrf_("U", &order, K, &order, &info));
  if (info > 0) { /* not positive definite */
    *energy = PETSC_INFINITY;
    PetscCall(PetscFree2(K, u));
    PetscFunctionReturn(0);
  }
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK potrf failed with info %d on the stiffness of a lattice", (int)info);
  PetscCallBLAS("LAPACKpotrs", LAPACKpotrs_("U", &order, &one, K, &order, u, &order, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK potrs failed with info %d on the stiffness of a lattice", (int)info);
  *energy = 0.0;
  for (PetscInt e = 0; e < lattice->n_links; ++e) {
    const PetscReal *d = lattice->d + 2 * e, length = PetscSqrtReal(d[0] * d[0] + d[1] * d[1]);
    const PetscInt i = 2 * (lattice->ends[2 * e] - 1), j = 2 * (lattice->ends[2 * e + 1] - 1);

    for (PetscInt c = 0; c < 2; ++c) lattice->e[e] += d[c] / length * ((j < 0 ? 0.0 : u[j + c]) - (i < 0 ? 0.0 : u[i + c]));
    *energy += 0.5 * lattice->k[e] * PetscSqr(lattice->e[e]);
  }
  PetscCall(PetscFree2(K, u));
  PetscFunctionReturn(0);
}

/* ---- aging ---- */

/* Compression, and the two shears: eps_xx, eps_yy, eps_xy. */
static const PetscReal STRAINS[3][3] = {{1, 1, 0}, {1, -1, 0}, {0, 0, 1}};

PetscErrorCode HfLatticeModuli(HfLattice *lattice, PetscReal moduli[3]) {
  PetscFunctionBeginUser;
  for (PetscInt s = 0; s < 3; ++s) {
    PetscCall(HfLatticeStrain(lattice, STRAINS[s], &moduli[s]));
    moduli[s] /= 2.0 * lattice->area;
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfLatticeAge(HfLattice *lattice, PetscInt held, PetscReal time, PetscReal *energy) {
  PetscFunctionBeginUser;
  PetscCall(HfLatticeStrain(lattice, STRAINS[held], energy));
  for (PetscInt e = 0; e < lattice->n_links; ++e)
    lattice->k[e] /= 1.0 + time * 0.5 * lattice->k[e] * PetscSqr(lattice->e[e]); /* exact at constant e */
  PetscFunctionReturn(0);
}

static PetscReal poisson(const PetscReal moduli[3]) {
  const PetscReal G = 0.5 * (moduli[1] + moduli[2]);

  return (moduli[0] - G) / (moduli[0] + G);
}

/* Of one trial. */
typedef struct {
  PetscReal *before, *after; /* nu */
  PetscReal *nu;             /* [steps + 1]: its mean over trials, along the aging */
  PetscReal *own, *others;   /* modulus of the strain that was held, after relative to before; mean of the other two */
} Aged;

static PetscErrorCode age_one(const Settings *settings, const HfLearning *learning, PetscInt held, PetscInt trial, const Aged *aged) {
  static const char floppy[] = "a network is not rigid: leave out fewer springs, or let it age for a shorter time";
  PetscReal before[3], after[3] = {0}, energy, time;
  PetscErrorCode code = 0;
  HfLattice lattice;

  PetscFunctionBeginUser;
  PetscCall(HfLatticeCreate(settings->side, settings->displaced, settings->removed, settings->seed, trial, &lattice));
  PetscCall(HfLatticeModuli(&lattice, before));
  if (PetscIsInfReal(before[held])) code = learning->fault(learning->of, floppy);
  time = settings->time / settings->steps * lattice.n_links / (2.0 * lattice.area * before[held]);
  aged->nu[0] += poisson(before) / settings->trials;
  for (PetscInt step = 0; step < settings->steps && !code; ++step) {
    PetscCall(HfLatticeAge(&lattice, held, time, &energy));
    PetscCall(HfLatticeModuli(&lattice, after));
    if (PetscIsInfReal(after[held])) code = learning->fault(learning->of, floppy);
    aged->nu[step + 1] += poisson(after) / settings->trials;
    if (!code && step % 20 == 19) code = learning->pause(learning->of);
  }
  PetscCall(HfLatticeDestroy(&lattice));
  aged->before[trial] = poisson(before);
  aged->after[trial] = poisson(after);
  aged->own[trial] = after[held] / before[held];
  aged->others[trial] = 0.0;
  for (PetscInt s = 0; s < 3; ++s) aged->others[trial] += s == held ? 0.0 : 0.5 * after[s] / before[s];
  PetscFunctionReturn(code);
}

static PetscErrorCode report(const Settings *settings, const HfLearning *learning, PetscInt held, const Aged *aged) {
  static const char *const names[] = {"nu_before", "nu_after", "modulus", "other_moduli"};
  const PetscReal *const values[] = {aged->before, aged->after, aged->own, aged->others};
  PetscReal mean[4], error[4];
  char text[256], name[64];

  PetscFunctionBeginUser;
  PetscCall(learning->figure(learning->of, "held_shear", held > 0));
  for (PetscInt v = 0; v < 4; ++v) {
    HfMeanAndError(settings->trials, values[v], &mean[v], &error[v]);
    PetscCall(PetscSNPrintf(name, sizeof name, "%s_error", names[v]));
    PetscCall(learning->figure(learning->of, names[v], mean[v]));
    PetscCall(learning->figure(learning->of, name, error[v]));
  }
  PetscCall(PetscSNPrintf(text, sizeof text,
                          "aged under %s: Poisson's ratio %.3f +- %.1g to %.3f +- %.1g, modulus held %.3f +- %.1g of its start, others %.3f +- %.1g",
                          held ? "shear" : "compression", (double)mean[0], (double)error[0], (double)mean[1], (double)error[1], (double)mean[2],
                          (double)error[2], (double)mean[3], (double)error[3]));
  PetscCall(learning->headline(learning->of, text));
  PetscFunctionReturn(0);
}

static PetscErrorCode run(const void *of, const HfLearning *learning) {
  const Settings *settings = of;
  const PetscInt shape[] = {2, settings->steps + 1}, trials = settings->trials;
  PetscErrorCode code = 0;
  PetscReal *nu, *times;
  Aged aged;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc4(trials, &aged.before, trials, &aged.after, trials, &aged.own, trials, &aged.others));
  PetscCall(PetscCalloc2(shape[0] * shape[1], &nu, shape[1], &times));
  for (PetscInt held = 0; held < 2 && !code; ++held) {
    aged.nu = nu + held * shape[1];
    for (PetscInt trial = 0; trial < trials && !code; ++trial) code = age_one(settings, learning, held, trial, &aged);
    if (!code) PetscCall(report(settings, learning, held, &aged));
  }
  for (PetscInt step = 0; step <= settings->steps; ++step) times[step] = settings->time * step / settings->steps;
  if (!code) PetscCall(learning->array(learning->of, "aging_time", 1, shape + 1, times, "1"));
  if (!code) PetscCall(learning->array(learning->of, "nu", 2, shape, nu, "1"));
  PetscCall(PetscFree2(nu, times));
  PetscCall(PetscFree4(aged.before, aged.after, aged.own, aged.others));
  PetscFunctionReturn(code);
}

const HfLearner HfLearner_DirectedAging = {.name = "directed-aging", .citation = "pashine-2019", .keys = keys, .settings = read_settings, .run = run};
