/* Films that are periodic along x, y or both: a helix of a commensurate period is in no way twisted at the seam; a spin wave has the frequency of the chain
   without ends; a texture that is shifted across the seam has the shifted field, energies and motion, term by term and on any number of ranks, with grains,
   regions and holes that lie across it as well. */
#include <magnet_case.h>

#define GAMMA0 2.21e5

/* ---- helices and waves ---- */
typedef struct {
  PetscReal q[2], height; /* 1/m; m_z of the cone about z */
  int axis;               /* -1: cone about z; 0, 1: a helix about x, y */
} Wave;

static void wave(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const Wave *w = context;
  const PetscReal phase = w->q[0] * x + w->q[1] * y, side = PetscSqrtReal(1 - PetscSqr(w->height));

  m[0] = w->axis < 0 ? side * PetscCosReal(phase) : w->axis ? PetscSinReal(phase) : 0;
  m[1] = w->axis < 0 ? side * PetscSinReal(phase) : w->axis ? 0 : PetscCosReal(phase);
  m[2] = w->axis < 0 ? w->height : w->axis ? PetscCosReal(phase) : PetscSinReal(phase);
}

/* The energy of every bond is that of the angle q d; with the bulk interaction each gains D sin(q d)/d, and nothing is left to turn m at any cell. */
static void helix_is_exact(void **unused) {
  for (int axis = 0; axis < 2; ++axis) {
    const PetscReal Aex = 13e-12, D = 1e-3;
    PetscReal energies[8], torque, volume, exact[2], d;
    Wave w = {.axis = axis};
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK("helix"));
    d = axis ? c.g->dy : c.g->dx;
    w.q[axis] = 2 * PETSC_PI * 3 / ((PetscReal)(axis ? c.g->ny : c.g->nx) * d);
    case_fill(&c, c.m, wave, &w);
    volume = c.g->dx * c.g->dy * c.g->thickness * (PetscReal)c.g->n_film;
    exact[0] = 2 * Aex * (1 - PetscCosReal(w.q[axis] * d)) / PetscSqr(d);
    exact[1] = -D * PetscSinReal(w.q[axis] * d) / d;
    CHECK(HfMagnetEnergies(c.magnet, 0, c.m, energies));
    assert_string_equal(HfMagnetTermName(c.magnet, 0), "exchange");
    assert_string_equal(HfMagnetTermName(c.magnet, 1), "dmi_bulk");
    for (int k = 0; k < 2; ++k) ASSERT_NEAR(energies[k] / volume, exact[k], 1e-12 * PetscAbsReal(exact[k]));
    CHECK(HfMagnetMaxTorque(c.magnet, 0, c.m, &torque));
    ASSERT_NEAR(torque, 0, 1e-13);
    case_destroy(&c);
  }
}

/* A cone of any height about the field precesses as a whole: omega = gamma0 (H + (2 Aex/(mu0 Ms)) m_z (2 - 2 cos(q d))/d^2). */
static void spin_wave_has_its_frequency(void **unused) {
  static const char *const methods[] = {"5dp", "bdf"};

  for (int k = 0; k < 4; ++k) {
    const PetscReal H = 1e5;
    Wave w = {.axis = -1, .height = 0.6};
    PetscReal omega, turned, at[3], most = 0;
    Case c;
    Vec end;
    const int along = k / 2;
    PetscReal d;

    AT_MOST_ON(k % 2 ? 2 : 4);
    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("wave", "method=%s; tolerance=%g", methods[k % 2], k % 2 ? 1e-7 : 1e-8));
    d = along ? c.g->dy : c.g->dx;
    w.q[along] = 2 * PETSC_PI * 2 / ((PetscReal)(along ? c.g->ny : c.g->nx) * d);
    case_fill(&c, c.m, wave, &w);
    CHECK(VecDuplicate(c.m, &end));
    omega = GAMMA0 * (H + HfMagnetExchangeConstant(c.magnet, 0) * w.height * 2 * (1 - PetscCosReal(w.q[along] * d)) / PetscSqr(d));
    turned = 2 * PETSC_PI / omega;
    CHECK(HfMagnetAdvance(c.magnet, c.m, 0, turned, NULL, NULL));
    case_fill(&c, end, wave, &w);
    CHECK(VecAXPY(end, -1, c.m));
    CHECK(VecNorm(end, NORM_INFINITY, &most));
    wave(0, 0, &w, at);
    print_message("spin wave by %s: off by %.3g after one turn\n", methods[k % 2], most);
    ASSERT_NEAR(most, 0, k % 2 ? 1e-4 : 1e-5);
    CHECK(VecDestroy(&end));
    case_destroy(&c);
  }
}

