#include "twin/twin.h"

#include <unistd.h>

#include <algorithm>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "catalog/index_sql.h"
#include "sql/statement.h"
#include "twin/backends.h"
#include "twin/candidate_sql.h"
#include "twin/names.h"
#include "twin/request_json.h"
#include "twin/restore.h"
#include "twin/server.h"
#include "twin/settings.h"
#include "twin/statistics.h"

namespace pgassay::twin {
namespace {

constexpr std::string_view kOwner = "pgassay_owner";
constexpr std::string_view kDatabase = "twin";

// Names of objects in messages: enough to recognise the trouble, not a wall of text.
constexpr std::size_t kShownNotRestored = 20;

// Functions of the extension. They live in pg_catalog, out of the way of every user schema.
std::string FunctionsSql(const std::string& library) {
  const std::string as = absl::StrCat(" LANGUAGE c AS ", QuoteLiteral(library), ", ");
  std::string sql;
  const auto add = [&](std::string_view signature, std::string_view result, std::string_view symbol) {
    absl::StrAppend(&sql, "CREATE FUNCTION pg_catalog.", ToAbsl(symbol), "(", ToAbsl(signature), ") RETURNS ",
                    ToAbsl(result), " STRICT VOLATILE", as, QuoteLiteral(symbol), ";");
  };
  add("oid[], float8[], float8[], float8[], float8[]", "void", "pgassay_tables");
  add("oid[], float8[], float8[], float8[], float8[], float8[], float8[], bool", "void", "pgassay_indexes");
  add("timestamptz", "void", "pgassay_clock");
  add("int4, text", "void", "pgassay_prepare");
  add("int4", "text", "pgassay_requests");
  add("int4, oid[], oid[], OUT total float8, OUT startup float8, OUT used oid[]", "record", "pgassay_plan");
  add("oid[], oid[]", "void", "pgassay_enable");
  add("oid, text", "bool", "pgassay_end_point");
  add("text, oid", "int4[]", "pgassay_array_in");
  // Only built-in functions may be declared to return anyarray from plain arguments, as array_in does.
  absl::StrAppend(&sql,
                  "UPDATE pg_catalog.pg_proc SET prorettype = 'anyarray'::regtype WHERE proname = 'pgassay_array_in';");
  return sql;
}

// The role that plans: not an owner (owners bypass row security), named as the capture's user so that "$user" and
// current_user mean the same.
std::string PlannerRole(const Snapshot& snapshot) {
  const bool reserved = snapshot.user.empty() || snapshot.user.starts_with("pg_") || snapshot.user == kSuperuser ||
                        snapshot.user == kOwner || snapshot.user == "public" || snapshot.user == "none";
  return reserved ? "pgassay_planner" : snapshot.user;
}

std::string CreateDatabaseSql(const Snapshot& snapshot, bool with_locale) {
  std::string sql =
      absl::StrCat("CREATE DATABASE ", std::string(kDatabase), " OWNER ", std::string(kOwner), " TEMPLATE template0");
  if (!snapshot.encoding.empty()) absl::StrAppend(&sql, " ENCODING ", QuoteLiteral(snapshot.encoding));
  if (!with_locale) return absl::StrCat(sql, " LC_COLLATE 'C' LC_CTYPE 'C'");
  absl::StrAppend(&sql, " LC_COLLATE ", QuoteLiteral(snapshot.collate), " LC_CTYPE ", QuoteLiteral(snapshot.ctype));
  if (snapshot.locale_provider == "i" && !snapshot.icu_locale.empty()) {
    absl::StrAppend(&sql, " LOCALE_PROVIDER icu ICU_LOCALE ", QuoteLiteral(snapshot.icu_locale));
  }
  return sql;
}

std::string OidArray(std::span<const TwinOid> oids) {
  std::string text = "{";
  for (const TwinOid oid : oids) absl::StrAppend(&text, text.size() > 1 ? "," : "", oid.value);
  return text + "}";
}

std::vector<TwinOid> ParseOidArray(std::string_view text) {
  std::vector<TwinOid> oids;
  std::uint32_t number = 0;
  bool digits = false;
  for (char c : text) {
    if (c >= '0' && c <= '9') {
      number = number * 10 + static_cast<std::uint32_t>(c - '0');
      digits = true;
    } else if (digits) {
      oids.push_back(TwinOid{number});
      number = 0;
      digits = false;
    }
  }
  return oids;
}

bool TwinIsLost(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

}  // namespace

// Everything behind the interface.
class Twin::State {
 public:
  State(const Snapshot& snapshot, const TwinOptions& options) : snapshot_(snapshot), options_(options) {}

