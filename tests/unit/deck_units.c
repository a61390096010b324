/* Units: each text against the value worked out by hand; what must be refused. */
#include "deck_test.h"

static const HfKey rows[] = {{"length", HF_QUANTITY, "m", "", "", 0, "L"},
                             {"time", HF_QUANTITY, "s", "", "", 0, "T"},
                             {"field", HF_QUANTITY, "A/m|T", "", "", 0, "H"},
                             {"exchange", HF_QUANTITY, "J/m|A m", "", "", 0, "A"},
                             {"anisotropy", HF_QUANTITY, "J/m^3|A/m", "", "", 0, "K"},
                             {"conductivity", HF_QUANTITY, "S/m", "", "", 0, "sigma"},
                             {"resistance", HF_QUANTITY, "Ohm", "", "", 0, "R"},
                             {"current", HF_QUANTITY, "A/m2", "", "", 0, "j"},
                             {"angle", HF_QUANTITY, "rad", "", "", 0, "phi"},
                             {"temperature", HF_QUANTITY, "K", "", "", 0, "T"},
                             {"ratio", HF_NUMBER, NULL, "", "", 0, "a"},
                             {"count", HF_INT, NULL, "", "", 0, "n"},
                             {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL}};

static const struct {
  const char *key, *text;
  double value;
  int unit;
} good[] = {
    {"length", "5 nm", 5e-9, 0},
    {"length", "5nm", 5e-9, 0},
    {"length", "1e-6", 1e-6, 0},
    {"length", ".5 um", 0.5e-6, 0},
    {"length", "+2 µm", 2e-6, 0},
    {"length", "2 μm", 2e-6, 0}, /* Greek mu instead of the micro sign */
    {"length", "3 angstrom", 3e-10, 0},
    {"length", "-250 nm", -250e-9, 0},
    {"time", "2 h", 7200, 0},
    {"time", "0.5 ns", 0.5e-9, 0},
    {"field", "1600", 1600, 0},
    {"field", "1.6 kA/m", 1600, 0},
    {"field", "20 Oe", 20 * 1000 / (4 * PETSC_PI), 0},
    {"field", "20 mT", 0.02, 1},
    {"field", "200 gauss", 0.02, 1},
    {"field", "200 G", 0.02, 1},
    {"exchange", "13 pJ/m", 13e-12, 0},
    {"exchange", "2.586e-11 A·m", 2.586e-11, 1},
    {"exchange", "2.586e-11 A m", 2.586e-11, 1},
    {"exchange", "2.586e-11 A*m", 2.586e-11, 1},
    {"anisotropy", "500 kJ/m3", 5e5, 0},
    {"anisotropy", "500 kJ/m³", 5e5, 0},
    {"anisotropy", "500 kJ/m^3", 5e5, 0},
    {"anisotropy", "43.062 A/m", 43.062, 1},
    {"conductivity", "5e6 S/m", 5e6, 0},
    {"conductivity", "5 S/um", 5e6, 0},
    {"conductivity", "5e6 1/(Ohm m)", 5e6, 0},
    {"resistance", "50 mOhm", 0.05, 0},
    {"resistance", "1 kΩ", 1000, 0},
    {"current", "1e8 A/cm^2", 1e12, 0},
    {"angle", "90 deg", PETSC_PI / 2, 0},
    {"angle", "90 degrees", PETSC_PI / 2, 0},
    {"temperature", "20 degC", 293.15, 0},
    {"ratio", "4 %", 0.04, 0},
    {"ratio", "4%", 0.04, 0},
    {"ratio", "0.04", 0.04, 0},
    {"count", "12", 12, 0},
    {"count", "1e6", 1e6, 0},
    {"count", "-3", -3, 0},
    {"count", "2147483647", 2147483647.0, 0},
};

/* A reciprocal (Hz for s), a factor inside the unit, dates, hexadecimal, what is not finite, letters behind the number. */
static const char *const bad[][2] = {{"length", "5 ns"},     {"length", "5 2 nm"}, {"length", "5 nm 2"},
                                     {"length", "nm"},       {"length", "0x10"},   {"length", "inf"},
                                     {"length", "-.inf"},    {"length", "nan"},    {"length", "5 nmm"},
                                     {"length", "5 NM"},     {"length", "5,0 nm"}, {"length", "1 1/m"},
                                     {"length", "5 nm-3"},   {"time", "1 GHz"},    {"field", "3 V"},
                                     {"exchange", "1 J/m2"}, {"ratio", "4 deg"},   {"ratio", "four"},
                                     {"count", "1.5"},       {"count", "1e30"},    {"count", "2147483648"}, /* PETSc counts with 32 bits */
                                     {"count", "3 nm"},      {"length", "5e nm"},  {"time", "1 s since 1970-01-01"},
                                     {"length", "1e999 m"}};

static void test_units(void **state) {
  HfKeys keys;
  CHECK(HfKeysCreate(&keys));
  CHECK(HfKeysAdd(keys, "", rows));
  for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); ++k) {
    HfDeck deck;
    const char *const text = DECK_WITH("one-value", "key=%s; value=%s", good[k].key, good[k].text);
    CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck));
    if (HfDeckVerdict(deck)) fail_msg("%s", text);
    /* UDUNITS-2 holds the oersted to seven digits; all others come from exact factors. */
    ASSERT_NEAR(HfReal(HfDeckRoot(deck), good[k].key), good[k].value, fabs(good[k].value) * (strstr(good[k].text, "Oe") ? 1e-7 : 1e-15));
    assert_int_equal(HfUnitIndex(HfDeckRoot(deck), good[k].key), good[k].unit);
    if (!strcmp(good[k].key, "count")) assert_int_equal(HfInteger(HfDeckRoot(deck), "count"), (PetscInt64)good[k].value);
    CHECK(HfDeckDestroy(&deck));
  }
  for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); ++k) {
    HfDeck deck;
    const char *const text = DECK_WITH("one-value", "key=%s; value=%s", bad[k][0], bad[k][1]);
    CHECK(HfDeckCreateFromText(PETSC_COMM_WORLD, keys, text, &deck));
    if (HfDeckErrorCount(deck) != 1) fail_msg("%d errors for %s", (int)HfDeckErrorCount(deck), text);
    CHECK(HfDeckDestroy(&deck));
  }
  CHECK(HfKeysDestroy(&keys));
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(test_units)};
HF_TEST_MAIN(tests)
