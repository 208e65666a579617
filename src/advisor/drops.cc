#include "advisor/drops.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "advice/ddl.h"
#include "advice/reason_codes.h"
#include "advisor/recommend.h"
#include "advisor/run.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "catalog/partitions.h"
#include "catalog/uniqueness.h"

namespace pgassay::advisor {
namespace {

// A scan a day on average is no use: planning looks up the ends of a column in its index (get_actual_variable_range),
// and so does a capture.
constexpr double kProbesPerDay = 1;
constexpr double kProbes = 8;  // where it is not known since when they count
// Counters of less than this have not seen a month's end; of less than that not even a week.
constexpr double kLongDays = 30;
constexpr double kShortDays = 7;
// So often a table has to be read without an index before that is called unused.
constexpr std::int64_t kManyScans = 1'000;

bool IsPartitionIndex(const Index& index, const Snapshot& snapshot) {
  const Relation* const table = snapshot.FindRelation(index.def.table);
  if (table == nullptr || table->kind == 'p') return true;
  const Relation* const parent = table->parent.value == 0 ? nullptr : snapshot.FindRelation(table->parent);
  return parent != nullptr && parent->kind == 'p';
}

// Whether the index finds the rows of a foreign key's value: its leading columns are the key's, in any order.
bool ServesForeignKey(const IndexDef& def, const Constraint& key) {
  if (def.keys.size() < key.columns.size()) return false;
  return std::all_of(def.keys.begin(), def.keys.begin() + static_cast<std::ptrdiff_t>(key.columns.size()),
                     [&](const IndexKey& of) { return std::ranges::count(key.columns, of.column) > 0; });
}

bool HasExpressionStatistics(const Index& index, const Snapshot& snapshot) {
  for (int column = 1; column <= static_cast<int>(index.def.keys.size()); ++column) {
    if (index.def.keys[static_cast<std::size_t>(column) - 1].column == 0 &&
        snapshot.FindStatistics(index.oid, column, false) != nullptr) {
      return true;
    }
  }
  return false;
}

// What forbids to drop `index` when an index of definition `by` does its work; empty: nothing.
std::string RoleBeside(const Index& index, const IndexDef& by, const Snapshot& snapshot) {
  return by.unique && catalog::CanHandOverUniqueness(index, snapshot) ? "" : RoleOf(index);
}

// Which of two indexes that do the same work stays.
bool IsKeptBefore(const Index& a, const Index& b) {
  const auto rank = [](const Index& index) {
    return std::tuple(RoleOf(index).empty(), !index.valid, -index.scans, index.oid);
  };
  return rank(a) < rank(b);
}

bool IsUnused(const Index& index, std::int64_t other_scans, const Snapshot& snapshot,
              std::span<const IndexUsage> replicas) {
  const auto few = [](std::int64_t scans, const std::optional<double>& days) {
    return static_cast<double>(scans) <= (days ? std::max(2.0, kProbesPerDay * *days) : kProbes);
  };
  // A use reads rows; a look at the ends of a column reads one.
  if (!few(index.scans, CounterDays(snapshot)) || index.tuples_read > 2 * index.scans) return false;
  // A server that was just restored, or a copy that nobody works with, says nothing.
  const double days = CounterDays(snapshot).value_or(0);
  if (days < kLongDays && other_scans < kManyScans) return false;
  return std::ranges::all_of(replicas, [&](const IndexUsage& usage) {
    const auto found = usage.scans.find(index.oid);
    return found == usage.scans.end() || few(found->second, usage.days);
  });
}

class Search {
 public:
  Search(const Run& run, const Snapshot& snapshot, const whatif::IndexSet& chosen, double min_share,
         std::vector<whatif::PlanAnswer>& answers, Drops& drops)
      : run_(run), snapshot_(snapshot), chosen_(chosen), answers_(answers), drops_(drops) {
    for (const Index& index : snapshot.indexes) by_table_[index.def.table].push_back(&index);
    for (const Constraint& constraint : snapshot.constraints) {
      if (constraint.kind == 'f') foreign_keys_[constraint.table].push_back(&constraint);
    }
    for (const Oid oid : drops.hidden()) hidden_.insert(oid);
    for (std::size_t i = 0; i < run.statements.size(); ++i) {
      if (!Failed(i)) allowance_ += min_share * run.statements[i].weight * answers[i].net();
    }
  }

  absl::Status Find() {
    // What nothing uses goes first: it must not be what another index is dropped for.
    for (const bool unused : {true, false}) {
      for (const Index& index : snapshot_.indexes) {
        if (hidden_.contains(index.oid) || IsPartitionIndex(index, snapshot_)) continue;
        std::optional<Drop> drop = unused ? Unneeded(index) : Replaceable(index);
        if (drop) PGASSAY_RETURN_IF_ERROR(Try(*std::move(drop)));
      }
    }
    std::ranges::sort(drops_.drops, {}, [](const Drop& drop) { return drop.index->oid; });
    return absl::OkStatus();
  }

