/* A picture of the device, as SVG: the film with its regions, electrodes with names, leads, a scale. What is drawn is what is computed with: the cells, and the
   vertices that belong to electrodes; on large grids a pixel stands for several. */
#include "app.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_PIXELS = 512, WIDTH = 640, MARGIN = 28, LEGEND = 300, N_COLOURS = 8 };
static const char *const region_colours[N_COLOURS] = {"#d5dde8", "#8fb8de", "#a8d5a2", "#e8b4b8", "#c9b6e4", "#f0d9a0", "#9ed6d2", "#bdbdbd"};
#define ELECTRODE "#c8961e"
#define FLOATING  "#999999"

/* Two maps of numbers, the same on all ranks: -1 where there is nothing. */
typedef struct {
  PetscInt nx, ny;      /* pixels of the film */
  PetscReal scale[2];   /* cells in a pixel along x and y */
  PetscInt *regions;    /* [ny][nx] */
  PetscInt *electrodes; /* [ny+1][nx+1], pixels around vertices */
} Maps;

static PetscErrorCode maps_create(HfDevice device, Maps *maps) {
  const HfGridInfo *g = HfGridGetInfo(HfGridWholeRows(HfDeviceGrid(device)));
  const int8_t *regions = HfGridRegions(HfGridWholeRows(HfDeviceGrid(device)));
  const int16_t *vertices = HfElectrodesVertices(HfDeviceElectrodes(device));
  const PetscInt n_rows = g->ym + (g->rank == g->size - 1), nx = PetscMin(g->nx, MOST_PIXELS), ny = PetscMin(g->ny, MOST_PIXELS);

  PetscFunctionBeginUser;
  *maps = (Maps){.nx = nx, .ny = ny, .scale = {(PetscReal)g->nx / (PetscReal)nx, (PetscReal)g->ny / (PetscReal)ny}};
  PetscCall(PetscMalloc2(nx * ny, &maps->regions, (nx + 1) * (ny + 1), &maps->electrodes));
  for (PetscInt k = 0; k < nx * ny; ++k) maps->regions[k] = -1;
  for (PetscInt k = 0; k < (nx + 1) * (ny + 1); ++k) maps->electrodes[k] = -1;
  for (PetscInt j = g->ys; j < g->ys + g->ym; ++j)
    for (PetscInt i = 0; i < g->nx; ++i) {
      PetscInt *pixel = &maps->regions[(PetscInt)((PetscInt64)j * ny / g->ny) * nx + (PetscInt)((PetscInt64)i * nx / g->nx)];
      *pixel = PetscMax(*pixel, HfRegionAt(g, regions, i, j));
    }
  for (PetscInt row = 0; vertices && row < n_rows; ++row)
    for (PetscInt i = 0; i <= g->nx; ++i) {
      PetscInt *pixel = &maps->electrodes[(PetscInt)((PetscInt64)(g->ys + row) * ny / g->ny) * (nx + 1) + (PetscInt)((PetscInt64)i * nx / g->nx)];
      *pixel = PetscMax(*pixel, vertices[row * (g->nx + 1) + i]);
    }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, maps->regions, (PetscMPIInt)(nx * ny), MPIU_INT, MPI_MAX, HfGridComm(HfDeviceGrid(device))));
  PetscCallMPI(
      MPI_Allreduce(MPI_IN_PLACE, maps->electrodes, (PetscMPIInt)((nx + 1) * (ny + 1)), MPIU_INT, MPI_MAX, HfGridComm(HfDeviceGrid(device))));
  PetscFunctionReturn(0);
}

static PetscErrorCode maps_destroy(Maps *maps) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree2(maps->regions, maps->electrodes));
  PetscFunctionReturn(0);
}

/* ---- drawing, on rank 0 ---- */

typedef struct {
  FILE *file;
  PetscReal pixel[2]; /* of a pixel of the maps, in units of the picture */
  PetscReal low[2];   /* lower left corner of the film; y points down in SVG */
} Canvas;

static void put_text(FILE *file, const char *text) {
  for (; *text; ++text) switch (*text) {
    case '<':
      fputs("&lt;", file);
      break;
    case '>':
      fputs("&gt;", file);
      break;
    case '&':
      fputs("&amp;", file);
      break;
    default:
      if ((unsigned char)*text >= ' ') fputc(*text, file);
    }
}

/* All pixels of a map with that number as one path: a rectangle for each run of them in a row. shift: of the map's origin, in pixels. */
static void draw_pixels(const Canvas *canvas, const PetscInt map[], PetscInt nx, PetscInt ny, PetscInt number, const PetscReal shift[2],
                        const char *colour) {
  PetscBool any = PETSC_FALSE;

  for (PetscInt j = 0; j < ny; ++j)
    for (PetscInt i = 0, end; i < nx; i = end) {
      for (end = i + 1; end < nx && map[j * nx + end] == map[j * nx + i]; ++end) {
      }
      if (map[j * nx + i] != number) continue;
      fprintf(canvas->file, "%sM%.2f %.2fh%.2fv%.2fh-%.2fz", any ? "" : "<path d=\"",
              (double)(canvas->low[0] + ((PetscReal)i + shift[0]) * canvas->pixel[0]),
              (double)(canvas->low[1] - ((PetscReal)j + shift[1]) * canvas->pixel[1]), (double)((PetscReal)(end - i) * canvas->pixel[0]),
              (double)-canvas->pixel[1], (double)((PetscReal)(end - i) * canvas->pixel[0]));
      any = PETSC_TRUE;
    }
  if (any) fprintf(canvas->file, "\" fill=\"%s\" shape-rendering=\"crispEdges\"/>\n", colour);
}

