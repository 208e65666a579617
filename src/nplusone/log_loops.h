#pragma once

// The loop detector on logs that are being added up, one after the other.
//
//   LogLoops loops;
//   workload::LogTotals totals({.watch = loops.Watch()});
//   ... totals.Take(block) ...
//   LoopTally tally = loops.Take(totals, LogLoops::Log::kEnds);  // before totals.Finish()
//   ... the next log ...
//   LoopTally rest = loops.Finish();
//
// Sessions that were at work when a log ended go on in the next one, so that a loop is not cut where the server began
// another file. The sum of all tallies is what counts; which loops are in which is of no meaning.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "nplusone/client_split.h"
#include "nplusone/loop_detector.h"
#include "pgassay/loops.h"
#include "workload/log_totals.h"

namespace pgassay::nplusone {

// Statements that are watched, some 100 bytes each. Events of later ones are counted as not watched: by then the logs
// have shown that their texts hardly repeat.
inline constexpr std::size_t kMostWatched = std::size_t{1} << 19;
// Logs with more of them are not followed into the next one.
inline constexpr std::size_t kMostCarried = std::size_t{1} << 16;

// Not to be moved while a watch of it is in use.
class LogLoops {
 public:
  enum class Log { kGoesOn, kEnds };  // kGoesOn: the same log is read further later

  LogLoops();

  // For the totals of a log, or of a further part of it. The watch before is not used any more.
  workload::SessionWatch Watch();

  // What is over. Texts and tags come from `totals`, the watched ones; those of evicted statements are empty.
  LoopTally Take(const workload::LogTotals& totals, Log log);

  // Goes on with what earlier logs have left open. Before anything else.
  void Resume(const LoopTally& earlier);

  // What is not in the tallies yet, sessions that may go on as LoopTally::open: they do in logs that are read later,
  // here or after Resume elsewhere. But for clients of poolers: those that were told apart are closed.
  LoopTally Leave();

  // The same where all sessions go on here, clients of poolers among them.
  LoopTally Pause();

  // Closes all sessions.
  LoopTally Finish();
  // The same, of the only log.
  LoopTally Finish(const workload::LogTotals& totals);

  // The log that was watched is not to be counted. What was open before it is lost too, but for what was resumed, if no
  // log was taken since.
  void Abandon();

 private:
  using Statement = std::pair<std::uint32_t, std::uint64_t>;  // owner and shape

  void Define(std::uint32_t number, const workload::TalliedStatement& statement, std::string_view database,
              std::string_view user);
  void Step(std::uint32_t number, const workload::SessionStep& step);
  void Resume();
  void Forget();

  LoopDetector detector_;
  std::optional<ClientSplit> split_;
  std::map<LoopOwner, std::uint32_t> owners_;
  absl::flat_hash_map<Statement, std::uint32_t> statements_;  // to the detector's numbers
  std::vector<std::uint32_t> numbers_;                        // by the numbers of the totals
  std::map<std::uint32_t, LoopStatement> held_;               // texts of what goes on
  std::vector<OpenLoopSession> resumed_;                      // as long as no log was taken
  std::int64_t latest_us_ = 0;                                // of earlier logs
  std::int64_t not_watched_ = 0;
};

}  // namespace pgassay::nplusone
