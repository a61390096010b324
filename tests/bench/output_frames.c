/* Frames of three numbers per cell in run.h5 beside `dd` of as many bytes in the same folder: medians of rounds that
   take turns, in MB/s of wall time, without and with fsync. Each round makes its files anew and removes them.
   The film's vectors turn smoothly, with noise in the last digits, as those of a run do: what deflate gains on them is what it gains there.
   output/output_impl.h: it opens its file as the run does, without a run around it.
   mpiexec -n N bench_output_frames [-n 4000] [-rounds 5] [-frames 1] [-compression 0] [-single] [-dir .] [-hints key=value,...] */
#include "cpu_time.h"
#include <fcntl.h>
#include <hopfilm/grid.h>
#include <output/output_impl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 100, DD = 0, DD_SYNC, FRAMES, FRAMES_SYNC, N_WAYS };

typedef struct {
  HfRun run;
  MPI_Info hints;
  HfGrid grid;
  Vec m;
  PetscInt n, n_frames, compression;
  PetscBool single;
  PetscReal megabytes;
} Bench;

static double elapsed_since(const Bench *b, double start) {
  MPI_Barrier(b->run.comm);
  return MPI_Wtime() - start;
}

/* The other ranks sleep until rank 0 has come, too: waiting in MPI would take the cores from its child. */
static void sleep_until_all_come(const Bench *b) {
  const struct timespec moment = {.tv_nsec = 1000000};
  MPI_Request request;
  int done = 0;

  for (MPI_Ibarrier(b->run.comm, &request); !done; MPI_Test(&request, &done, MPI_STATUS_IGNORE)) nanosleep(&moment, NULL);
}

static double start_now(const Bench *b) {
  MPI_Barrier(b->run.comm);
  return MPI_Wtime();
}

/* The disk is left as if the file had never been: some file systems free its blocks only when the next file is synced. */
static void remove_file(Bench *b, const char name[]) {
  char path[PETSC_MAX_PATH_LEN];

  if (b->run.rank) return;
  HfRunPath(&b->run, name, path);
  unlink(path);
  HfSyncPath(&b->run, b->run.directory);
}

/* Seconds that `dd` takes on rank 0. */
static PetscErrorCode copy_zeros(Bench *b, PetscBool sync, double *seconds) {
  char command[2 * PETSC_MAX_PATH_LEN], path[PETSC_MAX_PATH_LEN];
  double start;
  int code = 0;

  PetscFunctionBeginUser;
  HfRunPath(&b->run, "bench-frames.dd", path);
  PetscCall(PetscSNPrintf(command, sizeof command, "exec dd if=/dev/zero of='%s' bs=1048576 count=%d %s 2>/dev/null", path,
                          (int)ceil((double)b->megabytes * 1e6 / 1048576), sync ? "conv=fsync" : ""));
  start = start_now(b);
  if (!b->run.rank) code = system(command);
  *seconds = MPI_Wtime() - start; /* rank 0's counts */
  PetscCheck(!code, PETSC_COMM_SELF, PETSC_ERR_FILE_WRITE, "%s: exit code %d", command, code);
  remove_file(b, "bench-frames.dd");
  sleep_until_all_come(b);
  PetscFunctionReturn(0);
}

static PetscErrorCode write_frames(Bench *b, PetscBool sync, double *seconds) {
  HfResultFile results = {.run = &b->run, .file = -1, .instant = -1};
  const HfSelection all = HfSelectionAll(b->grid);
  char path[PETSC_MAX_PATH_LEN];
  double start;

  PetscFunctionBeginUser;
  start = start_now(b);
  PetscCall(HfResultFileCreate(&results, "bench-frames.h5", b->hints));
  PetscCall(HfFieldCreate(b->grid, results.file, "/fields/m", &all, 3, b->compression, b->single));
  for (PetscInt k = 0; k < b->n_frames; ++k) PetscCall(HfFieldAppend(b->grid, results.file, "/fields/m", b->m, 3, NULL));
  H5Fclose(results.file);
  HfRunPath(&b->run, "bench-frames.h5", path);
  if (sync) HfSyncPath(&b->run, path);
  PetscCall(HfRunAgree(&b->run));
  *seconds = elapsed_since(b, start);
  remove_file(b, "bench-frames.h5");
  sleep_until_all_come(b);
  PetscFunctionReturn(0);
}

static PetscErrorCode fill_texture(Bench *b) {
  const HfGridInfo *g = HfGridGetInfo(b->grid);
  PetscScalar *m;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(HfGridCreateCellVec(b->grid, 3, &b->m));
  PetscCall(VecGetLocalSize(b->m, &n));
  PetscCall(VecGetArray(b->m, &m));
  for (PetscInt k = 0; k < n / 3; ++k) {
    const double x = (double)(k % g->nx), y = (double)(k / g->nx + g->ys), phi = 0.03 * x + sin(0.05 * y), z = 0.5 * sin(0.02 * (x + y));

    m[3 * k] = sqrt(1 - z * z) * cos(phi);
    m[3 * k + 1] = sqrt(1 - z * z) * sin(phi);
    m[3 * k + 2] = z;
  }
  PetscCall(VecRestoreArray(b->m, &m));
  PetscFunctionReturn(0);
}

