#include "ingest/cloud_entries.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "ingest/prefix_pieces.h"
#include "ingest/severity_words.h"

namespace pgassay::ingest {
namespace {

template <typename Number>
void ReadNumber(std::string_view text, Number& number) {
  Number read = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
  if (error == std::errc()) number = read;
}

// The words of services for what failed; all else is as good as the server's LOG.
Severity SeverityOfLevel(std::string_view level) {
  for (const std::string_view word : {"ERROR", "CRITICAL", "ALERT", "EMERGENCY"}) {
    if (level == word) return Severity::kError;
  }
  return level == "WARNING" ? Severity::kWarning : Severity::kLog;
}

// AlloyDB writes the place in its source in front of each message: "[nbtinsert.c:671]  duplicate key ...".
std::string_view WithoutSource(std::string_view message) {
  if (!message.starts_with('[')) return message;
  const std::size_t end = message.find(']');
  const std::size_t colon = message.find(':');
  if (end == std::string_view::npos || end > 80 || colon == std::string_view::npos || colon > end) return message;
  if (!message.substr(1, colon - 1).ends_with(".c") && !message.substr(1, colon - 1).ends_with(".cc")) return message;
  const std::string_view digits = message.substr(colon + 1, end - colon - 1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return message;
  message.remove_prefix(end + 1);
  message.remove_prefix(std::min(message.find_first_not_of(' '), message.size()));
  return message;
}

std::string_view* FieldOf(LogRecord& record, LineTag tag) {
  switch (tag) {
    case LineTag::kDetail:
      return &record.detail;
    case LineTag::kHint:
      return &record.hint;
    case LineTag::kContext:
      return &record.context;
    case LineTag::kStatement:
      return &record.statement;
    default:
      return nullptr;
  }
}

// More often than not an object is older than the one before it.
bool IsNewestFirst(const std::vector<CloudPiece>& pieces) {
  std::int64_t balance = 0;
  std::int64_t before = kNoTime;
  for (const CloudPiece& piece : pieces) {
    const std::int64_t time = piece.record.time_us;
    // Further lines have the time of another clock: when their object was made.
    if (time == kNoTime || piece.kind == CloudPiece::Kind::kLines) continue;
    if (before != kNoTime) balance += time < before ? 1 : time > before ? -1 : 0;
    before = time;
  }
  return balance > 0;
}

// Newest first to oldest first; pieces of one object stay in their order.
void ReverseObjects(std::vector<CloudPiece>& pieces) {
  std::reverse(pieces.begin(), pieces.end());
  for (auto begin = pieces.begin(); begin != pieces.end();) {
    const auto end =
        std::find_if(begin, pieces.end(), [&](const CloudPiece& of) { return of.object != begin->object; });
    std::reverse(begin, end);
    begin = end;
  }
}

}  // namespace

// ISO 8601, or since 1970 in seconds with a fraction, milliseconds or microseconds. Each is far from the others.
std::int64_t CloudPieces::ReadTime(std::string_view text) {
  if (text.find_first_not_of("0123456789.eE+") == std::string_view::npos) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !(number > 0 && number < 1e17)) return kNoTime;
    if (number < 1e11) number *= 1000;
    if (number < 1e14) number *= 1000;
    return static_cast<std::int64_t>(number + 0.5);
  }
  return time_.Take(text).value_or(kNoTime);
}

void CloudPieces::ReadFields(const CloudObject& object, LogRecord& record) {
  using enum CloudField;
  record.time_us = ReadTime(object[kTime]);
  record.tabs_behind_newlines = true;
  ReadNumber(object[kPid], record.pid);
  ReadNumber(object[kQueryId], record.query_id);
  record.session = SessionKey(object[kSession]);
  if (record.session == 0) record.session = record.pid;
  record.transaction = TransactionKey(object[kTransaction]);
  record.database = object[kDatabase];
  record.user = object[kUser];
  record.application = object[kApplication];
  record.sql_state = object[kSqlState];
  record.detail = object[kDetail];
  record.hint = object[kHint];
  record.context = object[kContext];
  record.statement = object[kStatement];
}

// The server's prefix, where `text` has one, and its severity word. Nothing: neither stands there.
std::optional<LineTag> CloudPieces::TakeHead(std::string_view& text, LogRecord& record) {
  std::optional<LineTag> tag;
  std::string_view behind;
  const auto accepts = [&](std::string_view rest) {
    tag = TakeTag(rest);
    behind = rest;
    return tag.has_value();
  };
  const LogRecord own = record;
  if (prefix_ != nullptr && prefix_->Take(text, record, accepts)) {
    // What the prefix does not tell, the object may.
    if (record.transaction == 0) record.transaction = own.transaction;
    if (record.query_id == 0) record.query_id = own.query_id;
    for (std::string_view LogRecord::*field :
         {&LogRecord::database, &LogRecord::user, &LogRecord::application, &LogRecord::sql_state}) {
      if ((record.*field).empty()) record.*field = own.*field;
    }
  } else if (!accepts(text)) {
    return std::nullopt;
  }
  text = WithoutSource(behind);
  return tag;
}

