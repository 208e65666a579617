#include "workload/value_quantiles.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>

#include "workload/value_scalar.h"

namespace pgassay::workload {
namespace {

// Doubles have every integer up to here.
constexpr double kMostExact = 9e15;

// A histogram that stands for less cannot speak for the column.
constexpr double kLeastHistogram = 0.1;

// The shares of the histogram's rows before and up to `scalar`, by linear interpolation.
std::pair<double, double> HistogramShares(const std::vector<double>& bounds, double scalar) {
  if (bounds.size() < 2)
    return {bounds.empty() || scalar <= bounds[0] ? 0 : 1, bounds.empty() || scalar < bounds[0] ? 0 : 1};
  const auto bins = static_cast<double>(bounds.size() - 1);
  const auto first = std::ranges::lower_bound(bounds, scalar);
  const auto last = std::ranges::upper_bound(bounds, scalar);
  if (first != last) {
    return {static_cast<double>(first - bounds.begin()) / bins, static_cast<double>(last - bounds.begin() - 1) / bins};
  }
  if (first == bounds.begin()) return {0, 0};
  if (first == bounds.end()) return {1, 1};
  const double before = *(first - 1);
  const double share = (static_cast<double>(first - bounds.begin() - 1) + (scalar - before) / (*first - before)) / bins;
  return {share, share};
}

}  // namespace

Quantiles::Quantiles(const ColumnValues& values) : family_(TypeNamed(values.type).family) {
  on_line_ = PlaceOnLine(values);
  if (!on_line_) PlaceInOrder(values);
}

bool Quantiles::PlaceOnLine(const ColumnValues& values) {
  struct Known {
    std::string text;
    double common = 0;
  };
  std::map<double, Known> known;
  std::vector<double> bounds;
  const auto note = [&](const std::string& text, double share) {
    const std::optional<double> scalar = ToScalar(text, family_);
    if (!scalar) return false;
    Known& value = known[*scalar];
    value.text = text;
    value.common += share;
    decimals_ = std::max(decimals_, Decimals(text));
    if (share == 0) bounds.push_back(*scalar);
    return true;
  };
  for (const std::string& bound : values.bounds) {
    if (!note(bound, 0)) return false;
  }
  if (!std::ranges::is_sorted(bounds)) return false;
  for (const CommonValue& common : values.common) {
    if (common.share > 0 && !note(common.text, common.share)) return false;
  }
  double common_before = 0;
  for (const auto& [scalar, value] : known) {
    const auto [below, through] = HistogramShares(bounds, scalar);
    points_.push_back({.scalar = scalar,
                       .below = common_before + values.rest * below,
                       .through = common_before + value.common + values.rest * through,
                       .text = value.text});
    common_before += value.common;
  }
  return true;
}

// Only the histogram knows the order of other types, which may depend on a collation. Without one the order of bytes
// must do.
void Quantiles::PlaceInOrder(const ColumnValues& values) {
  points_.clear();
  const bool by_histogram = values.bounds.size() > 1 && values.rest >= kLeastHistogram;
  if (by_histogram) {
    const auto bins = static_cast<double>(values.bounds.size() - 1);
    for (std::size_t i = 0; i < values.bounds.size(); ++i) {
      const auto position = static_cast<double>(i);
      points_.push_back({position, position / bins, position / bins, values.bounds[i]});
    }
    return;
  }
  std::vector<CommonValue> ordered = values.common;
  for (const std::string& bound : values.bounds) {
    ordered.push_back({bound, values.rest / static_cast<double>(values.bounds.size())});
  }
  std::ranges::sort(ordered, {}, &CommonValue::text);
  double before = 0;
  for (const CommonValue& value : ordered) {
    points_.push_back({static_cast<double>(points_.size()), before, before + value.share, value.text});
    before += value.share;
  }
}

Quantiles::Point Quantiles::Find(double fraction) const {
  const auto reaches = [fraction](const Point& point) { return point.through >= fraction; };
  const auto found = std::ranges::find_if(points_, reaches);
  if (found == points_.end()) return points_.back();
  if (found == points_.begin() || fraction >= found->below || !on_line_) return *found;
  const Point& before = *(found - 1);
  const double part = (fraction - before.through) / (found->below - before.through);
  const double scalar = before.scalar + part * (found->scalar - before.scalar);
  if (!std::isfinite(scalar) || std::abs(scalar) > kMostExact) return *found;
  Point between{.scalar = scalar, .below = fraction, .through = fraction, .text = {}};
  between.text = FromScalar(scalar, family_, decimals_);
  between.scalar = ToScalar(between.text, family_).value_or(scalar);
  return between;
}

std::string Quantiles::At(double fraction, Avoid avoid) const {
  const Point found = Find(fraction);
  if (points_.size() > 1 && avoid == Avoid::kLeast && found.scalar <= points_.front().scalar) return points_[1].text;
  if (points_.size() > 1 && avoid == Avoid::kGreatest && found.scalar >= points_.back().scalar) {
    return points_[points_.size() - 2].text;
  }
  return found.text;
}

std::pair<std::string, std::string> Quantiles::Between(double low, double high) const {
  const Point from = Find(low);
  const Point to = Find(high);
  if (from.scalar < to.scalar) return {from.text, to.text};
  const auto above = std::ranges::find_if(points_, [&](const Point& point) { return point.scalar > from.scalar; });
  if (above != points_.end()) return {from.text, above->text};
  return {points_.size() > 1 ? points_[points_.size() - 2].text : from.text, from.text};
}

std::optional<double> Quantiles::Below(std::string_view value) const {
  const std::optional<double> scalar = on_line_ ? ToScalar(value, family_) : std::nullopt;
  if (!scalar || points_.empty()) return std::nullopt;
  const auto next = std::ranges::lower_bound(points_, *scalar, {}, &Point::scalar);
  if (next == points_.end()) return 1;
  if (next->scalar == *scalar || next == points_.begin()) return next == points_.begin() ? 0 : next->below;
  const Point& before = *(next - 1);
  return before.through + (*scalar - before.scalar) / (next->scalar - before.scalar) * (next->below - before.through);
}

}  // namespace pgassay::workload
