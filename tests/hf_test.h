/* What every test needs: cmocka, PETSc started, results counted over all ranks. */
#pragma once
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <hopfilm/base.h>
#include <hopfilm/petsc_versions.h>
#include <math.h>
#include <petscsys.h>

/* Fails the test when a PETSc call does. */
#define CHECK(call) assert_int_equal((call), 0)
/* |a - b| <= tolerance, printed when not. */
#define ASSERT_NEAR(a, b, tolerance)                                                                                                                 \
  do {                                                                                                                                               \
    const double hf_a = (a), hf_b = (b), hf_t = (tolerance);                                                                                         \
    if (!(fabs(hf_a - hf_b) <= hf_t)) fail_msg("%s = %.17g, %s = %.17g, apart by %.3g > %.3g", #a, hf_a, #b, hf_b, fabs(hf_a - hf_b), hf_t);         \
  } while (0)

/* At the head of a test: skips it on more ranks than `most`. For results that another test compares between ranks, or that every rank computes alone:
   many short steps are slow with more ranks than cores. */
#define AT_MOST_ON(most)                                                                                                                             \
  do {                                                                                                                                               \
    int hf_ranks;                                                                                                                                    \
    MPI_Comm_size(PETSC_COMM_WORLD, &hf_ranks);                                                                                                      \
    if (hf_ranks > (most)) skip();                                                                                                                   \
  } while (0)

/* main() of a test program: runs the group on all ranks of the run; any failing rank fails the run. */
#define HF_TEST_MAIN(tests)                                                                                                                          \
  int main(int argc, char **argv) {                                                                                                                  \
    int failed, all;                                                                                                                                 \
    HfMPISettings();                                                                                                                                 \
    if (PetscInitialize(&argc, &argv, NULL, NULL) || HfPetscSettings()) return 1;                                                                    \
    failed = cmocka_run_group_tests(tests, NULL, NULL);                                                                                              \
    MPI_Allreduce(&failed, &all, 1, MPI_INT, MPI_MAX, PETSC_COMM_WORLD);                                                                             \
    if (PetscFinalize()) return 1;                                                                                                                   \
    return all != 0;                                                                                                                                 \
  }
