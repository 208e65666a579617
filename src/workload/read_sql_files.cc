#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pgassay/workload_files.h"
#include "sql/plannable.h"
#include "sql/script.h"
#include "workload/skip_reasons.h"
#include "workload/template_builder.h"
#include "workload/weight_comment.h"

namespace pgassay {
namespace {

constexpr std::string_view kSource = "file";

// Code of Skipped, public and stable; advice/reason_codes.h lists them all, but lies a layer above.
constexpr std::string_view kUnparsable = "unparsable";

// Written by people or exported; a file that is larger is more likely data than queries.
constexpr std::size_t kMaxFileBytes = 256 * 1024 * 1024;

// A weight that waits for the statement on the next line.
struct PendingWeight {
  double weight = 1;
  std::size_t line = 0;
};

// One file, and what is read from it.
class FileReader {
 public:
  FileReader(std::string path, std::string_view text, const Snapshot& snapshot, workload::TemplateBuilder& builder)
      : path_(std::move(path)),
        text_(text),
        executor_{.database = snapshot.database, .user = snapshot.user},
        server_version_(snapshot.server_version),
        builder_(builder) {}

  // Returns whether there was any statement.
  absl::StatusOr<bool> Run() {
    bool found = false;
    for (const sql::ScriptPiece& piece : sql::SplitScript(text_)) {
      if (piece.part == sql::ScriptPart::kLineComment) {
        PGASSAY_RETURN_IF_ERROR(ReadComment(piece.piece));
        continue;
      }
      PGASSAY_ASSIGN_OR_RETURN(const double weight, TakeWeight(piece.piece.line));
      ReadPiece(piece, weight);
      found = true;
    }
    PGASSAY_RETURN_IF_ERROR(ExpectNoWeight());
    return found;
  }

 private:
  std::string_view TextOf(const sql::Piece& piece) const { return text_.substr(piece.begin, piece.end - piece.begin); }

  std::string At(std::size_t line) const { return absl::StrCat(path_, ":", line); }

  bool StandsAlone(std::size_t begin) const {
    const std::size_t line_begin = begin == 0 ? 0 : text_.rfind('\n', begin - 1) + 1;
    return text_.substr(line_begin, begin - line_begin).find_first_not_of(" \t") == std::string_view::npos;
  }

  absl::Status ReadComment(const sql::Piece& comment) {
    const std::optional<std::string_view> text = workload::WeightText(TextOf(comment));
    if (!text) {
      return absl::OkStatus();
    }
    PGASSAY_RETURN_IF_ERROR(ExpectNoWeight());
    const std::optional<double> weight = workload::ParseWeight(*text);
    if (!weight) {
      return absl::InvalidArgumentError(
          absl::StrCat(At(comment.line), ": '", Printable(*text),
                       "' is no weight; write a positive number as in '-- weight: 9000'"));
    }
    pending_ = PendingWeight{*weight, comment.line};
    return StandsAlone(comment.begin) ? absl::OkStatus() : ExpectNoWeight();
  }

  absl::Status ExpectNoWeight() const {
    if (!pending_) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(absl::StrCat(
        At(pending_->line),
        ": this weight belongs to no statement; put it on a line of its own directly before the statement"));
  }

  absl::StatusOr<double> TakeWeight(std::size_t line) {
    if (!pending_) {
      return 1;
    }
    if (pending_->line + 1 != line) {
      return ExpectNoWeight();
    }
    return std::exchange(pending_, std::nullopt)->weight;
  }

  void Skip(Skipped skipped, std::size_t line, double weight) {
    skipped.source = At(line);
    skipped.weight = weight;
    builder_.Add(std::move(skipped));
  }

