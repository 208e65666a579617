// A wrong estimate spreads from the node where it begins to all nodes above it, so the lowest nodes are to blame. Of a
// scan, the conditions are looked at one by one and together: if a single one is wrong, the statistics of its column
// are; if only all together are, the columns depend on each other.

#include "evidence/estimates.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "catalog/array_text.h"
#include "catalog/index_identity.h"
#include "evidence/read_extended.h"
#include "evidence/statistics_ddl.h"
#include "sql/conjuncts.h"
#include "workload/name_resolver.h"

namespace pgassay::evidence {
namespace {

// A single condition, or all of them, is to blame from this factor on: the whole is missed by kMisestimate.
constexpr double kBlamed = 4;
// Statistics are stale from this share of changed rows on, if it is this many.
constexpr double kStaleShare = 0.1;
constexpr double kLeastChanged = 1000;
constexpr double kGrown = 0.2;
// The number of distinct values is wrong from this factor on.
constexpr double kDistinctWrong = 3;
// Counting distinct values sorts the column: not of more rows than this.
constexpr double kMostCounted = 20e6;
// Extended statistics take at most eight columns (STATS_MAX_DIMENSIONS).
constexpr std::size_t kMostColumns = 8;
constexpr double kMostCombinations = 10000;

// Where an estimate goes wrong.
struct Culprit {
  const PlanEvidence* plan = nullptr;
  const NodeEvidence* node = nullptr;
  const NodeEvidence* other = nullptr;  // of a join: the other table
};

bool IsScan(const NodeEvidence& node) {
  return !node.relation.empty();
}

bool IsJoin(const NodeEvidence& node) {
  return node.type == "Nested Loop" || node.type == "Hash Join" || node.type == "Merge Join";
}

bool IsWrong(const NodeEvidence& node) {
  return node.Misestimate() >= static_cast<double>(kMisestimate);
}

// The nodes below position `at` are those behind it that are deeper.
std::vector<const NodeEvidence*> Below(const PlanEvidence& plan, std::size_t at) {
  std::vector<const NodeEvidence*> below;
  for (std::size_t i = at + 1; i < plan.nodes.size() && plan.nodes[i].depth > plan.nodes[at].depth; ++i) {
    below.push_back(&plan.nodes[i]);
  }
  return below;
}

// Whether the estimate of node `at` is wrong and those below it are not: what is to blame, none else. The first two
// tables stand for a join.
std::optional<Culprit> CulpritAt(const PlanEvidence& plan, std::size_t at) {
  const NodeEvidence& node = plan.nodes[at];
  if (!IsWrong(node) || (!IsScan(node) && !IsJoin(node))) return std::nullopt;
  std::vector<const NodeEvidence*> tables;
  for (const NodeEvidence* const below : Below(plan, at)) {
    if (IsWrong(*below) && (IsScan(*below) || IsJoin(*below))) return std::nullopt;
    if (IsScan(*below)) tables.push_back(below);
  }
  if (IsScan(node)) return Culprit{.plan = &plan, .node = &node, .other = nullptr};
  if (tables.size() < 2) return std::nullopt;
  return Culprit{.plan = &plan, .node = tables[0], .other = tables[1]};
}

const Relation* FindTable(const std::string& quoted, const Snapshot& snapshot) {
  const auto found = std::ranges::find_if(snapshot.relations,
                                          [&](const Relation& of) { return catalog::QuotedName(of.name) == quoted; });
  return found == snapshot.relations.end() ? nullptr : &*found;
}

const Column* FindColumnByName(const Relation& table, const std::string& name) {
  const auto found = std::ranges::find(table.columns, name, &Column::name);
  return found == table.columns.end() ? nullptr : &*found;
}

// Why the statistics of a table are old; empty: they are not.
std::string Stale(const Relation& table) {
  const std::string name = catalog::QuotedName(table.name);
  if (table.statistics_tuples < 0) return absl::StrCat(name, " was never analysed.");
  const double rows = std::max(table.statistics_tuples, 1.0);
  const auto changed = static_cast<double>(table.counters.modified_since_analyze);
  const std::string since = table.counters.last_analyze ? absl::StrCat(" on ", *table.counters.last_analyze) : "";
  // As in advisor/why.cc: a session that fills a table and analyses it at once reports its rows after the ANALYZE.
  const bool really =
      table.pages != table.statistics_pages || table.counters.tuples_updated + table.counters.tuples_deleted > 0;
  if (really && changed > kStaleShare * rows && changed > kLeastChanged) {
    return absl::StrCat(FormatNumber(changed), " rows of ", name, " changed since its last ANALYZE", since, ", ",
                        FormatNumber(100 * changed / rows, 2), " % of them.");
  }
  const auto pages = static_cast<double>(table.pages);
  const auto then = static_cast<double>(table.statistics_pages);
  if (then > 0 && pages > 8 && std::abs(pages - then) > kGrown * then) {
    return absl::StrCat(name, " has ", FormatNumber(pages), " pages, and had ", FormatNumber(then),
                        " at its last ANALYZE", since, ".");
  }
  return "";
}

double Factor(double a, double b) {
  return a <= 0 || b <= 0 ? 1 : std::max(a / b, b / a);
}

class Diagnosis {
 public:
  Diagnosis(const Workload& workload, const Snapshot& snapshot, Analyzer* analyzer, Evidence& evidence)
      : workload_(workload), snapshot_(snapshot), analyzer_(analyzer), evidence_(evidence) {}

