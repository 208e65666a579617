#include "pgassay/assay_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/unique_fd.h"
#include "store/advice_rows.h"
#include "store/bench_rows.h"
#include "store/check.h"
#include "store/check_logs.h"
#include "store/log_rows.h"
#include "store/read.h"
#include "store/read_rows.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "store/write.h"

namespace pgassay {
namespace {

using store::Access;
using store::Database;
using store::Statement;
using store::Transaction;

// https://www.sqlite.org/fileformat2.html, "The Database Header".
constexpr std::size_t kHeaderBytes = 100;
constexpr std::string_view kMagic("SQLite format 3\0", 16);
constexpr std::size_t kPageSizeAt = 16;
constexpr std::size_t kWriteVersionAt = 18;
constexpr std::size_t kChangesAt = 24;
constexpr std::size_t kPagesAt = 28;
constexpr std::size_t kPagesValidForAt = 92;  // of kChangesAt
constexpr char kWriteAheadLog = 2;

absl::Status NotAnAssayFile(const std::string& path) {
  return absl::InvalidArgumentError(
      absl::StrCat(Printable(path), " is not an assay file; name one made by pgassay capture"));
}

absl::StatusOr<std::string> CheckPath(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) {
    return absl::InvalidArgumentError("the name of an assay file is empty or contains a NUL byte");
  }
  return std::string(path);
}

absl::Status CheckRegular(const std::string& path, const struct stat& info) {
  if (S_ISREG(info.st_mode)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(Printable(path), " is no regular file; name an assay file"));
}

// A number of the header, most significant byte first.
std::int64_t NumberAt(std::string_view header, std::size_t at, std::size_t bytes) {
  std::int64_t number = 0;
  for (const char byte : header.substr(at, bytes)) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

// Pages that nothing is read from may be missing at the end: SQLite takes them for empty. While a write is not finished
// the file may be shorter, and the journal beside it tells.
absl::Status CheckLength(const std::string& path, std::string_view header, std::int64_t size) {
  const std::int64_t page = NumberAt(header, kPageSizeAt, 2);
  const std::int64_t whole = (page == 1 ? 65536 : page) * NumberAt(header, kPagesAt, 4);
  if (NumberAt(header, kChangesAt, 4) != NumberAt(header, kPagesValidForAt, 4) || size >= whole)
    return absl::OkStatus();
  if (::access((path + "-journal").c_str(), F_OK) == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(Printable(path), " is cut off: ", size, " of ", whole, " bytes; copy it again, or capture again"));
}

// Looks at a file's first bytes before SQLite does. A file in WAL mode would make SQLite write two more beside it, even
// to read.
absl::Status CheckHeader(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat info {};
  if (!fd.valid() || ::fstat(fd.get(), &info) != 0)
    return ErrnoStatus(errno, absl::StrCat("cannot open ", Printable(path)));
  PGASSAY_RETURN_IF_ERROR(CheckRegular(path, info));
  if (info.st_size == 0) {
    return absl::InvalidArgumentError(absl::StrCat(Printable(path), " is empty; fill it with pgassay capture"));
  }
  char header[kHeaderBytes];
  if (::pread(fd.get(), header, sizeof header, 0) != static_cast<ssize_t>(sizeof header)) return NotAnAssayFile(path);
  if (std::string_view(header, kMagic.size()) != kMagic) return NotAnAssayFile(path);
  if (header[kWriteVersionAt] == kWriteAheadLog || header[kWriteVersionAt + 1] == kWriteAheadLog) {
    return absl::InvalidArgumentError(absl::StrCat(Printable(path),
                                                   " is in WAL mode, which is not portable; run: sqlite3 ",
                                                   Printable(path), " 'PRAGMA journal_mode=DELETE'"));
  }
  return CheckLength(path, {header, sizeof header}, info.st_size);
}

// Makes the file with mode 0600 before SQLite opens it, so that nobody else can open it first. An empty file gets the
// same mode.
absl::Status MakeIfMissing(const std::string& path) {
  const UniqueFd made(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (made.valid()) {
    // Against an umask that takes away even the owner's rights.
    return ::fchmod(made.get(), 0600) == 0 ? absl::OkStatus()
                                           : ErrnoStatus(errno, absl::StrCat("cannot make ", Printable(path)));
  }
  if (errno != EEXIST) return ErrnoStatus(errno, absl::StrCat("cannot make ", Printable(path)));
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return ErrnoStatus(errno, absl::StrCat("cannot open ", Printable(path)));
  PGASSAY_RETURN_IF_ERROR(CheckRegular(path, info));
  if (info.st_size == 0 && (info.st_mode & 0777) != 0600 && ::chmod(path.c_str(), 0600) != 0) {
    return ErrnoStatus(errno, absl::StrCat("cannot keep ", Printable(path), " from others"));
  }
  return absl::OkStatus();
}

// The version of an assay file that this pgassay reads.
absl::StatusOr<std::int64_t> Version(const Database& database) {
  PGASSAY_ASSIGN_OR_RETURN(const std::int64_t application, database.QueryInteger("PRAGMA application_id"));
  if (application != store::kApplicationId) return NotAnAssayFile(database.path());
  PGASSAY_ASSIGN_OR_RETURN(const std::int64_t version, database.QueryInteger("PRAGMA user_version"));
  if (version > store::kSchemaVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat(Printable(database.path()), " was written by a newer pgassay (file version ", version,
                     ", this one knows ", store::kSchemaVersion, "); install that one"));
  }
  if (version < 1) return database.Damaged("unknown file version");
  if (version < store::kFirstSchemaVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat(Printable(database.path()),
                     " was written by an earlier development version of pgassay; capture again, into a new file"));
  }
  return version;
}

// The file holds our tables, word for word, and nothing else: no view, trigger, index, generated column or check with
// code in it.
absl::Status CheckTables(const Database& database, const std::vector<store::Table>& tables) {
  PGASSAY_ASSIGN_OR_RETURN(Statement statement, database.Prepare("SELECT type, name, sql FROM sqlite_master"));
  std::size_t found_tables = 0;
  while (true) {
    PGASSAY_ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) break;
    const std::string_view type = statement.Text(0).value_or("");
    const std::string_view name = statement.Text(1).value_or("");
    if (type == "index" && statement.IsNull(2) && name.starts_with("sqlite_autoindex_")) continue;  // of a primary key
    const auto table = std::ranges::find(tables, name, &store::Table::name);
    if (type != "table" || table == tables.end()) {
      return absl::InvalidArgumentError(absl::StrCat(Printable(database.path()), " holds ", Printable(type), " ",
                                                     Printable(name), ", which pgassay did not make; remove it"));
    }
    if (statement.Text(2) != table->sql)
      return database.Damaged(absl::StrCat("table ", ToAbsl(table->name), " is another"));
    ++found_tables;
  }
  return found_tables == tables.size() ? absl::OkStatus() : database.Damaged("tables are missing");
}

