/* Speed of the magnetization on one core per rank, in CPU time relative to something of the same run, in turns with it: the right-hand side of local terms, bare
   and through TS, to a STREAM triad at 48 and 140 bytes per cell and evaluation (what a stage of its own moves); with the full demagnetizing field to the
   bare transforms of that (on one rank).
   Options: -n 512 (cells along each side), -seconds 1 (each), -disk */
#include "bare_transforms.h"
#include "cpu_time.h"
#include <hopfilm/magnet.h>

typedef struct {
  const char *name, *more;         /* exchange, uniaxial anisotropy, Zeeman, and what this adds to the material */
  const char *demag, *required[2]; /* of the right-hand side, through TS */
} Kind;

static const Kind kinds[] = {
    {"exchange + uniaxial + Zeeman", "", "none", {">= 0.45", ">= 0.65"}},
    {"exchange + uniaxial + bulk DMI + Zeeman", ", Dbulk: 1 mJ/m^2", "none", {">= 0.45", ">= 0.65"}},
    {"exchange + uniaxial + interfacial DMI + Zeeman", ", Dinterfacial: 1 mJ/m^2", "none", {">= 0.45", ">= 0.65"}},
    {"exchange + uniaxial of grains + bulk DMI + Zeeman", ", Dbulk: 1 mJ/m^2, Ku_variation: 10 %", "none", {">= 0.45", ">= 0.65"}},
    {"exchange + uniaxial + Zeeman + full demagnetization", "", "full", {"<= 0.8", "-"}},
};

typedef struct {
  HfKeys keys;
  HfDeck deck;
  HfGrid grid;
  HfMagnet magnet;
  Vec m, dmdt;
  PetscReal end; /* s */
} Film;

static PetscErrorCode create(const Kind *kind, PetscInt n, PetscBool disk, Film *film) {
  char text[2048];

  PetscFunctionBeginUser;
  PetscCall(HfKeysCreate(&film->keys));
  PetscCall(HfGridRegisterKeys(film->keys));
  PetscCall(HfMagnetRegisterKeys(film->keys, NULL));
  PetscCall(PetscSNPrintf(text, sizeof(text),
                          "hopfilm: 1\nfilm:\n"
                          "  size: [%d nm, %d nm]\n"
                          "  cell: 5 nm\n"
                          "  thickness: 20 nm\n"
                          "  grains: {size: 20 nm}\n"
                          "  %sshape: {disk: {diameter: %d nm}}\n"
                          "  material: {Ms: 800 kA/m, Aex: 13 pJ/m, Ku: 1e4 J/m^3, axis: [1, 0, 1], alpha: 0.3%s}\n"
                          "  initial: {vortex: {core: 50 nm}}\n"
                          "field: {uniform: [1e3 A/m, 0 A/m, 2e3 A/m]}\n"
                          "integrator: {method: 5dp}\n"
                          "demag: %s\n",
                          (int)(5 * n), (int)(5 * n), disk ? "" : "#", (int)(5 * n), kind->more, kind->demag));
  PetscCall(HfDeckCreateFromText(PETSC_COMM_WORLD, film->keys, text, &film->deck));
  PetscCall(HfDeckVerdict(film->deck));
  PetscCall(HfGridCreateFromDeck(film->deck, &film->grid));
  PetscCall(HfMagnetCreate(film->grid, film->deck, NULL, &film->magnet));
  PetscCall(HfDeckVerdict(film->deck));
  PetscCall(HfMagnetCreateState(film->magnet, &film->m));
  PetscCall(VecDuplicate(film->m, &film->dmdt));
  PetscCall(HfMagnetSetInitial(film->magnet, NULL, film->m));
  film->end = 0;
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(Film *film) {
  PetscFunctionBeginUser;
  PetscCall(VecDestroy(&film->m));
  PetscCall(VecDestroy(&film->dmdt));
  PetscCall(HfMagnetDestroy(&film->magnet));
  PetscCall(HfGridDestroy(&film->grid));
  PetscCall(HfDeckDestroy(&film->deck));
  PetscCall(HfKeysDestroy(&film->keys));
  PetscFunctionReturn(0);
}

static PetscErrorCode right_hand_side(void *context, PetscReal *evaluations) {
  Film *film = context;

  PetscFunctionBeginUser;
  *evaluations = 20; /* the triad leaves the caches cold to the first */
  for (int k = 0; k < 20; ++k) PetscCall(HfMagnetRightHandSide(film->magnet, 0, film->m, film->dmdt));
  PetscFunctionReturn(0);
}

static PetscErrorCode through_ts(void *context, PetscReal *evaluations) {
  const PetscReal time = 5e-12;
  PetscInt64 before, after;
  Film *film = context;

  PetscFunctionBeginUser;
  HfMagnetStatistics(film->magnet, NULL, NULL, &before);
  PetscCall(HfMagnetAdvance(film->magnet, film->m, film->end, film->end + time, NULL, NULL));
  HfMagnetStatistics(film->magnet, NULL, NULL, &after);
  film->end += time;
  *evaluations = (PetscReal)(after - before);
  PetscFunctionReturn(0);
}

static PetscErrorCode print(const char *what, PetscReal value, const char *of, const char *required, const char *at, PetscReal rate) {
  PetscFunctionBeginUser;
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %s: %.2f of the %s (required: %s)%s; %.1f M cell evaluations/s per core\n", what, (double)value, of,
                        required, at, (double)(1e-6 * rate)));
  PetscFunctionReturn(0);
}

