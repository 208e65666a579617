#include "nplusone/loop_detector.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "nplusone/loop_rules.h"
#include "nplusone/open_sessions.h"
#include "nplusone/session_frames.h"
#include "nplusone/session_table.h"
#include "nplusone/statement_role.h"
#include "workload/latency_sketch.h"
#include "workload/log_tally.h"
#include "workload/loop_tally.h"

namespace pgassay::nplusone {
namespace {

// Between two logs of one server, whose times may be rounded.
constexpr std::int64_t kClockSlackUs = 1000;

// Logs of several servers end at about the same time, not at the same moment, and are read one after the other: so long
// before the end of all of them a session may have been active that goes on in the next part of its own.
constexpr std::int64_t kKeptOpenUs = 600'000'000;

// Spreads the bits of `value` (the finalizer of splitmix64).
std::uint64_t Mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

}  // namespace

class LoopDetector::Impl {
 public:
  explicit Impl(const DetectorLimits& limits) : sessions_(limits.sessions) {}

  void Define(std::uint32_t statement, const OpenLoopStatement& kept) {
    // Whoever packed another role: neutral.
    Place(statement, UnpackRole(kept.role).value_or(StatementRole()), kept.owner, kept.shape);
    texts_[statement] = kept.described;
  }

  void Define(std::uint32_t statement, StatementTraits traits) {
    Place(statement, RoleOf(traits), {std::move(traits.database), std::move(traits.user)}, traits.shape);
    texts_.erase(statement);
    if (traits.text.empty() && traits.tags.empty()) return;
    texts_[statement] = {.text = std::move(traits.text), .tags = {traits.tags.begin(), traits.tags.end()}};
  }

  void Add(const SessionEvent& event) {
    LiveSession& session = sessions_.Get(event.session, [&](LiveSession& oldest) {
      // What paused so long is over anyway.
      const bool over = oldest.last_end_us + kBurstGapUs < event.begin_us && !oldest.transaction.FirstStatement();
      tally_.sessions_closed_early += over ? 0 : 1;
      CloseSession(oldest);
    });
    const StatementRole& role = event.statement < roles_.size() ? roles_[event.statement] : neutral_;
    if (std::exchange(session.carried, false) && event.begin_us + kClockSlackUs < session.last_end_us) {
      Restart(session);
    }
    const bool first = session.last_end_us == 0;
    const std::int64_t gap = first ? 0 : std::max<std::int64_t>(0, event.begin_us - session.last_end_us);
    CountEvent(event);
    if (gap > kBurstGapUs) CloseFrames(session);
    const auto transaction = session.transaction.Follow(event, role, gap);
    if (transaction) RecordTransaction(session, *transaction);
    session.last_end_us = std::max(session.last_end_us, event.end_us);
    session.pending_gap_us = workload::AddUs(session.pending_gap_us, gap);
    if (event.failed) {
      // What was done before is done again, or not at all: neither says anything about the loop.
      CloseFrames(session);
    } else if (role.part == Part::kNeutral) {
      return;
    } else {
      if (role.part == Part::kBoundary) CloseFrames(session);
      if (role.verb != sql::Verb::kDiscard) Arrive(session, event);
    }
    session.pending_gap_us = 0;
  }

  void Resume(const OpenLoopSession& open, const std::vector<std::uint32_t>& statements) {
    LiveSession kept;
    kept.id = open.session;
    if (!UnpackState(open.state, statements, kept)) {
      ++tally_.sessions_closed_early;
      return;
    }
    kept.carried = true;
    if (LiveSession* const other = sessions_.Find(open.session)) CloseSession(*other);
    sessions_.Get(open.session, [this](LiveSession& oldest) { CloseSession(oldest); }) = kept;
  }

  std::vector<OpenLoopSession> Open(std::int64_t latest_us) {
    latest_us = std::max(latest_us, latest_us_);
    std::vector<OpenLoopSession> open;
    sessions_.ForEach([&](LiveSession& session) {
      if (session.last_end_us + kKeptOpenUs < latest_us) return Restart(session);
      if (!session.frames.Empty() || session.transaction.Begun()) open.push_back(Packed(session));
    });
    std::ranges::sort(open);
    if (open.size() > kMostOpenSessions) {
      const auto begin = open.end() - static_cast<std::ptrdiff_t>(kMostOpenSessions);
      std::for_each(open.begin(), begin, [this](const OpenLoopSession& lost) { Close(lost.session); });
      open.erase(open.begin(), begin);
    }
    return open;
  }

