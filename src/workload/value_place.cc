#include "workload/value_place.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "workload/value_pattern.h"
#include "workload/value_solve.h"
#include "workload/value_type.h"

namespace pgassay::workload {
namespace {

// The expression around the column with `value` for the column.
std::optional<std::string> ExpressionOf(std::string_view value, const ColumnValues& values,
                                        const catalog::ParameterUse& use) {
  const ValueType column = TypeNamed(values.type);
  const std::optional<std::string> fitted = Fitted(value, values.type, column);
  return fitted ? PutIn(use.expression, TypedLiteral(*fitted, values.type)) : std::nullopt;
}

bool AroundColumn(const ColumnValues& values, const catalog::ParameterUse& use) {
  return !use.expression.empty() && !values.of_expression;
}

}  // namespace

std::optional<std::string> PlaceText(std::string_view text, std::string_view source,
                                     const catalog::Parameter& parameter) {
  const ValueType type = TypeOf(parameter);
  const std::optional<std::string> fitted = Fitted(text, source, type);
  return fitted ? std::optional(TypedLiteral(*fitted, type.name)) : std::nullopt;
}

std::optional<std::string> PlaceValue(std::string_view value, const ColumnValues& values,
                                      const catalog::ParameterUse& use, const catalog::Parameter& parameter,
                                      absl::Time now) {
  const ValueType type = TypeOf(parameter);
  if (!use.parameter_expression.empty()) {
    const std::optional<std::string> solved = SolveFor(use.parameter_expression, value, type, now);
    // A length of time fits whatever type the column has.
    const std::string source = type.family == TypeFamily::kInterval ? type.name : values.type;
    const std::optional<std::string> fitted = solved ? Fitted(*solved, source, type) : std::nullopt;
    return fitted ? std::optional(TypedLiteral(*fitted, type.name)) : std::nullopt;
  }
  if (AroundColumn(values, use)) return ExpressionOf(value, values, use);
  const std::optional<std::string> fitted = Fitted(value, values.type, type);
  return fitted ? std::optional(PlainLiteral(*fitted, type)) : std::nullopt;
}

std::optional<std::string> PlaceArray(std::span<const std::string> elements, const ColumnValues& values,
                                      const catalog::ParameterUse& use, const catalog::Parameter& parameter) {
  const ValueType type = TypeOf(parameter);
  const bool like = use.op.find("~~") != std::string::npos;
  if (AroundColumn(values, use) && !like && use.parameter_expression.empty()) {
    std::vector<std::string> items;
    for (const std::string& element : elements) {
      if (const std::optional<std::string> item = ExpressionOf(element, values, use)) items.push_back(*item);
    }
    if (items.empty()) return std::nullopt;
    return absl::StrCat("(ARRAY[", absl::StrJoin(items, ", "), "])");
  }
  const ValueType element_type = type.family == TypeFamily::kArray ? ElementTypeOf(parameter) : TypeNamed(values.type);
  std::vector<std::string> items;
  for (const std::string& element : elements) {
    const std::string item = like ? LikePattern(element, use) : element;
    if (std::optional<std::string> fitted = Fitted(item, values.type, element_type)) items.push_back(*fitted);
  }
  if (items.empty()) return std::nullopt;
  // A text that the statement itself makes an array of.
  if (use.parameter_expression.find("string_to_array") != std::string::npos) {
    return TypedLiteral(absl::StrJoin(items, ","), type.name);
  }
  const bool text = type.family == TypeFamily::kText && !use.parameter_expression.empty();
  if (type.family != TypeFamily::kArray && !text) return std::nullopt;
  return TypedLiteral(ArrayText(items, element_type), type.name);
}

}  // namespace pgassay::workload
