#pragma once

// Locales for a private server: a bare system lacks most of them, and another locale changes plans (a plain B-tree
// serves LIKE 'x%' only under C), so they are made with localedef, which works without privileges.

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/file.h"

namespace pgassay::cluster {

struct Locales {
  std::string directory;             // LOCPATH for the server; empty: the system has all that is wanted
  std::vector<std::string> missing;  // could not be made
};

// Makes those of `wanted` that the system lacks, cached in `cache_dir`, and puts them into `directory` for `owner`.
absl::StatusOr<Locales> ProvideLocales(const std::vector<std::string>& wanted, const std::string& cache_dir,
                                       const std::string& directory, const std::optional<Owner>& owner);

}  // namespace pgassay::cluster
