/* Numbers below the normal ones count as zero in between, where the processor can: a float has few orders of magnitude before them, and they are slow. */
#pragma once
#if defined(__SSE2__)
  #include <xmmintrin.h>
#endif

/* Returns what HfRestoreDenormals() puts back. */
static inline unsigned HfFlushDenormals(void) {
#if defined(__SSE2__)
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);
  return before;
#else
  return 0;
#endif
}
static inline void HfRestoreDenormals(unsigned before) {
#if defined(__SSE2__)
  _mm_setcsr(before);
#endif
}
