#include "bench/replay.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "bench/statistics.h"
#include "nlohmann/json.hpp"

namespace pgassay::bench {
namespace {

using Clock = std::chrono::steady_clock;

// A statement that takes longer is measured in the first pass of a round alone.
constexpr double kLongMs = 1000;
constexpr double kNoWarmUpMs = 100;
// A fast one is run several times in a pass, up to this time.
constexpr double kShortMs = 7;
constexpr std::size_t kMostTimes = 10;

constexpr char kExplain[] = "ANALYZE, BUFFERS, WAL, TIMING OFF, FORMAT JSON";

// Whether the run can go on: the server is there and nobody wants to stop.
bool Ends(const absl::Status& status) {
  return absl::IsCancelled(status) || absl::IsUnavailable(status);
}

void SetProblem(const absl::Status& status, StatementRecord& record) {
  record.problem_code = ProblemCode(status);
  record.problem = std::string(status.message());
  // Locks of others may be gone in the next round; whatever else fails will fail again.
  record.given_up = record.problem_code != "lock-timeout" && record.problem_code != "deadlock";
}

// What a plan does, without figures.
void DescribePlan(const nlohmann::json& node, std::string& text) {
  for (const char* const name : {"Node Type", "Join Type", "Relation Name", "Alias", "Index Name", "Index Cond",
                                 "Filter", "Hash Cond", "Merge Cond", "Join Filter", "Workers Planned"}) {
    const auto found = node.find(name);
    if (found != node.end()) absl::StrAppend(&text, found->dump(), ";");
  }
  const auto plans = node.find("Plans");
  if (plans == node.end() || !plans->is_array()) return;
  text += '(';
  for (const nlohmann::json& below : *plans) DescribePlan(below, text);
  text += ')';
}

void ReadExplain(const std::string& text, StatementRecord& record) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_array() || json.empty() || !json[0].is_object() || !json[0].contains("Plan")) return;
  const nlohmann::json& plan = json[0]["Plan"];
  const auto figure = [&plan](const char* name) -> std::optional<double> {
    const auto found = plan.find(name);
    if (found == plan.end() || !found->is_number()) return std::nullopt;
    return found->get<double>();
  };
  record.blocks_hit = figure("Shared Hit Blocks");
  record.blocks_read = figure("Shared Read Blocks");
  record.wal_bytes = figure("WAL Bytes");
  std::string described;
  DescribePlan(plan, described);
  record.plan = StableHash(described);
}

// The runs of one statement in one pass over all. The first pass keeps its answer.
absl::Status RunInPass(const ReplayTarget& target, Client& client, std::size_t number, int pass,
                       StatementRecord& record, std::vector<double>& ms) {
  // What came before may have pushed its pages out, and the first run brings them back. Long ones bring more than that
  // run would cost.
  const bool is_long = pass > 0 && !ms.empty() && ms.back() > kNoWarmUpMs;
  const bool cold = static_cast<bool>(target.chill);
  if (pass == 0) {
    DigestSink sink;
    PGASSAY_ASSIGN_OR_RETURN(const pg::RunFacts first, client.Run(number, &sink));
    Digest digest = sink.digest();
    digest.rows = first.rows;  // of a write, what it wrote
    record.digests.push_back(digest);
  } else if (!is_long && !cold) {
    PGASSAY_RETURN_IF_ERROR(client.Run(number).status());
  }
  double spent_ms = 0;
  for (std::size_t i = 0; i == 0 || (i < kMostTimes && spent_ms < kShortMs && !cold); ++i) {
    if (cold) PGASSAY_RETURN_IF_ERROR(client.Chill(number));
    PGASSAY_ASSIGN_OR_RETURN(const pg::RunFacts run, client.Run(number));
    ms.push_back(run.ms);
    spent_ms += run.ms;
  }
  if (record.blocks_hit) return absl::OkStatus();
  if (cold) PGASSAY_RETURN_IF_ERROR(client.Chill(number));
  const absl::StatusOr<std::string> plan = client.Explain(number, kExplain);
  if (plan.ok()) ReadExplain(*plan, record);
  return plan.ok() || !Ends(plan.status()) ? absl::OkStatus() : plan.status();
}

