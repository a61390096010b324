/* A mutator that knows that a deck is made of lines `key: value`: it drops, doubles, swaps and indents lines and puts values where values stand, so that
   most of its decks are still YAML and many of them still decks. Half of the time libFuzzer's own mutations, of bytes and of dictionary words. */
#include "fuzz.h"
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);

static const char *const VALUES[] = {"0",
                                     "1",
                                     "-1",
                                     "2",
                                     "3",
                                     "1e308",
                                     "-1e308",
                                     "1e-320",
                                     "1e300 m",
                                     "1e-300 s",
                                     "1e-30 nm",
                                     "1e9",
                                     "2147483647",
                                     "2147483648",
                                     "-2147483648",
                                     "9223372036854775807",
                                     "1e18",
                                     "65536",
                                     "4294967297",
                                     "0.5",
                                     "1e-15",
                                     "1 nm",
                                     "40 nm",
                                     "50 nm",
                                     "1 um",
                                     "1e30 um",
                                     "[0, 0]",
                                     "[1 um, 1 um]",
                                     "[1e9, 1e9]",
                                     "[]",
                                     "{}",
                                     "~",
                                     "[1, 2, 3]",
                                     "[0, 0, 1]",
                                     "[0, 0, 0]",
                                     "+-+-",
                                     "\"++--\"",
                                     "all",
                                     "auto",
                                     "none",
                                     "full",
                                     "true",
                                     "false",
                                     "*a",
                                     "&a [1, 2]",
                                     "1 ns",
                                     "1e300 s",
                                     "1 V",
                                     "1e300 V",
                                     "20 Oe",
                                     "1e250 T",
                                     "untrained",
                                     "\"\"",
                                     "|",
                                     "scaled",
                                     "midrange",
                                     "resistance",
                                     "[1, -1]",
                                     "1e200 kA/m",
                                     "1e-200",
                                     "disk",
                                     "random",
                                     "images/ring-28x28.pbm"};

static unsigned long state;
static size_t random_below(size_t n) {
  state = state * 6364136223846793005UL + 1442695040888963407UL;
  return n ? (state >> 33) % n : 0;
}

/* Replaces data[from..to) by text; the new size, or the old one when there is no room. */
static size_t splice(uint8_t *data, size_t size, size_t room, size_t from, size_t to, const uint8_t *text, size_t length) {
  if (size - (to - from) + length > room) return size;
  memmove(data + from + length, data + to, size - to);
  memcpy(data + from, text, length);
  return size - (to - from) + length;
}

/* A random line: [from, to), its newline included. */
static void pick_line(const uint8_t *data, size_t size, size_t *from, size_t *to) {
  *from = random_below(size);
  while (*from && data[*from - 1] != '\n') --*from;
  *to = *from;
  while (*to < size && data[*to] != '\n') ++*to;
  *to += *to < size;
}

/* A random value: what stands between a sign that opens one and the next that ends it. */
static void pick_value(const uint8_t *data, size_t size, size_t *from, size_t *to) {
  *from = random_below(size);
  while (*from < size && !strchr(":[,", data[*from])) ++*from;
  *from += *from < size;
  *to = *from;
  while (*to < size && data[*to] && !strchr(",]}\n", data[*to])) ++*to;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed) {
  size_t from, to, a, b;
  uint8_t *piece;

  state = seed;
  random_below(1);
  if (size < 4 || random_below(2)) return LLVMFuzzerMutate(data, size, room);
  piece = malloc(size + 2);
  if (!piece) return size;
  switch (random_below(8)) {
  case 0: /* one line removed */
    pick_line(data, size, &from, &to);
    size = splice(data, size, room, from, to, piece, 0);
    break;
  case 1: /* a line copied to another place */
    pick_line(data, size, &from, &to);
    pick_line(data, size, &a, &b);
    memcpy(piece, data + from, to - from);
    size = splice(data, size, room, a, random_below(2) ? a : b, piece, to - from);
    break;
  case 2: /* a line indented more or less */
    pick_line(data, size, &from, &to);
    if (random_below(2))
      size = splice(data, size, room, from, from, (const uint8_t *)"  ", 2);
    else if (to - from > 2 && data[from] == ' ' && data[from + 1] == ' ')
      size = splice(data, size, room, from, from + 2, piece, 0);
    break;
  case 3: /* a value from another place */
    pick_value(data, size, &from, &to);
    pick_value(data, size, &a, &b);
    memcpy(piece, data + from, to - from);
    size = splice(data, size, room, a, b, piece, to - from);
    break;
  default: { /* an unusual value */
    const char *value = VALUES[random_below(sizeof(VALUES) / sizeof(VALUES[0]))];
    pick_value(data, size, &from, &to);
    piece[0] = ' ';
    if (strlen(value) < size) {
      memcpy(piece + 1, value, strlen(value));
      size = splice(data, size, room, from, to, piece, strlen(value) + 1);
    }
  }
  }
  free(piece);
  return size;
}