  void Explain(const Culprit& culprit, const NodeEvidence& missed) {
    const Relation* const table = FindTable(culprit.node->relation, snapshot_);
    if (table == nullptr) return;
    finding_ = EvidenceFinding();
    correction_.reset();
    finding_.ratio = missed.Misestimate();
    finding_.estimated_rows = missed.estimated_rows;
    finding_.actual_rows = missed.actual_rows;
    finding_.templates = {culprit.plan->template_id};
    const std::string name = catalog::QuotedName(table->name);
    seen_ =
        absl::StrCat("The planner expects ", FormatNumber(missed.estimated_rows), " rows ",
                     culprit.other != nullptr ? absl::StrCat("of the join of ", name, " with ", culprit.other->relation)
                                              : absl::StrCat("of ", name),
                     " where ", FormatNumber(missed.actual_rows), " came.");
    if (culprit.other != nullptr) {
      ExplainJoin(culprit, *table);
    } else {
      ExplainScan(culprit, *table);
    }
    finding_.id = HexDigits(StableHash(absl::StrCat(finding_.kind, " ", finding_.subject)), 12);
    if (correction_) {
      correction_->finding = finding_.id;
      corrections_.push_back(*std::move(correction_));
    }
    evidence_.findings.push_back(finding_);
  }

  std::vector<Correction> corrections() && { return std::move(corrections_); }

 private:
  void Say(const char* kind, std::string subject, const std::string& why) {
    finding_.kind = kind;
    finding_.subject = std::move(subject);
    finding_.summary = why.empty() ? seen_ : absl::StrCat(seen_, " ", why);
  }

  bool SayStale(const Relation& table) {
    const std::string why = Stale(table);
    if (why.empty()) return false;
    Say("analyze", catalog::QuotedName(table.name), why);
    AddAnalyze(table, finding_);
    finding_.checked = "Not computed beforehand: ANALYZE itself looks.";
    return true;
  }

  // Conditions of a scan on its own columns with known values; none where one of them cannot be read.
  std::vector<sql::Conjunct> OwnConditions(const NodeEvidence& node, bool& complete) const {
    std::vector<sql::Conjunct> own;
    const absl::StatusOr<std::vector<sql::Conjunct>> all = sql::SplitConjuncts(node.condition);
    complete = all.ok();
    if (!all.ok()) return own;
    std::set<std::string> texts;
    for (const sql::Conjunct& conjunct : *all) {
      const bool foreign = conjunct.parameters || conjunct.columns.empty() ||
                           std::ranges::any_of(conjunct.columns, [&](const sql::ColumnName& of) {
                             return !of.qualifier.empty() && of.qualifier != node.alias;
                           });
      complete = complete && !foreign;
      if (!foreign && texts.insert(conjunct.text).second) own.push_back(conjunct);
    }
    return own;
  }

