/* The run directory: checked, made and locked by rank 0; every rank learns the outcome. */
#define _GNU_SOURCE
#include "output_impl.h"
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <hopfilm/petsc_versions.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static const double PATIENCE = 10; /* for another run to release the directory, s */

void HfRunPath(const HfRun *run, const char name[], char path[PETSC_MAX_PATH_LEN]) {
  snprintf(path, PETSC_MAX_PATH_LEN, "%.*s/%s", PETSC_MAX_PATH_LEN - 64, run->directory, name);
}

void HfRunNow(char text[32]) {
  const time_t now = time(NULL);
  struct tm utc;
  strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
}

/* ---- failures of rank 0's own work ---- */

void HfRunNote(HfRun *run, const char *format, ...) {
  va_list arguments;

  if (run->failure[0]) return;
  va_start(arguments, format);
  vsnprintf(run->failure, sizeof run->failure, format, arguments);
  va_end(arguments);
}

PetscErrorCode HfRunAgree(HfRun *run) {
  PetscMPIInt first, mine = run->failure[0] ? run->rank : run->size;
  char failure[HF_FAILURE_LENGTH];

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, run->comm));
  if (first == run->size) PetscFunctionReturn(0);
  memcpy(failure, run->failure, sizeof failure);
  PetscCallMPI(MPI_Bcast(failure, sizeof failure, MPI_CHAR, first, run->comm));
  run->failure[0] = '\0'; /* reported once; a later call may succeed, such as the summary of a failed run */
  PetscFunctionReturn(HfFault(run->comm, HF_ERR_FILE, "%s", failure));
}

PetscErrorCode HfRunNeedRoom(HfRun *run, PetscReal bytes) {
  const double reserve = 1 << 20; /* for tables, the structure of the HDF5 files, and closing them */
  struct statvfs disk;

  PetscFunctionBeginUser;
  if (!run->rank && statvfs(run->directory, &disk) == 0 && (double)disk.f_bavail * (double)disk.f_frsize < (double)bytes + reserve)
    HfRunNote(run, "cannot write %s/run.h5: the disk is full; there are %.1f MB left and %.1f MB to write", run->directory,
              (double)disk.f_bavail * (double)disk.f_frsize / 1e6, ((double)bytes + reserve) / 1e6);
  PetscCall(HfRunAgree(run));
  PetscFunctionReturn(0);
}

/* ---- before anything is written ---- */

static PetscBool is_directory(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode) ? PETSC_TRUE : PETSC_FALSE;
}

/* Whether summary.yaml says that the run in the directory is complete. */
static PetscBool is_finished(const HfRun *run) {
  char path[PETSC_MAX_PATH_LEN], line[256];
  PetscBool finished = PETSC_FALSE;
  FILE *file;

  HfRunPath(run, "summary.yaml", path);
  file = HfIsRegularFile(path) ? fopen(path, "r") : NULL;
  if (!file) return PETSC_FALSE;
  while (fgets(line, sizeof line, file))
    if (!strncmp(line, "status: done", 12)) finished = PETSC_TRUE;
  fclose(file);
  return finished;
}

