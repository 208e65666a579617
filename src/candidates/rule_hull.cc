#include "candidates/rule_hull.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/text.h"
#include "catalog/partitions.h"

namespace pgassay::candidates {
namespace {

using Place = std::pair<Oid, int>;  // table and column

// A hull may hold this share of the rows: statements may ask for more one day, so it has to be worth more than other
// predicates.
constexpr double kMostRows = 0.25;
// Different ranges that the calls of one template may have.
constexpr std::size_t kMostRanges = 3;
// Calls that must be within a hull.
constexpr std::size_t kLeastCalls = 2;
// Younger dates are taken to move with time.
constexpr double kYear = 366.0 * 24 * 60 * 60;
// Whole numbers beyond it are not told apart by a double.
constexpr double kMostExact = 9007199254740992;
// DEFAULT_RANGE_INEQ_SEL, src/include/utils/selfuncs.h.
constexpr double kLeastSelectivity = 0.005;

// Whether end `a` lets all values through that `b` does.
bool IsWiderEnd(const RangeEnd& a, const RangeEnd& b) {
  if (a.text.empty() || b.text.empty()) {
    return a.text.empty();
  }
  if (a.bound.value != b.bound.value) {
    return (a.bound.value < b.bound.value) == a.bound.lower;
  }
  return a.bound.inclusive || !b.bound.inclusive;
}

// The wider of two ends; of equal ones the first by text, whatever their order.
const RangeEnd& Wider(const RangeEnd& a, const RangeEnd& b) {
  if (IsWiderEnd(a, b) && IsWiderEnd(b, a)) {
    return a.text <= b.text ? a : b;
  }
  return IsWiderEnd(a, b) ? a : b;
}

// The narrower one, where a statement has several.
void Narrow(RangeEnd& end, const RangeEnd& other) {
  if (IsWiderEnd(end, other)) {
    end = other;
  }
}

// The constant ranges of one request.
std::map<int, ColumnRange> RangesOf(const catalog::IndexRequest& request) {
  std::map<int, ColumnRange> ranges;
  for (const catalog::RequestClause& clause : request.clauses) {
    if (clause.kind != catalog::ClauseKind::kRange || !clause.bound || !clause.constant || clause.column <= 0 ||
        clause.text.empty() || !clause.default_opclass ||
        (!clause.bound->time && std::abs(clause.bound->value) > kMostExact)) {
      continue;
    }
    ColumnRange& range = ranges[clause.column];
    Narrow(clause.bound->lower ? range.lower : range.upper,
           {.bound = *clause.bound, .selectivity = clause.selectivity, .text = clause.text});
  }
  return ranges;
}

// As clauselist_selectivity pairs the two ends (src/backend/optimizer/path/clausesel.c).
double SelectivityOf(const ColumnRange& range, double null_fraction) {
  if (range.lower.text.empty() || range.upper.text.empty()) {
    return range.lower.text.empty() ? range.upper.selectivity : range.lower.selectivity;
  }
  const double both = range.lower.selectivity + range.upper.selectivity - (1 - null_fraction);
  return both > 0 ? both : kLeastSelectivity;
}

Predicate PredicateOf(const ColumnRange& range, double selectivity) {
  Predicate predicate{.selectivity = selectivity};
  for (const RangeEnd* const end : {&range.lower, &range.upper}) {
    if (!end->text.empty()) {
      absl::StrAppend(&predicate.text, predicate.text.empty() ? "" : " AND ", end->text);
    }
  }
  if (!range.lower.text.empty() && !range.upper.text.empty()) {
    predicate.text = absl::StrCat("(", predicate.text, ")");
  }
  return predicate;
}

// A range that one call has.
struct Use {
  StatementId statement;
  ColumnRange range;
};

// The hulls of one column.
class Builder {
 public:
  Builder(const std::vector<Use>& uses, double null_fraction, std::string column)
      : uses_(uses), null_fraction_(null_fraction), column_(std::move(column)) {}

  std::vector<Hull> Build() && {
    AddOpen(&ColumnRange::lower);
    AddOpen(&ColumnRange::upper);
    std::optional<ColumnRange> both;
    for (const Use& use : uses_) {
      const bool held = std::ranges::any_of(hulls_, [&use](const Hull& hull) { return Holds(hull.range, use.range); });
      if (held || use.range.lower.text.empty() || use.range.upper.text.empty()) {
        continue;
      }
      both =
          both ? ColumnRange{.lower = Wider(both->lower, use.range.lower), .upper = Wider(both->upper, use.range.upper)}
               : use.range;
    }
    if (both) {
      Add(*both);
    }
    return std::move(hulls_);
  }

 private:
  // With one end only: the widest that is small.
  void AddOpen(RangeEnd ColumnRange::*end) {
    ColumnRange hull;
    for (const Use& use : uses_) {
      const RangeEnd& of = use.range.*end;
      if (of.text.empty() || of.selectivity > kMostRows) {
        continue;
      }
      hull.*end = (hull.*end).text.empty() ? of : Wider(hull.*end, of);
    }
    if (!(hull.*end).text.empty()) {
      Add(hull);
    }
  }

