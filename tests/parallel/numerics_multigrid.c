/* The V-cycle of the vertices: symmetric, positive definite, the same on any number of ranks, and a fast solver by itself; also for an operator whose coarse
   levels are singular. Operator: bilinear elements of an isotropic conductor, random from cell to cell, with held vertices and void cells. */
#include "hf_test.h"
#include <hopfilm/numerics.h>

typedef struct {
  PetscInt nx, ny;
  PetscReal share;  /* of the cells that conduct */
  PetscReal factor; /* a cycle leaves less than this of the residual: 0.03 to 0.05 of a whole film, as multigrid should; holes cost */
} Case;
/* The last one: single cells far apart, of which the coarsest level sees so little that its operator is singular. */
static const Case cases[] = {{64, 64, 1, 0.08},  {97, 61, 1, 0.08},     {150, 9, 1, 0.08},     {9, 150, 1, 0.08},
                             {90, 77, 0.7, 0.5}, {120, 110, 0.15, 0.5}, {120, 110, 0.004, 0.6}};
enum { CYCLES = 7 };

typedef struct {
  HfGrid grid;
  HfGhostRows vertices;
  const HfGhostRowsInfo *rows;
  HfMultigrid multigrid;
  PetscInt n; /* owned vertices */
} Problem;

/* Conductance of a square cell, between 1 and 2; 0 beyond the grid. */
static PetscReal conductance(const Case *c, PetscInt i, PetscInt j) {
  PetscReal numbers[2];

  if (i < 0 || i >= c->nx || j < 0 || j >= c->ny) return 0;
  HfRandomUniform(11, HF_STREAM_TEST, 0, j * c->nx + i, 2, numbers);
  return numbers[0] < c->share ? 1 + numbers[1] : 0;
}
static PetscReal around(const Case *c, PetscInt i, PetscInt j) {
  return conductance(c, i, j) + conductance(c, i - 1, j) + conductance(c, i, j - 1) + conductance(c, i - 1, j - 1);
}
/* Held: a line across the middle and one vertex in 13 beside it. A piece of the conductor without any has an operator that is singular, but consistent. */
static PetscBool is_free(const Case *c, PetscInt i, PetscInt j) {
  if (j < 0 || j > c->ny || i == c->nx / 2 || (3 * i + 7 * j) % 13 == 0) return PETSC_FALSE;
  return (PetscBool)(around(c, i, j) > 0);
}

static void create(MPI_Comm comm, const Case *c, Problem *p) {
  CHECK(HfGridCreate(comm, c->nx, c->ny, 1, 1, 1, NULL, NULL, &p->grid));
  CHECK(HfGhostRowsCreateVertices(p->grid, &p->vertices));
  CHECK(HfMultigridCreate(p->vertices, &p->multigrid));
  p->rows = HfGhostRowsGetInfo(p->vertices);
  p->n = (p->rows->end - p->rows->start) * p->rows->n;
  for (PetscInt j = p->rows->start; j < p->rows->end; ++j) {
    const HfStencilRow A = HfMultigridRow(p->multigrid, j);

    for (PetscInt i = 0; i <= c->nx; ++i) {
      const PetscReal s_ne = conductance(c, i, j), s_nw = conductance(c, i - 1, j), s_se = conductance(c, i, j - 1);
      const PetscReal here = is_free(c, i, j), east = i < c->nx && is_free(c, i + 1, j);

      A.D[i] = 2.0 / 3 * here * around(c, i, j);
      A.E[i] = -1.0 / 6 * here * east * (s_ne + s_se);
      A.N[i] = -1.0 / 6 * here * is_free(c, i, j + 1) * (s_ne + s_nw);
      A.NE[i] = i < c->nx ? -1.0 / 3 * here * is_free(c, i + 1, j + 1) * s_ne : 0;
      A.NW[i] = i > 0 ? -1.0 / 3 * here * is_free(c, i - 1, j + 1) * s_nw : 0;
    }
  }
  CHECK(HfMultigridOperatorChanged(p->multigrid));
  CHECK(HfMultigridSetUp(p->multigrid));
}

static void destroy(Problem *p) {
  CHECK(HfMultigridDestroy(&p->multigrid));
  CHECK(HfGhostRowsDestroy(&p->vertices));
  CHECK(HfGridDestroy(&p->grid));
}

