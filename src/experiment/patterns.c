/* A pattern is one sign per pixel, which is an electrode unless a wiring says otherwise: + # 1 for plus, - . 0 for minus, white space ignored (so
   pixel art in a block works); or an image of as many pixels; or "random" and a seed. Wherever a step names a pattern, a literal text is as good
   as a name from the deck's section `patterns`. */
#include "experiment_impl.h"
#include <ctype.h>

#define MAX_IN_LOG 16 /* signs that fit a line of the log */

#define RANDOM "random "

/* As many + as -, one more - where the number is odd, in a random order that depends on the seed and the number of pixels. */
static void draw_random(PetscInt64 seed, PetscInt n, PetscReal x[]) {
  for (PetscInt i = 0; i < n; ++i) { /* each new one takes a random place among those before it, whose sign goes to the end */
    const PetscInt k = HfRandomInteger(seed, HF_STREAM_PATTERN, 0, i, i + 1);
    x[i] = x[k];
    x[k] = i < n / 2 ? 1.0 : -1.0;
  }
}

static void parse(const char *text, PetscInt n, PetscReal x[], const char **why) {
  PetscInt count = 0;

  *why = NULL;
  if (!strncmp(text, RANDOM, strlen(RANDOM))) {
    char *end;
    const long long seed = strtoll(text + strlen(RANDOM), &end, 10);
    if (end == text + strlen(RANDOM) || *end || seed < 0) *why = "a random pattern has a seed, random 7";
    if (!*why) draw_random((PetscInt64)seed, n, x);
    return;
  }
  for (const char *c = text; *c && !*why; ++c) {
    if (isspace((unsigned char)*c)) continue;
    if (!strchr("+#1-.0", *c))
      *why = "a pattern has one + or - (or # and ., 1 and 0) per pixel and nothing else";
    else if (count < n)
      x[count] = strchr("+#1", *c) ? 1.0 : -1.0;
    ++count;
  }
  if (!*why && count != n)
    *why = count < n ? "the pattern has fewer signs than there are pixels" : "the pattern has more signs than there are pixels";
}

/* Dark pixels are +. */
static PetscErrorCode read_image(HfDeck deck, HfNode node, PetscInt n, PetscReal x[], const char **why) {
  char path[PETSC_MAX_PATH_LEN];
  PetscBool opened;
  HfImage image;

  PetscFunctionBeginUser;
  PetscCall(HfDeckFilePath(deck, node, path, sizeof(path)));
  PetscCall(HfImageRead(HfDeckComm(deck), path, &image, &opened, why));
  if (!*why && image.columns * image.rows != n) *why = "the image does not have as many pixels as a pattern";
  for (PetscInt i = 0; !*why && i < n; ++i) x[i] = image.grey[i] < 0.5 ? 1.0 : -1.0;
  PetscCall(HfImageDestroy(&image));
  PetscFunctionReturn(0);
}

static PetscErrorCode report_error(HfDeck deck, HfNode place, const char *name, const char *why, PetscInt n, PetscBool wired) {
  PetscFunctionBeginUser;
  PetscCall(HfDeckError(deck, place, "%s: %s (a pattern has %d signs, %s)", name, why, (int)n, wired ? "from `wiring`" : "one per electrode"));
  PetscFunctionReturn(0);
}

