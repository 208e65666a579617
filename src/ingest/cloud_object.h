#pragma once

// The JSON objects in which cloud services and containers hand out a server's log, one or more for an entry.
//
// They differ in names and in what stands within what, not in meaning, so one table of names is enough for all:
// Google Cloud Logging (Cloud SQL, AlloyDB), Azure's diagnostic settings and Log Analytics, CloudNativePG (csvlog's
// names), CloudWatch Logs, container runtimes, and jsonlog within any of these.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace pgassay::ingest {

enum class CloudField : std::uint8_t {
  kText,  // what the server wrote: with its log_line_prefix, or the message alone
  kTime,
  kSeverity,  // the server's word
  kLevel,     // the service's
  kDetail,
  kHint,
  kContext,
  kStatement,
  kUser,
  kDatabase,
  kApplication,
  kSqlState,
  kPid,
  kSession,
  kTransaction,
  kQueryId,
  kLogger,  // CloudNativePG: which program wrote it
  kMark,    // some name that only such objects have
  kCount
};

// Views into the object, or into the texts given with it. Of a name that stands twice, the one further within counts.
class CloudObject {
 public:
  std::string_view operator[](CloudField field) const { return values_[static_cast<std::size_t>(field)].text; }
  bool Has(CloudField field) const { return values_[static_cast<std::size_t>(field)].depth >= 0; }
  void Set(CloudField field, std::string_view text, int depth) {
    Value& value = values_[static_cast<std::size_t>(field)];
    if (depth >= value.depth) value = {.text = text, .depth = depth};
  }

 private:
  struct Value {
    std::string_view text;
    int depth = -1;
  };
  std::array<Value, static_cast<std::size_t>(CloudField::kCount)> values_{};
};

enum class ObjectEnd : std::uint8_t {
  kWhole,
  kList,        // it holds a list of objects, each of them with an entry; the first of them is what follows
  kUnfinished,  // the text ends before the object
  kBroken,
};

// Reads the object at the beginning of `text`; `taken` is where it ends. Texts with escapes are appended to `texts`.
// Takes time linear in what it reads; never reads beyond a line that begins with another object.
ObjectEnd ReadCloudObject(std::string_view text, CloudObject& object, std::deque<std::string>& texts,
                          std::size_t& taken);

}  // namespace pgassay::ingest
