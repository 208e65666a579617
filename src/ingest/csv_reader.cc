// A record ends at the first newline outside quotes. Where a crash of the server cut one off, its open quote would take
// in what follows; but then the next quote is followed by something else than a comma, so the damage is seen at once,
// and reading goes on at the next line that begins as records do.

#include "ingest/csv_reader.h"

#include <charconv>
#include <cstring>
#include <optional>

#include "ingest/byte_scan.h"
#include "ingest/lines.h"
#include "ingest/severity_words.h"

namespace pgassay::ingest {
namespace {

// Columns, counted from 0.
enum Column : std::size_t {
  kTime = 0,
  kUser = 1,
  kDatabase = 2,
  kPid = 3,
  kSession = 5,
  kTransaction = 9,
  kSeverity = 11,
  kSqlState = 12,
  kMessage = 13,
  kDetail = 14,
  kHint = 15,
  kContext = 18,
  kStatement = 19,
  kApplication = 22,
  kQueryId = 25,
};

constexpr std::size_t kLongestName = 600;  // bytes of a field in front of the session id; names have at most 63

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes a short field, quoted or not, and the comma behind it.
bool TakeField(std::string_view& text, std::string_view& field) {
  std::size_t end = 0;
  if (!text.empty() && text.front() == '"') {
    for (end = 1;; ++end) {
      end = text.substr(0, kLongestName).find('"', end);
      if (end == std::string_view::npos) return false;
      if (end + 1 < text.size() && text[end + 1] == '"') {
        ++end;
        continue;
      }
      break;
    }
    field = text.substr(1, end - 1);
    ++end;
  } else {
    end = text.substr(0, kLongestName).find_first_of(",\n\"");
    if (end == std::string_view::npos) return false;
    field = text.substr(0, end);
  }
  if (end >= text.size() || text[end] != ',') return false;
  text.remove_prefix(end + 1);
  return true;
}

bool LooksLikeTime(std::string_view text) {
  static constexpr std::string_view kForm = "dddd-dd-dd dd:dd:dd";
  if (text.size() < kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == 'd' ? !IsDigit(text[i]) : text[i] != kForm[i]) return false;
  }
  return true;
}

bool AllDigits(std::string_view text) {
  if (text.empty() || text.size() > 10) return false;
  for (const char c : text) {
    if (!IsDigit(c)) return false;
  }
  return true;
}

// Offset of the first line of `block` behind the one at `from` that begins a record.
std::optional<std::size_t> NextRecord(std::string_view block, std::size_t from) {
  for (std::size_t at = LineEnd(block, from); at < block.size(); at = LineEnd(block, at)) {
    if (BeginsCsvRecord(block.substr(at))) return at;
  }
  return std::nullopt;
}

std::size_t Newlines(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at = LineEnd(text, at)) ++count;
  return count;
}

}  // namespace

bool BeginsCsvRecord(std::string_view text) {
  if (!LooksLikeTime(text)) return false;
  std::string_view field;
  for (std::size_t column = kTime; column <= kSession; ++column) {
    if (!TakeField(text, field)) return false;
    if (column == kPid && !AllDigits(field)) return false;
  }
  return SessionKey(field) != 0;
}

std::size_t CsvColumns(std::string_view text) {
  if (!BeginsCsvRecord(text)) return 0;
  std::size_t columns = 1;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == ',') ++columns;
    if (c == '\n') return columns;
  }
  return 0;
}

// Splits the record at `at` into fields_, and puts `at` behind it.
CsvReader::Outcome CsvReader::Split(std::string_view block, std::size_t& at) {
  const char* const end = block.data() + block.size();
  const char* next = block.data() + at;
  const char* const limit = next + kLongestEntry;
  for (columns_ = 0;; ++columns_) {
    Field field;
    if (next != end && *next == '"') {
      field.begin = ++next;
      while (true) {
        const auto* const quote = static_cast<const char*>(std::memchr(next, '"', static_cast<std::size_t>(end - next)));
        if (quote == nullptr || quote + 1 == end) return Outcome::kUnfinished;
        next = quote + 1;
        if (*next != '"') break;
        field.doubled = true;
        ++next;
      }
      field.end = next - 1;
      if (*next == '\r' && next + 1 != end) ++next;
    } else {
      field.begin = next;
      next = FindEither(next, end, ',', '\n');
      if (next == end) return Outcome::kUnfinished;
      field.end = next;
      if (*next == '\n' && field.end != field.begin && field.end[-1] == '\r') --field.end;
    }
    if (columns_ < kMost) fields_[columns_] = field;
    if (*next == '\n') break;
    if (*next != ',' || next > limit) return Outcome::kBroken;
    ++next;
  }
  ++columns_;
  at = static_cast<std::size_t>(next - block.data()) + 1;
  return columns_ >= kFewest ? Outcome::kRecord : Outcome::kBroken;
}

