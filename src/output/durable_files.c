/* Files that are complete or absent, also when a run is killed while it writes. A file is written under another name, synced, and renamed over the
   old one (POSIX rename is atomic). A checkpoint is also sealed with a checksum of its bytes: a file that was cut short or altered is recognized.

   run.h5: parallel HDF5 has no mode in which the file is readable at every moment. The run therefore writes run.h5.part, and a copy of it replaces
   run.h5 from time to time; at the end the file itself does.

   Checksum: the sum modulo 2^64 of XXH3 (xxHash, Y. Collet) of every block of 1 MB, seeded with its number, so that the ranks share the work and
   the result does not depend on how many there are. The seal is 32 bytes behind the end of the HDF5 file, where HDF5 does not look. */
#define _GNU_SOURCE
#include "output_impl.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

enum { BLOCK = 1 << 20 };
static const char MARK[8] = "hopfilm", END[8] = "xxh3-64";
static const char OLD_END[8] = "sealed."; /* of earlier versions, with a checksum of their own: marks and length are checked, the sum is not */
typedef struct {
  char mark[8];
  uint64_t length, sum;
  char end[8];
} Seal;

/* Checksum of the first `length` bytes, shared among the ranks; *readable is false when a rank cannot read its part. Collective. */
static PetscErrorCode file_sum(MPI_Comm comm, const char path[], uint64_t length, uint64_t *sum, PetscBool *readable) {
  const uint64_t n_blocks = (length + BLOCK - 1) / BLOCK;
  uint64_t sum_and_errors[2] = {0, 0};
  PetscMPIInt rank, size;
  unsigned char *bytes;
  int file;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMalloc1(BLOCK, &bytes));
  file = open(path, O_RDONLY);
  sum_and_errors[1] = file < 0;
  for (uint64_t k = (uint64_t)rank; k < n_blocks && !sum_and_errors[1]; k += (uint64_t)size) {
    const size_t n = (size_t)PetscMin((uint64_t)BLOCK, length - k * BLOCK);
    if (pread(file, bytes, n, (off_t)(k * BLOCK)) != (ssize_t)n)
      sum_and_errors[1] = 1;
    else
      sum_and_errors[0] += XXH3_64bits_withSeed(bytes, n, k);
  }
  if (file >= 0) close(file);
  PetscCall(PetscFree(bytes));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sum_and_errors, 2, MPI_UINT64_T, MPI_SUM, comm));
  *sum = sum_and_errors[0];
  *readable = sum_and_errors[1] ? PETSC_FALSE : PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* As rank 0 sees it; 0 when it is not there. Collective. */
static PetscErrorCode file_length(MPI_Comm comm, const char path[], uint64_t *length) {
  struct stat status;

  PetscFunctionBeginUser;
  *length = stat(path, &status) == 0 && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
  PetscCallMPI(MPI_Bcast(length, 1, MPI_UINT64_T, 0, comm));
  PetscFunctionReturn(0);
}

PetscErrorCode HfFileDigest(MPI_Comm comm, const char path[], char digest[HF_DIGEST_LENGTH]) {
  PetscMPIInt rank;
  PetscBool readable;
  uint64_t length, sum;

  PetscFunctionBeginUser;
  digest[0] = '\0';
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank) { /* the machines of the other ranks may not have the file */
    PetscCall(file_length(PETSC_COMM_SELF, path, &length));
    PetscCall(file_sum(PETSC_COMM_SELF, path, length, &sum, &readable));
    if (readable) snprintf(digest, HF_DIGEST_LENGTH, "%" PRIu64 "-xxh3-%016" PRIx64, length, sum);
  }
  PetscCallMPI(MPI_Bcast(digest, HF_DIGEST_LENGTH, MPI_CHAR, 0, comm));
  PetscFunctionReturn(0);
}

/* The digest of an earlier version has another checksum: of it only the length is compared. */
PetscBool HfDigestsMatch(const char before[], const char now[]) {
  const size_t length = strcspn(before, "-") + 1;

  if (strstr(before, "-xxh3-")) return (PetscBool)!strcmp(before, now);
  return (PetscBool)!strncmp(before, now, length);
}

PetscErrorCode HfSealCheck(MPI_Comm comm, const char path[], const char **why) {
  uint64_t length, sum;
  PetscBool readable, is_old;
  Seal seal = {.length = 0};
  int file;

  PetscFunctionBeginUser;
  *why = NULL;
  PetscCall(file_length(comm, path, &length));
  if (!length) {
    *why = "it is not there";
    PetscFunctionReturn(0);
  }
  file = open(path, O_RDONLY);
  if (file >= 0) {
    if (length < sizeof seal || pread(file, &seal, sizeof seal, (off_t)(length - sizeof seal)) != (ssize_t)sizeof seal) memset(&seal, 0, sizeof seal);
    close(file);
  }
  PetscCallMPI(MPI_Bcast(&seal, sizeof seal, MPI_BYTE, 0, comm));
  is_old = (PetscBool)!memcmp(seal.end, OLD_END, 8);
  if (memcmp(seal.mark, MARK, 8) || (memcmp(seal.end, END, 8) && !is_old) || seal.length + sizeof seal != length) {
    *why = "it is cut short, or not a checkpoint";
    PetscFunctionReturn(0);
  }
  PetscCall(file_sum(comm, path, seal.length, &sum, &readable));
  if (!readable)
    *why = "it cannot be read";
  else if (!is_old && sum != seal.sum)
    *why = "its checksum is wrong";
  PetscFunctionReturn(0);
}

