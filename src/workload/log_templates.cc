#include "workload/log_templates.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "sql/lexer.h"
#include "sql/plannable.h"
#include "sql/statement.h"
#include "sql/statement_hash.h"
#include "workload/latency_sketch.h"
#include "workload/loop_tally.h"
#include "workload/statement_class.h"

namespace pgassay::workload {
namespace {

// Codes of src/advice/reason_codes.h.
constexpr std::string_view kUtilityStatement = "utility-statement";
constexpr std::string_view kSystemCatalog = "system-catalog";
constexpr std::string_view kTextLost = "text-lost";
constexpr std::string_view kOwnStatement = "own-statement";

// pg::kOwnMarker, which stands in every statement that pgassay sends.
constexpr std::string_view kOwnMarker = "/* pgassay */";

// As of statements of pg_stat_statements.
constexpr std::size_t kLongestText = std::size_t{1} << 20;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

template <typename T>
void Unite(std::vector<T>& to, const std::vector<T>& from) {
  std::vector<T> both;
  std::set_union(to.begin(), to.end(), from.begin(), from.end(), std::back_inserter(both));
  to = std::move(both);
}

bool IsSystemOnly(const std::vector<sql::RelationName>& relations) {
  return !relations.empty() && std::ranges::all_of(relations, [](const sql::RelationName& name) {
    return name.schema == "pg_catalog" || name.schema == "information_schema" ||
           (name.schema.empty() && name.name.starts_with("pg_"));
  });
}

// libpg_query leaves runs of digits in table names out, so that partitions have one fingerprint; but events_2024 and
// events_2025 may be anything.
std::string FingerprintOf(const sql::StatementFacts& facts) {
  const auto has_number = [](const sql::RelationName& relation) {
    return std::ranges::adjacent_find(relation.name, [](char a, char b) { return IsDigit(a) && IsDigit(b); }) !=
           relation.name.end();
  };
  if (std::ranges::none_of(facts.relations, has_number)) return facts.fingerprint;
  std::string key = facts.fingerprint;
  for (const sql::RelationName& relation : facts.relations)
    absl::StrAppend(&key, "\n", relation.schema, "\n", relation.name);
  return HexDigits(StableHash(key), 16);
}

// Why a statement is counted and not kept: code and detail.
std::optional<std::pair<std::string_view, std::string>> ReasonAgainst(std::string_view text) {
  if (text.size() > kLongestText) return {{kTextLost, "longer than 1 MB"}};
  if (text.find(kOwnMarker) != std::string_view::npos) return {{kOwnStatement, ""}};
  StatementClass found = ClassifyStatement(text);
  if (found.use == StatementUse::kUtility) {
    return {{kUtilityStatement, found.node.empty() ? "unparsable" : std::move(found.node)}};
  }
  // It runs nothing: EXECUTE does, and is logged with the statement itself.
  if (found.node == "PrepareStmt") return {{kUtilityStatement, std::move(found.node)}};
  return std::nullopt;
}

LogGroup Group(std::string_view code, std::string_view detail, const LogCounters& counters) {
  return {.code = std::string(code),
          .detail = std::string(detail),
          .statements = 1,
          .calls = counters.calls,
          .total_us = AddUs(0, counters.total_us)};
}

}  // namespace

void MergeInto(LogTemplate& to, LogTemplate from) {
  // The text of the call that was seen first; which `samples` without a text belong to.
  const bool earlier = std::pair(from.counters.first_us, std::string_view(from.sql)) <
                       std::pair(to.counters.first_us, std::string_view(to.sql));
  if (from.sql != to.sql) {
    for (LogSample& sample : earlier ? to.samples : from.samples) {
      if (sample.sql.empty()) sample.sql = earlier ? to.sql : from.sql;
    }
    for (LogSample& sample : earlier ? to.slowest : from.slowest) {
      if (sample.sql.empty()) sample.sql = earlier ? to.sql : from.sql;
    }
    if (earlier) to.sql = std::move(from.sql);
  }
  AddCounters(to.counters, from.counters);
  MergeInto(to.latency, from.latency);
  for (const auto& [hour, added] : from.hours) {
    LogHour& of = to.hours[hour];
    of.calls += added.calls;
    of.total_us = AddUs(of.total_us, added.total_us);
  }
  for (LogSample& sample : from.samples) AddSample(to.samples, std::move(sample));
  for (LogSample& sample : from.slowest) {
    if (to.slowest.empty()) {
      to.slowest.push_back(std::move(sample));
    } else if (IsSlower(sample, to.slowest.front())) {
      to.slowest.front() = std::move(sample);
    }
  }
  Unite(to.query_ids, from.query_ids);
  Unite(to.tags, from.tags);
}

ParsedStatement Parse(TalliedStatement&& statement, std::string_view database, std::string_view user) {
  if (const auto reason = ReasonAgainst(statement.text))
    return Group(reason->first, reason->second, statement.counters);
  const bool sampled = !statement.samples.empty();
  LogTemplate made{.database = std::string(database),
                   .user = std::string(user),
                   .latency = std::move(statement.latency),
                   .samples = std::move(sampled ? statement.samples : statement.plan_samples),
                   .query_ids = std::move(statement.query_ids)};
  // A statement of one block alone was not added to another yet, so its sums are not bounded yet.
  AddCounters(made.counters, statement.counters);
  for (const auto& [hour, of] : statement.hours) made.hours[hour] = {of.calls, AddUs(0, of.total_us)};
  LogSample& slowest = sampled ? statement.slowest : statement.plan_slowest;
  if (slowest.duration_us >= 0) made.slowest.push_back(std::move(slowest));
  const absl::StatusOr<sql::StatementFacts> facts = sql::Examine(statement.text);
  if (facts.ok()) {
    if (IsSystemOnly(facts->relations)) return Group(kSystemCatalog, "", statement.counters);
    made.fingerprint = FingerprintOf(*facts);
    // Comments may hold values, and planning needs them no more than anybody who reads the template.
    made.sql = sql::WithoutComments(facts->normalized);
  } else {
    made.fingerprint = absl::StrCat("shape-", HexDigits(statement.hash.shape, 16));
    made.sql = sql::RedactLiterals(statement.text);
  }
  for (std::vector<LogSample>* samples : {&made.samples, &made.slowest}) {
    for (LogSample& sample : *samples) {
      Unite(made.tags, sql::QueryTags(sample.sql));
      // Prepared statements are all the same text.
      if (sample.sql == made.sql) sample.sql.clear();
    }
  }
  return made;
}

void LogTemplates::Add(ParsedStatement&& statement) {
  if (const auto* const added = std::get_if<LogGroup>(&statement)) {
    LogGroup& group = groups_[{added->code, added->detail}];
    group.code = added->code;
    group.detail = added->detail;
    group.statements += added->statements;
    group.calls += added->calls;
    group.total_us = AddUs(group.total_us, added->total_us);
    return;
  }
  LogTemplate& made = std::get<LogTemplate>(statement);
  auto key = std::tuple(made.database, made.user, made.fingerprint);
  const auto at = templates_.find(key);
  if (at == templates_.end()) {
    templates_.emplace(std::move(key), std::move(made));
  } else {
    MergeInto(at->second, std::move(made));
  }
}

LogWorkload LogTemplates::Take() && {
  LogWorkload workload;
  workload.templates.reserve(templates_.size());
  while (!templates_.empty()) workload.templates.push_back(std::move(templates_.extract(templates_.begin()).mapped()));
  for (auto& [key, group] : groups_) workload.not_kept.push_back(std::move(group));
  return workload;
}

}  // namespace pgassay::workload