PetscErrorCode HfPatternListSettingsRead(HfDeck deck, PetscInt n, PetscBool wired, HfPatternList *patterns) {
  HfNode root = HfDeckRoot(deck), section = HfHas(root, "patterns") ? HfChild(root, "patterns") : NULL;

  PetscFunctionBeginUser;
  *patterns = (HfPatternList){.n = n, .count = section ? HfNodeLength(section) : 0};
  PetscCall(PetscCalloc1(patterns->count, &patterns->named));
  for (PetscInt i = 0; i < patterns->count; ++i) {
    HfNamedPattern *pattern = &patterns->named[i];
    HfNode node = HfNodeItem(section, i);

    pattern->name = HfNodeName(node);
    PetscCall(PetscCalloc2(n, &pattern->x, n + 1, &pattern->text));
    if (!n) continue;
    if (HfNodeNamesFile(node))
      PetscCall(read_image(deck, node, n, pattern->x, &pattern->why));
    else
      parse(HfNodeText(node), n, pattern->x, &pattern->why);
    if (pattern->why)
      PetscCall(report_error(deck, node, pattern->name, pattern->why, n, wired));
    else
      HfPatternToText(n, pattern->x, pattern->text);
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfPatternListDestroy(HfPatternList *patterns) {
  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < patterns->count; ++i) PetscCall(PetscFree2(patterns->named[i].x, patterns->named[i].text));
  PetscCall(PetscFree(patterns->named));
  PetscFunctionReturn(0);
}

static const HfNamedPattern *find(const HfPatternList *patterns, const char *name) {
  for (PetscInt i = 0; i < patterns->count; ++i)
    if (!strcmp(patterns->named[i].name, name)) return &patterns->named[i];
  return NULL;
}

const char *HfPatternLabel(const HfPatternList *patterns, const char *name, const char *text) {
  return patterns->n > MAX_IN_LOG && find(patterns, name) ? name : text;
}

PetscErrorCode HfPatternRead(const HfPatternList *patterns, const char *name, PetscReal x[], char text[], const char **why) {
  const HfNamedPattern *named = find(patterns, name);

  PetscFunctionBeginUser;
  if (named) {
    *why = named->why;
    PetscCall(PetscArraycpy(x, named->x, patterns->n));
  } else
    parse(name, patterns->n, x, why);
  if (*why && !named && strncmp(name, RANDOM, strlen(RANDOM)) && strspn(name, "+#1-.0 \t\r\n") != strlen(name))
    *why = "no such pattern in the section `patterns`";
  if (!*why) HfPatternToText(patterns->n, x, text);
  PetscFunctionReturn(0);
}

PetscErrorCode HfPatternSettingsRead(HfScheduleCheck *check, HfNode place, const char *name, PetscReal x[], char text[]) {
  const HfPatternList *patterns = &check->schedule->patterns;
  const char *why;
  char *own;

  PetscFunctionBeginUser;
  if (text) text[0] = '\0';
  if (!patterns->n) PetscFunctionReturn(0);
  PetscCall(PetscMalloc1(patterns->n + 1, &own));
  PetscCall(HfPatternRead(patterns, name, x, own, &why));
  if (why) {
    PetscCall(report_error(check->deck, place, name, why, patterns->n, HfDeviceWiring(check->device) ? PETSC_TRUE : PETSC_FALSE));
    for (PetscInt i = 0; i < patterns->n; ++i) x[i] = 1.0;
  } else if (text)
    PetscCall(PetscStrncpy(text, own, patterns->n + 1));
  PetscCall(PetscFree(own));
  PetscFunctionReturn(0);
}

/* ---- what the schedule trains ---- */

/* Whether every pair of terminals has the same product of signs in both patterns. */
static PetscBool drive_alike(PetscInt n, const char a[], const char b[]) {
  PetscInt same = 0;

  for (PetscInt i = 0; i < n; ++i) same += a[i] == b[i];
  return same == 0 || same == n ? PETSC_TRUE : PETSC_FALSE;
}

PetscErrorCode HfScheduleCheckTrains(HfScheduleCheck *check, const char *text) {
  PetscFunctionBeginUser;
  PetscCall(PetscRealloc((check->n_trained + 1) * sizeof(*check->trained), &check->trained));
  PetscCall(PetscStrallocpy(text, &check->trained[check->n_trained++]));
  PetscFunctionReturn(0);
}

PetscBool HfScheduleCheckTrained(const HfScheduleCheck *check, const char *text) {
  const PetscInt n = check->schedule->n;

  for (PetscInt k = 0; k < check->n_trained; ++k)
    if (drive_alike(n, check->trained[k], text)) return PETSC_TRUE;
  return PETSC_FALSE;
}

#define NO_PULSES "a fit compares two pulses in a row since the last initial state: train two patterns before it"

PetscErrorCode HfScheduleCheckPulse(HfScheduleCheck *check, const char *text, PetscReal length, PetscReal probe_every, PetscBool fresh) {
  PetscFunctionBeginUser;
  check->no_fit = NULL;
  if (!check->last || fresh)
    check->no_fit = fresh ? "a fit compares two pulses in a row, but `fresh: true` returns to the untrained film before each" : NO_PULSES;
  else if (!(probe_every > 0.0))
    check->no_fit = "a fit needs traces: give `probe_every` to the pulse before it";
  else if (!(probe_every < length * (1.0 - 1e-9)))
    check->no_fit = "a fit needs traces: the pulse before it must be longer than its `probe_every`";
  else if (text[0] && check->last[0] && drive_alike(check->schedule->n, check->last, text))
    check->no_fit = "the last two patterns drive no pair differently, so there is nothing to fit";
  PetscCall(PetscFree(check->last));
  PetscCall(PetscStrallocpy(text, &check->last));
  PetscFunctionReturn(0);
}

PetscErrorCode HfScheduleCheckRests(HfScheduleCheck *check, const HfRestTimes *times) {
  PetscFunctionBeginUser;
  check->rests = check->memories > 0.0 ? HfRestTimesCommon(&check->rests, times) : *times;
  PetscFunctionReturn(0);
}

PetscErrorCode HfScheduleCheckReset(HfScheduleCheck *check) {
  PetscFunctionBeginUser;
  if (check->memories > 0.0) {
    check->rests_before = check->had_memories ? HfRestTimesCommon(&check->rests_before, &check->rests) : check->rests;
    check->had_memories = PETSC_TRUE;
  }
  check->rests.n = check->untrained_rests.n = 0;
  for (PetscInt k = 0; k < check->n_trained; ++k) PetscCall(PetscFree(check->trained[k]));
  PetscCall(PetscFree(check->trained));
  check->n_trained = 0;
  PetscCall(PetscFree(check->last));
  check->no_fit = NO_PULSES;
  check->was_unpaused = (PetscBool)(check->was_unpaused || check->unpaused);
  check->unpaused = PETSC_FALSE;
  check->memories = 0.0;
  PetscFunctionReturn(0);
}

PetscErrorCode HfScheduleCheckRewire(HfScheduleCheck *check) {
  PetscFunctionBeginUser;
  PetscCall(HfScheduleCheckReset(check));
  check->had_memories = check->was_unpaused = PETSC_FALSE;
  PetscFunctionReturn(0);
}
