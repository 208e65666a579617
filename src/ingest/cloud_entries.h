#pragma once

// Objects of a block to its entries.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ingest/cloud_object.h"
#include "ingest/line_prefix.h"
#include "ingest/line_tag.h"
#include "ingest/line_time.h"
#include "ingest/log_reader.h"

namespace pgassay::ingest {

// What an object has of an entry: its beginning, one of its other texts, or further lines of the text before it.
struct CloudPiece {
  enum class Kind : std::uint8_t { kEntry, kText, kLines };
  Kind kind = Kind::kEntry;
  LineTag tag = LineTag::kLog;  // kText
  LogRecord record;             // of kText and kLines only who wrote it and when; the text is `message`
  std::size_t object = 0;       // several pieces may be of one
  bool counted = false;         // as an entry or a continuation, because it begins a line
};

// Interprets objects. Not thread-safe.
class CloudPieces {
 public:
  // `prefix`: null where there is none. Both must outlive it.
  CloudPieces(LineTime& time, LinePrefix* prefix) : time_(time), prefix_(prefix) {}

  // Appends the pieces in `object`, at most one in most. False: it has none.
  bool Read(const CloudObject& object, std::vector<CloudPiece>& pieces);

 private:
  void ReadFields(const CloudObject& object, LogRecord& record);
  std::int64_t ReadTime(std::string_view text);
  std::optional<LineTag> TakeHead(std::string_view& text, LogRecord& record);
  bool ReadText(std::string_view text, const LogRecord& record, std::vector<CloudPiece>& pieces);

  LineTime& time_;
  LinePrefix* prefix_;
};

// Puts pieces together by session and gives the entries to `sink`, oldest first. Counts entries that are not `counted`
// and texts without their entry.
void GiveCloudEntries(std::vector<CloudPiece> pieces, const RecordSink& sink, LineCounts& counts);

}  // namespace pgassay::ingest
