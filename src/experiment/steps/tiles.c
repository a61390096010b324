/* Letters of 3 x 5 pixels recalled by four-node films (Niu et al. 2024, Fig. 4h: "every image is scanned and split into eight 2x2 subimages"). The
   pixels of a 2 x 2 window are the electrodes 1 top left, 2 top right, 3 bottom left, 4 bottom right.

   The paper leaves open how windows are assigned to films. Here window k of a letter has its own film (or its own time on the one film), trained
   on what window k of the clean letter shows; the window of the distorted letter is the initial state of the recall. A uniform window has no
   current and no film: it stays as it is. A pixel is covered by one, two or four windows; their majority decides, and a tie leaves the pixel of
   the distorted letter.

   Every way of flipping k pixels is run. Controls: no recall, the untrained film, the outer product of each window, one synchronous sweep more. */
#include "../step.h"
#include <ctype.h>

#define MAX_PIXELS 64
#define MAX_IMAGES 20000 /* distorted images of one letter */
#define SHOWN      16    /* of them, kept in the result file as examples */

static const HfKey keys[] = {
    {"tiles", HF_SECTION, NULL, "", "", 0,
     "Recalls letters window by window (2 x 2 pixels each) with the trained four-node film, from every way of flipping k pixels"},
    {"tiles.letters", HF_NAMED, NULL, NULL, "", 0, "Letters by name"},
    {"tiles.letters.*", HF_TEXT, NULL, NULL, "", 0, "Pixels row by row, rows separated by white space; + # 1 or - . 0"},
    {"tiles.flips", HF_INTS, NULL, "1", ">=1", 0, "Numbers of flipped pixels"},
    HF_RECALL_KEYS("tiles"),
    HF_WEIGHTS_KEYS("tiles"),
    HF_KEYS_END,
};

typedef struct {
  PetscInt columns, rows, pixels, windows;
  PetscReal x[MAX_PIXELS];
} Letter;

/* `why` is NULL or what is wrong with the text. */
static void read_letter(const char *text, Letter *letter, const char **why) {
  *letter = (Letter){0};
  *why = NULL;
  for (const char *c = text; *c;) {
    PetscInt length = 0;
    if (isspace((unsigned char)*c)) {
      ++c;
      continue;
    }
    for (; *c && !isspace((unsigned char)*c); c++, ++length) {
      if (!strchr("+#1-.0", *c)) *why = "a pixel is + # 1 or - . 0";
      if (letter->pixels == MAX_PIXELS)
        *why = "more than 64 pixels";
      else
        letter->x[letter->pixels++] = strchr("+#1", *c) ? 1.0 : -1.0;
    }
    if (letter->rows && length != letter->columns) *why = "the rows of the letter differ in length";
    letter->columns = length;
    ++letter->rows;
  }
  letter->windows = (letter->columns - 1) * (letter->rows - 1);
  if (!*why && (letter->columns < 2 || letter->rows < 2)) *why = "a letter has two rows and two columns or more";
}

/* The pixels of window k: top left, top right, bottom left, bottom right. */
static void window(const Letter *letter, PetscInt k, PetscInt pixel[4]) {
  const PetscInt row = k / (letter->columns - 1), column = k % (letter->columns - 1);
  pixel[0] = row * letter->columns + column;
  pixel[1] = pixel[0] + 1;
  pixel[2] = pixel[0] + letter->columns;
  pixel[3] = pixel[2] + 1;
}

static PetscBool uniform(const PetscReal x[4]) { return PetscAbsReal(x[0] + x[1] + x[2] + x[3]) > 3.5 ? PETSC_TRUE : PETSC_FALSE; }

typedef struct {
  HfRecallOptions options;
  HfWeightingList weightings;
  PetscInt n_letters, n_flips;
  Letter *letters;    /* [n_letters] */
  const char **names; /* [n_letters] */
  PetscInt *flips;    /* [n_flips] */
} Settings;

/* The pixels of window k and their values. */
static void window_pixels(const Letter *letter, PetscInt k, PetscInt pixel[4], PetscReal x[4]) {
  window(letter, k, pixel);
  for (PetscInt i = 0; i < 4; ++i) x[i] = letter->x[pixel[i]];
}

/* Ways of flipping k of n pixels. */
static PetscReal ways(PetscInt n, PetscInt k) {
  PetscReal ways = 1.0;

  for (PetscInt i = 0; i < k && ways > 0.0; ++i) ways *= (PetscReal)(n - i) / (PetscReal)(i + 1);
  return ways;
}