  void ExplainScan(const Culprit& culprit, const Relation& table) {
    if (SayStale(table)) return;
    bool complete = false;
    const std::vector<sql::Conjunct> conditions = OwnConditions(*culprit.node, complete);
    if (conditions.empty()) {
      return Say("unexplained-estimate", catalog::QuotedName(table.name),
                 "Its conditions are not on its columns alone, so no statistics are known to mend it.");
    }
    const std::optional<Sample> sample = SampleOf(culprit, table, conditions);
    if (!sample) return ExplainUnsampled(table, conditions);
    const double least = 0.5 / sample->rows;
    for (std::size_t i = 0; i < conditions.size(); ++i) {
      const SampledCondition& of = sample->conditions[i];
      if (Factor(std::max(of.estimated, least), std::max(of.actual, least)) < kBlamed) continue;
      ExplainSingle(table, conditions[i], of, sample->rows);
      return FinishCorrection(culprit, table, conditions, *sample, complete);
    }
    // How often all of them hold together was seen in the plan itself, if it read the table to its end.
    const NodeEvidence& node = *culprit.node;
    const bool seen = complete && !node.cut_short && node.loops == 1 && table.statistics_tuples > 0;
    const double actual = seen ? node.actual_rows / table.statistics_tuples : sample->all.actual;
    if (conditions.size() > 1 && Factor(std::max(sample->all.estimated, least), std::max(actual, least)) >= kBlamed) {
      SayDependent(table, conditions);
      finding_.checked = absl::StrCat("Checked on ", FormatNumber(sample->rows),
                                      " rows of the analysed server: each condition alone holds about as often as the "
                                      "planner thinks; all together hold for ",
                                      FormatNumber(100 * actual, 3), " % of the rows, where it thinks ",
                                      FormatNumber(100 * sample->all.estimated, 3), " %.");
      return FinishCorrection(culprit, table, conditions, *sample, complete);
    }
    Say("unexplained-estimate", catalog::QuotedName(table.name),
        "A sample of its rows agrees with the planner, so what the plan met is rare, or lies elsewhere in the table.");
  }

  std::optional<Sample> SampleOf(const Culprit& culprit, const Relation& table,
                                 const std::vector<sql::Conjunct>& conditions) {
    if (analyzer_ == nullptr) return std::nullopt;
    SampleRequest request;
    request.table = catalog::QuotedName(table.name);
    request.alias = QuoteIdentifier(culprit.node->alias);
    for (const sql::Conjunct& of : conditions) request.conditions.push_back(of.text);
    request.rows = std::max(table.statistics_tuples, 0.0);
    const auto of = std::ranges::find(workload_.templates, culprit.plan->template_id, &Template::id);
    if (of != workload_.templates.end()) {
      request.search_path = of->search_path.empty()
                                ? workload::SearchPathSetting(snapshot_, of->user, snapshot_.database)
                                : of->search_path;
    }
    absl::StatusOr<Sample> sample = analyzer_->LookAt(request);
    if (!sample.ok()) return std::nullopt;
    return *std::move(sample);
  }

  static std::vector<std::string> ColumnsOf(const std::vector<sql::Conjunct>& conditions) {
    std::set<std::string> names;
    for (const sql::Conjunct& condition : conditions) {
      for (const sql::ColumnName& column : condition.columns) names.insert(QuoteIdentifier(column.name));
    }
    return {names.begin(), names.end()};
  }

  static std::string Subject(const Relation& table, const std::vector<std::string>& columns) {
    return absl::StrCat(catalog::QuotedName(table.name), " (", absl::StrJoin(columns, ", "), ")");
  }

