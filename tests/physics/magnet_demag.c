/* The demagnetizing field against independent results: a body does not depend on how it is cut into cells; demagnetizing factors of prism, cube and
   cylinder in closed form; the sum over all pairs of cells. magnet/newell.h: single elements of the tensor are checked, beside the field of a film. */
#include <magnet/newell.h>
#include <magnet_case.h>

/* A prism of nx x ny cells magnetized along an axis: the mean of the tensor over all pairs of cells is the tensor of the prism as one cell, whatever the
   cells; near and far forms both enter. */
static void parts_add_up_to_the_whole(void **unused) {
  static const struct {
    PetscInt nx, ny;
    PetscReal lx, ly, lz;
  } cases[] = {{60, 60, 1, 1, 1}, {80, 30, 1, 2, 0.3}, {70, 40, 4, 4, 30}, {300, 4, 2, 3, 1}, {90, 50, 4, 4, 1000}};

  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(cases); ++k) {
    const PetscInt nx = cases[k].nx, ny = cases[k].ny;
    const PetscReal lx = cases[k].lx, ly = cases[k].ly, lz = cases[k].lz;
    PetscReal sum[4] = {0, 0, 0, 0}, whole[4], N[4];

    for (PetscInt j = 1 - ny; j < ny; ++j) {
      for (PetscInt i = 1 - nx; i < nx; ++i) {
        const PetscReal pairs = (PetscReal)((nx - PetscAbsInt(i)) * (ny - PetscAbsInt(j))) / (PetscReal)(nx * ny);
        HfNewell((PetscReal)i * lx, (PetscReal)j * ly, lx, ly, lz, N);
        for (int a = 0; a < 4; ++a) sum[a] += pairs * N[a];
        ASSERT_NEAR(N[0] + N[2] + N[3], i || j ? 0 : 1, 2e-14); /* the trace */
      }
    }
    HfNewell(0, 0, (PetscReal)nx * lx, (PetscReal)ny * ly, lz, whole);
    for (int a = 0; a < 4; ++a) ASSERT_NEAR(sum[a], whole[a], 1e-11); /* round-off of each of up to 1e4 cells, 1e-15 */
  }
}

/* Aharoni, J. Appl. Phys. 83, 3432 (1998), Eq. (1): factor along c of a prism with the half edges a, b, c. */
static PetscReal aharoni(PetscReal a, PetscReal b, PetscReal c) {
  const PetscReal r = PetscSqrtReal(a * a + b * b + c * c), ab = PetscSqrtReal(a * a + b * b), bc = PetscSqrtReal(b * b + c * c),
                  ac = PetscSqrtReal(a * a + c * c);
  PetscReal sum = (b * b - c * c) / (2 * b * c) * PetscLogReal((r - a) / (r + a)) + (a * a - c * c) / (2 * a * c) * PetscLogReal((r - b) / (r + b));

  sum += b / (2 * c) * PetscLogReal((ab + a) / (ab - a)) + a / (2 * c) * PetscLogReal((ab + b) / (ab - b));
  sum += c / (2 * a) * PetscLogReal((bc - b) / (bc + b)) + c / (2 * b) * PetscLogReal((ac - a) / (ac + a));
  sum += 2 * PetscAtanReal(a * b / (c * r)) + (a * a * a + b * b * b - 2 * c * c * c) / (3 * a * b * c);
  sum += (a * a + b * b - 2 * c * c) / (3 * a * b * c) * r + c / (a * b) * (ac + bc);
  sum -= (ab * ab * ab + bc * bc * bc + ac * ac * ac) / (3 * a * b * c);
  return sum / PETSC_PI;
}