static PetscErrorCode read_hints(MPI_Info hints) {
  char *texts[16];
  PetscInt n = PETSC_STATIC_ARRAY_LENGTH(texts);

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsGetStringArray(NULL, NULL, "-hints", texts, &n, NULL));
  for (PetscInt k = 0; k < n; ++k) {
    char *equals = strchr(texts[k], '=');

    PetscCheck(equals, PETSC_COMM_WORLD, PETSC_ERR_USER_INPUT, "-hints takes key=value,..., not %s", texts[k]);
    *equals = '\0';
    PetscCallMPI(MPI_Info_set(hints, texts[k], equals + 1));
    PetscCall(PetscFree(texts[k]));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode measure(Bench *b, PetscInt rounds) {
  static const char *const names[N_WAYS] = {"dd", "dd conv=fsync", "frames", "frames, fsync"};
  PetscReal seconds[N_WAYS][MOST], ratios[N_WAYS][MOST], median[N_WAYS], ratio[N_WAYS];

  PetscFunctionBeginUser;
  for (PetscInt round = 0; round < rounds; ++round) {
    for (int k = 0; k < N_WAYS; ++k) { /* each is first in turn: what is written after much else may be slowed down */
      const int way = (int)(round + k) % N_WAYS;

      PetscCall(way < FRAMES ? copy_zeros(b, (PetscBool)(way == DD_SYNC), &seconds[way][round])
                             : write_frames(b, (PetscBool)(way == FRAMES_SYNC), &seconds[way][round]));
    }
    for (int way = 0; way < N_WAYS; ++way) MPI_Bcast(&seconds[way][round], 1, MPIU_REAL, 0, b->run.comm);
    for (int way = 0; way < N_WAYS; ++way) ratios[way][round] = seconds[way % 2][round] / seconds[way][round];
  }
  for (int way = 0; way < N_WAYS; ++way) {
    PetscCall(median_of(rounds, seconds[way], &median[way]));
    PetscCall(median_of(rounds, ratios[way], &ratio[way]));
    PetscCall(PetscPrintf(b->run.comm, "  %-15s %7.0f MB/s", names[way], (double)(b->megabytes / median[way])));
    if (way >= FRAMES) PetscCall(PetscPrintf(b->run.comm, "  %.2f of dd", (double)ratio[way]));
    PetscCall(PetscPrintf(b->run.comm, "\n"));
  }
  PetscFunctionReturn(0);
}

int main(int argc, char **argv) {
  Bench b = {.n = 4000, .n_frames = 1};
  PetscInt rounds = 5;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  b.run.comm = PETSC_COMM_WORLD;
  PetscCallMPI(MPI_Comm_rank(b.run.comm, &b.run.rank));
  PetscCallMPI(MPI_Comm_size(b.run.comm, &b.run.size));
  PetscCallMPI(MPI_Info_create(&b.hints));
  PetscCall(PetscStrncpy(b.run.directory, ".", sizeof b.run.directory));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-n", &b.n, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-rounds", &rounds, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-frames", &b.n_frames, NULL));
  PetscCall(PetscOptionsGetInt(NULL, NULL, "-compression", &b.compression, NULL));
  PetscCall(PetscOptionsGetBool(NULL, NULL, "-single", &b.single, NULL));
  PetscCall(PetscOptionsGetString(NULL, NULL, "-dir", b.run.directory, sizeof b.run.directory, NULL));
  PetscCall(read_hints(b.hints));
  PetscCheck(rounds >= 1 && rounds <= MOST, b.run.comm, PETSC_ERR_ARG_OUTOFRANGE, "-rounds: 1 to %d", MOST);
  b.megabytes = 1e-6 * (b.single ? 4 : 8) * 3 * (PetscReal)b.n * b.n * b.n_frames;
  PetscCall(HfGridCreate(b.run.comm, b.n, b.n, 1e-9, 1e-9, 1e-9, NULL, NULL, &b.grid));
  PetscCall(fill_texture(&b));
  PetscCall(PetscPrintf(b.run.comm, "%d frame%s of %d x %d cells, %s, %.0f MB, %d rank%s, compression %d\n", (int)b.n_frames,
                        b.n_frames > 1 ? "s" : "", (int)b.n, (int)b.n, b.single ? "single" : "double", (double)b.megabytes, b.run.size,
                        b.run.size > 1 ? "s" : "", (int)b.compression));
  PetscCall(measure(&b, rounds));
  PetscCallMPI(MPI_Info_free(&b.hints));
  PetscCall(VecDestroy(&b.m));
  PetscCall(HfGridDestroy(&b.grid));
  return PetscFinalize();
}
