#include "store/sqlite.h"

#include <sqlite3.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::store {
namespace {

// How long a writer's lock is waited for: longer than the commit of another capture, shorter than a person's patience.
constexpr int kBusyTimeoutMs = 1000;

struct Limit {
  int id;
  int value;
};

// Our own statements stay far below; a hostile schema should find nothing to grow into.
constexpr Limit kLimits[] = {
    {SQLITE_LIMIT_LENGTH, 1 << 29},  // one text: the schema or one column's statistics
    {SQLITE_LIMIT_SQL_LENGTH, 1 << 16}, {SQLITE_LIMIT_COLUMN, 64},          {SQLITE_LIMIT_EXPR_DEPTH, 64},
    {SQLITE_LIMIT_COMPOUND_SELECT, 4},  {SQLITE_LIMIT_VDBE_OP, 1 << 16},    {SQLITE_LIMIT_FUNCTION_ARG, 8},
    {SQLITE_LIMIT_ATTACHED, 0},         {SQLITE_LIMIT_VARIABLE_NUMBER, 64}, {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 1},    {SQLITE_LIMIT_WORKER_THREADS, 0},
};

struct Switch {
  int id;
  int on;
};

// https://www.sqlite.org/security.html, "Untrusted SQLite Database Files".
constexpr Switch kSwitches[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
    {SQLITE_DBCONFIG_ENABLE_VIEW, 0}, {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}, {SQLITE_DBCONFIG_DQS_DDL, 0},
    {SQLITE_DBCONFIG_DQS_DML, 0},     {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
};

constexpr std::string_view kRestore = "restore it from a copy, or capture into a new file";

// SQLite gives a meaning to "", ":memory:" and "file:...": a path with a directory has none.
std::string PlainName(const std::string& path) {
  return path.starts_with('/') ? path : "./" + path;
}

}  // namespace

void CloseDatabase::operator()(sqlite3* database) const {
  ::sqlite3_close_v2(database);
}

void FinalizeStatement::operator()(sqlite3_stmt* statement) const {
  ::sqlite3_finalize(statement);
}

void Statement::Note(int result) {
  if (problem_ == SQLITE_OK) problem_ = result;
}

void Statement::Bind(std::int64_t value) {
  Note(::sqlite3_bind_int64(statement_.get(), ++parameter_, value));
}

void Statement::Bind(double value) {
  Note(::sqlite3_bind_double(statement_.get(), ++parameter_, value));
}

void Statement::Bind(std::string_view value) {
  const char* data = value.empty() ? "" : value.data();  // a null pointer would bind NULL
  Note(::sqlite3_bind_text64(statement_.get(), ++parameter_, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::BindNull() {
  Note(::sqlite3_bind_null(statement_.get(), ++parameter_));
}

absl::StatusOr<bool> Statement::Step() {
  if (problem_ != SQLITE_OK) return database_->Failure(problem_);
  const int result = ::sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return database_->Failure(result);
}

void Statement::Reset() {
  ::sqlite3_reset(statement_.get());  // repeats the error that Step returned
  parameter_ = 0;
}

bool Statement::IsNull(int column) const {
  return ::sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::optional<std::int64_t> Statement::Integer(int column) const {
  if (::sqlite3_column_type(statement_.get(), column) != SQLITE_INTEGER) return std::nullopt;
  return ::sqlite3_column_int64(statement_.get(), column);
}

std::optional<double> Statement::Real(int column) const {
  if (::sqlite3_column_type(statement_.get(), column) != SQLITE_FLOAT) return std::nullopt;
  return ::sqlite3_column_double(statement_.get(), column);
}

std::optional<std::string_view> Statement::Text(int column) const {
  if (::sqlite3_column_type(statement_.get(), column) != SQLITE_TEXT) return std::nullopt;
  const void* data = ::sqlite3_column_text(statement_.get(), column);
  if (data == nullptr) return std::nullopt;  // out of memory
  const int bytes = ::sqlite3_column_bytes(statement_.get(), column);
  return std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(bytes));
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path, Access access) {
  std::unique_ptr<Database> database(new Database(path));
  const int flags = (access == Access::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  sqlite3* handle = nullptr;
  const int result = ::sqlite3_open_v2(PlainName(path).c_str(), &handle, flags, nullptr);
  database->database_.reset(handle);
  if (handle == nullptr) return absl::ResourceExhaustedError("no memory for SQLite; free some");
  if (result != SQLITE_OK) return database->Failure(result);
  PGASSAY_RETURN_IF_ERROR(database->Protect());
  return database;
}

absl::Status Database::Protect() {
  for (const Limit& limit : kLimits) ::sqlite3_limit(database_.get(), limit.id, limit.value);
  for (const Switch& change : kSwitches) {
    const int result = ::sqlite3_db_config(database_.get(), change.id, change.on, nullptr);
    if (result != SQLITE_OK) return Failure(result);
  }
  if (const int result = ::sqlite3_busy_timeout(database_.get(), kBusyTimeoutMs); result != SQLITE_OK)
    return Failure(result);
  PGASSAY_RETURN_IF_ERROR(Execute("PRAGMA trusted_schema = OFF"));
  PGASSAY_RETURN_IF_ERROR(Execute("PRAGMA cell_size_check = ON"));
  PGASSAY_RETURN_IF_ERROR(Execute("PRAGMA mmap_size = 0"));
  return Execute("PRAGMA temp_store = MEMORY");  // a temporary file would hold confidential values too
}

absl::StatusOr<Statement> Database::Prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int result =
      ::sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()), 0, &statement, nullptr);
  if (result != SQLITE_OK) return Failure(result);
  return Statement(this, statement);
}

absl::Status Database::Execute(std::string_view sql) const {
  PGASSAY_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  bool more = true;
  while (more) {  // a PRAGMA may answer with its new value
    PGASSAY_ASSIGN_OR_RETURN(more, statement.Step());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> Database::QueryInteger(std::string_view sql) const {
  PGASSAY_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  PGASSAY_ASSIGN_OR_RETURN(const bool found, statement.Step());
  const std::optional<std::int64_t> value = found ? statement.Integer(0) : std::nullopt;
  if (!value) return Damaged("a number is missing");
  return *value;
}

bool Database::IsWritable() const {
  return ::sqlite3_db_readonly(database_.get(), "main") == 0;
}

absl::Status Database::Damaged(std::string_view problem) const {
  return absl::InvalidArgumentError(
      absl::StrCat(Printable(path_), " is damaged (", Printable(problem), "); ", ToAbsl(kRestore)));
}

absl::Status Database::Failure(int result) const {
  const std::string file = Printable(path_);
  const int system_error = database_ != nullptr ? ::sqlite3_system_errno(database_.get()) : 0;
  if (result == SQLITE_READONLY_ROLLBACK || result == SQLITE_READONLY_RECOVERY) {
    return absl::UnavailableError(
        absl::StrCat(file, " holds a capture that was interrupted half-way; capture into it again, or run: sqlite3 ",
                     file, " 'SELECT number FROM capture', to take that back"));
  }
  switch (result & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::UnavailableError(
          absl::StrCat(file, " is being written by another process; try again when that is done"));
    case SQLITE_FULL:
      return ErrnoStatus(ENOSPC, absl::StrCat("cannot write ", file));
    case SQLITE_NOMEM:
      return absl::ResourceExhaustedError(absl::StrCat("no memory to work on ", file, "; free some"));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return absl::PermissionDeniedError(
          absl::StrCat("cannot write ", file, "; check the permissions of it and of its directory"));
    case SQLITE_CANTOPEN:
      return ErrnoStatus(system_error != 0 ? system_error : EACCES, absl::StrCat("cannot open ", file));
    case SQLITE_IOERR:
      if (result == SQLITE_IOERR_SHORT_READ) return Damaged("it ends early");
      if (system_error == EDQUOT || system_error == EFBIG || system_error == ENOSPC) {
        return ErrnoStatus(system_error, absl::StrCat("cannot write ", file));
      }
      return absl::UnavailableError(absl::StrCat(
          "reading or writing ", file, " failed (", ::sqlite3_errstr(result), system_error != 0 ? ", errno " : "",
          system_error != 0 ? absl::StrCat(system_error) : "", "); check the disk and try again"));
    case SQLITE_NOTADB:
      return absl::InvalidArgumentError(absl::StrCat(file, " is not an assay file; name one made by pgassay capture"));
    case SQLITE_TOOBIG:
      return absl::InvalidArgumentError(absl::StrCat("a text in ", file, " is larger than 512 MB"));
    default:
      return Damaged(::sqlite3_errmsg(database_.get()));
  }
}

absl::StatusOr<Transaction> Transaction::Begin(const Database& database, Access access) {
  // SQLite itself would quietly begin to read only.
  if (access == Access::kWrite && !database.IsWritable()) return database.Failure(SQLITE_READONLY);
  PGASSAY_RETURN_IF_ERROR(database.Execute(access == Access::kRead ? "BEGIN" : "BEGIN IMMEDIATE"));
  return Transaction(&database);
}

absl::Status Transaction::Commit() {
  PGASSAY_RETURN_IF_ERROR(database_->Execute("COMMIT"));
  database_ = nullptr;
  return absl::OkStatus();
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  // After some errors SQLite has rolled back by itself and says so: there is nothing left to do.
  database_->Execute("ROLLBACK").IgnoreError();
  // After a full disk it only remembers to play back its journal at the next access: let that be now.
  if (database_->IsWritable()) database_->QueryInteger("PRAGMA user_version").status().IgnoreError();
}

}  // namespace pgassay::store
