/* Inference: many noisy images of the stored patterns, each recalled and named by the pattern that it resembles most, argmax_k x'.x_k (Niu et al. 2024,
   Methods). All that is counted is a whole number, as the similarities of +-1 images are.

   The 95 % interval of a proportion p = successes/trials (Wilson 1927) stays within 0 and 1 and has a width also at p = 0 or 1:
     (p + z^2/2N -+ z sqrt(p (1-p)/N + z^2/4N^2)) / (1 + z^2/N),   z = 1.96 standard deviations */
#include "network_impl.h"

#define Z95 1.959963984540054 /* 97.5 % of a normal distribution lies below */

/* ---- noise: an image is a function of (seed, stream, number) alone ---- */

const char *const HfNoiseNames[] = {"flips", "probability", "grey", NULL};

/* k different pixels, every set of them equally likely: for j = n-k .. n-1 flip a random pixel of 0 .. j, or j itself if that one was taken (Floyd). */
static void flip(PetscInt k, PetscInt n, const PetscReal x[], PetscInt64 seed, HfStream stream, PetscInt64 image, PetscReal V[]) {
  for (PetscInt j = n - k; j < n; ++j) {
    const PetscInt i = HfRandomInteger(seed, stream, image, j, j + 1), at = V[i] == x[i] ? i : j;
    V[at] = -V[at];
  }
}

PetscErrorCode HfNoise(HfNoiseKind kind, PetscReal amount, PetscInt n, const PetscReal x[], PetscInt64 seed, HfStream stream, PetscInt64 image,
                       PetscReal V[]) {
  PetscReal r[2];

  PetscFunctionBeginUser;
  PetscCheck(amount >= 0.0, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "noise of %g", (double)amount);
  PetscCall(PetscArraycpy(V, x, n));
  switch (kind) {
  case HF_NOISE_FLIPS:
    PetscCheck(amount <= n && amount == PetscFloorReal(amount), PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "%g flips of %d pixels", (double)amount,
               (int)n);
    flip((PetscInt)amount, n, x, seed, stream, image, V);
    break;
  case HF_NOISE_PROBABILITY:
    for (PetscInt i = 0; i < n; ++i) {
      if (i % 2 == 0) HfRandomUniform(seed, stream, image, i / 2, 2, r);
      if (r[i % 2] < amount) V[i] = -x[i];
    }
    break;
  case HF_NOISE_GREY:
    for (PetscInt i = 0; i < n; ++i) {
      if (i % 2 == 0) HfRandomNormal(seed, stream, image, i / 2, 2, r);
      if (x[i] * (x[i] + amount * r[i % 2]) < 0.0) V[i] = -x[i];
    }
    break;
  default:
    SETERRQ(PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "unknown kind of noise %d", (int)kind);
  }
  PetscFunctionReturn(0);
}

/* ---- tests ---- */

PetscInt64 HfInferTests(const HfInferOptions *options, PetscInt n_patterns) { return (PetscInt64)options->n_amounts * n_patterns * options->samples; }

PetscErrorCode HfInferImage(PetscInt n, PetscInt n_patterns, const PetscReal x[], const HfInferOptions *options, PetscInt64 test, PetscReal V[],
                            PetscInt *amount, PetscInt *pattern) {
  const PetscInt64 per_amount = (PetscInt64)n_patterns * options->samples;
  const PetscInt a = (PetscInt)(test / per_amount), p = (PetscInt)(test % per_amount / options->samples);

  PetscFunctionBeginUser;
  PetscCheck(test >= 0 && a < options->n_amounts, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "test %" PetscInt64_FMT " of %" PetscInt64_FMT, test,
             HfInferTests(options, n_patterns));
  PetscCall(HfNoise(options->noise, options->amounts[a], n, x + p * n, options->seed, options->stream, test, V));
  if (amount) *amount = a;
  if (pattern) *pattern = p;
  PetscFunctionReturn(0);
}

