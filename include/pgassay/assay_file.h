#pragma once

// The assay file: one SQLite database with numbered captures, the advice given on them, and what server logs say.
// Implemented by module store; the tables are described in src/store/schema.h and can be read with sqlite3.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pgassay/advice.h"
#include "pgassay/log_workload.h"
#include "pgassay/snapshot.h"

namespace pgassay {

// One line of the file's table of contents.
struct CaptureInfo {
  int number = 0;  // 1, 2, ... in the order of appending
  std::string captured_at;
  std::string system_identifier;
  Oid database_oid;
  std::string database;
  bool standby = false;
  int server_version = 0;
  friend bool operator==(const CaptureInfo&, const CaptureInfo&) = default;
};

// What is kept of a recommendation: enough to see later whether it was followed.
struct RecordedRecommendation {
  std::string id;
  std::string kind;
  std::string definition;
  std::string ddl;  // the statements to run in order, one a line, each with a semicolon
  Bytes size_bytes = 0;
  Cost gain = 0;
  double share = 0;
  friend bool operator==(const RecordedRecommendation&, const RecordedRecommendation&) = default;
};

// What is kept of a template that the advice was given on.
struct RecordedTemplate {
  std::string id;
  std::string fingerprint;
  std::string sql;  // normalised
  std::string source;
  friend bool operator==(const RecordedTemplate&, const RecordedTemplate&) = default;
};

// What is kept of a bench: figures as BenchSetResult and its parts have them, beside what was predicted.
struct RecordedBenchIndex {
  std::string definition;
  bool dropped = false;
  std::string recommendation;  // id; empty: of a set that was proposed
  Bytes size_bytes = 0;
  Bytes predicted_bytes = 0;
  double build_ms = 0;
  std::int64_t scans = 0;
  std::string label;
  friend bool operator==(const RecordedBenchIndex&, const RecordedBenchIndex&) = default;
};

struct RecordedBenchQuery {
  std::string template_id;
  double weight = 0;
  int samples = 0;
  std::optional<double> median_ms;
  std::optional<double> low_ms;
  std::optional<double> high_ms;
  std::optional<double> ratio;  // to the time without the set
  std::optional<double> blocks_hit;
  std::optional<double> blocks_read;
  std::optional<double> wal_bytes;
  std::optional<Cost> cost_before;  // predicted
  std::optional<Cost> cost_after;
  bool regression = false;
  std::string answer;
  std::string problem_code;
  friend bool operator==(const RecordedBenchQuery&, const RecordedBenchQuery&) = default;
};

struct RecordedBenchSet {
  std::string name;
  int rounds = 0;
  std::optional<double> mean_ms;
  std::optional<double> low_ms;
  std::optional<double> high_ms;
  std::optional<double> ratio;
  std::optional<double> per_second;
  Bytes size_bytes = 0;
  double build_ms = 0;
  std::string problem_code;
  std::vector<RecordedBenchIndex> indexes;
  std::vector<RecordedBenchQuery> queries;
  friend bool operator==(const RecordedBenchSet&, const RecordedBenchSet&) = default;
};

struct RecordedBench {
  std::string run;
  std::string ran_at;  // the measured server's time at the end, ISO 8601 in UTC
  std::string database;
  int server_version = 0;
  std::vector<RecordedBenchSet> sets;  // the first one is the database as it was
  friend bool operator==(const RecordedBench&, const RecordedBench&) = default;
};

// An open assay file. Not thread-safe, also not two of them for one file in one process. Errors: NotFound (no such
// file), InvalidArgument (not an assay file, corrupt, or impossible values inside), FailedPrecondition (written by a
// newer pgassay or by an early one), PermissionDenied, ResourceExhausted (disk full), Unavailable (another process is
// writing).
class AssayFile {
 public:
  // Opens an existing file for reading. Foreign files are untrusted: no schema code runs, everything read is checked.
  static absl::StatusOr<AssayFile> Open(std::string_view path);

  // Opens for appending; makes the file with mode 0600 if there is none. An empty file left by an interrupted run is
  // taken over, and one of the version before logs were kept is brought to ours.
  static absl::StatusOr<AssayFile> OpenForAppend(std::string_view path);

  AssayFile(AssayFile&&) noexcept;
  AssayFile& operator=(AssayFile&&) noexcept;
  ~AssayFile();

  // Appends one capture in one transaction and returns its number. On any error the file is as it was.
  absl::StatusOr<int> Append(const Snapshot& snapshot);

  absl::StatusOr<std::vector<CaptureInfo>> Captures() const;

  // Reads capture `number`; 0 is the last one. NotFound where there is none: a file may hold logs alone.
  absl::StatusOr<Snapshot> Read(int number = 0) const;

  // The settings of the last capture; none where there is no capture.
  absl::StatusOr<std::vector<Setting>> LastSettings() const;

  // Keeps recommendations and templates of the advice given on capture `capture` (NotFound where there is none) in
  // place of what was kept for it before, in one transaction. InvalidArgument for a gain that is no finite number.
  absl::Status RecordAdvice(int capture, const Advice& advice);

  // What RecordAdvice kept for a capture, in its order; empty where no advice was given on it.
  absl::StatusOr<std::vector<RecordedRecommendation>> RecordedAdvice(int capture) const;
  absl::StatusOr<std::vector<RecordedTemplate>> RecordedTemplates(int capture) const;

  // Adds a bench to those of capture `capture`, in one transaction. NotFound where there is no such capture,
  // InvalidArgument for figures that are no finite numbers.
  absl::Status RecordBench(int capture, const RecordedBench& bench);

  // The benches of a capture, the oldest first.
  absl::StatusOr<std::vector<RecordedBench>> RecordedBenches(int capture) const;

  // What logs say, of the whole file and not of a capture; empty where none was kept.
  absl::StatusOr<LogWorkload> ReadLogs() const;

  // Keeps `logs` in place of what the file held of logs, in one transaction: on any error, and after an interruption,
  // the file is as it was. InvalidArgument where `logs` break a promise of pgassay/log_workload.h, or hold a count from
  // 2^53 or a text beyond 4 MB.
  absl::Status ReplaceLogs(const LogWorkload& logs);

 private:
  struct Connection;
  explicit AssayFile(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace pgassay
