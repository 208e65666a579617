#include "unit/ingest/read_log.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace pgassay::ingest {

ReadLog ReadWith(const LogFormat& format, std::string_view text, bool last, bool stop_at_other) {
  ReadLog result;
  const auto reader = MakeReader(format);
  EXPECT_TRUE(reader.ok()) << reader.status();
  if (!reader.ok()) return result;
  const RecordSink sink = [&](const LogRecord& record) {
    OwnedRecord owned{.record = record,
                      .database = std::string(record.database),
                      .user = std::string(record.user),
                      .application = std::string(record.application),
                      .sql_state = std::string(record.sql_state),
                      .message = Text(record, record.message),
                      .detail = Text(record, record.detail),
                      .hint = Text(record, record.hint),
                      .context = Text(record, record.context),
                      .statement = Text(record, record.statement)};
    owned.record.database = owned.record.user = owned.record.application = owned.record.sql_state = {};
    owned.record.message = owned.record.detail = owned.record.hint = owned.record.context = {};
    owned.record.statement = {};
    result.entries.push_back(owned);
  };
  result.end = (*reader)->Read(text, last, stop_at_other, sink, result.lines);
  const std::string_view consumed = text.substr(0, result.end.consumed);
  const auto newlines = static_cast<std::uint64_t>(std::count(consumed.begin(), consumed.end(), '\n'));
  // A last line may lack its end.
  const std::uint64_t unended = !consumed.empty() && consumed.back() != '\n' ? 1 : 0;
  EXPECT_EQ(result.lines.Lines(), newlines + unended);
  EXPECT_EQ(result.lines.entries, result.entries.size());
  return result;
}

}  // namespace pgassay::ingest
