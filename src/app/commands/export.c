/* `hopfilm export DIR`: frames of a field of run.h5 for other programs. Rank 0 does it; the others hear of its faults. */
#include "../export.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Frames first, first + step, ... before end, of n. */
typedef struct {
  PetscInt first, end, step;
} Frames;

static const HfKey box_keys[] = {
    {"--box", HF_QUANTITIES, "m", NULL, "", 4, "Corners x0, y0, x1, y1"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

/* ---- options ---- */

/* As quantities of a deck, with its messages. */
static PetscErrorCode read_box_settings(MPI_Comm comm, const char text[], PetscReal box[4]) {
  char deck_text[512];
  HfKeys keys;
  HfDeck deck;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscSNPrintf(deck_text, sizeof deck_text, "hopfilm: 1\n--box: [%.480s]\n", text));
  PetscCall(HfKeysCreate(&keys));
  PetscCall(HfKeysAdd(keys, "", box_keys));
  PetscCall(HfDeckCreateFromText(comm, keys, deck_text, &deck));
  code = HfDeckVerdict(deck);
  for (int k = 0; k < 4 && !code; ++k) box[k] = HfRealAt(HfDeckRoot(deck), "--box", k);
  PetscCall(HfDeckDestroy(&deck));
  PetscCall(HfKeysDestroy(&keys));
  PetscFunctionReturn(code);
}

/* The number of a region by its name in DIR/deck.yaml: 0 is `film`, -1 is all of them. */
static PetscErrorCode find_region(MPI_Comm comm, const HfOptions *options, PetscInt *region) {
  char path[PETSC_MAX_PATH_LEN], names[256] = "film";
  HfNode deck, regions;

  PetscFunctionBeginUser;
  *region = options->region ? (strcmp(options->region, "film") ? -2 : 0) : -1;
  if (*region > -2) PetscFunctionReturn(0);
  PetscCall(PetscSNPrintf(path, sizeof path, "%s/deck.yaml", options->argument));
  PetscCall(HfNodeParse(comm, path, &deck));
  regions = HfNodeFind(deck, "film.regions");
  for (PetscInt k = 0; regions && k < HfNodeLength(regions); ++k) {
    HfNode name = HfNodeFind(HfNodeItem(regions, k), "name");

    if (!name) continue;
    if (!strcmp(HfNodeText(name), options->region)) *region = k + 1;
    if (strlen(names) + strlen(HfNodeText(name)) + 3 < sizeof names)
      snprintf(names + strlen(names), sizeof names - strlen(names), ", %s", HfNodeText(name));
  }
  PetscCall(HfNodeDestroy(&deck));
  PetscCheckFault(*region >= 0, comm, HF_ERR_DECK, "--region: the film has no region %s; there are: %s", options->region, names);
  PetscFunctionReturn(0);
}

static PetscInt from_end(long k, PetscInt n) { return (PetscInt)(k < 0 ? k + n : k); }

/* "last", "all", "3", "-1", "0:10", ":", "0:10:2". False when it is none of these, or means no frame. */
static PetscBool parse_frames(const char text[], PetscInt n, Frames *frames) {
  const char *colon = strchr(text, ':');
  char *end;

  *frames = (Frames){0, n, 1};
  if (!strcmp(text, "all")) return (PetscBool)(n > 0);
  if (!strcmp(text, "last")) {
    frames->first = n - 1;
    return (PetscBool)(n > 0);
  }
  if (text != colon) {
    frames->first = from_end(strtol(text, &end, 10), n);
    if (end == text || (*end && *end != ':')) return PETSC_FALSE;
  }
  if (!colon)
    frames->end = frames->first + 1;
  else {
    if (colon[1] && colon[1] != ':') {
      frames->end = PetscMin(n, from_end(strtol(colon + 1, &end, 10), n));
      if (end == colon + 1 || (*end && *end != ':')) return PETSC_FALSE;
    }
    colon = strchr(colon + 1, ':');
    if (colon) {
      frames->step = (PetscInt)strtol(colon + 1, &end, 10);
      if (end == colon + 1 || *end) return PETSC_FALSE;
    }
  }
  return (PetscBool)(frames->first >= 0 && frames->first < PetscMin(frames->end, n) && frames->step > 0);
}

/* ---- files ---- */

static const char *ending_of(const char format[]) { return !strcmp(format, "vtk") ? "vti" : format; }

/* Path of a frame's file; `several`: with its number before the ending. */
static void path_of(const HfOptions *options, const char field[], PetscInt frame, PetscBool several, char path[PETSC_MAX_PATH_LEN]) {
  const char *ending = ending_of(options->format), *slash, *dot;
  char whole[PETSC_MAX_PATH_LEN];

  if (options->out)
    snprintf(whole, sizeof whole, "%s", options->out);
  else
    snprintf(whole, sizeof whole, "%s/%s.%s", options->argument, field, ending);
  slash = strrchr(whole, '/');
  dot = strrchr(whole, '.');
  if (!dot || (slash && dot < slash)) dot = whole + strlen(whole);
  if (several)
    snprintf(path, PETSC_MAX_PATH_LEN, "%.*s-%06d%.32s", (int)PetscMin(dot - whole, PETSC_MAX_PATH_LEN - 64), whole, (int)frame, dot);
  else
    snprintf(path, PETSC_MAX_PATH_LEN, "%s", whole);
}

static PetscBool write_frame(const HfOptions *options, const HfFieldFrame *frame, FILE *file) {
  const int bytes = !options->data || !strcmp(options->data, "binary8") ? 8 : !strcmp(options->data, "binary4") ? 4 : 0;

  if (!strcmp(options->format, "ovf")) return HfOvfWrite(frame, bytes, file);
  return !strcmp(options->format, "vtk") ? HfExportVtk(frame, file) : HfExportCsv(frame, file);
}

/* A table has all frames in one file. */
static void write_files(const HfOptions *options, const char field[], const Frames *frames, HfExportSource *source, char why[512]) {
  const PetscBool is_table = (PetscBool)!strcmp(options->format, "csv"),
                  several = (PetscBool)(!is_table && frames->first + frames->step < frames->end);
  char path[PETSC_MAX_PATH_LEN];
  PetscInt n_frames = 0;
  FILE *file = NULL;
  HfFieldFrame read;

  for (PetscInt k = frames->first; k < frames->end && !why[0]; k += frames->step) {
    PetscBool is_good = HfExportRead(source, field, k, &read);

    if (!is_good) {
      snprintf(why, 512, "%.400s/run.h5: frame %d of %.60s cannot be read", options->argument, (int)k, field);
      break;
    }
    if (!file) {
      path_of(options, field, k, several, path);
      file = HfFileCreateStream(path);
      if (file && is_table) is_good = HfExportCsvHead(&read, file);
    }
    is_good = (PetscBool)(file && is_good && write_frame(options, &read, file));
    if (file && (!is_table || k + frames->step >= frames->end || !is_good)) {
      if (fclose(file)) is_good = PETSC_FALSE;
      file = NULL;
    }
    ++n_frames;
    if (!is_good) snprintf(why, 512, "cannot write %.400s: %s", path, strerror(errno));
  }
  if (!why[0])
    printf("%d frame%s of %s, %d x %d cells: %s%s\n", (int)n_frames, n_frames == 1 ? "" : "s", field, (int)source->n[0], (int)source->n[1],
           several ? "the last in " : "", path);
}

/* On one rank. *code: of the fault that `why` describes. */
static PetscErrorCode export(const HfOptions *options, PetscInt region, const PetscReal box[], char why[512], int *code) {
  const char *field = options->field ? options->field : "m", *text = options->frames ? options->frames : "last";
  HfExportSource source;
  char reason[256];
  Frames frames;

  PetscFunctionBeginUser;
  *code = HF_ERR_FILE;
  PetscCall(HfExportOpen(options->argument, field, region, box, &source, reason));
  if (reason[0])
    snprintf(why, 512, "%.240s/run.h5: %s", options->argument, reason);
  else if (!parse_frames(text, source.n_frames, &frames)) {
    *code = HF_ERR_DECK;
    snprintf(why, 512, "--frames: %.100s means no frame of %.60s, which has %d: last, all, a number from 0, or FIRST:END:STEP", text, field,
             (int)source.n_frames);
  } else
    write_files(options, field, &frames, &source, why);
  PetscCall(HfExportClose(&source));
  PetscFunctionReturn(0);
}

PetscErrorCode HfCommand_export(MPI_Comm comm, const HfOptions *options) {
  PetscReal box[4];
  char why[512] = "";
  PetscMPIInt rank;
  PetscInt region;
  int code = HF_ERR_FILE;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCheckFault(options->format, comm, HF_ERR_DECK, "export: say as what: --ovf, --vtk or --csv");
  PetscCheckFault(!options->data || !strcmp(options->format, "ovf"), comm, HF_ERR_DECK, "--data is of OVF files: it has no effect with --%s",
                  options->format);
  PetscCheckFault(!options->data || !strcmp(options->data, "text") || !strcmp(options->data, "binary4") || !strcmp(options->data, "binary8"), comm,
                  HF_ERR_DECK, "--data: expected text, binary4 or binary8, found %s", options->data);
  if (options->box) PetscCall(read_box_settings(comm, options->box, box));
  PetscCall(find_region(comm, options, &region));
  if (!rank) PetscCall(export(options, region, options->box ? box : NULL, why, &code));
  fflush(stdout);
  PetscCallMPI(MPI_Bcast(why, sizeof why, MPI_CHAR, 0, comm));
  PetscCallMPI(MPI_Bcast(&code, 1, MPI_INT, 0, comm));
  PetscCheckFault(!why[0], comm, code, "%s", why);
  PetscFunctionReturn(0);
}