  LoopTally Take() {
    sessions_.ForEach([this](LiveSession& session) {
      if (session.last_end_us + kKeptOpenUs < latest_us_) CloseFrames(session);
      session.carried = true;
    });
    CountCalls();
    return std::exchange(tally_, LoopTally());
  }

  void Close(std::uint64_t id) {
    if (LiveSession* const session = sessions_.Find(id)) Restart(*session);
  }

  std::map<std::uint32_t, LoopTally::Statement> Held() {
    std::map<std::uint32_t, LoopTally::Statement> held;
    const auto add = [&](std::uint32_t statement) { held.try_emplace(statement, StatementOf(statement)); };
    sessions_.ForEach([&](LiveSession& session) {
      session.frames.ForEachStatement(add);
      if (const auto first = session.transaction.FirstStatement()) add(*first);
    });
    return held;
  }

  void Describe(std::map<std::uint32_t, LoopStatement> descriptions) { texts_ = std::move(descriptions); }

  LoopTally Finish() {
    sessions_.ForEach([this](LiveSession& session) { CloseSession(session); });
    sessions_.Clear();
    CountCalls();
    return std::exchange(tally_, LoopTally());
  }

 private:
  struct Identity {
    std::uint64_t shape = 0;
    std::uint32_t owner = 0;
  };

  void Place(std::uint32_t statement, const StatementRole& role, LoopOwner owner, std::uint64_t shape) {
    if (statement >= roles_.size()) {
      roles_.resize(statement + 1);
      identities_.resize(statement + 1);
      calls_.resize(statement + 1);
    }
    roles_[statement] = role;
    const auto [at, fresh] = owner_numbers_.try_emplace(owner, static_cast<std::uint32_t>(owners_.size()));
    if (fresh) owners_.push_back(std::move(owner));
    identities_[statement] = {.shape = shape, .owner = at->second};
  }

  OpenLoopSession Packed(LiveSession& session) {
    OpenLoopSession packed{.last_end_us = session.last_end_us, .session = session.id};
    std::vector<std::uint32_t> statements;
    packed.state = PackState(session, statements);
    for (const std::uint32_t statement : statements) {
      const auto text = texts_.find(statement);
      packed.statements.push_back({.owner = owners_[identities_[statement].owner],
                                   .shape = identities_[statement].shape,
                                   .role = Pack(roles_[statement]),
                                   .described = text == texts_.end() ? LoopStatement() : text->second});
    }
    return packed;
  }

  void CountEvent(const SessionEvent& event) {
    latest_us_ = std::max(latest_us_, event.end_us);
    tally_.first_us = tally_.events == 0 ? event.begin_us : std::min(tally_.first_us, event.begin_us);
    tally_.last_us = tally_.events == 0 ? event.end_us : std::max(tally_.last_us, event.end_us);
    ++tally_.events;
    tally_.failed += event.failed ? 1 : 0;
  }

  // As workload::Trim would leave them: a log may have a million statements, and the names of their owners with each
  // would be hundreds of megabytes.
  void CountCalls() {
    struct Called {
      Identity identity;
      std::int64_t calls = 0;
    };
    const auto statement = [this](const Called& of) { return std::tie(owners_[of.identity.owner], of.identity.shape); };
    std::vector<Called> called;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (calls_[i] != 0) called.push_back({identities_[i], std::exchange(calls_[i], 0)});
    }
    // One statement may have had several numbers.
    std::ranges::sort(called, {}, statement);
    std::size_t size = 0;
    for (const Called& of : called) {
      if (size > 0 && statement(called[size - 1]) == statement(of)) {
        called[size - 1].calls += of.calls;
      } else {
        called[size++] = of;
      }
    }
    called.resize(size);
    auto rest = called.end();
    if (size > workload::kMostLoopStatements) {
      const auto others = std::stable_partition(called.begin(), called.end(), [&](const Called& of) {
        return tally_.statements.contains({owners_[of.identity.owner], of.identity.shape});
      });
      std::stable_sort(others, called.end(), [](const Called& a, const Called& b) { return a.calls > b.calls; });
      rest = others + std::min<std::ptrdiff_t>(workload::kMostLoopStatements / 2, called.end() - others);
    }
    for (auto at = called.begin(); at != called.end(); ++at) {
      tally_.calls[{owners_[at->identity.owner], at < rest ? at->identity.shape : 0}] += at->calls;
    }
  }