static void prism_and_cube_have_their_factors(void **unused) {
  static const PetscReal prisms[][3] = {{1, 1, 1}, {5, 3, 1}, {500, 125, 3}, {2, 2, 40}};
  PetscReal N[4];

  HfNewell(0, 0, 1, 1, 1, N);
  ASSERT_NEAR(N[0], 1.0 / 3, 1e-15);
  ASSERT_NEAR(N[3], 1.0 / 3, 1e-15);
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(prisms); ++k) {
    const PetscReal x = prisms[k][0], y = prisms[k][1], z = prisms[k][2];
    HfNewell(0, 0, x, y, z, N);
    ASSERT_NEAR(N[0], aharoni(y / 2, z / 2, x / 2), 1e-11); /* the logarithms of Aharoni's form lose digits in flat prisms */
    ASSERT_NEAR(N[2], aharoni(z / 2, x / 2, y / 2), 1e-11);
    ASSERT_NEAR(N[3], aharoni(x / 2, y / 2, z / 2), 1e-11);
    ASSERT_NEAR(N[1], 0, 0);
  }
}

/* Distant cells interact as dipoles, with a relative error of (size/distance)^2. */
static void far_cells_are_dipoles(void **unused) {
  PetscReal before = 0;

  for (PetscReal R = 30; R < 1000; R *= 2) {
    const PetscReal x = 0.6 * R, y = -0.8 * R, factor = 0.5 / (4 * PETSC_PI * R * R * R);
    PetscReal N[4], worst;

    HfNewell(x, y, 1, 1, 0.5, N);
    worst = PetscAbsReal(N[0] / (factor * (1 - 3 * 0.36)) - 1);
    worst = PetscMax(worst, PetscAbsReal(N[1] / (factor * 3 * 0.48) - 1));
    worst = PetscMax(worst, PetscAbsReal(N[2] / (factor * (1 - 3 * 0.64)) - 1));
    worst = PetscMax(worst, PetscAbsReal(N[3] / factor - 1));
    assert_true(worst < 20 / (R * R));
    if (before > 0) assert_true(worst < 0.3 * before);
    before = worst;
  }
}

/* K and E of the modulus squared k2 by the arithmetic-geometric mean. */
static void elliptic(PetscReal k2, PetscReal *K, PetscReal *E) {
  PetscReal a = 1, b = PetscSqrtReal(1 - k2), c = PetscSqrtReal(k2), power = 0.5, sum = 0.5 * k2;

  while (PetscAbsReal(c) > 1e-17) {
    const PetscReal mean = 0.5 * (a + b);
    c = 0.5 * (a - b);
    b = PetscSqrtReal(a * b);
    a = mean;
    power *= 2;
    sum += power * c * c;
  }
  *K = 0.5 * PETSC_PI / a;
  *E = *K * (1 - sum);
}

/* Magnetometric factor along the axis of a cylinder of thickness t and radius R, tau = t/(2R) (Joseph, J. Appl. Phys. 37, 4639 (1966)). */
static PetscReal cylinder(PetscReal tau) {
  const PetscReal kappa2 = 1 / (1 + tau * tau);
  PetscReal K, E;

  elliptic(kappa2, &K, &E);
  return 1 + 4 / (3 * PETSC_PI * tau) * (1 - ((1 - tau * tau) * E + tau * tau * K) / PetscSqrtReal(kappa2));
}

static void straight_up(PetscReal x, PetscReal y, void *context, PetscReal m[3]) { m[0] = m[1] = 0, m[2] = 1; }
static void along_x(PetscReal x, PetscReal y, void *context, PetscReal m[3]) { m[1] = m[2] = 0, m[0] = 1; }

#define MS 8e5
static const char *const precisions[] = {"double", "single"};

