/* How a term of the effective field or a torque is added: one file with a const descriptor, one line in fields.def or torques.def.

   Kernels work on a span: n cells of one region, one after another along x, with the rows below and above. Rows are de-interleaved, so m[c][k] is
   component c of cell k of the span. m[c][-1] and m[c][n] exist; south[c][k] and north[c][k] for 0 <= k < n. A cell at an edge of the film or of a
   region comes as a span of one cell whose missing neighbours are already what the boundary condition implies (rows.c), so that a
   kernel has no branches and a term exactly one field and one energy. */
#pragma once
#include <hopfilm/magnet.h>

#define HF_PARAMETERS 8 /* numbers a term may keep for each region */

/* Before a loop over cells: its rows do not overlap (or are updated in place), the compiler need not ask. */
#if defined(__clang__)
  #define HF_CELLS _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
  #define HF_CELLS _Pragma("GCC ivdep")
#else
  #define HF_CELLS
#endif

typedef struct {
  PetscInt i, j, n;                            /* first cell, row, number of cells */
  const PetscReal *m[3], *south[3], *north[3]; /* [n] each, m[] also at -1 and n */
  PetscReal *H[3];                             /* [n] each, A/m; kernels add to it. Unused by energies */
} HfSpan;

/* What all terms of a region share. */
typedef struct {
  HfNode node; /* its "material:" */
  PetscReal Ms, Aex, alpha, gamma0;
} HfMaterial;

typedef struct {
  HfGrid grid;
  HfDeck deck;
  PetscInt n_regions;
  const HfMaterial *materials; /* one per region */
} HfSite;

typedef struct HfTerm_ HfTerm;
typedef struct {
  const char *name;
  const char *doc;      /* one sentence with the energy density */
  const char *citation; /* key for HfCite() or NULL */
  const char *prefix;   /* of its keys: "material:" or "field" or "" */
  const HfKey *keys;    /* NULL: none of its own */
  /* State of the term as a whole (tables, fields), or NULL. Collective. */
  PetscErrorCode (*create)(HfTerm *term, const HfSite *site);
  PetscErrorCode (*destroy)(HfTerm *term);
  /* Numbers of one region; *active says whether the term acts there. */
  PetscErrorCode (*set_up)(HfTerm *term, const HfSite *site, PetscInt region, PetscReal p[], PetscBool *active);
  /* Before the rows of an evaluation at time t. Collective. May be NULL. */
  PetscErrorCode (*prepare)(HfTerm *term, PetscReal t, Vec m);
  PetscBool whole; /* prepare() reads m (a term that is not local); otherwise m may not be assembled yet */
  void (*field)(const HfTerm *term, const PetscReal p[], const HfSpan *span);       /* adds A/m to span->H */
  PetscReal (*energy)(const HfTerm *term, const PetscReal p[], const HfSpan *span); /* sum of the energy density over the span, J/m^3 */
  /* An upper bound of |dH/dm| (A/m), the norm of the term's linear part; NULL: it does not depend on m. */
  PetscReal (*stiffness)(const PetscReal p[]);
  /* A chiral term, whose bond along the unit vector n from cell i to j has the energy density C.(m_j x m_i)/d: adds its C (J/m^2). The boundary
     condition follows from it (interface_conditions.c). NULL: not chiral. */
  void (*chirality)(const PetscReal p[], const PetscReal n[2], PetscReal C[3]);
} HfTermType;

struct HfTerm_ {
  const HfTermType *type;
  PetscBool *active;             /* per region */
  PetscReal (*p)[HF_PARAMETERS]; /* per region */
  void *state;
};

/* A torque adds its part of T (1/s) in  (1+alpha^2) dm/dt = T + alpha m x T  (Gilbert's equation solved for dm/dt; gilbert.c). */
typedef struct HfTorque_ HfTorque;
typedef struct {
  const char *name;
  const char *doc;
  const char *citation;
  const char *prefix;
  const HfKey *keys;
  PetscErrorCode (*create)(HfTorque *torque, const HfSite *site); /* state of the torque as a whole, or NULL. Collective. */
  PetscErrorCode (*destroy)(HfTorque *torque);
  PetscErrorCode (*set_up)(HfTorque *torque, const HfSite *site, PetscInt region, PetscReal p[], PetscBool *active);
  PetscErrorCode (*prepare)(HfTorque *torque); /* before the rows of an evaluation. May be NULL. */
  /* add() takes differences of m: in edge cells a missing neighbour is the straight continuation of the cells there are, all others are as they are. */
  PetscBool straight;
  void (*add)(const HfTorque *torque, const PetscReal p[], const HfSpan *span, PetscReal *const T[3]); /* reads span->H */
} HfTorqueType;

struct HfTorque_ {
  const HfTorqueType *type;
  PetscBool *active;
  PetscReal (*p)[HF_PARAMETERS];
  void *state;
};

extern const HfTermType *const hf_term_types[];
extern const PetscInt hf_term_type_count;
extern const HfTorqueType *const hf_torque_types[];
extern const PetscInt hf_torque_type_count;

/* Constants that the papers give as a field: key = standard constant, or (second unit) papers' = 2 constant/(mu0 Ms). Returns the standard one. */
PetscReal HfMaterialConstant(const HfMaterial *material, const char *key);
