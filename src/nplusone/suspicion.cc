// Suspicions from pg_stat_statements: counters of a parent's rows and a child's calls that agree.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "catalog/index_identity.h"
#include "pgassay/findings.h"
#include "sql/lexical_facts.h"

namespace pgassay {
namespace {

constexpr std::int64_t kLeastCalls = 100;  // of a child, for counters to say anything
constexpr std::int64_t kLeastParentCalls = 5;
constexpr double kLeastRows = 2;    // of a call of the parent
constexpr double kMostRows = 1000;  // beyond it nobody would wait for the loop
constexpr double kTolerance = 0.1;

using Tables = std::set<std::pair<std::string, std::string>>;

Tables TiedTables(const Snapshot& snapshot) {
  Tables tied;
  for (const Constraint& constraint : snapshot.constraints) {
    if (constraint.kind != 'f') continue;
    const Relation* const from = snapshot.FindRelation(constraint.table);
    const Relation* const to = snapshot.FindRelation(constraint.foreign_table);
    if (from == nullptr || to == nullptr) continue;
    const std::string a = catalog::QuotedName(from->name);
    const std::string b = catalog::QuotedName(to->name);
    tied.insert({a, b});
    tied.insert({b, a});
  }
  return tied;
}

bool IsChild(const Template& of, const sql::LexicalFacts& facts) {
  return of.relations.size() == 1 && of.observed->calls >= kLeastCalls && facts.verb == sql::Verb::kSelect &&
         !facts.offset && !facts.row_lock && !facts.skip_locked && of.sql.find("= $") != std::string::npos;
}

bool IsParent(const Template& of, const sql::LexicalFacts& facts) {
  if (of.observed->calls < kLeastParentCalls || facts.verb != sql::Verb::kSelect || facts.aggregate) return false;
  const double rows = static_cast<double>(of.observed->rows) / static_cast<double>(of.observed->calls);
  return rows >= kLeastRows && rows <= kMostRows;
}

bool Tied(const Tables& tied, const Template& parent, const Template& child) {
  return std::ranges::any_of(parent.relations, [&](const std::string& table) {
    return tied.contains({table, child.relations.front()});
  });
}

}  // namespace

std::vector<LoopSuspicion> SuspectLoops(const Workload& workload, const Snapshot& snapshot) {
  const Tables tied = TiedTables(snapshot);
  std::vector<const Template*> parents;
  std::vector<const Template*> children;
  for (const Template& of : workload.templates) {
    if (!of.observed || of.observed->calls == 0) continue;
    const sql::LexicalFacts facts = sql::ReadLexicalFacts(of.sql);
    if (IsChild(of, facts)) children.push_back(&of);
    if (IsParent(of, facts)) parents.push_back(&of);
  }
  std::vector<LoopSuspicion> suspicions;
  for (const Template* const child : children) {
    for (const Template* const parent : parents) {
      const auto calls = static_cast<double>(child->observed->calls);
      const auto rows = static_cast<double>(parent->observed->rows);
      if (parent == child || parent->user != child->user || std::abs(calls - rows) > kTolerance * rows) continue;
      if (!Tied(tied, *parent, *child)) continue;
      suspicions.push_back(
          {.parent = parent->id,
           .child = child->id,
           .parent_sql = parent->sql,
           .child_sql = child->sql,
           .user = child->user,
           .why = absl::StrCat("it was called about as often as the other returned rows, and a foreign key ties ",
                               child->relations.front(), " to its tables; only the logs can tell whether one follows "
                               "the other"),
           .parent_calls = parent->observed->calls,
           .parent_rows = parent->observed->rows,
           .child_calls = child->observed->calls,
           .child_ms = child->observed->total_ms});
    }
  }
  std::ranges::stable_sort(suspicions, [](const LoopSuspicion& a, const LoopSuspicion& b) {
    return std::pair(-a.child_calls, a.child) < std::pair(-b.child_calls, b.child);
  });
  return suspicions;
}

}  // namespace pgassay
