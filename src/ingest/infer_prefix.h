#pragma once

// Finds out log_line_prefix from the lines that it wrote.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pgassay::ingest {

struct InferredPrefix {
  std::string line_prefix;
  double share = 0;  // of those lines that have a severity word, how many begin with it
};

// `lines` are what a server wrote, one after another, lines of other origin among them. Tries `preferred` first (may be
// empty), then what services and guides recommend, then prefixes made from the lines themselves. Free text is only taken
// as user, database or application where its form or name says so; else it is passed over with %i. Nothing: no line has
// a severity word, or nothing that a prefix can be made of stands in front of it.
std::optional<InferredPrefix> InferPrefix(std::span<const std::string_view> lines, std::string_view preferred,
                                          std::int32_t default_utc_offset_s);

}  // namespace pgassay::ingest
