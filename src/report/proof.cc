#include "report/proof.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "report/figures.h"
#include "report/histogram.h"

namespace pgassay::report {
namespace {

constexpr std::size_t kBarWidth = 24;
// Less than this share is rounding.
constexpr double kNegligible = 1e-6;

double Saved(Cost before, Cost after) {
  return before > 0 ? 1 - after / before : 0;
}

// The options that the set had to keep, as they are written; empty: none.
std::vector<std::string> DemandsText(const Demanded& demanded, const Statements& statements) {
  std::vector<std::string> demands;
  if (demanded.budget_bytes) demands.push_back(absl::StrCat("--budget ", FormatBytes(*demanded.budget_bytes)));
  if (demanded.max_indexes) demands.push_back(absl::StrCat("--max-indexes ", *demanded.max_indexes));
  if (demanded.max_per_table) demands.push_back(absl::StrCat("--max-per-table ", *demanded.max_per_table));
  if (demanded.max_maintenance)
    demands.push_back(absl::StrCat("--max-maintenance ", PercentText(*demanded.max_maintenance)));
  const auto add = [&](const char* option, const std::vector<std::string>& names) {
    for (const std::string& name : names) demands.push_back(absl::StrCat(option, " ", statements.Definition(name)));
  };
  add("--pin", demanded.pinned);
  add("--forbid", demanded.forbidden);
  if (demanded.keep_existing) demands.emplace_back("--keep-existing");
  add("--keep", demanded.kept);
  return demands;
}

}  // namespace

std::vector<std::string> ProofSentences(const Certificate& certificate, const Statements& statements) {
  if (!certificate.lower_bound || !certificate.gap) return {};
  std::vector<std::string> sentences{
      absl::StrCat("No other choice of these candidates costs less than ", CostText(*certificate.lower_bound),
                   ", unless by indexes that save less than --min-share; gap ", PercentText(*certificate.gap), ".")};
  if (const std::vector<std::string> demands = DemandsText(certificate.demanded, statements); !demands.empty())
    sentences.push_back(absl::StrCat("That is for sets within ", absl::StrJoin(demands, ", "), "."));
  if (certificate.monotonicity_violation && *certificate.monotonicity_violation > kNegligible) {
    sentences.push_back(absl::StrCat("Allowed for: with more indexes the planner made a plan dearer by up to ",
                                     PercentText(*certificate.monotonicity_violation), "."));
  }
  return sentences;
}

void AddFrontier(Document& document, const Advice& advice) {
  if (advice.frontier.empty()) return;
  const Cost before = advice.certificate.cost_before;
  Cost least = before;
  for (const FrontierPoint& point : advice.frontier) least = std::min(least, point.cost);
  document.push_back(Heading{"Gain by storage"});
  Table table;
  table.columns = {{.heading = "bytes", .right = true},   {.heading = "indexes", .right = true},
                   {.heading = "cost", .right = true},    {.heading = "saved", .right = true},
                   {.heading = "at most", .right = true}, {.heading = ""}};
  Bytes last = -1;
  for (const FrontierPoint& point : advice.frontier) {
    if (std::exchange(last, point.size_bytes) == point.size_bytes) continue;  // more room, and nothing for it
    table.rows.push_back(
        {FormatBytes(point.size_bytes), absl::StrCat(point.indexes), CostText(point.cost),
         PercentText(Saved(before, point.cost)), PercentText(Saved(before, point.lower_bound)),
         absl::StrCat(Bar(before - point.cost, before - least, kBarWidth), point.advised ? " <" : "")});
  }
  document.push_back(std::move(table));
  document.push_back(
      Remark{"saved: by the best set found; at most: no set of that size saves more; <: these recommendations"});
}

}  // namespace pgassay::report
