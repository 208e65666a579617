#include "base/status_macros.h"

#include <string>

namespace pgassay {

absl::Status Annotate(const absl::Status& status, std::string_view where) {
  if (status.ok()) return status;
  std::string message(where);
  message += ": ";
  message.append(status.message().data(), status.message().size());
  absl::Status annotated(status.code(), message);
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) { annotated.SetPayload(url, payload); });
  return annotated;
}

namespace internal {

void CheckFailed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "pgassay: internal error at %s:%d: %s. Please report this.\n", file, line, condition);
  std::_Exit(70);
}

}  // namespace internal
}  // namespace pgassay
