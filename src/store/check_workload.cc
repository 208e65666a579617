#include "store/check_workload.h"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "store/sorted.h"
#include "store/workload_fields.h"

namespace pgassay::store {
namespace {

// A capture keeps no longer text (src/pg/capture_statements.cc).
constexpr std::size_t kMaxTextBytes = std::size_t{1} << 20;

absl::Status Problem(std::string_view problem) {
  return absl::InvalidArgumentError(ToAbsl(problem));
}

// Visits counters; notes a negative one and one that is no finite number.
struct CounterCheck {
  bool ok = true;

  template <typename Value>
  void operator()(std::string_view, const Value& value) {
    if constexpr (std::floating_point<Value>) {
      ok = ok && std::isfinite(value) && value >= 0;
    } else {
      ok = ok && value >= 0;
    }
  }
};

// Largest total first; rows of roles that are gone may be equal in everything.
bool ComesBefore(const pgassay::Statement& a, const pgassay::Statement& b) {
  return std::tuple(-a.counters.total_ms, std::string_view(a.user), a.query_id, a.top_level) <
         std::tuple(-b.counters.total_ms, std::string_view(b.user), b.query_id, b.top_level);
}

absl::Status CheckSource(const StatementSource& source) {
  if (source.evictions < 0 || source.max_statements < 0)
    return Problem("the source of the statements has a negative count");
  const double active_ms = source.database_active_ms.value_or(0);
  if (!std::isfinite(active_ms) || active_ms < 0) return Problem("the active time of the database is impossible");
  return absl::OkStatus();
}

absl::Status CheckStatements(const std::vector<pgassay::Statement>& statements) {
  for (std::size_t i = 0; i < statements.size(); ++i) {
    CounterCheck check;
    CounterFields(check, statements[i].counters);
    if (!check.ok) return Problem(absl::StrCat("statement ", i + 1, " has an impossible counter"));
    if (statements[i].text.size() > kMaxTextBytes) return Problem(absl::StrCat("statement ", i + 1, " is too long"));
  }
  if (!std::ranges::is_sorted(statements, ComesBefore))
    return Problem("the statements are not in order of their times");
  return absl::OkStatus();
}

absl::Status CheckGroups(const std::vector<StatementGroup>& groups) {
  for (const StatementGroup& group : groups) {
    if (group.code.empty()) return Problem("a group of statements has no code");
    if (group.statements < 0 || group.calls < 0 || !std::isfinite(group.total_ms) || group.total_ms < 0) {
      return Problem(absl::StrCat("the group of statements ", Printable(group.code), " has an impossible count"));
    }
  }
  const auto key = [](const StatementGroup& group) { return std::tie(group.code, group.detail); };
  if (!IsStrictlySorted(groups, key)) return Problem("the groups of statements are not in order");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckWorkload(const Snapshot& snapshot) {
  if (!IsStrictlySorted(snapshot.views, &View::oid)) return Problem("the views are not in order of their OIDs");
  if (!IsStrictlySorted(snapshot.roles, &Role::name)) return Problem("the roles are not in order of their names");
  for (const Role& role : snapshot.roles) {
    if (!IsStrictlySorted(role.member_of, std::identity())) {
      return Problem(absl::StrCat("the memberships of role ", Printable(role.name), " are not in order"));
    }
  }
  PGASSAY_RETURN_IF_ERROR(CheckSource(snapshot.statement_source));
  PGASSAY_RETURN_IF_ERROR(CheckStatements(snapshot.statements));
  return CheckGroups(snapshot.statement_groups);
}

}  // namespace pgassay::store
