#include <dirent.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <compare>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/text.h"
#include "ingest/log_input.h"

namespace pgassay::ingest {
namespace {

class Finder {
 public:
  void Add(const std::string& argument);
  LogPaths Take() && { return std::move(found_); }

 private:
  void AddDirectory(const std::string& path);
  void AddPattern(const std::string& pattern);
  // One of several files of a directory or pattern: what is none is noted, not an error.
  bool AddIfRegular(const std::string& path);
  void AddOnce(const std::string& path, const struct stat& info);
  void Note(const std::string& path, std::string_view what) {
    found_.notes.push_back(absl::StrCat(Printable(path), " ", ToAbsl(what)));
  }

  LogPaths found_;
  std::set<std::pair<dev_t, ino_t>> seen_;
};

bool IsPattern(const std::string& path) {
  return path.find_first_of("*?[{") != std::string::npos;
}

// Where a name stands among those of one log that is rotated, oldest first: "x.log.2.gz", "x.log.1", "x.log"; and
// "x.log-20261124", "x.log-20261125", "x.log". Names of different logs stand by their bytes.
struct Place {
  std::string_view log;
  int newest = 0;
  std::int64_t number = 0;
  std::string_view name;
  friend auto operator<=>(const Place&, const Place&) = default;
};

Place PlaceOf(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::size_t kMostCopies = 4;  // digits: more are a date
  std::string_view rest = name;
  for (const std::string_view packed : {".gz", ".zst", ".xz", ".bz2", ".lz4"}) {
    if (rest.ends_with(packed)) rest.remove_suffix(packed.size());
  }
  const std::size_t last = rest.find_last_not_of(kDigits);
  std::int64_t number = 0;
  if (last != std::string_view::npos && last > 0 && last + 1 < rest.size() &&
      (rest[last] == '.' || rest[last] == '-') &&
      std::from_chars(rest.data() + last + 1, rest.data() + rest.size(), number).ec == std::errc()) {
    const bool copies = rest[last] == '.' && rest.size() - last - 1 <= kMostCopies;
    if (copies || rest.substr(0, last).ends_with(".log"))
      return {.log = rest.substr(0, last), .newest = 0, .number = copies ? -number : number, .name = name};
  }
  return {.log = rest, .newest = 1, .number = 0, .name = name};
}

// In the order of their logs, so that what goes on from one into the next does so here too.
void SortByPlace(std::vector<std::string>& names) {
  std::ranges::sort(names, {}, [](const std::string& name) { return PlaceOf(name); });
}

std::string_view KindOf(mode_t mode) {
  if (S_ISDIR(mode)) return "is a directory and left out; name it by itself for the files in it";
  return "is no regular file and left out";
}

void Finder::AddOnce(const std::string& path, const struct stat& info) {
  if (seen_.emplace(info.st_dev, info.st_ino).second) {
    found_.paths.push_back(path);
  } else {
    Note(path == "-" ? "standard input" : path, "was named before and is read once");
  }
}

bool Finder::AddIfRegular(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    Note(path, errno == ENOENT ? "vanished, or is a link to nothing, and is left out"
                               : "cannot be looked at and is left out");
    return false;
  }
  if (!S_ISREG(info.st_mode)) {
    Note(path, KindOf(info.st_mode));
    return false;
  }
  AddOnce(path, info);
  return true;
}

void Finder::AddDirectory(const std::string& path) {
  DIR* directory = ::opendir(path.c_str());
  if (directory == nullptr) {
    found_.failures.push_back(ErrnoStatus(errno, absl::StrCat("cannot read directory ", Printable(path))));
    return;
  }
  const absl::Cleanup close = [directory] { ::closedir(directory); };
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  SortByPlace(names);
  if (std::ranges::count(names, "PG_VERSION") > 0) {
    found_.failures.push_back(absl::InvalidArgumentError(
        absl::StrCat(Printable(path),
                     " is a server's data directory; name the directory of its logs (SHOW log_directory), "
                     "mostly ",
                     Printable(path), "/log")));
    return;
  }
  bool any = false;
  for (const std::string& name : names) any |= AddIfRegular(absl::StrCat(path, path.ends_with('/') ? "" : "/", name));
  if (!any) {
    found_.failures.push_back(absl::NotFoundError(absl::StrCat("there are no files in directory ", Printable(path),
                                                               "; directories below it are not searched, name them")));
  }
}

void Finder::AddPattern(const std::string& pattern) {
  glob_t matches{};
  const int code = ::glob(pattern.c_str(), GLOB_BRACE | GLOB_NOSORT, nullptr, &matches);
  const absl::Cleanup free = [&matches] { ::globfree(&matches); };
  if (code == GLOB_NOSPACE) {
    found_.failures.push_back(absl::ResourceExhaustedError(absl::StrCat("too many files match ", Printable(pattern))));
    return;
  }
  std::vector<std::string> paths;
  if (code == 0) paths.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  SortByPlace(paths);  // glob itself sorts by the locale
  bool any = false;
  for (const std::string& path : paths) any |= AddIfRegular(path);
  if (any) return;
  found_.failures.push_back(absl::NotFoundError(absl::StrCat(
      "no file matches ", Printable(pattern), paths.empty() ? "" : ", only directories or special files do",
      "; check the pattern, and whether its directories may be read")));
}

void Finder::Add(const std::string& argument) {
  struct stat info {};
  if (argument == "-") {
    if (::fstat(STDIN_FILENO, &info) != 0) {
      found_.failures.push_back(ErrnoStatus(errno, "cannot read standard input"));
    } else {
      AddOnce(argument, info);
    }
  } else if (::stat(argument.c_str(), &info) != 0) {
    if (errno == ENOENT && IsPattern(argument)) {
      AddPattern(argument);
    } else {
      found_.failures.push_back(ErrnoStatus(errno, absl::StrCat("cannot read ", Printable(argument))));
    }
  } else if (S_ISDIR(info.st_mode)) {
    AddDirectory(argument);
  } else {
    AddOnce(argument, info);  // what cannot be read says so when it is opened
    found_.named.push_back(argument);
  }
}

}  // namespace

LogPaths FindLogs(const std::vector<std::string>& arguments) {
  Finder finder;
  for (const std::string& argument : arguments) finder.Add(argument);
  return std::move(finder).Take();
}

}  // namespace pgassay::ingest
