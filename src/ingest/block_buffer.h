#pragma once

// Memory for a block of a log. Unlike std::string it is not written before it is read into, and it is used again: for
// blocks of megabytes, page faults and zeros would cost a fifth of the time that reading takes.

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace pgassay::ingest {

class BlockBuffer {
 public:
  char* data() { return data_.get(); }
  std::size_t size() const { return size_; }
  std::string_view view() const { return {data_.get(), size_}; }

  // Room for `capacity` bytes; what is there stays.
  void Reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    std::unique_ptr<char[]> larger(new char[capacity]);
    if (size_ > 0) std::memcpy(larger.get(), data_.get(), size_);
    data_ = std::move(larger);
    capacity_ = capacity;
  }

  // Bytes up to `size` count; within the capacity.
  void SetSize(std::size_t size) { size_ = size; }

  void Assign(std::string_view bytes) {
    size_ = 0;
    Reserve(bytes.size());
    if (!bytes.empty()) std::memcpy(data_.get(), bytes.data(), bytes.size());
    size_ = bytes.size();
  }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

}  // namespace pgassay::ingest
