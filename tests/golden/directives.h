#pragma once

// What the directives of golden tests do. A new one is a function and a line in the table of directives.cc.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "candidates/generate.h"
#include "golden/golden_file.h"
#include "pgassay/snapshot.h"

namespace pgassay::golden {

// What the directives of one file have built up so far.
struct Case {
  Snapshot snapshot;
  std::vector<candidates::StatementRequests> statements;  // template_id is the statement's name in the file
};

struct Directive {
  std::string_view name;
  // The output; an error is a mistake in the file itself.
  absl::StatusOr<Lines> (*run)(Case& state, const Block& block) = nullptr;
  bool shows = false;  // true: there is always some output, "(none)" if need be; false: input only, there never is any
};

std::span<const Directive> Directives();

// Runs all blocks of `file` and returns it with the real output as the expected one. Errors name the line.
absl::StatusOr<File> RunFile(const File& file);

// Each line of `input` that holds something: its number within the file and its text.
absl::Status ForEachLine(const Block& block, absl::Status (*read)(Case& state, std::string_view line), Case& state);

// Table or index `name`, in schema public unless it says another; nullptr where there is none.
Relation* FindTable(Snapshot& snapshot, std::string_view name);
Index* FindIndexByName(Snapshot& snapshot, std::string_view name);

// Number of a column; -1 for ctid; 0 where there is none.
int ColumnNumber(const Relation& table, std::string_view name);

// A definition as the files show it, without "public.".
std::string WithoutPublic(std::string_view text);

// Rows of cells in columns of equal width, "(none)" where there are no rows.
Lines Table(const std::vector<Lines>& rows);

absl::StatusOr<Lines> ReadSchema(Case& state, const Block& block);
absl::StatusOr<Lines> ReadStatistics(Case& state, const Block& block);
absl::StatusOr<Lines> ReadRequests(Case& state, const Block& block);
absl::StatusOr<Lines> ShowCandidates(Case& state, const Block& block);
absl::StatusOr<Lines> ShowRejected(Case& state, const Block& block);

}  // namespace pgassay::golden