  absl::Status Start(std::vector<std::string>& warnings);
  absl::StatusOr<std::vector<absl::StatusOr<std::vector<catalog::IndexRequest>>>> Prepare(
      std::span<const std::string> statements);
  absl::StatusOr<std::vector<absl::Status>> AddCandidates(std::span<const IndexDef> definitions,
                                                          std::span<const whatif::BtreeSize> sizes);
  absl::StatusOr<MadeIndex> AddIndexStatement(const std::string& sql);
  absl::Status SetSizes(std::span<const CandidateId> candidates, std::span<const whatif::BtreeSize> sizes);
  absl::StatusOr<std::vector<absl::StatusOr<whatif::PlanAnswer>>> Plan(std::span<const whatif::PlanQuestion> questions);
  absl::StatusOr<std::string> ExplainJson(const whatif::PlanQuestion& question);

 private:
  void Progress(std::string_view step) const {
    if (options_.progress) options_.progress(step);
  }
  absl::Status StartServer(std::vector<std::string>& warnings);
  absl::Status MakeDatabase(std::vector<std::string>& warnings);
  absl::Status Fill(std::vector<std::string>& warnings);
  absl::Status OpenBackends();
  absl::StatusOr<whatif::PlanAnswer> PlanOne(Backend& backend, const whatif::PlanQuestion& question);
  absl::StatusOr<std::pair<std::string, std::string>> Sets(const whatif::PlanQuestion& question) const;

