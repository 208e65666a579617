#include "workload/value_group.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "workload/value_argument.h"
#include "workload/value_operator.h"
#include "workload/value_pattern.h"
#include "workload/value_place.h"
#include "workload/value_type.h"

namespace pgassay::workload {
namespace {

using Kind = catalog::ParameterUseKind;

std::string_view WhyTypical(const PlacedParameter& placed) {
  if (placed.values->column.empty()) return "typical value";
  switch (placed.values->availability) {
    case Availability::kLeftOut:
      return "no values captured";
    case Availability::kOnlyNull:
      return "only NULL";
    case Availability::kUsable:
      return "typical value";  // the statistics do not help for this operator
    default:
      return "no statistics";
  }
}

bool IsArray(const catalog::Parameter& parameter) {
  return TypeOf(parameter).family == TypeFamily::kArray;
}

std::string TypicalLiteral(const PlacedParameter& placed, absl::Time now, int variant) {
  const ValueType type = TypeOf(*placed.parameter);
  const std::string value = TypicalValue(type, now, variant);
  const bool plain = placed.use.table.value != 0 && placed.use.parameter_expression.empty();
  return plain ? PlainLiteral(value, type) : TypedLiteral(value, type.name);
}

// Without statistics: the labels of an enum and both booleans may be asked for, of other types one value will do.
std::vector<ValueChoice> TypicalChoices(const ParameterGroup& group, std::size_t most, absl::Time now) {
  const PlacedParameter& first = group.members.front();
  const ValueType type = TypeOf(*first.parameter);
  std::size_t count = 1;
  if (group.members.size() == 1 && first.use.kind == Kind::kEquality) {
    if (type.family == TypeFamily::kEnum) count = std::min(most, type.labels.size());
    if (type.family == TypeFamily::kBoolean) count = std::min<std::size_t>(most, 2);
  }
  std::vector<ValueChoice> choices;
  for (std::size_t i = 0; i < count; ++i) {
    ValueChoice choice{1.0 / static_cast<double>(count), {}, std::string(WhyTypical(first))};
    for (std::size_t member = 0; member < group.members.size(); ++member) {
      choice.values.push_back(TypicalLiteral(group.members[member], now, static_cast<int>(i + member)));
    }
    choices.push_back(std::move(choice));
  }
  return choices;
}

std::vector<ValueChoice> PageChoices(const PlacedParameter& placed, const ValueOptions& options) {
  if (placed.use.kind == Kind::kLimit) return {{1, {absl::StrCat(options.limit)}, "default"}};
  const double later = std::clamp(options.offset_share, 0.0, 1.0);
  return {{1 - later, {"0"}, "first page"}, {later, {absl::StrCat(options.offset)}, "later page"}};
}

// A moment inside of a range may stand in an expression: period @> now() - $1.
std::optional<std::string> PlaceOperand(const PlacedParameter& placed, const std::string& value, absl::Time now) {
  const TypeFamily family = TypeOf(*placed.parameter).family;
  if (placed.values->intervals.empty() || placed.use.parameter_expression.empty() || family == TypeFamily::kRange) {
    return PlaceText(value, placed.values->type, *placed.parameter);
  }
  return PlaceValue(value, *placed.values, placed.use, *placed.parameter, now);
}

// Literals of a single parameter from choices of values of its column.
std::vector<ValueChoice> Placed(const PlacedParameter& placed, std::vector<ValueChoice> choices, absl::Time now) {
  const ColumnValues& values = *placed.values;
  const catalog::ParameterUse& use = placed.use;
  for (ValueChoice& choice : choices) {
    std::optional<std::string> literal;
    const std::string& value = choice.values.front();
    const bool array = use.kind == Kind::kNotEqual && IsArray(*placed.parameter);
    switch (array ? Kind::kArray : use.kind) {
      case Kind::kArray:
        literal = PlaceArray(choice.values, values, use, *placed.parameter);
        break;
      case Kind::kLike:
        literal = PlaceText(LikePattern(value, use), "text", *placed.parameter);
        break;
      case Kind::kRegex:
        // SIMILAR TO has patterns like those of LIKE.
        literal = PlaceText(use.parameter_expression.find("similar_to_escape(") == std::string::npos
                                ? RegexPattern(value)
                                : LikePattern(value, use),
                            "text", *placed.parameter);
        break;
      case Kind::kOperator:
        literal = PlaceOperand(placed, value, now);
        break;
      default:
        literal = PlaceValue(value, values, use, *placed.parameter, now);
    }
    choice.values.clear();
    if (literal) choice.values.push_back(*std::move(literal));
  }
  return choices;
}

std::vector<ValueChoice> SingleChoices(const PlacedParameter& placed, std::size_t most, absl::Time now) {
  const ColumnValues& values = *placed.values;
  switch (placed.use.kind) {
    case Kind::kEquality:
    case Kind::kInList:
      return Placed(placed, EqualityChoices(values, most), now);
    case Kind::kArray:
      return Placed(placed, ArrayChoices(values), now);
    case Kind::kLess:
    case Kind::kGreater:
      return Placed(placed, RangeChoices(values, placed.use.kind == Kind::kGreater), now);
    case Kind::kLike:
    case Kind::kRegex:
      return Placed(placed, SampleChoices(values), now);
    case Kind::kOperator:
      return Placed(placed, OperatorChoices(values, placed.use, *placed.parameter), now);
    case Kind::kNotEqual:
      return Placed(placed, ExcludedChoices(values, IsArray(*placed.parameter) ? 2 : 1), now);
    default:
      return Placed(placed, OrdinaryChoice(values), now);
  }
}

std::vector<ValueChoice> JointValues(const ParameterGroup& group, std::size_t most) {
  const ColumnValues& values = *group.members.front().values;
  switch (group.kind) {
    case GroupKind::kWindow:
      return WindowChoices(values);
    case GroupKind::kExcluded:
      return ExcludedChoices(values, group.members.size());
    case GroupKind::kElements:
      return ElementListChoices(values, group.members.size());
    case GroupKind::kSame:
      return EqualityChoices(values, most);
    default:
      return ListChoices(values, group.members.size());
  }
}

std::optional<std::string> MemberLiteral(GroupKind kind, std::string_view value, const PlacedParameter& member,
                                         absl::Time now) {
  if (kind == GroupKind::kElements) return PlaceText(value, member.parameter->type, *member.parameter);
  return PlaceValue(value, *member.values, member.use, *member.parameter, now);
}

// Literals of all members from choices of a value for each. Lists may be longer than the values that are known.
std::vector<ValueChoice> JointChoices(const ParameterGroup& group, std::size_t most, absl::Time now) {
  std::vector<ValueChoice> choices = JointValues(group, most);
  for (ValueChoice& choice : choices) {
    std::vector<std::string> literals;
    for (std::size_t i = 0; i < group.members.size(); ++i) {
      const PlacedParameter& member = group.members[i];
      const std::string& value = choice.values[i % choice.values.size()];
      std::optional<std::string> literal = MemberLiteral(group.kind, value, member, now);
      literals.push_back(literal ? *std::move(literal) : TypicalLiteral(member, now, static_cast<int>(i)));
    }
    choice.values = std::move(literals);
  }
  return choices;
}

// What several parameters that are used like `use` are together; kSingle: each stands alone.
GroupKind ListKind(const catalog::ParameterUse& use) {
  if (use.table.value == 0) return GroupKind::kSingle;
  switch (use.kind) {
    case Kind::kInList:
      return GroupKind::kList;
    case Kind::kEquality:
      return use.expression.empty() ? GroupKind::kList : GroupKind::kSame;
    case Kind::kNotEqual:
      return GroupKind::kExcluded;
    case Kind::kOperator:
      return use.parameter_expression == "ARRAY[$0]" ? GroupKind::kElements : GroupKind::kSingle;
    default:
      return GroupKind::kSingle;
  }
}

// Choices without a literal are dropped and equal ones merged; shares sum to 1 again.
void Tidy(std::vector<ValueChoice>& choices) {
  std::vector<ValueChoice> tidy;
  double sum = 0;
  for (ValueChoice& choice : choices) {
    if (choice.values.empty()) continue;
    sum += choice.share;
    const auto same = std::ranges::find(tidy, choice.values, &ValueChoice::values);
    if (same == tidy.end()) {
      tidy.push_back(std::move(choice));
    } else {
      same->share += choice.share;
    }
  }
  for (ValueChoice& choice : tidy) choice.share /= sum;
  choices = std::move(tidy);
}

}  // namespace

PlacedParameter PlaceUse(const catalog::Parameter& parameter, ColumnCache& cache) {
  const catalog::ParameterUse* best = nullptr;
  int best_rank = -1;
  for (const catalog::ParameterUse& use : parameter.uses) {
    int rank = 0;
    if (use.kind == Kind::kLimit || use.kind == Kind::kOffset || use.kind == Kind::kArgument) rank = 1;
    if (use.table.value != 0) rank = cache.Find(use).availability == Availability::kUsable ? 3 : 2;
    if (rank > best_rank) {
      best = &use;
      best_rank = rank;
    }
  }
  const catalog::ParameterUse use = best == nullptr ? catalog::ParameterUse() : *best;
  return {.parameter = &parameter, .use = use, .values = &cache.Find(use)};
}

std::vector<ParameterGroup> GroupParameters(std::span<const PlacedParameter> parameters) {
  using Key = std::tuple<Oid, int, std::string>;
  std::vector<ParameterGroup> groups;
  std::map<std::pair<Key, GroupKind>, std::size_t> lists;
  std::map<std::pair<Key, Kind>, std::vector<std::size_t>> open;  // bounds that wait for their other half
  for (const PlacedParameter& placed : parameters) {
    const Kind kind = placed.use.kind;
    const Key key(placed.use.table, placed.use.column, placed.use.expression);
    const bool column = placed.use.table.value != 0;
    if (const GroupKind list = ListKind(placed.use); list != GroupKind::kSingle) {
      const auto [first, added] = lists.emplace(std::pair(key, list), groups.size());
      if (!added) {
        groups[first->second].kind = list;
        groups[first->second].members.push_back(placed);
        continue;
      }
    } else if (column && (kind == Kind::kLess || kind == Kind::kGreater)) {
      std::vector<std::size_t>& halves = open[{key, kind == Kind::kLess ? Kind::kGreater : Kind::kLess}];
      if (!halves.empty()) {
        ParameterGroup& group = groups[halves.front()];
        halves.erase(halves.begin());
        group.kind = GroupKind::kWindow;
        group.members.insert(kind == Kind::kLess ? group.members.end() : group.members.begin(), placed);
        continue;
      }
      open[{key, kind}].push_back(groups.size());
    }
    groups.push_back({GroupKind::kSingle, {placed}});
  }
  return groups;
}

std::vector<ValueChoice> LiteralChoices(const ParameterGroup& group, const Snapshot& snapshot,
                                        const ValueOptions& options, absl::Time now) {
  const PlacedParameter& first = group.members.front();
  std::vector<ValueChoice> choices;
  std::string subject = first.values->column;
  if (first.use.kind == Kind::kLimit || first.use.kind == Kind::kOffset) {
    choices = PageChoices(first, options);
    subject = first.use.kind == Kind::kLimit ? "limit" : "offset";
  } else if (first.values->availability == Availability::kUsable) {
    choices = group.kind == GroupKind::kSingle ? SingleChoices(first, options.sets, now) : JointChoices(group, options.sets, now);
  } else if (const std::optional<std::string> legal = ArgumentValue(first.use, *first.parameter, snapshot);
             legal && group.kind == GroupKind::kSingle) {
    choices = {{1, {TypedLiteral(*legal, first.parameter->type)}, "legal argument"}};
  }
  Tidy(choices);
  if (choices.empty()) choices = TypicalChoices(group, options.sets, now);
  if (subject.empty()) subject = absl::StrCat("$", first.parameter->number);
  for (ValueChoice& choice : choices) choice.note = absl::StrCat(subject, ": ", choice.note);
  return choices;
}

}  // namespace pgassay::workload
