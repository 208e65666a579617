#include "evidence/load_guard.h"

#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pg/result_row.h"

namespace pgassay::evidence {
namespace {

// Received and not replayed yet.
constexpr std::int64_t kMostLagBytes = std::int64_t{64} << 20;

constexpr std::string_view kLook = R"(/* pgassay */
SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity
        WHERE pid <> pg_catalog.pg_backend_pid() AND (backend_type IS NULL OR backend_type = 'client backend')
          AND (state IS NULL OR state NOT IN ('idle', 'disabled'))),
       pg_catalog.pg_is_in_recovery(),
       (SELECT confl_tablespace + confl_lock + confl_snapshot + confl_bufferpin + confl_deadlock
        FROM pg_catalog.pg_stat_database_conflicts WHERE datname = pg_catalog.current_database()),
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity
        WHERE backend_type = 'startup' AND wait_event LIKE 'RecoveryConflict%'),
       CASE WHEN pg_catalog.pg_is_in_recovery()
         THEN pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn()) END
)";

}  // namespace

absl::StatusOr<Verdict> LoadGuard::Look() {
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result rows, session_.Query(kLook));
  pg::ResultRow row(rows, 0);
  const std::int64_t active = row.Integer();
  const bool standby = row.Boolean();
  const std::int64_t conflicts = row.Integer();
  const std::int64_t waiting = row.Integer();
  const std::int64_t lag_bytes = row.Integer();
  if (active > max_active_) {
    return Verdict{
        std::string(reason::kOverLoad),
        absl::StrCat(active, " other sessions are at work or hide their state, more than --analyze-max-active ",
                     max_active_, " (GRANT pg_read_all_stats shows their state).")};
  }
  if (!standby) return Verdict();
  if (!conflicts_) conflicts_ = conflicts;
  if (waiting > 0 || conflicts > *conflicts_) {
    return Verdict{std::string(reason::kStandbyTrouble), "The standby's replay is in conflict with queries."};
  }
  if (lag_bytes > kMostLagBytes) {
    return Verdict{std::string(reason::kStandbyTrouble),
                   absl::StrCat("The standby's replay is ", FormatBytes(lag_bytes), " behind.")};
  }
  return Verdict();
}

}  // namespace pgassay::evidence
