#pragma once

// What the detectors read: executions in the order of the log, of many sessions at once, and what their texts tell.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sql/lexical_facts.h"

namespace pgassay::nplusone {

// One execution. Those of one session come in the order in which they ended.
struct SessionEvent {
  std::uint64_t session = 0;      // stable hash of the session id or process id; a pooled session mixes clients
  std::uint64_t transaction = 0;  // stable hash of the virtual transaction id; 0: not known, or logged after its end
  std::int64_t begin_us = 0;      // microseconds since 1970 UTC: the end less the duration
  std::int64_t end_us = 0;
  std::uint32_t statement = 0;   // as given to LoopDetector::Define
  std::uint32_t plan_us = 0;     // parse and bind steps that were logged for it; 0: not known
  std::uint64_t values = 0;      // hash of its literals and parameters, in order
  std::uint64_t value_bits = 0;  // ValueBit of each of them; 0: not known. Tells which statements may share a key
  bool failed = false;
};

// One of 64 bits for a value, by any hash of it that is the same in every statement.
constexpr std::uint64_t ValueBit(std::uint64_t value_hash) {
  return std::uint64_t{1} << (value_hash * 0x9e3779b97f4a7c15u >> 58);
}

// What all executions of one statement have in common.
struct StatementTraits {
  std::string database;
  std::string user;
  std::uint64_t shape = 0;        // 64-bit hash of the text without its literals; stable between runs
  std::string text;               // normalised, $n for literals; empty: LoopTally::statements has none either
  std::vector<std::string> tags;  // query tags, "key=value", sorted
  sql::LexicalFacts facts;
  friend bool operator==(const StatementTraits&, const StatementTraits&) = default;
};

}  // namespace pgassay::nplusone
