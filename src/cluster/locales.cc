#include "cluster/locales.h"

#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "base/process.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::cluster {
namespace {

bool SystemHas(const std::string& name) {
  const locale_t locale = ::newlocale(LC_COLLATE_MASK | LC_CTYPE_MASK, name.c_str(), static_cast<locale_t>(nullptr));
  if (locale == static_cast<locale_t>(nullptr)) return false;
  ::freelocale(locale);
  return true;
}

// Locale names come from a capture, perhaps somebody else's: only what can be a name goes near a path.
bool IsPlainName(const std::string& name) {
  return !name.empty() && name.size() < 64 &&
         std::ranges::all_of(name,
                             [](char c) {
                               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                      c == '_' || c == '-' || c == '.' || c == '@';
                             }) &&
         name.front() != '.' && name.front() != '-';
}

struct Parts {
  std::string input;    // "en_US", or "de_DE@euro"
  std::string charset;  // "UTF-8"
};

Parts Split(const std::string& name) {
  const std::size_t dot = name.find('.');
  const std::size_t at = name.find('@');
  Parts parts;
  parts.input = name.substr(0, std::min(dot, at));
  if (at != std::string::npos) parts.input += name.substr(at);
  if (dot != std::string::npos) {
    parts.charset = name.substr(dot + 1, at == std::string::npos ? std::string::npos : at - dot - 1);
  }
  std::string folded;
  for (char c : parts.charset) {
    if (c != '-') folded += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  if (parts.charset.empty() || folded == "utf8") parts.charset = "UTF-8";
  return parts;
}

absl::Status Make(const std::string& name, const std::string& path) {
  const Parts parts = Split(name);
  Command command;
  command.argv = {"/usr/bin/localedef", "-c", "-i", parts.input, "-f", parts.charset, path};
  command.environment = {"LC_ALL=C", "PATH=/usr/bin:/bin"};
  PGASSAY_ASSIGN_OR_RETURN(const ProcessResult result, Run(command));
  // localedef exits with 1 after mere warnings: what counts is whether the locale is there.
  if (::access((path + "/LC_COLLATE").c_str(), R_OK) == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("localedef: ", Printable(result.err)));
}

// Path of locale `name` in the cache, made if needed.
absl::StatusOr<std::string> Cached(const std::string& name, const std::string& cache_dir) {
  const std::string locales = cache_dir + "/locales";
  PGASSAY_RETURN_IF_ERROR(MakePrivateDirectory(locales));
  const std::string path = absl::StrCat(locales, "/", name);
  if (::access((path + "/LC_COLLATE").c_str(), R_OK) == 0) return path;
  PGASSAY_ASSIGN_OR_RETURN(TemporaryDirectory scratch, TemporaryDirectory::Make(locales, "new-"));
  const std::string made = scratch.path() + "/locale";
  PGASSAY_RETURN_IF_ERROR(Make(name, made));
  if (std::rename(made.c_str(), path.c_str()) != 0 && ::access((path + "/LC_COLLATE").c_str(), R_OK) != 0) {
    return ErrnoStatus(errno, absl::StrCat("cannot rename to ", path));
  }
  return path;
}

}  // namespace

absl::StatusOr<Locales> ProvideLocales(const std::vector<std::string>& wanted, const std::string& cache_dir,
                                       const std::string& directory, const std::optional<Owner>& owner) {
  Locales locales;
  std::vector<std::string> names = wanted;
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const bool all_there = std::ranges::all_of(names, SystemHas);
  if (all_there) return locales;

  // With LOCPATH set the C library looks nowhere else, so then every locale is provided.
  locales.directory = directory + "/locales";
  if (::mkdir(locales.directory.c_str(), 0755) != 0)
    return ErrnoStatus(errno, absl::StrCat("cannot make ", locales.directory));
  for (const std::string& name : names) {
    if (name == "C" || name == "POSIX" || name == "C.UTF-8" || name == "C.utf8") continue;  // built into glibc
    const absl::StatusOr<std::string> made =
        IsPlainName(name) ? Cached(name, cache_dir) : absl::InvalidArgumentError("not a locale name");
    if (!made.ok()) {
      locales.missing.push_back(name);
      continue;
    }
    PGASSAY_RETURN_IF_ERROR(CopyTree(*made, absl::StrCat(locales.directory, "/", name)));
  }
  if (owner) PGASSAY_RETURN_IF_ERROR(ChangeOwner(locales.directory, *owner));
  return locales;
}

}  // namespace pgassay::cluster
