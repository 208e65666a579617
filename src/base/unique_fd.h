#pragma once

// Owner of one file descriptor.

#include <unistd.h>

#include <utility>

namespace pgassay {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) Reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

  // Closes what is held and holds `fd`. Linux closes a descriptor also where close() reports an error.
  void Reset(int fd = -1) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;  // -1: none
};

}  // namespace pgassay
