#pragma once

// The live sessions, at most a fixed number of them, the least recently active one first to go.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "nplusone/session_frames.h"
#include "nplusone/transaction_watch.h"

namespace pgassay::nplusone {

struct LiveSession {
  std::uint64_t id = 0;
  std::int64_t last_end_us = 0;     // 0: no event yet
  std::int64_t pending_gap_us = 0;  // pauses since the last step that was not neutral
  bool carried = false;             // into another log, which may have nothing to do with the one before
  TransactionWatch transaction;
  SessionFrames frames;

  // As SessionFrames::Numbers.
  template <typename Visit>
  void Numbers(Visit& visit) {
    visit(last_end_us);
    visit(pending_gap_us);
    transaction.Numbers(visit);
    frames.Numbers(visit);
  }
};

class SessionTable {
 public:
  explicit SessionTable(std::size_t most) : most_(most < 1 ? 1 : most) {}

  // The session `id`, now the most recently active one. `evict` is called with one that has to go for it.
  template <typename Evict>
  LiveSession& Get(std::uint64_t id, const Evict& evict) {
    if (!places_.empty() && sessions_[newest_].id == id) return sessions_[newest_];
    const auto found = places_.find(id);
    if (found != places_.end()) {
      Touch(found->second);
      return sessions_[found->second];
    }
    std::uint32_t place = 0;
    if (places_.size() < most_) {
      place = static_cast<std::uint32_t>(sessions_.size());
      sessions_.emplace_back();
      links_.push_back({.newer = place, .older = place});
      if (!places_.empty()) Link(place);
      newest_ = place;
      if (places_.empty()) oldest_ = place;
    } else {
      place = oldest_;
      evict(sessions_[place]);
      places_.erase(sessions_[place].id);
      Touch(place);
      sessions_[place] = LiveSession();
    }
    sessions_[place].id = id;
    places_.emplace(id, place);
    return sessions_[place];
  }

  // nullptr: there is none.
  LiveSession* Find(std::uint64_t id) {
    const auto found = places_.find(id);
    return found == places_.end() ? nullptr : &sessions_[found->second];
  }

  template <typename Visit>
  void ForEach(const Visit& visit) {
    for (LiveSession& session : sessions_) visit(session);
  }

  void Clear();

 private:
  struct Links {
    std::uint32_t newer = 0;
    std::uint32_t older = 0;
  };

  void Touch(std::uint32_t place);  // makes it the newest
  void Link(std::uint32_t place);   // above the newest

  std::size_t most_;
  absl::flat_hash_map<std::uint64_t, std::uint32_t> places_;
  std::deque<LiveSession> sessions_;  // never moved: they are large
  std::vector<Links> links_;
  std::uint32_t newest_ = 0;
  std::uint32_t oldest_ = 0;
};

}  // namespace pgassay::nplusone