static PetscErrorCode check_letter(HfScheduleCheck *check, HfNode node, HfNode place, const Settings *settings, const Letter *letter) {
  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < settings->n_flips; ++f) {
    const PetscReal images = ways(letter->pixels, settings->flips[f]);

    if (images < 0.5 || images > MAX_IMAGES)
      PetscCall(HfDeckError(check->deck, HfChild(node, "flips"), "%d flips of %d pixels: every way of flipping is run, at most %d",
                            (int)settings->flips[f], (int)letter->pixels, MAX_IMAGES));
  }
  for (PetscInt k = 0; k < letter->windows; ++k) {
    PetscInt pixel[4];
    PetscReal x[4];
    char text[5];

    window_pixels(letter, k, pixel, x);
    HfPatternToText(4, x, text);
    if (!uniform(x) && !HfScheduleCheckTrained(check, text))
      PetscCall(HfDeckError(check->deck, place, "letter %s shows %s in a window, of which no earlier step `train` keeps a memory", HfNodeName(place),
                            text));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode read_settings(HfScheduleCheck *check, HfNode node, void **of) {
  HfNode letters = HfChild(node, "letters");
  const PetscInt n = check->schedule->n;
  Settings *settings;
  const char *why;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&settings));
  *of = settings;
  settings->n_letters = HfNodeLength(letters);
  settings->n_flips = HfCount(node, "flips");
  PetscCall(PetscCalloc3(settings->n_letters, &settings->letters, settings->n_letters, &settings->names, settings->n_flips, &settings->flips));
  for (PetscInt f = 0; f < settings->n_flips; ++f) settings->flips[f] = (PetscInt)HfIntegerAt(node, "flips", f);
  PetscCall(HfRecallSettingsRead(check, node, &settings->options));
  PetscCall(HfWeightingSettingsRead(check, node, &settings->weightings));
  if (!settings->n_letters) PetscCall(HfDeckError(check->deck, letters, "no letters"));
  if (n && n != 4) PetscCall(HfDeckError(check->deck, node, "windows of 2 x 2 pixels need four electrodes, not %d", (int)n));
  if (n != 4) PetscFunctionReturn(0);
  for (PetscInt l = 0; l < settings->n_letters; ++l) {
    HfNode item = HfNodeItem(letters, l);

    settings->names[l] = HfNodeName(item);
    read_letter(HfNodeText(item), &settings->letters[l], &why);
    if (why)
      PetscCall(HfDeckError(check->deck, item, "letter %s: %s", HfNodeName(item), why));
    else
      PetscCall(check_letter(check, node, item, settings, &settings->letters[l]));
  }
  PetscFunctionReturn(0);
}

static PetscErrorCode destroy(void *of) {
  Settings *settings = of;

  PetscFunctionBeginUser;
  PetscCall(PetscFree3(settings->letters, settings->names, settings->flips));
  PetscCall(PetscFree(settings));
  PetscFunctionReturn(0);
}

typedef enum { FILM, UNTRAINED, OUTER_PRODUCT, ONE_MORE, NO_RECALL, N_VARIANTS } Variant;
static const char *const VARIANT_NAMES[N_VARIANTS] = {"film", "untrained", "outer_product", "one_more_iteration", "no_recall"};

typedef struct {
  PetscReal pixels, exact, nearest; /* fractions of all images: pixels right, all pixels right, the nearest letter is the right one */
} Score;

static PetscErrorCode destroy_networks(HfNetwork networks[]) {
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < MAX_PIXELS; ++k) PetscCall(HfNetworkDestroy(&networks[k]));
  PetscFunctionReturn(0);
}

/* The networks of every window of a letter for a variant, networks[MAX_PIXELS]; NULL for uniform windows. */
static PetscErrorCode window_networks(HfStepContext context, const HfWeighting *weighting, const Letter *letter, Variant variant,
                                      HfNetwork networks[]) {
  const HfTrainingRecord *record = context->record;

  PetscFunctionBeginUser;
  PetscCall(destroy_networks(networks));
  for (PetscInt k = 0; k < letter->windows; ++k) {
    PetscInt pixel[4];
    PetscReal x[4], w[16];

    window_pixels(letter, k, pixel, x);
    if (uniform(x)) continue;
    if (variant == OUTER_PRODUCT) {
      PetscCall(HfRuleFind("outer-product")->learn(NULL, 4, 1, x, w));
      PetscCall(HfNetworkCreate(4, w, &networks[k]));
    } else
      PetscCall(HfWeightingNetwork(context, weighting, record->G0,
                                   variant == UNTRAINED ? HfUntrainedConductance(record, weighting)
                                                        : HfMemoryConductance(weighting, HfMemoryFind(record, x)),
                                   PETSC_FALSE, &networks[k]));
  }
  PetscFunctionReturn(0);
}

