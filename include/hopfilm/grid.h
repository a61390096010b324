/** @file
   hopfilm/grid.h: the film's grid: cells, vertices, mask, regions, grains, ghost rows, fields in files.

   The film is one layer of nx x ny cells; the origin is its centre, x to the right, y up. Cell (i,j), i = 0..nx-1, j = 0..ny-1, has its centre
   at (x0 + (i+1/2) dx, y0 + (j+1/2) dy); vertex (i,j), i = 0..nx, j = 0..ny, is the lower left corner of cell (i,j).
   Rows are divided among the ranks (1 x P process grid): rank r owns the cell rows ys .. ys+ym-1 and the vertex rows with the same numbers; the
   last rank also owns vertex row ny. Row boundaries are multiples of `block` cells where possible so that multigrid levels stay aligned.
   More ranks than rows own boxes, of the columns xs .. xs+xm-1 too: everything about cells follows these numbers, which for whole rows are 0 and nx.
   A cell of a rank is addressed by its column within the box, i = 0 .. xm-1, and its row in the film, j = ys .. ys+ym-1.
   A cell belongs to region 0, 1, ... or is void (-1). */
#pragma once
#include <hopfilm/deck.h>
#include <petscdmda.h>

/** The film's grid. */
typedef struct HfGrid_ *HfGrid;
/** Its numbers; lengths in m. */
typedef struct {
  PetscInt nx;           /**< cells along x */
  PetscInt ny;           /**< cells along y */
  PetscReal dx;          /**< length of a cell along x */
  PetscReal dy;          /**< length of a cell along y */
  PetscReal thickness;   /**< of the film */
  PetscReal x0;          /**< left edge, -nx dx/2 */
  PetscReal y0;          /**< lower edge, -ny dy/2 */
  PetscInt xs;           /**< first column of cells that this rank owns: 0 but in boxes */
  PetscInt xm;           /**< number of columns of cells that this rank owns: nx but in boxes */
  PetscInt ys;           /**< first row of cells that this rank owns */
  PetscInt ym;           /**< number of rows of cells that this rank owns */
  PetscInt n_regions;    /**< the film itself, region 0, included */
  PetscInt n_film;       /**< cells of the film, on all ranks */
  PetscMPIInt rank;      /**< this rank */
  PetscMPIInt size;      /**< number of ranks */
  PetscMPIInt boxes[2];  /**< boxes along x, y; 1 along x: whole rows */
  PetscBool periodic[2]; /**< along x, y: the film goes on beyond its last cell with its first one */
} HfGridInfo;

/* ---- shapes: disk, rectangle, polygon, union, difference, image; type "shape:" of the deck ---- */
/** A part of the plane. */
typedef struct HfShape_ *HfShape;
/** The shape of a node of type "shape:". Errors go to the deck. Collective (an image is read). */
PetscErrorCode HfShapeCreate(HfDeck deck, HfNode node, HfShape *shape);
/** Not collective. */
PetscErrorCode HfShapeDestroy(HfShape *shape);
/** A box outside of which there is nothing of the shape, m; not always the smallest one. Not collective. */
void HfShapeBox(HfShape shape, PetscReal low[2], PetscReal high[2]);
/** Whether (x, y) is inside, or outside by no more than the tolerance, all in m. Not collective. */
PetscBool HfShapeContains(HfShape shape, PetscReal x, PetscReal y, PetscReal tolerance);

/* ---- images: PNG, portable bitmaps and graymaps ---- */
/** A picture. */
typedef struct {
  PetscInt columns;    /**< pixels in a row */
  PetscInt rows;       /**< rows of pixels */
  PetscReal *grey;     /**< [row][column], the top row first: 0 black to 1 white; pixels that are less than half opaque are white */
  unsigned char *rgba; /**< of PNG files: [row][column][red, green, blue, alpha], sRGB; else NULL */
} HfImage;
/** Reads a PNG, PBM or PGM file. *why: NULL or what is wrong with it (the code stays 0); *opened: whether it could be read at all. Collective. */
PetscErrorCode HfImageRead(MPI_Comm comm, const char path[], HfImage *image, PetscBool *opened, const char **why);
/** A warning of the deck when the pixels of an image on so many metres are not square. Not collective. */
PetscErrorCode HfImageCheckAspect(HfDeck deck, HfNode place, const HfImage *image, const PetscReal size[2]);
/** Frees the pixels. Not collective. */
PetscErrorCode HfImageDestroy(HfImage *image);