  void Arrive(LiveSession& session, const SessionEvent& event) {
    ++calls_[event.statement];
    session.frames.Arrive({.statement = event.statement,
                           .plan_us = event.plan_us,
                           .transaction = session.transaction.Current(),
                           .begin_us = event.begin_us,
                           .end_us = event.end_us,
                           .gap_us = session.pending_gap_us,
                           .values = event.values,
                           .value_bits = event.value_bits,
                           .locked = session.transaction.Locked()},
                          roles_, closed_);
    Drain(session.id);
  }

  void CloseFrames(LiveSession& session) {
    session.frames.Close(roles_, closed_);
    Drain(session.id);
  }

  void Restart(LiveSession& session) {
    CloseSession(session);
    session.last_end_us = 0;
    session.pending_gap_us = 0;
  }

  void CloseSession(LiveSession& session) {
    CloseFrames(session);
    if (const auto transaction = session.transaction.Close()) RecordTransaction(session, *transaction);
  }

  void Drain(std::uint64_t session) {
    if (closed_.loops.empty() && closed_.inserts.empty()) return;
    for (const ClosedLoop& loop : closed_.loops) RecordLoop(session, loop);
    for (const CheckedInsert& pair : closed_.inserts) RecordInsert(session, pair);
    closed_.loops.clear();
    closed_.inserts.clear();
  }

  LoopTally::Statement StatementOf(std::uint32_t statement) const {
    const Identity& identity = identities_[statement];
    return {owners_[identity.owner], identity.shape};
  }

  void Suppress(std::uint32_t statement, LoopSuppression reason, std::int64_t count) {
    tally_.suppressed[{StatementOf(statement), reason}] += count;
  }

  // The figures of a key, which then has its statements too.
  LoopStats& StatsOf(LoopKind kind, std::uint32_t parent, std::uint32_t child) {
    const LoopKey key{.kind = kind,
                      .owner = StatementOf(child).first,
                      .parent = parent == kNoStatement ? 0 : identities_[parent].shape,
                      .child = identities_[child].shape};
    if (tally_.loops.size() > 2 * workload::kMostLoopKeys) workload::Trim(tally_);
    const auto [at, fresh] = tally_.loops.try_emplace(key);
    for (const std::uint32_t statement : {parent, child}) {
      if (!fresh || statement == kNoStatement) continue;
      LoopStatement& known = tally_.statements[StatementOf(statement)];
      const auto text = texts_.find(statement);
      if (text == texts_.end()) continue;
      known.text = text->second.text;
      known.tags.insert(text->second.tags.begin(), text->second.tags.end());
    }
    return at->second;
  }

  static void AddLoop(LoopStats& stats, std::uint64_t session, std::uint64_t shape, std::int64_t first_us,
                      std::int64_t last_us, std::uint32_t calls) {
    last_us = std::max(first_us, last_us);  // a log's times may run backwards
    stats.first_us = stats.last_us == 0 ? first_us : std::min(stats.first_us, first_us);
    stats.last_us = std::max(stats.last_us, last_us);
    workload::AddTo(stats.sessions, Mix(session));
    const std::uint64_t priority = Mix(Mix(Mix(session) + static_cast<std::uint64_t>(first_us)) + shape);
    workload::AddExample(stats.examples, {priority, session, first_us, last_us, calls});
  }

  void RecordLoop(std::uint64_t session, const ClosedLoop& loop) {
    const Verdict verdict = Judge(loop, roles_[loop.statement]);
    if (const auto* const reason = std::get_if<LoopSuppression>(&verdict))
      Suppress(loop.statement, *reason, loop.loops);
    const auto* const kind = std::get_if<LoopKind>(&verdict);
    if (kind == nullptr) return;
    const bool nplusone = *kind == LoopKind::kNPlusOne;
    LoopStats& stats = StatsOf(*kind, nplusone ? loop.parent : kNoStatement, loop.statement);
    stats.loops += loop.loops;
    stats.calls += loop.calls;
    stats.transactions += loop.sums.changes + 1;
    workload::AddTo(stats.n, loop.calls / loop.loops, loop.loops);
    stats.wasted_us = workload::AddUs(stats.wasted_us, WastedUs(loop, *kind));
    stats.busy_us = workload::AddUs(stats.busy_us, loop.sums.busy_us);
    stats.idle_us = workload::AddUs(stats.idle_us, loop.sums.gap_us);
    const bool one_transaction = loop.sums.known_transactions == loop.sums.summed && loop.sums.changes == 0;
    stats.within_transaction += one_transaction ? loop.loops : 0;
    stats.weak_parent += nplusone && loop.weak_parent ? loop.loops : 0;
    stats.unevenness += Unevenness(loop);
    stats.repeated_values += loop.sums.repeated;
    AddLoop(stats, session, identities_[loop.statement].shape, loop.first_us, loop.last_us, loop.calls);
  }

