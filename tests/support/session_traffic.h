#pragma once

// Traffic of made-up applications for the detectors of loops, with what is true about it: object-relational mappers
// that load rows one by one in several ways, and much that looks like it and is not. Clients take turns on sessions of
// their own, of a pool, or of a pooler that hands out a session for each transaction.

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "nplusone/session_event.h"
#include "pgassay/loops.h"

namespace pgassay::nplusone {

// A finding that should be made: texts instead of shapes; an empty parent for kinds that have none.
struct Label {
  LoopKind kind = LoopKind::kNPlusOne;
  std::string parent;
  std::string child;
  friend auto operator<=>(const Label&, const Label&) = default;
};

struct Traffic {
  std::vector<StatementTraits> statements;  // by SessionEvent::statement
  std::vector<SessionEvent> events;         // by end
  std::vector<std::uint64_t> senders;       // of each event: who sent it, which no log tells
  std::set<Label> truth;
  std::set<std::string> pooled;  // databases behind a pooler that mixes clients between two transactions
  std::set<Label> rare;          // played, but too few times to expect anything: right to find, right to leave
};

// Brings events, with their senders, into the order of a log.
void SortByEnd(Traffic& traffic);

// Portable random numbers: the standard library's distributions differ between implementations.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::int64_t Between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(most - least + 1));
  }
  double Share() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  bool Chance(double probability) { return Share() < probability; }
  double Exponential(double mean);

 private:
  std::mt19937_64 engine_;
};

// A statement within a request.
struct Call {
  std::uint32_t statement = 0;
  std::vector<std::uint64_t> values;
  std::int64_t duration_us = 100;
  std::int64_t pause_us = 0;  // before it, beside the way to the server
  bool fails = false;
};
using Request = std::vector<Call>;

enum class Pooling { kOwnSession, kPool, kTransactionPooler };

// How the requests of one application reach the server.
struct Deployment {
  Pooling pooling = Pooling::kOwnSession;
  int clients = 4;
  int sessions = 4;  // of the pool
  double round_trip_us = 500;
  double think_us = 500'000;    // mean between two requests of a client; 0: a load test
  bool transaction_ids = true;  // autocommitted statements are logged with an id of their own
};

// Collects statements, schedules requests and keeps the labels with the number of times that each was played.
class TrafficBook {
 public:
  explicit TrafficBook(std::uint64_t seed) : dice_(seed) {}

  Dice& dice() { return dice_; }
  std::uint32_t Statement(const std::string& sql, const std::string& database);
  const std::string& Text(std::uint32_t statement) const { return traffic_.statements[statement].text; }
  // What is played so often is true; fewer times are not enough to tell.
  void Played(const Label& label, int enough = 2);
  // Lets the clients of an application issue requests, made by `next`, until `calls` statements were run.
  void Run(const Deployment& deployment, std::size_t calls, const std::function<Request()>& next);
  void MarkPooled(const std::string& database) { traffic_.pooled.insert(database); }
  Traffic Take() &&;

 private:
  struct Client;
  bool Acquire(Client& client, const Deployment& deployment);
  void Step(Client& client, const Deployment& deployment);
  void FollowTransaction(Client& client, const SessionEvent& event);

  Dice dice_;
  Traffic traffic_;
  std::map<std::string, std::uint32_t> index_;
  std::map<Label, int> played_;
  std::uint64_t next_transaction_ = 1;
  std::uint64_t next_session_ = 1;
  std::vector<std::int64_t> free_from_;  // of the running application's sessions
};

// A quarter of an hour or so of several applications; `seed` decides everything.
Traffic SimulateTraffic(std::uint64_t seed);

}  // namespace pgassay::nplusone
