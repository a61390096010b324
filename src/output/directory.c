/* The run directory: made, guarded and locked by rank 0; every rank learns the outcome. */
#define _GNU_SOURCE
#include "output_impl.h"
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

void HfOutputPath(HfOutput output, const char name[], char path[PETSC_MAX_PATH_LEN]) {
  snprintf(path, PETSC_MAX_PATH_LEN, "%.*s/%s", PETSC_MAX_PATH_LEN - 64, output->directory, name);
}

void HfOutputNote(HfOutput output, const char *format, ...) {
  va_list arguments;

  if (output->why[0]) return;
  va_start(arguments, format);
  vsnprintf(output->why, sizeof output->why, format, arguments);
  va_end(arguments);
}

PetscErrorCode HfOutputAgree(HfOutput output) {
  PetscMPIInt first, mine = output->why[0] ? output->rank : output->size;
  char why[HF_WHY_LENGTH];

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, output->comm));
  if (first == output->size) PetscFunctionReturn(0);
  memcpy(why, output->why, sizeof why);
  PetscCallMPI(MPI_Bcast(why, sizeof why, MPI_CHAR, first, output->comm));
  output->why[0] = '\0'; /* told once; a later call may succeed, e.g. the summary of a failed run */
  PetscFunctionReturn(HfFault(output->comm, HF_ERR_FILE, "%s", why));
}

static PetscBool is_directory(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode) ? PETSC_TRUE : PETSC_FALSE;
}

/* Whether summary.yaml says that the run in the directory came to its end. */
static PetscBool is_finished(HfOutput output) {
  char path[PETSC_MAX_PATH_LEN], line[256];
  PetscBool finished = PETSC_FALSE;
  FILE *file;

  HfOutputPath(output, "summary.yaml", path);
  file = fopen(path, "r");
  if (!file) return PETSC_FALSE;
  while (fgets(line, sizeof line, file))
    if (!strncmp(line, "status: done", 12)) finished = PETSC_TRUE;
  fclose(file);
  return finished;
}

