/* Extension header: how a term of the effective field or a torque is added. One file with a const descriptor, and one line in fields.def or torques.def;
   the code around them knows terms and torques only by the hooks of their descriptors.

   Kernels work on a span: n cells of one region, one after another along x, with the rows below and above. Rows are de-interleaved, so m[c][k] is
   component c of cell k of the span. m[c][-1] and m[c][n] exist; south[c][k] and north[c][k] for 0 <= k < n. A cell at an edge of the film or of a
   region comes as a span of one cell whose missing neighbours are already what the boundary condition implies (rows.c): kernels have no branches, and a
   term has exactly one field and one energy. */
#pragma once
#include <hopfilm/magnet.h>

#define HF_PARAMETERS 16 /* numbers a term may keep for each region */

typedef struct {
  PetscInt i, j, n;                            /* first cell, row, number of cells */
  const PetscReal *m[3], *south[3], *north[3]; /* [n] each, m[] also at -1 and n */
  PetscReal *H[3];                             /* [n] each, A/m; kernels add to it. Unused by energies */
} HfSpan;

/** What all terms of a region share, read from the deck once. */
typedef struct {
  HfNode node;             /* its "material:", where its keys stand */
  PetscReal Ms;            /* A/m */
  PetscReal Aex;           /* J/m */
  PetscReal alpha, gamma0; /* 1, m/(A s) */
  PetscReal Hc;            /* dry friction, A/m; 0: none */
} HfMaterial;

/** The film as its terms and torques see it. */
typedef struct {
  HfGrid grid;
  HfDeck deck;
  PetscInt xm, ys; /* of the grid: cells of a row of this rank, its first row */
  PetscInt n_regions;
  HfMaterial *materials;       /* one per region */
  PetscReal *exchange_factors; /* of film.interfaces, [n_regions][n_regions]; NULL: 1 everywhere */
} HfFilm;

/** Aex of the bond between neighbouring cells of two regions, J/m (interface_conditions.c). */
PetscReal HfInterfaceExchange(const HfFilm *film, PetscInt own, PetscInt other);

/** Where the cells of a span begin in an array over the cells of this rank's rows. */
static inline PetscInt HfSpanFirstCell(const HfFilm *film, const HfSpan *span) { return (span->j - film->ys) * film->xm + span->i; }

