/* hopfilm/base.h: what every module shares: exit codes, faults, physical constants, random numbers, citations, provenance.

   Conventions of all public headers
   - "Collective" means: every rank of the object's communicator calls it, with the same arguments unless a Vec or "local" is said.
   - SI throughout: lengths in m, time in s, potential in V, current in A, magnetization and every magnetic field H in A/m.
   - Functions return a PetscErrorCode and are wrapped in PetscCall(). */
#pragma once
#include <petscvec.h>
#include <stdint.h>

/* ---- exit codes of the program; a fault carries one of them ---- */
typedef enum {
  HF_EXIT_DONE = 0,
  HF_EXIT_DECK = 2,     /* bad deck or usage */
  HF_EXIT_DIVERGED = 3, /* diverged or not finite */
  HF_EXIT_FILE = 4,     /* could not read or write */
  HF_EXIT_STOPPED = 75  /* stopped early, resumable */
} HfExit;

/* Error codes that a function returns after HfFault(); above every code of PETSc's own. */
#define HF_ERR_BASE     1000
#define HF_ERR_DECK     (HF_ERR_BASE + HF_EXIT_DECK)
#define HF_ERR_DIVERGED (HF_ERR_BASE + HF_EXIT_DIVERGED)
#define HF_ERR_FILE     (HF_ERR_BASE + HF_EXIT_FILE)
#define HF_ERR_STOPPED  (HF_ERR_BASE + HF_EXIT_STOPPED)

/* A fault that every rank of comm sees alike (bad input, unreadable file, divergence): rank 0 prints `message` once on stderr and the
   code (HF_ERR_DECK ...) is returned so that the callers unwind without PETSc's traceback. Collective on comm. Use as
   PetscCheckFault(condition, comm, HF_ERR_FILE, "cannot open %s", path); */
