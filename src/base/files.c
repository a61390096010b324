/* Text files: rank 0 reads, all ranks receive the bytes, or the reason why there are none. What a deck names is read from regular files alone: a pipe
   may never end or never begin, a device may not either. */
#include <errno.h>
#include <hopfilm/base.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define CHUNK      65536
#define MAX_LENGTH ((size_t)1 << 28) /* an MPI count is an int; no text is nearly so long */

enum { NOT_REGULAR = -1, TOO_LONG = -2 }; /* beside the errors of the C library, which are positive */

/* Grows *text (PetscMalloc) to the end of the file; returns errno. Streams such as /dev/stdin have no length to ask for first. */
static PetscErrorCode read_all(FILE *file, char **text, size_t *length, int *error) {
  size_t room = CHUNK;

  PetscFunctionBeginUser;
  *length = 0;
  *error = 0;
  PetscCall(PetscMalloc1(room + 1, text));
  for (;;) {
    *length += fread(*text + *length, 1, room - *length, file);
    if (ferror(file)) *error = errno ? errno : EIO;
    if (*length < room || *error) break;
    if (room >= MAX_LENGTH) {
      *error = TOO_LONG;
      break;
    }
    room *= 2;
    PetscCall(PetscRealloc(room + 1, text));
  }
  (*text)[*length] = '\0';
  PetscFunctionReturn(0);
}

static const char *reason(int error) {
  if (error == NOT_REGULAR) return "it is no regular file";
  if (error == TOO_LONG) return "it is longer than 256 MB";
  return strerror(error); /* of a known error: a constant of the C library */
}

static PetscErrorCode read(MPI_Comm comm, const char path[], PetscBool stream, char **text, size_t *length, const char **why) {
  PetscMPIInt rank;
  int header[2] = {0, 0}; /* errno, length */
  char *data = NULL;

  PetscFunctionBeginUser;
  *text = NULL;
  *length = 0;
  *why = NULL;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank) {
    struct stat status;
    FILE *file = NULL;
    errno = 0;
    if (stat(path, &status))
      header[0] = errno;
    else if (S_ISDIR(status.st_mode))
      header[0] = EISDIR;
    else if (!stream && !S_ISREG(status.st_mode))
      header[0] = NOT_REGULAR;
    else if (status.st_size > (off_t)MAX_LENGTH)
      header[0] = TOO_LONG;
    else if (!(file = fopen(path, "rb")))
      header[0] = errno;
    if (file) {
      PetscCall(read_all(file, &data, length, &header[0]));
      fclose(file);
      header[1] = (int)*length;
    }
  }
  PetscCallMPI(MPI_Bcast(header, 2, MPI_INT, 0, comm));
  if (header[0]) {
    PetscCall(PetscFree(data));
    *length = 0;
    *why = reason(header[0]);
    PetscFunctionReturn(0);
  }
  if (rank) PetscCall(PetscMalloc1((size_t)header[1] + 1, &data));
  PetscCallMPI(MPI_Bcast(data, header[1] + 1, MPI_CHAR, 0, comm));
  *text = data;
  *length = (size_t)header[1];
  PetscFunctionReturn(0);
}

void HfMakeDirectories(const char path[], const char **why) {
  char part[PETSC_MAX_PATH_LEN];
  struct stat status;

  *why = NULL;
  snprintf(part, sizeof part, "%s", path);
  for (char *c = part + 1;; ++c) {
    const char kept = *c;
    if (kept != '/' && kept != '\0') continue;
    *c = '\0';
    if (mkdir(part, 0777) != 0) {
      const int reason = errno;
      if (stat(part, &status) != 0 || !S_ISDIR(status.st_mode)) {
        *why = reason == EEXIST ? "there is a file of that name" : strerror(reason);
        return;
      }
    }
    *c = kept;
    if (!kept) return;
  }
}

PetscErrorCode HfReadFile(MPI_Comm comm, const char path[], char **text, size_t *length, const char **why) {
  PetscFunctionBeginUser;
  PetscCall(read(comm, path, PETSC_FALSE, text, length, why));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReadStream(MPI_Comm comm, const char path[], char **text, size_t *length, const char **why) {
  PetscFunctionBeginUser;
  PetscCall(read(comm, path, PETSC_TRUE, text, length, why));
  PetscFunctionReturn(0);
}