  const Snapshot& snapshot_;
  const TwinOptions options_;
  std::unique_ptr<Server> server_;
  std::string planner_role_;
  std::optional<pg::Session> superuser_;
  std::optional<pg::Session> owner_;  // makes candidates
  Names names_;
  std::vector<Backend> backends_;
  std::vector<std::string> statements_;  // by StatementId
  std::vector<TwinOid> candidates_;      // by CandidateId; 0: refused
  std::map<TwinOid, CandidateId> candidate_of_;
};

absl::Status Twin::State::Start(std::vector<std::string>& warnings) {
  planner_role_ = PlannerRole(snapshot_);
  Progress("starting a private PostgreSQL");
  PGASSAY_RETURN_IF_ERROR(StartServer(warnings));
  PGASSAY_RETURN_IF_ERROR(MakeDatabase(warnings));
  Progress("restoring the schema");
  PGASSAY_RETURN_IF_ERROR(Fill(warnings));
  return OpenBackends();
}

absl::Status Twin::State::StartServer(std::vector<std::string>& warnings) {
  const int major = snapshot_.server_version / 10000;
  ServerOptions server;
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
  PGASSAY_ASSIGN_OR_RETURN(server_, Server::Start(server));
  for (const std::string& locale : server_->missing_locales()) {
    warnings.push_back(absl::StrCat("locale ", Printable(locale),
                                    " cannot be had on this machine, C is used instead: plans with LIKE or "
                                    "text ranges may differ from the source; install the package locales"));
  }
  return absl::OkStatus();
}

absl::Status Twin::State::MakeDatabase(std::vector<std::string>& warnings) {
  PGASSAY_ASSIGN_OR_RETURN(pg::Session first, server_->Connect(kSuperuser, "template1"));
  PGASSAY_RETURN_IF_ERROR(first.Execute(
      absl::StrCat("CREATE ROLE ", std::string(kOwner), " LOGIN; CREATE ROLE ", QuoteIdentifier(planner_role_),
                   " LOGIN BYPASSRLS; GRANT pg_read_all_data, pg_write_all_data TO ", QuoteIdentifier(planner_role_))));
  const bool with_locale = server_->missing_locales().empty() && !snapshot_.collate.empty();
  const absl::Status created = first.Execute(CreateDatabaseSql(snapshot_, with_locale));
  if (!created.ok()) {
    if (TwinIsLost(created)) return created;
    warnings.push_back(absl::StrCat("the private server cannot have the source's locale (",
                                    std::string(created.message()),
                                    "), C is used instead: plans with LIKE or text ranges may differ"));
    PGASSAY_RETURN_IF_ERROR(first.Execute(CreateDatabaseSql(snapshot_, false)));
  }
  PGASSAY_ASSIGN_OR_RETURN(superuser_, server_->Connect(kSuperuser, kDatabase));
  PGASSAY_RETURN_IF_ERROR(superuser_->Execute(
      absl::StrCat(ToAbsl(kReadBackSql),
                   "SET allow_system_table_mods = on; SET search_path = pg_catalog; SET statement_timeout = '10s'")));
  PGASSAY_RETURN_IF_ERROR(superuser_->Execute(FunctionsSql(server_->preload_library())));
  PGASSAY_RETURN_IF_ERROR(superuser_->Execute(absl::StrCat("ALTER SCHEMA public OWNER TO ", std::string(kOwner))));
  // Only the superuser sessions that are open now remain; whatever a schema's code does, it cannot become superuser.
  return server_->AllowOnly({std::string(kOwner), planner_role_}, *superuser_);
}

absl::Status Twin::State::Fill(std::vector<std::string>& warnings) {
  std::vector<NotRestored> not_restored;
  PGASSAY_RETURN_IF_ERROR(CreateExtensions(snapshot_, *superuser_, not_restored));
  PGASSAY_ASSIGN_OR_RETURN(owner_, server_->Connect(kOwner, kDatabase));
  PGASSAY_RETURN_IF_ERROR(RestoreSchema(snapshot_, *owner_, not_restored));
  PGASSAY_ASSIGN_OR_RETURN(names_, Names::Read(snapshot_, *superuser_));
  std::vector<CaptureGap> gaps;
  PGASSAY_RETURN_IF_ERROR(LoadStatistics(snapshot_, names_, *superuser_, gaps));
  PGASSAY_RETURN_IF_ERROR(LoadEndPoints(snapshot_, names_, *superuser_, gaps));

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
  setup.user = planner_role_;
  setup.database = std::string(kDatabase);
  setup.settings_sql = absl::StrCat(SizesSql(snapshot_, names_), ";", PlanningSettingsSql(snapshot_));
  setup.statement_timeout_ms = options_.statement_timeout_ms;
  const int jobs = options_.jobs > 0 ? std::min(options_.jobs, 64)
                                     : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  for (int i = 0; i < jobs; ++i) {
    PGASSAY_ASSIGN_OR_RETURN(Backend backend, Backend::Open(*server_, setup));
    backends_.push_back(std::move(backend));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<absl::StatusOr<std::vector<catalog::IndexRequest>>>> Twin::State::Prepare(
    std::span<const std::string> statements) {
  const std::size_t first = statements_.size();
  statements_.insert(statements_.end(), statements.begin(), statements.end());
  std::vector<absl::StatusOr<std::vector<catalog::IndexRequest>>> answers(statements.size(),
                                                                          absl::UnknownError("not asked"));
  const auto work = [&](Backend& backend, std::size_t i) -> absl::Status {
    const auto id = static_cast<std::uint32_t>(first + i);
    const auto ask = [&]() -> absl::StatusOr<std::vector<catalog::IndexRequest>> {
      PGASSAY_RETURN_IF_ERROR(backend.EnsurePrepared(id, statements_[id]));
      const std::optional<std::string> parameters[] = {absl::StrCat(id)};
      PGASSAY_ASSIGN_OR_RETURN(const pg::Result result,
                               backend.session().Query("SELECT pg_catalog.pgassay_requests($1::int4)", parameters));
      return ParseRequests(result.Text(0, 0), names_);
    };
    answers[i] = ask();
    return TwinIsLost(answers[i].status()) ? answers[i].status() : absl::OkStatus();
  };
  PGASSAY_RETURN_IF_ERROR(ForEach(backends_, statements.size(), work));
  return answers;
}

absl::StatusOr<std::vector<absl::Status>> Twin::State::AddCandidates(std::span<const IndexDef> definitions,
                                                                     std::span<const whatif::BtreeSize> sizes) {
  PGASSAY_CHECK(definitions.size() == sizes.size());
  std::vector<absl::Status> results;
  std::vector<CandidateId> made;
  std::vector<whatif::BtreeSize> made_sizes;
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    const CandidateId id{static_cast<std::uint32_t>(candidates_.size())};
    candidates_.push_back({});
    const std::string sql = catalog::CreateIndexSql(definitions[i], CandidateName(id), false, snapshot_);
    if (sql.empty()) {
      results.push_back(absl::InvalidArgumentError("its table or one of its columns is not in the capture"));
      continue;
    }
    const absl::Status created = owner_->Execute(sql);
    if (TwinIsLost(created)) return created;
    results.push_back(created);
    if (!created.ok()) continue;
    made.push_back(id);
    made_sizes.push_back(sizes[i]);
  }
  // The OIDs of all of them at once, by name: the names are ours, and CREATE INDEX has just refused any that was taken.
  PGASSAY_ASSIGN_OR_RETURN(
      const pg::Result oids,
      superuser_->Query("SELECT relname, oid FROM pg_catalog.pg_class WHERE relkind IN ('i', 'I') AND relname LIKE "
                        "'pgassay\\_candidate\\_%' ORDER BY oid"));
  std::map<std::string, TwinOid> by_name;
  for (std::size_t row = 0; row < oids.rows(); ++row) {
    by_name[oids.Text(row, 0)] = TwinOid{static_cast<std::uint32_t>(oids.Integer(row, 1))};
  }
  for (const CandidateId id : made) {
    const TwinOid oid = by_name[CandidateName(id)];
    candidates_[id.value] = oid;
    candidate_of_[oid] = id;
  }
  PGASSAY_RETURN_IF_ERROR(SetSizes(made, made_sizes));
  return results;
}

absl::StatusOr<MadeIndex> Twin::State::AddIndexStatement(const std::string& sql) {
  PGASSAY_ASSIGN_OR_RETURN(const sql::IndexStatement statement, sql::ExamineIndexStatement(sql));
  if (!statement.create) return absl::InvalidArgumentError("not a CREATE INDEX statement");
  const auto attempt = [&]() -> absl::StatusOr<MadeIndex> {
    PGASSAY_ASSIGN_OR_RETURN(const pg::Result before,
                             owner_->Query("SELECT coalesce(max(oid::int8), 0) FROM pg_catalog.pg_class"));
    PGASSAY_RETURN_IF_ERROR(owner_->Execute(SetSearchPathSql(snapshot_)));
    const absl::Status created = owner_->Query(sql).status();
    PGASSAY_RETURN_IF_ERROR(owner_->Execute("SET search_path = pg_catalog"));
    PGASSAY_RETURN_IF_ERROR(created);
    const std::optional<std::string> parameters[] = {before.Text(0, 0)};
    PGASSAY_ASSIGN_OR_RETURN(const pg::Result rows, owner_->Query(kMadeIndexSql, parameters));
    if (rows.rows() == 0)
      return absl::InvalidArgumentError("the statement made no index: one of that name may exist already");
    MadeIndex made;
    PGASSAY_ASSIGN_OR_RETURN(made.def, ReadMadeIndex(rows, names_));
    const TwinOid oid{static_cast<std::uint32_t>(rows.Integer(0, 0))};
    // Another set may propose an index of the same name.
    const CandidateId id{static_cast<std::uint32_t>(candidates_.size())};
    PGASSAY_RETURN_IF_ERROR(
        owner_->Execute(absl::StrCat("DO $$ BEGIN EXECUTE format('ALTER INDEX %s RENAME TO ", CandidateName(id), "', ",
                                     oid.value, "::pg_catalog.regclass); END $$")));
    made.candidate = id;
    candidates_.push_back(oid);
    candidate_of_[oid] = made.candidate;
    return made;
  };
  PGASSAY_ASSIGN_OR_RETURN(MadeIndex made, attempt());
  // Rows by the planner's own estimate of the predicate.
  const Relation* const relation = snapshot_.FindRelation(made.def.table);
  made.rows = relation ? whatif::EstimateTuples(*relation) : 0;
  if (relation && !made.def.predicate.empty()) {
    const std::string count = absl::StrCat("EXPLAIN (FORMAT TEXT) SELECT 1 FROM ", catalog::QuotedName(relation->name),
                                           " WHERE ", made.def.predicate);
    PGASSAY_ASSIGN_OR_RETURN(const pg::Result plan, backends_.front().session().Query(count));
    made.rows = RowsOfExplain(plan.Text(0, 0), made.rows);
  }
  return made;
}

absl::Status Twin::State::SetSizes(std::span<const CandidateId> candidates, std::span<const whatif::BtreeSize> sizes) {
  if (candidates.empty()) return absl::OkStatus();
  std::string oids, pages, tuples, heights, ranks, unknown;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const char* const comma = i == 0 ? "" : ",";
    absl::StrAppend(&oids, comma, candidates_[candidates[i].value].value);
    absl::StrAppend(&pages, comma, sizes[i].pages);
    absl::StrAppend(&tuples, comma, static_cast<std::int64_t>(sizes[i].tuples));
    absl::StrAppend(&heights, comma, sizes[i].tree_height);
    // After every existing index, in the order of the candidates: where a new index would get its OID.
    absl::StrAppend(&ranks, comma, 4294967296.0 + candidates[i].value);
    absl::StrAppend(&unknown, comma, "-1");
  }
  const std::string sql =
      absl::StrCat("SELECT pg_catalog.pgassay_indexes('{", oids, "}', '{", pages, "}', '{", unknown, "}', '{", unknown,
                   "}', '{", tuples, "}', '{", heights, "}', '{", ranks, "}', true)");
  for (Backend& backend : backends_) PGASSAY_RETURN_IF_ERROR(backend.session().Execute(sql));
  return absl::OkStatus();
}

// The two OID arrays of a question.
absl::StatusOr<std::pair<std::string, std::string>> Twin::State::Sets(const whatif::PlanQuestion& question) const {
  std::vector<TwinOid> enabled;
  for (const CandidateId id : question.enabled) {
    if (id.value >= candidates_.size()) return absl::InternalError("a candidate that the twin does not know");
    if (candidates_[id.value].value != 0) enabled.push_back(candidates_[id.value]);
  }
  std::vector<TwinOid> hidden;
  for (const Oid oid : question.hidden) {
    if (const TwinOid twin = names_.ToTwin(oid); twin.value != 0) hidden.push_back(twin);
  }
  return std::pair(OidArray(enabled), OidArray(hidden));
}

absl::StatusOr<whatif::PlanAnswer> Twin::State::PlanOne(Backend& backend, const whatif::PlanQuestion& question) {
  const std::uint32_t id = question.statement.value;
  if (id >= statements_.size()) return absl::InternalError("a statement that the twin does not know");
  PGASSAY_ASSIGN_OR_RETURN(const auto sets, Sets(question));
  PGASSAY_RETURN_IF_ERROR(backend.EnsurePrepared(id, statements_[id]));
  const std::optional<std::string> parameters[] = {absl::StrCat(id), sets.first, sets.second};
  PGASSAY_ASSIGN_OR_RETURN(
      const pg::Result result,
      backend.session().Query(
          "SELECT total, startup, used FROM pg_catalog.pgassay_plan($1::int4, $2::oid[], $3::oid[])", parameters));
  whatif::PlanAnswer answer;
  answer.total = result.Number(0, 0);
  answer.startup = result.Number(0, 1);
  std::vector<CandidateId> used;
  for (const TwinOid oid : ParseOidArray(result.Text(0, 2))) {
    if (const auto found = candidate_of_.find(oid); found != candidate_of_.end()) {
      used.push_back(found->second);
    } else if (const Oid source = names_.ToSource(oid); source.value != 0) {
      answer.used_existing.push_back(source);
    }
  }
  answer.used = whatif::IndexSet(std::move(used));
  std::ranges::sort(answer.used_existing);
  return answer;
}

absl::StatusOr<std::vector<absl::StatusOr<whatif::PlanAnswer>>> Twin::State::Plan(
    std::span<const whatif::PlanQuestion> questions) {
  std::vector<absl::StatusOr<whatif::PlanAnswer>> answers(questions.size(), absl::UnknownError("not asked"));
  const auto work = [&](Backend& backend, std::size_t i) -> absl::Status {
    if (options_.cancelled && options_.cancelled()) return absl::CancelledError("interrupted");
    answers[i] = PlanOne(backend, questions[i]);
    return TwinIsLost(answers[i].status()) ? answers[i].status() : absl::OkStatus();
  };
  PGASSAY_RETURN_IF_ERROR(ForEach(backends_, questions.size(), work));
  return answers;
}

absl::StatusOr<std::string> Twin::State::ExplainJson(const whatif::PlanQuestion& question) {
  PGASSAY_CHECK(question.statement.value < statements_.size());
  PGASSAY_ASSIGN_OR_RETURN(const auto sets, Sets(question));
  pg::Session& session = backends_.front().session();
  PGASSAY_RETURN_IF_ERROR(session.Execute("BEGIN"));
  const auto explain = [&]() -> absl::StatusOr<pg::Result> {
    const std::string clock =
        absl::StrCat("SELECT pg_catalog.pgassay_clock(", QuoteLiteral(snapshot_.captured_at), "::timestamptz)");
    PGASSAY_RETURN_IF_ERROR(session.Execute(clock));
    const std::optional<std::string> parameters[] = {sets.first, sets.second};
    PGASSAY_RETURN_IF_ERROR(
        session.Query("SELECT pg_catalog.pgassay_enable($1::oid[], $2::oid[])", parameters).status());
    return session.Query(absl::StrCat("EXPLAIN (FORMAT JSON) ", statements_[question.statement.value]));
  };
  const absl::StatusOr<pg::Result> plan = explain();
  PGASSAY_RETURN_IF_ERROR(session.Execute("ROLLBACK"));
  PGASSAY_RETURN_IF_ERROR(plan.status());
  return plan->Text(0, 0);
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

absl::StatusOr<std::vector<absl::StatusOr<std::vector<catalog::IndexRequest>>>> Twin::Prepare(
    std::span<const std::string> statements) {
  return state_->Prepare(statements);
}

absl::StatusOr<std::vector<absl::Status>> Twin::AddCandidates(std::span<const IndexDef> definitions,
                                                              std::span<const whatif::BtreeSize> sizes) {
  return state_->AddCandidates(definitions, sizes);
}

absl::StatusOr<MadeIndex> Twin::AddIndexStatement(const std::string& sql) {
  return state_->AddIndexStatement(sql);
}

absl::Status Twin::SetSize(CandidateId candidate, const whatif::BtreeSize& size) {
  return state_->SetSizes(std::span(&candidate, 1), std::span(&size, 1));
}

absl::StatusOr<std::vector<absl::StatusOr<whatif::PlanAnswer>>> Twin::Plan(
    std::span<const whatif::PlanQuestion> questions) {
  return state_->Plan(questions);
}

absl::StatusOr<std::string> Twin::ExplainJson(const whatif::PlanQuestion& question) {
  return state_->ExplainJson(question);
}

}  // namespace pgassay::twin
