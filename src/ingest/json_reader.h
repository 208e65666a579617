#pragma once

// The reader of LogFormat::kJson.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/line_time.h"
#include "ingest/log_reader.h"

namespace pgassay::ingest {

// One object a line. Keys in any order; those that are not jsonlog's are passed over, whatever their values are.
class JsonReader final : public LogReader {
 public:
  explicit JsonReader(std::int32_t default_utc_offset_s = 0) : time_(default_utc_offset_s) {}

  ReadEnd Read(std::string_view block, bool last, bool stop_at_other, const RecordSink& sink,
               LineCounts& counts) override;
  std::size_t LastEntry(std::string_view block) const override;

 private:
  bool ReadObject(std::string_view line, LogRecord& record);
  bool Store(std::string_view key, std::string_view value, LogRecord& record);

  LineTime time_;
  std::string buffer_;  // of texts that had escapes
};

// Whether `line` is an object with jsonlog's keys.
bool IsJsonLogLine(std::string_view line);

}  // namespace pgassay::ingest
