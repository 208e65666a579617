#include "ingest/log_siblings.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "ingest/log_reader.h"
#include "ingest/log_source.h"

namespace pgassay::ingest {
namespace {

// In the order in which they are preferred: jsonlog and csvlog name every field.
struct Extension {
  std::string_view text;
  FormatKind kind;
};
constexpr std::array<Extension, 3> kExtensions = {
    {{".json", FormatKind::kJson}, {".csv", FormatKind::kCsv}, {".log", FormatKind::kStderr}}};
constexpr std::array<std::string_view, 5> kCompressions = {".gz", ".bz2", ".xz", ".zst", ".lz4"};

constexpr std::size_t kHeadBytes = std::size_t{64} << 10;
constexpr std::size_t kTailBytes = std::size_t{256} << 10;
// The files of one server are not written at the same moment, and times of text may be whole seconds.
constexpr std::int64_t kSlackUs = 5'000'000;

struct Sibling {
  std::string path;
  std::size_t preference = 0;  // position in kExtensions
  bool named = false;
  bool known = false;
  std::int64_t begin_us = 0;
  std::int64_t end_us = 0;

  bool Overlaps(const Sibling& other) const {
    return begin_us <= other.end_us + kSlackUs && other.begin_us <= end_us + kSlackUs;
  }
  bool Covers(const Sibling& other) const {
    return begin_us <= other.begin_us + kSlackUs && end_us + kSlackUs >= other.end_us;
  }
};

// "dir/X.json.1.gz" is "dir/X" and ".1" with preference 0.
std::pair<std::string, std::size_t> GroupOf(std::string_view path) {
  for (const std::string_view compression : kCompressions) {
    if (path.ends_with(compression)) path.remove_suffix(compression.size());
  }
  const std::size_t name = path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1;
  for (std::size_t i = 0; i < kExtensions.size(); ++i) {
    const std::size_t at = path.rfind(kExtensions[i].text);
    if (at == std::string_view::npos || at <= name) continue;
    const std::string_view rest = path.substr(at + kExtensions[i].text.size());
    if (!rest.empty() && rest.front() != '.' && rest.front() != '-') continue;
    return std::pair(absl::StrCat(ToAbsl(path.substr(0, at)), absl::string_view("\0", 1), ToAbsl(rest)), i);
  }
  // A log_filename that does not end in .log is the text's name as it is.
  return std::pair(absl::StrCat(ToAbsl(path), absl::string_view("\0", 1)), kExtensions.size() - 1);
}

// The times of the first and the last entry that `reader` finds in `block`; kNoTime: none.
std::pair<std::int64_t, std::int64_t> TimesIn(LogReader& reader, std::string_view block) {
  std::pair<std::int64_t, std::int64_t> times(kNoTime, kNoTime);
  LineCounts counts;
  reader.Read(
      block, true, false,
      [&](const LogRecord& record) {
        if (record.time_us == kNoTime) return;
        if (times.first == kNoTime) times.first = record.time_us;
        times.second = record.time_us;
      },
      counts);
  return times;
}

// Fills in what stands in the file; false: it is no log of its name's format.
bool Look(Sibling& sibling, FormatHints hints, const std::function<bool(std::string_view)>& is_known) {
  struct stat info {};
  // A pipe gives its bytes once.
  if (::stat(sibling.path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  const absl::StatusOr<std::unique_ptr<LogInput>> input = LogInput::Open(sibling.path);
  if (!input.ok()) return false;
  const absl::StatusOr<LogSource*> source = (*input)->Next();
  if (!source.ok() || *source == nullptr || (*source)->live()) return false;
  const absl::StatusOr<std::string_view> head = (*source)->Peek(kHeadBytes);
  if (!head.ok() || head->empty()) return false;
  hints.file_name = sibling.path;
  const absl::StatusOr<LogFormat> format = DetectFormat(*head, hints);
  if (!format.ok() || format->kind != kExtensions[sibling.preference].kind) return false;
  const absl::StatusOr<std::unique_ptr<LogReader>> reader = MakeReader(*format);
  if (!reader.ok()) return false;
  sibling.known = is_known(head->substr(0, kIdentityBytes));
  std::tie(sibling.begin_us, sibling.end_us) = TimesIn(**reader, *head);
  if (sibling.begin_us == kNoTime) return false;
  if (head->size() < kHeadBytes) return true;
  const std::optional<std::uint64_t> size = (*source)->size();
  if (!(*source)->seekable() || !size) {
    sibling.end_us = std::numeric_limits<std::int64_t>::max() / 2;  // a compressed log: it may be as long as the others
    return true;
  }
  if (!(*source)->SkipTo(*size - std::min<std::uint64_t>(*size, kTailBytes)).ok()) return true;
  const absl::StatusOr<std::string_view> tail = (*source)->Peek(kTailBytes);
  if (!tail.ok()) return true;
  const std::int64_t end_us = TimesIn(**reader, tail->substr((*reader)->LastEntry(*tail))).second;
  if (end_us != kNoTime) sibling.end_us = std::max(sibling.end_us, end_us);
  return true;
}

// The one of `group`, which is in order of preference, that is read.
const Sibling& Chosen(const std::vector<Sibling>& group) {
  for (const Sibling& sibling : group) {
    if (sibling.known) return sibling;
  }
  for (const Sibling& sibling : group) {
    const bool covers = std::ranges::all_of(
        group, [&](const Sibling& other) { return !sibling.Overlaps(other) || sibling.Covers(other); });
    const bool alone = std::ranges::count_if(group, [&](const Sibling& other) { return sibling.Overlaps(other); }) == 1;
    if (covers && !alone) return sibling;
  }
  return group.front();
}

std::string NameOf(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// Chooses one of `group`; what does not overlap with it stays there.
void Choose(std::vector<Sibling>& group, SiblingChoice& choice) {
  const Sibling chosen = Chosen(group);
  std::string left_out;
  std::string all = Printable(chosen.path);
  std::string more;
  for (const Sibling& sibling : group) {
    // Another file of the same format holds other entries, or the same ones packed, which are known again as such.
    if (sibling.preference == chosen.preference || !sibling.Overlaps(chosen)) continue;
    if (sibling.named) {
      absl::StrAppend(&all, ", ", Printable(sibling.path));
      continue;
    }
    choice.left_out.push_back(sibling.path);
    absl::StrAppend(&left_out, left_out.empty() ? "" : ", ", Printable(NameOf(sibling.path)));
    if (!chosen.Covers(sibling)) absl::StrAppend(&more, more.empty() ? "" : ", ", Printable(NameOf(sibling.path)));
  }
  std::erase_if(group, [&](const Sibling& sibling) {
    return sibling.preference == chosen.preference || sibling.Overlaps(chosen);
  });
  if (all != Printable(chosen.path)) {
    choice.notes.push_back(absl::StrCat("warning: ", all,
                                        " seem to hold the same entries in several formats; they were "
                                        "named, so all of them are read and count several times"));
  }
  if (left_out.empty()) return;
  choice.notes.push_back(absl::StrCat(
      Printable(chosen.path), " is read alone: ", left_out, " beside it hold the same entries in other formats",
      more.empty()
          ? ""
          : absl::StrCat("; warning: ", more, " begins earlier or ends later, name it alone to read it instead")));
}

}  // namespace

SiblingChoice ChooseSiblings(const LogPaths& logs, const FormatHints& hints,
                             const std::function<bool(std::string_view prefix)>& is_known) {
  std::map<std::string, std::vector<Sibling>> groups;
  for (const std::string& path : logs.paths) {
    const auto [group, preference] = GroupOf(path);
    const bool named = std::ranges::find(logs.named, path) != logs.named.end();
    groups[group].push_back({.path = path, .preference = preference, .named = named});
  }
  SiblingChoice choice;
  for (auto& [name, group] : groups) {
    if (group.size() < 2) continue;
    std::erase_if(group, [&](Sibling& sibling) { return !Look(sibling, hints, is_known); });
    // What is named is read in any case, so of the others nothing is needed.
    std::ranges::sort(group, [](const Sibling& a, const Sibling& b) {
      return std::tuple(!a.named, a.preference, a.path) < std::tuple(!b.named, b.preference, b.path);
    });
    while (group.size() > 1) Choose(group, choice);
  }
  return choice;
}

}  // namespace pgassay::ingest
