#include "support/program_traffic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text.h"
#include "sql/lexical_facts.h"

namespace pgassay::nplusone {
namespace {

// A statement of an endpoint, and what is done with each row that it returns.
struct Node {
  std::uint32_t statement = 0;
  bool write = false;
  bool same_values = false;       // asks the same in every round
  double mean_rows = 0;           // of which `each` is run; 0: none
  bool by_level = false;          // all rows of the first child, then all of the second
  bool row_transactions = false;  // each row in a transaction of its own
  std::vector<Node> each;
};

struct Endpoint {
  std::vector<Node> roots;
  bool one_transaction = false;
};

struct Planned {  // an execution that has no time yet
  std::uint32_t statement = 0;
  std::uint64_t value = 0;
  std::uint64_t transaction = 0;
};

class Service {
 public:
  Service(Traffic& traffic, Dice& dice, int number) : traffic_(traffic), dice_(dice), number_(number) {
    begin_ = Sql("START TRANSACTION");
    commit_ = Sql("COMMIT WORK");
    ping_ = Sql("SELECT version()");
    latency_us_ = std::exp(std::log(150.0) + dice_.Share() * std::log(100.0));  // 0.15 to 15 ms
    autocommit_ids_ = dice_.Chance(0.5);
    for (std::int64_t i = dice_.Between(3, 10); i > 0; --i) endpoints_.push_back(MakeEndpoint());
  }

  void Run(std::uint64_t first_session, std::size_t calls) {
    const auto sessions = static_cast<std::uint64_t>(dice_.Between(1, 10));
    const double busy = 0.2 + 1.2 * dice_.Share();  // above 1: requests wait for the session
    const int mixed = dice_.Chance(0.3) ? 3 : 1;    // clients whose transactions take turns on one session
    if (mixed > 1) traffic_.pooled.insert(Database());
    for (std::uint64_t session = 0; session < sessions; ++session) {
      RunSession(StableHash("session " + std::to_string(first_session + session)), calls / sessions, busy, mixed);
    }
  }

 private:
  std::uint32_t Sql(const std::string& text) {
    const auto same = [&](const StatementTraits& known) { return known.text == text && known.database == Database(); };
    const auto at = std::find_if(traffic_.statements.begin(), traffic_.statements.end(), same);
    if (at != traffic_.statements.end()) return static_cast<std::uint32_t>(at - traffic_.statements.begin());
    traffic_.statements.push_back({.database = Database(),
                                   .user = "service",
                                   .shape = StableHash(text),
                                   .text = text,
                                   .tags = {},
                                   .facts = sql::ReadLexicalFacts(text)});
    return static_cast<std::uint32_t>(traffic_.statements.size() - 1);
  }
  std::string Database() const { return "service" + std::to_string(number_); }
  std::string Entity() { return "s" + std::to_string(number_) + ".entity" + std::to_string(++entities_); }

  std::string ReadText(bool many) {
    const std::string name = Entity();
    if (many) {
      constexpr std::array<const char*, 4> kTails = {" e WHERE e.region_no = $1 AND e.closed_on IS NULL",
                                                     " e INNER JOIN s.link k USING (entity_no) WHERE k.owner_no = $1",
                                                     " e WHERE e.seen_on > $1", " e ORDER BY e.rank LIMIT 50"};
      return "SELECT e.entity_no, e.label FROM " + name + kTails[static_cast<std::size_t>(dice_.Between(0, 3))];
    }
    constexpr std::array<const char*, 4> kTails = {
        " WHERE entity_no = $1", " x WHERE x.entity_no = $1 AND x.valid", " WHERE (entity_no = $1)",
        " x LEFT JOIN s.label l ON l.no = x.label_no WHERE x.parent_no = $1 ORDER BY x.weight DESC LIMIT 5"};
    return "SELECT * FROM " + name + kTails[static_cast<std::size_t>(dice_.Between(0, 3))];
  }

