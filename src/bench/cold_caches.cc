#include "bench/cold_caches.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace pgassay::bench {
namespace {

constexpr char kWhereSql[] = R"(
  SELECT current_setting('data_directory'), (SELECT system_identifier FROM pg_control_system()),
         (SELECT oid FROM pg_database WHERE datname = current_database())
)";

constexpr char kNext[] =
    "; --cold reads the server's files: run pgassay on the server's machine as its user or as root, and connect as a "
    "superuser or a member of pg_read_all_settings; or leave it out";

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

absl::Status CannotOpen(const std::string& path, int error) {
  const std::string message = absl::StrCat("cannot open ", Printable(path), ": ", std::strerror(error), ToAbsl(kNext));
  return error == EACCES || error == EPERM ? absl::PermissionDeniedError(message)
                                           : absl::FailedPreconditionError(message);
}

// The first eight bytes of pg_control, in the machine's order (ControlFileData in src/include/catalog/pg_control.h).
absl::StatusOr<std::uint64_t> SystemIdentifier(const std::string& data_directory) {
  const std::string path = data_directory + "/global/pg_control";
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    if (errno != ENOENT) return CannotOpen(path, errno);
    return absl::FailedPreconditionError(
        absl::StrCat("the server does not run on this machine: there is no ", Printable(path), ToAbsl(kNext)));
  }
  std::uint64_t identifier = 0;
  if (::read(file.get(), &identifier, sizeof identifier) != sizeof identifier) return CannotOpen(path, EIO);
  return identifier;
}

// Names in a directory, "." and ".." among them; none where there is no such directory.
absl::StatusOr<std::vector<std::string>> NamesIn(const std::string& path) {
  std::vector<std::string> names;
  const Directory directory(::opendir(path.c_str()));
  if (directory == nullptr) {
    if (errno == ENOENT) return names;
    return CannotOpen(path, errno);
  }
  while (const dirent* const entry = ::readdir(directory.get())) names.emplace_back(entry->d_name);
  return names;
}

absl::Status Forget(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.valid()) return errno == ENOENT ? absl::OkStatus() : CannotOpen(path, errno);
  // What is not written yet is not forgotten. Only the pages are to be written, not the file system's journal, which
  // takes far longer.
  constexpr unsigned kAll = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  if (::sync_file_range(file.get(), 0, 0, kAll) != 0 && ::fdatasync(file.get()) != 0) return CannotOpen(path, errno);
  const int error = ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
  return error == 0 ? absl::OkStatus() : CannotOpen(path, error);
}

}  // namespace

absl::StatusOr<ColdCaches> ColdCaches::Find(pg::Session& session) {
  const absl::StatusOr<pg::Result> where = session.Query(kWhereSql);
  if (!where.ok()) {
    if (!absl::IsPermissionDenied(where.status())) return where.status();
    return absl::PermissionDeniedError(absl::StrCat(where.status().message(), ToAbsl(kNext)));
  }
  const std::string& data = where->Text(0, 0);
  PGASSAY_ASSIGN_OR_RETURN(const std::uint64_t identifier, SystemIdentifier(data));
  if (absl::StrCat(identifier) != where->Text(0, 1)) {
    return absl::FailedPreconditionError(
        absl::StrCat(Printable(data), " on this machine belongs to another server", ToAbsl(kNext)));
  }
  const std::string& database = where->Text(0, 2);
  std::vector<std::string> directories = {absl::StrCat(data, "/base/", database)};
  // Whoever may look into it may open the files: the server gives both the same mode.
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::string> files, NamesIn(directories.front()));
  if (files.empty()) return CannotOpen(directories.front(), ENOENT);
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::string> spaces, NamesIn(data + "/pg_tblspc"));
  for (const std::string& space : spaces) {
    if (space.starts_with(".")) continue;
    // PG_15_202209061 and the like: one for each version that shares the tablespace.
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::string> versions,
                             NamesIn(absl::StrCat(data, "/pg_tblspc/", space)));
    for (const std::string& version : versions) {
      if (version.starts_with("PG_"))
        directories.push_back(absl::StrCat(data, "/pg_tblspc/", space, "/", version, "/", database));
    }
  }
  return ColdCaches(std::move(directories));
}

absl::Status ColdCaches::Drop() const {
  for (const std::string& directory : directories_) {
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesIn(directory));
    for (const std::string& name : names) {
      // Relations have numbers for names: 16384, 16384.1, 16384_vm.
      if (name.front() < '0' || name.front() > '9') continue;
      PGASSAY_RETURN_IF_ERROR(Forget(absl::StrCat(directory, "/", name)));
    }
  }
  return absl::OkStatus();
}

}  // namespace pgassay::bench
