#include "cluster/template_cluster.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "base/process.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "cluster/server.h"

namespace pgassay::cluster {
namespace {

// Raised whenever the options of initdb below change.
constexpr int kTemplateVersion = 1;

absl::StatusOr<std::string> VersionOf(const std::string& program) {
  Command command;
  command.argv = {program, "--version"};
  command.environment = {"LC_ALL=C"};
  PGASSAY_ASSIGN_OR_RETURN(const ProcessResult result, Run(command));
  if (!result.ok()) return absl::UnavailableError(absl::StrCat(program, " --version failed: ", Printable(result.err)));
  return result.out;
}

absl::Status RunInitdb(const std::string& programs, const std::string& directory, const std::optional<Owner>& run_as,
                       const std::function<bool()>& cancelled) {
  Command command;
  command.argv = {programs + "/initdb",
                  "--pgdata=" + directory,
                  "--username=" + std::string(kSuperuser),
                  "--auth=trust",
                  "--no-sync",
                  "--no-instructions",
                  "--encoding=UTF8",
                  "--locale=C",
                  "--wal-segsize=1"};
  command.environment = {"LC_ALL=C", "TZ=UTC", "PATH=/usr/bin:/bin"};
  command.run_as = run_as;
  command.working_directory = "/";
  RunOptions options;
  options.timeout_ms = 120000;
  options.cancelled = cancelled;
  PGASSAY_ASSIGN_OR_RETURN(const ProcessResult result, Run(command, options));
  if (result.ok()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("initdb failed: ", Printable(result.err)));
}

}  // namespace

absl::StatusOr<std::string> TemplateCluster(const std::string& programs, const std::string& work_dir,
                                            const std::string& cache_dir, const std::optional<Owner>& run_as,
                                            const std::function<bool()>& cancelled) {
  PGASSAY_RETURN_IF_ERROR(MakePrivateDirectory(cache_dir));
  PGASSAY_ASSIGN_OR_RETURN(const std::string version, VersionOf(programs + "/postgres"));
  const std::string path =
      absl::StrCat(cache_dir, "/initdb-", HexDigits(StableHash(absl::StrCat(kTemplateVersion, programs, version)), 16));
  if (::access((path + "/PG_VERSION").c_str(), F_OK) == 0) return path;

  PGASSAY_ASSIGN_OR_RETURN(TemporaryDirectory scratch, TemporaryDirectory::Make(work_dir, "pgassay-initdb-"));
  if (run_as) PGASSAY_RETURN_IF_ERROR(ChangeOwner(scratch.path(), *run_as));
  const std::string made = scratch.path() + "/data";
  PGASSAY_RETURN_IF_ERROR(RunInitdb(programs, made, run_as, cancelled));

  // Copied beside its final name and renamed: two runs may do this at once, and either result is good.
  PGASSAY_ASSIGN_OR_RETURN(TemporaryDirectory beside, TemporaryDirectory::Make(cache_dir, "new-"));
  PGASSAY_RETURN_IF_ERROR(CopyTree(made, beside.path() + "/data"));
  if (std::rename((beside.path() + "/data").c_str(), path.c_str()) != 0 &&
      ::access((path + "/PG_VERSION").c_str(), F_OK) != 0) {
    return ErrnoStatus(errno, absl::StrCat("cannot rename to ", path));
  }
  return path;
}

}  // namespace pgassay::cluster
