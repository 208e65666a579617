#pragma once

// What an index costs in writes: how many entries a day it adds, and which updates it keeps from being heap-only (HOT,
// src/backend/access/heap/README.HOT: an update is heap-only when it sets no column that an index of the table has).

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "advisor/statement_list.h"
#include "pgassay/advice.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload.h"
#include "twin/candidate_indexes.h"

namespace pgassay::advisor {

// Days for which the counters of tables and indexes have run; none: not known.
std::optional<double> CounterDays(const Snapshot& snapshot);

// What the workload writes, by table. Keeps references to its arguments. For one thread at a time.
class WriteLoad {
 public:
  WriteLoad(const Snapshot& snapshot, const Workload& workload, const std::vector<PlannedStatement>& statements);

  // For an index of definition `def` that means `parts` and holds `fraction` of the rows. Rates come from the table's
  // counters since the last reset of the database's statistics where that moment is known, else from the statements'
  // own counters since theirs; with neither, they are unknown and only columns and statements are named. The cost is
  // for the rows that the workload's statements write, or for more where the counters say that the table got more in
  // the same time (COPY, statements that were not kept).
  //
  // What ends HOT for an update costs an entry in every index of the table, but only once: `beside` are other new
  // indexes, and what they have ended already costs this one its own entries only.
  Maintenance Of(const IndexDef& def, const twin::CandidateParts& parts, double fraction,
                 std::span<const IndexDef> beside = {}) const;

  // Days for which the statements were counted; none: not known.
  std::optional<double> statement_days() const { return statement_days_; }

  // Of an index that exists, with its captured size.
  Maintenance OfExisting(const Index& index) const;

 private:
  struct Target {
    const catalog::WriteTarget* target = nullptr;
    const Template* of = nullptr;
    double rows = 0;  // in all calls
  };
  struct Written;
  Written Count(const IndexDef& def, std::span<const IndexDef> beside, double insert_share,
                Maintenance& maintenance) const;
  // Whether an update of `column` cannot be heap-only because of an index that exists.
  bool IsIndexed(const Column& column, Oid table) const;
  Cost UpdateCostOfAll(Oid table, double between_checkpoints) const;  // of a row in all existing indexes

  const std::vector<Oid>& TablesOf(Oid table) const;  // catalog::IndexedTables, which looks at every relation

  const Snapshot& snapshot_;
  mutable std::map<Oid, std::vector<Oid>> tables_;
  std::map<Oid, std::vector<Target>> targets_;
  std::map<Oid, std::vector<const Index*>> indexes_;
  std::optional<double> counter_days_;    // that the tables' counters ran
  std::optional<double> statement_days_;  // that the server counted statements
};

}  // namespace pgassay::advisor