 private:
  bool Failed(std::size_t statement) const {
    const auto& before = run_.selection.cost_before;
    return statement < before.size() && before[statement] < 0;
  }

  // Reads of the table that did not use the index.
  std::int64_t OtherScans(const Index& index) const {
    const Relation* const table = snapshot_.FindRelation(index.def.table);
    std::int64_t scans = table == nullptr ? 0 : table->counters.seq_scans;
    for (const Index* const other : by_table_.at(index.def.table)) {
      if (other != &index) scans += other->scans;
    }
    return scans;
  }

  // A role that another index of the same or more keys takes over: to find the rows of a foreign key, and to have
  // ANALYZE gather statistics of its expression.
  bool HasSharedRole(const Index& index) const {
    const auto keys = foreign_keys_.find(index.def.table);
    return HasExpressionStatistics(index, snapshot_) ||
           (keys != foreign_keys_.end() && std::ranges::any_of(keys->second, [&](const Constraint* key) {
              return ServesForeignKey(index.def, *key);
            }));
  }

  std::optional<Drop> Unneeded(const Index& index) const {
    if (!RoleOf(index).empty()) return std::nullopt;
    if (!index.valid) return Drop{.index = &index, .reason = Drop::Reason::kInvalid};
    if (std::ranges::binary_search(run_.selection.used_before, index.oid)) return std::nullopt;
    if (HasSharedRole(index) || !IsUnused(index, OtherScans(index), snapshot_, run_.replicas)) return std::nullopt;
    return Drop{.index = &index, .reason = Drop::Reason::kUnused, .other_scans = OtherScans(index)};
  }

  std::optional<Drop> Replaceable(const Index& index) const {
    if (!index.valid || !index.ready) return std::nullopt;
    Drop drop{.index = &index};
    for (const Index* const other : by_table_.at(index.def.table)) {
      if (other == &index || !other->valid || !other->ready || hidden_.contains(other->oid)) continue;
      const bool same = catalog::SameWork(other->def, index.def);
      if (same ? !IsKeptBefore(*other, index) : !catalog::Covers(other->def, index.def)) continue;
      drop.by_existing = other;
      drop.reason = same ? Drop::Reason::kDuplicate : Drop::Reason::kCovered;
      if (same) break;
    }
    for (const CandidateId id : chosen_) {
      const IndexDef& def = run_.generated.candidates[id.value].def;
      if (drop.by_existing != nullptr || def.table != index.def.table || !catalog::Covers(def, index.def)) continue;
      drop.by_candidate = id;
      drop.reason = Drop::Reason::kReplaced;
    }
    if (drop.by_existing == nullptr && !drop.by_candidate) return std::nullopt;
    return drop;
  }

  absl::Status Try(Drop drop) {
    const Index& index = *drop.index;
    const std::string role = drop.by_candidate
                                 ? RoleBeside(index, run_.generated.candidates[drop.by_candidate->value].def, snapshot_)
                                 : RoleOf(index);
    if (!role.empty()) {
      // A key that another one starts with is nobody's mistake.
      if (drop.reason == Drop::Reason::kDuplicate)
        Keep(drop, reason::kDropHasRole, absl::StrCat("Not to be dropped: ", role, "."));
      return absl::OkStatus();
    }
    drop.writes = run_.writes->OfExisting(index).cost;
    std::vector<whatif::PlanQuestion> questions;
    std::vector<std::size_t> users;
    std::set<Oid> without = hidden_;
    without.insert(index.oid);
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      if (Failed(i) || !std::ranges::binary_search(answers_[i].used_existing, index.oid)) continue;
      users.push_back(i);
      questions.push_back({.statement = run_.statements[i].id,
                           .enabled = chosen_,
                           .hidden = std::vector<Oid>(without.begin(), without.end())});
    }
    // That a statement of the workload wants it says more than the counters.
    if (drop.reason == Drop::Reason::kUnused && !users.empty()) return absl::OkStatus();
    PGASSAY_ASSIGN_OR_RETURN(const auto planned, run_.twin->Plan(questions));
    for (std::size_t i = 0; i < users.size(); ++i) {
      if (!planned[i].ok()) return absl::OkStatus();  // whatever it is, the index stays
      const whatif::PlanAnswer& with = answers_[users[i]];
      drop.reads += run_.statements[users[i]].weight * (planned[i]->net() - with.net());
      drop.changes.push_back({.statement = users[i],
                              .with = with.net(),
                              .without = planned[i]->net(),
                              .penalty_with = with.penalty,
                              .penalty_without = planned[i]->penalty});
    }
    const Cost unpaid = drop.reads - drop.writes;
    if (unpaid > allowance_) {
      Keep(drop, reason::kDropCostsReads,
           absl::StrCat("Without it reads would cost ", FormatNumber(drop.reads, 4), " more, and writes ",
                        FormatNumber(drop.writes, 4), " less."));
      return absl::OkStatus();
    }
    if (run_.demands.Keeps(index.oid)) {
      Keep(drop, reason::kKept,
           absl::StrCat(WhatFor(drop), "; ", run_.demands.keep_all ? "--keep-existing" : "--keep", " keeps it."));
      return absl::OkStatus();
    }
    allowance_ -= std::max(0.0, unpaid);
    hidden_ = std::move(without);
    for (std::size_t i = 0; i < users.size(); ++i) answers_[users[i]] = *planned[i];
    drops_.drops.push_back(std::move(drop));
    return absl::OkStatus();
  }

