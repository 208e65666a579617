#include "cli/index_sets.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::cli {

absl::Status CheckSetNames(std::string_view command, const std::vector<std::string>& sets) {
  std::vector<std::string> names;
  for (const std::string& set : sets) {
    const std::size_t equals = set.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == set.size()) {
      return absl::InvalidArgumentError(absl::StrCat(
          ToAbsl(command), ": --set '", set, "' is not NAME=FILE.sql; see pgassay ", ToAbsl(command), " --help"));
    }
    names.push_back(set.substr(0, equals));
    if (std::count(names.begin(), names.end(), names.back()) > 1) {
      return absl::InvalidArgumentError(
          absl::StrCat(ToAbsl(command), ": two sets are called ", names.back(), "; names must differ"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ProposedSet>> ReadSetFiles(const std::vector<std::string>& sets) {
  std::vector<ProposedSet> read;
  for (const std::string& argument : sets) {
    const std::size_t equals = argument.find('=');
    PGASSAY_ASSIGN_OR_RETURN(std::string sql, ReadFile(argument.substr(equals + 1)));
    read.push_back({.name = argument.substr(0, equals), .sql = std::move(sql)});
  }
  return read;
}

}  // namespace pgassay::cli
