#include "ingest/line_prefix.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::ingest {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

template <typename Belongs>
[[gnu::always_inline]] inline std::string_view TakeWhile(std::string_view& rest, const Belongs& belongs) {
  std::size_t end = 0;
  while (end < rest.size() && belongs(rest[end])) ++end;
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end);
  return taken;
}

constexpr auto kDigits = [](char c) { return IsDigit(c); };
constexpr auto kCapitalsAndDigits = [](char c) { return IsDigit(c) || (c >= 'A' && c <= 'Z'); };

// The number that `digits` write; one too large for 64 bits is any.
std::int64_t Number(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits.substr(0, 19)) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return static_cast<std::int64_t>(value);
}

// starts_with calls memcmp, which for the one or two characters between fields takes longer than comparing them.
[[gnu::always_inline]] inline bool TakeText(std::string_view& rest, const std::string& text) {
  if (rest.size() < text.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (rest[i] != text[i]) return false;
  }
  rest.remove_prefix(text.size());
  return true;
}

// As find: names are short, so that a call of memchr would take longer than looking at each byte.
std::size_t FindText(std::string_view text, std::string_view wanted) {
  for (std::size_t at = 0; at + wanted.size() <= text.size(); ++at) {
    if (text[at] == wanted.front() && text.substr(at).starts_with(wanted)) return at;
  }
  return std::string_view::npos;
}

}  // namespace

absl::StatusOr<LinePrefix::Field> LinePrefix::FieldOf(char escape) {
  switch (escape) {
    case 'a':
      return Field::kApplication;
    case 'u':
      return Field::kUser;
    case 'd':
      return Field::kDatabase;
    case 'r':
    case 'h':
    case 'b':
    case 'i':
    case 'L':
      return Field::kOther;
    case 'p':
      return Field::kPid;
    case 'P':
    case 'l':
    case 'x':
      return Field::kNumber;
    case 't':
    case 'm':
    case 's':
      return Field::kTime;
    case 'n':
      return Field::kEpoch;
    case 'e':
      return Field::kSqlState;
    case 'c':
      return Field::kSession;
    case 'v':
      return Field::kTransaction;
    case 'Q':
      return Field::kQueryId;
    default:
      return absl::InvalidArgumentError(absl::StrCat("log_line_prefix: no server knows the escape %",
                                                     ToAbsl(Printable(std::string_view(&escape, 1)))));
  }
}

absl::StatusOr<LinePrefix> LinePrefix::Compile(std::string_view log_line_prefix, std::int32_t default_utc_offset_s,
                                               bool as_written) {
  LinePrefix prefix;
  prefix.time_ = LineTime(default_utc_offset_s);
  const auto constant = [&](char c) {
    std::vector<Part>& parts = prefix.whole_.parts;
    if (parts.empty() || parts.back().field != Field::kText) parts.push_back({});
    parts.back().text.push_back(c);
  };
  for (std::size_t at = 0; at < log_line_prefix.size(); ++at) {
    if (log_line_prefix[at] != '%') {
      constant(log_line_prefix[at]);
      continue;
    }
    if (++at == log_line_prefix.size()) break;  // the server drops a percent sign at the end
    int width = 0;
    const bool left = log_line_prefix[at] == '-';
    if (left) ++at;
    while (at < log_line_prefix.size() && IsDigit(log_line_prefix[at]) && width < 1000)
      width = width * 10 + (log_line_prefix[at++] - '0');
    if (at == log_line_prefix.size()) break;
    const char escape = log_line_prefix[at];
    if (escape == '%') {
      constant('%');
    } else if (escape == 'q') {
      prefix.short_.parts = prefix.whole_.parts;
    } else {
      PGASSAY_ASSIGN_OR_RETURN(const Field field, FieldOf(escape));
      if (!as_written && IsFree(field) && !prefix.has_free_text_) prefix.SuspectQ();
      prefix.has_free_text_ = prefix.has_free_text_ || IsFree(field);
      // The session's start is a time too, but not that of the entry: its text is not empty.
      prefix.whole_.parts.push_back({.field = field, .text = escape == 's' ? "s" : "", .width = left ? -width : width});
    }
  }
  if (prefix.whole_.parts.empty()) {
    return absl::InvalidArgumentError(
        "log_line_prefix: an empty prefix does not tell entries from other lines; give the one that the server used");
  }
  Divide(prefix.whole_);
  Divide(prefix.short_);
  return prefix;
}

// A %q may stand in front of the first field that only sessions have, and nobody has said so: what a log was begun with
// may be lines of sessions alone. Known by a time and a process in front of it, it is taken to be there.
void LinePrefix::SuspectQ() {
  const std::vector<Part>& parts = whole_.parts;
  const auto has = [&parts](Field field) {
    return std::any_of(parts.begin(), parts.end(), [&](const Part& part) { return part.field == field; });
  };
  const bool told = has(Field::kTime) && (has(Field::kPid) || has(Field::kSession));
  if (!short_.parts.empty() || !told) return;
  short_.parts = parts;
  if (short_.parts.back().field != Field::kText) return;
  std::string& text = short_.parts.back().text;  // "] user=" of "%m [%p] user=%u"
  if (const std::size_t blank = text.find(' '); blank != std::string::npos) text.resize(blank + 1);
}

// Whether a field has one value, or a few, while a session lasts.
bool LinePrefix::Lasts(Field field) {
  switch (field) {
    case Field::kText:
    case Field::kPid:
    case Field::kSession:
    case Field::kSqlState:
    case Field::kUser:
    case Field::kDatabase:
    case Field::kApplication:
    case Field::kOther:
      return true;
    default:
      return false;
  }
}