/* -2E/(mu0 Ms^2 V) is the mean factor, here of a disk with a staircase rim. */
static void check_disk(const char *precision, PetscReal round_off) {
  const PetscReal exact = cylinder(0.1);
  PetscReal error[2];

  for (int level = 0; level < 2; ++level) {
    PetscReal factor[2];
    Case c;

    case_create(&c, PETSC_COMM_WORLD, DECK_WITH("disk", "cell=%g nm;precision=%s", level ? 2.0 : 5.0, precision));
    for (int axis = 0; axis < 2; ++axis) {
      const PetscReal volume = c.g->n_film * c.g->dx * c.g->dy * c.g->thickness;
      case_fill(&c, c.m, axis ? along_x : straight_up, NULL);
      factor[axis] = case_energy(&c, 0, c.m) / (0.5 * HF_MU0 * MS * MS * volume);
    }
    ASSERT_NEAR(factor[0] + 2 * factor[1], 1, round_off); /* the trace, by symmetry of the disk */
    error[level] = PetscAbsReal(factor[0] - exact);
    case_destroy(&c);
  }
  assert_true(error[0] < 4e-3);
  assert_true(error[1] < 0.5 * error[0]); /* the steps of the rim get finer */
}

static void disk_has_the_factors_of_a_cylinder(void **unused) {
  ASSERT_NEAR(cylinder(0.9065), 1.0 / 3, 1e-4); /* the cylinder that has the factor of a sphere */
  check_disk("double", 1e-9);
  check_disk("single", 1e-7);
}

static void rough(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal a = 1 + 3e14 * x * y + 4e7 * y, b = 2e8 * x - 5e8 * y + 1;
  m[0] = PetscSinReal(b) * PetscCosReal(a);
  m[1] = PetscSinReal(b) * PetscSinReal(a);
  m[2] = PetscCosReal(b);
}

/* Two materials in a film full of holes: the field is that of all pairs of cells, on any number of ranks. */
static void check_pairs(const char *precision, PetscReal round_off) {
  const PetscScalar *H;
  PetscReal *M, worst = 0;
  Vec field;
  Case c;

  case_create(&c, PETSC_COMM_WORLD, DECK_WITH("two-materials", "precision=%s", precision));
  case_fill(&c, c.m, rough, NULL);
  CHECK(VecDuplicate(c.m, &field));
  CHECK(HfMagnetEffectiveField(c.magnet, 0, c.m, field));
  /* Ms m of all cells, from the function and the mask, which every rank can evaluate */
  CHECK(PetscCalloc1(3 * c.g->nx * c.g->ny, &M));
  for (PetscInt j = c.g->ys; j < c.g->ys + c.g->ym; ++j)
    for (PetscInt i = 0; i < c.g->nx; ++i) {
      const PetscInt region = HfRegionAt(c.g, HfGridRegions(c.grid), i, j);
      PetscReal *at = M + 3 * (j * c.g->nx + i);
      if (region < 0) continue;
      rough(c.g->x0 + ((PetscReal)i + 0.5) * c.g->dx, c.g->y0 + ((PetscReal)j + 0.5) * c.g->dy, NULL, at);
      for (int a = 0; a < 3; ++a) at[a] *= region ? 5e5 : 8e5;
    }
  assert_int_equal(MPI_Allreduce(MPI_IN_PLACE, M, (PetscMPIInt)(3 * c.g->nx * c.g->ny), MPIU_REAL, MPI_SUM, PETSC_COMM_WORLD), MPI_SUCCESS);
  CHECK(VecGetArrayRead(field, &H));
  for (PetscInt j = c.g->ys; j < c.g->ys + c.g->ym; ++j)
    for (PetscInt i = 0; i < c.g->nx; ++i) {
      PetscReal sum[3] = {0, 0, 0};
      if (HfRegionAt(c.g, HfGridRegions(c.grid), i, j) < 0) continue;
      for (PetscInt v = 0; v < c.g->ny; ++v)
        for (PetscInt u = 0; u < c.g->nx; ++u) {
          const PetscReal *from = M + 3 * (v * c.g->nx + u);
          PetscReal N[4];
          HfNewell((PetscReal)(i - u) * c.g->dx, (PetscReal)(j - v) * c.g->dy, c.g->dx, c.g->dy, c.g->thickness, N);
          sum[0] -= N[0] * from[0] + N[1] * from[1];
          sum[1] -= N[1] * from[0] + N[2] * from[1];
          sum[2] -= N[3] * from[2];
        }
      for (int a = 0; a < 3; ++a) worst = PetscMax(worst, PetscAbsReal(H[3 * ((j - c.g->ys) * c.g->nx + i) + a] - sum[a]) / MS);
    }
  CHECK(VecRestoreArrayRead(field, &H));
  ASSERT_NEAR(worst, 0, round_off);
  CHECK(PetscFree(M));
  CHECK(VecDestroy(&field));
  case_destroy(&c);
}

