#include "report/statements.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "advice/template_source.h"
#include "report/redact.h"

namespace pgassay::report {
namespace {

// Keys of sqlcommenter and its like that name a place in the application.
constexpr std::array<std::string_view, 10> kPlaceTags = {"action",    "app", "application", "controller", "db_driver",
                                                         "framework", "job", "route",       "source",     "task"};

}  // namespace

Statements::Statements(const Workload& workload, bool show_literals) : show_literals_(show_literals) {
  for (const Template& statement : workload.templates) {
    by_id_.emplace(statement.id, &statement);
    bindings_ += statement.bindings.size();
    weight_ += statement.weight;
  }
  // Neighbours in the order of the ids have the longest common beginnings.
  std::string_view previous;
  for (const auto& [id, statement] : by_id_) {
    const auto [end, unused] = std::mismatch(id.begin(), id.end(), previous.begin(), previous.end());
    id_width_ = std::max(id_width_, static_cast<std::size_t>(end - id.begin()) + 1);
    previous = id;
  }
}

const Template* Statements::Find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::string Statements::Text(const Template& statement) const {
  const bool literal = show_literals_ && !statement.bindings.empty();
  return OneLine(literal ? statement.bindings.front().sql : statement.sql);
}

std::string Statements::Brief(std::string_view id) const {
  const Template* const statement = Find(id);
  if (statement == nullptr) return "";
  std::string text = Text(*statement);
  if (statement->source.starts_with(advice::kForeignKeySource)) {
    text = absl::StrCat(OneLine(statement->source), ": ", text);
  }
  return Abbreviated(text);
}

std::string Statements::Source(const Template& statement) {
  return statement.source.empty() ? "file" : statement.source;
}

std::vector<std::string> PrintedTags(const std::vector<std::string>& tags, bool show_literals) {
  std::vector<std::string> printed;
  for (const std::string& tag : tags) {
    const std::size_t equals = tag.find('=');
    const std::string key = tag.substr(0, equals);
    const bool open = show_literals || std::ranges::find(kPlaceTags, key) != kPlaceTags.end();
    printed.push_back(open || equals == std::string::npos ? tag : key + "=?");
  }
  return printed;
}

std::vector<std::string> Statements::Tags(const Template& statement) const {
  return PrintedTags(statement.tags, show_literals_);
}

std::string Statements::Definition(std::string_view sql) const {
  return show_literals_ ? std::string(sql) : RedactConstants(sql);
}

std::string Statements::Sentence(std::string_view sentence) const {
  return show_literals_ ? std::string(sentence) : RedactSentence(sentence);
}

std::string Statements::ServerMessage(std::string_view message) const {
  return show_literals_ ? std::string(message) : RedactServerMessage(message);
}

std::string Statements::ShortId(std::string_view id) const {
  return std::string(id.substr(0, id_width_));
}

std::string ServerVersion(int server_version) {
  const int major = server_version / 10000;
  if (major >= 10) return absl::StrCat(major, ".", server_version % 10000);
  return absl::StrCat(major, ".", server_version / 100 % 100, ".", server_version % 100);
}

bool QuotesServer(std::string_view code) {
  return code == reason::kCannotBePlanned || code == reason::kUnparsable || code == reason::kRefusedByServer ||
         code == reason::kPlanningTimeout;
}

}  // namespace pgassay::report
