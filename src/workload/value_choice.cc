#include "workload/value_choice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "workload/value_quantiles.h"
#include "workload/value_type.h"

namespace pgassay::workload {
namespace {

// A value of at least this share has a plan of its own more often than not.
constexpr double kCommonShare = 0.10;

// Classes that stand for less of the calls are left out.
constexpr double kLeastShare = 1e-3;

// Of a column with so few values that all are known, some calls ask for each value equally often: a queue is asked for
// its waiting jobs, however many are done.
constexpr std::size_t kFewValues = 16;
constexpr double kEvenShare = 0.25;

struct Piece {
  double fraction = 0;  // of the rows
  double share = 0;     // of the calls
};
constexpr std::array<Piece, 3> kPieces = {{{0.01, 0.5}, {0.10, 0.3}, {0.33, 0.2}}};
constexpr std::array<Piece, 3> kLatePieces = {{{0.01, 0.5}, {0.05, 0.3}, {0.20, 0.2}}};

struct Window {
  double low = 0;
  double high = 0;
  double share = 0;  // of the calls
};
constexpr std::array<Window, 3> kWindows = {{{0.4975, 0.5025, 0.5}, {0.24, 0.26, 0.3}, {0.65, 0.75, 0.2}}};
constexpr std::array<Window, 3> kLateWindows = {{{0.995, 1, 0.5}, {0.97, 0.99, 0.3}, {0.80, 0.90, 0.2}}};

constexpr std::array<std::size_t, 3> kArrayLengths = {1, 5, 20};

std::string Percent(double share) {
  return absl::StrCat(FormatNumber(100 * share, 2), " %");
}

// Values of the histogram for `share` of the calls: one from its middle, or one from the middle of each third.
void AddRest(const ColumnValues& values, double share, std::vector<ValueChoice>& choices) {
  if (values.bounds.empty()) return;
  const std::string_view note = values.common.empty() ? "any value" : "not common";
  const std::vector<double> positions =
      values.partitioned ? std::vector<double>{1.0 / 6, 0.5, 5.0 / 6} : std::vector<double>{0.5};
  for (const double position : positions) {
    const auto index = static_cast<std::size_t>(std::lround(position * static_cast<double>(values.bounds.size() - 1)));
    choices.push_back({share / static_cast<double>(positions.size()), {values.bounds[index]}, std::string(note)});
  }
}

// The value whose frequency is nearest to the average, weighted by frequency: what a call meets on average.
void AddOthers(std::vector<CommonValue>::const_iterator begin, std::vector<CommonValue>::const_iterator end,
               std::vector<ValueChoice>& choices) {
  double sum = 0;
  double squares = 0;
  for (auto value = begin; value != end; ++value) {
    sum += value->share;
    squares += value->share * value->share;
  }
  if (!(sum >= kLeastShare)) return;
  const double average = squares / sum;
  const auto typical = std::min_element(begin, end, [average](const CommonValue& a, const CommonValue& b) {
    return std::abs(a.share - average) < std::abs(b.share - average);
  });
  choices.push_back({sum, {typical->text}, absl::StrCat("less common (", Percent(typical->share), ")")});
}

void Normalise(std::vector<ValueChoice>& choices) {
  double sum = 0;
  for (const ValueChoice& choice : choices) sum += choice.share;
  for (ValueChoice& choice : choices) choice.share /= sum;
}

// At most `count` different values: those in which the points (i + offset) / count of the rows fall, or the next value
// that is still free.
std::vector<std::string> Draw(const ColumnValues& values, std::size_t count, double offset) {
  std::vector<CommonValue> pool = values.common;
  for (const std::string& bound : values.bounds) {
    if (!pool.empty() && pool.back().text == bound) continue;
    pool.push_back({bound, values.rest / static_cast<double>(values.bounds.size())});
  }
  count = std::min(count, pool.size());
  std::vector<bool> taken(pool.size(), false);
  std::vector<std::string> drawn;
  std::size_t at = 0;
  double through = pool.empty() ? 0 : pool[0].share;
  for (std::size_t i = 0; i < count; ++i) {
    const double target = (static_cast<double>(i) + offset) / static_cast<double>(count);
    while (through < target && at + 1 < pool.size()) through += pool[++at].share;
    std::size_t next = at;
    while (taken[next]) next = (next + 1) % pool.size();
    taken[next] = true;
    drawn.push_back(pool[next].text);
  }
  return drawn;
}

void AddUnlessThere(ValueChoice choice, std::vector<ValueChoice>& choices) {
  if (choice.values.empty()) return;
  const auto same = std::ranges::find(choices, choice.values, &ValueChoice::values);
  if (same == choices.end()) {
    choices.push_back(std::move(choice));
  } else {
    same->share += choice.share;
  }
}

// All values are known, and they are few.
bool HasFew(const ColumnValues& values) {
  return values.common.size() > 1 && values.common.size() <= kFewValues && values.rest < kLeastShare;
}

// The `count` rarest of the common values, the rarest one first.
std::vector<std::string> Rarest(const ColumnValues& values, std::size_t count) {
  std::vector<std::string> rarest;
  for (auto value = values.common.rbegin(); value != values.common.rend() && rarest.size() < count; ++value) {
    rarest.push_back(value->text);
  }
  return rarest;
}

bool IsTimeColumn(const ColumnValues& values) {
  return IsTime(TypeNamed(values.type).family);
}

}  // namespace

namespace {

// The values of a column that has few, each on its own, the rarest one among them; those that do not fit are left to
// the most typical of them.
std::vector<ValueChoice> FewChoices(const ColumnValues& values, std::size_t most) {
  std::vector<CommonValue> common = values.common;
  const double even = kEvenShare / static_cast<double>(common.size());
  std::vector<ValueChoice> choices;
  const std::size_t alone = common.size() <= most ? common.size() : std::max<std::size_t>(most, 3) - 2;
  const auto add = [&](const CommonValue& value) {
    const std::string_view kind = value.share >= kCommonShare ? "common" : "rare";
    choices.push_back({(1 - kEvenShare) * value.share + even,
                       {value.text},
                       absl::StrCat(ToAbsl(kind), " (", Percent(value.share), ")")});
  };
  for (std::size_t i = 0; i < alone; ++i) add(common[i]);
  if (alone < common.size()) {
    const auto others = static_cast<double>(common.size() - alone - 1);
    AddOthers(common.begin() + static_cast<std::ptrdiff_t>(alone), common.end() - 1, choices);
    if (choices.size() > alone) choices.back().share = (1 - kEvenShare) * choices.back().share + others * even;
    add(common.back());
  }
  Normalise(choices);
  return choices;
}

}  // namespace

std::vector<ValueChoice> EqualityChoices(const ColumnValues& values, std::size_t most) {
  if (HasFew(values) && most > 1) return FewChoices(values, most);
  const std::size_t more = values.partitioned ? 4 : 2;  // for the others and the rest
  const std::size_t alone = most > more ? most - more : 1;
  std::vector<ValueChoice> choices;
  auto value = values.common.begin();
  for (; value != values.common.end() && choices.size() < alone && value->share >= kCommonShare; ++value) {
    choices.push_back({value->share, {value->text}, absl::StrCat("common (", Percent(value->share), ")")});
  }
  AddOthers(value, values.common.end(), choices);
  if (values.rest >= kLeastShare) AddRest(values, values.rest, choices);
  Normalise(choices);
  return choices;
}

std::vector<ValueChoice> ListChoices(const ColumnValues& values, std::size_t count) {
  const bool few = HasFew(values);
  if (few) count = std::min(count, values.common.size() - 1);
  const std::vector<double> offsets =
      values.common.empty() ? std::vector<double>{0.5} : std::vector<double>{1.0 / 6, 0.5, 5.0 / 6};
  std::vector<ValueChoice> choices;
  for (const double offset : offsets) {
    AddUnlessThere({(few ? 1 - kEvenShare : 1) / static_cast<double>(offsets.size()), Draw(values, count, offset),
                    "values by frequency"},
                   choices);
  }
  if (few) AddUnlessThere({kEvenShare, Rarest(values, count), "rarest values"}, choices);
  return choices;
}

std::vector<ValueChoice> ExcludedChoices(const ColumnValues& values, std::size_t count) {
  if (values.common.empty()) return ListChoices(values, count);
  if (values.rest < kLeastShare) count = std::min(count, std::max<std::size_t>(1, values.common.size() - 1));
  count = std::min(count, values.common.size());
  ValueChoice common{0.5, {}, "most common"};
  for (std::size_t i = 0; i < count; ++i) common.values.push_back(values.common[i].text);
  std::vector<ValueChoice> choices = {std::move(common)};
  AddUnlessThere({0.5, Rarest(values, count), "rarest values"}, choices);
  return choices;
}

std::vector<ValueChoice> ElementListChoices(const ColumnValues& values, std::size_t count) {
  count = std::min(count, values.elements.size());
  std::vector<ValueChoice> choices;
  for (const std::size_t begin : {std::size_t{0}, (values.elements.size() - count) / 2}) {
    ValueChoice choice{0.5, {}, begin == 0 ? "most common elements" : "less common elements"};
    for (std::size_t i = 0; i < count; ++i) choice.values.push_back(values.elements[begin + i].text);
    AddUnlessThere(std::move(choice), choices);
  }
  return choices;
}

std::vector<ValueChoice> ArrayChoices(const ColumnValues& values) {
  std::vector<ValueChoice> choices;
  for (const std::size_t length : kArrayLengths) {
    const std::size_t most = HasFew(values) ? std::max<std::size_t>(1, values.common.size() / 2) : length;
    ValueChoice choice{1.0 / static_cast<double>(kArrayLengths.size()), Draw(values, std::min(length, most), 0.5), {}};
    choice.note = absl::StrCat("array of ", choice.values.size());
    AddUnlessThere(std::move(choice), choices);
  }
  if (HasFew(values)) {
    for (ValueChoice& choice : choices) choice.share *= 1 - kEvenShare;
    AddUnlessThere({kEvenShare, Rarest(values, std::max<std::size_t>(1, values.common.size() / 2)), "rarest values"},
                   choices);
  }
  return choices;
}

std::vector<ValueChoice> RangeChoices(const ColumnValues& values, bool greater) {
  const Quantiles quantiles(values);
  if (quantiles.empty()) return {};
  std::vector<ValueChoice> choices;
  for (const Piece& piece : greater&& IsTimeColumn(values) ? kLatePieces : kPieces) {
    const double fraction = greater ? 1 - piece.fraction : piece.fraction;
    const auto avoid = greater ? Quantiles::Avoid::kGreatest : Quantiles::Avoid::kLeast;
    AddUnlessThere({piece.share, {quantiles.At(fraction, avoid)}, absl::StrCat(Percent(fraction), " quantile")},
                   choices);
  }
  return choices;
}

std::vector<ValueChoice> WindowChoices(const ColumnValues& values) {
  const Quantiles quantiles(values);
  if (quantiles.empty()) return {};
  std::vector<ValueChoice> choices;
  for (const Window& window : IsTimeColumn(values) ? kLateWindows : kWindows) {
    auto [low, high] = quantiles.Between(window.low, window.high);
    AddUnlessThere(
        {window.share,
         {std::move(low), std::move(high)},
         absl::StrCat(FormatNumber(100 * window.low, 4), " to ", FormatNumber(100 * window.high, 4), " % quantile")},
        choices);
  }
  return choices;
}

std::vector<ValueChoice> OrdinaryChoice(const ColumnValues& values) {
  if (!values.common.empty()) return {{1, {values.common.front().text}, "most common"}};
  std::vector<ValueChoice> choices;
  if (!values.bounds.empty()) choices.push_back({1, {values.bounds[values.bounds.size() / 2]}, "any value"});
  return choices;
}

std::vector<ValueChoice> SampleChoices(const ColumnValues& values) {
  std::vector<ValueChoice> choices;
  for (std::string& value : Draw(values, 2, 0.5)) choices.push_back({1, {std::move(value)}, "part of a value"});
  Normalise(choices);
  return choices;
}

}  // namespace pgassay::workload
