#pragma once

// Short hand-written sequences for the detectors: a session's statements one after the other.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "nplusone/loop_detector.h"
#include "sql/lexical_facts.h"

namespace pgassay::nplusone {

// Statements of 200 microseconds with a pause of 800 between them, unless the pause is changed.
class SessionScript {
 public:
  explicit SessionScript(std::uint64_t session = 1) { next_.session = session; }

  SessionScript& Run(std::string_view sql, const std::vector<int>& values = {}) {
    std::uint64_t hash = 1;
    std::uint64_t bits = 0;
    for (const int value : values) {
      hash = hash * 1000003 + static_cast<std::uint64_t>(value);
      bits |= ValueBit(static_cast<std::uint64_t>(value));
    }
    next_.statement = Index(sql);
    next_.values = hash;
    next_.value_bits = bits;
    next_.begin_us = next_.end_us + pause_us_;
    next_.end_us = next_.begin_us + 200;
    events_.push_back(next_);
    next_.failed = false;
    return *this;
  }
  // The statement once for each of the values 1 to `count`.
  SessionScript& Loop(std::string_view sql, int count) {
    for (int i = 1; i <= count; ++i) Run(sql, {i});
    return *this;
  }
  SessionScript& Fail(std::string_view sql, const std::vector<int>& values = {}) {
    next_.failed = true;
    return Run(sql, values);
  }
  SessionScript& Transaction(std::uint64_t id) {
    next_.transaction = id;
    return *this;
  }
  SessionScript& Pause(std::int64_t pause_us) {
    pause_us_ = pause_us;
    return *this;
  }

  LoopTally Tally() const {
    LoopDetector detector;
    for (const auto& [sql, index] : statements_) detector.Define(index, TraitsOf(sql));
    for (const SessionEvent& event : events_) detector.Add(event);
    return detector.Finish();
  }

  static StatementTraits TraitsOf(const std::string& sql) {
    return {.database = "shop",
            .user = "app",
            .shape = StableHash(sql),
            .text = sql,
            .tags = {},
            .facts = sql::ReadLexicalFacts(sql)};
  }

 private:
  std::uint32_t Index(std::string_view sql) {
    const auto size = static_cast<std::uint32_t>(statements_.size());
    return statements_.emplace(sql, size).first->second;
  }

  std::map<std::string, std::uint32_t> statements_;
  std::vector<SessionEvent> events_;
  SessionEvent next_{.end_us = 1'700'000'000'000'000};
  std::int64_t pause_us_ = 800;
};

// "kind: parent -> child, loops x calls" of each key; a loop without parent has "-".
using Lines = std::set<std::string>;
inline Lines Loops(const LoopTally& tally) {
  Lines lines;
  for (const auto& [key, stats] : tally.loops) {
    const std::string parent = key.parent == 0 ? "-" : tally.statements.at({key.owner, key.parent}).text;
    lines.insert(std::string(Slug(key.kind)) + ": " + parent + " -> " +
                 tally.statements.at({key.owner, key.child}).text + ", " + std::to_string(stats.loops) + " x " +
                 std::to_string(stats.calls));
  }
  return lines;
}

using Reasons = std::map<std::string, std::int64_t>;
inline Reasons Suppressed(const LoopTally& tally) {
  Reasons reasons;
  for (const auto& [key, count] : tally.suppressed) reasons[std::string(Slug(key.second))] += count;
  return reasons;
}

}  // namespace pgassay::nplusone