std::string_view CsvReader::Value(std::size_t column) {
  const Field& field = fields_[column];
  const std::string_view raw(field.begin, static_cast<std::size_t>(field.end - field.begin));
  if (!field.doubled) return raw;
  const std::size_t begin = buffer_.size();  // never grows beyond what Fill has reserved: views stay valid
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t quote = raw.find('"', at);
    if (quote == std::string_view::npos) {
      buffer_.append(raw, at);
      break;
    }
    buffer_.append(raw, at, quote + 1 - at);
    at = quote + 2;
  }
  return std::string_view(buffer_).substr(begin);
}

// False: something is in a column that cannot be there.
bool CsvReader::Fill(LogRecord& record) {
  const auto raw = [&](std::size_t column) {
    return std::string_view(fields_[column].begin,
                            static_cast<std::size_t>(fields_[column].end - fields_[column].begin));
  };
  std::string_view time = raw(kTime);
  const std::optional<std::int64_t> time_us = time_.Take(time);
  const std::string_view pid = raw(kPid);
  const std::optional<LineTag> tag = TagOf(raw(kSeverity));
  if (!time_us || !time.empty() || !AllDigits(pid) || !tag || !BeginsEntry(*tag)) return false;
  record.time_us = *time_us;
  std::from_chars(pid.data(), pid.data() + pid.size(), record.pid);
  record.session = SessionKey(raw(kSession));
  if (record.session == 0) record.session = record.pid;
  record.transaction = TransactionKey(raw(kTransaction));
  record.severity = SeverityOf(*tag);
  record.sql_state = raw(kSqlState);
  const std::size_t kept = std::min(columns_, kMost) - 1;
  const auto size = static_cast<std::size_t>(fields_[kept].end - fields_[kTime].begin);
  buffer_.clear();
  if (buffer_.capacity() < size) buffer_.reserve(size + size / 2);
  record.user = Value(kUser);
  record.database = Value(kDatabase);
  record.message = Value(kMessage);
  record.detail = Value(kDetail);
  record.hint = Value(kHint);
  record.context = Value(kContext);
  record.statement = Value(kStatement);
  record.application = Value(kApplication);
  if (columns_ > kQueryId) {
    const std::string_view id = raw(kQueryId);
    std::from_chars(id.data(), id.data() + id.size(), record.query_id);
  }
  return true;
}

ReadEnd CsvReader::Read(std::string_view block, bool last, bool stop_at_other, const RecordSink& sink,
                        LineCounts& counts) {
  UnknownRun unknown(stop_at_other, counts);
  std::size_t at = 0;
  while (at < block.size()) {
    const std::size_t begin = at;
    Outcome outcome = Outcome::kBroken;
    LogRecord record;
    if (IsDigit(block[begin])) outcome = Split(block, at);
    if (outcome == Outcome::kRecord && Fill(record)) {
      unknown.End();
      counts.continuations += Newlines(block.substr(begin, at - begin)) - 1;
      if (at - begin > kLongestEntry) {
        counts.AddUnknown(UnknownKind::kTooLong, block.substr(begin, LineEnd(block, begin) - begin));
        continue;
      }
      ++counts.entries;
      sink(record);
      continue;
    }
    // Not an entry: all lines up to the next one are none either.
    const std::optional<std::size_t> next = NextRecord(block, begin);
    const bool begins = BeginsCsvRecord(block.substr(begin));
    if (outcome == Outcome::kUnfinished && begins && !next) {
      unknown.End();
      return {.consumed = begin};
    }
    at = next.value_or(block.size());
    for (std::size_t line = begin; line < at;) {
      const std::size_t end = LineEnd(block, line);
      if (block[end - 1] != '\n') {
        if (unknown.EndOfBlock(last)) return unknown.Stop();
        return {.consumed = line};
      }
      const UnknownKind kind = begins ? UnknownKind::kBrokenFields : UnknownKind::kNoPrefix;
      if (unknown.Add(kind, line, block.substr(line, end - line))) return unknown.Stop();
      line = end;
    }
  }
  if (unknown.EndOfBlock(last)) return unknown.Stop();
  return {.consumed = block.size()};
}

std::size_t CsvReader::LastEntry(std::string_view block) const {
  for (std::size_t end = block.size(); end > 1;) {
    const std::size_t newline = block.substr(0, end - 1).rfind('\n');
    if (newline == std::string_view::npos) return 0;
    if (BeginsCsvRecord(block.substr(newline + 1))) return newline + 1;
    end = newline + 1;
  }
  return 0;
}

}  // namespace pgassay::ingest
