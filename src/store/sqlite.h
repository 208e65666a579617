#pragma once

// SQLite behind RAII, for this module only. Not thread-safe.

#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pgassay/units.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pgassay::store {

struct CloseDatabase {
  void operator()(sqlite3* database) const;
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const;
};

enum class Access { kRead, kWrite };

class Database;

// A prepared statement. Bind all parameters in order, Step until it says false, Reset to use it again. A failed Bind
// shows up in Step.
class Statement {
 public:
  void Bind(std::int64_t value);
  void Bind(int value) { Bind(std::int64_t{value}); }
  void Bind(std::uint32_t value) { Bind(std::int64_t{value}); }
  void Bind(std::uint64_t value) { Bind(std::bit_cast<std::int64_t>(value)); }  // SQLite has no larger integers
  void Bind(bool value) { Bind(std::int64_t{value ? 1 : 0}); }
  void Bind(char value) { Bind(std::string_view(&value, 1)); }
  void Bind(Oid value) { Bind(std::int64_t{value.value}); }
  void Bind(double value);
  void Bind(std::string_view value);  // copied
  void Bind(const std::string& value) { Bind(std::string_view(value)); }
  template <typename T>
  void Bind(const std::optional<T>& value) {
    value ? Bind(*value) : BindNull();
  }

  // True: there is a row.
  absl::StatusOr<bool> Step();
  void Reset();

  // Values of the current row; none where the value has another type. Texts are bytes, whatever they hold.
  bool IsNull(int column) const;
  std::optional<std::int64_t> Integer(int column) const;
  std::optional<double> Real(int column) const;
  std::optional<std::string_view> Text(int column) const;  // valid until the next Step

 private:
  friend class Database;
  Statement(const Database* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  void BindNull();
  void Note(int result);

  const Database* database_;
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement_;
  int parameter_ = 0;  // the last one bound
  int problem_ = 0;    // first failed bind, SQLITE_OK if none
};

class Database {
 public:
  // Opens an existing file with every protection against a hostile one. Reading never makes a file. `path` is a file
  // name, never a URI or a name with a meaning to SQLite.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path, Access access);

  absl::StatusOr<Statement> Prepare(std::string_view sql) const;

  // Runs one statement that has no rows.
  absl::Status Execute(std::string_view sql) const;

  // The one integer that `sql` yields.
  absl::StatusOr<std::int64_t> QueryInteger(std::string_view sql) const;

  // Whether the file was opened for writing and the system allows it.
  bool IsWritable() const;

  // A Status for a result code of SQLite, with the file's name and what to do. Only for codes that are failures.
  absl::Status Failure(int result) const;

  // InvalidArgument: the file's content is wrong.
  absl::Status Damaged(std::string_view problem) const;

  const std::string& path() const { return path_; }

 private:
  explicit Database(std::string path) : path_(std::move(path)) {}
  absl::Status Protect();

  std::string path_;
  std::unique_ptr<sqlite3, CloseDatabase> database_;
};

// A transaction that is rolled back unless it was committed.
class Transaction {
 public:
  // Writing takes the file's write lock at once, so that nothing fails half-way for a lock.
  static absl::StatusOr<Transaction> Begin(const Database& database, Access access);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  absl::Status Commit();

 private:
  explicit Transaction(const Database* database) : database_(database) {}
  const Database* database_;  // nullptr: ended
};

}  // namespace pgassay::store
