#include "workload/value_class.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "catalog/array_text.h"
#include "workload/value_group.h"
#include "workload/value_quantiles.h"
#include "workload/value_scalar.h"
#include "workload/value_statistics.h"
#include "workload/value_type.h"

namespace pgassay::workload {
namespace {

using Kind = catalog::ParameterUseKind;
using Value = std::optional<std::string>;

// As for values that are made up (value_choice.h).
constexpr double kCommonShare = 0.10;
constexpr std::size_t kNotedGroups = 6;

struct Width {
  double share = 0;  // of the rows, up to here
  std::string_view name;
};
constexpr std::array<Width, 5> kWidths = {{{0.001, "<0.1 % of rows"},
                                           {0.01, "0.1-1 % of rows"},
                                           {0.1, "1-10 % of rows"},
                                           {0.5, "10-50 % of rows"},
                                           {1, ">50 % of rows"}}};

std::string WidthOf(double share) {
  for (const Width& width : kWidths) {
    if (share <= width.share) return std::string(width.name);
  }
  return std::string(kWidths.back().name);
}

// Whether the value of the parameter is one of the values that the statistics are of.
bool Comparable(const PlacedParameter& placed) {
  return placed.values->availability == Availability::kUsable && placed.use.parameter_expression.empty() &&
         placed.use.expression.empty() != placed.values->of_expression;
}

// Nothing where the value is no common one.
std::optional<double> CommonShare(const ColumnValues& values, const std::string& value) {
  const TypeFamily family = TypeNamed(values.type).family;
  const ValueType type = TypeNamed(values.type);
  const std::string text = Fitted(value, values.type, type).value_or(value);
  const std::optional<double> scalar = ToScalar(value, family);
  for (const CommonValue& common : values.common) {
    const bool same = common.text == value || Fitted(common.text, values.type, type).value_or(common.text) == text ||
                      (scalar && ToScalar(common.text, family) == scalar);
    if (same) return common.share;
  }
  return std::nullopt;
}

std::string EqualityClass(const PlacedParameter& placed, const std::string& value) {
  const ColumnValues& values = *placed.values;
  if (const std::optional<double> share = CommonShare(values, value)) {
    return absl::StrCat(*share >= kCommonShare ? "common" : "less common", " (", FormatNumber(100 * *share, 2), " %)");
  }
  const TypeFamily family = TypeNamed(values.type).family;
  const std::optional<double> scalar = ToScalar(value, family);
  if (scalar && values.bounds.size() > 1) {
    const std::optional<double> least = ToScalar(values.bounds.front(), family);
    const std::optional<double> greatest = ToScalar(values.bounds.back(), family);
    if (least && greatest && (*scalar < *least || *scalar > *greatest)) return "outside of the known values";
  }
  return values.common.empty() ? "any value" : "not common";
}

// The share of rows below `value`.
std::optional<double> Below(const PlacedParameter& placed, const std::string& value) {
  return Comparable(placed) ? Quantiles(*placed.values).Below(value) : std::nullopt;
}

std::string LengthClass(std::size_t length) {
  if (length <= 1) return absl::StrCat("list of ", length);
  const std::size_t most = std::bit_ceil(length);
  return most == 2 ? "list of 2" : absl::StrCat("list of ", most / 2 + 1, " to ", most);
}

// Nothing: no statement about it.
std::string SingleClass(const PlacedParameter& placed, const std::string& value) {
  switch (placed.use.kind) {
    case Kind::kEquality:
    case Kind::kInList:
      return Comparable(placed) ? EqualityClass(placed, value) : "";
    case Kind::kNotEqual:
      return Comparable(placed) ? absl::StrCat("all but ", EqualityClass(placed, value)) : "";
    case Kind::kArray: {
      const auto elements = catalog::ParseArrayText(value);
      return elements.ok() ? LengthClass(elements->size()) : "";
    }
    case Kind::kLess:
    case Kind::kGreater: {
      const std::optional<double> below = Below(placed, value);
      if (!below) return "";
      return WidthOf(placed.use.kind == Kind::kLess ? *below : 1 - *below);
    }
    case Kind::kLike:
      if (value.empty()) return "";
      return value.front() == '%' || value.front() == '_' ? "pattern without a beginning" : "pattern with a beginning";
    default:
      return "";
  }
}

std::string ClassOf(const ParameterGroup& group, std::span<const Value> values) {
  std::vector<const std::string*> texts;
  for (const PlacedParameter& member : group.members) {
    const auto at = static_cast<std::size_t>(member.parameter->number) - 1;
    if (at >= values.size()) return "";
    if (!values[at]) return "NULL";
    texts.push_back(&*values[at]);
  }
  if (group.kind == GroupKind::kSingle || group.kind == GroupKind::kSame) {
    return SingleClass(group.members.front(), *texts.front());
  }
  if (group.kind != GroupKind::kWindow) return LengthClass(texts.size());
  const std::optional<double> low = Below(group.members.front(), *texts.front());
  const std::optional<double> high = Below(group.members.back(), *texts.back());
  return low && high ? WidthOf(std::max(0.0, *high - *low)) : "";
}

}  // namespace

std::string ValueClasses(const catalog::Parameters& parameters, std::span<const std::optional<std::string>> values,
                         const Snapshot& snapshot) {
  ColumnCache cache(snapshot);
  std::vector<PlacedParameter> placed;
  for (const catalog::Parameter& parameter : parameters) {
    if (parameter.number >= 1) placed.push_back(PlaceUse(parameter, cache));
  }
  std::vector<std::pair<std::string, std::string>> classes;
  for (const ParameterGroup& group : GroupParameters(placed)) {
    const catalog::ParameterUse& use = group.members.front().use;
    if (group.members.front().values->column.empty() || use.kind == Kind::kAssigned) continue;
    std::string of = ClassOf(group, values);
    if (!of.empty()) classes.emplace_back(group.members.front().values->column, std::move(of));
  }
  std::string note;
  for (std::size_t i = 0; i < std::min(classes.size(), kNotedGroups); ++i) {
    absl::StrAppend(&note, note.empty() ? "" : "; ", classes[i].first, ": ", classes[i].second);
  }
  if (classes.size() > kNotedGroups) absl::StrAppend(&note, "; and ", classes.size() - kNotedGroups, " more");
  return note;
}

}  // namespace pgassay::workload