  void Add(const ColumnRange& range) {
    const double selectivity = SelectivityOf(range, null_fraction_);
    std::set<StatementId> calls;
    std::set<std::pair<std::string, std::string>> different;
    for (const Use& use : uses_) {
      if (Holds(range, use.range)) {
        calls.insert(use.statement);
        different.emplace(use.range.lower.text, use.range.upper.text);
      }
    }
    if (selectivity > kMostRows || calls.size() < kLeastCalls) {
      return;
    }
    const std::string of = different.size() == 1 ? absl::StrCat("the range of ", column_, " that all calls had")
                                                 : absl::StrCat("the hull of the ", different.size(), " ranges of ",
                                                                column_, " that calls had");
    hulls_.push_back(
        {.range = range,
         .predicate = PredicateOf(range, selectivity),
         .caution = absl::StrCat("Its predicate is ", of, ": once a statement asks for more, it cannot use it."),
         .why_moves = {}});
  }

  const std::vector<Use>& uses_;
  double null_fraction_;
  std::string column_;
  std::vector<Hull> hulls_;
};

// What all calls of a template say of one column.
struct TemplateRanges {
  std::set<StatementId> calls;
  std::set<std::pair<std::string, std::string>> different;
  std::vector<Use> uses;
};

std::optional<double> CapturedAt(const Snapshot& snapshot) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, snapshot.captured_at, &time, &error)) {
    return std::nullopt;
  }
  return absl::ToDoubleSeconds(time - absl::UnixEpoch());
}

bool IsRecent(const RangeEnd& end, const std::optional<double>& captured) {
  return !end.text.empty() && end.bound.time && (!captured || end.bound.value > *captured - kYear);
}

bool IsUniqueKey(const Snapshot& snapshot, const Place& place) {
  return std::ranges::any_of(snapshot.indexes, [&place](const Index& index) {
    return index.def.table == place.first && index.def.unique && index.def.keys.size() == 1 &&
           index.def.keys.front().column == place.second;
  });
}

// Why ranges of the template on the column move; empty: they do not.
std::string WhyMoves(const TemplateRanges& ranges, const Place& place, const Snapshot& snapshot,
                     const std::optional<double>& captured) {
  if (IsUniqueKey(snapshot, place)) {
    return "Its predicate would hold a bound of a unique key, which moves as rows are added: no statement could use it "
           "then.";
  }
  const bool recent = std::ranges::any_of(ranges.uses, [&captured](const Use& use) {
    return IsRecent(use.range.lower, captured) || IsRecent(use.range.upper, captured);
  });
  const bool time = std::ranges::any_of(
      ranges.uses, [](const Use& use) { return use.range.lower.bound.time || use.range.upper.bound.time; });
  if (recent || (time && ranges.different.size() > 1)) {
    return absl::StrCat("Its predicate would hold a date that ",
                        recent ? "is less than a year older than the capture" : "differs between calls",
                        ": once it moves on, no statement can use the index.");
  }
  return {};
}

}  // namespace

bool Holds(const ColumnRange& outer, const ColumnRange& inner) {
  return IsWiderEnd(outer.lower, inner.lower) && IsWiderEnd(outer.upper, inner.upper);
}

RangeHulls::RangeHulls(std::span<const StatementRequests> statements, const Snapshot& snapshot) {
  struct Calls {
    std::size_t all = 0;
    bool literal = true;  // no value was made up or a parameter's
    std::map<Place, TemplateRanges> ranges;
  };
  std::map<std::string, Calls> templates;
  for (const StatementRequests& statement : statements) {
    Calls& calls = templates[statement.template_id];
    ++calls.all;
    calls.literal = calls.literal && statement.observed && !statement.parameters;
    for (const catalog::IndexRequest& request : statement.requests) {
      for (const auto& [column, range] : RangesOf(request)) {
        TemplateRanges& of = calls.ranges[{request.table, column}];
        of.calls.insert(statement.statement);
        of.different.emplace(range.lower.text, range.upper.text);
        of.uses.push_back({statement.statement, range});
      }
    }
  }
  const std::optional<double> captured = CapturedAt(snapshot);
  std::map<std::pair<Place, std::string>, std::vector<Use>> uses;  // by why they move
  for (const auto& [id, calls] : templates) {
    for (const auto& [place, ranges] : calls.ranges) {
      if (!calls.literal || ranges.calls.size() != calls.all || ranges.different.size() > kMostRanges) {
        continue;
      }
      std::vector<Use>& of = uses[{place, WhyMoves(ranges, place, snapshot, captured)}];
      of.insert(of.end(), ranges.uses.begin(), ranges.uses.end());
    }
  }
  for (const auto& [key, of] : uses) {
    const auto& [place, why_moves] = key;
    const Relation* const relation = snapshot.FindRelation(place.first);
    const Column* const column = relation == nullptr ? nullptr : FindColumn(*relation, place.second);
    if (column == nullptr) {
      continue;
    }
    const ColumnStatistics* const known = catalog::FindTableStatistics(snapshot, place.first, place.second);
    const double null_fraction = known == nullptr ? 0 : known->null_fraction;
    for (Hull& hull : Builder(of, null_fraction, QuoteIdentifier(column->name)).Build()) {
      hull.why_moves = why_moves;
      hulls_[place].push_back(std::move(hull));
    }
  }
}

std::vector<Hull> RangeHulls::Of(const StatementRequests& statement, const catalog::IndexRequest& request) const {
  std::vector<Hull> hulls;
  if (!statement.observed || statement.parameters) {
    return hulls;
  }
  for (const auto& [column, range] : RangesOf(request)) {
    const auto found = hulls_.find({request.table, column});
    if (found == hulls_.end()) {
      continue;
    }
    std::ranges::copy_if(found->second, std::back_inserter(hulls),
                         [&range](const Hull& hull) { return Holds(hull.range, range); });
  }
  return hulls;
}

}  // namespace pgassay::candidates