// Lines with a head of their own begin a piece, others go on with the one before them.
bool CloudPieces::ReadText(std::string_view text, const LogRecord& record, std::vector<CloudPiece>& pieces) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  CloudPiece piece{.record = record};
  std::string_view rest = text;
  std::optional<LineTag> tag = TakeHead(rest, piece.record);
  if (!tag) return false;
  while (true) {
    // Where the next piece begins.
    CloudPiece next{.record = record};
    std::optional<LineTag> next_tag;
    std::size_t newline = rest.find('\n');
    std::string_view next_rest;
    for (; newline != std::string_view::npos; newline = rest.find('\n', newline + 1)) {
      next_rest = rest.substr(newline + 1);
      if (next_rest.starts_with('\t')) continue;
      if ((next_tag = TakeHead(next_rest, next.record))) break;
    }
    piece.kind = BeginsEntry(*tag) ? CloudPiece::Kind::kEntry : CloudPiece::Kind::kText;
    piece.tag = *tag;
    piece.record.severity = SeverityOf(*tag);
    piece.record.message = rest.substr(0, newline);
    if (piece.kind == CloudPiece::Kind::kText) {
      piece.record.detail = piece.record.hint = piece.record.context = piece.record.statement = {};
    }
    pieces.push_back(piece);
    if (!next_tag) return true;
    piece = next;
    tag = next_tag;
    rest = next_rest;
  }
}

bool CloudPieces::Read(const CloudObject& object, std::vector<CloudPiece>& pieces) {
  using enum CloudField;
  CloudPiece piece;
  ReadFields(object, piece.record);
  const std::string_view text = object[kText];
  piece.record.message = WithoutSource(text);
  if (object.Has(kLogger) && object[kLogger] != "postgres") {
    piece.record = {.time_us = piece.record.time_us, .severity = Severity::kInfo};
    pieces.push_back(piece);
    return true;
  }
  if (!object.Has(kText)) {
    if (!object.Has(kMark)) return false;
    piece.record = {.time_us = piece.record.time_us, .severity = Severity::kInfo};
    pieces.push_back(piece);
    return true;
  }
  if (ReadText(text, piece.record, pieces)) return true;
  if (text.starts_with('\t')) {
    piece.kind = CloudPiece::Kind::kLines;
    while (!piece.record.message.empty() && piece.record.message.back() == '\n') piece.record.message.remove_suffix(1);
    pieces.push_back(piece);
    return true;
  }
  if (const std::optional<LineTag> tag = TagOf(object[kSeverity]); tag && BeginsEntry(*tag)) {
    piece.record.severity = SeverityOf(*tag);
  } else if (object.Has(kLevel) && !HeadSize(text)) {  // with a severity word behind it, a prefix is another than ours
    piece.record.severity = SeverityOfLevel(object[kLevel]);
  } else {
    return false;
  }
  pieces.push_back(piece);
  return true;
}

void GiveCloudEntries(std::vector<CloudPiece> pieces, const RecordSink& sink, LineCounts& counts) {
  if (pieces.empty()) return;
  if (IsNewestFirst(pieces)) ReverseObjects(pieces);
  std::vector<const CloudPiece*> entries;
  absl::flat_hash_map<std::uint64_t, CloudPiece*> open;  // by session, the last entry
  std::deque<std::string> joined;
  std::string_view* last_text = nullptr;  // that further lines go on with
  for (CloudPiece& piece : pieces) {
    LogRecord& record = piece.record;
    if (piece.kind == CloudPiece::Kind::kEntry) {
      counts.entries += piece.counted ? 0 : 1;
      entries.push_back(&piece);
      open[record.session] = &piece;
      last_text = &record.message;
    } else if (piece.kind == CloudPiece::Kind::kText) {
      const auto of = open.find(record.session);
      last_text = of == open.end() ? nullptr : FieldOf(of->second->record, piece.tag);
      if (last_text != nullptr) *last_text = record.message;
      if (of == open.end()) {
        counts.continuations -= piece.counted ? 1 : 0;
        counts.AddUnknown(UnknownKind::kOrphan, record.message);
      }
    } else if (last_text != nullptr) {
      if (joined.empty() || last_text->data() != joined.back().data()) joined.emplace_back(*last_text);
      std::string& whole = joined.back();
      whole.push_back('\n');
      whole.append(record.message);
      *last_text = whole;
    }
  }
  for (const CloudPiece* entry : entries) sink(entry->record);
}

}  // namespace pgassay::ingest