/* The used deck of a run is deck.yaml: never write it over the deck that the user keeps under that name. */
static PetscBool holds_the_deck(HfOutput output) {
  char used[PETSC_MAX_PATH_LEN], summary[PETSC_MAX_PATH_LEN];
  struct stat a, b;

  HfOutputPath(output, "deck.yaml", used);
  HfOutputPath(output, "summary.yaml", summary);
  if (access(summary, F_OK) == 0) return PETSC_FALSE; /* the directory of an earlier run, run again from its used deck */
  return HfDeckPath(output->deck) && stat(HfDeckPath(output->deck), &a) == 0 && stat(used, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
             ? PETSC_TRUE
             : PETSC_FALSE;
}

/* The deepest part of the path that exists must be a directory in which we may write. */
static void check_writable(HfOutput output) {
  char path[PETSC_MAX_PATH_LEN];
  char *slash;

  snprintf(path, sizeof path, "%s", output->directory);
  while (access(path, F_OK) != 0) {
    if (errno != ENOENT) {
      HfOutputNote(output, "cannot make the run directory %s: %s", output->directory, strerror(errno));
      return;
    }
    slash = strrchr(path, '/');
    if (!slash)
      snprintf(path, sizeof path, ".");
    else
      slash[slash == path] = '\0';
  }
  if (!is_directory(path))
    HfOutputNote(output, "cannot make the run directory %s: %s is a file", output->directory, path);
  else if (access(path, W_OK | X_OK) != 0)
    HfOutputNote(output, "cannot write in the run directory %s: %s: %s", output->directory, path, strerror(errno));
}

PetscErrorCode HfOutputCheckDirectory(HfOutput output, PetscBool force) {
  PetscFunctionBeginUser;
  if (!output->rank) {
    if (is_finished(output)) output->was_finished = PETSC_TRUE;
    if (!force && output->was_finished)
      HfOutputNote(output, "%s holds a finished run; --force writes over it, --out names another directory", output->directory);
    else if (holds_the_deck(output))
      HfOutputNote(output, "%s holds the deck itself, and a run writes its own deck.yaml; choose another directory with --out", output->directory);
    else
      check_writable(output);
  }
  PetscCall(HfOutputAgree(output));
  PetscCallMPI(MPI_Bcast(&output->was_finished, 1, MPIU_BOOL, 0, output->comm));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputNeedRoom(HfOutput output, PetscReal bytes) {
  const double reserve = 1 << 20; /* for tables, HDF5's own structure and the closing of the files */
  struct statvfs disk;

  PetscFunctionBeginUser;
  if (!output->rank && statvfs(output->directory, &disk) == 0 && (double)disk.f_bavail * (double)disk.f_frsize < (double)bytes + reserve)
    HfOutputNote(output, "cannot write %s/run.h5: the disk is full; there are %.1f MB left and %.1f MB to write", output->directory,
                 (double)disk.f_bavail * (double)disk.f_frsize / 1e6, ((double)bytes + reserve) / 1e6);
  PetscCall(HfOutputAgree(output));
  PetscFunctionReturn(0);
}

static FILE *open_text(HfOutput output, const char name[], const char mode[]) {
  char path[PETSC_MAX_PATH_LEN];
  FILE *file;

  HfOutputPath(output, name, path);
  file = fopen(path, mode);
  if (!file) HfOutputNote(output, "cannot write %s: %s", path, strerror(errno));
  return file;
}

static void close_text(HfOutput output, const char name[], FILE *file) {
  const int bad = ferror(file);
  if (fclose(file) != 0 || bad) HfOutputNote(output, "cannot write %s/%s: %s", output->directory, name, strerror(errno));
}

PetscErrorCode HfOutputText(void *context, const char *name, const char *text) {
  HfOutput output = context;
  FILE *file;

  PetscFunctionBeginUser;
  if (!output->rank && (file = open_text(output, name, "w"))) {
    fputs(text, file);
    close_text(output, name, file);
  }
  PetscCall(HfOutputAgree(output));
  PetscFunctionReturn(0);
}

/* A fresh run must not find what is another one's. */
static void remove_old(HfOutput output) {
  const char *const names[] = {"checkpoint.h5", "checkpoint.h5.new", "checkpoint-previous.h5", "run.h5.new", "STOP"};
  char path[PETSC_MAX_PATH_LEN];

  for (size_t k = output->replaying ? 4 : 0; k < sizeof names / sizeof names[0]; ++k) {
    HfOutputPath(output, names[k], path);
    if (unlink(path) != 0 && errno != ENOENT) HfOutputNote(output, "cannot remove %s: %s", path, strerror(errno));
  }
}

/* The table as it was at the checkpoint: what came later comes again. It may be that of another directory. */
static void reopen_table(HfOutput output) {
  char path[PETSC_MAX_PATH_LEN], *slash;
  PetscInt64 left = output->kept.table_bytes;
  char bytes[65536];
  FILE *before;

  snprintf(path, sizeof path, "%.*s", PETSC_MAX_PATH_LEN - 64, output->resume_path);
  slash = strrchr(path, '/');
  snprintf(slash ? slash + 1 : path, 16, "table.tsv");
  before = fopen(path, "r");
  output->table = before ? open_text(output, "table.tsv.new", "w") : NULL;
  while (output->table && left > 0) {
    const size_t n = fread(bytes, 1, (size_t)PetscMin(left, (PetscInt64)sizeof bytes), before);
    if (!n) break;
    if (fwrite(bytes, 1, n, output->table) != n) break;
    left -= (PetscInt64)n;
  }
  if (before) fclose(before);
  if (left > 0 || !before)
    HfOutputNote(output, "cannot resume: %s is shorter than it was at the checkpoint", path);
  else if (fflush(output->table) != 0)
    HfOutputNote(output, "cannot write %s/table.tsv.new: %s", output->directory, strerror(errno));
  HfPublishFile(output, "table.tsv.new", "table.tsv", NULL);
}

PetscErrorCode HfOutputOpenDirectory(HfOutput output) {
  FILE *deck = NULL;
  const char *why;

  PetscFunctionBeginUser;
  if (!output->rank) {
    HfMakeDirectories(output->directory, &why);
    if (why) HfOutputNote(output, "cannot make the run directory %s: %s", output->directory, why);
    if (!output->why[0]) output->log = open_text(output, "log.txt", "a");
    if (output->log) {
      if (flock(fileno(output->log), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        HfOutputNote(output, "another run is writing in %s", output->directory);
        HfFaultsGoTo(NULL); /* the log is its */
        fclose(output->log);
        output->log = NULL;
      } else if (!output->replaying && ftruncate(fileno(output->log), 0) != 0)
        HfOutputNote(output, "cannot write %s/log.txt: %s", output->directory, strerror(errno));
    }
    if (!output->why[0]) remove_old(output);
    if (!output->why[0] && output->replaying) reopen_table(output);
    if (!output->why[0] && !output->replaying) output->table = open_text(output, "table.tsv", "w");
    if (!output->why[0]) deck = open_text(output, "deck.yaml.new", "w");
  }
  PetscCall(HfOutputAgree(output));
  {
    char path[PETSC_MAX_PATH_LEN];
    HfOutputPath(output, "log.txt", path);
    HfFaultsGoTo(path);
  }
  if (deck) {
    PetscCall(HfNodeWrite(HfDeckRoot(output->deck), deck));
    close_text(output, "deck.yaml.new", deck);
    HfPublishFile(output, "deck.yaml.new", "deck.yaml", NULL);
  }
  PetscCall(HfOutputAgree(output));
  PetscFunctionReturn(0);
}
