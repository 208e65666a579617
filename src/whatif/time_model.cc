#include "whatif/time_model.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pgassay::whatif {
namespace {

constexpr std::size_t kTerms = 4;
using Vector = std::array<double, kTerms>;

// More plans than this make the fit no better, and leaving one out takes as many fits.
constexpr std::size_t kMostPlans = 400;
// Residuals above this count linearly: a factor of 1.28.
constexpr double kHuber = 0.25;
constexpr int kRounds = 60;        // of Gauss-Newton from the first guess
constexpr int kRoundsWithout = 8;  // from the fit with all plans
constexpr double kMostStep = 1;    // of a logarithm
constexpr double kDamping = 0.02;
// How strongly the prices of a block and of a unit of other cost hold together where plans do not tell them apart.
constexpr double kTogether = 0.05;
// The kernel: widths in logarithms of time and of the mix of blocks and other work, what counts for plans without a
// common table, and how much nothing weighs.
constexpr double kWidth = 1;
constexpr double kMixWidth = 1;
constexpr double kElsewhere = 0.05;
constexpr double kNothing = 0.2;
constexpr double kMostLeftover = 1;
// What a read block costs is fitted where so many plans read this part of their blocks.
constexpr std::size_t kLeastReading = 3;
constexpr double kReading = 0.1;
constexpr double kLeastMs = 1e-4;  // pg_stat_statements counts microseconds; less is noise
constexpr double kLeastPages = 0.5;

double Share(const TimedPlan& plan) {
  if (!plan.blocks) return 1;
  return std::max(*plan.blocks, kLeastPages) / std::max(plan.pages, kLeastPages);
}

// What the weights are multiplied with. A call that asks for fewer blocks than planned stopped early, by LIMIT or
// because there was nothing to find, and did less of the rest too.
Vector TermsOf(const TimedPlan& plan) {
  const double blocks = plan.blocks ? *plan.blocks : plan.pages;
  return {1, blocks, std::max(plan.cost - plan.page_cost, 0.0) * std::min(1.0, Share(plan)), plan.read_blocks};
}

double Dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < kTerms; ++i) sum += a[i] * b[i];
  return sum;
}

struct Row {
  Vector terms;
  double log_ms = 0;
};

// Solves the symmetric system by elimination with pivots; damping keeps it regular.
Vector Solve(std::array<Vector, kTerms> matrix, Vector right) {
  for (std::size_t i = 0; i < kTerms; ++i) {
    std::size_t pivot = i;
    for (std::size_t k = i + 1; k < kTerms; ++k) {
      if (std::abs(matrix[k][i]) > std::abs(matrix[pivot][i])) pivot = k;
    }
    std::swap(matrix[i], matrix[pivot]);
    std::swap(right[i], right[pivot]);
    for (std::size_t k = i + 1; k < kTerms; ++k) {
      const double factor = matrix[k][i] / matrix[i][i];
      for (std::size_t j = i; j < kTerms; ++j) matrix[k][j] -= factor * matrix[i][j];
      right[k] -= factor * right[i];
    }
  }
  Vector solution{};
  for (std::size_t i = kTerms; i-- > 0;) {
    double sum = right[i];
    for (std::size_t j = i + 1; j < kTerms; ++j) sum -= matrix[i][j] * solution[j];
    solution[i] = sum / matrix[i][i];
  }
  return solution;
}

// Logarithms of weights are fitted, so that none becomes negative. `skipped` is left out.
Vector FitRows(std::span<const Row> rows, std::size_t skipped, Vector logs, int rounds, bool with_reads) {
  for (int round = 0; round < rounds; ++round) {
    Vector weights;
    for (std::size_t i = 0; i < kTerms; ++i) weights[i] = std::exp(logs[i]);
    if (!with_reads) weights[3] = 0;
    std::array<Vector, kTerms> matrix{};
    Vector right{};
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (r == skipped) continue;
      const double fitted = Dot(weights, rows[r].terms);
      const double residual = std::log(fitted) - rows[r].log_ms;
      const double trust = std::abs(residual) < kHuber ? 1 : kHuber / std::abs(residual);
      Vector slope;
      for (std::size_t i = 0; i < kTerms; ++i) slope[i] = weights[i] * rows[r].terms[i] / fitted;
      for (std::size_t i = 0; i < kTerms; ++i) {
        right[i] += trust * slope[i] * residual;
        for (std::size_t j = 0; j < kTerms; ++j) matrix[i][j] += trust * slope[i] * slope[j];
      }
    }
    const double apart = (logs[1] - logs[2]) / 2;
    right[1] += kTogether * apart;
    right[2] -= kTogether * apart;
    matrix[1][1] += kTogether;
    matrix[2][2] += kTogether;
    for (std::size_t i = 0; i < kTerms; ++i) matrix[i][i] += kDamping;
    const Vector step = Solve(matrix, right);
    for (std::size_t i = 0; i < kTerms; ++i) logs[i] -= std::clamp(step[i], -kMostStep, kMostStep);
  }
  return logs;
}

Vector WeightsOf(Vector logs, bool with_reads) {
  for (double& log : logs) log = std::exp(log);
  if (!with_reads) logs[3] = 0;
  return logs;
}