/* ---- shifts ---- */
typedef struct {
  const HfGridInfo *g;
  PetscInt by[2];
} Shift;

static void random_texture(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const Shift *s = context;
  const HfGridInfo *g = s->g;
  const PetscInt i = (PetscInt)floor((x - g->x0) / g->dx), j = (PetscInt)floor((y - g->y0) / g->dy);
  const PetscInt a = (i - s->by[0] + g->nx) % g->nx, b = (j - s->by[1] + g->ny) % g->ny;
  PetscReal length = 0;

  HfRandomNormal(1, HF_STREAM_TEST, 0, (PetscInt64)b * g->nx + a, 3, m);
  for (int c = 0; c < 3; ++c) length += m[c] * m[c];
  for (int c = 0; c < 3; ++c) m[c] /= PetscSqrtReal(length);
}

/* Largest difference between v of this rank's rows and w, of all rows, shifted; relative to the largest number of w. */
static PetscReal apart(const Case *c, PetscInt dof, Vec v, Vec w, const PetscInt by[2]) {
  const HfGridInfo *g = c->g;
  const PetscScalar *x, *y;
  PetscReal most = 0, norm;

  CHECK(VecNorm(w, NORM_INFINITY, &norm));
  CHECK(VecGetArrayRead(v, &x));
  CHECK(VecGetArrayRead(w, &y));
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j)
    for (PetscInt i = 0; i < g->xm; ++i)
      for (PetscInt k = 0; k < dof; ++k) {
        const PetscInt a = (g->xs + i - by[0] + g->nx) % g->nx, b = (j - by[1] + g->ny) % g->ny;
        const PetscReal d = PetscAbsReal(x[dof * ((j - g->ys) * g->xm + i) + k] - y[dof * (b * g->nx + a) + k]);
        most = d <= most ? most : d;
      }
  CHECK(VecRestoreArrayRead(w, &y));
  CHECK(VecRestoreArrayRead(v, &x));
  CHECK(MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPIU_REAL, MPIU_MAX, PETSC_COMM_WORLD));
  return norm > 0 ? most / norm : most;
}

/* The film of `shifted`, on all ranks, is that of `plain` shifted by so many cells. */
static void compare_terms(const char *plain_deck, const char *shifted_deck, const PetscInt by[2], PetscInt n_terms) {
  static const PetscInt none[2] = {0, 0};
  PetscReal e[2][16];
  Case plain, shifted;
  Shift s;

  case_create(&plain, PETSC_COMM_SELF, plain_deck);
  case_create(&shifted, PETSC_COMM_WORLD, shifted_deck);
  s = (Shift){plain.g, {0, 0}};
  case_fill(&plain, plain.m, random_texture, &s);
  s = (Shift){shifted.g, {by[0], by[1]}};
  case_fill(&shifted, shifted.m, random_texture, &s);
  assert_true(apart(&shifted, 3, shifted.m, plain.m, by) == 0 && (apart(&shifted, 3, shifted.m, plain.m, none) > 0.1 || by == none));
  CHECK(HfMagnetEnergies(plain.magnet, 0, plain.m, e[0]));
  CHECK(HfMagnetEnergies(shifted.magnet, 0, shifted.m, e[1]));
  assert_int_equal(HfMagnetTermCount(plain.magnet), n_terms);
  for (PetscInt k = 0; k < HfMagnetTermCount(plain.magnet); ++k) {
    const char *term = HfMagnetTermName(plain.magnet, k);
    const PetscReal tolerance = !strcmp(term, "demag") ? 1e-12 : 0; /* others: the same operations in each cell */
    char name[64];

    ASSERT_NEAR(e[1][k], e[0][k], 1e-12 * PetscAbsReal(e[0][k]));
    for (PetscInt dof = 1; dof <= 3; dof += 2) {
      Vec v, w;

      CHECK(HfGridCreateCellVec(shifted.grid, dof, &v));
      CHECK(HfGridCreateCellVec(plain.grid, dof, &w));
      snprintf(name, sizeof name, "%s_%s", dof == 1 ? "e" : "H", term);
      CHECK(HfMagnetOutput(shifted.magnet, name, 0, shifted.m, v));
      CHECK(HfMagnetOutput(plain.magnet, name, 0, plain.m, w));
      ASSERT_NEAR(apart(&shifted, dof, v, w, by), 0, tolerance);
      CHECK(VecDestroy(&v));
      CHECK(VecDestroy(&w));
    }
  }
  case_destroy(&plain);
  case_destroy(&shifted);
}

