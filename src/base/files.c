/* Text files: rank 0 reads, all ranks receive the bytes, or the reason why there are none. What a deck names is read from regular files alone: a pipe
   may never end or never begin, a device may not either.

   Some editors put a byte order mark first (Unicode 15, 2.13 and 23.8): that of UTF-8 is dropped, and a text in UTF-16 becomes one in UTF-8. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <hopfilm/base.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* The character that begins at unit *k of n units of UTF-16; a half of a pair alone becomes U+FFFD. */
static uint32_t utf16_character(const unsigned char *bytes, PetscBool big, size_t n, size_t *k) {
  const unsigned char *at = bytes + 2 * *k;
  const uint32_t unit = big ? 256U * at[0] + at[1] : 256U * at[1] + at[0];
  const uint32_t next = *k + 1 < n ? (big ? 256U * at[2] + at[3] : 256U * at[3] + at[2]) : 0;

  ++*k;
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  if (unit > 0xdbff || next < 0xdc00 || next > 0xdfff) return 0xfffd;
  ++*k;
  return 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
}

static size_t put_utf8(uint32_t c, unsigned char *out) {
  const size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  static const unsigned char first[] = {0, 0x00, 0xc0, 0xe0, 0xf0};

  for (size_t i = n; i-- > 1; c >>= 6) out[i] = (unsigned char)(0x80 | (c & 0x3f));
  out[0] = (unsigned char)(first[n] | c);
  return n;
}

/* Without its byte order mark, and in UTF-8. */
static PetscErrorCode drop_mark(char **text, size_t *length) {
  const unsigned char *bytes = (const unsigned char *)*text;
  const PetscBool big = (PetscBool)(*length >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff);
  const PetscBool little = (PetscBool)(*length >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe);
  unsigned char *out;

  PetscFunctionBeginUser;
  if (*length >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf) {
    *length -= 3;
    memmove(*text, *text + 3, *length + 1);
  }
  if (!big && !little) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(*length / 2 * 3 + 1, &out)); /* a unit becomes three bytes at most, two units four */
  {
    const size_t n = *length / 2;
    size_t used = 0;

    for (size_t k = 1; k < n;) used += put_utf8(utf16_character(bytes, big, n, &k), out + used);
    out[used] = '\0';
    *length = used;
  }
  PetscCall(PetscFree(*text));
  *text = (char *)out;
  PetscFunctionReturn(0);
}

static const char *reason(int error) {
  if (error == NOT_REGULAR) return "it is no regular file";
  if (error == TOO_LONG) return "it is longer than 256 MB";
  return strerror(error); /* of a known error: a constant of the C library */
}

static PetscErrorCode read_text(MPI_Comm comm, const char path[], PetscBool stream, char **text, size_t *length, const char **why) {
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
      if (!header[0]) PetscCall(drop_mark(&data, length));
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

PetscBool HfIsRegularFile(const char path[]) {
  struct stat status;

  return lstat(path, &status) == 0 && S_ISREG(status.st_mode) ? PETSC_TRUE : PETSC_FALSE;
}

int HfFileOpen(const char path[], int flags) {
  const int file = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
  struct stat status;

  if (file < 0 || (fstat(file, &status) == 0 && S_ISREG(status.st_mode))) return file;
  close(file);
  errno = S_ISDIR(status.st_mode) ? EISDIR : ENXIO;
  return -1;
}

int HfFileCreate(const char path[]) {
  if (unlink(path) != 0 && errno != ENOENT) return -1;
  return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
}

FILE *HfFileCreateStream(const char path[]) {
  const int file = HfFileCreate(path);
  FILE *stream = file < 0 ? NULL : fdopen(file, "w");

  if (file >= 0 && !stream) close(file);
  return stream;
}

PetscErrorCode HfReadFile(MPI_Comm comm, const char path[], char **text, size_t *length, const char **why) {
  PetscFunctionBeginUser;
  PetscCall(read_text(comm, path, PETSC_FALSE, text, length, why));
  PetscFunctionReturn(0);
}

PetscErrorCode HfReadStream(MPI_Comm comm, const char path[], char **text, size_t *length, const char **why) {
  PetscFunctionBeginUser;
  PetscCall(read_text(comm, path, PETSC_TRUE, text, length, why));
  PetscFunctionReturn(0);
}