typedef struct HfTerm_ HfTerm;
typedef struct {
  const char *name;
  const char *doc;      /* one sentence with the energy density */
  const char *citation; /* key for HfCite() or NULL */
  const char *prefix;   /* of its keys: "material:" or "field" or "" */
  const HfKey *keys;    /* NULL: none of its own */

  /* ---- creation: the only hooks that read values of the deck; each may be NULL ---- */
  PetscErrorCode (*settings)(HfTerm *term); /* of the term as a whole, into term->state. Collective. */
  PetscErrorCode (*destroy)(HfTerm *term);
  /* Numbers of one region; *active says whether the term acts there. Required. */
  PetscErrorCode (*region_settings)(HfTerm *term, PetscInt region, PetscReal p[], PetscBool *active);
  PetscErrorCode (*check)(const HfTerm *term, PetscInt region); /* warns of implausible values of a region in which the term acts */

  const char *(*note)(const HfTerm *term); /* a line for the log, HfMagnetTermNote(); NULL: none */

  /* ---- evaluation ---- */
  /* Before the rows of an evaluation at time t. Collective. May be NULL. */
  PetscErrorCode (*prepare)(HfTerm *term, PetscReal t, Vec m);
  PetscBool whole; /* prepare() reads m (a term that is not local); otherwise m may not be assembled yet */
  void (*field)(const HfTerm *term, const PetscReal p[], const HfSpan *span); /* adds A/m to span->H */
  /* Sum of the energy density over the span, J/m^3. NULL: the field has no energy. */
  PetscReal (*energy)(const HfTerm *term, const PetscReal p[], const HfSpan *span);
  /* An upper bound of |dH/dm| (A/m), the norm of the term's linear part; NULL: the field does not depend on m. */
  PetscReal (*stiffness)(const PetscReal p[]);
  /* Of a local term whose field is not linear in m: adds the derivative of the field of each cell by its own m, at the state u (interleaved, of the cells of
     the span), times changes->m, to changes->H. NULL: field() is linear, and takes changes of m as it takes m. */
  void (*derivative)(const HfTerm *term, const PetscReal p[], const HfSpan *changes, const PetscReal u[]);
  /* Adds the derivative of the field of a cell by its own m, A/m: xx, xy, xz, yy, yz, zz; `cell`: its number among those of this rank. Preconditioners use
     it; bonds between cells do not count. NULL: there is none, or none that is the same for every m. */
  void (*own_part)(const HfTerm *term, const PetscReal p[], PetscInt cell, PetscReal K[6]);
  /* Of a term that is not local (whole): adds the part that own_part() describes, which then serves the Newton matrices of implicit steps in place of all
     of it. NULL: they leave the term out. */
  void (*local_field)(const HfTerm *term, const PetscReal p[], const HfSpan *span);
  /* An upper bound of the field (A/m) in a region at times from ... to that does not come from differences of m, so that m as a whole precesses about it.
     Of the cells of this rank, if it differs from cell to cell. NULL: there is none. */
  PetscReal (*largest_field)(const HfTerm *term, PetscInt region, PetscReal from, PetscReal to);
  /* A chiral term, whose bond along the unit vector n from cell i to j has the energy density C.(m_j x m_i)/d: adds its C (J/m^2). The boundary
     condition follows from it (interface_conditions.c). NULL: not chiral. */
  void (*chirality)(const PetscReal p[], const PetscReal n[2], PetscReal C[3]);

  /* ---- a course in time, set by the deck; all NULL where the field has none ---- */
  PetscBool (*varies)(const HfTerm *term); /* the field depends on time, as it is set now */
  /* The first time after t (s) at which the course is not smooth, PETSC_INFINITY if there is none: no time step crosses it. */
  PetscReal (*next_knot)(const HfTerm *term, PetscReal t);
  PetscReal (*bend)(const HfTerm *term, PetscReal t); /* by how much dH/dt changes at t, A/(m s): 0 but at such times */

  /* ---- fields from outside; NULL where the term takes none. They may switch it on and off in term->active. Collective. ---- */
  PetscErrorCode (*set_uniform_field)(HfTerm *term, const PetscReal H[3]); /* HfMagnetSetUniformField() */
  void (*get_uniform_field)(const HfTerm *term, PetscReal H[3]);           /* HfMagnetGetUniformField(); not collective */
  PetscErrorCode (*set_stored_field)(HfTerm *term, Vec field);             /* HfMagnetSetStoredField(); NULL: off */

  /* ---- fluctuations: a field that is drawn for every time step and acts in time integration only. NULL: the term does not fluctuate ---- */
  /* Whether the deck has them. Time then advances in fixed steps of *step (s), or, when that is 0, of a length that suits the film; *place: of the step in
     the deck, for errors. */
  PetscBool (*fluctuates)(const HfTerm *term, PetscReal *step, HfNode *place);
  /* Variance of a component of the field in a region, times the time step, (A/m)^2 s. Required. */
  PetscReal (*noise)(const HfTerm *term, PetscInt region);
  PetscErrorCode (*draw)(HfTerm *term, PetscInt64 number, PetscReal dt); /* the field of step `number` of the run, of length dt (s) */
} HfTermType;

struct HfTerm_ {
  const HfTermType *type;
  const HfFilm *film;
  PetscBool *active;             /* per region */
  PetscReal (*p)[HF_PARAMETERS]; /* per region */
  void *state;
  PetscBool exact; /* for prepare(): the field is wanted in double precision, whatever precision the term works in otherwise */
};