/* The letter as its windows recall it from the distorted image. */
static PetscErrorCode restore(const Letter *letter, const HfNetwork networks[], const HfRecallOptions *options, const PetscReal image[],
                              PetscReal restored[]) {
  PetscReal votes[MAX_PIXELS] = {0}, V[4];
  PetscInt pixel[4];
  HfRecallOptions mine = *options;
  HfRecallResult result;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < letter->windows; ++k) {
    window(letter, k, pixel);
    for (PetscInt i = 0; i < 4; ++i) V[i] = image[pixel[i]];
    mine.stream_index = options->stream_index * MAX_PIXELS + k;
    if (networks[k]) PetscCall(HfNetworkRecall(networks[k], &mine, V, &result));
    for (PetscInt i = 0; i < 4; ++i) votes[pixel[i]] += V[i];
  }
  for (PetscInt p = 0; p < letter->pixels; ++p) restored[p] = votes[p] > 0.5 ? 1.0 : votes[p] < -0.5 ? -1.0 : image[p];
  PetscFunctionReturn(0);
}

/* Whether letter `own` is more similar to the image than any other. A tie counts as wrong. */
static PetscBool is_nearest(PetscInt n_letters, const Letter letters[], PetscInt own, const PetscReal image[]) {
  PetscReal mine = 0.0;
  for (PetscInt p = 0; p < letters[own].pixels; ++p) mine += letters[own].x[p] * image[p];
  for (PetscInt l = 0; l < n_letters; ++l) {
    PetscReal other = 0.0;
    if (l == own || letters[l].pixels != letters[own].pixels) continue;
    for (PetscInt p = 0; p < letters[l].pixels; ++p) other += letters[l].x[p] * image[p];
    if (other >= mine) return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* The next choice of k out of n pixels in lexicographic order; false after the last. */
static PetscBool next_choice(PetscInt n, PetscInt k, PetscInt choice[]) {
  PetscInt i = k - 1;
  while (i >= 0 && choice[i] == n - k + i) i--;
  if (i < 0) return PETSC_FALSE;
  ++choice[i];
  for (PetscInt j = i + 1; j < k; ++j) choice[j] = choice[j - 1] + 1;
  return PETSC_TRUE;
}

typedef struct {
  PetscReal distorted[SHOWN * MAX_PIXELS], recalled[SHOWN * MAX_PIXELS];
} Gallery;

/* All images of one letter with `flips` flipped pixels; adds to the sums and to the number of images. The first ones go to `gallery`, unless NULL. */
static PetscErrorCode images(HfTape tape, PetscInt n_letters, const Letter letters[], PetscInt own, PetscInt flips, const HfNetwork networks[],
                             HfRecallOptions options, PetscBool recall, Score *sum, PetscInt *n_images, Gallery *gallery) {
  const Letter *letter = &letters[own];
  const PetscInt64 batch = PetscMax(1, HfRecallBatch(4, &options) / letter->windows);
  PetscInt choice[MAX_PIXELS];
  PetscReal image[MAX_PIXELS], restored[MAX_PIXELS];
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < flips; ++k) choice[k] = k;
  do {
    PetscInt right = 0;
    PetscCall(PetscArraycpy(image, letter->x, letter->pixels));
    for (PetscInt k = 0; k < flips; ++k) image[choice[k]] = -image[choice[k]];
    options.stream_index = *n_images;
    if (recall)
      PetscCall(restore(letter, networks, &options, image, restored));
    else
      PetscCall(PetscArraycpy(restored, image, letter->pixels));
    if (gallery && *n_images < SHOWN) {
      PetscCall(PetscArraycpy(gallery->distorted + *n_images * letter->pixels, image, letter->pixels));
      PetscCall(PetscArraycpy(gallery->recalled + *n_images * letter->pixels, restored, letter->pixels));
    }
    for (PetscInt p = 0; p < letter->pixels; ++p) right += restored[p] == letter->x[p];
    sum->pixels += (PetscReal)right / (PetscReal)letter->pixels;
    sum->exact += right == letter->pixels;
    sum->nearest += is_nearest(n_letters, letters, own, restored);
    ++*n_images;
    if (*n_images % batch == 0) code = HfTapeCompute(tape);
  } while (!code && next_choice(letter->pixels, flips, choice));
  PetscFunctionReturn(code);
}

static PetscErrorCode report(HfStepContext context, const Settings *settings, const HfWeighting *weighting, const char *letter, PetscInt flips,
                             PetscInt n_images, const Score scores[N_VARIANTS]) {
  HfNode entry, control;

  PetscFunctionBeginUser;
  PetscCall(HfEntryCreate(context, "tiles", &entry));
  PetscCall(HfRecallPut(entry, &settings->options));
  PetscCall(HfNodePutText(entry, "weights", weighting->name));
  PetscCall(HfWeightingPutReading(entry, weighting));
  PetscCall(HfNodePutText(entry, "letter", letter));
  PetscCall(HfNodePutInt(entry, "flips", flips));
  PetscCall(HfNodePutInt(entry, "images", n_images));
  for (PetscInt v = 0; v < N_VARIANTS; ++v) {
    HfNode to = entry;
    if (v != FILM) PetscCall(HfNodeCreate(HF_NODE_MAP, &control));
    if (v != FILM) to = control;
    PetscCall(HfNodePutReal(to, "pixel_accuracy", scores[v].pixels));
    PetscCall(HfNodePutReal(to, "exact_recovery", scores[v].exact));
    PetscCall(HfNodePutReal(to, "nearest_letter", scores[v].nearest));
    if (v != FILM) {
      char name[64];
      PetscCall(PetscSNPrintf(name, sizeof(name), "control_%s", VARIANT_NAMES[v]));
      PetscCall(HfNodePutNode(entry, name, control));
    }
  }
  PetscCall(HfReportHeadline(
      context, entry,
      "tiles, %s, %d flipped: pixels right %.4f, exact %.3f, nearest letter %.3f  (pixels without recall %.4f, untrained %.4f, "
      "outer product %.4f, one more iteration %.4f)",
      letter, (int)flips, (double)scores[FILM].pixels, (double)scores[FILM].exact, (double)scores[FILM].nearest, (double)scores[NO_RECALL].pixels,
      (double)scores[UNTRAINED].pixels, (double)scores[OUTER_PRODUCT].pixels, (double)scores[ONE_MORE].pixels));
  PetscCall(HfReportSummary(context, entry));
  PetscFunctionReturn(0);
}

/* /tiles/<item>/<weights>/<letter>-<flips>/{clean, distorted, recalled}: pixels +1 and -1, [image][row][column]. */
static PetscErrorCode report_gallery(HfStepContext context, const HfWeighting *weighting, const char *name, const Letter *letter, PetscInt flips,
                                     PetscInt n, const Gallery *gallery) {
  const PetscInt shape[3] = {n, letter->rows, letter->columns};
  const char *const parts[3] = {"clean", "distorted", "recalled"};
  const PetscReal *const values[3] = {letter->x, gallery->distorted, gallery->recalled};
  char path[160];

  PetscFunctionBeginUser;
  for (int part = 0; part < 3; ++part) {
    PetscCall(PetscSNPrintf(path, sizeof(path), "/tiles/%d/%s/%.64s-%d/%s", (int)context->drive->item + 1, weighting->label, name, (int)flips,
                            parts[part]));
    PetscCall(HfReportArray(context, path, part ? 3 : 2, part ? shape : shape + 1, values[part], "1"));
  }
  PetscFunctionReturn(0);
}

static void add(Score *to, const Score *from, PetscReal factor) {
  to->pixels += factor * from->pixels;
  to->exact += factor * from->exact;
  to->nearest += factor * from->nearest;
}

/* All letters with one kind of weights and one number of flips; all[N_VARIANTS]: their mean. networks[MAX_PIXELS] and *gallery are work space. */
static PetscErrorCode recall_letters(HfStepContext context, const Settings *settings, const HfWeighting *weighting, PetscInt flips,
                                     HfNetwork networks[], Gallery *gallery, Score all[N_VARIANTS]) {
  HfRecallOptions longer = settings->options;
  PetscInt n_all = 0;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(all, N_VARIANTS));
  ++longer.max_iterations;
  for (PetscInt l = 0; l < settings->n_letters; ++l) {
    const Letter *letter = &settings->letters[l];
    Score mean[N_VARIANTS] = {{0}};
    PetscInt n_images = 0;

    for (PetscInt v = 0; v < N_VARIANTS; ++v) {
      const PetscBool recall = v != NO_RECALL ? PETSC_TRUE : PETSC_FALSE;
      Score sum = {0};

      n_images = 0;
      if (recall) PetscCall(window_networks(context, weighting, letter, (Variant)v, networks));
      code = images(context->tape, settings->n_letters, settings->letters, l, flips, networks, v == ONE_MORE ? longer : settings->options, recall,
                    &sum, &n_images, v == FILM ? gallery : NULL);
      if (code) PetscFunctionReturn(code);
      add(&mean[v], &sum, 1.0 / n_images);
      add(&all[v], &sum, 1.0);
    }
    n_all += n_images;
    PetscCall(report_gallery(context, weighting, settings->names[l], letter, flips, PetscMin(n_images, SHOWN), gallery));
    PetscCall(report(context, settings, weighting, settings->names[l], flips, n_images, mean));
  }
  for (PetscInt v = 0; v < N_VARIANTS; ++v) {
    const Score sum = all[v];

    all[v] = (Score){0};
    add(&all[v], &sum, 1.0 / n_all);
  }
  PetscCall(report(context, settings, weighting, "all", flips, n_all, all));
  PetscFunctionReturn(0);
}