namespace pgassay {
namespace {

auto Identity(const LogTemplate& of) {
  return std::tie(of.database, of.user, of.fingerprint);
}

// Of vectors that are sorted by identity.
std::vector<LogTemplate> MergeTemplates(std::vector<LogTemplate> a, std::vector<LogTemplate> b) {
  if (a.empty() || b.empty()) return a.empty() ? std::move(b) : std::move(a);
  std::vector<LogTemplate> merged;
  merged.reserve(a.size() + b.size());
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() || right != b.end()) {
    if (right == b.end() || (left != a.end() && Identity(*left) < Identity(*right))) {
      merged.push_back(std::move(*left++));
    } else if (left == a.end() || Identity(*right) < Identity(*left)) {
      merged.push_back(std::move(*right++));
    } else {
      merged.push_back(std::move(*left++));
      workload::MergeInto(merged.back(), std::move(*right++));
    }
  }
  return merged;
}

// A heap block costs about 32 bytes beside its content.
std::size_t BytesOf(const std::string& text) {
  return text.capacity() > 15 ? text.capacity() + 32 : 0;
}

std::size_t BytesOf(const LogTemplate& of) {
  std::size_t bytes = sizeof(LogTemplate) + BytesOf(of.database) + BytesOf(of.user) + BytesOf(of.fingerprint) +
                      BytesOf(of.sql) + of.latency.buckets.capacity() * sizeof(of.latency.buckets[0]) + 32 +
                      of.hours.size() * 72 + of.query_ids.capacity() * sizeof(std::int64_t);
  for (const std::vector<LogSample>* samples : {&of.samples, &of.slowest}) {
    bytes += samples->capacity() * sizeof(LogSample) + 32;
    for (const LogSample& sample : *samples) bytes += BytesOf(sample.sql) + BytesOf(sample.parameters);
  }
  for (const std::string& tag : of.tags) bytes += sizeof(std::string) + BytesOf(tag);
  return bytes;
}

}  // namespace

