#pragma once

// Which statements repeat in one session, and what came before them.
//
// The statements of a burst stand in a row in the order in which they first occurred. One that occurs again begins a
// new round: whatever stands behind it belonged to the round that ended. A statement that was repeated within a round
// is a nested loop, and its parent is the nearest query before it; one that occurs about once in each round is a member
// of a cycle, and shares the parent of the statement that heads it. So A B A B behind P gives P -> A and P -> B, and A
// B B B B B A B B B B B gives P -> A and A -> B, without the rounds having to be equal. A loop in one transaction ends
// with it, also where the next transaction begins with the same statement.

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "nplusone/statement_role.h"

namespace pgassay::nplusone {

inline constexpr std::uint32_t kNoStatement = 0xffffffff;

// perf-sentinel, Sentry: five calls are a loop, whose values differ at least so often for n-plus-one.
inline constexpr std::uint32_t kLeastCalls = 5;
inline constexpr std::uint32_t kLeastDistinct = 5;
// Above it the session was idle: what follows is another request.
inline constexpr std::int64_t kBurstGapUs = 500'000;
// Statements that occur once in a round, beside the one that heads it.
inline constexpr int kMostMates = 3;
// Statements in a round, nested loops included.
inline constexpr int kLongestRound = 8;
// Statements between a parent and the first call of its loop.
inline constexpr std::uint32_t kParentDistance = 8;

// Up to kLeastDistinct different values.
class FewValues {
 public:
  template <typename Visit>
  void Numbers(Visit& visit) {
    visit(count_);
    for (std::uint32_t i = 0; i < std::min(count_, kLeastDistinct); ++i) visit(values_[i]);
  }
  bool IsValid() const { return count_ <= kLeastDistinct; }
  bool Add(std::uint32_t value) {  // whether it was there already
    for (std::uint32_t i = 0; i < count_; ++i) {
      if (values_[i] == value) return true;
    }
    if (count_ < kLeastDistinct) values_[count_++] = value;
    return false;
  }
  std::uint32_t Count() const { return count_; }
  void Clear() { count_ = 0; }

 private:
  std::array<std::uint32_t, kLeastDistinct> values_;  // count_ of them
  std::uint32_t count_ = 0;
};

// An execution as the session sees it.
struct Step {
  std::uint32_t statement = 0;
  std::uint32_t plan_us = 0;
  std::uint64_t transaction = 0;  // 0: none or not known
  std::int64_t begin_us = 0;
  std::int64_t end_us = 0;
  std::int64_t gap_us = 0;  // in which the session waited for its client, since the step before
  std::uint64_t values = 0;
  std::uint64_t value_bits = 0;
  bool locked = false;  // its transaction excludes others from inserting at the same time
};

// What the calls of a repeated statement have in common. 32 bits last for any burst; times that do not fit are capped.
struct CallSums {
  std::uint32_t summed = 0;              // calls
  std::uint32_t repeated = 0;            // with values that had occurred, at least
  std::uint32_t direct = 0;              // right behind the one before, nothing in between
  std::uint32_t changes = 0;             // in another transaction than the one before
  std::uint32_t known_transactions = 0;  // whose transaction is known
  std::uint32_t shared = 0;              // whose transaction has other statements next to it
  std::uint32_t checked = 0;             // that an INSERT into the same table followed
  std::uint32_t rewritten = 0;           // before which its table was written since the last one
  std::uint32_t gaps = 0;                // pauses before calls other than the first
  std::uint32_t least_gap_us = 0;
  std::uint32_t gap_log = 0;  // sum of Log2Units
  std::uint32_t plan_us = 0;
  std::int64_t gap_us = 0;
  std::int64_t busy_us = 0;

  template <typename Visit>
  void Numbers(Visit& visit) {
    for (std::uint32_t* const number : {&summed, &repeated, &direct, &changes, &known_transactions, &shared, &checked,
                                        &rewritten, &gaps, &least_gap_us, &gap_log, &plan_us}) {
      visit(*number);
    }
    visit(gap_us);
    visit(busy_us);
  }
};

// A statement that repeated, with what tells whether that means anything. The sums may be of more calls than the
// loop's.
struct ClosedLoop {
  std::uint32_t statement = kNoStatement;
  std::uint32_t parent = kNoStatement;
  bool weak_parent = false;
  std::uint32_t loops = 1;     // as many of equal length
  std::uint32_t calls = 0;     // of all of them
  std::uint32_t distinct = 0;  // different values, kLeastDistinct: so many or more
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
  CallSums sums;
};

// A SELECT and the INSERT into the same table right behind it.
struct CheckedInsert {
  std::uint32_t check = kNoStatement;
  std::uint32_t insert = kNoStatement;
  std::uint64_t check_bits = 0;
  std::uint64_t insert_bits = 0;
  bool locked = false;
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
};

struct ClosedLoops {
  std::vector<ClosedLoop> loops;
  std::vector<CheckedInsert> inserts;
};

inline constexpr std::int64_t kUnevenUnit = 64;  // Log2Units of an octave
// Logarithm to base 2 of at least 1, in steps of 1/64, the mantissa taken as linear.
std::int64_t Log2Units(std::uint64_t value);

class SessionFrames {
 public:
  void Arrive(const Step& step, const Roles& roles, ClosedLoops& closed);