static void every_term_is_invariant(void **unused) {
  compare_terms(DECK("film terms"), DECK("film terms"), (PetscInt[]){5, 3}, 6);
  compare_terms(DECK("film terms"), DECK("film terms"), (PetscInt[]){1, 17}, 6);
  compare_terms(DECK_WITH("one-way terms", "periodic=%s", "x"), DECK_WITH("one-way terms", "periodic=%s", "x"), (PetscInt[]){7, 0}, 6);
  compare_terms(DECK_WITH("one-way terms", "periodic=%s", "y"), DECK_WITH("one-way terms", "periodic=%s", "y"), (PetscInt[]){0, 7}, 6);
}

/* A region and a hole in the middle, or in four parts at the corners. */
static void interfaces_and_holes_lie_across_the_seam(void **unused) { compare_terms(DECK("middle"), DECK("corners"), (PetscInt[]){10, 9}, 4); }

static void grains_go_on_across_the_seam(void **unused) {
  const PetscReal size = 20e-9;
  PetscInt64 seen = 0;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK("film"));
  for (int k = 0; k < 2000; ++k) {
    const PetscReal lx = -2 * c.g->x0, ly = -2 * c.g->y0;
    PetscReal u[2];
    PetscInt64 grain;

    HfRandomUniform(2, HF_STREAM_TEST, 1, k, 2, u);
    u[0] *= lx;
    u[1] *= ly;
    grain = HfGridGrainAt(c.grid, size, 3, u[0], u[1]);
    assert_true(HfGridGrainAt(c.grid, size, 3, u[0] - lx, u[1]) == grain && HfGridGrainAt(c.grid, size, 3, u[0] + lx, u[1] - ly) == grain);
    seen = grain > seen ? grain : seen;
    /* no edge of a grain along the seam */
    assert_true(HfGridGrainAt(c.grid, size, 3, c.g->x0 + 1e-15, u[1]) == HfGridGrainAt(c.grid, size, 3, -c.g->x0 - 1e-15, u[1]));
  }
  assert_true(seen > 0);
  case_destroy(&c);
}

/* Time steps, in one pass and stage by stage, and relaxation. */
static void motion_is_invariant(void **unused) {
  static const char *const methods[] = {"5dp", "3bs", "bdf"};
  static const PetscInt by[2] = {4, 9};

  for (int k = 0; k < 4; ++k) {
    const PetscReal time = k < 2 ? 1e-12 : 2e-12;
    const char *deck = DECK_WITH(k == 1 ? "film method terms" : "film method local", "method=%s", methods[k % 3]);
    Case plain, shifted;
    Shift s;

    case_create(&plain, PETSC_COMM_SELF, deck);
    case_create(&shifted, PETSC_COMM_WORLD, deck);
    s = (Shift){plain.g, {0, 0}};
    case_fill(&plain, plain.m, random_texture, &s);
    s = (Shift){shifted.g, {by[0], by[1]}};
    case_fill(&shifted, shifted.m, random_texture, &s);
    if (k == 3) {
      PetscBool converged;
      CHECK(HfMagnetRelax(plain.magnet, 0, plain.m, 1e-12, 3e-12, NULL, NULL, &converged));
      CHECK(HfMagnetRelax(shifted.magnet, 0, shifted.m, 1e-12, 3e-12, NULL, NULL, &converged));
    } else {
      CHECK(HfMagnetAdvance(plain.magnet, plain.m, 0, time, NULL, NULL));
      CHECK(HfMagnetAdvance(shifted.magnet, shifted.m, 0, time, NULL, NULL));
    }
    print_message("motion %d: %.3g\n", k, apart(&shifted, 3, shifted.m, plain.m, by));
    ASSERT_NEAR(apart(&shifted, 3, shifted.m, plain.m, by), 0, k == 0 ? 1e-13 : k == 1 ? 1e-9 : 1e-4); /* single precision; tolerance of the steps */
    case_destroy(&plain);
    case_destroy(&shifted);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(helix_is_exact),
    cmocka_unit_test(spin_wave_has_its_frequency),
    cmocka_unit_test(every_term_is_invariant),
    cmocka_unit_test(interfaces_and_holes_lie_across_the_seam),
    cmocka_unit_test(grains_go_on_across_the_seam),
    cmocka_unit_test(motion_is_invariant),
};
HF_TEST_MAIN(tests)