/* ---- section `film` of the deck ---- */
/** Adds the keys film.size, .cell, .thickness, .periodic, .shape, .regions, .grains and the type shape:. Not collective. */
PetscErrorCode HfGridRegisterKeys(HfKeys keys);
/** The section `film`, as written: whether or not its size is a whole number of cells. */
typedef struct {
  PetscReal size[2];     /**< m */
  PetscReal cell;        /**< m */
  PetscReal thickness;   /**< m */
  PetscInt n_regions;    /**< of film.regions, without the film itself, which is region 0 */
  PetscReal grain_size;  /**< m; 0 without film.grains */
  PetscInt64 grain_seed; /**< of film.grains */
  PetscBool periodic[2]; /**< along x, y */
} HfFilmSettings;
/** Reads the section `film` of a deck without errors. Not collective. */
void HfFilmSettingsRead(HfDeck deck, HfFilmSettings *film);
/** Whether indices of this build of PETSc can number the film's cells, and the ints of BLAS those of a rank; errors go to the deck. Nothing is allocated.
    Collective. */
PetscErrorCode HfFilmCheckIndices(HfDeck deck);
/** The material of a region: its own, or that of the film. Its keys belong to the rooms that registered them under "material:". Not collective. */
HfNode HfMaterialSettings(HfDeck deck, PetscInt region);

/* ---- the grid ---- */
/** The grid of the deck's film. Errors go to the deck; *grid is NULL then. Collective. */
PetscErrorCode HfGridCreateFromDeck(HfDeck deck, HfGrid *grid);
/** For tests: region_of(x, y, context) returns the region of the cell centred at (x,y), -1 for void; NULL: all of region 0. Collective. */
PetscErrorCode HfGridCreate(MPI_Comm comm, PetscInt nx, PetscInt ny, PetscReal dx, PetscReal dy, PetscReal thickness,
                            PetscInt (*region_of)(PetscReal x, PetscReal y, void *context), void *context, HfGrid *grid);
/** The same with boundaries that are periodic along x, y. Collective. */
PetscErrorCode HfGridCreatePeriodic(MPI_Comm comm, PetscInt nx, PetscInt ny, PetscReal dx, PetscReal dy, PetscReal thickness,
                                    const PetscBool periodic[2], PetscInt (*region_of)(PetscReal x, PetscReal y, void *context), void *context,
                                    HfGrid *grid);
/** Collective. */
PetscErrorCode HfGridDestroy(HfGrid *grid);
/** The numbers of the grid, borrowed. Not collective. */
const HfGridInfo *HfGridGetInfo(HfGrid grid);
/** The communicator of the grid. Not collective. */
MPI_Comm HfGridComm(HfGrid grid);
/** How many boxes along x, y so many ranks cut a film of n[0] x n[1] cells into: whole rows while there are enough of them, else boxes with the shortest rims.
    False: so many boxes of at least one cell do not make it up. Not collective. */
PetscBool HfGridBoxes(const PetscInt64 n[2], PetscInt64 ranks, PetscInt64 boxes[2]);
/** The largest number of ranks, at most `ranks`, for which there are such boxes. Not collective. */
PetscInt64 HfGridMostRanks(const PetscInt64 n[2], PetscInt64 ranks);
/** The same film in whole rows, borrowed: the grid itself, or with boxes one of which some ranks may own no row; the rows of the boxes beside each other
    belong to their ranks. What works on whole rows does so on this one. Not collective. */
