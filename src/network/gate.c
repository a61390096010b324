/* A four-node film as a logic gate (Niu et al. 2024, Methods): inputs nodes 2 and 3, control node 1, output node 4,
   output = sgn(V_2 w_24 + V_3 w_34 + V_1 w_14). */
#include <hopfilm/network.h>

#define TIE 1e-9 /* a sum below this part of its own parts has no sign */

/* By the four outputs read as bits, inputs -- first and ++ last. */
static const char *const NAMES[16] = {"FALSE", "AND",  "2 AND NOT 3", "2",          "3 AND NOT 2", "3",          "XOR",  "OR",
                                      "NOR",   "XNOR", "NOT 3",       "2 OR NOT 3", "NOT 2",       "3 OR NOT 2", "NAND", "TRUE"};

PetscErrorCode HfGate(const PetscReal w[16], PetscReal control, HfGateResult *result) {
  PetscInt bits = 0;
  PetscBool tie = PETSC_FALSE;

  PetscFunctionBeginUser;
  result->margin = PETSC_MAX_REAL;
  for (PetscInt k = 0; k < 4; ++k) {
    const PetscReal a = k & 2 ? 1.0 : -1.0, b = k & 1 ? 1.0 : -1.0;
    const PetscReal part[3] = {a * w[1 * 4 + 3], b * w[2 * 4 + 3], control * w[0 * 4 + 3]};
    const PetscReal sum = part[0] + part[1] + part[2];
    const PetscReal parts = PetscAbsReal(part[0]) + PetscAbsReal(part[1]) + PetscAbsReal(part[2]);
    const PetscReal margin = parts > 0.0 ? PetscAbsReal(sum) / parts : 0.0;
    result->output[k] = margin <= TIE ? 0 : sum > 0.0 ? 1 : -1;
    if (!result->output[k]) tie = PETSC_TRUE;
    bits = 2 * bits + (result->output[k] > 0);
    result->margin = PetscMin(result->margin, margin);
  }
  result->gate = tie ? "none" : NAMES[bits];
  PetscFunctionReturn(0);
}