static PetscErrorCode add_retention(const Settings *settings, const HfWeighting *weighting, const Score scores[], HfRetention retention) {
  const PetscInt n = settings->n_flips;
  PetscReal *exact, *pixels, *untrained;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(n, &exact, n, &pixels, n, &untrained));
  for (PetscInt f = 0; f < n; ++f) {
    exact[f] = scores[f * N_VARIANTS + FILM].exact;
    pixels[f] = scores[f * N_VARIANTS + FILM].pixels;
    untrained[f] = scores[f * N_VARIANTS + UNTRAINED].exact;
  }
  PetscCall(HfRetentionAdd(retention, weighting, "exact", n, exact));
  PetscCall(HfRetentionAdd(retention, weighting, "pixels", n, pixels));
  PetscCall(HfRetentionAdd(retention, weighting, "untrained_exact", n, untrained));
  PetscCall(PetscFree3(exact, pixels, untrained));
  PetscFunctionReturn(0);
}

/* One kind of weights: all numbers of flips, whose means go to scores[n_flips][N_VARIANTS]. */
static PetscErrorCode recall_flips(HfStepContext context, const Settings *settings, const HfWeighting *weighting, HfNetwork networks[],
                                   Gallery *gallery, Score scores[], HfRetention retention) {
  PetscErrorCode code = 0;

  PetscFunctionBeginUser;
  PetscCall(HfReportLog(context, "tiles, %s, %s:", HfRecallNames[settings->options.method], weighting->label));
  for (PetscInt f = 0; f < settings->n_flips && !code; ++f)
    code = recall_letters(context, settings, weighting, settings->flips[f], networks, gallery, scores + f * N_VARIANTS);
  if (!code) PetscCall(add_retention(settings, weighting, scores, retention));
  PetscFunctionReturn(code);
}

