/* Rules in a step `recall`: each learns the pattern of a memory and recalls it from its starts. A pattern of four nodes comes back from every flip by the
   outer product, (1 + 1 - 1)/4 for a node beside the flipped one; of neighbours alone, the flipped node's two neighbours keep a tie, and all come back, too. */
#include "experiment_case.h"

static void test_rules(void **state) {
  Memory memory;

  CHECK(run_deck(PETSC_COMM_SELF, DECK("four-nodes from-uniform patterns recall-rules"), &memory));
  for (int k = 0; k < 3; ++k) { /* of both memories, and of each */
    HfNode entry = entry_from_end(&memory, "recall", k);

    ASSERT_NEAR(number(entry, "starts"), k ? 4 : 8, 0);
    ASSERT_NEAR(number(entry, "control_outer_product"), k ? 4 : 8, 0);
    ASSERT_NEAR(number(entry, "control_outer_product_neighbours"), k ? 4 : 8, 0);
    ASSERT_NEAR(number(entry, "control_stdp"), k ? 4 : 8, 0);
  }
  CHECK(HfNodeDestroy(&memory.entries));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_rules)};
HF_TEST_MAIN(tests)
