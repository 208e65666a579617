#include "twin/twin.h"

#include <unistd.h>

#include <algorithm>
#include <set>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "cluster/server.h"
#include "sql/plannable.h"
#include "twin/backends.h"
#include "twin/candidate_sql.h"
#include "twin/contexts.h"
#include "twin/custom_settings.h"
#include "twin/database_sql.h"
#include "twin/extended_statistics.h"
#include "twin/metapages.h"
#include "twin/names.h"
#include "twin/questions.h"
#include "twin/request_json.h"
#include "twin/restore.h"
#include "twin/roles.h"
#include "twin/settings.h"
#include "twin/statistics.h"

namespace pgassay::twin {
namespace {

constexpr std::string_view kDatabase = "twin";

// Names of objects in messages: enough to recognise the trouble, not a wall of text.
constexpr std::size_t kShownNotRestored = 20;

}  // namespace

// Everything behind the interface.
class Twin::State {
 public:
  State(const Snapshot& snapshot, const TwinOptions& options) : snapshot_(snapshot), options_(options) {}

  absl::Status Start(std::vector<std::string>& warnings);
  absl::StatusOr<std::vector<absl::StatusOr<catalog::Parameters>>> Parameters(std::span<const PlannedText> statements);
  absl::StatusOr<std::vector<absl::StatusOr<std::string>>> WithVariables(std::span<const PlannedText> statements);
  absl::StatusOr<std::vector<absl::StatusOr<StatementView>>> Prepare(std::span<const PlannedText> statements);
  CandidateIndexes& candidates() { return *candidates_; }
  Questions& questions() { return *questions_; }
  std::vector<Backend>& backends() { return backends_; }
  const MissingObjects& missing() const { return missing_; }
  const std::string& captured_at() const { return snapshot_.captured_at; }
  const std::vector<std::string>& Steps(std::string_view user, std::string_view search_path) {
    return contexts_->Steps(contexts_->Of(user, search_path));
  }

 private:
  void Progress(std::string_view step) const {
    if (options_.progress) options_.progress(step);
  }
  absl::Status StartServer(std::vector<std::string>& warnings);
  absl::Status MakeDatabase(std::vector<std::string>& warnings);
  absl::Status Fill(std::vector<std::string>& warnings);
  absl::Status OpenBackends();
  absl::Status FindCustomSettings(std::vector<std::string>& warnings);
  absl::Status AddCustomSettings(std::span<const PlannedText> statements);
  std::size_t ContextOf(const PlannedText& statement);