PetscErrorCode HfFault(MPI_Comm comm, PetscErrorCode code, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(3, 4);
#define PetscCheckFault(condition, comm, code, ...)                                                                                                  \
  do {                                                                                                                                               \
    if (PetscUnlikely(!(condition))) return HfFault(comm, code, __VA_ARGS__);                                                                        \
  } while (0)
/* From now on faults are appended to this file too (NULL: to none): a launcher may lose what a rank said as it ended. It must exist. Not collective. */
void HfFaultsGoTo(const char path[]);
void HfFaultTell(const char line[]); /* to stderr and there; a line with its end. Not collective. */

/* Hot kernels are compiled for several instruction sets and chosen at run time; by level, not by processor name, which other makers' processors
   with the same instructions do not answer to. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && !defined(HF_NO_CLONES)
  #define HF_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
  #define HF_KERNEL
#endif

/* ---- physical constants (CODATA 2022) ---- */
#define HF_MU0               1.25663706127e-6 /* vacuum permeability, N/A^2 */
#define HF_ELEMENTARY_CHARGE 1.602176634e-19  /* C */
#define HF_BOHR_MAGNETON     9.2740100657e-24 /* J/T */
#define HF_BOLTZMANN         1.380649e-23     /* J/K */
#define HF_GAMMA0            2.21e5           /* default mu0*|gamma|, m/(A s); Niu et al. 2024, Table 1 */

/* ---- random numbers: a function of (seed, stream, step, index) alone, so the same on any number of ranks and after any restart.
   Random123's Philox 4x32-10. Not collective, thread-safe, no state. ---- */
typedef enum {
  HF_STREAM_INITIAL = 1,
  HF_STREAM_RECALL,
  HF_STREAM_NOISE,
  HF_STREAM_ORDER,
  HF_STREAM_THERMAL,
  HF_STREAM_GRAINS,
  HF_STREAM_TEST,
  HF_STREAM_ELECTRODES,
  HF_STREAM_READING,
  HF_STREAM_ANNEAL,
  HF_STREAM_PATTERN
} HfStream;
void HfRandomUniform(PetscInt64 seed, HfStream stream, PetscInt64 step, PetscInt64 index, PetscInt n, PetscReal u[]); /* n <= 4 numbers in (0,1) */
void HfRandomNormal(PetscInt64 seed, HfStream stream, PetscInt64 step, PetscInt64 index, PetscInt n, PetscReal g[]);  /* n <= 4, mean 0, variance 1 */
PetscInt HfRandomInteger(PetscInt64 seed, HfStream stream, PetscInt64 step, PetscInt64 index, PetscInt bound);        /* 0 .. bound-1 */

/* ---- files read on rank 0 and handed to all ranks. Collective. `*text` is NUL-terminated and PetscFree()d by the caller.
   If the file cannot be read, *text is NULL and *why says the reason (static text, same on all ranks); the return code stays 0.
   A file is regular and at most 256 MB long, or it is not read; a stream is whatever the user himself names, to its end. ---- */
PetscErrorCode HfReadFile(MPI_Comm comm, const char path[], char **text, size_t *length, const char **why);
PetscErrorCode HfReadStream(MPI_Comm comm, const char path[], char **text, size_t *length, const char **why);

/* ---- memory ---- */
/* Bytes that the ranks of comm may take all together, each as much as the one that may take least: of the machines' memory, shared by the ranks of a
   machine, and within what control groups (batch systems, containers) and `ulimit` allow. Collective. */
PetscErrorCode HfSystemMemoryAvailable(MPI_Comm comm, PetscReal *bytes);
void HfSystemMemoryPretend(PetscReal bytes);             /* for tests: a rank may take no more than this. Not collective. */
void HfSystemMemoryText(PetscReal bytes, char text[32]); /* "12.3 GB" */

/* ---- signals, noted on the rank that gets them. Not collective. TERM and INT ask to stop (a second one, more than 1 s later, leaves 2 s: then
   the process ends with HF_EXIT_STOPPED), USR1 for a checkpoint, USR2 to flush the tables. ---- */
typedef enum { HF_SIGNAL_STOP, HF_SIGNAL_CHECKPOINT, HF_SIGNAL_FLUSH, HF_N_SIGNALS } HfSignal;
void HfSignalsCatch(void); /* from now on */
PetscBool HfSignalCaught(HfSignal which);
void HfSignalDone(HfSignal which); /* forgets it */

/* A directory and those above it, where they are missing. *why: NULL or the reason it could not (static text). Not collective. */
void HfMakeDirectories(const char path[], const char **why);

/* ---- citations: the papers behind the features a run used. Not collective; HfCitationsWrite writes BibTeX. ---- */
void HfCite(const char *key); /* key of an entry in src/base/citations.c; citing twice is harmless; NULL does nothing */
PetscErrorCode HfCitationsWrite(FILE *file);
void HfCitationsClear(void); /* another run begins */
PetscBool HfCitationKnown(const char *key);

/* ---- profile: the parts of a run in PETSc's -log_view; parts may lie in each other. Not collective; without -log_view they cost nothing to speak of. ---- */
typedef enum { HF_PROFILE_RIGHT_HAND_SIDE, HF_PROFILE_CONVOLUTION, HF_PROFILE_POTENTIAL, HF_PROFILE_PROBE, HF_PROFILE_OUTPUT } HfProfile;
PetscErrorCode HfProfileBegin(HfProfile part);
PetscErrorCode HfProfileEnd(HfProfile part);

/* ---- state: what a module must find again to go on exactly where it was. A list of named places (borrowed), the same when it is saved and when it is
     loaded. Numbers are those of every rank; Vecs lie over the ranks in rows, so that their order does not depend on how many there are. ---- */
typedef enum { HF_CHECKPOINT_REAL, HF_CHECKPOINT_INT, HF_CHECKPOINT_INT64, HF_CHECKPOINT_BOOL, HF_CHECKPOINT_VEC } HfCheckpointKind;
typedef struct {
  char name[96]; /* group/name */
  HfCheckpointKind kind;
  PetscInt n;   /* of a Vec: its global size */
  void *values; /* PetscReal, PetscInt, PetscInt64, PetscBool */
  Vec vec;
} HfCheckpointItem;
typedef struct HfCheckpointList_ *HfCheckpointList;
PetscErrorCode HfCheckpointListCreate(HfCheckpointList *state);
PetscErrorCode HfCheckpointListDestroy(HfCheckpointList *state);
PetscErrorCode HfCheckpointListGroup(HfCheckpointList state, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(2, 3); /* of what is added from now on */
PetscErrorCode HfCheckpointListAdd(HfCheckpointList state, const char *name, HfCheckpointKind kind, PetscInt n, void *values);
PetscErrorCode HfCheckpointListAddVec(HfCheckpointList state, const char *name, Vec vec);
PetscInt HfCheckpointListCount(HfCheckpointList state);
const HfCheckpointItem *HfCheckpointListGet(HfCheckpointList state, PetscInt k);

/* ---- provenance: what was built and where it runs ---- */
typedef struct {
  const char *version, *commit, *build; /* build: compiler and flags */
  char libraries[512];                  /* PETSc, MPI, HDF5 ... versions, one line */
  char host[128];
  char started[32]; /* ISO 8601 UTC */
} HfProvenance;
PetscErrorCode HfProvenanceGet(HfProvenance *provenance);
