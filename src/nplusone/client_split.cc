#include "nplusone/client_split.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <queue>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/text.h"
#include "nplusone/client_model.h"

namespace pgassay::nplusone {
namespace {

// Owners that are looked at; sessions of further ones stay as they are.
constexpr std::size_t kMostOwners = 64;
// Events after which an owner is judged, and events that then pass without a look, twice as many each time.
constexpr std::size_t kSample = 2'048;
constexpr std::size_t kPause = 100 * kSample;
constexpr int kMostDoubled = 5;
// A pooler is there from so many events on that follow another client's in their session, and from this share on.
constexpr std::int64_t kLeastChanges = 20;
constexpr double kLeastShare = 0.15;
// And where clients tell so much better than sessions what comes next: programs that all do the same can be taken for
// each other without anything being explained by it.
constexpr double kMostLeftOpen = 0.8;
// Where sessions leave hardly anything open, there is nothing that clients could explain better.
constexpr double kHardlyOpenBits = 0.05;
// A session that is never free hides its clients: the next one's statement follows at once, and seems to be of the
// same. So, where sessions leave at least so many bits open, it is tried how well clients explain the sample that wait
// at least so long before they go on, with so many looks at the sample; they have to explain it better than that.
constexpr double kLeastOpenBits = 1;
constexpr std::array<std::int64_t, 9> kTriedLagsUs = {0, 100, 200, 500, 1'000, 2'000, 5'000, 10'000, 20'000};
constexpr int kLooks = 3;
// Looking costs tens of milliseconds, and where there is no pooler it is in vain. So these are tried first, and the
// others only where one of them leaves less than this share of what sessions leave open; and where an owner's sessions
// leave as much open as they did when no clients were found, give or take this share, there are none now.
constexpr std::array<std::int64_t, 3> kFirstLagsUs = {0, 500, 5'000};
constexpr double kWorthMoreLooks = 0.8;
constexpr double kSameBits = 0.1;
constexpr double kMostLeftOpenOfTried = 0.65;
// From this share on of a session's transactions that begin sooner than clients go on within theirs, sessions never
// wait, and clients do that for their turn.
constexpr double kLeastTooSoon = 0.3;
// Events wait for others that began before them and end later, so long and so many of them.
constexpr std::int64_t kLongestWaitUs = 200'000;
constexpr std::size_t kMostWaiting = 1'024;
constexpr std::size_t kMostSessions = 10'000;

constexpr std::uint32_t kUndefined = 0xffffffff;

// What follows what.
class Succession {
 public:
  void Add(std::uint32_t before, std::uint32_t statement) {
    ++pairs_[std::uint64_t{before} << 32 | statement];
    ++befores_[before];
    ++events_;
  }

  // How much it leaves open which statement is next, for each of them (conditional entropy).
  double Bits() const {
    double bits = 0;
    for (const auto& [before, count] : befores_) bits += count * std::log2(count);
    for (const auto& [pair, count] : pairs_) bits -= count * std::log2(count);
    return events_ == 0 ? 0 : bits / static_cast<double>(events_);
  }

 private:
  std::map<std::uint64_t, int> pairs_;  // in an order, since sums of fractions depend on it
  std::map<std::uint32_t, int> befores_;
  std::int64_t events_ = 0;
};

}  // namespace

class ClientSplit::Owner {
 public:
  Owner(const LoopOwner& owner, const Sink& sink)
      : sink_(sink), hash_(StableHash(owner.user + '\0' + owner.database)) {}

  void Add(const SessionEvent& event, sql::Verb verb) {
    if (passing_ > 0) {
      --passing_;
      while (!waiting_.empty()) TakeNext();
      return sink_(event);
    }
    latest_us_ = std::max(latest_us_, event.end_us);
    if (ends_.size() >= kMostSessions) {
      while (!waiting_.empty()) TakeNext();
      ends_.clear();
    }
    // Durations may be longer than the times of the log leave room for; a session's order is certain.
    std::int64_t& end = ends_[event.session];
    waiting_.push({event, verb, std::max(event.begin_us, end), next_++});
    end = std::max(end, event.end_us);
    while (waiting_.size() > kMostWaiting ||
           (!waiting_.empty() && waiting_.top().begin_us + kLongestWaitUs < latest_us_)) {
      TakeNext();
    }
  }

  // Sessions that stand for clients.
  std::vector<std::uint64_t> Flush(bool ends) {
    while (!waiting_.empty()) TakeNext();
    std::vector<std::uint64_t> made;
    if (!ends) {
      for (const auto& [event, verb] : std::exchange(held_, {})) sink_(event);
      return made;
    }
    if (!pooled_ && passing_ == 0) Judge();
    for (std::uint32_t client = 0; pooled_ && client < model_.clients(); ++client) made.push_back(SessionOf(client));
    pooled_ = false;
    Forget();
    doubled_ = 0;
    ends_.clear();
    latest_us_ = 0;
    return made;
  }

 private:
  // An event that waits for those that began before it and end later.
  struct Waiting {
    SessionEvent event;
    sql::Verb verb = sql::Verb::kOther;
    std::int64_t begin_us = 0;  // not before the end of what its session did last
    std::uint64_t number = 0;
    bool operator<(const Waiting& other) const {  // the first one is on top
      return std::tie(other.begin_us, other.number) < std::tie(begin_us, number);
    }
  };

  void TakeNext() {
    const Waiting next = waiting_.top();
    waiting_.pop();
    if (passing_ > 0) return sink_(next.event);
    const SessionEvent split = Split(next.event, next.verb);
    if (pooled_) return sink_(split);
    held_.emplace_back(next.event, next.verb);
    sample_.emplace_back(next.event, next.verb);
    if (sample_.size() == kSample) Judge();
  }

  bool LooksPooled(double most_left_open) const {
    const std::int64_t changed = model_.changed();
    return changed >= kLeastChanges &&
           static_cast<double>(changed) >= kLeastShare * static_cast<double>(changed + model_.kept()) &&
           by_session_.Bits() > kHardlyOpenBits && by_client_.Bits() <= most_left_open * by_session_.Bits();
  }

  // Learns from the sample as if no client were quicker than `least_lag_us`.
  void Learn(std::int64_t least_lag_us) {
    model_ = ClientModel(least_lag_us);
    for (int look = 0; look < kLooks; ++look) {
      model_.Restart();
      sessions_.clear();
      by_client_ = Succession();
      by_session_ = Succession();
      for (const auto& [event, verb] : sample_) Split(event, verb);
    }
  }

  // Leaves the model that explains the sample best, of those whose clients wait no longer than they do within
  // transactions, unless sessions go on sooner than clients do. False: no clients explain it well enough.
  bool FindClients() {
    const bool plain = LooksPooled(kMostLeftOpen);
    if (by_session_.Bits() < kLeastOpenBits) return plain;
    const bool busy = model_.TooSoon() >= kLeastTooSoon;
    const std::int64_t longest = busy ? ClientModel::kNoLag : model_.LeastLag();
    const double open_bits = by_session_.Bits();
    if (!plain && std::abs(open_bits - bits_without_clients_) <= kSameBits * open_bits) return false;
    std::pair<double, std::int64_t> best(std::numeric_limits<double>::max(), 0);
    const auto look = [&](std::int64_t lag) {
      if (lag == 0 ? !plain : longest != ClientModel::kNoLag && lag > longest) return;
      Learn(lag);
      best = std::min(best, std::pair(by_client_.Bits(), lag));
    };
    std::ranges::for_each(kFirstLagsUs, look);
    if (plain || best.first <= kWorthMoreLooks * open_bits || best.first == std::numeric_limits<double>::max()) {
      for (const std::int64_t lag : kTriedLagsUs) {
        if (std::ranges::count(kFirstLagsUs, lag) == 0) look(lag);
      }
    }
    const bool worth = plain || best.first <= kWorthMoreLooks * open_bits;
    if (!worth) {
      bits_without_clients_ = open_bits;
      return false;
    }
    Learn(best.second);
    const bool found = LooksPooled(busy || plain ? kMostLeftOpen : kMostLeftOpenOfTried);
    if (!found) bits_without_clients_ = open_bits;
    return found;
  }

  void Judge() {
    pooled_ = FindClients();
    if (pooled_) {
      // Again, with what was learned from them.
      model_.Restart();
      sessions_.clear();
    }
    for (const auto& [event, verb] : held_) sink_(pooled_ ? Split(event, verb) : event);
    held_.clear();
    sample_ = {};
    by_client_ = Succession();
    by_session_ = Succession();
    if (pooled_) return;
    Forget();
    passing_ = kPause << doubled_;
    doubled_ = std::min(doubled_ + 1, kMostDoubled);
  }

  void Forget() {
    model_ = ClientModel();
    sessions_.clear();
    passing_ = 0;
    sample_ = {};
  }

  std::uint64_t SessionOf(std::uint32_t client) const { return hash_ + client * 0x9e3779b97f4a7c15u; }

  struct Session {
    std::uint32_t client = ClientModel::kNoClient;
    bool begun = false;     // its transaction goes on
    bool by_begin = false;  // by BEGIN, so that it does until COMMIT
    std::uint64_t transaction = 0;
    std::uint32_t statement = kNoStatement;  // the last one
    std::int64_t end_us = 0;
  };

  SessionEvent Split(SessionEvent event, sql::Verb verb) {
    if (sessions_.size() >= kMostSessions && !sessions_.contains(event.session)) ForgetSessions();
    Session& session = sessions_[event.session];
    const bool ends = verb == sql::Verb::kCommit || verb == sql::Verb::kRollback;
    const bool same = event.transaction != 0 && event.transaction == session.transaction;
    const bool unknown = event.transaction == 0 || session.transaction == 0;
    const bool over = verb == sql::Verb::kBegin || !(same || (session.by_begin && unknown));
    if (session.begun && over) End(session);
    if (session.client != ClientModel::kNoClient && (session.begun || same)) {
      Hold(session);
      model_.GoOn(event, session.client);
    } else {
      const ClientModel::Sender sender = model_.Begin(event, session.client);
      session.client = sender.client;
      if (!pooled_) {
        by_client_.Add(sender.before, event.statement);
        const bool follows = session.end_us + kBurstGapUs >= event.begin_us;
        by_session_.Add(follows ? session.statement : kNoStatement, event.statement);
      }
    }
    session.statement = event.statement;
    session.end_us = event.end_us;
    if (event.transaction != 0) session.transaction = event.transaction;
    if (verb == sql::Verb::kBegin) {
      session.by_begin = true;
      Hold(session);
    } else if (session.begun && ends) {
      End(session);
    }
    event.session = SessionOf(session.client);
    return event;
  }

  void Hold(Session& session) {
    session.begun = true;
    model_.Hold(session.client);
  }

  void End(Session& session) {
    session.begun = false;
    session.by_begin = false;
    session.transaction = 0;
    model_.Release(session.client);
  }

  void ForgetSessions() {
    for (auto& [id, session] : sessions_) {
      if (session.begun) model_.Release(session.client);
    }
    sessions_.clear();
  }

  const Sink& sink_;
  std::uint64_t hash_;
  bool pooled_ = false;
  std::size_t passing_ = 0;
  int doubled_ = 0;
  double bits_without_clients_ = -1;  // that sessions left open when clients were looked for in vain; -1: never yet
  Succession by_client_;              // of the sample
  Succession by_session_;
  ClientModel model_;
  absl::flat_hash_map<std::uint64_t, Session> sessions_;
  std::priority_queue<Waiting> waiting_;
  absl::flat_hash_map<std::uint64_t, std::int64_t> ends_;  // by session
  std::uint64_t next_ = 0;
  std::int64_t latest_us_ = 0;
  std::vector<std::pair<SessionEvent, sql::Verb>> held_;
  std::vector<std::pair<SessionEvent, sql::Verb>> sample_;  // as held_, and what had to leave without being held
};

ClientSplit::ClientSplit(Sink sink) : sink_(std::move(sink)) {}
ClientSplit::~ClientSplit() = default;

void ClientSplit::Define(std::uint32_t statement, const StatementTraits& traits) {
  if (statement >= statements_.size()) statements_.resize(statement + 1, {kUndefined, sql::Verb::kOther});
  const LoopOwner owner{traits.database, traits.user};
  const auto [at, fresh] = owner_numbers_.try_emplace(owner, static_cast<std::uint32_t>(owners_.size()));
  if (fresh) owners_.push_back(owners_.size() < kMostOwners ? std::make_unique<Owner>(owner, sink_) : nullptr);
  statements_[statement] = {at->second, traits.facts.verb};
}

void ClientSplit::Add(const SessionEvent& event) {
  if (event.statement >= statements_.size()) return sink_(event);
  const auto [owner, verb] = statements_[event.statement];
  if (owner == kUndefined || owners_[owner] == nullptr) return sink_(event);
  owners_[owner]->Add(event, verb);
}

std::vector<std::uint64_t> ClientSplit::Flush(bool ends) {
  std::vector<std::uint64_t> made;
  for (const std::unique_ptr<Owner>& owner : owners_) {
    if (owner != nullptr) std::ranges::copy(owner->Flush(ends), std::back_inserter(made));
  }
  return made;
}

}  // namespace pgassay::nplusone
