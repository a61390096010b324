/* The run directory in parts, one owner each; private to src/output. A function takes the part it needs.

     HfRun            what all parts share: communicator, directory, wall clock, the first failure of this rank
     HfOutputSettings the section `output` of the deck                        settings.c
     HfResultFile     run.h5                                                  hdf5_datasets.c, field_frames.c, published_file.c, tables.c
     HfTimeTable      table.tsv                                               tables.c
     HfLog            log.txt, its echo on stdout, progress and status.yaml   progress.c
     HfSummary        summary.yaml                                            summary.c
     HfControl        requests to stop or checkpoint, and their cost          run_requests.c, checkpoint.c
     HfResume         the checkpoint that the run resumes from                resume.c, checkpoint.c */
#pragma once
#include <hdf5.h>
#include <hopfilm/output.h>

/* Paths in run.h5. Every dataset carries the attributes `units` (unless it holds texts) and `long_name`. */
#define HF_PATH_FIELDS         "/fields"      /* /fields/<name>       [frame][y][x][component] */
#define HF_PATH_FIELD_TIMES    "/fields/time" /* /fields/time/<name>  [frame]: each field has its own times */
#define HF_PATH_FIELD_PROBES   "/fields/probe" /* /fields/probe/<name> [frame]: probes of /conductance taken before; tells frames of equal time apart */
#define HF_PATH_FIELD_INSTANTS "/fields/instant" /* /fields/instant/<name> [frame]: fields saved together have the same number */
#define HF_PATH_CONDUCTANCE    "/conductance"
#define HF_PATH_GAUGES         "/gauges" /* /gauges/<name> [probe] */
#define HF_PATH_TRAINING       "/training"
#define HF_PATH_ENERGY         "/energy"
#define HF_PATH_VTK            "/VTKHDF"

/* Checkpoints in the run directory besides checkpoint.h5: being written, the one before, one that was found damaged, and one that `--restart` passed over. */
#define HF_NEW_CHECKPOINT      "checkpoint.h5.new"
#define HF_PREVIOUS_CHECKPOINT "checkpoint-previous.h5"
#define HF_DAMAGED_CHECKPOINT  "checkpoint-damaged.h5"
#define HF_PASSED_CHECKPOINT   "checkpoint-passed.h5"

enum { HF_MAX_FIELDS = 64, HF_FAILURE_LENGTH = 512, HF_TABLE_MAX_ELECTRODES = 8 };

typedef struct {
  MPI_Comm comm;
  PetscMPIInt rank, size;
  PetscBool one_node; /* all ranks are on one */
  char directory[PETSC_MAX_PATH_LEN];
  double start;                    /* MPI_Wtime() at which the run began, less the wall time of the parts before a restart */
  char failure[HF_FAILURE_LENGTH]; /* the first of this rank, "" while all is well; HfRunAgree() makes it a fault of all */
} HfRun;

typedef struct {
  HfRecorderSettings recorder;
  const char **fields;                                 /* of the recorder; the texts are the deck's */
  PetscInt compression, n_items;                       /* deflate level; items of the schedule */
  PetscBool single;                                    /* precision of the fields */
  PetscReal checkpoint_every, max_walltime, max_stall; /* wall time, s; 0: never */
  MPI_Info hints;
} HfOutputSettings;

typedef struct {
  char name[32];
  PetscInt frames;
  int64_t instant;   /* at which the last of them was saved */
  PetscInt n_before; /* frames of the run that is resumed ... */
  double *times_before;
} HfFieldState;

typedef struct {
  HfRun *run;
  hid_t file; /* -1 while it is not open */
  double last_flush;
  HfFieldState fields[HF_MAX_FIELDS];
  PetscInt n_fields, n_probes, pattern_width;
  int64_t instant; /* the present one, from 0; -1 before the first */
  PetscReal instant_time;
  PetscInt instant_probes; /* taken before it */
} HfResultFile;

typedef struct {
  FILE *file; /* rank 0 */
  PetscInt n_pairs;
  double flushed;
} HfTimeTable;

/* What the time left is estimated from. */
typedef struct {
  PetscReal from;   /* simulated time, s ... */
  double from_wall; /* ... at this MPI_Wtime() */
} HfPace;

