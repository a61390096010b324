/* The run directory's files in one struct; private to src/output. */
#pragma once
#include <hdf5.h>
#include <hopfilm/output.h>

/* Where things stand in run.h5. Every dataset carries the attributes `unit` and `doc`. */
#define HF_PATH_FIELDS      "/fields"      /* /fields/<name>       [frame][y][x][component] */
#define HF_PATH_FIELD_TIMES "/fields/time" /* /fields/time/<name>  [frame]: each field has its own times */
#define HF_PATH_FIELD_PROBES                                                                                                                         \
  "/fields/probe" /* /fields/probe/<name> [frame]: how many probes of /conductance came before; tells frames of one time apart */
#define HF_PATH_CONDUCTANCE "/conductance"
#define HF_PATH_GAUGES      "/gauges" /* /gauges/<name> [probe] */
#define HF_PATH_TRAINING    "/training"
#define HF_PATH_ENERGY      "/energy"
#define HF_PATH_VTK         "/VTKHDF"

enum { HF_MAX_FIELDS = 16, HF_WHY_LENGTH = 512, HF_TABLE_MAX_ELECTRODES = 8 };

typedef struct {
  char name[32];
  PetscInt frames;
  PetscInt n_before; /* frames of the run that is resumed, and their times */
  double *times_before;
} HfFieldState;

/* What the output itself has in a checkpoint. */
typedef struct {
  PetscReal wall_seconds;
  PetscInt64 table_bytes;
  PetscInt items_begun, items; /* of the schedule */
  PetscBool finished;
} HfKept;

/* The section `output` of the deck, read once. */
typedef struct {
  HfRecorderSettings recorder;
  const char **fields;           /* of the recorder; texts are the deck's */
  PetscInt compression, n_items; /* deflate level; items of the schedule */
  PetscBool single;
  PetscReal checkpoint_every, max_walltime; /* wall time, s; 0: never */
  MPI_Info hints;
} HfOutputSettings;

struct HfOutput_ {
  struct HfRecorder_ recorder;
  HfOutputSettings settings;
  MPI_Comm comm;
  PetscMPIInt rank, size;
  HfDeck deck;
  char directory[PETSC_MAX_PATH_LEN], ensemble_stop[PETSC_MAX_PATH_LEN]; /* the latter "" unless the run is a member of an ensemble */
  PetscBool is_open, quiet;
  double start; /* MPI_Wtime at creation */
  HfExperiment experiment;

  hid_t file;
  char why[HF_WHY_LENGTH]; /* first failure of this rank, "" while all is well; HfOutputAgree tells the others */
  double last_flush;
  HfFieldState fields[HF_MAX_FIELDS];
  PetscInt n_fields, n_vtk_steps, n_probes, pattern_width;
  PetscReal vtk_time;

  /* checkpoints and what is asked of the run */
  HfKept kept;
  hid_t resume; /* the checkpoint that the run goes on from, until it has; else -1 */
  char resume_path[PETSC_MAX_PATH_LEN];
  char run_before[PETSC_MAX_PATH_LEN]; /* its run.h5 ... */
  hid_t frames_before;                 /* ... while it is open, else -1 */
  PetscBool replaying, was_finished;
  double launched, checkpointed, checkpoint_cost, checkpoint_costs, publish_cost, attended, attend_steps,
      looked; /* times of MPI_Wtime(); s; steps asked for last */

  FILE *table, *log;    /* rank 0 */
  char early_log[4096]; /* lines logged before the directory was made */
  PetscReal table_time;
  PetscBool table_has_rows;
  double table_flushed;
  PetscInt table_pairs;

  double progress_printed, progress_wall;
  PetscReal progress_done, progress_from, progress_total;
  char progress_what[64];

  HfNode results, entries; /* {results: [entries]} */
  HfNode files;            /* {key: digest} of the files that the deck names, as far as they were looked at */
};

/* ---- settings.c ---- */
PetscErrorCode HfOutputSettingsRead(HfDeck deck, HfOutputSettings *settings);
PetscErrorCode HfOutputSettingsCheck(void *context, HfGrid grid);
PetscErrorCode HfOutputSettingsDestroy(HfOutputSettings *settings);

