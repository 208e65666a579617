#pragma once

// Hashes of statements that are like others before them but for their literals, without reading them token by token.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sql/statement_hash.h"

namespace pgassay::sql {

// Remembers what it has seen at least twice, some hundreds of shapes. Not thread-safe.
class StatementMemo {
 public:
  // HashStatement(text).
  StatementHash Hash(std::string_view text);

  // How many were not read token by token.
  std::uint64_t found() const { return found_; }

 private:
  // What follows a stretch of constant text.
  enum class Gap : std::uint8_t {
    kNumber,
    kNegative,  // a number; its sign is constant
    kString,
    kComment,
    kFixed,  // nothing: a literal within constant text counts
    kEnd,
  };
  struct Step {
    std::uint32_t size = 0;  // of the text in front of it
    Gap gap = Gap::kEnd;
    std::uint8_t kind = 0;   // kFixed: LiteralClass
    std::uint64_t hash = 0;  // kFixed
    std::uint64_t bits = 0;  // kFixed: value_bits
  };
  struct Skeleton {
    std::string text;         // the constant stretches, one behind the other
    std::vector<Step> steps;  // empty: there is none
    StatementHash hash;       // of the statement that it was made from
    std::size_t MemoryBytes() const { return text.capacity() + steps.capacity() * sizeof(Step); }
  };
  struct MemoSink;

  static constexpr std::size_t kPlaces = 256;
  static constexpr std::size_t kWays = 4;
  static constexpr std::size_t kShapes = 1024;

  static std::size_t Place(std::string_view text);
  static bool Fits(const Skeleton& skeleton, std::string_view text, StatementHash& hash);
  bool Find(std::size_t place, std::string_view text, StatementHash& hash);
  void Keep(std::size_t place, std::string_view text);

  std::vector<Skeleton> skeletons_;              // kWays for each place, frequent ones first
  std::size_t memory_bytes_ = 0;                 // of what they hold
  std::array<std::uint64_t, kShapes> shapes_{};  // seen at least once
  std::uint64_t found_ = 0;
  std::int32_t credit_ = 0;  // found less not found: where few are found, looking for them is wasted time
  std::uint32_t pause_ = 0;  // so many are not looked for
};

}  // namespace pgassay::sql