HfGrid HfGridWholeRows(HfGrid grid);
/** A cell Vec of the grid to one of the same film in whole rows: copied, or sent among the ranks of boxes beside each other. Collective. */
PetscErrorCode HfGridToWholeRows(HfGrid grid, PetscInt dof, Vec cells, Vec rows);
/** The way back. Collective. */
PetscErrorCode HfGridFromWholeRows(HfGrid grid, PetscInt dof, Vec rows, Vec cells);
/** Row boundaries of the ranks, or of the boxes one above the other, boxes[1]+1 numbers, borrowed: of whole rows rows[r] .. rows[r+1]-1 belong to rank r.
    Not collective. */
const PetscInt *HfGridRowRanges(HfGrid grid);
/** The DMDA of the cells with `dof` (1, 2, 3) interleaved components, stencil width 1; borrowed. Every rank owns a cell. Collective the first time. */
PetscErrorCode HfGridGetCells(HfGrid grid, PetscInt dof, DM *cells);
/** The DMDA of the (nx+1) x (ny+1) vertices, 1 component; borrowed. Every rank owns a cell. Collective the first time. */
PetscErrorCode HfGridGetVertices(HfGrid grid, DM *vertices);
/** A Vec of the vertices: owned rows of nx+1; of whole rows alone. Collective. */
PetscErrorCode HfGridCreateVertexVec(HfGrid grid, Vec *v);
/** A cell Vec: ym owned rows of xm cells with `dof` interleaved components. Collective. */
PetscErrorCode HfGridCreateCellVec(HfGrid grid, PetscInt dof, Vec *v);
/** Regions of the owned cells with a frame of one cell, borrowed: that of cell (i,j) at [(j - (ys-1))*(xm+2) + i+1] for i = -1..xm, j = ys-1..ys+ym; -1
    outside the film; beyond a periodic boundary that of the cell on the other side. Not collective. */
const int8_t *HfGridRegions(HfGrid grid);
/** The shape of the film, borrowed; what lies outside of the grid is no film. NULL: its cells are all that is known. Not collective. */
HfShape HfGridOutline(HfGrid grid);
/** Region of cell (i,j) in HfGridRegions(). Not collective. */
static inline PetscInt HfRegionAt(const HfGridInfo *g, const int8_t *regions, PetscInt i, PetscInt j) {
  return regions[(j - (g->ys - 1)) * (g->xm + 2) + i + 1];
}
/** Where the cells of a column have their centre, m. Not collective. */
static inline PetscReal HfCellX(const HfGridInfo *g, PetscInt i) { return g->x0 + ((PetscReal)(g->xs + i) + 0.5) * g->dx; }
/** The same of a row. Not collective. */
static inline PetscReal HfCellY(const HfGridInfo *g, PetscInt j) { return g->y0 + ((PetscReal)j + 0.5) * g->dy; }
/** The number of a cell, by rows of the film. Not collective. */
static inline PetscInt64 HfCellNumber(const HfGridInfo *g, PetscInt i, PetscInt j) { return (PetscInt64)j * g->nx + g->xs + i; }

/* ---- grains: a Voronoi map of the plane, a function of (size, seed) and the place alone; section film.grains of the deck. Every quantity that
     varies from grain to grain takes its own random numbers. Not collective. ---- */
/** What varies from grain to grain. */
typedef enum { HF_GRAIN_PLACE, HF_GRAIN_ANISOTROPY, HF_GRAIN_CONDUCTIVITY, HF_GRAIN_THICKNESS, HF_GRAIN_AMR_RATIO, HF_GRAIN_AXIS } HfGrainQuantity;
#define HF_GRAIN_ROW ((PetscInt64)1 << 31) /**< grain + 1 has its point in the square to the right, grain + HF_GRAIN_ROW in the one above */
/** The number of the grain at (x, y), in m, >= 0; `size` in m is the square root of the mean area of a grain. */
PetscInt64 HfGrainAt(PetscReal size, PetscInt64 seed, PetscReal x, PetscReal y);
/** The same on a film: where it is periodic, so are its grains, of which a whole number goes from edge to edge, and the number is that of the grain in it. */
PetscInt64 HfGridGrainAt(HfGrid grid, PetscReal size, PetscInt64 seed, PetscReal x, PetscReal y);
/** The point of the grain, m: all places nearer to it than to that of any other grain belong to the grain. */
void HfGrainCentre(PetscReal size, PetscInt64 seed, PetscInt64 grain, PetscReal at[2]);
/** The grain of every owned cell, grains[j*xm + i] for i = 0..xm-1, j = 0..ym-1; -1 in void cells. */
PetscErrorCode HfGridGrains(HfGrid grid, PetscReal size, PetscInt64 seed, PetscInt64 grains[]);
/** Fills in the numbers of a grain in a region. */
typedef void (*HfGrainNumbers)(PetscInt64 grain, PetscInt region, PetscReal numbers[], void *context);
/** Means of n such numbers over each owned cell, means[(j*xm + i)*n + k], in which a grain counts by its area: by points of the cell that are not further apart
    than an eighth of `size`, two by two at least. 0 in void cells; the same on any number of ranks. */
