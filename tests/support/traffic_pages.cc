// The applications of SimulateTraffic: what their requests consist of, and which findings these should lead to.

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "support/session_traffic.h"

namespace pgassay::nplusone {
namespace {

constexpr std::array<const char*, 24> kNouns = {"post",   "author", "comment", "invoice", "line",  "product",
                                                "basket", "tenant", "ticket",  "event",   "photo", "album",
                                                "order",  "parcel", "driver",  "route",   "stop",  "account",
                                                "entry",  "course", "pupil",   "grade",   "room",  "booking"};

// One application under construction.
class App {
 public:
  App(TrafficBook& book, int number)
      : book_(book), dice_(book.dice()), database_("db" + std::to_string(number)), tables_(1000 * number) {
    begin_ = Sql("BEGIN");
    commit_ = Sql("COMMIT");
    rollback_ = Sql("ROLLBACK");
  }

  void Run(std::size_t calls);

 private:
  using Page = std::function<Request()>;

  std::uint32_t Sql(const std::string& text) { return book_.Statement(text, database_); }
  std::string Table() {
    return std::string(kNouns[static_cast<std::size_t>(dice_.Between(0, 23))]) + "_" + std::to_string(++tables_);
  }
  std::uint64_t Id() { return static_cast<std::uint64_t>(dice_.Between(1, 1'000'000)); }
  Call Make(std::uint32_t statement, std::vector<std::uint64_t> values = {}, double mean_us = 250) {
    const double app = dice_.Exponential(app_us_);
    return {.statement = statement,
            .values = std::move(values),
            .duration_us = 40 + static_cast<std::int64_t>(dice_.Exponential(mean_us)),
            .pause_us = static_cast<std::int64_t>(app)};
  }
  std::string Text(std::uint32_t statement) { return book_.Text(statement); }
  int Rows(double mean) { return static_cast<int>(dice_.Exponential(mean) + 0.5); }
  void Transaction(Request& request, bool wrap) {
    if (!wrap) return;
    request.insert(request.begin(), Make(begin_, {}, 10));
    request.push_back(Make(commit_, {}, 300));
  }
  void Played(LoopKind kind, std::uint32_t parent, std::uint32_t child) {
    book_.Played({kind, Text(parent), Text(child)});
  }
  std::uint32_t ListOf(const std::string& table);
  std::uint32_t ChildOf(const std::string& table);

  // Findings.
  Page ListWithChildren();
  Page Nested();
  Page Redundant();
  Page WritesInTransaction();
  Page WritesOneByOne();
  Page SignUp();
  Page Import();
  Page Chatty();
  // None.
  Page JobWorker();
  Page Cursor();
  Page HealthChecks();
  Page Export();
  Page SingleLookup();
  Page BankTransfers();
  Page FixedPage();
  Page Polling();
  Page EventInsert();
  Page Upsert();
  Page RecentThenInsert();
  Page Retries();
  Page Settings();

