#include "golden/directives.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::golden {
namespace {

QualifiedName Qualified(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) {
    return {"public", std::string(name)};
  }
  return {std::string(name.substr(0, dot)), std::string(name.substr(dot + 1))};
}

}  // namespace

std::span<const Directive> Directives() {
  static constexpr Directive kDirectives[] = {
      {.name = "schema", .run = ReadSchema},
      {.name = "stats", .run = ReadStatistics},
      {.name = "requests", .run = ReadRequests},
      {.name = "candidates", .run = ShowCandidates, .shows = true},
      {.name = "rejected", .run = ShowRejected, .shows = true},
  };
  return kDirectives;
}

absl::StatusOr<File> RunFile(const File& file) {
  Case state;
  File result = file;
  bool shown = false;
  for (Block& block : result.blocks) {
    const auto directive = std::ranges::find(Directives(), std::string_view(block.directive), &Directive::name);
    if (directive == Directives().end()) {
      return absl::InvalidArgumentError(absl::StrCat("line ", block.line, ": no directive '", block.directive, "'"));
    }
    absl::StatusOr<Lines> output = directive->run(state, block);
    PGASSAY_RETURN_IF_ERROR(Annotate(output.status(), absl::StrCat("line ", block.line)));
    PGASSAY_CHECK(directive->shows != output->empty());
    block.expected = *std::move(output);
    shown = shown || directive->shows;
  }
  if (!shown) {
    return absl::InvalidArgumentError("nothing is expected: no directive shows anything");
  }
  return result;
}

absl::Status ForEachLine(const Block& block, absl::Status (*read)(Case& state, std::string_view line), Case& state) {
  for (const std::string& line : block.input) {
    if (line.find_first_not_of(" \t") != std::string::npos && !line.starts_with("--")) {
      PGASSAY_RETURN_IF_ERROR(Annotate(read(state, line), line));
    }
  }
  return absl::OkStatus();
}

Relation* FindTable(Snapshot& snapshot, std::string_view name) {
  const auto found = std::ranges::find(snapshot.relations, Qualified(name), &Relation::name);
  return found == snapshot.relations.end() ? nullptr : &*found;
}

Index* FindIndexByName(Snapshot& snapshot, std::string_view name) {
  const auto found = std::ranges::find(snapshot.indexes, Qualified(name), &Index::name);
  return found == snapshot.indexes.end() ? nullptr : &*found;
}

int ColumnNumber(const Relation& table, std::string_view name) {
  if (name == "ctid") {
    return -1;
  }
  const auto found = std::ranges::find(table.columns, name, &Column::name);
  return found == table.columns.end() ? 0 : found->number;
}

std::string WithoutPublic(std::string_view text) {
  std::string shown = absl::StrReplaceAll(ToAbsl(text), {{" public.", " "}});
  if (shown.starts_with("public.")) {
    shown.erase(0, 7);
  }
  return shown;
}

Lines Table(const std::vector<Lines>& rows) {
  if (rows.empty()) {
    return {"(none)"};
  }
  std::vector<std::size_t> widths;
  for (const Lines& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  Lines lines;
  for (const Lines& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(line);
  }
  return lines;
}

}  // namespace pgassay::golden
