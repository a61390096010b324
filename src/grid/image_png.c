/* PNG images, by libpng: any depth, palette and interlacing, as red, green, blue and alpha of 8 bits each in sRGB. Colours count by their luma,
   0.2126 R + 0.7152 G + 0.0722 B (ITU-R BT.709), and what is less than half opaque counts as white, as paper does. */
#include "image.h"
#include <png.h>
#include <string.h>

PetscBool HfImageIsPng(const char *bytes, size_t length) { return (PetscBool)(length >= 8 && !memcmp(bytes, "\211PNG\r\n\032\n", 8)); }

PetscErrorCode HfImageDecodePng(const char *bytes, size_t length, HfImage *image, const char **why) {
  static const char *const damaged = "is a PNG file that cannot be read: it is damaged or was cut short";
  png_image png;

  PetscFunctionBeginUser;
  *why = NULL;
  memset(&png, 0, sizeof png);
  png.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&png, bytes, length)) {
    *why = damaged;
    PetscFunctionReturn(0);
  }
  if ((PetscInt64)png.width * png.height > HF_MAX_PIXELS) { /* a small file may hold a picture of any size */
    png_image_free(&png);
    *why = "has more than 2^26 pixels";
    PetscFunctionReturn(0);
  }
  png.format = PNG_FORMAT_RGBA;
  png.flags |= PNG_IMAGE_FLAG_16BIT_sRGB; /* 16 bits a colour without a gamma are not linear either */
  image->columns = (PetscInt)png.width;
  image->rows = (PetscInt)png.height;
  PetscCall(PetscMalloc1(PNG_IMAGE_SIZE(png), &image->rgba));
  if (!png_image_finish_read(&png, NULL, image->rgba, 0, NULL)) {
    png_image_free(&png);
    *why = damaged;
    PetscFunctionReturn(0);
  }
  PetscCall(PetscMalloc1(image->columns * image->rows, &image->grey));
  for (PetscInt k = 0; k < image->columns * image->rows; ++k) {
    const unsigned char *p = image->rgba + 4 * (size_t)k;
    image->grey[k] = p[3] < 128 ? 1 : (0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2]) / 255;
  }
  PetscFunctionReturn(0);
}
