#pragma once

// Sixteen bytes of a statement at once, with SSE2 and without. Private to module sql. Both ways give the same values,
// which are those of a little-endian machine. Nothing reads past `end`: where fewer than 16 bytes are left, zeros
// follow.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace pgassay::sql {

constexpr std::size_t kBlockBytes = 16;

// What a byte begins. ASCII only; every byte from 0x80 on is a letter to PostgreSQL.
enum class ByteClass : std::uint8_t { kOther, kSpace, kWord, kDigit, kQuote, kDoubleQuote, kDollar, kOperator, kMark };

constexpr std::array<ByteClass, 256> kByteClasses = [] {
  std::array<ByteClass, 256> classes{};
  const auto set = [&classes](const char* bytes, ByteClass value) {
    for (; *bytes != '\0'; ++bytes) classes[static_cast<unsigned char>(*bytes)] = value;
  };
  set(" \t\n\r\f", ByteClass::kSpace);  // and no \v: PostgreSQL 15 refuses it
  set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", ByteClass::kWord);
  for (std::size_t byte = 0x80; byte < 256; ++byte) classes[byte] = ByteClass::kWord;
  set("0123456789", ByteClass::kDigit);
  set("'", ByteClass::kQuote);
  set("\"", ByteClass::kDoubleQuote);
  set("$", ByteClass::kDollar);
  set("~!@#^&|`?+-*/%<>=", ByteClass::kOperator);
  set("()[],;.:", ByteClass::kMark);
  return classes;
}();

inline ByteClass ClassOf(char byte) {
  return kByteClasses[static_cast<unsigned char>(byte)];
}
constexpr bool IsDigit(char byte) {
  return byte >= '0' && byte <= '9';
}

