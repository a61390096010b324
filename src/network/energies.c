/* energies.c: the energy of every state of a small network, E(V) = -sum_ij w_ij V_i V_j (Niu et al. 2024, Eq. 4).
   E(V) = E(-V), so states come in mirror pairs and a report names the one with V_0 = +1. */
#include <hopfilm/network.h>

#define MAX_SWEEPS 60   /* quadratic convergence: about ten are used */
#define TIE        1e-9 /* energies closer than this part of the whole span count as equal */

PetscReal HfStateEnergy(PetscInt n, const PetscReal w[], const PetscReal V[]) {
  PetscReal energy = 0.0;
  for (PetscInt i = 0; i < n; i++)
    for (PetscInt j = 0; j < n; j++) energy -= w[i * n + j] * V[i] * V[j];
  return energy;
}

void HfStateFromIndex(PetscInt n, PetscInt index, PetscReal V[]) {
  for (PetscInt k = 0; k < n; k++) V[k] = (index >> (n - 1 - k)) & 1 ? 1.0 : -1.0;
}

PetscInt HfStateToIndex(PetscInt n, const PetscReal V[]) {
  PetscInt index = 0;
  for (PetscInt k = 0; k < n; k++) index = 2 * index + (V[k] > 0.0);
  return index;
}

void HfStateToText(PetscInt n, const PetscReal V[], char text[]) {
  for (PetscInt k = 0; k < n; k++) text[k] = V[k] > 0.0 ? '+' : '-';
  text[n] = '\0';
}

/* Largest eigenvalue of the symmetric part of w, by cyclic Jacobi rotations (Golub & Van Loan, section 8.5): n is small. */
static PetscErrorCode LargestEigenvalue(PetscInt n, const PetscReal w[], PetscReal *largest) {
  PetscReal *a, total = 0.0, off;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * n, &a));
  for (PetscInt i = 0; i < n; i++)
    for (PetscInt j = 0; j < n; j++) {
      a[i * n + j] = 0.5 * (w[i * n + j] + w[j * n + i]);
      total += PetscSqr(a[i * n + j]);
    }
  for (PetscInt sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    off = 0.0;
    for (PetscInt p = 0; p < n; p++)
      for (PetscInt q = p + 1; q < n; q++) {
        off += 2.0 * PetscSqr(a[p * n + q]);
        if (a[p * n + q] == 0.0) continue;
        const PetscReal theta = (a[q * n + q] - a[p * n + p]) / (2.0 * a[p * n + q]);
        const PetscReal t = (theta >= 0.0 ? 1.0 : -1.0) / (PetscAbsReal(theta) + hypot(theta, 1.0)), c = 1.0 / hypot(t, 1.0), s = t * c;
        for (PetscInt k = 0; k < n; k++) { /* columns p and q, then rows p and q */
          const PetscReal x = a[k * n + p], y = a[k * n + q];
          a[k * n + p] = c * x - s * y;
          a[k * n + q] = s * x + c * y;
        }
        for (PetscInt k = 0; k < n; k++) {
          const PetscReal x = a[p * n + k], y = a[q * n + k];
          a[p * n + k] = c * x - s * y;
          a[q * n + k] = s * x + c * y;
        }
      }
    if (off <= 1e-32 * total) break;
  }
  *largest = a[0];
  for (PetscInt i = 1; i < n; i++) *largest = PetscMax(*largest, a[i * n + i]);
  PetscCall(PetscFree(a));
  PetscFunctionReturn(0);
}

PetscErrorCode HfEnergies(PetscInt n, const PetscReal w[], const PetscReal trained[], PetscBool with_trivial, PetscReal energies[],
                          HfEnergyReport *report) {
  const PetscInt n_states = n > 0 && n <= 20 ? (PetscInt)1 << n : 0, half = n_states / 2;
  PetscInt own = HfStateToIndex(n, trained);
  PetscReal *V, lowest_other = PETSC_MAX_REAL, lowest = PETSC_MAX_REAL, highest = PETSC_MIN_REAL;

  PetscFunctionBeginUser;
  PetscCheck(n > 1 && n <= 20, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "all states are looked at for 2 to 20 nodes, not %d", (int)n);
  PetscCall(PetscMalloc1(n, &V));
  for (PetscInt s = 0; s < n_states; s++) {
    HfStateFromIndex(n, s, V);
    energies[s] = HfStateEnergy(n, w, V);
  }
  PetscCall(PetscFree(V));

  if (own < half) own = n_states - 1 - own; /* the mirror with V_0 = +1 */
  report->minimum = own;
  for (PetscInt s = half; s < n_states; s++) {
    if (s == n_states - 1 && !with_trivial && s != own) continue;
    if (energies[s] < lowest) {
      lowest = energies[s];
      report->minimum = s;
    }
    highest = PetscMax(highest, energies[s]);
    if (s != own) lowest_other = PetscMin(lowest_other, energies[s]);
  }
  report->margin = highest > lowest && lowest_other < PETSC_MAX_REAL ? (lowest_other - energies[own]) / (highest - lowest) : 0.0;
  report->trained_is_minimum = report->margin > TIE ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(LargestEigenvalue(n, w, &report->largest_eigenvalue));
  PetscFunctionReturn(0);
}
