#pragma once

// Results of libpg_query, which are plain structs with a function that frees them. Private to module sql.

namespace pgassay::sql {

// Calls `Free` for `result` in the end.
template <typename Result, void (*Free)(Result)>
class Owned {
 public:
  explicit Owned(Result result) : result_(result) {}
  ~Owned() { Free(result_); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  const Result* operator->() const { return &result_; }

 private:
  Result result_;
};

}  // namespace pgassay::sql