/* The same numbers on any number of ranks. */
static void randomize(const Case *c, const Problem *p, PetscInt64 seed, PetscReal x[]) {
  for (PetscInt k = 0; k < p->n; ++k) {
    const PetscInt i = k % p->rows->n, j = p->rows->start + k / p->rows->n;
    PetscReal number;

    HfRandomUniform(seed, HF_STREAM_TEST, 1, j * p->rows->n + i, 1, &number);
    x[k] = is_free(c, i, j) ? number - 0.5 : 0;
  }
}

/* y = A x */
static void multiply(const Problem *p, const PetscReal x[], PetscReal y[]) {
  PetscReal *ghosted;

  CHECK(HfGhostRowsAllocate(p->vertices, &ghosted));
  memcpy(ghosted + HfGhostRowsAt(p->rows, p->rows->start), x, (size_t)p->n * sizeof(PetscReal));
  CHECK(HfGhostRowsFill(p->vertices, ghosted, HF_ROWS_ALL));
  HfMultigridMult(p->multigrid, ghosted, y);
  CHECK(HfGhostRowsFree(&ghosted));
}

static PetscReal dot(const Problem *p, const PetscReal a[], const PetscReal b[]) {
  PetscReal sum = 0;

  for (PetscInt k = 0; k < p->n; ++k) sum += a[k] * b[k];
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPIU_REAL, MPI_SUM, p->rows->comm);
  return sum;
}

/* <u, B v> = <v, B u> and <u, B u> > 0, likewise A: what conjugate gradients require. */
static void test_symmetric_and_positive(void **state) {
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(cases); ++k) {
    PetscReal *u, *v, *w;
    Problem p;

    create(PETSC_COMM_WORLD, &cases[k], &p);
    CHECK(PetscMalloc3(p.n, &u, p.n, &v, p.n, &w));
    randomize(&cases[k], &p, 1, u);
    randomize(&cases[k], &p, 2, v);
    for (int op = 0; op < 2; ++op) {
      PetscReal uv, vu, uu;

      if (op)
        multiply(&p, v, w);
      else
        CHECK(HfMultigridApply(p.multigrid, v, w));
      uv = dot(&p, u, w);
      if (op)
        multiply(&p, u, w);
      else
        CHECK(HfMultigridApply(p.multigrid, u, w));
      vu = dot(&p, v, w);
      uu = dot(&p, u, w);
      assert_true(uu > 0);
      ASSERT_NEAR(uv, vu, 1e-12 * uu);
    }
    CHECK(PetscFree3(u, v, w));
    destroy(&p);
  }
}

/* x <- x + B (b - A x): the residual norms before each of the cycles. */
static void iterate(MPI_Comm comm, const Case *c, PetscReal norms[CYCLES]) {
  PetscReal *solution, *b, *x, *w, *r;
  Problem p;

  create(comm, c, &p);
  CHECK(PetscMalloc5(p.n, &solution, p.n, &b, p.n, &x, p.n, &w, p.n, &r));
  randomize(c, &p, 3, solution);
  multiply(&p, solution, b);
  memset(x, 0, (size_t)p.n * sizeof(PetscReal));
  for (int cycle = 0; cycle < CYCLES; ++cycle) {
    multiply(&p, x, w);
    for (PetscInt k = 0; k < p.n; ++k) r[k] = b[k] - w[k];
    norms[cycle] = sqrt(dot(&p, r, r));
    CHECK(HfMultigridApply(p.multigrid, r, w));
    for (PetscInt k = 0; k < p.n; ++k) x[k] += w[k];
  }
  CHECK(PetscFree5(solution, b, x, w, r));
  destroy(&p);
}

static void test_converges_alike_on_any_ranks(void **state) {
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(cases); ++k) {
    PetscReal together[CYCLES], alone[CYCLES];

    iterate(PETSC_COMM_WORLD, &cases[k], together);
    iterate(PETSC_COMM_SELF, &cases[k], alone);
    for (int n = 0; n < CYCLES; ++n) ASSERT_NEAR(together[n], alone[n], 1e-12 * alone[0]);
    assert_true(alone[CYCLES - 1] < 1e-12 * alone[0] || alone[CYCLES - 1] < pow(cases[k].factor, CYCLES - 2) * alone[1]);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_symmetric_and_positive),
    cmocka_unit_test(test_converges_alike_on_any_ranks),
};
HF_TEST_MAIN(tests)
