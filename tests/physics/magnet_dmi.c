/* Chiral films with known answers: the twist at an edge, in a narrow strip, helices across two materials, mirror images. */
#include <magnet_case.h>

#define AEX 13e-12
#define D   3e-3
#define KU  4e5
static const char *const kinds[] = {"Dbulk", "Dinterfacial"};

/* A film 100 nm long with its ends at |x| = 50 nm, relaxed from m = z: a half wall grows from each end. The component in which m tilts, positive at the left
   end, in the cells of row j; NULL on ranks without it. */
static void relax_edges(Case *c, MPI_Comm comm, int kind, PetscReal cell, PetscReal width) {
  PetscBool converged;

  case_create(c, comm, DECK_WITH("edges", "width=%g nm; cell=%g nm; kind=%s", width, cell, kinds[kind]));
  CHECK(HfMagnetRelax(c->magnet, 0, c->m, 1e-7, 1e-6, NULL, NULL, &converged));
  assert_true(converged);
}

/* The half wall: tan(theta/2) = tan(theta0/2) exp(-s/Delta), s the distance from the end, sin(theta0) = D/(2 sqrt(Aex K)); the other end adds 1e-7. */
static void profile_errors(Case *c, int kind, PetscReal K, PetscReal error[3]) {
  const PetscReal edge = D / (2 * PetscSqrtReal(AEX * K)), width = PetscSqrtReal(AEX / K), start = PetscTanReal(0.5 * PetscAsinReal(edge));
  const PetscInt j = c->g->ny / 2;
  const PetscScalar *a;

  error[0] = error[1] = error[2] = 0;
  CHECK(VecGetArrayRead(c->m, &a));
  if (j >= c->g->ys && j < c->g->ys + c->g->ym) {
    const PetscScalar *m = a + 3 * c->g->nx * (j - c->g->ys) + (kind == 0 ? 1 : 0);

    for (PetscInt i = 0; i < c->g->nx; ++i) {
      const PetscReal x = c->g->x0 + ((PetscReal)i + 0.5) * c->g->dx, s = 50e-9 - PetscAbsReal(x);
      const PetscReal theta = 2 * PetscAtanReal(start * PetscExpReal(-s / width));
      error[0] = PetscMax(error[0], PetscAbsReal(m[3 * i] + (x > 0 ? 1 : -1) * PetscSinReal(theta)));
    }
    error[1] = PetscAbsReal(m[0] - edge);                    /* the last cell for the edge */
    error[2] = PetscAbsReal(0.5 * (3 * m[0] - m[3]) - edge); /* extrapolated to the edge */
  }
  CHECK(VecRestoreArrayRead(c->m, &a));
  assert_int_equal(MPI_Allreduce(MPI_IN_PLACE, error, 3, MPIU_REAL, MPIU_MAX, HfGridComm(c->grid)), MPI_SUCCESS);
}

/* Cortes-Ortuno et al. 2018: D/(2 sqrt(Aex Ku)) = 0.65779 at the edge. In the middle of a film so wide that its other edges are not felt (1e-6). */
static void standard_problem_has_the_published_edge(void **unused) {
  AT_MOST_ON(2); /* magnet_ranks.c compares more ranks */
  ASSERT_NEAR(D / (2 * PetscSqrtReal(AEX * KU)), 0.65779, 1e-5);
  for (int kind = 0; kind < 2; ++kind) {
    PetscReal error[3][3];

    for (int level = 0; level < 3; ++level) {
      Case c;

      relax_edges(&c, PETSC_COMM_WORLD, kind, 2.0 / (1 << level), 160);
      profile_errors(&c, kind, KU, error[level]);
      case_destroy(&c);
    }
    for (int what = 0; what < 3; ++what)
      print_message("%s, %s: error %.3g %.3g %.3g\n", kinds[kind], (const char *[]){"profile", "last cell", "edge"}[what], error[0][what],
                    error[1][what], error[2][what]);
    ASSERT_NEAR(error[2][2], 0, 1e-3);
    for (int level = 0; level < 2; ++level) { /* cells of 2 nm are a third of the wall's width: the order is still 1.8 there */
      ASSERT_NEAR(log2(error[level][0] / error[level + 1][0]), 2, 0.25);
      ASSERT_NEAR(log2(error[level][1] / error[level + 1][1]), 1, 0.1);
      ASSERT_NEAR(log2(error[level][2] / error[level + 1][2]), 2, 0.3);
    }
  }
}

/* One row of cells: m turns freely across it, which gains D^2/(4 Aex) for the components that turn; the wall then sees Ku + D^2/(4 Aex). */
static void narrow_strip_twists_across(void **unused) {
  AT_MOST_ON(1);
  for (int kind = 0; kind < 2; ++kind) {
    PetscReal error[3][3];

    for (int level = 0; level < 3; ++level) {
      const PetscReal cell = 1.0 / (1 << level);
      Case c;

      relax_edges(&c, PETSC_COMM_SELF, kind, cell, cell);
      profile_errors(&c, kind, KU + D * D / (4 * AEX), error[level]);
      case_destroy(&c);
    }
    print_message("%s, strip: error %.3g %.3g %.3g\n", kinds[kind], error[0][0], error[1][0], error[2][0]);
    for (int level = 0; level < 2; ++level) ASSERT_NEAR(log2(error[level][0] / error[level + 1][0]), 2, 0.2);
  }
}

