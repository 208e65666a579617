#pragma once

// Finds bytes, sixteen at a time where the machine can.

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace pgassay::ingest {

// The first byte of [at, end) that is `a` or `b`; `end`: none.
inline const char* FindEither(const char* at, const char* end, char a, char b) {
#if defined(__SSE2__)
  const __m128i first = _mm_set1_epi8(a);
  const __m128i second = _mm_set1_epi8(b);
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i equal = _mm_or_si128(_mm_cmpeq_epi8(bytes, first), _mm_cmpeq_epi8(bytes, second));
    const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(equal));
    if (mask != 0) return at + __builtin_ctz(mask);
  }
#endif
  while (at != end && *at != a && *at != b) ++at;
  return at;
}

}  // namespace pgassay::ingest
