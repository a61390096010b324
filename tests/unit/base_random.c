/* Random numbers: the published answers of Philox4x32-10, dependence on every argument, moments within 5 standard errors. */
#include "hf_test.h"
#include <Random123/philox.h>
#include <hopfilm/base.h>

#define N 100000

/* Random123's own table of known answers (kat_vectors): counter, key, result. */
static void test_known_answers(void **state) {
  static const uint32_t kat[3][10] = {
      {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
      {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
      {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}};
  PetscReal u[2];

  for (int k = 0; k < 3; ++k) {
    const philox4x32_ctr_t counter = {{kat[k][0], kat[k][1], kat[k][2], kat[k][3]}};
    const philox4x32_key_t key = {{kat[k][4], kat[k][5]}};
    const philox4x32_ctr_t out = philox4x32(counter, key);
    for (int i = 0; i < 4; ++i) assert_int_equal(out.v[i], kat[k][6 + i]);
  }
  /* The place (0, 0, 0, 0) is the zero counter and key; a double holds the first 52 bits of two words. */
  HfRandomUniform(0, (HfStream)0, 0, 0, 2, u);
  ASSERT_NEAR(u[0], (0x6627e8d5 * 0x1p32 + 0xe169c58d) * 0x1p-64, 0x1p-52);
  ASSERT_NEAR(u[1], (0xbc57ac4c * 0x1p32 + 0x9b00dbd8) * 0x1p-64, 0x1p-52);
}

static void test_same_place_same_number(void **state) {
  PetscReal a[4], b[4], g[4], h[4];
  HfRandomUniform(7, HF_STREAM_TEST, 3, 123456789012, 4, a);
  HfRandomNormal(7, HF_STREAM_TEST, 3, 123456789012, 4, g);
  for (PetscInt n = 1; n <= 4; ++n) { /* fewer numbers are the first ones */
    HfRandomUniform(7, HF_STREAM_TEST, 3, 123456789012, n, b);
    HfRandomNormal(7, HF_STREAM_TEST, 3, 123456789012, n, h);
    for (PetscInt k = 0; k < n; ++k) {
      assert_true(a[k] == b[k]);
      assert_true(g[k] == h[k]);
    }
  }
  assert_true(HfRandomInteger(7, HF_STREAM_TEST, 3, 5, 1000000) == HfRandomInteger(7, HF_STREAM_TEST, 3, 5, 1000000));
}

/* The numbers depend on every argument, with all its bits. */
static void test_every_argument_counts(void **state) {
  static const PetscInt64 places[][4] = {{1, HF_STREAM_TEST, 1, 1},
                                         {2, HF_STREAM_TEST, 1, 1},
                                         {1, HF_STREAM_NOISE, 1, 1},
                                         {1, HF_STREAM_TEST, 2, 1},
                                         {1, HF_STREAM_TEST, 1, 2},
                                         {-1, HF_STREAM_TEST, 1, 1},
                                         {1 + (1LL << 32), HF_STREAM_TEST, 1, 1},
                                         {1, HF_STREAM_TEST, 1LL << 40, 1},
                                         {1, HF_STREAM_TEST, 1, 1 + (1LL << 40)}};
  const int n = (int)(sizeof(places) / sizeof(places[0]));
  PetscReal u[16];
  for (int k = 0; k < n; ++k) HfRandomUniform(places[k][0], (HfStream)places[k][1], places[k][2], places[k][3], 1, &u[k]);
  for (int k = 0; k < n; ++k)
    for (int l = 0; l < k; ++l) assert_true(u[k] != u[l]);
}

/* Mean 1/2, variance 1/12 and no correlation between neighbours, within 5 standard errors of N numbers. */
static void test_uniform(void **state) {
  double mean = 0, square = 0, neighbour = 0, last = 0.5;
  for (PetscInt i = 0; i < N / 4; ++i) {
    PetscReal u[4];
    HfRandomUniform(42, HF_STREAM_TEST, 0, i, 4, u);
    for (int k = 0; k < 4; ++k) {
      assert_true(u[k] > 0.0 && u[k] < 1.0);
      mean += u[k] / N;
      square += (u[k] - 0.5) * (u[k] - 0.5) / N;
      neighbour += (u[k] - 0.5) * (last - 0.5) / N;
      last = u[k];
    }
  }
  ASSERT_NEAR(mean, 0.5, 5.0 * sqrt(1.0 / 12.0 / N));
  ASSERT_NEAR(square, 1.0 / 12.0, 5.0 * sqrt(1.0 / 180.0 / N)); /* variance of (u-1/2)^2: 1/80 - 1/144 */
  ASSERT_NEAR(neighbour, 0.0, 5.0 / 12.0 / sqrt(N));
}

/* Moments 0, 1, 0, 3 and the part within one standard deviation, erf(1/sqrt 2). */
static void test_normal(void **state) {
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0, inside = 0;
  for (PetscInt i = 0; i < N / 4; ++i) {
    PetscReal g[4];
    HfRandomNormal(42, HF_STREAM_TEST, 1, i, 4, g);
    for (int k = 0; k < 4; ++k) {
      m1 += g[k] / N;
      m2 += g[k] * g[k] / N;
      m3 += pow(g[k], 3) / N;
      m4 += pow(g[k], 4) / N;
      inside += (fabs(g[k]) < 1.0) / (double)N;
    }
  }
  ASSERT_NEAR(m1, 0.0, 5.0 * sqrt(1.0 / N));
  ASSERT_NEAR(m2, 1.0, 5.0 * sqrt(2.0 / N));
  ASSERT_NEAR(m3, 0.0, 5.0 * sqrt(15.0 / N));
  ASSERT_NEAR(m4, 3.0, 5.0 * sqrt(96.0 / N));
  ASSERT_NEAR(inside, erf(sqrt(0.5)), 5.0 * sqrt(0.2163 / N));
}

/* chi^2 of 7 bins: mean 6, standard deviation sqrt 12; 30 is one in 20000. */
static void test_integers(void **state) {
  double count[7] = {0}, chi = 0;
  for (PetscInt i = 0; i < N; ++i) {
    const PetscInt k = HfRandomInteger(42, HF_STREAM_ORDER, 2, i, 7);
    assert_true(k >= 0 && k < 7);
    ++count[k];
  }
  for (int k = 0; k < 7; ++k) chi += (count[k] - N / 7.0) * (count[k] - N / 7.0) / (N / 7.0);
  assert_true(chi < 30.0);
  assert_int_equal(HfRandomInteger(1, HF_STREAM_ORDER, 0, 0, 1), 0);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_known_answers),
                                          cmocka_unit_test(test_same_place_same_number),
                                          cmocka_unit_test(test_every_argument_counts),
                                          cmocka_unit_test(test_uniform),
                                          cmocka_unit_test(test_normal),
                                          cmocka_unit_test(test_integers)};
HF_TEST_MAIN(tests)
