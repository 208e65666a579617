#include "report/advice_parts.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "base/text.h"
#include "report/document_parts.h"
#include "report/figures.h"
#include "report/maintenance.h"
#include "report/times.h"

namespace pgassay::report {
namespace {

// Codes whose phrase says all that the sentence about one candidate would say.
bool PhraseSaysAll(std::string_view code) {
  return code == reason::kNeverUsed || code == reason::kNoGain || code == reason::kCoveredByWider ||
         code == reason::kExists || code == reason::kCoveredByExisting || code == reason::kUniquePrefix;
}

ReasonItem RejectedItem(const Rejection& rejection, const Statements& statements) {
  std::string sentence;
  if (!PhraseSaysAll(rejection.code)) {
    sentence = QuotesServer(rejection.code) ? statements.ServerMessage(rejection.detail)
                                            : statements.Sentence(rejection.detail);
  }
  if (!rejection.by.empty()) {
    absl::StrAppend(&sentence, sentence.empty() ? "" : " ", "See ", statements.Definition(rejection.by));
  }
  return {statements.Definition(rejection.definition), sentence};
}

}  // namespace

std::string SizeText(const Recommendation& item) {
  std::string text = absl::StrCat(FormatBytes(item.size_bytes), " predicted");
  if (item.size_rests_on_estimate) text += " (rests on a guess of distinct values)";
  if (item.index_count > 1) absl::StrAppend(&text, ", one index for each of ", CountText(item.index_count), " tables");
  return text;
}

void AddSteps(std::vector<Fact>& facts, const std::vector<DdlStep>& ddl, bool all, std::string_view where) {
  // An index on a partitioned table takes two steps for each partition.
  constexpr std::size_t kShown = 3;
  std::size_t count = 0;
  for (const DdlStep& step : ddl) {
    if (step.lock == kNoLock) continue;
    if (all || count < kShown) facts.push_back({.label = "do", .sentences = {}, .sql = step.sql});
    ++count;
  }
  if (all || count <= kShown) return;
  facts.push_back({.label = "do",
                   .sentences = {absl::StrCat("and ", CountText(static_cast<std::int64_t>(count - kShown)),
                                              " more steps; ", ToAbsl(where))},
                   .sql = ""});
}

bool IsDrop(const Recommendation& item) {
  return item.kind == "drop-index";
}

namespace {

Facts DropFacts(const Recommendation& item, const Statements& statements) {
  Facts facts{.place = Facts::Place::kSubject, .facts = {}};
  const auto add = [&](std::string label, std::string sentence) {
    facts.facts.push_back({.label = std::move(label), .sentences = {std::move(sentence)}, .sql = ""});
  };
  add("frees", absl::StrCat(FormatBytes(item.size_bytes), ", ", item.label, ", confidence ", item.confidence));
  add("reads", -item.gain > 0 ? absl::StrCat("cost ", CostText(-item.gain), " more") : std::string("cost no more"));
  add("writes", item.maintenance.cost < 0 ? absl::StrCat("cost ", CostText(-item.maintenance.cost), " less")
                                          : std::string("none seen that it makes dearer"));
  Fact why{.label = "why", .sentences = {}, .sql = ""};
  for (const std::string& sentence : item.why) why.sentences.push_back(statements.Sentence(sentence));
  if (!why.sentences.empty()) facts.facts.push_back(std::move(why));
  return facts;
}

}  // namespace

Facts RecommendationFacts(const Recommendation& item, const Statements& statements, bool costs) {
  if (IsDrop(item)) return DropFacts(item, statements);
  Facts facts{.place = Facts::Place::kSubject, .facts = {}};
  std::string gain;
  if (item.time_gain) gain = absl::StrCat(TimeGainText(*item.time_gain), "; ");
  absl::StrAppend(&gain, PercentText(item.share), " of the total cost");
  if (costs || !item.time_gain) absl::StrAppend(&gain, " (", CostText(item.gain), ")");
  absl::StrAppend(&gain, ", ", item.label, ", confidence ", item.confidence);
  facts.facts.push_back({.label = "gain", .sentences = {gain}, .sql = ""});
  if (item.pinned)
    facts.facts.push_back({.label = "pinned", .sentences = {"advised whatever it saves: --pin demands it"}, .sql = ""});
  facts.facts.push_back({.label = "size", .sentences = {SizeText(item)}, .sql = ""});
  std::string writes = MaintenanceText(item.maintenance);
  if (item.maintenance.cost > 0) {
    absl::StrAppend(&writes, "; in all ", CostText(item.maintenance.cost), ", where it saves ", CostText(item.gain),
                    " in reads");
  }
  facts.facts.push_back({.label = "writes", .sentences = {std::move(writes)}, .sql = ""});
  Fact why{.label = "why", .sentences = {}, .sql = ""};
  for (const std::string& sentence : item.why) why.sentences.push_back(statements.Sentence(sentence));
  if (!why.sentences.empty()) facts.facts.push_back(std::move(why));
  return facts;
}

Groups RejectedGroups(const std::vector<Rejection>& rejected, const Statements& statements, std::size_t max_lines,
                      bool verbose) {
  std::vector<std::pair<std::string, ReasonItem>> items;
  for (const Rejection& rejection : rejected) {
    items.emplace_back(rejection.code, RejectedItem(rejection, statements));
  }
  return MakeGroups(GroupByReason(items, RejectionPhrases()), max_lines, verbose);
}

}  // namespace pgassay::report
