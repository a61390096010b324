/** @file
   hopfilm/base.h: what all modules share: exit codes and faults, physical constants, random numbers, files, memory, signals, citations, profiling,
   checkpoint lists, provenance.

   Conventions of all public headers
   - "Collective" means: every rank of the object's communicator calls the function, with the same arguments except Vecs and what is called local.
   - SI units throughout: lengths in m, time in s, potential in V, current in A, magnetization and every magnetic field H in A/m.
   - Functions return a PetscErrorCode and are wrapped in PetscCall(). */
#pragma once
#include <limits.h>
#include <petscvec.h>
#include <stdint.h>

/* ---- exit codes and faults ---- */

/** Exit codes of the program; a fault carries one of them. */
typedef enum {
  HF_EXIT_DONE = 0,     /**< the run is finished */
  HF_EXIT_DECK = 2,     /**< bad deck or usage */
  HF_EXIT_DIVERGED = 3, /**< diverged or not finite */
  HF_EXIT_FILE = 4,     /**< could not read or write */
  HF_EXIT_STOPPED = 75  /**< stopped early, resumable */
} HfExit;

/* Error codes of functions that reported a fault. */
#define HF_ERR_BASE     1000                             /**< above all codes of PETSc */
#define HF_ERR_DECK     (HF_ERR_BASE + HF_EXIT_DECK)     /**< bad deck or usage */
#define HF_ERR_DIVERGED (HF_ERR_BASE + HF_EXIT_DIVERGED) /**< diverged or not finite */
#define HF_ERR_FILE     (HF_ERR_BASE + HF_EXIT_FILE)     /**< could not read or write */
#define HF_ERR_STOPPED  (HF_ERR_BASE + HF_EXIT_STOPPED)  /**< stopped on request */

/** Reports a fault: an error that every rank of `comm` sees alike (bad input, unreadable file, divergence). Rank 0 prints the message once on stderr and
    returns `code` (HF_ERR_DECK ...), so that the callers unwind without PETSc's traceback. Collective. */
PetscErrorCode HfFault(MPI_Comm comm, PetscErrorCode code, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(3, 4);
/** Returns with a fault unless the condition holds: PetscCheckFault(file, comm, HF_ERR_FILE, "cannot open %s", path); */
#define PetscCheckFault(condition, comm, code, ...)                                                                                                  \
  do {                                                                                                                                               \
    if (PetscUnlikely(!(condition))) return HfFault(comm, code, __VA_ARGS__);                                                                        \
  } while (0)
/** From now on faults are also appended to this existing file (NULL: to none), because a launcher may lose the last output of a rank. Not collective. */
void HfFaultLog(const char path[]);
/** The last fault that rank 0 of its communicator reported on this process, without "hopfilm: " and the end of the line; "" if there was none since
    HfFaultForget(). Not collective. */
const char *HfFaultText(void);
/** Empties HfFaultText(). Not collective. */
void HfFaultForget(void);
/** Writes a line, with its end, to stderr and to the file of HfFaultLog(). Not collective. */
void HfFaultReport(const char line[]);

/* ---- terminals. Not collective. ---- */
/** Whether an output, 1 or 2, goes to a terminal, also by way of mpiexec on this machine. */
PetscBool HfTerminal(int descriptor);
/** The same, and colours are wanted: NO_COLOR is not set. */
PetscBool HfTerminalColours(int descriptor);

/** Hot kernels are compiled for several instruction sets and selected at run time, where the compiler can do that (src/base/kernels.cmake); by x86-64 level and
    not by processor name, which would exclude processors of other makers with the same instructions. */
#ifdef HF_CLONES
  #define HF_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
  #define HF_KERNEL
#endif

/** Before a loop over cells: its arrays do not overlap (or are updated in place), so that it vectorizes without a check. */
#if defined(__clang__)
  #define HF_CELLS _Pragma("clang loop vectorize(assume_safety)")
  #define HF_CELLS_GCC
#elif defined(__GNUC__)
  #define HF_CELLS     _Pragma("GCC ivdep")
  #define HF_CELLS_GCC _Pragma("GCC ivdep")
#else
  #define HF_CELLS
  #define HF_CELLS_GCC /**< the same for loops that clang does not vectorize and would warn of */
#endif

/* ---- physical constants (CODATA 2022) ---- */
#define HF_MU0               1.25663706127e-6 /**< vacuum permeability, N/A^2 */
#define HF_ELEMENTARY_CHARGE 1.602176634e-19  /**< C */
#define HF_REDUCED_PLANCK    1.054571817e-34  /**< J s */
#define HF_BOHR_MAGNETON     9.2740100657e-24 /**< J/T */
#define HF_BOLTZMANN         1.380649e-23     /**< J/K */
#define HF_GAMMA0            2.21e5           /**< default mu0*|gamma|, m/(A s); Niu et al. 2024, Table 1 */

/* ---- random numbers: a function of (seed, stream, step, index) alone, hence the same on any number of ranks and after a restart.
   Random123's Philox 4x32-10. Not collective, thread-safe, without state. ---- */

/** What the numbers are used for: streams are independent of each other. */
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
  HF_STREAM_PATTERN,
  HF_STREAM_PERTURBATION,
  HF_STREAM_LEARNER,
  HF_STREAM_LESSON
} HfStream;
/** n <= 4 numbers, uniform in (0,1). */
void HfRandomUniform(PetscInt64 seed, HfStream stream, PetscInt64 step, PetscInt64 index, PetscInt n, PetscReal u[]);
/** n <= 4 numbers, normal with mean 0 and variance 1. */
void HfRandomNormal(PetscInt64 seed, HfStream stream, PetscInt64 step, PetscInt64 index, PetscInt n, PetscReal g[]);
/** An integer, uniform in 0 .. bound-1. */
PetscInt HfRandomInteger(PetscInt64 seed, HfStream stream, PetscInt64 step, PetscInt64 index, PetscInt bound);

