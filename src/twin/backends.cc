#include "twin/backends.h"

#include <atomic>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"

namespace pgassay::twin {

absl::StatusOr<Backend> Backend::Open(const cluster::Server& server, const BackendSetup& setup) {
  PGASSAY_ASSIGN_OR_RETURN(pg::Session session, server.Connect(setup.user, setup.database));
  PGASSAY_RETURN_IF_ERROR(session.Execute(setup.settings_sql));
  PGASSAY_RETURN_IF_ERROR(session.Execute(absl::StrCat("SET statement_timeout = ", setup.statement_timeout_ms)));
  return Backend(std::move(session));
}

absl::Status Backend::Enter(const std::vector<std::string>& steps) {
  if (context_ == steps) return absl::OkStatus();
  context_.clear();  // a failure leaves the session between contexts
  if (const absl::Status all = session_.Execute(absl::StrJoin(steps, "; ")); !all.ok()) {
    for (const std::string& step : steps) {
      const absl::Status one = session_.Execute(step);
      if (absl::IsUnavailable(one) || absl::IsCancelled(one)) return one;
    }
  }
  context_ = steps;
  return absl::OkStatus();
}

absl::Status Backend::EnsurePrepared(std::uint32_t id, const std::string& statement) {
  if (prepared_.contains(id)) return absl::OkStatus();
  const std::optional<std::string> parameters[] = {absl::StrCat(id), statement};
  PGASSAY_RETURN_IF_ERROR(session_.Query("SELECT pg_catalog.pgassay_prepare($1::int4, $2::text)", parameters).status());
  prepared_.insert(id);
  return absl::OkStatus();
}

bool IsLost(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

absl::Status ForEach(std::vector<Backend>& backends, std::size_t count,
                     const std::function<absl::Status(Backend&, std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::size_t failed_at = count;
  absl::Status failure;
  const auto run = [&](Backend& backend) {
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
      const absl::Status status = work(backend, i);
      if (status.ok()) continue;
      const std::lock_guard lock(mutex);
      if (i < failed_at) {
        failed_at = i;
        failure = status;
      }
      next = count;
      return;
    }
  };
  const std::size_t threads = std::min(backends.size(), count);
  if (threads <= 1) {
    if (threads == 1) run(backends.front());
    return failure;
  }
  std::vector<std::thread> pool;
  for (std::size_t i = 1; i < threads; ++i) pool.emplace_back(run, std::ref(backends[i]));
  run(backends.front());
  for (std::thread& thread : pool) thread.join();
  return failure;
}

}  // namespace pgassay::twin
