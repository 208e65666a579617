#include "cli/source.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "cli/signals.h"
#include "pgassay/assay_file.h"

namespace pgassay::cli {
namespace {

constexpr char kAssayEnding[] = ".assay";
constexpr char kBoth[] =
    "SOURCE is an assay file (made by pgassay capture) or a connection string like \"host=db.example dbname=shop\" or "
    "postgresql://db.example/shop";

bool IsUri(const std::string& text) {
  return text.starts_with("postgres://") || text.starts_with("postgresql://");
}

SourceResult ReadCapture(const Options& options) {
  const absl::StatusOr<AssayFile> file = AssayFile::Open(options.source);
  if (!file.ok()) return {.snapshot = file.status()};
  absl::StatusOr<LogWorkload> logs = file->ReadLogs();
  if (!logs.ok()) return {.snapshot = logs.status()};
  return {.snapshot = file->Read(options.capture), .logs = *std::move(logs)};
}

SourceResult Failed(Stage stage, const absl::Status& status) { return {.snapshot = status, .stage = stage}; }

}  // namespace

absl::StatusOr<SourceKind> ClassifySource(const std::string& text) {
  if (IsUri(text)) return SourceKind::kConnection;
  std::error_code error;
  if (std::filesystem::exists(text, error) || text.ends_with(kAssayEnding)) return SourceKind::kFile;
  if (text.find('=') != std::string::npos) return SourceKind::kConnection;
  // A mistyped URI may hold a password.
  const bool may_be_secret = text.find('@') != std::string::npos;
  const std::string shown = may_be_secret ? "the SOURCE given" : absl::StrCat("'", text, "'");
  return absl::InvalidArgumentError(absl::StrCat(shown, " is no file that exists and no connection string; ", kBoth));
}

absl::Status CheckConnection(const std::string& conninfo) {
  if (!IsUri(conninfo)) return absl::OkStatus();
  const std::string rest = conninfo.substr(conninfo.find("//") + 2);
  const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string authority = rest.substr(0, authority_end);
  const std::string path = rest.substr(authority_end, rest.find('?', authority_end) - authority_end);
  const std::size_t first_at = authority.find('@');
  const bool two = first_at != std::string::npos && authority.find('@', first_at + 1) != std::string::npos;
  const bool behind =
      first_at == std::string::npos && authority.find(':') != std::string::npos && path.find('@') != std::string::npos;
  if (!two && !behind) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "the connection URI has an @ in an unexpected place; write special characters of user, password and database "
      "percent-encoded: %40 for @, %2F for /, %3A for :");
}

CaptureOptions MakeCaptureOptions(const Options& options) {
  CaptureOptions capture;
  capture.conninfo = options.source;
  capture.statements_from = options.statements_from;
  capture.pg_bindir = options.pg_bindir;
  capture.with_values = !options.no_values;
  capture.cancelled = StopRequested;
  if (options.statement_timeout_s) {
    capture.statement_timeout_ms = static_cast<int>(std::ceil(*options.statement_timeout_s * 1000));
  }
  return capture;
}

SourceResult LoadSource(const Options& options, Progress& progress) {
  const absl::StatusOr<SourceKind> kind = ClassifySource(options.source);
  if (!kind.ok()) return Failed(Stage::kUsage, kind.status());
  if (*kind == SourceKind::kFile) return ReadCapture(options);
  if (options.capture != 0) {
    return Failed(Stage::kUsage,
                  absl::InvalidArgumentError("--capture chooses within an assay file; SOURCE is a connection string"));
  }
  if (const absl::Status checked = CheckConnection(options.source); !checked.ok()) return Failed(Stage::kUsage, checked);
  progress.Step("capturing the database");
  return {.snapshot = Capture(MakeCaptureOptions(options)), .stage = Stage::kServer};
}

}  // namespace pgassay::cli
