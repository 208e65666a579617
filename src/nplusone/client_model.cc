#include "nplusone/client_model.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace pgassay::nplusone {
namespace {

// Clients between which an event is decided; of more, those that paused longest are forgotten.
constexpr std::size_t kMostClients = 64;
// Pairs of statements that are remembered, some 30 bytes each.
constexpr std::size_t kMostPairs = std::size_t{1} << 16;
// Calls of a statement after which what follows it counts more than what is called anyway.
constexpr double kPriorCalls = 2;
// What an unseen lag, first statement or statement counts.
constexpr double kPriorLag = 0.2;
constexpr double kPriorFirst = 0.5;
constexpr double kPriorKinds = 10;
// Events between two looks at the lags.
constexpr std::uint32_t kRenewEvery = 64;
// Two times of the log that are rounded to milliseconds may seem to be in the wrong order.
constexpr std::int64_t kMillisecond = 1000;
// Pauses within transactions that tell how quick clients are, and the share of them that may be quicker.
constexpr std::int64_t kLeastPauses = 20;
constexpr std::int64_t kQuicker = 20;  // one in so many

std::uint64_t PairOf(std::uint32_t before, std::uint32_t statement) {
  return std::uint64_t{before} << 32 | statement;
}

double ValueOf(const absl::flat_hash_map<std::uint32_t, double>& map, std::uint32_t key) {
  const auto at = map.find(key);
  return at == map.end() ? 0 : at->second;
}

std::int64_t Slack(const SessionEvent& event) {
  return event.end_us % kMillisecond == 0 ? kMillisecond : 0;
}

}  // namespace

double ClientModel::Agreement::Odds(bool agrees) const {
  const double same = same_yes / same_all;
  const double other = other_yes / other_all;
  return agrees ? same / other : (1 - same) / (1 - other);
}

void ClientModel::Agreement::Learn(bool agrees, double weight) {
  same_all += weight;
  other_all += 1 - weight;
  if (!agrees) return;
  same_yes += weight;
  other_yes += 1 - weight;
}

// Half octaves.
std::size_t ClientModel::LagStep(std::int64_t lag_us) {
  const auto lag = static_cast<std::uint64_t>(std::max<std::int64_t>(0, lag_us)) + 1;
  return std::min<std::size_t>(kLagSteps - 1, static_cast<std::size_t>(Log2Units(lag) / (kUnevenUnit / 2)));
}

// `usual`: the share of the statement in all.
double ClientModel::Follows(std::uint32_t before, std::uint32_t statement, double usual) const {
  const auto pair = follows_.find(PairOf(before, statement));
  const double seen = pair == follows_.end() ? 0 : pair->second;
  return (seen + kPriorCalls * usual) / (ValueOf(followed_, before) + kPriorCalls);
}

double ClientModel::Score(const Client& client, const SessionEvent& event, double usual, std::size_t lag_step) const {
  double score = Follows(client.statement, event.statement, usual) * hazards_[lag_step];
  if (event.values != 0 && client.values != 0) score *= values_.Odds(event.values == client.values);
  return score * sessions_.Odds(event.session == client.session);
}

void ClientModel::Learn(const Client& client, const SessionEvent& event, double weight, std::size_t lag_step) {
  const std::uint64_t pair = PairOf(client.statement, event.statement);
  if (follows_.size() < kMostPairs || follows_.contains(pair)) {
    follows_[pair] += weight;
    followed_[client.statement] += weight;
  }
  lags_[lag_step] += weight;
}

std::size_t ClientModel::LeastLagStep() const {
  const std::int64_t all = std::accumulate(certain_lags_.begin(), certain_lags_.end(), std::int64_t{0});
  if (all < kLeastPauses) return 0;
  std::int64_t quicker = 0;
  std::size_t step = 0;
  while ((quicker += certain_lags_[step]) * kQuicker <= all) ++step;
  return step;
}

std::int64_t ClientModel::LeastLag() const {
  const std::size_t step = LeastLagStep();
  const std::int64_t octave = std::int64_t{1} << (step / 2);
  return step == 0 ? kNoLag : step % 2 == 0 ? octave : octave + octave / 2;
}

double ClientModel::TooSoon() const {
  const auto sum = [](auto begin, auto end) { return std::accumulate(begin, end, std::int64_t{0}); };
  const auto least = session_gaps_.begin() + static_cast<std::ptrdiff_t>(LeastLagStep());
  const std::int64_t all = sum(session_gaps_.begin(), session_gaps_.end());
  return all == 0 ? 0 : static_cast<double>(sum(session_gaps_.begin(), least)) / static_cast<double>(all);
}