  const Snapshot& snapshot_;
  const TwinOptions options_;
  std::unique_ptr<cluster::Server> server_;
  std::optional<pg::Session> superuser_;
  std::optional<pg::Session> owner_;  // makes candidates
  Names names_;
  MissingObjects missing_;
  StatisticsObjects statistics_objects_;
  std::vector<Backend> backends_;
  std::set<std::string> roles_;
  std::optional<Contexts> contexts_;
  std::optional<CandidateIndexes> candidates_;
  std::optional<Questions> questions_;
};

absl::Status Twin::State::Start(std::vector<std::string>& warnings) {
  Progress("starting a private PostgreSQL");
  PGASSAY_RETURN_IF_ERROR(StartServer(warnings));
  PGASSAY_RETURN_IF_ERROR(MakeDatabase(warnings));
  Progress("restoring the schema");
  PGASSAY_RETURN_IF_ERROR(Fill(warnings));
  PGASSAY_RETURN_IF_ERROR(OpenBackends());
  candidates_.emplace(snapshot_, names_, *owner_, *superuser_);
  PGASSAY_RETURN_IF_ERROR(FindCustomSettings(warnings));
  questions_.emplace(names_, *contexts_, *candidates_, backends_, options_.cancelled);
  return absl::OkStatus();
}

absl::Status Twin::State::StartServer(std::vector<std::string>& warnings) {
  const int major = snapshot_.server_version / 10000;
  cluster::ServerOptions server;
  server.major_version = major;
  server.pg_bindir = options_.pg_bindir;
  server.work_dir = options_.work_dir;
  server.cache_dir = options_.cache_dir;
  server.preload_library = absl::StrCat(options_.planner_dir, "/", major, "/pgassay_planner.so");
  server.cancelled = options_.cancelled;
  if (::access(server.preload_library.c_str(), R_OK) != 0) {
    return absl::NotFoundError(absl::StrCat("the planner extension for PostgreSQL ", major, " is missing (",
                                            server.preload_library, "): install postgresql-server-dev-", major,
                                            " and build pgassay again"));
  }
  for (const std::string& locale : {snapshot_.collate, snapshot_.ctype}) {
    if (!locale.empty()) server.locales.push_back(locale);
  }
  PGASSAY_ASSIGN_OR_RETURN(server_, cluster::Server::Start(server));
  for (const std::string& locale : server_->missing_locales()) {
    warnings.push_back(absl::StrCat("locale ", Printable(locale),
                                    " cannot be had on this machine, C is used instead: plans with LIKE or "
                                    "text ranges may differ from the source; install the package locales"));
  }
  return absl::OkStatus();
}

absl::Status Twin::State::MakeDatabase(std::vector<std::string>& warnings) {
  PGASSAY_ASSIGN_OR_RETURN(pg::Session first, server_->Connect(cluster::kSuperuser, "template1"));
  PGASSAY_ASSIGN_OR_RETURN(roles_, CreateRoles(snapshot_, first));
  const bool with_locale = server_->missing_locales().empty() && !snapshot_.collate.empty();
  const absl::Status created = first.Execute(CreateDatabaseSql(snapshot_, kDatabase, kOwner, with_locale));
  if (!created.ok()) {
    if (IsLost(created)) return created;
    warnings.push_back(absl::StrCat("the private server cannot have the source's locale (",
                                    std::string(created.message()),
                                    "), C is used instead: plans with LIKE or text ranges may differ"));
    PGASSAY_RETURN_IF_ERROR(first.Execute(CreateDatabaseSql(snapshot_, kDatabase, kOwner, false)));
  }
  PGASSAY_ASSIGN_OR_RETURN(superuser_, server_->Connect(cluster::kSuperuser, kDatabase));
  PGASSAY_RETURN_IF_ERROR(superuser_->Execute(
      absl::StrCat(ToAbsl(kReadBackSql),
                   "SET allow_system_table_mods = on; SET search_path = pg_catalog; SET statement_timeout = '10s'")));
  PGASSAY_RETURN_IF_ERROR(superuser_->Execute(FunctionsSql(server_->preload_library())));
  PGASSAY_RETURN_IF_ERROR(superuser_->Execute(absl::StrCat("ALTER SCHEMA public OWNER TO ", std::string(kOwner))));
  // Only the superuser sessions that are open now remain; whatever a schema's code does, it cannot become superuser.
  return server_->AllowOnly({std::string(kOwner), std::string(kPlanner)}, *superuser_);
}

absl::Status Twin::State::Fill(std::vector<std::string>& warnings) {
  std::vector<NotRestored> not_restored;
  PGASSAY_ASSIGN_OR_RETURN(const std::set<std::string> wrappers, CreateWrappers(snapshot_, *superuser_));
  PGASSAY_RETURN_IF_ERROR(CreateExtensions(snapshot_, wrappers, *superuser_, not_restored));
  PGASSAY_ASSIGN_OR_RETURN(owner_, server_->Connect(kOwner, kDatabase));
  PGASSAY_RETURN_IF_ERROR(RestoreSchema(snapshot_, *owner_, not_restored));
  PGASSAY_ASSIGN_OR_RETURN(names_, Names::Read(snapshot_, *superuser_));
  missing_ = MissingObjects(snapshot_, names_, not_restored);
  std::vector<CaptureGap> gaps;
  PGASSAY_RETURN_IF_ERROR(LoadStatistics(snapshot_, names_, *superuser_, gaps));
  PGASSAY_ASSIGN_OR_RETURN(statistics_objects_, LoadExtendedStatistics(snapshot_, names_, *superuser_, gaps));
  PGASSAY_RETURN_IF_ERROR(LoadEndPoints(snapshot_, names_, *superuser_, gaps));
  PGASSAY_RETURN_IF_ERROR(LoadMetapages(snapshot_, names_, *superuser_));
  PGASSAY_RETURN_IF_ERROR(OpenToEverybody(*superuser_));
  PGASSAY_RETURN_IF_ERROR(SetOwners(snapshot_, names_, roles_, *superuser_));
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<QualifiedName> opened, OpenUnseenTables(snapshot_, roles_, *superuser_));
  for (const QualifiedName& name : opened) {
    warnings.push_back(absl::StrCat(
        Printable(catalog::QuotedName(name)), ": no policy lets ", Printable(snapshot_.user),
        " see a row of it, so statements from files are planned as for a role that sees all; capture as the role that "
        "runs them to plan with its policies"));
  }

