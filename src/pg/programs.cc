#include "pg/programs.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pgassay::pg {
namespace {

// Newer pg_dumps read older servers; ten versions ahead is more than was ever released in their support time.
constexpr int kVersionsAhead = 10;

bool IsExecutable(const std::string& path) {
  return ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

absl::StatusOr<std::string> FindProgram(std::string_view program, std::string_view pg_bindir, int min_major) {
  if (!pg_bindir.empty()) {
    std::string path = absl::StrCat(ToAbsl(pg_bindir), "/", ToAbsl(program));
    if (IsExecutable(path)) return path;
    return absl::NotFoundError(absl::StrCat(path, " is no program; check --pg-bindir"));
  }
  for (int major = min_major; major <= min_major + kVersionsAhead; ++major) {
    for (std::string path : {absl::StrCat("/usr/lib/postgresql/", major, "/bin/", ToAbsl(program)),
                             absl::StrCat("/usr/pgsql-", major, "/bin/", ToAbsl(program))}) {
      if (IsExecutable(path)) return path;
    }
  }
  return absl::NotFoundError(absl::StrCat(ToAbsl(program), " of PostgreSQL ", min_major,
                                          " or newer was not found in /usr/lib/postgresql; install postgresql-client-",
                                          min_major, ", or name its directory with --pg-bindir"));
}

}  // namespace pgassay::pg