/* ---- directory.c: POSIX work of rank 0 ---- */
/* Looks, touches nothing: HF_ERR_FILE when a finished run stands there or the directory could not be made. Collective. */
PetscErrorCode HfOutputCheckDirectory(HfOutput output, PetscBool force);
/* Makes the directory and its text files; the log is locked so that two runs never write into one directory. Collective. */
PetscErrorCode HfOutputOpenDirectory(HfOutput output);
void HfOutputPath(HfOutput output, const char name[], char path[PETSC_MAX_PATH_LEN]);

/* HF_ERR_FILE when the disk has not room for so many bytes more and some to end the run with. Collective. */
PetscErrorCode HfOutputNeedRoom(HfOutput output, PetscReal bytes);

/* ---- checksummed_file.c: whole or not there ---- */
PetscErrorCode HfSealFile(HfOutput output, const char name[]);                  /* Collective; failures are noted. */
PetscErrorCode HfSealCheck(MPI_Comm comm, const char path[], const char **why); /* why: NULL, or what is wrong with it. Collective. */
enum { HF_DIGEST_LENGTH = 48 };
/* Length and checksum of a regular file as rank 0 reads it, "" when it cannot. Collective. */
PetscErrorCode HfFileDigest(MPI_Comm comm, const char path[], char digest[HF_DIGEST_LENGTH]);
void HfSyncPath(HfOutput output, const char path[]); /* a file or directory; failures are noted. Not collective. */
void HfPublishFile(HfOutput output, const char from[], const char to[], const char kept[]); /* rank 0: synced and renamed; what was there is kept
                                                                                               under that name, unless NULL. Failures are noted. */
/* ---- publish.c ---- */
PetscErrorCode HfOutputPublish(HfOutput output); /* run.h5 and table.tsv hold everything up to now. Collective. */
/* ---- checkpoint.c ---- */
PetscErrorCode HfOutputListCheckpoint(HfOutput output, HfCheckpointList state);
PetscErrorCode HfCheckpointOpen(HfOutput output, const char path[], hid_t *file); /* -1 when it is none. Collective. */
PetscErrorCode HfCheckpointText(hid_t file, const char name[], char **text);      /* NULL when it has none; PetscFree()d by the caller. Collective. */
PetscErrorCode HfCheckpointRead(HfOutput output, HfCheckpointList state);         /* from output->resume. Collective. */
/* ---- restart.c ---- */
PetscErrorCode HfOutputEndOfReplay(HfOutput output); /* Collective. */
PetscBool HfSectionIsHarmless(const char name[]);    /* of the deck: may change without changing what the film does */
/* ---- named_files.c ---- */
PetscErrorCode HfOutputLookAtFiles(HfOutput output, PetscInt begun); /* those not looked at yet, of the schedule's first `begun` items. Collective. */
/* Keys of the files that are others than in the text that a run before kept (NULL: none), and their number. Collective. */
PetscErrorCode HfOutputCompareFiles(HfOutput output, const char before[], PetscInt begun, PetscInt *count, char list[], size_t size);
/* ---- field_frames.c ---- */
PetscErrorCode HfOutputOpenFramesBefore(HfOutput output); /* run.h5 of the run that is resumed. Collective. */

/* ---- failures of rank 0's own work. It notes what went wrong and goes on; HfOutputAgree makes it a fault of all ranks. ---- */
void HfOutputNote(HfOutput output, const char *format, ...) PETSC_ATTRIBUTE_FORMAT(2, 3); /* not collective; the first note stays */
PetscErrorCode HfOutputAgree(HfOutput output);                                            /* Collective; HF_ERR_FILE when any rank noted a failure. */