// Both halves of the 128-bit product, folded: one multiplication mixes all bits (as in wyhash).
constexpr std::uint64_t Mix(std::uint64_t left, std::uint64_t right) {
  __extension__ using Product = unsigned __int128;
  const Product product = static_cast<Product>(left) * right;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Odd numbers without pattern (digits of pi and e).
constexpr std::uint64_t kMixBlock = 0x243f6a8885a308d3;
constexpr std::uint64_t kMixLength = 0x9e3779b97f4a7c15;
constexpr std::uint64_t kMixToken = 0xb7e151628aed2a6b;

// Hash of the next 16 bytes of something, after `state`.
constexpr std::uint64_t MixBlock(std::uint64_t state, std::uint64_t low, std::uint64_t high) {
  return Mix(state ^ low, kMixBlock ^ high);
}

// And of its last bytes, zeros behind them: `length` (less than 16) tells these from zeros in the text.
constexpr std::uint64_t MixLast(std::uint64_t state, std::uint64_t low, std::uint64_t high, std::size_t length) {
  return Mix(state ^ low, (kMixBlock ^ high) + (length + 1) * kMixLength);
}

struct Words {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

template <typename Value>
std::uint64_t LoadAs(const char* bytes) {
  Value value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

// The last `left` (less than 16) bytes of a text, by loads that overlap.
inline Words LoadTail(const char* at, const char* end, std::size_t left) {
  if (left >= 8) {
    return {LoadAs<std::uint64_t>(at), LoadAs<std::uint64_t>(end - 8) >> 1 >> (127 - 8 * left)};
  }
  if (left >= 4) return {LoadAs<std::uint32_t>(at) | LoadAs<std::uint32_t>(end - 4) << (8 * (left - 4)), 0};
  Words words;
  for (std::size_t i = 0; i < left; ++i) {
    words.low |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
  }
  return words;
}

// One bit for each byte, the first one lowest; bit 16 is always set, so that counting ends.
constexpr std::uint32_t kBlockEnd = 1U << kBlockBytes;

struct PortableBlocks {
  struct Block {
    std::array<unsigned char, kBlockBytes> bytes{};
  };

  static Block Load(const char* at, const char* end) {
    Block block;
    std::memcpy(block.bytes.data(), at, std::min<std::size_t>(kBlockBytes, static_cast<std::size_t>(end - at)));
    return block;
  }
  // Bytes that end an identifier or keyword.
  static std::uint32_t WordEnds(const Block& block) {
    return Where(block, [](unsigned char byte) {
      const ByteClass kind = kByteClasses[byte];
      return kind != ByteClass::kWord && kind != ByteClass::kDigit && kind != ByteClass::kDollar;
    });
  }
  static std::uint32_t DigitEnds(const Block& block) {
    return Where(block, [](unsigned char byte) { return byte < '0' || byte > '9'; });
  }
  static std::uint32_t Either(const Block& block, char first, char second) {
    return Where(block, [first, second](unsigned char byte) {
      return byte == static_cast<unsigned char>(first) || byte == static_cast<unsigned char>(second);
    });
  }
  // The first `length` bytes, zeros behind them.
  static Words First(const Block& block, std::size_t length) {
    Words words;
    std::memcpy(&words, block.bytes.data(), length);
    return words;
  }
  // The same with A to Z as a to z.
  static Words FirstFolded(Block block, std::size_t length) {
    for (unsigned char& byte : block.bytes) {
      if (byte >= 'A' && byte <= 'Z') byte |= 0x20U;
    }
    return First(block, length);
  }

 private:
  template <typename Predicate>
  static std::uint32_t Where(const Block& block, Predicate predicate) {
    std::uint32_t mask = kBlockEnd;
    for (std::size_t i = 0; i < kBlockBytes; ++i) {
      mask |= std::uint32_t{predicate(block.bytes[i])} << i;
    }
    return mask;
  }
};

#if defined(__SSE2__)
// Sixteen bytes of ones and sixteen of zeros: a load at 16 - n is a mask of the first n.
alignas(32) constexpr std::array<std::uint8_t, 2 * kBlockBytes> kFirstBytes = [] {
  std::array<std::uint8_t, 2 * kBlockBytes> bytes{};
  std::fill(bytes.begin(), bytes.begin() + kBlockBytes, std::uint8_t{0xff});
  return bytes;
}();

struct Sse2Blocks {
  using Block = __m128i;

  static Block Load(const char* at, const char* end) {
    const auto left = static_cast<std::size_t>(end - at);
    if (left >= kBlockBytes) [[likely]]
      return LoadUnaligned(at);
    const Words words = LoadTail(at, end, left);
    return _mm_set_epi64x(static_cast<long long>(words.high), static_cast<long long>(words.low));
  }
  static std::uint32_t WordEnds(Block block) {
    const Block other =
        _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('_')), _mm_cmpeq_epi8(block, _mm_set1_epi8('$')));
    const Block digit = Between(block, '0', 9);
    const Block letter = Between(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 25);
    // The mask is made from the highest bits, which are set in the bytes from 0x80 on anyway.
    return ~Mask(_mm_or_si128(_mm_or_si128(block, other), _mm_or_si128(digit, letter)));
  }
  static std::uint32_t DigitEnds(Block block) { return ~Mask(Between(block, '0', 9)); }
  static std::uint32_t Either(Block block, char first, char second) {
    return Mask(_mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8(first)),
                             _mm_cmpeq_epi8(block, _mm_set1_epi8(second)))) |
           kBlockEnd;
  }
  static Words First(Block block, std::size_t length) {
    const Block first = _mm_and_si128(block, LoadUnaligned(kFirstBytes.data() + kBlockBytes - length));
    return {static_cast<std::uint64_t>(_mm_cvtsi128_si64(first)),
            static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(first, first)))};
  }
  static Words FirstFolded(Block block, std::size_t length) {
    return First(_mm_or_si128(block, _mm_and_si128(Between(block, 'A', 25), _mm_set1_epi8(0x20))), length);
  }

 private:
  static Block LoadUnaligned(const void* at) { return _mm_loadu_si128(static_cast<const __m128i*>(at)); }
  static std::uint32_t Mask(Block block) { return static_cast<std::uint32_t>(_mm_movemask_epi8(block)); }
  // Bytes from `least` to `least` + `width`.
  static Block Between(Block block, char least, char width) {
    const Block above = _mm_sub_epi8(block, _mm_set1_epi8(least));
    return _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(width)), above);
  }
};
using FastBlocks = Sse2Blocks;
#else
using FastBlocks = PortableBlocks;
#endif

// Hash of the bytes from `at` to `end`.
template <typename Blocks>
std::uint64_t HashBytes(std::uint64_t state, const char* at, const char* end) {
  for (; end - at >= static_cast<std::ptrdiff_t>(kBlockBytes); at += kBlockBytes) {
    const Words words = Blocks::First(Blocks::Load(at, end), kBlockBytes);
    state = MixBlock(state, words.low, words.high);
  }
  const auto left = static_cast<std::size_t>(end - at);
  const Words words = Blocks::First(Blocks::Load(at, end), left);
  return MixLast(state, words.low, words.high, left);
}

constexpr std::size_t kWindowBytes = 64;

// A bit for each of the next 64 bytes that is no part of a word; also for those behind the end.
template <typename Blocks>
std::uint64_t RunEnds(const char* at, const char* end) {
  constexpr std::uint64_t kBlockMask = kBlockEnd - 1;
  std::uint64_t ends = 0;
  for (std::size_t shift = 0; shift < kWindowBytes; shift += kBlockBytes) {
    const char* block = at + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(shift), end - at);
    ends |= (Blocks::WordEnds(Blocks::Load(block, end)) & kBlockMask) << shift;
  }
  return ends;
}

// The first byte that is one of the two, or `end`.
template <typename Blocks>
const char* FindEither(const char* at, const char* end, char first, char second) {
  while (at < end) {
    const auto found = static_cast<std::size_t>(std::countr_zero(Blocks::Either(Blocks::Load(at, end), first, second)));
    if (found < kBlockBytes) return at + found;
    at += std::min<std::ptrdiff_t>(kBlockBytes, end - at);
  }
  return end;
}

}  // namespace pgassay::sql