// The rate at which a client that has paused so long sends its next statement.
void ClientModel::RenewLags() {
  double later = 0;
  std::int64_t end = std::int64_t{1} << (kLagSteps / 2);
  for (std::size_t i = kLagSteps; i-- > 0;) {
    const std::int64_t octave = std::int64_t{1} << (i / 2);
    const std::int64_t begin = i % 2 == 0 ? octave : octave + octave / 2;
    later += lags_[i] + kPriorLag;
    hazards_[i] = (lags_[i] + kPriorLag) / later / static_cast<double>(std::max<std::int64_t>(1, end - begin));
    end = begin;
  }
}

std::uint32_t ClientModel::FreeClient() {
  if (live_.size() >= kMostClients) {
    // One whose transaction goes on only if there is no other: what became of it the log does not say.
    const auto oldest = std::ranges::min_element(
        live_, {}, [this](std::uint32_t client) { return std::pair(clients_[client].held, clients_[client].end_us); });
    clients_[*oldest].live = false;
    live_.erase(oldest);
  }
  std::uint32_t free = 0;
  while (free < clients_.size() && clients_[free].live) ++free;
  if (free == clients_.size()) clients_.emplace_back();
  clients_[free] = {.live = true};
  live_.push_back(free);
  return free;
}

void ClientModel::Take(Client& client, const SessionEvent& event) {
  client.statement = event.statement;
  client.session = event.session;
  client.values = event.values;
  client.end_us = event.end_us;
}

void ClientModel::Restart() {
  clients_.clear();
  live_.clear();
  kept_ = 0;
  changed_ = 0;
  session_gaps_.fill(0);
  watched_us_ += std::max<std::int64_t>(0, last_us_ - first_us_);
  first_us_ = 0;
}

ClientModel::Sender ClientModel::Begin(const SessionEvent& event, std::uint32_t last) {
  if (until_renewed_-- == 0) {
    RenewLags();
    until_renewed_ = kRenewEvery;
  }
  if (first_us_ == 0) first_us_ = event.begin_us;
  last_us_ = event.begin_us;
  std::erase_if(live_, [&](std::uint32_t client) {
    Client& of = clients_[client];
    of.live = of.held || of.end_us + kBurstGapUs >= event.begin_us;
    return !of.live;
  });
  const bool follows = last != kNoClient && clients_[last].live && clients_[last].session == event.session;
  const std::int64_t end_before = follows ? clients_[last].end_us : 0;
  // A client that was not there before: so many of them a microsecond.
  const std::int64_t watched = watched_us_ + std::max<std::int64_t>(0, event.begin_us - first_us_) + kMillisecond;
  const double rate = (all_firsts_ + 1) / static_cast<double>(watched);
  double best = rate * (ValueOf(firsts_, event.statement) + kPriorFirst) / (all_firsts_ + kPriorKinds);
  double sum = best;
  const double fresh = best;
  std::uint32_t chosen = kNoClient;
  const double usual = (ValueOf(statements_, event.statement) + 1) / (all_statements_ + kPriorKinds);
  scores_.assign(live_.size(), {});
  for (std::size_t i = 0; i < live_.size(); ++i) {
    const Client& client = clients_[live_[i]];
    // A session does one thing after the other, whatever times and durations say that the log has rounded.
    const bool waits = client.end_us <= event.begin_us + Slack(event) || client.session == event.session;
    if (client.held || !waits || event.begin_us - client.end_us < least_lag_us_) continue;
    const std::size_t lag_step = LagStep(event.begin_us - client.end_us);
    const double score = Score(client, event, usual, lag_step);
    scores_[i] = {score, lag_step};
    sum += score;
    if (score <= best) continue;
    best = score;
    chosen = live_[i];
  }
  for (std::size_t i = 0; i < live_.size(); ++i) {
    const auto [score, lag_step] = scores_[i];
    if (score == 0) continue;
    const Client& client = clients_[live_[i]];
    const double weight = score / sum;
    Learn(client, event, weight, lag_step);
    if (event.values != 0 && client.values != 0) values_.Learn(event.values == client.values, weight);
    sessions_.Learn(event.session == client.session, weight);
  }
  firsts_[event.statement] += fresh / sum;
  all_firsts_ += fresh / sum;
  statements_[event.statement] += 1;
  all_statements_ += 1;
  if (follows) {
    ++(chosen == last ? kept_ : changed_);
    ++session_gaps_[LagStep(event.begin_us - end_before)];
  }
  const std::uint32_t before = chosen == kNoClient ? kNoStatement : clients_[chosen].statement;
  if (chosen == kNoClient) chosen = FreeClient();
  Take(clients_[chosen], event);
  return {chosen, before};
}

void ClientModel::GoOn(const SessionEvent& event, std::uint32_t client) {
  const std::size_t lag_step = LagStep(event.begin_us - clients_[client].end_us);
  Learn(clients_[client], event, 1, lag_step);
  ++certain_lags_[lag_step];
  statements_[event.statement] += 1;
  all_statements_ += 1;
  Take(clients_[client], event);
}

}  // namespace pgassay::nplusone