/* A torque adds its part of T (1/s) in  (1+alpha^2) dm/dt = T + alpha m x T,  Gilbert's equation solved for dm/dt. */
typedef struct HfTorque_ HfTorque;
typedef struct {
  const char *name;
  const char *doc;
  const char *citation;
  const char *prefix;
  const HfKey *keys;
  /* ---- creation, as those of a term ---- */
  PetscErrorCode (*settings)(HfTorque *torque);
  PetscErrorCode (*destroy)(HfTorque *torque);
  PetscErrorCode (*region_settings)(HfTorque *torque, PetscInt region, PetscReal p[], PetscBool *active);
  PetscErrorCode (*check)(const HfTorque *torque, PetscInt region);
  /* ---- evaluation ---- */
  /* Driven by the current in the film: where the torque is active, it acts while there is a current, whose density add() finds in torque->j. */
  PetscBool current_driven;
  /* Of a torque that a metal on the film exerts: on which side, 1 above, -1 below. It is driven by the current of a layer of the device there, if there is
     one (HfMagnetSetLayerCurrentDensity()), otherwise by the film's own. NULL: by the film's own alone. */
  PetscReal (*layer)(const HfTorque *torque);
  /* Velocity at which that current makes textures drift, relative to its density, m^3/(A s); may be NULL. */
  PetscReal (*drift)(const HfTorque *torque, const PetscReal p[]);
  /* add() takes differences of m: a missing neighbour of an edge cell is then the linear continuation of the cells there are, and no other is replaced. */
  PetscBool straight;
  void (*add)(const HfTorque *torque, const PetscReal p[], const HfSpan *span, PetscReal *const T[3]); /* adds 1/s to T; may read span->H */
  /* dm/dt itself in one pass over a span without edges, where no other torque acts: to the component rows T, or interleaved to `joined` unless that is NULL.
     NULL: add() and Gilbert's equation one after the other. */
  void (*alone)(const HfTorque *torque, const PetscReal p[], PetscReal alpha, const HfSpan *span, PetscReal *const T[3], PetscScalar *joined);
  /* Adds the part of T that is linear in changes of m between the cells of the span, at the state u: interleaved, of its cells. NULL: there is none. */
  void (*linear)(const HfTorque *torque, const PetscReal p[], const HfSpan *changes, const PetscReal u[], PetscReal *const T[3]);
  /* An upper bound of T (1/s) in a region, of the cells of this rank. It turns m as a whole unless it is `straight`. NULL: it is not larger than what the field
     exerts. */
  PetscReal (*largest)(const HfTorque *torque, PetscInt region);
} HfTorqueType;

struct HfTorque_ {
  const HfTorqueType *type;
  const HfFilm *film;
  PetscBool *active;
  PetscReal (*p)[HF_PARAMETERS];
  void *state;
  const PetscReal *j; /* A/m^2, two numbers for each cell of this rank's rows; NULL without current */
};

/** Lists of terms and torques for HfMagnetRegisterKeys() and HfMagnetCreate(). */
struct HfMagnetTypes_ {
  PetscInt n_terms, n_torques;
  const HfTermType *const *terms;
  const HfTorqueType *const *torques;
};
extern const HfMagnetTypes hf_built_in_types; /* those of fields.def and torques.def */

/** A material constant that may be written as a field constant instead: key = the constant in J, or (second unit) 2 constant/(mu0 Ms). Returns the former. */
PetscReal HfMaterialConstantSettings(const HfMaterial *material, const char *key);
/** Warns where cells are larger than the exchange length, below which the magnetostatic energy cannot turn m: for magnetostatic terms. */
PetscErrorCode HfCheckExchangeLength(const HfFilm *film, PetscInt region);
/** A cell Vec as an array that stays where it is: read access to a Vec in host memory copies nothing. Valid until the Vec is destroyed. */
PetscErrorCode HfVecRows(Vec v, const PetscScalar **rows);
