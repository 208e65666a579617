#pragma once

// Reads numbers from bytes as a little-endian server lays them out in memory. Bytes of another order fail at the marks
// that its callers look for.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgassay::pg {

class ByteReader {
 public:
  // `bytes` must outlive the reader.
  explicit ByteReader(std::string_view bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {}

  // The next number; 0 beyond the end, where ok() is false from then on.
  std::uint64_t Unsigned(std::size_t size) {
    std::uint64_t value = 0;
    if (at_ > bytes_.size() || bytes_.size() - at_ < size) {
      ok_ = false;
      return 0;
    }
    for (std::size_t i = size; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes_[at_ + i - 1]);
    at_ += size;
    return value;
  }
  std::uint16_t Unsigned16() { return static_cast<std::uint16_t>(Unsigned(2)); }
  std::uint32_t Unsigned32() { return static_cast<std::uint32_t>(Unsigned(4)); }
  std::int16_t Signed16() { return static_cast<std::int16_t>(Unsigned16()); }
  std::int32_t Signed32() { return static_cast<std::int32_t>(Unsigned32()); }
  std::int64_t Signed64() { return static_cast<std::int64_t>(Unsigned(8)); }
  double Double() { return std::bit_cast<double>(Unsigned(8)); }

  bool ok() const { return ok_; }
  bool AtEnd() const { return at_ == bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t at_;
  bool ok_ = true;
};

// The bytes of hexadecimal digits, as encode(..., 'hex') writes them; empty where they are not.
std::string BytesOfHex(std::string_view digits);

}  // namespace pgassay::pg
