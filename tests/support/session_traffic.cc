#include "support/session_traffic.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "sql/lexical_facts.h"

namespace pgassay::nplusone {
namespace {

constexpr std::int64_t kStartUs = 1'700'000'000'000'000;
constexpr std::int64_t kHeld = std::numeric_limits<std::int64_t>::max();

std::uint64_t HashOf(std::uint64_t value) {
  return StableHash(std::to_string(value));
}

bool Counts(sql::Verb verb) {
  return verb == sql::Verb::kSelect || verb == sql::Verb::kInsert || verb == sql::Verb::kUpdate ||
         verb == sql::Verb::kDelete;
}

}  // namespace

double Dice::Exponential(double mean) {
  return -mean * std::log(1 - Share());
}

struct TrafficBook::Client {
  std::uint64_t number = 0;  // among those of its application
  std::int64_t now_us = 0;
  Request request;
  std::size_t next = 0;
  int session = -1;
  std::uint64_t transaction = 0;  // 0: none is open
  // Of the open transaction.
  int statements = 0;
  std::uint32_t first_statement = 0;
  std::int64_t begin_us = 0;
  std::int64_t idle_us = 0;
  std::int64_t last_end_us = 0;
};

std::uint32_t TrafficBook::Statement(const std::string& sql, const std::string& database) {
  const auto [at, fresh] = index_.emplace(database + "/" + sql, static_cast<std::uint32_t>(traffic_.statements.size()));
  if (fresh) {
    traffic_.statements.push_back({.database = database,
                                   .user = "app",
                                   .shape = StableHash(sql),
                                   .text = sql,
                                   .tags = {},
                                   .facts = sql::ReadLexicalFacts(sql)});
  }
  return at->second;
}

void TrafficBook::Played(const Label& label, int enough) {
  if (++played_[label] < enough) {
    traffic_.rare.insert(label);
  } else {
    traffic_.rare.erase(label);
    traffic_.truth.insert(label);
  }
}

// Poolers hand out the session that was used last.
bool TrafficBook::Acquire(Client& client, const Deployment& deployment) {
  if (client.session >= 0) return true;
  std::int64_t latest = -1;
  for (std::size_t i = 0; i < free_from_.size(); ++i) {
    if (free_from_[i] <= client.now_us && free_from_[i] > latest) {
      latest = free_from_[i];
      client.session = static_cast<int>(i);
    }
  }
  if (client.session < 0) {
    client.now_us += 150 + static_cast<std::int64_t>(dice_.Exponential(deployment.round_trip_us / 4));
    return false;
  }
  free_from_[static_cast<std::size_t>(client.session)] = kHeld;
  return true;
}

// Counts a transaction that waits for its client most of the time, by the definition of the finding.
void TrafficBook::FollowTransaction(Client& client, const SessionEvent& event) {
  const sql::Verb verb = traffic_.statements[event.statement].facts.verb;
  if (verb == sql::Verb::kBegin) {
    client.statements = 0;
    client.begin_us = event.begin_us;
    client.idle_us = 0;
  } else {
    client.idle_us += event.begin_us - client.last_end_us;
  }
  client.last_end_us = event.end_us;
  if (Counts(verb) && client.statements++ == 0) client.first_statement = event.statement;
  if (verb != sql::Verb::kCommit && verb != sql::Verb::kRollback) return;
  const std::int64_t duration = event.end_us - client.begin_us;
  if (client.statements >= 5 && duration >= 50'000 && client.idle_us > duration / 2) {
    Played({LoopKind::kChattyTransaction, "", Text(client.first_statement)}, 3);
  }
}

void TrafficBook::Step(Client& client, const Deployment& deployment) {
  if (!Acquire(client, deployment)) return;
  const Call& call = client.request[client.next];
  const sql::Verb verb = traffic_.statements[call.statement].facts.verb;
  if (verb == sql::Verb::kBegin) client.transaction = next_transaction_++;
  const bool ends = verb == sql::Verb::kCommit || verb == sql::Verb::kRollback;
  SessionEvent event;
  event.session = HashOf(next_session_ + static_cast<std::uint64_t>(client.session));
  event.statement = call.statement;
  event.begin_us = client.now_us;
  event.end_us = event.begin_us + call.duration_us;
  event.failed = call.fails;
  for (const std::uint64_t value : call.values) {
    event.values = event.values * 0x100000001b3u + HashOf(value);
    event.value_bits |= ValueBit(HashOf(value));
  }
  if (client.transaction != 0 && !ends) {
    event.transaction = HashOf(client.transaction);
  } else if (deployment.transaction_ids && !ends) {
    event.transaction = HashOf(next_transaction_++);
  }
  traffic_.events.push_back(event);
  traffic_.senders.push_back(HashOf(next_session_ << 32 | client.number));
  if (client.transaction != 0) FollowTransaction(client, event);
  if (ends) client.transaction = 0;
  const std::size_t session = static_cast<std::size_t>(client.session);
  const bool over = ++client.next == client.request.size();
  client.now_us = event.end_us + static_cast<std::int64_t>(deployment.round_trip_us * (0.9 + 0.5 * dice_.Share()));
  const bool release = deployment.pooling == Pooling::kTransactionPooler ? client.transaction == 0
                                                                         : deployment.pooling == Pooling::kPool && over;
  if (release) {
    free_from_[session] = event.end_us + 1;
    client.session = -1;
  }
  if (!over) client.now_us += client.request[client.next].pause_us;
}

void TrafficBook::Run(const Deployment& deployment, std::size_t calls, const std::function<Request()>& next) {
  const bool own = deployment.pooling == Pooling::kOwnSession;
  const int sessions = own ? deployment.clients : deployment.sessions;
  free_from_.assign(static_cast<std::size_t>(sessions), kStartUs);
  std::vector<Client> clients(static_cast<std::size_t>(deployment.clients));
  for (std::size_t i = 0; i < clients.size(); ++i) {
    clients[i].number = i;
    clients[i].now_us = kStartUs + static_cast<std::int64_t>(dice_.Exponential(deployment.think_us + 1'000));
    if (own) clients[i].session = static_cast<int>(i);
  }
  const std::size_t end = traffic_.events.size() + calls;
  while (traffic_.events.size() < end) {
    Client& client = *std::min_element(clients.begin(), clients.end(),
                                       [](const Client& a, const Client& b) { return a.now_us < b.now_us; });
    if (client.next == client.request.size()) {
      client.request = next();
      client.next = 0;
      client.now_us += static_cast<std::int64_t>(dice_.Exponential(deployment.think_us)) + client.request[0].pause_us;
      continue;
    }
    Step(client, deployment);
  }
  next_session_ += static_cast<std::uint64_t>(sessions);
}

void SortByEnd(Traffic& traffic) {
  std::vector<std::pair<SessionEvent, std::uint64_t>> sent;
  for (std::size_t i = 0; i < traffic.events.size(); ++i) sent.emplace_back(traffic.events[i], traffic.senders[i]);
  std::stable_sort(sent.begin(), sent.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first.end_us, a.first.begin_us) < std::tie(b.first.end_us, b.first.begin_us);
  });
  for (std::size_t i = 0; i < sent.size(); ++i) std::tie(traffic.events[i], traffic.senders[i]) = sent[i];
}

Traffic TrafficBook::Take() && {
  SortByEnd(traffic_);
  return std::move(traffic_);
}

}  // namespace pgassay::nplusone
