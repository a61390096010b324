/* The convergence of transport_cut_cells.c down to cells of 3.125 nm. */
#include "cut_cells_case.h"

static const char *const cases[N_CASES] = {"disk", "shifted", "square"};

static void test_convergence(void **state) { check_convergence(cases, 5); }

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_convergence)};
HF_TEST_MAIN(tests)
