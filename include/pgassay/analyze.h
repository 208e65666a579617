#pragma once

// Statements executed with EXPLAIN (ANALYZE) on a real server, where it is proven that they only read. Implemented by
// module evidence.

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pgassay/evidence.h"
#include "pgassay/snapshot.h"

namespace pgassay {

struct AnalyzeOptions {
  std::string conninfo;  // libpq connection string or URI
  double time_s = 60;    // of all statements together
  int max_active = 8;    // other sessions that may be at work; more: wait no further, stop
  int bindings = 3;      // of one template, at most
  int lock_timeout_ms = 1000;
  std::vector<std::pair<std::string, std::string>> settings;  // custom ones: "app.tenant", "7"
  std::function<bool()> cancelled;                            // asked every 50 ms; may be empty
  std::function<void(std::string_view)> progress;             // called with each step; may be empty
};

struct AnalyzeRequest {
  std::string template_id;
  std::size_t binding = 0;
  std::string sql;
  std::string search_path;  // the setting
  double timeout_ms = 0;
  friend bool operator==(const AnalyzeRequest&, const AnalyzeRequest&) = default;
};

// What a sample of a table says about conditions on it.
struct SampleRequest {
  std::string table;                    // "shop.orders"
  std::string alias;                    // by which the conditions may name it
  std::vector<std::string> conditions;  // SQL
  double rows = 0;                      // of the table, about
  std::string search_path;
};

struct SampledCondition {
  double estimated = 0;  // share of the rows by the server's planner
  double actual = 0;     // by the sample
};

struct Sample {
  double rows = 0;  // that were looked at
  std::vector<SampledCondition> conditions;
  SampledCondition all;  // of all conditions together
};

// One connection, which is in a read-only transaction whenever a statement runs, and in none otherwise. For one thread.
//
// A statement is executed only if each name of it, in views, policies and SQL functions too, is proven harmless by the
// server's own catalog: no volatile function, none in an untrusted or procedural language, no foreign table, no row
// lock. Everything else is refused with a reason.
class Analyzer {
 public:
  // Connects, and compares the tables with those of `snapshot`. Errors: those of connecting; FailedPrecondition for a
  // database that lacks captured tables or columns, for a standby that is in trouble, and above the load limit.
  static absl::StatusOr<std::unique_ptr<Analyzer>> Connect(AnalyzeOptions options, const Snapshot& snapshot);
  ~Analyzer();

  // Executes them in order until the time is over. What is refused, fails or is not reached is in Evidence::refused.
  // Errors: Unavailable (the connection is lost). An interruption is no error: Evidence::interrupted.
  absl::StatusOr<Evidence> Run(std::span<const AnalyzeRequest> requests);

  // Looks at a sample of some ten thousand rows. Conditions are proven harmless as statements are; InvalidArgument
  // where they are not, or no share can be told.
  absl::StatusOr<Sample> LookAt(const SampleRequest& request);

  // How many different values a column of a table has, by reading all of it within a few seconds. `column` is quoted.
  absl::StatusOr<double> CountDistinct(const std::string& table, const std::string& column);

  // The rows of a query of ours, as texts, within a few seconds. It is proven harmless as statements are; none is NULL.
  absl::StatusOr<std::vector<std::vector<std::optional<std::string>>>> Read(const std::string& sql);

  // How a FROM clause names a table of about `rows` so that some ten thousand of them are read: with TABLESAMPLE, or as
  // it is.
  static std::string SampleOf(const std::string& table, double rows);

  const AnalyzeOptions& options() const;

 private:
  class State;
  explicit Analyzer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pgassay