/* Helix (bulk) or cycloid (interfacial) along x; pitch k0 for x < 0, k1 for x > 0. */
typedef struct {
  int kind;
  PetscReal k[2];
} Helix;

static void helix(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const Helix *h = context;
  const PetscReal angle = h->k[x > 0] * x;
  m[0] = h->kind ? -PetscSinReal(angle) : 0;
  m[1] = h->kind ? 0 : PetscCosReal(angle);
  m[2] = h->kind ? PetscCosReal(angle) : PetscSinReal(angle);
}

/* Energy of 10 rows (J): that of a film of 20 rows less that of one of 10, so that the edges along x are not in it. */
static PetscReal rows_energy(Case c[2], Helix *h) {
  for (int k = 0; k < 2; ++k) case_fill(&c[k], c[k].m, helix, h);
  return case_energy(&c[1], 0, c[1].m) - case_energy(&c[0], 0, c[0].m);
}

static void create_pair(Case c[2], const char *film, int kind, PetscReal cell) {
  for (int k = 0; k < 2; ++k)
    case_create(&c[k], PETSC_COMM_WORLD, DECK_WITH(film, "width=%g nm; cell=%g nm; kind=%s", 10 * cell * (k + 1), cell, kinds[kind]));
}

/* The helix of period 4 pi Aex/D has the lowest energy of all helices; the minimum is found by golden section. */
static void period_of_the_spiral(void **unused) {
  const PetscReal ratio = 0.5 * (PetscSqrtReal(5) - 1), exact = D / (2 * AEX);

  for (int kind = 0; kind < 2; ++kind) {
    PetscReal error[3];

    for (int level = 0; level < 3; ++level) {
      PetscReal low = 0.5 * exact, high = 1.5 * exact;
      Case c[2];

      create_pair(c, "strip", kind, 4.0 / (1 << level));
      for (int n = 0; n < 34; ++n) { /* to 1e-7: a minimum is flat */
        const PetscReal a = high - ratio * (high - low), b = low + ratio * (high - low);
        Helix ha = {kind, {a, a}}, hb = {kind, {b, b}};
        if (rows_energy(c, &ha) < rows_energy(c, &hb))
          high = b;
        else
          low = a;
      }
      error[level] = PetscAbsReal(0.5 * (low + high) / exact - 1);
      for (int k = 0; k < 2; ++k) case_destroy(&c[k]);
    }
    print_message("%s, period: relative error %.3g %.3g %.3g\n", kinds[kind], error[0], error[1], error[2]);
    for (int level = 0; level < 2; ++level) ASSERT_NEAR(log2(error[level] / error[level + 1]), 2, 0.15);
  }
}

/* Two materials, each with its own helix, of opposite hands: -D^2/(4 Aex) in each up to the ends and to the interface. */
static void helix_energy_is_second_order_across_a_joint(void **unused) {
  for (int kind = 0; kind < 2; ++kind) {
    PetscReal error[3];

    for (int level = 0; level < 3; ++level) {
      const PetscReal cell = 4.0 / (1 << level), volume = 100e-9 * 10 * cell * 1e-9 * 1e-9;
      const PetscReal exact = -volume * (D * D / (4 * AEX) + 2e-3 * 2e-3 / (4 * 5e-12));
      Helix h = {kind, {D / (2 * AEX), -2e-3 / (2 * 5e-12)}};
      Case c[2];

      create_pair(c, "strip other-right-half", kind, cell);
      error[level] = PetscAbsReal(rows_energy(c, &h) / exact - 1);
      for (int k = 0; k < 2; ++k) case_destroy(&c[k]);
    }
    print_message("%s, two materials: relative error %.3g %.3g %.3g\n", kinds[kind], error[0], error[1], error[2]);
    for (int level = 0; level < 2; ++level) ASSERT_NEAR(log2(error[level] / error[level + 1]), 2, 0.2);
  }
}

/* A mirror at x = 0 turns bulk DMI into its negative and leaves interfacial DMI alone; m is an axial vector. */
static void rough(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal sign = *(PetscReal *)context, a = 1 + 1e8 * sign * x - 5e7 * y + 1e15 * x * y * sign, b = 1e8 * y + 4e7 * sign * x;
  m[0] = PetscSinReal(a) * PetscCosReal(b);
  m[1] = sign * PetscSinReal(a) * PetscSinReal(b);
  m[2] = sign * PetscCosReal(a);
}

static void mirror_image_changes_the_sign_of_bulk_alone(void **unused) {
  PetscReal e[2];

  for (int k = 0; k < 2; ++k) {
    PetscReal sign = k ? -1 : 1;
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("disk-off-centre", "x=%g nm; Dbulk=%g mJ/m^2", 4 * sign, 3 * sign));
    case_fill(&c, c.m, rough, &sign);
    e[k] = case_energy(&c, 0, c.m);
    case_destroy(&c);
  }
  ASSERT_NEAR(e[1] / e[0], 1, 1e-12);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(standard_problem_has_the_published_edge),
    cmocka_unit_test(narrow_strip_twists_across),
    cmocka_unit_test(period_of_the_spiral),
    cmocka_unit_test(helix_energy_is_second_order_across_a_joint),
    cmocka_unit_test(mirror_image_changes_the_sign_of_bulk_alone),
};
HF_TEST_MAIN(tests)
