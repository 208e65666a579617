// candidates, rejected [max_width=N] [max_per_request=N]: what module candidates makes of the requests.

#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "candidates/generate.h"
#include "catalog/index_identity.h"
#include "golden/directives.h"

namespace pgassay::golden {
namespace {

absl::StatusOr<candidates::Generated> Generate(const Case& state, const Block& block) {
  candidates::Options options;
  for (const auto& [name, value] : block.options) {
    int* const option = name == "max_width"         ? &options.max_width
                        : name == "max_per_request" ? &options.max_per_request
                                                    : nullptr;
    if (option == nullptr || !absl::SimpleAtoi(value, option)) {
      return absl::InvalidArgumentError(absl::StrCat("'", name, "=", value, "' is no option of candidates"));
    }
  }
  return candidates::Generate(state.statements, state.snapshot, options);
}

std::string Origins(const Case& state, const catalog::Candidate& candidate) {
  std::map<int, Lines> by_rule;
  for (const catalog::Origin& origin : candidate.origins) {
    by_rule[origin.rule].push_back(state.statements[origin.statement.value].template_id);
  }
  Lines rules;
  for (const auto& [rule, statements] : by_rule) {
    rules.push_back(absl::StrCat("rule ", rule, " ", absl::StrJoin(statements, " ")));
  }
  return absl::StrJoin(rules, "; ");
}

}  // namespace

absl::StatusOr<Lines> ShowCandidates(Case& state, const Block& block) {
  PGASSAY_ASSIGN_OR_RETURN(const candidates::Generated generated, Generate(state, block));
  std::vector<Lines> rows;
  for (const catalog::Candidate& candidate : generated.candidates) {
    rows.push_back({WithoutPublic(catalog::Describe(candidate.def, state.snapshot)), Origins(state, candidate)});
  }
  return Table(rows);
}

absl::StatusOr<Lines> ShowRejected(Case& state, const Block& block) {
  PGASSAY_ASSIGN_OR_RETURN(const candidates::Generated generated, Generate(state, block));
  std::vector<Lines> rows;
  for (const Rejection& rejection : generated.rejected) {
    rows.push_back({WithoutPublic(rejection.definition), rejection.code,
                    rejection.by.empty() ? "-" : WithoutPublic(rejection.by), absl::StrJoin(rejection.templates, " ")});
  }
  return Table(rows);
}

}  // namespace pgassay::golden