PetscErrorCode HfGridGrainMeans(HfGrid grid, PetscReal size, PetscInt64 seed, PetscInt n, HfGrainNumbers numbers, void *context, PetscReal means[]);
PetscReal HfGrainNormal(PetscInt64 seed, HfGrainQuantity quantity, PetscInt64 grain);  /**< normal, mean 0, variance 1 */
PetscReal HfGrainUniform(PetscInt64 seed, HfGrainQuantity quantity, PetscInt64 grain); /**< uniform in (0,1) */

/* ---- ghost rows: copies of the rows just below and above those a rank owns, sent by the ranks that own them. One exchange at a time per object. ---- */
/** The exchange of ghost rows. */
typedef struct HfGhostRows_ *HfGhostRows;
/** The division of the rows among the ranks. */
typedef struct {
  PetscInt n;             /**< numbers in a row */
  PetscInt n_rows;        /**< rows of all ranks */
  PetscInt start;         /**< this rank owns the rows start .. end-1; none on some ranks of a coarse level */
  PetscInt end;           /**< see start */
  const PetscInt *ranges; /**< [size+1], rank r owns the rows ranges[r] .. ranges[r+1]-1 */
  MPI_Comm comm;          /**< of the rows */
  PetscMPIInt rank;       /**< this rank */
  PetscMPIInt size;       /**< number of ranks */
  PetscBool periodic;     /**< the row below the first one is the last one, and the other way round */
} HfGhostRowsInfo;
/** Which ghost rows are exchanged: those with an even number, an odd one, or all. */
typedef enum { HF_ROWS_ALL = -1, HF_ROWS_EVEN = 0, HF_ROWS_ODD = 1 } HfRowParity;

/** Rows of any grid. `finer` (NULL: none): ranges of the next finer level, whose owners get their ghost rows here even when they own no row. Collective. */
PetscErrorCode HfGhostRowsCreate(MPI_Comm comm, PetscInt n, PetscInt n_rows, PetscBool periodic, const PetscInt ranges[], const PetscInt finer[],
                                 HfGhostRows *rows);
/** Rows of cells with `dof` interleaved components: dof xm numbers each, periodic if the grid is along y. Of boxes: among those one above the other, whose
    ranks are numbered from the lowest up. Collective. */
PetscErrorCode HfGhostRowsCreateCells(HfGrid grid, PetscInt dof, HfGhostRows *rows);
/** Rows of vertices: nx+1 numbers each. Collective. */
PetscErrorCode HfGhostRowsCreateVertices(HfGrid grid, HfGhostRows *rows);
/** Collective. */
PetscErrorCode HfGhostRowsDestroy(HfGhostRows *rows);
/** The division of the rows among the ranks; borrowed. Not collective. */
const HfGhostRowsInfo *HfGhostRowsGetInfo(HfGhostRows rows);

/** An array x[end-start+2][n] of the rows start-1 .. end, zero at first. A few zeros before and after it can be read, so that the neighbours i-1 and i+1 of
    any entry exist: at the ends of a row they belong to another row and have to meet a coefficient that is zero. Not collective. */