  // A column of the conditions with more different values than lists of combinations hold (STATS_MCVLIST_MAX_ITEMS).
  std::string NearlyUnique(const Relation& table, const std::vector<sql::Conjunct>& conditions) const {
    for (const sql::Conjunct& condition : conditions) {
      for (const sql::ColumnName& name : condition.columns) {
        const Column* const column = FindColumnByName(table, name.name);
        const ColumnStatistics* const known =
            column == nullptr ? nullptr : snapshot_.FindStatistics(table.oid, column->number, false);
        if (known == nullptr) continue;
        const double rows = std::max(table.statistics_tuples, 1.0);
        if ((known->distinct < 0 ? -known->distinct * rows : known->distinct) > kMostCombinations)
          return QuoteIdentifier(column->name);
      }
    }
    return "";
  }

  void SayDependent(const Relation& table, const std::vector<sql::Conjunct>& conditions) {
    std::vector<std::string> columns = ColumnsOf(conditions);
    if (columns.size() > kMostColumns) columns.resize(kMostColumns);
    if (columns.size() < 2) {
      Say("unexplained-estimate", catalog::QuotedName(table.name), "");
      return;
    }
    const std::string why =
        absl::StrCat("It takes ", absl::StrJoin(columns, " and "), " for independent of each other");
    const bool equality = std::ranges::all_of(conditions, [](const sql::Conjunct& of) { return of.op == "="; });
    // Ranges need common combinations, and what hardly has two equal rows has none.
    if (const std::string many = equality ? "" : NearlyUnique(table, conditions); !many.empty()) {
      return Say(
          "unexplained-estimate", Subject(table, columns),
          absl::StrCat(why, ", and ", many, " has too many different values for CREATE STATISTICS to mend that."));
    }
    Say("create-statistics", Subject(table, columns), why + ".");
    AddExtended(table, columns, equality, finding_);
    if (analyzer_ != nullptr)
      correction_ = ReadExtended(*analyzer_, table, columns, snapshot_, equality, finding_.ddl.front().sql);
  }

  // What is known of the scan that was missed. Conditions that the probe lacks would make it another question.
  void FinishCorrection(const Culprit& culprit, const Relation& table, const std::vector<sql::Conjunct>& conditions,
                        const Sample& sample, bool complete) {
    if (!correction_) return;
    std::vector<std::string> texts;
    for (const sql::Conjunct& of : conditions) texts.push_back(absl::StrCat("(", of.text, ")"));
    correction_->probe = absl::StrCat("SELECT FROM ", catalog::QuotedName(table.name), " AS ",
                                      QuoteIdentifier(culprit.node->alias), " WHERE ", absl::StrJoin(texts, " AND "));
    // Workers of a parallel plan count their own rows only.
    const NodeEvidence& node = *culprit.node;
    const bool whole = complete && node.loops == 1 && !node.cut_short;
    const double rows = std::max(table.statistics_tuples, 0.0);
    correction_->estimated_rows = whole ? node.estimated_rows : sample.all.estimated * rows;
    correction_->actual_rows = whole ? node.actual_rows : sample.all.actual * rows;
  }

  void ExplainUnsampled(const Relation& table, const std::vector<sql::Conjunct>& conditions) {
    if (ColumnsOf(conditions).size() > 1) {
      SayDependent(table, conditions);
    } else {
      SayColumn(table, conditions.front());
    }
    finding_.checked = "Not checked: no sample of the table could be looked at.";
  }

  void SayColumn(const Relation& table, const sql::Conjunct& condition) {
    const Column* const column = FindColumnByName(table, condition.columns.front().name);
    if (column == nullptr) return Say("unexplained-estimate", catalog::QuotedName(table.name), "");
    const std::string name = QuoteIdentifier(column->name);
    Say("statistics-target", Subject(table, {name}),
        absl::StrCat("The statistics of ", name, " are too coarse for it: they hold at most ",
                     StatisticsTarget(*column, snapshot_), " values."));
    AddStatisticsTarget(table, *column, finding_);
  }