/* ---- files ---- */

/** Reads a regular file of at most 256 MB on rank 0 and broadcasts it, without its byte order mark and, if that is of UTF-16, in UTF-8. *text is NUL-terminated and PetscFree()d by the caller. If the file cannot be
    read, *text is NULL and *why the reason (static text, the same on all ranks); the return code stays 0. Collective. */
PetscErrorCode HfReadFile(MPI_Comm comm, const char path[], char **text, size_t *length, const char **why);
/** The same for any kind of file, such as /dev/stdin, up to its end: for files that the user names on the command line. Collective. */
PetscErrorCode HfReadStream(MPI_Comm comm, const char path[], char **text, size_t *length, const char **why);
/** Whether there is a regular file of that name, itself and not a link to one. Not collective. */
PetscBool HfIsRegularFile(const char path[]);
/** Opens a regular file as open() does, but follows no link to it and waits for no FIFO: -1 and errno. Not collective. */
int HfFileOpen(const char path[], int flags);
/** A new file for writing in place of what has the name, unless that is a directory: where it was a link, its target stays as it is. -1 and errno. Not
    collective. */
int HfFileCreate(const char path[]);
/** The same as a stream; NULL and errno. */
FILE *HfFileCreateStream(const char path[]);
/** Longest path of a file that MPI-IO can open: Open MPI puts a suffix of its own behind it in 256 bytes. */
#ifdef OPEN_MPI
  #define HF_MPI_IO_PATH_LENGTH 238
#else
  #define HF_MPI_IO_PATH_LENGTH (PETSC_MAX_PATH_LEN - 64)
#endif
/** Makes a directory and its missing parents. *why: NULL or the reason why it cannot be made (static text). Not collective. */
void HfMakeDirectories(const char path[], const char **why);

/** Settings of the MPI library that a run needs whatever its launcher; one that the environment names already stays. To be called before MPI_Init(). */
void HfMPISettings(void);

/* ---- messages of any size ---- */

#define HF_EXCHANGE_MOST  INT_MAX   /**< what MPI counts */
#define HF_EXCHANGE_PIECE (1 << 26) /**< numbers of a piece of what is larger: 1 GiB of complex numbers */
/** What a rank sends or receives: of rank r counts[r] numbers from places[r] of `numbers` on. */
typedef struct {
  void *numbers;            /**< not changed where they are sent */
  const PetscInt64 *counts; /**< [ranks] */
  const PetscInt64 *places; /**< [ranks] */
} HfExchange;
/** MPI_Alltoallv() with counts of 64 bits. `largest`: the largest count or place on any rank, which all ranks know alike; where it is above `most`
    (HF_EXCHANGE_MOST outside of tests) the messages go in pieces. Collective. */
PetscErrorCode HfExchangeAllToAll(MPI_Comm comm, MPI_Datatype type, const HfExchange *out, const HfExchange *in, PetscInt64 largest, PetscInt64 most);

/* ---- system memory ---- */

/** Counts the ranks of the program on each node, which share its memory also where HfSystemMemoryAvailable() is called by some of them. Once, at the
   start. Collective on the ranks of the program. */
PetscErrorCode HfSystemMemoryShare(MPI_Comm all);
/** Bytes that the ranks of `comm` can allocate together, if each takes as much as the rank that can take least: the memory of the machines, shared by the
    ranks on a machine, within the limits of control groups (batch systems, containers) and `ulimit`. The PETSc option -memory_limit sets the bytes
    of a rank, for tests. Collective. */
PetscErrorCode HfSystemMemoryAvailable(MPI_Comm comm, PetscReal *bytes);
/** "12.3 GB" */
void HfSystemMemoryText(PetscReal bytes, char text[32]);

