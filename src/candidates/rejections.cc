#include "candidates/rejections.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "sql/statement.h"

namespace pgassay::candidates {
namespace {

constexpr std::size_t kMaxClauseBytes = 160;  // one to two lines of a terminal

// `text` cut to whole UTF-8 characters.
std::string Shortened(std::string text) {
  if (text.size() <= kMaxClauseBytes) {
    return text;
  }
  std::size_t end = kMaxClauseBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
    --end;
  }
  text.resize(end);
  return text + "...";
}

}  // namespace

void Rejections::Add(std::string definition, std::string_view code, std::string by, std::string detail,
                     const std::string& template_id) {
  Entry& entry = entries_.try_emplace({std::move(definition), std::string(code), std::move(by)}).first->second;
  entry.detail = std::move(detail);
  if (!template_id.empty()) {
    entry.templates.insert(template_id);
  }
}

std::vector<Rejection> Rejections::Take(const std::set<std::string>& candidates) && {
  std::vector<Rejection> rejections;
  for (auto& [key, entry] : entries_) {
    const auto& [definition, code, by] = key;
    if (!candidates.contains(definition)) {
      rejections.push_back(
          {definition, code, by, std::move(entry.detail), {entry.templates.begin(), entry.templates.end()}});
    }
  }
  return rejections;
}

std::string DescribeClause(std::string_view what, std::string_view table, std::string_view clause) {
  constexpr std::string_view kSelect = "SELECT ";
  std::string described = absl::StrCat(ToAbsl(what), " on ", ToAbsl(table));
  if (clause.empty()) {
    return described;
  }
  const absl::StatusOr<sql::StatementFacts> facts = sql::Examine(absl::StrCat(ToAbsl(kSelect), ToAbsl(clause)));
  if (facts.ok() && std::string_view(facts->normalized).starts_with(kSelect)) {
    absl::StrAppend(&described, ": ", Shortened(Printable(facts->normalized.substr(kSelect.size()))));
  }
  return described;
}

}  // namespace pgassay::candidates