  Node MakeNode(int depth, bool in_loop) {
    Node node;
    node.write = dice_.Chance(in_loop ? 0.25 : 0.15);
    node.same_values = in_loop && !node.write && dice_.Chance(0.12);
    const bool many = !node.write && depth > 0 && dice_.Chance(in_loop ? 0.15 : 0.5);
    if (node.write) {
      constexpr std::array<const char*, 3> kHeads = {"INSERT INTO ", "UPDATE ", "DELETE FROM "};
      constexpr std::array<const char*, 3> kTails = {" (entity_no, seen_on) VALUES ($1, $2)",
                                                     " SET seen_on = $2 WHERE entity_no = $1", " WHERE entity_no = $1"};
      const auto which = static_cast<std::size_t>(dice_.Between(0, 2));
      node.statement = Sql(kHeads[which] + Entity() + kTails[which]);
    } else {
      node.statement = Sql(ReadText(many));
    }
    if (!many) return node;
    node.mean_rows = 1 + dice_.Exponential(12);
    node.by_level = dice_.Chance(0.3);
    node.row_transactions = dice_.Chance(0.1);
    const std::int64_t most = in_loop ? 1 : 3;
    for (std::int64_t i = dice_.Between(in_loop ? 1 : 0, most); i > 0; --i) {
      node.each.push_back(MakeNode(node.row_transactions ? 0 : depth - 1, true));
    }
    return node;
  }

  Endpoint MakeEndpoint() {
    Endpoint endpoint;
    for (std::int64_t i = dice_.Between(1, 4); i > 0; --i) endpoint.roots.push_back(MakeNode(2, false));
    endpoint.one_transaction = dice_.Chance(0.4);
    for (Node& root : endpoint.roots) root.row_transactions = root.row_transactions && !endpoint.one_transaction;
    return endpoint;
  }

