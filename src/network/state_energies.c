/* The energy of every state of a small network, E(V) = -sum_ij w_ij V_i V_j (Niu et al. 2024, Eq. 4).
   E(V) = E(-V), so states come in mirror pairs and a report names the one with V_0 = +1. */
#include <hopfilm/network.h>
#include <petscblaslapack.h>

#define TIE 1e-9 /* gaps below this part of the largest energy count as none */

PetscReal HfPatternEnergy(PetscInt n, const PetscReal w[], const PetscReal V[]) {
  PetscReal energy = 0.0;
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = 0; j < n; ++j) energy -= w[i * n + j] * V[i] * V[j];
  return energy;
}

void HfPatternFromIndex(PetscInt n, PetscInt index, PetscReal V[]) {
  for (PetscInt k = 0; k < n; ++k) V[k] = (index >> (n - 1 - k)) & 1 ? 1.0 : -1.0;
}

PetscInt HfPatternToIndex(PetscInt n, const PetscReal V[]) {
  PetscInt index = 0;
  for (PetscInt k = 0; k < n; ++k) index = 2 * index + (V[k] > 0.0);
  return index;
}

void HfPatternToText(PetscInt n, const PetscReal V[], char text[]) {
  for (PetscInt k = 0; k < n; ++k) text[k] = V[k] > 0.0 ? '+' : '-';
  text[n] = '\0';
}

PetscErrorCode HfPowerChange(PetscInt n, const PetscReal G[], const PetscReal G_before[], const PetscReal x[], PetscReal *own, PetscReal *others) {
  const PetscInt n_states = n > 0 && n <= 20 ? (PetscInt)1 << n : 0, trained = HfPatternToIndex(n, x);
  PetscReal *V, sum = 0.0;
  PetscInt count = 0;

  PetscFunctionBeginUser;
  PetscCheck(n > 1 && n <= 20, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "all states are looked at for 2 to 20 nodes, not %d", (int)n);
  *own = HfPatternEnergy(n, G, x) / HfPatternEnergy(n, G_before, x) - 1.0;
  PetscCall(PetscMalloc1(n, &V));
  for (PetscInt s = n_states / 2; s < n_states - 1; ++s) { /* V_0 = +1, not uniform */
    if (s == trained || s == n_states - 1 - trained) continue;
    HfPatternFromIndex(n, s, V);
    sum += HfPatternEnergy(n, G, V) / HfPatternEnergy(n, G_before, V) - 1.0;
    ++count;
  }
  PetscCall(PetscFree(V));
  *others = count ? sum / count : 0.0;
  PetscFunctionReturn(0);
}

/* Largest eigenvalue of the symmetric part of w. */
static PetscErrorCode largest_eigenvalue(PetscInt n, const PetscReal w[], PetscReal *largest) {
  PetscReal *a, *eigenvalues, *work;
  PetscBLASInt order, lwork, info;

  PetscFunctionBeginUser;
  PetscCall(PetscBLASIntCast(n, &order));
  lwork = 8 * order;
  PetscCall(PetscMalloc3(n * n, &a, n, &eigenvalues, lwork, &work));
  for (PetscInt i = 0; i < n; ++i)
    for (PetscInt j = 0; j < n; ++j) a[i * n + j] = 0.5 * (w[i * n + j] + w[j * n + i]);
  PetscCallBLAS("LAPACKsyev", LAPACKsyev_("N", "U", &order, a, &order, eigenvalues, work, &lwork, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK syev failed with info %d on the weights", (int)info);
  *largest = eigenvalues[n - 1];
  PetscCall(PetscFree3(a, eigenvalues, work));
  PetscFunctionReturn(0);
}

PetscErrorCode HfEnergies(PetscInt n, const PetscReal w[], const PetscReal trained[], PetscBool with_trivial, PetscReal energies[],
                          HfEnergyReport *report) {
  const PetscInt n_states = n > 0 && n <= 20 ? (PetscInt)1 << n : 0, half = n_states / 2;
  PetscInt own = HfPatternToIndex(n, trained);
  PetscReal *V, lowest_other = PETSC_MAX_REAL, lowest = PETSC_MAX_REAL, largest = 0.0;

  PetscFunctionBeginUser;
  PetscCheck(n > 1 && n <= 20, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "all states are looked at for 2 to 20 nodes, not %d", (int)n);
  PetscCall(PetscMalloc1(n, &V));
  for (PetscInt s = 0; s < n_states; ++s) {
    HfPatternFromIndex(n, s, V);
    energies[s] = HfPatternEnergy(n, w, V);
    largest = PetscMax(largest, PetscAbsReal(energies[s]));
  }
  PetscCall(PetscFree(V));

  if (own < half) own = n_states - 1 - own; /* the mirror with V_0 = +1 */
  report->minimum = own;
  for (PetscInt s = half; s < n_states; ++s) {
    if (s == n_states - 1 && !with_trivial && s != own) continue;
    if (energies[s] < lowest) {
      lowest = energies[s];
      report->minimum = s;
    }
    if (s != own) lowest_other = PetscMin(lowest_other, energies[s]);
  }
  report->margin = largest > 0.0 && lowest_other < PETSC_MAX_REAL ? (lowest_other - energies[own]) / largest : 0.0;
  report->trained_is_minimum = report->margin > TIE ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(largest_eigenvalue(n, w, &report->largest_eigenvalue));
  PetscFunctionReturn(0);
}
