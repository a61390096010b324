/* Ghost rows (src/grid/ghost_rows.c) against DMGlobalToLocalBegin/End of the grid's DMDA, for cells with three components and for vertices: CPU time of one
   exchange, of the slower rank, the best of several rounds that take turns.
   A local Vec is a copy of all owned rows with ghost rows around them; HfGhostRows moves the ghost rows alone. "filled" is the exchange within an array that
   has them already (the levels of the V-cycle), "loaded" copies the owned rows into such an array first (a potential given as a Vec).
   mpiexec -n 1 or 2 */
#include "cpu_time.h"
#include <hopfilm/grid.h>

enum { ROUNDS = 7 };

typedef struct {
  HfGhostRows rows;
  PetscReal *x; /* with ghost rows */
  Vec v, local;
  DM dm;
} Field;

typedef PetscErrorCode (*Exchange)(Field *f);

static PetscErrorCode begin_end(Field *f) {
  const PetscScalar *a;
  const PetscReal *below, *above;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(f->v, &a));
  PetscCall(HfGhostRowsBegin(f->rows, a));
  PetscCall(HfGhostRowsEnd(f->rows, &below, &above));
  PetscCall(VecRestoreArrayRead(f->v, &a));
  PetscFunctionReturn(0);
}

static PetscErrorCode fill(Field *f) {
  PetscFunctionBeginUser;
  PetscCall(HfGhostRowsFill(f->rows, f->x, HF_ROWS_ALL));
  PetscFunctionReturn(0);
}

static PetscErrorCode load(Field *f) {
  const HfGhostRowsInfo *info = HfGhostRowsGetInfo(f->rows);
  const PetscScalar *a;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(f->v, &a));
  PetscCall(PetscArraycpy(f->x + HfGhostRowsAt(info, info->start), a, (info->end - info->start) * info->n));
  PetscCall(VecRestoreArrayRead(f->v, &a));
  PetscCall(HfGhostRowsFill(f->rows, f->x, HF_ROWS_ALL));
  PetscFunctionReturn(0);
}

static PetscErrorCode global_to_local(Field *f) {
  PetscFunctionBeginUser;
  PetscCall(DMGlobalToLocalBegin(f->dm, f->v, INSERT_VALUES, f->local));
  PetscCall(DMGlobalToLocalEnd(f->dm, f->v, INSERT_VALUES, f->local));
  PetscFunctionReturn(0);
}

/* Seconds per exchange, the slower rank's. */
static PetscErrorCode measure(Field *f, Exchange exchange, PetscInt repeats, PetscReal *best) {
  PetscReal t;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
  t = now_s();
  for (PetscInt k = 0; k < repeats; ++k) PetscCall((*exchange)(f));
  t = (now_s() - t) / (PetscReal)repeats;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &t, 1, MPIU_REAL, MPI_MAX, PETSC_COMM_WORLD));
  *best = PetscMin(*best, t);
  PetscFunctionReturn(0);
}

static PetscErrorCode compare(const char name[], PetscInt n, Field *f, PetscInt n_ways, const Exchange ways[], const char *const names[]) {
  PetscReal best[3] = {PETSC_MAX_REAL, PETSC_MAX_REAL, PETSC_MAX_REAL};
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  for (int round = 0; round < ROUNDS; ++round)
    for (PetscInt k = 0; k < n_ways; ++k) PetscCall(measure(f, ways[k], n > 1000 ? 40 : 400, &best[k]));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%4d x %-4d %-18s %d rank%s", (int)n, (int)n, name, size, size > 1 ? "s" : " "));
  for (PetscInt k = 0; k < n_ways; ++k) PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  %s %9.2f us", names[k], 1e6 * (double)best[k]));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  ratio %.3f\n", (double)(best[n_ways - 2] / best[n_ways - 1])));
  PetscFunctionReturn(0);
}

static PetscErrorCode bench(PetscInt n) {
  const Exchange cell_ways[] = {begin_end, global_to_local}, vertex_ways[] = {fill, load, global_to_local};
  const char *const cell_names[] = {"begin/end", "DMGlobalToLocal"}, *const vertex_names[] = {"filled", "loaded", "DMGlobalToLocal"};
  HfGrid grid;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreate(PETSC_COMM_WORLD, n, n, 1e-9, 1e-9, 1e-9, NULL, NULL, &grid));
  for (int is_vertex = 0; is_vertex < 2; ++is_vertex) {
    Field f;

    if (is_vertex)
      PetscCall(HfGhostRowsCreateVertices(grid, &f.rows));
    else
      PetscCall(HfGhostRowsCreateCells(grid, 3, &f.rows));
    PetscCall(is_vertex ? HfGridGetVertices(grid, &f.dm) : HfGridGetCells(grid, 3, &f.dm));
    PetscCall(HfGhostRowsAllocate(f.rows, &f.x));
    PetscCall(DMCreateGlobalVector(f.dm, &f.v));
    PetscCall(DMCreateLocalVector(f.dm, &f.local));
    PetscCall(VecSet(f.v, 1));
    PetscCall(is_vertex ? compare("vertices, 1 number", n, &f, 3, vertex_ways, vertex_names)
                        : compare("cells, 3 numbers", n, &f, 2, cell_ways, cell_names));
    PetscCall(VecDestroy(&f.local));
    PetscCall(VecDestroy(&f.v));
    PetscCall(HfGhostRowsFree(&f.x));
    PetscCall(HfGhostRowsDestroy(&f.rows));
  }
  PetscCall(HfGridDestroy(&grid));
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  PetscCall(bench(512));
  PetscCall(bench(2048));
  return PetscFinalize();
}
