#include "ingest/syslog_line.h"

#include <charconv>
#include <cstddef>
#include <optional>

#include "base/text.h"

namespace pgassay::ingest {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDayUs = 86'400 * kSecondUs;

// The word in front of the next space, which is taken away too.
std::string_view TakeWord(std::string_view& rest) {
  const std::size_t space = rest.find(' ');
  if (space == std::string_view::npos) return {};
  const std::string_view word = rest.substr(0, space);
  rest.remove_prefix(space + 1);
  return word;
}

template <typename Number>
bool TakeNumber(std::string_view& rest, Number& number) {
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc()) return false;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return true;
}

bool TakeText(std::string_view& rest, std::string_view text) {
  if (!rest.starts_with(text)) return false;
  rest.remove_prefix(text.size());
  return true;
}

int MonthOf(std::string_view name) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::size_t at = kMonths.find(name);
  return name.size() != 3 || at == std::string_view::npos || at % 3 != 0 ? 0 : static_cast<int>(at / 3) + 1;
}

// Microseconds since 1970 of a time of day in `year`.
std::int64_t InYear(int year, int month, int day, std::int64_t second) {
  return DaysFromCivil(year, month, day) * kDayUs + second * kSecondUs;
}

// "[5-1] ", where it is there.
void TakeSequence(std::string_view& rest, SyslogLine& result) {
  std::string_view tried = rest;
  std::uint64_t sequence = 0;
  std::uint32_t chunk = 0;
  if (!TakeText(tried, "[") || !TakeNumber(tried, sequence) || !TakeText(tried, "-") || !TakeNumber(tried, chunk) ||
      !TakeText(tried, "]")) {
    return;
  }
  TakeText(tried, " ");
  result.sequence = sequence;
  result.chunk = chunk;
  rest = tried;
}

// "[DATABASE] ", as Heroku names the attachment.
void TakeAttachment(std::string_view& rest) {
  if (rest.size() < 3 || rest[0] != '[' || rest[1] < 'A' || rest[1] > 'Z') return;
  const std::size_t end = rest.find("] ");
  if (end == std::string_view::npos || rest.substr(0, end).find(' ') != std::string_view::npos) return;
  rest.remove_prefix(end + 2);
}

}  // namespace

bool SyslogHeader::TakeStamp(std::string_view& rest, std::int64_t& time_us) {
  if (const std::optional<std::int64_t> time = time_.Take(rest)) {
    time_us = *time;
    return TakeText(rest, " ");
  }
  // "Nov  5 10:11:12 "; some daemons put the year behind the day.
  std::string_view tried = rest;
  const int month = MonthOf(tried.substr(0, 3));
  int day = 0, year = 0, hour = 0, minute = 0, second = 0;
  if (month == 0) return false;
  tried.remove_prefix(3);
  if (!TakeText(tried, " ")) return false;
  TakeText(tried, " ");
  if (!TakeNumber(tried, day) || day < 1 || day > 31 || !TakeText(tried, " ")) return false;
  if (tried.size() > 5 && tried[4] == ' ' && (!TakeNumber(tried, year) || !TakeText(tried, " "))) return false;
  if (!TakeNumber(tried, hour) || !TakeText(tried, ":") || !TakeNumber(tried, minute) || !TakeText(tried, ":") ||
      !TakeNumber(tried, second)) {
    return false;
  }
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  std::int64_t fraction = 0;
  if (TakeText(tried, ".")) {
    const std::size_t before = tried.size();
    if (!TakeNumber(tried, fraction) || before - tried.size() > 6) return false;
    for (std::size_t digits = before - tried.size(); digits < 6; ++digits) fraction *= 10;
  }
  if (!TakeText(tried, " ")) return false;
  rest = tried;
  const std::int64_t of_day = (hour * 60 + minute) * 60 + second - default_offset_s_;
  if (year == 0) {
    if (latest_us_ == kNoTime) return true;
    // Days of a year around that of latest_us_; the last one that is not later decides.
    for (year = 1970 + static_cast<int>(latest_us_ / kDayUs / 365) + 1; year > 1970; --year) {
      if (InYear(year, month, day, of_day) <= latest_us_ + kDayUs) break;
    }
  }
  if (year < 1970 || year > 9999) return false;
  time_us = InYear(year, month, day, of_day) + fraction;
  return true;
}

bool SyslogHeader::ReadRfc5424(std::string_view rest, SyslogLine& result) {
  if (!TakeStamp(rest, result.time_us)) return false;
  const std::string_view host = TakeWord(rest);
  const std::string_view app = TakeWord(rest);
  std::string_view process = TakeWord(rest);
  const std::string_view message_id = TakeWord(rest);
  if (host.empty() || app.empty() || process.empty() || message_id.empty()) return false;
  result.process = StableHash(host) ^ StableHash(process);
  result.logplex = process.starts_with("postgres.");
  if (!result.logplex && !TakeNumber(process, result.pid)) result.pid = 0;
  if (!result.logplex || rest.starts_with("- ")) {
    // Structured data: none, or elements in brackets.
    if (!TakeText(rest, "-")) {
      while (TakeText(rest, "[")) {
        std::size_t end = 0;
        while (end < rest.size() && rest[end] != ']') end += rest[end] == '\\' ? 2 : 1;
        if (end >= rest.size()) return false;
        rest.remove_prefix(end + 1);
      }
    }
    if (!TakeText(rest, " ")) return false;
  }
  TakeText(rest, "\xEF\xBB\xBF");
  if (result.logplex) TakeAttachment(rest);
  TakeSequence(rest, result);
  result.text = rest;
  return true;
}

// "postgres[123]: [5-1] ..."; of logplex "app[postgres.123]: ...".
bool SyslogHeader::ReadTag(std::string_view rest, std::string_view host, SyslogLine& result) {
  const std::size_t open = rest.substr(0, 128).find_first_of("[ :");
  if (open == std::string_view::npos || open == 0 || rest[open] != '[') return false;
  const std::size_t close = rest.find("]:", open);
  if (close == std::string_view::npos || close > open + 64) return false;
  std::string_view process = rest.substr(open + 1, close - open - 1);
  result.process = StableHash(host) ^ StableHash(process);
  if (!TakeNumber(process, result.pid) || !process.empty()) {
    result.pid = 0;
    result.logplex = process.find("postgres") != std::string_view::npos;
    if (!result.logplex) return false;
  }
  rest.remove_prefix(close + 2);
  TakeText(rest, " ");
  if (result.logplex) TakeAttachment(rest);
  TakeSequence(rest, result);
  result.text = rest;
  return true;
}

bool SyslogHeader::Read(std::string_view line, SyslogLine& result) {
  result = {};
  std::string_view rest = line;
  // Over TCP, each message has its size in front: "87 <134>1 ...".
  if (const std::size_t digits = rest.find_first_not_of("0123456789");
      digits != 0 && digits <= 7 && rest.substr(digits).starts_with(" <")) {
    rest.remove_prefix(digits + 1);
  }
  if (TakeText(rest, "<")) {
    int priority = 0;
    if (!TakeNumber(rest, priority) || !TakeText(rest, ">")) return false;
    if (TakeText(rest, "1 ")) return ReadRfc5424(rest, result);
  }
  if (!TakeStamp(rest, result.time_us)) return false;
  // logplex has no host.
  const std::size_t space = rest.find(' ');
  if (space != std::string_view::npos && space > 1 && rest[space - 1] == ':') return ReadTag(rest, {}, result);
  const std::string_view host = TakeWord(rest);
  return !host.empty() && ReadTag(rest, host, result);
}

}  // namespace pgassay::ingest