PetscErrorCode HfSealFile(HfRun *run, const char name[]) {
  char path[PETSC_MAX_PATH_LEN];
  PetscBool readable;
  Seal seal;
  int file;

  PetscFunctionBeginUser;
  HfRunPath(run, name, path);
  memcpy(seal.mark, MARK, 8);
  memcpy(seal.end, END, 8);
  PetscCall(file_length(run->comm, path, &seal.length));
  PetscCall(file_sum(run->comm, path, seal.length, &seal.sum, &readable));
  if (!run->rank) {
    file = open(path, O_WRONLY | O_APPEND);
    if (!readable || file < 0 || write(file, &seal, sizeof seal) != (ssize_t)sizeof seal)
      HfRunNote(run, "cannot write %s: %s", path, strerror(errno));
    if (file >= 0) close(file);
  }
  PetscFunctionReturn(0);
}

void HfSyncPath(HfRun *run, const char path[]) {
  const int file = open(path, O_RDONLY);

  if (file < 0 || (fsync(file) != 0 && errno != EINVAL && errno != EROFS)) HfRunNote(run, "cannot write %s: %s", path, strerror(errno));
  if (file >= 0) close(file);
}

void HfPublishFile(HfRun *run, const char from[], const char to[], const char kept[]) {
  char path[PETSC_MAX_PATH_LEN], target[PETSC_MAX_PATH_LEN], before[PETSC_MAX_PATH_LEN];

  if (run->rank || run->failure[0]) return;
  HfRunPath(run, from, path);
  HfRunPath(run, to, target);
  HfSyncPath(run, path);
  if (run->failure[0]) return;
  if (kept) {
    HfRunPath(run, kept, before);
    if (rename(target, before) != 0 && errno != ENOENT) HfRunNote(run, "cannot write %s: %s", before, strerror(errno));
  }
  if (rename(path, target) != 0) HfRunNote(run, "cannot write %s: %s", target, strerror(errno));
  HfSyncPath(run, run->directory);
}

/* Bytes [at, end[ of one file into the other; the reason of a failure is in errno. */
static PetscBool copy_bytes(int from, int to, off_t at, off_t end) {
  char bytes[1 << 16];

  while (at < end) {
    off_t in = at, out = at;
    ssize_t n = copy_file_range(from, &in, to, &out, (size_t)(end - at), 0);

    if (n <= 0) {  /* not every file system can */
      errno = EIO; /* a file that is shorter than it was */
      n = pread(from, bytes, (size_t)PetscMin((off_t)sizeof bytes, end - at), at);
      if (n > 0) n = pwrite(to, bytes, (size_t)n, at);
      if (n <= 0) return PETSC_FALSE;
    }
    at += n;
  }
  return PETSC_TRUE;
}

PetscErrorCode HfFileCopy(HfRun *run, const char from_name[], const char to_name[]) {
  char from_path[PETSC_MAX_PATH_LEN], to_path[PETSC_MAX_PATH_LEN];
  int64_t length = -1, share, at;
  struct stat status;
  int from, to;

  PetscFunctionBeginUser;
  HfRunPath(run, from_name, from_path);
  HfRunPath(run, to_name, to_path);
  if (!run->rank) {
    if ((to = HfFileCreate(to_path)) < 0)
      HfRunNote(run, "cannot write %s: %s", to_path, strerror(errno));
    else if (stat(from_path, &status) == 0)
      length = (int64_t)status.st_size;
    else
      HfRunNote(run, "cannot read %s: %s", from_path, strerror(errno));
    if (to >= 0) close(to);
  }
  PetscCallMPI(MPI_Bcast(&length, 1, MPI_INT64_T, 0, run->comm));
  share = BLOCK * ((length + (int64_t)BLOCK * run->size - 1) / ((int64_t)BLOCK * run->size));
  at = share * run->rank;
  if (at < length) {
    from = open(from_path, O_RDONLY | O_CLOEXEC);
    to = open(to_path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666); /* O_CREAT: asks the server of a network file system, not what it knew */
    if (from < 0 || to < 0 || !copy_bytes(from, to, (off_t)at, (off_t)PetscMin(at + share, length)) || (!run->one_node && fsync(to) != 0))
      HfRunNote(run, "cannot write %s: %s", to_path, strerror(errno));
    if (from >= 0) close(from);
    if (to >= 0 && close(to) != 0) HfRunNote(run, "cannot write %s: %s", to_path, strerror(errno));
  }
  PetscCall(HfRunAgree(run));
  PetscFunctionReturn(0);
}

PetscErrorCode HfOutputPublish(HfOutput output) {
  HfRun *run = &output->run;
  FILE *table = output->table.file;
  char part[PETSC_MAX_PATH_LEN];
  struct stat status;
  PetscReal bytes = 0;
  const double start = MPI_Wtime();

  PetscFunctionBeginUser;
  PetscCall(HfH5Flush(&output->results));
  HfRunPath(run, "run.h5.part", part);
  if (!run->rank && stat(part, &status) == 0) bytes = (PetscReal)status.st_size;
  PetscCall(HfRunNeedRoom(run, bytes));
  PetscCall(HfFileCopy(run, "run.h5.part", "run.h5.new"));
  if (!run->rank) {
    PetscCall(HfOutputDescribe(output, "run.h5.new"));
    HfPublishFile(run, "run.h5.new", "run.h5", NULL);
    HfOutputPublishXdmf(output);
    if (table && (fflush(table) != 0 || fsync(fileno(table)) != 0)) HfRunNote(run, "cannot write %s/table.tsv: %s", run->directory, strerror(errno));
  }
  PetscCall(HfRunAgree(run));
  output->control.publish_cost = MPI_Wtime() - start;
  PetscFunctionReturn(0);
}