static void field_is_the_sum_over_all_pairs(void **unused) {
  check_pairs("double", 1e-13);
  check_pairs("single", 3e-7);
}

/* Textures of the film below; lengths in m. */
static void vortex(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  const PetscReal r = PetscSqrtReal(x * x + y * y + 1e-24);
  m[2] = PetscExpReal(-r * r / 4e-16);
  m[0] = -y / r * PetscSqrtReal(1 - m[2] * m[2]);
  m[1] = x / r * PetscSqrtReal(1 - m[2] * m[2]);
}
static void stripes(PetscReal x, PetscReal y, void *context, PetscReal m[3]) {
  m[2] = PetscTanhReal(10 * PetscSinReal(5e7 * (x + 0.4 * y)));
  m[0] = 0;
  m[1] = PetscSqrtReal(1 - m[2] * m[2]);
}

/* The field in single precision against that in double: max and root mean square relative to Ms. */
static void single_precision_is_exact_to_1e_6(void **unused) {
  static const struct {
    const char *name;
    void (*f)(PetscReal x, PetscReal y, void *context, PetscReal m[3]);
  } textures[] = {{"up", straight_up}, {"along x", along_x}, {"vortex", vortex}, {"stripes", stripes}, {"rough", rough}};
  static const PetscReal thickness[] = {1, 60}; /* nm, of cells of 4 nm */

  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(thickness); ++k) {
    Vec field[2];
    Case c[2];

    for (int p = 0; p < 2; ++p) {
      case_create(&c[p], PETSC_COMM_WORLD, DECK_WITH("square", "thickness=%g nm;precision=%s", thickness[k], precisions[p]));
      CHECK(VecDuplicate(c[p].m, &field[p]));
    }
    for (size_t t = 0; t < PETSC_STATIC_ARRAY_LENGTH(textures); ++t) {
      PetscReal max, rms;

      for (int p = 0; p < 2; ++p) {
        case_fill(&c[p], c[p].m, textures[t].f, NULL);
        CHECK(HfMagnetEffectiveField(c[p].magnet, 0, c[p].m, field[p]));
      }
      CHECK(VecAXPY(field[1], -1, field[0]));
      CHECK(VecNorm(field[1], NORM_INFINITY, &max));
      CHECK(VecNorm(field[1], NORM_2, &rms));
      rms /= MS * PetscSqrtReal((PetscReal)c[0].g->n_film);
      max /= MS;
      CHECK(PetscPrintf(PETSC_COMM_WORLD, "thickness %6.1f nm, %-8s error of the field: max %.1e Ms, rms %.1e Ms\n", (double)thickness[k],
                        textures[t].name, (double)max, (double)rms));
      assert_true(max < 5e-7);
      assert_true(rms < 1.5e-7);
    }
    for (int p = 0; p < 2; ++p) {
      CHECK(VecDestroy(&field[p]));
      case_destroy(&c[p]);
    }
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(parts_add_up_to_the_whole),       cmocka_unit_test(prism_and_cube_have_their_factors),
    cmocka_unit_test(far_cells_are_dipoles),           cmocka_unit_test(disk_has_the_factors_of_a_cylinder),
    cmocka_unit_test(field_is_the_sum_over_all_pairs), cmocka_unit_test(single_precision_is_exact_to_1e_6),
};
HF_TEST_MAIN(tests)