// What the clients of a mix share.
struct Mix {
  std::vector<std::size_t> numbers;  // of statements
  std::vector<double> until;         // sums of their weights
  Clock::time_point end;
  std::atomic<std::int64_t> begun = 0;
  std::atomic<bool> stopped = false;
};

struct ClientFacts {
  std::int64_t statements = 0;
  std::int64_t errors = 0;
  absl::Status status;
};

void RunClient(const ReplayTarget& target, std::uint64_t seed, Mix& mix, Client& client, ClientFacts& facts) {
  Draws draws(seed);
  const std::optional<std::int64_t> count = target.options->count;
  while (!mix.stopped.load(std::memory_order_relaxed)) {
    if (count ? mix.begun.fetch_add(1) >= *count : Clock::now() >= mix.end) return;
    const double drawn = draws.Share() * mix.until.back();
    const auto found = std::ranges::upper_bound(mix.until, drawn);
    const auto position = std::min(static_cast<std::size_t>(found - mix.until.begin()), mix.numbers.size() - 1);
    const absl::StatusOr<pg::RunFacts> run = client.Run(mix.numbers[position]);
    ++facts.statements;
    if (run.ok()) continue;
    ++facts.errors;
    if (!Ends(run.status())) continue;
    facts.status = run.status();
    mix.stopped = true;
  }
}

}  // namespace

absl::Status RunEach(const ReplayTarget& target, std::vector<StatementRecord>& records) {
  Client client(target);
  std::vector<std::vector<double>> ms(records.size());
  std::vector<bool> failed(records.size(), false);  // in this round
  // Passes over all statements, so that what slows the machine down for a moment does not hit all runs of one.
  for (int pass = 0; pass < target.options->samples; ++pass) {
    for (std::size_t number = 0; number < records.size(); ++number) {
      StatementRecord& record = records[number];
      if (record.given_up || failed[number] || (pass > 0 && ms[number].back() > kLongMs)) continue;
      const absl::Status done = RunInPass(target, client, number, pass, record, ms[number]);
      if (done.ok()) continue;
      if (Ends(done)) return done;
      failed[number] = true;
      SetProblem(done, record);
    }
  }
  for (std::size_t number = 0; number < records.size(); ++number) {
    if (!ms[number].empty()) records[number].ms.push_back(std::move(ms[number]));
  }
  return absl::OkStatus();
}

absl::StatusOr<MixFacts> RunMix(const ReplayTarget& target, const std::vector<bool>& left_out, std::uint64_t seed) {
  Mix mix;
  double sum = 0;
  for (std::size_t number = 0; number < left_out.size(); ++number) {
    if (left_out[number] || target.plan->statements[number].weight <= 0) continue;
    sum += target.plan->statements[number].weight;
    mix.numbers.push_back(number);
    mix.until.push_back(sum);
  }
  if (mix.numbers.empty()) return MixFacts();
  const auto clients = static_cast<std::size_t>(target.options->clients);
  std::vector<std::unique_ptr<Client>> all;
  // Connections are opened and statements prepared before the clock runs.
  for (std::size_t i = 0; i < clients; ++i) {
    all.push_back(std::make_unique<Client>(target));
    for (const std::size_t number : mix.numbers) PGASSAY_RETURN_IF_ERROR(all.back()->Prepare(number));
  }
  std::vector<ClientFacts> facts(clients);
  std::vector<std::thread> threads;
  const Clock::time_point begin = Clock::now();
  mix.end =
      begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(target.options->mix_seconds));
  // Signals are for the main thread, whose waiting they end.
  sigset_t blocked;
  sigset_t before;
  sigfillset(&blocked);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  for (std::size_t i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] { RunClient(target, seed * clients + i, mix, *all[i], facts[i]); });
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  for (std::thread& thread : threads) thread.join();
  MixFacts total;
  total.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  for (const ClientFacts& client : facts) {
    PGASSAY_RETURN_IF_ERROR(client.status);
    total.statements += client.statements;
    total.errors += client.errors;
  }
  return total;
}

}  // namespace pgassay::bench
