/* The command line and the commands; private to the program. */
#pragma once
#include <hopfilm/output.h>

/* Options a command may take, or-ed in commands.def. */
enum {
  HF_TAKES_SET = 1,
  HF_TAKES_OUT = 2,
  HF_TAKES_PETSC = 4,
  HF_TAKES_SCHEMA = 8,
  HF_TAKES_PICTURE = 16,
  HF_TAKES_FRAMES = 32,
  HF_TAKES_RANKS = 64
};

typedef struct HfOptions_ HfOptions;
typedef struct {
  const char *name, *argument, *doc;
  int takes;
  PetscErrorCode (*run)(MPI_Comm comm, const HfOptions *options); /* collective */
} HfCommand;

typedef struct {
  const char *name, *argument, *doc; /* argument: NULL for a switch */
  int needs;                         /* what a command must take for this option, 0: nothing */
} HfOption;

enum { HF_MAX_SET = 256 };
struct HfOptions_ {
  const HfCommand *command;
  PetscBool help;
  const char *argument; /* the deck, directory or file */
  PetscInt n_set;
  const char *set[HF_MAX_SET]; /* "path=value" */
  PetscInt n_own;
  char *own[HF_MAX_SET]; /* those of set[] that options other than --set stand for; freed by HfOptionsFree() */
  const char *out;       /* NULL: runs/<deck name> */
  const char *picture;   /* of `check`; NULL: runs/<deck name>.svg */
  const char *restart;   /* NULL: auto */
  PetscBool force, json_schema;
  const char *format;                               /* of `export`: "ovf", "vtk" or "csv"; NULL */
  const char *field, *frames, *data, *region, *box; /* NULL: m, last, binary8, all of the film, all that was saved */
  int first_member, last_member;                    /* of an ensemble, from 1; 0: all */
  int ranks;                                        /* of `check`, to plan for; 0: those that it runs on */
  double latency, bandwidth;                        /* of the interconnect that --ranks plans for, s and B/s */
  int petsc_argc;                                   /* what follows "--" */
  char **petsc_argv;
  char fault[512]; /* what is wrong with the command line, "" when nothing is */
};

/* Reads the command line. Touches neither MPI nor PETSc: a fault is left in options->fault. */
void HfOptionsParse(int argc, char **argv, HfOptions *options);
void HfOptionsFree(HfOptions *options);
const HfCommand *HfCommandAt(int k);                         /* NULL after the last */
const HfCommand *HfCommandFind(const char *name);            /* NULL: there is none */
const HfOption *HfOptionOf(const HfCommand *command, int k); /* k-th of those that the command takes; command NULL: of all. NULL after the last */
void HfOptionsUsage(const HfCommand *command, FILE *file);   /* NULL: of the whole program */

/* The keys of a whole deck: those of the program and of every module. */
PetscErrorCode HfAppCreateKeys(HfKeys *keys);
/* Hands the deck's `petsc:` section to PETSc; what the command line said after "--" wins. Collective. */
PetscErrorCode HfAppPetscSettings(HfDeck deck);
/* Refuses PETSc options that no object has read, once every object has been set up. Collective. */
PetscErrorCode HfAppRefuseUnusedPetscOptions(MPI_Comm comm);

/* Runs a good deck, results in the directory; as a member of an ensemble that was launched then, or of none (NULL). Faults are returned with
   everything closed. Collective on the deck's communicator. */
PetscErrorCode HfAppRun(HfDeck deck, const char *directory, const HfOptions *options, const char *ensemble, double launched);
/* Runs all members of a deck with a section `ensemble`, each in a folder of the directory, and makes their table. Returns HF_ERR_STOPPED when some
   have still to run, else the fault of the first member that failed. Collective. */
PetscErrorCode HfAppRunEnsemble(HfDeck deck, HfKeys keys, const char *directory, const HfOptions *options);
/* Builds the device of a good deck and plans its run; `forecast`: options of a `check` that adds what HfExperimentForecast() finds
   and draws the device; NULL: the plan alone. Collective. */
PetscErrorCode HfAppPlan(HfDeck deck, const HfOptions *forecast, HfNode *plan);
/* The plan of a good deck for options->ranks ranks, whose film is not built: a smaller one of the same cells stands for it. Collective. */
PetscErrorCode HfAppPlanLarge(HfDeck deck, HfKeys keys, const HfOptions *options, HfNode *plan);
/* runs/<deck name without folder and ending>, and what follows it. */
PetscErrorCode HfAppDefaultPath(const char deck[], const char ending[], char path[], size_t size);
/* A picture of the device, as SVG; missing folders are made. *failure: 0 or the errno of the file. Collective. */
PetscErrorCode HfAppWritePicture(HfDeck deck, HfDevice device, const char path[], int *failure);
/* Faults of the section and of every member, whose devices are built; prints the members and what they cost. Collective. */
PetscErrorCode HfAppCheckEnsemble(HfDeck deck, HfKeys keys, const HfOptions *options);

/* A value with its name, and what is below it, for people to read. On one rank. */
void HfAppPrintItem(HfNode item, int indent, FILE *file);

#define HF_COMMAND(name, argument, takes, doc) PetscErrorCode HfCommand_##name(MPI_Comm comm, const HfOptions *options);
#include "commands.def"
#undef HF_COMMAND
