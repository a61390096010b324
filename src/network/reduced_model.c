/* The reduced model of the field-driven film, Niu et al. 2024 Eqs. (2) and (3).

   In continuous time a driven pair relaxes exponentially from where it is, G_k(t) = G_k(0) + b_k (1 - exp(-t/tau)), with one tau for all pairs.
   The traces are scaled by their own change from the first to the last sample, y_k = (G_k - G_k(0)) / (G_k(end) - G_k(0)); for a given tau the
   asymptote c_k of each pair is linear least squares, which leaves a search in one variable: a scan of log tau, then
   bisection for the zero of the misfit's derivative, which round-off blurs less than the minimum itself.
     R^2 = 1 - sum (y - model)^2 / sum (y - mean of all y)^2        RMS = sqrt(mean (y - model)^2)        over all pairs and times */
#include <hopfilm/network.h>

#define SCAN 400 /* values of tau tried over the decades between the sampling interval and the length of the traces */

typedef struct {
  PetscInt n_pairs, n_times;
  const PetscReal *times, *y;
  PetscReal *f;         /* 1 - exp(-t/tau) */
  PetscReal *asymptote; /* c_k */
} Fit;

/* Sum of squared residuals with the best asymptotes for this tau. */
static PetscReal misfit_of_tau(Fit *fit, PetscReal tau) {
  PetscReal ff = 0.0, misfit = 0.0;
  for (PetscInt t = 0; t < fit->n_times; ++t) {
    fit->f[t] = -expm1(-(fit->times[t] - fit->times[0]) / tau);
    ff += fit->f[t] * fit->f[t];
  }
  for (PetscInt k = 0; k < fit->n_pairs; ++k) {
    const PetscReal *y = fit->y + k * fit->n_times;
    PetscReal fy = 0.0;
    for (PetscInt t = 0; t < fit->n_times; ++t) fy += fit->f[t] * y[t];
    fit->asymptote[k] = fy / ff;
    for (PetscInt t = 0; t < fit->n_times; ++t) misfit += PetscSqr(y[t] - fit->asymptote[k] * fit->f[t]);
  }
  return misfit;
}

/* Sign of the derivative of misfit_of_tau() with respect to log tau: the asymptotes are the best ones and contribute nothing. */
static PetscReal slope_at_tau(Fit *fit, PetscReal tau) {
  PetscReal slope = 0.0;

  misfit_of_tau(fit, tau);
  for (PetscInt t = 0; t < fit->n_times; ++t) {
    const PetscReal x = (fit->times[t] - fit->times[0]) / tau, change = -x * PetscExpReal(-x);
    for (PetscInt k = 0; k < fit->n_pairs; ++k) slope -= (fit->y[k * fit->n_times + t] - fit->asymptote[k] * fit->f[t]) * fit->asymptote[k] * change;
  }
  return slope;
}

static PetscReal best_tau(Fit *fit) {
  const PetscReal span = fit->times[fit->n_times - 1] - fit->times[0];
  const PetscReal from = PetscLogReal(0.05 * span / (fit->n_times - 1)), to = PetscLogReal(20.0 * span);
  PetscReal best = from, lowest = PETSC_MAX_REAL;
  for (PetscInt s = 0; s <= SCAN; ++s) {
    const PetscReal at = from + (to - from) * s / SCAN, misfit = misfit_of_tau(fit, PetscExpReal(at));
    if (misfit < lowest) {
      lowest = misfit;
      best = at;
    }
  }
  PetscReal a = best - (to - from) / SCAN, b = best + (to - from) / SCAN;
  while (b - a > 1e-13) {
    const PetscReal middle = 0.5 * (a + b);
    if (slope_at_tau(fit, PetscExpReal(middle)) > 0)
      b = middle;
    else
      a = middle;
  }
  return PetscExpReal(0.5 * (a + b));
}

PetscErrorCode HfOjaFit(PetscInt n_pairs, PetscInt n_times, const PetscReal times[], const PetscReal traces[], PetscReal model[],
                        HfOjaFitResult *result) {
  Fit fit = {.n_pairs = n_pairs, .n_times = n_times, .times = times};
  const PetscInt n = n_pairs * n_times;
  PetscReal *y, *scale, mean = 0.0, total = 0.0, misfit;

  PetscFunctionBeginUser;
  PetscCheck(n_pairs > 0 && n_times > 2, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "a fit needs a driven pair and three probes or more");
  PetscCheck(times[n_times - 1] > times[0], PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "the probes of a fit must go forward in time");
  PetscCall(PetscMalloc4(n, &y, n_pairs, &scale, n_times, &fit.f, n_pairs, &fit.asymptote));
  fit.y = y;
  for (PetscInt k = 0; k < n_pairs; ++k) {
    const PetscReal *G = traces + k * n_times;
    scale[k] = G[n_times - 1] - G[0];
    if (scale[k] == 0.0) scale[k] = PetscAbsReal(G[0]) > 0.0 ? G[0] : 1.0; /* a pair that did not move: nothing to scale by */
    for (PetscInt t = 0; t < n_times; ++t) {
      y[k * n_times + t] = (G[t] - G[0]) / scale[k];
      mean += y[k * n_times + t] / n;
    }
  }
  for (PetscInt e = 0; e < n; ++e) total += PetscSqr(y[e] - mean);
  result->tau = best_tau(&fit);
  misfit = misfit_of_tau(&fit, result->tau);
  result->r_squared = total > 0.0 ? 1.0 - misfit / total : 0.0;
  result->rms = PetscSqrtReal(misfit / n);
  for (PetscInt k = 0; model && k < n_pairs; ++k)
    for (PetscInt t = 0; t < n_times; ++t) model[k * n_times + t] = traces[k * n_times] + scale[k] * fit.asymptote[k] * fit.f[t];
  PetscCall(PetscFree4(y, scale, fit.f, fit.asymptote));
  PetscFunctionReturn(0);
}

/* Delta V is the distance between the two levels, 2 V0: only then does the asymptote of Eq. (2) lie at Gmin or Gmax. A pair that never changes
   (Gmin = Gmax) adds nothing: its constraint vanishes with its range. */
PetscReal HfOjaCost(PetscInt n, const PetscReal V[], const PetscReal G[], const PetscReal G_min[], const PetscReal G_max[]) {
  PetscReal low = V[0], high = V[0], cost = 0.0;
  for (PetscInt i = 1; i < n; ++i) {
    low = PetscMin(low, V[i]);
    high = PetscMax(high, V[i]);
  }
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = 0; j < n; ++j) {
      const PetscInt e = i * n + j;
      const PetscReal range = G_max[e] - G_min[e];
      if (i == j) continue;
      cost += 0.5 * PetscSqr(V[i] - V[j]) * G[e];
      if (range > 0.0) cost += 0.25 * PetscSqr(high - low) / range * PetscSqr(G[e] - G_max[e]);
    }
  return cost;
}
