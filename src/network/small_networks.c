/* Networks so small that every pattern can be looked at: their energies, E(V) = -sum_ij w_ij V_i V_j (Niu et al. 2024, Eq. 4), and a film of four nodes
   as a logic gate. E(V) = E(-V), so that patterns come in mirror pairs; a report names the one with V_0 = +1. */
#include <hopfilm/network.h>
#include <petscblaslapack.h>

#define MOST_NODES 20
#define TIE        1e-9 /* gaps relative to the largest energy, and sums relative to their terms, below which there is a tie */

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

PetscErrorCode HfPatternPowerChange(PetscInt n, const PetscReal G[], const PetscReal G_before[], const PetscReal x[], PetscReal *own,
                                    PetscReal *others) {
  const PetscInt n_patterns = n > 0 && n <= MOST_NODES ? (PetscInt)1 << n : 0, trained = HfPatternToIndex(n, x);
  PetscReal *V, sum = 0.0;
  PetscInt count = 0;

  PetscFunctionBeginUser;
  PetscCheck(n > 1 && n <= MOST_NODES, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "all patterns are enumerated for 2 to 20 nodes, not %d", (int)n);
  *own = HfPatternEnergy(n, G, x) / HfPatternEnergy(n, G_before, x) - 1.0;
  PetscCall(PetscMalloc1(n, &V));
  for (PetscInt s = n_patterns / 2; s < n_patterns - 1; ++s) { /* V_0 = +1, not uniform */
    if (s == trained || s == n_patterns - 1 - trained) continue;
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

PetscErrorCode HfPatternEnergies(PetscInt n, const PetscReal w[], const PetscReal trained[], PetscBool with_uniform, PetscReal energies[],
                                 HfEnergyReport *report) {
  const PetscInt n_patterns = n > 0 && n <= MOST_NODES ? (PetscInt)1 << n : 0, half = n_patterns / 2;
  PetscInt own = HfPatternToIndex(n, trained);
  PetscReal *V, lowest_other = PETSC_MAX_REAL, lowest = PETSC_MAX_REAL, largest = 0.0;

  PetscFunctionBeginUser;
  PetscCheck(n > 1 && n <= MOST_NODES, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE, "all patterns are enumerated for 2 to 20 nodes, not %d", (int)n);
  PetscCall(PetscMalloc1(n, &V));
  for (PetscInt s = 0; s < n_patterns; ++s) {
    HfPatternFromIndex(n, s, V);
    energies[s] = HfPatternEnergy(n, w, V);
    largest = PetscMax(largest, PetscAbsReal(energies[s]));
  }
  PetscCall(PetscFree(V));

  if (own < half) own = n_patterns - 1 - own; /* the mirror with V_0 = +1 */
  report->minimum = own;
  for (PetscInt s = half; s < n_patterns; ++s) {
    if (s == n_patterns - 1 && !with_uniform && s != own) continue;
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

/* ---- logic gates: inputs on nodes 2 and 3, control on node 1, output on node 4 ---- */

/* Names by the four outputs read as bits, that of the inputs -- first and of ++ last. */
static const char *const GATES[16] = {"FALSE", "AND",  "2 AND NOT 3", "2",          "3 AND NOT 2", "3",          "XOR",  "OR",
                                      "NOR",   "XNOR", "NOT 3",       "2 OR NOT 3", "NOT 2",       "3 OR NOT 2", "NAND", "TRUE"};

PetscErrorCode HfGate(const PetscReal w[16], PetscReal control, HfGateResult *result) {
  PetscInt bits = 0;
  PetscBool tie = PETSC_FALSE;

  PetscFunctionBeginUser;
  result->margin = PETSC_MAX_REAL;
  for (PetscInt k = 0; k < 4; ++k) {
    const PetscReal a = k & 2 ? 1.0 : -1.0, b = k & 1 ? 1.0 : -1.0;
    const PetscReal term[3] = {a * w[1 * 4 + 3], b * w[2 * 4 + 3], control * w[0 * 4 + 3]};
    const PetscReal sum = term[0] + term[1] + term[2];
    const PetscReal terms = PetscAbsReal(term[0]) + PetscAbsReal(term[1]) + PetscAbsReal(term[2]);
    const PetscReal margin = terms > 0.0 ? PetscAbsReal(sum) / terms : 0.0;
    result->output[k] = margin <= TIE ? 0 : sum > 0.0 ? 1 : -1;
    if (!result->output[k]) tie = PETSC_TRUE;
    bits = 2 * bits + (result->output[k] > 0);
    result->margin = PetscMin(result->margin, margin);
  }
  result->gate = tie ? "none" : GATES[bits];
  PetscFunctionReturn(0);
}
