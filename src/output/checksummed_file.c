/* Files that are whole or are not there. A file is written under another name, sealed with a checksum of its bytes, synced, and renamed; the one
   before is kept. A torn or altered file, or one that is none of these, does not bear its seal.

   The seal is 32 bytes behind the file (HDF5 looks at what its header says is its own): mark, length, sum, mark of the end. The sum is that of a mixed hash
   of every MB with its number, so that ranks can share the work and their number does not matter. */
#include "output_impl.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 20 };
static const char MARK[8] = "hopfilm", END[8] = "sealed.";
typedef struct {
  char mark[8];
  uint64_t length, sum;
  char end[8];
} Seal;

static uint64_t mix(uint64_t h) {
  h ^= h >> 32;
  h *= UINT64_C(0xd6e8feb86659fd93);
  return h ^ (h >> 29);
}

static uint64_t block_sum(uint64_t number, const unsigned char *bytes, size_t n) {
  uint64_t h = mix(number + UINT64_C(0x9e3779b97f4a7c15));
  size_t k = 0;

  for (; k + 8 <= n; k += 8) {
    uint64_t word;
    memcpy(&word, bytes + k, 8);
    h = mix(h ^ word) + UINT64_C(0x9e3779b97f4a7c15);
  }
  for (; k < n; ++k) h = mix(h ^ bytes[k]) + 1;
  return mix(h ^ n);
}

/* Sum of the first `length` bytes, shared among the ranks; PETSC_FALSE when they cannot be read. Collective. */
static PetscErrorCode file_sum(MPI_Comm comm, const char path[], uint64_t length, uint64_t *sum, PetscBool *readable) {
  const uint64_t n_blocks = (length + BLOCK - 1) / BLOCK;
  uint64_t mine[2] = {0, 0};
  PetscMPIInt rank, size;
  unsigned char *bytes;
  int file;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMalloc1(BLOCK, &bytes));
  file = open(path, O_RDONLY);
  mine[1] = file < 0;
  for (uint64_t k = (uint64_t)rank; k < n_blocks && !mine[1]; k += (uint64_t)size) {
    const size_t n = (size_t)PetscMin((uint64_t)BLOCK, length - k * BLOCK);
    if (pread(file, bytes, n, (off_t)(k * BLOCK)) != (ssize_t)n)
      mine[1] = 1;
    else
      mine[0] += block_sum(k, bytes, n);
  }
  if (file >= 0) close(file);
  PetscCall(PetscFree(bytes));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, mine, 2, MPI_UINT64_T, MPI_SUM, comm));
  *sum = mine[0];
  *readable = mine[1] ? PETSC_FALSE : PETSC_TRUE;
  PetscFunctionReturn(0);
}

/* Rank 0 says how long the file is (0: not there). */
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
  if (!rank) { /* other ranks' machines may not have the file */
    PetscCall(file_length(PETSC_COMM_SELF, path, &length));
    PetscCall(file_sum(PETSC_COMM_SELF, path, length, &sum, &readable));
    if (readable) snprintf(digest, HF_DIGEST_LENGTH, "%" PRIu64 "-%016" PRIx64, length, sum);
  }
  PetscCallMPI(MPI_Bcast(digest, HF_DIGEST_LENGTH, MPI_CHAR, 0, comm));
  PetscFunctionReturn(0);
}

PetscErrorCode HfSealCheck(MPI_Comm comm, const char path[], const char **why) {
  uint64_t length, sum;
  PetscBool readable;
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
  if (memcmp(seal.mark, MARK, 8) || memcmp(seal.end, END, 8) || seal.length + sizeof seal != length) {
    *why = "it is cut short, or no checkpoint";
    PetscFunctionReturn(0);
  }
  PetscCall(file_sum(comm, path, seal.length, &sum, &readable));
  if (!readable)
    *why = "it cannot be read";
  else if (sum != seal.sum)
    *why = "its checksum is wrong";
  PetscFunctionReturn(0);
}

void HfSyncPath(HfOutput output, const char path[]) {
  const int file = open(path, O_RDONLY);

  if (file < 0 || (fsync(file) != 0 && errno != EINVAL && errno != EROFS)) HfOutputNote(output, "cannot write %s: %s", path, strerror(errno));
  if (file >= 0) close(file);
}

void HfPublishFile(HfOutput output, const char from[], const char to[], const char kept[]) {
  char path[PETSC_MAX_PATH_LEN], target[PETSC_MAX_PATH_LEN], before[PETSC_MAX_PATH_LEN];

  if (output->rank || output->why[0]) return;
  HfOutputPath(output, from, path);
  HfOutputPath(output, to, target);
  HfSyncPath(output, path);
  if (output->why[0]) return;
  if (kept) {
    HfOutputPath(output, kept, before);
    if (rename(target, before) != 0 && errno != ENOENT) HfOutputNote(output, "cannot write %s: %s", before, strerror(errno));
  }
  if (rename(path, target) != 0) HfOutputNote(output, "cannot write %s: %s", target, strerror(errno));
  HfSyncPath(output, output->directory);
}

PetscErrorCode HfSealFile(HfOutput output, const char name[]) {
  char path[PETSC_MAX_PATH_LEN];
  PetscBool readable;
  Seal seal;
  int file;

  PetscFunctionBeginUser;
  HfOutputPath(output, name, path);
  memcpy(seal.mark, MARK, 8);
  memcpy(seal.end, END, 8);
  PetscCall(file_length(output->comm, path, &seal.length));
  PetscCall(file_sum(output->comm, path, seal.length, &seal.sum, &readable));
  if (!output->rank) {
    file = open(path, O_WRONLY | O_APPEND);
    if (!readable || file < 0 || write(file, &seal, sizeof seal) != (ssize_t)sizeof seal)
      HfOutputNote(output, "cannot write %s: %s", path, strerror(errno));
    if (file >= 0) close(file);
  }
  PetscFunctionReturn(0);
}
