#pragma once

// Puts the clients of transaction poolers in the place of the sessions that they share, in a stream of executions that
// goes to a LoopDetector.
//
//   ClientSplit split([&](const SessionEvent& event) { detector.Add(event); });
//   split.Define(0, traits);  // as the detector's
//   split.Add(event);         // in the order of the log
//   split.Flush(true);        // what it holds back
//
// Whether a pooler is there is judged for each database and user by what a ClientModel says of its first events, which
// are held back until then, and again every so often: where the statements of one session follow each other as those of
// one client do, or clients explain them no better, sessions stay as they are. A client is known by a number of its
// owner, given again after a pause: as many different ones as were at work at once. An event without a statement is
// nobody's and leaves at once.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "nplusone/session_event.h"
#include "pgassay/loops.h"
#include "sql/lexical_facts.h"

namespace pgassay::nplusone {

class ClientSplit {
 public:
  using Sink = std::function<void(const SessionEvent&)>;

  explicit ClientSplit(Sink sink);
  ~ClientSplit();
  ClientSplit(const ClientSplit&) = delete;
  ClientSplit& operator=(const ClientSplit&) = delete;

  void Define(std::uint32_t statement, const StatementTraits& traits);

  // Events of one session leave in the order in which they came, those of different ones need not.
  void Add(const SessionEvent& event);

  // Lets everything go. `ends`: the log is over, and what was learned of it forgotten; the sessions that stand for
  // clients are returned, which mean nothing to what follows.
  std::vector<std::uint64_t> Flush(bool ends);

 private:
  class Owner;

  Sink sink_;
  std::vector<std::pair<std::uint32_t, sql::Verb>> statements_;  // owner and verb, by statement
  std::map<LoopOwner, std::uint32_t> owner_numbers_;
  std::vector<std::unique_ptr<Owner>> owners_;  // nullptr: one of too many
};

}  // namespace pgassay::nplusone
