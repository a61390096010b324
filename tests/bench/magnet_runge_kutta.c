/* CPU time of a step of our Runge-Kutta type (src/numerics/time/runge_kutta.c) in one pass over the film (src/magnet/wavefront.c) and stage by stage, and
   of PETSc's TSRK with the same pair, at equal fixed steps; on several ranks, that of the slowest.
   Options: -n 128,512,2048 (cells along each side), -rounds 5 (of all, in turn; the fastest counts), -steps 0 (of a round; 0: some 3e6 cells),
   -method 5dp (or 3bs)
   magnet/magnet_impl.h: a built-in term is given a hook that says that its field varies in time, which takes steps stage by stage. */
#include "cpu_time.h"
#include <magnet/magnet_impl.h>

#define STEP 5e-15 /* s, stable with every method */

typedef enum { ONE_PASS, STAGE_BY_STAGE, PETSC, KINDS } Kind;

typedef struct {
  HfKeys keys;
  HfDeck deck;
  HfGrid grid;
  HfMagnet magnet;
  Vec m;
  PetscReal best, end; /* CPU s per step; simulated s */
} Film;

static HfTermType varying; /* exchange */

static PetscBool always(const HfTerm *term) { return PETSC_TRUE; }

static void make_stage_by_stage(Film *film) {
  for (PetscInt k = 0; k < film->magnet->n_terms; ++k) {
    HfTerm *term = &film->magnet->terms[k];
    if (strcmp(term->type->name, "exchange")) continue;
    varying = *term->type;
    varying.varies = always;
    term->type = &varying;
  }
}

static PetscErrorCode create(Film *film, PetscInt n, const char *demag, const char *method, Kind kind) {
  const char *const options[][2] = {{"-ts_adapt_type", "none"}, {"-ts_type", "rk"}, {"-ts_rk_type", method}};
  char text[1024];

  PetscFunctionBeginUser;
  *film = (Film){.best = PETSC_MAX_REAL};
  PetscCall(PetscSNPrintf(text, sizeof(text),
                          "hopfilm: 1\n"
                          "film:\n"
                          "  size: [%d nm, %d nm]\n"
                          "  cell: 5 nm\n"
                          "  thickness: 20 nm\n"
                          "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, Ku: 1e4 J/m^3, axis: [1, 0, 1], alpha: 0.3}\n"
                          "  initial: {vortex: {core: 50 nm}}\n"
                          "field: {uniform: [1e3 A/m, 0 A/m, 2e3 A/m]}\n"
                          "demag: %s\n"
                          "integrator: {method: %s, first_step: %g s}\n",
                          (int)(5 * n), (int)(5 * n), demag, method, STEP));
  PetscCall(HfKeysCreate(&film->keys));
  PetscCall(HfGridRegisterKeys(film->keys));
  PetscCall(HfMagnetRegisterKeys(film->keys, NULL));
  PetscCall(HfDeckCreateFromText(PETSC_COMM_WORLD, film->keys, text, &film->deck));
  PetscCall(HfDeckVerdict(film->deck));
  PetscCall(HfGridCreateFromDeck(film->deck, &film->grid));
  for (int k = 0; k < (kind == PETSC ? 3 : 1); ++k) PetscCall(PetscOptionsSetValue(NULL, options[k][0], options[k][1]));
  PetscCall(HfMagnetCreate(film->grid, film->deck, NULL, &film->magnet));
  for (int k = 0; k < (kind == PETSC ? 3 : 1); ++k) PetscCall(PetscOptionsClearValue(NULL, options[k][0]));
  PetscCall(HfDeckVerdict(film->deck));
  if (kind == STAGE_BY_STAGE) make_stage_by_stage(film);
  PetscCall(HfMagnetCreateState(film->magnet, &film->m));
  PetscCall(HfMagnetSetInitial(film->magnet, NULL, film->m));
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(Film *film) {
  PetscFunctionBeginUser;
  PetscCall(VecDestroy(&film->m));
  PetscCall(HfMagnetDestroy(&film->magnet));
  PetscCall(HfGridDestroy(&film->grid));
  PetscCall(HfDeckDestroy(&film->deck));
  PetscCall(HfKeysDestroy(&film->keys));
  PetscFunctionReturn(0);
}

static PetscErrorCode advance(Film *film, PetscInt steps) {
  const PetscReal end = film->end + (PetscReal)steps * STEP, start = now_s();
  PetscReal spent;

  PetscFunctionBeginUser;
  PetscCall(HfMagnetAdvance(film->magnet, film->m, film->end, end, NULL, NULL));
  spent = (now_s() - start) / (PetscReal)steps;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &spent, 1, MPIU_REAL, MPIU_MAX, PETSC_COMM_WORLD));
  film->best = PetscMin(film->best, spent);
  film->end = end;
  PetscFunctionReturn(0);
}

static PetscErrorCode compare(PetscInt n, const char *demag, const char *method, PetscInt rounds, PetscInt steps) {
  PetscReal difference[KINDS] = {0};
  Film film[KINDS];

  PetscFunctionBeginUser;
  if (!steps) steps = PetscMax(10, 3000000 / (n * n));
  for (Kind kind = 0; kind < KINDS; ++kind) PetscCall(create(&film[kind], n, demag, method, kind));
  for (PetscInt r = 0; r < rounds; ++r)
    for (Kind kind = 0; kind < KINDS; ++kind) PetscCall(advance(&film[kind], steps));
  for (Kind kind = 1; kind < KINDS; ++kind) {
    PetscCall(VecAXPY(film[kind].m, -1, film[0].m));
    PetscCall(VecNorm(film[kind].m, NORM_INFINITY, &difference[kind]));
  }
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "%s, %5d^2 cells, demag %-4s: %10.3f us a step of ours, ratio %.2f stage by stage, %.2f of TSRK; %.1e and %.1e apart\n",
                        method, (int)n, demag, (double)(1e6 * film[0].best), (double)(film[STAGE_BY_STAGE].best / film[0].best),
                        (double)(film[PETSC].best / film[0].best), (double)difference[STAGE_BY_STAGE], (double)difference[PETSC]));
  for (Kind kind = 0; kind < KINDS; ++kind) PetscCall(destroy(&film[kind]));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscInt n[8] = {128, 512, 2048}, n_sizes = 8, rounds = 5, steps = 0;
  char method[8] = "5dp";
  PetscBool given;

  PetscFunctionBeginUser;
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(PetscOptionsGetIntArray(NULL, NULL, "-n", n, &n_sizes, &given));
  if (!given) n_sizes = 3;
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-rounds", &rounds, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-steps", &steps, NULL));
  PetscCall(PetscOptionsGetString(NULL, NULL, "-method", method, sizeof(method), NULL));
  for (PetscInt k = 0; k < n_sizes; ++k) PetscCall(compare(n[k], "none", method, rounds, steps));
  for (PetscInt k = 0; k < PetscMin(2, n_sizes) && !strcmp(method, "5dp"); ++k) PetscCall(compare(n[k], "full", method, rounds, steps));
  PetscCall(PetscFinalize());
  return 0;
}