// Pages and cells fit together. Without this a page that is linked twice could make a small file look endless.
absl::Status CheckPages(const Database& database) {
  PGASSAY_ASSIGN_OR_RETURN(Statement statement, database.Prepare("PRAGMA quick_check(1)"));
  PGASSAY_ASSIGN_OR_RETURN(const bool found, statement.Step());
  const std::string_view answer = found ? statement.Text(0).value_or("") : "";
  return answer == "ok" ? absl::OkStatus() : database.Damaged(answer);
}

absl::Status CheckContent(const Database& database) {
  PGASSAY_ASSIGN_OR_RETURN(const std::int64_t version, Version(database));
  PGASSAY_RETURN_IF_ERROR(CheckTables(database, store::Tables(version)));
  return CheckPages(database);
}

// Whether the file has no content. Asked under the write lock; SQLite itself counts a page that it is about to write.
absl::StatusOr<bool> IsEmpty(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return ErrnoStatus(errno, absl::StrCat("cannot open ", Printable(path)));
  return info.st_size == 0;
}

// Makes the tables that version `from` does not have, and says that the file is of our version now.
absl::Status MakeTables(const Database& database, std::int64_t from) {
  for (const store::Table& table : store::TablesSince(from)) PGASSAY_RETURN_IF_ERROR(database.Execute(table.sql));
  PGASSAY_RETURN_IF_ERROR(database.Execute(absl::StrCat("PRAGMA application_id = ", store::kApplicationId)));
  return database.Execute(absl::StrCat("PRAGMA user_version = ", store::kSchemaVersion));
}