/* A run writes the deck with its defaults as deck.yaml: that must not overwrite a deck that the user keeps under this name. */
static PetscBool holds_the_deck(HfOutput output) {
  char used[PETSC_MAX_PATH_LEN], summary[PETSC_MAX_PATH_LEN];
  struct stat a, b;

  HfRunPath(&output->run, "deck.yaml", used);
  HfRunPath(&output->run, "summary.yaml", summary);
  if (access(summary, F_OK) == 0) return PETSC_FALSE; /* an earlier run, repeated from its own deck.yaml */
  return HfDeckPath(output->deck) && stat(HfDeckPath(output->deck), &a) == 0 && stat(used, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
             ? PETSC_TRUE
             : PETSC_FALSE;
}

/* The deepest existing part of the path must be a directory with write permission. */
static void check_writable(HfRun *run) {
  char path[PETSC_MAX_PATH_LEN];
  char *slash;

  snprintf(path, sizeof path, "%s", run->directory);
  while (access(path, F_OK) != 0) {
    if (errno != ENOENT) {
      HfRunNote(run, "cannot make the run directory %s: %s", run->directory, strerror(errno));
      return;
    }
    slash = strrchr(path, '/');
    if (!slash)
      snprintf(path, sizeof path, ".");
    else
      slash[slash == path] = '\0';
  }
  if (!is_directory(path))
    HfRunNote(run, "cannot make the run directory %s: %s is a file", run->directory, path);
  else if (access(path, W_OK | X_OK) != 0)
    HfRunNote(run, "cannot write in the run directory %s: %s: %s", run->directory, path, strerror(errno));
}

/* MPI-IO opens run.h5 and the checkpoints, of which this is the longest name. */
static void check_length(HfRun *run) {
  const size_t most = HF_MPI_IO_PATH_LENGTH - strlen("/" HF_NEW_CHECKPOINT);

  if (strlen(run->directory) > most)
    HfRunNote(run,
              "the path of the run directory has %d characters; the MPI library can write files in one of at most %d: choose another directory with "
              "--out, or start the run in a folder nearer to it and name it from there: %s",
              (int)strlen(run->directory), (int)most, run->directory);
}

/* Every name under which a run writes a file. */
static const char *const run_files[] = {"log.txt",
                                        "table.tsv",
                                        "table.tsv.new",
                                        "deck.yaml",
                                        "deck.yaml.new",
                                        "summary.yaml",
                                        "summary.yaml.new",
                                        "status.yaml",
                                        "status.yaml.new",
                                        "run.h5",
                                        "run.h5.part",
                                        "run.h5.new",
                                        "checkpoint.h5",
                                        HF_NEW_CHECKPOINT,
                                        HF_PREVIOUS_CHECKPOINT,
                                        HF_DAMAGED_CHECKPOINT,
                                        HF_PASSED_CHECKPOINT,
                                        "references.bib",
                                        "run.xdmf2",
                                        HF_NEW_XDMF};

/* Links and FIFOs give way to files; directories hold something. */
static void check_no_directories(HfRun *run) {
  char path[PETSC_MAX_PATH_LEN];
  struct stat status;

  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(run_files); ++k) {
    HfRunPath(run, run_files[k], path);
    if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode))
      HfRunNote(run, "%s is a directory, and a run writes a file of that name; move it away, or choose another directory with --out", path);
  }
}

/* ---- the lock: log.txt, held by rank 0 until the run ends, also when it is killed ---- */

static int open_lock(const char path[], PetscBool create) {
  int file = HfFileOpen(path, O_WRONLY | O_APPEND | (create ? O_CREAT : 0));

  if (file < 0 && create && !HfIsRegularFile(path)) file = HfFileCreate(path); /* in the place of a link or a FIFO */
  return file;
}

/* Whether the open file is the one of that name: the run that held it may have put another in its place. */
static PetscBool stands_at(int file, const char path[]) {
  struct stat mine, there;

  return fstat(file, &mine) == 0 && lstat(path, &there) == 0 && mine.st_dev == there.st_dev && mine.st_ino == there.st_ino ? PETSC_TRUE : PETSC_FALSE;
}

/* Opens log.txt and locks it; *file stays -1 when there is none (unless `create`), and when another run holds it, which is noted: the ranks of a run
   that was killed may take a while to die. */