// What lasts ends with constant text, so that no byte behind it decides how it is read.
void LinePrefix::Divide(Layout& layout) {
  const std::vector<Part>& parts = layout.parts;
  const auto named_twice = [&parts](const Part& part) {
    return part.field != Field::kText && part.field != Field::kOther &&
           std::count_if(parts.begin(), parts.end(), [&](const Part& other) { return other.field == part.field; }) > 1;
  };
  std::size_t at = 0;
  while (at < parts.size()) {
    std::size_t end = at;
    std::size_t texts_end = at;
    while (end < parts.size() && Lasts(parts[end].field) && !named_twice(parts[end])) {
      ++end;
      if (parts[end - 1].field == Field::kText) texts_end = end;
    }
    const bool lasts = texts_end > at + 1;
    if (!lasts) texts_end = std::max(end, at + 1);
    layout.stretches.push_back({.begin = at, .end = texts_end, .lasts = lasts, .memo = {}});
    at = texts_end;
  }
}

bool LinePrefix::TakeFixed(const Part& part, std::string_view& rest, PrefixFields& found) {
  if (part.field == Field::kText) return TakeText(rest, part.text);
  const std::size_t before = rest.size();
  if (part.width > 0) TakeWhile(rest, [](char c) { return c == ' '; });
  switch (part.field) {
    case Field::kTime: {
      const std::optional<std::int64_t> time = time_.Take(rest);
      if (!time) return false;
      if (part.text.empty()) found.time_us = *time;
      break;
    }
    case Field::kEpoch: {
      const std::int64_t seconds = Number(TakeWhile(rest, kDigits));
      if (seconds <= 0 || seconds > 100'000'000'000) return false;
      found.time_us = seconds * 1'000'000;
      if (rest.size() > 3 && rest.front() == '.') {
        rest.remove_prefix(1);
        found.time_us += Number(TakeWhile(rest, kDigits).substr(0, 3)) * 1'000;
      }
      break;
    }
    case Field::kPid: {
      const std::string_view digits = TakeWhile(rest, kDigits);
      if (digits.empty()) return false;
      found.pid = static_cast<std::uint32_t>(Number(digits));
      break;
    }
    case Field::kNumber:
      TakeWhile(rest, kDigits);
      break;
    case Field::kSession:
      found.session = TakeSessionKey(rest);
      break;
    case Field::kTransaction:
      found.transaction = TakeTransactionKey(rest);
      break;
    case Field::kSqlState:
      found.sql_state = TakeWhile(rest, kCapitalsAndDigits);
      break;
    case Field::kQueryId: {
      const bool negative = !rest.empty() && rest.front() == '-';
      if (negative) rest.remove_prefix(1);
      const auto id = static_cast<std::uint64_t>(Number(TakeWhile(rest, kDigits)));
      found.query_id = static_cast<std::int64_t>(negative ? 0 - id : id);
      break;
    }
    default:
      return false;
  }
  if (part.width < 0) {
    while (before - rest.size() < static_cast<std::size_t>(-part.width) && !rest.empty() && rest.front() == ' ')
      rest.remove_prefix(1);
  }
  return true;
}

bool LinePrefix::Match(Layout& layout, std::string_view& rest, PrefixFields& found) {
  for (Stretch& stretch : layout.stretches) {
    if (!stretch.lasts) {
      if (!Read(layout.parts, stretch.begin, stretch.end, rest, found)) return false;
      continue;
    }
    if (stretch.memo.Take(rest, found)) continue;
    const std::string_view before = rest;
    PrefixFields own;
    if (!Read(layout.parts, stretch.begin, stretch.end, rest, own)) return false;
    const std::string_view text = before.substr(0, before.size() - rest.size());
    stretch.memo.Keep(text, own);
    own.AddTo(found);
  }
  return true;
}

// The first end of each free text that its successor allows.
[[gnu::flatten]] bool LinePrefix::Read(const std::vector<Part>& parts, std::size_t at, std::size_t end,
                                       std::string_view& rest, PrefixFields& found) {
  for (; at < end; ++at) {
    if (!IsFree(parts[at].field)) {
      if (!TakeFixed(parts[at], rest, found)) return false;
      continue;
    }
    if (at + 1 == parts.size() || parts[at + 1].field != Field::kText) return false;
    const std::size_t size = FindText(rest.substr(0, kLongestField), parts[at + 1].text);
    if (size == std::string_view::npos) return false;
    StoreText(parts[at].field, rest.substr(0, size), found);
    rest.remove_prefix(size);
  }
  return true;
}

void LinePrefix::StoreText(Field field, std::string_view text, PrefixFields& found) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);  // padding
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (!text.empty() && text.front() == '[' && text == "[unknown]") text = {};
  if (field == Field::kUser) found.user = text;
  if (field == Field::kDatabase) found.database = text;
  if (field == Field::kApplication) found.application = text;
}

void LinePrefix::Store(const PrefixFields& found, LogRecord& record) {
  if (found.time_us != kNoTime) record.time_us = found.time_us;
  if (found.pid != 0) record.pid = found.pid;
  record.session = found.session != 0 ? found.session : record.session != 0 ? record.session : record.pid;
  record.transaction = found.transaction;
  record.query_id = found.query_id;
  record.database = found.database;
  record.user = found.user;
  record.application = found.application;
  record.sql_state = found.sql_state;
}

}  // namespace pgassay::ingest