void EvictLightest(LogWorkload& logs, std::size_t bytes) {
  std::size_t all = 0;
  for (const LogTemplate& of : logs.templates) all += BytesOf(of);
  if (all <= bytes) return;
  std::vector<std::size_t> order(logs.templates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) {
    const LogCounters& counters = logs.templates[i].counters;
    return std::pair(workload::AddUs(counters.total_us, counters.plan_us), counters.calls);
  });
  std::vector<bool> evicted(order.size());
  LogGroup group{.code = "evicted"};
  for (auto at = order.begin(); at != order.end() && all > bytes; ++at) {
    const LogTemplate& of = logs.templates[*at];
    evicted[*at] = true;
    all -= BytesOf(of);
    ++group.statements;
    group.calls += of.counters.calls;
    group.total_us = workload::AddUs(group.total_us, of.counters.total_us);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < evicted.size(); ++i) {
    if (evicted[i]) continue;
    if (kept != i) logs.templates[kept] = std::move(logs.templates[i]);
    ++kept;
  }
  logs.templates.resize(kept);
  logs.templates.shrink_to_fit();
  LogWorkload counted;
  counted.not_kept.push_back(std::move(group));
  logs = Merge(std::move(logs), std::move(counted));
}

LogWorkload Merge(LogWorkload a, LogWorkload b) {
  LogWorkload merged;
  merged.files = std::move(a.files);
  merged.files.insert(merged.files.end(), b.files.begin(), b.files.end());
  std::ranges::sort(merged.files);
  merged.templates = MergeTemplates(std::move(a.templates), std::move(b.templates));
  std::map<std::pair<std::string, std::string>, LogGroup> groups;
  for (LogWorkload* part : {&a, &b}) {
    for (const LogGroup& from : part->not_kept) {
      LogGroup& to = groups[{from.code, from.detail}];
      to.code = from.code;
      to.detail = from.detail;
      to.statements += from.statements;
      to.calls += from.calls;
      to.total_us = workload::AddUs(to.total_us, from.total_us);
    }
    for (const auto& [kind, count] : part->events) merged.events[kind] += count;
  }
  merged.loops = std::move(a.loops);
  workload::MergeInto(merged.loops, b.loops);
  for (auto& [key, group] : groups) merged.not_kept.push_back(std::move(group));
  return merged;
}

std::vector<LogFile> OverlappingFiles(const LogWorkload& a, const LogWorkload& b) {
  std::vector<LogFile> both;
  for (const LogFile& file : b.files) {
    const bool known = std::ranges::any_of(a.files, [&](const LogFile& other) {
      return other.identity == file.identity && other.identity_bytes == file.identity_bytes;
    });
    if (known) both.push_back(file);
  }
  return both;
}

}  // namespace pgassay
