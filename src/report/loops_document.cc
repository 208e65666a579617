#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "report/document_parts.h"
#include "report/documents.h"
#include "report/figures.h"
#include "report/loops.h"
#include "report/redact.h"
#include "report/statements.h"

namespace pgassay::report {
namespace {

constexpr double kMs = 1e-3;

std::string TimesText(std::int64_t first_us, std::int64_t last_us) {
  if (!IsLoggedTime(last_us)) return "at times that the log does not tell";
  return absl::StrCat(UtcText(first_us), " to ", UtcText(last_us));
}

std::string CountsText(const std::map<std::string, std::int64_t>& counts) {
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts) parts.push_back(absl::StrCat(name, " ", CountText(count)));
  return absl::StrJoin(parts, ", ");
}

std::string SpreadText(const Finding& finding) {
  std::string text;
  if (finding.kind != "check-then-insert") {
    absl::StrAppend(&text, "median ", CountText(finding.median_calls), " calls, p95 ", CountText(finding.p95_calls),
                    "; ");
  }
  absl::StrAppend(&text, Plural(finding.sessions, "session", "sessions"), ", ",
                  Plural(finding.transactions, "transaction", "transactions"));
  const std::string who = absl::StrJoin(
      std::vector<std::string>{finding.user.empty() ? "" : absl::StrCat(" of user ", finding.user),
                               finding.database.empty() ? "" : absl::StrCat(" in database ", finding.database)},
      "");
  return absl::StrCat(text, who);
}

std::string WastedText(const Finding& finding) {
  if (finding.wasted_ms_per_day <= 0) return "";
  const bool idle = finding.kind == "chatty-transaction";
  return absl::StrCat(idle ? "" : "at least ", DurationText(finding.wasted_ms_per_day), " a day",
                      idle ? " of an open transaction in which the server waits"
                           : " of round trips and planning, by the shortest pause of each loop");
}

std::string PlannedText(const BatchRewrite& rewrite) {
  if (!rewrite.refused.empty())
    return absl::StrCat("PostgreSQL does not plan it on the captured schema: ", rewrite.refused);
  if (!rewrite.cost) return "";
  const RewriteCost& cost = *rewrite.cost;
  return absl::StrCat("costs ", CostText(cost.after), " where ", Plural(cost.calls, "call costs ", "calls cost "),
                      CostText(cost.before), ", with the captured schema and statistics");
}

std::string ConfidenceText(const Finding& finding) {
  return absl::StrCat(finding.confidence, " confidence", finding.why.empty() ? "" : ": ",
                      absl::StrJoin(finding.why, "; "));
}

Facts Head(const LoopReport& loops, std::size_t shown) {
  Facts facts;
  const auto add = [&](const char* label, std::string sentence) {
    if (!sentence.empty()) facts.facts.push_back({.label = label, .sentences = {std::move(sentence)}, .sql = ""});
  };
  add("watched", loops.events == 0 ? "no executions: the logs have no statements with their sessions; log_line_prefix "
                                     "needs %c or %p, and log_min_duration_statement or log_statement must be on"
                                   : absl::StrCat(Plural(loops.events, "execution", "executions"), ", ",
                                                  TimesText(loops.first_us, loops.last_us)));
  std::map<std::string, std::int64_t> kinds;
  for (const Finding& finding : loops.findings) ++kinds[finding.kind];
  if (loops.events > 0) add("found", loops.findings.empty() ? "nothing that repeats without need" : CountsText(kinds));
  if (shown < loops.findings.size())
    add("shown", absl::StrCat(shown, " of ", loops.findings.size(), ", the most time wasted first"));
  if (!loops.dropped.empty()) add("dropped", absl::StrCat("loops: ", CountsText(loops.dropped)));
  if (loops.sessions_closed_early + loops.not_watched > 0) {
    add("unwatched", absl::StrCat(Plural(loops.not_watched, "execution", "executions"), " and the end of ",
                                  Plural(loops.sessions_closed_early, "session", "sessions"),
                                  ", for want of memory: loops may be missing"));
  }
  return facts;
}

}  // namespace

std::string FindingTitle(const Finding& finding) {
  const bool loops = finding.kind != "check-then-insert" && finding.kind != "chatty-transaction";
  const std::string each = finding.kind == "chatty-transaction"  ? Plural(finding.loops, "transaction", "transactions")
                           : finding.kind == "check-then-insert" ? Plural(finding.loops, "pair", "pairs")
                                                                 : Plural(finding.loops, "loop", "loops");
  std::string text = absl::StrCat(finding.kind, ", ", finding.severity, ": ");
  return loops ? absl::StrCat(text, Plural(finding.calls, "call", "calls"), " in ", each) : absl::StrCat(text, each);
}

