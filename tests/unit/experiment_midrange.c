/* Over which memories midranges are taken. experiment/step.h: the memories are made up, of a film that there is not. */
#include "experiment/step.h"
#include "hf_test.h"

enum { N = 2 };

static void remember(HfTrainingRecord *record, HfMemory memories[], double G[][N * N], int k) {
  for (int e = 0; e < N * N; ++e) G[k][e] = (e % 3 ? -1.0 : 1.0) * (1 << k);
  memories[k] = (HfMemory){.G = G[k]};
  record->n_memories = k + 1;
}

/* w_01 of the newest memory. */
static double weight(const HfTrainingRecord *record) {
  const HfWeighting midrange = {.kind = HF_WEIGHTS_MIDRANGE};
  double w[N * N];

  CHECK(HfWeightingApply(record, &midrange, record->memories[0].G, record->memories[record->n_memories - 1].G, PETSC_FALSE, w));
  return w[1];
}

/* G_01 = -1, -2, -4, ...: two memories since the last initial state; one, with those of before; one, with those of before but of the same wiring. */
static void test_memories_of_the_wiring(void **state) {
  HfMemory memories[8];
  HfTrainingRecord record = {.n = N, .memories = memories};
  HfDrive drive = {.pattern = (char[]){"+-"}};
  double G[8][N * N];

  for (int k = 0; k < 2; ++k) remember(&record, memories, G, k);
  ASSERT_NEAR(weight(&record), -2 + 1.5, 1e-15);
  CHECK(HfTrainingReset(&record, &drive));
  remember(&record, memories, G, 2);
  ASSERT_NEAR(weight(&record), -4 + 2.5, 1e-15);
  remember(&record, memories, G, 3);
  ASSERT_NEAR(weight(&record), -8 + 6, 1e-15);
  CHECK(HfTrainingRewire(&record, &drive));
  remember(&record, memories, G, 4);
  CHECK(HfTrainingReset(&record, &drive));
  remember(&record, memories, G, 5);
  ASSERT_NEAR(weight(&record), -32 + 24, 1e-15);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_memories_of_the_wiring)};
HF_TEST_MAIN(tests)
