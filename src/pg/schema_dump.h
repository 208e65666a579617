#pragma once

// pg_dump --schema-only beside our own session.

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "pg/dump_text.h"
#include "pgassay/snapshot.h"

namespace pgassay::pg {

struct SchemaDumpOptions {
  std::string program;  // path of pg_dump
  int server_version = 0;
  std::vector<std::pair<std::string, std::string>> environment;  // Session::ChildEnvironment
  std::vector<std::pair<std::string, std::string>> settings;     // sent with its connection request
  std::string snapshot_id;                                       // pg_export_snapshot; empty: a snapshot of its own
  std::vector<QualifiedName> excluded;                           // relations that it must not touch
  int lock_timeout_ms = 0;
  int timeout_ms = 0;
};

// One run of pg_dump. The destructor ends it.
class SchemaDump {
 public:
  // Starts it and returns at once.
  static std::unique_ptr<SchemaDump> Start(SchemaDumpOptions options);
  ~SchemaDump();

  // Waits for the end. DeadlineExceeded (timeout, or a lock that somebody holds), Cancelled, FailedPrecondition (too
  // old for the server, or any failure of its own, with the first lines of what it said).
  absl::StatusOr<DumpText> Finish(const std::function<bool()>& cancelled);

 private:
  struct State;
  explicit SchemaDump(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pgassay::pg
