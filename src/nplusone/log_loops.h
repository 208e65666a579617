#pragma once

// The loop detector on a log that is being added up.
//
//   LogLoops loops;
//   workload::LogTotals totals({.watch = loops.Watch()});
//   ... totals.Take(block) ...
//   LoopTally tally = loops.Finish(totals);   // before totals.Finish()

#include <cstddef>
#include <cstdint>

#include "nplusone/loop_detector.h"
#include "pgassay/loops.h"
#include "workload/log_totals.h"

namespace pgassay::nplusone {

// Statements that are watched, some 60 bytes each. Events of later ones are counted as not watched: by then the log has
// shown that its texts hardly repeat.
inline constexpr std::size_t kMostWatched = std::size_t{1} << 19;

// Not to be moved while a watch of it is in use.
class LogLoops {
 public:
  workload::SessionWatch Watch();

  // Closes all sessions. Texts and tags come from `totals`; those of evicted statements are empty.
  LoopTally Finish(const workload::LogTotals& totals);

 private:
  LoopDetector detector_;
  std::int64_t not_watched_ = 0;
};

}  // namespace pgassay::nplusone
