#pragma once

// log_line_prefix, compiled: what stands before "LOG:  " in each line.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/line_time.h"
#include "ingest/log_record.h"
#include "ingest/prefix_memo.h"

namespace pgassay::ingest {

// Matches lines against one prefix. Not thread-safe (it remembers what it read last).
//
// Fields with a form of their own (times, numbers, session ids) are read by it; those of free text (user, database,
// application, host) end where the next constant part of the prefix begins. Where that is ambiguous ("%a " and an
// application "my app"), all possible ends are tried, and the first with which the whole prefix fits is taken.
class LinePrefix {
 public:
  // InvalidArgument: an escape that no server from 9.6 to 18 knows, or a prefix in which nothing is constant.
  // `as_written`: lines fit that this very prefix writes; else also those that it would write with a %q that nobody has
  // named.
  static absl::StatusOr<LinePrefix> Compile(std::string_view log_line_prefix, std::int32_t default_utc_offset_s = 0,
                                            bool as_written = false);

  // Whether `line` begins with the prefix and `accepts` what follows; then `record` has what the prefix says, and the
  // prefix is taken away from `line`. Everything that `record` had before is kept where the prefix says nothing.
  template <typename Accepts>
  bool Take(std::string_view& line, LogRecord& record, const Accepts& accepts) {
    for (Layout* layout : {&whole_, &short_}) {
      if (layout->parts.empty() && layout == &short_) continue;
      std::string_view rest = line;
      PrefixFields found;
      if (Match(*layout, rest, found) && accepts(rest)) {
        Store(found, record);
        line = rest;
        return true;
      }
      // Other ends of free text: rare, so this may be slow.
      budget_ = kMostTries;
      found = PrefixFields();
      rest = line;
      if (has_free_text_ && Search(layout->parts, 0, line, found, [&](std::string_view tail) {
            rest = tail;
            return accepts(tail);
          })) {
        Store(found, record);
        line = rest;
        return true;
      }
    }
    return false;
  }

 private:
  static constexpr int kMostTries = 256;

  enum class Field : std::uint8_t {
    kText,  // constant
    kTime,
    kEpoch,
    kNumber,
    kPid,
    kSession,
    kTransaction,
    kQueryId,
    kSqlState,
    kUser,
    kDatabase,
    kApplication,
    kOther,  // free text that nobody needs
  };
  struct Part {
    Field field = Field::kText;
    std::string text;
    int width = 0;  // %5p: padded with spaces to so many characters, on the right where it is negative
  };
  // Parts from `begin` to `end`. Where `lasts`, they say the same in many lines.
  struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool lasts = false;
    PrefixMemo memo;
  };
  struct Layout {
    std::vector<Part> parts;
    std::vector<Stretch> stretches;  // all of `parts`
  };

  LinePrefix() : time_(0) {}

  static bool IsFree(Field field) { return field >= Field::kUser; }
  static absl::StatusOr<Field> FieldOf(char escape);
  static void StoreText(Field field, std::string_view text, PrefixFields& found);
  static void Store(const PrefixFields& found, LogRecord& record);

  void SuspectQ();
  static bool Lasts(Field field);
  static void Divide(Layout& layout);
  bool Match(Layout& layout, std::string_view& rest, PrefixFields& found);
  bool Read(const std::vector<Part>& parts, std::size_t at, std::size_t end, std::string_view& rest,
            PrefixFields& found);
  bool TakeFixed(const Part& part, std::string_view& rest, PrefixFields& found);

  template <typename Accepts>
  bool Search(const std::vector<Part>& parts, std::size_t at, std::string_view rest, PrefixFields& found,
              const Accepts& accepts) {
    for (; at < parts.size() && !IsFree(parts[at].field); ++at) {
      if (!TakeFixed(parts[at], rest, found)) return false;
    }
    if (at == parts.size()) return accepts(rest);
    const std::string_view stop = at + 1 < parts.size() && parts[at + 1].field == Field::kText
                                      ? std::string_view(parts[at + 1].text)
                                      : std::string_view();
    const std::string_view window = rest.substr(0, kLongestField + stop.size());
    for (std::size_t end = 0; end <= window.size() && --budget_ > 0; ++end) {
      if (!stop.empty() && (end = window.find(stop, end)) == std::string_view::npos) return false;
      StoreText(parts[at].field, rest.substr(0, end), found);
      if (Search(parts, at + 1, rest.substr(end), found, accepts)) return true;
    }
    return false;
  }

  static constexpr std::size_t kLongestField = 256;  // names have at most 63 bytes; %r and %i are longer

  Layout whole_;
  Layout short_;  // up to %q, as other processes than sessions write it; empty: no %q
  bool has_free_text_ = false;
  int budget_ = 0;
  LineTime time_;
};

}  // namespace pgassay::ingest