  std::string WhatFor(const Drop& drop) const {
    switch (drop.reason) {
      case Drop::Reason::kInvalid:
        return "It is INVALID";
      case Drop::Reason::kDuplicate:
        return "Another index is the same";
      case Drop::Reason::kCovered:
        return "Another index does its work";
      case Drop::Reason::kReplaced:
        return absl::StrCat("The advised index ",
                            catalog::Describe(run_.generated.candidates[drop.by_candidate->value].def, snapshot_),
                            " does its work");
      case Drop::Reason::kUnused:
        break;
    }
    return "Nothing uses it";
  }

  void Keep(const Drop& drop, std::string_view code, std::string detail) {
    Rejection kept{.definition = absl::StrCat("drop ", catalog::QuotedName(drop.index->name), " on ",
                                              catalog::Describe(drop.index->def, snapshot_)),
                   .code = std::string(code),
                   .by = drop.by_existing != nullptr ? catalog::QuotedName(drop.by_existing->name) : "",
                   .detail = std::move(detail),
                   .templates = {}};
    if (std::ranges::find(drops_.kept, kept) == drops_.kept.end()) drops_.kept.push_back(std::move(kept));
  }

  const Run& run_;
  const Snapshot& snapshot_;
  const whatif::IndexSet& chosen_;
  std::vector<whatif::PlanAnswer>& answers_;
  Drops& drops_;
  std::map<Oid, std::vector<const Index*>> by_table_;
  std::map<Oid, std::vector<const Constraint*>> foreign_keys_;  // by the child
  std::set<Oid> hidden_;
  Cost allowance_ = 0;  // by which reads may still become dearer where no writes pay for it
};

std::string WhyUnused(const Drop& drop, const Snapshot& snapshot, std::span<const IndexUsage> replicas) {
  const Index& index = *drop.index;
  const std::optional<double> days = CounterDays(snapshot);
  std::string text = index.scans == 0 ? "The server has not used it"
                                      : absl::StrCat("The server has read at most one row with each of its ",
                                                     index.scans, " scans, as planning and captures do,");
  absl::StrAppend(&text, days ? absl::StrCat(" in the ", FormatNumber(*days, 2), " days that its counters run")
                              : std::string(" since its counters began, which is not known when"));
  absl::StrAppend(&text, ", while its table was read ", drop.other_scans,
                  " times without it, and no statement of the workload has a plan with it.");
  for (const IndexUsage& usage : replicas) {
    absl::StrAppend(&text, " Nor has ", Printable(usage.node),
                    usage.days ? absl::StrCat(" in ", FormatNumber(*usage.days, 2), " days.") : ".");
  }
  return text;
}

}  // namespace

std::vector<Oid> Drops::hidden() const {
  std::vector<Oid> oids;
  for (const Drop& drop : drops) oids.push_back(drop.index->oid);
  std::ranges::sort(oids);
  return oids;
}

Bytes Drops::bytes() const {
  Bytes sum = 0;
  for (const Drop& drop : drops) sum += drop.index->pages * kPageBytes;
  return sum;
}

std::string RoleOf(const Index& index) {
  if (index.primary) return "it is the primary key";
  if (index.exclusion) return "it enforces an exclusion constraint";
  if (index.backs_constraint) return "it enforces a constraint";
  if (index.def.unique) return "it keeps values unique";
  if (index.replica_identity) return "it is the replica identity";
  if (index.clustered) return "CLUSTER orders the table by it";
  return "";
}

absl::Status FindDrops(const Run& run, const Snapshot& snapshot, const whatif::IndexSet& chosen, double min_share,
                       std::vector<whatif::PlanAnswer>& answers, Drops& drops) {
  return Search(run, snapshot, chosen, min_share, answers, drops).Find();
}

bool Replaces(const IndexDef& def, const Index& index, const Demands& demands, const Snapshot& snapshot) {
  return index.def.table == def.table && index.valid && index.ready && catalog::Covers(def, index.def) &&
         !IsPartitionIndex(index, snapshot) && RoleBeside(index, def, snapshot).empty() && !demands.Keeps(index.oid);
}

