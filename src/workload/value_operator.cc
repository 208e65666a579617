#include "workload/value_operator.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "workload/value_json.h"
#include "workload/value_pattern.h"
#include "workload/value_range.h"
#include "workload/value_type.h"

namespace pgassay::workload {
namespace {

// Operators of json and jsonb whose right side is a key or an array of keys.
constexpr std::string_view kKeyOperators[] = {"?", "?|", "?&", "->", "->>", "#>", "#>>"};

// Whole documents, to take parts of.
std::vector<ValueChoice> JsonChoices(const ColumnValues& values, const catalog::ParameterUse& use,
                                     const ValueType& type) {
  std::vector<ValueChoice> choices;
  for (ValueChoice& choice : SampleChoices(values)) {
    const std::string& document = choice.values.front();
    const std::optional<std::string> key = JsonKey(document);
    if (type.base == "jsonpath") {
      const std::optional<std::string> path = JsonPathOf(document, use.op == "@@");
      if (!path) continue;
      choice.values = {*path};
      choice.note = "member of a document";
    } else if (type.family == TypeFamily::kJson) {
      choice.values = {JsonPart(document)};
      choice.note = "part of a document";
    } else if (key && std::ranges::find(kKeyOperators, use.op) != std::end(kKeyOperators) &&
               (type.family == TypeFamily::kText || type.family == TypeFamily::kArray)) {
      choice.values = {type.family == TypeFamily::kArray ? ArrayText(std::span(&*key, 1), TypeNamed("text")) : *key};
      choice.note = "key of a document";
    } else {
      continue;
    }
    if (choices.empty() || choices.front().values != choice.values) choices.push_back(std::move(choice));
  }
  for (ValueChoice& choice : choices) choice.share = 1.0 / static_cast<double>(choices.size());
  return choices;
}

// One element, and the two most common ones together.
std::vector<ValueChoice> ArrayElementChoices(const ColumnValues& values, const ValueType& element_type) {
  std::vector<std::string> elements;
  for (const CommonValue& element : values.elements) {
    if (std::optional<std::string> fitted = Fitted(element.text, element_type.name, element_type)) {
      elements.push_back(std::move(*fitted));
    }
    if (elements.size() == 2) break;
  }
  if (elements.empty()) return {};
  const std::span<const std::string> all(elements);
  std::vector<ValueChoice> choices = {{1, {ArrayText(all.first(1), element_type)}, "most common element"}};
  if (all.size() < 2) return choices;
  choices.push_back({0.5, {ArrayText(all, element_type)}, "two common elements"});
  choices.front().share = 0.5;
  return choices;
}

// One element for `column @> ARRAY[$n]` and `$n = ANY (column)`: the most common one, and one from the middle.
std::vector<ValueChoice> ElementChoices(const ColumnValues& values) {
  const std::string& first = values.elements.front().text;
  const std::string& middle = values.elements[values.elements.size() / 2].text;
  if (first == middle) return {{1, {first}, "most common element"}};
  return {{0.5, {first}, "most common element"}, {0.5, {middle}, "less common element"}};
}

// A range of the column, or a point in one.
std::vector<ValueChoice> RangeColumnChoices(const ColumnValues& values, const ValueType& type) {
  const std::string& middle = values.intervals[values.intervals.size() / 2];
  if (type.family == TypeFamily::kRange) {
    const bool many = type.base.ends_with("multirange");
    return {{1, {many ? absl::StrCat("{", middle, "}") : middle}, "range of the column"}};
  }
  const std::optional<std::string> bound = RangeBound(middle, RangeEnd::kLower);
  if (!bound) return {};
  return {{1, {*bound}, "bound of a range"}};
}

// Ranges around the values of a column of single values: column <@ $n.
std::vector<ValueChoice> WindowRanges(const ColumnValues& values, const ValueType& type) {
  const bool many = type.base.ends_with("multirange");
  std::vector<ValueChoice> choices = WindowChoices(values);
  for (ValueChoice& choice : choices) {
    const auto quoted = [](std::string_view value) {
      std::string text = "\"";
      for (const char c : value) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
      }
      return text + "\"";
    };
    const std::string range = absl::StrCat("[", quoted(choice.values[0]), ",", quoted(choice.values[1]), ")");
    choice.values = {many ? absl::StrCat("{", range, "}") : range};
  }
  return choices;
}

std::vector<ValueChoice> WordChoices(const ColumnValues& values, const catalog::ParameterUse& use,
                                     const ValueType& type) {
  // plainto_tsquery and its kin take plain words; to_tsquery has a syntax.
  const bool query = type.family == TypeFamily::kTsQuery || use.parameter_expression.starts_with("to_tsquery(");
  std::vector<ValueChoice> choices;
  // The most common word, and one from the middle of the list.
  for (const std::size_t index : {std::size_t{0}, values.elements.size() / 2}) {
    const std::string& word = values.elements[index].text;
    if (index == 0 && !choices.empty()) break;
    choices.push_back({1, {query ? QueryWord(word) : word}, index == 0 ? "most common word" : "less common word"});
  }
  for (ValueChoice& choice : choices) choice.share = 1.0 / static_cast<double>(choices.size());
  return choices;
}

}  // namespace

std::vector<ValueChoice> OperatorChoices(const ColumnValues& values, const catalog::ParameterUse& use,
                                         const catalog::Parameter& parameter) {
  const ValueType type = TypeOf(parameter);
  const ValueType column = TypeNamed(values.type);
  if (column.family == TypeFamily::kJson && !values.of_expression) {
    if (std::vector<ValueChoice> choices = JsonChoices(values, use, type); !choices.empty()) return choices;
  }
  const bool query = type.family == TypeFamily::kTsQuery || WithoutModifiers(values.type) == "tsvector" ||
                     use.expression.find("to_tsvector(") != std::string::npos;
  if (query && use.op.starts_with("@@") && !values.elements.empty()) return WordChoices(values, use, type);
  if (type.family == TypeFamily::kArray && !values.elements.empty()) {
    return ArrayElementChoices(values, ElementTypeOf(parameter));
  }
  if (column.family == TypeFamily::kArray && !values.elements.empty()) return ElementChoices(values);
  if (!values.intervals.empty()) return RangeColumnChoices(values, type);
  const bool single = IsNumber(column.family) || IsTime(column.family);
  if (type.family == TypeFamily::kRange && single) return WindowRanges(values, type);
  return OrdinaryChoice(values);
}

}  // namespace pgassay::workload