  for (std::size_t i = 0; i < not_restored.size() && i < kShownNotRestored; ++i) {
    warnings.push_back(
        absl::StrCat("not on the twin: ", not_restored[i].what, ": ", Printable(not_restored[i].reason)));
  }
  if (not_restored.size() > kShownNotRestored) {
    warnings.push_back(
        absl::StrCat("not on the twin: ", not_restored.size() - kShownNotRestored, " more statements of the schema"));
  }
  for (const Relation& relation : snapshot_.relations) {
    if (relation.readable && names_.ToTwin(relation.oid).value == 0) {
      warnings.push_back(absl::StrCat("not on the twin: table ", Printable(catalog::QuotedName(relation.name)),
                                      "; statements that need it are skipped"));
    }
  }
  for (const CaptureGap& gap : gaps)
    warnings.push_back(absl::StrCat(Printable(gap.subject), ": ", Printable(gap.reason)));
  return absl::OkStatus();
}

absl::Status Twin::State::OpenBackends() {
  BackendSetup setup;
  setup.user = std::string(kPlanner);
  setup.database = std::string(kDatabase);
  setup.settings_sql = absl::StrCat(SizesSql(snapshot_, names_), ";", StatisticsOrderSql(statistics_objects_), ";",
                                    PlanningSettingsSql(snapshot_));
  setup.statement_timeout_ms = options_.statement_timeout_ms;
  const int jobs = options_.jobs > 0 ? std::min(options_.jobs, 64)
                                     : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  for (int i = 0; i < jobs; ++i) {
    PGASSAY_ASSIGN_OR_RETURN(Backend backend, Backend::Open(*server_, setup));
    backends_.push_back(std::move(backend));
  }
  return absl::OkStatus();
}

// Custom settings that policies and views read, with typical values for users that have none.
absl::Status Twin::State::FindCustomSettings(std::vector<std::string>& warnings) {
  pg::Session& session = backends_.front().session();
  PGASSAY_ASSIGN_OR_RETURN(contexts_, Contexts::Make(snapshot_, roles_, session));
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<ChosenSetting> found, SettingsOfSchema(snapshot_, names_, session));
  for (const ChosenSetting& setting : found) {
    const auto given = std::ranges::find(options_.settings, setting.name, &std::pair<std::string, std::string>::first);
    if (given != options_.settings.end()) continue;
    contexts_->AddCustom(setting.name, setting.value, setting.possible);
    std::string planned = absl::StrCat(", which the capture has no value of; planned with ", setting.source);
    if (contexts_->HasUsefulStored(setting.name)) {
      planned = ", which sessions may change; planned with the value that is stored for the database or the role";
    } else if (contexts_->IsStored(setting.name)) {
      planned = absl::StrCat(", and no row matches the value that is stored for it; planned with ", setting.source);
    }
    warnings.push_back(absl::StrCat("policies or views read the setting ", Printable(setting.name), planned,
                                    "; --setting ", Printable(setting.name), "=VALUE plans with another"));
  }
  for (const auto& [name, value] : options_.settings) contexts_->GiveCustom(name, value);
  return absl::OkStatus();
}

