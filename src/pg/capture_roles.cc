#include "pg/capture_roles.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "pg/result_row.h"

namespace pgassay::pg {
namespace {

// The queries ask for one row more.
constexpr std::size_t kMaxRoles = 10000;
constexpr std::size_t kMaxMemberships = 100000;

Role* FindRole(Snapshot& snapshot, const std::string& name) {
  const auto found = std::ranges::lower_bound(snapshot.roles, name, {}, &Role::name);
  return found != snapshot.roles.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

absl::Status ReadViews(const CatalogQueries& queries, Session& session, Snapshot& snapshot, CatalogDetails& details) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.views));
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    View view;
    view.oid = row.ReadOid();
    view.name.schema = row.Text();
    view.name.name = row.Text();
    view.owner = row.Text();
    if (row.Boolean()) details.extension_views.insert(view.oid);
    snapshot.views.push_back(std::move(view));
  }
  return absl::OkStatus();
}

absl::Status ReadRoles(const CatalogQueries& queries, Session& session, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result roles, session.Query(queries.roles));
  for (std::size_t i = 0; i < std::min(roles.rows(), kMaxRoles); ++i) {
    ResultRow row(roles, i);
    Role role;
    role.name = row.Text();
    role.superuser = row.Boolean();
    role.bypass_row_security = row.Boolean();
    role.inherit = row.Boolean();
    snapshot.roles.push_back(std::move(role));
  }
  PGASSAY_ASSIGN_OR_RETURN(const Result memberships, session.Query(queries.memberships));
  for (std::size_t i = 0; i < std::min(memberships.rows(), kMaxMemberships); ++i) {
    ResultRow row(memberships, i);
    Role* const role = FindRole(snapshot, row.Text());
    if (role != nullptr) role->member_of.push_back(row.Text());
  }
  if (roles.rows() > kMaxRoles || memberships.rows() > kMaxMemberships) {
    snapshot.gaps.push_back(
        {"roles", absl::StrCat("only the first ", kMaxRoles, " roles and ", kMaxMemberships,
                               " memberships by name are kept; which policies of row level security "
                               "hold for the others is not known")});
  }
  return absl::OkStatus();
}

}  // namespace pgassay::pg
