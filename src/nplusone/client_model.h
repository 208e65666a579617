#pragma once

// Which client of a transaction pooler ran a statement. Behind a pooler every transaction may be another client's, so
// the sessions of the log mix what several programs do at once. What tells them apart is how programs work: each waits
// for an answer before it sends the next statement, some statements follow others, the pauses between them are alike,
// rows that are worked on one after the other share values, and poolers tend to give the same session again.
//
// A hidden Markov model, learned while it is used: an event belongs to the client that explains it best, but each
// client that may have sent it counts for what follows what, by how likely it is (online expectation maximization, with
// hard assignments).

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "nplusone/session_event.h"
#include "nplusone/session_frames.h"

namespace pgassay::nplusone {

// The clients of one database and user. Not thread-safe.
class ClientModel {
 public:
  static constexpr std::uint32_t kNoClient = 0xffffffff;
  // What LeastLag gives where too little is certain.
  static constexpr std::int64_t kNoLag = -1;

  // `least_lag_us`: no client sends its next transaction sooner than so long after the answer to the last one.
  explicit ClientModel(std::int64_t least_lag_us = 0) : least_lag_us_(least_lag_us) {}

  struct Sender {
    std::uint32_t client = kNoClient;
    std::uint32_t before = kNoStatement;  // what that client ran before; kNoStatement: it has just come
  };

  // Who sent the first event of a transaction, or a statement by itself. `last`: the client of the event before in the
  // same session, kNoClient if there is none.
  Sender Begin(const SessionEvent& event, std::uint32_t last);

  // A further event of a transaction of `client`.
  void GoOn(const SessionEvent& event, std::uint32_t client);

  // Holds `client` until Release: its transaction goes on.
  void Hold(std::uint32_t client) { clients_[client].held = true; }
  void Release(std::uint32_t client) { clients_[client].held = false; }

  // How long, within transactions, all clients but the quickest wait before they go on, in microseconds. Who sent those
  // statements is certain.
  std::int64_t LeastLag() const;

  // Of the events given to Begin right behind another one of their session: the share that came sooner than any client
  // but the quickest goes on. 0: LeastLag is not known.
  double TooSoon() const;

  // Forgets who is there, and keeps what was learned.
  void Restart();

  // Numbers of clients are below it.
  std::uint32_t clients() const { return static_cast<std::uint32_t>(clients_.size()); }

  // Of the events given to Begin right behind another one of their session: how many were found to be of the same
  // client, and of another one, since the last Restart.
  std::int64_t kept() const { return kept_; }
  std::int64_t changed() const { return changed_; }

 private:
  struct Client {
    bool live = false;
    bool held = false;
    std::uint32_t statement = 0;
    std::uint64_t session = 0;
    std::uint64_t values = 0;
    std::int64_t end_us = 0;
  };
  // How often something holds for two events of one client, and of two clients.
  struct Agreement {
    double same_yes = 1;
    double same_all = 2;
    double other_yes = 1;
    double other_all = 2;
    double Odds(bool agrees) const;
    void Learn(bool agrees, double weight);
  };
  static constexpr std::size_t kLagSteps = 48;

  static std::size_t LagStep(std::int64_t lag_us);
  std::size_t LeastLagStep() const;  // 0: not known
  double Follows(std::uint32_t before, std::uint32_t statement, double usual) const;
  double Score(const Client& client, const SessionEvent& event, double usual, std::size_t lag_step) const;
  void Learn(const Client& client, const SessionEvent& event, double weight, std::size_t lag_step);
  void RenewLags();
  std::uint32_t FreeClient();
  static void Take(Client& client, const SessionEvent& event);

  std::vector<Client> clients_;
  std::vector<std::uint32_t> live_;                        // positions in clients_
  std::vector<std::pair<double, std::size_t>> scores_;     // of live_, with the steps of their lags
  absl::flat_hash_map<std::uint64_t, double> follows_;     // by statement before and statement
  absl::flat_hash_map<std::uint32_t, double> followed_;    // sums of follows_ by statement before
  absl::flat_hash_map<std::uint32_t, double> statements_;  // calls
  absl::flat_hash_map<std::uint32_t, double> firsts_;      // of clients that were not there before
  double all_statements_ = 0;
  double all_firsts_ = 0;
  std::array<double, kLagSteps> lags_{};
  std::array<std::int64_t, kLagSteps> certain_lags_{};  // within transactions
  std::array<std::int64_t, kLagSteps> session_gaps_{};  // between transactions, as kept_ and changed_
  std::array<double, kLagSteps> hazards_{};             // of lags_, for a microsecond
  std::uint32_t until_renewed_ = 0;
  Agreement values_;
  Agreement sessions_;
  std::int64_t least_lag_us_ = 0;
  std::int64_t watched_us_ = 0;  // before the last Restart
  std::int64_t first_us_ = 0;
  std::int64_t last_us_ = 0;
  std::int64_t kept_ = 0;
  std::int64_t changed_ = 0;
};

}  // namespace pgassay::nplusone