typedef struct {
  HfRun *run;
  FILE *file;                   /* rank 0 */
  int lock;                     /* rank 0: log.txt of an earlier run, locked, until `file` is open; else -1 */
  char early[4096];             /* lines logged before the directory was made */
  PetscBool quiet;              /* nothing on stdout */
  PetscBool terminal, coloured; /* stdout is one */
  PetscBool showing;            /* a line of progress, which the next line replaces */
  double printed, shown, noted; /* MPI_Wtime() of the last progress in the log, on the terminal, in status.yaml */
  PetscInt item;                /* of the schedule, which item_count is of */
  HfPace run_count, item_count;
  PetscReal done, total; /* simulated time, s */
} HfLog;

typedef struct {
  HfNode root, entries; /* {results: [entries]} */
} HfSummary;

typedef struct {
  double launched;                                        /* MPI_Wtime() from which output.max_walltime counts */
  char ensemble_stop[PETSC_MAX_PATH_LEN];                 /* the ensemble's file STOP; "" unless the run is a member of one */
  double checkpointed, checkpoint_cost, checkpoint_costs; /* MPI_Wtime() of the last checkpoint; wall time of it and of all, s */
  hsize_t checkpoint_call;                                /* bytes of a rank in one call of HDF5 at most, HF_CHECKPOINT_CALL outside of tests */
  double publish_cost;                                    /* wall time of the last copy of run.h5, s */
  double attended;                                        /* MPI_Wtime() of the last inquiry */
  int stop;                                               /* why the run is to stop, from when this was reported on; 0: it is not to */
  double looked;                                          /* MPI_Wtime() of the last look for a file STOP */
} HfControl;

#define HF_CHECKPOINT_CALL 268435456 /* MPI-IO and HDF5 1.10 have limits at 2 and 4 GiB */

/* What the output itself stores in a checkpoint, besides the state of table.tsv. */
typedef struct {
  PetscReal wall_seconds;
  PetscInt64 table_bytes;
  PetscInt items_begun, items; /* of the schedule */
  PetscBool finished;
} HfRunPosition;

typedef struct {
  hid_t checkpoint; /* until its state has been restored; else -1 */
  char path[PETSC_MAX_PATH_LEN];
  HfRunPosition position;
  char run_before[PETSC_MAX_PATH_LEN]; /* run.h5 beside the checkpoint ... */
  hid_t frames_before;                 /* ... while it is open; else -1 */
  PetscBool replaying;                 /* results found before the restart are recorded once more */
  PetscBool damaged;                   /* checkpoint.h5 is, and the one before it is used */
  PetscBool afresh;                    /* as the user wants, whatever there is */
  PetscBool was_finished;              /* the directory's summary.yaml says `done` */
} HfResume;

struct HfOutput_ {
  struct HfRecorder_ recorder;
  HfDeck deck;
  HfExperiment experiment;
  PetscBool is_open;
  HfRun run;
  HfOutputSettings settings;
  HfResultFile results;
  HfTimeTable table;
  HfLog log;
  HfSummary summary;
  HfControl control;
  HfResume resume;
  HfNode inputs; /* {key: digest} of the files that the deck names, as far as they have been read: input_digests.c */
};

/* ---- settings.c ---- */
PetscErrorCode HfOutputSettingsRead(HfDeck deck, HfOutputSettings *settings);
PetscErrorCode HfOutputSettingsCheck(void *context, HfDevice device);
PetscErrorCode HfOutputSettingsDestroy(HfOutputSettings *settings);

/* ---- file_hints.c ---- */
PetscErrorCode HfHintsSettingsRead(HfNode section, MPI_Info *hints);
PetscErrorCode HfHintsSettingsCheck(HfDeck deck);
PetscErrorCode HfHintsReport(HfOutput output); /* in the log, of the opened run.h5. Collective. */

/* ---- directory.c: POSIX work of rank 0 ---- */
/* Looks, touches nothing: HF_ERR_FILE when there is a finished run (unless `force`), the directory cannot be made, or another run is writing in it and
   does not end within seconds. Collective. */