  std::uint64_t Value() { return static_cast<std::uint64_t>(dice_.Exponential(2'000)); }

  void Emit(std::vector<Planned>& plan, std::uint32_t statement, std::uint64_t value) {
    plan.push_back({statement, value, open_ != 0 ? open_ : ++transactions_});
  }

  void Open(std::vector<Planned>& plan) {
    open_ = ++transactions_;
    Emit(plan, begin_, 0);
  }
  void Commit(std::vector<Planned>& plan) {
    Emit(plan, commit_, 0);
    open_ = 0;
  }

  // Runs `node` and what belongs to it; the values that each loop used decide about its labels.
  void Execute(const Node& node, std::uint64_t value, std::vector<Planned>& plan) {
    Emit(plan, node.statement, value);
    if (node.each.empty()) return;
    const auto rows = static_cast<std::size_t>(dice_.Exponential(node.mean_rows));
    std::vector<std::uint64_t> values(rows);
    for (std::uint64_t& row : values) row = Value();
    std::vector<std::set<std::uint64_t>> distinct(node.each.size());
    const auto run = [&](std::size_t child, std::uint64_t row) {
      const std::uint64_t used = node.each[child].same_values ? 4711 : row;
      distinct[child].insert(used);
      Execute(node.each[child], used, plan);
    };
    if (node.by_level && !node.row_transactions) {
      for (std::size_t child = 0; child < node.each.size(); ++child) {
        for (const std::uint64_t row : values) run(child, row);
      }
    } else {
      for (const std::uint64_t row : values) {
        if (node.row_transactions) Open(plan);
        for (std::size_t child = 0; child < node.each.size(); ++child) run(child, row);
        if (node.row_transactions) Commit(plan);
      }
    }
    if (!(node.row_transactions && node.each.size() > 1)) LabelLoops(node, rows, distinct);
  }

  void LabelLoops(const Node& node, std::size_t rows, const std::vector<std::set<std::uint64_t>>& distinct) {
    for (std::size_t i = 0; i < node.each.size(); ++i) {
      const std::string& child = traffic_.statements[node.each[i].statement].text;
      if (rows < 5) continue;
      if (node.each[i].write) {
        Played({LoopKind::kWritesInALoop, "", child});
      } else if (distinct[i].size() >= 5) {
        Played({LoopKind::kNPlusOne, traffic_.statements[node.statement].text, child});
      } else if (rows - distinct[i].size() >= 4) {
        Played({LoopKind::kRedundantQuery, "", child});
      }
    }
  }

  void Played(const Label& label) {
    if (++played_[label] == 1) {
      traffic_.rare.insert(label);
    } else {
      traffic_.rare.erase(label);
      traffic_.truth.insert(label);
    }
  }

  std::vector<Planned> Request() {
    std::vector<Planned> plan;
    if (dice_.Chance(0.1)) Emit(plan, ping_, 0);
    // Some endpoints are far more popular than others.
    const auto count = static_cast<double>(endpoints_.size());
    const Endpoint& endpoint = endpoints_[static_cast<std::size_t>(count * dice_.Share() * dice_.Share())];
    if (endpoint.one_transaction) Open(plan);
    for (const Node& root : endpoint.roots) Execute(root, Value(), plan);
    if (endpoint.one_transaction) Commit(plan);
    return plan;
  }

  std::int64_t Latency() {
    const double normal = dice_.Share() + dice_.Share() + dice_.Share() + dice_.Share() - 2;  // deviation 0.58
    return static_cast<std::int64_t>(latency_us_ * std::exp(0.5 * normal));
  }
  std::int64_t Duration() {
    return std::min<std::int64_t>(200'000, static_cast<std::int64_t>(60 / (1.001 - dice_.Share())));
  }

  // Requests arrive at random and are served in turn; with several clients, their transactions take turns.
  void RunSession(std::uint64_t session, std::size_t calls, double busy, int mixed) {
    struct Stream {
      std::vector<Planned> plan;
      std::size_t next = 0;
      std::int64_t ready_us = 0;
      std::int64_t arrival_us = 0;
    };
    std::vector<Stream> streams(static_cast<std::size_t>(mixed));
    for (Stream& stream : streams) stream.arrival_us = stream.ready_us = 1'600'000'000'000'000;
    std::int64_t free_us = 0;
    Stream* holder = nullptr;
    for (std::size_t done = 0; done < calls; ++done) {
      Stream& stream = holder != nullptr
                           ? *holder
                           : *std::min_element(streams.begin(), streams.end(),
                                               [](const auto& a, const auto& b) { return a.ready_us < b.ready_us; });
      if (stream.next == stream.plan.size()) {
        stream.plan = Request();
        stream.next = 0;
        const double service = static_cast<double>(stream.plan.size()) * (latency_us_ + 400);
        stream.arrival_us += static_cast<std::int64_t>(dice_.Exponential(service * mixed / busy));
        stream.ready_us = std::max(stream.ready_us, stream.arrival_us);
        holder = nullptr;
        continue;
      }
      const Planned& planned = stream.plan[stream.next++];
      const bool ends = planned.statement == commit_;
      const bool autocommit = planned.transaction != 0 && !autocommit_ids_ &&
                              std::none_of(stream.plan.begin(), stream.plan.end(), [&](const Planned& other) {
                                return &other != &planned && other.transaction == planned.transaction;
                              });
      SessionEvent event;
      event.session = session;
      event.statement = planned.statement;
      event.transaction = ends || autocommit
                              ? 0
                              : StableHash("t" + std::to_string(number_) + "." + std::to_string(planned.transaction));
      event.begin_us = std::max(stream.ready_us, free_us + 5);
      event.end_us = event.begin_us + Duration();
      event.values = StableHash(std::to_string(planned.value));
      traffic_.events.push_back(event);
      traffic_.senders.push_back(StableHash(std::to_string(session) + "." + std::to_string(&stream - streams.data())));
      free_us = event.end_us;
      stream.ready_us = event.end_us + Latency();
      const bool more = stream.next < stream.plan.size() &&
                        (mixed == 1 || stream.plan[stream.next].transaction == planned.transaction);
      holder = more ? &stream : nullptr;
    }
  }

  Traffic& traffic_;
  Dice& dice_;
  int number_;
  int entities_ = 0;
  double latency_us_ = 500;
  bool autocommit_ids_ = true;
  std::vector<Endpoint> endpoints_;
  std::map<Label, int> played_;
  std::uint64_t transactions_ = 0;
  std::uint64_t open_ = 0;
  std::uint32_t begin_ = 0;
  std::uint32_t commit_ = 0;
  std::uint32_t ping_ = 0;
};

}  // namespace

Traffic ProgramTraffic(std::uint64_t seed) {
  Dice dice(seed * 0x9e3779b97f4a7c15u + 5);
  Traffic traffic;
  for (int number = 0; number < 3; ++number) {
    Service(traffic, dice, number).Run(static_cast<std::uint64_t>(number) * 100, 6'000);
  }
  SortByEnd(traffic);
  return traffic;
}

}  // namespace pgassay::nplusone
