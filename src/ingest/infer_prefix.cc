#include "ingest/infer_prefix.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "ingest/line_prefix.h"
#include "ingest/line_tag.h"
#include "ingest/log_record.h"
#include "ingest/prefix_pieces.h"

namespace pgassay::ingest {
namespace {

// %t and %m are read alike, so one of them stands for both. Defaults of the server, of packages and services, and what
// guides to log analysis recommend.
constexpr std::string_view kCommon[] = {
    "%m [%p] ",                                  // PostgreSQL 10 and later
    "%m [%p] %q%u@%d ",                          // Debian, Ubuntu
    "%t:%r:%u@%d:[%p]:",                         // Amazon RDS and Aurora
    "%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a:",  // Amazon RDS, the long form
    "%t-%c-",                                    // Azure
    "%t-%p-%c-%u-%d-%a-%h-",
    "%m [%p]: [%l-1] db=%d,user=%u ",  // Google Cloud SQL
    "%m [%p] db=%d,user=%u ",
    "%h %m [%p] %q%u@%d ",  // Supabase
    "%m [%p] %u@%d ",
    "%m [%p] %q[user=%u,db=%d,app=%a] ",                // Pigsty, Patroni's examples
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",  // pgBadger
    "%t [%p]: user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: [%l-1] user=%u,db=%d ",
    "%t [%p]: [%l] user=%u,db=%d ",
    "%t [%p]: db=%d,user=%u,app=%a,client=%h ",
    "%t [%p]: [%l-1] db=%d,user=%u,app=%a,client=%h ",
    "%t [%p]: [%l-1] %u@%d ",
    "user=%u,db=%d,app=%a,client=%h ",  // behind syslog's own stamp
    "user=%u,db=%d,app=%aclient=%h ",
    "user=%u,db=%d ",
    "db=%d,user=%u ",
    "[%p] ",
    "[%l-1] ",
    "%t [%p]: [%l-1] ",
    "%t %d %u [%p] ",
    "%m [%c] ",
    "< %m > ",  // packages of older versions for Red Hat
    "< %m %u %d %p> ",
    "<%t>",
    "%m ",
    "%m %u %d [%p] ",  // TimescaleDB's and Crunchy Data's containers
    "%t [%p]: [%l-1] %q%u@%d ",
    "%m [%p] [%l] %u@%d ",
    "%m %q%u@%d ",
    "sql_error_code = %e ",  // Heroku
    "sql_error_code = %e time_ms = \"%m\" pid=\"%p\" proc_start_time=\"%s\" session_id=\"%c\" vtid=\"%v\" tid=\"%x\" "
    "log_line=\"%l\" %qdatabase=\"%d\" connection_source=\"%r\" user=\"%u\" application_name=\"%a\" ",
};

constexpr std::size_t kMostLines = 400;  // that prefixes are tried on
constexpr std::size_t kFewLines = 24;    // that tell a hopeless prefix
constexpr std::size_t kMostHeads = 64;   // that prefixes are made from
constexpr std::size_t kMostMade = 24;    // prefixes made

bool IsClean(std::string_view name) {
  return name.find_first_of(",=:; ") == std::string_view::npos;
}

// How good a prefix is: lines that fit, then what they tell, then brevity.
struct Score {
  std::size_t lines = 0;
  std::int64_t facts = 0;
  std::size_t size = 0;

  bool operator<(const Score& other) const {
    return std::tuple(lines, facts, other.size) < std::tuple(other.lines, other.facts, size);
  }
};

std::int64_t Facts(const LogRecord& record) {
  std::int64_t facts = 0;
  facts += record.time_us != kNoTime ? 1 : 0;
  facts += record.pid != 0 ? 1 : 0;
  facts += record.session != 0 && record.session != record.pid ? 1 : 0;
  facts += record.transaction != 0 ? 1 : 0;
  facts += record.query_id != 0 ? 1 : 0;
  facts += record.sql_state.size() == 5 ? 1 : 0;
  for (const std::string_view name : {record.user, record.database, record.application}) {
    if (!name.empty()) facts += IsClean(name) ? 1 : -2;
  }
  return facts;
}

Score ScoreOf(std::string_view line_prefix, std::span<const std::string_view> lines, std::int32_t utc_offset_s) {
  // With %q, lines that are not there yet would fit too: of two that are equal otherwise, that one.
  const bool has_q = line_prefix.find("%q") != std::string_view::npos;
  Score score{.size = line_prefix.size() - (has_q ? 3 : 0)};
  absl::StatusOr<LinePrefix> prefix = LinePrefix::Compile(line_prefix, utc_offset_s, /*as_written=*/true);
  if (!prefix.ok()) return score;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == kFewLines && score.lines == 0) break;
    std::string_view rest = lines[i];
    LogRecord record;
    const bool fits = prefix->Take(rest, record, [](std::string_view tail) { return TakeTag(tail).has_value(); });
    // A name with blanks and the like within is most likely several fields that the prefix takes for one.
    if (!fits || !IsClean(record.user) || !IsClean(record.database)) continue;
    ++score.lines;
    score.facts += Facts(record);
  }
  return score;
}

