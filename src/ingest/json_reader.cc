// One object of texts and numbers a line, so no tree is built: keys and values are found from left to right, and a text
// is copied only where it has escapes.

#include "ingest/json_reader.h"

#include <charconv>
#include <optional>

#include "ingest/json_cursor.h"
#include "ingest/json_text.h"
#include "ingest/lines.h"
#include "ingest/severity_words.h"

namespace pgassay::ingest {
namespace {

enum class Key : std::uint8_t {
  kOther,  // nothing that is kept
  kTime,
  kUser,
  kDatabase,
  kPid,
  kSession,
  kTransaction,
  kSeverity,
  kSqlState,
  kMessage,
  kDetail,
  kHint,
  kContext,
  kStatement,
  kApplication,
  kQueryId,
};

Key KeyOf(std::string_view key) {
  const auto is = [key](std::string_view name, Key result) { return key == name ? result : Key::kOther; };
  switch (key.size()) {
    case 3: return is("pid", Key::kPid);
    case 4: return key[0] == 'u' ? is("user", Key::kUser) : key[0] == 'v' ? is("vxid", Key::kTransaction) : is("hint", Key::kHint);
    case 6: return key[0] == 'd' && key[1] == 'b' ? is("dbname", Key::kDatabase) : is("detail", Key::kDetail);
    case 7: return key[0] == 'm' ? is("message", Key::kMessage) : is("context", Key::kContext);
    case 8: return is("query_id", Key::kQueryId);
    case 9: return key[0] == 't' ? is("timestamp", Key::kTime) : is("statement", Key::kStatement);
    case 10: return key[1] == 'e' ? is("session_id", Key::kSession) : is("state_code", Key::kSqlState);
    case 14: return is("error_severity", Key::kSeverity);
    case 16: return is("application_name", Key::kApplication);
    default: return Key::kOther;
  }
}

template <typename Number>
bool ToNumber(std::string_view value, Number& number) {
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc() && end == value.data() + value.size();
}

}  // namespace

bool JsonReader::Store(std::string_view key, std::string_view value, LogRecord& record) {
  switch (KeyOf(key)) {
    case Key::kTime: {
      const std::optional<std::int64_t> time = time_.Take(value);
      if (!time || !value.empty()) return false;
      record.time_us = *time;
      return true;
    }
    case Key::kSeverity: {
      const std::optional<LineTag> tag = TagOf(value);
      if (!tag || !BeginsEntry(*tag)) return false;
      record.severity = SeverityOf(*tag);
      return true;
    }
    case Key::kPid: return ToNumber(value, record.pid);
    case Key::kQueryId: return ToNumber(value, record.query_id);
    case Key::kSession: record.session = SessionKey(value); return true;
    case Key::kTransaction: record.transaction = TransactionKey(value); return true;
    case Key::kUser: record.user = value; return true;
    case Key::kDatabase: record.database = value; return true;
    case Key::kSqlState: record.sql_state = value; return true;
    case Key::kMessage: record.message = value; return true;
    case Key::kDetail: record.detail = value; return true;
    case Key::kHint: record.hint = value; return true;
    case Key::kContext: record.context = value; return true;
    case Key::kStatement: record.statement = value; return true;
    case Key::kApplication: record.application = value; return true;
    case Key::kOther: return true;
  }
  return true;
}

// False: not a whole object, or without a time or a severity.
bool JsonReader::ReadObject(std::string_view line, LogRecord& record) {
  buffer_.clear();
  // Texts only shrink, so that the buffer never grows beyond this and views into it stay valid.
  if (buffer_.capacity() < line.size()) buffer_.reserve(line.size() + line.size() / 2);
  JsonCursor cursor(line);
  if (!cursor.Take('{')) return false;
  do {
    std::string_view key;
    std::string_view value;
    bool escaped = false;
    if (!cursor.TakeText(key, escaped) || !cursor.Take(':') || !cursor.TakeValue(value, escaped)) return false;
    if (escaped) {
      const std::size_t begin = buffer_.size();
      if (!AppendUnescaped(value, buffer_)) return false;
      value = std::string_view(buffer_).substr(begin);
    }
    if (!Store(key, value, record)) return false;
  } while (cursor.Take(','));
  if (!cursor.Take('}') || !cursor.AtEnd()) return false;
  if (record.session == 0) record.session = record.pid;
  return record.time_us != kNoTime && record.severity != Severity::kUnknown;
}

ReadEnd JsonReader::Read(std::string_view block, bool last, bool stop_at_other, const RecordSink& sink,
                         LineCounts& counts) {
  UnknownRun unknown(stop_at_other, counts);
  for (std::size_t at = 0; at < block.size();) {
    const std::size_t begin = at;
    at = LineEnd(block, begin);
    const std::string_view line = block.substr(begin, at - begin);
    if (line.back() != '\n') {
      if (unknown.EndOfBlock(last)) return unknown.Stop();
      return {.consumed = begin};
    }
    const bool too_long = line.size() > kLongestEntry;
    LogRecord record;
    if (!too_long && ReadObject(line, record)) {
      unknown.End();
      ++counts.entries;
      sink(record);
      continue;
    }
    const UnknownKind kind = line.front() != '{' ? UnknownKind::kNoPrefix
                             : too_long          ? UnknownKind::kTooLong
                                                 : UnknownKind::kBrokenFields;
    if (unknown.Add(kind, begin, line)) return unknown.Stop();
  }
  if (unknown.EndOfBlock(last)) return unknown.Stop();
  return {.consumed = block.size()};
}

std::size_t JsonReader::LastEntry(std::string_view block) const {
  // Newlines within texts are escaped: every line that begins like an object is one.
  const std::size_t newline = block.substr(0, block.empty() ? 0 : block.size() - 1).rfind("\n{");
  return newline == std::string_view::npos ? 0 : newline + 1;
}

bool IsJsonLogLine(std::string_view line) {
  JsonReader reader;
  LineCounts counts;
  const std::string whole = std::string(line.substr(0, line.find('\n'))) + '\n';
  reader.Read(whole, true, false, [](const LogRecord& /*record*/) {}, counts);
  return counts.entries == 1;
}

}  // namespace pgassay::ingest