  // The end of a burst: nothing that follows belongs to what was before.
  void Close(const Roles& roles, ClosedLoops& closed);

  bool Empty() const { return size_ == 0; }

  // Calls `visit` with every number that decides how the burst goes on, and `visit.Statement` with statements: for
  // keeping it, or, in an empty one, for changing them to those of a burst that was kept. Then Rebuild has to follow.
  template <typename Visit>
  void Numbers(Visit& visit) {
    visit(size_);
    visit(active_);
    visit(step_);
    visit(repeats_);
    visit(last_shared_);
    visit(written_relation_);
    visit(written_step_);
    visit(last_transaction_);
    for (int i = 0; i < std::clamp(size_, 0, kFrames); ++i) At(i).Numbers(visit);
  }
  bool Rebuild();  // false: the numbers are of no burst; it is empty then

  // Calls `visit` with each statement of the burst.
  template <typename Visit>
  void ForEachStatement(const Visit& visit) const {
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(size_); ++i) visit(statements_[(base_ + i) % kFrames]);
  }

 private:
  static constexpr int kFrames = 16;

  struct Frame {
    std::uint32_t statement = kNoStatement;
    bool repeats = false;
    std::uint32_t streak = 0;    // calls of which each came right behind the one before
    std::uint32_t total = 0;     // calls in the burst
    std::uint32_t run = 0;       // calls since the last one of a statement that stands before it
    std::uint32_t together = 0;  // the last ones of them, that are in one transaction
    bool run_changed = false;    // the first one of them is in another transaction than the one before
    std::uint32_t recorded = 0;  // calls that were given out as nested loops
    std::uint32_t first_step = 0;
    std::uint32_t run_step = 0;
    std::uint32_t last_step = 0;
    std::int64_t run_begin_us = 0;
    std::int64_t first_begin_us = 0;
    std::uint64_t last_transaction = 0;
    std::uint64_t value_bits = 0;  // of the last call
    std::int64_t last_begin_us = 0;
    std::int64_t last_end_us = 0;
    CallSums sums;  // of the calls that were not recorded
    FewValues values;
    FewValues run_values;

    template <typename Visit>
    void Numbers(Visit& visit) {
      visit.Statement(statement);
      visit(repeats);
      visit(run_changed);
      for (std::uint32_t* const number :
           {&streak, &total, &run, &together, &recorded, &first_step, &run_step, &last_step}) {
        visit(*number);
      }
      for (std::int64_t* const time : {&run_begin_us, &first_begin_us, &last_begin_us, &last_end_us}) visit(*time);
      visit(last_transaction);
      visit(value_bits);
      sums.Numbers(visit);
      values.Numbers(visit);
      run_values.Numbers(visit);
    }
    bool IsValid(std::uint32_t step) const;
  };

  Frame& At(int position) { return frames_[(base_ + static_cast<std::uint32_t>(position)) % kFrames]; }
  int Find(std::uint32_t statement) const;
  bool RoundTooLong(int position);
  void CloseOldLoops(const Roles& roles, ClosedLoops& closed);
  void Push(const Step& step, const Roles& roles, ClosedLoops& closed);
  void AddCall(Frame& frame, const Step& step, const StatementRole& role);
  void MarkShared(const Step& step);
  void FindChecks(const Step& step, const Roles& roles, ClosedLoops& closed);
  void EndRun(int position, const Roles& roles, ClosedLoops& closed);
  void CloseFrom(int position, const Roles& roles, ClosedLoops& closed);
  void CloseTotal(int position, const Roles& roles, ClosedLoops& closed);
  int FindParent(int position, std::uint32_t first_step, std::uint32_t most_calls, const Roles& roles, bool& weak);

  std::array<std::uint32_t, kFrames> statements_{};  // those of frames_, close together
  std::uint64_t seen_ = 0;  // a bit for each statement of the burst, by its last 6 bits: most are new to it
  std::uint32_t base_ = 0;
  std::int32_t size_ = 0;
  std::int32_t active_ = -1;  // position of the last step; frames behind it have no run
  std::uint32_t step_ = 0;
  bool repeats_ = false;  // some frame may be worth closing
  bool last_shared_ = false;
  std::uint32_t written_relation_ = 0;
  std::uint32_t written_step_ = 0;
  std::uint64_t last_transaction_ = 0;
  std::array<Frame, kFrames> frames_;
};

}  // namespace pgassay::nplusone