  TrafficBook& book_;
  Dice& dice_;
  std::string database_;
  int tables_;  // counts on, so that no two applications share a text
  double app_us_ = 200;
  std::uint32_t begin_ = 0;
  std::uint32_t commit_ = 0;
  std::uint32_t rollback_ = 0;
};

std::uint32_t App::ListOf(const std::string& table) {
  switch (dice_.Between(0, 2)) {
    case 0:
      return Sql("SELECT id, name, ref_id FROM " + table + " WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT $2");
    case 1:
      return Sql("SELECT * FROM \"" + table + "\" WHERE status = $1");
    default:
      return Sql("SELECT t.* FROM " + table + " t JOIN member m ON m.ref_id = t.id WHERE m.user_id = $1");
  }
}

std::uint32_t App::ChildOf(const std::string& table) {
  switch (dice_.Between(0, 3)) {
    case 0:
      return Sql("SELECT * FROM " + table + " WHERE id = $1");
    case 1:
      return Sql("SELECT \"" + table + "\".* FROM \"" + table + "\" WHERE \"" + table + "\".\"id\" = $1 LIMIT $2");
    case 2:
      return Sql("SELECT * FROM " + table + " WHERE owner_id = $1 ORDER BY created_at DESC LIMIT 3");
    default:
      return Sql("SELECT count(*) FROM " + table + " WHERE owner_id = $1");
  }
}

App::Page App::ListWithChildren() {
  const std::uint32_t user = Sql("SELECT * FROM " + Table() + " WHERE id = $1 LIMIT 1");
  const std::string table = Table();
  const std::uint32_t list = ListOf(table);
  const std::uint32_t total = Sql("SELECT count(*) FROM " + table + " WHERE tenant_id = $1");
  std::vector<std::uint32_t> children;
  for (std::int64_t i = dice_.Between(1, 3); i > 0; --i) children.push_back(ChildOf(Table()));
  const double optional = dice_.Chance(0.3) ? 0.6 : 1.0;
  const double duplicates = dice_.Chance(0.2) ? 0.3 : 0;
  const double rows = 4 + dice_.Exponential(15);
  const bool counts = dice_.Chance(0.4);
  const bool wrap = dice_.Chance(0.3);
  return [=, this] {
    Request request = {Make(user, {Id()}), Make(list, {Id(), 20}, 2'000)};
    if (counts) request.push_back(Make(total, {Id()}, 1'000));
    const int n = Rows(rows);
    std::vector<std::set<std::uint64_t>> values(children.size());
    std::vector<int> calls(children.size());
    std::uint64_t id = Id();
    for (int row = 0; row < n; ++row) {
      if (!dice_.Chance(duplicates)) id = Id();
      for (std::size_t i = 0; i < children.size(); ++i) {
        if (i > 0 && !dice_.Chance(optional)) continue;
        request.push_back(Make(children[i], {id}));
        values[i].insert(id);
        ++calls[i];
      }
    }
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (calls[i] >= 5 && values[i].size() >= 5) Played(LoopKind::kNPlusOne, list, children[i]);
    }
    Transaction(request, wrap);
    return request;
  };
}

App::Page App::Nested() {
  const std::uint32_t list = ListOf(Table());
  const std::uint32_t middle = Sql("SELECT * FROM " + Table() + " WHERE list_id = $1");
  const std::uint32_t leaf = ChildOf(Table());
  const bool wrap = dice_.Chance(0.3);
  return [=, this] {
    Request request = {Make(list, {Id()}, 1'000)};
    const int outer = 2 + Rows(6);
    for (int i = 0; i < outer; ++i) {
      request.push_back(Make(middle, {Id()}));
      const int inner = 4 + Rows(5);
      for (int k = 0; k < inner; ++k) request.push_back(Make(leaf, {Id()}));
      if (inner >= 5) Played(LoopKind::kNPlusOne, middle, leaf);
    }
    if (outer >= 5) Played(LoopKind::kNPlusOne, list, middle);
    Transaction(request, wrap);
    return request;
  };
}

App::Page App::Redundant() {
  const std::uint32_t setting = Sql("SELECT value FROM " + Table() + " WHERE tenant_id = $1 AND name = $2");
  const bool wrap = dice_.Chance(0.5);
  return [=, this] {
    Request request;
    const int n = 3 + Rows(5);
    const std::uint64_t tenant = Id();
    for (int i = 0; i < n; ++i) request.push_back(Make(setting, {tenant, 7}));
    if (n >= 5) book_.Played({LoopKind::kRedundantQuery, "", Text(setting)});
    Transaction(request, wrap);
    return request;
  };
}

App::Page App::WritesInTransaction() {
  const std::uint32_t head = Sql("INSERT INTO " + Table() + " (customer_id) VALUES ($1) RETURNING id");
  const std::uint32_t line = Sql("INSERT INTO " + Table() + " (head_id, product_id, n) VALUES ($1, $2, $3)");
  const std::uint32_t stock = Sql("UPDATE " + Table() + " SET n = n - $1 WHERE product_id = $2");
  const bool updates = dice_.Chance(0.5);
  return [=, this] {
    const std::uint64_t id = Id();
    Request request = {Make(head, {id})};
    const int n = 1 + Rows(8);
    for (int i = 0; i < n; ++i) {
      request.push_back(Make(line, {id, Id(), 1}));
      if (updates) request.push_back(Make(stock, {1, Id()}));
    }
    if (n >= 5) book_.Played({LoopKind::kWritesInALoop, "", Text(line)});
    if (n >= 5 && updates) book_.Played({LoopKind::kWritesInALoop, "", Text(stock)});
    Transaction(request, true);
    return request;
  };
}

App::Page App::WritesOneByOne() {
  const std::uint32_t due = Sql("SELECT id FROM " + Table() + " WHERE due_at < now()");
  const std::uint32_t write = Sql(dice_.Chance(0.5) ? "UPDATE " + Table() + " SET sent_at = now() WHERE id = $1"
                                                    : "DELETE FROM " + Table() + " WHERE id = $1");
  return [=, this] {
    Request request = {Make(due, {}, 3'000)};
    const int n = Rows(12);
    for (int i = 0; i < n; ++i) request.push_back(Make(write, {Id()}));
    if (n >= 5) book_.Played({LoopKind::kWritesInALoop, "", Text(write)});
    return request;
  };
}

App::Page App::SignUp() {
  const std::string table = Table();
  const std::uint32_t check = Sql("SELECT 1 AS one FROM " + table + " WHERE email = $1 LIMIT 1");
  const std::uint32_t insert = Sql("INSERT INTO " + table + " (email, name, created_at) VALUES ($1, $2, $3)");
  const bool wrap = dice_.Chance(0.7);
  return [=, this] {
    const std::uint64_t email = Id();
    Request request = {Make(check, {email})};
    if (dice_.Chance(0.8)) {
      request.push_back(Make(insert, {email, Id(), Id()}));
      book_.Played({LoopKind::kCheckThenInsert, Text(check), Text(insert)}, 3);
    }
    Transaction(request, wrap);
    return request;
  };
}

App::Page App::Import() {
  const std::string table = Table();
  const std::uint32_t check = Sql("SELECT id FROM " + table + " WHERE code = $1");
  const std::uint32_t insert = Sql("INSERT INTO " + table + " (code, title) VALUES ($1, $2) RETURNING id");
  const bool wrap = dice_.Chance(0.5);
  return [=, this] {
    Request request;
    const int n = 2 + Rows(10);
    for (int i = 0; i < n; ++i) {
      const std::uint64_t code = Id();
      request.push_back(Make(check, {code}));
      request.push_back(Make(insert, {code, Id()}));
      book_.Played({LoopKind::kCheckThenInsert, Text(check), Text(insert)}, 3);
    }
    if (n >= 5) book_.Played({LoopKind::kWritesInALoop, "", Text(insert)});
    Transaction(request, wrap);
    return request;
  };
}

App::Page App::Chatty() {
  std::vector<std::uint32_t> steps;
  for (int i = 0; i < 6; ++i) steps.push_back(Sql("UPDATE " + Table() + " SET state = $1 WHERE id = $2"));
  return [=, this] {
    Request request;
    for (const std::uint32_t step : steps) {
      request.push_back(Make(step, {1, Id()}));
      request.back().pause_us += dice_.Between(10'000, 120'000);  // asks somebody else in between
    }
    Transaction(request, true);
    return request;
  };
}

App::Page App::JobWorker() {
  const std::string table = Table();
  const std::uint32_t take =
      Sql("SELECT * FROM " + table + " WHERE state = $1 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED");
  const std::uint32_t work = Sql("SELECT * FROM " + Table() + " WHERE id = $1");
  const std::uint32_t done = Sql("UPDATE " + table + " SET state = $1 WHERE id = $2");
  const bool wrap = dice_.Chance(0.7);
  return [=, this] {
    Request request;
    const int n = 1 + Rows(12);
    for (int i = 0; i < n; ++i) {
      Request job = {Make(take, {1}), Make(work, {Id()}), Make(done, {2, Id()})};
      Transaction(job, wrap);
      request.insert(request.end(), job.begin(), job.end());
    }
    return request;
  };
}

App::Page App::Cursor() {
  const std::uint32_t declare = Sql("DECLARE c CURSOR FOR SELECT * FROM " + Table());
  const std::uint32_t fetch = Sql("FETCH 100 FROM c");
  const std::uint32_t close = Sql("CLOSE c");
  return [=, this] {
    Request request = {Make(declare)};
    for (int i = 5 + Rows(10); i > 0; --i) request.push_back(Make(fetch, {}, 900));
    request.push_back(Make(close));
    Transaction(request, true);
    return request;
  };
}

App::Page App::HealthChecks() {
  const std::uint32_t check = Sql(dice_.Chance(0.5) ? "SELECT 1" : "SELECT nextval('ids')");
  return [=, this] {
    Request request;
    for (int i = 1 + Rows(8); i > 0; --i) request.push_back(Make(check));
    return request;
  };
}

App::Page App::Export() {
  const std::uint32_t before = Sql("SELECT * FROM " + Table() + " WHERE kind = $1");
  const std::uint32_t page =
      Sql("SELECT * FROM " + Table() +
          (dice_.Chance(0.5) ? " WHERE id > $1 ORDER BY id LIMIT $2" : " ORDER BY id LIMIT $1 OFFSET $2"));
  return [=, this] {
    Request request = {Make(before, {3})};
    std::uint64_t id = Id();
    for (int i = 5 + Rows(20); i > 0; --i) request.push_back(Make(page, {id += 1000, 1000}, 4'000));
    return request;
  };
}

App::Page App::SingleLookup() {
  const std::uint32_t lookup = ChildOf(Table());
  return [=, this] { return Request{Make(lookup, {Id()})}; };
}

App::Page App::BankTransfers() {
  const std::uint32_t account = Sql("UPDATE " + Table() + " SET balance = balance + $1 WHERE aid = $2");
  const std::uint32_t read = Sql("SELECT balance FROM " + Table() + " WHERE aid = $1");
  const std::uint32_t history = Sql("INSERT INTO " + Table() + " (aid, delta) VALUES ($1, $2)");
  return [=, this] {
    Request request;
    for (int i = 1 + Rows(15); i > 0; --i) {
      const std::uint64_t id = Id();
      Request transfer = {Make(account, {5, id}), Make(read, {id}), Make(history, {id, 5})};
      Transaction(transfer, true);
      request.insert(request.end(), transfer.begin(), transfer.end());
    }
    return request;
  };
}

App::Page App::FixedPage() {
  const std::uint32_t first = Sql("SELECT * FROM " + Table() + " WHERE token = $1");
  const std::uint32_t second = ListOf(Table());
  const std::uint32_t third = ChildOf(Table());
  const bool wrap = dice_.Chance(0.5);
  return [=, this] {
    Request request = {Make(first, {Id()}), Make(second, {Id(), 20}), Make(third, {Id()})};
    Transaction(request, wrap);
    return request;
  };
}

App::Page App::Polling() {
  const std::uint32_t poll = Sql("SELECT id FROM " + Table() + " WHERE state = $1");
  return [=, this] {
    Request request;
    for (int i = 5 + Rows(10); i > 0; --i) {
      request.push_back(Make(poll, {1}));
      request.back().pause_us += 100'000;
    }
    return request;
  };
}

App::Page App::EventInsert() {
  const std::uint32_t insert = Sql("INSERT INTO " + Table() + " (at, what) VALUES ($1, $2)");
  return [=, this] { return Request{Make(insert, {Id(), Id()})}; };
}

App::Page App::Upsert() {
  const std::string table = Table();
  const std::uint32_t read = Sql("SELECT id FROM " + table + " WHERE code = $1");
  const std::uint32_t write = Sql("INSERT INTO " + table + " (code) VALUES ($1) ON CONFLICT DO NOTHING");
  return [=, this] {
    const std::uint64_t code = Id();
    return Request{Make(read, {code}), Make(write, {code})};
  };
}

App::Page App::RecentThenInsert() {
  const std::string table = Table();
  const std::uint32_t recent = Sql("SELECT * FROM " + table + " WHERE user_id = $1 ORDER BY id DESC LIMIT 20");
  const std::uint32_t insert = Sql("INSERT INTO " + table + " (user_id, body) VALUES ($1, $2)");
  return [=, this] {
    const std::uint64_t user = Id();
    return Request{Make(recent, {user}), Make(insert, {user, Id()})};
  };
}

App::Page App::Retries() {
  const std::uint32_t read = Sql("SELECT n FROM " + Table() + " WHERE id = $1");
  const std::uint32_t write = Sql("UPDATE " + Table() + " SET n = $1 WHERE id = $2");
  return [=, this] {
    Request request;
    const std::uint64_t id = Id();
    for (int i = Rows(4); i >= 0; --i) {
      request.push_back(Make(begin_));
      request.push_back(Make(read, {id}));
      request.push_back(Make(write, {4, id}));
      request.back().fails = i > 0;
      request.push_back(Make(i > 0 ? rollback_ : commit_));
    }
    return request;
  };
}

App::Page App::Settings() {
  const std::array<std::uint32_t, 3> words = {Sql("SET search_path = a"), Sql("SHOW work_mem"), Sql("DEALLOCATE ALL")};
  return [=, this] {
    Request request;
    for (int i = Rows(10); i >= 0; --i) request.push_back(Make(words[static_cast<std::size_t>(dice_.Between(0, 2))]));
    return request;
  };
}

void App::Run(std::size_t calls) {
  using Maker = Page (App::*)();
  constexpr std::array<Maker, 21> kMakers = {
      &App::ListWithChildren, &App::Nested, &App::Redundant,    &App::WritesInTransaction, &App::WritesOneByOne,
      &App::SignUp,           &App::Import, &App::Chatty,       &App::JobWorker,           &App::Cursor,
      &App::HealthChecks,     &App::Export, &App::SingleLookup, &App::BankTransfers,       &App::FixedPage,
      &App::Polling,          &App::Upsert, &App::EventInsert,  &App::RecentThenInsert,    &App::Retries,
      &App::Settings};
  Deployment deployment;
  deployment.pooling = static_cast<Pooling>(dice_.Between(0, 2));
  deployment.clients = static_cast<int>(dice_.Between(1, 12));
  deployment.sessions = static_cast<int>(dice_.Between(1, deployment.clients));
  constexpr std::array<double, 4> kRoundTrips = {200, 500, 2'000, 30'000};
  deployment.round_trip_us = kRoundTrips[static_cast<std::size_t>(dice_.Between(0, 3))];
  constexpr std::array<double, 4> kThinking = {0, 30'000, 400'000, 3'000'000};
  deployment.think_us = kThinking[static_cast<std::size_t>(dice_.Between(0, 3))];
  deployment.transaction_ids = dice_.Chance(0.6);
  app_us_ = dice_.Chance(0.5) ? 50 : 600;
  if (deployment.pooling == Pooling::kTransactionPooler && deployment.clients > 1) book_.MarkPooled(database_);

  std::vector<Page> pages = {ListWithChildren()};
  for (std::int64_t i = dice_.Between(4, 14); i > 0; --i) {
    pages.push_back((this->*kMakers[static_cast<std::size_t>(dice_.Between(0, 20))])());
  }
  const auto last = static_cast<std::int64_t>(pages.size()) - 1;
  const bool skewed = dice_.Chance(0.5);
  book_.Run(deployment, calls, [&] {
    std::int64_t page = dice_.Between(0, last);
    if (skewed) page = std::min(page, dice_.Between(0, last));
    return pages[static_cast<std::size_t>(page)]();
  });
}

}  // namespace

Traffic SimulateTraffic(std::uint64_t seed) {
  TrafficBook book(seed * 2'654'435'761 + 17);
  for (int app = 0; app < 3; ++app) App(book, app).Run(6'000);
  return std::move(book).Take();
}

}  // namespace pgassay::nplusone