PetscErrorCode HfGhostRowsAllocate(HfGhostRows rows, PetscReal **x);
/** Frees such an array. Not collective. */
PetscErrorCode HfGhostRowsFree(PetscReal **x);
/** Offset of row j in such an array. Not collective. */
static inline ptrdiff_t HfGhostRowsAt(const HfGhostRowsInfo *info, PetscInt j) { return (ptrdiff_t)(j - (info->start - 1)) * info->n; }
/** Fills the ghost rows of such an array, those with a number of the given parity only; a row beyond the grid stays as it is. Collective. */
PetscErrorCode HfGhostRowsFill(HfGhostRows rows, PetscReal x[], HfRowParity parity);

/** The same for owned[end-start][n] without room for ghost rows, in two parts: work done between Begin and End overlaps with the messages, and `owned` must
    not change meanwhile. Collective. */
PetscErrorCode HfGhostRowsBegin(HfGhostRows rows, const PetscReal owned[]);
/** below[n] and above[n]: rows start-1 and end, borrowed until the next Begin; zero where there is no such row. Collective. */
PetscErrorCode HfGhostRowsEnd(HfGhostRows rows, const PetscReal **below, const PetscReal **above);

/** The same for n floats of each row, wherever they are: `first` and `last` are those of the owned rows start and end-1 and must not change until EndFloats;
    those of rows start-1 and end arrive in `below` and `above`, which stay as they are where there is no such row of the given parity. Collective. */
PetscErrorCode HfGhostRowsBeginFloats(HfGhostRows rows, PetscInt n, const float first[], const float last[], float below[], float above[],
                                      HfRowParity parity);
/** The messages have arrived. Collective. */
PetscErrorCode HfGhostRowsEndFloats(HfGhostRows rows);

/* ---- ghost columns of boxes: copies of the columns just left and right of those a rank owns. One exchange at a time per object. ---- */
/** The exchange of ghost columns. */
typedef struct HfGhostColumns_ *HfGhostColumns;
/** Columns of cells with `dof` interleaved components, periodic if the grid is along x. Collective. */
PetscErrorCode HfGhostColumnsCreate(HfGrid grid, PetscInt dof, HfGhostColumns *columns);
/** Collective. */
PetscErrorCode HfGhostColumnsDestroy(HfGhostColumns *columns);
/** The columns of owned[ym][xm][dof] begin to travel; it may change afterwards. Collective. */
PetscErrorCode HfGhostColumnsBegin(HfGhostColumns columns, const PetscReal owned[]);
/** left[ym][dof] and right[ym][dof]: columns xs-1 and xs+xm, borrowed until the next Begin; zero where there is no such column. Collective. */
PetscErrorCode HfGhostColumnsEnd(HfGhostColumns columns, const PetscReal **left, const PetscReal **right);

/* ---- a selection: the cells that a field is saved on, first + a * stride for a = 0 .. count-1 along x and y ---- */
/** Some of the cells; [0] along x, [1] along y. */
typedef struct {
  PetscInt first[2];  /**< the first cell */
  PetscInt stride[2]; /**< from one cell to the next */
  PetscInt count[2];  /**< number of cells */
} HfSelection;
/** Adds the keys stride and region to a section. Not collective. */
PetscErrorCode HfSelectionRegisterKeys(HfKeys keys, const char prefix[]);
/** The selection of that section; errors go to the deck, and the selection is then the whole film. Collective. */
PetscErrorCode HfSelectionSettingsRead(HfDeck deck, HfNode section, HfGrid grid, HfSelection *selection);
HfSelection HfSelectionAll(HfGrid grid);                               /**< all cells. Not collective. */
PetscBool HfSelectionSame(const HfSelection *a, const HfSelection *b); /**< whether they are equal. Not collective. */
/** The picture that the selection makes, m: its lower left corner and the size of its pixels, which are as wide as the distance of the selected cells and
    centred on them. Not collective. */
void HfSelectionImage(const HfSelection *selection, HfGrid grid, PetscReal origin[2], PetscReal spacing[2]);

/* ---- fields in HDF5 files; the one place that reads and writes a cell Vec. The dataset has shape [frame][y][x][component], chunked and
   compressed; row 0 is the lowest. Its attributes first_cell and stride, [x, y], tell which cells it holds. Collective. ---- */
/** An empty dataset for the cells of a selection (NULL: all of them), with deflate level 0 (none) to 9, of doubles or, single, of floats; nothing
   when there is one already. */