static void lock_directory(HfRun *run, PetscBool create, int *file) {
  const struct timespec moment = {.tv_nsec = 100000000};
  const double start = MPI_Wtime();
  char path[PETSC_MAX_PATH_LEN];
  PetscBool reported = PETSC_FALSE;

  HfRunPath(run, "log.txt", path);
  for (;;) {
    PetscBool held;

    *file = open_lock(path, create);
    if (*file < 0 && create) HfRunNote(run, "cannot write %s: %s", path, strerror(errno));
    if (*file < 0) return;
    held = flock(*file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK ? PETSC_TRUE : PETSC_FALSE;
    if (!held && stands_at(*file, path)) return;
    close(*file);
    *file = -1;
    if (!held) continue;
    if (MPI_Wtime() - start > PATIENCE || HfSignalCaught(HF_SIGNAL_STOP)) {
      HfRunNote(run, "another run is writing in %s", run->directory);
      HfFaultLog(NULL); /* log.txt belongs to that run */
      return;
    }
    if (!reported && MPI_Wtime() - start > 1) {
      HfFaultLog(NULL);
      HfFaultReport("hopfilm: another run is writing in the run directory; waiting a few seconds for its end\n");
      reported = PETSC_TRUE;
    }
    nanosleep(&moment, NULL);
  }
}

PetscErrorCode HfOutputCheckDirectory(HfOutput output, PetscBool force) {
  HfRun *run = &output->run;

  PetscFunctionBeginUser;
  if (!run->rank) {
    check_length(run);
    if (!run->failure[0]) check_no_directories(run);
    if (!run->failure[0]) lock_directory(run, PETSC_FALSE, &output->log.lock);
  }
  PetscCall(HfRunAgree(run));
  if (!run->rank) {
    output->resume.was_finished = is_finished(run);
    if (!force && output->resume.was_finished)
      HfRunNote(run, "%s holds a finished run; --force overwrites it, --out names another directory", run->directory);
    else if (holds_the_deck(output))
      HfRunNote(run, "%s holds the deck itself, and a run writes its own deck.yaml; choose another directory with --out", run->directory);
    else
      check_writable(run);
  }
  PetscCall(HfRunAgree(run));
  PetscCallMPI(MPI_Bcast(&output->resume.was_finished, 1, HF_MPI_BOOL, 0, run->comm));
  PetscFunctionReturn(0);
}

/* ---- text files ---- */

static FILE *create_text(HfRun *run, const char name[]) {
  char path[PETSC_MAX_PATH_LEN];
  FILE *file;

  HfRunPath(run, name, path);
  file = HfFileCreateStream(path);
  if (!file) HfRunNote(run, "cannot write %s: %s", path, strerror(errno));
  return file;
}

static void close_text(HfRun *run, const char name[], FILE *file) {
  const int bad = ferror(file);
  if (fclose(file) != 0 || bad) HfRunNote(run, "cannot write %s/%s: %s", run->directory, name, strerror(errno));
}

PetscErrorCode HfOutputText(void *context, const char *name, const char *text) {
  HfOutput output = context;
  FILE *file;

  PetscFunctionBeginUser;
  if (!output->run.rank && (file = create_text(&output->run, name))) {
    fputs(text, file);
    close_text(&output->run, name, file);
  }
  PetscCall(HfRunAgree(&output->run));
  PetscFunctionReturn(0);
}

/* ---- the directory is made ---- */

static void remove_file(HfRun *run, const char name[]) {
  char path[PETSC_MAX_PATH_LEN];

  HfRunPath(run, name, path);
  if (unlink(path) != 0 && errno != ENOENT) HfRunNote(run, "cannot remove %s: %s", path, strerror(errno));
}

/* What Open MPI locked for a run that was killed, and leaves behind (src/base/library_settings.c). */
static void remove_locks(const HfRun *run) {
  static const char *const locked[] = {"run.h5*.lock*", "checkpoint*.lock*"};
  char pattern[PETSC_MAX_PATH_LEN];
  glob_t found;

  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(locked); ++k) {
    HfRunPath(run, locked[k], pattern);
    if (!glob(pattern, 0, NULL, &found))
      for (size_t l = 0; l < found.gl_pathc; ++l) unlink(found.gl_pathv[l]);
    globfree(&found);
  }
}

/* Files of an earlier run that a new one must not find, and whatever stands in the place of a file without being one. What the parallel file systems
   open is new in any case: ranks of a run that was killed may still write into the old one. */
static void remove_old(HfRun *run, PetscBool resuming) {
  static const char *const always[] = {"STOP", "run.h5.part", "run.h5.new", HF_NEW_XDMF, HF_NEW_CHECKPOINT};
  static const char *const afresh[] = {"checkpoint.h5", HF_PREVIOUS_CHECKPOINT, HF_DAMAGED_CHECKPOINT, HF_PASSED_CHECKPOINT};
  char path[PETSC_MAX_PATH_LEN];

  remove_locks(run);
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(always); ++k) remove_file(run, always[k]);
  for (size_t k = 0; !resuming && k < PETSC_STATIC_ARRAY_LENGTH(afresh); ++k) remove_file(run, afresh[k]);
  for (size_t k = 1; k < PETSC_STATIC_ARRAY_LENGTH(run_files); ++k) { /* after log.txt */
    HfRunPath(run, run_files[k], path);
    if (!HfIsRegularFile(path)) remove_file(run, run_files[k]);
  }
}

/* The checkpoint that the run does not resume from, because it is damaged, must not become the previous one of the next. */
static void set_damaged_aside(HfRun *run) {
  char from[PETSC_MAX_PATH_LEN], to[PETSC_MAX_PATH_LEN];

  HfRunPath(run, "checkpoint.h5", from);
  HfRunPath(run, HF_DAMAGED_CHECKPOINT, to);
  if (rename(from, to) != 0 && errno != ENOENT) HfRunNote(run, "cannot rename %s: %s", from, strerror(errno));
}

/* A checkpoint that the run does not resume from, because it was given another, has no place beside the table as it was at that one: a next run would
   resume from it. The given one takes its place, where the file system can. */
static void set_passed_aside(HfRun *run, const HfResume *resume) {
  char newest[PETSC_MAX_PATH_LEN], aside[PETSC_MAX_PATH_LEN];
  struct stat is, used;

  HfRunPath(run, "checkpoint.h5", newest);
  HfRunPath(run, HF_PASSED_CHECKPOINT, aside);
  if (stat(newest, &is) != 0 || stat(resume->path, &used) != 0 || (is.st_dev == used.st_dev && is.st_ino == used.st_ino)) return;
  if (rename(newest, aside) != 0) HfRunNote(run, "cannot rename %s: %s", newest, strerror(errno));
  (void)!link(resume->path, newest);
}