// Brings a file that was checked to our version.
absl::Status Migrate(const Database& database) {
  PGASSAY_ASSIGN_OR_RETURN(const std::int64_t version, Version(database));
  return version < store::kSchemaVersion ? MakeTables(database, version) : absl::OkStatus();
}

absl::Status PrepareForAppend(const Database& database) {
  PGASSAY_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(database, Access::kWrite));
  PGASSAY_ASSIGN_OR_RETURN(const bool is_empty, IsEmpty(database.path()));
  if (is_empty) {
    PGASSAY_RETURN_IF_ERROR(MakeTables(database, store::kNoSchemaVersion));
  } else {
    PGASSAY_RETURN_IF_ERROR(CheckContent(database));
    PGASSAY_RETURN_IF_ERROR(Migrate(database));
  }
  return transaction.Commit();
}

}  // namespace

struct AssayFile::Connection {
  std::unique_ptr<Database> database;
};

AssayFile::AssayFile(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
AssayFile::AssayFile(AssayFile&&) noexcept = default;
AssayFile& AssayFile::operator=(AssayFile&&) noexcept = default;
AssayFile::~AssayFile() = default;

absl::StatusOr<AssayFile> AssayFile::Open(std::string_view path) {
  PGASSAY_ASSIGN_OR_RETURN(const std::string name, CheckPath(path));
  PGASSAY_RETURN_IF_ERROR(CheckHeader(name));
  auto connection = std::make_unique<Connection>();
  PGASSAY_ASSIGN_OR_RETURN(connection->database, Database::Open(name, Access::kRead));
  PGASSAY_ASSIGN_OR_RETURN(const Transaction transaction, Transaction::Begin(*connection->database, Access::kRead));
  PGASSAY_RETURN_IF_ERROR(CheckContent(*connection->database));
  return AssayFile(std::move(connection));
}

absl::StatusOr<AssayFile> AssayFile::OpenForAppend(std::string_view path) {
  PGASSAY_ASSIGN_OR_RETURN(const std::string name, CheckPath(path));
  PGASSAY_RETURN_IF_ERROR(MakeIfMissing(name));
  auto connection = std::make_unique<Connection>();
  PGASSAY_ASSIGN_OR_RETURN(connection->database, Database::Open(name, Access::kWrite));
  PGASSAY_RETURN_IF_ERROR(connection->database->Execute("PRAGMA journal_mode = DELETE"));
  PGASSAY_RETURN_IF_ERROR(PrepareForAppend(*connection->database));
  return AssayFile(std::move(connection));
}

absl::StatusOr<int> AssayFile::Append(const Snapshot& snapshot) {
  PGASSAY_RETURN_IF_ERROR(Annotate(store::CheckSnapshot(snapshot), "the capture cannot be stored"));
  const Database& database = *connection_->database;
  PGASSAY_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(database, Access::kWrite));
  PGASSAY_ASSIGN_OR_RETURN(const std::int64_t last,
                           database.QueryInteger("SELECT coalesce(max(number), 0) FROM capture"));
  if (last < 0 || last >= std::numeric_limits<int>::max())
    return database.Damaged("impossible value in capture.number");
  const int number = static_cast<int>(last) + 1;
  PGASSAY_RETURN_IF_ERROR(store::WriteSnapshot(database, number, snapshot));
  PGASSAY_RETURN_IF_ERROR(transaction.Commit());
  return number;
}

absl::StatusOr<std::vector<CaptureInfo>> AssayFile::Captures() const {
  PGASSAY_ASSIGN_OR_RETURN(const Transaction transaction, Transaction::Begin(*connection_->database, Access::kRead));
  return store::ReadCaptures(*connection_->database);
}

