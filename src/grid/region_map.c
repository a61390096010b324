/* Section film.region_map: every cell belongs to the region that the colour of one pixel names, the pixel in which its centre lies. The image is
   stretched over the film; nothing is mixed, so that a colour is a region or a mistake. Transparent pixels lie outside of the film. */
#include "region_map.h"
#include "grid_impl.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const HfKey hf_region_map_keys[] = {
    {"film.region_map", HF_SECTION, NULL, "", "", 0,
     "Regions from the colours of an image that covers the whole film; those with a shape lie above it"},
    {"film.region_map.file", HF_TEXT, "file", NULL, "", 0,
     "PNG, PBM or PGM file, stretched over the film. A cell takes the pixel at its centre; pixels that are less than half opaque are outside of the "
     "film"},
    {"film.region_map.colours", HF_NAMED, NULL, NULL, "", 0, "What the colours mean: every colour of the image has to be here"},
    {"film.region_map.colours.*", HF_TEXT, NULL, NULL, "", 0,
     "Colour as \"#rrggbb\": the name of one of film.regions, `film` for the film without a region, or `outside`"},
    {NULL, HF_TEXT, NULL, NULL, NULL, 0, NULL},
};

typedef struct {
  PetscInt n;
  int *colours; /* 0xrrggbb */
  int8_t *regions;
} Legend;

/* "#rrggbb"; -1 for anything else. */
static int parse_colour(const char *text) {
  text += *text == '#';
  if (strlen(text) != 6 || strspn(text, "0123456789abcdefABCDEF") != 6) return -1;
  return (int)strtol(text, NULL, 16);
}

/* The region of a name; -2 when there is none. */
static PetscInt find_region_settings(HfNode film, PetscInt n, const char *name, HfSuggestion *suggestion) {
  HfSuggestionStart(suggestion, name);
  HfSuggestionTry(suggestion, "film", 4);
  HfSuggestionTry(suggestion, "outside", 7);
  if (!strcmp(name, "film")) return 0;
  if (!strcmp(name, "outside")) return -1;
  for (PetscInt k = 0; k < n; ++k) {
    const char *other = HfText(HfItem(film, "regions", k), "name");
    if (!strcmp(name, other)) return k + 1;
    HfSuggestionTry(suggestion, other, strlen(other));
  }
  return -2;
}

static PetscErrorCode read_legend_settings(HfDeck deck, const HfFilmSettings *film, HfRegionMap *map, Legend *legend) {
  HfNode section = HfChild(HfDeckRoot(deck), "film"), colours = HfChild(HfChild(section, "region_map"), "colours");

  PetscFunctionBeginUser;
  legend->n = HfNodeLength(colours);
  PetscCall(PetscCalloc2(legend->n, &legend->colours, legend->n, &legend->regions));
  for (PetscInt k = 0; k < legend->n; ++k) {
    HfNode node = HfNodeItem(colours, k);
    char near[HF_PATH_LENGTH];
    HfSuggestion suggestion;
    const PetscInt region = find_region_settings(section, film->n_regions, HfNodeText(node), &suggestion);

    legend->colours[k] = parse_colour(HfNodeName(node));
    if (legend->colours[k] < 0)
      PetscCall(HfDeckError(deck, node, "\"%.40s\" is no colour: write \"#rrggbb\", as \"#ff0000\" for red", HfNodeName(node)));
    for (PetscInt i = 0; i < k; ++i)
      if (legend->colours[k] >= 0 && legend->colours[i] == legend->colours[k])
        PetscCall(HfDeckError(deck, node, "the colour \"%s\" is here already", HfNodeName(node)));
    HfSuggestionText(&suggestion, near);
    if (region < -1)
      PetscCall(HfDeckError(deck, node, "there is no region \"%.80s\" in film.regions%s", HfNodeText(node), near));
    else if (region > 0)
      map->named[region - 1] = 1;
    legend->regions[k] = (int8_t)PetscMax(region, -1);
  }
  PetscFunctionReturn(0);
}

static int colour_of(const HfImage *image, PetscInt k) {
  const int grey = (int)(255 * image->grey[k] + 0.5);

  if (!image->rgba) return grey << 16 | grey << 8 | grey;
  return image->rgba[4 * k] << 16 | image->rgba[4 * k + 1] << 8 | image->rgba[4 * k + 2];
}