PetscErrorCode HfFieldCreate(HfGrid grid, int64_t hdf5_file, const char *dataset, const HfSelection *selection, PetscInt dof, PetscInt deflate,
                             PetscBool single);
/** One more frame, of the cells that the dataset holds; created for all cells with deflate level 1 when missing; void cells are written as 0.
   *frame (may be NULL): its number. HF_ERR_FILE when it cannot be written. */
PetscErrorCode HfFieldAppend(HfGrid grid, int64_t hdf5_file, const char *dataset, Vec v, PetscInt dof, PetscInt *frame);
/** Reads a frame (-1: the last one). *why: NULL or the reason it could not (code stays 0). The dataset holds all cells, or, unless NULL, just those of the selection:
   then the others are 0. */
PetscErrorCode HfFieldRead(HfGrid grid, const char *path, const char *dataset, PetscInt frame, PetscInt dof, const HfSelection *selection, Vec v,
                           const char **why);
/** The same from a field on other cells of the same film: bilinear between their centres, linear beyond the outermost; cells that are zero there
   weigh nothing. With the same cells the values are exactly those of the file. Unless `stretch` is set, a film of another size is a
   reason; where the file does not tell (cell_size of /film), one whose cells would have another aspect on this film. */
PetscErrorCode HfFieldInterpolate(HfGrid grid, const char *path, const char *dataset, PetscInt frame, PetscInt dof, PetscBool stretch, Vec v,
                                  const char **why);

#define HF_WHY_LENGTH 1024 /**< of a message about a file */
/** A field of vectors in a result file of hopfilm (HDF5) or a file of OOMMF, mumax3 or Ubermag (OVF 1.0 or 2.0). */
typedef struct {
  const char *path;    /**< of the file; what it is tells its first line */
  const char *dataset; /**< HDF5 only */
  PetscInt frame;      /**< HDF5 only; -1 is the last */
  PetscBool stretch;   /**< of a film of another size or aspect, too: mapped onto this one */
  PetscBool placed;    /**< with cells of their own size, wherever they reach; 0 elsewhere */
  PetscReal offset[2]; /**< of the file's centre from that of the film, m, if `placed` */
  PetscBool values;    /**< a field H, in A/m, whose zeros count; else directions, which zeros do not have */
  PetscBool of_run;    /**< dataset or frame were chosen, which only a result file has */
} HfFieldSource;
/** All but `path` and `values` from keys dataset, frame, stretch and offset; errors go to the deck. Not collective. */
PetscErrorCode HfFieldSourceSettingsRead(HfDeck deck, HfNode section, const char *default_dataset, HfFieldSource *source);
/** Reads it into a cell Vec of 3 components, on other cells as HfFieldInterpolate() does; void cells are 0. how[HF_WHY_LENGTH]: what was read and how,
    for the log, may be ""; why[HF_WHY_LENGTH]: "", or with its place what is wrong with the file (the code stays 0). Of OVF files one rank reads
    a block at a time, and each rank keeps the rows that it needs. Collective. */
PetscErrorCode HfFieldReadSource(HfGrid grid, const HfFieldSource *source, Vec v, char how[], char why[]);

/* ---- writing a frame of a field for other programs ---- */
/** A frame on n[0] x n[1] x 1 cells. */
typedef struct {
  const char *name;     /**< of the field */
  const char *unit;     /**< of the field */
  PetscInt frame;       /**< its number */
  double time;          /**< s */
  PetscInt n[2];        /**< cells along x and y */
  PetscInt dof;         /**< components */
  double corner[2];     /**< lower left one of the first cell, m */
  double step[3];       /**< sides of a cell, m */
  const double *values; /**< [y][x][component]; 0 where not `inside` */
  const char *inside;   /**< [y][x]: 1 for a cell of the film that is meant, else 0 */
} HfFieldFrame;
/** As OVF 2.0; bytes: 0 for text, 4 or 8 for binary numbers. False when it could not be written. Not collective. */
PetscBool HfOvfWrite(const HfFieldFrame *frame, int bytes, FILE *file);