static PetscErrorCode beside_triad(const Kind *kind, Film *film, PetscReal cells, PetscReal seconds, Triad *triad) {
  Rates rates;

  PetscFunctionBeginUser;
  PetscCall(in_turns(right_hand_side, film, triad_once, triad, seconds, &rates));
  PetscCall(print("right-hand side", 48 * cells * rates.ratio, "triad", kind->required[0], " at 48 B per cell", cells * rates.a));
  PetscCall(in_turns(through_ts, film, triad_once, triad, seconds, &rates));
  PetscCall(print("through TS", 140 * cells * rates.ratio, "triad", kind->required[1], " at 140 B per cell", cells * rates.a));
  PetscFunctionReturn(0);
}

static PetscErrorCode beside_transforms(const Kind *kind, Film *film, PetscInt n, PetscReal cells, PetscReal seconds) {
  BareTransforms bare;
  Rates rates;

  PetscFunctionBeginUser;
  PetscCall(bare_transforms_create(n, 2 * n, 2 * n, &bare));
  PetscCall(in_turns(right_hand_side, film, bare_transforms_once, &bare, seconds, &rates));
  PetscCall(print("right-hand side", 1 / rates.ratio, "bare transforms", kind->required[0], "", cells * rates.a));
  PetscCall(bare_transforms_destroy(&bare));
  PetscFunctionReturn(0);
}

static PetscErrorCode beside_double(Film *film, PetscInt n, PetscBool disk, PetscReal cells, PetscReal seconds) {
  const Kind kind = {.more = "", .demag = "full\ndemag_precision: double"};
  Film exact;
  Rates rates;

  PetscFunctionBeginUser;
  PetscCall(create(&kind, n, disk, &exact));
  PetscCall(in_turns(right_hand_side, film, right_hand_side, &exact, seconds, &rates));
  PetscCall(print("right-hand side, single precision", rates.ratio, "speed in double precision", ">= 1.7", "", cells * rates.a));
  PetscCall(destroy(&exact));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  PetscInt n = 512;
  PetscReal seconds = 1;
  PetscBool disk = PETSC_FALSE;
  PetscMPIInt size;
  Triad triad;

  PetscFunctionBeginUser;
  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-n", &n, NULL));
  PetscCall(PetscOptionsGetReal(NULL, NULL, "-seconds", &seconds, NULL));
  PetscCall(PetscOptionsGetBool(NULL, NULL, "-disk", &disk, NULL));
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  PetscCall(triad_create(&triad));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(kinds); ++k) {
    PetscBool whole;
    PetscReal cells;
    Film film;

    PetscCall(PetscStrcmp(kinds[k].demag, "full", &whole));
    if (whole && size > 1) continue;
    PetscCall(create(&kinds[k], n, disk, &film));
    cells = (PetscReal)HfGridGetInfo(film.grid)->n_film / size;
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%s, %d cells\n", kinds[k].name, (int)HfGridGetInfo(film.grid)->n_film));
    if (whole) {
      PetscCall(beside_transforms(&kinds[k], &film, n, cells, seconds));
      PetscCall(beside_double(&film, n, disk, cells, seconds));
    } else
      PetscCall(beside_triad(&kinds[k], &film, cells, seconds, &triad));
    PetscCall(destroy(&film));
  }
  PetscCall(triad_destroy(&triad));
  PetscCall(PetscFinalize());
  return 0;
}
