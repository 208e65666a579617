#include "pg/schema_dump.h"

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <future>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/process.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pg/connection_string.h"

namespace pgassay::pg {
namespace {

constexpr std::chrono::milliseconds kPoll(20);
// So much of what pg_dump said goes into a message: the error and its cause, not the statement with a thousand table
// names.
constexpr std::size_t kMessageBytes = 400;

// A name as pg_dump's pattern language takes it literally.
std::string Pattern(const QualifiedName& name) {
  std::string pattern;
  for (const std::string& part : {name.schema, name.name}) {
    absl::StrAppend(&pattern, pattern.empty() ? "\"" : ".\"");
    for (const char c : part) absl::StrAppend(&pattern, c == '"' ? "\"\"" : std::string(1, c));
    pattern += '"';
  }
  return pattern;
}

Command DumpCommand(const SchemaDumpOptions& options) {
  Command command;
  command.argv = {
      options.program,     "--schema-only",      "--no-owner",
      "--no-privileges",   "--no-comments",      "--no-security-labels",
      "--no-publications", "--no-subscriptions", "--no-tablespaces",
      "--no-password",     "--encoding=UTF8",    absl::StrCat("--lock-wait-timeout=", options.lock_timeout_ms)};
  if (!options.snapshot_id.empty()) command.argv.push_back(absl::StrCat("--snapshot=", options.snapshot_id));
  for (const QualifiedName& name : options.excluded)
    command.argv.push_back(absl::StrCat("--exclude-table=", Pattern(name)));
  std::string server_options;
  for (const auto& [name, value] : options.environment) {
    if (name == "PGOPTIONS") {
      server_options = value;
    } else {
      command.environment.push_back(absl::StrCat(name, "=", value));
    }
  }
  command.environment.push_back(absl::StrCat("PGOPTIONS=", server_options, SettingsOption(options.settings)));
  command.environment.emplace_back("PGAPPNAME=pgassay pg_dump");
  command.environment.emplace_back("LC_ALL=C");
  command.die_with_parent = true;
  return command;
}

absl::Status CheckVersion(const SchemaDumpOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(const ProcessResult result,
                           Run({.argv = {options.program, "--version"}, .environment = {"LC_ALL=C"}}));
  const std::size_t at = result.out.find(") ");  // "pg_dump (PostgreSQL) 15.8 (Debian 15.8-0)"
  int major = 0;
  if (at != std::string::npos)
    std::from_chars(result.out.data() + at + 2, result.out.data() + result.out.size(), major);
  if (major == 0)
    return absl::FailedPreconditionError(absl::StrCat(options.program, " does not say its version; check --pg-bindir"));
  if (major < options.server_version / 10000) {
    return absl::FailedPreconditionError(absl::StrCat(
        options.program, " is version ", major, " and cannot read a server of version ", options.server_version / 10000,
        "; install its client programs, or name their directory with --pg-bindir"));
  }
  return absl::OkStatus();
}

// What pg_dump said, on one line and without the statement that failed.
std::string FirstWords(std::string_view err) {
  std::string words;
  for (std::size_t at = 0; at < err.size() && words.size() < kMessageBytes;) {
    const std::size_t end = std::min(err.find('\n', at), err.size());
    const std::string_view line = err.substr(at, end - at);
    if (line.find("Query was:") != std::string_view::npos ||
        line.find("detail: Command was:") != std::string_view::npos)
      break;
    absl::StrAppend(&words, words.empty() ? "" : " ", ToAbsl(line));
    at = end + 1;
  }
  if (words.size() > kMessageBytes) words.resize(kMessageBytes);
  return Printable(words);
}

absl::StatusOr<DumpText> RunDump(const SchemaDumpOptions& options, const std::atomic<bool>& cancelled) {
  PGASSAY_RETURN_IF_ERROR(CheckVersion(options));
  RunOptions run;
  run.timeout_ms = options.timeout_ms;
  run.cancelled = [&cancelled] { return cancelled.load(); };
  PGASSAY_ASSIGN_OR_RETURN(const ProcessResult result, Run(DumpCommand(options), run));
  if (result.timed_out) {
    return absl::DeadlineExceededError(absl::StrCat("pg_dump did not finish in ", options.timeout_ms, " ms"));
  }
  if (!result.ok()) {
    const std::string words = absl::StrCat("pg_dump failed: ", FirstWords(result.err));
    if (absl::StrContains(result.err, "lock timeout")) {
      return absl::DeadlineExceededError(words);
    }
    return absl::FailedPreconditionError(words);
  }
  return CleanDump(result.out);
}

}  // namespace

struct SchemaDump::State {
  SchemaDumpOptions options;
  std::atomic<bool> cancelled = false;
  std::future<absl::StatusOr<DumpText>> result;
};

SchemaDump::SchemaDump(std::unique_ptr<State> state) : state_(std::move(state)) {}

SchemaDump::~SchemaDump() {
  state_->cancelled = true;
  if (state_->result.valid()) state_->result.wait();
}

std::unique_ptr<SchemaDump> SchemaDump::Start(SchemaDumpOptions options) {
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->result =
      std::async(std::launch::async, [state = state.get()] { return RunDump(state->options, state->cancelled); });
  return std::unique_ptr<SchemaDump>(new SchemaDump(std::move(state)));
}

absl::StatusOr<DumpText> SchemaDump::Finish(const std::function<bool()>& cancelled) {
  while (state_->result.wait_for(kPoll) != std::future_status::ready) {
    if (cancelled && cancelled()) state_->cancelled = true;
  }
  return state_->result.get();
}

}  // namespace pgassay::pg
