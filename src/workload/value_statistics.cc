#include "workload/value_statistics.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/text.h"
#include "catalog/array_text.h"
#include "workload/value_json.h"
#include "workload/value_range.h"
#include "workload/value_scalar.h"
#include "workload/value_type.h"

namespace pgassay::workload {
namespace {

// STATISTIC_KIND_* of src/include/catalog/pg_statistic.h.
constexpr int kMostCommonValues = 1;
constexpr int kHistogram = 2;
constexpr int kMostCommonElements = 4;
constexpr int kBoundsHistogram = 7;

// Frequencies are rounded to floats, so their sum may exceed 1 a little.
constexpr double kMostSum = 1.01;

// A remainder of fewer rows is what rounding leaves.
constexpr double kLeastRest = 1e-4;

const StatisticSlot* FindSlot(const ColumnStatistics& statistics, int kind) {
  const auto slot = std::ranges::find(statistics.slots, kind, &StatisticSlot::kind);
  return slot == statistics.slots.end() ? nullptr : &*slot;
}

// The texts of a slot without NULLs; empty where there are none or they are damaged.
std::vector<std::string> Texts(const StatisticSlot* slot, std::string_view type) {
  if (slot == nullptr || !slot->values) return {};
  const auto elements = catalog::ParseArrayText(*slot->values, WithoutModifiers(type) == "box" ? ';' : ',');
  if (!elements.ok()) return {};
  std::vector<std::string> texts;
  texts.reserve(elements->size());
  for (const std::optional<std::string>& element : *elements) {
    if (!element) return {};
    texts.push_back(*element);
  }
  return texts;
}

std::vector<double> Numbers(const StatisticSlot* slot) {
  if (slot == nullptr || !slot->numbers) return {};
  return catalog::ParseNumberArrayText(*slot->numbers).value_or(std::vector<double>());
}

// Values with their frequencies; element slots have two or three more numbers than values.
std::vector<CommonValue> Common(const StatisticSlot* slot, std::string_view type, bool elements) {
  const std::vector<std::string> texts = Texts(slot, type);
  const std::vector<double> numbers = Numbers(slot);
  if (elements ? numbers.size() < texts.size() : numbers.size() != texts.size()) return {};
  std::vector<CommonValue> common;
  double sum = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (numbers[i] < 0 || numbers[i] > kMostSum) return {};
    sum += numbers[i];
    common.push_back({texts[i], numbers[i]});
  }
  if (!elements && sum > kMostSum) return {};
  std::ranges::stable_sort(common, std::ranges::greater(), &CommonValue::share);
  return common;
}

// Shares of the rows become shares of those that have a value which is known.
void Normalise(ColumnValues& values, double null_fraction) {
  double sum = 0;
  for (const CommonValue& common : values.common) sum += common.share;
  values.rest = values.bounds.empty() ? 0 : std::max(0.0, 1 - null_fraction - sum);
  if (values.rest < kLeastRest && !values.common.empty()) {
    values.rest = 0;
    values.bounds.clear();
  } else if (values.common.empty() && !values.bounds.empty()) {
    values.rest = 1;
  }
  const double total = sum + values.rest;
  if (!(total > 0)) {
    values.common.clear();
    values.bounds.clear();
    return;
  }
  for (CommonValue& common : values.common) common.share /= total;
  values.rest /= total;
}

void ReadValues(const ColumnStatistics& statistics, ColumnValues& values) {
  values.common = Common(FindSlot(statistics, kMostCommonValues), values.type, false);
  values.bounds = Texts(FindSlot(statistics, kHistogram), values.type);
  values.elements = Common(FindSlot(statistics, kMostCommonElements), "text", true);
  values.intervals = Texts(FindSlot(statistics, kBoundsHistogram), "text");
  // NaN compares false, so it ends as 0 too.
  const double null_fraction = statistics.null_fraction > 0 ? std::min(1.0, statistics.null_fraction) : 0;
  Normalise(values, null_fraction);
  values.unique = statistics.distinct == -1 && values.common.empty();
  const bool left_out = std::ranges::any_of(statistics.slots, [](const StatisticSlot& slot) {
    return slot.kind == kMostCommonValues && slot.numbers && !slot.values;
  });
  if (!values.common.empty() || !values.bounds.empty() || !values.elements.empty() || !values.intervals.empty()) {
    values.availability = Availability::kUsable;
  } else if (null_fraction >= 1) {
    values.availability = Availability::kOnlyNull;
  } else {
    values.availability = left_out ? Availability::kLeftOut : Availability::kNone;
  }
}

bool HasChildren(const Snapshot& snapshot, Oid relation) {
  return relation.value != 0 && std::ranges::count(snapshot.relations, relation, &Relation::parent) > 0;
}

// The statistics of the column called `name` of the largest analysed relation below `root`.
const ColumnStatistics* LargestChild(const Snapshot& snapshot, Oid root, std::string_view name) {
  std::multimap<Oid, const Relation*> children;
  for (const Relation& relation : snapshot.relations) {
    if (relation.parent.value != 0) children.emplace(relation.parent, &relation);
  }
  const ColumnStatistics* best = nullptr;
  double best_tuples = -1;
  std::set<Oid> seen = {root};  // a damaged file may hold a circle
  for (std::vector<Oid> open = {root}; !open.empty();) {
    const Oid parent = open.back();
    open.pop_back();
    const auto [begin, end] = children.equal_range(parent);
    for (auto child = begin; child != end; ++child) {
      const Relation& relation = *child->second;
      if (!seen.insert(relation.oid).second) continue;
      open.push_back(relation.oid);
      const auto column = std::ranges::find(relation.columns, name, &Column::name);
      if (column == relation.columns.end()) continue;
      const ColumnStatistics* const found = snapshot.FindStatistics(relation.oid, column->number, false);
      if (found != nullptr && relation.statistics_tuples > best_tuples) {
        best = found;
        best_tuples = relation.statistics_tuples;
      }
    }
  }
  return best;
}

const ColumnStatistics* StatisticsOf(const Snapshot& snapshot, const Relation& relation, const Column& column) {
  const bool inherited = relation.kind == 'p' || HasChildren(snapshot, relation.oid);
  const ColumnStatistics* found = snapshot.FindStatistics(relation.oid, column.number, inherited);
  if (found == nullptr && inherited) found = LargestChild(snapshot, relation.oid, column.name);
  if (found == nullptr && inherited) found = snapshot.FindStatistics(relation.oid, column.number, false);
  return found;
}

// An expression in a form in which two texts of one expression agree: without white space outside of quotes, without
// parentheses around a lone name and around the whole.
std::string Canonical(std::string_view expression, std::string_view name) {
  std::string text;
  char quote = 0;
  for (const char c : expression) {
    if (quote == 0 && (c == ' ' || (c >= '\t' && c <= '\r'))) continue;
    if (c == '\'' || c == '"') quote = quote == 0 ? c : quote == c ? '\0' : quote;
    text += c;
  }
  const std::string wrapped = absl::StrCat("(", ToAbsl(name), ")");
  for (std::size_t at = text.find(wrapped); at != std::string::npos; at = text.find(wrapped, at + 1)) {
    const bool call =
        at > 0 && (text[at - 1] == '_' || text[at - 1] == '"' || (text[at - 1] >= '0' && text[at - 1] <= '9') ||
                   (text[at - 1] >= 'a' && text[at - 1] <= 'z'));
    if (!call) text.replace(at, wrapped.size(), name);
  }
  while (text.starts_with('(') && text.ends_with(')')) {
    int depth = 0;
    std::size_t end = 0;
    while (end < text.size() && (depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0) > 0) ++end;
    if (end + 1 != text.size()) break;
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

// Statistics of the index column that holds `expression` over the column called `name`.
const ColumnStatistics* ExpressionStatistics(const Snapshot& snapshot, Oid table, std::string_view expression,
                                             const std::string& name) {
  const std::string quoted = QuoteIdentifier(name);
  const std::string wanted = Canonical(absl::StrReplaceAll(ToAbsl(expression), {{"$0", quoted}}), quoted);
  for (const Index& index : snapshot.indexes) {
    if (index.def.table != table) continue;
    for (std::size_t i = 0; i < index.def.keys.size(); ++i) {
      const IndexKey& key = index.def.keys[i];
      if (key.expression.empty() || Canonical(key.expression, quoted) != wanted) continue;
      const ColumnStatistics* const found = snapshot.FindStatistics(index.oid, static_cast<int>(i) + 1, false);
      if (found != nullptr) return found;
    }
  }
  return nullptr;
}

// The values of a member of JSON documents, as far as the known documents show them.
void ReadMembers(std::string_view expression, ColumnValues& values) {
  std::map<std::string, double> shares;
  double sum = 0;
  const auto add = [&](std::string_view document, double share) {
    if (const std::optional<std::string> member = JsonMember(expression, document)) {
      shares[*member] += share;
      sum += share;
    }
  };
  for (const CommonValue& common : values.common) add(common.text, common.share);
  for (const std::string& bound : values.bounds) add(bound, values.rest / static_cast<double>(values.bounds.size()));
  if (!(sum > 0)) return;
  values.of_expression = true;
  const bool numbers = std::ranges::all_of(
      shares, [](const auto& member) { return ToScalar(member.first, TypeFamily::kDecimal).has_value(); });
  values.type = numbers ? "numeric" : "text";  // so that 9 comes before 10
  values.bounds.clear();
  values.common.clear();
  values.rest = 0;
  for (const auto& [text, share] : shares) values.common.push_back({text, share / sum});
  std::ranges::stable_sort(values.common, std::ranges::greater(), &CommonValue::share);
}

// lower($0) and upper($0) of a column of ranges, whose statistics are a histogram of bounds.
void ReadRangeBounds(std::string_view expression, ColumnValues& values) {
  const bool lower = expression == "lower($0)";
  if ((!lower && expression != "upper($0)") || values.intervals.empty()) return;
  std::vector<std::string> bounds;
  for (const std::string& range : values.intervals) {
    std::optional<std::string> bound = RangeBound(range, lower ? RangeEnd::kLower : RangeEnd::kUpper);
    if (bound) bounds.push_back(*std::move(bound));
  }
  if (bounds.empty()) return;
  values.of_expression = true;
  values.type = std::string(RangeSubtype(values.type));
  values.bounds = std::move(bounds);
  values.common.clear();
  values.intervals.clear();
  values.rest = 1;
}

}  // namespace

ColumnValues FindColumnValues(const Snapshot& snapshot, const catalog::ParameterUse& use) {
  ColumnValues values;
  const Relation* const relation = use.table.value == 0 ? nullptr : snapshot.FindRelation(use.table);
  const Column* const column = relation == nullptr ? nullptr : FindColumn(*relation, use.column);
  if (column == nullptr) return values;
  values.column = column->name;
  values.type = column->type;
  values.partitioned = relation->kind == 'p';
  if (!use.expression.empty()) {
    const ColumnStatistics* const found = ExpressionStatistics(snapshot, relation->oid, use.expression, column->name);
    if (found != nullptr) {
      values.of_expression = true;
      values.type.clear();  // not captured; the values are checked against the parameter's type
      ReadValues(*found, values);
      if (values.availability == Availability::kUsable) return values;
      values.of_expression = false;
      values.type = column->type;
    }
  }
  if (const ColumnStatistics* const found = StatisticsOf(snapshot, *relation, *column)) ReadValues(*found, values);
  if (!use.expression.empty()) ReadMembers(use.expression, values);
  if (!use.expression.empty()) ReadRangeBounds(use.expression, values);
  return values;
}

const ColumnValues& ColumnCache::Find(const catalog::ParameterUse& use) {
  const auto [found, added] = known_.try_emplace({use.table, use.column, use.expression});
  if (added) found->second = FindColumnValues(snapshot_, use);
  return found->second;
}

}  // namespace pgassay::workload