bool ReplacesExisting(const IndexDef& def, const Demands& demands, const Snapshot& snapshot) {
  return std::ranges::any_of(snapshot.indexes,
                             [&](const Index& index) { return Replaces(def, index, demands, snapshot); });
}

Recommendation RecommendDrop(const Run& run, const Drop& drop, const Snapshot& snapshot, Cost total_before) {
  const std::span<const IndexUsage> replicas = run.replicas;
  const Index& index = *drop.index;
  Recommendation r;
  r.kind = "drop-index";
  r.index = index.def;
  if (const Relation* const relation = snapshot.FindRelation(index.def.table)) r.table = relation->name;
  r.index_name = index.name.name;
  r.definition = absl::StrCat("drop ", catalog::QuotedName(index.name), " on ", catalog::Describe(index.def, snapshot));
  r.id = RecommendationId(r.kind, r.definition);
  advice::IndexDdl ddl = advice::DropExistingDdl(index, snapshot);
  r.ddl = std::move(ddl.create);
  r.undo = std::move(ddl.undo);
  r.size_bytes = index.pages * kPageBytes;
  r.gain = -drop.reads;
  r.share = total_before > 0 ? r.gain / total_before : 0;
  r.maintenance.cost = -drop.writes;
  r.label = "estimated";
  std::map<std::size_t, TemplateGain> gains;
  for (const Drop::Change& change : drop.changes) {
    const PlannedStatement& statement = run.statements[change.statement];
    TemplateGain& gain = gains[statement.template_index];
    gain.weight += statement.weight;
    gain.cost_without += statement.weight * (change.with + change.penalty_with);
    gain.cost_after += statement.weight * (change.without + change.penalty_without);
    gain.penalty_without += statement.weight * change.penalty_with;
    gain.penalty_after += statement.weight * change.penalty_without;
    gain.cost_before += statement.weight *
                        (run.selection.cost_before[change.statement] + run.selection.penalty_before[change.statement]);
    gain.penalty_before += statement.weight * run.selection.penalty_before[change.statement];
  }
  for (auto& [index_of, gain] : gains) {
    if (gain.weight <= 0) continue;
    const Template& of = run.workload.templates[index_of];
    gain.id = of.id;
    gain.fingerprint = of.fingerprint;
    for (Cost* const cost : {&gain.cost_before, &gain.cost_without, &gain.cost_after, &gain.penalty_before,
                             &gain.penalty_without, &gain.penalty_after}) {
      *cost /= gain.weight;
    }
    r.templates.push_back(gain);
  }
  r.confidence = "high";
  const bool covered = drop.reason == Drop::Reason::kCovered || drop.reason == Drop::Reason::kReplaced;
  if (covered && index.scans > 0 && drop.changes.empty()) {
    r.confidence = "medium";
    r.why.push_back(
        absl::StrCat("The server has scanned it ", index.scans,
                     " times for statements that the workload does not hold; they would use the wider one."));
  }
  switch (drop.reason) {
    case Drop::Reason::kInvalid:
      r.why.emplace_back(
          "It is INVALID: a concurrent build has failed, or is under way. It serves no query, and writes maintain it. "
          "See first that no build is running.");
      break;
    case Drop::Reason::kDuplicate:
      r.why.push_back(absl::StrCat(catalog::QuotedName(drop.by_existing->name), " is the same index."));
      break;
    case Drop::Reason::kCovered:
      r.why.push_back(absl::StrCat(catalog::QuotedName(drop.by_existing->name), ", ",
                                   catalog::Describe(drop.by_existing->def, snapshot),
                                   ", starts with its columns and does its work."));
      break;
    case Drop::Reason::kReplaced:
      r.why.push_back(absl::StrCat("The advised index ",
                                   catalog::Describe(run.generated.candidates[drop.by_candidate->value].def, snapshot),
                                   index.def.unique ? " has its columns, does its work and keeps them unique."
                                                    : " starts with its columns and does its work.",
                                   " Drop it when that one is built."));
      break;
    case Drop::Reason::kUnused: {
      r.why.push_back(WhyUnused(drop, snapshot, replicas));
      const std::optional<double> days = CounterDays(snapshot);
      r.confidence = !days || *days < kShortDays || snapshot.standby ? "low"
                     : *days < kLongDays || replicas.empty()         ? "medium"
                                                                     : "high";
      if (replicas.empty()) {
        r.why.emplace_back(
            "The counters are those of one server: where replicas answer queries, give each with --replica.");
      }
      if (snapshot.standby) r.why.emplace_back("The capture is of a standby: what the primary uses is not known.");
      break;
    }
  }
  return r;
}

}  // namespace pgassay::advisor
