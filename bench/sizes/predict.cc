// What pgassay predicts for indexes that do not exist yet: size, height and the cost of writes. Prints one
// tab-separated line for each CREATE INDEX statement; measure.py builds the same indexes and compares.

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "catalog/index_identity.h"
#include "pgassay/assay_file.h"
#include "sql/statement.h"
#include "twin/twin.h"
#include "whatif/index_size.h"
#include "whatif/write_cost.h"

namespace pgassay::bench {
namespace {

struct Arguments {
  std::string capture;
  std::string statements;
  std::string planner;
  std::string work = "/tmp";
  std::string cache = "/tmp";
  double rows_between_checkpoints = whatif::kRowsBetweenCheckpoints;
};

// definition, access method, rows, whether it is a guess, the costs of an entry, a moved and a dead one, then
// pages:height of each part.
absl::Status PrintPrediction(const std::string& sql, const Snapshot& snapshot, double rows_between_checkpoints,
                             twin::Twin& twin) {
  PGASSAY_ASSIGN_OR_RETURN(const twin::MadeIndex made, twin.AddIndexStatement(sql));
  double rows = 0;
  bool guessed = false;
  whatif::WriteCost writes;
  std::string parts;
  for (std::size_t part = 0; part < made.parts.size(); ++part) {
    const whatif::BtreeSize size = whatif::EstimateIndexSize(made.parts[part], snapshot, made.rows[part]);
    rows += size.tuples;
    guessed = guessed || size.rests_on_estimate;
    if (part == 0) writes = whatif::EstimateWriteCost(made.parts[part], size, snapshot, rows_between_checkpoints);
    absl::StrAppend(&parts, "\t", size.pages, ":", size.tree_height);
  }
  std::printf("%s\t%s\t%.0f\t%s\t%.6g\t%.6g\t%.6g%s\n", catalog::Describe(made.def, snapshot).c_str(),
              made.def.method.c_str(), rows, guessed ? "guess" : "", writes.entry, writes.moved, writes.dead,
              parts.c_str());
  return absl::OkStatus();
}

absl::Status Predict(const Arguments& arguments) {
  PGASSAY_ASSIGN_OR_RETURN(AssayFile file, AssayFile::Open(arguments.capture));
  PGASSAY_ASSIGN_OR_RETURN(const Snapshot snapshot, file.Read());
  std::ifstream stream(arguments.statements);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<sql::Piece> pieces, sql::Split(text));
  TwinOptions options;
  options.planner_dir = arguments.planner;
  options.work_dir = arguments.work;
  options.cache_dir = arguments.cache;
  PGASSAY_ASSIGN_OR_RETURN(const std::unique_ptr<twin::Twin> twin, twin::Twin::Start(snapshot, options));
  for (const sql::Piece& piece : pieces) {
    const std::string sql = text.substr(piece.begin, piece.end - piece.begin);
    PGASSAY_RETURN_IF_ERROR(Annotate(PrintPrediction(sql, snapshot, arguments.rows_between_checkpoints, *twin), sql));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace pgassay::bench

int main(int argc, char** argv) {
  pgassay::bench::Arguments arguments;
  CLI::App app("Predicted sizes and write costs of indexes");
  app.add_option("capture", arguments.capture, "assay file")->required();
  app.add_option("statements", arguments.statements, "file of CREATE INDEX statements")->required();
  app.add_option("--planner", arguments.planner, "directory with the planner extensions")->required();
  app.add_option("--work", arguments.work, "where the twin's directory is made");
  app.add_option("--cache", arguments.cache, "where cluster templates are kept");
  app.add_option("--rows-between-checkpoints", arguments.rows_between_checkpoints, "that are written");
  CLI11_PARSE(app, argc, argv);
  if (const absl::Status status = pgassay::bench::Predict(arguments); !status.ok()) {
    std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    return 1;
  }
  return 0;
}