/* A lead: a ring with a dot where it comes from above, with a cross where from below. */
static void draw_lead(const Canvas *canvas, PetscReal x, PetscReal y, PetscReal r, PetscBool above) {
  const double cx = (double)x, cy = (double)y, d = 0.7 * (double)r;

  fprintf(canvas->file, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%.2f\" fill=\"none\" stroke=\"#222\"/>\n", cx, cy, (double)r);
  if (above)
    fprintf(canvas->file, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%.2f\" fill=\"#222\"/>\n", cx, cy, 0.3 * (double)r);
  else
    fprintf(canvas->file, "<path d=\"M%.2f %.2fl%.2f %.2fm0 %.2fl%.2f %.2f\" stroke=\"#222\"/>\n", cx - d, cy - d, 2 * d, 2 * d, -2 * d, -2 * d,
            2 * d);
}

static void draw_electrodes(const Canvas *canvas, HfDevice device, const Maps *maps) {
  const HfGridInfo *g = HfGridGetInfo(HfDeviceGrid(device));
  const PetscReal shift[2] = {-0.5 / maps->scale[0], -0.5 / maps->scale[1]};
  const PetscInt n = HfElectrodesCount(HfDeviceElectrodes(device));
  const PetscReal size = PetscMax(3.0, PetscMin(14.0, 0.4 * WIDTH / PetscSqrtReal((PetscReal)PetscMax(n, 1))));
  const char *leads = HfDeviceLeads(device);

  for (PetscInt k = 0; k < n; ++k) {
    HfElectrodes electrodes = HfDeviceElectrodes(device);
    const PetscBool floating = HfElectrodesFloating(electrodes, k);
    PetscReal xy[2], x, y;

    HfElectrodesPosition(electrodes, k, xy);
    x = canvas->low[0] + (xy[0] - g->x0) / (g->dx * maps->scale[0]) * canvas->pixel[0];
    y = canvas->low[1] - (xy[1] - g->y0) / (g->dy * maps->scale[1]) * canvas->pixel[1];
    fprintf(canvas->file, "<g><title>electrode ");
    put_text(canvas->file, HfElectrodesName(electrodes, k));
    fprintf(canvas->file, "%s</title>\n", floating ? " (floating)" : "");
    draw_pixels(canvas, maps->electrodes, maps->nx + 1, maps->ny + 1, k, shift, floating ? FLOATING : ELECTRODE);
    if (leads && strcmp(leads, "none") && !floating) draw_lead(canvas, x, y + size, 0.45 * size, (PetscBool)!strcmp(leads, "above"));
    fprintf(canvas->file, "<text x=\"%.2f\" y=\"%.2f\" font-size=\"%.1f\" text-anchor=\"middle\" dominant-baseline=\"middle\">", (double)x, (double)y,
            (double)size);
    put_text(canvas->file, HfElectrodesName(electrodes, k));
    fprintf(canvas->file, "</text></g>\n");
  }
}

/* The largest of 1, 2, 5, 10, ... nm that is no more than a third of the length. */
static PetscReal bar_length(PetscReal length) {
  PetscReal best = 1e-9;

  for (PetscReal decade = 1e-9; decade <= length / 3; decade *= 10)
    for (int k = 0; k < 3; ++k) {
      const PetscReal bar = decade * (k == 0 ? 1 : k == 1 ? 2 : 5);
      if (bar <= length / 3) best = bar;
    }
  return best;
}

static void legend_line(const Canvas *canvas, PetscInt *line, const char *colour, const char *text, const char *more) {
  const double x = WIDTH + 2 * MARGIN, y = MARGIN + 20.0 * (double)(*line)++;

  if (colour) fprintf(canvas->file, "<rect x=\"%.0f\" y=\"%.0f\" width=\"12\" height=\"12\" fill=\"%s\"/>", x, y, colour);
  fprintf(canvas->file, "<text x=\"%.0f\" y=\"%.0f\" font-size=\"12\">", x + 18, y + 10);
  put_text(canvas->file, text);
  put_text(canvas->file, more);
  fprintf(canvas->file, "</text>\n");
}