  // One condition alone is missed.
  void ExplainSingle(const Relation& table, const sql::Conjunct& condition, const SampledCondition& seen, double rows) {
    const std::string checked =
        absl::StrCat("In ", FormatNumber(rows), " rows of the analysed server the condition holds for ",
                     FormatNumber(100 * seen.actual, 3), " %, and the planner thinks ",
                     FormatNumber(100 * seen.estimated, 3), " %.");
    if (!condition.column_against_value) {
      if (condition.obstacle == sql::Obstacle::kNone && condition.columns.size() != 1) {
        Say("unexplained-estimate", Subject(table, ColumnsOf({condition})),
            "The condition is no comparison of a column.");
      } else {
        ExplainExpression(table, condition);
      }
      finding_.checked = checked;
      return;
    }
    const Column* const column = FindColumnByName(table, condition.columns.front().name);
    if (column != nullptr && condition.op == "=" && SayDistinct(table, *column)) return;
    SayColumn(table, condition);
    finding_.checked = absl::StrCat(checked, " Whether the higher target is enough, only ANALYZE tells.");
  }

  void ExplainExpression(const Relation& table, const sql::Conjunct& condition) {
    const std::string column = QuoteIdentifier(condition.columns.front().name);
    Say("create-statistics", Subject(table, {absl::StrCat("an expression on ", column)}),
        absl::StrCat("PostgreSQL has no statistics of what the condition makes of ", column, " and guesses."));
    if (condition.obstacle == sql::Obstacle::kFunction && (condition.word == "lower" || condition.word == "upper")) {
      AddExtended(table, {absl::StrCat("(", condition.word, "(", column, "))")}, true, finding_);
    }
  }

  // Whether the number of distinct values that ANALYZE guessed is wrong.
  bool SayDistinct(const Relation& table, const Column& column) {
    const ColumnStatistics* const statistics = snapshot_.FindStatistics(table.oid, column.number, false);
    if (statistics == nullptr || analyzer_ == nullptr || table.statistics_tuples > kMostCounted) return false;
    const std::string name = QuoteIdentifier(column.name);
    const absl::StatusOr<double> counted = analyzer_->CountDistinct(catalog::QuotedName(table.name), name);
    if (!counted.ok() || *counted <= 0) return false;
    const double rows = std::max(table.statistics_tuples, 1.0);
    const double known = statistics->distinct < 0 ? -statistics->distinct * rows : statistics->distinct;
    if (Factor(known, *counted) < kDistinctWrong) return false;
    Say("n-distinct", Subject(table, {name}),
        absl::StrCat("ANALYZE guessed ", FormatNumber(known), " distinct values of ", name, "."));
    AddDistinctOverride(table, column, *counted, rows, finding_);
    correction_.emplace();
    correction_->looked_at = rows;
    correction_->relation = table.oid;
    correction_->column = column.number;
    correction_->distinct = *counted;
    finding_.checked =
        absl::StrCat("Counted on the analysed server: ", FormatNumber(*counted, 12), " distinct values.");
    return true;
  }

  // Both sides are estimated well, and their join is not.
  void ExplainJoin(const Culprit& culprit, const Relation& table) {
    const Relation* const other = FindTable(culprit.other->relation, snapshot_);
    if (SayStale(table) || (other != nullptr && SayStale(*other))) return;
    const std::string subject = absl::StrCat(catalog::QuotedName(table.name), " with ", culprit.other->relation);
    if (finding_.actual_rows < finding_.estimated_rows) {
      Say("unexplained-estimate", subject,
          "Both are estimated well, and their join finds fewer rows than it would if the rows of one had as many "
          "partners "
          "in the other as the next: these have few or none.");
      finding_.checked =
          "No statistics mend this. Plans may be too careful here: a hash join or a parallel plan for rows that never "
          "come.";
      return;
    }
    Say("join-skew", subject,
        "Both are estimated well, and their join is not: PostgreSQL has no statistics across tables, and takes every "
        "row "
        "of one to find as many of the other as the next.");
    finding_.checked =
        "No statistics mend this. An index that is advised for the join is worth what its rows are worth: compare "
        "plans "
        "with the values that matter (explain --analyze), or look the key up first and query by it.";
  }