double Median(std::vector<double> values, double quantile = 0.5) {
  std::ranges::sort(values);
  const double at = quantile * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

// The first guess: the least time is all fixed, and a unit of cost takes what it does in the middle of the plans.
Vector FirstGuess(std::span<const Row> rows) {
  std::vector<double> rates;
  double least = rows.front().log_ms;
  for (const Row& row : rows) {
    least = std::min(least, row.log_ms);
    rates.push_back(row.log_ms - std::log(std::max(row.terms[1] + row.terms[2], 1e-9)));
  }
  const double rate = Median(std::move(rates));
  return {least, rate, rate, rate};
}

// How much other work a plan does for a block, as a logarithm.
double MixOf(const TimedPlan& plan) {
  constexpr double kLeast = 0.01;
  const Vector terms = TermsOf(plan);
  return std::log((terms[2] + kLeast) / (terms[1] + kLeast));
}

double CommonTables(const std::vector<Oid>& a, const std::vector<Oid>& b) {
  std::vector<Oid> common;
  std::ranges::set_intersection(a, b, std::back_inserter(common));
  const std::size_t all = a.size() + b.size() - common.size();
  return all == 0 ? 0 : static_cast<double>(common.size()) / static_cast<double>(all);
}

// What is left over for plans like `plan`, fitted with `log_fitted`; `skipped` is left out.
double LeftoverNear(const TimedPlan& plan, double log_fitted, std::span<const TimedPlan> plans,
                    std::span<const double> logs_fitted, std::span<const double> leftover, std::size_t skipped) {
  double sum = 0;
  double weight = kNothing;
  const double mix = MixOf(plan);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (i == skipped) continue;
    const double apart = (logs_fitted[i] - log_fitted) / kWidth;
    const double other = (MixOf(plans[i]) - mix) / kMixWidth;
    const double like =
        std::exp(-(apart * apart + other * other) / 2) * (kElsewhere + CommonTables(plan.tables, plans[i].tables));
    sum += like * std::clamp(leftover[i], -kMostLeftover, kMostLeftover);
    weight += like;
  }
  return sum / weight;
}

// What a read block costs by the server's own clock; 0: it did not look.
double TimedRead(std::span<const TimedPlan> plans) {
  double ms = 0;
  double blocks = 0;
  for (const TimedPlan& plan : plans) {
    if (plan.read_ms <= 0) continue;
    ms += plan.read_ms;
    blocks += plan.read_blocks;
  }
  return blocks > 0 ? ms / blocks : 0;
}

bool Reads(const TimedPlan& plan) {
  return plan.read_blocks > kReading * std::max(plan.blocks.value_or(plan.pages), 1.0);
}

}  // namespace

std::optional<TimeModel> TimeModel::Fit(std::span<const TimedPlan> plans) {
  TimeModel model;
  for (const TimedPlan& plan : plans) {
    if (model.plans_.size() == kMostPlans) break;
    if (std::isfinite(plan.cost) && std::isfinite(plan.ms) && plan.cost > 0 && plan.ms > 0)
      model.plans_.push_back(plan);
  }
  const std::size_t count = model.plans_.size();
  if (count < kLeastPlans) return std::nullopt;
  const double timed_read = TimedRead(model.plans_);
  const bool with_reads =
      timed_read <= 0 && static_cast<std::size_t>(std::ranges::count_if(model.plans_, Reads)) >= kLeastReading;
  std::vector<Row> rows;
  for (const TimedPlan& plan : model.plans_) {
    Vector terms = TermsOf(plan);
    if (!with_reads) terms[3] = 0;
    rows.push_back({terms, std::log(std::max(plan.ms - plan.read_ms, kLeastMs))});
  }
  const Vector logs = FitRows(rows, count, FirstGuess(rows), kRounds, with_reads);

  const auto fit_all = [&](const Vector& weights, std::vector<double>& fitted, std::vector<double>& leftover) {
    fitted.clear();
    leftover.clear();
    for (const Row& row : rows) {
      fitted.push_back(std::log(Dot(weights, row.terms)));
      leftover.push_back(row.log_ms - fitted.back());
    }
  };
  std::vector<double> fitted, leftover, errors, ratios;
  for (std::size_t i = 0; i < count; ++i) {
    fit_all(WeightsOf(FitRows(rows, i, logs, kRoundsWithout, with_reads), with_reads), fitted, leftover);
    const double ratio = leftover[i] - LeftoverNear(model.plans_[i], fitted[i], model.plans_, fitted, leftover, i);
    ratios.push_back(ratio);
    errors.push_back(std::abs(std::exp(-ratio) - 1));
  }
  const Vector weights = WeightsOf(logs, with_reads);
  fit_all(weights, fitted, leftover);
  model.leftover_ = std::move(leftover);
  model.weights_ = {weights[0], weights[1], weights[2], timed_read > 0 ? timed_read : weights[3]};
  model.error_ = {.plans = count,
                  .median = Median(errors),
                  .upper = Median(errors, 0.75),
                  .low_factor = std::exp(Median(ratios, 0.1)),
                  .high_factor = std::exp(Median(ratios, 0.9))};
  return model;
}

double TimeModel::Milliseconds(const TimedPlan& plan) const {
  const Vector weights = {weights_.fixed, weights_.block, weights_.cpu, 0};
  const double fitted = Dot(weights, TermsOf(plan));
  std::vector<double> logs_fitted;
  for (const TimedPlan& known : plans_) logs_fitted.push_back(std::log(Dot(weights, TermsOf(known))));
  const double near = LeftoverNear(plan, std::log(fitted), plans_, logs_fitted, leftover_, plans_.size());
  return fitted * std::exp(near) + weights_.read * plan.read_blocks;
}

TimedPlan InPlaceOf(const TimedPlan& before, Cost cost, Cost page_cost, double pages) {
  TimedPlan after{.cost = cost, .page_cost = page_cost, .pages = pages, .blocks = {}, .tables = before.tables};
  if (!before.blocks) return after;
  after.blocks = pages * Share(before);
  if (*before.blocks > 0) after.read_blocks = before.read_blocks * std::min(1.0, *after.blocks / *before.blocks);
  return after;
}

}  // namespace pgassay::whatif