static void draw_legend_settings(const Canvas *canvas, HfDeck deck, HfDevice device) {
  const HfGridInfo *g = HfGridGetInfo(HfDeviceGrid(device));
  HfNode film = HfChild(HfDeckRoot(deck), "film");
  const PetscInt n_regions = HfHas(film, "regions") ? HfCount(film, "regions") : 0, n = HfElectrodesCount(HfDeviceElectrodes(device));
  const char *leads = HfDeviceLeads(device), *slash = strrchr(HfDeckPath(deck), '/');
  PetscInt line = 0;
  char text[128];

  legend_line(canvas, &line, NULL, slash ? slash + 1 : HfDeckPath(deck), "");
  snprintf(text, sizeof text, "film, %.6g x %.6g nm, %.4g nm thick", 1e9 * (double)((PetscReal)g->nx * g->dx),
           1e9 * (double)((PetscReal)g->ny * g->dy), 1e9 * (double)g->thickness);
  legend_line(canvas, &line, region_colours[0], text, "");
  for (PetscInt k = 0; k < n_regions; ++k)
    legend_line(canvas, &line, region_colours[(k + 1) % N_COLOURS], "region ", HfText(HfItem(film, "regions", k), "name"));
  snprintf(text, sizeof text, "%d electrodes", (int)n);
  if (n) legend_line(canvas, &line, ELECTRODE, text, "");
  if (HfDeviceHasGold(device)) {
    const HfOerstedGeometry gold = HfDeviceGoldGeometry(device);

    snprintf(text, sizeof text, "gold, %.4g nm thick, %.4g nm %s the film", 1e9 * (double)gold.thickness, 1e9 * (double)gold.gap,
             gold.side > 0 ? "above" : "below");
    legend_line(canvas, &line, NULL, text, "");
    legend_line(canvas, &line, NULL, "leads: ", leads);
  } else if (n)
    legend_line(canvas, &line, NULL, "no gold: the film carries the current", "");
}

static void draw(FILE *file, HfDeck deck, HfDevice device, const Maps *maps) {
  const HfGridInfo *g = HfGridGetInfo(HfDeviceGrid(device));
  const PetscReal size[2] = {(PetscReal)g->nx * g->dx, (PetscReal)g->ny * g->dy}, unit = WIDTH / PetscMax(size[0], size[1]), none[2] = {0, 0};
  const Canvas canvas = {
      .file = file, .pixel = {unit * size[0] / (PetscReal)maps->nx, unit * size[1] / (PetscReal)maps->ny}, .low = {MARGIN, MARGIN + unit * size[1]}};
  const PetscReal bar = bar_length(size[0]);
  const double bottom = (double)canvas.low[1] + MARGIN;

  fprintf(file,
          "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" font-family=\"sans-serif\">\n<rect width=\"100%%\" height=\"100%%\" "
          "fill=\"white\"/>\n",
          WIDTH + 2 * MARGIN + LEGEND, PetscMax(bottom + 2 * MARGIN, 240.0));
  for (PetscInt r = 0; r < g->n_regions; ++r) draw_pixels(&canvas, maps->regions, maps->nx, maps->ny, r, none, region_colours[r % N_COLOURS]);
  draw_electrodes(&canvas, device, maps);
  fprintf(file, "<path d=\"M%d %.1fh%.2f\" stroke=\"#222\" stroke-width=\"3\"/><text x=\"%d\" y=\"%.1f\" font-size=\"12\">%g nm</text>\n", MARGIN,
          bottom, (double)(unit * bar), MARGIN, bottom + 18, 1e9 * (double)bar);
  draw_legend_settings(&canvas, deck, device);
  fprintf(file, "</svg>\n");
}

/* ---- the file ---- */

/* Every folder of the path, as far as it is missing. */
static void make_folders(const char path[]) {
  char folder[PETSC_MAX_PATH_LEN];

  for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    mkdir(folder, 0777); /* that it is not there is seen when the file is opened */
  }
}

/* Under another name first, so that the picture is complete or absent, and replaces a link instead of following it. */
static int write_picture(HfDeck deck, HfDevice device, const Maps *maps, const char path[]) {
  char part[PETSC_MAX_PATH_LEN + 16];
  FILE *file;
  int descriptor, failed;

  make_folders(path);
  snprintf(part, sizeof part, "%s.part-XXXXXX", path);
  descriptor = mkstemp(part);
  if (descriptor < 0) return errno;
  fchmod(descriptor, 0644);
  file = fdopen(descriptor, "w");
  if (!file) {
    close(descriptor);
    unlink(part);
    return EIO;
  }
  draw(file, deck, device, maps);
  failed = ferror(file) ? EIO : 0;
  if (fclose(file)) failed = errno;
  if (!failed && rename(part, path)) failed = errno;
  if (failed) unlink(part);
  return failed;
}

PetscErrorCode HfAppWritePicture(HfDeck deck, HfDevice device, const char path[], int *failure) {
  PetscMPIInt rank;
  Maps maps;

  PetscFunctionBeginUser;
  *failure = 0;
  PetscCallMPI(MPI_Comm_rank(HfDeckComm(deck), &rank));
  PetscCall(maps_create(device, &maps));
  if (!rank) *failure = write_picture(deck, device, &maps, path);
  PetscCall(maps_destroy(&maps));
  PetscCallMPI(MPI_Bcast(failure, 1, MPI_INT, 0, HfDeckComm(deck)));
  PetscFunctionReturn(0);
}