  const Workload& workload_;
  const Snapshot& snapshot_;
  Analyzer* const analyzer_;
  Evidence& evidence_;
  EvidenceFinding finding_;
  std::optional<Correction> correction_;  // of finding_
  std::vector<Correction> corrections_;
  std::string seen_;
};

// What auto_explain's plans said: which node it was is not kept.
void AddLogged(const Workload& workload, const Snapshot& snapshot, Evidence& evidence) {
  for (const Template& of : workload.templates) {
    if (!of.logged || of.logged->worst_misestimate < kMisestimate) continue;
    const bool executed = std::ranges::find(evidence.plans, of.id, &PlanEvidence::template_id) != evidence.plans.end();
    if (executed) continue;
    EvidenceFinding finding;
    finding.ratio = static_cast<double>(of.logged->worst_misestimate);
    finding.templates = {of.id};
    finding.summary =
        absl::StrCat("In ", of.logged->misestimated, " of ", of.logged->analyzed_plans,
                     " plans that auto_explain logged with actual rows, the planner missed the rows of a node by ",
                     kMisestimate, " times or more, at worst by ", of.logged->worst_misestimate, ".");
    for (const std::string& name : of.relations) {
      const Relation* const table = FindTable(name, snapshot);
      const std::string why = table == nullptr ? "" : Stale(*table);
      if (why.empty()) continue;
      finding.kind = "analyze";
      finding.subject = name;
      absl::StrAppend(&finding.summary, " ", why);
      AddAnalyze(*table, finding);
      break;
    }
    if (finding.kind.empty()) {
      finding.kind = "logged-misestimate";
      finding.subject = absl::StrCat("template ", of.id);
    }
    finding.checked = "Not checked: the log does not keep which node it was; --analyze CONNINFO finds out.";
    finding.id = HexDigits(StableHash(absl::StrCat(finding.kind, " ", finding.subject)), 12);
    evidence.findings.push_back(std::move(finding));
  }
}

// Of what makes estimates right, what helps most statements comes first.
int Rank(const EvidenceFinding& finding) {
  return finding.ratio > 0 ? 0 : 1;
}

}  // namespace

std::vector<Correction> FindMisestimates(const Workload& workload, const Snapshot& snapshot, Analyzer* analyzer,
                                         Evidence& evidence) {
  Diagnosis diagnosis(workload, snapshot, analyzer, evidence);
  std::set<std::tuple<std::string, std::string, std::string>> explained;
  for (const PlanEvidence& plan : evidence.plans) {
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
      const NodeEvidence& node = plan.nodes[i];
      const std::optional<Culprit> culprit = CulpritAt(plan, i);
      if (!culprit) continue;
      // The same place of another binding says nothing new.
      const std::string other = culprit->other == nullptr ? "" : culprit->other->relation;
      if (explained.emplace(plan.template_id, culprit->node->relation, other).second) diagnosis.Explain(*culprit, node);
    }
  }
  AddLogged(workload, snapshot, evidence);
  MergeFindings(evidence);
  return std::move(diagnosis).corrections();
}

void MergeFindings(Evidence& evidence) {
  std::map<std::string, EvidenceFinding> merged;
  for (EvidenceFinding& finding : evidence.findings) {
    const auto [found, added] = merged.try_emplace(finding.id, finding);
    if (added) continue;
    EvidenceFinding& of = found->second;
    std::vector<std::string> templates = of.templates;
    templates.insert(templates.end(), finding.templates.begin(), finding.templates.end());
    if (finding.ratio > of.ratio) of = std::move(finding);
    std::ranges::sort(templates);
    templates.erase(std::unique(templates.begin(), templates.end()), templates.end());
    of.templates = std::move(templates);
  }
  evidence.findings.clear();
  for (auto& [id, finding] : merged) evidence.findings.push_back(std::move(finding));
  std::ranges::sort(evidence.findings, [](const EvidenceFinding& a, const EvidenceFinding& b) {
    return std::tuple(Rank(a), -a.ratio, a.subject, a.kind) < std::tuple(Rank(b), -b.ratio, b.subject, b.kind);
  });
}

}  // namespace pgassay::evidence
