#pragma once

// Tallies of blocks added up to what a log says, within bounded memory.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "pgassay/log_workload.h"
#include "workload/log_tally.h"

namespace pgassay::workload {

// Who looks at the order of a session's statements. Statements are numbered by first appearance, the numbers of evicted
// ones are not given again.
struct SessionWatch {
  std::function<void(std::uint32_t number, const TalliedStatement&, std::string_view database, std::string_view user)>
      define;
  std::function<void(std::uint32_t number, const SessionStep&)> step;  // completed and failed ones, with durations
};

struct LogTotalsOptions {
  // Of statements with their samples. Beyond it, those with the least time are evicted, and counted as such.
  std::size_t memory_bytes = std::size_t{96} << 20;
  SessionWatch watch;  // may be empty
};

// A statement that a session began, whose duration is still to be logged in an entry of its own.
struct OpenStatement {
  TalliedStatement statement;  // its text; what was counted of it is not repeated
  std::string database;
  std::string user;
  SessionStep step;
};

class LogTotals {
 public:
  explicit LogTotals(LogTotalsOptions options = {}) : options_(std::move(options)) {}

  // Adds the tally of the next block. Its statements are moved from.
  void Take(LogTally& block);

  // What is open at the end of a log, and the same given to the totals of what is logged next: their durations and
  // failures are then added to calls that were counted before.
  std::vector<OpenStatement> Open() const;
  void Reopen(const std::vector<OpenStatement>& open);

  // Entries that the filter of the tallies kept out.
  const LogTally::FilteredCounts& filtered() const { return filtered_; }

  // What was logged, as templates: texts of one fingerprint are one, utility statements are counted by kind.
  LogWorkload Finish() &&;

 private:
  struct Key {
    std::uint64_t shape = 0;
    std::uint32_t database = 0;
    std::uint32_t user = 0;
    friend bool operator==(const Key&, const Key&) = default;
    template <typename H>
    friend H AbslHashValue(H state, const Key& key) {
      return H::combine(std::move(state), key.shape, key.database, key.user);
    }
  };
  struct Entry {
    TalliedStatement statement;
    std::uint32_t number = 0;
    std::size_t memory_bytes = 0;
  };
  // A session's statement whose duration comes in a line of its own.
  struct Started {
    Key key;
    std::uint32_t number = 0;
    SessionStep step;
    bool reopened = false;  // its call was counted by other totals
  };

  std::uint32_t Name(const std::string& name);
  Key Merge(TalliedStatement&& statement, const std::vector<std::uint32_t>& names, std::uint32_t& number);
  void Follow(const SessionStep& step, const Key& key, std::uint32_t number);
  Entry* Find(const Key& key);
  void CountDuration(const SessionStep& duration, FilterVerdict verdict);
  Entry* AddDuration(const Started& started, std::int64_t time_us, std::int64_t duration_us);
  void TakeBackCall(const Started& started);
  void Evict();

  LogTotalsOptions options_;
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, std::uint32_t> name_numbers_;
  absl::flat_hash_map<Key, Entry> entries_;
  absl::flat_hash_map<std::uint64_t, Started> started_;  // by session
  absl::flat_hash_map<Key, TalliedStatement> reopened_;  // texts of statements that were counted elsewhere
  std::uint32_t next_number_ = 0;
  std::size_t memory_bytes_ = 0;
  LogGroup evicted_;
  LogTally::EventCounts events_{};
  LogTally::FilteredCounts filtered_{};
};

}  // namespace pgassay::workload
