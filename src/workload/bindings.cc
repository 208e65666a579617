#include "workload/bindings.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "workload/value_group.h"
#include "workload/value_helpers.h"
#include "workload/value_scalar.h"
#include "workload/value_sets.h"
#include "workload/value_statistics.h"

namespace pgassay::workload {
namespace {

// A note names so many groups of parameters: an INSERT of many rows has hundreds.
constexpr std::size_t kNotedGroups = 6;

// The moment of the capture; a damaged file has none, and any will do.
absl::Time CapturedAt(const Snapshot& snapshot) {
  return ParseMoment(snapshot.captured_at).value_or(absl::FromUnixSeconds(946'684'800));  // 2000-01-01
}

void AddNote(const std::string& note, std::size_t group, std::size_t groups, std::string& notes) {
  if (group < kNotedGroups) absl::StrAppend(&notes, notes.empty() ? "" : "; ", note);
  if (group == kNotedGroups) absl::StrAppend(&notes, "; and ", groups - group, " more");
}

}  // namespace

std::vector<ValueSet> ChooseValues(const catalog::Parameters& parameters, std::span<const ForcedLiteral> forced,
                                   const Snapshot& snapshot, const ValueOptions& options) {
  const std::size_t most = std::max<std::size_t>(1, options.sets);
  ColumnCache cache(snapshot);
  const absl::Time now = CapturedAt(snapshot);
  const Prepared prepared = FixHelpers(parameters, forced, snapshot, now);
  const std::map<int, std::string>& fixed = prepared.fixed;
  int highest = fixed.empty() ? 0 : fixed.rbegin()->first;
  std::vector<PlacedParameter> placed;
  for (const catalog::Parameter& parameter : prepared.open) {
    highest = std::max(highest, parameter.number);
    placed.push_back(PlaceUse(parameter, cache));
  }
  const std::vector<ParameterGroup> groups = GroupParameters(placed);
  std::vector<std::vector<ValueChoice>> choices;
  choices.reserve(groups.size());
  for (const ParameterGroup& group : groups) choices.push_back(LiteralChoices(group, snapshot, options, now));
  std::vector<ValueSet> sets;
  for (const JointChoice& joint : Combine(choices, most)) {
    ValueSet set{.literals = std::vector<std::optional<std::string>>(static_cast<std::size_t>(highest)),
                 .share = joint.share,
                 .note = {}};
    for (const auto& [number, literal] : fixed) {
      if (number > 0) set.literals[static_cast<std::size_t>(number) - 1] = literal;
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const ValueChoice& choice = choices[i][joint.chosen[i]];
      for (std::size_t member = 0; member < groups[i].members.size(); ++member) {
        const int number = groups[i].members[member].parameter->number;
        set.literals[static_cast<std::size_t>(number) - 1] = choice.values[member];
      }
      AddNote(choice.note, i, groups.size(), set.note);
    }
    sets.push_back(std::move(set));
  }
  return sets;
}

}  // namespace pgassay::workload
