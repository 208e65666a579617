#include "bench/restored_copy.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/process.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pg/programs.h"

namespace pgassay::bench {
namespace {

constexpr unsigned kMostJobs = 4;
// So many of what the server lacks are named.
constexpr std::size_t kNamed = 5;

absl::StatusOr<std::string> FindRestore(const BenchOptions& options, int server_version) {
  return pg::FindProgram("pg_restore", options.pg_bindir, server_version / 10000);
}

// What pg_restore complains about, in its own words and order.
std::vector<std::string> Complaints(std::string_view err) {
  constexpr std::string_view kError = "error: ";
  std::vector<std::string> complaints;
  for (const absl::string_view line : absl::StrSplit(ToAbsl(err), '\n')) {
    const std::string_view text(line.data(), line.size());
    if (const std::size_t at = text.find(kError); text.starts_with("pg_restore:") && at != std::string_view::npos)
      complaints.push_back(Printable(text.substr(at + kError.size())));
  }
  return complaints;
}

// Whose absence changes no plan but for policies: a role, or an extension that nothing is made of.
bool IsHarmless(std::string_view complaint) {
  const auto has = [&](std::string_view words) { return complaint.find(words) != std::string_view::npos; };
  return (has("role \"") && has("does not exist")) || has("extension \"") || has("could not open extension control");
}

absl::Status Failed(const std::string& archive, const ProcessResult& result) {
  const std::vector<std::string> complaints = Complaints(result.err);
  const auto first = std::ranges::find_if_not(complaints, IsHarmless);
  const std::string words = absl::StrCat(
      "pg_restore did not restore ", Printable(archive),
      " completely: ", first != complaints.end() ? *first : "it " + DescribeExit({result.exit_code, result.signal}));
  if (result.err.find("No space left on device") != std::string::npos) return absl::ResourceExhaustedError(words);
  return absl::FailedPreconditionError(words);
}

std::string CreateRoleSql(const Role& role) {
  return absl::StrCat("CREATE ROLE ", QuoteIdentifier(role.name), " NOLOGIN", role.superuser ? " SUPERUSER" : "",
                      role.inherit ? "" : " NOINHERIT", role.bypass_row_security ? " BYPASSRLS" : "");
}

// A role that the server has already, or that has an impossible name, is left out.
absl::Status CreateRoles(const std::vector<Role>& roles, pg::Session& session) {
  const auto unless_lost = [&](const absl::Status& status) {
    return session.connected() && !absl::IsCancelled(status) ? absl::OkStatus() : status;
  };
  for (const Role& role : roles) {
    PGASSAY_RETURN_IF_ERROR(unless_lost(session.Execute(CreateRoleSql(role))));
  }
  for (const Role& role : roles) {
    for (const std::string& group : role.member_of) {
      PGASSAY_RETURN_IF_ERROR(unless_lost(
          session.Execute(absl::StrCat("GRANT ", QuoteIdentifier(group), " TO ", QuoteIdentifier(role.name)))));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckArchive(const BenchOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(const std::string program, FindRestore(options, options.production_version));
  Command command;
  command.argv = {program, "--list", options.restore};
  command.environment = {"LC_ALL=C"};
  PGASSAY_ASSIGN_OR_RETURN(const ProcessResult listed,
                           Run(command, {.cancelled = options.cancelled, .keep_out = false}));
  if (listed.ok()) return absl::OkStatus();
  const std::vector<std::string> complaints = Complaints(listed.err);
  return absl::InvalidArgumentError(
      absl::StrCat("--restore: ", Printable(options.restore), " is not an archive that pg_restore reads (",
                   complaints.empty() ? DescribeExit({listed.exit_code, listed.signal}) : complaints.front(),
                   "); make one with pg_dump --format=directory"));
}

absl::StatusOr<std::unique_ptr<cluster::Server>> StartServer(const BenchPlan& plan, const BenchOptions& options,
                                                             std::vector<std::string>& notes) {
  cluster::ServerOptions server;
  server.major_version = plan.origin.server_version / 10000;
  server.pg_bindir = options.pg_bindir;
  server.work_dir = options.work_dir;
  server.cache_dir = options.cache_dir;
  server.locales = plan.origin.locales;
  server.cancelled = options.cancelled;
  // What a private server does without, but is counted or takes part in what is measured.
  server.settings = {{"track_counts", "on"},        {"track_activities", "on"},
                     {"full_page_writes", "on"},    {"wal_level", "replica"},
                     {"max_worker_processes", "8"}, {"max_parallel_workers", "8"},
                     {"max_connections", "500"},    {"shared_buffers", options.shared_buffers}};
  PGASSAY_ASSIGN_OR_RETURN(std::unique_ptr<cluster::Server> started, cluster::Server::Start(server));
  for (const std::string& locale : started->missing_locales()) {
    notes.push_back(
        absl::StrCat("locale ", Printable(locale), " cannot be had on this machine; the copy has C instead"));
  }
  PGASSAY_ASSIGN_OR_RETURN(pg::Session session, started->Connect(cluster::kSuperuser, "postgres"));
  PGASSAY_RETURN_IF_ERROR(CreateRoles(plan.origin.roles, session));
  return started;
}

absl::Status RestoreInto(pg::Session& session, const BenchOptions& options, std::vector<std::string>& notes) {
  PGASSAY_ASSIGN_OR_RETURN(const std::string program, FindRestore(options, session.server_version()));
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result name, session.Query("SELECT current_database()"));
  Command command;
  const unsigned jobs = std::clamp(std::thread::hardware_concurrency(), 1u, kMostJobs);
  command.argv = {program, "--no-password", absl::StrCat("--jobs=", jobs), absl::StrCat("--dbname=", name.Text(0, 0)),
                  options.restore};
  for (const auto& [variable, value] : session.ChildEnvironment()) {
    command.environment.push_back(absl::StrCat(variable, "=", value));
  }
  command.environment.emplace_back("PGAPPNAME=pgassay bench");
  command.environment.emplace_back("LC_ALL=C");
  command.die_with_parent = true;
  PGASSAY_ASSIGN_OR_RETURN(const ProcessResult restored,
                           Run(command, {.timeout_ms = 0, .cancelled = options.cancelled, .keep_out = false}));
  const std::vector<std::string> complaints = Complaints(restored.err);
  const bool harmless = !complaints.empty() && std::ranges::all_of(complaints, IsHarmless);
  if (!restored.ok() && (restored.signal != 0 || !harmless)) return Failed(options.restore, restored);
  const std::set<std::string> different(complaints.begin(), complaints.end());
  std::vector<std::string> named(different.begin(), different.end());
  if (named.size() > kNamed) named.resize(kNamed);
  if (!named.empty()) {
    notes.push_back(
        absl::StrCat("the copy is without what needs a role or an extension that its server does not have (",
                     complaints.size(), " complaints of pg_restore: ", absl::StrJoin(named, "; "), ")"));
  }
  return session.Execute("VACUUM (ANALYZE)");
}

}  // namespace pgassay::bench