// The same for what statements read themselves.
absl::Status Twin::State::AddCustomSettings(std::span<const PlannedText> statements) {
  for (const PlannedText& statement : statements) {
    if (!absl::StrContains(absl::AsciiStrToLower(statement.sql), "current_setting")) continue;
    Backend& backend = backends_.front();
    const std::size_t context = ContextOf(statement);
    PGASSAY_RETURN_IF_ERROR(backend.Enter(contexts_->Steps(context)));
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<ChosenSetting> found,
                             SettingsOfStatement(statement.sql, snapshot_, names_, backend.session()));
    for (const ChosenSetting& setting : found) {
      if (!contexts_->HasCustom(setting.name)) contexts_->AddCustom(setting.name, setting.value, setting.possible);
    }
  }
  return absl::OkStatus();
}

std::size_t Twin::State::ContextOf(const PlannedText& statement) {
  return contexts_->Of(statement.user, statement.search_path);
}

absl::StatusOr<std::vector<absl::StatusOr<catalog::Parameters>>> Twin::State::Parameters(
    std::span<const PlannedText> statements) {
  std::vector<std::size_t> contexts;
  for (const PlannedText& statement : statements) contexts.push_back(ContextOf(statement));
  std::vector<absl::StatusOr<catalog::Parameters>> answers(statements.size(), absl::UnknownError("not asked"));
  const auto work = [&](Backend& backend, std::size_t i) -> absl::Status {
    const auto ask = [&]() -> absl::StatusOr<catalog::Parameters> {
      PGASSAY_RETURN_IF_ERROR(backend.Enter(contexts_->Steps(contexts[i])));
      const std::optional<std::string> parameters[] = {statements[i].sql};
      PGASSAY_ASSIGN_OR_RETURN(const pg::Result result,
                               backend.session().Query("SELECT pg_catalog.pgassay_parameters($1::text)", parameters));
      PGASSAY_ASSIGN_OR_RETURN(StatementParameters found, ParseParameters(result.Text(0, 0), names_));
      return std::move(found.parameters);
    };
    answers[i] = ask();
    return IsLost(answers[i].status()) ? answers[i].status() : absl::OkStatus();
  };
  PGASSAY_RETURN_IF_ERROR(ForEach(backends_, statements.size(), work));
  return answers;
}

absl::StatusOr<std::vector<absl::StatusOr<std::string>>> Twin::State::WithVariables(
    std::span<const PlannedText> statements) {
  std::vector<std::size_t> contexts;
  for (const PlannedText& statement : statements) contexts.push_back(ContextOf(statement));
  std::vector<absl::StatusOr<std::string>> answers(statements.size(), absl::UnknownError("not asked"));
  const auto work = [&](Backend& backend, std::size_t i) -> absl::Status {
    int used = 0;
    for (const sql::ParameterPlace& place : sql::ParameterPlaces(statements[i].sql)) {
      used = std::max(used, place.number);
    }
    const auto ask = [&]() -> absl::StatusOr<std::string> {
      PGASSAY_RETURN_IF_ERROR(backend.Enter(contexts_->Steps(contexts[i])));
      const std::optional<std::string> parameters[] = {statements[i].sql, absl::StrCat(used)};
      PGASSAY_ASSIGN_OR_RETURN(
          const pg::Result result,
          backend.session().Query("SELECT pg_catalog.pgassay_variables($1::text, $2::int4)", parameters));
      return result.Text(0, 0);
    };
    answers[i] = ask();
    return IsLost(answers[i].status()) ? answers[i].status() : absl::OkStatus();
  };
  PGASSAY_RETURN_IF_ERROR(ForEach(backends_, statements.size(), work));
  return answers;
}