static PetscReal dot(PetscInt n, const PetscReal a[], const PetscReal b[]) {
  PetscReal sum = 0.0;
  for (PetscInt i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

/* How many patterns share the largest similarity with V, the first of them, and whether the stored one is among them. */
static PetscInt best(PetscInt n, PetscInt n_patterns, const PetscReal x[], const PetscReal V[], PetscInt stored, PetscInt *first,
                     PetscBool *with_stored) {
  PetscReal best = -PETSC_MAX_REAL;
  PetscInt count = 0;

  for (PetscInt k = 0; k < n_patterns; ++k) {
    const PetscReal similarity = dot(n, x + k * n, V);
    if (similarity < best) continue;
    if (similarity > best) {
      best = similarity;
      count = 0;
      *first = k;
      *with_stored = PETSC_FALSE;
    }
    ++count;
    if (k == stored) *with_stored = PETSC_TRUE;
  }
  return count;
}

/* Counts an image that ended in V. */
static void count(PetscInt n, PetscInt n_patterns, const PetscReal x[], PetscInt stored, const PetscReal V[], HfInferTally *tally) {
  HfInferCounts *c = &tally->counts;
  const PetscReal overlap = dot(n, x + stored * n, V);
  PetscInt named = -1;
  PetscBool with_stored = PETSC_FALSE;
  const PetscInt count = best(n, n_patterns, x, V, stored, &named, &with_stored);

  c->overlap_after += (PetscInt64)overlap;
  c->exact += overlap == n;
  if (with_stored) {
    c->correct += count == 1;
    c->ties += count > 1;
    c->credit += HF_INFER_CREDIT / count;
  }
  if (tally->confusion) ++tally->confusion[stored * (n_patterns + 1) + (count == 1 ? named : n_patterns)];
}

PetscErrorCode HfInfer(PetscInt n, HfNetwork network, PetscInt n_patterns, const PetscReal x[], const HfInferOptions *options, PetscInt64 first_test,
                       PetscInt64 n_tests, HfInferTally tally[]) {
  HfRecallOptions recall = options->recall;
  PetscInt base = -1;
  PetscReal *V;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &V));
  for (PetscInt64 test = first_test; test < first_test + n_tests; ++test) {
    HfRecallResult result = {.converged = PETSC_TRUE};
    HfInferCounts *c;
    PetscReal overlap;
    PetscInt a, stored;

    PetscCall(HfInferImage(n, n_patterns, x, options, test, V, &a, &stored));
    c = &tally[a].counts;
    overlap = dot(n, x + stored * n, V);
    ++c->tests;
    c->overlap_before += (PetscInt64)overlap;
    c->exact_before += overlap == n;
    recall.stream_index = options->recall.stream_index + test;
    if (network) {
      if (stored != base) HfNetworkBase(network, x + stored * n);
      base = stored;
      HfNetworkStartNear(network, V);
      PetscCall(HfNetworkSettle(network, &recall, V, &result));
    }
    c->cycles += result.cycle > 0;
    c->unconverged += !result.converged && !result.cycle;
    c->iterations += result.iterations;
    tally[a].most_iterations = PetscMax(tally[a].most_iterations, result.iterations);
    count(n, n_patterns, x, stored, V, tally + a);
  }
  PetscCall(PetscFree(V));
  PetscFunctionReturn(0);
}

void HfWilson(PetscReal successes, PetscReal trials, PetscReal *low, PetscReal *high) {
  const PetscReal p = trials > 0.0 ? successes / trials : 0.0, a = trials > 0.0 ? Z95 * Z95 / trials : 0.0, scale = 1.0 / (1.0 + a);
  const PetscReal half = trials > 0.0 ? PetscSqrtReal(PetscMax(p * (1.0 - p), 0.0) * a + 0.25 * a * a) : 0.5;
  const PetscReal centre = trials > 0.0 ? p + 0.5 * a : 0.5;

  HfCite("wilson-1927");
  *low = PetscMax(0.0, scale * (centre - half));
  *high = PetscMin(1.0, scale * (centre + half));
}
