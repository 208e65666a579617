#include "workload/template_builder.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "workload/counters.h"
#include "workload/logged_times.h"

namespace pgassay::workload {
namespace {

// Public and stable; advice/reason_codes.h lists it, but lies a layer above.
constexpr std::string_view kAmbiguousName = "ambiguous-name";

// The first few of `names`, which may be hundreds: "a, b, c and 4 more".
std::string FirstFew(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", QuoteIdentifier(names[i]));
  }
  if (names.size() > kShown) {
    absl::StrAppend(&text, " and ", names.size() - kShown, " more");
  }
  return text;
}

std::string AmbiguityReason(const Resolution& resolution, const Executor& executor) {
  const std::string schema = QuoteIdentifier(resolution.possible_schemas.front());
  return absl::StrCat(FirstFew(resolution.ambiguous_names), " may be in the schemas ",
                      FirstFew(resolution.possible_schemas),
                      ", and the search path names none of them; say which one is meant with ALTER ROLE ",
                      executor.user.empty() ? "..." : QuoteIdentifier(executor.user), " IN DATABASE ",
                      QuoteIdentifier(executor.database), " SET search_path = ", schema,
                      " and capture again, or write the schema in front of the name.");
}

template <typename T>
void MakeUnique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

std::string TemplateId(const Template& identity) {
  std::string key;
  // Names cannot contain the NUL byte, so it keeps neighbours apart.
  const auto append = [&key](std::string_view part) {
    key += part;
    key += '\0';
  };
  append(identity.database);
  append(identity.user);
  append(identity.top_level ? "top" : "nested");
  for (const std::string& relation : identity.relations) {
    append(relation);
  }
  append("");
  append(identity.fingerprint);
  append(std::to_string(identity.fingerprint_version));
  return HexDigits(StableHash(key), 16);
}

void TemplateBuilder::Add(const Occurrence& occurrence, const sql::StatementFacts& facts, Binding text) {
  const Executor& executor = occurrence.executor;
  Resolution resolution = resolver_.Resolve(facts.relations, executor.user, executor.database);
  if (!resolution.ambiguous_names.empty()) {
    return Add(Skipped{.fingerprint = facts.fingerprint,
                       .source = occurrence.place,
                       .code = std::string(kAmbiguousName),
                       .reason = AmbiguityReason(resolution, executor),
                       .weight = text.weight,
                       .total_ms = occurrence.counters ? occurrence.counters->total_ms : 0});
  }
  Template& target = Find({.fingerprint = facts.fingerprint,
                           .fingerprint_version = sql::GrammarVersion(),
                           .sql = facts.normalized,
                           .database = executor.database,
                           .user = executor.user,
                           .top_level = executor.top_level,
                           .search_path = std::move(resolution.search_path),
                           .source = occurrence.source,
                           .relations = std::move(resolution.relations)});
  target.weight += text.weight;
  if (occurrence.counters) {
    target.observed = target.observed ? Sum(*target.observed, *occurrence.counters) : *occurrence.counters;
  }
  if (occurrence.logged) AddLogged(target, *occurrence.logged);
  target.query_ids.insert(target.query_ids.end(), occurrence.query_ids.begin(), occurrence.query_ids.end());
  target.tags.insert(target.tags.end(), occurrence.tags.begin(), occurrence.tags.end());
  std::vector<Binding>& texts = facts.has_parameters ? target.unbound : target.bindings;
  const auto [same, is_first] = by_text_.try_emplace({target.id, facts.has_parameters, text.sql}, texts.size());
  if (is_first) {
    texts.push_back(std::move(text));
  } else {
    texts[same->second].weight += text.weight;
  }
}

// The template with the identity of `identity`; a new one is put behind the others.
Template& TemplateBuilder::Find(Template identity) {
  identity.id = TemplateId(identity);
  const auto [known, is_new] = by_id_.try_emplace(identity.id, workload_.templates.size());
  if (is_new) {
    workload_.templates.push_back(std::move(identity));
  }
  return workload_.templates[known->second];
}

Workload TemplateBuilder::Take() && {
  for (Template& target : workload_.templates) {
    MakeUnique(target.query_ids);
    MakeUnique(target.tags);
  }
  return std::move(workload_);
}

}  // namespace pgassay::workload
