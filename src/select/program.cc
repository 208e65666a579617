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

MasterProblem ProgramOf(const Explorer& explorer, const std::vector<Cost>& prices, const Limits& limits) {
  MasterProblem master{.statements = {}, .weights = {}, .prices = prices, .limits = limits.Rest()};
  for (const std::uint32_t id : limits.pinned()) master.prices[id] = 0;
  for (const Planned& planned : explorer.statements()) master.weights.push_back(planned.statement.weight);
  const Limits::Sums taken = limits.SumsOf(limits.pinned());
  const auto is_pinned = [&](std::uint32_t id) { return limits.IsPinned(id); };
  const auto add = [&](std::vector<Option>& options, Option option) {
    if (std::ranges::any_of(option.absent, is_pinned)) return;
    std::erase_if(option.present, is_pinned);
    if (limits.Fits(taken, option.present, {})) options.push_back(std::move(option));
  };
  master.statements.resize(explorer.statements().size());
  for (std::size_t i = 0; i < master.statements.size(); ++i) {
    if (explorer.statements()[i].failed) continue;
    std::vector<Option>& options = master.statements[i];
    for (const PlanColumn& column : explorer.columns().of(i)) {
      add(options, {.cost = column.cost, .present = column.used, .absent = {}, .cell = {}});
    }
    for (CostTree::OpenCell& cell : explorer.tree(i).OpenCells()) {
      add(options, {.cost = cell.bound,
                    .present = std::move(cell.present),
                    .absent = std::move(cell.absent),
                    .cell = cell.node});
    }
    RemoveDominated(options);
  }
  return master;
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
