/* "Did you mean": the nearest known word by the number of letters changed, added, dropped or swapped (optimal string alignment distance). */
#include "deck_impl.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LONGEST 64

static int least(int a, int b) { return a < b ? a : b; }

static int edit_distance(const char *a, size_t n, const char *b, size_t m) {
  int d[LONGEST + 1][LONGEST + 1];
  if (n > LONGEST || m > LONGEST) return LONGEST;
  for (size_t i = 0; i <= n; ++i) d[i][0] = (int)i;
  for (size_t j = 0; j <= m; ++j) d[0][j] = (int)j;
  for (size_t i = 1; i <= n; ++i) {
    for (size_t j = 1; j <= m; ++j) {
      const int p = tolower((unsigned char)a[i - 1]), q = tolower((unsigned char)b[j - 1]);
      d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (p != q));
      if (i > 1 && j > 1 && p == tolower((unsigned char)b[j - 2]) && q == tolower((unsigned char)a[i - 2]))
        d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[n][m];
}

void HfSuggestionStart(HfSuggestion *suggestion, const char *wanted) {
  suggestion->wanted = wanted;
  suggestion->best[0] = '\0';
  suggestion->distance = LONGEST;
}

void HfSuggestionTry(HfSuggestion *suggestion, const char *candidate, size_t length) {
  const int distance = edit_distance(suggestion->wanted, strlen(suggestion->wanted), candidate, length);
  if (distance >= suggestion->distance) return;
  suggestion->distance = distance;
  snprintf(suggestion->best, sizeof(suggestion->best), "%.*s", (int)length, candidate);
}

void HfSuggestionText(const HfSuggestion *suggestion, char text[HF_PATH_LENGTH]) {
  const int length = (int)strlen(suggestion->best), allowed = length < 3 ? 1 : length < 6 ? 2 : length / 3 + 1;
  text[0] = '\0';
  if (length && suggestion->distance <= allowed && suggestion->distance < length)
    snprintf(text, HF_PATH_LENGTH, "; did you mean \"%.400s\"?", suggestion->best);
}
