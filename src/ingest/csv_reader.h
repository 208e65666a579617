#pragma once

// The reader of LogFormat::kCsv.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/line_time.h"
#include "ingest/log_reader.h"

namespace pgassay::ingest {

// Records of 23 (12 and before), 24 (13) or 26 columns (14 and later), mixed as the server was upgraded; further columns
// that a later version may add are passed over.
class CsvReader final : public LogReader {
 public:
  explicit CsvReader(std::int32_t default_utc_offset_s = 0) : time_(default_utc_offset_s) {}

  ReadEnd Read(std::string_view block, bool last, bool stop_at_other, const RecordSink& sink,
               LineCounts& counts) override;
  std::size_t LastEntry(std::string_view block) const override;

 private:
  static constexpr std::size_t kFewest = 23;
  static constexpr std::size_t kMost = 26;  // columns that are kept

  struct Field {
    const char* begin = nullptr;
    const char* end = nullptr;
    bool doubled = false;  // has doubled quotes
  };
  enum class Outcome : std::uint8_t { kRecord, kBroken, kUnfinished };

  Outcome Split(std::string_view block, std::size_t& at);
  bool Fill(LogRecord& record);
  std::string_view Value(std::size_t column);

  LineTime time_;
  std::array<Field, kMost> fields_;
  std::size_t columns_ = 0;
  std::string buffer_;  // of values that had doubled quotes
};

// Whether `text` begins as a record of a csvlog does: time, user, database, process id, address, session id.
bool BeginsCsvRecord(std::string_view text);

// How many columns the record has that `text` begins with; 0: it is not one, or not a whole one.
std::size_t CsvColumns(std::string_view text);

}  // namespace pgassay::ingest
