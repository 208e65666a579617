#pragma once

// Finds loops in a stream of executions as it goes by.
//
//   LoopDetector detector;
//   detector.Define(0, traits);            // once for each statement, before its first event
//   detector.Add(event);                   // in the order of the log
//   LoopTally tally = detector.Finish();   // and begin again with the same statements
//
// A log that goes on in another one, or later: Take instead of Finish, until the last.
//
// A session's events decide about its loops and no other's do, so it does not matter how sessions interleave, as long
// as no more than Limits::sessions are live at once. Not thread-safe; tallies of several detectors merge.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "nplusone/session_event.h"
#include "pgassay/loops.h"

namespace pgassay::nplusone {

struct DetectorLimits {
  // Live sessions, some 4 KB each. Beyond it the least recently active one is closed early.
  std::size_t sessions = 20'000;
};

class LoopDetector {
 public:
  explicit LoopDetector(const DetectorLimits& limits = {});
  ~LoopDetector();
  LoopDetector(LoopDetector&&) noexcept;
  LoopDetector& operator=(LoopDetector&&) noexcept;

  // `statement` counts from 0 and is given once; a second definition replaces the first.
  void Define(std::uint32_t statement, StatementTraits traits);

  // A statement as an open session keeps it.
  void Define(std::uint32_t statement, const OpenLoopStatement& kept);

  // An event whose statement is not defined counts as failed to be understood: it is neutral.
  void Add(const SessionEvent& event);

  // Closes all sessions.
  LoopTally Finish();

  // What is over. Sessions that were active last stay open; what follows goes on in them if its times fit.
  LoopTally Take();

  // Goes on with a session of earlier logs, whose statements have these numbers now. One that has its id already is
  // closed.
  void Resume(const OpenLoopSession& session, const std::vector<std::uint32_t>& statements);

  // The sessions that may go on, which they still do here. Those that the end of the logs, `latest_us` or the last
  // event seen, is too far away from are closed: what comes of it is in the next tally.
  std::vector<OpenLoopSession> Open(std::int64_t latest_us = 0);

  // What `session` does next has nothing to do with what it did.
  void Close(std::uint64_t session);

  // Statements that open sessions hold, whose loops may end in a later tally.
  std::map<std::uint32_t, LoopTally::Statement> Held();

  // Texts and tags for the tallies to come, in the place of all that were given before.
  void Describe(std::map<std::uint32_t, LoopStatement> descriptions);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pgassay::nplusone
