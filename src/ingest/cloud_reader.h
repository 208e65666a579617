#pragma once

// The reader of LogFormat::kCloud.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/line_prefix.h"
#include "ingest/line_time.h"
#include "ingest/log_reader.h"

namespace pgassay::ingest {

// Objects of JSON (cloud_object.h): one a line, several a line, or one on many lines, by themselves or in lists, and in
// lists within an object ({"records": [...]}). The server's text in them has its log_line_prefix or not. What the
// server wrote as several (ERROR and its STATEMENT) may be objects of their own; they are put together by session
// within a block, which may be in order or newest first, as gcloud gives them. Objects of other programs
// (CloudNativePG's loggers, audits of the service) are entries of which nothing is known but their time. A line with
// several objects counts as several entries.
class CloudReader final : public LogReader {
 public:
  // InvalidArgument: see LinePrefix::Compile; but the prefix may be empty, where the objects tell all.
  static absl::StatusOr<std::unique_ptr<LogReader>> Make(const LogFormat& format);

  ReadEnd Read(std::string_view block, bool last, bool stop_at_other, const RecordSink& sink,
               LineCounts& counts) override;
  std::size_t LastEntry(std::string_view block) const override;

 private:
  explicit CloudReader(std::int32_t default_utc_offset_s, std::optional<LinePrefix> prefix)
      : time_(default_utc_offset_s), prefix_(std::move(prefix)) {}

  LineTime time_;
  std::optional<LinePrefix> prefix_;
};

// What objects in the beginning of a log tell of it.
struct CloudSigns {
  bool server = false;             // an object holds what a server of PostgreSQL wrote
  std::vector<std::string> texts;  // with severity words, so that their prefix can be inferred
};
CloudSigns FindCloudSigns(std::string_view head);

}  // namespace pgassay::ingest