/* ---- signals, noted on the rank that receives them. Not collective. ---- */

/** SIGTERM, SIGINT, SIGQUIT, SIGHUP (a closed terminal) and SIGXCPU (a limit on CPU time) request a stop; a second one, more than 1 s later, ends the process
    with HF_EXIT_STOPPED after another 2 s. SIGUSR1 requests a checkpoint, SIGUSR2 that the tables are flushed. */
typedef enum { HF_SIGNAL_STOP, HF_SIGNAL_CHECKPOINT, HF_SIGNAL_FLUSH, HF_N_SIGNALS } HfSignal;
/** Whether the process was started to outlive its terminal (nohup). */
PetscBool HfSignalHangUpIgnored(void);
/** Installs the handlers; without `hang_up` SIGHUP is ignored. */
void HfSignalsCatch(PetscBool hang_up);
PetscBool HfSignalCaught(HfSignal which); /**< since the last HfSignalClear() */
void HfSignalClear(HfSignal which);       /**< the request has been fulfilled */
/** From now on this process ends with HF_EXIT_STOPPED and a message unless this is called again within so many seconds; 0: no longer. */
void HfSignalsWatch(double seconds);

/* ---- citations: the papers behind the features that a run used. Not collective. ---- */

/** Cites an entry of src/base/citations.c by its key; more than once is harmless, NULL does nothing. */
void HfCite(const char *key);
PetscErrorCode HfCitationsWrite(FILE *file); /**< the cited entries as BibTeX */
void HfCitationsClear(void);                 /**< before another run */
PetscBool HfCitationKnown(const char *key);  /**< whether there is such an entry */

/* ---- profiling ---- */

/** Parts of a run that PETSc's -log_view times; parts may be nested. */
typedef enum { HF_PROFILE_RIGHT_HAND_SIDE, HF_PROFILE_CONVOLUTION, HF_PROFILE_POTENTIAL, HF_PROFILE_PROBE, HF_PROFILE_OUTPUT } HfProfile;
PetscErrorCode HfProfileBegin(HfProfile part); /**< not collective; negligible cost without -log_view */
PetscErrorCode HfProfileEnd(HfProfile part);   /**< not collective */

/* ---- checkpoint lists: what a module must restore to continue exactly where it was. A list of named, borrowed variables, the same when it is saved and
   when it is loaded. Numbers are the same on every rank; Vecs are distributed by rows, so that their order does not depend on the number of ranks. ---- */

/** Type of the variables of an item. */
typedef enum { HF_CHECKPOINT_REAL, HF_CHECKPOINT_INT, HF_CHECKPOINT_INT64, HF_CHECKPOINT_BOOL, HF_CHECKPOINT_VEC } HfCheckpointKind;
/** One item of a checkpoint list. */
typedef struct {
  char name[96];         /**< group/name */
  HfCheckpointKind kind; /**< type of the variables */
  PetscInt n;            /**< number of values; of a Vec its global size */
  void *values;          /**< PetscReal, PetscInt, PetscInt64 or PetscBool [n]; NULL for a Vec */
  Vec vec;               /**< NULL unless kind is HF_CHECKPOINT_VEC */
} HfCheckpointItem;
/** A list of the variables that a checkpoint holds. */
typedef struct HfCheckpointList_ *HfCheckpointList;
PetscErrorCode HfCheckpointListCreate(HfCheckpointList *list);  /**< empty. Not collective, as all functions of the list. */
PetscErrorCode HfCheckpointListDestroy(HfCheckpointList *list); /**< the variables remain */
/** Name of the group of the items that are added from now on. */
PetscErrorCode HfCheckpointListGroup(HfCheckpointList list, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(2, 3);
/** Adds n variables, of the type of `kind`. */
PetscErrorCode HfCheckpointListAdd(HfCheckpointList list, const char *name, HfCheckpointKind kind, PetscInt n, void *values);
PetscErrorCode HfCheckpointListAddVec(HfCheckpointList list, const char *name, Vec vec); /**< adds a Vec */
PetscInt HfCheckpointListCount(HfCheckpointList list);                                   /**< number of items */
const HfCheckpointItem *HfCheckpointListGet(HfCheckpointList list, PetscInt k);          /**< item k, from 0 */

/* ---- provenance ---- */

/** What was built and where it runs. */
typedef struct {
  const char *version; /**< of hopfilm */
  const char *commit;  /**< that was built */
  const char *build;   /**< compiler and flags */
  char libraries[512]; /**< versions of PETSc, MPI, HDF5 ..., one line */
  char host[128];      /**< name of the machine */
  char started[32];    /**< ISO 8601 UTC */
} HfProvenance;
PetscErrorCode HfProvenanceGet(HfProvenance *provenance); /**< of this process, now. Not collective. */