Facts FindingFacts(const Finding& finding, const Style& style, bool brief) {
  Facts facts{.place = Facts::Place::kSubject, .facts = {}};
  const auto sql = [&](const char* label, const std::string& text) {
    if (!text.empty()) facts.facts.push_back({.label = label, .sentences = {}, .sql = OneLine(text)});
  };
  const auto say = [&](const char* label, std::vector<std::string> sentences) {
    std::erase(sentences, "");
    if (!sentences.empty()) facts.facts.push_back({.label = label, .sentences = std::move(sentences), .sql = ""});
  };
  const std::string lost = "its text was not kept: other statements took more time";
  const bool chatty = finding.kind == "chatty-transaction";
  const bool check = finding.kind == "check-then-insert";
  if (!finding.parent_shape.empty()) {
    sql(check ? "looks" : "after", finding.parent);
    if (finding.parent.empty()) say(check ? "looks" : "after", {lost});
  }
  sql(chatty ? "begins" : check ? "inserts" : "repeats", finding.child);
  if (finding.child.empty()) say("repeats", {lost});
  if (!brief) say("spread", {SpreadText(finding)});
  say("costs", {WastedText(finding)});
  sql("instead", finding.rewrite.sql);
  if (brief) {
    say("why", {ConfidenceText(finding)});
    return facts;
  }
  say(finding.rewrite.sql.empty() ? "instead" : "note", {finding.rewrite.note});
  say("planned", {PlannedText(finding.rewrite)});
  say("caller", {absl::StrJoin(PrintedTags(finding.tags, style.show_literals), ", ")});
  say("why", {ConfidenceText(finding)});
  say("seen", {TimesText(finding.first_us, finding.last_us)});
  if (style.verbose) {
    for (const FindingExample& example : finding.examples) {
      say("example", {absl::StrCat("session ", example.session, ", ", TimesText(example.first_us, example.last_us),
                                   ", ", Plural(example.calls, "call", "calls"))});
    }
  }
  if (!finding.suppressed.empty())
    say("ignored", {absl::StrCat("loops of the same statement: ", CountsText(finding.suppressed))});
  return facts;
}

Document LoopsDocument(const LoopReport& loops, const std::string& source, std::size_t limit, const Style& style) {
  const std::size_t shown = Shown(loops.findings.size(), limit);
  Document document;
  document.push_back(Title{absl::StrCat("Loops in the logs of ", source)});
  document.push_back(Head(loops, shown));
  for (std::size_t i = 0; i < shown; ++i) {
    const Finding& finding = loops.findings[i];
    document.push_back(
        Subject{.text = absl::StrCat(i + 1, ". ", FindingTitle(finding)), .id = finding.id.substr(0, 8)});
    document.push_back(FindingFacts(finding, style, false));
  }
  return document;
}

Document SuspicionsDocument(const std::vector<LoopSuspicion>& loops, const Snapshot& snapshot, std::size_t limit) {
  const std::size_t shown = Shown(loops.size(), limit);
  Facts head;
  head.facts.push_back(ServerFact(snapshot));
  head.facts.push_back(
      {.label = "found",
       .sentences = {absl::StrCat(Plural(static_cast<std::int64_t>(loops.size()), "suspicion", "suspicions"),
                                  ", by counters alone: pg_stat_statements does not know what follows what. Findings "
                                  "need logs: pgassay ingest FILE.assay LOG..., then queries FILE.assay --nplusone")},
       .sql = ""});
  Document document;
  document.push_back(Title{absl::StrCat("Suspected loops of database ", snapshot.database)});
  document.push_back(std::move(head));
  for (std::size_t i = 0; i < shown; ++i) {
    const LoopSuspicion& loop = loops[i];
    document.push_back(Subject{.text = absl::StrCat(i + 1, ". suspicion: ", Plural(loop.child_calls, "call", "calls")),
                               .id = loop.child.substr(0, 8)});
    Facts facts{.place = Facts::Place::kSubject, .facts = {}};
    facts.facts.push_back({.label = "after", .sentences = {}, .sql = OneLine(loop.parent_sql)});
    facts.facts.push_back({.label = "repeats", .sentences = {}, .sql = OneLine(loop.child_sql)});
    facts.facts.push_back({.label = "counts",
                           .sentences = {absl::StrCat(
                               CountText(loop.parent_rows), " rows of ", Plural(loop.parent_calls, "call", "calls"),
                               " before, ", DurationText(loop.child_ms), " in the repeated ones, user ", loop.user)},
                           .sql = ""});
    facts.facts.push_back({.label = "why", .sentences = {loop.why}, .sql = ""});
    document.push_back(std::move(facts));
  }
  return document;
}

}  // namespace pgassay::report
