#include "nplusone/open_sessions.h"

#include <algorithm>
#include <charconv>
#include <concepts>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nplusone/loop_detector.h"
#include "pgassay/log_workload.h"
#include "workload/loop_tally.h"

namespace pgassay::nplusone {
namespace {

struct Packing {
  std::string text;
  std::vector<std::uint32_t>& statements;

  template <std::integral Number>
  void operator()(Number number) {
    absl::StrAppend(&text, text.empty() ? "" : " ", static_cast<std::int64_t>(number));
  }
  void Statement(std::uint32_t statement) {
    const auto at = std::ranges::find(statements, statement);
    (*this)(at - statements.begin());
    if (at == statements.end()) statements.push_back(statement);
  }
};

// What does not fit makes it fail, and changes nothing.
struct Unpacking {
  const char* at;
  const char* end;
  const std::vector<std::uint32_t>& statements;
  bool failed = false;

  std::int64_t Next() {
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(at, end, number);
    failed = failed || error != std::errc() || (rest != end && *rest != ' ');
    at = failed || rest == end ? end : rest + 1;
    return failed ? 0 : number;
  }
  template <std::integral Number>
  void operator()(Number& number) {
    const std::int64_t next = Next();
    if constexpr (std::same_as<Number, std::uint64_t>) {
      number = static_cast<std::uint64_t>(next);
    } else {
      // Times and sums of times leave room for being added up.
      constexpr bool kTime = std::same_as<Number, std::int64_t>;
      const std::int64_t least = kTime ? -kMostLoggedUs : std::int64_t{std::numeric_limits<Number>::min()};
      const std::int64_t most = kTime ? kMostLoggedUs : static_cast<std::int64_t>(std::numeric_limits<Number>::max());
      failed = failed || next < least || next > most;
      if (!failed) number = static_cast<Number>(next);
    }
  }
  void Statement(std::uint32_t& statement) {
    const std::int64_t next = Next();
    failed = failed || next < 0 || next >= static_cast<std::int64_t>(statements.size());
    if (!failed) statement = statements[static_cast<std::size_t>(next)];
  }
};

}  // namespace

std::string PackState(LiveSession& session, std::vector<std::uint32_t>& statements) {
  Packing packing{.statements = statements};
  session.Numbers(packing);
  return std::move(packing.text);
}

bool UnpackState(const std::string& state, const std::vector<std::uint32_t>& statements, LiveSession& session) {
  Unpacking unpacking{.at = state.data(), .end = state.data() + state.size(), .statements = statements};
  LiveSession made;
  made.Numbers(unpacking);
  const bool whole = !unpacking.failed && unpacking.at == unpacking.end && made.frames.Rebuild();
  if (!whole) return false;
  made.id = session.id;
  session = std::move(made);
  return true;
}

namespace {

LoopTally Closed(LoopTally tally, bool all) {
  if (tally.open.empty()) return tally;
  LoopDetector detector;
  std::uint32_t next = 0;
  for (const OpenLoopSession& open : std::exchange(tally.open, {})) {
    std::vector<std::uint32_t> numbers;
    for (const OpenLoopStatement& of : open.statements) {
      detector.Define(next, of);
      numbers.push_back(next++);
    }
    detector.Resume(open, numbers);
  }
  LoopTally rest;
  if (!all) rest.open = detector.Open(tally.last_us);
  workload::MergeInto(rest, all ? detector.Finish() : detector.Take());
  workload::MergeInto(tally, rest);
  return tally;
}

}  // namespace

LoopTally WithAllClosed(LoopTally tally) {
  return Closed(std::move(tally), true);
}

LoopTally WithPastClosed(LoopTally tally) {
  return Closed(std::move(tally), false);
}

}  // namespace pgassay::nplusone
