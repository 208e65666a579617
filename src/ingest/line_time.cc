#include "ingest/line_time.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pgassay::ingest {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::size_t kSecondBytes = 19;  // "2026-11-25 10:11:12"

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLetter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// The number that `count` digits at `at` write; -1: not digits.
int Digits(const char* at, int count) {
  int value = 0;
  for (int i = 0; i < count; ++i) {
    if (!IsDigit(at[i])) return -1;
    value = value * 10 + (at[i] - '0');
  }
  return value;
}

std::optional<std::int64_t> SecondUs(const char* at) {
  const int year = Digits(at, 4);
  const int month = Digits(at + 5, 2);
  const int day = Digits(at + 8, 2);
  const int hour = Digits(at + 11, 2);
  const int minute = Digits(at + 14, 2);
  const int second = Digits(at + 17, 2);
  const bool separated =
      at[4] == '-' && at[7] == '-' && (at[10] == ' ' || at[10] == 'T') && at[13] == ':' && at[16] == ':';
  if (!separated || year < 0 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  return ((DaysFromCivil(year, month, day) * 24 + hour) * 60 + minute) * 60 * kSecondUs + second * kSecondUs;
}

// A call of memcmp takes longer than this.
bool SameSecond(const char* a, const char* b) {
  const auto load = [](const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
  };
  constexpr std::size_t kLast = kSecondBytes - sizeof(std::uint64_t);
  return ((load(a) ^ load(b)) | (load(a + 8) ^ load(b + 8)) | (load(a + kLast) ^ load(b + kLast))) == 0;
}

bool SameZone(std::string_view zone, const char* last, std::size_t last_size) {
  if (zone.size() != last_size) return false;
  for (std::size_t i = 0; i < last_size; ++i) {
    if (zone[i] != last[i]) return false;
  }
  return true;
}

// Abbreviations that mean one zone wherever logs are common; CST, IST, BST and the like that mean several are left to
// the default offset. Minutes east of UTC.
constexpr std::pair<std::string_view, int> kZones[] = {
    {"UTC", 0},     {"GMT", 0},    {"Z", 0},      {"UCT", 0},    {"WET", 0},    {"WEST", 60},  {"CET", 60},
    {"CEST", 120},  {"EET", 120},  {"EEST", 180}, {"MSK", 180},  {"JST", 540},  {"KST", 540},  {"EST", -300},
    {"EDT", -240},  {"CDT", -300}, {"MST", -420}, {"MDT", -360}, {"PST", -480}, {"PDT", -420}, {"AKST", -540},
    {"AKDT", -480}, {"HST", -600}, {"AEST", 600}, {"AEDT", 660}, {"ACST", 570}, {"ACDT", 630}, {"AWST", 480},
    {"NZST", 720},  {"NZDT", 780}, {"SAST", 120}, {"HKT", 480},  {"PKT", 300},  {"WIB", 420},
};

}  // namespace

std::int64_t DaysFromCivil(int year, int month, int day) {
  // Years that begin in March put the leap day last; 400 of them have 146,097 days.
  const int shifted = month <= 2 ? year - 1 : year;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  const std::int64_t year_of_era = shifted - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

std::optional<std::int32_t> UtcOffset(std::string_view zone) {
  for (const auto& [name, minutes] : kZones) {
    if (zone == name) return minutes * 60;
  }
  if (zone.size() < 2 || (zone[0] != '+' && zone[0] != '-')) return std::nullopt;
  std::string_view rest = zone.substr(1);
  int parts[3] = {};
  for (int& part : parts) {
    if (rest.empty()) break;
    if (rest.front() == ':') rest.remove_prefix(1);
    if (rest.size() < 2) return std::nullopt;
    part = Digits(rest.data(), 2);
    if (part < 0) return std::nullopt;
    rest.remove_prefix(2);
  }
  if (!rest.empty() || parts[0] > 15 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
  const int seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2];
  return zone[0] == '-' ? -seconds : seconds;
}

std::optional<std::int64_t> LineTime::Take(std::string_view& text) {
  if (text.size() < kSecondBytes) return std::nullopt;
  if (last_second_us_ == kNoTime || !SameSecond(text.data(), last_second_)) {
    const std::optional<std::int64_t> second = SecondUs(text.data());
    if (!second) return std::nullopt;
    std::memcpy(last_second_, text.data(), kSecondBytes);
    last_second_us_ = *second;
  }
  const bool iso = text[10] == 'T';
  std::int64_t time_us = last_second_us_;
  if (TakeUsual(text, time_us)) return time_us;
  text.remove_prefix(kSecondBytes);
  if (text.size() > 1 && (text[0] == '.' || text[0] == ',') && IsDigit(text[1])) {
    std::int64_t unit = kSecondUs / 10;
    std::size_t at = 1;
    for (; at < text.size() && IsDigit(text[at]); ++at, unit /= 10) time_us += (text[at] - '0') * unit;
    text.remove_prefix(at);
  }
  return time_us - Zone(text, iso);
}

// ".123 UTC" behind the second, with the zone of the last time and something else than a letter behind it.
bool LineTime::TakeUsual(std::string_view& text, std::int64_t& time_us) const {
  constexpr std::size_t kZone = kSecondBytes + 5;
  const std::size_t end = kZone + last_zone_size_;
  if (last_zone_size_ == 0 || !IsLetter(last_zone_[0]) || text.size() <= end) return false;
  const char* const at = text.data() + kSecondBytes;
  if (at[0] != '.' || !IsDigit(at[1]) || !IsDigit(at[2]) || !IsDigit(at[3]) || at[4] != ' ') return false;
  for (std::size_t i = 0; i < last_zone_size_; ++i) {
    if (text[kZone + i] != last_zone_[i]) return false;
  }
  if (IsLetter(text[end])) return false;
  time_us += ((at[1] - '0') * 100 + (at[2] - '0') * 10 + (at[3] - '0')) * 1'000 - last_offset_us_;
  text.remove_prefix(end);
  return true;
}

// Microseconds to take off for the zone at the beginning of `text`, which is taken away with the space before it.
std::int64_t LineTime::Zone(std::string_view& text, bool iso) {
  const std::size_t space = !text.empty() && text[0] == ' ' ? 1 : 0;
  std::size_t end = space;
  if (end < text.size() && (text[end] == '+' || text[end] == '-')) {
    ++end;
    // Only ISO 8601 has a colon in the offset; elsewhere it is the separator of what follows.
    while (end < text.size() && (IsDigit(text[end]) || (iso && text[end] == ':'))) ++end;
  } else {
    while (end < text.size() && IsLetter(text[end])) ++end;
  }
  const std::string_view zone = text.substr(space, end - space);
  if (!SameZone(zone, last_zone_, last_zone_size_)) {
    if (zone.empty() || zone.size() > sizeof last_zone_) return default_offset_s_ * kSecondUs;
    const bool is_offset = !IsLetter(zone[0]);
    const std::optional<std::int32_t> known = UtcOffset(zone);
    if (!known && (is_offset || space == 0)) return default_offset_s_ * kSecondUs;
    std::memcpy(last_zone_, zone.data(), zone.size());
    last_zone_size_ = zone.size();
    last_offset_us_ = known.value_or(default_offset_s_) * kSecondUs;
  } else if (zone.empty()) {
    return default_offset_s_ * kSecondUs;
  }
  text.remove_prefix(end);
  return last_offset_us_;
}

}  // namespace pgassay::ingest