  void ReadPiece(const sql::ScriptPiece& piece, double weight) {
    switch (piece.part) {
      case sql::ScriptPart::kStatement:
        return ReadStatement(piece.piece, weight);
      case sql::ScriptPart::kMetaCommand:
        return Skip({.code = std::string(kUnparsable),
                     .reason = "A psql command (backslash) is not SQL; leave it out, and write the values of variables "
                               "into the statements."},
                    piece.piece.line, weight);
      case sql::ScriptPart::kBroken:
        return Skip({.code = std::string(kUnparsable),
                     .reason = absl::StrCat("PostgreSQL's grammar says: ", piece.message,
                                            ". What follows in the file may be lost with it.")},
                    piece.piece.line, weight);
      case sql::ScriptPart::kLineComment:
        return;
    }
  }

  void ReadStatement(const sql::Piece& piece, double weight) {
    const std::string_view text = TextOf(piece);
    const absl::StatusOr<sql::Plannables> found = sql::FindPlannable(text, piece.line);
    if (!found.ok()) {
      return Skip(workload::Unreadable(found.status(), server_version_), piece.line, weight);
    }
    if (found->statements.empty()) {
      return Skip(workload::NotPlanned(text, found->utilities), piece.line, weight);
    }
    for (const sql::PlannableText& statement : found->statements) {
      absl::StatusOr<std::string> typed = sql::WithParameterTypes(statement.text, statement.parameter_types);
      if (!typed.ok()) {
        Skip(workload::Unreadable(typed.status(), server_version_), piece.line, weight);
        continue;
      }
      builder_.Add({.executor = executor_, .source = std::string(kSource), .place = At(piece.line)}, statement.facts,
                   Binding{.sql = *std::move(typed), .weight = weight, .source = At(piece.line)});
    }
  }

  std::string path_;
  std::string_view text_;
  workload::Executor executor_;
  int server_version_;
  workload::TemplateBuilder& builder_;
  std::optional<PendingWeight> pending_;
};

absl::StatusOr<bool> ReadOne(const std::string& path, const Snapshot& snapshot, workload::TemplateBuilder& builder) {
  absl::StatusOr<std::string> content = ReadFile(path, kMaxFileBytes);
  if (absl::IsOutOfRange(content.status())) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": larger than ", FormatBytes(kMaxFileBytes),
                     "; a workload holds queries, not data: split it or leave the data out"));
  }
  PGASSAY_RETURN_IF_ERROR(content.status());
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::string_view text = *content;
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  return FileReader(path, text, snapshot, builder).Run();
}

// The *.sql files of a directory, by name.
absl::StatusOr<std::vector<std::string>> SqlFiles(const std::string& directory) {
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code type_error;  // a dangling link is reported when it is read
    if (entry->path().extension() == ".sql" && !entry->is_directory(type_error)) {
      files.push_back(entry->path().string());
    }
  }
  if (error) {
    return ErrnoStatus(error.value(), directory);
  }
  std::sort(files.begin(), files.end());
  return files;
}

absl::Status ReadPath(const std::string& path, const Snapshot& snapshot, workload::TemplateBuilder& builder) {
  std::error_code error;  // ReadFile says what is wrong with the path
  bool found = false;
  if (std::filesystem::is_directory(path, error)) {
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::string> files, SqlFiles(path));
    if (files.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": no *.sql file in this directory; subdirectories are not searched"));
    }
    for (const std::string& file : files) {
      PGASSAY_ASSIGN_OR_RETURN(const bool found_here, ReadOne(file, snapshot, builder));
      found = found || found_here;
    }
  } else {
    PGASSAY_ASSIGN_OR_RETURN(found, ReadOne(path, snapshot, builder));
  }
  if (!found) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": no SQL statement here"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Workload> ReadSqlWorkload(const std::vector<std::string>& paths, const Snapshot& snapshot) {
  if (paths.empty()) {
    return absl::InvalidArgumentError("no SQL file or directory named");
  }
  workload::TemplateBuilder builder(snapshot);
  for (const std::string& path : paths) {
    PGASSAY_RETURN_IF_ERROR(ReadPath(path, snapshot, builder));
  }
  return std::move(builder).Take();
}

}  // namespace pgassay
