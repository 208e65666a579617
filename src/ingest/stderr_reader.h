#pragma once

// The reader of LogFormat::kStderr.

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "ingest/line_prefix.h"
#include "ingest/log_reader.h"

namespace pgassay::ingest {

class StderrReader final : public LogReader {
 public:
  // Without a prefix, an entry begins with its severity.
  explicit StderrReader(std::optional<LinePrefix> prefix) : prefix_(std::move(prefix)) {}

  ReadEnd Read(std::string_view block, bool last, bool stop_at_other, const RecordSink& sink,
               LineCounts& counts) override;
  std::size_t LastEntry(std::string_view block) const override;

 private:
  template <typename TakeRest>
  bool TakePrefix(std::string_view& rest, LogRecord& record, const TakeRest& take) const {
    return prefix_ ? prefix_->Take(rest, record, take) : take(rest);
  }

  // Mutable: matching a line remembers the last time read, which changes no result.
  mutable std::optional<LinePrefix> prefix_;
};

}  // namespace pgassay::ingest