  void RecordInsert(std::uint64_t session, const CheckedInsert& pair) {
    if (const auto reason = Judge(pair)) {
      Suppress(pair.insert, *reason, 1);
      return;
    }
    LoopStats& stats = StatsOf(LoopKind::kCheckThenInsert, pair.check, pair.insert);
    ++stats.loops;
    stats.calls += 2;
    ++stats.transactions;
    workload::AddTo(stats.n, 1);
    const bool known = pair.check_bits != 0 && pair.insert_bits != 0;
    stats.known_keys += known ? 1 : 0;
    stats.matched_keys += known && (pair.check_bits & ~pair.insert_bits) == 0 ? 1 : 0;
    AddLoop(stats, session, identities_[pair.insert].shape, pair.first_us, pair.last_us, 2);
  }

  void RecordTransaction(const LiveSession& session, const ClosedTransaction& transaction) {
    if (!transaction.Chatty()) return;
    LoopStats& stats = StatsOf(LoopKind::kChattyTransaction, kNoStatement, transaction.first_statement);
    ++stats.loops;
    ++stats.within_transaction;
    stats.calls += transaction.statements;
    ++stats.transactions;
    workload::AddTo(stats.n, transaction.statements);
    stats.wasted_us = workload::AddUs(stats.wasted_us, transaction.idle_us);
    stats.busy_us = workload::AddUs(stats.busy_us, transaction.busy_us);
    stats.idle_us = workload::AddUs(stats.idle_us, transaction.idle_us);
    AddLoop(stats, session.id, identities_[transaction.first_statement].shape, transaction.begin_us, transaction.end_us,
            transaction.statements);
  }

  SessionTable sessions_;
  Roles roles_;
  std::vector<Identity> identities_;  // as roles_
  std::vector<LoopOwner> owners_;
  std::map<LoopOwner, std::uint32_t> owner_numbers_;
  std::map<std::uint32_t, LoopStatement> texts_;  // of the statements that were given theirs
  std::vector<std::int64_t> calls_;
  const StatementRole neutral_;
  ClosedLoops closed_;
  std::int64_t latest_us_ = 0;
  LoopTally tally_;
};

LoopDetector::LoopDetector(const DetectorLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
LoopDetector::~LoopDetector() = default;
LoopDetector::LoopDetector(LoopDetector&&) noexcept = default;
LoopDetector& LoopDetector::operator=(LoopDetector&&) noexcept = default;

void LoopDetector::Define(std::uint32_t statement, StatementTraits traits) {
  impl_->Define(statement, std::move(traits));
}

void LoopDetector::Define(std::uint32_t statement, const OpenLoopStatement& kept) {
  impl_->Define(statement, kept);
}

void LoopDetector::Resume(const OpenLoopSession& session, const std::vector<std::uint32_t>& statements) {
  impl_->Resume(session, statements);
}

std::vector<OpenLoopSession> LoopDetector::Open(std::int64_t latest_us) {
  return impl_->Open(latest_us);
}

void LoopDetector::Add(const SessionEvent& event) {
  impl_->Add(event);
}

LoopTally LoopDetector::Finish() {
  return impl_->Finish();
}

LoopTally LoopDetector::Take() {
  return impl_->Take();
}

void LoopDetector::Close(std::uint64_t session) {
  impl_->Close(session);
}

std::map<std::uint32_t, LoopTally::Statement> LoopDetector::Held() {
  return impl_->Held();
}

void LoopDetector::Describe(std::map<std::uint32_t, LoopStatement> descriptions) {
  impl_->Describe(std::move(descriptions));
}

}  // namespace pgassay::nplusone