absl::StatusOr<std::vector<absl::StatusOr<StatementView>>> Twin::State::Prepare(
    std::span<const PlannedText> statements) {
  PGASSAY_RETURN_IF_ERROR(AddCustomSettings(statements));
  const std::size_t first = questions_->size();
  for (const PlannedText& statement : statements) questions_->Add(statement.sql, ContextOf(statement));
  std::vector<absl::StatusOr<StatementView>> answers(statements.size(), absl::UnknownError("not asked"));
  const auto work = [&](Backend& backend, std::size_t i) -> absl::Status {
    if (options_.cancelled && options_.cancelled()) return absl::CancelledError("interrupted");
    const auto id = static_cast<std::uint32_t>(first + i);
    const auto ask = [&]() -> absl::StatusOr<StatementView> {
      PGASSAY_RETURN_IF_ERROR(questions_->EnsurePrepared(backend, id));
      const std::optional<std::string> parameters[] = {absl::StrCat(id)};
      PGASSAY_ASSIGN_OR_RETURN(const pg::Result result,
                               backend.session().Query("SELECT pg_catalog.pgassay_requests($1::int4)", parameters));
      return ParseRequests(result.Text(0, 0), names_);
    };
    answers[i] = ask();
    return IsLost(answers[i].status()) ? answers[i].status() : absl::OkStatus();
  };
  PGASSAY_RETURN_IF_ERROR(ForEach(backends_, statements.size(), work));
  return answers;
}

std::string ServerErrorCode(const absl::Status& status) {
  return pg::SqlState(status);
}

Twin::Twin(std::unique_ptr<State> state) : state_(std::move(state)) {}
Twin::~Twin() = default;

absl::StatusOr<std::unique_ptr<Twin>> Twin::Start(const Snapshot& snapshot, const TwinOptions& options) {
  auto state = std::make_unique<State>(snapshot, options);
  std::vector<std::string> warnings;
  PGASSAY_RETURN_IF_ERROR(Annotate(state->Start(warnings), "preparing the private PostgreSQL"));
  std::unique_ptr<Twin> twin(new Twin(std::move(state)));
  twin->warnings_ = std::move(warnings);
  return twin;
}

std::vector<std::string> Twin::SessionSettings(std::string_view user, std::string_view search_path) {
  std::vector<std::string> steps = state_->Steps(user, search_path);
  steps.erase(steps.begin());  // SET ROLE, to the twin's own roles
  return steps;
}

const MissingObjects& Twin::missing() const {
  return state_->missing();
}

absl::StatusOr<std::vector<absl::StatusOr<catalog::Parameters>>> Twin::Parameters(
    std::span<const PlannedText> statements) {
  return state_->Parameters(statements);
}

absl::StatusOr<std::vector<absl::StatusOr<std::string>>> Twin::WithVariables(std::span<const PlannedText> statements) {
  return state_->WithVariables(statements);
}

absl::StatusOr<std::vector<absl::StatusOr<StatementView>>> Twin::Prepare(std::span<const PlannedText> statements) {
  return state_->Prepare(statements);
}

absl::StatusOr<std::vector<absl::Status>> Twin::AddCandidates(std::span<const CandidateParts> candidates) {
  return state_->candidates().Add(candidates, state_->backends());
}

absl::StatusOr<MeantIndex> Twin::ReadIndexStatement(const std::string& sql) {
  return state_->candidates().ReadStatement(sql, state_->backends());
}

absl::StatusOr<MadeIndex> Twin::AddIndexStatement(const std::string& sql) {
  return state_->candidates().AddStatement(sql, state_->backends());
}

absl::Status Twin::SetSizes(CandidateId candidate, std::span<const whatif::BtreeSize> sizes) {
  return state_->candidates().SetSizes(candidate, sizes, state_->backends());
}

std::vector<std::string> Twin::IndexNames(CandidateId candidate, std::size_t parts) {
  std::vector<std::string> names;
  for (std::size_t part = 0; part < parts; ++part) names.push_back(CandidateName(candidate, part));
  return names;
}

absl::StatusOr<std::vector<absl::StatusOr<whatif::PlanAnswer>>> Twin::PlanUntil(
    std::span<const whatif::PlanQuestion> questions, const std::function<bool()>& stop) {
  return state_->questions().PlanUntil(questions, stop);
}

absl::StatusOr<std::string> Twin::ExplainJson(const whatif::PlanQuestion& question) {
  return state_->questions().ExplainJson(question, state_->captured_at());
}

}  // namespace pgassay::twin
