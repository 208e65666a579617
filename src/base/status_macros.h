#pragma once

// Error plumbing. The outside failing (a file, a server, a permission) is an absl::Status; our own bug is
// PGASSAY_CHECK.

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace pgassay {

// Returns `status` with "`where`: " put before its message. An OK status stays OK; code and payloads are kept.
absl::Status Annotate(const absl::Status& status, std::string_view where);

namespace internal {
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);
}  // namespace internal
}  // namespace pgassay

#define PGASSAY_CONCAT_INNER(a, b) a##b
#define PGASSAY_CONCAT(a, b) PGASSAY_CONCAT_INNER(a, b)

#define PGASSAY_RETURN_IF_ERROR(expression)            \
  do {                                                 \
    absl::Status pgassay_status_ = (expression);       \
    if (!pgassay_status_.ok()) return pgassay_status_; \
  } while (false)

#define PGASSAY_ASSIGN_OR_RETURN(target, expression) \
  PGASSAY_ASSIGN_OR_RETURN_INNER(PGASSAY_CONCAT(pgassay_or_, __LINE__), target, expression)
// The names and the target cannot stand in parentheses: they are declared here.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define PGASSAY_ASSIGN_OR_RETURN_INNER(temporary, target, expression) \
  auto temporary = (expression);                                      \
  if (!temporary.ok()) return std::move(temporary).status();          \
  target = *std::move(temporary)
// NOLINTEND(bugprone-macro-parentheses)

// A broken promise inside pgassay: prints where and ends the process with exit code 70. Input can never reach it.
#define PGASSAY_CHECK(condition)                                                        \
  do {                                                                                  \
    if (!(condition)) ::pgassay::internal::CheckFailed(__FILE__, __LINE__, #condition); \
  } while (false)
