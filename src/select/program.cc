#include "select/program.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace pgassay::select {
namespace {

// Cells of one statement that are planned between two programs.
constexpr std::size_t kCellsAtOnce = 4;
constexpr std::size_t kManyOptions = 8'000;

}  // namespace

namespace {

// A program without options, and whether one belongs into it.
class Builder {
 public:
  Builder(const Explorer& explorer, const std::vector<Cost>& prices, const Limits& limits)
      : limits_(limits), taken_(limits.SumsOf(limits.pinned())) {
    master_.prices = prices;
    master_.limits = limits.Rest();
    for (const std::uint32_t id : limits.pinned()) master_.prices[id] = 0;
    for (const Planned& planned : explorer.statements()) master_.weights.push_back(planned.statement.weight);
    master_.statements.resize(explorer.statements().size());
  }

  void Add(std::size_t statement, Option option, bool has_to_fit) {
    const auto is_pinned = [&](std::uint32_t id) { return limits_.IsPinned(id); };
    if (std::ranges::any_of(option.absent, is_pinned)) return;
    std::erase_if(option.present, is_pinned);
    const auto fits = [&](std::uint32_t id) { return limits_.Fits(taken_, {&id, 1}, {}); };
    if (has_to_fit ? !limits_.Fits(taken_, option.present, {}) : !std::ranges::all_of(option.present, fits)) return;
    master_.statements[statement].push_back(std::move(option));
  }

  void AddPlans(const Explorer& explorer, std::size_t statement, bool have_to_fit) {
    const whatif::IndexSet& enabled = explorer.tree(statement).Enabled(0);
    for (const PlanColumn& column : explorer.columns().of(statement)) {
      if (!std::ranges::all_of(column.used, [&](std::uint32_t id) { return enabled.Contains({id}); })) continue;
      Add(statement, {.cost = column.cost, .present = column.used, .absent = {}, .cell = {}}, have_to_fit);
    }
  }

  MasterProblem Finish() && {
    for (std::vector<Option>& options : master_.statements) RemoveDominated(options);
    return std::move(master_);
  }

 private:
  const Limits& limits_;
  Limits::Sums taken_;
  MasterProblem master_;
};

}  // namespace

MasterProblem ProgramOf(const Explorer& explorer, const std::vector<Cost>& prices, const Limits& limits) {
  Builder builder(explorer, prices, limits);
  for (std::size_t i = 0; i < explorer.statements().size(); ++i) {
    if (explorer.statements()[i].failed) continue;
    builder.AddPlans(explorer, i, /*have_to_fit=*/true);
    for (CostTree::OpenCell& cell : explorer.tree(i).OpenCells()) {
      builder.Add(
          i,
          {.cost = cell.bound, .present = std::move(cell.present), .absent = std::move(cell.absent), .cell = cell.node},
          /*has_to_fit=*/true);
    }
  }
  return std::move(builder).Finish();
}

MasterProblem PlansOf(const Explorer& explorer, const std::vector<Cost>& prices, const Limits& limits) {
  Builder builder(explorer, prices, limits);
  for (std::size_t i = 0; i < explorer.statements().size(); ++i) {
    if (!explorer.statements()[i].failed) builder.AddPlans(explorer, i, explorer.tree(i).Closed());
  }
  return std::move(builder).Finish();
}

bool IsLarge(const MasterProblem& program) {
  std::size_t options = 0;
  for (const std::vector<Option>& of : program.statements) options += of.size();
  return options > kManyOptions;
}

bool IsSparse(const MasterProblem& program) {
  std::size_t options = 0, candidates = 0;
  for (const std::vector<Option>& of : program.statements) {
    options += of.size();
    for (const Option& option : of) candidates += option.present.size() + option.absent.size();
  }
  return candidates <= 2 * options;
}

std::vector<Explorer::Cell> CellsToPlan(const Explorer& explorer, const MasterProblem& program,
                                        const MasterResult& result, std::span<const whatif::PlanAnswer> answers,
                                        Cost enough) {
  std::vector<Explorer::Cell> cells;
  for (std::size_t i = 0; i < result.reduced.size(); ++i) {
    std::vector<std::pair<Cost, std::uint32_t>> open;
    for (std::size_t at = 0; at < result.reduced[i].size(); ++at) {
      const Option& option = program.statements[i][at];
      // Some were planned since the program was made.
      if (!option.cell || !explorer.tree(i).IsOpen(*option.cell) || result.reduced[i][at] >= enough) continue;
      if (program.weights[i] * (answers[i].net() - option.cost) <= enough) continue;
      open.emplace_back(result.reduced[i][at], *option.cell);
    }
    const std::size_t some = std::min(open.size(), kCellsAtOnce);
    std::ranges::partial_sort(open, open.begin() + static_cast<std::ptrdiff_t>(some));
    for (std::size_t at = 0; at < some; ++at) cells.push_back({i, open[at].second});
  }
  return cells;
}

}  // namespace pgassay::select