PetscErrorCode HfOutputCheckDirectory(HfOutput output, PetscBool force);
/* Makes the directory and its text files; locks log.txt so that two runs never write into one directory. Collective. */
PetscErrorCode HfOutputOpenDirectory(HfOutput output);
void HfRunPath(const HfRun *run, const char name[], char path[PETSC_MAX_PATH_LEN]); /* of a file of the directory */
/* Rank 0 notes what failed and continues; HfRunAgree() makes it a fault of all ranks. */
void HfRunNote(HfRun *run, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(2, 3); /* not collective; the first note stays */
PetscErrorCode HfRunAgree(HfRun *run);                                            /* collective; HF_ERR_FILE when any rank noted a failure */
/* HF_ERR_FILE when the disk has no room for so many bytes and a reserve to close the run with. Collective. */
PetscErrorCode HfRunNeedRoom(HfRun *run, PetscReal bytes);
void HfRunNow(char text[32]); /* ISO 8601 UTC */

/* ---- durable_files.c: files that are complete or absent ---- */
enum { HF_DIGEST_LENGTH = 48 };
PetscErrorCode HfSealFile(HfRun *run, const char name[]);                       /* appends the checksum. Collective; failures are noted. */
PetscErrorCode HfSealCheck(MPI_Comm comm, const char path[], const char **why); /* why: NULL, or what is wrong with the file. Collective. */
/* Length and checksum of a regular file as rank 0 reads it, "" when it cannot be read. Collective. */
PetscErrorCode HfFileDigest(MPI_Comm comm, const char path[], char digest[HF_DIGEST_LENGTH]);
PetscBool HfDigestsMatch(const char before[], const char now[]);
void HfSyncPath(HfRun *run, const char path[]); /* fsync of a file or directory; failures are noted. Not collective. */
/* Rank 0: synced and renamed; a file that was there is kept under the name `kept`, unless NULL. Failures are noted. */
void HfPublishFile(HfRun *run, const char from[], const char to[], const char kept[]);
/* A copy of a file of the directory, of which every rank makes its part: on several nodes they read and write side by side, and each node syncs what it wrote;
   HfPublishFile() does so on one. HF_ERR_FILE when any rank cannot. Collective. */
PetscErrorCode HfFileCopy(HfRun *run, const char from_name[], const char to_name[]);
PetscErrorCode HfOutputPublish(HfOutput output); /* run.h5 and table.tsv hold everything up to now. Collective. */

/* ---- checkpoint.c ---- */
PetscErrorCode HfOutputListCheckpoint(HfOutput output, HfCheckpointList list);
PetscErrorCode HfCheckpointOpen(HfOutput output, const char path[], hid_t *file); /* -1 when it is no HDF5 file. Collective. */
PetscErrorCode HfCheckpointText(hid_t file, const char name[], char **text);      /* NULL when absent; PetscFree()d by the caller. Collective. */
PetscErrorCode HfCheckpointRead(HfOutput output, HfCheckpointList list);          /* from resume.checkpoint. Collective. */

/* ---- resume.c ---- */
PetscErrorCode HfOutputEndReplay(HfOutput output); /* from now on results are new. Collective. */
PetscBool HfSectionIsHarmless(const char name[]);  /* section of a deck that may change without changing the physics */

/* ---- input_digests.c ---- */
/* Digests of the files that the deck names and that were not read before: outside the schedule, and in its first `begun` items. Collective. */
PetscErrorCode HfInputsRead(HfOutput output, PetscInt begun);
/* Keys of the files whose content differs from `before`, the text of an earlier run's digests (NULL: none), and their number. Collective. */
PetscErrorCode HfInputsCompare(HfOutput output, const char before[], PetscInt begun, PetscInt *count, char list[], size_t size);

/* ---- hdf5_datasets.c: thin layer over HDF5. Collective, with the same values on all ranks; an error strikes the rank that fails. ---- */
PetscErrorCode HfH5Failed(HfResultFile *results, const char *call); /* the error of a call, with the reason from HDF5's error stack */
void HfH5Reason(char reason[HF_FAILURE_LENGTH]);                    /* that reason; clears the stack */
#define HF_H5(result, call)                                                                                                                          \
  do {                                                                                                                                               \
    (result) = (call);                                                                                                                               \
    if ((result) < 0) PetscFunctionReturn(HfH5Failed(results, #call));                                                                               \
  } while (0)
#define HF_H5_CALL(call)                                                                                                                             \
  do {                                                                                                                                               \
    if ((call) < 0) PetscFunctionReturn(HfH5Failed(results, #call));                                                                                 \
  } while (0)
PetscErrorCode HfResultFileCreate(HfResultFile *results, const char name[], MPI_Info hints); /* a file of the run directory, open on all ranks */
typedef struct {
  hid_t type; /* in memory and in the file */
  int rank;
  hsize_t shape[4];
  const char *unit, *doc;
} HfTable;
PetscErrorCode HfH5Write(HfResultFile *results, const char path[], const HfTable *table, const void *values); /* replaces; the values of rank 0 */
PetscErrorCode HfH5Append(HfResultFile *results, const char path[], const HfTable *row, const void *values);  /* one more row; creates the dataset */
PetscErrorCode HfH5SetLast(HfResultFile *results, const char path[], const HfTable *row, const void *values); /* overwrites the last row */
/* A two-dimensional table of which this rank has the rows first .. first+count-1. */
PetscErrorCode HfH5WriteBlock(HfResultFile *results, const char path[], const HfTable *table, const hsize_t start[2], const hsize_t count[2],
                              const void *values);
PetscErrorCode HfH5Text(HfResultFile *results, const char path[], const char text[], const char doc[]);
PetscErrorCode HfH5AttributeText(HfResultFile *results, const char path[], const char name[], const char text[]);
PetscErrorCode HfH5AttributeReals(HfResultFile *results, const char path[], const char name[], PetscInt n,
                                  const PetscReal values[]); /* n = -1: scalar */
PetscErrorCode HfH5AttributeInts(HfResultFile *results, const char path[], const char name[], PetscInt n, const int values[]);
PetscErrorCode HfH5Group(HfResultFile *results, const char path[]);
PetscErrorCode HfH5Link(HfResultFile *results, const char from[], const char to[]);
PetscErrorCode HfH5Flush(HfResultFile *results); /* survives the end of the process */
hid_t HfH5TextType(size_t width);                /* fixed-width string; H5Tclose()d by the caller */

/* ---- field_frames.c ---- */
PetscErrorCode HfFramesOpenBefore(HfOutput output); /* run.h5 of the run that is resumed. Collective. */

/* ---- published_file.c: rank 0; failures are noted. Not collective. ---- */
#define HF_NEW_XDMF "run.xdmf2.new"
PetscErrorCode HfOutputDescribe(HfOutput output, const char name[]); /* a complete run.h5 that no rank has open; writes HF_NEW_XDMF, too */
void HfOutputPublishXdmf(HfOutput output);                           /* once run.h5 is in its place */

/* ---- run_description.c, tables.c, progress.c, summary.c ---- */
PetscErrorCode HfOutputWriteProvenance(HfOutput output);
PetscErrorCode HfOutputWriteFilm(HfOutput output);
PetscErrorCode HfTimeTableHead(HfTimeTable *table, HfDevice device, PetscBool write);
void HfLogLine(HfLog *log, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(2, 3); /* rank 0: log.txt and stdout */
/* status.yaml: present activity ("" at the end) and estimated seconds left (negative: unknown). */
PetscErrorCode HfOutputStatus(HfOutput output, const char *status, const char *activity, double left);
PetscErrorCode HfOutputSummaryWrite(HfOutput output, const char *status);

/* ---- the recorder's functions ---- */
PetscErrorCode HfOutputSaturated(void *context, PetscInt n, const PetscReal G0[]);
PetscErrorCode HfOutputProbe(void *context, const HfProbe *probe);
PetscErrorCode HfOutputTableLine(void *context, const HfTableLine *line);
PetscErrorCode HfOutputField(void *context, const char *name, PetscReal time, PetscInt dof, Vec v);
PetscErrorCode HfOutputEnergies(void *context, const char *name, PetscInt n_states, const PetscReal energies[]);
PetscErrorCode HfOutputArray(void *context, const char *dataset, PetscInt rank, const PetscInt shape[], const PetscReal values[], const char *unit);
PetscErrorCode HfOutputSummary(void *context, HfNode entry);
PetscErrorCode HfOutputWiring(void *context, const HfWiring *wiring);
PetscErrorCode HfOutputText(void *context, const char *name, const char *text);
PetscErrorCode HfOutputProgress(void *context, const HfProgress *progress);
PetscErrorCode HfOutputLog(void *context, const char *line);
PetscErrorCode HfOutputAttend(void *context, PetscBool at_step, PetscBool last, HfRequest *request);
PetscErrorCode HfOutputCheckpoint(void *context, HfCheckpointList list, PetscReal time, PetscInt begun, PetscInt n_items, PetscBool finished);
PetscErrorCode HfOutputStored(void *context, const char *name, PetscInt *n);
PetscErrorCode HfOutputRestore(void *context, HfCheckpointList list, PetscBool live);
