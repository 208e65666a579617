#pragma once

// A connection that runs prepared statements again and again, with as little of its own as a benchmark allows.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pg/session.h"

namespace pgassay::pg {

// Takes an answer as it arrives: first the types of its columns (OIDs), then its rows.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  virtual void Columns(std::span<const std::uint32_t> types) = 0;
  // Cells in text format, valid during the call; none is NULL.
  virtual void Row(std::span<const std::optional<std::string_view>> cells) = 0;
};

struct RunFacts {
  double ms = 0;          // from sending to the last byte of the answer
  std::int64_t rows = 0;  // returned, or written where none is returned
};

// For one thread at a time. Errors as Session.
class PreparedSession {
 public:
  explicit PreparedSession(Session session) : session_(std::move(session)) {}

  // Prepares `sql`, which has no parameters, as statement `number`, once.
  absl::Status Prepare(std::size_t number, std::string_view sql);

  // Plans statement `number`, which then keeps that plan: it has no parameters that could ask for another.
  absl::Status Plan(std::size_t number);

  // Runs statement `number`. `rolled_back`: in a transaction of its own that is rolled back, all in one round trip,
  // which is what `ms` then counts.
  absl::StatusOr<RunFacts> Run(std::size_t number, bool rolled_back, AnswerSink* sink = nullptr);

  Session& session() { return session_; }

 private:
  absl::StatusOr<RunFacts> Collect(bool pipeline, AnswerSink* sink);
  absl::Status PrepareFrame();

  Session session_;
  bool has_frame_ = false;  // BEGIN and ROLLBACK are prepared
};

}  // namespace pgassay::pg