static int distance(int a, int b) {
  int sum = 0;

  for (int shift = 0; shift < 24; shift += 8) sum += abs((a >> shift & 255) - (b >> shift & 255));
  return sum;
}

static PetscErrorCode fill(HfDeck deck, HfNode file, const HfImage *image, const Legend *legend, HfRegionMap *map) {
  PetscInt unknown = 0, first = 0, last = 0;

  PetscFunctionBeginUser;
  map->columns = image->columns;
  map->rows = image->rows;
  PetscCall(PetscMalloc1(image->columns * image->rows, &map->region));
  for (PetscInt k = 0; k < image->columns * image->rows; ++k) {
    const int colour = colour_of(image, k);

    if (image->rgba && image->rgba[4 * k + 3] < 128)
      map->region[k] = -1;
    else {
      if (last >= legend->n || legend->colours[last] != colour) /* mostly that of the pixel before */
        for (last = 0; last < legend->n && legend->colours[last] != colour;) ++last;
      if (last == legend->n && !unknown++) first = k;
      map->region[k] = last < legend->n ? legend->regions[last] : 0;
    }
    map->has_outside = (PetscBool)(map->has_outside || map->region[k] < 0);
  }
  if (unknown) {
    const int colour = colour_of(image, first);
    PetscInt nearest = 0;

    for (PetscInt k = 1; k < legend->n; ++k)
      if (distance(colour, legend->colours[k]) < distance(colour, legend->colours[nearest])) nearest = k;
    PetscCall(
        HfDeckError(deck, file,
                    "the pixel in column %d, row %d, counted from 0 at the top left, has the colour \"#%06x\", which `colours` does not have; the "
                    "nearest there is \"#%06x\"; pixels of unknown colours: %d. Save the image without smoothing, or add the colour",
                    (int)(first % image->columns), (int)(first / image->columns), (unsigned)colour,
                    (unsigned)(legend->n ? legend->colours[nearest] : 0), (int)unknown));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode HfRegionMapSettingsRead(HfDeck deck, const HfFilmSettings *film, HfRegionMap *map) {
  HfNode section = HfChild(HfDeckRoot(deck), "film"), own = HfHas(section, "region_map") ? HfChild(section, "region_map") : NULL, file;
  char path[PETSC_MAX_PATH_LEN];
  PetscBool opened;
  const char *why;
  Legend legend;
  HfImage image;

  PetscFunctionBeginUser;
  *map = (HfRegionMap){.size = {film->size[0], film->size[1]}};
  PetscCall(PetscCalloc1(film->n_regions + 1, &map->named));
  if (!own) PetscFunctionReturn(0);
  file = HfChild(own, "file");
  PetscCall(read_legend_settings(deck, film, map, &legend));
  PetscCall(HfDeckFilePath(deck, file, path, sizeof(path)));
  PetscCall(HfImageRead(HfDeckComm(deck), path, &image, &opened, &why));
  if (why)
    PetscCall(HfDeckError(deck, file, opened ? "image %s %s" : "cannot read image %s: %s", path, why));
  else {
    PetscCall(HfImageCheckAspect(deck, file, &image, film->size));
    if (!HfDeckErrorCount(deck)) PetscCall(fill(deck, file, &image, &legend, map));
  }
  PetscCall(HfImageDestroy(&image));
  PetscCall(PetscFree2(legend.colours, legend.regions));
  PetscFunctionReturn(0);
}

PetscErrorCode HfRegionMapDestroy(HfRegionMap *map) {
  PetscFunctionBeginUser;
  PetscCall(PetscFree(map->region));
  PetscCall(PetscFree(map->named));
  PetscFunctionReturn(0);
}

PetscInt HfRegionMapAt(const HfRegionMap *map, PetscReal x, PetscReal y) {
  const PetscReal u = x / map->size[0] + 0.5, v = 0.5 - y / map->size[1];
  const PetscInt i = PetscMin(PetscMax((PetscInt)floor(u * (PetscReal)map->columns), 0), map->columns - 1);
  const PetscInt j = PetscMin(PetscMax((PetscInt)floor(v * (PetscReal)map->rows), 0), map->rows - 1);

  return map->region[j * map->columns + i];
}