absl::StatusOr<Snapshot> AssayFile::Read(int number) const {
  const Database& database = *connection_->database;
  PGASSAY_ASSIGN_OR_RETURN(const Transaction transaction, Transaction::Begin(database, Access::kRead));
  PGASSAY_ASSIGN_OR_RETURN(const std::int64_t version, Version(database));
  if (number != 0) return store::ReadSnapshot(database, number, version);
  PGASSAY_ASSIGN_OR_RETURN(const std::int64_t last,
                           database.QueryInteger("SELECT coalesce(max(number), 0) FROM capture"));
  if (last == 0) {
    return absl::NotFoundError(absl::StrCat(Printable(database.path()),
                                            " holds no capture yet; add one with: pgassay capture CONNINFO -o ",
                                            Printable(database.path())));
  }
  if (last < 0 || last > std::numeric_limits<int>::max()) return database.Damaged("impossible value in capture.number");
  return store::ReadSnapshot(database, static_cast<int>(last), version);
}

absl::StatusOr<std::vector<Setting>> AssayFile::LastSettings() const {
  const Database& database = *connection_->database;
  PGASSAY_ASSIGN_OR_RETURN(const Transaction transaction, Transaction::Begin(database, Access::kRead));
  PGASSAY_ASSIGN_OR_RETURN(const std::int64_t last,
                           database.QueryInteger("SELECT coalesce(max(number), 0) FROM capture"));
  if (last < 0 || last > std::numeric_limits<int>::max()) return database.Damaged("impossible value in capture.number");
  std::vector<Setting> settings;
  PGASSAY_RETURN_IF_ERROR(store::ReadAll(database, static_cast<int>(last), settings));
  return settings;
}

absl::StatusOr<LogWorkload> AssayFile::ReadLogs() const {
  const Database& database = *connection_->database;
  PGASSAY_ASSIGN_OR_RETURN(const Transaction transaction, Transaction::Begin(database, Access::kRead));
  PGASSAY_ASSIGN_OR_RETURN(const std::int64_t version, Version(database));
  return store::ReadLogs(database, version);
}

absl::Status AssayFile::ReplaceLogs(const LogWorkload& logs) {
  PGASSAY_RETURN_IF_ERROR(Annotate(store::CheckLogs(logs), "what the logs say cannot be stored"));
  const Database& database = *connection_->database;
  PGASSAY_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(database, Access::kWrite));
  PGASSAY_RETURN_IF_ERROR(store::WriteLogs(database, logs));
  return transaction.Commit();
}

absl::Status AssayFile::RecordAdvice(int capture, const Advice& advice) {
  const Database& database = *connection_->database;
  PGASSAY_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(database, Access::kWrite));
  PGASSAY_RETURN_IF_ERROR(store::WriteAdvice(database, capture, advice));
  return transaction.Commit();
}

absl::Status AssayFile::RecordBench(int capture, const RecordedBench& bench) {
  const Database& database = *connection_->database;
  PGASSAY_ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(database, Access::kWrite));
  PGASSAY_RETURN_IF_ERROR(store::WriteBench(database, capture, bench));
  return transaction.Commit();
}

absl::StatusOr<std::vector<RecordedBench>> AssayFile::RecordedBenches(int capture) const {
  const Database& database = *connection_->database;
  PGASSAY_ASSIGN_OR_RETURN(const Transaction transaction, Transaction::Begin(database, Access::kRead));
  PGASSAY_ASSIGN_OR_RETURN(const std::int64_t version, Version(database));
  if (version < store::kFirstSchemaVersionOfBenches) return std::vector<RecordedBench>();
  return store::ReadBenches(database, capture);
}

absl::StatusOr<std::vector<RecordedRecommendation>> AssayFile::RecordedAdvice(int capture) const {
  PGASSAY_ASSIGN_OR_RETURN(const Transaction transaction, Transaction::Begin(*connection_->database, Access::kRead));
  return store::ReadRecommendations(*connection_->database, capture);
}

absl::StatusOr<std::vector<RecordedTemplate>> AssayFile::RecordedTemplates(int capture) const {
  PGASSAY_ASSIGN_OR_RETURN(const Transaction transaction, Transaction::Begin(*connection_->database, Access::kRead));
  return store::ReadTemplates(*connection_->database, capture);
}

}  // namespace pgassay