/* ---- h5.c: thin layer over HDF5. All calls are collective, with the same values on all ranks; they fail on the rank that fails. ---- */
PetscErrorCode HfH5Failed(HfOutput output, const char *call); /* reports the reason that HDF5 has on its stack */
const char *HfH5Reason(void);                                 /* that reason; the stack is empty then */
#define HF_H5(result, call)                                                                                                                          \
  do {                                                                                                                                               \
    (result) = (call);                                                                                                                               \
    if ((result) < 0) PetscFunctionReturn(HfH5Failed(output, #call));                                                                                \
  } while (0)
#define HF_H5_CALL(call)                                                                                                                             \
  do {                                                                                                                                               \
    if ((call) < 0) PetscFunctionReturn(HfH5Failed(output, #call));                                                                                  \
  } while (0)
typedef struct {
  hid_t type; /* in memory and, as it is, in the file */
  int rank;
  hsize_t shape[4];
  const char *unit, *doc;
} HfTable;
PetscErrorCode HfH5Write(HfOutput output, const char path[], const HfTable *table, const void *values); /* replaces; rank 0's values count */
PetscErrorCode HfH5Append(HfOutput output, const char path[], const HfTable *row, const void *values);  /* one more row of a growing dataset */
PetscErrorCode HfH5SetLast(HfOutput output, const char path[], const HfTable *row, const void *values); /* its last row again */
/* Distributed rows first .. first+count-1 of a two-dimensional table. */
PetscErrorCode HfH5WriteRows(HfOutput output, const char path[], const HfTable *table, hsize_t first, hsize_t count, const void *values);
PetscErrorCode HfH5Text(HfOutput output, const char path[], const char text[], const char doc[]);
PetscErrorCode HfH5AttributeText(HfOutput output, const char path[], const char name[], const char text[]);
PetscErrorCode HfH5AttributeReals(HfOutput output, const char path[], const char name[], PetscInt n, const PetscReal values[]); /* n = -1: a scalar */
PetscErrorCode HfH5AttributeInts(HfOutput output, const char path[], const char name[], PetscInt n, const int values[]);
PetscErrorCode HfH5Group(HfOutput output, const char path[]);
PetscErrorCode HfH5Link(HfOutput output, const char from[], const char to[]);
PetscErrorCode HfH5Flush(HfOutput output); /* a run that is cut keeps what was flushed */
hid_t HfH5TextType(size_t width);

/* ---- one file each ---- */
PetscErrorCode HfOutputWriteProvenance(HfOutput output);
PetscErrorCode HfOutputWriteFilm(HfOutput output);
PetscErrorCode HfOutputVtkSetUp(HfOutput output);
PetscErrorCode HfOutputVtkFrame(HfOutput output, PetscInt field, PetscReal time); /* the last frame of `field` was taken at `time` */
PetscErrorCode HfOutputTableOpen(HfOutput output);
/* status.yaml: what is done now ("" at the end), and seconds to go (negative: unknown). */
PetscErrorCode HfOutputStatus(HfOutput output, const char *text, const char *what, double left);
PetscErrorCode HfOutputSummaryWrite(HfOutput output, const char *status);
void HfOutputSay(HfOutput output, const char *line); /* rank 0: log.txt and stdout */
void HfOutputNow(char text[32]);                     /* ISO 8601 UTC */

/* ---- the recorder's functions ---- */
PetscErrorCode HfOutputSaturated(void *context, PetscInt n, const PetscReal G0[]);
PetscErrorCode HfOutputProbe(void *context, const HfProbe *probe);
PetscErrorCode HfOutputTableLine(void *context, const HfTableLine *row);
PetscErrorCode HfOutputField(void *context, const char *name, PetscReal time, PetscInt dof, Vec v);
PetscErrorCode HfOutputEnergies(void *context, const char *name, PetscInt n_states, const PetscReal energies[]);
PetscErrorCode HfOutputArray(void *context, const char *dataset, PetscInt rank, const PetscInt shape[], const PetscReal values[], const char *unit);
PetscErrorCode HfOutputSummary(void *context, HfNode entry);
PetscErrorCode HfOutputWiring(void *context, const HfWiring *wiring);
PetscErrorCode HfOutputText(void *context, const char *name, const char *text);
PetscErrorCode HfOutputProgress(void *context, const char *what, PetscReal done, PetscReal total);
PetscErrorCode HfOutputLog(void *context, const char *line);
PetscErrorCode HfOutputAttend(void *context, PetscBool at_step, PetscBool last, HfRequest *request);
PetscErrorCode HfOutputCheckpoint(void *context, HfCheckpointList state, PetscReal time, PetscInt begun, PetscInt n_items, PetscBool finished);
PetscErrorCode HfOutputStored(void *context, const char *name, PetscInt *n);
PetscErrorCode HfOutputRestore(void *context, HfCheckpointList state, PetscBool live);