/* table.tsv as it was at the checkpoint, copied from beside it (which may be another directory): later lines will be written again. */
static FILE *reopen_table(HfRun *run, const HfResume *resume) {
  char path[PETSC_MAX_PATH_LEN], *slash;
  PetscInt64 left = resume->position.table_bytes;
  char bytes[65536];
  FILE *before, *table;

  snprintf(path, sizeof path, "%.*s", PETSC_MAX_PATH_LEN - 64, resume->path);
  slash = strrchr(path, '/');
  snprintf(slash ? slash + 1 : path, 16, "table.tsv");
  before = HfIsRegularFile(path) ? fopen(path, "r") : NULL;
  table = before ? create_text(run, "table.tsv.new") : NULL;
  while (table && left > 0) {
    const size_t n = fread(bytes, 1, (size_t)PetscMin(left, (PetscInt64)sizeof bytes), before);
    if (!n) break;
    if (fwrite(bytes, 1, n, table) != n) break;
    left -= (PetscInt64)n;
  }
  if (before) fclose(before);
  if (left > 0 || !before)
    HfRunNote(run, "cannot resume: %s is shorter than it was at the checkpoint", path);
  else if (fflush(table) != 0)
    HfRunNote(run, "cannot write %s/table.tsv.new: %s", run->directory, strerror(errno));
  HfPublishFile(run, "table.tsv.new", "table.tsv", NULL);
  return table;
}

static void open_log(HfOutput output) {
  HfRun *run = &output->run;
  HfLog *log = &output->log;
  const HfResume *resume = &output->resume;
  char path[PETSC_MAX_PATH_LEN];
  struct stat status;

  HfRunPath(run, "log.txt", path);
  if (log->lock < 0) { /* there was no log when this run looked for another one to continue */
    lock_directory(run, PETSC_TRUE, &log->lock);
    if (log->lock >= 0 && !resume->afresh && fstat(log->lock, &status) == 0 && status.st_size > 0) {
      HfRunNote(run, "another run has been in %s since this one looked for one; the same command continues it", run->directory);
      return;
    }
  }
  if (log->lock >= 0 && fstat(log->lock, &status) == 0 && status.st_nlink != 1) { /* a copy that somebody keeps under another name */
    const int other = HfFileCreate(path);

    if (other >= 0 && flock(other, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) HfRunNote(run, "another run is writing in %s", run->directory);
    close(log->lock);
    log->lock = other;
    if (run->failure[0]) return;
  }
  if (log->lock >= 0 && (resume->replaying || ftruncate(log->lock, 0) == 0)) log->file = fdopen(log->lock, "a");
  if (!log->file)
    HfRunNote(run, "cannot write %s: %s", path, strerror(errno)); /* unless another run does, which has been noted */
  else
    log->lock = -1;
}

PetscErrorCode HfOutputOpenDirectory(HfOutput output) {
  HfRun *run = &output->run;
  const PetscBool resuming = output->resume.replaying;
  char path[PETSC_MAX_PATH_LEN];
  FILE *deck = NULL;
  const char *why;

  PetscFunctionBeginUser;
  if (!run->rank) {
    HfMakeDirectories(run->directory, &why);
    if (why) HfRunNote(run, "cannot make the run directory %s: %s", run->directory, why);
    if (!run->failure[0]) open_log(output);
  }
  PetscCall(HfRunAgree(run));
  HfRunPath(run, "log.txt", path);
  HfFaultLog(path);
  if (!resuming) { /* from now on the directory holds an unfinished run, also when this one is killed before it has replaced all of the old one */
    PetscCall(HfOutputSummaryWrite(output, "running"));
    if (!run->rank) HfSyncPath(run, run->directory);
    PetscCall(HfRunAgree(run));
  }
  if (!run->rank) {
    remove_old(run, resuming);
    if (!run->failure[0] && output->resume.damaged) set_damaged_aside(run);
    if (!run->failure[0] && resuming) set_passed_aside(run, &output->resume);
    if (!run->failure[0]) output->table.file = resuming ? reopen_table(run, &output->resume) : create_text(run, "table.tsv");
    if (!run->failure[0]) deck = create_text(run, "deck.yaml.new");
  }
  PetscCall(HfRunAgree(run));
  if (deck) {
    PetscCall(HfNodeWrite(HfDeckRoot(output->deck), deck));
    close_text(run, "deck.yaml.new", deck);
    HfPublishFile(run, "deck.yaml.new", "deck.yaml", NULL);
  }
  PetscCall(HfRunAgree(run));
  PetscFunctionReturn(0);
}