static PetscErrorCode recall_all(HfStepContext context, const Settings *settings, HfNetwork networks[], Gallery *gallery, Score scores[],
                                 HfRetention retention) {
  PetscErrorCode code = 0;
  HfWeightingList list;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < settings->weightings.n_after && !code; ++k) {
    PetscCall(HfWeightingResolve(context->record, &settings->weightings, k, &list));
    for (PetscInt l = 0; l < list.n && !code; ++l) code = recall_flips(context, settings, &list.list[l], networks, gallery, scores, retention);
  }
  PetscFunctionReturn(code);
}

static PetscErrorCode run(HfStepContext context, const void *of) {
  const Settings *settings = of;
  HfRetention retention;
  Gallery *gallery;
  HfNetwork *networks;
  Score *scores;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&gallery));
  PetscCall(PetscCalloc2(MAX_PIXELS, &networks, settings->n_flips * N_VARIANTS, &scores));
  PetscCall(HfReportWeakSignal(context));
  PetscCall(HfRetentionCreate(&settings->weightings, &retention));
  code = recall_all(context, settings, networks, gallery, scores, retention);
  if (!code) PetscCall(HfRetentionReport(context, retention, 0));
  PetscCall(HfRetentionDestroy(&retention));
  PetscCall(destroy_networks(networks));
  PetscCall(PetscFree2(networks, scores));
  PetscCall(PetscFree(gallery));
  PetscFunctionReturn(code);
}

const HfStep HfStep_Tiles = {.name = "tiles", .citation = "niu-2024", .keys = keys, .settings = read_settings, .destroy = destroy, .run = run};
