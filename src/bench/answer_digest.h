#pragma once

// What is kept of an answer so that it can be compared with another one whose rows came in another order.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pg/prepared_session.h"

namespace pgassay::bench {

// Sums over the rows, so their order has no say. Floating-point columns are kept apart: a sum that a plan takes in
// another order differs in its last digits, and that is no other answer.
struct Digest {
  std::int64_t rows = 0;
  std::uint64_t hash = 0;  // of all cells that are no finite floating-point numbers
  double numbers = 0;      // sum of those that are, each column with a factor of its own
  double magnitude = 0;    // sum of their absolute values
  friend bool operator==(const Digest&, const Digest&) = default;
};

// Whether both have the same rows. The sums of floating-point numbers may differ by a part of 10^9 of their magnitude.
bool SameRows(const Digest& a, const Digest& b);

class DigestSink : public pg::AnswerSink {
 public:
  void Columns(std::span<const std::uint32_t> types) override;
  void Row(std::span<const std::optional<std::string_view>> cells) override;

  const Digest& digest() const { return digest_; }

 private:
  Digest digest_;
  std::vector<bool> floating_;  // by column
  std::string row_;             // text of the row's cells, kept for its memory
};

}  // namespace pgassay::bench