class Search {
 public:
  Search(std::span<const std::string_view> lines, std::int32_t utc_offset_s)
      : lines_(lines), utc_offset_s_(utc_offset_s) {}

  void Try(std::string_view line_prefix) {
    const Score score = ScoreOf(line_prefix, lines_, utc_offset_s_);
    if (score.lines == 0 || !(best_score_ < score)) return;
    best_score_ = score;
    best_ = line_prefix;
  }

  bool Fits() const { return best_score_.lines == lines_.size(); }
  std::size_t matched() const { return best_score_.lines; }
  const std::string& best() const { return best_; }

 private:
  std::span<const std::string_view> lines_;
  std::int32_t utc_offset_s_;
  Score best_score_;
  std::string best_;
};

// Prefixes that the lines could have been written with, the most frequent first.
std::vector<std::string> Made(std::span<const std::string_view> lines) {
  std::vector<std::pair<std::string, std::size_t>> counted;
  const std::size_t step = std::max<std::size_t>(1, lines.size() / kMostHeads);
  for (std::size_t i = 0; i < lines.size(); i += step) {
    const std::string prefix = PrefixOf(lines[i].substr(0, HeadSize(lines[i]).value_or(0)));
    if (prefix.empty()) continue;
    const auto at =
        std::find_if(counted.begin(), counted.end(), [&](const auto& entry) { return entry.first == prefix; });
    if (at == counted.end()) {
      counted.emplace_back(prefix, 1);
    } else {
      ++at->second;
    }
  }
  std::stable_sort(counted.begin(), counted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> made;
  for (auto& [prefix, count] : counted) {
    if (made.size() < kMostMade) made.push_back(std::move(prefix));
  }
  return made;
}

// %t and %m are read alike; which of them it is shows in the lines.
std::string WithTrueTime(std::string line_prefix, std::span<const std::string_view> lines) {
  const bool milliseconds = std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
    const std::string made = PrefixOf(line.substr(0, HeadSize(line).value_or(0)));
    return made.find("%m") != std::string::npos;
  });
  const std::size_t at = line_prefix.find(milliseconds ? "%t" : "%m");
  if (at != std::string::npos) line_prefix[at + 1] = milliseconds ? 'm' : 't';
  return line_prefix;
}

// Processes that are no sessions write the prefix up to %q.
void TryWithQ(const std::vector<std::string>& made, Search& search) {
  for (const std::string& whole : made) {
    for (const std::string& shorter : made) {
      if (whole.size() > shorter.size() && whole.starts_with(shorter)) {
        search.Try(shorter + "%q" + whole.substr(shorter.size()));
      }
    }
  }
}

// Where no line shows the prefix up to %q as it is, because what stands before it is empty for such processes too.
void TryWithQAnywhere(std::string_view whole, Search& search) {
  if (whole.find("%q") != std::string_view::npos) return;
  for (std::size_t at = 1; at + 1 < whole.size(); ++at) {
    if (whole[at - 1] == '%') continue;  // a second letter of an escape, or of %%
    if (whole[at] == '%' && whole[at + 1] != '%')
      search.Try(absl::StrCat(ToAbsl(whole.substr(0, at)), "%q", ToAbsl(whole.substr(at))));
  }
}

}  // namespace

std::optional<InferredPrefix> InferPrefix(std::span<const std::string_view> lines, std::string_view preferred,
                                          std::int32_t default_utc_offset_s) {
  std::vector<std::string_view> tagged;
  for (const std::string_view line : lines) {
    if (!line.starts_with('\t') && HeadSize(line).has_value()) tagged.push_back(line);
  }
  if (tagged.empty()) return std::nullopt;
  if (tagged.size() > kMostLines) {
    // From everywhere: the first lines of a log are those of the server's start.
    for (std::size_t i = 0; i < kMostLines; ++i) tagged[i] = tagged[i * tagged.size() / kMostLines];
    tagged.resize(kMostLines);
  }
  Search search(tagged, default_utc_offset_s);
  const auto result = [&]() -> std::optional<InferredPrefix> {
    if (search.matched() == 0) return std::nullopt;
    return InferredPrefix{
        .line_prefix = search.best() == preferred ? search.best() : WithTrueTime(search.best(), tagged),
        .share = static_cast<double>(search.matched()) / static_cast<double>(tagged.size())};
  };
  if (!preferred.empty()) {
    search.Try(preferred);
    if (search.matched() * 2 > tagged.size()) return result();
  }
  for (const std::string_view prefix : kCommon) search.Try(prefix);
  if (search.Fits()) return result();
  const std::vector<std::string> made = Made(tagged);
  for (const std::string& prefix : made) search.Try(prefix);
  TryWithQ(made, search);
  if (!search.Fits()) TryWithQAnywhere(std::string(search.best()), search);
  return result();
}

}  // namespace pgassay::ingest
