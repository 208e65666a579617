#include "pg/session_setup.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::pg {

absl::StatusOr<bool> TrySetting(Session& session, std::string_view name, std::string_view value) {
  const absl::Status set = session.Execute(absl::StrCat("SAVEPOINT pgassay_set; SET LOCAL ", ToAbsl(name), " = ",
                                                        ToAbsl(value), "; RELEASE SAVEPOINT pgassay_set"));
  if (set.ok()) return true;
  if (!session.connected() || absl::IsCancelled(set)) return set;
  PGASSAY_RETURN_IF_ERROR(session.Execute("ROLLBACK TO SAVEPOINT pgassay_set; RELEASE SAVEPOINT pgassay_set"));
  return false;
}

}  // namespace pgassay::pg
