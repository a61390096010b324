/* The potential from zero to a relative residual of 1e-10, with set-up, against the number of cells; the next time step; the conductance matrix of 35
   electrodes, relative to the potential from zero. AMR texture, ratio 0.04 and 1.5; contacts on two full edges or disks in the corners. CPU time of rank 0,
   beside a STREAM triad of the same run. */
#include "cpu_time.h"
#include "transport_film.h"

typedef enum { EDGES, CORNERS, LATTICE } Contacts;
static const char *const CONTACTS[] = {"edges", "corner disks", "5 x 7 disks"};

static PetscErrorCode list_electrodes(PetscInt nx, PetscInt ny, Contacts contacts, size_t size, char list[]) {
  const double lx = (double)nx, ly = (double)ny;

  PetscFunctionBeginUser;
  if (contacts == EDGES)
    PetscCall(bench_film_edges(nx, ny, size, list));
  else if (contacts == CORNERS)
    PetscCall(PetscSNPrintf(list, size, "  - {shape: {disk: {diameter: %g nm}}, lattice: {columns: 2, rows: 2, pitch: [%g nm, %g nm]}}\n", 0.15 * lx,
                            0.8 * lx, 0.8 * ly));
  else
    PetscCall(PetscSNPrintf(list, size, "  - {shape: {disk: {diameter: %g nm}}, lattice: {columns: 5, rows: 7, pitch: [%g nm, %g nm]}}\n", 0.1 * lx,
                            lx / 5, ly / 7));
  PetscFunctionReturn(0);
}

/* Six small time steps, each turning m by up to 0.003 rad, started from the quadratic extrapolation of the last three potentials: the last one's cost. */
static PetscErrorCode follow(HfGrid grid, HfPotential potential, const PetscReal V[], Vec phi, Vec m, PetscReal *time, PetscInt *iterations) {
  const PetscScalar weights[3] = {3, -3, 1};
  Vec past[3]; /* the last first */

  PetscFunctionBeginUser;
  for (int k = 0; k < 3; ++k) {
    PetscCall(VecDuplicate(phi, &past[k]));
    PetscCall(VecCopy(phi, past[k]));
  }
  for (int step = 1; step <= 6; ++step) {
    Vec oldest = past[2];

    PetscCall(bench_film_texture(grid, 1e-3 * step, m));
    *time = now_s();
    PetscCall(VecZeroEntries(phi));
    PetscCall(VecMAXPY(phi, 3, weights, past));
    PetscCall(HfPotentialSetMagnetization(potential, m));
    PetscCall(HfPotentialSolve(potential, V, phi, NULL));
    *time = now_s() - *time;
    HfPotentialStatistics(potential, NULL, NULL, iterations);
    PetscCall(VecCopy(phi, oldest));
    past[2] = past[1];
    past[1] = past[0];
    past[0] = oldest;
  }
  for (int k = 0; k < 3; ++k) PetscCall(VecDestroy(&past[k]));
  PetscFunctionReturn(0);
}

static PetscErrorCode conductance(HfPotential potential, PetscReal *time) {
  PetscReal *G;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(35 * 35, &G));
  *time = now_s();
  PetscCall(HfConductance(potential, G));
  *time = now_s() - *time;
  PetscCall(PetscFree(G));
  PetscFunctionReturn(0);
}

static PetscErrorCode measure(PetscInt nx, PetscInt ny, PetscReal ratio, Contacts contacts, PetscReal stream) {
  enum { REPEATS = 3 };
  char list[1024];
  BenchFilm film;
  HfPotential potential;
  Vec m, phi;
  PetscReal V[35] = {0}, currents[35], net = 0, total = 0, best = PETSC_MAX_REAL, next_time = 0, G_time[REPEATS], solves[REPEATS], median = 0;
  PetscInt iterations, next;

  PetscFunctionBeginUser;
  PetscCall(list_electrodes(nx, ny, contacts, sizeof(list), list));
  PetscCall(bench_film_create(nx, ny, ratio, list, &film));
  PetscCall(HfGridCreateCellVec(film.grid, 3, &m));
  V[0] = 1;
  for (int repeat = 0; repeat < REPEATS; ++repeat) {
    PetscCall(bench_film_texture(film.grid, 0, m));
    PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
    PetscReal t = now_s();
    PetscCall(HfPotentialCreateFilm(film.grid, film.electrodes, film.deck, &potential));
    PetscCall(HfPotentialCreateVector(potential, &phi));
    PetscCall(HfPotentialSetMagnetization(potential, m));
    PetscCall(HfPotentialSolve(potential, V, phi, currents));
    t = now_s() - t;
    best = PetscMin(best, t);
    HfPotentialStatistics(potential, NULL, NULL, &iterations);
    if (contacts == LATTICE) {
      PetscCall(conductance(potential, &G_time[repeat]));
      solves[repeat] = G_time[repeat] / t;
    }
    if (repeat == REPEATS - 1) break;
    PetscCall(VecDestroy(&phi));
    PetscCall(HfPotentialDestroy(&potential));
  }
  for (PetscInt k = 0; k < HfElectrodesCount(film.electrodes); ++k) {
    net += currents[k];
    total += 0.5 * PetscAbsReal(currents[k]);
  }
  PetscCall(follow(film.grid, potential, V, phi, m, &next_time, &next));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                        "%5d x %-5d %-12s a %4.2f: %8.4f s, %2d iterations, net/total %8.1e; next step %8.4f s, %2d; %5.0f triad bytes per cell",
                        (int)nx, (int)ny, CONTACTS[contacts], (double)ratio, (double)best, (int)iterations, (double)(net / total), (double)next_time,
                        (int)next, (double)(best * stream / ((PetscReal)nx * (PetscReal)ny))));
  if (contacts == LATTICE) {
    PetscCall(median_of(REPEATS, solves, &median));
    PetscCall(PetscPrintf(PETSC_COMM_WORLD, "; G of 35: %.1f solves from zero, %.3f s", (double)median, (double)G_time[0]));
  }
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "\n"));
  PetscCall(VecDestroy(&m));
  PetscCall(VecDestroy(&phi));
  PetscCall(HfPotentialDestroy(&potential));
  PetscCall(bench_film_destroy(&film));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  const PetscInt squares[] = {97, 128, 256, 509, 512, 521, 1024, 2048};
  PetscInt largest = 2048;
  PetscReal rate;

  PetscCall(PetscInitialize(&argc, &argv, NULL, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-largest", &largest, NULL));
  rate = 1e9 * triad(0.3);
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "STREAM triad %.1f GB/s\n", (double)rate * 1e-9));
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(squares); ++k) {
    if (squares[k] > largest) continue;
    for (int contacts = EDGES; contacts <= CORNERS; ++contacts) {
      PetscCall(measure(squares[k], squares[k], 0.04, (Contacts)contacts, rate));
      PetscCall(measure(squares[k], squares[k], 1.5, (Contacts)contacts, rate));
    }
  }
  PetscCall(measure(100, 97, 1.5, EDGES, rate));
  PetscCall(measure(120, 168, 0.04, LATTICE, rate));
  PetscCall(measure(120, 168, 1.5, LATTICE, rate));
  PetscCall(PetscFinalize());
  return 0;
}
